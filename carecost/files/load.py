"""Load sets and scenarios from files or packaged names, every fault found at once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, reduce
from pathlib import Path
from typing import get_args

from carecost._guard import Refused, guarded, instance, one_of, text
from carecost._labels import INACTION
from carecost.errors import CareCostError, FileError, Problem, UnknownNameError, refuse
from carecost.files import schema
from carecost.files.authorities import part
from carecost.files.input_books import is_book, read_book
from carecost.files.packaged import (
    DATA,
    SCENARIO,
    SET,
    find,
    own_path,
    packaged_assumptions,
    packaged_scenarios,
)
from carecost.files.parsing import DEEPEST, read_toml
from carecost.files.read_set import BACKGROUND, MOST_FILES, Reader, validated
from carecost.files.regions import Prices, known_regions, region_of
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Lever, Scenario, counted_once, one_set, payment_faults
from carecost.simulation.prepare import prepare


@guarded(name=instance(str, Path, words="Give a name or a path"))
def load_assumptions(name: str | Path) -> Assumptions:
    """Load a set of assumptions and check it.

    A set is a folder of ``set.toml`` and CSV tables. Every table is read before anything is refused, so that all its
    faults are said at once; ``background.toml`` in the folder, if any, goes on under every scenario.

    Parameters
    ----------
    name : str or Path
        A packaged name, one of its regions or local authorities ("england-2025/Kent", by name, code or number), or a
        folder or workbook of yours (see the reference of the schema).

    Returns
    -------
    Assumptions
        The set, checked.

    Raises
    ------
    CareCostError
        With every fault found: file and row, or sheet and cell, value, remedy and nearest name.

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
    if whole in packaged_assumptions() and not own_path(name).exists():
        return part(load_assumptions(whole), region)
    folder = find(name, packaged_assumptions(), SET, lambda n: DATA / n)
    if folder.name == "set.toml":  # a set is its folder, whichever of the two is pointed at
        folder = folder.parent
    if is_book(folder):
        with read_book(folder, "set").unpacked() as unpacked:
            return _read(unpacked)
    if folder.suffix.lower() == ".toml" and folder.is_file():
        remedy = f"Give the set first, then its scenarios: carecost compare england-2025 {name}"
        raise FileError(Problem("is the file of a scenario, where a set is wanted", str(name), remedy))
    if not folder.is_dir():
        raise FileError(Problem("is not a folder", str(name), "Give a packaged name or the folder of a set"))
    if not str(name).strip() or not (list(folder.glob("*.csv")) or list(folder.glob("*.toml*"))):
        what = f"{str(name)!r} is not the folder of a set: no set.toml and no table is in it"
        raise FileError(Problem(what, remedy="Give a packaged name or the folder of a set"))
    # What ships does not change while a program runs, and is frozen: it is read and checked once.
    return _packaged_set(folder) if folder.parent == DATA else _read(folder)


@cache
def _packaged_set(folder: Path) -> Assumptions:
    return _read(folder)


def _read(folder: Path) -> Assumptions:
    assumptions = Reader(folder).read()
    background = folder / BACKGROUND
    if not background.is_file():
        return assumptions
    behind = replace(assumptions, background=load_scenario(background))
    prepare(behind, like=assumptions)  # what the background names is in the set, or it does not run
    return behind


