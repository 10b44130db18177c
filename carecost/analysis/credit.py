"""Which part of the whole is each lever's? Levers that add up apart, and what subsets of the others are worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.inputs.levers import Lever
from carecost.maths import shapley

#: Seed of the orders that are sampled: the same for every scenario and block.
SEED = 1


@dataclass(frozen=True, eq=False)
class Effects:
    """What each lever does, draw by draw.

    Attributes
    ----------
    alone, sequence, last, shapley : ndarray of shape (draw, lever, measure)
        The lever alone against inaction; added to those listed before it; taken out of the whole; its mean over all
        orders in which levers may be added. ``sequence`` and ``shapley`` each sum to the whole.
    whole : ndarray of shape (draw, measure)
        All levers against inaction.
    order_error : ndarray of shape (lever, measure)
        Standard error of the mean Shapley value from sampling orders; zero where every subset was run.
    """

    alone: Array
    sequence: Array
    last: Array
    shapley: Array
    whole: Array
    order_error: Array

    @property
    def interaction(self) -> Array:
        """What the levers do together beyond the sum of each alone: (draw, measure)."""
        return np.asarray(self.whole - self.alone.sum(1))


def spends_only(lever: Lever) -> bool:
    """Say whether all that a lever does is add money to unit costs."""
    return bool(lever.changes) and all(change.programme_spend for change in lever.changes)


def additive(lever: Lever, others: Sequence[Lever], grid: Grid) -> bool:
    """Say whether a lever adds up exactly with all others, so that it needs no subsets.

    It does where it only spends on items with a fixed volume (the driver ``year``), whose unit cost no other lever
    scales or replaces; or where it does nothing. Money for each child or placement is spent on fewer when others act.
    """
    doing = [change for change in lever.changes if not change.idle]
    bought = {i for change in doing for i in grid.indices("items", change.where.items)}
    repriced = {
        i
        for other in others
        for change in other.changes
        if change.parameter == "unit_cost" and change.operation != "add"
        for i in grid.indices("items", change.where.items)
    }
    fixed = all(grid.items[i].driver == "year" for i in bought)
    return all(change.programme_spend for change in doing) and fixed and not bought & repriced


@dataclass(frozen=True)
class Game:
    """Which subsets are run.

    Attributes
    ----------
    n : int
        Number of levers.
    acting : tuple of int
        Levers (by number) that interact; the others add up.
    orders : tuple of Order
        Orders of the acting levers (by place among them) that are sampled; none where every subset is run.
    """

    n: int
    acting: tuple[int, ...]
    orders: tuple[shapley.Order, ...]

    def mask(self, subset: int) -> int:
        """Turn a subset of the acting levers into one of all levers."""
        return sum(1 << lever for place, lever in enumerate(self.acting) if subset >> place & 1)

    @property
    def wanted(self) -> frozenset[int]:
        """Subsets to run: all of the acting levers or those that orders go through, and each lever alone."""
        k, alone = len(self.acting), [1 << i for i in range(self.n)]
        if not self.orders:
            return frozenset([*alone, *map(self.mask, range(1, 2**k))])
        whole = 2**k - 1
        last = [whole ^ 1 << i for i in range(k)]
        listed = shapley.prefixes(tuple(range(k)))
        sampled = [mask for order in self.orders for mask in shapley.prefixes(order)]
        return frozenset([*alone, *map(self.mask, [*last, *listed, *sampled])])

    def value(self, found: Mapping[int, Array]) -> Callable[[int], Array]:
        """Give the value of any subset: that of its acting levers, and what the others add."""
        acts = self.mask(2 ** len(self.acting) - 1)
        nothing = np.zeros_like(found[1])

        def value(mask: int) -> Array:
            added = [found[1 << i] for i in range(self.n) if mask & ~acts & 1 << i]
            return np.asarray(sum(added, start=found[mask & acts] if mask & acts else nothing))

        return value


def game_of(levers: Sequence[Lever], grid: Grid, exact: int, pairs: int) -> Game:
    """Say which subsets of some levers are run.

    Parameters
    ----------
    levers : sequence of Lever
        Levers in order.
    grid : Grid
        Labels.
    exact, pairs : int
        Up to so many levers that interact, every subset; beyond that, so many pairs of orders.

    Returns
    -------
    Game
        Which levers interact, and the orders that are sampled.
    """
    rest = [[other for other in levers if other is not lever] for lever in levers]
    acting = tuple(i for i, lever in enumerate(levers) if not additive(lever, rest[i], grid))
    return Game(len(levers), acting, () if len(acting) <= exact else shapley.orders(len(acting), pairs, SEED))


def effects(game: Game, found: Mapping[int, Array]) -> tuple[dict[str, Array], Array]:
    """Find the effects of each lever from what subsets are worth.

    Parameters
    ----------
    game : Game
        Which subsets were run.
    found : mapping of int to ndarray of shape (draw, measure)
        What each is worth.

    Returns
    -------
    tuple
        The arrays of :class:`Effects` by name, and Shapley values summed over draws: (pair of orders, lever, measure).
    """
    value, levers = game.value(found), range(game.n)
    whole = 2**game.n - 1
    shares, by_pair = _shapley(game, value)
    alone = np.stack([value(1 << i) for i in levers], axis=1)
    parts = {
        "alone": alone,
        "sequence": np.moveaxis(shapley.steps(tuple(levers), value), 0, 1),
        "last": np.stack([value(whole) - value(whole ^ 1 << i) for i in levers], axis=1),
        "shapley": alone.copy(),
        "whole": value(whole),
    }
    parts["shapley"][:, game.acting] = np.moveaxis(shares, 0, 1)
    return parts, by_pair


def _shapley(game: Game, value: Callable[[int], Array]) -> tuple[Array, Array]:
    """Share between the acting levers: (lever, draw, measure), and (pair, lever, measure) summed over draws."""

    def of(subset: int) -> Array:
        return value(game.mask(subset))

    if not game.orders:
        every = np.stack([of(subset) for subset in range(2 ** len(game.acting))])
        shares = shapley.shared(every)
        return shares, np.zeros((1, game.n, every.shape[-1]))
    added = np.stack([shapley.steps(order, of) for order in game.orders])
    pairs = (added[::2] + added[1::2]) / 2.0
    by_pair = np.zeros((len(pairs), game.n, added.shape[-1]))
    by_pair[:, game.acting] = pairs.sum(2)
    return added.mean(0), by_pair


def joined(blocks: Sequence[tuple[dict[str, Array], Array]]) -> Effects:
    """Put blocks of draws one after the other.

    Parameters
    ----------
    blocks : sequence
        What :func:`effects` gave of each.

    Returns
    -------
    Effects
        Of all draws.
    """
    parts = {name: np.concatenate([block[name] for block, _ in blocks]) for name in blocks[0][0]}
    pairs = np.asarray(sum(by_pair for _, by_pair in blocks)) / len(parts["whole"])
    error = np.zeros(pairs.shape[1:]) if len(pairs) == 1 else pairs.std(0, ddof=1) / np.sqrt(len(pairs))
    return Effects(**parts, order_error=error)
