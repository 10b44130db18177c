"""Limited places: who goes elsewhere when capacity groups fill, followed as a difference beside an unlimited run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.age_cohorts import AFTER, BEFORE, age_cuts, project_sums
from carecost.engine.capacity_shares import Relief, added
from carecost.engine.grid import Grid, Windows
from carecost.engine.kernels import Kernels, Piece, birthdays, leaving_at
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Capacity, Sums, common_places
from carecost.maths.birthday_classes import WEIGHT, Band, Birthdays, Span


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
    >>> from carecost import stockflow
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


#: What belongs to the shorter and the longer span.
Pair = TypeVar("Pair")


class Window(NamedTuple):
    """Neighbouring ages with the same open states.

    Attributes
    ----------
    ages : slice
        Where they are on the age axis.
    pieces : list of int
        Their pieces of the age axis (by index) that share rates in every year.
    states : slice
        Where the open states are in the order of the grid's windows.
    entered : list of int
        Which of the states that anybody enters are open, by their place among these.
    """

    ages: slice
    pieces: list[int]
    states: slice
    entered: list[int]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of ages and of states."""
        return self.ages.stop - self.ages.start, self.states.stop - self.states.start


class Through(NamedTuple):
    """What a span does to rows of people beside even entrants to some states only.

    Attributes
    ----------
    end, time : ndarray of shape (draw, state + state entered, state)
        Where they are at the end, and the time that they live.
    """

    end: Array
    time: Array


class Ahead(NamedTuple):
    """Time that each will live in some sets until the year's end.

    Attributes
    ----------
    even, born : ndarray of shape (draw, age, state, set)
        For one who enters at some time of the year, and on the birthday that begins the age [years].
    there : list of tuple of ndarray of shape (draw, age x state, set)
        For one who is there at the start, by window and birthday class [years].
    """

    even: Array
    born: Array
    there: list[tuple[Array, Array]]


