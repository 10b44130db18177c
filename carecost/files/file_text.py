"""What does a text file say? Its text, whatever its line endings, and TOML as plain data."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from carecost.errors import CareCostError, FileError, Problem


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
