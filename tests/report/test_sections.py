"""Sections on attribution to levers and on the business case: they show what the tables hold."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

import carecost as cc
from carecost import _labels
from carecost.report import sections
from carecost.report.headline import summary_row
from carecost.report.story import Story, story
from carecost.results.appraisal_tables import NPV
from carecost.text import numbers
from tests.report.reading import SETS, Page, edge, inaction_alone, run


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
    row = summary_row("", *(1e-9 * npv[column] for column in ("mean", "low", "high")), "£bn")
    full = summary_row("", 1e-9 * npv["central"], None, None, "£bn").value
    assert "Mean 80% interval If every effect were as stated" in read.words
    assert f"Net saving to the public purse {row.value} {row.interval} {full} " in read.words
    assert "Chance that it has paid back by 2030-31" in read.words and "Payback year, discounted" in read.words


def cells(of: Story, what: str) -> list[str]:
    """Cells of the first row of the business case that is called so: mean, interval, as stated, unit."""
    html = sections.appraisals(of)
    row = html[html.index(f">{what}</th>") :].partition("</tr>")[0]
    return re.sub(r"<[^>]+>", "", row.replace("</td>", "|")).removeprefix(f">{what}").split("|")[:-1]


def test_years_have_no_mean_and_what_has_no_cost_no_ratio(told: Story) -> None:
    made = told.against["edge"].appraisal
    years = np.nan_to_num(made.drawn.payback(discounted=True), nan=np.inf)  # what never comes is the latest
    low, high = np.quantile(years, (0.1, 0.9), method="inverted_cdf")
    central = made.central.payback(discounted=True)[0]
    interval = " to ".join(_labels.financial_year(year) for year in (low, high))
    assert cells(told, "Payback year, discounted") == ["", interval, _labels.financial_year(central), ""]
    assert cells(told, "Benefit-cost ratio, ratio of means")[0] == f"£{made.drawn.purse.bcr:.2f}"
    assert cells(told, "Year of peak funding")[0] == ""
    levers = (dataclasses.replace(edge().levers[0], paid_by=("none stated",)), edge().levers[1])
    unpaid = story(run(levers=levers))
    assert cells(unpaid, "Benefit-cost ratio, ratio of means") == ["none", "", "none", "for each £1"]


def test_a_year_of_the_stated_effects_is_no_mean_where_nearly_no_draw_pays_back() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    help_ = cc.Lever("help", [cc.Change("entry_rate", "scale", cc.Interval(-0.5, -0.6, -0.1), start=1)])
    saved = float(cc.run(tiny, cc.Scenario("help", [help_])).compare("help").cashable_saving().sum())
    amount = cc.Interval(0.9999 * saved, 0.999 * saved, 99 * saved, distribution="triangular", level=1.0)
    cost = cc.Change("unit_cost", "add", amount, unit="GBP per year", price_year=2025, items=["programme"], end=1)
    plan = cc.Scenario("rare", [help_, cc.Lever("cost", [cost])])
    told = story(cc.run(tiny, plan, draws=cc.Draws(40, seed=1)))
    assert told.against["rare"].appraisal.central.payback()[0] == 2031
    assert np.isnan(told.against["rare"].appraisal.drawn.payback()).mean() > 0.9
    assert cells(told, "Payback year, undiscounted") == ["", "", "2030-31", ""]


def test_case_section_without_draws_has_no_chances() -> None:
    words = Page(sections.appraisals(story(run(0)))).words
    assert "Net saving to the public purse" in words and "Chance that" not in words


def test_case_section_of_inaction_alone_is_empty() -> None:
    assert sections.appraisals(story(inaction_alone())) == ""
