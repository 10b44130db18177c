"""The logs of the documentation say all there is, and only what is so: every table, decision, law and replication."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

from tests.data.published import PUBLISHED, ROOT, rows


def load_logs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("logs", ROOT / "docs" / "logs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


logs = load_logs()


# Data


def test_every_published_table_is_described_and_used() -> None:
    found = {row["file"]: row for row in logs.data_log()}
    assert set(found) == {path.stem for path in PUBLISHED.glob("*.csv")} == set(logs._described())
    for name, row in found.items():
        assert all(row[key] for key in ("what", "release", "licence", "seen", "last")), name
        assert "same" not in row["release"].split(",")[0] and "…" not in row["what"], name
        assert row["sets"] or row["rules"] or row["tests"], f"{name} is used by nothing"


def test_the_data_log_says_what_the_files_say() -> None:
    found = {row["file"]: row for row in logs.data_log()}
    assert found["time_series"]["last"] == "2025" and found["s251_groups"]["last"] == "2024-25"
    assert found["time_series"]["release"].startswith("DfE, Children looked after in England")
    assert found["time_series"]["release"].endswith("to 2020 the release of 2023-24")
    assert "england-2025" in found["flows"]["sets"] and "findings.solve_review" in found["levers"]["rules"]
    assert (
        f"{sum(r['how_seen'] == 'primary' for r in rows(PUBLISHED / 'levers.csv'))} primary" in found["levers"]["seen"]
    )
    assert logs.readers("no_such_table", "data/rules") == []
    assert not any("test_logs" in row["tests"] for row in found.values())


# Decisions and assurance


def test_every_decision_has_its_number_question_and_decision() -> None:
    found = logs.decisions_log()
    assert [row["file"] for row in found] == sorted(p.name for p in (ROOT / "docs" / "decisions").glob("*.md"))
    for row in found:
        assert int(row["file"][:4]) == int(row["number"])
        assert row["question"].endswith("?") and row["decision"]


def test_every_case_of_a_replication_is_in_the_log_with_its_result() -> None:
    cases = {path.stem for path in (ROOT / "tests" / "replication" / "cases").glob("*.toml")}
    report = "<testsuites><testsuite>{}</testsuite></testsuites>".format(
        "".join(
            f'<testcase name="test_one[{case}]"/><testcase name="test_two[{case}-standard]">{bad}</testcase>'
            for case, bad in (("two_percent", ""), ("msm_cav", "<failure/>"), ("rate_per_10000", "<skipped/>"))
        )
    )
    found = {row["case"]: row for row in logs.replications(logs.read_outcomes(report))}
    assert set(found) == cases
    assert found["two_percent"]["result"] == "passed" and found["msm_cav"]["result"] == "failed"
    assert found["rate_per_10000"]["result"] == found["price_and_volume"]["result"] == "not run here"
    assert found["two_percent"]["tolerance"] == "0.5" and all(row["citation"] for row in found.values())


def test_the_log_of_assurance_is_read_from_the_tests_and_tables() -> None:
    source = (ROOT / "tests" / "laws" / "test_laws.py").read_text(encoding="utf-8")
    assert [row["test"] for row in logs.laws()] == re.findall(r"^def (test_\w+)", source, re.MULTILINE)
    assert all(row["about"] for row in logs.checks())
    assert sum(int(row["tests"]) for row in logs.checks()) > 250
    for name in ("reconciliation", "backtest"):
        table = rows(ROOT / "data" / "findings" / f"{name}.csv")
        assert [r["measure"] for r in logs.findings(name)] == list(dict.fromkeys(r["measure"] for r in table))
    errors = [abs(float(r[k])) for r in table for k in r if k.startswith("error") and r[k]]
    worst = [abs(float(r["worst"].split()[0])) for r in logs.findings("backtest")]
    assert max(worst) == max(errors)
    councils = [int(r["councils"]) for r in rows(ROOT / "benchmarks" / "coverage.csv")]
    assert sum(int(r["councils"]) for r in logs.coverage()) == sum(councils)


def test_no_letter_of_a_cell_is_markup() -> None:
    assert logs.markdown([{"a": "x | y*\nz"}], {"a": "A"}) == "| A |\n|---|\n| x \\| y\\* z |\n"
