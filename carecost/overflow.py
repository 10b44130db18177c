"""Who goes elsewhere when places run out? The share of a year's arrivals that each full group sends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from carecost.errors import InputError, Problem
from carecost.lived import Lived, lived
from carecost.parameters import Parameters
from carecost.relief import Relief

if TYPE_CHECKING:
    from carecost.projection import Advance

Array = NDArray[np.float64]


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
        places = np.asarray(streams[0].capacity)
        if any(not np.array_equal(places, np.asarray(p.capacity)) for p in streams[1:]):
            raise InputError(Problem("streams have different places", "capacity", "Give all the same: they share them"))
        n, years, groups = max(p.n_draws for p in streams), len(grid.years), len(grid.groups)
        self.capacity = Capacity(
            np.broadcast_to(places, (n, years, groups)), *(np.zeros((n, years, groups)) for _ in range(4))
        )
        self._relief = Relief(grid)
        self._known: dict[tuple[int, int], tuple[object, Lived, list[Array], list[Array]]] = {}

    def year(self, year: int, runs: Sequence[Advance]) -> None:
        """Redirect the arrivals of a year (by index), before the runs go through it."""
        there, reach = self._reach(year, runs)
        kept, relief = self.capacity, self._relief
        share = relief.solved(there, reach, kept.places[:, year].T)
        occupancy = relief.occupied(there, reach, share)
        kept.share[:, year], kept.occupancy[:, year] = share.T, occupancy.T
        for g in relief.order:
            if share[g].any():
                kept.redirected[:, year, g] = self._send(g, share[g], year, runs)
                if relief.onto[g] is None:
                    kept.unmet[:, year, g] = relief.without(there, reach, share, g, 0.0) - occupancy[g]

    def _reach(self, year: int, runs: Sequence[Advance]) -> tuple[Array, Array]:
        """Give the time lived in each group by those there, (group, draw), and by arrivals, (term, group, draw)."""
        n, groups, terms = len(self.capacity.places), len(self.grid.groups), self._relief.terms
        there, reach = np.zeros((n, groups)), np.zeros((len(terms), n, groups))
        for run in runs:
            time, even_time, born_time = self._lived(run, year)
            for people, ahead in zip(run.classes, time.stock, strict=True):
                there += _summed(people, ahead)
            born = run.at_birthday.entries[:, year]
            even = run.entries[:, year].copy()
            even[:, run.at_birthday.ages] -= born
            for t, term in enumerate(terms):
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
            time, terms = lived(bands, run.birthdays, self._relief.wanted), self._relief.terms
            even = [time.even[:, :, term.end] for term in terms]
            born = [time.born[:, ages][:, :, term.end] for term in terms]
            self._known[key] = (bands, time, even, born)
        return self._known[key][1:]

    def _send(self, group: int, share: Array, year: int, runs: Sequence[Advance]) -> Array:
        """Send a share of a group's arrivals on, in every run, and count them: (draw,)."""
        total = np.zeros(len(share))
        for run in runs:
            arrivals = run.entries[:, year]
            coming = arrivals[..., self._relief.rows[group]]
            total += _summed(coming, np.ones((1, *coming.shape[1:], 1)))[:, 0] * share
            for array in (
                arrivals,
                run.at_birthday.entries[:, year],
                *(x[:, year] for x in run.extra_entries.values()),
            ):
                for start, end in self._relief.ways[group]:
                    moved = array[..., start] * share[:, None]
                    array[..., start] -= moved
                    array[..., end] += moved
        return total


def _summed(people: Array, ahead: Array) -> Array:
    """Sum people times time over ages and states, each draw by itself in the same order: (draw, set)."""
    flat = ahead.reshape(len(ahead), -1, ahead.shape[-1])
    return np.asarray((people.reshape(len(people), 1, -1) @ flat)[:, 0])
