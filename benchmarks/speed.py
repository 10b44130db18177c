"""How fast is it? Times beside a reference workload run at the same moment, because machines differ.

Run with ``python -m benchmarks.speed``. The reference is plain numpy: 200 products of a stack of 1,152 matrices of
12 by 12. A ratio is the median time over the median time of the reference, taken alternately.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import carecost as cc
from benchmarks import c_loop
from carecost import stockflow
from carecost.engine.age_cohorts import age_cuts, project_sums
from carecost.engine.kernels import Kernels, rates
from carecost.engine.piecewise import Stepped, stepped
from carecost.engine.project import project_streams
from carecost.maths import expm
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


def processor(work: Callable[[], object]) -> float:
    """Seconds of processor of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


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


def work_of(p: cc.Parameters, kernels: Kernels) -> float:
    """Floating-point operations of the products of a projection: kernels, steps from age to age, time of bands."""
    years, seen, total = len(p.grid.years), set[int](), 0.0
    anybody = np.asarray(p.initial_stock).any((0, 2)) | p.entries().any((0, 1, 3))
    for band in kernels.bands(p, age_cuts(p.grid)):
        if not anybody[: band.ages.stop].any():
            continue
        number = int(band.sets[0])
        rates = kernels.of(number).rates
        w = rates.shape[-1]
        if number not in seen:
            seen.add(number)
            norm = np.abs(rates).sum(-1).max(-1)
            halvings = np.maximum(np.frexp(norm / expm.REACH)[1], 0)
            # Powers, blocks, the other functions, the layer and one border; a doubling is of six functions.
            total += float((2 * w**3 * (3 + 6 + 5 + 3 + 2 + 6 * halvings)).sum())
        ages = band.ages.stop - band.ages.start
        total += 2 * p.n_draws * years * w**2 * (7 * ages + 10)
    return total


def held(p: cc.Parameters) -> cc.Parameters:
    """Hold the rates of the first year for ever: the loop in C knows no others."""
    first = {}
    for name in ("exit_rate", "move_rate"):
        rates = stepped(getattr(p, name))
        first[name] = Stepped(rates.values[:, rates.years[:1]], np.zeros(1, dtype=int), rates.ages)
    return p.changed(**first)


def share_of_floor(sets: Sequence[str] = ("england-2025", "england-2025-phases"), draws: int = 256) -> None:
    """Print what part of the time of a projection its products would take at the machine's rate of multiplication.

    Rates are those of the first year, in all years.
    Beside it the same of a loop in C of the same method, whose results must be the engine's.
    """
    big = np.random.default_rng(0).random((600, 600))
    rate = 2 * 600**3 / min(processor(lambda: big @ big) for _ in range(9))
    print(f"floor: large matrices are multiplied at {rate / 1e9:.0f} thousand million operations a second")
    with tempfile.TemporaryDirectory() as folder:
        library = c_loop.compiled(Path(folder))
        if library is None:
            print("there is no gcc: the loop in C is left out")
        for name in sets:
            run = cc.run(cc.load_assumptions(name), years=20, draws=cc.Draws(draws)).run
            for stream, given in run.parameters("inaction", slice(0, draws)).items():
                p = held(given)
                flops = work_of(p, Kernels())
                took = min(processor(lambda p=p: project_sums(p, Kernels())) for _ in range(9))
                said = f"{name}, {stream}: {flops / 1e6:.0f} million operations in {took * 1e3:.1f} ms"
                print(f"{said}, {flops / rate / took:.1%} of the floor", end="")
                print(beside_the_loop(c_loop.Loop(library, p), p, flops / rate, took) if library else "", flush=True)


def beside_the_loop(loop: c_loop.Loop, p: cc.Parameters, least: float, took: float) -> str:
    """Hold a loop in C against the engine, and say how long each takes."""
    sums = project_sums(p)
    pairs = zip(loop.project(), (sums.over_ages("stock")[:, 1:], sums.over_ages("child_years")), strict=True)
    apart = max(float(np.abs(mine - theirs).max() / theirs.max()) for mine, theirs in pairs)
    if apart > 1e-12:
        raise ValueError(f"the loop in C and the engine are {apart:.1e} apart")
    own = min(processor(loop.project) for _ in range(9))
    said = f"{own * 1e3:.1f} ms ({least / own:.1%}), the engine {took / own:.2f} times as long"
    return f"; C {said}; results {apart:.0e} apart"


def main() -> None:
    """Print every line."""
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario(SCENARIO)
    rng = np.random.default_rng(0)
    q = stockflow.generator(rng.random((64, 18, 12)) * 0.3, rng.random((64, 18, 12, 12)) * 0.05)
    print(f"{'':<58} {'median':>12} {'ratio':>8} limit")
    measured("import numpy, fresh process", command("-c", "import numpy"))
    measured("import carecost, fresh process", command("-c", "import carecost"), "500 ms")
    measured("load england-2025", lambda: cc.load_assumptions("england-2025"))
    measured("central run, two scenarios, 20 years", lambda: cc.run(england, review, years=20), "50 ms")
    measured("500 draws, two scenarios, 20 years", lambda: cc.run(england, review, draws=cc.Draws(500)), "", 3)
    measured("kernels of 64 draws x 18 ages x 12 states", lambda: [stockflow.year_kernel(q[:, a]) for a in range(18)])
    measured("128 draws, two scenarios, 20 years (one block)", one_block(), "125 ms")
    more = larger()
    measured("128 draws, 20 years, ages 0-24, 18 states, projected", lambda: project_sums(more))
    set_of_rates = q[:, 0]
    measured("kernels of one further set of rates, 64 draws", lambda: stockflow.year_kernel(set_of_rates), "6 ms")
    with tempfile.TemporaryDirectory() as folder:
        compare = command("-m", "carecost.cli", "compare", "--quiet", "--out", folder)
        measured("carecost compare, cold start, 500 draws, page and charts", compare, "6,000 ms", 3)
    computed, distinct = kernels_and_rates()
    print(f"kernels computed: {computed}; distinct sets of rates: {distinct}")
    share_of_floor()
    whole()


if __name__ == "__main__":
    main()
