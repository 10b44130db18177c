"""Do ratios pool towards one by what numbers bear, are trends found where there are some, and do intervals cover?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.estimation.pooled import FOUND, Pooled, towards, trend
from carecost.maths.partial_pooling import split_rates, tree


def one(counted: float, expected: float, worth: float) -> Pooled:
    return towards("x", np.array([[counted]]), np.array([[expected]]), [["all"]], worth)


def test_few_numbers_give_the_known_level_and_many_their_own() -> None:
    assert one(0, 0, 10).ratio == 1.0 and one(0, 0, 10).weight == 0.0
    assert one(4, 2, 10).ratio == pytest.approx(14 / 12)
    assert one(40_000, 20_000, 10).ratio == pytest.approx(2, rel=1e-3)
    assert one(3, 5, 0.0).weight == 1.0


def test_parts_sum_to_the_whole() -> None:
    events, expected = np.array([[30.0, 2.0, 8.0]]), np.array([[20.0, 9.0, 4.0]])
    found = towards("x", events, expected, [["a", "a", "b"], ["a1", "a2", "b1"]], 5.0)
    assert float((found.ratios(None) @ expected[0])[0]) == pytest.approx(found.ratio * expected.sum())


def test_a_trend_is_found_where_there_is_one_and_then_the_last_year_is_the_level() -> None:
    rising = np.array([100.0, 140.0, 196.0, 274.0])
    found = towards("x", rising[:, None], np.full((4, 1), 100.0), [["all"]], 1.0)
    assert found.trend.p < FOUND and np.expm1(found.trend.rate) == pytest.approx(0.4, abs=0.01)
    assert found.whole == (274.0, 100.0)
    assert trend(rising[:2], np.ones(2)).p == 1.0  # two years show none
    assert trend(np.zeros(4), np.ones(4)).p == 1.0


def test_trends_that_are_none_are_found_as_often_as_said() -> None:
    rng = np.random.default_rng(3)
    p = np.array([trend(rng.poisson(200, 6).astype(float), np.ones(6)).p for _ in range(800)])
    assert (p < FOUND).mean() < 0.07  # 0.05, and three standard errors


def test_years_that_vary_beyond_chance_make_the_level_less_sure() -> None:
    calm, wild = (np.array([[n] for n in years], dtype=float) for years in ([100, 101, 99, 100], [60, 140, 150, 50]))
    levels = [towards("x", years, np.full((4, 1), 100.0), [["all"]], 1.0) for years in (calm, wild)]
    assert levels[0].dispersion == 1.0 and levels[1].dispersion > 5


@pytest.mark.parametrize(("expected", "worth"), [(10.0, 7.0), (40.0, 7.0), (300.0, 7.0)])
def test_intervals_of_a_small_council_cover(expected: float, worth: float) -> None:
    """Levels differ as authorities' do: 90% intervals of the level, and of next year's number (mid-p)."""
    rng = np.random.default_rng(5)
    n = 1_500
    levels = rng.gamma(worth, 1 / worth, n)
    u = cc.Draws(400, seed=2).uniforms("u")
    within, ahead = [], []
    for level in levels:
        drawn = one(float(rng.poisson(level * expected)), expected, worth)._whole(lambda name: u)
        low, high = np.quantile(drawn, [0.05, 0.95])
        within.append(low <= level <= high)
        number, future = rng.poisson(drawn * expected), rng.poisson(level * expected)
        mid = (number < future).mean() + (number == future).mean() / 2
        ahead.append(0.05 <= mid <= 0.95)
    assert 0.88 <= np.mean(within) <= 0.92 and 0.88 <= np.mean(ahead) <= 0.92


def test_a_rate_that_is_known_is_split_as_one_that_is_drawn() -> None:
    levels = tree("x", np.array([3.0, 0.0]), np.array([10.0, 2.0]), [["a", "b"]])
    assert float((split_rates(levels, np.array([0.5]), None) @ [10.0, 2.0])[0]) == pytest.approx(6.0)
    assert split_rates(tree("x", np.zeros(2), np.zeros(2), [["a", "b"]]), np.array([0.5]), None).tolist() == [
        [0.5, 0.5]
    ]
