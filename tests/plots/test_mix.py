"""Do the panels of the mix sum to all children in care, and span as many children each?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.plots import plot_mix
from carecost.results.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return cc.run("england-2025", "care-review", draws=8, years=12)


def test_panels_sum_to_all_children_in_care_and_span_alike(results: Results) -> None:
    panels = plot_mix(results).figure.axes
    assert len(panels) == 3
    sums = np.sum([panel.get_lines()[1].get_ydata() for panel in panels], axis=0)
    np.testing.assert_allclose(sums, results.run.shown["care-review"].in_care(results.run.grid)[0].mean(0)[:11])
    spans = [panel.get_ylim()[1] - panel.get_ylim()[0] for panel in panels]
    np.testing.assert_allclose(spans, spans[0])


def test_shares_sum_to_one(results: Results) -> None:
    panels = plot_mix(results, shares=True).figure.axes
    np.testing.assert_allclose(np.sum([panel.get_lines()[0].get_ydata() for panel in panels], axis=0), 1.0)


def test_lines_are_named_once_under_the_finding_and_not_where_a_page_says_so(results: Results) -> None:
    panels = plot_mix(results).figure.axes
    (key,) = (panel.get_legend() for panel in panels if panel.get_legend() is not None)
    assert [text.get_text() for text in key.get_texts()] == ["No reform", "Reform, as claimed"]
    assert any("Without reform," in text.get_text() for text in panels[0].texts)
    bare = plot_mix(results, bare=True).figure.axes
    assert not any(panel.get_legend() for panel in bare)
    assert not any("Without" in text.get_text() for text in bare[0].texts)
