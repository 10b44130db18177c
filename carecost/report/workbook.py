"""The workbook: what a run says as a spreadsheet, a table a sheet, with totals as formulas an auditor can follow.

It keeps the public guidance for accessible spreadsheets: a cover with notes and a list of sheets, one table a sheet
that begins in the first column and has a name, headers marked as such, no merged cells, no empty rows within a table,
units in the headers, and words for every chart. A formula is stored with its result, so that a reader that does not
work it out shows the same number.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost import _labels
from carecost._labels import INACTION
from carecost.errors import FileError, Problem
from carecost.files.archive import add_files
from carecost.report.story import Story, story
from carecost.results.tables import interval
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results

#: The date that the file says it was made: none, so that the same run gives the same bytes.
_MADE = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
#: Formats of numbers by unit; others are written as they are.
_FORMATS = {"children": "#,##0", "GBP": "#,##0", "factor": "0.0000", "year": "0"}
#: Letters of a column, least and most.
_NARROW, _WIDE = 10, 60


@dataclass(frozen=True)
class Formula:
    """A formula of a spreadsheet and its result; ``{row}`` stands for the row that it is written in."""

    text: str
    value: float


@dataclass(frozen=True)
class Column:
    """A column: its header, and the unit by which its numbers are shown."""

    head: str
    unit: str = ""


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


#: Rows above a table: the title of the sheet, what it holds, and the way back to the cover.
_ABOVE = 3


def write_workbook(results: Results | Story, path: str | Path) -> Path:
    """Write what a run says as a workbook for a spreadsheet program.

    Parameters
    ----------
    results : Results or Story
        What a run gave, or what it has to say where that is known.
    path : str or Path
        The file, ending in ``.xlsx``.

    Returns
    -------
    Path
        The file. The same run gives the same bytes.

    Raises
    ------
    FileError
        If it cannot be written, does not end in ``.xlsx``, or XlsxWriter is not installed.

    See Also
    --------
    carecost.Results.workbook : The same, of a run.
    """
    file = named(path)
    return add_files(file.parent, {file.name: book(story(results))})[0]


def named(path: str | Path) -> Path:
    """Take the name of a workbook, before anything is run for it.

    Raises
    ------
    FileError
        If it does not end in ``.xlsx``, or XlsxWriter is not installed.
    """
    file = Path(path)
    if file.suffix.lower() != ".xlsx":
        raise FileError(Problem(f"ends in {file.suffix!r}", str(path), 'Give a name that ends in ".xlsx"'))
    if find_spec("xlsxwriter") is None:
        remedy = 'pip install "carecost[excel]"'
        raise FileError(Problem("XlsxWriter is not installed, which writes workbooks", str(path), remedy))
    return file


def book(told: Story) -> bytes:
    """Make the workbook.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    bytes
        The file.
    """
    import xlsxwriter

    found = list(sheets(told))
    drawn = list(charts(told, {sheet.name: sheet for sheet in found}))
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"title": _title(told), "author": "carecost", "created": _MADE})
    _Writer(made).write(told, found, drawn)
    made.close()
    return out.getvalue()


# What it holds


def sheets(told: Story) -> Iterator[Sheet]:
    """Give every sheet but the cover and the charts, in order.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Yields
    ------
    Sheet
        The brief's table, years, placements, spend by group, savings, assumptions, parts, attribution, baselines.
    """
    yield _answer(told)
    yield _children(told)
    yield _placements(told)
    yield _spend(told)
    if told.against:
        yield _savings(told)
    yield _frame("Assumptions", _ASSUMED, told.assumptions.table())
    yield from (sheet for sheet in (_programme(told), _attribution(told)) if sheet.rows)
    if told.assumptions.baselines:
        yield _frame("Baselines", _BASELINES, told.results.baselines())


_ASSUMED = "Every assumption with interval, unit, source and grade (A official and direct to E assumed)"
_BASELINES = "The same question under every other baseline, central runs"


def _titles(told: Story) -> dict[str, str]:
    """Give the title of each scenario, made different where two are alike."""
    titles = {name: spent.plan.short or spent.plan.title or name for name, spent in told.spending.items()}
    twice = {t for t in titles.values() if list(titles.values()).count(t) > 1}
    return {name: f"{title} ({name})" if title in twice else title for name, title in titles.items()}


def _title(told: Story) -> str:
    return f"Children in care: {told.assumptions.title or told.assumptions.name}"


def _answer(told: Story) -> Sheet:
    """The brief's table as it is printed there, ranges in a row of their own."""
    made = told.answer
    heads = ["What", *(f"{c.title} ({c.under})" if c.under else c.title for c in made.columns)]
    heads = [f"{head}, {i}" if heads.count(head) > 1 else head for i, head in enumerate(heads)]
    rows: list[tuple[object, ...]] = []
    whole = ""
    for line in made.lines:
        whole, label = _label(line.label, whole)
        rows.append((label, *(cell.value for cell in line.cells)))
        if any(cell.below for cell in line.cells):
            rows.append((f"{label}: four chances in five, or note", *(cell.below for cell in line.cells)))
    about = f"The table of the brief, as it is printed there; {made.prices}"
    return Sheet("Answer", about, tuple(map(Column, heads)), tuple(rows))


