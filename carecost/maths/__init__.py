"""Plain arrays, no word of the model: matrix exponentials, cohorts, distributions, Latin hypercubes, Shapley values.

Imports numpy, scipy and :mod:`carecost.errors` only. Public, as ``carecost.maths`` and as ``cc.stockflow``.
"""

from carecost.maths.birthday_classes import BIRTHDAYS, WEIGHT, Band, Birthdays, Span, Year, spans, year
from carecost.maths.conversion import probabilities, rates
from carecost.maths.expm import Kernel, generator, kernel, parts, stacked
from carecost.maths.markov_cohort import counting_weights, occupancy, trace, transitions

__all__ = [
    "BIRTHDAYS",
    "WEIGHT",
    "Band",
    "Birthdays",
    "Kernel",
    "Span",
    "Year",
    "counting_weights",
    "generator",
    "kernel",
    "occupancy",
    "parts",
    "probabilities",
    "rates",
    "spans",
    "stacked",
    "trace",
    "transitions",
    "year",
]
