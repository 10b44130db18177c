"""Registry of the tables of a set and of a scenario: columns of a row, checked by pydantic, and the object it becomes.

A column is stated once, in the model of its row. :data:`TABLES` (CSV) and :data:`BLOCKS` (TOML) say which object a row
becomes; reader, writer and the schema page of the documentation go through them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat
from pydantic_core import PydanticCustomError

from carecost.engine.grid import AXES, CapacityGroup, Placement, Reason, Selector
from carecost.engine.items import Account, Cashable, Driver, Item
from carecost.errors import InputError, Problem
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief, Note, Scope
from carecost.inputs.change import Change, Interval
from carecost.inputs.dependence import CorrelationMatrix, JointDraws, Loading, Ties
from carecost.inputs.phases import Phase, Phases, PhaseShare
from carecost.inputs.price_spread import PriceSpread
from carecost.inputs.scenario import Evidence, Lever, Scenario
from carecost.inputs.year_path import YearPath

Quality = Literal["A", "B", "C", "D", "E"]
#: Grade of a lever: it may be blank, as in Python, but is never left out.
Graded = Literal["A", "B", "C", "D", "E", ""]


FIRST_YEAR, LAST_YEAR = 1990, 2200
#: Oldest age, and most ages or years of a cell.
LAST_AGE, MOST_LABELS = 150, 300
#: What stands between the ends of a band.
_BAND = re.compile(r"\s*-\s*|\s+to\s+")


def names(cell: object) -> object:
    """Split a cell at semicolons: ``"a; b"`` gives ``("a", "b")``."""
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


def numbers(cell: object) -> object:
    """Read ages or years: ``"0; 5 to 7"``, and ``"0; 5-7"`` too, give ``(0, 5, 6, 7)``.

    Raises
    ------
    ValueError
        If a part is not a whole number or a rising band.
    """
    if not isinstance(cell, str):
        return cell
    out: list[int] = []
    for part in cell.split(";"):
        ends = [end.strip() for end in _BAND.split(part.strip())]
        if len(ends) > 2 or not all(end.isdecimal() and end.isascii() for end in ends):
            raise ValueError("write whole numbers and bands, such as 3 or 1 to 4 or 0; 5 to 9")
        if any(len(end.lstrip("0")) > len(str(LAST_YEAR)) or int(end[-9:]) > LAST_YEAR for end in ends):
            raise ValueError(f"give ages up to {LAST_AGE}, or years up to {LAST_YEAR}")
        low, high = int(ends[0]), int(ends[-1])
        if high < low:
            raise ValueError(f"the band {part.strip()} does not rise")
        if high - low > MOST_LABELS or len(out) + high - low > MOST_LABELS:
            raise ValueError(f"give at most {MOST_LABELS} ages or years")
        out += range(low, high + 1)
    return tuple(out)


def known_parameter(name: str) -> str:
    """Refuse a name that is not that of a parameter."""
    if name not in AXES:
        raise PydanticCustomError("unknown_name", "unknown", {"kind": "parameter", "known": list(AXES)})
    return name


Names = Annotated[tuple[str, ...], BeforeValidator(names)]


Numbers = Annotated[tuple[int, ...], BeforeValidator(numbers)]


Parameter = Annotated[str, AfterValidator(known_parameter)]


Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


#: A flat rate: a number, and no text or truth value that stands for one.
Flat = Annotated[float, Field(strict=True, allow_inf_nan=False)]


Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class Row(BaseModel):
    """A row of a table; a column that is not listed is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)
    #: Columns that are written only where a row has something in them.
    seldom: ClassVar[tuple[str, ...]] = ()


class PlacementRow(Row):
    """A row of placements.csv."""

    placement: str
    in_care: bool
    from_age: int = 0
    leave_age: int = 18
    then: str | None = None
    group: str = ""
    note: str = ""


class ReasonRow(Row):
    """A row of reasons.csv."""

    reason: str
    to: str | None = None
    note: str = ""


