"""Who goes elsewhere when places run out? The share of a year's arrivals that each full group sends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost.errors import InputError, Problem
from carecost.grid import Grid
from carecost.lived import Lived, lived
from carecost.parameters import Parameters
from carecost.places import in_order, onward

if TYPE_CHECKING:
    from carecost.projection import Advance

Array = NDArray[np.float64]
#: Shares are solved to this closeness, in at most so many rounds: groups meet through moves within the year only.
CLOSE, ROUNDS = 1e-12, 100


@dataclass(frozen=True, eq=False)
class Capacity:
    """How full the groups were, for all streams together; arrays of shape (draw, year, group).

    Attributes
    ----------
    places : ndarray
        Children that can be there on average over the year [children].
    occupancy : ndarray
        Time lived there in the year, which is the mean number of children [child-years].
    share : ndarray
        Share of the year's arrivals that was sent on, those sent from other groups included [share].
    redirected : ndarray
        Arrivals sent on [children].
    unmet : ndarray
        Time that the arrivals sent to a placement of last resort would have lived in the group that sent them there;
        zero for a group that sends on to another [child-years].
    """

    places: Array
    occupancy: Array
    share: Array
    redirected: Array
    unmet: Array

    def arrays(self) -> dict[str, Array]:
        """Give the arrays by name."""
        return dict(vars(self))


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


class Overflow:
    """Redirects the arrivals of runs that go on side by side, a year at a time.

    With a share of the arrivals sent on, the occupancy of a group is A - share x B, so share = (A - places) / B, at
    least 0 and at most 1: only arrivals are sent on, nobody there is. Where every arrival is sent on, and those there
    are still too many, the group stays over its places.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, on the same grid and with the same places.

    Raises
    ------
    InputError
        If streams have different places: they share them.
    """

    def __init__(self, streams: Sequence[Parameters]) -> None:
        grid = self.grid = streams[0].grid
        places = np.asarray(streams[0].capacity)
        if any(not np.array_equal(places, np.asarray(p.capacity)) for p in streams[1:]):
            raise InputError(Problem("streams have different places", "capacity", "Give all the same: they share them"))
        n, years, groups = max(p.n_draws for p in streams), len(grid.years), len(grid.groups)
        self.capacity = Capacity(
            np.broadcast_to(places, (n, years, groups)), *(np.zeros((n, years, groups)) for _ in range(4))
        )
        self._rows = [grid.indices("placements", group.placements) for group in grid.groups]
        self._order, self._terms = in_order(grid.groups), _terms(grid, self._rows)
        self._passed, self._stays = (np.array([t[i] for t in self._terms], dtype=bool) for i in (2, 3))
        self._wanted = np.zeros((len(grid.placements), groups))
        for g, rows in enumerate(self._rows):
            self._wanted[rows, g] = 1.0
        self._known: dict[tuple[int, int], tuple[object, Lived, list[Array], list[Array]]] = {}

    def year(self, year: int, runs: Sequence[Advance]) -> None:
        """Redirect the arrivals of a year (by index), before the runs go through it."""
        there, reach = self._reach(year, runs)
        kept, places = self.capacity, self.capacity.places[:, year].T
        share = self._solved(there, reach, places)
        occupancy = self._occupied(there, reach, share)
        kept.share[:, year], kept.occupancy[:, year] = share.T, occupancy.T
        after = onward(self.grid.groups)
        for g in self._order:
            if share[g].any():
                kept.redirected[:, year, g] = self._send(g, share[g], year, runs)
                if after[g] is None:
                    kept.unmet[:, year, g] = self._without(there, reach, share, g, 0.0) - occupancy[g]

    def _reach(self, year: int, runs: Sequence[Advance]) -> tuple[Array, Array]:
        """Give the time lived in each group by those there, (group, draw), and by arrivals, (term, group, draw)."""
        n, groups = len(self.capacity.places), len(self._rows)
        there, reach = np.zeros((n, groups)), np.zeros((len(self._terms), n, groups))
        for run in runs:
            time, even_time, born_time = self._lived(run, year)
            for people, ahead in zip(run.classes, time.stock, strict=True):
                there += _summed(people, ahead)
            born = run.at_birthday.entries[:, year]
            even = run.entries[:, year].copy()
            even[:, run.at_birthday.ages] -= born
            for t, term in enumerate(self._terms):
                reach[t] += _summed(even[..., term.start], even_time[t])
                if len(run.at_birthday.ages):
                    reach[t] += _summed(born[..., term.start], born_time[t])
        # Draws last: what follows is sums of few numbers for many draws, each draw by itself.
        return np.ascontiguousarray(there.T), np.ascontiguousarray(reach.transpose(0, 2, 1))

    def _lived(self, run: Advance, year: int) -> tuple[Lived, list[Array], list[Array]]:
        """Look ahead over a year, for all and for the arrivals of each term; years that share rates share it."""
        bands, ages = run.bands[year], run.at_birthday.ages
        key = id(run), id(bands)
        if key not in self._known:
            time = lived(bands, run.birthdays, self._wanted)
            even = [time.even[:, :, term.end] for term in self._terms]
            born = [time.born[:, ages][:, :, term.end] for term in self._terms]
            self._known[key] = (bands, time, even, born)
        return self._known[key][1:]

    def _occupied(self, there: Array, reach: Array, share: Array) -> Array:
        """Give the occupancy at some shares sent on: (group, draw)."""
        return np.asarray(there + _added(self._weights(share)[:, None] * reach))

    def _weights(self, share: Array) -> Array:
        """Give the part of the arrivals of each term: those that its groups sent on and the last one took."""
        goes = np.where(self._passed[..., None], share, 1.0) * np.where(self._stays[..., None], 1.0 - share, 1.0)
        return np.asarray(goes.prod(1))

    def _without(self, there: Array, reach: Array, share: Array, group: int, sent: float) -> Array:
        """Give the occupancy of a group if it sent on another share: (draw,)."""
        other = share.copy()
        other[group] = sent
        return np.asarray(there[group] + _added(self._weights(other) * reach[:, group]))

    def _solved(self, there: Array, reach: Array, places: Array) -> Array:
        """Find the shares sent on, group after group, until they no longer change; each draw by itself."""
        found = np.zeros(places.shape)
        left = np.flatnonzero((self._occupied(there, reach, found) > places).any(0))
        for _ in range(ROUNDS):
            if not len(left):
                break
            share = found[:, left]
            for g in self._order:
                full, empty = (self._without(there[:, left], reach[..., left], share, g, sent) for sent in (0.0, 1.0))
                excess, relief = full - places[g, left], full - empty
                use = (excess > 0) & (relief > 0)
                share[g] = np.minimum(np.divide(excess, relief, out=np.zeros(len(left)), where=use), 1.0)
            moved = np.abs(share - found[:, left]).max(0)
            found[:, left] = share
            left = left[moved > CLOSE]
        return found

    def _send(self, group: int, share: Array, year: int, runs: Sequence[Advance]) -> Array:
        """Send a share of a group's arrivals on, in every run, and count them: (draw,)."""
        total = np.zeros(len(share))
        to = self._to(group)
        for run in runs:
            arrivals = run.entries[:, year]
            coming = arrivals[..., self._rows[group]]
            total += _summed(coming, np.ones((1, *coming.shape[1:], 1)))[:, 0] * share
            for array in (
                arrivals,
                run.at_birthday.entries[:, year],
                *(x[:, year] for x in run.extra_entries.values()),
            ):
                for start, end in to:
                    moved = array[..., start] * share[:, None]
                    array[..., start] -= moved
                    array[..., end] += moved
        return total

    def _to(self, group: int) -> list[tuple[int, int]]:
        return _ways(self.grid, group, self._rows[group])


