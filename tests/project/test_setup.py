"""Does set-up survive what happens to real folders, and does the wheel hold everything?

A stand-in project is set up by a stand-in installer (a script that go.py starts as it starts pip), so
that all of it runs offline and in seconds. It lies in a folder with a space in its name.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import go

REPO = Path(__file__).parents[2]
Plans = Callable[[Path, list[str]], list[list[list[str]]]]

PYPROJECT = """
[project]
name = "carecost"
dependencies = ["helper>=1"]
[tool.ruff]
line-length = 110
"""

# Installs as pip does, as far as go.py can see; one line in tries.txt for each time it is asked.
INSTALLER = """
import os, pathlib, sys, sysconfig, time
root, behaviour = pathlib.Path(sys.argv[1]), sys.argv[2]
tries = root / "tries.txt"
before = len(tries.read_text().split()) if tries.exists() else 0
with tries.open("a") as file:
    print(os.getpid(), file=file)
if behaviour == "hang":
    time.sleep(60)
if behaviour == "slow":
    time.sleep(0.5)
if behaviour == "fail" or behaviour == "fail once" and before == 0:
    sys.exit("no route to the packages")
site = pathlib.Path(sysconfig.get_path("purelib"))
(site / "carecost.pth").write_text(str(root))
(site / "helper").mkdir(exist_ok=True)
(site / "helper/__init__.py").touch()
for name, more in [("carecost", "Requires-Dist: helper>=1"), ("helper", "")]:
    info = site / (name + "-1.dist-info")
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: " + name + "\\nVersion: 1\\n" + more)
    (info / "RECORD").write_text("helper/__init__.py,,\\n" if name == "helper" else "")
