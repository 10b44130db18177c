"""Consistency checks of a set: everything that can be wrong between its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from carecost._typing import Mask
from carecost.engine.costs import LEVELS
from carecost.engine.grid import AREA_WIDE, AXES, Grid, Selector, spell
from carecost.engine.items import OUTCOMES, PLACED_DRIVERS, Item
from carecost.engine.parameters import SHARE_TOLERANCE
from carecost.errors import CareCostError, Problem, refuse, unknown
from carecost.inputs.assumptions import ALL, Assumptions
from carecost.inputs.belief import ADJUSTMENT_UNIT, GROWTH_UNIT, UNITS, Assumption, Belief
from carecost.inputs.dependence import JointDraws
from carecost.inputs.phases import CLOSE, Phase, Phases, PhaseShare
from carecost.inputs.year_path import YearPath
from carecost.maths.distributions import DIRICHLET
from carecost.maths.monte_carlo import Draws
from carecost.simulation.effects import unknown_labels
from carecost.simulation.layout import Layout, Layouts, cells, flat_cells, share_group
from carecost.simulation.sampler import Sampler, concentration

Place = Callable[[Any], str]


_NONNEGATIVE = "Give zero or more"
#: Most that a rate or a price may grow or fall in a year, whatever it is: beyond are slips, such as 3 for 3%.
MOST_GROWTH = 0.5
#: Where a set keeps that it was checked: its layouts, for its own number of years and for as many as it can be run.
_CHECKED = "_checked"
#: What two sets may differ in and still have rows of which each is right in both, or in neither.
_WORDS = ("name", "title", "inaction", "scope", "notes", "record")
_APART = (*_WORDS, "rows", "paths", "ties", "background", "baselines", "area", "portion")


def checked(assumptions: Assumptions, like: Assumptions | None = None) -> Layouts:
    """Check a set that is to be run, once for each frozen set: one that was read from a file was checked there.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    like : Assumptions, optional
        A set that it was made of: what both share is checked once.

    Returns
    -------
    Layouts
        Its layouts, for its own number of years.

    Raises
    ------
    CareCostError
        With every fault found.
    """
    if _CHECKED not in vars(assumptions):
        verify(assumptions, _named, like)
    found: tuple[Layouts, Layouts] = vars(assumptions)[_CHECKED]
    return found[0]


def _alike(assumptions: Assumptions, like: Assumptions) -> bool:
    """Say whether each row that two sets share is right in both, or in neither."""
    names = (name for name in Assumptions.__dataclass_fields__ if name not in _APART)
    return all(getattr(assumptions, name) == getattr(like, name) for name in names)


def _covering(row: Assumption) -> tuple[str, str, int]:
    """Say what a row of values covers, the same for rows that were made of one another."""
    return row.parameter, row.name, id(row.where)


def _named(row: Any) -> str:
    return str(row.quantity)


def verify(assumptions: Assumptions, place: Place = _named, like: Assumptions | None = None) -> None:
    """Check that the rows of a set fit its labels and each other.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    place : callable, optional
        Says where a row or a path came from.
    like : Assumptions, optional
        A set that it was made of: if it was checked, rows that both hold are checked against each other alone.

    Raises
    ------
    CareCostError
        With every fault found.
    """
    grid = assumptions.grid()
    before: tuple[Layouts | None, Layouts | None] = (None, None)
    every = [(place(row), row) for row in assumptions.rows]
    placed = every
    if like is not None and _CHECKED in vars(like) and _alike(assumptions, like):
        before, known = vars(like)[_CHECKED], set(map(id, like.rows))
        placed = [(where, row) for where, row in every if id(row) not in known]
    rest: list[YearPath | PhaseShare] = [*assumptions.paths, *assumptions.phases.shares]
    chosen = [(where, row.where) for where, row in placed] + [(place(row), row.where) for row in rest]
    problems = _label_faults(chosen, grid, assumptions.streams) + _stated(placed) + _twice(every)
    if assumptions.programme_start < assumptions.base_year + 1:
        remedy = f"The first projected year is {assumptions.base_year + 1}"
        problems.append(Problem(f"programme_start is {assumptions.programme_start}", "set.toml", remedy))
    problems += _repeated(assumptions)
    groups = list(dict.fromkeys(item.group for item in assumptions.items))
    for scope in assumptions.scopes:
        where = f"set.toml, scopes {scope.name!r}"
        problems += [unknown("group", group, groups, where) for group in scope.groups if group not in groups]
    # A scope leaves out what pays for some placements, on purpose.
    problems += ([] if assumptions.uncounted else _free_placements(grid)) + _worth_of_nothing(grid)
    for where, row in placed:
        problems += _value_faults(where, row, assumptions, grid)
    many: list[tuple[str, Assumption | YearPath]] = [*placed, *((place(path), path) for path in assumptions.paths)]
    problems += [fault for where, row in many for fault in selector_faults(row, where)]
    problems += list(_spread_faults(assumptions, place))
    problems += tie_faults(assumptions, place) + phase_faults(assumptions, grid, place)
    refuse(problems)
    layouts = Layouts(assumptions, grid, place, before[0])
    for stream in assumptions.streams:
        try:
            layouts.parameters(stream, Sampler(Draws()))
        except CareCostError as error:
            problems += [Problem(p.what, f"stream {stream!r}, {p.where}", p.remedy) for p in error.problems]
    where_known = set() if before[0] is None or like is None else set(map(_covering, like.rows))
    if any(row.kind == "value" and _covering(row) not in where_known for _, row in placed):
        problems += doubled_later(assumptions, grid, place)
    every_year = longest(assumptions, layouts, before[1])
    refuse(problems or unread(assumptions, every_year, place))
    # Beside the fields, as a cached property is: what is frozen stays right.
    vars(assumptions)[_CHECKED] = layouts, every_year


def _repeated(assumptions: Assumptions) -> list[Problem]:
    """Find names that are there twice: one would be taken for the other. And a scope of a name that is taken."""
    ties = assumptions.ties
    named: dict[str, tuple[str, list[str]]] = {
        "stream": ("set.toml, streams", list(assumptions.streams)),
        "scope": ("set.toml, scopes", [scope.name for scope in assumptions.scopes]),
        "item left out": ("set.toml, uncounted", list(assumptions.uncounted)),
        "correlation matrix": ("correlations", [matrix.name for matrix in ties.matrices]),
        "table of joint draws": ("joint", [table.name for table in ties.joints]),
        "path": ("paths.csv", [path.name for path in assumptions.paths]),
    }
    remedy = "Names are unique: keep one, or give it a name of its own"
    found = [
        Problem(f"{kind} {name!r} is there twice", where, remedy)
        for kind, (where, names) in named.items()
        for name in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]
    if ALL in named["scope"][1]:
        what = f"a scope is called {ALL!r}, which is the one that leaves nothing out"
        found.append(Problem(what, "set.toml, scopes", "Give it a name of its own"))
    return found


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
    paid = [item.placements for item in public if item.driver in PLACED_DRIVERS]
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
    ends = [end for end in (b.value, b.low, b.high, row.long_run) if end is not None]
    if row.kind == "growth" and (wild := [end for end in ends if abs(end) > MOST_GROWTH]):
        remedy = f"A growth is a share a year, so 0.03 for 3%, and {MOST_GROWTH:g} at most"
        found.append(Problem(f"grows by {wild[0]:g} a year", where, remedy))
    if row.kind == "value" and row.parameter == "entry_rate" and max(ends) > 1:
        remedy = (
            "Give children who enter in a year per child of the population, such as 0.004; a per cent is a hundredth"
        )
        found.append(Problem(f"is {max(ends):g}: more children enter than there are", where, remedy))
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
            wanted = getattr(chosen, axis)
            if axis == "years" or not wanted:
                continue
            known: tuple[object, ...] = streams if axis == "streams" else grid.labels(axis)
            found += unknown_labels(axis, wanted, known, where)
    return found


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


def _spread_faults(assumptions: Assumptions, place: Place) -> Iterator[Problem]:
    """Find spreads of prices without a source, of items that are not there or follow no placement, or named twice."""
    items, seen = {item.name: item for item in assumptions.items}, dict[str, str]()
    for spread in assumptions.spreads:
        where = place(spread)
        for name, blank in (("source", spread.source), ("quality", spread.quality)):
            if not blank:
                yield Problem(f"{name} is blank", where, "Say whose word it is, and how good: A, B, C, D or E")
        for name in spread.items:
            if name not in items:
                yield unknown("item", name, items, where)
            elif items[name].driver not in PLACED_DRIVERS:
                remedy = f"Name items that follow {' or '.join(PLACED_DRIVERS)}"
                yield Problem(f"{name!r} follows {items[name].driver}, and not children in placements", where, remedy)
            if name in seen:
                yield Problem(f"{name!r} has a spread in {seen[name]} too", where, "Keep one")
            seen.setdefault(name, where)


def selector_faults(row: Assumption | YearPath, where: str) -> Iterator[Problem]:
    """Find selectors of a row that its parameter does not have, and which would be ignored."""
    if row.parameter in AXES:
        # Prices and population belong to the area: they have no streams.
        area = row.parameter in AREA_WIDE
        axes = AXES[row.parameter] if area else ("streams", *AXES[row.parameter])
        for name in row.where.__dataclass_fields__:
            if getattr(row.where, name) is not None and name not in axes:
                yield Problem(f"{row.parameter!r} has no selector {name!r}", where, f"It has {', '.join(axes)}")


_FILE = "phases.csv"


def phase_faults(assumptions: Assumptions, grid: Grid, place: Callable[[Any], str]) -> list[Problem]:
    """Find what is wrong with the phases of a set.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    grid : Grid
        Its labels, without phases.
    place : callable
        Says where a row came from.

    Returns
    -------
    list of Problem
        Every fault; cells are looked at once the rows are sound.
    """
    phases = assumptions.phases
    if not phases:
        what = "shares of phases without phases"
        return [Problem(what, "phase_shares.csv", f"Add {_FILE}, or remove the file")] if phases.shares else []
    found = [*_order(phases, place), *_said([*phases.rows, *phases.shares], place)]
    if found:
        return found
    try:
        phases.grid(grid)
        for stream in assumptions.streams:
            found += _cells(phases, grid, stream)
    except CareCostError as error:
        found += [Problem(p.what, f"{_FILE}, {p.where}", p.remedy) for p in error.problems]
    return list(dict.fromkeys(found))


def _order(phases: Phases, place: Callable[[Any], str]) -> Iterator[Problem]:
    """Children go through the phases in order, to the last; somebody leaves."""
    names = [row.name for row in phases.rows]
    for row in phases.rows:
        if names.count(row.name) > 1:
            yield Problem(f"phase {row.name!r} is there twice", place(row), "Names are unique")
        if not (np.isfinite(row.exit_factor) and row.exit_factor >= 0):
            yield Problem(f"exit_factor is {row.exit_factor:g}", place(row), "Give zero or more")
        if row is phases.rows[-1] and row.rate != 0:
            yield Problem(f"rate is {row.rate:g} in the last phase", place(row), "Leave it out: nobody goes on from it")
        elif row is not phases.rows[-1] and not (np.isfinite(row.rate) and row.rate > 0):
            yield Problem(f"rate is {row.rate:g}", place(row), "Give a rate above 0: others would have nobody in them")
    if not any(row.exit_factor > 0 for row in phases.rows):
        yield Problem("every exit_factor is 0", _FILE, "Give one above 0")


def _said(rows: list[Phase | PhaseShare], place: Callable[[Any], str]) -> Iterator[Problem]:
    for row in rows:
        if not row.source:
            yield Problem("source is blank", place(row), "Say whose word it is")
        if not row.quality:
            yield Problem("quality is blank", place(row), "Give A, B, C, D or E")


def _cells(phases: Phases, grid: Grid, stream: str) -> Iterator[Problem]:
    """Every open cell in care has all of its children in a phase, and somebody there leaves."""
    table = phases.table(grid, stream)
    factors = np.array([row.exit_factor for row in phases.rows])
    for i in grid.in_care:
        ages = np.array([age for age in grid.ages if grid.open(i, age)])
        cells, where = table[:, : len(ages), i], f"phase_shares.csv, stream {stream!r}, {grid.placements[i].name!r}"
        blank = np.asarray(np.isnan(cells).any(0))
        if blank.any():
            yield Problem(f"no share of a phase at ages {spell(ages[blank].tolist())}", where, "Add a row")
        total = np.where(blank, 1.0, cells.sum(0))
        for a in np.flatnonzero(np.abs(total - 1.0) > CLOSE):
            what = f"shares at age {ages[a]} sum to {total[a]:.6g}"
            yield Problem(what, where, "Shares over phases sum to one; nothing is rescaled")
        for a in np.flatnonzero(~blank & (factors @ np.nan_to_num(cells) == 0)):
            yield Problem(f"nobody leaves at age {ages[a]}", where, "Give a share to a phase that children leave")


Read = Assumption | YearPath


def unread(assumptions: Assumptions, layouts: Layouts, place: Callable[[Any], str]) -> list[Problem]:
    """Find quantities that would be drawn and never read, and multipliers of nothing.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    layouts : Layouts
        Layouts of its horizon, see :func:`longest`.
    place : callable
        Says where a row came from.

    Returns
    -------
    list of Problem
        One for each such row. What can be seen from the tables is found: years outside the horizon, cells that no row
        fills, closed placements, rates of no population, moves from a placement to itself. A stated zero fills a cell.
    """
    grid, names = layouts.grid, set(assumptions.drawn_quantities)
    rows = [row for row in assumptions.rows if row.kind != "value" or row.quantity in names]
    wanted: list[Read] = [*rows, *assumptions.paths]
    read = [False] * len(wanted)
    for stream in assumptions.streams:
        masks = _alive(list(layouts.layouts(stream)), grid)
        for i, row in enumerate(wanted):
            read[i] = read[i] or (row.where.covers(stream) and _touches(row, masks, grid))
    found = [_problem(row, grid, place(row)) for row, is_read in zip(wanted, read, strict=True) if not is_read]
    for row in rows:
        if row.kind == "growth" and row.fade_years == 0 and not row.hold_years and row.quantity in names:
            remedy = "Give fade_years of 1 or more, or take the value as known"
            found.append(Problem("is drawn and never read: growth is long_run from the first year", place(row), remedy))
    return found


def longest(assumptions: Assumptions, layouts: Layouts, like: Layouts | None = None) -> Layouts:
    """Give the layouts of the most years that the set can be run for: those of its population.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    layouts : Layouts
        Layouts of its own number of years.
    like : Layouts, optional
        Those of a set that shares rows with this one.

    Returns
    -------
    Layouts
        The same where the population goes no further.
    """
    people = [row for row in assumptions.rows if row.parameter == "population" and row.kind == "value"]
    last = max((max(row.where.years) for row in people if row.where.years), default=0)
    if last <= layouts.grid.years[-1]:
        return layouts
    try:
        return Layouts(assumptions, assumptions.grid(last - assumptions.base_year), like=like)
    except CareCostError:  # later years have gaps
        return layouts


def doubled_later(assumptions: Assumptions, grid: Grid, place: Place) -> list[Problem]:
    """Find rows that cover one cell in a year after the set's own: a longer run would refuse them, or read one.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    grid : Grid
        Its labels, in its own years.
    place : callable
        Says where a row came from.

    Returns
    -------
    list of Problem
        One for each two rows.
    """
    dated: dict[tuple[str, str], list[Assumption]] = {}
    for row in assumptions.rows:
        if row.kind == "value" and "years" in AXES[row.parameter]:
            dated.setdefault((row.parameter, row.name), []).append(row)
    pairs: dict[tuple[int, int], tuple[Assumption, Assumption]] = {}
    for (parameter, _), rows in dated.items():
        later = {y for row in rows for y in row.where.years or () if y > grid.years[-1]}
        shape = tuple(1 if axis == "years" else len(grid.labels(axis)) for axis in AXES[parameter])
        if not later:
            continue
        covering = {tuple(i for i, r in enumerate(rows) if r.where.years is None or y in r.where.years) for y in later}
        named = {i for chosen in covering for i in chosen}
        anytime = {i: replace(rows[i], where=replace(rows[i].where, years=None)) for i in named}
        for chosen in covering:
            for stream in assumptions.streams:
                owner: dict[int, int] = {}
                for i in (i for i in chosen if rows[i].where.covers(stream)):
                    for cell in flat_cells(anytime[i], grid, shape).tolist():
                        a = owner.setdefault(cell, i)
                        if a != i:
                            pairs[id(rows[a]), id(rows[i])] = rows[a], rows[i]
    return [
        Problem(
            f"covers cells of {b.parameter} that {place(a)} covers too, in years after {grid.years[-1]}",
            place(b),
            "Keep one of the two rows",
        )
        for a, b in sorted(pairs.values(), key=lambda pair: place(pair[1]))
    ]


def _alive(layouts: list[Layout], grid: Grid) -> dict[str, tuple[Mask, Mask]]:
    """Give the cells of each parameter that can matter, and those of them that a row fills."""
    filled = {name: np.zeros(_shape(name, grid), dtype=bool) for name in AXES}
    for layout in layouts:
        filled[layout.parameter] |= _filled(layout)
    born = filled["population"] & filled["entry_rate"]
    people = any(item.driver == "population" for item in grid.items)
    opened = grid.opened
    others = ~np.eye(len(grid.placements), dtype=bool)
    matters: dict[str, Any] = {
        "population": filled["entry_rate"] | people,
        "entry_rate": filled["population"],
        "entry_share": born[..., None] & opened,
        "entry_at_birthday": born,
        "initial_stock": opened,
        "extra_entries": opened,
        "exit_rate": opened[..., None],
        "move_rate": opened[..., None] & others,
        "unit_cost": np.array(True),
        "capacity": np.array(True),
    }
    return {name: (np.broadcast_to(matters[name], full.shape), full & matters[name]) for name, full in filled.items()}


def _shape(name: str, grid: Grid) -> tuple[int, ...]:
    return tuple(len(grid.labels(axis)) for axis in AXES[name])


def _filled(layout: Layout) -> Mask:
    out = np.zeros(int(np.prod(layout.shape)), dtype=bool)
    out[layout.cells] = True
    return out.reshape(layout.shape)


def _touches(row: Read, masks: dict[str, tuple[Mask, Mask]], grid: Grid) -> bool:
    """Say whether a row meets a cell that matters; one that multiplies, a cell that is filled."""
    matters, filled = masks[row.parameter]
    value = isinstance(row, Assumption) and row.kind == "value"
    mask = matters if value else filled
    chosen = mask[cells(row, grid, mask.shape)]
    if row.parameter != "initial_stock":
        years = [y for y in grid.years if row.where.years is None or y in row.where.years]
        chosen = chosen[[y > _before(row) for y in years]]
    return bool(chosen.any())


def _before(row: Read) -> int:
    """Give the last year in which a row that multiplies does nothing yet."""
    return -1 if row.from_year is None else row.from_year


def _problem(row: Read, grid: Grid, where: str) -> Problem:
    value = isinstance(row, Assumption) and row.kind == "value"
    what = "would be drawn and never read" if value else "multiplies nothing"
    text = row.where.text() or "all cells"
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    reason = (
        f"{row.parameter} of {shown} has no row, is closed or outside the years {grid.years[0]} to {grid.years[-1]}"
    )
    if row.from_year is not None:
        reason += f" after {row.from_year}"
    return Problem(f"{what}: {reason}", where, "Select cells that a row fills, or leave it out")


def remarks(assumptions: Assumptions) -> tuple[str, ...]:
    """Say what may be meant and may be forgotten: children who are there, or come, and whom no row lets leave care.

    Parameters
    ----------
    assumptions : Assumptions
        The set, checked.

    Returns
    -------
    tuple of str
        A sentence for each stream and placement: ages, children of the base date, and whether others come. Children at
        the age at which the placement ends anyway are left out.

    Examples
    --------
    >>> import carecost as cc
    >>> england = cc.load_assumptions("england-2025")
    >>> remarks(england)
    ()
    """
    layouts, said = checked(assumptions), []
    grid = layouts.grid
    for stream in assumptions.streams:
        own = list(layouts.layouts(stream))
        leaves = np.zeros((len(grid.ages), len(grid.placements)), dtype=bool)
        comes = np.zeros(leaves.shape, dtype=bool)
        stock = np.zeros(leaves.shape)
        shared: Any = {}
        for layout in own:
            values = np.zeros(int(np.prod(layout.shape)))
            values[layout.cells] = layout.central[layout.owner]
            array = values.reshape(layout.shape)
            if layout.parameter == "exit_rate":  # (year, age, placement, reason)
                leaves |= (array > 0).any(axis=(0, 3))
            elif layout.parameter == "initial_stock":
                stock += array
            elif layout.parameter == "extra_entries":
                comes |= (array > 0).any(axis=0)
            elif layout.parameter in ("entry_rate", "entry_share"):
                shared[layout.parameter] = array > 0
        if len(shared) == 2:
            comes |= (shared["entry_rate"][..., None] & shared["entry_share"]).any(axis=0)
        for i in grid.in_care:
            never = ~leaves[:, i] & ((stock[:, i] > 0) | comes[:, i])
            ages = [age for age, alone in zip(grid.ages, never, strict=True) if alone and grid.open(i, age)]
            if ages:
                there = float(stock[never, i].sum())
                who = f"{there:,.0f} children" + (" and those who enter" if comes[never, i].any() else "")
                said.append(
                    f"{who} of stream {stream!r} in {grid.placements[i].name!r} at ages {spell(ages)} leave only by "
                    "growing up: no row of exit_rate is above zero there"
                )
    return tuple(said)
