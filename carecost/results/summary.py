"""Summary of a comparison: the rows people quote, as means with their interval, beside what would be if.

One statistic leads: the mean over draws with its interval, and ratios and years of the same draws. The run of central
values is kept beside it for programs, and stands on its own only where a row says so: every claim come true in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from carecost._labels import INACTION, financial_year
from carecost._typing import Array
from carecost.analysis.sensitivity import switching_value
from carecost.analysis.sustained import outliving, payments, sustained
from carecost.inputs.change import Change
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import LEVEL, mean_error
from carecost.money import vintages
from carecost.money.appraisal import payback_year
from carecost.results.tables import CHILDREN, interval
from carecost.simulation.comparison import Comparison
from carecost.simulation.evaluator import Outcome
from carecost.simulation.run import Run

#: Units of ratios, of chances and of years.
PER_CHILD_YEAR, CHANCE, EFFECT, ENDING = (
    "GBP per child-year",
    "share of draws",
    "share of effect",
    "financial year ending",
)

#: Columns of the table.
COLUMNS = ("what", "mean", "low", "high", "mean_error", "central", "unit")

#: Parameters whose changes alter how many children are in care.
_NUMBERS = ("entry_rate", "entry_at_birthday", "extra_entries", "population", "exit_rate")

#: What if those averted came later all the same: share of them, and within how many years.
COME_BACK = (0.5, 2)

Row = dict[str, Any]


@dataclass(frozen=True)
class Comparator:
    """A published figure that stands beside one of ours.

    Parameters
    ----------
    name, measure : str
        Its name here, and what it is.
    value : float
        The figure, in ``unit``.
    unit : str
        Unit.
    price_year : int
        Financial year of its pounds.
    source, quality, note : str
        On whose word, how good (A to E), what to know.
    """

    name: str
    measure: str
    value: float
    unit: str
    price_year: int
    source: str
    quality: str
    note: str

    def restated(self, run: Run) -> float:
        """Give it in the prices of a run [GBP]."""
        deflator = run.assumptions.deflator
        return self.value * float(deflator.factor(self.price_year, [run.assumptions.price_year])[0])


def comparator(name: str) -> Comparator:
    """Find a packaged figure to stand beside ours.

    Parameters
    ----------
    name : str
        Its name in ``carecost/data/money/comparators.csv``.

    Returns
    -------
    Comparator
        The figure with its source.

    Examples
    --------
    >>> round(comparator("review saving").value)
    30412
    """
    row = next(row for row in vintages.rows("comparators") if row["name"] == name)
    texts = {key: row[key] for key in ("name", "measure", "unit", "source", "quality", "note")}
    return Comparator(**texts, value=float(row["value"]), price_year=int(row["price_year"]))


@dataclass(frozen=True, eq=False)
class Variant:
    """The scenario with something else in it, against the same baseline: draw by draw, and central."""

    drawn: Comparison
    central: Comparison


@dataclass(frozen=True, eq=False)
class Variants:
    """Variants of a scenario that its summary tells of, each where there is something to tell.

    Attributes
    ----------
    sustained : Variant or None
        With spending carried on for as long as the effects last that it pays for; None where none outlives it.
    back : Variant or None
        With half of those averted by claims in care within two years; None where no claim averts entries.
    averting : Variant or None
        With the levers alone that alter how many are in care; None where no lever does.
    """

    sustained: Variant | None
    back: Variant | None
    averting: Variant | None


def variants(run: Run, scenario: str, baseline: str) -> Variants:
    """Run the variants that a summary tells of, with the luck of the run, once.

    Parameters
    ----------
    run : Run
        A run that holds both.
    scenario, baseline : str
        Names.

    Returns
    -------
    Variants
        Those there are; none against another scenario, which would have to be varied too.
    """
    if baseline != INACTION:
        return Variants(None, None, None)
    return run.once(("variants", scenario, baseline), lambda: _variants(run, scenario, baseline))


def _variants(run: Run, scenario: str, baseline: str) -> Variants:
    wanted, averts = wanted_variants(run, scenario)
    central, drawn = run.also(list(wanted.values()))
    made = {
        key: Variant(
            _against(run, other, drawn[other.name], baseline, run.drawn),
            _against(run, other, central[other.name], baseline, run.central),
        )
        for key, other in wanted.items()
    }
    if averts and "averting" not in made:
        made["averting"] = Variant(run.compare(scenario, baseline), run.compare(scenario, baseline, central=True))
    return Variants(made.get("sustained"), made.get("back"), made.get("averting"))


def beside(run: Run) -> list[Scenario]:
    """Give the variants that the summaries of all scenarios tell of, to be run with them.

    Parameters
    ----------
    run : Run
        A run, without draws.

    Returns
    -------
    list of Scenario
        Those there are.
    """
    return [plan for name in run.scenarios if name != INACTION for plan in wanted_variants(run, name)[0].values()]


def wanted_variants(run: Run, scenario: str) -> tuple[dict[str, Scenario], bool]:
    """Give the variants to be run, by name, and whether any lever alters how many are in care."""
    plan = run.scenarios[scenario]
    averting = tuple(lever for lever in plan.levers if any(_alters_numbers(c) for c in lever.effects))
    wanted: dict[str, Scenario] = {}
    if outliving(run, scenario):
        wanted["sustained"] = sustained(run, scenario)
    if plan.claim and any(c.parameter == "entry_rate" for lever in averting for c in lever.effects):
        wanted["back"] = plan.later(*COME_BACK)
    acting = tuple(lever for lever in plan.levers if lever.acts)
    if averting and len(averting) < len(acting):
        wanted["averting"] = replace(plan, name=f"{plan.name}, what averts", levers=averting, claim=False)
    return wanted, bool(averting)


def _alters_numbers(change: Change) -> bool:
    return change.parameter in _NUMBERS and not change.idle


def _against(run: Run, plan: Scenario, outcome: Outcome, baseline: str, outcomes: dict[str, Outcome]) -> Comparison:
    first = run.first_year(plan)
    return run.comparison(baseline, outcomes[baseline], plan.name, outcome, outcomes[INACTION], first)


def cost_stated(run: Run, scenario: str) -> bool:
    """Say whether anybody stated what the effects of a scenario cost: without it there is no ratio to a cost.

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.

    Returns
    -------
    bool
        False where levers act and none of them names a cost that is spent.
    """
    paid = payments(run, scenario)
    return not paid or any(payment.stated for payment in paid)


def mean_payback(comparison: Comparison, discounted: bool) -> float:
    """Find the year from which the mean over draws of the cumulative net saving stays at or above zero.

    Parameters
    ----------
    comparison : Comparison
        Two scenarios, in draws or in the central run.
    discounted : bool
        Whether to discount.

    Returns
    -------
    float
        Calendar year; nan where it does not pay back within the horizon. Years of single draws have no mean, as some
        draws may never pay back.
    """
    flow = comparison.net_saving().mean(0, keepdims=True) * (comparison.factors if discounted else 1.0)
    return float(payback_year(flow)[0] + comparison.grid.years[0])


def rows(run: Run, scenario: str, baseline: str, level: float = LEVEL) -> list[Row]:
    """Say what a scenario does to children and money.

    Parameters
    ----------
    run : Run
        A run that holds both.
    scenario, baseline : str
        Names.
    level : float
        Coverage of intervals [probability].

    Returns
    -------
    list of dict
        One a row, with the keys :data:`COLUMNS`: mean over draws, its interval and its Monte Carlo error (None without
        draws, and where a row is of one run alone), and the run of central values.
    """
    return list(_Summary(run, scenario, baseline, level).rows())


class _Summary:
    """Rows of one comparison."""

    def __init__(self, run: Run, scenario: str, baseline: str, level: float) -> None:
        self.run, self.scenario, self.baseline, self.level = run, scenario, baseline, level
        self.drawn, self.central = run.compare(scenario, baseline), run.compare(scenario, baseline, central=True)
        self.variants = variants(run, scenario, baseline)
        self.claim = run.scenarios[scenario].claim
        prices = financial_year(self.drawn.scenario.provenance.price_year)
        self.pounds, self.present = f"£bn, {prices} prices", f"£bn, {prices} prices, present value"

    @property
    def with_draws(self) -> bool:
        """Whether there are draws, and so means and intervals."""
        return len(self.drawn.averted) > 1

    def rows(self) -> Iterator[Row]:
        """Give the rows in the order in which they are read: children, money, society, and what would be if."""
        years, before, after = self.drawn.grid.years, self.drawn.baseline.name, self.drawn.scenario.name
        date, last = f"31 March {self.drawn.grid.dates[-1]}", f"Spend in {financial_year(years[-1])}"
        span = f"{financial_year(years[0])} to {financial_year(years[-1])}"
        of, money = self._row, (self.pounds, 1e-9)
        yield of(f"Children in care, {date}, {before}", lambda c: c.baseline.children[:, -1], CHILDREN)
        yield of(f"Children in care, {date}, {after}", lambda c: c.scenario.children[:, -1], CHILDREN)
        yield of(f"Fewer children in care, {date}", lambda c: c.averted[:, -1], CHILDREN)
        yield of(f"{last}, {before}", lambda c: c.baseline.public_spend[:, -1], *money)
        yield of(f"{last}, {after}", lambda c: c.scenario.public_spend[:, -1], *money)
        yield of(f"Reform spend, {span}", lambda c: c.reform_spend().sum(1), *money)
        yield of(f"Gross saving, {span}", lambda c: c.gross_saving().sum(1), *money)
        yield of(f"Cashable saving, {span}", lambda c: c.cashable_saving().sum(1), *money)
        yield from self._net()
        yield self._payback("Payback year, undiscounted", discounted=False)
        yield self._payback("Payback year, discounted", discounted=True)
        yield from self._ratios()
        yield from self._beside()

    def _net(self) -> Iterator[Row]:
        """Give the net present saving, and what it would be if."""
        npv = (self.present, 1e-9)
        yield self._row("Net present saving to the public purse (cashable)", lambda c: c.npv(), *npv)
        if self.claim:
            full = float(self.central.npv()[0]) * 1e-9
            yield self._single("Net present saving if every claim came true in full", full, self.present)
        whole = "Net present saving if all of the gross saving were cash"
        yield self._row(whole, lambda c: c.npv(gross=True), *npv)
        if self.variants.sustained is not None:
            kept = "Net present saving with spending sustained for as long as its effects last"
            yield self._of(kept, self.variants.sustained, *npv)
        if self.variants.back is not None:
            came = "Net present saving if half of the children averted came into care within two years"
            yield self._of(came, self.variants.back, *npv)
        if self.variants.averting is not None:
            worth = comparator("review saving")
            each = worth.restated(self.run)

            def valued(c: Comparison) -> Array:
                return c.present_value(c.averted_child_years * each - c.reform_spend())

            yield self._row(f"Net present saving if a child-year averted saved {worth.measure}", valued, *npv)

    def _ratios(self) -> Iterator[Row]:
        """Give what has no interval: a chance and a ratio of the same draws, and the share of effects needed."""
        holds = "the claims hold to" if self.claim else "effects are"
        chance = f"Runs with a net present saving above zero, of runs in which {holds} within the stated range"
        with_draws = self.drawn.chance_of_saving() if self.with_draws else None
        yield self._single(chance, with_draws, CHANCE, mean=True)
        ratio = cost_stated(self.run, self.scenario)
        benefit = self._ratio(lambda c: c.bcr()) if ratio else (None, None)
        yield self._both("Benefit-cost ratio, ratio of means", benefit, "GBP per GBP")
        share = switching_value(self.run, self.scenario, self.baseline)
        needed = "Switching value: share of the effects at which the net present saving is zero"
        yield self._single(needed, share, EFFECT)

    def _beside(self) -> Iterator[Row]:
        """Give what a child-year averted saves, beside what others said, and what is in no total."""
        averting = self.variants.averting
        if averting is not None:
            saved = self._ratio(lambda c: c.saving_per_child_year(), averting)
            label = "Cashable saving for each child-year of care averted, by the levers that avert"
            yield self._both(label, saved, PER_CHILD_YEAR)
        average = self._ratio(lambda c: c.average_cost_of_care())
        yield self._both("Average cost of a child-year of care, baseline", average, PER_CHILD_YEAR)
        review = comparator("review saving")
        prices = f"prices of {financial_year(review.price_year)} assumed"
        yield self._single(f"The Review's own: {review.note}, {prices}", review.value, PER_CHILD_YEAR)
        if averting is not None and float(self._entries_averted(self.run.central)[0]) > 0:
            yield self._proceedings()

    def _proceedings(self) -> Row:
        each = comparator("care proceedings")
        cost = each.restated(self.run) * 1e-9
        drawn, central = (self._entries_averted(of) * cost for of in (self.run.drawn, self.run.central))
        return self._values(f"{each.measure}, in no total above", drawn, float(central[0]), self.pounds)

    def _entries_averted(self, outcomes: dict[str, Outcome]) -> Array:
        """Count entries to care averted over all years: (draw,) [children]."""
        grid = self.drawn.grid
        before, after = (outcomes[name].total("entries", grid).sum(1) for name in (self.baseline, self.scenario))
        return np.asarray(before - after)

    def _row(self, what: str, pick: Callable[[Comparison], Array], unit: str, scale: float = 1.0) -> Row:
        return self._values(what, pick(self.drawn) * scale, float(pick(self.central)[0]) * scale, unit)

    def _of(self, what: str, variant: Variant, unit: str, scale: float) -> Row:
        return self._values(what, variant.drawn.npv() * scale, float(variant.central.npv()[0]) * scale, unit)

    def _values(self, what: str, values: Array, central: float, unit: str) -> Row:
        row = self._empty(what, unit) | {"central": central}
        if self.with_draws:
            low, high = interval(values, level=self.level)
            row |= {"mean": float(values.mean()), "low": low, "high": high, "mean_error": float(mean_error(values))}
        return row

    def _payback(self, what: str, discounted: bool) -> Row:
        """Give the year in which the mean of the net saving has paid back, and the interval over draws."""
        row = self._empty(what, ENDING) | {"central": float(self.central.payback_year(discounted=discounted)[0])}
        if self.with_draws:
            low, high = interval(self.drawn.payback_year(discounted=discounted), level=self.level)
            row |= {"mean": mean_payback(self.drawn, discounted), "low": low, "high": high}
        return row

    def _ratio(
        self, of: Callable[[Comparison], float | None], variant: Variant | None = None
    ) -> tuple[float | None, float | None]:
        """Work a ratio out of the draws and of the central run."""
        drawn, central = (self.drawn, self.central) if variant is None else (variant.drawn, variant.central)
        return of(drawn), of(central)

    def _both(self, what: str, ratio: tuple[float | None, float | None], unit: str) -> Row:
        mean = ratio[0] if self.with_draws else None
        return self._empty(what, unit) | {"mean": mean, "central": ratio[1]}

    def _single(self, what: str, value: float | None, unit: str, mean: bool = False) -> Row:
        """Give a row of one number: of the draws (``mean``), or of a run that is no draw."""
        return self._empty(what, unit) | {"mean" if mean else "central": value}

    @staticmethod
    def _empty(what: str, unit: str) -> Row:
        return dict.fromkeys(COLUMNS) | {"what": what, "unit": unit}
