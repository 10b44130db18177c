"""CSV as spreadsheets and slips leave it: each fault is one problem that names its cause, and no row goes unread."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from carecost.errors import Problem
from carecost.files import schema
from carecost.files.csv_table import MOST_CHARACTERS, Line, read_csv
from carecost.files.parsing import faults, read_numbers, spreadsheet_date

KNOWN = ("age", "value", "unit", "note")
HEAD = "age,value,unit,note\n"


def read(text: str) -> tuple[list[Line] | None, list[str]]:
    problems: list[Problem] = []
    lines = read_csv(text, "t.csv", problems, KNOWN)
    return lines, [str(problem) for problem in problems]


GOOD = {
    "blank rows": (HEAD + "1,2,u,\n,,,\n\n2,3,u,x\n", [2, 5]),
    "blank columns at the right": ("age,value,unit,note,,\n1,2,u,,,\n", [2]),
    "note over two lines": (HEAD + '1,2,u,"first\nsecond"\n2,3,u,\n', [2, 3]),
    "quotes inside a note": (HEAD + '1,2,u,"he said ""so"""\n', [2]),
    "quote inside a plain cell": (HEAD + '1,2,5" pipe,\n', [2]),
    "no last line end": (HEAD + "1,2,u,x", [2]),
}


@pytest.mark.parametrize("name", GOOD)
def test_csv_that_is_right_is_read_row_by_row(name: str) -> None:
    text, numbers = GOOD[name]
    lines, problems = read(text)
    assert problems == [] and lines is not None
    assert lines[0].cells == list(KNOWN)
    assert [line.number for line in lines[1:]] == numbers


BAD = {
    "quote never closed": (
        HEAD + '1,2,u,a\n2,3,u,"flows\n3,4,u,b\n',
        ["t.csv, row 3", "not closed by the end of the file", "Close the quote"],
    ),
    "quote closed by that of a later cell": (
        HEAD + '1,2,u,"flows\n2,3,u,a\n3,4,u,"source, 2025"\n',
        ["t.csv, row 2", "closed in the middle of a cell", "3 lines on", "Close the quote"],
    ),
    "quote closed by a later quote at the end of a cell": (
        HEAD + '1,2,u,"flows\n2,3,u,a\n3,4,u,b"\n',
        ["t.csv, row 2, column note", "2 rows of the table", "Close the quote"],
    ),
    "cell over lines that is no note": (
        HEAD + '1,2,"u\nv",\n',
        ["t.csv, row 2, column unit", "spans 2 lines", "Only a note may"],
    ),
    "header over lines": ('age,"value\nof it",unit,note\n1,2,u,\n', ["t.csv, row 1", "spans 2 lines"]),
    "text after a quoted cell": (HEAD + '1,2,"u"v,\n', ["t.csv, row 2", "in the middle of a cell"]),
    "cut off in a row": (HEAD + "1,2,u,x\n2,3", ["t.csv, row 3", "after 2 of 4 cells", "cut off"]),
    "semicolons": ("age;value;unit;note\n1;0,5;u;\n", ["t.csv", "semicolons between cells", "commas between cells"]),
    "tabs": ("age\tvalue\tunit\tnote\n1\t0.5\tu\t\n", ["t.csv", "tabs between cells"]),
    "title above the header": (
        "Table 4: rates by age,,,\n,,,\n" + HEAD + "1,2,u,\n",
        ["t.csv, header", "the header is in row 3", "Remove what stands above"],
    ),
    "blank line above the header": ("\n" + HEAD + "1,2,u,\n", ["the header is in row 2"]),
    "cell too long": (HEAD + f"1,2,u,{'x' * (MOST_CHARACTERS + 1)}\n", ["t.csv, row 2", "131,072 characters"]),
    "nothing but commas": (",,\n,,\n", ["t.csv: is empty"]),
}


@pytest.mark.parametrize("name", BAD)
def test_csv_that_is_wrong_is_one_problem_with_place_and_cause(name: str) -> None:
    text, words = BAD[name]
    lines, problems = read(text)
    assert lines is None
    assert len(problems) == 1, problems
    assert all(word in problems[0] for word in words), problems[0]


def test_table_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecost.files.csv_table.MOST_ROWS", 3)
    assert read(HEAD + "1,2,u,\n" * 3)[1] == ["t.csv: has more than 3 lines. Split it, or use bands of ages"]


# Numbers and bands

BELIEF = {"value": "1", "unit": "per child-year", "source": "x", "quality": "E", "reason": "home"}


def said(**cells: str) -> str:
    with pytest.raises(ValidationError) as error:
        schema.ExitRow.model_validate(BELIEF | cells)
    (problem,) = faults(error.value, schema.ExitRow, "t.csv, row 2")
    return str(problem)


@pytest.mark.parametrize("mark", ["c", "x", "z", "low", ":", "..", "-", "C", "*"])
def test_suppression_mark_is_no_number(mark: str) -> None:
    text = said(value=mark)
    assert f"column value: is '{mark}': a suppressed value is not a number. Leave the row out" in text
    problems: list[Problem] = []
    assert read_numbers(f"a\n{mark}\n", "joint/t.csv", problems) is None
    assert f"'{mark}': a suppressed value is not a number" in str(problems[0])


@pytest.mark.parametrize(
    ("cell", "band"),
    [
        ("01-Apr", "1 to 4"),
        ("1-Apr", "1 to 4"),
        ("Apr-01", "1 to 4"),
        ("04-Jan", "1 to 4"),
        ("2025-04-01", "1 to 4"),
        ("2025-04-01 00:00:00", "1 to 4"),
        ("01/04/2025", "1 to 4"),
        ("05-Sep-2025", "5 to 9"),
        ("Oct-15", "10 to 15"),
        ("0; 01-Apr", "1 to 4"),
    ],
)
def test_band_that_a_spreadsheet_made_into_a_date_says_what_happened(cell: str, band: str) -> None:
    assert spreadsheet_date(cell) == band
    text = said(ages=cell)
    assert f"a spreadsheet turned a band such as {band.replace(' to ', '-')} into a date. Write {band}" in text


@pytest.mark.parametrize("cell", ["1-4", "1 to 4", " 1 - 4", "1  to  4", "1; 2 to 4", "1; 2; 3-4"])
def test_band_is_read_with_a_hyphen_or_in_words(cell: str) -> None:
    assert schema.numbers(cell) == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("0-99999999", "Give ages up to 150, or years up to 2200"),
        ("9" * 5000, "Give ages up to 150, or years up to 2200"),
        ("0 to 2200", "Give at most 300 ages or years"),
        ("0 to 200; " * 1000 + "1", "Give at most 300 ages or years"),
        ("1 to 4 to 5", "Write whole numbers and bands, such as 3 or 1 to 4"),
        ("4 to 1", "The band 4 to 1 does not rise"),
        ("²", "Write whole numbers"),
    ],
)
def test_ages_without_a_bound_are_refused_at_once(cell: str, words: str) -> None:
    text = said(ages=cell)
    assert words in text and len(text) < 300
