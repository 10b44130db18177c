"""Rows and sentences of the headline: rounded alike, with their units, and empty where there is nothing to say."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.evidence_base import COUNTED
from carecost.report import headline
from carecost.report.story import Story, story
from carecost.report.write import table_text
from carecost.text import numbers
from tests.report.reading import SETS, edge, run


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((2.523, 2.523, 2.523, "£bn, 2024-25 prices"), ("£2.52bn", "fixed", "2024-25 prices")),
        ((0.0630, 0.0158, 0.147, "£bn, 2024-25 prices"), ("£63m", "£16m to £147m", "2024-25 prices")),
        ((-0.2, -1.5, 0.1, "£bn"), ("−£0.20bn", "−£1.50bn to £0.10bn", "")),
        ((2032.0, 2030.0, math.nan, "financial year ending"), ("2031-32", "2029-30 to not within the horizon", None)),
        ((math.nan, math.nan, math.nan, "financial year ending"), ("not within the horizon", "", "financial year")),
        ((2028.0, 2028.0, 2028.0, "financial year ending"), ("2027-28", "2027-28", "financial year")),
        ((0.139, None, None, "share of effect"), ("14%", "", "of the effect")),
        ((None, None, None, "share of effect"), ("none", "", "of the effect")),
        ((None, None, None, "share of draws"), ("not drawn", "", "of draws")),
        ((0.72, None, None, "share of draws"), ("72%", "", "of draws")),
        ((1.0, None, None, "share of draws"), ("over 99%", "", "of draws")),
        ((0.0, None, None, "share of draws"), ("under 1%", "", "of draws")),
        ((1.0, None, None, "share of effect"), ("100%", "", "of the effect")),
        ((math.nan, None, None, "GBP per GBP"), ("none", "", "for each £1")),
        ((7.678, None, None, "GBP per GBP"), ("£7.68", "", "for each £1")),
        ((223.2, 9_400.0, 24_390.0, "children"), ("200", "9,400 to 24,400", "children")),
    ],
)
def test_summary_row_is_rounded_alike_with_its_unit(
    row: tuple[float | None, float | None, float | None, str], said: tuple[str, str, str | None]
) -> None:
    written = headline.summary_row("what", *row)
    assert (written.value, written.interval) == said[:2]
    assert said[2] in (None, written.unit)


def test_inaction_summary_has_an_interval_only_with_draws() -> None:
    plain, spend = headline.inaction_summary(2031, {"central": 95_123.0}, {"central": 8.1234e9}, 2025)
    assert (plain.what, plain.value, plain.interval) == ("Children in care, 31 March 2031", "95,100", "")
    assert (spend.what, spend.value, spend.unit) == ("Spend in 2030-31", "£8.12bn", "2024-25 prices")
    assert spend.interval == ""
    children = {"central": 95_123.0, "mean": 96_000.0, "0.1": 9e4, "0.5": 97_000.0, "0.9": 1e5}
    drawn, cost = headline.inaction_summary(2031, children, {"central": 1e9, "mean": 2e9, "0.1": 1e9, "0.9": 4e9}, 2025)
    assert (drawn.value, drawn.interval) == ("96,000", "90,000 to 100,000")
    assert (cost.value, cost.interval) == ("£2.00bn", "£1.00bn to £4.00bn")


def test_children_sentence_has_every_scenario_with_its_interval() -> None:
    edge = {"central": 85_000.0, "mean": 9e4, "0.1": 8e4, "0.5": 91_000.0, "0.9": 1e5}
    ends = {"inaction": {"central": 95_123.0}, "edge": edge}
    assert headline.children_sentence(2031, ends) == (
        "Children in care on 31 March 2031: inaction 95,100; edge 90,000 (80% interval 80,000 to 100,000)."
    )


def test_saving_sentence_has_present_value_spend_and_payback(told: Story) -> None:
    saving = told.against["edge"].saving
    sentence = headline.saving_sentence(saving, moves=True)
    mean = saving.npv().mean()
    low, high = np.quantile(saving.npv(), (0.1, 0.9))
    row = headline.summary_row("", mean / 1e9, low / 1e9, high / 1e9, "£bn")
    spend = numbers.pounds(saving.reform_spend().sum(1).mean())
    assert sentence == (
        f"Mean net present saving of Edge of care to the public purse, 2025-26 to 2030-31: {row.value} (80% interval "
        f"{row.interval}), 2024-25 prices, after reform spend of {spend} (undiscounted). It pays "
        "back in 2027-28, discounted."
    )
    total = np.cumsum((saving.net_saving() * saving.drawn.factors).mean(0))
    assert (total >= 0).tolist() == [False, False, True, True, True, True]  # from 2027-28 on


def test_saving_sentence_without_draws_is_of_the_central_run_and_calls_it_no_mean() -> None:
    sentence = headline.saving_sentence(run(0).compare("edge"), moves=True)
    began = "Net present saving of Edge of care to the public purse, 2025-26 to 2030-31: £63.0m, 2024-25"
    assert sentence.startswith(began)
    assert "interval" not in sentence and "mean" not in sentence.lower()


def test_saving_sentence_where_nothing_moves_says_so_and_no_more(told: Story) -> None:
    sentence = headline.saving_sentence(told.against["edge"].saving, moves=False)
    assert sentence == "Edge of care changes neither children in care nor public spending, 2025-26 to 2030-31."


def test_claim_sentence_gives_the_switching_value_only_for_a_claim(told: Story) -> None:
    of = told.against["edge"]
    share = next(row.value for row in of.rows if row.unit == "of the effect")
    assert f"falls to zero at {share} of the claimed effect" in headline.claim_sentence(of.plan, of.rows, True)
    drawn = "The mean and its interval let the claims fail as far as their stated ranges go. The net present saving"
    assert drawn in headline.claim_sentence(of.plan, of.rows, True)
    alone = [dataclasses.replace(row, interval="") for row in of.rows]
    assert "let the claims fail" not in headline.claim_sentence(of.plan, alone, True)
    assert "whatever share of the claim comes true" in headline.claim_sentence(of.plan, of.rows, False)
    assert "No share of the claimed effect" in headline.claim_sentence(of.plan, (), True)
    assert headline.claim_sentence(edge(claim=False), of.rows, True) == ""


def test_claim_of_the_review_names_it(told: Story) -> None:
    levers = tuple(dataclasses.replace(lever, source="Independent Review") for lever in edge().levers)
    sentence = headline.claim_sentence(edge(levers=levers), told.against["edge"].rows, True)
    assert sentence.startswith("Effects as claimed by the Review, not evidenced")


@pytest.mark.parametrize(("amount", "said"), [(0.2, True), (-0.2, False)])
def test_extra_cost_that_is_taken_in_part_is_said_with_the_whole_of_it(amount: float, said: bool) -> None:
    """A cashable share of what is added flatters; of what is saved it is prudent, and nothing is said."""
    tiny = cc.load_assumptions(SETS / "tiny")
    plan = cc.Scenario("plan", [cc.Lever("plan", [cc.Change("entry_rate", "scale", amount)])])
    told = story(cc.run(tiny, plan, years=3))
    saving = told.against["plan"].saving
    assert (float(saving.npv(gross=True)[0]) < float(saving.npv()[0])) is said
    assert any("with all of both as cash" in warning for warning in told.against["plan"].warnings) is said
    assert ("with all of both as cash" in " ".join(table_text(told).split())) is said


def test_footing_sentence_shares_the_saving_by_what_effects_rest_on() -> None:
    assert headline.footing_sentence({}, counts_only=False) == ""
    assert headline.footing_sentence({}, counts_only=True) == COUNTED
    one = headline.footing_sentence({"claimed": 1e9}, counts_only=False)
    assert one == "All of the cashable saving rests on effects that are claimed."
    two = headline.footing_sentence({"measured": 2e9, "claimed": -0.5e9}, counts_only=False)
    assert "£2.00bn on effects that are measured, −£0.50bn on effects that are claimed (Shapley values)." in two


def test_per_child_sentence_sets_the_saving_beside_the_cost_of_care(told: Story) -> None:
    saving = told.against["edge"].saving
    sentence = headline.per_child_sentence(saving)
    assert sentence == told.against["edge"].per_child
    mine, average = (numbers.pounds(x) for x in (saving.saving_per_child_year(), saving.average_cost_of_care()))  # type: ignore[arg-type]
    assert sentence == (
        f"Cashable saving per averted child-year, by the levers that avert: {mine}, beside the all-care average of "
        f"{average} and the Review's £30,400 (£517m / 17,000 children, prices of 2021-22 assumed). It is what a "
        "year of care costs now, times the share that becomes cash, less support at home; the Review's is 41% of a "
        "year of care in 2021-22 (£74,600), "
        "and it did not publish why."
    )


def test_per_child_sentence_of_what_averts_nobody_says_so() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    cheaper = cc.Scenario("cheaper", [cc.Lever("price", [cc.Change("unit_cost", "scale", -0.1, items=["home"])])])
    saving = cc.run(tiny, cheaper).compare("cheaper")
    average = numbers.pounds(saving.average_cost_of_care())
    assert headline.per_child_sentence(saving) == (
        f"No care is averted to save on, beside the all-care average of {average} and the Review's £30,400 "
        "(£517m / 17,000 children, prices of 2021-22 assumed)."
    )


def test_outliving_sentence_has_the_value_with_spending_sustained(told: Story) -> None:
    of = told.against["edge"]
    (kept,) = (row.value for row in of.rows if "sustained" in row.what)
    sentence = headline.outliving_sentence(of.saving, of.rows)
    assert sentence == (
        "Effects last beyond what pays for them (edge of care: paid for to 2027-28, acts to 2030-31). "
        f"With spending sustained: {kept}."
    )
    assert sentence in of.warnings
    paid = dataclasses.replace(edge(), levers=(edge().levers[0],))
    alone = cc.run(cc.load_assumptions(SETS / "tiny"), paid).compare("edge")
    assert headline.outliving_sentence(alone, headline.summary(alone)) == ""


def test_social_sentence_is_empty_without_a_social_ledger(told: Story) -> None:
    assert headline.social_sentence(told.against["edge"].saving) == ""


def test_growth_sentence_has_every_path_in_one_unit_and_is_empty_where_none_grows() -> None:
    paths = {"no real growth of prices": np.array([1e9, 1.1e9]), "the stated growth": np.array([1e9, 9e9])}
    sentence = headline.growth_sentence(paths, 2031, 2025)
    assert sentence == (
        "Spend under inaction in 2030-31, 2024-25 prices, central: £1.10bn with no real growth of prices, "
        "£9.00bn with the stated growth."
    )
    assert headline.growth_sentence(dict.fromkeys(paths, np.ones(2)), 2031, 2025) == ""


def test_lever_sentence_adds_up_to_all_levers(told: Story) -> None:
    sentence = headline.lever_sentence("edge", told.against["edge"].attribution["npv"])
    assert sentence.startswith("Net present saving of edge to the public purse, each lever added to those before it: ")
    assert "interaction" not in sentence and "all levers" in sentence


def test_numbers_written_alike_share_their_unit_and_leave_gaps_empty() -> None:
    assert headline.written_alike([0.0, math.nan, 1.5, -0.25], "£bn, x") == ["£0", "", "£1.50bn", "−£0.25bn"]
    assert headline.written_alike([9_996.0, math.nan], "children") == ["10,000", ""]
