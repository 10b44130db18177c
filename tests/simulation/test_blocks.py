"""Blocks of draws: their size and the threads they go through on change no result, and progress counts up to all."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import carecost as cc
from carecost.simulation.blocks import BLOCK, LARGE, BlocksFailed, block_size, drawn, evaluate
from carecost.simulation.prepare import prepare
from carecost.simulation.run import Run, run

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
            for mine, theirs in zip(other[key].arrays(), outcome.arrays(), strict=True):
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


def alike(one: Run, other: Run) -> bool:
    """Whether all arrays of all scenarios are the same, bit for bit."""
    both = ((one.drawn, other.drawn), (one.shown, other.shown))
    pairs = [(a[name], b[name]) for a, b in both for name in a]
    return all(np.array_equal(x, y) for a, b in pairs for x, y in zip(a.arrays(), b.arrays(), strict=True))


def spawned() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


LUCKY = cc.Draws(20, seed=1, noise=True)


@pytest.fixture(scope="module")
def plain() -> Run:
    return run(TINY, [EDGE], draws=LUCKY, threads=1, block=4)


def again(executor: object, **given: Any) -> Run:
    return run(TINY, [EDGE], draws=LUCKY, block=4, executor=executor, **given)


def test_executors_give_the_same_bits(plain: Run) -> None:
    assert alike(plain, again(partial(ThreadPoolExecutor, 3)))
    assert alike(plain, again(spawned))
    with ThreadPoolExecutor(2) as mine:
        assert alike(plain, again(mine))
        assert mine.submit(int, "7").result() == 7  # what was given is not shut down


@pytest.mark.parametrize("given", [False, True])
def test_blocks_of_a_lost_worker_are_done_again(plain: Run, given: bool) -> None:
    lost, told = [], []

    def kill(done: int, draws: int) -> None:
        told.append(done)
        if not lost:
            lost.extend(multiprocessing.active_children())
            for process in lost:
                process.kill()

    if given:
        with spawned() as mine:
            assert alike(plain, again(mine, progress=kill))
    else:
        assert alike(plain, again(spawned, progress=kill))
    assert lost and told == [4, 8, 12, 16, 20]


class Failing(ThreadPoolExecutor):
    """Threads on which one block cannot be done."""

    tried = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        if args[2] == slice(8, 12):
            Failing.tried += 1
            return super().submit(divmod, 1, 0)
        return super().submit(fn, *args, **kwargs)


def test_block_that_always_fails_is_told_and_the_rest_is_kept(plain: Run) -> None:
    said = r"draws 8 to 11 of 20, set 'tiny', .*seed 1: failed 3 times: ZeroDivision"
    Failing.tried = 0
    with pytest.raises(BlocksFailed, match=said) as found:
        again(Failing)
    assert Failing.tried == 3 and list(found.value.failed) == [(8, 12)]
    assert list(found.value.kept) == [(0, 4), (4, 8), (12, 16), (16, 20)]
    kept = found.value.kept[12, 16]["edge", False]
    assert all(np.array_equal(a, b[12:16]) for a, b in zip(kept.arrays(), plain.drawn["edge"].arrays(), strict=True))


def test_progress_that_raises_cancels_what_has_not_begun() -> None:
    class Stop(Exception):
        pass

    def stop(done: int, draws: int) -> None:
        raise Stop

    with ThreadPoolExecutor(1) as one, pytest.raises(Stop):
        again(one, progress=stop)


def test_set_that_cannot_be_run_is_refused_at_once() -> None:
    impossible = cc.Interval(-0.5, -1.5, 0.5, distribution="uniform")
    falls = cc.Scenario("falls", [cc.Lever("x", [cc.Change("entry_rate", "add", impossible, streams=["other"])])])
    with pytest.raises(cc.CareCostError, match="below zero"):
        run(TINY, [falls], draws=LUCKY, block=4, executor=partial(ThreadPoolExecutor, 1))


def test_dask_gives_the_same_bits_when_a_worker_is_killed(plain: Run) -> None:
    distributed = pytest.importorskip("distributed")
    killed: list[int] = []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):

        def kill(done: int, draws: int) -> None:
            if not killed:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        assert alike(plain, again(client.get_executor(), progress=kill))
    assert killed
