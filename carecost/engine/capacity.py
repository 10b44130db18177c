"""Limited places: who goes elsewhere when capacity groups fill, followed as a difference beside an unlimited run.

The algebra. All draws are run with places for all. Where places run out, arrivals are sent on; what that changes is a
population of its own, below zero where children were to go and above zero where they went, and it obeys the same linear
equations. It starts empty, so until somebody is sent on it is exactly zero. What a year needs to know of it is, for
each age, the row of :func:`carecost.engine.age_cohorts.project_pieces`, with the coefficients of the flow of birthdays
of last year and last year's even arrivals (states of the age: w):

    whole  [F_0 | e | e' - e]   (draw, age, 3w)          tilted  [F_k | g']   (draw, 2, age, 2w)

The time lived in the groups in a year (wanted: (state, group), 0 or 1) is a straight line in this year's arrivals e':

    occupancy = unlimited + carried + sum over ages of (e' x even + b' x born)

- carried: those there. Their time before the birthday, B, and after it, sum of F_k' V_k, with e' of zero.
- even (draw, age, state, group): one who enters at some time of the year lives phi_3 before a birthday and phi_3 after
  it, and as one of those who turn the next age (J: the birthday) sum of (2k+1) Y_k J V_k + layer, times wanted.
- born (draw, age, state, group): one who enters on the birthday lives V_0 times wanted.

So with places the share that a group sends on is a quotient, see :mod:`carecost.engine.capacity_shares`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.age_cohorts import age_cuts, project_sums
from carecost.engine.capacity_shares import Relief, added
from carecost.engine.grid import Grid
from carecost.engine.kernels import Band, Kernels, birthday_map
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Capacity, Projection, common_places
from carecost.maths.birthday_flow import YearKernel, meet_new_rates

#: Draws that are followed at once: their kernels are copied, and fit in memory.
AT_ONCE = 256


def project_together(streams: Sequence[Parameters], kernels: Kernels | None = None) -> list[Projection]:
    """Project streams that share places, and keep sums over ages.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, with the same places.
    kernels : Kernels, optional
        Kernels to share.

    Returns
    -------
    list of Projection
        One a stream. Where places may run out: a run with places for all, and in the draws whose places do run out
        the difference that it makes to send arrivals on. Where nobody is sent on, no digit differs from that run.

    Raises
    ------
    InputError
        If streams have different places: they share them.
    """
    shared = kernels or Kernels()
    return limited(streams, [project_sums(p, shared) for p in streams], shared)


def limited(streams: Sequence[Parameters], free: Sequence[Projection], kernels: Kernels) -> list[Projection]:
    """Limit runs that had places for all, where the grid has places: see :func:`project_together`.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, with the same places.
    free : sequence of Projection
        Their runs with places for all, of any pieces of the age axis; they are left as they are.
    kernels : Kernels
        Kernels of these runs.
    """
    grid = streams[0].grid
    if not grid.groups:
        return list(free)
    places, relief = common_places(streams), Relief(grid)
    occupancy = np.asarray(sum(run.child_years.sum(2) @ relief.wanted for run in free))
    kept = Capacity(places, np.array(np.broadcast_to(occupancy, places.shape)), *np.zeros((3, *places.shape)))
    over = np.asarray(np.any(kept.occupancy > places, axis=2))
    # Those whose places run out early come first: each year goes on with the first of them.
    draws = np.flatnonzero(over.any(1))
    draws = draws[np.argsort(over[draws].argmax(1), kind="stable")]
    out = [_own(run, len(places)) if len(draws) else run for run in free]
    for first in range(0, len(draws), AT_ONCE):
        some = draws[first : first + AT_ONCE]
        runs = [_Redirected(p, one, kernels, some, relief) for p, one in zip(streams, out, strict=True)]
        _Years(runs, relief, kept, some).follow()
        for run in runs:
            run.add()
    if len(draws):
        for one in out:
            _send_extra(one, relief, kept.share)
    return [replace(one, capacity=kept) for one in out]


def _own(run: Projection, draws: int) -> Projection:
    """Copy a run, and give a certain stream as many draws as the others, which its places depend on."""

    def own(array: Array) -> Array:
        return np.array(np.broadcast_to(array, (draws, *array.shape[1:])), order="C")

    return replace(
        run,
        stock=own(run.stock),
        entries=own(run.entries),
        aged_out=own(run.aged_out),
        child_years=own(run.child_years),
        parts=tuple(part._replace(child_years=own(part.child_years)) for part in run.parts),
        reached=None if run.reached is None else own(run.reached),
        extra_entries={name: own(array) for name, array in run.extra_entries.items()},
    )


def _send_extra(run: Projection, relief: Relief, share: Array) -> None:
    """Send the named extra entries on, in place, as all arrivals are."""
    for year in np.flatnonzero(share.any((0, 2))) if run.extra_entries else ():
        arrays = [array[:, year] for array in run.extra_entries.values()]
        relief.send(share[:, year].T, arrays, relief.entered)


class _Redirected:
    """Arrivals of one stream, and the difference that it makes to send some on."""

    def __init__(
        self, parameters: Parameters, run: Projection, kernels: Kernels, draws: NDArray[np.int_], relief: Relief
    ) -> None:
        order = parameters.grid.windows.order
        self._relief, self._entered = relief, np.argsort(order)[relief.entered].tolist()
        self._run, self._draws = run, draws
        self.difference = Difference(parameters, run, kernels, draws, relief.wanted[order], self._entered)
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
        """Send shares of each group's arrivals on, let them enter, and count: (group, draw)."""
        n = share.shape[1]
        before = [array[:n, year] for array in (self._even, self._born)]
        after = [array.copy() for array in before]
        counted = self._relief.send(share, after, range(len(self._entered)))
        even, born = (a - b for a, b in zip(after, before, strict=True))
        self._more[:n, year] = even
        self._more[:n, year, self._births] += born
        self.difference.enter(year, even, (self._births, born))
        return counted

    def add(self) -> None:
        """Add the difference to the run."""
        self.difference.add()
        for i, ages in enumerate(self._run.pieces):
            more = self._more[:, :, ages].sum(2)
            self._run.entries[self._draws[:, None], :, i, self._relief.entered] += more.swapaxes(1, 2)


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
        more = np.asarray(sum(run.difference.carry(year, n) for run in self._runs)).T
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


