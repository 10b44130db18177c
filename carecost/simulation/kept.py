"""What a run holds of its draws: everything, money by item with totals of children, or the headline alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NoReturn, TypeAlias, get_args

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array, lock
from carecost.engine.costs import Costs
from carecost.engine.grid import Grid
from carecost.engine.projection import Capacity
from carecost.errors import CareCostError, Problem
from carecost.inputs.provenance import Provenance
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.comparison import Chooser, Comparison, Side, care_spend
from carecost.simulation.effects import first_year
from carecost.simulation.evaluator import FLOWS, Outcome
from carecost.simulation.prepare import Prepared, provenance

#: What a run may hold of its draws.
Keep: TypeAlias = Literal["everything", "costs", "headline"]
KEEPS: tuple[str, ...] = get_args(Keep)
EVERYTHING, COSTS, HEADLINE = KEEPS

#: What is kept of children, in care and over all streams: (draw, date) or (draw, year).
TOTALS = ("stock", *FLOWS)
#: What the headline keeps of money, each of shape (draw, year); savings are against inaction.
MONEY = ("public_spend", "care_spend", "gross_saving", "cashable_saving", "reform_spend")
#: What else of an outcome is not there, unless it is kept.
_PARTS = {**dict.fromkeys(TOTALS, "children by stream and placement"), "costs": "money by item"}


class NotKeptError(CareCostError):
    """Something of the draws that a run does not hold."""


def not_kept(what: str, keep: str) -> NoReturn:
    """Refuse what a run does not hold, and say how it would.

    Raises
    ------
    NotKeptError
        Always.
    """
    enough = COSTS if what == _PARTS["costs"] else EVERYTHING
    remedy = f'Run it again with keep="{enough}"; the central run holds it'
    raise NotKeptError(Problem(f"this run keeps {keep!r} of its draws, and {what} is no part of it", "keep", remedy))


class Kept(Outcome):
    """An outcome of which a part is kept; what is not is refused in words when it is asked for.

    Parameters
    ----------
    keep : str
        What is kept.
    grid : Grid
        Labels of the run.
    held : mapping of str to ndarray
        What is kept, by name: totals of children; money of the headline, or volume and unit cost by item.
    capacity : Capacity, optional
        How full the capacity groups were.
    """

    keep: str
    grid: Grid
    held: Mapping[str, Array]

    def __init__(self, keep: str, grid: Grid, held: Mapping[str, Array], capacity: Capacity | None = None) -> None:
        vars(self).update(keep=keep, grid=grid, held=dict(held), capacity=capacity)
        if "volume" in held:
            volume, unit_cost = held["volume"], held["unit_cost"]
            vars(self)["costs"] = Costs(grid, volume, unit_cost, volume * unit_cost)
        lock(self)

    def __getattr__(self, name: str) -> object:
        if name in _PARTS and "keep" in vars(self):
            not_kept(_PARTS[name], self.keep)
        raise AttributeError(name)

    def __reduce__(self) -> tuple[object, ...]:
        return Kept, (self.keep, self.grid, self.held, self.capacity)

    def total(self, name: str, grid: Grid) -> Array:
        """Give children in care, or a flow of them, over all streams: (draw, date) or (draw, year)."""
        return self.held[name]

    @property
    def public_spend(self) -> Array:
        """Spend of the public purse: (draw, year) [GBP, constant prices]."""
        return self.held["public_spend"] if self.keep == HEADLINE else self.costs.public_spend

    def arrays(self) -> list[Array]:
        """List its arrays, each with an axis of draws of full length."""
        draws = len(self.held["stock"])
        own = [np.broadcast_to(array, (draws, *array.shape[1:])) for array in self.held.values()]
        return [*own, *(vars(self.capacity).values() if self.capacity else ())]

    def with_arrays(self, arrays: Sequence[Array]) -> Outcome:
        """Give the same of other draws: arrays in the order of :meth:`arrays`."""
        given = iter(arrays)
        held = {name: next(given) for name in self.held}
        return Kept(self.keep, self.grid, held, Capacity(*given) if self.capacity else None)


class HeadlineSide(Side):
    """One scenario's headline, as a comparison needs it."""

    outcome: Kept

    def __init__(self, name: str, provenance: Provenance, outcome: Kept, acts_from: int | None) -> None:
        children, years = outcome.held["stock"], outcome.held["child_years"]
        vars(self).update(name=name, provenance=provenance, children=children, child_years=years)
        vars(self).update(acts_from=acts_from, outcome=outcome)

    @property
    def costs(self) -> Costs:
        """Money by item, which is not kept."""
        return self.outcome.costs

    @property
    def grid(self) -> Grid:
        """Labels."""
        return self.outcome.grid

    @property
    def public_spend(self) -> Array:
        """Spend of the public purse: (draw, year) [GBP, constant prices]."""
        return self.outcome.public_spend

    @property
    def care_spend(self) -> Array:
        """Public spend that follows time in care: (draw, year) [GBP, constant prices]."""
        return self.outcome.held["care_spend"]


class HeadlineComparison(Comparison):
    """A scenario against a baseline of which the headline is kept: savings of the whole public purse."""

    def _made(self, name: str, choose: Chooser | None) -> Array:
        """Give a saving of the whole public purse against inaction, less that of the baseline."""
        if choose is not None:
            not_kept(_PARTS["costs"], HEADLINE)
        assert isinstance(self.scenario, HeadlineSide) and isinstance(self.baseline, HeadlineSide)
        after, before = (side.outcome.held[name] for side in (self.scenario, self.baseline))
        return after if self.baseline.name == INACTION else after - before


def keeping(
    keep: str, prepared: Prepared, draws: Draws, plan: Scenario, outcome: Outcome, inaction: Outcome | None
) -> Outcome:
    """Keep a part of an outcome.

    Parameters
    ----------
    keep : str
        What is kept.
    prepared, draws
        The run.
    plan : Scenario
        Whose outcome it is.
    outcome : Outcome
        All of it.
    inaction : Outcome or None
        Inaction in the same draws; None of an outcome that is shown, and never compared.
    """
    if keep == EVERYTHING:
        return outcome
    grid, costs = outcome.costs.grid, outcome.costs
    held = {name: outcome.total(name, grid) for name in TOTALS}
    if keep == COSTS:
        held |= {"volume": costs.volume, "unit_cost": np.broadcast_to(costs.unit_cost, costs.volume.shape)}
        return Kept(keep, grid, held, outcome.capacity)
    held |= {"public_spend": costs.public_spend, "care_spend": care_spend(costs)}
    if inaction is not None:
        made, calendar = provenance(prepared, draws), prepared.calendar

        def side(name: str, of: Outcome) -> Side:
            first = None if name == INACTION else first_year(plan, calendar)
            return Side(name, made, of.costs, *of.in_care(grid), first)

        before = side(INACTION, inaction)
        compared = Comparison(
            before, side(plan.name, outcome), prepared.assumptions.discount, calendar.programme_start, before
        )
        held |= {name: getattr(compared, name)() for name in MONEY[2:]}
    return Kept(keep, grid, held, outcome.capacity)
