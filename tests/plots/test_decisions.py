"""Do the charts of decisions show what the tables say?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.plots import plot_ceac, plot_evppi, plot_expected_loss
from carecost.text import numbers

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> cc.Results:
    """Two ways that compete: a small sure effect, and a greater one that may fail."""
    amount = cc.Interval(-0.2, -0.5, 0.1, 1.0, "uniform")
    bold = cc.Lever("bold", [cc.Change("entry_rate", "scale", amount)], basis="claimed")
    shy = cc.Lever("shy", [cc.Change("entry_rate", "scale", -0.15)])
    tiny = cc.load_assumptions(SETS / "tiny")
    return cc.run(tiny, cc.Scenario("bold", [bold], "The bold way"), cc.Scenario("shy", [shy]), years=4, draws=100)


def test_curves_are_the_table_and_marks_the_frontier(results: cc.Results) -> None:
    ax = plot_ceac(results, values=[0.0, 2e4, 1e5])
    rows = results.ceac([0.0, 2e4, 1e5])
    *curves, marks = ax.get_lines()
    for line, (name, own) in zip(curves, rows.groupby("name", sort=False), strict=True):
        assert line.get_label() == results.run.scenarios[str(name)].heading
        np.testing.assert_allclose(line.get_ydata(), own["chance_best"] * 100)
    best = rows[rows["best"]]
    np.testing.assert_allclose(marks.get_ydata(), best["chance_best"] * 100)
    assert results.run.scenarios[best["name"].iloc[0]].heading in ax.get_title(loc="left")
    assert "claimed" in " ".join(t.get_text() for t in ax.texts)


def test_options_are_named_by_their_headings(results: cc.Results) -> None:
    title = " ".join(plot_ceac(results, values=[0.0, 1.0]).get_title(loc="left").split())
    assert title.startswith("Best on average: The bold way, at every value shown (in ")
    key = plot_expected_loss(results, values=[0.0, 2e4]).get_legend()
    assert key is not None
    names = [text.get_text() for text in key.get_texts()]
    assert names[:2] == ["No reform", "The bold way"]


def test_lowest_loss_is_the_worth_of_knowing_everything(results: cc.Results) -> None:
    ax = plot_expected_loss(results, values=[0.0, 2e4])
    *losses, least = (np.asarray(line.get_ydata()) for line in ax.get_lines())
    np.testing.assert_allclose(least, np.min(losses, axis=0))
    worth = results.evpi([0.0, 2e4])["evpi"].to_numpy()
    np.testing.assert_allclose(least / least[0], worth / worth[0])
    assert numbers.pounds(float(worth[0])) in ax.get_title(loc="left").replace("\n", " ")


def test_bars_are_the_worths_of_what_can_change_the_choice(results: cc.Results) -> None:
    rows = results.evppi()
    some = rows[rows["evppi"] > 0].head(4)
    ax = plot_evppi(results, most=4)
    widths = np.array([bar.get_width() for bar in ax.patches])
    np.testing.assert_allclose(widths / widths[0], some["evppi"] / some["evppi"].iloc[0])
    assert "“lever bold" in ax.get_title(loc="left").replace("\n", " ")
    said = " ".join(t.get_text() for t in ax.texts).replace("\n", " ")
    assert "cannot change the choice" in said and "claimed" in said


def test_options_of_which_one_is_always_best_have_no_bars(results: cc.Results) -> None:
    with pytest.raises(cc.CareCostError, match="can change the choice"):
        plot_evppi(results, scenarios=["shy"], value=1e6)
