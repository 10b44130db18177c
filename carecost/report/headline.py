"""Summary rows and headline sentences in words, the same in the terminal's table and on the page.

Everything here is text made of what it is given: a comparison, a row, a few numbers. :mod:`carecost.report.story` asks
for those once and keeps what is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carecost import _labels
from carecost._typing import Array
from carecost.analysis.evidence_base import COUNTED
from carecost.analysis.sustained import outliving
from carecost.engine.items import SOCIAL
from carecost.inputs.scenario import elsewhere
from carecost.maths.monte_carlo import ends
from carecost.results.attribution_tables import BILLIONS
from carecost.results.summary import CHANCE, EFFECT, ENDING, PER_CHILD_YEAR, comparator, mean_payback, variants
from carecost.results.summary import rows as quoted
from carecost.results.tables import interval
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.inputs.scenario import Scenario
    from carecost.results.saving import Saving


#: Unit, in words, of the rows that :func:`per_child_sentence` says.
PER_CHILD = "per child-year"


#: What stands for a number that is not there, by its unit, where it is not "none".
_MISSING = {ENDING: numbers.NEVER, CHANCE: "not drawn"}


#: Quantiles that bound an interval, as they are named in tables of rows.
BOUND_NAMES = tuple(f"{q:g}" for q in ends())


@dataclass(frozen=True)
class SummaryRow:
    """A row of the summary as it is shown: every number written out with its unit.

    Parameters
    ----------
    what, value, interval, unit : str
        As shown: the value is the mean over draws, or the central run where there are none; the interval is empty where
        there is none.
    """

    what: str
    value: str
    interval: str
    unit: str


def summary_row(what: str, value: float | None, low: float | None, high: float | None, unit: str) -> SummaryRow:
    """Write a value and its interval alike, with their unit in words.

    Parameters
    ----------
    what : str
        What it is.
    value, low, high : float or None
        Value and interval; nan counts as None.
    unit : str
        Unit, as in the table that people quote.

    Returns
    -------
    SummaryRow
        The row as it is shown.

    Examples
    --------
    >>> summary_row("Reform spend", 2.523, 2.1, 3.0, "£bn, 2024-25 prices")
    SummaryRow(what='Reform spend', value='£2.52bn', interval='£2.10bn to £3.00bn', unit='2024-25 prices')
    """
    values = [None if v is None or v != v else float(v) for v in (value, low, high)]
    texts, words = _texts(values, unit)
    middle, lowest, highest = (_MISSING.get(unit, numbers.NONE) if text is None else text for text in texts)
    if values[1:] == [None, None]:
        spread = ""
    elif lowest == highest:
        # Two bounds that are written alike need not be alike: only equal ones are called fixed, and no year is.
        spread = "fixed" if values[1] == values[2] and unit != ENDING else lowest
    else:
        spread = f"{lowest} to {highest}"
    return SummaryRow(what, middle, spread, words)


def _texts(values: Sequence[float | None], unit: str) -> tuple[list[str | None], str]:
    """Write the values of a row with one scale and one rounding, and name their unit."""
    known = [v for v in values if v is not None]
    if unit.startswith("£bn"):
        scale = numbers.money_scale(*(1e9 * v for v in known))
        texts = [numbers.pounds(1e9 * v, scale) for v in known]
        words = unit.removeprefix("£bn").lstrip(", ")
    elif unit == PER_CHILD_YEAR:
        scale = numbers.money_scale(*known)
        texts, words = [numbers.pounds(v, scale) for v in known], PER_CHILD
    elif unit == ENDING:
        texts, words = [_labels.financial_year(v) for v in known], "financial year"
    elif unit.startswith("share of "):
        words = "of the effect" if unit == EFFECT else unit.removeprefix("share ")
        texts = [(numbers.chance if unit == CHANCE else numbers.percent)(v) for v in known]
    elif unit == "GBP per GBP":
        texts, words = [numbers.pounds(v, numbers.Scale(1.0, "", 2)) for v in known], "for each £1"
    else:
        largest = max(map(abs, known), default=0.0)
        texts = [numbers.children(v, largest) if unit == "children" else numbers.number(v) for v in known]
        words = unit
    written = iter(texts)
    return [None if v is None else next(written) for v in values], words


def summary(saving: Saving) -> tuple[SummaryRow, ...]:
    """Write the summary of a comparison: the table that people quote.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.

    Returns
    -------
    tuple of SummaryRow
        One row a number.
    """
    written = []
    for row in quoted(saving.run, saving.scenario.name, saving.baseline.name):
        # Without a mean a row is of one run; a mean that is nan is of a payback that does not come.
        value = row["central"] if row["mean"] is None else row["mean"]
        written.append(summary_row(row["what"], value, row["low"], row["high"], row["unit"]))
    return tuple(written)


def inaction_summary(
    date: int, children: Mapping[str, float], spend: Mapping[str, float], price_year: int
) -> tuple[SummaryRow, SummaryRow]:
    """Write the summary of a run without scenarios: children in care and public spending at the end.

    Parameters
    ----------
    date : int
        Last 31 March of the run, and the end of its last financial year.
    children : mapping of str to float
        Children in care on that date by quantile: ``central`` and, with draws, ``mean`` and the ends of the interval
        [children].
    spend : mapping of str to float
        Public spending in the last year, in the same way [GBP].
    price_year : int
        Year of the prices.

    Returns
    -------
    tuple of SummaryRow
        Two rows.
    """
    prices = f"£bn, {_labels.financial_year(price_year)} prices"
    billions = {quantile: value * 1e-9 for quantile, value in spend.items()}
    return (
        summary_row(f"Children in care, 31 March {date}", *_with_ends(children), "children"),
        summary_row(f"Spend in {_labels.financial_year(date)}", *_with_ends(billions), prices),
    )


def _with_ends(of: Mapping[str, float]) -> tuple[float, float | None, float | None]:
    """Give what leads of some quantiles, and the ends of its interval."""
    low, high = (of.get(bound) for bound in BOUND_NAMES)
    return of.get("mean", of["central"]), low, high


def children_sentence(date: int, children: Mapping[str, Mapping[str, float]]) -> str:
    """Say how many children are in care at the end under each scenario.

    Parameters
    ----------
    date : int
        Last 31 March of the run.
    children : mapping of str to mapping of str to float
        Children in care on that date by scenario and quantile: ``central`` and, with draws, ``mean`` and the ends of
        the interval [children].

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> children_sentence(2035, {"inaction": {"central": 95_123.0}})
    'Children in care on 31 March 2035: inaction 95,100.'
    """
    parts = []
    for name, at_end in children.items():
        value, low, high = _with_ends(at_end)
        part = f"{name} {numbers.children(value)}"
        span = "" if low is None or high is None else numbers.span(numbers.children(low), numbers.children(high))
        if span:
            part += f" ({numbers.LEVEL_WORDS} {span})"
        parts.append(part)
    return f"Children in care on 31 March {date}: {'; '.join(parts)}."


def saving_sentence(saving: Saving, moves: bool) -> str:
    """Say the net present saving of a scenario to the public purse, and its payback year.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.
    moves : bool
        Whether children in care or public spending differ at all.

    Returns
    -------
    str
        Two sentences; one where nothing changes.
    """
    plan = saving.run.scenarios.get(saving.scenario.name)
    name = saving.scenario.name if plan is None else plan.heading
    drawn, years = saving.drawn, [_labels.financial_year(saving.grid.years[i]) for i in (0, -1)]
    if not moves:
        return f"{name} changes neither children in care nor public spending, {years[0]} to {years[1]}."
    prices = _labels.financial_year(saving.scenario.provenance.price_year)
    low, high = interval(saving.npv(), 1e-9) if len(saving.averted) > 1 else (None, None)
    row = summary_row("", float(drawn.npv().mean()) * 1e-9, low, high, "£bn")
    spend = float(drawn.reform_spend().sum(1).mean())
    after = f"after reform spend of {numbers.pounds(spend)} (undiscounted)" if spend else "without reform spend"
    paid = float(mean_payback(drawn, discounted=True))
    back = f"does not pay back by {years[1]}" if paid != paid else f"pays back in {_labels.financial_year(paid)}"
    within = f" ({numbers.LEVEL_WORDS} {row.interval})" if row.interval else ""
    what = "Mean net present saving" if row.interval else "Net present saving"
    return (
        f"{what} of {name} to the public purse, {years[0]} to {years[1]}: "
        f"{row.value}{within}, {prices} prices, {after}. It {back}, discounted."
    )


def warnings(
    plan: Scenario, saving: Saving, rows: Sequence[SummaryRow], moves: bool, assumption_set: str
) -> tuple[str, ...]:
    """Say what to know before a scenario's numbers are used: a claim, extra cost taken in part, made for another set.

    Parameters
    ----------
    plan : Scenario
        What might be done.
    saving : Saving
        The scenario against inaction.
    rows : sequence of SummaryRow
        Its summary.
    moves : bool
        Whether children in care or public spending differ at all.
    assumption_set : str
        Name of the set that was run.

    Returns
    -------
    tuple of str
        Sentences; none where there is nothing to know.
    """
    # Where the programme adds cost, counting only the cashable share of what is added flatters it.
    whole, cashable = (float(saving.drawn.npv(gross=gross).mean()) for gross in (True, False))
    extra = numbers.EXTRA.format(numbers.pounds(whole)) if whole < cashable else ""
    made_for = elsewhere(plan, assumption_set)
    lacking = f"{made_for}: what it costs or does there may be missing here." if made_for else ""
    unpaid = outliving_sentence(saving, rows)
    return tuple(text for text in (claim_sentence(plan, rows, moves), unpaid, extra, lacking) if text)


def claim_sentence(plan: Scenario, rows: Sequence[SummaryRow], moves: bool) -> str:
    """Warn that effects are claimed, with the switching value: the share of the claim that just breaks even.

    Parameters
    ----------
    plan : Scenario
        What might be done.
    rows : sequence of SummaryRow
        Its summary.
    moves : bool
        Whether children in care or public spending differ at all.

    Returns
    -------
    str
        The warning; empty where the effects are no claim.
    """
    if not plan.claim:
        return ""
    share = next((row.value for row in rows if row.unit == "of the effect"), numbers.NONE)
    warning = numbers.claim(lever.source for lever in plan.levers)
    if not moves:
        return f"{warning}. Public spending is the same, whatever share of the claim comes true."
    if any(row.interval for row in rows):
        warning += ". The mean and its interval let the claims fail as far as their stated ranges go"
    if share == numbers.NONE:
        return f"{warning}. No share of the claimed effect makes the net present saving zero."
    return f"{warning}. The net present saving falls to zero at {share} of the claimed effect (switching value)."


def outliving_sentence(saving: Saving, rows: Sequence[SummaryRow]) -> str:
    """Warn that effects last beyond what pays for them, with the net present saving if the spending went on.

    Parameters
    ----------
    saving : Saving
        A scenario against a baseline.
    rows : sequence of SummaryRow
        Its summary.

    Returns
    -------
    str
        The warning; empty where no effect outlives what pays for it.
    """
    lasting = outliving(saving.run, saving.scenario.name)
    if not lasting:
        return ""
    each = "; ".join(
        f"{payment.lever}: paid for to {_labels.financial_year((payment.paid or (0, 0))[1])}, "
        f"acts to {_labels.financial_year(payment.effect[1])}"
        for payment in lasting
    )
    kept = next(row.value for row in rows if "sustained" in row.what)
    return f"Effects last beyond what pays for them ({each}). With spending sustained: {kept}."


def footing_sentence(evidence_base: Mapping[str, float], counts_only: bool) -> str:
    """Say how much of the cashable saving rests on measured effects, on claims, on bounds and on assumptions.

    Parameters
    ----------
    evidence_base : mapping of str to float
        Cashable saving by what the effects rest on, as :func:`carecost.analysis.evidence_base.footing` gives it [GBP].
    counts_only : bool
        Whether the scenario acts on outcomes that are counted, and on nothing that is paid for.

    Returns
    -------
    str
        A sentence; empty where no lever has an effect, and plain about one that acts on outcomes alone.

    Examples
    --------
    >>> footing_sentence({"measured": 2e9, "claimed": 1e9}, counts_only=False)[:75]
    'Of the cashable saving, were each effect at its stated value, £2.00bn on ef'
    """
    if not evidence_base:
        return COUNTED if counts_only else ""
    if len(evidence_base) == 1:
        return f"All of the cashable saving rests on effects that are {next(iter(evidence_base))}."
    scale = numbers.money_scale(*evidence_base.values())
    parts = ", ".join(f"{numbers.pounds(v, scale)} on effects that are {basis}" for basis, v in evidence_base.items())
    return f"Of the cashable saving, were each effect at its stated value, {parts} (Shapley values)."


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
    averting = variants(saving.run, saving.scenario.name, saving.baseline.name).averting
    average = saving.drawn.average_cost_of_care()
    mine = None if averting is None else averting.drawn.saving_per_child_year()
    review, year = comparator("review saving"), comparator("review year of care")
    prices = f"prices of {_labels.financial_year(review.price_year)} assumed"
    beside = f"beside the all-care average of {numbers.pounds(average)} and {review.measure} ({review.note}, {prices})"
    if mine is None:
        return f"No care is averted to save on, {beside}."
    why = (
        "It is what a year of care costs now, times the share that becomes cash, less support at home; the Review's "
        f"is {numbers.percent(review.value / year.value)} of {year.measure} ({numbers.pounds(year.value)}), and it "
        "did not publish why."
    )
    mix = " It is more than a year of care costs: part of the saving is from lower prices, or from cheaper placements."
    return (
        f"Cashable saving per averted child-year, by the levers that avert: {numbers.pounds(mine)}, {beside}. "
        f"{why}{mix if mine > average else ''}"
    )


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
    if not any(item.account == SOCIAL for item in saving.grid.items):
        return ""
    value = float(saving.npsv().mean()) * 1e-9
    low, high = interval(saving.npsv(), 1e-9) if len(saving.averted) > 1 else (None, None)
    row = summary_row("", value, low, high, "£bn")
    within = f" ({numbers.LEVEL_WORDS} {row.interval})" if row.interval else ""
    return f"Net present social value: {row.value}{within}. It is no budget, and not to be added to the saving."


def growth_sentence(paths: Mapping[str, Array], year: int, price_year: int) -> str:
    """Say what real growth of prices does to public spending under inaction in the last year.

    Parameters
    ----------
    paths : mapping of str to ndarray of shape (year,)
        Spending by what is said of growth, as :func:`carecost.analysis.sensitivity.growth_paths` gives it [GBP].
    year : int
        The last year.
    price_year : int
        Year of the prices.

    Returns
    -------
    str
        One sentence; empty where no price grows.
    """
    in_last_year = {growth: float(path[-1]) for growth, path in paths.items()}
    if len(set(in_last_year.values())) == 1:
        return ""
    scale = numbers.money_scale(*in_last_year.values())
    parts = ", ".join(f"{numbers.pounds(value, scale)} with {growth}" for growth, value in in_last_year.items())
    prices = f"{_labels.financial_year(price_year)} prices"
    return f"Spend under inaction in {_labels.financial_year(year)}, {prices}, central: {parts}."


def lever_sentence(scenario: str, npv: pd.DataFrame) -> str:
    """Say what each lever adds to the net present saving when it is added to those before it.

    Parameters
    ----------
    scenario : str
        Name.
    npv : DataFrame
        Attribution of the net present saving, as :func:`carecost.results.attribution_tables.short_table` gives it.

    Returns
    -------
    str
        A sentence.
    """
    texts = written_alike(npv["sequence"].tolist(), str(npv["unit"].iloc[0]))
    parts = "; ".join(f"{lever} {text}" for lever, text in zip(npv["lever"], texts, strict=True) if text)
    return f"Net present saving of {scenario} to the public purse, each lever added to those before it: {parts}."


def written_alike(values: Sequence[float], unit: str) -> list[str]:
    """Write numbers of a table of levers with one scale and one rounding.

    Parameters
    ----------
    values : sequence of float
        In billions of pounds, or in children; nan where there is no number.
    unit : str
        Unit of the table.

    Returns
    -------
    list of str
        A text each; empty for nan.

    Examples
    --------
    >>> written_alike([1.5, float("nan"), 0.25], "£bn, 2024-25 prices")
    ['£1.50bn', '', '£0.25bn']
    """
    known = [v for v in values if v == v]
    if unit.startswith(BILLIONS):
        scale = numbers.money_scale(*(1e9 * v for v in known))
        return ["" if v != v else numbers.pounds(1e9 * v, scale) if v else "£0" for v in values]
    return ["" if v != v else numbers.children(v, max(map(abs, known))) for v in values]
