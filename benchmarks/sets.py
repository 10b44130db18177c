"""What do states outside care, phases and places that run out cost? Runs of each set beside runs of england-2025.

Run with ``python -m benchmarks.sets``. Sets take turns, so that what else the machine does falls on all of them; a
ratio is the median of each round's ratio, on the clock and in processor time.
"""

from __future__ import annotations

import statistics
import time

import carecost as cc

ROUNDS, DRAWS = 3, 128
BASE = "england-2025"
SETS = ("england-2025-after-care", "england-2025-capacity", "england-2025-phases")
#: A part that changes entries alone, and one whose foster carers change moves in three years.
SCENARIOS = ("family-networks", "care-review")


def timed(name: str, scenario: str) -> tuple[float, float]:
    """Seconds on the clock and of processor of a run, its tables left out."""
    england, plan = cc.load_assumptions(name), cc.load_scenario(scenario)
    clock, processor = time.perf_counter(), time.process_time()
    cc.run(england, plan, draws=cc.Draws(DRAWS))
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Print a line for each set and scenario."""
    print(f"{DRAWS:,} draws, two scenarios, 20 years; times as long as {BASE}, on the clock and in processor time")
    for scenario in SCENARIOS:
        rounds = [{name: timed(name, scenario) for name in (BASE, *SETS)} for _ in range(ROUNDS)]
        for name in SETS:
            clock, processor = (statistics.median(r[name][i] / r[BASE][i] for r in rounds) for i in (0, 1))
            took = min(r[name][0] for r in rounds)
            print(f"{scenario:<16} {name:<24} {clock:>5.2f} {processor:>5.2f}   {took:.2f} s at the quietest")


if __name__ == "__main__":
    main()
