"""The maker of mutants makes what it says, the same each time, and the runner tells the killed from the survivors."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.mutants import ROOT, Mutant, mutants, mutated, sample, shares, sources
from tests.mutation.run import Fate, Map, mirrored, name, verdict

TEXT = '''
"""A module of 3 words."""
from __future__ import annotations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    LENGTH = 3

__all__ = ["total" + "s"]


class Box:
    """Holds 2 + 2 things."""

    size: list[int] | None = None

    def __repr__(self) -> str:
        return "Box" * 2


def total(values: dict[str, 3], least: float) -> Array[4]:
    """Add 1 + 1."""
    if not values and least < 5:
        raise ValueError(f"{least + 1} is too much, of " + str(6))
    values.sort(key=len)
    return max(values[:2]) - least
'''
CHANGES = [
    "not values and least < 5 → not (not values and least < 5)",
    "not values and least < 5 → not values or least < 5",
    "not values → values",
    "least < 5 → least <= 5",
    "5 → 6",
    "5 → 4",
    "raise ValueError(f'{least + 1} is too much, of ' + str(6)) → pass",
    "values.sort(key=len) → pass",
    "values.sort(key=len) → values.sort()",
    "return max(values[:2]) - least → return None",
    "max(values[:2]) - least → max(values[:2]) + least",
    "max(values[:2]) → min(values[:2])",
    ":2 → 2:",
    "2 → 3",
    "2 → 1",
]


def test_mutants_are_those_of_code_and_none_of_text() -> None:
    made = mutants("a.b.c", TEXT)
    assert [m.change for m in made] == CHANGES
    assert {m.function for m in made} == {"total"}
    lines = TEXT.splitlines()
    assert all(lines[m.line - 1].strip() == m.source and m.first <= m.line <= m.last for m in made)


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("a @ b", {"a @ b → b @ a"}),
        ("x[:, :]", set()),
        ("x[a, b:]", {"x[a, b:] → x[b:, a]", "b: → :b"}),
        ("f(a, b)", {"f(a, b) → f(b, a)"}),
        (
            "np.minimum(a, axis=k)",
            {"np.minimum(a, axis=k) → np.maximum(a, axis=k)", "np.minimum(a, axis=k) → np.minimum(a)"},
        ),
        ("p if q else r", {"p if q else r → p if not q else r"}),
        ("[i for i in j if i]", {"for i in j if i → for i in j if not i"}),
        ("a is None or -b", {"a is None or -b → a is None and -b", "a is None → a is not None", "-b → b"}),
        ("True", {"True → False"}),
        ("'text' + b", set()),
    ],
)
def test_changes_of_an_expression(line: str, changes: set[str]) -> None:
    assert {m.change for m in mutants("m", f"y = {line}\n")} == changes


def test_a_mutant_differs_from_the_module_in_its_change_and_nowhere_else() -> None:
    for mutant in mutants("m", TEXT):
        before, after = ast.unparse(ast.parse(TEXT)).splitlines(), ast.unparse(mutated(TEXT, mutant)).splitlines()
        assert len(before) == len(after)
        assert sum(x != y for x, y in zip(before, after, strict=True)) == 1
        compile(mutated(TEXT, mutant), "m", "exec")


def test_a_mutant_is_found_again_when_lines_have_moved() -> None:
    moved = [m.key for m in mutants("m", "import os\n\nX: int\n" + TEXT.replace('"""A', 'r"""A'))]
    assert moved == [m.key for m in mutants("m", TEXT)]


def test_sample_is_the_same_each_time_and_takes_of_every_module() -> None:
    once = sample(120, 7)
    assert once == sample(120, 7)
    assert len(once) == len({m.key for m in once}) == 120
    assert {m.key for m in once} != {m.key for m in sample(120, 8)}
    some = {module for module, path in sources().items() if mutants(module, path.read_text(encoding="utf-8"))}
    assert {m.module for m in once} == some
    assert {m.key for m in once} < {m.key for m in sample(240, 7)}


def test_shares_follow_sizes_between_one_and_what_there_is() -> None:
    assert shares({"a": 60, "b": 30, "c": 10}, {"a": 99, "b": 99, "c": 99}, 10) == {"a": 6, "b": 3, "c": 1}
    assert shares({"a": 998, "b": 1, "c": 1}, {"a": 5, "b": 9, "c": 1}, 8) == {"a": 5, "b": 2, "c": 1}
    assert shares({"a": 1}, {"a": 2}, 10) == {"a": 2}


# What the runner says of them


def fate(change: str, fate: str) -> Fate:
    return Fate(Mutant("m", "f", "x", change, 1, 1, 1, False, (0, 0)), fate, "test_x")


def argued(kind: str, *changes: str) -> dict[tuple[str, ...], dict[str, str]]:
    return {("m", "f", "x", change): {"kind": kind} for change in changes}


def test_survivors_are_counted_argued_and_held_to_their_argument() -> None:
    found = [fate(str(i), "killed") for i in range(19)] + [fate("s", "survived")]
    there = {f.mutant.key for f in found}
    assert verdict(found, argued("open", "s"), there) == []
    assert verdict(found, argued("equivalent", "s"), there) == []
    assert verdict(found, {}, there) == [f"not argued: {name(found[-1].mutant.key)}"]
    assert [w[:24] for w in verdict(found, argued("equivalent", "s", "3"), there)] == ["argued to change nothing"]
    assert [w[:28] for w in verdict(found, argued("open", "s", "gone"), there)] == ["argued, but there is no such"]


def test_fewer_than_95_in_a_hundred_killed_is_too_few_and_equivalent_ones_do_not_count() -> None:
    found = [fate(str(i), "timed out") for i in range(18)] + [fate("s", "survived")]
    there = {f.mutant.key for f in found}
    assert verdict(found, argued("equivalent", "s"), there) == []
    assert verdict(found, argued("open", "s"), there) == [
        "94.7% of the mutants that change behaviour were killed, of 95%"
    ]


def test_tests_of_the_mirrored_file_come_first_and_long_ones_last_within_the_time() -> None:
    here = Mutant("carecost.maths.shapley", "f", "x", "1", 3, 3, 4, False, (0, 0))
    mirror, room, law = f"{mirrored(here.module)}::a", "tests/maths/test_expm.py::b", "tests/laws/test_a.py::c"
    assert mirror == "tests/maths/test_shapley.py::a"
    lines = {3: [law], 4: [room, mirror], 5: ["tests/laws/test_a.py::d"]}
    known = Map({law: 2.0, mirror: 3.0, room: 1.0, "tests/laws/test_a.py::d": 0.5}, {here.module: lines})
    assert known.tests(here, 99.0) == [mirror, room, law]
    assert known.tests(here, 4.5) == [mirror, room]
    # By a line that runs only at import, all come by that come by its module.
    atop = Map(known.seconds, {here.module: {9: [law, mirror]}})
    assert atop.tests(here, 99.0) == [mirror, law]


PLACES = """
X = 1
Y = [2 for _ in X]
@f(3)
def g(a=4):
    b = lambda c=5: 6
