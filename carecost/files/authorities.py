"""Make the set of one local authority from England's: its children, starts, exits, population, prices and path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from carecost.engine.grid import Selector
from carecost.errors import FileError, InputError, Problem, UnknownNameError, refuse, unknown
from carecost.files.packaged import authorities_files, packaged_authorities
from carecost.files.regions import known_regions, region_of
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief, Note
from carecost.inputs.year_path import REVERTING, YearPath

#: Bands of age as the release names them, and the first age of each.
BANDS = {"under 1": 0, "1 to 4": 1, "5 to 9": 5, "10 to 15": 10, "16 and over": 16}
#: Packaged placements by that of the release.
PLACEMENTS = {
    "kinship foster": "fostering",
    "foster in-house": "fostering",
    "foster agency": "fostering",
    "children's home": "homes",
    "secure": "homes",
    "other residential": "other residential",
    "residential school": "residential schools",
    "supported accommodation": "supported accommodation",
    "with parents": "with parents",
    "placed for adoption": "placed for adoption",
    "other": "other",
}
OTHER, UASC = "other", "uasc"
#: Reason and line of extra entries of transfers between authorities, and what the set calls unexplained starts.
WENT, CAME, UNCOUNTED = "other authority", "came from another authority", "starts not counted"
#: Groups of cost items whose price has the authority's level, and items with a price of their own by what is published.
LOOKED_AFTER = (
    "fostering",
    "residential",
    "supported accommodation",
    "adoption",
    "special guardianship",
    "other looked after",
)
OWN_PRICE = {"fostering": ("kinship foster", "foster in-house", "foster agency"), "residential": ("residential",)}
#: Years after the base date for which an authority's prices are told apart from England's.
YEARS = 30
SOURCE = "authorities.csv, authority_spend.csv, population_by_district.csv: DfE, ONS"


@dataclass(frozen=True)
class Authority:
    """What is published of a local authority, and what England's set is multiplied by for it.

    Parameters
    ----------
    name, code, number, region : str
        Name; code of the Office for National Statistics; number of the department; region.
    neighbours : tuple of str
        Names of its ten statistical neighbours, the nearest first.
    figures : mapping of str to float
        What is published, suppressed counts fitted; NaN where nothing is.
    factors : mapping of str to float
        What is multiplied.
    """

    name: str
    code: str
    number: str
    region: str
    neighbours: tuple[str, ...]
    figures: Mapping[str, float]
    factors: Mapping[str, float] = field(repr=False)

    @property
    def known(self) -> bool:
        """Whether a set can be made of it: a child was looked after."""
        return self.figures["children"] > 0


@dataclass(frozen=True)
class Authorities:
    """The authorities of a set.

    Parameters
    ----------
    all : tuple of Authority
        In the order of their numbers.
    head : mapping of str to object
        How prices fade and shocks too.
    notes : tuple of Note
        What is not published, and the rule used.
    former : tuple of mapping
        Those that are no more: name, number, and what they are now.
    """

    all: tuple[Authority, ...]
    head: Mapping[str, Any]
    notes: tuple[Note, ...]
    former: tuple[Mapping[str, Any], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the authorities."""
        return tuple(one.name for one in self.all)

    def find(self, name: str, where: str = "") -> Authority:
        """Find an authority by name, code or number, in any case of letters.

        Raises
        ------
        UnknownNameError
            If there is none; with the nearest, or what a former one is now.
        """
        wanted = " ".join(str(name).split()).casefold()
        for one in self.all:
            if wanted in (one.name.casefold(), one.code.casefold(), one.number):
                return one
        for gone in self.former:
            if wanted in (gone["name"].casefold(), str(gone["number"])):
                what = f"{gone['name']} is no authority of 31 March 2025"
                raise UnknownNameError(Problem(what, where, f"It is now {' and '.join(gone['now'])}"))
        raise UnknownNameError(unknown("authority", name, self.names, where))


