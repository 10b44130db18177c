"""What is not known, and what does not agree? The words of a set, with the figures of the build put in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rules.files import toml_text

HERE = Path(__file__).resolve().parents[1] / "words"


def filled(name: str, figures: Mapping[str, str]) -> dict[str, Any]:
    """Read a set's words and put the figures in; a figure without a place is an error, and so is the reverse."""
    text = (HERE / f"{name}.toml").read_text(encoding="utf-8")
    unused = [key for key in figures if "{" + key + "}" not in text]
    if unused:
        raise ValueError(f"{name}.toml has no place for {unused}")
    return {key: _fill(value, figures) for key, value in tomllib.loads(text).items()}


def _fill(value: Any, figures: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**figures)
    if isinstance(value, Mapping):
        return {k: _fill(v, figures) for k, v in value.items()}
    assert isinstance(value, Sequence)
    return [_fill(v, figures) for v in value]


def set_toml(head: Mapping[str, Any], figures: Mapping[str, str]) -> str:
    """Write set.toml: its head, and the words."""
    words = filled(str(head["name"]), figures)
    whole = {**head, "scope": words["scope"], "inaction": words["inaction"]}
    return toml_text(whole, gap=words["gap"], contradiction=words["contradiction"], left_out=words["left_out"])


def percent(value: float, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return f"{100 * value:.{digits}f}%"


def thousands(value: float, step: int = 10) -> str:
    """Write a number of children, rounded."""
    return f"{round(value / step) * step:,}"
