"""Lexis cohorts: the engine, age by age and all years of an age at once; ages kept, or sums over pieces of ages.

A child who turns an age in one year turns the next in the year after, so all years of an age follow from those of the
age before: a matrix product or two for each age, and no array by year and age. Stock and time lived are made from sums
over ages that share rates. :mod:`carecost.maths.birthday_flow` has the kernels of a year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.items import AREA_DRIVERS
from carecost.engine.kernels import Band, Kernels, birthday_map
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import stepped
from carecost.engine.projection import Projection, Rates
from carecost.maths.birthday_flow import YearKernel, meet_new_rates, time_of_layers

#: Draws that go through at once: what an age needs fits in cache.
AT_ONCE = 64
#: Draws times years that meet new rates at once, of few draws: calls cost more than copies of kernels then. Of more
#: draws years go one by one, and no copy is held.
TURNS, FEW = 64, 8


def project_sums(parameters: Parameters, kernels: Kernels | None = None) -> Projection:
    """Project one stream of children and keep sums over ages.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    kernels : Kernels, optional
        Kernels to share between runs of the same draws.

    Returns
    -------
    Projection
        Stock and flows by pieces of the age axis, cut where a cost item begins or ends to count.
    """
    return project_pieces(parameters, kernels or Kernels(), age_cuts(parameters.grid))


def project_ages(parameters: Parameters, kernels: Kernels | None = None) -> Projection:
    """Project one stream of children and keep every age; see :func:`project_sums`."""
    return project_pieces(parameters, kernels or Kernels(), range(1, len(parameters.grid.ages)), ages=True)


def project_pieces(parameters: Parameters, kernels: Kernels, cuts: Sequence[int], ages: bool = False) -> Projection:
    """Project one stream of children by pieces of the age axis.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    kernels : Kernels
        Kernels to share between runs of the same draws.
    cuts : sequence of int
        Ages (by index) at which a piece begins, but for the first.
    ages : bool
        Whether to keep those who reach a birthday and extra entries, by age; then every age is a piece.

    Returns
    -------
    Projection
        Stock and flows.

    Notes
    -----
    With F_k the flow of those who turn an age in a year, e and e' those who enter evenly in this year and the next, Q
    the rates (of an age, in this year) and J the map of a birthday, a step from one birthday to the next is

    1. those who enter on the birthday join: F_0 += theirs (evenly over the birthdays of the year, so a constant);
    2. time after the birthday, until 31 March:   A = sum of F_k V_k + e phi_3 + g layer;
    3. stock on 31 March:                         S = F_0 + e/2 + A Q;
    4. time before the next birthday, next year:  B = F_0 phi_1 + e phi_2 + (e' - e) phi_3 - A;
    5. those who reach it:  F_0' = F_0 expm(Q) + e phi_1 + (e' - e) phi_2,   F_k' = F_k expm(Q) + (2k+1) g' Y_k;
    6. the layer that a sudden change of entrants has put into it:  g' = e' - e;
    7. the birthday: some leave (aged_out), some go on to another placement, the others turn the next age: F' J, g' J.

    The stock x on the base date has its birthdays spread evenly, as if it had entered in the year before: in the first
    year e is x in 4 and 5, e' - e is e', A is zero and g' = e' + x Q. Where rates change from this year to the next, 4
    to 6 are those of :func:`carecost.maths.birthday_flow.meet_new_rates`. Conservation, F_0' = S + B Q + e'/2, holds
    identically. Where ages are summed, 2 to 4 are done for the sum of the ages that share rates, but for 4 where rates
    change.

    Digits: a change that starts in a year leaves earlier years bit for bit. How a row is rounded may depend on how many
    are multiplied at once. So a year with the rates of the year before goes through their set together with all years,
    and takes its own row; a year with other rates goes by itself. A year's sums over ages end where that year's rates
    end, whatever other years do; sums go on one after the other, where a zero changes nothing. Ages in which nobody is
    are left out, which changes no digit either.
    """
    grid, p = parameters.grid, parameters
    bands = kernels.bands(p, cuts)
    pieces = [slice(a, b) for a, b in zip([0, *cuts], [*cuts, len(grid.ages)], strict=True)]
    within = [sum(cut <= band.ages.start for cut in cuts) for band in bands]
    draws, years, states = p.n_draws, len(grid.years), len(grid.placements)
    shape = draws, years, len(pieces), states
    time_of_bands = np.zeros((draws, years, len(bands), states))
    rates = Rates(
        time_of_bands, stepped(p.exit_rate), stepped(p.move_rate), [band.ages.start for band in bands], within
    )
    out = Projection(
        grid,
        pieces,
        stock=np.zeros((draws, years + 1, len(pieces), states)),
        entries=np.zeros(shape),
        aged_out=np.zeros(shape),
        child_years=time_of_bands if ages else np.zeros(shape),
        parts=(rates,),
        reached=np.zeros(shape) if ages else None,
        extra_entries={k: np.broadcast_to(np.asarray(v), shape) for k, v in p.extra_entries.items()} if ages else {},
    )
    plan = [_Plan(grid, band, following) for band, following in zip(bands, [*bands[1:], None], strict=True)]
    for first in range(0, draws, AT_ONCE):
        _Cohorts(p, kernels, slice(first, min(first + AT_ONCE, draws)), out).follow(plan)
    return out


def age_cuts(grid: Grid) -> list[int]:
    """Find the ages (by index) at which a cost item begins or ends to count."""
    found: set[int] = set()
    for ages in {item.ages for item in grid.items if item.ages and item.driver not in AREA_DRIVERS}:
        counts = [age in ages for age in grid.ages]
        found |= {a for a in range(1, len(counts)) if counts[a] != counts[a - 1]}
    return sorted(found)


class _Plan:
    """How the years of a band go, which is the same for all draws.

    Attributes
    ----------
    band, following : Band
        The band, and the next if any.
    birthday : BirthdayMap
        What the birthday that ends it does.
    within, border : _Years
        Years by their sets of rates: of an age of the band and the next age of it; of its last age and the next band.
    turns : ndarray of int of shape (year, 2)
        Sets of rates of the year before (its own in the first year) and of the year.
    """

    def __init__(self, grid: Grid, band: Band, following: Band | None) -> None:
        self.band, self.following, self.birthday = band, following, birthday_map(grid, band.ages.stop - 1)
        self.within = self.border = _Years.of(band.sets, band.sets)
        if following is not None:
            self.border = _Years.of(band.sets, following.sets)
        self.turns = np.stack([np.append(band.sets[:1], band.sets[:-1]), band.sets], axis=1)


class _Years(NamedTuple):
    """Years by the two sets of rates that meet in each.

    Attributes
    ----------
    pairs : ndarray of int of shape (year, 2)
        Numbers of the sets.
    regular : list of (tuple of int, ndarray of int)
        Pairs of sets, and the years (by index) that have each as the year before has, the first year too.
    changes : ndarray of int
        Years (by index) with another pair than the year before.
    """

    pairs: NDArray[np.int_]
    regular: list[tuple[tuple[int, int], NDArray[np.int_]]]
    changes: NDArray[np.int_]

    @classmethod
    def of(cls, one: NDArray[np.int_], other: NDArray[np.int_]) -> _Years:
        """Sort the years by two sets in each: (year,)."""
        pairs = np.stack([one, other], axis=1)
        changed = np.append(False, (pairs[1:] != pairs[:-1]).any(1))
        found: list[tuple[tuple[int, int], NDArray[np.int_]]] = []
        for first, then in dict.fromkeys(map(tuple, pairs[~changed].tolist())):
            found.append(((first, then), np.flatnonzero((pairs == (first, then)).all(1) & ~changed)))
        return cls(pairs, found, np.flatnonzero(changed))


class _Rows:
    """People of an age in some states, a row for each year in which they meet the next birthday, and one more.

    Attributes
    ----------
    whole : ndarray of shape (draw, year + 1, 3 * state)
        ``[turned | entered | more enter]``: those who turned the age in the year before (F_0 of the flow), those who
        entered evenly in that year, and how many more enter evenly in this year. In the first row the stock on the base
        date stands for those who entered. The last row has those who turned the age and entered in the last year.
    tilted : ndarray of shape (draw, 2, year + 1, 2 * state)
        ``[F_k | jump]`` for k of 1 and 2: the other coefficients, and the layer g that arises this year.
    """

    def __init__(self, draws: int, years: int, states: int) -> None:
        self.whole, self.tilted = np.zeros((draws, years + 1, 3 * states)), np.zeros((draws, 2, years + 1, 2 * states))


class _Sums:
    """Rows summed over the ages that share rates.

    Attributes
    ----------
    whole : ndarray of shape (draw, year + 1, 3 * state)
        As of the rows.
    tilted : ndarray of shape (draw, year + 1, 2 * state)
        ``[F_1 | F_2]``.
    layer : ndarray of shape (draw, year + 1, state)
        Time after the birthday of the layers that came in.
    before : ndarray of shape (draw, year + 1, state)
        Time before the next birthday of those who meet new rates.
    empty : bool
        Nothing was added yet: what the arrays hold is void.
    """

    def __init__(self, draws: int, years: int, states: int) -> None:
        self.whole, self.tilted = (np.empty((draws, years + 1, kinds * states)) for kinds in (3, 2))
        self.layer, self.before = np.empty((2, draws, years + 1, states))
        self.empty = True

    def add(self, rows: _Rows, layer: Array | None) -> None:
        """Add an age, and the time of the layers that came in with those who turned it: (draw, year, state)."""
        n = self.layer.shape[-1]
        if self.empty:
            self.empty = False
            for array in (self.whole, self.tilted, self.layer, self.before):
                array[...] = 0.0
        self.whole += rows.whole
        self.tilted[..., :n] += rows.tilted[:, 0, :, :n]
        self.tilted[..., n:] += rows.tilted[:, 1, :, :n]
        if layer is not None:
            self.layer[:, 1:] += layer

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Set all rows but some to zero."""
        for array in (self.whole, self.tilted, self.layer, self.before):
            array *= rows[:, None]


