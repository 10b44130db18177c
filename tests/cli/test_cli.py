"""Does the command do what it says, and say what is wrong in words?"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest

import carecost as cc
from carecost import cli
from carecost.cli import main
from carecost.files.baselines import baselines
from carecost.files.packaged import packaged_assumptions, packaged_scenarios

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = str(SETS / "tiny"), str(SETS / "edge.toml")
SLOW = pytest.mark.slow  # a whole run of the command or two, for one thing beside what quicker cases hold


def compare(tmp_path: Path, *words: str) -> int:
    return main(["compare", TINY, EDGE, "--draws", "20", "--quiet", "--out", str(tmp_path / "out"), *words])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Make one run of the command with all that it writes: its folder, and what it prints."""
    folder, said = tmp_path_factory.mktemp("whole"), io.StringIO()
    with redirect_stdout(said):
        assert compare(folder) == 0
    return folder / "out", said.getvalue()


@pytest.fixture
def out(whole: tuple[Path, str], tmp_path: Path) -> Path:
    """Give a copy of that folder, to be altered."""
    return Path(shutil.copytree(whole[0], tmp_path / "out"))


def test_compare_prints_a_table_and_writes_a_folder(whole: tuple[Path, str]) -> None:
    folder, text = whole
    for word in ("Children in care", "Fewer than without reform", "Money for reform", "Net saving", "Pays for itself"):
        assert word in text
    assert "not evidence" in text and "Breaks even" in text and "prices of 2024-25" in text
    assert max(len(line) for line in text.splitlines() if "Written to" not in line) <= 110
    names = {path.name for path in folder.iterdir()}
    written = {
        "children.csv",
        "costs.csv",
        "summary.csv",
        "savings.csv",
        "attribution.csv",
        "manifest.json",
        "brief.html",
        "annex.html",
    }
    assert written <= names
    assert len([n for n in names if n.endswith(".png")]) == 3


def test_json_is_all_that_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(tmp_path, "--format", "json", "--no-charts") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["provenance"]["draws"] == 20
    assert set(data["comparisons"]) == {"edge"}


def test_csv_is_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(tmp_path, "--format", "csv", "--no-charts") == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    results = cc.run(cc.load_assumptions(TINY), cc.load_scenario(EDGE), draws=cc.Draws(20, seed=1))
    npv = table.loc[table["what"].str.startswith("Net present saving to"), "central"].iloc[0]
    assert npv * 1e9 == pytest.approx(
        cc.run(cc.load_assumptions(TINY), cc.load_scenario(EDGE)).compare("edge").npv()[0]
    )
    assert len(table) == len(results.summary())


def test_options_reach_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(tmp_path, "--years", "3", "--start", "2027", "--seed", "5", "--format", "json", "--no-charts") == 0
    made = json.loads(capsys.readouterr().out)["provenance"]
    assert (made["years"], made["programme_start"], made["seed"]) == (3, 2027, 5)


