"""Piecewise constant arrays: values kept once for each run of years and of ages, spread out on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._typing import Array, LockedAgain, lock

Steps = NDArray[np.int_]


@dataclass(frozen=True, eq=False)
class Stepped(LockedAgain):
    """Values by draw, year, age and more, where neighbouring years and ages may share theirs.

    Hazards are stated for bands of ages and change in few years: kept once a step, they take a tenth of the memory.
    Anything numpy does to an array it does to this one too, spread out.

    Parameters
    ----------
    values : ndarray of shape (draw, step of years, step of ages, ...)
        The values.
    years, ages : ndarray of int of shape (year,) and (age,)
        Step of each year and age, from 0 in order; of length 1 where the axis has length 1.

    Examples
    --------
    >>> rates = Stepped(np.array([[[0.1, 0.2]]]), np.array([0]), np.array([0, 0, 1]))
    >>> rates.shape, np.asarray(rates)[0, 0].tolist()
    ((1, 1, 3), [0.1, 0.1, 0.2])
    """

    values: Array
    years: Steps
    ages: Steps

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Spread the values out: (draw, year, age, ...)."""
        return np.asarray(self.values[:, self.years[:, None], self.ages], dtype=dtype)

    def __len__(self) -> int:
        """Number of draws."""
        return len(self.values)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array that it stands for."""
        return (len(self.values), len(self.years), len(self.ages), *self.values.shape[3:])

    def frozen(self) -> Stepped:
        """Make the values read-only."""
        made = Stepped(self.values.view(), self.years.view(), self.ages.view())
        lock(made)
        return made

    def split(self, draws: int, years: NDArray[Any], ages: NDArray[Any]) -> Stepped:
        """Copy the values, with finer steps that begin where other labels of the years and ages change too.

        A label of length 1 is that of all; so many draws at least.
        """
        each_year, years = np.broadcast_arrays(self.years, years)
        each_age, ages = np.broadcast_arrays(self.ages, ages)
        new_years, new_ages = runs(each_year, years), runs(each_age, ages)
        first_year, first_age = map(first_of_each, (new_years, new_ages))
        values = self.values[:, each_year[first_year][:, None], each_age[first_age]]
        # In one memory layout: sums of other layouts round differently, and early years are to stay bit for bit.
        shape = (max(len(values), draws), *values.shape[1:])
        return Stepped(np.array(np.broadcast_to(values, shape), order="C"), new_years, new_ages)


def runs(*labels: Sequence[float] | NDArray[Any]) -> Steps:
    """Number the runs of neighbours that share every label.

    Examples
    --------
    >>> runs([3, 3, 0, 0], [1, 1, 1, 2]).tolist()
    [0, 0, 1, 2]
    """
    new = np.zeros(len(labels[0]), dtype=bool)
    for label in map(np.asarray, labels):
        new[1:] |= label[1:] != label[:-1]
    return np.asarray(np.cumsum(new))


def first_of_each(steps: Steps) -> Steps:
    """Give the first year or age (by index) of each step.

    Examples
    --------
    >>> first_of_each(runs([3, 3, 0, 0])).tolist()
    [0, 2]
    """
    return np.unique(steps, return_index=True)[1]


def stepped(array: ArrayLike | None) -> Stepped:
    """Find the steps of an array of shape (draw, year, age, ...): neighbours that are the same in every draw."""
    if isinstance(array, Stepped):
        return array
    values = np.asarray(array)
    years, ages = (_steps(np.moveaxis(values, axis, 1)) for axis in (1, 2))
    first_year, first_age = map(first_of_each, (years, ages))
    return Stepped(np.ascontiguousarray(values[:, first_year[:, None], first_age]), years, ages)


def by_age(one: Stepped, table: Array) -> tuple[Stepped, Steps]:
    """Cut steps where a table changes from age to age; and the first age (by index) of each step."""
    differs = (table[1:] != table[:-1]).any(tuple(range(1, table.ndim)))
    fine = one.split(len(one), np.zeros(1, dtype=int), np.cumsum([False, *differs]))
    return fine, first_of_each(fine.ages)


def _steps(values: Array) -> Steps:
    """Number the steps along the axis after the draws."""
    if values.shape[1] == 1:
        return np.zeros(1, dtype=int)
    return np.cumsum([False, *(not np.array_equal(values[:, i], values[:, i - 1]) for i in range(1, values.shape[1]))])
