"""Section 251 outturn and budgets are read by line and column."""

from __future__ import annotations

from pathlib import Path

from tests.files.readers.published_files import BUDGET, OUTTURN, figure, read


def test_outturn_and_budgets_are_read_by_line_and_column(tmp_path: Path) -> None:
    found = read(tmp_path, OUTTURN)
    line = {"line": "3.1.1 Residential care"}
    values = {
        what: figure(found, what, **line).value for what in ("own", "private", "other_public", "voluntary", "total")
    }
    assert values == {"own": 1000, "private": 2000, "other_public": None, "voluntary": 5, "total": 3005}
    assert found.years == (2024,) and figure(found, "net", **line).value == 3000
    planned = read(tmp_path, BUDGET)
    assert planned.layout == "section 251 planned budgets" and planned.years == (2026,)
    assert figure(planned, "planned gross", **line).value == 3100


def test_a_column_that_an_outturn_lacks_is_said(tmp_path: Path) -> None:
    lines = [line.rsplit(",", 1)[0] for line in OUTTURN.splitlines()]
    assert "without net" in read(tmp_path, "\n".join(lines) + "\n").remarks