class ItemRow(Row):
    """A row of items.csv."""

    item: str
    driver: Driver
    placements: Names = ()
    ages: Numbers = ()
    reasons: Names = ()
    to: Names = ()
    streams: Names = ()
    group: str = ""
    account: Account
    payer: str = ""
    gross_net: Literal["gross", "net"]
    kind: Literal["resource", "transfer", "share", "count"]
    cashable_short: Share
    cashable_long: Share
    cashable_years: Annotated[int, Field(ge=0)] = 0
    source: str
    quality: Quality
    note: str = ""


class GroupRow(Row):
    """A row of capacity_groups.csv."""

    group: str
    placements: Names
    next: str = ""
    note: str = ""


class BeliefRow(Row):
    """The columns that every belief has."""

    seldom: ClassVar[tuple[str, ...]] = ("drawn_as",)

    value: FiniteFloat
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    level: Annotated[FiniteFloat, Field(gt=0, le=1)] = 0.9
    distribution: Literal[
        "", "normal", "lognormal", "uniform", "triangular", "pert", "beta", "gamma", "dirichlet", "fixed"
    ] = ""
    unit: str
    source: str
    source_year: str = ""
    quality: Quality
    note: str = ""
    drawn_as: str = ""


class StockRow(BeliefRow):
    """A row of initial_stock.csv."""

    stream: str
    age: int
    placement: str


class PopulationRow(BeliefRow):
    """A row of population.csv."""

    year: Year
    age: int


class EntryRow(BeliefRow):
    """A row of entry_rate.csv or entry_at_birthday.csv."""

    streams: Names | None = None
    years: Numbers | None = None
    ages: Numbers | None = None


class ShareRow(EntryRow):
    """A row of entry_share.csv."""

    placement: str


class ExtraRow(BeliefRow):
    """A row of extra_entries.csv."""

    name: str
    stream: str
    years: Numbers | None = None
    age: int
    placement: str


class ExitRow(EntryRow):
    """A row of exit_rate.csv."""

    placements: Names | None = None
    reason: str


class MoveRow(EntryRow):
    """A row of move_rate.csv."""

    placements: Names | None = None
    to: str


class PriceRow(BeliefRow):
    """A row of unit_cost.csv."""

    seldom: ClassVar[tuple[str, ...]] = ("years", "drawn_as")

    item: str
    price_year: Year
    years: Numbers | None = None


class CapacityRow(BeliefRow):
    """A row of capacity.csv."""

    group: str
    years: Numbers | None = None


class GrowthRow(BeliefRow):
    """A row of growth.csv."""

    seldom: ClassVar[tuple[str, ...]] = ("years", "to", "drawn_as")

    name: str
    parameter: Parameter
    streams: Names | None = None
    years: Numbers | None = None
    ages: Numbers | None = None
    placements: Names | None = None
    to: Names | None = None
    reasons: Names | None = None
    items: Names | None = None
    groups: Names | None = None
    from_year: Year
    long_run: FiniteFloat | None = None
    fade_years: Annotated[int, Field(ge=0)] | None = None
    hold_years: Annotated[int, Field(ge=0)] = 0


class Chosen(Row):
    """The columns that say which cells are meant."""

    streams: Names | None = None
    years: Numbers | None = None
    ages: Numbers | None = None
    placements: Names | None = None
    to: Names | None = None
    reasons: Names | None = None
    items: Names | None = None
    groups: Names | None = None


class AdjustmentRow(BeliefRow, Chosen):
    """A row of adjustments.csv."""

    name: str
    parameter: Parameter


class LoadingRow(Row):
    """A row of correlations.csv."""

    group: str
    quantity: str
    loading: FiniteFloat
    source: str
    quality: Quality
    note: str = ""


class Sourced(Row):
    """The columns of what is stated without an interval."""

    source: str
    source_year: str = ""
    quality: Quality
    note: str = ""


class PathRow(Sourced, Chosen):
    """A row of paths.csv."""

    name: str
    parameter: str
    kind: Literal["random walk", "mean reverting"]
    sd: FiniteFloat
    half_life: FiniteFloat | None = None
    shocks: Literal["common", "line"] = "common"
    from_year: Year
    unit: Literal["multiplier"]
    luck: str = ""


