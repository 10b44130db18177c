"""The holder of stock and flows: ages kept or summed, streams together, and what may be asked of sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost.engine.age_cohorts import project_sums
from carecost.engine.projection import common_places, together
from tests.reference.oracle import stress_world
from tests.reference.worlds import parameters_of


def test_sums_over_ages_are_those_of_single_ages() -> None:
    p = parameters_of(stress_world())
    ages, sums = cc.project(p), project_sums(p)
    for name in ("stock", "entries", "aged_out", "child_years"):
        np.testing.assert_allclose(sums.over_ages(name), getattr(ages, name).sum(2), rtol=1e-9, atol=1e-9)
    reasons = range(len(p.grid.reasons))
    np.testing.assert_allclose(sums.exits_for(reasons), ages.exits.sum((2, -1)), rtol=1e-9, atol=1e-9)


def test_age_that_is_kept_only_with_others_is_refused() -> None:
    sums = project_sums(parameters_of(stress_world()))
    assert len(sums.pieces) < len(sums.grid.ages)
    with pytest.raises(cc.CareCostError, match="an age is kept only with its neighbours"):
        sums.over_ages("stock", [sums.grid.ages[0]])


def test_streams_together_are_their_sum() -> None:
    p = parameters_of(stress_world())
    one = cc.project(p)
    both = together([one, one])
    np.testing.assert_array_equal(both.stock, 2 * one.stock)
    np.testing.assert_array_equal(both.exits, 2 * one.exits)
    assert together([one]) is one


def test_places_that_differ_between_streams_are_refused() -> None:
    grid = cc.Grid(2025, 1, range(18), ["a", "b"], groups=[cc.CapacityGroup("g", ["a"], "b")])
    one = np.ones((1, 1, 1))
    made = [
        cc.Parameters(
            grid, np.ones((1, 18, 2)), one, one, np.full((1, 1, 1, 2), 0.5), capacity=np.full((1, 1, 1), places)
        )
        for places in (5.0, 6.0)
    ]
    with pytest.raises(cc.CareCostError, match="streams have different places"):
        common_places(made)
    assert common_places(made[:1]).shape == (1, 1, 1)


def test_a_projection_that_is_replaced_has_sums_of_its_own() -> None:
    one = cc.project(parameters_of(stress_world()))
    before = one.over_ages("stock").copy()
    two = replace(one, stock=2 * one.stock)
    np.testing.assert_array_equal(two.over_ages("stock"), 2 * before)
    np.testing.assert_array_equal(one.over_ages("stock"), before)
