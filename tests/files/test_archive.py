"""A run is kept with its inputs and the digest of every file, and can be made again from them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.archive import (
    add_files,
    differences,
    looked_at,
    moved,
    read_manifest,
    replay,
    save_run,
    versions,
)

SETS = Path(__file__).parents[1] / "data" / "sets"
ABOUT = {"run": {"years": 4, "draws": 8, "seed": 3, "noise": True, "programme_start": 2027}}
TABLES = {"costs": pd.DataFrame({"year": [2026, 2027], "value": [1 / 3, 2.0]})}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A saved run of the tiny set."""
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return save_run(tmp_path / "run", TABLES, tiny, [edge, edge.delayed(1)], ABOUT)


def rewritten(archive: Path, **changes: Any) -> None:
    """Rewrite the manifest of a saved run as another program would that knows its format: with the right digest."""
    manifest = json.loads((archive / "manifest.json").read_text())
    for key, value in changes.items():
        manifest[key] = manifest[key] | value if isinstance(value, dict) else value
    del manifest["digest"]
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    (archive / "manifest.json").write_text(json.dumps(manifest | {"digest": digest}))


def of_the_first_format(archive: Path) -> None:
    """Make a saved run one of the first format: no number, no digest of the manifest, fewer versions."""
    manifest = json.loads((archive / "manifest.json").read_text())
    del manifest["digest"], manifest["format"]
    for name in ("blas", "simd", "kernel", "commit", "carecost"):
        manifest["versions"].pop(name, None)
    (archive / "manifest.json").write_text(json.dumps(manifest))


def test_archive_holds_tables_inputs_and_the_digest_of_every_file(archive: Path) -> None:
    manifest = read_manifest(archive)
    kept = {path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == kept - {"manifest.json"}
    assert {"costs.csv", "inputs/assumptions/set.toml", "inputs/scenarios/1.toml", "inputs/scenarios/2.toml"} <= kept
    for name, digest in manifest["files"].items():
        assert digest == hashlib.sha256((archive / name).read_bytes()).hexdigest()
    assert manifest["versions"] == versions() and manifest["versions"]["numpy"] == np.__version__
    assert manifest["run"] == ABOUT["run"]


def test_table_in_an_archive_has_every_digit(archive: Path) -> None:
    assert (archive / "costs.csv").read_text() == f"year,value\n2026,{1 / 3!r}\n2027,2.0\n"


def test_replay_makes_the_run_again_from_its_inputs(archive: Path) -> None:
    again = replay(archive)
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    wanted = cc.run(tiny, edge, edge.delayed(1), years=4, draws=cc.Draws(8, 3, True), start=2027)
    results = cc.Results(again)
    for name in ("edge", "edge, 1 year later"):
        np.testing.assert_array_equal(results.compare(name).npv(), wanted.compare(name).npv())


def test_more_than_nine_scenarios_are_replayed_in_order(tmp_path: Path) -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    scenarios = [replace(edge, name=f"number {i}") for i in range(1, 12)]
    about = {"run": ABOUT["run"] | {"draws": 0, "noise": False}}
    folder = save_run(tmp_path / "run", {}, tiny, scenarios, about)
    names = [name for name in replay(folder).scenarios if name.startswith("number")]
    assert names == [scenario.name for scenario in scenarios]


def test_files_that_are_missing_truncated_or_altered_are_named_at_once(archive: Path) -> None:
    (archive / "costs.csv").write_bytes((archive / "costs.csv").read_bytes()[:10])
    (archive / "inputs" / "assumptions" / "reasons.csv").unlink()
    with pytest.raises(CareCostError) as error:
        replay(archive)
    assert "costs.csv: was altered since it was saved" in str(error.value)
    assert "inputs/assumptions/reasons.csv: is missing" in str(error.value)


@pytest.mark.parametrize("text", [None, "{", "[]", "{}"])
def test_folder_without_a_manifest_is_refused(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(CareCostError, match="is missing or is not a manifest"):
        read_manifest(tmp_path)


def test_differences_of_the_same_tables_are_none(archive: Path) -> None:
    assert differences(archive, TABLES) == []


def test_differences_by_rounding_have_a_size_and_a_place(archive: Path) -> None:
    after = np.nextafter(2.0, 3.0)
    (found,) = differences(archive, {"costs": TABLES["costs"].assign(value=[1 / 3, after])})
    assert found.name == "costs.csv" and found.by_rounding
    assert found.largest == (after - 2.0) / after
    assert found.where == f"value of row 2 was '2.0', is '{after!s}'"


def test_differences_above_rounding_are_told_from_rounding(archive: Path) -> None:
    (found,) = differences(archive, {"costs": TABLES["costs"].assign(value=[1 / 3 + 1e-17, 2.5])})
    assert not found.by_rounding and found.largest == 0.2


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (TABLES["costs"].rename(columns={"value": "amount"}), "its columns are others"),
        (TABLES["costs"].head(1), "it had 2 rows, and has 1"),
        (TABLES["costs"].assign(value=[None, 2.0]), "value of row 1 was"),
        (TABLES["costs"].assign(value=["few", "2.0"]), "value of row 1 was"),
        (TABLES["costs"].assign(value=[1 / 3, np.inf]), "value of row 2 was '2.0', is 'inf'"),
    ],
)
def test_differences_of_rows_columns_and_words_are_no_rounding(frame: pd.DataFrame, words: str, archive: Path) -> None:
    (found,) = differences(archive, {"costs": frame})
    assert not found.by_rounding and found.largest == np.inf and words in found.where


