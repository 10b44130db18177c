"""Does the appraisal of a scenario add up, say what it is, and reach the page? And scenarios as options?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import carecost as cc
from carecost.analysis.business_case import BusinessCase
from carecost.engine.costs import Costs
from carecost.engine.items import PUBLIC
from carecost.errors import InputError, UnknownNameError
from carecost.inputs.provenance import Provenance
from carecost.money.discounting import Schedule
from carecost.money.optimism_bias import optimism_bias
from carecost.report.write import write_summary
from carecost.results.results import Results
from carecost.simulation.comparison import Comparison, Side

matplotlib.use("Agg")
settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")

SETS = Path(__file__).parents[1] / "data" / "sets"
PROVENANCE = Provenance("x", "0", 0, 1, False, 2025, 3, 2026, 2025, "d", "s", "0")
DRAWS, YEARS = 2, 3


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Two outcomes of items in any account, by any payer, resources and transfers, one of them social."""
    accounts = draw(st.lists(st.sampled_from(PUBLIC), min_size=1, max_size=4))
    made = [("care", "social", "", "harm"), *((f"i{i}", a, "", f"g{i}") for i, a in enumerate(accounts))]
    items = [
        cc.Item(
            name,
            "year",
            account=account,
            payer=draw(st.sampled_from(["a", "b", "c"])),
            group=draw(st.sampled_from(["reform", group])) if account != "social" else group,
            kind=draw(st.sampled_from(["resource", "transfer"])) if account != "social" else "resource",
            cashable=draw(st.floats(0, 1)),
        )
        for name, account, _, group in made
    ]
    grid = cc.Grid(2025, YEARS, range(18), ["foster"], items=items)

    def side(name: str) -> Side:
        shape = (DRAWS, YEARS, len(items))
        volume, price = (draw(arrays(float, shape, elements=st.floats(0, most))) for most in (1e3, 1e4))
        years = draw(arrays(float, (DRAWS, YEARS), elements=st.floats(1, 1e3)))
        costs = Costs(grid, volume, price, volume * price)
        return Side(name, PROVENANCE, costs, np.ones((DRAWS, YEARS + 1)), years)

    rate = draw(st.floats(0, 0.1))
    return Comparison(side("inaction"), side("reform"), Schedule("flat", (np.inf,), (rate,)), 2026)


def near(a: object, b: object, size: float) -> None:
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-11 * (1 + size))  # type: ignore[arg-type]


def size(c: Comparison) -> float:
    """How large the amounts are that are summed, for the rounding of a difference."""
    a, b = c.baseline.costs, c.scenario.costs
    # Price and volume effects cross the two: prices of one times volumes of the other, which may cancel.
    return float(((np.abs(a.unit_cost) + np.abs(b.unit_cost)) * (a.volume + b.volume)).sum())


@given(comparisons())
def test_accounts_and_payers_sum_to_the_public_purse(c: Comparison) -> None:
    case = BusinessCase(c)
    for parts in (case.accounts, case.payers):
        for value in ("npv", "pv_costs", "pv_benefits", "cumulative"):
            near(sum(getattr(p, value) for p in parts.values()), getattr(case.purse, value), size(c))
    near(case.purse.npv, c.npv(), size(c))
    assert "social" not in case.accounts


def bridge(case: BusinessCase) -> np.ndarray:
    """Social value by another way: from the budget."""
    social = sum(v for name, v in case.social.items() if name.startswith("social: "))
    return np.asarray(case.purse.npv - case.transfers - case.prices_alone + case.not_cash + social)


@given(comparisons())
def test_social_value_is_the_budget_without_transfers_and_prices_and_with_what_is_not_cash(c: Comparison) -> None:
    near(BusinessCase(c).npsv, bridge(BusinessCase(c)), size(c))
    near(BusinessCase(c).npsv, c.npsv(), size(c))


@given(comparisons())
def test_transfers_change_a_budget_and_never_social_value(c: Comparison) -> None:
    grid = c.grid
    mask = np.array([item.kind == "transfer" for item in grid.items])
    after = c.scenario.costs
    more = replace(after, volume=after.volume + 7 * mask, spend=(after.volume + 7 * mask) * after.unit_cost)
    np.testing.assert_array_equal(replace(c, scenario=replace(c.scenario, costs=more)).npsv(), c.npsv())


@given(comparisons(), st.floats(0, 2), st.floats(0, 1))
def test_optimism_is_one_uplift_on_the_programme_alone(c: Comparison, share: float, mitigated: float) -> None:
    bias, plain = optimism_bias(share, mitigated), BusinessCase(c)
    if bias.uplift and c.reform_spend().min() < 0:
        with pytest.raises(InputError, match="is below the baseline's in 20"):
            BusinessCase(c, bias)
        return
    case = BusinessCase(c, bias)
    near(plain.purse.npv - case.purse.npv, share * (1 - mitigated) * plain.purse.pv_costs, size(c))
    near(case.purse.pv_optimism_bias, plain.purse.npv - case.purse.npv, size(c))
    np.testing.assert_array_equal(plain.purse.pv_benefits, case.purse.pv_benefits)
    near(sum(p.npv for p in case.payers.values()), case.purse.npv, size(c))
    near(case.npsv, bridge(case), size(c))


