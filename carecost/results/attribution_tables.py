"""Attribution in rows: one row a lever, measure and way of counting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from carecost._labels import financial_year
from carecost._typing import Array
from carecost.analysis.attribution import METHODS, Attribution, Effects, attribution
from carecost.maths.monte_carlo import mean_error
from carecost.results import tables
from carecost.simulation.blocks import Progress
from carecost.simulation.run import Run

#: What stands for a lever in rows that are of all.
INTERACTION, ALL = "interaction", "all levers"

#: How units of the short table start where they are of money.
BILLIONS = "£bn, "

#: Measures of the short table.
SHORT = ("averted", "npv")


def attribution_rows(
    run: Run,
    scenario: str,
    draws: int | None = None,
    dates: Sequence[int] = (),
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Say which lever of a scenario did what, against inaction.

    Parameters
    ----------
    run : Run
        A run.
    scenario : str
        Name.
    draws, dates, progress
        As in :func:`carecost.analysis.attribution.attribution`.

    Returns
    -------
    DataFrame
        scenario, measure, date, method (alone, interaction, sequence, last, shapley, whole), lever, order (its place
        in the list), spends_only, value (central), mean, low, high (80% interval), mc_error (of the mean, from draws),
        order_error (from sampled orders), draws, unit, price_year, claim. The rows of alone with interaction, those of
        sequence and those of shapley each sum to the whole.
    """
    found = attribution(run, scenario, draws, dates, progress)
    n = len(found.levers)
    # Rows of every measure: each lever by each method, then what stands for all levers together.
    kinds = [*((method, i) for method in METHODS for i in range(n)), ("interaction", n), ("whole", n + 1)]
    labels = [*found.levers, INTERACTION, ALL]
    drawn = None if found.drawn is None else _effects_by_row(found.drawn)
    central = _effects_by_row(found.central)[0]
    rows = []
    for m, measure in enumerate(found.measures):
        for k, (method, i) in enumerate(kinds):
            rows.append(
                {
                    "scenario": scenario,
                    "measure": measure.name,
                    "date": measure.date,
                    "method": method,
                    "lever": labels[i],
                    "order": i + 1 if i < n else None,
                    "spends_only": i < n and found.spends_only[i],
                    "value": central[k, m],
                    **_spread(None if drawn is None else drawn[:, k, m]),
                    "order_error": _order_error(found, i, m) if method == "shapley" else None,
                    "draws": 0 if drawn is None else len(drawn),
                    "unit": measure.unit,
                    "price_year": run.assumptions.price_year if measure.unit == "GBP" else None,
                    "claim": run.scenarios[scenario].claim,
                }
            )
    return pd.DataFrame(rows).astype({"date": "Int64", "order": "Int64", "price_year": "Int64"})


def _effects_by_row(effects: Effects) -> Array:
    """Lay effects out in the order of the rows: (draw, method and lever, measure)."""
    of_levers = [getattr(effects, method) for method in METHODS]
    return np.concatenate([*of_levers, effects.interaction[:, None], effects.whole[:, None]], axis=1)


def _spread(values: Array | None) -> dict[str, float | None]:
    """Give the mean over draws, its Monte Carlo error and the 80% interval; empty without draws."""
    if values is None:
        return {"mean": None, "low": None, "high": None, "mc_error": None}
    low, high = tables.interval(values)
    return {"mean": float(values.mean()), "low": low, "high": high, "mc_error": float(mean_error(values))}


def _order_error(found: Attribution, lever: int, measure: int) -> float:
    """Give the error of a Shapley value from sampled orders."""
    effects = found.central if found.drawn is None else found.drawn
    return float(effects.order_error[lever, measure])


def short_table(run: Run, scenario: str, measures: Sequence[str] = SHORT) -> pd.DataFrame:
    """Give the table of levers that people quote: the central run, one row a lever and measure.

    Parameters
    ----------
    run : Run
        A run.
    scenario : str
        Name.
    measures : sequence of str
        Names of measures.

    Returns
    -------
    DataFrame
        what, lever, spends_only, alone, sequence, last, shapley, unit. For each measure the interaction stands below
        the levers, with a number under alone, and then all levers: alone, sequence and shapley add up to that row.
    """
    found = attribution(run, scenario, draws=0)
    effects = found.central
    rows: list[dict[str, object]] = []
    prices = f"{BILLIONS}{financial_year(run.assumptions.price_year)} prices"
    for name in measures:
        m = found.measure(name)
        measure = found.measures[m]
        scale, unit = (1e-9, prices) if measure.unit == "GBP" else (1.0, measure.unit)
        unit += ", present value" if name == "npv" else ""
        central = {method: getattr(effects, method)[0, :, m] * scale for method in METHODS}
        for i, (lever, only) in enumerate(zip(found.levers, found.spends_only, strict=True)):
            values = {method: float(central[method][i]) for method in METHODS}
            rows.append({"what": measure.words, "lever": lever, "spends_only": only, **values, "unit": unit})
        interaction, whole = float(effects.interaction[0, m]) * scale, float(effects.whole[0, m]) * scale
        # In the order of METHODS; what a lever adds as the last one does not add up, and has no total.
        for lever, row in ((INTERACTION, (interaction, None, None, None)), (ALL, (whole, whole, None, whole))):
            totals = dict(zip(METHODS, row, strict=True))
            rows.append({"what": measure.words, "lever": lever, "spends_only": False, **totals, "unit": unit})
    return pd.DataFrame(rows)


def worth_saying(run: Run) -> list[str]:
    """Name the scenarios with two or more levers: of one there is nothing to part."""
    return [name for name, plan in run.scenarios.items() if len(plan.levers) > 1]


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the table of levers that a saved run holds: the central run of scenarios with two or more levers."""
    frames = [attribution_rows(run, name, draws=0) for name in worth_saying(run)]
    return {"attribution": pd.concat(frames, ignore_index=True)} if frames else {}
