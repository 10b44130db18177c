"""Outcomes of subsets of levers with common random numbers: each subset a scenario, measured against inaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import CareCostError, InputError, Problem
from carecost.inputs.scenario import Lever, Scenario
from carecost.simulation.comparison import Comparison
from carecost.simulation.effects import first_year
from carecost.simulation.run import Run

#: What is measured of a subset against inaction: (draw, measure).
Measures = Callable[[Comparison], Array]
#: A subset of levers: bit i says whether lever i, in the listed order, is in it.
Mask = int


def measured(
    run: Run,
    levers: Sequence[Lever],
    wanted: Collection[Mask],
    measures: Measures,
    block: slice | None = None,
    step: Callable[[], None] = lambda: None,
) -> dict[Mask, Array]:
    """Measure subsets of levers against inaction, each applied in the listed order.

    Parameters
    ----------
    run : Run
        Set, years, luck and programme start.
    levers : sequence of Lever
        Levers in order.
    wanted : collection of int
        Subsets: bit i is lever i.
    measures : callable
        Gives what is kept of a comparison, as an array of shape (draw, measure).
    block : slice, optional
        Draws of the run; the central run by default.
    step : callable
        Called after each subset.

    Returns
    -------
    dict of int to ndarray of shape (draw, measure)
        What was measured of each subset. Nothing else is kept: at most one outcome a lever is held at a time.

    Raises
    ------
    InputError
        If a subset cannot be run without the other levers; with their names.
    """
    evaluator = run.evaluator(block)
    inaction = evaluator.outcome(run.scenarios[INACTION])
    # What becomes cash goes by the clock of the whole scenario: a lever that only spends early has no part in it.
    clock = first_year(Scenario("all levers", tuple(levers)), run.calendar)
    values = {}
    # Depth first, lever by lever: a subset that only adds spending to the one before it shares its projection.
    for mask in sorted(wanted, key=_levers_of):
        subset = Scenario(f"subset {mask}", tuple(levers[i] for i in _levers_of(mask)))
        try:
            outcome = evaluator.outcome(subset)
        except CareCostError as error:
            raise InputError(_fault(levers, mask, error)) from None
        values[mask] = measures(run.comparison(INACTION, inaction, subset.name, outcome, acts_from=clock))
        step()
    return values


def _levers_of(mask: Mask) -> tuple[int, ...]:
    """Give the levers (by index) of a subset, in their order."""
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def _fault(levers: Sequence[Lever], mask: Mask, error: CareCostError) -> Problem:
    names = ", ".join(repr(levers[i].name) for i in _levers_of(mask))
    remedy = "Each subset of the levers must be one that could be run; join those that need each other into one"
    return Problem(f"without its other levers, {names} cannot be run: {error}", "attribution", remedy)
