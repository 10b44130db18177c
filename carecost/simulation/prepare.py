"""Prepare a run: every check of a set and its scenarios, the layouts of its parameters, and the calendar."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from carecost._labels import INACTION
from carecost._version import __version__
from carecost.engine.grid import HAZARDS, Grid
from carecost.engine.items import OUTCOMES
from carecost.errors import InputError, Problem, refuse
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.provenance import Provenance
from carecost.inputs.scenario import Scenario, elsewhere, payment_faults
from carecost.maths.monte_carlo import Draws
from carecost.simulation.checks import checked
from carecost.simulation.effects import Calendar, check
from carecost.simulation.layout import Layouts


@dataclass(frozen=True, eq=False)
class Prepared:
    """A set and scenarios that were checked and laid out.

    Attributes
    ----------
    assumptions : Assumptions
        The set.
    scenarios : dict of str to Scenario
        By name, inaction first; without what the set's scope does not count.
    calendar : Calendar
        Programme years and prices.
    layouts : Layouts
        Where the rows of the set go in the arrays of each parameter.
    """

    assumptions: Assumptions
    scenarios: dict[str, Scenario]
    calendar: Calendar
    layouts: Layouts

    @property
    def grid(self) -> Grid:
        """Labels of the projections, phases of time in care included."""
        return self.assumptions.phases.grid(self.layouts.grid)

    @property
    def yearly(self) -> bool:
        """Whether rates of leaving or moving differ from year to year whatever is done: many kernels."""
        background = self.assumptions.background
        behind = [] if background is None else [change for _, change in background.changes]
        layouts = (layout for stream in self.layouts.streams for layout in self.layouts.layouts(stream))
        dated = any(layout.folded is not None and len(set(layout.folded.steps[0])) > 1 for layout in layouts)
        return dated or any(change.parameter in HAZARDS and not change.idle for change in behind)


def provenance(prepared: Prepared, draws: Draws) -> Provenance:
    """Say what a run is made of, and what another must share to be compared with it."""
    assumptions, calendar, grid = prepared.assumptions, prepared.calendar, prepared.layouts.grid
    return Provenance(
        assumptions=assumptions.name,
        digest=assumptions.digest,
        draws=draws.n,
        seed=draws.seed,
        noise=draws.noise,
        base_year=grid.base_year,
        years=grid.n_years,
        programme_start=calendar.programme_start,
        price_year=calendar.price_year,
        deflator=assumptions.deflator.vintage,
        discount=assumptions.discount.name,
        version=__version__,
        baseline=" + ".join(assumptions.baselines),
        given="" if draws.table is None else draws.table.words,
    )


def prepare(
    assumptions: Assumptions,
    scenarios: Sequence[Scenario] = (),
    years: int | None = None,
    start: int | None = None,
    like: Assumptions | None = None,
) -> Prepared:
    """Check a set and its scenarios, however they were made, and lay them out.

    Parameters
    ----------
    assumptions : Assumptions
        What is believed; checked once for each frozen set.
    scenarios : sequence of Scenario
        What might be done; inaction is always there.
    years : int, optional
        Projected years; the set's own by default.
    start : int, optional
        Calendar year of programme year 1; the set's own by default.
    like : Assumptions, optional
        A set that was checked, of which this one is made: what both share is checked once.

    Returns
    -------
    Prepared
        Ready to run.

    Raises
    ------
    CareCostError
        If the set or a scenario cannot be run; with every fault.
    """
    own = checked(assumptions, like)
    grid = own.grid if years in (None, assumptions.years) else assumptions.grid(years)
    begin = assumptions.programme_start if start is None else start
    if begin != assumptions.programme_start and begin > (last := grid.years[-1]):
        remedy = f"Give a year up to {last}, or more projected years"
        raise InputError(Problem(f"start is {start}, after the last projected year", "run", remedy))
    calendar = Calendar(begin, assumptions.price_year, assumptions.deflator, assumptions.portion)
    named = _named([scenario.without_items(assumptions.uncounted) for scenario in scenarios])
    background = assumptions.background
    behind = [] if background is None else [background]
    refuse([problem for scenario in [*scenarios, *behind] for problem in payment_faults(scenario)])
    for scenario in [*named.values(), *behind]:
        _check(scenario, assumptions, grid, calendar)
    layouts = own.anew() if grid is own.grid else Layouts(assumptions, grid)
    return Prepared(assumptions, named, calendar, layouts)


def _named(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Give the scenarios by name, inaction first."""
    named = {INACTION: Scenario(INACTION, title="No reform")}
    for scenario in scenarios:
        if scenario.name in named and scenario.levers:
            raise InputError(Problem(f"scenario {scenario.name!r} is there twice", "run", "Give each its own name"))
        named.setdefault(scenario.name, scenario)
    return named


def _check(scenario: Scenario, assumptions: Assumptions, grid: Grid, calendar: Calendar) -> None:
    """Refuse a scenario that does not fit the set, and name the set that it is made for, if that is another."""
    priced = list(_priced_outcomes(scenario, grid))
    try:
        try:
            check(scenario, grid, assumptions.streams, calendar)
        except InputError as error:
            raise InputError([*error.problems, *priced]) from None
        refuse(priced)
    except InputError as error:
        lost = elsewhere(scenario, assumptions.name)
        if not lost:
            raise
        # What is later or smaller has that after a comma in its name, which the command does not know.
        command = f"carecost compare {scenario.made_for} {shlex.quote(scenario.name.partition(', ')[0])}"
        raise InputError([Problem(lost, remedy=f"Run {command}"), *error.problems]) from None


def _priced_outcomes(scenario: Scenario, grid: Grid) -> Iterator[Problem]:
    """Find amounts of money for what is counted: they would be converted to the set's price year."""
    units = {item.name: item.unit for item in grid.items if item.account == OUTCOMES}
    for lever in scenario.levers:
        for change in lever.changes:
            for name in change.where.items or () if change.price_year is not None else ():
                if name in units:
                    where = f"scenario {scenario.name!r}, lever {lever.name!r}, {change.operation} {change.parameter}"
                    remedy = f"Give the unit {units[name]!r} and no price_year"
                    yield Problem(f"is an amount of money, and {name!r} is counted", where, remedy)
