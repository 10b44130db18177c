"""Whole lives: transitions that children may make, and counts of them that add up whoever is followed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from carecost.engine.life_histories import NONE, rules, summing
from carecost.engine.parameters import Parameters
from tests.reference.oracle import stress_world
from tests.reference.worlds import parameters_of


def test_sums_over_groups_are_those_of_a_loop() -> None:
    group = np.array([0, 2, 2, 1, 0])
    values = np.arange(5.0)
    wanted = [values[group == g].sum() for g in range(3)]
    assert (summing(group, 3) @ values).tolist() == wanted


def test_rules_have_every_hazard_of_the_parameters() -> None:
    """Steps of the running sums are the rates, state by state, and nothing is left out."""
    p = parameters_of(stress_world())
    grid, years = p.grid, range(len(p.grid.years))
    made = rules(p, [slice(a, a + 1) for a in range(len(grid.ages))])
    exits, moves = (np.broadcast_to(r, (r.shape[0], len(years), *r.shape[2:])) for r in map(np.asarray, _rates(p)))
    moves = np.where(np.eye(len(grid.placements), dtype=bool), 0.0, moves)
    kinds = np.full(made.event.shape, NONE)
    kinds[made.event >= 0] = made.transitions.column[made.event[made.event >= 0]]
    for age, place in zip(*np.nonzero(grid.opened), strict=True):
        state = made.state_of[age, place]
        used = kinds[state] >= 0
        for draw in range(len(exits)):
            every = np.concatenate([exits[draw, :, age, place], moves[draw, :, age, place]], axis=-1)
            sums = made.running[draw, made.year_step, state]
            found = np.zeros_like(every)
            found[:, kinds[state][used]] = np.diff(sums[:, used], prepend=0.0)
            np.testing.assert_allclose(found, every, rtol=0, atol=1e-14)
            np.testing.assert_allclose(made.hazard[draw, made.year_step, state], every.sum(-1), rtol=1e-15)
            assert np.isinf(sums[:, ~used]).all()


def _rates(p: Parameters) -> tuple[ArrayLike, ArrayLike]:
    return p.exit_rate, p.move_rate
