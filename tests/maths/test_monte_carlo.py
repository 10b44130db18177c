"""Are draws a Latin hypercube by name, and errors those of theory?"""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from carecost.errors import InputError
from carecost.maths.monte_carlo import LEVEL, Draws, ends, mean_error, quantile_error


@given(st.integers(1, 300), st.integers(0, 2**32), st.text(max_size=20))
def test_uniforms_have_one_number_in_each_slice(n: int, seed: int, name: str) -> None:
    u = Draws(n, seed).uniforms(name)
    assert ((0 < u) & (u < 1)).all()
    np.testing.assert_array_equal(np.sort(np.floor(u * n)), np.arange(n))


@given(st.integers(2, 50), st.text(max_size=10), st.text(max_size=10))
def test_uniforms_hang_on_seed_and_name_alone(n: int, name: str, other: str) -> None:
    u = Draws(n, 3).uniforms(name)
    np.testing.assert_array_equal(u, Draws(n, 3, noise=True).uniforms(name))
    assert (u != Draws(n, 4).uniforms(name)).any()
    assert (u == Draws(n, 3).uniforms(other)).all() == (name == other)


def test_uniforms_of_two_names_are_not_correlated() -> None:
    u = np.array([Draws(4000).uniforms(f"quantity {i}") for i in range(10)])
    assert np.abs(np.corrcoef(u) - np.eye(10)).max() < 4.5 / np.sqrt(4000)


def test_uniforms_of_no_draws_are_none_and_that_is_the_central_run() -> None:
    assert Draws().uniforms("x").shape == (0,)
    assert Draws().central and not Draws(1).central


def test_a_mean_over_a_latin_hypercube_errs_less_than_over_independent_draws() -> None:
    means = np.array([Draws(100, seed).uniforms("x").mean() for seed in range(50)])
    assert means.std() < 0.1 * mean_error(Draws(100).uniforms("x"))


@pytest.mark.parametrize(("n", "seed", "words"), [(-1, 1, "n is -1"), (4, -2, "seed is -2"), (2.5, 1, "n is 2.5")])
def test_draws_that_cannot_be_are_refused(n: int, seed: int, words: str) -> None:
    with pytest.raises(InputError, match=f"{words}. Give a whole number"):
        Draws(n, seed)


def test_errors_of_a_mean_and_a_quantile_are_those_of_theory() -> None:
    rng = np.random.default_rng(1)
    samples = rng.normal(size=(2000, 400))
    # In theory 1/sqrt(n), and sqrt(q (1 - q) / n) over the density at the quantile.
    assert np.mean([mean_error(s) for s in samples]) == pytest.approx(1 / 20, rel=0.01)
    density = np.exp(-(1.6448536**2) / 2) / np.sqrt(2 * np.pi)
    truth = np.sqrt(0.95 * 0.05 / 400) / density
    assert np.mean([quantile_error(s, 0.95) for s in samples]) == pytest.approx(truth, rel=0.05)


def test_the_error_of_a_mean_is_that_of_each_column() -> None:
    values = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 3.0]])
    np.testing.assert_allclose(mean_error(values), [2 / np.sqrt(3), np.sqrt(3) / np.sqrt(3)])


def test_the_error_of_an_extreme_quantile_stays_within_the_draws() -> None:
    values = np.arange(11.0)
    assert quantile_error(values, 0.0) == quantile_error(values, 1.0) == 0.0
    assert quantile_error(values, 0.01) == pytest.approx((0.01 + np.sqrt(0.01 * 0.99 / 11)) * 10 / 2)


@given(st.integers(1, 99).map(lambda x: x / 100))
def test_ends_of_an_interval_leave_equal_chances_on_both_sides(level: float) -> None:
    low, high = ends(level)
    assert low == pytest.approx(1 - high, abs=1e-9) and high - low == pytest.approx(level, abs=1e-9)
    assert f"{low:g}" == str(low) and f"{high:g}" == str(high)  # called as people write them


def test_an_interval_is_of_four_chances_in_five_unless_another_is_asked_for() -> None:
    assert LEVEL == 0.8 and ends() == (0.1, 0.9) and ends(1.0) == (0.0, 1.0)


def test_noise_is_yes_or_no() -> None:
    assert Draws(4, 1, noise=True).noise is True
    for noise in (2, "yes"):
        with pytest.raises(InputError, match="noise"):
            Draws(4, 1, noise=noise)  # type: ignore[arg-type]


def test_draws_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Draws(4).seed = 2  # type: ignore[misc]
