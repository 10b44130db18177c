"""Clean episodes of care: each child in one placement at a time, and a line for whatever was changed or left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Mask
from carecost.estimation.lexis import ADULT, AGED_OUT, GOES_ON, Episodes, birthday, first_day

Ints = NDArray[Any]

#: A date that is blank (an end: the episode is open), and one that cannot be read.
OPEN, UNREADABLE = 10**6, -(10**6)
#: A placement that is that of the episode before: hospital, holiday, the carer is away.
AS_BEFORE = -1
#: A reason that is none: what came after is not known.
LOST = -3


class Rows(NamedTuple):
    """Episodes as they were returned.

    Attributes
    ----------
    child : ndarray of int, shape (row,)
        Whose; below zero where it is not said.
    start, end : ndarray of int, shape (row,)
        Days since 1970, ``OPEN`` where blank, ``UNREADABLE`` where they are no dates.
    place : ndarray of int, shape (row,)
        Placement, or ``AS_BEFORE``.
    reason : ndarray of int, shape (row,)
        Why it ended: ``GOES_ON``, ``AGED_OUT``, or a reason of leaving care.
    respite : ndarray of bool, shape (row,)
        A short break, which is not care.
    code, status : ndarray of int, shape (row,)
        A number for placement and provider as they were written, and one for the legal status.
    order : ndarray of int, shape (row,)
        Place of its return among the returns, the earliest first.
    """

    child: Ints
    start: Ints
    end: Ints
    place: Ints
    reason: Ints
    respite: Mask
    code: Ints
    status: Ints
    order: Ints


class Finding(NamedTuple):
    """What was found in a return, and what was done about it.

    Attributes
    ----------
    rule : str
        What was found.
    done : str
        What was done.
    rows : int
        How many rows.
    at : ndarray of int
        Some of them.
    """

    rule: str
    done: str
    rows: int
    at: Ints


#: Rows that are named as examples.
EXAMPLES = 5


class _Cleaner:
    """Rows that are left, and what was found."""

    def __init__(self, rows: Rows, born_month: Ints, born_day: Ints) -> None:
        self.rows, self.at = rows, np.arange(len(rows.child))
        self.month, self.day = born_month, born_day
        self.found: list[Finding] = []

    def say(self, rule: str, done: str, which: Ints | Mask) -> None:
        """Note what was found, where it was."""
        which = np.flatnonzero(which) if which.dtype == bool else which
        if len(which):
            self.found.append(Finding(rule, done, len(which), np.sort(self.at[which[: EXAMPLES * 20]])[:EXAMPLES]))

    def drop(self, which: Mask, rule: str, done: str = "left out") -> None:
        """Leave rows out."""
        self.say(rule, done, which)
        if which.any():
            self.keep(np.flatnonzero(~which))

    def keep(self, index: Ints) -> None:
        """Keep some rows, in an order."""
        self.rows = Rows(*(column[index] for column in self.rows))
        self.at = self.at[index]


def clean(
    rows: Rows, born: tuple[Ints, Ints], stream: Ints, years_of: Sequence[Sequence[int]], other: tuple[int, int]
) -> tuple[Episodes, list[Finding]]:
    """Make clean episodes of returned rows.

    Parameters
    ----------
    rows : Rows
        Rows of all returns.
    born : tuple of ndarray of int
        Month of birth since 1970 and day in it of each child; month ``UNREADABLE`` where it is not known.
    stream : ndarray of int, shape (child,)
        Stream of each child.
    years_of : sequence of sequence of int
        Years that each return covers, the earliest return first.
    other : tuple of int
        Placement and reason where none is known.

    Returns
    -------
    episodes : Episodes
        What is left, sorted by child and time.
    found : list of Finding
        What was changed or left out, rule by rule, in the order in which the rules act.

    Notes
    -----
    In this order: rows that say nothing are left out; of rows with one child and first day the one of the latest return
    stands; nobody is in two placements, the later episode wins; what follows on within a day is one period of care, and
    any other gap is none; neighbours in one placement are one; care ends on the 18th birthday.
    """
    c = _Cleaner(rows, *born)
    covered = sorted({year for years in years_of for year in years})
    _leave_out(c, first_day(covered[-1] + 1))
    ends_of = np.array([first_day(max(years) + 1) for years in years_of])
    c.keep(np.argsort(_key(c.rows, 8, c.rows.order), kind="stable"))
    _same_day(c)
    _one_a_day(c)
    _one_at_a_time(c, ends_of, covered)
    _until_18(c, other[1])
    return _joined(c, stream, first_day(covered[-1] + 1), other)


def _key(rows: Rows, bits: int, last: Ints) -> Ints:
    """Order rows by child, first day, and something else of so many bits, then by end: one number a row."""
    start = np.clip(rows.start + 2**15, 0, 2**17 - 1).astype(np.int64)
    end = np.clip(rows.end + 2**15, 0, 2**17 - 1).astype(np.int64)
    return np.asarray((((rows.child.astype(np.int64) << 17 | start) << bits) + last) << 17 | end)


def _leave_out(c: _Cleaner, after: int) -> None:
    """Leave out rows that can say nothing of care."""
    c.drop(c.rows.child < 0, "no child's number")
    c.drop(c.rows.respite, "legal status V3 or V4: short breaks, which are not care")
    c.drop((c.rows.start == UNREADABLE) | (c.rows.start == OPEN), "the first day is blank or no date")
    c.drop(c.rows.end == UNREADABLE, "the last day is no date")
    c.drop(c.rows.end < c.rows.start, "ends before it begins")
    c.drop(c.rows.start >= after, "begins after the last return")
    month, day = c.month[c.rows.child], c.day[c.rows.child]
    c.drop(month == UNREADABLE, "no date of birth that can be read")
    month, day = c.month[c.rows.child], c.day[c.rows.child]
    c.drop(birthday(month, day, 0) > c.rows.start, "begins before the child was born")
    month, day = c.month[c.rows.child], c.day[c.rows.child]
    c.drop(birthday(month, day, ADULT) <= c.rows.start, "begins on or after the 18th birthday")


def _same_child(rows: Rows) -> Mask:
    """Say of each row whether the next is of the same child."""
    return np.asarray(np.r_[rows.child[1:] == rows.child[:-1], False][: len(rows.child)], dtype=bool)


def _same_day(c: _Cleaner) -> None:
    """Leave out what began and ended on one day: nobody lived there overnight."""
    r = c.rows
    empty = r.end == r.start
    if not empty.any():
        return
    same = _same_child(r)
    # Does it touch an episode of the same child, so that it is a step within a period of care?
    after = np.r_[(r.start[1:] - r.end[:-1] <= 1) & same[:-1], False]
    before = np.r_[False, (r.start[1:] - r.end[:-1] <= 1) & same[:-1]]
    # The last step of a period tells why it ended: the episode before takes that over.
    reason = r.reason.copy()
    for i in np.flatnonzero(empty & before & (r.reason != GOES_ON)):
        j = i - 1
        while j >= 0 and empty[j] and r.child[j] == r.child[i]:
            j -= 1
        if j >= 0 and r.child[j] == r.child[i] and r.end[j] >= r.start[i] - 1:
            reason[j] = r.reason[i]
    c.rows = r._replace(reason=reason)
    alone = empty & ~after & ~before
    c.say("came and left on one day, never in care overnight", "left out: no start and no end of care", alone)
    c.say(
        "began and ended on one day, within a period of care", "left out: nobody lived there overnight", empty & ~alone
    )
    c.keep(np.flatnonzero(~empty))


def _one_a_day(c: _Cleaner) -> None:
    """Of rows with one child and one first day keep that of the latest return, and in it the one that ends last."""
    r = c.rows
    again = _same_child(r) & np.r_[r.start[1:] == r.start[:-1], False][: len(r.start)]
    if not again.any():
        return
    # The row that stands for each: the last of its run.
    stands = np.flatnonzero(~again)
    kept = stands[np.searchsorted(stands, np.arange(len(again)))]
    equal = (r.end == r.end[kept]) & (r.code == r.code[kept]) & (r.reason == r.reason[kept])
    later, was_open = r.order[kept] > r.order, r.end == OPEN
    one = "the row of the latest return stands"
    c.say("the same row twice in one return", "one is kept", again & equal & ~later)
    c.say("the same row in two returns", one, again & equal & later & ~was_open)
    c.say("open, and in a later return again", one, again & later & was_open)
    c.say("told otherwise in a later return", one, again & ~equal & later & ~was_open)
    c.say("two that begin on one day in one return", "the one that ends last is kept", again & ~equal & ~later)
    c.keep(stands)


def _one_at_a_time(c: _Cleaner, ends_of: Ints, covered: Sequence[int]) -> None:
    """End an episode where the next begins; close what is open in a return and not in the next."""
    r = c.rows
    same, following = _same_child(r), np.r_[r.start[1:], 0][: len(r.start)]
    over = same & (r.end > following)
    c.say("open, and another follows", "ended where the next begins", over & (r.end == OPEN))
    c.say("overlaps with the next", "ended where the next begins", over & (r.end != OPEN))
    end = np.where(over, following, r.end)
    # The last episode of a child that is open in a return which is not the last: the next one should have it.
    last = first_day(covered[-1] + 1)
    of_return = ends_of[r.order]
    lost = (end == OPEN) & (of_return < last)
    reason = np.where(over | (end == OPEN), GOES_ON, r.reason)
    followed_by_a_return = np.isin(of_return, [first_day(year) for year in covered])
    left = lost & followed_by_a_return
    c.say("open, and not in the return of the next year", "taken to have left on 31 March, reason other", left)
    c.say("open before a year that is missing", "followed up to that 31 March", lost & ~left)
    c.rows = r._replace(
        end=np.where(lost, of_return, end), reason=np.where(left, UNREADABLE, np.where(lost, LOST, reason))
    )


def _until_18(c: _Cleaner, unsaid: int) -> None:
    """End care on the 18th birthday, and give a reason to those who left without one."""
    r = c.rows
    adult = birthday(c.month[r.child], c.day[r.child], ADULT)
    # Some systems end care on the day before.
    aged = (r.end >= adult - 1) | ((r.reason == AGED_OUT) & (r.end >= adult - 31))
    c.say("ends after the 18th birthday", "ended on it: aged out", (r.end > adult) & (r.end < OPEN))
    early = (r.reason == AGED_OUT) & ~aged
    c.say("said to have turned 18 before doing so", "left for the reason other", early)
    end = np.where(aged, np.minimum(r.end, adult), r.end)
    reason = np.where(early | (r.reason == UNREADABLE), unsaid, r.reason)
    c.rows = r._replace(end=end, reason=np.where(aged & (r.end < OPEN), AGED_OUT, reason))


def _joined(c: _Cleaner, stream: Ints, after: int, other: tuple[int, int]) -> tuple[Episodes, list[Finding]]:
    """Join what follows on, and neighbours in one placement; end what is open where the returns end."""
    r = c.rows
    same, following = _same_child(r), np.r_[r.start[1:], 0][: len(r.start)]
    on = same & (following - r.end <= 1)
    adult = birthday(c.month[r.child], c.day[r.child], ADULT)
    end = np.where(on, following, np.minimum(np.where(r.end == OPEN, after + 1, r.end), adult))
    still = r.end >= after  # open, or ended after the last return
    c.say("said to have left, and goes on within a day", "one period of care", on & (r.reason >= 0))
    nothing = ~on & (r.reason == GOES_ON) & ~still & (end < adult)
    c.say("said to go on, and nothing follows", "left for the reason other", nothing)
    reason = np.where(nothing, other[1], r.reason)
    reason = np.where(on | (still & (reason >= 0)), GOES_ON, reason)
    reason = np.where(~on & (end == adult) & (end < after), AGED_OUT, reason)
    place = _as_before(c, on, other[0])
    # Neighbours in one placement are one episode.
    merged = on & np.r_[place[1:] == place[:-1], False][: len(place)]
    legal = np.r_[(r.code[1:] == r.code[:-1]) & (r.status[1:] != r.status[:-1]), False][: len(place)]
    c.say("legal status changed, in the same placement", "joined to one episode", merged & legal)
    c.say("another carer or address, in the same type of placement", "joined: no move", merged & ~legal)
    first = np.flatnonzero(~np.r_[False, merged[:-1]]) if len(merged) else np.zeros(0, int)
    last = np.flatnonzero(~merged)
    child = r.child[first]
    out = Episodes(
        child, r.start[first], end[last], place[first], reason[last], c.month[child], c.day[child], stream[child]
    )
    return out, c.found


def _as_before(c: _Cleaner, on: Mask, other: int) -> Ints:
    """Put the placement before in place of a temporary one; where there is none, the one after, or else other."""
    place = c.rows.place.copy()
    c.say("a temporary placement", "counted as the one before it", place == AS_BEFORE)
    period = np.cumsum(np.r_[True, ~on[:-1]]) if len(on) else np.zeros(0, int)
    for values, periods in ((place, period), (place[::-1], period[::-1])):
        index = np.where(values == AS_BEFORE, 0, np.arange(len(values)))
        held = np.maximum.accumulate(index) if len(index) else index
        fits = (values == AS_BEFORE) & (periods[held] == periods)
        values[fits] = values[held[fits]]
    place[place == AS_BEFORE] = other
    return place