@guarded(name=instance(str, Path, words="Give a name or a path"))
def load_scenario(name: str | Path) -> Scenario:
    """Load a scenario and check it on its own.

    A scenario is a TOML file of levers; ``parts`` in it names others that come before them. Names of placements and
    items are checked against a set when the scenario is run.

    Parameters
    ----------
    name : str or Path
        A packaged name, or a TOML file or workbook of yours; several joined by "+" are stacked in that order.

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
    stacked = _stacked(name)
    if len(stacked) > 1:
        return reduce(Scenario.__add__, [load_scenario(part) for part in stacked])
    if str(name) == INACTION and not Path(name).exists():
        remedy = "What happens without reform is always run: leave the name out"
        raise UnknownNameError(Problem(f"{INACTION!r} is the name of no scenario", remedy=remedy))
    path = find(name, packaged_scenarios(), SCENARIO, _packaged)
    if is_book(path):
        with read_book(path, "scenario").unpacked() as unpacked:
            return read_scenario(unpacked)
    return read_scenario(path)


def read_scenario(path: Path) -> Scenario:
    """Read the file of a scenario.

    Raises
    ------
    CareCostError
        With every fault found.
    """
    return _scenario(path, {}, ())


def _packaged(name: str) -> Path:
    return DATA / "scenarios" / f"{name}.toml"


def _stacked(name: str | Path) -> list[str]:
    """Split a stack at its "+"; one that belongs to the name of a file or folder that is there stays."""
    words = str(name).split("+")
    parts: list[str] = []
    while words:
        # The longest run of words that is a path of the user's, or else one word.
        runs = ("+".join(words[:n]).strip() for n in range(len(words), 0, -1))
        longest = next((n for n, run in zip(range(len(words), 0, -1), runs, strict=True) if own_path(run).exists()), 1)
        parts.append("+".join(words[:longest]).strip())
        words = words[longest:]
    return parts


def _scenario(path: Path, made: dict[Path, Scenario], within: tuple[Path, ...]) -> Scenario:
    """Read a scenario file and those that it puts together: each file once, and none that holds itself."""
    problems: list[Problem] = []
    text = read_toml(path, problems)
    model = validated(schema.ScenarioFile, text, path.name, problems)
    refuse(problems)
    assert model is not None
    parts = _parts(model.scenario.parts, path, (*within, path.resolve()), made, problems)
    levers = [lever for part in parts for lever in part.levers]
    levers += [lever for row in model.lever for lever in levers_of(row, path.name, problems)]
    refuse(problems)
    head = model.scenario
    if not head.made_for:
        head = head.model_copy(update={"made_for": one_set(parts)})
    try:
        scenario: Scenario = schema.BLOCKS["scenario"].to_object(head, levers=counted_once(levers))
        refuse(payment_faults(scenario))
    except CareCostError as error:
        raise type(error)([Problem(p.what, f"{path.name}: {p.where}", p.remedy) for p in error.problems]) from None
    made[path.resolve()] = scenario
    return scenario


def _beside(path: Path, name: str) -> bool:
    try:
        return (path.parent / name).is_file()
    except (OSError, ValueError):  # no name that a file can have
        return False


def _parts(
    names: tuple[str, ...],
    path: Path,
    within: tuple[Path, ...],
    made: dict[Path, Scenario],
    problems: list[Problem],
) -> list[Scenario]:
    """Load the scenarios that a file puts together: packaged, or files beside it."""
    parts: list[Scenario] = []
    names = tuple(part for name in names for part in ([name] if _beside(path, name) else _stacked(name)))
    for name in names:
        place = f"{path.name}, part {name!r}"
        if names.count(name) > 1:
            problems.append(Problem("is named twice", place, "Name each part once"))
            return parts
        try:
            file = path.parent / name if _beside(path, name) else find(name, packaged_scenarios(), SCENARIO, _packaged)
            of = file.resolve()
            if of == within[-1]:
                problems.append(Problem("is a part of itself", f"{path.name}, scenario.parts", "Name other files"))
            elif of in within:
                problems.append(Problem("is a part of one of its parts", place, "Break the circle"))
            elif len(within) >= DEEPEST:
                problems.append(Problem(f"is more than {DEEPEST} files deep", place, "Put them into fewer files"))
            elif len(made) >= MOST_FILES:
                problems.append(Problem(f"is of more than {MOST_FILES} files", place, "Put them into fewer files"))
            else:
                parts.append(made[of] if of in made else _scenario(file, made, within))
        except CareCostError as error:
            problems.extend(Problem(p.what, _within(place, p.where), p.remedy) for p in error.problems)
    return parts


def _within(outer: str, inner: str) -> str:
    """Join two places, the wider one first; either may be empty."""
    return ": ".join(filter(None, (outer, inner)))


def levers_of(row: schema.LeverTable, file: str, problems: list[Problem]) -> list[Lever]:
    """Make the lever of a table; none, with its problems, where it cannot be made.

    Parameters
    ----------
    row : LeverTable
        A table ``[[lever]]`` of a file.
    file : str
        Name of the file, for messages.
    problems : list of Problem
        Where what is wrong is added.

    Returns
    -------
    list of Lever
        One lever, or none.
    """
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


def a_set(value: object) -> Assumptions:
    """Take a set of assumptions, or the name or folder of one."""
    if isinstance(value, Assumptions):
        return value
    if isinstance(value, str | Path):
        return load_assumptions(value)
    raise Refused("", 'Give a set of assumptions, or the name or folder of one, such as "england-2025"')


def a_scenario(value: object) -> Scenario:
    """Take a scenario, or the name or file of one."""
    if isinstance(value, Scenario):
        return value
    if isinstance(value, str | Path):
        return load_scenario(value)
    raise Refused("", 'Give a scenario, or the name or file of one, such as "care-review"')


@guarded(assumptions=a_set, name=text, prices=one_of(get_args(Prices)))
def area(assumptions: Assumptions | str | Path, name: str, prices: Prices = "own") -> Assumptions:
    """Make the set of one region: stock, population, entries and prices of its own, all else as in the whole.

    What is known of a region is its share of children looked after, of the population and of entries, and some prices;
    what is not published, and the rule used instead, is among the gaps of the set that is made.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        The whole, or its name or folder.
    name : str
        Name of the region.
    prices : str
        ``own`` (those published by region on the items they are of) or ``national``.

    Returns
    -------
    Assumptions
        The region's set, with its gaps. Amounts that a scenario gives for the whole country count by its share of
        children looked after.

    Raises
    ------
    UnknownNameError
        If there is no such region.
    InputError
        If prices are neither, or a row names items whose prices differ.
    FileError
        If no regions of the set are known.

    See Also
    --------
    areas : Make the sets of all regions.
    run_areas : Run scenarios in every region.

    Notes
    -----
    Rates of leaving and moving are those of the whole, and the engine is linear in stock and entries: at national
    prices the areas sum to the whole, draw by draw.

    Examples
    --------
    >>> import carecost as cc
    >>> area("england-2025", "North East").name
    'england-2025, North East'
    """
    return region_of(a_set(assumptions), name, prices)


@guarded(assumptions=a_set, prices=one_of(get_args(Prices)))
def areas(assumptions: Assumptions | str | Path, prices: Prices = "own") -> dict[str, Assumptions]:
    """Make the sets of all regions.

    At national prices they sum to the whole, draw by draw; see :func:`area`.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        The whole, or its name or folder.
    prices : str
        As in :func:`area`.

    Returns
    -------
    dict of str to Assumptions
        By name of the region.

    Raises
    ------
    FileError
        If no regions of the set are known.

    See Also
    --------
    area : Make the set of one region.
    run_areas : Run scenarios in every region.

    Examples
    --------
    >>> import carecost as cc
    >>> list(areas("england-2025"))[:2]
    ['North East', 'North West']
    """
    whole = a_set(assumptions)
    return {name: region_of(whole, name, prices) for name in known_regions(whole).names}
