"""Does the chart of two settings show the cells of the table, and the line of thresholds?"""

from __future__ import annotations

import numpy as np

import carecost as cc
from carecost.plots import plot_two_way
from tests.plots.reading import words
from tests.results.test_two_way import DRAWS, PLAN, TINY


def test_chart_draws_the_cells_and_the_line() -> None:
    results = cc.run(TINY, PLAN, draws=DRAWS)
    ax = plot_two_way(results, "plan", scale={"fewer": [0.5, 1], "money": [0, 1000]})
    rows = results.two_way("plan", scale={"fewer": [0.5, 1], "money": [0, 1000]}).query("quantile == 'mean'")
    (mesh,) = ax.collections
    shown = np.asarray(mesh.get_array()).ravel()
    np.testing.assert_allclose(shown / np.abs(shown).max(), rows["value"] / rows["value"].abs().max())
    (line,) = (one for one in ax.get_lines() if one.get_label() == "Breaks even")
    np.testing.assert_allclose(line.get_xdata(), rows.drop_duplicates("first_value")["threshold"])
    assert ax.get_title(loc="left") == "plan: saves money in 2 of 4 cells"
    assert "mean of draws" in words(ax) and "Multipliers across: money, of its effect" in words(ax)


def test_what_does_nothing_has_no_line_of_thresholds() -> None:
    results = cc.run(TINY, PLAN, draws=DRAWS)
    settings = {"scale": {"fewer": [0], "money": [0]}}
    assert results.two_way("plan", **settings)["threshold"].isna().all()
    assert "breaks even between no two" in words(plot_two_way(results, "plan", **settings))
