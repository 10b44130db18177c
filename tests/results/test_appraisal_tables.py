"""Tables of an appraisal say what the comparison says; ICER and net benefit in rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.errors import UnknownNameError
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.with_social_ledger(cc.load_assumptions(SETS / "tiny")), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, edge.scaled(0.5), draws=cc.Draws(60, seed=1))


def rows(made: cc.SavingAppraisal) -> pd.DataFrame:
    """Rows of which there is one, in order: older pandas warns where keys are not."""
    table = made.table()
    return table[~table.duplicated(["what", "of"], keep=False)].set_index(["what", "of"]).sort_index()


def test_appraisal_table_says_what_the_comparison_says(results: Results) -> None:
    saving, made = results.compare("edge"), rows(results.appraisal("edge"))
    central = saving.central
    assert central is not None
    npv = made.loc[("npv", "public purse")]
    np.testing.assert_allclose([npv["central"], npv["mean"]], [central.npv()[0], saving.npv().mean()], rtol=1e-12)
    np.testing.assert_allclose([npv["low"], npv["high"]], np.quantile(saving.npv(), [0.1, 0.9]), rtol=1e-12)
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


def test_what_nobody_stated_the_cost_of_has_no_ratio_to_it(results: Results) -> None:
    """Somebody must have said what the effects cost: spending of another lever is not what they cost."""
    assert results.appraisal("edge").stated
    edge = cc.load_scenario(SETS / "edge.toml")
    unpaid = replace(edge, levers=(replace(edge.levers[0], paid_by=("none stated",)), edge.levers[1]))
    made = cc.run(results.run.assumptions, unpaid, draws=cc.Draws(60, seed=1)).appraisal("edge")
    assert not made.stated
    ratio, worth = (rows(made).loc[(what, "public purse")] for what in ("benefit-cost ratio", "npv"))
    assert np.isnan(ratio["central"]) and np.isnan(ratio["mean"])
    assert worth["mean"] == pytest.approx(results.compare("edge").npv().mean(), rel=1e-12)


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


def test_peak_funding_of_what_saves_from_the_first_year_is_none() -> None:
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
    net = made.by_payer(by_draw=True).query("what == 'net saving'").pivot_table("value", "draw", "year", "sum")
    np.testing.assert_allclose(net, results.compare("edge").net_saving(), rtol=0, atol=1e-6)
    assert set(made.by_payer()["payer"]) == {"council", "department"}
    paid = made.by_payer().query("payer == 'department' and what == 'cashable saving'")
    assert not paid["value"].any()
    with pytest.raises(Exception, match="quantiles"):
        cc.present_value(made.by_payer())


def test_icer_table_rows_are_its_steps() -> None:
    made = cc.icer_table([("nothing", 0, 0.0), ("a", 10, 1.0), ("b", 30, 1.5), ("c", 40, 3.0), ("d", 50, 2.9)])
    table = made.table()
    assert table["name"].tolist() == [step.name for step in made.steps]
    assert table["dominated_by"].fillna("").tolist() == ["", "", "a and c", "", "c"]
    assert made.frontier == ("nothing", "a", "c")


def test_net_benefit_table_without_draws_has_no_chance() -> None:
    options = [("nothing", 0, 0.0), ("a", 10, 1.0)]
    assert list(cc.net_benefit(options, [5]).table()) == ["value", "name", "net_benefit", "best"]
    drawn = cc.net_benefit([("nothing", [0, 0], [0.0, 0.0]), ("a", [10, 10], [1.0, 4.0])], [5, 20]).table()
    assert drawn["chance_best"].tolist() == [0.5, 0.5, 0.0, 1.0]
    assert drawn["chance_error"].tolist() == pytest.approx([0.125**0.5, 0.125**0.5, 0.0, 0.0])
