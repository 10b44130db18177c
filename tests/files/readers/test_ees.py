"""Files of Explore Education Statistics are read in both layouts, and told by their groups where columns agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecost.files.readers.ees import plain_label
from tests.files.readers.published_files import GROUPS, NEW, OLD, figure, read


@pytest.mark.parametrize(
    ("text", "year", "stock", "population"), [(OLD, 2024, 83630, 11998646), (NEW, 2025, 81770, 12183016)]
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte-order mark"])
def test_both_layouts_of_numbers_and_rates_are_read(
    tmp_path: Path, text: str, year: int, stock: int, population: int, mark: bytes
) -> None:
    found = read(tmp_path, mark + text.replace("\n", "\r\n").encode())
    assert found.layout == "children looked after: number and rate" and found.years == (year,)
    assert figure(found, "stock").value == stock and figure(found, "population").value == population
    assert (figure(found, "stock").level, figure(found, "stock").area) == ("National", "England")


@pytest.mark.parametrize(
    ("group", "what"),
    [("Age on ceasing", "ceased"), ("Age on starting", "started"), ("Placements", "uasc"), ("Placement", "stock")],
)
def test_tables_of_the_same_columns_are_told_by_their_groups(tmp_path: Path, group: str, what: str) -> None:
    found = read(
        tmp_path, f"{GROUPS}2024,y,National,E,England,{group},Total,5,1\n2024,y,National,E,England,Gender,Male,3,1\n"
    )
    assert {f.what for f in found.figures} == {what} and figure(found, what, group="Gender").value == 3


def test_a_table_that_no_group_tells_is_said_not_guessed(tmp_path: Path) -> None:
    found = read(tmp_path, f"{GROUPS}2024,y,National,E,England,Shoe size,40,5,1\n")
    assert not found.figures and "Shoe size" in found.remarks[0]


def test_labels_are_the_same_across_releases_and_different_where_they_mean_another_thing() -> None:
    same = [
        ("1. Total foster placements", "Foster placements"),
        ("5. Total independent and semi-independent living arrangements/ supported accommodation",
         "Independent and semi-independent living arrangements/supported accommodation"),
        ("Other public provision (e.g., PCT)", "Other public provision (e.g. by a PCT etc)"),
        ("4. Total secure homes and children’s homes", "Secure homes and children's homes"),
    ]  # fmt: skip
    assert all(plain_label(a) == plain_label(b) for a, b in same)
    apart = [
        "16 years",
        "17 years",
        "18 years and over",
        "1 to 4 years",
        "Under 1 year",
        "Total",
        "Own provision (by the LA)",
    ]
    assert len({plain_label(text) for text in apart}) == len(apart)
