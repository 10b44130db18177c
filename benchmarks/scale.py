"""Past one run: regions, memory, many settings and the tornado. Each aim beside what is reached.

Run with ``python -m benchmarks.scale``; another number of draws for the memory of the headline may follow (10,000 takes
some minutes). Times are of the processor, because machines are shared; ratios are to a reference, or to a national run,
in the same process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable

import carecost as cc
from benchmarks.speed import processor, reference
from carecost.analysis.sensitivity import one_by_one

#: Draws of what is compared, and of fifty settings.
DRAWS, FEW = 256, 200


def ratio(name: str, work: Callable[[], object], beside: Callable[[], object], aim: str, repeats: int = 3) -> None:
    """Print the median of the ratios of two pieces of work that take turns."""
    pairs = [(processor(work), processor(beside)) for _ in range(repeats)]
    found = statistics.median(mine / theirs for mine, theirs in pairs)
    print(f"{name:<70} {found:>8.2f} times, {min(mine for mine, _ in pairs):.2f} s   aim: {aim}", flush=True)


def fresh(name: str, code: str, aim: str) -> None:
    """Print seconds of processor and memory of some work in a fresh process."""
    said = "import resource as r; u = r.getrusage(r.RUSAGE_SELF); print(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)"
    out = subprocess.run([sys.executable, "-c", f"{code}\n{said}"], check=True, capture_output=True, text=True).stdout
    seconds, peak = map(float, out.split()[-2:])
    print(f"{name:<70} {seconds:>8.1f} s, {peak:,.0f} MiB   aim: {aim}", flush=True)


def main(draws: int) -> None:
    """Print every line."""
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")

    def national(name: str = "care-review") -> object:
        return cc.run(england, name, draws=DRAWS)

    national()
    name = f"nine regions of care-review, {DRAWS} draws, to one national run"
    ratio(name, lambda: cc.run_areas(england, review, draws=DRAWS), national, "3 times")
    ratio("care-review to family-networks", national, lambda: national("family-networks"), "1.6 times (2.7 before)")
    told = "tornado of care-review, to the reference of benchmarks.speed"
    ratio(told, lambda: one_by_one(england, review), reference, "1 s (4.4 s before)")
    for plan in ("family-networks", "care-review"):
        code = (
            f"import carecost as cc\nr = cc.run('england-2025', '{plan}', draws={draws}, keep='headline')\nr.summary()"
        )
        fresh(f"{plan}, {draws:,} draws, headline and summary", code, "400 MiB at 10,000 draws")
    code = (
        f"import carecost as cc\nw = cc.run('england-2025', 'care-review', draws={FEW}).what_if('care-review')\n"
        "for i in range(50):\n    s = w.at(scale={'family help': i / 25})\n    s.npv(), s.children(), s.by_year()"
    )
    fresh(f"fifty settings of care-review, {FEW} draws, run included", code, "12 s, 600 MB (24.5 s, 1.7 GB before)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
