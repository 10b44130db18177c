"""Build the packaged sets, and the findings about them, from the published figures.

`python -m data.build`, from the project's own folder, writes them and prints what was solved; with `--check` it writes
nothing and exits 1 when the committed files differ. Numbers may differ by one part in a million: the linear algebra of
other machines rounds differently. `--only` builds one folder.
"""

from __future__ import annotations

if not __package__:  # as a script it would find the rules of another copy, or none
    raise SystemExit("run it as a module, from the project's own folder: python -m data.build")

import argparse
import re
import sys
from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from pathlib import Path

from data.release import build_set
from data.rules.costs import comparators, deflators, income, price_volume_mix, providers
from data.rules.findings import text_figures
from data.rules.record import reconciliation
from data.rules.sets import (
    authorities,
    baselines,
    care_review_2022,
    england,
    england_2022,
    england_2022_backtest,
    england_2025_after_care,
    england_2025_capacity,
    england_2025_phases,
    histories,
    published_forecasts,
    record,
    regions,
    scenarios,
    ssda903,
)
from data.rules.sources import published

ROOT = Path(__file__).resolve().parents[1]
SETS, FINDINGS = "carecost/data", "data/findings"

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_TOLERANCE = 1e-6


def makers() -> dict[str, Callable[[], dict[str, str]]]:
    """Give what makes the files of each folder."""
    variants = (england_2025_after_care, england_2025_capacity, england_2025_phases)
    sets = (england, *variants, england_2022, england_2022_backtest, care_review_2022)
    return {
        f"{SETS}/money": _money,
        **{f"{SETS}/{of.NAME}": of.files for of in sets},
        f"{SETS}/baselines": baselines.files,
        f"{SETS}/{histories.NAME}": lambda: {**histories.files(), **published_forecasts.files()},
        f"{SETS}/record": record.files,
        f"{SETS}/regions": regions.files,
        f"{SETS}/authorities": authorities.files,
        f"{SETS}/scenarios": scenarios.files,
        f"{SETS}/{ssda903.NAME}": ssda903.files,
        FINDINGS: reconciliation.tables,
        **{
            f"{SETS}/{build_set.name(int(path.name), kind)}": partial(_of_release, path, kind)
            for path in _releases()
            for kind in build_set.KINDS
        },
    }


def _releases() -> list[Path]:
    """List the releases whose base date is later than that of the tables, each with a set of its own."""
    later = (path for path in published.RELEASES.glob("[0-9]*") if int(path.name) > england.YEAR)
    return sorted(path for path in later if (path / "stock_by_age.csv").exists())


def _of_release(tables: Path, kind: str) -> dict[str, str]:
    """Make the files of a set of a release."""
    files = build_set.made(tables).get(kind, "the set that it stands on cannot be made")
    if isinstance(files, str):
        raise ValueError(f"{tables}: {files}")
    return files


def _money() -> dict[str, str]:
    """Make the series as transcribed, and the decomposition of spending, which is restated by one of them."""
    made = {name: text for of in (deflators, comparators, income, providers) for name, text in of.files().items()}
    return {**made, "spending_history.csv": price_volume_mix.text()}


def built(only: str | None = None) -> dict[str, str]:
    """Make every file, or those of one folder, by its path in the project."""
    chosen = {k: make for k, make in makers().items() if only in (None, k, k.split("/")[-1])}
    return {f"{folder}/{name}": text for folder, make in chosen.items() for name, text in make().items()}


def same(a: str, b: str) -> bool:
    """Say whether two texts are the same but for the rounding of their numbers."""
    if a == b:
        return True
    if _NUMBER.sub("#", a) != _NUMBER.sub("#", b):
        return False
    pairs = zip_longest(_NUMBER.findall(a), _NUMBER.findall(b), fillvalue="nan")
    return all(abs(float(x) - float(y)) <= _TOLERANCE * max(abs(float(x)), 1e-3) for x, y in pairs)


def differing(made: dict[str, str]) -> list[str]:
    """List the files that are missing, differ, or should not be there."""
    found = []
    for path, text in made.items():
        file = ROOT / path
        if not file.exists() or not same(file.read_text(encoding="utf-8"), text):
            found.append(path)
    folders = {Path(path).parent for path in made if not path.startswith(f"{SETS}/scenarios/")}
    there = {f.relative_to(ROOT).as_posix() for x in folders if (ROOT / x).exists() for f in (ROOT / x).iterdir()}
    return sorted(found + list(there - set(made)))


def write(made: dict[str, str]) -> None:
    """Write every file with the same line endings everywhere."""
    for path, text in made.items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Build or check."""
    parser = argparse.ArgumentParser(description="Build the packaged sets from the published figures.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the files differ")
    parser.add_argument("--only", metavar="FOLDER", help="one folder, such as england-2025 or findings")
    given = parser.parse_args(arguments)
    made = built(given.only)
    if not made:
        parser.error(f"no folder {given.only!r}: give one of {', '.join(k.split('/')[-1] for k in makers())}")
    if given.check:
        found = differing(made)
        print("\n".join(f"differs: {path}" for path in found) or "the packaged sets are what the figures give")
        return 1 if found else 0
    write(made)
    if not given.only:
        print(text_figures.text())
    print("\n".join(f"{path}\n{text}" for path, text in made.items() if path.startswith(FINDINGS)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
