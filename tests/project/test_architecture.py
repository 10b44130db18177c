"""The house is in order: who may import whom, libraries by folder, no circles, and the public names."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import carecost as cc

ROOT = Path(cc.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
PUBLIC_ROOMS = ("engine", "estimation", "maths", "money", "plots")
PRIVATE_ROOMS = ("analysis", "files", "inputs", "report", "results", "simulation", "text")
ROOMS = (*PUBLIC_ROOMS, *PRIVATE_ROOMS)
#: Folders within a room.
PARTS = ("files.readers",)
#: Where a library may be imported: a folder with all in it, or one module.
SEEN_BY = {
    "pandas": ("results", "plots", "report", "files.archive", "files.readers", "_frames"),
    "xarray": ("_frames",),
    "matplotlib": ("plots",),
    "pydantic": ("files",),
}
#: The public names of the commit before the rooms, which other programs call.
PUBLIC = """Amounts Appraisal AreaResults Assumption Assumptions Belief Capacity CapacityGroup CareCostError Cashable
Change Comparison CorrelationMatrix Costs Counts Draws Estimates Evidence Grid IcerTable Interval Item
JointDraws Lever Loading
NetBenefit Optimism Option Parameters Phase PhaseShare Phases Placement PriceBase Projection Reason Results Saving
SavingAppraisal Scenario ScenarioOptions Selector Ties YearPath __version__ appraise area areas cost decomposition
distributions estimate icer_table load_assumptions load_scenario money net_benefit optimism_bias plots present_value
prices project quality run run_areas save_assumptions save_scenario social_value social_values spending_history
stockflow vintages with_social_ledger"""
#: Names of the public modules that the documentation names, or that are theirs by its lists of members.
PUBLIC_IN = {
    "decomposition": "Bought Parts price_volume_mix",
    "distributions": "DIRICHLET DISTRIBUTIONS agreed fault quantiles shares",
    "money": "TIMINGS Deflator Schedule discount_factors financial_year growth_path wandering_path",
    "plots": """plot_attribution plot_capacity plot_children plot_costs plot_net_saving plot_payers
        plot_price_volume_mix plot_region_children plot_regions plot_sensitivity""",
    "prices": "CASH REAL Amounts PriceBase must_be_real one_base restate",
    "quality": "AssumptionsLog assumptions_log interval said stated_value unsaid_of",
    "stockflow": """Kernel YearKernel counting_weights generator kernel layer_across meet_new_rates occupancy
        phi_functions probabilities rates trace transitions year_kernel""",
    "vintages": "deflator deflators rows schedule schedules",
}


def name_of(path: Path) -> str:
    """Dotted name below the package: ``engine.grid``, and ``engine`` for its ``__init__``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Modules that a module imports, wherever it does, type checking included."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


NAMES = {name_of(path) for path in MODULES}
ARROWS = {
    name_of(path): {i.removeprefix("carecost.") for i in imports(path) if i.startswith("carecost.")} & NAMES
    for path in MODULES
}


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """A circle of imports, empty if there is none."""
    done: set[str] = set()

    def walk(name: str, above: list[str]) -> list[str]:
        if name in above:
            return [*above[above.index(name) :], name]
        if name in done:
            return []
        for other in sorted(arrows.get(name, ())):
            if found := walk(other, [*above, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(arrows) if (found := walk(name, []))), [])


def test_circle_of_three_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


@pytest.mark.parametrize("room", ROOMS)
def test_imports_within_a_room_have_no_circle(room: str) -> None:
    inside = {name: others for name, others in ARROWS.items() if name.startswith(f"{room}.")}
    assert circle({name: others & inside.keys() for name, others in inside.items()}) == []


def test_every_folder_is_a_room_and_every_room_says_what_it_may_import() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES if path.parent != ROOT} == set(ROOMS)
    for room in (*ROOMS, *PARTS):
        doc = ast.get_docstring(TREES[ROOT / room.replace(".", "/") / "__init__.py"]) or ""
        assert re.search(r"\b[Ii]mports? ", doc), room


def test_contract_lists_every_room() -> None:
    text = (ROOT.parent / ".importlinter").read_text(encoding="utf-8")
    listed = set(re.findall(r"[a-z_]+", text.split("layers =")[1]))
    assert listed >= {name.split(".")[0] for name in NAMES if name}
    assert "exclude_type_checking_imports" not in text


