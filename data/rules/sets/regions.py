"""The nine regions: shares of England, prices relative to the mean, and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from data.rules.costs import section_251
from data.rules.findings import run_set
from data.rules.findings.tables import Row
from data.rules.sets import england, england_2022
from data.rules.sources.notes import filled, percent, read
from data.rules.sources.published import CLA, LAIT, figure, financial, per_week, table
from data.rules.sources.write import csv_text, toml_text

REGIONS = (
    "North East",
    "North West",
    "Yorkshire and The Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "London",
    "South East",
    "South West",
)
ENGLAND, YEAR = "England", england.YEAR
#: Year of the places in homes, the last published by region; and of the stock from which entries are derived.
PLACES, BEFORE = 2023, england_2022.YEAR
COLUMNS = ("area", "measure", "items", "value", "unit", "year", "source", "quality", "note")
RATES = f"rates_by_region.csv: {CLA}"
OFSTED = "places_by_region.csv: Ofsted, Children's social care in England 2023, underlying data"
FOSTER = "mainstream fostering places, local authority agencies only"
#: Measures that are taken as published: year, table's source, grade of regions.
PUBLISHED = {
    "children's homes": (PLACES, OFSTED, "D"),
    "places in children's homes": (PLACES, OFSTED, "D"),
    "places in secure homes": (PLACES, OFSTED, "D"),
    f"approved {FOSTER}": (YEAR, f"places_by_region.csv: {LAIT}", "B"),
    f"filled {FOSTER}": (YEAR, f"places_by_region.csv: {LAIT}", "B"),
    "placed over 20 miles from home and outside the boundary of the authority": (
        YEAR,
        f"places_by_region.csv: {LAIT}",
        "B",
    ),
}
WORK = "Social work per child in need at 31 March"
#: Published prices by region, and the items of the set that they are put on.
PRICES = {
    "Residential care": england.HOMES,
    "Fostering": ("kinship foster", "foster in-house", "foster agency"),
    WORK: ("supported at home",),
}


def files() -> dict[str, str]:
    """Write what is known of each region, and what is not."""
    rows = [row for area in (*REGIONS, ENGLAND) for row in (*_shares(area), *_prices(area), *_places(area))]
    words = {key: filled(read("regions")[key], _figures()) for key in ("gap", "left_out")}
    head = {"name": england.NAME, "title": "Regions of England"}
    return {f"{england.NAME}.csv": csv_text(COLUMNS, rows), f"{england.NAME}.toml": toml_text(head, **words)}


def share(area: str, year: int, column: str = "children") -> float:
    """Give the share of a region in the sum of the nine, which is 10 off the published total in 2022."""
    return _rate(area, year, column) / sum(_rate(one, year, column) for one in REGIONS)


def _rate(area: str, year: int, column: str) -> float:
    return figure("rates_by_region", column, year=year, area=area)


@cache
def survivors() -> float:
    """Give the share of the children of 31 March 2025 who were in care in 2022, by england-2022 without entries."""
    known = run_set.load(england_2022.files())
    emptied = known.replace("entry_rate", 0.0).replace("extra_entries", 0.0)
    return float(run_set.run(emptied, YEAR - BEFORE).stock[-1].sum() / england_2022.done().stock[-1].sum())


def entries(area: str) -> float:
    """Give the share of entries that, held from 2022, brings a region from its share of then to that of 2025.

    share(2025) = survivors x share(2022) + (1 - survivors) x share of entries; all three sum to one over regions.
    """
    kept = survivors()
    return (share(area, YEAR) - kept * share(area, BEFORE)) / (1.0 - kept)


def _shares(area: str) -> Iterator[Row]:
    about = {"area": area, "year": YEAR, "source": RATES}
    for year in (PLACES, YEAR):
        yield about | _number("children looked after", _rate(area, year, "children"), "children") | {"year": year}
    yield about | _number("children aged 0 to 17", _rate(area, YEAR, "population_0_17"), "children")
    if area != ENGLAND:
        whole = "of the sum of the nine regions"
        yield about | _derived("share of children looked after", share(area, YEAR), whole)
        yield about | _derived("share of population", share(area, YEAR, "population_0_17"), whole + ", mid-2024")
        yield about | _derived("share of entries", entries(area), _note("entries"))


def _number(measure: str, value: float, unit: str, quality: str = "A") -> Row:
    return {"measure": measure, "value": value, "unit": unit, "quality": quality}


def _derived(measure: str, value: float, note: str) -> Row:
    return {**_number(measure, value, "share", "D"), "value": repr(value), "note": note}  # all digits: they sum to one


def price(area: str, item: str) -> float:
    """Give the published pounds a week of a region, 2024-25."""
    return figure("unit_costs_by_region", "value", financial_year=financial(YEAR), area=area, item=item)


def mean_price(item: str) -> float:
    """Give the mean of the published prices over children looked after: near the published price of England."""
    return sum(share(area, YEAR) * price(area, item) for area in REGIONS)


def work_part() -> float:
    """Give the part of the price of support at home that is social work."""
    work, support = _need()
    return work / (work + support * 7 / 365)


def _need() -> list[float]:
    """Give pounds a week of social work and pounds a year of family support, per child in need of England."""
    items = (
        "Social work, safeguarding and commissioning per child in need at 31 March",
        "Family support services gross, per child in need at 31 March",
    )
    return [figure("service_unit_costs", "value", year=financial(YEAR), item=item) for item in items]


def _prices(area: str) -> Iterator[Row]:
    if area == ENGLAND:
        return
    about = {"area": area, "year": YEAR, "source": f"unit_costs_by_region.csv: {LAIT}", "quality": "D", "unit": "times"}
    for item, items in PRICES.items():
        part = work_part() if item == WORK else 1.0
        factor = 1.0 + part * (price(area, item) / mean_price(item) - 1.0)
        figures = {"own": f"{price(area, item):,.0f}", "mean": f"{mean_price(item):,.0f}", "part": percent(part, 0)}
        about_it = _note("work" if item == WORK else "prices", **figures)
        name = f"price of {item[0].lower()}{item[1:]}"
        yield about | {"measure": name, "items": items, "value": repr(factor), "note": about_it}


def _places(area: str) -> Iterator[Row]:
    for measure, (year, source, quality) in PUBLISHED.items():
        unit = "per cent" if measure.startswith("placed") else "homes" if measure == "children's homes" else "places"
        graded = "B" if area == ENGLAND else quality
        row = _number(measure, _place(area, year, measure), unit, graded)
        yield {"area": area, "year": year, "source": source} | row
    homes = _in_homes() * (1.0 if area == ENGLAND else share(area, PLACES))
    yield {
        "area": area,
        "year": PLACES,
        "source": f"stock_by_placement.csv, placement_detail.csv, {RATES}",
        **_number("children in children's homes, estimated", homes, "children", "D"),
        "note": _note("in_homes"),
    }


def _place(area: str, year: int, measure: str) -> float:
    """Look up a figure; a region without secure homes has no row."""
    where = {"year": str(year), "area": area, "measure": measure}
    known = any(all(r[k] == v for k, v in where.items()) for r in table("places_by_region"))
    return figure("places_by_region", "value", **where) if known or measure != "places in secure homes" else 0.0


def _in_homes() -> float:
    """Give the children of England in children's homes on 31 March 2023, those in secure homes left out."""
    both = figure("stock_by_placement", "children", year=PLACES, placement="Secure homes and children's homes")
    secure = (
        figure("placement_detail", "children", year=PLACES, placement=name)
        for name in (
            "4a Secure home placement inside the council boundary",
            "4b Secure home placement outside the council boundary",
        )
    )
    return both - sum(secure)


def _figures() -> Mapping[str, str]:
    keys = ("home", "foster", "work")
    found = {f"{k}_mean": f"{mean_price(item):,.0f}" for k, item in zip(keys, PRICES, strict=True)}
    found |= {
        "home": f"{per_week(YEAR, section_251.RESIDENTIAL):,.0f}",
        "foster": f"{per_week(YEAR, section_251.FOSTERING):,.0f}",
    }
    return found | {"survivors": percent(survivors(), 0), "work": f"{_need()[0]:,.0f}"}


def _note(key: str, **figures: str) -> str:
    return str(read("regions")["notes"][key]).format(**figures)
