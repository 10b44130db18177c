"""Is one per cent of an effect worth what a run of it gives, and does the effect that is needed pay for its money?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost._labels import INACTION
from carecost.analysis.required_effect import MOST, curve, worths
from carecost.errors import CareCostError
from carecost.inputs.change import Interval, replace_change
from carecost.simulation.run import Run

FAMILY, CHILD = "family-help", "child-protection"


@pytest.fixture(scope="module")
def run() -> Run:
    plans = [
        cc.load_scenario(name) for name in (FAMILY, CHILD, "care-review", "family-networks", "residential-recovery")
    ]
    return cc.run(cc.load_assumptions("england-2025"), *plans, years=20).run


def test_one_per_cent_is_worth_what_a_run_of_it_gives(run: Run) -> None:
    (worth,) = worths(run, CHILD)
    mine = cc.load_scenario(CHILD).given("child protection", -0.01)
    saving = cc.run(run.assumptions, mine, years=20).compare(CHILD)
    assert worth.step == -0.01 and worth.money is None and worth.needed is None
    assert worth.npv == pytest.approx(saving.npv()[0], rel=1e-12)
    assert worth.fewer == pytest.approx(saving.averted[0, -1], rel=1e-12)
    assert worth.cashable == pytest.approx(saving.cashable_saving().sum(), rel=1e-12)


@pytest.mark.parametrize("amount", [-0.4, -0.02])
@pytest.mark.parametrize(("scenario", "lever"), [(FAMILY, "family help"), ("care-review", "profit cap")])
def test_a_curve_is_what_a_run_of_each_amount_gives(run: Run, scenario: str, lever: str, amount: float) -> None:
    found = worths(run, scenario, (lever,))
    made = curve(run, scenario, lever, found[0].place, most=0.5)
    at = int(np.argmin(np.abs(made.amounts - amount)))
    size = float(made.amounts[at])
    one = next(part for part in run.scenarios[scenario].levers if part.name == lever)
    change = replace_change(one.changes[found[0].place], amount=Interval(size))
    alone = replace(run.scenarios[scenario], name="alone", levers=(replace(one, changes=(change,), paid_by=()),))
    whole = run.first_year(run.scenarios[scenario])
    npv = run.comparison(INACTION, run.central[INACTION], "alone", run.outcome(alone), None, whole).npv()[0]
    spend = float(run.central[INACTION].public_spend.max())
    assert abs(made.npv[at] + (made.worth.money or 0.0) - npv) < 1e-12 * spend


def test_the_effect_that_is_needed_pays_for_its_money(run: Run) -> None:
    (worth,) = worths(run, FAMILY, ("family help",))
    assert worth.needed is not None and worth.money is not None
    mine = cc.load_scenario(FAMILY).given("family help", worth.needed)
    saving = cc.run(run.assumptions, mine, years=20).compare(FAMILY)
    assert abs(saving.npv()[0]) < 1e-4 * worth.money
    assert worth.money == pytest.approx(saving.present_value(saving.reform_spend())[0], rel=1e-12)


def test_only_places_at_zero_are_told_unless_levers_are_named(run: Run) -> None:
    assert worths(run, FAMILY) == () and worths(run, "family-networks") == ()
    places = worths(run, "care-review")
    assert all(worth.change.idle for worth in places)
    assert [w.lever for w in places].count("profit cap") == 2
    (named,) = worths(run, "family-networks", ("family networks and kinship",))
    assert named.money is None and named.needed is None and named.npv > 0  # nobody stated a cost: nothing to pay for


def test_an_effect_is_tried_in_the_direction_in_which_it_saves(run: Run) -> None:
    steps = {w.change.parameter: w.step for w in worths(run, "residential-recovery")}
    assert steps == {"move_rate": 0.01, "exit_rate": 0.01}


def test_the_curve_goes_through_no_effect_and_what_is_needed(run: Run) -> None:
    made = curve(run, FAMILY, "family help", most=MOST)
    assert made.worth.money is not None and made.worth.needed is not None
    assert made.amounts[0] == 0.0 and made.npv[0] == pytest.approx(-made.worth.money, rel=1e-9)
    order = np.argsort(made.amounts)
    at = np.interp(made.worth.needed, made.amounts[order], made.npv[order])
    assert abs(at) < 0.01 * made.worth.money
    back = curve(run, CHILD, "child protection")
    assert back.amounts[0] == pytest.approx(0.25) and back.amounts[-1] < 0  # the trial leans the other way


@pytest.mark.parametrize(
    ("scenario", "lever", "place", "words"),
    [
        ("care-review", "profit cap", None, r"has 2 effects.*Give place"),
        ("care-review", "profit cap", 7, r"place is 7.*\[0, 1\]"),
        ("care-review", "profit cup", None, r"'profit cup'.*Did you mean 'profit cap'"),
        ("care-reviw", "profit cap", None, r"'care-reviw'.*Did you mean 'care-review'"),
        ("care-review", "programme lines", None, "no effect on children or money"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(
    run: Run, scenario: str, lever: str, place: int | None, words: str
) -> None:
    with pytest.raises(CareCostError, match=words):
        curve(run, scenario, lever, place)
