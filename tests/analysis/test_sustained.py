"""Does a scenario say which effects outlive their money, and what carrying the money on would cost?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.sustained import outliving, payments, sustained
from carecost.simulation.run import Run, run

ITEM = ["reform programme"]


def spending(name: str, *yearly: float, **more: object) -> cc.Lever:
    """Make a lever that spends some amounts, one a programme year, in prices of 2024-25."""
    changes = [
        cc.Change("unit_cost", "add", amount, year, end=year, price_year=2025, items=ITEM, unit="GBP per year", **more)
        for year, amount in enumerate(yearly, start=1)
    ]
    return cc.Lever(name, changes)


def acting(name: str, *, end: int | None = None, paid_by: tuple[str, ...] = ()) -> cc.Lever:
    """Make a lever with an effect on entries from programme year 2."""
    return cc.Lever(name, [cc.Change("entry_rate", "scale", -0.05, 2, end=end)], paid_by=paid_by)


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


def made(england: cc.Assumptions, *levers: cc.Lever, years: int = 10) -> Run:
    return run(england, [cc.Scenario("plan", levers)], years, start=2026)


def yearly(made: Run, scenario: cc.Scenario) -> list[float]:
    """Give what a scenario spends a year on reform, in the central run [GBP]."""
    costs = made.outcome(scenario).costs
    return costs.spend[0, :, made.grid.index("items", ITEM[0])].round(9).tolist()


def test_sustained_four_years_money_spends_the_mean_from_the_year_after_the_last(england: cc.Assumptions) -> None:
    plan = made(england, spending("grant", 40.0, 80.0, 120.0, 160.0), acting("help"))
    carried = sustained(plan, "plan")
    assert yearly(plan, carried) == [40.0, 80.0, 120.0, 160.0] + [100.0] * 6
    assert [(p.lever, p.paid_by, p.effect, p.paid) for p in payments(plan, "plan")] == [
        ("help", ("grant",), (2027, 2035), (2026, 2029))
    ]


def test_sustained_changes_money_alone_and_npv_by_what_is_carried_on(england: cc.Assumptions) -> None:
    plan = made(england, spending("grant", 100e6), acting("help"), years=4)
    carried = sustained(plan, "plan")
    before, after = plan.central["plan"], plan.outcome(carried)
    np.testing.assert_array_equal(before.stock, after.stock)
    inaction = plan.central["inaction"]
    npv = [plan.comparison("inaction", inaction, "x", outcome).npv()[0] for outcome in (before, after)]
    factors = 1.035 ** -np.arange(1, 4)
    assert npv[0] - npv[1] == pytest.approx(100e6 * factors.sum(), rel=1e-12)


def test_sustained_ends_with_the_effect(england: cc.Assumptions) -> None:
    plan = made(england, spending("grant", 100.0, 100.0), acting("help", end=5))
    assert yearly(plan, sustained(plan, "plan")) == [100.0] * 5 + [0.0] * 5


def test_sustained_effect_that_ends_first_is_the_scenario_itself(england: cc.Assumptions) -> None:
    plan = made(england, spending("grant", 100.0, 100.0, 100.0), acting("help", end=3))
    assert not outliving(plan, "plan")
    assert sustained(plan, "plan") is plan.scenarios["plan"]


def test_sustained_lever_named_by_two_effects_is_carried_on_once_to_the_later(england: cc.Assumptions) -> None:
    levers = acting("one", end=4, paid_by=("grant",)), acting("two", end=6, paid_by=("grant", "fund"))
    plan = made(england, spending("grant", 100.0, 100.0), spending("fund", 10.0), *levers)
    assert yearly(plan, sustained(plan, "plan")) == [110.0] + [110.0] * 5 + [0.0] * 4


def test_sustained_money_of_other_levers_is_left_as_it_is(england: cc.Assumptions) -> None:
    plan = made(england, spending("grant", 100.0), spending("fund", 10.0), acting("help", paid_by=("grant",)))
    assert yearly(plan, sustained(plan, "plan")) == [110.0] + [100.0] * 9


def test_sustained_one_payer_that_goes_on_pays_for_the_effect(england: cc.Assumptions) -> None:
    steady = cc.Lever("steady", [cc.Change("unit_cost", "add", 5.0, 3, price_year=2025, items=ITEM)])
    plan = made(england, spending("grant", 100.0), steady, acting("help"))
    assert not outliving(plan, "plan")


def test_payments_without_a_stated_cost_have_none(england: cc.Assumptions) -> None:
    named = made(england, spending("grant", 100.0), acting("help", paid_by=("none stated",)))
    (found,) = payments(named, "plan")
    assert found.paid_by == () and not found.stated and not found.outlives
    (alone,) = payments(made(england, acting("help")), "plan")
    assert not alone.stated


def test_payments_idle_effects_and_places_for_money_are_left_out(england: cc.Assumptions) -> None:
    idle = cc.Lever("idle", [cc.Change("entry_rate", "scale", 0.0)])
    place = cc.Lever("place", [cc.Change("unit_cost", "add", 0.0, price_year=2025, items=ITEM)])
    plan = made(england, idle, place, acting("help"))
    assert [(p.lever, p.stated) for p in payments(plan, "plan")] == [("help", False)]


def test_sustained_amounts_of_other_price_years_and_times_are_constant_prices(england: cc.Assumptions) -> None:
    change = cc.Change("unit_cost", "add", 2.0, 1, end=1, price_year=2022, items=ITEM, times=50.0, times_of="children")
    plan = made(england, cc.Lever("grant", [change]), acting("help"))
    spent = yearly(plan, sustained(plan, "plan"))
    assert spent[1:] == pytest.approx([spent[0]] * 9, rel=1e-12)
    assert spent[0] == pytest.approx(100 * england.deflator.factor(2022, [2025])[0], rel=1e-9)


def test_sustained_dated_money_keeps_its_dates(england: cc.Assumptions) -> None:
    dated = spending("grant", 100.0, 100.0, year_one=2028)
    plan = run(england, [cc.Scenario("plan", [dated, acting("help")])], 10, start=2026)
    assert yearly(plan, sustained(plan, "plan")) == [0.0, 0.0] + [100.0] * 8


def test_sustained_fading_effect_ends_below_a_hundredth(england: cc.Assumptions) -> None:
    fading = cc.Lever("help", [cc.Change("entry_rate", "scale", -0.05, half_life=1.0)])
    plan = made(england, spending("grant", 100.0), fading)
    # Halved every year from programme year 1: 1/64 in year 7, 1/128 in year 8.
    assert payments(plan, "plan")[0].effect == (2026, 2032)


def test_sustained_money_for_a_driver_follows_the_driver(england: cc.Assumptions) -> None:
    weekly = cc.Change("unit_cost", "add", 10.0, 1, end=2, price_year=2025, items=["foster in-house"])
    plan = made(england, cc.Lever("fees", [weekly]), acting("help", paid_by=("fees",)))
    carried = sustained(plan, "plan")
    assert carried.levers[-1].changes[0].amount.value == pytest.approx(10.0)
    assert carried.levers[-1].changes[0].where.items == ("foster in-house",)


def test_sustained_unknown_scenario_is_refused_with_the_nearest(england: cc.Assumptions) -> None:
    plan = made(england, acting("help"), years=3)
    with pytest.raises(cc.CareCostError, match=r"unknown scenario 'plam'.*Did you mean 'plan'"):
        sustained(plan, "plam")
