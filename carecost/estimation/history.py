"""A record of stock and flows by area and year, and the rates of entry and exit that it implies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import Refused, guarded, labels, numeric, one_of, opened, take, text, whole, wholes
from carecost._typing import Array, ReadOnly
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown

#: Series of a history that may be lacking, and those that may lack years.
SERIES = ("started", "uasc", "population")


@opened
@dataclass(frozen=True, eq=False)
class History(ReadOnly):
    """What was counted, area by area and year by year: stock on 31 March, starts in the year, population.

    Parameters
    ----------
    years : sequence of int
        Consecutive years: 2025 is the year to, and the date, 31 March 2025.
    areas : sequence of str
        Names of the areas; the country as a whole is one area.
    stock : array_like of shape (area, year)
        Children looked after on 31 March, known throughout [children].
    started : array_like of shape (area, year), optional
        Children who started in the year; NaN where not known [children].
    uasc : array_like of shape (area, year), optional
        Unaccompanied children in the stock; NaN where not known [children].
    population : array_like of shape (area, year), optional
        Children in the population that the rates of the year are of: of year `y` that of 30 June `y`-1; NaN where not
        known [children].
    regions : sequence of str, optional
        The region of each area; all in one where it is not given.
    name : str
        What messages and tables call it.
    source : str
        Whose figures, in which release.

    Raises
    ------
    InputError
        With every fault found: shapes, years that are not consecutive, an area that is there twice, a stock that is
        not above zero or not known, counts below zero.

    See Also
    --------
    load_history : Reads one from a file.
    backtest : Scores forecasts on it.

    Examples
    --------
    >>> history = History([2023, 2024, 2025], ["here"], [[100, 104, 103]], started=[[40, 42, 38]])
    >>> history.until(2024).stock.tolist()
    [[100.0, 104.0]]
    """

    years: Sequence[int]
    areas: Sequence[str]
    stock: Array
    started: Array | None = None
    uasc: Array | None = None
    population: Array | None = None
    regions: Sequence[str] = ()
    name: str = "history"
    source: str = ""

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            years: Sequence[int],
            areas: Sequence[str],
            stock: ArrayLike,
            started: ArrayLike | None = ...,
            uasc: ArrayLike | None = ...,
            population: ArrayLike | None = ...,
            regions: Sequence[str] = ...,
            name: str = ...,
            source: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        take(self, years=wholes, areas=labels, regions=labels, name=text, source=text)
        put = object.__setattr__
        if not self.regions:
            put(self, "regions", ("",) * len(self.areas))
        refuse([*self._labels(), *(problem for name in ("stock", *SERIES) for problem in self._take(name))])
        super().__post_init__()

    def _labels(self) -> Iterator[Problem]:
        years = tuple(self.years)
        if not years or years != tuple(range(years[0], years[0] + len(years))):
            yield Problem(f"years are {', '.join(map(str, years)) or 'none'}", self.name, "Give consecutive years")
        twice = sorted({area for area in self.areas if list(self.areas).count(area) > 1})
        if twice or not self.areas:
            yield Problem(f"areas twice: {', '.join(twice)}" if twice else "has no area", self.name, "Name each once")
        if len(self.regions) != len(self.areas):
            what = f"{len(self.regions)} regions for {len(self.areas)} areas"
            yield Problem(what, self.name, "Give the region of each area")

    def _take(self, name: str) -> Iterator[Problem]:
        """Take a series in, and find what is wrong with it alone."""
        shape = (len(self.areas), len(self.years))
        given = getattr(self, name)
        remedy = f"Give numbers of shape {shape}: area, year"
        try:
            array = np.full(shape, np.nan) if given is None else np.array(numeric(given, remedy))
        except Refused as fault:
            yield Problem("is not an array of numbers", f"{self.name}, {name}", fault.remedy)
            return
        if array.shape != shape:
            yield Problem(f"has shape {array.shape}", f"{self.name}, {name}", remedy)
            return
        object.__setattr__(self, name, array)
        wrong = ~(array > 0) if name == "stock" else ~np.isnan(array) & ~((array >= 0) & np.isfinite(array))
        if name == "population":
            wrong |= array == 0
        if wrong.any():
            a, y = np.argwhere(wrong)[0]
            lacks = " or is not known" if name == "stock" else ""
            what = f"{name} is {array[a, y]:g}{lacks}: {wrong.sum()} cells, the first {self.areas[a]}, {self.years[y]}"
            yield Problem(what, self.name, "Give counts" + (" above zero" if name != "started" else ""))

    @guarded(year=whole())
    def until(self, year: int) -> History:
        """Give what was known at the end of a year: nothing of any later one is left in it.

        Parameters
        ----------
        year : int
            The last year that is kept.

        Returns
        -------
        History
            The same areas, up to that year.

        Raises
        ------
        InputError
            If the year is not in the history.

        See Also
        --------
        total : All areas as one.

        Examples
        --------
        >>> History([2024, 2025], ["here"], [[100, 104]]).until(2024).years
        (2024,)
        """
        if year not in self.years:
            remedy = f"Give a year from {self.years[0]} to {self.years[-1]}"
            raise InputError(Problem(f"year {year} is not in it", self.name, remedy))
        n = list(self.years).index(year) + 1
        return self._of(lambda series: series[:, :n].copy(), tuple(self.years)[:n], self.areas, self.regions)

    @guarded(areas=labels)
    def only(self, areas: Sequence[str]) -> History:
        """Give some areas alone.

        Parameters
        ----------
        areas : str or sequence of str
            Their names.

        Returns
        -------
        History
            These areas, in this order.

        Raises
        ------
        UnknownNameError
            If an area is not in the history.

        See Also
        --------
        total : All areas as one.

        Examples
        --------
        >>> History([2025], ["here", "there"], [[100], [50]]).only("there").stock.tolist()
        [[50.0]]
        """
        known = list(self.areas)
        refuse([unknown("area", area, known, self.name) for area in areas if area not in known], UnknownNameError)
        at = [known.index(area) for area in areas]
        return self._of(lambda series: series[at], self.years, areas, [self.regions[i] for i in at])

    def _of(
        self, cut: Callable[[Array], Array], years: Sequence[int], areas: Sequence[str], regions: Sequence[str]
    ) -> History:
        """Make the history of a cut of every series."""
        stock, started, uasc, population = (cut(np.asarray(getattr(self, name))) for name in ("stock", *SERIES))
        return replace(
            self,
            years=years,
            areas=areas,
            regions=regions,
            stock=stock,
            started=started,
            uasc=uasc,
            population=population,
        )

    def total(self) -> History:
        """Add all areas up.

        Returns
        -------
        History
            One area; a series is known in a year where it is known for every area.

        See Also
        --------
        until : Fewer years.

        Examples
        --------
        >>> History([2025], ["here", "there"], [[100], [50]]).total().stock.tolist()
        [[150.0]]
        """
        return self._of(lambda series: series.sum(0, keepdims=True), self.years, ("all",), ("",))

    @guarded(series=one_of(("stock", *SERIES)))
    def known(self, series: str) -> int:
        """Count the latest years up to the last for which a series is known in every area.

        Parameters
        ----------
        series : str
            One of stock, started, uasc, population.

        Returns
        -------
        int
            Number of years.

        See Also
        --------
        until : Fewer years.

        Examples
        --------
        >>> History([2024, 2025], ["here"], [[100, 104]], started=[[float("nan"), 40]]).known("started")
        1
        """
        gaps = np.flatnonzero(np.isnan(np.asarray(getattr(self, series))).any(0))
        return len(self.years) - (int(gaps[-1]) + 1 if gaps.size else 0)

    def rates(self) -> tuple[Array, Array]:
        """Give the rate of entry and the hazard of leaving that each year's stock and starts imply.

        Entries come evenly over the year and everybody leaves at one hazard `h`, so that
        ``stock = before * exp(-h) + started * (1 - exp(-h)) / h``. The hazard is the one that gives the published stock
        from the one before: what the published flows leave over is in it.

        Returns
        -------
        entry_rate : ndarray of shape (area, year)
            Starts per child in the population; NaN where either is not known [per child per year].
        hazard : ndarray of shape (area, year)
            Net hazard of leaving; NaN in the first year [per child-year].

        See Also
        --------
        next_stock : The stock that rates give.

        Examples
        --------
        >>> history = History([2024, 2025], ["here"], [[100, 110]], started=[[30, 50]], population=[[1000, 1000]])
        >>> entry_rate, hazard = history.rates()
        >>> float(next_stock(100.0, 1000 * entry_rate[0, 1], hazard[0, 1]).round(9))
        110.0
        """
        stock, started, population = (np.asarray(getattr(self, name)) for name in ("stock", "started", "population"))
        hazard = np.full(stock.shape, np.nan)
        hazard[:, 1:] = implied_hazard(stock[:, :-1], stock[:, 1:], started[:, 1:])
        return started / population, hazard


def next_stock(stock: ArrayLike, entries: ArrayLike, hazard: ArrayLike) -> Array:
    """Give the stock a year later: what is left of it, and of those who came evenly over the year.

    Parameters
    ----------
    stock : array_like
        Children on 31 March [children].
    entries : array_like
        Children who come in the year [children].
    hazard : array_like
        Hazard of leaving, the same all year [per child-year].

    Returns
    -------
    ndarray
        Children on the next 31 March: the state of the engine's equation where all children are one state.

    Examples
    --------
    >>> float(next_stock(100.0, 0.0, 0.5).round(2))
    60.65
    """
    h = np.asarray(hazard, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where(np.abs(h) < 1e-8, 1.0 - h / 2.0, -np.expm1(-h) / h)
    return np.asarray(np.asarray(stock) * np.exp(-h) + np.asarray(entries) * stay)


def implied_hazard(before: Array, after: Array, entries: Array) -> Array:
    """Solve :func:`next_stock` for the hazard, by Newton's method; NaN where entries are not known.

    Examples
    --------
    >>> implied_hazard(np.array([100.0]), np.array([100.0]), np.array([40.0])).round(9).tolist()
    [0.4]
    """
    h = np.maximum((before + entries - after) / ((before + after) / 2), -0.9)
    for _ in range(50):
        step = 1e-6
        at = next_stock(before, entries, h) - after
        slope = (next_stock(before, entries, h + step) - next_stock(before, entries, h - step)) / (2 * step)
        move = at / slope
        h = h - move
        if not np.nanmax(np.abs(move), initial=0.0) > 1e-12:
            break
    return np.asarray(h)
