"""Can a reader follow an appraisal by hand, and are its laws kept?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import carecost as cc
from carecost.money.appraisal import payback_year, timed_factors
from carecost.money.discounting import Schedule, discount_factors
from carecost.money.vintages import schedule
from tests.reference.strategies import floats

settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")

COSTS, BENEFITS = [100, 50, 50] + [0] * 7, [0, 0, 0] + [30] * 7
FLAT = Schedule("mine", (np.inf,), (0.05,))


def test_npv_at_a_flat_rate_or_a_schedule_of_ones_own_is_by_hand() -> None:
    by_hand = sum((b - c) / 1.05**t for t, (b, c) in enumerate(zip(BENEFITS, COSTS, strict=True)))
    for discounting in (0.05, FLAT):
        assert cc.appraise(COSTS, BENEFITS, discounting).npv == pytest.approx(by_hand, rel=1e-13)


def test_money_in_the_middle_of_a_year_is_half_a_year_nearer_and_the_base_year_is_now() -> None:
    mid = timed_factors([0, 1, 2, 31], schedule("standard"), "mid-year")
    year_30 = discount_factors([30], schedule("standard"))[0]
    np.testing.assert_allclose(mid, [1, 1.035**-0.5, 1.035**-1.5, year_30 * 1.03**-0.5], rtol=1e-14)
    late = cc.appraise([1.0], [0.0], 0.05, first_year=1)
    assert -late.npv == pytest.approx(1 / 1.05)
    assert -cc.appraise([1.0], [0.0], 0.05, first_year=1, timing="mid-year").npv == pytest.approx(1.05**-0.5)


def test_optimism_bias_is_put_on_costs_once_and_is_seen() -> None:
    plain = cc.appraise(COSTS, BENEFITS)
    made = cc.appraise(COSTS, BENEFITS, optimism_bias=0.5, mitigation=0.4)
    assert made.uplift == pytest.approx(0.3)
    assert made.pv_optimism_bias == pytest.approx(0.3 * plain.pv_costs)
    assert made.pv_costs - made.pv_optimism_bias == pytest.approx(float(plain.pv_costs))
    np.testing.assert_array_equal(made.factors, plain.factors)
    np.testing.assert_array_equal(made.benefits, plain.benefits)


def test_bcr_of_draws_is_made_from_means_and_the_rest_is_by_draw() -> None:
    benefits = np.array([[0, 60, 60], [0, 30, 0], [0, 200, 0]])
    made = cc.appraise([100, 0, 0], benefits, 0.0)
    np.testing.assert_allclose(made.npv, [20, -70, 100])
    assert made.bcr == pytest.approx(350 / 300)
    np.testing.assert_array_equal(made.payback, [2, np.nan, 1])
    np.testing.assert_allclose(made.chance_of_payback(), [0, 1 / 3, 2 / 3])
    np.testing.assert_array_equal(made.peak_funding, [-100, -100, -100])
    np.testing.assert_array_equal(made.peak_year, [0, 0, 0])
    at_ten = cc.appraise([100, 0, 0], benefits, 0.1)
    np.testing.assert_allclose(at_ten.chance_of_payback(discounted=True), [0, 1 / 3, 2 / 3])


def test_flows_without_draws_are_as_one_draw() -> None:
    made = cc.appraise([10, 0, 0], [0, 12, 0], 0.0)
    np.testing.assert_array_equal(made.chance_of_payback(), [0, 1, 1])
    assert (made.npv.shape, made.payback.shape, made.peak_funding.shape) == ((), (), ())


def test_bcr_without_a_cost_and_payback_without_a_flow_are_none() -> None:
    free = cc.appraise([0, 0], [0, 0])
    assert free.bcr is None
    assert np.isnan(free.payback)
    assert cc.appraise([-5, 0], [1, 1]).bcr is None


def test_arrays_of_an_appraisal_are_read_only_and_the_callers_are_left_alone() -> None:
    costs = np.array([1.0, 2.0])
    made = cc.appraise(costs, [0, 0])
    costs[0] = 99
    assert made.costs[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        made.costs[0] = 2.0


@given(floats((3, 8), 100.0), floats((3, 8), 100.0))
def test_payback_is_the_first_year_from_which_it_stays(costs: np.ndarray, benefits: np.ndarray) -> None:
    net = benefits - costs
    for row, got in zip(net, payback_year(net), strict=True):
        stays = [t for t in range(8) if (np.cumsum(row)[t:] >= 0).all()]
        if not row.any() or not stays:
            assert np.isnan(got)
        else:
            assert got == stays[0]


@given(floats((6,), 100.0), floats((6,), 100.0), st.floats(-0.02, 0.1), st.floats(-0.02, 0.1))
def test_real_flows_at_a_real_rate_are_nominal_flows_at_the_nominal_rate(
    costs: np.ndarray, benefits: np.ndarray, rate: float, inflation: float
) -> None:
    index = (1 + inflation) ** np.arange(6)
    real = cc.appraise(costs, benefits, rate)
    nominal = cc.appraise(costs * index, benefits * index, (1 + rate) * (1 + inflation) - 1)
    assert nominal.npv == pytest.approx(float(real.npv), rel=1e-9, abs=1e-9)
    assert nominal.pv_costs == pytest.approx(float(real.pv_costs), rel=1e-12)


@given(floats((6,), 100.0), floats((6,), 100.0), st.sampled_from(["year-end", "mid-year"]), st.integers(0, 3))
def test_the_equivalent_annual_value_is_worth_the_npv(
    costs: np.ndarray, benefits: np.ndarray, timing: str, first: int
) -> None:
    made = cc.appraise(costs, benefits, timing=timing, annuity=(first, first + 4))
    again = cc.appraise([0] * 5, [float(made.eav)] * 5, timing=timing, first_year=first)
    assert again.npv == pytest.approx(float(made.npv), rel=1e-12, abs=1e-9)


def test_peak_year_is_the_first_of_equal_lows_and_cumulatives_are_by_hand() -> None:
    made = cc.appraise([10, 0, 5, 0], [0, 0, 5, 20], 0.25)
    np.testing.assert_allclose(made.cumulative, [-10, -10, -10, 10])
    np.testing.assert_allclose(made.cumulative_discounted, [-10, -10, -10, 20 / 1.25**3 - 10])
    assert (made.peak_year, made.peak_funding) == (0, -10)
    assert (made.payback, made.discounted_payback) == (3, 3)


def test_the_equivalent_annual_value_is_over_the_years_of_the_flows_by_default() -> None:
    made = cc.appraise([0, 0, 0], [6, 6, 6], 0.1)
    assert made.annuity == (0, 2)
    assert made.eav == pytest.approx(6.0)
    assert cc.appraise([0, 0], [6, 6], 0.1, first_year=2).annuity == (2, 3)


FAULTS: dict[str, tuple[Callable[[], object], list[str]]] = {
    "an unknown schedule": (
        lambda: cc.appraise([1], [1], "standrad"),
        ["unknown discount schedule 'standrad'", "Did you mean 'standard'?"],
    ),
    "every option of an appraisal": (
        lambda: cc.appraise(
            [1, np.nan],
            [1, 2, 3],
            -2.0,
            timing="midyear",  # type: ignore[arg-type]
            first_year=-1,
            optimism_bias=-0.1,
            mitigation=2,
            cost_factor=0,
            annuity=(3, 1),
        ),
        [
            "9 problems",
            "costs: is nan at (1,)",
            "shapes (2,) and (3,) do not fit",
            "Did you mean 'mid-year'?",
            "first_year: is -1",
            "optimism_bias: is -0.1",
            "mitigation: is 2",
            "cost_factor: is 0",
            "annuity: is (3, 1)",
            "discount: is -2.0",
        ],
    ),
    "words for money": (lambda: cc.appraise(["a"], [1]), ["costs: is not an array of yearly amounts"]),
    "draws that do not fit": (lambda: cc.appraise(np.ones((2, 3)), np.ones((4, 3))), ["(2, 3) and (4, 3)"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_an_appraisal_names_the_offender_and_the_remedy(name: str) -> None:
    make, words = FAULTS[name]
    with pytest.raises(cc.CareCostError) as caught:
        make()
    for part in words:
        assert part in str(caught.value)


def test_an_appraisal_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        cc.appraise([1, 2], [0, 3]).first_year = 1  # type: ignore[misc]