@given(comparisons())
def test_there_is_one_payback(c: Comparison) -> None:
    case = BusinessCase(c)
    np.testing.assert_array_equal(case.payback(), c.payback_year())
    np.testing.assert_array_equal(case.payback(discounted=True), c.payback_year(discounted=True))


# Tables


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.with_social_ledger(cc.load_assumptions(SETS / "tiny")), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, edge.scaled(0.5), draws=cc.Draws(60, seed=1))


def rows(made: cc.SavingAppraisal) -> pd.DataFrame:
    """Rows of which there is one, in order: older pandas warns where keys are not."""
    table = made.table()
    return table[~table.duplicated(["what", "of"], keep=False)].set_index(["what", "of"]).sort_index()


def test_the_table_says_what_the_comparison_says(results: Results) -> None:
    saving, made = results.compare("edge"), rows(results.appraisal("edge"))
    central = saving.central
    assert central is not None
    npv = made.loc[("npv", "public purse")]
    np.testing.assert_allclose([npv["central"], npv["mean"]], [central.npv()[0], saving.npv().mean()], rtol=1e-12)
    np.testing.assert_allclose([npv["low"], npv["high"]], np.quantile(saving.npv(), [0.05, 0.95]), rtol=1e-12)
    ratio = made.loc[("benefit-cost ratio", "public purse")]
    np.testing.assert_allclose([ratio["central"], ratio["mean"]], [central.bcr(), saving.bcr()], rtol=1e-12)
    assert made.loc[("payback year", "discounted"), "central"] == central.payback_year(discounted=True)[0]
    parts = made.loc["npsv, part"]["central"].sum()
    assert parts == pytest.approx(made.loc[("npsv", "society"), "central"], rel=1e-12)
    assert parts == pytest.approx(central.npsv()[0], rel=1e-12)
    assert made["claim"].all() and set(made["discount"]) == {"green-book-2026-02 standard"}


def test_a_cost_for_each_effect_is_a_ratio_of_means_and_says_of_what(results: Results) -> None:
    saving, made = results.compare("edge"), rows(results.appraisal("edge"))
    row = made.loc[("net present cost for each child-year of care averted", "2025-26 to 2030-31")]
    wanted = -saving.npv().mean() / saving.averted_child_years.sum(1).mean()
    assert row["mean"] == pytest.approx(wanted, rel=1e-12)
    assert row["unit"] == "GBP per child-year of care averted" and np.isnan(row["low"])
    nothing = cc.Scenario("nothing", [])
    idle = cc.run(cc.load_assumptions(SETS / "tiny"), nothing).appraisal("nothing").central
    assert idle.cost_per("averted_children") is None and idle.purse.bcr is None


def test_chances_of_payback_rise_to_the_share_that_ever_pays_back(results: Results) -> None:
    made, saving = results.appraisal("edge").table(), results.compare("edge")
    for of in ("undiscounted", "discounted"):
        chance = made[(made["what"] == "chance that it has paid back") & (made["of"] == of)]
        assert chance["year"].tolist() == list(saving.grid.years)
        assert chance["mean"].is_monotonic_increasing
        ever = np.isfinite(saving.payback_year(discounted=of == "discounted")).mean()
        assert chance["mean"].iloc[-1] == pytest.approx(ever)


def test_peak_funding_and_an_equal_yearly_amount(results: Results) -> None:
    made = results.appraisal("edge")
    flow = np.cumsum(made.central.comparison.net_saving()[0])
    table = rows(made)
    assert table.loc[("peak funding", "undiscounted"), "central"] == pytest.approx(flow.min(), rel=1e-12)
    assert table.loc[("year of peak funding", "undiscounted"), "central"] == 2026 + int(flow.argmin())
    yearly = table.loc[("equivalent annual value", "2025-26 to 2030-31"), "central"]
    assert yearly * made.central.comparison.factors.sum() == pytest.approx(made.central.purse.npv[0], rel=1e-12)


def test_what_saves_from_the_first_year_needs_no_funding() -> None:
    cheaper = cc.Change("unit_cost", "scale", -0.1, items=["home"], start=1, unit="share")
    plan = cc.Scenario("cheaper", [cc.Lever("cheaper", [cheaper])])
    table = rows(cc.run(cc.load_assumptions(SETS / "tiny"), plan).appraisal("cheaper"))
    assert table.loc[("peak funding", "undiscounted"), "central"] == 0
    assert np.isnan(table.loc[("year of peak funding", "undiscounted"), "central"])


