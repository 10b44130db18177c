"""Write CSV and TOML: the same bytes for the same numbers, rounded so that sums come out."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

BELIEF = ("value", "low", "high", "level", "distribution", "unit", "source", "source_year", "quality", "note")
Row = Mapping[str, Any]
Key = TypeVar("Key")


def number(value: float) -> str:
    """Write a number with ten significant figures, whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"


#: Step to which a number is rounded where sums must come out.
_STEP = Decimal("1e-8")


def exact(values: Mapping[Key, float], group: Callable[[Key], object]) -> dict[Key, str]:
    """Round values so that each group, and all of them, sum to their rounded sum: the remainder is on the largest."""
    whole = {key: Decimal(value).quantize(_STEP) for key, value in values.items()}
    parts: dict[object, list[Key]] = {}
    for key in values:
        parts.setdefault(group(key), []).append(key)
    for keys in [*parts.values(), list(values)]:
        wanted = Decimal(math.fsum(values[k] for k in keys)).quantize(_STEP)
        whole[max(keys, key=lambda k: values[k])] += wanted - sum(whole[k] for k in keys)
    return {key: format(value.normalize(), "f") for key, value in whole.items()}


def cell(value: object) -> str:
    """Write one cell: lists joined by semicolons, None blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, str):
        return value
    assert isinstance(value, Iterable)
    return "; ".join(cell(v) for v in value)


#: Columns of a set that hold bands.
_BANDS = ("ages", "years")


def _band(text: str) -> str:
    """Write bands in words: a spreadsheet makes a date of 1-4."""
    return text.replace("-", " to ")


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Write rows as CSV; a column that a row lacks is blank, one that the table lacks is an error."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        unknown = set(row) - set(columns)
        if unknown:
            raise ValueError(f"no column for {sorted(unknown)}")
        writer.writerow([_band(cell(row.get(c))) if c in _BANDS else cell(row.get(c)) for c in columns])
    return out.getvalue()


def beliefs(keys: Sequence[str], rows: Iterable[Row], *more: str) -> str:
    """Write a belief table: its keys, then what is believed; unit costs have a price year."""
    columns = list(BELIEF)
    if more == ("price_year",):
        columns.insert(columns.index("source"), "price_year")
        more = ()
    return csv_text([*keys, *columns, *more], rows)


def ages(first: int, last: int) -> str:
    """Write a band of ages."""
    return str(first) if first == last else f"{first}-{last}"


def toml_text(head: Mapping[str, Any], **lists: Sequence[Mapping[str, Any]]) -> str:
    """Write a `[set]` table and arrays of tables of plain values."""
    parts = ["[set]\n" + _table(head)]
    for name, tables in lists.items():
        parts += [f"[[{name}]]\n" + _table(t) for t in tables]
    return "\n".join(parts)


def _table(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {toml_value(value)}\n" for key, value in values.items())


def toml_value(value: object) -> str:
    """Write one TOML value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = number(value)
        return text if any(c in text for c in ".en") else text + ".0"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    assert isinstance(value, Iterable)
    return "[" + ", ".join(toml_value(v) for v in value) + "]"
