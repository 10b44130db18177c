"""When does a change act, how much of it, and is what cannot be refused?"""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import carecost as cc
from carecost.errors import InputError
from carecost.inputs.change import SHAPES, as_interval, replace_change


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


def weights(**years: object) -> list[float]:
    """Weights of programme years 1 to 6."""
    change = cc.Change("exit_rate", "scale", 0.1, **years)  # type: ignore[arg-type]
    return [round(change.weight(y), 6) for y in range(1, 7)]


def test_weights_of_every_shape_lag_end_and_half_life_are_by_hand() -> None:
    assert weights() == [1, 1, 1, 1, 1, 1]
    assert weights(start=2, full=4) == [0, 0.333333, 0.666667, 1, 1, 1]
    assert weights(start=2, end=3) == [0, 1, 1, 0, 0, 0]
    assert weights(start=1, lag=2) == [0, 0, 1, 1, 1, 1]
    assert weights(start=1, half_life=1) == [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert weights(start=1, full=3, shape="step") == [0, 0, 1, 1, 1, 1]
    assert weights(start=1, full=2, shape="s-curve") == [0.5, 1, 1, 1, 1, 1]
    assert weights(start=1, full=4, shape="s-curve") == [0.15625, 0.5, 0.84375, 1, 1, 1]
    assert weights(start=1, full=4, shape="front") == [0.4375, 0.75, 0.9375, 1, 1, 1]
    assert weights(start=1, full=4, shape="back") == [0.0625, 0.25, 0.5625, 1, 1, 1]


@given(
    start=st.integers(1, 5),
    rise=st.integers(0, 6),
    stay=st.integers(0, 6) | st.none(),
    lag=st.integers(0, 4),
    shape=st.sampled_from(sorted(SHAPES)),
)
def test_weights_rise_to_one_and_end(start: int, rise: int, stay: int | None, lag: int, shape: str) -> None:
    full = start + rise
    end = None if stay is None else full + stay
    change = cc.Change("exit_rate", "scale", 0.1, start=start, full=full, end=end, lag=lag, shape=shape)
    ramp = [change.weight(year) for year in range(1, full + lag + 1)]
    assert ramp == sorted(ramp) and not any(ramp[: start + lag - 1]) and ramp[-1] == 1.0
    assert change.weight(full + lag + (stay or 0)) == 1.0
    assert change.weight(full + lag + (stay or 0) + 1) == (1.0 if stay is None else 0.0)


def test_a_lag_is_a_later_start_full_and_end() -> None:
    lagged = cc.Change("exit_rate", "scale", 0.1, start=1, full=3, end=5, lag=2)
    later = cc.Change("exit_rate", "scale", 0.1, start=3, full=5, end=7)
    assert [lagged.weight(y) for y in range(1, 10)] == [later.weight(y) for y in range(1, 10)]


def test_replaced_fields_are_checked_and_the_others_kept() -> None:
    change = cc.Change("unit_cost", "add", cc.Interval(4.0, 3.0, 5.0), price_year=2025, items=["home"], luck="x")
    later = replace_change(change, lag=2)
    assert (later.lag, later.amount, later.where, later.luck) == (2, change.amount, change.where, "x")
    assert replace_change(change) == change
    with pytest.raises(InputError, match="Programme years start at 1"):
        replace_change(change, lag=-1)


def test_an_argument_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"unknown argument of Change 'half_live'.*Did you mean 'half_life'"):
        cc.Change("exit_rate", "scale", 0.1, half_live=2)
    with pytest.raises(InputError, match=r"unknown argument of Change 'agse'.*Did you mean 'ages'"):
        cc.Change("exit_rate", "scale", 0.1, agse=[3])


def test_an_amount_may_be_a_number_or_an_interval() -> None:
    assert as_interval(2) == cc.Interval(2.0) and as_interval(2).certain
    assert cc.Interval(2.0, 1.0, 4.0).shape == "normal" and not cc.Interval(2.0, 1.0, 4.0).certain
    assert cc.Interval(2.0, 2.0, 2.0).certain and cc.Interval(2.0, 1.0, 4.0, distribution="fixed").certain
    with pytest.raises(InputError, match="must rise"):
        cc.Interval(2.0, 3.0, 4.0)


def test_spending_outcomes_and_places_for_a_number_are_told_apart() -> None:
    spend = cc.Change("unit_cost", "add", 5.0, price_year=2022)
    counted = cc.Change("unit_cost", "add", 0.1, unit="share of leavers", items=["homeless"])
    dearer = cc.Change("unit_cost", "scale", 0.1)
    assert [c.programme_spend for c in (spend, counted, dearer)] == [True, False, False]
    assert [c.counted for c in (spend, counted, dearer)] == [False, True, False]
    nothing, none_left = cc.Change("exit_rate", "scale", 0.0), cc.Change("exit_rate", "replace", 0.0)
    assert nothing.idle and not none_left.idle
    assert replace_change(dearer, share=0.0).idle and not dearer.idle


