"""Rows of beliefs laid out as parameter arrays: which cells a row fills, and values in draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array, ReadOnly
from carecost.engine.grid import AXES, HAZARDS, Grid, spell
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped, Steps, stepped
from carecost.errors import Problem, refuse, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.dependence import Ties
from carecost.inputs.phases import splits
from carecost.inputs.year_path import YearPath
from carecost.maths.distributions import DIRICHLET
from carecost.maths.monte_carlo import Draws
from carecost.money.discounting import growth_path
from carecost.simulation.sampler import Columns, Quantity, Sampler


def flat_cells(row: Assumption, grid: Grid, shape: tuple[int, ...]) -> NDArray[np.int_]:
    """Find the flat cells of a row; most rows have one, which needs no arrays."""
    index, at = _index(row, grid, shape), 0
    for i, length in zip(index, shape, strict=True):
        if len(i) != 1:
            mesh = np.ix_(*[np.array(i, dtype=int) for i in index])
            return np.ravel_multi_index(mesh, shape).ravel()
        at = at * length + i[0]
    return np.array([at])


def cells(
    row: Assumption | YearPath, grid: Grid, shape: tuple[int, ...], steps: tuple[Steps, Steps] | None = None
) -> tuple[NDArray[np.int_], ...]:
    """Find the cells of a row in an array of a shape without the draw axis, as an open mesh; in steps where given."""
    if steps is None:
        return np.ix_(*[np.array(i, dtype=int) for i in _index(row, grid, shape)])
    years, ages, *rest = _index(row, grid, (len(steps[0]), len(steps[1]), *shape[2:]))
    return np.ix_(np.unique(steps[0][years]), np.unique(steps[1][ages]), *[np.array(i, dtype=int) for i in rest])


def _index(row: Assumption | YearPath, grid: Grid, shape: tuple[int, ...]) -> list[list[int]]:
    # Thousands of rows choose the same few labels: they are looked up once a grid.
    known: dict[object, list[int]] = vars(grid).setdefault(_KNOWN, {})
    where, found = vars(row.where), []
    for axis, length in zip(AXES[row.parameter], shape, strict=True):
        key = axis, where[axis], length == 1
        at = known.get(key)
        if at is None:
            at = known[key] = _labelled(axis, where[axis], grid, length)
        found.append(at)
    return found


#: Where a grid keeps the places of labels that were looked up, beside its fields.
_KNOWN = "_known_places"


def _labelled(axis: str, chosen: tuple[int | str, ...] | None, grid: Grid, length: int) -> list[int]:
    if axis == "years" and chosen is not None:
        chosen = tuple(y for y in chosen if y in grid.years)
    return [0] if chosen is None and length == 1 else grid.indices(axis, chosen)


class Folded(NamedTuple):
    """The cells of a hazard, kept once for years and ages that share them.

    Attributes
    ----------
    steps : tuple of ndarray of int
        Step of each year, of which there is one where all share, and of each age.
    shape : tuple of int
        Shape of the array in steps, without the draw axis.
    cells, owner : ndarray of int
        Flat cells filled; for each the index of its row.
    """

    steps: tuple[Steps, Steps]
    shape: tuple[int, ...]
    cells: NDArray[np.int_]
    owner: NDArray[np.int_]


def folded(
    shape: tuple[int, ...],
    filled: tuple[NDArray[np.int_], NDArray[np.int_]],
    growths: Sequence[Assumption | YearPath],
    adjustments: Sequence[Assumption],
    grid: Grid,
) -> Folded:
    """Find the years and ages that share all rows of a hazard, and all that multiplies it.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array, without the draw axis.
    filled : tuple of ndarray of int
        Flat cells filled, and for each the index of its row.
    growths, adjustments : sequence of Assumption or YearPath
        What multiplies it: growths by year, adjustments the same in all their years.
    grid : Grid
        Labels.
    """
    owner = np.full(int(np.prod(shape)), -1)
    owner[filled[0]] = filled[1]
    rows = stepped(owner.reshape(1, *shape))
    for row in (*growths, *adjustments):
        years = np.arange(len(grid.years)) if row in growths else _chosen(row.where.years, grid.years)
        rows = rows.split(1, years, _chosen(row.where.ages, grid.ages))
    flat = rows.values[0].ravel().astype(int)
    there = np.flatnonzero(flat >= 0)
    return Folded((rows.years, rows.ages), rows.values.shape[1:], there, flat[there])


def _chosen(names: Sequence[int] | None, labels: Sequence[int]) -> Steps:
    """Say which labels are chosen, 0 or 1; all of an axis where none is named."""
    return np.zeros(1, dtype=int) if names is None else np.isin(labels, list(names)).astype(int)


#: Parameters whose every cell needs a row.
COVERED = ("population", "unit_cost", "capacity")


#: Least and most that a parameter may be.
LIMITS = {"unit_cost": (-np.inf, np.inf), "entry_share": (0.0, 1.0), "entry_at_birthday": (0.0, 1.0)}


@dataclass(frozen=True)
class Layout(ReadOnly):
    """Where the rows of one parameter go in its array, for one stream.

    Attributes
    ----------
    parameter : str
        Name.
    shape : tuple of int
        Shape of the array without the draw axis.
    rows, cells, owner : tuple, ndarray, ndarray
        Rows; flat cells filled; for each the index of its row.
    growths, adjustments, paths : tuple of Assumption or YearPath
        What multiplies it.
    joint : frozenset of str
        Names of quantities that have joint draws.
    folded : Folded, optional
        The cells of a hazard in steps of years and ages.
    """

    parameter: str
    shape: tuple[int, ...]
    rows: tuple[Assumption, ...]
    cells: NDArray[np.int_]
    owner: NDArray[np.int_]
    growths: tuple[Assumption, ...] = ()
    adjustments: tuple[Assumption, ...] = ()
    paths: tuple[YearPath, ...] = ()
    joint: frozenset[str] = frozenset()
    folded: Folded | None = None

    def moved(self, swap: Mapping[int, Assumption]) -> Layout:
        """Give the layout with other values in some rows; the very same where it has none of them."""
        kinds = self.rows, self.growths, self.adjustments
        # Not kept: what is pickled has other ids when it is read.
        if swap.keys().isdisjoint(map(id, chain(*kinds))):
            return self
        rows, growths, adjustments = (tuple(swap.get(id(row), row) for row in rows) for rows in kinds)
        return replace(self, rows=rows, growths=growths, adjustments=adjustments)

    @cached_property
    def central(self) -> Array:
        """Central value of every row."""
        return np.array([row.belief.value for row in self.rows])

    @cached_property
    def uncertain(self) -> list[int]:
        """Rows that differ between draws, each alone."""
        joint = [i for i, row in enumerate(self.rows) if self.joint and row.quantity in self.joint]
        own = [i for i, row in enumerate(self.rows) if not row.belief.certain and row.belief.shape != DIRICHLET]
        return sorted({*joint, *own})

    @cached_property
    def shares(self) -> list[list[int]]:
        """Rows of each group of shares that are drawn together."""
        groups: dict[object, list[int]] = {}
        for i, row in enumerate(self.rows):
            if row.belief.shape == DIRICHLET and not row.belief.certain:
                groups.setdefault(share_group(row), []).append(i)
        return list(groups.values())

    def array(self, grid: Grid, sampler: Sampler) -> Array | Stepped:
        """Fill the array: (draw, ...)."""
        drawn, folded = self._drawn(sampler), self.folded
        values = np.tile(self.central, (max([1, *map(len, drawn.values())]), 1))
        for i, column in drawn.items():
            values[:, i] = column
        shape, filled, owner = (self.shape, self.cells, self.owner) if folded is None else folded[1:]
        steps = None if folded is None else folded.steps
        out = np.zeros((len(values), int(np.prod(shape))))
        out[:, filled] = values[:, owner]
        out = out.reshape(-1, *shape)
        for row in self.growths:
            out = _multiplied(out, row, grid, _growth(row, grid, sampler), steps)
        for row in self.adjustments:
            factor = sampler.value(row.quantity, row.belief, 0.0)
            out = _multiplied(out, row, grid, factor[:, None], steps)
        for path in self.paths:
            if sampler.block is not None:
                out = _multiplied(out, path, grid, np.exp(sampler.path(path, grid.years)), steps)
        return out if steps is None else Stepped(out, *steps)

    def _drawn(self, sampler: Sampler) -> dict[int, Array]:
        """Give the values of the rows that differ between draws."""
        least, most = LIMITS.get(self.parameter, (0.0, np.inf))
        rows = self.rows
        found = {i: sampler.value(rows[i].quantity, rows[i].belief, least, most) for i in self.uncertain}
        for group in self.shares:
            found.update(zip(group, sampler.shares([rows[i] for i in group]).T, strict=True))
        return found


def share_group(row: Assumption) -> tuple[object, ...]:
    """Say which shares a row is one of: those of the same streams, years and ages."""
    return row.where.streams, row.where.years, row.where.ages


def _growth(row: Assumption, grid: Grid, sampler: Sampler) -> Array:
    """Give the growth factor of each year: (draw, year)."""
    rate = sampler.value(row.quantity, row.belief, -1.0)
    start = grid.base_year if row.from_year is None else row.from_year
    elapsed = np.maximum(np.array(grid.years) - start, 0)
    long_run = row.belief.value if row.long_run is None else row.long_run
    return growth_path(rate, long_run, row.fade_years, elapsed, row.hold_years)


def _multiplied(
    array: Array, row: Assumption | YearPath, grid: Grid, factor: Array, steps: tuple[Steps, Steps] | None
) -> Array:
    """Multiply the cells of a row by a factor of shape (draw, year or 1)."""
    axes = AXES[row.parameter]
    shape = list(array.shape)
    shape[0] = max(len(array), len(factor))
    if steps is None and "years" in axes and (factor.shape[1] > 1 or row.where.years is not None):
        shape[1] = len(grid.years)
    out = np.array(np.broadcast_to(array, shape), order="C")
    index = cells(row, grid, tuple(shape[1:]), steps)
    wide = factor[:, index[0].ravel()] if "years" in axes and factor.shape[1] > 1 else factor
    every: tuple[Any, ...] = (slice(None), *index)
    out[every] *= wide.reshape(len(factor), -1, *[1] * (len(axes) - 1))
    return out


class Layouts:
    """The layouts of all parameters of all streams of a set, made once a run.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    grid : Grid
        Its labels.
    place : callable, optional
        Says where a row came from, for messages.
    like : Layouts, optional
        Layouts of a set that shares rows with this one: where they go is not found again.

    Raises
    ------
    InputError
        With every row that overlaps another, and every cell that has no row and needs one.
    """

    def __init__(
        self,
        assumptions: Assumptions,
        grid: Grid,
        place: Callable[[Assumption], str] = lambda row: row.quantity,
        like: Layouts | None = None,
    ) -> None:
        self.grid, self.streams, self._ties = grid, assumptions.streams, assumptions.ties
        self.area = assumptions.area
        self.splits = splits(assumptions.phases, grid, assumptions.streams)
        self._columns: dict[Draws, Columns] = {}
        self._labels: Mapping[Quantity, str] = {}
        self._plain: dict[str, list[Layout]] = {}
        self._extra: dict[str, dict[str, Layout]] = {}
        every = [line for path in assumptions.paths for line in path.lines()]
        there = {"extra_entries": (), "unit_cost": grid.items, "capacity": grid.groups}
        left_out = [name for name, labels in there.items() if not labels]
        like = like if like is not None and like.grid == grid else None  # where rows go hangs on the labels
        known: list[Layout] = []
        for stream in assumptions.streams:
            rows: dict[str, list[Assumption]] = {name: [] for name in AXES}
            for row in assumptions.rows:
                if row.where.streams is None or stream in row.where.streams:
                    rows.setdefault(row.parameter, []).append(row)
            paths = [path for path in every if path.where.covers(stream)]
            plain = {} if like is None else {one.parameter: one for one in like._plain.get(stream, ())}
            extra = {} if like is None else like._extra.get(stream, {})
            known += [*plain.values(), *extra.values()]
            self._plain[stream] = [
                _layout(name, rows[name], paths, grid, self._ties, plain.get(name))
                for name in AXES
                if name not in left_out
            ]
            lines = [r for r in rows["extra_entries"] if r.kind == "value"]
            more = [r for r in rows["extra_entries"] if r.kind != "value"]
            of_line = {
                line: [r for r in lines if r.name == line] + more for line in dict.fromkeys(r.name for r in lines)
            }
            self._extra[stream] = {
                line: _layout("extra_entries", of, paths, grid, self._ties, extra.get(line))
                for line, of in of_line.items()
            }
        layouts = [layout for stream in assumptions.streams for layout in self.layouts(stream)]
        sound = {id(layout.cells) for layout in known}
        faults = [fault for one in layouts if id(one.cells) not in sound for fault in _faults(one, grid, place)]
        refuse(list(dict.fromkeys([*faults, *_strangers(assumptions)])))

    def sampler(self, draws: Draws, block: slice | None = None) -> Sampler:
        """Make a sampler of the set's quantities, tied as they are, that shares its values with all blocks."""
        if draws not in self._columns:
            self._columns.setdefault(draws, Columns(draws, self._ties, self._labels))
        return Sampler(draws, block, self._columns[draws])

    def anew(self) -> Layouts:
        """Give the same layouts for another run, which keeps draws of its own."""
        new = copy(self)
        new._columns = {}
        return new

    def layouts(self, stream: str) -> Iterator[Layout]:
        """Give the layouts of a stream, those of extra entries last."""
        yield from self._plain[stream]
        yield from self._extra[stream].values()

    def labelled(self, labels: Mapping[Quantity, str]) -> Layouts:
        """Give the layouts with the column of each quantity in a table of draws that were made elsewhere."""
        new = copy(self)
        new._columns, new._labels = {}, labels
        return new

    def read_by(self, columns: Columns) -> Layouts:
        """Give the layouts with values of its draws that are made, or noted, elsewhere."""
        new = copy(self)
        new._columns = {columns.draws: columns}
        return new

    def moved(self, swap: Mapping[int, Assumption]) -> Layouts:
        """Give the layouts with other values in some rows, each by the ``id`` of the row that it stands for.

        The rows cover what they did: where they go is not found again.
        """
        new = copy(self)
        new._plain = {s: [layout.moved(swap) for layout in every] for s, every in self._plain.items()}
        new._extra = {s: {n: layout.moved(swap) for n, layout in e.items()} for s, e in self._extra.items()}
        return new

    def alike(self, other: Layouts, stream: str) -> bool:
        """Say whether the children of a stream have the same values in another that was moved."""
        pairs = zip(self.layouts(stream), other.layouts(stream), strict=True)
        return all(one is two for one, two in pairs if one.parameter not in ("unit_cost", "capacity"))

    def parameters(self, stream: str, sampler: Sampler) -> Parameters:
        """Make the parameters of a stream."""
        sampler = self.sampler(sampler.draws, sampler.block)
        arrays = {layout.parameter: layout.array(self.grid, sampler) for layout in self._plain[stream]}
        extra = {name: layout.array(self.grid, sampler) for name, layout in self._extra[stream].items()}
        return Parameters(self.grid, **arrays, extra_entries=extra)


