"""The public doors: whatever an argument is replaced by, a call returns or says in words what is wrong.

The doors are found from the signatures: every public function, constructor and method. For each there is one call that
works; each of its arguments in turn is replaced by odd values.
"""

from __future__ import annotations

import copy
import inspect
import itertools
import pickle
import random
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.inputs.belief import Note, Scope

SETS = Path(__file__).parents[1] / "data" / "sets"
ODD: dict[str, Any] = {
    "None": None,
    "True": True,
    "-1": -1,
    "0": 0,
    "41": 41,
    "2026.5": 2026.5,
    "nan": float("nan"),
    "inf": float("inf"),
    "10**30": 10**30,
    "empty text": "",
    "x": "x",
    "bytes": b"x",
    "[]": [],
    "{}": {},
    "object": object(),
    "a class": int,
    "complex": 1j,
    "[None]": [None],
    "array of another shape": np.ones((2, 1, 3)),
    "array of text": np.array(["a", "b"]),
    "a frame": pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]}),
    "a series": pd.Series([1.0, np.nan], index=["p", "q"]),
}
#: Public names that are not called by users, and why.
LEFT_OUT = {
    "CareCostError": "raised by the package",
    "Projection": "made by project(); engine/projection.py",
    "Capacity": "made by project(); engine/projection.py",
    "stockflow.Kernel": "a named tuple",
    "stockflow.YearKernel": "a named tuple",
}
#: Cases that a full run takes and a fast one draws from.
FAST = 2500


def doors() -> Iterator[tuple[str, Any]]:
    """Every public function, class and method, by the name that users know it by."""
    seen = set()
    for name in cc.__all__:
        thing = getattr(cc, name)
        if isinstance(thing, types.ModuleType):
            own = getattr(thing, "__all__", None) or [
                n for n, v in vars(thing).items() if getattr(v, "__module__", "") == thing.__name__ and n[0] != "_"
            ]
            found = [(f"{name}.{n}", getattr(thing, n)) for n in own]
        else:
            found = [(name, thing)]
        for said, one in found:
            if not callable(one) or isinstance(one, types.GenericAlias) or id(one) in seen:
                continue
            if said.rpartition(".")[2] in ("Status", "Timing", "Counting", "Bounds", "Fit"):
                continue
            seen.add(id(one))
            yield said, one
            if isinstance(one, type):
                for method in vars(one):
                    value = inspect.getattr_static(one, method)
                    if not method.startswith("_") and isinstance(value, types.FunctionType | classmethod):
                        yield f"{said}.{method}", getattr(one, method)


