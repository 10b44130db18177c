"""Tables as publishers release them: told from their columns, read a figure a cell, and what is not read is said.

A reader of a source (:mod:`~carecost.files.readers.ees` and those beside it) is a list of layouts. A layout names the
columns by which it is known, each under any of the names that it has been published under, and gives the figures of
the rows. A count that is withheld is a figure without a value; a cell that is no number is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from carecost.errors import FileError, Problem, nearest, refuse
from carecost.files.csv_table import read_csv
from carecost.files.parsing import SUPPRESSED

#: Most bytes of a release's file: tables by authority of five years have a few tens of millions.
MOST_BYTES = 400_000_000
#: Cells that could not be read and are named; of the others the number is said.
NAMED = 5

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_FINANCIAL = re.compile(r"(\d{4})\s*[-/]?\s*(\d{2})(\s*\(.*\))?")


@dataclass(frozen=True)
class Figure:
    """One published figure.

    Parameters
    ----------
    what : str
        What is counted, in the words of its layout.
    year : int
        Year that ends on 31 March, or the date; for a mid-year its calendar year.
    level, area : str
        National, Regional, Local authority; name of the area.
    labels : mapping of str to str
        What else the row says of it, by our name of the column.
    value : float, optional
        The figure; none where it is withheld or cannot be read.
    mark : str
        What stands in its place.
    row : int
        Row of the file, as a spreadsheet counts.
    """

    what: str
    year: int
    level: str
    area: str
    labels: Mapping[str, str]
    value: float | None
    mark: str
    row: int


@dataclass
class Table:
    """A file that was told: its rows by column, and what is said of it.

    Parameters
    ----------
    file : str
        Its name.
    columns : tuple of str
        As they stand.
    rows : list of (int, dict)
        Number and cells of each row.
    said : list of str
        What was not read, and why.
    withheld : Counter
        Marks that stand for figures, and how many.
    """

    file: str
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    said: list[str] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)

    def named(self, *names: str) -> str:
        """Give the one of some names that a column has; empty where none has."""
        return next((name for name in names if name in self.columns), "")

    def figure(
        self, what: str, row: int, year: str, place: tuple[str, str], text: str, **labels: str
    ) -> Iterator[Figure]:
        """Give the figure of a cell, unless its year cannot be read: then that is said."""
        when = year_of(year)
        if when is None:
            self.unread.append(f"row {row}: the year is {year!r}")
            return
        value, mark = number_of(text)
        if value is None and not withheld(mark):
            self.unread.append(f"row {row}: {what} is {text!r}")
        elif value is None:
            self.withheld[mark] += 1
        yield Figure(what, when, *place, labels, value, mark, row)

    def remarks(self) -> tuple[str, ...]:
        """Say what was not read."""
        found = list(self.said)
        if self.withheld:
            marks = ", ".join(
                f"{count:,} {mark!r}" if mark else f"{count:,} blank" for mark, count in sorted(self.withheld.items())
            )
            found.append(f"figures withheld: {marks}")
        if self.unread:
            more = f" and {len(self.unread) - NAMED:,} more" if len(self.unread) > NAMED else ""
            found.append(f"not read: {'; '.join(self.unread[:NAMED])}{more}")
        return tuple(found)


@dataclass(frozen=True)
class Layout:
    """Columns by which a file is known, and how its rows are figures.

    Parameters
    ----------
    name : str
        What it is.
    needs : tuple of tuple of str
        Columns that it must have, each under any of some names, the first being the newest.
    figures : callable
        Gives the figures of a table, and says in it what it does not read.
    never : tuple of str
        Columns that it never has: with one of them a file is of another layout, of which some column is missing.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    figures: Callable[[Table], Iterator[Figure]]
    never: tuple[str, ...] = ()

    def lacks(self, columns: Iterable[str]) -> list[str]:
        """Give the columns that are missing, by their newest names."""
        there = set(columns)
        return [names[0] for names in self.needs if not there & set(names)]


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    Parameters
    ----------
    file, layout : str
        Name of the file; what it is.
    figures : tuple of Figure
        Its figures.
    remarks : tuple of str
        What was not read, or is withheld.
    """

    file: str
    layout: str
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Years that it has figures of, in order."""
        return tuple(sorted({figure.year for figure in self.figures}))


def year_of(text: str) -> int | None:
    """Read a period: 2025, 202425, 2024-25, 2024/25 and 2024-25 (OT) are all the year to 31 March 2025.

    Examples
    --------
    >>> [year_of(text) for text in ("2025", "202425", "2024-25 (OT)", "2024/25", "2024-26", "31 March")]
    [2025, 2025, 2025, 2025, None, None]
    """
    text = text.strip()
    if re.fullmatch(r"(19|20)\d{2}(\.0)?", text):
        return int(text[:4])
    found = _FINANCIAL.fullmatch(text)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        return None
    return int(found[1]) + 1


