"""Are counts put under the labels of a public set without losing a child?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.estimation.lexis import Occurrence
from carecost.files.own_counts import OwnCounts, folded, suppressed

PLACES, REASONS = ("supported accommodation", "secure", "other"), ("home", "other")


@pytest.fixture(scope="module")
def own() -> OwnCounts:
    rng = np.random.default_rng(2)
    cells = (2, 3, 18, 3)
    moves = rng.poisson(1, (*cells, 3)) * (1 - np.eye(3))
    lived = rng.gamma(2, size=cells)
    counts = Occurrence(
        (2023, 2024, 2025),
        rng.poisson(2, cells) * 1.0,
        rng.poisson(2, cells) * 1.0,
        lived,
        rng.poisson(1, (*cells, 2)) * 1.0,
        moves,
        np.zeros((2, 3)),
        np.zeros((2, 3)),
    )
    return OwnCounts(counts, PLACES, REASONS)


def test_placements_that_are_not_used_at_an_age_are_other_and_nobody_is_lost(own: OwnCounts) -> None:
    england = cc.load_assumptions("england-2025")
    grid = england.grid()
    found = folded(own, england, grid)
    assert found.stock.sum() == own.counts.stock[:, -1].sum() and found.lived.sum() == pytest.approx(
        own.counts.child_years.sum()
    )
    assert found.exits.sum() == own.counts.exits.sum() and found.entries.sum() == own.counts.entries.sum()
    place = grid.index("placements", "supported accommodation")
    assert found.stock[:, :16, place].sum() == 0 and found.entries[:, :, :16, place].sum() == 0
    assert found.moved_over == own.counts.stock[:, -1, :16, 0].sum() + own.counts.stock[:, -1, :10, 1].sum()
    # A move between two that are other at that age is none.
    assert found.moves.sum() < own.counts.moves.sum() and not found.moves[:, :, :10].any()


def test_suppressed_counts_have_nobody_without_time_lived(own: OwnCounts) -> None:
    england = cc.load_assumptions("england-2025")
    safe = suppressed(folded(own, england, england.grid()))
    assert not ((safe.exits.sum((1, -1)) > 0) & (safe.lived.sum(1) == 0)).any()
    assert safe.entries.sum() == pytest.approx(own.counts.entries.sum(), rel=0.05)
