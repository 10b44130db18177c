"""Tidy tables of a run: children, flows, spend, outcomes, capacity, and the lines of a summary."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from carecost._guard import number
from carecost._typing import Array
from carecost.analysis.sensitivity import growth_paths
from carecost.engine.grid import Grid
from carecost.engine.items import OUTCOMES, SOCIAL
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.tables import AXES as CELLS
from carecost.maths.monte_carlo import LEVEL, ends, mean_error
from carecost.money import vintages
from carecost.money.discounting import Deflator
from carecost.money.prices import CASH, REAL, PriceBase
from carecost.simulation.evaluator import FLOWS
from carecost.simulation.kept import HEADLINE, Kept
from carecost.simulation.run import Run

#: Unit of stocks and flows.
CHILDREN = "children"

#: Rule of the guard: the coverage of an interval.
COVERAGE = number(above=0, most=1, hint="a share, so 0.9 for an interval of 90%")

#: Prices in which spend can be shown.
BASES = (REAL, CASH)

#: What a table calls the central run, and the mean over draws; quantiles are numbers.
RUNS = ("central", "mean")

#: What is told of capacity groups, in the order of the columns.
CAPACITY = ("places", "occupancy", "share", "redirected", "unmet")

#: What of it follows from expected arrivals, also where children are followed one by one.
WITHOUT_LUCK = ("share", "redirected", "unmet")


def summarised(array: Array, central: Array, level: float = LEVEL) -> dict[str, Array]:
    """Give the central run, the mean and quantiles over draws.

    Parameters
    ----------
    array : ndarray of shape (draw, ...)
        All draws; of length 1 when there are none.
    central : ndarray of shape (1, ...)
        The central run.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    dict of str to ndarray
        ``central``, and with draws ``mean``, its Monte Carlo error ``mean_error``, and by name the quantiles that
        bound the interval, with the median between them.
    """
    summaries = {"central": central[0]}
    if len(array) > 1:
        low, high = ends(level)
        quantiles = (low, 0.5, high)
        summaries["mean"] = array.mean(0)
        summaries["mean_error"] = mean_error(array)
        summaries |= {f"{q:g}": v for q, v in zip(quantiles, np.quantile(array, quantiles, axis=0), strict=True)}
    return summaries


def tidy(array: Array, central: Array, axes: Mapping[str, Sequence[object]], level: float | None) -> pd.DataFrame:
    """Lay an array out in rows, one a cell and quantile (or draw).

    Parameters
    ----------
    array, central : ndarray of shape (draw, ...) and (1, ...)
        Draws and central run.
    axes : mapping of str to sequence
        Name and labels of each axis after the draw axis.
    level : float or None
        Coverage of the interval [probability]; None for one row a draw instead of one a quantile.

    Returns
    -------
    DataFrame
        Columns of the axes, ``quantile`` (``central``, ``mean``, and quantiles as numbers) or ``draw``, and ``value``;
        with quantiles of draws ``mean_error``, the Monte Carlo error of each mean.
    """
    layers: dict[Any, Array] = dict(enumerate(array)) if level is None else dict(summarised(array, central, level))
    error = layers.pop("mean_error", None)
    label = "draw" if level is None else "quantile"
    # The layers become the last axis, so that the rows of a cell stand together.
    values = np.stack(list(layers.values()), axis=-1)
    names = [name if name in (*RUNS, *range(len(array))) else float(name) for name in layers]
    index = pd.MultiIndex.from_product([*axes.values(), names], names=[*axes, label])
    columns = {"value": values.ravel()}
    if error is not None:
        of_mean = np.array([name == "mean" for name in layers])
        columns["mean_error"] = np.where(of_mean, error[..., None], np.nan).ravel()
    return pd.DataFrame(columns, index=index).reset_index()


def records(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Give the rows of a table as plain data: what is missing is None, as JSON has it."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def widened(frame: pd.DataFrame, time: str, wide: bool = True) -> pd.DataFrame:
    """Lay a table out with a column for each year or date, where that is asked for; errors of means are left out."""
    if not wide:
        return frame
    # Pounds of cash are each of their own year: what the head of the column says.
    own = ["price_year"] if "basis" in frame and frame["basis"].eq(CASH).all() else []
    keys = [name for name in frame if name not in (time, "value", "mean_error", *own)]
    laid = frame.pivot_table("value", keys, time, sort=False, dropna=False, observed=True).reset_index()
    laid.columns.name = None
    return laid


def grouped(array: Array, labels: Mapping[str, Sequence[str]], by: Sequence[str]) -> tuple[Array, dict[str, list[str]]]:
    """Sum the last axis of an array by some of its labels.

    Parameters
    ----------
    array : ndarray of shape (..., cell)
        What to sum.
    labels : mapping of str to sequence of str
        Labels of each cell, by name.
    by : sequence of str
        Names to keep; empty sums everything.

    Returns
    -------
    tuple
        The array of shape (..., group), and the labels of each group by name.

    Raises
    ------
    UnknownNameError
        If a name is not known.
    """
    refuse([unknown("column to group by", name, labels) for name in by if name not in labels], UnknownNameError)
    keys = list(zip(*(labels[name] for name in by), strict=True)) if by else [()] * array.shape[-1]
    order = list(dict.fromkeys(keys))
    # (cell, group) of 0 and 1: a product with it sums the cells of each group.
    member = np.array([[key == group for group in order] for key in keys], dtype=float).reshape(len(keys), len(order))
    return array @ member, {name: [group[i] for group in order] for i, name in enumerate(by)}


def rows_of(
    array: Array,
    central: Array,
    time: tuple[str, Sequence[int]],
    labels: Mapping[str, list[str]],
    level: float | None,
) -> pd.DataFrame:
    """Lay out an array of shape (draw, time, group) in rows with the labels of each group."""
    n = array.shape[-1]
    frame = tidy(array, central, {time[0]: list(time[1]), "_group": list(range(n))}, level)
    column = list(frame.columns).index("_group")
    for name, values in reversed(list(labels.items())):
        frame.insert(column, name, np.array(values, dtype=object)[frame["_group"].to_numpy()])
    return frame.drop(columns="_group")


def priced(frame: pd.DataFrame, base: PriceBase) -> pd.DataFrame:
    """Say of every row which pounds it is in: columns price_year (of cash: its own year), basis and deflator."""
    price_year = frame["year"] if base.price_year is None else base.price_year
    return frame.assign(unit="GBP", price_year=price_year, basis=base.basis, deflator=base.deflator)


def item_labels(grid: Grid) -> dict[str, list[str]]:
    """Give the labels of cost items by which they can be grouped."""
    names = ("group", "account", "payer", "gross_net", "kind")
    return {"item": [i.name for i in grid.items]} | {n: [getattr(i, n) for i in grid.items] for n in names}


def assumption_rows(assumptions: Assumptions) -> pd.DataFrame:
    """Give every assumption as a row, as it is saved: what, value, interval, unit, source and quality."""
    table = assumptions.table()
    return table.drop(columns=["parameter", "kind", *CELLS])


def interval(values: Array, scale: float = 1.0, level: float = LEVEL) -> tuple[float, float]:
    """Give the interval of draws; nan for an end among draws that never come (a payback beyond the horizon)."""
    never = np.isnan(values)
    # A draw that never comes is later than all others: ranks, because infinities cannot be interpolated.
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if never.any() else "linear"
    bounds = np.quantile(np.where(never, np.inf, values), ends(level), method=method)
    low, high = np.where(np.isinf(bounds), np.nan, bounds) * scale
    return float(low), float(high)


def children_rows(run: Run, by: Sequence[str], level: float | None, in_care: bool) -> pd.DataFrame:
    """Children on each date; see :meth:`carecost.Results.children`."""
    if "age" in by:
        return _by_age(run, [b for b in by if b != "age"], in_care)
    frames = [_of_children(run, name, "stock", ("date", run.grid.dates), by, level, in_care) for name in run.scenarios]
    return _stacked(frames).assign(unit=CHILDREN)


def flow_rows(run: Run, flow: str, by: Sequence[str], level: float | None, in_care: bool) -> pd.DataFrame:
    """Flows in each year; see :meth:`carecost.Results.flows`."""
    if flow not in FLOWS:
        raise UnknownNameError(unknown("flow", flow, FLOWS))
    frames = [_of_children(run, name, flow, ("year", run.grid.years), by, level, in_care) for name in run.scenarios]
    return _stacked(frames).assign(unit="child-years" if flow == "child_years" else CHILDREN)


def cost_rows(
    run: Run, by: Sequence[str], basis: str, level: float | None, deflator: str | Deflator | None = None
) -> pd.DataFrame:
    """Spend in each year; see :meth:`carecost.Results.costs`."""
    if basis not in BASES:
        raise InputError(Problem(f"basis is {basis!r}", "costs", "Give real or cash"))
    if basis == REAL and deflator is not None:
        raise InputError(Problem("a deflator is given for real pounds", "costs", "Give it with basis='cash'"))
    grid, labels, real = run.grid, item_labels(run.grid), run.provenance.price_base
    # A social value is no budget: it is in a table of money only where the account says so.
    beside = (SOCIAL,) if "account" in by else ()
    keep = [i for i, item in enumerate(grid.items) if item.public or item.account in beside]
    labels = {name: [values[i] for i in keep] for name, values in labels.items()}
    index = vintages.deflator(deflator) if isinstance(deflator, str) else deflator or run.assumptions.deflator
    factor = index.factor(run.assumptions.price_year, grid.years)[:, None] if basis == CASH else 1.0
    frames = []
    for name in run.scenarios:
        central, groups = grouped((run.central[name].costs.spend * factor)[..., keep], labels, by)
        if not by and run.keep == HEADLINE and not run.draws.central:
            drawn = (run.shown[name].public_spend * np.squeeze(factor))[..., None]
        else:
            drawn, _ = grouped((run.shown[name].costs.spend * factor)[..., keep], labels, by)
        frames.append(_named(name, rows_of(drawn, central, ("year", grid.years), groups, level)))
    return priced(_stacked(frames), PriceBase(CASH, None, index.vintage) if basis == CASH else real)


def outcome_rows(run: Run, level: float | None) -> pd.DataFrame:
    """How many have each outcome in each year; see :meth:`carecost.Results.outcomes`."""
    items = run.grid.items
    keep = [i for i, item in enumerate(items) if item.account == OUTCOMES]
    label = "draw" if level is None else "quantile"
    if not keep:
        return pd.DataFrame(columns=["scenario", "year", "outcome", label, "value", "unit"])
    axes = {"year": run.grid.years, "outcome": [items[i].name for i in keep]}
    frames = []
    for name in run.scenarios:
        drawn, central = (outcome[name].costs.spend[..., keep] for outcome in (run.shown, run.central))
        frames.append(_named(name, tidy(drawn, central, axes, level)))
    return _stacked(frames).assign(unit="outcomes")


def capacity_rows(run: Run, level: float | None) -> pd.DataFrame:
    """How full the capacity groups were; see :meth:`carecost.Results.capacity`."""
    frames = []
    axes = {"year": run.grid.years, "group": run.grid.labels("groups")}
    for name in run.scenarios:
        drawn, central = (outcome[name].capacity for outcome in (run.shown, run.central))
        if drawn is None or central is None:
            continue
        columns = {what: tidy(getattr(drawn, what), getattr(central, what), axes, level) for what in CAPACITY}
        frame = columns[CAPACITY[0]].drop(columns=["value", "mean_error"], errors="ignore")
        if run.draws.noise and level is not None:
            # Nobody was followed who was sent on: an interval would leave the luck of small numbers out.
            spread = ~frame["quantile"].isin(RUNS)
            for what in WITHOUT_LUCK:
                columns[what]["value"] = columns[what]["value"].mask(spread)
                columns[what] = columns[what].assign(mean_error=np.nan)
        told = {what: columns[what]["value"] for what in CAPACITY}
        errors = {f"{what}_error": column["mean_error"] for what, column in columns.items() if "mean_error" in column}
        frames.append(_named(name, frame.assign(**told, **errors)))
    label = "draw" if level is None else "quantile"
    return _stacked(frames) if frames else pd.DataFrame(columns=["scenario", *axes, label, *CAPACITY])


def growth_rows(run: Run) -> pd.DataFrame:
    """Public spend under inaction by growth of prices; see :meth:`carecost.Results.growth_paths`."""
    paths = growth_paths(run)
    index = pd.MultiIndex.from_product([list(paths), run.grid.years], names=["growth", "year"])
    rows = pd.DataFrame({"value": np.concatenate(list(paths.values()))}, index=index).reset_index()
    return priced(rows, run.provenance.price_base)


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the tables of a saved run that need no comparison."""
    account = ("group", "account")
    optional = {"capacity": capacity_rows(run, level=LEVEL)} if run.grid.groups else {}
    if not (counted := outcome_rows(run, level=LEVEL)).empty:
        optional["outcomes"] = counted
    return {
        "children": children_rows(run, ("placement", "in_care"), level=LEVEL, in_care=False),
        "costs": cost_rows(run, account, "real", level=LEVEL),
        "costs_cash": cost_rows(run, account, "cash", level=LEVEL),
        "growth_paths": growth_rows(run),
        "draws": draw_rows(run),
        "assumptions": assumption_rows(run.assumptions),
        **optional,
    }


