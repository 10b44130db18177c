"""Headline rows and sentences, the same in the terminal's table and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carecost import _labels
from carecost._labels import INACTION
from carecost.analysis.evidence_base import COUNTED, footing, outcomes_alone, unmoved
from carecost.results.saving import REVIEW_SAVING
from carecost.results.tables import interval
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.inputs.scenario import Scenario
    from carecost.results.results import Results
    from carecost.results.saving import Saving


#: Unit, in words, of the rows that :func:`per_child_sentence` says.
PER_CHILD = "per child-year"


_CHILD_YEAR, _SWITCH = "GBP per child-year", "share of effect"


#: What stands for a number that is not there, where it is not "none".
_MISSING = {"financial year ending": numbers.NEVER, "share of draws": "not drawn"}


_YEAR = "financial year ending"


@dataclass(frozen=True)
class Said:
    """A row of the summary, for people.

    Parameters
    ----------
    what, central, interval, unit : str
        As shown; the interval is empty where there is none.
    """

    what: str
    central: str
    interval: str
    unit: str


def said(what: str, central: float | None, low: float | None, high: float | None, unit: str) -> Said:
    """Write a row of the summary.

    Parameters
    ----------
    what : str
        What it is.
    central, low, high : float or None
        Value and 90% interval; nan counts as None.
    unit : str
        Unit, as in the table that people quote.

    Returns
    -------
    Said
        The row, for people.

    Examples
    --------
    >>> said("Reform spend", 2.523, 2.1, 3.0, "£bn, 2024-25 prices")
    Said(what='Reform spend', central='£2.52bn', interval='£2.10bn to £3.00bn', unit='2024-25 prices')
    """
    values = [None if v is None or v != v else float(v) for v in (central, low, high)]
    texts, words = _texts(values, unit)
    first, least, most = (_MISSING.get(unit, numbers.NONE) if text is None else text for text in texts)
    if values[1:] == [None, None]:
        spread = ""
    elif least == most:
        spread = "fixed" if values[1] == values[2] and unit != _YEAR else least
    else:
        spread = f"{least} to {most}"
    return Said(what, first, spread, words)


def _texts(values: Sequence[float | None], unit: str) -> tuple[list[str | None], str]:
    """Write the values of a row alike, and name their unit."""
    known = [v for v in values if v is not None]
    if unit.startswith("£bn"):
        scale = numbers.money_scale(*(1e9 * v for v in known))
        texts = [numbers.pounds(1e9 * v, scale) for v in known]
        words = unit.removeprefix("£bn").lstrip(", ")
    elif unit == _CHILD_YEAR:
        scale = numbers.money_scale(*known)
        texts, words = [numbers.pounds(v, scale) for v in known], PER_CHILD
    elif unit == _YEAR:
        texts, words = [_labels.financial_year(v) for v in known], "financial year"
    elif unit.startswith("share of "):
        words = "of the effect" if unit == _SWITCH else unit.removeprefix("share ")
        texts = [numbers.percent(v) for v in known]
    elif unit == "GBP per GBP":
        texts, words = [numbers.pounds(v, numbers.Scale(1.0, "", 2)) for v in known], "for each £1"
    else:
        largest = max(map(abs, known), default=0.0)
        texts = [numbers.children(v, largest) if unit == "children" else numbers.number(v) for v in known]
        words = unit
    left = iter(texts)
    return [None if v is None else next(left) for v in values], words


def summary(saving: Saving) -> list[Said]:
    """Write the table people quote.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.

    Returns
    -------
    list of Said
        One row a number.
    """
    rows = saving.summary().to_dict("records")
    return [said(r["what"], r["central"], r["low"], r["high"], r["unit"]) for r in rows]


def inaction(results: Results) -> list[Said]:
    """Write what a run without scenarios has to say: children and spend at the end.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    list of Said
        One row a number.
    """
    run = results.run
    date, year = run.grid.dates[-1], _labels.financial_year(run.grid.years[-1])
    children = results.children()
    spend = results.costs(by=["account"])
    purse = spend[(spend["account"] != "social") & (spend["scenario"] == INACTION)]
    prices = f"£bn, {_labels.financial_year(run.assumptions.price_year)} prices"
    at_end = children[(children["scenario"] == INACTION) & (children["date"] == date)].set_index("quantile")["value"]
    total = float(purse[(purse["year"] == run.grid.years[-1]) & (purse["quantile"] == "central")]["value"].sum())
    low, high = (float(at_end["0.05"]), float(at_end["0.95"])) if run.draws.n > 1 else (None, None)
    return [
        said(f"Children in care, 31 March {date}", float(at_end["central"]), low, high, "children"),
        said(f"Spend in {year}", total * 1e-9, None, None, prices),
    ]


def children_sentence(results: Results) -> str:
    """Say how many children are in care at the end under each scenario.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    str
        A sentence.
    """
    date = results.run.grid.dates[-1]
    frame = results.children()
    end = frame[frame["date"] == date].set_index(["scenario", "quantile"])["value"]
    parts = []
    for name in results.scenarios:
        part = f"{numbers.children(float(end[name, 'central']))} under {name}"
        if results.run.draws.n > 1:
            low, high = (numbers.children(float(end[name, q])) for q in ("0.05", "0.95"))
            part += f" (90% interval {low} to {high})"
        parts.append(part)
    return f"Children in care on 31 March {date}: {'; '.join(parts)}."


def saving_sentence(saving: Saving) -> str:
    """Say what a scenario saves the public purse, and when it pays back.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.

    Returns
    -------
    str
        Two sentences; one where nothing changes.
    """
    central, years = saving.central, [_labels.financial_year(saving.grid.years[i]) for i in (0, -1)]
    assert central is not None
    if unmoved(saving, saving.central):
        name = saving.scenario.name
        return f"{name} changes neither children in care nor public spending, {years[0]} to {years[1]}."
    prices = _labels.financial_year(saving.scenario.provenance.price_year)
    low, high = interval(saving.npv(), 1e-9) if len(saving.averted) > 1 else (None, None)
    row = said("", float(central.npv()[0]) * 1e-9, low, high, "£bn")
    spend = float(central.reform_spend().sum())
    after = f"after reform spend of {numbers.pounds(spend)}" if spend else "without reform spend"
    paid = float(central.payback_year(discounted=True)[0])
    back = f"does not pay back by {years[1]}" if paid != paid else f"pays back in {_labels.financial_year(paid)}"
    within = f" (90% interval {row.interval})" if row.interval else ""
    return (
        f"Net present saving of {saving.scenario.name} to the public purse, {years[0]} to {years[1]}: "
        f"{row.central}{within}, {prices} prices, {after}. "
        f"In the central run it {back}, discounted."
    )


def claim_sentence(scenario: Scenario, rows: Sequence[Said], saving: Saving) -> str:
    """Warn that effects are claimed, with the share of the claim at which nothing is won or lost.

    Parameters
    ----------
    scenario : Scenario
        What might be done.
    rows : sequence of Said
        Its summary.
    saving : Saving
        What it saves.

    Returns
    -------
    str
        The warning; empty where the effects are no claim.
    """
    if not scenario.claim:
        return ""
    share = next((row.central for row in rows if row.unit == "of the effect"), numbers.NONE)
    warning = numbers.claim(lever.source for lever in scenario.levers)
    if unmoved(saving, saving.central):
        return f"{warning}. Public spending is the same, whatever share of the claim comes true."
    if any(row.interval for row in rows):
        warning += ". The central run takes the claims at their word, the interval lets them fail"
    if share == numbers.NONE:
        return f"{warning}. No share of the claimed effect makes the net present saving zero."
    return f"{warning}. The net present saving falls to zero at {share} of the claimed effect (switching value)."


def footing_sentence(results: Results, name: str) -> str:
    """Say how much of the cashable saving rests on measured effects, on claims, on bounds and on assumptions.

    Parameters
    ----------
    results : Results
        What a run gave.
    name : str
        A scenario.

    Returns
    -------
    str
        A sentence; empty where no lever has an effect, and plain about one that acts on outcomes alone.
    """
    parts = footing(results.run, name)
    if not parts:
        return COUNTED if outcomes_alone(results.run, name) else ""
    if len(parts) == 1:
        return f"All of the cashable saving rests on effects that are {next(iter(parts))}."
    scale = numbers.money_scale(*parts.values())
    said = ", ".join(f"{numbers.pounds(value, scale)} on effects that are {basis}" for basis, value in parts.items())
    return f"Of the cashable saving in the central run, {said} (Shapley values)."


def per_child_sentence(saving: Saving) -> str:
    """Set the saving for a child-year averted beside what a year of care costs, and beside the Review's own.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.

    Returns
    -------
    str
        A sentence.
    """
    assert saving.central is not None
    mine, average = saving.central.saving_per_child_year(), saving.central.average_cost_of_care()
    saved = numbers.NONE if mine is None else numbers.pounds(mine)
    more = mine is not None and mine > average
    mix = " It is more than a year of care costs: part of the saving is from lower prices, or from cheaper placements."
    return (
        f"Cashable saving per averted child-year: {saved}, beside the all-care average of {numbers.pounds(average)} "
        f"and the Review's {numbers.pounds(REVIEW_SAVING)} (£517m for 17,000 children)."
        f"{mix if more else ''}"
    )