class SpreadRow(Sourced):
    """A row of price_spread.csv."""

    items: Names
    sd: Annotated[FiniteFloat, Field(gt=0)]
    unit: Literal["log"]


class PhaseRow(Sourced):
    """A row of phases.csv."""

    phase: str
    exit_factor: Annotated[FiniteFloat, Field(ge=0)]
    rate: Annotated[FiniteFloat, Field(ge=0)] = 0.0
    unit: Literal["per child-year"]


class PhaseShareRow(Sourced):
    """A row of phase_shares.csv."""

    streams: Names | None = None
    ages: Numbers | None = None
    placements: Names | None = None
    phase: str
    value: Share
    unit: Literal["share"]


class SetTable(Row):
    """The table ``[set]`` of set.toml."""

    name: str
    title: str = ""
    base: str | None = None
    base_year: Year
    years: Annotated[int, Field(ge=1, le=100)]
    price_year: Year
    programme_start: Year
    first_age: Annotated[int, Field(ge=0, le=LAST_AGE)] = 0
    last_age: Annotated[int, Field(ge=0, le=LAST_AGE)]
    streams: tuple[str, ...]
    averted_to: str | None = None
    deflator: str
    discount: str | Flat
    schedule: str | None = None
    scope: str = ""
    inaction: str = ""
    uncounted: tuple[str, ...] = ()
    area: str = ""
    portion: Annotated[FiniteFloat, Field(gt=0, le=1)] = 1.0
    baselines: tuple[str, ...] = ()
    record: str = ""


class GapTable(Row):
    """A table ``[[gap]]``."""

    asked: str
    published: str
    rule: str


class ContradictionTable(Row):
    """A table ``[[contradiction]]``."""

    about: str
    says: tuple[str, ...]


class LeftOutTable(Row):
    """A table ``[[left_out]]``."""

    what: str


class ScopeTable(Row):
    """A table ``[[scopes]]``."""

    name: str
    groups: tuple[str, ...]
    note: str = ""


class SetFile(Row):
    """set.toml."""

    set: SetTable
    scopes: tuple[ScopeTable, ...] = ()
    gap: tuple[GapTable, ...] = ()
    contradiction: tuple[ContradictionTable, ...] = ()
    left_out: tuple[LeftOutTable, ...] = ()


class ChangeTable(Row):
    """A table ``[[lever.change]]`` of a scenario file."""

    parameter: str
    operation: str
    amount: FiniteFloat
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    level: FiniteFloat = 0.9
    distribution: str = ""
    unit: str
    price_year: Year | None = None
    start: int
    full: int | None = None
    end: int | None = None
    lag: int = 0
    half_life: FiniteFloat | None = None
    shape: str = "linear"
    year_one: Year | None = None
    times: FiniteFloat | None = None
    times_low: FiniteFloat | None = None
    times_high: FiniteFloat | None = None
    times_level: FiniteFloat | None = None
    times_distribution: str | None = None
    times_of: str = ""
    luck: str = ""
    share: FiniteFloat = 1.0
    later_share: FiniteFloat = 0.0
    later_years: int = 1
    from_placements: tuple[str, ...] = ()
    to_placement: str | None = None
    streams: tuple[str, ...] | None = None
    ages: Numbers | None = None
    placements: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    reasons: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None


class EvidenceTable(Row):
    """A table ``[[lever.evidence]]``."""

    measure: str
    value: FiniteFloat
    unit: str
    basis: str
    design: str
    source: str
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    note: str = ""
    amount: FiniteFloat | None = None
    amount_low: FiniteFloat | None = None
    amount_high: FiniteFloat | None = None


class LeverTable(Row):
    """A table ``[[lever]]``."""

    name: str
    source: str
    quality: Graded
    basis: str = "assumed"
    note: str = ""
    paid_by: Names = ()
    line: str = ""
    luck: str = ""
    loading: Annotated[FiniteFloat, Field(gt=0, le=1)] = 1.0
    evidence: tuple[EvidenceTable, ...] = ()
    change: tuple[ChangeTable, ...] = ()


class ScenarioTable(Row):
    """The table ``[scenario]``."""

    name: str
    title: str = ""
    claim: bool = False
    note: str = ""
    made_for: str = ""
    short: str = ""
    parts: tuple[str, ...] = ()


