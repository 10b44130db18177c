"""Arrivals that would have to go to children's homes for their share of children in care to grow as it did (solved)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from data.rules.rates import stock
from data.rules.rates.base_case import base_case
from data.rules.sources.published import CHILDREN, figure
from data.rules.sources.stream import Stream, run_stream

Array = NDArray[np.float64]
#: Where children come to homes from, where they go, and of which ages: hardly any child in a home is younger.
FROM, INTO, AGES = ("foster in-house", "foster agency"), "children's home", range(8, 18)
#: Unaccompanied children are hardly ever in homes (80 of 7,410 in 2023): their mix is left as it is.
STREAM = "other"
YEAR, BEFORE, YEARS = CHILDREN, CHILDREN - 3, 20
#: Years for which the trend goes on; the share of a year's increment that the next has, once it fades.
HELD, FADE = 3, 0.85


@dataclass(frozen=True)
class Ramp:
    """A share of arrivals that goes to homes: from nothing in one year in a straight line to all of it in another.

    Attributes
    ----------
    start, full : int
        First year with any of it, and with all of it; 1 is the first projected year.
    share : float
        Share of the arrivals with foster carers that earlier ramps leave there.
    """

    start: int
    full: int
    share: float


#: Years in which ramps end. The first two hold the trend for three years.
KNOTS = {"mix-trend": (1, HELD, YEARS), "mix-fading": (1, HELD, 10, YEARS)}


def share(year: int) -> float:
    """Give the share of children in care who are in children's and secure homes, as published."""
    return figure("stock_by_placement", "children", year=year, placement=stock.HOMES) / figure(
        "time_series", "stock", year=year
    )


def yearly() -> float:
    """Give the rise of that share in a year, over the last three [share]."""
    return (share(YEAR) - share(BEFORE)) / (YEAR - BEFORE)


def wanted(name: str) -> Array:
    """Give the share of each projected year under a baseline."""
    after = np.maximum(np.arange(1, YEARS + 1) - HELD, 0)
    left = FADE**after if name == "mix-fading" else np.ones(YEARS)
    return share(YEAR) + np.cumsum(yearly() * left)


@cache
def ramps(name: str) -> tuple[Ramp, ...]:
    """Solve the ramps one after the other, so that the share is as wanted in the year in which each ends."""
    found: list[Ramp] = []
    for before, knot in zip((0, *KNOTS[name]), KNOTS[name], strict=False):
        missing = _missing(found, before + 1, knot, float(wanted(name)[knot - 1]))
        # six decimals: the root has the same digits on machines whose linear algebra rounds differently
        found.append(Ramp(before + 1, knot, round(float(brentq(missing, 0.0, 0.999, xtol=1e-10)), 6)))
    return tuple(found)


def _missing(known: Sequence[Ramp], start: int, full: int, target: float) -> Callable[[float], float]:
    return lambda more: float(in_homes([*known, Ramp(start, full, more)], full)[-1]) - target


def diverted(given: Sequence[Ramp], years: int) -> Array:
    """Give the share of arrivals with foster carers that goes to homes instead, in each year."""
    year, kept = np.arange(1, years + 1), np.ones(years)
    for ramp in given:
        kept *= 1 - ramp.share * np.clip((year - ramp.start + 1) / (ramp.full - ramp.start + 1), 0, 1)
    return 1 - kept


def in_homes(given: Sequence[Ramp], years: int) -> Array:
    """Give the share of children in care who are in children's and secure homes at the end of each year."""
    base, away = base_case(YEAR), diverted(given, years)
    at = [base.placements.index(name) for name in (INTO, "secure")]
    placed = sum(
        run_stream(_sent(stream, away) if name == STREAM else stream, years).stock[0, 1:].sum(1)
        for name, stream in base.streams.items()
    )
    return np.asarray(np.asarray(placed)[:, at].sum(1) / np.asarray(placed).sum(1))


def _sent(stream: Stream, away: Array) -> Stream:
    """Send a share (year,) of the arrivals with foster carers to homes."""
    into = stream.placements.index(INTO)
    ages = slice(AGES[0], AGES[-1] + 1)

    def moved(arrivals: Array) -> Array:
        out = np.repeat(arrivals, len(away), axis=0)
        part = away.reshape(-1, *[1] * (arrivals.ndim - 2))
        for name in FROM:
            source = stream.placements.index(name)
            gone = out[:, ages, ..., source] * part
            out[:, ages, ..., into] += gone
            out[:, ages, ..., source] -= gone
        return out

    return stream.but(entry_share=moved(stream.entry_share), move_rate=moved(stream.move_rate))
