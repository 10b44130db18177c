"""The set england-2025-capacity: places that may run out, and homes that are not registered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from data.rules.findings.tables import Row, common
from data.rules.rates.base_case import base_case
from data.rules.sets import baselines, england
from data.rules.sources.notes import note
from data.rules.sources.published import figure
from data.rules.sources.write import beliefs, csv_text

NAME = "england-2025-capacity"
YEAR = england.YEAR
OWN, AGENCY, HOME, RESORT = "foster in-house", "foster agency", "children's home", "unregistered home"
TABLE = "capacity.csv"
FOSTER_SOURCE = f"{TABLE}: Ofsted, Fostering in England; DfE, Local Authority Interactive Tool, April 2026"
HOME_SOURCE = f"{TABLE}: Ofsted, Children's social care in England"
RESORT_SOURCE = f"{TABLE}: Children's Commissioner, January 2026, as quoted in the press"
#: Share of the vacant fostering places that fit a child who needs one, and its interval: assumed.
FITS, FITS_LOW, FITS_HIGH = 0.25, 0.0, 0.6
#: Share of the places in children's homes that a looked-after child can have, and its interval: assumed.
USABLE, USABLE_LOW, USABLE_HIGH = 0.75, 0.7, 0.85
#: Growth of places in children's homes a year, and its least: assumed; the most is what was measured.
HOMES_GROWTH, HOMES_LEAST = 0.03, 0.0
#: Years in which the growth of places fades to none: assumed.
FADE, HOMES_FADE = 10, 5
#: What is like a children's home but for its price, in lists of placements and of items.
LISTS = ("placements", "items")
GROUPS = {OWN: AGENCY, AGENCY: HOME, HOME: RESORT}
GROWTH_KEYS = (*england.GROWTH_KEYS, "groups")


def files() -> dict[str, str]:
    """Write the files that differ from those of england-2025."""
    base = england.files()
    own = {name: text for name in base if name.endswith(".csv") and (text := _joined(name, base[name])) != base[name]}
    groups = [
        {"group": name, "placements": name, "next": to, "note": note(f"group_{_key(name)}")}
        for name, to in GROUPS.items()
    ]
    return {
        "set.toml": _words(),
        **own,
        "capacity_groups.csv": csv_text(("group", "placements", "next", "note"), groups),
        "capacity.csv": beliefs(("group", "years"), places()),
        **baselines.background(),
    }


def _words() -> str:
    return england.variant(
        "capacity", {"vacant": f"{100 * vacant():.0f}%", "spare": f"{_spare(FITS) - 1:.1%}", **_said()}
    )


def _said() -> dict[str, str]:
    rates = {"own": growth(OWN), "agency": growth(AGENCY)}
    said = {f"{k}_growth": f"{100 * value[0]:.1f}%" for k, value in rates.items()}
    return said | {k: f"{v:.0%}" for k, v in (("fits", FITS), ("fits_high", FITS_HIGH), ("usable", USABLE))}


def capacity_figure(measure: str, year: int) -> float:
    """Look up a figure of the table of capacity."""
    return figure("capacity", "value", measure=measure, year=year)


def approved(group: str, year: int) -> float:
    """Give the approved mainstream fostering places of councils, or of agencies: all less those of councils."""
    every, councils = (capacity_figure(f"approved mainstream fostering places{x}", year) for x in ("", _COUNCILS))
    return councils if group == OWN else every - councils


_COUNCILS = ", local authority agencies"


def vacant() -> float:
    """Give the vacant mainstream places over the filled ones, last published for 2024."""
    what = "mainstream fostering places"
    share, all_places = capacity_figure(f"vacant {what}", 2024) / 100, capacity_figure(f"approved {what}", 2024)
    return share * all_places / capacity_figure(f"filled {what}", 2024)


def _spare(fits: float) -> float:
    """Give the places that can be used over the filled ones."""
    return 1 + vacant() * fits


def growth(group: str) -> tuple[float, float, float]:
    """Give the yearly growth of approved places since 2022, and the least and the most of the two spells within."""
    spells = ((2022, 2025), (2022, 2024), (2024, 2025))
    all_rates = [(approved(group, b) / approved(group, a)) ** (1 / (b - a)) - 1 for a, b in spells]
    return all_rates[0], min(all_rates), max(all_rates)


def places() -> Iterator[Row]:
    """Give the places of the base date: filled and fitting ones of carers, usable ones of homes."""
    stock = base_case(YEAR)
    unit = {"unit": "places", "distribution": "triangular", "level": 1.0}
    for group in (OWN, AGENCY):
        there = sum(float(x.stock[:, stock.placements.index(group)].sum()) for x in stock.streams.values())
        value, low, high = (round(there * _spare(x), 1) for x in (FITS, FITS_LOW, FITS_HIGH))
        belief = {"group": group, "value": value, "low": low, "high": high, **unit}
        yield common(FOSTER_SOURCE, "2024 and 2025", "E", note("places_foster", fits=f"{FITS:.0%}"), **belief)
    homes = capacity_figure("places in children's homes", YEAR)
    value, low, high = (round(homes * x, 1) for x in (USABLE, USABLE_LOW, USABLE_HIGH))
    belief = {"group": HOME, "value": value, "low": low, "high": high, **unit}
    yield common(HOME_SOURCE, YEAR, "E", note("places_home", usable=f"{USABLE:.0%}"), **belief)


def growths() -> Iterator[Row]:
    """Give the growth of places from the base date on."""
    shape = {"parameter": "capacity", "from_year": YEAR, "long_run": 0.0, "distribution": "normal", "unit": "per year"}
    for group in (OWN, AGENCY):
        value, low, high = growth(group)
        row = {"name": f"growth of places, {group}", "groups": group, "value": value, "low": low, "high": high}
        about = note("places_growth", fade=str(FADE))
        yield common(FOSTER_SOURCE, "2022 to 2025", "D", about, **row, **shape, fade_years=FADE)
    first, last = (capacity_figure("places in children's homes", year) for year in (2022, YEAR))
    most = (last / first) ** (1 / 3) - 1
    row = {"value": HOMES_GROWTH, "low": HOMES_LEAST, "high": most, "fade_years": HOMES_FADE}
    named = {"name": "growth of places in homes", "groups": HOME, **shape}
    yield common(HOME_SOURCE, "2022 to 2025", "E", note("places_growth_home", most=f"{most:.1%}"), **named, **row)


def _joined(name: str, text: str) -> str:
    """Put the homes that are not registered beside the children's homes in a table: alike but for entries and price."""
    header, *lines = list(csv.reader(io.StringIO(text)))
    rows: list[Row] = [dict(zip(header, line, strict=True)) for line in lines]
    rows = [_listed(row, name) for row in rows] + _added(name, rows)
    if name == "growth.csv":
        return beliefs(GROWTH_KEYS, [*map(_numbers, rows), *growths()], *england.GROWTH_MORE)
    return csv_text(header, rows)


