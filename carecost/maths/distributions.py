"""How sure are we? Quantiles of a quantity stated as low, central and high, and shares that are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv, gammaln

from carecost._typing import Array
from carecost.errors import InputError, Problem, unknown
from carecost.maths.families import (
    Fitted,
    beta,
    beta_concentration,
    gamma,
    lognormal,
    normal,
    pert,
    triangular,
    uniform,
)

Fit = Callable[[float, float, float, float], Fitted]


Bounds = tuple[float, float, float, float]


#: Registry: a new distribution is one function that is fitted to low, value, high and level.
DISTRIBUTIONS: dict[str, Fit] = {
    "normal": normal,
    "lognormal": lognormal,
    "uniform": uniform,
    "triangular": triangular,
    "pert": pert,
    "beta": beta,
    "gamma": gamma,
}


#: Distributions that may be bounded by ``level = 1``.
BOUNDED = ("uniform", "triangular", "pert")


NAMES = (*DISTRIBUTIONS, "fixed")


#: Shares that are drawn together, by :func:`shares`; each of them alone is a beta.
DIRICHLET = "dirichlet"


#: Concentrations that the intervals of shares drawn together imply may differ by this factor: their widths by two.
DISAGREEMENT = 4.0


def quantiles(
    u: Array,
    value: float,
    low: float | None,
    high: float | None,
    level: float = 0.9,
    distribution: str = "normal",
    least: float = -np.inf,
    most: float = np.inf,
) -> Array:
    """Turn uniform numbers into values of a quantity.

    Parameters
    ----------
    u : ndarray of shape (draw,)
        Uniform numbers [probability].
    value, low, high : float
        Central value and interval.
    level : float
        Coverage of the interval [probability].
    distribution : str
        ``normal`` and ``lognormal`` (split, the value is the median), ``uniform`` (the value is for the central run),
        ``triangular`` and ``pert`` (the value is the mode): low and high leave out the same chance on each side.
        ``beta`` and ``gamma`` (the value is the mean): the chance from low to high is the level, its two tails are as
        the distribution has them. ``fixed``.
    least, most : float
        Limits. A distribution that reaches beyond them is truncated (conditioned on being within), never clipped; low
        and high are those before that.

    Returns
    -------
    ndarray of shape (draw,)
        Values.

    Raises
    ------
    InputError
        If the interval does not fit the distribution, or is not within the limits.

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
    if low < least or high > most:
        what = f"low, high are {low}, {high}; it is never below {least} or above {most}"
        raise InputError(Problem(what, remedy="Give an interval within these"))
    fitted = DISTRIBUTIONS[distribution](low, float(value), high, level)
    floor = fitted.chance(least) if np.isfinite(least) else 0.0
    top = fitted.chance(most) if np.isfinite(most) else 1.0
    return fitted.quantile(floor + u * (top - floor))


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
        bounded = ", ".join(BOUNDED)
        return Problem(f"level is {level}", remedy=f"Give a coverage such as 0.9; 1 only with {bounded}")
    try:
        _ = None if low == high else DISTRIBUTIONS[distribution](low, value, high, level)
    except InputError as error:
        return error.problems[0]
    return None


def shares(u: ArrayLike, values: ArrayLike, concentration: float) -> Array:
    """Turn uniform numbers into shares that sum to one: a Dirichlet, from gamma quantiles over their sum [1]_.

    Parameters
    ----------
    u : array_like of shape (draw, share)
        Uniform numbers [probability].
    values : array_like of shape (share,)
        Mean shares, above zero, which sum to one.
    concentration : float
        How sure: a share of mean m is a beta with shapes m and 1 - m times this.

    Returns
    -------
    ndarray of shape (draw, share)
        Shares; each row sums to one.

    References
    ----------
    .. [1] Devroye, L. (1986). Non-Uniform Random Variate Generation. Springer, chapter 11.

    Examples
    --------
    >>> shares([[0.5, 0.5], [0.9, 0.1]], [0.5, 0.5], 10).round(3)
    array([[0.5  , 0.5  ],
           [0.767, 0.233]])
    """
    chances, shape = np.asarray(u, dtype=float), np.asarray(values, dtype=float) * concentration
    sizes = gammaincinv(shape, chances)
    # A small shape puts most of its chance below the smallest number there is: there, in logs, the first term is exact.
    logs = np.where(sizes > 1e-200, np.log(np.maximum(sizes, 1e-200)), (np.log(chances) + gammaln(shape + 1.0)) / shape)
    sizes = np.exp(logs - logs.max(-1, keepdims=True))
    return np.asarray(sizes / sizes.sum(-1, keepdims=True))


def agreed(intervals: Sequence[Bounds]) -> float:
    """Find one concentration for shares that are drawn together.

    Parameters
    ----------
    intervals : sequence of (low, value, high, level)
        What is stated of each share.

    Returns
    -------
    float
        Geometric mean of the concentrations of the betas that each interval implies.

    Raises
    ------
    InputError
        If these differ by more than a factor of 4, or an interval fits no beta.

    Examples
    --------
    >>> round(agreed([(0.2, 0.25, 0.3, 0.9), (0.7, 0.75, 0.8, 0.9)]))
    201
    """
    found = np.array([beta_concentration(*interval) for interval in intervals])
    if found.max() > DISAGREEMENT * found.min():
        sure, unsure = (intervals[int(i)][:3] for i in (found.argmax(), found.argmin()))
        what = f"low, value, high {sure} is as sure as {found.max():.3g} observations, {unsure} as {found.min():.3g}"
        remedy = f"Shares drawn together are equally sure: bring these within a factor of {DISAGREEMENT:g}"
        raise InputError(Problem(what, remedy=remedy))
    return float(np.exp(np.log(found).mean()))
