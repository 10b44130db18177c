"""The page of one authority: screen and HTML say the same, and what they say is what the run and the tables give."""

from __future__ import annotations

import re

import pytest

import carecost as cc
from carecost.report.authority import AuthorityStory
from carecost.results.authority_tables import beside
from carecost.text import numbers

ENGLAND = cc.load_assumptions("england-2025")


@pytest.fixture(scope="module")
def story() -> AuthorityStory:
    kent = cc.load_assumptions("england-2025/Kent")
    results = cc.run(kent, "family-help", "family-help-evidenced", years=4, draws=cc.Draws(10, seed=1, noise=True))
    return AuthorityStory(results, ENGLAND)


def test_screen_and_page_have_every_part(story: AuthorityStory) -> None:
    screen, page = story.screen(), story.page()
    for part in story.parts():
        assert f">{part.title}<" in page
        assert (part.title in screen) == (part.name != "rules")
    assert "<svg" in page and "http" not in re.sub(r'xmlns\S*="[^"]*"', "", page.split("</svg>")[-1])
    assert max(map(len, screen.splitlines())) <= 110


def test_the_numbers_are_those_of_the_tables(story: AuthorityStory) -> None:
    row = beside(story.one, story.known.all).iloc[0]
    (first, *_) = story.parts()
    assert first.rows[0][:3] == ("Kent", f"{row['rate']:.0f}", f"{row['started']:.0f}")
    assert len(first.rows) == 13
    children = story.run.shown["inaction"].in_care(story.run.grid)[0][:, -1]
    assert numbers.children(float(children.mean())) in story.title
    assert f"{story.run.scenarios['family-help'].heading}: effects as claimed, not evidenced" in story.screen()


def test_what_it_rests_on_is_said(story: AuthorityStory) -> None:
    said = story.screen()
    weight = numbers.percent(story.one.figures["weight of own starts"])
    for words in (weight, "2,343", "3,226", "chosen on outturns to 2020", "luck of small numbers"):
        assert words in said


def test_without_draws_there_is_no_interval_and_a_missing_spend_is_said() -> None:
    wandsworth = AuthorityStory(cc.run("england-2025/Wandsworth", years=1), ENGLAND)
    said = wandsworth.screen()
    assert "has published no spend" in said and " to " not in wandsworth.title
    assert [part.name for part in wandsworth.parts()] == ["beside", "spend", "ahead", "rests", "rules"]
