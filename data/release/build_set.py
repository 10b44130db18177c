"""Build the sets of a release's base date from its tables, in a process of their own: rules keep what they read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from data.rules.sources.published import RELEASE

ROOT = Path(__file__).resolve().parents[2]
#: The sets that the tables of a release make, and what stands behind the name of each.
KINDS = ("", "phases", "after-care")
#: Those that they do not, and what is wanted of other publications.
OTHERS = {
    "capacity": "Ofsted's places of the new year and the price of a home that is not registered",
    "regions": "rates, prices and places by region",
    "authorities": "the tables of every authority, and factors fitted to their record",
}


def name(year: int, kind: str = "") -> str:
    """Name a set by its base date and kind."""
    return f"england-{year}" + (f"-{kind}" if kind else "")


@cache
def made(tables: Path) -> dict[str, dict[str, str] | str]:
    """Make the files of the sets whose base date is the last of the tables.

    Parameters
    ----------
    tables : Path
        Folder of the tables of a release; a table that it lacks is that of the project.

    Returns
    -------
    dict of str to dict of str to str, or of str to str
        For each of KINDS, text by name of file; or, where the rules cannot make it of these tables, what they miss.
        Those but the first hold what differs from the first, and are not tried without it.

    Raises
    ------
    RuntimeError
        If the process ended without an answer.
    """
    command = [sys.executable, "-m", "data.release.build_set"]
    there = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {RELEASE: str(tables.resolve()), "PYTHONPATH": os.pathsep.join(there)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout))


def _all() -> dict[str, dict[str, str] | str]:
    from data.rules.sets import england, england_2025_after_care, england_2025_phases

    found: dict[str, dict[str, str] | str] = {}
    for kind, rules in zip(KINDS, (england, england_2025_phases, england_2025_after_care), strict=True):
        try:
            found[kind] = rules.files()
        except (LookupError, ValueError, ArithmeticError) as error:
            found[kind] = str(error.args[0]) if error.args else type(error).__name__
            if not kind:
                break
    return found


if __name__ == "__main__":
    json.dump(_all(), sys.stdout)
