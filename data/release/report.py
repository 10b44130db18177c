"""The report of a release: headlines, the new set beside the old, what changed in each table, and the files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import carecost as cc
from carecost.files.baselines import official_place
from carecost.files.readers.ons_population import LAYOUTS as PROJECTIONS
from carecost.files.readers.release import Release
from data.release.changes import FIELDS, GONE, NEW_CATEGORY, NEW_YEAR, REVISED, TAKEN, Change, Compared
from data.release.tables import COLUMNS, GROUPS, PER_WEEK, before
from data.rules.sources.published import TABLES, deflator, financial

PROJECTION = PROJECTIONS[0].name
#: Rows of a table that the report shows; the CSV has all.
SHOWN = 12
#: Figures that people quote: what, table, where, column, and how it is written.
HEADLINES: tuple[tuple[str, str, Mapping[str, str], str, str], ...] = (
    ("children in care on 31 March", "time_series", {}, "stock", "{:,.0f}"),
    ("children who started in the year", "time_series", {}, "started", "{:,.0f}"),
    ("children who ceased in the year", "time_series", {}, "ceased", "{:,.0f}"),
    ("unaccompanied children on 31 March", "time_series", {}, "uasc", "{:,.0f}"),
    ("in foster families", "stock_by_placement", {"placement": "Foster placements"}, "children", "{:,.0f}"),
    (
        "in secure and children's homes",
        "stock_by_placement",
        {"placement": "Secure homes and children's homes"},
        "children",
        "{:,.0f}",
    ),
    ("children aged 0 to 17 (mid-year)", "population_totals", {}, "population_0_17", "{:,.0f}"),
    ("pounds a week, all care", "unit_costs_lait", {"item": PER_WEEK["LACFinance"]}, "value", "£{:,.0f}"),
    ("pounds a week, a home", "unit_costs_lait", {"item": PER_WEEK["RescareFinance"]}, "value", "£{:,.0f}"),
    ("pounds a week, a foster family", "unit_costs_lait", {"item": PER_WEEK["FosteringFinance"]}, "value", "£{:,.0f}"),
    ("spend on children's services", "s251_groups", {"group": GROUPS["C&YPExpenditure"]}, "gbp", "£{:,.0f}"),
    ("spend on children looked after", "s251_groups", {"group": GROUPS["TotalLACFinance"]}, "gbp", "£{:,.0f}"),
)


@dataclass(frozen=True)
class Headline:
    """A figure that people quote, before and after a release.

    Parameters
    ----------
    what, before, after, why : str
        Words, with years.
    """

    what: str
    before: str
    after: str
    why: str


def headlines(compared: Compared) -> list[Headline]:
    """Give the published headlines before and after: the latest of each, and why it moved."""
    found = []
    for what, table, where, column, form in HEADLINES:
        year = COLUMNS[table][0][0]
        old, new = (
            _latest(rows, where, year, column) for rows in (before(table), compared.tables.get(table, before(table)))
        )
        why = "as before" if old == new else NEW_YEAR if old[0] != new[0] else REVISED
        found.append(Headline(what, *(f"{form.format(float(value))} ({when})" for when, value in (old, new)), why))
    return found


def _latest(rows: Iterable[Mapping[str, str]], where: Mapping[str, str], year: str, column: str) -> tuple[str, str]:
    some = [(row[year], row[column]) for row in rows if row[column] and all(row[k] == v for k, v in where.items())]
    return max(some)


def of_sets(old: cc.Assumptions, new: cc.Assumptions) -> list[Headline]:
    """Run both sets without draws and give what is quoted of them at the same dates."""
    runs = {}
    for one in (old, new):
        years = old.base_year + 20 - one.base_year
        runs[one.name] = cc.run(one, "care-review", years=years)
    date = new.base_year + 5
    end = old.base_year + 20
    why = f"the tables of {new.base_year}: children, flows and rates of the new year"
    if new.price_year != old.price_year:
        why += f"; prices of {financial(new.price_year)}"
    found = []
    for when in (new.base_year, date, old.base_year + 10, end):
        values = [_children(results, when) for results in runs.values()]
        found.append(Headline(f"children in care on 31 March {when}, no reform", *map("{:,.0f}".format, values), why))
    prices = f"prices of {financial(old.price_year)}"
    pounds = [deflator(old.price_year) / deflator(one.price_year) / 1e9 for one in (old, new)]
    for year in (date, end):
        values = [_spend(results, year) * unit for results, unit in zip(runs.values(), pounds, strict=True)]
        words = [f"£{value:.2f}bn" for value in values]
        found.append(Headline(f"public spend in {financial(year)}, no reform, {prices}", *words, why))
    savings = [
        f"£{results.compare('care-review').central.npv()[0] * unit:,.2f}bn"
        for results, unit in zip(runs.values(), pounds, strict=True)
    ]
    what = f"net present saving of care-review to {financial(end)}, {prices}, at the first year of each set"
    found.append(Headline(what, *savings, why))
    return found


def _children(results: cc.Results, date: int) -> float:
    rows = results.children()
    return float(
        rows[(rows["date"] == date) & (rows["scenario"] == "inaction") & (rows["quantile"] == "central")]["value"].sum()
    )


def _spend(results: cc.Results, year: int) -> float:
    costs = results.run.central["inaction"].costs
    return float(costs.public_spend[0][results.run.grid.years.index(year)])


def csv_text(changes: Sequence[Change], found: Sequence[Headline]) -> str:
    """Write every change and headline as tidy CSV: table, row, column, before, after, why, file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(change.cells() for change in changes)
    writer.writerows(
        {"table": "headline", "row": h.what, "before": h.before, "after": h.after, "why": h.why} for h in found
    )
    return out.getvalue()


