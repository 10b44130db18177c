"""Plain arrays, no word of the model: matrix exponentials, cohorts, distributions, Latin hypercubes, Shapley values.

Imports numpy, scipy and :mod:`carecost.errors` only. Public, as ``carecost.maths`` and as ``cc.stockflow``.
"""

from carecost.maths.birthday_flow import YearKernel, layer_across, meet_new_rates, year_kernel
from carecost.maths.conversion import probabilities, rates
from carecost.maths.expm import Kernel, generator, kernel, phi_functions
from carecost.maths.markov_cohort import counting_weights, occupancy, trace, transitions

__all__ = [
    "Kernel",
    "YearKernel",
    "counting_weights",
    "generator",
    "kernel",
    "layer_across",
    "meet_new_rates",
    "occupancy",
    "phi_functions",
    "probabilities",
    "rates",
    "trace",
    "transitions",
    "year_kernel",
]
