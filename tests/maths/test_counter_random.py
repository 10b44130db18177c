"""Are counter-based numbers those of SplitMix64, uniform, and Poisson where asked?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from carecost.maths.counter_random import GOLDEN, key_of, mixed, poisson, two_uniforms, uniform


def test_mixed_sequence_of_a_key_is_that_of_the_published_generator() -> None:
    """The first numbers of SplitMix64 from the seed 1234567, as its authors' code gives them."""
    states = np.uint64(1234567) + np.arange(5, dtype=np.uint64) * GOLDEN
    assert mixed(states).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_uniforms_of_neighbouring_keys_are_uniform_and_independent() -> None:
    bits = mixed(key_of("all") + np.arange(100_000, dtype=np.uint64) * GOLDEN)
    upper, lower = two_uniforms(bits)
    for values in (upper, lower, uniform(bits)):
        assert 0 <= values.min() and values.max() < 1
        assert stats.kstest(values, "uniform").pvalue > 1e-4
    for a, b in ((upper, lower), (upper[1:], upper[:-1])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(a))


@pytest.mark.parametrize("mean", [0.0, 0.01, 2.0, 49.0, 51.0, 700.0, 1e5])
def test_poisson_quantile_is_that_of_scipy(mean: float) -> None:
    u = np.random.default_rng(1).random(2_000)
    expected = np.maximum(stats.poisson.ppf(u, mean), 0)
    np.testing.assert_array_equal(poisson(u, np.full(2_000, mean)), expected)


def test_poisson_count_never_falls_as_the_mean_grows() -> None:
    u, means = np.random.default_rng(2).random(500), np.linspace(0, 120, 241)
    counts = np.stack([poisson(u, np.full(500, mean)) for mean in means])
    assert (np.diff(counts, axis=0) >= 0).all()


def test_poisson_zero_mean_is_nobody_and_zero_chance_the_least() -> None:
    assert poisson(np.array([0.0, 0.999, 0.0, 0.0]), np.array([0.0, 0.0, 3.0, 500.0])).tolist() == [0, 0, 0, 0]
