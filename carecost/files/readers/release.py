"""A folder of a year's release: every file told from its columns, whatever it is called; what is not read is said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from carecost.errors import FileError, Problem
from carecost.files.readers import ees, lait, ons_population, section251
from carecost.files.readers.published_table import Layout, Reading, read_table

#: Every layout of every source, the most particular first.
LAYOUTS: tuple[Layout, ...] = (*section251.LAYOUTS, *lait.LAYOUTS, *ons_population.LAYOUTS, *ees.LAYOUTS)


@dataclass(frozen=True)
class Release:
    """What a folder holds.

    Parameters
    ----------
    readings : tuple of Reading
        Files that were read, by name.
    refused : tuple of (str, str)
        Files that were not, and why.
    """

    readings: tuple[Reading, ...]
    refused: tuple[tuple[str, str], ...]


def read_release(folder: str | Path) -> Release:
    r"""Read every file of a folder, and of the folders in it.

    Parameters
    ----------
    folder : str or Path
        Where the files are as they were downloaded and unpacked.

    Returns
    -------
    Release
        What was read, and what was not.

    Raises
    ------
    FileError
        If there is no such folder, it is a file, or it holds no file that can be read: with the reason of each.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "tool.csv")
    ...     _ = file.write_text("lait_code,period,area,value\nLACFinance,2024-25 (OT),England,2100\n")
    ...     read_release(folder).readings[0].layout
    'LAIT: indicators by area'
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise FileError(Problem(what, str(folder), "Give the folder that holds the downloaded files"))
    readings: list[Reading] = []
    refused: list[tuple[str, str]] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.casefold() != ".csv":
            refused.append((name, "is no CSV file: unpack an archive, save a sheet as CSV"))
            continue
        try:
            readings.append(read_table(path, LAYOUTS))
        except FileError as error:
            refused.append((name, "; ".join(f"{problem.what}. {problem.remedy}" for problem in error.problems)))
    if not readings:
        why = "; ".join(f"{name}: {reason}" for name, reason in refused) or "it is empty"
        remedy = "Download the release's data files (CSV) from Explore Education Statistics, unpacked"
        raise FileError(Problem("holds no file that can be read", str(folder), f"{why}. {remedy}"))
    return Release(tuple(readings), tuple(refused))
