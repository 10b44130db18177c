"""How many children? The yearly stock and flows that follow from parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost import stockflow
from carecost.grid import Grid
from carecost.parameters import Parameters

Array = NDArray[np.float64]


class Kernels:
    """The kernels computed so far: one for each distinct set of rates, whatever the age, year or scenario.

    Attributes
    ----------
    computed : int
        How many sets were computed.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Array] = {}
        self.computed = 0

    def of(self, rates: Array) -> Array:
        """Give the spans of one set of rates of shape (draw, state, state), computed at most once."""
        key = rates.tobytes()
        if key not in self._known:
            self._known[key] = stockflow.spans(rates)
            self.computed += 1
        return self._known[key]


class Rates(NamedTuple):
    """What exits and moves are made of, on access: time lived times rate, for each stream."""

    child_years: Array
    exit_rate: Array
    move_rate: Array


@dataclass(frozen=True, eq=False)
class Projection:
    """Stock and flows of one run.

    Attributes
    ----------
    grid : Grid
        Labels.
    stock : ndarray of shape (draw, date, age, placement)
        On 31 March [children].
    entries, birthdays, aged_out, child_years : ndarray of shape (draw, year, age, placement)
        Entries with the extra ones; those who turn this age and stay; those who leave on the birthday that ends this
        age (the last age lived) [children]; time lived [child-years].
    extra_entries : dict of str to ndarray of shape (draw, year, age, placement)
        The extra entries by name [children].
    """

    grid: Grid
    stock: Array
    entries: Array
    birthdays: Array
    aged_out: Array
    child_years: Array
    extra_entries: Mapping[str, Array] = field(default_factory=dict)
    _parts: tuple[Rates, ...] = field(default=(), repr=False)

    @cached_property
    def exits(self) -> Array:
        """Exits by reason, those with ``to`` included: (draw, year, age, placement, reason) [children]."""
        return np.asarray(sum(part.child_years[..., None] * part.exit_rate for part in self._parts))

    @cached_property
    def moves(self) -> Array:
        """Moves by origin and destination: (draw, year, age, placement, to) [children]."""
        apart = 1.0 - np.eye(len(self.grid.placements))
        return np.asarray(sum(part.child_years[..., None] * part.move_rate * apart for part in self._parts))

    def exits_for(self, reasons: Sequence[int]) -> Array:
        """Exits for some reasons (by index), summed: (draw, year, age, placement) [children]."""
        chosen = list(reasons)
        return np.asarray(sum(part.child_years * part.exit_rate[..., chosen].sum(-1) for part in self._parts))

    def moves_to(self, placements: Sequence[int]) -> Array:
        """Moves by origin to some placements (by index), summed: (draw, year, age, placement) [children]."""
        apart = 1.0 - np.eye(len(self.grid.placements))
        chosen = list(placements)
        return np.asarray(sum(p.child_years * (p.move_rate * apart)[..., chosen].sum(-1) for p in self._parts))

    @cached_property
    def children(self) -> Array:
        """Children in care on each date: (draw, date) [children]."""
        return np.asarray(self.stock[..., list(self.grid.in_care)].sum((-2, -1)))


class Advance:
    """A run that goes on year by year, so that several streams can go side by side.

    Parameters
    ----------
    parameters : Parameters
        What to run.
    kernels : Kernels, optional
        Kernels to share with other runs of the same draws.
    """

    def __init__(self, parameters: Parameters, kernels: Kernels | None = None) -> None:
        self.parameters = p = parameters
        self.kernels = kernels or Kernels()
        grid = p.grid
        self._shape = (p.n_draws, len(grid.years), len(grid.ages), len(grid.placements))
        entries = np.broadcast_to(p.entries(), self._shape)
        birthday = np.asarray(p.entry_at_birthday)[..., None]
        extra = {k: np.broadcast_to(np.asarray(v), self._shape) for k, v in p.extra_entries.items()}
        self.extra_entries = extra
        further = sum(extra.values(), np.zeros((1, 1, 1, 1)))
        self.entries = entries + further
        self._at_birthday = entries * birthday
        self._even = entries * (1.0 - birthday) + further
        self._rates = rates(p)
        self._turn = turn(grid)
        start = np.broadcast_to(np.asarray(p.initial_stock), (self._shape[0], *self._shape[2:]))
        self._classes = np.stack([stockflow.WEIGHT * start] * 2)
        self.stock = np.empty((self._shape[0], len(grid.dates), *self._shape[2:]))
        self.stock[:, 0] = start
        self.child_years, self._reached = np.empty(self._shape), np.empty(self._shape)
        self._blocks: tuple[tuple[int, ...], Array] = ((), np.empty(0))

    def _spans(self, year: int) -> Array:
        """Gather the kernels of each age; kept from the year before when nothing changed."""
        at = min(year, self._rates.shape[1] - 1)
        by_age = [self.kernels.of(self._rates[:, at, a]) for a in range(self._rates.shape[2])]
        key = tuple(map(id, by_age))
        if key != self._blocks[0]:
            self._blocks = (key, np.stack(by_age, axis=2))
        return self._blocks[1]

    def year(self, year: int) -> None:
        """Advance through one year (by index)."""
        done = stockflow.year(
            self._classes, self._even[:, year], self._at_birthday[:, year], self._spans(year), self._turn
        )
        self._classes = done.stock
        self.stock[:, year + 1] = done.stock[0] + done.stock[1]
        self.child_years[:, year] = done.time
        self._reached[:, year] = done.reached

    def projection(self) -> Projection:
        """Give the years advanced so far as a projection."""
        grid, p = self.parameters.grid, self.parameters
        leaving = leaving_at(grid)
        birthdays = np.zeros(self._shape)
        birthdays[:, :, 1:] = (self._reached * ~leaving)[:, :, :-1]
        return Projection(
            grid=grid,
            stock=self.stock,
            entries=self.entries,
            birthdays=birthdays,
            aged_out=self._reached * leaving,
            child_years=self.child_years,
            extra_entries=self.extra_entries,
            _parts=(Rates(self.child_years, np.asarray(p.exit_rate), np.asarray(p.move_rate)),),
        )


