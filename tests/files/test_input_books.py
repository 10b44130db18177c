"""Is a workbook the same set or scenario as the files it is made of, and is every fault said with sheet and cell?"""

from __future__ import annotations

import datetime
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

import carecost as cc
from carecost.cli import main
from carecost.files import schema
from carecost.files.excel import ABOVE, letter
from carecost.files.input_books import _ABOUT, _BLOCKS, book, kind_of
from carecost.files.packaged import packaged_assumptions, packaged_scenarios
from carecost.files.save import scenario_file, set_files
from tests.files.accessible import broken_rules
from tests.files.test_save import drawn, runs
from tests.reference import written

xlsxwriter = pytest.importorskip("xlsxwriter")
python_calamine = pytest.importorskip("python_calamine")

SETS = Path(__file__).parents[1] / "data" / "sets"
#: Sets of which others are variants are read in the fast tests too.
QUICK = ("england-2025", "england-2025-phases")
Sheets = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


@pytest.fixture(scope="module")
def tiny_sheets(tiny: cc.Assumptions) -> Sheets:
    return cells(book(set_files(tiny), "tiny"))


def cells(content: bytes) -> Sheets:
    made = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: made.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in made.sheet_names}


def write(sheets: Sheets, path: Path) -> Path:
    """Write cells as somebody's own program would, which knows nothing of us."""
    path.parent.mkdir(exist_ok=True)
    made = xlsxwriter.Workbook(path)
    day = made.add_format({"num_format": "d-mmm"})
    for name, rows in sheets.items():
        page = made.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if isinstance(value, datetime.date):
                    page.write_datetime(i, j, datetime.datetime(value.year, value.month, value.day), day)
                elif isinstance(value, str):
                    page.write_string(i, j, value) if value else None
                else:
                    page.write(i, j, value)
    made.close()
    return path


def edited(sheets: Sheets, name: str, edit: Callable[[list[list[Any]]], None]) -> Sheets:
    rows = [list(row) for row in sheets[name]]
    edit(rows)
    return sheets | {name: rows}


# Both ways


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in packaged_assumptions()]
    + [str(SETS / "tiny")],
)
def test_set_comes_back_equal(name: str, tmp_path: Path) -> None:
    loaded = cc.load_assumptions(name)
    again = cc.load_assumptions(cc.save_assumptions(loaded, tmp_path / "book.xlsx"))
    assert again == loaded and again.digest == loaded.digest


@pytest.mark.parametrize("name", [*packaged_scenarios(), str(SETS / "edge.toml")])
def test_scenario_comes_back_equal(name: str, tmp_path: Path) -> None:
    loaded = cc.load_scenario(name)
    assert cc.load_scenario(cc.save_scenario(loaded, tmp_path / "book.xlsx")) == loaded


def test_same_set_gives_the_same_bytes(tiny: cc.Assumptions) -> None:
    assert book(set_files(tiny), "tiny") == book(set_files(tiny), "tiny")


