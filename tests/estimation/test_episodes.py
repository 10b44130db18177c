"""Is every flaw that a return can hold found, said, and mended as the rule says?"""

from __future__ import annotations

import numpy as np
import pytest

from carecost.estimation.episodes import AS_BEFORE, LOST, OPEN, UNREADABLE, Finding, Rows, clean
from carecost.estimation.lexis import AGED_OUT, GOES_ON, Episodes

#: Placements 0, 1 and 2 (other); reasons 0 and 1 (other).
OTHER = (2, 1)


def day(text: str) -> int:
    return int(np.datetime64(text).astype(int)) if text else OPEN


def cleaned(
    *rows: tuple[object, ...], years: tuple[tuple[int, ...], ...] = ((2021,),), born: str = "2010-06-15"
) -> tuple[list[tuple[str, str, int, int]], dict[str, int]]:
    """Clean rows of one child: start, end, place, reason, and where needed return, respite, code, status."""
    full = [(*row, *(0, False, 0, 0)[len(row) - 4 :]) for row in rows]
    table = Rows(
        np.zeros(len(full), int),
        *(np.array([day(str(r[i])) if isinstance(r[i], str) else r[i] for r in full]) for i in (0, 1)),
        np.array([r[2] for r in full]),
        np.array([r[3] for r in full]),
        np.array([r[5] for r in full], dtype=bool),
        np.array([r[6] if len(r) > 6 and r[6] else r[2] for r in full]),
        np.array([r[7] for r in full]),
        np.array([r[4] for r in full]),
    )
    month = np.datetime64(born, "M")
    of = np.array([int(month.astype(int))]), np.array([day(born) - int(month.astype("datetime64[D]").astype(int))])
    lives, found = clean(table, of, np.zeros(1, int), years, OTHER)
    return shown(lives), {f.rule: f.rows for f in found}


def shown(lives: Episodes) -> list[tuple[str, str, int, int]]:
    """Give start, end, place and reason of each."""
    return [
        (str(np.datetime64(int(s), "D")), str(np.datetime64(int(e), "D")), int(p), int(r))
        for s, e, p, r in zip(lives.start, lives.end, lives.place, lives.reason, strict=True)
    ]


def test_a_move_and_an_exit_are_as_they_were() -> None:
    lives, found = cleaned(("2020-05-01", "2020-08-01", 0, GOES_ON), ("2020-08-01", "2020-12-01", 1, 0))
    assert lives == [("2020-05-01", "2020-08-01", 0, GOES_ON), ("2020-08-01", "2020-12-01", 1, 0)] and not found


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((UNREADABLE, "2020-08-01", 0, 0), "the first day is blank or no date"),
        (("", "2020-08-01", 0, 0), "the first day is blank or no date"),
        (("2020-05-01", UNREADABLE, 0, 0), "the last day is no date"),
        (("2020-05-01", "2020-04-20", 0, 0), "ends before it begins"),
        (("2021-06-01", "", 0, GOES_ON), "begins after the last return"),
        (("2010-06-01", "2020-08-01", 0, 0), "begins before the child was born"),
        (("2020-05-01", "2020-08-01", 0, 0, 0, True), "legal status V3 or V4: short breaks, which are not care"),
        (("2020-05-01", "2020-05-01", 0, 0), "came and left on one day, never in care overnight"),
    ],
)
def test_rows_that_say_nothing_of_care_are_left_out_and_said(row: tuple[object, ...], rule: str) -> None:
    lives, found = cleaned(row, ("2020-12-01", "2021-02-01", 0, 0))
    assert lives == [("2020-12-01", "2021-02-01", 0, 0)] and found == {rule: 1}


def test_without_a_date_of_birth_or_after_the_18th_birthday_there_is_none() -> None:
    lives, found = cleaned(("2020-05-01", "2020-08-01", 0, 0), born="2002-05-01")
    assert not lives and found == {"begins on or after the 18th birthday": 1}


def test_care_ends_on_the_18th_birthday() -> None:
    lives, found = cleaned(("2020-05-01", "2020-08-01", 0, 0), born="2002-06-01")
    assert lives == [("2020-05-01", "2020-06-01", 0, AGED_OUT)] and found == {"ends after the 18th birthday": 1}
    assert cleaned(("2020-05-01", "2020-05-31", 0, 0), born="2002-06-01")[0][0][3] == AGED_OUT  # the day before
    assert cleaned(("2020-05-01", "", 0, GOES_ON), born="2002-06-01")[0] == [("2020-05-01", "2020-06-01", 0, AGED_OUT)]
    early, said = cleaned(("2020-05-01", "2020-08-01", 0, AGED_OUT))
    assert early[0][3] == OTHER[1] and said == {"said to have turned 18 before doing so": 1}


def test_the_same_row_twice_is_one() -> None:
    row = ("2020-05-01", "2020-08-01", 0, 0)
    assert cleaned(row, row) == ([row], {"the same row twice in one return": 1})
    again = (*row, 1)
    assert cleaned(row, again, years=((2021,), (2022,))) == ([row], {"the same row in two returns": 1})


