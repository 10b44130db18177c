"""Arrays as beliefs: rows for the cells of parameter arrays, with their draws as joint draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import AXES, Grid, Parameter, Selector
from carecost.inputs.belief import Assumption, Belief
from carecost.inputs.dependence import JointDraws

#: Parameters whose rows are of one age and year each, in files too.
SINGLE = ("initial_stock", "population", "extra_entries")
#: Parameters whose every cell has a row, of zero too.
_COVERED = ("population", "unit_cost", "capacity")


def rows_of(
    parameter: Parameter,
    central: Array,
    drawn: Array | None,
    grid: Grid,
    say: Belief,
    streams: tuple[str, ...] | None,
    name: str = "",
) -> Iterator[tuple[Assumption, Array | None]]:
    """Give rows that fill the cells of an array, ages and years that are alike in one, each with its draws.

    Parameters
    ----------
    parameter : str
        Name.
    central : ndarray of shape (year, age, ...)
        Central values; the axes of the parameter, years and ages of full length or 1.
    drawn : ndarray of shape (draw, year, age, ...), optional
        Draws of them.
    grid : Grid
        Labels.
    say : Belief
        Source, grade, note, unit and price year of every row.
    streams : tuple of str or None
        Streams that they are of; None for all.
    name : str
        Name of a line of extra entries.

    Yields
    ------
    Assumption and ndarray of shape (draw,) or None
        The row; its draws, where they differ.
    """
    axes = AXES[parameter]
    every = central[None]
    if drawn is not None:
        shape = np.broadcast_shapes(central.shape, drawn.shape[1:])
        every = np.concatenate([np.broadcast_to(central, shape)[None], np.broadcast_to(drawn, (len(drawn), *shape))])
    single = parameter in SINGLE
    for i, axis in enumerate(axes, start=1):  # what is the same in all years is said once
        if single and axis in ("years", "ages") and every.shape[i] == 1:
            every = every.repeat(len(grid.labels(axis)), axis=i)
        elif axis == "years" and not single and (every == every.take([0], axis=i)).all():
            every = every.take([0], axis=i)
    labels = {axis: grid.labels(axis) for axis in axes}
    ages = axes.index("ages") + 1 if "ages" in axes else None
    others = [i for i in range(1, every.ndim) if i != ages]
    for at in product(*(range(every.shape[i]) for i in others)):
        index: list[Any] = [slice(None)] * every.ndim
        for i, place in zip(others, at, strict=True):
            index[i] = place
        cells = every[tuple(index)]  # (1 + draw, age) or (1 + draw,)
        where: dict[str, Any] = {
            axes[i - 1]: (labels[axes[i - 1]][place],)
            for i, place in zip(others, at, strict=True)
            if every.shape[i] > 1 or axes[i - 1] not in ("years", "ages")
        }
        if parameter == "move_rate" and where["to"] == where["placements"]:
            continue
        alike: dict[bytes, list[int]] = {}
        for a in range(cells.shape[1] if ages else 1):
            column = np.ascontiguousarray(cells[:, a] if ages else cells)
            if column.any() or parameter in _COVERED:
                alike.setdefault(column.tobytes(), []).append(a)
        groups = [(key, [a]) for key, several in alike.items() for a in several] if single else [*alike.items()]
        for key, places in groups:
            column = np.frombuffer(key)
            if ages and every.shape[ages] > 1:
                where = {**where, "ages": tuple(labels["ages"][a] for a in places)}
            row = Assumption(
                parameter,
                Selector(streams=streams, **where),
                replace(say, value=float(column[0])),
                name=name,
            )
            yield row, column[1:] if len(column) > 1 and np.ptp(column[1:]) > 0 else None


def joined(name: str, made: list[tuple[Assumption, Array | None]]) -> tuple[JointDraws, ...]:
    """Put the draws of rows into one table: draw by draw as they were; none where nothing differs."""
    columns = {row.quantity: column for row, column in made if column is not None}
    if not columns:
        return ()
    return (JointDraws(name, tuple(columns), tuple(map(tuple, np.stack(list(columns.values()), axis=1).tolist()))),)
