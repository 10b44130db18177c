"""Deterministic projection of one stream of children by the package's engine, from plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import carecost as cc

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Stream:
    """Everything one stream needs, without draws. The year axis of an array may have length 1.

    Attributes
    ----------
    placements : sequence of str
        Names.
    stock : ndarray of shape (age, placement)
        On the first date.
    population, entry_rate, at_birthday : ndarray of shape (year, age)
        As in the package.
    entry_share, extra : ndarray of shape (year, age, placement)
        Placement on entry; extra entries.
    exit_rate : ndarray of shape (year, age, placement)
        All reasons together.
    move_rate : ndarray of shape (year, age, placement, to)
        As in the package.
    """

    placements: Sequence[str]
    stock: Array
    population: Array
    entry_rate: Array
    entry_share: Array
    at_birthday: Array
    exit_rate: Array
    move_rate: Array
    extra: Array

    def but(self, **changes: Array) -> Stream:
        """Copy with other arrays."""
        return replace(self, **changes)  # type: ignore[arg-type]


def run_stream(stream: Stream, years: int) -> cc.Projection:
    """Project a stream over some years; longer year axes are cut."""

    # the leading axis is the draw, of length 1; all reasons of leaving are one, called "out"
    def cut(values: Array) -> Array:
        return values[None, :years]

    grid = cc.Grid(base_year=0, n_years=years, ages=range(18), placements=list(stream.placements), reasons=["out"])
    return cc.project(
        cc.Parameters(
            grid=grid,
            initial_stock=stream.stock[None],
            population=cut(stream.population),
            entry_rate=cut(stream.entry_rate),
            entry_share=cut(stream.entry_share),
            entry_at_birthday=cut(stream.at_birthday),
            extra_entries={"extra": cut(stream.extra)},
            exit_rate=cut(stream.exit_rate)[..., None],
            move_rate=cut(stream.move_rate),
        )
    )