def _added(parts: Array) -> Array:
    """Add up along the first axis, one after the other: how many draws there are changes no digit."""
    total = np.zeros(parts.shape[1:])
    for part in parts:
        total += part
    return total


def _summed(people: Array, ahead: Array) -> Array:
    """Sum people times time over ages and states, each draw by itself in the same order: (draw, set)."""
    flat = ahead.reshape(len(ahead), -1, ahead.shape[-1])
    return np.asarray((people.reshape(len(people), 1, -1) @ flat)[:, 0])


def _ways(grid: Grid, group: int, rows: Sequence[int]) -> list[tuple[int, int]]:
    """Pair the rows of a group with those that they are sent on to, in the same phase of time in care."""
    to = {grid.placements[i].phase: i for i in grid.indices("placements", [grid.groups[group].next])}
    return [(row, to[grid.placements[row].phase]) for row in rows]


def _terms(grid: Grid, rows: Sequence[Sequence[int]]) -> list[Term]:
    """List where arrivals may end up: those in no group where they came, others along their group's order."""
    count, after = len(rows), onward(grid.groups)
    free = [i for i in range(len(grid.placements)) if not any(i in mine for mine in rows)]
    found = [Term(free, free, [False] * count, [False] * count)]
    for first, start in enumerate(rows):
        end, passed, at = list(start), [False] * count, first
        while True:
            found.append(Term(list(start), end, passed, [g == at for g in range(count)]))
            step = dict(_ways(grid, at, rows[at]))
            end, passed = [step[row] for row in end], [was or g == at for g, was in enumerate(passed)]
            onto = after[at]
            if onto is None:
                break
            at = onto
        found.append(Term(list(start), end, passed, [False] * count))
    return found
