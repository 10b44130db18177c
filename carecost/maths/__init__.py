"""Plain arrays, no word of the model: matrix exponentials, cohorts, distributions, Latin hypercubes, Shapley values.

Imports numpy, scipy, the guard and :mod:`carecost.errors` only. Public, as ``carecost.maths`` and as ``cc.stockflow``;
the engine calls what stands behind the guard.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from carecost._guard import Refused, array, guarded, instance, number, whole
from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.maths import birthday_flow, expm
from carecost.maths.birthday_flow import YearKernel
from carecost.maths.conversion import probabilities, rates
from carecost.maths.expm import Kernel
from carecost.maths.markov_cohort import counting_weights, occupancy, trace, transitions

P = ParamSpec("P")
R = TypeVar("R")


def _square(value: Any) -> Array:
    """Take matrices of rates (a rule of the guard)."""
    remedy = "Give numbers of shape (..., state, state)"
    found: Array = array("...", "state", "state")(value)
    if found.shape[-1] != found.shape[-2] or found.size == 0:
        raise Refused(f"has shape {found.shape}", remedy)
    return found


def _by_draw(value: Any) -> Array:
    """Take a matrix of rates for each draw (a rule of the guard)."""
    return np.asarray(array("draw", "state", "state")(_square(value)))


def _entrants(value: Any) -> tuple[Array, Array]:
    """Take even entrants of a year and of the next (a rule of the guard)."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise Refused("", "Give entrants of this year and of the next, each of shape (draw, row, state)")
    one, other = map(array("draw", "row", "state"), value)
    return one, other


def _fitting(function: Callable[P, R]) -> Callable[P, R]:
    """Say in words that arrays do not fit together."""

    @wraps(function)
    def inner(*args: P.args, **given: P.kwargs) -> R:
        try:
            return function(*args, **given)
        except (ValueError, IndexError) as error:
            shapes = ", ".join(str(np.shape(a)) for a in (*args, *given.values()) if isinstance(a, np.ndarray))
            what, remedy = f"arrays of shapes {shapes} do not fit together", "Give the same states, ages and draws"
            raise InputError(Problem(what, f"{function.__name__}()", remedy)) from error

    return inner


_year = instance(YearKernel, words="Give the kernel of a year: carecost.stockflow.year_kernel(…)")
_leaving, _moving = array("...", "state", least=0), array("...", "row", "column")
generator = guarded(leave=_leaving, move=_moving)(_fitting(expm.generator))
kernel = guarded(rates=_square, span=number(above=0))(_fitting(expm.kernel))
phi_functions = guarded(matrices=_square, order=whole(0, 30))(_fitting(expm.phi_functions))
year_kernel = guarded(rates=_by_draw)(_fitting(birthday_flow.year_kernel))
_passes = array("state before", "state after", least=0, most=1)
layer_across = guarded(before=_year, after=_year, passes=_passes)(_fitting(birthday_flow.layer_across))
meet_new_rates = guarded(
    old=_year,
    new=_year,
    flow=array("draw", "row", "coefficient", "state"),
    entrants=_entrants,
    time_after=array("draw", "row", "state"),
)(_fitting(birthday_flow.meet_new_rates))

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
