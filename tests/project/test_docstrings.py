"""Public names are documented in full by numpydoc's own validation.

An exported name is in order when its docstring is, and those of its public methods and properties. The codes that are
left out are listed with the reason.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import carecost as cc

validate = pytest.importorskip("numpydoc.validate").validate

#: What numpydoc may find and we do not ask for.
LEFT_OUT = {
    "ES01": "an extended summary: one line is enough where it says all",
}
#: What is not asked of properties, which take nothing and stand in the table of their class.
LEFT_OUT_OF_PROPERTIES = LEFT_OUT | {"EX01": "an example: the class has one", "SA01": "See Also: the class has one"}
#: The package.
ROOT = Path(cc.__file__).parent


def is_property(member: object) -> bool:
    return isinstance(member, property | functools.cached_property)


def members(of: type) -> Iterator[tuple[str, object]]:
    """Public methods and properties that a class defines itself; plain values and fields are not documented apart."""
    for name, member in vars(of).items():
        if not name.startswith("_") and (
            inspect.isfunction(member) or isinstance(member, classmethod | staticmethod) or is_property(member)
        ):
            yield name, member


def exported() -> list[str]:
    """Names of the package, then those of its public modules (``module.name``) that are no names of the package."""
    things = {name: getattr(cc, name) for name in cc.__all__}
    named = [(name, thing) for name, thing in things.items() if callable(thing)]
    for name, thing in things.items():
        if isinstance(thing, ModuleType):
            named += [(f"{name}.{inner}", getattr(thing, inner)) for inner in public_in(thing)]
    first = {id(thing): name for name, thing in reversed(named)}
    return [name for name, thing in named if first[id(thing)] == name]


def public_in(module: ModuleType) -> list[str]:
    """Functions and classes of a module: those it lists, or those it defines."""
    listed = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    things = {name: getattr(module, name) for name in listed}
    defined = hasattr(module, "__all__")
    return [
        name
        for name, thing in things.items()
        if (inspect.isfunction(thing) or inspect.isclass(thing)) and (defined or thing.__module__ == module.__name__)
    ]


def thing_of(name: str) -> object:
    return functools.reduce(getattr, name.split("."), cc)


def faults(name: str) -> list[str]:
    """What numpydoc finds in the docstrings of an exported name and of its public members."""
    thing = thing_of(name)
    parts = [(name, LEFT_OUT)]
    if inspect.isclass(thing):
        parts += [(f"{name}.{m}", LEFT_OUT_OF_PROPERTIES if is_property(v) else LEFT_OUT) for m, v in members(thing)]
    return [
        f"{part}: {code} {words}"
        for part, left_out in parts
        for code, words in validate(f"carecost.{part}")["errors"]
        if code not in left_out
    ]


@pytest.mark.parametrize("name", exported())
def test_exported_name_is_documented_in_full(name: str) -> None:
    assert faults(name) == []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_everything_without_a_stroke_before_its_name_says_what_it_does(path: Path) -> None:
    """Also what is not exported: functions, classes and methods of every module."""
    holders = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Module | ast.ClassDef)
    ]
    told = [
        part.name
        for node in holders
        for part in node.body
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and not part.name.startswith("_")
        if ast.get_docstring(part) is None
    ]
    assert told == []


def test_a_fault_of_a_method_is_a_fault_of_its_class(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults("Results") == []
    monkeypatch.setattr(cc.Results.children, "__doc__", "Give children.")
    assert any(fault.startswith("Results.children: RT01") for fault in faults("Results"))
