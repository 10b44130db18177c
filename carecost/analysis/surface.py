"""How children and spending of a scenario answer to its settings: means over draws at a few of them, and in between.

Volumes are multilinear in the sizes of what acts on entries, and in the level of entries; prices are so in the sizes of
what acts on prices. The mean over draws of a product of both is multilinear too, so that means at the ends give any
other setting exactly. What is not so has a third run half way, and is said to be interpolated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.sustained import sustained
from carecost.errors import InputError, Problem
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.change import Change, replace_change
from carecost.inputs.scenario import Lever, Scenario
from carecost.maths.monte_carlo import Draws
from carecost.money.discounting import discount_factors
from carecost.simulation.comparison import REFORM
from carecost.simulation.layout import Layouts
from carecost.simulation.prepare import Prepared
from carecost.simulation.response import Corners, UnitCosts
from carecost.simulation.run import Run

#: Shares of a claim, and levels of entries, that are run: where the answer is a straight line, and where it is not.
ENDS, BETWEEN, WHOLE = (0.0, 1.0), (0.0, 0.5, 1.0), (1.0,)
LEVELS, LEVELS_BETWEEN = (1.0, 1.2), (0.8, 1.0, 1.2)
#: Runs at most of one scenario.
MOST = 48
#: The name of the axis of entries.
ENTRIES = "entries"
#: Why a setting is interpolated, beside what :meth:`Corners.faults` says.
NETTED = "in some draws one change averts entries and another adds to them"
LEVEL_OF_ENTRIES = "children are not linear in the rates of entry of this scenario or set"


@dataclass(frozen=True)
class Axis:
    """A setting along which runs were made.

    Attributes
    ----------
    name : str
        Name of the lever, or :data:`ENTRIES`.
    nodes : tuple of float
        Where runs were made: share of the effects, or multiplier of the rates of entry [ratio].
    why : str
        Why it is interpolated in between; empty where it is exact.
    """

    name: str
    nodes: tuple[float, ...]
    why: str = ""


@dataclass(frozen=True, eq=False)
class Block:
    """Means over draws at the nodes of some axes.

    Attributes
    ----------
    axes : tuple of str
        Names of the axes on which it hangs.
    values : ndarray of shape (node of each axis ..., year or date)
        Means.
    """

    axes: tuple[str, ...]
    values: Array


class Spending(NamedTuple):
    """Spending on an item [GBP a year, constant prices].

    Attributes
    ----------
    before, more, dearer : Block
        Inaction; what the scenario buys beyond it, at the prices of inaction; what its own prices add to all it buys.
    """

    before: Block
    more: Block
    dearer: Block


class Spread(NamedTuple):
    """Present value of an item in each draw, less its mean: its last axis is draws [GBP, constant prices].

    Attributes
    ----------
    more, dearer : Block
        What becomes cash of what the scenario buys beyond inaction (all of it in the programme's own items); what its
        own prices add.
    """

    more: Block
    dearer: Block


@dataclass(frozen=True, eq=False)
class ItemBlocks:
    """Spending on an item of the public purse.

    Attributes
    ----------
    item : str
        Its name.
    drawn : Spending
        As the set has it.
    growth_known : Spending, optional
        Where the growth of its price is known to be its central value, for another growth to be put on; None where its
        growth cannot be chosen.
    carried : Block, optional
        What the scenario spends more where its spending is sustained; None where that is nothing.
    spread : Spread, optional
        Its draws; None where there are none, or they were not asked for.
    """

    item: str
    drawn: Spending
    growth_known: Spending | None
    carried: Block | None
    spread: Spread | None = None


@dataclass(frozen=True, eq=False)
class Surface:
    """A scenario against inaction at all its settings.

    Attributes
    ----------
    scenario : Scenario
        The scenario, as it was run.
    axes : tuple of Axis
        Its settings.
    children : tuple of Block
        Children in care on each date: inaction, and how many more the scenario has [children].
    items : tuple of ItemBlocks
        Spending on each item of the public purse.
    carried : tuple of str
        Names of the levers that carry its spending on for as long as its effects.
    runs : int
        How many runs were made beside those that were known.
    spread : tuple of Block, optional
        Children of each draw less their mean, with axes (..., date, draw); None where there are no draws, or they were
        not asked for [children].
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    children: tuple[Block, Block]
    items: tuple[ItemBlocks, ...]
    carried: tuple[str, ...]
    runs: int
    spread: tuple[Block, Block] | None = None


def surface(run: Run, scenario: str, whole: bool = True, spread: bool = False) -> Surface:
    """Make the runs from which all settings of a scenario are worked out.

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.
    whole : bool
        Whether claims on children and the level of entries can be moved too. Without them no run is made.
    spread : bool
        Whether to give what each draw has beside the mean.

    Returns
    -------
    Surface
        Means over the draws of the run; its central run where there are none.

    Raises
    ------
    InputError
        If it has more claims on children than can be told apart.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> made = run(load_assumptions("england-2025"), [load_scenario("family-help")], 3)
    >>> [(axis.name, axis.nodes, axis.why) for axis in surface(made, "family-help").axes]
    [('entries', (1.0, 1.2), ''), ('family help', (0.0, 1.0), '')]
    """
    return _Made(run, run.scenarios[scenario], whole, spread).surface()


def scaled(plan: Scenario, by: Mapping[str, float]) -> Scenario:
    """Multiply the effects of levers; of a lever that only spends, its spending."""

    def sized(lever: Lever) -> Lever:
        factor = by.get(lever.name, 1.0)
        if factor == 1.0:
            return lever
        changes = (
            c if c.programme_spend and lever.effects else replace_change(c, share=c.share * factor)
            for c in lever.changes
        )
        return replace(lever, changes=tuple(changes))

    return replace(plan, levers=tuple(map(sized, plan.levers)))


def effects_on_children(lever: Lever) -> tuple[Change, ...]:
    """Give the effects of a lever that act on children."""
    return tuple(c for c in lever.effects if c.parameter != "unit_cost" and c.share and not c.idle)


def effects_on_prices(lever: Lever) -> tuple[Change, ...]:
    """Give the effects of a lever that act on prices."""
    return tuple(c for c in lever.effects if c.parameter == "unit_cost" and c.share and not c.idle)


def priced_by_factor(run: Run) -> frozenset[str]:
    """Name the items whose price in every scenario goes up and down with that of the set: to which nothing is added."""
    plans = [*run.scenarios.values(), *filter(None, [run.assumptions.background])]
    changes = [c for plan in plans for _, c in plan.changes if c.parameter == "unit_cost" and not c.idle]
    added = [c.where.items for c in changes if c.operation != "scale"]
    names = (item.name for item in run.grid.items)
    return frozenset(name for name in names if not any(items is None or name in items for items in added))


def growths(run: Run) -> tuple[Assumption, ...]:
    """Give the growths of prices that can be chosen: each the only one of its items, and tied to nothing."""
    ties, free = run.assumptions.ties, priced_by_factor(run)
    rows = [r for r in run.assumptions.rows if r.kind == "growth" and r.parameter == "unit_cost"]
    covered = [item for row in rows for item in row.where.items or ()]
    found = []
    for row in rows:
        items = row.where.items or ()
        tied = any(row.quantity in names for names in (ties.joint, ties.matrix, ties.loading))
        alone = bool(items) and all(covered.count(item) == 1 and item in free for item in items)
        if alone and not tied and row.where.years is None and all(r.where.items for r in rows):
            found.append(row)
    return tuple(found)


def growth_known(assumptions: Assumptions, rows: Sequence[Assumption]) -> Assumptions:
    """Take growths of prices to be known: each its central value."""
    for row in rows:
        if not row.belief.certain:
            assumptions = assumptions.replace(row.name, row.belief.value)
    return assumptions


class _Prices:
    """Unit costs of scenarios with all draws of a run, each worked out once: (draw, year, item)."""

    def __init__(self, prepared: Prepared, draws: Draws) -> None:
        self._made, self._block = UnitCosts(prepared, draws), None if draws.central else slice(0, draws.n)
        self._known: dict[Scenario, Array] = {}

    def of(self, plan: Scenario) -> Array:
        """Give the unit costs of a scenario."""
        if plan not in self._known:
            self._known[plan] = self._made.of(plan, {}, self._block)
        return self._known[plan]


def _both_prices(run: Run) -> tuple[_Prices, _Prices]:
    """Give unit costs as the set has them, and with growths that can be chosen known to be their central values."""

    def made() -> tuple[_Prices, _Prices]:
        known = growth_known(run.assumptions, growths(run))
        prepared = replace(run.prepared, assumptions=known, layouts=Layouts(known, run.prepared.layouts.grid))
        return _Prices(run.prepared, run.draws), _Prices(prepared, run.draws)

    return run.once(("unit costs of surfaces",), made)


class _Made:
    """The runs of one scenario."""

    def __init__(self, run: Run, plan: Scenario, whole: bool, spread: bool) -> None:
        self.run, self.plan, self.carried = run, plan, sustained(run, plan.name)
        self.corners, self.whole = Corners(run), whole
        self.spread = spread and not run.draws.central
        self.axes = tuple(self._axes())
        self.nodes = {axis.name: axis.nodes for axis in self.axes}
        self.on_children = [lever.name for lever in plan.levers if effects_on_children(lever)]

    def _axes(self) -> Iterator[Axis]:
        """Name the settings: the level of entries, and each lever that has effects."""
        plan, corners = self.plan, self.corners
        owners = [lever.name for lever in plan.levers for _ in lever.changes]
        faults = {owners[place]: why for place, why in corners.faults(plan).items()} if self.whole else {}
        netted = self.whole and corners.netted(plan)
        scaled_well = self.whole and corners.scalable(plan) and not netted
        levels = (LEVELS if scaled_well else LEVELS_BETWEEN) if self.whole else WHOLE
        yield Axis(ENTRIES, levels, LEVEL_OF_ENTRIES if levels == LEVELS_BETWEEN else "")
        runs = 1
        for lever in plan.levers:
            if effects_on_children(lever):
                why = faults.get(lever.name, NETTED if netted else "")
                nodes = (BETWEEN if why else ENDS) if self.whole else WHOLE
                runs *= len(nodes)
                yield Axis(lever.name, nodes, why)
            elif effects_on_prices(lever):
                yield Axis(lever.name, ENDS)
        if runs > MOST:
            what = f"scenario {plan.name!r} has claims on children that take {runs} runs to be told apart"
            raise InputError(Problem(what, "explorer", f"Give a scenario that takes at most {MOST}"))

    def surface(self) -> Surface:
        """Make the runs, and take means."""
        run = self.run
        if self.whole:
            every = [scaled(self.plan, at) for at in self._settings(self.on_children)]
            exact = not self.axes[0].why
            self.corners.prepare(run.scenarios[INACTION], *every, bands=(None,) if exact else ())
        inaction: dict[tuple[float, ...], tuple[Array, Array]] = {
            (e,): self._outcome(run.scenarios[INACTION], e) for e in self.nodes[ENTRIES]
        }
        acting = {
            (e, *at.values()): self._outcome(scaled(self.plan, at), e)
            for e in self.nodes[ENTRIES]
            for at in self._settings(self.on_children)
        }
        axes = (ENTRIES, *self.on_children)
        inside = {key: children for key, (children, _) in inaction.items()}
        more = {key: children - inside[key[:1]] for key, (children, _) in acting.items()}
        children = self._mean((ENTRIES,), inside), self._mean(axes, more)
        apart = (self._apart((ENTRIES,), inside), self._apart(axes, more)) if self.spread else None
        volumes = [{key: volume for key, (_, volume) in found.items()} for found in (inaction, acting)]
        own, known = _both_prices(run)
        lines = {item for row in growths(run) for item in row.where.items or ()}
        carried_on = self._carried_on(own)
        items = []
        for i, item in enumerate(run.grid.items):
            if item.public:
                known_too = self._spending(known, i, volumes)[0] if item.name in lines else None
                spending, spread = self._spending(own, i, volumes)
                extra = None if carried_on is None else self._carried(carried_on[..., i], i, volumes[1])
                items.append(ItemBlocks(item.name, spending, known_too, extra, spread))
        carried = tuple(lever.name for lever in self.carried.levers[len(self.plan.levers) :])
        return Surface(self.plan, self.axes, children, tuple(items), carried, self.corners.made, apart)

    def _settings(self, names: Sequence[str]) -> Iterator[dict[str, float]]:
        """Give every combination of nodes of some levers."""
        for values in product(*(self.nodes[name] for name in names)):
            yield dict(zip(names, values, strict=True))

    def _outcome(self, plan: Scenario, entries: float) -> tuple[Array, Array]:
        """Give children in care of each draw, and volumes."""
        outcome = self.corners.outcomes(plan, entries={None: entries})[-1]
        return outcome.in_care(self.run.grid)[0], np.asarray(outcome.costs.volume)

    def _spending(
        self, prices: _Prices, i: int, volumes: Sequence[Mapping[tuple[float, ...], Array]]
    ) -> tuple[Spending, Spread | None]:
        """Give mean spending on an item, and what it comes to in each draw."""
        item = self.run.grid.items[i]
        price = prices.of(self.run.scenarios[INACTION])[..., i]
        inaction = {key: volume[..., i] for key, volume in volumes[0].items()}
        levers = [
            lever.name
            for lever in self.plan.levers
            if any(c.where.items is None or item.name in c.where.items for c in effects_on_prices(lever))
        ]
        beside = [lever for lever in levers if lever not in self.on_children]
        more = {key: (volume[..., i] - inaction[key[:1]]) * price for key, volume in volumes[1].items()}
        dearer: dict[tuple[float, ...], Array] = {}
        for key, volume in volumes[1].items():
            for at in self._settings(beside):
                shares = dict(zip(self.on_children, key[1:], strict=True)) | at
                plan = scaled(self.plan, {n: shares[n] for n in levers})
                dearer[*key, *at.values()] = volume[..., i] * (prices.of(plan)[..., i] - price)
        axes = (ENTRIES, *self.on_children)
        before = {key: volume * price for key, volume in inaction.items()}
        spending = Spending(
            self._mean((ENTRIES,), before), self._mean(axes, more), self._mean((*axes, *beside), dearer)
        )
        if not self.spread:
            return spending, None
        years, factors = self.run.grid.years, discount_factors(self.run.grid.n_years, self.run.assumptions.discount)
        begun = self.run.first_year(self.plan) or years[0]
        paid = np.array([1.0 if item.group == REFORM else item.cashable.share(y - begun) for y in years])
        bought = self._apart(axes, {key: of @ (factors * paid) for key, of in more.items()})
        return spending, Spread(
            bought, self._apart((*axes, *beside), {key: of @ factors for key, of in dearer.items()})
        )

    def _carried_on(self, prices: _Prices) -> Array | None:
        """Give what unit costs are more where spending is sustained: its amounts are added to those of others."""
        return None if self.carried is self.plan else np.asarray(prices.of(self.carried) - prices.of(self.plan))

    def _carried(self, more: Array, i: int, volumes: Mapping[tuple[float, ...], Array]) -> Block | None:
        """Give what is spent more on an item where spending is sustained."""
        if not more.any():
            return None
        found = {key: volume[..., i] * more for key, volume in volumes.items()}
        return self._mean((ENTRIES, *self.on_children), found)

    def _mean(self, names: Sequence[str], found: Mapping[tuple[float, ...], Array]) -> Block:
        """Take means over draws."""
        return self._block(names, [array.mean(0) for array in found.values()])

    def _apart(self, names: Sequence[str], found: Mapping[tuple[float, ...], Array]) -> Block:
        """Take from each draw the mean of all; draws come last."""
        n = self.run.draws.n
        arrays = [np.broadcast_to(array, (n, *array.shape[1:])) for array in found.values()]
        return self._block(names, [np.moveaxis(array - array.mean(0), 0, -1) for array in arrays])

    def _block(self, names: Sequence[str], arrays: Sequence[Array]) -> Block:
        """Lay arrays out on axes, and leave out those along which nothing changes."""
        shape = [len(self.nodes[name]) for name in names]
        values = np.stack(arrays).reshape(*shape, *arrays[0].shape)
        kept = list(names)
        for name in names:
            at = kept.index(name)
            first = values.take([0], axis=at)
            if (values == first).all():
                values = first.squeeze(at)
                kept.remove(name)
        return Block(tuple(kept), values)


def steadied(made: Surface, few: Surface, many: Surface) -> Surface:
    """Move the means of a few draws to where those of many are, by what is known of many.

    Known of many draws is the scenario as it is, with claims on children whole and entries as they are. The difference
    from the same of few is added everywhere, in proportion: nothing stays nothing.

    Parameters
    ----------
    made : Surface
        Means over few draws; of the scenario itself, at another date or under another baseline.
    few, many : Surface
        The scenario as it is, over few draws and over many; ``whole=False``.

    Returns
    -------
    Surface
        The same settings.
    """

    def moved(block: Block, a: Block, b: Block) -> Block:
        axes = tuple(dict.fromkeys((*block.axes, *a.axes, *b.axes)))
        here, at, to = (over(one, axes) for one in (block, a, b))
        shared, size = (here * at).sum(-1, keepdims=True), (at * at).sum(-1, keepdims=True)
        part = np.divide(shared, size, out=np.ones(shared.shape), where=np.broadcast_to(size > 0, shared.shape))
        return Block(axes, here + part * (to - at))

    def spent(one: Spending, a: Spending, b: Spending) -> Spending:
        return Spending(*(moved(*three) for three in zip(one, a, b, strict=True)))

    items = []
    for one, a, b in zip(made.items, few.items, many.items, strict=True):
        known = one.growth_known
        if known is not None and a.growth_known is not None and b.growth_known is not None:
            known = spent(known, a.growth_known, b.growth_known)
        carried = one.carried
        if carried is not None and a.carried is not None and b.carried is not None:
            carried = moved(carried, a.carried, b.carried)
        items.append(replace(one, drawn=spent(one.drawn, a.drawn, b.drawn), growth_known=known, carried=carried))
    pairs = zip(made.children, few.children, many.children, strict=True)
    before, more = (moved(*three) for three in pairs)
    return replace(made, children=(before, more), items=tuple(items))


def over(block: Block, axes: Sequence[str]) -> Array:
    """Give a block an axis of length 1 for each that it lacks."""
    missing = tuple(i for i, name in enumerate(axes) if name not in block.axes)
    kept = [name for name in axes if name in block.axes]
    order = [block.axes.index(name) for name in kept]
    last = range(len(block.axes), block.values.ndim)
    return np.expand_dims(block.values.transpose(*order, *last), missing)


def first_years(run: Run, plan: Scenario) -> dict[str, int | None]:
    """Give the first year in which a scenario acts with none of its effects, under "", and with those of each lever."""
    with_effects = [lever.name for lever in plan.levers if lever.effects]
    none = dict.fromkeys(with_effects, 0.0)
    return {
        name: run.first_year(scaled(plan, {key: share for key, share in none.items() if key != name}))
        for name in ("", *with_effects)
    }
