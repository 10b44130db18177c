"""The tornado shows the trials of the log, from the central run to both ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import carecost as cc
from carecost import quality
from carecost.errors import InputError
from tests.plots.reading import SETS, words

TINY, EDGE = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")


@pytest.fixture(scope="module")
def log() -> quality.AssumptionsLog:
    return quality.assumptions_log(TINY, EDGE)


def test_sensitivity_bars_go_from_the_central_run_to_both_ends(log: quality.AssumptionsLog) -> None:
    ax = Figure(figsize=(8.4, 7.4), layout="constrained").add_subplot()
    assert cc.plots.plot_sensitivity(log, ax) is ax
    swings = sorted((t for t in log.trials if t.swing is not None), key=lambda t: -float(t.swing or 0))
    low, high = ax.containers
    assert [c.get_label() for c in (low, high)] == ["Low end", "High end"]
    for bars, ends in ((low, [t.low for t in swings]), (high, [t.high for t in swings])):
        np.testing.assert_allclose([b.get_x() + b.get_width() for b in bars], np.array(ends, dtype=float) / 1e6)
    assert low[0].get_hatch() and not high[0].get_hatch()
    said = words(ax)
    assert f"{log.run.scenarios['edge'].heading}: the net present saving moves most with edge of care" in said
    assert "£m, 2024-25 prices" in said and "effects as claimed, not evidenced" in said
    assert "Home: unit costs £6,000 to £8,200 (90%), grade E" in said


def test_sensitivity_of_a_few_draws_the_greatest_bars(log: quality.AssumptionsLog) -> None:
    ax = cc.plots.plot_sensitivity(log, Figure(layout="constrained").add_subplot(), most=2)
    assert len(ax.containers[0]) == 2
    others = sum(t.swing is not None for t in log.trials) - 2
    assert f"{others} more assumptions have an interval" in words(ax)


def test_sensitivity_without_an_interval_is_refused() -> None:
    known = tuple(replace(r, belief=replace(r.belief, low=None, high=None)) for r in TINY.rows)
    spend = replace(EDGE, levers=EDGE.levers[1:])
    with pytest.raises(InputError, match="no assumption has an interval"):
        cc.plots.plot_sensitivity(quality.assumptions_log(replace(TINY, rows=known), spend))
