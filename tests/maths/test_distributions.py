"""Does a distribution give back the interval it was stated by? Are shares shares?"""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.special import betaincinv, gammaincinv, gammaln

from carecost.errors import CareCostError
from carecost.maths.distributions import DISTRIBUTIONS, agreed, quantiles, shares

GRID = (np.arange(50_000) + 0.5) / 50_000
#: low, value, high that each of them takes.
STATED = {name: (8.0, 10.0, 15.0) for name in DISTRIBUTIONS} | {"beta": (0.1, 0.2, 0.35)}
EQUAL_TAILS = ["normal", "lognormal", "triangular", "uniform", "pert"]
BY_MEAN = ["beta", "gamma"]


def drawn(name: str, level: float = 0.9) -> np.ndarray:
    low, value, high = STATED[name]
    return quantiles(GRID, value, low, high, level, name)


@pytest.mark.parametrize("name", EQUAL_TAILS)
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_quantiles_at_the_tails_are_low_and_high(name: str, level: float) -> None:
    x = drawn(name, level)
    tail = (1 - level) / 2
    np.testing.assert_allclose(np.quantile(x, [tail, 1 - tail]), [8, 15], rtol=1e-4)
    assert np.all(np.diff(x) >= 0)


@pytest.mark.parametrize("name", BY_MEAN)
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_a_beta_or_gamma_has_its_mean_and_its_interval_has_its_level(name: str, level: float) -> None:
    low, value, high = STATED[name]
    x = drawn(name, level)
    assert x.mean() == pytest.approx(value, rel=1e-5)
    assert np.mean((low <= x) & (x <= high)) == pytest.approx(level, abs=8e-5)
    assert np.all(np.diff(x) >= 0)


@given(
    low=st.floats(-100, 100),
    left=st.floats(0.01, 100),
    right=st.floats(0.01, 100),
    level=st.floats(0.3, 0.99),
    name=st.sampled_from(["normal", "triangular", "uniform", "pert"]),
)
@settings(deadline=None)
def test_each_side_leaves_out_half_of_the_rest(low: float, left: float, right: float, level: float, name: str) -> None:
    value, high = low + left, low + left + right
    fitted = DISTRIBUTIONS[name](low, value, high, level)
    tail = (1 - level) / 2
    np.testing.assert_allclose([fitted.chance(low), 1 - fitted.chance(high)], tail, atol=1e-7)
    np.testing.assert_allclose(fitted.quantile(np.array([tail, 1 - tail])), [low, high], atol=1e-6 * (left + right))


@given(
    value=st.floats(0.001, 0.999),
    left=st.floats(0.01, 0.99),
    right=st.floats(0.01, 0.99),
    level=st.floats(0.3, 0.99),
    name=st.sampled_from(BY_MEAN),
)
@settings(deadline=None)
def test_the_chance_of_the_interval_is_its_level(
    value: float, left: float, right: float, level: float, name: str
) -> None:
    low, high = value * left, value + (1 - value) * right
    try:
        fitted = DISTRIBUTIONS[name](low, value, high, level)
    except CareCostError:
        assume(False)
    assert fitted.chance(high) - fitted.chance(low) == pytest.approx(level, abs=1e-7)


@pytest.mark.parametrize(("value", "low", "high"), [(0.3, 0.29999, 0.30001), (2e-4, 1e-4, 4e-4), (0.01, 0.0, 0.03)])
def test_a_beta_can_be_narrow_small_or_at_the_edge(value: float, low: float, high: float) -> None:
    x = quantiles(GRID, value, low, high, 0.9, "beta")
    assert x.mean() == pytest.approx(value, rel=1e-4)
    assert np.mean((low <= x) & (x <= high)) == pytest.approx(0.9, abs=8e-5)


@pytest.mark.parametrize("name", ["normal", "lognormal"])
def test_the_value_of_a_split_normal_is_its_median(name: str) -> None:
    assert np.median(drawn(name)) == pytest.approx(10, rel=1e-4)


@pytest.mark.parametrize("name", ["triangular", "pert"])
def test_the_value_of_a_triangle_or_pert_is_its_mode(name: str) -> None:
    counts, edges = np.histogram(drawn(name), bins=60)
    at = counts.argmax()
    assert edges[at - 1] <= 10.0 <= edges[at + 2]


def test_hard_bounds_give_the_mean_of_the_textbook() -> None:
    for name, mean in (("triangular", -0.7 / 3), ("pert", (-0.4 - 4 * 0.3 + 0.0) / 6)):
        x = quantiles(GRID, -0.3, -0.4, 0.0, 1.0, name)
        assert x.mean() == pytest.approx(mean, rel=1e-6)
        assert -0.4 <= x.min() and x.max() <= 0


