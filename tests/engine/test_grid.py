"""Labels of every axis: how they are found, and everything that is wrong with them at once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

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


def chain(**onto: str) -> cc.Grid:
    """A grid in which each placement that is named has a group of its own and sends on to another."""
    groups = [cc.CapacityGroup(f"group {name}", [name], to) for name, to in onto.items()]
    return cc.Grid(2025, 1, range(18), ["a", "b", "c", "d", "e", "last"], groups=groups)


def test_each_circle_of_groups_is_told_once_and_the_way_into_it_is_no_part_of_it() -> None:
    assert len(chain(a="b", b="c", c="last").groups) == 3
    for onto, circles in (
        ({"a": "b", "b": "a"}, ["'group a' -> 'group b' -> 'group a'"]),
        ({"a": "b", "b": "c", "c": "b"}, ["'group b' -> 'group c' -> 'group b'"]),
        (
            {"a": "b", "b": "a", "c": "d", "d": "c"},
            ["'group a' -> 'group b' -> 'group a'", "'group c' -> 'group d' ->"],
        ),
    ):
        with pytest.raises(CareCostError) as error:
            chain(**onto)
        assert len(error.value.problems) == len(circles)
        for problem, circle in zip(error.value.problems, circles, strict=True):
            assert circle in problem.what
    with pytest.raises(CareCostError, match="sends on to 'a', which is its own") as error:
        chain(a="a")
    assert len(error.value.problems) == 1


def test_ages_need_not_start_at_zero_and_one_is_enough() -> None:
    assert cc.Grid(2025, 1, range(10, 18), ["a"]).index("ages", 12) == 2
    assert cc.Grid(2025, 1, [17], ["a"]).ages == (17,)
    with pytest.raises(CareCostError, match="not consecutive"):
        cc.Grid(2025, 1, [11, 12, 14], ["a"])
    with pytest.raises(CareCostError, match="not consecutive"):
        cc.Grid(2025, 1, [], ["a"])


@pytest.mark.parametrize("leave_age", [3, 4, 5, 6])
def test_a_placement_ends_after_an_age_of_the_grid(leave_age: int) -> None:
    def made() -> cc.Grid:
        return cc.Grid(2025, 1, [3, 4], [cc.Placement("a", leave_age=leave_age)])

    if leave_age in (4, 5):
        assert made().open(0, 3)
    else:
        with pytest.raises(CareCostError, match=rf"leave_age is {leave_age}\. Give an age from 4 to 5"):
            made()


def test_a_group_sends_on_to_a_placement_that_is_open_as_long() -> None:
    def made(first: int, then: int) -> cc.Grid:
        places = [cc.Placement("a", leave_age=first), cc.Placement("b", leave_age=then)]
        return cc.Grid(2025, 1, range(18), places, groups=[cc.CapacityGroup("g", ["a"], "b")])

    assert made(16, 16).groups and made(16, 17).groups
    with pytest.raises(CareCostError, match="which is closed from 15"):
        made(16, 15)


def test_windows_hold_the_open_states_and_no_more() -> None:
    early, late = cc.Placement("early", leave_age=2), cc.Placement("late", from_age=1, leave_age=4)
    grid = cc.Grid(2025, 1, range(4), [late, early])
    assert grid.windows.order.tolist() == [1, 0]
    assert grid.windows.at == (slice(0, 1), slice(0, 2), slice(1, 2), slice(1, 2))


def test_openness_is_asked_of_a_placement_that_is_there() -> None:
    grid = cc.Grid(2025, 1, range(4), [cc.Placement("a", leave_age=2), cc.Placement("b", from_age=1, leave_age=4)])
    assert [grid.open(0, age) for age in range(4)] == [True, True, False, False]
    assert [grid.open(1, age) for age in range(4)] == [False, True, True, True]
    for placement in (-1, 2):
        with pytest.raises(CareCostError, match="Give a whole number from 0 to 1"):
            grid.open(placement, 0)


def test_a_placement_in_phases_stands_for_all_of_its_phases() -> None:
    phases = [cc.Placement(f"foster {n}", of="foster", phase=n) for n in ("new", "settled")]
    grid = cc.Grid(2025, 1, range(18), [phases[0], cc.Placement("home"), phases[1]])
    assert grid.indices("placements", ["foster", "home"]) == [0, 2, 1]
    assert grid.indices("to", ["foster settled"]) == [2]
    assert grid.apart.tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_selector_without_streams_covers_all_and_with_them_these() -> None:
    assert Selector().covers("one") is True
    assert Selector(streams=("one",)).covers("one") is True
    assert Selector(streams=("one",)).covers("two") is False


def test_labels_are_frozen() -> None:
    for row, name in (
        (cc.Placement("a"), "leave_age"),
        (cc.Reason("r"), "to"),
        (cc.CapacityGroup("g", ["a"], "b"), "next"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(row, name, None)
    with pytest.raises(FrozenInstanceError):
        cc.Grid(**GRID).n_years = 3  # type: ignore[misc,arg-type]
