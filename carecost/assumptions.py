"""What do we believe, how surely, on whose word? Stated beliefs, gathered in a set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from carecost.distributions import fault
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.grid import AXES, Grid, Placement, Reason, Selector
from carecost.cost_items import Item
from carecost.money import Deflator, Schedule

QUALITIES = {
    "A": "official and direct",
    "B": "official, indirect or older",
    "C": "published research or secondary",
    "D": "derived or modelled from published figures",
    "E": "recalled, assumed or claimed",
}
#: Unit of each parameter; unit_cost has the unit of its item's driver.
UNITS: dict[str, str] = {
    "initial_stock": "children",
    "population": "children",
    "entry_rate": "per child per year",
    "entry_share": "share",
    "entry_at_birthday": "share",
    "extra_entries": "children per year",
    "exit_rate": "per child-year",
    "move_rate": "per child-year",
}
GROWTH_UNIT, ADJUSTMENT_UNIT = "per year", "multiplier"


@dataclass(frozen=True)
class Belief:
    """A value with its interval, unit, source and quality.

    Parameters
    ----------
    value : float
        Central value.
    low, high : float, optional
        Interval; the value is taken as known without it.
    level : float
        Coverage of the interval [probability]; 1 means hard bounds.
    distribution : str
        normal, lognormal, uniform, triangular or fixed; when empty, lognormal where low is above zero, else normal.
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
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.9
    distribution: str = ""
    unit: str = ""
    price_year: int | None = None
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        problem = fault(self.value, self.low, self.high, self.level, self.shape)
        refuse([] if problem is None else [problem])
        if self.quality and self.quality not in QUALITIES:
            raise InputError(unknown("quality", self.quality, QUALITIES))

    @property
    def certain(self) -> bool:
        """Whether it has no interval."""
        return self.low is None or self.low == self.high or self.distribution == "fixed"

    @property
    def shape(self) -> str:
        """Name of its distribution."""
        if self.distribution or self.low is None:
            return self.distribution or "fixed"
        return "lognormal" if self.low > 0 else "normal"


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
    """

    parameter: str
    where: Selector
    belief: Belief
    name: str = ""
    kind: str = "value"
    from_year: int | None = None
    long_run: float | None = None
    fade_years: int | None = None

    @property
    def quantity(self) -> str:
        """Name under which it is drawn."""
        if self.kind != "value":
            return f"{self.kind}: {self.name}"
        label = f"{self.name}, " if self.name else ""
        return f"{self.parameter}: {label}{self.where.text()}"


@dataclass(frozen=True)
class Note:
    """A gap with its rule, a contradiction of the record, or something left out.

    Parameters
    ----------
    kind : str
        gap, contradiction or left_out.
    what : str
        What was asked, contradicts itself, or is left out.
    says : tuple of str
        For a gap what is published and the rule used; for a contradiction what each source says.
    """

    kind: str
    what: str
    says: tuple[str, ...] = ()


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

    def grid(self, years: int | None = None) -> Grid:
        """Make the labels for a number of projected years.

        Raises
        ------
        InputError
            If the labels do not fit together.
        """
        return Grid(
            self.base_year, years or self.years, self.ages, self.placements, self.reasons, self.items, self.averted_to
        )

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the quantities that have an interval."""
        return tuple(row.quantity for row in self.rows if not row.belief.certain)

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
        wrong = [unknown("selector", k, Selector.__dataclass_fields__) for k in axes if k not in Selector.__dataclass_fields__]
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
            New central value. Without ``low`` and ``high`` the value is then taken as known.
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
            fields = {"value": float(value), "low": None, "high": None, "note": "replaced by the user"} | fields

        def changed(row: Assumption) -> Assumption:
            return replace(row, belief=replace(row.belief, **fields)) if id(row) in found else row  # type: ignore[arg-type]

        return replace(self, rows=tuple(changed(row) for row in self.rows))


def _plural(key: str) -> str:
    return key if key == "to" or key.endswith("s") else f"{key}s"


def _meets(chosen: tuple[object, ...] | None, label: object) -> bool:
    return chosen is None or label in chosen


def check(rows: Mapping[str, Assumption]) -> list[Problem]:
    """Find rows of the wrong unit, without a source, or a growth that says nothing."""
    found = []
    for where, row in rows.items():
        if not row.belief.source:
            found.append(Problem("source is blank", where, "Say whose word it is"))
        if not row.belief.quality:
            found.append(Problem("quality is blank", where, "Give A, B, C, D or E"))
        want = {"growth": GROWTH_UNIT, "adjustment": ADJUSTMENT_UNIT}.get(row.kind, UNITS.get(row.parameter, ""))
        if want and row.belief.unit != want:
            found.append(Problem(f"unit is {row.belief.unit!r}", where, f"The unit of {row.parameter} is {want!r}"))
    return found
