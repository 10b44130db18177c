"""A folder is replaced in whole: a process killed at any write leaves the old one, or the new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from carecost.errors import FileError
from carecost.files import whole_folder
from carecost.files.archive import looked_at
from carecost.files.whole_folder import is_inside, replace_files, restore

SETS = Path(__file__).parents[1] / "data" / "sets"
#: Saves a run over another in many forks of one process, each killed at its n-th act on a file; prints what is left.
KILLED = """
import json, os, shutil, signal, sys
from pathlib import Path
import pandas as pd
import carecost as cc
from carecost.files.archive import add_files, looked_at, save_run
from carecost.files import whole_folder

place, sets, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
tiny, edge = cc.load_assumptions(sets / "tiny"), cc.load_scenario(sets / "edge.toml")
about = {"run": {"years": 4, "draws": 8, "seed": 3, "noise": False, "programme_start": 2027}}
left = None
ACTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "shutil.rmtree", "ctypes.dlsym")


def hook(event, args):
    global left
    if left is None or not (event in ACTS or event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        return
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def save(folder, value, scenarios, also):
    tables = {"costs": pd.DataFrame({"value": [value]}), f"only{value}": pd.DataFrame({"value": [value]})}
    save_run(folder, tables, tiny, scenarios, about, also)


if how == "in two steps":
    whole_folder._SWAP.clear()
sys.addaudithook(hook)
n, ended = 0, False
while not ended:
    n += 1
    folder = place / str(n) / "run"
    if how != "first":
        save(folder, 1, [edge, edge.delayed(1)], {"summary.html": b"1"})
        (folder / "notes.txt").write_text("mine")
    child = os.fork()
    if child == 0:
        left = n
        save(folder, 2, [edge], {"summary.html": b"2"})
        left = None
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    ended = status == 0
    assert ended or os.WTERMSIG(status) == signal.SIGKILL, status
print(n)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    "how",
    ["at once", pytest.param("in two steps", marks=pytest.mark.slow), pytest.param("first", marks=pytest.mark.slow)],
)
def test_save_killed_at_any_write_leaves_the_old_run_or_the_new_one_whole(how: str, tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(tmp_path), str(SETS), how]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, seen = int(done.stdout), []
    for n in range(1, count + 1):
        folder = tmp_path / str(n) / "run"
        restore(folder)
        if not folder.exists():
            assert how == "first"
            seen.append(0)
            continue
        kept = looked_at(folder)
        assert kept.problems == [], n
        assert kept.others == (() if how == "first" else ("notes.txt",)), n
        page = int((folder / "summary.html").read_text())
        assert (folder / "costs.csv").read_text() == f"value\n{page}\n", n
        assert f"only{page}.csv" in kept.manifest["files"], n
        seen.append(page)
    assert seen == sorted(seen) and seen[0] < 2 and seen[-1] == 2
    assert count > 20


def test_files_are_replaced_in_a_folder_that_cannot_be_swapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    replace_files(folder, {"a": b"1", "sub/b": b"1", "last": b"1"}, last="last")
    (folder / "mine").write_text("mine")
    monkeypatch.chdir(folder)
    replace_files(".", {"a": b"2", "c": b"2", "last": b"2"}, {"a", "sub/b", "last"}, "last")
    assert {path.name: path.read_text() for path in Path().iterdir()} == {
        "a": "2",
        "c": "2",
        "last": "2",
        "mine": "mine",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    replace_files(tmp_path / "link", {"a": b"1"})
    replace_files(tmp_path / "link", {"a": b"2"}, {"a"})
    assert (tmp_path / "link").is_symlink() and (tmp_path / "there" / "a").read_text() == "2"


def test_mode_of_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o750)
    (tmp_path / "run").chmod(0o750)
    replace_files(tmp_path / "run", {"a": b"1"})
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o750


def test_folder_of_very_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_folder, "MOST_OTHERS", 3)
    for n in range(4):
        (tmp_path / str(n)).touch()
    with pytest.raises(FileError, match=r"holds more than 3 other files. Give a folder of its own"):
        replace_files(tmp_path, {"a": b"1"})
    replace_files(tmp_path, {"a": b"1"}, {"0", "1"})


def test_folder_in_the_place_of_a_file_is_said_and_nothing_is_left_beside(tmp_path: Path) -> None:
    (tmp_path / "run" / "a" / "b").mkdir(parents=True)
    with pytest.raises(FileError, match="cannot be written"):
        replace_files(tmp_path / "run", {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["run"] and (tmp_path / "run" / "a" / "b").is_dir()


@pytest.mark.parametrize("name", ["a", "a.csv", "a b/c.toml", "é.png", "..a"])
def test_name_of_a_file_below_a_folder_is_inside(name: str) -> None:
    assert is_inside(name)
