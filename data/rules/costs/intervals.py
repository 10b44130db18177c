"""Intervals and growth rates from the past: random-walk levels and real growth of published prices."""

from __future__ import annotations

import math

import numpy as np

from data.rules.costs import section_251
from data.rules.sources import population, published
from data.rules.sources.published import UASC, deflator, per_week

#: Half-width of a 90% interval in standard deviations.
NINETY = 1.645
#: Years over which a level drawn once is to stand for a series that wanders.
HORIZON = 20


#: First and last year whose flows by age and stream are published.
FIRST, LAST = 2021, published.CHILDREN


def entries_other() -> list[float]:
    """Starts per child of all but unaccompanied children, years 2022 to 2025, and 2021 first."""
    wanted = "Children excluding unaccompanied asylum-seeking children"
    return [published.started(y, UASC, wanted) / population.total(max(y - 1, 2020)) for y in range(FIRST, LAST + 1)]


def entries_uasc() -> list[float]:
    """Unaccompanied starts, years 2021 to 2025."""
    return [published.started(y, UASC, UASC) for y in range(FIRST, LAST + 1)]


def exits_before_18() -> list[float]:
    """Hazard before 18 of all children but those taken by another authority, years 2022 to 2025."""
    found = []
    for year in range(FIRST + 1, LAST + 1):
        count = sum(published.ceased_before_18(year, b) for b in published.BANDS)
        count -= published.ceased(year, "Reason episode ceased", "Care taken by another local authority")
        stocks = [published.figure("time_series", "stock", year=y) for y in (year - 1, year)]
        found.append(count / np.mean(stocks))
    return [float(x) for x in found]


def changes(series: list[float]) -> float:
    """Give the root mean square of yearly log changes."""
    return float(np.sqrt(np.mean(np.diff(np.log(series)) ** 2)))


def wandering(yearly: float) -> tuple[float, float]:
    """Give the 90% interval of a level that stands for twenty years of a series whose changes do not come back.

    With yearly log changes of standard deviation s, the mean of n years of a random walk lies s times the root of
    n/3 from where it started.
    """
    width = NINETY * yearly * math.sqrt(HORIZON / 3)
    return math.exp(-width), math.exp(width)


def entries_level() -> tuple[float, float]:
    """Give the interval of the level of entries, all but unaccompanied children."""
    return wandering(changes(entries_other()))


def exits_level() -> tuple[float, float]:
    """Give the interval of the level of exits before 18."""
    return wandering(changes(exits_before_18()))


def arrivals_level() -> tuple[float, float]:
    """Give the interval of the level of unaccompanied entries, drawn once: for the sets of 2022."""
    return around(entries_uasc())


def arrivals_path(last: int = LAST) -> tuple[float, float, float]:
    """Give how starts of unaccompanied children have wandered about their mean to a year, as an AR(1) process.

    Returns
    -------
    sd, together, half_life : float
        Standard deviation of log starts; correlation with those of the year before; years in which half of a deviation
        is gone.
    """
    series = np.log(list(unaccompanied(last)[0].values()))
    together = float(np.corrcoef(series[1:], series[:-1])[0, 1])
    return float(np.std(series, ddof=1)), together, math.log(0.5) / math.log(together)


def arrivals_ends(last: int = LAST) -> tuple[float, float]:
    """Give the 90% interval that the level of unaccompanied starts has in the long run."""
    width = NINETY * arrivals_path(last)[0]
    return math.exp(-width), math.exp(width)


#: First year for which stocks give unaccompanied flows; they are published from `FIRST` on.
DERIVED = 2005


def unaccompanied_hazard(last: int = LAST) -> float:
    """Give the mean hazard of leaving of unaccompanied children in the years that are published [per child-year]."""
    return float(np.mean([published.ceased(y, UASC, UASC) / _lived(y) for y in range(FIRST, last + 1)]))


