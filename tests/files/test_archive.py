"""A run is kept with its inputs and the digest of every file, and can be made again from them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.archive import differences, moved, read_manifest, replay, save_run, versions

SETS = Path(__file__).parents[1] / "data" / "sets"
ABOUT = {"run": {"years": 4, "draws": 8, "seed": 3, "noise": True, "programme_start": 2027}}
TABLES = {"costs": pd.DataFrame({"year": [2026, 2027], "value": [1 / 3, 2.0]})}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A saved run of the tiny set."""
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return save_run(tmp_path / "run", TABLES, tiny, [edge, edge.delayed(1)], ABOUT)


def altered(archive: Path, **changes: Any) -> None:
    """Alter the manifest of a saved run."""
    manifest = json.loads((archive / "manifest.json").read_text())
    for key, value in changes.items():
        manifest[key] |= value
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


def test_differences_name_the_tables_that_are_not_the_same_to_the_last_bit(archive: Path) -> None:
    assert differences(archive, TABLES) == []
    other = TABLES["costs"].assign(value=[1 / 3, np.nextafter(2.0, 3.0)])
    assert differences(archive, {"costs": other}) == ["costs.csv"]
    assert differences(archive, TABLES | {"more": other}) == ["more.csv"]


def test_moved_names_the_versions_that_differ(archive: Path) -> None:
    assert moved(read_manifest(archive)) == []
    altered(archive, versions={"numpy": "1.0"})
    assert moved(read_manifest(archive)) == [f"numpy was 1.0, is {np.__version__}"]


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is there")
def test_parquet_without_pyarrow_is_said_with_how_to_install_it(archive: Path) -> None:
    (archive / "draws.parquet").write_bytes(b"x")
    altered(archive, files={"draws.parquet": hashlib.sha256(b"x").hexdigest()})
    with pytest.raises(CareCostError, match=r"draws.parquet: cannot be compared without pyarrow. Install it"):
        differences(archive, TABLES)
