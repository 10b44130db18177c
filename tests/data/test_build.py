"""The build: what counts as the same file on another machine, and how it is run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from data import build
from tests.data.published import BUILT, FINDINGS, ROOT, SETS


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [
        ("x,1.0000001\n", "x,1\n", True),
        ("x,1.00001\n", "x,1\n", False),
        ("x,0.0000000001\n", "x,0\n", True),
        ("x,1\n", "y,1\n", False),
        ("x,1\n", "x,1\nx,1\n", False),
        ("2025-26", "2025-27", False),
    ],
)
def test_texts_are_the_same_but_for_a_millionth_of_their_numbers(a: str, b: str, is_same: bool) -> None:
    assert build.same(a, b) is is_same


def test_every_folder_that_is_built_is_made_by_something() -> None:
    made = {ROOT / folder for folder in build.makers()}
    named = (*SETS, "authorities", "baselines", "histories", "money", "record", "regions", "scenarios", "ssda903")
    assert made == {BUILT / name for name in named} | {FINDINGS}


def test_file_of_another_text_or_missing_is_listed() -> None:
    kept = f"{build.FINDINGS}/drivers.csv"
    found = build.differing({kept: "other", f"{build.FINDINGS}/none.csv": ""})
    assert {kept, f"{build.FINDINGS}/none.csv", f"{build.FINDINGS}/backtest.csv"} <= set(found)


def test_build_run_as_a_script_says_how_to_run_it() -> None:
    command = [sys.executable, str(ROOT / "data" / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 1 and "python -m data.build" in done.stderr and not done.stdout
