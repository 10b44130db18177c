"""Write workbooks for spreadsheet programs, by the public guidance for accessible spreadsheets.

That is: a cover with notes and a list of sheets, one table a sheet that begins in the first column and has a name,
headers marked as such, no merged cells, no empty rows or columns within a table, units in the headers, words for every
chart, a title and a language. A formula is stored with its result, so that a reader that does not work it out shows
the same number. The same sheets give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from carecost.errors import FileError, Problem
from carecost.files.parsing import with_ending

#: The ending of a workbook.
ENDING = ".xlsx"
#: The sheet that comes first.
COVER = "Cover"
#: The date that the file says it was made: none, so that the same sheets give the same bytes.
_MADE = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
#: Formats of numbers and text by unit; others are written as they are.
_FORMATS = {"children": "#,##0", "GBP": "#,##0", "factor": "0.0000", "year": "0", "text": "@"}
#: Letters of a column, least and most.
_NARROW, _WIDE = 10, 60
#: Rows above a table: the title of the sheet, what it holds, and the way back to the cover.
ABOVE = 3
#: Rows below a table for which its columns offer the words that they take.
_MORE_ROWS = 500


@dataclass(frozen=True)
class Formula:
    """A formula of a spreadsheet and its result; ``{row}`` stands for the row that it is written in."""

    text: str
    value: float


@dataclass(frozen=True)
class Column:
    """A column: its header, the unit by which its numbers are shown (``text`` keeps what is typed), and its words."""

    head: str
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart drawn by the spreadsheet program from columns of a sheet.

    Attributes
    ----------
    title, words : str
        What it shows; the same in a sentence, for those who cannot see it.
    kind : str
        ``line`` or ``column``.
    sheet : str
        Sheet of the numbers.
    across : str
        Header of the column along the axis.
    heads : tuple of str
        Headers of the series.
    rows : tuple of int
        First and last row of the table that is drawn, from 0.
    unit : str
        What the numbers are.
    """

    title: str
    words: str
    kind: str
    sheet: str
    across: str
    heads: tuple[str, ...]
    rows: tuple[int, int]
    unit: str


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, what it holds in a line, its columns and rows."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]


def named(path: str | Path) -> Path:
    """Take the name of a workbook, before anything is done for it.

    Raises
    ------
    FileError
        If it does not end in ``.xlsx``, or what writes and reads workbooks is not installed.
    """
    file = with_ending(path, ENDING)
    for module, does in (("xlsxwriter", "XlsxWriter"), ("python_calamine", "python-calamine")):
        if find_spec(module) is None:
            remedy = 'pip install "carecost[excel]"'
            raise FileError(Problem(f"{does} is not installed, which workbooks need", str(path), remedy))
    return file


def workbook(title: str, lines: Sequence[str], sheets: Sequence[Sheet], charts: Sequence[Chart] = ()) -> bytes:
    """Make a workbook.

    Parameters
    ----------
    title : str
        Title of the whole, in its properties too.
    lines : sequence of str
        What the cover says, above its list of sheets.
    sheets : sequence of Sheet
        Sheets in order.
    charts : sequence of Chart
        Charts, drawn on a sheet of their own after the others.

    Returns
    -------
    bytes
        The file.
    """
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"title": title, "author": "carecost", "created": _MADE})
    _Writer(made).write(title, lines, sheets, charts)
    made.close()
    return _in_english(out.getvalue())


