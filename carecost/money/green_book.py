"""Is it worth it, at the Treasury's rates? An appraisal with a discount schedule by name."""

from __future__ import annotations

from numpy.typing import ArrayLike

from carecost.money import vintages
from carecost.money.appraisal import Appraisal, Timing
from carecost.money.discounting import Schedule


def appraise(
    costs: ArrayLike,
    benefits: ArrayLike,
    discounting: str | float | Schedule = "standard",
    *,
    timing: Timing = "year-end",
    first_year: int = 0,
    optimism_bias: float = 0.0,
    mitigation: float = 0.0,
    cost_factor: float = 1.0,
    annuity: tuple[int, int] | None = None,
) -> Appraisal:
    """Appraise costs and benefits over years.

    Parameters
    ----------
    costs, benefits : array_like of shape (..., year)
        Real flows of one price year, the base year first; draws come before years [GBP].
    discounting : str, float or Schedule
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
    schedule = vintages.schedule(discounting) if isinstance(discounting, str) else discounting
    return Appraisal(costs, benefits, schedule, timing, first_year, optimism_bias, mitigation, cost_factor, annuity)