def _listed(row: Row, name: str) -> Row:
    """Name it wherever a row lists children's homes, but for the item that pays for those."""
    if name == "items.csv" and row["item"] == HOME:
        return row
    parts = {key: row[key].split("; ") for key in LISTS if row.get(key)}
    return {**row, **{k: "; ".join([*names, RESORT]) for k, names in parts.items() if HOME in names}}


def _numbers(row: Row) -> Row:
    """Leave out what is blank, so that it is written as blank again."""
    return {key: value for key, value in row.items() if value != ""}


def _added(name: str, rows: Sequence[Row]) -> list[Row]:
    """Give the rows of its own that a table has: the placement, the item, and its price."""
    if name == "placements.csv":
        home = next(r for r in rows if r["placement"] == HOME)
        return [{**home, "placement": RESORT, "group": england.RESIDENTIAL, "note": note("resort")}]
    if name == "items.csv":
        like = next(r for r in rows if r["item"] == AGENCY)
        home = next(r for r in rows if r["item"] == HOME)
        cash = {k: like[k] for k in like if k.startswith("cashable")}
        return [{**home, **cash, "item": RESORT, "placements": RESORT, "source": RESORT_SOURCE}]
    if name == "unit_cost.csv":
        price = capacity_figure("price of an unregistered home", YEAR)
        registered = float(next(r for r in rows if r["item"] == HOME)["value"])
        row = common(RESORT_SOURCE, YEAR, "D", note("resort_price"), item=RESORT, value=price, low=registered)
        unit = {"unit": "GBP per child-week", "price_year": YEAR, "distribution": "normal"}
        return [{**row, "high": 2 * price - registered, **unit}]
    return []


def _key(name: str) -> str:
    return {OWN: "own", AGENCY: "agency", HOME: "home"}[name]
