"""Are assumptions, paths and changes written so that they can be checked against their source?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import carecost as cc
from carecost.inputs.belief import Assumption, Belief
from carecost.text import statements

SETS = Path(__file__).parents[1] / "data" / "sets"


def test_a_change_is_written_with_amount_interval_and_years() -> None:
    divert = cc.Change("entry_share", "divert", 0.1, from_placements=("home",), to_placement="foster", start=2, lag=1)
    what, amount, interval, when = statements.change_of(divert, 2026)
    assert what == "Placement on entry: share moved from home to foster"
    assert (amount, interval, when) == ("10%", "none", "from 2027-28")
    price = cc.Change("unit_cost", "replace", 650, unit="GBP per child-week", price_year=2025, end=1, items=["foster"])
    assert statements.change_of(price, 2026)[1:] == (
        "set to £650 per child-week, 2024-25 prices",
        "none",
        "in 2025-26 only",
    )
    fading = cc.Change("exit_rate", "scale", cc.Interval(0.2, 0, 0.4, 1, "uniform"), half_life=3, share=0.5)
    assert statements.change_of(fading, 2026)[1:3] == ("+20%, 50% of it taken", "0% to 40% (bounds)")
    assert statements.change_of(fading, 2026)[3].endswith("then halving every 3 years")


def test_a_change_of_outcomes_says_how_many_and_one_of_spending_how_often() -> None:
    outcome = cc.Change("unit_cost", "add", -0.1, unit="share of leavers", items=["homeless"])
    assert statements.change_of(outcome, 2026, {"homeless"})[:2] == ("How many homeless", "−10% share of leavers")
    spend = cc.Change(
        "unit_cost", "add", 4000, price_year=2025, unit="GBP per child", times=1000, times_of="children", items=["help"]
    )
    assert statements.change_of(spend, 2026, {"homeless"})[:2] == (
        "Unit costs (item help)",
        "+£4,000 per child, 2024-25 prices x 1,000 children",
    )


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.257e9, "GBP per year", "£1.257bn"),
        (-1.5e6, "GBP", "−£1.5m"),
        (650.0, "GBP per child-week", "£650"),
        (12.5, "GBP", "£12.50"),
        (3.0, "GBP", "£3"),
        (0.0155, "per year", "1.55%"),
        (0.25, "share of leavers", "25%"),
        (-0.25, "share", "−25%"),
        (0.0155, "per child-year", "0.0155"),
    ],
)
def test_an_amount_is_written_as_its_unit_asks(value: float, unit: str, words: str) -> None:
    assert statements.amount(value, unit) == words


def test_an_interval_is_written_with_its_level_or_as_bounds_or_as_none() -> None:
    assert statements.interval_of(1.0, 2.0, 0.9, "children", False) == "1 to 2 (90%)"
    assert statements.interval_of(1.0, 2.0, 1.0, "children", False) == "1 to 2 (bounds)"
    assert statements.interval_of(1.0, 1.0, 0.9, "children", True) == "none"
    assert statements.span(None, 2.0, "children") == statements.span(1.0, None, "children") == "none"


def test_a_selection_is_written_axis_by_axis_in_the_singular_where_it_is_one() -> None:
    where = cc.Selector(ages=[10, 11, 14], placements=["foster"], to=["home"], years=[2026])
    assert statements.where_of(where) == "year 2026; ages 10-11; 14; placement foster; to home"
    assert statements.where_of(cc.Selector()) == ""


def test_an_assumption_is_written_with_its_line_its_fade_and_its_interval() -> None:
    belief = Belief(0.02, 0.01, 0.03, unit="per year")
    growth = Assumption("unit_cost", cc.Selector(), belief, "pay", "growth", 2025, 0.005, 10)
    assert statements.assumption(growth) == (
        "pay: unit costs",
        "2%, fading to 0.5% in 10 years",
        "1% to 3% (90%)",
    )
    extra = Assumption("extra_entries", cc.Selector(ages=[3]), Belief(5.0), "war")
    assert statements.assumption(extra) == ("war; age 3", "5", "none")
    assert statements.assumption(Assumption("population", cc.Selector(), Belief(5.0)))[0] == "all"


def test_a_path_is_written_as_a_walk_or_with_its_half_life() -> None:
    walk = cc.YearPath(
        "p", "unit_cost", cc.Selector(items=["a", "b"]), "random walk", 0.02, shocks="line", from_year=2025
    )
    assert statements.path_of(walk) == (
        "unit costs (items a, b) times exp(path), 1 in the middle; random walk, standard deviation 2% after one year, "
        "growing with the square root of the years; from 2024-25; one path for each of items"
    )
    back = replace(walk, kind="mean reverting", half_life=2.0, shocks="common")
    assert "in the long run, half-life 2 years; from 2024-25" in statements.path_of(back)
    assert statements.path_of(back).endswith("2024-25")


def test_dependence_is_written_by_group_table_and_path_and_on_whose_word() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    assert list(statements.tied(tiny)) == []
    loadings = tuple(cc.Loading("pay", q, x, source="us", quality="E") for q, x in (("a", 0.8), ("b", -0.5)))
    matrix = cc.CorrelationMatrix("m", ("c", "d"), ((1.0, 0.4), (0.4, 1.0)))
    joint = cc.JointDraws("j", ("e", "f"), ((1.0, 2.0), (2.0, 3.0)))
    path = cc.YearPath("p", "entry_rate", cc.Selector(), "random walk", 0.1, source="them", source_year="2024")
    phases = cc.Phases((cc.Phase("new", 2.0, 1.0), cc.Phase("old", 1.0)))
    made = replace(tiny, ties=cc.Ties(loadings, (matrix,), (joint,)), paths=(path,), phases=phases)
    rows = {name: (how, word) for name, how, word in statements.tied(made)}
    assert rows["Correlation group pay"] == ("loadings on what is common to them: a (0.8); b (-0.5)", "E; us")
    assert rows["Correlation group m"] == ("correlations of normal scores: c with d (0.4)", "")
    assert rows["Joint draws j"] == ("2 equally likely rows of e; f", "")
    assert rows["Path p"][1] == "them (2024)"
    assert rows["Phase of time in care new"][0].endswith("goes on at 1 a year")
    assert "goes on" not in rows["Phase of time in care old"][0]


@pytest.mark.parametrize(
    ("low", "high", "unit", "note", "words"),
    [
        (None, None, "in 100", "", "m: −4 in 100; measured, trial; source"),
        (-6.0, -2.0, "in 100", "small", "m: −4 in 100 (−6 to −2); measured, trial; source — small"),
        (None, None, "none published", "", "m: none published; measured, trial; source"),
    ],
)
def test_evidence_is_written_in_a_line(low: float | None, high: float | None, unit: str, note: str, words: str) -> None:
    assert (
        statements.evidence_line(cc.Evidence("m", -4.0, unit, "measured", "trial", "source", low, high, note)) == words
    )


@pytest.mark.parametrize(
    ("unit", "price_year", "words"),
    [
        ("GBP", None, "£"),
        ("GBP per child-week", 2025, "£ per child-week, 2024-25 prices"),
        ("per year", None, "a year"),
        ("multiplier", None, "times"),
        ("children", None, "children"),
    ],
)
def test_a_unit_is_written_with_the_year_of_its_prices(unit: str, price_year: int | None, words: str) -> None:
    assert statements.unit_words(unit, price_year) == words


def test_a_change_says_who_comes_later_and_within_how_many_years() -> None:
    fewer = cc.Change("entry_rate", "scale", -0.3, later_share=0.5)
    assert statements.change_of(fewer, 2026)[1] == "−30%; 50% of those averted come within 1 year"
    slow = cc.Change("entry_rate", "scale", -0.3, later_share=0.25, later_years=2, share=0.5)
    assert statements.change_of(slow, 2026)[1] == "−30%, 50% of it taken; 25% of those averted come within 2 years"
    assert "come within" not in statements.change_of(cc.Change("entry_rate", "scale", -0.3), 2026)[1]