@cache
def calls() -> dict[str, dict[str, Any]]:
    """One call of each door that works: its arguments by name, ``self`` first of a method."""
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    results = cc.run(tiny, edge, draws=4, years=3)
    results_of_fifty = cc.run(tiny, edge, draws=50, years=2)
    unsure = cc.Change("entry_rate", "scale", cc.Interval(-0.2, -0.5, 0.1, 1.0, "uniform"))
    of_two = cc.run(tiny, cc.Scenario("bold", [cc.Lever("bold", [unsure])]), draws=50, years=2)
    saving = results.compare("edge")
    appraisal = results.appraisal("edge")
    log = cc.quality.assumptions_log(tiny, edge, years=3)
    line = cc.quality.AssumptionsLog(log.run, log.scenario, log.npv, log.trials).trials[0].line
    grid = cc.Grid(2025, 1, range(18), ["foster"], ["home"], [cc.Item("foster", "child_weeks")])
    ones = np.ones((1, 1, 1))
    of_parameters: dict[str, Any] = {
        "grid": grid,
        "initial_stock": np.full((1, 18, 1), 100.0),
        "population": 1e5 * ones,
        "entry_rate": 0.001 * ones,
        "entry_share": np.ones((1, 1, 1, 1)),
        "entry_at_birthday": 0 * ones,
        "extra_entries": {"more": np.zeros((1, 1, 1, 1))},
        "exit_rate": np.full((1, 1, 1, 1, 1), 0.4),
        "move_rate": np.zeros((1, 1, 1, 1, 1)),
        "unit_cost": 700.0 * ones,
        "capacity": None,
    }
    parameters = cc.Parameters(**of_parameters)
    projection = cc.project(parameters)
    costs = cc.cost(projection, parameters)
    of_counts: dict[str, Any] = {
        "grid": cc.Grid(2024, 1, [0], [cc.Placement("foster", leave_age=1)], reasons=["home"]),
        "population": [[10_000]],
        "entries": [[[30]]],
        "child_years": [[[40.0]]],
        "exits": [[[[12]]]],
        "moves": [[[[0]]]],
        "at_birthday": [[0]],
        "bands": [0],
        "used": None,
        "name": "",
    }
    response = results.what_if("edge")
    budget = results.budget(budget=1e6)
    setting = response.at()
    england = cc.load_assumptions("england-2025")
    of_england = cc.run(england, "child-protection", years=2, start=2026)
    target, free = cc.Target("children", 2026, 700.0, se=5.0), cc.Free("entry_rate")
    fit = cc.calibrate(tiny, target, free, attempts=1, draws=10)
    held = fit.identifiability()
    history = cc.load_history("england")
    returned = cc.synthetic_return(40, years=2, seed=1)
    own = cc.read_ssda903(returned.save(f"{calls_folder()}/return"))
    own_rates = own.estimate(draws=2)
    own_asked = {
        "authority": None,
        "template": "england-2025",
        "population": None,
        "draws": 2,
        "seed": 1,
        "suppress": True,
    }
    tested = cc.backtest(history, "no change", origins=[2015], horizons=[1], draws=20)
    counts = cc.Counts(**of_counts)
    estimates = cc.estimate(counts)
    few = cc.Parameters(
        cc.Grid(2025, 1, [0], [cc.Placement("foster", leave_age=1)], reasons=["home"]),
        *(100.0 * ones, 1e4 * ones, 0.003 * ones, np.ones((1, 1, 1, 1))),
    )
    counted_set = cc.from_parameters(few, "few", source="own model")
    base = cc.PriceBase("real", 2025)
    amounts = cc.Amounts([1.0, 2.0], (2025, 2026), base)
    deflator = cc.money.deflator("hmt-2026-03")
    made = cc.appraise([1.0, 2.0], [2.0, 3.0])
    change = cc.Change("entry_rate", "scale", -0.05)
    lever = cc.Lever("help", [change])
    plan = cc.Scenario("plan", [lever])
    belief, cells = cc.Belief(1.0), cc.Selector()
    table = results.price_volume_mix("inaction", since=2026, by=["item"])
    matrix = cc.CorrelationMatrix("pay", ("a", "b"), ((1.0, 0.4), (0.4, 1.0)))
    joint = cc.JointDraws("fit", ("a", "b"), ((1.0, 0.1), (1.2, 0.0)))
    ties = cc.Ties((cc.Loading("g", "a", 0.8), cc.Loading("g", "b", 0.5)))
    phases = cc.Phases((cc.Phase("new", 2.0, 1.0), cc.Phase("settled", 1.0)))
    bought = cc.money.Bought([10.0, 40.0], [5000.0, 700.0], 50.0)
    options = [("a", 1.0, 2.0), ("b", 2.0, 3.0)]
    chosen = results.options()
    icer, benefit = cc.icer_table(options), cc.net_benefit(options, [1.0])
    england = cc.load_assumptions("england-2025")
    places = cc.run("england-2025-capacity", years=2)
    areas = cc.run_areas(england, years=1)
    councils = cc.run_authorities(england, years=1, authorities=["Kent"])
    rates, moves = [[0.0, 0.1], [0.0, 0.0]], [[0.9, 0.1], [0.0, 1.0]]
    year = cc.stockflow.year_kernel([rates])
    traced = cc.stockflow.trace([1, 0], moves, 2)
    bounds = {"low": 0.2, "value": 0.4, "high": 0.7, "level": 0.9}
    folder = Path(calls_folder())
    given: dict[str, Any] = {"discount": 0.035, "timing": "year-end", "first_year": 0, "annuity": (0, 1)}
    given |= {"optimism_bias": 0.1, "mitigation": 0.1, "cost_factor": 1.0}
    fields = {f: getattr(tiny, f) for f in cc.Assumptions.__dataclass_fields__}
    words = {"source": "", "quality": "", "note": ""}
    return {
        "decomposition.Bought": {"volume": [1.0], "unit_cost": [1.0], "whole": 1.0},
        "decomposition.Parts": {"price": [1.0], "volume": [1.0], "mix": [1.0]},
        "decomposition.price_volume_mix": {"before": bought, "after": bought, "mixed": True},
        "distributions.Fitted": {"quantile": np.abs, "chance": abs},
        "distributions.agreed": {"intervals": [(0.2, 0.4, 0.7, 0.9)]},
        **{f"distributions.{n}": bounds for n in (*cc.distributions.DISTRIBUTIONS, "beta_concentration")},
        "distributions.fault": bounds | {"distribution": "normal"},
        "distributions.quantiles": bounds | {"u": [0.5], "distribution": "normal", "least": -1.0, "most": 9.0},
        "distributions.shares": {"u": [[0.5, 0.4]], "values": [0.5, 0.5], "concentration": 10.0},
        "money.Amounts": {"values": [1.0, 2.0], "years": (2025, 2026), "base": base},
        "money.Amounts.present_value": {"self": amounts, "rate": 0.035, "timing": "base year"},
        "money.Appraisal": {"plain_costs": [1.0, 2.0], "benefits": [1.0, 2.0]} | given,
        "money.Appraisal.chance_of_payback": {"self": made, "discounted": True},
        "money.Deflator": {"vintage": "v", "first": 2024, "index": (1.0, 1.1), "last_outturn": 2025, "source": ""},
        "money.Deflator.factor": {"self": deflator, "price_year": 2025, "years": [2025, 2026]},
        "money.Optimism": {"name": "n", "share": 0.1, "mitigated": 0.1, "vintage": "", "source": "", "note": ""},
        "money.Option": {"name": "n", "cost": 1.0, "effect": [1.0, 2.0]},
        "money.PriceBase": {"basis": "real", "price_year": 2025, "deflator": ""},
        "money.Schedule": {"name": "n", "until": (1.0, float("inf")), "rates": (0.1, 0.0), "source": ""},
        "money.appraise": {"costs": [1.0, 2.0], "benefits": [1.0, 2.0]} | given,
        "money.deflator": {"vintage": "hmt-2026-03"},
        "money.discount_factors": {"years": [0, 1], "rate_or_schedule": 0.035, "timing": "base year"},
        "money.financial_year": {"year": 2025},
        "money.mean_price_factor": {"scores": [0.0, 1.0], "sd": 0.5, "placements": [1.0, 20.0]},
        "money.growth_path": {"rate": [0.06], "long_run": 0.02, "fade_years": 2, "elapsed": [0, 1]},
        "money.optimism_bias": {"of": 0.4, "mitigated": 0.1},
        "money.restate": {"values": [1.0, 2.0], "years": [2024, 2025], "price_year": 2025, "deflator": deflator},
        "money.schedule": {"name": "standard"},
        "money.wandering_path": {"shocks": [[1.0]], "sd": 0.1, "half_life": 2.0},
        "sets": {},
        "scenarios": {},
        "under": {"assumptions": england, "background": "prices-flat"},
        "load_history": {"name": "england"},
        "read_ssda903": {"path": f"{calls_folder()}/return"},
        "SSDA903": {
            "counts": own.counts,
            "placements": own.placements,
            "reasons": own.reasons,
            "lines": own.lines,
            "missing_years": (),
            "children": own.children,
            "rows": own.rows,
        },
        "SSDA903.report": {"self": own, "suppress": True},
        "SSDA903.flows": {"self": own, "suppress": True},
        "SSDA903.to_assumptions": {"self": own, **own_asked},
        "SSDA903.estimate": {"self": own, **own_asked},
        "OwnRates": {"assumptions": own_rates.assumptions, "bearings": own_rates.bearings},
        "OwnRates.bearing": {"self": own_rates, "suppress": True},
        "synthetic_return": {"children": 20, "years": 1, "last": 2025, "seed": 1, "flaws": 0.1}
        | {"status_changes": 0.5, "like": "england-2025"},
        "SyntheticReturn": {"tables": returned.tables, "truth": returned.truth, "population": returned.population},
        "SyntheticReturn.save": {"self": returned, "folder": f"{calls_folder()}/other"},
        "SyntheticReturn.save_zip": {"self": returned, "path": f"{calls_folder()}/return.zip"},
        "SyntheticReturn.save_xml": {"self": returned, "folder": f"{calls_folder()}/xml"},
        "History": {"years": [2020, 2021], "areas": ["a"], "stock": [[10.0, 11.0]], "started": None, "uasc": None}
        | {"population": None, "regions": [], "name": "", "source": ""},
        "History.until": {"self": history, "year": 2015},
        "History.only": {"self": history, "areas": list(history.areas)},
        "History.total": {"self": history},
        "History.known": {"self": history, "series": "stock"},
        "History.rates": {"self": history},
        "backtest": {
            "history": history,
            "models": "no change",
            "origins": [2015],
            "horizons": [1],
            "draws": 20,
            "seed": 0,
        },
        "backtest_models": {},
        "Backtest": {"found": tested.found, "history": history},
        "Backtest.scores": {"self": tested, "score": "mae"},
        "Backtest.summary": {"self": tested},
        "Backtest.gain": {"self": tested, "against": "no change"},
        "Backtest.since": {"self": tested, "year": 2000},
        "Backtest.forecasts": {"self": tested},
        "Backtest.table": {"self": tested},
        "calibrate": {"assumptions": tiny, "targets": target, "free": free, "attempts": 1, "draws": 10, "seed": 0},
        "Target": {f: getattr(target, f) for f in cc.Target.__dataclass_fields__},
        "Free": {f: getattr(free, f) for f in cc.Free.__dataclass_fields__},
        "Calibration": {"model": fit.model, "found": fit.found, "draws": 10, "seed": 0},
        "FittedMode": {"model": fit.model, "mode": fit.found[0], "draws": 10, "seed": 0},
        **{
            f"{kind}.{method}": {"self": one}
            for kind, one in (("Calibration", fit), ("FittedMode", fit.modes[0]))
            for method in ("parameters", "residuals", "identifiability")
        },
        "Identifiability": {f: getattr(held, f) for f in cc.Identifiability.__dataclass_fields__},
        "Results.baselines": {"self": of_england, "central": True, "level": 0.8, "progress": None},
        "Results.required_effects": {"self": of_england, "scenario": "child-protection", "levers": "child protection"},
        "Results.effect_curve": {"self": of_england, "scenario": "child-protection", "lever": "child protection"}
        | {"place": 0, "most": 0.2},
        "Results.budget": {"self": results, "by": ["group"], "scenario": "edge", "budget": {2027: 1e6}}
        | {"basis": "cash", "account": "local authority", "of": "net"},
        "Budget": {"run": results.run, "scenario": "edge", "by": ["item"], "basis": "real", "account": []}
        | {"stated": {2027: 1e6}, "of": "net"},
        "Budget.table": {"self": budget, "by_draw": False, "level": 0.8},
        "Budget.lines": {"self": budget, "by_draw": False, "level": 0.8},
        "Budget.chance": {"self": budget},
        "Results.what_if": {"self": results, "scenario": "edge", "bands": None},
        "Results.two_way": {"self": results, "scenario": "edge", "scale": {"edge of care": [0.5, 1]}}
        | {"prices": None, "entries": [0.9, 1], "level": 0.8},
        "plots.plot_two_way": {"results": results, "scenario": "edge", "scale": {"edge of care": [0.5, 1]}}
        | {"prices": None, "entries": [0.9, 1], "ax": None},
        "Results.lifetime_cost": {"self": of_england, "by": ["age"]},
        "Response": {"run": results.run, "scenario": "edge", "bands": []},
        "Response.at": {"self": response, "scale": {"edge of care": 0.5}, "prices": {"home": 1.1}, "entries": 1.0}
        | {"start": None, "delay": 0},
        "Response.prepare_summary": {"self": response},
        "Setting": {"run": results.run, "drawn": saving.drawn, "central": saving.central},
        "Setting.children": {"self": setting, "by": [], "by_draw": False, "in_care": True},
        "Setting.costs": {"self": setting, "by": [], "basis": "real", "by_draw": False},
        "plots.plot_lifetime_cost": {"results": of_england, "age": 12, "placement": None, "ax": None, "title": None},
        "plots.plot_authorities": {"found": councils, "measure": "change", "scenario": "inaction"}
        | {"named": "Kent", "ax": None, "title": None},
        "plots.plot_backtest": {"found": tested, "ax": None, "title": None, "score": "mae", "models": None},
        "plots.plot_baselines": {"results": of_england, "ax": None, "title": None, "table": None},
        "plots.plot_history": {"results": of_england, "ax": None, "title": None, "until": 2026, "bare": False},
        "plots.plot_mix": {"results": of_england, "ax": None, "title": None, "shares": False, "stacked": False}
        | {"bare": False},
        "plots.plot_required_effect": {"results": of_england, "scenario": "child-protection"}
        | {"lever": "child protection", "ax": None, "place": 0, "most": 0.2},
        "plots.plot_attribution": {"results": results, "scenario": "edge", "measure": "npv", "method": "sequence"},
        "plots.plot_capacity": {
            "results": places,
            "ax": None,
            "title": None,
            "scenario": "inaction",
        },
        "plots.plot_children": {"results": results, "ax": None, "title": None, "scenarios": ["edge"]},
        "plots.plot_costs": {"results": results, "scenario": "edge", "ax": None, "title": None, "by": "group"},
        "plots.plot_net_saving": {"saving": saving, "ax": None, "title": None},
        "plots.plot_payers": {"appraisal": appraisal, "ax": None, "title": None},
        "plots.plot_price_volume_mix": {"table": table, "ax": None, "title": None},
        "plots.plot_regions": {"found": areas, "ax": None, "title": None},
        "plots.plot_region_children": {"found": areas, "ax": None, "title": None},
        "plots.plot_sensitivity": {"log": log, "ax": None, "title": None, "most": 3},
        "prices.must_be_real": {"base": base, "where": "a sum"},
        "prices.one_base": {"bases": {"a": base}, "where": "a sum"},
        "quality.AssumptionsLog": {"run": log.run, "scenario": "edge", "npv": 1.0, "trials": log.trials},
        "quality.AssumptionsLog.table": {"self": log},
        "quality.assumptions_log": {"assumptions": tiny, "scenario": edge, "years": 1, "start": 2026},
        "quality.interval": {"line": line},
        "quality.said": {"line": line},
        "quality.stated_value": {"line": line, "begin": 2026},
        "quality.unsaid_of": {"assumptions": tiny, "scenario": edge},
        "stockflow.counting_weights": {"n_cycles": 2, "counting": "mid"},
        "stockflow.generator": {"leave": [0.1, 0.2], "move": rates},
        "stockflow.kernel": {"rates": rates, "span": 1.0},
        "stockflow.occupancy": {"trace": traced, "counting": "mid"},
        "stockflow.phi_functions": {"matrices": rates, "order": 2},
        "stockflow.year_kernel": {"rates": [rates]},
        "stockflow.layer_across": {"before": year, "after": year, "passes": np.eye(2)},
        "stockflow.meet_new_rates": {"old": year, "new": year, "flow": np.ones((1, 1, 3, 2))}
        | {"entrants": (np.ones((1, 1, 2)), np.ones((1, 1, 2))), "time_after": np.ones((1, 1, 2))},
        "stockflow.probabilities": {"rates": rates, "span": 1.0},
        "stockflow.rates": {"probabilities": moves, "span": 1.0},
        "stockflow.trace": {"initial": [1, 0], "transition": moves, "n_cycles": 2},
        "stockflow.transitions": {"trace": traced, "transition": moves},
        "vintages.rows": {"name": "deflators"},
        "money.deflators": {},
        "money.schedules": {},
        "Costs": {"grid": grid, "volume": costs.volume, "unit_cost": costs.unit_cost, "spend": costs.spend},
        "cost": {"projection": projection, "parameters": parameters},
        "project": {"parameters": parameters, "kernels": None},
        "CapacityGroup": {"name": "n", "placements": ["a"], "next": "b", "note": ""},
        "Grid": {f: getattr(grid, f) for f in cc.Grid.__dataclass_fields__},
        "Grid.labels": {"self": grid, "axis": "ages"},
        "Grid.index": {"self": grid, "axis": "ages", "name": 3},
        "Grid.indices": {"self": grid, "axis": "ages", "names": [3]},
        "Grid.open": {"self": grid, "placement": 0, "age": 3},
        "Placement": {f: getattr(cc.Placement("n"), f) for f in cc.Placement.__dataclass_fields__},
        "Reason": {"name": "n", "to": "a", "note": ""},
        "Selector": {f: None for f in cc.Selector.__dataclass_fields__},
        "Selector.covers": {"self": cells, "stream": "a"},
        "Selector.text": {"self": cells},
        "Cashable": {"short": 0.1, "long": 0.2, "years": 3},
        "Cashable.share": {"self": cc.Cashable(), "elapsed": 3},
        "Item": {f: getattr(cc.Item("n", "moves"), f) for f in cc.Item.__dataclass_fields__},
        "Item.follows": {"self": grid.items[0], "other": grid.items[0]},
        "Parameters": of_parameters,
        "Parameters.arrays": {"self": parameters},
        "Parameters.spread": {"self": parameters},
        "Parameters.to_xarray": {"self": parameters},
        "Costs.to_xarray": {"self": costs},
        "Parameters.entries": {"self": parameters},
        "Parameters.changed": {"self": parameters, "**": {"entry_rate": 0.002 * ones}},
        "Counts": of_counts,
        "Counts.by_band": {"self": counts, "array": [[1.0]]},
        "Estimates": {f: getattr(estimates, f) for f in cc.Estimates.__dataclass_fields__},
        "Estimates.central": {"self": estimates},
        "Estimates.draw": {"self": estimates, "draws": 3, "years": [2025], "block": slice(None)},
        "Estimates.to_assumptions": {"self": estimates, "template": counted_set, "stream": "all", "draws": 3}
        | {"source": "counts", "quality": "B"},
        "from_parameters": {"parameters": parameters, "name": "own", "source": "own model", "quality": "E"}
        | {"price_year": 2025, "programme_start": 2026, "template": tiny},
        "estimate": {"counts": counts, "overdispersion": 0.1},
        "load_assumptions": {"name": "england-2025"},
        "load_scenario": {"name": "care-review"},
        "area": {"assumptions": england, "name": "North East", "prices": "own"},
        "areas": {"assumptions": england, "prices": "own"},
        "save_assumptions": {"assumptions": tiny, "folder": folder / "set"},
        "save_scenario": {"scenario": edge, "path": folder / "plan.toml"},
        "social_value": {"name": cc.social_values()[0].name},
        "social_values": {},
        "with_social_ledger": {"assumptions": england},
        "Assumptions": fields,
        "Assumptions.grid": {"self": tiny, "years": 2},
        "Assumptions.select": {"self": tiny, "parameter": "exit_rate", "**": {"age": 16}},
        "Assumptions.replace": {
            "self": tiny,
            "parameter": "exit_rate",
            "value": 0.1,
            "**": {"age": 16, "low": 0.01, "high": 0.3},
        },
        "Assumptions.scale": {"self": tiny, "parameter": "exit_rate", "by": 1.1, "**": {"age": 16}},
        "Assumptions.cashable": {"self": tiny, "level": 0.5},
        "Assumptions.diff": {"self": tiny, "other": tiny},
        "Assumptions.table": {"self": tiny},
        "Assumptions.uncertain": {"self": tiny},
        "Assumptions.against": {"self": tiny, "background": edge},
        "Assumptions.scoped": {"self": tiny, "name": "all"},
        "Assumption": {"parameter": "exit_rate", "where": cells, "belief": belief, "name": "n", "kind": "growth"}
        | {"from_year": 2026, "long_run": 0.1, "fade_years": 2, "drawn_as": ""},
        "Belief": {f: getattr(belief, f) for f in cc.Belief.__dataclass_fields__},
        "Change": {f: getattr(change, f) for f in cc.Change.__dataclass_fields__ if f != "where"}
        | {"**": {"ages": "10 to 17", "streams": "other"}},
        "Change.weight": {"self": change, "year": 2},
        "Change.by_year": {"self": change, "years": 4},
        "Interval": {"value": 1.0, "low": 0.5, "high": 2.0, "level": 0.9, "distribution": "normal"},
        "CorrelationMatrix": {"name": "pay", "quantities": ("a", "b"), "rows": matrix.rows},
        "CorrelationMatrix.only": {"self": matrix, "names": ["a"]},
        "JointDraws": {"name": "fit", "quantities": ("a", "b"), "rows": joint.rows},
        "JointDraws.only": {"self": joint, "names": ["a"]},
        "Loading": {"group": "g", "quantity": "a", "loading": 0.8} | words,
        "Ties": {"loadings": ties.loadings, "matrices": (), "joints": (joint,)},
        "Ties.without": {"self": ties, "names": ["a"]},
        "Phase": {"name": "n", "exit_factor": 1.0, "rate": 0.1, "source_year": "2025"} | words,
        "PhaseShare": {"phase": "n", "where": cells, "value": 0.1, "source_year": "2025"} | words,
        "Phases": {"rows": phases.rows, "shares": ()},
        "Phases.grid": {"self": phases, "grid": grid},
        "Phases.table": {"self": phases, "grid": grid, "stream": "all"},
        "Evidence": {"measure": "m", "value": 1.0, "unit": "u", "basis": "claimed", "design": "", "source": ""}
        | {"low": 0.5, "high": 2.0, "note": ""},
        "Lever": {"name": "n", "changes": [change], "basis": "assumed", "evidence": (), "paid_by": (), "line": ""}
        | {"luck": "", "loading": 1.0}
        | words,
        "Scenario": {"name": "n", "levers": [lever], "title": "", "note": "", "claim": False, "made_for": ""},
        "Scenario.table": {"self": plan},
        "Scenario.delayed": {"self": plan, "years": 1},
        "Scenario.scaled": {"self": plan, "share": 0.5},
        "Scenario.partial": {"self": plan, "share": 0.5},
        "Scenario.later": {"self": plan, "share": 0.5, "years": 2},
        "Scenario.given": {"self": plan, "lever": "help", "amount": 0.1},
        "Scenario.without_items": {"self": plan, "names": ["a"]},
        "PriceSpread": {"items": ["home"], "sd": 0.5, "source_year": "2025"} | words,
        "PriceSpread.fitted": {"items": "home", "prices": [4e3, 5e3, 9e3], "source": "s", "quality": "B"},
        "YearPath": {"name": "n", "parameter": "unit_cost", "where": cells, "kind": "mean reverting", "sd": 0.1}
        | {"half_life": 2.0, "shocks": "common", "from_year": 2025, "source_year": ""}
        | words,
        "YearPath.lines": {"self": cc.YearPath("n", "unit_cost", cells, "random walk", 0.1)},
        "Draws": {"n": 3, "seed": 1, "noise": False, "table": None},
        "Draws.given": {"table": {"a": [1.0, 2.0]}, "seed": 1, "noise": False},
        "Draws.uniforms": {"self": cc.Draws(3), "name": "a"},
        "IcerTable": {"steps": icer.steps},
        "IcerTable.table": {"self": icer},
        "NetBenefit": {"names": benefit.names, "values": benefit.values, "net_benefit": benefit.net_benefit},
        "NetBenefit.table": {"self": benefit},
        "SavingAppraisal": {"drawn": appraisal.drawn, "central": appraisal.central, "claim": True},
        "SavingAppraisal.table": {"self": appraisal},
        "SavingAppraisal.by_payer": {"self": appraisal, "by_draw": False},
        "icer_table": {"options": options},
        "net_benefit": {"options": options, "values": [1.0]},
        "AreaResults": {"results": areas.results, "known": areas.known},
        "AreaResults.children": {"self": areas, "by": "group", "by_draw": False},
        "AreaResults.costs": {"self": areas, "by": "group", "basis": "real", "by_draw": False},
        "AreaResults.summary": {"self": areas},
        "AreaResults.regions": {"self": areas},
        "AreaResults.year": {"self": areas, "measure": areas.known.facts[0].measure},
        "AuthorityResults": {f: getattr(councils, f) for f in cc.AuthorityResults.__dataclass_fields__},
        "AuthorityResults.children": {"self": councils},
        "AuthorityResults.costs": {"self": councils},
        "AuthorityResults.summary": {"self": councils},
        "AuthorityResults.gap": {"self": replace(councils, every=True)},
        "authorities": {},
        "run_authorities": {"assumptions": england, "scenarios": (), "draws": None, "years": 1}
        | {"authorities": "Kent", "threads": 1},
        "run_areas": {"assumptions": england, "scenarios": (), "years": 1, "draws": None, "prices": "own"},
        "ScenarioOptions": {f: getattr(chosen, f) for f in cc.ScenarioOptions.__dataclass_fields__},
        "ScenarioOptions.table": {"self": chosen},
        "ScenarioOptions.values_table": {"self": chosen},
        "present_value": {"table": results.costs(by_draw=True), "discount": 0.035, "timing": "base year"},
        "spending_history": {"by": "placement", "basis": "real"},
        "Results": {"run": results.run},
        "Results.inputs": {"self": results},
        "Results.to_xarray": {"self": results, "central": False},
        "Results.children": {"self": results, "by": "placement", "by_draw": False, "in_care": True, "level": 0.8},
        "Results.flows": {"self": results, "flow": "entries", "by": "group", "by_draw": False, "in_care": True}
        | {"level": 0.8},
        "Results.capacity": {"self": results, "by_draw": False, "level": 0.8},
        "Results.outcomes": {"self": results, "by_draw": False, "level": 0.8},
        "Results.parameters": {"self": results, "scenario": "edge", "stream": "other"},
        "Results.projection": {"self": results, "scenario": "edge", "stream": "other", "draw": slice(0, 2)},
        "Results.costs": {"self": results, "by": "item", "basis": "cash", "by_draw": False, "deflator": "hmt-2026-03"}
        | {"level": 0.8},
        "Results.price_volume_mix": {"self": results, "scenario": "edge", "baseline": None, "year": 2027}
        | {"since": 2026, "by": "item", "by_draw": False},
        "Results.growth_paths": {"self": results},
        "Results.compare": {"self": results, "scenario": "edge", "baseline": "inaction"},
        "Results.summary": {"self": results},
        "Results.savings": {"self": results},
        "Results.npv_by_rate": {"self": results, "discounts": ["standard", 0.02], "timing": "base year"},
        "Results.switching_value": {"self": results, "scenario": "edge", "baseline": "inaction"},
        "Results.attribution": {"self": results, "scenario": "edge", "draws": 0, "dates": [2027], "progress": None},
        "Results.appraisal": {"self": results, "scenario": "edge", "baseline": "inaction"}
        | {"optimism": 0.1, "mitigated": 0.1, "discount": 0.02, "timing": "mid-year"},
        "Results.options": {"self": results, "effect": "averted_children", "comparator": "inaction", "values": [1.0]}
        | {"optimism": 0.1, "mitigated": 0.1, "discount": 0.02, "timing": "mid-year"},
        "Results.ceac": {"self": results_of_fifty, "values": [0.0], "effect": "averted_children", "scenarios": ["edge"]}
        | {"discount": 0.02},
        "Results.evpi": {"self": results_of_fifty, "value": 0.0, "effect": "averted_children", "scenarios": ["edge"]}
        | {"discount": 0.02},
        "Results.evppi": {"self": results_of_fifty, "groups": ["growth: *"], "value": 0.0, "scenarios": ["edge"]}
        | {"effect": "averted_children", "discount": 0.02},
        "Results.sobol": {"self": results_of_fifty, "groups": ["growth: *"], "of": "spend", "scenario": "edge"}
        | {"baseline": "inaction", "totals": None, "progress": None},
        "evppi": {"benefit": results_of_fifty.options().net_benefit, "inputs": results_of_fifty.inputs()}
        | {"groups": ["growth: *"], "value": 0.0},
        "plots.plot_ceac": {"results": results_of_fifty, "ax": None, "values": [0.0, 1.0], "scenarios": ["edge"]},
        "plots.plot_expected_loss": {"results": results_of_fifty, "ax": None, "values": [0.0, 1.0]},
        "plots.plot_evppi": {"results": of_two, "ax": None, "most": 3, "value": 0.0, "scenarios": []},
        "plots.plot_tornado": {"results": results, "scenario": "edge", "ax": None, "most": 3},
        "ScenarioOptions.labelled": {"self": chosen, "table": pd.DataFrame({"name": ["edge"]})},
        "Results.converged": {"self": results, "tolerance": 0.5},
        "Results.tables": {"self": results},
        "Results.decision_tables": {"self": results},
        "Results.save": {"self": results, "folder": folder / "results"},
        "Results.report": {"self": results, "folder": folder / "report"},
        "Results.workbook": {"self": results, "path": folder / "book.xlsx"},
        "Results.explorer": {"self": results, "path": folder / "explorer.html", "starts": [2026]},
        "Results.charts": {"self": results, "folder": folder / "charts", "dated": "2026-11-30"},
        "Results.load": {"folder": results.save(folder / "kept")},
        "Results.to_dict": {"self": results},
        "run": {"assumptions": tiny, "scenarios": (edge,), "years": 2, "draws": 2, "start": 2026, "threads": 1}
        | {"progress": None, "block": 1},
        "Saving": {"run": saving.run, "drawn": saving.drawn, "central": saving.central},
        "Comparison": {f: getattr(saving.drawn, f) for f in cc.Comparison.__dataclass_fields__},
        **{
            f"{kind}.{method}": {"self": one} | arguments
            for kind, one in (("Saving", saving), ("Comparison", saving.drawn))
            for method, arguments in {
                **{f"{flow}": {"choose": None} for flow in ("gross_saving", "cashable_saving")},
                **{f"{flow}": {"choose": None} for flow in ("reform_spend", "net_saving")},
                "present_value": {"flow": np.ones((4, 3))},
                "npv": {"gross": True, "discount": 0.02, "timing": "mid-year"},
                "npsv": {},
                "social_parts": {},
                "bcr": {"discount": 0.02, "timing": "mid-year"},
                "payback_year": {"discounted": True, "discount": 0.02, "timing": "mid-year"},
                "chance_of_saving": {},
                "common_luck": {},
                "saving_per_child_year": {},
                "average_cost_of_care": {},
            }.items()
        },
        "Saving.summary": {"self": saving, "level": 0.8},
        "Saving.by_year": {"self": saving, "level": 0.8},
        "Saving.appraisal": {"self": saving, "optimism": 0.1, "mitigated": 0.1, "discount": None, "timing": None},
        "Saving.npvs": {"self": saving, "discounts": [0.02], "timing": "base year", "level": 0.8},
        "Saving.to_dict": {"self": saving},
    }


