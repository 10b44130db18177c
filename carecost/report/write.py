"""Write the page, the charts as pictures, and the table of the terminal: all three from one story."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from carecost import _labels
from carecost._labels import INACTION
from carecost._shown import figures
from carecost.engine.items import OUTCOMES
from carecost.files.archive import add_files
from carecost.money.discounting import Schedule
from carecost.report import answer, basis, brief, findings, sections
from carecost.report.headline import BOUND_NAMES, PER_CHILD, SummaryRow
from carecost.report.html import Html, document, h, joined, picture, section
from carecost.report.story import Against, Story, story
from carecost.report.words import GLOSSARY, MORE
from carecost.results.summary import ENDING
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results


#: The pages in the folder of a run: two to be sent on, and everything behind them.
BRIEF, PAGE = "brief.html", "annex.html"


#: Columns of the table of the terminal: width of each, and of all with the gaps between them.
COLUMNS, GAP, WIDTH = (48, 12, 22, 22), "  ", 110


#: Sections of the page in the order of its list of contents, by their place on the page.
_CONTENTS = {
    "summary": "Summary",
    "charts": "Charts",
    "spend": "Spend by group",
    OUTCOMES: findings.OUTCOMES_TITLE,
    "levers": "What each scenario does",
    sections.NAME: sections.TITLE,
    sections.EFFECTS_NAME: sections.EFFECTS_TITLE,
    sections.CASE_NAME: sections.CASE_TITLE,
    "scope": "What no reform means and what is counted",
    "limits": "What is not in it",
    "assumptions": "What is assumed",
    "provenance": "Which run this is",
    "words": "Words",
}


def write_summary(results: Results | Story, folder: str | Path) -> Path:
    """Write one page that says what was found, from what, and what is not in it.

    Parameters
    ----------
    results : Results or Story
        What a run gave, or what it has to say where that is known.
    folder : str or Path
        Where; made if it is not there.

    Returns
    -------
    Path
        The page, ``annex.html``: it needs no other file and no network. The same run gives the same bytes. In the
        folder of a saved run, its manifest names the page.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    return add_files(folder, {PAGE: page(story(results)).encode()})[0]


def run_files(told: Story) -> dict[str, bytes]:
    """Make the page and the charts, as files of the folder of a run.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    dict of str to bytes
        Content of ``brief.html``, of ``annex.html`` and of each picture, by name.
    """
    return _pictures(told) | {BRIEF: brief.page(told).encode(), PAGE: page(told).encode()}


def page(told: Story) -> str:
    """Lay out the page: its opening, a list of contents, and its sections.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    str
        A whole HTML page.
    """
    # These sections are empty where there is nothing to say, and then not in the list of contents.
    may_lack = {
        OUTCOMES: findings.outcomes(told),
        sections.NAME: sections.levers(told),
        sections.EFFECTS_NAME: sections.effects(told),
        sections.CASE_NAME: sections.appraisals(told),
    }
    there = [(name, title) for name, title in _CONTENTS.items() if may_lack.get(name, True)]
    links = (h("li", h("a", title, href=f"#{name}")) for name, title in there)
    parts = [
        findings.opening(told),
        h("nav", h("ul", *links), aria_label="On this page"),
        findings.summaries(told),
        _charts(told),
        findings.spending(told),
        may_lack[OUTCOMES],
        basis.levers(told),
        may_lack[sections.NAME],
        may_lack[sections.EFFECTS_NAME],
        may_lack[sections.CASE_NAME],
        basis.scope(told),
        basis.notes(told),
        basis.beliefs(told),
        basis.provenance(told),
        _words(),
    ]
    return document(findings.title(told), h("main", joined(parts, "\n")))


def save_charts(results: Results | Story, folder: str | Path) -> list[Path]:
    """Write the charts as pictures for slides and letters.

    Parameters
    ----------
    results : Results or Story
        What a run gave, or what it has to say where that is known.
    folder : str or Path
        Where; made if it is not there.

    Returns
    -------
    list of Path
        ``children.png``, ``capacity.png`` where places may run out, ``net-saving.png`` and, for two or more levers,
        ``attribution.png`` where spending changes (with the scenario's name where there are several scenarios), 150
        dots an inch. In the folder of a saved run, its manifest names them.

    Raises
    ------
    FileError
        If one cannot be written.
    """
    return add_files(folder, _pictures(story(results)))


def _pictures(told: Story) -> dict[str, bytes]:
    from carecost.plots._figure import png

    every = (*told.charts, *told.lever_charts.values())
    return {f"{chart.name}.png": png(chart.figure) for chart in every}


def table_text(results: Results | Story) -> str:
    """Write the table that people quote as plain text.

    Parameters
    ----------
    results : Results or Story
        What a run gave, or what it has to say where that is known.

    Returns
    -------
    str
        Lines of at most 110 columns.

    Examples
    --------
    >>> import carecost as cc
    >>> print(table_text(cc.run(cc.load_assumptions("england-2025"), years=2)).splitlines()[0])
    England, from 31 March 2025 (england-2025)
    """
    told = story(results)
    assumptions, draws = told.assumptions, told.draws
    lines = [
        f"{assumptions.title or assumptions.name} ({assumptions.name})",
        "; ".join(f"{name}: {spent.plan.title}" for name, spent in told.spending.items()),
        f"Prices of {_labels.financial_year(assumptions.price_year)}; " + numbers.drawn(draws.n, draws.seed),
    ]
    for compared in told.against.values():
        lines += ["", *_scenario(compared, draws.n > 1)]
    if not told.against:
        lines += ["", told.spending[INACTION].plan.title, *_table(told.inaction, draws.n > 1)]
    lines += ["", told.growth]
    if draws.n > 1:
        # What compares is without the luck of small numbers, whatever the draws ask for.
        lines += ["", numbers.sentence(numbers.interval(draws.noise and not told.against))]
    wrapped = (line if len(line) <= WIDTH else textwrap.fill(line, WIDTH) for line in lines)
    # A terminal may lack the minus sign of typesetting.
    return "\n".join(wrapped).replace(numbers.MINUS, "-")


