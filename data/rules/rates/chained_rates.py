"""Chained rates of 2022-23 to 2024-25: each year's own, from the stock that the year before leaves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from data.rules.rates import moves
from data.rules.rates.base_case import Case, base_case, published_flows
from data.rules.sources.stream import run_stream

BASE, LAST, END = 2022, 2025, 2032


@cache
def chain() -> Mapping[int, Case]:
    """Give each year's case with the stock before it, the published flows, and moves that lead to its published mix.

    Moves are the smallest that carry the mix of each band and stream from where the run is on 31 March before the year
    to the mix of the joint table of 31 March after it.
    """
    found, stocks = {}, {s: x.stock for s, x in published_flows(BASE).streams.items()}
    for year in range(BASE + 1, LAST + 1):
        published = published_flows(year)
        started = published.but(stock=stocks)
        rates = {s: moves.carry(x, published.streams[s].stock)[None] for s, x in started.streams.items()}
        found[year] = started.but(move_rate=rates)
        stocks = {s: run_stream(x, 1).stock[0, 1] for s, x in found[year].streams.items()}
    return found


def worst() -> float:
    """Give the largest error of a band's mix on 31 March of the years to 2025 [share]."""
    wanted = {year: published_flows(year).streams for year in chain()}
    return max(moves.worst(x, wanted[year][s].stock) for year, c in chain().items() for s, x in c.streams.items())


def periods() -> dict[str, Case]:
    """Give the case of each year; the rates of the last one hold after it."""
    years = [*map(str, range(BASE + 1, LAST)), f"{LAST}-{END}"]
    return dict(zip(years, chain().values(), strict=True))


def moving() -> dict[str, Case]:
    """Give the case of each year with the moves that carry the mix, and of the years after with those that hold it."""
    return {**{str(year): c for year, c in chain().items()}, f"{LAST + 1}-{END}": base_case(LAST)}
