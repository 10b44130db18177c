"""Is the luck of small numbers the exact one? Whole children against closed forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.engine import stochastic
from tests.reference.oracle import stress_world
from tests.reference.test_oracle import every_rule_world
from tests.reference.worlds import parameters_of

DRAWS = 600


@pytest.fixture(scope="module")
def small() -> cc.Parameters:
    """The stress case with a hundredth of its children: about 820, whole ones."""
    world = stress_world()
    return parameters_of(replace(world, initial_stock=np.round(world.initial_stock / 100), entries=world.entries / 100))


@pytest.fixture(scope="module")
def sampled(small: cc.Parameters) -> stochastic.Lives:
    return stochastic.simulate(small, 3, "all", range(DRAWS))


def test_the_mean_is_the_projection(small: cc.Parameters, sampled: stochastic.Lives) -> None:
    mean = cc.project(small)
    exits, moves = sampled.exits_for([0, 1]).sum(-1), sampled.moves_to([0, 1, 2]).sum(-1)
    pairs = [(exits, mean.exits.sum((2, 3, 4))[0]), (moves, mean.moves.sum((2, 3, 4))[0])]
    for name in ("stock", "entries", "aged_out", "child_years"):
        pairs.append((getattr(sampled, name).sum((2, 3)), getattr(mean, name).sum((2, 3))[0]))
    for mine, theirs in pairs:
        error = mine.std(0, ddof=1) / np.sqrt(DRAWS)
        assert np.all(np.abs(mine.mean(0) - theirs) <= 4 * error + 1e-9)


def test_children_are_whole(sampled: stochastic.Lives) -> None:
    for name in ("stock", "entries", "aged_out", "events"):
        array = getattr(sampled, name)
        assert (array == np.round(array)).all() and array.min() >= 0


def test_the_sampled_variance_is_the_closed_one(small: cc.Parameters, sampled: stochastic.Lives) -> None:
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
    got = stochastic.simulate(p, 5, "all", range(DRAWS)).children
    assert np.abs(got.var(0, ddof=1)[1:] / stochastic.variance(p)[0][1:] - 1).max() < 4 * np.sqrt(2 / (DRAWS - 1))


def test_luck_does_not_depend_on_blocks(small: cc.Parameters, sampled: stochastic.Lives) -> None:
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


def test_events_faster_than_can_be_followed_are_refused(small: cc.Parameters) -> None:
    fast = small.changed(exit_rate=1e5 * np.asarray(small.exit_rate))
    with pytest.raises(cc.CareCostError, match=r"events a child-year in 'all'.*at most 1,000, or no noise"):
        stochastic.simulate(fast, 1, "all", range(2))


def test_variance_of_several_draws_is_that_of_each(small: cc.Parameters) -> None:
    rates = np.asarray(small.exit_rate) * np.array([1.0, 2.0]).reshape(2, 1, 1, 1, 1)
    both = stochastic.variance(small.changed(exit_rate=rates))
    for draw in (0, 1):
        one = stochastic.variance(small.changed(exit_rate=rates[draw : draw + 1]))
        np.testing.assert_allclose(both[draw], one[0], rtol=1e-12)


def test_set_without_low_and_high_runs_with_luck() -> None:
    tiny = cc.load_assumptions(Path(__file__).parents[1] / "data" / "sets" / "tiny")
    known = [replace(row, belief=replace(row.belief, low=None, high=None, distribution="")) for row in tiny.rows]
    certain = replace(tiny, rows=tuple(row for row in known if row.kind != "adjustment"))
    assert not certain.drawn_quantities
    results = cc.run(certain, draws=cc.Draws(20, noise=True))
    shown = results.run.shown["inaction"]
    assert shown.stock.shape[0] == shown.costs.spend.shape[0] == 20 and shown.stock[:, 0, 1].sum(-1).std() > 0
    plain = cc.run(certain, draws=cc.Draws(20)).run.drawn["inaction"]
    np.testing.assert_array_equal(results.run.drawn["inaction"].costs.spend, plain.costs.spend)


def test_levels_hold_the_luck_and_differences_do_not() -> None:
    sets = Path(__file__).parents[1] / "data" / "sets"
    tiny, edge = cc.load_assumptions(sets / "tiny"), cc.load_scenario(sets / "edge.toml")
    plain = cc.run(tiny, edge, draws=cc.Draws(60, seed=4))
    noisy = cc.run(tiny, edge, draws=cc.Draws(60, seed=4, noise=True))
    np.testing.assert_array_equal(noisy.compare("edge").npv(), plain.compare("edge").npv())
    np.testing.assert_array_equal(noisy.run.drawn["edge"].stock, plain.run.drawn["edge"].stock)
    rows = noisy.children(by_draw=True)["value"]
    assert (rows == rows.round()).all()
    again = cc.run(tiny, edge, draws=cc.Draws(60, seed=4, noise=True), block=7, threads=1)
    np.testing.assert_array_equal(again.run.shown["edge"].stock, noisy.run.shown["edge"].stock)
