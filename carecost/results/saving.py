"""Saving: a comparison with its central run and the summary that people quote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carecost._labels import INACTION
from carecost.analysis.business_case import BusinessCase
from carecost.analysis.sensitivity import switching_value
from carecost.errors import InputError, Problem
from carecost.money.discounting import Schedule, discount_factors
from carecost.money.optimism_bias import Optimism, optimism_bias
from carecost.money.vintages import schedule
from carecost.results import tables
from carecost.results.appraisal_tables import SavingAppraisal
from carecost.simulation.comparison import Comparison
from carecost.simulation.run import Run

#: The Review's own saving for a child not in care: £517m / 17,000 in a year.
REVIEW_SAVING = 517e6 / 17_000


#: Discount schedules shown side by side.
RATES = ("standard", "health", "sensitivity")


@dataclass(frozen=True, eq=False)
class Saving(Comparison):
    """A comparison with its central run, ready to be quoted.

    Parameters
    ----------
    central : Comparison
        The same of the central run.
    run : Run
        The run it comes from.
    """

    central: Comparison | None = None
    run: Run | None = None

    def summary(self) -> pd.DataFrame:
        """Give the table people quote.

        Returns
        -------
        DataFrame
            what, central, low, high (90% interval), unit. Parameter uncertainty only: no luck of small numbers.
        """
        assert self.central is not None and self.run is not None
        rows = tables.summary_rows(self, self.central)
        plain = {"low": None, "high": None}
        claim = self.run.scenarios[self.scenario.name].claim
        above = "Chance that the net present saving is above zero" + (", given the claims" if claim else "")
        chance = self.chance_of_saving() if len(self.averted) > 1 else None
        rows += [
            {"what": above, "central": chance, **plain, "unit": "share of draws"},
            {
                "what": "Benefit-cost ratio, ratio of means",
                "central": self.bcr(),
                **plain,
                "unit": "GBP per GBP",
            },
            {
                "what": "Switching value: share of the effects at which the net present saving is zero",
                "central": switching_value(self.run, self.scenario.name, self.baseline.name),
                **plain,
                "unit": "share of effect",
            },
        ]
        per_year = "GBP per child-year"
        for what, value in (
            ("Cashable saving for each child-year of care averted", self.central.saving_per_child_year()),
            ("Average cost of a child-year of care, baseline", self.central.average_cost_of_care()),
            ("The Review's own: £517m / 17,000 children", REVIEW_SAVING),
        ):
            rows.append({"what": what, "central": value, **plain, "unit": per_year})
        return pd.DataFrame(rows)

    def by_year(self) -> pd.DataFrame:
        """Give reform spend, savings and net saving in each year, central and quantiles."""
        assert self.central is not None
        frames = []
        for what in ("reform_spend", "gross_saving", "cashable_saving", "net_saving"):
            drawn, central = getattr(self, what)(), getattr(self.central, what)()
            frame = tables.tidy(drawn, central, {"year": list(self.grid.years)}, per_draw=False)
            frame.insert(0, "what", what.replace("_", " "))
            frames.append(frame)
        joined = pd.concat(frames, ignore_index=True)
        return tables.priced(joined, self.scenario.provenance.price_base)

    def appraisal(self, optimism: str | float | Optimism | None = None, mitigated: float = 0.0) -> SavingAppraisal:
        """Appraise the scenario as a business case does: each ledger, payback, funding, and the cost of an effect.

        Parameters
        ----------
        optimism : str, float or Optimism, optional
            One uplift on reform spend: a category of :func:`carecost.optimism_bias`, or a share; none by default.
        mitigated : float
            Part of it that was found to be dealt with [share].

        Returns
        -------
        SavingAppraisal
            ``table()``, ``by_payer()``, and the arrays behind, drawn and central.

        Raises
        ------
        UnknownNameError
            If there is no such category.
        InputError
            If a share cannot be one, or an uplift would enlarge what the programme saves.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
        >>> made = results.compare("care-review").appraisal(optimism="outsourcing", mitigated=0.5)
        >>> list(made.central.payers)
        ['local authority', 'central government (DfE)', 'central government (HM Treasury)']
        """
        assert self.central is not None and self.run is not None
        bias = optimism_bias(optimism, mitigated)
        claim = any(self.run.scenarios[side.name].claim for side in (self.baseline, self.scenario))
        return SavingAppraisal(BusinessCase(self, bias), BusinessCase(self.central, bias), claim)

    def npvs(self, discount: Sequence[str | float | Schedule] = RATES, timing: str = "base year") -> pd.DataFrame:
        """Give the net present saving to the public purse at several discount rates.

        Parameters
        ----------
        discount : sequence of str, float or Schedule
            Names of packaged schedules (``"standard"``, ``"health"``, ``"sensitivity"``; the vintage may stand before)
            or flat rates (``0.035``).
        timing : str
            ``base year`` (flows of the first projected year have factor 1), ``mid-year`` or ``year-end``; see
            :func:`carecost.money.discounting.discount_factors`.

        Returns
        -------
        DataFrame
            discount (with its vintage), timing, quantile, value, unit, price_year, basis, deflator; present values of
            the first projected year. Row for row the same flows, so that only the rate differs.

        Raises
        ------
        UnknownNameError
            If a schedule is not known.
        InputError
            If a rate is not a share a year, is given twice, or the timing is not known.
        """
        assert self.central is not None
        schedules = {s.name: s for s in map(schedule, discount)}
        if not discount or len(schedules) < len(discount):
            remedy = "Give each rate once, at least one"
            raise InputError(Problem(f"discount is {list(discount)}", "npvs", remedy))
        n = len(self.grid.years)
        factors = np.stack([discount_factors(n, s, timing) for s in schedules.values()], axis=-1)
        drawn, central = self.net_saving() @ factors, self.central.net_saving() @ factors
        frame = tables.tidy(drawn, central, {"discount": list(schedules)}, per_draw=False)
        frame.insert(1, "timing", timing)
        return tables.priced(frame, self.scenario.provenance.price_base)

    def to_dict(self) -> dict[str, Any]:
        """Give the summary and the years as plain data for JSON."""
        summary = self.summary()
        return {
            "baseline": self.baseline.name,
            "summary": summary.astype(object).where(summary.notna(), None).to_dict("records"),
            "by_year": self.by_year().to_dict("records"),
        }


def compare(run: Run, scenario: str, baseline: str = INACTION) -> Saving:
    """Compare two scenarios of a run, draw by draw, with the central run beside.

    Raises
    ------
    UnknownNameError
        If either is not known.
    """
    drawn = run.compare(scenario, baseline)
    central = run.compare(scenario, baseline, central=True)
    parts = (drawn.baseline, drawn.scenario, drawn.discount, drawn.programme_start, drawn.inaction)
    return Saving(*parts, central=central, run=run)


def each(run: Run, table: Callable[[Saving], pd.DataFrame]) -> pd.DataFrame:
    """Give a table of every scenario against inaction, one below the other, with a column ``scenario``."""
    names = [name for name in run.scenarios if name != INACTION]
    frames = [table(compare(run, name)) for name in names]
    for name, frame in zip(names, frames, strict=True):
        frame.insert(0, "scenario", name)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["scenario", "what"])


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the tables of a saved run that compare its scenarios; none where there is inaction alone."""
    if len(run.scenarios) == 1:
        return {}
    return {"summary": each(run, Saving.summary), "savings": each(run, Saving.by_year)}
