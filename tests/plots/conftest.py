"""Runs of the tiny set and axes to draw on; no window is ever opened."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import carecost as cc

matplotlib.use("Agg")
SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="session")
def results() -> cc.Results:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, draws=cc.Draws(60, seed=1))


@pytest.fixture(scope="session")
def central() -> cc.Results:
    return cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"))


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 7), layout="constrained").add_subplot()
