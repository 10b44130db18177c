"""Statements of a set and a scenario in words."""

from __future__ import annotations

import carecost as cc
from carecost.text import statements


def test_changes_are_written_out() -> None:
    divert = cc.Change("entry_share", "divert", 0.1, from_placements=("home",), to_placement="foster", start=2, lag=1)
    what, amount, interval, when = statements.change_of(divert, 2026)
    assert what == "Placement on entry: share moved from home to foster"
    assert (amount, interval, when) == ("10%", "none", "from 2027-28")
    price = cc.Change("unit_cost", "replace", 650, unit="GBP per child-week", price_year=2025, end=1, items=["foster"])
    assert statements.change_of(price, 2026)[1:] == (
        "set to £650 per child-week, 2024-25 prices",
        "none",
        "in 2025-26 only",
    )
    fading = cc.Change("exit_rate", "scale", cc.Interval(0.2, 0, 0.4, 1, "uniform"), half_life=3, share=0.5)
    assert statements.change_of(fading, 2026)[1:3] == ("+20%, 50% of it taken", "0% to 40% (bounds)")
    assert statements.change_of(fading, 2026)[3].endswith("then halving every 3 years")
