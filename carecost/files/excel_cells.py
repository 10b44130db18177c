"""Read the cells of a workbook strictly: what a spreadsheet program did to a cell is said, never guessed."""

from __future__ import annotations

import datetime
import html
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carecost.errors import FileError, Problem
from carecost.files.excel import letter

#: Most bytes of a workbook, and of what is packed in it.
MOST_BYTES, MOST_UNPACKED = 20_000_000, 200_000_000
#: Most cells that a sheet may span, blank ones among them.
MOST_CELLS = 5_000_000
#: A row in the text of a sheet, by its attributes; or a cell, by its attributes and what is in it.
_CELL = re.compile(r"<row\b([^>]*)>|<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_TEXT = "Format the cell as text, and write it anew"


@dataclass(frozen=True)
class Odd:
    """A cell that holds neither text nor number nor truth value.

    Attributes
    ----------
    text : str
        What stands for it where a number is wanted.
    what, remedy : str
        What is wrong with it where text is wanted; how to mend it.
    """

    text: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Page:
    """A sheet: its name, its rows from the first one of the sheet, and what is wrong with it as a whole."""

    name: str
    rows: list[list[object]]
    problems: tuple[Problem, ...] = ()

    @property
    def titled(self) -> str:
        """The sheet, as messages name it."""
        return titled(self.name)

    def place(self, row: int, column: int | None = None) -> str:
        """Name a cell, or a row: rows from 1, columns from 0."""
        return f"{self.titled}, " + (f"row {row}" if column is None else f"cell {letter(column)}{row}")


def titled(name: str) -> str:
    """Name a sheet in a message.

    Examples
    --------
    >>> titled("unit_cost")
    "sheet 'unit_cost'"
    """
    return f"sheet {name!r}"


def read_pages(path: Path) -> Iterator[Page]:
    """Read every sheet of a workbook.

    Parameters
    ----------
    path : Path
        The workbook.

    Yields
    ------
    Page
        Each sheet; cells are text, numbers (float), truth values or :class:`Odd`, blank ones ``""``.

    Raises
    ------
    FileError
        If it cannot be read, or is too large.
    """
    import python_calamine

    _weighed(path)
    try:
        odd, merged = _odd(path)  # first: it refuses what a stray cell would make too large
        made = python_calamine.CalamineWorkbook.from_path(str(path))
        found = [(name, made.get_sheet_by_name(name)) for name in made.sheet_names]
        read = [(name, sheet.to_python(skip_empty_area=False)) for name, sheet in found]
    except (python_calamine.CalamineError, zipfile.BadZipFile, KeyError, UnicodeDecodeError, OSError) as error:
        remedy = "Open it in a spreadsheet program and save it as .xlsx, without a password"
        raise FileError(Problem(f"cannot be read as a workbook: {error}", path.name, remedy)) from None
    for name, rows in read:
        cells = [[_taken(cell) for cell in row] for row in rows]
        for (row, column), strange in odd.get(name, {}).items():
            if row < len(cells) and column < len(cells[row]):
                cells[row][column] = strange
            elif strange.text:  # a formula at the edge whose result is nowhere
                cells += [[] for _ in range(row + 1 - len(cells))]
                cells[row] += [""] * (column + 1 - len(cells[row]))
                cells[row][column] = strange
        width = max(map(len, cells), default=0)
        yield Page(
            name, [[*row, *[""] * (width - len(row))] for row in cells], tuple(_merged(name, merged.get(name, ())))
        )


def _weighed(path: Path) -> None:
    """Refuse what is too large before it is unpacked."""
    remedy = "Leave out what the set or scenario does not need"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError(Problem(f"has more than {MOST_BYTES // 1_000_000} MB", path.name, remedy))
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise FileError(Problem(f"unpacks to more than {MOST_UNPACKED // 1_000_000} MB", path.name, remedy))
    except OSError as error:
        raise FileError(
            Problem(f"cannot be read: {error.strerror}", path.name, "Check the path and its permissions")
        ) from None
    except zipfile.BadZipFile:
        raise FileError(
            Problem("is not a workbook", path.name, "Save it as .xlsx in a spreadsheet program, without a password")
        ) from None


def _taken(cell: Any) -> object:
    if isinstance(cell, bool | str):
        return cell
    if isinstance(cell, int | float):
        return float(cell)
    # Midnight is no part of a day that somebody typed.
    day = cell.date() if isinstance(cell, datetime.datetime) and cell.time() == datetime.time() else cell
    return Odd(str(day), f"is the date or time {day}, where text is wanted", _TEXT)


def _merged(name: str, ranges: Sequence[str]) -> Iterator[Problem]:
    for cells in ranges:
        what = "are merged: what they hold stands in the first alone"
        yield Problem(what, f"{titled(name)}, cells {cells}", "Unmerge them, and fill each")


def _odd(path: Path) -> tuple[dict[str, dict[tuple[int, int], Odd]], dict[str, list[str]]]:
    """Find by sheet, row and column (from 0) cells that hold an error, or a formula whose result is not stored.

    Ranges of cells that are merged, such as ``A4:B4``, are the second of the two. A sheet that spans too many cells is
    refused: one stray cell far from the table makes one of billions.
    """
    found: dict[str, dict[tuple[int, int], Odd]] = {}
    merged: dict[str, list[str]] = {}
    with zipfile.ZipFile(path) as parts:
        links = _text(parts, "xl/_rels/workbook.xml.rels")
        targets = {
            attribute(link, "Id"): attribute(link, "Target").removeprefix("/xl/").removeprefix("/")
            for link in re.findall(r"<Relationship\b[^>]*>", links)
        }
        for sheet in re.findall(r"<sheet\b[^>]*>", _text(parts, "xl/workbook.xml")):
            text = _text(parts, f"xl/{targets[attribute(sheet, _ID)]}")
            name = html.unescape(attribute(sheet, "name"))
            cells = found.setdefault(name, {})
            merged[name] = [attribute(one, "ref") for one in re.findall(r"<mergeCell\b[^>]*>", text)]
            spanned = (0, 0)
            for where, about, inside in _cells(text):
                spanned = _spanned(name, spanned, where)
                result = re.search(r"<v[^>]*>(.*?)</v>", inside, re.DOTALL)
                if attribute(about, "t") == "e":
                    said = html.unescape(result[1]) if result else "an error"
                    remedy = "Mend the formula, or write the value in its place"
                    cells[where] = Odd(said, f"is {said}, an error of the spreadsheet", remedy)
                elif "<f" in inside and (result is None or (not result[1] and attribute(about, "t") != "str")):
                    remedy = "Open and save it in a spreadsheet program, or write the value in its place"
                    said = "a formula whose result is not stored"
                    cells[where] = Odd(said, f"holds {said}", remedy)
    return found, merged


def _cells(text: str) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Give each cell of a sheet that holds something: row and column (from 0), attributes, and what is in it.

    Rows and cells need not say where they are: each then follows the one before.
    """
    row = column = -1
    for found in _CELL.finditer(text):
        if found[1] is not None:
            number = attribute(found[1], "r")
            row, column = int(number) - 1 if number.isdecimal() else row + 1, -1
            continue
        place = re.fullmatch(r"([A-Za-z]{1,7})(\d{1,9})", attribute(found[2], "r"))
        row, column = (row, column + 1) if place is None else (int(place[2]) - 1, _column(place[1].upper()))
        if found[3]:
            yield (row, column), found[2], found[3]


def _spanned(name: str, before: tuple[int, int], where: tuple[int, int]) -> tuple[int, int]:
    """Give last row and column of a sheet with one cell more; refuse a cell with which it would span too many."""
    row, column = max(before[0], where[0]), max(before[1], where[1])
    if (row + 1) * (column + 1) > MOST_CELLS:
        place = f"{titled(name)}, cell {letter(where[1])}{where[0] + 1}"
        what = f"is so far out that the sheet spans {(row + 1) * (column + 1):,} cells, of at most {MOST_CELLS:,}"
        raise FileError(Problem(what, place, "Delete what stands where no table reaches"))
    return row, column


def _text(parts: zipfile.ZipFile, name: str) -> str:
    """Read a part, without the prefix that some programs give to every name in it."""
    text = parts.read(name).decode("utf-8")
    prefix = re.search(r"<(\w+):(?:worksheet|workbook|Relationships)\b", text)
    return text if prefix is None else re.sub(rf"<(/?){prefix[1]}:", r"<\1", text)


def attribute(tag: str, name: str) -> str:
    """Give an attribute of a tag; empty where it has none.

    Examples
    --------
    >>> attribute('<c r="B2" t="e">', "t"), attribute('<c r="B2">', "t")
    ('e', '')
    """
    found = re.search(rf"(?<![\w:]){name}\s*=\s*([\"'])(.*?)\1", tag, re.DOTALL)
    return found[2] if found else ""


#: The attribute by which a sheet names its part, under whatever prefix.
_ID = r"\w+:id"


def _column(letters: str) -> int:
    """Give the number of a column, from 0, by its letters."""
    column = 0
    for one in letters:
        column = column * 26 + ord(one) - ord("A") + 1
    return column - 1


# Places of files said as cells

_BAND = r"\d+(?:-\d+)?"
_ROWS = rf"rows? (?P<rows>{_BAND}(?:; {_BAND})*)(?:, column (?P<column>\w+))?"


@dataclass
class Cells:
    """The cell of every place that a message about a file may name."""

    _tables: dict[str, tuple[str, int, list[str]]] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    def of_table(self, file: str, sheet: str, start: int, header: Sequence[str]) -> None:
        """Keep where a table stands: its sheet, the row of its header, and its columns."""
        self._tables[file] = (sheet, start, list(header))

    def keep(self, place: str, cell: str) -> None:
        """Keep the cell of a place in a file of TOML; the first of a name stays."""
        self._places.setdefault(place, cell)

    def said(self, problem: Problem) -> Problem:
        """Say a problem of files as one of sheets and cells.

        Examples
        --------
        >>> cells = Cells()
        >>> cells.of_table("unit_cost.csv", "unit_cost", 4, ["item", "value"])
        >>> print(cells.said(Problem("is 'c'", "unit_cost.csv, row 2, column value", "Leave it out")))
        sheet 'unit_cost', cell B5: is 'c'. Leave it out
        >>> print(cells.said(Problem("is 'c'", "unit_cost.csv, rows 2-4; 9, column value")).where)
        sheet 'unit_cost', cells B5:B7; B12
        """
        what = re.sub(
            r"column (\d+) has no name", lambda m: f"column {letter(int(m[1]) - 1)} has no name", problem.what
        )
        remedy = re.sub(r"\bthe file\b", "the sheet", problem.remedy).replace("Quote cells that hold commas", _NO_HEAD)
        return Problem(self._translated(what), self._translated(problem.where), self._translated(remedy))

    def _translated(self, text: str) -> str:
        for file, (sheet, start, header) in self._tables.items():
            if file in text:
                text = re.sub(
                    rf"(?<![\w/]){re.escape(file)}(?:, (?:{_ROWS}|(?P<header>header)))?",
                    lambda m, s=sheet, at=start, h=header: _cells_said(m, s, at, h),  # type: ignore[misc]
                    text,
                )
        text = re.sub(r"(?<![\w/.])(\w+)\.csv\b", lambda m: titled(m[1]), text)
        place = max((p for p in self._places if _holds(text, p)), key=len, default=None)
        return text if place is None else text.replace(place, self._places[place], 1)


_NO_HEAD = "Name its column, or remove it"


def _holds(text: str, place: str) -> bool:
    """Say whether a text names a place, and not one whose name goes on."""
    return place in text and bool(re.search(rf"{re.escape(place)}(?![\w.])", text))


def _cells_said(found: re.Match[str], sheet: str, start: int, header: Sequence[str]) -> str:
    if found["header"]:
        return f"{titled(sheet)}, row {start}, its header"
    if not found["rows"]:
        return titled(sheet)
    column = found["column"]
    if column is not None and column.isdecimal():
        at = letter(int(column) - 1)
    else:
        at = letter(header.index(column)) if column in header else ""
    shifted = [[int(end) + start - 1 for end in part.strip().split("-")] for part in found["rows"].split(";")]
    if at:
        bands = "; ".join(":".join(f"{at}{end}" for end in band) for band in shifted)
    else:
        bands = "; ".join("-".join(map(str, band)) for band in shifted)
    several = len(shifted) > 1 or len(shifted[0]) > 1
    tail = f", {column}" if column is not None and not at else ""
    return f"{titled(sheet)}, {'cell' if at else 'row'}{'s' if several else ''} {bands}{tail}"
