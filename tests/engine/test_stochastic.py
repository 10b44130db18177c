"""Is the luck of small numbers the exact one? Whole children against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost.engine import stochastic
from tests.reference.oracle import stress_world
from tests.reference.test_oracle import every_rule_world
from tests.reference.worlds import parameters_of

DRAWS = 600


def repeated(p: cc.Parameters) -> cc.Parameters:
    """The same parameters for every draw."""
    return p.changed(initial_stock=np.repeat(np.asarray(p.initial_stock), DRAWS, axis=0))


@pytest.fixture(scope="module")
def small() -> cc.Parameters:
    """The stress case with a hundredth of its children: about 820, whole ones."""
    world = stress_world()
    return parameters_of(replace(world, initial_stock=np.round(world.initial_stock / 100), entries=world.entries / 100))


@pytest.fixture(scope="module")
def sampled(small: cc.Parameters) -> cc.Projection:
    return stochastic.simulate(repeated(small), 3, "all", range(DRAWS))


def test_the_mean_is_the_projection(small: cc.Parameters, sampled: cc.Projection) -> None:
    mean = cc.project(small)
    for name in ("stock", "entries", "reached", "aged_out", "child_years"):
        mine, theirs = getattr(sampled, name).sum((2, 3)), getattr(mean, name).sum((2, 3))[0]
        error = mine.std(0, ddof=1) / np.sqrt(DRAWS)
        assert np.all(np.abs(mine.mean(0) - theirs) <= 4 * error + 1e-9), name


def test_children_are_whole(sampled: cc.Projection) -> None:
    for name in ("stock", "entries", "reached"):
        array = getattr(sampled, name)
        assert (array == np.round(array)).all() and array.min() >= 0


def test_the_sampled_variance_is_the_closed_one(small: cc.Parameters, sampled: cc.Projection) -> None:
    closed = stochastic.variance(small)[0]
    got = sampled.children.var(0, ddof=1)
    assert got[0] == closed[0] == 0
    # The variance of 600 draws has a relative standard deviation of sqrt(2/599), 5.8%.
    assert np.abs(got[1:] / closed[1:] - 1).max() < 4 * np.sqrt(2 / (DRAWS - 1))


def test_the_variance_settles_at_the_mean_and_does_not_grow_for_ever(small: cc.Parameters) -> None:
    grid = replace(small.grid, n_years=60)
    long = cc.Parameters(
        grid,
        **{
            n: getattr(small, n)[:, :1] if n != "initial_stock" else small.initial_stock
            for n in (
                "initial_stock",
                "population",
                "entry_rate",
                "entry_share",
                "entry_at_birthday",
                "exit_rate",
                "move_rate",
            )
        },
    )
    closed, mean = stochastic.variance(long)[0], cc.project(long).children[0]
    assert closed[-1] == pytest.approx(mean[-1], rel=1e-9)
    assert closed[20] == pytest.approx(closed[-1], rel=1e-3)


def test_with_every_rule_the_variance_is_the_closed_one() -> None:
    p = parameters_of(every_rule_world(1))
    p = p.changed(initial_stock=np.round(p.initial_stock))
    got = stochastic.simulate(repeated(p), 5, "all", range(DRAWS)).children
    assert np.abs(got.var(0, ddof=1)[1:] / stochastic.variance(p)[0][1:] - 1).max() < 4 * np.sqrt(2 / (DRAWS - 1))


def test_luck_does_not_depend_on_blocks(small: cc.Parameters, sampled: cc.Projection) -> None:
    some = stochastic.simulate(small, 3, "all", range(100, 110))
    np.testing.assert_array_equal(some.stock, sampled.stock[100:110])
    other = stochastic.simulate(small, 3, "another", range(100, 110))
    assert (other.stock != some.stock).any()


@pytest.mark.parametrize("start", [0.0, 0.3, 0.999])
def test_systematic_rounding_keeps_the_total_and_every_age_to_within_one(start: float) -> None:
    stock = np.random.default_rng(1).random((18, 5)) * 10
    whole = stochastic.systematic(stock, start)
    assert abs(whole.sum() - stock.sum()) < 1
    assert np.abs(whole.sum(1) - stock.sum(1)).max() < 1
    assert np.abs(whole - stock).max() < 1
    np.testing.assert_array_equal(stochastic.systematic(np.round(stock), start), np.round(stock))


def test_rounding_is_unbiased() -> None:
    stock = np.random.default_rng(1).random((4, 3))
    mean = np.mean([stochastic.systematic(stock, (i + 0.5) / 2000) for i in range(2000)], axis=0)
    np.testing.assert_allclose(mean, stock, atol=1e-3)


def test_levels_hold_the_luck_and_differences_do_not() -> None:
    from pathlib import Path

    sets = Path(__file__).parents[1] / "data" / "sets"
    tiny, edge = cc.load_assumptions(sets / "tiny"), cc.load_scenario(sets / "edge.toml")
    plain = cc.run(tiny, edge, draws=cc.Draws(60, seed=4))
    noisy = cc.run(tiny, edge, draws=cc.Draws(60, seed=4, noise=True))
    np.testing.assert_array_equal(noisy.compare("edge").npv(), plain.compare("edge").npv())
    np.testing.assert_array_equal(noisy.run.drawn["edge"].stock, plain.run.drawn["edge"].stock)
    rows = noisy.children(draws=True)["value"]
    assert (rows == rows.round()).all()
    again = cc.run(tiny, edge, draws=cc.Draws(60, seed=4, noise=True), block=7, threads=1)
    np.testing.assert_array_equal(again.run.shown["edge"].stock, noisy.run.shown["edge"].stock)
