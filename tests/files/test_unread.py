"""Nothing that is there goes unread without a word: other names of tables, lost tables, repeated names, lost rows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.packaged import DATA
from carecost.files.read_set import tables
from carecost.simulation.checks import remarks

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny set, to be broken."""
    return Path(shutil.copytree(SETS / "tiny", tmp_path / "tiny"))


def problems(folder: Path) -> list[str]:
    with pytest.raises(CareCostError) as error:
        cc.load_assumptions(folder)
    return [str(problem) for problem in error.value.problems]


def edited(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")


def add(row: str) -> Callable[[str], str]:
    return lambda text: text + row + "\n"


# Files


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("move_rate.CSV", ["move_rate.CSV: is not read", "other capitals", "Rename it to move_rate.csv"]),
        ("Move_rate.csv", ["Move_rate.csv: is not read", "Rename it to move_rate.csv"]),
        ("move_rate.csv.txt", ["move_rate.csv.txt: is not read", "CSV UTF-8 under the name move_rate.csv"]),
        ("move_rate.xlsx", ["move_rate.xlsx: is not read", "CSV UTF-8 under the name move_rate.csv"]),
        ("exit_rate.xlsx", ["exit_rate.xlsx: is not read", "move this one away"]),
        ("move_rate.txt", ["move_rate.txt: is not read"]),
        ("exit_rate.csv.bak", ["exit_rate.csv.bak: is not read", "or move it away"]),
        ("move_rate (1).csv", ["unknown table 'move_rate (1).csv'", "Did you mean 'move_rate.csv'?"]),
        ("background.TOML", ["background.TOML: is not read", "Rename it to background.toml"]),
        ("background.toml.txt", ["background.toml.txt: is not read", "Rename it to background.toml"]),
        ("Joint/a.csv", ["Joint: unknown folder 'Joint'", "Did you mean 'joint'?"]),
        ("joint/a.CSV", ["joint/a.CSV: is not read", "Rename it to a.csv"]),
        ("joint/a.xlsx", ["joint/a.xlsx: is not read", "under the name a.csv"]),
    ],
)
def test_file_that_would_go_unread_is_refused_with_its_right_name(name: str, words: list[str], folder: Path) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("a,b\n1,2\n")
    (problem,) = problems(folder)
    assert all(word in problem for word in words), problem


def test_set_file_of_another_name_is_said_alone(folder: Path) -> None:
    (folder / "set.toml").rename(folder / "Set.toml")
    assert problems(folder) == ["Set.toml: is not read: its name has other capitals. Rename it to set.toml"]


@pytest.mark.parametrize(
    "name", ["._unit_cost.csv", ".DS_Store", "~$unit_cost.xlsx", "unit_cost.csv~", "notes.md", "Thumbs.db"]
)
def test_file_that_systems_leave_is_passed_over(name: str, folder: Path) -> None:
    before = cc.load_assumptions(folder)
    (folder / name).write_bytes(b"\x00\x05\x16\x07")
    assert cc.load_assumptions(folder) == before


def test_tables_of_a_set_with_a_base_are_told_apart() -> None:
    found = tables(DATA / "england-2025-capacity")
    assert found.base == "england-2025"
    assert "capacity.csv" in found.own and "population.csv" in found.inherited
    assert not set(found.own) & set(found.inherited)
    assert tables(DATA / "england-2025").inherited == ()


def test_folder_of_too_many_files_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecost.files.read_set.MOST_FILES", 2)
    (folder / "joint").mkdir()
    for name in "abc":
        (folder / "joint" / f"{name}.csv").write_text("x\n1\n")
    assert problems(folder) == ["joint/: has 3 files. Give at most 2"]


# Lost tables, repeated names


@pytest.mark.parametrize(
    ("lost", "user"),
    [("items.csv", "unit_cost.csv"), ("unit_cost.csv", "items.csv"), ("reasons.csv", "exit_rate.csv")],
)
def test_table_on_which_another_depends_is_said_alone(lost: str, user: str, folder: Path) -> None:
    (folder / lost).unlink()
    assert problems(folder) == [f"{lost}: is missing. {user} is of no use without it: add it, or remove {user}"]


@pytest.mark.parametrize("name", ["items", "placements", "reasons"])
def test_doubled_row_of_a_label_names_its_file_and_both_rows(name: str, folder: Path) -> None:
    path = folder / f"{name}.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    edited(path, add(rows[1]))
    (problem,) = problems(folder)
    assert problem.startswith(f"{name}.csv, row {len(rows) + 1}: ")
    assert f"is there twice, in {name}.csv, row 2 too. Keep one" in problem


