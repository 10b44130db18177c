"""A response gives at any setting what a fresh run of the scaled scenario on the scaled set gives, without a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.sustained import sustained
from carecost.results.what_if import scaled

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
FALLS = cc.Interval(-0.3, -0.5, -0.1)
FEWER = cc.Change("entry_rate", "scale", FALLS, start=2, full=4, streams=["other"])
CHEAPER = cc.Change("unit_cost", "scale", -0.1, items=["home"])
PLAN = cc.Scenario(
    "plan",
    [
        cc.Lever("edge", FEWER, basis="claimed"),
        cc.Lever("kin", cc.Change("entry_rate", "scale", -0.1, start=3)),
        cc.Lever("homes", [cc.Change("move_rate", "scale", 0.5), CHEAPER]),
        cc.Lever("money", cc.Change("unit_cost", "add", 3e6, price_year=2022, items=["programme"], end=3)),
    ],
)
CLOSE = 1e-12


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run(TINY, PLAN, draws=cc.Draws(12, seed=1, noise=True))


@pytest.fixture(scope="module")
def response(results: cc.Results) -> cc.Response:
    return results.what_if("plan", bands=["15", "16 to 17"])


def fresh(at: dict[str, Any]) -> cc.Saving:
    """The same by a run."""
    made, plan = TINY, scaled(PLAN, at.get("scale", {}))
    for item, factor in at.get("prices", {}).items():
        made = made.scale("unit_cost", factor, item=item)
    entries = at.get("entries", {})
    for ages, factor in entries.items() if isinstance(entries, dict) else [("15 to 17", entries)]:
        made = made.scale("entry_rate", factor, ages=ages)
    plan = plan.delayed(at["delay"]) if "delay" in at else plan
    return cc.run(made, plan, draws=cc.Draws(12, seed=1), start=at.get("start")).compare(plan.name)


def assert_alike(mine: cc.Saving, theirs: cc.Saving) -> None:
    largest = np.abs(theirs.scenario.costs.spend).max()
    for a, b in ((mine.scenario, theirs.scenario), (mine.baseline, theirs.baseline)):
        np.testing.assert_allclose(a.costs.spend, b.costs.spend, rtol=0, atol=CLOSE * largest)
        np.testing.assert_allclose(a.children, b.children, rtol=CLOSE)
    for a, b in ((mine.npv(), theirs.npv()), (mine.central.npv(), theirs.central.npv())):
        np.testing.assert_allclose(a, b, rtol=0, atol=CLOSE * largest)
    for table in ("summary", "by_year"):
        one, other = (getattr(x, table)().select_dtypes("number").fillna(0) for x in (mine, theirs))
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * np.abs(other.to_numpy()).max())


FREE = [
    {"scale": {"edge": 0.5}},
    {"scale": {"edge": 1.4, "kin": 0.0, "money": 2.0}, "prices": {"home": 1.1, "foster": 0.6}},
    {"entries": 1.3, "scale": {"kin": 2.5}},
    {"entries": {"16 to 17": 0.4}, "scale": {"edge": 0.2}},
    {"entries": {"15": 1.5, "16 to 17": 0.4}, "prices": {"home": 3.0}},
]


@pytest.mark.parametrize("at", FREE)
def test_setting_is_that_of_a_fresh_run_without_a_run(response: cc.Response, at: dict[str, Any]) -> None:
    made = response.runs
    setting = response.at(**at)
    setting.npv(), setting.children(by=["placement"]), setting.costs(by=["item"]), setting.by_year()
    assert response.runs == made
    assert_alike(setting, fresh(at))


@pytest.mark.parametrize(
    "at", [{"scale": {"homes": 0.5, "edge": 0.7}}, {"entries": {"15 to 16": 1.2}}, {"delay": 1}, {"start": 2027}]
)
def test_setting_that_is_run_is_that_of_a_fresh_run(response: cc.Response, at: dict[str, Any]) -> None:
    assert_alike(response.at(**at), fresh(at))


def test_a_setting_that_needs_a_run_counts_it(response: cc.Response) -> None:
    made = response.runs
    response.at(entries={"15 to 16": 1.15}).npv()
    assert response.runs > made


def test_dates_are_run_once_and_answered_at_any_size_after(response: cc.Response) -> None:
    response.at(delay=2).summary()
    made = response.runs
    assert_alike(response.at(delay=2, scale={"edge": 0.3}), fresh({"delay": 2, "scale": {"edge": 0.3}}))
    assert response.runs == made


def test_exact_says_what_is_run(response: cc.Response) -> None:
    assert response.exact == {"edge": True, "kin": True, "homes": False, "money": True}
    assert response.why_run == {"homes": "changes move_rate: children are not linear in it"}


def test_setting_has_provenance_of_the_scaled_set(results: cc.Results, response: cc.Response) -> None:
    other = response.at(prices={"home": 1.1})
    assert other.scenario.provenance.digest == TINY.scale("unit_cost", 1.1, item="home").digest
    with pytest.raises(cc.CareCostError, match=r"digest|assumptions"):
        cc.Comparison(results.compare("plan").baseline, other.scenario, other.discount, other.programme_start)


def test_children_and_costs_are_those_of_the_setting(response: cc.Response) -> None:
    setting = response.at(scale={"edge": 0.0, "kin": 0.0})
    table = setting.children().query("quantile == 'central'")
    last = table[table["date"] == table["date"].max()].set_index("scenario")["value"]
    assert last["plan"] == pytest.approx(setting.central.scenario.children[0, -1])
    total = setting.costs().query("quantile == 'mean' and scenario == 'plan'")["value"].to_numpy()
    np.testing.assert_allclose(total, setting.scenario.costs.public_spend.mean(0), rtol=1e-12)


def test_first_summary_is_prepared(results: cc.Results) -> None:
    response = results.what_if("plan")
    response.prepare_summary()
    made = response.runs
    response.at(scale={"edge": 0.5}).summary()
    assert response.runs == made


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ({"scale": {"edges": 0.5}, "prices": {"hom": 1.1}}, "2 problems.*lever 'edges'.*item 'hom'"),
        ({"scale": {"edge": -0.5}}, "scale is .*multiplier"),
        ({"prices": {"home": 0}}, "above 0"),
        ({"entries": {"15 to 19": 1.1}}, "age '18'"),
        ({"entries": "more"}, "entries is 'more'"),
        ({"scale": {"edge": 40.0}}, "below zero"),
        ({"scale": {"edge": 1e9}}, "from 0 to 1000"),
        ({"prices": {"home": 1e300}}, "above 0, up to 1000"),
        ({"entries": {"10 to 12": 1.1, "12 to 15": 1.2}}, "has age 12 in two bands.*in one"),
        ({"entries": {"10 to 11": 1.1, (10, 11): 1.2}}, "has age 10 in two bands"),
        ({"start": 2200}, "begins in 2200, after the last year that is run.*up to 20"),
        ({"delay": 40}, "begins in 2066, after the last year"),
    ],
)
def test_setting_that_cannot_be_is_refused_in_words(response: cc.Response, at: dict[str, Any], said: str) -> None:
    with pytest.raises(cc.CareCostError, match="(?s)" + said):
        response.at(**at)


def test_what_if_of_a_scenario_that_is_not_there(results: cc.Results) -> None:
    with pytest.raises(cc.CareCostError, match="plan"):
        results.what_if("plans")
    with pytest.raises(cc.CareCostError, match="age '20'"):
        results.what_if("plan", bands=["15 to 20"])


@pytest.mark.parametrize("at", [{"sustained": 1.0}, {"sustained": 0.4, "delay": 1, "scale": {"edge": 0.5}}])
def test_sustained_is_a_run_of_the_scenario_with_its_spending_carried_on(
    results: cc.Results, response: cc.Response, at: dict[str, Any]
) -> None:
    plan = scaled(PLAN, at.get("scale", {})).delayed(at.get("delay", 0))
    plan = replace(plan, name="plan")
    whole = sustained(cc.run(TINY, plan).run, "plan")
    names = [lever.name for lever in whole.levers[len(plan.levers) :]]
    assert names == ["money, sustained"]
    carried = scaled(whole, dict.fromkeys(names, at["sustained"]))
    wanted = cc.run(TINY, carried, draws=cc.Draws(12, seed=1)).compare(carried.name)
    found = response.at(**at)
    largest = np.abs(wanted.scenario.costs.spend).max()
    np.testing.assert_allclose(found.npv(), wanted.npv(), rtol=0, atol=CLOSE * largest)
    assert "net present saving" in " ".join(found.summary()["what"]).lower()  # nothing is carried on twice
    assert found.npv().mean() < response.at(**{**at, "sustained": 0.0}).npv().mean()


def test_share_sustained_beyond_the_whole_is_refused(response: cc.Response) -> None:
    with pytest.raises(cc.CareCostError, match=r"sustained is 1\.5.*from 0 to 1"):
        response.at(sustained=1.5)
