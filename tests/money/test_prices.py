"""Are pounds of one kind never taken for pounds of another, and are rates found by name?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.errors import ComparisonError, InputError, UnknownNameError
from carecost.money.discounting import Schedule, discount_factors
from carecost.money.prices import Amounts, PriceBase, must_be_real, one_base

REAL = PriceBase("real", 2025, "hmt-2026-03")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (("nominal",), "basis is 'nominal'. Give real or cash"),
        (("real",), "basis is real and price year None"),
        (("cash", 2025), "basis is cash and price year 2025"),
    ],
)
def test_a_base_says_what_it_is(fields: tuple[object, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        PriceBase(*fields)  # type: ignore[arg-type]


def test_every_amount_in_other_prices_is_named_at_once() -> None:
    bases = {"spend": REAL, "cost": PriceBase("real", 2022, "hmt-2026-03"), "grant": PriceBase("cash"), "fees": REAL}
    with pytest.raises(ComparisonError) as caught:
        one_base(bases, "a sum")
    assert len(caught.value.problems) == 2
    assert "cost is in prices of 2021-22, deflator hmt-2026-03" in str(caught.value)
    assert "grant is in cash" in str(caught.value)


def test_cash_has_no_present_value() -> None:
    cash = Amounts(np.ones(2), (2025, 2026), PriceBase("cash", None, "hmt-2026-03"))
    with pytest.raises(ComparisonError, match=r"amounts are in cash, deflator hmt-2026-03.*restate them"):
        cash.present_value(0.035)
    must_be_real(REAL, "npv")


def test_amounts_are_worth_what_their_years_say() -> None:
    programme = Amounts(np.array([46.0, 987.0, 1257.0, 233.0]), (2024, 2025, 2026, 2027), REAL)
    assert programme.present_value(0.035) == pytest.approx(2383.2, abs=0.05)
    assert programme.present_value(0.035, "year-end") == pytest.approx(2302.6, abs=0.05)
    assert not programme.values.flags.writeable


def test_amounts_of_other_years_do_not_add() -> None:
    with pytest.raises(ComparisonError, match="the years are"):
        Amounts(np.ones(1), (2025,), REAL) + Amounts(np.ones(1), (2026,), REAL)
    with pytest.raises(InputError, match="must hold 2 years"):
        Amounts(np.ones(3), (2025, 2026), REAL)


def test_rates_are_found_by_name_and_carry_their_vintage() -> None:
    assert cc.vintages.schedule("standard") == cc.load_assumptions("england-2025").discount
    assert cc.vintages.schedule("green-book-2026-02 health").name == "green-book-2026-02 health"
    own = Schedule("mine", (np.inf,), (0.01,))
    assert cc.vintages.schedule(own) is own
    assert cc.vintages.schedule("0.02") == cc.vintages.schedule(0.02)
    assert cc.vintages.deflator("hmt-2026-03") == cc.load_assumptions("england-2025").deflator


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("standrad", UnknownNameError, "Did you mean 'standard'"),
        (3.5, InputError, "discount rate is 3.5. Give a share a year: 0.035 is 3.5%"),
        ("nan", InputError, "discount rate is nan"),
        (-1.0, InputError, "discount rate is -1"),
    ],
)
def test_a_rate_that_is_none_is_refused(name: str | float, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        cc.vintages.schedule(name)


def test_unknown_vintages_and_timings_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'hmt-2026-03'"):
        cc.vintages.deflator("hmt-2025-03")
    with pytest.raises(InputError, match="Did you mean 'mid-year'"):
        discount_factors(3, 0.035, "midyear")
