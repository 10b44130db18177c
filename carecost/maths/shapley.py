"""Shapley values, exact and sampled: the mean of what each part adds over all orders."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from carecost._typing import Array

#: The parts in the order in which they come.
Order = tuple[int, ...]


def shared(values: Array) -> Array:
    """Work out exact Shapley values from the value of every subset of the parts.

    Parameters
    ----------
    values : ndarray of shape (subset, ...)
        Value of each subset; bit i of its number says whether part i is in it. The first is that of no part.

    Returns
    -------
    ndarray of shape (part, ...)
        Shapley values [1]_: they sum to the value of the whole less that of no part.

    See Also
    --------
    steps : What each part adds in one order; its mean over sampled orders estimates the Shapley values.

    References
    ----------
    .. [1] Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II, 307-317.

    Examples
    --------
    Alone the parts are worth 4 and 2, together 10: what comes of both is shared equally.

    >>> shared(np.array([0.0, 4.0, 2.0, 10.0]))
    array([6., 4.])
    """
    n = len(values).bit_length() - 1  # 2**n subsets
    if not n:
        return np.zeros((0, *values.shape[1:]))
    subsets = np.arange(2**n)
    sizes = np.bitwise_count(subsets)
    out = []
    for i in range(n):
        without = subsets[subsets >> i & 1 == 0]  # the 2**(n - 1) subsets that lack part i
        # Of the n! orders, s! (n - s - 1)! have exactly these s parts before part i.
        weights = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in sizes[without].tolist()])
        out.append(np.tensordot(weights, values[without | 1 << i] - values[without], axes=1))
    return np.stack(out)


def orders(parts: int, pairs: int, seed: int) -> tuple[Order, ...]:
    """Draw antithetic orders for sampled Shapley values: pairs that mirror each other, so that errors partly cancel.

    Parameters
    ----------
    parts, pairs, seed : int
        How many parts; how many pairs of orders; seed of the random generator.

    Returns
    -------
    tuple of tuple of int
        Orders; that at 2i + 1 is the reverse of that at 2i.

    See Also
    --------
    steps : What each part adds in one of these orders.

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
    """List the subsets that an order goes through, from its first part to all of them, as bits.

    Parameters
    ----------
    order : tuple of int
        Parts in order.

    Returns
    -------
    list of int
        One subset for each part: bit i says whether part i is in it.

    Examples
    --------
    >>> prefixes((2, 0, 1))
    [4, 5, 7]
    """
    subsets = [0]
    for part in order:
        subsets.append(subsets[-1] | 1 << part)
    return subsets[1:]


def steps(order: Order, value: Callable[[int], Array]) -> Array:
    """Work out the marginal contribution of each part to those before it in one order.

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

    See Also
    --------
    shared : The exact mean over all orders.

    Examples
    --------
    >>> steps((1, 0), np.array([0.0, 4.0, 2.0, 10.0]).__getitem__)
    array([8., 2.])
    """
    values = [value(subset) for subset in (0, *prefixes(order))]  # one more than there are parts
    out = np.zeros((len(order), *values[0].shape))
    for part, before, after in zip(order, values, values[1:], strict=False):
        out[part] = after - before
    return out
