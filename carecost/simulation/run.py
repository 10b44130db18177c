"""Run a set: inaction and scenarios, central and drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

from carecost._labels import INACTION, financial_year
from carecost._shown import self_showing
from carecost._typing import Array, lock
from carecost.engine.grid import Grid
from carecost.engine.parameters import Parameters
from carecost.engine.project import project_streams
from carecost.engine.projection import Projection
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.provenance import Provenance
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.blocks import Key, Progress, Workers, drawn, share_of_draws
from carecost.simulation.comparison import Comparison, Side
from carecost.simulation.effects import Calendar, first_year
from carecost.simulation.evaluator import Evaluator, Outcome
from carecost.simulation.kept import HEADLINE, HeadlineComparison, HeadlineSide, Keep, Kept
from carecost.simulation.prepare import Prepared, prepare, provenance
from carecost.simulation.quantities import Drawn, bound, labels_for, quantities

T = TypeVar("T")

#: What scenarios are kept under that went through beside those of the run.
_BESIDE = "beside"
#: What the evaluator of the central run is kept under: what it projected is not projected again.
_CENTRAL = ("central evaluator",)

#: Threads of a run unless another number is given: Python's lock is what several wait for.
THREADS = 1


@self_showing
@dataclass(frozen=True, eq=False)
class Run:
    """What a run gave.

    Attributes
    ----------
    prepared : Prepared
        What it was made from: set, scenarios with inaction first, calendar, layouts.
    draws, provenance
        The luck, and what another run must share to be compared.
    central : dict of str to Outcome
        The central run of each scenario.
    drawn : dict of str to Outcome
        All draws of each scenario; the central run when there are no draws.
    shown : dict of str to Outcome
        The same with the luck of small numbers, where the draws ask for it: what levels are shown with.
    keep : str
        What is held of the draws.
    """

    prepared: Prepared
    draws: Draws
    provenance: Provenance
    central: dict[str, Outcome]
    drawn: dict[str, Outcome]
    shown: dict[str, Outcome]
    _known: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False)
    keep: Keep = field(default="everything", kw_only=True)

    @property
    def assumptions(self) -> Assumptions:
        """The set."""
        return self.prepared.assumptions

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """Scenarios by name, inaction first."""
        return self.prepared.scenarios

    @property
    def calendar(self) -> Calendar:
        """Programme years and prices."""
        return self.prepared.calendar

    @cached_property
    def grid(self) -> Grid:
        """Labels, phases of time in care included."""
        return self.prepared.grid

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what was run, and nothing of what was asked of it since."""
        return vars(self) | {"_known": {}}

    def once(self, name: tuple[str, ...], find: Callable[[], T]) -> T:
        """Find something out about the run, once: page, table and files ask for the same things."""
        if name not in self._known:
            self._known[name] = find()
        return cast(T, self._known[name])

    def evaluator(self, block: slice | None = None) -> Evaluator:
        """Give what runs scenarios with the luck of this run: of a block of draws, or central."""
        if block is None:
            return self.once(_CENTRAL, lambda: Evaluator(self.prepared, self.draws))
        return Evaluator(self.prepared, self.draws, block)

    def inputs(self) -> tuple[list[Drawn], Array]:
        """Give every quantity that the draws read, and its values in each: (draw, quantity).

        Raises
        ------
        InputError
            If there are no draws.
        """
        if self.draws.central:
            raise InputError(Problem("the run has no draws", "inputs()", "Run with draws, such as draws=500"))
        found = self.once(("quantities",), lambda: list(quantities(self.prepared).values()))
        columns = self.evaluator(slice(0, 1)).sampler.columns
        values = [drawn.get(columns) for drawn in found]
        return found, np.stack(values, axis=1) if values else np.zeros((self.draws.n, 0))

    def parameters(self, scenario: str, block: slice | None = None) -> dict[str, Parameters]:
        """Make the parameters of each stream again, central or for a block of draws."""
        return self.evaluator(block).parameters(self.scenarios[_known(scenario, self.scenarios)])

    def projections(self, scenario: str, block: slice | None = None) -> dict[str, Projection]:
        """Project each stream again, central or for a block of draws."""
        parameters = self.parameters(scenario, block)
        projections = project_streams(list(parameters.values()))
        for projection in projections:
            lock(projection)
        return dict(zip(parameters, projections, strict=True))

    def outcome(self, scenario: Scenario) -> Outcome:
        """Run one more scenario, central."""
        return self.evaluator().outcome(scenario)

    def also(self, plans: Sequence[Scenario]) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
        """Run more scenarios with the luck of this run: central, and all draws (the central run where there are none).

        Levels are without the luck of small numbers, as in ``drawn``.
        """
        outcomes = self.evaluator().outcomes(plans)
        central = {plan.name: outcome for plan, outcome in zip(plans, outcomes, strict=True)}
        if self.draws.central or not plans:
            return central, central
        known = [self._known.get((_BESIDE, plan.name), (None, None)) for plan in plans]
        if all(there == plan for (there, _), plan in zip(known, plans, strict=True)):
            return central, {plan.name: outcome for (plan, outcome) in known}
        wanted = replace(self.prepared, scenarios={plan.name: plan for plan in plans})
        size = share_of_draws(wanted, self.draws, THREADS, self.keep)
        done = drawn(wanted, replace(self.draws, noise=False), THREADS, size, None, keep=self.keep)
        return central, _apart(done)[0]

    def first_year(self, plan: Scenario) -> int | None:
        """Give the first year in which a scenario, of this run or not, acts or spends; None where it never does."""
        return first_year(plan, self.calendar)

    def idle(self, scenario: str) -> str:
        """Say that no part of a scenario acts in the years projected; nothing where some part does."""
        plan, last = self.scenarios[scenario], self.grid.years[-1]
        first = self.first_year(plan)
        if first is None or first <= last:
            return ""
        begins, ends = financial_year(first), financial_year(last)
        return f"no part acts before {begins}, and the run ends in {ends}: it is inaction here"

    def compare(self, scenario: str, baseline: str = INACTION, central: bool = False) -> Comparison:
        """Compare two scenarios, draw by draw or in the central run."""
        outcomes = self.central if central else self.drawn
        before, after = (outcomes[_known(name, outcomes)] for name in (baseline, scenario))
        return self.comparison(baseline, before, scenario, after, outcomes[INACTION])

    def comparison(
        self,
        baseline: str,
        before: Outcome,
        scenario: str,
        after: Outcome,
        inaction: Outcome | None = None,
        acts_from: int | None = None,
    ) -> Comparison:
        """Compare two outcomes with the luck of this run.

        What becomes cash is counted against inaction, which is to be given where the baseline is another scenario.
        """
        sides = self.side(baseline, before), self.side(scenario, after, acts_from)
        reference = None if inaction is None or baseline == INACTION else self.side(INACTION, inaction)
        made = HeadlineComparison if isinstance(sides[1], HeadlineSide) else Comparison
        return made(*sides, self.assumptions.discount, self.calendar.programme_start, reference)

    def side(self, name: str, outcome: Outcome, acts_from: int | None = None) -> Side:
        """Give an outcome as one side of a comparison, with the year from which its scenario acts."""
        if acts_from is None and name in self.scenarios:
            acts_from = first_year(self.scenarios[name], self.calendar)
        if isinstance(outcome, Kept) and outcome.keep == HEADLINE:
            return HeadlineSide(name, self.provenance, outcome, acts_from)
        return Side(name, self.provenance, outcome.costs, *outcome.in_care(self.grid), acts_from)