class Ahead(NamedTuple):
    """Time that each will live in some sets until the year's end.

    Attributes
    ----------
    even, born : ndarray of shape (draw, age, state, set)
        For one who enters at some time of the year, and on the birthday that begins the age [years].
    flow : list of ndarray of shape (draw, age, 3, state, set)
        Of each window: for a unit of each coefficient of the flow of the birthday that ends the age, after it.
    layer : list of ndarray of shape (draw, age, state, set)
        Of each window: for a unit of layer in that flow.
    """

    even: Array
    born: Array
    flow: list[Array]
    layer: list[Array]


class _Group(NamedTuple):
    """Neighbouring ages of a window that share rates in a year, and in the year before where that is asked.

    Attributes
    ----------
    ages : slice
        Where they are within the window.
    band : int
        The last of their bands (by index), to which their time belongs.
    before, now : int
        Numbers of their sets of rates in the year before and in this year.
    """

    ages: slice
    band: int
    before: int
    now: int


class _People:
    """Children of the ages of a window at the end of a year; see the algebra above.

    Attributes
    ----------
    ages, states : slice
        Where the ages are on the age axis, and the open states in the order of the grid's windows.
    entered : list of int
        Which of the states that anybody enters are open, by their place among these.
    into : list of int
        Where these are in the window.
    whole, tilted : ndarray of shape (draw, age, 3 * state) and (draw, 2, age, 2 * state)
        ``[turned | entered | more enter]`` and ``[F_k | jump]``.
    jump, layer : ndarray of shape (draw, age, state)
        Layers that came in with those who turned the age: from an age with the same rates, and the time lived after the
        birthday of those from an age with other rates.
    """

    def __init__(self, ages: slice, states: slice, draws: int, entered: Sequence[int]) -> None:
        self.ages, self.states = ages, states
        self.entered = [i for i, state in enumerate(entered) if states.start <= state < states.stop]
        self.into = [entered[i] - states.start for i in self.entered]
        a, w = ages.stop - ages.start, states.stop - states.start
        self.whole, self.tilted = np.zeros((draws, a, 3 * w)), np.zeros((draws, 2, a, 2 * w))
        self.jump, self.layer = np.zeros((2, draws, a, w))
        # This year: those who reach the next birthday (draw, age, coefficient, state), and the layer in their flow.
        self.reached, self.new_jump = np.zeros((draws, a, 3, w)), np.zeros((draws, a, w))
        # Time that some ages lived after their last birthday, by those ages, as far as it was worked out last year.
        self.time_after: dict[tuple[int, int], Array] = {}

    @property
    def w(self) -> int:
        """Number of states."""
        return int(self.states.stop) - int(self.states.start)


