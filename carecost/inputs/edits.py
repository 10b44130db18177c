"""Edits of a set by cell: rows split where they cover more cells than are named, and the differences of two sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from math import prod
from typing import Any

from carecost._guard import Refused, labels, shown, wholes
from carecost.engine.grid import AREA_WIDE, AXES, Selector
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.belief import Assumption, Belief
from carecost.maths.distributions import DIRICHLET

#: Every label of each axis of a set: what None stands for in a selector.
Labels = Mapping[str, tuple[Any, ...]]
#: Cells named by an edit: some labels on some axes.
Cells = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Edit:
    """A difference between two sets: some cells of a parameter, with one belief before and another after.

    Parameters
    ----------
    parameter : str
        Name of the parameter, or of a growth or adjustment.
    where : str
        Cells that differ.
    cells : int
        How many.
    before, after : float or None
        Central values; None where a set has no row.
    what : str
        Which fields of the belief differ.

    See Also
    --------
    Assumptions.diff : Find the differences.

    Examples
    --------
    >>> str(Edit("unit_cost", "items=secure", 1, 8000.0, 9000.0, "value"))
    'unit_cost, items=secure: 8000 is 9000 (value; 1 cell)'
    """

    parameter: str
    where: str
    cells: int
    before: float | None
    after: float | None
    what: str

    def __str__(self) -> str:
        before, after = ("no row" if x is None else f"{x:.6g}" for x in (self.before, self.after))
        many = f"{self.cells:,} cell{'' if self.cells == 1 else 's'}"
        return f"{self.parameter}, {self.where or 'all cells'}: {before} is {after} ({self.what}; {many})"


def named_cells(asked: Mapping[str, object], axes: Sequence[str], every: Labels, where: str) -> Cells:
    """Read the labels of an edit: one or several, bands as text; each is one that the set has.

    Parameters
    ----------
    asked : mapping of str to object
        By axis, in the singular or the plural: ``age=12``, ``ages="10 to 17"``, ``placement=["foster", "kin"]``.
    axes : sequence of str
        Axes that the parameter has.
    every : mapping of str to tuple
        Every label of each axis of the set.
    where : str
        The call, for messages.

    Returns
    -------
    mapping of str to tuple
        Labels by axis.

    Raises
    ------
    UnknownNameError, InputError
        With every axis and label that is not there.
    """
    cells: dict[str, tuple[Any, ...]] = {}
    names, values = [], []
    for key, value in asked.items():
        axis = plural(key)
        if axis not in Selector.__dataclass_fields__ or axis not in axes:
            names.append(unknown("selector", key, axes, where))
            continue
        try:
            cells[axis] = tuple(dict.fromkeys(wholes(value) if axis in ("ages", "years") else labels(value)))
        except Refused as fault:
            values.append(Problem(f"{key} {fault.what or f'is {shown(value)}'}", where, fault.remedy))
            continue
        strangers = [label for label in cells[axis] if label not in every[axis]]
        names += [unknown(axis.rstrip("s"), label, map(str, every[axis]), where) for label in strangers]
        if not cells[axis]:
            values.append(Problem(f"{key} names nothing", where, "Name a label, or leave it out for all"))
    refuse(values)
    refuse(names, UnknownNameError)
    return cells


def plural(key: str) -> str:
    """Axis of a label, as selectors call it: item is one of items."""
    return key if key == "to" or key.endswith("s") else f"{key}s"


def axes_of(row: Assumption) -> tuple[str, ...]:
    """Axes of the cells of a row: those of its parameter, with streams unless it belongs to the area."""
    return AXES[row.parameter] if row.parameter in AREA_WIDE else ("streams", *AXES[row.parameter])


def box(row: Assumption, every: Labels) -> dict[str, tuple[Any, ...]]:
    """Labels of a row on every axis, None spelt out."""
    return {axis: every[axis] if (own := getattr(row.where, axis)) is None else own for axis in axes_of(row)}


def meets(row: Assumption, cells: Cells) -> bool:
    """Say whether a row covers any of the cells named."""
    own = {axis: getattr(row.where, axis) for axis in cells}
    return all(labels is None or set(labels) & set(cells[axis]) for axis, labels in own.items())


def split(row: Assumption, cells: Cells, every: Labels) -> tuple[Assumption, list[Assumption]]:
    """Split a row into the part inside the cells named, and the parts outside, which stay one quantity.

    The cells of a row are a box (labels of one axis times labels of the next). A box less a box inside it is a few
    boxes: for each axis in turn, the labels outside on that axis, those inside on the axes before it, all on those
    after.

    Parameters
    ----------
    row : Assumption
        A row that meets the cells.
    cells : mapping of str to tuple
        Labels by axis.
    every : mapping of str to tuple
        Every label of each axis of the set.

    Returns
    -------
    tuple of Assumption and list of Assumption
        Inside; outside, drawn under the name that the row had, so that no other number moves.

    Raises
    ------
    InputError
        If the row is drawn together with others of its whole (a Dirichlet) and would be split.
    """
    whole = box(row, every)
    inside = {axis: tuple(x for x in whole[axis] if axis not in cells or x in cells[axis]) for axis in whole}
    outside = []
    before: dict[str, tuple[Any, ...]] = {}
    for axis, labels_inside in inside.items():
        rest = tuple(x for x in whole[axis] if x not in labels_inside)
        if rest:
            outside.append(_part(row, {**whole, **before, axis: rest}, every))
        before[axis] = labels_inside
    if not outside:
        return row, []
    if row.belief.shape == DIRICHLET:
        remedy = f"Name all of its cells ({row.where.text() or 'all'}): shares of one whole are drawn together"
        raise InputError(Problem("would be split", row.quantity, remedy))
    return _part(row, inside, every), outside


def _part(row: Assumption, kept: Mapping[str, tuple[Any, ...]], every: Labels) -> Assumption:
    """A row for a part of the cells of another; an axis with all of its labels stays unnamed."""
    whole = {axis: None if set(kept[axis]) >= set(every[axis]) else kept[axis] for axis in kept}
    axes = {axis: whole.get(axis, getattr(row.where, axis)) for axis in Selector.__dataclass_fields__}
    # What the row said of an axis stands where the part has all of it.
    axes |= {axis: getattr(row.where, axis) for axis in kept if kept[axis] == getattr(row.where, axis)}
    return replace(row, where=Selector(**axes), drawn_as=row.quantity)


def size(row: Assumption, every: Labels) -> int:
    """How many cells a row covers."""
    return prod(len(labels) for labels in box(row, every).values())


def differences(before: Sequence[Assumption], after: Sequence[Assumption], every: Labels) -> tuple[Edit, ...]:
    """Find the cells in which two lists of rows differ, grouped by what they have before and after.

    Parameters
    ----------
    before, after : sequence of Assumption
        Rows of the two sets.
    every : mapping of str to tuple
        Every label of each axis of both.

    Returns
    -------
    tuple of Edit
        In the order of the rows.
    """
    # Rows that stand in both are the same, cell by cell; only the others are spread out.
    both = set(before) & set(after)
    old, new = (_by_cell((row for row in rows if row not in both), every) for rows in (before, after))
    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for key in dict.fromkeys([*old, *new]):
        a, b = old.get(key), new.get(key)
        if a != b:
            name, axes, cell = key
            groups.setdefault((name, axes, a, b), []).append(cell)
    return tuple(_edit(name, axes, cells, (a, b), every) for (name, axes, a, b), cells in groups.items())


def _by_cell(rows: Iterable[Assumption], every: Labels) -> dict[tuple[Any, ...], tuple[object, ...]]:
    """What is believed of each cell, by parameter and name, axes, and labels on them."""
    cells: dict[tuple[Any, ...], tuple[object, ...]] = {}
    for row in rows:
        labels = box(row, every)
        name = row.parameter if row.kind == "value" and not row.name else row.name
        if row.kind != "value":
            labels = {axis: (getattr(row.where, axis),) for axis in labels}  # a multiplier is one thing
        told = (row.belief, row.from_year, row.long_run, row.fade_years, row.hold_years)
        cells |= {(name, tuple(labels), cell): told for cell in product(*labels.values())}
    return cells


def _edit(name: str, axes: tuple[str, ...], cells: list[tuple[Any, ...]], both: tuple[Any, Any], every: Labels) -> Edit:
    labels = {axis: tuple(dict.fromkeys(cell[i] for cell in cells)) for i, axis in enumerate(axes)}
    plain = {a: x for a, x in labels.items() if not any(isinstance(one, tuple) or one is None for one in x)}
    plain = {a: x for a, x in plain.items() if set(x) != set(every[a])}  # an axis with all of its labels goes unnamed
    a, b = (None if told is None else told[0] for told in both)
    if a is None or b is None:
        what = "row"
    else:
        what = ", ".join(f.name for f in fields(Belief) if getattr(a, f.name) != getattr(b, f.name)) or "growth"
    values = (None if belief is None else belief.value for belief in (a, b))
    return Edit(name, Selector(**plain).text(), len(cells), next(values), next(values), what)
