"""Story of a run: everything that the page and the terminal's table say, asked of the results once.

``story`` is the only place of this room that asks :class:`carecost.Results` for anything. Sections of the page are
functions of a ``Story``; the table of the terminal, the page and the pictures read the same one. What the page alone
shows (attribution, appraisal, present values by rate, charts) is worked out when it is first read, and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.evidence_base import footing, outcomes_alone, unmoved
from carecost.analysis.required_effect import Worth, worths
from carecost.analysis.sensitivity import growth_paths
from carecost.engine.grid import Grid
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.provenance import Provenance
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.money.discounting import TIMINGS
from carecost.report import charts, headline
from carecost.report.answer import Answer, answer
from carecost.report.charts import Chart
from carecost.report.headline import SummaryRow
from carecost.results.appraisal_tables import SavingAppraisal
from carecost.results.attribution_tables import SHORT, short_table
from carecost.results.saving import Saving
from carecost.results.tables import summarised
from carecost.simulation.run import Run
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results


@dataclass(frozen=True, eq=False)
class Spending:
    """Spending and counted outcomes of one scenario, inaction included.

    Attributes
    ----------
    plan : Scenario
        The scenario, as it is stated.
    drawn : ndarray of shape (draw, year, item)
        Each item in the draws, with the luck of small numbers where the draws ask for it; the central run where there
        are none [GBP, or its own unit where it is counted].
    public : ndarray of shape (draw, year)
        The public purse [GBP].
    """

    plan: Scenario
    drawn: Array
    public: Array


@dataclass(frozen=True, eq=False)
class Against:
    """One scenario against inaction, and what is said of it.

    Attributes
    ----------
    plan : Scenario
        The scenario, as it is stated.
    saving : Saving
        The comparison, draw by draw and central.
    moves : bool
        Whether children in care or public spending differ at all; if not, there is nothing to draw.
    rows : tuple of SummaryRow
        The summary that people quote.
    evidence_base : dict of str to float
        Cashable saving by what the effects rest on, central run [GBP].
    finding, footing, per_child, social : str
        Sentences on the net present saving and payback, the evidence base, the saving for each child-year averted, and
        the net present social value; empty where there is nothing to say.
    warnings : tuple of str
        What to know before the numbers are used.
    """

    plan: Scenario
    saving: Saving
    moves: bool
    rows: tuple[SummaryRow, ...]
    evidence_base: dict[str, float]
    finding: str
    footing: str
    per_child: str
    social: str
    warnings: tuple[str, ...]
    _run: Run = field(repr=False)

    @cached_property
    def attribution(self) -> dict[str, pd.DataFrame]:
        """Attribution to levers by measure, central run; none with fewer than two levers, or where nothing moves."""
        if len(self.plan.levers) < 2 or not self.moves:
            return {}
        return {measure: short_table(self._run, self.plan.name, [measure]) for measure in SHORT}

    @cached_property
    def worths(self) -> tuple[Worth, ...]:
        """What one per cent of each effect is worth for which the scenario has a place, at zero."""
        return worths(self._run, self.plan.name)

    @cached_property
    def curves(self) -> dict[str, Chart]:
        """Chart of the net present saving over each of these effects that a study can be marked on, by lever."""
        levers = {lever.name: lever for lever in self.plan.levers}
        marked = [w for w in self.worths if any(e.amount is not None for e in levers[w.lever].evidence)]
        return {w.lever: charts.effect_chart(self._run, self.plan, w) for w in marked}

    @cached_property
    def appraisal(self) -> SavingAppraisal:
        """The scenario appraised as a business case, without optimism bias."""
        return self.saving.appraisal()

    @cached_property
    def present_values(self) -> dict[str, pd.DataFrame]:
        """Net present saving at each packaged discount schedule, by timing of the flows in the year."""
        return {timing: self.saving.npvs(timing=timing) for timing in TIMINGS}


@dataclass(frozen=True, eq=False)
class Story:
    """What a run has to say; made by :func:`story`.

    Attributes
    ----------
    results : Results
        What the run gave: for charts to be drawn from, and for nothing else.
    assumptions, grid, draws, provenance
        What it was made from.
    programme_start : int
        Calendar year of programme year 1.
    spending : dict of str to Spending
        Each scenario by name; inaction first.
    against : dict of str to Against
        Each scenario but inaction by name.
    inaction : tuple of SummaryRow
        What is quoted of inaction where there is nothing else; empty where there are other scenarios.
    children, growth : str
        Sentences on children in care at the end, and on the growth of prices (empty where none grows).
    at : tuple of int
        Dates that the answer tells of; its own choice where none are given.
    """

    results: Results = field(repr=False)
    assumptions: Assumptions
    grid: Grid
    draws: Draws
    provenance: Provenance
    programme_start: int
    spending: dict[str, Spending]
    against: dict[str, Against]
    inaction: tuple[SummaryRow, ...]
    children: str
    growth: str
    at: tuple[int, ...] = ()

    @cached_property
    def answer(self) -> Answer:
        """The answer in the asker's own numbers, for the screen and the brief."""
        return answer(self.results.run, self.at)

    @property
    def citation(self) -> str:
        """What this is from, so that it can be cited and made again."""
        made = self.provenance
        plans = ", ".join(name for name in self.spending if name != INACTION) or INACTION
        drawn = numbers.drawn(self.draws.n, self.draws.seed)
        return f"carecost {made.version}: {made.assumptions} (digest {made.digest[:12]}), {plans}; {drawn}"

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """Charts of the run: children, places where they may run out, and each net saving where anything moves."""
        claim, alone = any(compared.plan.claim for compared in self.against.values()), len(self.against) == 1
        limited = self.spending if self.grid.groups else ()
        return (
            charts.children_chart(self.results, self.children, claim, partial(_children, self.results)),
            *(
                charts.capacity_chart(self.results, name, not self.against, partial(_capacity, self.results, name))
                for name in limited
            ),
            *(
                charts.net_saving_chart(compared.saving, compared.finding, compared.plan.claim, alone)
                for compared in self.against.values()
                if compared.moves
            ),
        )

    @cached_property
    def lever_charts(self) -> dict[str, Chart]:
        """Waterfall by lever of each scenario whose saving is attributed, by scenario."""
        alone = len(self.against) == 1
        return {
            name: charts.lever_chart(
                self.results,
                compared.plan,
                headline.lever_sentence(compared.plan.heading, compared.attribution["npv"]),
                alone,
                compared.attribution["npv"].copy,
            )
            for name, compared in self.against.items()
            if compared.attribution
        }


