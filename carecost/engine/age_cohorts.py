"""Lexis cohorts: the engine age by age, all years of an age at once, kept as sums over pieces of the age axis.

A child who turns an age in one year turns the next in the year after, so all years of an age follow from those of the
age before: one matrix product for each age and span, and no array by year and age. Time lived is summed over ages that
share rates before it is multiplied. The numbers are those of :func:`carecost.engine.project.project`, but for rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.items import AREA_DRIVERS
from carecost.engine.kernels import Kernels, Piece, birthdays, leaving_at
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import stepped
from carecost.engine.projection import Rates, Sums
from carecost.maths.birthday_classes import WEIGHT

#: Spans of the two birthday classes, by index: before their birthday, and after it.
BEFORE, AFTER = (0, 1), (1, 0)


#: What a span gives: who is there at its end, and the time lived.
END, TIME = 0, 1


def project_sums(parameters: Parameters, kernels: Kernels | None = None) -> Sums:
    """Project one stream of children and keep sums over ages.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    kernels : Kernels, optional
        Kernels to share between runs of the same draws.

    Returns
    -------
    Sums
        Stock and flows by pieces of the age axis, cut where a cost item begins or ends to count.
    """
    cuts, grid = age_cuts(parameters.grid), parameters.grid
    bands = (kernels or Kernels()).pieces(parameters, cuts)
    pieces = [slice(a, b) for a, b in zip([0, *cuts], [*cuts, len(grid.ages)], strict=True)]
    within = [sum(cut <= band.ages.start for cut in cuts) for band in bands]
    cohorts = _Cohorts(parameters)
    shape = (parameters.n_draws, len(grid.years), len(bands), len(grid.placements))
    by_band, times = np.zeros(shape), np.zeros((*shape[:2], len(pieces), shape[3]))
    taken: list[tuple[Array, Array, Array]] = []
    for i, (band, piece) in enumerate(zip(bands, within, strict=True)):
        if piece == len(taken) + 1:
            taken.append(cohorts.take())
        states = grid.windows.states(band.ages.start)
        by_band[:, :, i, states] = cohorts.band(band)
        # One after the other: in this order a band without time changes no digit.
        times[:, :, piece] += by_band[:, :, i]
    stock, entries, aged_out = (np.stack(arrays, axis=2) for arrays in zip(*taken, cohorts.take(), strict=True))
    first = [band.ages.start for band in bands]
    rates = Rates(by_band, stepped(parameters.exit_rate), stepped(parameters.move_rate), first, within)
    return Sums(grid, pieces, stock, entries, aged_out, times, (rates,))


def age_cuts(grid: Grid) -> list[int]:
    """Find the ages (by index) at which a cost item begins or ends to count."""
    found: set[int] = set()
    for ages in {item.ages for item in grid.items if item.ages and item.driver not in AREA_DRIVERS}:
        counts = [age in ages for age in grid.ages]
        found |= {a for a in range(1, len(counts)) if counts[a] != counts[a - 1]}
    return sorted(found)


class _Cohorts:
    """What the ages done so far hand to the next: those who reach its birthday, in every year.

    States are in the order of the grid's windows, and arrays hold those of the window alone.
    """

    def __init__(self, parameters: Parameters) -> None:
        grid = self._grid = parameters.grid
        self._entrants = _Entrants(parameters)
        self._birthdays, self._leaving = birthdays(grid), leaving_at(grid)
        self._shape = (parameters.n_draws, len(grid.years), len(grid.placements))
        start = np.asarray(parameters.initial_stock)
        self._start = WEIGHT * np.broadcast_to(start, (self._shape[0], *start.shape[1:]))
        # Those who turn the next age, by class, draw and year, where they are not in place already.
        self._turning: Array | None = np.zeros((2, *self._shape))
        self._restart()

    def _restart(self) -> None:
        n, years, states = self._shape
        self._stock = np.zeros((2, n, years + 1, states))
        self._entries, self._aged_out = np.zeros(self._shape), np.zeros(self._shape)

    def take(self) -> tuple[Array, Array, Array]:
        """Give stock, entries and those who aged out, summed over the ages since the last time."""
        # From the order of the windows back to that of the grid.
        back = np.argsort(self._grid.windows.order)
        arrays = self._stock[0] + self._stock[1], 2.0 * self._entries, self._aged_out
        stock, entries, aged_out = (np.take(array, back, axis=-1) for array in arrays)
        self._restart()
        return stock, entries, aged_out

    def _begin(self, age: int) -> None:
        """Make room for the states that are open from an age on, and put in those who have just turned it."""
        windows = self._grid.windows
        self._window, self._states = windows.at[age], windows.states(age)
        n, years, _ = self._shape
        w = self._width = len(self._states)
        # By class, draw and year: people beside even entrants, at the start of the year and on their birthday.
        self._there, self._turned = np.zeros((2, n, years + 1, 2 * w)), np.zeros((2, n, years, 2 * w))
        # Their sums over the ages of the band so far.
        self._all_there, self._all_turned = np.zeros_like(self._turned), np.zeros_like(self._turned)
        if self._turning is not None:
            self._turned[..., :w] = self._turning[..., self._window]
            self._turning = None

    def band(self, band: Piece) -> Array:
        """Carry the ages of a band through all years, and give the time they live: (draw, year, state of the window).

        A year in which the next band has the same rates hands its sums on to it, so that its digits do not depend on
        where other years are cut.
        """
        if self._turning is not None:
            self._begin(band.ages.start)
        for age in range(band.ages.start, band.ages.stop):
            self._enter(age)
            self._follow(age, band)
        self._birthday(band.ages.stop - 1)  # within a band nobody leaves by birthday: no placement opens or closes
        time = self._lived(band)
        if band.closes.all():
            self._all_there[...], self._all_turned[...] = 0.0, 0.0
        else:
            time *= band.closes[:, None]
            for summed in (self._all_there, self._all_turned):
                summed *= ~band.closes[:, None]
        return time

    def _enter(self, age: int) -> None:
        """Add those who enter at an age."""
        w, total = self._width, self._entries[..., self._window]
        even, born = self._entrants.at(age, self._states)
        total += even
        if born is not None:
            total += born
            self._turned[..., :w] += born
        self._turned[..., w:] = even
        self._there[:, :, :-1, w:] = even

    def _follow(self, age: int, band: Piece) -> None:
        """Carry an age from its birthday over the years' ends to the next birthday."""
        there, stock = self._there[..., : self._width], self._stock[..., self._window]
        self._all_turned += self._turned
        there[:, :, 0] = self._start[:, age, self._states]
        _through(self._turned, band, AFTER, END, there[:, :, 1:])
        self._all_there += self._there[:, :, :-1]
        stock += there
        _through(self._there[:, :, :-1], band, BEFORE, END, self._turned[..., : self._width])

    def _birthday(self, age: int) -> None:
        """Let those go whose placement ends on the birthday that ends this age, out or on to another."""
        following = (*self._grid.windows.at, self._window)[age + 1]
        leaving = self._leaving[age, self._states]
        if following == self._window and not leaving.any():
            return
        people, order = self._turned[..., : self._width], self._grid.windows.order.tolist()
        aged_out = self._aged_out[..., self._window]
        aged_out += (people[0] + people[1]) * leaving
        self._turning = np.zeros((2, *self._shape))
        np.multiply(people, self._birthdays.stays[age, self._states], out=self._turning[..., self._window])
        for at, state, to in self._birthdays.goes:
            if at == age:
                self._turning[..., order.index(to)] += people[..., order.index(state) - self._window.start]

    def _lived(self, band: Piece) -> Array:
        """Give the time lived by the sums of a band."""
        shape = (2, *self._shape[:2], self._width)
        before, after = np.empty(shape), np.empty(shape)
        _through(self._all_there, band, BEFORE, TIME, before)
        _through(self._all_turned, band, AFTER, TIME, after)
        before += after
        return np.asarray(before[0] + before[1])