def test_optimism_is_printed_either_way(results: Results) -> None:
    assert results.appraisal("edge").table().query("what == 'optimism bias'")["of"].tolist() == ["none"]
    made = results.appraisal("edge", optimism="outsourcing", mitigated=0.5).table()
    assert made.query("what == 'optimism bias'")["central"].tolist() == [pytest.approx(0.205)]
    assert set(made["optimism"]) == {
        "outsourcing (mott-macdonald-2002): 41%, 50% of it mitigated: +20.5% on reform spend"
    }
    with pytest.raises(UnknownNameError, match="unknown optimism bias 'social'"):
        results.appraisal("edge", optimism="social")


def test_payers_sum_to_the_purse_in_every_draw_and_year(results: Results) -> None:
    made = results.appraisal("edge")
    net = made.by_payer(draws=True).query("what == 'net saving'").pivot_table("value", "draw", "year", "sum")
    np.testing.assert_allclose(net, results.compare("edge").net_saving(), rtol=0, atol=1e-6)
    assert set(made.by_payer()["payer"]) == {"council", "department"}
    paid = made.by_payer().query("payer == 'department' and what == 'cashable saving'")
    assert not paid["value"].any()
    with pytest.raises(Exception, match="quantiles"):
        cc.present_value(made.by_payer())


# Options


def test_options_come_from_the_same_draws_and_name_their_comparator(results: Results) -> None:
    made = results.options()
    assert made.comparator == "inaction"
    for option, name in zip(made.drawn, results.scenarios, strict=True):
        saving = results.compare(name)
        np.testing.assert_allclose(option.cost, -saving.npv(), rtol=1e-12)
        np.testing.assert_array_equal(option.effect, saving.averted_child_years.sum(1))
    table = made.table()
    assert set(table["against"]) == {"inaction"} and set(table["run"]) == {"central", "mean"}
    first = table.drop_duplicates("run")["comparator"]
    assert first.isna().all() and table["comparator"].notna().sum() == len(table) - 2
    assert table.set_index("name")["claim"].to_dict() == {name: name != "inaction" for name in results.scenarios}


def test_the_comparator_costs_and_does_nothing(results: Results) -> None:
    made = results.options("averted_children", comparator="edge").table().set_index(["run", "name"])
    assert made.loc[("mean", "edge"), ["cost", "effect"]].tolist() == [0.0, 0.0]
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        results.options(comparator="edgy")
    with pytest.raises(UnknownNameError, match="Did you mean 'averted_children'"):
        results.options("averted_childen")
    with pytest.raises(InputError, match="has 1 options"):
        cc.run(cc.load_assumptions(SETS / "tiny")).options().table()


def test_the_chance_of_being_best_is_shared_out(results: Results) -> None:
    made = results.options(values=[0, 1e5, 1e7])
    frame = made.values_table()
    np.testing.assert_allclose(frame.groupby("value")["chance_best"].sum(), 1.0, rtol=1e-12)
    effect = {o.name: float(np.mean(o.effect)) for o in made.drawn}
    best = frame[(frame["value"] == 1e7) & frame["best"]]["name"].tolist()
    assert best == [max(effect, key=lambda name: effect[name])]


def test_optimism_makes_options_dearer(results: Results) -> None:
    plain, more = (results.options(optimism=o).central for o in (None, 0.5))
    spent = results.compare("edge").central
    assert spent is not None
    added = float(spent.present_value(spent.reform_spend())[0]) / 2
    assert more[1].cost[0] - plain[1].cost[0] == pytest.approx(added, rel=1e-9)  # type: ignore[index]


# Page and chart


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 6), layout="constrained").add_subplot()


def test_the_chart_is_the_net_saving_of_each_payer(results: Results, ax: Axes) -> None:
    made = results.appraisal("edge")
    assert cc.plots.plot_payers(made, ax) is ax
    for bars, payer in zip(ax.containers, ("council", "department"), strict=True):
        part = made.central.payers[payer]
        wanted = (np.asarray(part.benefits) - part.costs)[0] / 1e6
        np.testing.assert_allclose([b.get_height() for b in bars], wanted)  # type: ignore[attr-defined]
        assert bars.get_label() == payer
    said = " ".join(" ".join([ax.get_title(loc="left"), *(t.get_text() for t in ax.texts)]).split())
    assert "department pays" in said and "council saves" in said and "Optimism bias: none" in said
    assert "effects as claimed, not evidenced" in said


def test_the_page_has_the_business_case(results: Results, tmp_path: Path) -> None:
    page = write_summary(results, tmp_path).read_text(encoding="utf-8")
    for words in (
        "As a business case",
        "of which department",
        "Net present social value",
        "Optimism bias: none",
        "Chance that it has paid back by 2030-31",
        "not measured",
    ):
        assert words in page
    alone = write_summary(cc.run(cc.load_assumptions(SETS / "tiny")), tmp_path / "alone").read_text(encoding="utf-8")
    assert "As a business case" not in alone
