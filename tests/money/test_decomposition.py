"""Is a change in cost split into price, volume and mix as by hand, however small the volumes?"""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from carecost.money.decomposition import Bought, Parts, price_volume_mix


def parts(made: Parts) -> list[list[float]]:
    return [np.asarray(getattr(made, name)).round(12).tolist() for name in ("volume", "mix", "price")]


def test_parts_of_two_items_are_by_hand() -> None:
    before, after = Bought([10.0, 40.0], [5000.0, 700.0], 50.0), Bought([15.0, 40.0], [5500.0, 700.0], 55.0)
    assert parts(price_volume_mix(before, after)) == [[5000, 2800], [20000, -2800], [7500, 0]]


@pytest.mark.parametrize("scale", [1.0, 0.5, 1 / 50, 1e-6])
def test_parts_of_volumes_of_one_or_less_are_those_of_larger_ones(scale: float) -> None:
    """Thousands of children or millions of weeks: the unit of the volume says nothing, a whole of one or less too."""

    def made(scale: float) -> Parts:
        before = Bought(np.multiply([10.0, 40.0], scale), [5000.0, 700.0], 50.0 * scale)
        return price_volume_mix(before, Bought(np.multiply([15.0, 40.0], scale), [5500.0, 700.0], 55.0 * scale))

    large, small = made(1.0), made(scale)
    for name in ("volume", "mix", "price"):
        np.testing.assert_allclose(getattr(small, name), scale * getattr(large, name), rtol=1e-12)
    assert small.mix[0] > 0


@given(st.floats(1e-9, 1.0), st.floats(1e-9, 1.0), st.floats(0.0, 100.0))
def test_the_whole_itself_has_no_mix(before: float, after: float, unit_cost: float) -> None:
    made = price_volume_mix(Bought([before], [unit_cost], before), Bought([after], [unit_cost], after))
    assert made.mix[0] == pytest.approx(0.0, abs=1e-12 * (1 + unit_cost))
    assert made.volume[0] == pytest.approx(unit_cost * (after - before), abs=1e-12 * (1 + unit_cost))


def test_an_item_that_is_no_part_of_the_mix_has_volume_and_price_alone() -> None:
    made = price_volume_mix(Bought([0.2, 0.5], [10.0, 10.0], 1.0), Bought([0.4, 0.5], [10.0, 20.0], 2.0), [False, True])
    assert parts(made) == [[2, 5], [0, -5], [0, 5]]


def test_a_whole_of_nothing_has_no_mix_and_a_whole_that_ends_is_volume() -> None:
    new = price_volume_mix(Bought([0.0], [5.0], 0.0), Bought([3.0], [7.0], 3.0))
    assert parts(new) == [[15], [0], [6]]
    gone = price_volume_mix(Bought([3.0], [5.0], 3.0), Bought([0.0], [7.0], 0.0))
    assert parts(gone) == [[-15], [0], [0]]


def test_each_draw_has_a_whole_of_its_own() -> None:
    before, after = Bought([[1.0], [1.0]], [10.0], [2.0, 4.0]), Bought([[1.0], [2.0]], [10.0], [4.0, 4.0])
    assert parts(price_volume_mix(before, after)) == [[[10], [0]], [[-10], [10]], [[0], [0]]]
    np.testing.assert_allclose(price_volume_mix(before, after).change, [[0], [10]])


def test_what_is_bought_and_its_parts_are_frozen() -> None:
    bought = Bought([10.0], [5.0], 10.0)
    with pytest.raises(FrozenInstanceError):
        bought.whole = 1.0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        price_volume_mix(bought, bought).mix = np.zeros(1)  # type: ignore[misc]
