"""Are the laws of money kept, whatever the amounts? Changes split without a remainder; real is real."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

import carecost as cc
from carecost.money.decomposition import Bought, price_volume_mix
from carecost.money.discounting import TIMINGS, Deflator, Schedule, discount_factors
from carecost.money.prices import Amounts, PriceBase, restate

ITEMS = st.integers(1, 6)
#: Volumes may be counted in thousands: a whole of less than one is a whole.
WHOLES = arrays(float, 2, elements=st.just(0.0) | st.floats(0.01, 1e6))


def amounts(n: int, least: float = 0.0, most: float = 1e6) -> st.SearchStrategy[np.ndarray]:
    return arrays(float, (2, n), elements=st.floats(least, most))


@st.composite
def sides(draw: st.DrawFn, least: float = 0.0) -> tuple[Bought, Bought, np.ndarray]:
    """Two draws of some items before and after, with wholes that need not be their sum, and which items mix."""
    n = draw(ITEMS)
    one, two = (Bought(draw(amounts(n, least)), draw(amounts(n, 0.0, 1e4)), draw(WHOLES)) for _ in range(2))
    return one, two, draw(arrays(bool, n))


@given(sides())
def test_the_parts_sum_to_the_change_of_every_item(case: tuple[Bought, Bought, np.ndarray]) -> None:
    before, after, mixed = case
    parts = price_volume_mix(before, after, mixed)
    change = np.multiply(after.volume, after.unit_cost) - np.multiply(before.volume, before.unit_cost)
    size = 1.0 + np.abs([parts.price, parts.volume, parts.mix]).max()
    np.testing.assert_allclose(parts.change, change, rtol=0, atol=1e-12 * size)
    assert not parts.mix[..., ~mixed].any()


@given(sides(least=1.0))
def test_volume_is_the_growth_of_the_whole_at_the_average_price(case: tuple[Bought, Bought, np.ndarray]) -> None:
    one, two, _ = case
    before, after = (Bought(b.volume, b.unit_cost, np.sum(b.volume, -1)) for b in (one, two))
    parts = price_volume_mix(before, after)
    whole, then = np.sum(before.volume, -1), np.sum(after.volume, -1)
    average = np.sum(np.multiply(before.volume, before.unit_cost), -1) / whole
    size = 1.0 + np.abs(parts.volume).sum() + np.abs(parts.mix).sum()
    np.testing.assert_allclose(parts.volume.sum(-1), (then - whole) * average, rtol=0, atol=1e-12 * size)
    share = np.divide(after.volume, then[:, None]) - np.divide(before.volume, whole[:, None])
    np.testing.assert_allclose(parts.mix, then[:, None] * share * before.unit_cost, rtol=0, atol=1e-10 * size)


@given(sides(least=1.0), st.floats(0.1, 10.0))
def test_more_of_everything_is_volume_alone(case: tuple[Bought, Bought, np.ndarray], grown: float) -> None:
    one, _, _ = case
    before = Bought(one.volume, one.unit_cost, np.sum(one.volume, -1))
    after = Bought(np.multiply(one.volume, grown), one.unit_cost, grown * np.sum(one.volume, -1))
    parts = price_volume_mix(before, after)
    spend = float(np.multiply(one.volume, one.unit_cost).sum()) * grown
    assert np.abs(parts.mix).max() <= 1e-12 * (1 + spend)
    assert not parts.price.any()


@given(sides(least=1.0), st.floats(0.0, 1.0))
def test_an_item_cut_in_two_leaves_the_totals(case: tuple[Bought, Bought, np.ndarray], share: float) -> None:
    one, two, mixed = case

    def cut(side: Bought) -> Bought:
        v, p = np.asarray(side.volume), np.asarray(side.unit_cost)
        halves = np.stack([v[:, 0] * share, v[:, 0] * (1 - share)], -1)
        return Bought(np.hstack([halves, v[:, 1:]]), np.hstack([p[:, :1], p]), side.whole)

    whole = price_volume_mix(one, two, mixed)
    parted = price_volume_mix(cut(one), cut(two), np.concatenate([mixed[:1], mixed]))
    for name in ("price", "volume", "mix"):
        a, b = getattr(whole, name), getattr(parted, name)
        np.testing.assert_allclose(a.sum(-1), b.sum(-1), rtol=0, atol=1e-11 * (1 + np.abs(a).sum()))


@pytest.mark.parametrize("timing", TIMINGS)
@given(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60),
    st.floats(-0.05, 0.2),
    st.floats(-0.03, 0.15),
)
def test_real_flows_at_a_real_rate_are_cash_at_the_rate_of_both(
    timing: str, flows: list[float], rate: float, inflation: float
) -> None:
    real = np.array(flows)
    cash = real * (1 + inflation) ** (np.arange(len(real)) + TIMINGS[timing])
    both = (1 + rate) * (1 + inflation) - 1
    a, b = real * discount_factors(len(real), rate, timing), cash * discount_factors(len(real), both, timing)
    np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)


@given(st.integers(0, 320))
def test_a_timing_moves_every_flow_by_the_rate_of_its_own_year(year: int) -> None:
    steps = Schedule("steps", (3.0, 10.0, np.inf), (0.05, 0.03, 0.01))
    start, middle, end = (discount_factors([year], steps, timing)[0] for timing in TIMINGS)
    assert end == discount_factors([year + 1], steps)[0]
    assert middle == pytest.approx(np.sqrt(start * end), rel=1e-14)
    assert discount_factors(1, steps)[0] == 1.0


@given(arrays(float, (3, 4), elements=st.integers(-(10**9), 10**9)), st.integers(2021, 2040))
def test_cash_made_real_and_back_is_the_same(values: np.ndarray, price_year: int) -> None:
    index, years = Deflator("x", 2021, (100.0, 104.0, 103.0, 110.0), 2023), [2021, 2023, 2024, 2030]
    real = restate(values, years, price_year, index)
    assert real.base == PriceBase("real", price_year, "x")
    np.testing.assert_allclose(real.values * index.factor(price_year, years), values, rtol=1e-13)


BASES = [PriceBase("real", 2025, "a"), PriceBase("real", 2022, "a"), PriceBase("real", 2025, "b"), PriceBase("cash")]


@given(st.sampled_from(BASES), st.sampled_from(BASES))
def test_amounts_add_only_in_the_same_prices(one: PriceBase, two: PriceBase) -> None:
    a, b = Amounts(np.array([3.0, 4.0]), (2025, 2026), one), Amounts(np.array([1.0, 1.0]), (2025, 2026), two)
    if one == two:
        assert (a + b).values.tolist() == [4.0, 5.0] and (a - b).base == one
        return
    for do in (a.__add__, a.__sub__):
        with pytest.raises(cc.CareCostError, match=r"the second is in .* and the first in .*Restate them"):
            do(b)
