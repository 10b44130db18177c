"""How many children? The yearly stock and flows that follow from parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.kernels import Kernels
from carecost.engine.overflow import Capacity, Overflow
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import stepped
from carecost.engine.sums import Rates, Sums
from carecost.maths import birthday_classes


@dataclass(frozen=True, eq=False)
class Projection:
    """Stock and flows of one run.

    Attributes
    ----------
    grid : Grid
        Labels.
    stock : ndarray of shape (draw, date, age, placement)
        On 31 March [children].
    entries, reached, child_years : ndarray of shape (draw, year, age, placement)
        Entries with the extra ones; those who reach the birthday that ends this age [children]; time lived
        [child-years].
    extra_entries : dict of str to ndarray of shape (draw, year, age, placement)
        The extra entries by name [children].
    capacity : Capacity, optional
        How full the groups were, all streams together; entries are then those after some were sent elsewhere.
    """

    grid: Grid
    stock: Array
    entries: Array
    reached: Array
    child_years: Array
    extra_entries: Mapping[str, Array] = field(default_factory=dict)
    _parts: tuple[Rates, ...] = field(default=(), repr=False)
    capacity: Capacity | None = None

    @cached_property
    def aged_out(self) -> Array:
        """Those who leave on the birthday that ends this age: (draw, year, age, placement) [children]."""
        return np.asarray(self.reached * leaving_at(self.grid))

    @cached_property
    def birthdays(self) -> Array:
        """Those who turn this age and stay: (draw, year, age, placement) [children]."""
        out = np.zeros(self.reached.shape)
        out[:, :, 1:] = (self.reached * ~leaving_at(self.grid))[:, :, :-1]
        return out

    @cached_property
    def exits(self) -> Array:
        """Exits by reason, those with ``to`` included: (draw, year, age, placement, reason) [children]."""
        return np.asarray(sum(part.child_years[..., None] * np.asarray(part.exit_rate) for part in self._parts))

    @cached_property
    def moves(self) -> Array:
        """Moves by origin and destination: (draw, year, age, placement, to) [children]."""
        apart = 1.0 - np.eye(len(self.grid.placements))
        return np.asarray(sum(part.child_years[..., None] * np.asarray(part.move_rate) * apart for part in self._parts))

    @cached_property
    def sums(self) -> Sums:
        """What stock and flows come to over ages."""
        ages = [slice(a, a + 1) for a in range(len(self.grid.ages))]
        flows = (self.stock, self.entries, self.aged_out, self.child_years)
        return Sums(self.grid, ages, *flows, self._parts, self.capacity)

    @cached_property
    def children(self) -> Array:
        """Children in care on each date: (draw, date) [children]."""
        return np.asarray(self.stock[..., list(self.grid.in_care)].sum((-2, -1)))


class AtBirthday(NamedTuple):
    """Entries on a birthday.

    Attributes
    ----------
    ages : ndarray of shape (age with any,)
        Ages (by index) that have any.
    entries : ndarray of shape (draw, year, age with any, placement)
        Entries on the birthday that begins the age [children].
    """

    ages: NDArray[np.int_]
    entries: Array


class Advance:
    """A run that goes on year by year, so that several streams can go side by side.

    Parameters
    ----------
    parameters : Parameters
        What to run.
    kernels : Kernels, optional
        Kernels to share with other runs of the same draws.
    draws : int, optional
        Number of draws, where other streams have more than this one.
    """

    def __init__(self, parameters: Parameters, kernels: Kernels | None = None, draws: int | None = None) -> None:
        self.parameters = p = parameters
        grid = p.grid
        self._shape = (draws or p.n_draws, len(grid.years), len(grid.ages), len(grid.placements))
        extra = {k: np.broadcast_to(np.asarray(v), self._shape) for k, v in p.extra_entries.items()}
        # Where places may run out, arrivals are sent elsewhere in place.
        self.extra_entries = {k: np.array(v) for k, v in extra.items()} if grid.groups else extra
        self.entries, self.at_birthday = self._entries()
        self.bands = (kernels or Kernels()).years(p)
        self.birthdays = birthdays(grid)
        start = np.broadcast_to(np.asarray(p.initial_stock), (self._shape[0], *self._shape[2:]))
        self.classes = np.stack([birthday_classes.WEIGHT * start] * 2)
        self.stock = np.empty((self._shape[0], len(grid.dates), *self._shape[2:]))
        self.stock[:, 0] = start
        self.child_years, self._reached = np.empty(self._shape), np.empty(self._shape)

    def _entries(self) -> tuple[Array, AtBirthday]:
        """Give all entries, and those on a birthday at the few ages that have any."""
        p = self.parameters
        by_rate = p.entries()
        share = np.asarray(p.entry_at_birthday)
        ages = np.flatnonzero(np.broadcast_to(share, (*share.shape[:2], self._shape[2])).any((0, 1)))
        born = (
            np.broadcast_to(by_rate, self._shape)[:, :, ages]
            * np.broadcast_to(share, (*share.shape[:2], self._shape[2]))[:, :, ages, None]
        )
        entries = np.array(np.broadcast_to(by_rate, self._shape))
        for further in p.extra_entries.values():
            entries += np.asarray(further)
        return entries, AtBirthday(ages, born)

    def year(self, year: int) -> None:
        """Advance through one year (by index)."""
        born = (self.at_birthday.ages, self.at_birthday.entries[:, year])
        done = birthday_classes.year(self.classes, self.entries[:, year], born, self.bands[year], self.birthdays)
        self.classes = done.stock
        self.stock[:, year + 1] = done.stock[0] + done.stock[1]
        self.child_years[:, year] = done.time
        self._reached[:, year] = done.reached

    def projection(self, capacity: Capacity | None = None) -> Projection:
        """Give the years advanced so far as a projection."""
        p = self.parameters
        return Projection(
            grid=p.grid,
            stock=self.stock,
            entries=self.entries,
            reached=self._reached,
            child_years=self.child_years,
            extra_entries=self.extra_entries,
            _parts=(rates_by_age(p, self.child_years),),
            capacity=capacity,
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
    """Project several streams side by side, year by year; they share places where the grid has capacity groups.

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
    runs, capacity = advanced(streams, kernels)
    return [run.projection(capacity) for run in runs]