@pytest.mark.parametrize("name", ["triangular", "pert"])
@pytest.mark.parametrize("level", [0.9, 1.0])
def test_the_mode_may_be_at_an_end_of_the_interval(name: str, level: float) -> None:
    x = quantiles(GRID, 5.0, 0.0, 5.0, level, name)
    tail = (1 - level) / 2
    if level < 1:
        np.testing.assert_allclose(np.quantile(x, [tail, 1 - tail]), [0, 5], atol=1e-3)
    else:
        assert 0 <= x.min() and x.max() <= 5


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_chance_of_a_value_is_what_the_quantile_was_asked_for(name: str) -> None:
    low, value, high = STATED[name]
    fitted = DISTRIBUTIONS[name](low, value, high, 0.9)
    u = np.linspace(0.002, 0.998, 83)
    np.testing.assert_allclose([fitted.chance(float(x)) for x in fitted.quantile(u)], u, atol=1e-9)
    assert fitted.chance(-1e9) == 0 and fitted.chance(1e9) == 1


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_distribution_is_truncated_and_never_clipped(name: str) -> None:
    low, value, high = STATED[name]
    whole = drawn(name)
    least, most = low - 0.01 * (high - low), high + 0.02 * (high - low)
    x = quantiles(GRID, value, low, high, 0.9, name, least=least, most=most)
    within = whole[(least <= whole) & (whole <= most)]
    # The draws that are within, each as likely as before; clipping would heap draws on the bounds.
    at = [0, 0.2, 0.5, 0.8, 1]
    np.testing.assert_allclose(np.quantile(x, at), np.quantile(within, at), rtol=1e-3)
    assert np.all(np.diff(x) > 0)


def test_a_normal_at_zero_stays_above_it() -> None:
    x = quantiles(GRID, 1.0, 0.0, 4.0, 0.9, "normal", least=0.0)
    assert x.min() > 0


def test_shares_sum_to_one_and_are_those_of_a_dirichlet() -> None:
    means, k = np.array([0.7, 0.25, 0.0498, 0.0002]), 50.0
    u = np.random.default_rng(1).random((100_000, 4))
    x = shares(u, means, k)
    np.testing.assert_allclose(x.sum(1), 1, atol=1e-12)
    sd = np.sqrt(means * (1 - means) / (k + 1))
    np.testing.assert_allclose(x.mean(0), means, atol=4 * sd.max() / np.sqrt(len(u)))
    np.testing.assert_allclose(x.std(0)[:3], sd[:3], rtol=0.02)
    assert np.corrcoef(x[:, 0], x[:, 1])[0, 1] == pytest.approx(-np.sqrt(0.7 * 0.25 / (0.3 * 0.75)), abs=0.02)


def test_shares_of_next_to_nothing_are_numbers() -> None:
    x = shares([[1e-9, 1e-9, 1e-9], [0.5, 0.5, 0.5]], [1 / 3] * 3, 1e-3)
    np.testing.assert_allclose(x, 1 / 3)


@given(st.lists(st.tuples(st.floats(0.05, 20.0), st.floats(0.001, 0.999)), min_size=2, max_size=5))
@settings(deadline=None)
def test_shares_are_gamma_quantiles_over_their_sum(cells: list[tuple[float, float]]) -> None:
    shapes, u = np.array(cells).T
    sizes = gammaincinv(shapes, u)
    got = shares([u], shapes / shapes.sum(), shapes.sum())[0]
    np.testing.assert_allclose(got, sizes / sizes.sum(), rtol=1e-9)


@given(
    logs=st.lists(st.floats(-700.0, -300.0), min_size=2, max_size=4),
    shape=st.floats(1e-4, 1e-2),
)
def test_shares_of_numbers_below_the_smallest_are_exact_in_logs(logs: list[float], shape: float) -> None:
    """Gamma numbers of a small shape a are x where u = x^a / Gamma(a + 1): around 1e-200, and far below 1e-308."""
    log_x = np.array([*logs, -462.0, -459.0])  # the last two lie on both sides of 1e-200
    n = len(log_x)
    u = np.exp(shape * log_x - gammaln(shape + 1.0))
    expected = np.exp(log_x - log_x.max())
    got = shares([u], np.full(n, 1 / n), shape * n)[0]
    np.testing.assert_allclose(got, expected / expected.sum(), rtol=1e-9, atol=1e-300)


def test_shares_of_numbers_below_the_smallest_hang_on_each_shape() -> None:
    shapes, log_x = np.array([1e-3, 4e-3]), np.array([-800.0, -801.0])
    u = np.exp(shapes * log_x - gammaln(shapes + 1.0))
    got = shares([u], shapes / shapes.sum(), shapes.sum())[0]
    np.testing.assert_allclose(got, [1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))], rtol=1e-9)


