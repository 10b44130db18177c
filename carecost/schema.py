"""What may a file say? The columns and keys of each file of a set or scenario, checked by pydantic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, ValidationError

from carecost.cost_items import Account, Driver
from carecost.errors import Problem, nearest

Quality = Literal["A", "B", "C", "D", "E"]
FIRST_YEAR, LAST_YEAR = 1990, 2200


def names(cell: object) -> object:
    """Split a cell at semicolons: ``"a; b"`` gives ``("a", "b")``."""
    if isinstance(cell, str):
        return tuple(part.strip() for part in cell.split(";") if part.strip())
    return cell


def numbers(cell: object) -> object:
    """Read ages or years: ``"0; 5-7"`` gives ``(0, 5, 6, 7)``.

    Raises
    ------
    ValueError
        If a part is not a whole number or a rising band.
    """
    if not isinstance(cell, str):
        return cell
    out: list[int] = []
    for part in cell.split(";"):
        ends = [end.strip() for end in part.split("-")]
        if len(ends) > 2 or not all(end.isdigit() for end in ends):
            raise ValueError("write whole numbers and bands, such as 3 or 1-4 or 0; 5-9")
        low, high = int(ends[0]), int(ends[-1])
        if high < low:
            raise ValueError(f"the band {part.strip()} does not rise")
        out += range(low, high + 1)
    return tuple(out)


Names = Annotated[tuple[str, ...], BeforeValidator(names)]
Numbers = Annotated[tuple[int, ...], BeforeValidator(numbers)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class Row(BaseModel):
    """A row of a table; a column that is not listed is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class PlacementRow(Row):
    """A row of placements.csv."""

    placement: str
    in_care: bool
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
    kind: Literal["resource", "transfer"]
    cashable_short: Share
    cashable_long: Share
    cashable_years: Annotated[int, Field(ge=0)] = 0
    source: str
    quality: Quality
    note: str = ""


class BeliefRow(Row):
    """The columns that every belief has."""

    value: FiniteFloat
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    level: Annotated[FiniteFloat, Field(gt=0, le=1)] = 0.9
    distribution: Literal["", "normal", "lognormal", "uniform", "triangular", "fixed"] = ""
    unit: str
    source: str
    source_year: str = ""
    quality: Quality
    note: str = ""


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

    item: str
    price_year: Year


class GrowthRow(BeliefRow):
    """A row of growth.csv."""

    name: str
    parameter: str
    streams: Names | None = None
    ages: Numbers | None = None
    placements: Names | None = None
    reasons: Names | None = None
    items: Names | None = None
    from_year: Year
    long_run: FiniteFloat | None = None
    fade_years: Annotated[int, Field(ge=0)] | None = None


class AdjustmentRow(EntryRow):
    """A row of adjustments.csv."""

    name: str
    parameter: str
    placements: Names | None = None
    to: Names | None = None
    reasons: Names | None = None
    items: Names | None = None


#: The model of each belief table, in the order in which a set keeps its rows.
BELIEFS: dict[str, type[BeliefRow]] = {
    "initial_stock": StockRow,
    "population": PopulationRow,
    "entry_rate": EntryRow,
    "entry_share": ShareRow,
    "entry_at_birthday": EntryRow,
    "extra_entries": ExtraRow,
    "exit_rate": ExitRow,
    "move_rate": MoveRow,
    "unit_cost": PriceRow,
    "growth": GrowthRow,
    "adjustments": AdjustmentRow,
}
LABELS: dict[str, type[Row]] = {"placements": PlacementRow, "reasons": ReasonRow, "items": ItemRow}
REQUIRED = ("placements", "initial_stock", "population", "entry_rate", "entry_share")


class SetTable(Row):
    """The table ``[set]`` of set.toml."""

    name: str
    title: str = ""
    base_year: Year
    years: Annotated[int, Field(ge=1, le=100)]
    price_year: Year
    programme_start: Year
    first_age: Annotated[int, Field(ge=0)] = 0
    last_age: Annotated[int, Field(ge=0)]
    streams: tuple[str, ...]
    averted_to: str | None = None
    deflator: str
    discount: str
    schedule: str = "standard"
    scope: str = ""
    inaction: str = ""


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


class SetFile(Row):
    """set.toml."""

    set: SetTable
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
    share: FiniteFloat = 1.0
    from_placements: tuple[str, ...] = ()
    to_placement: str | None = None
    streams: tuple[str, ...] | None = None
    ages: Numbers | None = None
    placements: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    reasons: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None


class LeverTable(Row):
    """A table ``[[lever]]``."""

    name: str
    source: str
    quality: Quality
    note: str = ""
    change: tuple[ChangeTable, ...] = ()


class ScenarioTable(Row):
    """The table ``[scenario]``."""

    name: str
    title: str = ""
    claim: bool = False
    note: str = ""


class ScenarioFile(Row):
    """A scenario file."""

    scenario: ScenarioTable
    lever: tuple[LeverTable, ...] = ()


_REMEDIES = {
    "missing": "Fill it",
    "extra_forbidden": "",
    "float_parsing": "Write a plain number, such as 0.25 or 1250",
    "float_type": "Write a plain number, such as 0.25 or 1250",
    "int_parsing": "Write a whole number",
    "int_type": "Write a whole number",
    "int_from_float": "Write a whole number",
    "finite_number": "Write a finite number",
    "bool_parsing": "Write true or false",
    "bool_type": "Write true or false",
    "string_type": "Write text",
    "tuple_type": 'Write a list, such as ["a", "b"]',
}


def faults(error: ValidationError, model: type[BaseModel], where: str, cell: str = "column ") -> list[Problem]:
    """Rewrite the errors of pydantic in our words, with the value, the place and the remedy."""
    found = []
    for e in error.errors(include_url=False):
        path = ".".join(str(part) for part in e["loc"])
        found.append(_fault(dict(e), path, model, where, cell))
    return found


def _fault(e: Mapping[str, Any], path: str, model: type[BaseModel], where: str, cell: str) -> Problem:
    kind, value = e["type"], e.get("input")
    place = f"{where}, {cell}{path}" if path else where
    if kind == "missing":
        return Problem(f"{path.split('.')[-1]!r} is missing or blank", place, _REMEDIES[kind])
    if kind == "extra_forbidden":
        known = list(_fields(model, tuple(e["loc"])[:-1]))
        return Problem(f"unknown name {path.split('.')[-1]!r}", place, nearest(path.split(".")[-1], known))
    if kind == "literal_error":
        known = [part.strip(" '") for part in str(e["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Problem(f"is {value!r}", place, nearest(str(value), [k for k in known if k]))
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in limits:
        words = {"ge": "at least", "le": "at most", "gt": "more than"}[limits[kind]]
        return Problem(f"is {value!r}", place, f"Give {words} {e['ctx'][limits[kind]]}")
    if kind == "value_error":
        return Problem(f"is {value!r}", place, str(e["ctx"]["error"]).capitalize())
    return Problem(f"is {value!r}", place, _REMEDIES.get(kind, str(e["msg"])))


def _fields(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Find the fields of the model at a path."""
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = [a for a in (field.annotation, *get_args(field.annotation)) if field] if field else []
        model = next((a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return tuple(model.model_fields)
