"""Results: children, costs and comparisons of a run as tables, with the arrays behind them."""

from __future__ import annotations

import datetime
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from carecost._guard import (
    LONGEST,
    Refused,
    amounts,
    calendar_year,
    called,
    flag,
    guarded,
    instance,
    labels,
    mapping_of,
    number,
    one_of,
    opened,
    optional,
    path,
    share,
    text,
    whole,
    wholes,
)
from carecost._labels import INACTION, financial_year
from carecost.analysis import sensitivity
from carecost.analysis.convergence import Convergence, convergence
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Projection, together
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.files.archive import replay, save_run
from carecost.files.baselines import Background, under
from carecost.files.load import a_scenario, a_set
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.provenance import Provenance
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import LEVEL, MOST_DRAWS, Draws
from carecost.money.discounting import Deflator, Schedule, Timing
from carecost.money.optimism_bias import Optimism, bias
from carecost.money.prices import CASH, REAL
from carecost.results import (
    attribution_tables,
    baseline_tables,
    decision_tables,
    effect_tables,
    information_tables,
    json_schema,
    labelled,
    lifetime_tables,
    price_tables,
    saving,
    tables,
    two_way,
)
from carecost.results.appraisal_tables import SavingAppraisal
from carecost.results.budget import OF, Budget, stated_budget
from carecost.results.decision_tables import DEFAULT_EFFECT, VALUES, ScenarioOptions
from carecost.results.saving import RATES, Saving
from carecost.results.what_if import Response, bands_of_ages
from carecost.simulation.blocks import EXECUTOR, Progress
from carecost.simulation.comparison import RATE, TIMING
from carecost.simulation.kept import KEEPS, Keep
from carecost.simulation.run import THREADS, Run
from carecost.simulation.run import run as run_simulation
from carecost.text import numbers

#: Rules of the guard (see :mod:`carecost._guard`): a horizon; draws; a vintage; years that are told apart by name.
HORIZON = optional(whole(1, LONGEST, example="20"))


def some(value: Any) -> slice:
    """Take a slice of the draws."""
    if (
        isinstance(value, slice)
        and value.step != 0
        and all(isinstance(v, int | None) for v in (value.start, value.stop, value.step))
    ):
        return value
    raise Refused("", "Give a slice of the draws, such as slice(0, 10); without it the central run is given")


def _report(module: str) -> Any:
    """Give a module of the room above, which says what a run means: by name, as nothing here depends on it."""
    return importlib.import_module(f"carecost.report.{module}")


vintage = instance(str, Deflator, words="Give the vintage of a packaged deflator by its name, or a Deflator")


#: What may go on behind every scenario.
BEHIND = 'Give names of baselines and scenarios, such as "mix-trend+child-poverty", or a Scenario'

#: The rule for further files of a run.
CONTENTS = mapping_of(instance(bytes, words="Give bytes"), "Give the bytes of each file by its name")


def calendar_years(value: Any) -> tuple[int, ...]:
    """Take one calendar year, or several."""
    return tuple(map(calendar_year, wholes(value)))


def workers(value: Any) -> Any:
    """Take an executor, or a factory of one."""
    if isinstance(value, Executor) or callable(value):
        return value
    raise Refused("", EXECUTOR)


