"""Make the sets of a country's regions, which sum to the country's, from published shares and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from carecost.errors import FileError, InputError, Problem, UnknownNameError, refuse, unknown
from carecost.files.packaged import packaged_regions, regions_file
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief, Note
from carecost.inputs.dependence import JointDraws, Ties

Prices = Literal["own", "national"]


SHARE, POPULATION, ENTRIES = "share of children looked after", "share of population", "share of entries"


#: Share by which a parameter that counts children is multiplied.
_COUNTS = {"initial_stock": SHARE, "extra_entries": ENTRIES, "population": POPULATION}


@dataclass(frozen=True)
class Fact:
    """What is known of a region.

    Parameters
    ----------
    area, measure : str
        Where, and what.
    value : float
        How much.
    unit : str
        Its unit.
    year : int
        Date or financial year.
    items : tuple of str
        Cost items whose price it multiplies.
    source, quality, note : str
        Whose word, how good (A to E), what to know.
    """

    area: str
    measure: str
    value: float
    unit: str
    year: int
    items: tuple[str, ...] = ()
    source: str = ""
    quality: str = ""
    note: str = ""


@dataclass(frozen=True)
class Regions:
    """What is known of the regions of a set, and what is not.

    Parameters
    ----------
    facts : tuple of Fact
        What is known; the whole country among them.
    notes : tuple of Note
        What is not published, and the rule used; what is left out.
    """

    facts: tuple[Fact, ...]
    notes: tuple[Note, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the regions."""
        return tuple(f.area for f in self.facts if f.measure == SHARE)

    def named(self, name: str) -> str | None:
        """Give the name of a region as it is written, of one in any case of letters; None where there is none."""
        wanted = " ".join(str(name).split()).casefold()
        return next((one for one in self.names if one.casefold() == wanted), None)

    def value(self, area: str, measure: str, year: int | None = None) -> float:
        """Give the one figure of a region, or of the whole country, of a measure (and year).

        Raises
        ------
        UnknownNameError
            If there is not exactly one.
        """
        values = [f.value for f in self.facts if (f.area, f.measure) == (area, measure) and year in (None, f.year)]
        if len(values) != 1:
            known = dict.fromkeys(f"{f.area}, {f.measure}, {f.year}" for f in self.facts)
            raise UnknownNameError(unknown("figure of a region", f"{area}, {measure}, {year}", known))
        return values[0]


def known_regions(assumptions: Assumptions) -> Regions:
    """Give what is known of the regions of a set.

    Parameters
    ----------
    assumptions : Assumptions
        A set whose name, before any comma, is that of a packaged one with regions.

    Returns
    -------
    Regions
        Figures with their sources, and gaps with their rules.

    Raises
    ------
    FileError
        If no regions of the set are known, or it is a region itself.

    Examples
    --------
    >>> import carecost as cc
    >>> regions = known_regions(cc.load_assumptions("england-2025"))
    >>> len(regions.names), regions.value("London", "places in children's homes")
    (9, 881.0)
    """
    name = assumptions.name.partition(",")[0]
    if assumptions.area:
        remedy = f"Load {name!r} and take areas of that"
        raise FileError(Problem(f"is the area {assumptions.area!r} already", assumptions.name, remedy))
    if name not in packaged_regions():
        problem = unknown("set with areas", name, packaged_regions())
        remedy = f"{problem.remedy}. A set of your own with a stock and population of its own needs no area"
        raise FileError(Problem(f"{name!r} is not a set with areas", remedy=remedy))
    rows, notes = regions_file(name)
    facts = [
        Fact(
            area=row["area"],
            measure=row["measure"],
            value=float(row["value"]),
            unit=row["unit"],
            year=int(row["year"]),
            items=tuple(item.strip() for item in row["items"].split(";") if item),
            source=row["source"],
            quality=row["quality"],
            note=row["note"],
        )
        for row in rows
    ]
    gaps = [Note("gap", gap["asked"], (gap["published"], gap["rule"])) for gap in notes["gap"]]
    return Regions(tuple(facts), (*gaps, *(Note("left_out", out["what"]) for out in notes["left_out"])))


