"""Parse text, TOML and tables of numbers; faults of the schema in our words, with value, place and remedy."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from carecost.errors import CareCostError, FileError, Problem, nearest, unknown


def read_toml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """Read a TOML file; empty, with a problem, when it cannot be read."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(f"is not TOML: {error}", path.name, "Mend the line"))
    except CareCostError as error:
        problems.extend(error.problems)
    return {}


def read_text(path: Path) -> str:
    """Read a text file: UTF-8 with or without a byte-order mark, any line ending.

    Raises
    ------
    FileError
        If it cannot be read, is not UTF-8 or is empty.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError(
            Problem(f"cannot be read: {error.strerror}", path.name, "Check the path and its permissions")
        ) from None
    except UnicodeDecodeError:
        raise FileError(Problem("is not UTF-8", path.name, "Save it as CSV UTF-8 (or plain text UTF-8)")) from None
    if not text.strip():
        raise FileError(Problem("is empty", path.name, "Fill it, or remove it if it is optional"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
    lines = list(csv.reader(io.StringIO(text), strict=False))
    names = [name.strip() for name in lines[0]]
    for i, name in enumerate(names, start=1):
        if not name:
            problems.append(Problem(f"column {i} has no name", f"{file}, header", "Name the quantity, as it is drawn"))
        elif name in names[: i - 1]:
            problems.append(Problem(f"column {name!r} is there twice", f"{file}, header", "Keep one"))
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):  # spreadsheets leave blank rows at the end
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
    try:
        return float(cell)
    except ValueError:
        problems.append(Problem(f"is {cell!r}", where, "Write a plain number, such as 0.25 or 1250"))
        return 0.0


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
    if kind == "missing":
        return Problem(f"{name!r} is missing or blank", place, _REMEDIES[kind])
    if kind == "extra_forbidden":
        return Problem(f"unknown name {name!r}", place, nearest(name, _fields(model, path[:-1])))
    if kind == "unknown_name":
        return unknown(fault["ctx"]["kind"], value, fault["ctx"]["known"], place)
    if kind == "literal_error":
        known = [part.strip(" '") for part in str(fault["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Problem(f"is {value!r}", place, nearest(str(value), [k for k in known if k]))
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in limits:
        words = {"ge": "at least", "le": "at most", "gt": "more than"}[limits[kind]]
        return Problem(f"is {value!r}", place, f"Give {words} {fault['ctx'][limits[kind]]}")
    if kind == "value_error":
        return Problem(f"is {value!r}", place, str(fault["ctx"]["error"]).capitalize())
    return Problem(f"is {value!r}", place, _REMEDIES.get(kind, str(fault["msg"])))


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
