"""A year's release goes from files as published to rows, report and a set that runs; what is not read is said."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.files.readers.release import read_release
from data.release import command as update
from data.release.changes import Compared, compare
from data.release.tables import COLUMNS, cells
from tests.data.published import PUBLISHED, ROOT, rows
from tests.data.released import children_looked_after, table, tool, write

SAMPLES = ROOT.parent / "shared" / "samples" / "ees"


def compared(folder: Path) -> Compared:
    return compare(list(cells(read_release(folder))))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release 2026")
    children_looked_after(folder)
    tool(folder)
    write(folder / "notes.csv", ("a", "b"), [(1, 2)])
    return folder


@pytest.fixture(scope="module")
def done(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command from files to set, once."""
    out = tmp_path_factory.mktemp("out")
    assert update.main([str(release), "--out", str(out)]) == 0
    return out


def test_set_of_the_new_base_date_loads_and_runs_beside_the_old(done: Path) -> None:
    new, old = cc.load_assumptions(done / "england-2026"), cc.load_assumptions("england-2025")
    assert (new.name, new.base_year, new.price_year, new.baselines) == ("england-2026", 2026, 2026, ())
    total = next(
        r for r in rows(done / "tables" / "stock_by_age.csv") if (r["year"], r["age_band"]) == ("2026", "Total")
    )
    results = cc.run(new, "care-review", years=4, draws=8)
    first = results.run.central["inaction"].in_care(results.run.grid)[0][0, 0]
    assert first == pytest.approx(float(total["children"]), abs=20)  # two margins, each rounded
    assert results.run.calendar.programme_start == 2029 and results.run.grid.years[0] == 2027
    before = cc.run(old, years=5).run
    then = before.central["inaction"].in_care(before.grid)[0][0]
    assert 0.9 < first / then[1] < 1.1 and np.isfinite(results.compare("care-review").npv()).all()
    spent = {
        r["group"]: float(r["gbp"])
        for r in rows(done / "tables" / "s251_groups.csv")
        if r["financial_year"] == "2025-26"
    }
    assert f"{spent['Children looked after']:,.0f}" in new.scope


def test_sets_on_top_of_the_new_one_stand_on_its_base_date(done: Path) -> None:
    """Inaction of the variants starts from the children of the new year; what a release cannot make is said."""

    def children(name: str) -> float:
        run = cc.run(done / name, years=1).run
        return float(run.central["inaction"].in_care(run.grid)[0][0, 0])

    for kind in ("phases", "after-care"):
        on_top = cc.load_assumptions(done / f"england-2026-{kind}")
        assert (on_top.name, on_top.base_year) == (f"england-2026-{kind}", 2026)
        assert on_top.title.startswith("England, from 31 March 2026, with")
        assert children(on_top.name) == pytest.approx(children("england-2026"), rel=1e-9)
    orders = cc.load_assumptions(done / "england-2026-after-care").select("initial_stock")
    assert any("special guardianship" in row.where.placements for row in orders)
    text = (done / "report.md").read_text(encoding="utf-8")
    assert "On top of it: `england-2026-phases`, `england-2026-after-care`" in text
    assert "What a release does not hold is not built: capacity (Ofsted" in text


def test_old_sets_and_tables_are_as_they_were(done: Path) -> None:
    status = subprocess.run(
        ["git", "status", "--porcelain", "carecost/data", "data"], capture_output=True, text=True, cwd=ROOT
    )
    assert "england-2026" not in status.stdout and "releases" not in status.stdout
    assert {r["year"] for r in rows(PUBLISHED / "stock_by_age.csv")} == {str(y) for y in range(2021, 2026)}


def test_every_change_says_before_after_and_why(done: Path) -> None:
    with (done / "changes.csv").open(encoding="utf-8", newline="") as lines:
        changes = list(csv.DictReader(lines))
    why = Counter(row["why"] for row in changes if row["table"] != "headline")
    assert set(why) == {"new year", "new category", "revised value", "category gone: no figure for the new year"}
    (gone,) = [r for r in changes if r["why"].startswith("category gone") and r["table"] != "placement_detail"]
    assert "remained with current carers" in gone["row"] and not gone["after"]
    (revised,) = [r for r in changes if (r["table"], r["row"], r["column"]) == ("time_series", "year=2024", "stock")]
    assert (revised["before"], revised["after"], revised["why"]) == ("83530", "83540", "revised value")
    (strange,) = [r for r in changes if r["why"] == "new category"]
    assert strange["row"].endswith("characteristic=Moved to a lighthouse") and strange["after"] == "10"
    headline = {r["row"]: r for r in changes if r["table"] == "headline"}
    quoted = headline["children in care on 31 March"]
    assert quoted["before"] == "81,770 (2025)" and quoted["after"].endswith("(2026)") and quoted["why"] == "new year"
    spend = headline["spend on children looked after"]
    assert spend["after"] == f"£{round(8955421269 * 1.1):,} (2025-26)"
    assert any(name.startswith("net present saving of care-review") for name in headline)


