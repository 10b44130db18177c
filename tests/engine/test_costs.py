"""Does each driver count what it says?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.engine.costs import DRIVERS as FUNCTIONS
from carecost.engine.costs import _level_faults, cost_streams
from carecost.engine.items import DRIVERS, OUTCOMES


@pytest.fixture(scope="module")
def world() -> tuple[cc.Parameters, cc.Projection]:
    """Two placements, one move, two reasons, one that leads on."""
    items = [
        cc.Item("weeks", "child_weeks", placements=["a"]),
        cc.Item("years", "child_years", ages=[1, 2]),
        cc.Item("entries", "entries", placements=["b"]),
        cc.Item("home", "exits", reasons=["home"]),
        cc.Item("all exits", "exits"),
        cc.Item("to b", "moves", placements=["a"], to=["b"]),
        cc.Item("leavers", "aged_out"),
        cc.Item("people", "population", ages=[0]),
        cc.Item("programme", "year"),
        cc.Item("theirs", "child_years", streams=["two"]),
    ]
    placements = [cc.Placement("a", leave_age=3), cc.Placement("b", leave_age=3)]
    grid = cc.Grid(2025, 2, range(3), placements, ["home", cc.Reason("on", to="b")], items)
    exits = np.full((1, 1, 1, 2, 2), 0.2)
    exits[..., 1, 1] = 0.0
    p = cc.Parameters(
        grid,
        initial_stock=np.full((1, 3, 2), 100.0),
        population=np.full((1, 1, 3), 1000.0),
        entry_rate=np.full((1, 1, 1), 0.01),
        entry_share=np.full((1, 1, 1, 2), 0.5),
        exit_rate=exits,
        move_rate=np.full((1, 1, 1, 2, 2), 0.3),
        unit_cost=np.full((1, 1, len(items)), 2.0),
    )
    return p, cc.project(p)


def test_every_driver_sums_the_flow_it_names(world: tuple[cc.Parameters, cc.Projection]) -> None:
    p, r = world
    volume = dict(zip([i.name for i in p.grid.items], np.moveaxis(cc.cost(r, p).volume[0], -1, 0), strict=True))
    np.testing.assert_allclose(volume["weeks"], r.child_years[0, :, :, 0].sum(1) * 365 / 7)
    np.testing.assert_allclose(volume["years"], r.child_years[0, :, 1:].sum((1, 2)))
    np.testing.assert_allclose(volume["entries"], r.entries[0, :, :, 1].sum(1))
    np.testing.assert_allclose(volume["home"], r.exits[0, ..., 0].sum((1, 2)))
    np.testing.assert_allclose(volume["all exits"], r.exits[0].sum((1, 2, 3)))
    np.testing.assert_allclose(volume["to b"], r.moves[0, :, :, 0, 1].sum(1))
    np.testing.assert_allclose(volume["leavers"], r.aged_out[0].sum((1, 2)))
    np.testing.assert_allclose(volume["people"], 1000.0)
    np.testing.assert_allclose(volume["programme"], 1.0)
    np.testing.assert_allclose(cc.cost(r, p).spend, 2.0 * cc.cost(r, p).volume)


def test_years_and_population_are_counted_once_and_not_once_a_stream(
    world: tuple[cc.Parameters, cc.Projection],
) -> None:
    p, r = world
    both = cost_streams(["one", "two"], [r, r], [p, p])
    names = [i.name for i in p.grid.items]
    for name in ("people", "programme"):
        np.testing.assert_allclose(both.volume[..., names.index(name)], cc.cost(r, p).volume[..., names.index(name)])
    np.testing.assert_allclose(both.volume[..., 0], 2 * cc.cost(r, p).volume[..., 0])
    np.testing.assert_allclose(both.volume[..., -1], r.child_years.sum((2, 3)))


def test_every_driver_has_a_function() -> None:
    assert {*FUNCTIONS, OUTCOMES} == set(DRIVERS)  # which follows other items, and is beside the registry


def test_public_spend_leaves_the_social_ledger_out() -> None:
    items = [cc.Item("care", "year"), cc.Item("harm", "year", account="social")]
    grid = cc.Grid(2025, 2, range(18), ["foster"], items=items)
    volume, price = np.ones((1, 2, 2)), np.array([[[3.0, 5.0]]])
    np.testing.assert_array_equal(cc.Costs(grid, volume, price, volume * price).public_spend, [[3.0, 3.0]])


def levels(*values: float) -> list[str]:
    """Faults of levels of an outcome that is a share, one a draw."""
    grid = cc.Grid(
        2025, 1, range(18), ["foster"], items=[cc.Item("in work", "aged_out", account="outcomes", kind="share")]
    )
    return [p.what for p in _level_faults(grid, np.array(values)[:, None, None], "levels")]


def test_the_worst_level_of_an_outcome_is_named_and_how_often_one_cannot_be() -> None:
    assert levels(0.0, 0.5, 1.0) == []
    assert levels(0.5, 1.5, 0.2) == [
        "level of 'in work' is 1.5 (share of leavers), and cannot be in 1 of 3 draws looked at"
    ]
    assert levels(-0.25, 1.5, -0.5) == [
        "level of 'in work' is -0.5 (share of leavers), and cannot be in 3 of 3 draws looked at"
    ]
    assert levels(-1.0) == ["level of 'in work' is -1 (share of leavers)"]


def test_an_item_that_follows_outcomes_counts_those_of_its_group() -> None:
    items = [
        cc.Item("in work", "aged_out", account="outcomes", kind="share"),
        cc.Item("homeless", "aged_out", account="outcomes", kind="share", group="housing"),
        cc.Item("in a hostel", "aged_out", account="outcomes", kind="share", group="housing"),
        cc.Item("a night", "outcomes", group="housing", account="social"),
    ]
    grid = cc.Grid(2025, 1, range(3), [cc.Placement("a", leave_age=3)], ["home"], items)
    one = np.ones((1, 1, 1))
    p = cc.Parameters(
        grid, np.full((1, 3, 1), 100.0), one, 0 * one, one[None], unit_cost=np.array([[[0.5, 0.2, 0.1, 10.0]]])
    )
    made = cc.cost(cc.project(p), p)
    assert made.volume[0, 0, 0] == pytest.approx(100.0)
    assert made.volume[0, 0, 3] == pytest.approx(100.0 * 0.3)
    assert made.spend[0, 0, 3] == pytest.approx(100.0 * 0.3 * 10.0)
