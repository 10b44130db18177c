"""Does the chart of baselines draw each of them, the default apart, and what others forecast?"""

from __future__ import annotations

import numpy as np
import pytest

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


def test_forecasts_of_others_are_crosses(results: Results) -> None:
    crosses = [line for line in plot_baselines(results).get_lines() if line.get_marker() == "x"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in crosses] == [(2025, 95_000.0), (2030, 93_000.0)]


def test_a_table_of_something_else_is_refused(results: Results) -> None:
    with pytest.raises(InputError, match=r"no rows of .*Give results.baselines"):
        plot_baselines(results, table=results.baselines().assign(what="x"))
