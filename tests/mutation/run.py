"""Do the tests notice small faults? ``python -m tests.mutation.run`` makes some, and runs the tests that come by them.

One process collects the tests once and makes a child for each mutant, which changes the code of one function in place
and runs tests until the first that fails. What runs only when a module is imported is tried in a child that imports the
changed module anew. First go the tests of the mirrored file; for what survives them, the lines that each test comes by
are measured, and all tests that come by are run, as many as there are seconds for. Survivors are argued in
``survivors.toml``; see CONTRIBUTING.md.
"""

from __future__ import annotations

import argparse
import csv
import gc
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import tempfile
import time
import tomllib
import traceback
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import ROOMS, ROOT, Mutant, mutants, mutated, sample, sources

LIST = Path(__file__).with_name("survivors.toml")
SEED, NUMBER, SHARE = 20261129, 400, 0.95
#: Tests that may notice a fault, those most apt to first.
TESTS = (
    *(f"tests/{room}" for room in (*ROOMS, "laws", "reference", "replication")),
    "tests/data/test_golden.py",
    "tests/ground/test_doors.py",
    "tests/ground/test_frames.py",
    "tests/results/test_labelled.py",
    "tests/analysis",
    "tests/files/test_load.py",
    "tests/files/test_regions.py",
    "tests/results/test_areas.py",
    "tests/results/test_keeping.py",
    "tests/results/test_saving.py",
    "tests/results/test_what_if.py",
    "tests/files/test_read_set.py",
    "tests/files/test_unread.py",
    "tests/inputs",
)
#: Libraries that a child finds imported.
WARM = ("numpy", "scipy.linalg", "scipy.special", "scipy.stats", "scipy.sparse", "pandas", "pydantic")
PROFILE = "mutants"
#: Seconds of processor time that one test may take: the longest takes 20. What waits for ever uses none, and is ended
#: after WAIT seconds on the clock.
LIMIT, WAIT = 90, 3600
FIELDS = ("module", "function", "source", "change", "line", "fate", "by")
KILLED = ("killed", "timed out")
WORDS = ("-qq", "-s", "-x", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no", "--no-header", "--no-summary")


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: killed or timed out (by which test), or survived."""

    mutant: Mutant
    fate: str
    by: str = ""


@dataclass(frozen=True)
class Map:
    """Which tests come by which lines of which module, and how long each took (seconds of processor time)."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]

    def tests(self, mutant: Mutant, most: float) -> list[str]:
        """Give the tests that come by a mutant in order, as many as there are seconds for.

        By what runs only at import come all that come by the module; where none does, those of its room are tried.
        """
        lines = self.lines.get(mutant.module, {})
        here = {test for line in range(mutant.first, mutant.last + 1) for test in lines.get(line, ())}
        chosen, spent = [], 0.0
        room = f"{Path(mirrored(mutant.module)).parent.as_posix()}/"
        anew = {t for found in lines.values() for t in found} or {t for t in self.seconds if t.startswith(room)}
        for test in sorted(here or anew, key=lambda t: self._rank(mutant, t)):
            if spent + self.seconds[test] <= most:
                chosen.append(test)
                spent += self.seconds[test]
        return chosen

    def _rank(self, mutant: Mutant, test: str) -> tuple[int, float]:
        mirror = mirrored(mutant.module)
        near = (mirror, str(Path(mirror).parent) + "/", "tests/laws/")
        return next((i for i, start in enumerate(near) if test.startswith(start)), len(near)), self.seconds[test]


def mirrored(module: str) -> str:
    """Give the file of tests that mirrors a module."""
    _, room, name = (*module.split("."), "__init__")[:3]
    return f"tests/{room}/test_{name}.py"


def test_files() -> list[str]:
    """Give the files of TESTS."""
    found = [p for t in TESTS for p in [ROOT / t, *sorted((ROOT / t).glob("test_*.py"))] if p.is_file()]
    return [p.relative_to(ROOT).as_posix() for p in found]


# The fault, in a function that is there or in a module that is to come


class Handover(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a module from a changed tree, in place of its file."""

    def __init__(self, module: str, code: CodeType, path: Path) -> None:
        self.module, self.code, self.path = module, code, path

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.module:
            return None
        below = [str(self.path.parent)] if self.path.stem == "__init__" else None
        return importlib.util.spec_from_file_location(name, self.path, loader=self, submodule_search_locations=below)

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def compiled(mutant: Mutant) -> CodeType:
    """Compile a module with its fault."""
    path = sources()[mutant.module]
    tree = mutated(path.read_text(encoding="utf-8"), mutant)
    return compile(tree, str(path), "exec", dont_inherit=True)


@cache
def as_it_is(module: str) -> CodeType:
    """Compile a module without a fault."""
    path = sources()[module]
    return compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)


def _all_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _all_code(inner)


def put_in(mutant: Mutant) -> bool:
    """Change the functions of an imported module; False where there is none to change."""
    before, after = (_by_name(code) for code in (as_it_is(mutant.module), compiled(mutant)))
    # A lambda that is no more has no other in its place.
    names = [key for key, old in before.items() if len(after.get(key, ())) == len(old)]
    changed = {_place(o): n for key in names for o, n in zip(before[key], after[key], strict=True) if o != n}
    done = False
    for function in [f for f in gc.get_objects() if isinstance(f, FunctionType)]:
        if function.__globals__.get("__name__") == mutant.module and _place(function.__code__) in changed:
            with suppress(ValueError):  # a closure that would need other variables
                function.__code__ = changed[_place(function.__code__)]
                done = True
    return done


def _by_name(code: CodeType) -> dict[tuple[str, int], list[CodeType]]:
    found: dict[tuple[str, int], list[CodeType]] = {}
    for inner in _all_code(code):
        found.setdefault((inner.co_qualname, inner.co_firstlineno), []).append(inner)
    return found


def _place(code: CodeType) -> tuple[str, int, bytes]:
    return code.co_qualname, code.co_firstlineno, code.co_code


# Tests, in a child


class Collected:
    """Plugin that hands the collected tests over instead of running them, and notes the first that fails."""

    def __init__(self, work: Callable[[Collected], Any]) -> None:
        self.work, self.made, self.by = work, None, ""
        self.items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not self.by:
            self.items = {item.nodeid: item for item in session.items}
            self.made = self.work(self)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.by = self.by or report.nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.by = self.by or report.nodeid

    def run(self, tests: Sequence[str]) -> str:
        """Run tests until the first that fails, and give its name; one that takes too long ends the process."""
        for i, test in enumerate(tests):
            item, following = self.items[test], [self.items[t] for t in tests[i + 1 : i + 2]]
            allow(LIMIT)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following[0] if following else None)
            if self.by:
                break
        return self.by


def collected(files: Sequence[str], work: Callable[[Collected], Any]) -> Collected:
    """Collect tests and have work done with them, in this process."""
    plugin = Collected(work)
    # The parent has imported some plugins before pytest could rewrite their assertions.
    more = ("-W", "ignore::pytest.PytestAssertRewriteWarning", f"--hypothesis-profile={PROFILE}")
    if files:
        if pytest.main([*WORDS, *more, *files], plugins=[plugin]) == pytest.ExitCode.USAGE_ERROR:
            raise RuntimeError("pytest did not run")
    else:  # without a path pytest would collect all there are
        plugin.made = work(plugin)
    return plugin


def allow(seconds: float) -> None:
    """Have the system end this process after some more seconds of processor time."""
    import resource  # which not every system has

    most = int(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.alarm(WAIT)


def silent() -> None:
    """Let this process write to nowhere."""
    with open(os.devnull, "w") as null:
        for number in (1, 2):
            os.dup2(null.fileno(), number)


def try_anew(mutant: Mutant, tests: Sequence[str] | None) -> tuple[str, str]:
    """Import the changed module and run tests: those of the mirrored file, or others."""
    silent()
    sys.meta_path.insert(0, Handover(mutant.module, compiled(mutant), sources()[mutant.module]))
    files = [mirrored(mutant.module)] if tests is None else dict.fromkeys(test.split("::")[0] for test in tests)
    plugin = collected(
        [file for file in files if (ROOT / file).is_file()],
        lambda session: session.run([t for t in (session.items if tests is None else tests) if t in session.items]),
    )
    # A module that cannot be imported any more is noticed by whoever imports it.
    return ("killed", plugin.by or "import") if plugin.by or plugin.made is None else ("survived", "")


def try_here(session: Collected, mutant: Mutant, tests: Sequence[str]) -> tuple[str, str]:
    """Change the code of a function and run tests."""
    silent()
    if not put_in(mutant):
        return "survived", ""
    by = session.run([t for t in tests if t in session.items])
    return ("killed", by) if by else ("survived", "")


class Watched:
    """Plugin that notes which lines each test comes by, those of the fixtures that it shares with others included."""

    def __init__(self) -> None:
        import coverage

        self.coverage = coverage.Coverage(
            include=[str(p) for p in sources().values()], data_file=None, config_file=False
        )
        self.seconds: dict[str, float] = {}

    @contextmanager
    def noting(self, name: str, before: str) -> Iterator[None]:
        """Note lines under a name, and the processor time."""
        self.coverage.switch_context(name)
        start = time.process_time()
        yield
        self.seconds[name] = time.process_time() - start
        self.coverage.switch_context(before)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """Note what a fixture of a whole file comes by under its own name."""
        if fixturedef.scope == "function":
            return (yield)
        with self.noting(f"fixture {fixturedef.argname}", request._pyfuncitem.nodeid):
            return (yield)


def lines_of(session: Collected, tests: Sequence[str]) -> dict[str, Any]:
    """Run the tests of a file on the package as it is, and give the lines that each comes by and its time."""
    silent()
    watched = Watched()
    items = [session.items[test] for test in tests]
    items[0].config.pluginmanager.register(watched)
    with watched.coverage.collect():
        for item, following in zip(items, [*items[1:], None], strict=True):
            with watched.noting(item.nodeid, ""):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a file may come by no line of these rooms
        data = watched.coverage.get_data()
    by: dict[str, dict[str, list[int]]] = {}
    for module, path in sources().items():
        for line, names in data.contexts_by_lineno(str(path)).items():
            for name in names:
                by.setdefault(name, {}).setdefault(module, []).append(line)
    return {item.nodeid: _part(item, by, watched.seconds, session.by) for item in items}


def _part(
    item: pytest.Item, by: dict[str, dict[str, list[int]]], seconds: dict[str, float], failed: str
) -> dict[str, Any]:
    names = [item.nodeid, *(f"fixture {fixture}" for fixture in getattr(item, "fixturenames", ()))]
    lines: dict[str, set[int]] = {}
    for name in names:
        for module, found in by.get(name, {}).items():
            lines.setdefault(module, set()).update(found)
    return {
        "seconds": seconds[item.nodeid],
        "lines": {module: sorted(found) for module, found in lines.items()},
        "failed": failed,
    }


# Children


def in_children(jobs: Sequence[Callable[[], Any]], workers: int, done: Callable[[int, Any], None]) -> None:
    """Run jobs in children, so many at once. What each gives goes to ``done``: None if the system ended it."""
    waiting, running = list(enumerate(jobs))[::-1], dict[int, int]()
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < workers:
                number, job = waiting.pop()
                if (pid := os.fork()) == 0:
                    _child(job, Path(folder) / str(number))
                running[pid] = number
            pid, status = os.wait()
            number = running.pop(pid)
            if status and not os.WIFSIGNALED(status):
                sys.exit("a child failed")
            done(number, None if status else json.loads((Path(folder) / str(number)).read_text(encoding="utf-8")))


def _child(job: Callable[[], Any], made: Path) -> None:
    told = os.dup(2)
    try:
        made.write_text(json.dumps(job()), encoding="utf-8")
        os._exit(0)
    except BaseException:
        os.dup2(told, 2)
        traceback.print_exc()
        os._exit(1)


def with_tests(files: Sequence[str], work: Callable[[Collected], Any]) -> Any:
    """Collect tests in a child, have work done there, and give what it gives."""
    made: list[Any] = []

    def job() -> Any:
        plugin = collected(files, work)
        if plugin.by:
            sys.exit(f"without a fault, this fails: {plugin.by}")
        return plugin.made

    in_children([job], 1, lambda number, given: made.append(given))
    if made[0] is None:
        sys.exit("the tests could not be run")
    return made[0]


def tried(
    chosen: Sequence[Mutant],
    known: Map | None,
    given: argparse.Namespace,
    told: Callable[[Fate], None],
    anew: bool = False,
) -> list[Fate]:
    """Try mutants with the tests of their mirrored files, or with those that the map knows.

    Those at import, or all (``anew``), are tried on modules that are imported anew.
    """
    late, here = ([m for m in chosen if (anew or m.at_import) is late] for late in (True, False))
    found: list[Fate] = []

    def keep(mutant: Mutant, fate: Sequence[str] | None) -> Fate:
        one = Fate(mutant, *(fate or ("timed out", "")))
        told(one)
        return one

    def work(session: Collected) -> list[Sequence[str] | None]:
        made: dict[int, Sequence[str] | None] = {}
        jobs = []
        for mutant in here:
            as_it_is(mutant.module)  # for the children to find
            mine = mirrored(mutant.module) + "::"
            tests = known.tests(mutant, given.seconds) if known else [t for t in session.items if t.startswith(mine)]
            jobs.append(lambda mutant=mutant, tests=tests: try_here(session, mutant, tests))

        def done(number: int, fate: Sequence[str] | None) -> None:
            made[number] = fate
            told(Fate(here[number], *(fate or ("timed out", ""))))

        in_children(jobs, given.workers, done)
        return [made[i] for i in range(len(here))]

    if here:
        files = test_files() if known else list(dict.fromkeys(mirrored(mutant.module) for mutant in here))
        made = with_tests([file for file in files if (ROOT / file).is_file()], work)
        found += [Fate(mutant, *(fate or ("timed out", ""))) for mutant, fate in zip(here, made, strict=True)]
    jobs = [
        (lambda mutant=mutant: try_anew(mutant, known.tests(mutant, given.seconds) if known else None))
        for mutant in late
    ]
    in_children(jobs, given.workers, lambda number, fate: found.append(keep(late[number], fate)))
    return found


def measured(kept: Path, workers: int) -> Map:
    """Read the map of tests, or measure it when there is none of this source."""
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sources().values())).hexdigest()
    parts: dict[str, Any] = {}
    if kept.is_file():
        parts = json.loads(kept.read_text(encoding="utf-8")).get(state, {})

    def work(session: Collected) -> dict[str, Any]:
        files: dict[str, list[str]] = {}
        for test in session.items:
            if test not in parts:
                files.setdefault(test.split("::")[0], []).append(test)
        made: dict[str, Any] = {}

        def done(number: int, found: dict[str, Any] | None) -> None:
            made.update(found or {})
            what = "measured" if found else "ended by the system, and left out"
            print(f"{[*files][number]}: {what}", flush=True)

        in_children([partial(lines_of, session, mine) for mine in files.values()], workers, done)
        return made

    parts |= with_tests(test_files(), work)
    if failed := [test for test, part in parts.items() if part and part["failed"]]:
        sys.exit("without a fault, these tests fail: " + ", ".join(failed))
    kept.write_text(json.dumps({state: parts}), encoding="utf-8")
    lines: dict[str, dict[int, list[str]]] = {}
    for test, part in parts.items():
        for module, found in part["lines"].items() if part else ():
            for line in found:
                lines.setdefault(module, {}).setdefault(line, []).append(test)
    return Map({test: part["seconds"] for test, part in parts.items() if part}, lines)


# The verdict


def listed() -> dict[tuple[str, ...], dict[str, str]]:
    """Read the survivors that are argued, by key."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8")).get("survivor", [])
    return {(row["module"], row["function"], row["source"], row["change"]): row for row in rows}


