"""Which assumption matters? The share of a claimed effect at which a scenario breaks even."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from carecost.comparison import Comparison
from carecost.model import Run
from carecost.scenarios import INACTION, Scenario

#: A switching value is looked for up to this share of the claimed effect.
MOST_SHARE = 3.0


def switching_value(run: Run, scenario: str, baseline: str = INACTION) -> float | None:
    """Find the share of a scenario's effects at which the central net present saving is zero; its spending stays.

    Parameters
    ----------
    run : Run
        A run that holds both.
    scenario, baseline : str
        Names.

    Returns
    -------
    float or None
        The share; None when no share up to ``MOST_SHARE`` (or to the whole of a rate) gives zero.
    """
    plan = run.scenarios[scenario]
    before = run.side(baseline, run.central[baseline])

    def npv(share: float) -> float:
        after = run.side(scenario, run.outcome(plan.scaled(share)))
        saving = Comparison(before, after, run.assumptions.discount, run.calendar.programme_start)
        return float(saving.npv()[0])

    top = _most(plan)
    shares = np.unique([0.0, min(0.5, top), min(1.0, top), top])
    values = [npv(share) for share in shares]
    for a, b, left, right in zip(shares, shares[1:], values, values[1:], strict=False):
        if left == 0:
            return None if a == 0 else float(a)
        if (left < 0) != (right < 0):
            return float(brentq(npv, a, b, xtol=1e-6))
    return None


def _most(plan: Scenario) -> float:
    """Find the largest share at which no rate would fall below zero."""
    falls = [-c.amount.value for _, c in plan.changes if c.operation == "scale" and c.amount.value < 0]
    shares = [c.amount.value for _, c in plan.changes if c.operation == "divert" and c.amount.value > 0]
    return min([MOST_SHARE, *(1.0 / x for x in falls + shares)])
