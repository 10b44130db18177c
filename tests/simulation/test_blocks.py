"""Blocks of draws: their size and the threads they go through on change no result, and progress counts up to all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.simulation.blocks import BLOCK, LARGE, block_size, drawn, evaluate
from carecost.simulation.evaluator import _arrays
from carecost.simulation.prepare import prepare

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
EDGE = cc.load_scenario(SETS / "edge.toml")


@pytest.mark.parametrize(("threads", "size"), [(1, 3), (2, 4), (3, 100)])
def test_drawn_in_any_blocks_is_the_same_to_the_bit(threads: int, size: int) -> None:
    prepared, draws = prepare(TINY, [EDGE]), cc.Draws(11, seed=4)
    whole = drawn(prepared, draws, 1, 11, None)
    parts = drawn(prepared, draws, threads, size, None)
    assert list(parts) == list(whole) == [("inaction", False), ("edge", False)]
    for key, outcome in whole.items():
        np.testing.assert_array_equal(parts[key].stock, outcome.stock)
        np.testing.assert_array_equal(parts[key].costs.spend, outcome.costs.spend)


#: Rates that change late, in years of their own for each stream, beside places that run out.
LATE = cc.Scenario(
    "late",
    [
        cc.Lever("exits", [cc.Change("exit_rate", "scale", cc.Interval(0.2, 0.1, 0.3), start=3, full=5)]),
        cc.Lever("moves", [cc.Change("move_rate", "scale", cc.Interval(-0.2, -0.3, -0.1), start=4)]),
        cc.Lever("places", [cc.Change("capacity", "scale", cc.Interval(-0.1, -0.2, -0.05), start=2)]),
    ],
)


@pytest.mark.parametrize("noise", [False, True])
@pytest.mark.parametrize("name", ["england-2025-capacity", "england-2025-phases"])
def test_places_that_run_out_and_rates_that_change_late_do_not_depend_on_blocks(name: str, noise: bool) -> None:
    made = cc.load_assumptions(name)
    late = LATE if made.groups else cc.Scenario("late", LATE.levers[:2])
    prepared, draws = prepare(made, [late], years=6), cc.Draws(9, seed=4, noise=noise)
    whole, *others = (drawn(prepared, draws, 2, size, None) for size in (9, 1, 7))
    for key, outcome in whole.items():
        if outcome.capacity is not None:
            full = outcome.capacity.share.any(2)  # (draw, year): in some draws earlier than in others
            assert full.any() and len(set(full.argmax(1))) > 1
        for other in others:
            for mine, theirs in zip(_arrays(other[key]), _arrays(outcome), strict=True):
                np.testing.assert_array_equal(mine, theirs)


def test_progress_counts_draws_up_to_all() -> None:
    told: list[tuple[int, int]] = []
    drawn(prepare(TINY), cc.Draws(7), 2, 3, lambda done, of: told.append((done, of)))
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_central_run_has_one_draw_and_no_luck() -> None:
    central = evaluate(prepare(TINY, [EDGE]), cc.Draws(5, noise=True), None)
    assert list(central) == [("inaction", False), ("edge", False)]
    assert {len(outcome.stock) for outcome in central.values()} == {1}


def test_block_size_follows_the_set_and_what_changes_rates_over_years() -> None:
    small = TINY.grid()
    dated = cc.Scenario("dated", [cc.Lever("l", [cc.Change("exit_rate", "scale", 0.1)])])
    assert block_size(small, [EDGE]) == LARGE and block_size(small, [dated]) == BLOCK
    places = cc.load_assumptions("england-2025-capacity").grid()
    assert block_size(places, []) == 2 * LARGE
