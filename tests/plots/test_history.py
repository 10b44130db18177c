"""Does the chart with history show the record, the projections, and what others forecast?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.files.packaged import history, published_forecasts
from carecost.plots import plot_history
from carecost.plots.history import CLAIMED, MEASURED, NONE, finding, looks
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> Results:
    return cc.run("england-2025", "care-review", "care-review-evidenced", draws=8, years=12)


def test_outturn_is_the_record_and_projections_are_means(results: Results) -> None:
    ax = plot_history(results)
    lines = {str(line.get_label()): line for line in ax.get_lines()}
    past = dict(history("england"))
    assert list(lines["outturn"].get_xdata()) == list(past) and list(lines["outturn"].get_ydata()) == list(
        past.values()
    )
    for name in results.scenarios:
        children = results.run.shown[name].in_care(results.run.grid)[0].mean(0)[:11]
        np.testing.assert_allclose(lines[name].get_ydata(), children)
    ends = {(line.get_xdata()[-1], line.get_ydata()[-1]) for line in ax.get_lines()}
    told = [(int(f["year"]), float(f["value"])) for f in published_forecasts() if f["what"] == "children in care"]
    assert set(told) <= ends


def test_a_claim_is_always_plum_and_what_was_measured_green(results: Results) -> None:
    assert list(looks(results).values()) == [NONE, CLAIMED, MEASURED]


def test_a_set_without_a_record_begins_at_its_base_date() -> None:
    results = cc.run(SETS / "tiny", SETS / "edge.toml")
    ax = plot_history(results)
    assert "outturn" not in [line.get_label() for line in ax.get_lines()]
    assert finding(results).startswith("Without reform, children in care")


def test_finding_says_since_when_children_fell(results: Results) -> None:
    assert finding(results) == "Children in care have fallen since 2023; the best-known forecasts all had them rising"
