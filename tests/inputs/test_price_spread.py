"""Spread of prices: what can be one, and one told from a council's own prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost.errors import CareCostError, InputError
from carecost.inputs.price_spread import LARGEST
from carecost.simulation.checks import verify


def test_the_spread_of_own_prices_comes_back() -> None:
    prices = np.exp(8.8 + 0.5 * np.random.default_rng(1).standard_normal(4000))
    found = cc.PriceSpread.fitted("children's home", prices, "own placements")
    assert found.sd == pytest.approx(0.5, rel=0.03)
    assert found.quality == "B" and found.note == "of 4000 placements"
    assert cc.PriceSpread.fitted("x", 3 * prices, "y").sd == pytest.approx(found.sd)


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ([5000, 6000], "2 prices.*Give 3 or more"),
        ([5000, -1, 7000], "prices of -1.*above 0"),
        ([5000, 5000, 5000], "all prices are the same.*Leave the spread out"),
    ],
)
def test_prices_that_tell_no_spread_are_refused(prices: list[float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        cc.PriceSpread.fitted("children's home", prices, "own")


@pytest.mark.parametrize("sd", [3.01, 40.0, 1800.0, 1e200])
def test_a_spread_in_pounds_is_refused_and_gives_no_prices_without_a_number(sd: float) -> None:
    with pytest.raises(InputError, match=r"sd is .*, more than 3\. Give that of the logarithm .* not pounds"):
        cc.PriceSpread("home", sd)
    assert np.isfinite(cc.money.mean_price_factor([-6.0, 6.0], LARGEST, [0.0, 1.0])).all()


def test_every_fault_of_a_spread_is_said() -> None:
    with pytest.raises(InputError) as caught:
        cc.PriceSpread([], -1.0)
    assert len(caught.value.problems) == 2


def test_a_spread_that_does_not_fit_the_set_is_refused_with_the_remedy() -> None:
    england = cc.load_assumptions("england-2025")
    wrong = [
        cc.PriceSpread("childrens home", 0.5, source="x", quality="E"),
        cc.PriceSpread("safeguarding", 0.5, source="x", quality="E"),
        cc.PriceSpread("secure", 0.5),
        cc.PriceSpread("secure", 0.4, source="x", quality="E"),
    ]
    with pytest.raises(CareCostError) as caught:
        verify(replace(england, spreads=wrong))
    said = str(caught.value)
    for words in (
        "Did you mean 'children's home'",
        "'safeguarding' follows population",
        "source is blank",
        "quality is blank",
        "'secure' has a spread in",
    ):
        assert words in said


def test_a_scope_keeps_the_spreads_of_its_items() -> None:
    england = cc.load_assumptions("england-2025")
    scoped = england.scoped("children looked after")
    assert scoped.spreads == england.spreads
    assert "children's home" in england.spreads[0].items and england.spreads[0].quality == "E"
