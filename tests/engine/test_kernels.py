"""Kernels: each distinct set of rates once, numbered, whatever the age, year or scenario; what birthdays do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

import carecost as cc
from carecost.engine.kernels import Kernels, birthday_map, rates
from tests.reference.oracle import stress_world
from tests.reference.worlds import parameters_of


def test_rates_are_the_generator_of_exits_and_moves() -> None:
    p = parameters_of(stress_world())
    q = rates(p)
    grid = p.grid
    inside = [i for i, reason in enumerate(grid.reasons) if reason.to is None]
    out = np.broadcast_to(np.asarray(p.exit_rate), (*q.shape[:4], len(grid.reasons)))[..., inside].sum(-1)
    opened = np.broadcast_to(grid.opened, q.shape[:4])
    np.testing.assert_allclose(-q.sum(-1)[opened], out[opened], atol=1e-12)


def test_a_closed_state_between_open_ones_has_no_rates() -> None:
    """Three windows beside one that is always open: one of the three does not stand beside it."""
    short = [cc.Placement(f"from {a}", from_age=a, leave_age=a + 2) for a in (2, 8, 14)]
    grid = cc.Grid(2025, 1, range(18), ["foster", *short], ["home"])
    stock, one = np.zeros((1, 18, 4)), np.ones((1, 1, 1))
    share = np.array([1.0, 0, 0, 0]).reshape(1, 1, 1, 4)
    p = cc.Parameters(grid, stock, 100 * one, 0.01 * one, share, exit_rate=np.full((1, 1, 1, 4, 1), 0.1))
    q = rates(p)[0, 0]
    assert any(not grid.opened[age, grid.windows.states(age)].all() for age in range(18))
    np.testing.assert_array_equal(np.einsum("aii->ai", q), np.where(grid.opened, -0.1, 0.0))


def test_a_band_ends_where_reasons_are_other_ones_though_as_many_leave() -> None:
    grid = cc.Grid(2025, 2, range(18), ["foster"], ["home", "adopted", "other"])
    one, leave = np.ones((1, 1, 1)), np.full((1, 1, 18, 1, 3), 0.1)
    leave[0, 0, 9:, 0] = 0.05, 0.15, 0.1
    p = cc.Parameters(grid, 10 * np.ones((1, 18, 1)), 100 * one, 0.01 * one, np.ones((1, 1, 1, 1)), exit_rate=leave)
    assert [band.ages for band in Kernels().bands(p, [])] == [slice(0, 9), slice(9, 18)]


def test_same_rates_have_the_same_number_and_one_kernel() -> None:
    p = parameters_of(stress_world())
    kernels = Kernels()
    first = kernels.sets(p)
    computed = kernels.computed
    np.testing.assert_array_equal(kernels.sets(p.changed(population=2 * np.asarray(p.population))), first)
    assert kernels.computed == computed


def test_kernel_of_a_number_is_the_matrix_exponential_of_its_rates() -> None:
    p = parameters_of(stress_world())
    kernels = Kernels()
    for number in np.unique(kernels.sets(p)):
        kernel = kernels.of(int(number))
        np.testing.assert_allclose(kernel.phi[0, 0], expm(kernel.rates[0]), atol=1e-12)


def test_kernels_made_together_are_those_of_each_alone_to_the_bit() -> None:
    p = parameters_of(stress_world())
    alone, together = Kernels(), Kernels()
    numbers = np.unique(alone.sets(p)).tolist()
    together.sets(p)
    together.make([*numbers, *numbers])
    assert together.computed == len(numbers)
    for number in numbers:
        for one, other in zip(alone.of(number), together.of(number), strict=True):
            np.testing.assert_array_equal(one, other)
    assert together.computed == len(numbers)


def test_birthday_sends_children_on_or_out() -> None:
    places = [cc.Placement("foster", leave_age=18, then="leaver"), cc.Placement("leaver", False, leave_age=20)]
    grid = cc.Grid(2025, 1, range(16, 20), places)
    at_17 = birthday_map(grid, 1)
    order = grid.windows.order.tolist()
    turned = at_17.turned(np.full((1, len(at_17.stays)), 5.0), 2)
    # All in foster care go on to be care leavers; care leavers of 17, whom the grid allows, stay.
    assert turned[0, order.index(1)] == turned.sum() == 5.0 * len(at_17.stays)
    last = birthday_map(grid, 3)
    assert last.leaving.any() and last.turned(np.ones((1, len(last.stays))), 2).sum() == 0.0


@pytest.mark.parametrize(
    ("rates", "refused"),
    [
        ((1.0, 300.0), False),
        ((100.0, 365.0), False),
        ((100.0, 366.0), True),
        ((365.0, 730.0), False),
        ((365.0, 731.0), True),
        ((731.0, 365.0), True),
        ((731.0, 731.0), False),
    ],
)
def test_a_very_large_outflow_at_most_doubles_or_halves_from_year_to_year(
    rates: tuple[float, float], refused: bool
) -> None:
    grid = cc.Grid(2025, 2, range(3), [cc.Placement("a", leave_age=3)], ["home"])
    one, exits = np.ones((1, 1, 1)), np.array(rates).reshape(1, 2, 1, 1, 1)
    p = cc.Parameters(grid, np.ones((1, 3, 1)), one, one, one[None], exit_rate=exits)
    if refused:
        said = f"from 'a' goes from {rates[0]:g} to {rates[1]:g} a year in one year"
        with pytest.raises(cc.CareCostError, match=said):
            cc.project(p)
    else:
        assert np.isfinite(cc.project(p).stock).all()
