"""Paths over years: multipliers that follow a random walk or an AR(1) process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from carecost._guard import instance, number, opened, optional, source_year, take, texts, whole
from carecost.engine.grid import Selector
from carecost.errors import Problem, refuse, unknown

#: Kinds of path; one that reverts is an AR(1) process.
WALK, REVERTING = "random walk", "mean reverting"


#: Columns that may list the lines of a path, the first one first.
_LINES = ("items", "placements", "reasons", "to", "ages", "streams")


@opened
@dataclass(frozen=True)
class YearPath:
    """Random walk or AR(1) path over years: a parameter is multiplied by exp(path), whose median is one.

    Parameters
    ----------
    name : str
        Name.
    parameter : str
        Parameter that is multiplied.
    where : Selector
        Cells that are multiplied.
    kind : str
        ``random walk`` or ``mean reverting``.
    sd : float
        Standard deviation of the path: of one year of a random walk (after n years the square root of n times as much);
        in the long run of one that is mean reverting [share, in logs].
    half_life : float, optional
        Years in which half of a deviation is gone; for mean reverting.
    shocks : str
        ``common``, one path for all selected cells; ``line``, one for each label of the first column that lists
        several, of items, placements, reasons, to, ages, streams (the first that lists any, where none lists several).
    from_year : int
        Year in which the path is zero.
    source, source_year, quality, note : str
        Whose word, of when, how good (A to E), what to know.
    luck : str
        Paths with the same word here follow the same shocks, each with its own standard deviation; shocks of its own
        where it is empty.

    Raises
    ------
    InputError
        If the kind, sd, half-life or lines cannot be used.

    See Also
    --------
    carecost.money.discounting.wandering_path : The path itself, from standard normal shocks.

    Examples
    --------
    >>> homes = Selector(items=["home", "foster"])
    >>> path = YearPath("prices", "unit_cost", homes, "random walk", 0.02, shocks="line", from_year=2025)
    >>> [line.name for line in path.lines()]
    ['prices, home', 'prices, foster']
    """

    name: str
    parameter: str
    where: Selector
    kind: str
    sd: float
    half_life: float | None = None
    shocks: Literal["common", "line"] = "common"
    from_year: int = 0
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""
    luck: str = ""

    def __post_init__(self) -> None:
        take(
            self,
            where=instance(Selector, words="Give the cells that are multiplied: carecost.Selector"),
            sd=number(),
            half_life=optional(number()),
            from_year=whole(0, 2200),
            source_year=source_year,
            **texts("name", "parameter", "kind", "shocks", "source", "quality", "note", "luck"),
        )
        problems = []
        if self.kind not in (WALK, REVERTING):
            problems.append(unknown("kind", self.kind, (WALK, REVERTING), self.quantity))
        if self.shocks not in ("common", "line"):
            problems.append(unknown("shocks", self.shocks, ("common", "line"), self.quantity))
        if not (np.isfinite(self.sd) and self.sd > 0):
            problems.append(Problem(f"sd is {self.sd}", self.quantity, "Give a share above 0, such as 0.03"))
        if (self.half_life is None) == (self.kind == REVERTING):
            remedy = f"A path that is {REVERTING} has one, a {WALK} has none"
            problems.append(Problem(f"half_life is {self.half_life} in a {self.kind}", self.quantity, remedy))
        if self.half_life is not None and not (np.isfinite(self.half_life) and self.half_life > 0):
            problems.append(Problem(f"half_life is {self.half_life}", self.quantity, "Give years above 0"))
        if self.shocks == "line" and self.axis is None:
            problems.append(
                Problem("shocks by line without a line", self.quantity, f"List some of {', '.join(_LINES)}")
            )
        refuse(problems)

    @property
    def quantity(self) -> str:
        """Name under which its shocks are drawn, each with its year."""
        return f"path: {self.luck or self.name}"

    @property
    def axis(self) -> str | None:
        """Column whose labels have paths of their own; None when one path is common to all cells."""
        # Several labels of an axis are several lines; where no axis has several, the first that has one is a line.
        listed = {axis: getattr(self.where, axis) for axis in _LINES if getattr(self.where, axis)}
        several = [axis for axis, labels in listed.items() if len(labels) > 1]
        return next(iter([*several, *listed]), None) if self.shocks == "line" else None

    def lines(self) -> tuple[YearPath, ...]:
        """Split into the paths that are drawn: this one, or one for each line, named after its label.

        Returns
        -------
        tuple of YearPath
            Paths that are common to their cells.

        See Also
        --------
        YearPath : How lines are chosen.

        Examples
        --------
        >>> walk = YearPath("prices", "unit_cost", Selector(items=["home"]), "random walk", 0.02)
        >>> walk.lines() == (walk,)
        True
        """
        axis = self.axis
        if axis is None:
            return (self,)
        return tuple(
            replace(
                self,
                name=f"{self.name}, {x}",
                luck=self.luck and f"{self.luck}, {x}",
                where=replace(self.where, **{axis: (x,)}),
                shocks="common",
            )
            for x in getattr(self.where, axis)
        )
