"""Partial pooling of rates over a tree of groups: gamma-Poisson shrinkage of cells with few events.

A total is known better than its parts. So the total is drawn first, and then split, group by group, down to the cells.
The parts of a group are pulled towards its rate, the more so the fewer events they have and the more alike parts are;
then they are scaled to the group's own draw, so that pooling never alters a total nor how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from carecost._typing import Array

Indices = NDArray[np.intp]


#: Gives the uniform numbers of a quantity by its name; None asks for means.
Chance = Callable[[str], Array] | None


#: Jeffreys' prior of a Poisson rate is as good as half an event.
JEFFREYS = 0.5


class Level(NamedTuple):
    """One level of a tree of groups: their events and exposure, and how strongly they are pooled.

    Parameters
    ----------
    names : tuple of str
        Name of each group; that of a quantity.
    parent : ndarray of shape (group,)
        Which group of the level above each belongs to.
    events, exposure : ndarray of shape (group,)
        Events, and the time or people that they came from.
    strength : float
        How many events of its own the rate of the group above is worth.

    See Also
    --------
    tree : Make the levels of a tree.

    Examples
    --------
    >>> whole, cells = tree("exits", np.array([3.0, 0.0]), np.array([10.0, 2.0]), [["foster", "kinship"]])
    >>> whole.events, cells.names
    (array([3.]), ('exits, foster', 'exits, kinship'))
    """

    names: tuple[str, ...]
    parent: Indices
    events: Array
    exposure: Array
    strength: float


class Spread(NamedTuple):
    """How much rates differ within their groups, beyond chance.

    Parameters
    ----------
    variance : float
        Variance of the ratio of rates to their expectation, by the method of moments; it may be below zero.
    error : float
        Standard error of that, were there no differences.

    See Also
    --------
    spread : Estimate it.

    Examples
    --------
    >>> Spread(0.04, 0.01).variance ** 0.5
    0.2
    """

    variance: float
    error: float


def spread(events: Array, exposure: Array, parent: Indices) -> Spread:
    """Estimate the relative variance of rates within their parents beyond Poisson: a moment estimator.

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

    See Also
    --------
    tree : Takes the strength of a level from it.

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
    n_parents = int(parent.max(initial=-1)) + 1
    total, time = (group_sums(a, parent, n_parents) for a in (events, exposure))  # (parent,)
    # (group,) from here on: s, the share of the parent's exposure, and m = s x the parent's events.
    share = np.divide(exposure, time[parent], out=np.zeros_like(exposure), where=time[parent] > 0)
    expected = total[parent] * share
    squares = group_sums(share**2, parent, n_parents)  # (parent,)
    scale = 1.0 / (1.0 + expected) ** 2
    # E (events - m)^2 = m (1 - s) + variance x m^2 (1 - 2 s + sum of s^2): the first term is that of Poisson counts
    # given their sum; the corrections are there because the parent's rate is made of the same events.
    beyond = scale * ((events - expected) ** 2 - expected * (1.0 - share))
    weight = scale * expected**2 * (1.0 - 2.0 * share + squares[parent])
    if weight.sum() <= 1e-12:
        return Spread(0.0, 0.0)
    # A squared Poisson deviation has variance 2 m^2 + m.
    error = scale * np.sqrt((1.0 - share) * (2.0 * expected**2 + expected))
    return Spread(float(beyond.sum() / weight.sum()), float(np.sqrt((error**2).sum()) / weight.sum()))


def group_sums(values: Array, group: Indices, n: int) -> Array:
    """Sum rows by group.

    Parameters
    ----------
    values : ndarray of shape (row, ...)
        What is summed.
    group : ndarray of shape (row,)
        Which group each row belongs to.
    n : int
        Number of groups.

    Returns
    -------
    ndarray of shape (n, ...)
        Sums; zero for a group without rows.

    Examples
    --------
    >>> group_sums(np.array([1.0, 2.0, 4.0]), np.array([0, 1, 0]), 2)
    array([5., 2.])
    """
    out = np.zeros((n, *values.shape[1:]))
    # One row after the other, and not pairwise as a plain sum: no sum depends on what stands beside it.
    np.add.at(out, group, values)
    return out