@settings(max_examples=10)
@given(data=st.data())
def test_every_set_that_runs_comes_back_equal(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = drawn(data, written.sets())
    assume(runs(made))
    path = cc.save_assumptions(made, tmp_path_factory.mktemp("book") / "book.xlsx")
    again = cc.load_assumptions(path)
    assert again == made and again.digest == made.digest


@settings(max_examples=15)
@given(data=st.data())
def test_every_scenario_comes_back_equal(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = drawn(data, written.scenarios())
    assert cc.load_scenario(cc.save_scenario(made, tmp_path_factory.mktemp("book") / "book.xlsx")) == made


@settings(max_examples=15)
@given(data=st.data())
def test_odd_scenario_comes_back_equal_or_is_refused_in_words(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = drawn(data, written.scenarios(written.any_words))
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    try:
        cc.save_scenario(made, path)
    except cc.CareCostError as error:
        assert all(problem.what and problem.where for problem in error.problems)
        assert not path.exists()
        return
    assert cc.load_scenario(path) == made


def test_cells_written_by_another_program_are_the_same_set(
    tiny: cc.Assumptions, tiny_sheets: Sheets, tmp_path: Path
) -> None:
    assert cc.load_assumptions(write(tiny_sheets, tmp_path / "book.xlsx")) == tiny
    bare = {name: rows[ABOVE:] for name, rows in tiny_sheets.items() if name != "Cover"}
    assert cc.load_assumptions(write(bare, tmp_path / "bare.xlsx")) == tiny


def test_every_table_and_block_has_a_sheet() -> None:
    """A new table is a new sheet: without its line, no set that has it would be laid out."""
    for table in schema.TABLES:
        fields = schema.TABLES[table].model.model_fields
        (sheet,) = cells(book({f"{table}.csv": ",".join(fields) + "\n"}, "x")).keys() - {"Cover"}
        assert sheet == table
    laid_out = [block for blocks in _BLOCKS.values() for block in blocks]
    assert all(block.sheet.removeprefix("background ") in {*_ABOUT, "background"} for block in laid_out)


def test_background_comes_back(tmp_path: Path) -> None:
    england = cc.load_assumptions("england-2025").against(cc.load_scenario("child-poverty"))
    again = cc.load_assumptions(cc.save_assumptions(england, tmp_path / "book.xlsx"))
    assert again.background == england.background and again == england


def test_numbers_of_seventeen_digits_come_back_to_the_last_bit(tiny: cc.Assumptions, tmp_path: Path) -> None:
    first, *others = tiny.rows
    for value in (1 / 3, 0.1 + 0.2, 5e-324, 1.7976931348623157e308):
        made = replace(first, belief=replace(first.belief, value=value, low=None, high=None))
        text = set_files(replace(tiny, rows=(made, *others)))["initial_stock.csv"]
        sheet = cells(book({"initial_stock.csv": text, "set.toml": "[set]\n"}, "x"))["initial_stock"]
        assert float(sheet[ABOVE + 1][sheet[ABOVE].index("value")]) == value


def test_bands_and_years_are_text(tiny: cc.Assumptions, tiny_sheets: Sheets, tmp_path: Path) -> None:
    """A spreadsheet makes no date of a cell of text; its columns are formatted as text for what is typed next."""
    head = tiny_sheets["entry_rate"][ABOVE]
    column = head.index("ages")
    assert "16 to 17" in [row[column] for row in tiny_sheets["entry_rate"]]
    path = cc.save_assumptions(tiny, tmp_path / "book.xlsx")
    with zipfile.ZipFile(path) as parts:
        names = parts.read("xl/workbook.xml").decode().split("<sheet name=")
        number = next(i for i, name in enumerate(names) if name.startswith('"entry_rate"'))
        sheet, styles = (parts.read(f"xl/{n}.xml").decode() for n in (f"worksheets/sheet{number}", "styles"))
    spans = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*?(?: style="(\d+)")? customWidth', sheet)
    style = next(style for low, high, style in spans if int(low) <= column + 1 <= int(high))
    formats = styles.split("<cellXfs")[1].split("<xf ")[1:]
    code = re.search(r'numFmtId="(\d+)" formatCode="@"', styles)
    assert code is not None and f'numFmtId="{code[1]}"' in formats[int(style)]


def test_guidance_for_accessible_spreadsheets_is_kept(tiny: cc.Assumptions) -> None:
    plan = cc.load_scenario("care-review-evidenced")
    for files in (set_files(tiny), {"scenario.toml": scenario_file(plan)}):
        assert broken_rules(book(files, "A set of assumptions")) == []


# Faults


def at(sheets: Sheets, name: str, column: str, row: int = 0) -> tuple[int, int, str]:
    """Give row and column of a cell, from 0, and its place as a message names it."""
    j = sheets[name][ABOVE].index(column)
    return ABOVE + 1 + row, j, f"sheet {name!r}, cell {letter(j)}{ABOVE + 2 + row}"


def put(value: Any, column: str, row: int = 0) -> Callable[[Sheets, str], tuple[Sheets, str]]:
    def change(sheets: Sheets, name: str) -> tuple[Sheets, str]:
        i, j, place = at(sheets, name, column, row)
        return edited(sheets, name, lambda rows: rows[i].__setitem__(j, value)), place

    return change


APRIL = datetime.date(2026, 4, 1)
FAULTS: list[tuple[str, Callable[[Sheets, str], tuple[Sheets, str]], str]] = [
    ("unit_cost", put("seven", "value"), "is 'seven'. Write a plain number"),
    ("unit_cost", put("c", "value"), "a suppressed value is not a number"),
    ("unit_cost", put("", "value"), "'value' is missing or blank"),
    ("unit_cost", put("F", "quality"), "is 'F'. Known: 'A', 'B'"),
    ("unit_cost", put(2025.5, "price_year"), "is '2025.5'"),
    (
        "unit_cost",
        put(APRIL, "source"),
        "is the date or time 2026-04-01, where text is wanted. Format the cell as text",
    ),
    ("unit_cost", put(APRIL, "value"), "is '2026-04-01'"),
    ("entry_rate", put(APRIL, "ages"), "turned a band such as 1-4 into a date. Write 1 to 4, with words"),
    ("entry_rate", put("01-Apr", "ages"), "turned a band such as 1-4 into a date. Write 1 to 4, with words"),
    ("items", put("one\ntwo", "source"), "spans 2 lines. Only a note may"),
    ("set", put("2O25", "value", 3), "is '2O25'. Write a whole number"),
]


@pytest.mark.parametrize(("name", "change", "words"), FAULTS)
def test_fault_is_said_with_sheet_and_cell(
    name: str, change: Callable[[Sheets, str], tuple[Sheets, str]], words: str, tiny_sheets: Sheets, tmp_path: Path
) -> None:
    sheets, place = change(tiny_sheets, name)
    with pytest.raises(cc.CareCostError) as caught:
        cc.load_assumptions(write(sheets, tmp_path / "book.xlsx"))
    assert any(place in str(problem) and words in str(problem) for problem in caught.value.problems), caught.value
    assert ".csv" not in str(caught.value) and ".toml" not in str(caught.value)


def test_row_that_fits_no_other_is_said_with_its_row(tiny_sheets: Sheets, tmp_path: Path) -> None:
    sheets, _ = put("fostr", "item")(tiny_sheets, "unit_cost")
    text = refused(sheets, tmp_path / "book.xlsx")
    assert f"sheet 'unit_cost', row {ABOVE + 2}: unknown item 'fostr'. Did you mean 'foster'" in text


def test_every_fault_is_said_at_once(tiny_sheets: Sheets, tmp_path: Path) -> None:
    sheets, places = tiny_sheets, []
    for name, change, _ in FAULTS:
        sheets, place = change(sheets, name)
        places.append(place)
    with pytest.raises(cc.CareCostError) as caught:
        cc.load_assumptions(write(sheets, tmp_path / "book.xlsx"))
    assert all(place in str(caught.value) for place in places)


def test_same_fault_of_many_rows_is_said_once_with_its_cells(tiny_sheets: Sheets, tmp_path: Path) -> None:
    head = tiny_sheets["population"][ABOVE]
    column = head.index("quality")

    def edit(rows: list[list[Any]]) -> None:
        for row in rows[ABOVE + 1 : ABOVE + 5]:
            row[column] = "Z"

    with pytest.raises(cc.CareCostError) as caught:
        cc.load_assumptions(write(edited(tiny_sheets, "population", edit), tmp_path / "book.xlsx"))
    first, last = ABOVE + 2, ABOVE + 5
    name = letter(column)
    assert f"sheet 'population', cells {name}{first}:{name}{last}: is 'Z'" in str(caught.value)


def refused(sheets: Sheets, path: Path) -> str:
    with pytest.raises(cc.CareCostError) as caught:
        cc.load_assumptions(write(sheets, path))
    return str(caught.value)


def test_what_is_not_known_is_named_and_nothing_goes_unread(tiny_sheets: Sheets, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    assert "unknown sheet 'unit_costs'. Did you mean 'unit_cost'" in refused(
        tiny_sheets | {"unit_costs": [["a"]]}, path
    )
    text = refused(edited(tiny_sheets, "unit_cost", lambda rows: rows[ABOVE].__setitem__(1, "valeu")), path)
    assert f"sheet 'unit_cost', row {ABOVE + 1}, its header: unknown column 'valeu'. Did you mean 'value'" in text
    text = refused(edited(tiny_sheets, "set", lambda rows: rows[ABOVE + 1].__setitem__(0, "nam")), path)
    assert f"sheet 'set', cell A{ABOVE + 2}: unknown key 'nam'. Did you mean 'name'" in text
    text = refused(edited(tiny_sheets, "items", lambda rows: rows[ABOVE + 2].append("more")), path)
    assert "has no name" in text and "sheet 'items'" in text
    without = {name: rows for name, rows in tiny_sheets.items() if name != "population"}
    assert "sheet 'population': is missing. This table is required" in refused(without, path)
    neither = {name: rows for name, rows in tiny_sheets.items() if name != "set"}
    assert "has no sheet 'set' and no sheet 'scenario'" in refused(neither, path)
    empty = edited(tiny_sheets, "population", lambda rows: rows.__delitem__(slice(ABOVE + 1, None)))
    assert "has a header and no rows. Add rows, or remove the sheet" in refused(empty, path)


def test_sheet_whose_name_leads_out_of_the_folder_is_refused(tiny_sheets: Sheets, tmp_path: Path) -> None:
    """No spreadsheet program gives a sheet such a name; somebody who edits the file can."""
    path = write(tiny_sheets | {"joint of": [["a"], [1.0]]}, tmp_path / "in" / "book.xlsx")
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    with zipfile.ZipFile(path, "w") as after:
        for name, content in parts.items():
            after.writestr(name, content.replace(b'name="joint of"', b'name="joint ../../of"'))
    with pytest.raises(cc.CareCostError, match=r"unknown sheet 'joint \.\./\.\./of'"):
        cc.load_assumptions(path)


def test_merged_cells_errors_and_formulas_without_result_are_refused(
    tiny: cc.Assumptions, tiny_sheets: Sheets, tmp_path: Path
) -> None:
    i, j, place = at(tiny_sheets, "unit_cost", "value")
    k, source, other = at(tiny_sheets, "unit_cost", "source", 1)
    made = xlsxwriter.Workbook(tmp_path / "book.xlsx")
    for name, rows in tiny_sheets.items():
        page = made.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value != "" and (name, r, c) not in {("unit_cost", i, j), ("unit_cost", k, source)}:
                    page.write(r, c, value)
        if name == "unit_cost":
            page.write_formula(i, j, "=1/0", None, "#DIV/0!")
            page.write_formula(k, source, '="a"&"b"', None, "")
            page.merge_range(i + 5, 0, i + 6, 0, "")
    made.close()
    with pytest.raises(cc.CareCostError) as caught:
        cc.load_assumptions(tmp_path / "book.xlsx")
    text = str(caught.value)
    assert f"{place}: is '#DIV/0!'" in text
    assert f"sheet 'unit_cost', cells A{i + 6}:A{i + 7}: are merged" in text and "Unmerge them" in text
    assert f"{other}: holds a formula whose result is not stored" in text
    worked = tmp_path / "worked.xlsx"
    made = xlsxwriter.Workbook(worked)
    for name, rows in tiny_sheets.items():
        page = made.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if (name, r, c) == ("unit_cost", i, j):
                    page.write_formula(r, c, "=1+1", None, value)
                elif value != "":
                    page.write(r, c, value)
    made.close()
    assert cc.load_assumptions(worked) == tiny


def test_faults_of_a_scenario_are_said_with_sheet_and_cell(tmp_path: Path) -> None:
    plan = cc.load_scenario("care-review-evidenced")
    sheets = cells(book({"scenario.toml": scenario_file(plan)}, "x"))
    for name, column, value, words in (
        ("changes", "parameter", "entry_rat", "Did you mean 'entry_rate'"),
        ("changes", "amount", "", "'amount' is missing"),
        ("changes", "lever", "nobody", "unknown lever 'nobody'"),
        ("changes", "start", 1.5, "Write a whole number"),
        ("levers", "quality", "Z", "is 'Z'. Known: 'A'"),
        ("levers", "basis", "claim", "Did you mean 'claimed'"),
        ("evidence", "value", "much", "Write a plain number"),
    ):
        changed, _ = put(value, column, 1)(sheets, name)
        with pytest.raises(cc.CareCostError) as caught:
            cc.load_scenario(write(changed, tmp_path / "book.xlsx"))
        text = str(caught.value)
        assert words in text and f"sheet {name!r}, " in text, text
        assert ".toml" not in text and ".csv" not in text
        assert f"{ABOVE + 3}" in text.split(f"sheet {name!r}, ")[1].split(":")[0]


def test_book_of_the_other_kind_is_refused(tmp_path: Path, tiny: cc.Assumptions) -> None:
    path = cc.save_assumptions(tiny, tmp_path / "book.xlsx")
    with pytest.raises(cc.CareCostError, match="is the workbook of a set, where a scenario is wanted"):
        cc.load_scenario(path)
    assert kind_of(path) == "set"


def test_table_whose_name_no_sheet_can_have_is_refused() -> None:
    with pytest.raises(cc.CareCostError, match=r"no sheet can be called .*Rename the table: at most 31 letters"):
        book({"set.toml": "[set]\n", f"joint/{'x' * 40}.csv": "a\n1\n2\n"}, "x")


# The command


def test_command_takes_a_book_wherever_it_takes_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tiny: cc.Assumptions
) -> None:
    book_of_set, book_of_plan = str(tmp_path / "set.xlsx"), str(tmp_path / "edge.xlsx")
    assert main(["assumptions", "export", str(SETS / "tiny"), book_of_set]) == 0
    assert main(["assumptions", "export", str(SETS / "edge.toml"), book_of_plan]) == 0
    assert main(["check", book_of_set]) == 0 and main(["check", book_of_plan, book_of_set]) == 0
    assert main(["describe", book_of_set]) == 0
    assert main(["assumptions", "import", book_of_set, str(tmp_path / "back")]) == 0
    assert main(["assumptions", "import", book_of_plan, str(tmp_path / "back.toml")]) == 0
    assert cc.load_assumptions(tmp_path / "back") == tiny
    assert cc.load_scenario(tmp_path / "back.toml") == cc.load_scenario(SETS / "edge.toml")
    words = ["--draws", "0", "--years", "2", "--no-charts", "--quiet", "--out", str(tmp_path / "out")]
    assert main(["compare", book_of_set, book_of_plan, *words]) == 0
    assert capsys.readouterr().err == ""
    assert main(["assumptions", "import", book_of_plan, str(tmp_path / "folder")]) == 2
    assert "does not end in .toml" in capsys.readouterr().err
    assert main(["assumptions", "import", book_of_set, str(tmp_path / "set.toml")]) == 2
    assert "a set is a folder" in capsys.readouterr().err
    assert main(["assumptions", "export", "england-2025", str(tmp_path / "book.ods")]) == 2
    assert "does not end in .xlsx" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not here")
def test_libreoffice_opens_and_saves_a_book_and_it_is_the_same(tmp_path: Path, tiny: cc.Assumptions) -> None:
    first, *others = tiny.rows
    finer = replace(tiny, rows=(replace(first, belief=replace(first.belief, value=1 / 3)), *others))
    plan = cc.load_scenario("care-review")
    for thing, save, load in (
        (cc.load_assumptions("england-2025"), cc.save_assumptions, cc.load_assumptions),
        (finer, cc.save_assumptions, cc.load_assumptions),
        (plan, cc.save_scenario, cc.load_scenario),
    ):
        path = save(thing, tmp_path / "book.xlsx")
        words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
        words += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "saved"), str(path)]
        subprocess.run(words, capture_output=True, check=True, timeout=300)
        assert load(tmp_path / "saved" / "book.xlsx") == thing
