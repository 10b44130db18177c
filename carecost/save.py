"""Where does it go? Sets, scenarios and results written as files that read back the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecost import schema, schema_toml
from carecost.assumptions import Assumptions
from carecost.beliefs import Assumption
from carecost.changes import Change
from carecost.cost_items import Item
from carecost.errors import FileError, Problem
from carecost.scenarios import Scenario
from carecost.selector import spell

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"


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
    write(out / "set.toml", _set_toml(assumptions))
    labels: dict[str, list[dict[str, object]]] = {
        "placements": [
            {"placement": p.name, **_fields(p, "in_care", "leave_age", "then", "group", "note")}
            for p in assumptions.placements
        ],
        "reasons": [{"reason": r.name, **_fields(r, "to", "note")} for r in assumptions.reasons],
        "items": [_item(item) for item in assumptions.items],
    }
    for table, rows in labels.items():
        _write_table(out / f"{table}.csv", schema.LABELS[table], rows)
    for table, model in schema.BELIEFS.items():
        kind = {"growth": "growth", "adjustments": "adjustment"}.get(table, "value")
        chosen = [r for r in assumptions.rows if r.kind == kind and (kind != "value" or r.parameter == table)]
        _write_table(out / f"{table}.csv", model, [_belief(r, model) for r in chosen])
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
    head = {"name": scenario.name, "title": scenario.title, "claim": scenario.claim, "note": scenario.note}
    blocks = [_toml_table("scenario", head)]
    for lever in scenario.levers:
        blocks.append(_toml_table("lever", _fields(lever, "name", "source", "quality", "note"), array=True))
        blocks += [_toml_table("lever.change", _change(c), array=True) for c in lever.changes]
    return write(Path(path), "\n".join(blocks))


def save_results(
    folder: str | Path,
    tables: Mapping[str, pd.DataFrame],
    assumptions: Assumptions,
    scenarios: Iterable[Scenario],
    manifest: Mapping[str, Any],
) -> Path:
    """Write tables, inputs and a manifest with the digest of every file.

    Parameters
    ----------
    folder : str or Path
        Where; made if it is not there.
    tables : mapping of str to DataFrame
        One CSV each.
    assumptions, scenarios, manifest
        Inputs, kept beside the tables so that the run can be made again; what the run was.

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
    for name, frame in tables.items():
        write(out / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    save_assumptions(assumptions, out / "inputs" / "assumptions")
    paths = [
        save_scenario(s, made_folder(out / "inputs" / "scenarios") / f"{i}.toml") for i, s in enumerate(scenarios, 1)
    ]
    written = [out / f"{n}.csv" for n in tables] + sorted((out / "inputs" / "assumptions").iterdir()) + paths
    digests = {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in written}
    write(out / MANIFEST, json.dumps({**manifest, "files": digests}, indent=2, ensure_ascii=False) + "\n")
    return out


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Read the manifest of saved results, and refuse files that were altered.

    Raises
    ------
    FileError
        If the manifest or a file is missing or altered.
    """
    root = Path(folder)
    path = root / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = manifest["files"]
    except (OSError, ValueError, KeyError):
        raise FileError(
            Problem("is missing or is not a manifest", str(path), "Give a folder that results.save wrote")
        ) from None
    problems = []
    for name, digest in files.items():
        try:
            altered = hashlib.sha256((root / name).read_bytes()).hexdigest() != digest
        except OSError:
            problems.append(Problem("is missing", name, "Save the results again"))
            continue
        if altered:
            problems.append(Problem("was altered since it was saved", name, "Save the results again"))
    if problems:
        raise FileError(problems)
    return manifest


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


def _write_table(path: Path, model: type[schema.Row], rows: list[dict[str, object]]) -> None:
    if not rows:
        path.unlink(missing_ok=True)
        return
    text = io.StringIO()
    # What a row is about comes before what is believed of it.
    columns = sorted(model.model_fields, key=lambda name: name in schema.BeliefRow.model_fields)
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    write(path, text.getvalue())


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
        elif name in ("stream", "year", "age", "placement", "reason", "item"):
            out[name] = getattr(row.where, f"{name}s")
        else:
            out[name] = getattr(row.where, name)
    return out


def _set_toml(a: Assumptions) -> str:
    discount, _, schedule = a.discount.name.rpartition(" ")
    head = _fields(a, "name", "title", "base_year", "years", "price_year", "programme_start")
    head |= {"first_age": a.ages[0], "last_age": a.ages[-1], "streams": a.streams, "averted_to": a.averted_to}
    head |= {"deflator": a.deflator.vintage, "discount": discount, "schedule": schedule}
    head |= _fields(a, "scope", "inaction")
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
    for name in schema_toml.ChangeTable.model_fields:
        if name in ("amount", "low", "high", "level", "distribution"):
            out[name] = getattr(change.amount, "value" if name == "amount" else name)
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
