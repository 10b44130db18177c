"""Where does it come from? Assumption sets and scenarios read from files, every fault found at once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from carecost import schema_toml
from carecost.assumptions import Assumptions
from carecost.changes import Change, Interval
from carecost.errors import CareCostError, FileError, Problem, refuse
from carecost.packaged import DATA, SCENARIO, SET, find, packaged_assumptions, packaged_scenarios
from carecost.reader import Reader, read_toml, validated
from carecost.scenarios import Lever, Scenario

Model = TypeVar("Model", bound=BaseModel)
_SINGULAR = {
    "stream": "streams",
    "year": "years",
    "age": "ages",
    "placement": "placements",
    "reason": "reasons",
    "item": "items",
}


def load_assumptions(name: str | Path) -> Assumptions:
    """Load a set of assumptions.

    Parameters
    ----------
    name : str or Path
        A packaged name, or a folder of yours (see the reference of the schema).

    Returns
    -------
    Assumptions
        The set, checked.

    Raises
    ------
    CareCostError
        With every fault found: file, row, value, remedy and nearest name.

    Examples
    --------
    >>> load_assumptions("england-2025").base_year
    2025
    """
    folder = find(name, packaged_assumptions(), SET, lambda n: DATA / n)
    if not folder.is_dir():
        raise FileError(Problem("is not a folder", str(name), "Give a packaged name or the folder of a set"))
    return Reader(folder).read()


def load_scenario(name: str | Path) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    name : str or Path
        A packaged name, or a TOML file of yours.

    Returns
    -------
    Scenario
        The scenario, checked on its own; names of placements and items are checked against a set when it is run.

    Raises
    ------
    CareCostError
        With every fault found.

    Examples
    --------
    >>> load_scenario("care-review").claim
    True
    """
    path = find(name, packaged_scenarios(), SCENARIO, lambda n: DATA / "scenarios" / f"{n}.toml")
    problems: list[Problem] = []
    text = read_toml(path, problems)
    model = validated(schema_toml.ScenarioFile, text, path.name, problems)
    refuse(problems)
    assert model is not None
    levers = [_lever(row, path.name, problems) for row in model.lever]
    refuse(problems)
    head = model.scenario
    try:
        return Scenario(head.name, tuple(levers), head.title, head.note, head.claim)
    except CareCostError as error:
        raise type(error)([Problem(p.what, f"{path.name}: {p.where}", p.remedy) for p in error.problems]) from None


def _lever(row: schema_toml.LeverTable, file: str, problems: list[Problem]) -> Lever:
    changes = []
    for i, table in enumerate(row.change, start=1):
        fields = table.model_dump(exclude_none=True)
        interval = {k: fields.pop(k) for k in ("low", "high", "level", "distribution") if k in fields}
        try:
            amount = Interval(fields.pop("amount"), **interval)
            changes.append(Change(amount=amount, **fields))
        except CareCostError as error:
            where = f"{file}, lever {row.name!r}, change {i}"
            problems.extend(
                Problem(p.what, ": ".join(filter(None, (where, p.where))), p.remedy) for p in error.problems
            )
    return Lever(row.name, tuple(changes), row.source, row.quality, row.note)
