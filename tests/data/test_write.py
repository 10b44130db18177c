"""What the build writes: numbers, sums that come out, and columns that a table has."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from data.rules.sources.write import ages, cell, csv_text, exact, number, toml_text


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (-0.0, "0"), (1 / 3, "0.3333333333"), (2e15, "2e+15"), (12_345.67, "12345.67")]
)
def test_number_has_ten_figures_and_whole_ones_no_point(value: float, text: str) -> None:
    assert number(value) == text


def test_rounded_parts_sum_to_the_rounded_sum_of_each_group_and_of_all() -> None:
    values = {("a", i): 1 / 3 for i in range(3)} | {("b", i): 1 / 7 for i in range(7)}
    found = {key: Decimal(text) for key, text in exact(values, lambda key: key[0]).items()}
    assert sum(v for (group, _), v in found.items() if group == "a") == 1
    assert sum(found.values()) == 2


def test_cell_writes_lists_bands_and_blanks() -> None:
    assert [cell(x) for x in (None, True, ["a", 2.0], ages(3, 3), ages(0, 17))] == ["", "true", "a; 2", "3", "0-17"]


def test_column_that_the_table_lacks_is_refused() -> None:
    assert csv_text(("a", "b"), [{"a": 1}]) == "a,b\n1,\n"
    with pytest.raises(ValueError, match="no column for"):
        csv_text(("a",), [{"a": 1, "z": 2}])


def test_toml_text_reads_back_as_it_was() -> None:
    head = {"name": 'a "b"', "years": 20, "share": 1.0, "on": True, "streams": ["x", "y"]}
    assert tomllib.loads(toml_text(head, gap=[{"what": "w"}])) == {"set": head, "gap": [{"what": "w"}]}