def _layout(
    name: str, rows: list[Assumption], paths: list[YearPath], grid: Grid, ties: Ties, like: Layout | None
) -> Layout:
    values = tuple(r for r in rows if r.kind == "value")
    if like is not None and _same(like.rows, values):
        shape, filled, owner = like.shape, like.cells, like.owner
    else:
        dated = any(r.where.years is not None for r in values)
        shape = tuple(1 if axis == "years" and not dated else len(grid.labels(axis)) for axis in AXES[name])
        flat = [flat_cells(r, grid, shape) for r in values]
        owner = np.repeat(np.arange(len(values)), [len(f) for f in flat]).astype(int)
        filled = np.concatenate([*flat, np.zeros(0, dtype=int)]).astype(int)
    growths = tuple(r for r in rows if r.kind == "growth")
    adjustments = tuple(r for r in rows if r.kind == "adjustment")
    wandering = tuple(path for path in paths if path.parameter == name)
    steps = folded(shape, (filled, owner), (*growths, *wandering), adjustments, grid) if name in HAZARDS else None
    return Layout(name, shape, values, filled, owner, growths, adjustments, wandering, frozenset(ties.joint), steps)


def _same(some: Sequence[Assumption], others: Sequence[Assumption]) -> bool:
    """Say whether rows of one parameter cover the same cells, one by one, whatever they say of them."""
    return len(some) == len(others) and all(a.where is b.where for a, b in zip(some, others, strict=True))


