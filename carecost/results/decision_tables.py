"""Decision tables: the scenarios of a run as options, by ICER and net benefit, and their appraisals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carecost._guard import amounts, frame, guarded, instance, labels, mapping_of, opened, several_of, take, text
from carecost._labels import INACTION, financial_year
from carecost.analysis.business_case import BusinessCase, Effect, effect_of
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.money.cost_effectiveness import Option
from carecost.money.discounting import Schedule, Timing
from carecost.money.optimism_bias import Optimism
from carecost.money.prices import PriceBase
from carecost.results import saving
from carecost.results.appraisal_tables import IcerTable, NetBenefit, icer_table, net_benefit
from carecost.simulation.run import Run

#: Values of a unit of effect that are shown unless others are asked for: round numbers, nobody's official value.
VALUES = (0.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0)

#: What is gained unless another effect is asked for.
DEFAULT_EFFECT = "averted_child_years"


@opened
@dataclass(frozen=True, eq=False)
class ScenarioOptions:
    """Scenarios as options: cost to the public purse and effect, each against one comparator, from the same draws.

    Parameters
    ----------
    comparator : str
        Scenario that costs and effects are counted against; its own are zero.
    effect : Effect
        What is gained.
    drawn : tuple of Option
        Cost and effect of the draws; of the central run alone where there are none.
    central : tuple of Option
        Cost and effect of the central run.
    values : tuple of float
        Values of a unit of effect [GBP per unit].
    base : PriceBase
        Prices of all pounds.
    claims : tuple of str
        Scenarios whose effects are as claimed, not evidenced.
    about : dict of str to str
        Columns discount, timing, optimism and years of every row.

    See Also
    --------
    Results.options : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-help"), years=6)
    >>> results.options().icers.frontier
    ('inaction', 'family-help')
    """

    comparator: str
    effect: Effect
    drawn: tuple[Option, ...]
    central: tuple[Option, ...]
    values: tuple[float, ...]
    base: PriceBase
    claims: tuple[str, ...]
    about: dict[str, str]

    def __post_init__(self) -> None:
        made = "Use Results.options(…), which gives them"
        options = several_of(Option, words=made)
        take(
            self,
            comparator=text,
            effect=instance(Effect, words=made),
            drawn=options,
            central=options,
            values=amounts,
            base=instance(PriceBase, words=made),
            claims=labels,
            about=mapping_of(text, made),
        )

    @property
    def icers(self) -> IcerTable:
        """Dominance, extended dominance and incremental ratios, from means over draws."""
        return icer_table(self.drawn)

    @property
    def net_benefit(self) -> NetBenefit:
        """Net benefit of every draw at each value, and the chance that each option is best."""
        return net_benefit(self.drawn, self.values)

    def table(self) -> pd.DataFrame:
        """Give one row an option, in the order of cost: the central run, and means over draws where there are any.

        Returns
        -------
        DataFrame
            Columns run (central or mean), name, cost (net present, to the public purse; below zero it saves), effect,
            status, comparator (the option beside which the increment is taken), incremental_cost, incremental_effect,
            icer, dominated_by; against (what cost and effect are counted from), effect_unit, claim; years, discount,
            timing, optimism; unit, price_year, basis, deflator.

        See Also
        --------
        values_table : Net benefit at values of a unit of effect.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-help"), years=6)
        >>> results.options().table()["against"].unique().tolist()
        ['inaction']
        """
        frames = [icer_table(self.central).table().assign(run="central")]
        if self._with_draws:
            frames.append(self.icers.table().assign(run="mean"))
        return self.labelled(pd.concat([_first(frame, "run") for frame in frames], ignore_index=True))

    def values_table(self) -> pd.DataFrame:
        """Give one row a value of a unit of effect and option.

        Returns
        -------
        DataFrame
            Columns value, name, net_benefit (mean over draws), best; with draws chance_best and expected_loss, each
            with its Monte Carlo error; then as in :meth:`table`.

        See Also
        --------
        table : Incremental ratios.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("family-help"), years=6)
        >>> results.options(values=[0.0, 1e6]).values_table()["value"].tolist()
        [0.0, 0.0, 1000000.0, 1000000.0]
        """
        return self.labelled(self.net_benefit.table())

    @property
    def _with_draws(self) -> bool:
        return max(len(np.asarray(o.cost)) for o in self.drawn) > 1

    @guarded(table=frame)
    def labelled(self, table: pd.DataFrame) -> pd.DataFrame:
        """Add to a table what every row is of: comparator, effect, years, rates, claim and prices.

        Parameters
        ----------
        table : DataFrame
            Rows of options by ``name``, or of all of them.

        Returns
        -------
        DataFrame
            With columns claim (of the option, or of any of them), against, effect_unit, years, discount, timing,
            optimism, unit, price_year, basis and deflator.

        See Also
        --------
        table : The options themselves.

        Examples
        --------
        >>> import pandas as pd
        >>> import carecost as cc
        >>> options = cc.run("england-2025", "family-help", years=4).options()
        >>> options.labelled(pd.DataFrame({"name": ["inaction"]}))["claim"].tolist()
        [False]
        """
        about = {"against": self.comparator, "effect_unit": self.effect.unit, **self.about}
        base = {"price_year": self.base.price_year, "basis": self.base.basis, "deflator": self.base.deflator}
        claim = table["name"].isin(self.claims) if "name" in table else bool(self.claims)
        return table.assign(claim=claim, **about, unit="GBP", **base)


def _first(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put a column before all others."""
    return frame[[name, *(c for c in frame.columns if c != name)]]


