"""Whole lives in continuous time: competing events at exact times, birthdays, and rates that change with the year.

Hazards are constant between birthdays that end a band of ages and the 31 March on which rates change. Within such a
time the wait for the next event is exponential and its kind is drawn in proportion to the hazards, so that lives are
exact in law: there is no step. All children of all draws are followed side by side, a piece of life a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import first_of_each, runs, stepped
from carecost.maths.counter_random import GOLDEN, Bits, mixed, two_uniforms

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Ints = NDArray[np.int64]

#: No state, cell or transition.
NONE = -1


#: Times within a year are counted in whole parts of this size [years]: a thirtieth of a second. Sums of them are exact
#: in any order, so that no digit depends on blocks, threads or who else is followed.
GRAIN = 2.0**-30


class Transitions(NamedTuple):
    """All that may happen to a child, each kind once: entries, then events, then birthdays.

    A cell is a piece of the age axis and a placement: piece x number of placements + placement.

    Attributes
    ----------
    origin, target : ndarray of int of shape (transition,)
        Cell that the child leaves, and that it comes to; NONE for neither.
    column : ndarray of int of shape (transition,)
        Of an event, its reason, or number of reasons + destination; NONE for entries and birthdays.
    leaves : ndarray of bool of shape (transition,)
        Birthdays on which the child leaves a placement.
    """

    origin: Ints
    target: Ints
    column: Ints
    leaves: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """How many kinds there are."""
        return len(self.origin)

    @property
    def cells(self) -> int:
        """Number of cells: there is an entry for each, and these come first."""
        return self.n - int(np.count_nonzero((self.column >= 0) | (self.origin >= 0)))

    @property
    def events(self) -> slice:
        """Where the events are."""
        return slice(self.cells, self.cells + int(np.count_nonzero(self.column >= 0)))

    def only(self, chosen: slice) -> Transitions:
        """Take some of them."""
        return Transitions(self.origin[chosen], self.target[chosen], self.column[chosen], self.leaves[chosen])


def summing(group: Ints, n: int) -> csr_array:
    """Make the matrix that sums rows into n groups, those of no group left out: (group, row)."""
    at = np.flatnonzero(group >= 0)
    return scipy.sparse.csr_array((np.ones(len(at)), (group[at], at)), shape=(n, len(group)))


@dataclass(frozen=True, eq=False)
class Rules:
    """What may happen where, and how fast: tables by state, which is an open placement in a band of ages.

    Ages within a band share rates, open placements and the piece of the age axis that they are counted in; years
    within a step share rates.

    Attributes
    ----------
    years : int
        Number of years.
    year_step : ndarray of int of shape (year,)
        Step of each year.
    step_ends : ndarray of shape (step,)
        When each step ends [years after the base date].
    state_of : ndarray of int of shape (age, placement)
        State of an age and placement; NONE where it is closed.
    band_ends : ndarray of shape (state,)
        Age that ends the band [years after the first age begins].
    hazard : ndarray of shape (draw, step, state)
        Hazard of all events together [per child-year].
    sums : ndarray of shape (draw, step, state, column)
        Running sums of the hazards of the events that may happen; the last columns are padded with infinity, so that
        the number of columns is a power of two.
    next_state, event : ndarray of int of shape (state, column)
        Where each event leads, and its transition.
    turned, birthday : ndarray of int of shape (state,)
        Where the birthday that ends the band leads, and its transition; NONE where it changes no cell.
    transitions : Transitions
        All of them.
    gains : sparse array of shape (cell, transition)
        What each cell gains by each: 1, 0 or -1.
    """

    years: int
    year_step: Ints
    step_ends: Array
    state_of: Ints
    band_ends: Array
    hazard: Array
    sums: Array
    next_state: Ints
    event: Ints
    turned: Ints
    birthday: Ints
    transitions: Transitions
    gains: csr_array


class Children(NamedTuple):
    """Children on the day they come into view: on the base date, or on entry.

    Attributes
    ----------
    key : ndarray of uint64
        State of each child's own sequence of random numbers.
    draw, row : ndarray of int
        Draw (by index), for its rates; and row of the counts that the child is counted in.
    state, entry : ndarray of int
        State, see :class:`Rules`; and the transition by which it comes, NONE on the base date.
    time, born : ndarray
        When it comes, and when its first age began [years after the base date].
    """

    key: Bits
    draw: Ints
    row: Ints
    state: Ints
    entry: Ints
    time: Array
    born: Array


def rules(parameters: Parameters, pieces: Sequence[slice]) -> Rules:
    """Make the tables of one stream.

    Parameters
    ----------
    parameters : Parameters
        Rates.
    pieces : sequence of slice
        Ages (by index) that are counted together.
    """
    grid = parameters.grid
    years, ages = len(grid.years), len(grid.ages)
    exits, moves = stepped(parameters.exit_rate), stepped(parameters.move_rate)
    year_step = runs(*(np.broadcast_to(a.years, years) for a in (exits, moves)))
    opened = np.cumsum([False, *(grid.opened[1:] != grid.opened[:-1]).any(1)])
    piece_of = np.concatenate([np.full(piece.stop - piece.start, i) for i, piece in enumerate(pieces)])
    age_steps = [np.broadcast_to(a.ages, ages) for a in (exits, moves)]
    band_of = runs(*age_steps, opened, piece_of)
    first = first_of_each(band_of)

    # States: the open placements of each band, band by band.
    band, place = np.nonzero(grid.opened[first])
    by_band = np.full((len(first), len(grid.placements)), NONE)
    by_band[band, place] = np.arange(len(band))
    hazards = _hazards(parameters, year_step, first[band], place)
    leads = np.array([NONE if r.to is None else grid.index("placements", r.to) for r in grid.reasons], dtype=int)
    column = np.flatnonzero((hazards > 0).any((0, 1, 2)))
    to = np.concatenate([leads, np.arange(len(grid.placements))])[column]
    next_state = np.where(to >= 0, by_band[band[:, None], to], NONE)
    turned, leaves = _turned(grid, band, place, np.append(first[1:], ages), by_band)

    cell = piece_of[first[band]] * len(grid.placements) + place
    possible = np.asarray((hazards[..., column] > 0).any((0, 1)))
    cells = len(pieces) * len(grid.placements)
    found = _transitions(cells, cell, next_state, column, possible, turned, leaves)
    sums = np.cumsum(hazards[..., column], axis=-1)
    wide = 1 << max(len(column) - 1, 0).bit_length()
    padded = np.full((*sums.shape[:-1], wide), np.inf)
    padded[..., : len(column)] = sums
    return Rules(
        years=years,
        year_step=year_step,
        step_ends=np.append(first_of_each(year_step)[1:], years).astype(float),
        state_of=by_band[band_of],
        band_ends=np.append(first[1:], ages).astype(float)[band],
        hazard=np.ascontiguousarray(sums[..., -1]) if len(column) else np.zeros(sums.shape[:-1]),
        sums=padded,
        next_state=_padded(next_state, wide),
        event=_padded(found[1], wide),
        turned=turned,
        birthday=found[2],
        transitions=found[0],
        gains=scipy.sparse.csr_array(summing(found[0].target, cells) - summing(found[0].origin, cells)),
    )


def _hazards(parameters: Parameters, year_step: Ints, age: Ints, place: Ints) -> Array:
    """Give the hazard of each exit and move from each state: (draw, step, state, reason and destination)."""
    year = first_of_each(year_step)
    parts = []
    for rates in map(stepped, (parameters.exit_rate, parameters.move_rate)):
        y, a = rates.years, rates.ages
        at_year = y[year] if len(y) > 1 else np.zeros(len(year), dtype=int)
        at_age = a[age] if len(a) > 1 else np.zeros(len(age), dtype=int)
        parts.append(rates.values[:, at_year[:, None], at_age, place])
    exits, moves = parts
    moves[:, :, np.arange(len(place)), place] = 0.0  # the diagonal is ignored
    n = max(len(exits), len(moves))
    return np.concatenate([np.broadcast_to(a, (n, *a.shape[1:])) for a in (exits, moves)], axis=-1)


def _turned(grid: Grid, band: Ints, place: Ints, stop: Ints, by_band: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Say where the birthday that ends a state's band leads, and whether the child leaves its placement then."""
    turned, leaves = np.full(len(band), NONE), np.zeros(len(band), dtype=bool)
    for s, (b, i) in enumerate(zip(band.tolist(), place.tolist(), strict=True)):
        row = grid.placements[i]
        leaves[s] = grid.ages[stop[b] - 1] + 1 == row.leave_age
        on = i if not leaves[s] else None if row.then is None else grid.index("placements", row.then)
        if on is not None and b + 1 < len(by_band):
            turned[s] = by_band[b + 1, on]
    return turned, leaves


