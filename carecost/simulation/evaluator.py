"""Evaluate scenarios for a block of draws with common random numbers; parameters and projections are shared."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace

import numpy as np

from carecost._guard import unguarded
from carecost._typing import Array, ReadOnly
from carecost.engine.age_cohorts import project_sums
from carecost.engine.capacity import limited
from carecost.engine.costs import Costs, cost_streams
from carecost.engine.grid import AXES, HAZARDS, Grid
from carecost.engine.items import WEEKS
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters, side_by_side
from carecost.engine.piecewise import Stepped
from carecost.engine.projection import Capacity, Projection
from carecost.engine.stochastic import Luck
from carecost.inputs.change import Change
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.money import price_luck
from carecost.simulation.effects import Altered, alter, apply
from carecost.simulation.prepare import Prepared
from carecost.simulation.sampler import Sampler

#: Behind the guard: a set was checked.
mean_price_factor = unguarded(price_luck.mean_price_factor)

FLOWS = ("entries", "exits", "aged_out", "child_years")
#: Projections kept in the memo: enough for a walk over subsets that adds one lever at a time to be done once each.
KEPT = 64
#: What of a change says how much.
SIZES = ("amount", "times", "share", "luck", "unit", "times_of")
#: Sets of rates after which kernels are forgotten: scenarios share the few of a run, subsets of levers may have many.
MOST_RATES = 4096


@dataclass(frozen=True, eq=False)
class Outcome(ReadOnly):
    """One scenario, summed over ages; a draw axis of length 1 is the central run.

    Attributes
    ----------
    stock : ndarray of shape (draw, stream, date, placement)
        On 31 March [children].
    entries, exits, aged_out : ndarray of shape (draw, stream, year, placement)
        Flows in each year [children].
    child_years : ndarray of shape (draw, stream, year, placement)
        Time lived [child-years].
    costs : Costs
        Volume, price and spend.
    capacity : Capacity, optional
        How full the capacity groups were; None without groups.
    """

    stock: Array
    entries: Array
    exits: Array
    aged_out: Array
    child_years: Array
    costs: Costs
    capacity: Capacity | None = None

    def draw(self, i: int) -> Outcome:
        """Take one draw."""
        joined = Joined(len(self.stock))
        joined.put(slice(None), self)
        return joined.part(slice(i, i + 1))

    def in_care(self, grid: Grid) -> tuple[Array, Array]:
        """Children in care on each date, (draw, date), and time lived in care, (draw, year), over all streams."""
        return self.total("stock", grid), self.total("child_years", grid)

    def total(self, name: str, grid: Grid) -> Array:
        """Give children in care, or a flow of them, over all streams: (draw, date) or (draw, year)."""
        care = np.array([float(p.in_care) for p in grid.placements])
        return np.asarray((getattr(self, name) @ care).sum(1))

    @property
    def public_spend(self) -> Array:
        """Spend of the public purse: (draw, year) [GBP, constant prices]."""
        return self.costs.public_spend

    def arrays(self) -> list[Array]:
        """List its arrays, each with an axis of draws of full length."""
        costs, capacity = self.costs, self.capacity
        unit_cost = np.broadcast_to(costs.unit_cost, (len(costs.volume), *costs.volume.shape[1:]))
        groups = [] if capacity is None else [getattr(capacity, field.name) for field in fields(capacity)]
        return [*(getattr(self, name) for name in ("stock", *FLOWS)), costs.volume, unit_cost, *groups]

    def with_arrays(self, arrays: Sequence[Array]) -> Outcome:
        """Give the same of other draws: arrays in the order of :meth:`arrays`."""
        given = iter(arrays)
        flows = {name: next(given) for name in ("stock", *FLOWS)}
        volume, unit_cost = next(given), next(given)
        costs = Costs(self.costs.grid, volume, unit_cost, volume * unit_cost)
        return Outcome(**flows, costs=costs, capacity=None if self.capacity is None else Capacity(*given))


#: What a projection follows from, for one stream: the changes that act on its children, in their order.
Acting = tuple[tuple[str, Change], ...]


class Evaluator:
    """One block of draws, or the central run: whatever is asked of it has the same luck.

    Parameters
    ----------
    prepared : Prepared
        The set.
    draws : Draws
        The luck.
    block : slice, optional
        Draws that go through at once; the central run by default.
    """

    def __init__(self, prepared: Prepared, draws: Draws, block: slice | None = None) -> None:
        self.prepared, self.draws, self.block = prepared, draws, block
        self.sampler: Sampler = prepared.layouts.sampler(draws, block)
        self._base = self._inaction([prepared])
        self._kernels = Kernels()
        self._projected: OrderedDict[tuple[object, ...], list[Projection]] = OrderedDict()
        self._luck: Luck | None = None
        #: Parameters whose changes alter no projection.
        self._idle: tuple[str, ...] = ()

    def moved(self, *prepared: Prepared) -> Evaluator:
        """Give what runs scenarios on the same set with other values, in the same cells; several sets as draws of one.

        Kernels are shared, and projections of streams whose children have the same values.
        """
        new, mine = copy(self), self.prepared.layouts
        new.prepared, new._projected = prepared[0], OrderedDict()
        new._base = new._inaction(prepared)
        if not mine.grid.groups:
            same = {stream for stream in mine.streams if all(mine.alike(one.layouts, stream) for one in prepared)}
            new._projected.update((key, made) for key, made in self._projected.items() if key[0] in same)
        return new

    def staying(self) -> Evaluator:
        """Give what runs scenarios where nobody enters: those there on the base date, with the same luck and rates."""
        new = copy(self)
        # Without entries no change of them, nor of the people they come from, alters anything.
        new._base = {s: p.changed(entry_rate=np.zeros((1, 1, 1)), extra_entries={}) for s, p in self._base.items()}
        new._idle = tuple(name for name in AXES if name not in HAZARDS)
        new._projected = OrderedDict()
        return new

    @classmethod
    def beside(cls, many: Sequence[Evaluator]) -> Evaluator:
        """Give what runs scenarios on several central runs of sets with the same labels at once, as draws of one."""
        new = copy(many[0])
        new._base = {stream: side_by_side([one._base[stream] for one in many]) for stream in many[0]._base}
        new._projected = OrderedDict()
        return new

    def _inaction(self, many: Sequence[Prepared]) -> dict[str, Parameters]:
        """Make the parameters of each stream, side by side where there are several, with what goes on behind."""
        background, made = self.prepared.assumptions.background, dict[str, Parameters]()
        for stream in self.prepared.layouts.streams:
            every = [one.layouts.parameters(stream, self.sampler) for one in many]
            made[stream] = every[0] if len(every) == 1 else side_by_side(every)
        if background is None:
            return made
        # A background counts in inaction and averts nobody: what it removes is not carried on.
        calendar = self.prepared.calendar
        return {s: alter(background, Altered(p), s, self.sampler, calendar).with_later() for s, p in made.items()}

    def unsplit(self) -> dict[str, Parameters]:
        """Give the parameters of each stream under inaction, phases of time in care not split."""
        return dict(self._base)

    def parameters(self, scenario: Scenario) -> dict[str, Parameters]:
        """Make the parameters of each stream under a scenario, phases of time in care split."""
        return {stream: self._parameters(scenario, stream) for stream in self._base}

    def _parameters(self, scenario: Scenario, stream: str) -> Parameters:
        applied = apply(scenario, self._base[stream], stream, self.sampler, self.prepared.calendar)
        return self.prepared.layouts.splits[stream].of(applied)

    def outcome(self, scenario: Scenario) -> Outcome:
        """Run a scenario; projections of children whom it leaves as they were are not made again."""
        return self._outcome(scenario, self.parameters(scenario))

    def outcomes(self, scenarios: Sequence[Scenario]) -> list[Outcome]:
        """Run several scenarios; in the central run children go through side by side, in less time than one by one."""
        made: list[Outcome] = []
        together = max(1, KEPT // len(self._base))
        for first in range(0, len(scenarios), together):
            some = scenarios[first : first + together]
            parameters = [self.parameters(scenario) for scenario in some]
            if self.block is None and not self.prepared.layouts.grid.groups:
                for stream in self._base:
                    self._side_by_side(some, stream, [of[stream] for of in parameters])
            made += [self._outcome(scenario, of) for scenario, of in zip(some, parameters, strict=True)]
        return made

    def _outcome(self, scenario: Scenario, parameters: dict[str, Parameters]) -> Outcome:
        sums = self._project(scenario, parameters)
        return _outcome(self._costs(scenario, parameters, sums), sums)

    def _side_by_side(self, scenarios: Sequence[Scenario], stream: str, parameters: Sequence[Parameters]) -> None:
        """Project a stream under several scenarios, as draws of one where their rates differ in size alone, or not.

        Beside others ages and years would be summed in other steps, which changes last digits.
        """
        wanted: dict[object, dict[tuple[object, ...], Parameters]] = {}
        for scenario, p in zip(scenarios, parameters, strict=True):
            key = self._free_key(scenario, stream)
            if key not in self._projected:
                wanted.setdefault(_unsized(scenario, stream), {})[key] = p
        for alike in wanted.values():
            if len(alike) > 1:
                every = project_sums(side_by_side(list(alike.values())), self._kernels)
                self._projected.update((key, [_draw(every, i)]) for i, key in enumerate(alike))

    def ahead(self, scenarios: Sequence[Scenario]) -> None:
        """Project scenarios, forgetting kernels once all that share them are done: less memory at once.

        Projections are kept until their outcomes are asked for, as far as the memo goes.
        """
        if self.prepared.layouts.grid.groups or len(scenarios) * len(self._base) > KEPT:
            return
        without = [name for name in AXES if name not in HAZARDS]
        for stream in self._base:
            alike: dict[Acting, list[Scenario]] = {}
            for scenario in scenarios:
                alike.setdefault(_acting(scenario, stream, without), []).append(scenario)
            for some in alike.values():
                for scenario in some:
                    self._free(scenario, stream, self._parameters(scenario, stream))
                self._kernels = Kernels()

    def lucky(self, scenario: Scenario) -> Outcome:
        """Run a scenario with the luck of small numbers: whole lives around the run without."""
        assert self.block is not None
        area, parameters = self.prepared.layouts.area, self.parameters(scenario)
        named = [f"{area}, {stream}" if area else stream for stream in parameters]
        if self._luck is None:
            self._luck = Luck(self.draws.seed, range(self.block.start, self.block.stop))
        sums = self._luck.simulate(list(parameters.values()), named, self._project(scenario, parameters))
        return _outcome(self._dear(self._costs(scenario, parameters, sums)), sums)

    def _dear(self, costs: Costs) -> Costs:
        """Give each item whose price spreads over placements the mean price of as many as there are, in the year."""
        assumptions, grid = self.prepared.assumptions, costs.grid
        if not assumptions.spreads:
            return costs
        unit_cost = np.broadcast_to(costs.unit_cost, costs.volume.shape).copy()
        for spread in assumptions.spreads:
            for i in grid.indices("items", spread.items):
                item = grid.items[i]
                children = costs.volume[..., i] / (WEEKS if item.driver == "child_weeks" else 1.0)
                unit_cost[..., i] *= mean_price_factor(self._price_scores(item.name), spread.sd, children)
        return Costs(grid, costs.volume, unit_cost, costs.volume * unit_cost)

    def _price_scores(self, item: str) -> Array:
        """Give the luck of the price of an item in each year, the same in every scenario: (draw, year)."""
        area, years = self.prepared.layouts.area, self.prepared.grid.years
        named = f"{area}, {item}" if area else item
        return self.sampler.columns.scores([f"luck of prices: {named}, {year}" for year in years])[self.block]

    def _costs(self, scenario: Scenario, parameters: dict[str, Parameters], sums: Sequence[Projection]) -> Costs:
        return cost_streams(list(parameters), sums, list(parameters.values()), f"scenario {scenario.name!r}")

    def _project(self, scenario: Scenario, parameters: dict[str, Parameters]) -> list[Projection]:
        """Project each stream with places for all; where places run out, those who share them together."""
        if self._kernels.computed > MOST_RATES:
            self._kernels = Kernels()
        free: list[Projection] = []
        for stream, p in parameters.items():
            free += self._free(scenario, stream, p)
        if not free[0].grid.groups:
            return free
        every = tuple((stream, _acting(scenario, stream, ("unit_cost", *self._idle))) for stream in parameters)
        return self._once(every, lambda: limited(list(parameters.values()), free, self._kernels))

    def _free(self, scenario: Scenario, stream: str, parameters: Parameters) -> list[Projection]:
        """Project a stream with places for all."""
        return self._once(self._free_key(scenario, stream), lambda: [project_sums(parameters, self._kernels)])

    def _free_key(self, scenario: Scenario, stream: str) -> tuple[object, ...]:
        """Say what the projection of a stream with places for all follows from."""
        return stream, _acting(scenario, stream, ("unit_cost", "capacity", *self._idle))

    def _once(self, key: tuple[object, ...], make: Callable[[], list[Projection]]) -> list[Projection]:
        """Project what acts once, and keep the latest."""
        if key not in self._projected:
            self._projected[key] = make()
        self._projected.move_to_end(key)
        while len(self._projected) > KEPT:
            self._projected.popitem(last=False)
        return self._projected[key]


def _acting(scenario: Scenario, stream: str, without: Sequence[str]) -> Acting:
    """Give the changes of a scenario that may act on a stream, in their order, but for those of some parameters."""
    return tuple(
        (name, change)
        for name, change in scenario.changes
        if change.parameter not in without and not change.idle and change.where.covers(stream)
    )


def _unsized(scenario: Scenario, stream: str) -> tuple[object, ...]:
    """Give what a scenario does to rates of leaving and moving in a stream, but for how much."""
    kept = [name for name in Change.__dataclass_fields__ if name not in SIZES]
    acting = _acting(scenario, stream, [name for name in AXES if name not in HAZARDS])
    return tuple(tuple(getattr(change, name) for name in kept) for _, change in acting)


def _draw(every: Projection, i: int) -> Projection:
    """Take one draw of sums over ages."""

    def one(array: Array) -> Array:
        return array[i : i + 1] if len(array) > 1 else array

    def rate(of: Stepped) -> Stepped:
        return Stepped(one(of.values), of.years, of.ages)

    parts = tuple(
        p._replace(child_years=one(p.child_years), exit_rate=rate(p.exit_rate), move_rate=rate(p.move_rate))
        for p in every.parts
    )
    stock, entries, aged_out, child_years = map(one, (every.stock, every.entries, every.aged_out, every.child_years))
    return replace(every, stock=stock, entries=entries, aged_out=aged_out, child_years=child_years, parts=parts)


def _outcome(costs: Costs, sums: Sequence[Projection]) -> Outcome:
    draws = max(len(s.stock) for s in sums)

    def stacked(arrays: Sequence[Array]) -> Array:
        return np.stack([np.broadcast_to(a, (draws, *a.shape[1:])) for a in arrays], axis=1)

    reasons = range(len(sums[0].grid.reasons))
    return Outcome(
        stock=stacked([s.over_ages("stock") for s in sums]),
        entries=stacked([s.over_ages("entries") for s in sums]),
        exits=stacked([s.exits_for(reasons) for s in sums]),
        aged_out=stacked([s.over_ages("aged_out") for s in sums]),
        child_years=stacked([s.over_ages("child_years") for s in sums]),
        costs=costs,
        capacity=sums[0].capacity,
    )


class Joined:
    """Outcomes of blocks of draws, put in place as they come.

    Parameters
    ----------
    draws : int
        Number of draws in all.
    """

    def __init__(self, draws: int) -> None:
        self._draws = draws
        self._first: Outcome | None = None
        self._arrays: list[Array] = []

    def put(self, block: slice, outcome: Outcome) -> None:
        """Put a block in its place."""
        if self._first is None:
            self._first = outcome
            self._arrays = [np.empty((self._draws, *array.shape[1:])) for array in outcome.arrays()]
        for store, array in zip(self._arrays, outcome.arrays(), strict=True):
            store[block] = array

    def outcome(self) -> Outcome:
        """Give all draws as one outcome."""
        return self.part(slice(None))

    def part(self, block: slice) -> Outcome:
        """Give some of the draws."""
        assert self._first is not None
        every = self._arrays if block == slice(None) else [array[block].copy() for array in self._arrays]
        return self._first.with_arrays(every)
