"""Read CSV text strictly: what a spreadsheet, an open quote or a cut-off copy did to a table is said, never guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from carecost.errors import Problem

#: Most lines of a table.
MOST_ROWS = 1_000_000
#: Most characters of a cell: what is longer is a quote that was never closed, or no table.
MOST_CHARACTERS = 131_072
#: Lines in which a header is looked for that is not in the first one.
_TITLES = 10
#: The only columns whose cells may span lines.
NOTES = ("note",)

_CLOSE = "Close the quote, or remove it; write a quote inside a quoted cell twice"


#: Text that a spreadsheet would work out, behind any apostrophes.
_FORMULA = re.compile(r"'*[=+\-@]")


def neutral(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    Parameters
    ----------
    text : str
        A cell of text; numbers are left to the caller.

    Returns
    -------
    str
        The cell; :func:`plain` gives the text back.

    Examples
    --------
    >>> neutral("=1+1"), neutral("foster"), plain(neutral("'=1+1"))
    ("'=1+1", 'foster', "'=1+1")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def plain(cell: str) -> str:
    """Take the apostrophe off that :func:`neutral` puts on."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


class Line(NamedTuple):
    """A row of a table: its number as a spreadsheet counts, from 1, and its cells."""

    number: int
    cells: list[str]


def read_csv(text: str, file: str, problems: list[Problem], known: Collection[str] = ()) -> list[Line] | None:
    r"""Read the lines of a table, header first.

    Parameters
    ----------
    text : str
        The table; lines end in ``\n``.
    file : str
        Its name, for messages.
    problems : list of Problem
        Where problems go.
    known : collection of str
        Names that its columns may have; any where there are none.

    Returns
    -------
    list of Line, or None
        The lines, blank ones and blank columns at the right left out; None where there was a problem.

    Examples
    --------
    >>> read_csv("a,b,\n1,2,\n,,\n", "x.csv", [])
    [Line(number=1, cells=['a', 'b']), Line(number=2, cells=['1', '2'])]
    >>> problems = []
    >>> read_csv('a,note\n1,"x\n2,y\n', "x.csv", problems)
    >>> str(problems[0])[:51]
    'x.csv, row 2: a quote is opened here and not closed'
    """
    before = len(problems)
    if text.count("\n") > MOST_ROWS:
        problems.append(Problem(f"has more than {MOST_ROWS:,} lines", file, "Split it, or use bands of ages"))
        return None
    lines = _lines(text, file, problems)
    if len(problems) > before or not lines:
        return None
    problems += _misread_header(lines, file, known)
    if len(problems) > before:
        return None
    width = max(_width(line.cells) for line in lines)
    last = lines[-1]
    if not text.endswith("\n") and len(lines) > 1 and len(last.cells) < len(lines[0].cells):
        what = f"the file ends in the middle of a row, after {len(last.cells)} of {len(lines[0].cells)} cells"
        problems.append(Problem(what, f"{file}, row {last.number}", "Copy the file again: it was cut off"))
        return None
    if not width:
        problems.append(Problem("is empty", file, "Fill it, or remove it if it is optional"))
        return None
    return [Line(number, cells[:width]) for number, cells in lines if any(cell.strip() for cell in cells)]


def _width(cells: Sequence[str]) -> int:
    """Give the number of cells up to the last that is not blank."""
    return next((i for i in range(len(cells), 0, -1) if cells[i - 1].strip()), 0)


def _lines(text: str, file: str, problems: list[Problem]) -> list[Line]:
    """Split text into rows, and refuse quotes that swallow rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    before = 0
    while True:
        number, place = len(lines) + 1, f"{file}, row {len(lines) + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return lines
        except csv.Error as error:
            problems.append(_unreadable(str(error), place, reader.line_num - before))
            return lines
        if reader.line_num > before + 1 and len(problems) == 0:
            problems += _spanning(lines[0].cells if lines else cells, cells, place)
        before = reader.line_num
        lines.append(Line(number, cells))


def _unreadable(error: str, place: str, spanned: int) -> Problem:
    """Say in our words why a row cannot be read: the reader stops where a quote that was opened goes wrong."""
    if "field limit" in error:
        return Problem(f"a cell is longer than {MOST_CHARACTERS:,} characters", place, f"Shorten it. {_CLOSE}")
    if "NUL" in error:
        return Problem("has a character of no text (NUL)", place, "Save it as CSV UTF-8")
    over = f", {spanned} lines on" if spanned > 1 else ""
    if "unexpected end" in error:
        return Problem(f"a quote is opened here and not closed by the end of the file{over}", place, _CLOSE)
    return Problem(f"a quote is opened here and closed in the middle of a cell{over}", place, _CLOSE)


def _spanning(header: Sequence[str], cells: Sequence[str], place: str) -> list[Problem]:
    """Refuse a cell that spans lines: unless it is a note, and none of its lines is a row of the table."""
    found = []
    for i, cell in enumerate(cells):
        if "\n" not in cell:
            continue
        name = header[i].strip() if i < len(header) else ""
        inner = [line for line in cell.split("\n")[1:] if line.count(",") >= max(len(header) - 2, 1)]
        if name not in NOTES or header is cells:
            what = f"a quoted cell spans {cell.count(chr(10)) + 1} lines"
            where = f"{place}, column {name}" if header is not cells else place
            found.append(Problem(what, where, f"Only a note may. {_CLOSE}"))
        elif inner and len(header) > 2:
            what = f"a quoted note holds what look like {len(inner)} rows of the table"
            found.append(Problem(what, f"{place}, column {name}", _CLOSE))
    return found


def _misread_header(lines: Sequence[Line], file: str, known: Collection[str]) -> list[Problem]:
    """Say where a header is that is apart in another way, or not in the first row."""
    header = [cell.strip() for cell in lines[0].cells]
    place = f"{file}, header"
    if _width(header) <= 1 and header:
        for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            parts = [part.strip() for part in header[0].split(mark)]
            if len(parts) > 1 and (not known or any(part in known for part in parts)):
                remedy = "Save it as CSV UTF-8 with commas between cells, and points in numbers"
                return [Problem(f"has {called} between cells", file, remedy)]
    if known and not any(name in known for name in header):
        for line in lines[1:_TITLES]:
            names = [cell.strip() for cell in line.cells if cell.strip()]
            if names and 2 * sum(name in known for name in names) > len(names):
                what = f"the header is in row {line.number}"
                return [Problem(what, place, "Remove what stands above it: the first row names the columns")]
    if known and len(lines[0].cells) == 1 and not header[0] and len(lines) > 1:
        return [Problem("the first row is blank", place, "Remove it: the first row names the columns")]
    return []
