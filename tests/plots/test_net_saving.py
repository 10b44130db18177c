"""The chart of the net saving shows the yearly amounts and the running total of the comparison."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import carecost as cc
from carecost.errors import InputError
from carecost.results.results import Results
from carecost.text import numbers
from tests.plots.reading import SETS, line, words


def test_net_saving_bars_are_the_yearly_amounts(results: Results, ax: Axes) -> None:
    saving = results.compare("edge")
    assert cc.plots.plot_net_saving(saving, ax=ax) is ax
    cash, reform = ax.containers
    np.testing.assert_allclose([b.get_height() for b in cash], saving.cashable_saving().mean(0) / 1e6)
    np.testing.assert_allclose([b.get_height() for b in reform], -saving.reform_spend().mean(0) / 1e6)
    np.testing.assert_allclose(line(ax, "Net"), saving.net_saving().mean(0) / 1e6)
    assert reform[0].get_hatch()


def test_running_total_ends_at_the_net_present_saving(results: Results, ax: Axes) -> None:
    saving = results.compare("edge")
    lower = cc.plots.plot_net_saving(saving, ax=ax).figure.axes[-1]
    assert line(lower, "Running total")[-1] == pytest.approx(saving.npv().mean() / 1e6)
    (band,) = lower.collections
    ends = [v[1] for v in band.get_paths()[0].vertices if v[0] == saving.grid.years[-1]]
    npv = np.quantile(saving.npv(), (0.1, 0.9)) / 1e6
    np.testing.assert_allclose([min(ends), max(ends)], npv)
    (payback,) = [x for x in lower.get_lines() if x.get_label() == "Payback"]
    mean = np.cumsum((saving.net_saving() * saving.drawn.factors).mean(0))
    (stays,) = [y for i, y in enumerate(saving.grid.years) if (mean[i:] >= 0).all() and not (mean[i - 1 :] >= 0).all()]
    assert payback.get_xdata()[0] == stays


def test_net_saving_is_said_in_words(results: Results, ax: Axes) -> None:
    lower = cc.plots.plot_net_saving(results.compare("edge"), ax=ax).figure.axes[-1]
    said = words(ax)
    npv = results.compare("edge").npv()
    mean, low, high = (f"£{x / 1e6:.0f}m" for x in (npv.mean(), *np.quantile(npv, (0.1, 0.9))))
    assert f"Edge of care: pays back in 2027-28; net present saving of {mean} by 2030-31" in said
    assert f"Net present saving {mean} ({low} to {high})" in words(lower)
    paid = np.isfinite(results.compare("edge").payback_year(discounted=True)).mean()
    chance = f"It pays back in {numbers.chance(paid)} of runs in which the claims hold to within the stated range."
    assert chance in words(lower) and "Bars and line: mean. Band: 80% interval" in words(lower)
    assert "£m, 2024-25 prices" in said and "Reform spend: £10.6m in all" in said
    assert "Pays back in 2027-28" in words(lower)
    assert "luck of small numbers not included" in words(lower)
    assert "Edge of care: effects as claimed, not evidenced" in words(lower)
    assert "green-book-2026-02 standard" in words(lower)


def test_net_saving_that_never_pays_back_says_so(ax: Axes) -> None:
    spend = cc.Lever(
        "spend", [cc.Change("unit_cost", "add", 5e6, unit="GBP per year", price_year=2025, items=["programme"])]
    )
    results = cc.run(cc.load_assumptions(SETS / "tiny"), cc.Scenario("spend", [spend]))
    lower = cc.plots.plot_net_saving(results.compare("spend"), ax=ax).figure.axes[-1]
    assert re.match(r"spend: does not pay back by 2030-31; net present cost of £[\d.]+m", words(ax))
    assert not [x for x in lower.get_lines() if x.get_label() == "Payback"]
    assert "claimed" not in words(lower)


def test_net_saving_of_a_bare_comparison_is_refused(results: Results, ax: Axes) -> None:
    bare = results.compare("edge").drawn
    with pytest.raises(InputError, match=r"saving is a Comparison. Give what Results.compare"):
        cc.plots.plot_net_saving(bare, ax=ax)  # type: ignore[arg-type]


def test_net_saving_axes_at_a_place_of_their_own_are_cut_in_two(results: Results) -> None:
    figure = Figure()
    upper = cc.plots.plot_net_saving(results.compare("edge"), ax=figure.add_axes((0.1, 0.3, 0.8, 0.6)))
    places = [a.get_position() for a in figure.axes]
    assert len(places) == 2 and upper is figure.axes[0]
    assert places[1].y1 < places[0].y0 and places[1].y0 == pytest.approx(0.3)