@pytest.mark.parametrize("library", SEEN_BY)
def test_library_is_imported_only_in_its_rooms(library: str) -> None:
    for path in MODULES:
        name = name_of(path)
        if any(i.split(".")[0] == library for i in imports(path)):
            assert any(name == room or name.startswith(f"{room}.") for room in SEEN_BY[library]), name


def test_lower_rooms_import_numpy_and_scipy_only() -> None:
    lower = ("maths", "money", "engine", "inputs", "estimation", "simulation", "analysis")
    for path in MODULES:
        if name_of(path).split(".")[0] in lower:
            outside = {i.split(".")[0] for i in imports(path)} - sys.stdlib_module_names - {"carecost"}
            assert outside <= {"numpy", "scipy"}, name_of(path)


#: Packages that import a part of theirs when it is first asked for.
LAZY = ("os", "scipy")


def parts_not_imported(tree: ast.Module) -> Iterator[str]:
    """Give submodules that a module reads off a package without importing them: they are there by luck."""
    imported = [n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names if not n.asname]
    packages = {name.split(".")[0] for name in imported} - set(LAZY)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in packages:
            whole = f"{node.value.id}.{node.attr}"
            is_package = importlib.util.find_spec(node.value.id).submodule_search_locations  # type: ignore[union-attr]
            if is_package and whole not in imported and importlib.util.find_spec(whole):
                yield whole


def test_submodule_that_is_not_imported_is_found() -> None:
    wrong = ast.parse("import importlib.util\nimportlib.util.find_spec('a')\nimportlib.metadata.version('numpy')")
    assert list(parts_not_imported(wrong)) == ["importlib.metadata"]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_submodules_that_are_used_are_imported(path: Path) -> None:
    assert list(parts_not_imported(TREES[path])) == []


def test_only_the_command_prints() -> None:
    for path, tree in TREES.items():
        if path.name != "cli.py":
            calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"]
            assert not calls, path.name


def test_public_names_of_the_package_are_there_and_documented() -> None:
    assert set(PUBLIC.split()) <= set(cc.__all__)
    for name in cc.__all__:
        if name != "__version__":
            assert getattr(cc, name).__doc__, name
    assert set(dir(cc)) == set(cc.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cc.nothing  # noqa: B018


@pytest.mark.parametrize("module", PUBLIC_IN)
def test_public_names_of_a_module_are_there(module: str) -> None:
    room = getattr(cc, module)
    assert [name for name in PUBLIC_IN[module].split() if not hasattr(room, name)] == []


def test_names_that_type_checkers_see_are_the_public_ones() -> None:
    block = next(n for n in TREES[ROOT / "__init__.py"].body if isinstance(n, ast.If))
    seen = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        seen |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
    assert set(seen) == set(cc.__all__) - {"__version__"}
    for name, (module, original) in seen.items():
        room = importlib.import_module(str(module))
        there = getattr(room, original, None) or importlib.import_module(f"{module}.{original}")
        assert there is getattr(cc, name), name


@pytest.mark.parametrize("room", ROOMS)
def test_room_lists_its_public_names_or_is_private(room: str) -> None:
    module = importlib.import_module(f"carecost.{room}")
    if room in PUBLIC_ROOMS:
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
    else:
        assert not hasattr(module, "__all__")


#: Modules of a few lines without logic.
PLAIN = {"_typing", "_version", "__main__"}


@pytest.mark.parametrize("name", sorted(n for n in NAMES if n and n not in (*ROOMS, *PARTS) and n not in PLAIN))
def test_module_has_a_file_of_tests_in_the_same_place(name: str) -> None:
    room, _, module = name.rpartition(".")
    tests = ROOT.parent / "tests"
    folders = [room.replace(".", "/")] if room else ["ground", name]
    assert any((tests / folder / f"test_{module.lstrip('_')}.py").is_file() for folder in folders)


def test_import_and_help_stay_light() -> None:
    names = ("pandas", "matplotlib", "scipy", "pydantic")
    heavy = f"import sys, carecost, carecost.cli; print([m for m in {names} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


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
