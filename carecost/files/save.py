"""Write sets and scenarios as CSV and TOML that read back equal; each file whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from carecost._guard import guarded, shown
from carecost._guard import path as a_path
from carecost.engine.grid import spell
from carecost.errors import CareCostError, FileError, Problem, refuse
from carecost.files import excel, input_books, schema
from carecost.files.csv_table import neutral
from carecost.files.load import a_scenario, a_set, load_assumptions, load_scenario, read_scenario
from carecost.files.read_set import BACKGROUND, Reader
from carecost.files.toml_text import toml_table
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.dependence import CorrelationMatrix, JointDraws
from carecost.inputs.scenario import Scenario
from carecost.money import vintages
from carecost.money.discounting import Schedule
from carecost.simulation.prepare import prepare

#: Name of the file that a scenario is read back from, and remedy for what no file keeps.
_SCENARIO = "scenario.toml"
_KEPT = "No file has a place for it as it is: leave it out, or write it as a file can (see the reference of the schema)"
#: Most characters of a file's name that are in the name under which it is written first.
_SHORT = 100


def set_files(assumptions: Assumptions) -> dict[str, str]:
    """Write the files of a set.

    Parameters
    ----------
    assumptions : Assumptions
        The set.

    Returns
    -------
    dict of str to str
        Text of each file, by its path in the folder of the set; a table without rows has none.

    Raises
    ------
    CareCostError
        If the set does not run, or if files cannot keep something of it, such as a source of several lines or discount
        rates of its own: the texts are read back, and what they give is the set.
    """
    prepare(assumptions)  # a set that does not run is not read back either
    files = {"set.toml": _set_toml(assumptions)}
    for name, table in schema.TABLES.items():
        rows = [table.to_row(thing) for thing in table.objects(assumptions)]
        if rows:
            columns = [c for c in table.columns if c not in table.model.seldom or any(row[c] for row in rows)]
            files[f"{name}.csv"] = _csv(columns, ([_cell(row[c]) for c in columns] for row in rows))
    for name, folder in schema.FOLDERS.items():
        numbers: Iterable[CorrelationMatrix | JointDraws] = schema.attribute(assumptions, folder.held_in)
        for each in numbers:
            lines = ([repr(number) for number in row] for row in each.rows)
            files[f"{name}/{each.name}.csv"] = _csv(map(neutral, each.quantities), lines)
    kept = replace(assumptions, background=None)
    _read_back(kept, files, lambda folder: Reader(folder).read(check=False), f"set {assumptions.name!r}")
    if assumptions.background is not None:
        files[BACKGROUND] = scenario_file(assumptions.background)
    return files


def scenario_file(scenario: Scenario) -> str:
    """Write the file of a scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    str
        Text in TOML.

    Raises
    ------
    FileError
        If a file cannot keep something of it, such as a name that ends in a space: the text is read back, and what it
        gives is the scenario.
    """
    head = schema.BLOCKS["scenario"].to_row(scenario)
    head["made_for"] = scenario.made_for or None
    blocks = [toml_table("scenario", head)]
    for lever in scenario.levers:
        blocks.append(_array_table("lever", lever))
        blocks += [_array_table("lever.evidence", evidence) for evidence in lever.evidence]
        for change in lever.changes:
            row = schema.BLOCKS["lever.change"].to_row(change)
            # A change has many keys and uses few: lists that are empty are left out, as what is None is.
            blocks.append(toml_table("lever.change", {k: v for k, v in row.items() if v != ()}, array=True))
    text = "\n".join(blocks)
    _read_back(
        scenario, {_SCENARIO: text}, lambda folder: read_scenario(folder / _SCENARIO), f"scenario {scenario.name!r}"
    )
    return text


def _read_back(thing: object, files: Mapping[str, str], read: Callable[[Path], object], where: str) -> None:
    """Refuse files that would not give back what they are written from.

    Raises
    ------
    FileError
        With everything that would be lost, refused or turned into something else.
    """
    with tempfile.TemporaryDirectory() as place:
        for name, text in files.items():
            write(made_folder((Path(place) / name).parent) / Path(name).name, text)
        try:
            again = read(Path(place))
        except CareCostError as error:
            raise FileError([Problem(p.what, f"{where}, {p.where}", p.remedy) for p in error.problems]) from None
    refuse(list(_lost(thing, again, where)), FileError)


def _lost(thing: Any, again: Any, where: str) -> Iterator[Problem]:
    """Find where a thing differs from what was read back, down to the fields that do."""
    if thing == again:
        return
    if is_dataclass(thing) and type(thing) is type(again):
        for field in fields(thing):
            said = getattr(thing, "quantity", None) or getattr(thing, "name", None)
            inner = f"{where}, {said}" if isinstance(said, str) and said and repr(said) not in where else where
            yield from _lost(getattr(thing, field.name), getattr(again, field.name), f"{inner}, {field.name}")
    elif isinstance(thing, tuple) and isinstance(again, tuple) and len(thing) == len(again) and thing:
        for i, (one, other) in enumerate(zip(thing, again, strict=True), start=1):
            yield from _lost(one, other, f"{where} {i}")
    elif isinstance(thing, tuple) and isinstance(again, tuple) and again and is_dataclass(again[0]):
        yield Problem(f"has {len(thing)} and would read back as {len(again)}", where, _KEPT)
    else:
        yield Problem(f"is {shown(thing)} and would read back as {shown(again)}", where, _KEPT)


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _cell(value: object) -> str:
    """Write a value as the cell that reads back as it: ages as bands, names apart by semicolons, every digit."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        # In words: a spreadsheet makes a date of 1-4.
        return spell(value).replace("-", " to ") if value and isinstance(value[0], int) else neutral("; ".join(value))
    return repr(value) if isinstance(value, float) else str(value)


