"""Does every fault of a cohort model name the offender, the place and the remedy?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import carecost as cc
from carecost import stockflow

MOVES = [[0.9, 0.1], [0.0, 1.0]]
ROWS = stockflow.trace([1, 0], MOVES, 3)

FAULTS: dict[str, tuple[Callable[[], object], list[str]]] = {
    "all at once": (
        lambda: stockflow.trace([1, -1], [[0.5, 0.4], [np.nan, 1.0]], 3),
        [
            "3 problems",
            "initial, state 1: holds negative values (1, the first -1)",
            "transition, row 1, column 0",
            "transition, row 0: rows do not sum to one (1 of 2, the first to 0.9)",
            "nothing is rescaled",
        ],
    ),
    "the cycle and the draw are named": (
        lambda: stockflow.trace([1, 0], [[MOVES, MOVES], [MOVES, [[0.9, 0.2], [0.0, 1.0]]]], 2),
        ["transition, draw 1, cycle 2, row 0", "1.1"],
    ),
    "the cycle of a function": (
        lambda: stockflow.trace([1, 0], lambda cycle: [[1 - cycle / 2, cycle / 2], [0, 1]], 3),
        ["transition, cycle 3, row 0, column 0", "negative", "-0.5"],
    ),
    "matrices for another number of cycles": (
        lambda: stockflow.trace([1, 0], [MOVES] * 5, 3),
        ["5 matrices for 3 cycles", "(draw, cycle, state, state)", "may have length 1"],
    ),
    "another number of states": (lambda: stockflow.trace([1, 0, 0], MOVES, 3), ["(1, 2, 2) for 3 states"]),
    "a function that changes its shape": (
        lambda: stockflow.trace([1, 0], lambda cycle: MOVES if cycle < 3 else [[1.0]], 3),
        ["shape (2, 2) in cycle 1 but (1, 1) in cycle 3"],
    ),
    "a function of words": (lambda: stockflow.trace([1, 0], lambda _: [["a"]], 1), ["not an array of numbers"]),
    "draws that do not fit": (
        lambda: stockflow.trace(np.ones((2, 2)), np.array([[MOVES]] * 3), 3),
        ["draw axes (2,) and (3,)"],
    ),
    "no cycles": (lambda: stockflow.trace([1, 0], MOVES, 0), ["n_cycles: is 0", "1 or more"]),
    "words": (lambda: stockflow.trace(["a", "b"], MOVES, 1), ["initial: is not an array of numbers"]),
    "an odd number of cycles": (
        lambda: stockflow.occupancy(ROWS, "simpson"),
        ["even number of cycles, not 3", '"mid"'],
    ),
    "an unknown counting": (
        lambda: stockflow.occupancy(ROWS, "simson"),  # type: ignore[arg-type]
        ["'simson'", "Did you mean 'simpson'?"],
    ),
    "one row": (lambda: stockflow.occupancy([[1.0, 0.0]], "mid"), ["shape (1, 2)", "n_cycles + 1"]),
    "a trace of another model": (
        lambda: stockflow.transitions(ROWS, [[0.8, 0.2], [0.0, 1.0]]),
        ["trace: cycle 1 does not lead from its row to the next", "0.1", "that the trace was made with"],
    ),
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
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_offender_and_the_remedy(name: str) -> None:
    make, said = FAULTS[name]
    with pytest.raises(cc.CareCostError) as caught:
        make()
    for part in said:
        assert part in str(caught.value)


def test_probabilities_of_a_cause_alone_are_wrong_where_causes_compete() -> None:
    rates = np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    got = stockflow.probabilities(rates, 1.0)[0]
    np.testing.assert_allclose(got, [np.exp(-1), (1 - np.exp(-1)) / 2, (1 - np.exp(-1)) / 2], rtol=1e-14)
    assert 1 - np.exp(-0.5) > got[1]


def test_a_cost_of_a_move_is_paid_in_full_whatever_the_counting() -> None:
    flows = stockflow.transitions(ROWS, MOVES)
    assert flows[:, 0, 1].sum() == pytest.approx(ROWS[-1, 1])


def test_printed_rates_may_miss_by_their_last_digit() -> None:
    given = np.array([[-0.3333, 0.1111, 0.2222], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    given[0, 0] += 1e-9
    assert stockflow.probabilities(given, 1.0).sum(-1) == pytest.approx(1.0, rel=1e-15)


def test_a_chain_keeps_the_smallest_probabilities() -> None:
    chain = np.diag([1e-3] * 9, 1)
    got = stockflow.probabilities(chain, 1.0)[0, 9]
    # Nine steps within a year: rate^9 / 9! times what is left, far below the rounding of the others.
    assert got == pytest.approx(1e-27 / 362880 * (1 - 9 / 10 * 1e-3), rel=1e-6)
