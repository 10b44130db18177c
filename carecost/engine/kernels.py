"""Generators of each year and age and the kernels of a year, each distinct set of rates once; what birthdays do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, first_of_each, runs, stepped
from carecost.errors import Problem, refuse
from carecost.maths import expm
from carecost.maths.birthday_flow import YearKernel, layer_across, side_by_side, year_kernel

#: Outflow above which it may not change by more than a factor FACTOR from one year to the next [per year]: beyond that
#: cells of 20 children were up to 6% off; below, within 1% whatever rates did.
SUDDEN, FACTOR = 365.0, 2.0


class Band(NamedTuple):
    """Neighbouring ages that share rates in every year.

    Attributes
    ----------
    ages : slice
        Where they are on the age axis.
    sets : ndarray of int of shape (year,)
        Number of the set of rates of each year, see :class:`Kernels`.
    closes : ndarray of bool of shape (year,)
        Years in which the next age has other rates.
    """

    ages: slice
    sets: NDArray[np.int_]
    closes: NDArray[np.bool_]


class Cells(NamedTuple):
    """Rates of neighbouring ages, in each of some years.

    Attributes
    ----------
    ages : slice
        Where they are on the age axis.
    states : ndarray of int of shape (state,)
        States (by index) that may be open.
    rates : ndarray of shape (year, draw, state, state)
        Generators between them [per child-year].
    """

    ages: slice
    states: NDArray[np.int_]
    rates: Array


class Kernels:
    """Distinct sets of rates, numbered, and the kernels computed so far: one a set, whatever the age, year or scenario.

    Attributes
    ----------
    computed : int
        How many kernels were computed.
    """

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._rates: list[Array] = []
        self._outflows: list[Array] = []
        self._known: dict[int, YearKernel] = {}
        self._layers: dict[tuple[int, int, bytes], Array] = {}
        self._beside: dict[tuple[tuple[int, ...], int, int], YearKernel] = {}
        # By the arrays themselves, kept alive so that none is taken for another: scenarios often share them.
        self._seen: list[tuple[object, object, NDArray[np.int_]]] = []
        self.computed = 0

    def sets(self, parameters: Parameters) -> NDArray[np.int_]:
        """Number the set of rates of each year and age: (year, age).

        Raises
        ------
        InputError
            If an outflow above 365 a year changes by more than a factor of two from one year to the next.
        """
        grid, exits, moves = parameters.grid, parameters.exit_rate, parameters.move_rate
        for seen_exits, seen_moves, found in self._seen:
            if seen_exits is exits and seen_moves is moves:
                return found
        both, years = (stepped(exits), stepped(moves)), len(grid.years)
        pairs, pair_of_year = _pairs(both, years)
        out = np.empty((years, len(grid.ages)), dtype=int)
        for ages, states, rates in _cells(grid, both, pairs):
            numbers = np.array([self._number(states, q) for q in rates])
            out[:, ages] = numbers[pair_of_year, None]
        refuse(self._sudden(grid, out))
        self._seen.append((exits, moves, out))
        return out

    def _number(self, states: NDArray[np.int_], rates: Array) -> int:
        # Of the bytes a digest: they are as many as the rates themselves.
        key = blake2b(rates.tobytes() + states.tobytes(), digest_size=32).digest()
        if key not in self._numbers:
            self._numbers[key] = len(self._rates)
            self._rates.append(rates)
            self._outflows.append(-np.einsum("dii->di", rates))
        return self._numbers[key]

    def _sudden(self, grid: Grid, sets: NDArray[np.int_]) -> list[Problem]:
        """Find changes of very large outflows from year to year, beyond what the engine follows within 1%."""
        found = dict[tuple[int, int], Problem]()
        if not any((self._outflows[number] > SUDDEN).any() for number in np.unique(sets).tolist()):
            return []
        for year, age in np.argwhere(sets[1:] != sets[:-1]).tolist():
            pair = int(sets[year, age]), int(sets[year + 1, age])
            before, after = np.broadcast_arrays(*(self._outflows[number] for number in pair))
            beyond = np.maximum(before, after) > np.maximum(SUDDEN, FACTOR * np.minimum(before, after))
            if pair in found or not beyond.any():
                continue
            draw, state = np.argwhere(beyond)[0].tolist()
            place = grid.placements[grid.windows.states(age)[state]].name
            rates = f"from {before[draw, state]:.3g} to {after[draw, state]:.3g} a year"
            what = f"the rate of leaving or moving from {place!r} goes {rates} in one year"
            where = f"exit_rate and move_rate, age {grid.ages[age]}, year {grid.years[year + 1]}"
            remedy = f"Above {SUDDEN:g} a year, a stay of a day, it may change {FACTOR:g} times: take more years for it"
            found[pair] = Problem(what, where, remedy)
        return list(found.values())

    def bands(self, parameters: Parameters, cuts: Sequence[int]) -> list[Band]:
        """Cut the age axis where rates change in any year, and at some ages (by index)."""
        sets = self.sets(parameters)
        begins = _changes(parameters)
        begins[:, [0, *cuts]] = True
        begins[:, 1:] |= sets[:, 1:] != sets[:, :-1]
        first = [*np.flatnonzero(begins.any(0)), begins.shape[1]]
        closes = np.concatenate([begins, np.ones((len(begins), 1), dtype=bool)], axis=1)
        return [Band(slice(a, b), sets[:, a], closes[:, b]) for a, b in pairwise(first)]

    def make(self, numbers: Iterable[int]) -> None:
        """Compute kernels that will be asked for: those of few draws together, with the digits of one by one."""
        wanted: dict[int, list[int]] = {}
        for number in dict.fromkeys(numbers):
            rates = self._rates[number]
            if number not in self._known and len(rates) < expm.at_once(states := rates.shape[-1]):
                wanted.setdefault(states, []).append(number)
        for some in wanted.values():
            made, last = year_kernel(np.concatenate([self._rates[number] for number in some])), 0
            for number in some:
                first, last = last, last + len(self._rates[number])
                self._known[number] = YearKernel(*(array[first:last] for array in made))
            self.computed += len(some)

    def of(self, number: int) -> YearKernel:
        """Give the kernel of a set of rates; computed at most once."""
        if number not in self._known:
            self._known[number] = year_kernel(self._rates[number])
            self.computed += 1
        return self._known[number]

    def beside(self, numbers: Sequence[int], draws: slice) -> YearKernel:
        """Give the kernels of some years, as draws of one: all years of the first of some draws, then of the next.

        Put together once, for all scenarios and ages; that of a single year is no copy.
        """
        some = tuple(numbers)
        if len(some) == 1:
            return self.of(some[0]).part(draws)
        key = some, draws.start, draws.stop
        if key not in self._beside:
            kernels = [self.of(number).part(draws) for number in some]
            self._beside[key] = side_by_side(kernels, draws.stop - draws.start)
        return self._beside[key]

    def layer(self, before: int, after: int, passes: Array) -> Array:
        """Give the time that a layer lives after a birthday between two sets of rates: (draw, state, state).

        ``passes`` says where the birthday leads: (state before, state after).
        """
        key = before, after, passes.tobytes()
        if key not in self._layers:
            self._layers[key] = layer_across(self.of(before), self.of(after), passes)
        return self._layers[key]


def rates(parameters: Parameters) -> Array:
    """Give the generator of every year and age: (draw, year, age, placement, placement), as they are used.

    There is one year where all share rates; rows and columns that are closed at an age are zero.
    """
    grid, both = parameters.grid, (stepped(parameters.exit_rate), stepped(parameters.move_rate))
    years, n = max(len(a.years) for a in both), len(grid.placements)
    out = np.zeros((max(map(len, both)), years, len(grid.ages), n, n))
    pairs, pair_of_year = _pairs(both, years)
    for ages, states, q in _cells(grid, both, pairs):
        for year, pair in enumerate(pair_of_year.tolist()):
            for age in range(ages.start, ages.stop):
                out[:, year, age, states[:, None], states] = q[pair]
    return out


def _pairs(both: tuple[Stepped, Stepped], years: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Find the pairs of steps of exits and of moves that some year has, (pair, 2), and the pair of each year."""
    steps = np.stack([np.broadcast_to(a.years, years) for a in both], axis=1)
    pairs, of_year = np.unique(steps, axis=0, return_inverse=True)
    return pairs, of_year.reshape(-1)


