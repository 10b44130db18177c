"""Levers act on parameters: each change in order, on each stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import AXES, HAZARDS, Grid
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, first_of_each, stepped
from carecost.errors import InputError, Problem, refuse, unknown
from carecost.inputs.change import Change
from carecost.inputs.scenario import Scenario
from carecost.money.discounting import Deflator
from carecost.simulation.sampler import Sampler


@dataclass(frozen=True)
class Calendar:
    """When programme years are, and what money is worth.

    Parameters
    ----------
    programme_start : int
        Calendar year of programme year 1.
    price_year : int
        Year of constant prices of the parameters.
    deflator : Deflator
        Turns amounts of other price years into it.
    portion : float
        Share of an amount for the whole country that falls to the area [share].
    """

    programme_start: int
    price_year: int
    deflator: Deflator
    portion: float = 1.0

    def begin(self, change: Change) -> int:
        """Give the calendar year of programme year 1 of a change."""
        return self.programme_start if change.year_one is None else change.year_one


def check(scenario: Scenario, grid: Grid, streams: tuple[str, ...], calendar: Calendar) -> None:
    """Refuse a scenario that names what the set lacks, or acts before the first projected year.

    Raises
    ------
    InputError
        With every fault.
    """
    found = _too_late(scenario, grid, calendar)
    for lever in scenario.levers:
        for change in lever.changes:
            where = f"scenario {scenario.name!r}, lever {lever.name!r}, {change.operation} {change.parameter}"
            labels = _unknown_labels(change, grid, streams, where)
            found += labels
            first = calendar.begin(change) + change.start + change.lag - 1
            if first < grid.base_year + 1:
                later = "take a set with an earlier base year" if change.year_one else "start the programme later"
                remedy = f"The first projected year is {grid.base_year + 1}; {later}"
                found.append(Problem(f"acts in {first}, which is past", where, remedy))
            if calendar.portion != 1.0 and change.parameter == "population" and change.operation in ("add", "replace"):
                remedy = "Give a change by scale, which holds in an area too"
                found.append(Problem("is a number of children for the whole country, in an area", where, remedy))
            if change.parameter == "capacity" and not grid.groups:
                remedy = "Take a set with capacity_groups.csv, such as england-2025-capacity"
                found.append(Problem("changes places, and the set has no limit to them", where, remedy))
            if not labels and change.parameter == "unit_cost" and change.operation in ("add", "replace"):
                found += _wrong_units(change, grid, where)
    refuse(found)


def _too_late(scenario: Scenario, grid: Grid, calendar: Calendar) -> list[Problem]:
    """Refuse a scenario that does nothing in the years projected: its result would be inaction under another name."""
    first = [calendar.begin(c) + c.start + c.lag - 1 for _, c in scenario.changes]
    if not first or min(first) <= grid.years[-1]:
        return []
    what = f"does nothing before {min(first)}, and the last projected year is {grid.years[-1]}"
    return [Problem(what, f"scenario {scenario.name!r}", "Project more years, or start it earlier")]


def _unknown_labels(change: Change, grid: Grid, streams: tuple[str, ...], where: str) -> list[Problem]:
    found = []
    for axis in change.where.__dataclass_fields__:
        known: tuple[object, ...] = streams if axis == "streams" else grid.labels(axis)
        for name in getattr(change.where, axis) or ():
            limited = axis != "groups" or grid.groups  # without groups the change itself is refused
            if name not in known and axis != "years" and limited:
                found.append(unknown(axis.rstrip("s"), name, map(str, known), where))
    names = [p.name for p in grid.placements]
    ends = (*change.from_placements, *([change.to_placement] if change.to_placement else []))
    return found + [unknown("placement", name, names, where) for name in ends if name not in names]


def _wrong_units(change: Change, grid: Grid, where: str) -> list[Problem]:
    chosen = [grid.items[i] for i in grid.indices("items", change.where.items)]
    return [
        Problem(
            f"unit is {change.unit!r}, the unit cost of {item.name!r} is in {item.unit!r}",
            where,
            "Give the same unit",
        )
        for item in chosen
        if change.times is None and change.unit and change.unit != item.unit
    ]


def apply(scenario: Scenario, parameters: Parameters, stream: str, sampler: Sampler, calendar: Calendar) -> Parameters:
    """Apply the changes of a scenario to the parameters of a stream, in order.

    Parameters
    ----------
    scenario : Scenario
        What is done.
    parameters : Parameters
        Inaction.
    stream : str
        Name of the stream.
    sampler : Sampler
        Luck: the same for every scenario and stream.
    calendar : Calendar
        Programme years and prices.

    Returns
    -------
    changed : Parameters of the scenario
        The same object where nothing changes.
    """
    for name, change in scenario.changes:
        if change.idle or not change.where.covers(stream):
            continue
        years = np.array(parameters.grid.years) - calendar.begin(change) + 1
        weight = np.array([change.share * change.weight(int(y)) for y in years])
        if weight.any():
            amount = _amount(name, change, sampler, calendar)
            parameters = _applied(name, change, parameters, amount, weight, calendar.portion)
    return parameters


def _amount(name: str, change: Change, sampler: Sampler, calendar: Calendar) -> Array:
    least = {"scale": -1.0, "replace": 0.0, "divert": 0.0}.get(change.operation, -np.inf)
    most = 1.0 if change.operation == "divert" else np.inf
    amount = sampler.value(name, change.amount, least, most)
    if change.times is not None:
        amount = amount * sampler.value(f"{name}, times", change.times, 0.0)
    if change.price_year is not None:
        amount = amount * calendar.deflator.factor(change.price_year, [calendar.price_year])
    return amount


def _applied(
    name: str, change: Change, parameters: Parameters, amount: Array, weight: Array, portion: float
) -> Parameters:
    grid, axes = parameters.grid, AXES[change.parameter]
    old = getattr(parameters, change.parameter)
    index = [grid.indices(axis, _chosen(change, axis)) for axis in axes[1:]]
    steps: Stepped | None = None
    if change.parameter in HAZARDS:
        # Finer steps where the change begins and ends, in years and ages.
        steps = stepped(old).split(len(amount), weight, np.isin(range(len(grid.ages)), index[0]))
        new, index[0] = steps.values, np.unique(steps.ages[index[0]]).tolist()
        weight = weight[first_of_each(steps.years)]
    else:
        shape = [max(len(old), len(amount)), *(len(grid.labels(axis)) for axis in axes)]
        # In one memory layout: sums of other layouts round differently, and early years are to stay bit for bit.
        new = np.array(np.broadcast_to(old, shape), order="C")
    a = amount.reshape(-1, *[1] * (len(axes) - 1))
    if portion != 1.0 and change.parameter in ("unit_cost", "capacity") and change.operation in ("add", "replace"):
        # What is paid once a year, and a number of places, is for the whole country, of which the area has a part.
        whole = [change.parameter == "capacity" or grid.items[i].driver == "year" for i in index[-1]]
        a = a * np.where(whole, portion, 1.0)
    _act(name, change, grid, new, _mesh(index), a, weight)
    if change.parameter == "entry_rate" and grid.averted_to is not None:
        return _averted(parameters, new)
    return parameters.changed(**{change.parameter: new if steps is None else steps})


def _act(
    name: str, change: Change, grid: Grid, new: Array, cells: tuple[Any, ...], amount: Array, weight: Array
) -> None:
    """Change the cells of each year, in place."""
    for year in np.flatnonzero(weight):  # a year at a time stays in cache
        at = new[:, year]
        if change.operation == "divert":
            _divert(at, cells[:-1], change, grid, (amount * weight[year])[..., 0])
        else:
            at[cells] = OPERATIONS[change.operation](at[cells], amount, weight[year])
            _not_negative(name, change, at[cells])


def _not_negative(name: str, change: Change, new: Array) -> None:
    """Refuse an added amount that takes a rate or share below zero; a price may be below zero, as income is."""
    if change.operation == "add" and change.parameter != "unit_cost" and (least := new.min(initial=0.0)) < 0:
        remedy = "Give an amount that leaves zero or more, or scale instead of add"
        raise InputError(Problem(f"makes {change.parameter} {least:.6g}, below zero", name, remedy))


def _chosen(change: Change, axis: str) -> tuple[int | str, ...] | None:
    chosen: tuple[int | str, ...] | None = getattr(change.where, axis)
    return chosen


#: Registry: a new operation is one function of the old value, the amount and the weight.
OPERATIONS: dict[str, Callable[[Array, Array, float], Array]] = {
    "scale": lambda old, amount, weight: old * (1.0 + weight * amount),
    "add": lambda old, amount, weight: old + weight * amount,
    "replace": lambda old, amount, weight: old + weight * (amount - old),
}


def _mesh(index: list[list[int]]) -> tuple[Any, ...]:
    """Give the cells of all draws: a view where they are a block, which is cheaper."""
    if all(i == list(range(i[0], i[0] + len(i))) for i in index):
        return (slice(None), *(slice(i[0], i[0] + len(i)) for i in index))
    return (slice(None), *np.ix_(*[np.array(i, dtype=int) for i in index]))


def _divert(new: Array, mesh: tuple[Any, ...], change: Change, grid: Grid, share: Array) -> None:
    """Move a share of some placements (on the last axis) to another, in place."""
    into = new[..., grid.index("placements", str(change.to_placement))]
    for name in change.from_placements:
        source = new[..., grid.index("placements", name)]
        moved = source[mesh] * share
        source[mesh] -= moved
        into[mesh] += moved


def _averted(parameters: Parameters, new: Array) -> Parameters:
    """Send those whose entry to care is averted to the placement outside care; a rise is just a rise."""
    grid = parameters.grid
    old = np.broadcast_to(np.asarray(parameters.entry_rate), new.shape)
    kept = np.divide(new, old, out=np.ones(new.shape), where=(old > 0) & (new < old))
    share, home = np.asarray(parameters.entry_share), grid.index("placements", str(grid.averted_to))
    into_care = share @ np.isin(np.arange(share.shape[-1]), grid.in_care).astype(float)
    moved = share * kept[..., None]
    outside = [i for i in range(share.shape[-1]) if i not in grid.in_care]
    moved[..., outside] = share[..., outside]
    moved[..., home] += (1.0 - kept) * into_care
    return parameters.changed(entry_rate=np.maximum(old, new), entry_share=moved)
