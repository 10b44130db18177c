"""Which prices is a table of money in, and what is it worth? Present values of tables; what England spent."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.money import vintages
from carecost.money.discounting import Schedule, discount_factors
from carecost.money.prices import CASH, REAL, PriceBase, must_be_real, one_base


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
    found = {}
    for basis, year, deflator in table[["basis", "price_year", "deflator"]].drop_duplicates().itertuples(index=False):
        base = PriceBase(basis, None if basis == CASH else int(year), "" if pd.isna(deflator) else deflator)
        found[f"a row ({base.words})"] = base
    return one_base(found, where)


def present_value(
    table: pd.DataFrame, discount: str | float | Schedule = "standard", timing: str = "base year"
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

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
    >>> cc.present_value(results.costs())["discount"].tolist()
    ['green-book-2026-02 standard']
    """
    must_be_real(price_base(table, "present_value"), "present_value")
    rates = vintages.schedule(discount)
    if "quantile" in table and (mixed := set(table["quantile"]) - {"central", "mean"}):
        remedy = "Keep the rows of central or mean, or ask for draws=True"
        raise InputError(Problem(f"the table holds quantiles: {sorted(mixed)}", "present_value", remedy))
    keys = [c for c in table.columns if c not in ("year", "value")]
    years = sorted(set(table["year"].tolist()))
    groups = table.groupby(keys, sort=False, dropna=False)["year"]
    if (groups.count() != len(years)).any() or (groups.nunique() != len(years)).any():
        raise InputError(Problem("some row lacks a year or has one twice", "present_value", "Give every year once"))
    factor = dict(zip(years, discount_factors(np.subtract(years, years[0]), rates, timing), strict=True))
    worth = table.assign(value=table["value"] * table["year"].map(factor))
    summed = worth.groupby(keys, sort=False, dropna=False)["value"].sum().reset_index()
    return summed.assign(discount=rates.name, timing=timing)


def spending_history(by: str = "placement", basis: Literal["real", "cash"] = "real") -> pd.DataFrame:
    """Give what England spent on children looked after, and why it changed, from published figures.

    Parameters
    ----------
    by : str
        ``placement`` (2015-16 to 2024-25), ``residential`` (2016-17 to 2023-24, residential care apart) or
        ``provider`` (2015-16 to 2023-24, placements by who provides them).
    basis : str
        ``real``, in prices of 2024-25 by the deflator named in the table, or ``cash``.

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

    Examples
    --------
    >>> history = spending_history("provider")
    >>> history["item"].tolist()
    ['own', 'private', 'voluntary', 'other public']
    """
    rows = vintages.rows("spending_history")
    known = list(dict.fromkeys(row["table"] for row in rows))
    if by not in known:
        raise UnknownNameError(unknown("history", by, known))
    if basis not in (REAL, CASH):
        raise InputError(Problem(f"basis is {basis!r}", "spending_history", "Give real or cash"))
    frame = pd.DataFrame([row for row in rows if row["table"] == by and row["basis"] == basis])
    words = ("table", "item", "units_of", "basis", "deflator", "source", "note")
    numbers = {c: pd.to_numeric(frame[c]) for c in frame.columns if c not in words}
    return frame.assign(**numbers).drop(columns="table")
