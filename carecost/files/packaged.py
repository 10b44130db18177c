"""Find what ships with the package by name: sets, scenarios, regions, deflators and discount schedules."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from carecost.errors import CareCostError, FileError, Problem, unknown
from carecost.files import schema
from carecost.money import vintages
from carecost.money.discounting import Deflator, Schedule

#: What a set and a scenario are called in messages.
SET, SCENARIO = "assumption set", "scenario"
#: The schedule of a vintage of discount rates that is meant where a set names none.
STANDARD = "standard"


DATA = Path(str(files("carecost") / "data"))


def packaged_assumptions() -> list[str]:
    """Give the names of the packaged sets."""
    return sorted(path.parent.name for path in DATA.glob("*/set.toml"))


def packaged_scenarios() -> list[str]:
    """Give the names of the packaged scenarios."""
    return sorted(path.stem for path in (DATA / "scenarios").glob("*.toml"))


def titles() -> dict[str, str]:
    """Give the title of every packaged set and scenario by name, sets first."""
    sets = {name: head["title"] for name, head in set_heads().items()}
    return sets | {name: head["title"] for name, head in _scenario_heads().items()}


def made_for() -> dict[str, str]:
    """Give the set that a packaged scenario is made for by the scenario's name, where it is not for any set."""
    return {name: head["made_for"] for name, head in _scenario_heads().items() if "made_for" in head}


def past_sets() -> list[str]:
    """Names of the packaged sets that begin before the latest data: what is made for them runs on no current set."""
    begins = {name: int(head["base_year"]) for name, head in set_heads().items()}
    return [name for name, base_year in begins.items() if base_year < max(begins.values())]


def set_heads() -> dict[str, dict[str, Any]]:
    """Give what the file of each packaged set says of it at the top, by name."""
    return {name: _toml(DATA / name / "set.toml")["set"] for name in packaged_assumptions()}


def scenario_heads() -> dict[str, tuple[dict[str, Any], int]]:
    """Give what the file of each packaged scenario says of it at the top, and how many levers it holds, by name."""
    files = {name: _toml(DATA / "scenarios" / f"{name}.toml") for name in packaged_scenarios()}
    return {name: (file["scenario"], len(file.get("lever", ()))) for name, file in files.items()}


def _scenario_heads() -> dict[str, dict[str, Any]]:
    return {name: head for name, (head, _) in scenario_heads().items()}


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def packaged_regions() -> list[str]:
    """Give the names of the packaged sets whose regions are known."""
    return sorted(path.stem for path in (DATA / "regions").glob("*.csv"))