def test_an_open_episode_is_that_of_the_next_return() -> None:
    lives, found = cleaned(("2020-05-01", "", 0, 1), ("2020-05-01", "2021-08-01", 0, 0, 1), years=((2021,), (2022,)))
    assert lives == [("2020-05-01", "2021-08-01", 0, 0)] and found == {"open, and in a later return again": 1}
    told, said = cleaned(
        ("2020-05-01", "2020-08-01", 0, 0), ("2020-05-01", "2020-09-01", 1, 0, 1), years=((2021,), (2022,))
    )
    assert told[0][2] == 1 and said == {"told otherwise in a later return": 1}


def test_what_is_open_and_not_in_the_next_return_has_left() -> None:
    rows = (("2020-05-01", "", 0, GOES_ON), ("2021-05-01", "2021-06-01", 1, 0, 1))
    lives, found = cleaned(*rows[:1], years=((2021,), (2022,)))
    assert lives == [("2020-05-01", "2021-04-01", 0, OTHER[1])]
    assert found == {"open, and not in the return of the next year": 1}
    # Where the next year is missing, nothing is known of the end.
    lives, found = cleaned(*rows[:1], years=((2021,), (2023,)))
    assert lives == [("2020-05-01", "2021-04-01", 0, LOST)] and found == {"open before a year that is missing": 1}


def test_nobody_is_in_two_placements() -> None:
    lives, found = cleaned(("2020-05-01", "2020-09-01", 0, GOES_ON), ("2020-08-01", "2020-12-01", 1, 0))
    assert lives[0][1] == "2020-08-01" and found == {"overlaps with the next": 1}
    lives, found = cleaned(("2020-05-01", "", 0, GOES_ON), ("2020-08-01", "2020-12-01", 1, 0))
    assert lives[0][1] == "2020-08-01" and found == {"open, and another follows": 1}
    lives, found = cleaned(("2020-05-01", "2020-06-01", 0, GOES_ON), ("2020-05-01", "2020-12-01", 1, 0))
    assert len(lives) == 1 and found == {"two that begin on one day in one return": 1}


def test_a_step_of_one_day_hands_on_why_care_ended() -> None:
    lives, found = cleaned(("2020-05-01", "2020-08-01", 0, GOES_ON), ("2020-08-01", "2020-08-01", 1, 0))
    assert lives == [("2020-05-01", "2020-08-01", 0, 0)]
    assert found == {"began and ended on one day, within a period of care": 1}


def test_what_follows_within_a_day_goes_on_and_what_does_not_has_left() -> None:
    lives, found = cleaned(("2020-05-01", "2020-08-01", 0, 0), ("2020-08-02", "2020-12-01", 1, 0))
    assert lives[0][1:] == ("2020-08-02", 0, GOES_ON)
    assert found == {"said to have left, and goes on within a day": 1}
    lives, found = cleaned(("2020-05-01", "2020-08-01", 0, GOES_ON), ("2020-09-02", "2020-12-01", 1, 0))
    assert lives[0][3] == OTHER[1] and found == {"said to go on, and nothing follows": 1}


def test_changes_within_a_placement_are_one_episode() -> None:
    rows = (
        ("2020-05-01", "2020-06-01", 0, GOES_ON, 0, False, 7, 1),
        ("2020-06-01", "2020-07-01", 0, GOES_ON, 0, False, 7, 2),
        ("2020-07-01", "2020-12-01", 0, 0, 0, False, 8, 2),
    )
    lives, found = cleaned(*rows)
    assert lives == [("2020-05-01", "2020-12-01", 0, 0)]
    assert found == {
        "legal status changed, in the same placement": 1,
        "another carer or address, in the same type of placement": 1,
    }


def test_a_temporary_placement_is_the_one_before_or_after_or_other() -> None:
    stays = ("2020-06-01", "2020-07-01", AS_BEFORE, GOES_ON)
    lives, found = cleaned(("2020-05-01", "2020-06-01", 0, GOES_ON), stays, ("2020-07-01", "2020-12-01", 1, 0))
    assert [(e[1], e[2]) for e in lives] == [("2020-07-01", 0), ("2020-12-01", 1)]
    assert found["a temporary placement"] == 1
    assert cleaned(stays, ("2020-07-01", "2020-12-01", 1, 0))[0][0][2] == 1
    assert cleaned(("2020-06-01", "2020-07-01", AS_BEFORE, 0))[0][0][2] == OTHER[0]


def test_examples_are_rows_as_they_were_given() -> None:
    bad = ("2020-05-01", "2020-04-20", 0, 0)
    table = Rows(
        *(
            np.array(c)
            for c in (
                [0] * 3,
                [day("2020-05-01")] * 3,
                [day("2020-08-01"), day("2020-04-20"), day("2020-08-01")],
                [0] * 3,
                [0] * 3,
                [False] * 3,
                [0] * 3,
                [0] * 3,
                [0] * 3,
            )
        )
    )
    _, found = clean(table, (np.array([480]), np.array([0])), np.zeros(1, int), ((2021,),), OTHER)
    assert isinstance(found[0], Finding) and found[0].at.tolist() == [1] and bad
