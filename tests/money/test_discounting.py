"""Do discount factors, deflators and growth paths give the published numbers?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.money.discounting import Deflator, Schedule, discount_factors, growth_path

STANDARD = Schedule("standard", (30, 75, 125, 200, 300, np.inf), (0.035, 0.03, 0.025, 0.02, 0.015, 0.01))


def test_a_flat_rate_is_a_power() -> None:
    np.testing.assert_allclose(discount_factors(4, 0.06), 1.06 ** -np.arange(4.0), rtol=1e-15)


def test_the_schedule_steps_down_after_thirty_years() -> None:
    f = discount_factors([30, 31], STANDARD)
    assert f[1] / f[0] == pytest.approx(1 / 1.03, rel=1e-15)


def test_the_packaged_schedule_is_the_green_books() -> None:
    england = cc.load_assumptions("england-2025")
    assert england.discount.rates == STANDARD.rates
    assert england.discount.until == STANDARD.until


def test_a_deflator_goes_on_at_its_last_rate_and_back() -> None:
    d = Deflator("x", 2020, (100.0, 110.0, 121.0), 2021)
    np.testing.assert_allclose(d.factor(2020, [2020, 2022, 2024]), [1, 1.21, 1.4641])
    np.testing.assert_allclose(d.factor(2022, [2020]), [1 / 1.21])


def test_growth_fades_in_a_straight_line() -> None:
    path = growth_path([0.1, 0.0], 0.0, 2, [0, 1, 2, 3, 4])
    np.testing.assert_allclose(path[0], [1, 1.1, 1.1 * 1.05, 1.155, 1.155])
    np.testing.assert_allclose(path[1], 1.0)
    np.testing.assert_allclose(growth_path([0.1], 0.0, None, [2])[0], 1.21)
    np.testing.assert_allclose(growth_path([0.1], 0.02, 0, [2])[0], 1.02**2)


def test_real_and_nominal_present_values_are_the_same() -> None:
    real, rate, inflation = np.array([5.0, 7.0, -2.0]), 0.035, 0.02
    nominal = real * (1 + inflation) ** np.arange(3)
    both = (1 + rate) * (1 + inflation) - 1
    assert real @ discount_factors(3, rate) == pytest.approx(nominal @ discount_factors(3, both), rel=1e-14)


@pytest.mark.parametrize("rate", [-1.5, np.nan])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(cc.CareCostError, match="discount rate is"):
        discount_factors(3, rate)
