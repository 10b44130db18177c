"""Cells of a workbook as they are, and what a spreadsheet program did to them said; places of files said as cells."""

from __future__ import annotations

import datetime
import re
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


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = f'<workbook {MAIN} xmlns:r="{TYPES}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
LINKS = "<Relationships><Relationship Id='rId1' Type='{}' Target='{}'/></Relationships>"


def bare(path: Path, rows: str, prefix: str = "") -> Path:
    """Write a workbook of one sheet by hand, as terse as another program may."""
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    if prefix:
        sheet = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}:", sheet).replace("xmlns=", f"xmlns:{prefix}=")
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/workbook.xml", BOOK)
        parts.writestr("_rels/.rels", LINKS.format(f"{TYPES}/officeDocument", "xl/workbook.xml"))
        parts.writestr("xl/_rels/workbook.xml.rels", LINKS.format(f"{TYPES}/worksheet", "worksheets/sheet1.xml"))
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


ONE, ERROR, UNWORKED = "<v>1</v>", "<v>#REF!</v>", "<f>1+1</f>"


@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="2"><c r="A2">{ONE}</c><c r="B2" t="e">{ERROR}</c><c r="C2">{UNWORKED}</c></row>',
        f'<row r="2"><c r="a2">{ONE}</c><c r="b2" t="e">{ERROR}</c><c r="c2">{UNWORKED}</c></row>',
        f"<row r='2'><c r='A2'>{ONE}</c><c r='B2' t='e'>{ERROR}</c><c r='C2'>{UNWORKED}</c></row>",
        f'<row/><row><c>{ONE}</c><c t="e">{ERROR}</c><c>{UNWORKED}</c></row>',
        f'<row r="2"><c r="A2">{ONE}</c><c t="e">{ERROR}</c><c>{UNWORKED}</c></row>',
    ],
    ids=["as Excel does", "small letters", "single quotes", "no places", "places of some"],
)
def test_errors_and_formulas_are_found_however_a_program_writes_cells(tmp_path: Path, rows: str, prefix: str) -> None:
    (page,) = read_pages(bare(tmp_path / "book.xlsx", rows, prefix))
    one, error, unworked = page.rows[1]
    assert one == 1.0
    assert isinstance(error, Odd) and error.text == "#REF!"
    assert isinstance(unworked, Odd) and "not stored" in unworked.what


@pytest.mark.parametrize(
    ("far", "spans"), [("XFD1048576", "17,179,869,184"), ("B1048576", "16,777,216"), ("ZZZZZZ999999999", "")]
)
def test_stray_cell_far_from_the_table_is_refused_before_it_takes_all_memory(
    tmp_path: Path, far: str, spans: str
) -> None:
    row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = f'<row r="1"><c r="P1">{ONE}</c></row><row r="{row}"><c r="{far}">{ONE}</c></row>'
    with pytest.raises(FileError, match=rf"sheet 'a', cell {far}: is so far out .* spans {spans}.* Delete what stands"):
        list(read_pages(bare(tmp_path / "book.xlsx", rows)))


def test_blank_cell_far_from_the_table_is_none(tmp_path: Path) -> None:
    """Programs keep the format of whole rows and columns as blank cells."""
    rows = f'<row r="1"><c r="A1">{ONE}</c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    (page,) = read_pages(bare(tmp_path / "book.xlsx", rows))
    assert page.rows == [[1.0]]


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
