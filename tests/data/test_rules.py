"""The rules of the build go one way: sources, rates, costs, findings, sets, record, and then the build."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.published import ROOT
from tests.project.test_architecture import circle

RULES = ROOT / "data" / "rules"
#: Lowest first: a folder imports from those before it, and from its own.
ORDER = ("sources", "rates", "costs", "findings", "sets", "record")
MODULES = sorted(path for path in RULES.rglob("*.py"))


def dotted(path: Path) -> str:
    """Name of a module below ``data.rules``: ``rates.stock``."""
    return ".".join(path.relative_to(RULES).with_suffix("").parts)


def imports(path: Path, package: str) -> Iterator[str]:
    """Modules of a package that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name == package or name.startswith(f"{package}."))


NAMES = {dotted(path) for path in MODULES if path.stem != "__init__"}
ARROWS = {
    dotted(path): {name.removeprefix("data.rules.") for name in imports(path, "data.rules")} & NAMES
    for path in MODULES
    if path.stem != "__init__"
}


def test_every_rule_is_in_a_folder_of_the_order() -> None:
    assert {name.split(".")[0] for name in NAMES} == set(ORDER)
    assert {path.name for path in RULES.iterdir() if path.is_dir()} - {"__pycache__"} == set(ORDER)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_rule_imports_only_folders_before_its_own(name: str) -> None:
    own = ORDER.index(name.split(".")[0])
    above = {other for other in ARROWS[name] if ORDER.index(other.split(".")[0]) > own}
    assert not above


def test_imports_of_the_rules_have_no_circle() -> None:
    assert sum(map(len, ARROWS.values())) > 100
    assert circle(ARROWS) == []


def test_every_folder_says_what_it_does_and_imports_as_much_as_it_says() -> None:
    for at, folder in enumerate(ORDER):
        said = ast.get_docstring(ast.parse((RULES / folder / "__init__.py").read_text(encoding="utf-8"))) or ""
        (allowed,) = re.findall(r"^Imports (.+)$", said, re.MULTILINE)
        used = {other.split(".")[0] for name, found in ARROWS.items() if name.startswith(folder) for other in found}
        named = set(re.findall(r"`([\w.]+)`", allowed))
        assert used - {folder} <= named and named & set(ORDER) <= set(ORDER[:at]), folder
        package = {name for path in (RULES / folder).glob("*.py") for name in imports(path, "carecost")}
        rooms = {".".join(name.split(".")[:2]) for name in package}
        assert all("carecost" in named if name == "carecost" else name in named for name in rooms), (folder, rooms)


def test_contract_of_the_linter_has_the_same_order() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    rules = text.split("[importlinter:contract:rules]")[1].split("[importlinter:")[0]
    assert re.findall(r"^    (\w+)$", rules.split("layers =")[1], re.MULTILINE) == [*reversed(ORDER)]


def test_package_imports_nothing_of_its_build() -> None:
    for path in (ROOT / "carecost").rglob("*.py"):
        assert not list(imports(path, "data")), path


def test_rules_are_found_as_a_package_and_not_by_a_path_set_by_hand() -> None:
    for path in (ROOT / "data").rglob("*.py"):
        assert "sys.path" not in path.read_text(encoding="utf-8"), path


def test_first_line_of_every_rule_says_what_it_does() -> None:
    for path in MODULES:
        first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
        assert first.endswith(".") and "?" not in first, path
