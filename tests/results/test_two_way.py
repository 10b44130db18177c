"""Two-way tables hold what runs of the scaled scenario give, and thresholds are where the mean is zero."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.results.what_if import scaled
from carecost.simulation.response import scaled_set

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
FEWER = cc.Change("entry_rate", "scale", cc.Interval(-0.3, -0.4, -0.2), start=1)
MONEY = cc.Change("unit_cost", "add", 2e5, price_year=2022, items=["programme"], start=1, unit="")
PLAN = cc.Scenario("plan", [cc.Lever("fewer", [FEWER]), cc.Lever("money", [MONEY])])
DRAWS = cc.Draws(6, seed=2)


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run(TINY, PLAN, draws=DRAWS)


def npv(fewer: float, money: float = 1.0, home: float = 1.0, entries: float = 1.0) -> np.ndarray:
    """A run of the scaled scenario on the scaled set."""
    plan = scaled(PLAN, {"fewer": fewer, "money": money})
    return cc.run(scaled_set(TINY, {"home": home}, {None: entries}), plan, draws=DRAWS).compare("plan").npv()


def test_cells_are_what_runs_give(results: cc.Results) -> None:
    rows = results.two_way("plan", scale={"fewer": [1.4, 0.5]}, prices={"home": [0.8, 1.5]})
    assert list(rows["first"].unique()) == ["fewer, of its effect"]
    assert list(rows["second"].unique()) == ["price of home"]
    for a in (0.5, 1.4):
        for b in (0.8, 1.5):
            cell = rows[(rows["first_value"] == a) & (rows["second_value"] == b)].set_index("quantile")
            fresh = npv(a, home=b)
            assert cell.loc["mean", "value"] == pytest.approx(fresh.mean(), rel=1e-9)
            assert cell.loc[0.9, "value"] == pytest.approx(np.quantile(fresh, 0.9), rel=1e-9)
            assert cell.loc["mean", "chance"] == (fresh > 0).mean()


def test_threshold_is_where_the_mean_of_runs_is_zero(results: cc.Results) -> None:
    rows = results.two_way("plan", scale={"fewer": [0.5, 1]}, entries=[0.8, 1.2])
    assert rows["threshold"].isna().all()  # nobody's money is that little
    rows = results.two_way("plan", scale={"fewer": [0, 0.5, 1], "money": [0, 1000]})
    found = rows.drop_duplicates("first_value").set_index("first_value")["threshold"]
    assert found[0.0] == 0.0  # nothing done and nothing spent
    for share in (0.5, 1.0):
        fresh = npv(share, money=found[share])
        assert abs(fresh.mean()) < 1e-6 * abs(npv(share, money=0.0).mean())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "0 settings"),
        ({"entries": [1, 2]}, "1 settings are varied: entries to care"),
        ({"scale": {"fewer": [1], "money": [1]}, "entries": [1]}, "3 settings"),
        ({"scale": {"fewr": [1]}, "entries": [1]}, "Did you mean 'fewer'"),
        ({"scale": {"fewer": [-1]}, "entries": [1]}, "least 0|0 or more|-1"),
        ({"scale": {"fewer": []}, "entries": [1]}, "multipliers"),
        ({"scale": [1], "entries": [1]}, "mapping"),
    ],
)
def test_settings_that_are_none_are_refused_in_words(results: cc.Results, given: dict, said: str) -> None:
    with pytest.raises(cc.CareCostError, match=said):
        results.two_way("plan", **given)
