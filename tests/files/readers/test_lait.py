"""Indicators of the interactive tool know the country, its regions and its authorities."""

from __future__ import annotations

from pathlib import Path

from tests.files.readers.published_files import TOOL, figure, read


def test_indicators_of_the_tool_know_the_country_its_regions_and_its_authorities(tmp_path: Path) -> None:
    found = read(tmp_path, TOOL)
    assert [(f.level, f.area, f.value) for f in found.figures] == [
        ("National", "England", 7385.0),
        ("Local authority", "Camden", None),
    ]
    assert found.remarks == ("figures withheld: 1 '-'", "not read: row 4: the year is 'soon'")
    own = read(tmp_path, "lait_code,item,period,value,source\nLACFinance,All care,2024-25,2100,us\n")
    assert figure(own, "LACFinance").area == "England" and own.years == (2025,)
