"""What does the page say was found? Its opening, the summary and the spending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from carecost import headline, wording
from carecost.comparison import REFORM
from carecost.page import Html, h, joined, section, table
from carecost.scenarios import INACTION

if TYPE_CHECKING:
    import pandas as pd

    from carecost.headline import Said
    from carecost.results import Results

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
    warnings = [headline.claim_sentence(run.scenarios[name], rows) for name, rows in said.items()]
    return h(
        "header",
        h("h1", title(results)),
        *(h("p", sentence, class_="lede") for sentence in found),
        *(h("div", h("p", text), class_="claim", role="note") for text in warnings if text),
        h("p", f"{wording.sentence(wording.INTERVAL if run.draws.n > 1 else wording.NO_INTERVAL)}", class_="small"),
    )


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
    about = f"{'; '.join(scenarios)} against inaction" if scenarios else "Inaction"
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
            parts.append(h("p", f"{wording.claim(v.source for v in scenario.levers)}.", class_="note"))
    rounding = "Each number is rounded by itself, so differences may not add up in the last figure. "
    meaning = "fixed: the same in every draw; none: there is no such number."
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
    years = results.run.grid.years
    shown = list(dict.fromkeys([years[0], *years[9:10], years[-1]]))
    frame = results.costs(by=["group", "account"])
    wide = frame[frame["year"].isin(shown)].assign(quantile=lambda f: f["quantile"].astype(str))
    totals = _totals(results)
    scale = wording.money_scale(float(totals.max()))
    scale = wording.Scale(scale.divisor, scale.ending, 2 if scale.ending == "bn" else 1 if scale.ending else 0)
    prices = wording.financial_year(results.run.assumptions.price_year)
    parts = []
    for name in results.scenarios:
        mine = wide[wide["scenario"] == name].set_index(["group", "account", "year", "quantile"])["value"]
        cells = [[label, *(_money(mine.loc[(*key, y)], scale) for y in shown)] for label, key in _groups(frame)]
        cells.append(["Total of the public purse", *(_money(totals.loc[(name, y)], scale) for y in shown)])
        scenario = results.run.scenarios[name]
        claim = f"; {wording.CLAIM}" if scenario.claim else ""
        caption = f"{scenario.title} ({name}): {scale.unit} a year, {prices} prices{claim}"
        heads = ["Group", *(wording.financial_year(y) for y in shown)]
        parts.append(table(caption, heads, cells, numbers=range(1, len(heads)), total=True))
    note = "Central run; 90% interval below it. Intervals of groups do not add up to that of the total."
    parts.append(h("p", note, class_="note"))
    return section("spend", "Spend by group", *parts)


def _groups(frame: pd.DataFrame) -> Iterator[tuple[str, tuple[str, str]]]:
    """Name each group; with its account where it has several, or is not counted."""
    keys = list(dict.fromkeys(zip(frame["group"], frame["account"], strict=True)))
    for group, account in sorted(keys, key=lambda key: key[0] == REFORM):
        several = sum(g == group for g, _ in keys) > 1
        extra = " (social, not in the total)" if account == "social" else f" ({account})" if several else ""
        yield f"{group}{extra}", (group, account)


def _totals(results: Results) -> pd.Series[float]:
    """Sum the spend of the public purse by scenario and year: central and quantiles."""
    import pandas as pd

    central = results.costs(by=["account"])
    central = central[(central["account"] != "social") & (central["quantile"] == "central")]
    parts = [central.groupby(["scenario", "year", "quantile"])["value"].sum()]
    if results.run.draws.n > 1:
        drawn = results.costs(by=["account"], draws=True)
        sums = drawn[drawn["account"] != "social"].groupby(["scenario", "year", "draw"])["value"].sum()
        spread = sums.groupby(["scenario", "year"]).quantile([0.05, 0.95])
        spread.index = spread.index.set_levels(["0.05", "0.95"], level=2).set_names("quantile", level=2)
        parts.append(spread)
    return pd.concat(parts).sort_index()


def _money(values: pd.Series[float], scale: wording.Scale) -> Html:
    central = wording.pounds(float(values["central"]), scale)
    if "0.05" not in values.index:
        return joined([central])
    low, high = (wording.pounds(float(values[q]), scale) for q in ("0.05", "0.95"))
    return joined([central] if low == high else [central, h("span", f"{low} to {high}", class_="small")])
