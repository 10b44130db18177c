"""Lifetime cost of one entry to care: what one child who enters costs in each year that follows, in expectation.

Where there is a place for every child, children are linear in entries: what one child more costs is the same whatever
the others do. Every age and placement of entry is one run of one child, all of them side by side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from carecost._typing import Array
from carecost.engine.age_cohorts import project_sums
from carecost.engine.costs import cost_streams
from carecost.engine.grid import Grid
from carecost.engine.items import AREA_DRIVERS
from carecost.engine.parameters import Parameters
from carecost.errors import InputError, Problem
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.money.discounting import discount_factors
from carecost.simulation.effects import Altered, alter
from carecost.simulation.layout import Layouts
from carecost.simulation.run import Run

#: Name of the line of entries that the child is in.
ONE = "one child"


@dataclass(frozen=True, eq=False)
class LifetimeCost:
    """What one child who enters costs, by stream, age and placement on entry: the central run.

    Attributes
    ----------
    grid : Grid
        Labels; its years reach to the oldest age.
    streams : tuple of str
        Streams.
    spend : ndarray of shape (stream, age, placement, year, item)
        Expected spend in each year from the one of the entry [GBP, constant prices]; nan where nobody can enter.
    child_years : ndarray of shape (stream, age, placement, year)
        Expected time in care [child-years]; nan where nobody can enter.
    cashable : ndarray of shape (year, item)
        Share of what is not spent that becomes cash, by the clock of a programme that starts in the year of the entry
        [share].
    factors : ndarray of shape (year,)
        Discount factors, 1 in the year of the entry [ratio].
    entries : ndarray of shape (stream, age, placement)
        Expected entries of that year under inaction: weights of means [children per year].
    """

    grid: Grid
    streams: tuple[str, ...]
    spend: Array
    child_years: Array
    cashable: Array
    factors: Array
    entries: Array


def lifetime_cost(run: Run) -> LifetimeCost:
    """Say what one child who enters in the first projected year costs, year by year and item by item.

    Parameters
    ----------
    run : Run
        Its set, with what goes on behind every scenario; years are counted on to the oldest age, whatever the run's.

    Returns
    -------
    LifetimeCost
        Of every stream, age and placement. The entry falls evenly over the year. What is paid for an area and not for
        a child (the drivers ``year`` and ``population``) is no part of it.

    Raises
    ------
    InputError
        If places run out: then what one child more costs hangs on all others.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions
    >>> from carecost.simulation.run import run
    >>> made = lifetime_cost(run(load_assumptions("england-2025"), years=3))
    >>> made.spend.shape  # stream, age, placement, year, item
    (2, 18, 12, 18, 23)
    """
    return run.once(("lifetime cost",), lambda: _lifetime_cost(run))


def _lifetime_cost(run: Run) -> LifetimeCost:
    assumptions = run.assumptions
    if run.grid.groups:
        remedy = "Take the set without capacity groups, such as england-2025"
        what = "places run out: what a child more costs hangs on all others"
        raise InputError(Problem(what, "lifetime_cost()", remedy))
    first = assumptions.grid(1)
    oldest = max(placement.leave_age for placement in first.placements)
    grid = assumptions.grid(max(1, min(oldest, first.ages[-1] + 1) - first.ages[0]))
    layouts = Layouts(_of_nobody(assumptions), grid)
    sampler = layouts.sampler(run.draws)
    cells = np.argwhere(first.opened)  # (cell, 2): age and placement
    one = np.zeros((len(cells), grid.n_years, len(grid.ages), len(grid.placements)))
    one[range(len(cells)), 0, cells[:, 0], cells[:, 1]] = 1.0
    shape = (len(layouts.streams), len(grid.ages), len(grid.placements), grid.n_years)
    spend, time = np.full((*shape, len(grid.items)), np.nan), np.full(shape, np.nan)
    for i, stream in enumerate(layouts.streams):
        parameters = layouts.parameters(stream, sampler)
        if assumptions.background is not None:
            parameters = alter(assumptions.background, Altered(parameters), stream, sampler, run.calendar).parameters
        parameters = layouts.splits[stream].of(_alone(parameters, one))
        projection = project_sums(parameters)
        costs = cost_streams([stream], [projection], [parameters])
        of_child = np.array([item.driver not in AREA_DRIVERS for item in grid.items])
        care = np.array([float(p.in_care) for p in projection.grid.placements])
        spend[i, cells[:, 0], cells[:, 1]] = costs.spend * of_child
        time[i, cells[:, 0], cells[:, 1]] = projection.over_ages("child_years") @ care
    cashable = np.array([[item.cashable.share(k) for item in grid.items] for k in range(grid.n_years)])
    factors = discount_factors(grid.n_years, assumptions.discount)
    return LifetimeCost(grid, layouts.streams, spend, time, cashable, factors, _entries(run, grid))


def _alone(parameters: Parameters, one: Array) -> Parameters:
    """Leave out all children but one, who enters in the first year: a draw for each cell of entry."""
    stock, rate = (np.zeros(np.shape(a)) for a in (parameters.initial_stock, parameters.entry_rate))
    return parameters.changed(initial_stock=stock, entry_rate=rate, extra_entries={ONE: one})


def _of_nobody(assumptions: Assumptions) -> Assumptions:
    """Give the set with a population of nobody in every year: it is stated for those of the set alone."""
    stated = [row for row in assumptions.rows if row.parameter == "population" and row.kind == "value"]
    others = tuple(row for row in assumptions.rows if row.parameter != "population")
    nobody: Assumption = replace(
        stated[0],
        belief=replace(stated[0].belief, value=0.0, low=None, high=None, distribution=""),
        where=replace(stated[0].where, streams=None, years=None, ages=None),
    )
    left = {row.quantity for row in stated}
    paths = tuple(path for path in assumptions.paths if path.parameter != "population")
    ties = assumptions.ties.without(left - set(assumptions.ties.joint))
    return replace(assumptions, rows=(*others, nobody), paths=paths, ties=ties)


def _entries(run: Run, grid: Grid) -> Array:
    """Give the entries of the first year: (stream, age, placement), placements as they were before phases."""
    base = run.evaluator().unsplit()
    shape = (len(grid.ages), len(grid.placements))
    every = []
    for parameters in base.values():
        total = parameters.entries()[0, 0]
        for extra in parameters.extra_entries.values():
            total = total + np.asarray(extra)[0, 0]
        every.append(np.broadcast_to(total, shape))
    return np.stack(every)
