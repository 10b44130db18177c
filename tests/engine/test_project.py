"""The door of the engine: children are conserved, and streams that share places go side by side."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.engine import project, project_streams
from tests.laws.test_laws import identity_gap
from tests.reference.oracle import stress_world
from tests.reference.worlds import parameters_of


def test_projected_children_are_conserved_for_every_age_and_placement() -> None:
    p = parameters_of(stress_world())
    assert identity_gap(p, project(p)) < 1e-9


def test_one_stream_is_what_several_give_of_it() -> None:
    p = parameters_of(stress_world())
    alone, first = project(p), project_streams([p, p])[0]
    np.testing.assert_array_equal(alone.stock, first.stock)


def test_single_cohort_without_exits_stays_and_leaves_at_eighteen() -> None:
    grid = cc.Grid(2025, 18, range(18), ["care"])
    zero = np.zeros((1, 1, 1))
    stock = np.zeros((1, 18, 1))
    stock[0, 0] = 100.0
    run = project(cc.Parameters(grid, stock, zero, zero, np.ones((1, 1, 1, 1))))
    by_age = run.stock[0, :, :, 0]
    for year in range(18):
        assert by_age[year, year] == pytest.approx(100.0) and by_age[year].sum() == pytest.approx(100.0)
    assert by_age[18].sum() == pytest.approx(0.0, abs=1e-9)
    assert run.aged_out[0, 17, 17, 0] == pytest.approx(100.0)
