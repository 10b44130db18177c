"""The chart of authorities shows the table of them, in order."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

import carecost as cc
from carecost.errors import UnknownNameError

NAMES = ["Kent", "Leeds", "Rutland", "City of London"]


@pytest.fixture(scope="module")
def found() -> cc.AuthorityResults:
    return cc.run_authorities("england-2025", "family-help", years=4, draws=8, authorities=NAMES)


def words(ax: Axes) -> str:
    return " ".join(" ".join([ax.get_title(loc="left"), *(t.get_text() for t in ax.texts)]).split())


@pytest.mark.parametrize(
    ("measure", "scenario"), [("change", "inaction"), ("saving", "family-help"), ("rate", "inaction")]
)
def test_dots_are_the_summary_in_order(found: cc.AuthorityResults, ax: Axes, measure: str, scenario: str) -> None:
    assert cc.plots.plot_authorities(found, measure, ax=ax) is ax
    table = found.summary().query("scenario == @scenario and children >= 20")
    wanted = {
        "change": 100 * (table["children_ahead"] / table["children"] - 1),
        "saving": table["saving"] / table["children"] / 1e3,
        "rate": table["rate"],
    }[measure]
    (dots,) = [line for line in ax.get_lines() if line.get_label() == measure]
    np.testing.assert_allclose(dots.get_ydata(), np.sort(wanted), rtol=1e-9)
    said = words(ax)
    order = table.assign(value=wanted).sort_values("value")["authority"]
    assert order.iloc[0] in said and order.iloc[-1] in said and "City of London" not in said
    assert ("not evidenced" in said) == (measure == "saving")


def test_named_authorities_are_written(found: cc.AuthorityResults, ax: Axes) -> None:
    cc.plots.plot_authorities(found, named="Leeds", ax=ax)
    assert "Leeds" in [t.get_text().strip() for t in ax.texts]
    with pytest.raises(UnknownNameError, match="Did you mean 'Leeds'"):
        cc.plots.plot_authorities(found, named="Leds", ax=ax)
    with pytest.raises(UnknownNameError, match="scenario"):
        cc.plots.plot_authorities(found, "saving", scenario="inaction", ax=ax)
