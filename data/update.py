"""Read a year's release: what changed in every table and headline, and the sets of its base date beside the old.

`python3 data/update.py RELEASE_FOLDER` reads the department's files as they were downloaded (Explore Education
Statistics, section 251, the Local Authority Interactive Tool), told from their columns. It writes `data/releases/YEAR`
(report.md, changes.csv, and the transcribed tables that change), and `carecost/data/england-YEAR` with the sets on top
of it; with `--out FOLDER` everything goes there, and the project stays as it is. Nothing that is there is overwritten.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the command as a module of this project, by a Python that has what it needs, wherever it was called from."""
    own = next((path for path in (ROOT / ".venv/bin/python", ROOT / ".venv/Scripts/python.exe") if path.exists()), None)
    python = sys.executable if find_spec("pandas") else own
    if python is None:
        print("run `python3 go.py run` once: it sets up what this needs", file=sys.stderr)
        return 1
    there = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [str(python), "-P", "-m", "data.release.command", *sys.argv[1:]]
    return subprocess.call(command, env=os.environ | {"PYTHONPATH": there})


if __name__ == "__main__":
    sys.exit(main())
