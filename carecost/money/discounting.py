"""Discount factors, deflators and growth paths over years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._guard import (
    LONGEST,
    Refused,
    array,
    calendar_year,
    guarded,
    number,
    numeric,
    opened,
    optional,
    price_year,
    rate,
    take,
    text,
    texts,
    whole,
)
from carecost._typing import Array
from carecost.errors import InputError, Problem, unknown

#: When in a year its flows fall, to type checkers.
Timing = Literal["base year", "mid-year", "year-end"]

#: Timing of flows unless another is asked for.
BASE_YEAR: Timing = "base year"

#: Years from the point of valuation to the flows of year 0.
TIMINGS = {BASE_YEAR: 0.0, "mid-year": 0.5, "year-end": 1.0}


#: Rules of the guard: years; whole years since some level.
YEARS = array(whole=True, least=1900, most=2200)
AHEAD = array(whole=True, least=0, most=LONGEST)


def _rate(value: Any) -> Array:
    """Take one number, or one a draw: (draw,)."""
    return np.asarray(array("draw")(np.atleast_1d(array()(value))))


def _shocks(value: Any) -> Array:
    """Take one number a year, or one a draw and year: (draw, year)."""
    return np.asarray(array("draw", "year")(np.atleast_2d(array()(value))))


def _until(value: Any) -> tuple[float, ...]:
    """Take the last years of steps, which rise; the last may be infinite."""
    remedy = "Give the last year of each step, such as (30, 75, inf)"
    found = numeric(value, remedy)
    if found.ndim != 1 or np.isnan(found).any() or (np.diff(found) <= 0).any():
        raise Refused("", remedy)
    return tuple(found.tolist())


def _rates(value: Any) -> tuple[float, ...]:
    """Take the rates of steps: shares a year."""
    return tuple(array("step", above=-1, most=1)(value).tolist())


def _index(value: Any) -> tuple[float, ...]:
    """Take a price index: a number above zero for each of two years or more."""
    found = array("year", above=0)(value)
    if len(found) < 2:
        raise Refused(f"has {len(found)} years", "Give one number a year, of two years or more")
    return tuple(found.tolist())


@opened
@dataclass(frozen=True)
class Schedule:
    """Discount rates that step down with the years from now, as the Green Book's do.

    Parameters
    ----------
    name : str
        Vintage and schedule.
    until : tuple of float
        Last year of each step; the last step goes on.
    rates : tuple of float
        Yearly rate of each step [share per year].
    source : str
        Where it was published.

    See Also
    --------
    carecost.money.vintages.schedule : Packaged schedules by name.
    discount_factors : Present value by a schedule.

    Examples
    --------
    >>> steps = Schedule("mine", (1.0, float("inf")), (0.25, 0.0))
    >>> discount_factors([0, 1, 2], steps)
    array([1. , 0.8, 0.8])
    """

    name: str
    until: tuple[float, ...]
    rates: tuple[float, ...]
    source: str = ""

    def __post_init__(self) -> None:
        take(self, until=_until, rates=_rates, **texts("name", "source"))
        if not self.rates or len(self.until) != len(self.rates):
            what = f"has {len(self.until)} steps and {len(self.rates)} rates"
            raise InputError(Problem(what, "Schedule", "Give each step its rate, at least one"))


@opened
@dataclass(frozen=True)
class Deflator:
    """Price index by financial year: outturn, then forecast, then growth at the last published rate.

    Parameters
    ----------
    vintage : str
        Which publication.
    first : int
        First year of the index; 2024-25 is 2025.
    index : tuple of float
        One number a year, without gaps.
    last_outturn : int
        Last year that is outturn; later ones are forecasts.
    source : str
        Where it was published.

    See Also
    --------
    carecost.money.vintages.deflator : Packaged deflators by vintage.
    carecost.money.prices.restate : Cash in the prices of one year.

    Examples
    --------
    >>> Deflator("example", 2024, (100.0, 102.0), 2025).last
    2025
    """

    vintage: str
    first: int
    index: tuple[float, ...]
    last_outturn: int
    source: str = ""

    def __post_init__(self) -> None:
        take(self, first=calendar_year, index=_index, last_outturn=calendar_year, **texts("vintage", "source"))

    @property
    def last(self) -> int:
        """Last published year; later years grow at its rate."""
        return self.first + len(self.index) - 1

    @guarded(price_year=price_year, years=YEARS)
    def factor(self, price_year: int, years: ArrayLike) -> Array:
        """Work out the factors that turn pounds of one price year into cash of other years.

        Parameters
        ----------
        price_year : int
            Year whose prices the pounds are in.
        years : array_like of int
            Years wanted. Beyond the last published year the index grows at its last published rate.

        Returns
        -------
        ndarray of shape (year,)
            Index of each year over that of the price year [ratio].

        Raises
        ------
        InputError
            If a year is before the first of the index.

        See Also
        --------
        carecost.money.prices.restate : Cash made real by these factors.

        Examples
        --------
        >>> Deflator("example", 2024, (100.0, 102.0), 2025).factor(2024, [2024, 2026]).round(4)
        array([1.    , 1.0404])
        """
        wanted = np.atleast_1d(np.asarray(years, dtype=int))
        early = [int(y) for y in (*wanted, price_year) if y < self.first]
        if early:
            remedy = f"The first year is {self.first}"
            raise InputError(Problem(f"deflator {self.vintage!r} has no year {early[0]}", "deflator", remedy))
        published = np.asarray(self.index)
        growth = published[-1] / published[-2]

        def level(year: NDArray[np.int_]) -> Array:
            """Index of a year; beyond the last it grows at the last published rate."""
            position = np.minimum(year, self.last) - self.first
            return np.asarray(published[position] * growth ** np.maximum(year - self.last, 0))

        return level(wanted) / level(np.array([price_year]))


#: Rule of a discount rate without a name: a share a year, or a schedule.
A_RATE = rate(Schedule, named=False)


def _from_now(value: Any) -> Any:
    """Take years from now, or how many there are (a rule of the guard)."""
    try:
        return whole(0, LONGEST)(value)
    except Refused:
        return np.atleast_1d(AHEAD(value))


@guarded(years=_from_now, rate_or_schedule=A_RATE, timing=text)
def discount_factors(years: ArrayLike, rate_or_schedule: float | Schedule, timing: Timing = "base year") -> Array:
    """Work out discount factors: the present value of a pound some years from now.

    Parameters
    ----------
    years : int or array_like of int
        Years from now; a whole number n stands for 0, 1, …, n - 1.
    rate_or_schedule : float or Schedule
        A flat yearly rate [share per year], or a schedule whose yearly rates are multiplied up.
    timing : str
        When in a year its flows fall, and what they are valued at. ``base year``: each at the same point of its year,
        valued at that point of year 0, so that year 0 has factor 1. ``mid-year`` and ``year-end``: valued at the start
        of year 0, half a year or a year earlier.

    Returns
    -------
    ndarray of shape (year,)
        Factors [ratio].

    Raises
    ------
    InputError
        If a year is negative, a rate is not above -1, or the timing is none of the three.

    See Also
    --------
    carecost.money.appraisal.timed_factors : The present as the end of the base year.
    carecost.money.vintages.schedule : Packaged schedules by name.

    References
    ----------
    .. [1] HM Treasury (2026). The Green Book: appraisal and evaluation in central government.

    Examples
    --------
    >>> discount_factors([0, 10], 0.035).round(8)
    array([1.        , 0.70891881])
    >>> discount_factors([0, 10], 0.035, "year-end").round(8)
    array([0.96618357, 0.68494571])
    """
    if timing not in TIMINGS:
        raise InputError(unknown("timing", timing, TIMINGS, "discount_factors"))
    wanted = np.arange(years) if isinstance(years, int | np.integer) else np.asarray(years, dtype=int)
    if wanted.size and wanted.min() < 0:
        raise InputError(
            Problem(f"year {int(wanted.min())} from now is in the past", "discount_factors", "Give 0 or more")
        )
    # r_1, r_2, ... of each year from now; the flows of year t lie t + timing years after the point of valuation:
    # 1 / ((1 + r_1) ... (1 + r_t)) x (1 + r_(t + 1))^-timing.
    rates = _yearly_rates(int(wanted.max(initial=0)) + 1, rate_or_schedule)
    whole_years = np.concatenate([[1.0], np.cumprod(1.0 / (1.0 + rates))])[wanted]
    return np.asarray(whole_years * (1.0 + rates[wanted]) ** -TIMINGS[timing])


def _yearly_rates(last: int, rate_or_schedule: float | Schedule) -> Array:
    """Rate of each year from now, from year 1 to the last: (year,) [share per year]."""
    if isinstance(rate_or_schedule, Schedule):
        # `until` is the last year of its step, so the year itself is still in it; the last step goes on.
        step = np.searchsorted(rate_or_schedule.until, np.arange(1, last + 1))
        rates = np.asarray(rate_or_schedule.rates)[np.minimum(step, len(rate_or_schedule.rates) - 1)]
    else:
        rates = np.full(last, float(rate_or_schedule))
    if not (np.isfinite(rates).all() and rates.min() > -1):
        remedy = "Give a rate such as 0.035"
        raise InputError(Problem(f"discount rate is {rate_or_schedule}", "discount_factors", remedy))
    return rates


@guarded(rate=_rate, long_run=number(above=-1), fade_years=optional(whole(0)), elapsed=AHEAD, hold_years=whole(0))
def growth_path(
    rate: ArrayLike, long_run: float, fade_years: int | None, elapsed: ArrayLike, hold_years: int = 0
) -> Array:
    """Compound a growth rate that fades in a straight line to a long-run rate, as a path over years.

    Parameters
    ----------
    rate : array_like of shape (draw,)
        Growth in the first year [share per year].
    long_run : float
        Growth after the fade [share per year].
    fade_years : int or None
        Years from one to the other; None keeps the first for ever.
    elapsed : array_like of int, shape (year,)
        Whole years since the level that is multiplied, 0 or more.
    hold_years : int
        Years at the first rate before the fade begins.

    Returns
    -------
    ndarray of shape (draw, year)
        Level relative to year 0 [ratio].

    See Also
    --------
    wandering_path : An uncertain path around one.

    Examples
    --------
    >>> growth_path([0.06], 0.02, 2, [0, 1, 2, 3]).round(4)
    array([[1.    , 1.06  , 1.1024, 1.1244]])
    """
    first_rate = np.atleast_1d(np.asarray(rate, dtype=float))[:, None]  # (draw, 1)
    wanted = np.asarray(elapsed, dtype=int)
    year = np.arange(int(wanted.max(initial=0)))
    # Share of the way from the first rate to the long-run one, in each year: (year,).
    faded = np.zeros(len(year)) if fade_years is None else np.clip((year - hold_years) / max(fade_years, 1), 0.0, 1.0)
    if fade_years == 0:
        faded = (year >= hold_years).astype(float)
    yearly_rate = first_rate + (long_run - first_rate) * faded  # (draw, year)
    level = np.concatenate([np.ones((len(first_rate), 1)), np.cumprod(1.0 + yearly_rate, axis=1)], axis=1)
    return level[:, wanted]


@guarded(shocks=_shocks, sd=number(0), half_life=optional(number(above=0)))
def wandering_path(shocks: ArrayLike, sd: float, half_life: float | None = None) -> Array:
    """Follow a random walk from zero, or an AR(1) process that reverts to zero with a half-life.

    Parameters
    ----------
    shocks : array_like of shape (draw, year)
        Standard normal numbers, one a year [standard deviations].
    sd : float
        Of the walk after one year, growing with the square root of the years; with a half-life, of the quantity in the
        long run, the same in every year then.
    half_life : float, optional
        Years in which half of a deviation is gone; a random walk when not given.

    Returns
    -------
    ndarray of shape (draw, year)
        The quantity in each year, zero in the year before the first.

    See Also
    --------
    YearPath : The belief that is drawn so.

    Examples
    --------
    >>> wandering_path([[1.0, 1.0, -1.0]], 0.1).round(3)
    array([[0.1, 0.2, 0.1]])
    >>> wandering_path([[1.0, 0.0, 0.0]], 0.1, half_life=1).round(4)
    array([[0.0866, 0.0433, 0.0217]])
    """
    innovations = np.atleast_2d(np.asarray(shocks, dtype=float)) * sd  # (draw, year)
    if half_life is None:
        return np.cumsum(innovations, axis=1)
    # AR(1): x_t = a x_(t-1) + sqrt(1 - a^2) e_t with a = 2^(-1 / half-life); its variance tends to that of e.
    kept = 0.5 ** (1.0 / half_life)
    path, level = np.empty_like(innovations), np.zeros(len(innovations))
    for year in range(innovations.shape[1]):
        level = kept * level + np.sqrt(1.0 - kept**2) * innovations[:, year]
        path[:, year] = level
    return path
