"""What if a lever did half as much, or a home cost a tenth more: a scenario at other settings, at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from carecost._guard import (
    Refused,
    calendar_year,
    flag,
    guarded,
    instance,
    labels,
    number,
    one_of,
    opened,
    optional,
    share,
    text,
    wholes,
)
from carecost._labels import INACTION
from carecost.analysis import sustained as analysis
from carecost.analysis.surface import scaled
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.change import PROGRAMME
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import LEVEL
from carecost.money.discounting import Deflator
from carecost.money.prices import CASH, REAL
from carecost.results import tables
from carecost.results.saving import Saving
from carecost.results.summary import wanted_variants
from carecost.simulation.evaluator import Outcome
from carecost.simulation.layout import Layouts
from carecost.simulation.response import Band, Corners, Entries, scaled_set
from carecost.simulation.run import Run
from carecost.simulation.run import run as run_simulation

#: Most that something is multiplied with: more is a slip.
MOST_TIMES = 1000
#: Rule of the guard: what something is multiplied with.
TIMES = number(above=0, most=MOST_TIMES, hint="a multiplier, so 1.1 for a tenth more")


def by_name(rule: Any) -> Any:
    """Make the rule for multipliers by name."""

    def every(value: Any) -> dict[str, float]:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise Refused("", "Give a mapping of names to multipliers, such as {'family help': 0.5}")
        return {name: rule(one) for name, one in value.items()}

    return every


def by_age(value: Any) -> Entries:
    """Take one multiplier of entries, or multipliers by band of ages."""
    if not isinstance(value, Mapping):
        return {None: TIMES(value)}
    bands = [(wholes(ages), TIMES(factor)) for ages, factor in value.items()]
    named = [age for band, _ in bands for age in band]
    if twice := [age for age in named if named.count(age) > 1]:
        raise Refused(f"has age {twice[0]} in two bands", "Give bands of which each age is in one")
    return dict(bands)


def bands_of_ages(value: Any) -> tuple[Band, ...]:
    """Take bands of ages."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise Refused("", 'Give a list of bands, such as ["0 to 9", "10 to 17"]')
    return tuple(wholes(one) for one in value)


@dataclass(frozen=True)
class At:
    """A setting: what a scenario and the set are at.

    Parameters
    ----------
    scale : mapping of str to float
        What amounts of levers are multiplied with, by name [ratio].
    prices : mapping of str to float
        What unit costs are multiplied with, by item [ratio].
    entries : mapping of tuple of int or None to float
        What rates of entry are multiplied with, by ages; None stands for all [ratio].
    start : int, optional
        Calendar year of programme year 1.
    delay : int
        Years by which every change is later.
    sustained : float
        Share of the mean spending of levers that goes on for as long as the effects that it pays for [share].
    """

    scale: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    entries: Entries = field(default_factory=dict)
    start: int | None = None
    delay: int = 0
    sustained: float = 0.0


@dataclass(frozen=True, eq=False)
class _Answered(Run):
    """A run that is worked out: what else is asked of it, with all draws, is worked out too."""

    corners: Corners | None = None
    at: At = field(default_factory=At)

    def also(self, plans: Sequence[Scenario]) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
        """Answer for more scenarios at the same amounts, prices and entries: central, and all draws."""
        assert self.corners is not None
        self.corners.prepare(*plans)
        both = {plan.name: self.corners.outcomes(plan, self.at.prices, self.at.entries) for plan in plans}
        return {name: one for name, (one, _) in both.items()}, {name: one for name, (_, one) in both.items()}


