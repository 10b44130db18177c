"""Which assumption matters? The share of a claimed effect that breaks even; the growth of prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from carecost._typing import Array
from carecost.inputs.belief import Assumption, Belief
from carecost.inputs.scenario import INACTION, Scenario
from carecost.simulation.comparison import Comparison
from carecost.simulation.run import Run
from carecost.simulation.run import run as model_run

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
    return run.once(("switching value", scenario, baseline), lambda: _switching_value(run, scenario, baseline))


def _switching_value(run: Run, scenario: str, baseline: str) -> float | None:
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


def growth_paths(run: Run) -> dict[str, Array]:
    """Give the public spend under inaction without real growth of prices, as stated, and if growth never faded.

    Parameters
    ----------
    run : Run
        A run; its set, years and prices are used.

    Returns
    -------
    dict of str to ndarray of shape (year,)
        Spend of the central run [GBP, constant prices], by what is said of real growth.
    """
    return run.once(("growth paths",), lambda: _growth_paths(run))


def _growth_paths(run: Run) -> dict[str, Array]:
    def spend(change: Callable[[Assumption], Assumption]) -> Array:
        rows = tuple(
            change(row) if row.kind == "growth" and row.parameter == "unit_cost" else row
            for row in run.assumptions.rows
        )
        changed = replace(run.assumptions, rows=rows)
        done = model_run(changed, (), run.grid.n_years, start=run.calendar.programme_start)
        return np.asarray(done.central[INACTION].costs.public_spend[0])

    return {
        "no real growth of prices": spend(lambda row: replace(row, belief=_known(row, 0.0), long_run=0.0)),
        "the stated growth": spend(lambda row: row),
        "growth that never fades": spend(lambda row: replace(row, fade_years=None)),
    }


def _known(row: Assumption, value: float) -> Belief:
    return replace(row.belief, value=value, low=None, high=None)


def _most(plan: Scenario) -> float:
    """Find the largest share at which no rate would fall below zero."""
    falls = [-c.amount.value for _, c in plan.changes if c.operation == "scale" and c.amount.value < 0]
    shares = [c.amount.value for _, c in plan.changes if c.operation == "divert" and c.amount.value > 0]
    return min([MOST_SHARE, *(1.0 / x for x in falls + shares)])
