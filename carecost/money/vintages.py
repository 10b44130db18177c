"""Packaged deflators and discount schedules, by date of publication."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from carecost._guard import guarded, one_of, rate, text
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.money.discounting import Deflator, Schedule

MONEY = Path(str(files("carecost") / "data" / "money"))


def _packaged(value: Any) -> Any:
    """Take the name of a packaged table (a rule of the guard)."""
    return one_of(sorted(file.stem for file in MONEY.glob("*.csv")))(value)


@guarded(name=_packaged)
@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read a packaged table of money.

    Parameters
    ----------
    name : str
        File of `carecost/data/money`, without its ending.

    Returns
    -------
    tuple of dict of str to str
        Its rows, by column.

    See Also
    --------
    vintages.deflators : Vintages by name.
    vintages.schedules : Discount schedules by name.

    Examples
    --------
    >>> rows("discount_rates")[0]["rate"]
    '0.035'
    """
    with (MONEY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@guarded()
def deflators() -> tuple[str, ...]:
    """List the vintages of packaged deflators, the oldest first.

    Returns
    -------
    tuple of str
        Names that :func:`deflator` takes.

    See Also
    --------
    deflator : The index of one.

    Examples
    --------
    >>> "hmt-2026-03" in deflators()
    True
    """
    return tuple(sorted({row["vintage"] for row in rows("deflators")}))


@guarded(vintage=text)
def deflator(vintage: str) -> Deflator:
    """Find the deflator of a vintage.

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

    See Also
    --------
    deflators : The vintages there are.

    Examples
    --------
    >>> deflator("hmt-2026-03").last_outturn
    2025
    """
    published = [row for row in rows("deflators") if row["vintage"] == vintage]
    if not published:
        raise UnknownNameError(unknown("deflator", vintage, deflators()))
    outturn = max(int(row["year"]) for row in published if row["status"] == "outturn")
    index = tuple(float(row["index"]) for row in published)
    return Deflator(vintage, int(published[0]["year"]), index, outturn, published[0]["source"])


@guarded()
def schedules() -> tuple[str, ...]:
    """List the packaged discount schedules by vintage and name, the oldest vintage first.

    Returns
    -------
    tuple of str
        Names that :func:`schedule` takes.

    See Also
    --------
    schedule : The rates of one.

    Examples
    --------
    >>> "green-book-2026-02 standard" in schedules()
    True
    """
    return tuple(sorted(dict.fromkeys(f"{row['vintage']} {row['schedule']}" for row in rows("discount_rates"))))


@guarded(name=rate(Schedule))
def schedule(name: str | float | Schedule) -> Schedule:
    """Find the discount schedule that a user names, or make one of a flat rate.

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

    See Also
    --------
    schedules : The names there are.

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
        # A name is no number; a number that is no rate is an InputError, which is a ValueError too.
        if isinstance(error, InputError):
            raise
    newest = rows("discount_rates")[-1]["vintage"]  # rows stand in the order of publication
    full_name = name if name in schedules() else f"{newest} {name}"
    steps = [row for row in rows("discount_rates") if f"{row['vintage']} {row['schedule']}" == full_name]
    if not steps:
        names = [*(s.removeprefix(f"{newest} ") for s in schedules()), *schedules()]
        raise UnknownNameError(unknown("discount schedule", name, names))
    until = tuple(float(row["year_to"] or "inf") for row in steps)
    return Schedule(full_name, until, tuple(float(row["rate"]) for row in steps), steps[0]["source"])


def _flat(rate: float) -> Schedule:
    """Schedule of one rate for all years."""
    if not -1 < rate < 1:
        remedy = "Give a share a year: 0.035 is 3.5%"
        raise InputError(Problem(f"discount rate is {rate:g}", "discount", remedy))
    return Schedule(f"flat {100 * rate:.10g}%", (float("inf"),), (rate,), "given with the call")