@opened
@dataclass(frozen=True, eq=False)
class Setting(Saving):
    """A scenario against inaction at a setting: all that a :class:`Saving` gives, with children and costs.

    Everything is without the luck of small numbers.

    Parameters
    ----------
    run : Run
        The run that it stands for: its scenario and set are those of the setting.
    drawn : Comparison
        The scenario against inaction in the draws; in the central run where there are none.
    central : Comparison
        The same in the central run.

    See Also
    --------
    Response.at : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> response = cc.run("england-2025", "family-networks", years=4).what_if("family-networks")
    >>> setting = response.at(scale={"family networks and kinship": 0.5})
    >>> setting.averted.shape  # draw, date
    (1, 5)
    """

    @guarded(by=labels, by_draw=flag, level=tables.COVERAGE, in_care=flag)
    def children(
        self, by: Sequence[str] = (), by_draw: bool = False, in_care: bool = True, level: float = LEVEL
    ) -> pd.DataFrame:
        """Give children on 31 March of each year, as :meth:`carecost.Results.children` does.

        Parameters
        ----------
        by : str or sequence of str
            Any of placement, phase, group, stream, in_care; and age (which is run, central only).
        by_draw : bool
            One row a draw instead of one a quantile.
        in_care : bool
            Only children in care.
        level : float
            Coverage of the interval [probability].

        Returns
        -------
        DataFrame
            Of inaction and of the scenario.

        See Also
        --------
        costs : Their money.

        Examples
        --------
        >>> import carecost as cc
        >>> response = cc.run("england-2025", "family-networks", years=4).what_if("family-networks")
        >>> response.at(entries=1.1).children()["scenario"].unique().tolist()
        ['inaction', 'family-networks']
        """
        return tables.children_rows(self.run, by, None if by_draw else level, in_care)

    @guarded(basis=one_of([REAL, CASH]), by=labels, by_draw=flag, level=tables.COVERAGE)
    def costs(
        self,
        by: Sequence[str] = (),
        basis: Literal["real", "cash"] = "real",
        by_draw: bool = False,
        level: float = LEVEL,
        deflator: str | Deflator | None = None,
    ) -> pd.DataFrame:
        """Give spend in each year, as :meth:`carecost.Results.costs` does.

        Parameters
        ----------
        by : str or sequence of str
            Any of item, group, account, payer, gross_net, kind.
        basis : str
            Real (constant prices) or cash.
        by_draw : bool
            One row a draw instead of one a quantile.
        level : float
            Coverage of the interval [probability].
        deflator : str or Deflator, optional
            Of cash; that of the set by default.

        Returns
        -------
        DataFrame
            Of inaction and of the scenario.

        See Also
        --------
        children : Whom it is spent on.

        Examples
        --------
        >>> import carecost as cc
        >>> response = cc.run("england-2025", "family-networks", years=4).what_if("family-networks")
        >>> response.at(prices={"secure": 1.1}).costs(by=["group"])["price_year"].unique().tolist()
        [2025]
        """
        return tables.cost_rows(self.run, by, basis, None if by_draw else level, deflator)


def _carried_on(run: Run, plan: Scenario, at: At) -> Scenario:
    """Give a scenario at other amounts, with a share of its spending carried on for as long as its effects."""
    dated = replace(run, prepared=replace(run.prepared, scenarios=run.scenarios | {plan.name: plan}))
    more = analysis.sustained(dated, plan.name).levers[len(plan.levers) :]
    made = replace(plan, levers=(*plan.levers, *more))
    return scaled(made, {**at.scale, **{lever.name: at.sustained for lever in more}})


