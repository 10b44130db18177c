"""Rates from counted events: who was at risk, how often it happened, how sure that is.

May import inputs, because an estimate can become a set, and what lies below; numpy and scipy only. Public.
"""

from carecost.estimation.counts import Counts
from carecost.estimation.history import History
from carecost.estimation.rates import Estimates, estimate

__all__ = [
    "Counts",
    "Estimates",
    "History",
    "estimate",
]
