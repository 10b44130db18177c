"""Run a set: inaction and scenarios, central and drawn."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np

from carecost._labels import INACTION
from carecost._version import __version__
from carecost.engine.grid import Grid
from carecost.engine.items import OUTCOMES
from carecost.engine.parameters import Parameters
from carecost.engine.project import project_streams
from carecost.engine.projection import Projection
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.provenance import Provenance
from carecost.inputs.scenario import Scenario, elsewhere
from carecost.maths.monte_carlo import Draws
from carecost.simulation.blocks import Key, Outcome, Progress, Work, block_size, merged
from carecost.simulation.comparison import Comparison, Side
from carecost.simulation.effects import Calendar, apply, check
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Run:
    """What a run gave.

    Attributes
    ----------
    assumptions, scenarios, grid, draws, calendar, provenance
        What it was made from; ``scenarios`` has inaction first.
    central : dict of str to Outcome
        The central run of each scenario.
    drawn : dict of str to Outcome
        All draws of each scenario; the central run when there are no draws.
    shown : dict of str to Outcome
        The same with the luck of small numbers, where the draws ask for it: what levels are shown with.
    """

    assumptions: Assumptions
    scenarios: dict[str, Scenario]
    grid: Grid
    draws: Draws
    calendar: Calendar
    provenance: Provenance
    central: dict[str, Outcome]
    drawn: dict[str, Outcome]
    shown: dict[str, Outcome]
    layouts: Layouts
    _found: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False)

    def once(self, name: tuple[str, ...], find: Callable[[], T]) -> T:
        """Find something out about the run, once: page, table and files ask for the same things."""
        if name not in self._found:
            self._found[name] = find()
        return cast(T, self._found[name])

    def parameters(self, scenario: str, block: slice | None = None) -> dict[str, Parameters]:
        """Make the parameters of each stream again, central or for a block of draws."""
        sampler = self.layouts.sampler(self.draws, block)
        chosen = self.scenarios[_known(scenario, self.scenarios)]
        base = self.inaction(sampler)
        splits, calendar = self.layouts.splits, self.calendar
        return {stream: splits[stream].of(apply(chosen, p, stream, sampler, calendar)) for stream, p in base.items()}

    def inaction(self, sampler: Sampler) -> dict[str, Parameters]:
        """Make the parameters of each stream before any scenario acts."""
        return Work(self.layouts, {}, self.calendar, self.draws, self.assumptions.background).inaction(sampler)

    def projections(self, scenario: str, block: slice | None = None) -> dict[str, Projection]:
        """Project each stream again, central or for a block of draws."""
        parameters = self.parameters(scenario, block)
        return dict(zip(parameters, project_streams(list(parameters.values())), strict=True))

    def outcome(self, scenario: Scenario) -> Outcome:
        """Run one more scenario, central."""
        background = self.assumptions.background
        work = Work(self.layouts, {scenario.name: scenario}, self.calendar, self.draws, background)
        return work.block(None)[scenario.name, False]

    def compare(self, scenario: str, baseline: str = INACTION, central: bool = False) -> Comparison:
        """Compare two scenarios, draw by draw or in the central run."""
        outcomes = self.central if central else self.drawn
        a, b = (self.side(name, outcomes[_known(name, outcomes)]) for name in (baseline, scenario))
        return Comparison(a, b, self.assumptions.discount, self.calendar.programme_start)

    def side(self, name: str, outcome: Outcome) -> Side:
        """Give an outcome as one side of a comparison."""
        care = np.array([float(p.in_care) for p in self.grid.placements])
        children = (outcome.stock @ care).sum(1)
        years = (outcome.flows["child_years"] @ care).sum(1)
        return Side(name, self.provenance, outcome.costs, children, years)


def _known(name: str, names: Sequence[str] | dict[str, object] | dict[str, Scenario] | dict[str, Outcome]) -> str:
    if name not in names:
        raise UnknownNameError(unknown("scenario", name, names))
    return name


def run(
    assumptions: Assumptions,
    scenarios: Sequence[Scenario] = (),
    years: int | None = None,
    draws: Draws | None = None,
    start: int | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    block: int | None = None,
) -> Run:
    """Run inaction and some scenarios.

    Parameters
    ----------
    assumptions : Assumptions
        What is believed.
    scenarios : sequence of Scenario
        What might be done; inaction is always run first.
    years : int, optional
        Projected years; the set's own by default.
    draws : Draws, optional
        Joint samples; the central run alone by default.
    start : int, optional
        Calendar year of programme year 1; the set's own by default.
    threads, block : int
        Threads, and draws that go through at once (chosen by the size of the set when not given); no result depends on
        them.
    progress : callable, optional
        Called with (draws done, draws in all).

    Returns
    -------
    Run
        Central run and draws of every scenario.

    Raises
    ------
    InputError
        If the set or a scenario cannot be run; with every fault.
    """
    draws = draws or Draws()
    grid = assumptions.grid(years)
    begin = assumptions.programme_start if start is None else start
    calendar = Calendar(begin, assumptions.price_year, assumptions.deflator, assumptions.portion)
    everything = _named([scenario.without_items(assumptions.uncounted) for scenario in scenarios])
    background = assumptions.background
    for scenario in [*everything.values(), *([] if background is None else [background])]:
        _check(scenario, assumptions, grid, calendar)
    layouts = Layouts(assumptions, grid)
    work = Work(layouts, everything, calendar, draws, background)
    grid = assumptions.phases.grid(grid)
    central = work.block(None)
    # A share for each thread at least, so that few draws go side by side too.
    size = block or max(1, min(block_size(grid, everything.values()), -(-draws.n // max(threads, 1))))
    drawn = central if draws.central else merged(work, grid, threads, size, progress)
    plain, lucky = _apart(drawn)
    made = _provenance(assumptions, grid, draws, calendar)
    return Run(assumptions, everything, grid, draws, calendar, made, _apart(central)[0], plain, lucky or plain, layouts)


def _check(scenario: Scenario, assumptions: Assumptions, grid: Grid, calendar: Calendar) -> None:
    """Refuse a scenario that does not fit the set, and name the set that it is made for, if that is another."""
    try:
        check(scenario, grid, assumptions.streams, calendar)
    except InputError as error:
        lost = elsewhere(scenario, assumptions.name)
        if not lost:
            raise
        # What is later or smaller has that after a comma in its name, which the command does not know.
        command = f"carecost compare {scenario.made_for} {shlex.quote(scenario.name.partition(', ')[0])}"
        raise InputError([Problem(lost, remedy=f"Run {command}"), *error.problems]) from None
    refuse(list(_priced_outcomes(scenario, grid)))


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


def _apart(outcomes: dict[Key, Outcome]) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
    """Part the outcomes without luck from those with it."""
    plain, lucky = ({name: o for (name, luck), o in outcomes.items() if luck is which} for which in (False, True))
    return plain, lucky


def _named(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    named = {INACTION: Scenario(INACTION, title="Inaction")}
    for scenario in scenarios:
        if scenario.name in named and scenario.levers:
            raise InputError(Problem(f"scenario {scenario.name!r} is there twice", "run", "Give each its own name"))
        named.setdefault(scenario.name, scenario)
    return named


def _provenance(assumptions: Assumptions, grid: Grid, draws: Draws, calendar: Calendar) -> Provenance:
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
    )