def _through(rows: Array, band: Piece, span: tuple[int, int], half: int, out: Array) -> None:
    """Carry the rows of both classes through a span each, with the rates of each year."""
    for c in (0, 1):
        for years, spans in band.sets:
            one = spans[span[c]]
            block = one.time if half else one.end
            if len(band.sets) == 1:
                np.matmul(rows[c], block, out=out[c])
            else:
                # Every year goes through every set: how a year is rounded must not depend on the rates of others.
                out[c][:, years] = np.matmul(rows[c], block)[:, years]


class _Entrants:
    """Those of each birthday class who enter at an age, in every year."""

    def __init__(self, parameters: Parameters) -> None:
        p = parameters
        ages = len(p.grid.ages)
        starts = WEIGHT * (np.asarray(p.population) * np.asarray(p.entry_rate))
        self._starts = np.broadcast_to(starts, (*starts.shape[:2], ages))
        self._share, self._extra = _by_age(p.entry_share, ages), [_by_age(e, ages) for e in p.extra_entries.values()]
        at_birthday = np.asarray(p.entry_at_birthday)
        self._born = np.broadcast_to(at_birthday, (*at_birthday.shape[:2], ages))
        self._any = np.asarray(self._born.any((0, 1)))

    def at(self, age: int, states: NDArray[np.int_]) -> tuple[Array, Array | None]:
        """Give those who enter evenly, and those who enter on the birthday if any: (draw, year, state)."""
        even, born = self._starts[:, :, age, None] * self._share[:, :, age, states], None
        if self._any[age]:
            born = even * self._born[:, :, age, None]
            even = even - born
        for further in self._extra:
            even = even + WEIGHT * further[:, :, age, states]
        return even, born


def _by_age(array: object, ages: int) -> Array:
    values = np.asarray(array, dtype=float)
    return np.broadcast_to(values, (*values.shape[:2], ages, values.shape[3]))
