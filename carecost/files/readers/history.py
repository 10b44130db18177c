"""Read a history of stock and flows: the country's record, a panel of authorities, or a table of one's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carecost._guard import guarded, instance
from carecost.errors import FileError, InputError, Problem, nearest, refuse, unknown
from carecost.estimation.history import SERIES, History
from carecost.files.csv_table import Line, read_csv
from carecost.files.packaged import DATA, find
from carecost.files.parsing import SUPPRESSED, read_text

#: Name of the one area of a record without areas.
WHOLE = "England"
#: Series of a history, by what a panel calls its measures.
MEASURES = {
    "stock 31 March": "stock",
    "of them unaccompanied": "uasc",
    "started in year": "started",
    "children 0-17": "population",
    "children 0-17, approximate": "population",
}
#: Columns that say where a row comes from, or that nothing here reads.
_ABOUT = ("la_number", "adopted", "ceased", "source", "note")


@dataclass(frozen=True)
class Row:
    """A row of a file by its columns, and its number as a spreadsheet counts."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Cell:
    """One figure of a file, or what stands in its place: in which row, of which series, area and year."""

    row: int
    series: str
    area: str
    region: str
    year: str
    text: str


@dataclass(frozen=True)
class Layout:
    """Columns by which a file is known, and how its rows are figures.

    Parameters
    ----------
    needs, may : tuple of str
        Columns that it must have and may have.
    cells : callable
        Gives the figures of its rows.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...]
    cells: Callable[[Sequence[Row], list[Problem], str], Iterator[Cell]]


def _own(rows: Sequence[Row], problems: list[Problem], file: str) -> Iterator[Cell]:
    """Read a column a series."""
    for row in rows:
        for series in ("stock", *SERIES):
            if series in row.cells:
                area = row.cells.get("area", WHOLE)
                region = row.cells.get("region", "")
                yield Cell(row.number, series, area, region, row.cells["year"], row.cells[series])


#: Series of the department's record by its columns.
_OF_RECORD = {"stock_31_march": "stock", "started": "started", "uasc_31_march": "uasc"}


def _record(rows: Sequence[Row], problems: list[Problem], file: str) -> Iterator[Cell]:
    """Read the country's record, of each year the latest release."""
    latest: dict[str, Row] = {}
    for row in rows:
        before = latest.get(row.cells["year"])
        if before is None or before.cells.get("release", "") < row.cells.get("release", ""):
            latest[row.cells["year"]] = row
        elif before.cells.get("release", "") == row.cells.get("release", ""):
            what = f"year {row.cells['year']} is there twice, first in row {before.number}"
            problems.append(Problem(what, f"{file}, row {row.number}", "Keep one, or give each its release"))
    for row in latest.values():
        for column, series in _OF_RECORD.items():
            if column in row.cells:
                yield Cell(row.number, series, WHOLE, "", row.cells["year"], row.cells[column])


def _panel(rows: Sequence[Row], problems: list[Problem], file: str) -> Iterator[Cell]:
    """Read a row a figure, its series named by the measure."""
    strange: dict[str, int] = {}
    for row in rows:
        at = row.cells
        if at["measure"] in MEASURES:
            yield Cell(row.number, MEASURES[at["measure"]], at["area"], at["region"], at["year"], at["value"])
        else:
            strange.setdefault(at["measure"], row.number)
    problems += [unknown("measure", measure, MEASURES, f"{file}, row {number}") for measure, number in strange.items()]


#: The layouts that are known, by name. A source of another layout is one more row.
LAYOUTS: dict[str, Layout] = {
    "panel of authorities": Layout(("area", "region", "year", "measure", "value"), _ABOUT, _panel),
    "record of the department": Layout(
        ("year", "stock_31_march", "started"), (*_ABOUT, "uasc_31_march", "stock_flow_residual", "release"), _record
    ),
    "history": Layout(("year", "stock"), ("area", "region", *SERIES, *_ABOUT), _own),
}


def packaged_histories() -> list[str]:
    """Give the names of the packaged histories."""
    return sorted(path.stem for path in (DATA / "histories").glob("*.csv"))


@guarded(name=instance(str, Path, words="Give a name or a path"))
def load_history(name: str | Path) -> History:
    """Load a history of stock and flows, told from the columns of its file.

    Known are: the country's record as the department has it (``year``, ``stock_31_march``, ``started``, ...; of a year
    that is there twice the latest release), a panel of authorities with a row a figure (``area``, ``region``, ``year``,
    ``measure``, ``value``), and a table of one's own with a row a year, or an area and year, and a column a series
    (``year``, ``stock`` and any of ``area``, ``region``, ``started``, ``uasc``, ``population``).

    Parameters
    ----------
    name : str or Path
        A packaged name (``england``, ``authorities``) or a CSV file of yours, of any years.

    Returns
    -------
    History
        The record. A blank or withheld figure is not known, and never zero; of the stock there may be none.

    Raises
    ------
    CareCostError
        With every fault found: file, row, value, remedy and nearest name; for columns of no known layout the nearest.

    See Also
    --------
    History : What it gives.
    backtest : Scores forecasts on it.

    Examples
    --------
    >>> england = load_history("england")
    >>> england.years[0], england.years[-1], england.areas
    (1994, 2025, ('England',))
    """
    path = find(name, packaged_histories(), "history", lambda n: DATA / "histories" / f"{n}.csv")
    shown = path.stem if path.parent == DATA / "histories" else path.name
    return read_history(read_text(path), path.name, shown)


