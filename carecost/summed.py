"""How many children, where only sums over ages are wanted? The engine age by age, all years of an age at once.

A child who turns an age in one year turns the next in the year after, so all years of an age follow from those of the
age before: one matrix product for each age and span, and no array by year and age. Time lived is summed over ages that
share rates before it is multiplied. The numbers are those of :func:`carecost.projection.project`, but for rounding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from carecost.cost_items import AREA_DRIVERS
from carecost.grid import Grid
from carecost.kernels import Kernels, Piece
from carecost.parameters import Parameters
from carecost.projection import birthdays, leaving_at, project_streams
from carecost.stockflow import WEIGHT
from carecost.sums import Rates, Sums

Array = NDArray[np.float64]
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
    cuts = _cuts(parameters.grid)
    bands = (kernels or Kernels()).pieces(parameters, cuts)
    cohorts = _Cohorts(parameters)
    pieces = [slice(a, b) for a, b in zip([0, *cuts], [*cuts, len(parameters.grid.ages)], strict=True)]
    within = [sum(cut <= band.ages.start for cut in cuts) for band in bands]
    by_band: list[Array] = []
    taken: list[tuple[Array, Array, Array]] = []
    times: list[Array] = []
    for i in range(len(pieces)):
        mine = [cohorts.band(band) for band, piece in zip(bands, within, strict=True) if piece == i]
        by_band += mine
        times.append(_total(mine))
        taken.append(cohorts.take())
    stock, entries, aged_out = (np.stack(arrays, axis=2) for arrays in zip(*taken, strict=True))
    exits, moves = (_at(np.asarray(a), bands) for a in (parameters.exit_rate, parameters.move_rate))
    rates = Rates(np.stack(by_band, axis=2), exits, moves, within)
    return Sums(parameters.grid, pieces, stock, entries, aged_out, np.stack(times, axis=2), (rates,))


def project_together(streams: Sequence[Parameters], kernels: Kernels | None = None) -> list[Sums]:
    """Project streams that share places, and keep sums over ages.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream.
    kernels : Kernels, optional
        Kernels to share.

    Returns
    -------
    list of Sums
        One a stream. Where places may run out the years go one by one, since whom a year sends elsewhere depends on
        the years before; otherwise age by age.
    """
    if not streams[0].grid.groups:
        return [project_sums(p, kernels) for p in streams]
    return [projection.sums for projection in project_streams(streams, kernels)]


def sharing(streams: Sequence[Parameters]) -> list[list[int]]:
    """Say which streams (by index) go together: all that share places, each by itself where there is no limit."""
    each = list(range(len(streams)))
    return [each] if streams[0].grid.groups else [[i] for i in each]


def _cuts(grid: Grid) -> list[int]:
    """Find the ages (by index) at which a cost item begins or ends to count."""
    found: set[int] = set()
    for ages in {item.ages for item in grid.items if item.ages and item.driver not in AREA_DRIVERS}:
        counts = [age in ages for age in grid.ages]
        found |= {a for a in range(1, len(counts)) if counts[a] != counts[a - 1]}
    return sorted(found)


def _total(arrays: Sequence[Array]) -> Array:
    """Sum arrays one after the other: in this order a band without time changes no digit."""
    total = np.zeros_like(arrays[0])
    for array in arrays:
        total += array
    return total


def _at(rates: Array, bands: Sequence[Piece]) -> Array:
    """Take the rates of each band from its first age."""
    return rates if rates.shape[2] == 1 else rates[:, :, [band.ages.start for band in bands]]


class _Cohorts:
    """What the ages done so far hand to the next: those who reach its birthday, in every year."""

    def __init__(self, parameters: Parameters) -> None:
        self._entrants = _Entrants(parameters)
        grid = parameters.grid
        self._birthdays, self._leaving = birthdays(grid), leaving_at(grid)
        n, years, self._n = parameters.n_draws, len(grid.years), len(grid.placements)
        start = np.asarray(parameters.initial_stock)
        self._start = WEIGHT * np.broadcast_to(start, (n, len(grid.ages), self._n))
        # By class, draw and year: people beside even entrants, at the start of the year and on their birthday.
        self._there, self._turned = np.zeros((2, n, years + 1, 2 * self._n)), np.zeros((2, n, years, 2 * self._n))
        # Their sums over the ages of the band so far.
        self._all_there, self._all_turned = np.zeros_like(self._turned), np.zeros_like(self._turned)
        self._restart()

    def _restart(self) -> None:
        _, n, years, _ = self._turned.shape
        self._stock = np.zeros((2, n, years + 1, self._n))
        self._entries, self._aged_out = np.zeros((n, years, self._n)), np.zeros((n, years, self._n))

    def take(self) -> tuple[Array, Array, Array]:
        """Give stock, entries and those who aged out, summed over the ages since the last time."""
        stock, entries, aged_out = self._stock[0] + self._stock[1], 2.0 * self._entries, self._aged_out
        self._restart()
        return stock, entries, aged_out

    def band(self, band: Piece) -> Array:
        """Carry the ages of a band through all years, and give the time they live: (draw, year, placement).

        A year in which the next band has the same rates hands its sums on to it, so that its digits do not depend on
        where other years are cut.
        """
        for age in range(band.ages.start, band.ages.stop):
            self._enter(age)
            self._follow(age, band)
            self._birthday(age)
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
        n = self._n
        even, born = self._entrants.at(age)
        self._entries += even
        if born is not None:
            self._entries += born
            self._turned[..., :n] += born
        self._turned[..., n:] = even
        self._there[:, :, :-1, n:] = even

    def _follow(self, age: int, band: Piece) -> None:
        """Carry an age from its birthday over the years' ends to the next birthday."""
        there = self._there[..., : self._n]
        self._all_turned += self._turned
        there[:, :, 0] = self._start[:, age]
        _through(self._turned, band, AFTER, END, there[:, :, 1:])
        self._all_there += self._there[:, :, :-1]
        self._stock += there
        _through(self._there[:, :, :-1], band, BEFORE, END, self._turned[..., : self._n])

    def _birthday(self, age: int) -> None:
        """Let those go whose placement ends on the birthday that ends this age, out or on to another."""
        people = self._turned[..., : self._n]
        if self._leaving[age].any():
            self._aged_out += (people[0] + people[1]) * self._leaving[age]
        on = [(to, people[..., state].copy()) for at, state, to in self._birthdays.goes if at == age]
        if not self._birthdays.stays[age].all():
            people *= self._birthdays.stays[age]
        for to, going in on:
            people[..., to] += going

    def _lived(self, band: Piece) -> Array:
        """Give the time lived by the sums of a band."""
        before, after = (np.empty((2, *self._entries.shape)) for _ in range(2))
        _through(self._all_there, band, BEFORE, TIME, before)
        _through(self._all_turned, band, AFTER, TIME, after)
        before += after
        return np.asarray(before[0] + before[1])


def _through(rows: Array, band: Piece, span: tuple[int, int], half: int, out: Array) -> None:
    """Carry the rows of both classes through a span each, with the rates of each year."""
    for c in (0, 1):
        for years, spans in band.sets:
            if len(band.sets) == 1:
                spans[span[c]].carry(rows[c], out[c], half)
            else:
                # Every year goes through every set: how a year is rounded must not depend on the rates of others.
                every = np.empty(out[c].shape)
                spans[span[c]].carry(rows[c], every, half)
                out[c][:, years] = every[:, years]


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

    def at(self, age: int) -> tuple[Array, Array | None]:
        """Give those who enter evenly, and those who enter on the birthday if any: (draw, year, placement)."""
        even, born = self._starts[:, :, age, None] * self._share[:, :, age], None
        if self._any[age]:
            born = even * self._born[:, :, age, None]
            even = even - born
        for further in self._extra:
            even = even + WEIGHT * further[:, :, age]
        return even, born


def _by_age(array: object, ages: int) -> Array:
    values = np.asarray(array, dtype=float)
    return np.broadcast_to(values, (*values.shape[:2], ages, values.shape[3]))
