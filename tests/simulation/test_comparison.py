"""Can a reader follow a comparison by hand? Small numbers, every headline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import carecost as cc
from carecost.engine.costs import Costs
from carecost.inputs.provenance import Provenance
from carecost.money.discounting import Schedule
from carecost.simulation.comparison import Comparison, Side, valued

PROVENANCE = Provenance("x", "0", 0, 1, False, 2025, 3, 2026, 2025, "d", "s", "0")


def compared(
    saving: list[float], spend: list[float], rate: float = 0.0, cashable: object = 1.0, account: str = "local authority"
) -> Comparison:
    """A scenario that saves so many units of care at £1 and spends so much on a programme, in three years."""
    items = [
        cc.Item("care", "child_years", account=account, cashable=cashable),
        cc.Item("programme", "year", group="reform", account="central government"),
    ]
    grid = cc.Grid(2025, len(saving), range(18), ["foster"], items=items)
    ones = np.ones((1, len(saving)))

    def side(name: str, care: np.ndarray, programme: np.ndarray) -> Side:
        volume, price = np.stack([care, ones], -1), np.stack([ones, programme], -1)
        return Side(name, PROVENANCE, Costs(grid, volume, price, volume * price), np.ones((1, 4)), care)

    before = side("inaction", 1000 * ones, 0 * ones)
    after = side("reform", 1000 * ones - np.array([saving]), np.array([spend]) * ones)
    return Comparison(before, after, Schedule("flat", (np.inf,), (rate,)), 2026)


def test_net_saving_is_cashable_saving_less_reform_spend() -> None:
    c = compared([0, 10, 30], [12, 6, 0])
    np.testing.assert_allclose(c.gross_saving(), [[0, 10, 30]])
    np.testing.assert_allclose(c.reform_spend(), [[12, 6, 0]])
    np.testing.assert_allclose(c.net_saving(), [[-12, 4, 30]])
    assert c.npv() == pytest.approx(22)
    assert c.bcr() == pytest.approx(40 / 18)
    assert c.chance_of_saving() == 1.0
    assert c.saving_per_child_year() == pytest.approx(1.0)
    assert c.average_cost_of_care() == pytest.approx(1.0)
    assert type(c.average_cost_of_care()) is float


def test_the_first_projected_year_is_not_discounted() -> None:
    c = compared([0, 11, 0], [5, 0, 0], rate=0.1)
    assert c.npv() == pytest.approx(-5 + 10)


def test_factors_at_another_rate_are_anew_and_none_can_be_written_into() -> None:
    one = compared([1.0, 1.0, 1.0], [0.0, 0.0, 0.0], rate=0.1)
    np.testing.assert_allclose(one.factors, 1.1 ** -np.arange(3.0))
    np.testing.assert_allclose(valued(one, 0.0).factors, 1.0)
    with pytest.raises(ValueError, match="read-only"):
        one.factors[0] = 2.0


def test_the_cashable_share_rises_in_a_straight_line_from_programme_year_one() -> None:
    c = compared([10, 10, 10], [0, 0, 0], cashable=cc.Cashable(0.2, 0.8, 2))
    np.testing.assert_allclose(c.cashable_saving(), [[2, 5, 8]])
    np.testing.assert_allclose(c.gross_saving(), [[10, 10, 10]])
    assert c.npv(gross=True) == pytest.approx(30)
    assert c.npv() == pytest.approx(15)


def test_payback_discounted_and_not() -> None:
    """R18: costs 100, 50, 50, then 30 a year for seven years: undiscounted in year 9, discounted never."""
    benefits = [0, 0, 0, 30, 30, 30, 30, 30, 30, 30]
    costs = [100, 50, 50, 0, 0, 0, 0, 0, 0, 0]
    c = compared(benefits, costs, rate=0.035)
    assert c.payback_year() == 2026 + 9
    assert np.isnan(c.payback_year(discounted=True))
    assert c.npv() == pytest.approx(-23.744946753605, abs=1e-10)
    assert c.bcr() == pytest.approx(0.87822149595504, abs=1e-12)


def test_payback_waits_for_a_later_fall_to_be_made_good() -> None:
    assert compared([20, 0, 10], [10, 15, 0]).payback_year() == 2028
    assert compared([1, 1, 1], [0, 0, 0]).payback_year() == 2026
    assert np.isnan(compared([0, 0, 0], [0, 0, 0]).payback_year())


def test_the_ratio_is_undefined_without_a_cost() -> None:
    assert compared([1, 1, 1], [0, 0, 0]).bcr() is None


def test_social_value_is_apart_from_the_public_purse() -> None:
    c = compared([0, 10, 30], [12, 6, 0], account="social")
    assert c.npv() == pytest.approx(-18)
    assert c.npsv() == pytest.approx(22)
    assert c.average_cost_of_care() == 0
    with pytest.raises(cc.CareCostError, match="no social ledger"):
        compared([1, 1, 1], [0, 0, 0]).npsv()


def test_a_lower_price_alone_is_a_saving_to_the_purse_and_nothing_to_society() -> None:
    c = compared([0, 0, 0], [0, 0, 0], account="social")
    cheaper = replace(c.scenario, costs=replace(c.scenario.costs, unit_cost=c.scenario.costs.unit_cost * 0.5))
    c = replace(c, scenario=cheaper)
    np.testing.assert_allclose(c.gross_saving(lambda item: item.name == "care"), [[500, 500, 500]])
    assert c.npsv() == 0


# One clock a scenario for what becomes cash

RISING = cc.Cashable(0.2, 0.8, 2)
TINY = cc.load_assumptions(Path(__file__).parents[1] / "data" / "sets" / "tiny")


def test_the_cashable_share_rises_from_the_first_year_in_which_the_scenario_acts() -> None:
    c = compared([0, 10, 10], [0, 0, 0], cashable=RISING)
    late = replace(c, scenario=replace(c.scenario, acts_from=2027))
    np.testing.assert_allclose(late.cashable_saving(), [[0, 2, 5]])
    np.testing.assert_allclose(late.gross_saving(), c.gross_saving())


def test_a_comparison_of_two_scenarios_is_the_difference_of_the_two() -> None:
    one = compared([10, 10, 10], [0, 0, 0], cashable=RISING)
    two = compared([0, 20, 20], [0, 0, 0], cashable=RISING)
    early, late = replace(one.scenario, name="early"), replace(two.scenario, name="late", acts_from=2027)
    both = Comparison(early, late, one.discount, 2026, one.baseline)
    # late: 0, 4, 10; early: 2, 5, 8
    np.testing.assert_allclose(both.cashable_saving(), [[-2, -1, 2]])
    np.testing.assert_allclose(both.gross_saving(), [[-10, 10, 10]])
    back = Comparison(late, early, one.discount, 2026, one.baseline)
    np.testing.assert_allclose(back.net_saving(), -both.net_saving())


def test_inaction_of_another_set_is_refused() -> None:
    c = compared([1, 1, 1], [0, 0, 0])
    other = replace(c.baseline, provenance=replace(c.baseline.provenance, price_year=2022))
    with pytest.raises(cc.CareCostError, match="price_year is"):
        replace(c, inaction=other)


def lever(i: int, parameter: str, start: int, ramp: int, half_life: float | None) -> cc.Lever:
    """A lever that changes children, prices or spending from a programme year on."""
    made: dict[str, object] = {"start": start, "full": start + ramp, "half_life": half_life}
    if parameter == "unit_cost":
        made |= {"items": ["programme"], "price_year": 2025}
        return cc.Lever(f"spend {i}", [cc.Change("unit_cost", "add", 1e6, **made)])
    return cc.Lever(f"act {i}", [cc.Change(parameter, "scale", cc.Interval(-0.2, -0.4, -0.1), **made)])


LEVERS = st.lists(
    st.tuples(
        st.sampled_from(["entry_rate", "exit_rate", "unit_cost"]),
        st.integers(1, 3),
        st.integers(0, 2),
        st.sampled_from([None, 2.0]),
    ),
    min_size=1,
    max_size=3,
)


def named(name: str, rows: list[tuple[str, int, int, float | None]]) -> cc.Scenario:
    return cc.Scenario(name, [lever(i, *row) for i, row in enumerate(rows)])


@settings(max_examples=40, deadline=None)
@given(LEVERS, st.integers(0, 3))
def test_delay_and_a_later_start_give_the_same_arrays_and_the_same_money(
    rows: list[tuple[str, int, int, float | None]], k: int
) -> None:
    plan = named("plan", rows)
    delayed, draws = plan.delayed(k), cc.Draws(4, seed=2)
    a, b = cc.run(TINY, delayed, draws=draws), cc.run(TINY, plan, start=2026 + k, draws=draws)
    one, two = a.compare(delayed.name), b.compare("plan")
    for x, y in ((one.scenario, two.scenario), (one.baseline, two.baseline)):
        np.testing.assert_array_equal(x.children, y.children)
        np.testing.assert_array_equal(x.costs.spend, y.costs.spend)
    np.testing.assert_array_equal(one.cashable_saving(), two.cashable_saving())
    np.testing.assert_array_equal(one.npv(), two.npv())


@settings(max_examples=40, deadline=None)
@given(LEVERS, LEVERS)
def test_two_scenarios_of_a_run_differ_by_what_each_saves_against_inaction(
    first: list[tuple[str, int, int, float | None]], second: list[tuple[str, int, int, float | None]]
) -> None:
    results = cc.run(TINY, named("one", first), named("two", second), draws=cc.Draws(4, seed=2))
    between, one, two = results.compare("two", baseline="one"), results.compare("one"), results.compare("two")
    np.testing.assert_allclose(between.npv(), two.npv() - one.npv(), rtol=1e-12, atol=1e-3)
    np.testing.assert_array_equal(results.compare("one", baseline="one").npv(), 0.0)
    np.testing.assert_array_equal(results.compare("inaction", baseline="one").cashable_saving(), -one.cashable_saving())


def test_a_background_has_no_part_in_the_clock() -> None:
    behind = cc.Scenario("behind", [cc.Lever("behind", [cc.Change("entry_rate", "scale", 0.2)])])
    plan = named("plan", [("entry_rate", 3, 0, None)])
    for a in (TINY, TINY.against(behind)):
        assert cc.run(a, plan).compare("plan").scenario.acts_from == 2028


def test_saving_nothing_is_no_saving() -> None:
    assert compared([0, 0, 0], [0, 0, 0]).chance_of_saving() == 0.0
    assert compared([0.5, 0, 0], [0.6, 0, 0]).chance_of_saving() == 0.0


def test_common_luck_is_the_variance_of_the_fall_at_the_end_over_that_of_both() -> None:
    c = compared([1, 1, 1], [0, 0, 0])
    first = np.array([[5.0, 1, 7, 0], [5.0, 3, 2, 0], [5.0, 2, 9, 0]])
    before, after = first.copy(), first[::-1].copy()
    before[:, -1], after[:, -1] = [10, 12, 14], [9, 11, 16]
    c = replace(c, baseline=replace(c.baseline, children=before), scenario=replace(c.scenario, children=after))
    # Variances 8/3 and 26/3; of the falls 1, 1 and -2 it is 2.
    assert c.common_luck() == pytest.approx(2 / (8 / 3 + 26 / 3))
    with pytest.raises(cc.CareCostError, match="nothing varies over draws"):
        compared([1, 1, 1], [0, 0, 0]).common_luck()


def test_sides_are_themselves_and_no_others_and_may_be_keys() -> None:
    one, two = compared([1], [0]).scenario, compared([1], [0]).scenario
    assert {one: 1, two: 2}[one] == 1 and one != two