def summary_text(summary: pd.DataFrame) -> str:
    """Write a summary for a terminal: what a row is of, what leads with its interval, and the unit.

    Parameters
    ----------
    summary : DataFrame
        Of one scenario, as :meth:`carecost.Saving.summary` gives it.

    Returns
    -------
    str
        Lines of at most 110 columns.

    Examples
    --------
    >>> import carecost as cc
    >>> saving = cc.run("england-2025", "family-help", years=2).compare("family-help")
    >>> summary_text(saving.summary()).splitlines()[0]
    'Children in care, 31 March 2027, inaction'
    """

    def written(value: float, unit: str) -> str:
        if math.isnan(value):
            return numbers.NONE
        return f"{value:.0f}" if unit == ENDING else figures(value)

    lines = []
    table = summary.astype(dict.fromkeys(("mean", "low", "high", "central"), float))
    for row in table.to_dict("records"):
        shown = row["central"] if math.isnan(row["mean"]) else row["mean"]
        low, high = (written(row[end], row["unit"]) for end in ("low", "high"))
        between = "" if math.isnan(row["low"]) else f" ({low} to {high})"
        lines += textwrap.wrap(row["what"], WIDTH, subsequent_indent="  ")
        lines.append(f"  {written(shown, row['unit'])}{between} {row['unit']}")
    return "\n".join(lines)


def screen_text(told: Story) -> str:
    """Write the first screen: the answer, its table, why, and what to know; lines of at most 110 letters.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    str
        Plain text.
    """
    title = f"Children in care: {told.assumptions.title or told.assumptions.name} ({told.assumptions.name})"
    draws = told.draws
    drawn = numbers.drawn(draws.n, draws.seed)
    lines = answer.screen(told.answer, f"{title}; {told.answer.prices}; {drawn}")
    return "\n".join(lines).replace(numbers.MINUS, "-")


def rates_text(results: Results | Story, rates: Sequence[str | float | Schedule]) -> str:
    """Write the net present saving at several discount rates as plain text.

    Parameters
    ----------
    results : Results or Story
        What a run gave, or what it has to say where that is known.
    rates : sequence of str, float or Schedule
        Rates, as in :meth:`carecost.Saving.npvs`.

    Returns
    -------
    str
        A line a scenario and rate: the mean and its interval, or the central run where there are no draws.
    """
    lines = ["Net present saving to the public purse, by discount rates"]
    for scenario, compared in story(results).against.items():
        # By schedule, the amount at each quantile.
        amounts: dict[str, dict[str, str]] = {}
        for row in compared.saving.npvs(rates).to_dict("records"):
            amounts.setdefault(row["discount"], {})[str(row["quantile"])] = numbers.pounds(row["value"])
        for schedule, at in amounts.items():
            low, high = (at.get(bound) for bound in BOUND_NAMES)
            interval = f"{low} to {high}" if low else ""
            lines.append(_line((f"{scenario}, {schedule}", at.get("mean", at["central"]), interval, "")))
    return "\n".join(lines).replace(numbers.MINUS, "-")


def _scenario(compared: Against, drawn: bool) -> Iterator[str]:
    """Write what is quoted of one scenario: its summary, warnings, and sentences."""
    yield f"{compared.plan.title}, against {INACTION}"
    yield from _table(compared.rows, drawn)
    yield ""
    yield from compared.warnings
    yield from filter(None, (compared.footing, compared.per_child, compared.social))


def _table(rows: Sequence[SummaryRow], drawn: bool) -> Iterator[str]:
    """Lay out rows in columns, each cell broken where it is too long; what a sentence says is left out."""
    yield _line(("", *(head.lower() for head in findings.summary_heads(drawn)[1:])))
    yield "-" * WIDTH
    for row in rows:
        if row.unit != PER_CHILD:
            cells = (row.what, row.value, row.interval, row.unit)
            broken = [textwrap.wrap(cell, width) for cell, width in zip(cells, COLUMNS, strict=True)]
            yield from (_line(line) for line in zip_longest(*broken, fillvalue=""))


def _line(cells: Sequence[str]) -> str:
    padded = (f"{cell:{'<' if i in (0, 3) else '>'}{COLUMNS[i]}}" for i, cell in enumerate(cells))
    return GAP.join(padded).rstrip()


def _words() -> Html:
    parts = (part for word, text in (*GLOSSARY, *MORE) for part in (h("dt", word), h("dd", numbers.sentence(text))))
    return section("words", "Words", h("dl", *parts))


def _charts(told: Story) -> Html:
    from carecost.plots._figure import svg

    figures = (picture(svg(c.figure, f"chart-{c.name}"), c.words, c.words, scrolls=True) for c in told.charts)
    return section("charts", "Charts", *figures)
