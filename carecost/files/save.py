"""Where does it go? Sets and scenarios written as files that read back the same."""

from __future__ import annotations

import os
from pathlib import Path

from carecost.errors import FileError, Problem
from carecost.files.schema import FOLDERS
from carecost.files.written import BACKGROUND, TABLES, scenario_file, set_files
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario


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
