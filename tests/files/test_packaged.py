"""What ships is found by name; a name that is not there is answered with the nearest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import CareCostError, Problem
from carecost.files import packaged, schema
from carecost.files.packaged import DATA, SCENARIO, SET, packaged_assumptions, packaged_regions, packaged_scenarios

TINY = Path(__file__).parents[1] / "data" / "sets" / "tiny"


@pytest.mark.parametrize("name", packaged_assumptions())
def test_packaged_set_has_the_name_of_its_folder_and_a_title(name: str) -> None:
    made = cc.load_assumptions(name)
    assert made.name == name and packaged.titles()[name] == made.title != ""


@pytest.mark.parametrize("name", packaged_scenarios())
def test_packaged_scenario_has_the_name_of_its_file_and_is_made_for_a_set_that_ships(name: str) -> None:
    made = cc.load_scenario(name)
    assert made.name == name and packaged.titles()[name] == made.title
    assert packaged.made_for().get(name, "") in ("", *packaged_assumptions())


def test_titles_list_sets_before_scenarios() -> None:
    assert list(packaged.titles()) == [*packaged_assumptions(), *packaged_scenarios()]


@pytest.mark.parametrize("name", packaged_regions())
def test_regions_are_those_of_a_packaged_set_with_figures_and_notes(name: str) -> None:
    rows, notes = packaged.regions_file(name)
    assert name in packaged_assumptions() and rows and {"gap", "left_out"} <= notes.keys()
    assert all(row["source"] and row["quality"] and float(row["value"]) >= 0 for row in rows)


def found(name: str | Path, kind: str = SET) -> Path:
    known = packaged_assumptions() if kind == SET else packaged_scenarios()
    return packaged.find(name, known, kind, lambda n: DATA / n)


def test_path_of_the_users_comes_before_a_packaged_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("england-2025") == DATA / "england-2025"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "england-2025").mkdir()
    assert found("england-2025") == Path("england-2025")


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("england-2026", SET, "unknown assumption set 'england-2026'. Did you mean 'england-2025'?"),
        ("england-2026", SET, "A path of yours must exist"),
        ("care-review", SET, "'care-review' is not an assumption set. Give the set first, then its scenarios"),
        ("england-2025", SCENARIO, "'england-2025' is not a scenario. Give a scenario, packaged or a TOML file"),
    ],
)
def test_name_that_is_not_there_or_of_another_kind_is_said(name: str, kind: str, words: str) -> None:
    with pytest.raises(CareCostError) as error:
        found(name, kind)
    assert words in str(error.value)


def with_base(folder: Path, base: str) -> Path:
    made = Path(shutil.copytree(TINY, folder))
    text = (made / "set.toml").read_text()
    (made / "set.toml").write_text(text.replace("[set]", f'[set]\nbase = "{base}"', 1))
    return made


def test_base_beside_a_set_comes_before_a_packaged_one(tmp_path: Path) -> None:
    mine = with_base(tmp_path / "mine", "england-2025")
    problems: list[Problem] = []
    assert packaged.base_folder(mine, "england-2025", problems) == DATA / "england-2025"
    beside = Path(shutil.copytree(TINY, tmp_path / "england-2025"))
    assert packaged.base_folder(mine, "england-2025", problems) == beside
    assert problems == []


def test_tables_that_a_set_lacks_are_those_of_its_base(tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path / "tiny")
    mine = with_base(tmp_path / "mine", "tiny")
    (mine / "exit_rate.csv").unlink()
    assert cc.load_assumptions(mine) == cc.load_assumptions(tmp_path / "tiny")


def test_base_that_is_not_there_or_has_a_base_itself_is_refused(tmp_path: Path) -> None:
    mine = with_base(tmp_path / "mine", "other")
    with_base(tmp_path / "other", "third")
    problems: list[Problem] = []
    assert packaged.base_folder(mine, "none", problems) is None
    assert packaged.base_folder(mine, "other", problems) is None
    assert packaged.base_folder(mine, "mine", problems) is None, "no set is its own base"
    assert [problem.where for problem in problems] == ["set.toml, set.base"] * 3
    assert "put the folder of a set beside this one" in problems[0].remedy
    assert problems[1].what == "'other' has a base itself"


def test_money_gives_the_vintages_of_a_set_or_says_which_is_unknown() -> None:
    head = {"name": "x", "base_year": 2025, "years": 1, "price_year": 2025, "programme_start": 2026, "last_age": 17}
    vintages = {"streams": ["all"], "deflator": "hmt-2026-03", "discount": "green-book-2026-02"}
    problems: list[Problem] = []
    priced = packaged.money(schema.SetTable.model_validate(head | vintages), problems)
    assert priced is not None and (priced[0].vintage, priced[1].name) == ("hmt-2026-03", "green-book-2026-02 standard")
    wrong = vintages | {"deflator": "hmt-2026", "schedule": "standrad"}
    assert packaged.money(schema.SetTable.model_validate(head | wrong), problems) is None
    assert [problem.what for problem in problems] == [
        "unknown deflator 'hmt-2026'",
        "unknown discount schedule 'green-book-2026-02 / standrad'",
    ]
