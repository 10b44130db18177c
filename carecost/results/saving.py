"""Saving: a comparison, drawn and central, with the summary that people quote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carecost._guard import (
    array,
    called,
    flag,
    guarded,
    instance,
    opened,
    optional,
    rate,
    several_by,
    share,
    take,
    text,
)
from carecost._labels import INACTION
from carecost._typing import Array, unannotated
from carecost.analysis.business_case import BusinessCase
from carecost.engine.grid import Grid
from carecost.errors import InputError, Problem
from carecost.maths.monte_carlo import LEVEL
from carecost.money.discounting import Schedule, Timing, discount_factors
from carecost.money.optimism_bias import Optimism, bias, optimism_bias
from carecost.money.vintages import schedule
from carecost.results import summary, tables
from carecost.results.appraisal_tables import SavingAppraisal
from carecost.simulation.comparison import RATE, TIMING, Chooser, Comparison, Side, valued
from carecost.simulation.run import Run

#: Discount schedules shown side by side.
RATES = ("standard", "health", "sensitivity")

#: Rule of the guard: one discount rate or several, by name, as a share or as a schedule.
rates = several_by(rate(Schedule))

#: Flows that are given year by year.
YEARLY: dict[str, Callable[[Comparison], Array]] = {
    "reform spend": Comparison.reform_spend,
    "gross saving": Comparison.gross_saving,
    "cashable saving": Comparison.cashable_saving,
    "net saving": Comparison.net_saving,
}


@opened
@dataclass(frozen=True, eq=False)
class Saving:
    """A scenario against a baseline, draw by draw, with the central run beside, ready to be quoted.

    Arrays are those of the draws; the same of the central run are in ``central``. Savings are positive where the
    scenario costs less. Every amount is in constant pounds of the price year.

    Parameters
    ----------
    run : Run
        The run it comes from.
    drawn : Comparison
        The two scenarios in the draws; in the central run where there are none.
    central : Comparison
        The two scenarios in the central run.

    See Also
    --------
    Results.compare : Makes it.

    Notes
    -----
    The equations are those of :class:`Comparison`; the page "Money" of the documentation says why they are so.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
    >>> saving = results.compare("care-review")
    >>> saving.baseline.name, saving.scenario.name
    ('inaction', 'care-review')
    """

    run: Run
    drawn: Comparison
    central: Comparison

    def __post_init__(self) -> None:
        made = "Use Results.compare(…), which gives one"
        sides = instance(Comparison, words=made)
        take(self, run=instance(Run, words=made), drawn=sides, central=sides)

    def _screen(self) -> list[tuple[str, str]]:
        """Say the summary: what, value, interval."""
        rows = [("against", f"{self.scenario.name} against {self.baseline.name}")]
        for row in summary.rows(self.run, self.scenario.name, self.baseline.name):
            value = row["central"] if row["mean"] is None else row["mean"]
            low, middle, high = (_plainly(x) for x in (row["low"], value, row["high"]))
            within = "" if row["low"] is None else f" ({low} to {high})"
            rows.append((str(row["what"]), f"{middle}{within} {row['unit']}"))
        return rows

    @property
    def baseline(self) -> Side:
        """Outcome of the baseline."""
        return self.drawn.baseline

    @property
    def scenario(self) -> Side:
        """Outcome of the scenario, with the same luck."""
        return self.drawn.scenario

    @property
    def discount(self) -> Schedule:
        """Discount rates."""
        return self.drawn.discount

    @property
    @unannotated
    def timing(self) -> Timing:
        """When in a year its flows fall, and what they are valued at."""
        return self.drawn.timing

    @property
    def programme_start(self) -> int:
        """Calendar year of programme year 1; cashable shares rise from it where a side does not say when it acts."""
        return self.drawn.programme_start

    @property
    def inaction(self) -> Side | None:
        """Outcome of inaction, against which what becomes cash is counted for each of the two."""
        return self.drawn.inaction

    @property
    def grid(self) -> Grid:
        """Labels."""
        return self.drawn.grid

    @property
    def averted(self) -> Array:
        """Fewer children in care on each date: (draw, date) [children]."""
        return self.drawn.averted

    @property
    def averted_child_years(self) -> Array:
        """Less time in care: (draw, year) [child-years]."""
        return self.drawn.averted_child_years

    @property
    def price_effect(self) -> Array:
        """Saving from prices, at the scenario's volume: (draw, year, item) [GBP]."""
        return self.drawn.price_effect

    @property
    def volume_effect(self) -> Array:
        """Saving from volumes, at the baseline's prices: (draw, year, item) [GBP]."""
        return self.drawn.volume_effect

    @property
    def cashable_share(self) -> Array:
        """Share of what the scenario saves of each item by volume that becomes cash: (year, item) [share]."""
        return self.drawn.cashable_share

    @property
    def factors(self) -> Array:
        """Discount factors, 1 in the first projected year: (year,) [ratio]."""
        return self.drawn.factors

    @guarded(choose=optional(called))
    def gross_saving(self, choose: Chooser | None = None) -> Array:
        """Give the fall in spending, the programme's own spending apart.

        Parameters
        ----------
        choose : callable, optional
            Says which items count; the public purse by default.

        Returns
        -------
        ndarray of shape (draw, year)
            Gross saving [GBP].

        See Also
        --------
        cashable_saving : The part of it that becomes cash.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> saving = results.compare("care-review")
        >>> bool((saving.gross_saving() >= saving.cashable_saving()).all())
        True
        """
        return self.drawn.gross_saving(choose)

    @guarded(choose=optional(called))
    def cashable_saving(self, choose: Chooser | None = None) -> Array:
        """Give the price effect, and the cashable share of the volume effect, of the scenario less the baseline.

        Both are counted against inaction, each on a clock of its own: a comparison of two scenarios is the difference
        of the two. The clock of a scenario starts in the first year in which any of its changes acts.

        Parameters
        ----------
        choose : callable, optional
            Says which items count; the public purse by default.

        Returns
        -------
        ndarray of shape (draw, year)
            Cashable saving [GBP].

        See Also
        --------
        gross_saving : With the whole volume effect.
        cashable_share : What share becomes cash.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").cashable_saving().shape
        (1, 6)
        """
        return self.drawn.cashable_saving(choose)

    @guarded(choose=optional(called))
    def reform_spend(self, choose: Chooser | None = None) -> Array:
        """Give spending on the programme beyond the baseline's.

        Parameters
        ----------
        choose : callable, optional
            Says which items count; the public purse by default.

        Returns
        -------
        ndarray of shape (draw, year)
            Reform spend [GBP].

        See Also
        --------
        net_saving : Cashable saving less this.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> bool(results.compare("care-review").reform_spend()[0, 2] > 0)
        True
        """
        return self.drawn.reform_spend(choose)

    @guarded(choose=optional(called))
    def net_saving(self, choose: Chooser | None = None) -> Array:
        """Give the cashable saving less reform spend.

        Parameters
        ----------
        choose : callable, optional
            Says which items count; the public purse by default.

        Returns
        -------
        ndarray of shape (draw, year)
            Net saving, undiscounted [GBP].

        See Also
        --------
        npv : The same, discounted and summed.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> saving = results.compare("care-review")
        >>> bool((saving.present_value(saving.net_saving()) == saving.npv()).all())
        True
        """
        return self.drawn.net_saving(choose)

    @guarded(flow=array("draw", "year"))
    def present_value(self, flow: Array) -> Array:
        """Discount a flow to the first projected year.

        Parameters
        ----------
        flow : array_like of shape (draw, year)
            Amounts in each year [GBP].

        Returns
        -------
        ndarray of shape (draw,)
            One value a draw [GBP].

        See Also
        --------
        factors : What each year counts.

        Examples
        --------
        >>> import numpy as np
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=2, start=2026)
        >>> results.compare("care-review").present_value(np.array([[1.0, 1.0]])).round(4).tolist()
        [1.9662]
        """
        return self.drawn.present_value(flow)

    @guarded(gross=flag, discount=optional(RATE), timing=optional(TIMING))
    def npv(
        self,
        *,
        gross: bool = False,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> Array:
        """Give the net present saving to the public purse.

        Parameters
        ----------
        gross : bool
            Count the whole volume effect instead of its cashable share.
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's: a name (``"standard"``, ``"health"``), or a flat rate (``0.02``).
        timing : str, optional
            When flows fall: ``base year`` (as they do unless another is given), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discount_factors`.

        Returns
        -------
        ndarray of shape (draw,)
            One value a draw [GBP].

        See Also
        --------
        npvs : At several discount rates.
        npsv : To society.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> saving = results.compare("care-review")
        >>> bool(saving.npv(gross=True)[0] > saving.npv()[0])
        True
        """
        return self.drawn.npv(gross=gross, discount=discount, timing=timing)

    def npsv(self) -> Array:
        """Give the net present social value: resources of every ledger, transfers and prices alone at zero.

        Returns
        -------
        ndarray of shape (draw,)
            One value a draw [GBP].

        Raises
        ------
        ComparisonError
            If there is no social ledger.

        See Also
        --------
        social_parts : What it is the sum of.
        npv : To the public purse.

        Examples
        --------
        >>> import carecost as cc
        >>> england = cc.with_social_ledger(cc.load_assumptions("england-2025"))
        >>> results = cc.run(england, cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").npsv().shape
        (1,)
        """
        return self.drawn.npsv()

    def social_parts(self) -> dict[str, Array]:
        """Name the parts of net social value in each year: positive where society gains.

        Returns
        -------
        dict of str to ndarray of shape (draw, year)
            Parts ``programme`` (its resources), ``public services`` (resources of all accounts but social, whether or
            not they become cash), and each line of the social ledger by name [GBP]. A line that values outcomes counts
            what a scenario does to their share: fewer who leave care is no loss of outcomes.

        Raises
        ------
        ComparisonError
            If there is no social ledger.

        See Also
        --------
        npsv : Their sum, discounted.

        Examples
        --------
        >>> import carecost as cc
        >>> england = cc.with_social_ledger(cc.load_assumptions("england-2025"))
        >>> results = cc.run(england, cc.load_scenario("care-review"), years=6)
        >>> list(results.compare("care-review").social_parts())[:2]
        ['programme', 'public services']
        """
        return self.drawn.social_parts()

    @guarded(discount=optional(RATE), timing=optional(TIMING))
    def bcr(self, discount: str | float | Schedule | None = None, timing: Timing | None = None) -> float | None:
        """Give the benefit-cost ratio: cashable savings over the programme's net public cost.

        Parameters
        ----------
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's: a name (``"standard"``, ``"health"``), or a flat rate (``0.02``).
        timing : str, optional
            When flows fall: ``base year`` (as they do unless another is given), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discount_factors`.

        Returns
        -------
        float or None
            The ratio of mean present values; None (undefined) where the cost is not positive, or nobody stated what the
            effects cost [GBP per GBP].

        See Also
        --------
        npv : The difference instead of the ratio.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").bcr() > 0
        True
        """
        return self.drawn.bcr(discount, timing) if summary.cost_stated(self.run, self.scenario.name) else None

    @guarded(discounted=flag, discount=optional(RATE), timing=optional(TIMING))
    def payback_year(
        self,
        *,
        discounted: bool = False,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> Array:
        """Find the first year from which the cumulative net saving stays at or above zero.

        Parameters
        ----------
        discounted : bool
            Whether to discount; it is where a discount is given.
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's: a name (``"standard"``, ``"health"``), or a flat rate (``0.02``).
        timing : str, optional
            When flows fall: ``base year`` (as they do unless another is given), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discount_factors`.

        Returns
        -------
        ndarray of shape (draw,)
            Calendar year; nan where it does not pay back within the horizon, or nothing is spent or saved.

        See Also
        --------
        net_saving : What accumulates.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=3)
        >>> results.compare("care-review").payback_year().tolist()
        [nan]
        """
        return self.drawn.payback_year(discounted=discounted, discount=discount, timing=timing)

    def chance_of_saving(self) -> float:
        """Give the share of draws with a net present saving above zero.

        Returns
        -------
        float
            Share of draws [probability].

        See Also
        --------
        npv : The net present saving.

        Examples
        --------
        >>> import carecost as cc
        >>> england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
        >>> cc.run(england, review, years=6, draws=cc.Draws(8, seed=1)).compare("care-review").chance_of_saving()
        0.0
        """
        return self.drawn.chance_of_saving()

    def common_luck(self) -> float:
        """Compare the variance of the fall in children at the end with that of scenarios with luck of their own.

        Returns
        -------
        float
            Ratio of variances: the smaller, the more the common draws sharpen the comparison.

        Raises
        ------
        ComparisonError
            If there are fewer than two draws, or nothing varies.

        See Also
        --------
        averted : The fall in children.

        Examples
        --------
        >>> import carecost as cc
        >>> england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
        >>> results = cc.run(england, review, years=3, draws=cc.Draws(8, seed=1))
        >>> results.compare("care-review").common_luck() < 0.5
        True
        """
        return self.drawn.common_luck()

    def saving_per_child_year(self) -> float | None:
        """Give the cashable saving over the horizon for each child-year of care averted.

        Returns
        -------
        float or None
            Ratio of means; None where no time in care is averted [GBP per child-year].

        See Also
        --------
        average_cost_of_care : What a child-year costs.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").saving_per_child_year() > 0
        True
        """
        return self.drawn.saving_per_child_year()

    def average_cost_of_care(self) -> float:
        """Give the spend that follows time in care for each child-year, in the baseline.

        Returns
        -------
        float
            Ratio of means [GBP per child-year].

        See Also
        --------
        saving_per_child_year : What averting one saves.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").average_cost_of_care() > 0
        True
        """
        return self.drawn.average_cost_of_care()

    @guarded(level=tables.COVERAGE)
    def summary(self, level: float = LEVEL) -> pd.DataFrame:
        """Give the table people quote: what a scenario does, as means over draws with their interval.

        Parameters
        ----------
        level : float
            Coverage of the intervals [probability].

        Returns
        -------
        DataFrame
            Columns what; mean, low and high (an interval of 80% unless another is asked for), mean_error (Monte Carlo
            error of the mean); central (the run of central values, for programs; the only number without draws, and of
            rows of one run, such as every claim come true in full); unit. Parameter uncertainty only: no luck of small
            numbers.

        See Also
        --------
        by_year : The flows behind it.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").summary()["what"].iloc[2]
        'Fewer children in care, 31 March 2031'
        """
        made = summary.rows(self.run, self.scenario.name, self.baseline.name, level)
        return pd.DataFrame(made, columns=list(summary.COLUMNS))

    @guarded(level=tables.COVERAGE, wide=flag)
    def by_year(self, level: float = LEVEL, wide: bool = False) -> pd.DataFrame:
        """Give reform spend, savings and net saving in each year, central, mean and quantiles.

        Parameters
        ----------
        level : float
            Coverage of the interval [probability].
        wide : bool
            A column for each year instead of a row; errors of means are then left out.

        Returns
        -------
        DataFrame
            Columns what, year, quantile, value, unit, price_year, basis, deflator.

        See Also
        --------
        summary : Totals and present values.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").by_year()["what"].unique().tolist()
        ['reform spend', 'gross saving', 'cashable saving', 'net saving']
        """
        frames = []
        for what, flow in YEARLY.items():
            years = {"year": list(self.grid.years)}
            frame = tables.tidy(flow(self.drawn), flow(self.central), years, level)
            frame.insert(0, "what", what)
            frames.append(frame)
        joined = pd.concat(frames, ignore_index=True)
        return tables.widened(tables.priced(joined, self.scenario.provenance.price_base), "year", wide)

    @guarded(optimism=bias, mitigated=share(), discount=optional(RATE), timing=optional(TIMING))
    def appraisal(
        self,
        optimism: str | float | Optimism | None = None,
        mitigated: float = 0.0,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> SavingAppraisal:
        """Appraise the scenario as a business case does: each ledger, payback, funding, and the cost of an effect.

        Parameters
        ----------
        optimism : str, float or Optimism, optional
            One uplift on reform spend: a category of :func:`carecost.optimism_bias`, or a share; none by default.
        mitigated : float
            Part of it that was found to be dealt with [share].
        discount : str, float or Schedule, optional
            Another rate or schedule than the set's: a name (``"standard"``, ``"health"``), or a flat rate (``0.02``).
        timing : str, optional
            When flows fall: ``base year`` (as they do unless another is given), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discount_factors`.

        Returns
        -------
        SavingAppraisal
            Its ``table()``, its ``by_payer()``, and the arrays behind, drawn and central.

        Raises
        ------
        UnknownNameError
            If there is no such category.
        InputError
            If a share cannot be one, or an uplift would enlarge what the programme saves.

        See Also
        --------
        carecost.appraise : The same of any costs and benefits.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> made = results.compare("care-review").appraisal(optimism="outsourcing", mitigated=0.5)
        >>> list(made.central.payers)
        ['local authority', 'central government (DfE)', 'central government (HM Treasury)']
        """
        bias = optimism_bias(optimism, mitigated)
        claim = any(self.run.scenarios[side.name].claim for side in (self.baseline, self.scenario))
        stated = summary.cost_stated(self.run, self.scenario.name)
        drawn, central = (valued(one, discount, timing) for one in (self.drawn, self.central))
        return SavingAppraisal(BusinessCase(drawn, bias), BusinessCase(central, bias), claim, stated)

    @guarded(discounts=rates, timing=text, level=tables.COVERAGE)
    def npvs(
        self, discounts: Sequence[str | float | Schedule] = RATES, timing: Timing = "base year", level: float = LEVEL
    ) -> pd.DataFrame:
        """Give the net present saving to the public purse at several discount rates.

        Parameters
        ----------
        discounts : sequence of str, float or Schedule, or one of these
            Names of packaged schedules (``"standard"``, ``"health"``, ``"sensitivity"``; the vintage may stand before)
            or flat rates (``0.035``).
        timing : str
            One of ``base year`` (flows of the first projected year have factor 1), ``mid-year`` and ``year-end``; see
            :func:`carecost.money.discounting.discount_factors`.
        level : float
            Coverage of the interval [probability].

        Returns
        -------
        DataFrame
            Columns discount (with its vintage), timing, quantile, value, unit, price_year, basis, deflator; present
            values of the first projected year. Row for row the same flows, so that only the rate differs.

        Raises
        ------
        UnknownNameError
            If a schedule is not known.
        InputError
            If a rate is not a share a year, is given twice, or the timing is not known.

        See Also
        --------
        npv : At the rates of the set.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.compare("care-review").npvs([0.0, 0.035])["discount"].tolist()
        ['flat 0%', 'flat 3.5%']
        """
        schedules = {s.name: s for s in map(schedule, discounts)}
        if not discounts or len(schedules) < len(discounts):
            remedy = "Give each rate once, at least one"
            raise InputError(Problem(f"discounts are {list(discounts)}", "npvs", remedy))
        n = len(self.grid.years)
        # (year, rate), so that flows of (draw, year) become (draw, rate) in one product
        factors = np.stack([discount_factors(n, s, timing) for s in schedules.values()], axis=-1)
        drawn, central = self.net_saving() @ factors, self.central.net_saving() @ factors
        frame = tables.tidy(drawn, central, {"discount": list(schedules)}, level)
        frame.insert(1, "timing", timing)
        return tables.priced(frame, self.scenario.provenance.price_base)

    def to_dict(self) -> dict[str, Any]:
        """Give the summary and the years as plain data for JSON.

        Returns
        -------
        dict
            Name of the baseline, and the records of summary and by_year.

        See Also
        --------
        Results.to_dict : The same of every scenario.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> list(results.compare("care-review").to_dict())
        ['baseline', 'summary', 'by_year']
        """
        quoted = self.summary()
        return {
            "baseline": self.baseline.name,
            "summary": tables.records(quoted),
            "by_year": tables.records(self.by_year()),
        }


def _plainly(value: float | None) -> str:
    """Write a number of a screen: whole from a thousand on, else to four figures."""
    if value is None or value != value:
        return "none"
    return f"{value:.0f}" if 1900 <= value < 2300 else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def compare(run: Run, scenario: str, baseline: str = INACTION) -> Saving:
    """Compare two scenarios of a run, draw by draw, with the central run beside.

    Raises
    ------
    UnknownNameError
        If either is not known.
    """
    return Saving(run, run.compare(scenario, baseline), run.compare(scenario, baseline, central=True))


def each(run: Run, table: Callable[[Saving], pd.DataFrame]) -> pd.DataFrame:
    """Give a table of every scenario against inaction, one below the other, with a column ``scenario``."""
    names = [name for name in run.scenarios if name != INACTION]
    frames = [table(compare(run, name)) for name in names]
    for name, frame in zip(names, frames, strict=True):
        frame.insert(0, "scenario", name)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["scenario", "what"])


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the tables of a saved run that compare its scenarios; none where there is inaction alone."""
    if len(run.scenarios) == 1:
        return {}
    return {"summary": each(run, Saving.summary), "savings": each(run, Saving.by_year)}
