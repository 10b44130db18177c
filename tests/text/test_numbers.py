"""Are numbers written for people, the same everywhere, and never with more figures than they hold?"""

from __future__ import annotations

import math
from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import given

from carecost import _labels
from carecost.text import numbers


@pytest.mark.parametrize(
    ("write", "value", "words"),
    [
        (numbers.children, 95_123.0, "95,100"),
        (numbers.children, 9_996.0, "10,000"),
        (numbers.children, 9_994.0, "9,990"),
        (numbers.children, 0.2, "0"),
        (numbers.children, -0.2, "0"),
        (numbers.pounds, 15.63e9, "£15.6bn"),
        (numbers.pounds, 1.257e9, "£1.26bn"),
        (numbers.pounds, 999.4e6, "£999m"),
        (numbers.pounds, 999.6e6, "£1.00bn"),
        (numbers.pounds, -46e6, "−£46.0m"),
        (numbers.pounds, 30_411.76, "£30,400"),
        (numbers.pounds, 0.0, "£0"),
        (numbers.percent, 0.1393, "14%"),
        (numbers.percent, 0.0999, "10%"),
        (numbers.percent, 0.004, "0.4%"),
        (numbers.percent, 1.0, "100%"),
        (numbers.number, 0.00001234, "0.0000123"),
        (numbers.number, 81_770.4, "81,770"),
        (numbers.number, -2.5, "−2.5"),
        (_labels.financial_year, 2000, "1999-00"),
        (numbers.plain, 2.0000000001, "2"),
    ],
)
def test_a_number_is_written_for_people(write: Callable[[float], str], value: float, words: str) -> None:
    assert write(value) == words


def read(text: str) -> float:
    """The number that a text holds."""
    units = {"bn": 1e9, "m": 1e6}
    ending = next((u for u in units if text.endswith(u)), "")
    digits = text.removesuffix(ending).replace("£", "").replace(",", "").replace(numbers.MINUS, "-").removesuffix("%")
    return float(digits) * units.get(ending, 1.0)


#: Of any size: of floats drawn from the whole range hardly one is a few millions.
SIZES = st.builds(lambda power, sign: sign * 10.0**power, st.floats(-3, 13), st.sampled_from([-1.0, 1.0]))
AMOUNTS = SIZES | st.floats(-1e13, 1e13, allow_subnormal=False)


@given(AMOUNTS)
def test_pounds_are_exact_to_three_figures_or_the_pound(amount: float) -> None:
    text = numbers.pounds(amount)
    assert read(text) == pytest.approx(amount, rel=0.0051, abs=0.51)
    assert text.startswith(numbers.MINUS) == (read(text) < 0) and "-" not in text


@given(AMOUNTS)
def test_pounds_of_a_loss_are_those_of_a_gain_with_a_minus(amount: float) -> None:
    gain, loss = numbers.pounds(abs(amount)), numbers.pounds(-abs(amount))
    assert loss == (gain if read(gain) == 0 else numbers.MINUS + gain)


@given(st.floats(-1e7, 1e7))
def test_children_are_exact_to_the_hundred_ten_or_one(count: float) -> None:
    unit = 100 if abs(count) >= 9_995 else 10 if abs(count) >= 999.5 else 1
    assert abs(read(numbers.children(count)) - count) <= unit / 2 + 1e-6
    assert read(numbers.children(count)) % unit == 0


@given(st.floats(-10, 10))
def test_percent_is_exact_to_one_point_or_a_tenth(share: float) -> None:
    step = 1.0 if abs(share) >= 0.0995 else 0.1
    assert abs(read(numbers.percent(share)) - 100 * share) <= step / 2 + 1e-9


@given(st.floats(-1e9, 1e9, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-9))
def test_number_is_exact_to_three_figures_and_never_in_powers_of_ten(value: float) -> None:
    text = numbers.number(value)
    assert "e" not in text
    assert read(text) == pytest.approx(value, rel=0.0051)


def test_amounts_shown_together_have_the_unit_of_the_largest_and_gaps_are_passed_over() -> None:
    scale = numbers.money_scale(5.0, -2e9, math.nan)
    assert (scale.unit, numbers.pounds(4e6, scale), numbers.pounds(-2e9, scale)) == ("£bn", "£0.00bn", "−£2.00bn")
    assert numbers.money_scale(math.nan) == numbers.money_scale() == numbers.Scale(1.0, "", 0)


@pytest.mark.parametrize(
    ("amount", "unit", "decimals"),
    [
        (9_994.9, "£", 0), (9_995.0, "£", -2), (999_999.0, "£", -2), (1e6, "£m", 2), (9.994e6, "£m", 2),
        (9.995e6, "£m", 1), (99.94e6, "£m", 1),
        (99.95e6, "£m", 0), (999.4e6, "£m", 0), (999.5e6, "£bn", 2), (9.994e9, "£bn", 2), (9.995e9, "£bn", 1),
    ],
)  # fmt: skip
def test_unit_and_decimals_change_where_rounding_would_gain_a_figure(amount: float, unit: str, decimals: int) -> None:
    assert (numbers.money_scale(amount).unit, numbers.money_scale(-amount).decimals) == (unit, decimals)


def test_children_beside_a_larger_number_are_rounded_like_it() -> None:
    assert numbers.children(1_234, like=95_000) == "1,200" and numbers.children(1_234) == "1,230"


def test_a_claim_names_the_review_where_it_is_its_word() -> None:
    assert numbers.claim(["somebody"]) == "Effects as claimed, not evidenced"
    assert numbers.claim(["somebody", "Review of 2022"]) == "Effects as claimed by the Review, not evidenced"


@given(st.text(st.characters(categories=["Ll", "Zs"]), min_size=1))
def test_a_sentence_of_a_sentence_is_the_same(words: str) -> None:
    assert numbers.sentence(numbers.sentence(words)) == numbers.sentence(words)
    assert numbers.sentence(words).endswith(".")


def test_an_interval_says_whether_it_holds_luck() -> None:
    assert "not included" in numbers.interval(False) and "and the luck of small numbers" in numbers.interval(True)
