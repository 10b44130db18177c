"""Do the parts of a published table add up to its total? Counts are rounded to ten, the total too."""

from __future__ import annotations

import pytest

from tests.data.published import PUBLISHED, rows

#: What is no count has no total.
NO_COUNT = "Median duration (days)"


@pytest.mark.parametrize(
    ("table", "part", "whole"),
    [
        ("stock_by_age", "age_band", "Total"),
        ("stock_by_placement", "placement", "Total"),
        ("stock_by_provider", "provider", "Total"),
        ("placements_ended", "placement", "All placements"),
    ],
)
def test_parts_add_up_to_their_total_within_rounding(table: str, part: str, whole: str) -> None:
    years: dict[str, dict[str, float]] = {}
    for row in rows(PUBLISHED / f"{table}.csv"):
        if row.get("measure") != NO_COUNT:
            years.setdefault(row["year"], {})[row[part]] = float(row.get("children") or row["value"])
    assert years
    for parts in years.values():
        total = parts.pop(whole)
        assert len(parts) >= 5
        assert sum(parts.values()) == pytest.approx(total, rel=0, abs=5 * (len(parts) + 1))
