"""A set or a scenario as one workbook: its files laid out as sheets, and sheets taken back as the files that they are.

What reads files reads workbooks too, so that both are checked alike; only places are others: "sheet 'unit_cost', cell
C12" for "unit_cost.csv, row 9, column value". A table of a set is a sheet of its name; what stands in TOML is a sheet
of keys and values, and a sheet for each kind of block. Text is kept as text, so that no band of ages becomes a date.
"""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from carecost.engine.grid import spell
from carecost.errors import CareCostError, FileError, Problem, unknown
from carecost.files import schema
from carecost.files.csv_table import NOTES, neutral, plain
from carecost.files.excel import COVER, ENDING, Column, Sheet, named, workbook
from carecost.files.excel_cells import Cells, Odd, Page, read_pages
from carecost.files.toml_text import toml_table

#: What a workbook holds.
Kind = Literal["set", "scenario"]
#: Lists of sentences: one a line, since a sentence may hold a semicolon.
SENTENCES = ("uncounted", "says", "parts")
#: Columns of a sheet of keys and values.
KEYS = ("key", "value")
#: Columns of a change that are there even where no change uses them.
_USUAL = ("low", "high", "price_year", "full", "end", "ages", "streams", "placements", "items")
#: Rows in which the header is looked for: what stands above it is a title.
_TITLES = 10
#: Files of a set that are no tables.
_HEAD, _BACKGROUND, _SCENARIO = "set.toml", "background.toml", "scenario.toml"
#: What each sheet holds, in a line.
_ABOUT = {
    "set": "What is said once of the whole set: a key a row; several values one below the other in the cell",
    "scopes": "Choices of the spending that is counted: groups of cost items that are kept",
    "gap": "What is asked for and not published, and the rule used instead",
    "contradiction": "What the published record says in several ways, one a line",
    "left_out": "What the set leaves out",
    "placements": "Where children live, in care or outside it: a row a placement",
    "reasons": "Reasons for leaving a placement: a row a reason",
    "items": "What is paid for, or counted, and what each item follows: a row an item",
    "capacity_groups": "Placements whose places run out together",
    "initial_stock": "Children on the base date by stream, age and placement",
    "population": "Children of each age in each year",
    "entry_rate": "Entries to care for each child of that age in the population, a year",
    "entry_share": "How entries are shared out over placements",
    "entry_at_birthday": "Share of entries that happen on the birthday itself",
    "extra_entries": "Children who come in beside the rates, by name of the line",
    "exit_rate": "Children who leave, by reason, for each child-year",
    "move_rate": "Children who move, by destination, for each child-year",
    "unit_cost": "Prices of the items, each in pounds of its price year",
    "capacity": "Places of each group that runs out",
    "growth": "Growth a year that fades to a long-run rate",
    "adjustments": "Uncertainty that many rows share: one multiplier for all that it selects",
    "correlations": "What moves together, by loadings on a group",
    "paths": "What wanders over the years",
    "price_spread": "How far the prices of single placements are from the mean of their item",
    "phases": "Phases of time in care",
    "phase_shares": "How stocks are shared out over phases",
    "scenario": "What is said once of the whole scenario: a key a row",
    "levers": "What is done: a row a lever, in the order in which they act",
    "changes": "What each lever changes, by how much and from when: a row a change, in the order in which they act",
    "evidence": "What is known of each lever's effect: a row a finding",
}


@dataclass(frozen=True)
class Block:
    """A table of TOML as a sheet.

    Attributes
    ----------
    name : str
        Its name in TOML, as in :data:`carecost.files.schema.BLOCKS`.
    sheet : str
        Name of its sheet.
    whole : bool
        Whether it is there once, as keys and values; else a row each.
    owned : bool
        Whether each row is of a lever, which the first column names.
    """

    name: str
    sheet: str
    whole: bool = False
    owned: bool = False

    @property
    def model(self) -> type[schema.Row]:
        """Keys that it may have."""
        return schema.BLOCKS[self.name].model

    @property
    def keys(self) -> list[str]:
        """Names of the keys that hold no tables of their own."""
        return [key for key, about in self.model.model_fields.items() if not _tables(about.annotation)]

    @property
    def columns(self) -> list[str]:
        """Columns of its sheet."""
        if self.whole:
            return list(KEYS)
        return [*(["lever"] if self.owned else []), *self.keys]


