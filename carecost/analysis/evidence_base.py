"""The evidence base of a saving: its parts by what the effects rest on (measured, claimed, bound, assumed)."""

from __future__ import annotations

import numpy as np

from carecost.analysis.attribution import attribution
from carecost.engine.items import OUTCOMES
from carecost.inputs.scenario import BASES, Lever
from carecost.simulation.comparison import Comparison
from carecost.simulation.run import Run

MEASURE = "cashable_saving"


#: What is said of a scenario that acts on outcomes alone.
COUNTED = (
    "It changes outcomes that are counted, and no budget: their numbers are on the page and in outcomes.csv, and "
    "what they are worth is in the social ledger (--social)."
)


def footing(run: Run, scenario: str) -> dict[str, float]:
    """Split the cashable saving of a scenario by what the effects of its levers rest on.

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.

    Returns
    -------
    dict of str to float
        Saving by basis in the central run, against inaction [GBP, constant prices]: Shapley values of the levers,
        summed; they sum to the whole. A basis on which no lever that acts rests is left out.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> list(footing(run(load_assumptions("england-2025"), [load_scenario("care-review")], 5), "care-review"))
    ['claimed']
    """
    levers = run.scenarios[scenario].levers
    acting = [lever for lever in levers if lever.acts and not _counts_only(lever, run)]
    if not acting:
        return {}
    if len({lever.basis for lever in acting}) == 1:
        return {acting[0].basis: float(run.compare(scenario, central=True).cashable_saving().sum())}
    found = attribution(run, scenario, draws=0)
    values = found.central.shapley[0, :, found.measure(MEASURE)]
    return {
        basis: float(sum(v for v, lever in zip(values, levers, strict=True) if lever.acts and lever.basis == basis))
        for basis in BASES
        if any(lever.basis == basis for lever in acting)
    }


def outcomes_alone(run: Run, scenario: str) -> bool:
    """Say whether a scenario acts on outcomes that are counted, and on nothing that is paid for.

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.

    Returns
    -------
    bool
        Whether no budget can change.
    """
    levers = [lever for lever in run.scenarios[scenario].levers if not all(c.idle for c in lever.changes)]
    return bool(levers) and all(_counts_only(lever, run) for lever in levers)


def unmoved(*made: Comparison | None) -> bool:
    """Say whether scenarios leave all children and all public spending as they are: there is nothing to draw.

    Parameters
    ----------
    *made : Comparison or None
        Comparisons, such as those of the draws and of the central run; None is passed over.

    Returns
    -------
    bool
        Whether only outcomes or social values can differ.
    """
    for one in filter(None, made):
        public = [i for i, item in enumerate(one.grid.items) if item.public]
        if any(np.any(part) for part in (one.averted, one.price_effect[..., public], one.volume_effect[..., public])):
            return False
    return True


def _counts_only(lever: Lever, run: Run) -> bool:
    """Say whether every change of a lever is to items of the account outcomes."""
    counted = {item.name for item in run.grid.items if item.account == OUTCOMES}
    return all(set(change.where.items or ("",)) <= counted for change in lever.changes)
