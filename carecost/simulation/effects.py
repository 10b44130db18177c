"""Levers act on parameters: each change in its order, on each stream; averted entries, once, after the last change."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import AXES, HAZARDS, Grid, spell
from carecost.engine.parameters import SHARE_TOLERANCE, Parameters
from carecost.engine.piecewise import Stepped, first_of_each, stepped
from carecost.errors import InputError, Problem, refuse, unknown
from carecost.inputs.belief import UNITS
from carecost.inputs.change import Change
from carecost.inputs.scenario import Lever, Scenario
from carecost.money.discounting import Deflator
from carecost.simulation.sampler import Factor, Sampler


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


#: Changes before the first projected year that are named one by one.
MOST_PAST = 3


def check(scenario: Scenario, grid: Grid, streams: tuple[str, ...], calendar: Calendar) -> None:
    """Refuse a scenario that names what the set lacks, or acts before the first projected year.

    Raises
    ------
    InputError
        With every fault.
    """
    found: list[Problem] = []
    past: list[tuple[int, Problem]] = []
    for lever in scenario.levers:
        for change in lever.changes:
            where = f"scenario {scenario.name!r}, lever {lever.name!r}, {change.operation} {change.parameter}"
            labels = _unknown_labels(change, grid, streams, where)
            found += labels
            found += _unit_faults(change, where)
            first = calendar.begin(change) + change.start + change.lag - 1
            if first < grid.base_year + 1:
                later = "take a set with an earlier base year" if change.year_one else "start the programme later"
                remedy = f"The first projected year is {grid.base_year + 1}; {later}"
                past.append((first, Problem(f"acts in {first}, which is past", where, remedy)))
            if calendar.portion != 1.0 and change.parameter == "population" and change.operation in ("add", "replace"):
                remedy = "Give a change by scale, which holds in an area too"
                found.append(Problem("is a number of children for the whole country, in an area", where, remedy))
            if change.parameter == "capacity" and not grid.groups:
                remedy = "Take a set with capacity_groups.csv, such as england-2025-capacity"
                found.append(Problem("changes places, and the set has no limit to them", where, remedy))
            if not labels and change.parameter == "unit_cost" and change.operation in ("add", "replace"):
                found += _wrong_units(change, grid, where)
    if len(past) > MOST_PAST:  # a programme that starts too early: one fault and not each of its changes
        first, one = min(past, key=lambda pair: pair[0])
        what = f"acts in {first}, which is past, with {len(past)} of its changes"
        past = [(first, Problem(what, f"scenario {scenario.name!r}", one.remedy))]
    refuse([*(problem for _, problem in past), *found])


def _unknown_labels(change: Change, grid: Grid, streams: tuple[str, ...], where: str) -> list[Problem]:
    found = []
    for axis in change.where.__dataclass_fields__:
        limited = axis != "groups" or grid.groups  # without groups the change itself is refused
        if axis != "years" and limited:
            known: tuple[object, ...] = streams if axis == "streams" else grid.labels(axis)
            found += unknown_labels(axis, getattr(change.where, axis) or (), known, where)
    names = [p.name for p in grid.placements]
    ends = (*change.from_placements, *([change.to_placement] if change.to_placement else []))
    return found + [unknown("placement", name, names, where) for name in ends if name not in names]


def unknown_labels(axis: str, chosen: Sequence[object], known: Sequence[object], where: str) -> list[Problem]:
    """Find labels that an axis does not have; several ages or years that it lacks are one problem.

    Examples
    --------
    >>> print(*unknown_labels("ages", range(16, 31), range(18), "x"))
    x: unknown ages '18-30'. The set has 0-17
    """
    lost = [name for name in chosen if name not in known]
    numbers = [name for name in lost if isinstance(name, int)]
    kind = axis if axis == "to" else axis.rstrip("s")
    if len(numbers) > 1 and len(numbers) == len(lost):
        there = [int(str(name)) for name in known]
        return [Problem(f"unknown {axis} {spell(numbers)!r}", where, f"The set has {spell(there)}")]
    return [unknown(kind, name, map(str, known), where) for name in lost]


#: What the amount of a change is in, where its operation says it whatever the parameter.
_SHARE = {"scale": "a share of what was: -0.05 is five per cent less", "divert": "a share, from 0 to 1"}


def _unit_faults(change: Change, where: str) -> Iterator[Problem]:
    """Find an amount in another unit than its operation and parameter have, and a price year of what is no money."""
    share = _SHARE.get(change.operation)
    money = change.parameter == "unit_cost" and share is None
    if change.price_year is not None and not money:
        yield Problem(f"price_year is {change.price_year}", where, "Leave it out: the amount is no money")
    want = "share" if share else UNITS.get(change.parameter, "")
    # What is taken several times is in a unit of its own, such as that of a child reached.
    if change.unit and want and change.times is None and _words(change.unit) != _words(want):
        yield Problem(f"unit is {change.unit!r}", where, f"Give {want!r}" + (f", {share}" if share else ""))


def _words(unit: str) -> list[str]:
    """Give the words of a unit that say what it is.

    Examples
    --------
    >>> _words("per young person and year") == _words("per child-year") == _words("per child per year")
    True
    """
    plain = re.sub(r"young (person|people)|children", "child", unit.lower())
    return [word for word in re.split(r"[^a-z%£]+", plain) if word not in ("", "per", "and", "a")]


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


def first_year(scenario: Scenario, calendar: Calendar) -> int | None:
    """Give the first calendar year in which any change of a scenario acts, spending included.

    Parameters
    ----------
    scenario : Scenario
        What is done. Scenarios stacked into one have the earliest year of them.
    calendar : Calendar
        Programme years.

    Returns
    -------
    int or None
        The year; None where nothing acts. Shares of savings that become cash rise from it.
    """
    acting = [c for _, c in scenario.changes if not c.idle and c.share]
    return min((calendar.begin(c) + _first_programme_year(c) - 1 for c in acting), default=None)


def _first_programme_year(change: Change) -> int:
    """Give the first programme year with any of the amount: a step has none of it before it is full."""
    return next(y for y in range(change.start + change.lag, change.full + change.lag + 1) if change.weight(y))


@dataclass(frozen=True, eq=False)
class Altered:
    """Parameters of a stream on their way through the changes of a scenario.

    Attributes
    ----------
    parameters : Parameters
        As they are so far, without averted children.
    removed : ndarray of shape (draw, year, age), optional
        What the scenario's changes took from the rate of entry to care so far, less what they added; None where they
        did neither, or the grid has no ``averted_to`` [per child per year].
    later : ndarray of shape (draw, year, age), optional
        Those whom changes kept from entering care before, and who come all the same, in the year and at the age at
        which they come; None where nobody does [children per year].
    """

    parameters: Parameters
    removed: Array | None = None
    later: Array | None = None

    def settled(self) -> Parameters:
        """Let those come who come later, and send averted children to the placement outside care: once, at the end.

        Averted are max(0, removed), in each cell of draw, year and age: rises are netted with falls, and diverting
        averts nobody. Those who come later are entries to care of their own, in the mix of their cell: they are not
        netted with what is averted in the year in which they come.

        Returns
        -------
        settled : Parameters
            The very same object where nobody is averted.
        """
        coming = self.with_later()
        if self.removed is None:
            return coming
        averted = np.maximum(self.removed, 0.0)
        if not averted.any():
            return coming
        p, grid = coming, coming.grid
        total = np.asarray(p.entry_rate) + averted
        kept = np.divide(p.entry_rate, total, out=np.ones(total.shape), where=averted > 0)
        share = np.asarray(p.entry_share) * kept[..., None]
        # Where nobody is averted kept is exactly 1: such years stay bit for bit.
        share[..., grid.index("placements", str(grid.averted_to))] += 1.0 - kept
        return p.changed(entry_rate=total, entry_share=share)

    def with_later(self) -> Parameters:
        """Add those who come later to the entries to care, whose mix is kept; where nobody enters, nobody comes."""
        p = self.parameters
        if self.later is None:
            return p
        care = np.isin(np.arange(len(p.grid.placements)), p.grid.in_care)
        rate, share, people = (np.asarray(a) for a in (p.entry_rate, p.entry_share, p.population))
        outside = share @ (~care).astype(float)
        inside = np.where(outside > 0, share @ care.astype(float), 1.0)
        able = (rate * inside > 0) & (people > 0)
        extra = np.divide(
            self.later, people, out=np.zeros(np.broadcast_shapes(self.later.shape, able.shape)), where=able
        )
        if not extra.any():
            return p
        total = rate + extra
        one, comes = np.ones(total.shape), extra > 0
        kept = np.divide(rate * inside + extra, inside * total, out=one.copy(), where=comes)
        thinned = np.divide(rate, total, out=one, where=comes)
        mix = share * np.where(care, kept[..., None], thinned[..., None]) if outside.any() else share
        return p.changed(entry_rate=total, entry_share=mix)


def apply(scenario: Scenario, parameters: Parameters, stream: str, sampler: Sampler, calendar: Calendar) -> Parameters:
    """Apply the changes of a scenario to the parameters of a stream, in order, and send on those averted.

    Parameters
    ----------
    scenario : Scenario
        What is done.
    parameters : Parameters
        Inaction, with what goes on behind every scenario.
    stream : str
        Name of the stream.
    sampler : Sampler
        Luck: the same for every scenario and stream.
    calendar : Calendar
        Programme years and prices.

    Returns
    -------
    changed : Parameters
        Those of the scenario; the same object where nothing changes.

    Raises
    ------
    InputError
        If a change makes what cannot be, such as a rate below zero; with lever, year, age and placement.
    """
    altered = alter(scenario, Altered(parameters), stream, sampler, calendar)
    try:
        return altered.settled()
    except InputError as error:
        where = f"scenario {scenario.name!r}, stream {stream!r}, averted entries"
        raise _placed(error, where) from None


def alter(
    scenario: Scenario,
    so_far: Altered,
    stream: str,
    sampler: Sampler,
    calendar: Calendar,
    only: Container[str] = AXES,
) -> Altered:
    """Apply the changes of a scenario after those applied so far; averted children are not sent on yet.

    Levers one after the other give what all of them give in one scenario: what they removed is carried along, and
    ``settled`` comes once, at the end. What goes on behind every scenario is never settled: it counts in inaction and
    averts nobody.

    Parameters
    ----------
    scenario : Scenario
        What is done next.
    so_far : Altered
        What other changes left.
    stream, sampler, calendar
        As in :func:`apply`.
    only : container of str
        Parameters whose changes are applied; all by default.

    Returns
    -------
    Altered
        The same object where nothing changes.
    """
    called = ((lever, label) for lever in scenario.levers for label in lever.labels)
    for (lever, label), (name, change) in zip(called, scenario.changes, strict=True):
        if change.idle or change.parameter not in only or not change.where.covers(stream):
            continue
        years = np.array(so_far.parameters.grid.years) - calendar.begin(change) + 1
        weight = np.array([change.share * change.weight(int(y)) for y in years])
        if weight.any():
            try:
                amount = drawn_amount(lever, name, change, sampler, calendar)
            except InputError as error:  # one luck is of several levers: say of which it is
                raise (_placed(error, label) if lever.luck else error) from None
            where = f"scenario {scenario.name!r}, {label}, stream {stream!r}"
            if change.parameter == "entry_rate":
                so_far = _entries(where, change, so_far, amount, weight)
            else:
                changed = _applied(where, change, so_far.parameters, amount, weight, calendar.portion)
                so_far = Altered(changed, so_far.removed, so_far.later)
    return so_far


def factor_of(lever: Lever) -> Factor | None:
    """Give the common factor that what is uncertain in a lever follows in part; None where it has it alone, or none."""
    return Factor(f"luck: {lever.luck}", lever.loading) if lever.luck and lever.loading != 1.0 else None


def drawn_amount(lever: Lever, name: str, change: Change, sampler: Sampler, calendar: Calendar) -> Array:
    """Give the amount of a change at full effect, in the prices of the calendar: (draw,)."""
    # Of levers of one luck the times are at the same end as the amounts.
    factor = factor_of(lever)
    names = (name, name if lever.luck and factor is None else f"{name}, times")
    least = {"scale": -1.0, "replace": 0.0, "divert": 0.0}.get(change.operation, -np.inf)
    most = 1.0 if change.operation == "divert" else np.inf
    amount = sampler.value(names[0], change.amount, least, most, factor)
    if change.times is not None:
        amount = amount * sampler.value(names[1], change.times, 0.0, np.inf, factor)
    if change.price_year is not None:
        amount = amount * calendar.deflator.factor(change.price_year, [calendar.price_year])
    return amount


def _entries(where: str, change: Change, so_far: Altered, amount: Array, weight: Array) -> Altered:
    """Change the rate of entry to care: the sum over placements in care, whose mix is kept.

    Entries by placement are v = entry_rate x entry_share. In each cell of draw, year and age, s = sum of v in care
    becomes new = scale, add or replace of s; v in care is multiplied by new / s, and v outside care stays. Where no
    share is outside care this is the operation on entry_rate itself.
    """
    p, grid = so_far.parameters, so_far.parameters.grid
    ages = grid.indices("ages", change.where.ages)
    cells = _mesh([ages])
    care = np.isin(np.arange(len(grid.placements)), grid.in_care)
    share = np.asarray(p.entry_share)
    outside = share @ (~care).astype(float)  # (draw, year, age), each axis 1 where the shares' is
    mixed = bool(outside.any())
    n_draws = max(len(np.asarray(p.entry_rate)), len(amount), len(share) if mixed else 1)
    shape = (n_draws, len(grid.years), len(grid.ages))
    rate = np.array(np.broadcast_to(p.entry_rate, shape))
    removed = None
    if grid.averted_to is not None:
        before = 0.0 if so_far.removed is None else so_far.removed
        removed = np.array(np.broadcast_to(before, np.broadcast_shapes(shape, np.shape(before))))
    if mixed:
        outside = np.broadcast_to(outside, shape)
        share = np.array(np.broadcast_to(share, (*shape, len(care))), order="C")
    gone = np.zeros(shape) if change.later_share else None
    x = amount[:, None]  # (draw, age)
    for year in np.flatnonzero(weight):
        everybody = rate[:, year][cells]
        if mixed:
            apart = outside[:, year][cells]
            mix = share[:, year][cells]  # (draw, age, placement)
            # Shares that are all in care sum to one but for rounding, which is not to be carried into the rate.
            inside = np.where(apart > 0, mix @ care.astype(float), 1.0)
            old = everybody * inside
        else:
            old = everybody
        new = OPERATIONS[change.operation](old, x, float(weight[year]))
        _refuse_entries(where, change, grid, (old, new, share[:, min(year, share.shape[1] - 1)]), int(year), ages)
        if removed is not None:
            removed[:, year][cells] += old - new
        if gone is not None:
            gone[:, year][cells] = np.maximum(old - new, 0.0)
        if not mixed:
            rate[:, year][cells] = new
            continue
        moved = (apart > 0) & (new != old)
        total = np.where(apart > 0, np.where(moved, new + everybody * apart, everybody), new)
        one = np.ones(total.shape)
        kept = np.divide(new, inside * total, out=one.copy(), where=moved & (inside * total > 0))
        thinned = np.divide(everybody, total, out=one, where=moved & (total > 0))
        rate[:, year][cells] = total
        share[:, year][cells] = mix * np.where(care, kept[..., None], thinned[..., None])
    arrays = {"entry_rate": rate, "entry_share": share} if mixed else {"entry_rate": rate}
    later = so_far.later
    if gone is not None:
        come = _come_later(gone * np.asarray(p.population), change)
        later = come if later is None else later + come
    return Altered(_changed(where, p, arrays), removed, later)


def _come_later(gone: Array, change: Change) -> Array:
    """Give those of the averted, (draw, year, age) [children per year], who come later, where and when they come."""
    come = np.zeros(gone.shape)
    for k in range(1, min(change.later_years + 1, *gone.shape[1:])):
        come[:, k:, k:] += gone[:, :-k, :-k] * (change.later_share / change.later_years)
    return come


def _refuse_entries(
    where: str, change: Change, grid: Grid, cells: tuple[Array, Array, Array], year: int, ages: list[int]
) -> None:
    """Refuse entries to care below zero, and entries to care where none were whose mix could be kept."""
    old, new, share = cells
    if new.min(initial=0.0) < 0:
        draw, at = (int(i) for i in np.unravel_index(new.argmin(), new.shape))
        place = f"{where}, year {grid.years[year]}, age {grid.ages[ages[at]]}, {_entered(grid, share, draw, ages[at])}"
        what = f"makes entry_rate {new[draw, at]:.6g} into care, below zero"
        raise InputError(Problem(what, place, "Give an amount that leaves zero or more"))
    if change.operation == "scale":
        return
    lost = np.broadcast_to((old <= 0) & (new > 0), new.shape)
    if lost.any():
        draw, at = (int(i) for i in np.argwhere(lost)[0])
        place = f"{where}, year {grid.years[year]}, age {grid.ages[ages[at]]}, {_entered(grid, share, draw, ages[at])}"
        what = f"makes entry_rate {new[draw, at]:.6g} where nobody enters care: there is no mix of placements"
        remedy = "Select the streams and ages with entries to care, or give the set entries there"
        raise InputError(Problem(f"{what} to keep", place, remedy))


def _entered(grid: Grid, share: Array, draw: int, age: int) -> str:
    """Name the placements that a cell's entries go to; share is of shape (draw, age, placement), axes 1 or all."""
    row = share[min(draw, len(share) - 1), min(age, share.shape[1] - 1)]
    names = [p.name for p, s in zip(grid.placements, row, strict=True) if s > 0]
    return f"placement{'' if len(names) == 1 else 's'} {', '.join(map(repr, names)) or 'none'}"