@lru_cache(maxsize=4)
def known_authorities(name: str) -> Authorities:
    """Give what is known of the authorities of a packaged set.

    Parameters
    ----------
    name : str
        Name of the set.

    Returns
    -------
    Authorities
        Figures, factors, notes.

    Raises
    ------
    FileError
        If none are known.

    Examples
    --------
    >>> known = known_authorities("england-2025")
    >>> len(known.all), known.find("886").name, known.find("E10000016").neighbours[0]
    (153, 'Kent', 'Essex')
    """
    if name not in packaged_authorities():
        problem = unknown("set with authorities", name, packaged_authorities())
        raise FileError(Problem(f"{name!r} is not a set with authorities", remedy=problem.remedy))
    figures, factors, words = authorities_files(name)
    named = {row["number"]: row["name"] for row in figures}
    about = ("number", "code", "name", "region", "neighbours")
    found = tuple(
        Authority(
            row["name"],
            row["code"],
            row["number"],
            row["region"],
            tuple(named[n.strip()] for n in row["neighbours"].split(";")),
            {k: float(v or "nan") for k, v in row.items() if k not in about},
            {k: float(v or "nan") for k, v in by.items() if k not in about},
        )
        for row, by in zip(figures, factors, strict=True)
    )
    gaps = [Note("gap", gap["asked"], (gap["published"], gap["rule"])) for gap in words["gap"]]
    left_out = [Note("left_out", out["what"]) for out in words["left_out"]]
    return Authorities(found, words["set"], (*gaps, *left_out), tuple(words["former"]))


def authorities_of(assumptions: Assumptions) -> Authorities:
    """Give what is known of the authorities of a set, whose name, before any comma, is that of a packaged one.

    Raises
    ------
    FileError
        If none are known, or the set is of an area already.
    """
    if assumptions.area:
        remedy = f"Load {assumptions.name.partition(',')[0]!r} and take authorities of that"
        raise FileError(Problem(f"is the area {assumptions.area!r} already", assumptions.name, remedy))
    return known_authorities(assumptions.name.partition(",")[0])


def part(assumptions: Assumptions, name: str) -> Assumptions:
    """Make the set of a part of a set: a region or an authority, by its name, code or number.

    Raises
    ------
    UnknownNameError
        If there is no such region and no such authority.
    """
    regions = known_regions(assumptions)
    if regions.named(name) is not None:
        return region_of(assumptions, name)
    if assumptions.name not in packaged_authorities():
        raise UnknownNameError(unknown("area", name, regions.names, assumptions.name))
    try:
        found = known_authorities(assumptions.name).find(name, assumptions.name)
    except UnknownNameError as error:
        if "no authority of" in str(error):
            raise
        names = (*regions.names, *known_authorities(assumptions.name).names)
        raise UnknownNameError(unknown("region or authority", name, names, assumptions.name)) from None
    return authority(assumptions, found.name)


def authority(assumptions: Assumptions, name: str) -> Assumptions:
    """Make the set of one local authority.

    Parameters
    ----------
    assumptions : Assumptions
        England's set.
    name : str
        Name, code or number of the authority.

    Returns
    -------
    Assumptions
        Its set: children by age and placement, starts, exits, population and prices of its own; England's walks of
        rates and one of its own; its path of children that of the forecaster of authorities.

    Raises
    ------
    UnknownNameError
        If there is no such authority.
    FileError
        If no authorities of the set are known, or no child was looked after in this one.

    Examples
    --------
    >>> import carecost as cc
    >>> authority(cc.load_assumptions("england-2025"), "886").name
    'england-2025, Kent'
    """
    known = authorities_of(assumptions)
    one = known.find(name, assumptions.name)
    if not one.known:
        remedy = "Take its region: carecost.load_assumptions(" + repr(f"{assumptions.name}/{one.region}") + ")"
        raise FileError(Problem("has no child looked after in the published tables", one.name, remedy))
    made = _Overlay(assumptions, one, known.head)
    return replace(
        assumptions,
        name=f"{assumptions.name}, {one.name}",
        title=f"{one.name}, from 31 March {assumptions.base_year}",
        inaction=f"Children of {one.name} go the way of the forecaster of authorities, scaled to England's set; "
        f"placements and prices follow as there. Of England: {assumptions.inaction}",
        rows=tuple(made.rows()),
        paths=(*assumptions.paths, made.wander()),
        scope=f"{one.name}'s part of: {assumptions.scope}",
        notes=(*known.notes, *assumptions.notes),
        area=one.name,
        portion=one.factors["portion"],
        record="",  # what was said of England was not said of a part of it
    )


