"""Counts that tests of estimation share: one cell with nothing to pool, and a small council with every rule in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from carecost import Counts

Array = NDArray[Any]


def one_cell(exits: float = 12.0, lived: float = 40.0, years: int = 2) -> Counts:
    """One age, one placement, one reason: nothing to pool."""
    grid = cc.Grid(2025 - years, years, [0], [cc.Placement("foster", leave_age=1)], ["home"])

    def each(total: float, *axes: int) -> Array:
        return np.full((years, *axes), total / years)

    return Counts(
        grid, each(1e4, 1), each(30, 1, 1), each(lived, 1, 1), each(exits, 1, 1, 1), np.zeros((years, 1, 1, 1))
    )


def council(seed: int = 0, years: int = 7, scale: float = 1.0) -> Counts:
    """Four placements, one from 16 and one outside care, random counts, a reason that leads somewhere."""
    places = [
        cc.Placement("foster", then="leaver"),
        "home",
        cc.Placement("guardianship", in_care=False),
        "supported",
        cc.Placement("leaver", in_care=False, leave_age=20),
    ]
    grid = cc.Grid(2025 - years, years, range(20), places, ["family", cc.Reason("order", to="guardianship")])
    used = np.ones((20, 5), bool)
    used[:16, 3] = used[:16, 4] = used[18:, :4] = False
    rng = np.random.default_rng(seed)
    entries = rng.poisson(scale, (years, 20, 5)) * used
    entries[..., [2, 4]] = 0
    entries[..., 10, 1] = 0
    lived = rng.gamma(4.0 * scale, size=(years, 20, 5)) * used
    exits = rng.poisson(0.1 * lived[..., None] * np.ones(2))
    exits[..., 2:, 1] = 0
    exits[..., 4, :] = 0
    moves = rng.poisson(0.05 * lived[..., None] * np.ones(5)) * used[:, None] * used[..., None]
    moves[..., 2, :] = moves[..., 4, :] = moves[..., :, 2] = moves[..., :, 4] = 0
    moves[..., 3, 4] = rng.poisson(0.3 * lived[..., 3]) * used[:, 4]
    born = np.zeros((years, 20))
    born[:, 0] = rng.binomial(entries[:, 0].sum(-1), 0.5)
    return Counts(grid, np.full((years, 20), 900.0), entries, lived, exits, moves, born, used=used, name="there")
