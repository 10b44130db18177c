"""Do the tables of a set, a scenario and a change say what is stated, row for row?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carecost as cc

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
ENGLAND = cc.load_assumptions("england-2025")
REVIEW = cc.load_scenario("care-review")


@pytest.mark.parametrize("of", [TINY, ENGLAND], ids=lambda one: one.name)
def test_table_of_a_set_has_every_row_and_number(of: cc.Assumptions) -> None:
    table = of.table()
    assert len(table) == len(of.rows)
    assert table["quantity"].tolist() == [row.quantity for row in of.rows]
    np.testing.assert_array_equal(table["value"], [row.belief.value for row in of.rows])
    assert (table["source"] != "").all() and set(table["kind"]) <= {"value", "growth", "adjustment"}
    assert [x for x in table["items"] if x] == [row.where.items for row in of.rows if row.where.items]


@pytest.mark.parametrize("of", [TINY, ENGLAND], ids=lambda one: one.name)
def test_uncertain_has_every_quantity_that_is_drawn(of: cc.Assumptions) -> None:
    table = of.uncertain()
    lines = {path.quantity: f"path: {path.name}" for path in of.paths}
    wanted = [name for name in of.drawn_quantities if name not in lines]
    assert [name for name in table["quantity"] if not name.startswith("path: ")] == wanted
    assert {name for name in table["quantity"] if name.startswith("path: ")} == {f"path: {p.name}" for p in of.paths}


def test_a_quantity_of_joint_draws_is_uncertain_and_says_whose() -> None:
    row = next(row for row in TINY.rows if row.belief.certain and row.parameter == "exit_rate")
    from dataclasses import replace

    joint = cc.JointDraws("fitted", (row.quantity,), ((0.1,), (0.2,)))
    made = replace(TINY, ties=cc.Ties(joints=(joint,))).uncertain().set_index("quantity")
    assert made.loc[row.quantity, ["drawn_from", "group"]].tolist() == ["joint draws fitted", "fitted"]


def test_table_of_a_scenario_has_a_row_a_change() -> None:
    table = REVIEW.table()
    assert len(table) == len(REVIEW.changes) and set(table["lever"]) == {lever.name for lever in REVIEW.levers}
    assert table["amount"].tolist() == [change.amount.value for _, change in REVIEW.changes]
    assert cc.Scenario("nothing").table().empty


@given(
    st.floats(-0.5, 0.5),
    st.integers(1, 5),
    st.integers(0, 5),
    st.sampled_from(["linear", "front", "back", "s-curve", "step"]),
    st.floats(0.1, 2.0),
)
def test_ramp_is_the_weight_times_the_amount(value: float, start: int, more: int, shape: str, share: float) -> None:
    amount = cc.Interval(value, value - 0.1, value + 0.1)
    change = cc.Change("exit_rate", "add", amount, start, full=start + more, shape=shape, share=share)
    ramp = change.by_year(12)
    weights = np.array([share * change.weight(year) for year in range(1, 13)])
    np.testing.assert_allclose(ramp["weight"], weights)
    for name, end in (("amount", value), ("low", amount.low), ("high", amount.high)):
        np.testing.assert_allclose(ramp[name].astype(float), weights * end)
    assert ramp["year"].tolist() == list(range(1, 13))


def test_ramp_of_a_caseload_is_its_money() -> None:
    change = cc.Change(
        "unit_cost", "add", 4000.0, price_year=2022, times=100.0, times_of="children", unit="GBP per child", items="x"
    )
    assert change.by_year(1)["amount"].tolist() == [400_000.0]