@opened
class Response:
    """How a scenario answers to other amounts, prices and entries, worked out from a few runs.

    A lever that scales entries, adds to them or diverts them, and all spending, is answered without a run, to rounding
    (1e-12 of the largest spend). What changes other rates, or where places run out, is run when it is asked for at
    another size. Draws in which one lever averts entries and another adds to them are run too, by themselves: what is
    averted is then netted.

    Parameters
    ----------
    run : Run
        A run that holds the scenario.
    scenario : str
        Its name.
    bands : sequence of ages
        Bands of ages whose entries are to be multiplied apart.

    See Also
    --------
    Results.what_if : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> response = cc.run("england-2025", "care-review", years=4).what_if("care-review")
    >>> response.exact["family help"], response.exact["foster carers"]
    (True, False)
    """

    @guarded(run=instance(Run, words="Use Results.what_if(…), which gives one"), scenario=text, bands=bands_of_ages)
    def __init__(self, run: Run, scenario: str, bands: Sequence[Band] = ()) -> None:
        names = [name for name in run.scenarios if name != INACTION]
        if scenario not in names:
            raise UnknownNameError(unknown("scenario", scenario, names))
        ages = run.grid.ages
        strangers = [(str(age), ages) for band in bands for age in band or () if age not in ages]
        refuse([unknown("age", age, map(str, ages), "what_if()") for age, ages in strangers], UnknownNameError)
        self._run, self._scenario, self._bands = run, scenario, (None, *bands)
        self._dated: dict[tuple[int | None, int], tuple[Corners, Scenario]] = {}
        self._corners(None, 0)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        return self._run.scenarios[self._scenario]

    @property
    def why_run(self) -> dict[str, str]:
        """Why a lever is run at another size, by name; levers that are not are left out."""
        corners, plan = self._corners(None, 0)
        faults, owners = corners.faults(plan), [lever.name for lever in plan.levers for _ in lever.changes]
        return {owners[place]: fault for place, fault in reversed(faults.items())}

    @property
    def exact(self) -> dict[str, bool]:
        """Whether a lever is answered without a run, by name."""
        run = self.why_run
        return {lever.name: lever.name not in run for lever in self.scenario.levers}

    @property
    def runs(self) -> int:
        """How many runs it has made so far."""
        return sum({id(corners): corners.made for corners, _ in self._dated.values()}.values())

    @guarded(
        scale=optional(by_name(number(0, MOST_TIMES, hint="a multiplier, so 0.5 for half"))),
        prices=optional(by_name(TIMES)),
        entries=optional(by_age),
        start=optional(calendar_year),
        delay=PROGRAMME,
        sustained=share(),
    )
    def at(
        self,
        scale: Mapping[str, float] | None = None,
        prices: Mapping[str, float] | None = None,
        entries: float | Mapping[Any, float] | None = None,
        start: int | None = None,
        delay: int = 0,
        sustained: float = 0.0,
    ) -> Setting:
        """Give the scenario against inaction at a setting.

        Parameters
        ----------
        scale : mapping of str to float, optional
            What the effects of levers are multiplied with, by name; their spending stays, as with
            :meth:`Scenario.scaled`. Of a lever that only spends it is the spending [ratio].
        prices : mapping of str to float, optional
            What unit costs of the set are multiplied with in all years, by item [ratio].
        entries : float or mapping of ages to float, optional
            What rates of entry of the set are multiplied with, for all ages or by band (``{"10 to 17": 1.1}``) [ratio].
            Bands are answered without a run if :meth:`Results.what_if` was told of them.
        start : int, optional
            Calendar year of programme year 1. Dates are no amounts: each is run once, and kept.
        delay : int
            Years by which every change is later; run once, and kept.
        sustained : float
            Share of what levers spent a year on average that is spent on, after the last year of their spending, for as
            long as the effects last that it pays for; 0 leaves spending as it is stated [share].

        Returns
        -------
        Setting
            What :meth:`Results.compare` gives, with ``children()`` and ``costs()``: of all draws of the run.

        Raises
        ------
        UnknownNameError
            If a lever, item or age is not known; with every one.
        InputError
            If a multiplier is none, or a lever at that size makes what cannot be.

        See Also
        --------
        exact : Which levers are answered without a run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", "family-networks", years=4)
        >>> response = results.what_if("family-networks")
        >>> half = response.at(scale={"family networks and kinship": 0.5})
        >>> bool(half.averted[0, -1] < results.compare("family-networks").averted[0, -1])
        True
        """
        banded: Entries = {None: float(entries)} if isinstance(entries, int | float) else entries or {}
        at = At(scale or {}, prices or {}, banded, start, delay, sustained)
        self._known(at)
        corners, plan = self._corners(at.start, at.delay)
        run = corners.run
        plan = scaled(plan, at.scale) if not sustained else _carried_on(run, plan, at)
        plans = {INACTION: run.scenarios[INACTION], plan.name: plan}
        both = {name: corners.outcomes(one, at.prices, at.entries) for name, one in plans.items()}
        prepared, provenance = replace(run.prepared, scenarios=plans), run.provenance
        if at.prices or at.entries:
            made = scaled_set(run.assumptions, at.prices, at.entries)
            prepared = replace(prepared, assumptions=made, layouts=Layouts(made, run.prepared.layouts.grid))
            provenance = replace(provenance, digest=made.digest)
        central, drawn = ({name: one[i] for name, one in both.items()} for i in (0, 1))
        answered = _Answered(
            prepared, replace(run.draws, noise=False), provenance, central, drawn, drawn, {}, corners, at
        )
        return Setting(answered, answered.compare(plan.name), answered.compare(plan.name, central=True))

    def _known(self, at: At) -> None:
        """Refuse names that are not there."""
        run, where = self._run, "at()"
        levers = [lever.name for lever in self.scenario.levers]
        items = [item.name for item in run.grid.items]
        ages = [age for band in at.entries for age in band or ()]
        begins = (run.calendar.programme_start if at.start is None else at.start) + at.delay
        asked = at.delay or at.start not in (None, run.calendar.programme_start)
        if asked and begins > (last := run.grid.years[-1]):
            remedy = f"Give a start up to {last}, its delay included"
            what = f"the programme begins in {begins}, after the last year that is run"
            raise InputError(Problem(what, where, remedy))
        refuse(
            [unknown("lever", name, levers, where) for name in at.scale if name not in levers]
            + [unknown("item", name, items, where) for name in at.prices if name not in items]
            + [unknown("age", str(age), map(str, run.grid.ages), where) for age in ages if age not in run.grid.ages],
            UnknownNameError,
        )

    def _corners(self, start: int | None, delay: int) -> tuple[Corners, Scenario]:
        """Give the corners of a date, and the scenario at it; run once."""
        start = None if start == self._run.calendar.programme_start else start
        key = start, delay
        if key not in self._dated:
            run = self._run
            if start is not None:
                draws = replace(run.draws, noise=False)
                run = run_simulation(run.assumptions, [self.scenario], run.grid.n_years, draws, start)
                corners = Corners(run)
            else:
                corners = self._dated[None, 0][0] if self._dated else Corners(run)
            plan = self.scenario if not delay else replace(self.scenario.delayed(delay), name=self._scenario)
            corners.prepare(plan, run.scenarios[INACTION], bands=self._bands)
            self._dated[key] = corners, plan
        return self._dated[key]

    def prepare_summary(self) -> None:
        """Make the runs that :meth:`Saving.summary` needs beside, so that the first one is as quick as the others.

        See Also
        --------
        at : Gives what has a summary.

        Examples
        --------
        >>> import carecost as cc
        >>> response = cc.run("england-2025", "family-networks", years=4).what_if("family-networks")
        >>> response.prepare_summary()
        >>> made = response.runs
        >>> summary = response.at(scale={"family networks and kinship": 0.5}).summary()
        >>> response.runs == made
        True
        """
        corners, _ = self._corners(None, 0)
        corners.prepare(*wanted_variants(self._run, self._scenario)[0].values())