def _plan_blocks(before: str = "") -> tuple[Block, ...]:
    """Give the sheets of a scenario, or of the background of a set."""
    lead = f"{before} " if before else ""
    return (
        Block("scenario", before or "scenario", whole=True),
        Block("lever", f"{lead}levers"),
        Block("lever.change", f"{lead}changes", owned=True),
        Block("lever.evidence", f"{lead}evidence", owned=True),
    )


#: Blocks of set.toml, of a scenario, and of what goes on behind every scenario of a set.
_SET_BLOCKS = (Block("set", "set", whole=True), *(Block(b, b) for b in ("scopes", "gap", "contradiction", "left_out")))
_BLOCKS: dict[str, tuple[Block, ...]] = {
    _HEAD: _SET_BLOCKS,
    _SCENARIO: _plan_blocks(),
    _BACKGROUND: _plan_blocks("background"),
}


# Kinds of cells

#: Kinds of cells that hold ages or years, as numbers and bands.
_NUMBERS = (schema.Numbers, schema.Numbers | None, tuple[int, ...], tuple[int, ...] | None)


def _bases(annotation: Any) -> set[type]:
    """Find what a cell may hold: ``str``, ``int``, ``float``, ``bool``, ``tuple``."""
    if annotation in (str, int, float, bool):
        return {annotation}
    if get_origin(annotation) is tuple:
        return {tuple}
    if get_origin(annotation) is Annotated:
        return _bases(get_args(annotation)[0])
    inner = [a for a in get_args(annotation) if a is not type(None)]
    return {str} if all(isinstance(a, str) for a in inner) else set().union(*map(_bases, inner))


def _tables(annotation: Any) -> bool:
    return any(isinstance(inner, type) and issubclass(inner, schema.Row) for inner in get_args(annotation))


def _numeric(annotation: Any) -> bool:
    """Say whether a cell holds numbers, ages or years, in which whoever reads the file finds a date by itself."""
    return _bases(annotation) <= {int, float, bool} or annotation in _NUMBERS


def _words(annotation: Any) -> tuple[str, ...]:
    """Give the words that a cell takes, where they are few and known."""
    if _bases(annotation) == {bool}:
        return ("TRUE", "FALSE")
    words = [a for a in get_args(annotation) if isinstance(a, str) and a]
    return tuple(words) if len(words) > 1 and len(",".join(words)) <= 255 else ()


def _column(name: str, model: type[schema.Row]) -> Column:
    about = model.model_fields.get(name)
    if about is None:
        return Column(name, "text")
    number = _bases(about.annotation) <= {int, float, bool}
    return Column(name, "" if number else "text", _words(about.annotation))