def read_history(text: str, file: str, name: str) -> History:
    r"""Read a history from the text of a file.

    Parameters
    ----------
    text : str
        The file.
    file : str
        Its name, for messages.
    name : str
        What the history is called.

    Returns
    -------
    History
        The record.

    Raises
    ------
    FileError
        With every fault found.

    Examples
    --------
    >>> read_history("year,stock\n2024,100\n2025,104\n", "x.csv", "mine").stock.tolist()
    [[100.0, 104.0]]
    """
    problems: list[Problem] = []
    lines = read_csv(text, file, problems, {c for layout in LAYOUTS.values() for c in (*layout.needs, *layout.may)})
    refuse(problems, FileError)
    assert lines is not None  # None comes with a problem
    layout = _told(lines[0], file)
    rows = [*_rows(lines, layout, file, problems)]
    refuse(problems, FileError)
    cells = [*layout.cells(rows, problems, file)]
    sources = "; ".join(dict.fromkeys(row.cells.get("source", "") for row in rows)).strip("; ")
    return _made(cells, problems, file, name, sources)


def _told(header: Line, file: str) -> Layout:
    """Tell a layout from its columns.

    Raises
    ------
    FileError
        If the columns are of none: with the nearest and what it lacks.
    """
    names = {cell.strip() for cell in header.cells}
    for layout in LAYOUTS.values():
        if set(layout.needs) <= names:
            return layout

    def near(name: str) -> float:
        layout = LAYOUTS[name]
        has = sum(c in names for c in (*layout.needs, *layout.may))
        return has / len(names) + sum(c in names for c in layout.needs) / len(layout.needs)

    best = max(LAYOUTS, key=near)
    lacking = ", ".join(repr(column) for column in LAYOUTS[best].needs if column not in names)
    what = f"columns {', '.join(sorted(names))} are of no layout that is known"
    remedy = f"The nearest is the {best}, which has {lacking} too. {nearest(best, LAYOUTS).split('? ')[-1]}"
    raise FileError(Problem(what, f"{file}, header", remedy))


def _rows(lines: Sequence[Line], layout: Layout, file: str, problems: list[Problem]) -> Iterator[Row]:
    """Give each row its columns."""
    names = [cell.strip() for cell in lines[0].cells]
    known = (*layout.needs, *layout.may)
    for i, name in enumerate(names):
        if name in names[:i]:
            problems.append(Problem(f"column {name!r} is there twice", f"{file}, header", "Keep one"))
        elif name and name not in known:
            problems.append(unknown("column", name, known, f"{file}, header"))
    if len(lines) == 1:
        problems.append(Problem("has a header and no rows", file, "Add rows"))
    for number, cells in lines[1:]:
        if len(cells) != len(names):
            what = f"has {len(cells)} cells under {len(names)} columns"
            problems.append(Problem(what, f"{file}, row {number}", "Put text with commas in quotes"))
        yield Row(number, dict(zip(names, (cell.strip() for cell in cells), strict=False)))


def _made(cells: Sequence[Cell], problems: list[Problem], file: str, name: str, source: str) -> History:
    """Lay figures out by series, area and year.

    Raises
    ------
    FileError
        With every fault found.
    """
    regions: dict[str, str] = {}
    years: set[int] = set()
    found: dict[tuple[str, str, int], tuple[float, int]] = {}
    for cell in cells:
        place = f"{file}, row {cell.row}"
        if not (cell.year.isascii() and cell.year.isdigit() and len(cell.year) == 4):
            problems.append(Problem(f"year is {cell.year!r}", place, "Give the year that ends on 31 March, as 2025"))
            continue
        if not cell.area:
            problems.append(Problem("area is blank", place, "Name it"))
        if regions.setdefault(cell.area, cell.region) != cell.region:
            what = f"{cell.area} is in {cell.region!r} here and in {regions[cell.area]!r} before"
            problems.append(Problem(what, place, "Give one region in all its rows"))
        key = (cell.series, cell.area, int(cell.year))
        if key in found:
            what = f"{cell.series} of {cell.area}, {cell.year} is there twice, first in row {found[key][1]}"
            problems.append(Problem(what, place, "Keep one"))
        years.add(int(cell.year))
        found[key] = (_figure(cell, place, problems), cell.row)
    refuse(problems, FileError)
    span = tuple(range(min(years), max(years) + 1))
    areas = tuple(regions)

    def series(which: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return np.array([[found.get((which, area, year), (math.nan, 0))[0] for year in span] for area in areas])

    try:
        return History(
            span,
            areas,
            series("stock"),
            started=series("started"),
            uasc=series("uasc"),
            population=series("population"),
            regions=tuple(regions.values()),
            name=name,
            source=source,
        )
    except InputError as error:
        raise FileError(Problem(p.what, f"{file}: {p.where}", p.remedy) for p in error.problems) from None


def _figure(cell: Cell, place: str, problems: list[Problem]) -> float:
    """Read a count; NaN where it is blank or withheld, which the stock may not be."""
    withheld = not cell.text or cell.text.casefold() in SUPPRESSED
    if withheld and cell.series == "stock":
        what = f"stock of {cell.area}, {cell.year} is {cell.text!r}"
        problems.append(Problem(what, place, "Give the count, or leave the area out"))
    if withheld:
        return math.nan
    try:
        value = float(cell.text)
    except ValueError:
        value = math.nan
    if not (value >= 0 and math.isfinite(value)) or "_" in cell.text:
        what = f"{cell.series} of {cell.area}, {cell.year} is {cell.text!r}"
        problems.append(Problem(what, place, "Give a count of zero or more, without commas between its figures"))
        return math.nan
    return value
