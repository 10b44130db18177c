"""Which published figure goes into which transcribed table: rows of `data/published`, from what the readers give."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from carecost.files.readers.ees import plain_label, same_label
from carecost.files.readers.published_table import Figure
from carecost.files.readers.release import Release
from data.rules.sources.published import TABLES, financial

#: Columns that tell the rows of a table apart, and those with figures.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stock_by_age": (("year", "age_band"), ("children",)),
    "stock_by_placement": (("year", "placement"), ("children",)),
    "stock_by_provider": (("year", "provider"), ("children",)),
    "foster_by_provider": (("year", "placement", "provider"), ("children",)),
    "placement_detail": (("year", "placement"), ("children",)),
    "placement_orders": (("year", "legal_status"), ("children",)),
    "flows": (("year", "flow", "by", "characteristic"), ("children",)),
    "started_by_placement": (("year", "placement"), ("children",)),
    "uasc_stock": (("year", "by", "characteristic"), ("children",)),
    "placements_ended": (("year", "measure", "placement"), ("value",)),
    "time_series": (("year",), ("stock", "started", "ceased", "uasc", "adopted")),
    "rates_by_region": (("year", "area"), ("population_0_17", "children", "rate_per_10000")),
    "population_totals": (("mid_year",), ("population_0_17",)),
    "children_in_need": (("year",), ("children_at_31_march", "episodes_started", "episodes_ended")),
    "s251_groups": (("financial_year", "group"), ("gbp",)),
    "s251_lines": (
        ("financial_year", "line"),
        ("own", "private", "other_public", "voluntary", "total", "income", "net"),
    ),
    "unit_costs_lait": (("financial_year", "item"), ("value",)),
    "care_leavers": (("year",), ("young_people",)),
    "after_care": (("year", "figure"), ("value",)),
    "service_unit_costs": (("year", "item"), ("value",)),
}
#: Indicators of the tool that are groups of section 251, pounds a week, and others.
GROUPS = {
    "LeaveCareSupServTotExp": "Leaving care support (within children looked after)",
    "C&YPExpenditure": "Total children and young people (excluding CERA)",
    "SureStartFinance": "Sure Start and under fives",
    "TotalLACFinance": "Children looked after",
    "OtherChildren&FamilyFinance": "Other children and families services",
    "SafeguardingFinance": "Safeguarding",
    "FamilySupportFinance": "Family support",
    "YoungPeopleFinance": "Services for young people",
    "YouthJusticeFinance": "Youth justice",
}
PER_WEEK = {
    "LACFinance": "CLA all",
    "FosteringFinance": "Fostering (gross s251 / foster placements)",
    "RescareFinance": "Residential (gross s251 / 903 care days K1,K2,R1,S1)",
    "AdoptionFinance": "Adoption",
}
WORK = "Social work, safeguarding and commissioning per child in need at 31 March"
SUPPORT = "Family support services gross, per child in need at 31 March"
ORDERS = "left care by special guardianship order"
FLOWS = ("Age on starting", "Age on ceasing", "Reason episode ceased", "Unaccompanied asylum-seeking children")

CLA = "DfE, Children looked after in England including adoptions, {} release"
LAIT = "DfE, Local Authority Interactive Tool, figures to {}"
S251 = "DfE, LA and school expenditure (section 251 outturn), {} release, England, GBP cash"
NEED = "DfE, Children in need, {} release"
ONS = "ONS mid-year population estimates, England, ages 0 to 17, as used by DfE in the {} children looked after release"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A figure on its way into a table.

    Parameters
    ----------
    table : str
        Name of the table.
    key : tuple of str
        Of the row.
    column : str
        Of the figure.
    value : float, optional
        The figure; none where it is withheld.
    file, source : str
        File that it is from; source as the table says it, with the release of that file.
    origin : tuple of (str, int, str)
        File, row and what of the published figure, which may go into several tables.
    """

    table: str
    key: Key
    column: str
    value: float | None
    file: str
    source: str
    origin: tuple[str, int, str]


