"""The workbook: what a run says as a spreadsheet, a table a sheet, with totals as formulas an auditor can follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost import _labels
from carecost.files.archive import add_files
from carecost.files.excel import Chart, Column, Formula, Sheet, letter, named, workbook
from carecost.report.budget import budgets, leading
from carecost.report.story import Story, story
from carecost.results.budget import CLOSING, INCOME, NET, STEPS
from carecost.results.tables import interval

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results


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
    found = list(sheets(told))
    lines = [told.answer.head, *told.answer.standfirst, *told.answer.mind, told.growth, told.citation, _EMPTY]
    drawn = list(charts(told, {sheet.name: sheet for sheet in found}))
    return workbook(_title(told), list(filter(None, lines)), found, drawn)


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
        The brief's table, years, placements, spend by group, savings, budget, assumptions, parts, attribution,
        baselines.
    """
    yield _answer(told)
    yield _children(told)
    yield _placements(told)
    yield _spend(told)
    if told.against:
        yield _savings(told)
    yield _budget(told)
    yield _frame("Assumptions", _ASSUMED, told.assumptions.table())
    yield from (sheet for sheet in (_programme(told), _attribution(told)) if sheet.rows)
    if told.assumptions.baselines:
        yield _frame("Baselines", _BASELINES, told.results.baselines())


_EMPTY = "A cell is empty where nothing is stated. Totals are formulas; their results are stored with them."
_ASSUMED = "Every assumption with interval, unit, source and grade (A official and direct to E assumed)"
_BASELINES = "The same question under every other baseline, central runs"


def _titles(told: Story) -> dict[str, str]:
    """Give the title of each scenario, made different where two are alike."""
    titles = {name: spent.plan.short or spent.plan.title or name for name, spent in told.spending.items()}
    twice = {t for t in titles.values() if list(titles.values()).count(t) > 1}
    return {name: f"{title} ({name})" if title in twice else title for name, title in titles.items()}


def _title(told: Story) -> str:
    return f"Children in care: {told.assumptions.title or told.assumptions.name}"


def _of(told: Story) -> str:
    """Say what numbers are: means, or those of the central run where there are no draws."""
    return "mean of the draws" if told.draws.n > 1 else "central run"


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
        columns.append(Column(f"{title}, {'mean' if drawn else 'central'} [children]", "children"))
        series.append(inside.mean(0))
        if drawn:
            columns += [Column(f"{title}, {end} [children]", "children") for end in ("low", "high")]
            series += list(np.transpose([interval(at) for at in inside.T]))
    about = f"Children in care on 31 March{', mean and four chances in five' if drawn else ''}"
    return Sheet("Children", about, tuple(columns), _rows(series))


def _placements(told: Story) -> Sheet:
    """Children by placement on each date, mean, and their sum as a formula."""
    run, grid = told.results.run, told.grid
    inside = [i for i, placement in enumerate(grid.placements) if placement.in_care]
    names = [grid.placements[i].name for i in inside]
    columns = (Column("Scenario"), Column("31 March", "year"), *(Column(f"{n} [children]", "children") for n in names))
    first, last = letter(2), letter(1 + len(names))
    rows = []
    for name, title in _titles(told).items():
        stock = run.shown[name].stock.sum(1).mean(0)[:, inside]  # streams summed: (date, placement in care)
        for date, there in zip(grid.dates, stock, strict=True):
            total = Formula(f"=SUM({first}{{row}}:{last}{{row}})", float(there.sum()))
            rows.append((title, date, *map(float, there), total))
    about = f"Children in care by placement on 31 March, {_of(told)}; the last column is their sum"
    return Sheet("Placements", about, (*columns, Column("Children in care [children]", "children")), tuple(rows))


def _spend(told: Story) -> Sheet:
    """Public spending by group and year, mean, and their sum as a formula."""
    public = [i for i, item in enumerate(told.grid.items) if item.public]
    groups = list(dict.fromkeys(told.grid.items[i].group or told.grid.items[i].name for i in public))
    columns = (Column("Scenario"), Column("Year"), *(Column(f"{g} [GBP]", "GBP") for g in groups))
    first, last = letter(2), letter(1 + len(groups))
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
    about = f"Public spending by group and financial year, {_of(told)}, prices of {price}"
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
    about = f"Savings against no reform, {_of(told)}, prices of {price}; a scenario's last row has its npv"
    return Sheet("Savings", about, columns, tuple(rows))


def _budget(told: Story) -> Sheet:
    """The budget in cash of each scenario, a row a year: closing is the sum of the steps, net is closing less income.

    The first year has no steps.
    """
    titles, rows = _titles(told), []
    every = budgets(told.results, {})
    tables = [leading(one) for one in every]
    income = list(dict.fromkeys(step for table in tables for step in table["step"] if step.startswith(INCOME)))
    first, last = letter(2), letter(1 + len(STEPS))
    closing, paid = letter(2 + len(STEPS)), (letter(3 + len(STEPS)), letter(2 + len(STEPS) + len(income)))
    less = f"-SUM({paid[0]}{{row}}:{paid[1]}{{row}})" if income else ""
    for one, table in zip(every, tables, strict=True):
        for year in one.run.grid.years:
            at = table[table["year"] == year]
            of = dict(zip(at["step"], at["value"].astype(float), strict=True))
            steps = [of.get(step) for step in STEPS]
            end: object = of[CLOSING] if None in steps else Formula(f"=SUM({first}{{row}}:{last}{{row}})", of[CLOSING])
            net = Formula(f"={closing}{{row}}{less}", of[NET])
            known = [of.get(name) for name in income]
            rows.append((titles[one.scenario], _labels.financial_year(year), *steps, end, *known, net))
    heads = [*STEPS, CLOSING, *income, NET]
    columns = (Column("Scenario"), Column("Year"), *(Column(f"{h[0].upper()}{h[1:]} [GBP]", "GBP") for h in heads))
    about = f"Budget in cash, {_of(told)}: from a year's spending to the next, and the income that is known"
    return Sheet("Budget", about, columns, tuple(rows))


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
    shown = f", {'mean' if drawn else 'central'} [children]"
    means = tuple(c.head for c in children.columns[1:] if c.head.endswith(shown))
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


def _rows(series: Sequence[np.ndarray[Any, Any]]) -> tuple[tuple[object, ...], ...]:
    """Turn columns into rows."""
    return tuple(tuple(float(x) for x in row) for row in zip(*series, strict=True))
