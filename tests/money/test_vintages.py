"""Are packaged deflators and schedules found by name, whole, and never guessed?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.money import vintages
from carecost.money.discounting import Schedule
from carecost.money.vintages import schedule

COSTS, BENEFITS = [100, 50, 50] + [0] * 7, [0, 0, 0] + [30] * 7


@pytest.mark.parametrize("name", ["standard", "health", "sensitivity"])
def test_a_schedule_goes_by_its_name_with_or_without_its_vintage(name: str) -> None:
    short, full = schedule(name), schedule(f"green-book-2026-02 {name}")
    assert short == full
    assert short.source
    made = cc.appraise(COSTS, BENEFITS, name)
    np.testing.assert_array_equal(made.npv, cc.appraise(COSTS, BENEFITS, short).npv)


def test_rates_are_found_by_name_and_carry_their_vintage() -> None:
    assert vintages.schedule("standard") == cc.load_assumptions("england-2025").discount
    assert vintages.schedule("green-book-2026-02 health").name == "green-book-2026-02 health"
    own = Schedule("mine", (np.inf,), (0.01,))
    assert vintages.schedule(own) is own
    assert vintages.schedule("0.02") == vintages.schedule(0.02)
    assert vintages.deflator("hmt-2026-03") == cc.load_assumptions("england-2025").deflator


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("standrad", UnknownNameError, "Did you mean 'standard'"),
        (3.5, InputError, r"name is 3.5. Give a number .*: a share a year, so 0.035 for 3.5%"),
        ("nan", InputError, "discount rate is nan"),
        (-1.0, InputError, "name is -1"),
    ],
)
def test_a_rate_that_is_none_is_refused(name: str | float, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        vintages.schedule(name)


def test_a_vintage_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'hmt-2026-03'"):
        vintages.deflator("hmt-2025-03")


def test_a_table_that_is_not_packaged_is_refused_with_those_that_are() -> None:
    with pytest.raises(cc.CareCostError, match=r"discount_rate'?.*discount_rates"):
        vintages.rows("discount_rate")


@pytest.mark.parametrize("vintage", vintages.deflators())
def test_a_packaged_deflator_has_every_year_once_and_outturn_before_forecast(vintage: str) -> None:
    rows = [row for row in vintages.rows("deflators") if row["vintage"] == vintage]
    made = vintages.deflator(vintage)
    years = [int(row["year"]) for row in rows]
    assert years == list(range(made.first, made.last + 1))
    status = [row["status"] for row in rows]
    assert status == sorted(status, reverse=True), "outturn, then forecast"
    assert made.first <= made.last_outturn <= made.last and made.source and min(made.index) > 0


@pytest.mark.parametrize("name", vintages.schedules())
def test_a_packaged_schedule_falls_and_has_no_end(name: str) -> None:
    made = schedule(name)
    assert made.name == name and made.until[-1] == np.inf
    assert list(made.until) == sorted(made.until)
    assert list(made.rates) == sorted(made.rates, reverse=True)


def test_a_flat_rate_is_named_by_its_percentage() -> None:
    assert [schedule(rate).name for rate in (0.035, 0.0, "-0.01")] == ["flat 3.5%", "flat 0%", "flat -1%"]
    assert schedule(-0.999).rates == (-0.999,)
    with pytest.raises(InputError, match="discount rate is 1"):
        schedule(1.0)


def test_schedules_are_listed_once_each_in_order() -> None:
    listed = vintages.schedules()
    assert isinstance(listed, tuple)
    assert listed == tuple(sorted(set(listed)))
