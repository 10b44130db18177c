"""Distributions fitted to low, central and high: quantiles; Dirichlet shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike

from carecost._guard import (
    Refused,
    array,
    called,
    guarded,
    listed,
    number,
    numeric,
    opened,
    optional,
    take,
    text,
    unguarded,
)
from carecost._typing import Array
from carecost.errors import InputError, Problem, unknown

#: Concentrations (shape parameters summed) that are searched: from a heap at both ends to a spread of 1 in 100,000.
_LEAST, _MOST = 1e-3, 1e10


@opened
@dataclass(frozen=True)
class Fitted:
    """A fitted distribution: its quantile function, and its cumulative distribution.

    Parameters
    ----------
    quantile : callable
        Turns chances [probability] into values.
    chance : callable
        Gives the chance of a value or less [probability].

    See Also
    --------
    quantiles : Values of a quantity from uniform numbers, through one of these.

    Examples
    --------
    >>> fitted = uniform(0.0, 5.0, 10.0, 1.0)
    >>> fitted.quantile(np.array([0.25])), fitted.chance(2.5)
    (array([2.5]), 0.25)
    """

    quantile: Callable[[Array], Array]
    chance: Callable[[float], float]

    def __post_init__(self) -> None:
        take(self, quantile=called, chance=called)


#: Rules of the guard: uniform numbers; low, central value, high and level of an interval; a limit, which may be none.
CHANCES = array("...", "draw", least=0, most=1)
_BOUNDS = {"low": number(), "value": number(), "high": number(), "level": number(above=0, most=1)}


def _limit(value: Any) -> float:
    """Take a limit: a number, or one that is infinite."""
    found = numeric(value, "Give a number, or inf for no limit")
    if found.ndim or np.isnan(found):
        raise Refused("", "Give a number, or inf for no limit")
    return float(found)


def _bounds(value: Any) -> Any:
    """Take low, value, high and level."""
    found = array("bound")(value)
    if len(found) != 4:
        raise Refused("", "Give (low, value, high, level)")
    return tuple(found.tolist())


_intervals = listed(_bounds, "Give intervals, each as (low, value, high, level)")


def _fits(fit: Callable[[float, float, float, float], Fitted]) -> Callable[[float, float, float, float], Fitted]:
    """Guard the fit of a distribution: its bounds rise, and its level can be one of it."""

    def checked(low: float, value: float, high: float, level: float) -> Fitted:
        problem = unguarded(fault)(value, low, high, level, fit.__name__)
        if problem is None and low == high:
            problem = Problem(f"low and high are both {low}", fit.__name__, "Give an interval of some width")
        if problem is not None:
            raise InputError(problem)
        return fit(low, value, high, level)

    door = guarded(**_BOUNDS)(wraps(fit)(checked))
    door.__wrapped__ = fit  # type: ignore[attr-defined]
    return door


@_fits
def normal(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a split normal: half normals on both sides of the median.

    Parameters
    ----------
    low, value, high : float
        Low, median and high; low and high leave out the same chance on each side.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> normal(8.0, 10.0, 15.0, 0.9).quantile(np.array([0.05, 0.5, 0.95]))
    array([ 8., 10., 15.])
    """
    return Fitted(partial(_normal_quantile, low, value, high, level), partial(_normal_chance, low, value, high, level))


# Quantile and chance of each are functions of the module, and not of a call: what is fitted can be pickled.


def _reach(level: float) -> float:
    """Give the standard deviations from the median to low, and to high."""
    return float(scipy.special.ndtri(0.5 + level / 2.0))


def _normal_quantile(low: float, value: float, high: float, level: float, u: Array) -> Array:
    z = scipy.special.ndtri(u)  # (draw,): standard deviations from the median; each side has one of its own
    return np.asarray(value + z / _reach(level) * np.where(z < 0, value - low, high - value))


def _normal_chance(low: float, value: float, high: float, level: float, x: float) -> float:
    scale = (value - low if x < value else high - value) / _reach(level)
    return float(scipy.special.ndtr((x - value) / scale)) if scale > 0 else float(x >= value)


