"""Options and appraisals of a run's scenarios in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carecost._labels import INACTION, financial_year
from carecost.analysis.business_case import BusinessCase, Effect, effect_of
from carecost.errors import UnknownNameError, unknown
from carecost.money.cost_effectiveness import Option
from carecost.money.optimism_bias import Optimism
from carecost.money.prices import PriceBase
from carecost.results import saving
from carecost.results.appraisal_tables import IcerTable, NetBenefit, SavingAppraisal, icer_table, net_benefit
from carecost.results.saving import Saving
from carecost.simulation.run import Run

#: Values of a unit of effect that are shown unless others are asked for: round numbers, nobody's official value.
VALUES = (0.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0)


@dataclass(frozen=True, eq=False)
class ScenarioOptions:
    """Scenarios as options: cost to the public purse and effect, each against one comparator, from the same draws.

    Attributes
    ----------
    comparator : str
        Scenario that costs and effects are counted against; its own are zero.
    effect : Effect
        What is gained.
    drawn, central : tuple of Option
        Of the draws (of the central run alone where there are none), and of the central run.
    values : tuple of float
        Values of a unit of effect [GBP per unit].
    base : PriceBase
        Prices of all pounds.
    claims : tuple of str
        Scenarios whose effects are as claimed, not evidenced.
    about : dict of str to str
        discount, optimism, years.
    """

    comparator: str
    effect: Effect
    drawn: tuple[Option, ...]
    central: tuple[Option, ...]
    values: tuple[float, ...]
    base: PriceBase
    claims: tuple[str, ...]
    about: dict[str, str]

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
            run (central or mean), name, cost (net present, to the public purse; below zero it saves), effect, status,
            comparator (the option beside which the increment is taken), incremental_cost, incremental_effect, icer,
            dominated_by; against (what cost and effect are counted from), effect_unit, claim; years, discount,
            optimism; unit, price_year, basis, deflator.
        """
        frames = [icer_table(self.central).table().assign(run="central")]
        if self._with_draws:
            frames.append(self.icers.table().assign(run="mean"))
        return self._said(pd.concat([_first(frame, "run") for frame in frames], ignore_index=True))

    def values_table(self) -> pd.DataFrame:
        """Give one row a value of a unit of effect and option.

        Returns
        -------
        DataFrame
            value, name, net_benefit (mean over draws), best; with draws chance_best and its Monte Carlo error; then as
            in :meth:`table`.
        """
        return self._said(self.net_benefit.table())

    @property
    def _with_draws(self) -> bool:
        return max(len(np.asarray(o.cost)) for o in self.drawn) > 1

    def _said(self, frame: pd.DataFrame) -> pd.DataFrame:
        about = {"against": self.comparator, "effect_unit": self.effect.unit, **self.about}
        base = {"price_year": self.base.price_year, "basis": self.base.basis, "deflator": self.base.deflator}
        return frame.assign(claim=frame["name"].isin(self.claims), **about, unit="GBP", **base)


def _first(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame[[name, *(c for c in frame.columns if c != name)]]


class DecisionTables:
    """The tables of :class:`carecost.Results` that help to choose."""

    _run: Run

    def appraisal(
        self,
        scenario: str,
        baseline: str = INACTION,
        optimism: str | float | Optimism | None = None,
        mitigated: float = 0.0,
    ) -> SavingAppraisal:
        """Appraise a scenario as a business case does; see :meth:`carecost.Saving.appraisal`.

        Parameters
        ----------
        scenario, baseline : str
            Names.
        optimism, mitigated
            As in :meth:`carecost.Saving.appraisal`.

        Returns
        -------
        SavingAppraisal
            ``table()``, ``by_payer()``, and the arrays behind.

        Raises
        ------
        UnknownNameError
            If a scenario or a category of optimism bias is not known.
        """
        return saving.compare(self._run, scenario, baseline).appraisal(optimism, mitigated)

    def options(
        self,
        effect: str = "averted_child_years",
        comparator: str = INACTION,
        values: Sequence[float] = VALUES,
        optimism: str | float | Optimism | None = None,
        mitigated: float = 0.0,
    ) -> ScenarioOptions:
        """Put every scenario of the run side by side as options.

        Parameters
        ----------
        effect : str
            ``averted_child_years`` (of care, over all years) or ``averted_children`` (fewer in care on the last date);
            undiscounted.
        comparator : str
            Scenario that costs and effects are counted against: inaction, or ``do-minimum`` where it was run.
        values : sequence of float
            What a unit of effect may be worth, zero or more [GBP per unit].
        optimism, mitigated
            As in :meth:`carecost.Saving.appraisal`.

        Returns
        -------
        ScenarioOptions
            ``table()`` (incremental ratios, dominance), ``values_table()`` (net benefit, chance of being best).

        Raises
        ------
        UnknownNameError
            If the effect or the comparator is not known.
        InputError
            If there is inaction alone, or a value cannot be one.

        Examples
        --------
        >>> import carecost as cc
        >>> plans = [cc.load_scenario(name) for name in ("do-minimum", "family-help-evidenced")]
        >>> results = cc.run(cc.load_assumptions("england-2025"), *plans, years=6)
        >>> made = results.options(comparator="do-minimum")
        >>> made.table()[["name", "status"]].to_numpy().tolist()
        [['inaction', 'frontier'], ['family-help-evidenced', 'frontier'], ['do-minimum', 'dominated']]
        """
        found = effect_of(effect)
        names = list(self._run.scenarios)
        if comparator not in names:
            raise UnknownNameError(unknown("scenario", comparator, names, "comparator"))
        made = {n: saving.compare(self._run, n, comparator).appraisal(optimism, mitigated) for n in names}
        first = made[comparator].central
        years = first.comparison.grid.years
        about = {
            "years": f"{financial_year(years[0])} to {financial_year(years[-1])}",
            "discount": first.comparison.discount.name,
            "optimism": first.optimism.words,
        }
        return ScenarioOptions(
            comparator,
            found,
            tuple(_option(n, a.drawn, found) for n, a in made.items()),
            tuple(_option(n, a.central, found) for n, a in made.items()),
            tuple(values),
            self._run.provenance.price_base,
            tuple(n for n in names if self._run.scenarios[n].claim),
            about,
        )

    def decision_tables(self) -> dict[str, pd.DataFrame]:
        """Give the tables of a saved run that help to choose, by name; none where there is inaction alone."""
        if len(self._run.scenarios) == 1:
            return {}
        options = self.options()
        return {
            "appraisal": saving.each(self._run, _appraised),
            "payers": saving.each(self._run, _paid),
            "options": options.table(),
            "net_benefit": options.values_table(),
        }


def _appraised(saving: Saving) -> pd.DataFrame:
    return saving.appraisal().table()


def _paid(saving: Saving) -> pd.DataFrame:
    return saving.appraisal().by_payer()


def _option(name: str, case: BusinessCase, effect: Effect) -> Option:
    return Option(name, -case.purse.npv + 0.0, effect.pick(case.comparison))
