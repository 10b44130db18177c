"""Are Shapley values the mean over all orders, as published games say?"""

from __future__ import annotations

import itertools
import random

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from carecost.maths import shapley


def game(n: int, seed: int) -> np.ndarray:
    """A value for every subset of n parts, none of them related."""
    return np.random.default_rng(seed).normal(size=2**n)


@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_shapley_values_are_efficient_linear_symmetric_and_zero_for_a_null_part(n: int, chance: random.Random) -> None:
    rng = np.random.default_rng(chance.randrange(2**32))
    a, b = rng.normal(size=(2, 2**n))
    np.testing.assert_allclose(shapley.shared(a).sum(), a[-1] - a[0], atol=1e-12)
    np.testing.assert_allclose(shapley.shared(a + 2 * b), shapley.shared(a) + 2 * shapley.shared(b), atol=1e-12)
    size = np.bitwise_count(np.arange(2**n)).astype(float)
    np.testing.assert_allclose(shapley.shared(size**2), np.full(n, n), atol=1e-12)
    null = np.concatenate([a, a])  # one part more that changes nothing
    np.testing.assert_allclose(shapley.shared(null)[-1], 0, atol=1e-12)
    np.testing.assert_allclose(shapley.shared(null)[:-1], shapley.shared(a), atol=1e-12)


def test_the_airport_game_is_shared_as_published() -> None:
    """Littlechild and Owen (1973): who needs the first stretch of a runway shares it equally, and so on."""
    needs = [1.0, 2.0, 4.0]
    worth = np.array([max((needs[i] for i in range(3) if mask >> i & 1), default=0.0) for mask in range(8)])
    np.testing.assert_allclose(shapley.shared(worth), [1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 2])


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_shapley_values_are_the_mean_of_the_steps_over_all_orders(n: int, seed: int) -> None:
    values = game(n, seed)
    steps = [shapley.steps(order, values.__getitem__) for order in itertools.permutations(range(n))]
    np.testing.assert_allclose(shapley.shared(values), np.mean(steps, axis=0), atol=1e-12)


def test_shapley_values_of_no_part_are_none_and_keep_the_axes_of_values() -> None:
    assert shapley.shared(np.zeros((1, 4, 2))).shape == (0, 4, 2)
    assert shapley.shared(np.zeros((8, 4, 2))).shape == (3, 4, 2)


@given(st.permutations(range(5)), st.integers(0, 2**32 - 1))
def test_steps_of_an_order_sum_to_the_whole_less_nothing(order: list[int], seed: int) -> None:
    values = game(5, seed)
    steps = shapley.steps(tuple(order), values.__getitem__)
    np.testing.assert_allclose(steps.sum(), values[-1] - values[0], atol=1e-12)
    assert steps[order[0]] == values[1 << order[0]] - values[0]


def test_prefixes_of_an_order_grow_by_one_part_each() -> None:
    assert shapley.prefixes((2, 0, 1)) == [0b100, 0b101, 0b111]
    assert shapley.prefixes(()) == []


def test_orders_are_drawn_in_pairs_that_mirror_each_other() -> None:
    drawn = shapley.orders(6, 20, seed=4)
    assert len(drawn) == 40 and len(set(drawn)) > 20
    assert all(sorted(order) == list(range(6)) for order in drawn)
    assert all(a == b[::-1] for a, b in zip(drawn[::2], drawn[1::2], strict=True))
