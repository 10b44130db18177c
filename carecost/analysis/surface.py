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
from carecost.simulation.layout import Layouts
from carecost.simulation.response import Corners, UnitCosts
from carecost.simulation.run import Run

#: Shares of a claim, and levels of entries, that are run: where the answer is a straight line, and where it is not.
ENDS, BETWEEN = (0.0, 1.0), (0.0, 0.5, 1.0)
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
    before, after, held : Block
        Inaction; the scenario; what the scenario buys at the prices of inaction.
    """

    before: Block
    after: Block
    held: Block


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
    """

    item: str
    drawn: Spending
    growth_known: Spending | None
    carried: Block | None


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
        Children in care on each date: inaction, the scenario [children].
    items : tuple of ItemBlocks
        Spending on each item of the public purse.
    carried : tuple of str
        Names of the levers that carry its spending on for as long as its effects.
    runs : int
        How many runs were made beside those that were known.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    children: tuple[Block, Block]
    items: tuple[ItemBlocks, ...]
    carried: tuple[str, ...]
    runs: int


def surface(run: Run, scenario: str) -> Surface:
    """Make the runs from which all settings of a scenario are worked out.

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.

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
    return _Made(run, run.scenarios[scenario]).surface()


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


class _Made:
    """The runs of one scenario."""

    def __init__(self, run: Run, plan: Scenario) -> None:
        self.run, self.plan, self.carried = run, plan, sustained(run, plan.name)
        self.corners = Corners(run)
        self.axes = tuple(self._axes())
        self.nodes = {axis.name: axis.nodes for axis in self.axes}
        self.on_children = [lever.name for lever in plan.levers if effects_on_children(lever)]

    def _axes(self) -> Iterator[Axis]:
        """Name the settings: the level of entries, and each lever that has effects."""
        plan, corners = self.plan, self.corners
        owners = [lever.name for lever in plan.levers for _ in lever.changes]
        faults = {owners[place]: why for place, why in corners.faults(plan).items()}
        netted = corners.netted(plan)
        scaled_well = corners.scalable(plan) and not netted
        yield Axis(ENTRIES, LEVELS if scaled_well else LEVELS_BETWEEN, "" if scaled_well else LEVEL_OF_ENTRIES)
        runs = 1
        for lever in plan.levers:
            if effects_on_children(lever):
                why = faults.get(lever.name, NETTED if netted else "")
                runs *= len(BETWEEN if why else ENDS)
                yield Axis(lever.name, BETWEEN if why else ENDS, why)
            elif effects_on_prices(lever):
                yield Axis(lever.name, ENDS)
        if runs > MOST:
            what = f"scenario {plan.name!r} has claims on children that take {runs} runs to be told apart"
            raise InputError(Problem(what, "explorer", f"Give a scenario that takes at most {MOST}"))

    def surface(self) -> Surface:
        """Make the runs, and take means."""
        run = self.run
        every = [scaled(self.plan, at) for at in self._settings(self.on_children)]
        exact = not self.axes[0].why
        self.corners.prepare(run.scenarios[INACTION], *every, bands=(None,) if exact else ())
        inaction = {(e,): self._outcome(run.scenarios[INACTION], e) for e in self.nodes[ENTRIES]}
        acting = {
            (e, *at.values()): self._outcome(scaled(self.plan, at), e)
            for e in self.nodes[ENTRIES]
            for at in self._settings(self.on_children)
        }
        axes = (ENTRIES, *self.on_children)
        children = tuple(
            self._block(names, {key: inside for key, (inside, _) in found.items()})
            for names, found in (((ENTRIES,), inaction), (axes, acting))
        )
        volumes = [{key: volume for key, (_, volume) in found.items()} for found in (inaction, acting)]
        rows = growths(run)
        own = UnitCosts(run.prepared, run.draws)
        known = growth_known(run.assumptions, rows)
        prepared = replace(run.prepared, assumptions=known, layouts=Layouts(known, run.prepared.layouts.grid))
        made = UnitCosts(prepared, run.draws)
        lines = {item for row in rows for item in row.where.items or ()}
        items = []
        for i, item in enumerate(run.grid.items):
            if item.public:
                known_too = self._spending(made, i, volumes) if item.name in lines else None
                more = self._carried(own, i, volumes[1])
                items.append(ItemBlocks(item.name, self._spending(own, i, volumes), known_too, more))
        assert len(children) == 2
        carried = tuple(lever.name for lever in self.carried.levers[len(self.plan.levers) :])
        return Surface(self.plan, self.axes, (children[0], children[1]), tuple(items), carried, self.corners.made)

    def _settings(self, names: Sequence[str]) -> Iterator[dict[str, float]]:
        """Give every combination of nodes of some levers."""
        for values in product(*(self.nodes[name] for name in names)):
            yield dict(zip(names, values, strict=True))

    def _outcome(self, plan: Scenario, entries: float) -> tuple[Array, Array]:
        """Give children in care of each draw, and volumes."""
        outcome = self.corners.outcomes(plan, entries={None: entries})[-1]
        return outcome.in_care(self.run.grid)[0], np.asarray(outcome.costs.volume)

    def _spending(self, prices: UnitCosts, i: int, volumes: Sequence[Mapping[tuple[float, ...], Array]]) -> Spending:
        """Give mean spending on an item."""
        name = self.run.grid.items[i].name
        block = None if self.run.draws.central else slice(0, self.run.draws.n)
        price = prices.of(self.run.scenarios[INACTION], {}, block)[..., i]
        before = self._block((ENTRIES,), {key: volume[..., i] * price for key, volume in volumes[0].items()})
        levers = [
            lever.name
            for lever in self.plan.levers
            if any(c.where.items is None or name in c.where.items for c in effects_on_prices(lever))
        ]
        beside = [lever for lever in levers if lever not in self.on_children]
        held = {key: volume[..., i] * price for key, volume in volumes[1].items()}
        found: dict[tuple[float, ...], Array] = {}
        paid: dict[Scenario, Array] = {}
        for key, volume in volumes[1].items():
            for at in self._settings(beside):
                shares = dict(zip(self.on_children, key[1:], strict=True)) | at
                plan = scaled(self.plan, {n: shares[n] for n in levers})
                if plan not in paid:
                    paid[plan] = prices.of(plan, {}, block)[..., i]
                found[*key, *at.values()] = volume[..., i] * paid[plan]
        axes = ENTRIES, *self.on_children
        return Spending(before, self._block((*axes, *beside), found), self._block(axes, held))

    def _carried(self, prices: UnitCosts, i: int, volumes: Mapping[tuple[float, ...], Array]) -> Block | None:
        """Give what is spent more on an item where spending is sustained: its amounts are added to those of others."""
        block = None if self.run.draws.central else slice(0, self.run.draws.n)
        more = (prices.of(self.carried, {}, block) - prices.of(self.plan, {}, block))[..., i]
        if not more.any():
            return None
        found = {key: volume[..., i] * more for key, volume in volumes.items()}
        return self._block((ENTRIES, *self.on_children), found)

    def _block(self, names: Sequence[str], found: Mapping[tuple[float, ...], Array]) -> Block:
        """Take means over draws, and leave out axes along which nothing changes."""
        shape = [len(self.nodes[name]) for name in names]
        values = np.stack([array.mean(0) for array in found.values()]).reshape(*shape, -1)
        kept = list(names)
        for name in names:
            at = kept.index(name)
            first = values.take([0], axis=at)
            if (values == first).all():
                values = first.squeeze(at)
                kept.remove(name)
        return Block(tuple(kept), values)


def first_years(run: Run, plan: Scenario) -> dict[str, int | None]:
    """Give the first year in which a scenario acts with none of its effects, under "", and with those of each lever."""
    with_effects = [lever.name for lever in plan.levers if lever.effects]
    none = dict.fromkeys(with_effects, 0.0)
    return {
        name: run.first_year(scaled(plan, {key: share for key, share in none.items() if key != name}))
        for name in ("", *with_effects)
    }
