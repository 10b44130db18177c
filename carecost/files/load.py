"""Load sets and scenarios from files or packaged names, every fault found at once."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from pathlib import Path

from carecost.errors import CareCostError, FileError, Problem, refuse
from carecost.files import schema
from carecost.files.packaged import DATA, SCENARIO, SET, find, packaged_assumptions, packaged_scenarios
from carecost.files.parsing import read_toml
from carecost.files.read_set import Reader, validated
from carecost.files.regions import area
from carecost.files.save import BACKGROUND
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Lever, Scenario, counted_once, one_set, payment_faults


def load_assumptions(name: str | Path) -> Assumptions:
    """Load a set of assumptions and check it.

    A set is a folder of ``set.toml`` and CSV tables. Every table is read before anything is refused, so that all its
    faults are said at once; ``background.toml`` in the folder, if any, goes on under every scenario.

    Parameters
    ----------
    name : str or Path
        A packaged name, one of its areas ("england-2025/North East"), or a folder of yours (see the reference of
        the schema).

    Returns
    -------
    Assumptions
        The set, checked.

    Raises
    ------
    CareCostError
        With every fault found: file, row, value, remedy and nearest name.

    See Also
    --------
    save_assumptions : Write a set as such a folder.
    area : Make the set of one region.

    Examples
    --------
    >>> load_assumptions("england-2025").base_year
    2025
    """
    whole, _, region = str(name).rpartition("/")
    if whole in packaged_assumptions() and not Path(name).exists():
        return area(load_assumptions(whole), region)
    folder = find(name, packaged_assumptions(), SET, lambda n: DATA / n)
    if not folder.is_dir():
        raise FileError(Problem("is not a folder", str(name), "Give a packaged name or the folder of a set"))
    assumptions = Reader(folder).read()
    background = folder / BACKGROUND
    return replace(assumptions, background=load_scenario(background)) if background.is_file() else assumptions


def load_scenario(name: str | Path) -> Scenario:
    """Load a scenario and check it on its own.

    A scenario is a TOML file of levers; ``parts`` in it names others that come before them. Names of placements and
    items are checked against a set when the scenario is run.

    Parameters
    ----------
    name : str or Path
        A packaged name, or a TOML file of yours; several joined by "+" are stacked in that order.

    Returns
    -------
    Scenario
        The scenario, with the levers of its parts first.

    Raises
    ------
    CareCostError
        With every fault found.

    See Also
    --------
    save_scenario : Write a scenario as such a file.
    run : Project a set with scenarios beside inaction.

    Examples
    --------
    >>> load_scenario("care-review").claim
    True
    """
    stacked = [] if Path(name).exists() else [part.strip() for part in str(name).split("+")]
    if len(stacked) > 1:
        return reduce(Scenario.__add__, [load_scenario(part) for part in stacked])
    path = find(name, packaged_scenarios(), SCENARIO, lambda n: DATA / "scenarios" / f"{n}.toml")
    problems: list[Problem] = []
    text = read_toml(path, problems)
    model = validated(schema.ScenarioFile, text, path.name, problems)
    refuse(problems)
    assert model is not None
    parts = _parts(model.scenario.parts, path, problems)
    levers = [lever for part in parts for lever in part.levers]
    levers += [lever for row in model.lever for lever in _lever(row, path.name, problems)]
    refuse(problems)
    head = model.scenario
    if not head.made_for:
        head = head.model_copy(update={"made_for": one_set(parts)})
    try:
        scenario: Scenario = schema.BLOCKS["scenario"].to_object(head, levers=counted_once(levers))
        refuse(payment_faults(scenario))
    except CareCostError as error:
        raise type(error)([Problem(p.what, f"{path.name}: {p.where}", p.remedy) for p in error.problems]) from None
    return scenario


def _parts(names: tuple[str, ...], path: Path, problems: list[Problem]) -> list[Scenario]:
    """Load the scenarios that a file puts together: packaged, or files beside it."""
    parts: list[Scenario] = []
    for name in names:
        beside = path.parent / name
        if beside.resolve() == path.resolve():
            problems.append(Problem("is a part of itself", f"{path.name}, scenario.parts", "Name other files"))
            continue
        try:
            parts.append(load_scenario(beside if beside.is_file() else name))
        except CareCostError as error:
            place = f"{path.name}, part {name!r}"
            problems.extend(Problem(p.what, _within(place, p.where), p.remedy) for p in error.problems)
        except RecursionError:
            problems.append(Problem("is a part of one of its parts", f"{path.name}, part {name!r}", "Break the circle"))
    return parts


def _within(outer: str, inner: str) -> str:
    """Join two places, the wider one first; either may be empty."""
    return ": ".join(filter(None, (outer, inner)))


def _lever(row: schema.LeverTable, file: str, problems: list[Problem]) -> list[Lever]:
    """Make a lever; none, with its problems, where it cannot be made."""
    changes, before = [], len(problems)
    for i, table in enumerate(row.change, start=1):
        place = f"{file}, lever {row.name!r}, change {i}"
        try:
            changes.append(schema.BLOCKS["lever.change"].to_object(table))
        except CareCostError as error:
            problems.extend(Problem(p.what, _within(place, p.where), p.remedy) for p in error.problems)
    if len(problems) > before:
        return []
    try:
        evidence = tuple(schema.BLOCKS["lever.evidence"].to_object(table) for table in row.evidence)
        return [schema.BLOCKS["lever"].to_object(row, changes=tuple(changes), evidence=evidence)]
    except CareCostError as error:
        problems.extend(Problem(p.what, _within(file, p.where), p.remedy) for p in error.problems)
        return []
