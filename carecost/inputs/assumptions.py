"""Assumptions: the named set of beliefs that a run starts from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from carecost.engine.grid import AXES, CapacityGroup, Grid, Placement, Reason, Selector
from carecost.engine.items import OUTCOMES, Item
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.inputs.belief import Assumption, Belief, Note, Scope
from carecost.inputs.dependence import Ties
from carecost.inputs.phases import Phases
from carecost.inputs.provenance import digest
from carecost.inputs.year_path import YearPath
from carecost.money.discounting import Deflator, Schedule

if TYPE_CHECKING:
    from carecost.inputs.scenario import Scenario


Row = TypeVar("Row", Assumption, YearPath)


#: The scope that leaves nothing out.
ALL = "all"


@dataclass(frozen=True)
class Assumptions:
    """A named set of beliefs, complete enough to run.

    Parameters
    ----------
    name, title : str
        Short and long name.
    base_year, years, price_year, programme_start : int
        First stock; default horizon; year of constant prices; calendar year of programme year 1.
    ages : tuple of int
        Consecutive ages.
    placements, reasons, items : tuple
        Labels.
    streams : tuple of str
        Groups with rates of their own.
    rows : tuple of Assumption
        Every belief.
    deflator, discount : Deflator, Schedule
        Prices and discount rates, with vintages.
    averted_to : str, optional
        Where averted children go.
    inaction, scope : str
        What inaction means; what spending is in the set.
    notes : tuple of Note
        Gaps, contradictions and what is left out.
    scopes : tuple of Scope
        Choices of the spending that is counted; see :meth:`scoped`.
    uncounted : tuple of str
        Items that a scope leaves out: a lever may name them, and does nothing to them.
    background : Scenario, optional
        What goes on under every scenario, inaction too, such as a path of child poverty; see :meth:`against`.
    ties : Ties
        Quantities that are correlated, and those with joint draws.
    paths : tuple of YearPath
        Multipliers that wander over the years.
    area : str
        Name of the area, where the set is a part of a country.
    portion : float
        Share of an amount for the whole country that falls to the area [share].
    phases : Phases
        Phases of time in care; none by default.
    groups : tuple of CapacityGroup
        Placements that share places; without any there is a place for every child.
    """

    name: str
    base_year: int
    years: int
    price_year: int
    programme_start: int
    ages: tuple[int, ...]
    placements: tuple[Placement, ...]
    rows: tuple[Assumption, ...]
    deflator: Deflator
    discount: Schedule
    reasons: tuple[Reason, ...] = ()
    items: tuple[Item, ...] = ()
    streams: tuple[str, ...] = ("all",)
    averted_to: str | None = None
    title: str = ""
    inaction: str = ""
    scope: str = ""
    notes: tuple[Note, ...] = field(default=())
    scopes: tuple[Scope, ...] = ()
    uncounted: tuple[str, ...] = ()
    background: Scenario | None = None
    ties: Ties = field(default=Ties())
    paths: tuple[YearPath, ...] = ()
    area: str = ""
    portion: float = 1.0
    phases: Phases = field(default=Phases())
    groups: tuple[CapacityGroup, ...] = ()

    def grid(self, years: int | None = None) -> Grid:
        """Make the labels for a number of projected years.

        Raises
        ------
        InputError
            If the labels do not fit together.
        """
        return Grid(
            self.base_year,
            years or self.years,
            self.ages,
            self.placements,
            self.reasons,
            self.items,
            self.averted_to,
            self.groups,
        )

    @cached_property
    def digest(self) -> str:
        """Digest of everything in the set."""
        return digest(self)

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the quantities that differ between draws: by an interval, joint draws or a path over years."""
        joint = self.ties.joint
        rows = [row.quantity for row in self.rows if not row.belief.certain or (joint and row.quantity in joint)]
        return (*rows, *(path.quantity for path in self.paths))

    def select(self, parameter: str, **where: object) -> tuple[Assumption, ...]:
        """Find the rows of a parameter that cover the given labels.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of a growth or adjustment.
        **where
            One label each: stream, age, placement, reason, to, item or year.

        Returns
        -------
        tuple of Assumption
            Rows found.

        Raises
        ------
        UnknownNameError
            If the parameter or a label's axis is unknown.
        """
        names = {row.name for row in self.rows if row.kind != "value"}
        if parameter not in AXES and parameter not in names:
            raise UnknownNameError(unknown("parameter", parameter, [*AXES, *sorted(names)]))
        axes = {_plural(key): value for key, value in where.items()}
        wrong = [
            unknown("selector", k, Selector.__dataclass_fields__)
            for k in axes
            if k not in Selector.__dataclass_fields__
        ]
        refuse(wrong, UnknownNameError)
        rows = [r for r in self.rows if parameter == (r.parameter if r.kind == "value" else r.name)]
        return tuple(r for r in rows if all(_meets(getattr(r.where, k), v) for k, v in axes.items()))

    def replace(self, parameter: str, value: float | None = None, **changes: object) -> Assumptions:
        """Make a new set with other values in the rows that cover the given labels; this one is untouched.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of a growth or adjustment.
        value : float, optional
            New central value. Without ``low`` and ``high`` the value is then taken as known, and tied to no other.
            Joint draws of it are left out.
        **changes
            Labels (stream, age, placement, reason, to, item, year), and fields of :class:`Belief`.

        Returns
        -------
        Assumptions
            The new set.

        Raises
        ------
        UnknownNameError
            If nothing is found under those labels.
        """
        fields = {k: v for k, v in changes.items() if k in Belief.__dataclass_fields__}
        where = {k: v for k, v in changes.items() if k not in fields}
        found = set(map(id, self.select(parameter, **where)))
        if not found:
            shown = ", ".join(f"{k}={v!r}" for k, v in where.items())
            known = sorted({r.where.text() for r in self.rows if parameter in (r.parameter, r.name)})
            raise UnknownNameError(unknown(f"row of {parameter}", shown, known))
        if value is not None:
            fields = {
                "value": float(value),
                "low": None,
                "high": None,
                "note": "replaced by the user",
            } | fields

        def changed(row: Assumption) -> Assumption:
            return replace(row, belief=replace(row.belief, **fields)) if id(row) in found else row  # type: ignore[arg-type]

        rows = tuple(changed(row) for row in self.rows)
        new = {row.quantity: row for old, row in zip(self.rows, rows, strict=True) if id(old) in found}
        free = {q for q, row in new.items() if row.belief.certain or q in self.ties.joint}
        if not {"value", "low", "high", "distribution"} & set(fields):
            free = set()
        return replace(self, rows=rows, ties=self.ties.without(free))

    def against(self, background: Scenario) -> Assumptions:
        """Make a set on which something goes on under every scenario, inaction too: a driver and not a lever.

        Parameters
        ----------
        background : Scenario
            Its changes act on the parameters before those of any scenario.

        Returns
        -------
        Assumptions
            The set with that background, and the name of both.
        """
        return replace(self, name=f"{self.name}, {background.name}", background=background)

    def scoped(self, name: str) -> Assumptions:
        """Make a set that counts only the spending of a scope; children are the same.

        Parameters
        ----------
        name : str
            ``"all"``, or a scope of the set.

        Returns
        -------
        Assumptions
            The set with the other items, their rows, ties and paths, left out.

        Raises
        ------
        UnknownNameError
            If the set has no such scope.
        """
        scopes = {scope.name: scope for scope in self.scopes}
        if name == ALL:
            return self
        if name not in scopes:
            raise UnknownNameError(unknown("scope", name, [ALL, *scopes]))
        kept_groups = scopes[name].groups
        items = tuple(i for i in self.items if i.group in kept_groups or i.account == OUTCOMES)
        kept = {item.name for item in items}
        rows = tuple(_kept(row, kept) for row in self.rows if _about(row.where, kept))
        paths = tuple(_kept(path, kept) for path in self.paths if _about(path.where, kept))
        gone = {row.quantity for row in self.rows} - {row.quantity for row in rows}
        return replace(
            self,
            name=f"{self.name}, {name}",
            items=items,
            uncounted=tuple(item.name for item in self.items if item.name not in kept),
            rows=rows,
            scope=scopes[name].note,
            scopes=(),
            ties=self.ties.without(gone),
            paths=paths,
        )


def _about(where: Selector, items: set[str]) -> bool:
    return where.items is None or bool(items & set(where.items))


def _kept(row: Row, items: set[str]) -> Row:
    """Leave out of a row the items that are not kept."""
    if row.where.items is None or set(row.where.items) <= items:
        return row
    return replace(row, where=replace(row.where, items=tuple(i for i in row.where.items if i in items)))


def _plural(key: str) -> str:
    return key if key == "to" or key.endswith("s") else f"{key}s"


def _meets(chosen: tuple[object, ...] | None, label: object) -> bool:
    return chosen is None or label in chosen
