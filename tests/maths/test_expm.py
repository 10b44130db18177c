"""Are the matrix exponential and its integrals those of quadrature and of scipy?"""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.linalg import expm

from carecost import maths
from carecost.errors import InputError
from carecost.maths.expm import generator, kernel
from tests.reference.strategies import floats


@st.composite
def generators(draw: st.DrawFn, most: float = 5.0) -> np.ndarray:
    """Generators of one to three sets of rates, with rates of leaving altogether."""
    n, sets = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return generator(draw(floats((sets, n), most)), draw(floats((sets, n, n), most)))


def augmented(q: np.ndarray, span: float) -> list[np.ndarray]:
    """The exponential and its first two integrals, from one larger matrix (Van Loan 1978)."""
    n = len(q)
    block = np.zeros((3 * n, 3 * n))
    block[:n, :n], block[:n, n : 2 * n], block[n : 2 * n, 2 * n :] = q, np.eye(n), np.eye(n)
    made = expm(block * span)
    return [made[:n, :n], made[:n, n : 2 * n], made[:n, 2 * n :]]


@given(generators(), st.floats(0.01, 3.0))
@settings(deadline=None, max_examples=40)
def test_a_kernel_is_the_exponential_and_its_first_two_integrals(q: np.ndarray, span: float) -> None:
    k = kernel(q, span)
    for i, one in enumerate(q):
        for got, expected in zip((k.move[i], k.stay[i], k.linger[i]), augmented(one, span), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@given(generators(most=50.0), st.floats(0.01, 3.0))
@settings(deadline=None, max_examples=40)
def test_a_kernel_conserves_people(q: np.ndarray, span: float) -> None:
    """Where they are at the end, less where they began, is what their time in each state times the rates gives."""
    k = kernel(q, span)
    np.testing.assert_allclose(k.move - np.eye(q.shape[-1]), k.stay @ q, atol=1e-11)
    np.testing.assert_allclose(k.stay - span * np.eye(q.shape[-1]), k.linger @ q, atol=1e-11)
    assert min(k.move.min(), k.stay.min(), k.linger.min()) >= -1e-15


@given(generators(), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
@settings(deadline=None, max_examples=40)
def test_kernels_of_two_spans_are_that_of_both(q: np.ndarray, first: float, second: float) -> None:
    """Chapman and Kolmogorov, and the same of the time lived."""
    a, b, both = kernel(q, first), kernel(q, second), kernel(q, first + second)
    np.testing.assert_allclose(both.move, a.move @ b.move, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(both.stay, a.stay + a.move @ b.stay, rtol=1e-11, atol=1e-13)


@given(generators(most=50.0))
@settings(deadline=None, max_examples=40)
def test_a_kernel_does_not_hang_on_its_neighbours(q: np.ndarray) -> None:
    for i, one in enumerate(kernel(q, 1.0).move):
        np.testing.assert_array_equal(one, kernel(q[i], 1.0).move)


def test_a_generator_takes_all_ways_out_from_its_diagonal_and_ignores_the_one_given() -> None:
    leave, move = np.array([0.1, 0.0]), np.array([[9.0, 0.2], [0.3, 9.0]])
    np.testing.assert_allclose(generator(leave, move), [[-0.3, 0.2], [0.3, -0.3]])
    assert move[0, 0] == 9.0


def test_a_kernel_of_no_rates_is_time_alone() -> None:
    k = kernel(np.zeros((2, 2)), 0.5)
    np.testing.assert_allclose([k.move, k.stay, k.linger], [np.eye(2), 0.5 * np.eye(2), 0.125 * np.eye(2)])


def test_order_of_phi_functions_goes_from_the_exponential_alone() -> None:
    rates = np.array([[-0.5, 0.5], [0.0, 0.0]])
    (alone,) = maths.phi_functions(rates, 0)
    np.testing.assert_allclose(alone, expm(rates), atol=1e-15)
    with pytest.raises(InputError, match=r"order is -1\. Give a whole number from 0 to 30"):
        maths.phi_functions(rates, -1)


@pytest.mark.parametrize("span", [0.0, -0.5])
def test_span_of_a_kernel_is_above_zero(span: float) -> None:
    with pytest.raises(InputError, match=r"span is .*above 0"):
        maths.kernel(np.array([[-0.5, 0.5], [0.0, 0.0]]), span)
