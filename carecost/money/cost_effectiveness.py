"""Cost-effectiveness: dominance, the ICER frontier, net benefit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import Refused, listed, numeric, opened, take, text
from carecost._typing import Array, LockedAgain
from carecost.errors import InputError, Problem, refuse

#: Where an option stands among the others.
Status = Literal["frontier", "dominated", "extendedly dominated", "equal"]


@opened
@dataclass(frozen=True, eq=False)
class Option(LockedAgain):
    """One option of a cost-effectiveness analysis, with its cost and effect; doing the minimum is one too.

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

    See Also
    --------
    icer_table : Dominance and incremental cost-effectiveness ratios of options.
    net_benefit : Which option is best at a value of a unit of effect.

    Examples
    --------
    >>> Option("do minimum", 26_000, 23.1).cost
    array([26000.])
    """

    name: str
    cost: Array
    effect: Array

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(self, name: str, cost: ArrayLike, effect: ArrayLike) -> None: ...

    def __post_init__(self) -> None:
        take(self, name=text)
        problems: list[Problem] = []
        for field in ("cost", "effect"):
            object.__setattr__(self, field, _draws(getattr(self, field), f"option {self.name!r}, {field}", problems))
        refuse(problems)


def _option(value: Any) -> Any:
    """Take an option, or its name, cost and effect (a rule of the guard)."""
    if isinstance(value, Option):
        return value
    if not isinstance(value, tuple | list) or len(value) != 3:
        raise Refused("", "Give options, or for each its (name, cost, effect)")
    return Option(*value)


#: Rule of the guard: options that are compared.
SOME_OPTIONS = listed(_option, "Give two or more options, or for each its (name, cost, effect)")


@dataclass(frozen=True)
class Step:
    """One row of an incremental analysis: an option beside the one that it is compared with.

    Parameters
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

    See Also
    --------
    Means.step : Describe one option so.

    Examples
    --------
    >>> means([("nothing", 0.0, 0.0), ("something", 10.0, 2.0)]).step(1).icer
    5.0
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
class Means(LockedAgain):
    """Options by their means over draws, in the order of cost and then of effect, the greater first.

    Parameters
    ----------
    names : tuple of str
        Options.
    cost, effect : ndarray of shape (option,)
        Means over draws [GBP], [unit of effect].

    See Also
    --------
    means : Make it, in this order.

    Examples
    --------
    >>> made = Means(("nothing", "something", "less"), np.array([0.0, 10.0, 12.0]), np.array([0.0, 2.0, 1.0]))
    >>> made.frontier, made.dominator
    ([0, 1], {2: 1})
    """

    names: tuple[str, ...]
    cost: Array
    effect: Array

    @cached_property
    def twin(self) -> dict[int, int]:
        """Options that equal an earlier one in cost and effect, and which: {option: earlier option}."""
        pairs = list(zip(self.cost, self.effect, strict=True))
        return {i: pairs.index(pair) for i, pair in enumerate(pairs) if pairs.index(pair) < i}

    @cached_property
    def dominator(self) -> dict[int, int]:
        """Options that another strictly dominates, and which: that with the most effect, the cheapest of these."""
        dominators = {}
        for i in range(len(self.names)):
            # No worse in both, better in one: (option,).
            better = (self.cost <= self.cost[i]) & (self.effect >= self.effect[i])
            better &= (self.cost < self.cost[i]) | (self.effect > self.effect[i])
            if better.any():
                # Of twins that dominate alike the one that is listed first.
                dominators[i] = max(np.flatnonzero(better), key=lambda j: (self.effect[j], -self.cost[j], -j))
        return {i: int(j) for i, j in dominators.items()}

    @cached_property
    def frontier(self) -> list[int]:
        """Options that are best at some value of a unit of effect, in the order of cost: the lower convex hull."""
        hull: list[int] = []
        for i in range(len(self.names)):
            if i in self.twin or i in self.dominator:
                continue
            # Ratios rise along the frontier: one that is dearer than the next is extendedly dominated.
            while len(hull) > 1 and self._ratio(hull[-1], i) < self._ratio(hull[-2], hull[-1]):
                hull.pop()
            hull.append(i)
        return hull

    def _ratio(self, a: int, b: int) -> float:
        """Incremental cost-effectiveness ratio of b over a [GBP per unit of effect]."""
        return float((self.cost[b] - self.cost[a]) / (self.effect[b] - self.effect[a]))

    def step(self, i: int) -> Step:
        """Describe one option: its status, its comparator, and the increments over it.

        Parameters
        ----------
        i : int
            Its place in the order of cost.

        Returns
        -------
        Step
            A row of the incremental analysis.

        Examples
        --------
        >>> made = means([("nothing", 0.0, 0.0), ("worse", 12.0, 1.0), ("something", 10.0, 2.0)])
        >>> made.step(2).status, made.step(2).dominated_by
        ('dominated', ('something',))
        """
        status, comparator, dominators = self._standing(i)
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
            tuple(self.names[j] for j in dominators),
        )

    def _standing(self, i: int) -> tuple[Status, int | None, tuple[int, ...]]:
        """Status of an option, what it is compared with, and what dominates it."""
        if i in self.dominator:
            return "dominated", self.dominator[i], (self.dominator[i],)
        if i in self.twin:
            return "equal", self.twin[i], ()
        before = [j for j in self.frontier if j < i]
        if i in self.frontier:
            return "frontier", before[-1] if before else None, ()
        # Neither dominated nor on the hull: a mix of its neighbours on the hull is better.
        after = next(j for j in self.frontier if j > i)
        return "extendedly dominated", before[-1], (before[-1], after)


