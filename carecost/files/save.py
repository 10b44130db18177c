"""Write sets and scenarios as CSV and TOML that read back equal; each file whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from carecost._guard import guarded, instance
from carecost._guard import path as a_path
from carecost.engine.grid import spell
from carecost.errors import FileError, Problem, refuse, unknown
from carecost.files import schema
from carecost.files.csv_table import neutral, read_csv
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.dependence import CorrelationMatrix, JointDraws
from carecost.inputs.scenario import Scenario

#: What goes on behind every scenario of a set, where it has such a file.
BACKGROUND = "background.toml"


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
    FileError
        If a text could not be read back, such as a source of several lines.
    """
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
    problems: list[Problem] = []
    for name, text in files.items():
        if name.endswith(".csv"):  # what could not be read back, such as a source of several lines
            read_csv(text, name, problems)
    refuse(problems, FileError)
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
    """
    head = schema.BLOCKS["scenario"].to_row(scenario)
    head["made_for"] = scenario.made_for or None
    blocks = [_toml_table("scenario", head)]
    for lever in scenario.levers:
        blocks.append(_array_table("lever", lever))
        blocks += [_array_table("lever.evidence", evidence) for evidence in lever.evidence]
        for change in lever.changes:
            row = schema.BLOCKS["lever.change"].to_row(change)
            # A change has many keys and uses few: lists that are empty are left out, as what is None is.
            blocks.append(_toml_table("lever.change", {k: v for k, v in row.items() if v != ()}, array=True))
    return "\n".join(blocks)


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
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        # In words: a spreadsheet makes a date of 1-4.
        return spell(value).replace("-", " to ") if value and isinstance(value[0], int) else neutral("; ".join(value))
    if isinstance(value, str):
        return neutral(value)
    return repr(value) if isinstance(value, float) else str(value)


def _set_toml(assumptions: Assumptions) -> str:
    table = schema.BLOCKS["set"]
    vintage, _, schedule = assumptions.discount.name.rpartition(" ")
    row = table.to_row(assumptions) | {
        "first_age": assumptions.ages[0],
        "last_age": assumptions.ages[-1],
        "deflator": assumptions.deflator.vintage,
        "discount": vintage,
        "schedule": schedule,
    }
    if not assumptions.area:  # a whole country has neither name nor portion
        row |= {"area": None, "portion": None}
    kinds = [name for name, block in schema.BLOCKS.items() if block.held_in == "notes"]
    refuse(
        [unknown("kind of note", n.kind, kinds, n.what) for n in assumptions.notes if n.kind not in kinds], FileError
    )
    blocks = [_toml_table("set", {key: row.get(key) for key in table.model.model_fields})]
    blocks += [_array_table("scopes", scope) for scope in assumptions.scopes]
    blocks += [_array_table(note.kind, note) for note in assumptions.notes]
    return "\n".join(blocks)


def _array_table(name: str, thing: object) -> str:
    return _toml_table(name, schema.BLOCKS[name].to_row(thing), array=True)


def _toml_table(name: str, fields: Mapping[str, object], array: bool = False) -> str:
    lines = [f"[[{name}]]" if array else f"[{name}]"]
    lines += [f"{key} = {_toml_value(value)}" for key, value in fields.items() if value is not None]
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, int | float):
        return repr(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml_value(v) for v in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)


@guarded(assumptions=instance(Assumptions, words="Give a set of assumptions"), folder=a_path)
def save_assumptions(assumptions: Assumptions, folder: str | Path) -> Path:
    """Write a set as a folder that can be edited by hand or in a spreadsheet.

    The folder holds ``set.toml`` and a CSV table for each kind of row that the set has; a set with a base is written
    whole, and needs the base no more. Tables in the folder that the set does not have are removed, other files are not.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    folder : str or Path
        Folder to write in; made if it is not there.

    Returns
    -------
    Path
        The folder; loading it gives an equal set.

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
    out = made_folder(folder)
    files = set_files(assumptions)
    for name, text in files.items():
        write(made_folder((out / name).parent) / Path(name).name, text)
    in_folders = [path for name in schema.FOLDERS for path in (out / name).glob("*.csv")]
    for path in [out / BACKGROUND, *(out / f"{table}.csv" for table in schema.TABLES), *in_folders]:
        if path.relative_to(out).as_posix() not in files:
            path.unlink(missing_ok=True)
    return out


@guarded(scenario=instance(Scenario, words="Give a scenario"), path=a_path)
def save_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write a scenario as a TOML file.

    Levers that came from parts of the scenario, or were stacked or shifted, are written out in full.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    path : str or Path
        File to write.

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
    return write(Path(path), scenario_file(scenario))


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
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileError(
            Problem(f"cannot be written: {error.strerror}", str(path), "Give a folder that can be written")
        ) from None
    return path
