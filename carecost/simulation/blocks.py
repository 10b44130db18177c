"""Blocks of draws: every scenario with the same luck, on threads, put in place as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from carecost.engine.grid import Grid
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.evaluator import Evaluator, Joined, Outcome
from carecost.simulation.prepare import Prepared

#: Draws that go through at once: their kernels fit in cache.
BLOCK, LARGE = 128, 256
#: Ages times placements up to which larger blocks are faster, where one set of rates serves all years.
SMALL = 256
Progress = Callable[[int, int], None]
#: Scenario, and whether with the luck of small numbers.
Key = tuple[str, bool]


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


def evaluate(prepared: Prepared, draws: Draws, block: slice | None) -> dict[Key, Outcome]:
    """Evaluate every scenario for one block of draws, or the central run."""
    evaluator = Evaluator(prepared, draws, block)
    outcomes: dict[Key, Outcome] = {}
    for name, scenario in prepared.scenarios.items():
        outcomes[name, False] = evaluator.outcome(scenario)
        if draws.noise and block is not None:
            outcomes[name, True] = evaluator.lucky(scenario)
    return outcomes


def drawn(prepared: Prepared, draws: Draws, threads: int, size: int, progress: Progress | None) -> dict[Key, Outcome]:
    """Evaluate all draws in blocks on threads, and put what they give in place, in order."""
    blocks = [slice(first, min(first + size, draws.n)) for first in range(0, draws.n, size)]
    joined: dict[Key, Joined] = {}
    with ThreadPoolExecutor(max(1, threads)) as pool:
        for block, outcomes in zip(blocks, pool.map(lambda b: evaluate(prepared, draws, b), blocks), strict=True):
            for key, outcome in outcomes.items():
                joined.setdefault(key, Joined(draws.n)).put(block, outcome)
            if progress is not None:
                progress(block.stop, draws.n)
    return {key: parts.outcome() for key, parts in joined.items()}
