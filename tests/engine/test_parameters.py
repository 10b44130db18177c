"""Parameters: arrays are checked on creation, all faults at once, and are read-only after."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.engine.parameters import side_by_side
from carecost.errors import CareCostError

GRID = {"base_year": 2025, "n_years": 2, "ages": range(3), "placements": [cc.Placement("foster", leave_age=3)]}


def test_parameters_with_many_faults_say_them_all() -> None:
    grid = cc.Grid(**GRID, items=[cc.Item("foster", "child_years")])
    one = np.ones((1, 1, 1))
    with pytest.raises(CareCostError) as error:
        cc.Parameters(
            grid,
            initial_stock=np.ones((1, 4, 1)),
            population=-one,
            entry_rate=one * np.nan,
            entry_share="half",
            exit_rate=np.zeros((1, 1, 1, 1)),
        )
    words = (
        "initial_stock: has 4 on the ages axis",
        "population: is negative: -1",
        "entry_rate: has 1 values that are not",
    )
    for word in (
        *words,
        "entry_share: is not an array",
        "exit_rate: has shape (1, 1, 1, 1)",
        "unit_cost: is not given",
    ):
        assert word in str(error.value)
    with pytest.raises(CareCostError, match=r"has 2 draws, others have 3"):
        cc.Parameters(cc.Grid(**GRID), np.ones((2, 3, 1)), one, np.ones((3, 1, 1)), np.ones((1, 1, 1, 1)))
    with pytest.raises(CareCostError, match="the grid has no items"):
        cc.Parameters(cc.Grid(**GRID), np.ones((1, 3, 1)), one, one, np.ones((1, 1, 1, 1)), unit_cost=one)
    with pytest.raises(CareCostError, match=r"entry_at_birthday: is 1\.5"):
        cc.Parameters(cc.Grid(**GRID), np.ones((1, 3, 1)), one, one, np.ones((1, 1, 1, 1)), entry_at_birthday=1.5 * one)
    with pytest.raises(CareCostError, match="unknown parameter 'stock'"):
        cc.Parameters(cc.Grid(**GRID), np.ones((1, 3, 1)), one, one, np.ones((1, 1, 1, 1))).changed(stock=one)


def test_stock_in_a_placement_before_it_opens_is_refused() -> None:
    grid = cc.Grid(2025, 1, range(3), [cc.Placement("a", leave_age=3, from_age=1)])
    zero = np.zeros((1, 1, 1))
    with pytest.raises(CareCostError, match=r"initial_stock: age 0 in 'a', which opens at 1.*an earlier from_age"):
        cc.Parameters(grid, np.ones((1, 3, 1)), zero, zero, np.ones((1, 1, 1, 1)))


@pytest.mark.parametrize("name", ["initial_stock", "entry_share", "move_rate", "extra_entries", "exit_rate"])
def test_array_with_children_in_or_into_a_closed_placement_is_refused(name: str) -> None:
    grid = cc.Grid(
        2025, 1, range(3), [cc.Placement("a", leave_age=3), cc.Placement("b", leave_age=2)], [cc.Reason("r", "b")]
    )
    one = np.ones((1, 1, 1))
    arrays = {
        "initial_stock": np.array([[[1.0, 1], [1, 1], [1, 0]]]),
        "entry_share": np.array([[[[0.5, 0.5], [0.5, 0.5], [1, 0]]]]),
        "move_rate": np.zeros((1, 1, 3, 2, 2)),
        "exit_rate": np.zeros((1, 1, 3, 2, 1)),
    }
    before = cc.Parameters(grid, population=one, entry_rate=one, **arrays)
    if name == "extra_entries":
        arrays[name] = {"more": np.ones((1, 1, 1, 2))}
    else:
        arrays[name] = np.ones_like(arrays[name]) * (0.5 if name == "entry_share" else 1.0)
    for made in (
        lambda: cc.Parameters(grid, population=one, entry_rate=one, **arrays),
        lambda: before.changed(**{name: arrays[name]}),
    ):
        with pytest.raises(CareCostError, match=r"age 2 in 'b', which is closed from 2"):
            made()


def test_entries_to_a_closed_placement_are_refused_once_anybody_enters() -> None:
    grid = cc.Grid(2025, 1, range(3), [cc.Placement("a", leave_age=3), cc.Placement("b", leave_age=2)])
    one = np.ones((1, 1, 1))
    idle = cc.Parameters(grid, np.zeros((1, 3, 2)), one, 0.0 * one, np.full((1, 1, 1, 2), 0.5))
    with pytest.raises(CareCostError, match=r"age 2 in 'b', which is closed from 2"):
        idle.changed(entry_rate=one)


def plain() -> cc.Parameters:
    one = np.ones((1, 1, 1))
    return cc.Parameters(cc.Grid(**GRID), np.ones((1, 3, 1)), one, 0.1 * one, np.ones((1, 1, 1, 1)))  # type: ignore[arg-type]


def test_arrays_cannot_be_written_into_and_a_change_leaves_the_others() -> None:
    p = plain()
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(p.entry_rate)[:] = 0
    more = p.changed(entry_rate=0.2 * np.ones((1, 1, 1)))
    assert np.asarray(more.entry_rate).item() == 0.2 and np.asarray(p.entry_rate).item() == 0.1
    assert more.population is p.population


def test_entries_are_population_times_rate_times_share() -> None:
    assert np.asarray(plain().entries()).ravel().tolist() == pytest.approx([0.1])
    assert plain().n_draws == 1


def test_the_place_of_a_fault_is_said_in_labels_or_by_number_where_the_shape_is_another() -> None:
    one, two = np.ones((1, 1, 1)), np.ones((1, 3, 1))

    def told(shape: tuple[int, ...], at: tuple[int, ...]) -> str:
        people = np.ones(shape)
        people[at] = -2.0
        with pytest.raises(CareCostError) as error:
            cc.Parameters(cc.Grid(**GRID), two, people, one, np.ones((1, 1, 1, 1)))  # type: ignore[arg-type]
        return next(p.what for p in error.value.problems if "negative" in p.what)

    assert told((1, 2, 3), (0, 1, 2)) == "is negative: -2 at year 2027, age 2"
    assert told((2, 2, 3), (1, 0, 1)) == "is negative: -2 at draw 1, year 2026, age 1"
    assert told((1, 1, 3), (0, 0, 2)) == "is negative: -2 at age 2"
    assert told((1, 1, 1), (0, 0, 0)) == "is negative: -2 at all cells"
    assert told((1, 5, 3), (0, 4, 2)) == "is negative: -2 at (0, 4, 2)"
    assert told((3, 3), (1, 2)) == "is negative: -2 at (1, 2)"


def test_an_axis_of_two_where_the_grid_has_three_is_refused() -> None:
    one = np.ones((1, 1, 1))
    with pytest.raises(CareCostError, match="has 2 on the ages axis, the grid has 3"):
        cc.Parameters(cc.Grid(**GRID), np.ones((1, 3, 1)), np.ones((1, 1, 2)), one, np.ones((1, 1, 1, 1)))  # type: ignore[arg-type]


def test_parameters_are_themselves_and_no_others_and_may_be_keys() -> None:
    p, q = plain(), plain()
    assert {p: "p", q: "q"}[p] == "p" and p != q


def test_sets_side_by_side_are_draws_and_a_line_that_one_of_them_lacks_is_zero_there() -> None:
    more = np.arange(6.0).reshape(1, 2, 3, 1)
    one, other = plain(), plain().changed(extra_entries={"asylum": more}, population=np.full((1, 1, 1), 7.0))
    both = side_by_side([one, other])
    assert both.n_draws == 2
    np.testing.assert_array_equal(np.asarray(both.population)[:, 0, 0], [np.asarray(one.population)[0, 0, 0], 7.0])
    np.testing.assert_array_equal(both.extra_entries["asylum"], np.concatenate([np.zeros_like(more), more]))