def test_times_multiply_the_amount_and_are_drawn_apart(england: cc.Assumptions) -> None:
    change = cc.Change(
        "unit_cost", "add", cc.Interval(4000, 3000, 5000), price_year=2025, unit="GBP per child",
        times=cc.Interval(1000, 500, 1500), times_of="children reached", items=["reform programme"],
    )  # fmt: skip
    plan = cc.Scenario("caseload", [cc.Lever("caseload", [change])])
    results = cc.run(england, plan, years=2, draws=cc.Draws(64, seed=2), start=2026)
    assert results.compare("caseload").reform_spend()[:, 0].mean() == pytest.approx(4e6, rel=0.05)
    spread = results.compare("caseload").reform_spend()[:, 0].std()
    alone = cc.Scenario("cost", [cc.Lever("caseload", [cc.Change("unit_cost", "add", change.amount, price_year=2025,
                        times=1000, times_of="children reached", items=["reform programme"])])])  # fmt: skip
    without = cc.run(england, alone, years=2, draws=cc.Draws(64, seed=2), start=2026).compare("cost")
    assert spread > without.reform_spend()[:, 0].std() * 1.2
    with pytest.raises(cc.CareCostError, match=r"times with operation 'scale'.*add or replace"):
        cc.Change("entry_rate", "scale", -0.1, times=3, times_of="children")
    with pytest.raises(cc.CareCostError, match=r"times without times_of"):
        cc.Change("entry_rate", "add", -0.1, times=3)


BAD = {
    "an unknown parameter": ({"parameter": "entry_rates"}, "unknown parameter 'entry_rates'.*entry_rate"),
    "a start after the end": ({"start": 4, "full": 4, "end": 2}, "start, full, end are 4, 4, 2.*must not fall"),
    "an age of 30": ({"ages": [30]}, "unknown age '30'|unknown age 30"),
    "an effect of -120%": ({"amount": -1.2}, "scales by -1.2, below nothing.*A fall of the whole is -1"),
    "a rate below zero": (
        {"operation": "add", "amount": -0.5}, "lever bad: add entry_rate.*makes entry_rate -0.49.*leaves zero or more"
    ),
    "broken shares": (
        {"parameter": "entry_share", "amount": 0.1, "placements": ["foster agency"]}, "shares.*sum|sum to one|sums"
    ),
    "a share above one": (
        {"parameter": "entry_share", "operation": "divert", "amount": 1.4, "from_placements": ["foster agency"],
         "to_placement": "foster in-house"}, "diverts 1.4 to 1.4.*Give a share from 0 to 1"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_change_that_cannot_be_is_refused_with_the_remedy(name: str, england: cc.Assumptions) -> None:
    fields, message = BAD[name]
    change = {"parameter": "entry_rate", "operation": "scale", "amount": -0.1, "start": 1} | fields
    with pytest.raises(cc.CareCostError, match=f"(?s){message}"):
        cc.run(england, cc.Scenario("bad", [cc.Lever("bad", [cc.Change(**change)])]), years=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"operation": "scales"}, "unknown operation 'scales'.*Did you mean 'scale'"),
        ({"shape": "linearly"}, "unknown shape 'linearly'.*Did you mean 'linear'"),
        ({"start": 0}, "start is 0.*Programme years start at 1"),
        ({"full": 0}, "start, full, end are 1, 0, None"),
        ({"half_life": 0.0}, "half_life is 0.0.*above 0"),
        ({"operation": "divert"}, "It works on entry_share or move_rate"),
        ({"parameter": "initial_stock"}, "unknown parameter 'initial_stock'"),
        ({"items": ["home"]}, "'entry_rate' has no selector 'items'"),
        ({"parameter": "unit_cost", "streams": ["uasc"]}, "'unit_cost' has no selector 'streams'"),
        ({"parameter": "unit_cost", "operation": "add"}, "an amount of money without price_year"),
        (
            {"parameter": "unit_cost", "operation": "add", "unit": "share of leavers", "price_year": 2022},
            "Leave price_year out",
        ),
    ],
)
def test_a_fault_of_a_change_alone_names_the_offender_and_the_remedy(fields: dict[str, object], words: str) -> None:
    stated = {"parameter": "entry_rate", "operation": "scale", "amount": -0.1} | fields
    with pytest.raises(InputError, match=f"(?s){words}"):
        cc.Change(**stated)  # type: ignore[arg-type]


def test_divert_moves_shares_and_keeps_their_sum() -> None:
    from carecost.money.discounting import Deflator
    from carecost.simulation.effects import Calendar, apply
    from carecost.simulation.sampler import Sampler

    grid = cc.Grid(2025, 2, range(3), [cc.Placement(n, leave_age=3) for n in "abc"])
    one = np.ones((1, 1, 1))
    share = np.array([0.5, 0.3, 0.2]).reshape(1, 1, 1, 3)
    p = cc.Parameters(grid, np.ones((1, 3, 3)), one, one, share)
    plan = cc.Scenario(
        "x",
        [
            cc.Lever(
                "x", [cc.Change("entry_share", "divert", 0.5, from_placements=["a", "b"], to_placement="c", ages=[1])]
            )
        ],
    )
    got = apply(plan, p, "all", Sampler(cc.Draws()), Calendar(2026, 2025, Deflator("x", 2020, (1.0, 1.0), 2021)))
    np.testing.assert_allclose(got.entry_share[0, 0, 0], [0.5, 0.3, 0.2])
    np.testing.assert_allclose(got.entry_share[0, 0, 1], [0.25, 0.15, 0.6])


def test_labels_are_taken_in_the_singular_and_the_plural() -> None:
    many = cc.Change("exit_rate", "scale", 0.1, ages=[12], placements=["foster"], reasons=["home"])
    one = cc.Change("exit_rate", "scale", 0.1, age=12, placement="foster", reason="home")
    assert one == many and one.quantity == many.quantity
    with pytest.raises(cc.CareCostError, match="age and ages are both given"):
        cc.Change("exit_rate", "scale", 0.1, age=12, ages=[12])
    with pytest.raises(cc.CareCostError, match="Did you mean 'ages'"):
        cc.Change("exit_rate", "scale", 0.1, agges=12)