def _label(label: str, whole: str) -> tuple[str, str]:
    """Write out a label that goes on from the last whole one; give that and the label."""
    if not label.startswith("… "):
        return label, label
    rest = label.removeprefix("… ")
    return whole, f"{whole[:-4]}{rest}" if rest.isdigit() else f"{whole}, {rest}"


def _children(told: Story) -> Sheet:
    """Children in care on each date: mean and interval, or the central run."""
    run, titles, drawn = told.results.run, _titles(told), told.draws.n > 1
    columns, series = [Column("31 March", "year")], [np.array(told.grid.dates, dtype=float)]
    for name, title in titles.items():
        inside = run.shown[name].in_care(told.grid)[0]  # (draw, date)
        columns.append(Column(f"{title}, {'mean' if drawn else 'central'}", "children"))
        series.append(inside.mean(0))
        if drawn:
            columns += [Column(f"{title}, {end}", "children") for end in ("low", "high")]
            series += list(np.transpose([interval(at) for at in inside.T]))
    about = f"Children in care on 31 March{', mean and four chances in five' if drawn else ''}"
    return Sheet("Children", about, tuple(columns), _rows(series))


def _placements(told: Story) -> Sheet:
    """Children by placement on each date, mean, and their sum as a formula."""
    run, grid = told.results.run, told.grid
    inside = [i for i, placement in enumerate(grid.placements) if placement.in_care]
    names = [grid.placements[i].name for i in inside]
    columns = (Column("Scenario"), Column("31 March", "year"), *(Column(n, "children") for n in names))
    first, last = _letter(2), _letter(1 + len(names))
    rows = []
    for name, title in _titles(told).items():
        stock = run.shown[name].stock.sum(1).mean(0)[:, inside]  # streams summed: (date, placement in care)
        for date, there in zip(grid.dates, stock, strict=True):
            total = Formula(f"=SUM({first}{{row}}:{last}{{row}})", float(there.sum()))
            rows.append((title, date, *map(float, there), total))
    about = "Children in care by placement on 31 March, mean of the draws; the last column is their sum"
    return Sheet("Placements", about, (*columns, Column("Children in care", "children")), tuple(rows))


def _spend(told: Story) -> Sheet:
    """Public spending by group and year, mean, and their sum as a formula."""
    public = [i for i, item in enumerate(told.grid.items) if item.public]
    groups = list(dict.fromkeys(told.grid.items[i].group or told.grid.items[i].name for i in public))
    columns = (Column("Scenario"), Column("Year"), *(Column(f"{g} [GBP]", "GBP") for g in groups))
    first, last = _letter(2), _letter(1 + len(groups))
    rows = []
    for name, title in _titles(told).items():
        spend = told.spending[name].drawn.mean(0)  # (year, item)
        for year, paid in zip(told.grid.years, spend, strict=True):
            of = dict.fromkeys(groups, 0.0)
            for i in public:
                of[told.grid.items[i].group or told.grid.items[i].name] += float(paid[i])
            total = Formula(f"=SUM({first}{{row}}:{last}{{row}})", sum(of.values()))
            rows.append((title, _labels.financial_year(year), *of.values(), total))
    price = _labels.financial_year(told.assumptions.price_year)
    about = f"Public spending by group and financial year, mean of the draws, prices of {price}"
    return Sheet("Spend", about, (*columns, Column("Total [GBP]", "GBP")), tuple(rows))


def _savings(told: Story) -> Sheet:
    """Savings by year against inaction; net, present value and its running total as formulas."""
    titles, rows = _titles(told), []
    for name, compared in told.against.items():
        saving = compared.saving
        gross, cash, spent = (of().mean(0) for of in (saving.gross_saving, saving.cashable_saving, saving.reform_spend))
        net, factors = cash - spent, np.broadcast_to(np.asarray(saving.factors), cash.shape)
        running = np.cumsum(net * factors)
        for i, year in enumerate(told.grid.years):
            # A running total begins anew with each scenario.
            before = "" if i == 0 else "I{above}+"
            rows.append(
                (
                    titles[name],
                    _labels.financial_year(year),
                    float(gross[i]),
                    float(cash[i]),
                    float(spent[i]),
                    Formula("=D{row}-E{row}", float(net[i])),
                    float(factors[i]),
                    Formula("=F{row}*G{row}", float(net[i] * factors[i])),
                    Formula(f"={before}H{{row}}", float(running[i])),
                )
            )
    heads = ("Gross saving", "Cashable saving", "Reform spend", "Net saving")
    columns = (
        Column("Scenario"),
        Column("Year"),
        *(Column(f"{head} [GBP]", "GBP") for head in heads),
        Column("Discount factor", "factor"),
        Column("Present value of net saving [GBP]", "GBP"),
        Column("Net present saving so far [GBP]", "GBP"),
    )
    price = _labels.financial_year(told.assumptions.price_year)
    about = f"Savings against no reform, mean of the draws, prices of {price}; a scenario's last row has its npv"
    return Sheet("Savings", about, columns, tuple(rows))


