"""Statistical disclosure control: counts from 1 to 4 are summed with the next smallest, so that none can be worked out.

Primary suppression hides a small count; secondary suppression hides another beside it, without which the first would be
the total less the rest. Here both are put in place of by what is likely of their sum, so that what is made of the
table still works.
"""

from __future__ import annotations

import numpy as np

from carecost._typing import Array

#: Counts below this, and above zero, may tell of one child.
SMALL = 5


def safe_line(values: Array, like: Array) -> Array:
    """Sum the cells above zero and below five with the next smallest, to five or more, and spread the sum as is likely.

    Parameters
    ----------
    values : ndarray of shape (cell,)
        Counts, none below zero.
    like : ndarray of shape (cell,)
        In which proportion a sum is spread over its cells.

    Returns
    -------
    ndarray of shape (cell,)
        Cells with the same sum; all zero where that is below five.

    Examples
    --------
    >>> safe_line(np.array([1.0, 20.0, 8.0]), np.array([1.0, 5.0, 3.0])).round(2).tolist()
    [2.25, 20.0, 6.75]
    """
    out = values.astype(float).copy()
    small = (values > 0) & (values < SMALL)
    if not small.any():
        return out
    rising = [int(i) for i in np.argsort(values, kind="stable") if values[i] > 0]
    pool = [i for i in rising if small[i]]
    for i in rising[len(pool) :]:
        if len(pool) >= 2 and values[pool].sum() >= SMALL:
            break
        pool.append(i)
    total = values[pool].sum()
    if total < SMALL:
        out[pool] = 0.0
        return out
    weight = like[pool] + 1e-9
    out[pool] = total * weight / weight.sum()
    return out


def safe_table(values: Array, like: Array) -> Array:
    """Suppress a table: the sums of its columns first, then the cells of each within their sum.

    Parameters
    ----------
    values, like : ndarray of shape (row, column)
        As for :func:`safe_line`.

    Returns
    -------
    ndarray of shape (row, column)
        A table of the same sum, or zero where that is below five.

    Examples
    --------
    >>> table = np.array([[9.0, 1.0], [0.0, 2.0]])
    >>> safe_table(table, np.ones((2, 2))).sum(0).round(2).tolist()
    [6.0, 6.0]
    """
    sums = safe_line(values.sum(0), like.sum(0))
    out = np.zeros(values.shape)
    for column, total in enumerate(sums):
        own, likely = values[:, column], like[:, column]
        of = own if own.sum() > 0 else likely
        if total > 0 and of.sum() > 0:
            out[:, column] = safe_line(
                own * (total / own.sum()) if own.sum() > 0 else own + total * likely / likely.sum(), likely
            )
    return out
