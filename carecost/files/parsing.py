"""What is wrong in a file, in our words? Errors of the schema rewritten with value, place and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from carecost.errors import Problem, nearest

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
    found = []
    for e in error.errors(include_url=False):
        path = ".".join(str(part) for part in e["loc"])
        found.append(_fault(dict(e), path, model, where, cell))
    return found


def _fault(e: Mapping[str, Any], path: str, model: type[BaseModel], where: str, cell: str) -> Problem:
    kind, value = e["type"], e.get("input")
    place = f"{where}, {cell}{_place(tuple(e['loc']))}" if path else where
    if kind == "missing":
        return Problem(f"{path.split('.')[-1]!r} is missing or blank", place, _REMEDIES[kind])
    if kind == "extra_forbidden":
        known = list(_fields(model, tuple(e["loc"])[:-1]))
        return Problem(f"unknown name {path.split('.')[-1]!r}", place, nearest(path.split(".")[-1], known))
    if kind == "literal_error":
        known = [part.strip(" '") for part in str(e["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Problem(f"is {value!r}", place, nearest(str(value), [k for k in known if k]))
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in limits:
        words = {"ge": "at least", "le": "at most", "gt": "more than"}[limits[kind]]
        return Problem(f"is {value!r}", place, f"Give {words} {e['ctx'][limits[kind]]}")
    if kind == "value_error":
        return Problem(f"is {value!r}", place, str(e["ctx"]["error"]).capitalize())
    return Problem(f"is {value!r}", place, _REMEDIES.get(kind, str(e["msg"])))


def _place(path: tuple[str | int, ...]) -> str:
    """Write a path as people count: the first table of a name is 1.

    Examples
    --------
    >>> _place(("lever", 0, "change", 1, "unit")), _place(("set", "years"))
    ('lever 1, change 2, unit', 'set.years')
    """
    said = ""
    for part in path:
        said += f" {part + 1}, " if isinstance(part, int) else f"{'.' if said[-1:].isalnum() else ''}{part}"
    return said.removesuffix(", ")


def _fields(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Find the fields of the model at a path."""
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = [] if field is None else [field.annotation, *get_args(field.annotation)]
        model = next((a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return tuple(model.model_fields)
