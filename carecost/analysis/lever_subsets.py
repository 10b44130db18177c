"""Outcomes of subsets of levers with common random numbers: each subset a scenario, measured against inaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import CareCostError, InputError, Problem
from carecost.inputs.scenario import Lever, Scenario
from carecost.simulation.comparison import Comparison
from carecost.simulation.effects import first_year
from carecost.simulation.evaluator import Evaluator, Outcome
from carecost.simulation.run import Run

#: What is measured of a subset against inaction: (draw, measure).
Measures = Callable[[Comparison], Array]
#: A subset of levers: bit i says whether lever i, in the listed order, is in it.
Mask = int
#: Subsets that are run together, in the central run.
TOGETHER = 32


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
        What was measured of each subset. Nothing else is kept: of draws at most one outcome a lever is held at a time.

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
    masks = sorted(wanted, key=_levers_of)
    subsets = {mask: Scenario(f"subset {mask}", tuple(levers[i] for i in _levers_of(mask))) for mask in masks}
    together = TOGETHER if block is None else 1
    for first in range(0, len(masks), together):
        some = masks[first : first + together]
        for mask, outcome in zip(some, _outcomes(evaluator, levers, subsets, some), strict=True):
            values[mask] = measures(run.comparison(INACTION, inaction, subsets[mask].name, outcome, acts_from=clock))
            step()
    return values


def _outcomes(
    evaluator: Evaluator, levers: Sequence[Lever], subsets: Mapping[Mask, Scenario], some: Sequence[Mask]
) -> list[Outcome]:
    """Run some subsets together; where one cannot be run, one after the other, to say which."""
    try:
        return evaluator.outcomes([subsets[mask] for mask in some])
    except CareCostError:
        for mask in some:
            try:
                evaluator.outcome(subsets[mask])
            except CareCostError as error:
                raise InputError(_fault(levers, mask, error)) from None
        raise


def _levers_of(mask: Mask) -> tuple[int, ...]:
    """Give the levers (by index) of a subset, in their order."""
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def _fault(levers: Sequence[Lever], mask: Mask, error: CareCostError) -> Problem:
    names = ", ".join(repr(levers[i].name) for i in _levers_of(mask))
    remedy = "Each subset of the levers must be one that could be run; join those that need each other into one"
    return Problem(f"without its other levers, {names} cannot be run: {error}", "attribution", remedy)