program = pathlib.Path(sys.executable).with_name("carecost")
program.write_text('#!/bin/sh\\nexec "$(dirname "$0")/python" -I -m carecost.cli "$@"\\n')
program.chmod(0o755)
"""

CLI = "import sys\nprint('stand-in', *sys.argv[1:])\nsys.exit(7 if 'seven' in sys.argv else 0)\n"

# Runs go.py's main with the stand-in installer, in a process of its own.
DRIVER = """
import sys, pathlib
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import go
from tests.project.test_setup import plans
sys.exit(go.main(sys.argv[4:], pathlib.Path(sys.argv[2]), plans(sys.argv[3])))
"""


def plans(behaviour: str = "work") -> Plans:
    """Plans that make a real .venv and then call the stand-in installer."""

    def make(root: Path, extras: list[str]) -> list[list[list[str]]]:
        venv = [sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")]
        python = str(go.venv_program(root / ".venv", "python"))
        return [[venv, [python, str(root / "installer.py"), str(root), behaviour]]] * 2

    return make


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "care cost"
    (root / "carecost").mkdir(parents=True)
    (root / "carecost" / "__init__.py").touch()
    (root / "carecost" / "cli.py").write_text(CLI)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "installer.py").write_text(INSTALLER)
    shutil.copy(REPO / "go.py", root)
    return root


def tries(root: Path) -> int:
    """How often the installer was asked."""
    return len((root / "tries.txt").read_text().split())


@contextmanager
def started(root: Path, behaviour: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", DRIVER, str(REPO), str(root), behaviour, "run", "describe", "x"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


# Python, its programs and its installers


def test_old_python_is_told_what_to_do() -> None:
    with pytest.raises(go.Trouble, match=r"3\.11 or newer; this is 3\.8\. Install .* python3\.11 go\.py run"):
        go.check_python((3, 8, 10), which=lambda name: None)


def test_old_python_is_told_of_a_newer_one_on_the_machine() -> None:
    with pytest.raises(go.Trouble, match=r"newer one: python3\.12 go\.py run"):
        go.check_python((3, 9, 2), which=lambda name: name if name == "python3.12" else None)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_new_enough_python_is_accepted(version: tuple[int, ...]) -> None:
    go.check_python(version)


def test_an_old_python_can_read_the_script() -> None:
    ast.parse((REPO / "go.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_windows_keeps_programs_elsewhere() -> None:
    assert go.venv_program(Path("v"), "python", windows=True) == Path("v/Scripts/python.exe")
    assert go.venv_program(Path("v"), "python", windows=False) == Path("v/bin/python")


@pytest.mark.parametrize(
    ("uv", "ensurepip", "expected"),
    [(True, True, ["uv", "pip"]), (True, False, ["uv", "uv"]), (False, True, ["pip", "pip"])],
)
def test_uv_first_then_pip(uv: bool, ensurepip: bool, expected: list[str]) -> None:
    made = go.install_plans(Path("here"), ["dev"], lambda _: "/opt/uv" if uv else None, lambda _: ensurepip or None)
    assert ["uv" if plan[-1][0] == "/opt/uv" else "pip" for plan in made] == expected
    assert all(plan[-1][-2:] == ["-e", ".[dev]"] for plan in made)


def test_neither_uv_nor_ensurepip_names_the_debian_package() -> None:
    with pytest.raises(go.Trouble, match="sudo apt install python3-venv"):
        go.install_plans(Path("here"), [], lambda _: None, lambda _: None)


# The stamp


def test_stamp_follows_what_is_installed(project: Path) -> None:
    before = go.stamp_now(project)
    (project / "pyproject.toml").write_text(PYPROJECT.replace("helper>=1", "helper>=2"))
    assert go.stamp_now(project) != before


def test_stamp_ignores_lint_settings(project: Path) -> None:
    before = go.stamp_now(project)
    (project / "pyproject.toml").write_text(PYPROJECT.replace("110", "100"))
    assert go.stamp_now(project) == before


def test_stamp_follows_the_script_and_the_place(project: Path) -> None:
    before = go.stamp_now(project)
    (project / "go.py").write_text("# changed")
    assert go.stamp_now(project)["script"] != before["script"]
    moved = project.rename(project.with_name("elsewhere"))
    assert go.stamp_now(moved)["place"] != before["place"]


def test_broken_pyproject_is_named(project: Path) -> None:
    (project / "pyproject.toml").write_text("[project")
    with pytest.raises(go.Trouble, match=r"pyproject\.toml cannot be read"):
        go.stamp_now(project)


# The life of a .venv


def test_second_run_installs_nothing_and_passes_the_exit_code_on(project: Path) -> None:
    go.set_up(project, (), plans())
    assert go.state(project) == ("", [])
    # The script itself now, which would ask the real installers if it asked any.
    command = [sys.executable, str(project / "go.py"), "run", "describe", "seven"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, "stand-in describe seven\n", "")
    assert tries(project) == 1


def test_a_moved_folder_is_set_up_again(project: Path) -> None:
    go.set_up(project, (), plans())
    moved = project.rename(project.with_name("moved there"))
    assert go.state(moved)[0] == "This folder has moved"
    go.set_up(moved, (), plans())
    assert go.state(moved) == ("", [])


@pytest.mark.parametrize("victim", ["bin/python", "bin", "lib/python*/site-packages/helper/__init__.py"])
def test_a_damaged_venv_is_set_up_again(project: Path, victim: str) -> None:
    go.set_up(project, (), plans())
    (lost,) = (project / ".venv").glob(victim)
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    assert go.state(project)[0] == "The folder .venv is damaged"
    go.set_up(project, (), plans())
    assert go.state(project) == ("", [])


def test_a_mistake_in_the_source_is_not_damage(project: Path) -> None:
    go.set_up(project, (), plans())
    (project / "carecost" / "__init__.py").write_text("not python")
    assert go.state(project) == ("", [])


def test_an_unfinished_venv_is_set_up_again(project: Path) -> None:
    go.set_up(project, (), plans())
    (project / ".venv" / "go.stamp").write_text('{"place": ')
    assert go.state(project)[0] == "The last set-up was not finished"
    go.set_up(project, (), plans())
    assert tries(project) == 2


def test_a_venv_of_someone_else_is_left_alone(project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "pyvenv.cfg").touch()
    with pytest.raises(go.Trouble, match=r"was not made by go\.py"):
        go.set_up(project, (), plans())
    assert (project / ".venv" / "pyvenv.cfg").exists()


def test_extras_are_added_and_kept(project: Path) -> None:
    go.set_up(project, (), plans())
    go.set_up(project, ("dev",), plans())
    go.set_up(project, (), plans())
    assert go.state(project) == ("", ["dev"])
    assert tries(project) == 2


# Installs that go wrong


def test_a_failed_install_leaves_no_stamp_and_says_why(project: Path) -> None:
    with pytest.raises(go.Trouble, match=r"(?s)no route to the packages.*Check that"):
        go.set_up(project, (), plans("fail"))
    assert tries(project) == 2
    assert not (project / ".venv" / "go.stamp").exists()


def test_a_download_that_fails_once_is_tried_again(project: Path) -> None:
    go.set_up(project, (), plans("fail once"))
    assert (tries(project), go.state(project)) == (2, ("", []))


def test_a_failed_addition_spoils_nothing(project: Path) -> None:
    go.set_up(project, (), plans())
    with pytest.raises(go.Trouble):
        go.set_up(project, ("dev",), plans("fail"))
    assert go.state(project) == ("", [])


def test_failure_has_an_exit_code_and_no_traceback(project: Path) -> None:
    with started(project, "fail") as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in told


def test_an_interrupted_install_ends_its_installer_and_leaves_no_stamp(project: Path) -> None:
    with started(project, "hang") as process:
        wait_for(lambda: (project / "tries.txt").exists() and tries(project) == 1)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.endswith("Stopped.\n")
    assert not (project / ".venv" / "go.stamp").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((project / "tries.txt").read_text()), 0)


# Two at once


def test_two_at_once_install_once(project: Path) -> None:
    with started(project, "slow") as first, started(project, "slow") as second:
        answers = [first.communicate(timeout=60), second.communicate(timeout=60)]
    assert [first.returncode, second.returncode] == [0, 0]
    assert [out for out, _ in answers] == ["stand-in describe x\n"] * 2
    assert tries(project) == 1


def test_the_second_waits_and_says_so(project: Path) -> None:
    with ExitStack() as held:
        held.enter_context(go.lock(project))
        with started(project, "work") as process:
            assert process.stderr is not None
            assert "waiting for it to finish" in process.stderr.readline()
            assert not (project / "tries.txt").exists()
            held.close()
            assert process.communicate(timeout=60)[0] == "stand-in describe x\n"
    assert tries(project) == 1


# What is handed out


def shipped() -> set[str]:
    """Every file of the package, its data among them, that a user must get."""
    files = (path for path in (REPO / "carecost").rglob("*") if path.is_file())
    names = {path.relative_to(REPO).as_posix() for path in files}
    return {name for name in names if "/__pycache__/" not in name and "/." not in name}


def test_the_wheel_holds_the_whole_package(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(REPO)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert "carecost/py.typed" in inside
    assert any(name.startswith("carecost/data/") for name in inside)
    assert inside == shipped()


LICENCES = {"LICENSE", "carecost/data/LICENCE.md"}


def test_the_licences_of_code_and_data_are_in_wheel_and_sdist(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(REPO)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    assert {name.partition(".dist-info/licenses/")[2] for name in names if "/licenses/" in name} == LICENCES
    assert "carecost/data/LICENCE.md" in names
    assert set(re.findall(r"(?m)^License-File: (.*)$", about)) == LICENCES
    sdist = next(SdistBuilder(str(REPO)).build(directory=str(tmp_path), versions=["standard"]))
    with tarfile.open(sdist) as archive:
        assert {name.split("/", 1)[1] for name in archive.getnames() if "/" in name} >= LICENCES


def test_the_licence_of_the_data_says_of_each_table_what_its_record_says() -> None:
    record = (REPO / "data" / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"(?m)^\| (\w+) \| .* \| ([^|]*) \|$", record))
    said = {}
    for licence, tables in re.findall(
        r"(?m)^\| ([^|]*) \| (`.*`) \|$", (REPO / "carecost" / "data" / "LICENCE.md").read_text(encoding="utf-8")
    ):
        said |= dict.fromkeys(re.findall(r"`(\w+)`", tables), licence)
    published = {path.stem for path in (REPO / "data" / "published").glob("*.csv")}
    assert set(said) == published
    assert {name: stated[name] for name in published} == said


def test_the_sdist_holds_what_tests_need(tmp_path: Path) -> None:
    sdist = next(SdistBuilder(str(REPO)).build(directory=str(tmp_path), versions=["standard"]))
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames()}
    assert shipped() <= inside
    assert {"tests/project/test_setup.py", "go.py", "pyproject.toml", "LICENSE"} <= inside
    assert any(name.startswith("data/") for name in inside)
    assert not any(name.startswith((".venv", ".git/", ".mypy_cache")) for name in inside)
