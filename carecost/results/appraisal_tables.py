"""Appraisals in rows: net present values by account and payer; ICER table; net benefit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from carecost._guard import array, flag, guarded, instance, labels, opened, several_of, take
from carecost._labels import financial_year
from carecost._typing import Array, LockedAgain, views
from carecost.analysis.business_case import EFFECTS, BusinessCase
from carecost.analysis.value_of_information import expected_loss
from carecost.errors import ComparisonError, InputError, Problem
from carecost.maths.monte_carlo import LEVEL
from carecost.money.appraisal import Appraisal
from carecost.money.cost_effectiveness import SOME_OPTIONS, Option, Step, arrays, best_shares, means, values_of
from carecost.money.prices import PriceBase
from carecost.results import tables

#: Picks a quantity of a business case: one value a draw.
Pick = Callable[[BusinessCase], Array]

Row = dict[str, object]

#: Units.
GBP, YEAR, SHARE = "GBP", "financial year ending", "share"

#: Names of the rows that others look for.
NPV, NPV_ACCOUNT, NPV_PAYER = "npv", "npv by account", "npv by payer"
BENEFIT_PAYER, COST_PAYER = "present value of cashable saving by payer", "present value of reform spend by payer"
NPSV, NPSV_PART, LEFT_OUT = "npsv", "npsv, part", "left out of npsv"
BCR, PAYBACK, CHANCE = "benefit-cost ratio", "payback year", "chance that it has paid back"
EAV, PEAK, PEAK_YEAR = "equivalent annual value", "peak funding", "year of peak funding"
COST_PER = "net present cost for each"
BIAS, BIAS_WORTH = "optimism bias", "present value of the optimism bias"
BENEFIT, COST = "present value of cashable saving", "present value of reform spend"

#: What flows by year and payer.
FLOWS = ("reform spend", "cashable saving", "net saving")

_COLUMNS = ("what", "of", "year", "central", "mean", "low", "high", "unit")


@opened
@dataclass(frozen=True, eq=False)
class SavingAppraisal:
    """The appraisal of a scenario, on draws and on the central run.

    Parameters
    ----------
    drawn : BusinessCase
        Of the draws; of the central run alone where there are none.
    central : BusinessCase
        Of the central run.
    claim : bool
        Whether the effects are as claimed, not evidenced.
    stated : bool
        Whether somebody stated what the effects cost: without it there is no ratio to a cost.

    See Also
    --------
    Results.appraisal : Makes it.
    carecost.plots.plot_payers : Draws its payers.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
    >>> made = results.appraisal("care-review")
    >>> made.span, made.baseline, made.claim
    ('2025-26 to 2030-31', 'inaction', True)
    """

    drawn: BusinessCase
    central: BusinessCase
    claim: bool
    stated: bool = True

    def __post_init__(self) -> None:
        case = instance(BusinessCase, words="Use Results.appraisal(…), which gives one")
        take(self, drawn=case, central=case, claim=flag, stated=flag)

    @property
    def name(self) -> str:
        """The scenario."""
        return self.central.comparison.scenario.name

    @property
    def baseline(self) -> str:
        """What it is compared with."""
        return self.central.comparison.baseline.name

    @property
    def years(self) -> tuple[int, ...]:
        """Financial years."""
        return tuple(self.central.comparison.grid.years)

    @property
    def span(self) -> str:
        """First and last year."""
        return f"{financial_year(self.years[0])} to {financial_year(self.years[-1])}"

    @property
    def base(self) -> PriceBase:
        """Prices of all pounds."""
        return self.central.comparison.scenario.provenance.price_base

    @property
    def with_draws(self) -> bool:
        """Whether there are draws."""
        return len(self.drawn.comparison.averted) > 1

    def table(self) -> pd.DataFrame:
        """Give everything in one table.

        Returns
        -------
        DataFrame
            Columns what, of (which account, payer, part or years), year, central, mean, low, high (80% interval), unit;
            baseline, discount, timing, optimism, claim; price_year, basis and deflator of pounds. Ratios are of means
            over draws and have no interval. Rows of npsv are there only with a social ledger.

        See Also
        --------
        by_payer : Who pays and who saves in each year.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.appraisal("care-review").table()[["what", "of"]].iloc[0].tolist()
        ['npv', 'public purse']
        """
        rows = [*_budget(self), *_society(self), *_funding(self), *_ratios(self), *_chances(self), *_optimism(self)]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"year": "Int64"})
        pounds = frame["unit"].str.startswith(GBP)
        for name in ("price_year", "basis", "deflator"):
            value = getattr(self.base, name)
            frame[name] = pd.Series([value if p else None for p in pounds], dtype=object)
        compared = self.central.comparison
        about = {"baseline": self.baseline, "discount": compared.discount.name, "timing": compared.timing}
        return frame.assign(**about, optimism=self.central.optimism.words, claim=self.claim)

    @guarded(by_draw=flag)
    def by_payer(self, by_draw: bool = False) -> pd.DataFrame:
        """Say who pays first and who saves later.

        Parameters
        ----------
        by_draw : bool
            One row a draw instead of one a quantile.

        Returns
        -------
        DataFrame
            Columns payer, what (reform spend with its uplift, cashable saving, net saving), year, quantile or draw,
            value, unit, price_year, basis, deflator; undiscounted. Payers sum to the public purse in every draw and
            year.

        See Also
        --------
        carecost.plots.plot_payers : Draws the net saving of each.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> results.appraisal("care-review").by_payer()["what"].unique().tolist()
        ['reform spend', 'cashable saving', 'net saving']
        """
        frames = []
        for payer, drawn in self.drawn.payers.items():
            axes = {"what": FLOWS, "year": self.years}
            frame = tables.tidy(_flows(drawn), _flows(self.central.payers[payer]), axes, None if by_draw else LEVEL)
            frame.insert(0, "payer", payer)
            frames.append(frame)
        return tables.priced(pd.concat(frames, ignore_index=True), self.base)


def _flows(part: Appraisal) -> Array:
    """Stack what flows: (draw, what, year)."""
    benefits = np.asarray(part.benefits)
    # A sum with zero turns a minus zero, which a reader would stumble over, into zero.
    return np.stack([part.costs, benefits, benefits - part.costs], axis=1) + 0.0


def _row(a: SavingAppraisal, what: str, of: str, unit: str, pick: Pick) -> Row:
    """Give one quantity that has a value in every draw; a year has no mean."""
    row: Row = {"what": what, "of": of, "unit": unit, "central": float(pick(a.central)[0])}
    if a.with_draws:
        values = pick(a.drawn)
        low, high = tables.interval(values)
        # A mean of years of payback would leave out the draws that never pay back.
        row |= {"mean": None if unit == YEAR else float(values.mean()), "low": low, "high": high}
    return row


def _ratio(a: SavingAppraisal, what: str, of: str, unit: str, pick: Callable[[BusinessCase], float | None]) -> Row:
    """Give a ratio to what the scenario costs; None where nobody stated that."""
    row: Row = {"what": what, "of": of, "unit": unit, "central": pick(a.central) if a.stated else None}
    return row | {"mean": pick(a.drawn) if a.stated else None} if a.with_draws else row


def _budget(a: SavingAppraisal) -> Iterator[Row]:
    purse = "public purse"
    yield _row(a, NPV, purse, GBP, lambda b: b.purse.npv)
    yield _row(a, BENEFIT, purse, GBP, lambda b: b.purse.pv_benefits)
    yield _row(a, COST, purse, GBP, lambda b: b.purse.pv_costs)
    for name in a.central.accounts:
        yield _row(a, NPV_ACCOUNT, name, GBP, _part("accounts", name, "npv"))
    for name in a.central.payers:
        for what, value in ((NPV_PAYER, "npv"), (BENEFIT_PAYER, "pv_benefits"), (COST_PAYER, "pv_costs")):
            yield _row(a, what, name, GBP, _part("payers", name, value))


def _part(kind: str, name: str, value: str) -> Pick:
    """Pick a value of one account or payer."""
    return lambda case: np.asarray(getattr(getattr(case, kind)[name], value))


def _society(a: SavingAppraisal) -> Iterator[Row]:
    """Give social value and its parts; nothing without a social ledger."""
    try:
        parts = list(a.central.social)
    except ComparisonError:
        return
    yield _row(a, NPSV, "society", GBP, lambda b: b.npsv)
    for part in parts:
        yield _row(a, NPSV_PART, part, GBP, partial(_social, part=part))
    yield _row(a, LEFT_OUT, "transfers", GBP, lambda b: b.transfers)
    yield _row(a, LEFT_OUT, "prices alone", GBP, lambda b: b.prices_alone)


def _social(b: BusinessCase, part: str) -> Array:
    return b.social[part]


def _funding(a: SavingAppraisal) -> Iterator[Row]:
    yield _row(a, EAV, a.span, "GBP per year", lambda b: b.purse.eav)
    yield _row(a, PEAK, "undiscounted", GBP, lambda b: np.minimum(b.purse.peak_funding, 0.0))
    yield _row(a, PEAK_YEAR, "undiscounted", YEAR, lambda b: b.peak_year())
    yield _row(a, PAYBACK, "undiscounted", YEAR, lambda b: b.payback())
    yield _row(a, PAYBACK, "discounted", YEAR, lambda b: b.payback(discounted=True))


def _ratios(a: SavingAppraisal) -> Iterator[Row]:
    yield _ratio(a, BCR, "public purse", "GBP per GBP", lambda b: b.purse.bcr)
    for name, effect in EFFECTS.items():
        unit = f"GBP per {effect.words}"
        yield _ratio(a, f"{COST_PER} {effect.words}", a.span, unit, partial(BusinessCase.cost_per, effect=name))


def _chances(a: SavingAppraisal) -> Iterator[Row]:
    """Give the share of draws that have paid back, for good, by each year."""
    if not a.with_draws:
        return
    for of in ("undiscounted", "discounted"):
        for year, share in zip(a.years, a.drawn.purse.chance_of_payback(of == "discounted"), strict=True):
            yield {"what": CHANCE, "of": of, "year": year, "mean": float(share), "unit": "share of draws"}


def _optimism(a: SavingAppraisal) -> Iterator[Row]:
    bias = a.central.optimism
    yield {"what": BIAS, "of": bias.words, "central": bias.uplift, "unit": SHARE}
    yield _row(a, BIAS_WORTH, "reform spend", GBP, lambda b: b.purse.pv_optimism_bias)


@opened
@dataclass(frozen=True)
class IcerTable:
    """Options in the order of cost, each with its incremental cost-effectiveness ratio (ICER) or what dominates it.

    Parameters
    ----------
    steps : tuple of Step
        One an option.

    See Also
    --------
    icer_table : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> made = cc.icer_table([("nothing", 0, 0.0), ("a", 10, 1.0), ("b", 30, 0.5)])
    >>> [step.status for step in made.steps]
    ['frontier', 'frontier', 'dominated']
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        take(self, steps=several_of(Step, words="Use carecost.icer_table(…), which gives one"))

    @property
    def frontier(self) -> tuple[str, ...]:
        """Options that are best at some value of a unit of effect, in the order of cost."""
        return tuple(s.name for s in self.steps if s.status == "frontier")

    def table(self) -> pd.DataFrame:
        """Give one row an option.

        Returns
        -------
        DataFrame
            Columns name, cost, effect, status, comparator, incremental_cost, incremental_effect, icer, dominated_by.

        See Also
        --------
        frontier : Options that are best at some value.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.icer_table([("nothing", 0, 0.0), ("a", 10, 1.0)]).table()["incremental_cost"].tolist()
        [nan, 10.0]
        """
        return pd.DataFrame([asdict(s) | {"dominated_by": " and ".join(s.dominated_by) or None} for s in self.steps])