def unaccompanied(last: int = LAST) -> tuple[dict[int, float], dict[int, float]]:
    """Give unaccompanied starts and children who ceased from 2005, before 2021 as stocks and a hazard give them."""
    hazard = unaccompanied_hazard(last)
    started, ceased = {}, {}
    for year in range(DERIVED, last + 1):
        if year >= FIRST:
            started[year], ceased[year] = published.started(year, UASC, UASC), published.ceased(year, UASC, UASC)
        else:
            ceased[year] = hazard * _lived(year)
            started[year] = published.uasc_stock(year) - published.uasc_stock(year - 1) + ceased[year]
    return started, ceased


def _lived(year: int) -> float:
    """Give the mean of the stocks of unaccompanied children at the ends of a year [child-years]."""
    return (published.uasc_stock(year - 1) + published.uasc_stock(year)) / 2


def around(series: list[float]) -> tuple[float, float]:
    """Give the 90% interval of a series that varies about a mean."""
    width = NINETY * float(np.std(np.log(series), ddof=1))
    return math.exp(-width), math.exp(width)


def growth(item: str, last: int) -> tuple[float, float, float]:
    """Give yearly real growth of a published price from 2016-17 to a year, and its 90% interval.

    The interval is of the mean of the yearly growth rates: eight to 2024-25.
    """
    prices = np.array([per_week(y, item) / deflator(y) for y in range(2017, last + 1)])
    yearly = np.diff(np.log(prices))
    width = NINETY * float(np.std(yearly, ddof=1)) / math.sqrt(len(yearly))
    mean = float(yearly.mean())
    return tuple(math.exp(x) - 1 for x in (mean, mean - width, mean + width))  # type: ignore[return-value]


def home_price() -> tuple[float, float]:
    """Give the interval of the level of residential prices: spread of yearly real growth since 2021."""
    prices = [per_week(y, section_251.RESIDENTIAL) / deflator(y) for y in range(2021, published.PRICED + 1)]
    width = NINETY * float(np.std(np.diff(np.log(prices)), ddof=1))
    return math.exp(-width), math.exp(width)


def wider_growth(last: int) -> float:
    """Give past real growth a child of the groups outside looked-after children, from 2016-17 to a year."""

    def rest(year: int) -> float:
        total = published.group(year, "Total children and young people (excluding CERA)")
        return (total - published.group(year, "Children looked after")) / deflator(year) / population.total(year - 1)

    return float((rest(last) / rest(2017)) ** (1 / (last - 2017)) - 1)


def past_entries() -> float:
    """Give the standard deviation of yearly log changes of all starts, 1994 to 2025."""
    return changes([published.figure("time_series", "started", year=y) for y in range(1994, LAST + 1)])


def past_interval() -> tuple[float, float]:
    """Give the interval that the changes since 1994 would give."""
    return wandering(past_entries())


#: First and last year of the record of children in care.
RECORD = (1994, LAST)


def record_changes(last: int = LAST) -> tuple[float, float, float]:
    """Give how starts and the hazard of leaving of all but unaccompanied children changed from year to year since 2005.

    The hazard is of those who ceased, over the mean of the two stocks. Unaccompanied children are told apart from 2004.

    Returns
    -------
    starts, hazard, correlation : float
        Standard deviations of yearly changes [log points]; their correlation.
    """
    ours = unaccompanied(last)
    starts, hazard = [], []
    for year in ours[0]:
        all_started, all_ceased = (published.figure("time_series", c, year=year) for c in ("started", "ceased"))
        stocks = [published.figure("time_series", "stock", year=y) - published.uasc_stock(y) for y in (year - 1, year)]
        starts.append(all_started - ours[0][year])
        hazard.append((all_ceased - ours[1][year]) / np.mean(stocks))
    entering, leaving = np.diff(np.log(starts)), np.diff(np.log(hazard))
    together = np.corrcoef(entering, leaving)[0, 1]
    return float(np.std(entering, ddof=1)), float(np.std(leaving, ddof=1)), float(together)


def care_growth() -> float:
    """Give the yearly growth of the children in care since 1994 [share a year]."""
    first, last = (published.figure("time_series", "stock", year=y) for y in RECORD)
    return float((last / first) ** (1 / (RECORD[1] - RECORD[0])) - 1)
