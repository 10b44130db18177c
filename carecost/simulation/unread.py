"""Is every quantity that is drawn read? Rows that select nothing a child or a pound ever passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from carecost._typing import Mask
from carecost.engine.axes import AXES
from carecost.engine.grid import Grid
from carecost.errors import CareCostError, Problem
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.year_path import YearPath
from carecost.simulation.cells import cells
from carecost.simulation.layout import Layout, Layouts

Read = Assumption | YearPath


def unread(assumptions: Assumptions, layouts: Layouts, place: Callable[[Any], str]) -> list[Problem]:
    """Find quantities that would be drawn and never read, and multipliers of nothing.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    layouts : Layouts
        Layouts of its horizon, see :func:`longest`.
    place : callable
        Says where a row came from.

    Returns
    -------
    list of Problem
        One for each such row. What can be seen from the tables is found: years outside the horizon, cells that no row
        fills, closed placements, rates of no population, moves from a placement to itself. A stated zero fills a cell.
    """
    grid, names = layouts.grid, set(assumptions.uncertain)
    rows = [row for row in assumptions.rows if row.kind != "value" or row.quantity in names]
    wanted: list[Read] = [*rows, *assumptions.paths]
    read: set[int] = set()
    for stream in assumptions.streams:
        masks = _alive(list(layouts.layouts(stream)), grid)
        for row in wanted:
            if id(row) not in read and row.where.covers(stream) and _touches(row, masks, grid):
                read.add(id(row))
    found = [_problem(row, grid, place(row)) for row in wanted if id(row) not in read]
    for row in rows:
        if row.kind == "growth" and row.fade_years == 0 and row.quantity in names:
            remedy = "Give fade_years of 1 or more, or take the value as known"
            found.append(Problem("is drawn and never read: growth is long_run from the first year", place(row), remedy))
    return found


def longest(assumptions: Assumptions, layouts: Layouts) -> Layouts:
    """Give the layouts of the most years that the set can be run for: those of its population.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    layouts : Layouts
        Layouts of its own number of years.

    Returns
    -------
    Layouts
        The same where the population goes no further.
    """
    people = [row for row in assumptions.rows if row.parameter == "population" and row.kind == "value"]
    last = max((max(row.where.years) for row in people if row.where.years), default=0)
    if last <= layouts.grid.years[-1]:
        return layouts
    try:
        return Layouts(assumptions, assumptions.grid(last - assumptions.base_year))
    except CareCostError:  # later years have gaps
        return layouts


def _alive(layouts: list[Layout], grid: Grid) -> dict[str, tuple[Mask, Mask]]:
    """Give the cells of each parameter that can matter, and those of them that a row fills."""
    filled = {name: np.zeros(_shape(name, grid), dtype=bool) for name in AXES}
    for layout in layouts:
        filled[layout.parameter] |= _filled(layout)
    born = filled["population"] & filled["entry_rate"]
    people = any(item.driver == "population" for item in grid.items)
    opened = grid.opened
    others = ~np.eye(len(grid.placements), dtype=bool)
    matters: dict[str, Any] = {
        "population": filled["entry_rate"] | people,
        "entry_rate": filled["population"],
        "entry_share": born[..., None] & opened,
        "entry_at_birthday": born,
        "initial_stock": opened,
        "extra_entries": opened,
        "exit_rate": opened[..., None],
        "move_rate": opened[..., None] & others,
        "unit_cost": np.array(True),
        "capacity": np.array(True),
    }
    return {name: (np.broadcast_to(matters[name], full.shape), full & matters[name]) for name, full in filled.items()}


def _shape(name: str, grid: Grid) -> tuple[int, ...]:
    return tuple(len(grid.labels(axis)) for axis in AXES[name])


def _filled(layout: Layout) -> Mask:
    out = np.zeros(int(np.prod(layout.shape)), dtype=bool)
    out[layout.cells] = True
    return out.reshape(layout.shape)


def _touches(row: Read, masks: dict[str, tuple[Mask, Mask]], grid: Grid) -> bool:
    """Say whether a row meets a cell that matters; one that multiplies, a cell that is filled."""
    matters, filled = masks[row.parameter]
    value = isinstance(row, Assumption) and row.kind == "value"
    mask = matters if value else filled
    chosen = mask[cells(row, grid, mask.shape)]
    if row.parameter != "initial_stock":
        years = [y for y in grid.years if row.where.years is None or y in row.where.years]
        chosen = chosen[[y > _before(row) for y in years]]
    return bool(chosen.any())


def _before(row: Read) -> int:
    """Give the last year in which a row that multiplies does nothing yet."""
    return -1 if row.from_year is None else row.from_year


def _problem(row: Read, grid: Grid, where: str) -> Problem:
    value = isinstance(row, Assumption) and row.kind == "value"
    what = "would be drawn and never read" if value else "multiplies nothing"
    text = row.where.text() or "all cells"
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    reason = (
        f"{row.parameter} of {shown} has no row, is closed or outside the years {grid.years[0]} to {grid.years[-1]}"
    )
    if row.from_year is not None:
        reason += f" after {row.from_year}"
    return Problem(f"{what}: {reason}", where, "Select cells that a row fills, or leave it out")
