"""Figures that are withheld are counted, what is not read is said, and an unknown layout by its nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecost.errors import FileError
from tests.files.readers.published_files import GROUPS, NEW, OLD, figure, read


def test_withheld_counts_are_figures_without_a_value_and_are_counted(tmp_path: Path) -> None:
    started = figure(read(tmp_path, OLD), "started")
    assert (started.value, started.mark, started.area) == (None, "c", "Camden")
    assert "figures withheld: 1 'low'" in read(tmp_path, NEW).remarks
    many = "".join(f"2024,Reporting year,National,E,England,Age group,{i},{mark},1\n" for i, mark in enumerate("czx:"))
    found = read(tmp_path, f"{GROUPS}{many}2024,Reporting year,National,E,England,Placement,Other,,\n")
    assert [f.value for f in found.figures] == [None] * 5
    assert found.remarks == ("figures withheld: 1 blank, 1 ':', 1 'c', 1 'x', 1 'z'",)


def test_what_is_not_read_is_said_with_its_row(tmp_path: Path) -> None:
    said = read(tmp_path, OLD).remarks
    assert any("row 4: population_count is 'Children seen on the moon'" in remark for remark in said)
    odd = f"{GROUPS}2024,y,National,E,England,Placement,Other,8 1770,1\n"
    assert read(tmp_path, odd).remarks == ("not read: row 2: stock is '8 1770'",)
    bad = f"{GROUPS}20242,y,National,E,England,Placement,Other,1,1\n"
    assert read(tmp_path, bad).remarks == ("not read: row 2: the year is '20242'",) and not read(tmp_path, bad).figures
    seven = "".join(f"2024,y,National,E,England,Placement,{i},?,1\n" for i in range(7))
    assert read(tmp_path, GROUPS + seven).remarks[0].endswith("and 2 more")


def test_a_renamed_column_names_the_nearest_layout_and_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, OLD.replace("population_estimate", "population_estimated"))
    (problem,) = caught.value.problems
    assert "number and rate" in problem.remedy and "'population_estimate'" in problem.remedy
    assert "population_estimated" in problem.remedy
