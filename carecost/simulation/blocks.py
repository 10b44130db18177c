"""Blocks of draws: every scenario with the same luck, on threads, summed as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from carecost._typing import Array
from carecost.engine.age_cohorts import project_sums
from carecost.engine.capacity import limited
from carecost.engine.costs import Costs, cost_streams
from carecost.engine.grid import AXES, Grid
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Capacity, Sums
from carecost.engine.stochastic import simulate_streams
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.effects import Calendar, apply
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler

#: Draws that go through at once: their kernels fit in cache.
BLOCK, LARGE = 128, 256


#: Ages times placements up to which larger blocks are faster, where one set of rates serves all years.
SMALL = 256


Progress = Callable[[int, int], None]


#: Scenario, and whether with the luck of small numbers.
Key = tuple[str, bool]


_CAPACITY = tuple(Capacity.__dataclass_fields__)


FLOWS = ("entries", "exits", "aged_out", "child_years")


@dataclass(frozen=True, eq=False)
class Outcome:
    """One scenario, summed over ages; a draw axis of length 1 is the central run.

    Attributes
    ----------
    stock : ndarray of shape (draw, stream, date, placement)
        On 31 March [children].
    flows : dict of str to ndarray of shape (draw, stream, year, placement)
        entries, exits, aged_out [children] and child_years [child-years].
    costs : Costs
        Volume, price and spend.
    capacity : dict of str to ndarray of shape (draw, year, group)
        How full the capacity groups were, see :class:`carecost.engine.projection.Capacity`; empty without groups.
    """

    stock: Array
    flows: dict[str, Array]
    costs: Costs
    capacity: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What a block of draws needs.

    Attributes
    ----------
    layouts, scenarios, calendar, draws
        The set, what might be done, programme years and prices, and the luck.
    background : Scenario, optional
        What goes on under every scenario.
    """

    layouts: Layouts
    scenarios: dict[str, Scenario]
    calendar: Calendar
    draws: Draws
    background: Scenario | None = None

    def inaction(self, sampler: Sampler) -> dict[str, Parameters]:
        """Make the parameters of each stream, with what goes on behind every scenario."""
        made = {stream: self.layouts.parameters(stream, sampler) for stream in self.layouts.streams}
        if self.background is None:
            return made
        return {s: apply(self.background, p, s, sampler, self.calendar) for s, p in made.items()}

    def block(self, block: slice | None) -> dict[Key, Outcome]:
        """Run every scenario for one block; kernels are shared between scenarios and streams."""
        sampler, kernels = self.layouts.sampler(self.draws, block), Kernels()
        streams = self.layouts.streams
        base = self.inaction(sampler)
        known: _Known = {}
        outcomes = {}
        for name, scenario in self.scenarios.items():
            changed = [self.layouts.splits[s].of(apply(scenario, base[s], s, sampler, self.calendar)) for s in streams]
            # A scenario that only changes prices, or another stream, leaves the children as they were.
            sums = _projected(changed, known, kernels)
            where = f"scenario {name!r}"
            outcomes[name, False] = _outcome(cost_streams(streams, sums, changed, where), sums)
            if block is not None and self.draws.noise:
                rows, seed = range(block.start, block.stop), self.draws.seed
                named = [f"{self.layouts.area}, {s}" if self.layouts.area else s for s in streams]
                lucky = [p.sums for p in simulate_streams(changed, seed, named, rows, kernels)]
                outcomes[name, True] = _outcome(cost_streams(streams, lucky, changed, where), lucky)
        return outcomes


#: Projected so far, by the arrays that the children follow from; parameters are kept, so that ids stay theirs.
_Known = dict[tuple[int, ...], tuple[list[Parameters], list[Sums]]]


def _projected(streams: list[Parameters], known: _Known, kernels: Kernels) -> list[Sums]:
    """Project what is not known yet: each stream with places for all, and those that share places together."""
    free: list[Sums] = []
    for p in streams:
        key = _moving(p)
        if key not in known:
            known[key] = ([p], [project_sums(p, kernels)])
        free += known[key][1]
    if not streams[0].grid.groups:
        return free
    key = tuple(i for p in streams for i in (*_moving(p), id(p.capacity)))
    if key not in known:
        known[key] = (streams, limited(streams, free, kernels))
    return known[key][1]


def _moving(parameters: Parameters) -> tuple[int, ...]:
    """Say which arrays the children follow from where there are places for all, by identity."""
    return tuple(id(getattr(parameters, name)) for name in AXES if name not in ("unit_cost", "capacity"))


def _outcome(costs: Costs, sums: Sequence[Sums]) -> Outcome:
    n = max(len(s.stock) for s in sums)

    def stacked(arrays: Iterator[Array]) -> Array:
        return np.stack([np.broadcast_to(a, (n, *a.shape[1:])) for a in arrays], axis=1)

    def flow(s: Sums, name: str) -> Array:
        return s.exits_for(range(len(s.grid.reasons))) if name == "exits" else s.over_ages(name)

    flows = {name: stacked(flow(s, name) for s in sums) for name in FLOWS}
    capacity = {} if sums[0].capacity is None else sums[0].capacity.arrays()
    return Outcome(stacked(s.over_ages("stock") for s in sums), flows, costs, capacity)


def block_size(grid: Grid, scenarios: Iterable[Scenario]) -> int:
    """Choose how many draws go through at once: speed and memory depend on it, no result does."""
    dated = any(
        change.parameter in ("exit_rate", "move_rate", "capacity") and not change.idle
        for scenario in scenarios
        for _, change in scenario.changes
    )
    small = len(grid.ages) * len(grid.placements) <= SMALL
    size = LARGE if small and not dated else BLOCK
    # Where places run out the years go one by one, for some of the draws: more of them are worth a step.
    return 2 * size if grid.groups else size


def merged(work: Work, grid: Grid, threads: int, size: int, progress: Progress | None) -> dict[Key, Outcome]:
    """Run the blocks on threads and put their sums in place, in order."""
    n = work.draws.n
    blocks = [slice(i, min(i + size, n)) for i in range(0, n, size)]
    kept: dict[Key, dict[str, Array]] = {}
    with ThreadPoolExecutor(max(1, threads)) as pool:
        for block, outcomes in zip(blocks, pool.map(work.block, blocks), strict=True):
            for name, outcome in outcomes.items():
                store = kept.setdefault(name, {})
                for key, array in _parts(outcome).items():
                    if key not in store:
                        store[key] = np.empty((n, *array.shape[1:]))
                    store[key][block] = array
            if progress is not None:
                progress(block.stop, n)
    return {name: _whole(store, grid) for name, store in kept.items()}


def _parts(outcome: Outcome) -> dict[str, Array]:
    costs = outcome.costs
    unit_cost = np.broadcast_to(costs.unit_cost, (len(costs.unit_cost), *costs.volume.shape[1:]))
    return {"stock": outcome.stock, "volume": costs.volume, "unit_cost": unit_cost} | outcome.flows | outcome.capacity


def _whole(store: dict[str, Array], grid: Grid) -> Outcome:
    volume, unit_cost = store["volume"], store["unit_cost"]
    costs = Costs(grid, volume, unit_cost, volume * unit_cost)
    capacity = {name: array for name, array in store.items() if name in _CAPACITY}
    return Outcome(store["stock"], {name: store[name] for name in FLOWS}, costs, capacity)