def test_differences_name_tables_of_one_side_only(archive: Path) -> None:
    found = differences(archive, {"more": TABLES["costs"]})
    assert [(d.name, d.where) for d in found] == [
        ("more.csv", "it was not saved, and is made now"),
        ("costs.csv", "it was saved, and is not made now"),
    ]


def test_differences_do_not_judge_a_table_that_was_altered(archive: Path) -> None:
    (archive / "costs.csv").write_text("year,value\n2026,9\n2027,2.0\n")
    assert differences(archive, TABLES) == []
    assert looked_at(archive).altered == ("costs.csv",)


def test_table_written_otherwise_with_the_same_numbers_is_no_difference(archive: Path) -> None:
    content = b"year,value\r\n2026,0.33333333333333330\r\n2027,2\r\n"
    (archive / "costs.csv").write_bytes(content)
    rewritten(archive, files={"costs.csv": hashlib.sha256(content).hexdigest()})
    assert differences(archive, TABLES) == []


def test_moved_names_the_versions_that_differ(archive: Path) -> None:
    assert moved(read_manifest(archive)) == []
    rewritten(archive, versions={"numpy": "1.0"})
    assert moved(read_manifest(archive)) == [f"numpy was 1.0, is {np.__version__}"]


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is there")
def test_parquet_without_pyarrow_is_said_with_how_to_install_it(archive: Path) -> None:
    (archive / "draws.parquet").write_bytes(b"x")
    rewritten(archive, files={"draws.parquet": hashlib.sha256(b"x").hexdigest()})
    with pytest.raises(CareCostError, match=r"draws.parquet: cannot be compared without pyarrow. Install it"):
        differences(archive, TABLES)


def saved_again(archive: Path, scenarios: int = 1, also: dict[str, bytes] | None = None) -> Path:
    """Save a smaller run where one was saved."""
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return save_run(archive, TABLES, tiny, [edge][:scenarios], ABOUT, also)


def test_folder_used_twice_holds_what_the_manifest_names_and_what_others_put_there(archive: Path) -> None:
    add_files(archive, {"old.png": b"old"})
    (archive / "notes.txt").write_text("mine")
    (archive / "inputs" / "mine.csv").write_text("mine")
    (archive / "empty").mkdir()
    saved_again(archive)
    kept = looked_at(archive)
    assert kept.problems == [] and kept.others == ("inputs/mine.csv", "notes.txt")
    assert (archive / "notes.txt").read_text() == "mine" and (archive / "empty").is_dir()
    assert not (archive / "old.png").exists() and not (archive / "inputs" / "scenarios" / "2.toml").exists()
    assert list(replay(archive).scenarios) == ["inaction", "edge"]


