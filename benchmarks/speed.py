"""How fast is it? Times beside a reference workload run at the same moment, because machines differ.

Run with ``python -m benchmarks.speed``. The reference is plain numpy: 200 products of a stack of 1,152 matrices of
12 by 12. A ratio is the median time over the median time of the reference, taken alternately.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

import numpy as np

import carecost as cc
from carecost import stockflow
from carecost.engine.age_cohorts import project_sums
from carecost.engine.kernels import Kernels, rates
from carecost.engine.project import project_streams
from carecost.simulation import blocks
from carecost.simulation.effects import apply
from carecost.simulation.sampler import Sampler

REPEATS = 7
#: A part of the Review that changes entries alone: one set of rates serves all years.
SCENARIO = "family-networks"


def reference() -> None:
    """A fixed amount of the kind of work that the engine does."""
    a = np.full((1152, 12, 12), 0.01)
    for _ in range(200):
        a @ a


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(name: str, work: Callable[[], object], limit: str = "", repeats: int = REPEATS) -> None:
    """Print the median time of some work and its ratio to the reference."""
    work()
    pairs = [(timed(work), timed(reference)) for _ in range(repeats)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name:<58} {mine * 1e3:>9.1f} ms {mine / theirs:>8.2f} {limit}")


def command(*words: str) -> Callable[[], object]:
    """A fresh Python process."""
    return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)


def kernels_and_rates() -> tuple[int, int]:
    """Kernels computed in a central run of two scenarios, and distinct sets of rates in it."""
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario(SCENARIO)
    run = cc.run(england, review).run
    kernels, sampler, seen, layouts = Kernels(), Sampler(cc.Draws()), set(), run.prepared.layouts
    for scenario in run.scenarios.values():
        streams = [apply(scenario, layouts.parameters(s, sampler), s, sampler, run.calendar) for s in england.streams]
        project_streams(streams, kernels)
        for q in map(rates, streams):
            seen |= {q[:, y, a].tobytes() for y in range(q.shape[1]) for a in range(q.shape[2])}
    return kernels.computed, len(seen)


def one_block(years: int = 20) -> Callable[[], object]:
    """One block of draws of two scenarios, everything but the putting together."""
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario(SCENARIO)
    run = cc.run(england, review, years=years, draws=cc.Draws(256)).run
    prepared = run.prepared
    return lambda: blocks.evaluate(prepared, run.draws, slice(128, 256))


def whole(draws: int = 10_000) -> None:
    """Print the time and the memory of a whole run in a fresh process: drawn, projected, costed, summarised."""
    code = (
        "import carecost as cc, time, resource; e, r = cc.load_assumptions('england-2025'), cc.load_scenario("
        f"'{SCENARIO}'); a, c = time.perf_counter(), time.process_time(); "
        f"s = cc.run(e, r, draws=cc.Draws({draws})); s.summary(); s.children(); s.costs(); s.savings(); "
        "print(time.perf_counter() - a, time.process_time() - c, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    seconds, processor, peak = (float(word) for word in out)
    print(
        f"{draws:,} draws, two scenarios, 20 years, summarised: {seconds:.1f} s, {processor:.1f} s of processor, ",
        end="",
    )
    print(f"{peak / 1024:,.0f} MiB at most (limits 5 s, 1,024 MiB)")


def larger() -> cc.Parameters:
    """Parameters of 128 draws with the size that states outside care will need: ages 0 to 24, 18 states, 7 bands."""
    rng, n = np.random.default_rng(0), 18
    later = [cc.Placement(f"later {i}", in_care=False, leave_age=25) for i in range(4)]
    placements = [cc.Placement(f"care {i}", then="later 0") for i in range(n - 4)] + later
    grid = cc.Grid(2025, 20, range(25), placements, ["home"])
    opened = np.array([[grid.open(i, age) for i in range(n)] for age in grid.ages], dtype=float)
    band = np.minimum(np.array(grid.ages) // 4, 4) + (np.array(grid.ages) >= 18) + (np.array(grid.ages) >= 21)
    moves = (rng.random((128, 7, n, n)) * 0.05)[:, band] * opened[:, None, :]
    return cc.Parameters(
        grid,
        initial_stock=opened[None] * 100.0,
        population=np.full((128, 20, 25), 1e5),
        entry_rate=np.full((128, 1, 25), 1e-3),
        entry_share=(opened / opened.sum(-1, keepdims=True))[None, None],
        exit_rate=(rng.random((128, 7, n, 1)) * 0.3)[:, band][:, None],
        move_rate=moves[:, None],
    )


def against_compiled() -> None:
    """Print how many times as long as a compiled kernel the projection takes."""
    if importlib.util.find_spec("numba") is None:
        print("numba is not installed: no comparison with a compiled kernel")
        return
    from benchmarks.compiled import main as compare

    compare()


def main() -> None:
    """Print every line."""
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario(SCENARIO)
    rng = np.random.default_rng(0)
    q = stockflow.generator(rng.random((64, 18, 12)) * 0.3, rng.random((64, 18, 12, 12)) * 0.05)
    stock, even = rng.random((2, 64, 18, 12)), rng.random((64, 18, 12))
    bands = [stockflow.Band(slice(a, a + 3), stockflow.spans(q[:, a])) for a in range(0, 18, 3)]
    birthdays = stockflow.Birthdays(np.ones((18, 12)))
    born = (np.array([0]), even[:, :1])
    print(f"{'':<58} {'median':>12} {'ratio':>8} limit")
    measured("import numpy, fresh process", command("-c", "import numpy"))
    measured("import carecost, fresh process", command("-c", "import carecost"), "500 ms")
    measured("load england-2025", lambda: cc.load_assumptions("england-2025"))
    measured("central run, two scenarios, 20 years", lambda: cc.run(england, review, years=20), "50 ms")
    measured("500 draws, two scenarios, 20 years", lambda: cc.run(england, review, draws=cc.Draws(500)), "", 3)
    measured("kernels of 64 draws x 18 ages x 12 states", lambda: stockflow.spans(q))
    one_year = partial(stockflow.year, stock, even, born, bands, birthdays)
    measured("one year of 64 draws x 18 ages in 6 bands x 12 states", one_year)
    measured("128 draws, two scenarios, 20 years (one block)", one_block(), "125 ms")
    more = larger()
    measured("128 draws, 20 years, ages 0-24, 18 states, projected", lambda: project_sums(more))
    set_of_rates = q[:, 0]
    measured("kernels of one further set of rates, 64 draws", lambda: stockflow.spans(set_of_rates), "6 ms")
    with tempfile.TemporaryDirectory() as folder:
        compare = command("-m", "carecost.cli", "compare", "--quiet", "--out", folder)
        measured("carecost compare, cold start, 500 draws, page and charts", compare, "6,000 ms", 3)
    computed, distinct = kernels_and_rates()
    print(f"kernels computed: {computed}; distinct sets of rates: {distinct}")
    against_compiled()
    whole()


if __name__ == "__main__":
    main()
