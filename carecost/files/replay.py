"""How is a saved run made again? The inputs and settings kept beside its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from carecost.files.archive import read_manifest
from carecost.files.load import load_assumptions, load_scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.run import Run, run


def replay(folder: str | Path) -> Run:
    """Make a saved run again from its inputs, with the same luck.

    Parameters
    ----------
    folder : str or Path
        A folder that ``results.save`` wrote.

    Returns
    -------
    Run
        The run; the same to the last bit on the same versions.

    Raises
    ------
    FileError
        If a file is missing or was altered.
    """
    made: dict[str, Any] = read_manifest(folder)["run"]
    inputs = Path(folder) / "inputs"
    paths = sorted(inputs.glob("scenarios/*.toml"), key=lambda path: int(path.stem))
    return run(
        load_assumptions(inputs / "assumptions"),
        [load_scenario(path) for path in paths],
        years=made["years"],
        draws=Draws(made["draws"], made["seed"], made["noise"]),
        start=made["programme_start"],
    )
