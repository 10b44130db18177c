"""Decision analysis of a run: curves, losses and worths agree with each other and with the draws behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")


@pytest.fixture(scope="module")
def results() -> cc.Results:
    """Two ways that compete: a small sure effect, and a greater one that may fail, at a price."""
    amount = cc.Interval(-0.2, -0.5, 0.1, 1.0, "uniform")
    bold = cc.Lever("bold", [cc.Change("entry_rate", "scale", amount)])
    shy = cc.Lever("shy", [cc.Change("entry_rate", "scale", -0.15)])
    return cc.run(TINY, cc.Scenario("bold", [bold]), cc.Scenario("shy", [shy]), years=4, draws=400)


def test_curve_frontier_and_losses_are_those_of_the_draws(results: cc.Results) -> None:
    rows = results.ceac([0.0, 5e4])
    npv = np.stack([results.compare(name).npv() for name in results.scenarios], 1)
    averted = np.stack([results.compare(name).averted_child_years.sum(1) for name in results.scenarios], 1)
    for value, own in rows.groupby("value"):
        benefit = npv + value * averted
        np.testing.assert_allclose(own["net_benefit"], benefit.mean(0), rtol=1e-9, atol=1e-6)
        chance = [(benefit.argmax(1) == i).mean() for i in range(3)]
        np.testing.assert_allclose(own["chance_best"], chance)
        np.testing.assert_allclose(
            own["expected_loss"], (benefit.max(1)[:, None] - benefit).mean(0), rtol=1e-9, atol=1e-6
        )
        evpi = results.evpi(value).iloc[0]
        assert evpi["evpi"] == own["expected_loss"].min() and evpi["best"] == own.loc[own["best"], "name"].iloc[0]
        assert evpi["chance_wrong"] == pytest.approx(1 - own.loc[own["best"], "chance_best"].iloc[0])


def test_effect_of_the_bold_lever_is_what_to_find_out(results: cc.Results) -> None:
    rows = results.evppi()
    assert rows["group"].iloc[0].startswith("lever bold: scale entry_rate")
    assert rows["share_of_evpi"].iloc[0] > 0.8
    assert (rows["evppi"] <= results.evpi()["evpi"].iloc[0] * 1.01).all()
    idle = rows[rows["chance_of_change"] == 0]
    assert len(idle) and (idle["evppi"] == 0).all() and idle["says"].str.startswith("cannot change the choice").all()
    assert {"price_year", "discount", "against", "claim"} <= set(rows.columns)


def test_groups_by_name_pattern_and_tie_are_those_meant(results: cc.Results) -> None:
    names = list(results.inputs().columns)
    every = results.evppi({"all": names}).iloc[0]
    assert every["quantities"] == len(names)
    assert every["evppi"] == pytest.approx(results.evpi()["evpi"].iloc[0], abs=3 * every["error"])
    one = results.evppi(["lever bold*"]).iloc[0]
    assert one["quantities"] == 1 and one["group"] == "lever bold*"
    with pytest.raises(cc.CareCostError, match="Did you mean"):
        results.evppi(["unit_cost: items=hom"])
    with pytest.raises(cc.CareCostError, match="Give names of quantities"):
        results.evppi([1, 2])


def test_tied_quantities_are_one_group() -> None:
    amount = cc.Interval(-0.2, -0.5, 0.1, 1.0, "uniform")
    levers = [
        cc.Lever(n, [cc.Change("entry_rate", "scale", amount, ages=a)], luck="claims")
        for n, a in (("a", 15), ("b", 16))
    ]
    done = cc.run(TINY, cc.Scenario("plan", levers), years=4, draws=60)
    rows = done.evppi().set_index("group")
    assert "luck: claims" in rows.index and not rows.index.str.contains("lever ").any()


def test_a_choice_with_inaction_alone_or_without_draws_is_refused(results: cc.Results) -> None:
    for run, words in ((cc.run(TINY, years=2, draws=60), "options"), (cc.run(TINY, EDGE, years=3), "no draws")):
        for ask in ("ceac", "evpi", "evppi"):
            with pytest.raises(cc.CareCostError, match=words):
                getattr(run, ask)()


def test_scenarios_and_rate_choose_the_options(results: cc.Results) -> None:
    rows = results.ceac(0.0, scenarios=["shy"], discount=0.1)
    assert rows["name"].tolist() == ["inaction", "shy"] and set(rows["discount"]) == {"flat 10%"}
    np.testing.assert_allclose(rows["net_benefit"].iloc[1], results.compare("shy").npv(discount=0.1).mean())
    with pytest.raises(cc.CareCostError, match="unknown scenario 'sly'"):
        results.ceac(0.0, scenarios=["sly"])


def test_first_order_indices_are_those_of_the_correlation_where_all_is_linear() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 2))
    benefit = cc.net_benefit([("a", 0 * x[:, 0], 0.0), ("b", x[:, 0] + 0.1 * x[:, 1], 1.0)], [0.1])
    rows = cc.evppi(benefit, pd.DataFrame(x, columns=["x", "y"]))
    assert rows["group"].tolist() == ["x", "y"]
    with pytest.raises(cc.CareCostError, match="Give the same draws of both"):
        cc.evppi(benefit, pd.DataFrame(x[:100], columns=["x", "y"]))
    with pytest.raises(cc.CareCostError, match="Give one of"):
        cc.evppi(benefit, pd.DataFrame(x, columns=["x", "y"]), value=7.0)


def test_sobol_without_totals_runs_nothing_and_ranks_what_moves_the_result(results: cc.Results) -> None:
    rows = results.sobol(scenario="bold")
    assert (rows["runs"] == 0).all() and rows["total"].isna().all()
    assert rows["group"].iloc[0].startswith("lever bold") and rows["first"].iloc[0] > 0.7
    assert rows["first"].sum() == pytest.approx(1.0, abs=0.2)
    x = results.inputs()["lever bold: scale entry_rate, from year 1"]
    # The gain is nearly linear in the effect: its index is the squared correlation.
    square = np.corrcoef(x, results.compare("bold").npv())[0, 1] ** 2
    assert rows["first"].iloc[0] == pytest.approx(square, abs=0.02)
    assert rows["variance"].iloc[0] == pytest.approx(results.compare("bold").npv().var(ddof=1))


def test_sobol_of_what_does_not_vary_is_refused(results: cc.Results) -> None:
    sure = replace(TINY, rows=tuple(replace(r, belief=replace(r.belief, low=None, high=None)) for r in TINY.rows))
    with pytest.raises(cc.CareCostError, match="same in all draws"):
        cc.run(replace(sure, ties=cc.Ties()), years=2, draws=60).sobol(of="children")
