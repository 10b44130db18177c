"""Does the chart of a lifetime cost show the rows, and refuse who never enters?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.plots import plot_lifetime_cost


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run("england-2025", years=2)


def test_bars_are_gross_and_the_line_is_cash(results: cc.Results) -> None:
    ax = plot_lifetime_cost(results, 12, "children's home")
    rows = results.lifetime_cost().query('age == 12 and placement == "children\'s home" and gross > 0')
    heights = np.array([bar.get_height() for bar in ax.patches])
    scale = rows["gross"].max() / heights.max()
    np.testing.assert_allclose(heights * scale, rows["gross"])
    np.testing.assert_allclose(np.asarray(ax.get_lines()[0].get_ydata()) * scale, rows["cashable"])
    assert "One child who enters at 12 in" in ax.get_title(loc="left")


def test_who_never_enters_is_refused(results: cc.Results) -> None:
    with pytest.raises(cc.CareCostError, match="age '18'"):
        plot_lifetime_cost(results, 18)
    with pytest.raises(cc.CareCostError, match="children's home"):
        plot_lifetime_cost(results, 12, "children's homes")
