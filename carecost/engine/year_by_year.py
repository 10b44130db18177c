"""The engine year by year, ages kept: streams side by side, sharing places where there are capacity groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.capacity_shares import Relief
from carecost.engine.kernels import Birthdays, Kernels, _cells, birthdays, leaving_at
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import stepped
from carecost.engine.projection import Capacity, Projection, Rates, common_places
from carecost.maths import birthday_classes
from carecost.maths.birthday_classes import WEIGHT, Band


def rates_by_age(parameters: Parameters, child_years: Array) -> Rates:
    """Give what exits and moves are made of, where every age is kept."""
    ages = range(len(parameters.grid.ages))
    return Rates(child_years, stepped(parameters.exit_rate), stepped(parameters.move_rate), ages, ages)


def bands_of(parameters: Parameters) -> list[list[Band]]:
    """Find the bands of ages of each year; years that share rates share them."""
    grid, both = parameters.grid, (stepped(parameters.exit_rate), stepped(parameters.move_rate))
    pairs = list(zip(*(np.broadcast_to(a.years, len(grid.years)).tolist() for a in both), strict=True))
    found = {
        pair: [Band(c.ages, birthday_classes.spans(c.rates, c.states)) for c in _cells(grid, both, pair)]
        for pair in dict.fromkeys(pairs)
    }
    return [found[pair] for pair in pairs]


def projection_of(
    parameters: Parameters,
    arrays: tuple[Array, Array, Array, Array],
    extra: dict[str, Array],
    capacity: Capacity | None,
) -> Projection:
    """Make a projection of stock, entries, those who reach a birthday and child-years."""
    p, (stock, entries, reached, child_years) = parameters, arrays
    return Projection(
        p.grid,
        [slice(age, age + 1) for age in range(len(p.grid.ages))],
        stock,
        entries,
        reached * leaving_at(p.grid),
        child_years,
        (rates_by_age(p, child_years),),
        capacity,
        reached,
        extra,
    )


class Lived(NamedTuple):
    """Time lived within the year in each of some sets of states, by where and when a person is.

    Attributes
    ----------
    stock : ndarray of shape (class, draw, age, state, set)
        For one who is there at the start of the year, by birthday class [years].
    even : ndarray of shape (draw, age, state, set)
        For one who enters at some time of the year, each time as likely [years].
    born : ndarray of shape (draw, age, state, set)
        For one who enters on the birthday that begins the age [years].
    """

    stock: Array
    even: Array
    born: Array


def lived(bands: Sequence[Band], birthdays: Birthdays, wanted: Array) -> Lived:
    """Look ahead over a year: backwards, with the integrals of :func:`carecost.maths.birthday_classes.year`.

    Parameters
    ----------
    bands : sequence of Band
        Rates of each age.
    birthdays : Birthdays
        Who stays and who goes on when an age ends.
    wanted : ndarray of shape (state, set)
        1 where a state counts in a set, else 0.

    Returns
    -------
    Lived
        Time lived in each set. Person-years of a year are the sum of stock and entrants, each times its time.

    Examples
    --------
    >>> import numpy as np
    >>> from carecost.maths import birthday_classes as stockflow
    >>> still = stockflow.Band(slice(0, 2), stockflow.spans(np.zeros((1, 1, 1))))
    >>> goes_on = Birthdays(np.array([[1.0], [0.0]]))
    >>> lived([still], goes_on, np.ones((1, 1))).stock[:, 0, :, 0, 0].round(3)
    array([[1.   , 0.211],
           [1.   , 0.789]])
    """
    classes = [_of_class(bands, birthdays, wanted, c) for c in (0, 1)]
    stock, even, born = zip(*classes, strict=True)
    return Lived(np.stack(stock), WEIGHT * (even[0] + even[1]), WEIGHT * (born[0] + born[1]))


def _of_class(bands: Sequence[Band], birthdays: Birthdays, wanted: Array, c: int) -> tuple[Array, Array, Array]:
    """Look ahead for one birthday class: from the birthday to the year's end, then from the start to the birthday."""
    shape = (max(len(pair[0].stack) for _, pair in bands), *birthdays.stays.shape, wanted.shape[1])
    turned, stock, even, later = (np.zeros(shape) for _ in range(4))
    for ages, pair in bands:
        _, stay, linger, states = pair[1 - c].parts()
        here = side_by_side(states)
        turned[:, ages, here] = (stay @ wanted[here])[:, None]
        even[:, ages, here] = (linger @ wanted[here])[:, None]
    later[:, :-1] = turned[:, 1:] * birthdays.stays[:-1, :, None]
    for age, state, to in birthdays.goes:
        if age + 1 < shape[1]:
            later[:, age, state] += turned[:, age + 1, to]
    for ages, pair in bands:
        move, stay, linger, states = pair[c].parts()
        here = side_by_side(states)
        ahead = later[:, ages, here]
        stock[:, ages, here] = (stay @ wanted[here])[:, None] + _each(move, ahead)
        even[:, ages, here] += (linger @ wanted[here])[:, None] + _each(stay, ahead)
    return stock, even, turned


def _each(matrix: Array, values: Array) -> Array:
    """Multiply the matrix of each draw with the values of all ages at once: (draw, age, state, set)."""
    n, ages, states, sets = values.shape
    found = matrix @ values.transpose(0, 2, 1, 3).reshape(n, states, ages * sets)
    return np.asarray(found.reshape(len(found), states, ages, sets).transpose(0, 2, 1, 3))


def side_by_side(states: NDArray[np.int_]) -> NDArray[np.int_] | slice:
    """Give states (by index) as a slice where they stand side by side, which is cheaper."""
    first, last = int(states[0]), int(states[-1]) + 1
    return slice(first, last) if np.array_equal(states, np.arange(first, last)) else states


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
        self.bands = bands_of(p)
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
        done = birthday_classes.year(
        rules = birthday_classes.Birthdays(*self.birthdays)
        done = birthday_classes.year(self.classes, self.entries[:, year], born, self.bands[year], rules)
        )
        self.classes = done.stock
        self.stock[:, year + 1] = done.stock[0] + done.stock[1]
        self.child_years[:, year] = done.time
        self._reached[:, year] = done.reached

    def projection(self, capacity: Capacity | None = None) -> Projection:
        """Give the years advanced so far as a projection."""
        arrays = self.stock, self.entries, self._reached, self.child_years
        return projection_of(self.parameters, arrays, self.extra_entries, capacity)


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
