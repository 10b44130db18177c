"""Code lists and layouts of the SSDA903 return, as the reader needs them."""

from __future__ import annotations

from data.rules.sources.published import table
from data.rules.sources.write import csv_text

NAME = "ssda903"


def files() -> dict[str, str]:
    """Write both as transcribed."""
    return {"codes.csv": _whole("ssda903_codes"), "layouts.csv": _whole("ssda903_layouts")}


def _whole(name: str) -> str:
    rows = table(name)
    return csv_text(tuple(rows[0]), rows)
