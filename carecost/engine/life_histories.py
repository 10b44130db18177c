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
    running : ndarray of shape (draw, step, state, column)
        Running sums of the hazards of the events that may happen in a state, each in a column; the columns are as many
        as the state with most needs, rounded up to a power of two, and infinite where not needed.
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
    running: Array
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
    running, kinds = _running_hazards(parameters, year_step, first[band], place)
    leads = [NONE if r.to is None else grid.index("placements", r.to) for r in grid.reasons]
    to = np.array([*leads, *range(len(grid.placements)), NONE])[kinds]
    next_state = np.where(to >= 0, by_band[band[:, None], to], NONE)
    turned, leaves = _turned(grid, band, place, np.append(first[1:], ages), by_band)

    cell = piece_of[first[band]] * len(grid.placements) + place
    cells = len(pieces) * len(grid.placements)
    transitions, event, birthday = _transitions(cells, cell, next_state, kinds, turned, leaves)
    last = np.maximum(np.count_nonzero(kinds >= 0, axis=1) - 1, 0)
    hazard = np.take_along_axis(running, last[None, None, :, None], axis=-1)[..., 0]
    return Rules(
        years=years,
        year_step=year_step,
        step_ends=np.append(first_of_each(year_step)[1:], years).astype(float),
        state_of=by_band[band_of],
        band_ends=np.append(first[1:], ages).astype(float)[band],
        hazard=np.where(kinds[:, 0] >= 0, hazard, 0.0),
        running=running,
        next_state=next_state,
        event=event,
        turned=turned,
        birthday=birthday,
        transitions=transitions,
        gains=scipy.sparse.csr_array(summing(transitions.target, cells) - summing(transitions.origin, cells)),
    )


def _running_hazards(parameters: Parameters, year_step: Ints, age: Ints, place: Ints) -> tuple[Array, Ints]:
    """Sum the hazards of what may happen in each state, one kind after the other.

    Gives the sums, (draw, step, state, column), infinite in columns that a state does not need; and the kind of each
    column, (state, column): a reason, or number of reasons + destination; NONE where the state does not need it.
    """
    both = [stepped(rates) for rates in (parameters.exit_rate, parameters.move_rate)]
    # A label of length 1 is that of all years, or ages.
    year = first_of_each(year_step)
    at_year = [r.years[np.minimum(year, len(r.years) - 1)][:, None] for r in both]
    at_age = [r.ages[np.minimum(age, len(r.ages) - 1)] for r in both]
    exits, moves = (np.asarray((r.values > 0).any((0, 1)))[at, place] for r, at in zip(both, at_age, strict=True))
    moves[np.arange(len(age)), place] = False  # the diagonal is ignored
    reasons = exits.shape[1]
    state, kind = np.nonzero(np.concatenate([exits, moves], axis=1))
    column = np.arange(len(state)) - np.searchsorted(state, state)
    wide = 1 << int(column.max(initial=0)).bit_length()
    sums = np.full((max(map(len, both)), len(year), len(age), wide), np.inf)
    mine = kind < reasons, kind >= reasons
    for r, years, ages, at, first in zip(both, at_year, at_age, mine, (0, reasons), strict=True):
        s = state[at]
        sums[:, :, s, column[at]] = r.values[:, years, ages[s], place[s], kind[at] - first]
    kinds = np.full((len(age), wide), NONE)
    kinds[state, column] = kind
    return np.cumsum(sums, axis=-1, out=sums), kinds


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
    cells: int, cell: Ints, next_state: Ints, kinds: Ints, turned: Ints, leaves: NDArray[np.bool_]
) -> tuple[Transitions, Ints, Ints]:
    """List what may happen, each kind once; and which it is for each event (state, column) and birthday (state,)."""
    s, j = np.nonzero(kinds >= 0)
    events, which = np.unique(np.stack([cell[s], kinds[s, j]]), axis=1, return_inverse=True)
    event = np.full(kinds.shape, NONE)
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
        column=np.concatenate([none, events[1], np.full(ends.shape[1], NONE)]),
        leaves=np.concatenate([np.zeros(cells + events.shape[1], dtype=bool), ends[2].astype(bool)]),
    )
    return parts, event, birthday


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
    life = _Alive(children.key + GOLDEN, here, row, children.state.copy(), children.born, due)
    while life.key.size:
        ends = life.born + rules.band_ends[life.state]
        limit = np.minimum(ends, step_end[life.here] if steps > 1 else float(rules.years))
        happens = life.due < limit
        ended = limit >= rules.years
        ended &= ~happens
        turns = ends <= limit
        turns &= ~(happens | ended)
        _event(rules, life, np.flatnonzero(happens), record)
        _birthday(rules, life, np.flatnonzero(turns), ends, record)
        _march(rules, life, np.flatnonzero(~(happens | turns | ended)), limit)
        np.copyto(life.state, NONE, where=ended)
        there = np.flatnonzero(life.state >= 0)
        if there.size < life.state.size:
            life = life.only(there)
    return record.counted()


