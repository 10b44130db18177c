"""Rows of what one child costs: sums over items, means over those who enter, discounted from the year of the entry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.lifetime_cost import lifetime_cost

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run(SETS / "tiny")


def test_rows_of_items_sum_to_those_of_cells(results: cc.Results) -> None:
    whole = results.lifetime_cost(by=["stream", "age", "placement"])
    items = results.lifetime_cost(by=["stream", "age", "placement", "item"])
    keys = ["stream", "age", "placement", "year"]
    amounts = ["gross", "cashable", "gross_discounted", "cashable_discounted"]
    summed = items.groupby(keys, sort=False)[amounts].sum().reset_index()
    np.testing.assert_allclose(summed[amounts], whole[amounts], rtol=1e-12)
    assert (whole["cashable"] <= whole["gross"] + 1e-9).all() and (whole["gross"].groupby(whole["age"]).sum() > 0).all()


def test_means_are_over_those_who_enter(results: cc.Results) -> None:
    made = lifetime_cost(results.run)
    rows = results.lifetime_cost(by=["age"]).query("age == 16")
    weight = made.entries[:, 1] / made.entries[:, 1].sum()
    mean = np.einsum("sp,spyi->y", weight, np.nan_to_num(made.spend[:, 1]))
    np.testing.assert_allclose(rows["gross"], mean, rtol=1e-12)
    foster = results.lifetime_cost(by=["stream", "placement"]).query("stream == 'uasc' and placement == 'foster'")
    assert len(foster) == len(made.grid.years)  # nobody of 15 enters in that stream: a mean of 16 and 17


def test_discounting_starts_in_the_year_of_the_entry(results: cc.Results) -> None:
    rows = results.lifetime_cost(by=["age"]).query("age == 15")
    factor = 1.035 ** -rows["years_since_entry"]
    np.testing.assert_allclose(rows["gross_discounted"], factor * rows["gross"], rtol=1e-12)
    assert rows["price_year"].unique().tolist() == [2025] and rows["unit"].unique().tolist() == ["GBP"]


def test_columns_that_are_not_there_are_refused(results: cc.Results) -> None:
    with pytest.raises(cc.CareCostError, match=r"'ages'.*age"):
        results.lifetime_cost(by=["ages"])