def _set_toml(assumptions: Assumptions) -> str:
    table = schema.BLOCKS["set"]
    discount, schedule = _discount(assumptions.discount)
    row = table.to_row(assumptions) | {
        "first_age": assumptions.ages[0],
        "last_age": assumptions.ages[-1],
        "deflator": assumptions.deflator.vintage,
        "discount": discount,
        "schedule": schedule,
    }
    if not assumptions.area and assumptions.portion == 1.0:  # a whole country has neither name nor portion
        row |= {"area": None, "portion": None}
    blocks = [toml_table("set", {key: row.get(key) for key in table.model.model_fields})]
    blocks += [_array_table("scopes", scope) for scope in assumptions.scopes]
    blocks += [_array_table(note.kind, note) for note in assumptions.notes]
    return "\n".join(blocks)


def _discount(schedule: Schedule) -> tuple[str | float, str | None]:
    """Name the vintage and the schedule of discount rates, or give the one rate."""
    if len(schedule.rates) == 1 and schedule == vintages.schedule(schedule.rates[0]):
        return schedule.rates[0], None
    vintage, _, name = schedule.name.rpartition(" ")
    return vintage, name


def _array_table(name: str, thing: object) -> str:
    return toml_table(name, schema.BLOCKS[name].to_row(thing), array=True)


def _book(thing: Assumptions | Scenario, files: Mapping[str, str]) -> bytes:
    """Lay the files of a set or scenario out as a workbook, and refuse one that would not give it back.

    Raises
    ------
    FileError
        With everything that would be lost.
    """
    is_set = isinstance(thing, Assumptions)
    kind = "Assumption set" if is_set else "Scenario"
    where = f"{'set' if is_set else 'scenario'} {thing.name!r}"
    content = input_books.book(files, f"{kind}: {thing.title or thing.name}")
    with tempfile.TemporaryDirectory() as place:
        path = write(Path(place) / f"book{excel.ENDING}", content)
        try:
            again = load_assumptions(path) if is_set else load_scenario(path)
        except CareCostError as error:
            raise FileError([Problem(p.what, f"{where}, {p.where}", p.remedy) for p in error.problems]) from None
    refuse(list(_lost(thing, again, where)), FileError)
    return content