@opened
@dataclass(frozen=True, eq=False)
class NetBenefit(LockedAgain):
    """Net benefit of options at a range of values of a unit of effect.

    Parameters
    ----------
    names : tuple of str
        Options, as listed.
    values : ndarray of shape (value,)
        Values of a unit of effect [GBP per unit].
    net_benefit : ndarray of shape (draw, value, option)
        Value times effect, less cost [GBP].

    See Also
    --------
    net_benefit : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> cc.net_benefit([("nothing", 0, 0.0), ("a", 10, 1.0)], [5, 20]).mean.tolist()
    [[0.0, -5.0], [0.0, 10.0]]
    """

    names: tuple[str, ...]
    values: Array
    net_benefit: Array

    def __post_init__(self) -> None:
        take(self, names=labels, values=array("value"), net_benefit=array("draw", "value", "option"))
        if self.net_benefit.shape[1:] != (len(self.values), len(self.names)):
            what = f"net_benefit has shape {self.net_benefit.shape}"
            remedy = f"Give shape (draw, {len(self.values)}, {len(self.names)}): draws, values, options"
            raise InputError(Problem(what, "NetBenefit", remedy))
        views(self)

    @property
    def mean(self) -> Array:
        """Mean net benefit: (value, option) [GBP]."""
        return np.asarray(self.net_benefit.mean(0))

    @property
    def best(self) -> tuple[str, ...]:
        """The option with the greatest mean net benefit at each value; several that tie, in one name."""
        shares = best_shares(self.mean)
        return tuple(" = ".join(n for n, s in zip(self.names, row, strict=True) if s > 0) for row in shares)

    @property
    def chance_best(self) -> Array | None:
        """Share of draws in which each option is best, ties shared: (value, option); None without draws."""
        return None if len(self.net_benefit) == 1 else np.asarray(best_shares(self.net_benefit).mean(0))

    @property
    def expected_loss(self) -> Array:
        """What it costs on average to choose an option that is not the best: (value, option) [GBP]."""
        return expected_loss(self.net_benefit)[0] if len(self.net_benefit) > 1 else np.zeros(self.mean.shape)

    @property
    def evpi(self) -> Array:
        """Expected value of perfect information, the loss of the option that is best on average: (value,) [GBP]."""
        return np.asarray(self.expected_loss.min(-1))

    def table(self) -> pd.DataFrame:
        """Give one row a value and option.

        Returns
        -------
        DataFrame
            Columns value, name, net_benefit (mean), best; with draws chance_best and its Monte Carlo error, and
            expected_loss and its own (the loss of the best is the value of perfect information).

        See Also
        --------
        best : The best option at each value.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.net_benefit([("nothing", 0, 0.0), ("a", 10, 1.0)], [5, 20]).table()["best"].tolist()
        [True, False, False, True]
        """
        n = len(self.names)
        frame = pd.DataFrame(
            {
                "value": np.repeat(self.values, n),
                "name": list(self.names) * len(self.values),
                "net_benefit": self.mean.ravel(),
                "best": (best_shares(self.mean) > 0).ravel(),
            }
        )
        chance = self.chance_best
        if chance is None:
            return frame
        error = np.sqrt(chance * (1.0 - chance) / len(self.net_benefit))
        loss, loss_error = expected_loss(self.net_benefit)
        frame = frame.assign(chance_best=chance.ravel(), chance_error=error.ravel())
        return frame.assign(expected_loss=loss.ravel(), loss_error=loss_error.ravel())


