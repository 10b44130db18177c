"""Risk sets: who could have had which event; events and exposure of every cell, from the whole down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from carecost._typing import Array, Mask
from carecost.estimation.counts import Counts
from carecost.maths.partial_pooling import Level, tree


def prefix(c: Counts) -> str:
    """Give what begins the name of every quantity."""
    return f"{c.name}, " if c.name else ""


def yearly(c: Counts) -> tuple[Array, Array]:
    """Give entries of each year, and as many as expected of its population: (year,) each."""
    entries, population = np.asarray(c.entries).sum(-1), np.asarray(c.population)
    people = population.sum(0)
    rate = np.divide(entries.sum(0), people, out=np.zeros_like(people), where=people > 0)
    return entries.sum(-1), population @ rate


def _in_care(c: Counts) -> Mask:
    return np.array([p.in_care for p in c.grid.placements])


def _used(c: Counts) -> Mask:
    """Say which placements are used in each band: (band, placement)."""
    return np.asarray(c.used)[[c.grid.index("ages", b) for b in c.bands]]


def entry_cells(c: Counts) -> Mask:
    """Say where children may enter: (band, placement)."""
    return np.asarray(_used(c) & (_in_care(c) | (np.asarray(c.entries).sum((0, 1)) > 0)))


def entry_ages(c: Counts) -> Mask:
    """Say at which ages children may enter: (age,)."""
    return np.asarray(entry_cells(c)[c.band_of].any(1))


def exit_cells(c: Counts) -> Mask:
    """Say who may leave for which reason: (band, placement, reason)."""
    seen, used = np.asarray(c.exits).sum((0, 1)) > 0, _used(c)
    leads = np.ones((len(used), len(c.grid.reasons)), bool)
    for r, reason in enumerate(c.grid.reasons):
        if reason.to is not None:
            leads[:, r] = used[:, c.grid.index("placements", reason.to)]
    return np.asarray(used[..., None] & leads[:, None] & (seen | _in_care(c)[:, None]))


def move_cells(c: Counts) -> Mask:
    """Say who may move where: (band, placement, to)."""
    seen, care, used = np.asarray(c.moves).sum((0, 1)) > 0, _in_care(c), _used(c)
    apart = ~np.eye(len(care), dtype=bool)
    return np.asarray(used[..., None] & used[:, None] & apart & (seen | (care[:, None] & care)))


def entry_tree(c: Counts) -> tuple[Level, ...]:
    """Sum entries and population: all, by band, by single age; the cells are :func:`entry_ages`."""
    ages = np.flatnonzero(entry_ages(c))
    bands = [c.band_names[c.band_of[a]] for a in ages]
    single = [f"age {c.grid.ages[a]}" for a in ages]
    events, people = np.asarray(c.entries).sum((0, 2)), np.asarray(c.population).sum(0)
    return tree(f"{prefix(c)}entries", events[ages], people[ages], [bands, single])


def exit_tree(c: Counts) -> tuple[Level, ...]:
    """Sum exits and child-years: all, by reason, by band, by placement; the cells are :func:`exit_cells`."""
    cells = exit_cells(c)
    bands, places, reasons = np.nonzero(cells)
    lived = np.broadcast_to(c.by_band(c.child_years)[..., None], cells.shape)[cells]
    reason, place = (_names(c.grid.labels(axis), i) for axis, i in (("reasons", reasons), ("placements", places)))
    banded = _joined(reason, _names(c.band_names, bands))
    labels = [reason, banded, _joined(banded, place)]
    return tree(f"{prefix(c)}exits", c.by_band(c.exits)[cells], lived, labels)


def move_tree(c: Counts) -> tuple[Level, ...]:
    """Sum moves and child-years: all, by origin and destination, by band; the cells are :func:`move_cells`."""
    cells = move_cells(c)
    bands, places, to = np.nonzero(cells)
    lived = np.broadcast_to(c.by_band(c.child_years)[..., None], cells.shape)[cells]
    names = c.grid.labels("placements")
    way = [f"{names[i]} to {names[j]}" for i, j in zip(places, to, strict=True)]
    labels = [way, _joined(way, _names(c.band_names, bands))]
    return tree(f"{prefix(c)}moves", c.by_band(c.moves)[cells], lived, labels)


def share_tree(c: Counts) -> tuple[Level, ...]:
    """Sum entries by placement and of all placements: all, by placement, by band; the cells are :func:`entry_cells`."""
    cells = entry_cells(c)
    bands, places = np.nonzero(cells)
    entered = c.by_band(c.entries)
    everybody = np.broadcast_to(entered.sum(1, keepdims=True), cells.shape)[cells]
    place = _names(c.grid.labels("placements"), places)
    labels = [place, _joined(place, _names(c.band_names, bands))]
    return tree(f"{prefix(c)}entry_share", entered[cells], everybody, labels)


def _names(labels: Sequence[int | str], indices: Iterable[int]) -> list[str]:
    return [str(labels[i]) for i in indices]


def _joined(*parts: Sequence[str]) -> list[str]:
    return [", ".join(names) for names in zip(*parts, strict=True)]
