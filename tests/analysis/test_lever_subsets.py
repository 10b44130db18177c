"""Subsets of levers have the luck of the run: each is what a run of those levers alone gives, to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.lever_subsets import measured
from carecost.simulation.comparison import Comparison

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
LEVERS = [
    cc.Lever("entries", [cc.Change("entry_rate", "scale", cc.Interval(-0.1, -0.2, -0.05), start=1, full=3)]),
    cc.Lever("exits", [cc.Change("exit_rate", "scale", cc.Interval(0.2, 0.1, 0.3))]),
    cc.Lever("prices", [cc.Change("unit_cost", "scale", -0.1, items=["home"])]),
]
DRAWS = cc.Draws(8, seed=2)


def gross(c: Comparison) -> np.ndarray:
    return np.stack([c.gross_saving().sum(1), c.averted[:, -1]], axis=1)


@pytest.mark.parametrize("block", [None, slice(0, 8), slice(2, 5)])
def test_every_subset_is_a_run_of_its_levers_in_their_order(block: slice | None) -> None:
    results = cc.run(TINY, cc.Scenario("all", LEVERS), draws=DRAWS)
    found = measured(results.run, LEVERS, range(8), gross, block)
    for mask in range(8):
        plan = cc.Scenario("some", [lever for i, lever in enumerate(LEVERS) if mask >> i & 1])
        alone = cc.run(TINY, plan, draws=DRAWS).run.compare("some", central=block is None)
        wanted = gross(alone) if block is None else gross(alone)[block]
        np.testing.assert_allclose(found[mask], wanted, rtol=1e-12, atol=1e-6)
    assert not found[0].any()


def test_subsets_are_counted_one_by_one() -> None:
    steps = []
    run = cc.run(TINY, cc.Scenario("all", LEVERS)).run
    measured(run, LEVERS, [1, 5], gross, step=lambda: steps.append(1))
    assert len(steps) == 2
