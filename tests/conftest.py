"""Fixtures of all tests: golden files of published numbers, which must not change unseen; the profile of Hypothesis."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Matrices are small, and the tests run side by side: threads of the linear algebra would wait for each other. Read when
# numpy is imported, by the workers too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A busy machine is slow, and a slow example is no fault.
settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")

GOLDEN = Path(__file__).parent / "data" / "golden"
CHANGED = "a published number changed: review the diff, add it to CHANGELOG Results"
REMEDY = "then write it with `python -m pytest --update-golden`"
#: Numbers may differ by this share: other machines round differently.
TOLERANCE = 1e-6


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write tests/data/golden/ anew instead of comparing")


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close the figures that a test opened: which tests came before in a worker must not decide over a warning."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """Compare what was made with a golden file, or write it."""

    def check(name: str, made: Any) -> None:
        path = GOLDEN / f"{name}.json"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
            return
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        differences = changes(kept, json.loads(json.dumps(made)))
        if differences:
            pytest.fail("\n".join([CHANGED, *(f"  {x}" for x in differences), REMEDY]), pytrace=False)

    return check


def changes(kept: Any, made: Any, where: str = "") -> list[str]:
    """List what differs between two nests of tables, numbers but for their rounding."""
    if isinstance(kept, dict) and isinstance(made, dict):
        keys = dict.fromkeys([*kept, *made])
        return [x for k in keys for x in changes(kept.get(k), made.get(k), f"{where}/{k}" if where else k)]
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (kept, made))
    if kept == made or (numbers and abs(kept - made) <= TOLERANCE * max(abs(kept), abs(made))):
        return []
    return [f"{where}: was {kept}, is {made}"]
