"""Which rates are there? Generators of each year and age, and their kernels, each computed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost import stockflow
from carecost.grid import Grid
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
    """

    ages: slice
    sets: Sequence[tuple[Sequence[int], tuple[stockflow.Span, stockflow.Span]]]


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
        self._cut: list[tuple[Years, list[Piece]]] = []
        self.computed = 0

    def years(self, parameters: Parameters) -> Years:
        """Find the bands of ages of each year; years that share rates share them."""
        exits, moves = parameters.exit_rate, parameters.move_rate
        for seen_exits, seen_moves, found in self._seen:
            if seen_exits is exits and seen_moves is moves:
                return found
        q = rates(parameters)
        by_year = [self.bands(q[:, year]) for year in range(q.shape[1])]
        if len(by_year) == 1:
            by_year *= len(parameters.grid.years)
        self._seen.append((exits, moves, by_year))
        return by_year

    def pieces(self, parameters: Parameters) -> list[Piece]:
        """Cut the age axis where rates change in any year, and where a cost item begins or ends to count."""
        by_year = self.years(parameters)
        for seen, found in self._cut:
            if seen is by_year:
                return found
        by_age = [_sets(by_year, age) for age in range(len(parameters.grid.ages))]
        first = sorted({0} | _changes(parameters) | _selected(parameters.grid))
        first = [a for a in range(len(by_age)) if a in first or not _same(by_age[a], by_age[a - 1])]
        found = [Piece(slice(a, b), by_age[a]) for a, b in zip(first, [*first[1:], len(by_age)], strict=True)]
        self._cut.append((by_year, found))
        return found

    def of(self, rates: Array) -> tuple[stockflow.Span, stockflow.Span]:
        """Give the spans of one set of rates of shape (draw, state, state), computed at most once."""
        key = rates.tobytes()
        if key not in self._known:
            self._known[key] = stockflow.spans(rates)
            self.computed += 1
        return self._known[key]

    def bands(self, rates: Array) -> tuple[stockflow.Band, ...]:
        """Join neighbouring ages of rates of shape (draw, age, state, state) that are the same."""
        found: list[stockflow.Band] = []
        for age in range(rates.shape[1]):
            spans = self.of(rates[:, age])
            if found and found[-1].spans is spans:
                found[-1] = stockflow.Band(slice(found[-1].ages.start, age + 1), spans)
            else:
                found.append(stockflow.Band(slice(age, age + 1), spans))
        return tuple(found)


Sets = list[tuple[list[int], tuple[stockflow.Span, stockflow.Span]]]


def _sets(by_year: Years, age: int) -> Sets:
    """Find the distinct sets of rates of an age, and the years that have each."""
    found: dict[int, tuple[list[int], tuple[stockflow.Span, stockflow.Span]]] = {}
    for year, bands in enumerate(by_year):
        spans = next(band.spans for band in bands if band.ages.start <= age < band.ages.stop)
        found.setdefault(id(spans), ([], spans))[0].append(year)
    return list(found.values())


def _same(one: Sets, other: Sets) -> bool:
    return len(one) == len(other) and all(
        a[0] == b[0] and a[1] is b[1] for a, b in zip(one, other, strict=True)
    )


def _changes(parameters: Parameters) -> set[int]:
    """Find the ages (by index) whose exits or moves differ from the age before: sums of rates may still agree."""
    found: set[int] = set()
    for rates in (np.asarray(parameters.exit_rate), np.asarray(parameters.move_rate)):
        if rates.shape[2] > 1:
            found |= {a for a in range(1, rates.shape[2]) if (rates[:, :, a] != rates[:, :, a - 1]).any()}
    return found


def _selected(grid: Grid) -> set[int]:
    """Find the ages (by index) at which a cost item begins or ends to count."""
    found: set[int] = set()
    for ages in {item.ages for item in grid.items if item.ages}:
        counts = [age in ages for age in grid.ages]
        found |= {a for a in range(1, len(counts)) if counts[a] != counts[a - 1]}
    return found


def rates(parameters: Parameters) -> Array:
    """Build the generators: (draw, year, age, placement, placement); rows and columns closed at an age are zero."""
    p, grid = parameters, parameters.grid
    exits, moves = np.asarray(p.exit_rate), np.asarray(p.move_rate)
    to = [None if r.to is None else grid.index("placements", r.to) for r in grid.reasons]
    out = [r for r, t in enumerate(to) if t is None]
    shape = np.broadcast_shapes(exits.shape[:4], moves.shape[:4])
    leave = np.broadcast_to(exits[..., out].sum(-1), shape)
    into = np.array(np.broadcast_to(moves, (*shape, shape[-1])), order="C")
    for r, t in enumerate(to):
        if t is not None:
            into[..., t] += exits[..., r]
    full = (*shape[:2], len(grid.ages), shape[3])
    opened = p.open[None, None]
    leave = np.broadcast_to(leave, full) * opened
    into = np.broadcast_to(into, (*full, shape[3])) * opened[..., None] * opened[..., None, :]
    return stockflow.generator(leave, into)
