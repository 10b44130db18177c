"""The workbook: is every number that of the run, every total a formula with its result, every sheet one table?"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import carecost as cc
from carecost.cli import main
from carecost.report.story import story
from carecost.report.workbook import book, sheets, write_workbook
from carecost.results.tables import interval
from tests.files.accessible import broken_rules

python_calamine = pytest.importorskip("python_calamine")
pytest.importorskip("xlsxwriter")

PLANS = ("care-review", "care-review-evidenced")


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run("england-2025", *PLANS, years=8, draws=6)


@pytest.fixture(scope="module")
def written(results: cc.Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(story(results), tmp_path_factory.mktemp("book") / "book.xlsx")


@pytest.fixture(scope="module")
def tables(written: Path) -> dict[str, list[dict[str, object]]]:
    """Rows of each sheet by header, from the file."""
    found = {}
    made = python_calamine.CalamineWorkbook.from_path(str(written))
    for name in made.sheet_names:
        rows = made.get_sheet_by_name(name).to_python()
        if name not in ("Cover", "Charts"):
            found[name] = [dict(zip(rows[3], row, strict=True)) for row in rows[4:]]
    return found


def numbers(rows: list[dict[str, object]], head: str) -> list[float]:
    return [float(row[head]) for row in rows]  # type: ignore[arg-type]


def test_children_are_those_of_the_run(results: cc.Results, tables: dict[str, list[dict[str, object]]]) -> None:
    inside = results.run.shown["inaction"].in_care(results.run.grid)[0]
    rows = tables["Children"]
    assert numbers(rows, "31 March") == list(results.run.grid.dates)
    title = results.run.scenarios["inaction"].heading
    assert numbers(rows, f"{title}, mean [children]") == pytest.approx(inside.mean(0), rel=1e-12)
    assert numbers(rows, f"{title}, low [children]")[-1] == pytest.approx(interval(inside[:, -1])[0], rel=1e-12)


def test_totals_are_the_sums_that_their_formulas_say(tables: dict[str, list[dict[str, object]]]) -> None:
    for sheet, total in (("Placements", "Children in care [children]"), ("Spend", "Total [GBP]")):
        for row in tables[sheet]:
            parts = [float(v) for head, v in list(row.items())[2:] if head != total]  # type: ignore[arg-type]
            assert float(row[total]) == pytest.approx(sum(parts), rel=1e-12)  # type: ignore[arg-type]


def test_net_present_saving_of_each_scenario_is_that_of_the_run(
    results: cc.Results, tables: dict[str, list[dict[str, object]]]
) -> None:
    rows = tables["Savings"]
    years = len(results.run.grid.years)
    for i, plan in enumerate(PLANS):
        mine = rows[i * years : (i + 1) * years]
        wanted = results.compare(plan).npv().mean()
        assert float(mine[-1]["Net present saving so far [GBP]"]) == pytest.approx(wanted, rel=1e-9)  # type: ignore[arg-type]
        for row in mine:
            net = float(row["Cashable saving [GBP]"]) - float(row["Reform spend [GBP]"])  # type: ignore[arg-type]
            assert float(row["Net saving [GBP]"]) == pytest.approx(net, abs=1e-3)  # type: ignore[arg-type]


def test_budget_in_cash_is_that_of_each_scenario_and_adds_up(
    results: cc.Results, tables: dict[str, list[dict[str, object]]]
) -> None:
    rows, years = tables["Budget"], results.run.grid.years
    heads = list(rows[0])
    closing, net = heads.index("Closing [GBP]"), heads.index("Net [GBP]")
    assert len(rows) == len(PLANS) * len(years) and net == len(heads) - 1 > closing + 1
    for i, plan in enumerate(PLANS):
        table = results.budget(scenario=plan, basis="cash").table()
        mean = table[table["quantile"] == "mean"].set_index(["year", "step"])["value"]
        for year, row in zip(years, rows[i * len(years) :], strict=False):
            values = list(row.values())
            assert values[net] == pytest.approx(mean[year, "net"], rel=1e-9)
            assert values[net] == pytest.approx(values[closing] - sum(values[closing + 1 : net]), rel=1e-9)  # type: ignore[operator, arg-type]
            if year == years[0]:
                assert values[2:closing] == [""] * (closing - 2)
            else:
                assert values[closing] == pytest.approx(sum(values[2:closing]), rel=1e-9)  # type: ignore[arg-type]


def test_the_answer_is_that_of_the_brief(results: cc.Results, tables: dict[str, list[dict[str, object]]]) -> None:
    made = story(results).answer
    shown = [tuple(row.values()) for row in tables["Answer"]]
    for line in made.lines:
        assert any(row[1:] == tuple(cell.value for cell in line.cells) for row in shown), line.label
    labels = [row[0] for row in shown]
    assert len(set(labels)) == len(labels) and not any(str(label).startswith("…") for label in labels)


def test_every_assumption_has_its_source_and_grade(
    results: cc.Results, tables: dict[str, list[dict[str, object]]]
) -> None:
    table = results.run.assumptions.table()
    assert [row["Source"] for row in tables["Assumptions"]] == table["source"].tolist()
    assert numbers(tables["Assumptions"], "Value") == pytest.approx(table["value"].tolist(), rel=1e-12)


def test_a_sheet_is_one_named_table_without_merged_cells(written: Path, results: cc.Results) -> None:
    with zipfile.ZipFile(written) as parts:
        pages = [name for name in parts.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        texts = [parts.read(name).decode() for name in pages]
        assert not any("mergeCell" in text for text in texts)
        # the sheet of charts alone has no table
        assert sum("<tablePart " in text for text in texts) == len(pages) - 1
        formulas = re.findall(r"<f>[^<]*</f><v>[^<]+</v>", "".join(texts))
        drawings = [parts.read(n).decode() for n in parts.namelist() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", n)]
    totals = {"Placements": 1, "Spend": 1, "Savings": 3, "Budget": 2}
    found = {sheet.name: len(sheet.rows) for sheet in sheets(story(results))}
    # The first year of a budget is not made of steps.
    assert len(formulas) == sum(each * found[name] for name, each in totals.items()) - len(PLANS)
    words = re.findall(r'descr="([^"]+)"', "".join(drawings))
    assert len(words) == len(re.findall(r"<xdr:graphicFrame", "".join(drawings))) > 4
    for sheet in sheets(story(results)):
        heads = [column.head for column in sheet.columns]
        assert len(set(heads)) == len(heads) and all(heads), sheet.name
        assert all(len(row) == len(heads) for row in sheet.rows)


def test_guidance_for_accessible_spreadsheets_is_kept(written: Path) -> None:
    assert broken_rules(written.read_bytes()) == []


def test_the_same_run_gives_the_same_bytes(results: cc.Results, written: Path) -> None:
    assert book(story(results)) == written.read_bytes()


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    plan = cc.Scenario(
        "edge", [cc.Lever("=1+1", [cc.Change("entry_rate", "scale", -0.1)], basis="assumed")], title="=cmd|x"
    )
    path = cc.run(Path(__file__).parents[1] / "data" / "sets" / "tiny", plan, years=2).workbook(tmp_path / "b.xlsx")
    with zipfile.ZipFile(path) as parts:
        texts = "".join(parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n)
    assert "1+1" not in "".join(re.findall(r"<f>([^<]*)</f>", texts))
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Programme").to_python()
    assert "=1+1" in rows[4]


def test_a_name_of_another_kind_of_file_is_refused_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(cc.CareCostError, match=r"book\.csv: does not end in \.xlsx\. Name it \S*book\.xlsx"):
        cc.run(Path(__file__).parents[1] / "data" / "sets" / "tiny", years=1).workbook(tmp_path / "book.csv")
    assert main(["compare", "--excel", str(tmp_path / "book"), "--out", str(tmp_path / "out")]) == 2
    assert "does not end in .xlsx" in capsys.readouterr().err and not (tmp_path / "out").exists()


#: Has LibreOffice work out every formula when it opens a file.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not here")
def test_libreoffice_opens_it_and_works_out_the_same_numbers(
    written: Path, tmp_path: Path, tables: dict[str, list[dict[str, object]]]
) -> None:
    """The results that are stored are taken out first, so that what comes back was worked out from the formulas."""
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(bare, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1<v>-1</v>", text)
            after.writestr(name, text)
    user = tmp_path / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS)
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"]
    subprocess.run([*words, "--outdir", str(tmp_path), str(bare)], capture_output=True, check=True, timeout=300)
    made = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "bare.ods"))
    for sheet in ("Children", "Placements", "Spend", "Savings", "Budget"):
        rows = made.get_sheet_by_name(sheet).to_python()
        found = [dict(zip(rows[3], row, strict=True)) for row in rows[4:]]
        assert len(found) == len(tables[sheet])
        for mine, theirs in zip(tables[sheet], found, strict=True):
            for head, value in mine.items():
                same = pytest.approx(value, rel=1e-9, abs=1e-3) if isinstance(value, float) else value
                assert theirs[head] == same, (sheet, head)
