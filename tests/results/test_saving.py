"""A saving has a drawn and a central comparison, gives what they give, and sums them up in the table people quote."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.money.discounting import TIMINGS
from carecost.results.results import Results
from carecost.results.summary import comparator
from carecost.simulation.comparison import Comparison, valued

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.with_social_ledger(cc.load_assumptions(SETS / "tiny")), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, draws=cc.Draws(30, seed=1, noise=True))


PUBLIC = [name for name in dir(Comparison) if not name.startswith("_")]
METHODS = [name for name in PUBLIC if callable(getattr(Comparison, name)) and name != "present_value"]
VALUES = [*(field.name for field in fields(Comparison)), *(n for n in PUBLIC if not callable(getattr(Comparison, n)))]


@pytest.mark.parametrize("name", METHODS)
def test_saving_methods_are_those_of_the_drawn_comparison(results: Results, name: str) -> None:
    saving = results.compare("edge")
    mine, drawn = getattr(saving, name)(), getattr(saving.drawn, name)()
    if isinstance(drawn, dict):
        assert list(mine) == list(drawn)
        mine, drawn = list(mine.values()), list(drawn.values())
    np.testing.assert_array_equal(mine, drawn)


@pytest.mark.parametrize("name", VALUES)
def test_saving_values_are_those_of_the_drawn_comparison(results: Results, name: str) -> None:
    saving = results.compare("edge")
    mine, drawn = getattr(saving, name), getattr(saving.drawn, name)
    assert mine is drawn or np.array_equal(mine, drawn)


def test_saving_arguments_reach_the_drawn_comparison(results: Results) -> None:
    saving = results.compare("edge")
    np.testing.assert_array_equal(saving.npv(gross=True), saving.drawn.npv(gross=True))
    np.testing.assert_array_equal(saving.payback_year(discounted=True), saving.drawn.payback_year(discounted=True))
    for name in ("gross_saving", "cashable_saving", "reform_spend", "net_saving"):
        one = getattr(saving, name)(lambda item: item.name == "home")
        np.testing.assert_array_equal(one, getattr(saving.drawn, name)(lambda item: item.name == "home"))
    flow = saving.net_saving()
    np.testing.assert_array_equal(saving.present_value(flow), saving.drawn.present_value(flow))


def test_saving_without_draws_is_the_central_run_twice() -> None:
    saving = cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")).compare("edge")
    np.testing.assert_array_equal(saving.npv(), saving.central.npv())
    summary = saving.summary()
    assert summary[["mean", "low", "high", "mean_error"]].isna().all(axis=None)
    chance = summary[summary["unit"] == "share of draws"]["central"]
    assert len(chance) == 1 and chance.isna().all()


def test_saving_needs_all_its_parts(results: Results) -> None:
    saving = results.compare("edge")
    with pytest.raises(cc.CareCostError, match="missing a required argument: 'central'"):
        cc.Saving(saving.run, saving.drawn)  # type: ignore[call-arg]


def test_saving_of_a_claim_says_so_in_the_chance() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    of = "above zero, of runs in which"
    for plan, holds in ((edge, "the claims hold to"), (replace(edge, claim=False), "effects are")):
        summary = cc.run(tiny, plan).summary()
        said = summary[summary["unit"] == "share of draws"]["what"].iloc[0]
        assert said.endswith(f"{of} {holds} within the stated range")


def test_saving_summary_has_the_figure_of_the_review_beside_its_own(results: Results) -> None:
    review = comparator("review saving")
    rows = results.compare("edge").summary().query("unit == 'GBP per child-year'")
    last = rows.iloc[-1]
    assert (last["what"], last["unit"]) == (f"The Review's own: {review.note}, prices of 2021-22 assumed", review.unit)
    assert last["central"] == review.value == pytest.approx(517e6 / 17_000, rel=1e-9)
    assert last[["mean", "low", "high", "mean_error"]].isna().all()
    assert (review.quality, review.price_year) == ("E", 2022) and review.source


def test_saving_by_year_sums_to_the_summary(results: Results) -> None:
    saving = results.compare("edge")
    for column in ("mean", "central"):
        years = saving.by_year().query(f"quantile == '{column}'").groupby("what")["value"].sum()
        summary = saving.summary().set_index("what")[column]
        for what in ("Reform spend", "Gross saving", "Cashable saving"):
            (total,) = (value for name, value in summary.items() if name.startswith(f"{what}, 2025-26"))
            assert years[what.lower()] * 1e-9 == pytest.approx(total, rel=1e-12)


def test_saving_by_year_and_at_several_rates_take_the_level(results: Results) -> None:
    saving = results.compare("edge")
    flow = saving.net_saving()
    for level, ends in ((0.8, (0.1, 0.9)), (0.5, (0.25, 0.75))):
        years = saving.by_year(level=level).query("what == 'net saving'").set_index(["quantile", "year"])["value"]
        worth = saving.npvs([0.0], level=level).set_index("quantile")["value"]
        for q in ends:
            np.testing.assert_allclose(years[q], np.quantile(flow, q, axis=0), rtol=1e-12)
            assert worth[q] == pytest.approx(np.quantile(flow.sum(1), q), rel=1e-12)
    assert saving.by_year().equals(saving.by_year(level=0.8)) and saving.npvs().equals(saving.npvs(level=0.8))
    assert saving.summary().equals(saving.summary(level=0.8))


def test_saving_to_dict_is_plain_data(results: Results) -> None:
    made = results.compare("edge").to_dict()
    assert json.loads(json.dumps(made)) == made and made["baseline"] == "inaction"


def test_saving_of_unknown_scenarios_is_refused_with_the_nearest(results: Results) -> None:
    for names in (("edgy",), ("edge", "inactoin")):
        with pytest.raises(UnknownNameError, match=r"Did you mean '(edge|inaction)'"):
            results.compare(*names)


# Several rates


def test_npv_at_the_rates_of_the_set_is_the_npv(results: Results) -> None:
    rows = results.npv_by_rate(["standard", 0.035, 0.0]).set_index(["discount", "quantile"])["value"]
    saving = results.compare("edge")
    assert rows["green-book-2026-02 standard", "central"] == pytest.approx(saving.central.npv()[0], rel=1e-12)
    assert rows["green-book-2026-02 standard", "mean"] == pytest.approx(saving.npv().mean(), rel=1e-12)
    assert rows["flat 3.5%", "central"] == pytest.approx(saving.central.npv()[0], rel=1e-12)
    assert rows["flat 0%", "mean"] == pytest.approx(saving.net_saving().sum(1).mean(), rel=1e-12)


def test_npv_timing_is_stated_and_scales_a_flat_rate(results: Results) -> None:
    values = {t: results.npv_by_rate([0.05], t).query("quantile == 'central'") for t in TIMINGS}
    found = [float(v["value"].iloc[0]) for v in values.values()]
    np.testing.assert_allclose(found, found[0] * 1.05 ** -np.array(list(TIMINGS.values())), rtol=1e-12)
    assert [v["timing"].iloc[0] for v in values.values()] == list(TIMINGS)


@pytest.mark.parametrize("rates", [[], ["standard", "standard"], [0.035, "0.035"]])
def test_npvs_of_a_rate_twice_or_none_are_refused(results: Results, rates: list[str | float]) -> None:
    with pytest.raises(InputError, match="Give each rate once, at least one"):
        results.compare("edge").npvs(rates)


@pytest.mark.parametrize("timing", [None, "base year", "mid-year", "year-end"])
@pytest.mark.parametrize("discount", [None, 0.0, 0.02, "health", "sensitivity"])
def test_a_rate_and_a_timing_discount_the_same_flows_everywhere(
    results: Results, discount: float | str | None, timing: str | None
) -> None:
    saving = results.compare("edge")
    rates = saving.discount if discount is None else cc.money.schedule(discount)
    factors = cc.money.discount_factors(len(saving.grid.years), rates, timing or "base year")
    wanted = saving.net_saving() @ factors
    about = {"discount": discount, "timing": timing}
    np.testing.assert_allclose(saving.npv(**about), wanted, rtol=1e-12)
    made = saving.appraisal(**about)
    np.testing.assert_allclose(made.drawn.purse.npv, wanted, rtol=1e-10)
    cost, benefit = ((flow @ factors).mean() for flow in (saving.reform_spend(), saving.cashable_saving()))
    assert saving.bcr(discount, timing) == pytest.approx(benefit / cost, rel=1e-12)
    cumulative = np.cumsum(saving.net_saving() * factors, axis=1)
    # Paid back in the year from which the running total is never below zero again.
    paid = [next((y for y in range(len(c)) if (c[y:] >= 0).all()), np.nan) for c in cumulative]
    got = saving.payback_year(discounted=True, **about)
    np.testing.assert_array_equal(got, np.array(paid) + saving.grid.years[0])
    np.testing.assert_array_equal(made.drawn.payback(discounted=True), got)
    assert set(made.table()["timing"]) == {timing or "base year"} and set(made.table()["discount"]) == {rates.name}
    options = results.options(**about)
    np.testing.assert_allclose(options.drawn[1].cost, -wanted, rtol=1e-10)
    assert set(options.table()["timing"]) == {timing or "base year"}


def test_an_odd_rate_or_timing_is_refused_in_words(results: Results) -> None:
    saving = results.compare("edge")
    for wrong, words in (
        ({"discount": 3.5}, "0.035 for 3.5%"),
        ({"timing": "noon"}, "noon"),
        ({"discount": "x"}, "'x'"),
    ):
        with pytest.raises(cc.CareCostError, match=re.escape(words)):
            saving.npv(**wrong)


def test_other_rates_leave_the_comparison_as_it_was(results: Results) -> None:
    saving = results.compare("edge")
    before = saving.npv()
    saving.npv(discount=0.2, timing="year-end")
    np.testing.assert_array_equal(saving.npv(), before)
    assert valued(saving.drawn) is saving.drawn and saving.drawn.timing == "base year"