def project(parameters: Parameters, kernels: Kernels | None = None) -> Projection:
    """Project the stock and flows of one stream of children.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    kernels : Kernels, optional
        Kernels to share between runs of the same draws.

    Returns
    -------
    Projection
        Stock on each date and flows in each year.

    Examples
    --------
    >>> grid = Grid(base_year=2025, n_years=1, ages=range(18), placements=["foster"])
    >>> one = np.ones((1, 1, 1))
    >>> p = Parameters(grid, initial_stock=np.full((1, 18, 1), 100.0), population=0 * one, entry_rate=0 * one,
    ...     entry_share=np.ones((1, 1, 1, 1)))
    >>> project(p).children.round(1)
    array([[1800., 1700.]])
    """
    return project_streams([parameters], kernels)[0]


def project_streams(streams: Sequence[Parameters], kernels: Kernels | None = None) -> list[Projection]:
    """Project several streams side by side, year by year.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, with the same years.
    kernels : Kernels, optional
        Kernels to share.

    Returns
    -------
    list of Projection
        One a stream, in order.
    """
    shared = kernels or Kernels()
    runs = [Advance(p, shared) for p in streams]
    for year in range(len(streams[0].grid.years)):
        for run in runs:
            run.year(year)
    return [run.projection() for run in runs]


def together(projections: Sequence[Projection]) -> Projection:
    """Sum the projections of several streams.

    Parameters
    ----------
    projections : sequence of Projection
        One a stream, on the same grid.

    Returns
    -------
    Projection
        Their sum; exits and moves stay sums of the streams' own.
    """
    if len(projections) == 1:
        return projections[0]

    def total(name: str) -> Array:
        return np.asarray(sum(getattr(p, name) for p in projections))

    names = dict.fromkeys(name for p in projections for name in p.extra_entries)
    extra = {n: np.asarray(sum(p.extra_entries[n] for p in projections if n in p.extra_entries)) for n in names}
    flows = {name: total(name) for name in ("stock", "entries", "birthdays", "aged_out", "child_years")}
    parts = tuple(part for p in projections for part in p._parts)
    return Projection(grid=projections[0].grid, extra_entries=extra, _parts=parts, **flows)


def rates(parameters: Parameters) -> Array:
    """Build the generators: (draw, year, age, placement, placement); rows and columns closed at an age are zero."""
    p, grid = parameters, parameters.grid
    exits, moves = np.asarray(p.exit_rate), np.asarray(p.move_rate)
    to = [None if r.to is None else grid.index("placements", r.to) for r in grid.reasons]
    out = [r for r, t in enumerate(to) if t is None]
    shape = np.broadcast_shapes(exits.shape[:4], moves.shape[:4])
    leave = np.broadcast_to(exits[..., out].sum(-1), shape)
    into = np.array(np.broadcast_to(moves, (*shape, shape[-1])))
    for r, t in enumerate(to):
        if t is not None:
            into[..., t] += exits[..., r]
    full = (*shape[:2], len(grid.ages), shape[3])
    opened = p.open[None, None]
    leave = np.broadcast_to(leave, full) * opened
    into = np.broadcast_to(into, (*full, shape[3])) * opened[..., None] * opened[..., None, :]
    return stockflow.generator(leave, into)


def turn(grid: Grid) -> Array:
    """Say where children are after the birthday that ends an age: (age, placement, placement)."""
    out = np.zeros((len(grid.ages), len(grid.placements), len(grid.placements)))
    for a, age in enumerate(grid.ages):
        for i, placement in enumerate(grid.placements):
            if age + 1 < placement.leave_age:
                out[a, i, i] = 1.0
            elif age + 1 == placement.leave_age and placement.then is not None:
                out[a, i, grid.index("placements", placement.then)] = 1.0
    return out


def leaving_at(grid: Grid) -> NDArray[np.bool_]:
    """Say who leaves on the birthday that ends an age: (age, placement)."""
    leave = np.array([p.leave_age for p in grid.placements])
    return np.asarray(np.array(grid.ages)[:, None] + 1 == leave)
