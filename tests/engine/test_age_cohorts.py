"""Is the way of the draws the way of the engine? Projection over ages, age by age, against projections year by year."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import carecost as cc
from benchmarks import c_loop
from carecost.engine.age_cohorts import project_sums
from carecost.engine.costs import cost_streams
from tests.reference.strategies import FIRST_AGE, parameter_sets

#: Cost items that cut the age axis where no rate changes.
CUTTING = [
    cc.Item("young weeks", "child_weeks", ages=[12, 13]),
    cc.Item("odd years", "child_years", placements=["home"], ages=[13, 15]),
    cc.Item("late starts", "entries", ages=range(15, 18)),
    cc.Item("early ends", "exits", ages=[12], reasons=["out"]),
    cc.Item("moves at 16", "moves", ages=[16], to=["home"]),
    cc.Item("leavers at 17", "aged_out", ages=[17]),
    cc.Item("people", "population", ages=[14]),
]


def over_years(p: cc.Parameters, factor: np.ndarray, ages: slice = slice(None)) -> cc.Parameters:
    """Multiply exits and moves of some ages by a factor for each year."""
    new = {}
    for name in ("exit_rate", "move_rate"):
        rates = np.array(np.broadcast_to(old := np.asarray(getattr(p, name)), (len(old), len(factor), *old.shape[2:])))
        rates[:, :, ages] *= factor[:, None, None, None]
        new[name] = rates
    return p.changed(**new)


def in_bands(p: cc.Parameters, width: int) -> cc.Parameters:
    """Give ages the rates of the first of their band, where that leads nowhere closed."""
    first = np.arange(len(p.grid.ages)) // width * width
    exits, moves = np.asarray(p.exit_rate)[:, :, first].copy(), np.asarray(p.move_rate)[:, :, first].copy()
    moves *= p.open[:, None, :]
    exits[..., 1] *= p.open[:, [2]]
    return p.changed(exit_rate=exits, move_rate=moves)


def agree(one: cc.Parameters) -> None:
    """Every sum over ages is that of the projection with ages, to rounding."""
    mine, theirs = project_sums(one), cc.project(one)
    reasons, placements = range(len(one.grid.reasons)), range(len(one.grid.placements))
    pairs = [(mine.over_ages(n), theirs.over_ages(n)) for n in ("stock", "entries", "aged_out", "child_years")]
    pairs += [(mine.exits_for([r]), theirs.exits_for([r])) for r in reasons]
    pairs += [(mine.moves_to([to]), theirs.moves_to([to])) for to in placements]
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12 * max(1.0, np.abs(b).max()))


@given(parameter_sets())
def test_sums_are_those_of_the_projection_with_ages(p: cc.Parameters) -> None:
    agree(p)
    agree(in_bands(p, 3))


@given(parameter_sets())
def test_sums_where_rates_change_over_years_are_those_with_ages(p: cc.Parameters) -> None:
    factor = np.linspace(0.5, 1.5, p.grid.n_years)
    agree(over_years(p, factor))
    agree(over_years(in_bands(p, 4), np.where(np.arange(p.grid.n_years) < 2, 1.0, 0.7), slice(2, 3)))


@given(parameter_sets(items=True))
def test_items_that_select_ages_count_the_same(p: cc.Parameters) -> None:
    g = p.grid
    grid = cc.Grid(2025, g.n_years, g.ages, g.placements, g.reasons, CUTTING, averted_to="supported")
    arrays = {n: a for n, a in p.arrays().items() if not n.startswith("extra")} | {"extra_entries": p.extra_entries}
    arrays["unit_cost"] = np.ones((1, 1, len(CUTTING)))
    one = in_bands(cc.Parameters(grid, **arrays), 9)
    drawn = cost_streams([""], [project_sums(one)], [one]).volume
    kept = cc.cost(cc.project(one), one).volume
    np.testing.assert_allclose(drawn, kept, rtol=1e-12, atol=1e-12 * max(1.0, kept.max()))


@given(parameter_sets())
def test_a_later_change_of_rates_leaves_earlier_years_bit_for_bit(p: cc.Parameters) -> None:
    before, start = in_bands(p, 9), p.grid.n_years - 1
    # It also cuts the age axis where it was whole, in that year.
    after = over_years(before, np.where(np.arange(p.grid.n_years) < start, 1.0, 2.0), slice(2, 4))
    one, other = project_sums(before), project_sums(after)
    np.testing.assert_array_equal(one.over_ages("stock")[:, : start + 1], other.over_ages("stock")[:, : start + 1])
    for name in ("entries", "aged_out", "child_years"):
        np.testing.assert_array_equal(one.over_ages(name)[:, :start], other.over_ages(name)[:, :start])
    np.testing.assert_array_equal(one.exits_for([0, 1])[:, :start], other.exits_for([0, 1])[:, :start])


@given(parameter_sets())
def test_single_ages_are_refused_where_they_were_not_kept(p: cc.Parameters) -> None:
    sums = project_sums(p)
    everyone = sums.over_ages("stock", p.grid.ages)
    np.testing.assert_array_equal(everyone, sums.over_ages("stock"))
    with pytest.raises(cc.CareCostError, match=r"kept only with its neighbours.*Project with ages"):
        sums.over_ages("stock", [FIRST_AGE])


def test_a_change_of_prices_alone_leaves_the_children_as_they_were() -> None:
    england = cc.load_assumptions("england-2025")
    dearer = cc.Scenario("dearer", [cc.Lever("x", [cc.Change("unit_cost", "scale", 0.1)])])
    central = cc.run(england, dearer, years=2, start=2026).run.central
    np.testing.assert_array_equal(central["dearer"].stock, central["inaction"].stock)
    np.testing.assert_array_equal(central["dearer"].costs.volume, central["inaction"].costs.volume)
    assert (central["dearer"].costs.spend > central["inaction"].costs.spend).any()


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the loop in C needs gcc")
@pytest.mark.parametrize("name", ["england-2025", "england-2025-after-care"])
def test_loop_in_c_of_the_same_method_gives_the_same_stock_and_time(name: str, tmp_path: Path) -> None:
    library = c_loop.compiled(tmp_path)
    assert library is not None
    held = cc.under(cc.load_assumptions(name), "entries-held+mix-held")  # the loop is for rates that do not change
    run = cc.run(held, years=6, draws=cc.Draws(3)).run
    for p in run.parameters("inaction", slice(0, 3)).values():
        stock, time = c_loop.Loop(library, p).project()
        sums = project_sums(p)
        np.testing.assert_allclose(stock, sums.over_ages("stock")[:, 1:], rtol=1e-11, atol=1e-9)
        np.testing.assert_allclose(time, sums.over_ages("child_years"), rtol=1e-11, atol=1e-9)
