"""The labels of every axis: years, ages, placements, reasons, items, capacity groups, selectors, and their faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from carecost._guard import (
    LONGEST,
    Refused,
    Rule,
    checked,
    flag,
    labels,
    opened,
    optional,
    selected,
    several_by,
    several_of,
    take,
    text,
    texts,
    whole,
    wholes,
)
from carecost._typing import LockedAgain, locked_property
from carecost.engine.items import Item
from carecost.errors import Problem, UnknownNameError, refuse, unknown

#: Axes after the draw axis of each parameter.
Parameter = Literal[
    "initial_stock",
    "population",
    "entry_rate",
    "entry_share",
    "entry_at_birthday",
    "extra_entries",
    "exit_rate",
    "move_rate",
    "unit_cost",
    "capacity",
]


#: Axes of the array of each parameter, after that of draws.
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


#: Hazards, which are kept in steps of years and ages.
HAZARDS = ("exit_rate", "move_rate")


#: Rules of a selector: labels are one or several, numbers also bands as text.
SELECTED: dict[str, Rule] = {
    **dict.fromkeys(("streams", "placements", "to", "reasons", "items", "groups"), optional(labels)),
    **dict.fromkeys(("years", "ages"), optional(selected)),
}


@opened
@dataclass(frozen=True)
class Selector:
    """Which cells of a parameter are meant; None means all.

    Parameters
    ----------
    streams : str or sequence of str, optional
        Names of streams, one or several.
    years, ages : int, str or sequence of int, optional
        Calendar years of flows; ages: one, several, or bands as text (``"10 to 17"``).
    placements, to, reasons, items, groups : str or sequence of str, optional
        Names, one or several.

    Raises
    ------
    InputError
        If a label is none.

    See Also
    --------
    Assumption : A belief about the cells that it selects.
    Change : Takes the same labels by name.

    Examples
    --------
    >>> Selector(ages="10 to 12", placements="foster").ages
    (10, 11, 12)
    """

    streams: tuple[str, ...] | None = None
    years: tuple[int, ...] | None = None
    ages: tuple[int, ...] | None = None
    placements: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    reasons: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            streams: str | Iterable[str] | None = ...,
            years: str | int | Iterable[int] | None = ...,
            ages: str | int | Iterable[int] | None = ...,
            placements: str | Iterable[str] | None = ...,
            to: str | Iterable[str] | None = ...,
            reasons: str | Iterable[str] | None = ...,
            items: str | Iterable[str] | None = ...,
            groups: str | Iterable[str] | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        take(self, **SELECTED)

    def covers(self, stream: str) -> bool:
        """Say whether a stream is meant.

        Parameters
        ----------
        stream : str
            Name of the stream.

        Returns
        -------
        bool
            True where it is among the streams, or all are meant.

        See Also
        --------
        Selector.text : What is selected, in words.

        Examples
        --------
        >>> Selector(streams="uasc").covers("other"), Selector().covers("other")
        (False, True)
        """
        if type(stream) is not str:
            stream = checked(stream, text, "stream", "Selector.covers()")
        return self.streams is None or stream in self.streams

    def text(self) -> str:
        """Write the selection in a line, the same for the same selection.

        Returns
        -------
        str
            Each axis that is narrowed, and its labels; empty where all is meant.

        See Also
        --------
        Selector : What may be selected.

        Examples
        --------
        >>> Selector(ages=range(10, 18), placements=["foster"]).text()
        'ages=10-17, placements=foster'
        """
        parts = []
        for name in self.__dataclass_fields__:
            chosen = getattr(self, name)
            if chosen is not None:
                shown = spell(chosen) if name in ("ages", "years") else "; ".join(chosen)
                parts.append(f"{name}={shown}")
        return ", ".join(parts)


def spell(numbers: Sequence[int]) -> str:
    """Write whole numbers as bands.

    Examples
    --------
    >>> spell((0, 5, 6, 7))
    '0; 5-7'
    """
    bands: list[list[int]] = []
    for n in sorted(numbers):
        if bands and n == bands[-1][1] + 1:
            bands[-1][1] = n
        else:
            bands.append([n, n])
    return "; ".join(str(a) if a == b else f"{a}-{b}" for a, b in bands)


@opened
@dataclass(frozen=True)
class CapacityGroup:
    """Placements that share places.

    Parameters
    ----------
    name : str
        Name.
    placements : str or iterable of str
        Placements whose children count against the places.
    next : str
        Placement that takes the arrivals for whom there is no place. In another group it is that group's turn; in none
        it is the placement of last resort, which takes everybody.
    note : str
        What to know about it.

    See Also
    --------
    Grid : Takes groups.
    Results.capacity : How full they were.

    Examples
    --------
    >>> CapacityGroup("council's carers", ["foster in-house"], next="foster agency").placements
    ('foster in-house',)
    """

    name: str
    placements: tuple[str, ...]
    next: str = ""
    note: str = ""

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(self, name: str, placements: Iterable[str], next: str = ..., note: str = ...) -> None: ...

    def __post_init__(self) -> None:
        take(self, placements=labels, **texts("name", "next", "note"))


class Placed(Protocol):
    """What is asked of a placement."""

    @property
    def in_care(self) -> bool:
        """Whether it is care."""

    @property
    def leave_age(self) -> int:
        """Age at which a child leaves it."""

    @property
    def from_age(self) -> int:
        """Age from which a child can be in it."""


def onward(groups: Sequence[CapacityGroup]) -> list[int | None]:
    """Find the group (by index) that each sends on to; None where that is the last resort."""
    holds = {name: i for i, group in enumerate(groups) for name in group.placements}
    return [holds.get(group.next) for group in groups]


def in_order(groups: Sequence[CapacityGroup]) -> list[int]:
    """Put groups (by index) in an order in which each comes before the one that it sends on to.

    Examples
    --------
    >>> in_order([CapacityGroup("homes", ["home"], "other"), CapacityGroup("carers", ["foster"], "home")])
    [1, 0]
    """
    after = onward(groups)
    return sorted(range(len(groups)), key=lambda i: -len(_way(after, i)))


def _way(after: Sequence[int | None], first: int) -> list[int]:
    """Follow the groups from one on, to the last or until one comes twice."""
    found, at = [first], after[first]
    while at is not None and at not in found:
        found.append(at)
        at = after[at]
    return found if at is None else [*found, at]


def group_faults(groups: Sequence[CapacityGroup], placements: Mapping[str, Placed]) -> Iterator[Problem]:
    """Find what is wrong with the groups: unknown or shared placements, nowhere to go on to, a circle.

    Parameters
    ----------
    groups : sequence of CapacityGroup
        The groups.
    placements : mapping of str to Placement
        All placements, by name.

    Yields
    ------
    Problem
        Each fault.
    """
    seen: dict[str, str] = {}
    for group in groups:
        where = f"capacity group {group.name!r}"
        if not group.placements:
            yield Problem("has no placements", where, "Name at least one")
        for name in group.placements:
            if name not in placements:
                yield unknown("placement", name, placements, where)
            elif name in seen:
                yield Problem(f"{name!r} is in group {seen[name]!r} too", where, "A placement is in one group at most")
            seen.setdefault(name, group.name)
        yield from _next_faults(group, placements, where)
    yield from _circles(groups)


def _next_faults(group: CapacityGroup, placements: Mapping[str, Placed], where: str) -> Iterator[Problem]:
    """Where the group sends on to must be able to take everybody whom the group could."""
    resort = "Name in next the placement that takes them; one in no group is the last resort"
    if not group.next:
        yield Problem("has nowhere to send those for whom it has no place", where, resort)
    elif group.next not in placements:
        yield unknown("placement", group.next, placements, f"{where}, next")
    elif group.next in group.placements:
        yield Problem(f"sends on to {group.next!r}, which is its own", where, resort)
    else:
        to = placements[group.next]
        mine = [placements[name] for name in group.placements if name in placements]
        if any(p.leave_age > to.leave_age for p in mine):
            what = f"sends on to {group.next!r}, which is closed from {to.leave_age}"
            yield Problem(what, where, "Send on to a placement that is open as long")
        if any(p.from_age < to.from_age for p in mine):
            what = f"sends on to {group.next!r}, which opens at {to.from_age}"
            yield Problem(what, where, "Send on to a placement that is open as early")
        if any(p.in_care != to.in_care for p in mine):
            remedy = "Send on from care to care: a full house ends no child's need of care"
            yield Problem(f"sends on to {group.next!r}, out of care or into it", where, remedy)


def _circles(groups: Sequence[CapacityGroup]) -> Iterator[Problem]:
    """Arrivals must get somewhere: the order ends with a placement in no group."""
    after = onward(groups)
    told: set[int] = set()
    for i in range(len(groups)):
        way = _way(after, i)
        if way[-1] in way[:-1] and len(set(way)) > 1 and not told & set(way):
            told |= set(way)
            circle = " -> ".join(repr(groups[j].name) for j in way[way.index(way[-1]) :])
            remedy = "Let the last send on to a placement in no group, the last resort"
            yield Problem(f"the order goes in a circle: {circle}", "capacity groups", remedy)


#: Age at which children have left care.
ADULT = 18

#: Rule of an age at which a placement opens or closes.
OLD = whole(most=LONGEST)


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


@opened
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
        :mod:`carecost.inputs.phases`.
    from_age : int
        Age from which a child can be in it.

    See Also
    --------
    Grid : Takes placements.
    Reason : Why a child leaves one.

    Examples
    --------
    >>> flat = Placement("supported accommodation", from_age=16, then="care leaver")
    >>> flat.in_care, flat.leave_age, flat.group
    (True, 18, 'supported accommodation')
    """

    name: str
    in_care: bool = True
    leave_age: int = ADULT
    then: str | None = None
    group: str = ""
    note: str = ""
    phase: str = ""
    of: str = ""
    from_age: int = 0

    def __post_init__(self) -> None:
        words = texts("name", "group", "note", "phase", "of")
        take(self, in_care=flag, leave_age=OLD, then=optional(text), from_age=OLD, **words)
        object.__setattr__(self, "of", self.of or self.name)
        object.__setattr__(self, "group", self.group or self.of)


