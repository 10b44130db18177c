"""Phases of time in care (phase-type durations): placements split into phases with exit rates of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from carecost._guard import guarded, instance, number, opened, several_of, source_year, take, text, texts
from carecost._typing import Array
from carecost.engine.grid import Grid, Placement, Reason, Selector
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, by_age, stepped
from carecost.errors import Problem, refuse, unknown

#: Shares of the phases of a cell must sum to one this closely: the rounding of a few written numbers.
CLOSE = 1e-6

#: Rule of the labels of the axes.
A_GRID = instance(Grid, words="Give the labels of the axes: carecost.Grid")


@opened
@dataclass(frozen=True)
class Phase:
    """One phase of time in care; children come into care in the first, and go through them in order.

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

    See Also
    --------
    Phases : The phases of a set.

    Examples
    --------
    >>> Phase("new", exit_factor=2.0, rate=1.0).quantity
    'phase: new'
    """

    name: str
    exit_factor: float
    rate: float = 0.0
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        words = texts("name", "source", "quality", "note")
        take(self, exit_factor=number(), rate=number(), source_year=source_year, **words)

    @property
    def quantity(self) -> str:
        """What it is called in messages."""
        return f"phase: {self.name}"


@opened
@dataclass(frozen=True)
class PhaseShare:
    """Share of the children of some cells who are in a phase on the base date.

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

    See Also
    --------
    Phases : The phases of a set.

    Examples
    --------
    >>> PhaseShare("new", Selector(placements=["foster"]), 0.25).quantity
    'share of phase: new, placements=foster'
    """

    phase: str
    where: Selector
    value: float
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        cells = instance(Selector, words="Give the cells meant: carecost.Selector")
        words = texts("phase", "source", "quality", "note")
        take(self, where=cells, value=number(), source_year=source_year, **words)

    @property
    def quantity(self) -> str:
        """What it is called in messages."""
        return f"share of phase: {self.phase}, {self.where.text() or 'all'}"


@opened
@dataclass(frozen=True)
class Phases:
    """Phases of time in care of a set; without any, rates do not depend on time in care.

    Parameters
    ----------
    rows : tuple of Phase
        The phases, in order.
    shares : tuple of PhaseShare
        Where children are on the base date.

    See Also
    --------
    Phase : One of them.
    Split : What phases make of rates.

    Examples
    --------
    >>> bool(Phases()), bool(Phases((Phase("new", 2.0, 1.0), Phase("settled", 1.0))))
    (False, True)
    """

    rows: tuple[Phase, ...] = ()
    shares: tuple[PhaseShare, ...] = ()

    def __post_init__(self) -> None:
        shares = several_of(PhaseShare, words="Give shares of phases: carecost.PhaseShare")
        take(self, rows=several_of(Phase, words="Give phases: carecost.Phase"), shares=shares)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @guarded(grid=A_GRID)
    def grid(self, grid: Grid) -> Grid:
        """Split every placement in care into its phases, in the labels.

        Parameters
        ----------
        grid : Grid
            Labels without phases.

        Returns
        -------
        Grid
            Labels with them; the same object without phases.

        See Also
        --------
        Phases.table : Shares of the phases, laid out.

        Examples
        --------
        >>> phases = Phases((Phase("new", 2.0, 1.0), Phase("settled", 1.0)))
        >>> split = phases.grid(Grid(2025, 1, range(18), ["foster", Placement("kin", in_care=False)]))
        >>> split.labels("placements"), split.indices("placements", ["foster"])
        (('foster, new', 'foster, settled', 'kin'), [0, 1])
        """
        if not self:
            return grid
        in_care = {p.name for p in grid.placements if p.in_care}
        first = self.rows[0].name

        def within(name: str | None, phase: str) -> str | None:
            """Name of a destination in a phase; states outside care have none."""
            return f"{name}, {phase}" if name in in_care else name

        def by_phase(p: Placement) -> list[Placement]:
            if not p.in_care:  # who comes into care from outside begins in the first phase
                return [replace(p, then=within(p.then, first))]
            names = [x.name for x in self.rows]
            return [replace(p, name=f"{p.name}, {x}", then=within(p.then, x), phase=x, of=p.name) for x in names]

        return replace(
            grid,
            placements=tuple(row for p in grid.placements for row in by_phase(p)),
            reasons=tuple(Reason(r.name, within(r.to, first), r.note) for r in grid.reasons),
        )

    @guarded(grid=A_GRID, stream=text)
    def table(self, grid: Grid, stream: str) -> Array:
        """Lay out the shares of a stream by phase, age and placement.

        Parameters
        ----------
        grid : Grid
            Labels without phases.
        stream : str
            Name of the stream.

        Returns
        -------
        ndarray of shape (phase, age, placement)
            Shares; nan where no row says [share].

        Raises
        ------
        InputError
            If a row names a phase that is not there, or a cell is covered twice.

        See Also
        --------
        PhaseShare : A row that says so.

        Examples
        --------
        >>> rows = (Phase("new", 2.0, 1.0), Phase("settled", 1.0))
        >>> phases = Phases(rows, (PhaseShare("new", Selector(), 0.25), PhaseShare("settled", Selector(), 0.75)))
        >>> phases.table(Grid(2025, 1, [16, 17], ["foster"]), "all")[:, :, 0]
        array([[0.25, 0.25],
               [0.75, 0.75]])
        """
        names = [row.name for row in self.rows]
        out = np.full((len(names), len(grid.ages), len(grid.placements)), np.nan)
        problems: list[Problem] = []
        for row in self.shares:
            if not row.where.covers(stream):
                continue
            if row.phase not in names:
                problems.append(unknown("phase", row.phase, names, row.where.text()))
                continue
            cells = np.ix_(
                [names.index(row.phase)],
                grid.indices("ages", row.where.ages),
                grid.indices("placements", row.where.placements),
            )
            if not np.isnan(out[cells]).all():
                where = f"{row.phase}, {row.where.text() or 'all'}"
                what = "covers cells that another row covers too"
                problems.append(Problem(what, where, "Keep one of the two rows"))
            out[cells] = row.value
        refuse(problems)
        return out


class Split:
    """Split of the parameters of a stream into phases, after whatever a scenario did to them.

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

    See Also
    --------
    splits : One for each stream.

    Examples
    --------
    >>> Split(Phases(), Grid(2025, 1, range(18), ["foster"]), "all").grid.labels("placements")
    ('foster',)
    """

    def __init__(self, phases: Phases, grid: Grid, stream: str) -> None:
        self.phases, self.plain, self.stream = phases, grid, stream
        self.grid = phases.grid(grid)

    def of(self, parameters: Parameters) -> Parameters:
        """Split parameters into phases; the same object without phases.

        Parameters
        ----------
        parameters : Parameters
            Without phases.

        Returns
        -------
        carecost.Parameters
            On the grid with phases: a row for each phase of a placement in care.

        See Also
        --------
        Phases.grid : That grid.

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
        """Index, without phases, of the placement that each row belongs to: (row,)."""
        return [self.plain.index("placements", row.of) for row in self.grid.placements]

    @cached_property
    def _phase(self) -> list[int]:
        """Index of the phase of each row, -1 outside care: (row,)."""
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
        """Factor on the set's exit rates, f_k / (s_1 f_1 + ... + s_n f_n): (age, row)."""
        stated = np.array([row.exit_factor for row in self.phases.rows])  # f: (phase,)
        mean = np.tensordot(stated, self._table, axes=1)  # (age, placement)
        rows = zip(self._phase, self._origin, strict=True)
        return np.stack([stated[k] / mean[:, p] if k >= 0 else np.ones(len(mean)) for k, p in rows], axis=-1)

    @cached_property
    def _ways(self) -> Array:
        """Which rows a move between two placements is from and to: (row, row), 0 or 1."""
        phase = np.array(self._phase)
        same, outside, first = phase[:, None] == phase, phase == -1, phase == 0
        # Within care the phase is kept; all phases lead out; from outside the first is entered.
        return np.asarray(same | outside[None, :] | (outside[:, None] & first), dtype=float)

    @cached_property
    def _onward(self) -> Array:
        """Rates of going on to the next phase: (age, row, row)."""
        n = len(self._phase)
        out = np.zeros((len(self.grid.ages), n, n))
        # The phases of a placement are rows next to each other, in order.
        for i in range(n - 1):
            if self._phase[i] >= 0 and self._phase[i + 1] == self._phase[i] + 1:
                out[:, i, i + 1] = self.phases.rows[self._phase[i]].rate * self.grid.opened[:, i]
        return out

    def _coming_in(self, array: Array) -> Array:
        """Put what comes in, by placement, into the first phase."""
        return np.asarray(array[..., self._origin] * (np.array(self._phase) <= 0))

    def _exits(self, rates: Stepped) -> Stepped:
        """Split exits, faster in some phases than in others: (draw, year, age, row, reason), by steps."""
        by_factor, first_age = by_age(rates, self._factors)  # cut where rates or factors change with age
        values = np.take(by_factor.values, self._origin, axis=-2) * self._factors[first_age][:, :, None]
        return Stepped(values, by_factor.years, by_factor.ages)

    def _moves(self, rates: Stepped) -> Stepped:
        """Split moves, and add going on to the next phase: (draw, year, age, row, row), by steps."""
        by_rate, first_age = by_age(rates, self._onward)  # cut where rates or going on change with age
        rows = np.take(np.take(by_rate.values, self._origin, axis=-2), self._origin, axis=-1)
        values = rows * (self.grid.apart * self._ways)  # a phase does not move to another of its placement
        return Stepped(values + self._onward[first_age], by_rate.years, by_rate.ages)


def splits(phases: Phases, grid: Grid, streams: Sequence[str]) -> dict[str, Split]:
    """Make the split of each stream.

    Parameters
    ----------
    phases : Phases
        The phases of the set.
    grid : Grid
        Labels without phases.
    streams : sequence of str
        Names of the streams.

    Returns
    -------
    dict of str to Split
        By the name of the stream.

    Examples
    --------
    >>> list(splits(Phases(), Grid(2025, 1, range(18), ["foster"]), ["other", "uasc"]))
    ['other', 'uasc']
    """
    return {stream: Split(phases, grid, stream) for stream in streams}
