"""Who goes elsewhere when places run out? The share of a year's arrivals that each full group sends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from carecost._typing import Array
from carecost.engine.capacity_shares import Relief
from carecost.engine.lived import Lived, lived
from carecost.engine.parameters import Parameters
from carecost.errors import InputError, Problem

if TYPE_CHECKING:
    from carecost.engine.projection import Advance


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


def common_places(streams: Sequence[Parameters]) -> Array:
    """Give the places that streams share: (draw, year, group).

    Raises
    ------
    InputError
        If they have different places.
    """
    grid, places = streams[0].grid, np.asarray(streams[0].capacity)
    if any(not np.array_equal(places, np.asarray(p.capacity)) for p in streams[1:]):
        raise InputError(Problem("streams have different places", "capacity", "Give all the same: they share them"))
    return np.broadcast_to(places, (max(p.n_draws for p in streams), len(grid.years), len(grid.groups)))


class Overflow:
    """Redirects the arrivals of runs that go on side by side, a year at a time.

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
        places = common_places(streams)
        self.capacity = Capacity(places, *(np.zeros(places.shape) for _ in range(4)))
        self._relief = relief = Relief(grid)
        self._free = np.flatnonzero(~relief.wanted.any(1)).tolist()
        self._known: dict[tuple[int, int], tuple[object, Lived]] = {}

    def year(self, year: int, runs: Sequence[Advance]) -> None:
        """Redirect the arrivals of a year (by index), before the runs go through it."""
        there, reach = self._reach(year, runs)
        kept, relief = self.capacity, self._relief
        share = relief.solved(there, reach, kept.places[:, year].T)
        occupancy = relief.occupied(there, reach, share)
        kept.share[:, year], kept.occupancy[:, year] = share.T, occupancy.T
        for run in runs:
            kept.redirected[:, year] += relief.send(share, [run.entries[:, year]], relief.entered).T
            parts = [run.at_birthday.entries, *run.extra_entries.values()]
            relief.send(share, [part[:, year] for part in parts], relief.entered)
        for g, onto in enumerate(relief.onto):
            if onto is None and share[g].any():
                kept.unmet[:, year, g] = relief.without(there, reach, share, g) - occupancy[g]

    def _reach(self, year: int, runs: Sequence[Advance]) -> tuple[Array, Array]:
        """Give the time lived in each group by those there, (group, draw), and by arrivals, (term, group, draw).

        Those who come to a placement in no group are as good as there: nobody sends them on.
        """
        relief, entered = self._relief, self._relief.entered
        n, groups = len(self.capacity.places), len(self.grid.groups)
        there, reach = np.zeros((n, groups)), np.zeros((n, len(relief.terms), groups))
        for run in runs:
            time, ages = self._lived(run, year), run.at_birthday.ages
            for people, ahead in zip(run.classes, time.stock, strict=True):
                there += _summed(people, ahead)
            born, even = run.at_birthday.entries[:, year], run.entries[:, year].copy()
            even[:, ages] -= born
            for coming, ahead in ((even, time.even), (born, time.born[:, ages])):
                there += _summed(coming[..., self._free], ahead[:, :, self._free])
                reach += relief.reach(coming[:, None][..., entered], ahead[:, :, entered])[:, 0]
        # Draws last: what follows is sums of few numbers for many draws, each draw by itself.
        return np.ascontiguousarray(there.T), np.ascontiguousarray(reach.transpose(1, 2, 0))

    def _lived(self, run: Advance, year: int) -> Lived:
        """Look ahead over a year; years that share rates share it."""
        bands = run.bands[year]
        key = id(run), id(bands)
        if key not in self._known:
            self._known[key] = (bands, lived(bands, run.birthdays, self._relief.wanted))
        return self._known[key][1]


def _summed(people: Array, ahead: Array) -> Array:
    """Sum people times time over ages and states, each draw by itself in the same order: (draw, set)."""
    flat = ahead.reshape(len(ahead), -1, ahead.shape[-1])
    return np.asarray((people.reshape(len(people), 1, -1) @ flat)[:, 0])
