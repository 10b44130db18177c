"""Do discount factors, deflators and growth paths give the published numbers?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError
from carecost.money.discounting import Deflator, Schedule, discount_factors, growth_path, wandering_path

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


def test_growth_path_fades_in_a_straight_line() -> None:
    path = growth_path([0.1, 0.0], 0.0, 2, [0, 1, 2, 3, 4])
    np.testing.assert_allclose(path[0], [1, 1.1, 1.1 * 1.05, 1.155, 1.155])
    np.testing.assert_allclose(path[1], 1.0)
    np.testing.assert_allclose(growth_path([0.1], 0.0, None, [2])[0], 1.21)
    np.testing.assert_allclose(growth_path([0.1], 0.02, 0, [2])[0], 1.02**2)


def test_present_values_of_real_and_nominal_flows_are_the_same() -> None:
    real, rate, inflation = np.array([5.0, 7.0, -2.0]), 0.035, 0.02
    nominal = real * (1 + inflation) ** np.arange(3)
    both = (1 + rate) * (1 + inflation) - 1
    assert real @ discount_factors(3, rate) == pytest.approx(nominal @ discount_factors(3, both), rel=1e-14)


@pytest.mark.parametrize("rate", [-1.5, -1.0, np.nan, np.inf])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    """At -100% a pound in a year is worth more than any number of them now."""
    with pytest.raises(InputError, match=f"rate_or_schedule is {rate}.*so 0.035 for 3.5%"):
        discount_factors(3, rate)
    with pytest.raises(InputError, match="rates holds"):
        discount_factors([2], Schedule("falls to it", (1.0, np.inf), (0.03, rate)))


def test_a_rate_of_more_than_100_percent_is_refused_in_a_schedule_and_100_percent_is_taken() -> None:
    with pytest.raises(InputError, match=r"rates holds 3\.5 .*above -1, up to 1"):
        Schedule("in percent", (30.0, np.inf), (3.5, 0.03))
    assert Schedule("doubles", (30.0, np.inf), (1.0, 0.03)).rates == (1.0, 0.03)


@pytest.mark.parametrize("level", [0.0, -0.5])
def test_a_price_index_is_above_zero(level: float) -> None:
    with pytest.raises(InputError, match=r"index holds .*above 0"):
        Deflator("x", 2020, (100.0, level), 2021)


def test_a_rate_just_above_minus_100_percent_is_taken() -> None:
    np.testing.assert_allclose(discount_factors(3, -0.5), [1, 2, 4])
    np.testing.assert_allclose(discount_factors([1], -1 + 1e-9), [1e9], rtol=1e-6)


def test_a_year_in_the_past_and_a_timing_that_is_none_are_refused() -> None:
    with pytest.raises(InputError, match=r"years holds -1 at 1\. Give whole numbers from 0"):
        discount_factors([0, -1], 0.035)
    with pytest.raises(InputError, match="Did you mean 'mid-year'"):
        discount_factors(3, 0.035, "midyear")


def test_no_years_have_no_factors() -> None:
    assert discount_factors(0, 0.035).shape == (0,)
    assert discount_factors([], STANDARD).shape == (0,)


def test_timings_value_the_first_year_half_a_year_and_a_year_earlier() -> None:
    assert [discount_factors(1, 0.21, timing)[0] for timing in ("base year", "mid-year", "year-end")] == pytest.approx(
        [1, 1 / 1.1, 1 / 1.21]
    )


def test_a_deflator_has_no_year_before_its_first() -> None:
    d = Deflator("x", 2020, (100.0, 110.0), 2021)
    for arguments in ((2019, [2020]), (2020, [2020, 2019])):
        with pytest.raises(InputError, match=r"deflator 'x' has no year 2019\. The first year is 2020"):
            d.factor(*arguments)
    assert d.last == 2021


def test_a_random_walk_is_the_sum_of_its_shocks() -> None:
    shocks = np.random.default_rng(1).normal(size=(3, 5))
    np.testing.assert_allclose(wandering_path(shocks, 0.2), 0.2 * shocks.cumsum(1))


def test_a_path_that_reverts_halves_in_its_half_life_and_has_its_long_run_deviation() -> None:
    one = wandering_path([[1.0] + [0.0] * 6], 0.1, half_life=3)[0]
    assert one[3] == pytest.approx(one[0] / 2) and one[6] == pytest.approx(one[0] / 4)
    responses = wandering_path([[1.0] + [0.0] * 400], 0.1, half_life=3)[0]
    assert np.sqrt((responses**2).sum()) == pytest.approx(0.1, rel=1e-9)


def test_discount_rate_by_a_name_is_refused_where_a_number_or_a_schedule_is_meant() -> None:
    with pytest.raises(InputError, match=r"rate_or_schedule is 'standard'\. Give a number above -1, up to 1"):
        discount_factors(3, "standard")  # type: ignore[arg-type]