def _programme(told: Story) -> Sheet:
    """Every change of every scenario, as it is stated."""
    import pandas as pd

    titles = _titles(told)
    plans = [(titles[name], compared.plan.table()) for name, compared in told.against.items()]
    tables = [_headed(title, table) for title, table in plans if len(table)]
    if not tables:
        return Sheet("Programme", "", (), ())
    about = "What each scenario changes, from when, by how much, and on whose word"
    return _frame("Programme", about, pd.concat(tables, ignore_index=True))


def _headed(title: str, table: pd.DataFrame) -> pd.DataFrame:
    """Put the title of its scenario before each row."""
    return table.assign(scenario=title)[["scenario", *table.columns]]


def _attribution(told: Story) -> Sheet:
    """How the net present saving of each scenario is made up of its parts, where it has several."""
    import pandas as pd

    titles = _titles(told)
    tables = [
        _headed(titles[name], compared.attribution["npv"])
        for name, compared in told.against.items()
        if compared.attribution
    ]
    if not tables:
        return Sheet("Attribution", "", (), ())
    about = "How the net present saving is made up of the parts of each scenario, central run"
    return _frame("Attribution", about, pd.concat(tables, ignore_index=True))


def _frame(name: str, about: str, table: pd.DataFrame) -> Sheet:
    """Make a sheet of a table, leaving out columns in which nothing is said."""
    table = table.dropna(axis="columns", how="all")
    columns = tuple(Column(str(head).replace("_", " ").capitalize()) for head in table.columns)
    return Sheet(name, about, columns, tuple(table.itertuples(index=False, name=None)))


def charts(told: Story, found: dict[str, Sheet]) -> Iterator[Chart]:
    """Give the charts that the spreadsheet program draws: children, placements, spend, and savings so far.

    Parameters
    ----------
    told : Story
        What a run has to say.
    found : dict of str to Sheet
        The sheets that hold their numbers.

    Yields
    ------
    Chart
        Each chart.
    """
    children, drawn = found["Children"], told.draws.n > 1
    means = tuple(c.head for c in children.columns[1:] if c.head.endswith("mean" if drawn else "central"))
    yield Chart(
        "Children in care",
        told.children,
        "line",
        "Children",
        "31 March",
        means,
        (0, len(children.rows) - 1),
        "children",
    )
    titles, dates, years = _titles(told), len(told.grid.dates), len(told.grid.years)
    for sheet, length, unit, across in (
        ("Placements", dates, "children", "31 March"),
        ("Spend", years, "GBP", "Year"),
        ("Savings", years, "GBP", "Year"),
    ):
        if sheet not in found:
            continue
        columns = [c.head for c in found[sheet].columns]
        names = list(told.against) if sheet == "Savings" else list(titles)
        heads = (columns[5], columns[8]) if sheet == "Savings" else tuple(columns[2:-1])
        for i, name in enumerate(names):
            rows = (i * length, (i + 1) * length - 1)
            what = {"Placements": "Children by placement", "Spend": "Spend by group", "Savings": "Savings"}[sheet]
            first, last = (found[sheet].rows[at][1] for at in rows)
            words = f"{what}, {titles[name]}, {first} to {last}: the numbers are in the sheet {sheet}"
            kind = "line" if sheet == "Savings" else "column"
            yield Chart(f"{what}: {titles[name]}", words, kind, sheet, across, heads, rows, unit)


