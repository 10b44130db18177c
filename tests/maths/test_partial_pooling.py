"""Does pooling keep totals, pull as the rule says, and find how much rates differ?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import carecost as cc
from carecost.maths.partial_pooling import group_sums, pooled_rates, spread, tree

DRAWS = cc.Draws(400, seed=3)

CELLS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([0.0, 0.5, 3.0, 200.0])), min_size=6, max_size=6)


@settings(deadline=None, max_examples=60)
@given(CELLS, st.integers(0, 2**31))
def test_pooling_alters_no_total_nor_how_sure_it_is(cells: list[tuple[int, float]], seed: int) -> None:
    exposure = np.array([lived for _, lived in cells]) + np.array([1.0, 0, 0, 0, 0, 0])
    events = np.array([float(n) for n, _ in cells]) * (exposure > 0)
    levels = tree("x", events, exposure, [list("aaabbb"), list("abcdef")])
    draws = cc.Draws(50, seed=seed)
    total = pooled_rates(levels, draws.uniforms) @ exposure
    np.testing.assert_allclose(total, stats.gamma(events.sum() + 0.5).ppf(draws.uniforms("x")), rtol=1e-8)
    mean = pooled_rates(levels, None)
    assert np.isfinite(mean).all() and (mean > 0).all()
    assert (mean @ exposure).item() == pytest.approx(events.sum() + 0.5)


def test_cells_that_look_alike_share_a_rate_and_others_keep_their_own() -> None:
    lived = np.full(4, 1000.0)
    alike, apart = np.array([100.0, 101, 99, 100]), np.array([10.0, 400, 30, 900])
    mean = [pooled_rates(tree("x", events, lived, [list("abcd")]), None)[0] for events in (alike, apart)]
    np.testing.assert_allclose(mean[0], 0.1, rtol=0.01)
    np.testing.assert_allclose(mean[1], apart / lived, rtol=0.1)


def test_a_cell_is_pulled_towards_its_group_by_as_many_events_as_the_rule_says() -> None:
    events, lived = np.array([2.0, 30.0, 50.0]), np.array([20.0, 100.0, 90.0])
    levels = tree("x", events, lived, [list("abc")])
    k, whole = levels[1].strength, 82.5 / 210
    plain = (events + k) / (lived + k / whole)
    np.testing.assert_allclose(pooled_rates(levels, None)[0], plain * 82.5 / (plain @ lived), rtol=1e-12)
    variance, error = spread(events, lived, np.zeros(3, dtype=int))
    assert k == pytest.approx(1 / max(variance, error)) and k >= 0.5


def test_a_cell_nobody_was_in_has_the_rate_of_its_group_and_little_surety() -> None:
    levels = tree("x", np.array([40.0, 60.0, 0.0]), np.array([100.0, 100.0, 0.0]), [list("abc")])
    mean = pooled_rates(levels, None)[0]
    assert mean[2] == pytest.approx(100.5 / 200, rel=0.01)
    drawn = pooled_rates(levels, DRAWS.uniforms)
    assert drawn[:, 2].std() / drawn[:, 2].mean() > 2 * drawn[:, 0].std() / drawn[:, 0].mean()


def test_the_spread_of_rates_is_found_and_is_zero_on_average_for_poisson_counts() -> None:
    rng = np.random.default_rng(1)
    lived = rng.gamma(2.0, 30.0, 200)
    whole = np.zeros(200, dtype=int)
    for variance in (0.0, 0.3):
        ratio = rng.gamma(1 / variance, variance, (300, 200)) if variance else np.ones((300, 200))
        estimates = np.array([spread(n, lived, whole) for n in rng.poisson(lived * ratio).astype(float)])
        error = estimates[:, 0].std() / np.sqrt(300)
        assert abs(estimates[:, 0].mean() - variance) < 4 * error + 0.03 * variance
        if not variance:
            assert estimates[:, 1].mean() == pytest.approx(estimates[:, 0].std(), rel=0.15)


def test_the_spread_of_one_group_a_parent_is_none() -> None:
    assert spread(np.array([5.0, 9.0]), np.array([10.0, 3.0]), np.array([0, 1])) == (0.0, 0.0)
    assert spread(np.array([5.0, 0.0]), np.array([10.0, 0.0]), np.array([0, 0])) == (0.0, 0.0)
    assert spread(np.zeros(0), np.zeros(0), np.zeros(0, dtype=int)) == (0.0, 0.0)


def test_a_tree_has_the_whole_first_and_names_that_begin_with_it() -> None:
    levels = tree("exits", np.array([1.0, 2, 3, 4]), np.array([10.0, 20, 30, 40]), [list("xxyy"), list("abcd")])
    assert [level.names for level in levels] == [
        ("exits",),
        ("exits, x", "exits, y"),
        ("exits, a", "exits, b", "exits, c", "exits, d"),
    ]
    assert [level.events.tolist() for level in levels] == [[10.0], [3.0, 7.0], [1.0, 2.0, 3.0, 4.0]]
    assert [level.parent.tolist() for level in levels] == [[0], [0, 0], [0, 0, 1, 1]]
    assert all(level.strength >= 0.5 for level in levels)


def test_rates_of_a_tree_without_cells_are_none() -> None:
    assert pooled_rates(tree("x", np.zeros(0), np.zeros(0), [[]]), None).shape == (1, 0)


def test_a_dispersion_widens_the_total_and_keeps_its_mean() -> None:
    levels = tree("x", np.array([30.0, 70.0]), np.array([10.0, 20.0]), [list("ab")])
    exposure = np.array([10.0, 20.0])
    plain, wide = (pooled_rates(levels, cc.Draws(4000).uniforms, v) @ exposure for v in (1.0, 4.0))
    assert wide.mean() == pytest.approx(plain.mean(), rel=1e-3)
    assert wide.var() / plain.var() == pytest.approx(4.0, rel=0.02)
    none = pooled_rates(levels, cc.Draws(4).uniforms, 0.0) @ exposure
    np.testing.assert_allclose(none, 100.5, rtol=1e-12)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 3)), max_size=30))
def test_group_sums_are_those_of_the_rows_of_a_group(rows: list[tuple[float, int]]) -> None:
    values, group = np.array([v for v, _ in rows]), np.array([g for _, g in rows], dtype=int)
    expected = [sum(v for v, g in rows if g == i) for i in range(4)]
    np.testing.assert_allclose(group_sums(values, group, 4), expected, atol=1e-6)


def test_the_spread_of_two_groups_is_by_hand() -> None:
    """Of 40 events each is expected half: ((30 - 20)^2 - 20 / 2) over 20^2 (1 - 2 / 2 + 1 / 2), both groups alike."""
    found = spread(np.array([30.0, 10.0]), np.array([7.0, 7.0]), np.array([0, 0]))
    assert found.variance == pytest.approx(90 / 200)
    # Variance 2 x 20^2 + 20 of a squared deviation, half of it beside the other group.
    assert found.error == pytest.approx((2 * 0.5 * 820) ** 0.5 / 400)
    # Shares of a quarter and three: 10 and 30 expected, weighed by 1 / (1 + expected)^2.
    found = spread(np.array([16.0, 24.0]), np.array([2.0, 6.0]), np.array([0, 0]))
    scale, expected, share = np.array([1 / 121, 1 / 961]), np.array([10.0, 30.0]), np.array([0.25, 0.75])
    weight = scale * expected**2 * (1 - 2 * share + 0.625)
    assert found.variance == pytest.approx((scale * (36 - expected * (1 - share))).sum() / weight.sum())


def test_a_part_that_is_the_whole_has_its_rate_with_and_without_draws() -> None:
    levels = tree("exits", np.array([3.0]), np.array([10.0]), [["only"]])
    assert levels[1].strength > 1e9  # nothing says that it differs from the whole
    assert pooled_rates(levels, None) == pytest.approx(0.35)
    drawn = pooled_rates(levels, DRAWS.uniforms)
    np.testing.assert_allclose(drawn, pooled_rates(levels[:1], DRAWS.uniforms), rtol=1e-12)
