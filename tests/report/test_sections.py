"""Sections on attribution to levers and on the business case: they show what the tables hold."""

from __future__ import annotations

from carecost.report import sections
from carecost.report.headline import summary_row
from carecost.report.story import Story, story
from carecost.results.appraisal_tables import NPV
from carecost.text import numbers
from tests.report.reading import Page, edge, inaction_alone, run


def test_lever_section_has_every_lever_and_the_whole(told: Story) -> None:
    read = Page(sections.levers(told))
    assert read.open == [] and len(read.all("table")) == 2 and len(read.all("svg")) == 1
    for lever in told.against["edge"].plan.levers:
        assert lever.name in read.words
    npv = told.against["edge"].attribution["npv"].iloc[-1]
    assert npv["lever"] == "all levers" and numbers.pounds(1e9 * npv["alone"]) in read.words


def test_lever_section_is_empty_for_one_lever_and_for_inaction_alone() -> None:
    assert sections.levers(story(run(0, levers=edge().levers[:1]))) == ""
    assert sections.levers(story(inaction_alone())) == ""


def test_case_section_shows_the_appraisal_and_who_pays(told: Story) -> None:
    read = Page(sections.appraisals(told))
    assert read.open == [] and len(read.all("table")) == 1 and len(read.all("svg")) == 1
    npv = told.against["edge"].appraisal.table().set_index("what").loc[NPV]
    row = summary_row("", *(1e-9 * npv[column] for column in ("central", "low", "high")), "£bn")
    assert f"Net present saving to the public purse {row.central} " in read.words and f" {row.interval} " in read.words
    assert "Chance that it has paid back by 2030-31" in read.words and "Payback year, discounted" in read.words


def test_case_section_without_draws_has_no_chances() -> None:
    words = Page(sections.appraisals(story(run(0)))).words
    assert "Net present saving to the public purse" in words and "Chance that" not in words


def test_case_section_of_inaction_alone_is_empty() -> None:
    assert sections.appraisals(story(inaction_alone())) == ""
