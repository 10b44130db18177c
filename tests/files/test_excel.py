"""Are workbooks written as the guidance for accessible spreadsheets asks, and does what checks that notice a fault?"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import carecost as cc
from carecost.files.excel import Chart, Column, Formula, Sheet, named, workbook
from tests.files.accessible import broken_rules

python_calamine = pytest.importorskip("python_calamine")
pytest.importorskip("xlsxwriter")


@pytest.fixture(scope="module")
def made() -> bytes:
    columns = (
        Column("Year"),
        Column("Home [GBP]", "GBP"),
        Column("Total [GBP]", "GBP"),
        Column("Word", "text", ("a", "b")),
    )
    rows = tuple((f"202{i}-2{i + 1}", 1.5 * i, Formula("=B{row}*2", 3.0 * i), "a") for i in range(3))
    sheet = Sheet("Spend", "Pounds a year, prices of 2024-25", columns, rows)
    words = "Spending on homes rises from 0 to 3 pounds a year"
    chart = Chart("Spend", words, "line", "Spend", "Year", ("Home [GBP]",), (0, 2), "GBP")
    return workbook("Spending", ["What it is."], [sheet], [chart])


def test_workbook_keeps_the_rules_and_is_the_same_each_time(made: bytes) -> None:
    assert broken_rules(made) == []
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["Cover", "Spend", "Charts"]
    assert book.get_sheet_by_name("Spend").to_python()[-1] == ["2022-23", 3.0, 6.0, "a"]


SHEET, TABLE, BOOK = "xl/worksheets/sheet2.xml", "xl/tables/table2.xml", "xl/workbook.xml"
FAULTS = [
    ("docProps/core.xml", "<dc:title>[^<]*", "<dc:title>", "no title"),
    ("docProps/core.xml", "<dc:language>en-GB</dc:language>", "", "no language"),
    (BOOK, '<sheet name="Cover"', '<sheet name="Front"', "no cover"),
    (BOOK, '<sheet name="Charts"', '<sheet state="hidden" name="Charts"', "a sheet is hidden"),
    (BOOK, "<workbookView ", '<workbookView activeTab="1" ', "open on the cover"),
    ("xl/styles.xml", '<sz val="11"/>', '<sz val="8"/>', "smaller than 10 points"),
    ("xl/styles.xml", '<color theme="1"/>', '<color rgb="FFFF0000"/>', "a colour of its own"),
    (
        "xl/styles.xml",
        '<patternFill patternType="gray125"/>',
        '<patternFill patternType="solid"/>',
        "cells have a colour",
    ),
    ("xl/drawings/drawing1.xml", 'descr="[^"]*"', "", "a chart has no words"),
    ("xl/charts/chart1.xml", "<c:title>.*?</c:title>", "", "a chart has no title"),
    (SHEET, "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A6:A7"/></mergeCells>', "merged"),
    (SHEET, '<row r="6"', '<row hidden="1" r="6"', "row or column is hidden"),
    (SHEET, '<c r="A1"[^>]*>.*?</c>', "", "no title in A1"),
    (SHEET, '<c r="A2"[^>]*>.*?</c>', "", "no note below the title"),
    (SHEET, '<row r="6".*?</row>', "", "a row of the table is empty"),
    (SHEET, "</sheetData>", '<row r="9"><c r="B9"><v>1</v></c></row></sheetData>', "beside or below the table"),
    (SHEET, "<cols>.*?</cols>", "", "no width"),
    (SHEET, "<pane [^>]*>", "", "not kept in sight"),
    (SHEET, "<hyperlink [^>]*>", "", "no way back"),
    (TABLE, 'name="Home \\[GBP\\]"', 'name="Home"', "headers are missing, alike, or not those"),
    (TABLE, 'ref="A4', 'ref="B4', "does not begin in column A"),
    ("xl/sharedStrings.xml", "Home \\[GBP\\]", "Home", "have no unit"),
    ("xl/worksheets/sheet1.xml", "<hyperlink [^>]*>", "", "does not lead to each"),
]


@pytest.mark.parametrize(("part", "pattern", "instead", "rule"), FAULTS)
def test_fault_is_noticed(made: bytes, part: str, pattern: str, instead: str, rule: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                changed = re.sub(pattern, instead, text.decode(), flags=re.DOTALL).encode()
                assert changed != text
                text = changed
            after.writestr(name, text)
    assert any(rule in broken for broken in broken_rules(out.getvalue()))


def test_name_of_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    assert named(tmp_path / "book.XLSX") == tmp_path / "book.XLSX"
    with pytest.raises(cc.CareCostError, match=r"book\.ods: does not end in \.xlsx\. Name it \S*book\.xlsx"):
        named(tmp_path / "book.ods")
