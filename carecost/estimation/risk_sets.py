"""Risk sets: who could have had which event; events and exposure of every cell, from the whole down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from carecost._typing import Array, Mask
from carecost.estimation.counts import Counts
from carecost.maths.partial_pooling import JEFFREYS, Level, tree


def prefix(c: Counts) -> str:
    """Begin the name of every quantity: that of the counts.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    str
        Empty where they have no name.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> prefix(counts)
    'Barsetshire, '
    """
    return f"{c.name}, " if c.name else ""


def yearly(c: Counts) -> tuple[Array, Array]:
    """Sum the entries of each year, and those expected of its population at the rates of all years.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    entries : ndarray of shape (year,)
        Entries counted [children].
    expected : ndarray of shape (year,)
        Entries expected [children].

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> yearly(counts)
    (array([30.]), array([30.]))
    """
    entries, population = np.asarray(c.entries).sum(-1), np.asarray(c.population)  # (year, age) each
    people = population.sum(0)
    rate = np.divide(entries.sum(0), people, out=np.zeros_like(people), where=people > 0)
    return entries.sum(-1), population @ rate


def _in_care(c: Counts) -> Mask:
    """Which placements are in care: (placement,)."""
    return np.array([p.in_care for p in c.grid.placements])


def _used(c: Counts) -> Mask:
    """Which placements are used in each band, which is the same at all of its ages: (band, placement)."""
    return np.asarray(c.used)[[c.grid.index("ages", b) for b in c.bands]]


def entry_cells(c: Counts) -> Mask:
    """Find where children may enter: placements in care that are used, and others where some did.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    ndarray of bool, shape (band, placement)
        True where they may.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> entry_cells(counts)
    array([[ True]])
    """
    return np.asarray(_used(c) & (_in_care(c) | (np.asarray(c.entries).sum((0, 1)) > 0)))


def entry_ages(c: Counts) -> Mask:
    """Find at which ages children may enter.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    ndarray of bool, shape (age,)
        True where they may.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> entry_ages(counts)
    array([ True])
    """
    return np.asarray(entry_cells(c)[c.band_of].any(1))


def exit_cells(c: Counts) -> Mask:
    """Find who may leave for which reason.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    ndarray of bool, shape (band, placement, reason)
        True where they may: the placement is used, and so is what the reason leads to; outside care, some did.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> exit_cells(counts).shape
    (1, 1, 1)
    """
    # Whether it was ever seen is asked of all bands together: (placement, reason).
    seen, used = np.asarray(c.exits).sum((0, 1)) > 0, _used(c)
    # A reason that leads to a placement is open while that is used: (band, reason).
    leads = np.ones((len(used), len(c.grid.reasons)), bool)
    for r, reason in enumerate(c.grid.reasons):
        if reason.to is not None:
            leads[:, r] = used[:, c.grid.index("placements", reason.to)]
    return np.asarray(used[..., None] & leads[:, None] & (seen | _in_care(c)[:, None]))


def move_cells(c: Counts) -> Mask:
    """Find who may move where.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    ndarray of bool, shape (band, placement, to)
        True where they may: both placements are used and in care, or some did.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> move_cells(counts)
    array([[[False]]])
    """
    seen, care, used = np.asarray(c.moves).sum((0, 1)) > 0, _in_care(c), _used(c)  # seen: (placement, to)
    apart = ~np.eye(len(care), dtype=bool)
    return np.asarray(used[..., None] & used[:, None] & apart & (seen | (care[:, None] & care)))


def entry_tree(c: Counts) -> tuple[Level, ...]:
    """Build the tree of entry rates, entries per child of the population: all, by band, by single age.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    tuple of Level
        The whole first; the cells of the last are those of :func:`entry_ages`.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> [level.names for level in entry_tree(counts)][-1]
    ('Barsetshire, entries, age 0',)
    """
    ages = np.flatnonzero(entry_ages(c))  # (cell,)
    bands = [c.band_names[c.band_of[a]] for a in ages]
    single = [f"age {c.grid.ages[a]}" for a in ages]
    events, people = np.asarray(c.entries).sum((0, 2)), np.asarray(c.population).sum(0)
    return _unseen(tree(f"{prefix(c)}entries", events[ages], people[ages], [bands, single]))


def exit_tree(c: Counts) -> tuple[Level, ...]:
    """Build the tree of exit rates, exits per child-year: all, by reason, by band, by placement.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    tuple of Level
        The whole first; the cells of the last are those of :func:`exit_cells`.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> exit_tree(counts)[-1].names
    ('Barsetshire, exits, home, 0, foster',)
    """
    cells = exit_cells(c)
    bands, placements, reasons = np.nonzero(cells)  # (cell,) each
    lived = np.broadcast_to(c.by_band(c.child_years)[..., None], cells.shape)[cells]
    reason = _names(c.grid.labels("reasons"), reasons)
    placement = _names(c.grid.labels("placements"), placements)
    reason_and_band = _joined(reason, _names(c.band_names, bands))
    labels = [reason, reason_and_band, _joined(reason_and_band, placement)]
    return tree(f"{prefix(c)}exits", c.by_band(c.exits)[cells], lived, labels)


def move_tree(c: Counts) -> tuple[Level, ...]:
    """Build the tree of move rates, moves per child-year: all, by origin and destination, by band.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    tuple of Level
        The whole first; the cells of the last are those of :func:`move_cells`.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> len(move_tree(counts)[-1].names)
    0
    """
    cells = move_cells(c)
    bands, origins, destinations = np.nonzero(cells)  # (cell,) each
    lived = np.broadcast_to(c.by_band(c.child_years)[..., None], cells.shape)[cells]
    names = c.grid.labels("placements")
    move = [f"{names[i]} to {names[j]}" for i, j in zip(origins, destinations, strict=True)]
    labels = [move, _joined(move, _names(c.band_names, bands))]
    return tree(f"{prefix(c)}moves", c.by_band(c.moves)[cells], lived, labels)


def share_tree(c: Counts) -> tuple[Level, ...]:
    """Build the tree of placements on entry, entries of all placements: all, by placement, by band.

    Parameters
    ----------
    c : Counts
        Events and exposure.

    Returns
    -------
    tuple of Level
        The whole first; the cells of the last are those of :func:`entry_cells`.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]], name="Barsetshire")
    >>> share_tree(counts)[1].names
    ('Barsetshire, entry_share, foster',)
    """
    cells = entry_cells(c)
    bands, placements = np.nonzero(cells)  # (cell,) each
    entered = c.by_band(c.entries)  # (band, placement)
    name, placement = f"{prefix(c)}entry_share", _names(c.grid.labels("placements"), placements)
    labels = [placement, _joined(placement, _names(c.band_names, bands))]
    if not entered.any():
        # Nobody entered: each placement that could have been entered is as likely as any other.
        return _unseen(tree(name, entered[cells], 1.0 / cells.sum(0)[placements], labels))
    # The exposure of a placement is all who entered in its band, wherever.
    everybody = np.broadcast_to(entered.sum(1, keepdims=True), cells.shape)[cells]
    return tree(name, entered[cells], everybody, labels)


def _unseen(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Let a tree without any event say nothing of how alike its parts are: a group is then worth half an event."""
    if levels[0].events[0] > 0:
        return levels
    return tuple(level._replace(strength=JEFFREYS) for level in levels)


def _names(labels: Sequence[int | str], indices: Iterable[int]) -> list[str]:
    """Labels at some places."""
    return [str(labels[i]) for i in indices]


def _joined(*parts: Sequence[str]) -> list[str]:
    """Names made of several, cell by cell."""
    return [", ".join(names) for names in zip(*parts, strict=True)]
