"""Write the page, the charts, and the terminal's table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from carecost import _labels
from carecost._labels import INACTION
from carecost.analysis.evidence_base import unmoved
from carecost.engine.items import OUTCOMES
from carecost.files.save import made_folder, write
from carecost.money.discounting import Schedule
from carecost.report import basis, findings, headline, sections
from carecost.report.headline import Said
from carecost.report.html import Html, document, h, joined, picture, section
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.plots._figure import Draw
    from carecost.results.results import Results


#: Columns of the table of the terminal: width of each, and of all with the gaps between them.
COLUMNS, GAP, WIDTH = (48, 12, 22, 22), "  ", 110


_CONTENTS = {
    "summary": "Summary",
    "charts": "Charts",
    "spend": "Spend by group",
    OUTCOMES: findings.OUTCOMES_TITLE,
    "levers": "What each scenario does",
    sections.NAME: sections.TITLE,
    sections.CASE_NAME: sections.CASE_TITLE,
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
    counted = findings.outcomes(results)
    of_levers = {sections.NAME: sections.levers(results), sections.CASE_NAME: sections.appraisals(results)}
    may_lack = {OUTCOMES: counted, **of_levers}
    there = [(name, title) for name, title in _CONTENTS.items() if may_lack.get(name, True)]
    links = (h("li", h("a", title, href=f"#{name}")) for name, title in there)
    parts = [
        findings.opening(results, said),
        h("nav", h("ul", *links), aria_label="On this page"),
        findings.summaries(results, said),
        _charts(results),
        findings.spending(results),
        counted,
        basis.levers(results),
        *of_levers.values(),
        basis.scope(results),
        basis.notes(assumptions),
        basis.beliefs(assumptions),
        basis.provenance(results),
    ]
    page = document(findings.title(results), h("main", joined(parts, "\n")))
    return write(made_folder(folder) / "summary.html", page)


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
        ``children.png``, ``capacity.png`` where places may run out, ``net-saving.png`` and, for two or more levers,
        ``attribution.png`` where spending changes (with the scenario's name where there are several scenarios), 150
        dots an inch.

    Raises
    ------
    FileError
        If one cannot be written.
    """
    from carecost.plots._figure import png

    there = made_folder(folder)
    several = len(results.scenarios) > 2
    drawings = [*_drawings(results), *(_of_levers(chart, several) for chart in sections.charts(results))]
    return [write(there / f"{d.name}.png", png(d.draw, d.size)) for d in drawings]


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

    Examples
    --------
    >>> import carecost as cc
    >>> print(table_text(cc.run(cc.load_assumptions("england-2025"), years=2)).splitlines()[0])
    England, from 31 March 2025 (england-2025)
    """
    run, said = results.run, _said(results)
    titles = "; ".join(f"{name}: {s.title}" for name, s in run.scenarios.items())
    drawn = f"{run.draws.n:,} draws, seed {run.draws.seed}" if run.draws.n > 1 else numbers.NO_INTERVAL
    lines = [
        f"{run.assumptions.title or run.assumptions.name} ({run.assumptions.name})",
        titles,
        f"Prices of {_labels.financial_year(run.assumptions.price_year)}; {drawn}",
    ]
    for name, rows in (said or {INACTION: headline.inaction(results)}).items():
        scenario = run.scenarios[name]
        lines += ["", f"{scenario.title}, against {INACTION}" if said else scenario.title, *_table(rows)]
        lines += ["", *findings.warnings(results, name, rows)] if said else []
        lines += [*filter(None, [headline.footing_sentence(results, name)])] if said else []
        if said:
            saving = results.compare(name)
            lines += [*filter(None, [headline.per_child_sentence(saving), findings.social_sentence(saving)])]
    lines += ["", findings.growth_sentence(results)]
    if run.draws.n > 1:
        lines += ["", numbers.sentence(numbers.INTERVAL)]
    wrapped = (line if len(line) <= WIDTH else textwrap.fill(line, WIDTH) for line in lines)
    # A terminal may lack the minus sign of typesetting.
    return "\n".join(wrapped).replace(numbers.MINUS, "-")


def rates_text(results: Results, rates: Sequence[str | float | Schedule]) -> str:
    """Write the net present saving at several discount rates as plain text.

    Parameters
    ----------
    results : Results
        What a run gave.
    rates : sequence of str, float or Schedule
        Rates, as in :meth:`carecost.Saving.npvs`.

    Returns
    -------
    str
        A line a scenario and rate: central run, and 90% interval where there are draws.
    """
    found: dict[str, dict[str, str]] = {}
    for row in results.npv_by_rate(rates).to_dict("records"):
        found.setdefault(f"{row['scenario']}, {row['discount']}", {})[row["quantile"]] = numbers.pounds(row["value"])
    lines = ["Net present saving to the public purse, by discount rates"]
    for name, said in found.items():
        span = f"{said['0.05']} to {said['0.95']}" if "0.05" in said else ""
        lines.append(_line((name, said["central"], span, "")))
    return "\n".join(lines).replace(numbers.MINUS, "-")


def _said(results: Results) -> dict[str, list[Said]]:
    names = [name for name in results.scenarios if name != INACTION]
    return {name: headline.summary(results.compare(name)) for name in names}


def _table(rows: list[Said]) -> Iterator[str]:
    """Lay out rows in columns, each cell broken where it is too long; what a sentence says is left out."""
    yield _line(("", "central", "90% interval", "unit"))
    yield "-" * WIDTH
    for row in rows:
        if row.unit != headline.PER_CHILD:
            cells = (row.what, row.central, row.interval, row.unit)
            broken = [textwrap.wrap(cell, width) for cell, width in zip(cells, COLUMNS, strict=True)]
            yield from (_line(line) for line in zip_longest(*broken, fillvalue=""))


def _line(cells: Sequence[str]) -> str:
    padded = (f"{cell:{'<' if i in (0, 3) else '>'}{COLUMNS[i]}}" for i, cell in enumerate(cells))
    return GAP.join(padded).rstrip()


def _charts(results: Results) -> Html:
    from carecost.plots._figure import svg

    figures = (picture(svg(d.draw, f"chart-{d.name}", d.size), d.words, d.words) for d in _drawings(results))
    return section("charts", "Charts", *figures)


@dataclass(frozen=True)
class _Drawing:
    """A chart with its file name, its size in inches, and what it shows in words."""

    name: str
    draw: Draw
    size: tuple[float, float]
    words: str


def _drawings(results: Results) -> Iterator[_Drawing]:
    """List the charts of a run: children, places where they may run out, and each net saving where spending changes."""
    from carecost.plots import _figure, capacity, children, net_saving

    plans = {name: plan for name, plan in results.run.scenarios.items() if name != INACTION}
    claimed = any(plan.claim for plan in plans.values())
    words = headline.children_sentence(results) + (f" {numbers.sentence(numbers.CLAIM)}" if claimed else "")
    yield _Drawing("children", lambda ax: children.plot_children(results, ax), _figure.SIZE, words)
    for name in results.scenarios if results.run.grid.groups else ():
        words = f"{capacity.finding(results, name)}."
        file = "capacity" if len(results.scenarios) == 1 else f"capacity-{_plain(name)}"
        yield _Drawing(file, partial(capacity.plot_capacity, results, scenario=name), _figure.SIZE, words)
    for name, plan in plans.items():
        saving = results.compare(name)
        if unmoved(saving, saving.central):
            continue
        words = headline.saving_sentence(saving) + (f" {numbers.sentence(numbers.CLAIM)}" if plan.claim else "")
        file = "net-saving" if len(plans) == 1 else f"net-saving-{_plain(name)}"
        yield _Drawing(file, partial(net_saving.plot_net_saving, saving), net_saving.SIZE, words)


def _of_levers(chart: sections.Chart, several: bool) -> _Drawing:
    file = f"{sections.NAME}-{_plain(chart.scenario)}" if several else sections.NAME
    return _Drawing(file, chart.draw, chart.size, chart.words)


def _plain(name: str) -> str:
    """Make a name fit for a file."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
