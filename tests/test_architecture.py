"""Is the house in order? Questions, sizes, and who may see what."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import carecost as cc

ROOT = Path(cc.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
FUNCTIONS = [
    (path, node)
    for path, tree in TREES.items()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def imports(path: Path) -> set[str]:
    """Top-level packages that a module imports when it is used, type checking apart."""
    found = set()
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def code_lines(node: ast.AST) -> int:
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    doc = ast.get_docstring(node, clean=False) or ""
    return (node.end_lineno or 0) - node.lineno - doc.count("\n")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_a_module_opens_with_the_question_it_answers(path: Path) -> None:
    assert "?" in (ast.get_docstring(TREES[path]) or "").split("\n\n")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_no_module_is_over_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_no_function_is_over_40_lines_and_the_median_is_under_10() -> None:
    long = [f"{p.name}:{n.name} {code_lines(n)}" for p, n in FUNCTIONS if code_lines(n) > 40]
    assert not long
    assert statistics.median(code_lines(n) for _, n in FUNCTIONS) < 10


SEEN_BY = [
    ("pandas", r".*tables|savings|priced|quality|regional|results|report|plots.*|save|archive"),
    ("matplotlib", r"plots.*"),
    ("pydantic", r"schema.*|reader|load"),
]


@pytest.mark.parametrize(("room", "allowed"), SEEN_BY)
def test_only_some_rooms_see_a_library(room: str, allowed: str) -> None:
    for path in MODULES:
        name = path.relative_to(ROOT).with_suffix("").as_posix()
        if any(i.split(".")[0] == room for i in imports(path)):
            assert re.fullmatch(allowed, name), f"{name} imports {room}"


def test_the_document_says_once_who_may_see_what() -> None:
    text = (ROOT.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert text.count("Who may see what") == 1
    said = text.partition("Who may see what")[2].partition("\n\n")[0]
    for library, allowed in SEEN_BY:
        clause = said.partition(f"{library} ")[2].partition(" Only ")[0].partition(";")[0]
        rooms = {name.removesuffix("*") for name in re.findall(r"`([a-z_*]+)`", clause)}
        assert rooms == {name.replace(".*", "") for name in allowed.split("|")}, library


def test_floor_zero_sees_arrays_only() -> None:
    for name in ("stockflow", "conversion", "cohorts", "money", "distributions", "families", "integrals"):
        seen = {i for i in imports(ROOT / f"{name}.py") if i.split(".")[0] not in sys.stdlib_module_names}
        allowed = {"numpy", "numpy.typing", "scipy.special", "scipy.linalg", "carecost.errors"}
        assert (
            seen - {"carecost.families", "carecost.conversion", "carecost.cohorts", "carecost.integrals"} <= allowed
        ), name


def test_only_the_command_prints() -> None:
    for path, tree in TREES.items():
        if path.name != "cli.py":
            calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"]
            assert not calls, path.name


def test_every_public_name_is_there_and_documented() -> None:
    for name in cc.__all__:
        thing = getattr(cc, name)
        if name != "__version__":
            assert thing.__doc__, name
    assert set(dir(cc)) == set(cc.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cc.nothing  # noqa: B018


def test_import_and_help_stay_light() -> None:
    names = ("pandas", "matplotlib", "scipy", "pydantic")
    heavy = f"import sys, carecost, carecost.cli; print([m for m in {names} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_contracts_list_every_room() -> None:
    text = (ROOT.parent / ".importlinter").read_text(encoding="utf-8")
    rooms = {p.stem for p in ROOT.glob("*.py")} - {"__init__"} | {"plots"}
    listed = set(re.findall(r"[a-z_]+", text.split("layers =")[1]))
    assert rooms == listed


def test_benchmarks_import_what_is_there() -> None:
    """Some need packages that tests do not: what they take from carecost is looked up by name."""
    for path in sorted((ROOT.parent / "benchmarks").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "carecost":
                room = importlib.import_module(str(node.module))
                for name in node.names:
                    there = (
                        hasattr(room, name.name) or importlib.util.find_spec(f"{node.module}.{name.name}") is not None
                    )
                    assert there, f"{path.name}: {node.module}.{name.name}"
