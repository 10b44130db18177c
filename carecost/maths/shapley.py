"""Shapley values, exact and sampled: the mean of what each part adds over all orders."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from carecost._typing import Array

#: The parts in the order in which they come.
Order = tuple[int, ...]


def shared(values: Array) -> Array:
    """Share the value of a whole between its parts, from the value of every subset.

    Parameters
    ----------
    values : ndarray of shape (subset, ...)
        Value of each subset; bit i of its number says whether part i is in it. The first is that of no part.

    Returns
    -------
    ndarray of shape (part, ...)
        Shapley values [1]_: they sum to the value of the whole less that of no part.

    References
    ----------
    .. [1] Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II, 307-317.

    Examples
    --------
    Alone the parts are worth 4 and 2, together 10: what comes of both is shared equally.

    >>> shared(np.array([0.0, 4.0, 2.0, 10.0]))
    array([6., 4.])
    """
    n = len(values).bit_length() - 1
    if not n:
        return np.zeros((0, *values.shape[1:]))
    masks = np.arange(2**n)
    before = np.bitwise_count(masks)
    out = []
    for i in range(n):
        without = masks[masks >> i & 1 == 0]
        weights = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in before[without].tolist()])
        out.append(np.tensordot(weights, values[without | 1 << i] - values[without], axes=1))
    return np.stack(out)


def orders(parts: int, pairs: int, seed: int) -> tuple[Order, ...]:
    """Draw orders in pairs, the second of each the reverse of the first, so that their errors partly cancel.

    Parameters
    ----------
    parts, pairs, seed : int
        How many parts; how many pairs; which luck.

    Returns
    -------
    tuple of tuple of int
        Orders; those at 2i and 2i + 1 are a pair.

    Examples
    --------
    >>> first, second = orders(4, 1, seed=1)
    >>> first[::-1] == second
    True
    """
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    drawn = (tuple(rng.permutation(parts).tolist()) for _ in range(pairs))
    return tuple(order for first in drawn for order in (first, first[::-1]))


def prefixes(order: Order) -> list[int]:
    """Give the subsets that an order goes through, from the first part to all, as bits.

    Examples
    --------
    >>> prefixes((2, 0, 1))
    [4, 5, 7]
    """
    found = [0]
    for part in order:
        found.append(found[-1] | 1 << part)
    return found[1:]


def steps(order: Order, value: Callable[[int], Array]) -> Array:
    """Give what each part adds to those before it in an order.

    Parameters
    ----------
    order : tuple of int
        Parts in order.
    value : callable
        Value of a subset given as bits: an array.

    Returns
    -------
    ndarray of shape (part, ...)
        What each part adds; sums to the value of the whole less that of no part.

    Examples
    --------
    >>> steps((1, 0), np.array([0.0, 4.0, 2.0, 10.0]).__getitem__)
    array([8., 2.])
    """
    values = [value(mask) for mask in (0, *prefixes(order))]
    out = np.zeros((len(order), *values[0].shape))
    for part, before, after in zip(order, values, values[1:], strict=False):
        out[part] = after - before
    return out
