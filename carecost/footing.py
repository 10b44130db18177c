"""What does a saving rest on? Its parts by what the effects of levers rest on: measured, claimed, a bound, assumed."""

from __future__ import annotations

from carecost.attribution import attribution
from carecost.levers import BASES
from carecost.model import Run

MEASURE = "cashable_saving"


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
    >>> from carecost.load import load_assumptions, load_scenario
    >>> from carecost.model import run
    >>> list(footing(run(load_assumptions("england-2025"), [load_scenario("care-review")], 5), "care-review"))
    ['claimed']
    """
    levers = run.scenarios[scenario].levers
    acting = [lever for lever in levers if lever.acts]
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
