"""Rows of the attribution say everything, and the short table adds up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.attribution import METHODS
from carecost.results.attribution_tables import ALL, INTERACTION, saved, short_table, worth_saying

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run(TINY, cc.load_scenario(SETS / "edge.toml"), draws=cc.Draws(60, seed=1))


def test_attribution_rows_say_everything(results: cc.Results) -> None:
    rows = results.attribution("edge", draws=50, dates=[2028])
    assert list(dict.fromkeys(rows["method"])) == [*METHODS, "interaction", "whole"]
    assert rows["claim"].all() and (rows["draws"] == 50).all()
    assert rows.loc[rows["unit"] == "GBP", "price_year"].eq(2025).all()
    assert rows.loc[rows["unit"] != "GBP", "price_year"].isna().all()
    npv = rows[rows["measure"] == "npv"].set_index(["method", "lever"])
    saving = results.compare("edge")
    whole = npv.loc[("whole", ALL)]
    drawn = saving.npv()[:50]
    assert whole["value"] == pytest.approx(saving.central.npv()[0])
    assert whole["mean"] == pytest.approx(drawn.mean())
    assert [whole["low"], whole["high"]] == pytest.approx(list(np.quantile(drawn, (0.1, 0.9))))
    assert whole["mc_error"] == pytest.approx(drawn.std(ddof=1) / np.sqrt(50))
    assert npv["value"].loc[["alone", "interaction"]].sum() == pytest.approx(whole["value"])
    assert npv["spends_only"].loc[[("alone", "programme"), ("alone", "edge of care")]].tolist() == [True, False]
    averted = rows.query("measure == 'averted_2028' and method == 'whole'").iloc[0]
    assert averted["date"] == 2028
    assert averted["value"] == pytest.approx(saving.central.averted[0, 3])
    # What came of sampling orders is only said of Shapley values.
    assert rows["order_error"].notna().equals(rows["method"] == "shapley")


def test_the_short_table_adds_up(results: cc.Results) -> None:
    table = short_table(results.run, "edge")
    for _, rows in table.groupby("what"):
        levers, whole = rows[rows["lever"] != ALL], rows[rows["lever"] == ALL].iloc[0]
        for way in ("alone", "sequence", "shapley"):
            assert levers[way].sum() == pytest.approx(whole[way])
        assert levers.loc[levers["lever"] == INTERACTION, "sequence"].isna().all()
    assert table["unit"].tolist()[-1] == "£bn, 2024-25 prices, present value"


def test_attribution_of_one_lever_is_not_worth_saying(results: cc.Results) -> None:
    edge = cc.load_scenario(SETS / "edge.toml")
    one = cc.run(TINY, cc.Scenario("one", edge.levers[:1])).run
    assert worth_saying(one) == [] and saved(one) == {}
    assert worth_saying(results.run) == ["edge"] and set(saved(results.run)["attribution"]["draws"]) == {0}