class Difference:
    """Children of one stream beside those of a run, some below zero: nobody at first, and only some draws.

    States are in the order of the grid's windows, so that those open at an age stand side by side.

    Parameters
    ----------
    parameters : Parameters
        What was run.
    kernels : Kernels
        Kernels of that run.
    draws : ndarray of int of shape (some,)
        Draws (by index) to follow.
    wanted : ndarray of shape (state, set)
        1 where a state counts in a set, else 0.
    entered : sequence of int
        States that more or fewer enter than in the run.
    """

    def __init__(
        self,
        parameters: Parameters,
        kernels: Kernels,
        draws: NDArray[np.int_],
        wanted: Array,
        entered: Sequence[int],
    ) -> None:
        grid = self._grid = parameters.grid
        order, years, n = grid.windows.order, len(grid.years), len(draws)
        self.draws, self._wanted, self._entered = draws, wanted, entered
        self._leaving, self._birthdays = leaving_at(grid)[:, order], _in_order(birthdays(grid), order)
        self._pieces = [_some(piece, draws, grid.windows) for piece in kernels.pieces(parameters, age_cuts(grid))]
        self._windows = _windows(grid, self._pieces, entered)
        self._spans = [[_of_year(piece.sets, year) for piece in self._pieces] for year in range(years)]
        into = [[entered[i] - w.states.start for i in w.entered] for w in self._windows for _ in w.pieces]
        self._sets = [
            [(years, (_through(a, to), _through(b, to))) for years, (a, b) in piece.sets]
            for piece, to in zip(self._pieces, into, strict=True)
        ]
        self._steps = [[_of_year(sets, year) for sets in self._sets] for year in range(years)]
        self._known = dict[tuple[int, ...], Ahead]()
        # By class, draw and age: people beside even entrants, of each window.
        widths = [(w.shape[1], w.shape[1] + len(w.entered)) for w in self._windows]
        self._people = [np.zeros((2, n, w.shape[0], b)) for w, (_, b) in zip(self._windows, widths, strict=True)]
        width = [pair for w, pair in zip(self._windows, widths, strict=True) for _ in w.pieces]
        # Summed over the ages of each piece: who is there, and who starts each span of a year.
        self._stock = [np.zeros((n, years + 1, states)) for states, _ in width]
        self._there, self._turned = ([np.zeros((2, n, years, both)) for _, both in width] for _ in range(2))
        self._aged_out = [np.zeros((n, years, len(order))) for _ in width]

    def ahead(self, year: int) -> Ahead:
        """Look ahead over a year (by index); years that share rates share it."""
        spans = self._spans[year]
        key = tuple(map(id, spans))
        if key not in self._known:
            bands = [Band(piece.ages, pair) for piece, pair in zip(self._pieces, spans, strict=True)]
            time = lived(bands, self._birthdays, self._wanted)
            sets = self._wanted.shape[1]
            there = [[c[:, w.ages, w.states].reshape(len(c), -1, sets) for c in time.stock] for w in self._windows]
            self._known[key] = Ahead(time.even, time.born, [(early, late) for early, late in there])
        return self._known[key]

    def there(self, year: int, n: int) -> Array:
        """Give the time that those there will live in each set in a year, in the first n draws: (draw, set)."""
        total = np.zeros((n, self._wanted.shape[1]))
        for window, people, ahead in zip(self._windows, self._people, self.ahead(year).there, strict=True):
            for rows, time in zip(people[:, :n, :, : window.shape[1]], ahead, strict=True):
                total += (rows.reshape(n, 1, -1) @ time[:n])[:, 0]
        return total

    def year(self, year: int, even: Array, born: tuple[NDArray[np.int_], Array]) -> None:
        """Follow all through a year, with those more or fewer who enter evenly, and on birthdays at some ages.

        Both are of shape (draw, age, state entered) [children]; there may be fewer draws, the first.
        """
        n = len(even)
        over = np.zeros((2, n, len(self._wanted)))
        for window, every in zip(self._windows, self._people, strict=True):
            w, people = window.shape[1], every[:, :n]
            people[..., w:] = WEIGHT * even[:, window.ages, window.entered]
            end = self._span(year, window, people, BEFORE, self._there)
            first = over[..., window.states]
            over = self._birthday(year, window, end[:, :, -1])
            people[:, :, 1:, :w], people[:, :, 0, :w] = end[:, :, :-1], first
            for age, entrants in zip(born[0], np.moveaxis(born[1], 1, 0), strict=True):
                if window.ages.start <= age < window.ages.stop:
                    to = [self._entered[i] - window.states.start for i in window.entered]
                    people[:, :, age - window.ages.start, to] += WEIGHT * entrants[:, window.entered]
            people[..., :w] = self._span(year, window, people, AFTER, self._turned)
            for i in window.pieces:
                self._stock[i][:n, year + 1] = people[:, :, self._within(window, i), :w].sum((0, 2))

    def _within(self, window: Window, piece: int) -> slice:
        ages = self._pieces[piece].ages
        return slice(ages.start - window.ages.start, ages.stop - window.ages.start)

    def _span(self, year: int, window: Window, rows: Array, span: tuple[int, int], sums: list[Array]) -> Array:
        """Carry the ages of a window through a span, and keep who started it."""
        out = np.empty((*rows.shape[:-1], window.shape[1]))
        for i in window.pieces:
            ages = self._within(window, i)
            sums[i][:, : rows.shape[1], year] = rows[:, :, ages].sum(2)
            for c in (0, 1):
                np.matmul(rows[c][:, ages], self._steps[year][i][span[c]].end[: rows.shape[1]], out=out[c][:, ages])
        return out

    def _birthday(self, year: int, window: Window, people: Array) -> Array:
        """Let those go who leave on the birthday that ends a window; give who turns the next age, in order."""
        age, here = window.ages.stop - 1, window.states
        aged_out = self._aged_out[window.pieces[-1]][: people.shape[1], year, here]
        aged_out += (people[0] + people[1]) * self._leaving[age, here]
        over = np.zeros((*people.shape[:2], len(self._wanted)))
        np.multiply(people, self._birthdays.stays[age, here], out=over[..., here])
        for at, state, to in self._birthdays.goes:
            if at == age:
                over[..., to] += people[..., state - here.start]
        return over

    def add_to(self, sums: Sums) -> None:
        """Add what was followed to the stock and flows of the run, in place; entries are not among them."""
        (rates,), rows, order = sums.parts, self.draws, self._grid.windows.order
        for i, piece in enumerate(self._pieces):
            time, at, states = self._time(i), rates.within[i], self._grid.windows.states(piece.ages.start)
            _add(sums.stock[:, :, at], rows, states, self._stock[i])
            _add(sums.child_years[:, :, at], rows, states, time)
            _add(rates.child_years[:, :, i], rows, states, time)
            _add(sums.aged_out[:, :, at], rows, order, self._aged_out[i])

    def _time(self, piece: int) -> Array:
        """Give the time lived in a piece: (draw, year, state of the window)."""
        total = np.zeros(self._stock[piece][:, 1:].shape)
        for rows, span in ((self._there[piece], BEFORE), (self._turned[piece], AFTER)):
            for c in (0, 1):
                for years, pair in self._sets[piece]:
                    # Every year goes through every set: how a year is rounded must not depend on the rates of others.
                    total[:, years] += (rows[c] @ pair[span[c]].time)[:, years]
        return total


