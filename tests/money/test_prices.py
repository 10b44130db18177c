"""Are pounds of one kind never taken for pounds of another?"""

from __future__ import annotations

import numpy as np
import pytest

from carecost import money
from carecost.errors import ComparisonError, InputError
from carecost.money.discounting import Deflator
from carecost.money.prices import Amounts, PriceBase, must_be_real, one_base, restate

REAL = PriceBase("real", 2025, "hmt-2026-03")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (("nominal",), "basis is 'nominal'. Give real or cash"),
        (("real",), "basis is real and price year None"),
        (("cash", 2025), "basis is cash and price year 2025"),
    ],
)
def test_a_price_base_that_is_none_is_refused(fields: tuple[object, ...], said: str) -> None:
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


def test_present_value_of_amounts_is_that_of_their_years() -> None:
    programme = Amounts(np.array([46.0, 987.0, 1257.0, 233.0]), (2024, 2025, 2026, 2027), REAL)
    assert programme.present_value(0.035) == pytest.approx(2383.2, abs=0.05)
    assert programme.present_value(0.035, "year-end") == pytest.approx(2302.6, abs=0.05)
    assert not programme.values.flags.writeable


def test_amounts_of_other_years_do_not_add() -> None:
    with pytest.raises(ComparisonError, match="the years are"):
        Amounts(np.ones(1), (2025,), REAL) + Amounts(np.ones(1), (2026,), REAL)
    with pytest.raises(InputError, match="must hold 2 years"):
        Amounts(np.ones(3), (2025, 2026), REAL)


def test_a_price_base_in_words_has_its_year_and_its_vintage() -> None:
    assert REAL.words == "prices of 2024-25, deflator hmt-2026-03"
    assert PriceBase("cash").words == "cash"


def test_amounts_in_the_same_prices_add_year_by_year_and_keep_their_base() -> None:
    a, b = (Amounts(np.array(v), (2025, 2026), REAL) for v in ([3.0, 4.0], [1.0, 2.0]))
    assert ((a + b).values.tolist(), (a - b).values.tolist()) == ([4.0, 6.0], [2.0, 2.0])
    assert (a + b).base == REAL and (a - b).years == (2025, 2026)


def test_cash_restated_is_worth_more_the_earlier_it_was_spent() -> None:
    index = Deflator("x", 2023, (100.0, 110.0, 121.0), 2025)
    real = restate([[1.0, 1.0, 1.0]], [2023, 2024, 2025], 2025, index)
    np.testing.assert_allclose(real.values, [[1.21, 1.1, 1.0]])
    assert (real.years, real.base) == ((2023, 2024, 2025), PriceBase("real", 2025, "x"))
    with pytest.raises(InputError, match="has no year 2022"):
        restate([1.0], [2022], 2025, index)


def test_amounts_hold_arrays_that_cannot_be_written_into_and_leave_the_callers_alone() -> None:
    given = np.array([1.0, 2.0])
    amounts = Amounts(given, (2025, 2026), REAL)
    with pytest.raises(ValueError, match="read-only"):
        amounts.values[0] = 5.0
    given[0] = 9.0
    assert amounts.values.tolist() == [1.0, 2.0]


def test_amounts_add_to_amounts_only() -> None:
    amounts = Amounts([1.0], (2025,), REAL)
    for other in (1.0, np.ones(1)):
        with pytest.raises(TypeError):
            amounts + other  # type: ignore[operator]
        with pytest.raises(TypeError):
            amounts - other  # type: ignore[operator]


def test_years_of_amounts_are_whole_and_a_price_base_is_one() -> None:
    with pytest.raises(InputError, match="years"):
        Amounts([1.0], (2025.5,), REAL)  # type: ignore[arg-type]
    assert Amounts([1.0, 2.0], [2025.0, 2026], REAL).years == (2025, 2026)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Give a price base"):
        must_be_real("real", "npv")  # type: ignore[arg-type]


def test_financial_year_is_named_by_both_of_its_calendar_years() -> None:
    assert [money.financial_year(year) for year in (2000, 2025)] == ["1999-00", "2024-25"]
    with pytest.raises(InputError, match="from 1000 to 9999"):
        money.financial_year(24)