def _by_label(
    run: Run,
    name: str,
    arrays: tuple[Array, Array],
    time: tuple[str, Sequence[int]],
    by: Sequence[str],
    level: float | None,
    in_care: bool,
) -> pd.DataFrame:
    """Lay out arrays of shape (draw, stream, time, placement), drawn and central, summed by some labels."""
    labels = _labels(run)
    keep = [i for i, care in enumerate(labels["in_care"]) if care == "yes" or not in_care]
    kept = {k: [v[i] for i in keep] for k, v in labels.items()}

    def summed(array: Array) -> tuple[Array, dict[str, list[str]]]:
        by_time = np.moveaxis(array, 1, 2)  # (draw, time, stream, placement), then (draw, time, cell)
        return grouped(by_time.reshape(*by_time.shape[:2], -1)[..., keep], kept, by)

    drawn, groups = summed(arrays[0])
    central, _ = summed(arrays[1])
    return _named(name, rows_of(drawn, central, time, groups, level))


def _of_children(
    run: Run,
    name: str,
    flow: str,
    time: tuple[str, Sequence[int]],
    by: Sequence[str],
    level: float | None,
    in_care: bool,
) -> pd.DataFrame:
    """Lay out the stock or a flow of a scenario, as levels are shown, beside the central run."""
    drawn, central = run.shown[name], run.central[name]
    if isinstance(drawn, Kept) and in_care and not by:
        every, alone = (one.total(flow, run.grid)[..., None] for one in (drawn, central))
        return _named(name, rows_of(every, alone, time, {}, level))
    return _by_label(run, name, (getattr(drawn, flow), getattr(central, flow)), time, by, level, in_care)


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
            frame = _by_label(run, name, (one_age, one_age), ("date", run.grid.dates), by, LEVEL, in_care)
            frame.insert(2, "age", age)
            frames.append(frame)
    return _stacked(frames).assign(unit=CHILDREN)


def _named(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the name of the scenario before all columns."""
    frame.insert(0, "scenario", name)
    return frame


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the tables of scenarios one below the other."""
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
            "draw": np.arange(len(outcome.public_spend)),
            "children_in_care": run.side(name, outcome).children[:, -1],
            "spend": outcome.public_spend[:, -1],
            "npv": run.compare(name).npv(),
        }
        frames.append(pd.DataFrame(columns))
    base = run.provenance.price_base
    return _stacked(frames).assign(price_year=base.price_year, basis=base.basis, deflator=base.deflator)
