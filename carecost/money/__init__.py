"""Pounds over time: discounting, deflators, price bases, appraisal, cost-effectiveness.

Imports numpy, scipy, the guard and :mod:`carecost.errors` only; ``vintages`` reads the packaged series. Public.
"""

from carecost import _labels
from carecost._guard import guarded, number
from carecost.money.appraisal import Appraisal, appraise
from carecost.money.cost_effectiveness import Option
from carecost.money.decomposition import Bought, Parts, price_volume_mix
from carecost.money.discounting import TIMINGS, Deflator, Schedule, discount_factors, growth_path, wandering_path
from carecost.money.optimism_bias import Optimism, optimism_bias
from carecost.money.price_luck import mean_price_factor
from carecost.money.prices import CASH, REAL, Amounts, PriceBase, restate
from carecost.money.vintages import deflator, deflators, schedule, schedules

financial_year = guarded(year=number(1000, 9999))(_labels.financial_year)

__all__ = [
    "CASH",
    "REAL",
    "TIMINGS",
    "Amounts",
    "Appraisal",
    "Bought",
    "Deflator",
    "Optimism",
    "Option",
    "Parts",
    "PriceBase",
    "Schedule",
    "appraise",
    "deflator",
    "deflators",
    "discount_factors",
    "financial_year",
    "growth_path",
    "mean_price_factor",
    "optimism_bias",
    "price_volume_mix",
    "restate",
    "schedule",
    "schedules",
    "wandering_path",
]
