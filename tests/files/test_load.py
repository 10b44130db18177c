"""Sets and scenarios are found by name or path; what is wrong with a scenario file is said at once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.save import scenario_file

SETS = Path(__file__).parents[1] / "data" / "sets"


def written(folder: Path, text: str, name: str = "a.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def edge(*changes: tuple[str, str]) -> str:
    """The text of a scenario with pieces replaced that must be there."""
    text = (SETS / "edge.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_unknown_set_or_scenario_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(CareCostError, match="Did you mean 'england-2025'"):
        cc.load_assumptions("england-2024")
    with pytest.raises(CareCostError, match="Did you mean 'care-review'"):
        cc.load_scenario("care-revue")
    with pytest.raises(CareCostError, match="is not a folder"):
        cc.load_assumptions(written(tmp_path, "x", "a.csv"))


@pytest.mark.parametrize("name", ["", "."])
def test_folder_that_holds_no_set_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CareCostError) as caught:
        cc.load_assumptions(name)
    assert repr(name) in str(caught.value) and "packaged name" in str(caught.value)


def test_set_is_loaded_by_name_by_folder_and_by_area() -> None:
    assert cc.load_assumptions("england-2025").name == "england-2025"
    assert cc.load_assumptions(SETS / "tiny") == cc.load_assumptions(str(SETS / "tiny"))
    assert cc.load_assumptions("england-2025/London").area == "London"


def test_folder_named_like_an_area_comes_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SETS / "tiny", tmp_path / "england-2025" / "London")
    assert cc.load_assumptions("england-2025/London").name == "tiny"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ages": [99]}, "unknown age '99'"),
        ({"streams": ["asylum"]}, "unknown stream 'asylum'"),
        ({"placements": ["moon"], "parameter": "exit_rate"}, "unknown placement 'moon'"),
    ],
)
def test_background_that_does_not_fit_the_set_is_a_fault_of_the_set(
    change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """Else a set without faults would not run."""
    said = {"parameter": "entry_rate", "operation": "scale", "amount": -0.1, "start": 1}
    lever = cc.Lever("b", [cc.Change(**(said | change))], source="x", quality="E")
    behind = cc.load_assumptions(SETS / "tiny").against(cc.Scenario("b", [lever]))
    with pytest.raises(cc.CareCostError, match=words):
        cc.run(behind)
    with pytest.raises(cc.CareCostError, match=words):
        cc.save_assumptions(behind, tmp_path / "set")
    folder = tmp_path / "tiny"
    shutil.copytree(SETS / "tiny", folder)
    (folder / "background.toml").write_text(scenario_file(behind.background), encoding="utf-8")
    with pytest.raises(cc.CareCostError, match=words):
        cc.load_assumptions(folder)


def test_background_beside_a_set_goes_on_behind_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SETS / "tiny", tmp_path / "tiny"))
    shutil.copy(SETS / "edge.toml", folder / "background.toml")
    assert cc.load_assumptions(folder).background == cc.load_scenario(SETS / "edge.toml")


def test_names_joined_by_plus_are_stacked_in_that_order() -> None:
    both = cc.load_scenario("family-help + child-protection")
    assert both == cc.load_scenario("family-help") + cc.load_scenario("child-protection")


def test_parts_are_packaged_or_beside_the_file_and_come_before_its_levers(tmp_path: Path) -> None:
    shutil.copy(SETS / "edge.toml", tmp_path / "edge.toml")
    text = '[scenario]\nname = "all"\nparts = ["edge.toml", "child-protection"]\n[[lever]]\nname = "more"\n'
    made = cc.load_scenario(written(tmp_path, text + 'source = "x"\nquality = "E"\n'))
    parts = [cc.load_scenario(tmp_path / "edge.toml"), cc.load_scenario("child-protection")]
    assert [lever.name for lever in made.levers] == [*(lever.name for p in parts for lever in p.levers), "more"]
    assert made.made_for == parts[1].made_for


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ('["a.toml"]', "is a part of itself"),
        ('["b.toml"]', "is a part of one of its parts"),
        ('["child-protectio"]', "a.toml, part 'child-protectio': unknown scenario"),
    ],
)
def test_part_that_cannot_be_taken_is_said_with_its_place(parts: str, words: str, tmp_path: Path) -> None:
    written(tmp_path, '[scenario]\nname = "b"\nparts = ["a.toml"]\n', "b.toml")
    with pytest.raises(CareCostError) as error:
        cc.load_scenario(written(tmp_path, f'[scenario]\nname = "a"\nparts = {parts}\n'))
    assert words in str(error.value)


BROKEN = {
    "unknown operation": (
        'operation = "scale"',
        'operation = "scael"',
        ["'scael'", "Did you mean 'scale'?", "lever 'edge of care', change 1"],
    ),
    "unknown parameter": (
        'parameter = "entry_rate"',
        'parameter = "entry"',
        ["unknown parameter 'entry'", "entry_rate"],
    ),
    "misplaced key": ("start = 2", "begin = 2", ["'begin'", "lever 1, change 1"]),
    "start before the programme": ("start = 2\n", "start = 0\n", ["start is 0", "start at 1"]),
    "fall of more than the whole": (
        "amount = -0.3\n  low = -0.5",
        "amount = -0.3\n  low = -1.5",
        ["-1.5", "below nothing"],
    ),
    "full before start": ("full = 4", "full = 1", ["2, 1, None", "must not fall"]),
    "money without a price year": ("price_year = 2022", "", ["without price_year"]),
    "selector the parameter lacks": ('streams = ["other"]', 'items = ["home"]', ["no selector 'items'"]),
    "times without a value": (
        "price_year = 2022",
        "price_year = 2022\n  times_low = 1\n  times_high = 2",
        ["lever 'programme', change 1: times_low or times_high without times", "leave them out"],
    ),
    "unknown basis": ('quality = "E"', 'quality = "E"\nbasis = "clamed"', ["'clamed'", "Did you mean 'claimed'?"]),
    "not TOML": ("[scenario]", "[scenario", ["edge.toml: is not TOML"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_scenario_says_what_where_and_how_to_mend_it(case: str, tmp_path: Path) -> None:
    old, new, words = BROKEN[case]
    path = written(tmp_path, edge((old, new)), "edge.toml")
    with pytest.raises(CareCostError) as error:
        cc.load_scenario(path)
    for word in words:
        assert word in str(error.value)


def test_faults_of_several_changes_come_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, edge(('operation = "scale"', 'operation = "scael"'), ("price_year = 2022", "")))
    with pytest.raises(CareCostError) as error:
        cc.load_scenario(path)
    assert "'scael'" in str(error.value) and "without price_year" in str(error.value)


def test_lever_named_twice_is_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    text = edge()
    path = written(tmp_path, text + text[text.index("[[lever]]") :])
    with pytest.raises(CareCostError, match=r"a.toml: scenario 'edge': lever 'edge of care' is there twice"):
        cc.load_scenario(path)


def test_what_ships_is_read_once_and_a_folder_of_yours_each_time(tmp_path: Path) -> None:
    assert cc.load_assumptions("england-2025") is cc.load_assumptions("england-2025")
    area = "england-2025/North East"
    assert cc.load_assumptions(area) is cc.load_assumptions(area)
    own = Path(shutil.copytree(SETS / "tiny", tmp_path / "own"))
    before = cc.load_assumptions(own)
    assert cc.load_assumptions(own) == before and cc.load_assumptions(own) is not before
    text = (own / "set.toml").read_text(encoding="utf-8")
    (own / "set.toml").write_text(text.replace('title = "', 'title = "Another: '), encoding="utf-8")
    assert cc.load_assumptions(own).title == f"Another: {before.title}"
