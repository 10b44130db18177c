"""Appraisal of costs and benefits over years: NPV, BCR, payback, funding, equivalent annual value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._guard import LONGEST, Refused, flag, guarded, number, numeric, opened, rate, share, shown, whole
from carecost._typing import Array, LockedAgain, frozen, locked_property
from carecost.errors import Problem, refuse, unknown
from carecost.money import vintages
from carecost.money.discounting import Schedule, discount_factors
from carecost.money.optimism_bias import UPLIFT

#: When in its year money flows.
Timing = Literal["year-end", "mid-year"]


@opened
@dataclass(frozen=True, eq=False)
class Appraisal(LockedAgain):
    """Cost-benefit appraisal of flows over years: NPV, BCR, payback, peak funding, equivalent annual value.

    Years are columns, counted from 0. Values of shape (...) are one a draw, or a single number where costs and benefits
    have no draws. Amounts are in the unit that they were given in, and of one price year.

    Parameters
    ----------
    plain_costs : array_like of shape (..., year)
        Costs before any uplift [GBP].
    benefits : array_like of shape (..., year)
        Benefits [GBP].
    discount : float or Schedule
        Flat rate [share per year], or a schedule.
    timing : {"year-end", "mid-year"}
        When in its year money flows. The present is the end of the base year, 0 years from now, which has factor 1 in
        either case. Money of year t after it is discounted by t years at the year's end, by t - 1/2 in its middle.
    first_year : int
        Years from now of the first column; 0 is the base year.
    optimism_bias : float
        Share put on costs, before mitigation [share].
    mitigation : float
        Part of the optimism bias that was found to be dealt with [share].
    cost_factor : float
        What costs are multiplied by besides, such as for the burden of tax [ratio].
    annuity : tuple of int, optional
        First and last year of the equivalent annual value, years from now; the years of the flows when not given.

    Raises
    ------
    InputError
        With every fault found.

    See Also
    --------
    appraise : The same by the name of a discount schedule.

    Examples
    --------
    >>> made = Appraisal([100.0, 0.0, 0.0], [0.0, 60.0, 60.0], 0.05)
    >>> round(float(made.npv), 4), round(made.bcr, 4), float(made.payback)
    (11.5646, 1.1156, 2.0)
    """

    plain_costs: Array
    benefits: Array
    discount: float | Schedule
    timing: Timing = "year-end"
    first_year: int = 0
    optimism_bias: float = 0.0
    mitigation: float = 0.0
    cost_factor: float = 1.0
    annuity: tuple[int, int] | None = None

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            plain_costs: ArrayLike,
            benefits: ArrayLike,
            discount: float | Schedule,
            timing: Timing = ...,
            first_year: int = ...,
            optimism_bias: float = ...,
            mitigation: float = ...,
            cost_factor: float = ...,
            annuity: tuple[int, int] | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        flows = {name: _flows(getattr(self, name), name, problems) for name in ("plain_costs", "benefits")}
        problems += _shape_faults(*flows.values()) + _option_faults(self)
        refuse(problems)
        both = np.broadcast_arrays(*flows.values())  # (..., year) each
        for name, array in zip(flows, both, strict=True):
            object.__setattr__(self, name, frozen(array.copy()))
        if self.annuity is None:
            span = (self.first_year, self.first_year + both[0].shape[-1] - 1)
            object.__setattr__(self, "annuity", span)

    @locked_property
    def uplift(self) -> float:
        """Optimism bias that is left after mitigation: what is put on costs, once [share]."""
        return self.optimism_bias * (1.0 - self.mitigation)

    @locked_property
    def costs(self) -> Array:
        """Costs as they count, with optimism bias and the factor: (..., year) [GBP]."""
        return frozen(np.asarray(self.plain_costs) * ((1.0 + self.uplift) * self.cost_factor))

    @locked_property
    def factors(self) -> Array:
        """Discount factors: (year,) [ratio]."""
        years = self.first_year + np.arange(self.costs.shape[-1])
        return frozen(timed_factors(years, self.discount, self.timing))

    @locked_property
    def pv_costs(self) -> Array:
        """Present value of costs: (...) [GBP]."""
        # (..., year) @ (year,): the sum of flow times factor.
        return np.asarray(self.costs @ self.factors)

    @locked_property
    def pv_benefits(self) -> Array:
        """Present value of benefits: (...) [GBP]."""
        return np.asarray(np.asarray(self.benefits) @ self.factors)

    @locked_property
    def pv_optimism_bias(self) -> Array:
        """The part of the present value of costs that is the uplift for optimism: (...) [GBP]."""
        # Costs hold 1 + u times what was given, so u / (1 + u) of them is the uplift.
        return np.asarray(self.pv_costs * (self.uplift / (1.0 + self.uplift)))

    @locked_property
    def npv(self) -> Array:
        """Present value of benefits less that of costs: (...) [GBP]."""
        return np.asarray(self.pv_benefits - self.pv_costs)

    @locked_property
    def bcr(self) -> float | None:
        """Present value of benefits over that of costs, means over draws; None where that cost is not positive."""
        # A ratio of means, never a mean of ratios: draws with next to no cost would rule it.
        cost = float(self.pv_costs.mean())
        return None if cost <= 0 else float(self.pv_benefits.mean()) / cost

    @locked_property
    def cumulative(self) -> Array:
        """Benefits less costs up to each year, undiscounted: (..., year) [GBP]."""
        return np.cumsum(self._net, axis=-1)

    @locked_property
    def cumulative_discounted(self) -> Array:
        """Benefits less costs up to each year, discounted: (..., year) [GBP]."""
        return np.cumsum(self._net * self.factors, axis=-1)

    @locked_property
    def payback(self) -> Array:
        """Year of undiscounted payback: (...). See :func:`payback_year`."""
        return payback_year(self._net)

    @locked_property
    def discounted_payback(self) -> Array:
        """Year of discounted payback: (...). See :func:`payback_year`."""
        return payback_year(self._net * self.factors)

    @locked_property
    def peak_funding(self) -> Array:
        """The lowest cumulative net, undiscounted: below zero it is money to be found: (...) [GBP]."""
        return np.asarray(self.cumulative.min(-1))

    @locked_property
    def peak_year(self) -> NDArray[np.int_]:
        """The first year in which the cumulative net is lowest: (...)."""
        return np.asarray(self.cumulative.argmin(-1))

    @locked_property
    def eav(self) -> Array:
        """Equivalent annual value: the equal amount in every year of ``annuity`` that is worth the npv: (...) [GBP]."""
        assert self.annuity is not None
        years = np.arange(self.annuity[0], self.annuity[1] + 1)
        # The npv over the annuity factor: the present value of one pound in each of these years.
        return np.asarray(self.npv / timed_factors(years, self.discount, self.timing).sum())

    @guarded(discounted=flag)
    def chance_of_payback(self, discounted: bool = False) -> Array:
        """Count the share of draws that have paid back, for good, by each year.

        Parameters
        ----------
        discounted : bool
            Whether to discount.

        Returns
        -------
        ndarray of shape (year,)
            Share of draws whose payback is in this year or before [probability].

        See Also
        --------
        payback_year : The year of each draw.

        Examples
        --------
        >>> Appraisal([10.0, 0.0, 0.0], [[0.0, 12.0, 0.0], [0.0, 6.0, 6.0]], 0.0).chance_of_payback()
        array([0. , 0.5, 1. ])
        """
        year = np.ravel(self.discounted_payback if discounted else self.payback)  # (draw,); nan is never reached
        return np.asarray((year[:, None] <= np.arange(self.costs.shape[-1])).mean(0))

    @property
    def _net(self) -> Array:
        """Benefits less costs: (..., year) [GBP]."""
        return np.asarray(np.asarray(self.benefits) - self.costs)


@guarded()
def appraise(
    costs: ArrayLike,
    benefits: ArrayLike,
    discount: str | float | Schedule = "standard",
    *,
    timing: Timing = "year-end",
    first_year: int = 0,
    optimism_bias: float = 0.0,
    mitigation: float = 0.0,
    cost_factor: float = 1.0,
    annuity: tuple[int, int] | None = None,
) -> Appraisal:
    """Appraise costs and benefits over years: NPV, BCR, payback and more, at a rate or schedule.

    Parameters
    ----------
    costs, benefits : array_like of shape (..., year)
        Real flows of one price year, the base year first; draws come before years [GBP].
    discount : str, float or Schedule
        A packaged schedule of the Green Book [1]_: ``"standard"``, ``"health"`` or ``"sensitivity"``; a flat rate
        [share per year]; or a schedule of yours.
    timing : {"year-end", "mid-year"}
        When in its year money flows. The base year has factor 1 in either case; money of year t after it is discounted
        by t years at the year's end, by t - 1/2 in its middle.
    first_year : int
        Years from now of the first column; 1 discounts it too.
    optimism_bias : float
        Share put on costs, once and visibly, before mitigation; never in the rate [share].
    mitigation : float
        Part of the optimism bias that was found to be dealt with [share].
    cost_factor : float
        What costs are multiplied by besides, such as for the burden of tax [ratio].
    annuity : tuple of int, optional
        First and last year of the equivalent annual value, years from now; the years of the flows when not given.

    Returns
    -------
    Appraisal
        ``npv``, ``bcr``, ``pv_costs``, ``pv_benefits``, ``payback``, ``discounted_payback``, ``peak_funding``,
        ``peak_year``, ``eav``, ``cumulative`` and more.

    Raises
    ------
    InputError
        With every fault of the flows and options found.
    UnknownNameError
        If there is no such schedule.

    See Also
    --------
    optimism_bias : The upper bounds of the Green Book's guidance, by name.
    icer_table : Options beside each other, by cost and effect.

    References
    ----------
    .. [1] HM Treasury (2026). The Green Book: appraisal and evaluation in central government.

    Examples
    --------
    >>> made = appraise([100, 50, 50, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 30, 30, 30, 30, 30, 30, 30], "standard")
    >>> float(made.npv.round(4)), round(made.bcr, 4)
    (-23.7449, 0.8782)
    >>> float(made.payback), float(made.discounted_payback), float(made.peak_funding), int(made.peak_year)
    (9.0, nan, -200.0, 2)
    """
    schedule = vintages.schedule(discount) if isinstance(discount, str) else discount
    return Appraisal(costs, benefits, schedule, timing, first_year, optimism_bias, mitigation, cost_factor, annuity)


def payback_year(net: ArrayLike) -> Array:
    """Find the first year from which the cumulative net stays at or above zero to the last.

    Parameters
    ----------
    net : array_like of shape (..., year)
        Benefits less costs [GBP].

    Returns
    -------
    ndarray of shape (...)
        Year, counted from 0; nan where there is none, or nothing flows.

    See Also
    --------
    Appraisal.chance_of_payback : How many draws have paid back by each year.

    Examples
    --------
    >>> payback_year([[-10, 12, -5, 4], [-10, 4, 4, 1]])
    array([ 3., nan])
    """
    flow = np.asarray(net, dtype=float)
    below = np.cumsum(flow, axis=-1) < 0  # (..., year)
    n_years = below.shape[-1]
    # The year after the last one below zero: that one is the first found from the end.
    year_after = np.where(below.any(-1), n_years - np.argmax(below[..., ::-1], axis=-1), 0)
    return np.where((year_after < n_years) & flow.any(-1), year_after, np.nan)


def timed_factors(years: ArrayLike, discount: float | Schedule, timing: Timing) -> Array:
    """Discount money at the end of each year or in its middle: factors of years from now.

    Parameters
    ----------
    years : array_like of int
        Years from now; 0 is the base year.
    discount : float or Schedule
        Flat rate [share per year], or a schedule.
    timing : {"year-end", "mid-year"}
        When in its year money flows; the base year has factor 1 in either case.

    Returns
    -------
    ndarray of shape (year,)
        Factors [ratio].

    See Also
    --------
    carecost.money.discounting.discount_factors : Factors by other points of valuation.

    Examples
    --------
    >>> timed_factors([0, 1], 0.21, "mid-year").round(4)
    array([1.    , 0.9091])
    """
    wanted = np.asarray(years, dtype=int)
    factors = discount_factors(wanted, discount)
    if timing == "year-end":
        return factors
    # Half of a year at that year's own rate: between two yearly factors, the geometric mean.
    return np.asarray(np.sqrt(factors * discount_factors(np.maximum(wanted - 1, 0), discount)))


def _flows(value: ArrayLike, name: str, problems: list[Problem]) -> Array:
    """Read yearly amounts, (..., year); what is wrong goes to ``problems``."""
    where = name.removeprefix("plain_")
    try:
        array: Array = numeric(value)
    except Refused:
        array = np.zeros(0)
    if array.ndim == 0 or array.size == 0:
        problems.append(Problem("is not an array of yearly amounts", where, "Give numbers of shape (..., year)"))
        return np.zeros(1)
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        problems.append(Problem(f"is {array[at]} at {at}", where, "Give numbers"))
    return array


def _shape_faults(costs: Array, benefits: Array) -> list[Problem]:
    """Find years that differ, or draws that do not broadcast."""
    try:
        np.broadcast_shapes(costs.shape[:-1], benefits.shape[:-1])
        fits = costs.shape[-1] == benefits.shape[-1]
    except ValueError:
        fits = False
    what = f"shapes {costs.shape} and {benefits.shape} do not fit"
    return [] if fits else [Problem(what, "costs, benefits", "Give the same years, and the same draws or none")]


def _option_faults(a: Appraisal) -> list[Problem]:
    """Find a timing, uplift, factor, year or rate that cannot be used."""
    problems = []
    if not isinstance(a.timing, str) or a.timing not in get_args(Timing):
        problems.append(unknown("timing", shown(a.timing), get_args(Timing), "timing"))
    for name, rule, remedy in (
        ("optimism_bias", UPLIFT, "Give a share of costs such as 0.51, for 51%"),
        ("mitigation", share(), "Give a share from 0 to 1"),
        ("cost_factor", number(above=0), "Give a number above zero; 1 changes nothing"),
        ("first_year", whole(0, LONGEST), "Give 0 or a later year"),
        ("annuity", _annuity, "Give its first and last year from now, such as (1, 9)"),
        ("discount", rate(Schedule, named=False), "Give a share a year, so 0.035 for 3.5%, or a schedule"),
    ):
        value = getattr(a, name)
        try:
            object.__setattr__(a, name, rule(value))
        except Refused:
            problems.append(Problem(f"is {shown(value)}", name, remedy))
    return problems


def _annuity(value: Any) -> tuple[int, int] | None:
    """Take the first and last year of an annuity, or none (a rule of the guard)."""
    if value is None:
        return None
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise Refused("", "")
    first, last = map(whole(0, LONGEST), value)
    if first > last:
        raise Refused("", "")
    return first, last
