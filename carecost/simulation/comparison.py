"""Comparison of a scenario with a baseline, draw by draw, in children and in money."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from carecost._guard import array, calendar_year, called, flag, guarded, instance, one_of, opened, optional, rate, take
from carecost._typing import Array, LockedAgain, ReadOnly, read_only
from carecost.engine.costs import Costs
from carecost.engine.grid import Grid
from carecost.engine.items import OUTCOMES, PLACED_DRIVERS, SOCIAL, Item
from carecost.errors import ComparisonError, InputError, Problem
from carecost.inputs.provenance import Provenance, licence
from carecost.money.appraisal import payback_year
from carecost.money.discounting import BASE_YEAR, TIMINGS, Schedule, Timing, discount_factors
from carecost.money.vintages import schedule

Chooser = Callable[[Item], bool]


REFORM = "reform"

#: Where a grid keeps the shares that become cash, by the year of the clock, beside its fields.
_SHARES = "_cashable_shares"

#: Rules of the guard: a discount rate or schedule; when in a year its flows fall.
RATE, TIMING = rate(Schedule), one_of(TIMINGS)


#: Parts of net social value besides the lines of the social ledger.
PROGRAMME, SERVICES = "programme", "public services"


@dataclass(frozen=True, eq=False)
class Side(ReadOnly):
    """One scenario's outcome, as a comparison needs it.

    Attributes
    ----------
    name : str
        Scenario.
    provenance : Provenance
        What it was made from.
    costs : Costs
        Volume, price and spend.
    children : ndarray of shape (draw, date)
        Children in care on each date [children].
    child_years : ndarray of shape (draw, year)
        Time in care [child-years].
    acts_from : int, optional
        First calendar year in which any change of the scenario acts, spending included: its clock for what becomes
        cash. None for inaction, or where it is not known.
    """

    name: str
    provenance: Provenance
    costs: Costs
    children: Array
    child_years: Array
    acts_from: int | None = None

    @property
    def grid(self) -> Grid:
        """Labels."""
        return self.costs.grid

    @property
    def public_spend(self) -> Array:
        """Spend of the public purse: (draw, year) [GBP, constant prices]."""
        return self.costs.public_spend

    @property
    def care_spend(self) -> Array:
        """Public spend that follows time in care: (draw, year) [GBP, constant prices]."""
        return care_spend(self.costs)


@opened
@dataclass(frozen=True, eq=False)
class Comparison(LockedAgain):
    """A scenario against a baseline.

    Savings are positive where the scenario costs less. Every amount is in constant pounds of the price year.

    Parameters
    ----------
    baseline, scenario : Side
        The two outcomes, with the same luck.
    discount : Schedule
        Discount rates.
    programme_start : int
        Calendar year of programme year 1; cashable shares rise from it where a side does not say from when it acts.
    inaction : Side, optional
        Inaction, against which what becomes cash is counted for each of the two; the baseline when not given.
    timing : str
        When in a year its flows fall, and what they are valued at; see :func:`carecost.money.discount_factors`.

    Raises
    ------
    ComparisonError
        If they differ in more than the scenario.

    See Also
    --------
    Saving : The same of draws, with the central run beside and the summary that people quote.

    Notes
    -----
    In each draw and year, with prices p and volumes v of the baseline (0) and the scenario (1), of the items of the
    purse without the programme's::

        gross saving    = Σ (p0 − p1) v1 + Σ p0 (v0 − v1)            price and volume effect
        cashable saving = Σ (p0 − p1) v1 + Σ share p0 (v0 − v1)      share by item and years since it began
        net saving      = cashable saving − reform spend
        npv             = Σ over years of factor × net saving

    The pages "Money" and "Who pays" of the documentation say why.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
    >>> compared = results.run.compare("family-networks")
    >>> compared.averted.shape == (1, len(compared.grid.dates))
    True
    """

    baseline: Side
    scenario: Side
    discount: Schedule
    programme_start: int
    inaction: Side | None = None
    timing: Timing = BASE_YEAR

    def __post_init__(self) -> None:
        side = instance(Side, words="Use Results.compare(…), which compares two scenarios")
        rates = instance(Schedule, words="Give a discount schedule: carecost.money.schedule(…)")
        start = calendar_year
        take(self, baseline=side, scenario=side, inaction=optional(side), discount=rates, programme_start=start)
        take(self, timing=TIMING)
        licence(self.baseline.provenance, self.scenario.provenance)
        if self.inaction is not None:
            licence(self.inaction.provenance, self.scenario.provenance)

    @property
    def grid(self) -> Grid:
        """Labels."""
        return self.scenario.grid

    @cached_property
    def averted(self) -> Array:
        """Fewer children in care on each date: (draw, date) [children]."""
        return read_only(self.baseline.children - self.scenario.children)

    @cached_property
    def averted_child_years(self) -> Array:
        """Less time in care: (draw, year) [child-years]."""
        return read_only(self.baseline.child_years - self.scenario.child_years)

    @cached_property
    def price_effect(self) -> Array:
        """Saving from prices, at the scenario's volume: (draw, year, item) [GBP]."""
        a, b = self.baseline.costs, self.scenario.costs
        return read_only(np.asarray((a.unit_cost - b.unit_cost) * b.volume))

    @cached_property
    def volume_effect(self) -> Array:
        """Saving from volumes, at the baseline's prices: (draw, year, item) [GBP]."""
        a, b = self.baseline.costs, self.scenario.costs
        return read_only(np.asarray(a.unit_cost * (a.volume - b.volume)))

    @cached_property
    def cashable_share(self) -> Array:
        """Share of what the scenario saves of each item by volume that becomes cash: (year, item) [share]."""
        start = self.programme_start if self.scenario.acts_from is None else self.scenario.acts_from
        # Worked out once for labels and clock: a run compares many scenarios.
        known: dict[int, Array] = vars(self.grid).setdefault(_SHARES, {})
        if start not in known:
            shares = [[item.cashable.share(y - start) for item in self.grid.items] for y in self.grid.years]
            known[start] = read_only(np.array(shares))
        return known[start]

    @guarded(choose=optional(called))
    def gross_saving(self, choose: Chooser | None = None) -> Array:
        """Fall in spending, the programme's own spending apart.

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
        Saving.gross_saving : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.gross_saving().shape == (1, len(compared.grid.years))
        True
        """
        made = self._made("gross_saving", choose)
        return self._effects(lambda i: _counts(i, choose) and i.group != REFORM) if made is None else made

    @guarded(choose=optional(called))
    def cashable_saving(self, choose: Chooser | None = None) -> Array:
        """Price effect, and the cashable share of the volume effect, of the scenario less those of the baseline.

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
        Saving.cashable_saving : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> bool((compared.cashable_saving() <= compared.gross_saving() + 1e-6).all())
        True
        """
        made = self._made("cashable_saving", choose)
        if made is not None:
            return made
        if self._against_inaction is not None:
            scenario, baseline = self._against_inaction
            return scenario.cashable_saving(choose) - baseline.cashable_saving(choose)
        chosen = self._chosen(lambda i: _counts(i, choose) and i.group != REFORM)
        volume = np.einsum("dyi,yi->dy", self.volume_effect, self.cashable_share * chosen)
        return np.asarray(self.price_effect @ chosen + volume)

    @cached_property
    def _against_inaction(self) -> tuple[Comparison, Comparison] | None:
        """Compare scenario and baseline with inaction; None where the baseline is inaction."""
        if self.inaction is None or self.baseline.name == self.inaction.name:
            return None
        scenario, baseline = (
            Comparison(self.inaction, side, self.discount, self.programme_start)
            for side in (self.scenario, self.baseline)
        )
        return scenario, baseline

    @guarded(choose=optional(called))
    def reform_spend(self, choose: Chooser | None = None) -> Array:
        """Spending on the programme beyond the baseline's.

        Parameters
        ----------
        choose : callable, optional
            Says which items count; the public purse by default.

        Returns
        -------
        ndarray of shape (draw, year)
            Spending [GBP].

        See Also
        --------
        Saving.reform_spend : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> bool((compared.reform_spend() >= 0).all())
        True
        """
        made = self._made("reform_spend", choose)
        return -self._effects(lambda i: _counts(i, choose) and i.group == REFORM) if made is None else made

    @guarded(choose=optional(called))
    def net_saving(self, choose: Chooser | None = None) -> Array:
        """Cashable saving less reform spend.

        Parameters
        ----------
        choose : callable, optional
            Says which items count; the public purse by default.

        Returns
        -------
        ndarray of shape (draw, year)
            Net saving [GBP].

        See Also
        --------
        Saving.net_saving : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> bool((compared.net_saving() == compared.cashable_saving() - compared.reform_spend()).all())
        True
        """
        return self.cashable_saving(choose) - self.reform_spend(choose)

    def _made(self, name: str, choose: Chooser | None) -> Array | None:
        """Give what was worked out before, where a run keeps that and not what it is made of: (draw, year) [GBP]."""
        return None

    def _effects(self, choose: Chooser) -> Array:
        """Sum price and volume effects of some items: (draw, year) [GBP]."""
        chosen = self._chosen(choose)
        return np.asarray(self.price_effect @ chosen + self.volume_effect @ chosen)

    def _chosen(self, choose: Chooser) -> Array:
        """Say which items count, 1 or 0: a product with it sums without a copy."""
        return np.array([float(choose(item)) for item in self.grid.items])

    @cached_property
    def factors(self) -> Array:
        """Discount factors: 1 in the first projected year: (year,) [ratio]."""
        return read_only(discount_factors(len(self.grid.years), self.discount, self.timing))

    @guarded(flow=array("draw", "year"))
    def present_value(self, flow: Array) -> Array:
        """Discount a flow to the first projected year.

        Parameters
        ----------
        flow : ndarray of shape (draw, year)
            Amounts [GBP].

        Returns
        -------
        ndarray of shape (draw,)
            Present value [GBP].

        See Also
        --------
        Saving.present_value : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> bool((compared.present_value(compared.net_saving()) == compared.npv()).all())
        True
        """
        if flow.shape[-1] != len(self.factors):
            what = f"flow has {flow.shape[-1]} years, the comparison {len(self.factors)}"
            raise InputError(Problem(what, "present_value()", "Give shape (draw, year)"))
        return np.asarray(flow @ self.factors)

    @guarded(gross=flag, discount=optional(RATE), timing=optional(TIMING))
    def npv(
        self,
        *,
        gross: bool = False,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> Array:
        """Net present saving to the public purse.

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
        Saving.npv : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.npv().shape
        (1,)
        """
        saving = self.gross_saving() if gross else self.cashable_saving()
        return valued(self, discount, timing).present_value(saving - self.reform_spend())

    def npsv(self) -> Array:
        """Net present social value: resources of every ledger, transfers and prices alone at zero.

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
        Saving.npsv : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> england = cc.with_social_ledger(cc.load_assumptions("england-2025"))
        >>> cc.run(england, cc.load_scenario("family-networks")).run.compare("family-networks").npsv().shape
        (1,)
        """
        return self.present_value(np.sum(list(self.social_parts().values()), axis=0))

    def social_parts(self) -> dict[str, Array]:
        """Name the parts of net social value in each year: positive where society gains.

        Returns
        -------
        dict of str to ndarray of shape (draw, year)
            ``programme`` (its resources), ``public services`` (resources of all accounts but social, whether or not
            they become cash), and each line of the social ledger by name [GBP]. A line that values outcomes counts
            what a scenario does to their share: fewer who leave care is no loss of outcomes.

        Raises
        ------
        ComparisonError
            If there is no social ledger.

        See Also
        --------
        Saving.social_parts : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> england = cc.with_social_ledger(cc.load_assumptions("england-2025"))
        >>> parts = cc.run(england, cc.load_scenario("family-networks")).run.compare("family-networks").social_parts()
        >>> list(parts)[:2]
        ['programme', 'public services']
        """
        ledger = [item for item in self.grid.items if item.account == SOCIAL]
        if not ledger:
            remedy = "Add items with account = social, or cc.with_social_ledger(assumptions); npv() is the public purse"
            raise ComparisonError(Problem("there is no social ledger", "npsv", remedy))
        parts = {PROGRAMME: self._resources(lambda i: i.public and i.group == REFORM)}
        parts[SERVICES] = self._resources(lambda i: i.public and i.group != REFORM)
        return parts | {f"{SOCIAL}: {item.name}": self._social(item) for item in ledger}

    def _social(self, line: Item) -> Array:
        """Give what society gains by a line of the social ledger: (draw, year) [GBP]."""
        if line.driver != OUTCOMES:
            return self._resources(lambda i: i.name == line.name)
        worth = self.baseline.costs.unit_cost[..., self.grid.items.index(line)]
        return np.asarray(worth * (self.price_effect @ self._chosen(line.follows)))

    def _resources(self, choose: Chooser) -> Array:
        """Sum resources: programmes by what they spend, all else by volume, since a price alone moves money only."""
        used = self._effects(lambda i: choose(i) and i.group == REFORM and i.kind == "resource")
        chosen = self._chosen(lambda i: choose(i) and i.group != REFORM and i.kind == "resource")
        return np.asarray(used + self.volume_effect @ chosen)

    @guarded(discount=optional(RATE), timing=optional(TIMING))
    def bcr(self, discount: str | float | Schedule | None = None, timing: Timing | None = None) -> float | None:
        """Benefit-cost ratio: mean present value of cashable savings over that of the programme's net public cost.

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
            The ratio of means; None (undefined) where the cost is not positive.

        See Also
        --------
        Saving.bcr : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.bcr() is None  # the programme itself spends nothing
        True
        """
        at = valued(self, discount, timing)
        cost = float(at.present_value(self.reform_spend()).mean())
        return None if cost <= 0 else float(at.present_value(self.cashable_saving()).mean()) / cost

    @guarded(discounted=flag, discount=optional(RATE), timing=optional(TIMING))
    def payback_year(
        self,
        *,
        discounted: bool = False,
        discount: str | float | Schedule | None = None,
        timing: Timing | None = None,
    ) -> Array:
        """First year from which the cumulative net saving stays at or above zero.

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
        Saving.payback_year : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.payback_year().shape
        (1,)
        """
        at_rates = discounted or discount is not None
        flow = self.net_saving() * (valued(self, discount, timing).factors if at_rates else 1.0)
        return payback_year(flow) + self.grid.years[0]

    def chance_of_saving(self) -> float:
        """Share of draws with a net present saving above zero.

        Returns
        -------
        float
            The share [probability].

        See Also
        --------
        Saving.chance_of_saving : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.chance_of_saving() in (0.0, 1.0)  # the central run alone
        True
        """
        return float((self.npv() > 0).mean())

    def common_luck(self) -> float:
        """Variance of the fall in children at the end, over what it would be if each scenario had luck of its own.

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
        Saving.common_luck : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> england, plan = cc.load_assumptions("england-2025"), cc.load_scenario("family-networks")
        >>> cc.run(england, plan, years=4, draws=cc.Draws(20)).run.compare("family-networks").common_luck() < 0.5
        True
        """
        before, after = self.baseline.children[:, -1], self.scenario.children[:, -1]
        apart = float(before.var() + after.var())
        if len(before) < 2 or apart == 0:
            raise ComparisonError(Problem("nothing varies over draws", "common_luck", "Run with draws"))
        return float((before - after).var()) / apart

    def saving_per_child_year(self) -> float | None:
        """Cashable saving over the horizon for each child-year of care averted, ratio of means.

        Returns
        -------
        float or None
            The ratio [GBP per child-year]; None where no time in care is averted.

        See Also
        --------
        Saving.saving_per_child_year : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.saving_per_child_year() > 0
        True
        """
        years = float(self.averted_child_years.sum(1).mean())
        return None if years <= 0 else float(self.cashable_saving().sum(1).mean()) / years

    def average_cost_of_care(self) -> float:
        """Spend that follows time in care for each child-year, baseline, ratio of means.

        Returns
        -------
        float
            The ratio [GBP per child-year].

        See Also
        --------
        Saving.average_cost_of_care : The same of a saving, draws and central run.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-networks"))
        >>> compared = results.run.compare("family-networks")
        >>> compared.average_cost_of_care() > 50_000
        True
        """
        return float(self.baseline.care_spend.sum(1).mean() / self.baseline.child_years.sum(1).mean())


def valued(
    comparison: Comparison, discount: str | float | Schedule | None = None, timing: Timing | None = None
) -> Comparison:
    """Give the same comparison with other discount rates, or with flows at another point of the year.

    Raises
    ------
    UnknownNameError
        If a schedule is not known.

    Examples
    --------
    >>> import carecost as cc
    >>> compared = cc.run("england-2025", "family-networks", years=4).run.compare("family-networks")
    >>> valued(compared, 0.02).discount.name, valued(compared, timing="year-end").factors[0].round(4).item()
    ('flat 2%', 0.9662)
    """
    if discount is None and timing is None:
        return comparison
    new = copy(comparison)
    vars(new).pop("factors", None)
    object.__setattr__(new, "discount", comparison.discount if discount is None else schedule(discount))
    object.__setattr__(new, "timing", comparison.timing if timing is None else timing)
    return new


def follows_care(item: Item, grid: Grid) -> bool:
    """Say whether an item follows time in care, so that its volume can be set against all time in care."""
    care = {name for i in grid.in_care for name in (grid.placements[i].name, grid.placements[i].of)}
    return item.driver in PLACED_DRIVERS and (not item.placements or set(item.placements) <= care)


def care_spend(costs: Costs) -> Array:
    """Give public spend that follows time in care: (draw, year) [GBP, constant prices]."""
    grid = costs.grid
    return np.asarray(costs.spend @ np.array([float(i.public and follows_care(i, grid)) for i in grid.items]))


def public_purse(item: Item) -> bool:
    """Say whether an item is in the public purse."""
    return item.public


def _counts(item: Item, choose: Chooser | None) -> bool:
    return (choose or public_purse)(item)