def text(
    folder: Path, release: Release, compared: Compared, quoted: Sequence[Headline], built: str, sets: Sequence[Headline]
) -> str:
    """Write the report.

    Parameters
    ----------
    folder : Path
        Of the release.
    release : Release
        What was read.
    compared : Compared
        What it changes.
    quoted, sets : sequence of Headline
        Published headlines, and those of the sets.
    built : str
        What was built, or why nothing was.

    Returns
    -------
    str
        Markdown.
    """
    lines = [f"# What the release in {folder.name} changes", ""]
    lines += ["## Headlines", "", *_table(("what", "before", "after", "why"), [vars(h) for h in quoted]), ""]
    lines += ["## The set", "", built, ""]
    if sets:
        lines += _table(("what", "before", "after", "why"), [vars(h) for h in sets])
        lines.append("")
    lines += ["## Tables", "", *_tables(compared)]
    lines += ["## Files", "", *_files(release, compared)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> list[str]:
    made = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    cells = ([str(row[name]).replace("|", "\\|") for name in columns] for row in rows)
    return made + [f"| {' | '.join(one)} |" for one in cells]


def _tables(compared: Compared) -> Iterator[str]:
    """Give each table: how many figures changed and why, the first of them, and what is not new."""
    for name in COLUMNS:
        some = [change for change in compared.changes if change.table == name]
        if not some:
            continue
        counts = Counter(change.why for change in some)
        yield f"### {name}"
        yield ""
        yield "; ".join(f"{count} {why}" for why, count in counts.items()) + "."
        yield ""
        order = {why: i for i, why in enumerate((GONE, NEW_CATEGORY, REVISED))}
        shown = sorted(some, key=lambda change: order.get(change.why, len(order)))[:SHOWN]
        yield from _table(("row", "column", "before", "after", "why"), [change.cells() for change in shown])
        if len(some) > SHOWN:
            yield f"\n{len(some) - SHOWN} more in changes.csv. Before a new year stands the year before."
        yield ""
    same = [name for name in COLUMNS if name not in compared.tables]
    if same:
        yield f"No figure of these tables changes: {', '.join(same)}."
        yield ""
    others = sorted(path.stem for path in TABLES.glob("*.csv") if path.stem not in COLUMNS)
    yield f"Of other sources, and for a person to look after: {', '.join(others)}."
    yield ""
    if compared.said:
        yield from (f"- {sentence}." for sentence in compared.said)
        yield ""


def _files(release: Release, compared: Compared) -> Iterator[str]:
    rows = [
        {
            "file": reading.file,
            "what it is": reading.layout,
            "years": f"{reading.years[0]} to {reading.years[-1]}" if reading.years else "",
            "figures": f"{len(reading.figures):,}",
            "for tables": f"{compared.files[reading.file]:,}",
            "not read": "; ".join(reading.remarks) or "nothing",
        }
        for reading in release.readings
    ]
    yield from _table(("file", "what it is", "years", "figures", "for tables", "not read"), rows)
    yield ""
    yield "Figures that are for no table are of authorities, of other breakdowns, or of what is not transcribed."
    yield ""
    if any(reading.layout == PROJECTION for reading in release.readings):
        yield f"For the baseline population-official put the projection of persons at {official_place()}."
        yield ""
    if release.refused:
        yield "Not read at all:"
        yield ""
        yield from (f"- {name}: {why}." for name, why in release.refused)
        yield ""


def taken(compared: Compared) -> int:
    """Count the figures that go into tables."""
    return sum(change.why in TAKEN for change in compared.changes)
