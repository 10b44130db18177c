"""Does a set hold together? Everything that can be wrong between the tables of a set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from carecost.engine.costs import LEVELS
from carecost.engine.grid import Grid
from carecost.engine.items import OUTCOMES, Item
from carecost.engine.selector import Selector
from carecost.errors import CareCostError, Problem, refuse, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import ADJUSTMENT_UNIT, GROWTH_UNIT, UNITS, Assumption, Belief
from carecost.inputs.phases import PhaseShare
from carecost.inputs.year_path import YearPath
from carecost.maths.distributions import DIRICHLET
from carecost.maths.monte_carlo import Draws
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler
from carecost.simulation.unread import longest, unread
from carecost.simulation.verify_phases import phase_faults
from carecost.simulation.verify_ties import selector_faults, tie_faults

Place = Callable[[Any], str]


_NONNEGATIVE = "Give zero or more"


def verify(assumptions: Assumptions, place: Place = lambda row: row.quantity) -> None:
    """Check that the rows of a set fit its labels and each other.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    place : callable, optional
        Says where a row or a path came from.

    Raises
    ------
    CareCostError
        With every fault found.
    """
    grid = assumptions.grid()
    placed = [(place(row), row) for row in assumptions.rows]
    rest: list[YearPath | PhaseShare] = [*assumptions.paths, *assumptions.phases.shares]
    chosen = [(where, row.where) for where, row in placed] + [(place(row), row.where) for row in rest]
    problems = _label_faults(chosen, grid, assumptions.streams) + _stated(placed) + _twice(placed)
    if assumptions.programme_start < assumptions.base_year + 1:
        remedy = f"The first projected year is {assumptions.base_year + 1}"
        problems.append(Problem(f"programme_start is {assumptions.programme_start}", "set.toml", remedy))
    groups = list(dict.fromkeys(item.group for item in assumptions.items))
    for scope in assumptions.scopes:
        where = f"set.toml, scopes {scope.name!r}"
        problems += [unknown("group", group, groups, where) for group in scope.groups if group not in groups]
    problems += _free_placements(grid) + _worth_of_nothing(grid)
    for where, row in placed:
        problems += _value_faults(where, row, assumptions, grid)
    many: list[Assumption | YearPath] = [row for row in assumptions.rows if row.kind != "value"]
    problems += [fault for row in [*many, *assumptions.paths] for fault in selector_faults(row, place(row))]
    problems += tie_faults(assumptions, place) + phase_faults(assumptions, grid, place)
    refuse(problems)
    layouts = Layouts(assumptions, grid, place)
    for stream in assumptions.streams:
        try:
            layouts.parameters(stream, Sampler(Draws()))
        except CareCostError as error:
            problems += [Problem(p.what, f"stream {stream!r}, {p.where}", p.remedy) for p in error.problems]
    refuse(problems or unread(assumptions, longest(assumptions, layouts), place))


def _stated(placed: list[tuple[str, Assumption]]) -> list[Problem]:
    """Find rows of the wrong unit, without a source, or a growth that says nothing."""
    found = []
    for where, row in placed:
        if not row.belief.source:
            found.append(Problem("source is blank", where, "Say whose word it is"))
        if not row.belief.quality:
            found.append(Problem("quality is blank", where, "Give A, B, C, D or E"))
        want = {"growth": GROWTH_UNIT, "adjustment": ADJUSTMENT_UNIT}.get(row.kind, UNITS.get(row.parameter, ""))
        if want and row.belief.unit != want:
            found.append(Problem(f"unit is {row.belief.unit!r}", where, f"The unit of {row.parameter} is {want!r}"))
    return found


def _free_placements(grid: Grid) -> list[Problem]:
    """Find placements whose time no item pays for."""
    public = [item for item in grid.items if item.public]  # a social value pays for nothing
    paid = [item.placements for item in public if item.driver in ("child_weeks", "child_years")]
    if not grid.items or () in paid:
        return []
    free = [p.name for p in grid.placements if not any(p.name in names for names in paid)]
    remedy = "Name it in an item that follows child_weeks or child_years: nothing is free by default"
    return [Problem(f"no item pays for placement {name!r}", "items.csv", remedy) for name in free]


def _worth_of_nothing(grid: Grid) -> list[Problem]:
    """Find items that follow outcomes which nothing counts."""
    groups = sorted({item.group for item in grid.items if item.account == OUTCOMES})
    lines = [item for item in grid.items if item.driver == OUTCOMES]
    return [
        unknown("group of outcomes", line.group, groups, f"item {line.name!r}")
        for line in lines
        if not any(line.follows(other) for other in grid.items)
    ]


def _twice(placed: list[tuple[str, Assumption]]) -> list[Problem]:
    """Find two growths or adjustments of one name: they would be drawn as one quantity."""
    seen: dict[str, str] = {}
    found = []
    for where, row in placed:
        if row.kind != "value":
            if row.quantity in seen:
                found.append(
                    Problem(
                        f"{row.name!r} is there twice, in {seen[row.quantity]} too",
                        where,
                        "Give it a name of its own",
                    )
                )
            seen.setdefault(row.quantity, where)
    return found


def _value_faults(where: str, row: Assumption, assumptions: Assumptions, grid: Grid) -> list[Problem]:
    found = []
    b = row.belief
    least = min(b.value, b.value if b.low is None else b.low)
    if row.kind != "growth" and row.parameter != "unit_cost" and least < 0:
        found.append(Problem(f"is negative: {least:g}", where, _NONNEGATIVE))
    if row.kind == "value" and b.unit == "share":
        most = max(b.value, b.value if b.high is None else b.high)
        if most > 1:
            found.append(Problem(f"is {most:g}, more than the whole", where, "Give a share from 0 to 1"))
        if row.parameter == "entry_share" and not b.certain and b.shape != DIRICHLET:
            remedy = f"Shares drawn one by one would not sum to one: give all of them the distribution {DIRICHLET!r}"
            found.append(Problem(f"an entry_share with the distribution {b.shape!r}", where, remedy))
    if b.shape == DIRICHLET and not (row.kind == "value" and row.parameter == "entry_share"):
        found.append(Problem(f"the distribution {DIRICHLET!r}", where, "It is for entry_share alone, drawn together"))
    if row.kind != "value" and row.parameter == "entry_share":
        remedy = f"Shares that are multiplied would not sum to one: give them the distribution {DIRICHLET!r}"
        found.append(Problem("multiplies entry_share", where, remedy))
    if row.parameter == "unit_cost" and row.kind == "value":
        found += _price_faults(where, row, assumptions, grid)
    return found


def _price_faults(where: str, row: Assumption, assumptions: Assumptions, grid: Grid) -> list[Problem]:
    found = []
    items = {item.name: item for item in grid.items}
    for item in (items[name] for name in row.where.items or () if name in items):
        if row.belief.unit != item.unit:
            of = (
                f"Its kind and driver need {item.unit!r}"
                if item.account == OUTCOMES
                else f"Its driver needs {item.unit!r}"
            )
            found.append(Problem(f"unit is {row.belief.unit!r}", where, of))
        found += _level_faults(where, row.belief, item)
    if row.belief.price_year != assumptions.price_year:
        remedy = f"The set is in prices of {assumptions.price_year}: restate it, with its own note"
        found.append(Problem(f"price_year is {row.belief.price_year}", where, remedy))
    return found


def _level_faults(where: str, belief: Belief, item: Item) -> list[Problem]:
    """Find a level of an outcome, or an end of its interval, that cannot be."""
    least, most = item.bounds
    ends = (belief.value, *(end for end in (belief.low, belief.high) if end is not None))
    beyond = dict.fromkeys(end for end in ends if not least <= end <= most)
    return [Problem(f"is {end:g} ({item.unit})", where, LEVELS[item.kind]) for end in beyond]


def _label_faults(rows: Iterable[tuple[str, Selector]], grid: Grid, streams: tuple[str, ...]) -> list[Problem]:
    """Find labels in selections that are not those of the grid."""
    found = []
    for where, chosen in rows:
        for axis in chosen.__dataclass_fields__:
            if axis == "years":
                continue
            known: tuple[object, ...] = streams if axis == "streams" else grid.labels(axis)
            for name in getattr(chosen, axis) or ():
                if name not in known:
                    kind = axis if axis == "to" else axis.rstrip("s")
                    found.append(unknown(kind, name, map(str, known), where))
    return found
