"""What share of the arrivals must a full group send on? Solved for each draw, where groups send on to each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost.grid import Grid
from carecost.places import in_order, onward

Array = NDArray[np.float64]
#: Shares are solved to this closeness, in at most so many rounds: groups meet through moves within the year only.
CLOSE, ROUNDS = 1e-12, 100


class Term(NamedTuple):
    """Arrivals of some rows that end up in others.

    Attributes
    ----------
    start, end : list of int
        Rows that they come to, and where they end up.
    passed : list of bool
        Groups that sent them on.
    stays : list of bool
        The group that took them, if any.
    """

    start: list[int]
    end: list[int]
    passed: list[bool]
    stays: list[bool]


class Relief:
    """Groups with places, and the shares of arrivals that they send on.

    With a share of the arrivals sent on, the occupancy of a group is A - share x B, so share = (A - places) / B, at
    least 0 and at most 1: only arrivals are sent on, nobody there is. Where every arrival is sent on, and those there
    are still too many, the group stays over its places.

    Parameters
    ----------
    grid : Grid
        Labels, with capacity groups.
    """

    def __init__(self, grid: Grid) -> None:
        self.rows = [grid.indices("placements", group.placements) for group in grid.groups]
        self.order, self.onto = in_order(grid.groups), onward(grid.groups)
        self.ways = [_ways(grid, group, rows) for group, rows in enumerate(self.rows)]
        self.terms = _terms(len(grid.placements), self.rows, self.ways, self.onto)
        self._passed, self._stays = (np.array([t[i] for t in self.terms], dtype=bool) for i in (2, 3))
        #: 1 where a placement is in a group, else 0: (placement, group).
        self.wanted = np.zeros((len(grid.placements), len(self.rows)))
        for group, rows in enumerate(self.rows):
            self.wanted[rows, group] = 1.0

    def occupied(self, there: Array, reach: Array, share: Array) -> Array:
        """Give the occupancy at some shares sent on: (group, draw)."""
        return np.asarray(there + _added(self.weights(share)[:, None] * reach))

    def weights(self, share: Array) -> Array:
        """Give the part of each term's arrivals that its groups sent on and the last one took: (term, draw)."""
        goes = np.where(self._passed[..., None], share, 1.0) * np.where(self._stays[..., None], 1.0 - share, 1.0)
        return np.asarray(goes.prod(1))

    def reach(self, coming: Array, ahead: Array, term: Term) -> Array:
        """Give the time that the arrivals of a term would live in each group: (draw, year, group).

        ``coming`` are arrivals (draw, year, age, placement); ``ahead`` the time of one (draw, age, placement, group).
        """
        there, time = coming[..., term.start], ahead[:, :, term.end]
        return np.asarray(there.reshape(*there.shape[:2], -1) @ time.reshape(len(time), -1, time.shape[-1]))

    def without(self, there: Array, reach: Array, share: Array, group: int, sent: float) -> Array:
        """Give the occupancy of a group if it sent on another share: (draw,)."""
        other = share.copy()
        other[group] = sent
        return np.asarray(there[group] + _added(self.weights(other) * reach[:, group]))

    def solved(self, there: Array, reach: Array, places: Array) -> Array:
        """Find the shares sent on, group after group, until they no longer change; each draw by itself."""
        found = np.zeros(places.shape)
        left = np.flatnonzero((self.occupied(there, reach, found) > places).any(0))
        for _ in range(ROUNDS):
            if not len(left):
                break
            share = found[:, left]
            for g in self.order:
                full, empty = (self.without(there[:, left], reach[..., left], share, g, sent) for sent in (0.0, 1.0))
                excess, relief = full - places[g, left], full - empty
                use = (excess > 0) & (relief > 0)
                share[g] = np.minimum(np.divide(excess, relief, out=np.zeros(len(left)), where=use), 1.0)
            moved = np.abs(share - found[:, left]).max(0)
            found[:, left] = share
            left = left[moved > CLOSE]
        return found


def _added(parts: Array) -> Array:
    """Add up along the first axis, one after the other: how many draws there are changes no digit."""
    total = np.zeros(parts.shape[1:])
    for part in parts:
        total += part
    return total


def _ways(grid: Grid, group: int, rows: Sequence[int]) -> list[tuple[int, int]]:
    """Pair the rows of a group with those that they are sent on to, in the same phase of time in care."""
    to = {grid.placements[i].phase: i for i in grid.indices("placements", [grid.groups[group].next])}
    return [(row, to[grid.placements[row].phase]) for row in rows]


def _terms(
    states: int, rows: Sequence[Sequence[int]], ways: Sequence[Sequence[tuple[int, int]]], onto: Sequence[int | None]
) -> list[Term]:
    """List where arrivals may end up: those in no group where they came, others along their group's order."""
    count = len(rows)
    free = [i for i in range(states) if not any(i in mine for mine in rows)]
    found = [Term(free, free, [False] * count, [False] * count)]
    for first, start in enumerate(rows):
        end, passed = list(start), [False] * count
        at: int | None = first
        while at is not None:
            found.append(Term(list(start), end, passed, [g == at for g in range(count)]))
            step = dict(ways[at])
            end, passed = [step[row] for row in end], [was or g == at for g, was in enumerate(passed)]
            at = onto[at]
        found.append(Term(list(start), end, passed, [False] * count))
    return found