def a_date(value: Any) -> datetime.date:
    """Take a date, or one as text."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("", 'Give a date, such as "2026-11-30"') from None


def luck(value: Any) -> Draws:
    """Take draws, or how many there are to be."""
    if isinstance(value, Draws):
        return value
    try:
        return Draws(whole(0, MOST_DRAWS)(value))
    except Refused:
        raise Refused("", "Give how many draws there are to be, such as 500, or carecost.Draws(500, seed=1)") from None


@guarded(
    assumptions=a_set,
    scenarios=a_scenario,
    years=HORIZON,
    draws=optional(luck),
    start=optional(calendar_year),
    threads=whole(1, 1024),
    progress=optional(called),
    block=optional(whole(1)),
    background=optional(instance(str, Path, Scenario, list, tuple, words=BEHIND)),
    executor=optional(workers),
    keep=one_of(KEEPS),
)
def run(
    assumptions: Assumptions | str | Path,
    *scenarios: Scenario | str | Path,
    years: int | None = None,
    draws: Draws | int | None = None,
    start: int | None = None,
    threads: int = THREADS,
    progress: Progress | None = None,
    block: int | None = None,
    background: Background | None = None,
    executor: Executor | Callable[[], Executor] | None = None,
    keep: Keep = "everything",
) -> Results:
    """Run inaction and some scenarios on a set of assumptions.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        What is believed: a set, or the name or folder of one.
    *scenarios : Scenario, str or Path
        What might be done: scenarios, or the names or files of some; ``"inaction"`` is always there.
    years : int, optional
        Projected years, 1 or more; the set's own by default.
    draws : Draws or int, optional
        Joint samples, or how many; the central run alone by default.
    start : int, optional
        Calendar year of programme year 1; the set's own by default.
    threads : int
        Threads; no result depends on them. Several take more processor time and are hardly faster, as Python's lock is
        what they wait for: for several cores give processes as ``executor``.
    progress : callable, optional
        Called with (draws done, draws in all).
    block : int, optional
        Draws that go through at once, chosen by the size of the set when not given; no result depends on it.
    background : str, Scenario or sequence of these, optional
        What goes on under every scenario, as in :func:`carecost.under`: names of baselines (each takes the place of the
        set's own on its axis) and of scenarios, joined by ``+``.
    executor : Executor or callable, optional
        What blocks of draws are done on: any :class:`concurrent.futures.Executor` (which is left as it is, such as
        Dask's ``Client.get_executor()``), or a factory of one (which is shut down after, and asked again where a worker
        was lost), such as ``ProcessPoolExecutor``; ``threads`` threads by default. No result depends on it. A block
        whose worker is lost is done again; a ``progress`` that raises cancels the run.
    keep : str
        What is held of the draws: ``everything``; ``costs`` (money by item, children in care in total; not half the
        memory); ``headline`` (children in care, public spend and savings in total; little memory however many draws).
        What is not held is refused in words; the central run is held whole, and numbers are the same to rounding.

    Returns
    -------
    Results
        Tables and arrays.

    Raises
    ------
    CareCostError
        If an argument is none that can be used, a set or scenario is not found, or they cannot be run; with every
        fault.

    See Also
    --------
    run_areas : The same in every area of a set.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "care-review", years=5)
    >>> results.children().columns.tolist()
    ['scenario', 'date', 'quantile', 'value', 'unit']
    """
    plans = [a_scenario(scenario) for scenario in scenarios]
    given = None if draws is None else luck(draws)
    believed = a_set(assumptions) if background is None else under(a_set(assumptions), background)
    return Results(run_simulation(believed, plans, years, given, start, threads, progress, block, executor, keep=keep))


@opened
class Results:
    """What a run gave, in tables, with the arrays of the run.

    Parameters
    ----------
    run : Run
        A run, as :func:`carecost.run` makes it.

    See Also
    --------
    carecost.run : Makes results.
    Saving : One scenario against a baseline.

    Notes
    -----
    How a year goes is on the page "The engine" of the documentation, what an interval holds on "What an interval
    holds, and what it does not".

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=3)
    >>> results.scenarios
    ('inaction', 'care-review')
    """

    @guarded(run=instance(Run, words="Use cc.run(…), which gives results"))
    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def run(self) -> Run:
        """Arrays of the run."""
        return self._run

    def _screen(self) -> list[tuple[str, str]]:
        """Say which run it is, and what came of it."""
        p, run = self._run.provenance, self._run
        begins = financial_year(p.programme_start)
        rows = [
            ("run", f"{p.assumptions} ({p.digest}), {p.years} years; carecost {p.version}"),
            ("draws", f"{p.draws:,}, seed {p.seed}{', with the luck of small numbers' if p.noise else ''}"),
            ("prices", f"{p.price_base.words}; programme year 1 is {begins}"),
        ]
        for name, outcome in run.shown.items():
            children = run.side(name, outcome).children[:, -1].mean()
            said = f"{children:,.0f} children in care on 31 March {run.grid.dates[-1]}"
            if name != INACTION:
                idle = run.idle(name)
                saved = f"{said}; net present saving {numbers.pounds(float(run.compare(name).npv().mean()))}"
                said = f"{idle}; {said}" if idle else saved
            rows.append((name, said))
        return rows

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios; inaction first."""
        return tuple(self._run.scenarios)

    @property
    def provenance(self) -> Provenance:
        """What the results were made from: set with its digest, draws, prices, version; see :meth:`to_dict`."""
        return self._run.provenance

    def inputs(self) -> pd.DataFrame:
        """Give the drawn values of every uncertain quantity: what the run read, to the last bit.

        Returns
        -------
        DataFrame
            One row a draw, one column a quantity, by the name under which it is drawn (where several numbers share one
            luck, by a name of each), in the unit of its belief; years of a path are logs of its multiplier.

        Raises
        ------
        InputError
            If there are no draws.

        See Also
        --------
        carecost.Draws.given : Run with such a table.
        evppi : What it would be worth to know some of them.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", years=2, draws=4)
        >>> again = cc.run("england-2025", years=2, draws=cc.Draws.given(results.inputs()))
        >>> bool((again.children(by_draw=True)["value"] == results.children(by_draw=True)["value"]).all())
        True
        """
        found, values = self._run.inputs()
        index = pd.RangeIndex(len(values), name="draw")
        return pd.DataFrame(values, index=index, columns=[drawn.label for drawn in found])

    # Children and places

    @guarded(by=labels, by_draw=flag, level=tables.COVERAGE, in_care=flag, wide=flag)
    def children(
        self,
        by: Sequence[str] = (),
        by_draw: bool = False,
        in_care: bool = True,
        level: float = LEVEL,
        wide: bool = False,
    ) -> pd.DataFrame:
        """Give children on 31 March of each year.

        Parameters
        ----------
        by : str or sequence of str
            Any of placement, phase, group, stream, in_care; and age (central run only).
        by_draw : bool
            One row a draw instead of one a quantile.
        in_care : bool
            Only children in care.
        level : float
            Coverage of the interval [probability].
        wide : bool
            A column for each date instead of a row; errors of means are then left out.

        Returns
        -------
        DataFrame
            Columns scenario, date, those of ``by``, quantile (central, mean; 0.1, 0.5, 0.9 as numbers) or draw, value,
            mean_error (Monte Carlo error of a mean, where there are draws), unit.

        Raises
        ------
        UnknownNameError
            If a column is not known.

        See Also
        --------
        flows : Entries, exits and time in care in each year.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> results.children(by=["group"])["date"].unique().tolist()
        [2025, 2026, 2027, 2028]
        """
        rows = tables.children_rows(self._run, by, None if by_draw else level, in_care)
        return tables.widened(rows, "date", wide)

    @guarded(flow=text, by=labels, by_draw=flag, level=tables.COVERAGE, in_care=flag, wide=flag)
    def flows(
        self,
        flow: str,
        by: Sequence[str] = (),
        by_draw: bool = False,
        in_care: bool = True,
        level: float = LEVEL,
        wide: bool = False,
    ) -> pd.DataFrame:
        """Give a flow in each year.

        Parameters
        ----------
        flow : str
            One of entries, exits, aged_out [children], child_years [child-years].
        by : str or sequence of str
            Any of placement, phase, group, stream, in_care.
        by_draw : bool
            One row a draw instead of one a quantile.
        in_care : bool
            Only children in care.
        level : float
            Coverage of the interval [probability].
        wide : bool
            A column for each year instead of a row; errors of means are then left out.

        Returns
        -------
        DataFrame
            Columns scenario, year, those of ``by``, quantile or draw, value, unit.

        Raises
        ------
        UnknownNameError
            If the flow or a column is not known.

        See Also
        --------
        children : Children on a date.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> results.flows("child_years")["unit"].unique().tolist()
        ['child-years']
        """
        rows = tables.flow_rows(self._run, flow, by, None if by_draw else level, in_care)
        return tables.widened(rows, "year", wide)

    @guarded(by_draw=flag, level=tables.COVERAGE)
    def capacity(self, by_draw: bool = False, level: float = LEVEL) -> pd.DataFrame:
        """Say how full the capacity groups were, year by year; without rows where the set has none.

        Parameters
        ----------
        by_draw : bool
            One row a draw instead of one a quantile.
        level : float
            Coverage of the interval [probability].

        Returns
        -------
        DataFrame
            Columns scenario, year, group, quantile or draw; places and occupancy [children on average over the year],
            share of the year's arrivals sent on, redirected [children], and unmet, the time of those whom no group took
            [child-years]; with draws the Monte Carlo error of the mean of each (places_error and so on). Quantiles are
            of each column by itself. With noise occupancy is that of the children who are followed; share, redirected
            and unmet are of expected arrivals, and have no interval.

        See Also
        --------
        carecost.plots.plot_capacity : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025-capacity"), years=2)
        >>> results.capacity()["group"].unique().tolist()
        ['foster in-house', 'foster agency', "children's home"]
        """
        return tables.capacity_rows(self._run, None if by_draw else level)

    @guarded(by_draw=flag, level=tables.COVERAGE, wide=flag)
    def outcomes(self, by_draw: bool = False, level: float = LEVEL, wide: bool = False) -> pd.DataFrame:
        """Count each outcome that the set counts, year by year; without rows where it counts none.

        Parameters
        ----------
        by_draw : bool
            One row a draw instead of one a quantile.
        level : float
            Coverage of the interval [probability].
        wide : bool
            A column for each year instead of a row; errors of means are then left out.

        Returns
        -------
        DataFrame
            Columns scenario, year, outcome, quantile or draw, value, unit. Outcomes overlap, and are never added up.

        See Also
        --------
        flows : Those who leave care, whom outcomes follow.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.run(cc.load_assumptions("england-2025-after-care"), years=2).outcomes()["unit"].unique().tolist()
        ['outcomes']
        """
        return tables.widened(tables.outcome_rows(self._run, None if by_draw else level), "year", wide)

    @guarded(scenario=text, stream=optional(text))
    def parameters(self, scenario: str, stream: str | None = None) -> Parameters:
        """Give the parameters of the central run of a scenario.

        Parameters
        ----------
        scenario : str
            Name.
        stream : str, optional
            A stream; may be left out where the set has one alone.

        Returns
        -------
        carecost.Parameters
            Rates, shares and starting stock, as the engine takes them.

        Raises
        ------
        UnknownNameError
            If the scenario or the stream is not known, or no stream of several is named.

        See Also
        --------
        carecost.project : Projects them.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> results.parameters("inaction", "other").grid.years
        (2026, 2027, 2028)
        """
        return self._run.parameters(scenario)[self._stream(stream)].spread()

    @guarded(scenario=text, stream=optional(text), draw=optional(some))
    def projection(self, scenario: str, stream: str | None = None, draw: slice | None = None) -> Projection:
        """Project a scenario again, with ages: the central run, or some draws.

        Parameters
        ----------
        scenario : str
            Name.
        stream : str, optional
            One stream; all summed by default.
        draw : slice, optional
            Draws wanted; the central run by default.

        Returns
        -------
        Projection
            Stock and flows by age and placement.

        Raises
        ------
        UnknownNameError
            If the scenario or the stream is not known.

        See Also
        --------
        children : Tables of the stock.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> results.projection("inaction").stock.ndim  # draw, date, age, placement
        4
        """
        n = self._run.draws.n
        if draw is not None and not range(n)[draw]:
            remedy = f"The run has {n}: give a slice such as slice(0, {min(n, 10)})" if n else "Run it with draws"
            raise InputError(Problem(f"draw is {draw}, which takes none of the draws", "Results.projection()", remedy))
        projections = self._run.projections(scenario, draw)
        if stream is None:
            return together(list(projections.values()))
        return projections[self._stream(stream)]

    # Money, each table with its price base

    @guarded(
        by=labels,
        basis=one_of([REAL, CASH]),
        by_draw=flag,
        level=tables.COVERAGE,
        deflator=optional(vintage),
        wide=flag,
    )
    def costs(
        self,
        by: Sequence[str] = (),
        basis: Literal["real", "cash"] = "real",
        by_draw: bool = False,
        deflator: str | Deflator | None = None,
        level: float = LEVEL,
        wide: bool = False,
    ) -> pd.DataFrame:
        """Give spend in each year.

        Parameters
        ----------
        by : str or sequence of str
            Any of item, group, account, payer, gross_net, kind.
        basis : str
            Either ``real`` (pounds of the price year) or ``cash`` (for showing only).
        by_draw : bool
            One row a draw instead of one a quantile.
        deflator : str or Deflator, optional
            Vintage that makes cash, packaged or your own; that of the set by default.
        level : float
            Coverage of the interval [probability].
        wide : bool
            A column for each year instead of a row; errors of means are then left out.

        Returns
        -------
        DataFrame
            Columns scenario, year, those of ``by``, quantile or draw, value, unit, price_year, basis, deflator. The
            social ledger is in it only where ``by`` has the account: no total holds both.

        Raises
        ------
        UnknownNameError
            If a column or a vintage is not known.
        InputError
            If the basis is neither, or a deflator is given for real pounds.

        See Also
        --------
        carecost.present_value : Discounts a table of real money.
        price_volume_mix : Says why spend changes.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> results.costs(basis="cash")["price_year"].unique().tolist()
        [2026, 2027, 2028]
        """
        rows = tables.cost_rows(self._run, by, basis, None if by_draw else level, deflator)
        return tables.widened(rows, "year", wide)

    @guarded(
        scenario=text,
        baseline=optional(text),
        year=optional(calendar_year),
        since=optional(calendar_year),
        by=labels,
        by_draw=flag,
    )
    def price_volume_mix(
        self,
        scenario: str,
        baseline: str | None = None,
        year: int | None = None,
        since: int | None = None,
        by: Sequence[str] = ("item",),
        by_draw: bool = False,
    ) -> pd.DataFrame:
        """Split a change in public spend exactly into price, volume and mix, reform spend apart.

        Parameters
        ----------
        scenario : str
            Whose spend.
        baseline : str, optional
            Against which scenario in the same year; inaction by default.
        year : int, optional
            Financial year, 2026 for 2025-26; every year by default, the last one with ``since``.
        since : int, optional
            Against this earlier year of the same scenario instead.
        by : str or sequence of str
            Any of item, group, account, payer, gross_net, kind; empty for the whole.
        by_draw : bool
            One row a draw instead of one a quantile.

        Returns
        -------
        DataFrame
            Columns scenario, baseline, since, year, those of ``by``, part, quantile or draw, value, unit, price_year,
            basis, deflator, and claim: whether the effects are as claimed, not evidenced. Parts are positive where
            spend is higher, and sum to the change in spend (quantiles do not add up; draws and the central run do).
            Items that follow time in care have volume, mix and price, against all weeks in care; other items volume
            and price; items of group reform one line, reform spend. The social ledger is left out.

        Raises
        ------
        UnknownNameError
            If a scenario, year or column is not known.
        InputError
            If both another scenario and another year are given to compare with.

        See Also
        --------
        carecost.spending_history : The same of published spending.
        carecost.plots.plot_price_volume_mix : Draws it.

        References
        ----------
        The formula is that of :func:`carecost.money.decomposition.price_volume_mix`.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> rows = results.price_volume_mix("inaction", since=2026, by=[])
        >>> rows["part"].tolist()
        ['volume', 'mix', 'price', 'reform spend']
        """
        return price_tables.change_rows(self._run, scenario, baseline, year, since, by, by_draw)

    @guarded(
        by=labels,
        scenario=optional(text),
        budget=optional(stated_budget),
        basis=one_of((REAL, CASH)),
        account=optional(labels),
        of=one_of(OF),
    )
    def budget(
        self,
        by: Sequence[str] = ("placement", "provider"),
        scenario: str | None = None,
        budget: Mapping[int, float] | float | None = None,
        basis: Literal["real", "cash"] = "real",
        account: str | Sequence[str] | None = None,
        of: Literal["net", "closing"] = "net",
    ) -> Budget:
        """Lay out a budget: opening, demand, mix, price, savings, programme, closing, income and net, year by year.

        Parameters
        ----------
        by : str or sequence of str
            What its lines are told apart by: any of placement, provider, item, group, account, payer.
        scenario : str, optional
            Whose budget; the first scenario of the run by default, inaction where there is no other.
        budget : float or mapping of int to float, optional
            What was set aside, in every year or by calendar year of its end, 2027 for 2026-27 [GBP of the basis].
        basis : str
            Either ``real`` (pounds of the price year) or ``cash`` (of each year).
        account : str or sequence of str, optional
            Whose spending, such as ``"local authority"``; the whole public purse by default.
        of : str
            What the stated budget is of: ``net``, or ``closing`` for spending before income.

        Returns
        -------
        Budget
            Its ``table()``, ``lines()``, ``chance()`` and ``notes``.

        Raises
        ------
        UnknownNameError
            If a scenario, year, account or column is not known.

        See Also
        --------
        costs : Spend of every scenario.
        price_volume_mix : Price, volume and mix of any two years.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025/Kent", "care-review", years=4, draws=20)
        >>> budget = results.budget(budget={2027: 4e8}, account="local authority")
        >>> budget.chance()["year"].tolist()
        [2027]
        """
        scenario = self.scenarios[min(1, len(self.scenarios) - 1)] if scenario is None else scenario
        stated: Any = budget
        return Budget(self._run, scenario, labels(by), basis, () if account is None else labels(account), stated, of)

    def growth_paths(self) -> pd.DataFrame:
        """Give public spend under inaction by growth of prices: none, as stated, and without fading.

        Returns
        -------
        DataFrame
            Columns growth, year, value (central run), unit, price_year, basis, deflator.

        See Also
        --------
        costs : Spend of every scenario.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
        >>> results.growth_paths()["growth"].nunique()
        3
        """
        return tables.growth_rows(self._run)

    # Scenarios against a baseline

    @guarded(scenario=text, baseline=text)
    def compare(self, scenario: str, baseline: str = INACTION) -> Saving:
        """Compare a scenario with a baseline, draw by draw.

        Parameters
        ----------
        scenario : str
            Name.
        baseline : str
            What it is compared with.

        Returns
        -------
        Saving
            Children averted and money saved, drawn and central.

        Raises
        ------
        UnknownNameError
            If either is not known.

        See Also
        --------
        summary : Every scenario against inaction.
        appraisal : The same as a business case shows it.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=3)
        >>> results.compare("care-review").averted.shape  # draw, date
        (1, 4)
        """
        return saving.compare(self._run, scenario, baseline)

    @guarded(scenario=text, bands=optional(bands_of_ages))
    def what_if(self, scenario: str, bands: Sequence[Any] | None = None) -> Response:
        """Make the few runs from which a scenario is answered at other amounts, prices and entries.

        Parameters
        ----------
        scenario : str
            Name.
        bands : sequence of ages, optional
            Bands of ages whose entries are to be multiplied apart, such as ``["0 to 9", "10 to 17"]``.

        Returns
        -------
        Response
            Its ``at(scale=…, prices=…, entries=…)`` gives what :meth:`compare` does, of all draws.

        Raises
        ------
        UnknownNameError
            If the scenario or an age is not known.

        See Also
        --------
        compare : The scenario as it was run.

        Examples
        --------
        >>> import carecost as cc
        >>> response = cc.run("england-2025", "care-review", years=3).what_if("care-review")
        >>> cheaper = response.at(scale={"family help": 0.5}, prices={"children's home": 0.9})
        >>> cheaper.npv().shape
        (1,)
        """
        return Response(self._run, scenario, bands or ())

    @guarded(
        scenario=text,
        scale=optional(two_way.multipliers_by_name),
        prices=optional(two_way.multipliers_by_name),
        entries=optional(two_way.multipliers),
        level=tables.COVERAGE,
    )
    def two_way(
        self,
        scenario: str,
        scale: Mapping[str, Sequence[float]] | None = None,
        prices: Mapping[str, Sequence[float]] | None = None,
        entries: Sequence[float] | None = None,
        level: float = LEVEL,
    ) -> pd.DataFrame:
        """Give the net present saving of a scenario over two settings, and where it breaks even.

        Parameters
        ----------
        scenario : str
            Name.
        scale, prices : mapping of str to sequence of float, optional
            Multipliers of effects by lever, and of unit costs by item, as in :meth:`carecost.Response.at` [ratio].
        entries : sequence of float, optional
            Multipliers of the rates of entry of all ages [ratio]. Of all these exactly two are given.
        level : float
            Coverage of the interval [probability].

        Returns
        -------
        DataFrame
            Columns scenario, first and second (the settings in words), first_value and second_value, quantile, value
            (net present saving), mean_error, chance (share of draws that save), threshold (the second value at which,
            with this first one, the mean is zero; missing where it is not between those given), unit, price_year,
            basis, deflator. Exact wherever :attr:`carecost.Response.exact` says so; levers that are not are run.

        Raises
        ------
        UnknownNameError
            If the scenario, a lever or an item is not known.
        InputError
            If there are not two settings, or a lever at a size makes what cannot be.

        See Also
        --------
        what_if : Any other setting.
        carecost.plots.plot_two_way : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "family-help", years=6)
        >>> rows = results.two_way("family-help", scale={"family help": [0, 1]}, entries=[0.9, 1, 1.1])
        >>> rows[["first_value", "second_value"]].iloc[-1].tolist()
        [1.0, 1.1]
        """
        return two_way.rows(self._run, scenario, *two_way.axes_of(scale, prices, entries), level)

    @guarded(level=tables.COVERAGE)
    def summary(self, level: float = LEVEL) -> pd.DataFrame:
        """Give the summary of every scenario against inaction, one below the other.

        Parameters
        ----------
        level : float
            Coverage of the intervals [probability].

        Returns
        -------
        DataFrame
            Columns scenario, what, mean, low, high, mean_error, central, unit; see :meth:`Saving.summary`.

        See Also
        --------
        Saving.summary : Of one scenario against any other.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=3)
        >>> results.summary()["scenario"].unique().tolist()
        ['care-review']
        """
        return saving.each(self._run, lambda one: one.summary(level))

    def savings(self) -> pd.DataFrame:
        """Give yearly reform spend and savings of every scenario against inaction.

        Returns
        -------
        DataFrame
            Columns scenario, what, year, quantile, value, unit, price_year.

        See Also
        --------
        Saving.by_year : Of one scenario against any other.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=3)
        >>> results.savings()["what"].unique().tolist()
        ['reform spend', 'gross saving', 'cashable saving', 'net saving']
        """
        return saving.each(self._run, Saving.by_year)

    @guarded(discounts=saving.rates, timing=text)
    def npv_by_rate(
        self, discounts: Sequence[str | float | Schedule] = RATES, timing: Timing = "base year"
    ) -> pd.DataFrame:
        """Give the net present saving of every scenario against inaction at several discount rates.

        Parameters
        ----------
        discounts : sequence of str, float or Schedule, or one of these
            Rates, as in :meth:`carecost.Saving.npvs`.
        timing : str
            When flows fall, as in :meth:`carecost.Saving.npvs`.

        Returns
        -------
        DataFrame
            Columns scenario, discount, timing, quantile, value, unit, price_year, basis, deflator.

        Raises
        ------
        UnknownNameError
            If a schedule is not known.
        InputError
            If a rate is not a share a year, is given twice, or the timing is not known.

        See Also
        --------
        Saving.npvs : Of one scenario against any other.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=3)
        >>> results.npv_by_rate([0.02, 0.035])["discount"].tolist()
        ['flat 2%', 'flat 3.5%']
        """
        return saving.each(self._run, lambda one: one.npvs(discounts, timing))

    @guarded(scenario=text, baseline=text)
    def switching_value(self, scenario: str, baseline: str = INACTION) -> float | None:
        """Find the share of a scenario's effects at which the central net present saving is zero.

        Parameters
        ----------
        scenario : str
            Name.
        baseline : str
            What it is compared with.

        Returns
        -------
        float or None
            Share of the effects, reform spend kept whole; None if no share gives zero [share].

        Raises
        ------
        UnknownNameError
            If either is not known.

        See Also
        --------
        carecost.quality.assumptions_log : What each assumption does to the net present saving.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=20)
        >>> 0 < results.switching_value("care-review") < 1
        True
        """
        names = self.scenarios
        refuse([unknown("scenario", n, names) for n in (scenario, baseline) if n not in names], UnknownNameError)
        return sensitivity.switching_value(self._run, scenario, baseline)

    @guarded(central=flag, level=tables.COVERAGE, progress=optional(called))
    def baselines(self, central: bool = True, level: float = LEVEL, progress: Progress | None = None) -> pd.DataFrame:
        """Ask the same question under each packaged baseline, one axis at a time, all other axes as they are.

        Parameters
        ----------
        central : bool
            The central run alone, and not the draws of the run.
        level : float
            Coverage of the interval [probability].
        progress : callable, optional
            Called with (baselines done, baselines in all).

        Returns
        -------
        DataFrame
            Columns axis, baseline, title, default (whether it is that of the run), scenario, what (children in care,
            children in homes and public spend of inaction in each year; net present saving of each scenario), year,
            quantile, value, unit, price_year.

        Raises
        ------
        InputError
            If the set states no baselines.

        See Also
        --------
        carecost.under : Put a set under another baseline.
        carecost.plots.plot_baselines : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "care-review", years=6)
        >>> results.baselines()["axis"].unique().tolist()
        ['entries', 'population', 'mix', 'prices', 'unaccompanied', 'policy']
        """
        return baseline_tables.rows(self._run, central, level, progress)

    @guarded(scenario=text, levers=labels)
    def required_effects(self, scenario: str, levers: Sequence[str] = ()) -> pd.DataFrame:
        """Say what one per cent (or one point) of an effect is worth, and how much of it would pay for its money.

        Each effect is run alone against inaction, in full and in the central run; its money apart.

        Parameters
        ----------
        scenario : str
            Name.
        levers : str or sequence of str
            Which levers; by default those with a place for an effect, at zero because no study found one.

        Returns
        -------
        DataFrame
            One row an effect: scenario, lever, effect (in words), stated (its amount as stated), step (what was tried,
            in the direction that saves), effect_unit; fewer_children on the last date; gross_saving and
            cashable_saving over all years, npv (its money apart) and money (present value of what pays for it; None
            where nobody stated it) [GBP]; needed (the amount at which npv is money; None where no amount up to a half
            is, or money is None); year, unit, price_year, basis, deflator.

        Raises
        ------
        UnknownNameError
            If the scenario or a lever is not known.

        See Also
        --------
        effect_curve : The net present saving over the amount.
        switching_value : The share of all claimed effects that is needed.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "child-protection", years=10)
        >>> results.required_effects("child-protection")[["lever", "step"]].to_dict("records")
        [{'lever': 'child protection', 'step': -0.01}]
        """
        return effect_tables.rows(self._run, scenario, levers)

    @guarded(scenario=text, lever=text, place=optional(whole(0)), most=optional(number(above=0)))
    def effect_curve(
        self, scenario: str, lever: str, place: int | None = None, most: float | None = None
    ) -> pd.DataFrame:
        """Follow the net present saving over the amount of one effect, alone, less the money that pays for it.

        Parameters
        ----------
        scenario, lever : str
            Names.
        place : int, optional
            Which of the lever's changes, from 0; its only effect by default.
        most : float, optional
            How far from no effect, in the unit of the change.

        Returns
        -------
        DataFrame
            Columns scenario, lever, effect, amount, value (net present saving), year, unit, price_year, basis,
            deflator; the central run.

        Raises
        ------
        UnknownNameError
            If the scenario or lever is not known.
        InputError
            If the lever has no effect, or several and none is named.

        See Also
        --------
        required_effects : What one per cent is worth.
        carecost.plots.plot_required_effect : Draws it, with what studies found.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "child-protection", years=10)
        >>> results.effect_curve("child-protection", "child protection")["amount"].tolist()[0]  # a study leans so
        0.25
        """
        return effect_tables.curve_rows(self._run, scenario, lever, place, most)

    @guarded(scenario=text, draws=optional(whole(0)), dates=wholes, progress=optional(called))
    def attribution(
        self,
        scenario: str,
        draws: int | None = None,
        dates: Sequence[int] = (),
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Attribute what a scenario does to its levers, against inaction.

        Parameters
        ----------
        scenario : str
            Name.
        draws : int, optional
            How many of the run's draws, the first ones; 0 is the central run alone. By default 100, or all of fewer.
        dates : int or sequence of int
            Dates of children averted, beside the last.
        progress : callable, optional
            Called with (subsets done, subsets in all).

        Returns
        -------
        DataFrame
            One row a lever, measure and way of counting; columns as in
            :func:`carecost.results.attribution_tables.attribution_rows`.

        Raises
        ------
        UnknownNameError
            If the scenario is not known.
        InputError
            If it has no levers, a number of draws or a date cannot be used, or a subset of the levers cannot be run.

        See Also
        --------
        carecost.plots.plot_attribution : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-help"), years=3)
        >>> results.attribution("family-help")["method"].unique().tolist()
        ['alone', 'sequence', 'last', 'shapley', 'interaction', 'whole']
        """
        return attribution_tables.attribution_rows(self._run, scenario, draws, dates, progress)

    @guarded(by=labels)
    def lifetime_cost(self, by: Sequence[str] = ("age", "placement")) -> pd.DataFrame:
        """Give what one child who enters in the first projected year costs, year by year, in expectation.

        Parameters
        ----------
        by : str or sequence of str
            Any of stream, age, placement (on entry; what is not named is a mean over those who enter under inaction)
            and item, group, account, payer, gross_net, kind (what is not named is summed).

        Returns
        -------
        DataFrame
            One row a year, to the oldest age whatever the run's horizon: the columns of ``by``, year,
            years_since_entry; child_years in care; gross; cashable (by the clock of a programme that starts in the
            year of the entry); both discounted to that year; unit, price_year, basis, deflator. The public purse, the
            central run of inaction. What is paid for an area, and not for a child, is no part of it.

        Raises
        ------
        UnknownNameError
            If a column is not known.
        InputError
            If places run out: then what one child more costs hangs on all others.

        See Also
        --------
        carecost.plots.plot_lifetime_cost : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> rows = cc.run("england-2025", years=2).lifetime_cost(by=["age"])
        >>> twelve = rows[(rows["age"] == 12) & (rows["gross"] > 0)]
        >>> int(twelve["years_since_entry"].max())  # those of 12 are 18 in the sixth year after
        6
        """
        return lifetime_tables.rows(self._run, by)

    # Choosing between scenarios

    @guarded(
        scenario=text,
        baseline=text,
        optimism=bias,
        mitigated=share(),
        discount=optional(RATE),
        timing=optional(TIMING),
    )
    def appraisal(
        self,
        scenario: str,
        baseline: str = INACTION,
        optimism: str | float | Optimism | None = None,
        mitigated: float = 0.0,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> SavingAppraisal:
        """Appraise a scenario as a business case does; see :meth:`carecost.Saving.appraisal`.

        Parameters
        ----------
        scenario : str
            Name.
        baseline : str
            What it is compared with.
        optimism : str, float or Optimism, optional
            Uplift on reform spend, as in :meth:`carecost.Saving.appraisal`.
        mitigated : float
            Part of the uplift that was found to be dealt with [share].
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's: a name (``"standard"``, ``"health"``), or a flat rate (``0.02``).
        timing : str, optional
            When flows fall: ``base year`` (as they do unless another is given), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discount_factors`.

        Returns
        -------
        SavingAppraisal
            Its ``table()``, its ``by_payer()``, and the arrays behind.

        Raises
        ------
        UnknownNameError
            If a scenario or a category of optimism bias is not known.
        InputError
            If a share cannot be one, or an uplift would enlarge what the programme saves.

        See Also
        --------
        options : Every scenario side by side.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.appraisal("care-review").by_payer()["payer"].unique().tolist()
        ['local authority', 'central government (DfE)', 'central government (HM Treasury)']
        """
        return self.compare(scenario, baseline).appraisal(optimism, mitigated, discount, timing)

    @guarded(
        effect=text,
        comparator=text,
        values=amounts,
        optimism=bias,
        mitigated=share(),
        discount=optional(RATE),
        timing=optional(TIMING),
    )
    def options(
        self,
        effect: str = DEFAULT_EFFECT,
        comparator: str = INACTION,
        values: Sequence[float] = VALUES,
        optimism: str | float | Optimism | None = None,
        mitigated: float = 0.0,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> ScenarioOptions:
        """Put every scenario of the run side by side as options.

        Parameters
        ----------
        effect : str
            Either ``averted_child_years`` (of care, over all years) or ``averted_children`` (fewer in care on the last
            date); undiscounted.
        comparator : str
            Scenario that costs and effects are counted against: inaction, or ``do-minimum`` where it was run.
        values : float or sequence of float
            What a unit of effect may be worth, zero or more [GBP per unit].
        optimism : str, float or Optimism, optional
            Uplift on reform spend, as in :meth:`carecost.Saving.appraisal`.
        mitigated : float
            Part of the uplift that was found to be dealt with [share].
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's: a name (``"standard"``, ``"health"``), or a flat rate (``0.02``).
        timing : str, optional
            When flows fall: ``base year`` (as they do unless another is given), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discount_factors`.

        Returns
        -------
        ScenarioOptions
            Its ``table()`` (incremental ratios, dominance) and ``values_table()`` (net benefit, chance of being best).

        Raises
        ------
        UnknownNameError
            If the effect or the comparator is not known.
        InputError
            If there is inaction alone, or a value cannot be one.

        See Also
        --------
        carecost.icer_table : The same of any options.
        carecost.net_benefit : Net benefit of any options.

        Examples
        --------
        >>> import carecost as cc
        >>> plans = [cc.load_scenario(name) for name in ("do-minimum", "family-help-evidenced")]
        >>> results = cc.run(cc.load_assumptions("england-2025"), *plans, years=6)
        >>> made = results.options(comparator="do-minimum")
        >>> made.table()[["name", "status"]].to_numpy().tolist()
        [['inaction', 'frontier'], ['family-help-evidenced', 'frontier'], ['do-minimum', 'dominated']]
        """
        about = (optimism, mitigated, discount, timing)
        return decision_tables.scenario_options(self._run, effect, comparator, values, *about)

    @guarded(values=amounts, effect=text, scenarios=labels, discount=optional(RATE))
    def ceac(
        self,
        values: Sequence[float] = information_tables.GRID,
        effect: str = DEFAULT_EFFECT,
        scenarios: Sequence[str] = (),
        discount: str | float | Schedule | None = None,
    ) -> pd.DataFrame:
        """Give the acceptability curve of each scenario, the frontier, and expected losses, over values of an effect.

        Parameters
        ----------
        values : float or sequence of float
            What a unit of effect may be worth, zero or more [GBP per unit].
        effect : str
            As in :meth:`options`.
        scenarios : sequence of str, optional
            Options between which there is a choice, inaction always among them; every scenario of the run by default.
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's.

        Returns
        -------
        DataFrame
            One row a value and option: value, name, net_benefit (mean), best (the frontier: what is best on average is
            not always what is most often best), chance_best and its error, expected_loss (what it costs on average to
            choose it and not what is best in each draw) and its error; then as in :meth:`options`.

        Raises
        ------
        InputError
            If the run has no draws, or there is inaction alone.

        See Also
        --------
        evpi : The loss of the best option.
        carecost.plots.plot_ceac : Draws curves and frontier.

        References
        ----------
        .. [1] Fenwick, E., Claxton, K., Sculpher, M. (2001). Representing uncertainty: the role of cost-effectiveness
           acceptability curves. Health Economics, 10(8), 779-787.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "family-help", years=4, draws=8)
        >>> rows = results.ceac([0.0, 1e6])
        >>> rows.groupby("value")["chance_best"].sum().tolist()
        [1.0, 1.0]
        """
        information_tables.with_draws(self._run.draws.n, "ceac()")
        made = decision_tables.scenario_options(
            self._run, effect, INACTION, values, discount=discount, scenarios=scenarios
        )
        return made.values_table()

    @guarded(value=amounts, effect=text, scenarios=labels, discount=optional(RATE))
    def evpi(
        self,
        value: float | Sequence[float] = 0.0,
        effect: str = DEFAULT_EFFECT,
        scenarios: Sequence[str] = (),
        discount: str | float | Schedule | None = None,
    ) -> pd.DataFrame:
        """Give what it would be worth to know everything before a scenario is chosen (EVPI).

        Parameters
        ----------
        value : float or sequence of float
            What a unit of effect is worth; 0 chooses by the net present saving alone [GBP per unit].
        effect : str
            As in :meth:`options`.
        scenarios : sequence of str, optional
            Options between which there is a choice, inaction always among them; every scenario of the run by default.
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's.

        Returns
        -------
        DataFrame
            One row a value: value, best (the option of the greatest mean net benefit), evpi and its Monte Carlo error
            [GBP, present value], chance_wrong (share of draws in which another option is better); then as in
            :meth:`options`. No study of what is uncertain in the run can be worth more, for this choice.

        Raises
        ------
        InputError
            If the run has no draws, or there is inaction alone.

        See Also
        --------
        evppi : Of some quantities.
        ceac : Chances and losses of every option.

        References
        ----------
        .. [1] Briggs, A., Claxton, K., Sculpher, M. (2006). Decision modelling for health economic evaluation. Oxford.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "family-help", years=4, draws=8)
        >>> results.evpi()[["best", "evpi"]].to_numpy().tolist()
        [['inaction', 0.0]]
        """
        options = decision_tables.scenario_options(
            self._run, effect, INACTION, amounts(value), discount=discount, scenarios=scenarios
        )
        return information_tables.evpi_rows(options)

    @guarded(
        groups=information_tables.some_groups,
        value=number(least=0),
        effect=text,
        scenarios=labels,
        discount=optional(RATE),
    )
    def evppi(
        self,
        groups: information_tables.Groups = None,
        value: float = 0.0,
        effect: str = DEFAULT_EFFECT,
        scenarios: Sequence[str] = (),
        discount: str | float | Schedule | None = None,
    ) -> pd.DataFrame:
        """Give what it would be worth to know some quantities before a scenario is chosen (EVPPI).

        Parameters
        ----------
        groups : sequence of str, or mapping of str to sequence of str, optional
            Quantities that are known together, by the columns of :meth:`inputs` or the group that they are tied in: of
            one group, or of several by name; ``*`` stands for any letters. By default every group that is tied (one
            luck, a correlation, the years of a path), and every other quantity, apart.
        value : float
            What a unit of effect is worth; 0 chooses by the net present saving alone [GBP per unit].
        effect : str
            As in :meth:`options`.
        scenarios : sequence of str, optional
            Options between which there is a choice, inaction always among them; every scenario of the run by default.
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's.

        Returns
        -------
        DataFrame
            A row a group, the greatest worth first: group, quantities (how many), evppi and its standard error [GBP,
            present value], share_of_evpi, chance_of_change (share of draws in which, the group known, another option is
            best) and says: that it cannot change the choice, or cannot be told from nothing by these draws; value; then
            as in :meth:`options`.

        Raises
        ------
        UnknownNameError
            If a quantity or scenario is not known.
        InputError
            If there are fewer than fifty draws, or there is inaction alone.

        See Also
        --------
        evpi : Of everything at once.
        carecost.evppi : Of any options and draws.
        carecost.plots.plot_evppi : Draws it.

        References
        ----------
        .. [1] Strong, M., Oakley, J. E., Brennan, A. (2014). Estimating multiparameter partial expected value of
           perfect information from a probabilistic sensitivity analysis sample. Medical Decision Making, 34(3),
           311-326.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "family-help", years=4, draws=50)
        >>> results.evppi(["luck: *"])["says"].iloc[0][:24]
        'cannot change the choice'
        """
        options = decision_tables.scenario_options(
            self._run, effect, INACTION, (value,), discount=discount, scenarios=scenarios
        )
        return information_tables.run_evppi(self._run, options, groups)

    @guarded(
        groups=information_tables.some_groups,
        of=text,
        scenario=optional(text),
        baseline=text,
        totals=optional(whole(2, 2**20)),
        progress=optional(called),
    )
    def sobol(
        self,
        groups: information_tables.Groups = None,
        of: str = "npv",
        scenario: str | None = None,
        baseline: str = INACTION,
        totals: int | None = None,
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Give Sobol indices: the share of a result's variance that is due to each group of quantities.

        Parameters
        ----------
        groups : sequence of str, or mapping of str to sequence of str, optional
            As in :meth:`evppi`.
        of : str
            Which result: ``npv``, ``averted`` (fewer children on the last date), ``children`` (in care on it) or
            ``spend`` (public, in the last year).
        scenario, baseline : str, optional
            Whose; the first scenario of the run, or inaction where the result needs none, and against which baseline.
        totals : int, optional
            Draws of each sample of the design for total indices, a power of two; without it they are left out, and
            nothing is run. With it, that many draws are run for each group, and twice more.
        progress : callable, optional
            Called with (groups done, groups in all).

        Returns
        -------
        DataFrame
            A row a group, the greatest first: group, quantities, first (the share explained by the group alone, from
            the draws of the run by regression) and its standard error, total (with all its interactions) and its own,
            runs (draws that were run for the totals); of, scenario, baseline, variance, unit. Indices are estimates: of
            what does nothing one may be slightly below zero.

        Raises
        ------
        UnknownNameError
            If a result, scenario or quantity is not known.
        InputError
            If there are fewer than fifty draws, the result does not vary, or a group holds a part of what is tied and
            totals are asked for.

        See Also
        --------
        evppi : What of it can change a choice.

        References
        ----------
        .. [1] Saltelli, A. and others (2010). Variance based sensitivity analysis of model output. Design and estimator
           for the total sensitivity index. Computer Physics Communications, 181(2), 259-270.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", years=3, draws=50)
        >>> results.sobol(of="children")["group"].iloc[0]
        'growth: drift of entries'
        """
        return information_tables.sobol_rows(self._run, groups, of, scenario, baseline, totals, progress)

    @guarded(tolerance=number(above=0))
    def converged(self, tolerance: float = 0.05) -> Convergence:
        """Say whether more draws are needed.

        Parameters
        ----------
        tolerance : float
            Largest Monte Carlo error of a mean or of an end of an 80% interval, as a share of the interval's width.

        Returns
        -------
        Convergence
            Whether there are enough draws, how many it takes, and the headline with the largest error.

        Raises
        ------
        InputError
            If the run has fewer than two draws or the tolerance is not above zero.

        See Also
        --------
        carecost.Draws : Joint samples.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=2, draws=cc.Draws(40, seed=1))
        >>> results.converged(tolerance=0.5).draws
        40
        """
        return convergence(self._run, tolerance)

    # What is kept

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give every table that :meth:`save` writes, by name.

        Returns
        -------
        dict of str to DataFrame
            Tables by the name of their file.

        See Also
        --------
        to_dict : Headlines as plain data.

        Examples
        --------
        >>> import carecost as cc
        >>> list(cc.run(cc.load_assumptions("england-2025"), years=2).tables())
        ['children', 'costs', 'costs_cash', 'growth_paths', 'draws', 'assumptions']
        """
        frames = tables.saved(self._run) | saving.saved(self._run) | attribution_tables.saved(self._run)
        if len(self.scenarios) > 1:
            frames["npv_by_rate"] = self.npv_by_rate()
            frames |= effect_tables.saved(self._run)
        return frames | self.decision_tables()

    def decision_tables(self) -> dict[str, pd.DataFrame]:
        """Give the tables of a saved run that help to choose, by name; none where there is inaction alone.

        Returns
        -------
        dict of str to DataFrame
            Tables appraisal, payers, options and net_benefit.

        See Also
        --------
        appraisal : The appraisal of one scenario.
        options : Every scenario side by side.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> list(results.decision_tables())
        ['appraisal', 'payers', 'options', 'net_benefit']
        """
        return decision_tables.saved(self._run)

    @guarded(folder=path, also=optional(CONTENTS))
    def save(self, folder: str | Path, also: Mapping[str, bytes] | None = None) -> Path:
        """Write tables, inputs and a manifest to a folder, swapped in whole over what was saved there before.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there. Files that no run wrote stay.
        also : mapping of str to bytes, optional
            Further files of the run, by name.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        FileError
            If it cannot be written, or would write over a file of yours.

        See Also
        --------
        load : Makes the results again.

        Examples
        --------
        >>> import tempfile
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (results.save(f"{folder}/kept") / "children.csv").exists()
        True
        """
        run = self._run
        plans = [plan for name, plan in run.scenarios.items() if name != INACTION]
        manifest = {"command": sys.argv, "run": run.provenance.as_dict()}
        return save_run(folder, self.tables(), run.assumptions, plans, manifest, also, run.draws)

    @guarded(folder=path)
    def report(self, folder: str | Path) -> Path:
        """Save the run with its brief of two pages, its annex and its pictures.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there.

        Returns
        -------
        Path
            The folder: ``brief.html``, ``annex.html`` and what :meth:`save` writes.

        Raises
        ------
        FileError
            If it cannot be written, or would write over a file of yours.

        See Also
        --------
        save : Tables alone.
        workbook : The same as a spreadsheet.

        Examples
        --------
        >>> import tempfile
        >>> import carecost as cc
        >>> results = cc.run("england-2025", years=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (results.report(f"{folder}/kept") / "brief.html").exists()
        True
        """
        return self.save(folder, _report("write").run_files(_report("story").story(self)))

    @guarded(path=path)
    def workbook(self, path: str | Path) -> Path:
        """Write what the run says as a workbook: a table a sheet, totals as formulas, charts that can be edited.

        Parameters
        ----------
        path : str or Path
            The file, ending in ``.xlsx``.

        Returns
        -------
        Path
            The file: cover and notes, the brief's table, children, placements, spend, savings, the budget in cash,
            assumptions with source and grade, parts of the programme, attribution, baselines, charts. The same run
            gives the same bytes.

        Raises
        ------
        FileError
            If it cannot be written, does not end in ``.xlsx``, or XlsxWriter is not installed (``carecost[excel]``).

        See Also
        --------
        report : The same as pages.

        Examples
        --------
        >>> import tempfile
        >>> import carecost as cc
        >>> results = cc.run("england-2025", years=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     results.workbook(f"{folder}/book.xlsx").name
        'book.xlsx'
        """
        written: Path = _report("workbook").write_workbook(self, path)
        return written

    @guarded(folder=path, dated=a_date)
    def charts(self, folder: str | Path, dated: datetime.date | str) -> list[Path]:
        """Write every chart of the run for slides and papers: pictures, what they show in words, and their numbers.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there.
        dated : date or str
            Date in the line on each chart that says what it is from (set, scenarios, version, digest), such as
            "2026-11-30".

        Returns
        -------
        list of Path
            For each chart ``NAME-slide.png`` and ``.svg`` (16:9), ``NAME-column.png`` and ``.svg`` (85 mm wide),
            ``NAME.txt`` and ``NAME.csv``. The same run and date give the same bytes.

        Raises
        ------
        FileError
            If one cannot be written.

        See Also
        --------
        report : Pages with the same charts.
        carecost.plots : Each chart on axes of yours.

        Examples
        --------
        >>> import tempfile
        >>> import carecost as cc
        >>> results = cc.run("england-2025", years=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [path.name for path in results.charts(f"{folder}/charts", "2026-11-30")][:2]
        ['children-slide.png', 'children-slide.svg']
        """
        written: list[Path] = _report("chart_files").write_charts(self, folder, dated)
        return written

    @guarded(path=path, starts=optional(calendar_years), backgrounds=optional(labels))
    def explorer(
        self, path: str | Path, starts: Sequence[int] | None = None, backgrounds: Sequence[str] | None = None
    ) -> Path:
        """Write a page with sliders that works out any setting of the scenarios by itself.

        Shares of each claim, level of entries, prices and their growth, the cashable share and how long spending goes
        on can be moved; scenario, year of start, delay and baseline chosen. The published case has the means and the
        interval of the run; what a setting makes of them is worked out from few of its draws, as the page says.

        Parameters
        ----------
        path : str or Path
            The file, ending in ``.html``.
        starts : sequence of int, optional
            Calendar years of programme year 1 that can be chosen, each a run of its own; that of the run and the two
            after it by default.
        backgrounds : sequence of str, optional
            Baselines that can be chosen, one at a time, each a run of its own; by default every packaged one where the
            page has room for them, none for a set that states none.

        Returns
        -------
        Path
            The file, under 1 MB: it needs no other file and no network.

        Raises
        ------
        FileError
            If it cannot be written, or does not end in ``.html``.
        UnknownNameError
            If a baseline is not known.
        InputError
            If there is no scenario but inaction, or the page would be larger than a megabyte.

        See Also
        --------
        report : The brief beside which it stands.
        what_if : The same in Python.

        Examples
        --------
        >>> import tempfile
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "family-help", years=3)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     results.explorer(f"{folder}/explorer.html", starts=[2028], backgrounds=["prices-flat"]).name
        'explorer.html'
        """
        written: Path = _report("explorer").write_explorer(self, path, starts, backgrounds)
        return written

    @classmethod
    @guarded(folder=path)
    def load(cls, folder: str | Path) -> Results:
        """Make saved results again from their inputs, with the same luck.

        Parameters
        ----------
        folder : str or Path
            A folder that :meth:`save` wrote.

        Returns
        -------
        Results
            The results; the same to the last bit on the same versions.

        Raises
        ------
        FileError
            If a file is missing or was altered.

        See Also
        --------
        save : Writes the folder.

        Examples
        --------
        >>> import tempfile
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), years=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     again = cc.Results.load(results.save(f"{folder}/kept"))
        >>> again.children().equals(results.children())
        True
        """
        return cls(replay(folder))

    def to_dict(self) -> dict[str, Any]:
        """Give the headline tables and the provenance as plain data for JSON.

        Returns
        -------
        dict
            Records of provenance, children, costs and comparisons; of capacity and outcomes where the set has them.

        See Also
        --------
        tables : Every table.
        json_schema : The form of it, for a program to check.

        Examples
        --------
        >>> import carecost as cc
        >>> list(cc.run(cc.load_assumptions("england-2025"), years=2).to_dict())
        ['provenance', 'children', 'costs', 'comparisons']
        """
        where_counted = {"capacity": self.capacity(), "outcomes": self.outcomes()}
        return {
            "provenance": self._run.provenance.as_dict(),
            "children": tables.records(self.children()),
            "costs": tables.records(self.costs(by=["group"])),
            "comparisons": {name: self.compare(name).to_dict() for name in self.scenarios if name != INACTION},
            **{name: tables.records(frame) for name, frame in where_counted.items() if len(frame)},
        }

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """Give the JSON Schema (draft 2020-12) of :meth:`to_dict`, and of what ``--format json`` prints.

        Returns
        -------
        dict
            Every key and column with its type, unit and meaning; a key that is not in it is refused.

        See Also
        --------
        to_dict : What it describes.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.Results.json_schema()["$schema"]
        'https://json-schema.org/draft/2020-12/schema'
        """
        return json_schema.results_schema()

    @guarded(central=flag)
    def to_xarray(self, central: bool = False) -> Any:
        """Give the arrays of every scenario as one labelled Dataset; needs xarray (``pip install 'carecost[xarray]'``).

        Parameters
        ----------
        central : bool
            The central run instead of the draws; without draws there is no other.

        Returns
        -------
        xarray.Dataset
            Variables stock, entries, exits, aged_out [children], child_years [child-years], volume, unit_cost, spend
            and npv (the net present saving against inaction) [GBP] on the axes scenario, draw, stream, date, year,
            placement and item; placements also by placement_group and in_care, items by item_group and the like; the
            provenance in its attributes. Levels hold the luck of small numbers where the draws ask for it.

        Raises
        ------
        CareCostError
            If xarray is not installed.

        See Also
        --------
        projection : With ages; its own ``to_xarray()``.

        Examples
        --------
        >>> import carecost as cc
        >>> made = cc.run("england-2025", "family-networks", years=5).to_xarray()
        >>> cared = made.stock.where(made.in_care, drop=True).sum(["stream", "placement"])
        >>> bool((cared.sel(scenario="inaction") >= cared.sel(scenario="family-networks")).all())
        True
        """
        return labelled.run_dataset(self._run, central)

    def _stream(self, stream: str | None) -> str:
        """Find a stream by name; the only one of a set needs no name."""
        streams = self._run.assumptions.streams
        stream = streams[0] if stream is None and len(streams) == 1 else stream
        if stream not in streams:
            problem = unknown("stream", stream, streams)
            unnamed = Problem("no stream is named", "stream", problem.remedy)
            raise UnknownNameError(unnamed if stream is None else problem)
        return stream
