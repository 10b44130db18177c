"""How fast is a what-if? Each aim beside what is reached, with ratios to a reference run in the same process.

Run with ``python -m benchmarks.what_if``; another number of draws may follow. The reference is that of
:mod:`benchmarks.speed`.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

import carecost as cc
from benchmarks.speed import processor, reference
from carecost.analysis.sensitivity import one_by_one


def told(name: str, work: Callable[[], object], aim: str, repeats: int = 3) -> None:
    """Print the median time of processor of some work, and its ratio to the reference."""
    pairs = [(processor(work), processor(reference)) for _ in range(repeats)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name:<64} {mine:>8.3f} s {mine / theirs:>8.2f} references   aim: {aim}")


def asked(england: cc.Assumptions, name: str, lever: str, draws: int) -> None:
    """Print what it takes to prepare a scenario, and to answer it at other settings."""
    results = cc.run(england, name, draws=draws)
    responses: list[cc.Response] = []
    told(f"{name}, {draws:,} draws: what_if", lambda: responses.append(results.what_if(name)), "none", 1)
    (response,), sizes = responses, iter(x / 100 for x in range(1, 100))
    new = f"{name}, {draws:,} draws: children and money at a new size"
    told(new, lambda: response.at(scale={lever: next(sizes)}).npv(), "0.2 s at 10,000 draws", 7)

    def dearer() -> None:
        response.at(prices={"children's home": 1.0 + next(sizes)}, entries=1.0 + next(sizes)).npv()

    told("the same, with another price and other entries", dearer, "none")


def main(draws: int) -> None:
    """Print every line."""
    england = cc.load_assumptions("england-2025")
    asked(england, "family-networks", "family networks and kinship", draws)
    asked(england, "care-review", "family help", draws)
    review = cc.load_scenario("care-review")
    told("tornado of care-review", lambda: one_by_one(england, review), "1 s (4.4 s before)")
    told("lifetime cost of every age and placement", lambda: cc.run(england, years=1).lifetime_cost(), "none")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
