"""Does the chart of baselines draw each of them, the default apart, and what others forecast?"""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

import carecost as cc
from carecost.errors import InputError
from carecost.plots import plot_baselines
from carecost.results.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return cc.run("england-2025", "care-review", years=6)


def test_panels_hold_a_line_a_baseline_and_a_dot_a_saving(results: Results) -> None:
    rows = results.baselines()
    panels = plot_baselines(results, table=rows).figure.axes
    assert len(panels) == 4
    names = {line.get_label() for line in panels[0].get_lines()}
    assert set(rows[~rows["default"]]["baseline"]) <= names and "default" in names
    (thick,) = (line for line in panels[0].get_lines() if line.get_label() == "default")
    own = rows[rows["default"] & (rows["what"] == "children in care")].drop_duplicates("year")
    np.testing.assert_allclose(thick.get_ydata(), own["value"])
    dots = next(line for line in panels[3].get_lines() if line.get_label() == "Reform, as claimed")
    assert len(dots.get_ydata()) == rows["baseline"].nunique()


def test_names_beside_the_dots_are_the_key_to_the_lines(results: Results) -> None:
    panels = plot_baselines(results).figure.axes
    names = [text.get_text() for text in panels[3].get_yticklabels()]
    assert "policy 2024-25" in names and "mix held" in names
    colours = [to_hex(mark.arrow_patch.get_edgecolor()) for mark in panels[3].texts if mark.arrow_patch is not None]
    lines = {str(line.get_label()).replace("-", " "): to_hex(line.get_color()) for line in panels[0].get_lines()}
    shown = dict(zip(names, colours, strict=True))
    assert all(shown[name] == colour for name, colour in lines.items() if name in shown)
    assert len(set(shown.values())) == 6


def test_forecasts_of_others_are_crosses(results: Results) -> None:
    crosses = [line for line in plot_baselines(results).get_lines() if line.get_marker() == "x"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in crosses] == [(2025, 95_000.0), (2030, 93_000.0)]


def test_a_table_of_something_else_is_refused(results: Results) -> None:
    with pytest.raises(InputError, match=r"no rows of .*Give results.baselines"):
        plot_baselines(results, table=results.baselines().assign(what="x"))
