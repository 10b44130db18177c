"""How is a lever written? Its changes, and what is known of it, for people."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from carecost.money import discounting
from carecost.text import numbers
from carecost.text.statements import PARAMETERS, amount, interval_of, unit_words, where_of

if TYPE_CHECKING:
    from carecost.inputs.change import Change
    from carecost.inputs.levers import Evidence


def change_of(change: Change, begin: int, outcomes: Container[str] = ()) -> tuple[str, str, str, str]:
    """Write a change.

    Parameters
    ----------
    change : Change
        A change of a lever.
    begin : int
        Calendar year of programme year 1.
    outcomes : container of str
        Names of items that are counted and not paid for.

    Returns
    -------
    tuple of str
        What changes, how much, how surely, when.
    """
    where = where_of(change.where)
    what = f"{PARAMETERS[change.parameter]}{f' ({where})' if where else ''}"
    if change.where.items and all(name in outcomes for name in change.where.items):
        what = f"How many {'; '.join(change.where.items)}"
    if change.operation == "divert":
        what += f": share moved from {', '.join(change.from_placements)} to {change.to_placement}"
    # A change by scale or divert is a share, whatever its file says.
    unit = "share" if change.operation in ("scale", "divert") else change.unit
    sign = "+" if change.operation in ("scale", "add") and change.amount.value > 0 else ""
    shown = f"{sign}{amount(change.amount.value, unit)}"
    if unit != "share":
        shown += f" {unit_words(unit, change.price_year).removeprefix('£ ')}"
    if change.times is not None:
        shown += f" x {numbers.number(change.times.value)} {change.times_of}"
    shown = f"set to {shown}" if change.operation == "replace" else shown
    if change.share != 1.0:
        shown += f", {numbers.percent(change.share)} of it taken"
    a = change.amount
    return what, shown, interval_of(a.low, a.high, a.level, unit, a.certain), _when(change, begin)


def evidence_line(known: Evidence) -> str:
    """Write what somebody found or claimed of a lever, in one line.

    Parameters
    ----------
    known : Evidence
        A figure with its source.

    Returns
    -------
    str
        What was measured, the figure, what it rests on, and on whose word.
    """
    spread = "" if known.low is None else f" ({numbers.number(known.low)} to {numbers.number(float(known.high or 0))})"
    # Where there is no figure, the unit says so.
    figure = (
        known.unit if known.unit.startswith(numbers.NONE) else f"{numbers.number(known.value)} {known.unit}{spread}"
    )
    return f"{known.measure}: {figure}; {known.basis}, {known.design}; {known.source}" + (
        f" — {known.note}" if known.note else ""
    )


def _when(change: Change, begin: int) -> str:
    """Write the financial years of a change, whose programme year 1 is ``begin``."""
    start, full = (discounting.financial_year(begin + y + change.lag - 1) for y in (change.start, change.full))
    words = f"from {start}" + (f", in full from {full}" if full != start else "")
    if change.end is not None:
        end = discounting.financial_year(begin + change.end + change.lag - 1)
        words = f"in {start} only" if end == start else f"{words}, until {end}"
    if change.half_life is not None:
        words += f", then halving every {numbers.number(change.half_life)} years"
    return words
