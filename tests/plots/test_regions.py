"""The chart of regions shows the table of regions."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import carecost as cc


def test_regions_show_places_and_distance() -> None:
    found = cc.run_areas(cc.load_assumptions("england-2025"), years=1)
    ax = Figure(figsize=(10, 6), layout="constrained").add_subplot()
    assert cc.plots.plot_regions(found, ax=ax) is ax
    left, right = ax.figure.axes
    table = found.regions().iloc[:-1].sort_values("home_places_per_100")
    assert [label.get_text() for label in left.get_yticklabels()] == table["area"].tolist()
    np.testing.assert_allclose([b.get_width() for b in left.patches], table["home_places_per_100"])
    np.testing.assert_allclose([b.get_width() for b in right.patches], 100 * table["over_20_miles"])
    said = " ".join(" ".join([a.get_title(loc="left"), *(t.get_text() for t in a.texts)]) for a in (left, right))
    said = " ".join(said.split())
    for word in ("9 in London", "20 in East Midlands", "South West, 26%", "England 18%", "31 March 2023", "per cent"):
        assert word in said
