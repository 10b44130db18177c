"""Which cells of a parameter does a row of beliefs fill? Positions in its array, whole or in steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost.engine.axes import AXES
from carecost.engine.grid import Grid
from carecost.engine.piecewise import Steps, stepped
from carecost.inputs.belief import Assumption
from carecost.inputs.year_path import YearPath


def flat_cells(row: Assumption, grid: Grid, shape: tuple[int, ...]) -> NDArray[np.int_]:
    """Find the flat cells of a row; most rows have one, which needs no arrays."""
    index = _index(row, grid, shape)
    if all(len(i) == 1 for i in index):
        at = 0
        for i, length in zip(index, shape, strict=True):
            at = at * length + i[0]
        return np.array([at])
    mesh = np.ix_(*[np.array(i, dtype=int) for i in index])
    return np.ravel_multi_index(mesh, shape).ravel()


def cells(
    row: Assumption | YearPath, grid: Grid, shape: tuple[int, ...], steps: tuple[Steps, Steps] | None = None
) -> tuple[NDArray[np.int_], ...]:
    """Find the cells of a row in an array of a shape without the draw axis, as an open mesh; in steps where given."""
    if steps is None:
        return np.ix_(*[np.array(i, dtype=int) for i in _index(row, grid, shape)])
    years, ages, *rest = _index(row, grid, (len(steps[0]), len(steps[1]), *shape[2:]))
    return np.ix_(np.unique(steps[0][years]), np.unique(steps[1][ages]), *[np.array(i, dtype=int) for i in rest])


def _index(row: Assumption | YearPath, grid: Grid, shape: tuple[int, ...]) -> list[list[int]]:
    found = []
    for axis, length in zip(AXES[row.parameter], shape, strict=True):
        chosen = getattr(row.where, axis)
        if axis == "years" and chosen is not None:
            chosen = [y for y in chosen if y in grid.years]
        found.append([0] if chosen is None and length == 1 else grid.indices(axis, chosen))
    return found


class Folded(NamedTuple):
    """The cells of a hazard, kept once for years and ages that share them.

    Attributes
    ----------
    steps : tuple of ndarray of int
        Step of each year, of which there is one where all share, and of each age.
    shape : tuple of int
        Shape of the array in steps, without the draw axis.
    cells, owner : ndarray of int
        Flat cells filled; for each the index of its row.
    """

    steps: tuple[Steps, Steps]
    shape: tuple[int, ...]
    cells: NDArray[np.int_]
    owner: NDArray[np.int_]


def folded(
    shape: tuple[int, ...],
    filled: tuple[NDArray[np.int_], NDArray[np.int_]],
    growths: Sequence[Assumption | YearPath],
    adjustments: Sequence[Assumption],
    grid: Grid,
) -> Folded:
    """Find the years and ages that share all rows of a hazard, and all that multiplies it.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array, without the draw axis.
    filled : tuple of ndarray of int
        Flat cells filled, and for each the index of its row.
    growths, adjustments : sequence of Assumption or YearPath
        What multiplies it: growths by year, adjustments the same in all their years.
    grid : Grid
        Labels.
    """
    owner = np.full(int(np.prod(shape)), -1)
    owner[filled[0]] = filled[1]
    rows = stepped(owner.reshape(1, *shape))
    for row in (*growths, *adjustments):
        years = np.arange(len(grid.years)) if row in growths else _chosen(row.where.years, grid.years)
        rows = rows.split(1, years, _chosen(row.where.ages, grid.ages))
    flat = rows.values[0].ravel().astype(int)
    there = np.flatnonzero(flat >= 0)
    return Folded((rows.years, rows.ages), rows.values.shape[1:], there, flat[there])


def _chosen(names: Sequence[int] | None, labels: Sequence[int]) -> Steps:
    """Say which labels are chosen, 0 or 1; all of an axis where none is named."""
    return np.zeros(1, dtype=int) if names is None else np.isin(labels, list(names)).astype(int)
