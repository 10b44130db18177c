"""How do we say a run in rows? Children, flows and spend of every scenario, one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from carecost._typing import Array
from carecost.analysis.sensitivity import growth_paths
from carecost.engine.items import OUTCOMES, SOCIAL
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.money import vintages
from carecost.money.discounting import Deflator
from carecost.money.prices import CASH, REAL, PriceBase
from carecost.results import tables
from carecost.simulation.blocks import FLOWS, Outcome
from carecost.simulation.run import Run

Pick = Callable[[Outcome], Array]


BASES = (REAL, CASH)


#: What is told of capacity groups, in the order of the columns.
CAPACITY = ("places", "occupancy", "share", "redirected", "unmet")


def children_rows(run: Run, by: Sequence[str], per_draw: bool, in_care: bool) -> pd.DataFrame:
    """Children on each date; see :meth:`carecost.Results.children`."""
    if "age" in by:
        return _by_age(run, [b for b in by if b != "age"], in_care)
    frames = [
        _cells(run, name, _both(run, name, lambda o: o.stock), ("date", run.grid.dates), by, per_draw, in_care)
        for name in run.scenarios
    ]
    return _stacked(frames).assign(unit=tables.CHILDREN)


def flow_rows(run: Run, flow: str, by: Sequence[str], per_draw: bool, in_care: bool) -> pd.DataFrame:
    """Flows in each year; see :meth:`carecost.Results.flows`."""
    if flow not in FLOWS:
        raise UnknownNameError(unknown("flow", flow, FLOWS))
    frames = [
        _cells(run, name, _both(run, name, lambda o: o.flows[flow]), ("year", run.grid.years), by, per_draw, in_care)
        for name in run.scenarios
    ]
    return _stacked(frames).assign(unit="child-years" if flow == "child_years" else tables.CHILDREN)


def cost_rows(
    run: Run, by: Sequence[str], basis: str, per_draw: bool, deflator: str | Deflator | None = None
) -> pd.DataFrame:
    """Spend in each year; see :meth:`carecost.Results.costs`."""
    if basis not in BASES:
        raise InputError(Problem(f"basis is {basis!r}", "costs", "Give real or cash"))
    if basis == REAL and deflator is not None:
        raise InputError(Problem("a deflator is given for real pounds", "costs", "Give it with basis='cash'"))
    grid, labels, real = run.grid, tables.item_labels(run.grid), run.provenance.price_base
    # A social value is no budget: it is in a table of money only where the account says so.
    asked = (SOCIAL,) if "account" in by else ()
    keep = [i for i, item in enumerate(grid.items) if item.public or item.account in asked]
    labels = {name: [values[i] for i in keep] for name, values in labels.items()}
    index = vintages.deflator(deflator) if isinstance(deflator, str) else deflator or run.assumptions.deflator
    factor = index.factor(run.assumptions.price_year, grid.years)[:, None] if basis == CASH else 1.0
    frames = []
    for name in run.scenarios:
        drawn, kept = tables.grouped((run.shown[name].costs.spend * factor)[..., keep], labels, by)
        central, _ = tables.grouped((run.central[name].costs.spend * factor)[..., keep], labels, by)
        frames.append(_named(name, tables.rows_of(drawn, central, ("year", grid.years), kept, per_draw)))
    return tables.priced(_stacked(frames), PriceBase(CASH, None, index.vintage) if basis == CASH else real)


def outcome_rows(run: Run, per_draw: bool) -> pd.DataFrame:
    """How many have each outcome in each year; see :meth:`carecost.Results.outcomes`."""
    items = run.grid.items
    keep = [i for i, item in enumerate(items) if item.account == OUTCOMES]
    label = "draw" if per_draw else "quantile"
    if not keep:
        return pd.DataFrame(columns=["scenario", "year", "outcome", label, "value", "unit"])
    axes = {"year": run.grid.years, "outcome": [items[i].name for i in keep]}
    frames = []
    for name in run.scenarios:
        drawn, central = (outcome[name].costs.spend[..., keep] for outcome in (run.shown, run.central))
        frames.append(_named(name, tables.tidy(drawn, central, axes, per_draw)))
    return _stacked(frames).assign(unit="outcomes")


def capacity_rows(run: Run, per_draw: bool) -> pd.DataFrame:
    """How full the capacity groups were; see :meth:`carecost.Results.capacity`."""
    frames = []
    axes = {"year": run.grid.years, "group": run.grid.labels("groups")}
    for name in run.scenarios:
        drawn, central = (outcome[name].capacity for outcome in (run.drawn, run.central))
        if not drawn:
            continue
        columns = {what: tables.tidy(drawn[what], central[what], axes, per_draw) for what in drawn}
        frame = columns[CAPACITY[0]].drop(columns="value")
        frames.append(_named(name, frame.assign(**{what: columns[what]["value"] for what in CAPACITY})))
    label = "draw" if per_draw else "quantile"
    return _stacked(frames) if frames else pd.DataFrame(columns=["scenario", *axes, label, *CAPACITY])


def growth_rows(run: Run) -> pd.DataFrame:
    """Public spend under inaction by growth of prices; see :meth:`carecost.Results.growth_paths`."""
    paths = growth_paths(run)
    index = pd.MultiIndex.from_product([list(paths), run.grid.years], names=["growth", "year"])
    rows = pd.DataFrame({"value": np.concatenate(list(paths.values()))}, index=index).reset_index()
    return tables.priced(rows, run.provenance.price_base)


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the tables of a saved run that need no comparison."""
    account = ("group", "account")
    limited = {"capacity": capacity_rows(run, per_draw=False)} if run.grid.groups else {}
    if not (counted := outcome_rows(run, per_draw=False)).empty:
        limited["outcomes"] = counted
    return {
        "children": children_rows(run, ("placement", "in_care"), per_draw=False, in_care=False),
        "costs": cost_rows(run, account, "real", per_draw=False),
        "costs_cash": cost_rows(run, account, "cash", per_draw=False),
        "growth_paths": growth_rows(run),
        "draws": draw_rows(run),
        "assumptions": tables.assumption_rows(run.assumptions),
        **limited,
    }


