"""The chart of children shows the lines and bands of the run, and says what they are; never pixels."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

import carecost as cc
from carecost.errors import UnknownNameError
from carecost.plots import _figure
from carecost.results.results import Results
from carecost.text import numbers
from tests.plots.reading import SETS, line, words


def expected(results: Results, scenario: str, quantile: str) -> np.ndarray:
    frame = results.children()
    rows = frame[(frame["scenario"] == scenario) & (frame["quantile"].astype(str) == quantile)]
    return rows.sort_values("date")["value"].to_numpy()


def test_children_lines_are_the_mean_of_the_draws(results: Results, central: Results, ax: Axes) -> None:
    assert cc.plots.plot_children(results, ax=ax) is ax
    for scenario in ("inaction", "edge"):
        shown = results.run.side(scenario, results.run.shown[scenario]).children
        np.testing.assert_allclose(line(ax, scenario), shown.mean(0))
    assert ax.get_ylim()[0] == 0
    alone = cc.plots.plot_children(central, ax=Figure().add_subplot())
    np.testing.assert_allclose(line(alone, "edge"), expected(central, "edge", "central"))


def test_children_bands_are_the_interval(results: Results, ax: Axes) -> None:
    cc.plots.plot_children(results, ax=ax)
    bands = [c for c in ax.collections if isinstance(c, PolyCollection)]
    for band, scenario in zip(bands, ("inaction", "edge"), strict=True):
        corners = band.get_paths()[0].vertices
        shown = results.run.side(scenario, results.run.shown[scenario]).children
        low, high = np.quantile(shown, (0.1, 0.9), axis=0)
        for date, a, b in zip(results.run.grid.dates, low, high, strict=True):
            heights = corners[np.isclose(corners[:, 0], date), 1]
            np.testing.assert_allclose([heights.min(), heights.max()], [a, b])


def test_children_are_said_in_words(results: Results, ax: Axes) -> None:
    said = words(cc.plots.plot_children(results, ax=ax))
    ends = [round(expected(results, name, "mean")[-1]) for name in ("inaction", "edge")]
    assert f"Children in care: {ends[0]} (No reform), {ends[1]} (Edge of care) by 31 March 2031" in said
    assert "Lines: mean. Bands: 80% interval (four chances in five): parameter uncertainty, as stated" in said
    assert "luck of small numbers not included" in said
    low, high = (numbers.children(expected(results, "edge", q)[-1]) for q in ("0.1", "0.9"))
    assert f"Edge of care {ends[1]} ({low} to {high})" in said
    assert "Edge of care: effects as claimed, not evidenced" in said
    assert "60 draws" in said and "tiny" in said


def test_children_of_a_central_run_have_no_interval(central: Results, ax: Axes) -> None:
    said = words(cc.plots.plot_children(central, ax=ax))
    assert "no interval was drawn" in said and "80%" not in said and "ean" not in said.partition("Number of")[2]
    assert not ax.collections


def test_children_without_a_claim_have_no_warning(results: Results, ax: Axes) -> None:
    assert "claimed" not in words(cc.plots.plot_children(results, ax=ax, scenarios=["inaction"]))


def test_children_of_many_scenarios_leave_the_title_short(ax: Axes) -> None:
    edge = cc.load_scenario(SETS / "edge.toml")
    more = [edge, edge.delayed(1), edge.scaled(0.5)]
    cc.plots.plot_children(cc.run(cc.load_assumptions(SETS / "tiny"), *more), ax=ax)
    assert re.match(r"Children in care: from [\d,]+ \(Edge of care\) to [\d,]+ \(No reform\)", words(ax))


def test_children_lines_differ_without_colour(results: Results, ax: Axes) -> None:
    cc.plots.plot_children(results, ax=ax)
    drawn = [x for x in ax.get_lines() if x.get_label() in ("inaction", "edge")]
    assert len({str(x._dash_pattern) for x in drawn}) == 2  # get_linestyle says "--" of every pattern of dashes
    assert len({str(_figure.look(i).line) for i in range(6)}) == 6


@pytest.mark.parametrize("size", [(8.4, 5.4), (4.5, 4.0)])
def test_children_words_lie_neither_over_others_nor_outside(results: Results, size: tuple[float, float]) -> None:
    figure = Figure(figsize=size, layout="constrained")
    ax = cc.plots.plot_children(results, ax=figure.add_subplot())
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in [*ax.texts, ax.title, *ax.get_xticklabels()] if t.get_text()]
    clashes = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
    assert not clashes
    assert min(b.y0 for b in boxes) >= 0 and min(b.x0 for b in boxes) >= 0
    assert max(b.x1 for b in boxes) <= figure.bbox.x1 and max(b.y1 for b in boxes) <= figure.bbox.y1


def test_children_of_an_unknown_scenario_are_refused_with_the_nearest(results: Results, ax: Axes) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        cc.plots.plot_children(results, ax=ax, scenarios=["edg"])


def test_a_scenario_has_one_colour_in_every_chart() -> None:
    results = cc.run("england-2025", "care-review", "care-review-evidenced", years=3)
    drawn = cc.plots.plot_children(results, ax=Figure().add_subplot())
    for other in (cc.plots.plot_history, cc.plots.plot_mix):
        ax = other(results, ax=Figure().add_subplot())
        for name in results.scenarios:
            mine, theirs = (next(x for x in one.get_lines() if x.get_label() == name) for one in (drawn, ax))
            assert mine.get_color() == theirs.get_color()
            assert mine._unscaled_dash_pattern == theirs._unscaled_dash_pattern
