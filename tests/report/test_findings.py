"""Sections on what was found: the opening, the summary, spending by group and outcomes."""

from __future__ import annotations

import numpy as np

from carecost.report import findings
from carecost.report.story import Story, story
from carecost.report.words import plain
from carecost.results.results import Results
from carecost.text import numbers
from tests.report.reading import Page, inaction_alone, run, two_scenarios


def test_opening_has_the_finding(told: Story) -> None:
    words = Page(findings.opening(told)).words
    saving = told.against["edge"].saving
    children = numbers.children(saving.scenario.children[:, -1].mean())
    low, high = (numbers.children(x) for x in np.quantile(saving.scenario.children[:, -1], (0.1, 0.9)))
    assert f"Edge of care {children} (80% interval {low} to {high})" in words
    worth = (saving.npv().mean(), *np.quantile(saving.npv(), (0.1, 0.9)))
    mean, low, high = (numbers.pounds(x, numbers.money_scale(*worth)) for x in worth)
    assert f"Mean net saving of Edge of care to the public purse, 2025-26 to 2030-31: {mean} (80%" in words
    assert f"(80% interval {low} to {high})" in words
    assert "pays back in 2027-28" in words and numbers.sentence(numbers.INTERVAL) in words


def test_warning_is_there_only_for_a_claim(told: Story) -> None:
    warned = Page(findings.opening(told))
    # One of the claim, and one that its effects last beyond what pays for them.
    assert len([a for a in warned.all("div") if a.get("class") == "claim"]) == 2
    assert "Effects last beyond what pays for them (edge of care: paid for to 2027-28" in warned.words
    assert "Effects as claimed, not evidenced." in warned.words
    assert "The net saving falls to zero at" in warned.words
    plain = Page(findings.opening(story(run(claim=False))))
    assert len(plain.all("div")) == 1 and "as claimed" not in plain.words
    assert "Effects last beyond what pays for them" in plain.words


def test_opening_of_several_scenarios_names_each_in_its_warning() -> None:
    told = story(two_scenarios())
    words = Page(findings.opening(told)).words
    for compared in told.against.values():
        assert f"{compared.plan.heading}: Effects as claimed" in words
    assert "no interval was drawn" in words.lower()


def test_title_has_titles_of_few_scenarios_and_names_of_many(told: Story) -> None:
    about = "A set small enough to follow by hand"
    assert findings.title(told) == f"Edge of care, compared with no reform. {about}"
    assert findings.title(story(inaction_alone())) == f"No reform. {about}"


def test_summary_table_has_every_row_of_the_story(told: Story) -> None:
    read = Page(findings.summaries(told))
    for row in told.against["edge"].rows:
        assert all(cell in read.words for cell in (plain(row.what), row.value, row.interval, row.unit))
    assert plain(told.against["edge"].footing) in read.words
    assert "What Mean 80% interval Unit" in read.words
    assert "A row without an interval is of one run or one ratio." in read.words


def test_summary_table_without_draws_is_headed_central() -> None:
    words = Page(findings.summaries(story(two_scenarios()))).words
    assert "What Central Interval Unit" in words and "Mean" not in words and "80%" not in words
    assert "A row without an interval" not in words


def test_summary_of_inaction_alone_is_its_own_and_against_nothing() -> None:
    words = Page(findings.summaries(story(inaction_alone()))).words
    assert "Children in care, 31 March 2031" in words and "against no reform" not in words


def test_spending_by_group_ends_with_the_total_of_the_table(results: Results, told: Story) -> None:
    words = Page(findings.spending(told)).words
    frame = results.costs()
    for scenario in results.scenarios:
        rows = frame[frame["scenario"] == scenario].set_index(["quantile", "year"])["value"]
        for year in (2026, 2031):
            mean, low, high = (f"£{rows[q, year] / 1e6:.1f}m" for q in ("mean", 0.1, 0.9))
            assert f"{mean} {low} to {high}" in words
    assert "Mean; 80% interval below it. Intervals of groups do not add up to that of the total." in words


def test_spending_without_draws_is_of_the_central_run() -> None:
    words = Page(findings.spending(story(inaction_alone()))).words
    assert "Central run. Intervals of groups" in words and "80%" not in words


def test_outcomes_are_left_out_where_the_set_counts_none(told: Story) -> None:
    assert findings.outcomes(told) == ""