FOLDER: list[str] = []


def calls_folder() -> str:
    """Where calls that write do so."""
    return FOLDER[0]


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    FOLDER.append(str(tmp_path_factory.mktemp("doors")))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(FOLDER[0])  # odd paths are relative ones
        yield
    plt.close("all")


def called(door: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call a door with arguments by name; those of ``*name`` are spread, and those under ``**`` join in."""
    more = arguments.get("**", {})
    plain = {name: value for name, value in arguments.items() if name not in ("**", "self", "scenarios")}
    if "scenarios" in arguments and "assumptions" in arguments:
        return door(plain.pop("assumptions"), *arguments["scenarios"], **plain)
    if "scenarios" in arguments:
        plain["scenarios"] = arguments["scenarios"]
    receiver = (arguments["self"],) if "self" in arguments else ()
    return door(*receiver, **plain, **more)


def replaced(arguments: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Replace one argument."""
    if name.startswith("**"):
        return arguments | {"**": arguments["**"] | {name[2:]: value}}
    if name == "scenarios" and "assumptions" in arguments:
        return arguments | {"scenarios": (value,)}
    return arguments | {name: value}


def cases(names: Iterator[str] | list[str]) -> list[tuple[str, str, str]]:
    """Every door, argument and odd value."""
    found = []
    for said in names:
        arguments = calls()[said]
        slots = [n for n in arguments if n not in ("self", "**")] + [f"**{n}" for n in arguments.get("**", {})]
        found += list(itertools.product([said], slots, ODD))
    return found


def faults(chosen: list[tuple[str, str, str]]) -> list[str]:
    """Calls that end in another error than the package's own."""
    every, wrong = dict(doors()), []
    for said, name, odd in chosen:
        # What is called is the user's own: its errors are too.
        if odd == "a class" and name in ("choose", "progress", "transition", "quantile", "chance", "models"):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                called(every[said], replaced(calls()[said], name, ODD[odd]))
        except cc.CareCostError as error:
            if not all(problem.what for problem in error.problems):
                wrong.append(f"{said}({name}={odd}): no words")
        except Exception as error:
            wrong.append(f"{said}({name}={odd}): {type(error).__name__}: {str(error)[:90]}")
        finally:
            plt.close("all")
    return wrong


def known() -> list[str]:
    """Doors that are called."""
    return [said for said, _ in doors() if said not in LEFT_OUT and said.rpartition(".")[0] not in LEFT_OUT]


def test_every_public_door_has_a_call_that_works() -> None:
    assert sorted(set(known()) - set(calls())) == []
    assert sorted(set(LEFT_OUT) - {said for said, _ in doors()}) == []
    every = dict(doors())
    for said in known():
        if said.partition(".")[2] in ("npsv", "social_parts"):
            continue  # the set has no social ledger
        try:
            called(every[said], calls()[said])
        except Exception as error:
            pytest.fail(f"{said}: {type(error).__name__}: {error}")
        finally:
            plt.close("all")


def test_every_door_that_takes_a_set_or_a_scenario_takes_its_file() -> None:
    of_tiny = {cc.Assumptions: SETS / "tiny", cc.Scenario: SETS / "edge.toml"}
    every, tried = dict(doors()), []
    for said in known():
        if said.partition(".")[0] in ("Assumptions", "Scenario"):
            continue  # beliefs know nothing of files
        arguments = calls()[said]
        for name, value in arguments.items():
            if name != "self" and type(value) in of_tiny and value.name in ("tiny", "edge"):
                called(every[said], arguments | {name: str(of_tiny[type(value)])})
                tried.append(said)
    plt.close("all")
    assert {"save_assumptions", "save_scenario"} <= set(tried)


def test_odd_arguments_of_public_doors_are_taken_or_refused_in_words() -> None:
    every = cases(known())
    chosen = random.Random(13).sample(every, min(FAST, len(every)))
    assert faults(chosen) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", sorted({said.partition(".")[0] for said, _ in doors()} - set(LEFT_OUT)))
def test_every_odd_argument_of_a_door_is_taken_or_refused_in_words(first: str) -> None:
    assert faults(cases([said for said in known() if said.partition(".")[0] == first])) == []


def test_arguments_that_there_are_not_are_refused_in_words() -> None:
    every = dict(doors())
    wrong = []
    for said in known():
        receiver = (calls()[said]["self"],) if "self" in calls()[said] else ()
        for extra in ({"nonsense": 1}, None):
            try:
                if extra is None:
                    every[said](*receiver, *([1] * 40))
                else:
                    every[said](*receiver, **extra)
                wrong.append(f"{said}: returned")
            except cc.CareCostError:
                pass
            except Exception as error:
                wrong.append(f"{said}: {type(error).__name__}: {error}")
    assert wrong == []


#: Values that must never be taken in silence: the door, the argument, the value, and words of the answer.
SILENT: list[tuple[str, str, Any, str]] = [
    ("run", "years", 0, "whole number from 1"),
    ("run", "start", 2026.5, "whole number"),
    ("run", "block", -1, "1 or more"),
    ("run", "block", 0, "1 or more"),
    ("run", "threads", 0, "from 1"),
    ("run", "draws", -1, "how many draws"),
    ("run", "progress", 3, "function"),
    ("quality.assumptions_log", "years", 0, "whole number from 1"),
    ("run_areas", "years", 0, "whole number from 1"),
    ("run_authorities", "years", 0, "whole number from 1"),
    ("run_authorities", "draws", -1, "how many draws"),
    ("Assumptions.grid", "years", 0, "whole number from 1"),
    ("Results.appraisal", "optimism", 41, "0.41 for 41%"),
    ("Saving.appraisal", "optimism", 41, "0.41 for 41%"),
    ("Results.options", "optimism", 41, "0.41 for 41%"),
    ("money.optimism_bias", "of", 41, "0.41 for 41%"),
    ("money.Optimism", "share", -3, "0.41 for 41%"),
    ("money.appraise", "optimism_bias", 41, "0.51, for 51%"),
    ("money.appraise", "discount", 3.5, "0.035 for 3.5%"),
    ("money.discount_factors", "rate_or_schedule", 3.5, "0.035 for 3.5%"),
    ("money.schedule", "name", 3.5, "0.035 for 3.5%"),
    ("Results.npv_by_rate", "discounts", 3.5, "0.035 for 3.5%"),
    ("Saving.npvs", "discounts", [3.5], "0.035 for 3.5%"),
    ("present_value", "discount", 3.5, "0.035 for 3.5%"),
    ("money.Amounts.present_value", "rate", 3.5, "0.035 for 3.5%"),
    ("Change", "share", -3, "share"),
    ("Scenario.scaled", "share", -3, "share"),
    ("Scenario.partial", "share", -3, "0 to 1"),
    ("Scenario.later", "share", 1.5, "0 to 1"),
    ("Scenario.later", "years", 0, "from 1 to 1000"),
    ("Change", "later_share", 50, "0 to 1"),
    ("Change", "later_years", 0, "from 1 to 1000"),
    ("Results.children", "level", 80, "0.9 for an interval of 90%"),
    ("Saving.summary", "level", 0, "0.9 for an interval of 90%"),
    ("Change", "start", 2026.5, "whole number"),
    ("Change", "start", 2026, "first year of the programme"),
    ("Change", "price_year", 2060, "2025 for 2024-25"),
    ("Belief", "price_year", 2060, "2025 for 2024-25"),
    ("Belief", "price_year", 1066, "2025 for 2024-25"),
    ("Assumptions", "price_year", 2060, "2025 for 2024-25"),
    ("Assumptions", "years", 0, "whole number from 1"),
    ("money.PriceBase", "price_year", 2060, "2025 for 2024-25"),
    ("money.restate", "price_year", 1066, "2025 for 2024-25"),
    ("money.Deflator.factor", "price_year", 2060, "2025 for 2024-25"),
    ("Placement", "leave_age", 17.5, "whole number"),
    ("Cashable", "short", 50, "0.4 for 40%"),
    ("Item", "cashable", 50, "0.4 for 40%"),
    ("Draws", "n", 2.5, "whole number"),
    ("Counts", "entries", [[[-1]]], "negative"),
    ("Parameters", "initial_stock", np.full((1, 18, 1), -1.0), "negative: -1 at age 0, placement foster"),
    ("Parameters", "initial_stock", np.full((1, 18, 1), np.nan), "not finite, the first at age 0, placement foster"),
]


@pytest.mark.parametrize(("said", "name", "value", "words"), SILENT, ids=lambda x: str(x)[:30])
def test_value_that_means_nothing_is_never_taken_in_silence(said: str, name: str, value: Any, words: str) -> None:
    with pytest.raises(cc.CareCostError) as caught:
        called(dict(doors())[said], replaced(calls()[said], name, value))
    assert words in str(caught.value)


def test_one_label_is_a_label_and_not_its_letters() -> None:
    results = calls()["Results.children"]["self"]
    pd.testing.assert_frame_equal(results.children(by="placement"), results.children(by=["placement"]))
    divert = cc.Change("entry_share", "divert", 0.1, from_placements="children's home", to_placement="foster")
    assert divert.from_placements == ("children's home",)
    assert cc.Item("foster", "child_weeks", placements="foster").placements == ("foster",)
    assert cc.Selector(ages="10 to 12", streams="other") == cc.Selector(ages=[10, 11, 12], streams=["other"])
    assert Scope("all", "care").groups == ("care",) and Note("left_out", "what").says == ()


def test_flags_are_given_by_name() -> None:
    saving = calls()["Saving"]["drawn"]
    with pytest.raises(cc.CareCostError, match="It takes by name, gross"):
        saving.npv(0.035)
    with pytest.raises(cc.CareCostError, match="It takes by name, discounted"):
        calls()["Saving.npv"]["self"].payback_year(True)


def test_names_of_set_and_scenario_and_a_number_of_draws_are_enough() -> None:
    by_name = cc.run(str(SETS / "tiny"), SETS / "edge.toml", draws=np.int64(4), years=3.0)  # type: ignore[arg-type]
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    by_object = cc.run(tiny, edge, draws=cc.Draws(4), years=3)
    pd.testing.assert_frame_equal(by_name.summary(), by_object.summary())


# What doors give can be kept: nobody writes into it, and it pickles and copies at any time


def reached(thing: Any, path: str, seen: set[int]) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Every array that an object of the package holds, in whatever it holds, by where it is."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        yield path, thing
    elif isinstance(thing, dict):
        for name, inner in thing.items():
            yield from reached(inner, f"{path}[{name!r}]", seen)
    elif isinstance(thing, tuple | list) and not all(isinstance(one, str | int | float) for one in thing[:1]):
        for i, inner in enumerate(thing):
            yield from reached(inner, f"{path}[{i}]", seen)
    elif type(thing).__module__.partition(".")[0] == "carecost" and not isinstance(thing, type):
        for name, inner in getattr(thing, "__dict__", {}).items():
            if not name.startswith("_"):  # what is private is worked on
                yield from reached(inner, f"{path}.{name}", seen)


def made() -> Iterator[tuple[str, Any]]:
    """What every public door gives that is an object of the package, and the objects that its methods are of."""
    every, seen = dict(doors()), {}
    for said in known():
        if said.partition(".")[2] in ("npsv", "social_parts") or said.startswith("plots."):
            continue
        given = called(every[said], calls()[said])
        for name, thing in ((said, given), (f"{said}.self", calls()[said].get("self"))):
            of_ours = type(thing).__module__.partition(".")[0] == "carecost"
            # A named tuple is what a function of plain arrays gives, as an array is: the caller's own.
            if of_ours and not isinstance(thing, tuple) and id(thing) not in seen:
                seen[id(thing)] = thing  # held, so that no other object gets its number
                yield name, thing


def test_what_doors_give_pickles_copies_and_cannot_be_written_into() -> None:
    wrong, kinds = [], set()
    projection = cc.project(cc.Parameters(**calls()["Parameters"]))
    projection.over_ages("stock"), projection.exits, projection.birthdays
    for name, thing in [*made(), ("project", projection), ("parameters", cc.Parameters(**calls()["Parameters"]))]:
        kinds.add(type(thing).__name__)
        forms = {"": thing}
        try:
            forms |= {"unpickled ": pickle.loads(pickle.dumps(thing)), "copied ": copy.deepcopy(thing)}
        except Exception as error:
            wrong.append(f"{name}: {type(error).__name__}: {error}")
        for form, one in forms.items():
            assert type(one) is type(thing)
            wrong += [f"{form}{where}" for where, array in reached(one, name, set()) if array.flags.writeable]
    public = {name for name in cc.__all__ if isinstance(getattr(cc, name), type)} - {"CareCostError", "Capacity"}
    assert public - kinds == set()
    assert wrong == []


@pytest.mark.parametrize("ages", [(), (3, 4)])
def test_sums_that_a_projection_gives_cannot_be_written_into(ages: tuple[int, ...]) -> None:
    projection = cc.project(cc.Parameters(**calls()["Parameters"]))
    for one in (projection, pickle.loads(pickle.dumps(projection)), copy.deepcopy(projection)):
        for array in (one.over_ages("stock", ages), one.exits_for([0], ages), one.moves_to([0], ages), one.children):
            with pytest.raises(ValueError, match="read-only"):
                array[:] = 0
