"""Attribution of effects to levers: each alone, in sequence, taken out last, and its Shapley value; interaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from carecost._typing import Array
from carecost.analysis.lever_subsets import measured
from carecost.engine.grid import Grid
from carecost.errors import Problem, UnknownNameError, refuse, unknown
from carecost.inputs.scenario import Lever
from carecost.maths import shapley
from carecost.simulation.blocks import Progress
from carecost.simulation.comparison import Comparison
from carecost.simulation.run import Run

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


#: Draws that are used when none are asked for, and that go through at once: a walk holds one outcome a lever.
DRAWS, BLOCK = 100, 32


#: Levers that interact for which every subset is run; beyond that, pairs of orders are sampled.
EXACT, PAIRS = 10, 64


METHODS = ("alone", "sequence", "last", "shapley")


@dataclass(frozen=True)
class Measure:
    """Something that levers change.

    Attributes
    ----------
    name, words, unit : str
        Name in tables; in words; unit.
    pick : callable
        Finds it in a comparison: (draw,).
    date : int, optional
        The date it is of, where it is of one.
    """

    name: str
    words: str
    unit: str
    pick: Callable[[Comparison], Array]
    date: int | None = None


@dataclass(frozen=True, eq=False)
class Attribution:
    """Which lever of a scenario did what, against inaction.

    Attributes
    ----------
    scenario : str
        Name.
    levers : tuple of str
        Names in the listed order.
    spends_only : tuple of bool
        Whether all that a lever does is add money to unit costs.
    measures : tuple of Measure
        What is measured.
    orders : int
        Orders that were sampled; 0 where every subset of the levers that interact was run.
    central : Effects
        The central run.
    drawn : Effects or None
        The first draws of the run; None without draws.
    """

    scenario: str
    levers: tuple[str, ...]
    spends_only: tuple[bool, ...]
    measures: tuple[Measure, ...]
    orders: int
    central: Effects
    drawn: Effects | None

    def measure(self, name: str) -> int:
        """Find a measure by its name.

        Raises
        ------
        UnknownNameError
            If it is not there.
        """
        names = [m.name for m in self.measures]
        if name not in names:
            raise UnknownNameError(unknown("measure", name, names))
        return names.index(name)


def attribution(
    run: Run,
    scenario: str,
    draws: int | None = None,
    dates: Sequence[int] = (),
    progress: Progress | None = None,
    exact: int = EXACT,
    pairs: int = PAIRS,
) -> Attribution:
    """Say which lever of a scenario did what, against inaction.

    Parameters
    ----------
    run : Run
        A run that holds the scenario.
    scenario : str
        Its name.
    draws : int, optional
        How many of the run's draws, the first ones; 0 is the central run alone. By default 100, or all of fewer.
    dates : sequence of int
        Dates of children averted, beside the last.
    progress : callable, optional
        Called with (subsets done, subsets in all).
    exact : int
        Up to so many levers that interact, every subset is run.
    pairs : int
        Beyond that: pairs of an order and its reverse that are sampled [1]_.

    Returns
    -------
    Attribution
        Effects in the central run and in the draws.

    Raises
    ------
    UnknownNameError
        If there is no such scenario.
    InputError
        If it has no levers, a number of draws or a date cannot be used, or a subset of the levers cannot be run.

    Notes
    -----
    Subsets apply their levers in the listed order; an order of Shapley's says only which come in before which. Levers
    that only spend on items with a fixed volume add up exactly with everything else, and are left out of the subsets.

    References
    ----------
    .. [1] Mitchell, R., Cooper, J., Frank, E., Holmes, G. (2022). Sampling permutations for Shapley value estimation.
       Journal of Machine Learning Research, 23(43), 1-46.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> found = attribution(run(load_assumptions("england-2025"), [load_scenario("care-review")], 5), "care-review")
    >>> bool(np.allclose(found.central.shapley.sum(1), found.central.whole))
    True
    """
    n = _checked(run, scenario, draws, dates, pairs)
    how = _How(scenario, n, tuple(dict.fromkeys(dates)), exact, pairs)
    return run.once(("attribution", str(how)), lambda: _attribution(run, how, progress))


@dataclass(frozen=True)
class _How:
    """What was asked for."""

    scenario: str
    draws: int
    dates: tuple[int, ...]
    exact: int
    pairs: int


def _checked(run: Run, scenario: str, draws: int | None, dates: Sequence[int], pairs: int) -> int:
    """Refuse what cannot be used, and give the number of draws."""
    if scenario not in run.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, run.scenarios))
    where, there = f"attribution of {scenario!r}", run.draws.n
    found = []
    if not run.scenarios[scenario].levers:
        found.append(Problem("the scenario has no levers", where, "Name a scenario with levers"))
    if draws is not None and draws not in (0, *range(2, there + 1)):
        most = f", or 2 to {there}" if there > 1 else ""
        found.append(Problem(f"draws is {draws}, the run has {there}", where, f"Give 0 (central run only){most}"))
    if pairs < 2:
        found.append(Problem(f"pairs is {pairs}", where, "Give 2 or more: their spread gives the error"))
    first, last = run.grid.dates[0], run.grid.dates[-1]
    for date in dates:
        if date not in run.grid.dates:
            found.append(Problem(f"{date} is no date of the run", where, f"Give a year from {first} to {last}"))
    refuse(found)
    return (min(DRAWS, there) if there > 1 else 0) if draws is None else draws


def measures(grid: Grid, dates: Sequence[int] = ()) -> tuple[Measure, ...]:
    """List what is measured: children, time in care and money; flows are sums over all projected years."""

    def averted(name: str, date: int) -> Measure:
        at = grid.index("dates", date)
        words = f"fewer children in care on 31 March {date}"
        return Measure(name, words, "children", lambda c: c.averted[:, at], date)

    return (
        averted("averted", grid.dates[-1]),
        *(averted(f"averted_{date}", date) for date in dates),
        Measure(
            "averted_child_years", "fewer child-years in care", "child-years", lambda c: c.averted_child_years.sum(1)
        ),
        Measure("gross_saving", "gross saving", "GBP", lambda c: _total(c.gross_saving())),
        Measure("cashable_saving", "cashable saving", "GBP", lambda c: _total(c.cashable_saving())),
        Measure("reform_spend", "reform spend", "GBP", lambda c: _total(c.reform_spend())),
        Measure("net_saving", "net saving", "GBP", lambda c: _total(c.net_saving())),
        Measure("npv", "net present saving", "GBP", lambda c: c.npv()),
    )


def _total(flow: Array) -> Array:
    return np.asarray(flow.sum(1))


def _attribution(run: Run, how: _How, progress: Progress | None) -> Attribution:
    levers, kinds = run.scenarios[how.scenario].levers, measures(run.grid, how.dates)
    game = game_of(levers, run.grid, how.exact, how.pairs)
    blocks = [None, *(slice(i, min(i + BLOCK, how.draws)) for i in range(0, how.draws, BLOCK))]
    wanted, done = game.wanted, 0

    def pick(comparison: Comparison) -> Array:
        return np.stack(np.broadcast_arrays(*(kind.pick(comparison) for kind in kinds)), axis=-1)

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, len(blocks) * len(wanted))

    found = [effects(game, measured(run, levers, wanted, pick, block, step)) for block in blocks]
    return Attribution(
        scenario=how.scenario,
        levers=tuple(lever.name for lever in levers),
        spends_only=tuple(map(spends_only, levers)),
        measures=kinds,
        orders=len(game.orders),
        central=joined(found[:1]),
        drawn=joined(found[1:]) if how.draws else None,
    )