class Difference:
    """Children of one stream beside those of a run, some below zero: nobody at first, and only some draws.

    States are in the order of the grid's windows, so that those open at an age stand side by side. A year is done in
    two halves: :meth:`carry` those who are there, then :meth:`enter` those who come in addition.

    Parameters
    ----------
    parameters : Parameters
        What was run.
    run : Projection
        The run, to which the difference is added.
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
        run: Projection,
        kernels: Kernels,
        draws: NDArray[np.int_],
        wanted: Array,
        entered: Sequence[int],
    ) -> None:
        grid = self._grid = parameters.grid
        ages_kept = run.reached is not None
        cuts = range(1, len(grid.ages)) if ages_kept else age_cuts(grid)
        self._run, self._draws, self._wanted, self._entered = run, draws, wanted, entered
        self._kernels, self._own_kernels = kernels, dict[int, YearKernel]()
        self._bands, self._maps = (
            kernels.bands(parameters, cuts),
            [birthday_map(grid, a) for a in range(len(grid.ages))],
        )
        n, years, states = len(draws), len(grid.years), len(grid.placements)
        self._people = [_People(ages, at, n, entered) for ages, at in _windows(grid)]
        self._ahead, self._grouped = dict[tuple[int, ...], Ahead](), dict[tuple[int, int, bool], list[_Group]]()
        # By band, in order of the windows: what is added to the run.
        self._stock, self._time, self._aged_out = np.zeros((3, len(self._bands), n, years, states))
        self._reached = np.zeros((len(grid.ages), n, years, states)) if ages_kept else None

    def _kernel(self, number: int, n: int) -> YearKernel:
        """Give the kernel of a set of rates for the first n of the draws."""
        if number not in self._own_kernels:
            whole = self._kernels.of(number)
            of_draws = whole if len(whole.rates) == 1 else YearKernel(*(array[self._draws] for array in whole))
            self._own_kernels[number] = of_draws
        return self._own_kernels[number].part(slice(0, n))

    def _layer(self, age: int, before: int, after: int, n: int) -> Array:
        """Give the time that a layer lives after the birthday that ends an age, between two sets of rates."""
        whole = self._kernels.layer(before, after, self._maps[age].passes)
        return whole if len(whole) == 1 else whole[self._draws[:n]]

    def _within(self, number: int, n: int) -> Array:
        """Give the time that a layer lives after a birthday within a set of rates."""
        whole = self._kernels.layer(number, number, np.eye(self._kernel(number, n).rates.shape[-1]))
        return whole if len(whole) == 1 else whole[self._draws[:n]]

    def _groups(self, people: _People, year: int, joint: bool) -> list[_Group]:
        """Join the bands of a window that share the rates of a year, and of the year before where joint."""
        key = people.ages.start, year, joint
        if key in self._grouped:
            return self._grouped[key]
        found, first, earlier = list[_Group](), people.ages.start, max(year - 1, 0)
        for i, band in enumerate(self._bands):
            if people.ages.start <= band.ages.start < people.ages.stop:
                last = band.ages.stop == people.ages.stop
                if last or band.closes[year] or (joint and band.closes[earlier]):
                    ages = slice(first - people.ages.start, band.ages.stop - people.ages.start)
                    found.append(_Group(ages, i, int(band.sets[earlier]), int(band.sets[year])))
                    first = band.ages.stop
        self._grouped[key] = found
        return found

    def ahead(self, year: int) -> Ahead:
        """Look ahead over a year (by index); years that share rates share it."""
        key = tuple(int(band.sets[year]) for band in self._bands)
        if key not in self._ahead:
            self._ahead[key] = self._looked_ahead(year)
        return self._ahead[key]

    def _looked_ahead(self, year: int) -> Ahead:
        n, sets, states = len(self._draws), self._wanted.shape[1], len(self._grid.placements)
        even, born = np.zeros((2, n, len(self._grid.ages), states, sets))
        # What a unit of flow lives after the birthday that begins each age: (draw, age, coefficient, state, set).
        turned = np.zeros((n, len(self._grid.ages), 3, states, sets))
        numbers = [int(band.sets[year]) for band in self._bands for _ in range(band.ages.start, band.ages.stop)]
        at = self._grid.windows.at
        for band in self._bands:
            kernel, here = self._kernel(int(band.sets[year]), n), at[band.ages.start]
            w, wanted = here.stop - here.start, self._wanted[here]
            v = [kernel.phi[:, 2], kernel.after[:, :w], kernel.after[:, w : 2 * w]]
            for k in range(3):
                turned[:, band.ages, k, here] = (v[k] @ wanted)[:, None]
            born[:, band.ages, here] = turned[:, band.ages, 0, here]
            even[:, band.ages, here] = (2.0 * (kernel.phi[:, 3] @ wanted))[:, None]
        flow, layer = list[Array](), list[Array]()
        for people in self._people:
            count, w = people.ages.stop - people.ages.start, people.w
            later, missed = np.zeros((n, count, 3, w, sets)), np.zeros((n, count, w, sets))
            for i, age in enumerate(range(people.ages.start, min(people.ages.stop, len(self._grid.ages) - 1))):
                kernel, passes, there = self._kernel(numbers[age], n), self._maps[age].passes, at[age + 1]
                later[:, i] = passes @ turned[:, age + 1, :, there]
                missed[:, i] = self._layer(age, numbers[age], numbers[age + 1], n) @ self._wanted[there]
                early = [kernel.phi[:, 2], kernel.onward[:, 0, w:], kernel.onward[:, 1, w:]]
                even[:, age, people.states] += sum(y @ later[:, i, k] for k, y in enumerate(early)) + missed[:, i]
            flow.append(later)
            layer.append(missed)
        return Ahead(even, born, flow, layer)

    def carry(self, year: int, n: int) -> Array:
        """Carry those there to the birthdays of a year, in the first n draws; give their time in each set: (draw, set).

        Until somebody enters in addition, fewer enter by all who did last year.
        """
        total, ahead = np.zeros((n, self._wanted.shape[1])), self.ahead(year)
        for people, flow, layer in zip(self._people, ahead.flow, ahead.layer, strict=True):
            w, wanted = people.w, self._wanted[people.states]
            whole, tilted = people.whole[:n], people.tilted[:n]
            entered = whole[..., w : 2 * w]
            np.negative(entered, out=whole[..., 2 * w :])
            tilted[..., w:] = whole[:, None, :, 2 * w :]
            for group in self._groups(people, year, joint=True):
                time = self._to_birthday(people, group, n)
                self._time[group.band, :n, year, people.states] = time
                total += (time[:, None] @ wanted)[:, 0]
            people.new_jump[:n] = tilted[:, 0, :, w:]
            for rows, weight in ((people.reached[:n], flow), (people.new_jump[:n], layer)):
                total += (rows.reshape(n, 1, -1) @ weight[:n].reshape(n, -1, weight.shape[-1]))[:, 0]
        return total

    def _to_birthday(self, people: _People, group: _Group, n: int) -> Array:
        """Carry the ages of a group from one birthday to the next; give the time lived before it this year."""
        w, kernel = people.w, self._kernel(group.before, n)
        whole, tilted = people.whole[:n, group.ages], people.tilted[:n, :, group.ages]
        reached = people.reached[:n, group.ages]
        if group.before == group.now:
            reached[:, :, 0] = whole @ kernel.rows(0, 2)
            reached[:, :, 1:] = (tilted @ kernel.onward).swapaxes(1, 2)
            known = people.time_after.get((group.ages.start, group.ages.stop))
            after = self._time_after(people, group.ages, group.before, n) if known is None else known[:n]
            return np.asarray((_added(whole)[:, None] @ kernel.rows(1, 3))[:, 0] - after)
        ages = [slice(age, age + 1) for age in range(group.ages.start, group.ages.stop)]
        each = np.stack([self._time_after(people, age, group.before, n) for age in ages], axis=1)
        flow = np.stack([whole[..., :w], tilted[:, 0, :, :w], tilted[:, 1, :, :w]], axis=2)
        entered = whole[..., w : 2 * w]
        found = meet_new_rates(kernel, self._kernel(group.now, n), flow, (entered, np.zeros_like(entered)), each)
        reached[...] = found.flow
        tilted[..., w:] = found.jump[:, None]
        return np.asarray(found.time.sum(1))

    def _time_after(self, people: _People, ages: slice, number: int, n: int) -> Array:
        """Give the time that some ages of a window lived since their birthday, at a set of rates: (draw, state)."""
        w, kernel = people.w, self._kernel(number, n)
        tilted = [_added(a) for a in (*(people.tilted[:n, k, ages, :w] for k in (0, 1)), people.jump[:n, ages])]
        found = _added(people.whole[:n, ages, : 2 * w])[:, None] @ kernel.rows(2, 3)
        found += np.concatenate(tilted[:2], axis=-1)[:, None] @ kernel.after
        found += tilted[2][:, None] @ self._within(number, n)
        return np.asarray(found[:, 0] + _added(people.layer[:n, ages]))

    def enter(self, year: int, even: Array, born: tuple[NDArray[np.int_], Array]) -> None:
        """Let more or fewer enter in a year, evenly, and on birthdays at some ages; then carry all to its end.

        Both are of shape (draw, age, state entered) [children]; there may be fewer draws, the first.
        """
        n, states = len(even), len(self._grid.placements)
        over = np.zeros((n, 3, states))
        over_layer = np.zeros((n, states))
        for people in self._people:
            w, into = people.w, people.into
            more = np.zeros((n, people.ages.stop - people.ages.start, w))
            more[..., into] = even[:, people.ages, people.entered]
            groups = self._groups(people, year, joint=True)
            for group in groups:
                # In one memory layout: picked cells keep an odd one, in which products and sums round otherwise.
                kernel, some = self._kernel(group.now, n), np.ascontiguousarray(more[:, group.ages][..., into])
                reached = people.reached[:n, group.ages]
                for k, early in enumerate((kernel.phi[:, 2], kernel.onward[:, 0, w:], kernel.onward[:, 1, w:])):
                    reached[:, :, k] += some @ np.ascontiguousarray(early[:, into])
                time = _added(some)[:, None] @ np.ascontiguousarray(kernel.phi[:, 3, into])
                self._time[group.band, :n, year, people.states] += time[:, 0]
            people.new_jump[:n] += more
            over, over_layer = self._birthdays(year, n, people, over, over_layer)
            people.whole[:n, :, w : 2 * w] = more
        for age, entrants in zip(born[0].tolist(), np.moveaxis(born[1], 1, 0), strict=True):
            people = next(p for p in self._people if p.ages.start <= age < p.ages.stop)
            people.whole[:n, age - people.ages.start, people.into] += entrants[:, people.entered]
        for people in self._people:
            self._to_end(year, n, people)

    def _birthdays(self, year: int, n: int, people: _People, over: Array, over_layer: Array) -> tuple[Array, Array]:
        """Let all of a window turn the next age; give what goes over to the next window, in order of all states."""
        w, last, here = people.w, people.ages.stop - 1, people.states
        reached, jump, closing = people.reached[:n], people.new_jump[:n], self._maps[last]
        band = next(i for i, b in enumerate(self._bands) if b.ages.stop == people.ages.stop)
        self._aged_out[band, :n, year, here] += reached[:, -1, 0] * closing.leaving
        if self._reached is not None:
            self._reached[people.ages, :n, year, here] = reached[:, :, 0].swapaxes(0, 1)
        people.whole[:n, 0, :w], people.tilted[:n, :, 0, :w] = over[:, 0, here], over[:, 1:, here]
        people.whole[:n, 1:, :w] = reached[:, :-1, 0]
        people.tilted[:n, :, 1:, :w] = reached[:, :-1, 1:].swapaxes(1, 2)
        people.jump[:n, 0], people.layer[:n, 0] = 0.0, over_layer[:, here]
        people.jump[:n, 1:], people.layer[:n, 1:] = jump[:, :-1], 0.0
        for b in self._bands:
            age = b.ages.stop - 1
            if people.ages.start <= age < last and b.closes[year]:
                i = age - people.ages.start
                following = self._band_at(age + 1)
                layer = self._layer(age, int(b.sets[year]), int(following.sets[year]), n)
                people.layer[:n, i + 1] = (jump[:, i : i + 1] @ layer)[:, 0]
                people.jump[:n, i + 1] = 0.0
        states = len(self._grid.placements)
        out, layer_out = closing.turned(reached[:, -1], states), np.zeros((n, states))
        if last + 1 < len(self._grid.ages):
            here_set, next_set = int(self._bands[band].sets[year]), int(self._band_at(last + 1).sets[year])
            layer = self._layer(last, here_set, next_set, n)
            layer_out[:, self._grid.windows.at[last + 1]] = (jump[:, -1:] @ layer)[:, 0]
        return out, layer_out

    def _band_at(self, age: int) -> Band:
        return next(band for band in self._bands if band.ages.start <= age < band.ages.stop)

    def _to_end(self, year: int, n: int, people: _People) -> None:
        """Carry the ages of a window from their birthdays to the end of the year: time and stock."""
        w = people.w
        people.time_after = {}
        for group in self._groups(people, year, joint=False):
            after = self._time_after(people, group.ages, group.now, n)
            kept = people.time_after[group.ages.start, group.ages.stop] = np.zeros((len(self._draws), w))
            kept[:n] = after
            rows = _added(people.whole[:n, group.ages, : 2 * w])
            stock = rows[:, :w] + 0.5 * rows[:, w : 2 * w]
            stock += (after[:, None] @ self._kernel(group.now, n).rates)[:, 0]
            self._time[group.band, :n, year, people.states] += after
            self._stock[group.band, :n, year, people.states] = stock

    def add(self) -> None:
        """Add what was followed to the stock and flows of the run, in place; entries are not among them."""
        run, (rates,), rows = self._run, self._run.parts, self._draws
        back = np.argsort(self._grid.windows.order)
        for i, piece in enumerate(rates.within):
            run.stock[rows, 1:, piece] += np.take(self._stock[i], back, axis=-1)
            run.aged_out[rows, :, piece] += np.take(self._aged_out[i], back, axis=-1)
            time = np.take(self._time[i], back, axis=-1)
            run.child_years[rows, :, piece] += time
            if rates.child_years is not run.child_years:
                rates.child_years[rows, :, i] += time
        if self._reached is not None and run.reached is not None:
            run.reached[rows] += np.take(self._reached, back, axis=-1).transpose(1, 2, 0, 3)


def _added(rows: Array) -> Array:
    """Add up rows of ages, as a product, which is quicker: (draw, age, x) to (draw, x)."""
    return np.asarray(np.ones(rows.shape[1]) @ rows)


def _windows(grid: Grid) -> list[tuple[slice, slice]]:
    """Join the ages that have the same open states: the ages, and where the states are in order."""
    found, first = list[tuple[slice, slice]](), 0
    for age in range(1, len(grid.ages) + 1):
        if age == len(grid.ages) or (grid.opened[age] != grid.opened[age - 1]).any():
            found.append((slice(first, age), grid.windows.at[first]))
            first = age
    return found