def test_tables_keep_their_rows_and_columns_and_gain_those_of_the_year(done: Path) -> None:
    made = {path.stem for path in (done / "tables").glob("*.csv")}
    assert {
        "stock_by_age",
        "stock_by_placement",
        "flows",
        "uasc_stock",
        "time_series",
        "s251_groups",
        "unit_costs_lait",
    } <= made
    for name in made:
        old, new = rows(PUBLISHED / f"{name}.csv"), rows(done / "tables" / f"{name}.csv")
        keys = COLUMNS[name][0]
        assert list(old[0]) == list(new[0]) and all(row["source"] for row in new)
        assert [tuple(r[k] for k in keys) for r in new[: len(old)]] == [tuple(r[k] for k in keys) for r in old]
    new = rows(done / "tables" / "stock_by_age.csv")
    assert next(r["source"] for r in new if r["year"] == "2026").endswith("2025-26 release")
    (support,) = [
        r
        for r in rows(done / "tables" / "service_unit_costs.csv")
        if r["year"] == "2025-26" and r["item"].startswith("Family")
    ]
    (family,) = [
        float(r["gbp"])
        for r in rows(done / "tables" / "s251_groups.csv")
        if (r["financial_year"], r["group"]) == ("2025-26", "Family support")
    ]
    assert float(support["value"]) == round(family / 400_000)


def test_report_names_files_what_was_not_read_and_headlines(done: Path) -> None:
    text = (done / "report.md").read_text(encoding="utf-8")
    assert "| a.csv | children looked after: by characteristics | 2022 to 2026 | 71 | 70 |" in text and "1 'c'" in text
    assert "- notes.csv: columns a, b are of no layout" in text
    assert "`england-2026` stands beside `england-2025`" in text and "unit costs of 2025-26" in text
    assert "children in care on 31 March 2035, no reform" in text


def test_columns_of_the_release_before_give_the_same_tables(release: Path, tmp_path: Path) -> None:
    children_looked_after(tmp_path, count="number", of="population_count")
    tool(tmp_path)
    older = compared(tmp_path)
    assert older.tables == compared(release).tables


def test_files_of_two_years_ago_change_nothing(tmp_path: Path) -> None:
    children_looked_after(tmp_path)
    for path in tmp_path.glob("*.csv"):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        path.write_text("\n".join([lines[0], *(line for line in lines[1:] if line < "2025")]) + "\n", encoding="utf-8")
    found = compared(tmp_path)
    assert not [change for change in found.changes if change.table in ("stock_by_age", "time_series", "flows")]
    assert any("stock_by_age: a.csv ends in 2024, the table in 2025: an older release" in said for said in found.said)


def test_two_files_that_differ_and_a_figure_withheld_are_said(tmp_path: Path) -> None:
    head = ("time_period", "geographic_level", "country_name", "population_type", "children_count")
    england, label = ("National", "England"), "Children looked after on 31 March"
    alone = f"{label} who were unaccompanied asylum-seeking children"
    withheld = (2025, *england, label, "c")
    write(tmp_path / "a.csv", head, [(2026, *england, label, "80,000"), withheld, (1997, *england, alone, 240)])
    write(tmp_path / "b.csv", head, [(2026, *england, label, 80_010), withheld])
    found = {(c.key, c.why, c.before, c.after) for c in compared(tmp_path).changes}
    assert found == {
        (("2026",), "two files differ: the first is taken", "80000", "80010"),
        (("2026",), "new year", "81770", "80000"),
        (("2025",), "withheld now: the figure before is kept", "81770", ""),
        (("1997",), "filled", "", "240"),
    }


def test_release_without_a_new_base_date_builds_no_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "april", tmp_path / "out"
    folder.mkdir()
    tool(folder)
    assert update.main([str(folder), "--out", str(out)]) == 0
    assert "No set is built" in capsys.readouterr().out and not (out / "england-2025").exists()
    assert update.main([str(folder), "--out", str(out)]) == 1
    assert "nothing is overwritten" in capsys.readouterr().err


def test_tables_that_do_not_make_a_set_say_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "half"
    folder.mkdir()
    children_looked_after(folder)
    (folder / "c.csv").unlink()  # starts
    assert update.main([str(folder), "--out", str(tmp_path / "out")]) == 1
    assert "No set could be built of 31 March 2026" in capsys.readouterr().out
    assert "flows.csv" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    monkeypatch.setattr(update, "ROOT", tmp_path / "project")
    assert update.main([str(folder)]) == 1
    assert "nothing is written" in capsys.readouterr().out and not (tmp_path / "project").exists()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: None, "does not exist"),
        (lambda folder: folder.mkdir(), "it is empty"),
        (lambda folder: folder.write_text("x"), "is a file"),
    ],
)
def test_folder_that_holds_no_release_is_refused_in_words(
    make: object, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "release")  # type: ignore[operator]
    assert update.main([str(tmp_path / "release"), "--out", str(tmp_path / "out")]) == 1
    assert says in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_command_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "data" / "update.py"), str(tmp_path / "none")]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 1 and "does not exist" in found.stderr and "Traceback" not in found.stderr


@pytest.mark.skipif(not SAMPLES.exists(), reason="published files are not here")
def test_tables_of_the_release_of_2024_come_back_from_its_files() -> None:
    """All that was transcribed from the release of 2023-24 is what the readers give of its files."""
    found = {(c.table, c.key, c.column): c.value for c in cells(read_release(SAMPLES)) if c.value is not None}
    compared_figures = 0
    for name, (keys, columns) in COLUMNS.items():
        for row in table(name):
            if "2023-24 release" in row["source"] and "looked after" in row["source"]:
                for column in columns:
                    key = (name, tuple(row[k] for k in keys), column)
                    if key in found and row[column] not in ("", "c"):
                        assert float(row[column]) == found[key], key
                        compared_figures += 1
    assert compared_figures > 250