def _applied(
    where: str, change: Change, parameters: Parameters, amount: Array, weight: Array, portion: float
) -> Parameters:
    grid, axes = parameters.grid, AXES[change.parameter]
    old = getattr(parameters, change.parameter)
    index = [grid.indices(axis, _chosen(change, axis)) for axis in axes[1:]]
    names = [[str(grid.labels(axis)[i]) for i in chosen] for axis, chosen in zip(axes[1:], index, strict=True)]
    years = list(grid.years)
    steps: Stepped | None = None
    if change.parameter in HAZARDS:
        # Finer steps where the change begins and ends, in years and ages.
        steps = stepped(old).split(len(amount), weight, np.isin(range(len(grid.ages)), index[0]))
        new, index[0] = steps.values, np.unique(steps.ages[index[0]]).tolist()
        first_years, first_ages = first_of_each(steps.years), first_of_each(steps.ages)
        weight, years = weight[first_years], [grid.years[i] for i in first_years]
        names[0] = [str(grid.ages[first_ages[step]]) for step in index[0]]
    else:
        shape = [max(len(old), len(amount)), *(len(grid.labels(axis)) for axis in axes)]
        # In one memory layout: sums of other layouts round differently, and early years are to stay bit for bit.
        new = np.array(np.broadcast_to(old, shape), order="C")
    a = amount.reshape(-1, *[1] * (len(axes) - 1))
    if portion != 1.0 and change.parameter in ("unit_cost", "capacity") and change.operation in ("add", "replace"):
        # What is paid once a year, and a number of places, is for the whole country, of which the area has a part.
        whole = [change.parameter == "capacity" or grid.items[i].driver == "year" for i in index[-1]]
        a = a * np.where(whole, portion, 1.0)
    cells = _mesh(index)
    for year in np.flatnonzero(weight):  # a year at a time stays in cache
        at, here = new[:, year], f"{where}, year {years[year]}"
        if change.operation == "divert":
            _shares_of_whole(here, change, names[0], a * weight[year])
            _divert(at, cells[:-1], change, grid, (a * weight[year])[..., 0])
        else:
            changed = OPERATIONS[change.operation](at[cells], a, float(weight[year]))
            _refuse_levels(here, change, axes[1:], names, (a, float(weight[year]), changed))
            at[cells] = changed
    return _changed(where, parameters, {change.parameter: new if steps is None else steps})