def verdict(
    found: Sequence[Fate], argued: dict[tuple[str, ...], dict[str, str]], there: Iterable[tuple[str, ...]]
) -> list[str]:
    """Give what is wrong: too few killed, survivors that nobody argued, arguments that do not hold or are of no use."""
    wrong = [f"not argued: {name(f.mutant.key)}" for f in found if f.fate == "survived" and f.mutant.key not in argued]
    same = {key for key, row in argued.items() if row["kind"] == "equivalent"}
    wrong += [
        f"argued to change nothing, but {f.by} fails: {name(f.mutant.key)}"
        for f in found
        if f.fate == "killed" and f.mutant.key in same
    ]
    wrong += [f"argued, but there is no such line any more: {name(key)}" for key in sorted(argued.keys() - set(there))]
    if share(found, same) < SHARE:
        wrong.append(f"{share(found, same):.1%} of the mutants that change behaviour were killed, of {SHARE:.0%}")
    return wrong


def share(found: Sequence[Fate], same: Iterable[tuple[str, ...]]) -> float:
    """Give the share that was killed of the mutants that change behaviour."""
    counted = [f for f in found if f.fate in KILLED or f.mutant.key not in same]
    return sum(f.fate in KILLED for f in counted) / max(len(counted), 1)


def name(key: tuple[str, ...]) -> str:
    """Write a key on one line."""
    module, function, source, change = key
    return f"{module} {function or '(module)'}: {change}   in   {source}"


