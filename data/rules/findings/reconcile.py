"""Published figures beside what a run gives, with the error of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from data.rules.findings.run_set import CentralRun
from data.rules.rates.exits import before_18
from data.rules.sources import published
from data.rules.sources.notes import percent, signed, thousands
from data.rules.sources.published import BANDS, UASC
from data.rules.sources.write import csv_text

YEARS = (2023, 2024, 2025)
NAMES = dict(zip(BANDS, ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and 17"), strict=True))
#: Groups of section 251, with the groups of items they are; all others are children looked after.
WIDER = {
    "Safeguarding": "safeguarding",
    "Family support": "family support",
    "Sure Start and under fives": "early years",
    "Services for young people": "young people",
    "Youth justice": "youth justice",
    "Other children and families services": "other children's services",
}
ALL, CARED = "Total children and young people (excluding CERA)", "Children looked after"
WHOLE = "All"
CHILDREN, EXITS, AGED, STARTED, SPEND = (
    "children on 31 March",
    "leaving before 18",
    "leaving at 18",
    "starting",
    "spend (GBP m, gross, cash)",
)


@dataclass(frozen=True)
class Line:
    """A published figure and what the run gives, by year.

    Attributes
    ----------
    measure, what : str
        What is measured, of whom.
    published, run : dict of int to float
        By year.
    """

    measure: str
    what: str
    published: Mapping[int, float]
    run: Mapping[int, float]

    def error(self, year: int) -> float:
        """Give the error of a year [share of the published figure]."""
        return self.run[year] / self.published[year] - 1

    def worst(self) -> float:
        """Give the largest error in size."""
        return max(abs(self.error(year)) for year in self.run)


def children(done: CentralRun) -> Iterator[Line]:
    """Compare children, exits before 18, those leaving at 18 and starts."""

    def line(measure: str, what: str, wanted: Mapping[int, float], found: object) -> Line:
        values = dict(zip(done.years, map(float, found), strict=True))  # type: ignore[call-overload]
        return Line(measure, what, wanted, {y: values[y] for y in YEARS})

    yield line(CHILDREN, "all", {y: published.stock(y, "Total") for y in YEARS}, done.stock.sum(1))
    for i, (band, name) in enumerate(NAMES.items()):
        yield line(CHILDREN, name, {y: published.stock(y, band) for y in YEARS}, done.stock[:, i])
    yield line(CHILDREN, "unaccompanied", {y: published.uasc_stock(y) for y in YEARS}, done.uasc)
    yield line(STARTED, "all", {y: published.started(y, UASC, "Total") for y in YEARS}, done.started)
    for i, name in enumerate(NAMES.values()):
        yield line(EXITS, name, {y: float(before_18(y)[i]) for y in YEARS}, done.exits[:, i])
    at_18 = {y: published.ceased(y, "Age on ceasing", "18 years and over") for y in YEARS}
    yield line(AGED, "all", at_18, done.aged_out)


def spend(by_group: Mapping[str, float], year: int = YEARS[-1]) -> Iterator[Line]:
    """Compare spend of a year [GBP m, cash] by section 251 group."""
    cared = sum(v for k, v in by_group.items() if k not in WIDER.values())
    run = {ALL: sum(by_group.values()), CARED: cared, **{s: by_group[g] for s, g in WIDER.items()}}
    for name, gbp in run.items():
        yield Line(SPEND, WHOLE if name == ALL else name, {year: published.group(year, name) / 1e6}, {year: gbp / 1e6})


def table(lines: list[Line]) -> str:
    """Write lines as CSV: a row a figure; published, run and error in per cent for each year."""
    columns = ["measure", "what", *(f"{c}_{y}" for y in YEARS for c in ("published", "run", "error_percent"))]
    return csv_text(columns, [_row(line) for line in lines])


def _row(line: Line) -> dict[str, object]:
    digits = 1 if line.measure == SPEND else 0
    row: dict[str, object] = {"measure": line.measure, "what": line.what}
    for year in line.run:
        row[f"published_{year}"] = round(line.published[year], digits)
        row[f"run_{year}"] = round(line.run[year], digits)
        row[f"error_percent_{year}"] = signed(line.error(year)).removesuffix("%")
    return row


def figures(done: CentralRun) -> dict[str, str]:
    """Give the largest errors, for words."""
    lines = list(children(done))

    def worst(measure: str, names: tuple[str, ...]) -> str:
        return percent(max(x.worst() for x in lines if x.measure == measure and x.what in names))

    bands = tuple(NAMES.values())
    return {
        "worst_total": worst(CHILDREN, ("all",)),
        "worst_band": worst(CHILDREN, bands),
        "worst_uasc": worst(CHILDREN, ("unaccompanied",)),
        "worst_exits": worst(EXITS, bands),
        "worst_18": worst(AGED, ("all",)),
        "uasc_2023": thousands(float(done.uasc[0])),
        "total_2023": signed(lines[0].error(YEARS[0])),
    }
