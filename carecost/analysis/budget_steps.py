"""Budget bridge: spending from one year to the next by demand, mix, price, savings and programme; and income."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array, ReadOnly
from carecost.engine.grid import Grid
from carecost.engine.items import PLACED_DRIVERS, Item
from carecost.money import vintages
from carecost.money.decomposition import Bought, price_volume_mix
from carecost.simulation.comparison import REFORM, follows_care
from carecost.simulation.evaluator import Outcome
from carecost.simulation.run import Run

#: Whose income the packaged table holds: others' spending has none of it.
RECEIVER = "local authority"
#: What is kept as it is in cash; anything else keeps its worth.
IN_CASH = "cash"


@dataclass(frozen=True, eq=False)
class Bridge(ReadOnly):
    """Spending of each year and what it is made of, from one year to the next; in pounds of the year or of one year.

    Attributes
    ----------
    items : tuple of Item
        What is counted.
    before : ndarray of shape (draw, year, item)
        Spending without the scenario, the programme's items apart [GBP].
    saving : ndarray of shape (draw, year, item)
        What the scenario saves of it in cash: price effect, and the cashable share of the volume effect [GBP].
    programme : ndarray of shape (draw, year, item)
        Spending on programmes, that of inaction and of the scenario [GBP].
    demand, mix, price : ndarray of shape (draw, year - 1, item)
        Parts of the change of ``before`` since the year before [GBP].
    """

    items: tuple[Item, ...]
    before: Array
    saving: Array
    programme: Array
    demand: Array
    mix: Array
    price: Array

    @property
    def closing(self) -> Array:
        """Spending of each year: (draw, year, item) [GBP]."""
        return np.asarray(self.before - self.saving + self.programme)

    def steps(self) -> dict[str, Array]:
        """Give what leads from the spending of a year to that of the next, each (draw, year - 1, item) [GBP].

        Returns
        -------
        dict of str to ndarray
            ``opening`` (the closing of the year before), ``demand``, ``mix``, ``price``, ``savings`` (what is saved
            beyond the year before, below zero where that is more), ``programme``; they sum to the closing.
        """
        return {
            "opening": self.closing[:, :-1],
            "demand": self.demand,
            "mix": self.mix,
            "price": self.price,
            "savings": -np.diff(self.saving, axis=1),
            "programme": np.diff(self.programme, axis=1),
        }


def bridge(
    run: Run, scenario: str, factor: Array, accounts: Sequence[str] | None = None, central: bool = False
) -> Bridge:
    """Lay out the budget of a scenario: inaction by demand, mix and price, less what the scenario saves.

    Inaction is as it is shown, with the luck of small numbers where the run has it; what is saved is without, as
    everywhere.

    Parameters
    ----------
    run : Run
        The run.
    scenario : str
        Whose budget.
    factor : ndarray of shape (year,)
        What pounds of the price year are multiplied with: 1, or a deflator that makes cash [ratio].
    accounts : sequence of str, optional
        Whose spending; the whole public purse by default.
    central : bool
        The central run instead of the draws.
    """
    grid, idle = run.grid, (run.central if central else run.shown)[INACTION]
    keep = [i for i, x in enumerate(grid.items) if x.public and (accounts is None or x.account in accounts)]
    items = tuple(grid.items[i] for i in keep)
    of_programme = np.array([x.group == REFORM for x in items], dtype=bool)
    compared = run.compare(scenario, central=central)
    by_price = (compared.price_effect * factor[:, None])[..., keep]
    by_volume = (compared.volume_effect * factor[:, None])[..., keep]
    side, volume = run.side(INACTION, idle), idle.costs.volume[..., keep]
    unit_cost = (np.broadcast_to(idle.costs.unit_cost, idle.costs.volume.shape) * factor[:, None])[..., keep]
    spend = volume * unit_cost
    cash = by_price + by_volume * compared.cashable_share[:, keep]
    then, now = (Bought(volume[:, s], unit_cost[:, s], side.child_years[:, s]) for s in (slice(-1), slice(1, None)))
    parts = price_volume_mix(then, now, np.array([follows_care(x, grid) for x in items], dtype=bool))
    return Bridge(
        items,
        before=np.where(of_programme, 0.0, spend),
        saving=np.where(of_programme, 0.0, cash),
        programme=np.where(of_programme, spend - by_price - by_volume, 0.0),
        **{
            name: np.where(of_programme, 0.0, part)
            for name, part in (("demand", parts.volume), ("mix", parts.mix), ("price", parts.price))
        },
    )


@dataclass(frozen=True)
class Income:
    """A row of the packaged table of income: a share of some spending, or an amount for each unit of a stream's flow.

    Parameters
    ----------
    name : str
        Whose money.
    groups, items : tuple of str
        Cost items, by group or name, of whose spending it is a share.
    stream, driver : str
        Whose children, and which flow.
    value : float
        Share, or amount [GBP per unit].
    kept : str
        Whether an amount is the same every year in ``cash``, or keeps its worth.
    price_year : int, optional
        Year of the pounds of an amount.
    source, quality, note : str
        Whose word, how good (A to E), what to know.
    """

    name: str
    groups: tuple[str, ...]
    items: tuple[str, ...]
    stream: str
    driver: str
    value: float
    kept: str
    price_year: int | None
    source: str
    quality: str
    note: str


def known_income() -> tuple[Income, ...]:
    """Read the packaged table of income."""

    def names(cell: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in cell.split(";") if part.strip())

    return tuple(
        Income(
            row["name"],
            names(row["groups"]),
            names(row["items"]),
            row["stream"],
            row["driver"],
            float(row["value"]),
            row["kept"],
            int(row["price_year"]) if row["price_year"] else None,
            row["source"],
            row["quality"],
            row["note"],
        )
        for row in vintages.rows("income")
    )


def shares(items: Sequence[Item], known: Sequence[Income]) -> Array:
    """Give the share of each item's spending that comes back as income: (item,); nan where none is known.

    None is known of what others than local authorities spend, whatever its group.
    """
    by_item = {name: row.value for row in known for name in row.items}
    by_group = {name: row.value for row in known for name in row.groups}
    found = [by_item.get(x.name, by_group.get(x.group, np.nan)) if x.account == RECEIVER else np.nan for x in items]
    return np.array(found, dtype=float)


def met(row: Income, items: Sequence[Item], grid: Grid) -> bool:
    """Say whether local authorities' spending that is counted holds some on those for whom a row is paid by head.

    Children in care for time; for leavers, what follows leaving, or where children go on to when they have grown up. A
    grant without the spending that it meets would make a net of things that do not belong together.
    """
    own = [x for x in items if x.account == RECEIVER]
    if row.driver == "aged_out":
        if any(x.driver == "aged_out" for x in own):
            return True
        theirs = {p.then for p in grid.placements if p.then}
    else:
        theirs = {name for p in grid.placements if p.in_care for name in (p.name, p.of)}
    placed = [x for x in own if x.driver in PLACED_DRIVERS]
    return any(theirs & set(x.placements) if x.placements else theirs for x in placed)


def streamed(run: Run, outcome: Outcome, row: Income, factor: Array) -> Array:
    """Give income that follows a flow of children in care of a stream: (draw, year) [GBP of the factor's pounds]."""
    grid, price_year = run.grid, run.assumptions.price_year
    if row.stream not in run.assumptions.streams:
        return np.zeros((1, len(grid.years)))
    in_care = np.array([float(p.in_care) for p in grid.placements])
    flow = getattr(outcome, row.driver)[:, run.assumptions.streams.index(row.stream)] @ in_care
    deflator = run.assumptions.deflator
    assert row.price_year is not None
    if row.kept == IN_CASH:
        amount = row.value / deflator.factor(price_year, grid.years)
    else:
        amount = row.value * deflator.factor(row.price_year, [price_year])
    return np.asarray(flow * amount * factor)
