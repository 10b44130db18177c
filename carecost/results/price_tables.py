"""Tables that depend on the price base: price-volume-mix, present values, and published spending history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from carecost._guard import frame, guarded, one_of, rate, shown, text
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.maths.monte_carlo import LEVEL
from carecost.money import decomposition, vintages
from carecost.money.decomposition import Bought
from carecost.money.discounting import Schedule, Timing, discount_factors
from carecost.money.prices import CASH, REAL, PriceBase, must_be_real, one_base
from carecost.results import tables
from carecost.simulation.comparison import REFORM, Side, follows_care
from carecost.simulation.run import Run


def price_base(table: pd.DataFrame, where: str = "table") -> PriceBase:
    """Say which prices a table is in.

    Parameters
    ----------
    table : DataFrame
        A table of money, as the package gives or saves it: with columns price_year, basis and deflator.
    where : str
        What is done with it, for the message.

    Returns
    -------
    PriceBase
        The base of every row.

    Raises
    ------
    InputError
        If the table does not say.
    ComparisonError
        If its rows are in different prices.
    """
    lacking = [c for c in ("price_year", "basis", "deflator") if c not in table]
    if lacking or table.empty:
        what = f"the table has no {', '.join(lacking)}" if lacking else "the table has no rows"
        raise InputError(Problem(what, where, "Give a table of money as the package gives it"))
    bases = {}
    for basis, year, deflator in table[["basis", "price_year", "deflator"]].drop_duplicates().itertuples(index=False):
        base = PriceBase(basis, None if basis == CASH else int(year), "" if pd.isna(deflator) else deflator)
        bases[f"a row ({base.words})"] = base
    return one_base(bases, where)


@guarded(table=frame, discount=rate(Schedule), timing=text)
def present_value(
    table: pd.DataFrame, discount: str | float | Schedule = "standard", timing: Timing = "base year"
) -> pd.DataFrame:
    """Discount a table of real money by year to its first year.

    Parameters
    ----------
    table : DataFrame
        Any table of money by year, as given or read back from a saved file.
    discount : str, float or Schedule
        A packaged schedule, or a flat rate [share per year].
    timing : str
        As in :func:`carecost.money.discounting.discount_factors`.

    Returns
    -------
    DataFrame
        The table without its years; value is the present value, discount and timing say how.

    Raises
    ------
    ComparisonError
        If it is cash, or its rows are in different prices.
    InputError
        If it holds quantiles, which do not add up over years, or a year twice or not at all for some row.

    See Also
    --------
    Results.costs : A table of money by year.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
    >>> cc.present_value(results.costs())["discount"].tolist()
    ['green-book-2026-02 standard']
    """
    must_be_real(price_base(table, "present_value"), "present_value")
    rates = vintages.schedule(discount)
    # Present values add up over years; quantiles of yearly amounts do not.
    if "quantile" in table and (quantiles := set(table["quantile"]) - set(tables.RUNS)):
        remedy = "Keep the rows of central or mean, or ask for by_draw=True"
        raise InputError(Problem(f"the table holds quantiles: {sorted(quantiles)}", "present_value", remedy))
    # Errors of the means of years that hang together do not add up to that of their sum.
    table = table.drop(columns="mean_error", errors="ignore")
    keys = [c for c in table.columns if c not in ("year", "value")]
    refuse(_unfit(table))
    years = sorted(set(table["year"].tolist()))
    if gaps := sorted(set(range(int(years[0]), int(years[-1]))) - set(years)):
        raise InputError(Problem(f"year {gaps[0]} is in no row", "present_value", "Give every year once"))
    groups = table.groupby(keys, sort=False, dropna=False)["year"]
    if (groups.count() != len(years)).any() or (groups.nunique() != len(years)).any():
        raise InputError(Problem("some row lacks a year or has one twice", "present_value", "Give every year once"))
    factor = dict(zip(years, discount_factors(np.subtract(years, years[0]), rates, timing), strict=True))
    discounted = table.assign(value=table["value"] * table["year"].map(factor))
    summed = discounted.groupby(keys, sort=False, dropna=False)["value"].sum().reset_index()
    return summed.assign(discount=rates.name, timing=timing)


def _unfit(table: pd.DataFrame) -> list[Problem]:
    """Find values that are no amounts of money, and years that are none."""
    found = []
    for column, what in (("value", "amounts of money"), ("year", "whole years")):
        plain = pd.api.types.is_numeric_dtype(table[column]) and table[column].dtype.kind != "b"
        wrong = ~np.isfinite(table[column].to_numpy(dtype=float)) if plain else np.ones(len(table), dtype=bool)
        if plain and column == "year":
            wrong |= table[column].to_numpy(dtype=float) % 1 != 0
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            held = f"{column} of row {at} is {shown(table[column].iloc[at])}"
            found.append(Problem(held, "present_value", f"Give {what}, as numbers, in every row"))
    if "unit" in table and (odd := sorted({str(u) for u in table["unit"] if not str(u).startswith("GBP")})):
        found.append(Problem(f"unit is {odd[0]!r}", "present_value", "Give a table of money: its unit is GBP"))
    if not len(table):
        found.append(Problem("the table has no row", "present_value", "Give every year once"))
    return found


@guarded(by=text, basis=one_of([REAL, CASH]))
def spending_history(by: str = "placement", basis: Literal["real", "cash"] = "real") -> pd.DataFrame:
    """Give what England spent on children looked after, and why it changed, from published figures.

    Parameters
    ----------
    by : str
        One of ``placement`` (2015-16 to 2024-25), ``residential`` (2016-17 to 2023-24, residential care apart) and
        ``provider`` (2015-16 to 2023-24, placements by who provides them).
    basis : str
        Either ``real``, in prices of 2024-25 by the deflator named in the table, or ``cash``.

    Returns
    -------
    DataFrame
        A row an item: baseline_year, year, item, spend, units and unit cost in each, and the change in spend as
        volume, mix and price [GBP], which sum to it to the pound; price_year, basis, deflator, source and note.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    InputError
        If the basis is neither.

    See Also
    --------
    Results.price_volume_mix : The same of a run.
    carecost.plots.plot_price_volume_mix : Draws it.

    Examples
    --------
    >>> history = spending_history("provider")
    >>> history["item"].tolist()
    ['own', 'private', 'voluntary', 'other public']
    """
    rows = vintages.rows("spending_history")
    histories = list(dict.fromkeys(row["table"] for row in rows))
    if by not in histories:
        raise UnknownNameError(unknown("history", by, histories))
    if basis not in (REAL, CASH):
        raise InputError(Problem(f"basis is {basis!r}", "spending_history", "Give real or cash"))
    frame = pd.DataFrame([row for row in rows if row["table"] == by and row["basis"] == basis])
    texts = ("table", "item", "units_of", "basis", "deflator", "source", "note")
    numbers = {c: pd.to_numeric(frame[c]) for c in frame.columns if c not in texts}
    return frame.assign(**numbers).drop(columns="table")


#: Parts of the change of an item that follows time in care, and the one part of reform items.
PARTS, REFORM_SPEND = ("volume", "mix", "price"), "reform spend"


def change_rows(
    run: Run, scenario: str, baseline: str | None, year: int | None, since: int | None, by: Sequence[str], by_draw: bool
) -> pd.DataFrame:
    """Lay out the parts of a change; see :meth:`carecost.Results.price_volume_mix`."""
    if since is not None and baseline not in (None, scenario):
        remedy = "Give one: another scenario in the same year, or another year of the same scenario"
        raise InputError(Problem(f"baseline is {baseline!r} and since is {since}", "price_volume_mix", remedy))
    against = scenario if since is not None else INACTION if baseline is None else baseline
    projected = list(run.grid.years)
    refuse(
        [unknown("scenario", name, run.scenarios) for name in (scenario, against) if name not in run.scenarios]
        + [
            unknown("year", y, map(str, projected), "price_volume_mix")
            for y in (year, since)
            if y is not None and y not in projected
        ],
        UnknownNameError,
    )
    if since is not None and year is not None and since >= year:
        remedy = "since is the earlier year: give one before the other"
        raise InputError(Problem(f"since is {since} and year is {year}", "price_volume_mix", remedy))
    by_default = projected if since is None else projected[-1:]
    years = by_default if year is None else [year]
    # Levels are shown with the luck of small numbers; a comparison of scenarios is without it.
    drawn, central = run.drawn if since is None else run.shown, run.central
    sides = [[run.side(name, o[name]) for name in (against, scenario)] for o in (drawn, central)]
    changes = [_changes(before, after, years, since) for before, after in sides]
    labels = _labels(sides[0][0])
    (of_draws, groups), (of_central, _) = (tables.grouped(array, labels, [*by, "part"]) for array in changes)
    frame = tables.rows_of(of_draws, of_central, ("year", years), groups, None if by_draw else LEVEL)
    for name, value in (("since", since), ("baseline", against), ("scenario", scenario)):
        frame.insert(0, name, value)
    claim = any(run.scenarios[name].claim for name in (scenario, against))
    return tables.priced(frame, run.provenance.price_base).assign(claim=claim)


def _changes(before: Side, after: Side, years: Sequence[int], since: int | None) -> Array:
    """Give the parts of the change of every item: (draw, year, item and part), in the order of the labels."""
    grid = before.costs.grid
    now = [grid.index("years", y) for y in years]
    then = now if since is None else [grid.index("years", since)] * len(now)
    has_mix = np.array([follows_care(item, grid) for item in grid.items])
    parts = decomposition.price_volume_mix(_bought(before, then), _bought(after, now), has_mix)
    # each (draw, year, item); of a reform item the whole change is one part
    by_part = {"volume": parts.volume, "mix": parts.mix, "price": parts.price, REFORM_SPEND: parts.change}
    columns = [by_part[part][..., i] for i, part in _item_parts(before)]
    return np.stack(columns, axis=-1) if columns else np.zeros((*parts.price.shape[:2], 0))


def _bought(side: Side, years: Sequence[int]) -> Bought:
    """Give what is bought in some years (by place among the years): volume, unit cost, and all time in care."""
    costs = side.costs
    unit_cost = np.broadcast_to(costs.unit_cost, (len(costs.unit_cost), *costs.volume.shape[1:]))
    return Bought(costs.volume[:, years], unit_cost[:, years], side.child_years[:, years])


def _item_parts(side: Side) -> list[tuple[int, str]]:
    """Pair each item of the public purse, by number, with each of its parts."""
    grid = side.costs.grid
    pairs = []
    for i, item in enumerate(grid.items):
        parts = PARTS if follows_care(item, grid) else ("volume", "price")
        pairs += [(i, part) for part in ((REFORM_SPEND,) if item.group == REFORM else parts) if item.public]
    return pairs


def _labels(side: Side) -> dict[str, list[str]]:
    """Give the labels of each item and part, by which they can be grouped."""
    pairs, labels = _item_parts(side), tables.item_labels(side.costs.grid)
    return {name: [values[i] for i, _ in pairs] for name, values in labels.items()} | {"part": [p for _, p in pairs]}