def test_stream_that_is_there_twice_is_refused(folder: Path) -> None:
    edited(folder / "set.toml", lambda t: t.replace('["other", "uasc"]', '["other", "uasc", "uasc"]'))
    assert any("set.toml, streams: stream 'uasc' is there twice" in problem for problem in problems(folder))


# Rows beyond the horizon


def test_doubled_row_after_the_sets_own_years_is_found(folder: Path) -> None:
    last = cc.load_assumptions(folder).grid().years[-1]
    belief = "{},,,,,per child per year,x,2025,E,"
    rows = (folder / "entry_rate.csv").read_text(encoding="utf-8").splitlines()
    old = rows[1].split(",")
    assert old[1] == "", "the first row holds for every year"
    dated = f"{old[0]},{last + 1} to {last + 3},{old[2]},{belief.format(0.1)}"
    edited(folder / "entry_rate.csv", add(dated))
    (problem,) = problems(folder)
    assert f"entry_rate.csv, row {len(rows) + 1}" in problem and "entry_rate.csv, row 2 covers too" in problem
    assert f"in years after {last}" in problem


def test_doubled_population_after_the_sets_own_years_is_found(tmp_path: Path) -> None:
    england = Path(shutil.copytree(DATA / "england-2022", tmp_path / "england-2022"))
    rows = (england / "population.csv").read_text(encoding="utf-8").splitlines()
    edited(england / "set.toml", lambda t: re.sub(r"(?m)^years = \d+", "years = 5", t))
    edited(england / "population.csv", add(rows[-1]))
    found = problems(england)
    assert any(f"population.csv, row {len(rows) + 1}" in p and f"population.csv, row {len(rows)}" in p for p in found)


# Children whom no rate lets go


def test_children_without_an_exit_rate_are_remarked_on_with_who_and_how_many(folder: Path) -> None:
    tiny = cc.load_assumptions(folder)
    assert remarks(tiny) == ()
    edited(folder / "exit_rate.csv", lambda text: text.replace("foster; home", "home"))
    stuck = cc.load_assumptions(folder)
    stock = [row for row in stuck.rows if row.parameter == "initial_stock" and row.where.placements == ("foster",)]
    there = sum(row.belief.value for row in stock)
    said = remarks(stuck)
    assert said and all("'foster'" in text and "no row of exit_rate" in text for text in said)
    assert sum(float(text.split(" children")[0].replace(",", "")) for text in said) == there


def test_those_who_come_beside_all_rates_are_among_whom_no_rate_lets_go(folder: Path) -> None:
    edited(folder / "exit_rate.csv", lambda text: text.replace("foster; home", "home"))
    edited(folder / "entry_rate.csv", lambda text: text.replace("0.0002", "0"))
    unaccompanied = [said for said in remarks(cc.load_assumptions(folder)) if "'uasc'" in said]
    assert unaccompanied and not any("those who enter" in said for said in unaccompanied)
    row = "late,uasc,15,foster,3,,,,,children per year,made up for tests,2025,E,"
    columns = "name,stream,age,placement,value,low,high,level,distribution,unit,source,source_year,quality,note"
    (folder / "extra_entries.csv").write_text(f"{columns}\n{row}\n", encoding="utf-8")
    assert any("'uasc'" in said and "and those who enter" in said for said in remarks(cc.load_assumptions(folder)))


def test_same_slip_in_many_rows_is_one_problem(tmp_path: Path) -> None:
    england = Path(shutil.copytree(DATA / "england-2025", tmp_path / "england-2025"))
    edited(england / "exit_rate.csv", lambda text: text.replace(",1 to 4,", ",01-Apr,"))
    (problem,) = problems(england)
    assert problem.startswith("exit_rate.csv, rows ") and ", column ages: is '01-Apr': a spreadsheet turned" in problem


def test_table_of_very_many_faults_is_not_looked_at_to_its_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecost.files.read_set.MOST_FAULTS", 5)
    edited(folder / "reasons.csv", lambda text: text + "".join(f"r{i},,,beyond{i}\n" for i in range(20)))
    found = problems(folder)
    assert len(found) == 7
    assert found[-1].startswith("reasons.csv: has more than 5 faults. Mend those said")
