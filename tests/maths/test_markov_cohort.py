"""Are cohorts traced and counted as by hand, and does every fault name the offender, the place and the remedy?"""

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
    "no cycles": (lambda: stockflow.trace([1, 0], MOVES, 0), ["n_cycles: is 0", "from 1 to"]),
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
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_cohort_names_the_offender_and_the_remedy(name: str) -> None:
    make, words = FAULTS[name]
    with pytest.raises(cc.CareCostError) as caught:
        make()
    for part in words:
        assert part in str(caught.value)


def test_a_cost_of_a_move_is_paid_in_full_whatever_the_counting() -> None:
    flows = stockflow.transitions(ROWS, MOVES)
    assert flows[:, 0, 1].sum() == pytest.approx(ROWS[-1, 1])


def test_weights_of_four_cycles_are_those_of_the_textbook() -> None:
    weights = {name: stockflow.counting_weights(4, name) for name in ("start", "end", "mid", "simpson")}
    np.testing.assert_array_equal(weights["start"], [1, 1, 1, 1, 0])
    np.testing.assert_array_equal(weights["end"], [0, 1, 1, 1, 1])
    np.testing.assert_array_equal(weights["mid"], [0.5, 1, 1, 1, 0.5])
    np.testing.assert_allclose(weights["simpson"], np.array([1, 4, 2, 4, 1]) / 3)


def test_occupancy_is_each_row_times_its_weight() -> None:
    got = stockflow.occupancy(ROWS, "mid")
    np.testing.assert_allclose(got, ROWS * np.array([0.5, 1, 1, 0.5])[:, None])
    assert got.sum() == pytest.approx(3.0)


def test_a_draw_axis_of_length_one_is_every_draw() -> None:
    moves = np.array([[MOVES], [[[0.5, 0.5], [0.0, 1.0]]]])  # (draw, cycle, state, state)
    rows = stockflow.trace([[1, 0]], moves, 2)
    np.testing.assert_allclose(rows[:, -1, 0], [0.81, 0.25])
    np.testing.assert_array_equal(rows[0], stockflow.trace([1, 0], MOVES, 2))


def test_one_cycle_is_enough_and_a_million_are_the_most() -> None:
    np.testing.assert_allclose(stockflow.trace([1, 0], MOVES, 1), [[1, 0], [0.9, 0.1]])
    assert stockflow.counting_weights(1, "mid").tolist() == [0.5, 0.5]
    with pytest.raises(cc.CareCostError, match="from 1 to 1000000"):
        stockflow.trace([1, 0], MOVES, 1_000_001)


def test_rows_that_do_not_sum_to_one_are_refused_beside_a_trace_too() -> None:
    with pytest.raises(cc.CareCostError, match="rows do not sum to one"):
        stockflow.transitions(ROWS, [[0.9, 0.2], [0.0, 1.0]])
