"""What happened from 31 March 2022 to 2025? Each year's own rates, chained from the published stock."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rules import engine, moves
from rules.case import Case, case, flows

BASE, LAST, END = 2022, 2025, 2032


@cache
def chain() -> Mapping[int, Case]:
    """Give each year's case with the stock before it, the published flows, and moves that lead to its published mix.

    Moves are the smallest that carry the mix of each band and stream from where the run is on 31 March before the year
    to the mix of the joint table of 31 March after it.
    """
    found, stocks = {}, {s: x.stock for s, x in flows(BASE).streams.items()}
    for year in range(BASE + 1, LAST + 1):
        published = flows(year)
        started = published.but(stock=stocks)
        rates = {s: moves.carry(x, published.streams[s].stock)[None] for s, x in started.streams.items()}
        found[year] = started.but(move_rate=rates)
        stocks = {s: engine.run(x, 1).stock[0, 1] for s, x in found[year].streams.items()}
    return found


def worst() -> float:
    """Give the largest error of a band's mix on 31 March of the years to 2025 [share]."""
    return max(
        moves.worst(x, flows(year).streams[s].stock) for year, c in chain().items() for s, x in c.streams.items()
    )


def periods() -> dict[str, Case]:
    """Give the case of each year; the rates of the last one hold after it."""
    years = [*map(str, range(BASE + 1, LAST)), f"{LAST}-{END}"]
    return dict(zip(years, chain().values(), strict=True))


def moving() -> dict[str, Case]:
    """Give the case of each year with the moves that carry the mix, and of the years after with those that hold it."""
    return {**{str(year): c for year, c in chain().items()}, f"{LAST + 1}-{END}": case(LAST)}
