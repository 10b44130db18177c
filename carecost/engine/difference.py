"""What difference do children make who go elsewhere? Whom they add and take, followed beside a run that is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.age_cohorts import AFTER, BEFORE, age_cuts
from carecost.engine.grid import Grid
from carecost.engine.kernels import Kernels, Piece
from carecost.engine.lived import lived
from carecost.engine.parameters import Parameters
from carecost.engine.projection import birthdays, leaving_at
from carecost.engine.sums import Sums
from carecost.engine.windows import Windows
from carecost.maths.birthday_classes import WEIGHT, Band, Birthdays, Span

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