def scenario_options(
    run: Run,
    effect: str,
    comparator: str,
    values: Sequence[float],
    optimism: str | float | Optimism | None = None,
    mitigated: float = 0.0,
    discount: str | float | Schedule | None = None,
    timing: Timing | None = None,
    scenarios: Sequence[str] = (),
) -> ScenarioOptions:
    """Put every scenario of a run side by side as options; see :meth:`carecost.Results.options`."""
    gained = effect_of(effect)
    known = list(run.scenarios)
    if comparator not in known:
        raise UnknownNameError(unknown("scenario", comparator, known, "comparator"))
    refuse([unknown("scenario", name, known, "scenarios") for name in scenarios if name not in known], UnknownNameError)
    names = [name for name in known if not scenarios or name in (comparator, *scenarios)]
    # The comparator is compared with itself too: it is an option, of cost and effect zero.
    appraisals = {n: saving.compare(run, n, comparator).appraisal(optimism, mitigated, discount, timing) for n in names}
    case = appraisals[comparator].central
    years = case.comparison.grid.years
    about = {
        "years": f"{financial_year(years[0])} to {financial_year(years[-1])}",
        "discount": case.comparison.discount.name,
        "timing": case.comparison.timing,
        "optimism": case.optimism.words,
    }
    return ScenarioOptions(
        comparator,
        gained,
        tuple(_option(n, a.drawn, gained) for n, a in appraisals.items()),
        tuple(_option(n, a.central, gained) for n, a in appraisals.items()),
        tuple(values),
        run.provenance.price_base,
        tuple(n for n in names if run.scenarios[n].claim),
        about,
    )


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the tables of a saved run that help to choose, by name; none where there is inaction alone."""
    if len(run.scenarios) == 1:
        return {}
    options = scenario_options(run, DEFAULT_EFFECT, INACTION, VALUES)
    return {
        "appraisal": saving.each(run, lambda one: one.appraisal().table()),
        "payers": saving.each(run, lambda one: one.appraisal().by_payer()),
        "options": options.table(),
        "net_benefit": options.values_table(),
    }


def _option(name: str, case: BusinessCase, effect: Effect) -> Option:
    """Take a business case as an option: what it costs is what it does not save."""
    # A sum with zero turns the minus zero of the comparator into zero.
    return Option(name, -case.purse.npv + 0.0, effect.pick(case.comparison))
