"""What are the labels? Years, ages, placements, reasons and items, and how to find them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from carecost.engine.axes import LABELLED
from carecost.engine.items import Item
from carecost.engine.label_faults import ADULT, label_faults
from carecost.engine.places import CapacityGroup
from carecost.engine.windows import Windows, windows
from carecost.errors import UnknownNameError, refuse, unknown


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

    @cached_property
    def opened(self) -> NDArray[np.bool_]:
        """Which ages may be in which placement: (age, placement)."""
        return np.array([[self.open(i, age) for i in range(len(self.placements))] for age in self.ages])

    @cached_property
    def windows(self) -> Windows:
        """Where the placements open at each age are, in an order of their own."""
        return windows(self.opened)

    def open(self, placement: int, age: int) -> bool:
        """Say whether a placement (by index) is open to an age."""
        row = self.placements[placement]
        return row.from_age <= age < row.leave_age