def _in_english(file: bytes) -> bytes:
    """Put the language into the properties of the file, which screen readers read by."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename == "docProps/core.xml":
                end = b"</cp:coreProperties>"
                content = content.replace(end, b"<dc:language>en-GB</dc:language>" + end)
            after.writestr(part, content)
    return out.getvalue()


class _Writer:
    """Writes sheets with XlsxWriter."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.title = made.add_format({"bold": True, "font_size": 14})
        self.head = made.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.text = made.add_format({"text_wrap": True, "valign": "top"})
        self.link = made.get_default_url_format()
        self.of = {unit: made.add_format({"num_format": form}) for unit, form in _FORMATS.items()}
        self.of |= {f"{unit} sum": made.add_format({"num_format": _FORMATS[unit], "bold": True}) for unit in _FORMATS}
        self.long = made.add_format({"num_format": _FORMATS["text"], "text_wrap": True, "valign": "top"})

    def write(self, title: str, lines: Sequence[str], sheets: Sequence[Sheet], charts: Sequence[Chart]) -> None:
        """Write the cover, the sheets, and the charts."""
        cover = self.made.add_worksheet(COVER)
        for i, sheet in enumerate(sheets):
            self._sheet(sheet, self.made.add_worksheet(sheet.name), i)
        listed = [(sheet.name, sheet.about) for sheet in sheets]
        if charts:
            self._charts(self.made.add_worksheet("Charts"), sheets, charts)
            listed.append(("Charts", "Charts of these sheets, with words"))
        self._cover(cover, title, lines, listed)
        cover.set_landscape()
        cover.fit_to_pages(1, 0)
        cover.activate()

    def _cover(self, page: Any, title: str, lines: Sequence[str], listed: Sequence[tuple[str, str]]) -> None:
        page.set_column(0, 0, 24)
        page.set_column(1, 1, 100)
        page.write_string(0, 0, title, self.title)
        for row, line in enumerate(lines, start=1):
            page.write_string(row, 0, line)
        head = 1 + len(lines)
        for i, (name, about) in enumerate(listed, start=1):
            page.write_url(head + i, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", self.link, name)
            page.write_string(head + i, 1, about, self.text)
        self._table(page, head, ["Sheet", "What it holds"], len(listed), "contents")

    def _sheet(self, sheet: Sheet, page: Any, number: int) -> None:
        self._above(page, sheet.name, sheet.about)
        page.freeze_panes(ABOVE + 1, 1)
        page.repeat_rows(ABOVE)
        last = ABOVE + max(len(sheet.rows), 1)
        for i, column in enumerate(sheet.columns):
            longest = max([len(column.head) // 2, *(len(said(row[i])) for row in sheet.rows)])
            kept = self.of["text"] if column.unit == "text" else None
            page.set_column(i, i, min(max(longest + 2, _NARROW), _WIDE), kept)
            if column.choices:
                rule = {"validate": "list", "source": list(column.choices), "ignore_blank": True}
                words = {"error_title": column.head, "error_message": f"One of: {', '.join(column.choices)}"[:255]}
                page.data_validation(ABOVE + 1, i, last + _MORE_ROWS, i, rule | words)
        for j, row in enumerate(sheet.rows):
            for i, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                self._cell(page, ABOVE + 1 + j, i, column, value)
        self._table(page, ABOVE, [c.head for c in sheet.columns], len(sheet.rows), f"table_{number}")

    def _above(self, page: Any, title: str, about: str) -> None:
        """Write what stands above a table or the charts: title, what is there, and the way back."""
        page.write_string(0, 0, title, self.title)
        page.write_string(1, 0, about)
        page.write_url(2, 0, f"internal:'{COVER}'!A1", self.link, "Back to the cover")
        page.set_landscape()
        page.fit_to_pages(1, 0)

    def _cell(self, page: Any, row: int, column: int, of: Column, value: object) -> None:
        if isinstance(value, Formula):
            text = value.text.format(row=row + 1, above=row)
            page.write_formula(row, column, text, self.of.get(f"{of.unit} sum"), value.value)
        elif isinstance(value, bool | np.bool_):
            page.write_boolean(row, column, bool(value))
        elif isinstance(value, int | float | np.number) and np.isfinite(value):
            page.write_number(row, column, float(value), self.of.get(of.unit))
        elif said(value):
            kept = of.unit == "text"
            wrapped, plain = (self.long, self.of["text"]) if kept else (self.text, None)
            page.write_string(row, column, said(value), wrapped if len(said(value)) > _WIDE else plain)

    def _table(self, page: Any, row: int, heads: Sequence[str], length: int, name: str) -> None:
        """Mark rows that are written as a table, with their headers."""
        columns = [{"header": head, "header_format": self.head} for head in heads]
        options = {"columns": columns, "name": name, "style": "Table Style Light 1", "autofilter": False}
        page.add_table(row, 0, row + max(length, 1), len(heads) - 1, options)

    def _charts(self, page: Any, sheets: Sequence[Sheet], charts: Sequence[Chart]) -> None:
        self._above(page, "Charts", "Drawn from the sheets of this workbook")
        of = {sheet.name: sheet for sheet in sheets}
        for i, chart in enumerate(charts):
            sheet, at = of[chart.sheet], ABOVE + 1 + 22 * i
            places = {column.head: j for j, column in enumerate(sheet.columns)}
            first, last = (ABOVE + 1 + row for row in chart.rows)
            options = {"type": chart.kind, **({"subtype": "stacked"} if chart.kind == "column" else {})}
            made = self.made.add_chart(options)
            for head in chart.heads:
                made.add_series(
                    {
                        "name": [chart.sheet, ABOVE, places[head]],
                        "categories": [chart.sheet, first, places[chart.across], last, places[chart.across]],
                        "values": [chart.sheet, first, places[head], last, places[head]],
                    }
                )
            made.set_title({"name": chart.title, "name_font": {"size": 12}})
            form = '£0.0,,,"bn"' if chart.unit == "GBP" else "#,##0"
            made.set_y_axis({"name": chart.unit, "num_format": form})
            if chart.kind == "line":
                made.set_x_axis({"label_position": "low"})
            made.set_legend({"position": "bottom"})
            made.set_size({"width": 880, "height": 400})
            page.write_string(at - 1, 0, chart.words)
            page.insert_chart(at, 0, made, {"description": chart.words})


def said(value: object) -> str:
    """Write a cell as text: empty for what is not there, lists with semicolons."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    if isinstance(value, Formula):
        return f"{value.value:,.0f}"
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    return f"{value:,.0f}" if isinstance(value, float) and abs(value) >= 1000 else str(value)


def letter(number: int) -> str:
    """Give the letters of a column, from 0: A, B, …, Z, AA.

    Examples
    --------
    >>> letter(0), letter(25), letter(26), letter(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
