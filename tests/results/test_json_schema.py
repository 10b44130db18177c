"""Does the schema describe what is given to other programs, and refuse what is not?"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import carecost as cc
from carecost.cli import main
from carecost.results.json_schema import results_schema

jsonschema = pytest.importorskip("jsonschema")

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def checker() -> Any:
    return jsonschema.Draft202012Validator(results_schema())


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found = cc.run(SETS / "tiny", SETS / "edge.toml", years=2, draws=3).to_dict()
    return json.loads(json.dumps(found, allow_nan=False))  # type: ignore[no-any-return]


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(results_schema())
    assert json.loads(json.dumps(cc.Results.json_schema())) == results_schema()


@pytest.mark.parametrize("draws", [0, 1, 3])
@pytest.mark.parametrize("name", ["england-2025", "england-2025-capacity", "england-2025-after-care"])
def test_results_fit_it(checker: Any, name: str, draws: int) -> None:
    checker.validate(json.loads(json.dumps(cc.run(name, "family-help", years=2, draws=draws).to_dict())))


def test_what_the_command_prints_fits_it(checker: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--draws", "2", "--years", "2", "--no-charts", "--format", "json", "--out", str(tmp_path / "out")]
    assert main(["compare", str(SETS / "tiny"), str(SETS / "edge.toml"), *words]) == 0
    checker.validate(json.loads(capsys.readouterr().out))


def places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every key: of lists the first row alone."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield (*path, key)
            yield from places(value, (*path, key))
    elif isinstance(found, list) and found:
        yield from places(found[0], (*path, 0))


def holder(found: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        found = found[step]
    return found


def test_every_key_must_be_there_under_its_name_and_with_its_type(checker: Any, document: dict[str, Any]) -> None:
    checker.validate(document)
    free = {("comparisons", "edge")}  # scenarios have names of their own; errors of means come with draws
    for path in places(document):
        for broken in ("gone", "renamed", "listed"):
            made = copy.deepcopy(document)
            inside, key = holder(made, path), path[-1]
            if broken == "gone":
                del inside[key]
            elif broken == "renamed":
                inside[f"{key}s"] = inside.pop(key)
            else:
                inside[key] = [inside[key]]
            if (path in free and broken != "listed") or (path[-1] == "mean_error" and broken == "gone"):
                assert checker.is_valid(made), (path, broken)
            else:
                assert not checker.is_valid(made), (path, broken)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("children", 0, "value"), -1),
        (("children", 0, "value"), "81770"),
        (("children", 0, "quantile"), "median"),
        (("children", 0, "quantile"), 10),
        (("children", 0, "unit"), "adults"),
        (("children", 0, "date"), 2025.5),
        (("children", 0, "mean_error"), 3.0),  # the first row is central
        (("costs", 0, "basis"), "cash"),
        (("costs", 0, "unit"), "EUR"),
        (("costs", 0, "price_year"), None),
        (("provenance", "digest"), "no digest"),
        (("provenance", "draws"), -1),
        (("provenance", "noise"), 0),
        (("comparisons", "edge", "baseline"), None),
        (("comparisons", "edge", "summary", 0, "mean"), "12"),
        (("comparisons", "edge", "by_year", 0, "value"), None),
    ],
)
def test_wrong_value_is_refused(checker: Any, document: dict[str, Any], path: tuple[Any, ...], value: object) -> None:
    made = copy.deepcopy(document)
    holder(made, path)[path[-1]] = value
    assert checker.is_valid(document) and not checker.is_valid(made)