class BaselineTable(Row):
    """The table ``[baseline]`` of a baseline."""

    name: str
    axis: str
    title: str
    note: str = ""
    source: str
    quality: Quality
    scenario: str = ""
    hold_population: bool = False
    needs: str = ""


class BaselineFile(Row):
    """A baseline: what it puts in the place of the rows of its axis, and what acts in the background."""

    baseline: BaselineTable
    growth: tuple[GrowthRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()
    paths: tuple[PathRow, ...] = ()
    lever: tuple[LeverTable, ...] = ()


class ScenarioFile(Row):
    """A scenario file."""

    scenario: ScenarioTable
    lever: tuple[LeverTable, ...] = ()


# Where columns are kept in objects


#: Columns that hold exactly one label, and the attribute of a selector that keeps it.
SINGULAR = {
    "stream": "streams",
    "year": "years",
    "age": "ages",
    "placement": "placements",
    "reason": "reasons",
    "item": "items",
    "group": "groups",
}


#: Columns that choose cells are kept in the ``where`` of an object, those of a belief in its ``belief``.
_CELLS = {name: f"where.{name}" for name in Chosen.model_fields}
_CELLS |= {one: f"where.{several}" for one, several in SINGULAR.items()}
_BELIEF = {name: f"belief.{name}" for name in (*BeliefRow.model_fields, "price_year") if name not in BeliefRow.seldom}


def _times(value: float | None, **fields: Any) -> Interval | None:
    """Make the number of times that an amount is taken; None where it is taken once."""
    given = {name: one for name, one in fields.items() if one is not None}
    if value is not None:
        return Interval(value=value, **given)
    if given:
        said = " or ".join(f"times_{name}" for name in given)
        raise InputError(Problem(f"{said} without times", "", "Give times too, or leave them out"))
    return None


def _listed(**positions: str) -> tuple[str, ...]:
    """Put in order what is kept by its position: ``{"1": "b", "0": "a"}`` gives ``("a", "b")``."""
    return tuple(positions[position] for position in sorted(positions, key=int))


#: What makes the part of an object that is kept under a name.
PARTS: dict[str, Callable[..., Any]] = {
    "where": Selector,
    "belief": Belief,
    "cashable": Cashable,
    "amount": Interval,
    "times": _times,
    "says": _listed,
    "ties": Ties,
    "phases": Phases,
}


def with_parts(values: Mapping[str, object]) -> dict[str, object]:
    """Make the parts of an object.

    Parameters
    ----------
    values : mapping of str to object
        Values of attributes (``"name"``), and of attributes of parts (``"belief.value"``).

    Returns
    -------
    dict of str to object
        Values of attributes, parts made.

    Raises
    ------
    CareCostError
        If a part cannot be made of its values.

    Examples
    --------
    >>> with_parts({"name": "x", "amount.value": 0.5})["amount"].shape
    'fixed'
    """
    made: dict[str, object] = {}
    parts: dict[str, dict[str, object]] = {}
    for path, value in values.items():
        part, _, name = path.rpartition(".")
        (parts.setdefault(part, {}) if part else made)[name] = value
    return made | {part: PARTS[part](**fields) for part, fields in parts.items()}


def attribute(thing: object, path: str) -> Any:
    """Look up an attribute, or one of a part.

    Examples
    --------
    >>> attribute(Item("foster", "child_weeks"), "cashable.short")
    1.0
    """
    for name in path.split("."):
        thing = getattr(thing, name)
    return thing


# The registry


@dataclass(frozen=True)
class Table:
    """A table: the columns of its rows, and the object that a row becomes.

    A column is kept in the attribute of its own name, unless ``kept`` says another. Reading and writing both go by
    that name: the order of columns means nothing, and a column that is added to the model is read and written.

    Parameters
    ----------
    model : type of Row
        Columns, and what may stand in each.
    makes : callable
        What makes the object of a row, by keyword.
    held_in : str
        Attribute of a set that holds these objects; empty where a set holds none.
    kept : mapping of str to str
        Attribute that keeps a column, where it is of another name: ``"name"``, ``"belief.value"``. Columns that are not
        in the table may be there.
    fixed : mapping of str to object
        Attributes that are the same for every row, and tell its objects from others that are held in the same place.
    apart : tuple of str
        Columns that no attribute keeps.
    required : bool
        Whether every set has it.
    """

    model: type[Row]
    makes: Callable[..., Any]
    held_in: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    required: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns in the order in which they are written: what a row is about before what is believed of it."""
        return tuple(sorted(self.model.model_fields, key=lambda name: name in BeliefRow.model_fields))

    @cached_property
    def constants(self) -> dict[str, object]:
        """Columns in which one thing only can stand, such as the unit of a table, and what it is."""
        fields = self.model.model_fields.items()
        choices = {n: get_args(about.annotation) for n, about in fields if get_origin(about.annotation) is Literal}
        return {name: only[0] for name, only in choices.items() if len(only) == 1}

    @cached_property
    def keeping(self) -> dict[str, tuple[tuple[str, str, bool], ...]]:
        """Columns by the part that keeps them (``""`` for the object itself).

        Each with the attribute, and whether it holds exactly one of the labels that a selector keeps.
        """
        parts: dict[str, tuple[tuple[str, str, bool], ...]] = {}
        for column, about in self.model.model_fields.items():
            if column not in self.constants and column not in self.apart and not _holds_rows(about.annotation):
                part, _, name = self.kept.get(column, column).rpartition(".")
                single = part == "where" and about.annotation in (str, int)
                parts[part] = (*parts.get(part, ()), (column, name, single))
        return parts

    def to_object(self, row: Row, **more: object) -> Any:
        """Make the object of a row.

        Parameters
        ----------
        row : Row
            The row, checked.
        **more
            Attributes that the row does not hold.

        Returns
        -------
        object
            The object.

        Raises
        ------
        CareCostError
            If the values of the row do not fit together.
        """
        cells = vars(row)
        made = {**self.fixed, **more}
        for part, columns in self.keeping.items():
            values = {name: (cells[column],) if single else cells[column] for column, name, single in columns}
            made |= {part: PARTS[part](**values)} if part else values
        return self.makes(**made)

    def to_row(self, thing: object) -> dict[str, object]:
        """Give the row that an object is written as.

        Parameters
        ----------
        thing : object
            As :meth:`to_object` makes it.

        Returns
        -------
        dict of str to object
            Values by column, in the order of the model; columns that no attribute keeps are not there.
        """
        row = dict(self.constants)
        for part, columns in self.keeping.items():
            keeper = getattr(thing, part) if part else thing
            for column, name, single in columns:
                value = _value(keeper, name)
                row[column] = value[0] if single and value is not None and len(value) == 1 else value
        return {column: row[column] for column in self.model.model_fields if column in row}

    def objects(self, assumptions: Assumptions) -> list[Any]:
        """Find the objects of a set that are rows of this table, in order."""
        held: Iterable[Any] = attribute(assumptions, self.held_in)
        names, values = list(self.fixed), list(self.fixed.values())
        return [thing for thing in held if [getattr(thing, name) for name in names] == values]


def _value(keeper: Any, name: str) -> Any:
    """Give what a part keeps under a name, or at a position; None where the part is not there."""
    if keeper is None:
        return None
    return keeper[int(name)] if type(keeper) is tuple else getattr(keeper, name)


def _holds_rows(annotation: Any) -> bool:
    """Say whether a field holds tables of its own, as the changes of a lever."""
    return any(isinstance(held, type) and issubclass(held, Row) for held in get_args(annotation))


def _beliefs(model: type[BeliefRow], *, required: bool = False, **fixed: object) -> Table:
    """Describe a table of beliefs: kind and parameter are those of the table, unless a column says them."""
    return Table(
        model,
        makes=Assumption,
        held_in="rows",
        kept=_CELLS | _BELIEF,
        fixed={"kind": "value"} | fixed,
        required=required,
    )


#: Every CSV table of a set, in the order in which a set keeps its rows.
TABLES: dict[str, Table] = {
    "placements": Table(PlacementRow, makes=Placement, held_in="placements", kept={"placement": "name"}, required=True),
    "reasons": Table(ReasonRow, makes=Reason, held_in="reasons", kept={"reason": "name"}),
    "items": Table(
        ItemRow,
        makes=Item,
        held_in="items",
        kept={
            "item": "name",
            "cashable_short": "cashable.short",
            "cashable_long": "cashable.long",
            "cashable_years": "cashable.years",
        },
    ),
    "capacity_groups": Table(GroupRow, makes=CapacityGroup, held_in="groups", kept={"group": "name"}),
    "initial_stock": _beliefs(StockRow, parameter="initial_stock", required=True),
    "population": _beliefs(PopulationRow, parameter="population", required=True),
    "entry_rate": _beliefs(EntryRow, parameter="entry_rate", required=True),
    "entry_share": _beliefs(ShareRow, parameter="entry_share", required=True),
    "entry_at_birthday": _beliefs(EntryRow, parameter="entry_at_birthday"),
    "extra_entries": _beliefs(ExtraRow, parameter="extra_entries"),
    "exit_rate": _beliefs(ExitRow, parameter="exit_rate"),
    "move_rate": _beliefs(MoveRow, parameter="move_rate"),
    "unit_cost": _beliefs(PriceRow, parameter="unit_cost"),
    "capacity": _beliefs(CapacityRow, parameter="capacity"),
    "growth": _beliefs(GrowthRow, kind="growth"),
    "adjustments": _beliefs(AdjustmentRow, kind="adjustment"),
    "correlations": Table(LoadingRow, makes=Loading, held_in="ties.loadings"),
    "paths": Table(PathRow, makes=YearPath, held_in="paths", kept=_CELLS),
    "price_spread": Table(SpreadRow, makes=PriceSpread, held_in="spreads"),
    "phases": Table(PhaseRow, makes=Phase, held_in="phases.rows", kept={"phase": "name"}),
    "phase_shares": Table(PhaseShareRow, makes=PhaseShare, held_in="phases.shares", kept=_CELLS),
}


@dataclass(frozen=True)
class Folder:
    """A folder of CSV tables of plain numbers, a column for each quantity.

    Parameters
    ----------
    makes : callable
        What makes the object of a table, from ``name``, ``quantities`` and ``rows``.
    held_in : str
        Attribute of a set that holds these objects.
    """

    makes: Callable[..., CorrelationMatrix | JointDraws]
    held_in: str


#: Every folder of tables of numbers in a set.
FOLDERS: dict[str, Folder] = {
    "correlations": Folder(makes=CorrelationMatrix, held_in="ties.matrices"),
    "joint": Folder(makes=JointDraws, held_in="ties.joints"),
}


#: Every table of set.toml and of a scenario file, by its name there.
BLOCKS: dict[str, Table] = {
    "set": Table(
        SetTable, makes=Assumptions, apart=("base", "first_age", "last_age", "deflator", "discount", "schedule")
    ),
    "scopes": Table(ScopeTable, makes=Scope, held_in="scopes"),
    "gap": Table(
        GapTable,
        makes=Note,
        held_in="notes",
        kept={"asked": "what", "published": "says.0", "rule": "says.1"},
        fixed={"kind": "gap"},
    ),
    "contradiction": Table(
        ContradictionTable, makes=Note, held_in="notes", kept={"about": "what"}, fixed={"kind": "contradiction"}
    ),
    "left_out": Table(LeftOutTable, makes=Note, held_in="notes", fixed={"kind": "left_out"}),
    "scenario": Table(ScenarioTable, makes=Scenario, apart=("parts",)),
    "lever": Table(LeverTable, makes=Lever),
    "lever.evidence": Table(EvidenceTable, makes=Evidence),
    "lever.change": Table(
        ChangeTable,
        makes=Change,
        kept=_CELLS
        | {
            "amount": "amount.value",
            "low": "amount.low",
            "high": "amount.high",
            "level": "amount.level",
            "distribution": "amount.distribution",
            "times": "times.value",
            "times_low": "times.low",
            "times_high": "times.high",
            "times_level": "times.level",
            "times_distribution": "times.distribution",
        },
    ),
}
