"""Is what is kept in steps the same as what is spread out? For arrays, for changes, and for whole runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carecost as cc
from carecost.engine.age_cohorts import project_sums
from carecost.engine.grid import windows
from carecost.engine.piecewise import Stepped, runs, stepped
from carecost.simulation.effects import apply
from carecost.simulation.sampler import Sampler


def labels(n: int) -> st.SearchStrategy[np.ndarray]:
    return st.lists(st.integers(0, 2), min_size=n, max_size=n).map(np.array)


@st.composite
def values(draw: st.DrawFn) -> Stepped:
    years, ages = (runs(draw(labels(draw(st.integers(1, 5))))) for _ in range(2))
    shape = (draw(st.integers(1, 2)), years[-1] + 1, ages[-1] + 1, 2)
    numbers = draw(st.lists(st.integers(0, 3), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return Stepped(np.array(numbers, dtype=float).reshape(shape), years, ages)


def test_it_is_spread_out_in_the_type_that_is_asked_for() -> None:
    one = Stepped(np.array([[[0.1, 0.2]]]), np.array([0]), np.array([0, 0, 1]))
    assert one.__array__(np.float32).dtype == np.asarray(one, dtype=np.float32).dtype == np.float32


@given(values(), st.data())
def test_finer_steps_hold_the_same_numbers(one: Stepped, data: st.DataObject) -> None:
    years, ages = (data.draw(labels(n)) for n in one.shape[1:3])
    draws = len(one) if len(one) > 1 else 3  # one number for all draws, or one each
    finer, plain = one.split(draws, years, ages), np.asarray(one)
    assert finer.shape == (draws, *one.shape[1:])
    np.testing.assert_array_equal(np.asarray(finer), np.broadcast_to(plain, finer.shape))
    for new, old, given_labels in ((finer.years, one.years, years), (finer.ages, one.ages, ages)):
        begins = np.flatnonzero(np.diff(new)) + 1
        either = (np.diff(old) != 0) | (np.diff(given_labels) != 0)
        assert begins.tolist() == (np.flatnonzero(either) + 1).tolist()
    finer.values[...] = -1.0
    assert (np.asarray(one) >= 0).all()  # a copy: what it was split from stays


@given(values())
def test_steps_are_found_in_plain_arrays(one: Stepped) -> None:
    plain = np.asarray(one)
    found = stepped(plain)
    np.testing.assert_array_equal(np.asarray(found), plain)
    assert stepped(one) is one
    for axis, steps in ((1, found.years), (2, found.ages)):
        same = [np.array_equal(*np.take(plain, [i - 1, i], axis).swapaxes(0, axis)) for i in range(1, len(steps))]
        assert (np.diff(steps) == 0).tolist() == same


@pytest.mark.parametrize("name", ["england-2025", "england-2025-after-care", "england-2025-phases"])
def test_a_run_in_steps_is_the_run_spread_out_bit_for_bit(name: str) -> None:
    """Draws, growth, adjustments and changes of exits and moves: nothing depends on how hazards are kept."""
    run = cc.run(cc.load_assumptions(name), cc.load_scenario("care-review"), draws=cc.Draws(3), years=8).run
    sampler = run.prepared.layouts.sampler(run.draws, slice(0, 3))
    for stream in run.prepared.layouts.streams:
        base = run.prepared.layouts.parameters(stream, sampler)
        changed = [apply(run.scenarios["care-review"], p, stream, sampler, run.calendar) for p in (base, base.spread())]
        mine, plain = (run.prepared.layouts.splits[stream].of(p) for p in changed)
        for a, b in zip(mine.arrays().values(), plain.arrays().values(), strict=True):
            np.testing.assert_array_equal(a, b)
        one, other = project_sums(mine), project_sums(plain.spread())
        for flow in ("stock", "entries", "aged_out", "child_years"):
            np.testing.assert_array_equal(getattr(one, flow), getattr(other, flow))
        everything = range(len(mine.grid.reasons))
        np.testing.assert_array_equal(one.exits_for(everything), other.exits_for(everything))


def test_hazards_of_packaged_sets_take_few_steps() -> None:
    held = cc.under(cc.load_assumptions("england-2025"), "entries-held")
    run = cc.run(held, years=20).run
    hazards = run.prepared.layouts.parameters("other", Sampler(cc.Draws())).exit_rate
    assert isinstance(hazards, Stepped)
    assert hazards.values.shape[1:3] == (1, 5)  # the five age bands of the published exits


def test_states_open_at_an_age_stand_side_by_side() -> None:
    grid = cc.load_assumptions("england-2025-after-care").grid()
    found = windows(grid.opened)
    assert sorted(found.order) == list(range(len(grid.placements)))
    for age in range(len(grid.ages)):
        assert sorted(found.states(age)) == np.flatnonzero(grid.opened[age]).tolist()  # none closed in between
