"""What is wrong with the labels? Gaps in ages, names that are there twice or nowhere, placements that end too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carecost.engine.places import group_faults
from carecost.engine.selector import spell
from carecost.errors import Problem, unknown

if TYPE_CHECKING:
    from carecost.engine.grid import Grid, Placement
    from carecost.engine.items import Item


#: Age at which children have left care.
ADULT = 18


def label_faults(grid: Grid) -> list[Problem]:
    """Find every fault in the labels of a grid.

    Parameters
    ----------
    grid : Grid
        The labels.

    Returns
    -------
    list of Problem
        Each fault; those that follow from wrong ages are not looked for.
    """
    found: list[Problem] = []
    if grid.n_years < 1:
        found.append(Problem(f"n_years is {grid.n_years}", "grid", "Give at least 1"))
    if not grid.ages or list(grid.ages) != list(range(grid.ages[0], grid.ages[0] + len(grid.ages))):
        found.append(Problem(f"ages are not consecutive: {spell(grid.ages)}", "grid", "Give every age once, in order"))
        return found
    if not grid.placements:
        found.append(Problem("there are no placements", "grid", "Give at least one"))
    for axis in ("placements", "reasons", "items", "groups"):
        names = [str(n) for n in grid.labels(axis)]
        for twice in sorted({n for n in names if names.count(n) > 1}):
            found.append(Problem(f"{axis.rstrip('s')} {twice!r} is there twice", "grid", "Names are unique"))
    names = [p.name for p in grid.placements]
    for reason in grid.reasons:
        if reason.to is not None and reason.to not in names:
            found.append(unknown("placement", reason.to, names, f"reason {reason.name!r}, to"))
    for placement in grid.placements:
        found += _placement_faults(grid, placement, names)
    for item in grid.items:
        found += _item_faults(grid, item)
    found += group_faults(grid.groups, {p.of: p for p in grid.placements})
    if grid.averted_to is not None:
        found += _averted_faults(grid, names)
    return found


def _placement_faults(grid: Grid, placement: Placement, names: list[str]) -> list[Problem]:
    where = f"placement {placement.name!r}"
    found = []
    if (placement.of != placement.name) != bool(placement.phase):
        remedy = "A phase has both: its name, and the placement that it is a phase of"
        found.append(Problem(f"phase is {placement.phase!r}, of is {placement.of!r}", where, remedy))
    elif placement.phase and placement.of in names:
        found.append(Problem(f"is a phase of {placement.of!r}, a row itself", where, "Give every phase, or no phase"))
    first, last = grid.ages[0] + 1, grid.ages[-1] + 1
    if not first <= placement.leave_age <= last:
        remedy = f"Give an age from {first} to {last}, or more ages to the grid"
        found.append(Problem(f"leave_age is {placement.leave_age}", where, remedy))
    if not 0 <= placement.from_age < placement.leave_age:
        remedy = f"Give an age from 0 to {placement.leave_age - 1}, below leave_age"
        found.append(Problem(f"from_age is {placement.from_age}", where, remedy))
    if placement.in_care and placement.leave_age > ADULT:
        remedy = "Children leave care at 18 or before; a later state has in_care=False"
        found.append(Problem(f"in care, but leave_age is {placement.leave_age}", where, remedy))
    if placement.then is not None:
        if placement.then not in names:
            found.append(unknown("placement", placement.then, names, f"{where}, then"))
        elif grid.placements[names.index(placement.then)].leave_age <= placement.leave_age:
            remedy = "The placement that follows must have a later leave_age"
            found.append(Problem(f"then is {placement.then!r}, which is closed at that age", where, remedy))
        elif grid.placements[names.index(placement.then)].from_age > placement.leave_age:
            remedy = "The placement that follows must be open at that age: give it an earlier from_age"
            found.append(Problem(f"then is {placement.then!r}, which is not open yet at that age", where, remedy))
    return found


def _item_faults(grid: Grid, item: Item) -> list[Problem]:
    found = []
    for axis in ("placements", "to", "reasons", "ages"):
        known = grid.labels(axis)
        if axis in ("placements", "to"):
            known = (*known, *dict.fromkeys(p.of for p in grid.placements if p.of not in known))
        for name in getattr(item, axis):
            if name not in known:
                found.append(unknown(axis.rstrip("s"), name, map(str, known), f"item {item.name!r}"))
    return found


def _averted_faults(grid: Grid, names: list[str]) -> list[Problem]:
    if grid.averted_to not in names:
        return [unknown("placement", grid.averted_to, names, "averted_to")]
    row = grid.placements[names.index(str(grid.averted_to))]
    if row.in_care:
        return [Problem(f"averted_to is {row.name!r}, which is care", "grid", "Name a placement with in_care=False")]
    return []