@dataclass(frozen=True)
class _Overlay:
    """What the rows of England's set become for one authority."""

    whole: Assumptions
    one: Authority
    head: Mapping[str, Any]

    def rows(self) -> Iterator[Assumption]:
        """Give every row of the authority's set: those of the whole made its own, who came, and its path."""
        for row in self.whole.rows:
            yield from self._row(row)
        yield from self._came()
        yield from self._path()
        yield from self._prices()

    def wander(self) -> YearPath:
        """Give the walk of the authority's own entries, named so that no two authorities share luck."""
        return YearPath(
            f"entries of {self.one.name}",
            "entry_rate",
            Selector(),
            REVERTING,
            self.one.factors["wander"],
            half_life=float(self.head["half_life"]),
            from_year=self.whole.base_year,
            source="authority_panel.csv: DfE",
            source_year="2011 to 2019",
            quality="D",
            note="with England's walks and the luck of small numbers as wide as authorities' children have moved",
        )

    def _of(self, what: str) -> float:
        return self.one.factors[what]

    def _row(self, row: Assumption) -> Iterator[Assumption]:
        """Multiply a row of England's; one that covers ages with factors of their own is split."""
        if row.kind != "value":
            yield row
            return
        where = row.where
        match row.parameter:
            case "initial_stock":
                yield self._times(row, self._stock(_one_cell(row, "streams", "ages", "placements")))
            case "population":
                yield self._times(row, self._people(_one_cell(row, "years", "ages")))
            case "entry_rate":
                yield from self._split(row, self._entry)
            case "extra_entries":
                yield self._times(row, self._of("residual") if row.name == UNCOUNTED else 1.0)
            case "exit_rate" if self._in_care(where.placements):
                yield from self._split(row, lambda s, band: self._leaving(s, band, where.reasons or ()))
            case "unit_cost":
                yield self._times(row, self._paid(where.items or ()))
            case _:
                yield row

    def _in_care(self, names: Sequence[str] | None) -> bool:
        return names is not None and set(names) <= set(PLACEMENTS)

    def _stock(self, where: Selector) -> float:
        (stream,), (age,), (placement,) = where.streams or ("",), where.ages or (-1,), where.placements or ("",)
        if placement not in PLACEMENTS:
            return self._of("portion")  # what is outside care, if anything
        return (
            self._of(f"stock: stream {stream}")
            * self._of(f"stock: {_band(age)}")
            * self._of(f"stock: {PLACEMENTS[placement]}")
        )

    def _people(self, where: Selector) -> float:
        """Follow a cohort: the age of mid-2024 is that of mid-(y-1) less the years between, or a birth after it."""
        (year,), (age,) = where.years or (0,), where.ages or (0,)
        return self._of(f"people: {max(age - (year - self.whole.base_year), 0)}")

    def _entry(self, stream: str, band: str) -> float:
        """Entry rates are per child of the authority's own population."""
        known = f"entry: unaccompanied {band}" if stream == UASC else f"entry: {band}"
        return self.one.factors.get(known, 0.0)

    def _leaving(self, stream: str, band: str, reasons: Sequence[str]) -> float:
        kind = "going" if tuple(reasons) == (WENT,) else "leaving"
        known = f"{kind}: unaccompanied {band}" if stream == UASC else f"{kind}: {band}"
        return self.one.factors.get(known, 1.0)

    def _paid(self, items: Sequence[str]) -> float:
        """Give own prices that do not fade (services for all, leaving care), and the share of what is paid once."""
        by_name = {item.name: item for item in self.whole.items}
        factors = {self._of_item(name, by_name[name].driver) for name in items or by_name}
        remedy = "Give each item a row of its own"
        differ = Problem("has one row for items whose prices differ by authority", f"unit_cost of {items}", remedy)
        refuse([differ] if len(factors) > 1 else [])
        return factors.pop()

    def _of_item(self, name: str, driver: str) -> float:
        if driver == "year":
            return self._of("portion")
        return self.one.factors.get(f"price: {name}", 1.0)

    def _split(self, row: Assumption, factor: Callable[[str, str], float]) -> Iterator[Assumption]:
        """Split a row by stream and band where factors differ, its luck shared."""
        streams = row.where.streams or self.whole.streams
        ages = row.where.ages or self.whole.ages
        cells: dict[float, list[tuple[str, int]]] = {}
        for stream in streams:
            for age in ages:
                cells.setdefault(factor(stream, _band(age)), []).append((stream, age))
        if len(cells) == 1:
            yield self._times(row, next(iter(cells)))
            return
        for by, members in cells.items():
            for stream in streams:
                chosen = tuple(age for s, age in members if s == stream)
                if chosen:
                    where = replace(row.where, streams=(stream,), ages=chosen)
                    yield replace(
                        self._times(row, by), where=where, drawn_as="" if row.belief.certain else row.quantity
                    )

    def _times(self, row: Assumption, factor: float) -> Assumption:
        if factor == 1.0:
            return row
        belief = row.belief
        low, high = (None if end is None else end * factor for end in (belief.low, belief.high))
        note = "; ".join(filter(None, (belief.note, f"England's, times {factor:.6g} for {self.one.name}")))
        source = f"{belief.source}; {SOURCE}"
        return replace(
            row,
            belief=replace(
                belief,
                value=belief.value * factor,
                low=low,
                high=high,
                source=source,
                quality=max(belief.quality, "D"),
                note=note,
            ),
        )

    def _came(self) -> Iterator[Assumption]:
        """Add those who came from another authority, spread as England's starts of their stream."""
        for stream in self.whole.streams:
            children = self._of(f"came: {stream}")
            cells = dict(self._starts(stream))
            total = sum(cells.values())
            for (age, placement), n in cells.items():
                if children * n > 0:
                    yield Assumption(
                        "extra_entries",
                        Selector(streams=(stream,), ages=(age,), placements=(placement,)),
                        Belief(
                            children * n / total,
                            unit="children per year",
                            source=SOURCE,
                            source_year=str(self.whole.base_year),
                            quality="D",
                            note="not published who came: shared by rule, as many as went; neither demand nor growth",
                        ),
                        name=CAME,
                    )

    def _starts(self, stream: str) -> Iterator[tuple[tuple[int, str], float]]:
        """Give England's starts of the first projected year by age and placement on entry."""
        year = self.whole.base_year + 1
        rate = {row.where.ages: row for row in self._values("entry_rate", stream)}
        people = {row.where.ages: row.belief.value for row in self._values("population") if row.where.years == (year,)}
        for row in self._values("entry_share", stream):
            for age in row.where.ages or ():
                of_age = next((r for ages, r in rate.items() if ages and age in ages), None)
                if of_age is not None and row.where.placements:
                    share = row.belief.value * of_age.belief.value * people[(age,)]
                    yield (age, row.where.placements[0]), share

    def _values(self, parameter: str, stream: str = "") -> Iterator[Assumption]:
        for row in self.whole.rows:
            if row.kind == "value" and row.parameter == parameter and stream in ("", *(row.where.streams or (stream,))):
                yield row

    def _path(self) -> Iterator[Assumption]:
        """Multiply entries so that the authority's children go the forecaster's way, the last year's multiple held."""
        base = self.whole.base_year
        for stream in self.whole.streams:
            known = {
                int(k.rsplit(" ", 1)[1]): v for k, v in self.one.factors.items() if k.startswith(f"path: {stream} ")
            }
            for year, by in known.items():
                years = (year,) if year < max(known) else tuple(range(year, base + YEARS + 1))
                for parameter in ("entry_rate", "extra_entries"):
                    if parameter == "extra_entries" and not self._has_extra(stream):
                        continue
                    yield Assumption(
                        parameter,
                        Selector(streams=(stream,), years=years),
                        Belief(
                            by,
                            unit="multiplier",
                            source="authority_panel.csv, authorities.csv: DfE",
                            source_year=str(base),
                            quality="D",
                            note="what makes the authority follow the forecaster of authorities",
                        ),
                        name=f"path of {parameter.replace('_', ' ')}, {stream}, {years[0]}",
                        kind="adjustment",
                    )

    def _has_extra(self, stream: str) -> bool:
        return self._of(f"came: {stream}") > 0 or any(True for _ in self._values("extra_entries", stream))

    def _prices(self) -> Iterator[Assumption]:
        """Multiply prices of children looked after by the authority's own, which fade to England's."""
        base = self.whole.base_year
        groups: dict[str, list[str]] = {}
        for item in self.whole.items:
            if item.group in LOOKED_AFTER:
                own = next((k for k, names in OWN_PRICE.items() if item.name in names or item.group in names), "level")
                groups.setdefault(own, []).append(item.name)
        for own, items in groups.items():
            for h in range(1, YEARS + 1):
                by = self._faded("level", h) * (1.0 if own == "level" else self._faded(own, h))
                yield Assumption(
                    "unit_cost",
                    Selector(years=(base + h,), items=tuple(items)),
                    Belief(
                        by,
                        unit="multiplier",
                        source="authority_spend.csv: DfE, Local Authority Interactive Tool",
                        source_year=f"{base - 1}-{base % 100}",
                        quality="D",
                        note="own price over England's, the gap closing as has been least wrong",
                    ),
                    name=f"own price of {own if own != 'level' else 'other looked-after care'}, {base + h}",
                    kind="adjustment",
                )

    def _faded(self, what: str, years: int) -> float:
        return float(self._of(f"price: {what}") ** ((1 - float(self.head[f"fading_{what}"])) ** years))


def _one_cell(row: Assumption, *axes: str) -> Selector:
    """Give the cell of a row, of which there must be one: authorities have shares of their own in each.

    Raises
    ------
    InputError
        If it covers several, or all.
    """
    if any(len(getattr(row.where, axis) or ()) != 1 for axis in axes):
        remedy = f"Give each of {', '.join(axes)} a row of its own"
        raise InputError(Problem("has one row for cells whose shares differ by authority", row.quantity, remedy))
    return row.where


def _band(age: int) -> str:
    return next(name for name, first in reversed(BANDS.items()) if age >= first)
