"""Which placements share places? Groups with a capacity, and where they send those whom they cannot take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from carecost.errors import Problem, unknown


@dataclass(frozen=True)
class CapacityGroup:
    """Placements that share places.

    Parameters
    ----------
    name : str
        Name.
    placements : iterable of str
        Placements whose children count against the places.
    next : str
        Placement that takes the arrivals for whom there is no place. In another group it is that group's turn; in none
        it is the placement of last resort, which takes everybody.
    note : str
        What to know about it.

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
        one = isinstance(self.placements, str)
        object.__setattr__(self, "placements", (self.placements,) if one else tuple(self.placements))


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
