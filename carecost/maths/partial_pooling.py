"""Partial pooling of rates over a tree of groups: gamma-Poisson shrinkage of cells with few events.

A total is known better than its parts. So the total is drawn first, and then split, group by group, down to the cells.
The parts of a group are pulled towards its rate, the more so the fewer events they have and the more alike parts are;
then they are scaled to the group's own draw, so that pooling never alters a total nor how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from carecost._typing import Array

Indices = NDArray[np.intp]


#: Gives the uniform numbers of a quantity by its name; None asks for means.
Chance = Callable[[str], Array] | None


#: Jeffreys' prior of a Poisson rate is as good as half an event.
JEFFREYS = 0.5


class Level(NamedTuple):
    """Groups of one level of a tree.

    Attributes
    ----------
    names : tuple of str
        Name of each group; that of a quantity.
    parent : ndarray of shape (group,)
        Which group of the level above each belongs to.
    events, exposure : ndarray of shape (group,)
        Events, and the time or people that they came from.
    strength : float
        How many events of its own the rate of the group above is worth.
    """

    names: tuple[str, ...]
    parent: Indices
    events: Array
    exposure: Array
    strength: float


class Spread(NamedTuple):
    """How much rates differ.

    Attributes
    ----------
    variance : float
        Variance of the ratio of rates to their expectation, by the method of moments; it may be below zero.
    error : float
        Standard error of that, were there no differences.
    """

    variance: float
    error: float


def spread(events: Array, exposure: Array, parent: Indices) -> Spread:
    """Estimate how much the rates of groups differ within their parents, beyond what chance does.

    Parameters
    ----------
    events, exposure : ndarray of shape (group,)
        Events, and the time or people that they came from.
    parent : ndarray of shape (group,)
        Which parent each group belongs to.

    Returns
    -------
    Spread
        Relative variance and its standard error; both zero where no parent has two groups with exposure.

    Notes
    -----
    With m the number of events expected at the parent's rate, the squares of what differs from it, less those that a
    Poisson count gives, sum to the variance times the sum of m squared, corrected for the parent's rate being made of
    the same events. Each square has the weight 1 / (1 + m) squared: groups with many events count alike, whatever their
    size, and those with less than one hardly at all. This is the moment estimator with given weights of [1]_.

    References
    ----------
    .. [1] DerSimonian, R., Kacker, R. (2007). Random-effects model for meta-analysis of clinical trials: an update.
       Contemporary Clinical Trials, 28(2), 105-114.

    Examples
    --------
    >>> alike = spread(np.array([12.0, 8.0]), np.array([1.0, 1.0]), np.array([0, 0]))
    >>> round(alike.variance, 3), round(alike.error, 3)
    (-0.02, 0.145)
    """
    count = int(parent.max(initial=-1)) + 1
    total, time = (sums(a, parent, count) for a in (events, exposure))
    share = np.divide(exposure, time[parent], out=np.zeros_like(exposure), where=time[parent] > 0)
    expected = total[parent] * share
    squares = sums(share**2, parent, count)
    scale = 1.0 / (1.0 + expected) ** 2
    beyond = scale * ((events - expected) ** 2 - expected * (1.0 - share))
    weight = scale * expected**2 * (1.0 - 2.0 * share + squares[parent])
    if weight.sum() <= 1e-12:
        return Spread(0.0, 0.0)
    error = scale * np.sqrt((1.0 - share) * (2.0 * expected**2 + expected))
    return Spread(float(beyond.sum() / weight.sum()), float(np.sqrt((error**2).sum()) / weight.sum()))


def sums(values: Array, group: Indices, n: int) -> Array:
    """Sum rows by group, one after the other, so that no sum depends on what stands beside it."""
    out = np.zeros((n, *values.shape[1:]))
    np.add.at(out, group, values)
    return out


def tree(prefix: str, events: Array, exposure: Array, labels: Sequence[Sequence[str]]) -> tuple[Level, ...]:
    """Sum cells into groups, level by level, and see how alike the parts of groups are.

    Parameters
    ----------
    prefix : str
        Name of the whole, which begins every name.
    events, exposure : ndarray of shape (cell,)
        Events, and the time or people that they came from.
    labels : sequence of sequence of str
        For each level from the coarsest to the finest, the group of each cell; groups of a level lie within groups of
        the level above, and those of the last are the cells.

    Returns
    -------
    tuple of Level
        The whole first, the cells last and in their order.

    Notes
    -----
    The strength of a level is one over the variance of its rates relative to their parents' (:func:`spread`). Parts are
    never taken to be more alike than the counts can show: a variance below its standard error is put at that. Nor is
    the parent ever worth less than half an event.
    """
    whole = np.zeros(len(events), dtype=np.intp)
    out = [Level((prefix,), np.zeros(1, np.intp), events.sum(keepdims=True), exposure.sum(keepdims=True), JEFFREYS)]
    above = whole
    for level in labels:
        names = list(dict.fromkeys(level))
        here = np.array([names.index(label) for label in level], dtype=np.intp)
        parent = np.zeros(len(names), dtype=np.intp)
        parent[here] = above
        e, t = (sums(a, here, len(names)) for a in (events, exposure))
        found = spread(e, t, parent)
        strength = max(JEFFREYS, 1.0 / max(found.variance, found.error, 1e-12))
        out.append(Level(tuple(f"{prefix}, {name}" for name in names), parent, e, t, strength))
        above = here
    return tuple(out)


def rates(levels: Sequence[Level], chance: Chance, dispersion: float = 1.0) -> Array:
    """Draw the rates of the cells of a tree, or give their means.

    Parameters
    ----------
    levels : sequence of Level
        The tree.
    chance : callable or None
        Gives the uniform numbers of a quantity by its name, each of shape (draw,); means where None.
    dispersion : float
        Variance of the number of all events over that of a Poisson number; zero where that number is beside the point.

    Returns
    -------
    ndarray of shape (draw, cell)
        Events per unit of exposure; one draw where ``chance`` is None.

    Notes
    -----
    The whole is gamma(events + 1/2) over its exposure: Jeffreys' posterior of a Poisson rate [1]_. A part is
    gamma(events + k) over exposure + k / (rate of its group), with k the strength of its level; a part without any
    exposure has the rate of its group, as uncertain as k events. The parts are then scaled so that their expected
    events sum to the group's.

    References
    ----------
    .. [1] Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd edition. CRC Press, sections 2.6 to 2.8.

    Examples
    --------
    >>> levels = tree("exits", np.array([3.0, 0.0]), np.array([10.0, 2.0]), [["foster", "kinship"]])
    >>> mean = rates(levels, None)
    >>> mean.round(3), round(float(mean[0] @ [10.0, 2.0]), 9)
    (array([[0.321, 0.145]]), 3.5)
    """
    top = levels[0]
    if not levels[-1].names:
        return np.zeros((1, 0))
    total = np.atleast_2d(top.events + JEFFREYS)
    if dispersion > 0:
        total = _gamma(total[0] / dispersion, top.names, chance) * dispersion
    rate = total / top.exposure
    for level in levels[1:]:
        k = level.strength
        own = _gamma(level.events + k, level.names, chance) / (level.exposure + k / rate[:, level.parent])
        parts = own * level.exposure
        found = sums(parts.T, level.parent, total.shape[1]).T
        scale = np.divide(total, found, out=np.ones_like(found), where=found > 0)[:, level.parent]
        rate, total = own * scale, parts * scale
    return np.asarray(rate)


def _gamma(shape: Array, names: Sequence[str], chance: Chance) -> Array:
    """Draw gamma numbers of scale one for each name, or give their means: (draw, name)."""
    if chance is None:
        return np.atleast_2d(shape)
    return np.asarray(gammaincinv(shape, np.stack([chance(name) for name in names], axis=1)))
