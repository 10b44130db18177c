"""Are counts taken in whole, banded as asked, and refused where nobody could have had an event?"""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import carecost as cc
from carecost import Counts
from tests.estimation.councils import council, one_cell


def test_counts_that_do_not_fit_are_refused_with_year_age_and_placement() -> None:
    counts = council()
    entries, used = np.array(counts.entries), np.array(counts.used)
    with pytest.raises(cc.CareCostError, match="population: has shape") as both:
        replace(counts, population=[1.0], child_years=-np.array(counts.child_years))
    assert len(both.value.problems) == 2
    entries[2, 3, 3] = 1
    with pytest.raises(cc.CareCostError, match="not used at that age: year 2021, age 3, 'supported'"):
        replace(counts, entries=entries)
    with pytest.raises(cc.CareCostError, match="exits or moves without child-years"):
        replace(counts, child_years=0 * np.array(counts.child_years))
    with pytest.raises(cc.CareCostError, match="entries without a population"):
        replace(counts, population=0 * np.array(counts.population))
    with pytest.raises(cc.CareCostError, match="entered on a birthday"):
        replace(counts, at_birthday=100 + 0 * np.array(counts.at_birthday))
    with pytest.raises(cc.CareCostError, match="use of 'supported' changes in ages 10-19"):
        replace(counts, bands=(0, 10), used=used)


@given(st.sets(st.integers(0, 25)))
def test_bands_begin_at_the_first_age_and_cover_every_age_once(firsts: set[int]) -> None:
    grid = cc.Grid(2024, 1, range(2, 12), [cc.Placement("foster", leave_age=12)], ["home"])
    ones = np.ones((1, 10, 1))
    counts = Counts(grid, ones[..., 0], ones, ones, ones[..., None], 0 * ones[..., None], bands=tuple(firsts))
    assert counts.bands[0] == 2 and list(counts.bands) == sorted(set(counts.bands)) and counts.bands[-1] <= 11
    assert {b for b in firsts if 2 < b <= 11} == set(counts.bands[1:])
    for age, band in zip(grid.ages, counts.band_of, strict=True):
        first, _, last = counts.band_names[band].partition("-")
        assert int(first) <= age <= int(last or first)
    with pytest.raises(cc.CareCostError, match="bands is"):
        replace(counts, bands=(-1, *firsts))
    assert counts.by_band(ones).sum() == 10 and counts.by_band(ones).shape == (len(counts.bands), 1)


def test_by_band_sums_years_and_ages() -> None:
    counts = council(years=2)
    bands = counts.by_band(counts.entries)
    np.testing.assert_array_equal(bands[2], np.asarray(counts.entries)[:, 5:10].sum((0, 1)))
    assert counts.band_names[:4] == ("0", "1-4", "5-9", "10-15")


def test_moves_to_where_one_is_are_none() -> None:
    counts = council(years=1)
    moves = np.array(counts.moves)
    moves[..., range(5), range(5)] = 7
    np.testing.assert_array_equal(replace(counts, moves=moves).moves, counts.moves)


def test_counts_are_read_only_and_the_callers_arrays_are_left_alone() -> None:
    entries = np.array([[[3.0]], [[4.0]]])
    counts = replace(one_cell(), entries=entries)
    entries[0] = 99
    assert np.asarray(counts.entries)[0] == 3.0
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(counts.entries)[0] = 1.0


def test_a_placement_is_used_where_the_grid_leaves_it_open_and_nowhere_else() -> None:
    counts = council(years=1)
    assert (np.asarray(counts.used) <= counts.grid.opened).all()
    everywhere = replace(one_cell(), used=True)
    np.testing.assert_array_equal(everywhere.used, everywhere.grid.opened)
