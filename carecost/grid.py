"""What are the labels? Years, ages, placements, reasons and items, and how to find them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from carecost.cost_items import Item
from carecost.errors import Problem, UnknownNameError, refuse, unknown
from carecost.places import CapacityGroup, group_faults
from carecost.selector import spell

#: Axes after the draw axis of each parameter.
AXES: dict[str, tuple[str, ...]] = {
    "initial_stock": ("ages", "placements"),
    "population": ("years", "ages"),
    "entry_rate": ("years", "ages"),
    "entry_share": ("years", "ages", "placements"),
    "entry_at_birthday": ("years", "ages"),
    "extra_entries": ("years", "ages", "placements"),
    "exit_rate": ("years", "ages", "placements", "reasons"),
    "move_rate": ("years", "ages", "placements", "to"),
    "unit_cost": ("years", "items"),
    "capacity": ("years", "groups"),
}
#: Parameters of the area, whatever the stream.
AREA_WIDE = ("population", "unit_cost", "capacity")
LABELLED = ("years", "dates", "ages", "placements", "to", "reasons", "items", "groups")
ADULT = 18


@dataclass(frozen=True)
class Placement:
    """A type of placement, or a supported state outside care.

    Parameters
    ----------
    name : str
        Name.
    in_care : bool
        Whether children in it are children in care.
    leave_age : int
        Age at which a child leaves it, on the birthday.
    then : str, optional
        The placement that the child goes to on that birthday; out when not given.
    group, note : str
        Group in tables (the name when empty), and what to know about it.
    phase, of : str
        Phase of time in care, and the placement that this row is a phase of; itself, without a phase, when empty. See
        :mod:`carecost.phases`.
    """

    name: str
    in_care: bool = True
    leave_age: int = ADULT
    then: str | None = None
    group: str = ""
    note: str = ""
    phase: str = ""
    of: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", self.of or self.name)
        object.__setattr__(self, "group", self.group or self.of)


@dataclass(frozen=True)
class Reason:
    """Why a child leaves a placement.

    Parameters
    ----------
    name : str
        Name.
    to : str, optional
        The placement that the child goes to; out when not given.
    note : str
        What to know about it.
    """

    name: str
    to: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """The labels of every axis.

    Parameters
    ----------
    base_year : int
        Year of the first stock, on 31 March.
    n_years : int
        Number of projected years.
    ages : iterable of int
        Consecutive ages.
    placements : iterable of Placement or str
        Placements and supported states.
    reasons : iterable of Reason or str
        Reasons for leaving.
    items : iterable of Item
        Things paid for; may be empty.
    averted_to : str, optional
        Placement outside care of a child whose entry to care is averted.
    groups : iterable of CapacityGroup
        Placements that share places; none by default: then there is a place for every child.

    Raises
    ------
    InputError
        With every fault in the labels.

    Examples
    --------
    >>> grid = Grid(base_year=2025, n_years=2, ages=range(18), placements=["foster"])
    >>> grid.years, grid.dates
    ((2026, 2027), (2025, 2026, 2027))
    """

    base_year: int
    n_years: int
    ages: tuple[int, ...]
    placements: tuple[Placement, ...]
    reasons: tuple[Reason, ...] = ()
    items: tuple[Item, ...] = field(default=())
    averted_to: str | None = None
    groups: tuple[CapacityGroup, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "ages", tuple(int(a) for a in self.ages))
        put(
            self,
            "placements",
            tuple(p if isinstance(p, Placement) else Placement(p) for p in self.placements),
        )
        put(self, "reasons", tuple(r if isinstance(r, Reason) else Reason(r) for r in self.reasons))
        put(self, "items", tuple(self.items))
        put(self, "groups", tuple(self.groups))
        refuse(_label_faults(self))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of flows."""
        return tuple(range(self.base_year + 1, self.base_year + self.n_years + 1))

    @cached_property
    def dates(self) -> tuple[int, ...]:
        """Dates of stocks: 31 March of each."""
        return (self.base_year, *self.years)

    def labels(self, axis: str) -> tuple[int | str, ...]:
        """Give the labels of an axis: years, dates, ages, placements, to, reasons, items or groups.

        Raises
        ------
        UnknownNameError
            If there is no such axis.
        """
        if axis not in LABELLED:
            raise UnknownNameError(unknown("axis", axis, LABELLED))
        if axis in ("years", "dates", "ages"):
            numbers: tuple[int, ...] = getattr(self, axis)
            return numbers
        return tuple(row.name for row in (self.placements if axis == "to" else getattr(self, axis)))

    def index(self, axis: str, name: int | str) -> int:
        """Find a label on an axis.

        Raises
        ------
        UnknownNameError
            If it is not there; the message names the nearest.
        """
        labels = self.labels(axis)
        found = self._positions[axis].get(name)
        if found is None:
            raise UnknownNameError(unknown(axis.rstrip("s"), name, map(str, labels)))
        return found

    def indices(self, axis: str, names: Iterable[int | str] | None) -> list[int]:
        """Find several labels; None finds all. A placement in phases stands for all of its phases.

        Raises
        ------
        UnknownNameError
            If one is not there; the message names the nearest.
        """
        if names is None:
            return list(range(len(self.labels(axis))))
        parts = self._parts if axis in ("placements", "to") else {}
        return [i for n in names for i in parts.get(n) or (self.index(axis, n),)]

    @cached_property
    def _parts(self) -> dict[int | str, tuple[int, ...]]:
        """Rows of each placement that is in phases."""
        found: dict[int | str, tuple[int, ...]] = {}
        for i, p in enumerate(self.placements):
            if p.of != p.name:
                found[p.of] = (*found.get(p.of, ()), i)
        return found

    @cached_property
    def apart(self) -> NDArray[np.float64]:
        """Which rows are different placements, phases of one not: (placement, placement), 0 or 1."""
        of = np.array([p.of for p in self.placements], dtype=object)
        return np.asarray(of[:, None] != of, dtype=float)

    @cached_property
    def _positions(self) -> dict[str, dict[int | str, int]]:
        return {axis: {name: i for i, name in enumerate(self.labels(axis))} for axis in LABELLED}

    @cached_property
    def in_care(self) -> tuple[int, ...]:
        """Indices of the placements that are care."""
        return tuple(i for i, p in enumerate(self.placements) if p.in_care)

    def open(self, placement: int, age: int) -> bool:
        """Say whether a placement (by index) is open to an age."""
        return age < self.placements[placement].leave_age


def _label_faults(grid: Grid) -> list[Problem]:
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
    if placement.in_care and placement.leave_age > ADULT:
        remedy = "Children leave care at 18 or before; a later state has in_care=False"
        found.append(Problem(f"in care, but leave_age is {placement.leave_age}", where, remedy))
    if placement.then is not None:
        if placement.then not in names:
            found.append(unknown("placement", placement.then, names, f"{where}, then"))
        elif grid.placements[names.index(placement.then)].leave_age <= placement.leave_age:
            remedy = "The placement that follows must have a later leave_age"
            found.append(Problem(f"then is {placement.then!r}, which is closed at that age", where, remedy))
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
