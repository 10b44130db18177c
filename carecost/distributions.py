"""How sure are we? Quantiles of a quantity stated as low, central and high."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from carecost.errors import InputError, Problem, unknown

Array = NDArray[np.float64]
Quantile = Callable[[Array, float, float, float, float], Array]


def _split_normal(u: Array, low: float, mid: float, high: float, level: float) -> Array:
    """Half normals on both sides of the median, so that low and high are its quantiles."""
    z = ndtri(u)
    reach = ndtri(0.5 + level / 2.0)
    return mid + z / reach * np.where(z < 0, mid - low, high - mid)


def _lognormal(u: Array, low: float, mid: float, high: float, level: float) -> Array:
    return np.exp(_split_normal(u, np.log(low), np.log(mid), np.log(high), level))


def _uniform(u: Array, low: float, mid: float, high: float, level: float) -> Array:
    margin = (high - low) * (1.0 / level - 1.0) / 2.0
    return low - margin + u * (high - low + 2.0 * margin)


def _triangular(u: Array, low: float, mid: float, high: float, level: float) -> Array:
    """Mode at the central value; bounds such that low and high leave out the same share on each side."""
    tail = (1.0 - level) / 2.0
    left, right = mid - low, high - mid
    a, b = left, right
    for _ in range(200 if tail > 0 else 0):
        # P(X < low) = (a - left)^2 / (a (a + b)) = tail, and likewise on the right: a fixed point that contracts.
        a, b = left + np.sqrt(tail * a * (a + b)), right + np.sqrt(tail * b * (a + b))
    width = a + b
    share = a / width if width > 0 else 0.5
    rising = mid - a + np.sqrt(u * width * a)
    falling = mid + b - np.sqrt((1.0 - u) * width * b)
    return np.where(u < share, rising, falling)


#: Registry: a new distribution is one function here.
DISTRIBUTIONS: dict[str, Quantile] = {
    "normal": _split_normal,
    "lognormal": _lognormal,
    "uniform": _uniform,
    "triangular": _triangular,
}
#: Distributions that may be bounded by ``level = 1``.
BOUNDED = ("uniform", "triangular")
NAMES = (*DISTRIBUTIONS, "fixed")


def quantiles(
    u: Array,
    value: float,
    low: float | None,
    high: float | None,
    level: float = 0.9,
    distribution: str = "normal",
    least: float = -np.inf,
) -> Array:
    """Turn uniform numbers into values of a quantity.

    Parameters
    ----------
    u : ndarray of shape (draw,)
        Uniform numbers [probability].
    value, low, high : float
        Central value and interval.
    level : float
        Coverage of the interval; equal tails [probability].
    distribution : str
        ``normal`` and ``lognormal`` (split, the value is the median), ``uniform`` (the value is for show),
        ``triangular`` (the value is the mode), ``fixed``.
    least : float
        Lower limit. Where a normal would go below it, the distribution is truncated (conditioned), never clipped.

    Returns
    -------
    ndarray of shape (draw,)
        Values.

    Raises
    ------
    InputError
        If the interval does not fit the distribution.

    Examples
    --------
    >>> quantiles(np.array([0.05, 0.5, 0.95]), 10.0, 8.0, 15.0)
    array([ 8., 10., 15.])
    """
    problem = fault(value, low, high, level, distribution)
    if problem is not None:
        raise InputError(problem)
    if distribution == "fixed" or low is None or high is None or low == high:
        return np.full(u.shape, float(value))
    if distribution == "normal" and np.isfinite(least) and low > least:
        scale = (value - low) / ndtri(0.5 + level / 2.0)
        floor = float(ndtr((least - value) / scale)) if scale > 0 else 0.0
        u = floor + u * (1.0 - floor)
    return DISTRIBUTIONS[distribution](u, low, float(value), high, level)


def fault(value: float, low: float | None, high: float | None, level: float, distribution: str) -> Problem | None:
    """Find what is wrong with an interval, if anything."""
    if distribution not in NAMES:
        return unknown("distribution", distribution, NAMES)
    if (low is None) != (high is None):
        return Problem("low is given without high, or high without low", remedy="Give both or neither")
    if low is None or high is None or distribution == "fixed":
        return None
    if not low <= value <= high:
        return Problem(f"low, value, high are {low}, {value}, {high}", remedy="They must rise")
    if not (0 < level <= 1) or (level == 1 and distribution not in BOUNDED):
        bounded = " or ".join(BOUNDED)
        return Problem(f"level is {level}", remedy=f"Give a coverage such as 0.9; 1 only with {bounded}")
    if distribution == "lognormal" and low <= 0:
        return Problem(f"low is {low} in a lognormal", remedy="A lognormal is above zero: use normal or triangular")
    return None
