"""Does the chart of a required effect show the curve, what is needed, and the studies?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.plots import plot_required_effect
from carecost.results.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return cc.run("england-2025", "family-help", "child-protection", years=20)


def test_the_line_is_the_curve_and_the_need_is_marked(results: Results) -> None:
    ax = plot_required_effect(results, "family-help", "family help")
    rows = results.effect_curve("family-help", "family help")
    line = ax.get_lines()[0]
    np.testing.assert_allclose(line.get_xdata(), rows["amount"] * 100)
    np.testing.assert_allclose(np.asarray(line.get_ydata()) * 1e9, rows["value"])
    needed = results.required_effects("family-help", "family help")["needed"].iloc[0] * 100
    (mark,) = (one for one in ax.get_lines() if one.get_label() == "Needed")
    assert mark.get_xdata()[0] == pytest.approx(needed)
    said = " ".join(t.get_text() for t in ax.texts) + ax.get_title(loc="left")
    assert "(claimed)" in said and "(measured)" in said
    assert "their height says nothing" in " ".join(said.split())


def test_names_of_studies_are_whole_where_there_is_room(results: Results) -> None:
    said = [t.get_text() for t in plot_required_effect(results, "family-help", "family help").texts]
    studies = [text for text in said if text.endswith(("(claimed)", "(measured)"))]
    assert len(studies) > 1 and not any("…" in text for text in studies)


def test_studies_that_lean_the_other_way_are_on_the_chart(results: Results) -> None:
    ax = plot_required_effect(results, "child-protection", "child protection")
    found = [one for one in ax.get_lines() if one.get_marker() == "D"]
    assert [one.get_xdata()[0] for one in found] == [pytest.approx(25.0)]
    left, right = ax.get_xlim()
    assert left == pytest.approx(25.0) and right < 0


def test_studies_beyond_the_amounts_stand_at_their_end_and_say_where_they_are() -> None:
    # In three years nothing acts, so that no amount leans another way.
    ax = plot_required_effect(
        cc.run("england-2025", "child-protection", years=3), "child-protection", "child protection"
    )
    assert any(text.get_text().endswith("(measured; at 25%)") for text in ax.texts)
    edge = max(ax.get_xlim())
    assert [one.get_xdata()[0] for one in ax.get_lines() if one.get_marker() == "D"] == [pytest.approx(edge)]
