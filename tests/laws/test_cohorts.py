"""Do cohorts, rates and their conversions keep the identities of algebra, whatever the model?"""

from __future__ import annotations

from typing import Literal

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.linalg import expm, logm

from carecost import stockflow
from tests.reference.strategies import floats

settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")

COUNTINGS = ("start", "end", "mid", "simpson")
Counting = Literal["start", "end", "mid", "simpson"]


@st.composite
def rate_matrices(draw: st.DrawFn, most: float = 2.0) -> np.ndarray:
    """Rates off the diagonal, for one to three draws of two to four states."""
    n = draw(st.integers(2, 4))
    return draw(floats((draw(st.integers(1, 3)), n, n), most)) * (1 - np.eye(n))


@st.composite
def models(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """People at the start, probabilities of each cycle of each draw, and the number of cycles."""
    n, cycles, draws = draw(st.integers(2, 4)), draw(st.integers(1, 8)), draw(st.integers(1, 3))
    raw = draw(floats((draws, draw(st.sampled_from([1, cycles])), n, n), 1.0)) + 1e-3
    return draw(floats((n,), 1000.0)), raw / raw.sum(-1, keepdims=True), cycles


def generators(rates: np.ndarray) -> np.ndarray:
    return rates - np.eye(rates.shape[-1]) * rates.sum(-1)[..., None]


@given(models())
def test_nobody_is_lost_and_flows_lead_from_row_to_row(model: tuple[np.ndarray, np.ndarray, int]) -> None:
    start, moves, cycles = model
    rows = stockflow.trace(start, moves, cycles)
    assert rows.shape == (len(moves), cycles + 1, len(start))
    np.testing.assert_allclose(rows.sum(-1), start.sum(), rtol=1e-12)
    flows = stockflow.transitions(rows, moves)
    np.testing.assert_allclose(flows.sum(-1), rows[:, :-1], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(flows.sum(-2), rows[:, 1:], rtol=1e-12, atol=1e-12)


@given(models())
def test_a_function_and_its_matrices_give_the_same_trace(model: tuple[np.ndarray, np.ndarray, int]) -> None:
    start, moves, cycles = model
    each = np.broadcast_to(moves, (len(moves), cycles, *moves.shape[-2:]))
    by_function = stockflow.trace(start, lambda cycle: each[:, cycle - 1], cycles)
    np.testing.assert_array_equal(by_function, stockflow.trace(start, moves, cycles))


@given(st.integers(1, 60))
def test_weights_sum_to_the_cycles_and_are_exact_as_far_as_they_promise(n: int) -> None:
    t = np.arange(n + 1.0)
    for counting in COUNTINGS:
        if counting == "simpson" and n % 2:
            continue
        weights = stockflow.counting_weights(n, counting)
        assert weights.sum() == pytest.approx(n, rel=1e-14)
        exact_up_to = {"start": 0, "end": 0, "mid": 1, "simpson": 3}[counting]
        for power in range(1, exact_up_to + 1):
            assert weights @ t**power == pytest.approx(n ** (power + 1) / (power + 1), rel=1e-12)
    # Counting at the start, at the end and in the middle differ by exactly one cycle of what is lost or gained.
    assert stockflow.counting_weights(n, "end") @ t - stockflow.counting_weights(n, "start") @ t == pytest.approx(n)


@given(st.floats(0.01, 2.0), st.floats(0.0, 0.2), st.integers(1, 40))
def test_a_constant_hazard_gives_the_closed_form_of_time_alive(hazard: float, discount: float, years: int) -> None:
    exact = (1 - np.exp(-hazard * years)) / hazard
    alive = stockflow.kernel(np.array([[-hazard, hazard], [0.0, 0.0]]), float(years)).stay[0, 0]
    assert alive == pytest.approx(exact, rel=1e-12)
    # With continuous discounting, by Simpson's rule over many short cycles.
    cycles = 2000
    cycle = years / cycles
    rows = stockflow.trace([1, 0], stockflow.probabilities([[0, hazard], [0, 0]], cycle), cycles)
    factors = np.exp(-discount * cycle * np.arange(cycles + 1))
    counted = stockflow.occupancy(rows, "simpson")[:, 0] @ factors * cycle
    both = hazard + discount
    # The error of the rule: years h^4 / 180 times the largest fourth derivative.
    error = years * cycle**4 / 180 * both**4 + 1e-12 * years
    assert counted == pytest.approx((1 - np.exp(-both * years)) / both, abs=error, rel=0)


@given(st.floats(0.0, 1000.0), st.floats(0.0, 500.0), st.floats(0.01, 2.0), st.floats(0.1, 30.0))
def test_an_open_cohort_follows_littles_law(stock: float, entrants: float, hazard: float, span: float) -> None:
    k = stockflow.kernel(np.array([[-hazard]]), span)
    kept = np.exp(-hazard * span)
    after = stock * k.move[0, 0] + entrants * k.stay[0, 0]
    assert after == pytest.approx(stock * kept + entrants / hazard * (1 - kept), rel=1e-10, abs=1e-9)
    leavers = hazard * (stock * k.stay[0, 0] + entrants * k.linger[0, 0])
    assert entrants * span - leavers == pytest.approx(after - stock, rel=1e-9, abs=1e-8)
    steady = entrants / hazard
    assert steady * k.move[0, 0] + entrants * k.stay[0, 0] == pytest.approx(steady, rel=1e-10, abs=1e-9)
    assert hazard * (steady * k.stay[0, 0] + entrants * k.linger[0, 0]) == pytest.approx(
        entrants * span, rel=1e-9, abs=1e-9
    )


@given(rate_matrices(most=50.0), st.floats(0.01, 5.0))
def test_competing_rates_are_the_matrix_exponential(rates: np.ndarray, span: float) -> None:
    got = stockflow.probabilities(rates, span)
    np.testing.assert_allclose(got, expm(generators(rates) * span), atol=1e-11, rtol=0)
    np.testing.assert_allclose(got, stockflow.kernel(generators(rates), span).move, atol=1e-11, rtol=0)
    assert got.min() >= 0
    np.testing.assert_allclose(got.sum(-1), 1.0, rtol=1e-13)
    for one, alone in zip(got, rates, strict=True):
        np.testing.assert_array_equal(one, stockflow.probabilities(alone, span))


@given(rate_matrices(most=0.5), st.floats(0.1, 2.0))
def test_rates_come_back_from_their_probabilities(rates: np.ndarray, span: float) -> None:
    p = stockflow.probabilities(rates, span)
    # A probability near 1e-16 says nothing of its rate: what comes back is as exact as the probabilities.
    back = stockflow.rates(p, span)
    np.testing.assert_allclose(back, generators(rates), atol=1e-8, rtol=0)
    np.testing.assert_allclose(back[0], np.real(logm(p[0])) / span, atol=1e-8, rtol=0)


@given(rate_matrices(most=0.5))
def test_halving_the_cycle_by_the_root_leaves_the_trace(rates: np.ndarray) -> None:
    start, p = np.full(rates.shape[-1], 100.0), stockflow.probabilities(rates, 1.0)
    half = stockflow.probabilities(stockflow.rates(p, 1.0), 0.5)
    whole = stockflow.trace(start, p[:, None], 4)
    np.testing.assert_allclose(stockflow.trace(start, half[:, None], 8)[:, ::2], whole, rtol=1e-6, atol=1e-6)


@given(models(), st.floats(0.0, 1.0))
def test_splitting_a_state_into_two_alike_leaves_totals(
    model: tuple[np.ndarray, np.ndarray, int], share: float
) -> None:
    start, moves, cycles = model
    rows = np.concatenate([moves, moves[..., -1:, :]], axis=-2)
    split = np.concatenate([rows[..., :-1], rows[..., -1:] * share, rows[..., -1:] * (1 - share)], axis=-1)
    begin = np.array([*start[:-1], start[-1] * share, start[-1] * (1 - share)])
    got = stockflow.trace(begin, split, cycles)
    whole = stockflow.trace(start, moves, cycles)
    np.testing.assert_allclose(got[..., :-2], whole[..., :-1], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(got[..., -2:].sum(-1), whole[..., -1], rtol=1e-10, atol=1e-10)
