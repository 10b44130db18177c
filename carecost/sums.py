"""What do stock and flows come to over ages? Sums over all or some ages, of single ages or of pieces of the age axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost.errors import InputError, Problem
from carecost.grid import Grid

Array = NDArray[np.float64]


class Rates(NamedTuple):
    """What exits and moves are made of: time lived times rate, for each stream.

    Attributes
    ----------
    child_years : ndarray of shape (draw, year, piece, placement)
        Time lived [child-years].
    exit_rate : ndarray of shape (draw, year, piece, placement, reason)
        Hazard of leaving [per child-year].
    move_rate : ndarray of shape (draw, year, piece, placement, to)
        Hazard of moving [per child-year].
    """

    child_years: Array
    exit_rate: Array
    move_rate: Array


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
    """

    grid: Grid
    pieces: Sequence[slice]
    stock: Array
    entries: Array
    aged_out: Array
    child_years: Array
    parts: tuple[Rates, ...]
    _kept: dict[str, Array] = field(default_factory=dict, repr=False)

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
        chosen = list(reasons)
        return self._events([(p.child_years, p.exit_rate[..., chosen].sum(-1)) for p in self.parts], ages)

    def moves_to(self, placements: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum moves by origin to some placements (by index) over some ages: (draw, year, placement) [children]."""
        apart = 1.0 - np.eye(len(self.grid.placements))
        chosen = list(placements)
        return self._events([(p.child_years, (p.move_rate * apart)[..., chosen].sum(-1)) for p in self.parts], ages)

    def _events(self, made_of: Sequence[tuple[Array, Array]], ages: Sequence[int]) -> Array:
        chosen = self._chosen(ages) if ages else slice(None)
        return np.asarray(sum((time * rate)[:, :, chosen].sum(2) for time, rate in made_of))

    def _chosen(self, ages: Sequence[int]) -> list[int]:
        wanted = {self.grid.ages.index(age) for age in ages}
        inside = [{*range(piece.start, piece.stop)} & wanted for piece in self.pieces]
        whole = [len(found) == piece.stop - piece.start for found, piece in zip(inside, self.pieces, strict=True)]
        if sum(len(found) for found, all_in in zip(inside, whole, strict=True) if all_in) < len(wanted):
            raise InputError(Problem("an age is kept only with its neighbours", "ages", "Project with ages instead"))
        return [i for i, all_in in enumerate(whole) if all_in]
