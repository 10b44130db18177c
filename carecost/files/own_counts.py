"""Counts of a council's own return under the labels of a public set, suppressed where asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid
from carecost.errors import InputError, Problem, nearest, refuse
from carecost.estimation.lexis import ADULT, STREAMS, Occurrence
from carecost.estimation.suppression import SMALL, safe_line, safe_table
from carecost.inputs.assumptions import Assumptions

#: Where a child counts at an age at which its placement is not used in the public set.
FALLBACK = "other"


@dataclass(frozen=True)
class OwnCounts:
    """What a return counts, under its own labels.

    Parameters
    ----------
    counts : Occurrence
        Stock, entries, exits, moves and time lived.
    placements, reasons : tuple of str
        Labels.
    missing_years : tuple of int
        Years without a return.
    """

    counts: Occurrence
    placements: tuple[str, ...]
    reasons: tuple[str, ...]
    missing_years: tuple[int, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """Years covered."""
        return self.counts.years

    @property
    def base_year(self) -> int:
        """Year of the last 31 March."""
        return self.years[-1]


@dataclass(frozen=True)
class Counted:
    """Counts in the placements and reasons of the public set: (stream, year, age, placement, ...)."""

    stock: Array
    entries: Array
    lived: Array
    exits: Array
    moves: Array
    infants: Array
    age_at_entry: Array
    moved_over: float
    hidden: bool = False


def folded(own: OwnCounts, public: Assumptions, grid: Grid) -> Counted:
    """Put counts under the labels of the public set."""
    c = own.counts
    by_stream = _streams(public)
    names = {"placement": list(own.placements), "reason": list(own.reasons)}
    known = {"placement": [p.name for p in grid.placements], "reason": [r.name for r in grid.reasons]}
    used = {
        "placement": (c.entries + c.child_years).sum((0, 1, 2)) > 0,
        "reason": c.exits.sum((0, 1, 2, 3)) > 0,
    }
    problems = []
    if grid.ages[:ADULT] != tuple(range(ADULT)):
        what = f"the public set has ages {grid.ages[0]} to {grid.ages[-1]}"
        problems.append(Problem(what, public.name, f"Give one with every age from 0 to {ADULT - 1}"))
    to: dict[str, np.ndarray[Any, Any]] = {}
    for kind in names:
        needed = [FALLBACK] if kind == "placement" else []
        lacking = [n for n, there in zip(names[kind], used[kind], strict=True) if there and n not in known[kind]]
        for name in dict.fromkeys([*lacking, *(n for n in needed if n not in known[kind])]):
            problems.append(Problem(f"the public set has no {kind} {name!r}", public.name, nearest(name, known[kind])))
        # One row for each label of the return, one column for each of the public set.
        matrix = np.array([[float(n == k) for k in known[kind]] for n in names[kind]])
        to[kind] = matrix
    refuse(problems)
    place, reason = to["placement"], to["reason"]

    def placed(array: Array, axis: int) -> Array:
        return np.moveaxis(np.tensordot(array, place, (axis, 0)), -1, axis)

    s = np.array([[float(i == k) for i in range(c.stock.shape[0])] for k in range(c.stock.shape[0])])
    s = s if by_stream else np.ones((1, len(s)))

    def summed(array: Array) -> Array:
        return np.tensordot(s, array, (1, 0))

    stock, entries, lived = (summed(placed(a, 3)) for a in (c.stock, c.entries, c.child_years))
    exits = summed(np.tensordot(placed(c.exits, 3), reason, (4, 0)))
    moves = summed(placed(placed(c.moves, 3), 4))
    closed = ~grid.opened[: stock.shape[2]]  # (age, placement)
    other = grid.index("placements", FALLBACK)
    moved = float(stock[:, -1][:, closed].sum())
    for array in (stock, entries, lived, exits):
        for a, p in np.argwhere(closed):
            array[:, :, a, other] += array[:, :, a, p]
            array[:, :, a, p] = 0.0
    for a, p in np.argwhere(closed):
        moves[:, :, a, other] += moves[:, :, a, p]
        moves[:, :, a, p] = 0.0
        moves[:, :, a, :, other] += moves[:, :, a, :, p]
        moves[:, :, a, :, p] = 0.0
    moves[..., np.arange(place.shape[1]), np.arange(place.shape[1])] = 0.0
    infants, ages = entries[:, :, 0].sum((1, 2)), summed(c.age_at_entry).sum(1)
    return Counted(stock[:, -1], entries, lived, exits, moves, infants, ages, moved)


def _streams(public: Assumptions) -> bool:
    """Say whether the public set has the streams of a return; one stream alone takes both.

    Raises
    ------
    InputError
        If it has others.
    """
    if len(public.streams) == 1:
        return False
    if public.streams != STREAMS:
        what = f"the public set has the streams {', '.join(public.streams)}"
        raise InputError(
            Problem(what, public.name, f"Give one with {' and '.join(STREAMS)}, in this order, or with one")
        )
    return True


def suppressed(counts: Counted) -> Counted:
    """Put counts in place that cannot be traced to fewer than five children.

    Parameters
    ----------
    counts : Counted
        Counts.

    Returns
    -------
    Counted
        Each table summed over years, suppressed, and given back in the proportions of the years' sums.
    """
    stock = np.stack([safe_table(table, np.ones_like(table)) for table in counts.stock])
    lived = _over_years(counts.lived)
    there = lived.sum(1, keepdims=True) > 0  # no event without anybody to have it
    enough = counts.infants >= SMALL
    return replace(
        counts,
        hidden=True,
        stock=stock,
        infants=counts.infants * enough,
        age_at_entry=counts.age_at_entry * enough,
        entries=_over_years(counts.entries),
        lived=lived,
        exits=_over_years(counts.exits) * there[..., None],
        moves=_over_years(counts.moves) * there[..., None],
    )


def _over_years(array: Array) -> Array:
    """Suppress a table of each stream, (stream, year, age, ...)."""
    out = np.zeros_like(array)
    for i, table in enumerate(array):
        total = table.sum(0)
        flat = total.reshape(len(total), -1)
        safe = safe_table(flat, np.ones_like(flat)).reshape(total.shape)
        by_year = table.reshape(len(table), -1).sum(1)
        by_year = safe_line(by_year, np.ones_like(by_year))
        if by_year.sum() > 0:
            out[i] = safe * (by_year / by_year.sum()).reshape(-1, *[1] * total.ndim)
    return out
