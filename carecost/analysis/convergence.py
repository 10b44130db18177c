"""Convergence of the draws: Monte Carlo error of the headlines beside the width of their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.maths.monte_carlo import ends, mean_error, quantile_error
from carecost.simulation.run import Run


@dataclass(frozen=True)
class Convergence:
    """Whether there are enough draws.

    Attributes
    ----------
    done : bool
        Whether every headline's error is within the tolerance.
    draws, needed : int
        Draws made, and roughly how many it takes.
    worst : str
        The headline with the largest error.
    error : float
        Its Monte Carlo error as a share of the width of its 80% interval.
    """

    done: bool
    draws: int
    needed: int
    worst: str
    error: float


def convergence(run: Run, tolerance: float = 0.05) -> Convergence:
    """Say whether more draws are needed, and roughly how many.

    Parameters
    ----------
    run : Run
        A run with draws.
    tolerance : float
        Largest error of a mean or of an end of an 80% interval, as a share of the interval's width.

    Returns
    -------
    Convergence
        Over children in care and public spend at the end, and the net present saving, of every scenario.

    Raises
    ------
    InputError
        If the run has fewer than two draws or the tolerance is not above zero.
    """
    if run.draws.n < 2:
        raise InputError(Problem(f"the run has {run.draws.n} draws", "converged", "Run with draws"))
    if not tolerance > 0:
        raise InputError(Problem(f"tolerance is {tolerance}", "converged", "Give a share such as 0.05"))
    errors = {name: _relative(values) for name, values in _headlines(run).items()}
    worst = max(errors, key=lambda name: errors[name])
    needed = int(np.ceil(run.draws.n * max(1.0, (errors[worst] / tolerance) ** 2)))
    return Convergence(errors[worst] <= tolerance, run.draws.n, needed, worst, errors[worst])


def _headlines(run: Run) -> dict[str, Array]:
    out = {}
    for name, outcome in run.shown.items():
        out[f"children in care at the end, {name}"] = run.side(name, outcome).children[:, -1]
        out[f"spend in the last year, {name}"] = outcome.public_spend[:, -1]
        if name != INACTION:
            out[f"net present saving, {name}"] = run.compare(name).npv()
    return out


def _relative(values: Array) -> float:
    low, high = np.quantile(values, ends())
    if high == low:
        return 0.0
    errors = [float(mean_error(values)), *(quantile_error(values, q) for q in ends())]
    return max(errors) / float(high - low)
