"""What was used, decided and checked? The logs of data, decisions and assurance, read from the files themselves.

Nothing is said here that is not in a file of the project: its tables and their README, its decision records, its tests,
its findings. `conf.py` writes the pages; tests hold the logs to the files.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Row = dict[str, str]
#: The test of these logs, which names tables and uses none.
_OWN = "test_logs"
#: Columns that date the rows of a published table.
_YEARS = ("year", "financial_year", "mid_year")
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run here"


def markdown(rows: Iterable[Mapping[str, str]], columns: Mapping[str, str], raw: Sequence[str] = ()) -> str:
    """Write rows as a table; ``columns`` gives the heading of each, ``raw`` those that are markup already."""
    lines = [f"| {' | '.join(columns.values())} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(row[key] if key in raw else _cell(row[key]) for key in columns)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Write a cell as it stands: no letter of it is markup."""
    return re.sub(r"([\\`*_|<>\[\]$])", r"\\\1", " ".join(text.split()))


def rows_of(path: Path) -> list[Row]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def changed(*paths: str) -> list[str]:
    """Dates of the commits that changed some files, the first one first; none without the history."""
    command = ["git", "log", "--reverse", "--format=%as", "--", *paths]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return []


# Claims


def register() -> list[Row]:
    """Claims of the articles that began this, each with what carecost says to it, where, and whether it is in reach."""
    claims = rows_of(ROOT / "data" / "published" / "claims_register.csv")
    words = tomllib.loads((ROOT / "data" / "words" / "register.toml").read_text(encoding="utf-8"))["answer"]
    answers = {row["claim"]: row for row in words}
    if len(answers) != len(words) or list(answers) != [row["claim"] for row in claims]:
        raise ValueError("register.toml does not answer each claim of claims_register.csv once, in its order")
    found = []
    for row in claims:
        value = f": {row['value']} {row['unit']}".rstrip() if row["value"] else ""
        answer = answers[row["claim"]]
        found.append({**row, **answer, "claim": f"{row['claim']}{value}", "where": answer["where"] or "out of reach"})
    return found


# Data


def data_log() -> list[Row]:
    """Every table of data/published: what it is, on whose word, how it was seen, how far it goes, who uses it."""
    said = _described()
    return [_table(path, said.get(path.stem, {})) for path in sorted((ROOT / "data" / "published").glob("*.csv"))]


def _described() -> dict[str, Row]:
    """Read the table of data/README.md; "same" is the release of the row above."""
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8").partition("\n## Tables\n")[2].partition("\n## ")[0]
    found, release = {}, ""
    for line in re.findall(r"^\| (.+) \|$", text, re.MULTILINE)[1:]:
        name, what, given, licence = line.split(" | ")
        whole = release + given.removeprefix("same") if given.startswith("same") else given
        release = release if given.startswith("same") else given
        found[name] = {"what": what, "release": whole, "licence": licence}
    return found


def how_seen() -> str:
    """Give the paragraph of data/README.md that says where the tables were read from."""
    parts = (ROOT / "data" / "README.md").read_text(encoding="utf-8").split("\n\n")
    (found,) = [" ".join(part.split()) for part in parts if "were read from" in part]
    return found


def _table(path: Path, said: Row) -> Row:
    rows = rows_of(path)
    dated = [name for name in _YEARS if name in rows[0]]
    seen = Counter(row["how_seen"] for row in rows if "how_seen" in row)
    sets, scenarios = named_by(path.name)
    return {
        "file": path.stem,
        "what": said.get("what", ""),
        "release": said.get("release", ""),
        "licence": said.get("licence", ""),
        "seen": _seen(seen, said.get("release", "")),
        "rows": str(len(rows)),
        "last": max(row[dated[0]] for row in rows) if dated else "not dated by row",
        "sets": ", ".join((*sets, *scenarios)),
        "rules": ", ".join(readers(path.stem, "data/rules")),
        "tests": ", ".join(readers(path.stem, "tests")),
        "changed": (changed(f"data/published/{path.name}") or [""])[-1],
    }


def _seen(counted: Counter[str], release: str) -> str:
    """Say how a table was seen: as its rows say; the README says it of two publishers."""
    if counted:
        return "; ".join(f"{n} {how}" for how, n in counted.most_common())
    return "see below" if release.startswith(("DfE", "HM Treasury")) else "not said"


def named_by(file: str) -> tuple[list[str], list[str]]:
    """Give the packaged sets, and the scenarios, whose sources name a file."""
    sets, scenarios = _sources()
    return tuple([name for name, text in found.items() if file in text] for found in (sets, scenarios))  # type: ignore[return-value]


@cache
def _sources() -> tuple[dict[str, str], dict[str, str]]:
    from carecost.files.load import load_assumptions, load_scenario
    from carecost.files.packaged import packaged_assumptions, packaged_scenarios

    sets = {}
    for name in packaged_assumptions():
        found = load_assumptions(name)
        said = {row.belief.source for row in found.rows} | {item.source for item in found.items}
        sets[name] = "\n".join(sorted(said | {found.discount.source, found.deflator.source}))
    levers = {name: load_scenario(name).levers for name in packaged_scenarios()}
    return sets, {name: "\n".join(lever.source for lever in found) for name, found in levers.items()}


def readers(table: str, folder: str) -> list[str]:
    """Give the modules (``rates.stock``) and data files of a folder in which a table is named."""
    return [name for name, words in _named(folder).items() if {table, f"{table}.csv"} & words]


