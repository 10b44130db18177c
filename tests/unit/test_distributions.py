"""Does a distribution give back the interval it was stated by?"""

from __future__ import annotations

import numpy as np
import pytest

from carecost.distributions import quantiles
from carecost.errors import CareCostError

GRID = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize("name", ["normal", "lognormal", "triangular", "uniform"])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_low_and_high_are_its_quantiles(name: str, level: float) -> None:
    x = quantiles(GRID, 10.0, 8.0, 15.0, level, name)
    tail = (1 - level) / 2
    np.testing.assert_allclose(np.quantile(x, [tail, 1 - tail]), [8, 15], rtol=1e-4)
    assert np.all(np.diff(x) >= 0)


@pytest.mark.parametrize("name", ["normal", "lognormal"])
def test_the_value_of_a_split_normal_is_its_median(name: str) -> None:
    assert np.median(quantiles(GRID, 10.0, 8.0, 15.0, 0.9, name)) == pytest.approx(10, rel=1e-4)


def test_a_triangle_with_hard_bounds_has_its_mean() -> None:
    x = quantiles(GRID, -0.3, -0.4, 0.0, 1.0, "triangular")
    assert x.mean() == pytest.approx(-0.7 / 3, rel=1e-6)
    assert -0.4 <= x.min() and x.max() <= 0


def test_a_triangle_at_the_edge_of_its_interval() -> None:
    np.testing.assert_allclose(quantiles(np.array([1.0]), 5.0, 0.0, 5.0, 1.0, "triangular"), 5.0)


def test_a_normal_is_truncated_and_never_clipped() -> None:
    x = quantiles(GRID, 1.0, 0.1, 4.0, 0.9, "normal", least=0.0)
    assert x.min() > 0
    # Clipping would heap draws on the bound: no two draws here are equal.
    assert np.all(np.diff(x) > 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1.0, 2.0, 3.0), "must rise"),
        ((1.0, 0.5, None), "both or neither"),
        ((1.0, 0.5, 2.0, 1.5), "level is 1.5"),
        ((1.0, -0.5, 2.0, 0.9, "lognormal"), "above zero"),
        ((1.0, 0.5, 2.0, 0.9, "lognorm"), "Did you mean 'lognormal'"),
    ],
)
def test_an_interval_that_does_not_fit_is_refused(arguments: tuple[object, ...], words: str) -> None:
    with pytest.raises(CareCostError, match=words):
        quantiles(GRID, *arguments)  # type: ignore[arg-type]