def _as_number(text: str) -> float | str:
    """Give the number that every spreadsheet program keeps to the last bit (15 digits); else the text with them all."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and repr(float(f"{number:.15G}")) == repr(number) else text


# A set or a scenario laid out


def book(files: Mapping[str, str], title: str) -> bytes:
    """Lay out the files of a set, or of a scenario, as a workbook.

    Parameters
    ----------
    files : mapping of str to str
        Their text by path in the folder of a set; a scenario has one, ``scenario.toml``.
    title : str
        Title of the workbook.

    Returns
    -------
    bytes
        The workbook; the same files give the same bytes.

    Raises
    ------
    FileError
        If a table of numbers has a name that no sheet can have.
    """
    sheets = list(_sheets(files))
    names = [sheet.name for sheet in sheets]
    problems = [_unfit(name, names) for name in names if _misfits(name, names)]
    if problems:
        raise FileError(problems)
    return workbook(title, _cover("set" if _HEAD in files else "scenario"), sheets)


def _cover(kind: Kind) -> list[str]:
    whole = "an assumption set" if kind == "set" else "a scenario"
    back = "FOLDER" if kind == "set" else "FILE.toml"
    return [
        f"This workbook is {whole} of carecost. Every sheet but this one is read; this one is not, and may be changed.",
        f"Run it as it is, by the name of this file, or make files of it: carecost assumptions import THIS.xlsx {back}",
        "Find every fault, with sheet and cell: carecost check THIS.xlsx",
        "The first row of a table names its columns and stays as it is; what stands above it is for people alone. "
        "A column that is not there may be added under its name.",
        "Cells of text are kept as text, and so are numbers of more than 15 digits, which some programs would round. "
        "Write ages and years as 3, or 1 to 4, or 0; 5 to 9. Several names in a cell "
        "stand apart by semicolons; several sentences each on a line of its own.",
        "A blank cell says nothing. A sheet or a column that is not known is an error, and so are merged cells, dates, "
        "and formulas whose result is not stored.",
    ]


def _misfits(name: str, names: Sequence[str]) -> bool:
    alike = [other for other in names if other.casefold() == name.casefold()]
    return len(name) > 31 or bool(re.search(r"[\[\]:*?/\\]", name)) or name.strip("'") != name or len(alike) > 1


def _unfit(name: str, names: Sequence[str]) -> Problem:
    what = f"no sheet can be called {name!r}"
    return Problem(what, name, "Rename the table: at most 31 letters in all, none of []:*?/\\, and unlike all others")


def _sheets(files: Mapping[str, str]) -> Iterator[Sheet]:
    for file, blocks in _BLOCKS.items():
        if file in files and file != _BACKGROUND:
            yield from _toml_sheets(files[file], blocks)
    for file, text in files.items():
        if file.endswith(".csv"):
            yield _csv_sheet(file, text)
    if _BACKGROUND in files:
        yield from _toml_sheets(files[_BACKGROUND], _BLOCKS[_BACKGROUND])


def _csv_sheet(file: str, text: str) -> Sheet:
    """Lay out a table: columns of numbers as numbers, all else as text."""
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    stem = file.removesuffix(".csv")
    table = schema.TABLES.get(stem)
    if table is None:
        folder, _, name = stem.partition("/")
        columns = [Column(plain(head)) for head in header]
        rows = tuple(tuple(map(_as_number, line)) for line in lines)
        return Sheet(f"{folder} {name}", f"Plain numbers by quantity: {folder}, {name}", tuple(columns), rows)
    columns = [_column(head, table.model) for head in header]
    bools = [_bases(table.model.model_fields[head].annotation) == {bool} for head in header]
    rows = tuple(
        tuple(
            (cell == "true") if is_bool and cell else _as_number(cell) if not column.unit else plain(cell)
            for cell, column, is_bool in zip(line, columns, bools, strict=True)
        )
        for line in lines
    )
    return Sheet(stem, _ABOUT[stem], tuple(columns), rows)


def _toml_sheets(text: str, blocks: Sequence[Block]) -> Iterator[Sheet]:
    """Lay out the blocks of a file; a block that is not there has no sheet."""
    read = tomllib.loads(text)
    for block in blocks:
        about = _ABOUT[block.sheet.removeprefix("background ").replace("background", "scenario")]
        if block.sheet.startswith("background"):
            about = f"Behind every scenario: {about[:1].lower()}{about[1:]}"
        if block.whole:
            stated = read[block.name]
            pairs = tuple((key, _cell(key, stated.get(key))) for key in block.keys)
            yield Sheet(block.sheet, about, (Column(KEYS[0], "text"), Column(KEYS[1], "text")), pairs)
            continue
        found = list(_tables_of(read, block.name))
        if not found and block.name != "lever":
            continue
        used = {key for _, table in found for key in table}
        fields = block.model.model_fields
        usual = (*_USUAL, "lever", *(key for key in block.keys if fields[key].is_required()))
        columns = [key for key in block.columns if block.name != "lever.change" or key in used or key in usual]
        rows = [
            tuple(owner if key == "lever" else _cell(key, table.get(key)) for key in columns) for owner, table in found
        ]
        yield Sheet(block.sheet, about, tuple(_column(key, block.model) for key in columns), tuple(rows))


def _tables_of(read: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the tables of a block, each with the name of its lever where it is of one."""
    outer, _, inner = name.partition(".")
    for table in read.get(outer, ()):
        if inner:
            yield from ((str(table["name"]), one) for one in table.get(inner, ()))
        else:
            yield "", table


