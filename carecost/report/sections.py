"""Page sections on attribution to levers and on the business case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from carecost import _labels
from carecost.analysis.business_case import EFFECTS
from carecost.report.headline import summary_row, written_alike
from carecost.report.html import Html, h, picture, section, table
from carecost.report.words import plain
from carecost.results import effect_tables
from carecost.results.appraisal_tables import (
    BCR,
    BIAS,
    CHANCE,
    COST_PER,
    EAV,
    NPSV,
    NPSV_PART,
    NPV,
    NPV_PAYER,
    PAYBACK,
    PEAK,
    PEAK_YEAR,
    YEAR,
    SavingAppraisal,
)
from carecost.results.attribution_tables import ALL, BILLIONS
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.analysis.required_effect import Worth
    from carecost.inputs.scenario import Scenario
    from carecost.report.story import Story


NAME, TITLE = "attribution", "Which part of the programme does it"


NOTE = (
    "Alone: against no reform. In sequence: added to those above. Taken out of all: what is lost without it. Shapley: "
    "the mean of what it adds over all orders. Alone with the interaction, the sequence, and Shapley sum to all."
)


_HEADS = ("", "Alone", "In sequence", "Taken out of all", "Shapley")


_WAYS = ("alone", "sequence", "last", "shapley")


def levers(told: Story) -> Html:
    """Write the attribution of each scenario's effects to its levers.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup; empty where no scenario with two or more levers changes anything.
    """
    from carecost.plots._figure import svg

    parts: list[Html] = []
    for i, (name, chart) in enumerate(told.lever_charts.items()):
        compared = told.against[name]
        parts += _heading(compared.plan)
        parts += [_lever_table(frame) for frame in compared.attribution.values()]
        parts.append(picture(svg(chart.figure, f"chart-levers-{i}"), chart.words, chart.words, scrolls=True))
    return section(NAME, TITLE, *parts, h("p", NOTE, class_="note")) if parts else Html("")


def _heading(plan: Scenario) -> Iterator[Html]:
    """Name a scenario, and say on whose word its effects are where they are a claim."""
    yield h("h3", plan.title or plan.name)
    if plan.claim:
        yield h("p", h("strong", f"{numbers.claim(lever.source for lever in plan.levers)}."))


def _lever_table(frame: pd.DataFrame) -> Html:
    """Write the table of one measure: a row a lever, a column a way of counting, all levers last."""
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    what, unit = str(rows[0]["what"]), str(rows[0]["unit"])
    texts = written_alike([row[way] for row in rows for way in _WAYS], unit)
    cells = [texts[i : i + len(_WAYS)] for i in range(0, len(texts), len(_WAYS))]
    body = [(_name(row), *line) for row, line in zip(rows, cells, strict=True)]
    caption = f"{numbers.sentence(what)[:-1]}: {unit.removeprefix(BILLIONS)}, central run"
    return table(caption, _HEADS, body, numbers=(1, 2, 3, 4), total=True)


def _name(row: Mapping[str, object]) -> str:
    name = str(row["lever"])
    return f"{name} (spending only)" if row["spends_only"] else numbers.sentence(name)[:-1] if name == ALL else name


EFFECTS_NAME, EFFECTS_TITLE = "effects", "What an effect would be worth"


EFFECTS_NOTE = (
    "Places for an effect that no study found: each stands at zero. Here each is tried alone against no reform, in "
    "full and in the central run. What would be needed is the amount whose net saving is what its money costs; "
    "money that pays for several effects counts whole for each, and a part that names no cost of its own is set "
    "against all of the programme's."
)


_EFFECT_HEADS = ("", "Tried", "Fewer children", "Could stop being spent", "Net saving", "Money it must cover", "Needed")


def effects(told: Story) -> Html:
    """Write what one per cent of each effect would be worth for which a scenario has a place.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup; empty where no scenario has such a place.
    """
    from carecost.plots._figure import svg

    parts: list[Html] = []
    drawn: set[str] = set()
    for i, compared in enumerate(told.against.values()):
        if not compared.worths:
            continue
        prices = _labels.financial_year(told.assumptions.price_year)
        caption = f"{compared.plan.title}: {prices} prices, the last two as present values"
        cells = [_worth_row(worth) for worth in compared.worths]
        parts.append(table(caption, _EFFECT_HEADS, cells, numbers=range(1, len(_EFFECT_HEADS))))
        # A lever that several scenarios hold is drawn once.
        curves = {lever: chart for lever, chart in compared.curves.items() if lever not in drawn}
        drawn |= set(curves)
        for j, chart in enumerate(curves.values()):
            parts.append(picture(svg(chart.figure, f"chart-effect-{i}-{j}"), chart.words, chart.words, scrolls=True))
    return section(EFFECTS_NAME, EFFECTS_TITLE, *parts, h("p", EFFECTS_NOTE, class_="note")) if parts else Html("")


def _worth_row(worth: Worth) -> tuple[str, ...]:
    none = "not within a half" if worth.money is not None else numbers.NONE
    return (
        f"{worth.lever}: {effect_tables.effect_of(worth)}",
        numbers.percent(worth.step),
        numbers.children(worth.fewer),
        numbers.pounds(worth.cashable),
        numbers.pounds(worth.npv),
        "not stated" if worth.money is None else numbers.pounds(worth.money),
        none if worth.needed is None else numbers.percent(worth.needed),
    )


CASE_NAME, CASE_TITLE = "appraisal", "As a business case"


CASE_NOTE = (
    "Budget and society are two ledgers and are never added. The net saving is of the public purse; its payers "
    "sum to it. Both are present values; the mean is over draws. In social value, transfers and prices alone count "
    "nothing. Whether a child is safe at home is not measured: the cost is of each child-year not spent in care; below "
    "zero the purse saves. Peak funding is undiscounted, and the chance is of discounted payback of the public purse. "
    "All of it, with that chance for each year, is in appraisal.csv; scenarios as options are in options.csv."
)


_CASE_HEADS = ("", "Mean", numbers.LEVEL_WORDS, "If every effect were as stated", "")


#: Rows of the page and what they are called there; the others are in the file.
_SHOWN = {
    NPV: "Net saving to the public purse",
    NPV_PAYER: "of which {of}",
    NPSV: "Net present social value",
    NPSV_PART: "of which {of}",
    BCR: "Benefit-cost ratio, ratio of means",
    PAYBACK: "Payback year, {of}",
    EAV: "Equivalent annual value, {of}",
    PEAK: "Peak funding (lowest running total)",
    PEAK_YEAR: "Year of peak funding",
    **{f"{COST_PER} {effect.words}": f"Net present cost for each {effect.words}" for effect in EFFECTS.values()},
    BIAS: "Optimism bias: {of}",
}


#: Rows that are left out where nothing changes.
_PARTS = (NPV_PAYER, NPSV_PART)


_PER_CHILD = "GBP per child-year"


#: What a number is of, where its name does not say.
_UNITS = {BCR: "for each £1", EAV: "a year"}


def appraisals(told: Story) -> Html:
    """Write the business case of each scenario.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup; empty where there is inaction alone.
    """
    parts: list[Html] = []
    for i, compared in enumerate(told.against.values()):
        parts += _heading(compared.plan)
        parts += _case(compared.appraisal, compared.moves, i, compared.plan.heading)
    return section(CASE_NAME, CASE_TITLE, *parts, h("p", CASE_NOTE, class_="note")) if parts else Html("")


def _case(made: SavingAppraisal, moves: bool, i: int, title: str) -> Iterator[Html]:
    """Write one appraisal, and draw who pays and who saves where anything moves."""
    from carecost.plots._figure import svg
    from carecost.plots.spending import plot_payers, sentence

    prices = _labels.financial_year(made.base.price_year or 0)
    discount, before = made.central.comparison.discount.name, plain(f"against {made.baseline}")
    yield table(
        f"{numbers.sentence(before)[:-1]}, {made.span}, prices of {prices}, discounted by {discount}",
        _CASE_HEADS,
        _rows(made),
        (1, 2, 3),
    )
    if not moves:
        return
    words = numbers.sentence(f"Net saving of each payer in each year. {sentence(made, title)}")
    words += f" {numbers.sentence(numbers.CLAIM)}" if made.claim else ""
    yield picture(
        svg(partial(plot_payers, made, title=sentence(made, title)), f"chart-payers-{i}"), words, words, scrolls=True
    )


def _rows(made: SavingAppraisal) -> Iterator[tuple[str, ...]]:
    for row in made.table().to_dict("records"):
        what = str(row["what"])
        if what in _SHOWN and not (what in _PARTS and row["central"] == row["low"] == row["high"] == 0):
            yield _row(what, {str(k): v for k, v in row.items()}, made.with_draws)
    yield from _chances(made)


def _row(what: str, row: dict[str, object], drawn: bool) -> tuple[str, ...]:
    """Write a row of the appraisal as the summary writes its own: billions, years, or pounds for each child-year."""
    label = _SHOWN[what].format(of=row["of"])
    if what == BIAS:
        return label, numbers.percent(float(str(row["central"]))), "", "", "of reform spend"
    unit = str(row["unit"])
    billions = unit in ("GBP", "GBP per year")
    scale = 1e-9 if billions else 1.0
    central, mean, low, high = (_scaled(row[k], scale) for k in ("central", "mean", "low", "high"))
    unit = "£bn" if billions else unit if unit in ("GBP per GBP", YEAR) else _PER_CHILD
    if what == PEAK_YEAR and central is None:
        return label, *(("", "", numbers.NONE) if drawn else (numbers.NONE, "", "")), ""
    shown = summary_row("", mean, low, high, unit)
    stated = summary_row("", central, None, None, unit).value
    # A year has no mean: some draws may never pay back. Without draws the one run is all there is.
    first = stated if not drawn else "" if unit == YEAR else shown.value
    return label, first, shown.interval, stated if drawn else "", _UNITS.get(what, "")


def _scaled(value: object, scale: float) -> float | None:
    """Scale a number; None for what is none."""
    return float(value) * scale if isinstance(value, int | float) and not np.isnan(value) else None


def _chances(made: SavingAppraisal) -> Iterator[tuple[str, ...]]:
    """Write the chance of having paid back after a third and two thirds of the years, and at their end."""
    if not made.with_draws:
        return
    chances = made.drawn.purse.chance_of_payback(discounted=True)
    last = len(made.years) - 1
    for i in sorted({round(last / 3), round(2 * last / 3), last}):
        label = f"{numbers.sentence(CHANCE)[:-1]} by {_labels.financial_year(made.years[i])}"
        yield label, numbers.chance(float(chances[i])), "", "", "of draws"
