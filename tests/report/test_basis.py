"""Sections on what the numbers rest on: levers, scope, limits, assumptions, provenance."""

from __future__ import annotations

import dataclasses

import carecost as cc
from carecost.report import basis
from carecost.report.story import Story, story
from carecost.text import numbers, statements
from tests.report.reading import SETS, Page, edge, inaction_alone, run, two_scenarios


def test_every_assumption_is_there_with_its_source(told: Story) -> None:
    read = Page(basis.beliefs(told))
    assert read.open == []
    for row in told.assumptions.rows:
        assert row.belief.source in read.words
        assert all(cell in read.words for cell in statements.assumption(row))
    for item in told.assumptions.items:
        assert item.name in read.words
    for meaning in ("official and direct", "recalled, assumed or claimed"):
        assert meaning in read.words


def test_notes_of_the_set_are_there(told: Story) -> None:
    words = Page(basis.notes(told)).words
    for note in told.assumptions.notes:
        assert all(word in words for word in (note.what, *note.says))
    assert "intervals hold parameter uncertainty only" in words


def test_scope_says_inaction_spending_prices_and_discounting(told: Story) -> None:
    words = Page(basis.scope(told)).words
    for word in (told.assumptions.inaction, told.assumptions.scope, "2024-25", "hmt-2026-03"):
        assert word in words
    assert "green-book-2026-02 standard" in words and "3.5% to year 30" in words


def test_scope_has_the_present_value_at_every_schedule_and_timing(told: Story) -> None:
    words = Page(basis.scope(told)).words
    for rows in told.against["edge"].present_values.values():
        means = rows[rows["quantile"] == "mean"]
        assert len(means) == 3
        for schedule, value in zip(means["discount"], means["value"], strict=True):
            assert schedule in words and numbers.pounds(value) in words
    assert "Net saving to the public purse, mean over draws, by discount rates" in words
    plain = Page(basis.scope(story(two_scenarios()))).words
    assert "Net saving to the public purse, central run, by discount rates" in plain


def test_the_luck_of_small_numbers_is_left_out_only_where_it_was_not_drawn(told: Story) -> None:
    left = "The luck of small numbers: intervals hold parameter uncertainty only"
    assert left in Page(basis.notes(told)).words
    lucky = cc.run(cc.load_assumptions(SETS / "tiny"), years=1, draws=cc.Draws(4, seed=1, noise=True))
    assert left not in Page(basis.notes(story(lucky))).words


def test_one_luck_of_levers_is_said_beside_each(told: Story) -> None:
    tied = tuple(dataclasses.replace(lever, luck="all claims") for lever in edge().levers)
    words = Page(basis.levers(story(run(0, levers=tied)))).words
    assert words.count("One luck with every part that names it: all claims.") == 2
    assert "One luck" not in Page(basis.levers(told)).words


def test_scope_of_inaction_alone_has_no_present_values() -> None:
    assert not Page(basis.scope(story(inaction_alone()))).all("table")


def test_levers_are_written_out(told: Story) -> None:
    words = Page(basis.levers(told)).words
    for word in ("Entries to care (stream other)", "−30%", "−50% to −10% (90%)", "from 2026-27, in full from 2028-29"):
        assert word in words
    for word in ("+£3m per year, 2021-22 prices", "from 2025-26, until 2027-28", "made up for tests. Grade E"):
        assert word in words


def test_levers_of_inaction_alone_are_said_to_be_none() -> None:
    assert "there is no programme" in basis.levers(story(inaction_alone()))


def test_provenance_has_every_field(told: Story) -> None:
    words = Page(basis.provenance(told)).words
    for value in told.provenance.as_dict().values():
        assert str(value) in words