def _known(name: str, names: Iterable[str]) -> str:
    if name not in names:
        raise UnknownNameError(unknown("scenario", name, names))
    return name


def run(
    assumptions: Assumptions,
    scenarios: Sequence[Scenario] = (),
    years: int | None = None,
    draws: Draws | None = None,
    start: int | None = None,
    threads: int = THREADS,
    progress: Progress | None = None,
    block: int | None = None,
    executor: Workers | None = None,
    beside: Callable[[Run], Sequence[Scenario]] | None = None,
    keep: Keep = "everything",
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
    executor : Executor or callable, optional
        What blocks of draws are done on, or a factory of it; threads by default. No result depends on it.
    beside : callable, optional
        Gives further scenarios that will be asked for (see :meth:`Run.also`), from the central run: they go through
        with the others, which takes less than one after the other.
    keep : str
        What is held of the draws: ``everything``; ``costs``, without children by stream and placement; ``headline``.

    Returns
    -------
    Run
        Central run and draws of every scenario.

    Raises
    ------
    InputError
        If the set or a scenario cannot be run; with every fault.
    """
    draws = bound(Draws() if draws is None else draws, assumptions)
    prepared = prepare(assumptions, scenarios, years, start)
    if draws.table is not None:
        prepared = replace(prepared, layouts=prepared.layouts.labelled(labels_for(prepared, draws)))
    told = provenance(prepared, draws)
    evaluator = Evaluator(prepared, draws)
    only = dict(zip(prepared.scenarios, evaluator.outcomes(list(prepared.scenarios.values())), strict=True))
    alone = Run(prepared, draws, told, only, only, only, {_CENTRAL: evaluator}, keep=keep)
    if draws.central:
        return alone
    # What goes beside has no luck of small numbers, and so is left to be asked for where there is any.
    more = {} if beside is None or draws.noise else {plan.name: plan for plan in beside(alone)}
    wanted = replace(prepared, scenarios=prepared.scenarios | more)
    size = share_of_draws(wanted, draws, threads, keep) if block is None else block
    plain, lucky = _apart(drawn(wanted, draws, threads, size, progress, executor, keep=keep))
    further: dict[tuple[str, ...], Any] = {(_BESIDE, name): (plan, plain.pop(name)) for name, plan in more.items()}
    further[_CENTRAL] = evaluator
    return Run(prepared, draws, told, only, plain, lucky or plain, further, keep=keep)


def _apart(outcomes: dict[Key, Outcome]) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
    """Part the outcomes without luck from those with it."""
    plain, lucky = ({name: o for (name, luck), o in outcomes.items() if luck is which} for which in (False, True))
    return plain, lucky
