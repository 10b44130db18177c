"""Response to other amounts: outcomes of scenarios that act on entries and prices, exactly, from a few runs.

Where rates of leaving and moving stay as they are, children are linear in entries, whatever made them; money is linear
in prices. A change that scales entries, adds to them or diverts them enters by its size, once: entries are multilinear
in the sizes of such changes, and so is every sum over children. Runs at the corners (each change at its stated size, or
left out) give any other sizes by multilinear interpolation. What is not so (other rates, places that run out) is run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from itertools import combinations, count
from typing import NamedTuple, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from carecost._labels import INACTION
from carecost._typing import Array, ReadOnly, read_only
from carecost.engine.costs import Costs, priced
from carecost.engine.grid import Grid
from carecost.engine.items import OUTCOMES
from carecost.engine.parameters import Parameters
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.change import Change, Interval, replace_change
from carecost.inputs.scenario import Lever, Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.effects import Altered, alter, drawn_amount
from carecost.simulation.evaluator import FLOWS, Evaluator, Joined, Outcome
from carecost.simulation.prepare import Prepared
from carecost.simulation.run import Run
from carecost.simulation.run import run as model_run

#: Corners beyond which a scenario is run: 2 for each change that acts on the same children as others.
MOST_CORNERS = 32

#: Draws that are blended at once: what is read of them fits in cache.
AT_ONCE = 128

#: What an outcome holds of children, with an axis of draws first.
CHILDREN = ("stock", *FLOWS)

#: Why a change is run and not worked out.
PLACES = "places run out: what one more child does hangs on all others"
RATES = "changes {parameter}: children are not linear in it"
REPLACES = "entries are replaced, or may be added to below zero, so that what is averted hangs on the cell"
CROSSES = "diverts into or out of care where the mix on entry is kept by another change"

#: A change without its size: those with the same stem differ in size alone.
Stem: TypeAlias = tuple[object, ...]
#: Changes that act on children, each with its size, in order.
Key: TypeAlias = tuple[tuple[Stem, float], ...]
#: Ages whose entries are multiplied with the same; None for all.
Band: TypeAlias = tuple[int, ...] | None
#: What rates of entry of the set are multiplied with, by band of ages [ratio].
Entries: TypeAlias = Mapping[Band, float]


class Acting(NamedTuple):
    """A change that acts on children.

    Attributes
    ----------
    place : int
        Which of the scenario's changes it is, from 0.
    lever : Lever
        Whose change it is.
    name : str
        Name under which it is drawn.
    change : Change
        The change.
    stem : tuple
        The change without its size.
    size : float
        Its size: the share that is taken; where there are no draws, all of the amount.
    """

    place: int
    lever: Lever
    name: str
    change: Change
    stem: Stem
    size: float


@dataclass(frozen=True, eq=False)
class Corner(ReadOnly):
    """What a run gave of children and volumes, without prices.

    Attributes
    ----------
    stock, entries, exits, aged_out, child_years : ndarray
        As of :class:`Outcome`.
    volume : ndarray of shape (draw, year, item)
        Units of each item's driver.
    in_care : ndarray of shape (draw, date)
        Children in care, over all streams [children].
    time_in_care : ndarray of shape (draw, year)
        Time lived in care, over all streams [child-years].
    """

    stock: Array
    entries: Array
    exits: Array
    aged_out: Array
    child_years: Array
    volume: Array
    in_care: Array
    time_in_care: Array


@dataclass(frozen=True, eq=False)
class _Blend:
    """How an outcome is made of corners.

    Attributes
    ----------
    corners : tuple of (float, Corner)
        Weights, which sum to one.
    rows : ndarray of int, optional
        Draws that were run, since what is averted in them is not multilinear.
    run : Corner, optional
        What they gave.
    emptied : tuple of (float, _Blend)
        For each band of ages whose entries are multiplied: by how much more than once, and the same scenario where
        nobody of the band enters by rate.
    """

    corners: tuple[tuple[float, Corner], ...]
    rows: NDArray[np.int_] | None = None
    run: Corner | None = None
    emptied: tuple[tuple[float, _Blend], ...] = ()

    def array(self, name: str) -> Array:
        """Blend an array of the corners."""
        found = weighted([(weight, getattr(one, name)) for weight, one in self.corners])
        if self.rows is not None and self.run is not None:
            found = np.array(found)
            found[self.rows] = getattr(self.run, name)
        if not self.emptied:
            return found
        without = [(-more, blend.array(name)) for more, blend in self.emptied]
        return weighted([(1.0 + sum(more for more, _ in self.emptied), found), *without])


def weighted(parts: Sequence[tuple[float, Array]]) -> Array:
    """Sum arrays with weights, some draws at a time; the array itself where one has all the weight."""
    parts = [(weight, array) for weight, array in parts if weight]
    if len(parts) == 1 and parts[0][0] == 1.0:
        return parts[0][1]
    shape = max((array.shape for _, array in parts), key=lambda shape: shape[0])
    out, more = np.empty(shape), np.empty((min(AT_ONCE, shape[0]), *shape[1:]))
    for first in range(0, shape[0], AT_ONCE):
        some = slice(first, min(first + AT_ONCE, shape[0]))
        here, spare = out[some], more[: some.stop - first]
        np.multiply(parts[0][1][some], parts[0][0], out=here)
        for weight, array in parts[1:]:
            here += np.multiply(array[some], weight, out=spare)
    return out


class Blend(Protocol):
    """How an outcome is made of others."""

    def array(self, name: str) -> Array:
        """Give an array of a corner by its name."""


class Answer(Outcome):
    """An outcome that is worked out from others, each array when it is asked for."""

    _blend: Blend
    _costs: Callable[[Array], Costs]

    def __init__(self, blend: Blend, costs: Callable[[Array], Costs]) -> None:
        vars(self).update(_blend=blend, _costs=costs)

    def __getattr__(self, name: str) -> object:
        if name in CHILDREN:
            made: Array | Costs = self._blend.array(name)
            assert isinstance(made, np.ndarray)
            made.flags.writeable = False
        elif name == "costs":
            made = self._costs(self._blend.array("volume"))
        else:
            raise AttributeError(name)
        vars(self)[name] = made
        return made

    def in_care(self, grid: Grid) -> tuple[Array, Array]:
        """Children in care on each date, (draw, date), and time lived in care, (draw, year), over all streams."""
        blend = self._blend
        return blend.array("in_care"), blend.array("time_in_care")

    def __reduce__(self) -> tuple[object, ...]:
        whole = {field.name: getattr(self, field.name) for field in fields(Outcome)}
        return _whole, (whole,)


def _whole(arrays: dict[str, object]) -> Outcome:
    return Outcome(**arrays)  # type: ignore[arg-type]


class Corners:
    """Outcomes of scenarios with the luck of a run, worked out from runs at a few of them wherever that is exact.

    Parameters
    ----------
    run : Run
        Set, calendar and luck.
    central : bool
        Answer for the central run alone; amounts may then differ too, and not only the share of them that is taken.

    Attributes
    ----------
    runs : int
        How many scenarios were run so far.
    """

    def __init__(self, run: Run, central: bool = False) -> None:
        self.run, self.runs = run, 0
        self._central = central or run.draws.central
        self._sizes: dict[Stem, float] = {}
        self._known: dict[Key, tuple[Corner, Corner]] = {}
        self._emptied: dict[Band, Corners] = {}
        self._unit_costs = UnitCosts(run.prepared, run.draws)
        for name, plan in run.scenarios.items():
            acting = self._acting(plan)
            for one in acting:
                self._sizes.setdefault(one.stem, one.size)
            alone = corner(run.central[name], run.grid)
            self._known[_key(acting)] = alone, alone if self._central else corner(run.drawn[name], run.grid)

    @property
    def made(self) -> int:
        """How many scenarios were run so far, those in which nobody enters included."""
        return self.runs + sum(one.made for one in self._emptied.values())

    # What can be answered

    def faults(self, plan: Scenario) -> dict[int, str]:
        """Say why changes of a scenario (by place) are run and not worked out; nothing of those that are exact."""
        return self._faults(self._acting(plan))

    def netted(self, plan: Scenario) -> bool:
        """Say whether draws of a scenario are run, as one change averts and another adds, or goes beyond what can be.

        Parameters
        ----------
        plan : Scenario
            What is done.
        """
        rows = self._to_run(self._acting(plan))
        return rows is None or any(map(len, rows))

    def scalable(self, plan: Scenario) -> bool:
        """Say whether children of a scenario are linear in the rates of entry of all ages.

        Parameters
        ----------
        plan : Scenario
            What is done.
        """
        return self._scalable(self._acting(plan), (None,))

    def _faults(self, acting: Sequence[Acting]) -> dict[int, str]:
        run = self.run
        care = {p.name: p.in_care for p in run.prepared.layouts.grid.placements}
        into = [one for one in acting if one.change.parameter == "entry_rate"]
        replaces = any(not self._multilinear(one) for one in into)
        adds = any(one.change.operation != "scale" for one in into)
        later = any(one.change.later_share for one in into)
        found: dict[int, str] = {}
        for one in acting:
            change = one.change
            if run.grid.groups:
                found[one.place] = PLACES
            elif change.parameter == "entry_rate":
                if replaces:
                    found[one.place] = REPLACES
            elif change.parameter == "entry_share" and change.operation == "divert":
                ends = {care[name] for name in (*change.from_placements, str(change.to_placement))}
                if len(ends) > 1 and (adds or later):
                    found[one.place] = CROSSES
            else:
                found[one.place] = RATES.format(parameter=change.parameter)
        return found

    def _multilinear(self, one: Acting) -> bool:
        """Say whether entries are linear in a change of the rate of entry, and what it averts has one sign a draw."""
        if one.change.operation == "scale":
            return True
        return one.change.operation == "add" and min(float(x.min()) for x in self._amounts(one)) >= 0

    def _amounts(self, one: Acting) -> tuple[Array, ...]:
        """Give the amounts of a change at full share: central, and of all draws."""
        run = self.run
        blocks = [None] if self._central else [None, slice(0, run.draws.n)]
        samplers = (run.prepared.layouts.sampler(run.draws, block) for block in blocks)
        return tuple(drawn_amount(one.lever, one.name, one.change, sampler, run.calendar) for sampler in samplers)

    def _acting(self, plan: Scenario) -> list[Acting]:
        owners = [lever for lever in plan.levers for _ in lever.changes]
        found: list[Acting] = []
        for place, (owner, (name, change)) in enumerate(zip(owners, plan.changes, strict=True)):
            if change.parameter != "unit_cost" and change.share and not change.idle:
                stem, size = self._sized(owner.name, name, change)
                alike = sum(one.stem[1:] == stem for one in found)
                found.append(Acting(place, owner, name, change, (alike, *stem), size))
        return found

    def _sized(self, owner: str, name: str, change: Change) -> tuple[Stem, float]:
        """Part a change of a lever into what it is and its size."""
        size, apart = change.share, {"share"}
        if self._central:
            size *= change.amount.value * (1.0 if change.times is None else change.times.value)
            apart |= {"amount", "times", "luck", "unit", "times_of"}
        kept = (getattr(change, field) for field in Change.__dataclass_fields__ if field not in apart)
        return (owner, name if not self._central else "", *kept), size

    # Outcomes

    def prepare(self, *plans: Scenario, bands: Sequence[Band] = ()) -> None:
        """Make the runs that some scenarios need, so that none is made when they are asked for at other sizes.

        Parameters
        ----------
        *plans : Scenario
            Scenarios.
        bands : sequence of tuple of int or None
            Ages whose entries are to be multiplied together; None for all ages.
        """
        wanted: dict[Key, Scenario] = {}
        for plan in plans:
            acting = self._acting(plan)
            weights = self._weights(acting, self._fixed(acting))
            keys = [_key(acting)] if weights is None else [_key(some) for _, some in weights]
            wanted |= {key: self._at_corner(plan, key) for key in keys if key not in self._known}
        self._make(wanted)
        for band in bands:
            for plan in plans:
                if self._scalable(self._acting(plan), (band,)):
                    self._without(band).prepare(self._entering(plan, band))

    def ahead(self, plans: Sequence[Scenario]) -> None:
        """Run together those of some scenarios that would each be run when asked for, and keep what they gave.

        Parameters
        ----------
        plans : sequence of Scenario
            Scenarios.
        """
        wanted: dict[Key, Scenario] = {}
        for plan in plans:
            acting = self._acting(plan)
            key, needed = _key(acting), self._needed(acting)
            if key not in self._known and not (needed and all(_key(some) in self._known for _, some in needed)):
                wanted.setdefault(key, self._at_corner(plan, key))
        self._make(wanted)

    def outcomes(
        self, plan: Scenario, prices: Mapping[str, float] | None = None, entries: Entries | None = None
    ) -> tuple[Outcome, Outcome]:
        """Give the outcome of a scenario: central, and of all draws (the central one where there are none).

        Parameters
        ----------
        plan : Scenario
            What is done; its spending may be any.
        prices : mapping of str to float, optional
            What unit costs of the set are multiplied with, by item [ratio].
        entries : mapping of tuple of int or None to float, optional
            What the rates of entry of the set are multiplied with, by ages; None stands for all [ratio].

        Raises
        ------
        InputError
            If the scenario makes what cannot be; as a run says it.
        """
        prices, entries = prices or {}, {band: f for band, f in (entries or {}).items() if f != 1.0}
        run = self.run
        if run.scenarios.get(plan.name) is plan and not entries and all(factor == 1.0 for factor in prices.values()):
            return run.central[plan.name], (run.central if self._central else run.drawn)[plan.name]
        acting = self._acting(plan)
        if not self._scalable(acting, tuple(entries)):
            blends = self._run_at(plan, entries)
        else:
            blends = self._blends(plan, acting)
            emptied: list[list[tuple[float, _Blend]]] = [[], []] if entries else []
            for band, factor in entries.items():
                without, entering = self._without(band), self._entering(plan, band)
                for i, blend in enumerate(without._blends(entering, without._acting(entering))):
                    emptied[i].append((factor - 1.0, blend))
            blends = [replace(b, emptied=tuple(e)) for b, e in zip(blends, emptied, strict=True)] if emptied else blends
        answers = [Answer(blend, self._costing(plan, prices, central=i == 0)) for i, blend in enumerate(blends)]
        return answers[0], answers[-1]

    def _blends(self, plan: Scenario, acting: Sequence[Acting]) -> list[_Blend]:
        """Say how central run and draws are made; the scenario is run where corners are missing."""
        key = _key(acting)
        weights = None if key in self._known else self._needed(acting)
        if weights is not None and not all(_key(some) in self._known for _, some in weights):
            weights = None  # with other rates: its own run alone is less than all of its corners
        rows = None if weights is None else self._to_run(acting)
        if weights is None or rows is None:
            both = self._known[key] if key in self._known else self._corners([self._at_corner(plan, key)])[0]
            return [_Blend(((1.0, corner),)) for corner in both]
        made = [_Blend(tuple((w, self._known[_key(some)][i]) for w, some in weights)) for i in (0, 1)]
        if len(rows[0]):
            made[0] = _Blend(((1.0, corner(self.run.outcome(self._at_corner(plan, key)), self.run.grid)),))
        if self._central:
            return [made[0], made[0]]
        if len(rows[1]):
            made[1] = replace(made[1], rows=rows[1], run=self._run_rows(self._at_corner(plan, key), rows[1]))
        return made

    def _make(self, wanted: Mapping[Key, Scenario]) -> None:
        """Run scenarios and keep what they gave."""
        self._known |= dict(zip(wanted, self._corners(list(wanted.values())), strict=True))

    def _corners(self, plans: Sequence[Scenario]) -> list[tuple[Corner, Corner]]:
        own = len(plans) == 1
        named = [p if own else replace(p, name=f"{p.name}, corner {i}") for i, p in enumerate(plans)]
        self.runs += len(plans)
        if self._central:
            made = [corner(outcome, self.run.grid) for outcome in self.run.evaluator().outcomes(named)]
            return [(corner, corner) for corner in made]
        central, drawn = self.run.also(named)
        return [(corner(central[plan.name], self.run.grid), corner(drawn[plan.name], self.run.grid)) for plan in named]

    def _run_rows(self, plan: Scenario, rows: NDArray[np.int_]) -> Corner:
        """Run some draws."""
        joined, prepared, draws = Joined(len(rows)), self.run.prepared, replace(self.run.draws, noise=False)
        for first in range(0, len(rows), AT_ONCE):
            some = slice(first, min(first + AT_ONCE, len(rows)))
            joined.put(some, Evaluator(prepared, draws, cast(slice, rows[some])).outcome(plan))
        return corner(joined.outcome(), self.run.grid)

    def _at_corner(self, plan: Scenario, key: Key) -> Scenario:
        """Give a scenario without its spending, and with the changes of a corner at their sizes alone."""
        sizes, acting = dict(key), {one.place: one for one in self._acting(plan)}
        places = count()
        levers = tuple(
            replace(lever, changes=tuple(self._resized(c, acting.get(next(places)), sizes) for c in lever.changes))
            for lever in plan.levers
        )
        return replace(plan, levers=levers)

    def _resized(self, change: Change, one: Acting | None, sizes: Mapping[Stem, float]) -> Change:
        wanted = 0.0 if one is None else sizes.get(one.stem, 0.0)
        if one is not None and wanted == one.size:
            return change
        if not self._central or wanted == 0.0:
            return replace_change(change, share=wanted)
        return replace_change(change, amount=Interval(wanted), share=1.0, times=None, times_of="")

    def _fixed(self, acting: Sequence[Acting]) -> set[int]:
        """Find changes of levers that are run for another change: at another size they are run with it anyway."""
        faults = self._faults(acting)
        run = {one.lever.name for one in acting if one.place in faults}
        return {one.place for one in acting if one.lever.name in run}

    def _weights(
        self, acting: Sequence[Acting], fixed: Collection[int] = ()
    ) -> list[tuple[float, list[Acting]]] | None:
        """Give the corners of a scenario with their weights; None where it is to be run.

        Changes that are ``fixed`` have no corners of their own.
        """
        faults = self._faults(acting)
        free = [one for one in acting if one.place not in faults and one.place not in fixed]
        if not free:
            return None
        at = {one.place: one.size / self._sizes.setdefault(one.stem, one.size) for one in free}
        if min(at.values()) < 0:
            return None
        groups = _together(free, self.run)
        if sum(2 ** len(group) - 1 for group in groups) >= MOST_CORNERS:
            return None
        corners: list[tuple[float, list[Acting]]] = []
        for group in groups:
            for some in _subsets(group):
                weight = float(np.prod([at[p] if p in some else 1.0 - at[p] for p in group]))
                corners.append((weight, self._corner_of(acting, at, some)))
        # Exactly nothing where a group has a change at its known size, so that its corners are not asked for.
        rest = sum(1.0 - float(np.prod([1.0 - at[place] for place in group])) for group in groups)
        return [(1.0 - rest, self._corner_of(acting, at, ())), *corners]

    def _needed(self, acting: Sequence[Acting]) -> list[tuple[float, list[Acting]]] | None:
        """Give the corners of a scenario that have any weight; what is at its known size needs none without it."""
        weights = self._weights(acting)
        return weights and [(weight, some) for weight, some in weights if weight]

    def _corner_of(self, acting: Sequence[Acting], at: Mapping[int, float], some: Sequence[int]) -> list[Acting]:
        """Give what acts at a corner: the changes that are run, and some of the others at the size that is known."""
        kept = (one for one in acting if one.place not in at or one.place in some)
        return [one._replace(size=self._sizes[one.stem]) if one.place in at else one for one in kept]

    def _to_run(self, acting: Sequence[Acting]) -> list[NDArray[np.int_]] | None:
        """Find the draws to be run, of the central run and of all: where one change averts and another does not.

        None where a change goes beyond what can be, which a run says in words.
        """
        faults, grid = self._faults(acting), self.run.grid
        free = [one for one in acting if one.place not in faults]
        n = 1 if self._central else self.run.draws.n
        falls, rises = ([np.zeros(1, dtype=bool), np.zeros(n, dtype=bool)] for _ in range(2))
        for one in free:
            change, begin = one.change, self.run.calendar.begin(one.change)
            weight = change.share * np.array([change.weight(year - begin + 1) for year in grid.years])
            for i, amount in enumerate(self._amounts(one)):
                taken = weight * amount[:, None]
                least, most = float(taken.min()), float(taken.max())
                if change.operation == "divert" and not 0 <= least <= most <= 1:
                    return None
                if change.operation == "scale" and least <= -1:
                    return None
                if change.parameter == "entry_rate" and weight.any():
                    falls[i] |= amount < 0
                    rises[i] |= amount > 0
        if self._central:
            falls[1], rises[1] = falls[0], rises[0]
        if grid.averted_to is None:
            return [np.zeros(0, dtype=int)] * 2
        return [np.flatnonzero(fall & rise) for fall, rise in zip(falls, rises, strict=True)]

    # Entries

    def _scalable(self, acting: Sequence[Acting], bands: Sequence[Band]) -> bool:
        """Say whether children are linear in the rates of entry of some bands."""
        if not bands:
            return True
        background, ties = self.run.assumptions.background, self.run.assumptions.ties
        behind = [] if background is None else [change for _, change in background.changes if not change.idle]
        every = [c for c in (*behind, *(one.change for one in acting)) if c.parameter == "entry_rate"]
        scaled = all(c.operation == "scale" for c in every)
        # Those who come later would be counted at the age at which they come, not where they were averted.
        apart = None in bands or not any(c.later_share for c in every)
        named = [age for band in bands for age in band or self.run.grid.ages]
        once = len(set(named)) == len(named)
        rows = (row for row in self.run.assumptions.rows if row.parameter == "entry_rate")
        # Without its rate of entry, what is tied to it would be drawn otherwise.
        tied = any(row.quantity in names for row in rows for names in (ties.joint, ties.matrix, ties.loading))
        return scaled and apart and once and not self.run.grid.groups and not tied

    def _without(self, band: Band) -> Corners:
        """Give the corners of the set in which nobody of a band enters by rate."""
        if band not in self._emptied:
            run = self.run
            start, years = run.calendar.programme_start, run.grid.n_years
            empty = model_run(nobody_enters(run.assumptions, band), (), years, replace(run.draws, noise=False), start)
            self.runs += 1
            self._emptied[band] = Corners(empty, self._central)
            self._emptied[band]._sizes = self._sizes
        return self._emptied[band]

    def _entering(self, plan: Scenario, band: Band) -> Scenario:
        """Give what acts where nobody of a band enters: where nobody at all does, not what acts on entries."""
        if band is not None:
            return plan
        acting = self._acting(plan)
        faults = self._faults(acting)
        return self._at_corner(plan, _key([one for one in acting if one.place in faults]))

    def _run_at(self, plan: Scenario, entries: Entries) -> list[_Blend]:
        """Run a scenario on the set with other entries."""
        run = self.run
        alone = () if plan.name == INACTION else (self._at_corner(plan, _key(self._acting(plan))),)
        scaled, start = scaled_set(run.assumptions, {}, entries), run.calendar.programme_start
        made = model_run(scaled, alone, run.grid.n_years, replace(run.draws, noise=False), start)
        self.runs += 1
        return [_Blend(((1.0, corner(of[plan.name], run.grid)),)) for of in (made.central, made.drawn)]

    # Prices

    def _costing(self, plan: Scenario, prices: Mapping[str, float], central: bool) -> Callable[[Array], Costs]:
        where, grid, unit_costs = f"scenario {plan.name!r}", self.run.grid, self._unit_costs
        follows = any(item.driver == OUTCOMES for item in grid.items)  # their volume is filled in place
        block = None if central or self._central else slice(0, self.run.draws.n)

        def cost(volume: Array) -> Costs:
            return priced(grid, np.array(volume) if follows else volume, unit_costs.of(plan, prices, block), where)

        return cost


class UnitCosts:
    """Unit costs of any scenario on a set, worked out apart from children.

    Parameters
    ----------
    prepared : Prepared
        The set.
    draws : Draws
        The luck.
    """

    def __init__(self, prepared: Prepared, draws: Draws) -> None:
        self.prepared, self.draws = prepared, draws
        self._own: dict[bool, Array] = {}
        # Of the central run at stated prices, what is the same in many scenarios, by what changes it.
        self._changed: dict[tuple[Change, ...], Array] = {}

    @classmethod
    def beside(cls, many: Sequence[UnitCosts]) -> UnitCosts:
        """Give those of several sets that differ in what rows of unit costs say, as draws of one central run."""
        new, own = copy(many[0]), [one._stated(None) for one in many]
        new._changed = {}
        shape = np.broadcast_shapes(*(array.shape for array in own))
        new._own = {True: np.concatenate([np.broadcast_to(array, shape) for array in own])}
        return new

    def on(self, plan: Scenario, outcome: Outcome) -> Outcome:
        """Put the unit costs of the central run of a scenario on an outcome, whose children stay."""
        unit_cost, volume = self.of(plan, {}, None), outcome.costs.volume
        # A copy: what follows outcomes is filled in place.
        volume = np.array(np.broadcast_to(volume, (len(unit_cost), *volume.shape[1:])))
        return replace(outcome, costs=priced(outcome.costs.grid, volume, unit_cost, f"scenario {plan.name!r}"))

    def _stated(self, block: slice | None) -> Array:
        """Give the unit costs of the set: (draw, year or 1, item)."""
        key, layouts = block is None, self.prepared.layouts
        if key not in self._own:
            sampler = layouts.sampler(self.draws, block)
            stated = [one for one in layouts.layouts(layouts.streams[0]) if one.parameter == "unit_cost"]
            found = [one.array(layouts.grid, sampler) for one in stated]
            self._own[key] = np.asarray(found[0]) if found else np.zeros((1, 1, 0))
        return self._own[key]

    def of(self, plan: Scenario, prices: Mapping[str, float], block: slice | None) -> Array:
        """Give the unit costs of a scenario: (draw, year, item).

        Parameters
        ----------
        plan : Scenario
            What is done.
        prices : mapping of str to float
            What unit costs of the set are multiplied with, by item [ratio].
        block : slice or None
            All draws, or the central run.
        """
        layouts, calendar = self.prepared.layouts, self.prepared.calendar
        grid, stream = layouts.grid, layouts.streams[0]
        sampler = layouts.sampler(self.draws, block)
        unit_cost = self._stated(block)
        if any(factor != 1.0 for factor in prices.values()):
            unit_cost = unit_cost * np.array([prices.get(item.name, 1.0) for item in grid.items])
        background = self.prepared.assumptions.background
        plans = [one for one in (background, plan) if one is not None]
        every = [change for one in plans for _, change in one.changes]
        changes = [c for c in every if c.parameter == "unit_cost" and c.share and not c.idle]
        if not changes:
            return unit_cost
        kept, key = block is None and not prices, tuple(changes)
        if kept and key in self._changed:
            return self._changed[key]
        # Only the items that are changed go through the changes.
        named = [c.where.items for c in changes]
        at = [i for i, item in enumerate(grid.items) if any(names is None or item.name in names for names in named)]
        altered = Altered(_prices_alone(grid, unit_cost[..., at], at))
        for one in plans:
            altered = alter(one, altered, stream, sampler, calendar, only=("unit_cost",))
        changed = np.asarray(altered.parameters.unit_cost)
        shape = [max(a, b) for a, b in zip(unit_cost.shape, (*changed.shape[:2], 0), strict=True)]
        out = np.array(np.broadcast_to(unit_cost, shape))
        out[..., at] = changed
        if kept:
            self._changed[key] = read_only(out)
        return out


def central_corners(run: Run) -> Corners:
    """Give the corners of the central run, made once."""
    return run.once(("central corners",), lambda: Corners(run, central=True))


def _prices_alone(grid: Grid, unit_cost: Array, at: Sequence[int]) -> Parameters:
    """Give parameters with the unit costs of some items, and of nobody."""
    some = replace(grid, items=tuple(grid.items[i] for i in at), groups=())
    ages, placements = len(grid.ages), len(grid.placements)
    none = np.zeros((1, 1, 1))
    share = np.zeros((1, 1, ages, placements))
    return Parameters(some, np.zeros((1, ages, placements)), none, none, share, unit_cost=unit_cost)


def _key(acting: Sequence[Acting]) -> Key:
    return tuple((one.stem, one.size) for one in acting)


def corner(outcome: Outcome, grid: Grid) -> Corner:
    """Keep of an outcome what prices do not touch."""
    o = outcome
    return Corner(o.stock, o.entries, o.exits, o.aged_out, o.child_years, o.costs.volume, *o.in_care(grid))


def _together(free: Sequence[Acting], run: Run) -> list[list[int]]:
    """Group changes (by place) that act on the same children: what groups do adds up.

    Those who come later are of another age: where somebody does, all changes of a stream are one group.
    """
    later = any(one.change.later_share for one in free)
    streams, ages = run.assumptions.streams, run.grid.ages
    cells = {
        one.place: {(s, a) for s in one.change.where.streams or streams for a in (0,) if later}
        or {(s, a) for s in one.change.where.streams or streams for a in one.change.where.ages or ages}
        for one in free
    }
    groups: list[tuple[set[tuple[str, int]], list[int]]] = []
    for place, covered in cells.items():
        joined = [group for group in groups if group[0] & covered]
        groups = [group for group in groups if not group[0] & covered]
        groups.append((covered.union(*(g[0] for g in joined)), [*(p for g in joined for p in g[1]), place]))
    return [sorted(places) for _, places in groups]


def _subsets(places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give every subset but the empty one."""
    for n in range(1, len(places) + 1):
        yield from combinations(places, n)


def nobody_enters(assumptions: Assumptions, band: Band = None) -> Assumptions:
    """Give a set in which nobody of some ages enters by rate; those on the base date and extra entries stay."""
    if band is not None:
        return assumptions.replace("entry_rate", 0.0, ages=band)

    def empty(row: Assumption) -> Assumption:
        if row.parameter != "entry_rate" or row.kind != "value":
            return row
        return replace(row, belief=replace(row.belief, value=0.0, low=None, high=None, distribution=""))

    rows = tuple(map(empty, assumptions.rows))
    certain = {row.quantity for row in rows if row.belief.certain}
    ties = assumptions.ties.without(certain - set(assumptions.ties.joint))
    return replace(assumptions, rows=rows, ties=ties)


def scaled_set(assumptions: Assumptions, prices: Mapping[str, float], entries: Entries) -> Assumptions:
    """Give the set with the unit costs of some items, and the rates of entry of some ages, multiplied."""
    for item, factor in prices.items():
        if factor != 1.0:
            assumptions = assumptions.scale("unit_cost", factor, item=item)
    for band, factor in entries.items():
        if factor != 1.0:
            assumptions = assumptions.scale("entry_rate", factor, **({} if band is None else {"ages": band}))
    return assumptions
