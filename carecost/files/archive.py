"""Archive of a run: its tables and inputs, a manifest with the digest of every file, and replay from them."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import platform
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost._version import __version__
from carecost.errors import CareCostError, FileError, Problem, refuse
from carecost.files.csv_table import neutral
from carecost.files.load import load_assumptions, load_scenario
from carecost.files.save import made_folder, scenario_file, set_files, write
from carecost.files.whole_folder import files_in, is_inside, replace_files, restore
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import REST, Draws, DrawTable
from carecost.simulation.run import Run, run

if TYPE_CHECKING:
    import pandas as pd


MANIFEST = "manifest.json"


#: Number of the format of a run's folder. 1 (without a number): tables and inputs named, neither page nor charts, and
#: no digest of the manifest. 2: every file that was written is named, and the manifest has a digest of itself.
FORMAT = 2


#: Packages whose version may move the last digit of a number.
NUMBERS = ("numpy", "scipy", "pandas")


#: The table of all draws: the only one large enough to be worth Parquet, where pyarrow is there.
DRAWS = "draws"


#: Numbers that differ by a smaller share differ by rounding: other versions and processors round otherwise.
ROUNDING = 1e-9


#: Where the inputs of a run are kept in its folder: its set, its scenarios, draws that were made elsewhere.
_SET, _SCENARIOS, _GIVEN = "inputs/assumptions/", "inputs/scenarios/", "inputs/draws.csv"


def save_run(
    folder: str | Path,
    tables: Mapping[str, pd.DataFrame],
    assumptions: Assumptions,
    scenarios: Iterable[Scenario],
    about: Mapping[str, Any],
    also: Mapping[str, bytes] | None = None,
    draws: Draws | None = None,
) -> Path:
    """Write tables, inputs and a manifest with the digest of every file; the folder is swapped in whole.

    What the manifest of an earlier run in the folder names is removed; other files stay.

    Parameters
    ----------
    folder : str or Path
        Where; made if it is not there.
    tables : mapping of str to DataFrame
        One CSV each; the draws as Parquet where pyarrow is there.
    assumptions, scenarios, about
        Inputs, kept beside the tables so that the run can be made again; what the run was.
    also : mapping of str to bytes, optional
        Further files of the run, such as page and charts.
    draws : Draws, optional
        Draws of the run; where they were made elsewhere they are kept too.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileError
        If it cannot be written, or a file that is there and of no saved run has the name of one to be written.
    """
    restore(folder)
    contents = _contents(tables, _has_parquet()) | dict(also or {})
    contents |= {f"{_SET}{name}": text.encode() for name, text in set_files(assumptions).items()}
    contents |= {f"{_SCENARIOS}{i}.toml": scenario_file(s).encode() for i, s in enumerate(scenarios, start=1)}
    if draws is not None and draws.table is not None:
        contents[_GIVEN] = _table_text(draws.table).encode()
    before = _ours(Path(folder))
    strangers = sorted(name for name in contents if name not in before and (Path(folder) / name).exists())
    remedy = "Give another folder, or move the file away"
    refuse([Problem("is there, and of no saved run", str(Path(folder) / s), remedy) for s in strangers], FileError)
    digests = {name: _digest(content) for name, content in contents.items()}
    contents[MANIFEST] = _sealed({"format": FORMAT, **about, "versions": versions(), "files": digests})
    return replace_files(folder, contents, before, MANIFEST)


def add_files(folder: str | Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder; where that holds a run, its manifest names them.

    Parameters
    ----------
    folder : str or Path
        Where; made if it is not there.
    contents : mapping of str to bytes
        Files, by name.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    FileError
        If they cannot be written, or the manifest of the folder was altered.
    """
    restore(folder)
    if (Path(folder) / MANIFEST).exists():
        manifest = _manifest(folder)
        files = manifest["files"] | {name: _digest(content) for name, content in contents.items()}
        sealed = _sealed(manifest | {"format": FORMAT, "files": files})
        replace_files(folder, {**contents, MANIFEST: sealed}, last=MANIFEST)
    else:
        made = made_folder(folder)
        for name, content in contents.items():
            write(made / name, content)
    return [Path(folder) / name for name in contents]


