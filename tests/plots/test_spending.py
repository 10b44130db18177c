"""Charts of spending by group, of the net saving by payer, and of price, volume and mix show their tables."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.results.results import Results
from carecost.text import numbers
from tests.plots.reading import words

# Spending by group


@pytest.mark.parametrize("by", ["group", "item", "account", "payer"])
def test_costs_areas_add_up_to_the_spend(results: Results, ax: Axes, by: str) -> None:
    assert cc.plots.plot_costs(results, "edge", ax=ax, by=by) is ax
    frame = results.costs()
    total = frame[(frame["scenario"] == "edge") & (frame["quantile"] == "mean")]["value"].to_numpy()
    top = np.max([c.get_paths()[0].vertices[:, 1].max() for c in ax.collections])
    assert top == pytest.approx(total.max() / 1e6)
    assert len(ax.collections) == results.costs(by=[by])[by].nunique()
    drawn = results.run.shown["edge"].costs.public_spend.mean(0)
    np.testing.assert_allclose(total, drawn, rtol=1e-12)
    assert f"Edge of care: spend falls from £{drawn[0] / 1e6:.0f}m in 2025-26 to £{drawn[-1] / 1e6:.0f}m in" in words(
        ax
    )
    assert "Mean; no interval is shown." in words(ax)
    assert "effects as claimed, not evidenced" in words(ax)


def test_costs_of_reform_are_kept_and_small_groups_are_put_together(
    results: Results, ax: Axes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carecost.plots.spending.MOST_GROUPS", 3)
    cc.plots.plot_costs(results, "edge", ax=ax)
    assert [c.get_label() for c in ax.collections] == ["residential", "all other", "reform"]


def test_costs_of_unknown_names_are_refused_with_the_nearest(results: Results, ax: Axes) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        cc.plots.plot_costs(results, "egde", ax=ax)
    with pytest.raises(UnknownNameError, match="group"):
        cc.plots.plot_costs(results, "edge", ax=ax, by="grop")


# Net saving by payer


def test_payers_bars_are_the_net_saving_of_each(results: Results, ax: Axes) -> None:
    made = results.appraisal("edge")
    assert cc.plots.plot_payers(made, ax) is ax
    for bars, payer in zip(ax.containers, ("council", "department"), strict=True):
        part = made.drawn.payers[payer]
        wanted = (np.asarray(part.benefits) - part.costs).mean(0) / 1e6
        np.testing.assert_allclose([b.get_height() for b in bars], wanted)  # type: ignore[attr-defined]
        assert bars.get_label() == payer
    said = words(ax)
    assert "department pays" in said and "council saves" in said and "Optimism bias: none" in said
    assert "Means, against no reform: cashable saving less reform spend." in said
    worth = numbers.pounds(made.drawn.payers["council"].npv.mean(), numbers.money_scale(*(
        p.npv.mean() for p in made.drawn.payers.values()
    )))  # fmt: skip
    assert f"council saves {worth}" in said
    assert "effects as claimed, not evidenced" in said


def test_more_payers_than_can_be_told_apart_are_refused(
    results: Results, ax: Axes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carecost.plots.spending.MOST_PAYERS", 1)
    with pytest.raises(InputError, match="there are 2 payers"):
        cc.plots.plot_payers(results.appraisal("edge"), ax)


# Price, volume and mix


def changed(ax: Axes) -> dict[str, dict[str, float]]:
    """Width of each bar of a chart of a change, by part and item."""
    names = [text.get_text() for text in ax.get_yticklabels()]
    bars = {c.get_label(): [bar.get_width() for bar in c] for c in ax.containers}
    return {part: dict(zip(names, widths, strict=True)) for part, widths in bars.items()}


@pytest.mark.parametrize("of", ["placement", "residential", "provider"])
def test_bars_of_a_change_are_its_parts_and_the_diamonds_their_sum(of: str, ax: Axes) -> None:
    history = cc.spending_history(of)
    assert cc.plots.plot_price_volume_mix(history, ax=ax) is ax
    bars = changed(ax)
    assert list(bars) == ["volume", "mix", "price"]
    for part, widths in bars.items():
        for item, value in zip(history["item"], history[part].fillna(0.0), strict=True):
            assert widths[item] == pytest.approx(value / 1e9, abs=1e-9)
        assert widths["All"] == pytest.approx(history[part].sum() / 1e9, abs=1e-9)
    (sums,) = [x for x in ax.get_lines() if x.get_label() == "sum"]
    assert sums.get_xdata()[0] == pytest.approx((history["spend"] - history["baseline_spend"]).sum() / 1e9)


def test_a_change_is_said_in_words(ax: Axes) -> None:
    said = words(cc.plots.plot_price_volume_mix(cc.spending_history("provider", "cash"), ax=ax))
    assert "Spending rises by £2.46bn: volume £0.47bn, mix £0.15bn, price £1.84bn" in said
    assert "2015-16 to 2022-23, £bn, cash" in said and "Source: s251_lines.csv" in said


def test_the_change_of_a_claimed_scenario_says_so(results: Results, ax: Axes) -> None:
    rows = results.price_volume_mix("edge", year=2027)
    said = words(cc.plots.plot_price_volume_mix(rows, ax=ax))
    assert "edge against no reform, 2026-27" in said and "prices of 2024-25, deflator hmt-2026-03" in said
    assert "edge: effects as claimed, not evidenced." in said
    bars = changed(ax)
    saving = results.compare("edge")
    change = (saving.reform_spend() - saving.gross_saving())[:, 1].mean()
    assert sum(w["All"] for w in bars.values()) * 1e6 == pytest.approx(change)
    assert set(bars) == {"volume", "mix", "reform spend"}  # the lever changes no price


def test_small_items_of_a_change_are_drawn_together(ax: Axes) -> None:
    run = cc.run(cc.load_assumptions("england-2025"), years=3)
    rows = run.price_volume_mix("inaction", since=2026)
    bars = changed(cc.plots.plot_price_volume_mix(rows, ax=ax))
    assert len(bars["price"]) == 8 and "all other" in bars["price"]
    assert sum(bars["price"].values()) == pytest.approx(2 * bars["price"]["All"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "several of year"),
        ({"year": 2027, "by_draw": True}, "the table holds draws"),
    ],
)
def test_only_one_change_is_drawn(results: Results, ax: Axes, options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        cc.plots.plot_price_volume_mix(results.price_volume_mix("edge", **options), ax=ax)  # type: ignore[arg-type]


def test_a_table_without_parts_is_not_drawn(results: Results, ax: Axes) -> None:
    costs = results.costs()
    with pytest.raises(InputError, match="the table has no parts"):
        cc.plots.plot_price_volume_mix(costs[costs["year"] == 2027].query("scenario == 'edge'"), ax=ax)
