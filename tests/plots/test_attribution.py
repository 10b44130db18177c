"""The waterfall shows what each lever adds, down to the whole, and says what only spends and what is claimed."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

import carecost as cc
from carecost.analysis.attribution import attribution
from carecost.errors import UnknownNameError
from carecost.plots.attribution import size
from tests.plots.reading import SETS, words

TINY = cc.load_assumptions(SETS / "tiny")


def lever(name: str, parameter: str, operation: str, amount: float | cc.Interval, **rest: object) -> cc.Lever:
    if parameter == "unit_cost" and operation != "scale":
        rest.setdefault("price_year", 2025)
    return cc.Lever(name, [cc.Change(parameter, operation, amount, **rest)])


def many(n: int) -> cc.Scenario:
    levers = [
        lever(f"{i}", ("entry_rate", "exit_rate")[i % 2], "scale", cc.Interval(-0.1 - 0.02 * i, -0.4, -0.05))
        for i in range(n)
    ]
    return cc.Scenario("many", levers)


@pytest.mark.parametrize("method", ["sequence", "alone", "shapley"])
def test_attribution_bars_go_from_nothing_to_the_whole(ax: Axes, method: str) -> None:
    made = cc.run(TINY, many(3), draws=cc.Draws(40))
    assert cc.plots.plot_attribution(made, "many", "averted", ax=ax, method=method, draws=30) is ax
    found = attribution(made.run, "many", draws=30)
    m = found.measure("averted")
    starts, adds = (np.array([getattr(b, f"get_{what}")() for b in ax.patches]) for what in ("x", "width"))
    np.testing.assert_allclose(adds[:3], getattr(found.central, method)[0, :, m])
    np.testing.assert_allclose(starts[1:-1], np.cumsum(adds[:-2]))
    np.testing.assert_allclose([starts[0], starts[-1]], 0)
    np.testing.assert_allclose([adds[-1], adds[:-1].sum()], found.central.whole[0, m])
    lines = [line for line in ax.get_lines() if line.get_label() == "Interval"]
    assert found.drawn is not None
    drawn = getattr(found.drawn, method)[:, 1, m]
    np.testing.assert_allclose(np.asarray(lines[1].get_xdata()) - starts[1], np.quantile(drawn, (0.1, 0.9)))
    assert "Bars: as if every effect were as stated (the central run). Lines: 80% interval" in words(ax)
    assert "the first 30 of 40 draws" in words(ax) and "claimed" not in words(ax)


def test_attribution_says_what_only_spends_and_what_is_claimed(results: cc.Results, ax: Axes) -> None:
    cc.plots.plot_attribution(results, "edge", ax=ax)
    names = {label.get_text(): label.get_color() for label in ax.get_yticklabels()}
    assert list(names) == ["edge of care", "programme\n(spending only)", "All levers"]
    assert len(set(names.values())) == 2
    assert "Edge of care: net present saving of £63.0m; the levers simply add up" in words(ax)
    assert "Edge of care: effects as claimed, not evidenced." in words(ax) and "no interval is shown" in words(ax)
    with pytest.raises(UnknownNameError, match="Did you mean 'shapley'"):
        cc.plots.plot_attribution(results, "edge", ax=ax, method="shaply")
    with pytest.raises(UnknownNameError, match="Did you mean 'npv'"):
        cc.plots.plot_attribution(results, "edge", "npvv", ax=ax)


def test_attribution_chart_has_a_row_more_for_each_lever() -> None:
    assert size(5)[1] - size(4)[1] == pytest.approx(0.5) and size(5)[0] == size(4)[0]
