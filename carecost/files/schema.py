"""The schema of files: columns of each table, keys of set.toml and of a scenario, checked by pydantic."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

from carecost.engine.items import Account, Driver

Quality = Literal["A", "B", "C", "D", "E"]


FIRST_YEAR, LAST_YEAR = 1990, 2200


def names(cell: object) -> object:
    """Split a cell at semicolons: ``"a; b"`` gives ``("a", "b")``."""
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


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


class CapacityRow(BeliefRow):
    """A row of capacity.csv."""

    group: str
    years: Numbers | None = None


class GrowthRow(BeliefRow):
    """A row of growth.csv."""

    name: str
    parameter: str
    streams: Names | None = None
    ages: Numbers | None = None
    placements: Names | None = None
    reasons: Names | None = None
    items: Names | None = None
    groups: Names | None = None
    from_year: Year
    long_run: FiniteFloat | None = None
    fade_years: Annotated[int, Field(ge=0)] | None = None


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
    parameter: str


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
    "capacity": CapacityRow,
    "growth": GrowthRow,
    "adjustments": AdjustmentRow,
}


LABELS: dict[str, type[Row]] = {"placements": PlacementRow, "reasons": ReasonRow, "items": ItemRow}


LABELS |= {"capacity_groups": GroupRow}


#: The model of each table of what moves together, wanders, or is of time in care; folders of tables without a model.
TIES: dict[str, type[Row]] = {"correlations": LoadingRow, "paths": PathRow}


PHASES: dict[str, type[Row]] = {"phases": PhaseRow, "phase_shares": PhaseShareRow}


FOLDERS = ("correlations", "joint")


REQUIRED = ("placements", "initial_stock", "population", "entry_rate", "entry_share")


class SetTable(Row):
    """The table ``[set]`` of set.toml."""

    name: str
    title: str = ""
    base: str | None = None
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
    uncounted: tuple[str, ...] = ()
    area: str = ""
    portion: Annotated[FiniteFloat, Field(gt=0, le=1)] = 1.0


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
    times_of: str = ""
    luck: str = ""
    share: FiniteFloat = 1.0
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
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    unit: str
    basis: str
    design: str
    source: str
    note: str = ""


class LeverTable(Row):
    """A table ``[[lever]]``."""

    name: str
    source: str
    quality: Quality
    basis: str = "assumed"
    note: str = ""
    evidence: tuple[EvidenceTable, ...] = ()
    change: tuple[ChangeTable, ...] = ()


class ScenarioTable(Row):
    """The table ``[scenario]``."""

    name: str
    title: str = ""
    claim: bool = False
    note: str = ""
    made_for: str = ""
    parts: tuple[str, ...] = ()


class ScenarioFile(Row):
    """A scenario file."""

    scenario: ScenarioTable
    lever: tuple[LeverTable, ...] = ()
