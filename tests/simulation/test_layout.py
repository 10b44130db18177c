"""Layouts: rows of beliefs fill the cells that they select, once each, growths and adjustments multiply them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.engine.piecewise import stepped
from carecost.inputs.belief import Assumption
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")


def parameters(made: cc.Assumptions, stream: str = "other") -> cc.Parameters:
    return Layouts(made, made.grid()).parameters(stream, Sampler(cc.Draws()))


def test_row_fills_the_cells_that_it_selects_and_no_other() -> None:
    stock = np.asarray(parameters(TINY).initial_stock)[0]
    grid = TINY.grid()
    for row in TINY.select("initial_stock", stream="other"):
        for age in row.where.ages or ():
            for name in row.where.placements or ():
                assert stock[grid.index("ages", age), grid.index("placements", name)] == row.belief.value
    stated = sum(row.belief.value for row in TINY.select("initial_stock", stream="other"))
    assert stock.sum() == stated


def test_growth_compounds_from_its_year_and_fades_to_the_long_run() -> None:
    growth = next(row for row in TINY.rows if row.kind == "growth")
    price = np.asarray(parameters(TINY).unit_cost)[0, :, TINY.grid().index("items", "home")]
    assert growth.from_year == 2025 and growth.fade_years == 4 and growth.long_run == 0.01
    rates = price[1:] / price[:-1] - 1
    assert (np.diff(rates) <= 1e-12).all() and rates[-1] == pytest.approx(0.01)


def test_growth_changes_no_year_up_to_its_first() -> None:
    later = tuple(replace(row, from_year=2027) if row.kind == "growth" else row for row in TINY.rows)
    at = TINY.grid().index("items", "home")
    flat, grown = (np.asarray(parameters(made).unit_cost)[0, :, at] for made in (TINY, replace(TINY, rows=later)))
    assert TINY.grid().years[:3] == (2026, 2027, 2028)
    assert grown[0] == grown[1] < grown[2]
    assert grown[2] / grown[1] == pytest.approx(flat[0] / grown[0])


def test_adjustment_of_an_age_leaves_other_ages_that_share_the_row_as_they_are() -> None:
    two = cc.Belief(2.0, unit="multiplier", source="made up for tests", quality="E")
    at_16 = Assumption("exit_rate", cc.Selector(ages=(16,)), two, kind="adjustment", name="twice at 16")
    plain, twice = (stepped(parameters(made).exit_rate) for made in (TINY, replace(TINY, rows=(*TINY.rows, at_16))))
    grid, sums = TINY.grid(), []
    for rates in (plain, twice):
        ages = np.broadcast_to(rates.ages, len(grid.ages))
        sums.append(rates.values[0, 0, ages].sum((1, 2)))
    np.testing.assert_allclose(sums[1] / sums[0], [1.0, 2.0, 1.0])


def test_years_without_a_row_of_their_own_are_not_spread_out() -> None:
    assert np.asarray(parameters(TINY).entry_share).shape[1] == 1
    assert np.asarray(parameters(TINY).population).shape[1] == TINY.years


def test_cell_that_two_rows_cover_and_price_that_none_gives_are_refused() -> None:
    twice = replace(TINY, rows=(*TINY.rows, TINY.select("move_rate")[0]))
    with pytest.raises(cc.CareCostError, match=r"covers cells of move_rate that .* covers too"):
        Layouts(twice, twice.grid())
    free = replace(TINY, rows=tuple(row for row in TINY.rows if row.where.items != ("home",)))
    with pytest.raises(cc.CareCostError, match="item 'home' has no unit cost"):
        Layouts(free, free.grid())
    with pytest.raises(cc.CareCostError, match="no population for years 2032"):
        Layouts(TINY, TINY.grid(7))
