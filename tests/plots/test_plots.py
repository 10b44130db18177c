"""Do the charts show the numbers, and say what they are? Data, labels and words; never pixels."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.plots import _figure
from carecost.results.results import Results
from carecost.simulation.comparison import Comparison

matplotlib.use("Agg")
SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, draws=cc.Draws(60, seed=1))


@pytest.fixture(scope="module")
def central() -> Results:
    return cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"))


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 7), layout="constrained").add_subplot()


def words(ax: Axes) -> str:
    """Everything written around an axes, with its line breaks taken out."""
    notes = [text.get_text() for text in ax.texts if isinstance(text, Annotation)]
    return " ".join(" ".join([ax.get_title(loc="left"), *notes]).split())


def line(ax: Axes, label: str) -> np.ndarray:
    (found,) = [x for x in ax.get_lines() if x.get_label() == label]
    return np.asarray(found.get_ydata(), dtype=float)


def expected(results: Results, scenario: str, quantile: str) -> np.ndarray:
    frame = results.children()
    rows = frame[(frame["scenario"] == scenario) & (frame["quantile"] == quantile)]
    return rows.sort_values("date")["value"].to_numpy()


def test_children_lines_are_the_central_run(results: Results, ax: Axes) -> None:
    assert cc.plots.plot_children(results, ax=ax) is ax
    for scenario in ("inaction", "edge"):
        np.testing.assert_allclose(line(ax, scenario), expected(results, scenario, "central"))
    assert ax.get_ylim()[0] == 0


def test_children_bands_are_the_interval(results: Results, ax: Axes) -> None:
    cc.plots.plot_children(results, ax=ax)
    bands = [c for c in ax.collections if isinstance(c, PolyCollection)]
    for band, scenario in zip(bands, ("inaction", "edge"), strict=True):
        corners = band.get_paths()[0].vertices
        low, high = (expected(results, scenario, q) for q in ("0.05", "0.95"))
        for date, a, b in zip(results.run.grid.dates, low, high, strict=True):
            heights = corners[np.isclose(corners[:, 0], date), 1]
            np.testing.assert_allclose([heights.min(), heights.max()], [a, b])


def test_children_are_said_in_words(results: Results, ax: Axes) -> None:
    said = words(cc.plots.plot_children(results, ax=ax))
    ends = [round(expected(results, name, "central")[-1]) for name in ("inaction", "edge")]
    assert f"Children in care: {ends[0]} under inaction, {ends[1]} under edge by 31 March 2031" in said
    assert "90% interval: parameter uncertainty, as stated in the set; luck of small numbers not included" in said
    assert "edge: effects as claimed, not evidenced" in said
    assert "60 draws" in said and "tiny" in said


def test_a_central_run_says_that_it_has_no_interval(central: Results, ax: Axes) -> None:
    said = words(cc.plots.plot_children(central, ax=ax))
    assert "no interval was drawn" in said and "90%" not in said
    assert not ax.collections


def test_only_claims_are_called_claims(results: Results, ax: Axes) -> None:
    assert "claimed" not in words(cc.plots.plot_children(results, ax=ax, scenarios=["inaction"]))


def test_many_scenarios_leave_the_title_short(ax: Axes) -> None:
    edge = cc.load_scenario(SETS / "edge.toml")
    more = [edge, edge.delayed(1), edge.scaled(0.5)]
    cc.plots.plot_children(cc.run(cc.load_assumptions(SETS / "tiny"), *more), ax=ax)
    assert re.match(r"Children in care: from [\d,]+ under edge to [\d,]+ under inaction", words(ax))


def test_lines_differ_without_colour(results: Results, ax: Axes) -> None:
    cc.plots.plot_children(results, ax=ax)
    drawn = [x for x in ax.get_lines() if x.get_label() in ("inaction", "edge")]
    assert len({x.get_linestyle() for x in drawn}) == 2
    assert len({str(_figure.look(i).line) for i in range(6)}) == 6


def test_net_saving_bars_are_the_yearly_amounts(results: Results, ax: Axes) -> None:
    saving = results.compare("edge")
    assert cc.plots.plot_net_saving(saving, ax=ax) is ax
    cash, reform = ax.containers
    np.testing.assert_allclose([b.get_height() for b in cash], saving.central.cashable_saving()[0] / 1e6)
    np.testing.assert_allclose([b.get_height() for b in reform], -saving.central.reform_spend()[0] / 1e6)
    np.testing.assert_allclose(line(ax, "Net"), saving.central.net_saving()[0] / 1e6)
    assert reform[0].get_hatch()


def test_running_total_ends_at_the_net_present_saving(results: Results, ax: Axes) -> None:
    saving = results.compare("edge")
    lower = cc.plots.plot_net_saving(saving, ax=ax).figure.axes[-1]
    assert line(lower, "Running total")[-1] == pytest.approx(saving.central.npv()[0] / 1e6)
    (band,) = lower.collections
    ends = [v[1] for v in band.get_paths()[0].vertices if v[0] == saving.grid.years[-1]]
    npv = np.quantile(saving.npv(), (0.05, 0.95)) / 1e6
    np.testing.assert_allclose([min(ends), max(ends)], npv)
    (payback,) = [x for x in lower.get_lines() if x.get_label() == "Payback"]
    assert payback.get_xdata()[0] == saving.central.payback_year(discounted=True)[0]


def test_net_saving_is_said_in_words(results: Results, ax: Axes) -> None:
    lower = cc.plots.plot_net_saving(results.compare("edge"), ax=ax).figure.axes[-1]
    said = words(ax)
    assert "edge: pays back in 2027-28; net present saving of £63m by 2030-31" in said
    assert "£m, 2024-25 prices" in said and "Reform spend: £10.6m in all" in said
    assert "Pays back in 2027-28" in words(lower)
    assert "luck of small numbers not included" in words(lower)
    assert "edge: effects as claimed, not evidenced" in words(lower)
    assert "green-book-2026-02 standard" in words(lower)


def test_a_programme_that_never_pays_back_says_so(ax: Axes) -> None:
    spend = cc.Lever(
        "spend", [cc.Change("unit_cost", "add", 5e6, unit="GBP per year", price_year=2025, items=["programme"])]
    )
    results = cc.run(cc.load_assumptions(SETS / "tiny"), cc.Scenario("spend", [spend]))
    lower = cc.plots.plot_net_saving(results.compare("spend"), ax=ax).figure.axes[-1]
    assert re.match(r"spend: does not pay back by 2030-31; net present cost of £[\d.]+m", words(ax))
    assert not [x for x in lower.get_lines() if x.get_label() == "Payback"]
    assert "claimed" not in words(lower)


def test_a_bare_comparison_is_refused(results: Results, ax: Axes) -> None:
    saving = results.compare("edge")
    bare = Comparison(saving.baseline, saving.scenario, saving.discount, saving.programme_start)
    with pytest.raises(InputError, match="no central run"):
        cc.plots.plot_net_saving(bare, ax=ax)  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["group", "item", "account", "payer"])
def test_areas_add_up_to_the_spend(results: Results, ax: Axes, by: str) -> None:
    assert cc.plots.plot_costs(results, "edge", ax=ax, by=by) is ax
    frame = results.costs()
    total = frame[(frame["scenario"] == "edge") & (frame["quantile"] == "central")]["value"].to_numpy()
    top = np.max([c.get_paths()[0].vertices[:, 1].max() for c in ax.collections])
    assert top == pytest.approx(total.max() / 1e6)
    assert len(ax.collections) == results.costs(by=[by])[by].nunique()
    assert "edge: spend falls from £162m in 2025-26 to £79m in 2030-31" in words(ax)
    assert "effects as claimed, not evidenced" in words(ax)


def test_reform_is_kept_and_small_groups_are_put_together(
    results: Results, ax: Axes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carecost.plots.spending.MOST_GROUPS", 3)
    cc.plots.plot_costs(results, "edge", ax=ax)
    assert [c.get_label() for c in ax.collections] == ["residential", "all other", "reform"]


def test_unknown_names_are_refused_with_the_nearest(results: Results, ax: Axes) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        cc.plots.plot_costs(results, "egde", ax=ax)
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        cc.plots.plot_children(results, ax=ax, scenarios=["edg"])
    with pytest.raises(UnknownNameError, match="group"):
        cc.plots.plot_costs(results, "edge", ax=ax, by="grop")


def test_given_axes_leave_pyplot_alone(results: Results, ax: Axes) -> None:
    before = pyplot.get_fignums()
    cc.plots.plot_children(results, ax=ax)
    cc.plots.plot_net_saving(results.compare("edge"), ax=Figure().add_subplot())
    cc.plots.plot_costs(results, "edge", ax=Figure().add_axes((0.1, 0.2, 0.8, 0.6)))
    assert pyplot.get_fignums() == before


def test_without_axes_there_is_one_new_figure(results: Results) -> None:
    before = pyplot.get_fignums()
    made = cc.plots.plot_children(results)
    assert len(pyplot.get_fignums()) == len(before) + 1
    pyplot.close(made.figure)


def test_axes_at_a_place_of_their_own_are_cut_in_two(results: Results) -> None:
    figure = Figure()
    upper = cc.plots.plot_net_saving(results.compare("edge"), ax=figure.add_axes((0.1, 0.3, 0.8, 0.6)))
    places = [a.get_position() for a in figure.axes]
    assert len(places) == 2 and upper is figure.axes[0]
    assert places[1].y1 < places[0].y0 and places[1].y0 == pytest.approx(0.3)


@pytest.mark.parametrize("size", [(8.4, 5.4), (4.5, 4.0)])
def test_no_words_lie_over_others_or_outside(results: Results, size: tuple[float, float]) -> None:
    figure = Figure(figsize=size, layout="constrained")
    ax = cc.plots.plot_children(results, ax=figure.add_subplot())
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in [*ax.texts, ax.title, *ax.get_xticklabels()] if t.get_text()]
    clashes = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
    assert not clashes
    assert min(b.y0 for b in boxes) >= 0 and min(b.x0 for b in boxes) >= 0
    assert max(b.x1 for b in boxes) <= figure.bbox.x1 and max(b.y1 for b in boxes) <= figure.bbox.y1


def test_labels_are_spread_no_more_than_needed() -> None:
    assert _figure.spread([1.0, 9.0], [2.0, 2.0], 0, 10) == [1.0, 9.0]
    assert _figure.spread([9.0, 8.0], [2.0, 2.0], 0, 10) == [9.0, 7.0]
    placed = _figure.spread([5.0, 5.1, 4.9, 9.9], [2.0, 2.0, 2.0, 2.0], 0, 10)
    assert np.all(np.diff(np.sort(placed)) >= 2.0 - 1e-9) and max(placed) <= 9.0


@pytest.mark.parametrize(("n", "named"), [(5, 5), (10, 5), (20, 4), (50, 5)])
def test_years_are_named_as_there_is_room(ax: Axes, n: int, named: int) -> None:
    _figure.years(ax, range(2026, 2026 + n), str, most=6)
    assert len(ax.get_xticks()) == named and len(ax.get_xticks(minor=True)) >= n - named


def test_a_picture_does_not_depend_on_settings_or_runs(results: Results) -> None:
    def draw(ax: Axes) -> object:
        return cc.plots.plot_children(results, ax=ax)

    first = _figure.svg(draw, "one")
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "savefig.dpi": 20}):
        again = _figure.svg(draw, "one")
    assert first == again
    assert "http" not in first and "<script" not in first and "metadata" not in first
    assert all(i.startswith("one") for i in re.findall(r' id="([^"]*)"', first))
    assert _figure.png(draw) == _figure.png(draw)


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
    assert "edge against inaction, 2026-27" in said and "prices of 2024-25, deflator hmt-2026-03" in said
    assert "edge: effects as claimed, not evidenced." in said
    bars = changed(ax)
    central = rows[rows["quantile"] == "central"]
    assert sum(w["All"] for w in bars.values()) * 1e6 == pytest.approx(central["value"].sum())
    assert set(bars) == {"volume", "mix", "reform spend"}  # the lever changes no price


def test_small_items_of_a_change_are_drawn_together(ax: Axes) -> None:
    run = cc.run(cc.load_assumptions("england-2025"), years=3)
    rows = run.price_volume_mix("inaction", since=2026)
    bars = changed(cc.plots.plot_price_volume_mix(rows, ax=ax))
    assert len(bars["price"]) == 8 and "all other" in bars["price"]
    assert sum(bars["price"].values()) == pytest.approx(2 * bars["price"]["All"])


@pytest.mark.parametrize(
    ("words_", "said"),
    [
        ({}, "several of year"),
        ({"year": 2027, "draws": True}, "the table holds draws"),
    ],
)
def test_only_one_change_is_drawn(results: Results, ax: Axes, words_: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        cc.plots.plot_price_volume_mix(results.price_volume_mix("edge", **words_), ax=ax)  # type: ignore[arg-type]


def test_a_table_without_parts_is_not_drawn(results: Results, ax: Axes) -> None:
    costs = results.costs()
    with pytest.raises(InputError, match="the table has no parts"):
        cc.plots.plot_price_volume_mix(costs[costs["year"] == 2027].query("scenario == 'edge'"), ax=ax)
