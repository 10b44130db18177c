"""Which states are open at an age? An order of the states in which those open at any age stand side by side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Windows(NamedTuple):
    """States in order, and where those open at each age are.

    Attributes
    ----------
    order : ndarray of int of shape (state,)
        States (by index) in order: those that close early first, of these those that open early.
    at : tuple of slice
        For each age the places in that order between its first and last open state. A closed state among them is
        carried along, empty.
    """

    order: NDArray[np.int_]
    at: tuple[slice, ...]

    def states(self, age: int) -> NDArray[np.int_]:
        """Give the states (by index) of an age (by index), in order."""
        return self.order[self.at[age]]


def windows(opened: NDArray[np.bool_]) -> Windows:
    """Find the order and the windows.

    Parameters
    ----------
    opened : ndarray of bool of shape (age, state)
        Which ages may be in which state.

    Returns
    -------
    Windows
        The order, and where each age's open states are in it.

    Examples
    --------
    >>> hostel_at_1, care, leavers_at_2 = [False, True, False], [True, True, False], [False, False, True]
    >>> windows(np.array([hostel_at_1, care, leavers_at_2]).T)
    Windows(order=array([1, 0, 2]), at=(slice(0, 1, None), slice(0, 2, None), slice(2, 3, None)))
    """
    ages, states = opened.shape
    first, last = opened.argmax(0), ages - opened[::-1].argmax(0)
    order = np.lexsort((np.arange(states), first, last))
    found = []
    for row in opened[:, order]:
        there = np.flatnonzero(row) if row.any() else np.zeros(1, dtype=int)
        found.append(slice(int(there[0]), int(there[-1]) + 1))
    return Windows(order, tuple(found))
