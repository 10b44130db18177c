"""Do events and time lived fall where birthdays and 31 March cut them?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from carecost.estimation.lexis import (
    AGED_OUT,
    GOES_ON,
    Episodes,
    age_on,
    birthday,
    first_day,
    occurrence_exposure,
)


def day(text: str) -> int:
    return int(np.datetime64(text).astype(int))


def lives(*rows: tuple[int, str, str, int, int], born: str = "2010-06-15") -> Episodes:
    """Rows of child, start, end, place and reason."""
    month = int(np.datetime64(born, "M").astype(int))
    in_month = day(born) - int(np.datetime64(born, "M").astype("datetime64[D]").astype(int))
    table = [(c, day(s), day(e), p, r, month, in_month, 0) for c, s, e, p, r in rows]
    return Episodes(*np.array(table).T)


def test_one_life_is_cut_at_the_birthday_and_at_31_march() -> None:
    counts = occurrence_exposure(
        lives((0, "2020-01-01", "2021-05-01", 0, GOES_ON), (0, "2021-05-01", "2021-09-01", 1, 1)),
        (2020, 2021, 2022),
        (1, 2, 2),
    )
    lived = counts.child_years[0]
    assert lived[0, 9, 0] == pytest.approx(91 / 366)  # 1 January to 31 March 2020, a leap year
    assert lived[1, 9, 0] == pytest.approx(75 / 365) and lived[1, 10, 0] == pytest.approx(290 / 365)
    assert lived[2, 10, 1] == pytest.approx(45 / 365) and lived[2, 11, 1] == pytest.approx(78 / 365)
    assert counts.entries[0, :, 9, 0].tolist() == [1, 0, 0] and counts.entries.sum() == 1
    assert counts.moves[0, 2, 10, 0, 1] == 1 and counts.moves.sum() == 1
    assert counts.exits[0, 2, 11, 1, 1] == 1 and counts.exits.sum() == 1
    assert counts.stock[0, :, :, :].sum((1, 2)).tolist() == [1, 1, 0]


def test_a_return_after_a_gap_is_an_entry_and_what_is_outside_the_years_is_nothing() -> None:
    rows = lives((0, "2018-01-01", "2020-04-01", 0, 0), (0, "2020-06-01", "2030-01-01", 0, GOES_ON))
    counts = occurrence_exposure(rows, (2021,), (1, 1, 1))
    assert counts.entries.sum() == 1 and counts.exits.sum() == 1  # left on the first day of the year
    assert counts.child_years.sum() == pytest.approx((day("2021-04-01") - day("2020-06-01")) / 365)


def test_those_who_turn_18_are_aged_out_and_no_exit() -> None:
    counts = occurrence_exposure(lives((0, "2020-01-01", "2028-06-15", 0, AGED_OUT)), (2029,), (1, 1, 1))
    assert counts.aged_out.tolist() == [[1]] and counts.exits.sum() == 0 and counts.stock.sum() == 0


def test_born_on_29_february_birthdays_are_on_1_march() -> None:
    month, in_month = np.array([12 * 42 + 1]), np.array([28])  # 29 February 2012
    assert birthday(month, in_month, 1).tolist() == [day("2013-03-01")]
    assert birthday(month, in_month, 4).tolist() == [day("2016-02-29")]


@given(st.integers(0, 20_000), st.integers(0, 40_000))
@settings(max_examples=60, deadline=None)
def test_age_is_the_number_of_birthdays_passed(born: int, when: int) -> None:
    start = np.array([born]).astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    in_month = (start - month.astype("datetime64[D]")).astype(int)
    m = month.astype(int)
    age = int(age_on(np.array([when]), m, in_month)[0])
    assert birthday(m, in_month, age)[0] <= when < birthday(m, in_month, age + 1)[0]


@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 900), st.integers(0, 2)), min_size=1, max_size=8),
    st.integers(0, 365),
)
@settings(max_examples=60, deadline=None)
def test_children_and_time_are_conserved(steps: list[tuple[int, int, int]], born: int) -> None:
    """Stock changes by who came and who went; time lived is the days there."""
    at = day("2012-01-01") + born
    m = int(np.datetime64(at, "D").astype("datetime64[M]").astype(int))
    in_month = at - int(np.datetime64(m, "M").astype("datetime64[D]").astype(int))
    rows, time = [], at + 1
    for gap, length, place in steps:
        start = time + gap // 10
        end = min(start + length, at + 17 * 365)
        if start >= end:
            break
        rows.append((0, start, end, place, 0, m, in_month, 0))
        time = end
    if not rows:
        return
    table = np.array(rows)
    table[:-1, 4] = np.where(table[:-1, 2] == table[1:, 1], GOES_ON, 0)
    years = tuple(range(2011, 2032))
    counts = occurrence_exposure(Episodes(*table.T), years, (1, 3, 1))
    stock = counts.stock.sum((0, 2, 3))
    change = counts.entries.sum((0, 2, 3)) - counts.exits.sum((0, 2, 3, 4))
    np.testing.assert_array_equal(np.diff(stock, prepend=0), change)
    days = np.array([first_day(y + 1) - first_day(y) for y in years])
    assert float((counts.child_years.sum((0, 2, 3)) * days).sum()) == pytest.approx(
        float((table[:, 2] - table[:, 1]).sum())
    )


Ints = NDArray[Any]
