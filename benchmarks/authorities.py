"""Time authorities side by side, on the clock, and as many single runs, in processor time.

``python -m benchmarks.authorities`` takes some authorities, so that it ends in a minute; ``--all`` takes every one. The
aim is a ratio of at most 0.55 on two free cores; beside other work only processor time can be compared.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor

import carecost as cc

SET, PLAN = "england-2025", "care-review"
SOME = ("Kent", "Leeds", "Rutland", "Hartlepool")


def processor() -> float:
    """Give processor time of this process and of its workers that have ended [s]."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=256)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    names = list(cc.authorities().query("children > 0")["name"]) if given.all else list(SOME)
    how = {"draws": given.draws, "years": given.years}
    cc.run(f"{SET}/{names[0]}", PLAN, draws=2, years=given.years)  # what is imported and compiled once
    began = processor()
    for name in names:
        cc.run(f"{SET}/{name}", PLAN, **how)
    single = processor() - began
    print(f"{len(names)} single runs of {given.draws} draws: {single:.1f} s of processor time")
    for words, executor in (("two threads", None), ("two processes", lambda: ProcessPoolExecutor(2))):
        began, clock = processor(), time.perf_counter()
        cc.run_authorities(SET, PLAN, authorities=names, executor=executor, **how)
        used, clock = processor() - began, time.perf_counter() - clock
        print(f"{words}: {used:.1f} s of processor time ({used / single:.2f}), {clock:.1f} s ({clock / single:.2f})")


if __name__ == "__main__":
    main()
