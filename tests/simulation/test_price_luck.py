"""The dear few in a run: prices of few placements have luck of their own, in levels with luck and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.engine.items import WEEKS
from carecost.simulation.run import Run

SETS = Path(__file__).parents[1] / "data" / "sets"
HOME, SD = "home", 0.6


@cache
def tiny(*items: str) -> cc.Assumptions:
    spreads = [cc.PriceSpread(name, SD, source="a test", quality="E") for name in items]
    return replace(cc.load_assumptions(SETS / "tiny"), spreads=spreads)


@cache
def ran(*items: str, n: int = 60, noise: bool = True, block: int | None = None) -> Run:
    plan = cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny(*items), plan, years=3, draws=cc.Draws(n, seed=2, noise=noise), block=block).run


def item(run: Run, name: str) -> int:
    return next(i for i, one in enumerate(run.grid.items) if one.name == name)


def factors(run: Run, scenario: str) -> np.ndarray:
    """Give the price of the item with luck over that without: (draw, year)."""
    i = item(run, HOME)
    with_luck, without = (o[scenario].costs.unit_cost[..., i] for o in (run.shown, run.drawn))
    return np.asarray(with_luck / without)


def test_prices_have_luck_and_nothing_else_changes() -> None:
    with_luck, without = ran(HOME), ran()
    i = item(with_luck, HOME)
    for name in with_luck.scenarios:
        for whole, of in (("shown", True), ("drawn", False), ("central", False)):
            a, b = getattr(with_luck, whole)[name], getattr(without, whole)[name]
            for field in ("stock", "entries", "exits", "aged_out", "child_years"):
                assert (getattr(a, field) == getattr(b, field)).all()
            assert (a.costs.volume == b.costs.volume).all()
            others = np.arange(len(a.costs.grid.items)) != i
            prices = [np.broadcast_to(o.costs.unit_cost, o.costs.volume.shape) for o in (a, b)]
            assert (prices[0][..., others] == prices[1][..., others]).all()
            assert (prices[0][..., i] != prices[1][..., i]).any() == of
            assert a.costs.spend == pytest.approx(a.costs.volume * a.costs.unit_cost)
    saving = [run.compare("edge").npv() for run in (with_luck, without)]
    assert (saving[0] == saving[1]).all()


def test_without_the_luck_of_small_numbers_there_is_none() -> None:
    run = ran(HOME, noise=False)
    assert all((o.costs.unit_cost == run.drawn[name].costs.unit_cost).all() for name, o in run.shown.items())


def test_the_luck_is_that_of_as_many_placements_and_the_same_in_every_scenario() -> None:
    run = ran(HOME, n=400)
    i = item(run, HOME)
    scores = {}
    for name in run.scenarios:
        children = np.maximum(run.shown[name].costs.volume[..., i] / WEEKS, 1.0)
        s = np.sqrt(np.log1p(np.expm1(SD**2) / children))
        scores[name] = np.log(factors(run, name)) / s + s / 2
    assert scores["inaction"] == pytest.approx(scores["edge"], abs=1e-9)
    for year in scores["inaction"].T:  # a Latin hypercube column each
        assert np.sort(np.floor(400 * _below(year))).tolist() == list(range(400))
    assert abs(np.corrcoef(scores["inaction"].T)[0, 1]) < 0.2
    f = factors(run, "inaction")
    assert f.mean() == pytest.approx(1.0, abs=4 * f.std() / np.sqrt(f.size))


def _below(scores: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return np.clip(ndtr(scores), 1e-9, 1 - 1e-9)


def test_items_have_luck_of_their_own_and_blocks_change_nothing() -> None:
    both, one = ran("foster", HOME), ran(HOME)
    assert (factors(both, "inaction") == factors(one, "inaction")).all()
    parts = ran(HOME, block=7)
    assert (parts.shown["edge"].costs.spend == ran(HOME).shown["edge"].costs.spend).all()


def test_a_small_area_holds_more_of_it_than_england() -> None:
    england, rutland = (cc.load_assumptions(f"england-2025{area}") for area in ("", "/Rutland"))
    assert rutland.spreads == england.spreads
    spread = {}
    for name, of in (("England", england), ("Rutland", rutland)):
        run = cc.run(of, years=1, draws=cc.Draws(40, noise=True)).run
        i = item(run, "children's home")
        luck = run.shown["inaction"].costs.unit_cost[..., i] / run.drawn["inaction"].costs.unit_cost[..., i]
        spread[name] = float(np.log(luck).std())
    assert spread["England"] < 0.01 < 0.1 < spread["Rutland"]


def test_a_set_is_written_and_read_with_its_spreads(tmp_path: Path) -> None:
    of = tiny(HOME)
    again = cc.load_assumptions(cc.save_assumptions(of, tmp_path / "set"))
    assert again.spreads == of.spreads and again.digest == of.digest