@cache
def before(table: str) -> tuple[dict[str, str], ...]:
    """Read a table as it stands in the project."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def labels(table: str, column: str, **where: str) -> list[str]:
    """Give the labels of a column of a table, in its order."""
    rows = [row for row in before(table) if all(row[k] == v for k, v in where.items())]
    return list(dict.fromkeys(row[column] for row in rows))


def cells(release: Release) -> Iterator[Cell]:
    """Give every figure of a release that is transcribed, for England or its regions."""
    for reading in release.readings:
        for figure in reading.figures:
            for make in _MAKERS:
                if figure.level in ("National", "Regional"):
                    last = financial(reading.years[-1])
                    for table, key, column, value, source in make(figure):
                        origin = (reading.file, figure.row, figure.what)
                        yield Cell(table, key, column, value, reading.file, source.format(last), origin)


Made = Iterator[tuple[str, Key, str, float | None, str]]


def _national(of: Callable[[Figure], Made]) -> Callable[[Figure], Made]:
    return lambda figure: of(figure) if figure.level == "National" else iter(())


@_national
def _ages_and_placements(figure: Figure) -> Made:
    """Give children on 31 March by age, placement (whole and in detail) and legal status."""
    if figure.what != "stock" or "characteristic" not in figure.labels:
        return
    year, label = str(figure.year), figure.labels["characteristic"]
    group = figure.labels["group"]
    if group == "Age group":
        yield "stock_by_age", (year, known(label, labels("stock_by_age", "age_band"))), "children", figure.value, CLA
        if _whole(label):
            yield "stock_by_placement", (year, "Total"), "children", figure.value, CLA
    if group == "Placement":
        if re.match(r"\d+\.?\s+total\b", label, re.IGNORECASE):
            name = known(label, labels("stock_by_placement", "placement"))
            yield "stock_by_placement", (year, name), "children", figure.value, CLA
        if detail := same_label(label, labels("placement_detail", "placement")):
            yield "placement_detail", (year, detail), "children", figure.value, CLA
    if group == "Legal status" and (status := same_label(label, labels("placement_orders", "legal_status"))):
        yield "placement_orders", (year, status), "children", figure.value, CLA


@_national
def _flows(figure: Figure) -> Made:
    """Give starts and exits by what is transcribed, and starts by placement."""
    if figure.what not in ("started", "ceased") or "characteristic" not in figure.labels:
        return
    year, group, label = str(figure.year), figure.labels["group"], figure.labels["characteristic"]
    if group in FLOWS:
        name = known(label, labels("flows", "characteristic", flow=figure.what, by=group))
        yield "flows", (year, figure.what, group, name), "children", figure.value, CLA
        if plain_label(label) == "adopted":
            yield "time_series", (year,), "adopted", figure.value, CLA
    if (
        figure.what == "started"
        and group == "Placement group"
        and (placement := same_label(label, labels("started_by_placement", "placement")))
    ):
        yield "started_by_placement", (year, placement), "children", figure.value, CLA


@_national
def _unaccompanied(figure: Figure) -> Made:
    if figure.what == "uasc" and "characteristic" in figure.labels:
        year, group, label = str(figure.year), figure.labels["group"], figure.labels["characteristic"]
        if group in ("Age group", "Placements"):
            name = known(label, labels("uasc_stock", "characteristic", by=group))
            yield "uasc_stock", (year, group, name), "children", figure.value, CLA
        if group == "Age group" and _whole(label):
            yield "time_series", (year,), "uasc", figure.value, CLA


@_national
def _providers(figure: Figure) -> Made:
    """Give children by provider, and those in foster care by provider and side of the boundary."""
    if figure.what != "by provider":
        return
    year, placement, provider = str(figure.year), figure.labels["placement"], figure.labels["provider"]
    if plain_label(placement).startswith("all children looked after"):
        name = (
            "Total"
            if plain_label(provider) == "all children"
            else known(provider, labels("stock_by_provider", "provider"))
        )
        yield "stock_by_provider", (year, name), "children", figure.value, CLA
    for where in labels("foster_by_provider", "placement"):
        if placement.split()[0] == where.split()[0] and "foster" in placement.casefold():
            name = known(provider, labels("foster_by_provider", "provider"))
            yield "foster_by_provider", (year, where, name), "children", figure.value, CLA


@_national
def _ended(figure: Figure) -> Made:
    measures = {"all placements": "placements ended", "median duration (days)": "Median duration (days)"}
    if figure.what == "placements ended" and figure.labels["duration"].casefold() in measures:
        measure = measures[figure.labels["duration"].casefold()]
        placement = known(figure.labels["placement"], labels("placements_ended", "placement"))
        yield "placements_ended", (str(figure.year), measure, placement), "value", figure.value, CLA


def _numbers(figure: Figure) -> Made:
    """Give the country's record, its regions, and the children aged 0 to 17."""
    if set(figure.labels) - {"table"}:
        return
    year, national = str(figure.year), figure.level == "National"
    if national and figure.what in ("stock", "started", "ceased", "uasc", "adopted"):
        yield "time_series", (year,), figure.what, figure.value, CLA
    if national and figure.what == "population":
        yield "population_totals", (str(figure.year - 1),), "population_0_17", figure.value, ONS
    column = {"population": "population_0_17", "stock": "children", "rate": "rate_per_10000"}.get(figure.what)
    area = same_label(figure.area, labels("rates_by_region", "area"))
    if column and area and figure.labels:
        yield "rates_by_region", (year, area), column, figure.value, CLA


