"""How do beliefs become numbers? Draws of every quantity, laid out as the engine's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carecost.assumptions import Assumptions
from carecost.beliefs import Assumption, Belief
from carecost.changes import Interval
from carecost.distributions import quantiles
from carecost.draws import Draws
from carecost.errors import Problem, refuse, unknown
from carecost.grid import AXES, Grid
from carecost.money import growth_path
from carecost.parameters import Parameters
from carecost.selector import spell

Array = NDArray[np.float64]
#: Parameters whose every cell needs a row.
COVERED = ("population", "unit_cost")


class Sampler:
    """Values of named quantities, for one block of the draws or for the central run.

    Parameters
    ----------
    draws : Draws
        All draws.
    block : slice, optional
        The draws wanted; the central run when not given.
    """

    def __init__(self, draws: Draws, block: slice | None = None) -> None:
        self.draws, self.block = draws, block

    def value(self, name: str, belief: Belief | Interval, least: float = -np.inf) -> Array:
        """Give the values of a quantity: (draw,), of length 1 when it is certain or the run is central."""
        if self.block is None or belief.certain:
            return np.array([belief.value])
        u = self.draws.uniforms(name)[self.block]
        return quantiles(u, belief.value, belief.low, belief.high, belief.level, belief.shape, least)


@dataclass(frozen=True)
class Layout:
    """Where the rows of one parameter go in its array, for one stream.

    Attributes
    ----------
    parameter : str
        Name.
    shape : tuple of int
        Shape of the array without the draw axis.
    rows, cells, owner : tuple, ndarray, ndarray
        Rows; flat cells filled; for each the index of its row.
    growths, adjustments : tuple of Assumption
        What multiplies it.
    """

    parameter: str
    shape: tuple[int, ...]
    rows: tuple[Assumption, ...]
    cells: NDArray[np.int_]
    owner: NDArray[np.int_]
    growths: tuple[Assumption, ...] = ()
    adjustments: tuple[Assumption, ...] = ()

    @cached_property
    def central(self) -> Array:
        """Central value of every row."""
        return np.array([row.belief.value for row in self.rows])

    def array(self, grid: Grid, sampler: Sampler) -> Array:
        """Fill the array: (draw, ...)."""
        least = -np.inf if self.parameter == "unit_cost" else 0.0
        drawn = {i: sampler.value(r.quantity, r.belief, least) for i, r in enumerate(self.rows) if not r.belief.certain}
        values = np.tile(self.central, (max([1, *map(len, drawn.values())]), 1))
        for i, column in drawn.items():
            values[:, i] = column
        out = np.zeros((len(values), int(np.prod(self.shape))))
        out[:, self.cells] = values[:, self.owner]
        out = out.reshape(-1, *self.shape)
        for row in self.growths:
            out = _grown(out, row, grid, sampler)
        for row in self.adjustments:
            factor = sampler.value(row.quantity, row.belief, 0.0)
            out = _multiplied(out, row, grid, factor[:, None])
        return out


def _grown(array: Array, row: Assumption, grid: Grid, sampler: Sampler) -> Array:
    rate = sampler.value(row.quantity, row.belief, -1.0)
    start = grid.base_year if row.from_year is None else row.from_year
    elapsed = np.maximum(np.array(grid.years) - start, 0)
    long_run = row.belief.value if row.long_run is None else row.long_run
    return _multiplied(array, row, grid, growth_path(rate, long_run, row.fade_years, elapsed))


def _multiplied(array: Array, row: Assumption, grid: Grid, factor: Array) -> Array:
    """Multiply the cells of a row by a factor of shape (draw, year or 1)."""
    axes = AXES[row.parameter]
    shape = list(array.shape)
    shape[0] = max(len(array), len(factor))
    if "years" in axes and (factor.shape[1] > 1 or row.where.years is not None):
        shape[1] = len(grid.years)
    out = np.array(np.broadcast_to(array, shape))
    index = cells(row, grid, tuple(shape[1:]))
    wide = factor[:, index[0].ravel()] if "years" in axes and factor.shape[1] > 1 else factor
    every: tuple[Any, ...] = (slice(None), *index)
    out[every] *= wide.reshape(len(factor), -1, *[1] * (len(axes) - 1))
    return out


def _flat(row: Assumption, grid: Grid, shape: tuple[int, ...]) -> NDArray[np.int_]:
    """Find the flat cells of a row; most rows have one, which needs no arrays."""
    index = _index(row, grid, shape)
    if all(len(i) == 1 for i in index):
        at = 0
        for i, length in zip(index, shape, strict=True):
            at = at * length + i[0]
        return np.array([at])
    mesh = np.ix_(*[np.array(i, dtype=int) for i in index])
    return np.ravel_multi_index(mesh, shape).ravel()


def cells(row: Assumption, grid: Grid, shape: tuple[int, ...]) -> tuple[NDArray[np.int_], ...]:
    """Find the cells of a row in an array of a shape without the draw axis, as an open mesh."""
    return np.ix_(*[np.array(i, dtype=int) for i in _index(row, grid, shape)])


def _index(row: Assumption, grid: Grid, shape: tuple[int, ...]) -> list[list[int]]:
    found = []
    for axis, length in zip(AXES[row.parameter], shape, strict=True):
        chosen = getattr(row.where, axis)
        if axis == "years" and chosen is not None:
            chosen = [y for y in chosen if y in grid.years]
        found.append([0] if chosen is None and length == 1 else grid.indices(axis, chosen))
    return found


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
    ) -> None:
        self.grid, self.streams = grid, assumptions.streams
        problems: list[Problem] = []
        self._plain: dict[str, list[Layout]] = {}
        self._extra: dict[str, dict[str, Layout]] = {}
        for stream in assumptions.streams:
            rows = [row for row in assumptions.rows if row.where.covers(stream)]
            self._plain[stream] = [
                _layout(name, [r for r in rows if r.parameter == name], grid, place, problems)
                for name in AXES
                if name != "extra_entries" and (name != "unit_cost" or grid.items)
            ]
            lines = [r for r in rows if r.parameter == "extra_entries" and r.kind == "value"]
            more = [r for r in rows if r.parameter == "extra_entries" and r.kind != "value"]
            self._extra[stream] = {
                line: _layout("extra_entries", [r for r in lines if r.name == line] + more, grid, place, problems)
                for line in dict.fromkeys(r.name for r in lines)
            }
        refuse(list(dict.fromkeys(problems)))

    def parameters(self, stream: str, sampler: Sampler) -> Parameters:
        """Make the parameters of a stream."""
        arrays = {layout.parameter: layout.array(self.grid, sampler) for layout in self._plain[stream]}
        extra = {name: layout.array(self.grid, sampler) for name, layout in self._extra[stream].items()}
        return Parameters(self.grid, **arrays, extra_entries=extra)


def _layout(
    name: str, rows: list[Assumption], grid: Grid, place: Callable[[Assumption], str], problems: list[Problem]
) -> Layout:
    values = tuple(r for r in rows if r.kind == "value")
    dated = any(r.where.years is not None for r in values)
    shape = tuple(1 if axis == "years" and not dated else len(grid.labels(axis)) for axis in AXES[name])
    flat = [_flat(r, grid, shape) for r in values]
    owner = np.repeat(np.arange(len(values)), [len(f) for f in flat]).astype(int)
    filled = np.concatenate([*flat, np.zeros(0, dtype=int)]).astype(int)
    problems += _overlaps(name, values, filled, owner, place)
    if name in COVERED:
        problems += _holes(name, shape, filled, grid)
    growths = tuple(r for r in rows if r.kind == "growth")
    adjustments = tuple(r for r in rows if r.kind == "adjustment")
    return Layout(name, shape, values, filled, owner, growths, adjustments)


def _overlaps(
    name: str,
    rows: tuple[Assumption, ...],
    filled: NDArray[np.int_],
    owner: NDArray[np.int_],
    place: Callable[[Assumption], str],
) -> list[Problem]:
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


def _holes(name: str, shape: tuple[int, ...], filled: NDArray[np.int_], grid: Grid) -> list[Problem]:
    empty = np.ones(int(np.prod(shape)), dtype=bool)
    empty[filled] = False
    holes = empty.reshape(shape)
    if not holes.any():
        return []
    if name == "unit_cost":
        missing = [grid.items[i].name for i in np.flatnonzero(holes.any(0))]
        return [
            Problem(f"item {m!r} has no unit cost", "unit_cost", "Add a row: nothing is free by default")
            for m in missing
        ]
    years = [grid.years[i] for i in np.flatnonzero(holes.any(1))] if shape[0] > 1 else []
    remedy = "Give every projected year and age, or project fewer years"
    return [Problem(f"no population for years {spell(years)}", "population", remedy)]


def label_faults(rows: Iterable[tuple[str, Assumption]], grid: Grid, streams: tuple[str, ...]) -> list[Problem]:
    """Find labels in rows that are not those of the grid."""
    found = []
    for where, row in rows:
        for axis in row.where.__dataclass_fields__:
            if axis == "years":
                continue
            known: tuple[object, ...] = streams if axis == "streams" else grid.labels(axis)
            for name in getattr(row.where, axis) or ():
                if name not in known:
                    kind = axis if axis == "to" else axis.rstrip("s")
                    found.append(unknown(kind, name, map(str, known), where))
    return found
