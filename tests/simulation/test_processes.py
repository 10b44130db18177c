"""Processes of the command: the same numbers, ended with what started them, and a thread where none can be started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.simulation.processes import processes

SETS = Path(__file__).parents[1] / "data" / "sets"
ROOT = Path(__file__).parents[2]
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of Unix")


def child(text: str, folder: Path) -> subprocess.Popen[str]:
    """Start a Python from a folder of its own, with this package."""
    settings = os.environ | {"PYTHONPATH": str(ROOT)}
    (folder / "program.py").write_text(f"if __name__ == '__main__':\n{text}")
    command = [sys.executable, str(folder / "program.py")]
    return subprocess.Popen(command, cwd=folder, env=settings, text=True, stdout=-1, stderr=-1)


def test_numbers_are_those_of_one_process_and_no_setting_is_left_behind() -> None:
    settings = dict(os.environ)
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    here, there = (
        cc.run(tiny, edge, draws=cc.Draws(8, seed=2, noise=True), block=3, executor=executor).compare("edge")
        for executor in (None, partial(processes, 2))
    )
    np.testing.assert_array_equal(here.npv(), there.npv())
    np.testing.assert_array_equal(here.averted, there.averted)
    assert dict(os.environ) == settings


def test_block_left_by_an_error_waits_for_no_process() -> None:
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), processes(1) as running:
        running.submit(time.sleep, 600)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 300


@UNIX
def test_processes_end_when_their_command_is_killed(tmp_path: Path) -> None:
    text = (
        "    import os, time\n"
        "    from carecost.simulation.processes import processes\n"
        "    with processes(1) as running:\n"
        "        print(running.submit(os.getpid).result(), flush=True)\n"
        "        running.submit(time.sleep, 3600).result()\n"
    )
    command = child(text, tmp_path)
    assert command.stdout is not None and int(command.stdout.readline()) != command.pid
    command.send_signal(signal.SIGKILL)
    # What it prints to is held open by the process that it started, until that ends too.
    command.communicate(timeout=120)


@UNIX
def test_where_no_process_can_be_started_a_thread_takes_its_place(tmp_path: Path) -> None:
    text = (
        "    import resource\n"
        "    from carecost.simulation.processes import processes\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6))\n"
        "    print(type(processes(2)).__name__)\n"
    )
    said, _ = child(text, tmp_path).communicate(timeout=300)
    assert said.split() == [ThreadPoolExecutor.__name__]


def test_no_module_of_the_current_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit('a file of the folder was run')")
    (tmp_path / "elsewhere").mkdir()
    text = (
        f"    import os; os.chdir({str(tmp_path)!r})\n"
        "    from carecost.simulation.processes import processes\n"
        "    with processes(1) as running: print(type(running).__name__, running.submit(abs, -3).result())\n"
    )
    said, faults = child(text, tmp_path / "elsewhere").communicate(timeout=300)
    assert said.split() == ["_Processes", "3"] and not faults
