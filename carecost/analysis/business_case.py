"""Cost-benefit accounts of a saving: accounts, payers, society, funding, and cost for each unit of an effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from carecost._typing import Array
from carecost.engine.items import Item
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.money.appraisal import Appraisal, Timing
from carecost.money.optimism_bias import Optimism
from carecost.simulation.comparison import PROGRAMME, REFORM, Chooser, Comparison


@dataclass(frozen=True)
class Effect:
    """What a scenario does to children, as one number a draw.

    Attributes
    ----------
    words : str
        What one unit is, in words.
    unit : str
        Unit.
    pick : callable
        Takes a comparison, gives an ndarray of shape (draw,).
    """

    words: str
    unit: str
    pick: Callable[[Comparison], Array]


def _averted_child_years(comparison: Comparison) -> Array:
    return np.asarray(comparison.averted_child_years.sum(1))


def _averted_children(comparison: Comparison) -> Array:
    return np.asarray(comparison.averted[:, -1])


#: Effects that a cost may be set against; more is better. None is discounted. Functions by name can be pickled.
EFFECTS = {
    "averted_child_years": Effect("child-year of care averted", "child-years", _averted_child_years),
    "averted_children": Effect("fewer child in care on the last date", "children", _averted_children),
}


def effect_of(name: str) -> Effect:
    """Give an effect by its name.

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> effect_of("averted_children").unit
    'children'
    """
    if name not in EFFECTS:
        raise UnknownNameError(unknown("effect", name, EFFECTS, "effect"))
    return EFFECTS[name]


#: When flows fall, as an appraisal says it, and years from now of the first: an appraisal values them at the end of the
#: base year, a comparison whose flows are at the middle or end of years at the start of the first.
_TIMED: dict[str, tuple[Timing, int]] = {"base year": ("year-end", 0), "mid-year": ("mid-year", 1)}
_TIMED["year-end"] = ("year-end", 1)


@dataclass(frozen=True, eq=False)
class BusinessCase:
    """A comparison, laid out as a business case needs it.

    Parameters
    ----------
    comparison : Comparison
        A scenario against a baseline: draws, or the central run.
    optimism : Optimism
        One uplift on reform spend; none by default.

    Raises
    ------
    InputError
        If there is an uplift and the programme spends less than the baseline's in some year: an uplift would enlarge
        what it saves.
    """

    comparison: Comparison
    optimism: Optimism = field(default=Optimism())

    def __post_init__(self) -> None:
        least = self.comparison.reform_spend()
        if self.optimism.uplift and least.min() < 0:
            year = self.comparison.grid.years[int(np.argmin(least.min(0)))]
            what = f"reform spend of {self.comparison.scenario.name!r} is below the baseline's in {year}"
            remedy = "Compare with a baseline that spends less, or put no uplift on it"
            raise InputError(Problem(what, "optimism", remedy))

    @cached_property
    def purse(self) -> Appraisal:
        """Reform spend and cashable saving of the public purse."""
        return self.part(lambda item: item.public)

    @cached_property
    def accounts(self) -> dict[str, Appraisal]:
        """The same of each account of the public purse; they sum to it."""
        return self._apart(lambda item: item.account)

    @cached_property
    def payers(self) -> dict[str, Appraisal]:
        """The same of each payer; they sum to it."""
        return self._apart(lambda item: item.payer)

    def part(self, choose: Chooser) -> Appraisal:
        """Appraise some items: costs are their reform spend with the uplift, benefits their cashable saving.

        Parameters
        ----------
        choose : callable
            Says of an item whether it counts.

        Returns
        -------
        Appraisal
            The first projected year is the base year, whose factor is 1.
        """
        c, o = self.comparison, self.optimism
        return Appraisal(
            c.reform_spend(choose),
            c.cashable_saving(choose),
            c.discount,
            *_TIMED[c.timing],
            optimism_bias=o.share,
            mitigation=o.mitigated,
        )

    @cached_property
    def social(self) -> dict[str, Array]:
        """Present value of each part of net social value, transfers at zero; see ``Comparison.social_parts``."""
        raised = {PROGRAMME: 1.0 + self.optimism.uplift}
        parts = self.comparison.social_parts()
        return {k: self.comparison.present_value(flow * raised.get(k, 1.0)) for k, flow in parts.items()}

    @property
    def npsv(self) -> Array:
        """Net present social value with the uplift: (draw,) [GBP].

        Raises
        ------
        ComparisonError
            If there is no social ledger.
        """
        return np.asarray(np.sum(list(self.social.values()), axis=0))

    @cached_property
    def transfers(self) -> Array:
        """What the public purse gains by transfers, at zero in ``npsv``: present value (draw,) [GBP]."""
        return self._worth(self._transferred)

    @cached_property
    def prices_alone(self) -> Array:
        """What it gains by prices of resources alone, at zero in ``npsv``: present value (draw,) [GBP]."""
        chosen = self._mask(lambda i: i.public and i.kind == "resource" and i.group != REFORM)
        return self._worth(self.comparison.price_effect @ chosen)

    @cached_property
    def not_cash(self) -> Array:
        """Value of resources set free that does not become cash, in ``npsv`` and not in ``npv``: (draw,) [GBP]."""
        c = self.comparison

        def counts(item: Item) -> bool:
            return item.public and item.kind == "resource" and item.group != REFORM

        chosen = self._mask(counts)
        return self._worth(c.price_effect @ chosen + c.volume_effect @ chosen - c.cashable_saving(counts))

    def payback(self, discounted: bool = False) -> Array:
        """Give the year from which the running total stays at or above zero: (draw,), nan where there is none."""
        found = self.purse.discounted_payback if discounted else self.purse.payback
        return np.asarray(found + self.comparison.grid.years[0])

    def peak_year(self) -> Array:
        """Give the year in which most is to be found: (draw,), nan where nothing ever is."""
        year = self.purse.peak_year + self.comparison.grid.years[0]
        return np.where(self.purse.peak_funding < 0, year, np.nan)

    def cost_per(self, effect: str) -> float | None:
        """Give the net present cost to the public purse for each unit of an effect: ratio of means [GBP per unit].

        Parameters
        ----------
        effect : str
            A name in ``EFFECTS``.

        Returns
        -------
        float or None
            Below zero where the purse saves; None where the mean effect is not above zero.

        Raises
        ------
        UnknownNameError
            If there is no such effect.
        """
        many = float(effect_of(effect).pick(self.comparison).mean())
        return None if many <= 0 else float(-self.purse.npv.mean()) / many

    @cached_property
    def _transferred(self) -> Array:
        """Yearly gain by transfers: cashable saving less spending, of items of that kind."""
        c, raised = self.comparison, 1.0 + self.optimism.uplift

        def choose(item: Item) -> bool:
            return item.public and item.kind == "transfer"

        return np.asarray(c.cashable_saving(choose) - c.reform_spend(choose) * raised)

    def _apart(self, label: Callable[[Item], str]) -> dict[str, Appraisal]:
        names = dict.fromkeys(label(item) for item in self.comparison.grid.items if item.public)
        return {name: self.part(lambda i, n=name: i.public and label(i) == n) for name in names}  # type: ignore[misc]

    def _mask(self, choose: Chooser) -> Array:
        return np.array([float(choose(item)) for item in self.comparison.grid.items])

    def _worth(self, flow: Array) -> Array:
        return self.comparison.present_value(flow)