@dataclass(frozen=True)
class Kept:
    """A run's folder, looked at file by file.

    Attributes
    ----------
    manifest : dict
        What it says of itself.
    altered, missing : tuple of str
        Files that are not, to the byte, those that were saved; files that are not there.
    others : tuple of str
        Files that the manifest does not name, and nobody vouches for.
    """

    manifest: dict[str, Any]
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the files."""
        again = "Save the results again"
        return [Problem("is missing", name, again) for name in self.missing] + [
            Problem("was altered since it was saved", name, again) for name in self.altered
        ]

    @property
    def inputs_are_whole(self) -> bool:
        """Say whether the run can be made again."""
        return not any(name.startswith((_SET, _SCENARIOS, _GIVEN)) for name in (*self.altered, *self.missing))


def looked_at(folder: str | Path) -> Kept:
    """Compare every file of a saved run with its digest.

    Raises
    ------
    FileError
        If there is no manifest, or it was altered, or is of a format that this version does not read.
    """
    restore(folder)
    root, manifest = Path(folder), _manifest(folder)
    altered, missing = [], []
    for name, digest in manifest["files"].items():
        try:
            if _digest((root / name).read_bytes()) != digest:
                altered.append(name)
        except OSError:
            missing.append(name)
    others = sorted(set(files_in(root)) - {*manifest["files"], MANIFEST})
    return Kept(manifest, tuple(altered), tuple(missing), tuple(others))


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Read the manifest of a saved run, and refuse files that are missing, truncated or altered.

    Raises
    ------
    FileError
        With every such file.
    """
    kept = looked_at(folder)
    refuse(kept.problems, FileError)
    return kept.manifest


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
        If a file is missing or was altered, or the run cannot be made from the inputs.
    """
    return made_again(folder, read_manifest(folder))


def made_again(folder: str | Path, manifest: Mapping[str, Any]) -> Run:
    """Make a saved run again from the inputs that its manifest names, and no others.

    Raises
    ------
    FileError
        If the run cannot be made from the inputs.
    """
    about, root = manifest["run"], Path(folder)
    # Files are numbered in the order of the scenarios: 10 comes after 9.
    scenarios = sorted((n for n in manifest["files"] if n.startswith(_SCENARIOS)), key=lambda n: (len(n), n))
    try:
        with tempfile.TemporaryDirectory() as place:
            # A copy of what the manifest names: a table that somebody put beside the others is no part of the run.
            for name in manifest["files"]:
                if name.startswith((_SET, _SCENARIOS)):
                    write(made_folder((Path(place) / name).parent) / Path(name).name, (root / name).read_bytes())
            return run(
                load_assumptions(Path(place) / _SET),
                [load_scenario(Path(place) / name) for name in scenarios],
                years=about["years"],
                draws=_draws(root, manifest),
                start=about["programme_start"],
            )
    except CareCostError as error:
        remedy = f"It was saved by carecost {about.get('version', 'of another version')}; this is {__version__}"
        raise FileError([Problem("cannot be made again", str(folder), remedy), *error.problems]) from None


def _draws(root: Path, manifest: Mapping[str, Any]) -> Draws:
    """Make the draws of a run again: by seed, or those that were made elsewhere."""
    about = manifest["run"]
    if _GIVEN not in manifest["files"]:
        return Draws(about["draws"], about["seed"], about["noise"])
    names, *rows = csv.reader(io.StringIO((root / _GIVEN).read_text(encoding="utf-8"), newline=""))
    columns = zip(*([float(cell) for cell in row] for row in rows), strict=True)
    seed = about["seed"] if about["given"].endswith(REST) else None
    made = Draws.given(dict(zip(names, map(np.array, columns), strict=True)), seed, about["noise"])
    return replace(made, seed=about["seed"])


def _table_text(table: DrawTable) -> str:
    """Write draws that were made elsewhere with every digit: a column for each quantity."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.names)
    writer.writerows([repr(x) for x in row] for row in table.values.tolist())
    return out.getvalue()


@dataclass(frozen=True)
class Difference:
    """How a saved table differs from that of the run made again.

    Attributes
    ----------
    name : str
        File.
    largest : float
        Largest difference of two numbers at the same place, relative to the larger of them; infinity where a number
        stands against none, or words, columns or rows differ [share].
    where : str
        Where that is, and what stands there.
    """

    name: str
    largest: float
    where: str

    @property
    def by_rounding(self) -> bool:
        """Say whether it is no more than other versions and processors round otherwise."""
        return self.largest < ROUNDING