@_national
def _need(figure: Figure) -> Made:
    columns = {"in need": "children_at_31_march", "need started": "episodes_started", "need ended": "episodes_ended"}
    if figure.what in columns:
        yield "children_in_need", (str(figure.year),), columns[figure.what], figure.value, NEED


@_national
def _tool(figure: Figure) -> Made:
    """Give what the interactive tool has of spending, pounds a week and young people."""
    year, of = financial(figure.year), figure.what
    if of in GROUPS:
        yield "s251_groups", (year, GROUPS[of]), "gbp", figure.value, LAIT
    if of in PER_WEEK:
        yield "unit_costs_lait", (year, PER_WEEK[of]), "value", figure.value, LAIT
    if of == "SWFinance":
        yield "service_unit_costs", (year, WORK), "value", figure.value, LAIT
    if of == "NoCareLeavers":
        yield "care_leavers", (str(figure.year),), "young_people", figure.value, LAIT
    if of == "LAC_ceased_SGO":
        yield "after_care", (str(figure.year), ORDERS), "value", figure.value, LAIT


@_national
def _outturn(figure: Figure) -> Made:
    if figure.what in COLUMNS["s251_lines"][1] and "line" in figure.labels:
        line = same_label(figure.labels["line"], labels("s251_lines", "line"))
        if line:
            yield "s251_lines", (financial(figure.year), line), figure.what, figure.value, S251


_MAKERS: Sequence[Callable[[Figure], Made]] = (
    _ages_and_placements,
    _flows,
    _unaccompanied,
    _providers,
    _ended,
    _numbers,
    _need,
    _tool,
    _outturn,
)


def _whole(label: str) -> bool:
    return plain_label(label) in ("total", "children", "all children")


def known(label: str, names: Iterable[str]) -> str:
    """Give the transcribed label of a category, the total's, or as published where it is new."""
    listed = list(names)
    found = same_label(label, listed)
    whole = next((name for name in listed if _whole(name)), "")
    return found or (whole if whole and _whole(label) else label)


def written(folder: Path, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table with the columns that it has in the project."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        columns = next(csv.reader(lines))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
