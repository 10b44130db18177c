"""Real growth of pounds a week, by section 251 line: what each line cost for those whom it is for, year by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from data.rules.costs import section_251
from data.rules.costs.intervals import NINETY
from data.rules.rates import stock
from data.rules.sources import published
from data.rules.sources.published import LAIT, LINES, PRICED, S251, deflator, figure, financial, line, per_week

#: Years of the mean growth that goes on.
LAST = 3
OTHER, ASYLUM, GUARDIANSHIP = (section_251.CARRIED[x] for x in ("other", "asylum", "special guardianship support"))
#: Where supported accommodation was counted: until it was registered, in October 2023, partly as other placements.
HOUSED = (stock.SUPPORTED, stock.OTHER)


@dataclass(frozen=True)
class Record:
    """Pounds a year or week by financial year, in cash, and what they are.

    Attributes
    ----------
    of : callable
        Pounds of a year [GBP, cash].
    first, last : int
        First and last year.
    what, source : str
        Pounds for whom; tables that it is from.
    lasting : bool
        Whether the yearly changes are of one kind, so that one may last; otherwise they go up and down, and the
        uncertainty is that of their mean.
    """

    of: Callable[[int], float]
    first: int
    last: int
    what: str
    source: str
    lasting: bool = True

    @property
    def seen(self) -> str:
        """Years of the record, in words."""
        return f"{financial(self.first)} to {financial(self.last)}"

    @property
    def changes(self) -> list[float]:
        """Yearly changes of the logarithm, in real terms."""
        real = [self.of(year) / deflator(year) for year in range(self.first, self.last + 1)]
        return [float(x) for x in np.diff(np.log(real))]

    @property
    def mean(self) -> float:
        """Mean yearly real growth of the whole record [share a year]."""
        return exp(float(np.mean(self.changes))) - 1

    @property
    def recent(self) -> float:
        """Mean yearly real growth of the last three years [share a year]."""
        return exp(float(np.mean(self.changes[-LAST:]))) - 1

    @property
    def spread(self) -> float:
        """Standard deviation of a growth that lasts: of the yearly changes, or of the mean of three [log points]."""
        yearly = float(np.std(self.changes, ddof=1))
        return yearly if self.lasting else yearly / sqrt(LAST)

    def around(self, value: float) -> tuple[float, float]:
        """Give the 90% interval about a yearly growth."""
        low, high = (exp(log(1 + value) + sign * NINETY * self.spread) - 1 for sign in (-1, 1))
        return low, high


def records() -> Mapping[str, Record]:
    """Give the record of each kind of price, by what is paid for."""
    lines = "s251_lines.csv"
    housed = "{} over the children of 31 March in supported accommodation and other placements"
    return {
        "residential": Record(
            lambda y: per_week(y, section_251.RESIDENTIAL), 2017, PRICED, "£ a week", f"unit_costs_lait.csv: {LAIT}"
        ),
        "fostering": Record(
            lambda y: per_week(y, section_251.FOSTERING), 2017, PRICED, "£ a week", f"unit_costs_lait.csv: {LAIT}"
        ),
        "leaving care": Record(
            lambda y: published.group(y, section_251.LEAVING) / figure("care_leavers", "young_people", year=y),
            2017,
            PRICED,
            "line 3.1.9 over former relevant young people",
            f"s251_groups.csv, care_leavers.csv: {LAIT}",
        ),
        "guardianship": Record(
            lambda y: line(y, GUARDIANSHIP) / _orders(y),
            2017,
            LINES,
            "line 3.1.4 over the orders of the year",
            f"{lines}: {S251}; after_care.csv: {LAIT}",
        ),
        "unaccompanied children": Record(
            lambda y: line(y, ASYLUM) / _mean("uasc", y),
            2019,
            LINES,
            "line 3.1.10 over the mean of unaccompanied children",
            f"{lines}: {S251}; time_series.csv: {published.CLA}",
        ),
        "supported accommodation": Record(
            lambda y: (line(y, OTHER) + line(y, ASYLUM)) / _housed(y),
            2021,
            LINES,
            housed.format("lines 3.1.5 and 3.1.10"),
            f"{lines}: {S251}; stock_by_placement.csv: {published.CLA}",
            lasting=False,
        ),
        "other looked-after": Record(
            lambda y: line(y, OTHER) / _housed(y),
            2021,
            LINES,
            housed.format("line 3.1.5"),
            f"{lines}: {S251}; stock_by_placement.csv: {published.CLA}",
            lasting=False,
        ),
    }


def bounds(year: int = section_251.LINES) -> tuple[float, float]:
    """Give lines 3.1.10, and 3.1.5 and 3.1.10, over the residents of supported accommodation [GBP a week, cash].

    Both pay for more than accommodation: the second is the most that it can cost on average.
    """
    weeks = _housed(year) * 365 / 7
    return line(year, ASYLUM) / weeks, (line(year, OTHER) + line(year, ASYLUM)) / weeks


def per_child() -> Record:
    """Give the record of line 3.1.5 over all children in care: what its growth is with more of them housed so."""
    return Record(lambda y: line(y, OTHER) / _mean("stock", y), 2017, LINES, "line 3.1.5 over children in care", S251)


def _orders(year: int) -> float:
    return figure("after_care", "value", year=year, figure="left care by special guardianship order")


def _housed(year: int) -> float:
    return sum(figure("stock_by_placement", "children", year=year, placement=name) for name in HOUSED)


def _mean(column: str, year: int) -> float:
    """Give the mean of the children on the two dates that a year lies between."""
    return sum(figure("time_series", column, year=y) for y in (year - 1, year)) / 2
