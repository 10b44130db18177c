"""Assumptions: the named set of beliefs that a run starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from carecost._guard import (
    LONGEST,
    Refused,
    Rule,
    calendar_year,
    guarded,
    instance,
    labels,
    number,
    opened,
    optional,
    price_year,
    several_of,
    shown,
    take,
    text,
    texts,
    whole,
    wholes,
)
from carecost._labels import financial_year
from carecost.engine.grid import (
    AXES,
    LEFT,
    PAID,
    PLACED,
    SHARED,
    CapacityGroup,
    Grid,
    Placement,
    Reason,
    Selector,
    spell,
)
from carecost.engine.items import OUTCOMES, Cashable, Item
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.belief import NOTE_KINDS, ROW_KINDS, Assumption, Belief, Note, Scope
from carecost.inputs.dependence import Ties
from carecost.inputs.edits import Edit, axes_of, differences, meets, named_cells, size, split
from carecost.inputs.phases import Phases
from carecost.inputs.price_spread import PriceSpread
from carecost.inputs.provenance import digest
from carecost.inputs.tables import set_table, uncertain_table
from carecost.inputs.year_path import YearPath
from carecost.money.discounting import Deflator, Schedule

if TYPE_CHECKING:
    from carecost._frames import DataFrame
    from carecost.inputs.scenario import Scenario


#: What selects cells by a field `where`.
Row = TypeVar("Row", Assumption, YearPath)


#: The scope that leaves nothing out.
ALL = "all"


#: Place of each parameter and kind among the rows of a set, and of each kind among its notes.
_PARAMETERS = {name: place for place, name in enumerate(AXES)}
_ROW_KINDS = {name: place for place, name in enumerate(ROW_KINDS)}
_NOTE_KINDS = {name: place for place, name in enumerate(NOTE_KINDS)}


#: Field of a growth that can be replaced with its value.
LONG_RUN = "long_run"


def _row_place(row: Assumption) -> tuple[int, int]:
    """Values by parameter, then growths, then adjustments; rows of one table keep the order in which they are given."""
    return _ROW_KINDS[row.kind], _PARAMETERS[row.parameter] if row.kind == "value" else 0


def _note_place(note: Note) -> int:
    return _NOTE_KINDS[note.kind]


def _a_scenario(value: Any) -> Any:
    """Take a scenario (a rule of the guard)."""
    from carecost.inputs.scenario import Scenario  # scenarios stand above sets

    return instance(Scenario, words="Give a scenario: carecost.Scenario, or carecost.load_scenario(…)")(value)


#: Rules of the fields of a set.
_FIELDS: dict[str, Rule] = {
    "base_year": calendar_year,
    "years": whole(1, LONGEST, example="20"),
    "price_year": price_year,
    "programme_start": calendar_year,
    "ages": wholes,
    "placements": PLACED,
    "rows": several_of(Assumption, words="Give beliefs about cells: carecost.Assumption"),
    "deflator": instance(Deflator, words="Give a deflator: carecost.money.deflator(…)"),
    "discount": instance(Schedule, words="Give a discount schedule: carecost.money.schedule(…)"),
    "reasons": LEFT,
    "items": PAID,
    "streams": labels,
    "averted_to": optional(text),
    "notes": several_of(Note, words="Give notes: carecost.inputs.belief.Note"),
    "scopes": several_of(Scope, words="Give scopes: carecost.inputs.belief.Scope"),
    "uncounted": labels,
    "background": optional(_a_scenario),
    "ties": instance(Ties, words="Give ties: carecost.Ties"),
    "paths": several_of(YearPath, words="Give paths over years: carecost.YearPath"),
    "spreads": several_of(PriceSpread, words="Give spreads of prices: carecost.PriceSpread"),
    "portion": number(0),
    "phases": instance(Phases, words="Give phases: carecost.Phases"),
    "groups": SHARED,
    "baselines": labels,
    **texts("name", "title", "inaction", "scope", "area", "record"),
}


@opened
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
    baselines : tuple of str
        Names of the packaged baselines that its rows and its background are, one an axis; none where it states none.
    record : str
        Name of the packaged record that it is set beside, such as ``england``; none where it is empty.
    spreads : tuple of PriceSpread
        How far prices of single placements spread; counted with the luck of small numbers alone.

    See Also
    --------
    load_assumptions : Read a set, packaged or of your own.
    run : Project it.

    Notes
    -----
    What a row may say is on the page "Schema of a set" of the documentation; a value of a cell in a draw is that of its
    row, times its growth since ``from_year``, its adjustments, and the paths over years that select it.

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
    baselines: tuple[str, ...] = ()
    record: str = ""
    spreads: tuple[PriceSpread, ...] = ()

    def __post_init__(self) -> None:
        take(self, **_FIELDS)
        # Neither order means anything; one order of each makes equal sets equal, as they are read from files.
        for name, place in (("rows", _row_place), ("notes", _note_place)):
            given = getattr(self, name)
            ordered = tuple(sorted(given, key=place))
            if ordered != given:
                object.__setattr__(self, name, ordered)

    def _screen(self) -> list[tuple[str, str]]:
        """Say what it is about, in one screen: who, when, where, what is uncertain, and how good it is."""
        start = [row for row in self.rows if row.parameter == "initial_stock"]
        by_group: dict[str, float] = {}
        groups = {placement.name: placement.group for placement in self.placements if placement.in_care}
        for row in start:
            for name in row.where.placements or ():
                if name in groups:
                    by_group[groups[name]] = by_group.get(groups[name], 0.0) + row.belief.value
        grades = Counter(row.belief.quality for row in self.rows)
        unsure = sum(not row.belief.certain for row in self.rows)
        kinds = Counter(note.kind for note in self.notes)
        return [
            ("name", f"{self.name}: {self.title}" if self.title else self.name),
            (
                "years",
                f"31 March {self.base_year}, {self.years} years ahead; prices of {financial_year(self.price_year)}",
            ),
            ("children in care", f"{sum(by_group.values()):,.0f}"),
            ("of them", ", ".join(f"{group} {n:,.0f}" for group, n in by_group.items())),
            ("streams", ", ".join(self.streams)),
            ("ages", spell(self.ages)),
            ("placements", ", ".join(placement.name for placement in self.placements)),
            ("items", f"{len(self.items)} that are paid for or counted"),
            ("rows", f"{len(self.rows):,}, {unsure:,} of them with an interval; {len(self.paths)} paths over years"),
            ("grades", ", ".join(f"{grade or 'none'} {n:,}" for grade, n in sorted(grades.items()))),
            ("notes", ", ".join(f"{kind.replace('_', ' ')} {n}" for kind, n in kinds.items()) or "none"),
            ("baselines", ", ".join(self.baselines) or "none stated"),
            ("background", "none" if self.background is None else self.background.title),
            ("digest", self.digest),
        ]

    @guarded(years=optional(whole(1, LONGEST, example="20")))
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
            self.years if years is None else years,
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
    def drawn_quantities(self) -> tuple[str, ...]:
        """Names of the quantities that differ between draws: by an interval, joint draws or a path over years."""
        # Joint draws make a quantity uncertain that has no interval of its own.
        joint = self.ties.joint
        rows = [row.quantity for row in self.rows if not row.belief.certain or (joint and row.quantity in joint)]
        return tuple(dict.fromkeys([*rows, *(path.quantity for path in self.paths)]))

    @cached_property
    def labels(self) -> dict[str, tuple[Any, ...]]:
        """Every label of each axis: streams, years that can be projected, ages, placements, reasons, items, groups."""
        people = [row.where.years for row in self.rows if row.parameter == "population" and row.where.years]
        last = max([self.base_year + self.years, *(max(years) for years in people)])
        placements = tuple(placement.name for placement in self.placements)
        return {
            "streams": self.streams,
            "years": tuple(range(self.base_year + 1, last + 1)),
            "ages": self.ages,
            "placements": placements,
            "to": placements,
            "reasons": tuple(reason.name for reason in self.reasons),
            "items": tuple(item.name for item in self.items),
            "groups": tuple(group.name for group in self.groups),
        }

    def table(self) -> DataFrame:
        """Give every belief of the set as a row, before any run.

        Returns
        -------
        DataFrame
            Columns quantity (the name under which it is drawn), parameter, kind (value, growth or adjustment), the
            cells that it covers (streams, years, ages, placements, to, reasons, items, groups; None is all of them),
            value, low, high, level, distribution, long_run, fade_years, hold_years, unit, price_year, source,
            source_year, quality, note.

        See Also
        --------
        uncertain : What differs between draws.
        select : The rows of a parameter, as objects.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> rows = load_assumptions("england-2025").table()
        >>> rows.loc[rows["parameter"] == "unit_cost", "unit"].iloc[0]
        'GBP per child-week'
        """
        return set_table(self.rows)

    def uncertain(self) -> DataFrame:
        """Give what differs between draws, a row a quantity: by an interval, by joint draws, or as a path over years.

        Returns
        -------
        DataFrame
            Columns quantity, drawn_from, group (what it moves with; empty where it moves alone), value, low, high,
            level, distribution, unit, quality, note.

        See Also
        --------
        table : Every belief.
        Results.inputs : The values that a run drew.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> load_assumptions("england-2025").uncertain()["drawn_from"].str.contains("random walk").sum().item()
        4
        """
        return uncertain_table(self.rows, self.ties, self.paths)

    def select(self, parameter: str, **where: object) -> tuple[Assumption, ...]:
        """Select the rows of a parameter that cover any of the cells named.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of a growth or adjustment.
        **where : object
            Labels, one or several: stream, age, placement, reason, to, item, group or year; ages and years as bands
            too (``age="10 to 17"``).

        Returns
        -------
        tuple of Assumption
            Rows found.

        Raises
        ------
        UnknownNameError
            If the parameter, an axis or a label is unknown.

        See Also
        --------
        Assumptions.replace : Give cells another value.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> (row,) = load_assumptions("england-2025").select("unit_cost", item="secure")
        >>> row.belief.unit
        'GBP per child-week'
        """
        rows = self._rows_of(parameter, "select()")
        axes = list(dict.fromkeys(axis for row in rows for axis in axes_of(row))) or list(Selector.__dataclass_fields__)
        cells = named_cells(where, axes, self.labels, "select()")
        return tuple(row for row in rows if meets(row, cells))

    def replace(self, parameter: str, value: float | None = None, **changes: object) -> Assumptions:
        """Copy the set with another value in exactly the cells named; rows that cover more are split.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of a growth or adjustment.
        value : float, optional
            New central value. Without ``low`` and ``high`` the value is then taken as known, and tied to no other.
            Joint draws of it are left out.
        **changes : object
            Labels, one or several (stream, age, placement, reason, to, item, group, year), and fields of
            :class:`Belief`; of a growth, ``long_run`` too, the rate to which it fades. An amount with a ``price_year``
            of its own is converted to the prices of the set.

        Returns
        -------
        Assumptions
            The new set; this one is untouched. The note of a changed row says how many cells were.

        Raises
        ------
        UnknownNameError
            If the parameter or a label is unknown, or nothing is found under those labels.
        InputError
            If the unit is another than that of the cells, or a value cannot be one.

        See Also
        --------
        Assumptions.scale : Multiply the values of cells.
        Assumptions.diff : What differs between two sets.
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
        asked = {k: v for k, v in changes.items() if k not in fields and k != LONG_RUN}
        given = _taken({"value": value} | fields if value is not None else fields)
        if not given and LONG_RUN not in changes:
            known = ["value", *Belief.__dataclass_fields__]
            raise InputError(Problem("nothing is to be changed", "replace()", f"Give one of {', '.join(known[:4])}, …"))
        fresh = {"low": None, "high": None, "note": "replaced by the user"} if "value" in given else {}

        def changed(row: Assumption, cells: int) -> Assumption:
            belief = replace(row.belief, **self._in_set_prices(row, fresh | given))  # type: ignore[arg-type]
            if "value" in given and "note" not in given:
                belief = replace(belief, note=f"replaced by the user in {cells:,} cell{'' if cells == 1 else 's'}")
            new_luck = row.drawn_as and bool({"value", "low", "high", "distribution"} & set(given))
            row = replace(row, belief=belief, drawn_as="" if new_luck else row.drawn_as)
            return replace(row, long_run=changes[LONG_RUN]) if LONG_RUN in changes else row  # type: ignore[arg-type]

        return self._edited("replace()", parameter, asked, changed)

    def scale(self, parameter: str, by: float, **where: object) -> Assumptions:
        """Copy the set with the values of the cells named, and their intervals, multiplied.

        Parameters
        ----------
        parameter : str
            Name of the parameter, or of an adjustment.
        by : float
            Multiplier [ratio]: 1.1 is a tenth more.
        **where : object
            Labels, one or several, as in :meth:`replace`; all cells without any.

        Returns
        -------
        Assumptions
            The new set; the cells keep their luck.

        Raises
        ------
        UnknownNameError
            If the parameter or a label is unknown, or nothing is found under those labels.
        InputError
            If the multiplier is no number above zero.

        See Also
        --------
        Assumptions.replace : Give cells another value.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> england = load_assumptions("england-2025")
        >>> more = england.scale("entry_rate", 1.1, ages=range(10, 16))
        >>> len(more.diff(england)) > 0
        True
        """
        factor = _taken({"by": by})["by"]

        def changed(row: Assumption, cells: int) -> Assumption:
            b = row.belief
            if row.quantity in self.ties.joint:
                remedy = "Scale its column of joint draws, or replace it by a value of its own"
                raise InputError(Problem("has joint draws, which would not be scaled", row.quantity, remedy))
            low, high = (None if end is None else end * factor for end in (b.low, b.high))
            note = f"times {factor:g} in {cells:,} cell{'' if cells == 1 else 's'}" + (f"; {b.note}" if b.note else "")
            # The same luck as before: all cells of a quantity move together, by their own size.
            return replace(
                row,
                belief=replace(b, value=b.value * factor, low=low, high=high, note=note),
                drawn_as=row.quantity if row.kind == "value" else row.drawn_as,
            )

        return self._edited("scale()", parameter, where, changed)

    @guarded(level=number(0, most=2, hint="a level from 0 (nothing) over 1 (as it is) to 2 (all of it)"))
    def cashable(self, level: float) -> Assumptions:
        """Copy the set with another share of what is no longer needed becoming cash.

        Parameters
        ----------
        level : float
            0 is nothing, 1 as the set has it, 2 all of it; in between, that part of the way, for each item by its own
            share. Below 1, items whose whole volume becomes cash in the end stay as they are [0 to 2].

        Returns
        -------
        Assumptions
            The new set.

        Raises
        ------
        InputError
            If the level is no number from 0 to 2.

        See Also
        --------
        Assumptions.scale : Multiply values of a parameter.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> england = load_assumptions("england-2025")
        >>> {item.cashable.long for item in england.cashable(2).items}
        {1.0}
        """

        def moved(one: Cashable) -> Cashable:
            if level > 1:
                short, long = (share + (level - 1) * (1 - share) for share in (one.short, one.long))
                return replace(one, short=short, long=long)
            return one if one.long == 1 else replace(one, short=one.short * level, long=one.long * level)

        return replace(self, items=tuple(replace(item, cashable=moved(item.cashable)) for item in self.items))

    def diff(self, other: Assumptions) -> tuple[Edit, ...]:
        """List the cells in which another set differs from this one.

        Parameters
        ----------
        other : Assumptions
            The other set.

        Returns
        -------
        tuple of Edit
            Cells, with what this set believes of them (before) and the other (after); empty where all rows agree.

        Raises
        ------
        InputError
            If the sets have other axes, such as other placements: rows then mean other cells.

        See Also
        --------
        Assumptions.replace : Make such a difference.

        Examples
        --------
        >>> from carecost import load_assumptions
        >>> england = load_assumptions("england-2025")
        >>> for edit in england.diff(england.replace("unit_cost", 9_000, item="secure", low=8_000, high=10_000)):
        ...     print(edit.parameter, edit.where, edit.after)
        unit_cost items=secure 9000.0
        """
        if not isinstance(other, Assumptions):
            raise InputError(Problem(f"other is {shown(other)}", "diff()", "Give a set of assumptions"))
        axes = [axis for axis in self.labels if axis != "years" and self.labels[axis] != other.labels[axis]]
        remedy = "Compare sets with the same labels"
        refuse([Problem(f"{axis} of {self.name!r} and {other.name!r} differ", "diff()", remedy) for axis in axes])
        years = tuple(sorted({*self.labels["years"], *other.labels["years"]}))
        return differences(self.rows, other.rows, {**self.labels, "years": years})

    def _rows_of(self, parameter: str, where: str) -> list[Assumption]:
        """Rows of a parameter, or of a growth or adjustment by its name."""
        names = {row.name for row in self.rows if row.kind != "value"}
        if not isinstance(parameter, str) or (parameter not in AXES and parameter not in names):
            raise UnknownNameError(unknown("parameter", parameter, [*AXES, *sorted(names)], where))
        return [r for r in self.rows if parameter == (r.parameter if r.kind == "value" else r.name)]

    def _edited(
        self,
        door: str,
        parameter: str,
        asked: Mapping[str, object],
        changed: Callable[[Assumption, int], Assumption],
    ) -> Assumptions:
        """Change the cells named and no other: rows that cover more are split, each part at its row's place."""
        rows = self._rows_of(parameter, door)
        axes = list(dict.fromkeys(axis for row in rows for axis in axes_of(row))) or list(Selector.__dataclass_fields__)
        cells = named_cells(asked, axes, self.labels, door)
        if not any(meets(row, cells) for row in rows):
            shown_cells = ", ".join(f"{k}={v!r}" for k, v in asked.items())
            selections = sorted({row.where.text() for row in rows})
            raise UnknownNameError(unknown(f"row of {parameter}", shown_cells, selections, door))
        wanted = set(rows)
        parts: list[Assumption] = []
        gone: dict[str, bool] = {}
        for row in self.rows:
            if row not in wanted or not meets(row, cells):
                parts.append(row)
                continue
            # What multiplies is one quantity, whatever cells it is of: it is changed whole.
            inside, outside = split(row, cells, self.labels) if row.kind == "value" else (row, [])
            new = changed(inside, size(inside, self.labels) if row.kind == "value" else 1)
            parts += [new, *outside]
            moved = (new.belief.value, new.belief.low, new.belief.high, new.belief.shape) != (
                row.belief.value,
                row.belief.low,
                row.belief.high,
                row.belief.shape,
            )
            # A tie goes only with the last of its cells: what is known now, or had joint draws, is tied to nothing.
            free = moved and (new.belief.certain or row.quantity in self.ties.joint)
            gone[row.quantity] = gone.get(row.quantity, True) and free and not outside
        there = {part.quantity for part in parts}
        free_names = {name for name, whole in gone.items() if whole or name not in there}
        return replace(self, rows=tuple(parts), ties=self.ties.without(free_names & self._tied))

    @property
    def _tied(self) -> set[str]:
        """Quantities that move with others, or have joint draws."""
        return {*(name for names in self.ties.groups.values() for name in names), *self.ties.joint}

    def _in_set_prices(self, row: Assumption, fields: Mapping[str, object]) -> dict[str, object]:
        """Convert an amount of another price year to the set's, and refuse a unit that is not that of the cells."""
        out = dict(fields)
        items = [item for item in self.items if row.where.items is None or item.name in row.where.items]
        units = {item.unit for item in items} if row.parameter == "unit_cost" else {row.belief.unit}
        if row.kind == "value" and "unit" in out and out["unit"] not in units:
            what = f"unit is {shown(out['unit'])}, that of {row.parameter} {row.where.text()} is {row.belief.unit!r}"
            raise InputError(Problem(what, "replace()", f"Give an amount in {row.belief.unit!r}, or leave unit out"))
        year = out.get("price_year")
        if year is None:
            return out
        if row.parameter != "unit_cost" or row.belief.price_year is None:
            what = f"price_year is {year}, and {row.parameter} is no amount of money"
            raise InputError(Problem(what, "replace()", "Leave price_year out"))
        if "value" not in out:
            what = f"price_year is {year} without a value"
            raise InputError(Problem(what, "replace()", "Give the value in those prices, or leave price_year out"))
        factor = float(self.deflator.factor(int(str(year)), [self.price_year])[0])
        out["price_year"] = self.price_year
        for end in ("value", "low", "high"):
            if out.get(end) is not None:
                out[end] = float(str(out[end])) * factor
        return out

    @guarded(background=_a_scenario)
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

    @guarded(name=text)
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
            spreads=tuple(
                replace(spread, items=left)
                for spread in self.spreads
                if (left := tuple(name for name in spread.items if name in kept))
            ),
        )


def _concerns(where: Selector, items: set[str]) -> bool:
    """Whether a selection has some of the items, or is about none in particular."""
    return where.items is None or bool(items & set(where.items))


def _only_items(row: Row, items: set[str]) -> Row:
    """Keep in a row only some of its items."""
    if row.where.items is None or set(row.where.items) <= items:
        return row
    return replace(row, where=replace(row.where, items=tuple(i for i in row.where.items if i in items)))


def _taken(given: Mapping[str, object]) -> dict[str, Any]:
    """Take the fields of an edit in their plain form.

    Raises
    ------
    InputError
        With every one that is refused.
    """
    rules: dict[str, Rule] = {
        "value": number(),
        "low": optional(number()),
        "high": optional(number()),
        "level": number(above=0, most=1),
        "by": number(above=0, hint="1.1 is a tenth more"),
        "price_year": optional(whole(1990, 2200, "2025 for 2024-25")),
        "source_year": str,
    }
    out, problems = {}, []
    for name, value in given.items():
        try:
            rule: Rule = rules.get(name, text)
            out[name] = rule(value)
        except Refused as fault:
            problems.append(Problem(f"{name} is {shown(value)}", "edit of a set", fault.remedy))
    refuse(problems)
    return out
