"""Generators of each year and age and their kernels, each distinct set of rates once; what birthdays do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, first_of_each, runs, stepped
from carecost.maths import birthday_classes, expm

#: Bands of ages of each year.
Years = list[tuple[birthday_classes.Band, ...]]


class Piece(NamedTuple):
    """Neighbouring ages that share rates in every year.

    Attributes
    ----------
    ages : slice
        Where they are on the age axis.
    sets : sequence of (sequence of int, tuple of Span)
        Distinct sets of rates: the years (by index) that have them, and their spans.
    closes : ndarray of shape (year,)
        Years in which the next age has other rates.
    """

    ages: slice
    sets: Sequence[tuple[Sequence[int], tuple[birthday_classes.Span, birthday_classes.Span]]]
    closes: NDArray[np.bool_]


class Cell(NamedTuple):
    """Rates of neighbouring ages in a year.

    Attributes
    ----------
    ages : slice
        Where they are on the age axis.
    states : ndarray of int of shape (state,)
        States (by index) that may be open.
    rates : ndarray of shape (draw, state, state)
        Generator between them [per child-year].
    """

    ages: slice
    states: NDArray[np.int_]
    rates: Array


class Kernels:
    """The kernels computed so far: one for each distinct set of rates, whatever the age, year or scenario.

    Attributes
    ----------
    computed : int
        How many sets were computed.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[birthday_classes.Span, birthday_classes.Span]] = {}
        # By the arrays themselves, kept alive so that none is taken for another: scenarios often share them.
        self._seen: list[tuple[object, object, Years]] = []
        self._cut: list[tuple[Years, tuple[int, ...], list[Piece]]] = []
        self.computed = 0

    def years(self, parameters: Parameters) -> Years:
        """Find the bands of ages of each year; years that share rates share them."""
        exits, moves = parameters.exit_rate, parameters.move_rate
        for seen_exits, seen_moves, found in self._seen:
            if seen_exits is exits and seen_moves is moves:
                return found
        both = stepped(exits), stepped(moves)
        pairs = list(zip(*(np.broadcast_to(a.years, len(parameters.grid.years)).tolist() for a in both), strict=True))
        bands = {pair: self.bands(_cells(parameters.grid, both, pair)) for pair in dict.fromkeys(pairs)}
        by_year = [bands[pair] for pair in pairs]
        self._seen.append((exits, moves, by_year))
        return by_year

    def pieces(self, parameters: Parameters, cuts: Sequence[int]) -> list[Piece]:
        """Cut the age axis where rates change in any year, and at some ages (by index)."""
        by_year = self.years(parameters)
        for seen, known, found in self._cut:
            if seen is by_year and known == tuple(cuts):
                return found
        begins = _changes(parameters)
        begins[:, [0, *cuts]] = True
        for year, bands in enumerate(by_year):
            begins[year, [band.ages.start for band in bands]] = True
        first = [*np.flatnonzero(begins.any(0)), begins.shape[1]]
        closes = np.concatenate([begins, np.ones((len(begins), 1), dtype=bool)], axis=1)
        found = [Piece(slice(a, b), _sets(by_year, a), closes[:, b]) for a, b in pairwise(first)]
        self._cut.append((by_year, tuple(cuts), found))
        return found

    def of(self, rates: Array, states: NDArray[np.int_]) -> tuple[birthday_classes.Span, birthday_classes.Span]:
        """Give the spans of one set of rates between some states: (draw, state, state); computed at most once."""
        key = rates.tobytes() + states.tobytes()
        if key not in self._known:
            self._known[key] = birthday_classes.spans(rates, states)
            self.computed += 1
        return self._known[key]

    def bands(self, cells: Iterator[Cell]) -> tuple[birthday_classes.Band, ...]:
        """Join the ages of neighbouring cells whose rates are the same."""
        found: list[birthday_classes.Band] = []
        for cell in cells:
            spans = self.of(cell.rates, cell.states)
            first = found.pop().ages.start if found and found[-1].spans is spans else cell.ages.start
            found.append(birthday_classes.Band(slice(first, cell.ages.stop), spans))
        return tuple(found)


