"""Luck of prices: the mean of few lognormal prices is unbiased, spreads as their number says, and ends at certainty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from carecost.errors import CareCostError
from carecost.money import mean_price_factor

#: Quantiles of a normal score, evenly: integrals over the luck without luck.
SCORES = ndtri((np.arange(200_000) + 0.5) / 200_000)


@given(st.floats(0.1, 1.2), st.floats(0.0, 5000.0))
def test_the_mean_is_kept_and_the_spread_is_that_of_as_many_placements(sd: float, placements: float) -> None:
    factor = mean_price_factor(SCORES, sd, placements)
    wanted = np.sqrt(np.expm1(sd**2) / max(placements, 1.0))
    assert factor.mean() == pytest.approx(1.0, rel=2e-3)
    assert factor.std() == pytest.approx(wanted, rel=0.05)
    assert (factor > 0).all()


@given(st.floats(0.1, 1.2))
def test_of_one_placement_it_is_its_price_and_of_part_of_one_too(sd: float) -> None:
    one = mean_price_factor(SCORES[::1000], sd, 1.0)
    assert np.log(one) == pytest.approx(sd * SCORES[::1000] - sd**2 / 2)
    assert (mean_price_factor(SCORES[::1000], sd, 0.2) == one).all()


@given(st.floats(-4, 4), st.floats(0.1, 1.2))
def test_of_very_many_placements_the_mean_is_certain(score: float, sd: float) -> None:
    assert mean_price_factor(score, sd, 1e14) == pytest.approx(1.0, abs=1e-5)


def test_it_is_near_the_mean_of_simulated_prices() -> None:
    """Of 20 placements drawn one by one, the deciles of the mean price."""
    rng, sd, n = np.random.default_rng(3), 0.516, 20
    seen = np.exp(sd * rng.standard_normal((100_000, n)) - sd**2 / 2).mean(1)
    shares = np.arange(1, 10) / 10
    assert np.quantile(seen, shares) == pytest.approx(mean_price_factor(ndtri(shares), sd, n), rel=0.01)


def test_what_is_no_spread_is_refused() -> None:
    with pytest.raises(CareCostError, match="sd is 0"):
        mean_price_factor(0.0, 0.0, 10.0)
    with pytest.raises(CareCostError, match=r"shapes \(2,\) and \(3,\).*as many of each"):
        mean_price_factor([0.0, 1.0], 0.5, [1.0, 2.0, 3.0])