def means(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]]) -> Means:
    """Average options over draws and put them in the order of cost, and of effect, the greater first.

    Parameters
    ----------
    options : sequence of Option or of (name, cost, effect)
        Two or more.

    Returns
    -------
    Means
        Their means.

    Raises
    ------
    InputError
        If there are fewer than two, two share a name, or their draws do not fit.

    Examples
    --------
    >>> means([("something", [8.0, 12.0], 2.0), ("nothing", 0.0, 0.0)]).names
    ('nothing', 'something')
    """
    names, cost, effect = arrays(options)
    mean_cost, mean_effect = cost.mean(0), effect.mean(0)
    order = np.lexsort((-mean_effect, mean_cost))
    return Means(tuple(names[i] for i in order), mean_cost[order], mean_effect[order])


def arrays(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]]) -> tuple[tuple[str, ...], Array, Array]:
    """Line up the draws of options, in the order given.

    Parameters
    ----------
    options : sequence of Option or of (name, cost, effect)
        Two or more.

    Returns
    -------
    names : tuple of str
        Options.
    cost, effect : ndarray of shape (draw, option)
        Their draws [GBP], [unit of effect].

    Raises
    ------
    InputError
        If there are fewer than two, two share a name, or their draws do not fit.

    Examples
    --------
    >>> names, cost, effect = arrays([("something", [8.0, 12.0], 2.0), ("nothing", 0.0, 0.0)])
    >>> cost.tolist(), effect.tolist()
    ([[8.0, 0.0], [12.0, 0.0]], [[2.0, 0.0], [2.0, 0.0]])
    """
    listed = [o if isinstance(o, Option) else Option(*o) for o in options]
    names = tuple(o.name for o in listed)
    problems = []
    if len(listed) < 2:
        problems.append(Problem(f"has {len(listed)} options", "options", "Give two or more; doing the minimum is one"))
    twice = sorted({n for n in names if names.count(n) > 1})
    problems += [Problem(f"two options are called {n!r}", "options", "Give each its own name") for n in twice]
    # Cost and effect of each option in turn, (draw,) or (1,).
    columns = [np.asarray(a, dtype=float) for o in listed for a in (o.cost, o.effect)]
    lengths = {len(c) for c in columns} - {1}
    if len(lengths) > 1:
        what = f"options have {', '.join(map(str, sorted(lengths)))} draws"
        problems.append(Problem(what, "options", "Give the same draws of every option, or one number"))
    refuse(problems)
    draws = np.stack(np.broadcast_arrays(*columns), axis=-1)  # (draw, 2 x option)
    return names, draws[:, ::2], draws[:, 1::2]


def best_shares(benefit: Array) -> Array:
    """Share out which option is best, equally between those that tie.

    Parameters
    ----------
    benefit : ndarray of shape (..., option)
        Net benefit.

    Returns
    -------
    ndarray of shape (..., option)
        1 for the best, 0 for the others; 1/n for each of n that tie [share].

    Examples
    --------
    >>> best_shares(np.array([[1.0, 3.0, 2.0], [4.0, 4.0, 0.0]]))
    array([[0. , 1. , 0. ],
           [0.5, 0.5, 0. ]])
    """
    best = benefit == benefit.max(-1, keepdims=True)
    return np.asarray(best / best.sum(-1, keepdims=True))


def values_of(values: ArrayLike) -> Array:
    """Read values of a unit of effect: willingness to pay.

    Parameters
    ----------
    values : array_like of shape (value,) or a number
        Amounts, zero or more [GBP per unit of effect].

    Returns
    -------
    ndarray of shape (value,)
        The same, read-only.

    Raises
    ------
    InputError
        If there is none, or one is negative or not finite.

    Examples
    --------
    >>> values_of(20_000)
    array([20000.])
    """
    problems: list[Problem] = []
    array = _draws(values, "values", problems)
    if not problems and not (len(array) and array.min() >= 0):
        raise InputError(Problem(f"are {array.tolist()}", "values", "Give one or more amounts of zero or more"))
    refuse(problems)
    return array


def _draws(value: ArrayLike, where: str, problems: list[Problem]) -> Array:
    """Read one number, or one a draw, read-only; what is wrong goes to ``problems``."""
    try:
        array = np.atleast_1d(np.array(numeric(value)))
    except Refused:
        problems.append(Problem("is not a number or an array of numbers", where, "Give a number, or one a draw"))
        return np.zeros(1)
    if array.size == 0:
        problems.append(Problem("is empty", where, "Give a number, or one a draw"))
    if array.ndim > 1 or not np.isfinite(array).all():
        what = f"has shape {array.shape}" if array.ndim > 1 else f"is {array[~np.isfinite(array)][0]}"
        problems.append(Problem(what, where, "Give a finite number, or one a draw"))
    array.flags.writeable = False
    return array