def _strangers(assumptions: Assumptions) -> list[Problem]:
    """Find quantities that are tied and not there: a tie of nothing would be silent."""
    ties = assumptions.ties
    tied = [*(name for names in ties.groups.values() for name in names), *ties.joint]
    known = {row.quantity for row in assumptions.rows} if tied else set()
    return [unknown("quantity", name, sorted(known), "ties") for name in tied if name not in known]


def _faults(layout: Layout, grid: Grid, place: Callable[[Assumption], str]) -> list[Problem]:
    return _overlaps(layout, place) + (_holes(layout, grid) if layout.parameter in COVERED else [])


def _overlaps(layout: Layout, place: Callable[[Assumption], str]) -> list[Problem]:
    name, rows, filled, owner = layout.parameter, layout.rows, layout.cells, layout.owner
    order = np.argsort(filled, kind="stable")
    twice = np.flatnonzero(np.diff(filled[order]) == 0)
    pairs = dict.fromkeys((int(owner[order[i]]), int(owner[order[i + 1]])) for i in twice)
    return [
        Problem(
            f"covers cells of {name} that {place(rows[a])} covers too",
            place(rows[b]),
            "Keep one of the two rows",
        )
        for a, b in pairs
    ]


def _holes(layout: Layout, grid: Grid) -> list[Problem]:
    empty = np.ones(int(np.prod(layout.shape)), dtype=bool)
    empty[layout.cells] = False
    holes = empty.reshape(layout.shape)
    if not holes.any():
        return []
    if layout.parameter == "unit_cost":
        missing = [grid.items[i].name for i in np.flatnonzero(holes.any(0))]
        return [
            Problem(f"item {m!r} has no unit cost", "unit_cost", "Add a row: nothing is free by default")
            for m in missing
        ]
    years = [grid.years[i] for i in np.flatnonzero(holes.any(1))] if layout.shape[0] > 1 else []
    if layout.parameter == "capacity":
        when = f" for years {spell(years)}" if years else ""
        short = [grid.groups[i].name for i in np.flatnonzero(holes.any(0))]
        return [Problem(f"group {name!r} has no places{when}", "capacity", "Add a row, if only of 0") for name in short]
    remedy = "Give every projected year and age, or project fewer years"
    return [Problem(f"no population for years {spell(years)}", "population", remedy)]
