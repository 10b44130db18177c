"""Belief: a value with its interval, distribution, source and grade; an assumption is a belief about some cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from carecost._guard import (
    calendar_year,
    instance,
    labels,
    number,
    opened,
    optional,
    price_year,
    source_year,
    take,
    texts,
    unguarded,
    whole,
)
from carecost._shown import KEEPING
from carecost._typing import unannotated
from carecost.engine import parameters
from carecost.engine.grid import AXES, Parameter, Selector
from carecost.errors import InputError, Problem, refuse, unknown
from carecost.maths.distributions import DIRICHLET, Distribution, fault

#: Grades of evidence.
QUALITIES = {
    "A": "official and direct",
    "B": "official, indirect or older",
    "C": "published research or secondary",
    "D": "derived or modelled from published figures",
    "E": "recalled, assumed or claimed",
}
#: Kinds of rows of a set, in the order in which a set keeps them.
RowKind = Literal["value", "growth", "adjustment"]
ROW_KINDS: tuple[str, ...] = get_args(RowKind)
#: Kinds of notes, in the order in which a set keeps them, and what each says; a contradiction says as much as it needs.
NOTE_KINDS: dict[str, tuple[str, ...] | None] = {
    "gap": ("what is published", "the rule used"),
    "contradiction": None,
    "left_out": (),
}
#: Unit of each parameter; unit_cost has the unit of its item's driver.
UNITS: dict[str, str] = {name: unit for name, unit in parameters.UNITS.items() if name != "unit_cost"}
#: Units of the rows that multiply a parameter.
GROWTH_UNIT, ADJUSTMENT_UNIT = "per year", "multiplier"


#: Rules of a belief: all numbers become floats, so that equal beliefs have one digest (repr(1) is not repr(1.0)).
BELIEF = {
    "value": number(),
    "low": optional(number()),
    "high": optional(number()),
    "level": number(),
    "price_year": optional(price_year),
    "source_year": source_year,
    **texts("distribution", "unit", "source", "quality", "note"),
}


@opened
@dataclass(frozen=True)
class Belief:
    """A believed value with its interval and distribution, unit, source and grade.

    Parameters
    ----------
    value : float
        Central value.
    low, high : float, optional
        Interval; the value is taken as known without it.
    level : float
        Coverage of the interval [probability]; 1 means hard bounds.
    distribution : str
        Name of one: normal, lognormal, uniform, triangular, pert, beta, gamma, fixed, or dirichlet for shares that are
        drawn together; when empty, lognormal where low is above zero, else normal.
    unit : str
        Unit of the value.
    price_year : int, optional
        Financial year of the pounds; 2024-25 is 2025.
    source, source_year, quality, note : str
        Whose word, of when, how good (A official and direct … E recalled or assumed), and what to know.

    Raises
    ------
    InputError
        If the interval does not fit the distribution, or the quality is not A to E.

    See Also
    --------
    Assumption : A belief about some cells of a parameter.
    carecost.maths.distributions.quantiles : What each distribution makes of an interval.

    Examples
    --------
    >>> Belief(650.0, 600.0, 760.0, unit="GBP per child-week", quality="B").shape
    'lognormal'
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.9
    distribution: Distribution = ""
    unit: str = ""
    price_year: int | None = None
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        take(self, **BELIEF)
        marginal = "beta" if self.shape == DIRICHLET else self.shape  # each share of a Dirichlet is a beta
        problem = unguarded(fault)(self.value, self.low, self.high, self.level, marginal)
        refuse([] if problem is None else [problem])
        if self.quality and self.quality not in QUALITIES:
            raise InputError(unknown("quality", self.quality, QUALITIES))

    @property
    def certain(self) -> bool:
        """Whether it is taken as known: it has no interval, or one of no width."""
        return self.low is None or self.low == self.high or self.distribution == "fixed"

    @property
    @unannotated
    def shape(self) -> Distribution:
        """Name of its distribution, the default one resolved."""
        if self.distribution or self.low is None:
            return self.distribution or "fixed"
        return "lognormal" if self.low > 0 else "normal"


#: Rules of a row.
ROW = {
    "where": instance(Selector, words="Give the cells meant: carecost.Selector"),
    "belief": instance(Belief, words="Give what is believed: carecost.Belief"),
    "from_year": optional(calendar_year),
    "long_run": optional(number()),
    "fade_years": optional(whole(0)),
    "hold_years": whole(0),
    **texts("parameter", "name", "kind", "drawn_as"),
}


