"""Does a description hold every value, source, grade, gap and contradiction, in lines that fit a terminal?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import carecost as cc
from carecost.files.packaged import packaged_assumptions, packaged_scenarios
from carecost.inputs.belief import Note
from carecost.text.describe import WIDTH, assumptions_text, indexation, scenario_text

SETS = Path(__file__).parents[1] / "data" / "sets"


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


@pytest.mark.parametrize("name", packaged_assumptions())
def test_lines_of_a_packaged_set_fit_and_every_table_has_units_and_grades(name: str) -> None:
    made = cc.load_assumptions(name)
    text = assumptions_text(made)
    assert max(map(len, text.splitlines())) <= WIDTH
    for row in made.rows:
        if row.kind == "value" and row.parameter != "unit_cost":
            assert f"\n{row.parameter} [" in text


@pytest.mark.parametrize("name", packaged_scenarios())
def test_a_packaged_scenario_is_described_lever_by_lever_with_source_and_grade(name: str) -> None:
    made = cc.load_scenario(name)
    text = flat(scenario_text(made))
    assert ("Effects as claimed, not evidenced." in text) == made.claim
    for lever in made.levers:
        assert flat(f"{lever.name} ({lever.quality};") in text and flat(lever.source) in text


def test_every_row_is_printed_where_it_is_asked_for(tiny: cc.Assumptions) -> None:
    text = flat(assumptions_text(tiny, every_row=True))
    for row in tiny.rows:
        assert f"{row.name or row.where.text() or 'all'}: {row.belief.value:,.6g}" in text
    assert "--all prints every row" in assumptions_text(cc.load_assumptions("england-2025"))


def test_gaps_contradictions_and_what_is_left_out_are_said(tiny: cc.Assumptions) -> None:
    notes = (
        Note("gap", "moves by age", ("by placement alone", "the same at every age")),
        Note("contradiction", "the total", ("£2.523bn", "£2.6bn")),
        Note("left_out", "adoption support"),
    )
    text = flat(assumptions_text(replace(tiny, notes=notes)))
    assert "moves by age. There is: by placement alone. Rule: the same at every age" in text
    assert "the total: £2.523bn | £2.6bn" in text and "Not in it: adoption support" in text
    assert "Not published" not in assumptions_text(replace(tiny, notes=()))


def test_indexation_names_what_grows_and_what_does_not(tiny: cc.Assumptions) -> None:
    text = indexation(tiny)
    grown = [r for r in tiny.rows if r.kind == "growth" and r.parameter == "unit_cost"]
    assert all(repr(r.name) in text for r in grown)
    none = indexation(replace(tiny, rows=tuple(r for r in tiny.rows if r.kind == "value")))
    assert "grow in real terms: none" in none and all(item.name in none for item in tiny.items)
    assert indexation(replace(tiny, items=())) == ""


def test_inaction_has_no_levers() -> None:
    assert scenario_text(cc.Scenario("nothing")) == "nothing: nothing\nNo levers: this is inaction."


def test_a_background_is_described_with_the_set(tiny: cc.Assumptions) -> None:
    behind = tiny.against(cc.Scenario("poverty", title="More children in poverty"))
    assert "Behind every scenario: More children in poverty" in assumptions_text(behind)
    assert "Behind every scenario" not in assumptions_text(tiny)


def test_one_luck_and_who_comes_later_are_described_with_the_lever() -> None:
    fewer = cc.Change("entry_rate", "scale", -0.3, later_share=0.5, later_years=2)
    plan = cc.Scenario("plan", [cc.Lever("a", [fewer], luck="all claims"), cc.Lever("b", [fewer])])
    text = flat(scenario_text(plan))
    assert text.count("one luck with every lever that names it: all claims") == 1
    assert text.count("50% of those averted come within 2 years") == 2
