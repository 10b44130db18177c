"""The engine year by year, ages kept: streams side by side, sharing places where there are capacity groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.capacity import Lived, lived
from carecost.engine.capacity_shares import Relief
from carecost.engine.kernels import Kernels, birthdays
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Capacity, Projection, common_places, rates_by_age
from carecost.maths import birthday_classes


class AtBirthday(NamedTuple):
    """Entries on a birthday.

    Attributes
    ----------
    ages : ndarray of shape (age with any,)
        Ages (by index) that have any.
    entries : ndarray of shape (draw, year, age with any, placement)
        Entries on the birthday that begins the age [children].
    """

    ages: NDArray[np.int_]
    entries: Array


class Advance:
    """A run that goes on year by year, so that several streams can go side by side.

    Parameters
    ----------
    parameters : Parameters
        What to run.
    kernels : Kernels, optional
        Kernels to share with other runs of the same draws.
    draws : int, optional
        Number of draws, where other streams have more than this one.
    """

    def __init__(self, parameters: Parameters, kernels: Kernels | None = None, draws: int | None = None) -> None:
        self.parameters = p = parameters
        grid = p.grid
        self._shape = (draws or p.n_draws, len(grid.years), len(grid.ages), len(grid.placements))
        extra = {k: np.broadcast_to(np.asarray(v), self._shape) for k, v in p.extra_entries.items()}
        # Where places may run out, arrivals are sent elsewhere in place.
        self.extra_entries = {k: np.array(v) for k, v in extra.items()} if grid.groups else extra
        self.entries, self.at_birthday = self._entries()
        self.bands = (kernels or Kernels()).years(p)
        self.birthdays = birthdays(grid)
        start = np.broadcast_to(np.asarray(p.initial_stock), (self._shape[0], *self._shape[2:]))
        self.classes = np.stack([birthday_classes.WEIGHT * start] * 2)
        self.stock = np.empty((self._shape[0], len(grid.dates), *self._shape[2:]))
        self.stock[:, 0] = start
        self.child_years, self._reached = np.empty(self._shape), np.empty(self._shape)

    def _entries(self) -> tuple[Array, AtBirthday]:
        """Give all entries, and those on a birthday at the few ages that have any."""
        p = self.parameters
        by_rate = p.entries()
        share = np.asarray(p.entry_at_birthday)
        ages = np.flatnonzero(np.broadcast_to(share, (*share.shape[:2], self._shape[2])).any((0, 1)))
        born = (
            np.broadcast_to(by_rate, self._shape)[:, :, ages]
            * np.broadcast_to(share, (*share.shape[:2], self._shape[2]))[:, :, ages, None]
        )
        entries = np.array(np.broadcast_to(by_rate, self._shape))
        for further in p.extra_entries.values():
            entries += np.asarray(further)
        return entries, AtBirthday(ages, born)

    def year(self, year: int) -> None:
        """Advance through one year (by index)."""
        born = (self.at_birthday.ages, self.at_birthday.entries[:, year])
        done = birthday_classes.year(self.classes, self.entries[:, year], born, self.bands[year], self.birthdays)
        self.classes = done.stock
        self.stock[:, year + 1] = done.stock[0] + done.stock[1]
        self.child_years[:, year] = done.time
        self._reached[:, year] = done.reached

    def projection(self, capacity: Capacity | None = None) -> Projection:
        """Give the years advanced so far as a projection."""
        p = self.parameters
        return Projection(
            grid=p.grid,
            stock=self.stock,
            entries=self.entries,
            reached=self._reached,
            child_years=self.child_years,
            extra_entries=self.extra_entries,
            _parts=(rates_by_age(p, self.child_years),),
            capacity=capacity,
        )


def advanced(streams: Sequence[Parameters], kernels: Kernels | None = None) -> tuple[list[Advance], Capacity | None]:
    """Advance several streams through all years: the runs, and how full the groups were."""
    shared, grid = kernels or Kernels(), streams[0].grid
    overflow = Overflow(streams) if grid.groups else None
    draws = max(p.n_draws for p in streams) if grid.groups else None
    runs = [Advance(p, shared, draws) for p in streams]
    for year in range(len(grid.years)):
        if overflow is not None:
            overflow.year(year, runs)
        for run in runs:
            run.year(year)
    return runs, None if overflow is None else overflow.capacity


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
