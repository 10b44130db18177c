"""Sections on what was found: the opening, the summary, spending by group and outcomes."""

from __future__ import annotations

from carecost.report import findings
from carecost.report.story import Story, story
from carecost.results.results import Results
from carecost.text import numbers
from tests.report.reading import Page, inaction_alone, run, two_scenarios


def test_opening_has_the_finding(told: Story) -> None:
    words = Page(findings.opening(told)).words
    saving = told.against["edge"].saving
    assert saving.central is not None
    children = numbers.children(saving.central.scenario.children[0, -1])
    assert f"{children} under edge (90% interval" in words
    assert f"{numbers.pounds(saving.central.npv()[0]).removesuffix('.0m')}" in words
    assert "pays back in 2027-28" in words and numbers.sentence(numbers.INTERVAL) in words


def test_warning_is_there_only_for_a_claim(told: Story) -> None:
    warned = Page(findings.opening(told))
    assert len([a for a in warned.all("div") if a.get("class") == "claim"]) == 1
    assert "Effects as claimed, not evidenced." in warned.words
    assert "The net present saving falls to zero at" in warned.words
    plain = Page(findings.opening(story(run(claim=False))))
    assert not plain.all("div") and "as claimed" not in plain.words


def test_opening_of_several_scenarios_names_each_in_its_warning() -> None:
    told = story(two_scenarios())
    words = Page(findings.opening(told)).words
    for name in told.against:
        assert f"{name}: Effects as claimed" in words
    assert "no interval was drawn" in words.lower()


def test_title_has_titles_of_few_scenarios_and_names_of_many(told: Story) -> None:
    about = "A set small enough to follow by hand"
    assert findings.title(told) == f"Edge of care, compared with inaction. {about}"
    assert findings.title(story(inaction_alone())) == f"Inaction. {about}"


def test_summary_table_has_every_row_of_the_story(told: Story) -> None:
    read = Page(findings.summaries(told))
    for row in told.against["edge"].rows:
        assert all(cell in read.words for cell in (row.what, row.central, row.interval, row.unit))
    assert told.against["edge"].footing in read.words


def test_summary_of_inaction_alone_is_its_own_and_against_nothing() -> None:
    words = Page(findings.summaries(story(inaction_alone()))).words
    assert "Children in care, 31 March 2031" in words and "against inaction" not in words


def test_spending_by_group_ends_with_the_total_of_the_table(results: Results, told: Story) -> None:
    words = Page(findings.spending(told)).words
    frame = results.costs()
    for scenario in results.scenarios:
        rows = frame[(frame["scenario"] == scenario) & (frame["quantile"] == "central")].set_index("year")["value"]
        for year in (2026, 2031):
            assert f"£{rows[year] / 1e6:.1f}m" in words


def test_outcomes_are_left_out_where_the_set_counts_none(told: Story) -> None:
    assert findings.outcomes(told) == ""