def rates(parameters: Parameters) -> Array:
    """Give the generator of every year and age: (draw, year, age, placement, placement), as they are used.

    There is one year where all share rates; rows and columns that are closed at an age are zero.
    """
    grid, both = parameters.grid, (stepped(parameters.exit_rate), stepped(parameters.move_rate))
    years, n = max(len(a.years) for a in both), len(grid.placements)
    out = np.zeros((max(map(len, both)), years, len(grid.ages), n, n))
    pairs = zip(*(np.broadcast_to(a.years, years).tolist() for a in both), strict=True)
    for year, pair in enumerate(pairs):
        for ages, states, q in _cells(grid, both, pair):
            for age in range(ages.start, ages.stop):
                out[:, year, age, states[:, None], states] = q
    return out


def _cells(grid: Grid, both: tuple[Stepped, Stepped], years: tuple[int, int]) -> Iterator[Cell]:
    """Make the generators of a year (by steps of exits and moves): one for each run of ages that share all."""
    ages = len(grid.ages)
    steps = [np.broadcast_to(a.ages, ages) for a in both]
    opened = np.cumsum([False, *(grid.opened[1:] != grid.opened[:-1]).any(1)])
    bounds = [*first_of_each(runs(*steps, opened)).tolist(), ages]
    for first, last in pairwise(bounds):
        states = grid.windows.states(first)
        exits, moves = (a.values[:, y, s[first]] for a, y, s in zip(both, years, steps, strict=True))
        yield Cell(slice(first, last), states, _generator(grid, exits, moves, grid.opened[first], states))


def _generator(grid: Grid, exits: Array, moves: Array, opened: NDArray[np.bool_], states: NDArray[np.int_]) -> Array:
    """Build the generator between some states at an age: rows and columns of closed states are zero."""
    at = states.tolist()
    # In one memory layout: picked cells keep an odd one, in which sums round otherwise.
    exits, into = (np.ascontiguousarray(a) for a in (exits[:, states], moves[:, states[:, None], states]))
    if not (is_open := opened[states]).all():
        exits, into = exits * is_open[:, None], into * np.outer(is_open, is_open)
    out = np.ones(len(grid.reasons))
    if len(exits) != len(into):
        into = np.array(np.broadcast_to(into, (max(len(exits), len(into)), *into.shape[1:])), order="C")
    for r, reason in enumerate(grid.reasons):
        if reason.to is not None:
            out[r], to = 0.0, grid.index("placements", reason.to)
            if opened[to]:
                into[..., at.index(to)] += exits[..., r]
    return expm.generator(exits @ out, into)


def _sets(by_year: Years, age: int) -> list[tuple[list[int], tuple[birthday_classes.Span, birthday_classes.Span]]]:
    """Find the distinct sets of rates of an age, and the years that have each."""
    found: dict[int, tuple[list[int], tuple[birthday_classes.Span, birthday_classes.Span]]] = {}
    for year, bands in enumerate(by_year):
        spans = next(band.spans for band in bands if band.ages.start <= age < band.ages.stop)
        found.setdefault(id(spans), ([], spans))[0].append(year)
    return list(found.values())


def _changes(parameters: Parameters) -> NDArray[np.bool_]:
    """Say where exits or moves differ from the age before, though their sums may not: (year, age)."""
    grid = parameters.grid
    found = np.zeros((len(grid.years), len(grid.ages)), dtype=bool)
    for rates in map(stepped, (parameters.exit_rate, parameters.move_rate)):
        values, steps = rates.values, np.broadcast_to(rates.ages, len(grid.ages))
        differs = (values[:, :, 1:] != values[:, :, :-1]).any((0, 3, 4))
        for age in np.flatnonzero(np.diff(steps)) + 1:
            found[:, age] |= differs[np.broadcast_to(rates.years, len(grid.years)), steps[age] - 1]
    return found


def birthdays(grid: Grid) -> birthday_classes.Birthdays:
    """Say what the birthday that ends an age does: who stays in a placement, and who goes on to ``then``."""
    stays = np.array([[float(age + 1 < p.leave_age) for p in grid.placements] for age in grid.ages])
    goes = tuple(
        (a, i, grid.index("placements", p.then))
        for a, age in enumerate(grid.ages)
        for i, p in enumerate(grid.placements)
        if p.then is not None and age + 1 == p.leave_age
    )
    return birthday_classes.Birthdays(stays, goes)


def leaving_at(grid: Grid) -> NDArray[np.bool_]:
    """Say who leaves on the birthday that ends an age: (age, placement)."""
    leave = np.array([p.leave_age for p in grid.placements])
    return np.asarray(np.array(grid.ages)[:, None] + 1 == leave)
