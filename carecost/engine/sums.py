"""What do stock and flows come to over ages? Sums over all or some, of single ages or of pieces of the age axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.engine.overflow import Capacity
from carecost.engine.piecewise import Stepped
from carecost.errors import InputError, Problem


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
