"""Who goes elsewhere when places run out, where only sums over ages are wanted? What changes beside places for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.age_cohorts import project_sums
from carecost.engine.capacity_shares import Relief, added
from carecost.engine.difference import Difference
from carecost.engine.kernels import Kernels
from carecost.engine.overflow import Capacity, common_places
from carecost.engine.parameters import Parameters
from carecost.engine.sums import Sums


def project_together(streams: Sequence[Parameters], kernels: Kernels | None = None) -> list[Sums]:
    """Project streams that share places, and keep sums over ages.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, with the same places.
    kernels : Kernels, optional
        Kernels to share.

    Returns
    -------
    list of Sums
        One a stream. Where places may run out: a run with places for all, and in the draws whose places do run out
        the difference that it makes to send arrivals on. Where nobody is sent on, no digit differs from that run.

    Raises
    ------
    InputError
        If streams have different places: they share them.
    """
    shared = kernels or Kernels()
    return limited(streams, [project_sums(p, shared) for p in streams], shared)


def limited(streams: Sequence[Parameters], free: Sequence[Sums], kernels: Kernels) -> list[Sums]:
    """Limit runs that had places for all, where the grid has places: see :func:`project_together`.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, with the same places.
    free : sequence of Sums
        Their runs with places for all; they are left as they are.
    kernels : Kernels
        Kernels of these runs.
    """
    grid = streams[0].grid
    if not grid.groups:
        return list(free)
    places, relief = common_places(streams), Relief(grid)
    occupancy = np.asarray(sum(s.child_years.sum(2) @ relief.wanted for s in free))
    kept = Capacity(places, np.array(np.broadcast_to(occupancy, places.shape)), *np.zeros((3, *places.shape)))
    over = np.asarray(np.any(kept.occupancy > places, axis=2))
    # Those whose places run out early come first: each year goes on with the first of them.
    draws = np.flatnonzero(over.any(1))
    draws = draws[np.argsort(over[draws].argmax(1), kind="stable")]
    sums = [_own(s, len(places)) if len(draws) else s for s in free]
    if len(draws):
        runs = [_Redirected(p, kernels, draws, relief) for p in streams]
        _Years(runs, relief, kept, draws).follow()
        for run, one in zip(runs, sums, strict=True):
            run.add_to(one)
    return [replace(s, capacity=kept) for s in sums]


def sharing(streams: Sequence[Parameters]) -> list[list[int]]:
    """Say which streams (by index) go together: all that share places, each by itself where there is no limit."""
    each = list(range(len(streams)))
    return [each] if streams[0].grid.groups else [[i] for i in each]


def _own(sums: Sums, draws: int) -> Sums:
    """Copy sums, and give a certain stream as many draws as the others, which its places depend on."""

    def own(array: Array) -> Array:
        return np.array(np.broadcast_to(array, (draws, *array.shape[1:])), order="C")

    return replace(
        sums,
        stock=own(sums.stock),
        entries=own(sums.entries),
        aged_out=own(sums.aged_out),
        child_years=own(sums.child_years),
        parts=tuple(part._replace(child_years=own(part.child_years)) for part in sums.parts),
    )


class _Redirected:
    """Arrivals of one stream, and the difference that it makes to send some on."""

    def __init__(self, parameters: Parameters, kernels: Kernels, draws: NDArray[np.int_], relief: Relief) -> None:
        order = parameters.grid.windows.order
        self._relief, self._entered = relief, np.argsort(order)[relief.entered].tolist()
        self.difference = Difference(parameters, kernels, draws, relief.wanted[order], self._entered)
        self._even, self._born, self._births = _arrivals(parameters, draws, relief.entered)
        self._more = np.zeros_like(self._even)

    def reach(self) -> Array:
        """Give the time that the arrivals of each term would live in each group: (draw, year, term, group)."""
        years = range(self._even.shape[1])
        ahead = [self.difference.ahead(year) for year in years]
        like = np.array([next(i for i in years if ahead[i] is ahead[year]) for year in years])
        found = np.empty((*self._even.shape[:2], len(self._relief.terms), self._relief.wanted.shape[1]))
        for first in dict.fromkeys(like.tolist()):
            chosen = slice(None) if (like == first).all() else np.flatnonzero(like == first)
            even, born = (time[:, :, self._entered] for time in (ahead[first].even, ahead[first].born[:, self._births]))
            found[:, chosen] = self._relief.reach(self._even[:, chosen], even)
            if len(self._births):
                found[:, chosen] += self._relief.reach(self._born[:, chosen], born)
        return found

    def send(self, year: int, share: Array) -> Array:
        """Send shares of each group's arrivals on, follow all through the year, and count: (group, draw)."""
        n = share.shape[1]
        before = [array[:n, year] for array in (self._even, self._born)]
        after = [array.copy() for array in before]
        counted = self._relief.send(share, after, range(len(self._entered)))
        even, born = (a - b for a, b in zip(after, before, strict=True))
        self._more[:n, year] = even
        self._more[:n, year, self._births] += born
        self.difference.year(year, even, (self._births, born))
        return counted

    def add_to(self, sums: Sums) -> None:
        """Add the difference to the sums of the run."""
        self.difference.add_to(sums)
        for i, ages in enumerate(sums.pieces):
            more = self._more[:, :, ages].sum(2)
            sums.entries[self.difference.draws[:, None], :, i, self._relief.entered] += more.swapaxes(1, 2)