class _Alive(NamedTuple):
    """Children who are still followed, changed in place; the state of those who have left is NONE."""

    key: Bits
    here: Ints  # where the tables of its draw and step begin
    row: Ints  # of the counts, times the number of years
    state: Ints
    born: Array
    due: Array  # time of the next event

    def only(self, who: Ints) -> _Alive:
        """Take some of them."""
        key, here, row, state, born, due = self
        return _Alive(key[who], here[who], row[who], state[who], born[who], due[who])


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


def _event(rules: Rules, life: _Alive, who: Ints, record: _Record) -> None:
    """Let the next event of some happen: which it is, where it leads, and when the one after it is due."""
    key, here, time = life.key[who], life.here[who], life.due[who]
    which, wait = two_uniforms(mixed(key))
    columns, sums, hazards = rules.running.shape[-1], rules.running.ravel(), rules.hazard.ravel()
    at = here + life.state[who]
    which *= hazards[at]
    at *= columns
    # The first running sum above the number, by halving.
    step = columns // 2
    while step:
        at += step * (sums[at + (step - 1)] <= which)
        step //= 2
    at -= here * columns  # from the tables of a draw to the one that all share
    record.add(record.event[at] + life.row[who], time)
    state = life.state[who] = rules.next_state.ravel()[at]
    there = np.flatnonzero(state >= 0)
    who = who[there]
    life.due[who] = _later(time[there], wait[there], hazards[here[there] + state[there]])
    life.key[who] = key[there] + GOLDEN


def _birthday(rules: Rules, life: _Alive, who: Ints, ends: Array, record: _Record) -> None:
    """Take some over a birthday that ends their band."""
    old, time = life.state[who], ends[who]
    seen = np.flatnonzero(rules.birthday[old] >= 0)
    record.add(record.birthday[old[seen]] + life.row[who[seen]], time[seen])
    state = life.state[who] = rules.turned[old]
    there = np.flatnonzero(state >= 0)
    who = who[there]
    _rescale(rules, life, who, time[there], life.here[who] + old[there], life.here[who] + state[there])


def _march(rules: Rules, life: _Alive, who: Ints, limit: Array) -> None:
    """Take some over a 31 March on which rates change."""
    step, here = rules.hazard.shape[2], life.here[who]
    life.here[who] = here + step
    at = here + life.state[who]
    _rescale(rules, life, who, limit[who], at, at + step)


def _rescale(rules: Rules, life: _Alive, who: Ints, time: Array, before: Ints, after: Ints) -> None:
    """Change the time of the next event where the hazard changes; draw a new wait where none was due before."""
    hazards, due = rules.hazard.ravel(), life.due[who]
    old, new = hazards[before], hazards[after]
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        found = time + (due - time) * (old / new)
    np.copyto(found, np.inf, where=new == 0)
    same = old == new
    np.copyto(found, due, where=same)
    fresh = np.flatnonzero(np.isinf(due) & ~same)
    if fresh.size:
        mine = who[fresh]
        wait, _ = two_uniforms(mixed(life.key[mine]))
        found[fresh] = _later(time[fresh], wait, new[fresh])
        life.key[mine] += GOLDEN
    life.due[who] = found