def _transitions(
    cells: int,
    cell: Ints,
    next_state: Ints,
    column: Ints,
    possible: NDArray[np.bool_],
    turned: Ints,
    leaves: NDArray[np.bool_],
) -> tuple[Transitions, Ints, Ints]:
    """List what may happen, each kind once; and which it is for each event (state, column) and birthday (state,)."""
    s, j = np.nonzero(possible)
    events, which = np.unique(np.stack([cell[s], j]), axis=1, return_inverse=True)
    event = np.full(possible.shape, NONE)
    event[s, j] = cells + which.ravel()
    # A state of each kind of event, to see where it leads.
    like = np.zeros(events.shape[1], dtype=int)
    like[which.ravel()] = np.arange(len(s))
    led = next_state[s[like], j[like]]
    after = np.where(turned >= 0, cell[turned], NONE)
    at = np.flatnonzero(leaves | (after != cell))
    ends, kind = np.unique(np.stack([cell[at], after[at], leaves[at]]), axis=1, return_inverse=True)
    birthday = np.full(len(cell), NONE)
    birthday[at] = cells + events.shape[1] + kind.ravel()
    none = np.full(cells, NONE)
    parts = Transitions(
        origin=np.concatenate([none, events[0], ends[0]]),
        target=np.concatenate([np.arange(cells), np.where(led >= 0, cell[led], NONE), ends[1]]),
        column=np.concatenate([none, column[events[1]], np.full(ends.shape[1], NONE)]),
        leaves=np.concatenate([np.zeros(cells + events.shape[1], dtype=bool), ends[2].astype(bool)]),
    )
    return parts, event, birthday


