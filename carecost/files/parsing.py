"""Parse text, TOML and tables of numbers; faults of the schema in our words, with value, place and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from carecost.errors import CareCostError, FileError, Problem, nearest, unknown
from carecost.files.csv_table import plain, read_csv

#: Most bytes of a file, and tables within tables of a TOML file.
MOST_BYTES, DEEPEST = 20_000_000, 20
#: What stands in published tables for a number that is withheld, unknown or none.
SUPPRESSED = ("c", "x", "z", "u", "k", "*", ":", ".", "..", "...", "-", "–", "low", "na", "n/a", "#n/a", "nan", "~")


def read_toml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """Read a TOML file; empty, with a problem, when it cannot be read."""
    try:
        read = tomllib.loads(read_text(path))
    except CareCostError as error:
        problems.extend(error.problems)
        return {}
    except RecursionError:
        read = None
    except ValueError as error:  # faults of the syntax, numbers of thousands of digits
        problems.append(Problem(f"is not TOML: {error}", path.name, "Mend the line"))
        return {}
    if read is None or _depth(read) > DEEPEST:
        remedy = "A set or scenario needs no more than four"
        problems.append(Problem(f"has more than {DEEPEST} levels of tables and lists", path.name, remedy))
        return {}
    return read


def _depth(value: object) -> int:
    """Count levels of tables and lists within each other, level by level; stops beyond the deepest allowed."""
    level, depth = [value], 0
    while depth <= DEEPEST:
        nests = [inner for inner in level if isinstance(inner, dict | list)]
        if not nests:
            return depth
        level = [x for inner in nests for x in (inner.values() if isinstance(inner, dict) else inner)]
        depth += 1
    return depth


def read_text(path: Path) -> str:
    """Read a text file: UTF-8 with or without a byte-order mark, any line ending.

    Raises
    ------
    FileError
        If it cannot be read, is too long, is not UTF-8 or is empty.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileError(Problem("is not a file", path.name, "Give a file there, or remove it"))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            remedy = "Split it, or leave out what the set does not need"
            raise FileError(Problem(f"has more than {MOST_BYTES // 1_000_000} MB", path.name, remedy))
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise FileError(
            Problem(f"cannot be read: {error.strerror}", path.name, "Check the path and its permissions")
        ) from None
    except UnicodeDecodeError:
        raise FileError(Problem("is not UTF-8", path.name, "Save it as CSV UTF-8 (or plain text UTF-8)")) from None
    if not text.strip():
        raise FileError(Problem("is empty", path.name, "Fill it, or remove it if it is optional"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def with_ending(path: str | Path, *endings: str) -> Path:
    """Take the name of a file that is to be written, before anything is done for it.

    Raises
    ------
    FileError
        If it ends in none of these.

    Examples
    --------
    >>> with_ending("book.XLSX", ".xlsx").name
    'book.XLSX'
    """
    file = Path(path)
    if file.suffix.lower() not in endings:
        what = f"does not end in {' or '.join(endings)}"
        raise FileError(
            Problem(what, str(path), f"Name it {file.with_suffix('') if file.suffix else file}{endings[0]}")
        )
    return file


Numbers = tuple[tuple[float, ...], ...]


def read_numbers(text: str, file: str, problems: list[Problem]) -> tuple[tuple[str, ...], Numbers] | None:
    r"""Read a table whose every cell is a number under the name of its column.

    Parameters
    ----------
    text : str
        The table, as CSV.
    file : str
        Its name, for messages.
    problems : list of Problem
        Where problems go: blank or repeated names, blank cells, cells that are no numbers.

    Returns
    -------
    tuple of names and rows, or None
        None where there was a problem.

    Examples
    --------
    >>> read_numbers("a,b\n1,0.5\n", "x.csv", [])
    (('a', 'b'), ((1.0, 0.5),))
    """
    before = len(problems)
    lines = read_csv(text, file, problems)
    if lines is None:
        return None
    names = [plain(name.strip()) for name in lines[0].cells]
    for i, name in enumerate(names, start=1):
        if not name:
            problems.append(Problem(f"column {i} has no name", f"{file}, header", "Name the quantity, as it is drawn"))
        elif name in names[: i - 1]:
            problems.append(Problem(f"column {name!r} is there twice", f"{file}, header", "Keep one"))
    rows = []
    for number, cells in lines[1:]:
        rows.append(_row(names, cells, f"{file}, row {number}", problems))
    if not rows:
        problems.append(Problem("has a header and no rows", file, "Add rows, or remove the file"))
    return None if len(problems) > before else (tuple(names), tuple(rows))


def _row(names: list[str], cells: list[str], where: str, problems: list[Problem]) -> tuple[float, ...]:
    beyond = [cell for cell in cells[len(names) :] if cell.strip()]
    if beyond:
        what = f"has a cell {beyond[0]!r} beyond the last column"
        problems.append(Problem(what, where, "Quote names that hold commas"))
    padded = [*cells, *[""] * len(names)]
    return tuple(
        _number(cell.strip(), f"{where}, column {i}", problems) for i, cell in enumerate(padded[: len(names)], 1)
    )


def _number(cell: str, where: str, problems: list[Problem]) -> float:
    if not cell:
        problems.append(Problem("is blank", where, "Give a number, and quote the names of columns that hold commas"))
        return 0.0
    if suppressed(cell):
        problems.append(Problem(*_withheld(cell, where)))
        return 0.0
    try:
        return float(cell)
    except ValueError:
        problems.append(Problem(f"is {shown(cell)}", where, "Write a plain number, such as 0.25 or 1250"))
        return 0.0


def suppressed(cell: object) -> bool:
    """Say whether a cell holds a mark that stands for a number that is not published."""
    return isinstance(cell, str) and cell.strip().casefold() in SUPPRESSED


def _withheld(cell: object, where: str) -> tuple[str, str, str]:
    remedy = "Leave the row out, or state a value of yours with its interval and source"
    return f"is {cell!r}: a suppressed value is not a number", where, remedy


def shown(value: object, most: int = 120) -> str:
    """Write a value for a message: short, and without what moves the cursor of a terminal."""
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


#: Ages that a spreadsheet made into dates: 01-Apr, Apr-01, 1 April, 2025-04-01, 01/04/2025.
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATES = (
    re.compile(rf"(?i)(?P<day>\d{{1,2}})[-/ ](?P<month>{'|'.join(_MONTHS)})[a-z]*([-/ ]\d{{2,4}})?"),
    re.compile(rf"(?i)(?P<month>{'|'.join(_MONTHS)})[a-z]*[-/ ](?P<day>\d{{1,2}})"),
    re.compile(r"\d{4}-(?P<month>\d{2})-(?P<day>\d{2})( 00:00(:00)?)?"),
    re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/\d{2,4}"),
)


def spreadsheet_date(cell: object) -> str:
    """Find the band that a spreadsheet made into a date; empty where a cell holds none.

    A band rises, whatever the order of day and month.

    Examples
    --------
    >>> spreadsheet_date("01-Apr"), spreadsheet_date("Oct-15"), spreadsheet_date("1 to 4")
    ('1 to 4', '10 to 15', '')
    """
    for part in str(cell).split(";"):
        found = next(filter(None, (date.fullmatch(part.strip()) for date in _DATES)), None)
        if found is not None:
            month = found["month"].casefold()[:3]
            ends = sorted((int(found["day"]), _MONTHS.index(month) + 1 if month in _MONTHS else int(month)))
            return f"{ends[0]} to {ends[1]}"
    return ""


_REMEDIES = {
    "missing": "Fill it",
    "extra_forbidden": "",
    "float_parsing": "Write a plain number, such as 0.25 or 1250",
    "float_type": "Write a plain number, such as 0.25 or 1250",
    "int_parsing": "Write a whole number",
    "int_type": "Write a whole number",
    "int_from_float": "Write a whole number",
    "finite_number": "Write a finite number",
    "bool_parsing": "Write true or false",
    "bool_type": "Write true or false",
    "string_type": "Write text",
    "tuple_type": 'Write a list, such as ["a", "b"]',
}


def faults(error: ValidationError, model: type[BaseModel], where: str, cell: str = "column ") -> list[Problem]:
    """Rewrite the errors of pydantic in our words, with the value, the place and the remedy."""
    return [_problem(dict(fault), model, where, cell) for fault in error.errors(include_url=False)]


def _problem(fault: Mapping[str, Any], model: type[BaseModel], where: str, cell: str) -> Problem:
    """Rewrite one error of pydantic: its type says what is wrong, its location where."""
    kind, value, path = fault["type"], fault.get("input"), tuple(fault["loc"])
    name = str(path[-1]) if path else ""
    place = f"{where}, {cell}{_place(path)}" if path else where
    if kind in ("float_parsing", "int_parsing", "float_type", "int_type") and suppressed(value):
        return Problem(*_withheld(value, place))
    if kind == "value_error" and (band := spreadsheet_date(value)):
        what = f"is {shown(value)}: a spreadsheet turned a band such as {band.replace(' to ', '-')} into a date"
        return Problem(what, place, f"Write {band}, with words")
    if kind == "missing":
        return Problem(f"{name!r} is missing or blank", place, _REMEDIES[kind])
    if kind == "extra_forbidden":
        return Problem(f"unknown name {name!r}", place, nearest(name, _fields(model, path[:-1])))
    if kind == "unknown_name":
        return unknown(fault["ctx"]["kind"], value, fault["ctx"]["known"], place)
    if kind == "literal_error":
        known = [part.strip(" '") for part in str(fault["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Problem(f"is {shown(value)}", place, nearest(str(value), [k for k in known if k]))
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in limits:
        words = {"ge": "at least", "le": "at most", "gt": "more than"}[limits[kind]]
        return Problem(f"is {shown(value)}", place, f"Give {words} {fault['ctx'][limits[kind]]}")
    if kind == "value_error":
        return Problem(f"is {shown(value)}", place, str(fault["ctx"]["error"]).capitalize())
    return Problem(f"is {shown(value)}", place, _REMEDIES.get(kind, str(fault["msg"])))


def _place(path: tuple[str | int, ...]) -> str:
    """Write a path as people count: the first table of a name is 1.

    Examples
    --------
    >>> _place(("lever", 0, "change", 1, "unit")), _place(("set", "years"))
    ('lever 1, change 2, unit', 'set.years')
    """
    text = ""
    for part in path:
        text += f" {part + 1}, " if isinstance(part, int) else f"{'.' if text[-1:].isalnum() else ''}{part}"
    return text.removesuffix(", ")


def _fields(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Find the fields of the model at a path."""
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = [] if field is None else [field.annotation, *get_args(field.annotation)]
        model = next((a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return tuple(model.model_fields)
