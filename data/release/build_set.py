"""Build the set of a release's base date from its tables, in a process of its own: rules keep what they read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from data.rules.sources.published import RELEASE

ROOT = Path(__file__).resolve().parents[2]


def made(tables: Path) -> dict[str, str]:
    """Make the files of the set whose base date is the last of the tables.

    Parameters
    ----------
    tables : Path
        Folder of the tables of a release; a table that it lacks is that of the project.

    Returns
    -------
    dict of str to str
        Text by name of file.

    Raises
    ------
    ValueError
        If the rules cannot make it of these tables: with what they miss.
    """
    command = [sys.executable, "-m", "data.release.build_set"]
    there = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {RELEASE: str(tables.resolve()), "PYTHONPATH": os.pathsep.join(there)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise ValueError(last.partition(": ")[2] or last)
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    from data.rules.sets import england

    json.dump(england.files(), sys.stdout)
