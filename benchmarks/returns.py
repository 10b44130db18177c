"""How long does a return of 100,000 children take to read and to estimate? Beside reading its CSV files alone.

Run with ``python -m benchmarks.returns``. Times are of the processor; the ratio carries from machine to machine.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

import carecost as cc
from benchmarks.speed import processor

#: Children, returns, and changes of legal status a child-year, which make about 14 rows a child.
CHILDREN, YEARS, CHANGES = 100_000, 5, 7.0


def main() -> None:
    """Print times, their ratio, and the most memory held."""
    england = cc.load_assumptions("england-2025")
    cc.read_ssda903  # noqa: B018  imported before it is timed
    with tempfile.TemporaryDirectory() as folder:
        # Made by another process: what that takes is not counted here.
        made = f"import carecost as cc; cc.synthetic_return({CHILDREN}, {YEARS}, seed=1, status_changes={CHANGES})"
        subprocess.run([sys.executable, "-c", f"{made}.save({folder!r})"], check=True)
        tables = sorted(Path(folder).rglob("*.csv"))
        alone = min(processor(lambda: [pd.read_csv(path) for path in tables]) for _ in range(2))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found: list[cc.SSDA903] = []
        read = processor(lambda: found.append(cc.read_ssda903(folder)))
        estimated = processor(lambda: found[0].estimate(template=england))
    most = max(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 2**20
    print(f"{found[0].children:,} children, {found[0].rows:,} rows of episodes")
    times = (read + estimated) / alone
    print(f"CSV alone {alone:.2f} s; read {read:.2f} s, estimated {estimated:.2f} s: {times:.1f} times")
    print(f"most memory {most:.2f} GiB (limits 4 s, 1 GiB)")


if __name__ == "__main__":
    main()