def test_nothing_is_left_beside_a_saved_run(archive: Path) -> None:
    saved_again(archive)
    assert [path.name for path in archive.parent.iterdir()] == ["run"]


def test_inputs_that_the_manifest_does_not_name_are_not_read(archive: Path) -> None:
    shutil.copy(archive / "inputs" / "scenarios" / "1.toml", archive / "inputs" / "scenarios" / "3.toml")
    (archive / "inputs" / "assumptions" / "capacity.csv").write_text("nonsense")
    assert list(replay(archive).scenarios) == ["inaction", "edge", "edge, 1 year later"]


def test_folder_of_others_keeps_its_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mine.txt").write_text("mine")
    (tmp_path / "link").symlink_to("sub/mine.txt")
    saved_again(tmp_path)
    assert (tmp_path / "sub" / "mine.txt").read_text() == "mine" and (tmp_path / "link").is_symlink()
    assert looked_at(tmp_path).problems == []


def test_file_of_others_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text("mine")
    with pytest.raises(CareCostError, match=r"costs.csv: is there, and of no saved run. Give another folder"):
        saved_again(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["costs.csv"] and (
        tmp_path / "costs.csv"
    ).read_text() == "mine"


def test_run_whose_manifest_was_altered_is_not_written_over(archive: Path) -> None:
    path = archive / "manifest.json"
    path.write_text(path.read_text().replace('"costs.csv"', '"notes.txt"'))
    with pytest.raises(CareCostError, match="holds a run that cannot be read, and is not written over") as error:
        saved_again(archive)
    assert "manifest.json: was altered" in str(error.value) and (archive / "costs.csv").exists()


def test_further_files_of_a_run_are_in_its_manifest(archive: Path) -> None:
    saved_again(archive, also={"summary.html": b"page"})
    assert read_manifest(archive)["files"]["summary.html"] == hashlib.sha256(b"page").hexdigest()
    (archive / "summary.html").write_text("another")
    with pytest.raises(CareCostError, match=r"summary.html: was altered since it was saved"):
        replay(archive)


def test_files_added_to_a_run_are_in_its_manifest_and_change_nothing_else(archive: Path) -> None:
    before = read_manifest(archive)
    assert add_files(archive, {"page.html": b"1"}) == [archive / "page.html"]
    add_files(archive, {"page.html": b"2"})
    after = read_manifest(archive)
    assert after["files"] == before["files"] | {"page.html": hashlib.sha256(b"2").hexdigest()}
    assert after | {"files": 0, "digest": 0} == before | {"files": 0, "digest": 0}


def test_files_added_do_not_whitewash_one_that_was_altered(archive: Path) -> None:
    (archive / "costs.csv").write_text("altered")
    add_files(archive, {"page.html": b"1"})
    assert looked_at(archive).altered == ("costs.csv",)


def test_files_added_to_any_other_folder_are_written_there(tmp_path: Path) -> None:
    add_files(tmp_path / "new", {"page.html": b"1"})
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]


@pytest.mark.parametrize("change", [("draws", "9"), ("numpy", '"1.0"'), ("costs.csv", f'"{"0" * 64}"'), ("seed", "4")])
def test_manifest_that_was_altered_is_refused(change: tuple[str, str], archive: Path) -> None:
    path, lines = archive / "manifest.json", []
    for line in path.read_text().splitlines():
        name, _, value = line.partition(": ")
        lines.append(f"{name}: {change[1]}{',' * value.endswith(',')}" if name.strip() == f'"{change[0]}"' else line)
    path.write_text("\n".join(lines))
    with pytest.raises(CareCostError, match=r"manifest.json: was altered since it was saved"):
        read_manifest(archive)