@opened
@dataclass(frozen=True)
class Assumption:
    """A belief about some cells of a parameter.

    Parameters
    ----------
    parameter : str
        Name of the parameter.
    where : Selector
        Cells meant.
    belief : Belief
        What is believed.
    name : str
        Name of a line of extra entries, of a growth or of an adjustment.
    kind : str
        ``value``; ``growth`` (the parameter is compounded at a rate that fades from the belief to ``long_run``);
        ``adjustment`` (an uncertain multiplier common to its cells).
    from_year : int, optional
        Growth: the year whose level is the table's.
    long_run : float, optional
        Growth: rate after the fade [share per year].
    fade_years : int, optional
        Growth: years of the fade; for ever at the first rate when not given.
    hold_years : int
        Growth: years at the first rate before the fade begins.
    drawn_as : str
        Name under which it is drawn, where it is not its own: rows with one name here have one luck, as the parts of a
        row that was split.

    Raises
    ------
    InputError
        If the kind or parameter is none, or a row of its kind does not use what is given.

    See Also
    --------
    Belief : What is believed.
    Assumptions.select : Find the assumptions of a set.

    Examples
    --------
    >>> Assumption("exit_rate", Selector(placements=["foster"], reasons=["adopted"]), Belief(0.03)).quantity
    'exit_rate: placements=foster, reasons=adopted'
    """

    parameter: Parameter
    where: Selector
    belief: Belief
    name: str = ""
    kind: RowKind = "value"
    from_year: int | None = None
    long_run: float | None = None
    fade_years: int | None = None
    hold_years: int = 0
    drawn_as: str = ""

    def __post_init__(self) -> None:
        take(self, **ROW)
        refuse(list(_row_faults(self)))

    @cached_property
    def quantity(self) -> str:
        """Name under which it is drawn."""
        if self.drawn_as:
            return self.drawn_as
        if self.kind != "value":
            return f"{self.kind}: {self.name}"
        label = f"{self.name}, " if self.name else ""
        return f"{self.parameter}: {label}{self.where.text()}"


KEEPING.add(Assumption)


def _row_faults(row: Assumption) -> Iterator[Problem]:
    """Find a kind or parameter that is none, and what a row of its kind would not use."""
    where = f"assumption about {row.parameter}"
    if row.kind not in ROW_KINDS:
        yield unknown("kind", row.kind, ROW_KINDS, where)
    if row.parameter not in AXES:
        yield unknown("parameter", row.parameter, AXES, where)
    growing = [n for n in ("from_year", "long_run", "fade_years") if getattr(row, n) is not None]
    if growing and row.kind != "growth":
        yield Problem(f"{growing[0]} in a row of kind {row.kind!r}", where, "Leave it out: only a growth has one")
    if row.name and row.kind == "value" and row.parameter != "extra_entries":
        yield Problem(f"name is {row.name!r}", where, "Leave it out: of values, only lines of extra_entries have names")


@opened
@dataclass(frozen=True)
class Scope:
    """Scope of a set: a choice of the spending that is counted.

    Parameters
    ----------
    name : str
        Name.
    groups : tuple of str
        Groups of cost items that are kept.
    note : str
        What it stands for.

    See Also
    --------
    Assumptions.scoped : Count only the spending of a scope.

    Examples
    --------
    >>> Scope("children looked after", ("care",)).groups
    ('care',)
    """

    name: str
    groups: tuple[str, ...]
    note: str = ""

    def __post_init__(self) -> None:
        take(self, groups=labels, **texts("name", "note"))


@opened
@dataclass(frozen=True)
class Note:
    """A gap with its rule, a contradiction of the record, or something left out.

    Parameters
    ----------
    kind : str
        One of gap, contradiction or left_out.
    what : str
        What was asked, contradicts itself, or is left out.
    says : tuple of str
        For a gap what is published and the rule used; for a contradiction what each source says.

    Raises
    ------
    InputError
        If the kind is none of these, or a note of its kind says more or less.

    Examples
    --------
    >>> Note("gap", "moves by age", ("published by placement alone", "the same at every age")).kind
    'gap'
    """

    kind: str
    what: str
    says: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        take(self, says=labels, **texts("kind", "what"))
        if self.kind not in NOTE_KINDS:
            raise InputError(unknown("kind of note", self.kind, NOTE_KINDS, self.what))
        parts = NOTE_KINDS[self.kind]
        if parts is not None and len(self.says) != len(parts):
            remedy = f"Give {' and '.join(parts)}" if parts else "Leave it out"
            raise InputError(Problem(f"says {len(self.says)} things in a {self.kind}", self.what, remedy))