def differences(folder: str | Path, tables: Mapping[str, pd.DataFrame]) -> list[Difference]:
    """Find the saved tables that are not, to the last bit, those of a run made again, and by how much.

    A table whose file was altered is left out: what it was is not known.

    Parameters
    ----------
    folder : str or Path
        Where the run was saved.
    tables : mapping of str to DataFrame
        Tables of the run made again.

    Returns
    -------
    list of Difference
        One a table that differs, or is on one side only.

    Raises
    ------
    FileError
        If a file is Parquet and pyarrow is not there.
    """
    kept = looked_at(folder)
    files = kept.manifest["files"]
    parquet = f"{DRAWS}.parquet" in files
    if parquet and not _has_parquet():
        remedy = "Install it: pip install carecost[parquet]"
        raise FileError(Problem("cannot be compared without pyarrow", f"{DRAWS}.parquet", remedy))
    made, found = _contents(tables, parquet), []
    for name, content in made.items():
        if name not in files:
            found.append(Difference(name, np.inf, "it was not saved, and is made now"))
        elif name not in (*kept.altered, *kept.missing) and files[name] != _digest(content):
            found += _compared(name, (Path(folder) / name).read_bytes(), content)
    saved = (name for name in files if "/" not in name and name.endswith((".csv", ".parquet")))
    return found + [Difference(n, np.inf, "it was saved, and is not made now") for n in saved if n not in made]


def moved(manifest: Mapping[str, Any]) -> list[str]:
    """Say which versions, commit and processor are not those that a run was saved with."""
    then, now = manifest["versions"], versions()
    # The first format did not keep all of them.
    names = [name for name in {**then, **now} if name in then or manifest.get("format", 1) > 1]
    return [
        f"{name} was {then.get(name, 'not known')}, is {now.get(name, 'not known')}"
        for name in names
        if then.get(name) != now.get(name)
    ]


def versions() -> dict[str, str]:
    """Give the versions that may move the last digit of a number, with the kernel of linear algebra and the commit.

    Returns
    -------
    dict of str to str
        ``python``, ``machine``, packages; ``blas``, the library that numpy was built with; ``simd``, the instructions
        of this processor that numpy uses; ``kernel``, the kernel that BLAS chose, where threadpoolctl is there to ask;
        ``commit``, where the package is run from a git checkout.
    """
    names = (*NUMBERS, "pyarrow") if _has_parquet() else NUMBERS
    packages = {name: importlib.metadata.version(name) for name in names}
    system = {"python": platform.python_version(), "machine": platform.machine()}
    found = {"blas": _blas(), "simd": _simd(), "kernel": _kernel(), "commit": _commit()}
    return {**system, "carecost": __version__, **packages, **{name: text for name, text in found.items() if text}}


def _blas() -> str:
    built: Any = np.show_config(mode="dicts")
    blas = built.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', '')} {blas.get('version', '')}".strip()


def _simd() -> str:
    built: Any = np.show_config(mode="dicts")
    simd = built.get("SIMD Extensions", {})
    return " ".join([*simd.get("baseline", ()), *simd.get("found", ())])


def _kernel() -> str:
    """Ask which kernel BLAS chose for this processor."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return ""
    pools = importlib.import_module("threadpoolctl").threadpool_info()
    blas = {f"{p.get('internal_api')} {p.get('architecture') or ''}".strip() for p in pools if p["user_api"] == "blas"}
    return ", ".join(sorted(blas))


def _commit() -> str:
    """Name the commit of the checkout that the package is run from, ``-dirty`` where it was changed since."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():  # an installed package; the repository of its user is another
        return ""
    words = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


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
            out[f"{name}.csv"] = csv_text(frame).encode()
    return out


def csv_text(frame: pd.DataFrame) -> str:
    r"""Write a table as CSV in which no spreadsheet finds a formula; numbers keep their minus.

    Parameters
    ----------
    frame : DataFrame
        A table.

    Returns
    -------
    str
        Its columns and rows, without its index; text that begins with = + - or @ has an apostrophe before it, as in
        the tables of a set.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_text(pd.DataFrame({"scenario": ["=1+1"], "value": [-0.5]}))
    "scenario,value\n'=1+1,-0.5\n"
    """
    words = (name for name in frame.columns if frame[name].dtype.kind == "O")
    formulas = {name: found for name in words if (found := _formulas(frame[name].unique()))}
    for name, found in formulas.items():
        frame = frame.assign(**{name: frame[name].map(lambda cell, found=found: found.get(cell, cell))})
    return frame.rename(columns=_formulas(frame.columns)).to_csv(index=False, lineterminator="\n")


