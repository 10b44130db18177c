"""The command of `data/update.py`: read a release, compare it, build the sets of its base date, report."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.readers.release import read_release
from data.release import build_set, report
from data.release.changes import Compared, compare
from data.release.tables import before, cells, written
from data.rules.sources.published import financial

ROOT = Path(__file__).resolve().parents[2]
#: The set that a new one stands beside.
OLD = "england-2025"


def main(arguments: list[str] | None = None) -> int:
    """Read, compare, build, report.

    Returns
    -------
    int
        0; 1 where nothing could be read or built, with the reason in words.
    """
    parser = argparse.ArgumentParser(description="Read a year's release and build the set of its base date.")
    parser.add_argument("folder", metavar="RELEASE_FOLDER", help="where the downloaded CSV files are, unpacked")
    parser.add_argument("--out", metavar="FOLDER", help="write everything there, and nothing into the project")
    given = parser.parse_args(arguments)
    try:
        return _update(Path(given.folder), Path(given.out) if given.out else None)
    except CareCostError as error:
        print(error, file=sys.stderr)
        return 1


def _update(folder: Path, out: Path | None) -> int:
    release = read_release(folder)
    compared = compare(list(cells(release)))
    year = _last(compared)
    notes = out or ROOT / "data" / "releases" / str(year)
    place = out or ROOT / "carecost" / "data"
    new = [place / build_set.name(year, kind) for kind in build_set.KINDS]
    for there in (notes, *new) if year > cc.load_assumptions(OLD).base_year else (notes,):
        if there.exists() and any(there.iterdir()):
            print(f"{there} is there already: nothing is overwritten. Remove it, or give --out FOLDER", file=sys.stderr)
            return 1
    with tempfile.TemporaryDirectory() as made:  # all of it or nothing comes into the project
        tables, files = Path(made, "tables"), Path(made, "sets")
        files.mkdir()
        for name, rows in compared.tables.items():
            written(tables, name, rows)
        quoted = report.headlines(compared)
        said, sets, done = _built(year, tables, files)
        _tell(compared, quoted, said, sets)
        print("".join(f"not read: {name}: {why}\n" for name, why in release.refused), end="")
        if not (done or out):
            print("nothing is written: mend the release, or give --out FOLDER for the report and the tables as read")
            return 1
        if tables.exists():
            shutil.copytree(tables, notes / "tables" if out else notes)
        for folder in files.iterdir():
            shutil.copytree(folder, place / folder.name)
    notes.mkdir(parents=True, exist_ok=True)
    text = report.text(folder, release, compared, quoted, said, sets)
    (notes / "report.md").write_text(text, encoding="utf-8", newline="\n")
    changes = report.csv_text(compared.changes, [*quoted, *sets])
    (notes / "changes.csv").write_text(changes, encoding="utf-8", newline="\n")
    print(f"report, changes and tables: {notes}" + (f"; sets: {place}" if sets else ""))
    return 0 if done else 1


def _last(compared: Compared) -> int:
    """Give the last 31 March whose children are in the tables."""
    return max(int(row["year"]) for row in compared.tables.get("stock_by_age", before("stock_by_age")))


def _built(year: int, tables: Path, folder: Path) -> tuple[str, list[report.Headline], bool]:
    """Build the sets of a new base date, run the first beside the old; say what came of it, and if all is well."""
    old = cc.load_assumptions(OLD)
    if year <= old.base_year:
        return (
            f"No set is built: with this release too the children end at 31 March {year}, as in {OLD}.",
            [],
            True,
        )
    refused = {}
    for kind, files in build_set.made(tables).items():
        if isinstance(files, str):
            refused[kind] = files
            continue
        place = folder / build_set.name(year, kind)
        place.mkdir()
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8", newline="\n")
    if "" in refused:
        return f"No set could be built of 31 March {year}: {refused['']}. The tables below are as read.", [], False
    loaded = [cc.load_assumptions(folder / build_set.name(year, k)) for k in build_set.KINDS if k not in refused]
    return _said(old, loaded, refused), report.of_sets(old, loaded[0]), not refused


def _said(old: cc.Assumptions, loaded: list[cc.Assumptions], refused: dict[str, str]) -> str:
    """Say which sets stand beside the old, which do not, and what a reader must know of them."""
    new, *others = loaded
    said = (
        f"`{new.name}` stands beside `{old.name}`, which is as it was. Children and flows of 31 March "
        f"{new.base_year}, unit costs of {financial(new.price_year)}. It states no packaged baselines, because those "
        f"speak from {old.base_year}."
    )
    if new.price_year < new.base_year:
        said += f" No unit costs of {financial(new.base_year)} can be had of the tables yet: prices grow from those."
    if others:
        said += " On top of it: " + ", ".join(f"`{one.name}`" for one in others) + "."
    said += "".join(f" `{new.name}-{kind}` could not be built: {why}." for kind, why in refused.items())
    lacking = "; ".join(f"{kind} ({what})" for kind, what in build_set.OTHERS.items())
    return f"{said} What a release does not hold is not built: {lacking}."


def _tell(compared: Compared, quoted: list[report.Headline], said: str, sets: list[report.Headline]) -> None:
    print(f"{report.taken(compared):,} figures of {len(compared.tables)} tables change.")
    for headline in [*quoted, *sets]:
        print(f"  {headline.what}: {headline.before} -> {headline.after}  [{headline.why}]")
    print(said.replace("`", ""))


if __name__ == "__main__":
    sys.exit(main())
