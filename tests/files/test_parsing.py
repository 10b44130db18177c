"""Text, TOML and tables of numbers are parsed; faults are said in our words, with value, place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from carecost.errors import CareCostError, Problem
from carecost.files import schema
from carecost.files.parsing import faults, read_numbers, read_text, read_toml


def problems_of(model: type[BaseModel], data: object) -> list[str]:
    with pytest.raises(ValidationError) as error:
        model.model_validate(data)
    return [str(problem) for problem in faults(error.value, model, "file, row 2")]


# Text


@pytest.mark.parametrize("content", [b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n"])
def test_text_is_read_with_any_line_ending_and_byte_order_mark(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert read_text(tmp_path / "a.csv") == "a\nb\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "a.csv: is empty"),
        (b" \n", "a.csv: is empty"),
        (b"caf\xe9", "a.csv: is not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_text_that_cannot_be_read_is_said_with_the_file(content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(CareCostError, match=words):
        read_text(tmp_path / "a.csv")


# TOML


def test_toml_is_read_by_key(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[set]\nname = "x"\n')
    problems: list[Problem] = []
    assert read_toml(tmp_path / "a.toml", problems) == {"set": {"name": "x"}}
    assert problems == []


@pytest.mark.parametrize(("text", "words"), [("a = b", "a.toml: is not TOML"), ("", "a.toml: is empty")])
def test_toml_with_a_fault_is_empty_with_one_problem(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(text)
    problems: list[Problem] = []
    assert read_toml(tmp_path / "a.toml", problems) == {}
    assert len(problems) == 1 and str(problems[0]).startswith(words)


# Tables of numbers


def test_numbers_are_read_under_the_names_of_their_columns() -> None:
    problems: list[Problem] = []
    assert read_numbers('a,"b, c"\n1,-0.5\n,\n2,1e-3\n', "x.csv", problems) == (
        ("a", "b, c"),
        ((1.0, -0.5), (2.0, 0.001)),
    )
    assert problems == []


def test_faults_of_a_table_of_numbers_come_at_once_each_with_its_cell() -> None:
    problems: list[Problem] = []
    assert read_numbers("a,,a\n1,q,\n1,2,3,4\n", "x.csv", problems) is None
    assert [str(problem) for problem in problems] == [
        "x.csv, header: column 2 has no name. Name the quantity, as it is drawn",
        "x.csv, header: column 'a' is there twice. Keep one",
        "x.csv, row 2, column 2: is 'q'. Write a plain number, such as 0.25 or 1250",
        "x.csv, row 2, column 3: is blank. Give a number, and quote the names of columns that hold commas",
        "x.csv, row 3: has a cell '4' beyond the last column. Quote names that hold commas",
    ]


def test_table_of_numbers_without_rows_is_a_fault() -> None:
    problems: list[Problem] = []
    assert read_numbers("a,b\n", "x.csv", problems) is None
    assert problems == [Problem("has a header and no rows", "x.csv", "Add rows, or remove the file")]


# Faults of the schema

REASON = {"reason": "adopted"}
PHASE = {"phase": "a", "exit_factor": 1, "unit": "per child-year", "source": "x", "quality": "E"}
SHARE = {"phase": "a", "value": 0.5, "unit": "share", "source": "x", "quality": "E"}


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        (schema.ReasonRow, {}, "column reason: 'reason' is missing or blank. Fill it"),
        (schema.ReasonRow, REASON | {"tow": "x"}, "column tow: unknown name 'tow'. Did you mean 'to'?"),
        (schema.ReasonRow, {"reason": 1}, "column reason: is 1. Write text"),
        (schema.PhaseRow, PHASE | {"exit_factor": "fast"}, "column exit_factor: is 'fast'. Write a plain number"),
        (schema.PhaseRow, PHASE | {"exit_factor": "inf"}, "column exit_factor: is 'inf'. Write a finite number"),
        (schema.PhaseRow, PHASE | {"exit_factor": -1}, "column exit_factor: is -1. Give at least 0"),
        (schema.PhaseRow, PHASE | {"quality": "F"}, "column quality: is 'F'. Known: 'A', 'B', 'C', 'D', 'E'"),
        (schema.PhaseRow, PHASE | {"unit": "per child year"}, "Did you mean 'per child-year'?"),
        (schema.PhaseShareRow, SHARE | {"value": 1.5}, "column value: is 1.5. Give at most 1"),
        (schema.PhaseShareRow, SHARE | {"ages": "17-16"}, "column ages: is '17-16'. The band 17-16 does not rise"),
    ],
)
def test_fault_of_a_cell_is_said_with_value_place_and_remedy(model: type[BaseModel], data: object, said: str) -> None:
    (problem,) = problems_of(model, data)
    assert problem.startswith("file, row 2, column ") and said in problem


def test_unknown_parameter_of_a_growth_names_the_nearest() -> None:
    belief = {"value": 0.01, "unit": "per year", "source": "x", "quality": "E"}
    row = belief | {"name": "pay", "parameter": "unit_costs", "from_year": 2025}
    (problem,) = problems_of(schema.GrowthRow, row)
    assert problem.startswith(
        "file, row 2, column parameter: unknown parameter 'unit_costs'. Did you mean 'unit_cost'?"
    )


def test_place_in_a_scenario_is_counted_from_one() -> None:
    data = {"scenario": {"name": "x"}, "lever": [{"name": "a", "source": "x", "quality": "E", "change": [{}]}]}
    assert "file, row 2, column lever 1, change 1, unit: 'unit' is missing or blank. Fill it" in problems_of(
        schema.ScenarioFile, data
    )
