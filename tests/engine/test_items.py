"""Cost items: drivers and their units, who pays, and the share of a saving that becomes cash."""

from __future__ import annotations

import pytest

import carecost as cc
from carecost.engine.items import OUTCOMES, SELECTORS, UNITS, WEEKS


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


def test_what_is_cashable_is_all_from_the_first_year_by_default() -> None:
    assert [cc.Cashable().share(e) for e in (0, 1, 9)] == [1.0, 1.0, 1.0]
    assert cc.Cashable(0.25).share(5) == 1.0
    assert cc.Cashable(0.25, 0.75).share(0) == 0.75


def test_a_share_of_what_is_no_number_of_children_is_refused() -> None:
    for driver in ("child_weeks", "year"):
        with pytest.raises(cc.CareCostError, match=f"a share of '{driver}'"):
            cc.Item("i", driver, account="outcomes", kind="share")  # type: ignore[arg-type]
        assert cc.Item("i", driver, account="outcomes").kind == "count"  # type: ignore[arg-type]


def test_a_price_has_no_bounds_a_level_is_not_negative_and_a_share_at_most_one() -> None:
    assert cc.Item("i", "child_weeks").bounds == (-float("inf"), float("inf"))
    assert cc.Item("i", "entries", account="outcomes").bounds == (0.0, float("inf"))
    assert cc.Item("i", "entries", account="outcomes", kind="share").bounds == (0.0, 1.0)


def test_kind_group_and_payer_are_those_of_public_money_by_default() -> None:
    item = cc.Item("i", "child_weeks")
    assert (item.kind, item.group, item.payer) == ("resource", "i", item.account)


def test_a_week_is_a_365th_of_a_year_times_seven() -> None:
    assert WEEKS * 7 == pytest.approx(365)
