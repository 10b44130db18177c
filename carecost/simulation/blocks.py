"""Blocks of draws: every scenario with the same luck, on threads, put in place as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeAlias

from carecost._guard import shown
from carecost._labels import INACTION
from carecost.engine.grid import Grid
from carecost.errors import CareCostError, InputError, Problem
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.evaluator import Evaluator, Joined, Outcome
from carecost.simulation.kept import EVERYTHING, HEADLINE, keeping
from carecost.simulation.prepare import Prepared

#: Draws that go through at once: their kernels fit in cache.
BLOCK, LARGE = 128, 256
#: The same where rates differ in every year; and where a run is to take little memory.
YEARLY, LEAN = 64, 24
#: Ages times placements up to which larger blocks are faster, where one set of rates serves all years.
SMALL = 256
Progress = Callable[[int, int], None]
#: What blocks are done on: an executor, which is left as it is, or a factory of one, which is shut down after.
Workers: TypeAlias = Executor | Callable[[], Executor]
#: What is asked for where workers are none.
EXECUTOR = "Give a concurrent.futures.Executor, or a factory of one, such as ProcessPoolExecutor"
#: Times that a block is tried.
TRIES = 3
#: First draw of a block, and the one after its last.
Span: TypeAlias = tuple[int, int]
#: Scenario, and whether with the luck of small numbers (of areas: whether of those there on the base date alone).
Key = tuple[str, bool]
#: What evaluates a block of draws.
Evaluated: TypeAlias = Callable[[Prepared, Draws, slice], dict[Key, Outcome]]


def block_size(grid: Grid, scenarios: Iterable[Scenario], yearly: bool = False) -> int:
    """Choose how many draws go through at once: speed and memory depend on it, no result does.

    Where rates differ in every year (``yearly``) kernels are many, and half as many draws are as fast.
    """
    dated = any(
        change.parameter in ("exit_rate", "move_rate", "capacity") and not change.idle
        for scenario in scenarios
        for _, change in scenario.changes
    )
    small = len(grid.ages) * len(grid.placements) <= SMALL
    size = LARGE if small and not dated else BLOCK
    # Where places run out the years go one by one, for some of the draws: more of them are worth a step.
    size = 2 * size if grid.groups else size
    return min(size, YEARLY) if yearly else size


def share_of_draws(prepared: Prepared, draws: Draws, threads: int, keep: str = EVERYTHING) -> int:
    """Choose the size of blocks: a share for each thread at least, so that few draws go side by side too."""
    most = block_size(prepared.grid, prepared.scenarios.values(), prepared.yearly)
    if keep == HEADLINE:
        most = min(most, LEAN)
    return max(1, min(most, -(-draws.n // max(threads, 1))))


def evaluate(prepared: Prepared, draws: Draws, block: slice | None, keep: str = EVERYTHING) -> dict[Key, Outcome]:
    """Evaluate every scenario for one block of draws, or the central run; keep a part of the draws."""
    evaluator = Evaluator(prepared, draws, block)
    outcomes: dict[Key, Outcome] = {}
    plans = prepared.scenarios
    inaction = None
    asked = list(plans.values())
    if keep == HEADLINE and block is not None:
        nothing = plans.get(INACTION, Scenario(INACTION))
        asked = [nothing, *(plan for name, plan in plans.items() if name != INACTION)]
    if block is not None and (keep == HEADLINE or prepared.yearly):
        evaluator.ahead(asked)
    if keep == HEADLINE and block is not None:
        inaction = evaluator.outcome(asked[0])
    for name, plan in plans.items():
        outcome = evaluator.outcome(plan)
        outcomes[name, False] = outcome if block is None else keeping(keep, prepared, draws, plan, outcome, inaction)
        if draws.noise and block is not None:
            outcomes[name, True] = keeping(keep, prepared, draws, plan, evaluator.lucky(plan), None)
    return outcomes


class BlocksFailed(CareCostError):
    """Blocks of draws that failed each time they were tried.

    Attributes
    ----------
    failed : dict of (int, int) to BaseException
        First draw and the one after the last of each block that failed, and why.
    kept : dict of (int, int) to dict
        What the other blocks gave, by scenario and whether with the luck of small numbers.
    """

    def __init__(self, prepared: Prepared, draws: Draws, failed: dict[Span, BaseException], kept: Mapping[Span, Any]):
        self.failed, self.kept = failed, kept
        of = f"set {prepared.assumptions.name!r}, scenarios {', '.join(prepared.scenarios)}, seed {draws.seed}"
        super().__init__(
            Problem(
                f"failed {TRIES} times: {type(why).__name__}: {why}",
                f"draws {first} to {last - 1} of {draws.n}, {of}",
                "The other blocks are in .kept of this error; run these draws alone to see why",
            )
            for (first, last), why in failed.items()
        )


def drawn(
    prepared: Prepared,
    draws: Draws,
    threads: int,
    size: int,
    progress: Progress | None,
    workers: Workers | None = None,
    evaluated: Evaluated = evaluate,
    keep: str = EVERYTHING,
) -> dict[Key, Outcome]:
    """Evaluate all draws in blocks on workers, and put what they give in place, in order.

    A block whose worker is lost is done again: by a new executor of the factory, or here where the executor is one that
    was given and is broken. Whatever stops the loop, such as a ``progress`` that raises, cancels what has not begun.

    Raises
    ------
    CareCostError
        At once, if the set or a scenario makes what cannot be.
    BlocksFailed
        Once all blocks were tried, if some failed each time.
    """
    joined: dict[Key, Joined] = {}
    spans = [(first, min(first + size, draws.n)) for first in range(0, draws.n, size)]
    failed: dict[Span, BaseException] = {}
    done = 0
    if keep != EVERYTHING:
        evaluated = partial(evaluate, keep=keep)
    executors = workers or partial(ThreadPoolExecutor, max(1, threads))
    for span, outcomes in _evaluated(evaluated, prepared, draws, spans, executors):
        if isinstance(outcomes, BaseException):
            failed[span] = outcomes
            continue
        for key, outcome in outcomes.items():
            joined.setdefault(key, Joined(draws.n)).put(slice(*span), outcome)
        done += span[1] - span[0]
        if progress is not None:
            progress(done, draws.n)
    if failed:
        kept = {span: {key: parts.part(slice(*span)) for key, parts in joined.items()} for span in spans}
        raise BlocksFailed(prepared, draws, failed, {span: of for span, of in kept.items() if span not in failed})
    return {key: parts.outcome() for key, parts in joined.items()}


def _started(factory: Callable[[], object]) -> Executor:
    """Ask a factory for its executor.

    Raises
    ------
    InputError
        If it gives something else.
    """
    made = factory()
    if not isinstance(made, Executor):
        raise InputError(Problem(f"executor gives {shown(made)}", "run()", EXECUTOR))
    return made


def _evaluated(
    evaluated: Evaluated, prepared: Prepared, draws: Draws, spans: Sequence[Span], workers: Workers
) -> Iterator[tuple[Span, dict[Key, Outcome] | BaseException]]:
    """Give what each block gave, in order as far as none is done again; or why it failed each time."""
    left, why, tries = list(spans), dict[Span, BaseException](), dict.fromkeys(spans, 0)
    while left:
        with ExitStack() as stack:
            executor = workers if isinstance(workers, Executor) else stack.enter_context(_started(workers))
            futures: dict[Span, Future[dict[Key, Outcome]]] = {}
            again: list[Span] = []
            try:
                for span in left:
                    try:
                        futures[span] = executor.submit(evaluated, prepared, draws, slice(*span))
                    except BrokenExecutor as error:
                        why[span] = error
                        again.append(span)
                for span, future in futures.items():
                    try:
                        yield span, future.result()
                    except CareCostError:
                        raise
                    except Exception as error:
                        why[span] = error
                        again.append(span)
                    # What was given is in place: a future that is kept would hold it until the end.
                    futures[span] = Future()
            finally:
                for future in futures.values():
                    future.cancel()
        broken = [span for span in again if isinstance(why[span], BrokenExecutor)]
        if broken and isinstance(workers, Executor):
            workers = partial(ThreadPoolExecutor, 1)
        for span in again:
            tries[span] += 1
        yield from ((span, why[span]) for span in again if tries[span] >= TRIES)
        left = [span for span in again if tries[span] < TRIES]
