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


#: What selects cells by a field `where`.
Row = TypeVar("Row", Assumption, YearPath)


#: The scope that leaves nothing out.
ALL = "all"


@dataclass(frozen=True)
class Assumptions:
    """A named set of beliefs, complete enough to run.

    Parameters
    ----------
    name : str
        Short name.
    base_year : int
        Year of the first stock, that of 31 March.
    years : int
        Default horizon [years].
    price_year : int
        Financial year of constant prices; 2024-25 is 2025.
    programme_start : int
        Calendar year of programme year 1.
    ages : tuple of int
        Consecutive ages.
    placements : tuple of Placement
        Types of placement, and supported states outside care.
    rows : tuple of Assumption
        Every belief.
    deflator : Deflator
        Price index, with its vintage.
    discount : Schedule
        Discount rates, with their vintage.
    reasons : tuple of Reason
        Reasons of exits.
    items : tuple of Item
        Cost items.
    streams : tuple of str
        Groups with rates of their own.
    averted_to : str, optional
        Where averted children go.
    title : str
        Long name.
    inaction : str
        What inaction means.
    scope : str
        What spending is in the set.
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

    See Also
    --------
    load_assumptions : Read a set, packaged or of your own.
    run : Project it.

    Examples
    --------
    >>> from carecost import load_assumptions
    >>> england = load_assumptions("england-2025")
    >>> england.title, england.price_year, england.streams
    ('England, from 31 March 2025', 2025, ('other', 'uasc'))
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
        """Lay out the labels of every axis for a number of projected years.

        Parameters
        ----------
        years : int, optional
            Horizon [years]; that of the set when not given.

        Returns
        -------
        Grid
            Years, ages, placements, reasons, items and capacity groups.

        Raises
        ------
        InputError
            If the labels do not fit together.

        See Also
        --------
        Grid : What the labels may be.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> load_assumptions("england-2025").grid(3).dates
        (2025, 2026, 2027, 2028)
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
        """Digest of everything in the set: the same for equal sets, on any machine."""
        return digest(self)

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the quantities that differ between draws: by an interval, joint draws or a path over years."""
        # Joint draws make a quantity uncertain that has no interval of its own.
        joint = self.ties.joint
        rows = [row.quantity for row in self.rows if not row.belief.certain or (joint and row.quantity in joint)]
        return (*rows, *(path.quantity for path in self.paths))

    def select(self, parameter: str, **where: object) -> tuple[Assumption, ...]:
        """Select the rows of a parameter that cover the given labels.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of a growth or adjustment.
        **where : object
            One label each: stream, age, placement, reason, to, item or year.

        Returns
        -------
        tuple of Assumption
            Rows found.

        Raises
        ------
        UnknownNameError
            If the parameter or a label's axis is unknown.

        See Also
        --------
        Assumptions.replace : Give these rows another value.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> (row,) = load_assumptions("england-2025").select("unit_cost", item="secure")
        >>> row.belief.unit
        'GBP per child-week'
        """
        names = {row.name for row in self.rows if row.kind != "value"}
        if parameter not in AXES and parameter not in names:
            raise UnknownNameError(unknown("parameter", parameter, [*AXES, *sorted(names)]))
        labels = {_plural(key): label for key, label in where.items()}  # by axis
        axes = Selector.__dataclass_fields__
        refuse([unknown("selector", axis, axes) for axis in labels if axis not in axes], UnknownNameError)
        rows = [r for r in self.rows if parameter == (r.parameter if r.kind == "value" else r.name)]
        return tuple(r for r in rows if all(_meets(getattr(r.where, axis), x) for axis, x in labels.items()))

    def replace(self, parameter: str, value: float | None = None, **changes: object) -> Assumptions:
        """Copy the set with other values in the rows that cover the given labels.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of a growth or adjustment.
        value : float, optional
            New central value. Without ``low`` and ``high`` the value is then taken as known, and tied to no other.
            Joint draws of it are left out.
        **changes : object
            Labels (stream, age, placement, reason, to, item, year), and fields of :class:`Belief`.

        Returns
        -------
        Assumptions
            The new set; this one is untouched.

        Raises
        ------
        UnknownNameError
            If nothing is found under those labels.

        See Also
        --------
        Assumptions.select : The rows that are changed.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> mine = load_assumptions("england-2025").replace("unit_cost", 9_000, item="secure", source="own ledger")
        >>> (row,) = mine.select("unit_cost", item="secure")
        >>> row.belief.value, row.belief.certain, row.belief.source
        (9000.0, True, 'own ledger')
        """
        fields = {k: v for k, v in changes.items() if k in Belief.__dataclass_fields__}
        labels = {k: v for k, v in changes.items() if k not in fields}
        selected = frozenset(self.select(parameter, **labels))
        if not selected:
            asked = ", ".join(f"{k}={v!r}" for k, v in labels.items())
            selections = sorted({r.where.text() for r in self.rows if parameter in (r.parameter, r.name)})
            raise UnknownNameError(unknown(f"row of {parameter}", asked, selections))
        if value is not None:
            fields = {
                "value": float(value),
                "low": None,
                "high": None,
                "note": "replaced by the user",
            } | fields

        def changed(row: Assumption) -> Assumption:
            return replace(row, belief=replace(row.belief, **fields)) if row in selected else row  # type: ignore[arg-type]

        rows = tuple(changed(row) for row in self.rows)
        new = {row.quantity: row for old, row in zip(self.rows, rows, strict=True) if old in selected}
        # What is now known, or had joint draws, is tied to nothing any more; a new source or note frees nothing.
        free = {q for q, row in new.items() if row.belief.certain or q in self.ties.joint}
        if not {"value", "low", "high", "distribution"} & set(fields):
            free = set()
        return replace(self, rows=rows, ties=self.ties.without(free))

    def against(self, background: Scenario) -> Assumptions:
        """Copy the set with a background that goes on under every scenario, inaction too: a driver and not a lever.

        Parameters
        ----------
        background : Scenario
            Its changes act on the parameters before those of any scenario.

        Returns
        -------
        Assumptions
            The set with that background, and the name of both.

        See Also
        --------
        Scenario : What a background is.

        Examples
        --------
        >>> from carecost import load_assumptions, load_scenario
        >>> load_assumptions("england-2025").against(load_scenario("child-poverty")).name
        'england-2025, child-poverty'
        """
        return replace(self, name=f"{self.name}, {background.name}", background=background)

    def scoped(self, name: str) -> Assumptions:
        """Copy the set so that it counts only the spending of a scope; children are the same.

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

        See Also
        --------
        Assumptions.select : Rows of a parameter.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> england = load_assumptions("england-2025")
        >>> [scope.name for scope in england.scopes]
        ['children looked after', '£10bn-like']
        >>> len(england.scoped("children looked after").items) < len(england.items)
        True
        """
        scopes = {scope.name: scope for scope in self.scopes}
        if name == ALL:
            return self
        if name not in scopes:
            raise UnknownNameError(unknown("scope", name, [ALL, *scopes]))
        kept_groups = scopes[name].groups
        items = tuple(i for i in self.items if i.group in kept_groups or i.account == OUTCOMES)
        kept = {item.name for item in items}
        rows = tuple(_only_items(row, kept) for row in self.rows if _concerns(row.where, kept))
        paths = tuple(_only_items(path, kept) for path in self.paths if _concerns(path.where, kept))
        # Ties of rows that are left out go too; all other names, and so all other draws, stay.
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


def _concerns(where: Selector, items: set[str]) -> bool:
    """Whether a selection has some of the items, or is about none in particular."""
    return where.items is None or bool(items & set(where.items))


def _only_items(row: Row, items: set[str]) -> Row:
    """Keep in a row only some of its items."""
    if row.where.items is None or set(row.where.items) <= items:
        return row
    return replace(row, where=replace(row.where, items=tuple(i for i in row.where.items if i in items)))


def _plural(key: str) -> str:
    """Axis of a label, as selectors call it: item is one of items."""
    return key if key == "to" or key.endswith("s") else f"{key}s"


def _meets(selected: tuple[object, ...] | None, label: object) -> bool:
    """Whether a label is among those selected; None selects all."""
    return selected is None or label in selected
