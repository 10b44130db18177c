"""Rows fill the cells of an array, once each, and hold its draws."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.inputs.array_rows import joined, rows_of

PLACES = [cc.Placement(name, leave_age=4) for name in ("foster", "home")]
GRID = cc.Grid(2025, 2, range(4), PLACES, ["returned"])
SAY = cc.Belief(0.0, unit="per child-year", source="made up", quality="E")


def filled(rows: list[cc.Assumption]) -> np.ndarray:
    """The array that rows of exits fill, and no cell twice."""
    out = np.zeros((2, 4, 2, 1))
    for row in rows:
        cells = np.ix_(
            *(GRID.indices(axis, getattr(row.where, axis)) for axis in ("years", "ages", "placements", "reasons"))
        )
        assert (out[cells] == 0).all()
        out[cells] = row.belief.value
    return out


@pytest.mark.parametrize("shape", [(2, 4, 2, 1), (1, 4, 2, 1), (2, 1, 2, 1), (1, 1, 2, 1)])
def test_rows_give_the_array_back_whatever_axes_it_has(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).integers(0, 3, shape) / 10.0
    rows = [row for row, _ in rows_of("exit_rate", array, None, GRID, SAY, None)]
    assert (filled(rows) == np.broadcast_to(array, (2, 4, 2, 1))).all()
    assert all(row.belief.value > 0 for row in rows)


def test_ages_and_years_that_are_alike_in_every_draw_are_one_row() -> None:
    central = np.full((2, 4, 2, 1), 0.2)
    drawn = np.stack([central, central * 1.5, central])
    drawn[1, :, 3] = 0.9
    made = list(rows_of("exit_rate", central, drawn, GRID, SAY, ("other",)))
    assert [row.where.ages for row, _ in made] == [(0, 1, 2), (3,)] * 2
    assert all(row.where.years is None and row.where.streams == ("other",) for row, _ in made)
    (table,) = joined("fit", made)
    assert np.array(table.rows) == pytest.approx(np.array([[0.2] * 4, [0.3, 0.9] * 2, [0.2] * 4]))


def test_move_to_the_same_placement_is_no_row() -> None:
    rows = [row for row, _ in rows_of("move_rate", np.full((1, 1, 2, 2), 0.1), None, GRID, SAY, None)]
    assert [(row.where.placements, row.where.to) for row in rows] == [
        (("foster",), ("home",)),
        (("home",), ("foster",)),
    ]