def _changed(where: str, parameters: Parameters, arrays: dict[str, Any]) -> Parameters:
    """Put changed arrays in; what does not fit is said of the lever that changed them."""
    try:
        return parameters.changed(**arrays)
    except InputError as error:
        raise _placed(error, where) from None


def _placed(error: InputError, where: str) -> InputError:
    return InputError([Problem(p.what, f"{where}, {p.where}" if p.where else where, p.remedy) for p in error.problems])


def _refuse_levels(
    where: str, change: Change, axes: Sequence[str], names: list[list[str]], made: tuple[Array, float, Array]
) -> None:
    """Refuse what a change takes below zero, and a share above one; a price may be below zero, as income is."""
    amount, weight, new = made
    if change.parameter == "unit_cost":
        return
    # Only these can go below zero: the others need not be looked through.
    falls = {"scale": bool((1.0 + weight * amount).min() < 0), "replace": weight > 1}.get(change.operation, True)
    most = 1.0 if change.parameter in ("entry_share", "entry_at_birthday") else np.inf
    low = falls and new.min(initial=0.0) < 0
    # The sum of shares is checked to 1e-9; one share above one by rounding is none.
    high = most == 1.0 and new.max(initial=0.0) > most + SHARE_TOLERANCE
    if not (low or high):
        return
    at = np.unravel_index(new.argmin() if low else new.argmax(), new.shape)
    cell = ", ".join(
        f"{'reason' if axis == 'reasons' else axis.rstrip('s')} {own[i] if axis == 'ages' else repr(own[i])}"
        for axis, own, i in zip(axes, names, at[1:], strict=True)
    )
    what = f"makes {change.parameter} {new[at]:.6g}, {'below zero' if low else 'above one'}"
    remedy = "Give an amount that leaves zero or more" + (
        ", or scale instead of add" if change.operation == "add" else ""
    )
    raise InputError(Problem(what, f"{where}, {cell}", remedy if low else "Give an amount that leaves a share"))


def _shares_of_whole(where: str, change: Change, ages: list[str], share: Array) -> None:
    """Refuse to move more than all of a placement, or less than nothing."""
    if share.min() < 0 or share.max() > 1:
        worst = float(share.min() if share.min() < 0 else share.max())
        place = f"{where}, age {ages[0]}, placement {change.from_placements[0]!r}"
        what = f"diverts {worst:.6g} of {change.parameter} to {change.to_placement!r}, which is no share"
        raise InputError(Problem(what, place, "Give an amount that moves a share from 0 to 1 of a placement"))


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
