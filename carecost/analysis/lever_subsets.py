"""Outcomes of subsets of levers with common random numbers, each subset one lever more than one run before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.engine.capacity import project_together, sharing
from carecost.engine.costs import cost_streams
from carecost.engine.grid import AXES
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Sums
from carecost.errors import CareCostError, InputError, Problem
from carecost.inputs.phases import Split
from carecost.inputs.scenario import Lever, Scenario
from carecost.simulation.comparison import Comparison, Side
from carecost.simulation.effects import apply
from carecost.simulation.run import Run
from carecost.simulation.sampler import Sampler

#: What is measured of a subset against inaction: (draw, measure).
Measures = Callable[[Comparison], Array]


#: A subset of levers: bit i says whether lever i, in the listed order, is in it.
Mask = int


_CHILDREN = tuple(name for name in AXES if name != "unit_cost")


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
    sampler = run.layouts.sampler(run.draws, block)
    base = tuple(run.inaction(sampler).values())
    kernels = Kernels()
    splits = run.layouts.splits
    root = _Node(base, tuple(zip(base, _together(base, splits, kernels), strict=True)), kernels)
    walk = _Walk(run, tuple(levers), frozenset(wanted), measures, sampler, _side(run, root, INACTION))
    found = {}
    for mask, values in walk.below(0, root, 0):
        found[mask] = values
        step()
    return found


@dataclass(frozen=True)
class _Node:
    """A subset on the way: its parameters, and the nearest subset above it that was projected.

    Attributes
    ----------
    parameters : tuple of Parameters
        One a stream.
    near : tuple of (Parameters, Sums)
        Of the nearest subset that was projected, one a stream.
    kernels : Kernels
        Kernels of its rates; new ones where exits or moves change, so that not all of them are kept.
    """

    parameters: tuple[Parameters, ...]
    near: tuple[tuple[Parameters, Sums], ...]
    kernels: Kernels

    def projected(self, splits: Mapping[str, Split]) -> _Node:
        """Project the streams whose children changed; what only changes prices is not projected again."""
        near = list(self.near)
        for streams in sharing(self.parameters):
            if any(_differ(self.parameters[i], near[i][0], _CHILDREN) for i in streams):
                some = [self.parameters[i] for i in streams]
                new = _together(some, {s: splits[s] for i, s in enumerate(splits) if i in streams}, self.kernels)
                for i, there in zip(streams, new, strict=True):
                    near[i] = (self.parameters[i], there)
        return replace(self, near=tuple(near))


def _together(streams: Sequence[Parameters], splits: Mapping[str, Split], kernels: Kernels) -> list[Sums]:
    """Project streams, those that share places side by side."""
    parts = [split.of(p) for split, p in zip(splits.values(), streams, strict=True)]
    return project_together(parts, kernels)


def _differ(a: Parameters, b: Parameters, names: Sequence[str]) -> bool:
    """Say whether any of some arrays is not the very same object: changes share what they leave alone."""
    return any(getattr(a, name) is not getattr(b, name) for name in names)


@dataclass(frozen=True)
class _Walk:
    """A walk over subsets, lever by lever, depth first."""

    run: Run
    levers: tuple[Lever, ...]
    wanted: frozenset[Mask]
    measures: Measures
    sampler: Sampler
    before: Side
    on_the_way: frozenset[Mask] = field(init=False)

    def __post_init__(self) -> None:
        lengths = range(len(self.levers) + 1)
        first = frozenset(mask & ((1 << n) - 1) for mask in self.wanted for n in lengths)
        object.__setattr__(self, "on_the_way", first)

    def below(self, mask: Mask, node: _Node, first: int) -> Iterator[tuple[Mask, Array]]:
        """Measure a subset and all those that add later levers to it."""
        if mask in self.wanted:
            node = node.projected(self.run.layouts.splits)
            after = _side(self.run, node, f"subset {mask}")
            run = self.run
            saving = Comparison(self.before, after, run.assumptions.discount, run.calendar.programme_start)
            yield mask, self.measures(saving)
        for i in range(first, len(self.levers)):
            more = mask | 1 << i
            if more in self.on_the_way:
                yield from self.below(more, self._with(node, mask, i), i + 1)

    def _with(self, node: _Node, mask: Mask, i: int) -> _Node:
        """Add a lever to a subset."""
        one = Scenario(self.levers[i].name, (self.levers[i],))
        try:
            new = tuple(
                apply(one, p, stream, self.sampler, self.run.calendar)
                for stream, p in zip(self.run.layouts.streams, node.parameters, strict=True)
            )
        except CareCostError as error:
            raise InputError(self._fault(mask | 1 << i, error)) from None
        turned = any(_differ(a, b, ("exit_rate", "move_rate")) for a, b in zip(new, node.parameters, strict=True))
        return _Node(new, node.near, Kernels() if turned else node.kernels)

    def _fault(self, mask: Mask, error: CareCostError) -> Problem:
        names = ", ".join(repr(lever.name) for i, lever in enumerate(self.levers) if mask >> i & 1)
        remedy = "Each subset of the levers must be one that could be run; join those that need each other into one"
        return Problem(f"without its other levers, {names} cannot be run: {error}", "attribution", remedy)


def _side(run: Run, node: _Node, name: str) -> Side:
    sums = [there for _, there in node.near]
    splits = run.layouts.splits
    parameters = [splits[s].of(p) for s, p in zip(splits, node.parameters, strict=True)]
    costs = cost_streams(run.layouts.streams, sums, parameters)
    care = list(run.grid.in_care)
    children = np.asarray(sum(s.over_ages("stock")[..., care].sum(-1) for s in sums))
    years = np.asarray(sum(s.over_ages("child_years")[..., care].sum(-1) for s in sums))
    return Side(name, run.provenance, costs, children, years)
