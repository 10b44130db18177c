"""Iterative proportional fitting: margins come back, zeros and odds ratios stay, what cannot be fitted is refused."""

from __future__ import annotations

import numpy as np
import pytest

from data.rules.sources.proportional_fitting import band_of, by_band, fit, smooth_rates, tilt


def test_fit_gives_both_margins_back_and_keeps_zeros() -> None:
    seed = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0]])
    rows, columns = np.array([40.0, 60.0]), np.array([30.0, 50.0, 20.0])
    found = fit(seed, rows, columns)
    np.testing.assert_allclose(found.sum(1), rows, rtol=1e-11)
    np.testing.assert_allclose(found.sum(0), columns, rtol=1e-11)
    assert found[0, 2] == 0 and (seed[0, 2], seed[1, 2]) == (0, 1)


def test_fit_keeps_the_odds_ratio_of_the_seed() -> None:
    seed = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = fit(seed, np.array([30.0, 70.0]), np.array([45.0, 55.0]))
    ratios = [t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0]) for t in (seed, found)]
    assert ratios[1] == pytest.approx(ratios[0], rel=1e-9)


def test_fit_of_margins_with_different_totals_is_refused() -> None:
    with pytest.raises(ValueError, match=r"margins sum to 10.* and 11"):
        fit(np.ones((2, 2)), np.array([4.0, 6.0]), np.array([5.0, 6.0]))


def test_fit_whose_zeros_forbid_the_margins_is_refused() -> None:
    with pytest.raises(ValueError, match="zeros do not allow"):
        fit(np.eye(2), np.array([4.0, 6.0]), np.array([5.0, 5.0]))


def test_single_ages_sum_to_their_bands_and_rates_are_level_where_bands_are() -> None:
    people = np.linspace(600.0, 700.0, 18)
    found = smooth_rates(by_band(0.01 * people), people)
    np.testing.assert_allclose(found, 0.01 * people, rtol=1e-12)
    uneven = np.array([40.0, 90.0, 80.0, 300.0, 250.0])
    np.testing.assert_allclose(by_band(smooth_rates(uneven, people)), uneven, rtol=1e-12)


def test_tilt_keeps_the_total_of_its_band_and_all_others() -> None:
    values = np.arange(1.0, 19.0)
    before = values.copy()
    tilt(values, 2, 0.3)
    np.testing.assert_allclose(by_band(values), by_band(before), rtol=1e-12)
    assert (values[band_of != 2] == before[band_of != 2]).all() and values[9] / values[5] > before[9] / before[5]