def _formulas(cells: Iterable[Any]) -> dict[str, str]:
    """Find the texts that a spreadsheet would take for formulas, and give them as they are written."""
    return {cell: neutral(cell) for cell in cells if isinstance(cell, str) and neutral(cell) != cell}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """Write a manifest with the digest of its own content."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return (json.dumps(rest | {"digest": _seal(rest)}, indent=2, ensure_ascii=False) + "\n").encode()


def _seal(rest: Mapping[str, Any]) -> str:
    """Digest of a manifest: of what it says, however it is laid out."""
    return _digest(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode())


def _manifest(folder: str | Path) -> dict[str, Any]:
    """Read a manifest that can be trusted to be one, and unaltered.

    Raises
    ------
    FileError
        If it is not.
    """
    path = Path(folder) / MANIFEST
    remedy = "Give a folder that results.save or carecost compare wrote"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise FileError(Problem("is missing or is not a manifest", str(path), remedy))
    form = manifest.get("format", 1)
    if form not in range(1, FORMAT + 1) or isinstance(form, bool):
        by = manifest["run"].get("version") if isinstance(manifest.get("run"), dict) else None
        what = f"is of format {form!r}, written by carecost {by or 'of another version'}"
        raise FileError(Problem(f"{what}; this is {__version__}, which reads up to {FORMAT}", str(path), "Update it"))
    if form > 1 and manifest.get("digest") != _seal({k: v for k, v in manifest.items() if k != "digest"}):
        raise FileError(Problem("was altered since it was saved", str(path), "Save the results again"))
    files, about, kept = manifest["files"], manifest.get("run"), manifest.get("versions")
    what = "names {!r}, which is no file of the folder"
    refuse([Problem(what.format(name), str(path), remedy) for name in files if not is_inside(name)], FileError)
    kinds = {"years": int, "draws": int, "seed": int, "noise": bool, "programme_start": int}
    numbers = [name[len(_SCENARIOS) : -len(".toml")] for name in files if name.startswith(_SCENARIOS)]
    if (
        not isinstance(about, dict)
        or not isinstance(kept, dict)
        or any(type(about.get(key)) is not kind for key, kind in kinds.items())
        or not all(number.isdecimal() for number in numbers)
    ):
        raise FileError(Problem("does not say what was run", str(path), remedy))
    return manifest


def _ours(folder: Path) -> set[str]:
    """Name the files of the run that a folder holds; none where it holds none."""
    if not (folder / MANIFEST).exists():
        return set()
    try:
        manifest = _manifest(folder)
    except FileError as error:
        what, remedy = "holds a run that cannot be read, and is not written over", "Give another folder, or remove it"
        raise FileError([Problem(what, str(folder), remedy), *error.problems]) from None
    ours = {*manifest["files"], MANIFEST}
    if manifest.get("format", 1) == 1:  # it did not name the page and the charts that were written beside
        ours |= {
            path.name
            for path in folder.iterdir()
            if path.name in ("brief.html", "annex.html", "summary.html") or _is_chart(path)
        }
    return ours


def _is_chart(path: Path) -> bool:
    return path.suffix == ".png" and path.stem.startswith(("children", "capacity", "net-saving", "attribution"))


def _compared(name: str, saved: bytes, made: bytes) -> list[Difference]:
    """Compare two tables cell by cell; nothing where they differ only in how they are written."""
    before, after = _cells(name, saved), _cells(name, made)
    if before[:1] != after[:1]:
        return [Difference(name, np.inf, "its columns are others")]
    if len(before) != len(after) or any(len(a) != len(b) for a, b in zip(before, after, strict=True)):
        return [Difference(name, np.inf, f"it had {len(before) - 1:,} rows, and has {len(after) - 1:,}")]
    worst, where = 0.0, ""
    for row, (ours, theirs) in enumerate(zip(before, after, strict=True)):
        if ours == theirs:
            continue
        for column, was, now in zip(before[0], ours, theirs, strict=True):
            if (apart := _apart(was, now)) > worst:
                worst, where = apart, f"{column} of row {row} was {was!r}, is {now!r}"
    return [Difference(name, worst, where)] if worst else []


def _cells(name: str, content: bytes) -> list[list[str]]:
    """Read a table as text, every digit kept; the names of its columns are the first row."""
    if name.endswith(".parquet"):
        import pandas as pd

        content = pd.read_parquet(io.BytesIO(content)).to_csv(index=False).encode()
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))


def _apart(was: str, now: str) -> float:
    """Give the difference of two cells, relative to the larger number; infinity where they are not two numbers."""
    if was == now:
        return 0.0
    try:
        a, b = float(was), float(now)
    except ValueError:
        return np.inf
    if a == b:
        return 0.0
    share = abs(a - b) / max(abs(a), abs(b))
    return share if np.isfinite(share) else np.inf
