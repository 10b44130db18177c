"""Price, volume and mix of the change in spending on children looked after, from lines and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from carecost.money.decomposition import Bought, price_volume_mix
from carecost.money.prices import restate
from data.rules.costs import deflators, section_251
from data.rules.sources import published
from data.rules.sources.published import figure, financial, line, per_week
from data.rules.sources.write import csv_text

#: Weeks by which the Local Authority Interactive Tool turns children on 31 March into pounds a week.
WEEKS = 365 / 7
PRICE_YEAR = 2025
TOTAL, ALL = "3.1.11 Total Children Looked After", "Total"
#: Lines that pay for placements.
PLACEMENTS = (
    "3.1.1 Residential care",
    "3.1.2 Total fostering services",
    "3.1.5 Other children looked after services",
    "3.1.7 Children placed with family and friends",
    "3.1.10 Asylum seeker services children",
)
#: Column of the lines, and providers of the counts as first published and in the release of 2024-25.
PROVIDERS = {
    "own": (("Own provision",), ("Own provision (by the LA)",)),
    "private": (("Private provision",), ("Private provision",)),
    "voluntary": (("Voluntary/third sector",), ("Voluntary/third sector provision",)),
    "other_public": (
        ("Other LA provision", "Other public provision"),
        ("Other LA provision", "Other public provision (e.g. by a PCT etc)"),
    ),
}
LEAVERS = "former relevant young people: no part of the mix"
#: What stands with the item that shows it best.
NOT_ALIKE = (
    "section 251 and the placement return do not class providers alike: voluntary spend fell while its children rose "
    "by half; read private and voluntary together"
)
#: Last year of which the count is taken as first published; later ones are in one release.
FIRST_PUBLISHED = 2017
COLUMNS = (
    *("table", "item", "baseline_year", "year", "baseline_spend", "spend"),
    *("baseline_units", "units", "units_of", "baseline_unit_cost", "unit_cost"),
    *("volume", "mix", "price", "price_year", "basis", "deflator", "source", "note"),
)


@dataclass(frozen=True)
class Item:
    """Spend and volume of an item in two years, and whether it takes part in the mix."""

    name: str
    spend: tuple[float, float]
    volume: tuple[float, float]
    note: str = ""
    unit: str = "child-weeks"
    mixed: bool = True


@dataclass(frozen=True)
class Span:
    """Two years, what was bought in each, and the whole of which items are parts."""

    table: str
    years: tuple[int, int]
    items: tuple[Item, ...]
    whole: tuple[float, float]
    source: str


def text() -> str:
    """Write the table: each span in cash and in the prices of one year."""
    rows = [row for span in spans() for basis in ("real", "cash") for row in _rows(span, basis)]
    return csv_text(COLUMNS, rows)


def spans() -> Iterator[Span]:
    """Give the three spans that published figures allow."""
    s251 = "s251_lines.csv: DfE, LA and school expenditure, 2023-24 release, gross"
    groups = "s251_groups.csv, unit_costs_lait.csv, care_leavers.csv: DfE, LAIT, April 2026"
    stocks = "stock_first_published.csv, stock_by_placement.csv: DfE, Children looked after in England"
    lait = "unit_costs_lait.csv, care_leavers.csv: DfE, LAIT, April 2026"
    for name, items, years in (("placement", _placement, (2016, 2025)), ("residential", _residential, (2017, 2024))):
        said = f"{s251}; {groups if years[1] > section_251.LINES else lait}; {stocks}"
        yield Span(name, years, items(*years), _pair(_children, *years), said)
    items = _providers(2016, 2023)
    whole = (sum(i.volume[0] for i in items), sum(i.volume[1] for i in items))
    providers = "stock_first_published.csv, stock_by_provider.csv: DfE, Children looked after in England"
    # From 31 March 2024 on 2,000 to 4,000 children have no provider reported: supported accommodation was registered.
    yield Span("provider", (2016, 2023), items, whole, f"{s251}, lines 3.1.1, 3.1.2, 3.1.5, 3.1.7, 3.1.10; {providers}")


def _pair(of: Callable[[int], float], *years: int) -> tuple[float, float]:
    first, last = (of(y) for y in years)
    return first, last


def _children(year: int) -> float:
    """Give child-weeks of all children looked after: the sum of the rounded categories, so that shares sum to one."""
    if year <= FIRST_PUBLISHED:
        rows = [r for r in published.table("stock_first_published") if (r["year"], r["by"]) == (str(year), "placement")]
    else:
        rows = [r for r in published.table("stock_by_placement") if r["year"] == str(year) and r["placement"] != ALL]
    return sum(float(r["children"]) for r in rows) * WEEKS


def _fostered(year: int) -> float:
    if year <= FIRST_PUBLISHED:
        where = {"year": year, "by": "placement", "category": "Foster placements"}
        return figure("stock_first_published", "children", **where) * WEEKS
    return figure("stock_by_placement", "children", year=year, placement="Foster placements") * WEEKS


def _provided(column: str, year: int) -> float:
    early, late = PROVIDERS[column]
    if year <= FIRST_PUBLISHED:
        found = [figure("stock_first_published", "children", year=year, by="provider", category=c) for c in early]
    else:
        found = [figure("stock_by_provider", "children", year=year, provider=c) for c in late]
    return sum(found) * WEEKS


def _total(year: int) -> float:
    """Give spend on children looked after: the line, or the group of the year that has no lines."""
    return line(year, TOTAL) if year <= section_251.LINES else published.group(year, section_251.LOOKED_AFTER)


def _leaving(year: int) -> float:
    """Give spend on leaving care: the line of 2015-16, which has no group, and the group of later years."""
    if year == 2016:
        return line(year, "3.1.9 Leaving care support services")
    return published.group(year, section_251.LEAVING)


def _placement(*years: int) -> tuple[Item, ...]:
    leavers = _pair(lambda y: figure("care_leavers", "young_people", year=y), *years)
    fostering, leaving, total = (_pair(f, *years) for f in (section_251.fostering_spend, _leaving, _total))
    rest = (total[0] - fostering[0] - leaving[0], total[1] - fostering[1] - leaving[1])
    fostered, whole = _pair(_fostered, *years), _pair(_children, *years)
    others = (whole[0] - fostered[0], whole[1] - fostered[1])
    undone = "2024-25: the published pounds a week, rounded to 5, times children, because no line is published yet"
    less = (
        "2024-25 lacks Wandsworth and Middlesbrough in spend, not in children (745 of 82,090 on 31 March 2022, LAIT): "
        "its price is about 1% too low"
    )
    return (
        Item("fostering", fostering, fostered, undone),
        Item("all other care and services", rest, others, f"the rest of the line of children looked after; {less}"),
        Item("leaving care", leaving, leavers, LEAVERS, "young people", mixed=False),
    )


def _residential(*years: int) -> tuple[Item, ...]:
    homes, fostering, leaving, total = (
        _pair(f, *years)
        for f in (lambda y: line(y, section_251.HOMES_LINE), section_251.fostering_spend, _leaving, _total)
    )
    price = _pair(lambda y: per_week(y, section_251.RESIDENTIAL), *years)
    lived = (homes[0] / price[0], homes[1] / price[1])
    fostered, whole = _pair(_fostered, *years), _pair(_children, *years)
    leavers = _pair(lambda y: figure("care_leavers", "young_people", year=y), *years)
    rest = (total[0] - homes[0] - fostering[0] - leaving[0], total[1] - homes[1] - fostering[1] - leaving[1])
    others = (whole[0] - fostered[0] - lived[0], whole[1] - fostered[1] - lived[1])
    return (
        Item("residential care", homes, lived, "weeks: the line over the published pounds a week, rounded to 5"),
        Item("fostering", fostering, fostered),
        Item("all other care and services", rest, others, "the rest of the line, and of the children"),
        Item("leaving care", leaving, leavers, LEAVERS, "young people", mixed=False),
    )


def _providers(*years: int) -> tuple[Item, ...]:
    def paid(column: str, year: int) -> float:
        return sum(figure("s251_lines", column, financial_year=financial(year), line=name) for name in PLACEMENTS)

    def item(column: str) -> Item:
        spend, volume = (_pair(partial(of, column), *years) for of in (paid, _provided))
        return Item(column.replace("_", " "), spend, volume, NOT_ALIKE if column == "voluntary" else "")

    return tuple(item(column) for column in PROVIDERS)


def _rows(span: Span, basis: str) -> Iterator[dict[str, object]]:
    """Write the items of a span; the price is what rounding to the pound leaves, so that parts sum exactly."""
    index = deflators.deflator()
    spends = [_in(item.spend, span.years, basis) for item in span.items]
    before, after = (_bought(span, [s[i] for s in spends], i) for i in (0, 1))
    parts = price_volume_mix(before, after, [item.mixed for item in span.items])
    for i, (item, (old, new)) in enumerate(zip(span.items, spends, strict=True)):
        volume, mix = round(float(parts.volume[i])), round(float(parts.mix[i])) if item.mixed else None
        yield {
            "table": span.table,
            "item": item.name,
            "baseline_year": span.years[0],
            "year": span.years[1],
            "baseline_spend": old,
            "spend": new,
            "baseline_units": item.volume[0],
            "units": item.volume[1],
            "units_of": item.unit,
            "baseline_unit_cost": old / item.volume[0],
            "unit_cost": new / item.volume[1],
            "volume": volume,
            "mix": mix,
            "price": new - old - volume - (mix or 0),
            "price_year": PRICE_YEAR if basis == "real" else None,
            "basis": basis,
            "deflator": index.vintage if basis == "real" else "",
            "source": span.source,
            "note": item.note,
        }


def _in(spend: Sequence[float], years: Sequence[int], basis: str) -> tuple[int, int]:
    """Give published cash as it is or restated, to the pound."""
    values = restate(spend, years, PRICE_YEAR, deflators.deflator()).values if basis == "real" else spend
    first, last = (round(float(v)) for v in values)
    return first, last


def _bought(span: Span, spend: Sequence[float], which: int) -> Bought:
    volume = [item.volume[which] for item in span.items]
    return Bought(volume, [s / v for s, v in zip(spend, volume, strict=True)], span.whole[which])