def _add(array: Array, rows: NDArray[np.int_], states: NDArray[np.int_], values: Array) -> None:
    """Add values to some draws and states, in place."""
    array[rows[:, None], :, states] += values.transpose(0, 2, 1)


def _in_order(found: Birthdays, order: NDArray[np.int_]) -> Birthdays:
    """Put the states of what a birthday does in another order."""
    place = np.argsort(order).tolist()
    return Birthdays(found.stays[:, order], tuple((age, place[state], place[to]) for age, state, to in found.goes))


def _some(piece: Piece, draws: NDArray[np.int_], windows: Windows) -> Piece:
    """Take some draws of the spans of a piece, with states by their place in the order of the windows."""
    at = windows.at[piece.ages.start]
    places = np.arange(at.start, at.stop)
    sets = [(years, (_of(a, draws, places), _of(b, draws, places))) for years, (a, b) in piece.sets]
    return piece._replace(sets=sets)


def _of(span: Span, draws: NDArray[np.int_], states: NDArray[np.int_]) -> Span:
    return Span(span.stack if len(span.stack) == 1 else span.stack[draws], states)


def _through(span: Span, entered: Sequence[int]) -> Through:
    move, stay, linger, _ = span.parts()
    end, time = ((there, later[:, entered]) for there, later in ((move, stay), (stay, linger)))
    return Through(np.concatenate(end, axis=1), np.concatenate(time, axis=1))


def _of_year(sets: Sequence[tuple[Sequence[int], Pair]], year: int) -> Pair:
    return next(pair for years, pair in sets if year in years)


def _windows(grid: Grid, pieces: Sequence[Piece], entered: Sequence[int]) -> list[Window]:
    """Join the pieces of ages that have the same open states."""
    found = list[Window]()
    for i, piece in enumerate(pieces):
        first = piece.ages.start
        if found and (grid.opened[first] == grid.opened[first - 1]).all():
            last = found.pop()
            found.append(last._replace(ages=slice(last.ages.start, piece.ages.stop), pieces=[*last.pieces, i]))
        else:
            at = grid.windows.at[first]
            inside = [i for i, state in enumerate(entered) if at.start <= state < at.stop]
            found.append(Window(piece.ages, [i], at, inside))
    return found


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
