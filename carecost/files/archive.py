"""Archive of a run: its tables and inputs, a manifest with the digest of every file, and replay from them."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecost.errors import FileError, Problem, refuse
from carecost.files.load import load_assumptions, load_scenario
from carecost.files.save import made_folder, save_assumptions, save_scenario, write
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.run import Run, run

if TYPE_CHECKING:
    import pandas as pd


MANIFEST = "manifest.json"


#: Packages whose version may move the last digit of a number.
NUMBERS = ("numpy", "scipy", "pandas")


#: The table of all draws: the only one large enough to be worth Parquet, where pyarrow is there.
DRAWS = "draws"


def save_run(
    folder: str | Path,
    tables: Mapping[str, pd.DataFrame],
    assumptions: Assumptions,
    scenarios: Iterable[Scenario],
    about: Mapping[str, Any],
) -> Path:
    """Write tables, inputs and a manifest with the digest of every file.

    Parameters
    ----------
    folder : str or Path
        Where; made if it is not there.
    tables : mapping of str to DataFrame
        One CSV each; the draws as Parquet where pyarrow is there.
    assumptions, scenarios, about
        Inputs, kept beside the tables so that the run can be made again; what the run was.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    out = made_folder(folder)
    written = [write(out / name, content) for name, content in _contents(tables, _has_parquet()).items()]
    inputs = save_assumptions(assumptions, out / "inputs" / "assumptions")
    written += sorted(path for path in inputs.rglob("*") if path.is_file())
    scenario_folder = made_folder(out / "inputs" / "scenarios")
    written += [save_scenario(s, scenario_folder / f"{i}.toml") for i, s in enumerate(scenarios, start=1)]
    digests = {path.relative_to(out).as_posix(): _digest(path.read_bytes()) for path in written}
    manifest = {**about, "versions": versions(), "files": digests}
    write(out / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return out


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Read the manifest of a saved run, and refuse files that are missing, truncated or altered.

    Raises
    ------
    FileError
        With every such file.
    """
    root = Path(folder)
    try:
        manifest: dict[str, Any] = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        remedy = "Give a folder that results.save or carecost compare wrote"
        raise FileError(Problem("is missing or is not a manifest", str(root / MANIFEST), remedy)) from None
    problems = []
    for name, digest in files.items():
        try:
            content = (root / name).read_bytes()
        except OSError:
            problems.append(Problem("is missing", name, "Save the results again"))
            continue
        if _digest(content) != digest:
            problems.append(Problem("was altered since it was saved", name, "Save the results again"))
    refuse(problems, FileError)
    return manifest


def differences(folder: str | Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Name the saved tables that are not, to the last bit, those of a run made again.

    Parameters
    ----------
    folder : str or Path
        Where the run was saved.
    tables : mapping of str to DataFrame
        Tables of the run made again.

    Returns
    -------
    list of str
        Names of files that differ.

    Raises
    ------
    FileError
        If a file was altered, or is Parquet and pyarrow is not there.
    """
    files = read_manifest(folder)["files"]
    parquet = f"{DRAWS}.parquet" in files
    if parquet and not _has_parquet():
        remedy = "Install it: pip install carecost[parquet]"
        raise FileError(Problem("cannot be compared without pyarrow", f"{DRAWS}.parquet", remedy))
    return [name for name, content in _contents(tables, parquet).items() if files.get(name) != _digest(content)]


def moved(manifest: Mapping[str, Any]) -> list[str]:
    """Say which versions are not those that a run was saved with."""
    then, now = manifest["versions"], versions()
    return [f"{name} was {then.get(name)}, is {now[name]}" for name in now if then.get(name) != now[name]]


def versions() -> dict[str, str]:
    """Give the versions that may move the last digit of a number."""
    names = (*NUMBERS, "pyarrow") if _has_parquet() else NUMBERS
    packages = {name: importlib.metadata.version(name) for name in names}
    return {"python": platform.python_version(), "machine": platform.machine(), **packages}


def _has_parquet() -> bool:
    return importlib.util.find_spec("pyarrow") is not None


def _contents(tables: Mapping[str, pd.DataFrame], parquet: bool) -> dict[str, bytes]:
    out = {}
    for name, frame in tables.items():
        if name == DRAWS and parquet:
            buffer = io.BytesIO()
            frame.to_parquet(buffer, index=False)
            out[f"{name}.parquet"] = buffer.getvalue()
        else:
            out[f"{name}.csv"] = frame.to_csv(index=False, lineterminator="\n").encode()
    return out


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def replay(folder: str | Path) -> Run:
    """Make a saved run again from its inputs, with the same luck.

    Parameters
    ----------
    folder : str or Path
        A folder that ``results.save`` wrote.

    Returns
    -------
    Run
        The run; the same to the last bit on the same versions.

    Raises
    ------
    FileError
        If a file is missing or was altered.
    """
    about: dict[str, Any] = read_manifest(folder)["run"]
    inputs = Path(folder) / "inputs"
    # Files are numbered in the order of the scenarios: 10 comes after 9.
    paths = sorted(inputs.glob("scenarios/*.toml"), key=lambda path: int(path.stem))
    return run(
        load_assumptions(inputs / "assumptions"),
        [load_scenario(path) for path in paths],
        years=about["years"],
        draws=Draws(about["draws"], about["seed"], about["noise"]),
        start=about["programme_start"],
    )