class _Years:
    """The years of some draws in which places run out."""

    def __init__(self, runs: Sequence[_Redirected], relief: Relief, kept: Capacity, draws: NDArray[np.int_]) -> None:
        self._runs, self._relief, self._kept, self._draws = runs, relief, kept, draws
        # Draws last: what follows is sums of few numbers for many draws, each draw by itself.
        self._reach = np.asarray(sum(run.reach() for run in runs)).transpose(1, 2, 3, 0).copy()
        self._places, self._free = (a[draws].transpose(1, 2, 0).copy() for a in (kept.places, kept.occupancy))

    def follow(self) -> None:
        """Go through the years: who is sent on, and what it changes later."""
        first = (self._free > self._places).any(1).argmax(0)
        for year in range(len(self._reach)):
            if n := int((first <= year).sum()):
                self._year(year, n)

    def _year(self, year: int, n: int) -> None:
        relief, kept, rows, reach = self._relief, self._kept, self._draws[:n], self._reach[year][..., :n]
        more = np.asarray(sum(run.difference.there(year, n) for run in self._runs)).T
        free, none = self._free[year][:, :n], np.zeros(more.shape)
        there = free + more - relief.occupied(none, reach, none)
        like = kept.share[rows, max(year - 1, 0)].T
        share = relief.solved(there, reach, self._places[year][:, :n], like)
        # As a difference, so that a year in which nobody was sent on has the digits of a run without limits.
        sent = (relief.weights(share) - relief.weights(none))[:, None] * reach
        occupancy = free + more + added(sent)
        kept.share[rows, year], kept.occupancy[rows, year] = share.T, occupancy.T
        kept.redirected[rows, year] = np.asarray(sum(run.send(year, share) for run in self._runs)).T
        met = relief.occupied(there, reach, share)
        for g, onto in enumerate(relief.onto):
            if onto is None:
                # Both the same way, so that it is zero where nobody was sent on.
                kept.unmet[rows, year, g] = relief.without(there, reach, share, g) - met[g]


def _arrivals(
    parameters: Parameters, draws: NDArray[np.int_], entered: Sequence[int]
) -> tuple[Array, Array, NDArray[np.int_]]:
    """Give those who enter evenly, (draw, year, age, state), those on birthdays at some ages, and these ages."""
    p, grid = parameters, parameters.grid
    shape = (len(draws), len(grid.years), len(grid.ages), len(entered))

    def some(array: object) -> Array:
        values = np.asarray(array)
        return values if len(values) == 1 else values[draws]

    starts = (some(p.population) * some(p.entry_rate))[..., None] * some(np.asarray(p.entry_share)[..., entered])
    even, at_birthday = np.array(np.broadcast_to(starts, shape), order="C"), some(p.entry_at_birthday)
    at_birthday = np.broadcast_to(at_birthday, (*at_birthday.shape[:2], shape[2]))
    births = np.flatnonzero(at_birthday.any((0, 1)))
    born = even[:, :, births] * at_birthday[:, :, births, None]
    even[:, :, births] -= born
    for further in p.extra_entries.values():
        even += some(np.asarray(further)[..., entered])
    return even, born, births
