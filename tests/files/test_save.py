"""Sets and scenarios are saved as files that read back the same, whole or not at all."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

import carecost as cc
from carecost.files.packaged import DATA, packaged_assumptions, packaged_scenarios
from carecost.files.save import made_folder, scenario_file, set_files, write
from carecost.inputs.belief import Note

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


def texts(folder: Path) -> dict[str, str]:
    """Every file of a folder, by its path there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize("name", [*packaged_assumptions(), str(SETS / "tiny")])
def test_saved_set_reads_back_equal_and_saves_the_same_text(name: str, tmp_path: Path) -> None:
    loaded = cc.load_assumptions(name)
    again = cc.load_assumptions(cc.save_assumptions(loaded, tmp_path / "set"))
    assert again == loaded and again.digest == loaded.digest
    assert texts(tmp_path / "set") == set_files(loaded) == set_files(again)


@pytest.mark.parametrize("name", [*packaged_scenarios(), str(SETS / "edge.toml")])
def test_saved_scenario_reads_back_equal_and_saves_the_same_text(name: str, tmp_path: Path) -> None:
    loaded = cc.load_scenario(name)
    path = cc.save_scenario(loaded, tmp_path / "scenario.toml")
    assert cc.load_scenario(path) == loaded
    assert path.read_text(encoding="utf-8") == scenario_file(loaded) == scenario_file(cc.load_scenario(path))


@pytest.mark.parametrize("name", packaged_scenarios())
def test_saved_variant_of_a_scenario_reads_back_equal(name: str, tmp_path: Path) -> None:
    loaded = cc.load_scenario(name)
    for variant in (loaded.delayed(2), loaded.scaled(0.5), loaded.partial(12 / 153)):
        assert cc.load_scenario(cc.save_scenario(variant, tmp_path / "variant.toml")) == variant


def test_saved_set_with_a_background_a_scope_and_an_area_reads_back_equal(tmp_path: Path) -> None:
    england = cc.load_assumptions("england-2025")
    behind = england.against(cc.load_scenario("child-poverty"))
    scoped = england.scoped(england.scopes[0].name)
    for name, made in {"behind": behind, "scoped": scoped, "area": cc.area(england, "London")}.items():
        assert cc.load_assumptions(cc.save_assumptions(made, tmp_path / name)) == made


def test_set_on_a_base_is_saved_whole(tmp_path: Path) -> None:
    name = next(name for name in packaged_assumptions() if "\nbase = " in (DATA / name / "set.toml").read_text())
    saved = cc.save_assumptions(cc.load_assumptions(name), tmp_path / "set")
    assert "\nbase = " not in (saved / "set.toml").read_text()
    assert cc.load_assumptions(saved) == cc.load_assumptions(name)


def test_saving_over_a_set_removes_tables_that_it_does_not_have(tiny: cc.Assumptions, tmp_path: Path) -> None:
    folder = cc.save_assumptions(cc.load_assumptions("england-2025-phases"), tmp_path / "set")
    (folder / "joint").mkdir()
    (folder / "joint" / "old.csv").write_text("a\n1\n2\n")
    (folder / "notes.txt").write_text("mine")
    cc.save_assumptions(tiny, folder)
    assert texts(folder) == set_files(tiny) | {"notes.txt": "mine"}
    assert cc.load_assumptions(folder) == tiny


def test_words_with_commas_quotes_and_line_breaks_come_back(tiny: cc.Assumptions, tmp_path: Path) -> None:
    said = 'a "quoted", long\nnote; £5 — ½'
    first, *others = tiny.rows
    noted = replace(first, belief=replace(first.belief, note=said))
    made = replace(tiny, rows=(noted, *others), scope=said)
    assert cc.load_assumptions(cc.save_assumptions(made, tmp_path / "set")) == made


def test_numbers_come_back_to_the_last_bit(tiny: cc.Assumptions, tmp_path: Path) -> None:
    first, *others = tiny.rows
    made = replace(tiny, rows=(replace(first, belief=replace(first.belief, value=1 / 3)), *others))
    assert cc.load_assumptions(cc.save_assumptions(made, tmp_path / "set")).rows[0].belief.value == 1 / 3


