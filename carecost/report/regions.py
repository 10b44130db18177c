"""All regions of a country in one run: a table of the terminal, and files for a spreadsheet."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from carecost import _labels
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.files.archive import csv_text
from carecost.report.answer import WIDTH, net
from carecost.results.areas import WHOLE
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.areas import AreaResults

#: Years ahead of the base date that are told of where none are asked for.
AHEAD = 10
#: Letters of the first column and of the others.
FIRST, OTHER = 26, 14


@dataclass(frozen=True)
class _Told:
    """What is told of a region: children without reform on the dates, and of each scenario fewer and net saving."""

    children: tuple[float, ...]
    fewer: dict[str, float]
    npv: dict[str, float]


def table_text(found: AreaResults, at: Sequence[int] = ()) -> str:
    """Write a row a region, and one of their sum.

    Parameters
    ----------
    found : AreaResults
        What a run of every region gave.
    at : sequence of int
        Dates of which the last is told (31 March); ten years ahead by default.

    Returns
    -------
    str
        Lines of at most 110 letters.

    Raises
    ------
    InputError
        If a date is not one of the run.

    Examples
    --------
    >>> import carecost as cc
    >>> print(table_text(cc.run_areas("england-2025", years=1)).splitlines()[3].split("  ")[0])
    North East
    """
    run = next(iter(found.results.values())).run
    grid, names = run.grid, [name for name in run.scenarios if name != INACTION]
    wrong = [date for date in at if date not in grid.dates]
    if wrong:
        remedy = f"Give dates from {grid.dates[0]} to {grid.dates[-1]}"
        raise InputError(Problem(f"no 31 March {', '.join(map(str, wrong))} in the run", "--at", remedy))
    date = max(at, default=min(grid.base_year + AHEAD, grid.dates[-1]))
    told = {area: _told(found, area, (grid.base_year, date)) for area in found.results}
    told[WHOLE] = _sum(list(told.values()))
    # With many scenarios there is room for the net saving alone.
    both = FIRST + OTHER * (2 + 2 * len(names)) <= WIDTH
    shown = names if both else names[: (WIDTH - FIRST) // OTHER - 2]
    titles = {name: run.scenarios[name].heading for name in shown}
    heads = [f"Children in care, {grid.base_year}", f"No reform, {date}"]
    heads += [f"Fewer by {date}: {titles[name]}" for name in shown if both]
    heads += [f"Net saving: {titles[name]}" for name in shown]
    lines = [*_laid("", heads), "-" * min(WIDTH, FIRST + OTHER * len(heads))]
    for area, one in told.items():
        cells = [numbers.children(value) for value in one.children]
        cells += [_fewer(one.fewer[name]) for name in shown if both]
        lines += _laid(area, [*cells, *(net(one.npv[name]) for name in shown)])
    prices = _labels.financial_year(run.assumptions.price_year)
    draws = f"Mean of {run.draws.n:,} draws" if run.draws.n > 1 else "Central run, no ranges"
    ends = _labels.financial_year(grid.years[-1])
    said = (
        f"{draws}; net saving to {ends}, prices of {prices}. A region has its share of the children and of the "
        "money, and its own prices; the effects are those of the whole country. Ranges are in regions.csv."
    )
    return "\n".join([*lines, "", *textwrap.wrap(said, WIDTH)]).replace(numbers.MINUS, "-")


def files(found: AreaResults) -> dict[str, bytes]:
    """Make the files of a run of every region.

    Parameters
    ----------
    found : AreaResults
        What it gave.

    Returns
    -------
    dict of str to bytes
        Tables with a column ``area``: ``regions.csv`` (the summary of each scenario where there is any),
        ``regions_children.csv``, ``regions_costs.csv``, ``regions_places.csv``.
    """
    tables = {"regions_children": found.children(), "regions_costs": found.costs(by=["group"])}
    tables["regions_places"] = found.regions()
    if any(len(results.scenarios) > 1 for results in found.results.values()):
        tables["regions"] = found.summary()
    return {f"{name}.csv": csv_text(table).encode() for name, table in tables.items()}


def _told(found: AreaResults, area: str, dates: Sequence[int]) -> _Told:
    run = found.results[area].run
    at = [run.grid.dates.index(date) for date in dates]
    names = [name for name in run.scenarios if name != INACTION]

    def children(name: str) -> Array:
        return np.asarray(run.shown[name].in_care(run.grid)[0].mean(0)[at])

    before = children(INACTION)
    fewer = {name: float(before[-1] - children(name)[-1]) for name in names}
    npv = {name: float(run.compare(name).npv().mean()) for name in names}
    return _Told(tuple(before.tolist()), fewer, npv)


def _sum(parts: Sequence[_Told]) -> _Told:
    names = parts[0].npv
    children = tuple(np.sum([part.children for part in parts], axis=0).tolist())
    fewer, npv = ({name: sum(getattr(part, of)[name] for part in parts) for name in names} for of in ("fewer", "npv"))
    return _Told(children, fewer, npv)


def _fewer(value: float) -> str:
    return numbers.children(value) if value >= 0 else f"{numbers.children(-value)} more"


def _laid(label: str, cells: Sequence[str]) -> Iterator[str]:
    broken = [[label], *(textwrap.wrap(cell, OTHER - 2) for cell in cells)]
    for parts in zip_longest(*broken, fillvalue=""):
        yield (f"{parts[0]:<{FIRST}}" + "".join(f"{part:>{OTHER}}" for part in parts[1:])).rstrip()
