"""What does the page say of each lever? A small table, and a chart, for every scenario with two or more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from carecost.analysis.evidence_base import unmoved
from carecost.report.html import Html, h, picture, section, table
from carecost.results.attribution_tables import ALL, BILLIONS, short_table, worth_saying
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.plots.pictures import Draw
    from carecost.results.results import Results


NAME, TITLE = "attribution", "Which lever does it"


NOTE = (
    "Alone: against inaction. In sequence: added to those above. Taken out of all: what is lost without it. Shapley: "
    "the mean of what it adds over all orders. Alone with the interaction, the sequence, and Shapley sum to all."
)


_HEADS = ("", "Alone", "In sequence", "Taken out of all", "Shapley")


_WAYS = ("alone", "sequence", "last", "shapley")


@dataclass(frozen=True)
class Chart:
    """A chart of levers: the scenario, how it is drawn, its size in inches, and what it shows in words."""

    scenario: str
    draw: Draw
    size: tuple[float, float]
    words: str


def charts(results: Results) -> Iterator[Chart]:
    """Give the chart of each scenario with two or more levers that changes anything that is drawn.

    Parameters
    ----------
    results : Results
        What a run gave.

    Yields
    ------
    Chart
        Net present saving, each lever added to those above it.
    """
    from carecost.plots.attribution import plot_attribution, size

    for name in worth_saying(results.run):
        saving = results.compare(name)
        if unmoved(saving, saving.central):
            continue
        plan = results.run.scenarios[name]
        words = _sentence(results, name) + (f" {numbers.sentence(numbers.CLAIM)}" if plan.claim else "")
        yield Chart(name, partial(_drawn, plot_attribution, results, name), size(len(plan.levers)), words)


def _drawn(plot: object, results: Results, name: str, ax: object) -> object:
    return plot(results, name, ax=ax)  # type: ignore[operator]


def levers(results: Results) -> Html:
    """Write which lever of each scenario does what.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    Html
        Markup; empty where no scenario with two or more levers changes anything.
    """
    from carecost.plots.pictures import svg

    parts: list[Html] = []
    for i, chart in enumerate(charts(results)):
        plan = results.run.scenarios[chart.scenario]
        parts.append(h("h3", f"{plan.title} ({plan.name})"))
        if plan.claim:
            parts.append(h("p", h("strong", f"{numbers.claim(lever.source for lever in plan.levers)}.")))
        parts += _tables(results, chart.scenario)
        parts.append(picture(svg(chart.draw, f"chart-levers-{i}", chart.size), chart.words, chart.words))
    return section(NAME, TITLE, *parts, h("p", NOTE, class_="note")) if parts else Html("")


def _tables(results: Results, name: str) -> Iterator[Html]:
    """Write a table for each measure, all levers last."""
    frame = short_table(results.run, name)
    for _, part in frame.groupby("what", sort=False):
        rows = [{str(key): value for key, value in row.items()} for row in part.to_dict("records")]
        what, unit = str(rows[0]["what"]), str(rows[0]["unit"])
        texts = _written([row[way] for row in rows for way in _WAYS], unit)
        cells = [texts[i : i + len(_WAYS)] for i in range(0, len(texts), len(_WAYS))]
        body = [(_name(row), *line) for row, line in zip(rows, cells, strict=True)]
        caption = f"{numbers.sentence(what)[:-1]}: {unit.removeprefix(BILLIONS)}, central run"
        yield table(caption, _HEADS, body, numbers=(1, 2, 3, 4), total=True)


def _name(row: Mapping[str, object]) -> str:
    name = str(row["lever"])
    return f"{name} (spending only)" if row["spends_only"] else numbers.sentence(name)[:-1] if name == ALL else name


def _written(values: Sequence[float], unit: str) -> list[str]:
    """Write numbers that stand together alike; nothing where there is none."""
    known = [v for v in values if v == v]
    if unit.startswith(BILLIONS):
        scale = numbers.money_scale(*(1e9 * v for v in known))
        return ["" if v != v else numbers.pounds(1e9 * v, scale) if v else "£0" for v in values]
    return ["" if v != v else numbers.children(v, max(map(abs, known))) for v in values]


def _sentence(results: Results, name: str) -> str:
    """Say what levers add to the net present saving in sequence."""
    frame = short_table(results.run, name, ["npv"])
    texts = _written(frame["sequence"].tolist(), str(frame["unit"].iloc[0]))
    parts = "; ".join(f"{lever} {text}" for lever, text in zip(frame["lever"], texts, strict=True) if text)
    return f"Net present saving of {name} to the public purse, each lever added to those before it: {parts}."
