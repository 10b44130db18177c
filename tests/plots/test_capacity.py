"""The chart of places shows children and places of each group, and says who runs out."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.plots import capacity
from tests.plots.reading import SETS


@pytest.fixture(scope="module")
def england() -> cc.Results:
    # With the mix of 2024-25 councils' own carers run out first.
    return cc.run(cc.under(cc.load_assumptions("england-2025-capacity"), "mix-held"))


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ([2026], "in 2025-26"),
        ([2027, 2028], "from 2026-27 to 2027-28"),
        ([2028, 2029, 2030], "from 2027-28"),
        ([2026, 2028], "in 2 years from 2025-26 to 2027-28"),
        ([2026, 2030], "in 2 years from 2025-26"),
    ],
)
def test_capacity_years_in_which_a_group_is_full_are_said(years: list[int], words: str) -> None:
    assert capacity.when(years, 2030) == words


def test_capacity_shows_children_places_and_who_runs_out(england: cc.Results) -> None:
    ax = cc.plots.plot_capacity(england, Figure(layout="constrained").add_subplot())
    table = england.capacity()
    rows = table[(table["scenario"] == "inaction") & (table["group"] == "foster in-house")]
    lines = {line.get_label(): line for line in ax.get_lines()}
    np.testing.assert_allclose(lines["foster in-house"].get_ydata(), rows["occupancy"])
    np.testing.assert_allclose(lines["_places, foster in-house"].get_ydata(), rows["places"])
    assert lines["_full, foster in-house"].get_xdata().tolist() == rows["year"][rows["redirected"] > 0].tolist()
    title = " ".join(ax.get_title(loc="left").split())
    assert "foster in-house is full from 2027-28 to 2034-35: 1,530 arrivals sent on" in title
    assert rows["year"][rows["redirected"] > 0].tolist() == list(range(2028, 2036))
    with pytest.raises(InputError, match="no limit to its places"):
        cc.plots.plot_capacity(cc.run(cc.load_assumptions(SETS / "tiny"), years=1))


def test_capacity_of_draws_is_their_mean_with_the_interval_shaded() -> None:
    results = cc.run(cc.load_assumptions("england-2025-capacity"), years=3, draws=cc.Draws(8, seed=1))
    ax = cc.plots.plot_capacity(results, Figure(layout="constrained").add_subplot())
    made = results.run.drawn["inaction"].capacity
    assert made is not None
    lines = {line.get_label(): line for line in ax.get_lines()}
    for g, group in enumerate(results.run.grid.labels("groups")):
        np.testing.assert_allclose(lines[group].get_ydata(), made.occupancy[:, :, g].mean(0), rtol=1e-12)
        np.testing.assert_allclose(lines[f"_places, {group}"].get_ydata(), made.places[:, :, g].mean(0), rtol=1e-12)
    ends = np.quantile(made.occupancy[:, -1], (0.1, 0.9), axis=0)
    shaded = [c.get_paths()[0].vertices for c in ax.collections]
    for (low, high), corners in zip(ends.T, shaded, strict=True):
        at_end = corners[np.isclose(corners[:, 0], results.run.grid.years[-1]), 1]
        np.testing.assert_allclose([at_end.min(), at_end.max()], [low, high], rtol=1e-12)


def test_capacity_of_an_unknown_scenario_is_refused_with_the_nearest(england: cc.Results) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'inaction'"):
        cc.plots.plot_capacity(england, scenario="inactoin")
