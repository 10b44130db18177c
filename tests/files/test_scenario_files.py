"""A scenario is checked with a set as a comparison would, all faults at once; hostile files are refused at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import carecost as cc
from carecost.cli import main
from carecost.errors import CareCostError
from carecost.files.load import load_scenario
from carecost.files.packaged import packaged_scenarios
from carecost.simulation.effects import unknown_labels

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = str(SETS / "tiny")

HEAD = '[scenario]\nname = "s"\n[[lever]]\nname = "l"\nsource = "x"\nquality = "E"\n'
CHANGE = '[[lever.change]]\nparameter = "{}"\noperation = "{}"\namount = {}\nunit = "{}"\nstart = 1\n{}\n'


def written(path: Path, *changes: str) -> str:
    path.write_text(HEAD + "".join(changes), encoding="utf-8")
    return str(path)


# Everything at once


def test_check_finds_all_faults_of_a_scenario_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        tmp_path / "s.toml",
        CHANGE.format("entry_rate", "scale", 10, "percent", 'streams = ["othr"]\nages = "10 to 30"'),
        CHANGE.format("unit_cost", "add", 1, "GBP per year", 'price_year = 2025\nitems = ["fostering"]'),
        CHANGE.format("exit_rate", "scale", -0.1, "share", "price_year = 2025"),
    )
    assert main(["check", path]) == 2
    text = capsys.readouterr().err
    assert text.count("\n- ") == 5
    for word in (
        "unknown stream 'othr'. Did you mean 'other'?",
        "unknown ages '18-30'. The set has 0-17",
        "unit is 'percent'. Give 'share', a share of what was",
        "unknown item 'fostering'",
        "price_year is 2025. Leave it out: the amount is no money",
    ):
        assert word in text, text


def test_check_takes_the_set_to_check_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "s.toml", CHANGE.format("exit_rate", "scale", 0.1, "share", 'placements = ["home"]'))
    assert main(["check", path, TINY]) == 0
    assert "with tiny" in capsys.readouterr().out
    assert main(["check", path]) == 2
    assert "unknown placement 'home'" in capsys.readouterr().err


def test_check_finds_what_a_run_would_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "s.toml", CHANGE.format("exit_rate", "add", -50, "per child-year", ""))
    assert main(["check", path]) == 2
    assert "below zero" in capsys.readouterr().err


def test_range_of_ages_that_a_set_lacks_is_one_problem() -> None:
    (problem,) = unknown_labels("ages", range(10, 31), range(18), "x")
    assert str(problem) == "x: unknown ages '18-30'. The set has 0-17"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("entry_rate", "scale", 10, "percent", ""), "'percent'. Give 'share'"),
        (("unit_cost", "scale", 0.1, "GBP per year", ""), "'GBP per year'. Give 'share'"),
        (("move_rate", "add", 0.1, "per cent", 'to = ["at home"]'), "'per cent'. Give 'per child-year'"),
        (("entry_rate", "replace", 0.001, "per 10,000", ""), "'per 10,000'. Give 'per child per year'"),
        (
            ("entry_share", "divert", 0.1, "children", 'from_placements = ["home"]\nto_placement = "foster"'),
            "'children'. Give 'share', a share, from 0 to 1",
        ),
        (("exit_rate", "add", 0.1, "per child-year", "price_year = 2022"), "price_year is 2022. Leave it out"),
        (("unit_cost", "scale", 0.1, "share", "price_year = 2022"), "price_year is 2022. Leave it out"),
        (("entry_rate", "scale", -0.1, "share", ""), ""),
        (("entry_rate", "scale", -0.1, "", ""), ""),
        (("exit_rate", "add", 0.1, "per child and year", ""), ""),
        (("exit_rate", "add", 0.1, "per young person and year", ""), ""),
        (("entry_rate", "replace", 0.001, "per child-year", 'streams = ["other"]'), ""),
    ],
)
def test_unit_of_a_change_is_that_of_its_operation_and_parameter(
    change: tuple[str, ...], fault: str, tmp_path: Path
) -> None:
    scenario = load_scenario(written(tmp_path / "s.toml", CHANGE.format(*change)))
    tiny = cc.load_assumptions(TINY)
    if fault:
        with pytest.raises(CareCostError) as error:
            cc.run(tiny, scenario, draws=cc.Draws(0))
        assert fault in str(error.value) and "lever 'l'" in str(error.value)
    else:
        cc.run(tiny, scenario, draws=cc.Draws(0))


@pytest.mark.parametrize("name", packaged_scenarios())
def test_packaged_scenario_is_checked_without_a_fault(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    # It begins in 2024, before the base date of the default set.
    words = [name, "england-2022"] if name == "stable-homes" else [name]
    assert main(["check", *words]) == 0
    assert "no faults found" in capsys.readouterr().out


# Hostile files


def test_parts_named_twice_thirty_deep_are_refused_at_once(tmp_path: Path) -> None:
    for i in range(30):
        (tmp_path / f"p{i}.toml").write_text(f'[scenario]\nname = "p{i}"\nparts = ["p{i + 1}.toml", "p{i + 1}.toml"]\n')
    (tmp_path / "p30.toml").write_text('[scenario]\nname = "p30"\n')
    begun = time.perf_counter()
    with pytest.raises(CareCostError, match=r"part 'p1.toml': is named twice. Name each part once"):
        load_scenario(tmp_path / "p0.toml")
    assert time.perf_counter() - begun < 2


def test_parts_in_a_lattice_are_each_read_once_and_no_deeper_than_the_bound(tmp_path: Path) -> None:
    for i in range(18):
        for side in "ab":
            text = f'[scenario]\nname = "{side}{i}"\nparts = ["a{i + 1}.toml", "b{i + 1}.toml"]\n'
            (tmp_path / f"{side}{i}.toml").write_text(text)
    for side in "ab":
        (tmp_path / f"{side}18.toml").write_text(f'[scenario]\nname = "{side}"\n')
    begun = time.perf_counter()
    assert load_scenario(tmp_path / "a0.toml").levers == ()
    assert time.perf_counter() - begun < 2


def test_parts_deeper_than_the_bound_are_refused(tmp_path: Path) -> None:
    for i in range(40):
        (tmp_path / f"p{i}.toml").write_text(f'[scenario]\nname = "p{i}"\nparts = ["p{i + 1}.toml"]\n')
    with pytest.raises(CareCostError, match=r"is more than 20 files deep\. Put them into fewer files"):
        load_scenario(tmp_path / "p0.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 500 + "]" * 500, "more than 20 levels of tables and lists"),
        ("a = " + "[" * 5000 + "]" * 5000, "more than 20 levels of tables and lists"),
        (".".join("a" * 500) + " = 1", "more than 20 levels of tables and lists"),
        ("a = " + "9" * 5000, "is not TOML"),
        ('[scenario]\nname = "s"\nparts = ["' + "x" * 5000 + '"]', "unknown scenario"),
        ('[scenario]\nname = "s"\nparts = ["a\\u0000b"]', "unknown scenario"),
        ('[scenario]\nname = "s"\nparts = ["/dev"]', "is not a file"),
        (HEAD + CHANGE.format("exit_rate", "scale", 0.1, "share", 'ages = "0-99999999"'), "Give ages up to 150"),
    ],
)
def test_hostile_scenario_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(CareCostError, match=words):
        load_scenario(tmp_path / "s.toml")


def test_file_of_too_many_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecost.files.parsing.MOST_BYTES", 1_000_000)
    (tmp_path / "s.toml").write_text("#" * 1_000_001)
    with pytest.raises(CareCostError, match=r"s.toml: has more than 1 MB"):
        load_scenario(tmp_path / "s.toml")


# Names


def test_stack_of_a_file_in_a_folder_with_a_plus_is_read(tmp_path: Path) -> None:
    (tmp_path / "a+b").mkdir()
    path = written(tmp_path / "a+b" / "s.toml", CHANGE.format("exit_rate", "scale", 0.1, "share", ""))
    assert [lever.name for lever in load_scenario(path).levers] == ["l"]
    both = load_scenario(f"{path}+care-review")
    assert len(both.levers) == 1 + len(load_scenario("care-review").levers)
    assert load_scenario(f"care-review + {path}").levers[-1].name == "l"


def test_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    cc.save_assumptions(cc.load_assumptions(TINY), tmp_path / "set")
    assert cc.load_assumptions("~/set") == cc.load_assumptions(TINY)


def test_set_may_be_pointed_at_by_its_set_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cc.load_assumptions(f"{TINY}/set.toml") == cc.load_assumptions(TINY)
    assert main(["check", f"{TINY}/set.toml"]) == 0


def test_check_says_which_tables_are_of_the_base(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "england-2025-capacity"]) == 0
    text = capsys.readouterr().out
    own, base = text.splitlines()[-2:]
    assert own.startswith("its own tables: ") and "capacity.csv" in own
    assert base.startswith("those of its base england-2025: ") and "population.csv" in base


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", TINY, "--out", "{tmp}/s.toml"], "is a file, and no folder to write to. Name a folder"),
        (["compare", TINY, "--out", "{tmp}/s.toml/out"], "is a file, and no folder to write to"),
        (["check", TINY, "care-review"], "is a set, and so needs no other. Name the scenario first"),
    ],
)
def test_words_in_the_wrong_place_are_said_before_the_run(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "s.toml")
    assert main([word.format(tmp=tmp_path) for word in words]) == 2
    assert said in capsys.readouterr().err


def test_title_does_not_command_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text('[scenario]\nname = "s"\ntitle = "a\\u001b[2Jb\\u0007"\n')
    assert main(["describe", str(tmp_path / "s.toml")]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text and "\x07" not in text and "a\\x1b[2Jb" in text


def test_output_in_an_encoding_that_lacks_a_sign_is_written_with_its_code() -> None:
    words = [sys.executable, "-m", "carecost", "describe", "england-2025"]
    done = subprocess.run(words, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("parameter", "line", "words"),
    [
        ("entry_rate", "later_share = 1.5", ["later_share is 1.5", "0 to 1"]),
        ("entry_rate", "later_share = -0.1", ["later_share is -0.1", "0 to 1"]),
        ("entry_rate", "later_share = 0.5\nlater_years = 0", ["later_years is 0", "from 1 to 1000"]),
        ("entry_rate", "later_share = 0.5\nlater_years = 1.5", ["later_years", "1.5"]),
        ("entry_rate", "later_share = nan", ["later_share"]),
        ("exit_rate", "later_share = 0.5", ["later_share is 0.5", "entry_rate"]),
        ("entry_rate", "later_shares = 0.5", ["later_shares", "Did you mean 'later_share'"]),
    ],
)
def test_who_comes_later_is_refused_with_file_and_key(
    parameter: str, line: str, words: list[str], tmp_path: Path
) -> None:
    path = written(tmp_path / "plan.toml", CHANGE.format(parameter, "scale", -0.1, "share", line))
    with pytest.raises(CareCostError) as error:
        load_scenario(path)
    for word in ["plan.toml", *words]:
        assert word in str(error.value)
