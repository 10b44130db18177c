"""Demographic stochasticity: whole lives with Poisson entries, counted; enlarged where children are many.

The luck of small numbers is all that follows from children being whole and independent of each other: entries are
Poisson numbers, and each child has a life of its own (:mod:`carecost.engine.life_histories`). Everything counted comes
from the same lives, so that the identity of stock and flows holds in every draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._typing import Array
from carecost.engine.age_cohorts import project_sums
from carecost.engine.capacity import project_together
from carecost.engine.capacity_shares import Relief
from carecost.engine.grid import Grid
from carecost.engine.life_histories import NONE, Children, Rules, Transitions, follow, rules, summing
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Capacity, Projection
from carecost.errors import InputError, Problem
from carecost.maths.counter_random import GOLDEN, Bits, key_of, mixed, poisson, two_uniforms, uniform

#: Children on the base date of a stream above which fewer lives are followed and enlarged, and how many are then.
WHOLE, FOLLOWED = 2_000.0, 1_000.0


#: Lives that are followed at once, about: enough that numpy's calls cost little. No number depends on it.
AT_ONCE = 60_000


#: Hazard of all events of a child together, above which lives are not followed [per child-year].
FASTEST = 1_000.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Lives(Projection):
    """Stock and flows of whole lives, by pieces of the age axis.

    With m children for each life that is followed, a count x is enlarged to E + sqrt(m) (x - E / m), where E is the
    expected run. Where m is 1 it is x.

    Attributes
    ----------
    expected : Projection
        What the lives give on average.
    per_life : ndarray of shape (draw,)
        Children that each life stands for; 1 where lives are whole children.
    events : ndarray of int of shape (transition, draw, year)
        How often each transition happened [lives].
    transitions : Transitions
        What they are.
    """

    expected: Projection
    per_life: Array
    events: NDArray[np.int32] = field(repr=False)
    transitions: Transitions = field(repr=False)

    @property
    def children(self) -> Array:
        """Children in care on each date: (draw, date) [children]."""
        return np.asarray(self.over_ages("stock")[..., list(self.grid.in_care)].sum(-1))

    def exits_for(self, reasons: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum counted exits for some reasons (by index) over some ages: (draw, year, placement) [children]."""
        chosen = np.isin(self.transitions.column, list(reasons))
        return self._counted(chosen, ages, lambda: self.expected.exits_for(reasons, ages))

    def moves_to(self, placements: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum counted moves by origin to some placements (by index) over some ages: (draw, year, placement) [children].

        Going on to the next phase of a placement is not a move to another.
        """
        to, origin = self.transitions.column - len(self.grid.reasons), self.transitions.origin
        chosen = (to >= 0) & np.isin(to, list(placements))
        chosen[chosen] = self.grid.apart[origin[chosen] % len(self.grid.placements), to[chosen]] > 0
        return self._counted(chosen, ages, lambda: self.expected.moves_to(placements, ages))

    def _counted(self, chosen: NDArray[np.bool_], ages: Sequence[int], expected: Callable[[], Array]) -> Array:
        """Sum chosen events by origin: (draw, year, placement)."""
        n, origin = len(self.grid.placements), self.transitions.origin
        if ages:
            chosen = chosen & np.isin(origin // n, self._chosen(ages))
        at = np.flatnonzero(chosen)
        found = summing(origin[at] % n, n) @ _flat(self.events[at])
        by_origin = found.reshape(n, *self.events.shape[1:]).transpose(1, 2, 0)
        return enlarged(by_origin, expected, self.per_life)


def enlarged(lives: Array, expected: Callable[[], Array], per_life: Array) -> Array:
    """Enlarge counts of fewer lives around what is expected: E + sqrt(m) (x - E / m).

    Parameters
    ----------
    lives : ndarray of shape (draw, ...)
        Counts x [lives].
    expected : callable
        Gives the expected run E [children]; not asked where every life is one child.
    per_life : ndarray of shape (draw,)
        Children m that each life stands for.

    Returns
    -------
    ndarray of shape (draw, ...)
        Children: mean E, with the variances and covariances of as many whole children. Never negative.

    Examples
    --------
    >>> enlarged(np.array([[110.0]]), lambda: np.array([[400.0]]), np.array([4.0])).tolist()
    [[420.0]]
    """
    if (per_life == 1.0).all():
        return np.ascontiguousarray(lives)
    root = np.sqrt(per_life).reshape(-1, *[1] * (lives.ndim - 1))
    return np.asarray(root * lives + (1.0 - 1.0 / root) * expected())


def simulate(
    parameters: Parameters, seed: int, name: str, draws: Sequence[int], expected: Projection | None = None
) -> Lives:
    """Follow the whole lives of the children of one stream, with luck of their own in every draw.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    seed : int
        Seed.
    name : str
        Name of the area and stream.
    draws : sequence of int
        Which draws these are; the luck of a draw is the same in every scenario and block. Where parameters have one
        draw, it is that of all.
    expected : Projection, optional
        The run without luck; its pieces of the age axis are those that are counted. Made where not given.

    Returns
    -------
    Lives
        What was counted.

    Notes
    -----
    Entries are Poisson numbers by year, age and placement; times within the year and birthdays are uniform, and every
    event happens at its exact time. The stock at the start is made whole by systematic sampling along ages, then
    placements: the total and every age keep their number to within one child. Random numbers are a function of seed,
    name, draw, the way of coming in, year, age, placement, and the number of the child within these: a child keeps its
    life when others come, and no number depends on blocks, threads, or what else is run.

    Of a stream with more than :data:`WHOLE` children on the base date :data:`FOLLOWED` are followed, with entries in
    proportion, and what they differ by from what was expected is enlarged (:func:`enlarged`).

    Examples
    --------
    >>> grid = Grid(base_year=2025, n_years=2, ages=range(18), placements=["foster"])
    >>> one = np.ones((1, 1, 1))
    >>> p = Parameters(grid, initial_stock=np.full((1, 18, 1), 10.0), population=100 * one, entry_rate=0.01 * one,
    ...     entry_share=np.ones((1, 1, 1, 1)))
    >>> simulate(p, 1, "all", range(3)).children.shape
    (3, 3)
    """
    given = None if expected is None else [expected]
    return simulate_streams([parameters], seed, [name], draws, given)[0]


def simulate_streams(
    streams: Sequence[Parameters],
    seed: int,
    names: Sequence[str],
    draws: Sequence[int],
    expected: Sequence[Projection] | None = None,
) -> list[Lives]:
    """Follow whole lives of several streams; see :func:`simulate`.

    Parameters
    ----------
    streams, names : sequence of Parameters and of str
        Each stream and its name.
    seed, draws
        As for :func:`simulate`.
    expected : sequence of Projection, optional
        The runs without luck, one a stream.

    Returns
    -------
    list of Lives
        One a stream. Where places run out, arrivals are Poisson with the expected numbers after some were sent
        elsewhere: a group is full on average, and may be a little fuller or emptier by luck. Occupancy is the time that
        those followed lived in the group's placements; the share sent on, and what follows from it, is the expected
        run's.
    """
    return Luck(seed, draws).simulate(streams, names, expected)


class Luck:
    """The lives of some draws, for one scenario after another.

    Where a scenario changes nothing but who comes in, only those are followed who come in it and not in the first one,
    or the other way round: all others live the same lives. The numbers are those of following everybody.

    Parameters
    ----------
    seed : int
        Seed.
    draws : sequence of int
        Which draws.
    """

    def __init__(self, seed: int, draws: Sequence[int]) -> None:
        self._seed, self._draws = seed, np.asarray(draws, dtype=np.int64)
        self._followed: list[_Followed] = []

    def simulate(
        self, streams: Sequence[Parameters], names: Sequence[str], expected: Sequence[Projection] | None = None
    ) -> list[Lives]:
        """Follow the streams of a scenario: see :func:`simulate_streams`."""
        if expected is None:
            alone = not streams[0].grid.groups
            expected = [project_sums(p) for p in streams] if alone else project_together(streams)
        return _occupied([self._stream(*each) for each in zip(streams, names, expected, strict=True)])

    def _stream(self, parameters: Parameters, name: str, expected: Projection) -> Lives:
        first = next((f for f in self._followed if f.same_lives(name, parameters, expected.pieces)), None)
        per_life = _per_life(parameters, len(self._draws))
        keys = mixed(key_of(f"{self._seed}|{name}") + self._draws.astype(np.uint64) * GOLDEN)
        table = rules(parameters, expected.pieces) if first is None else first.rules
        if table.hazard.max(initial=0.0) > FASTEST:
            what = f"{table.hazard.max():,.0f} events a child-year in {name!r}"
            remedy = f"With noise children are followed event by event: give at most {FASTEST:,.0f}, or no noise"
            raise InputError(Problem(what, "exit_rate, move_rate", remedy))
        ways = _Ways(parameters, table, expected.pieces)
        means = ways.expected(parameters, expected.capacity)
        if first is not None and not np.array_equal(ways.label, first.ways.label):
            first = None
        numbers = _numbers(parameters, means, ways, keys, per_life, first)
        found = _Followed(name, parameters, expected.pieces, table, ways, means, numbers, *_empty(table, len(keys)))
        for rows in _at_once(numbers, None if first is None else first.numbers):
            _fill(found, first, keys, rows)
        if first is None:
            self._followed.append(found)
        return found.lives(expected, per_life)


class _Ways:
    """Ways in: on the base date by age and placement, then evenly and on birthdays by year, age and placement.

    Closed placements are left out, and ages at which nobody enters on the birthday.

    Attributes
    ----------
    base : int
        Number of those of the base date, which come first.
    label : ndarray of uint64 of shape (way,)
        Key of each, made of its labels.
    year, age : ndarray of shape (way,)
        Year (by index) in which, and age (from the first) at which.
    state, entry : ndarray of int of shape (way,)
        State to begin in, see :class:`Rules`; transition on entry, none on the base date.
    spread, before : ndarray of shape (way,)
        1 where the time of coming is spread over the year, and where the birthday was some time before it; else 0.
    cell : ndarray of int of shape (way,)
        Piece of the age axis x number of placements + placement.
    """

    def __init__(self, parameters: Parameters, table: Rules, pieces: Sequence[slice]) -> None:
        grid, at_birthday = parameters.grid, np.asarray(parameters.entry_at_birthday)
        self._years, self._shape = len(grid.years), grid.opened.shape
        self._age, self._place = age, place = np.nonzero(grid.opened)
        any_born = np.broadcast_to(at_birthday.any((0, 1)), self._shape[0])
        self._born = born = np.flatnonzero(any_born[age])
        n = self.base = len(age)
        every, births = (np.tile(cells, self._years) for cells in (np.arange(n), born))
        at = np.concatenate([np.arange(n), every, births])  # which age and placement
        first, last = n, n + len(every)
        years = [np.zeros(n), np.repeat(np.arange(self._years), n), np.repeat(np.arange(self._years), len(born))]
        self.year = np.concatenate(years).astype(float)
        places = np.concatenate([key_of(p.name) for p in grid.placements])
        kinds = [_labels(kind, y, grid.ages, places)[:, age, place] for kind, y in enumerate(([0], *[grid.years] * 2))]
        self.label = np.concatenate([kinds[0].ravel(), kinds[1].ravel(), kinds[2][:, born].ravel()])
        piece_of = np.concatenate([np.full(piece.stop - piece.start, i) for i, piece in enumerate(pieces)])
        self.cell = (piece_of[age] * self._shape[1] + place)[at]
        self.state, self.age = table.state_of[age, place][at], age[at].astype(float)
        way = np.arange(len(at))
        self.entry = np.where(way < first, NONE, self.cell)
        self.spread, self.before = np.where(way < first, 0.0, 1.0), np.where(way < last, 1.0, 0.0)

    def expected(self, parameters: Parameters, capacity: Capacity | None) -> Array:
        """Give how many are expected to enter each way, after some were sent on: (draw, way after the base date)."""
        p, years = parameters, self._years
        starts = self._of(np.asarray(p.population)) * self._of(np.asarray(p.entry_rate))
        even = starts * self._of(np.asarray(p.entry_share), self._place)
        births = even[..., self._born] * self._of(np.asarray(p.entry_at_birthday))[..., self._born]
        n = max(len(births), *(len(np.asarray(further)) for further in p.extra_entries.values()), 1)
        even, births = (np.array(np.broadcast_to(a, (n, years, a.shape[2]))) for a in (even, births))
        even[..., self._born] -= births
        for further in p.extra_entries.values():
            even += self._of(np.asarray(further), self._place)
        if capacity is not None:
            even, births = self._sent_on(even, births, capacity.share, p.grid)
        return np.concatenate([a.reshape(len(a), -1) for a in (even, births)], axis=1)

    def _of(self, array: Array, place: NDArray[np.intp] | None = None) -> Array:
        """Take the open cells of an array of shape (draw, year, age) or (draw, year, age, placement)."""
        age = self._age if array.shape[2] > 1 else np.zeros_like(self._age)
        return np.asarray(array[:, :, age] if place is None else array[:, :, age, place])

    def _sent_on(self, even: Array, births: Array, share: Array, grid: Grid) -> tuple[Array, Array]:
        """Send shares of each group's arrivals on: (draw, year, cell) each."""
        relief, n = Relief(grid), max(len(share), len(even))
        born = self._age[self._born], self._place[self._born]
        both = [np.zeros((n, self._years, *self._shape)) for _ in range(2)]
        both[0][:, :, self._age, self._place], both[1][:, :, born[0], born[1]] = even, births
        for year in range(self._years):
            sent = np.broadcast_to(share[:, year], (n, share.shape[2])).T
            relief.send(sent, [a[:, year] for a in both], relief.entered)
        return both[0][:, :, self._age, self._place], both[1][:, :, born[0], born[1]]

    def children(self, keys: Bits, before: NDArray[np.int32], after: NDArray[np.int32]) -> Children:
        """Make the children by which two numbers differ: (draw, way) each; those removed are counted in later rows."""
        more = after - before
        draw, way = np.nonzero(more)
        number = more[draw, way]
        from_key = mixed(keys[draw] + self.label[way])
        first, removed = np.minimum(after, before)[draw, way], number < 0
        number = np.abs(number)
        each = np.repeat(np.arange(len(number)), number)
        within = np.arange(len(each)) - (np.cumsum(number) - number - first)[each]
        key = mixed(from_key[each] + (within + 1).astype(np.uint64) * GOLDEN)
        when, birthday = two_uniforms(mixed(key))
        draw, way = draw[each], way[each]
        when *= self.spread[way]
        when += self.year[way]
        birthday *= self.before[way]
        born = when - self.age[way] - birthday
        row = draw + len(keys) * removed[each]
        return Children(key + GOLDEN, draw, row, self.state[way], self.entry[way], when, born)


def _labels(kind: int, years: Sequence[int], ages: Sequence[int], places: Bits) -> Bits:
    """Make the keys of the cells of a kind: (year, age, placement)."""
    when = mixed(np.asarray(years, dtype=np.int64).astype(np.uint64) + mixed(np.array([kind], dtype=np.uint64)))
    by_age = mixed(when[:, None] + np.asarray(ages, dtype=np.int64).astype(np.uint64))
    return mixed(by_age[..., None] + places)


@dataclass(frozen=True, eq=False)
class _Followed:
    """Lives of one stream: how many were expected and came each way, (draw, way), and what was counted of them."""

    name: str
    parameters: Parameters
    pieces: Sequence[slice]
    rules: Rules
    ways: _Ways
    means: Array  # (draw, way), without those there on the base date
    numbers: NDArray[np.int32]
    happened: NDArray[np.int32]  # (transition, draw, year)
    more_time: Array  # (cell, draw, year): what came in the year times what was left of it, less what went

    def same_lives(self, name: str, parameters: Parameters, pieces: Sequence[slice]) -> bool:
        """Say whether a child lives the same life in other parameters."""
        mine = self.parameters
        same = all(getattr(mine, n) is getattr(parameters, n) for n in ("initial_stock", "exit_rate", "move_rate"))
        return same and self.name == name and list(self.pieces) == list(pieces) and mine.grid is parameters.grid

    def lives(self, expected: Projection, per_life: Array) -> Lives:
        """Give what was counted as stock and flows."""
        kinds, grid, ways = self.rules.transitions, self.parameters.grid, self.ways
        cells, rows, years = self.more_time.shape
        flat = _flat(self.happened)
        stock = np.empty((cells, rows, years + 1))
        stock[..., 0] = summing(ways.cell[: ways.base], cells) @ self.numbers[:, : ways.base].T
        np.cumsum((self.rules.gains @ flat).reshape(self.more_time.shape), axis=2, out=stock[..., 1:])
        stock[..., 1:] += stock[..., :1]
        leaving = np.flatnonzero(kinds.leaves)
        aged_out = (summing(kinds.origin[leaving], cells) @ flat[leaving]).reshape(self.more_time.shape)

        def whole(array: Array, name: str) -> Array:
            """Turn (cell, draw, year) into (draw, year, piece, placement), enlarged."""
            there = array.reshape(len(self.pieces), len(grid.placements), *array.shape[1:]).transpose(2, 3, 0, 1)
            return enlarged(there, lambda: getattr(expected, name), per_life)

        return Lives(
            grid=grid,
            pieces=self.pieces,
            stock=whole(stock, "stock"),
            entries=whole(self.happened[:cells].astype(float), "entries"),
            aged_out=whole(aged_out, "aged_out"),
            child_years=whole(stock[..., :-1] + self.more_time, "child_years"),
            parts=(),
            capacity=expected.capacity,
            expected=expected,
            per_life=per_life,
            events=self.happened[kinds.events],
            transitions=kinds.only(kinds.events),
        )


def _occupied(streams: list[Lives]) -> list[Lives]:
    """Say how full the capacity groups were of the children followed; shares are those by which arrivals were sent."""
    expected = streams[0].capacity
    if expected is None:
        return streams
    wanted, rows = Relief(streams[0].grid).wanted, len(streams[0].stock)
    occupancy = np.asarray(sum(lives.over_ages("child_years") @ wanted for lives in streams))
    others = {name: np.broadcast_to(array, (rows, *array.shape[1:])) for name, array in expected.arrays().items()}
    found = Capacity(**others | {"occupancy": occupancy})
    return [replace(lives, capacity=found) for lives in streams]


def _empty(table: Rules, rows: int) -> tuple[NDArray[np.int32], Array]:
    """Make room for what is counted: by transition, and by cell."""
    kinds = table.transitions
    return np.empty((kinds.n, rows, table.years), dtype=np.int32), np.empty((kinds.cells, rows, table.years))


def _per_life(parameters: Parameters, draws: int) -> Array:
    """Say how many children each life stands for: (draw,). The base date alone decides, so that no scenario does."""
    children = np.asarray(parameters.initial_stock).sum((1, 2))
    return np.array(np.broadcast_to(np.where(children > WHOLE, children / FOLLOWED, 1.0), draws))


def _numbers(
    parameters: Parameters, means: Array, ways: _Ways, keys: Bits, per_life: Array, first: _Followed | None
) -> NDArray[np.int32]:
    """Draw how many come each way: (draw, way). What is expected as before has come already."""
    if first is None:
        stock = np.asarray(parameters.initial_stock)
        whole = systematic(stock / per_life[:, None, None], uniform(mixed(keys)))
        found = np.zeros((len(keys), len(ways.label)), dtype=np.int32)
        found[:, : ways.base] = whole[:, parameters.grid.opened]
        differs = means > 0
    else:
        found, differs = first.numbers.copy(), means != first.means
    some = np.flatnonzero(differs.any(0))
    label, way = ways.label[ways.base + some], ways.base + some
    step = max(1, AT_ONCE // max(1, len(some)))
    for start in range(0, len(keys), step):
        rows = slice(start, start + step)
        chance = uniform(mixed(keys[rows, None] + label))
        each = np.broadcast_to(means, (len(keys), means.shape[1]))[rows][:, some]
        found[rows, way] = poisson(chance, each / per_life[rows, None])
    return found


def _at_once(after: NDArray[np.int32], before: NDArray[np.int32] | None) -> list[slice]:
    """Cut the draws into runs of about :data:`AT_ONCE` children who are to be followed."""
    each = (after if before is None else np.abs(after - before)).sum(1)
    step = max(1, int(AT_ONCE * len(each) / max(int(each.sum()), 1)))
    return [slice(i, min(i + step, len(each))) for i in range(0, len(each), step)]


def _fill(found: _Followed, first: _Followed | None, keys: Bits, rows: slice) -> None:
    """Follow the children of some draws, or those by which they differ from a scenario before; fill the counts in."""
    table, ways, after = found.rules, found.ways, found.numbers[rows]
    n = len(after)
    if first is None:
        counted = follow(table, ways.children(keys[rows], np.zeros_like(after), after), n, rows.start)
        number, left = counted
    else:
        counted = follow(table, ways.children(keys[rows], first.numbers[rows], after), 2 * n, rows.start)
        number, left = (a[:, :n] - a[:, n:] for a in counted)
    cells = table.transitions.cells
    time = (table.gains @ _flat(left)).reshape(cells, n, table.years)
    found.happened[:, rows], found.more_time[:, rows] = number, time
    if first is not None:
        found.happened[:, rows] += first.happened[:, rows]
        found.more_time[:, rows] += first.more_time[:, rows]


def _flat(array: NDArray[np.int32] | Array) -> Array:
    """Put draws and years on one axis."""
    return np.asarray(array.reshape(len(array), array.shape[1] * array.shape[2]), dtype=float)


def systematic(stock: Array, start: ArrayLike) -> Array:
    """Round tables to whole numbers by systematic sampling: unbiased, with the total and every row kept to within one.

    Parameters
    ----------
    stock : ndarray of shape (..., age, placement)
        Children.
    start : array_like of shape (...)
        A uniform number for each table.

    Returns
    -------
    ndarray of shape (..., age, placement)
        Whole children; a whole number stays as it is.

    Examples
    --------
    >>> systematic(np.array([[0.5, 0.5], [1.0, 2.0]]), 0.7)
    array([[1., 0.],
           [1., 2.]])
    """
    # Sums of fractions that should be whole are mended, so that whole tables come back whole.
    tables = stock.reshape(*stock.shape[:-2], -1)
    total = np.cumsum(np.concatenate([np.zeros_like(tables[..., :1]), tables], axis=-1), axis=-1)
    near = np.round(total)
    total = np.where(np.abs(total - near) < 1e-9 * (1.0 + near), near, total)
    return np.asarray(np.diff(np.floor(total + np.asarray(start)[..., None])).reshape(stock.shape))


def variance(parameters: Parameters) -> Array:
    """Give the variance that chance alone gives the number of children in care, without sampling.

    Parameters
    ----------
    parameters : Parameters
        What is run.

    Returns
    -------
    ndarray of shape (draw, date)
        Variance of the total [children squared].

    Notes
    -----
    Those there at the start are in care on a date independently, with chance p: variance p (1 - p) each. Those who
    entered since are Poisson. Their sum is the mean less the sum of p squared: zero at first, it settles at the mean.
    """
    p, grid = parameters, parameters.grid
    ages, places = np.nonzero(grid.opened)
    one_each = np.zeros((len(ages), len(grid.ages), len(grid.placements)))
    one_each[np.arange(len(ages)), ages, places] = 1.0
    care, found = list(grid.in_care), []
    stock = np.broadcast_to(np.asarray(p.initial_stock), (p.n_draws, *one_each.shape[1:]))
    for draw in range(p.n_draws):
        mine = {name: _of(getattr(p, name), draw) for name in _BY_DRAW}
        extra = {name: _of(array, draw) for name, array in p.extra_entries.items()}
        alone = p.changed(initial_stock=stock[draw : draw + 1]).changed(**mine).changed(extra_entries=extra)
        mean = _in_care(project_sums(alone), care)[0]
        # One child in each cell, as so many draws, and nobody comes in.
        empty = alone.changed(initial_stock=one_each, entry_rate=0.0 * mine["entry_rate"], extra_entries={})
        chance = _in_care(project_sums(empty), care)
        found.append(mean - stock[draw, ages, places] @ chance**2)
    return np.stack(found)


#: Parameters of people that have a draw axis, beside the stock and extra entries.
_BY_DRAW = ("population", "entry_rate", "entry_share", "entry_at_birthday", "exit_rate", "move_rate")


def _of(array: ArrayLike, draw: int) -> Array:
    """Give one draw of an array, where certain ones have one for all."""
    values = np.asarray(array, dtype=float)
    return np.asarray(values[min(draw, len(values) - 1)][None])


def _in_care(sums: Projection, care: list[int]) -> Array:
    """Sum the children in care: (draw, date)."""
    return np.asarray(sums.over_ages("stock")[..., care].sum(-1))