def _padded(table: Ints, wide: int) -> Ints:
    out = np.full((len(table), wide), NONE)
    out[:, : table.shape[1]] = table
    return out


class Counted(NamedTuple):
    """What happened to some children.

    Attributes
    ----------
    number : ndarray of shape (transition, row, year)
        How often each transition happened [children].
    remaining : ndarray of shape (transition, row, year)
        Sum over these of what was left of the year [years].
    """

    number: Array
    remaining: Array


def follow(rules: Rules, children: Children, rows: int, first: int = 0) -> Counted:
    """Follow children to the horizon or until they leave, and count what happens to them.

    Parameters
    ----------
    rules : Rules
        What may happen.
    children : Children
        Who is followed, and from when.
    rows : int
        Number of rows of the counts.
    first : int
        The first of the children's draws in the tables.

    Returns
    -------
    Counted
        Number of transitions, and what was left of their years.

    Notes
    -----
    The time of the next event is kept. Where the hazard changes, at a birthday or 31 March, what is left of the wait
    is scaled by old over new hazard (the exponential has no memory); where it does not change, nothing is touched: so a
    band or a step more, in which nothing differs, changes no life.
    """
    states, steps = rules.hazard.shape[2], rules.hazard.shape[1]
    record = _Record(rules, rows)
    several = len(rules.hazard) > 1
    here = (children.draw + first) * (steps * states) if several else np.zeros(len(children.key), dtype=np.int64)
    if steps > 1:
        here = here + rules.year_step[children.time.astype(np.int64)] * states
    # By where the tables of a draw and step begin: when the step ends.
    step_end = np.tile(np.repeat(rules.step_ends, states), len(rules.hazard)) if steps > 1 else rules.step_ends
    row = children.row * rules.years
    new = np.flatnonzero(children.entry >= 0)
    record.add(children.entry[new] * record.apart + row[new], children.time[new])
    wait, _ = two_uniforms(mixed(children.key))
    due = _later(children.time, wait, rules.hazard.ravel()[here + children.state])
    life = _Alive(children.key + GOLDEN, here, row, children.state, children.born, due)
    while life.key.size:
        ends = life.born + rules.band_ends[life.state]
        limit = np.minimum(ends, step_end[life.here] if steps > 1 else float(rules.years))
        happens = life.due < limit
        stays = limit < rules.years
        stays &= ~happens
        happened, stayed = np.flatnonzero(happens), np.flatnonzero(stays)
        parts = [
            _event(rules, life, happened, record),
            _limit(rules, life, stayed, limit[stayed], ends[stayed], record),
        ]
        life = _Alive(*(np.concatenate(pair) for pair in zip(*parts, strict=True)))
    return record.counted()


