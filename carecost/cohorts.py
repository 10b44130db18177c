"""How many children, where only sums over ages are wanted? The engine age by age, all years of an age at once.

A child who turns an age in one year turns the next in the year after, so all years of an age follow from those of the
age before. That leaves one matrix product for each age and span, and no array by year and age. Time lived is summed
over ages that share rates before it is multiplied. The numbers are those of :func:`carecost.projection.project`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from carecost.kernels import Kernels, Piece
from carecost.parameters import Parameters
from carecost.projection import birthdays, leaving_at
from carecost.stockflow import WEIGHT, Span
from carecost.sums import Rates, Sums

Array = NDArray[np.float64]
#: Spans of the two birthday classes, by index: before their birthday, and after it.
BEFORE, AFTER = (0, 1), (1, 0)


def project_sums(parameters: Parameters, kernels: Kernels | None = None) -> Sums:
    """Project one stream of children and keep sums over ages that share rates.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    kernels : Kernels, optional
        Kernels to share between runs of the same draws.

    Returns
    -------
    Sums
        Stock and flows by pieces of the age axis, cut where rates change and where a cost item selects ages.
    """
    pieces = (kernels or Kernels()).pieces(parameters)
    cohorts = _Cohorts(parameters)
    done = [cohorts.piece(piece) for piece in pieces]
    stock, entries, aged_out, time = (np.stack(arrays, axis=2) for arrays in zip(*done, strict=True))
    ages = [piece.ages for piece in pieces]
    exits, moves = (_at(np.asarray(a), ages) for a in (parameters.exit_rate, parameters.move_rate))
    return Sums(parameters.grid, ages, stock, entries, aged_out, time, (Rates(time, exits, moves),))


def _at(rates: Array, ages: Sequence[slice]) -> Array:
    """Take the rates of each piece from its first age."""
    return rates if rates.shape[2] == 1 else rates[:, :, [piece.start for piece in ages]]


class _Cohorts:
    """What the ages done so far hand to the next: those who reach its birthday, in every year."""

    def __init__(self, parameters: Parameters) -> None:
        self._entrants = _Entrants(parameters)
        grid = parameters.grid
        self._birthdays, self._leaving = birthdays(grid), leaving_at(grid)
        n, years, states = parameters.n_draws, len(grid.years), len(grid.placements)
        start = np.asarray(parameters.initial_stock)
        self._start = WEIGHT * np.broadcast_to(start, (n, len(grid.ages), states))
        self._n = states
        # By class, draw and year: people beside even entrants, at the start of the year and on their birthday.
        self._there, self._turned = (np.empty((2, n, years, 2 * states)) for _ in range(2))
        self._reached = np.zeros((2, n, years, states))

    def piece(self, piece: Piece) -> tuple[Array, Array, Array, Array]:
        """Carry the ages of a piece through all years: stock, entries, those who age out and time, summed."""
        n = self._n
        summed = np.zeros_like(self._turned)
        born, aged_out = (np.zeros(self._reached.shape[1:]) for _ in range(2))
        for age in range(piece.ages.start, piece.ages.stop):
            born += self._begin(age)
            summed[..., :n] += self._turned[..., :n]
            summed[0, ..., n:] += self._turned[0, ..., n:]
            self._end(age, piece)
            if self._leaving[age].any():
                aged_out += self._reached.sum(0) * self._leaving[age]
        even = summed[0, ..., n:]
        summed[1, ..., n:] = even
        stock, time = self._lived(summed, piece)
        return stock, 2.0 * (even + born), aged_out, time

    def _begin(self, age: int) -> Array | float:
        """Put those who turn an age, and those who enter at it, in their rows; give those born into it, by class."""
        n, people = self._n, self._turned[..., : self._n]
        if age:
            np.multiply(self._reached, self._birthdays.stays[age - 1], out=people)
            for before, state, to in self._birthdays.goes:
                if before == age - 1:
                    people[..., to] += self._reached[..., state]
        else:
            people[...] = 0.0
        even, born = self._entrants.at(age)
        people += born
        self._turned[..., n:] = even
        self._there[..., n:] = even
        return born

    def _end(self, age: int, piece: Piece) -> None:
        """Carry an age from its birthday over the years' ends to the next birthday."""
        n = self._n
        self._there[:, :, 0, :n] = self._start[:, age]
        _through(self._turned[:, :, :-1], piece, AFTER, slice(0, n), self._there[:, :, 1:, :n])
        _through(self._there, piece, BEFORE, slice(0, n), self._reached)

    def _lived(self, turned: Array, piece: Piece) -> tuple[Array, Array]:
        """Give the stock and the time lived by the sums of a piece."""
        n = self._n
        after = _through(turned, piece, AFTER, slice(0, 2 * n), np.empty_like(turned))
        there = np.concatenate([after[..., :n], turned[..., n:]], axis=-1)
        first = np.broadcast_to(self._start[:, piece.ages].sum(1), (2, *there[0, :, 0, :n].shape))
        stock = np.concatenate([first[:, :, None], after[..., :n]], axis=2)
        there[..., :n] = stock[:, :, :-1]
        before = _through(there, piece, BEFORE, slice(n, 2 * n), np.empty_like(self._reached))
        time = before + after[..., n:]
        return stock[0] + stock[1], time[0] + time[1]


def _through(rows: Array, piece: Piece, span: tuple[int, int], columns: slice, out: Array) -> Array:
    """Carry the rows of both classes through a span each, with the rates of each year."""
    for c in (0, 1):
        for years, spans in piece.sets:
            block = _columns(spans[span[c]], columns)
            if len(piece.sets) == 1:
                np.matmul(rows[c], block, out=out[c])
            else:
                # Every year goes through every set: how a year is rounded must not depend on the rates of others.
                chosen = [y for y in years if y < rows.shape[2]]
                out[c][:, chosen] = np.matmul(rows[c], block)[:, chosen]
    return out


def _columns(span: Span, columns: slice) -> Array:
    return span.block[..., columns]


class _Entrants:
    """Those of each birthday class who enter at an age, in every year."""

    def __init__(self, parameters: Parameters) -> None:
        p = parameters
        ages = len(p.grid.ages)
        self._shape = (p.n_draws, len(p.grid.years), len(p.grid.placements))
        starts = WEIGHT * (np.asarray(p.population) * np.asarray(p.entry_rate))
        self._starts = np.broadcast_to(starts, (*starts.shape[:2], ages))
        self._share, self._extra = _by_age(p.entry_share, ages), [_by_age(e, ages) for e in p.extra_entries.values()]
        at_birthday = np.asarray(p.entry_at_birthday)
        self._born = np.broadcast_to(at_birthday, (*at_birthday.shape[:2], ages))
        self._any = self._born.any((0, 1))

    def at(self, age: int) -> tuple[Array, Array | float]:
        """Give those who enter evenly, and those who enter on the birthday: (draw, year, placement)."""
        by_rate = self._starts[:, :, age, None] * self._share[:, :, age]
        born: Array | float = 0.0
        if self._any[age]:
            born = by_rate * self._born[:, :, age, None]
            by_rate = by_rate - born
        for further in self._extra:
            by_rate = by_rate + WEIGHT * further[:, :, age]
        return np.broadcast_to(by_rate, self._shape), born


def _by_age(array: object, ages: int) -> Array:
    values = np.asarray(array, dtype=float)
    return np.broadcast_to(values, (*values.shape[:2], ages, values.shape[3]))
