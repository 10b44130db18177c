"""Page sections on what was found: opening, summary, spending, outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from carecost import _labels
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.sensitivity import growth_paths
from carecost.engine.items import OUTCOMES, SOCIAL
from carecost.inputs.scenario import elsewhere
from carecost.report import headline
from carecost.report.headline import Said
from carecost.report.html import Html, h, joined, section, table
from carecost.results.saving import Saving
from carecost.simulation.comparison import REFORM
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.engine.items import Item
    from carecost.results.results import Results


#: Title of the section of outcomes.
OUTCOMES_TITLE = "Outcomes that are counted"


#: Scenarios whose titles the page begins with; of more it has the names.
FEW = 2


_SUMMARY = ("What", "Central", "90% interval", "Unit")


def opening(results: Results, said: dict[str, list[Said]]) -> Html:
    """Write the title, the finding, and the warnings.

    Parameters
    ----------
    results : Results
        What a run gave.
    said : dict of str to list of Said
        Summary of each scenario but inaction.

    Returns
    -------
    Html
        Markup.
    """
    run = results.run
    found = [headline.children_sentence(results)]
    found += [headline.saving_sentence(results.compare(name)) for name in said]
    of_each = [(name, text) for name, rows in said.items() for text in warnings(results, name, rows)]
    texts = [text if len(said) == 1 or text.startswith(name) else f"{name}: {text}" for name, text in of_each]
    return h(
        "header",
        h("h1", title(results)),
        *(h("p", sentence, class_="lede") for sentence in found),
        *(h("div", h("p", text), class_="claim", role="note") for text in texts),
        h(
            "p",
            f"{numbers.sentence(numbers.interval(run.draws.noise) if run.draws.n > 1 else numbers.NO_INTERVAL)}",
            class_="small",
        ),
    )


def warnings(results: Results, name: str, rows: Sequence[Said]) -> list[str]:
    """Say what to know before numbers of a scenario are used: claims, extra cost taken in part, another set.

    Parameters
    ----------
    results : Results
        What a run gave.
    name : str
        A scenario.
    rows : sequence of Said
        Its summary.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to know.
    """
    scenario, saving = results.run.scenarios[name], results.compare(name)
    assert saving.central is not None
    whole, part = (float(saving.central.npv(gross=gross)[0]) for gross in (True, False))
    extra = numbers.EXTRA.format(numbers.pounds(whole)) if whole < part else ""
    other = elsewhere(scenario, results.run.assumptions.name)
    lacking = f"{other}: what it costs or does there may be missing here." if other else ""
    return [text for text in (headline.claim_sentence(scenario, rows, saving), extra, lacking) if text]


def title(results: Results) -> str:
    """Say what the page is about.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    str
        Plain text.
    """
    scenarios = [s.title for name, s in results.run.scenarios.items() if name != INACTION]
    if len(scenarios) > FEW:
        scenarios = [", ".join(name for name in results.scenarios if name != INACTION)]
    about = f"{'; '.join(scenarios)}, compared with inaction" if scenarios else "Inaction"
    return f"{about}. {results.run.assumptions.title or results.run.assumptions.name}"


def summaries(results: Results, said: dict[str, list[Said]]) -> Html:
    """Write the table that people quote, for each scenario.

    Parameters
    ----------
    results : Results
        What a run gave.
    said : dict of str to list of Said
        Summary of each scenario but inaction.

    Returns
    -------
    Html
        Markup.
    """
    shown = said or {INACTION: headline.inaction(results)}
    parts = []
    for name, rows in shown.items():
        scenario = results.run.scenarios[name]
        caption = f"{scenario.title} ({name})" + (f", against {INACTION}" if said else "")
        cells = [(r.what, r.central, r.interval, r.unit) for r in rows]
        parts.append(table(caption, _SUMMARY, cells, numbers=(1, 2)))
        if scenario.claim:
            parts.append(h("p", f"{numbers.claim(v.source for v in scenario.levers)}.", class_="note"))
        if said and (footing := headline.footing_sentence(results, name)):
            parts.append(h("p", footing, class_="note"))
    rounding = "Each number is rounded by itself, so differences may not add up in the last figure. "
    meaning = "Fixed means the same in every draw; none, that there is no such number."
    return section("summary", "Summary", *parts, h("p", rounding + meaning, class_="note"))


def spending(results: Results) -> Html:
    """Write the spend of each group in the first, the tenth and the last year.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    Html
        Markup.
    """
    run = results.run
    shown = _shown_years(results)
    heads = ["Group", *(_labels.financial_year(run.grid.years[y]) for y in shown)]
    prices = _labels.financial_year(run.assumptions.price_year)
    scale = _scale(max(float(run.central[name].costs.public_spend.max()) for name in run.central))
    parts = []
    for name, plan in run.scenarios.items():
        central, drawn = run.central[name].costs.spend, run.shown[name].costs.spend
        cells = [
            [label, *(_money(central[:, y, chosen].sum(-1), drawn[:, y, chosen].sum(-1), scale) for y in shown)]
            for label, chosen in _groups(run.grid.items)
        ]
        claim = f"; {numbers.CLAIM}" if plan.claim else ""
        caption = f"{plan.title} ({name}): £ a year, {prices} prices{claim}"
        parts.append(table(caption, heads, cells, numbers=range(1, len(heads)), total=True))
    note = "Central run; 90% interval below it. Intervals of groups do not add up to that of the total."
    parts.append(h("p", note, class_="note"))
    parts.append(h("p", growth_sentence(results)))
    return section("spend", "Spend by group", *parts)


def outcomes(results: Results) -> Html:
    """Write how many have each outcome that the set counts, in the years in which spending is shown.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    Html
        Markup; empty where the set counts none.
    """
    run, shown = results.run, _shown_years(results)
    counted = [i for i, item in enumerate(run.grid.items) if item.account == OUTCOMES]
    if not counted:
        return Html("")
    heads = ["Outcome", *(_labels.financial_year(run.grid.years[y]) for y in shown)]
    parts = []
    for name, plan in run.scenarios.items():
        central, drawn = run.central[name].costs.spend, run.shown[name].costs.spend
        cells = [
            [run.grid.items[i].name, *(_counted(central[:, y, i], drawn[:, y, i]) for y in shown)] for i in counted
        ]
        claim = f"; {numbers.CLAIM}" if plan.claim else ""
        parts.append(table(f"{plan.title} ({name}): number a year{claim}", heads, cells, numbers=range(1, len(heads))))
    note = (
        "Central run; 90% interval below it. Outcomes overlap and are never added: one young person may have several. "
        "No pounds, and in no budget. A nought is a level of zero: its note, under what is assumed, says whether "
        "nothing is published or nothing is there. Every year is in outcomes.csv."
    )
    return section(OUTCOMES, OUTCOMES_TITLE, *parts, h("p", note, class_="note"))


def _shown_years(results: Results) -> list[int]:
    """Choose the first, the tenth and the last year."""
    last = len(results.run.grid.years) - 1
    return list(dict.fromkeys([0, min(9, last), last]))


def _counted(central: Array, drawn: Array) -> Html:
    """Write a number of outcomes with its interval below it, rounded alike."""
    values = [float(central[0]), *(float(v) for v in np.quantile(drawn, (0.05, 0.95)))]
    most = max(map(abs, values))
    shown, low, high = (numbers.children(v, most) if most >= 10 else numbers.number(v) for v in values)
    return joined([shown] if low == high else [shown, h("span", f"{low} to {high}", class_="small")])


def _scale(largest: float) -> numbers.Scale:
    """Choose one unit for small groups and their total: two decimals of a billion, one of a million."""
    scale = numbers.money_scale(largest)
    return numbers.Scale(scale.divisor, scale.ending, {"bn": 2, "m": 1}.get(scale.ending, 0))


def _groups(items: Sequence[Item]) -> Iterator[tuple[str, list[int]]]:
    """Name each group and find its items; reform and the total last."""
    money = [i for i in items if i.account != OUTCOMES]
    keys = sorted(dict.fromkeys((i.group, i.account == SOCIAL) for i in money), key=lambda k: (k[0] == REFORM, k[1]))
    for group, social in keys:
        label = f"{group} (social, not in the total)" if social else group
        of = [
            n
            for n, i in enumerate(items)
            if i.account != OUTCOMES and (i.group, i.account == SOCIAL) == (group, social)
        ]
        yield label, of
    yield "Total of the public purse", [n for n, i in enumerate(items) if i.public]


def _money(central: Array, drawn: Array, scale: numbers.Scale) -> Html:
    """Write an amount with its interval below it."""
    if not central.any() and not drawn.any():
        return joined(["£0"])
    shown = numbers.pounds(float(central[0]), scale)
    low, high = (numbers.pounds(float(v), scale) for v in np.quantile(drawn, (0.05, 0.95)))
    return joined([shown] if low == high else [shown, h("span", f"{low} to {high}", class_="small")])


def growth_sentence(results: Results) -> str:
    """Say what the growth of prices does to spend under inaction in the last year.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    str
        One sentence; empty where no price grows.
    """
    last = {name: float(path[-1]) for name, path in growth_paths(results.run).items()}
    if len(set(last.values())) == 1:
        return ""
    scale = numbers.money_scale(*last.values())
    said = ", ".join(f"{numbers.pounds(value, scale)} with {name}" for name, value in last.items())
    year, prices = results.run.grid.years[-1], results.run.assumptions.price_year
    head = f"Spend under inaction in {_labels.financial_year(year)}, {_labels.financial_year(prices)} prices, central: "
    return f"{head}{said}."


def social_sentence(saving: Saving) -> str:
    """Say the net present social value, where there is a social ledger.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.

    Returns
    -------
    str
        One sentence; empty without a social ledger.
    """
    if saving.central is None or not any(item.account == SOCIAL for item in saving.grid.items):
        return ""
    value, spread = float(saving.central.npsv()[0]) * 1e-9, np.quantile(saving.npsv(), (0.05, 0.95)) * 1e-9
    low, high = (float(spread[0]), float(spread[1])) if len(saving.averted) > 1 else (None, None)
    row = headline.said("", value, low, high, "£bn")
    within = f" (90% interval {row.interval})" if row.interval else ""
    return f"Net present social value: {row.central}{within}. It is no budget, and not to be added to the saving."