# How it is written


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

    def write(self, told: Story, found: Sequence[Sheet], drawn: Sequence[Chart]) -> None:
        """Write the cover, the sheets, and the charts."""
        cover = self.made.add_worksheet("Cover")
        pages = [(sheet, self.made.add_worksheet(sheet.name)) for sheet in found]
        for i, (sheet, page) in enumerate(pages):
            self._sheet(sheet, page, i)
        self._charts(self.made.add_worksheet("Charts"), found, drawn)
        self._cover(told, cover, found)
        cover.set_landscape()
        cover.fit_to_pages(1, 0)
        cover.activate()

    def _cover(self, told: Story, page: Any, found: Sequence[Sheet]) -> None:
        page.set_column(0, 0, 24)
        page.set_column(1, 1, 100)
        page.write_string(0, 0, _title(told), self.title)
        lines = [told.answer.head, *told.answer.standfirst, *told.answer.mind, told.growth, _cited(told)]
        lines.append(
            "A cell is empty where nothing is stated. Totals are formulas; their results are stored with them."
        )
        row = 1
        for line in filter(None, lines):
            page.write_string(row, 0, line)
            row += 1
        listed = [*((sheet.name, sheet.about) for sheet in found), ("Charts", "Charts of these sheets, with words")]
        head = row
        for i, (name, about) in enumerate(listed, start=1):
            page.write_url(head + i, 0, f"internal:'{name}'!A1", self.link, name)
            page.write_string(head + i, 1, about, self.text)
        self._table(page, head, ["Sheet", "What it holds"], len(listed), "contents")

    def _sheet(self, sheet: Sheet, page: Any, number: int) -> None:
        page.write_string(0, 0, f"{sheet.name}", self.title)
        page.write_string(1, 0, sheet.about)
        page.write_url(2, 0, "internal:'Cover'!A1", self.link, "Back to the cover")
        page.freeze_panes(_ABOVE + 1, 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_ABOVE)
        for i, column in enumerate(sheet.columns):
            longest = max([len(column.head) // 2, *(len(_said(row[i])) for row in sheet.rows)])
            page.set_column(i, i, min(max(longest + 2, _NARROW), _WIDE))
        for j, row in enumerate(sheet.rows):
            for i, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                self._cell(page, _ABOVE + 1 + j, i, column, value)
        self._table(page, _ABOVE, [c.head for c in sheet.columns], len(sheet.rows), f"table_{number}")

    def _cell(self, page: Any, row: int, column: int, of: Column, value: object) -> None:
        if isinstance(value, Formula):
            text = value.text.format(row=row + 1, above=row)
            page.write_formula(row, column, text, self.of.get(f"{of.unit} sum"), value.value)
        elif isinstance(value, bool | np.bool_):
            page.write_boolean(row, column, bool(value))
        elif isinstance(value, int | float | np.number) and np.isfinite(value):
            page.write_number(row, column, float(value), self.of.get(of.unit))
        elif _said(value):
            page.write_string(row, column, _said(value), self.text if len(_said(value)) > _WIDE else None)

    def _table(self, page: Any, row: int, heads: Sequence[str], length: int, name: str) -> None:
        """Mark rows that are written as a table, with their headers."""
        columns = [{"header": head, "header_format": self.head} for head in heads]
        options = {"columns": columns, "name": name, "style": "Table Style Light 1", "autofilter": False}
        page.add_table(row, 0, row + max(length, 1), len(heads) - 1, options)

    def _charts(self, page: Any, found: Sequence[Sheet], drawn: Sequence[Chart]) -> None:
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.write_string(0, 0, "Charts", self.title)
        page.write_string(1, 0, "Drawn from the sheets of this workbook")
        page.write_url(2, 0, "internal:'Cover'!A1", self.link, "Back to the cover")
        of = {sheet.name: sheet for sheet in found}
        for i, chart in enumerate(drawn):
            sheet, at = of[chart.sheet], _ABOVE + 1 + 22 * i
            places = {column.head: j for j, column in enumerate(sheet.columns)}
            first, last = (_ABOVE + 1 + row for row in chart.rows)
            options = {"type": chart.kind, **({"subtype": "stacked"} if chart.kind == "column" else {})}
            made = self.made.add_chart(options)
            for head in chart.heads:
                made.add_series(
                    {
                        "name": [chart.sheet, _ABOVE, places[head]],
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


def _cited(told: Story) -> str:
    """Say what this is from, so that it can be cited and made again."""
    prov, draws = told.provenance, told.draws
    plans = ", ".join(name for name in told.spending if name != INACTION) or INACTION
    drawn = f"{draws.n:,} draws, seed {draws.seed}" if draws.n > 1 else numbers.NO_INTERVAL
    return f"carecost {prov.version}: {prov.assumptions} (digest {prov.digest[:12]}), {plans}; {drawn}"


def _said(value: object) -> str:
    """Write a cell as text: empty for what is not there, lists with semicolons."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    if isinstance(value, Formula):
        return f"{value.value:,.0f}"
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    return f"{value:,.0f}" if isinstance(value, float) and abs(value) >= 1000 else str(value)


def _rows(series: Sequence[np.ndarray[Any, Any]]) -> tuple[tuple[object, ...], ...]:
    """Turn columns into rows."""
    return tuple(tuple(float(x) for x in row) for row in zip(*series, strict=True))


def _letter(number: int) -> str:
    """Give the letters of a column, from 0: A, B, …, Z, AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