def main(words: Sequence[str] | None = None) -> int:
    """Run a sample of mutants, write the table, print the verdict; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for mutants.csv and the map of tests")
    parser.add_argument("--number", type=int, default=NUMBER, help="mutants in the sample (default %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="which sample (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="children at once (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of tests for a mutant (default %(default)s)")
    parser.add_argument("--only", default="carecost", help="only modules whose name starts so")
    parser.add_argument("--again", action="store_true", help="leave out what the table in the folder has killed")
    given = parser.parse_args(words)
    given.out.mkdir(parents=True, exist_ok=True)
    table = given.out / "mutants.csv"
    warm()

    chosen = [mutant for mutant in sample(given.number, given.seed) if mutant.module.startswith(given.only)]
    killed = before(table, given.again)
    found = [Fate(mutant, *killed[mutant.key]) for mutant in chosen if mutant.key in killed]
    chosen = [mutant for mutant in chosen if mutant.key not in killed]
    write(table, found)
    argued = listed()
    started = time.monotonic()

    def told(fate: Fate) -> None:
        m = fate.mutant
        write(table, [fate], "a")
        print(
            f"{time.monotonic() - started:5.0f} s {fate.fate:9} {m.module}:{m.line} {m.change}  {fate.by}", flush=True
        )

    found += tried(chosen, None, given, told)
    survived = [f.mutant for f in found if f.fate == "survived"]
    if survived:
        print(f"{len(survived)} of {len(found)} survived the tests of their own file", flush=True)
        found = [f for f in found if f.fate in KILLED]
        known = measured(given.out / "map.json", given.workers)
        found += tried(survived, known, given, told)
        # What was collected may hold what the module made without its fault: those that nobody argued are tried anew.
        again = [f.mutant for f in found if f.fate == "survived" and not (f.mutant.at_import or f.mutant.key in argued)]
        found = [f for f in found if f.mutant not in again] + tried(again, known, given, told, anew=True)
    write(table, found)

    there = [m.key for module, path in sources().items() for m in mutants(module, path.read_text(encoding="utf-8"))]
    counts = ", ".join(f"{sum(f.fate == kind for f in found)} {kind}" for kind in (*KILLED, "survived"))
    print(f"\n{len(found)} mutants in {time.monotonic() - started:.0f} s: {counts}")
    same = [key for key, row in argued.items() if row["kind"] == "equivalent"]
    print(f"{share(found, same):.1%} of those that change behaviour were killed")
    wrong = verdict(found, argued, there)
    print("\n".join(wrong))
    return bool(wrong)


def before(table: Path, wanted: bool) -> dict[tuple[str, ...], tuple[str, str]]:
    """Give the fates of the mutants that an earlier run killed, by key."""
    if not wanted:
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        return {
            tuple(r[k] for k in FIELDS[:4]): (r["fate"], r["by"]) for r in csv.DictReader(file) if r["fate"] in KILLED
        }


def write(table: Path, found: Iterable[Fate], mode: str = "w") -> None:
    """Write the table, or add to it."""
    with table.open(mode, encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        if mode == "w":
            rows.writerow(FIELDS)
        rows.writerows([*f.mutant.key, f.mutant.line, f.fate, f.by] for f in found)


def warm() -> None:
    """Import what children need, and make the profile of Hypothesis that is the same each time and never shrinks."""
    for threads in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[threads] = "1"  # a fork takes no threads along
    for library in WARM:
        importlib.import_module(library)
    settings.register_profile(
        PROFILE,
        deadline=None,
        max_examples=20,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        report_multiple_bugs=False,
    )


if __name__ == "__main__":
    sys.exit(main())
