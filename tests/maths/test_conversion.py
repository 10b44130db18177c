"""Do competing rates become probabilities and come back, and is what has no rates refused?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import carecost as cc
from carecost import stockflow

MOVES = [[0.9, 0.1], [0.0, 1.0]]

FAULTS: dict[str, tuple[Callable[[], object], list[str]]] = {
    "a wrong diagonal": (
        lambda: stockflow.probabilities([[-1.0, 2.0], [0.0, 0.0]], 1.0),
        ["rates, row 0: the diagonal is -1", "sum to 2", "Leave the diagonal at zero"],
    ),
    "a negative rate and no time": (
        lambda: stockflow.probabilities([[0.0, -0.2], [0.1, 0.0]], 0.0),
        ["2 problems", "rates, row 0, column 1", "-0.2", "span: is 0.0", "above zero"],
    ),
    "not square": (lambda: stockflow.probabilities([[0.0, 0.2]], 1.0), ["rates: has shape (1, 2)"]),
    "probabilities above one in sum": (
        lambda: stockflow.rates([[0.9, 0.2], [0.0, 1.0]], 1.0),
        ["probabilities, row 0", "1.1"],
    ),
    "mixed completely": (
        lambda: stockflow.rates([[0.5, 0.5], [0.5, 0.5]], 1.0),
        ["has no root: an eigenvalue is 0", "dated events"],
    ),
    "a swap": (
        lambda: stockflow.rates([[MOVES], [[[0.3, 0.7], [0.7, 0.3]]]], 1.0),
        ["probabilities, draw 1, draw 0: has no root: an eigenvalue is -0.4", "Give rates instead"],
    ),
    "two steps within one span, none in between": (
        lambda: stockflow.rates([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]], 1.0),
        ["probabilities, row 0, column 2: has no valid root: its logarithm has negative rates (1", "-0.306853"],
    ),
    "rates of words": (lambda: stockflow.probabilities("much", 1.0), ["rates: has shape (0,)"]),
    "an endless span": (lambda: stockflow.rates(MOVES, np.inf), ["span: is inf"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_conversion_names_the_offender_and_the_remedy(name: str) -> None:
    make, words = FAULTS[name]
    with pytest.raises(cc.CareCostError) as caught:
        make()
    for part in words:
        assert part in str(caught.value)


def test_probabilities_of_a_cause_alone_are_wrong_where_causes_compete() -> None:
    rates = np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    got = stockflow.probabilities(rates, 1.0)[0]
    np.testing.assert_allclose(got, [np.exp(-1), (1 - np.exp(-1)) / 2, (1 - np.exp(-1)) / 2], rtol=1e-14)
    assert 1 - np.exp(-0.5) > got[1]


def test_printed_rates_may_miss_by_their_last_digit() -> None:
    given = np.array([[-0.3333, 0.1111, 0.2222], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    given[0, 0] += 1e-9
    assert stockflow.probabilities(given, 1.0).sum(-1) == pytest.approx(1.0, rel=1e-15)


def test_a_chain_keeps_the_smallest_probabilities() -> None:
    chain = np.diag([1e-3] * 9, 1)
    got = stockflow.probabilities(chain, 1.0)[0, 9]
    # Nine steps within a year: rate^9 / 9! times what is left, far below the rounding of the others.
    assert got == pytest.approx(1e-27 / 362880 * (1 - 9 / 10 * 1e-3), rel=1e-6)


def test_a_diagonal_of_minus_the_row_is_the_same_as_none() -> None:
    plain, stated = [[0.0, 0.2], [0.1, 0.0]], [[-0.2, 0.2], [0.1, -0.1]]
    np.testing.assert_array_equal(stockflow.probabilities(plain, 2.0), stockflow.probabilities(stated, 2.0))


def test_probabilities_of_large_rates_are_the_stationary_ones() -> None:
    got = stockflow.probabilities([[0.0, 2000.0], [1000.0, 0.0]], 1.0)
    np.testing.assert_allclose(got, [[1 / 3, 2 / 3], [1 / 3, 2 / 3]], rtol=1e-12)


def test_rates_of_nobody_moving_are_zero() -> None:
    np.testing.assert_array_equal(stockflow.rates(np.eye(3), 0.5), np.zeros((3, 3)))


def test_rates_of_two_years_are_half_of_those_of_one() -> None:
    np.testing.assert_allclose(stockflow.rates(MOVES, 2.0), stockflow.rates(MOVES, 1.0) / 2, rtol=1e-14)
    assert stockflow.rates(MOVES, 1.0)[0, 1] == pytest.approx(-np.log(0.9), rel=1e-12)