class C:
    d = 7
    def e(self):
        return 8
"""


def test_what_runs_at_import_is_told_from_the_bodies_of_functions() -> None:
    made = [m for m in mutants("m", PLACES) if re.fullmatch(r"\d → \d", m.change)]
    assert {int(m.change[0]) for m in made if m.at_import} == {1, 2, 3, 4, 7}
    assert {int(m.change[0]) for m in made if not m.at_import} == {5, 6, 8}


SCRIPT = """
import argparse, sys
from tests.mutation import run
from tests.mutation.mutants import mutants, sources
run.WARM = ()
run.warm()
run.TESTS = ("tests/maths/test_shapley.py",)
module = "carecost.maths.shapley"
made = {m.change: m for m in mutants(module, sources()[module].read_text(encoding="utf-8"))}
chosen = [made[change] for change in sys.argv[1:]]
given, fates = argparse.Namespace(workers=1, seconds=60.0), {}
for known in (None, run.measured(run.Path(sys.argv[0]).parent / "no map", 1), run.Map({}, {})):
    print("fates:", *(f.fate for f in run.tried(chosen, known, given, lambda fate: None)))
# A function that loses the generator within it.
import carecost.money.vintages as changed
text = sources()[changed.__name__].read_text(encoding="utf-8")
print("put in:", *(run.put_in(m) for m in mutants(changed.__name__, text) if m.change.endswith("→ return value")))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="makes children")
def test_a_fault_is_noticed_by_the_tests_that_come_by_and_by_no_others(tmp_path: Path) -> None:
    pytest.importorskip("coverage")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    changes = ["after - before → after + before", "return subsets[1:] → return None"]
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py", *changes],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("fates: ")]
    own, known, none = "fates: killed killed", "fates: killed killed", "fates: survived survived"
    assert told == [own, known, none], done.stdout + done.stderr
    assert "put in: True" in done.stdout.splitlines()