def test_note_of_a_kind_that_no_file_has_is_refused(tiny: cc.Assumptions) -> None:
    with pytest.raises(cc.CareCostError, match=r"unknown kind of note 'gaps'. Did you mean 'gap'"):
        set_files(replace(tiny, notes=(Note("gaps", "what"),)))


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(cc.CareCostError, match=r"cannot be made.*Give a folder that can be written"):
        made_folder(tmp_path / "file" / "set")


def test_file_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(cc.CareCostError, match=r"cannot be written.*Give a folder that can be written"):
        write(tmp_path / "taken", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_write_replaces_a_file_whole_and_leaves_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "first, which is long")
    assert write(path, b"second").read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["=1+1", "+44", "-", "-0.5 a week", "@sum(a1)", "'=x", "'quoted'", "''-x", "a=b"])
def test_text_that_a_spreadsheet_would_work_out_is_neutral_and_reads_back(
    text: str, tiny: cc.Assumptions, tmp_path: Path
) -> None:
    first = tiny.rows[0]
    rows = (replace(first, belief=replace(first.belief, note=text, source=text)), *tiny.rows[1:])
    made = replace(tiny, rows=rows, items=(replace(tiny.items[0], note=text, payer=text), *tiny.items[1:]))
    folder = cc.save_assumptions(made, tmp_path / "set")
    assert cc.load_assumptions(folder) == made
    with (folder / "items.csv").open(encoding="utf-8", newline="") as file:
        notes = [row["note"] for row in csv.DictReader(file)]
    assert notes[0][0] not in "=+-@"


def test_bands_are_written_in_words_and_read_in_both_forms(tiny: cc.Assumptions, tmp_path: Path) -> None:
    folder = cc.save_assumptions(tiny, tmp_path / "set")
    path = folder / "entry_rate.csv"
    text = path.read_text(encoding="utf-8")
    assert "uasc,,16 to 17," in text
    path.write_text(text.replace("16 to 17", "16-17"), encoding="utf-8")
    assert cc.load_assumptions(folder) == tiny


def test_text_of_several_lines_that_would_not_be_read_back_is_refused(tiny: cc.Assumptions, tmp_path: Path) -> None:
    first = tiny.rows[0]
    for column in ("note", "source"):
        belief = replace(first.belief, **{column: "one\ntwo"})
        made = replace(tiny, rows=(replace(first, belief=belief), *tiny.rows[1:]))
        if column == "note":
            assert cc.load_assumptions(cc.save_assumptions(made, tmp_path / "set")) == made
        else:
            with pytest.raises(cc.CareCostError, match=r"row 2, column source: a quoted cell spans 2 lines"):
                cc.save_assumptions(made, tmp_path / "other")
            assert not (tmp_path / "other" / "set.toml").exists()


def test_luck_and_who_comes_later_come_back(tmp_path: Path) -> None:
    fewer = cc.Change("entry_rate", "scale", cc.Interval(-0.1, -0.2, 0.0), later_share=0.35, later_years=3, luck="one")
    more = cc.Change("exit_rate", "scale", 0.1)
    said = {"source": "made up for tests", "quality": "E", "luck": "all claims"}
    plan = cc.Scenario("plan", [cc.Lever("a", [fewer], **said), cc.Lever("b", [more], **said)])
    path = cc.save_scenario(plan, tmp_path / "plan.toml")
    again = cc.load_scenario(path)
    assert again == plan
    assert [lever.luck for lever in again.levers] == ["all claims"] * 2
    (back,) = again.levers[0].changes
    assert (back.later_share, back.later_years, back.luck) == (0.35, 3, "one")
    text = path.read_text(encoding="utf-8")
    assert "later_share = 0.35\nlater_years = 3\n" in text and 'luck = "all claims"' in text
    varied = plan.later(0.5, 2)
    assert cc.load_scenario(cc.save_scenario(varied, tmp_path / "later.toml")) == varied
