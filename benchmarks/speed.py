"""How fast is it? Times beside a reference workload run at the same moment, because machines differ.

Run with ``python benchmarks/speed.py``. The reference is plain numpy: 200 products of a stack of 1,152 matrices of
12 by 12. A ratio is the median time over the median time of the reference, taken alternately.
"""

from __future__ import annotations

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
from carecost.effects import apply
from carecost.kernels import Kernels, rates
from carecost.projection import project_streams
from carecost.quantities import Sampler

REPEATS = 7


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
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    run = cc.run(england, review).run
    kernels, sampler, seen = Kernels(), Sampler(cc.Draws()), set()
    for scenario in run.scenarios.values():
        streams = [
            apply(scenario, run.layouts.parameters(s, sampler), s, sampler, run.calendar) for s in england.streams
        ]
        project_streams(streams, kernels)
        for q in map(rates, streams):
            seen |= {q[:, y, a].tobytes() for y in range(q.shape[1]) for a in range(q.shape[2])}
    return kernels.computed, len(seen)


def main() -> None:
    """Print every line."""
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
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
    with tempfile.TemporaryDirectory() as folder:
        compare = command("-m", "carecost.cli", "compare", "--quiet", "--out", folder)
        measured("carecost compare, cold start, 500 draws, page and charts", compare, "6,000 ms", 3)
    computed, distinct = kernels_and_rates()
    print(f"kernels computed: {computed}; distinct sets of rates: {distinct}")


if __name__ == "__main__":
    main()
