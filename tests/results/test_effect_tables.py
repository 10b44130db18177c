"""Do rows of required effects say what was tried, in which prices, and what would be needed?"""

from __future__ import annotations

from dataclasses import replace

import pytest

import carecost as cc
from carecost.analysis.required_effect import worths
from carecost.results import effect_tables
from carecost.results.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return cc.run("england-2025", "care-review", "family-help", years=8)


def test_rows_are_the_worths_with_their_prices(results: Results) -> None:
    frame = results.required_effects("care-review")
    made = worths(results.run, "care-review")
    assert frame["npv"].tolist() == [w.npv for w in made] and frame["lever"].tolist() == [w.lever for w in made]
    assert set(frame["price_year"]) == {2025} and set(frame["unit"]) == {"GBP"}
    assert frame["effect"].iloc[0] == "Entries to care (stream other; ages 10-17)"
    assert results.required_effects("family-help").empty
    assert list(results.required_effects("family-help", "family help")["stated"]) == [pytest.approx(-0.21, abs=0.01)]


def test_a_saved_run_holds_the_places_of_every_scenario(results: Results) -> None:
    saved = results.tables()["required_effects"]
    assert set(saved["scenario"]) == {"care-review"} and len(saved) == len(worths(results.run, "care-review"))
    assert "required_effects" not in cc.run("england-2025", "family-help", years=2, start=2026).tables()


def test_a_curve_is_rows_of_amounts(results: Results) -> None:
    frame = results.effect_curve("family-help", "family help", most=0.3)
    assert frame["amount"].iloc[0] == 0.0 and frame["amount"].iloc[-1] == pytest.approx(-0.3)
    assert frame["value"].is_monotonic_increasing and set(frame["basis"]) == {"real"}


def test_finding_says_worth_cost_and_need(results: Results) -> None:
    (worth,) = worths(results.run, "family-help", ("family help",))
    said = effect_tables.finding(replace(worth, npv=2e8, money=1e9, needed=-0.125))
    assert said == "1% less is worth £200m; it pays for its money at 12%"
    assert effect_tables.finding(replace(worth, npv=2e8, money=None)).endswith("nobody stated what it costs")
    assert "no effect of this kind pays for £1.00bn" in effect_tables.finding(
        replace(worth, npv=2e8, money=1e9, needed=None)
    )