class _Meeting(NamedTuple):
    """Some years (by index), and the kernels of two sets of rates that meet in each: of (draw x year)."""

    years: NDArray[np.int_]
    one: YearKernel
    other: YearKernel


def _by_row(array: Array) -> Array:
    """Put each year of each draw by itself: (draw, year, state) to (draw x year, 1, state)."""
    return array.reshape(-1, 1, array.shape[-1])


class _Cohorts:
    """What the ages done so far hand to the next, for some of the draws.

    States are in the order of the grid's windows, and rows hold those of the window alone.
    """

    def __init__(self, parameters: Parameters, kernels: Kernels, draws: slice, out: Projection) -> None:
        grid = self._grid = parameters.grid
        self._kernels, self._draws, self._out = kernels, draws, out
        self._entrants = _Entrants(parameters, draws)
        self._n, self._years, self._states = draws.stop - draws.start, len(grid.years), len(grid.placements)
        start = np.asarray(parameters.initial_stock)
        self._start = np.broadcast_to(_some(start, draws), (self._n, *start.shape[1:]))
        # What the last age hands on, None as long as nobody is there: the flow of its birthday with all states in
        # order, (draw, 3, year, state), or rows of the same window; and the time of their layers, by year.
        self._turning: Array | None = None
        self._rows: _Rows | None = None
        self._layer: Array | None = None

    def follow(self, plans: Sequence[_Plan]) -> None:
        """Carry all ages through all years."""
        # One set of sums serves where all years' rates end at the same ages.
        self._apart = not all(plan.band.closes.all() for plan in plans)
        piece, (within,) = 0, (part.within for part in self._out.parts)
        self._restart()
        for i, plan in enumerate(plans):
            if within[i] != piece:
                self._take(piece)
                piece = within[i]
            self._band(i, plan)
        self._take(piece)

    def _restart(self) -> None:
        shape = (self._n, self._years, self._states)
        self._stock, self._entered, self._aged_out = np.zeros((3, *shape))
        self._first_stock = np.zeros((self._n, self._states))

    def _take(self, piece: int) -> None:
        """Hand out stock and flows summed over the ages of a piece."""
        out, back = self._out, np.argsort(self._grid.windows.order)  # from the order of the windows to that of the grid
        out.stock[self._draws, 0, piece] = self._first_stock
        out.stock[self._draws, 1:, piece] = np.take(self._stock, back, axis=-1)
        out.entries[self._draws, :, piece] = np.take(self._entered, back, axis=-1)
        out.aged_out[self._draws, :, piece] = np.take(self._aged_out, back, axis=-1)
        self._restart()

    def _band(self, i: int, plan: _Plan) -> None:
        """Carry the ages of a band through all years."""
        band, self._turns, self._within = plan.band, list[_Meeting](), list[Array]()
        for age in range(band.ages.start, band.ages.stop):
            if self._rows is None:
                if self._turning is None and self._entrants.none(age) and not self._start[:, age].any():
                    continue
                self._begin(band)
                self._kernels.make(band.sets.tolist())
            self._turns = self._turns or self._meetings(plan.within.changes, plan.turns)
            self._enter(age, band)
            self._step(age, plan)
            if age + 1 < band.ages.stop:
                self._layer = self._layers(plan.within, np.eye(self._after.layer.shape[-1]), within=True)
        if self._rows is None:
            return
        time = self._close(plan)
        states = self._grid.windows.states(band.ages.start)
        (rates,) = self._out.parts
        rates.child_years[self._draws, :, i, states] = time
        if self._out.reached is None:
            # One after the other: in this order a band without time changes no digit.
            self._out.child_years[self._draws, :, rates.within[i], states] += time
        self._cross(plan)

    def _begin(self, band: Band) -> None:
        """Make room for the states that are open from an age on, and put in those who have just turned it."""
        windows, age = self._grid.windows, band.ages.start
        self._window, w = windows.at[age], len(windows.states(age))
        self._rows, self._next = (_Rows(self._n, self._years, w) for _ in range(2))
        self._after = _Sums(self._n, self._years, w)
        self._before = _Sums(self._n, self._years, w) if self._apart else self._after
        if self._turning is not None:
            self._rows.whole[:, 1:, :w] = self._turning[:, 0, :, self._window]
            self._rows.tilted[:, :, 1:, :w] = self._turning[:, 1:, :, self._window]
            self._turning = None

    def _enter(self, age: int, band: Band) -> None:
        """Add those who enter at an age, and the stock on the base date."""
        assert self._rows is not None
        rows, years = self._rows, self._years
        w = rows.whole.shape[-1] // 3
        states = self._grid.windows.states(age)
        even, at_birthday = self._entrants.at(age, states)
        entered = self._entered[..., self._window]
        entered += even
        if at_birthday is not None:
            entered += at_birthday
            rows.whole[:, 1:, :w] += at_birthday
        start = self._start[:, age, states]
        self._first_stock += self._start[:, age]
        rows.whole[:, 0, w : 2 * w], rows.whole[:, 1:, w : 2 * w] = start, even
        rows.whole[:, 0, 2 * w :] = even[:, 0]
        np.subtract(even[:, 1:], even[:, :-1], out=rows.whole[:, 1:years, 2 * w :])
        rows.tilted[..., w:] = rows.whole[:, None, :, 2 * w :]
        rows.tilted[:, :, 0, w:] += start[:, None] @ self._kernel(band.sets[0]).rates

    def _kernel(self, number: int) -> YearKernel:
        return self._kernels.of(int(number)).part(self._draws)

    def _step(self, age: int, plan: _Plan) -> None:
        """Carry an age from one birthday to the next, and add it to the sums."""
        assert self._rows is not None
        rows, following, years = self._rows, self._next, self._years
        w = rows.whole.shape[-1] // 3
        for sums in (self._after, self._before)[: 1 + self._apart]:
            sums.add(rows, self._layer)
        whole, tilted = rows.whole[:, :years], rows.tilted[:, :, :years]
        for (number, _), some in plan.within.regular:
            kernel = self._kernel(number)
            if len(some) == years:
                np.matmul(whole, kernel.rows(0, 2), out=following.whole[:, 1:, :w])
                np.matmul(tilted, kernel.onward, out=following.tilted[:, :, 1:, :w])
            else:
                following.whole[:, some + 1, :w] = (whole @ kernel.rows(0, 2))[:, some]
                following.tilted[:, :, some + 1, :w] = (tilted @ kernel.onward)[:, :, some]
        for turn in self._turns:
            self._change(rows, following, turn)
        if self._out.reached is not None:
            self._out.reached[self._draws, :, age, self._grid.windows.states(age)] = following.whole[:, 1:, :w]
        self._rows, self._next = following, rows

    def _meetings(self, years: NDArray[np.int_], pairs: NDArray[np.int_]) -> list[_Meeting]:
        """Put the kernels of two sets of rates beside some years (by index), some years at once."""
        self._kernels.make(pairs[years].ravel().tolist())
        count = TURNS // self._n if self._n <= FEW else 1
        chosen = [years[i : i + count] for i in range(0, len(years), count)]
        return [
            _Meeting(some, *(self._kernels.beside(pairs[some, side].tolist(), self._draws) for side in (0, 1)))
            for some in chosen
        ]

    def _change(self, rows: _Rows, following: _Rows, turn: _Meeting) -> None:
        """Carry those of an age who meet new rates at the turn of some years."""
        years, old, new = turn
        w, n = rows.whole.shape[-1] // 3, self._n
        whole, first, second = (
            _by_row(a[:, years]) for a in (rows.whole, rows.tilted[:, 0, :, :w], rows.tilted[:, 1, :, :w])
        )
        flow = np.stack([whole[..., :w], first, second], axis=2)  # (draw x year, 1, 3, state)
        entered = whole[..., w : 2 * w]
        time_after = _time_after(old, whole[..., : 2 * w], np.concatenate([first, second], axis=-1))
        if self._layer is not None:
            time_after += _by_row(self._layer[:, years - 1])
        found = meet_new_rates(old, new, flow, (entered, entered + whole[..., 2 * w :]), time_after)
        onward = found.flow.reshape(n, len(years), 3, w)
        following.whole[:, years + 1, :w] = onward[:, :, 0]
        following.tilted[:, :, years + 1, :w] = onward[:, :, 1:].swapaxes(1, 2)
        rows.tilted[:, :, years, w:] = found.jump.reshape(n, 1, len(years), w)
        self._before.before[:, years] += found.time.reshape(n, len(years), w)

    def _close(self, plan: _Plan) -> Array:
        """Give the time that the ages of a band lived in the years whose rates end with it, and add to the stock.

        (draw, year, state of the window). Other years hand their sums on to the next band.
        """
        years, w, closes = self._years, self._after.layer.shape[-1], plan.band.closes
        after = self._lived_after(self._after, plan)
        stock = self._of_years(plan, lambda kernel, time: time @ kernel.rates, after[:, 1:])
        stock += self._after.whole[:, 1:, :w]
        stock += 0.5 * self._after.whole[:, 1:, w : 2 * w]
        if not self._apart:
            time = self._lived_before(self._after, plan, after)
            time += after[:, 1:]
            self._stock[..., self._window] += stock
            self._after.empty = True
            return time
        # Those before their birthday met last year's rates too: their sums end where either year's do.
        joint = closes | np.concatenate([closes[:1], closes[: years - 1]])
        time = self._lived_before(self._before, plan, self._lived_after(self._before, plan))
        time *= joint[:, None]
        time += after[:, 1:] * closes[:, None]
        self._stock[..., self._window] += stock * closes[:, None]
        self._after.keep(~np.concatenate([closes[:1], closes]))
        self._before.keep(~np.concatenate([joint, closes[-1:]]))
        return time

    def _of_years(self, plan: _Plan, made: Callable[..., Array], *rows: Array) -> Array:
        """Give what is made with each year's kernel of its rows, each (draw, year, ...): (draw, year, state)."""
        out = np.empty((self._n, self._years, self._after.layer.shape[-1]))
        for (number, _), some in plan.within.regular:
            found = made(self._kernel(number), *rows)
            if len(some) == self._years:
                return found
            out[:, some] = found[:, some]
        for years, _, new in self._turns:
            found = made(new, *(_by_row(array[:, years]) for array in rows))
            out[:, years] = found.reshape(self._n, len(years), -1)
        return out

    def _lived_after(self, sums: _Sums, plan: _Plan) -> Array:
        """Give the time after a birthday until 31 March, by the year after: (draw, year + 1, state)."""
        w = sums.layer.shape[-1]
        out = np.zeros_like(sums.layer)  # those there on the base date are not followed from their last birthday
        out[:, 1:] = self._of_years(plan, _time_after, sums.whole[:, 1:, : 2 * w], sums.tilted[:, 1:])
        out[:, 1:] += sums.layer[:, 1:]
        return out

    def _lived_before(self, sums: _Sums, plan: _Plan, after: Array) -> Array:
        """Give the time from the start of a year to the next birthday: (draw, year, state)."""
        whole, out = sums.whole[:, : self._years], sums.before[:, : self._years].copy()
        for (number, _), some in plan.within.regular:
            out[:, some] = (whole @ self._kernel(number).rows(1, 3) - after[:, : self._years])[:, some]
        return out

    def _layers(self, years: _Years, passes: Array, within: bool = False) -> Array:
        """Give the time that the layers of an age live after the birthday that ends it: (draw, year, next state)."""
        n = self._n
        jump = self._next.tilted[:, 0, : self._years, -len(passes) :]  # the age that has just ended
        out = np.empty((n, self._years, passes.shape[1]))
        for pair, some in years.regular:
            out[:, some] = (jump @ self._layer_across(pair, passes))[:, some]
        if within:
            # Each kernel is met at several ages: its matrix is worth making.
            self._within = self._within or [self._layer_within(turn, years.pairs) for turn in self._turns]
            for turn, layer in zip(self._turns, self._within, strict=True):
                out[:, turn.years] = (_by_row(jump[:, turn.years]) @ layer).reshape(n, len(turn.years), -1)
            return out
        for some, one, other in self._meetings(years.changes, years.pairs):
            found = time_of_layers(one, other, passes, _by_row(jump[:, some]))
            out[:, some] = found.reshape(n, len(some), -1)
        return out

    def _layer_within(self, turn: _Meeting, pairs: NDArray[np.int_]) -> Array:
        """Give the time of a unit of layer within the rates of some years: that of one year is kept for others."""
        if len(turn.years) > 1:
            return turn.other.layer()
        before, after = pairs[turn.years[0]].tolist()
        return self._layer_across((before, after), np.eye(turn.other.rates.shape[-1]))

    def _layer_across(self, pair: tuple[int, int], passes: Array) -> Array:
        return _some(self._kernels.layer(*pair, passes), self._draws)

    def _cross(self, plan: _Plan) -> None:
        """Let people pass the birthday that ends a band: some leave, some go on, the others turn the next age."""
        assert self._rows is not None
        rows, birthday = self._rows, plan.birthday
        here, w = birthday.here, rows.whole.shape[-1] // 3
        reached, leaving = rows.whole[:, 1:, :w], birthday.leaving.any()
        if leaving:
            aged_out = self._aged_out[..., here]
            aged_out += reached * birthday.leaving
        if plan.following is None:
            return
        self._layer = self._layers(plan.border, birthday.passes)
        if not plan.band.closes.all():
            going_on = self._layers(plan.within, np.eye(w), within=True)
            self._layer = np.where(plan.band.closes[:, None], self._layer, going_on)
        if here == self._grid.windows.at[plan.following.ages.start] and not leaving:
            return
        flow = np.concatenate([reached[:, None], rows.tilted[:, :, 1:, :w]], axis=1)
        self._turning, self._rows = birthday.turned(flow, self._states), None