def test_a_changed_price_changes_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def spend(folder: Path) -> float:
        words = ["--draws", "0", "--format", "json", "--no-charts", "--out", str(tmp_path / "o")]
        assert main(["compare", str(folder), EDGE, *words]) == 0
        rows = json.loads(capsys.readouterr().out)["costs"]
        return next(r["value"] for r in rows if r["group"] == "residential" and r["scenario"] == "inaction")

    folder = cc.save_assumptions(cc.load_assumptions(TINY), tmp_path / "mine")
    before = spend(folder)
    path = folder / "unit_cost.csv"
    path.write_text(path.read_text().replace("home,2025,7000.0,6000.0,8200.0", "home,2025,14000.0,6000.0,18200.0"))
    assert spend(folder) == pytest.approx(2 * before)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", "england-2024"], "Did you mean 'england-2025'"),
        (["compare", TINY, "care-reviw"], "Did you mean 'care-review'"),
        (["compare", TINY, EDGE, "--years", "0"], "--years is 0"),
        (["compare", TINY, EDGE, "--draws", "-5"], "n is -5"),
        (["compare", TINY, EDGE, "--start", "2020"], "is past"),
        (["compare", TINY, EDGE, "--scope", "some"], "unknown scope 'some'"),
        (["compare", TINY, "care-review"], "'reform programme'"),
        (["compare", "care-reviev"], "unknown assumption set or scenario 'care-reviev'. Did you mean 'care-review'?"),
        (["compare", TINY, EDGE, "--regions"], "is not a set with areas"),
        (["compare", "--regions", "--excel", "a.xlsx", "--discount", "0.02"], "--excel: is of one run, and --regions"),
        (["compare", "--regions", "--explorer", "a.html", "--draws", "0"], "--explorer: is of one run"),
        (["compare", "--regions", "--budget", "--draws", "0"], "--budget: is of one run"),
        (["compare", TINY, EDGE, "--out", ""], "--out: names no folder"),
        (["compare", TINY, EDGE, "--processes", "62"], "--processes is 62. Give 1 to 61"),
        (["compare", TINY, "inaction"], "always run: leave the name out"),
        (["compare", TINY, TINY + "s"], "unknown scenario"),
        (["describe", "care-review-2022x"], "Did you mean 'care-review-2022'"),
        (["check", "nowhere"], "unknown set or scenario 'nowhere'"),
        (["describe", EDGE + "x.toml"], "unknown scenario"),
        (["describe", "kinship-allowence"], "Did you mean 'kinship-allowance'"),
        (["check", "no-such-folder/of-mine"], "A path of yours must exist"),
        (["compare", "england-2025/Northeast"], "Did you mean 'North East'"),
        (["compare", "england-2025-capacity/London"], "'england-2025-capacity' is not a set with areas"),
        (["compare", TINY, EDGE, "--effect", "edge of care=-1.2"], "--effect edge of care=-1.2, change of"),
    ],
)
def test_a_fault_is_said_in_words_and_ends_with_two(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out = capsys.readouterr()
    assert said in out.err and "Traceback" not in out.err and not out.out


def test_authority_without_a_name_asks_for_the_name_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["authority"])
    assert capsys.readouterr().err.endswith("required: name\n")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file")
    assert compare(tmp_path) == 2
    assert "is a file, and no folder to write to" in capsys.readouterr().err


def test_a_place_that_takes_no_folder_is_refused_before_anything_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    monkeypatch.setattr("carecost.simulation.run.run", lambda *_, **__: pytest.fail("it was run"))
    assert compare(tmp_path) == 2
    assert "cannot be written: Permission denied. Name a folder that can be written" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], ("england-2025", ["care-review", "care-review-evidenced"])),
        (["care-review-evidenced"], ("england-2025", ["care-review-evidenced"])),
        (["care-review", "kinship-allowance"], ("england-2025-after-care", ["care-review", "kinship-allowance"])),
        (["family-help+foster-carers"], ("england-2025", ["family-help+foster-carers"])),
        ([EDGE], ("england-2025", [EDGE])),
        ([TINY, EDGE], (TINY, [EDGE])),
        (["england-2025/London"], ("england-2025/London", ["care-review", "care-review-evidenced"])),
    ],
)
def test_a_scenario_in_the_place_of_the_set_runs_on_its_own(words: list[str], meant: tuple[str, list[str]]) -> None:
    options = cli._parser().parse_args(["compare", *words])
    assert cli._asked(options.assumptions, options.scenarios) == meant


def test_help_of_compare_has_five_examples_that_can_be_given() -> None:
    examples = [line.strip() for line in cli.EXAMPLES.splitlines() if line.startswith("  carecost")]
    assert len(examples) == 5
    for example in examples:
        options = cli._parser().parse_args(shlex.split(example)[1:])
        name, _ = cli._asked(options.assumptions, options.scenarios)
        assert name == "my-set" or cc.load_assumptions(name)


def test_list_says_what_runs_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    known = [*packaged_assumptions(), *packaged_scenarios(), *baselines()]
    assert all(re.search(rf"(?m)^  {re.escape(name)} +\S", said) for name in known)
    assert "Scenarios made for england-2025-after-care:" in said and "england-2025/London" in said


def test_regions_are_one_run_with_a_row_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    words = ["--regions", "--draws", "0", "--years", "4", "--at", "2027", "--out", str(out)]
    assert main(["compare", "england-2025", "family-help", *words]) == 0
    said = capsys.readouterr().out
    table = pd.read_csv(out / "regions.csv")
    assert all(f"\n{area}  " in said for area in [*table["area"].unique(), "England"])
    assert max(len(line) for line in said.splitlines() if "Written to" not in line) <= 110
    assert {path.suffix for path in out.iterdir()} == {".csv", ".png"}
    assert main(["compare", "england-2025", *words, "--no-charts", "--format", "csv"]) == 0


