"""Can a reader follow an appraisal and an options table by hand, and are their laws kept?"""

from __future__ import annotations

from collections.abc import Callable

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import carecost as cc
from carecost.money.appraisal import payback_year, timed_factors
from carecost.money.cost_effectiveness import Option
from carecost.money.discounting import Schedule, discount_factors
from carecost.money.vintages import schedule
from tests.reference.strategies import floats

settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")

COSTS, BENEFITS = [100, 50, 50] + [0] * 7, [0, 0, 0] + [30] * 7
FLAT = Schedule("mine", (np.inf,), (0.05,))


# Appraisal


@pytest.mark.parametrize("name", ["standard", "health", "sensitivity"])
def test_a_schedule_goes_by_its_name_with_or_without_its_vintage(name: str) -> None:
    short, full = schedule(name), schedule(f"green-book-2026-02 {name}")
    assert short == full
    assert short.source
    made = cc.appraise(COSTS, BENEFITS, name)
    np.testing.assert_array_equal(made.npv, cc.appraise(COSTS, BENEFITS, short).npv)


def test_flat_rates_and_schedules_of_ones_own() -> None:
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


def test_draws_have_values_of_their_own_and_ratios_are_made_from_means() -> None:
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


def test_no_ratio_without_a_cost_and_no_payback_without_a_flow() -> None:
    free = cc.appraise([0, 0], [0, 0])
    assert free.bcr is None
    assert np.isnan(free.payback)
    assert cc.appraise([-5, 0], [1, 1]).bcr is None


def test_arrays_are_read_only_and_the_callers_are_left_alone() -> None:
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


# Options


def test_the_order_of_the_list_changes_nothing() -> None:
    listed = [("a", 10.0, 1.0), ("b", 30.0, 1.5), ("nothing", 0.0, 0.0), ("c", 40.0, 3.0), ("d", 50.0, 2.9)]
    one, other = cc.icer_table(listed), cc.icer_table(listed[::-1])
    assert one.steps == other.steps
    assert one.frontier == ("nothing", "a", "c")
    b = one.steps[2]
    assert (b.name, b.status, b.comparator, b.dominated_by) == ("b", "extendedly dominated", "a", ("a", "c"))
    assert all(step.comparator for step in one.steps[1:])


def test_options_that_cost_and_do_the_same_are_equal_not_dominated() -> None:
    made = cc.icer_table([("a", 10, 1), ("twin", 10, 1), ("worse", 10, 0.5), ("b", 20, 2)])
    assert [(s.name, s.status, s.comparator) for s in made.steps] == [
        ("a", "frontier", None),
        ("twin", "equal", "a"),
        ("worse", "dominated", "a"),
        ("b", "frontier", "a"),
    ]
    assert made.steps[3].icer == 10


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=6),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_the_frontier_is_what_is_best_at_some_value(points: list[tuple[int, int]], up: int, down: int) -> None:
    options = [(str(i), cost, effect) for i, (cost, effect) in enumerate(points)]
    made = cc.icer_table(options)
    frontier = [s for s in made.steps if s.status == "frontier"]
    ratios = [s.icer for s in frontier[1:]]
    assert ratios == sorted(ratios, key=float)
    assert {s.name for s in made.steps} == {name for name, _, _ in options}
    at = up / down
    benefit = {s.name: at * s.effect - s.cost for s in made.steps}
    top = max(benefit.values())
    assert any(benefit[s.name] == pytest.approx(top, abs=1e-9) for s in frontier)
    for step in frontier[1:]:
        # At its own ratio an option on the frontier ties with the one before it, and none is better.
        assert step.icer is not None
        assert step.comparator is not None
        tied = {s.name: step.icer * s.effect - s.cost for s in made.steps}
        assert tied[step.name] == pytest.approx(tied[step.comparator], abs=1e-7)
        assert tied[step.name] == pytest.approx(max(tied.values()), abs=1e-7)


@given(st.floats(1, 1e4), st.floats(0.01, 10.0))
def test_net_benefit_changes_sign_at_the_icer(cost: float, effect: float) -> None:
    options = [("nothing", 0.0, 0.0), ("something", cost, effect)]
    icer = cc.icer_table(options).steps[1].icer
    assert icer is not None
    made = cc.net_benefit(options, [icer * 0.999, icer * 1.001])
    assert made.best == ("nothing", "something")
    assert made.chance_best is None


def test_the_chance_to_be_best_shares_ties_and_has_its_error() -> None:
    options = [Option("nothing", 0, 0), Option("a", [10.0, 10.0, 30.0, 20.0], 1.0)]
    made = cc.net_benefit(options, [20.0])
    np.testing.assert_allclose(made.chance_best, [[1.5 / 4, 2.5 / 4]])
    table = made.table()
    assert list(table["chance_best"]) == [0.375, 0.625]
    assert table["chance_error"][0] == pytest.approx((0.375 * 0.625 / 4) ** 0.5)
    assert list(table["best"]) == [False, True]
    assert made.net_benefit.shape == (4, 1, 2)


def test_ratios_are_of_means() -> None:
    options = [("nothing", 0, 0), ("a", [10.0, 30.0], [1.0, 4.0])]
    assert cc.icer_table(options).steps[1].icer == pytest.approx(20 / 2.5)


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
            "discount rate is -2.0",
        ],
    ),
    "words for money": (lambda: cc.appraise(["a"], [1]), ["costs: is not an array of yearly amounts"]),
    "draws that do not fit": (lambda: cc.appraise(np.ones((2, 3)), np.ones((4, 3))), ["(2, 3) and (4, 3)"]),
    "one option": (lambda: cc.icer_table([("a", 1, 1)]), ["has 1 options", "doing the minimum is one"]),
    "one name twice": (
        lambda: cc.icer_table([("a", 1, 1), ("a", 2, 2)]),
        ["two options are called 'a'", "its own name"],
    ),
    "options of other draws": (
        lambda: cc.net_benefit([("a", [1, 2], 1), ("b", [1, 2, 3], 1)], [1]),
        ["options have 2, 3 draws"],
    ),
    "a cost that is none": (lambda: Option("a", np.inf, [[1.0]]), ["option 'a', cost: is inf", "effect: has shape"]),
    "a word for an effect": (lambda: Option("a", 1, "much"), ["option 'a', effect: is not a number"]),
    "a negative value": (lambda: cc.net_benefit([("a", 1, 1), ("b", 2, 2)], [-1.0]), ["values: are [-1.0]"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_offender_and_the_remedy(name: str) -> None:
    make, said = FAULTS[name]
    with pytest.raises(cc.CareCostError) as caught:
        make()
    for part in said:
        assert part in str(caught.value)