@guarded(options=SOME_OPTIONS)
def icer_table(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]]) -> IcerTable:
    """Compare options by incremental cost for each unit of incremental effect.

    Parameters
    ----------
    options : sequence of Option or (name, cost, effect)
        Two or more, in any order. Ratios are made from means over draws, never averaged over them.

    Returns
    -------
    IcerTable
        Options in the order of cost; every comparator is named.

    Raises
    ------
    InputError
        With every fault found.

    See Also
    --------
    net_benefit : Which option is best at a value of a unit of effect.
    Results.options : The scenarios of a run as options.

    References
    ----------
    .. [1] Johannesson, M. & Weinstein, M. C. (1993). On the decision rules of cost-effectiveness analysis. Journal of
       Health Economics, 12(4), 459-467.

    Examples
    --------
    >>> made = icer_table([("nothing", 0, 0.0), ("a", 10, 1.0), ("b", 30, 1.5), ("c", 40, 3.0), ("d", 50, 2.9)])
    >>> [(s.name, s.status, s.comparator, s.icer) for s in made.steps[1:3]]
    [('a', 'frontier', 'nothing', 10.0), ('b', 'extendedly dominated', 'a', 40.0)]
    >>> made.frontier
    ('nothing', 'a', 'c')
    """
    by_mean = means(options)
    return IcerTable(tuple(by_mean.step(i) for i in range(len(by_mean.names))))


@guarded(options=SOME_OPTIONS)
def net_benefit(options: Sequence[Option | tuple[str, ArrayLike, ArrayLike]], values: ArrayLike) -> NetBenefit:
    """Give the net benefit of options at values of a unit of effect.

    Parameters
    ----------
    options : sequence of Option or (name, cost, effect)
        Two or more; costs and effects may have draws, the same draws for all.
    values : array_like of shape (value,) or a number
        What a unit of effect is worth, zero or more [GBP per unit].

    Returns
    -------
    NetBenefit
        Net benefit of every draw, the best option at each value, and with draws the chance that each is best.

    Raises
    ------
    InputError
        With every fault found.

    See Also
    --------
    icer_table : Dominance and incremental ratios.
    evppi : What it would be worth to know some quantities.

    Examples
    --------
    >>> made = net_benefit([("nothing", 0, 0.0), ("a", 10, 1.0)], [5, 10, 20])
    >>> made.best
    ('nothing', 'nothing = a', 'a')
    """
    worth = values_of(values)
    names, cost, effect = arrays(options)
    return NetBenefit(names, worth, worth[:, None] * effect[:, None, :] - cost[:, None, :])
