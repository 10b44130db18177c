"""Phases of time in care (phase-type durations): placements split into phases with exit rates of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid, Placement, Reason, Selector
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, by_age, stepped
from carecost.errors import Problem, refuse, unknown

#: Shares of the phases of a cell must sum to one this closely: the rounding of a few written numbers.
CLOSE = 1e-6


@dataclass(frozen=True)
class Phase:
    """A phase of time in care. Children come into care in the first, and go through them in order.

    Parameters
    ----------
    name : str
        Name.
    exit_factor : float
        How readily children leave in it; only the ratios between phases matter, see :class:`Split`.
    rate : float
        Rate of going on to the next phase [per child-year]; 0 in the last.
    source, source_year, quality, note : str
        Whose word, of when, how good (A to E), what to know.
    """

    name: str
    exit_factor: float
    rate: float = 0.0
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    @property
    def quantity(self) -> str:
        """What it is called in messages."""
        return f"phase: {self.name}"


@dataclass(frozen=True)
class PhaseShare:
    """Which part of the children of some cells is in a phase on the base date.

    Parameters
    ----------
    phase : str
        Name of the phase.
    where : Selector
        Streams, ages and placements meant.
    value : float
        Share of the children there [share].
    source, source_year, quality, note : str
        As in :class:`Phase`.
    """

    phase: str
    where: Selector
    value: float
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    @property
    def quantity(self) -> str:
        """What it is called in messages."""
        return f"share of phase: {self.phase}, {self.where.text() or 'all'}"


@dataclass(frozen=True)
class Phases:
    """The phases of a set; without any, rates do not depend on time in care.

    Parameters
    ----------
    rows : tuple of Phase
        The phases, in order.
    shares : tuple of PhaseShare
        Where children are on the base date.
    """

    rows: tuple[Phase, ...] = ()
    shares: tuple[PhaseShare, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    def grid(self, grid: Grid) -> Grid:
        """Give the labels with every placement in care split into its phases; the same grid without phases.

        Examples
        --------
        >>> phases = Phases((Phase("new", 2.0, 1.0), Phase("settled", 1.0)))
        >>> split = phases.grid(Grid(2025, 1, range(18), ["foster", Placement("kin", in_care=False)]))
        >>> split.labels("placements"), split.indices("placements", ["foster"])
        (('foster, new', 'foster, settled', 'kin'), [0, 1])
        """
        if not self:
            return grid
        care = {p.name for p in grid.placements if p.in_care}
        first = self.rows[0].name

        def to(name: str | None, phase: str) -> str | None:
            return f"{name}, {phase}" if name in care else name

        def parts(p: Placement) -> list[Placement]:
            if not p.in_care:
                return [replace(p, then=to(p.then, first))]
            names = [x.name for x in self.rows]
            return [replace(p, name=f"{p.name}, {x}", then=to(p.then, x), phase=x, of=p.name) for x in names]

        return replace(
            grid,
            placements=tuple(part for p in grid.placements for part in parts(p)),
            reasons=tuple(Reason(r.name, to(r.to, first), r.note) for r in grid.reasons),
        )

    def table(self, grid: Grid, stream: str) -> Array:
        """Lay out the shares of a stream: (phase, age, placement) [share]; nan where no row says.

        Raises
        ------
        InputError
            If a row names a phase that is not there, or a cell is covered twice.
        """
        names = [row.name for row in self.rows]
        out = np.full((len(names), len(grid.ages), len(grid.placements)), np.nan)
        found: list[Problem] = []
        for row in self.shares:
            if not row.where.covers(stream):
                continue
            if row.phase not in names:
                found.append(unknown("phase", row.phase, names, row.where.text()))
                continue
            cells = np.ix_(
                [names.index(row.phase)],
                grid.indices("ages", row.where.ages),
                grid.indices("placements", row.where.placements),
            )
            if not np.isnan(out[cells]).all():
                where = f"{row.phase}, {row.where.text() or 'all'}"
                found.append(Problem("covers cells that another row covers too", where, "Keep one of the two rows"))
            out[cells] = row.value
        refuse(found)
        return out


class Split:
    """Splits the parameters of a stream into phases, after whatever a scenario did to them.

    The rates of the set stay those of all children of a cell on the base date. A child in phase k leaves at

        exit_rate x f_k / (s_1 f_1 + ... + s_n f_n),

    with f the exit factors and s the shares of the phases in the cell: whatever the phases, the children of the base
    date leave at the set's rates, for each age, placement and reason. All who come into care, also from a state outside
    it, begin in the first phase; a move between placements in care keeps the phase; states outside care have none.

    Parameters
    ----------
    phases : Phases
        The phases of the set.
    grid : Grid
        Labels without phases.
    stream : str
        Name of the stream.
    """

    def __init__(self, phases: Phases, grid: Grid, stream: str) -> None:
        self.phases, self.plain, self.stream = phases, grid, stream
        self.grid = phases.grid(grid)

    def of(self, parameters: Parameters) -> Parameters:
        """Split parameters; the same object without phases.

        Parameters
        ----------
        parameters : Parameters
            Without phases.

        Returns
        -------
        split : Parameters in phases
            On the grid with phases: a row for each phase of a placement in care.

        Examples
        --------
        >>> grid = Grid(2025, 1, range(18), ["foster"], ["out"])
        >>> one = np.ones((1, 1, 1))
        >>> plain = Parameters(grid, np.full((1, 18, 1), 100.0), one, one, np.ones((1, 1, 1, 1)),
        ...     exit_rate=np.full((1, 1, 1, 1, 1), 0.4))
        >>> rows = (Phase("new", 3.0, 1.0), Phase("settled", 1.0))
        >>> shares = (PhaseShare("new", Selector(), 0.25), PhaseShare("settled", Selector(), 0.75))
        >>> split = Split(Phases(rows, shares), grid, "all").of(plain).spread()
        >>> split.exit_rate[0, 0, 5, :, 0].round(2).tolist(), split.initial_stock[0, 5].tolist()
        ([0.8, 0.27], [25.0, 75.0])
        """
        if not self.phases:
            return parameters
        p, origin, shares = parameters, self._origin, self._shares
        return Parameters(
            self.grid,
            initial_stock=np.asarray(p.initial_stock)[..., origin] * shares,
            population=p.population,
            entry_rate=p.entry_rate,
            entry_share=self._coming_in(np.asarray(p.entry_share)),
            entry_at_birthday=p.entry_at_birthday,
            extra_entries={name: self._coming_in(np.asarray(v)) for name, v in p.extra_entries.items()},
            exit_rate=self._exits(stepped(p.exit_rate)),
            move_rate=self._moves(stepped(p.move_rate)),
            unit_cost=p.unit_cost if self.grid.items else None,
            capacity=p.capacity if self.grid.groups else None,
        )

    @cached_property
    def _origin(self) -> list[int]:
        """Index of the placement of each row."""
        return [self.plain.index("placements", row.of) for row in self.grid.placements]

    @cached_property
    def _phase(self) -> list[int]:
        """Index of the phase of each row; -1 outside care."""
        names = ["", *(row.name for row in self.phases.rows)]
        return [names.index(row.phase) - 1 for row in self.grid.placements]

    @cached_property
    def _table(self) -> Array:
        """Shares by phase; equal where a placement is closed and nobody is: (phase, age, placement)."""
        table = self.phases.table(self.plain, self.stream)
        return np.where(np.isnan(table) & ~self.plain.opened, 1.0 / len(table), table)

    @cached_property
    def _shares(self) -> Array:
        """Share of each row in its placement on the base date: (age, row)."""
        table = self._table
        rows = zip(self._phase, self._origin, strict=True)
        return np.stack([table[k, :, p] if k >= 0 else np.ones(table.shape[1]) for k, p in rows], axis=-1)

    @cached_property
    def _factors(self) -> Array:
        """Factor on the set's exit rates: (age, row)."""
        stated = np.array([row.exit_factor for row in self.phases.rows])
        mean = np.tensordot(stated, self._table, axes=1)
        rows = zip(self._phase, self._origin, strict=True)
        return np.stack([stated[k] / mean[:, p] if k >= 0 else np.ones(len(mean)) for k, p in rows], axis=-1)

    @cached_property
    def _ways(self) -> Array:
        """Which rows a move between two placements is from and to: (row, row), 0 or 1."""
        phase = np.array(self._phase)
        same, outside, first = phase[:, None] == phase, phase == -1, phase == 0
        return np.asarray(same | outside[None, :] | (outside[:, None] & first), dtype=float)

    @cached_property
    def _onward(self) -> Array:
        """Rates of going on to the next phase: (age, row, row)."""
        n, out = len(self._phase), np.zeros((len(self.grid.ages), len(self._phase), len(self._phase)))
        for i in range(n - 1):
            if self._phase[i] >= 0 and self._phase[i + 1] == self._phase[i] + 1:
                out[:, i, i + 1] = self.phases.rows[self._phase[i]].rate * self.grid.opened[:, i]
        return out

    def _coming_in(self, array: Array) -> Array:
        """Put what comes in, by placement, into the first phase."""
        return np.asarray(array[..., self._origin] * (np.array(self._phase) <= 0))

    def _exits(self, rates: Stepped) -> Stepped:
        """Split exits, faster in some phases than in others."""
        fine, first = by_age(rates, self._factors)
        values = np.take(fine.values, self._origin, axis=-2) * self._factors[first][:, :, None]
        return Stepped(values, fine.years, fine.ages)

    def _moves(self, rates: Stepped) -> Stepped:
        """Split moves; a phase does not move to itself."""
        fine, first = by_age(rates, self._onward)
        rows = np.take(np.take(fine.values, self._origin, axis=-2), self._origin, axis=-1)
        values = rows * (self.grid.apart * self._ways)
        return Stepped(values + self._onward[first], fine.years, fine.ages)


def splits(phases: Phases, grid: Grid, streams: Sequence[str]) -> dict[str, Split]:
    """Give the split of each stream."""
    return {stream: Split(phases, grid, stream) for stream in streams}
