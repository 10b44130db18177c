"""Do the phases of time in care hold together? Rates, labels, and shares that cover every child once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from carecost.engine.grid import Grid
from carecost.engine.selector import spell
from carecost.errors import CareCostError, Problem
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.phases import CLOSE, Phase, Phases, PhaseShare

_FILE = "phases.csv"


def phase_faults(assumptions: Assumptions, grid: Grid, place: Callable[[Any], str]) -> list[Problem]:
    """Find what is wrong with the phases of a set.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    grid : Grid
        Its labels, without phases.
    place : callable
        Says where a row came from.

    Returns
    -------
    list of Problem
        Every fault; cells are looked at once the rows are sound.
    """
    phases = assumptions.phases
    if not phases:
        what = "shares of phases without phases"
        return [Problem(what, "phase_shares.csv", f"Add {_FILE}, or remove the file")] if phases.shares else []
    found = [*_order(phases, place), *_said([*phases.rows, *phases.shares], place)]
    if found:
        return found
    try:
        phases.grid(grid)
        for stream in assumptions.streams:
            found += _cells(phases, grid, stream)
    except CareCostError as error:
        found += [Problem(p.what, f"{_FILE}, {p.where}", p.remedy) for p in error.problems]
    return list(dict.fromkeys(found))


def _order(phases: Phases, place: Callable[[Any], str]) -> Iterator[Problem]:
    """Children go through the phases in order, to the last; somebody leaves."""
    names = [row.name for row in phases.rows]
    for row in phases.rows:
        if names.count(row.name) > 1:
            yield Problem(f"phase {row.name!r} is there twice", place(row), "Names are unique")
        if not (np.isfinite(row.exit_factor) and row.exit_factor >= 0):
            yield Problem(f"exit_factor is {row.exit_factor:g}", place(row), "Give zero or more")
        if row is phases.rows[-1] and row.rate != 0:
            yield Problem(f"rate is {row.rate:g} in the last phase", place(row), "Leave it out: nobody goes on from it")
        elif row is not phases.rows[-1] and not (np.isfinite(row.rate) and row.rate > 0):
            yield Problem(f"rate is {row.rate:g}", place(row), "Give a rate above 0: others would have nobody in them")
    if not any(row.exit_factor > 0 for row in phases.rows):
        yield Problem("every exit_factor is 0", _FILE, "Give one above 0")


def _said(rows: list[Phase | PhaseShare], place: Callable[[Any], str]) -> Iterator[Problem]:
    for row in rows:
        if not row.source:
            yield Problem("source is blank", place(row), "Say whose word it is")
        if not row.quality:
            yield Problem("quality is blank", place(row), "Give A, B, C, D or E")


def _cells(phases: Phases, grid: Grid, stream: str) -> Iterator[Problem]:
    """Every open cell in care has all of its children in a phase, and somebody there leaves."""
    table = phases.table(grid, stream)
    factors = np.array([row.exit_factor for row in phases.rows])
    for i in grid.in_care:
        ages = np.array([age for age in grid.ages if grid.open(i, age)])
        cells, where = table[:, : len(ages), i], f"phase_shares.csv, stream {stream!r}, {grid.placements[i].name!r}"
        blank = np.asarray(np.isnan(cells).any(0))
        if blank.any():
            yield Problem(f"no share of a phase at ages {spell(ages[blank].tolist())}", where, "Add a row")
        total = np.where(blank, 1.0, cells.sum(0))
        for a in np.flatnonzero(np.abs(total - 1.0) > CLOSE):
            what = f"shares at age {ages[a]} sum to {total[a]:.6g}"
            yield Problem(what, where, "Shares over phases sum to one; nothing is rescaled")
        for a in np.flatnonzero(~blank & (factors @ np.nan_to_num(cells) == 0)):
            yield Problem(f"nobody leaves at age {ages[a]}", where, "Give a share to a phase that children leave")
