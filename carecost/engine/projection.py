"""Stock and flows of a run: by single ages (Projection) or by pieces of the age axis (Sums); occupancy of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.kernels import leaving_at
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, stepped
from carecost.errors import InputError, Problem


@dataclass(frozen=True, eq=False)
class Capacity:
    """How full the groups were, for all streams together; arrays of shape (draw, year, group).

    Attributes
    ----------
    places : ndarray
        Children that can be there on average over the year [children].
    occupancy : ndarray
        Time lived there in the year, which is the mean number of children [child-years].
    share : ndarray
        Share of the year's arrivals that was sent on, those sent from other groups included [share].
    redirected : ndarray
        Arrivals sent on [children].
    unmet : ndarray
        Time that the arrivals sent to a placement of last resort would have lived in the group that sent them there;
        zero for a group that sends on to another [child-years].
    """

    places: Array
    occupancy: Array
    share: Array
    redirected: Array
    unmet: Array

    def arrays(self) -> dict[str, Array]:
        """Give the arrays by name."""
        return dict(vars(self))


def common_places(streams: Sequence[Parameters]) -> Array:
    """Give the places that streams share: (draw, year, group).

    Raises
    ------
    InputError
        If they have different places.
    """
    grid, places = streams[0].grid, np.asarray(streams[0].capacity)
    if any(not np.array_equal(places, np.asarray(p.capacity)) for p in streams[1:]):
        raise InputError(Problem("streams have different places", "capacity", "Give all the same: they share them"))
    return np.broadcast_to(places, (max(p.n_draws for p in streams), len(grid.years), len(grid.groups)))


class Rates(NamedTuple):
    """What exits and moves are made of: time lived times rate, for each stream and band of ages that share rates.

    Attributes
    ----------
    child_years : ndarray of shape (draw, year, band, placement)
        Time lived [child-years].
    exit_rate : Stepped of shape (draw, year, age, placement, reason)
        Hazard of leaving [per child-year].
    move_rate : Stepped of shape (draw, year, age, placement, to)
        Hazard of moving [per child-year].
    first, within : sequence of int
        The first age (by index) of each band, and the piece of the age axis that the band is in.
    """

    child_years: Array
    exit_rate: Stepped
    move_rate: Stepped
    first: Sequence[int]
    within: Sequence[int]


@dataclass(frozen=True, eq=False)
class Sums:
    """Stock and flows by pieces of the age axis, and what they come to.

    Attributes
    ----------
    grid : Grid
        Labels.
    pieces : sequence of slice
        The ages (by index) of each piece; one age each where ages are kept.
    stock : ndarray of shape (draw, date, piece, placement)
        On 31 March [children].
    entries, aged_out, child_years : ndarray of shape (draw, year, piece, placement)
        Flows [children] and time lived [child-years].
    parts : tuple of Rates
        What exits and moves are made of.
    capacity : Capacity, optional
        How full the groups were, all streams together.
    """

    grid: Grid
    pieces: Sequence[slice]
    stock: Array
    entries: Array
    aged_out: Array
    child_years: Array
    parts: tuple[Rates, ...]
    capacity: Capacity | None = None
    _kept: dict[str, Array] = field(default_factory=dict, repr=False, init=False)

    def over_ages(self, name: str, ages: Sequence[int] = ()) -> Array:
        """Sum stock or a flow over some ages, all by default: (draw, date or year, placement).

        Raises
        ------
        InputError
            If an age is asked for that is kept only together with others.
        """
        if ages:
            return np.asarray(getattr(self, name)[:, :, self._chosen(ages)].sum(2))
        if name not in self._kept:
            self._kept[name] = np.asarray(getattr(self, name).sum(2))
        return self._kept[name]

    def exits_for(self, reasons: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum exits for some reasons (by index) over some ages: (draw, year, placement) [children]."""
        chosen = np.isin(np.arange(len(self.grid.reasons)), reasons).astype(float)
        return self._events([_each(p.exit_rate, chosen) for p in self.parts], ages)

    def moves_to(self, placements: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum moves by origin to some placements (by index) over some ages: (draw, year, placement) [children].

        Going on to the next phase of a placement is not a move to another.
        """
        chosen = np.isin(np.arange(len(self.grid.placements)), placements).astype(float)
        return self._events([_each(p.move_rate, self.grid.apart * chosen) for p in self.parts], ages)

    def _events(self, rates: Sequence[Stepped], ages: Sequence[int]) -> Array:
        """Sum time times rate, band by band: in this order a band without time changes no digit."""
        wanted = set(self._chosen(ages) if ages else range(len(self.pieces)))
        total = np.zeros(self.child_years[:, :, 0].shape)
        for part, rate in zip(self.parts, rates, strict=True):
            each = len(rate.ages) > 1
            for band, (age, piece) in enumerate(zip(part.first, part.within, strict=True)):
                if piece in wanted:
                    hazard = rate.values[:, :, rate.ages[age] if each else 0]
                    total += part.child_years[:, :, band] * (hazard[:, rate.years] if len(rate.years) > 1 else hazard)
        return total

    def _chosen(self, ages: Sequence[int]) -> list[int]:
        wanted = {self.grid.ages.index(age) for age in ages}
        inside = [{*range(piece.start, piece.stop)} & wanted for piece in self.pieces]
        whole = [len(found) == piece.stop - piece.start for found, piece in zip(inside, self.pieces, strict=True)]
        if sum(len(found) for found, all_in in zip(inside, whole, strict=True) if all_in) < len(wanted):
            raise InputError(Problem("an age is kept only with its neighbours", "ages", "Project with ages instead"))
        return [i for i, all_in in enumerate(whole) if all_in]


def _each(rates: Stepped, weights: Array) -> Stepped:
    """Sum rates over the last axis, with weights for each placement or for all: (draw, year, age, placement)."""
    values = rates.values @ weights if weights.ndim == 1 else np.einsum("dyapt,pt->dyap", rates.values, weights)
    return Stepped(np.asarray(values), rates.years, rates.ages)


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
