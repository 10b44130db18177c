"""Labels of every axis: how they are found, and everything that is wrong with them at once."""

from __future__ import annotations

import pytest

import carecost as cc
from carecost.engine.grid import Selector, spell
from carecost.errors import CareCostError

GRID = {"base_year": 2025, "n_years": 2, "ages": range(3), "placements": [cc.Placement("foster", leave_age=3)]}


def test_grid_with_many_faults_says_them_all() -> None:
    with pytest.raises(CareCostError) as error:
        cc.Grid(
            2025,
            0,
            range(20),
            [cc.Placement("a", leave_age=19), cc.Placement("a"), cc.Placement("b", then="c", leave_age=25)],
            [cc.Reason("r", to="d")],
            [cc.Item("i", "entries", placements=["e"])],
            averted_to="zz",
        )
    for word in (
        "n_years is 0",
        "leave_age is 19",
        "'a' is there twice",
        "'c'",
        "leave_age is 25",
        "'d'",
        "'e'",
        "'zz'",
    ):
        assert word in str(error.value)
    with pytest.raises(CareCostError, match=r"from_age is 18.*Give an age from 0 to 17"):
        cc.Grid(2025, 1, range(18), [cc.Placement("a", from_age=18)])
    with pytest.raises(CareCostError, match="then is 'b', which is not open yet"):
        cc.Grid(2025, 1, range(20), [cc.Placement("a", then="b"), cc.Placement("b", False, 20, from_age=19)])
    with pytest.raises(CareCostError, match="not consecutive: 0; 2"):
        cc.Grid(2025, 1, [0, 2], ["a"])
    with pytest.raises(CareCostError, match="Did you mean 'foster'"):
        cc.Grid(**GRID).index("placements", "fostr")
    with pytest.raises(CareCostError, match="Did you mean 'ages'"):
        cc.Grid(**GRID).labels("age")


def test_dates_are_one_more_than_years() -> None:
    grid = cc.Grid(**GRID)  # type: ignore[arg-type]
    assert grid.years == (2026, 2027) and grid.dates == (2025, 2026, 2027)
    assert grid.index("ages", 2) == 2 and grid.indices("placements", None) == [0]


def test_placement_is_open_from_its_first_age_to_its_last() -> None:
    places = [cc.Placement("a", from_age=1, leave_age=3), cc.Placement("b", leave_age=2)]
    grid = cc.Grid(2025, 1, range(3), places)
    assert grid.opened.tolist() == [[False, True], [True, True], [True, False]]


def test_states_open_at_an_age_stand_side_by_side() -> None:
    places = [
        cc.Placement("late", from_age=2, leave_age=4),
        cc.Placement("early", leave_age=2),
        cc.Placement("all", leave_age=4),
    ]
    grid = cc.Grid(2025, 1, range(4), places)
    for age in range(4):
        states = grid.windows.states(age).tolist()
        assert {i for i in range(3) if grid.opened[age, i]} <= set(states)
    assert sorted(grid.windows.order.tolist()) == [0, 1, 2]


def test_selector_of_one_name_is_one_name_and_text_is_the_same_for_the_same_selection() -> None:
    assert Selector(placements="foster").placements == ("foster",)  # type: ignore[arg-type]
    assert Selector(ages=range(10, 18)).text() == Selector(ages=tuple(range(10, 18))).text() == "ages=10-17"
    assert spell((3, 1, 2, 7)) == "1-3; 7"
