"""What may a TOML file say? The keys of set.toml and of a scenario file, checked by pydantic."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

from carecost.files.schema import Numbers, Quality, Row, Year


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
