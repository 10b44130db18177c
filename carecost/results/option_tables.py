"""Which option is best, in rows? The table of incremental ratios, and net benefit at a range of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from carecost._typing import Array
from carecost.money.cost_effectiveness import Option, Step, arrays, best_shares, means, values_of


@dataclass(frozen=True)
class IcerTable:
    """Options in the order of cost, each beside the one that it is compared with.

    Attributes
    ----------
    steps : tuple of Step
        One an option.
    """

    steps: tuple[Step, ...]

    @property
    def frontier(self) -> tuple[str, ...]:
        """Options that are best at some value of a unit of effect, in the order of cost."""
        return tuple(s.name for s in self.steps if s.status == "frontier")

    def table(self) -> pd.DataFrame:
        """Give one row an option.

        Returns
        -------
        DataFrame
            name, cost, effect, status, comparator, incremental_cost, incremental_effect, icer, dominated_by.
        """
        return pd.DataFrame([asdict(s) | {"dominated_by": " and ".join(s.dominated_by) or None} for s in self.steps])


@dataclass(frozen=True, eq=False)
class NetBenefit:
    """Net benefit of options at a range of values of a unit of effect.

    Attributes
    ----------
    names : tuple of str
        Options, as listed.
    values : ndarray of shape (value,)
        Values of a unit of effect [GBP per unit].
    net_benefit : ndarray of shape (draw, value, option)
        Value times effect, less cost [GBP].
    """

    names: tuple[str, ...]
    values: Array
    net_benefit: Array

    @property
    def mean(self) -> Array:
        """Mean net benefit: (value, option) [GBP]."""
        return np.asarray(self.net_benefit.mean(0))

    @property
    def best(self) -> tuple[str, ...]:
        """The option with the greatest mean net benefit at each value; several that tie, in one name."""
        shares = best_shares(self.mean)
        return tuple(" = ".join(n for n, s in zip(self.names, row, strict=True) if s > 0) for row in shares)

    @property
    def chance_best(self) -> Array | None:
        """Share of draws in which each option is best, ties shared: (value, option); None without draws."""
        return None if len(self.net_benefit) == 1 else np.asarray(best_shares(self.net_benefit).mean(0))

    def table(self) -> pd.DataFrame:
        """Give one row a value and option.

        Returns
        -------
        DataFrame
            value, name, net_benefit (mean), best; with draws chance_best and its Monte Carlo error.
        """
        n = len(self.names)
        frame = pd.DataFrame(
            {
                "value": np.repeat(self.values, n),
                "name": list(self.names) * len(self.values),
                "net_benefit": self.mean.ravel(),
                "best": (best_shares(self.mean) > 0).ravel(),
            }
        )
        chance = self.chance_best
        if chance is None:
            return frame
        error = np.sqrt(chance * (1.0 - chance) / len(self.net_benefit))
        return frame.assign(chance_best=chance.ravel(), chance_error=error.ravel())


def icer_table(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]]) -> IcerTable:
    """Compare options by incremental cost for each unit of incremental effect.

    Parameters
    ----------
    options : sequence of Option or (name, cost, effect)
        Two or more, in any order. Ratios are made from means over draws, never averaged over them.

    Returns
    -------
    IcerTable
        Options in the order of cost; every comparator is named.

    Raises
    ------
    InputError
        With every fault found.

    References
    ----------
    .. [1] Johannesson, M. & Weinstein, M. C. (1993). On the decision rules of cost-effectiveness analysis. Journal of
       Health Economics, 12(4), 459-467.

    Examples
    --------
    >>> made = icer_table([("nothing", 0, 0.0), ("a", 10, 1.0), ("b", 30, 1.5), ("c", 40, 3.0), ("d", 50, 2.9)])
    >>> [(s.name, s.status, s.comparator, s.icer) for s in made.steps[1:3]]
    [('a', 'frontier', 'nothing', 10.0), ('b', 'extendedly dominated', 'a', 40.0)]
    >>> made.frontier
    ('nothing', 'a', 'c')
    """
    by_mean = means(options)
    return IcerTable(tuple(by_mean.step(i) for i in range(len(by_mean.names))))


def net_benefit(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]], values: ArrayLike) -> NetBenefit:
    """Give the net benefit of options at values of a unit of effect.

    Parameters
    ----------
    options : sequence of Option or (name, cost, effect)
        Two or more; costs and effects may have draws, the same draws for all.
    values : array_like of shape (value,)
        What a unit of effect is worth, zero or more [GBP per unit].

    Returns
    -------
    NetBenefit
        Net benefit of every draw, the best option at each value, and with draws the chance that each is best.

    Raises
    ------
    InputError
        With every fault found.

    Examples
    --------
    >>> made = net_benefit([("nothing", 0, 0.0), ("a", 10, 1.0)], [5, 10, 20])
    >>> made.best
    ('nothing', 'nothing = a', 'a')
    """
    worth = values_of(values)
    names, cost, effect = arrays(options)
    return NetBenefit(names, worth, worth[:, None] * effect[:, None, :] - cost[:, None, :])
