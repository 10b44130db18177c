"""How do we say it in rows? Tidy tables of outcomes and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.maths.monte_carlo import mean_error
from carecost.money.discounting import financial_year
from carecost.money.prices import PriceBase
from carecost.simulation.comparison import Comparison

#: Quantiles shown beside the central run: a 90% interval and the median.
QUANTILES = (0.05, 0.5, 0.95)


CHILDREN = "children"


def summarised(array: Array, central: Array, quantiles: Sequence[float] = QUANTILES) -> dict[str, Array]:
    """Give the central run, the mean and quantiles over draws.

    Parameters
    ----------
    array : ndarray of shape (draw, ...)
        All draws; of length 1 when there are none.
    central : ndarray of shape (1, ...)
        The central run.
    quantiles : sequence of float
        Quantiles wanted.

    Returns
    -------
    dict of str to ndarray
        ``central``, and with draws ``mean``, its Monte Carlo error ``mean_error``, and each quantile.
    """
    out = {"central": central[0]}
    if len(array) > 1:
        out["mean"] = array.mean(0)
        out["mean_error"] = mean_error(array)
        out |= {f"{q:g}": v for q, v in zip(quantiles, np.quantile(array, quantiles, axis=0), strict=True)}
    return out


def tidy(
    array: Array,
    central: Array,
    axes: Mapping[str, Sequence[object]],
    per_draw: bool,
    quantiles: Sequence[float] = QUANTILES,
) -> pd.DataFrame:
    """Lay an array out in rows, one a cell and quantile (or draw).

    Parameters
    ----------
    array, central : ndarray of shape (draw, ...) and (1, ...)
        Draws and central run.
    axes : mapping of str to sequence
        Name and labels of each axis after the draw axis.
    per_draw : bool
        One row a draw instead of one a quantile.
    quantiles : sequence of float
        Quantiles wanted.

    Returns
    -------
    DataFrame
        Columns of the axes, ``quantile`` or ``draw``, and ``value``.
    """
    layers = dict(enumerate(array)) if per_draw else summarised(array, central, quantiles)
    label = "draw" if per_draw else "quantile"
    values = np.stack(list(layers.values()), axis=-1)
    index = pd.MultiIndex.from_product([*axes.values(), list(layers)], names=[*axes, label])
    return pd.DataFrame({"value": values.ravel()}, index=index).reset_index()


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
    member = np.array([[key == group for group in order] for key in keys], dtype=float).reshape(len(keys), len(order))
    return array @ member, {name: [group[i] for group in order] for i, name in enumerate(by)}


def rows_of(
    array: Array,
    central: Array,
    time: tuple[str, Sequence[int]],
    labels: Mapping[str, list[str]],
    per_draw: bool,
) -> pd.DataFrame:
    """Lay out an array of shape (draw, time, group) in rows with the labels of each group."""
    n = array.shape[-1]
    frame = tidy(array, central, {time[0]: list(time[1]), "_group": list(range(n))}, per_draw)
    place = list(frame.columns).index("_group")
    for name, values in reversed(list(labels.items())):
        frame.insert(place, name, np.array(values, dtype=object)[frame["_group"].to_numpy()])
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
    """Give every assumption as a row: what, value, interval, unit, source and quality."""
    rows = []
    for row in assumptions.rows:
        b = row.belief
        rows.append(
            {
                "quantity": row.quantity,
                "value": b.value,
                "low": b.low,
                "high": b.high,
                "level": None if b.certain else b.level,
                "distribution": b.shape,
                "long_run": row.long_run,
                "fade_years": row.fade_years,
                "unit": b.unit,
                "price_year": b.price_year,
                "source": b.source,
                "source_year": b.source_year,
                "quality": b.quality,
                "note": b.note,
            }
        )
    return pd.DataFrame(rows)


def interval(values: Array, scale: float = 1.0) -> tuple[float, float]:
    """Give the 90% interval of draws; nan for an end among draws that never come (a payback beyond the horizon)."""
    never = np.isnan(values)
    # A draw that never comes is later than all others: ranks, because infinities cannot be interpolated.
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if never.any() else "linear"
    ends = np.quantile(np.where(never, np.inf, values), (QUANTILES[0], QUANTILES[-1]), method=method)
    low, high = np.where(np.isinf(ends), np.nan, ends) * scale
    return float(low), float(high)


def summary_rows(drawn: Comparison, central: Comparison) -> list[dict[str, object]]:
    """Say what a scenario does to children and money: the rows people quote, central and 90% interval."""
    rows = []
    for what, pick, unit, scale in _summary_lines(drawn):
        row: dict[str, object] = {"what": what, "central": float(pick(central)[0]) * scale, "low": None, "high": None}
        if len(drawn.averted) > 1:
            values = pick(drawn)
            low, high = interval(values, scale)
            error = None if np.isnan(values).any() else float(mean_error(values)) * scale
            row |= {"low": low, "high": high, "mean_error": error}
        rows.append(row | {"unit": unit})
    return rows


def _summary_lines(c: Comparison) -> list[tuple[str, Callable[[Comparison], Array], str, float]]:
    """What each row is called, how it is found, its unit, and the scale of that unit."""
    before, after, years = c.baseline.name, c.scenario.name, c.grid.years
    date, spend = f"31 March {c.grid.dates[-1]}", f"Spend in {financial_year(years[-1])}"
    span = f"{financial_year(years[0])} to {financial_year(years[-1])}"
    pounds = f"£bn, {financial_year(c.scenario.provenance.price_year)} prices"
    present, ending = f"{pounds}, present value", "financial year ending"
    return [
        (f"Children in care, {date}, {before}", lambda c: c.baseline.children[:, -1], CHILDREN, 1.0),
        (f"Children in care, {date}, {after}", lambda c: c.scenario.children[:, -1], CHILDREN, 1.0),
        (f"Fewer children in care, {date}", lambda c: c.averted[:, -1], CHILDREN, 1.0),
        (f"{spend}, {before}", lambda c: c.baseline.costs.public_spend[:, -1], pounds, 1e-9),
        (f"{spend}, {after}", lambda c: c.scenario.costs.public_spend[:, -1], pounds, 1e-9),
        (f"Reform spend, {span}", lambda c: c.reform_spend().sum(1), pounds, 1e-9),
        (f"Gross saving, {span}", lambda c: c.gross_saving().sum(1), pounds, 1e-9),
        (f"Cashable saving, {span}", lambda c: c.cashable_saving().sum(1), pounds, 1e-9),
        ("Net present saving to the public purse (cashable)", lambda c: c.npv(), present, 1e-9),
        ("Net present saving if all of the gross saving were cash", lambda c: c.npv(gross=True), present, 1e-9),
        ("Payback year, undiscounted", lambda c: c.payback_year(), ending, 1.0),
        ("Payback year, discounted", lambda c: c.payback_year(discounted=True), ending, 1.0),
    ]