@opened
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

    See Also
    --------
    Placement : What it may lead to.
    Grid : Takes reasons.

    Examples
    --------
    >>> Reason("special guardianship order", to="special guardianship").to
    'special guardianship'
    """

    name: str
    to: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        take(self, to=optional(text), **texts("name", "note"))


def _named(kind: type, words: str) -> Rule:
    """Make the rule for rows of a class, or names of some; one or several."""

    def rule(value: object) -> object:
        if isinstance(value, kind):
            return value
        if isinstance(value, str):
            return kind(value)
        raise Refused("", words)

    return several_by(rule)


#: Rules of placements and reasons, given as such or by name.
PLACED = _named(Placement, 'Give placements, or their names as in ["foster", "kinship"]')
LEFT = _named(Reason, 'Give reasons of exits, or their names as in ["home", "adopted"]')
#: Rule of cost items, and of capacity groups.
PAID = several_of(Item, words="Give cost items: carecost.Item")
SHARED = several_of(CapacityGroup, words="Give capacity groups: carecost.CapacityGroup")


@opened
@dataclass(frozen=True)
class Grid(LockedAgain):
    """The labels of every axis.

    Parameters
    ----------
    base_year : int
        Year of the first stock, on 31 March.
    n_years : int
        Number of projected years.
    ages : iterable of int, or str
        Consecutive ages; as text ``"0 to 17"``.
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

    See Also
    --------
    Parameters : Arrays on these labels.
    Assumptions.grid : That of a set.

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

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            base_year: int,
            n_years: int,
            ages: Iterable[int],
            placements: Iterable[Placement | str],
            reasons: Iterable[Reason | str] = ...,
            items: Iterable[Item] = ...,
            averted_to: str | None = ...,
            groups: Iterable[CapacityGroup] = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        take(
            self,
            base_year=whole(0, 2200, example="2025"),
            n_years=whole(most=LONGEST),
            ages=wholes,
            placements=PLACED,
            reasons=LEFT,
            items=PAID,
            averted_to=optional(text),
            groups=SHARED,
        )
        refuse(label_faults(self))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of flows."""
        return tuple(range(self.base_year + 1, self.base_year + self.n_years + 1))

    @cached_property
    def dates(self) -> tuple[int, ...]:
        """Dates of stocks: 31 March of each."""
        return (self.base_year, *self.years)

    def labels(self, axis: str) -> tuple[int | str, ...]:
        """Give the labels of an axis.

        Parameters
        ----------
        axis : str
            Which: years, dates, ages, placements, to, reasons, items or groups.

        Returns
        -------
        tuple of int or str
            Labels in order.

        Raises
        ------
        UnknownNameError
            If there is no such axis.

        See Also
        --------
        Grid.index : The place of one label.

        Examples
        --------
        >>> Grid(2025, 2, range(18), ["foster", "kinship"]).labels("placements")
        ('foster', 'kinship')
        """
        if not isinstance(axis, str) or axis not in LABELLED:
            raise UnknownNameError(unknown("axis", axis, LABELLED))
        return self._labels[axis]

    @cached_property
    def _labels(self) -> dict[str, tuple[int | str, ...]]:
        """Labels of each axis."""
        named = {"to": self.placements} | {a: getattr(self, a) for a in ("placements", "reasons", "items", "groups")}
        numbers = {axis: getattr(self, axis) for axis in ("years", "dates", "ages")}
        return numbers | {axis: tuple(row.name for row in rows) for axis, rows in named.items()}

    def index(self, axis: str, name: int | str) -> int:
        """Find a label on an axis.

        Parameters
        ----------
        axis : str
            Which, as for :meth:`labels`.
        name : int or str
            The label.

        Returns
        -------
        int
            Its place on the axis.

        Raises
        ------
        UnknownNameError
            If it is not there; the message names the nearest.

        See Also
        --------
        Grid.indices : The places of several.
        Grid.labels : All labels.

        Examples
        --------
        >>> Grid(2025, 2, range(18), ["foster", "kinship"]).index("placements", "kinship")
        1
        """
        labels = self.labels(axis)
        try:
            found = self._positions[axis].get(name)
        except TypeError:  # a list, say, is no label
            found = None
        if found is None:
            raise UnknownNameError(unknown(axis.rstrip("s"), name, map(str, labels)))
        return found

    def indices(self, axis: str, names: Iterable[int | str] | None) -> list[int]:
        """Find several labels; None finds all. A placement in phases stands for all of its phases.

        Parameters
        ----------
        axis : str
            Which, as for :meth:`labels`.
        names : iterable of int or str, or None
            The labels.

        Returns
        -------
        list of int
            Their places on the axis.

        Raises
        ------
        UnknownNameError
            If one is not there; the message names the nearest.

        See Also
        --------
        Grid.index : The place of one label.

        Examples
        --------
        >>> Grid(2025, 2, range(18), ["foster", "kinship"]).indices("ages", [10, 11])
        [10, 11]
        """
        if names is None or not isinstance(axis, str):
            return list(range(len(self.labels(axis))))
        if not isinstance(names, tuple | list):
            rule = wholes if axis in ("years", "dates", "ages") else labels
            names = checked(names, rule, "names", "Grid.indices()")
        parts = self._parts if axis in ("placements", "to") else {}
        at = self._positions.get(axis, {})
        if not parts:
            with suppress(KeyError, TypeError):  # what is not there is said below
                return [at[n] for n in names]
        return [i for n in names for i in self._found(parts, n) or (self.index(axis, n),)]

    @staticmethod
    def _found(parts: Mapping[int | str, tuple[int, ...]], name: object) -> tuple[int, ...]:
        return parts.get(name, ()) if isinstance(name, str) else ()

    @cached_property
    def _parts(self) -> dict[int | str, tuple[int, ...]]:
        """Rows of each placement that is in phases."""
        found: dict[int | str, tuple[int, ...]] = {}
        for i, p in enumerate(self.placements):
            if p.of != p.name:
                found[p.of] = (*found.get(p.of, ()), i)
        return found

    @locked_property
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

    @locked_property
    def opened(self) -> NDArray[np.bool_]:
        """Which ages may be in which placement: (age, placement)."""
        return np.array([[self._open(i, age) for i in range(len(self.placements))] for age in self.ages])

    @locked_property
    def windows(self) -> Windows:
        """Where the placements open at each age are, in an order of their own."""
        return windows(self.opened)

    def open(self, placement: int, age: int) -> bool:
        """Say whether a placement is open to an age.

        Parameters
        ----------
        placement : int
            Its place among the placements.
        age : int
            Age.

        Returns
        -------
        bool
            Whether a child of that age may be in it.

        See Also
        --------
        Placement : Says from which age and to which.

        Examples
        --------
        >>> grid = Grid(2025, 2, range(18), [Placement("supported accommodation", from_age=16)])
        >>> grid.open(0, 15), grid.open(0, 16)
        (False, True)
        """
        at = checked(placement, whole(0, len(self.placements) - 1), "placement", "Grid.open()")
        return self._open(at, checked(age, whole(), "age", "Grid.open()"))

    def _open(self, placement: int, age: int) -> bool:
        row = self.placements[placement]
        return row.from_age <= age < row.leave_age


class Windows(NamedTuple):
    """States in order, and where those open at each age are.

    Attributes
    ----------
    order : ndarray of int of shape (state,)
        States (by index) in order: those that close early first, of these those that open early.
    at : tuple of slice
        For each age the places in that order between its first and last open state. A closed state among them is
        carried along, empty.
    """

    order: NDArray[np.int_]
    at: tuple[slice, ...]

    def states(self, age: int) -> NDArray[np.int_]:
        """Give the states (by index) of an age (by index), in order."""
        return self.order[self.at[age]]


def windows(opened: NDArray[np.bool_]) -> Windows:
    """Find the order and the windows.

    Parameters
    ----------
    opened : ndarray of bool of shape (age, state)
        Which ages may be in which state.

    Returns
    -------
    Windows
        The order, and where each age's open states are in it.

    Examples
    --------
    >>> hostel_at_1, care, leavers_at_2 = [False, True, False], [True, True, False], [False, False, True]
    >>> windows(np.array([hostel_at_1, care, leavers_at_2]).T)
    Windows(order=array([1, 0, 2]), at=(slice(0, 1, None), slice(0, 2, None), slice(2, 3, None)))
    """
    ages, states = opened.shape
    first, last = opened.argmax(0), ages - opened[::-1].argmax(0)
    order = np.lexsort((np.arange(states), first, last))
    found = []
    for row in opened[:, order]:
        there = np.flatnonzero(row) if row.any() else np.zeros(1, dtype=int)
        found.append(slice(int(there[0]), int(there[-1]) + 1))
    return Windows(order, tuple(found))


def marked(count: int, places: Sequence[int]) -> NDArray[np.float64]:
    """Give 1 at some places of so many and 0 elsewhere: a product with it is the sum of those.

    Examples
    --------
    >>> marked(3, [0, 2]).tolist()
    [1.0, 0.0, 1.0]
    """
    out = np.zeros(count)
    out[list(places)] = 1.0
    return out


#: Name of an axis of labels, as labelled arrays call it: one of them.
SINGULAR = {
    "years": "year",
    "dates": "date",
    "ages": "age",
    "placements": "placement",
    "to": "to",
    "reasons": "reason",
    "items": "item",
    "groups": "group",
}


def coordinates(grid: Grid) -> dict[str, tuple[int | str, ...]]:
    """Give the labels of every axis by its name in a labelled array.

    Examples
    --------
    >>> coordinates(Grid(2025, 2, range(18), ["foster"]))["date"]
    (2025, 2026, 2027)
    """
    return {name: grid.labels(axis) for axis, name in SINGULAR.items()}


def item_labels(grid: Grid) -> dict[str, tuple[str, list[str]]]:
    """Give what items can be grouped by: for each name the axis, and a label for each item."""
    names = ("group", "account", "payer", "gross_net", "kind")
    return {f"item_{name}": ("item", [str(getattr(item, name)) for item in grid.items]) for name in names}