def test_manifest_laid_out_otherwise_is_the_same_manifest(archive: Path) -> None:
    path = archive / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(dict(reversed(manifest.items()))))
    assert read_manifest(archive) == manifest


def test_folder_of_the_first_format_is_read_and_written_over_with_its_page_and_charts(archive: Path) -> None:
    of_the_first_format(archive)
    assert moved(read_manifest(archive)) == []
    assert list(replay(archive).scenarios) == ["inaction", "edge", "edge, 1 year later"]
    for name in ("summary.html", "children.png", "attribution-gone.png", "mine.png"):
        (archive / name).write_text("old")
    saved_again(archive, also={"summary.html": b"new"})
    assert (archive / "summary.html").read_text() == "new" and looked_at(archive).others == ("mine.png",)


@pytest.mark.parametrize("form", [3, 0, -1, "2", None, 1.5, [2], True])
def test_folder_of_another_format_is_refused_with_the_version_named(form: Any, archive: Path) -> None:
    rewritten(archive, format=form, run={"version": "9.9"})
    with pytest.raises(
        CareCostError, match=r"is of format .*, written by carecost 9.9; this is .*, which reads up to 2"
    ):
        read_manifest(archive)


def test_inputs_that_another_version_wrote_and_this_does_not_read_are_refused_with_the_version(archive: Path) -> None:
    content = b"[scenario]\nmystery = 1\n"
    (archive / "inputs" / "scenarios" / "1.toml").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    rewritten(archive, files={"inputs/scenarios/1.toml": digest}, run={"version": "0.0.1"})
    with pytest.raises(CareCostError, match=r"cannot be made again. It was saved by carecost 0.0.1; this is") as error:
        replay(archive)
    assert "mystery" in str(error.value)


@pytest.mark.parametrize(
    "name", ["../out.csv", "/etc/hosts", "a/../../b", "", ".", "./a", "a//b", "C:/x", "a\\b", "a\x1b[2J", "a/"]
)
def test_manifest_that_names_a_file_elsewhere_is_refused(name: str, archive: Path) -> None:
    rewritten(archive, files={name: "0" * 64})
    with pytest.raises(CareCostError, match="which is no file of the folder"):
        read_manifest(archive)


@pytest.mark.parametrize(
    "run", [{"years": "4"}, {"draws": None}, {"noise": 1}, {"seed": [1]}, {"programme_start": 2027.5}, {"years": True}]
)
def test_manifest_that_does_not_say_what_was_run_is_refused(run: dict[str, Any], archive: Path) -> None:
    rewritten(archive, run=run)
    with pytest.raises(CareCostError, match="does not say what was run"):
        replay(archive)


@pytest.mark.parametrize("key", ["run", "versions"])
def test_manifest_without_a_part_is_refused(key: str, archive: Path) -> None:
    rewritten(archive, **{key: 5})
    with pytest.raises(CareCostError, match="does not say what was run"):
        replay(archive)


def test_versions_name_the_library_of_linear_algebra_and_the_instructions(archive: Path) -> None:
    kept = read_manifest(archive)["versions"]
    assert kept["blas"] and kept["simd"] and kept["carecost"] == cc.__version__


def test_versions_have_the_commit_of_a_checkout(archive: Path) -> None:
    root = Path(cc.__file__).parents[1]
    if not (root / ".git").exists():
        assert "commit" not in versions()
        return
    words = ["git", "-C", str(root), "rev-parse", "HEAD"]
    head = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    assert versions()["commit"] in (head, f"{head}-dirty")
    rewritten(archive, versions={"commit": "0" * 40})
    assert any(line.startswith(f"commit was {'0' * 40}, is {head}") for line in moved(read_manifest(archive)))


def test_version_that_was_not_kept_is_said(archive: Path) -> None:
    rewritten(archive, versions={"kernel": "openblas Zen"})
    now = versions().get("kernel", "not known")
    assert moved(read_manifest(archive)) == [f"kernel was openblas Zen, is {now}"]