def _cells(grid: Grid, both: tuple[Stepped, Stepped], pairs: NDArray[np.int_]) -> Iterator[Cells]:
    """Make the generators of each pair of steps of exits and moves: for each run of ages that share all."""
    ages = len(grid.ages)
    steps = [np.broadcast_to(a.ages, ages) for a in both]
    opened = np.cumsum([False, *(grid.opened[1:] != grid.opened[:-1]).any(1)])
    bounds = [*first_of_each(runs(*steps, opened)).tolist(), ages]
    for first, last in pairwise(bounds):
        states = grid.windows.states(first)
        # (pair, draw, ...)
        exits, moves = (
            np.moveaxis(a.values[:, pairs[:, which], s[first]], 1, 0)
            for which, (a, s) in enumerate(zip(both, steps, strict=True))
        )
        yield Cells(slice(first, last), states, _generators(grid, exits, moves, grid.opened[first], states))


def _generators(grid: Grid, exits: Array, moves: Array, opened: NDArray[np.bool_], states: NDArray[np.int_]) -> Array:
    """Build the generators between some states at an age: rows and columns of closed states are zero."""
    at = states.tolist()
    # In one memory layout: picked cells keep an odd one, in which sums round otherwise.
    exits, into = (np.ascontiguousarray(a) for a in (exits[..., states, :], moves[..., states[:, None], states]))
    if not (is_open := opened[states]).all():
        exits, into = exits * is_open[:, None], into * np.outer(is_open, is_open)
    out = np.ones(len(grid.reasons))
    if exits.shape[1] != into.shape[1]:
        draws = max(exits.shape[1], into.shape[1])
        into = np.array(np.broadcast_to(into, (len(into), draws, *into.shape[2:])), order="C")
    for r, reason in enumerate(grid.reasons):
        if reason.to is not None:
            out[r], to = 0.0, grid.index("placements", reason.to)
            if opened[to]:
                into[..., at.index(to)] += exits[..., r]
    return expm.generator(exits @ out, into)