def test_agreed_is_the_concentration_that_all_shares_imply() -> None:
    k = 80.0
    stated = []
    for mean in (0.6, 0.3, 0.1):
        low, high = betaincinv(mean * k, (1 - mean) * k, [0.05, 0.95])
        stated.append((float(low), mean, float(high), 0.9))
    assert agreed(stated) == pytest.approx(k, rel=1e-6)
    with pytest.raises(CareCostError, match="equally sure"):
        agreed([(0.2, 0.25, 0.3, 0.9), (0.6, 0.75, 0.9, 0.9)])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1.0, 2.0, 3.0), "must rise"),
        ((1.0, 0.5, None), "both or neither"),
        ((1.0, 0.5, 2.0, 1.5), "level is 1.5"),
        ((0.5, 0.2, 0.8, 1.0, "beta"), "1 only with uniform, triangular, pert"),
        ((1.0, -0.5, 2.0, 0.9, "lognormal"), "above zero"),
        ((1.0, -0.5, 2.0, 0.9, "gamma"), "low, value are -0.5, 1.0 in a gamma.*above zero"),
        ((1.0, 0.5, 2.0, 0.9, "beta"), "between 0 and 1"),
        ((1.0, 1.0, 3.0, 0.9, "gamma"), "no gamma of mean 1.0 has a chance of 0.9 of 1.0 to 3.0"),
        ((0.2, 0.2, 0.3, 0.9, "beta"), "room on both sides"),
        ((1.0, 0.5, 2.0, 0.9, "lognorm"), "Did you mean 'lognormal'"),
        ((0.5, 0.4, 0.6, 0.9, "dirichlet"), "unknown distribution"),
        ((0.5, -0.1, 0.6, 0.9, "normal", 0.0), "low, high are -0.1, 0.6; it is never below 0.0"),
        ((0.5, 0.4, 1.6, 0.9, "normal", 0.0, 1.0), "above 1.0"),
    ],
)
def test_an_interval_that_does_not_fit_is_refused(arguments: tuple[object, ...], words: str) -> None:
    with pytest.raises(CareCostError, match=words):
        quantiles(GRID, *arguments)  # type: ignore[arg-type]


def test_quantiles_of_what_is_known_are_its_value() -> None:
    for arguments in ((2.0, None, None), (2.0, 2.0, 2.0), (2.0, 1.0, 3.0, 0.9, "fixed")):
        np.testing.assert_array_equal(quantiles(GRID[:3], *arguments), [2.0, 2.0, 2.0])  # type: ignore[arg-type]


def test_shares_may_be_stated_less_than_four_times_as_surely_as_each_other_and_no_less() -> None:
    for ratio, fits in ((3.5, True), (4.5, False)):
        stated = []
        for k in (40.0, 40.0 * ratio):
            low, high = betaincinv(0.5 * k, 0.5 * k, [0.05, 0.95])
            stated.append((float(low), 0.5, float(high), 0.9))
        if fits:
            assert agreed(stated) == pytest.approx(40.0 * ratio**0.5, rel=1e-6)
        else:
            with pytest.raises(CareCostError, match="within a factor of 4"):
                agreed(stated)


def test_an_interval_of_everything_has_no_level_below_one() -> None:
    with pytest.raises(CareCostError, match=r"no beta of mean 0\.5 has a chance of 0\.9 of 0\.0 to 1\.0"):
        quantiles(GRID, 0.5, 0.0, 1.0, 0.9, "beta")


def test_a_gamma_may_have_all_of_its_interval_below_one() -> None:
    x = quantiles(GRID, 0.4, 0.0, 0.8, 0.9, "gamma")
    assert x.mean() == pytest.approx(0.4, rel=1e-3)
    assert (x <= 0.8).mean() == pytest.approx(0.9, abs=1e-4)


def test_uniform_numbers_of_shares_have_a_column_for_each() -> None:
    for u in (np.full((2, 3), 0.5), np.full((2, 1), 0.5)):
        with pytest.raises(CareCostError, match="a column of uniform numbers for each share"):
            shares(u, [0.5, 0.5], 10.0)
    assert shares(np.full((3, 2), 0.5), [0.5, 0.5], 10.0).shape == (3, 2)


@pytest.mark.parametrize("level", [0.5, 0.9, 1.0])
def test_the_mean_of_a_pert_is_a_sixth_of_its_ends_and_four_times_its_mode(level: float) -> None:
    fitted = DISTRIBUTIONS["pert"](8.0, 10.0, 15.0, level)
    first, last = fitted.quantile(np.array([0.0, 1.0]))
    assert fitted.quantile(GRID).mean() == pytest.approx((first + 4.0 * 10.0 + last) / 6.0, rel=1e-7)


def test_level_that_is_no_number_is_refused() -> None:
    with pytest.raises(CareCostError, match=r"quantiles\(\): level is 'high'\. Give a number"):
        quantiles([0.5], 1.0, 0.0, 2.0, level="high")  # type: ignore[arg-type]
