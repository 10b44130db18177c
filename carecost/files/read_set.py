"""Read the folder of a set: tables row by row, with the place of every row and every fault at once."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from carecost.engine.grid import spell
from carecost.errors import CareCostError, FileError, Problem, refuse, unknown
from carecost.files import schema
from carecost.files.csv_table import plain, read_csv
from carecost.files.packaged import base_folder, money
from carecost.files.parsing import faults, read_numbers, read_text, read_toml
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Note
from carecost.simulation.checks import verify

Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], data: dict[str, Any], file: str, problems: list[Problem], cell: str = ""
) -> Model | None:
    """Check data against a model; None, with the problems, when it does not fit."""
    if not data and problems:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(faults(error, model, file, cell))
        return None


#: What goes on behind every scenario of a set, where it has such a file.
BACKGROUND = "background.toml"
#: Files of a set beside its tables.
HEADS = ("set.toml", BACKGROUND)
#: Files that systems and editors leave behind, and that nobody means to be read.
HIDDEN = (".*", "~$*", "*~", "#*#", "Thumbs.db", "desktop.ini", "Icon\r")
#: Ends of names of files that hold tables, in forms that are not read.
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers", ".tsv", ".tab", ".txt")
#: Most files of a folder of a set.
MOST_FILES = 500
#: Faults after which the rest of a table is not looked at.
MOST_FAULTS = 5_000
#: Tables that mean nothing without another.
NEEDS = {
    "exit_rate": "reasons",
    "unit_cost": "items",
    "items": "unit_cost",
    "capacity": "capacity_groups",
    "capacity_groups": "capacity",
    "phase_shares": "phases",
    "phases": "phase_shares",
}


class Tables(NamedTuple):
    """Where the tables of a set are read from.

    Attributes
    ----------
    own : tuple of str
        Files and folders of tables in the folder of the set.
    base : str
        The set that it has as a base; empty where it has none.
    inherited : tuple of str
        Files and folders that are read from the base.
    """

    own: tuple[str, ...]
    base: str
    inherited: tuple[str, ...]


def tables(folder: Path) -> Tables:
    """Say which tables of a set are its own, and which are those of its base.

    Parameters
    ----------
    folder : Path
        Folder of a set that can be read.

    Returns
    -------
    Tables
        Names of files and folders.

    Examples
    --------
    >>> from carecost.files.packaged import DATA
    >>> tables(DATA / "england-2025-capacity").base
    'england-2025'
    """
    head = schema.SetFile.model_validate(read_toml(folder / "set.toml", []))
    base = None if head.set.base is None else base_folder(folder, head.set.base, [])
    names = [*(f"{name}.csv" for name in schema.TABLES), *schema.FOLDERS]
    own = [name for name in names if (folder / name).exists()]
    inherited = [name for name in names if base is not None and name not in own and (base / name).exists()]
    return Tables(tuple(own), head.set.base or "", tuple(inherited))


_ROW = re.compile(r"(?P<file>.*), row (?P<row>\d+)(?P<column>, column .*)?")
#: From so many rows on, the same problem of a column is said once.
_MANY = 3


def together(problems: Sequence[Problem]) -> list[Problem]:
    """Say once what is wrong in the same way in many rows of a column, as after a spreadsheet.

    Examples
    --------
    >>> alike = [Problem("is 'c'", f"a.csv, row {row}, column value", "Leave it out") for row in (2, 3, 4, 9)]
    >>> print(*together(alike))
    a.csv, rows 2-4; 9, column value: is 'c'. Leave it out
    """
    alike: dict[tuple[str, ...], list[tuple[int, Problem]]] = {}
    for number, problem in enumerate(problems):
        found = _ROW.fullmatch(problem.where)
        where = (str(number), "") if found is None else (found["file"], found["column"] or "")
        alike.setdefault((*where, problem.what, problem.remedy), []).append(
            (int(found["row"]) if found else 0, problem)
        )
    said: list[Problem] = []
    for (file, column, what, remedy), rows in alike.items():
        if len(rows) < _MANY:
            said += [problem for _, problem in rows]
        else:
            said.append(Problem(what, f"{file}, rows {spell([row for row, _ in rows])}{column}", remedy))
    return said


def _visible(folder: Path) -> list[Path]:
    """Give what is in a folder, but for what systems leave there."""
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in names if not any(fnmatch.fnmatchcase(path.name, hidden) for hidden in HIDDEN)]


def _unread(folder: Path, known: Sequence[str], prefix: str = "") -> Iterator[Problem]:
    """Find files that are tables and would not be read: another case of letters, another form, an unknown name."""
    lower = {name.lower(): name for name in known}
    for path in _visible(folder):
        name = path.name.lower()
        if path.name in known or path.is_dir():
            continue
        stem = name.split(".")[0]
        own = lower.get(name) or next(
            (lower[f"{stem}{end}"] for end in (".csv", ".toml") if f"{stem}{end}" in lower), ""
        )
        place = f"{prefix}{path.name}"
        if name in lower:
            yield Problem("is not read: its name has other capitals", place, f"Rename it to {lower[name]}")
        elif own and name.endswith(SPREADSHEETS):
            form = "Save it as CSV UTF-8 under the name" if own.endswith(".csv") else "Rename it to"
            yield Problem("is not read: it is no CSV file", place, f"{form} {own}, and move this one away")
        elif own and name.startswith(f"{own.lower()}."):
            yield Problem("is not read", place, f"Rename it to {own}, or move it away")
        elif name.endswith(".csv"):
            yield unknown("table", path.name, [one for one in known if one.endswith(".csv")], place)


class Places:
    """File and row of every object that was read from one.

    Objects are found by their value: equal rows, which are a fault themselves, are told apart by which of them it is.

    Examples
    --------
    >>> places = Places()
    >>> places.keep(schema.Reason("adopted"), "reasons.csv, row 2")
    >>> places.of(schema.Reason("adopted"))
    'reasons.csv, row 2'
    """

    def __init__(self) -> None:
        self._read: dict[object, list[tuple[object, str]]] = {}

    def keep(self, made: object, place: str) -> None:
        """Keep the place of an object."""
        self._read.setdefault(made, []).append((made, place))

    def of(self, row: Any) -> str:
        """Give the place of an object; the name of its quantity where it was not read from a file."""
        equal = self._read.get(row)
        if equal is None:
            return str(row.quantity)
        return self.each(row)

    def each(self, row: object) -> str:
        """Give the place of an object that was read from a file."""
        equal = self._read[row]
        return next((place for made, place in equal if made is row), equal[0][1])


class Reader:
    """Reads one folder, keeping the place of every row and every problem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base: Path | None = None
        self.problems: list[Problem] = []
        self.places = Places()

    def read(self, check: bool = True) -> Assumptions:
        """Read and check the whole folder; without ``check``, each table and row but not that they fit together.

        Raises
        ------
        CareCostError
            With every fault found.
        """
        head = self._head()
        self._unknown_files()
        held: dict[str, list[object]] = {}
        for name, table in schema.TABLES.items():
            held.setdefault(table.held_in, []).extend(self._objects(name, table))
        for name, folder in schema.FOLDERS.items():
            held.setdefault(folder.held_in, []).extend(self._number_tables(name, folder))
        self._lost_tables()
        self._repeated(held)
        self.problems = together(self.problems)
        refuse(self.problems, FileError)
        assert head is not None
        priced = money(head.set, self.problems)
        refuse(self.problems, FileError)
        assert priced is not None
        deflator, discount = priced
        scopes = [schema.BLOCKS["scopes"].to_object(scope) for scope in head.scopes]
        assumptions: Assumptions = schema.BLOCKS["set"].to_object(
            head.set,
            ages=tuple(range(head.set.first_age, head.set.last_age + 1)),
            deflator=deflator,
            discount=discount,
            scopes=tuple(scopes),
            notes=tuple(_notes(head)),
            **schema.with_parts({attribute: tuple(objects) for attribute, objects in held.items()}),
        )
        if check:
            verify(assumptions, self.places.of)
        return assumptions

    def _head(self) -> schema.SetFile | None:
        path = self.folder / "set.toml"
        if not path.exists():
            if any(other.name.lower().startswith("set.toml") for other in _visible(self.folder)):
                return None  # said where files that are not read are
            self.problems.append(
                Problem("is missing", "set.toml", "Every set has one: see the reference of the schema")
            )
            return None
        before = len(self.problems)
        text = read_toml(path, self.problems)
        if len(self.problems) > before:
            return None
        head = validated(schema.SetFile, text, "set.toml", self.problems)
        if head is not None and head.set.base is not None:
            self.base = base_folder(self.folder, head.set.base, self.problems)
        return head

    def _unknown_files(self) -> None:
        """Refuse what is there and would go unread: files and folders that are nearly those of a set."""
        known = [*(f"{name}.csv" for name in schema.TABLES), *HEADS]
        for path in _visible(self.folder):
            if path.is_dir():
                # Other folders, such as one of results, are no business of the set; one that is misspelt is.
                tables = any(inner.suffix.lower() == ".csv" for inner in _visible(path))
                nearly = difflib.get_close_matches(path.name.lower(), schema.FOLDERS)
                if path.name not in schema.FOLDERS and tables and nearly:
                    self.problems.append(unknown("folder", path.name, schema.FOLDERS, path.name))
                elif path.name in schema.FOLDERS:
                    inside = [f"{inner.name.split('.')[0]}.csv" for inner in _visible(path)]
                    self.problems += _unread(path, inside, f"{path.name}/")
        self.problems += _unread(self.folder, known)

    def _lost_tables(self) -> None:
        """Find tables that others mean nothing without: one problem, and none for each row that follows from it."""
        for name, other in NEEDS.items():
            there, lost = self._own_or_base(f"{name}.csv"), self._own_or_base(f"{other}.csv")
            if there.exists() and not lost.exists():
                remedy = f"{there.name} is of no use without it: add it, or remove {there.name}"
                self.problems.append(Problem("is missing", lost.name, remedy))

    def _repeated(self, held: Mapping[str, Sequence[Any]]) -> None:
        """Find placements, reasons, items and groups that are there twice, each with its file and row."""
        for table in schema.TABLES.values():
            if "name" not in table.kept.values():
                continue
            first: dict[str, str] = {}
            for thing in held[table.held_in]:
                place = self.places.each(thing)
                if thing.name in first:
                    what = f"{thing.name!r} is there twice, in {first[thing.name]} too"
                    self.problems.append(Problem(what, place, "Keep one of the two rows, or give it a name of its own"))
                first.setdefault(thing.name, place)

    def _own_or_base(self, name: str) -> Path:
        """Find a file or folder of the set, or else that of its base."""
        own = self.folder / name
        return own if own.exists() or self.base is None else self.base / name

    def _objects(self, name: str, table: schema.Table) -> Iterator[object]:
        """Read a table, and make the object of each of its rows."""
        for place, row in self._rows(name, table):
            yield from self._made(place, table.to_object, row)

    def _rows(self, name: str, table: schema.Table) -> Iterator[tuple[str, schema.Row]]:
        """Read the rows of a table that fit its model, each with its place."""
        path = self._own_or_base(f"{name}.csv")
        if not path.exists():
            if table.required:
                self.problems.append(Problem("is missing", path.name, "This table is required"))
            return
        try:
            text = read_text(path)
        except CareCostError as error:
            self.problems.extend(error.problems)
            return
        lines = read_csv(text, path.name, self.problems, list(table.model.model_fields))
        if lines is None:
            return
        header = [column.strip() for column in lines[0].cells]
        if not self._header_fits(path.name, header, table.model):
            return
        before = len(self.problems)
        for number, cells in lines[1:]:
            if len(self.problems) - before > MOST_FAULTS:
                remedy = "Mend those said; the rest of the table was not looked at"
                self.problems.append(Problem(f"has more than {MOST_FAULTS:,} faults", path.name, remedy))
                return
            place = f"{path.name}, row {number}"
            filled = self._filled(place, header, cells)
            row = None if filled is None else validated(table.model, filled, place, self.problems, "column ")
            if row is not None:
                yield place, row
        if len(lines) == 1:
            self.problems.append(Problem("has a header and no rows", path.name, "Add rows, or remove the file"))

    def _header_fits(self, file: str, header: list[str], model: type[schema.Row]) -> bool:
        before, known, place = len(self.problems), list(model.model_fields), f"{file}, header"
        self.problems += [unknown("column", name, known, place) for name in header if name and name not in known]
        for number, name in enumerate(header, start=1):
            if not name:
                self.problems.append(Problem(f"column {number} has no name", place, "Name it, or remove its cells"))
        for repeated in sorted({name for name in header if name and header.count(name) > 1}):
            self.problems.append(Problem(f"column {repeated!r} is there twice", place, "Keep one"))
        for name, field in model.model_fields.items():
            if field.is_required() and name not in header:
                self.problems.append(Problem(f"column {name!r} is missing", place, "Add it, or restore its name"))
        return len(self.problems) == before

    def _filled(self, place: str, header: list[str], cells: list[str]) -> dict[str, str] | None:
        """Give the cells of a row that are not blank, by column; None for a row that is too long."""
        beyond = [cell for cell in cells[len(header) :] if cell.strip()]
        if beyond:
            what = f"has a cell {beyond[0]!r} beyond the last column"
            self.problems.append(Problem(what, place, "Quote cells that hold commas"))
            return None
        return {name: plain(cell.strip()) for name, cell in zip(header, cells, strict=False) if cell.strip()}

    def _number_tables(self, name: str, folder: schema.Folder) -> Iterator[object]:
        """Read every table of a folder of plain numbers."""
        paths = [path for path in _visible(self._own_or_base(name)) if path.suffix == ".csv"]
        if len(paths) > MOST_FILES:
            self.problems.append(Problem(f"has {len(paths)} files", f"{name}/", f"Give at most {MOST_FILES}"))
            return
        for path in paths:
            place = f"{name}/{path.name}"
            try:
                table = read_numbers(read_text(path), place, self.problems)
            except CareCostError as error:
                self._report(error, place)
                continue
            if table is not None:
                quantities, rows = table
                yield from self._made(place, folder.makes, name=path.stem, quantities=quantities, rows=rows)

    def _made(self, place: str, make: Callable[..., Any], *row: schema.Row, **fields: object) -> Iterator[object]:
        """Make an object and keep its place; none, with its problems, where it cannot be made."""
        try:
            made = make(*row, **fields)
        except CareCostError as error:
            self._report(error, place)
            return
        self.places.keep(made, place)
        yield made

    def _report(self, error: CareCostError, place: str) -> None:
        """Keep the problems of an object as problems of the row or file that it was made from."""
        self.problems.extend(Problem(p.what, place, p.remedy) for p in error.problems)


def _notes(head: schema.SetFile) -> Iterator[Note]:
    tables: Mapping[str, tuple[schema.Row, ...]] = {
        "gap": head.gap,
        "contradiction": head.contradiction,
        "left_out": head.left_out,
    }
    for name, rows in tables.items():
        yield from (schema.BLOCKS[name].to_object(row) for row in rows)