def _changes(parameters: Parameters) -> NDArray[np.bool_]:
    """Say where exits or moves differ from the age before, though their sums may not: (year, age)."""
    grid = parameters.grid
    found = np.zeros((len(grid.years), len(grid.ages)), dtype=bool)
    for rates in map(stepped, (parameters.exit_rate, parameters.move_rate)):
        values, steps = rates.values, np.broadcast_to(rates.ages, len(grid.ages))
        differs = (values[:, :, 1:] != values[:, :, :-1]).any((0, 3, 4))
        for age in np.flatnonzero(np.diff(steps)) + 1:
            found[:, age] |= differs[np.broadcast_to(rates.years, len(grid.years)), steps[age] - 1]
    return found


class Birthdays(NamedTuple):
    """What a birthday does.

    Attributes
    ----------
    stays : ndarray of shape (age, state)
        1 where people stay in their state on the birthday that ends this age, else 0.
    goes : tuple of (int, int, int)
        Age, state and next state (by index) of those who go on to another.
    """

    stays: Array
    goes: tuple[tuple[int, int, int], ...] = ()


class BirthdayMap(NamedTuple):
    """What the birthday that ends an age does, with states in the order of the grid's windows.

    Attributes
    ----------
    here : slice
        Where the states of the age are in that order.
    leaving : ndarray of bool of shape (state of the age,)
        Who leaves care or the placement by it.
    stays : ndarray of shape (state of the age,)
        1 where people turn the next age in their state, else 0.
    goes : tuple of (int, int)
        State (within the age) and next state (in the order of all) of those who go on to another.
    passes : ndarray of shape (state of the age, state of the next)
        1 where it leads from one state to another, else 0; none after the last age.
    """

    here: slice
    leaving: NDArray[np.bool_]
    stays: Array
    goes: tuple[tuple[int, int], ...]
    passes: Array

    def turned(self, people: Array, states: int) -> Array:
        """Let people pass the birthday: (..., state of the age) to (..., state), all states in order."""
        out = np.zeros((*people.shape[:-1], states))
        np.multiply(people, self.stays, out=out[..., self.here])
        for state, to in self.goes:
            out[..., to] += people[..., state]
        return out


def birthday_map(grid: Grid, age: int) -> BirthdayMap:
    """Give what the birthday that ends an age (by index) does."""
    windows, rules, states = grid.windows, birthdays(grid), grid.windows.states(age)
    order, here = windows.order.tolist(), windows.at[age]
    stays = rules.stays[age, states]
    goes = tuple((order.index(s) - here.start, order.index(to)) for at, s, to in rules.goes if at == age)
    passes = np.zeros((len(states), len(order)))
    passes[range(len(states)), range(here.start, here.stop)] = stays
    for state, to in goes:
        passes[state, to] = 1.0
    there = windows.at[age + 1] if age + 1 < len(grid.ages) else slice(0, 0)
    return BirthdayMap(here, leaving_at(grid)[age, states], stays, goes, passes[:, there])


def birthdays(grid: Grid) -> Birthdays:
    """Say what the birthday that ends an age does: who stays in a placement, and who goes on to ``then``."""
    stays = np.array([[float(age + 1 < p.leave_age) for p in grid.placements] for age in grid.ages])
    goes = tuple(
        (a, i, grid.index("placements", p.then))
        for a, age in enumerate(grid.ages)
        for i, p in enumerate(grid.placements)
        if p.then is not None and age + 1 == p.leave_age
    )
    return Birthdays(stays, goes)


def leaving_at(grid: Grid) -> NDArray[np.bool_]:
    """Say who leaves on the birthday that ends an age: (age, placement)."""
    leave = np.array([p.leave_age for p in grid.placements])
    return np.asarray(np.array(grid.ages)[:, None] + 1 == leave)