def story(results: Results | Story, at: Sequence[int] = ()) -> Story:
    """Work out what a run has to say: each table and each comparison is asked for once.

    Parameters
    ----------
    results : Results or Story
        What a run gave; a story is given back as it is.
    at : sequence of int
        Dates to tell of; see :func:`carecost.report.answer.answer`.

    Returns
    -------
    Story
        For the page, the pictures and the table of the terminal alike.

    Examples
    --------
    >>> import carecost as cc
    >>> story(cc.run(cc.load_assumptions("england-2025"), years=2)).inaction[0].what
    'Children in care, 31 March 2027'
    """
    if isinstance(results, Story):
        return results
    run = results.run
    others = [name for name in run.scenarios if name != INACTION]
    at_end = _children_at_end(results, run)
    last, price_year = run.grid.dates[-1], run.assumptions.price_year
    alone = () if others else headline.inaction_summary(last, at_end[INACTION], _public_spend(run), price_year)
    return Story(
        results=results,
        assumptions=run.assumptions,
        grid=run.grid,
        draws=run.draws,
        provenance=run.provenance,
        programme_start=run.calendar.programme_start,
        spending=dict(_spending(run)),
        against={name: _against(run, results.compare(name)) for name in others},
        inaction=alone,
        children=headline.children_sentence(last, _headed(run, at_end)),
        growth=headline.growth_sentence(growth_paths(run), last, price_year),
        at=tuple(at),
    )


def _children(results: Results) -> pd.DataFrame:
    """Give the table of the chart of children in care."""
    return results.children()


def _capacity(results: Results, scenario: str) -> pd.DataFrame:
    """Give the table of the chart of places of a scenario."""
    every = results.capacity()
    return every[every["scenario"] == scenario]


def _children_at_end(results: Results, run: Run) -> dict[str, dict[str, float]]:
    """Give children in care on the last date, by scenario and quantile [children]."""
    rows = results.children()
    at_end = rows[rows["date"] == run.grid.dates[-1]]
    by_scenario: dict[str, dict[str, float]] = {name: {} for name in run.scenarios}
    for name, quantile, value in zip(at_end["scenario"], at_end["quantile"], at_end["value"], strict=True):
        by_scenario[name][str(quantile)] = float(value)
    return by_scenario


def _headed(run: Run, of: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Put the headings of scenarios for their names, where no two are the same."""
    headed = {run.scenarios[name].heading: values for name, values in of.items()}
    return headed if len(headed) == len(of) else of


def _public_spend(run: Run) -> dict[str, float]:
    """Give public spending under inaction in the last year, by quantile [GBP]."""
    drawn, central = (of[INACTION].costs.public_spend[:, -1] for of in (run.shown, run.central))
    return {quantile: float(value) for quantile, value in summarised(drawn, central).items()}


def _spending(run: Run) -> Iterator[tuple[str, Spending]]:
    for name, plan in run.scenarios.items():
        costs = run.shown[name].costs
        yield name, Spending(plan, costs.spend, costs.public_spend)


def _against(run: Run, saving: Saving) -> Against:
    """Say of one scenario against inaction what is quoted of it."""
    name = saving.scenario.name
    plan, moves = run.scenarios[name], not unmoved(saving.drawn, saving.central)
    rows, evidence_base = headline.summary(saving), footing(run, name)
    return Against(
        plan=plan,
        saving=saving,
        moves=moves,
        rows=rows,
        evidence_base=evidence_base,
        finding=headline.saving_sentence(saving, moves),
        footing=headline.footing_sentence(evidence_base, outcomes_alone(run, name)),
        per_child=headline.per_child_sentence(saving),
        social=headline.social_sentence(saving),
        warnings=headline.warnings(plan, saving, rows, moves, run.assumptions.name),
        _run=run,
    )
