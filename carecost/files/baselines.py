"""Baselines: what goes on under every scenario, one on each axis, as small overlays on a set.

A baseline is a TOML file of the rows that it puts in place of those of its axis (growth, adjustments, paths over
years), and of changes that act in the background. Rows of a set belong to an axis by their names: those that any
packaged baseline of the axis holds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from pathlib import Path
from typing import Any

from carecost._guard import guarded, instance
from carecost.errors import FileError, InputError, Problem, refuse, unknown
from carecost.files import schema
from carecost.files.load import a_set, levers_of, load_scenario
from carecost.files.packaged import DATA, packaged_scenarios
from carecost.files.parsing import read_toml
from carecost.files.read_set import validated
from carecost.files.readers.ons_population import projected_population
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.scenario import Lever, Scenario
from carecost.inputs.year_path import YearPath

#: What a baseline is about; a run has one on each.
AXES = ("entries", "population", "mix", "prices", "unaccompanied", "policy")

FOLDER = DATA / "baselines"

#: Environment variable with the path of the official population projection, for those who cannot write to the package.
OFFICIAL = "CARECOST_OFFICIAL_POPULATION"


def official_place() -> Path:
    """Give the place of the official population projection, whether or not a file is there.

    Returns
    -------
    Path
        What the environment variable ``CARECOST_OFFICIAL_POPULATION`` names, or a file of the package.

    Examples
    --------
    >>> official_place().name
    'official.csv'
    """
    return Path(os.environ.get(OFFICIAL) or DATA / "population" / "official.csv")


@dataclass(frozen=True)
class Baseline:
    """One view of what goes on without reform, on one axis.

    Parameters
    ----------
    name, axis, title, note : str
        Name; one of :data:`AXES`; what it is; what to know.
    source, quality : str
        On whose word, and how good (A to E).
    rows : tuple of Assumption
        Growth and adjustments that it puts in place of those of the axis.
    paths : tuple of YearPath
        Paths over years, likewise.
    levers : tuple of Lever
        What acts in the background.
    hold_population : bool
        Whether every year has the population of the first projected one.
    needs : str
        What file has to be put in its place (:func:`official_place`); empty where none has.
    """

    name: str
    axis: str
    title: str
    note: str
    source: str
    quality: str
    rows: tuple[Assumption, ...] = ()
    paths: tuple[YearPath, ...] = ()
    levers: tuple[Lever, ...] = ()
    hold_population: bool = False
    needs: str = ""

    @property
    def lacks(self) -> str:
        """Say what file has to be put where; empty where none has, or it is there."""
        place = official_place()
        if not self.needs or place.is_file():
            return ""
        return f"{self.needs} Put it, as it is, at {place}, or name where it is in the environment variable {OFFICIAL}"

    @property
    def names(self) -> frozenset[str]:
        """Names of its rows, paths and levers, by which those of a set are known to belong to its axis."""
        return frozenset(thing.name for things in (self.rows, self.paths, self.levers) for thing in things)


@cache
def baselines() -> dict[str, Baseline]:
    """Read the packaged baselines, by name, in the order of their axes.

    Returns
    -------
    dict of str to Baseline
        Every one.

    Examples
    --------
    >>> baselines()["prices-flat"].axis
    'prices'
    """
    made = [_read(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {one.name: one for one in sorted(made, key=lambda one: AXES.index(one.axis))}


def _read(path: Path) -> Baseline:
    problems: list[Problem] = []
    file = validated(schema.BaselineFile, read_toml(path, problems), path.name, problems)
    refuse(problems, FileError)
    assert file is not None
    head = file.baseline
    if head.axis not in AXES:
        raise FileError(unknown("axis", head.axis, AXES, f"{path.name}, baseline.axis"))
    growth, adjustments, paths = (schema.TABLES[name] for name in ("growth", "adjustments", "paths"))
    rows = [growth.to_object(row) for row in file.growth] + [adjustments.to_object(row) for row in file.adjustments]
    levers = [lever for table in file.lever for lever in levers_of(table, path.name, problems)]
    levers += load_scenario(head.scenario).levers if head.scenario else ()
    refuse(problems, FileError)
    return Baseline(
        head.name,
        head.axis,
        head.title,
        head.note,
        head.source,
        head.quality,
        tuple(rows),
        tuple(paths.to_object(row) for row in file.paths),
        tuple(levers),
        head.hold_population,
        head.needs,
    )


#: What may be given as a background: names joined by "+", or scenarios.
Background = str | Scenario | Sequence[str | Scenario]

_GIVEN = instance(str, Path, Scenario, list, tuple, words='Give names, such as "mix-trend+prices-flat", or a Scenario')


@guarded(assumptions=a_set, background=_GIVEN)
def under(assumptions: Assumptions | str | Path, background: Background) -> Assumptions:
    """Put a set under other baselines, or under a scenario that goes on behind every other.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        A set, or its name or folder; its own baselines are those that ``assumptions.baselines`` names.
    background : str, Scenario or sequence of these
        Names joined by ``+``: a packaged baseline takes the place of the set's own on its axis and leaves the other
        axes as they are; a scenario, packaged or a file, goes on in the background.

    Returns
    -------
    Assumptions
        A copy of the set, under the name of both.

    Raises
    ------
    CareCostError
        If a name is not known, two baselines are of one axis, the set has no baselines to take the place of, or a
        baseline needs a file.

    See Also
    --------
    Assumptions.against : Put one scenario in the background.
    carecost.Results.baselines : The same question under each.

    Examples
    --------
    >>> import carecost as cc
    >>> cc.under("england-2025", "prices-flat+child-poverty").name
    'england-2025, prices-flat+child-poverty'
    """
    assumptions = a_set(assumptions)
    given = [background] if isinstance(background, str | Scenario | Path) else list(background)
    chosen: list[Baseline] = []
    behind: list[Scenario] = []
    for one in given:
        for part in _parts(one):
            (chosen if isinstance(part, Baseline) else behind).append(part)  # type: ignore[arg-type]
    _refuse_twice(chosen)
    if chosen and not assumptions.baselines:
        what = f"{assumptions.name!r} states no baselines that another could take the place of"
        raise InputError(
            Problem(what, f"background {chosen[0].name}", "Take england-2025, or a scenario as background")
        )
    made = reduce(_put, chosen, assumptions)
    if behind:
        before = [] if made.background is None else [made.background]
        made = replace(made, background=reduce(Scenario.__add__, [*before, *behind]))
    label = "+".join([*(one.name for one in chosen), *(one.name for one in behind)])
    return replace(made, name=f"{assumptions.name}, {label}")


def _parts(given: str | Path | Scenario) -> list[Baseline | Scenario]:
    """Find what a background names: each part a baseline, or else a scenario."""
    if isinstance(given, Scenario):
        return [given]
    found: list[Baseline | Scenario] = []
    for name in re.split(r"\s*\+\s*", str(given)):
        if name in baselines():
            found.append(baselines()[name])
            continue
        try:
            found.append(load_scenario(name))
        except FileError:
            if Path(name).suffix:
                raise
            known = [*baselines(), *packaged_scenarios()]
            raise InputError(unknown("baseline or scenario", name, known, "background")) from None
    return found


def _refuse_twice(chosen: Iterable[Baseline]) -> None:
    by_axis: dict[str, list[str]] = {}
    for one in chosen:
        by_axis.setdefault(one.axis, []).append(one.name)
    refuse(
        [
            Problem(f"{' and '.join(map(repr, names))} are both of {axis}", "background", "Give one of an axis")
            for axis, names in by_axis.items()
            if len(names) > 1
        ],
        InputError,
    )


def _put(assumptions: Assumptions, one: Baseline) -> Assumptions:
    """Put a baseline in the place of that of its axis."""
    if one.lacks:
        raise InputError(Problem(f"{one.name!r} needs a file that is not in the package", "background", one.lacks))
    axis = [known for known in baselines().values() if known.axis == one.axis]
    held = next((name for name in assumptions.baselines if name in [known.name for known in axis]), None)
    if held == one.name:
        return assumptions
    if held is not None and (baselines()[held].hold_population or baselines()[held].needs):
        remedy = "Load the set again: its own population is not kept"
        raise InputError(Problem(f"the set is under {held!r} already", f"background {one.name}", remedy))
    names = frozenset[str]().union(*(known.names for known in axis))
    cells: dict[tuple[str, str], Any] = {
        (row.kind, row.name): row.where for row in assumptions.rows if row.kind != "value"
    }
    # A row that the set has under the same name keeps its cells: sets differ in what they list.
    rows = tuple(replace(row, where=cells.get((row.kind, row.name), row.where)) for row in one.rows)
    gone = {row.quantity for row in assumptions.rows if row.kind != "value" and row.name in names}
    kept = tuple(row for row in assumptions.rows if row.kind == "value" or row.name not in names)
    if one.hold_population:
        kept = _held(kept, assumptions)
    if one.needs:
        kept = _official(kept, assumptions, one)
    background = _without(assumptions.background, names)
    if one.levers:
        acting = Scenario(one.name, one.levers, one.title, claim=False)
        background = acting if background is None else background + acting
    order = {known.name: AXES.index(known.axis) for known in baselines().values()}
    named = sorted({*assumptions.baselines, one.name} - ({held} if held else set()), key=lambda name: order[name])
    return replace(
        assumptions,
        rows=kept + rows,
        paths=tuple(path for path in assumptions.paths if path.name not in names) + one.paths,
        ties=assumptions.ties.without(gone),
        background=background,
        baselines=tuple(named),
    )


def _without(background: Scenario | None, names: frozenset[str]) -> Scenario | None:
    if background is None:
        return None
    levers = tuple(lever for lever in background.levers if lever.name not in names)
    return replace(background, levers=levers, claim=False) if levers else None


def _held(rows: tuple[Assumption, ...], assumptions: Assumptions) -> tuple[Assumption, ...]:
    """Give every year the population of the first projected one, by age."""
    first = assumptions.base_year + 1
    start = {
        row.where.ages: row.belief for row in rows if row.parameter == "population" and row.where.years == (first,)
    }
    refuse([] if start else [Problem(f"there is no population of {first} by age", "population-flat", "Add its rows")])
    return tuple(
        replace(row, belief=start[row.where.ages])
        if row.parameter == "population" and row.kind == "value" and row.where.ages in start
        else row
        for row in rows
    )


def _official(rows: tuple[Assumption, ...], assumptions: Assumptions, one: Baseline) -> tuple[Assumption, ...]:
    """Put the projection of mid-year `y`-1 in the place of the population of year `y`, by single age.

    Numbers stay as published: rates are over estimates of the mid-year, whose level may be another.

    Raises
    ------
    CareCostError
        If the file is of another layout, or lacks the area, an age or the first projected year.
    """
    place, area = official_place(), assumptions.area or "England"
    people = [row for row in rows if row.parameter == "population" and row.kind == "value"]
    ages = sorted({age for row in people for age in row.where.ages or ()})
    projected = projected_population(place, area, ages)
    first, last = assumptions.base_year, max(year for row in people for year in row.where.years or ())
    years = [year for year in range(first + 1, last + 1) if year - 1 in projected]
    if not years or years != list(range(first + 1, years[-1] + 1)):
        what = f"mid-{first} to mid-{(years or [first])[-1] - 1}: there are {', '.join(map(str, projected))}"
        raise FileError(Problem(f"lacks a mid-year of {what}", place.name, "Take a projection that begins by then"))
    template = people[0]
    found = tuple(
        replace(
            template,
            where=replace(template.where, years=(year,), ages=(age,)),
            belief=replace(
                template.belief,
                value=projected[year - 1][age],
                source=f"{one.source}: {place.name}, {area}",
                source_year=f"mid-{year - 1}",
                quality=one.quality,
                note="as published, taken as known",
            ),
        )
        for year in years
        for age in ages
    )
    return tuple(row for row in rows if row not in people) + found
