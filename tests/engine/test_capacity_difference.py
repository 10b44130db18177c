"""Is a run with few places the run with places for all and the difference that sending on makes? Against the years."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given

import carecost as cc
from carecost.engine.age_cohorts import project_sums
from carecost.engine.capacity import limited, project_together
from carecost.engine.kernels import Kernels
from carecost.engine.project import project_streams
from carecost.engine.projection import Capacity, Projection
from tests.engine.test_capacity import crowds, tight

FLOWS = ("stock", "entries", "aged_out", "child_years")
NAMES = [f.name for f in fields(Capacity)]


def limits(sums: Projection) -> Capacity:
    assert sums.capacity is not None
    return sums.capacity


def agree(streams: list[cc.Parameters]) -> None:
    """Projection and limits are those of the streams that go year by year with all ages, but for rounding."""
    mine, theirs = project_together(streams), project_streams(streams)
    for a, b in zip(mine, theirs, strict=True):
        for name in FLOWS:
            x, y = a.over_ages(name), b.over_ages(name)
            np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-9 * max(1.0, np.abs(y).max()), err_msg=name)
        everything = range(len(a.grid.reasons))
        np.testing.assert_allclose(a.exits_for(everything), b.exits_for(everything), rtol=1e-9, atol=1e-7)
        for name in NAMES:
            x, y = getattr(limits(a), name), getattr(limits(b), name)
            np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-7, err_msg=name)


@given(crowds())
def test_sums_with_few_places_are_those_of_the_years(p: cc.Parameters) -> None:
    agree([p])


def test_sums_of_streams_that_share_places_are_those_of_the_years() -> None:
    p = tight(np.random.default_rng(11), draws=3)
    factor = np.array([1.0, 1.0, 0.6, 0.6])[:, None, None, None]
    later = {n: np.repeat(np.asarray(getattr(p, n)), 4, axis=1) * factor for n in ("exit_rate", "move_rate")}
    agree([p, p.changed(initial_stock=np.asarray(p.initial_stock) / 2, **later)])
    one = p.changed(**{name: array[:1] for name, array in p.arrays().items() if name != "capacity"})
    agree([p, one])  # a stream without draws of its own takes those of the places


def test_no_draw_depends_on_another_and_few_draws_run_out() -> None:
    p = tight(np.random.default_rng(12), draws=9)
    places = np.asarray(p.capacity).copy()
    places[::2] = 1e6
    p = p.changed(capacity=places)
    (whole,), (free,) = project_together([p]), [project_sums(p)]
    assert (limits(whole).share > 0).any((1, 2)).tolist() == [False, True] * 4 + [False]
    for i in range(9):
        (alone,) = project_together([p.changed(**{n: a[i : i + 1] for n, a in p.arrays().items() if len(a) == 9})])
        for name in FLOWS:
            np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[i : i + 1], err_msg=name)
            if i % 2 == 0:  # nobody is sent on: no digit differs from a run with places for all
                np.testing.assert_array_equal(getattr(alone, name), getattr(free, name)[i : i + 1], err_msg=name)


def test_places_of_a_later_year_leave_sums_of_earlier_years_bit_for_bit() -> None:
    p = tight(np.random.default_rng(13), draws=4)
    more = np.asarray(p.capacity).copy()
    more[:, 2:] *= 3.0
    (a,), (b,) = project_together([p]), project_together([p.changed(capacity=more)])
    np.testing.assert_array_equal(a.stock[:, :3], b.stock[:, :3])
    for name in FLOWS[1:]:
        np.testing.assert_array_equal(getattr(a, name)[:, :2], getattr(b, name)[:, :2], err_msg=name)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(limits(a), name)[:, :2], getattr(limits(b), name)[:, :2], err_msg=name)
    assert not np.array_equal(a.stock[:, 3], b.stock[:, 3])


def test_runs_with_places_for_all_stay_as_they_are() -> None:
    """Scenarios share them."""
    p, kernels = tight(np.random.default_rng(14), draws=3), Kernels()
    free = project_sums(p, kernels)
    before = {name: getattr(free, name).copy() for name in FLOWS}
    total = free.over_ages("stock")
    (made,) = limited([p], [free], kernels)
    assert not np.array_equal(made.over_ages("stock"), total)
    for name, array in before.items():
        np.testing.assert_array_equal(getattr(free, name), array)


@pytest.mark.parametrize("name", ["england-2025-capacity", "england-2025-after-care"])
def test_packaged_draws_do_not_depend_on_blocks(name: str) -> None:
    england, plan = cc.load_assumptions(name), cc.load_scenario("care-review")
    one, other = (cc.run(england, plan, years=6, draws=cc.Draws(12), block=block).run.drawn for block in (1, 12))
    for key, outcome in one.items():
        np.testing.assert_array_equal(outcome.stock, other[key].stock)
        np.testing.assert_array_equal(outcome.costs.spend, other[key].costs.spend)
        kept, again = ({} if o.capacity is None else o.capacity.arrays() for o in (outcome, other[key]))
        for what, array in kept.items():
            np.testing.assert_array_equal(array, again[what], err_msg=what)
