"""Labels on the ground: inaction, and financial years as they are written."""

from __future__ import annotations

from carecost._labels import INACTION, financial_year


def test_financial_year_is_written_by_its_two_calendar_years() -> None:
    assert [financial_year(year) for year in (2025, 2000, 2010)] == ["2024-25", "1999-00", "2009-10"]
    assert INACTION == "inaction"
