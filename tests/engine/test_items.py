"""Cost items: drivers and their units, who pays, and the share of a saving that becomes cash."""

from __future__ import annotations

import pytest

import carecost as cc
from carecost.engine.items import OUTCOMES, SELECTORS, UNITS


def test_cashable_share_rises_from_short_to_long_run() -> None:
    c = cc.Cashable(0.2, 0.8, 3)
    assert [c.share(e) for e in (-1, 0, 1, 2, 3, 9)] == pytest.approx([0.2, 0.2, 0.4, 0.6, 0.8, 0.8])
    assert cc.Cashable(0.5, 0.5, 0).share(0) == 0.5


@pytest.mark.parametrize("driver", [d for d in UNITS if d != OUTCOMES])
def test_unit_of_an_item_is_that_of_its_driver(driver: str) -> None:
    assert cc.Item("i", driver).unit == UNITS[driver]  # type: ignore[arg-type]


def test_selector_that_the_driver_lacks_is_refused() -> None:
    assert "reasons" not in SELECTORS["child_weeks"]
    with pytest.raises(cc.CareCostError, match="reasons"):
        cc.Item("i", "child_weeks", reasons=["home"])


def test_unknown_driver_offers_the_nearest() -> None:
    with pytest.raises(cc.CareCostError, match="Did you mean 'child_weeks'"):
        cc.Item("i", "child_week")  # type: ignore[arg-type]


def test_outcome_is_a_share_or_a_count_and_no_public_money() -> None:
    item = cc.Item("jobs", "population", account="outcomes", kind="share")
    assert not item.public and item.bounds == (0.0, 1.0)
    assert cc.Item("home", "child_weeks").public