def number_of(text: str) -> tuple[float | None, str]:
    """Read a count, with commas between thousands or without; what stands in its place as the second.

    Examples
    --------
    >>> number_of("81,770"), number_of("12.5"), number_of("c"), number_of("8,17")
    ((81770.0, ''), (12.5, ''), (None, 'c'), (None, '8,17'))
    """
    text = text.strip().lstrip("£").strip()
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", "")), ""
    if _PLAIN.fullmatch(text):
        return float(text), ""
    return None, text


def withheld(mark: str) -> bool:
    """Say whether a mark stands for a figure that is withheld, not known or none."""
    return not mark or mark.casefold() in SUPPRESSED


def tell(columns: Sequence[str], layouts: Sequence[Layout], file: str) -> Layout:
    """Tell a layout from its columns: the first that lacks none.

    Raises
    ------
    FileError
        If the columns are of none: with the nearest, what it lacks, and the likeliest slip in a name.
    """
    for layout in layouts:
        if not layout.lacks(columns) and not set(columns) & set(layout.never):
            return layout
    near = max(
        (one for one in layouts if one.lacks(columns)),
        key=lambda one: (len(one.needs) - len(one.lacks(columns))) / len(one.needs),
    )
    missing = near.lacks(columns)
    what = f"columns {', '.join(columns[:12])}{' …' if len(columns) > 12 else ''} are of no layout that is known"
    if 2 * len(missing) > len(near.needs):  # near to nothing
        raise FileError(Problem(what, f"{file}, header", f"Known are {_listed(layouts)}"))
    guessed = ((name, nearest(name, columns).partition(" Known")[0]) for name in missing)
    slips = [f"For {name!r}: {guess}" for name, guess in guessed if guess.endswith("?")]
    lacking = ", ".join(map(repr, missing))
    remedy = f"The nearest is {near.name}, which has {lacking} too"
    raise FileError(Problem(what, f"{file}, header", ". ".join([remedy, *slips])))


def _listed(layouts: Sequence[Layout]) -> str:
    return "; ".join(layout.name for layout in layouts)


def read_table(path: Path, layouts: Sequence[Layout]) -> Reading:
    """Read a file whose layout is told from its columns.

    Parameters
    ----------
    path : Path
        A CSV file: UTF-8 with or without a byte-order mark, or Windows-1252.
    layouts : sequence of Layout
        What it may be, the most particular first.

    Returns
    -------
    Reading
        Its figures, and what was not read.

    Raises
    ------
    FileError
        If it cannot be read, is no table, or is of no layout that is known.
    """
    text, remark = _text(path)
    problems: list[Problem] = []
    lines = read_csv(text, path.name, problems)
    refuse(problems, FileError)
    if not lines:
        raise FileError(Problem("is empty", path.name, "Download it again"))
    columns = tuple(cell.strip() for cell in lines[0].cells)
    layout = tell(columns, layouts, path.name)
    twice = sorted(name for name, count in Counter(columns).items() if name and count > 1)
    if twice:
        raise FileError(Problem(f"column {twice[0]!r} is there twice", f"{path.name}, header", "Keep one"))
    table = Table(path.name, columns, [], [remark] if remark else [])
    for number, cells in lines[1:]:
        if len(cells) > len(columns):
            table.unread.append(f"row {number}: has {len(cells)} cells under {len(columns)} columns")
            continue
        cells = [*cells, *[""] * (len(columns) - len(cells))]
        table.rows.append((number, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
    figures = tuple(layout.figures(table))
    if not table.rows:
        table.said.append("has a header and no rows")
    return Reading(path.name, layout.name, figures, table.remarks())


def _text(path: Path) -> tuple[str, str]:
    """Read text with any line ending, and say where it is not UTF-8.

    Raises
    ------
    FileError
        If it cannot be read, is too long or empty.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            what = f"has more than {MOST_BYTES // 1_000_000} MB"
            raise FileError(Problem(what, path.name, "Keep the national and regional rows"))
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise FileError(Problem(what, path.name, "Check the path and its permissions")) from None
    try:
        text, remark = data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text, remark = data.decode("cp1252", errors="replace"), "not UTF-8: read as Windows-1252"
    if not text.strip():
        raise FileError(Problem("is empty", path.name, "Download it again"))
    return text.replace("\r\n", "\n").replace("\r", "\n"), remark