def advanced(streams: Sequence[Parameters], kernels: Kernels | None = None) -> tuple[list[Advance], Capacity | None]:
    """Advance several streams through all years: the runs, and how full the groups were."""
    shared, grid = kernels or Kernels(), streams[0].grid
    overflow = Overflow(streams) if grid.groups else None
    draws = max(p.n_draws for p in streams) if grid.groups else None
    runs = [Advance(p, shared, draws) for p in streams]
    for year in range(len(grid.years)):
        if overflow is not None:
            overflow.year(year, runs)
        for run in runs:
            run.year(year)
    return runs, None if overflow is None else overflow.capacity


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
    stock, entries, reached, child_years = map(total, ("stock", "entries", "reached", "child_years"))
    parts = tuple(part for p in projections for part in p._parts)
    capacity = projections[0].capacity
    return Projection(projections[0].grid, stock, entries, reached, child_years, extra, parts, capacity)


def rates_by_age(parameters: Parameters, child_years: Array) -> Rates:
    """Give what exits and moves are made of, where every age is kept."""
    ages = range(len(parameters.grid.ages))
    return Rates(child_years, stepped(parameters.exit_rate), stepped(parameters.move_rate), ages, ages)


def birthdays(grid: Grid) -> birthday_classes.Birthdays:
    """Say what the birthday that ends an age does: who stays in a placement, and who goes on to ``then``."""
    stays = np.array([[float(age + 1 < p.leave_age) for p in grid.placements] for age in grid.ages])
    goes = tuple(
        (a, i, grid.index("placements", p.then))
        for a, age in enumerate(grid.ages)
        for i, p in enumerate(grid.placements)
        if p.then is not None and age + 1 == p.leave_age
    )
    return birthday_classes.Birthdays(stays, goes)


def leaving_at(grid: Grid) -> NDArray[np.bool_]:
    """Say who leaves on the birthday that ends an age: (age, placement)."""
    leave = np.array([p.leave_age for p in grid.placements])
    return np.asarray(np.array(grid.ages)[:, None] + 1 == leave)
