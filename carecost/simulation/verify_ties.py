"""Does what is tied hold together? Groups, joint draws, shares drawn together and paths of a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from carecost.engine.axes import AREA_WIDE, AXES
from carecost.engine.parameters import SHARE_TOLERANCE
from carecost.errors import CareCostError, Problem, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.dependence import JointDraws
from carecost.inputs.year_path import YearPath
from carecost.maths.distributions import DIRICHLET
from carecost.simulation.layout import share_group
from carecost.simulation.sampler import concentration

Place = Callable[[Any], str]


#: Parameters that may wander: those with years that are not shares.
WANDER = ("population", "entry_rate", "extra_entries", "exit_rate", "move_rate", "unit_cost", "capacity")


def tie_faults(assumptions: Assumptions, place: Place) -> list[Problem]:
    """Find what is wrong with groups, joint draws, shares drawn together and paths.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    place : callable
        Says where a row came from.

    Returns
    -------
    list of Problem
        Every fault.
    """
    rows = {row.quantity: row for row in assumptions.rows}
    found = [
        *_group_faults(assumptions, rows, place),
        *_joint_faults(assumptions, rows),
        *_path_faults(assumptions, place),
    ]
    shares = [row for row in assumptions.rows if row.parameter == "entry_share" and row.kind == "value"]
    for group in dict.fromkeys(map(share_group, shares)):
        found += _share_faults([row for row in shares if share_group(row) == group], assumptions.ties.joint, place)
    return found


def _members(assumptions: Assumptions, place: Place) -> Iterator[tuple[str, str, str]]:
    """Give every member of every group: place, group, quantity."""
    yield from ((place(row), row.group, row.quantity) for row in assumptions.ties.loadings)
    for matrix in assumptions.ties.matrices:
        yield from ((f"correlations/{matrix.name}.csv", matrix.name, name) for name in matrix.quantities)


def _group_faults(assumptions: Assumptions, rows: dict[str, Assumption], place: Place) -> Iterator[Problem]:
    free = [name for name, row in rows.items() if not row.belief.certain]
    members = list(_members(assumptions, place))
    sizes = Counter(group for _, group, _ in members)
    seen: dict[str, str] = {}
    together: dict[object, str] = {}
    for where, group, name in members:
        if name in seen:
            yield Problem(f"{name!r} is in a group already: {seen[name]!r}", where, "A quantity is in one group only")
        elif name in rows and rows[name].belief.certain:
            remedy = "Give it an interval, or leave it out of the group"
            yield Problem(f"{name!r} has no interval to be drawn from", where, remedy)
        elif name not in rows:
            yield unknown("quantity", name, free, where)
        elif rows[name].belief.shape == DIRICHLET:
            other = together.setdefault((group, share_group(rows[name])), name)
            if other != name:
                remedy = "Shares drawn together are tied already: keep one of them in the group"
                yield Problem(f"{name!r} and {other!r} are shares of one whole", where, remedy)
        if sizes[group] == 1:
            yield Problem(f"group {group!r} has one quantity", where, "Name those that it moves with, or remove it")
        seen.setdefault(name, group)
    for group in {row.group for row in assumptions.ties.loadings} & {m.name for m in assumptions.ties.matrices}:
        what = f"group {group!r} has loadings in correlations.csv too"
        yield Problem(what, f"correlations/{group}.csv", "Give it a name of its own")


def _joint_faults(assumptions: Assumptions, rows: dict[str, Assumption]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for table in assumptions.ties.joints:
        where = f"joint/{table.name}.csv"
        for i, name in enumerate(table.quantities):
            if name not in rows:
                yield unknown("quantity", name, rows, where)
            elif not rows[name].belief.certain:
                remedy = "A quantity has one or the other: leave low and high blank, or the column out"
                yield Problem(f"{name!r} has an interval of its own", where, remedy)
            else:
                yield from _range_faults(rows[name], min(row[i] for row in table.rows), f"{where}, column {name!r}")
            if name in seen:
                yield Problem(f"{name!r} is in joint/{seen[name]}.csv too", where, "Keep one of the two columns")
            seen.setdefault(name, table.name)


def _range_faults(row: Assumption, least: float, where: str) -> Iterator[Problem]:
    floor = -1.0 if row.kind == "growth" else 0.0
    if least < floor and not (row.parameter == "unit_cost" and row.kind == "value"):
        yield Problem(f"has {least:g}", where, f"Give {floor:g} or more")


def _share_faults(rows: list[Assumption], joint: dict[str, JointDraws], place: Place) -> Iterator[Problem]:
    """Find what is wrong with the shares of one whole that are uncertain."""
    drawn = [row for row in rows if row.belief.shape == DIRICHLET and not row.belief.certain]
    if drawn:
        where = place(drawn[0])
        for row in rows:
            if row.belief.certain and row.belief.value > 0:
                remedy = "Shares drawn together all have an interval, those of zero apart"
                yield Problem(f"is taken as known, but {where} is of the same whole and drawn", place(row), remedy)
        total = sum(row.belief.value for row in rows)
        if abs(total - 1.0) > SHARE_TOLERANCE:
            remedy = "Shares drawn together have the same streams, years and ages, and sum to one"
            yield Problem(f"its shares sum to {total:.6g}", where, remedy)
        try:
            concentration(drawn)
        except CareCostError as error:
            yield from (Problem(p.what, where, p.remedy) for p in error.problems)
    tables = {row.quantity: joint[row.quantity] for row in rows if row.quantity in joint}
    for table in dict.fromkeys(tables.values()):
        for number, values in enumerate(table.rows, start=2):
            new = dict(zip(table.quantities, values, strict=True))
            total = sum(new.get(row.quantity, row.belief.value) for row in rows)
            if abs(total - 1.0) > SHARE_TOLERANCE:
                where = f"joint/{table.name}.csv, row {number}"
                yield Problem(
                    f"shares sum to {total:.6g}", where, "Shares over placements sum to one; nothing is rescaled"
                )
                break


def _path_faults(assumptions: Assumptions, place: Place) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path in assumptions.paths:
        where = place(path)
        for name, blank in (("source", path.source), ("quality", path.quality)):
            if not blank:
                yield Problem(f"{name} is blank", where, "Say whose word it is, and how good: A, B, C, D or E")
        if path.parameter not in AXES:
            yield unknown("parameter", path.parameter, WANDER, where)
        elif path.parameter not in WANDER:
            yield Problem(f"{path.parameter!r} cannot wander", where, f"A path is on one of {', '.join(WANDER)}")
        for line in path.lines():
            if line.name in seen:
                remedy = "Give it a name of its own"
                yield Problem(f"its shocks are those of {line.name!r} in {seen[line.name]} too", where, remedy)
            seen.setdefault(line.name, where)


def selector_faults(row: Assumption | YearPath, where: str) -> Iterator[Problem]:
    """Find columns of a row that multiplies which its parameter does not have, and which would be ignored."""
    if row.parameter in AXES:
        # Prices and population belong to the area: they have no streams.
        area = row.parameter in AREA_WIDE
        axes = AXES[row.parameter] if area else ("streams", *AXES[row.parameter])
        for name in row.where.__dataclass_fields__:
            if getattr(row.where, name) is not None and name not in axes:
                yield Problem(f"{row.parameter!r} has no selector {name!r}", where, f"It has {', '.join(axes)}")
