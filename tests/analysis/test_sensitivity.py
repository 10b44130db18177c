"""Switching values, growth of prices, and one assumption at a time: each is what whole runs give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.sensitivity import LESS, growth_paths, one_by_one

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


@pytest.fixture(scope="module")
def edge() -> cc.Scenario:
    return cc.load_scenario(SETS / "edge.toml")


def test_a_switching_value_is_where_the_saving_is_zero(tiny: cc.Assumptions, edge: cc.Scenario) -> None:
    results = cc.run(tiny, edge)
    share = results.switching_value("edge")
    assert share is not None
    there = cc.run(tiny, edge.scaled(share))
    npv = there.compare(there.scenarios[1]).npv()[0]
    assert abs(npv) < 1e-4 * abs(results.compare("edge").npv()[0])
    free = cc.Scenario("free", [cc.Lever("x", [cc.Change("entry_rate", "scale", -0.1)])])
    assert cc.run(tiny, free).switching_value("free") is None


def test_switching_value_of_a_scenario_that_never_breaks_even_is_none(tiny: cc.Assumptions) -> None:
    spends = cc.Scenario(
        "spends", [cc.Lever("spends", [cc.Change("unit_cost", "add", 1e6, items=["programme"], price_year=2025)])]
    )
    assert cc.run(tiny, spends).switching_value("spends") is None


def test_growth_paths_are_those_of_sets_without_and_with_lasting_growth(tiny: cc.Assumptions) -> None:
    paths = growth_paths(cc.run(tiny).run)
    growth = next(row for row in tiny.rows if row.kind == "growth")
    flat = replace(growth, belief=replace(growth.belief, value=0.0, low=None, high=None), long_run=0.0)
    for name, row in (
        ("no real growth of prices", flat),
        ("growth that never fades", replace(growth, fade_years=None)),
    ):
        made = replace(tiny, rows=tuple(row if old == growth else old for old in tiny.rows))
        spend = cc.run(made).run.central["inaction"].costs.public_spend[0]
        np.testing.assert_array_equal(paths[name], spend)
    stated = cc.run(tiny).run.central["inaction"].costs.public_spend[0]
    np.testing.assert_array_equal(paths["the stated growth"], stated)


def test_one_by_one_moves_each_line_as_a_run_of_its_own(tiny: cc.Assumptions, edge: cc.Scenario) -> None:
    trials = one_by_one(tiny, edge)
    assert trials.npv == cc.run(tiny, edge).compare("edge").npv()[0]
    effects = [trial.effect(trials.npv) for trial in trials.trials]
    assert effects == sorted(effects, reverse=True)
    row = next(r for r in tiny.rows if r.quantity == "unit_cost: items=home")
    trial = next(t for t in trials.trials if [m.thing for m in t.line.members] == [row])

    def npv(value: float) -> float:
        return float(cc.run(tiny.replace("unit_cost", value, item="home"), edge).compare("edge").npv()[0])

    b = row.belief
    assert b.low is not None and b.high is not None
    assert (trial.low, trial.high) == pytest.approx((npv(b.low), npv(b.high)), rel=1e-12)
    assert trial.less == pytest.approx(npv(LESS * b.value), rel=1e-12)
