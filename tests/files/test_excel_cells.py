"""Cells of a workbook as they are, and what a spreadsheet program did to them said; places of files said as cells."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import pytest

from carecost.errors import FileError, Problem
from carecost.files.excel_cells import Cells, Odd, read_pages

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")


def test_cells_are_text_numbers_truth_values_or_odd(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    made = xlsxwriter.Workbook(path)
    page = made.add_worksheet("a & b")
    page.write_row(1, 1, ["1-4", 2.5, True])
    page.write_datetime(1, 4, datetime.datetime(2026, 4, 1), made.add_format({"num_format": "d-mmm"}))
    page.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    page.write_formula(1, 6, "=A1", None, "")
    page.write_formula(1, 7, "=1+1", None, 2)
    page.merge_range(3, 0, 3, 1, "both")
    made.close()
    (found,) = read_pages(path)
    assert found.name == "a & b" and found.rows[0] == [""] * 8
    blank, band, number, truth, day, error, unworked, worked = found.rows[1]
    assert (blank, band, number, truth, worked) == ("", "1-4", 2.5, True, 2.0)
    assert isinstance(day, Odd) and day.text == "2026-04-01"
    assert isinstance(error, Odd) and error.text == "#DIV/0!"
    assert isinstance(unworked, Odd) and "not stored" in unworked.what
    (merged,) = found.problems
    assert str(merged).startswith("sheet 'a & b', cells A4:B4: are merged")
    assert found.place(2, 1) == "sheet 'a & b', cell B2" and found.place(2) == "sheet 'a & b', row 2"


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("a,b\n")
    with pytest.raises(FileError, match=r"is not a workbook\. Save it as \.xlsx"):
        list(read_pages(path))
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("a.txt", "x")
    with pytest.raises(FileError, match="cannot be read as a workbook"):
        list(read_pages(path))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("a.txt", b"0" * 210_000_000)
    with pytest.raises(FileError, match="unpacks to more than 200 MB"):
        list(read_pages(path))


PLACES = [
    ("t.csv, row 2, column b", "sheet 't', cell B5"),
    ("t.csv, row 2", "sheet 't', row 5"),
    ("t.csv, rows 2-4; 9, column a", "sheet 't', cells A5:A7; A12"),
    ("t.csv, rows 2-4", "sheet 't', rows 5-7"),
    ("t.csv, header", "sheet 't', row 4, its header"),
    ("t.csv", "sheet 't'"),
    ("joint/t.csv, row 3, column 2", "sheet 'joint t', cell B6"),
    ("other.csv", "sheet 'other'"),
    ("set.toml, set.years", "sheet 'set', cell B7"),
    ("an argument", "an argument"),
]


@pytest.mark.parametrize(("place", "cell"), PLACES)
def test_place_of_a_file_is_said_as_a_cell(place: str, cell: str) -> None:
    cells = Cells()
    cells.of_table("t.csv", "t", 4, ["a", "b"])
    cells.of_table("joint/t.csv", "joint t", 4, ["x", "y"])
    cells.keep("set.toml, set", "sheet 'set'")
    cells.keep("set.toml, set.years", "sheet 'set', cell B7")
    assert cells.said(Problem("is wrong", place)).where == cell
    assert cells.said(Problem(f"is there twice, in {place} too", "")).what == f"is there twice, in {cell} too"
