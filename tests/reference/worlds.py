"""How does one world look to the engine and to the oracle? The same world as Parameters and as arrays."""

from __future__ import annotations

import numpy as np

import carecost as cc
from tests.reference.oracle import World


def parameters_of(world: World, base_year: int = 2025) -> cc.Parameters:
    """What the engine needs to run an oracle's world."""
    names = [f"p{i}" for i in range(len(world.leave_age))]
    placements = [
        cc.Placement(name, in_care=leave <= 18, leave_age=leave, then=None if then is None else names[then])
        for name, leave, then in zip(names, world.leave_age, world.then, strict=True)
    ]
    reasons = [cc.Reason(f"r{i}", None if to is None else names[to]) for i, to in enumerate(world.reason_to)]
    grid = cc.Grid(base_year, len(world.entries), world.ages, placements, reasons)
    total = world.entries.sum(-1)
    share = np.divide(world.entries, total[..., None], out=np.zeros_like(world.entries), where=total[..., None] > 0)
    extra = {"extra": world.extra[None]} if world.extra.any() else {}
    return cc.Parameters(
        grid,
        initial_stock=world.initial_stock[None],
        population=np.ones((1, 1, 1)),
        entry_rate=total[None],
        entry_share=share[None],
        entry_at_birthday=world.beta[None],
        extra_entries=extra,
        exit_rate=world.exit_rate[None],
        move_rate=world.move_rate[None],
    )
