"""Numbers in words: rounded as people quote them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carecost import _labels
from carecost.text import numbers


@pytest.mark.parametrize(
    ("write", "value", "said"),
    [
        (numbers.children, 95_123.0, "95,100"),
        (numbers.children, 9_996.0, "10,000"),
        (numbers.children, 9_994.0, "9,990"),
        (numbers.children, 0.2, "0"),
        (numbers.children, -0.2, "0"),
        (numbers.pounds, 15.63e9, "£15.6bn"),
        (numbers.pounds, 1.257e9, "£1.26bn"),
        (numbers.pounds, 999.4e6, "£999m"),
        (numbers.pounds, 999.6e6, "£1.00bn"),
        (numbers.pounds, -46e6, "−£46.0m"),
        (numbers.pounds, 30_411.76, "£30,400"),
        (numbers.pounds, 0.0, "£0"),
        (numbers.percent, 0.1393, "14%"),
        (numbers.percent, 0.0999, "10%"),
        (numbers.percent, 0.004, "0.4%"),
        (numbers.percent, 1.0, "100%"),
        (numbers.number, 0.00001234, "0.0000123"),
        (numbers.number, 81_770.4, "81,770"),
        (numbers.number, -2.5, "−2.5"),
        (_labels.financial_year, 2000, "1999-00"),
        (numbers.plain, 2.0000000001, "2"),
    ],
)
def test_numbers_are_rounded_for_people(write: Callable[[float], str], value: float, said: str) -> None:
    assert write(value) == said