def tree(prefix: str, events: Array, exposure: Array, labels: Sequence[Sequence[str]]) -> tuple[Level, ...]:
    """Sum cells into a tree of groups, and estimate how strongly each level is pooled towards the one above.

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

    See Also
    --------
    pooled_rates : Rates of the cells of a tree.
    spread : How much the rates of a level differ.

    Notes
    -----
    The strength of a level is one over the variance of its rates relative to their parents' (:func:`spread`). Parts are
    never taken to be more alike than the counts can show: a variance below its standard error is put at that. Nor is
    the parent ever worth less than half an event.

    Examples
    --------
    >>> levels = tree("exits", np.array([30.0, 2.0]), np.array([100.0, 90.0]), [["foster", "kinship"]])
    >>> [level.names for level in levels]
    [('exits',), ('exits, foster', 'exits, kinship')]
    >>> round(levels[1].strength, 2)  # rates that differ this much are hardly pooled
    0.77
    """
    out = [Level((prefix,), np.zeros(1, np.intp), events.sum(keepdims=True), exposure.sum(keepdims=True), JEFFREYS)]
    group_above = np.zeros(len(events), dtype=np.intp)  # (cell,): the group of each cell, one level up
    for level in labels:
        names = list(dict.fromkeys(level))
        group = np.array([names.index(label) for label in level], dtype=np.intp)  # (cell,)
        parent = np.zeros(len(names), dtype=np.intp)
        parent[group] = group_above
        counted, lived = (group_sums(a, group, len(names)) for a in (events, exposure))
        between = spread(counted, lived, parent)
        # A gamma of mean one and variance v has shape 1 / v: that many events of the parent.
        strength = max(JEFFREYS, 1.0 / max(between.variance, between.error, 1e-12))
        out.append(Level(tuple(f"{prefix}, {name}" for name in names), parent, counted, lived, strength))
        group_above = group
    return tuple(out)


def pooled_rates(levels: Sequence[Level], chance: Chance, dispersion: float = 1.0) -> Array:
    """Draw the partially pooled rates of the cells of a tree, or give their means.

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

    See Also
    --------
    tree : Make the tree.

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
    >>> mean = pooled_rates(levels, None)
    >>> mean.round(3), round(float(mean[0] @ [10.0, 2.0]), 9)
    (array([[0.321, 0.145]]), 3.5)
    """
    top = levels[0]
    if not levels[-1].names:
        return np.zeros((1, 0))
    # Expected events of the groups of a level, (draw, group); of the whole first.
    total = np.atleast_2d(top.events + JEFFREYS)
    if dispersion > 0:
        # Mean events + 1/2, variance that times the dispersion.
        total = _gamma(total[0] / dispersion, top.names, chance) * dispersion
    return _split(levels, total, total / top.exposure, chance)


def split_rates(levels: Sequence[Level], whole: Array, chance: Chance) -> Array:
    """Split a rate of the whole, known or drawn elsewhere, down to the cells of a tree.

    Parameters
    ----------
    levels : sequence of Level
        The tree.
    whole : ndarray of shape (draw,)
        Rate of the whole.
    chance : callable or None
        Gives the uniform numbers of a quantity by its name, each of shape (draw,); means where None.

    Returns
    -------
    ndarray of shape (draw, cell)
        Events per unit of exposure; without any exposure all cells have the rate of the whole.

    See Also
    --------
    pooled_rates : Draws the whole too.

    Examples
    --------
    >>> levels = tree("exits", np.array([3.0, 0.0]), np.array([10.0, 2.0]), [["foster", "kinship"]])
    >>> mean = split_rates(levels, np.array([0.5]), None)
    >>> round(float(mean[0] @ [10.0, 2.0]), 9)
    6.0
    """
    if not levels[-1].names:
        return np.zeros((len(whole), 0))
    rate = np.asarray(whole, dtype=float)[:, None]
    return _split(levels, rate * levels[0].exposure, rate, chance)


def _split(levels: Sequence[Level], total: Array, rate: Array, chance: Chance) -> Array:
    """Split expected events of the whole and their rate, (draw, 1) each, level by level: (draw, cell)."""
    for level in levels[1:]:
        k = level.strength
        # Posterior of a Poisson rate whose prior is a gamma of shape k around the rate of the group above.
        own = _gamma(level.events + k, level.names, chance) / (level.exposure + k / rate[:, level.parent])
        parts = own * level.exposure
        # Scaled so that the parts of a group have its total again: (draw, group above), then (draw, group).
        sum_of_parts = group_sums(parts.T, level.parent, total.shape[1]).T
        scale = np.divide(total, sum_of_parts, out=np.ones_like(sum_of_parts), where=sum_of_parts > 0)
        scale = scale[:, level.parent]
        rate, total = own * scale, parts * scale
    return np.asarray(rate)


def _gamma(shape: Array, names: Sequence[str], chance: Chance) -> Array:
    """Draw gamma numbers of scale one for each name, or give their means: (draw, name)."""
    if chance is None:
        return np.atleast_2d(shape)
    return np.asarray(scipy.special.gammaincinv(shape, np.stack([chance(name) for name in names], axis=1)))
