"""What does a set need? Stock, entries, exits and moves of each stream, for a base year and a list of placements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rules import engine, entries, exits, moves, population, stock
from rules.stock import COARSE, FULL

Array = NDArray[np.float64]
STREAMS = ("other", "uasc")
AT_HOME = "supported at home"


@dataclass(frozen=True)
class Case:
    """The numbers of a set, children in care only.

    Attributes
    ----------
    year : int
        Base year.
    placements : tuple of str
        Placements in care.
    streams : dict of str to Stream
        Arrays of each stream, with the base year's rates in every year.
    exits : Exits
        Hazards by reason.
    born : float
        Share of under-one starts at birth.
    """

    year: int
    placements: tuple[str, ...]
    streams: Mapping[str, engine.Stream]
    exits: exits.Exits
    born: float

    @property
    def adoption(self) -> int:
        """Index of placed for adoption."""
        return self.placements.index("placed for adoption")


@cache
def case(year: int, coarse: bool = False) -> Case:
    """Build the case of a base year: 2022 or 2025."""
    names: tuple[str, ...] = tuple(COARSE if coarse else FULL)
    full = stock.joint(year)
    placed = full["other"][:, list(FULL).index("placed for adoption")]
    leaving = exits.exits(year, placed)
    share, rates = entries.entry_share(year), entries.rates(year)
    people = _population(year)

    def part(values: Array) -> Array:
        return stock.coarsen(values, names) if coarse else values

    def stream(name: str, born: float) -> engine.Stream:
        extra = entries.extra(year, share, born) if name == "other" else np.zeros((18, len(FULL)))
        birth = np.zeros((1, 18))
        birth[0, 0] = born if name == "other" else 0.0
        total = leaving.total(name, names.index("placed for adoption"), len(names))
        n = len(names)
        return engine.Stream(
            names,
            part(full[name]),
            people,
            rates[name][None],
            part(share[name]),
            birth,
            total[None],
            np.zeros((18, n, n)),
            part(extra),
        )

    born = _born(lambda b: stream("other", b), full["other"][0].sum(), population.mid_year(year - 1))
    streams = {s: stream(s, born) for s in STREAMS}
    held = {s: x.but(move_rate=moves.hold(x)) for s, x in streams.items()}
    return Case(year, names, held, leaving, born)


def _population(year: int) -> Array:
    if year == 2022:
        return population.mid_year(2021)[None]
    return np.array(list(population.path(range(year + 1, year + 31)).values()))


def _born(stream: Callable[[float], engine.Stream], wanted: float, people: Array) -> float:
    """Find the share of under-one starts at birth that gives the stock under one back from the flows of the base year.

    Children under one on 31 March came in during the year, so their stock is straight in the share.
    """
    at = [engine.run(stream(b).but(population=people[None]), 1).stock[0, 1, 0].sum() for b in (0.0, 1.0)]
    return float((wanted - at[0]) / (at[1] - at[0]))


def weeks(year: int, stream: str | None = None) -> dict[str, float]:
    """Give child-weeks of a year by packaged placement, from the mean of the two 31 March stocks."""

    def at(y: int) -> Mapping[str, float]:
        if stream is None:
            return stock.by_placement(y)
        uasc = stock.uasc_by_placement(y)
        return uasc if stream == "uasc" else {p: n - uasc[p] for p, n in stock.by_placement(y).items()}

    first, last = at(year - 1), at(year)
    return {p: (first[p] + last[p]) / 2 * 365 / 7 for p in FULL}


def scaled(base: Case, factor: float) -> Case:
    """Scale the base stock of a case; rates stay."""
    streams = {s: x.but(stock=x.stock * factor) for s, x in base.streams.items()}
    return Case(base.year, base.placements, streams, base.exits, base.born)
