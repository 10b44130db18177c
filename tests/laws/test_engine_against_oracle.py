"""Does the engine agree with children followed one by one? The accuracy that the project promises."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from tests.reference.oracle import Counts, expected, simulate, stress_world
from tests.reference.test_oracle import every_rule_world
from tests.reference.worlds import parameters_of


@pytest.fixture(scope="module")
def stress() -> tuple[cc.Projection, Counts]:
    """The stress case, whose hazards jump from 0.16 a year at 10-15 to 0.8 at 16-17, for eight years."""
    world = stress_world()
    return cc.project(parameters_of(world)), expected(world, 1000)


def gap(mine: np.ndarray, truth: np.ndarray) -> float:
    """Largest relative difference."""
    return float(np.abs(mine / truth - 1).max())


def test_total_stock_is_within_a_thousandth(stress: tuple[cc.Projection, Counts]) -> None:
    mine, truth = stress
    care = list(mine.grid.in_care)
    assert gap(mine.stock[0][..., care].sum((1, 2)), truth.stock[..., care].sum((1, 2))) < 1e-3


def test_each_age_is_within_a_hundredth_where_it_holds_over_a_hundred(stress: tuple[cc.Projection, Counts]) -> None:
    mine, truth = stress
    mine_by_age, true_by_age = mine.stock[0].sum(-1), truth.stock.sum(-1)
    large = true_by_age > 100
    assert large.sum() > 100
    assert gap(mine_by_age[large], true_by_age[large]) < 0.01


def test_child_years_are_within_a_thousandth(stress: tuple[cc.Projection, Counts]) -> None:
    mine, truth = stress
    assert gap(mine.child_years[0].sum((1, 2)), truth.child_years.sum((1, 2))) < 1e-3


def test_exits_and_aged_out_are_within_half_a_hundredth(stress: tuple[cc.Projection, Counts]) -> None:
    mine, truth = stress
    assert gap(mine.exits[0].sum((1, 2, 3)), truth.exits.sum((1, 2, 3))) < 5e-3
    assert gap(mine.aged_out[0].sum((1, 2)), truth.aged_out.sum((1, 2))) < 5e-3


def test_the_engine_agrees_with_individuals_within_their_luck() -> None:
    world = stress_world()
    luck = simulate(world, 20.0, np.random.default_rng(1))
    mine = cc.project(parameters_of(world))
    # One run's standard deviation is below 0.05% on the stock and 0.1% on aged_out at this size.
    assert gap(mine.stock[0].sum((1, 2)), luck.stock.sum((1, 2))) < 2e-3
    assert gap(mine.aged_out[0].sum((1, 2)), luck.aged_out.sum((1, 2))) < 5e-3


@pytest.mark.parametrize("seed", range(4))
def test_every_rule_agrees_with_the_oracle(seed: int) -> None:
    world = every_rule_world(seed)
    mine, truth = cc.project(parameters_of(world)), expected(world, 400)
    assert gap(mine.stock[0].sum((1, 2)), truth.stock.sum((1, 2))) < 1e-3
    for name in ("entries", "birthdays", "aged_out", "child_years"):
        a, b = getattr(mine, name)[0], getattr(truth, name)
        assert abs(a.sum() / b.sum() - 1) < 5e-3, name
        assert np.abs(a - b).max() < 0.02 * b.max(), name
    assert abs(mine.exits.sum() / truth.exits.sum() - 1) < 5e-3
    assert abs(mine.moves.sum() / truth.moves.sum() - 1) < 5e-3
