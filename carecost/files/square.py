"""What does a table of numbers say? A header of names and rows of plain numbers, with every fault."""

from __future__ import annotations

import csv
import io

from carecost.errors import Problem

Numbers = tuple[tuple[float, ...], ...]


def read_numbers(text: str, file: str, problems: list[Problem]) -> tuple[tuple[str, ...], Numbers] | None:
    r"""Read a table whose every cell is a number under the name of its column.

    Parameters
    ----------
    text : str
        The table, as CSV.
    file : str
        Its name, for messages.
    problems : list of Problem
        Where problems go: blank or repeated names, blank cells, cells that are no numbers.

    Returns
    -------
    tuple of names and rows, or None
        None where there was a problem.

    Examples
    --------
    >>> read_numbers("a,b\n1,0.5\n", "x.csv", [])
    (('a', 'b'), ((1.0, 0.5),))
    """
    before = len(problems)
    lines = list(csv.reader(io.StringIO(text), strict=False))
    names = [name.strip() for name in lines[0]]
    for i, name in enumerate(names, start=1):
        if not name:
            problems.append(Problem(f"column {i} has no name", f"{file}, header", "Name the quantity, as it is drawn"))
        elif name in names[: i - 1]:
            problems.append(Problem(f"column {name!r} is there twice", f"{file}, header", "Keep one"))
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):  # spreadsheets leave blank rows at the end
            rows.append(_row(names, cells, f"{file}, row {number}", problems))
    if not rows:
        problems.append(Problem("has a header and no rows", file, "Add rows, or remove the file"))
    return None if len(problems) > before else (tuple(names), tuple(rows))


def _row(names: list[str], cells: list[str], where: str, problems: list[Problem]) -> tuple[float, ...]:
    if any(cell.strip() for cell in cells[len(names) :]):
        extra = next(cell for cell in cells[len(names) :] if cell.strip())
        problems.append(Problem(f"has a cell {extra!r} beyond the last column", where, "Quote names that hold commas"))
    padded = [*cells, *[""] * len(names)]
    return tuple(
        _number(cell.strip(), f"{where}, column {i}", problems) for i, cell in enumerate(padded[: len(names)], 1)
    )


def _number(cell: str, where: str, problems: list[Problem]) -> float:
    if not cell:
        problems.append(Problem("is blank", where, "Give a number, and quote the names of columns that hold commas"))
        return 0.0
    try:
        return float(cell)
    except ValueError:
        problems.append(Problem(f"is {cell!r}", where, "Write a plain number, such as 0.25 or 1250"))
        return 0.0
