"""What do I hand over? A page for readers, charts, and the table of the terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from carecost import annex, handout, headline, wording
from carecost.errors import FileError, Problem
from carecost.page import Html, document, h, joined, picture, section
from carecost.scenarios import INACTION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from carecost.headline import Said
    from carecost.results import Results

#: Columns of the table of the terminal: width of each, and of all with the gaps between them.
COLUMNS, GAP, WIDTH = (52, 12, 20, 20), 2, 110
_CONTENTS = {
    "summary": "Summary",
    "charts": "Charts",
    "spend": "Spend by group",
    "levers": "What each scenario does",
    "scope": "What inaction means and what is counted",
    "limits": "What is not in it",
    "assumptions": "What is assumed",
    "provenance": "Which run this is",
}


def write_summary(results: Results, folder: str | Path) -> Path:
    """Write one page that says what was found, from what, and what is not in it.

    Parameters
    ----------
    results : Results
        What a run gave.
    folder : str or Path
        Where; made if it is not there.

    Returns
    -------
    Path
        The page, ``summary.html``: it needs no other file and no network. The same run gives the same bytes.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    said = _said(results)
    assumptions = results.run.assumptions
    links = (h("li", h("a", title, href=f"#{name}")) for name, title in _CONTENTS.items())
    parts = [
        handout.opening(results, said),
        h("nav", h("ul", *links), aria_label="On this page"),
        handout.summaries(results, said),
        _charts(results),
        handout.spending(results),
        annex.levers(results),
        annex.scope(results),
        annex.notes(assumptions),
        annex.beliefs(assumptions),
        annex.provenance(results),
    ]
    page = document(handout.title(results), h("main", joined(parts, "\n")))
    return _write(folder, "summary.html", page.encode())


def save_charts(results: Results, folder: str | Path) -> list[Path]:
    """Write the charts as pictures for slides and letters.

    Parameters
    ----------
    results : Results
        What a run gave.
    folder : str or Path
        Where; made if it is not there.

    Returns
    -------
    list of Path
        ``children.png``, and ``net-saving.png`` (with the scenario's name where there are several), 150 dots an inch.

    Raises
    ------
    FileError
        If one cannot be written.
    """
    from carecost.plots.pictures import png

    return [_write(folder, f"{name}.png", png(draw, size)) for name, draw, size, _ in _drawings(results)]


def table_text(results: Results) -> str:
    """Write the table that people quote as plain text.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    str
        Lines of at most 110 columns.
    """
    run, said = results.run, _said(results)
    titles = "; ".join(f"{name}: {s.title}" for name, s in run.scenarios.items())
    drawn = f"{run.draws.n:,} draws, seed {run.draws.seed}" if run.draws.n > 1 else wording.NO_INTERVAL
    lines = [
        f"{run.assumptions.title or run.assumptions.name} ({run.assumptions.name})",
        titles,
        f"Prices of {wording.financial_year(run.assumptions.price_year)}; {drawn}",
    ]
    for name, rows in (said or {INACTION: headline.inaction(results)}).items():
        scenario = run.scenarios[name]
        lines += ["", f"{scenario.title}, against {INACTION}" if said else scenario.title, *_table(rows)]
        lines += filter(None, [headline.claim_sentence(scenario, rows)])
        lines += [headline.per_child_sentence(results.compare(name))] if said else []
    if run.draws.n > 1:
        lines += ["", wording.sentence(wording.INTERVAL)]
    wrapped = (line if line.startswith(" ") else textwrap.fill(line, WIDTH) for line in lines)
    # A terminal may lack the minus sign of typesetting.
    return "\n".join(wrapped).replace(wording.MINUS, "-")


def _said(results: Results) -> dict[str, list[Said]]:
    names = [name for name in results.scenarios if name != INACTION]
    return {name: headline.summary(results.compare(name)) for name in names}


def _table(rows: list[Said]) -> Iterator[str]:
    """Lay out rows in columns, each cell broken where it is too long; what is said in a sentence is left out."""
    heads = ("", "central", "90% interval", "unit")
    yield _line(heads)
    yield "  " + "-" * (sum(COLUMNS) + GAP * 3 - 2)
    for row in rows:
        if row.unit != "per child-year":
            cells = [textwrap.wrap(text, width - 2) or [""] for text, width in zip(_cells(row), COLUMNS, strict=True)]
            for n in range(max(map(len, cells))):
                yield _line([cell[n] if n < len(cell) else "" for cell in cells])


def _cells(row: Said) -> tuple[str, ...]:
    return row.what, row.central, row.interval, row.unit


def _line(cells: tuple[str, ...] | list[str]) -> str:
    what, central, interval, unit = cells
    a, b, c, _ = COLUMNS
    return f"  {what:<{a - 2}}{'':{GAP}}{central:>{b}}{'':{GAP}}{interval:>{c}}{'':{GAP}}{unit}".rstrip()


def _charts(results: Results) -> Html:
    from carecost.plots.pictures import svg

    figures = [
        picture(svg(draw, f"chart-{name}", size), words, f"{words} {_warning(results)}".strip())
        for name, draw, size, words in _drawings(results)
    ]
    return section("charts", "Charts", *figures)
