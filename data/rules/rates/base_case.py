"""Stock and rates of each stream in a base year: entries, exits, and the moves that hold the mix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from data.rules.rates import entries, exits, moves, stock
from data.rules.rates.cohorts import LAST
from data.rules.rates.stock import FULL
from data.rules.sources import population
from data.rules.sources.stream import Stream, run_stream

Array = NDArray[np.float64]
STREAMS = ("other", "uasc")
AT_HOME = "supported at home"


@dataclass(frozen=True)
class Case:
    """The numbers of a set, children in care only.

    Attributes
    ----------
    year : int
        Year of the rates; the stock is that of its 31 March.
    placements : tuple of str
        Placements in care.
    streams : dict of str to Stream
        Arrays of each stream, with the rates of the year in every year.
    exits : Exits
        Hazards by reason.
    born : float
        Share of under-one starts at birth.
    """

    year: int
    placements: tuple[str, ...]
    streams: Mapping[str, Stream]
    exits: exits.Exits
    born: float

    def but(self, **arrays: Mapping[str, Array]) -> Case:
        """Copy with other arrays, each given by stream."""
        changed = {s: x.but(**{name: by[s] for name, by in arrays.items()}) for s, x in self.streams.items()}
        return replace(self, streams=changed)


@cache
def published_flows(year: int, last_known: int = LAST) -> Case:
    """Build the case of a year with its published flows and nobody moving.

    Parameters
    ----------
    year : int
        Year of the flows and of the stock at its end.
    last_known : int
        The last year whose figures are used for single ages.
    """
    names: tuple[str, ...] = tuple(FULL)
    full = stock.joint(year, last_known)
    leaving = exits.exits(year, full["other"][:, list(FULL).index("placed for adoption")])
    count = entries.starts(year, last_known)
    share, rates = entries.entry_share(count, year), entries.rates(count, year)
    people = population.mid_year(year - 1)

    def stream(name: str, born: float) -> Stream:
        other, n = name == "other", len(names)
        extra = entries.extra(year, count[name], share[name], born) if other else np.zeros((18, len(FULL)))
        birth = np.zeros((1, 18))
        birth[0, 0] = born if other else 0.0
        return Stream(
            placements=names,
            stock=full[name],
            population=people[None],
            entry_rate=rates[name][None],
            entry_share=share[name][None],
            at_birthday=birth,
            exit_rate=leaving.total(name, names.index("placed for adoption"), n)[None],
            move_rate=np.zeros((1, 18, n, n)),
            extra=extra[None],
        )

    born = _born(lambda b: stream("other", b), full["other"][0].sum())
    return Case(year, names, {s: stream(s, born) for s in STREAMS}, leaving, born)


def _born(stream: Callable[[float], Stream], wanted: float) -> float:
    """Find the share of under-one starts at birth that gives the stock under one back from the flows of the year.

    Children under one on 31 March came in during the year, so their stock is linear in the share.
    """
    # two runs give the line
    at = [run_stream(stream(b), 1).stock[0, 1, 0].sum() for b in (0.0, 1.0)]
    return float((wanted - at[0]) / (at[1] - at[0]))


@cache
def base_case(year: int, held: bool = False, last_known: int = LAST) -> Case:
    """Build the case of a base year: its flows, and the moves that hold its mix over the population ahead, or held."""
    found = published_flows(year, last_known)
    people = {s: ahead(year, held) for s in STREAMS}
    found = found.but(population=people)
    return found.but(move_rate={s: moves.hold(x)[None] for s, x in found.streams.items()})


def ahead(year: int, held: bool) -> Array:
    """Give the population after a base year: held, or aged forward."""
    if held:
        return population.mid_year(year - 1)[None]
    return np.array(list(population.path(range(year + 1, year + 31)).values()))


def weeks(year: int, stream: str | None = None) -> dict[str, float]:
    """Give child-weeks of a year by packaged placement, from the mean of the two 31 March stocks."""

    def at(y: int) -> Mapping[str, float]:
        if stream is None:
            return stock.by_placement(y)
        uasc = stock.uasc_by_placement(y)
        return uasc if stream == "uasc" else {p: n - uasc[p] for p, n in stock.by_placement(y).items()}

    first, last = at(year - 1), at(year)
    # trapezium: the stock is taken to change evenly over the year
    return {p: (first[p] + last[p]) / 2 * 365 / 7 for p in FULL}


def scaled(base: Case, factor: float) -> Case:
    """Scale the base stock of a case; rates stay."""
    return base.but(stock={s: x.stock * factor for s, x in base.streams.items()})
