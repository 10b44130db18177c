"""Sets and scenarios are saved as files that read back the same, whole or not at all."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

import carecost as cc
from carecost.files.packaged import DATA, packaged_assumptions, packaged_scenarios
from carecost.files.save import made_folder, scenario_file, set_files, write
from carecost.inputs.belief import Note
from carecost.simulation.prepare import prepare
from tests.reference import written

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


# What is made in Python is kept to the last bit, or refused: never kept in part


def drawn(data: st.DataObject, strategy: st.SearchStrategy[Any]) -> Any:
    """Draw what can be made; what cannot is said in words, and is no case."""
    try:
        return data.draw(strategy)
    except cc.CareCostError:
        assume(False)


def runs(made: cc.Assumptions) -> bool:
    try:
        prepare(made)
    except cc.CareCostError:
        return False
    return True


@given(st.data())
def test_every_set_that_runs_is_kept_whole(data: st.DataObject) -> None:
    made = drawn(data, written.sets())
    assume(runs(made))
    with tempfile.TemporaryDirectory() as folder:
        again = cc.load_assumptions(cc.save_assumptions(made, f"{folder}/set"))
    assert again == made and again.digest == made.digest


@given(st.data())
def test_every_scenario_is_kept_whole(data: st.DataObject) -> None:
    made = drawn(data, written.scenarios())
    with tempfile.TemporaryDirectory() as folder:
        assert cc.load_scenario(cc.save_scenario(made, f"{folder}/plan.toml")) == made


@given(st.data())
def test_odd_set_is_kept_whole_or_refused_in_words(data: st.DataObject) -> None:
    made = drawn(data, written.odd_sets())
    with tempfile.TemporaryDirectory() as folder:
        try:
            saved = cc.save_assumptions(made, f"{folder}/set")
        except cc.CareCostError as error:
            assert all(problem.what and problem.where for problem in error.problems)
            return
        assert cc.load_assumptions(saved) == made


@given(st.data())
def test_odd_scenario_is_kept_whole_or_refused_in_words(data: st.DataObject) -> None:
    made = drawn(data, written.scenarios(written.any_words))
    with tempfile.TemporaryDirectory() as folder:
        try:
            saved = cc.save_scenario(made, f"{folder}/plan.toml")
        except cc.CareCostError as error:
            assert all(problem.what for problem in error.problems)
            return
        assert cc.load_scenario(saved) == made


def chosen(parameter: str, **where: Any) -> Callable[[cc.Assumptions], cc.Assumptions]:
    """Select more in the first row of a parameter."""

    def edit(made: cc.Assumptions) -> cc.Assumptions:
        place = next(i for i, row in enumerate(made.rows) if row.parameter == parameter)
        row = made.rows[place]
        row = replace(row, where=replace(row.where, **where))
        return replace(made, rows=(*made.rows[:place], row, *made.rows[place + 1 :]))

    return edit


def dated(made: cc.Assumptions) -> cc.Assumptions:
    first = made.rows[0]
    return replace(made, rows=(replace(first, belief=replace(first.belief, price_year=2025)), *made.rows[1:]))


#: What no file of a set keeps, and words of the refusal.
UNKEPT: dict[str, tuple[Callable[[cc.Assumptions], cc.Assumptions], str]] = {
    "years of a stock": (chosen("initial_stock", years=2026), "'initial_stock' has no selector 'years'"),
    "streams of a population": (chosen("population", streams="other"), "'population' has no selector 'streams'"),
    "no label at all": (chosen("move_rate", ages=()), r"ages: is \(\) and would read back as None"),
    "a price year of children": (dated, "price_year: is 2025 and would read back as None"),
    "a name that ends in a space": (lambda made: replace(made, name="tiny "), "name: is 'tiny ' and would read back"),
    "no text": (lambda made: replace(made, title="\ud800"), "a character of no text"),
    "rates of its own": (
        lambda made: replace(made, discount=cc.money.Schedule("green-book-2026-02 standard", (1.0,), (0.5,))),
        "standard, until: is",
    ),
    "rates of no vintage": (
        lambda made: replace(made, discount=cc.money.Schedule("mine", (9.0, 99.0), (0.5, 0.1))),
        "unknown discount schedule",
    ),
    "an index of its own": (
        lambda made: replace(made, deflator=replace(made.deflator, last_outturn=2024)),
        "last_outturn: is 2024 and would read back as 2025",
    ),
    "more than the whole": (lambda made: replace(made, portion=1.5), r"set.portion: is 1.5. Give at most 1"),
}


@pytest.mark.parametrize("what", UNKEPT)
def test_what_no_file_keeps_is_refused_in_words(what: str, tiny: cc.Assumptions, tmp_path: Path) -> None:
    edit, words = UNKEPT[what]
    with pytest.raises(cc.CareCostError, match=words):
        cc.save_assumptions(edit(tiny), tmp_path / "set")
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("rate", [0.02, 0.0, -0.01, 1 / 3])
def test_flat_discount_rate_is_kept(rate: float, tiny: cc.Assumptions, tmp_path: Path) -> None:
    made = replace(tiny, discount=cc.money.schedule(rate))
    folder = cc.save_assumptions(made, tmp_path / "set")
    assert cc.load_assumptions(folder) == made
    assert f"discount = {rate!r}\n" in (folder / "set.toml").read_text() and "schedule" not in texts(folder)["set.toml"]


def test_rows_notes_and_ties_are_in_one_order_however_they_are_given(tiny: cc.Assumptions) -> None:
    notes = (Note("left_out", "x"), Note("gap", "q", ("a", "b")), Note("contradiction", "y"))
    said = replace(tiny, rows=tiny.rows[::-1], notes=notes)
    again = replace(said, rows=sorted(said.rows[::-1], key=lambda row: row.quantity), notes=notes[::-1])
    assert [row.parameter for row in said.rows] == [row.parameter for row in tiny.rows]
    assert [n.kind for n in said.notes] == [n.kind for n in again.notes] == ["gap", "contradiction", "left_out"]
    ab = [cc.JointDraws(name, ["q"], [[1.0], [2.0]]) for name in ("b", "a")]
    assert cc.Ties((), (), ab) == cc.Ties((), (), ab[::-1])
    assert cc.Selector(ages=[17, 15, 17]) == cc.Selector(ages="15; 17")
