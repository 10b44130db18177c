"""Projections are read by area, mid-year and single age; what they lack is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecost.errors import FileError
from carecost.files.readers.ons_population import projected_population
from carecost.files.readers.published_table import read_table
from carecost.files.readers.release import LAYOUTS
from tests.files.readers.published_files import SNPP, written


def test_projections_are_read_by_area_mid_year_and_age(tmp_path: Path) -> None:
    path = written(tmp_path, SNPP)
    assert projected_population(path, ages=range(2)) == {
        2025: {0: 577000.5, 1: 580000.0},
        2026: {0: 575000.0, 1: 578000.0},
    }
    assert projected_population(path, "north east", range(2)) == {2025: {0: 22, 1: 30}, 2026: {0: 24, 1: 32}}
    found = read_table(path, LAYOUTS)
    assert any("1 rows of other ages" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("England", "Wales"), "England"),
        (("persons,1,", "persons,2,"), "no age 1 of persons in 2025"),
        (("577000.5", "c"), "age 0 in 2025 is 'c'"),
        (("577000.5", "-4"), "age 0 in 2025 is -4.0"),
        (("persons,1,580000", "persons,0,580000"), "there twice"),
    ],
)
def test_projections_that_lack_something_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(FileError, match=said):
        projected_population(written(tmp_path, SNPP.replace(*change)), ages=range(2))
