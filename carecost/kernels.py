"""Which rates are there? Generators of each year and age, and their kernels, each computed once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost import stockflow
from carecost.parameters import Parameters

Array = NDArray[np.float64]
#: Bands of ages of each year.
Years = list[tuple[stockflow.Band, ...]]


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
    sets: Sequence[tuple[Sequence[int], tuple[stockflow.Span, stockflow.Span]]]
    closes: NDArray[np.bool_]


class Kernels:
    """The kernels computed so far: one for each distinct set of rates, whatever the age, year or scenario.

    Attributes
    ----------
    computed : int
        How many sets were computed.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[stockflow.Span, stockflow.Span]] = {}
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
        like = _alike(parameters)
        first = sorted(set(like))
        q = rates(parameters, first)
        bands = {year: self.bands(q[:, i], parameters.open) for i, year in enumerate(first)}
        by_year = [bands[year] for year in like]
        self._seen.append((exits, moves, by_year))
        return by_year

    def pieces(self, parameters: Parameters, cuts: Sequence[int]) -> list[Piece]:
        """Cut the age axis where rates change in any year, and at some ages (by index)."""
        by_year = self.years(parameters)
        for seen, known, found in self._cut:
            if seen is by_year and known == tuple(cuts):
                return found
        begins = _changes(parameters, by_year)
        begins[:, [0, *cuts]] = True
        for year, bands in enumerate(by_year):
            begins[year, [band.ages.start for band in bands]] = True
        first = [*np.flatnonzero(begins.any(0)), begins.shape[1]]
        closes = np.concatenate([begins, np.ones((len(begins), 1), dtype=bool)], axis=1)
        found = [Piece(slice(a, b), _sets(by_year, a), closes[:, b]) for a, b in pairwise(first)]
        self._cut.append((by_year, tuple(cuts), found))
        return found

    def of(self, rates: Array, opened: NDArray[np.bool_]) -> tuple[stockflow.Span, stockflow.Span]:
        """Give the spans of one set of rates of shape (draw, state, state) and open states, computed at most once."""
        key = rates.tobytes() + opened.tobytes()
        if key not in self._known:
            self._known[key] = stockflow.spans(rates, None if opened.all() else np.flatnonzero(opened))
            self.computed += 1
        return self._known[key]

    def bands(self, rates: Array, opened: NDArray[np.bool_]) -> tuple[stockflow.Band, ...]:
        """Join neighbouring ages of rates of shape (draw, age, state, state) that are the same, open states too."""
        found: list[stockflow.Band] = []
        for age in range(rates.shape[1]):
            same = age and np.array_equal(rates[:, age], rates[:, age - 1])
            same = same and np.array_equal(opened[age], opened[age - 1])
            spans = found[-1].spans if same else self.of(rates[:, age], opened[age])
            if found and found[-1].spans is spans:
                found[-1] = stockflow.Band(slice(found[-1].ages.start, age + 1), spans)
            else:
                found.append(stockflow.Band(slice(age, age + 1), spans))
        return tuple(found)


def _sets(by_year: Years, age: int) -> list[tuple[list[int], tuple[stockflow.Span, stockflow.Span]]]:
    """Find the distinct sets of rates of an age, and the years that have each."""
    found: dict[int, tuple[list[int], tuple[stockflow.Span, stockflow.Span]]] = {}
    for year, bands in enumerate(by_year):
        spans = next(band.spans for band in bands if band.ages.start <= age < band.ages.stop)
        found.setdefault(id(spans), ([], spans))[0].append(year)
    return list(found.values())


def _changes(parameters: Parameters, by_year: Years) -> NDArray[np.bool_]:
    """Say where exits or moves differ from the age before, though their sums may not: (year, age)."""
    grid, like = parameters.grid, [next(i for i, b in enumerate(by_year) if b is bands) for bands in by_year]
    found = np.zeros((len(grid.years), len(grid.ages)), dtype=bool)
    for rates in (np.asarray(parameters.exit_rate), np.asarray(parameters.move_rate)):
        if rates.shape[2] > 1:
            for year in set(like):
                at = rates[:, min(year, rates.shape[1] - 1)]
                found[year, 1:] |= (at[:, 1:] != at[:, :-1]).any((0, 2, 3))
    return found[like]


def _alike(parameters: Parameters) -> list[int]:
    """Give for each year the first of the run of years that share its exits and moves with it (by index)."""
    every = [a for a in map(np.asarray, (parameters.exit_rate, parameters.move_rate)) if a.shape[1] > 1]
    like = [0]
    for year in range(1, len(parameters.grid.years)):
        same = all(np.array_equal(a[:, year], a[:, year - 1]) for a in every)
        like.append(like[-1] if same else year)
    return like


def rates(parameters: Parameters, years: Sequence[int] | None = None) -> Array:
    """Build the generators: (draw, year, age, placement, placement); rows and columns closed at an age are zero.

    All years by default, of which there is one where they share rates; or some, by index.
    """
    p, grid = parameters, parameters.grid
    exits, moves = np.asarray(p.exit_rate), np.asarray(p.move_rate)
    if years is not None:
        exits, moves = (a if a.shape[1] == 1 else a[:, years] for a in (exits, moves))
    to = [None if r.to is None else grid.index("placements", r.to) for r in grid.reasons]
    out = np.array([float(t is None) for t in to])
    shape = np.broadcast_shapes(exits.shape[:4], moves.shape[:4])
    leave = np.broadcast_to(exits @ out, shape)
    into = np.array(np.broadcast_to(moves, (*shape, shape[-1])), order="C")
    for r, t in enumerate(to):
        if t is not None:
            into[..., t] += exits[..., r]
    full = (*shape[:2], len(grid.ages), shape[3])
    opened = p.open[None, None]
    leave = np.broadcast_to(leave, full) * opened
    into = np.broadcast_to(into, (*full, shape[3])) * opened[..., None] * opened[..., None, :]
    return stockflow.generator(leave, into)
