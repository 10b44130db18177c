"""Cost-effectiveness: dominance, the ICER frontier, net benefit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from carecost._typing import Array
from carecost.errors import InputError, Problem, refuse

Status = Literal["frontier", "dominated", "extendedly dominated", "equal"]


@dataclass(frozen=True, eq=False)
class Option:
    """Something that might be done; doing the minimum is one too.

    Parameters
    ----------
    name : str
        What it is called.
    cost : array_like of shape (draw,) or a number
        Cost [GBP].
    effect : array_like of shape (draw,) or a number
        Effect, more is better, in one unit for all options [such as years in family care].

    Raises
    ------
    InputError
        If cost or effect is not finite, or has more than one axis.

    Examples
    --------
    >>> Option("do minimum", 26_000, 23.1).cost
    array([26000.])
    """

    name: str
    cost: ArrayLike
    effect: ArrayLike

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for field in ("cost", "effect"):
            object.__setattr__(self, field, _draws(getattr(self, field), f"option {self.name!r}, {field}", problems))
        refuse(problems)


@dataclass(frozen=True)
class Step:
    """One option in the order of cost, beside the one that it is compared with.

    Attributes
    ----------
    name : str
        The option.
    cost, effect : float
        Means over draws [GBP], [unit of effect].
    status : {"frontier", "dominated", "extendedly dominated", "equal"}
        Dominated: another costs no more and does no less, and is better in one. Extendedly dominated: a mix of two
        others is. Equal: the same cost and effect as one listed before.
    comparator : str or None
        The option that it is compared with: on the frontier and when extendedly dominated the frontier's option before
        it, else the one that dominates or equals it. None for the first of the frontier only.
    incremental_cost, incremental_effect : float or None
        More than the comparator [GBP], [unit of effect].
    icer : float or None
        Incremental cost for each unit of incremental effect; None where dominated, equal or first [GBP per unit].
    dominated_by : tuple of str
        The option, or the two, that dominate it.
    """

    name: str
    cost: float
    effect: float
    status: Status
    comparator: str | None
    incremental_cost: float | None
    incremental_effect: float | None
    icer: float | None
    dominated_by: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Means:
    """Options by their means, in the order of cost and then of effect, the greater first.

    Parameters
    ----------
    names : tuple of str
        Options.
    cost, effect : ndarray of shape (option,)
        Means over draws.
    """

    names: tuple[str, ...]
    cost: Array
    effect: Array

    @cached_property
    def twin(self) -> dict[int, int]:
        """Options that equal an earlier one, and which."""
        pairs = list(zip(self.cost, self.effect, strict=True))
        return {i: pairs.index(pair) for i, pair in enumerate(pairs) if pairs.index(pair) < i}

    @cached_property
    def dominator(self) -> dict[int, int]:
        """Options that another dominates, and by which: the one with the most effect, the cheapest of these."""
        found = {}
        for i in range(len(self.names)):
            better = (self.cost <= self.cost[i]) & (self.effect >= self.effect[i])
            better &= (self.cost < self.cost[i]) | (self.effect > self.effect[i])
            if better.any():
                found[i] = max(np.flatnonzero(better), key=lambda j: (self.effect[j], -self.cost[j], -j))
        return {i: int(j) for i, j in found.items()}

    @cached_property
    def frontier(self) -> list[int]:
        """Options that are best at some value of a unit of effect, in the order of cost: the lower convex hull."""
        hull: list[int] = []
        for i in range(len(self.names)):
            if i in self.twin or i in self.dominator:
                continue
            while len(hull) > 1 and self._ratio(hull[-1], i) < self._ratio(hull[-2], hull[-1]):
                hull.pop()
            hull.append(i)
        return hull

    def _ratio(self, a: int, b: int) -> float:
        return float((self.cost[b] - self.cost[a]) / (self.effect[b] - self.effect[a]))

    def step(self, i: int) -> Step:
        """Describe one option."""
        status, comparator, by = self._standing(i)
        if comparator is None:
            return Step(self.names[i], float(self.cost[i]), float(self.effect[i]), status, None, None, None, None)
        ratio = self._ratio(comparator, i) if status in ("frontier", "extendedly dominated") else None
        return Step(
            self.names[i],
            float(self.cost[i]),
            float(self.effect[i]),
            status,
            self.names[comparator],
            float(self.cost[i] - self.cost[comparator]),
            float(self.effect[i] - self.effect[comparator]),
            ratio,
            tuple(self.names[j] for j in by),
        )

    def _standing(self, i: int) -> tuple[Status, int | None, tuple[int, ...]]:
        if i in self.dominator:
            return "dominated", self.dominator[i], (self.dominator[i],)
        if i in self.twin:
            return "equal", self.twin[i], ()
        before = [j for j in self.frontier if j < i]
        if i in self.frontier:
            return "frontier", before[-1] if before else None, ()
        after = next(j for j in self.frontier if j > i)
        return "extendedly dominated", before[-1], (before[-1], after)


def means(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]]) -> Means:
    """Average options over draws and put them in the order of cost, and of effect, the greater first.

    Raises
    ------
    InputError
        If there are fewer than two, two share a name, or their draws do not fit.
    """
    names, cost, effect = arrays(options)
    mean_cost, mean_effect = cost.mean(0), effect.mean(0)
    order = np.lexsort((-mean_effect, mean_cost))
    return Means(tuple(names[i] for i in order), mean_cost[order], mean_effect[order])


def arrays(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]]) -> tuple[tuple[str, ...], Array, Array]:
    """Give names, and cost and effect of shape (draw, option), as listed.

    Raises
    ------
    InputError
        If there are fewer than two, two share a name, or their draws do not fit.
    """
    listed = [o if isinstance(o, Option) else Option(*o) for o in options]
    names = tuple(o.name for o in listed)
    problems = []
    if len(listed) < 2:
        problems.append(Problem(f"has {len(listed)} options", "options", "Give two or more; doing the minimum is one"))
    twice = sorted({n for n in names if names.count(n) > 1})
    problems += [Problem(f"two options are called {n!r}", "options", "Give each its own name") for n in twice]
    columns = [np.asarray(a, dtype=float) for o in listed for a in (o.cost, o.effect)]
    lengths = {len(c) for c in columns} - {1}
    if len(lengths) > 1:
        what = f"options have {', '.join(map(str, sorted(lengths)))} draws"
        problems.append(Problem(what, "options", "Give the same draws of every option, or one number"))
    refuse(problems)
    made = np.stack(np.broadcast_arrays(*columns), axis=-1)
    return names, made[:, ::2], made[:, 1::2]


def best_shares(benefit: Array) -> Array:
    """Give each option's share of being best, ties shared equally: last axis options.

    Parameters
    ----------
    benefit : ndarray of shape (..., option)
        Net benefit.

    Returns
    -------
    ndarray of shape (..., option)
        1 for the best, 0 for the others; 1/n for each of n that tie [share].
    """
    best = benefit == benefit.max(-1, keepdims=True)
    return np.asarray(best / best.sum(-1, keepdims=True))


def values_of(values: ArrayLike) -> Array:
    """Read values of a unit of effect.

    Raises
    ------
    InputError
        If there is none, or one is negative or not finite.
    """
    problems: list[Problem] = []
    array = _draws(values, "values", problems)
    if not problems and not (len(array) and array.min() >= 0):
        raise InputError(Problem(f"are {array.tolist()}", "values", "Give one or more amounts of zero or more"))
    refuse(problems)
    return array


def _draws(value: ArrayLike, where: str, problems: list[Problem]) -> Array:
    try:
        array = np.atleast_1d(np.array(value, dtype=float))
    except (TypeError, ValueError):
        problems.append(Problem("is not a number or an array of numbers", where, "Give a number, or one a draw"))
        return np.zeros(1)
    if array.ndim > 1 or not np.isfinite(array).all():
        what = f"has shape {array.shape}" if array.ndim > 1 else f"is {array[~np.isfinite(array)][0]}"
        problems.append(Problem(what, where, "Give a finite number, or one a draw"))
    array.flags.writeable = False
    return array