@pytest.mark.parametrize("name", ["england-2025", "care-review-2022", "care-review", TINY, EDGE])
def test_check_and_describe_take_names_folders_and_files(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", name, *([TINY] if name == EDGE else [])]) == 0
    assert "no faults" in capsys.readouterr().out
    assert main(["describe", name]) == 0
    text = capsys.readouterr().out
    assert len(text) > 200 and "None" not in text


def test_describe_prints_gaps_contradictions_and_every_row_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "england-2025", "--all"]) == 0
    text = capsys.readouterr().out
    for word in ("Not published, and the rule used", "disagrees with itself", "Not in it", "Inaction", "Scope"):
        assert word in text
    assert text.count("placements=secure") > 5


def test_help_imports_no_pandas() -> None:
    code = """
import sys
from carecost.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
assert not {"pandas", "numpy"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "compare" in done.stdout


def test_of_very_many_problems_the_first_are_printed_and_check_prints_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cc.save_assumptions(cc.load_assumptions("england-2025"), tmp_path / "set")
    path = folder / "population.csv"
    path.write_text(path.read_text().replace(",children,", ",heads,"))
    assert main(["compare", str(folder)]) == 2
    some = capsys.readouterr().err
    assert some.count("\n- ") == 40 and "more: carecost check" in some
    assert main(["check", str(folder)]) == 2
    assert capsys.readouterr().err.count("\n- ") > 500


def test_replay_gives_the_same_numbers_or_says_what_differs(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(out)]) == 0
    said = capsys.readouterr().out
    assert "the same numbers, to the last bit; page and charts are those that were saved" in said
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["versions"]["numpy"] and manifest["command"] and manifest["run"]["deflator"] == "hmt-2026-03"
    assert {"brief.html", "annex.html", "children.png", "net-saving.png"} <= set(manifest["files"])
    assert {"draws.csv", "draws.parquet"} & set(manifest["files"])  # parquet where its library is
    manifest["files"]["costs.csv"] = "0" * 64
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert main(["replay", str(out)]) == 2
    assert "manifest.json: was altered since it was saved" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["brief.html", *(pytest.param(name, marks=SLOW) for name in ("annex.html", "children.png", "costs.csv"))]
)
def test_replay_says_what_was_altered_and_vouches_for_the_rest(
    name: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out / name).write_bytes(b"written over")
    (out / "notes.txt").write_text("mine")
    assert main(["replay", str(out)]) == 2
    said = capsys.readouterr().out
    assert f"altered: {name} was altered since it was saved" in said
    assert "not of this run, and not looked at: notes.txt" in said
    assert "the same numbers, to the last bit; 1 altered, 0 missing, of which nothing is said" in said


def test_replay_of_altered_inputs_makes_no_run(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "inputs" / "scenarios" / "1.toml").unlink()
    assert main(["replay", str(out)]) == 2
    said = capsys.readouterr().out
    assert "missing: inputs/scenarios/1.toml" in said and "so the run cannot be made again" in said


def test_replay_tells_rounding_from_difference(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(out, "costs.csv", 1 + 1e-12)
    assert main(["replay", str(out)]) == 0
    said = capsys.readouterr().out
    assert "differs by rounding: costs.csv, largest relative difference 1.0e-12" in said
    assert "the same numbers but for rounding in 1 table; page" in said
    change(out, "children.csv", 1.25)
    assert main(["replay", str(out)]) == 2
    said = capsys.readouterr().out
    assert "differs: children.csv, largest relative difference 0.2: value of row 1 was" in said
    assert "1 table differs" in said


@SLOW
def test_compare_twice_leaves_nothing_of_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert compare(tmp_path, "--delay", "1", "--years", "3") == 0
    first = {path.relative_to(out).as_posix() for path in out.rglob("*")}
    assert compare(tmp_path, "--years", "3") == 0
    second = {path.relative_to(out).as_posix() for path in out.rglob("*")}
    assert "inputs/scenarios/2.toml" in first - second and any(name.endswith(".png") for name in first - second)
    assert cc.Results.load(out).scenarios == ("inaction", "edge")
    assert second == {"inputs", "inputs/assumptions", "inputs/scenarios", "manifest.json", *files_of(out)}


def files_of(out: Path) -> list[str]:
    """Files that the manifest names."""
    return list(json.loads((out / "manifest.json").read_text())["files"])


def change(out: Path, name: str, factor: float) -> None:
    """Change the first value of a saved table, as if another machine had made it."""
    table = pd.read_csv(out / name)
    table["value"] = table["value"].astype(float)
    table.loc[0, "value"] *= factor
    table.to_csv(out / name, index=False, lineterminator="\n")
    rewrite_manifest(out, name, (out / name).read_bytes())


def rewrite_manifest(out: Path, name: str, content: bytes, **versions: str) -> None:
    """Give a file another content in the manifest, with the digest that the manifest then has."""
    (out / name).write_bytes(content)
    manifest = json.loads((out / "manifest.json").read_text())
    del manifest["digest"]
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    manifest["versions"] |= versions
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest | {"digest": digest}))


def test_replay_names_the_tables_and_versions_that_differ(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite_manifest(out, "costs.csv", b"other\n1\n", numpy="1.0")
    assert main(["replay", str(out)]) == 2
    said = capsys.readouterr().out
    assert "version: numpy was 1.0" in said and "differs: costs.csv, its columns are others" in said


def test_a_truncated_file_is_found(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = out / "children.csv"
    path.write_bytes(path.read_bytes()[:1000])
    assert main(["replay", str(out)]) == 2
    assert "altered: children.csv" in capsys.readouterr().out


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is there")
def test_parquet_without_pyarrow_is_said(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite_manifest(out, "draws.parquet", b"x")
    assert main(["replay", str(out)]) == 2
    assert "draws.parquet: cannot be compared without pyarrow. Install it" in capsys.readouterr().err


def test_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "carecost", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, f"carecost {cc.__version__}", "")


def test_no_text_that_is_printed_as_csv_is_a_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(Path(EDGE).read_text().replace('"edge"', '"=1+1"').replace('"made up for tests"', '"@source"'))
    words = ["--draws", "0", "--format", "csv", "--no-charts", "--out", str(tmp_path / "out")]
    assert main(["compare", TINY, str(plan), *words]) == 0
    assert "\n'=1+1," in capsys.readouterr().out
    assert main(["describe", TINY, "--log", str(plan)]) == 0
    assert ",'@source," in capsys.readouterr().out


#: Words that a user may type by mistake, or paste.
MISTAKES = ["", " ", "nope", "x" * 5000, "\x00", "~nobody/x", "\ud800", "\x1b[2Jx", "/dev/null", ".", "a+b", "=x", "-1"]
#: Every subcommand, with the place of a word that is wrong.
COMMANDS: dict[str, list[str]] = {
    "replay": ["replay", "?"],
    "replay with a second folder": ["replay", "nope", "?"],
    "check": ["check", "?"],
    "check with a set": ["check", EDGE, "?"],
    "check a set with another": ["check", TINY, "?"],
    "describe": ["describe", "?"],
    "describe --all": ["describe", "?", "--all"],
    "describe --log": ["describe", TINY, "--log", "?"],
    "describe --log of a set": ["describe", "?", "--log", EDGE],
    "list": ["list", "?"],
    "compare a set": ["compare", "?"],
    "compare a scenario": ["compare", TINY, "?"],
    **{
        f"compare {option}": ["compare", TINY, EDGE, "--quiet", "--draws", "0", "--no-charts", option, "?"]
        for option in (
            *("--draws", "--seed", "--years", "--start", "--discount", "--scope", "--format", "--delay", "--scale"),
            *("--roll-out", "--effect", "--background", "--nonsense"),
        )
    },
    "compare --out": ["compare", TINY, "nope", "--out", "?"],
    "no command": ["?"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_mistake_gives_a_traceback(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for wrong in MISTAKES:
        try:
            code = main([word.replace("?", wrong) if word == "?" else word for word in COMMANDS[command]])
        except SystemExit as stopped:  # argparse, on a word that no command has
            code = int(str(stopped.code))
        said = capsys.readouterr()
        assert code in (0, 2), wrong
        assert "Traceback" not in said.err and not set("\x00\x1b") & {*said.out, *said.err}
        if code:
            assert said.err.startswith(("carecost: ", "usage: carecost")), wrong


def test_what_a_command_says_is_printed_in_one_place() -> None:
    text = Path(main.__code__.co_filename).read_text(encoding="utf-8")
    assert len(re.findall(r"(?<![_\w])print\(", text)) == 1


def test_titles_of_a_list_and_files_of_a_replay_command_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cc.run(cc.load_assumptions(TINY), cc.load_scenario(EDGE), years=2).save(tmp_path / "a\x1b[2Jb")
    (folder / "costs.csv").write_text("x")
    assert main(["replay", str(folder)]) == 2
    said = capsys.readouterr().out
    assert "\\x1b[2J" in said and "\x1b" not in said


def test_authority_prints_and_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["authority", "886", "family-help", "--draws", "0", "--years", "4", "--quiet", "--out", str(tmp_path)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.startswith("Kent: 1,900 children in care") and "Reform as claimed and as measured" in said
    assert (tmp_path / "authority.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_budget_is_printed_in_cash_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    words = ["authority", "Rutland", "family-networks", "--draws", "4", "--no-noise", "--stated-budget", "2027=1e6"]
    assert main([*words, "--quiet", "--years", "3", "--out", str(one)]) == 0
    said = capsys.readouterr().out
    assert "Rutland, from 31 March 2025: cash" in said and "chance that it is exceeded" in said
    assert "high needs" in " ".join(said.split())
    names = {path.name for path in one.glob("budget*.csv")}
    assert names == {"budget.csv", "budget_cash.csv", "budget_lines_cash.csv", "budget_chance.csv"}
    words = ["compare", str(SETS / "tiny"), str(SETS / "edge.toml"), "--draws", "3", "--no-charts", "--quiet"]
    assert main([*words, "--stated-budget", "2026=1e6", "--out", str(other)]) == 0
    assert main(["replay", str(other)]) == 0


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--stated-budget", "2027"], "'2027' is no budget of a year"),
        (["--stated-budget", "2060=1e6", "--draws", "0"], "unknown year '2060'"),
        (["--budget", "--regions"], "--budget: is of one run"),
    ],
)
def test_budget_says_what_is_wrong(
    words: list[str], answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--years", "2", "--quiet", "--no-charts", "--out", str(tmp_path)]
    assert main(["compare", str(SETS / "tiny"), str(SETS / "edge.toml"), *words, *own]) == 2
    assert answer in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "answer"),
    [(["Kentt"], "Did you mean 'Kent'"), (["Cumbria"], "Cumberland"), (["Kent", "--years", "0"], "1")],
)
def test_authority_says_what_is_wrong(words: list[str], answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["authority", *words]) == 2
    assert answer in capsys.readouterr().err


# New scenarios

ANSWERS = {
    "--name": "edge of care",
    "--what": "entries",
    "--on": "ages 10 to 17, streams other",
    "--amount": "-5% (-9% to -1%)",
    "--from": "2029",
    "--full": "2031",
    "--cost": "60m",
    "--prices": "2025",
    "--source": "somebody, 2026",
    "--grade": "E",
    "--basis": "claimed",
}


def test_new_scenario_is_written_checked_and_compared_by_the_command_that_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new-scenario", "edge.toml", *(word for pair in ANSWERS.items() for word in pair)]) == 0
    said = capsys.readouterr().out
    assert "no faults found with england-2025" in said
    plan = cc.load_scenario("edge.toml")
    assert plan.claim and [lever.name for lever in plan.levers] == ["edge of care, spending", "edge of care"]
    words = shlex.split(said.split("Compare it: ")[1])[1:]
    assert main([*words, "--draws", "0", "--years", "6", "--no-charts", "--quiet"]) == 0
    assert main(["new-scenario", "edge.toml"]) == 2
    assert "edge.toml: is there already. Give another name" in capsys.readouterr().err


def test_new_scenario_without_a_terminal_says_every_fault_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "edge.toml"
    assert main(["new-scenario", str(path), "--name", "x", "--what", "entrys", "--grade", "F"]) == 2
    said = capsys.readouterr().err
    for words in ("Did you mean 'entries'", "--from: is missing", "--source: is missing", "unknown grade 'F'"):
        assert words in said
    assert not path.exists()
    assert main(["new-scenario", str(tmp_path / "edge")]) == 2
    assert "does not end in .toml or .xlsx" in capsys.readouterr().err


@SLOW
@pytest.mark.skipif(sys.platform == "win32", reason="terminals are others there")
def test_new_scenario_asks_again_at_a_terminal_until_an_answer_can_be_used(tmp_path: Path) -> None:
    import pty

    above, below = pty.openpty()
    words = [sys.executable, "-m", "carecost", "new-scenario", str(tmp_path / "plan.toml"), "--grade", "G"]
    answers = [
        "plan",
        "price",
        "items secur",
        "items secure",
        "-5",
        "-5%",
        "2029",
        "",
        "",
        "",
        "somebody",
        "E",
        "assumed",
        "",
    ]
    with subprocess.Popen(words, stdin=below, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asked:
        for answer in answers:
            os.write(above, f"{answer}\n".encode())
        said, wrong = asked.communicate(timeout=120)
    os.close(above)
    os.close(below)
    assert asked.returncode == 0, wrong
    assert "Did you mean 'secure'" in said and "Write per cent" in said and "unknown grade 'G'" in said
    assert "nobody stated what it costs" in said
    (lever,) = cc.load_scenario(tmp_path / "plan.toml").levers
    assert lever.changes[0].where.items == ("secure",) and lever.changes[0].amount.value == -0.05


def test_what_if_prints_what_the_response_gives(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["what-if", "england-2025", "family-help", "--years", "5", "--draws", "2", "--delay", "1"]
    words += ["--claim", "family help=0.5", "--price", "children's home=1.1", "--entries", "1.05", "--cashable", "1.5"]
    words += ["--growth", "growth of residential prices=0.02", "--background", "mix-held", "--format", "json"]
    assert main(words) == 0
    rows = {row["what"]: row["mean"] for row in json.loads(capsys.readouterr().out)}
    made = cc.under("england-2025", "mix-held").replace("growth of residential prices", 0.02).cashable(1.5)
    response = cc.run(made, "family-help", years=5, draws=2).what_if("family-help")
    at = response.at({"family help": 0.5}, {"children's home": 1.1}, 1.05, delay=1)
    found = rows["Net present saving to the public purse (cashable)"]
    assert found * 1e9 == pytest.approx(at.npv().mean(), rel=1e-9)


def test_what_if_is_laid_out_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["what-if", "england-2025", "family-help", "--years", "8", "--draws"]
    for draws in ("0", "3"):
        assert main([*words, draws]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 110 and not any("nan" in line.lower().split() for line in lines)
        assert re.fullmatch(r"  [\d,]+( \([\d,]+ to [\d,]+\))? children", lines[1])
        paid = lines[lines.index("Payback year, undiscounted") + 1]
        assert re.fullmatch(r"  (none|20\d\d)( \((none|20\d\d) to (none|20\d\d)\))? financial year ending", paid)


def test_amount_below_zero_is_no_option(tmp_path: Path) -> None:
    words = ["--name", "x", "--what", "entries", "--on", "ages 10 to 17", "--from", "2029", "--cost", "6m", "--prices"]
    words += ["2025", "--source", "s", "--grade", "E", "--basis", "assumed", "--amount", "-5%"]
    assert main(["new-scenario", str(tmp_path / "x.toml"), *words]) == 0
    levers = cc.load_scenario(tmp_path / "x.toml").levers
    assert [effect.amount.value for lever in levers for effect in lever.effects] == [-0.05]


def test_central_budget_says_why_it_has_no_chance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--draws", "0", "--no-charts", "--stated-budget", "2027=1e9"]
    assert main(["compare", TINY, EDGE, "--quiet", "--out", str(tmp_path / "out"), *words]) == 0
    assert "No chance to exceed a stated budget is given" in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device without room here")
def test_no_room_for_what_is_printed_is_said_in_words() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "carecost", "list"], stdout=full, stderr=-1, text=True, check=False
        )
    assert done.returncode == 2 and done.stderr.startswith("carecost: what is printed cannot be written: No space")
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


def test_what_if_refuses_what_is_no_name_and_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["what-if", "england-2025", "family-help", "--claim", "0.5"])
    assert "'0.5' is not NAME=NUMBER, such as 'family help=0.5'" in capsys.readouterr().err
