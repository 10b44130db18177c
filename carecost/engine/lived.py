"""How much of the year does each child live in some states? From now to the year's end, for any child at any age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.maths.birthday_classes import WEIGHT, Band, Birthdays


class Lived(NamedTuple):
    """Time lived within the year in each of some sets of states, by where and when a person is.

    Attributes
    ----------
    stock : ndarray of shape (class, draw, age, state, set)
        For one who is there at the start of the year, by birthday class [years].
    even : ndarray of shape (draw, age, state, set)
        For one who enters at some time of the year, each time as likely [years].
    born : ndarray of shape (draw, age, state, set)
        For one who enters on the birthday that begins the age [years].
    """

    stock: Array
    even: Array
    born: Array


def lived(bands: Sequence[Band], birthdays: Birthdays, wanted: Array) -> Lived:
    """Look ahead over a year: the other way round than :func:`carecost.maths.birthday_classes.year`, with the same integrals.

    Parameters
    ----------
    bands : sequence of Band
        Rates of each age.
    birthdays : Birthdays
        Who stays and who goes on when an age ends.
    wanted : ndarray of shape (state, set)
        1 where a state counts in a set, else 0.

    Returns
    -------
    Lived
        Time lived in each set. Person-years of a year are the sum of stock and entrants, each times its time.

    Examples
    --------
    >>> import numpy as np
    >>> from carecost import stockflow
    >>> still = stockflow.Band(slice(0, 2), stockflow.spans(np.zeros((1, 1, 1))))
    >>> goes_on = Birthdays(np.array([[1.0], [0.0]]))
    >>> lived([still], goes_on, np.ones((1, 1))).stock[:, 0, :, 0, 0].round(3)
    array([[1.   , 0.211],
           [1.   , 0.789]])
    """
    classes = [_of_class(bands, birthdays, wanted, c) for c in (0, 1)]
    stock, even, born = zip(*classes, strict=True)
    return Lived(np.stack(stock), WEIGHT * (even[0] + even[1]), WEIGHT * (born[0] + born[1]))


def _of_class(bands: Sequence[Band], birthdays: Birthdays, wanted: Array, c: int) -> tuple[Array, Array, Array]:
    """Look ahead for one birthday class: from the birthday to the year's end, then from the start to the birthday."""
    shape = (max(len(pair[0].stack) for _, pair in bands), *birthdays.stays.shape, wanted.shape[1])
    turned, stock, even, later = (np.zeros(shape) for _ in range(4))
    for ages, pair in bands:
        _, stay, linger, states = pair[1 - c].parts()
        here = side_by_side(states)
        turned[:, ages, here] = (stay @ wanted[here])[:, None]
        even[:, ages, here] = (linger @ wanted[here])[:, None]
    later[:, :-1] = turned[:, 1:] * birthdays.stays[:-1, :, None]
    for age, state, to in birthdays.goes:
        if age + 1 < shape[1]:
            later[:, age, state] += turned[:, age + 1, to]
    for ages, pair in bands:
        move, stay, linger, states = pair[c].parts()
        here = side_by_side(states)
        ahead = later[:, ages, here]
        stock[:, ages, here] = (stay @ wanted[here])[:, None] + _each(move, ahead)
        even[:, ages, here] += (linger @ wanted[here])[:, None] + _each(stay, ahead)
    return stock, even, turned


def _each(matrix: Array, values: Array) -> Array:
    """Multiply the matrix of each draw with the values of all ages at once: (draw, age, state, set)."""
    n, ages, states, sets = values.shape
    found = matrix @ values.transpose(0, 2, 1, 3).reshape(n, states, ages * sets)
    return np.asarray(found.reshape(len(found), states, ages, sets).transpose(0, 2, 1, 3))


def side_by_side(states: NDArray[np.int_]) -> NDArray[np.int_] | slice:
    """Give states (by index) as a slice where they stand side by side, which is cheaper."""
    first, last = int(states[0]), int(states[-1]) + 1
    return slice(first, last) if np.array_equal(states, np.arange(first, last)) else states
