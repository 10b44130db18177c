"""Areas made of two runs of the whole are what runs of each area give, to rounding, on any blocks and threads."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import carecost as cc
from carecost.inputs.belief import Assumption
from carecost.simulation.areas import LUCK, Part, Whole, faults
from carecost.simulation.prepare import prepare
from carecost.simulation.response import PLACES
from carecost.simulation.run import Run, run
from tests.simulation.test_response import CLOSE, DRAWS, FALL, TINY, scenario, scenarios

PARTS = st.tuples(st.floats(0.01, 0.9), st.floats(0.01, 0.9), st.floats(0.01, 0.9)).map(lambda p: Part(*p))
#: An area whose stock, entries and population are other parts of the whole.
PART = Part(0.1, 0.25, 0.15)


def part_of(whole: cc.Assumptions, part: Part) -> cc.Assumptions:
    """The set of an area with rates of the whole: rows that count children are multiplied, and what is paid once."""
    of = {
        "initial_stock": part.stock,
        "extra_entries": part.entries,
        "population": part.population,
        "entry_rate": part.entries / part.population,
    }
    once = {item.name for item in whole.items if item.driver == "year"}

    def scaled(row: Assumption) -> Assumption:
        paid = part.stock if row.parameter == "unit_cost" and set(row.where.items or ()) <= once else 1.0
        factor = of.get(row.parameter, paid)
        if row.kind != "value" or factor == 1.0:
            return row
        belief = row.belief
        low, high = (None if end is None else end * factor for end in (belief.low, belief.high))
        return replace(row, belief=replace(belief, value=belief.value * factor, low=low, high=high))

    return replace(whole, name="part", rows=tuple(map(scaled, whole.rows)), portion=part.stock, area="part")


def made(plans: list[cc.Scenario], part: Part, draws: cc.Draws = DRAWS, **how: object) -> Run:
    """A run of an area by way of the whole."""
    shared = Whole(prepare(TINY, plans), draws, **how)
    return shared.area(part_of(TINY, part), plans, part)


def assert_close(mine: Run, theirs: Run) -> None:
    """Every array of both runs is the same, to rounding of the largest."""
    assert mine.provenance == theirs.provenance
    for name in theirs.scenarios:
        for a, b in ((mine.central[name], theirs.central[name]), (mine.drawn[name], theirs.drawn[name])):
            for x, y in zip(a.arrays(), b.arrays(), strict=True):
                np.testing.assert_allclose(x, y, rtol=0, atol=CLOSE * np.abs(y).max())
            np.testing.assert_allclose(a.costs.spend, b.costs.spend, rtol=0, atol=CLOSE * np.abs(b.costs.spend).max())
            for x, y in zip(a.in_care(mine.grid), b.in_care(theirs.grid), strict=True):
                np.testing.assert_allclose(x, y, rtol=0, atol=CLOSE * np.abs(y).max())


@settings(max_examples=20, deadline=None)
@given(scenarios, PARTS)
def test_area_is_what_its_own_run_gives(plan: cc.Scenario, part: Part) -> None:
    if faults(TINY, [plan], DRAWS):
        return  # areas are then run
    try:
        theirs = run(part_of(TINY, part), [plan], draws=DRAWS)
    except cc.CareCostError:  # what cannot be is refused in the whole too
        with pytest.raises(cc.CareCostError):
            made([plan], part)
        return
    assert_close(made([plan], part), theirs)


def test_area_is_the_same_to_the_bit_on_any_blocks_threads_and_executors() -> None:
    plans = [scenario(FALL, cc.Change("exit_rate", "scale", cc.Interval(0.2, 0.1, 0.3)))]
    first = made(plans, PART)
    for how in ({"threads": 1, "block": 1}, {"threads": 3, "block": 2}, {"executor": ThreadPoolExecutor}):
        other = made(plans, PART, **how)
        for a, b in ((first.drawn, other.drawn), (first.central, other.central)):
            assert all(
                np.array_equal(x, y) for name in a for x, y in zip(a[name].arrays(), b[name].arrays(), strict=True)
            )


def test_what_else_is_asked_of_an_area_is_what_its_own_run_gives() -> None:
    plan, other = scenario(FALL), replace(scenario(FALL, FALL), name="other")
    mine, theirs = made([plan], PART), run(part_of(TINY, PART), [plan], draws=DRAWS)
    adds = replace(scenario(cc.Change("entry_rate", "add", 1e-4, streams=["other"])), name="adds")  # this one is run
    for plans in ([other], [other], [adds], []):
        for a, b in zip(mine.also(plans), theirs.also(plans), strict=True):
            assert list(a) == list(b)
            for name in a:
                for x, y in zip(a[name].arrays(), b[name].arrays(), strict=True):
                    np.testing.assert_allclose(x, y, rtol=0, atol=CLOSE * np.abs(y).max())


def test_run_of_an_area_pickles_whole() -> None:
    mine = made([scenario(FALL)], PART)
    assert_close(pickle.loads(pickle.dumps(mine)), mine)


def test_faults_say_why_areas_are_run() -> None:
    assert not faults(TINY, [scenario(FALL)], DRAWS)
    assert faults(TINY, [], cc.Draws(2, noise=True)) == [LUCK]
    assert faults(cc.load_assumptions("england-2025-capacity"), [], DRAWS) == [PLACES]
    (why,) = faults(TINY, [scenario(cc.Change("entry_rate", "add", 1e-4))], DRAWS)
    assert "add entry_rate" in why
    behind = replace(TINY, background=scenario(cc.Change("entry_rate", "replace", 1e-3)))
    assert len(faults(behind, [], DRAWS)) == 1
    rows = (replace(row, belief=replace(row.belief, low=row.belief.value / 2, high=row.belief.value * 2,
            distribution="gamma")) if row.parameter == "entry_rate" else row for row in TINY.rows)  # fmt: skip
    found = faults(replace(TINY, rows=tuple(rows)), [], DRAWS)
    assert found and all("drawn from a gamma" in why for why in found)