class _Alive(NamedTuple):
    """Children who are still followed."""

    key: Bits
    here: Ints  # where the tables of its draw and step begin
    row: Ints  # of the counts, times the number of years
    state: Ints
    born: Array
    due: Array  # time of the next event


class _Record:
    """Transitions as they come, counted at the end."""

    def __init__(self, rules: Rules, rows: int) -> None:
        self._shape = (rules.transitions.n, rows, rules.years)
        self.apart = rows * rules.years  # from one transition to the next
        self.event, self.birthday = (table.ravel() * self.apart for table in (rules.event, rules.birthday))
        self._cells: list[Ints] = []
        self._grains: list[Array] = []

    def add(self, cell: Ints, time: Array) -> None:
        """Add transitions at some times, to the first year of their row; cells are changed in place."""
        year = time.astype(np.int64)
        cell += year
        left = year - time
        left += 1.0
        left /= GRAIN
        self._grains.append(np.rint(left, out=left))
        self._cells.append(cell)

    def counted(self) -> Counted:
        """Sum what was recorded, cell by cell: events, and the time that was left of the year at each."""
        cells, grains = np.concatenate(self._cells), np.concatenate(self._grains)
        size = int(np.prod(self._shape))
        number = np.bincount(cells, minlength=size).astype(float)
        remaining = np.asarray(np.bincount(cells, grains, minlength=size) * GRAIN, dtype=float)
        return Counted(number.reshape(self._shape), remaining.reshape(self._shape))


def _later(time: Array, uniform: Array, hazard: Array) -> Array:
    """Give the time of the next event: an exponential wait; never where the hazard is zero."""
    wait = np.log(uniform, out=uniform)
    with np.errstate(divide="ignore", over="ignore"):
        np.divide(wait, hazard, out=wait)
    return np.asarray(time - wait)


def _event(rules: Rules, life: _Alive, who: Ints, record: _Record) -> _Alive:
    """Let the next event of some happen: which it is, where it leads, and when the one after it is due."""
    which, wait = two_uniforms(mixed(life.key[who]))
    here, state, time = life.here[who], life.state[who], life.due[who]
    columns, sums, hazards = rules.sums.shape[-1], rules.sums.ravel(), rules.hazard.ravel()
    at = here + state
    which *= hazards[at]
    at *= columns
    # The first running sum above the number, by halving.
    step = columns // 2
    while step:
        at += step * (sums[at + (step - 1)] <= which)
        step //= 2
    at -= here * columns  # from the tables of a draw to the one that all share
    record.add(record.event[at] + life.row[who], time)
    state = rules.next_state.ravel()[at]
    there = np.flatnonzero(state >= 0)
    who, here, state = who[there], here[there], state[there]
    due = _later(time[there], wait[there], hazards[here + state])
    return _Alive(life.key[who] + GOLDEN, here, life.row[who], state, life.born[who], due)


def _limit(rules: Rules, life: _Alive, who: Ints, time: Array, ends: Array, record: _Record) -> _Alive:
    """Take some over a birthday that ends their band, or over a 31 March on which rates change."""
    turns = ends <= time
    old = life.state[who]
    state = np.where(turns, rules.turned[old], old)
    seen = np.flatnonzero(turns & (rules.birthday[old] >= 0))
    record.add(record.birthday[old[seen]] + life.row[who[seen]], time[seen])
    there = np.flatnonzero(state >= 0)
    who, old, state, time = who[there], old[there], state[there], time[there]
    key, before, due, hazards = life.key[who], life.here[who], life.due[who], rules.hazard.ravel()
    here = before if rules.hazard.shape[1] == 1 else before + ~turns[there] * rules.hazard.shape[2]
    was, becomes = hazards[before + old], hazards[here + state]
    due, key = _rescaled(time, due, was, becomes, key)
    return _Alive(key, here, life.row[who], state, life.born[who], due)


def _rescaled(time: Array, event: Array, old: Array, new: Array, key: Bits) -> tuple[Array, Bits]:
    """Give the time of the next event, another where the hazard changes; a new wait where none was due before."""
    changes = old != new
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        scaled = time + (event - time) * (old / new)
    found = np.where(changes, np.where(new > 0, scaled, np.inf), event)
    fresh = np.flatnonzero(changes & np.isinf(event))
    if fresh.size:
        wait, _ = two_uniforms(mixed(key[fresh]))
        found[fresh] = _later(time[fresh], wait, new[fresh])
        key[fresh] += GOLDEN
    return found, key