def _cells(
    run: Run,
    name: str,
    arrays: tuple[Array, Array],
    time: tuple[str, Sequence[int]],
    by: Sequence[str],
    per_draw: bool,
    in_care: bool,
) -> pd.DataFrame:
    """Lay out arrays of shape (draw, stream, time, placement), drawn and central, summed by some labels."""
    labels = _labels(run)
    keep = [i for i, care in enumerate(labels["in_care"]) if care == "yes" or not in_care]
    chosen = {k: [v[i] for i in keep] for k, v in labels.items()}

    def summed(array: Array) -> tuple[Array, dict[str, list[str]]]:
        moved = np.moveaxis(array, 1, 2)
        return tables.grouped(moved.reshape(*moved.shape[:2], -1)[..., keep], chosen, by)

    drawn, kept = summed(arrays[0])
    central, _ = summed(arrays[1])
    return _named(name, tables.rows_of(drawn, central, time, kept, per_draw))


def _both(run: Run, name: str, pick: Pick) -> tuple[Array, Array]:
    return pick(run.shown[name]), pick(run.central[name])


def _labels(run: Run) -> dict[str, list[str]]:
    """Labels of each (stream, placement) cell."""
    rows = [(s, p) for s in run.assumptions.streams for p in run.grid.placements]
    return {
        "stream": [s for s, _ in rows],
        "placement": [p.of for _, p in rows],
        "phase": [p.phase for _, p in rows],
        "group": [p.group for _, p in rows],
        "in_care": ["yes" if p.in_care else "no" for _, p in rows],
    }


def _by_age(run: Run, by: Sequence[str], in_care: bool) -> pd.DataFrame:
    """Children by age: the central run, projected again with ages."""
    frames = []
    for name in run.scenarios:
        stock = np.stack([p.stock for p in run.projections(name).values()], axis=1)
        for a, age in enumerate(run.grid.ages):
            one_age = stock[:, :, :, a]
            frame = _cells(run, name, (one_age, one_age), ("date", run.grid.dates), by, False, in_care)
            frame.insert(2, "age", age)
            frames.append(frame)
    return _stacked(frames).assign(unit=tables.CHILDREN)


def _named(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    frame.insert(0, "scenario", name)
    return frame


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True)


def draw_rows(run: Run) -> pd.DataFrame:
    """Give the headlines of every draw: children in care and public spend at the end, and the net present saving.

    Parameters
    ----------
    run : Run
        A run.

    Returns
    -------
    DataFrame
        scenario, draw, children_in_care [children], spend and npv [GBP, constant prices], price_year, basis, deflator;
        levels with the luck of small numbers where the draws ask for it.
    """
    frames = []
    for name, outcome in run.shown.items():
        columns = {
            "scenario": name,
            "draw": np.arange(len(outcome.stock)),
            "children_in_care": run.side(name, outcome).children[:, -1],
            "spend": outcome.costs.public_spend[:, -1],
            "npv": run.compare(name).npv(),
        }
        frames.append(pd.DataFrame(columns))
    base = run.provenance.price_base
    return _stacked(frames).assign(price_year=base.price_year, basis=base.basis, deflator=base.deflator)
