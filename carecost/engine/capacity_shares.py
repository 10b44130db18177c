"""The share of arrivals that each full capacity group sends on, solved draw by draw where groups overflow in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid, in_order, onward

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

    Attributes
    ----------
    entered : list of int
        Placements (by index) that send on or take; all else goes by their place in this list.
    rows, ways : list of list
        Of each group what it holds, and from where to where it sends on.
    order, onto : list
        Groups (by index) each before the one that it sends on to, and that one if any.
    terms : list of Term
        Where those who come to a group may end up.
    wanted : ndarray of shape (placement, group)
        1 where a placement is in a group, else 0.
    """

    def __init__(self, grid: Grid) -> None:
        rows = [grid.indices("placements", group.placements) for group in grid.groups]
        ways = [_ways(grid, group, mine) for group, mine in enumerate(rows)]
        self.entered = sorted({row for way in ways for pair in way for row in pair})
        place = {row: i for i, row in enumerate(self.entered)}
        self.rows = [[place[row] for row in mine] for mine in rows]
        self.ways = [[(place[start], place[end]) for start, end in way] for way in ways]
        self.order, self.onto = in_order(grid.groups), onward(grid.groups)
        self.terms = _terms(self.rows, self.ways, self.onto)
        self._passed, self._stays = (np.array([t[i] for t in self.terms], dtype=bool) for i in (2, 3))
        self.wanted = np.zeros((len(grid.placements), len(rows)))
        for group, mine in enumerate(rows):
            self.wanted[mine, group] = 1.0

    def occupied(self, there: Array, reach: Array, share: Array) -> Array:
        """Give the occupancy at some shares sent on: (group, draw)."""
        return np.asarray(there + added(self.weights(share)[:, None] * reach))

    def weights(self, share: Array, but: int | None = None) -> Array:
        """Give the part of each term's arrivals that its groups sent on and the last one took: (term, draw).

        What one group did may be left out.
        """
        found = np.ones((len(self.terms), share.shape[1]))
        for group, (sent, took) in enumerate(zip(share, 1.0 - share, strict=True)):
            if group != but:
                found[self._passed[:, group]] *= sent
                found[self._stays[:, group]] *= took
        return found

    def reach(self, coming: Array, ahead: Array) -> Array:
        """Give the time that the arrivals of each term would live in each group: (draw, year, term, group).

        ``coming`` are arrivals (draw, year, age, placement); ``ahead`` the time of one (draw, age, placement, group).
        """
        shape, groups = coming.shape[:2], ahead.shape[-1]
        out = np.empty((*shape, len(self.terms), groups))
        for rows in self.rows:
            chosen = [t for t, term in enumerate(self.terms) if term.start == rows]
            time = np.stack([ahead[:, :, self.terms[t].end] for t in chosen], axis=-2)
            # In one memory layout: picked cells keep an odd one, in which products round otherwise.
            people = np.ascontiguousarray(coming[..., rows]).reshape(*shape, -1)
            lived = people @ np.ascontiguousarray(time).reshape(len(time), -1, len(chosen) * groups)
            out[:, :, chosen] = lived.reshape(*shape, len(chosen), groups)
        return out

    def send(self, share: Array, arrays: Sequence[Array], states: Sequence[int]) -> Array:
        """Send shares of each group's arrivals on, in place, and count them: (group, draw).

        Arrays have the shape (draw, age, placement); ``states`` says where on the last axis the placements are.
        """
        counted = np.zeros(share.shape)
        for g in self.order:
            if not share[g].any():
                continue
            for array in arrays:
                for start, end in self.ways[g]:
                    moved = array[..., states[start]] * share[g][:, None]
                    array[..., states[start]] -= moved
                    array[..., states[end]] += moved
                    counted[g] += moved.sum(1)
        return counted

    def without(self, there: Array, reach: Array, share: Array, group: int) -> Array:
        """Give the occupancy of a group if it sent nobody on: (draw,)."""
        other = share.copy()
        other[group] = 0.0
        return np.asarray(there[group] + added(self.weights(other) * reach[:, group]))

    def solved(self, there: Array, reach: Array, places: Array, like: Array | None = None) -> Array:
        """Find the shares sent on, group after group, until they no longer change; each draw by itself.

        ``like`` are shares to begin from, such as those of the year before; none by default.
        """
        found = np.zeros(places.shape)
        left = np.flatnonzero((self.occupied(there, reach, found) > places).any(0))
        if like is not None:
            found[:, left] = like[:, left]
        for _ in range(ROUNDS):
            if not len(left):
                break
            share, some = found[:, left], reach[..., left]
            for g in self.order:
                share[g] = self._sent(g, share, there[g, left] - places[g, left], some[:, g])
            moved = np.abs(share - found[:, left]).max(0)
            found[:, left] = share
            left = left[moved > CLOSE]
        return found

    def _sent(self, group: int, share: Array, over: Array, reach: Array) -> Array:
        """Find the share that one group sends on, with those of the others: (draw,)."""
        # Occupancy is a straight line in the group's share: `full` at none, and less by `relief` at one.
        parts = self.weights(share, but=group) * reach
        full = over + added(parts[~self._passed[:, group]])
        relief = added(parts[self._stays[:, group]]) - added(parts[self._passed[:, group]])
        sent = np.divide(full, relief, out=np.zeros(len(over)), where=(full > 0) & (relief > 0))
        return np.minimum(sent, 1.0)


def added(parts: Array) -> Array:
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
    rows: Sequence[list[int]], ways: Sequence[Sequence[tuple[int, int]]], onto: Sequence[int | None]
) -> list[Term]:
    """List where those who come to each group may end up, along its order."""
    found, count = list[Term](), len(rows)
    for first, start in enumerate(rows):
        end, passed = list(start), [False] * count
        at: int | None = first
        while at is not None:
            found.append(Term(start, end, passed, [g == at for g in range(count)]))
            step = dict(ways[at])
            end, passed = [step[row] for row in end], [was or g == at for g, was in enumerate(passed)]
            at = onto[at]
        found.append(Term(start, end, passed, [False] * count))
    return found
