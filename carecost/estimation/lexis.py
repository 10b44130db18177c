"""Occurrence and exposure from dated episodes, cut at birthdays and at 31 March: a Lexis diagram, exact to the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array, ReadOnly

Ints = NDArray[Any]

#: Reasons that are none: the child stays in care, or turned 18.
GOES_ON, AGED_OUT = -1, -2
#: Streams of children that have rates of their own: unaccompanied asylum-seeking children, and all others.
STREAMS = ("other", "uasc")
#: Age at which care ends.
ADULT = 18


class Episodes(NamedTuple):
    """Clean episodes, sorted by child and time: none overlaps, and those that follow on begin on the day of the end.

    Attributes
    ----------
    child : ndarray of int, shape (episode,)
        Whose.
    start, end : ndarray of int, shape (episode,)
        First day, and the first day after it [days since 1970]; an end that is not known is that of what is covered.
    place : ndarray of int, shape (episode,)
        Placement.
    reason : ndarray of int, shape (episode,)
        Reason of leaving care; ``GOES_ON`` where the child had not left, ``AGED_OUT`` at 18.
    born_month, born_day : ndarray of int, shape (episode,)
        Month of birth since 1970, and the day in it, from 0.
    stream : ndarray of int, shape (episode,)
        Stream of the child.
    """

    child: Ints
    start: Ints
    end: Ints
    place: Ints
    reason: Ints
    born_month: Ints
    born_day: Ints
    stream: Ints


@dataclass(frozen=True, eq=False)
class Occurrence(ReadOnly):
    """Events and exposure by stream, year, age and placement.

    Attributes
    ----------
    years : tuple of int
        Years covered: of each the year to 31 March.
    stock : ndarray of shape (stream, year, age, placement)
        Children in care on 31 March.
    entries, child_years : ndarray of shape (stream, year, age, placement)
        Starts of a period of care, and time lived [children; child-years].
    exits : ndarray of shape (stream, year, age, placement, reason)
        Ends of a period before 18.
    moves : ndarray of shape (stream, year, age, placement, to)
        Changes of placement.
    aged_out : ndarray of shape (stream, year)
        Those who left on turning 18.
    age_at_entry : ndarray of shape (stream, year)
        Exact ages at entry of those under one, summed [years].
    """

    years: tuple[int, ...]
    stock: Array
    entries: Array
    child_years: Array
    exits: Array
    moves: Array
    aged_out: Array
    age_at_entry: Array


def first_day(year: int) -> int:
    """Give the first day of a financial year, 1 April of the year before, in days since 1970.

    Examples
    --------
    >>> first_day(1971)
    90
    """
    return int(np.datetime64(f"{year - 1:04d}-04-01").astype(int))


def birthday(month: Ints, day: Ints, age: Ints | int) -> Ints:
    """Give the day on which an age begins; born on 29 February, that is 1 March where there is none.

    Examples
    --------
    >>> birthday(np.array([1]), np.array([28]), 1).tolist() == [np.datetime64("1971-03-01").astype(int)]
    True
    """
    months = (np.asarray(month, dtype=np.int64) + 12 * np.asarray(age, dtype=np.int64)).astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[D]").astype(np.int64) + day)


def age_on(days: Ints, month: Ints, day: Ints) -> Ints:
    """Give the age last birthday on some days; below zero before birth."""
    of_year = np.asarray(days, dtype="datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    age = of_year - np.asarray(month, dtype=np.int64) // 12
    return np.asarray(age - (birthday(month, day, age) > days))


def occurrence_exposure(lives: Episodes, years: Sequence[int], shape: tuple[int, int, int]) -> Occurrence:
    """Count events, and the time in which they could happen, by single age and placement.

    Parameters
    ----------
    lives : Episodes
        Clean episodes.
    years : sequence of int
        Years covered: only what happened in them is counted, and only time lived in them.
    shape : tuple of int
        Number of streams, of placements and of reasons.

    Returns
    -------
    Occurrence
        Counts; a move that begins and ends in one placement is none.
    """
    n_streams, n_places, n_reasons = shape
    cells = (n_streams, ADULT, n_places)
    parts: dict[str, list[Any]] = {name: [] for name in Occurrence.__dataclass_fields__ if name != "years"}
    same = lives.child[1:] == lives.child[:-1]
    goes_on = np.r_[same & (lives.start[1:] == lives.end[:-1]), False]  # the next episode follows on
    begins = np.r_[True, ~goes_on[:-1]] if len(goes_on) else goes_on
    following = np.r_[lives.place[1:], 0][: len(goes_on)]
    for year in years:
        first, after = first_day(year), first_day(year + 1)
        here = lives.start < after
        here &= lives.end >= first
        there = np.flatnonzero(here)
        one = Episodes(*(column[there] for column in lives))
        parts["child_years"].append(_lived(one, first, after, cells))
        # Stock on the night of 31 March.
        at = (one.start < after) & (one.end >= after)
        night = np.full(at.sum(), after - 1)
        age = age_on(night, one.born_month[at], one.born_day[at])
        parts["stock"].append(_count(cells, one.stream[at], age, one.place[at]))
        # Entries.
        at = begins[there] & (one.start >= first)
        age = age_on(one.start[at], one.born_month[at], one.born_day[at])
        parts["entries"].append(_count(cells, one.stream[at], age, one.place[at]))
        young = np.flatnonzero(at)[age == 0]
        exact = (one.start[young] - birthday(one.born_month[young], one.born_day[young], 0)) / 365.25
        parts["age_at_entry"].append(np.bincount(one.stream[young], exact, n_streams))
        # Ends of an episode within the year: exits, those who turned 18, moves.
        ends = (one.end >= first) & (one.end < after)
        at = ends & (one.reason >= 0)
        age = age_on(one.end[at], one.born_month[at], one.born_day[at])
        parts["exits"].append(_count((*cells, n_reasons), one.stream[at], age, one.place[at], one.reason[at]))
        parts["aged_out"].append(np.bincount(one.stream[ends & (one.reason == AGED_OUT)], minlength=n_streams) * 1.0)
        at = ends & goes_on[there]
        age = age_on(one.end[at], one.born_month[at], one.born_day[at])
        moves = _count((*cells, n_places), one.stream[at], age, one.place[at], following[there][at])
        moves[..., np.arange(n_places), np.arange(n_places)] = 0.0
        parts["moves"].append(moves)
    return Occurrence(tuple(years), **{name: np.stack(of, axis=1) for name, of in parts.items()})


def _inside(age: Ints, n_ages: int) -> Ints:
    """Keep ages within those of the table; clean episodes end on the 18th birthday."""
    return np.clip(age, 0, n_ages - 1)


def _count(shape: tuple[int, ...], stream: Ints, age: Ints, *rest: Ints) -> Array:
    """Count rows by their labels."""
    index = np.ravel_multi_index((stream, _inside(age, shape[1]), *rest), shape)
    return np.bincount(index, minlength=int(np.prod(shape))).reshape(shape).astype(float)


def _lived(one: Episodes, first: int, after: int, cells: tuple[int, int, int]) -> Array:
    """Sum the time lived in a year, cut at the birthday in it [child-years]."""
    start, end = np.maximum(one.start, first), np.minimum(one.end, after)
    age = age_on(np.full(len(start), first), one.born_month, one.born_day)
    turns = birthday(one.born_month, one.born_day, age + 1)
    before = np.clip(np.minimum(end, turns) - start, 0, None)
    beyond = np.clip(end - np.maximum(start, turns), 0, None)
    out = np.zeros(int(np.prod(cells)))
    for time, at_age in ((before, age), (beyond, age + 1)):
        some = np.flatnonzero(time)
        years = _inside(at_age[some], cells[1])
        index = np.ravel_multi_index((one.stream[some], years, one.place[some]), cells)
        out += np.bincount(index, time[some], minlength=len(out))
    return out.reshape(cells) / (after - first)