@_fits
def lognormal(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a split lognormal: a split normal of the logarithm.

    Parameters
    ----------
    low, value, high : float
        Low, above zero; median; high. Low and high leave out the same chance on each side.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    Raises
    ------
    InputError
        If low is not above zero.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> lognormal(8.0, 10.0, 15.0, 0.9).quantile(np.array([0.05, 0.5, 0.95])).round(9)
    array([ 8., 10., 15.])
    """
    if low <= 0:
        raise InputError(
            Problem(f"low is {low} in a lognormal", remedy="A lognormal is above zero: use normal or gamma")
        )
    logs = unguarded(normal)(np.log(low), np.log(value), np.log(high), level)
    return Fitted(partial(_lognormal_quantile, logs), partial(_lognormal_chance, logs))


def _lognormal_quantile(logs: Fitted, u: Array) -> Array:
    return np.asarray(np.exp(logs.quantile(u)))


def _lognormal_chance(logs: Fitted, x: float) -> float:
    return logs.chance(float(np.log(x))) if x > 0 else 0.0


@_fits
def uniform(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a uniform distribution; the value is for the central run only.

    Parameters
    ----------
    low, value, high : float
        Low, central value and high; low and high leave out the same chance on each side.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> uniform(0.0, 5.0, 9.0, 0.9).quantile(np.array([0.0, 1.0])).round(9)
    array([-0.5,  9.5])
    """
    # low to high is the share `level` of the whole width: what is missing is put on both ends alike.
    margin = (high - low) * (1.0 / level - 1.0) / 2.0  # beyond low, and beyond high
    width = high - low + 2.0 * margin
    return Fitted(partial(_uniform_quantile, low - margin, width), partial(_uniform_chance, low, margin, width))


def _uniform_quantile(start: float, width: float, u: Array) -> Array:
    return start + u * width


def _uniform_chance(low: float, margin: float, width: float, x: float) -> float:
    return min(1.0, max(0.0, (x - low + margin) / width))


@_fits
def triangular(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a triangular distribution by its mode and an interval.

    Parameters
    ----------
    low, value, high : float
        Low, mode and high; low and high leave out the same chance on each side, none at level 1.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> triangular(0.0, 2.0, 8.0, 1.0).quantile(np.array([0.0, 0.25, 1.0]))
    array([0., 2., 8.])
    """
    tail = (1.0 - level) / 2.0
    left, right = value - low, high - value
    # a and b: from the mode to the lower and to the upper bound. They do not start from zero: a side of nothing is a
    # fixed point too, without its tail.
    a, b = (left, right) if tail == 0 else (left + high - low, right + high - low)
    for _ in range(200 if tail > 0 else 0):
        # P(X < low) = (a - left)^2 / (a (a + b)) = tail, and likewise on the right: a fixed point that contracts.
        a, b = left + np.sqrt(tail * a * (a + b)), right + np.sqrt(tail * b * (a + b))
    return Fitted(partial(_triangular_quantile, value, a, b), partial(_triangular_chance, value, a, b))


# The cumulative distribution is x^2 / (width a) up to the mode, with x from the lower bound; mirrored above it.


def _triangular_quantile(value: float, a: float, b: float, u: Array) -> Array:
    width = a + b
    rising = value - a + np.sqrt(u * width * a)
    falling = value + b - np.sqrt((1.0 - u) * width * b)
    return np.where(u < a / width, rising, falling)  # a / width: the chance of less than the mode


def _triangular_chance(value: float, a: float, b: float, x: float) -> float:
    width = a + b
    if x <= value - a or x >= value + b:
        return float(x > value)
    return float((x - value + a) ** 2 / (width * a) if x < value else 1.0 - (value + b - x) ** 2 / (width * b))


@_fits
def pert(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a PERT distribution: a beta of four observations around its mode, on an interval of its own.

    Parameters
    ----------
    low, value, high : float
        Low, mode and high; low and high leave out the same chance on each side, none at level 1.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> float(pert(0.0, 2.0, 8.0, 1.0).quantile(np.array(0.5)).round(4))
    2.5105
    """
    tail = (1.0 - level) / 2.0
    left, right = value - low, high - value

    def end(share: Array, chance: float) -> Array:
        """Place a quantile as a share of the whole width, when the mode is at a share of it."""
        return np.asarray(scipy.special.betaincinv(1.0 + 4.0 * share, 5.0 - 4.0 * share, chance), dtype=float)

    # Both quantiles of a tail must be where low and high are: with m the share of the width at which the mode is,
    # (m - q(tail)) : (q(1 - tail) - m) = left : right. The difference of the cross products rises with m.
    def rising(share: Array) -> Array:
        return (share - end(share, tail)) * right - (end(share, 1.0 - tail) - share) * left

    share = left / (left + right) if tail == 0 else _crossing(rising, 0.0, 1.0)
    assert share is not None  # below zero at 0, above zero at 1
    first, last = (float(end(np.array(share), chance)) for chance in (tail, 1.0 - tail))
    width = (high - low) / (last - first)  # from the lower to the upper bound
    return _beta(1.0 + 4.0 * share, 5.0 - 4.0 * share, low - first * width, width)


@_fits
def beta(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a beta on 0 to 1 by its mean and the chance of an interval.

    Parameters
    ----------
    low, value, high : float
        Low, mean and high, from 0 to 1; the chance from low to high is the level.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    Raises
    ------
    InputError
        If they are not between 0 and 1, or no beta of this mean gives the interval its level.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> fitted = beta(0.1, 0.2, 0.35, 0.9)
    >>> round(fitted.chance(0.35) - fitted.chance(0.1), 9)
    0.9
    """
    k = unguarded(beta_concentration)(low, value, high, level)
    return _beta(value * k, (1.0 - value) * k, 0.0, 1.0)


@guarded(**_BOUNDS)
def beta_concentration(low: float, value: float, high: float, level: float) -> float:
    """Find the concentration of the beta of mean ``value`` that is between low and high with chance ``level``.

    Parameters
    ----------
    low, value, high : float
        Interval and mean, in 0 to 1 [share].
    level : float
        Chance of the interval [probability].

    Returns
    -------
    float
        Sum of the two shapes; the largest, should there be several [observations].

    Raises
    ------
    InputError
        If there is none.

    See Also
    --------
    agreed : One concentration for several shares.

    Examples
    --------
    >>> round(beta_concentration(0.2, 0.25, 0.3, 0.9))
    201
    """
    if not (0.0 <= low and high <= 1.0 and 0.0 < value < 1.0):
        what = f"low, value, high are {low}, {value}, {high} in a beta"
        raise InputError(Problem(what, remedy="A beta is between 0 and 1: use gamma, lognormal or normal"))

    def inside(k: Array) -> Array:
        shapes = value * k, (1.0 - value) * k
        return np.asarray(scipy.special.betainc(*shapes, high) - scipy.special.betainc(*shapes, low))

    return _concentration("beta", inside, low, value, high, level)


@_fits
def gamma(low: float, value: float, high: float, level: float) -> Fitted:
    """Fit a gamma by its mean and the chance of an interval.

    Parameters
    ----------
    low, value, high : float
        Low, mean and high, above zero; the chance from low to high is the level.
    level : float
        Coverage of the interval [probability].

    Returns
    -------
    Fitted
        Its quantile function and its cumulative distribution.

    Raises
    ------
    InputError
        If low is below zero or the mean not above it, or no gamma of this mean gives the interval its level.

    See Also
    --------
    quantiles : Values of a quantity, by the name of its distribution.

    Examples
    --------
    >>> fitted = gamma(8.0, 10.0, 15.0, 0.9)
    >>> round(fitted.chance(15.0) - fitted.chance(8.0), 9)
    0.9
    """
    if not (low >= 0.0 and value > 0.0):
        what = f"low, value are {low}, {value} in a gamma"
        raise InputError(Problem(what, remedy="A gamma is above zero: use normal or triangular"))

    def inside(k: Array) -> Array:
        return np.asarray(scipy.special.gammainc(k, high / value * k) - scipy.special.gammainc(k, low / value * k))

    k = _concentration("gamma", inside, low, value, high, level)  # the shape; the scale is mean over shape
    return Fitted(partial(_gamma_quantile, k, value), partial(_gamma_chance, k, value))


def _gamma_quantile(k: float, value: float, u: Array) -> Array:
    return np.asarray(scipy.special.gammaincinv(k, u) * (value / k))


def _gamma_chance(k: float, value: float, x: float) -> float:
    return float(scipy.special.gammainc(k, max(x, 0.0) * (k / value)))


def _beta(a: float, b: float, start: float, width: float) -> Fitted:
    return Fitted(partial(_beta_quantile, a, b, start, width), partial(_beta_chance, a, b, start, width))


def _beta_quantile(a: float, b: float, start: float, width: float, u: Array) -> Array:
    return np.asarray(start + width * scipy.special.betaincinv(a, b, u))


def _beta_chance(a: float, b: float, start: float, width: float, x: float) -> float:
    return float(scipy.special.betainc(a, b, min(1.0, max(0.0, (x - start) / width))))


def _concentration(
    name: str, inside: Callable[[Array], Array], low: float, value: float, high: float, level: float
) -> float:
    """Find the concentration at which the chance of the interval is its level."""
    log_concentration = _crossing(lambda logs: inside(np.exp(logs)) - level, np.log(_LEAST), np.log(_MOST))
    if log_concentration is None:
        remedy = "Give an interval with room on both sides of the mean, or use normal, pert or triangular"
        raise InputError(Problem(f"no {name} of mean {value} has a chance of {level:g} of {low} to {high}", "", remedy))
    return float(np.exp(log_concentration))


def _crossing(rising: Callable[[Array], Array], low: float, high: float) -> float | None:
    """Find the last place from which a function is not below zero any more; None where it ends below, or never is."""
    # The chance of an interval need not rise with the concentration from the start, so a bracketing root finder may
    # end at an earlier crossing. Nine grids of 128 cells, each within one cell of the last: 128^-9, below rounding.
    for _ in range(9):
        grid = np.linspace(low, high, 129)
        below = np.flatnonzero(rising(grid) < 0)
        if len(below) == 0 or below[-1] == len(grid) - 1:
            return None
        low, high = float(grid[below[-1]]), float(grid[below[-1] + 1])
    return 0.5 * (low + high)


#: Fits a distribution to (low, value, high, level).
Fit = Callable[[float, float, float, float], Fitted]


#: Low, value, high, level.
Bounds = tuple[float, float, float, float]


#: Registry: a new distribution is one function that is fitted to low, value, high and level.
DISTRIBUTIONS: dict[str, Fit] = {
    fit.__name__: unguarded(fit) for fit in (normal, lognormal, uniform, triangular, pert, beta, gamma)
}


#: Distributions that may be bounded by ``level = 1``.
BOUNDED = ("uniform", "triangular", "pert")


NAMES = (*DISTRIBUTIONS, "fixed")


#: Names that a belief may have, to type checkers; the empty one is the default of its interval.
Distribution = Literal[
    "", "normal", "lognormal", "uniform", "triangular", "pert", "beta", "gamma", "fixed", "dirichlet"
]


#: Shares that are drawn together, by :func:`shares`; each of them alone is a beta.
DIRICHLET = "dirichlet"


#: Concentrations that the intervals of shares drawn together imply may differ by this factor: their widths by two.
DISAGREEMENT = 4.0


@guarded(
    u=CHANCES,
    value=number(),
    low=optional(number()),
    high=optional(number()),
    level=number(),
    distribution=text,
    least=_limit,
    most=_limit,
)
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
    """Turn uniform numbers into values of a quantity, by the inverse of its cumulative distribution.

    Parameters
    ----------
    u : ndarray of shape (draw,)
        Uniform numbers [probability].
    value : float
        Central value.
    low, high : float or None
        Interval; None for both where the value is taken as known.
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

    See Also
    --------
    carecost.maths.monte_carlo.Draws.uniforms : Uniform numbers of a quantity.
    shares : Several shares at once, which sum to one.

    Examples
    --------
    >>> quantiles(np.array([0.05, 0.5, 0.95]), 10.0, 8.0, 15.0)
    array([ 8., 10., 15.])
    """
    problem = unguarded(fault)(value, low, high, level, distribution)
    if problem is not None:
        raise InputError(problem)
    if distribution == "fixed" or low is None or high is None or low == high:
        return np.full(u.shape, float(value))
    if low < least or high > most:
        what = f"low, high are {low}, {high}; it is never below {least} or above {most}"
        raise InputError(Problem(what, remedy="Give an interval within these"))
    fitted = DISTRIBUTIONS[distribution](low, float(value), high, level)
    # Truncation: uniform numbers are squeezed into the chances of the two limits.
    chance_of_least = fitted.chance(least) if np.isfinite(least) else 0.0
    chance_of_most = fitted.chance(most) if np.isfinite(most) else 1.0
    return fitted.quantile(chance_of_least + u * (chance_of_most - chance_of_least))


@guarded(value=number(), low=optional(number()), high=optional(number()), level=number(), distribution=text)
def fault(value: float, low: float | None, high: float | None, level: float, distribution: str) -> Problem | None:
    """Find what is wrong with an interval, if anything.

    Parameters
    ----------
    value : float
        Central value.
    low, high : float or None
        Interval.
    level : float
        Coverage of the interval [probability].
    distribution : str
        Name of the distribution, as in :func:`quantiles`.

    Returns
    -------
    Problem or None
        The first fault, with its remedy.

    See Also
    --------
    quantiles : Refuses what this finds.

    Examples
    --------
    >>> print(fault(1.0, 2.0, 3.0, 0.9, "normal"))
    low, value, high are 2.0, 1.0, 3.0. They must rise
    """
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


@guarded(
    u=array("draw", "share", above=0, most=1), values=array("share", above=0, most=1), concentration=number(above=0)
)
def shares(u: ArrayLike, values: ArrayLike, concentration: float) -> Array:
    """Draw Dirichlet shares from uniform numbers: gamma quantiles over their sum [1]_.

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

    See Also
    --------
    agreed : The concentration that several intervals imply.

    References
    ----------
    .. [1] Devroye, L. (1986). Non-Uniform Random Variate Generation. Springer, chapter 11.

    Examples
    --------
    >>> shares([[0.5, 0.5], [0.9, 0.1]], [0.5, 0.5], 10).round(3)
    array([[0.5  , 0.5  ],
           [0.767, 0.233]])
    """
    if np.shape(u)[-1] != np.shape(values)[-1] or not np.size(values):
        what = f"u has shape {np.shape(u)}, values {np.shape(values)}"
        raise InputError(Problem(what, "shares()", "Give a column of uniform numbers for each share"))
    chances, shape = np.asarray(u, dtype=float), np.asarray(values, dtype=float) * concentration
    sizes = scipy.special.gammaincinv(shape, chances)  # (draw, share): gamma numbers of scale one
    # A small shape a puts most of its chance below the smallest number there is. There the first term of the series,
    # P(x) = x^a / Gamma(a + 1), is exact; in logs, log x = (log u + log Gamma(a + 1)) / a.
    tiny = (np.log(chances) + scipy.special.gammaln(shape + 1.0)) / shape
    logs = np.where(sizes > 1e-200, np.log(np.maximum(sizes, 1e-200)), tiny)
    sizes = np.exp(logs - logs.max(-1, keepdims=True))  # the largest of a draw is one: the sum is never zero
    return np.asarray(sizes / sizes.sum(-1, keepdims=True))


@guarded(intervals=_intervals)
def agreed(intervals: Sequence[Bounds]) -> float:
    """Find the one Dirichlet concentration of shares that are drawn together.

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

    See Also
    --------
    beta_concentration : That of one interval.
    shares : Shares drawn with it.

    Examples
    --------
    >>> round(agreed([(0.2, 0.25, 0.3, 0.9), (0.7, 0.75, 0.8, 0.9)]))
    201
    """
    if not intervals:
        raise InputError(Problem("there are no intervals", "agreed", "Give (low, value, high, level) of each share"))
    implied = np.array([unguarded(beta_concentration)(*interval) for interval in intervals])  # (share,)
    if implied.max() > DISAGREEMENT * implied.min():
        sure, unsure = (intervals[int(i)][:3] for i in (implied.argmax(), implied.argmin()))
        what = (
            f"low, value, high {sure} is as sure as {implied.max():.3g} observations, {unsure} as {implied.min():.3g}"
        )
        remedy = f"Shares drawn together are equally sure: bring these within a factor of {DISAGREEMENT:g}"
        raise InputError(Problem(what, remedy=remedy))
    return float(np.exp(np.log(implied).mean()))