def _time_after(kernel: YearKernel, people: Array, tilted: Array) -> Array:
    """Give the time after a birthday until 31 March of rows ``[turned | entered]`` and ``[F_1 | F_2]``."""
    return np.asarray(people @ kernel.rows(2, 3) + tilted @ kernel.after)


def _some(array: Array, draws: slice) -> Array:
    """Take some draws, where there is more than one."""
    return array if len(array) == 1 else array[draws]


class _Entrants:
    """Those who enter at an age, in every year, in some of the draws."""

    def __init__(self, parameters: Parameters, draws: slice) -> None:
        p = parameters
        ages = len(p.grid.ages)
        starts = _some(np.asarray(p.population), draws) * _some(np.asarray(p.entry_rate), draws)
        self._starts = np.broadcast_to(starts, (*starts.shape[:2], ages))
        self._share = _by_age(p.entry_share, draws, ages)
        self._extra = [_by_age(e, draws, ages) for e in p.extra_entries.values()]
        at_birthday = _some(np.asarray(p.entry_at_birthday), draws)
        self._at_birthday = np.broadcast_to(at_birthday, (*at_birthday.shape[:2], ages))
        self._any_at_birthday = np.asarray(self._at_birthday.any((0, 1)))
        self._shape = draws.stop - draws.start, len(p.grid.years)

    def none(self, age: int) -> bool:
        """Say whether nobody enters at an age."""
        return not self._starts[:, :, age].any() and not any(extra[:, :, age].any() for extra in self._extra)

    def at(self, age: int, states: NDArray[np.int_]) -> tuple[Array, Array | None]:
        """Give those who enter evenly, and those who enter on the birthday if any: (draw, year, state)."""
        even, born = self._starts[:, :, age, None] * self._share[:, :, age, states], None
        if self._any_at_birthday[age]:
            born = even * self._at_birthday[:, :, age, None]
            even = even - born
        for further in self._extra:
            even = even + further[:, :, age, states]
        return np.broadcast_to(even, (*self._shape, len(states))), born


def _by_age(array: object, draws: slice, ages: int) -> Array:
    values = _some(np.asarray(array, dtype=float), draws)
    return np.broadcast_to(values, (*values.shape[:2], ages, values.shape[3]))