@cache
def _named(folder: str) -> dict[str, set[str]]:
    files = sorted((ROOT / folder).rglob("*"))
    modules = {
        ".".join(f.relative_to(ROOT / folder).with_suffix("").parts): f
        for f in files
        if f.suffix == ".py" and f.stem not in (_OWN, "__init__")
    }
    trees = {name: ast.parse(f.read_text(encoding="utf-8")) for name, f in modules.items()}
    words = {
        name: {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for name, tree in trees.items()
    }
    cases = (f for f in files if f.suffix == ".toml" and f.parent.name == "cases")
    return words | {f.stem: {str(tomllib.loads(f.read_text(encoding="utf-8")).get("table"))} for f in cases}


# Decisions


def decisions_log() -> list[Row]:
    """Every record of docs/decisions: number, title, question, decision, when."""
    found = []
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        number, title = re.findall(r"^# (\d+)\. (.+)$", text, re.MULTILINE)[0]
        dates = changed(path.relative_to(ROOT).as_posix())
        found.append(
            {
                "file": path.name,
                "number": number,
                "title": title,
                "question": _paragraph(text, "Question"),
                "decision": _paragraph(text, "Decision"),
                "taken": dates[0] if dates else "",
                "changed": dates[-1] if dates else "",
            }
        )
    return found


def _paragraph(text: str, name: str) -> str:
    """Give what a record says under a word, to the end of the paragraph."""
    found = re.search(rf"\*\*{name}\.\*\* (.+?)(?:\n\n|\Z)", text, re.DOTALL)
    if found is None:
        raise LookupError(f"a decision record without {name!r}: {text.splitlines()[0]}")
    return " ".join(found[1].split()).replace("`", "")


# Assurance


def checks() -> list[Row]:
    """Every file of tests: what it tests and how many tests it has."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [name for name, _ in tests_of(tree)]
        about = (ast.get_docstring(tree) or "").splitlines()[0]
        found.append({"file": path.relative_to(ROOT).as_posix(), "about": about, "tests": str(len(named))})
    return found


def laws() -> list[Row]:
    """Every law: the names of the property tests, in words."""
    tree = ast.parse((ROOT / "tests" / "laws" / "test_laws.py").read_text(encoding="utf-8"))
    kinds = {True: "random cases", False: "chosen cases"}
    return [
        {"law": _sentence(name), "how": kinds["given" in decorators], "test": name}
        for name, decorators in tests_of(tree)
    ]


def tests_of(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Give the tests of a module, each with the names of what decorates it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            calls = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
            yield node.name, {call.id for call in calls if isinstance(call, ast.Name)}


def _sentence(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]


def replications(results: Mapping[str, str] | None = None) -> list[Row]:
    """Every published number that is replicated: citation, tolerance, and whether it comes back."""
    ran = outcomes() if results is None else results
    found = []
    for path in sorted((ROOT / "tests" / "replication" / "cases").glob("*.toml")):
        case = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append(
            {
                "case": path.stem,
                "title": case["title"],
                "citation": case["citation"],
                "tolerance": f"{case['tolerance']:g}" if "tolerance" in case else "half a printed digit",
                "result": ran.get(path.stem, NOT_RUN),
                "note": " ".join(str(case.get("note", "")).split()),
            }
        )
    return found


def outcomes() -> dict[str, str]:
    """Run the replications and say of each case whether all of its tests passed; nothing where pytest is not there."""
    if find_spec("pytest") is None or find_spec("hypothesis") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            "tests/replication",
        ]
        subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
        return read_outcomes(report.read_text(encoding="utf-8")) if report.exists() else {}


def read_outcomes(report: str) -> dict[str, str]:
    """Read a report of pytest: a case has passed when every test with its name in brackets has."""
    found: dict[str, str] = {}
    for test in ET.fromstring(report).iter("testcase"):
        words = re.findall(r"\[(.+)\]$", test.get("name", ""))
        for case in (word for name in words for word in name.split("-")):
            bad = any(child.tag in ("failure", "error") for child in test)
            skipped = any(child.tag == "skipped" for child in test)
            now = FAILED if bad else NOT_RUN if skipped else PASSED
            found[case] = max(found.get(case, now), now, key=(PASSED, NOT_RUN, FAILED).index)
    return found


def findings(name: str) -> list[Row]:
    """Sum up a table of data/findings: of each measure, the errors of the whole and the largest error of a part."""
    groups: dict[str, list[Row]] = {}
    for row in rows_of(ROOT / "data" / "findings" / f"{name}.csv"):
        groups.setdefault(row["measure"], []).append(row)
    found = []
    for measure, rows in groups.items():
        errors = [(float(row[key]), row["what"], key[-4:]) for row in rows for key in row if _is_error(key, row)]
        worst, what, year = max(errors, key=lambda error: abs(error[0]))
        whole = [row for row in rows if row["what"] in ("all", "total")] or rows[:1]
        said = ", ".join(f"{whole[0][key]} ({key[-4:]})" for key in whole[0] if _is_error(key, whole[0]))
        found.append(
            {"measure": measure, "of": whole[0]["what"], "errors": said, "worst": f"{worst:+.1f} ({what}, {year})"}
        )
    return found


def _is_error(key: str, row: Row) -> bool:
    return key.startswith("error_percent") and bool(row[key])


def coverage() -> list[Row]:
    """Sum up the experiment on coverage: of each kind of interval, the least and the greatest share it covered."""
    keys = ("children", "history", "entries_sd", "year_luck", "interval")
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows_of(ROOT / "benchmarks" / "coverage.csv"):
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    found = []
    for group, rows in groups.items():
        shares, councils = [float(r["coverage"]) for r in rows], sum(int(r["councils"]) for r in rows)
        ends = {"least": f"{100 * min(shares):.1f}%", "greatest": f"{100 * max(shares):.1f}%"}
        found.append(dict(zip(keys, group, strict=True)) | ends | {"councils": str(councils)})
    return found


def csv_text(rows: Sequence[Row]) -> str:
    """Write rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
