"""Save sets and scenarios as files that read back the same."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from carecost.engine.grid import spell
from carecost.engine.items import Item
from carecost.errors import FileError, Problem
from carecost.files import schema
from carecost.files.schema import FOLDERS
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.change import Change
from carecost.inputs.dependence import CorrelationMatrix, JointDraws
from carecost.inputs.scenario import Scenario
from carecost.inputs.year_path import YearPath

#: What goes on behind every scenario of a set, where it has such a file.
BACKGROUND = "background.toml"


#: Every table of a set, folders apart.
TABLES = (*schema.LABELS, *schema.BELIEFS, *schema.TIES, *schema.PHASES)


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
    """
    a = assumptions
    rows: dict[str, list[dict[str, object]]] = {
        "placements": [
            {"placement": p.name, **_fields(p, "in_care", "from_age", "leave_age", "then", "group", "note")}
            for p in a.placements
        ],
        "reasons": [{"reason": r.name, **_fields(r, "to", "note")} for r in a.reasons],
        "items": [_item(item) for item in a.items],
        "capacity_groups": [{"group": g.name, **_fields(g, "placements", "next", "note")} for g in a.groups],
        "correlations": [vars(row) for row in a.ties.loadings],
        "paths": [_path(path) for path in a.paths],
        "phases": [{**vars(x), "phase": x.name, "unit": "per child-year"} for x in a.phases.rows],
        "phase_shares": [{**vars(x.where), **vars(x), "unit": "share"} for x in a.phases.shares],
    }
    for table, model in schema.BELIEFS.items():
        kind = {"growth": "growth", "adjustments": "adjustment"}.get(table, "value")
        chosen = [r for r in a.rows if r.kind == kind and (kind != "value" or r.parameter == table)]
        rows[table] = [_belief(r, model) for r in chosen]
    models = schema.LABELS | schema.BELIEFS | schema.TIES | schema.PHASES
    files = {f"{table}.csv": _table(models[table], rows[table]) for table in models if rows[table]}
    for folder, tables in (("correlations", a.ties.matrices), ("joint", a.ties.joints)):
        files |= {f"{folder}/{table.name}.csv": _numbers(table) for table in tables}
    if a.background is not None:
        files[BACKGROUND] = scenario_file(a.background)
    return {"set.toml": _set_toml(a)} | files


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
    head = _fields(scenario, "name", "title", "claim", "note")
    head |= {"made_for": scenario.made_for or None}
    blocks = [_toml_table("scenario", head)]
    for lever in scenario.levers:
        about = _fields(lever, "name", "source", "quality", "basis", "note")
        blocks.append(_toml_table("lever", about, array=True))
        blocks += [_toml_table("lever.evidence", vars(e), array=True) for e in lever.evidence]
        blocks += [_toml_table("lever.change", _change(c), array=True) for c in lever.changes]
    return "\n".join(blocks)


def _table(model: type[schema.Row], rows: Iterable[Mapping[str, object]]) -> str:
    # What a row is about comes before what is believed of it.
    columns = sorted(model.model_fields, key=lambda name: name in schema.BeliefRow.model_fields)
    return _csv(columns, ([_cell(row[name]) for name in columns] for row in rows))


def _numbers(table: CorrelationMatrix | JointDraws) -> str:
    return _csv(table.quantities, ([repr(x) for x in row] for row in table.rows))


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _path(path: YearPath) -> dict[str, object]:
    return {**vars(path.where), **vars(path), "unit": "multiplier"}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return spell(value) if value and isinstance(value[0], int) else "; ".join(value)
    return repr(value) if isinstance(value, float) else str(value)


def _fields(thing: object, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _item(item: Item) -> dict[str, object]:
    row = {"item": item.name} | _fields(
        item, *(n for n in schema.ItemRow.model_fields if hasattr(item, n) and n != "item")
    )
    share = {f"cashable_{k}": getattr(item.cashable, k) for k in ("short", "long", "years")}
    return row | share


def _belief(row: Assumption, model: type[schema.BeliefRow]) -> dict[str, object]:
    out: dict[str, object] = {}
    for name in model.model_fields:
        if hasattr(row.belief, name):
            out[name] = getattr(row.belief, name)
        elif name in ("name", "parameter", "from_year", "long_run", "fade_years"):
            out[name] = getattr(row, name)
        elif name in ("stream", "year", "age", "placement", "reason", "item", "group"):
            out[name] = getattr(row.where, f"{name}s")
        else:
            out[name] = getattr(row.where, name)
    return out


def _set_toml(a: Assumptions) -> str:
    discount, _, schedule = a.discount.name.rpartition(" ")
    head = _fields(a, "name", "title", "base_year", "years", "price_year", "programme_start")
    head |= {"first_age": a.ages[0], "last_age": a.ages[-1], "streams": a.streams, "averted_to": a.averted_to}
    head |= {"deflator": a.deflator.vintage, "discount": discount, "schedule": schedule}
    head |= _fields(a, "scope", "inaction", "uncounted")
    head |= _fields(a, "area", "portion") if a.area else {}
    blocks = [_toml_table("set", head)]
    blocks += [_toml_table("scopes", _fields(s, "name", "groups", "note"), array=True) for s in a.scopes]
    for note in a.notes:
        table: dict[str, object]
        if note.kind == "gap":
            table = {"asked": note.what, "published": note.says[0], "rule": note.says[1]}
        elif note.kind == "contradiction":
            table = {"about": note.what, "says": note.says}
        else:
            table = {"what": note.what}
        blocks.append(_toml_table(note.kind, table, array=True))
    return "\n".join(blocks)


def _change(change: Change) -> dict[str, object]:
    out: dict[str, object] = {}
    for name in schema.ChangeTable.model_fields:
        if name in ("amount", "low", "high", "level", "distribution"):
            out[name] = getattr(change.amount, "value" if name == "amount" else name)
        elif name.startswith("times") and name != "times_of":
            out[name] = getattr(change.times, name.removeprefix("times_") if "_" in name else "value", None)
        elif hasattr(change, name):
            out[name] = getattr(change, name)
        else:
            out[name] = getattr(change.where, name)
    return {k: v for k, v in out.items() if v is not None and v != ()}


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


def save_assumptions(assumptions: Assumptions, folder: str | Path) -> Path:
    """Write a set as a folder that can be edited by hand or in a spreadsheet.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    folder : str or Path
        Where; made if it is not there. Loading it gives an equal set.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    out = made_folder(folder)
    files = set_files(assumptions)
    for name, text in files.items():
        write(made_folder((out / name).parent) / Path(name).name, text)
    in_folders = [path for part in FOLDERS for path in (out / part).glob("*.csv")]
    for path in [out / BACKGROUND, *(out / f"{table}.csv" for table in TABLES), *in_folders]:
        if path.relative_to(out).as_posix() not in files:
            path.unlink(missing_ok=True)
    return out


def save_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write a scenario as a TOML file; loading it gives an equal scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    path : str or Path
        File to write.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileError
        If it cannot be written.
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