def _cell(key: str, value: Any) -> object:
    """Write a value of TOML as a cell."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        if value and isinstance(value[0], int):
            return spell(value).replace("-", " to ")
        together = key not in SENTENCES and not any(";" in each for each in value)
        return ("; " if together else "\n").join(value)
    return _as_number(repr(value))


# A workbook taken back


@dataclass(frozen=True)
class InputBook:
    """The files that a workbook holds, and the cells that they are from.

    Attributes
    ----------
    kind : str
        ``set`` or ``scenario``.
    files : dict of str to str
        Text of each file, as in the folder of a set; a scenario has one.
    """

    kind: Kind
    files: dict[str, str]
    _cells: Cells = field(repr=False)
    _problems: tuple[Problem, ...] = field(repr=False)

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """Give a folder of the files for as long as they are read; faults are said of sheets and cells.

        Yields
        ------
        Path
            The folder, or the file of a scenario.

        Raises
        ------
        CareCostError
            With every fault found, of the workbook and of what is in it.
        """
        with tempfile.TemporaryDirectory() as alone:
            place = Path(alone, "book")  # nothing is beside it that could be taken for a base
            for name, text in self.files.items():
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode("utf-8", "surrogatepass"))
            try:
                yield place if self.kind == "set" else place / _SCENARIO
            except CareCostError as error:
                said = [self._cells.said(problem) for problem in error.problems]
                raise type(error)([*self._problems, *said]) from None
        if self._problems:
            raise FileError(self._problems)


def is_book(path: Path) -> bool:
    """Say whether a path is that of a workbook that is there."""
    return path.suffix.lower() == ENDING and path.is_file()


def kind_of(path: Path) -> Kind | None:
    """Say what a workbook holds by the names of its sheets; None for one that is neither set nor scenario.

    Raises
    ------
    FileError
        If it cannot be read as a workbook.
    """
    names = {page.name for page in read_pages(named(path))}
    return "set" if "set" in names else "scenario" if "scenario" in names else None


def read_book(path: Path, wanted: Kind) -> InputBook:
    """Read the workbook of a set or of a scenario.

    Parameters
    ----------
    path : Path
        The workbook.
    wanted : str
        ``set`` or ``scenario``.

    Returns
    -------
    InputBook
        Its files.

    Raises
    ------
    FileError
        If it cannot be read as a workbook, or is of the other kind, or of none.
    """
    pages = {page.name: page for page in read_pages(named(path))}
    other: Kind = "scenario" if wanted == "set" else "set"
    if wanted not in pages:
        if other in pages:
            words = {"set": "a set", "scenario": "a scenario"}
            what = f"is the workbook of {words[other]}, where {words[wanted]} is wanted"
            raise FileError(Problem(what, path.name, f"Give {words[wanted]}"))
        problem = unknown("sheet", wanted, pages, path.name)
        what = "has no sheet 'set' and no sheet 'scenario', and so is neither"
        start = "carecost assumptions export england-2025 book.xlsx"
        raise FileError(Problem(what, path.name, f"{problem.remedy}. To begin with one that is: {start}"))
    taken = _Taken()
    heads = (_HEAD, _BACKGROUND) if wanted == "set" else (_SCENARIO,)
    for head in heads:
        blocks = _BLOCKS[head]
        if head != _BACKGROUND or any(block.sheet in pages for block in blocks):
            taken.toml(head, blocks, pages)
    known = [COVER, *(block.sheet for head in heads for block in _BLOCKS[head])]
    if wanted == "set":
        known += schema.TABLES
        for page in pages.values():
            folder, _, name = page.name.partition(" ")
            if page.name in schema.TABLES:
                taken.table(page, f"{page.name}.csv", list(schema.TABLES[page.name].model.model_fields))
            elif folder in schema.FOLDERS and name and not _misfits(page.name, list(pages)):
                known.append(page.name)
                taken.numbers(page, f"{folder}/{name}.csv")
    for name in pages:
        if name not in known:
            problem = unknown("sheet", name, known, path.name)
            taken.problems.append(Problem(problem.what, problem.where, f"{problem.remedy}. Rename or remove it"))
    return InputBook(wanted, taken.files, taken.cells, tuple(taken.problems))


class _Taken:
    """Takes sheets as files, and keeps the cell of every place of a file."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.cells = Cells()

    def table(self, page: Page, file: str, known: Sequence[str]) -> None:
        """Take a table of a set."""
        model = schema.TABLES[page.name].model
        start, header, rows = self._parts(page, known)
        self.cells.of_table(file, page.name, start, header)
        fields = model.model_fields
        numbers = [name in fields and _numeric(fields[name].annotation) for name in header]
        lines = []
        for number, row in enumerate(rows, start=start + 1):
            line = []
            for i, (name, numeric, value) in enumerate(zip(header, numbers, row, strict=True)):
                text = self._text(value, page.place(number, i), kept=not numeric)
                if "\n" in text and name not in NOTES:
                    what = f"spans {text.count(chr(10)) + 1} lines"
                    self.problems.append(Problem(what, page.place(number, i), "Only a note may: write it on one line"))
                    text = text.replace("\n", " ")
                line.append(text if numeric else neutral(text))
            lines.append(line)
        self.files[file] = _csv([header, *lines])

    def numbers(self, page: Page, file: str) -> None:
        """Take a table of plain numbers, whose columns are quantities."""
        start, header, rows = self._parts(page, ())
        self.cells.of_table(file, page.name, start, header)
        lines = [
            [self._text(value, page.place(number, i), kept=False) for i, value in enumerate(row)]
            for number, row in enumerate(rows, start=start + 1)
        ]
        self.files[file] = _csv([list(map(neutral, header)), *lines])

    def toml(self, file: str, blocks: Sequence[Block], pages: Mapping[str, Page]) -> None:
        """Take the blocks of a file of TOML."""
        tables: dict[str, list[tuple[str, dict[str, object]]]] = {}
        for block in blocks:
            page = pages.get(block.sheet)
            if page is None:
                tables[block.name] = []
            elif block.whole:
                tables[block.name] = [("", self._keys(file, block, page))]
            else:
                tables[block.name] = list(self._rows(file, block, page, tables))
        lines = []
        owned = [block for block in blocks if block.owned]
        for block in blocks:
            for _, fields in tables[block.name] if not block.owned else ():
                lines.append(toml_table(block.name, fields, array=not block.whole))
                if block.name == "lever":
                    for inner in sorted(owned, key=lambda one: one.name, reverse=True):  # evidence, then changes
                        mine = [table for owner, table in tables[inner.name] if owner == fields.get("name")]
                        lines += [toml_table(inner.name, table, array=True) for table in mine]
        self.files[file] = "\n".join(lines)

    def _keys(self, file: str, block: Block, page: Page) -> dict[str, object]:
        """Read a sheet of keys and values."""
        start, header, rows = self._parts(page, KEYS)
        fields: dict[str, object] = {}
        if not self._header_fits(page, start, header, list(KEYS), KEYS):
            return fields
        at = [header.index(key) for key in KEYS]
        for number, row in enumerate(rows, start=start + 1):
            if not any(value not in ("", None) for value in row):
                continue
            key = self._text(row[at[0]], page.place(number, at[0]), kept=True).strip()
            place = page.place(number, at[1])
            if key not in block.keys:
                self.problems.append(unknown("key", key, block.keys, page.place(number, at[0])))
            elif key in fields:
                self.problems.append(Problem(f"key {key!r} is there twice", page.place(number, at[0]), "Keep one"))
            else:
                value = self._value(block, key, row[at[1]], place)
                if value is not None:
                    fields[key] = value
                self.cells.keep(f"{file}, {block.name}.{key}", place)
        self.cells.keep(f"{file}, {block.name}", page.titled)
        self.cells.keep(file, page.titled)
        return fields

    def _rows(
        self, file: str, block: Block, page: Page, tables: Mapping[str, list[tuple[str, dict[str, object]]]]
    ) -> Iterator[tuple[str, dict[str, object]]]:
        """Read a sheet of a block a row, each with the name of its lever where it is of one."""
        start, header, rows = self._parts(page, block.columns)
        needed = ["lever"] if block.owned else []
        needed += [key for key in block.keys if block.model.model_fields[key].is_required()]
        if not self._header_fits(page, start, header, block.columns, needed):
            return
        levers = [str(table.get("name", "")) for _, table in tables.get("lever", ())]
        counts: dict[str, int] = {}
        for number, row in enumerate(rows, start=start + 1):
            if not any(value not in ("", None) for value in row):
                continue
            fields: dict[str, object] = {}
            owner = ""
            for i, key in enumerate(header):
                place = page.place(number, i)
                if key == "lever" and block.owned:
                    owner = self._text(row[i], place, kept=True).strip()
                    if owner not in levers:
                        self.problems.append(unknown("lever", owner, levers, place))
                elif key:
                    value = self._value(block, key, row[i], place)
                    if value is not None:
                        fields[key] = value
            counts[owner] = counts.get(owner, 0) + 1
            name = owner if block.owned else str(fields.get("name", ""))
            for where in _places(file, block, name, levers, counts[owner]):
                self.cells.keep(where, page.place(number))
                for i, key in enumerate(header):
                    self.cells.keep(f"{where}, {key}", page.place(number, i))
            yield owner, fields

    def _value(self, block: Block, key: str, value: object, place: str) -> object:
        """Give the value of a cell as TOML has it; None for a blank one that says nothing."""
        about = block.model.model_fields[key]
        bases = _bases(about.annotation)
        required = about.is_required()
        if isinstance(value, float) and bases & {int, float}:
            return int(value) if value.is_integer() and int in bases else value
        if isinstance(value, bool) and bool in bases:
            return value
        text = self._text(value, place, kept=not _numeric(about.annotation)).strip()
        if not text:
            return "" if required and bases == {str} and not block.whole else None
        if {str, float} <= bases and _is_number(text):  # a rate of more digits than a number of a cell has
            return float(text)
        if tuple in bases and about.annotation not in _NUMBERS:
            lines = text.split("\n") if "\n" in text or key in SENTENCES else text.split(";")
            return tuple(line.strip() for line in lines if line.strip())
        return text

    def _text(self, value: object, place: str, kept: bool) -> str:
        """Write a cell as a file has it. What is no text is said, where whoever reads the file would take it."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 and str(value) != "-0.0" else repr(value)
        if isinstance(value, Odd):
            if kept:
                self.problems.append(Problem(value.what, place, value.remedy))
            return value.text
        return str(value).replace("\r\n", "\n").replace("\r", "\n")

    def _parts(self, page: Page, known: Sequence[str]) -> tuple[int, list[str], list[list[object]]]:
        """Find the header of a sheet; give its row, its names, and the rows below."""
        self.problems += page.problems
        rows = page.rows
        names = [[str(value).strip() for value in row] for row in rows]
        filled = [[name for name in row if name] for row in names]
        if known:
            fits = [sum(name in known for name in row) for row in filled[:_TITLES]]
            best = max(fits, default=0)
            at = fits.index(best) if best else -1
        else:
            at = next((i - 1 for i, row in enumerate(rows) if i and filled[i] and all(map(_is_number, row))), -1)
        if at < 0:  # no name that is known: the first row of several cells, or else of any
            several = [i for i, row in enumerate(filled) if len(row) > 1] or [i for i, row in enumerate(filled) if row]
            at = several[0] if several else 0
        width = max((len(row) for row in rows[at:] if row), default=0)
        header = names[at] if rows else []
        while width and not any(row[width - 1] not in ("", None) for row in rows[at:] if len(row) >= width):
            width -= 1
        return at + 1, header[:width], [row[:width] for row in rows[at + 1 :]]

    def _header_fits(
        self, page: Page, start: int, header: Sequence[str], known: Sequence[str], needed: Sequence[str]
    ) -> bool:
        before = len(self.problems)
        for i, name in enumerate(header):
            place = page.place(start, i)
            if not name:
                self.problems.append(Problem("column has no name", place, "Name it, or remove its cells"))
            elif name not in known:
                self.problems.append(unknown("column", name, known, place))
            elif name in header[:i]:
                self.problems.append(Problem(f"column {name!r} is there twice", place, "Keep one"))
        for name in needed:
            if name not in header:
                what = f"column {name!r} is missing"
                self.problems.append(Problem(what, page.place(start), "Add it, or restore its name"))
        return len(self.problems) == before


def _places(file: str, block: Block, name: str, levers: Sequence[str], number: int) -> Iterator[str]:
    """Give the places by which messages of a file name a row of a block."""
    if not block.owned:
        yield f"{file}, {block.name} {number}"
        if block.name == "lever":
            yield f"{file}: lever {name!r}"
            yield f"{file}, lever {name!r}"
            yield f"lever {name!r}"
        return
    inner = block.name.partition(".")[2]
    if name in levers:
        yield f"{file}, lever {levers.index(name) + 1}, {inner} {number}"
    yield f"{file}, lever {name!r}, {inner} {number}"
    yield f"lever {name!r}, {inner} {number}"


def _is_number(value: object) -> bool:
    try:
        return value == "" or math.isfinite(float(str(value)))
    except ValueError:
        return False


def _csv(lines: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