def regions_file(name: str) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Read what is known of the regions of a packaged set: a row a figure, and its notes."""
    with (DATA / "regions" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, _toml(DATA / "regions" / f"{name}.toml")


def packaged_authorities() -> list[str]:
    """Give the names of the packaged sets whose authorities are known."""
    return sorted(path.stem for path in (DATA / "authorities").glob("*.toml"))


def authorities_files(name: str) -> tuple[list[dict[str, str]], list[dict[str, str]], dict[str, Any]]:
    """Read what is known of the authorities of a packaged set: figures and factors, a row each, and words."""
    tables = []
    for part in ("", "-factors"):
        with (DATA / "authorities" / f"{name}{part}.csv").open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    return tables[0], tables[1], _toml(DATA / "authorities" / f"{name}.toml")


def record(name: str) -> tuple[dict[str, str], ...]:
    """Read the record that a set is set beside: what was said, what came, and what moved between; each with its source.

    Examples
    --------
    >>> record("england")[1]["words"]
    'approaching'
    """
    with (DATA / "record" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def history(name: str) -> tuple[tuple[int, float], ...]:
    """Read how many children were in care on 31 March of each year of a record.

    Examples
    --------
    >>> history("england")[0]
    (1994, 47590.0)
    """
    with (DATA / "histories" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple((int(row["year"]), float(row["stock"])) for row in csv.DictReader(file))


def published_forecasts() -> tuple[dict[str, str], ...]:
    """Read what others forecast: who, what (as in tables of baselines), year, value, unit, and source.

    Examples
    --------
    >>> published_forecasts()[0]["who"]
    'the Review'
    """
    with (DATA / "histories" / "forecasts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def own_path(name: str | Path) -> Path:
    """Give the path that a user means: ``~`` is the home folder, as in a shell.

    Examples
    --------
    >>> own_path("~/set") == Path.home() / "set"
    True
    """
    try:
        path = Path(name).expanduser()
        path.exists()
    except (OSError, ValueError, RuntimeError):  # too long, a character of no name, no such home
        return Path("no such path")
    return path


def find(name: str | Path, packaged: list[str], kind: str, place: Callable[[str], Path]) -> Path:
    """Find a path of the user's, or else a packaged name.

    Raises
    ------
    FileError
        If it is neither; the message names the nearest.
    """
    path = own_path(name)
    if path.exists():
        return path
    if str(name) in packaged:
        return place(str(name))
    other = packaged_scenarios() if kind == SET else packaged_assumptions()
    if str(name) in other:
        remedy = _set_first(str(name)) if kind == SET else "Give a scenario, packaged or a TOML file"
        raise FileError(Problem(f"{str(name)!r} is not {'an' if kind == SET else 'a'} {kind}", remedy=remedy))
    problem = unknown(kind, str(name), packaged)
    remedy = f"{problem.remedy}. A path of yours must exist"
    raise FileError(Problem(problem.what, problem.where, remedy))


def _set_first(scenario: str) -> str:
    home = made_for().get(scenario)
    return "Give the set first, then its scenarios" + (f": carecost compare {home} {scenario}" if home else "")


def base_folder(folder: Path, name: str, problems: list[Problem]) -> Path | None:
    """Find the set whose tables a set has where it has none of its own: a folder beside it, or a packaged set."""
    place = "set.toml, set.base"
    beside = own_path(folder.parent / name)
    folders = [f for f in (beside, DATA / name) if own_path(f / "set.toml").is_file() and not same(f, folder)]
    if not folders:
        problem = unknown("set", name, packaged_assumptions(), place)
        problems.append(Problem(problem.what, place, f"{problem.remedy}; or put the folder of a set beside this one"))
        return None
    # The file may have faults of its own, which are said when that set is read: only the key is looked for.
    if re.search(r"(?m)^\s*base\s*=", (folders[0] / "set.toml").read_text("utf-8-sig", "replace")):
        problems.append(
            Problem(f"{name!r} has a base itself", place, "Name that base, and give the tables that differ")
        )
        return None
    return folders[0]


def same(a: Path, b: Path) -> bool:
    """Say whether two paths are one folder."""
    return a.resolve() == b.resolve()


def money(head: schema.SetTable, problems: list[Problem]) -> tuple[Deflator, Schedule] | None:
    """Read the deflator and the discount rates that a set names; None with a problem when there is no such vintage."""
    if head.deflator not in vintages.deflators():
        problems.append(unknown("deflator", head.deflator, vintages.deflators(), "set.toml, set.deflator"))
    discount = _discount(head, problems)
    if problems or discount is None:
        return None
    return vintages.deflator(head.deflator), discount


def _discount(head: schema.SetTable, problems: list[Problem]) -> Schedule | None:
    """Find the schedule of a vintage, or make that of a flat rate; None, with a problem, where there is none."""
    place = "set.toml, set.discount"
    if isinstance(head.discount, float):
        if head.schedule is not None:
            what = f"is a flat rate, and schedule is {head.schedule!r}"
            problems.append(Problem(what, place, "Leave schedule out, or name a vintage in discount"))
            return None
        try:
            return vintages.schedule(head.discount)
        except CareCostError as error:
            problems.extend(Problem(p.what, place, p.remedy) for p in error.problems)
            return None
    schedule = head.schedule or STANDARD
    if f"{head.discount} {schedule}" not in vintages.schedules():
        known = [" / ".join(name.split(" ", 1)) for name in vintages.schedules()]
        problems.append(unknown("discount schedule", f"{head.discount} / {schedule}", known, place))
        return None
    return vintages.schedule(f"{head.discount} {schedule}")
