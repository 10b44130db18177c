"""Sobol indices: the share of a result's variance that is due to a group of quantities, alone and with all others.

First-order indices are read off the draws of a run, by regression. Total ones need a design of their own: two samples,
and for each group the first with the group's columns of the second [1]_; what is tied is one group, so that groups are
independent, as the indices ask.

References
----------
.. [1] Saltelli, A. and others (2010). Variance based sensitivity analysis of model output. Design and estimator for
   the total sensitivity index. Computer Physics Communications, 181(2), 259-270.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.maths.monte_carlo import Draws
from carecost.simulation.blocks import Progress
from carecost.simulation.run import Run
from carecost.simulation.run import run as model_run

#: What may be looked at, of a run, a scenario and a baseline: one value a draw.
OUTPUTS: dict[str, Callable[[Run, str, str], Array]] = {
    "npv": lambda run, scenario, baseline: run.compare(scenario, baseline).npv(),
    "averted": lambda run, scenario, baseline: run.compare(scenario, baseline).averted[:, -1],
    "children": lambda run, scenario, _: run.drawn[scenario].in_care(run.grid)[0][:, -1],
    "spend": lambda run, scenario, _: run.drawn[scenario].costs.public_spend[:, -1],
}

#: Units of what may be looked at.
UNITS = {"npv": "GBP", "averted": "children", "children": "children", "spend": "GBP"}


@dataclass(frozen=True)
class Indices:
    """First-order and total indices of groups, by a design of their own.

    Attributes
    ----------
    first, total : ndarray of shape (group,)
        Indices [share of the variance]; estimates, so that one of nothing may be slightly below zero.
    first_error, total_error : ndarray of shape (group,)
        Standard errors.
    runs : int
        Draws that were run for it.
    """

    first: Array
    total: Array
    first_error: Array
    total_error: Array
    runs: int


def indices(f_a: Array, f_b: Array, f_ab: Array) -> Indices:
    """Estimate the indices from what a model gives on two samples, and on their mixtures.

    Parameters
    ----------
    f_a, f_b : ndarray of shape (draw,)
        Result of the first and of the second sample; a power of two of draws.
    f_ab : ndarray of shape (group, draw)
        Of the first with a group's columns of the second.

    Returns
    -------
    Indices
        By the estimators of Saltelli and others (2010).

    Raises
    ------
    InputError
        If the result does not vary.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.random((2, 4096, 2))
    >>> made = indices(a @ [1, 2], b @ [1, 2], np.stack([b[:, 0] + 2 * a[:, 1], a[:, 0] + 2 * b[:, 1]]))
    >>> made.total.round(1).tolist()
    [0.2, 0.8]
    """
    if np.ptp(np.concatenate([f_a, f_b])) == 0:
        raise InputError(Problem("the result is the same in all draws", "sobol()", "Look at a result that varies"))
    n = len(f_a)
    made = scipy.stats.sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None]}, n=n)
    # Both are ratios of means over draws, and their errors those of ratios, by linearisation.
    a, b, ab = (x - np.mean([f_a, f_b]) for x in (f_a, f_b, f_ab))
    apart = np.stack([b * (ab - a), 0.5 * (a - ab) ** 2])  # (index, group, draw): of the first order, and in all
    variance = 0.5 * (a**2 + b**2)
    found = np.stack([np.ravel(made.first_order), np.ravel(made.total_order)])
    error = (apart - found[..., None] * variance).std(-1, ddof=1) / np.sqrt(n) / variance.mean()
    return Indices(found[0], found[1], error[0], error[1], n * (2 + len(f_ab)))


def by_design(
    run: Run,
    groups: Mapping[str, Sequence[str]],
    output: Callable[[Run], Array],
    scenarios: Sequence[str],
    draws: int,
    progress: Progress | None = None,
) -> Indices:
    """Run the design of total indices for groups of quantities, with the set, years and start of a run.

    Parameters
    ----------
    run : Run
        A run with draws by seed.
    groups : mapping of str to sequence of str
        Quantities of each group, by the labels of ``run.inputs()``.
    output : callable
        Takes a run, gives one value a draw.
    scenarios : sequence of str
        Scenarios of the run that the output needs.
    draws : int
        Draws of each sample; a power of two.
    progress : callable, optional
        Called with (runs done, runs in all).

    Returns
    -------
    Indices
        In the order of the groups; ``draws`` times two more than there are groups were run.

    Raises
    ------
    InputError
        If the draws of the run were given, or are not a power of two, or the output does not vary.
    """
    if run.draws.table is not None:
        remedy = "Run with draws by seed: a second sample cannot be made of draws that were given"
        raise InputError(Problem("the draws of the run were given", "sobol()", remedy))
    if draws < 2 or draws & (draws - 1):
        near = 2 ** int(np.round(np.log2(max(draws, 2))))
        raise InputError(Problem(f"totals is {draws}", "sobol()", f"Give a power of two, such as {near}"))
    plans = [run.scenarios[name] for name in dict.fromkeys(scenarios) if name != INACTION]
    about = run.assumptions, plans, run.grid.n_years
    start = run.calendar.programme_start

    def made(luck: Draws) -> Run:
        return model_run(*about, luck, start)

    a, b = (made(Draws(draws, seed)) for seed in (run.draws.seed, run.draws.seed + OTHER))
    (found, first), (_, second) = a.inputs(), b.inputs()
    labels = [drawn.label for drawn in found]
    mixed = []
    for done, names in enumerate(groups.values(), start=1):
        table = first.copy()
        at = [i for i, label in enumerate(labels) if label in set(names)]
        table[:, at] = second[:, at]
        given = Draws.given(dict(zip(labels, table.T, strict=True)))
        mixed.append(output(made(replace(given, seed=run.draws.seed))))
        if progress is not None:
            progress(done, len(groups))
    return indices(output(a), output(b), np.stack(mixed))


#: How far the seed of the second sample is from that of the first: a seed that nobody takes by counting up.
OTHER = 7_919
