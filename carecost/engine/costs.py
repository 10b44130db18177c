"""Volumes of cost drivers, and spend: unit cost times volume for each item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from carecost._frames import dataset
from carecost._guard import array, guarded, instance, opened, take
from carecost._labels import financial_year
from carecost._typing import Array, ReadOnly
from carecost.engine.grid import Grid, coordinates, item_labels, marked
from carecost.engine.items import AREA_DRIVERS, COUNT, OUTCOMES, SHARE, WEEKS, Item
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Projection
from carecost.errors import Problem, refuse

#: What a level may be below zero, or a share above one, by rounding alone: a share of 0.3 raised to 1 in steps is such.
ROUNDING = 1e-12


#: What the level of an outcome may be, by kind.
LEVELS = {SHARE: "It is a share, from 0 to 1", COUNT: "It is a number, zero or more"}


_STAY = "give a smaller change, or an interval and a distribution that stay within"


@opened
@dataclass(frozen=True, eq=False)
class Costs(ReadOnly):
    """Volumes, prices and spend.

    Parameters
    ----------
    grid : Grid
        Labels.
    volume : ndarray of shape (draw, year, item)
        Units of each item's driver.
    unit_cost : ndarray of shape (draw, year, item)
        Price of a unit [GBP per unit of driver]; draw and year axes may have length 1.
    spend : ndarray of shape (draw, year, item)
        Their product [GBP, constant prices; of the account outcomes, their number].

    See Also
    --------
    cost : Makes it.

    Examples
    --------
    >>> grid = Grid(2025, 1, range(18), ["foster"], items=[Item("carers", "child_weeks")])
    >>> weeks, price = np.full((1, 1, 1), 52.0), np.full((1, 1, 1), 700.0)
    >>> Costs(grid, weeks, price, weeks * price).public_spend.tolist()
    [[36400.0]]
    """

    grid: Grid
    volume: Array
    unit_cost: Array
    spend: Array

    def __post_init__(self) -> None:
        if all(isinstance(a, np.ndarray) for a in (self.volume, self.unit_cost, self.spend)):
            numbers = {}  # what the engine makes; others may give anything
        else:
            numbers = dict.fromkeys(("volume", "unit_cost", "spend"), array("draw", "year", "item"))
        take(self, grid=instance(Grid, words="Give the labels of the axes: carecost.Grid"), **numbers)
        super().__post_init__()

    @property
    def public_spend(self) -> Array:
        """Spend of the public purse, social values and outcomes left out: (draw, year) [GBP, constant prices]."""
        return np.asarray(self.spend @ np.array([float(item.public) for item in self.grid.items]))

    def to_xarray(self) -> Any:
        """Give volumes, prices and spend as a labelled Dataset; needs xarray (``pip install 'carecost[xarray]'``).

        Returns
        -------
        xarray.Dataset
            Variables volume, unit_cost and spend on the axes draw, year and item; items also by item_group,
            item_account, item_payer, item_gross_net and item_kind.

        Raises
        ------
        CareCostError
            If xarray is not installed.

        See Also
        --------
        carecost.Results.to_xarray : The same of every scenario.

        Examples
        --------
        >>> import carecost as cc
        >>> costs = cc.run("england-2025", years=2).run.central["inaction"].costs
        >>> float(costs.to_xarray().spend.groupby("item_account").sum().sum("year").min()) >= 0
        True
        """
        axes = ("draw", "year", "item")
        units = {"volume": "unit of driver", "unit_cost": "GBP per unit of driver", "spend": "GBP, constant prices"}
        arrays = {name: (axes, getattr(self, name), {"unit": unit}) for name, unit in units.items()}
        grid = self.grid
        return dataset(arrays, coordinates(grid), {"base_year": grid.base_year}, item_labels(grid))


@guarded(
    projection=instance(Projection, words="Use carecost.project(…)"),
    parameters=instance(Parameters, words="Give carecost.Parameters"),
)
def cost(projection: Projection, parameters: Parameters) -> Costs:
    """Cost one projection.

    Parameters
    ----------
    projection : Projection
        Stock and flows.
    parameters : Parameters
        Unit costs and population.

    Returns
    -------
    Costs
        Volume and spend of each item.

    Raises
    ------
    InputError
        If a level of an outcome is none that can be.

    See Also
    --------
    project : Makes the projection.
    Costs.to_xarray : The same, labelled.

    Examples
    --------
    >>> from carecost.engine import project
    >>> grid = Grid(2025, 1, range(18), ["foster"], items=[Item("carers", "child_years")])
    >>> one, stock = np.ones((1, 1, 1)), np.zeros((1, 18, 1))
    >>> stock[0, 5] = 10.0
    >>> p = Parameters(grid, stock, 0 * one, 0 * one, one[..., None], unit_cost=3e4 * one)
    >>> cost(project(p), p).spend.round().tolist()
    [[[300000.0]]]
    """
    return cost_streams([""], [projection], [parameters])


def cost_streams(
    names: Sequence[str], sums: Sequence[Projection], parameters: Sequence[Parameters], where: str = "unit_cost"
) -> Costs:
    """Cost the streams of an area together.

    Parameters
    ----------
    names : sequence of str
        Names of the streams; an item that selects streams counts only those.
    sums, parameters : sequence
        One a stream. Unit costs and population are those of the first: they belong to the area.
    where : str
        What they are of, for messages.

    Returns
    -------
    Costs
        Volume and spend of each item, summed over streams.

    Raises
    ------
    InputError
        If a level of an outcome is none that can be.
    """
    first = parameters[0]
    grid = first.grid
    # With the luck of small numbers children have draws where parameters have none.
    draws = max(*(p.n_draws for p in parameters), *(len(s.stock) for s in sums))
    shape = (draws, len(grid.years), len(grid.items))
    volume = np.zeros(shape)
    for i, item in enumerate(grid.items):
        if item.driver == OUTCOMES:
            continue
        if item.driver in AREA_DRIVERS:
            volume[..., i] = DRIVERS[item.driver](sums[0], first, item)
            continue
        for name, flows, p in zip(names, sums, parameters, strict=True):
            if not item.streams or name in item.streams:
                volume[..., i] += DRIVERS[item.driver](flows, p, item)
    return priced(grid, volume, np.asarray(first.unit_cost), where)


def priced(grid: Grid, volume: Array, unit_cost: Array, where: str) -> Costs:
    """Put prices on volumes; those of items that follow outcomes are counted here, in place.

    Raises
    ------
    InputError
        If a level of an outcome is none that can be.
    """
    refuse(list(_level_faults(grid, unit_cost, where)))
    _count_outcomes(grid, volume, unit_cost)
    return Costs(grid, volume, unit_cost, volume * unit_cost)


def _level_faults(grid: Grid, unit_cost: Array, where: str) -> Iterator[Problem]:
    """Find levels of outcomes below zero, and shares above one, in the set or after a scenario: none is cut off."""
    for i, item in enumerate(grid.items):
        least, most = item.bounds
        if item.account != OUTCOMES:
            continue
        levels = unit_cost[..., i]
        worst = float(levels.min() if levels.min() < least - ROUNDING else levels.max())
        if least - ROUNDING <= worst <= most + ROUNDING:
            continue
        year = int(np.argwhere(levels == worst)[0, 1])
        when = f" in {financial_year(grid.years[year])}" if levels.shape[1] > 1 else ""
        beyond = ((levels < least - ROUNDING) | (levels > most + ROUNDING)).any(axis=1)
        often = f", and cannot be in {beyond.sum()} of {len(levels)} draws looked at" if len(levels) > 1 else ""
        what = f"level of {item.name!r} is {worst:.6g} ({item.unit}){when}{often}"
        yield Problem(what, where, f"{LEVELS[item.kind]}: {_STAY}")


def _count_outcomes(grid: Grid, volume: Array, unit_cost: Array) -> None:
    """Fill the volume of items that follow outcomes: the sum of what the outcome items of their group count."""
    for i, item in enumerate(grid.items):
        if item.driver == OUTCOMES:
            of = [j for j, other in enumerate(grid.items) if item.follows(other)]
            volume[..., i] = (volume[..., of] * unit_cost[..., of]).sum(-1)


def _placed(array: Array, grid: Grid, item: Item) -> Array:
    """Sum the placements that an item selects: (draw, year)."""
    return np.asarray(array @ marked(len(grid.placements), grid.indices("placements", item.placements or None)))


def _flow(name: str) -> Callable[[Projection, Parameters, Item], Array]:
    """Make the driver of a flow by age and placement; sums over all ages are shared by items."""

    def driver(sums: Projection, _: Parameters, item: Item) -> Array:
        return _placed(sums.over_ages(name, item.ages), sums.grid, item)

    return driver


def _child_weeks(sums: Projection, parameters: Parameters, item: Item) -> Array:
    return _child_years(sums, parameters, item) * WEEKS


_child_years = _flow("child_years")


def _exits(sums: Projection, _: Parameters, item: Item) -> Array:
    reasons = sums.grid.indices("reasons", item.reasons or None)
    return _placed(sums.exits_for(reasons, item.ages), sums.grid, item)


def _moves(sums: Projection, _: Parameters, item: Item) -> Array:
    to = sums.grid.indices("to", item.to or None)
    return _placed(sums.moves_to(to, item.ages), sums.grid, item)


def _population(sums: Projection, parameters: Parameters, item: Item) -> Array:
    grid, people = sums.grid, np.asarray(parameters.population)
    every = np.broadcast_to(people, (len(people), len(grid.years), len(grid.ages)))
    return np.asarray(every[..., grid.indices("ages", item.ages or None)].sum(-1))


def _year(sums: Projection, _: Parameters, __: Item) -> Array:
    return np.ones((1, len(sums.grid.years)))


#: Registry: a new driver is one function here and its unit and selectors in cost_items. `outcomes`, which follows other
#: items, is beside it.
DRIVERS: dict[str, Callable[[Projection, Parameters, Item], Array]] = {
    "child_weeks": _child_weeks,
    "child_years": _child_years,
    "entries": _flow("entries"),
    "exits": _exits,
    "moves": _moves,
    "aged_out": _flow("aged_out"),
    "population": _population,
    "year": _year,
}