def region_of(assumptions: Assumptions, name: str, prices: Prices = "own") -> Assumptions:
    """Make the set of one region; see :func:`carecost.area`."""
    regions = known_regions(assumptions)
    written = regions.named(name)
    if written is None:
        raise UnknownNameError(unknown("area", name, regions.names, assumptions.name))
    if prices not in ("own", "national"):
        raise InputError(unknown("prices", prices, ("own", "national")))
    return _area(assumptions, written, prices == "own")


@lru_cache(maxsize=32)
def _area(assumptions: Assumptions, name: str, own: bool) -> Assumptions:
    """Make the set of a region: frozen, and so made and checked once."""
    regions = known_regions(assumptions)
    factors = _Factors(assumptions, regions, name, own)
    rows = tuple(map(factors.scaled, assumptions.rows))
    changed = {old.quantity: factors.of(old) for old in assumptions.rows}
    whole = assumptions.name
    return replace(
        assumptions,
        name=f"{whole}, {name}",
        title=f"{name}, as a part of {assumptions.title or whole}",
        rows=rows,
        scope=f"{name}'s part of: {assumptions.scope}",
        notes=(*regions.notes, *assumptions.notes),
        ties=_tied(assumptions.ties, changed),
        area=name,
        portion=regions.value(name, SHARE),
        record="",  # what was said, and what came, is of the whole
    )


class _Factors:
    """What the rows of a set are multiplied by for one region."""

    def __init__(self, assumptions: Assumptions, regions: Regions, name: str, own: bool) -> None:
        self._of = {parameter: regions.value(name, share) for parameter, share in _COUNTS.items()}
        self._of["entry_rate"] = regions.value(name, ENTRIES) / regions.value(name, POPULATION)
        # What is paid once a year for the whole is paid in parts.
        portion = regions.value(name, SHARE)
        self._items = {item.name: portion if item.driver == "year" else 1.0 for item in assumptions.items}
        priced = [f for f in regions.facts if own and f.area == name and f.items]
        self._items |= {item: f.value for f in priced for item in f.items if item in self._items}
        self._sources = {item: f.source for f in priced for item in f.items}
        self._share_source = next(f.source for f in regions.facts if f.measure == SHARE)

    def of(self, row: Assumption) -> float:
        """Give the factor of a row."""
        if row.kind != "value":
            return 1.0
        if row.parameter != "unit_cost":
            return self._of.get(row.parameter, 1.0)
        items = row.where.items or tuple(self._items)
        factors = {self._items[item] for item in items}
        remedy = "Give each item a row of its own"
        differ = Problem("has one row for items whose prices differ by area", row.quantity, remedy)
        refuse([differ] if len(factors) > 1 else [])
        return factors.pop()

    def scaled(self, row: Assumption) -> Assumption:
        """Multiply what is believed in a row."""
        factor = self.of(row)
        if factor == 1.0:
            return row
        source = self._sources.get((row.where.items or ("",))[0], self._share_source)
        return replace(row, belief=_times(row.belief, factor, source))


def _times(belief: Belief, factor: float, source: str) -> Belief:
    """Multiply a value and its interval; the grade is D at best, because the area's share of it is derived."""
    low, high = (None if end is None else end * factor for end in (belief.low, belief.high))
    return replace(
        belief,
        value=belief.value * factor,
        low=low,
        high=high,
        source=f"{belief.source}; {source}" if belief.source else source,
        quality=max(belief.quality, "D"),
        note="; ".join(filter(None, (belief.note, f"times {factor:.6g} for the area"))),
    )


def _tied(ties: Ties, factors: Mapping[str, float]) -> Ties:
    """Multiply joint draws as the rows they are of."""

    def scaled(table: JointDraws) -> JointDraws:
        by = [factors.get(name, 1.0) for name in table.quantities]
        return replace(table, rows=tuple(tuple(x * f for x, f in zip(row, by, strict=True)) for row in table.rows))

    return replace(ties, joints=tuple(map(scaled, ties.joints)))