def _to_book(path: str | Path) -> bool:
    return Path(path).suffix.lower() == excel.ENDING


@guarded(assumptions=a_set, folder=a_path)
def save_assumptions(assumptions: Assumptions | str | Path, folder: str | Path) -> Path:
    """Write a set as a folder that can be edited by hand or in a spreadsheet, or as one workbook.

    The folder holds ``set.toml`` and a CSV table for each kind of row that the set has; a set with a base is written
    whole, and needs the base no more. Tables in the folder that the set does not have are removed, other files are not.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        The set, or its name or folder.
    folder : str or Path
        Folder to write in, made if it is not there; or a workbook to write, by a name that ends in ``.xlsx`` (needs
        ``pip install "carecost[excel]"``).

    Returns
    -------
    Path
        The folder or workbook; loading it gives an equal set.

    Raises
    ------
    FileError
        If it cannot be written.

    See Also
    --------
    load_assumptions : Load a set from such a folder.

    Examples
    --------
    >>> import carecost as cc, tempfile
    >>> england = cc.load_assumptions("england-2025")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cc.load_assumptions(save_assumptions(england, folder)) == england
    True
    """
    found = a_set(assumptions)
    files = set_files(found)
    if _to_book(folder):
        return write(excel.named(folder), _book(found, files))
    out = made_folder(folder)
    for name, text in files.items():
        write(made_folder((out / name).parent) / Path(name).name, text)
    in_folders = [path for name in schema.FOLDERS for path in (out / name).glob("*.csv")]
    for path in [out / BACKGROUND, *(out / f"{table}.csv" for table in schema.TABLES), *in_folders]:
        if path.relative_to(out).as_posix() not in files:
            path.unlink(missing_ok=True)
    return out


@guarded(scenario=a_scenario, path=a_path)
def save_scenario(scenario: Scenario | str | Path, path: str | Path) -> Path:
    """Write a scenario as a TOML file, or as a workbook.

    Levers that came from parts of the scenario, or were stacked or shifted, are written out in full.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The scenario, or its name or file.
    path : str or Path
        File to write; a workbook where it ends in ``.xlsx`` (needs ``pip install "carecost[excel]"``).

    Returns
    -------
    Path
        The file; loading it gives an equal scenario.

    Raises
    ------
    FileError
        If it cannot be written.

    See Also
    --------
    load_scenario : Load a scenario from such a file.

    Examples
    --------
    >>> import carecost as cc, tempfile
    >>> later = cc.load_scenario("care-review").delayed(2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cc.load_scenario(save_scenario(later, f"{folder}/later.toml")) == later
    True
    """
    found = a_scenario(scenario)
    text = scenario_file(found)
    if _to_book(path):
        return write(excel.named(path), _book(found, {_SCENARIO: text}))
    return write(Path(path), text)


def made_folder(folder: str | Path) -> Path:
    """Make a folder if it is not there.

    Raises
    ------
    FileError
        If it cannot be made.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            Problem(f"cannot be made: {error.strerror}", str(path), "Give a folder that can be written")
        ) from None
    return path


def write(path: Path, content: str | bytes) -> Path:
    """Write a file under a temporary name, then rename it, so that no half file is left.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    remedy = "Give a folder that can be written"
    temporary = path.with_name(f".{path.name[:_SHORT]}.{os.getpid()}")
    try:
        data = content.encode("utf-8") if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        what = f"holds {content[error.start]!r}, a character of no text"
        raise FileError(Problem(what, str(path), "Leave it out")) from None
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileError(Problem(f"cannot be written: {error.strerror}", str(path), remedy)) from None
    except ValueError as error:  # a name that holds a character which no name of a file can
        raise FileError(Problem(f"cannot be written: {error}", repr(str(path)), remedy)) from None
    return path
