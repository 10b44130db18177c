"""Does Brent's method find where a function is zero, to the digits of scipy's own?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from carecost.maths.root import root

FUNCTIONS = {
    "line": lambda x, at: x - at,
    "cubic": lambda x, at: (x - at) ** 3 + 0.2 * (x - at),
    "flat near its zero": lambda x, at: (x - at) ** 9,
    "exponential": lambda x, at: np.exp(3.0 * x) - np.exp(3.0 * at),
    "bent": lambda x, at: (x - at) * (5.0 if x > at else 0.01),
    "step": lambda x, at: 1.0 if x > at else -1.0,
}


@given(st.sampled_from(sorted(FUNCTIONS)), st.floats(-0.9, 1.9), st.sampled_from([1e-3, 1e-6, 1e-12]))
def test_root_of_any_function_has_the_digits_of_scipy(kind, at, tolerance):
    def function(x):
        return float(FUNCTIONS[kind](x, at))

    assert root(function, -1.0, 2.0, tolerance) == brentq(function, -1.0, 2.0, xtol=tolerance, maxiter=10_000)


@pytest.mark.parametrize(("low", "high"), [(0.5, 3.0), (-2.0, 0.5)])
def test_root_that_is_an_end_is_that_end(low, high):
    assert root(lambda x: x - 0.5, low, high, 1e-6) == 0.5
