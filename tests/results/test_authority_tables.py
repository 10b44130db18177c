"""An authority beside its neighbours and England; the difference in spend, split exactly."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.files.authorities import known_authorities
from carecost.results.authority_tables import NEAR, beside, difference, together

EVERY = known_authorities("england-2025").all


def test_an_authority_stands_beside_its_neighbours_and_england() -> None:
    kent = next(one for one in EVERY if one.name == "Kent")
    frame = beside(kent, EVERY)
    assert frame["area"].tolist() == ["Kent", NEAR, "England", *kent.neighbours]
    near = [one for one in EVERY if one.name in kent.neighbours]
    wanted = (
        1e4 * sum(one.figures["children"] for one in near) / sum(one.figures["children aged 0 to 17"] for one in near)
    )
    assert frame["rate"].iloc[1] == pytest.approx(wanted)
    assert frame["rate"].iloc[2] == pytest.approx(1e4 * 81770 / 12183016, rel=1e-4)
    # A child who went on to another authority is counted once, there: 32,270 less 2,640.
    assert frame["started"].iloc[2] == pytest.approx(1e4 * 29630 / 12183016, rel=1e-3)
    # England's published prices, 765 and 7,385, are of its whole spend; these are means over authorities.
    assert frame["fostering_price"].iloc[2] == pytest.approx(765, rel=0.02)
    assert frame["residential_price"].iloc[2] == pytest.approx(7385, rel=0.03)


@pytest.mark.parametrize("name", ["Kent", "Blackpool", "Rutland"])
def test_rate_mix_and_price_sum_to_the_difference(name: str) -> None:
    one = next(x for x in EVERY if x.name == name)
    parts = difference(one, EVERY, cc.load_assumptions("england-2025"))
    assert parts["expected"] + parts["rate"] + parts["mix"] + parts["price"] == pytest.approx(parts["spend"], rel=1e-12)
    more = one.figures["children"] / one.figures["children aged 0 to 17"] > 81770 / 12183016
    assert (parts["rate"] > 0) == more


def test_england_differs_from_itself_in_nothing() -> None:
    whole = together(one for one in EVERY if np.isfinite(one.figures["spend, children looked after"]))
    one = EVERY[0]
    england = type(one)("England", "", "", "", (), whole, {})
    parts = difference(england, EVERY, cc.load_assumptions("england-2025"))
    for part in ("rate", "mix", "price"):
        assert parts[part] == pytest.approx(0, abs=1e-6 * parts["spend"])
