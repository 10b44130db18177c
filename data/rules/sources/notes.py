"""The words of a set (gaps, contradictions, notes of rows), with the figures of the build put in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from data.rules.sources.write import toml_text

WORDS = Path(__file__).resolve().parents[2] / "words"


@cache
def read(name: str) -> dict[str, Any]:
    """Read a file of words."""
    return tomllib.loads((WORDS / f"{name}.toml").read_text(encoding="utf-8"))


def note(key: str, **figures: object) -> str:
    """Give a note of the rows."""
    return str(read("notes")[key]).format(**figures)


def set_toml(head: Mapping[str, Any], figures: Mapping[str, str], name: str = "") -> str:
    """Write set.toml: its head, and the words with their figures, those of its own name or of another."""
    name = name or str(head["name"])
    text = (WORDS / f"{name}.toml").read_text(encoding="utf-8")
    unused = [key for key in figures if "{" + key + "}" not in text]
    if unused:
        raise ValueError(f"{name}.toml has no place for {unused}")
    words = filled(read(name), figures)
    whole = {**head, "scope": words["scope"], "inaction": words["inaction"]}
    lists = {key: words[key] for key in ("scopes", "gap", "contradiction", "left_out") if key in words}
    return toml_text(whole, **lists)


def filled(value: Any, figures: Mapping[str, str]) -> Any:
    """Put figures into every text of a nest of tables and lists."""
    if isinstance(value, str):
        return value.format(**figures)
    if isinstance(value, Mapping):
        return {k: filled(v, figures) for k, v in value.items()}
    return [filled(v, figures) for v in value] if isinstance(value, Sequence) else value


def percent(value: float, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return f"{100 * value:.{digits}f}%"


def signed(share: float) -> str:
    """Write a change or an error: +0.9%, -8.0%, 0.0%."""
    text = f"{100 * share:+.1f}%"
    return "0.0%" if text[1:] == "0.0%" else text


def thousands(value: float, step: int = 10) -> str:
    """Write a number of children, rounded."""
    return f"{round(value / step) * step:,}"
