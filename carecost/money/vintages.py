"""Packaged deflators and discount schedules, by date of publication."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from pathlib import Path

from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.money.discounting import Deflator, Schedule

MONEY = Path(str(files("carecost") / "data" / "money"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Give the rows of a table of `carecost/data/money`, by column."""
    with (MONEY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def deflators() -> tuple[str, ...]:
    """Give the vintages of deflators, the oldest first."""
    return tuple(sorted({row["vintage"] for row in rows("deflators")}))


def deflator(vintage: str) -> Deflator:
    """Give a deflator.

    Parameters
    ----------
    vintage : str
        Such as ``hmt-2026-03``.

    Returns
    -------
    Deflator
        The index, outturn and forecast.

    Raises
    ------
    UnknownNameError
        If there is no such vintage.

    Examples
    --------
    >>> deflator("hmt-2026-03").last_outturn
    2025
    """
    mine = [row for row in rows("deflators") if row["vintage"] == vintage]
    if not mine:
        raise UnknownNameError(unknown("deflator", vintage, deflators()))
    outturn = max(int(row["year"]) for row in mine if row["status"] == "outturn")
    index = tuple(float(row["index"]) for row in mine)
    return Deflator(vintage, int(mine[0]["year"]), index, outturn, mine[0]["source"])


def schedules() -> tuple[str, ...]:
    """Give the names of the discount schedules: vintage and schedule, the oldest vintage first."""
    return tuple(sorted(dict.fromkeys(f"{row['vintage']} {row['schedule']}" for row in rows("discount_rates"))))


def schedule(name: str | float | Schedule) -> Schedule:
    """Give discount rates by what a user calls them.

    Parameters
    ----------
    name : str, float or Schedule
        A schedule of the newest vintage (``standard``), of any (``green-book-2026-02 standard``), or a flat rate
        (``0.035``); a schedule is given back as it is.

    Returns
    -------
    Schedule
        With the vintage in its name.

    Raises
    ------
    UnknownNameError
        If there is no such schedule.
    InputError
        If a flat rate is not above -1, or is a percentage.

    Examples
    --------
    >>> schedule("health").name, schedule("health").rates[0]
    ('green-book-2026-02 health', 0.015)
    >>> schedule(0.02).name
    'flat 2%'
    """
    if isinstance(name, Schedule):
        return name
    try:
        return _flat(float(name))
    except ValueError as error:
        if isinstance(error, InputError):
            raise
    vintage = rows("discount_rates")[-1]["vintage"]
    full = name if name in schedules() else f"{vintage} {name}"
    mine = [row for row in rows("discount_rates") if f"{row['vintage']} {row['schedule']}" == full]
    if not mine:
        known = [*(s.removeprefix(f"{vintage} ") for s in schedules()), *schedules()]
        raise UnknownNameError(unknown("discount schedule", name, known))
    until = tuple(float(row["year_to"] or "inf") for row in mine)
    return Schedule(full, until, tuple(float(row["rate"]) for row in mine), mine[0]["source"])


def _flat(rate: float) -> Schedule:
    if not -1 < rate < 1:
        remedy = "Give a share a year: 0.035 is 3.5%"
        raise InputError(Problem(f"discount rate is {rate:g}", "discounting", remedy))
    return Schedule(f"flat {100 * rate:.10g}%", (float("inf"),), (rate,), "given with the call")
