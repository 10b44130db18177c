"""Whole lives: transitions that children may make, and counts of them that add up whoever is followed."""

from __future__ import annotations

import numpy as np

from carecost.engine.life_histories import rules, summing
from tests.reference.oracle import stress_world
from tests.reference.worlds import parameters_of


def test_sums_over_groups_are_those_of_a_loop() -> None:
    group = np.array([0, 2, 2, 1, 0])
    values = np.arange(5.0)
    wanted = [values[group == g].sum() for g in range(3)]
    assert (summing(group, 3) @ values).tolist() == wanted


def test_rules_have_every_hazard_of_the_parameters() -> None:
    p = parameters_of(stress_world())
    made = rules(p, [slice(a, a + 1) for a in range(len(p.grid.ages))])
    hazards = [
        np.asarray(value) for value in vars(made).values() if isinstance(value, np.ndarray) and value.dtype == float
    ]
    assert hazards and all(np.isfinite(h).all() and (h >= 0).all() for h in hazards)
