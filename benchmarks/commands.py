"""The command from a cold start: processor time of whole processes, each aim beside what is reached.

Run with ``python -m benchmarks.commands``; ``--draws`` leaves nothing out, without it the run of 500 draws is left out,
which takes longer than all others. A ratio is the median over the reference of ``benchmarks.speed``, taken in turns.
Each runs once untimed, so that modules are compiled, as they are where a package was installed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from benchmarks.speed import processor, reference

#: What is called, and the most seconds that it is to take.
COMMANDS = {
    ("compare", "--draws", "0"): 2.5,
    ("compare", "--draws", "0", "--no-charts"): 1.5,
    ("check", "england-2025"): 0.4,
    ("describe", "england-2025"): 0.4,
}
DRAWN = {("compare",): 4.0}
REPEATS = 3


def cold(words: Sequence[str], folder: str) -> float:
    """Give the seconds of processor, user and system, of one process and all that it starts."""
    own = ("--quiet", "--out", f"{folder}/out") if words[0] == "compare" else ()
    # Where Python may not keep what it compiled (PYTHONDONTWRITEBYTECODE), a process would compile every module anew.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings = kept | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "carecost", *words, *own]
    subprocess.run(command, check=True, capture_output=True, env=settings)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main(drawn: bool) -> None:
    """Print every line."""
    with tempfile.TemporaryDirectory() as folder:
        for words, aim in (COMMANDS | (DRAWN if drawn else {})).items():
            cold(words, folder)
            pairs = [(cold(words, folder), processor(reference)) for _ in range(REPEATS)]
            mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
            name = f"carecost {' '.join(words)}"
            print(f"{name:<44} {mine:6.2f} s, {mine / theirs:6.1f} references   aim: {aim:g} s", flush=True)


if __name__ == "__main__":
    main("--draws" in sys.argv[1:])
