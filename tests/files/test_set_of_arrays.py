"""A set made of arrays gives what the arrays give, draw by draw, and runs scenarios, luck and tables like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import CareCostError

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")


def arrays(draws: int = 1) -> cc.Parameters:
    """Arrays of two placements, with draws of entries and exits that move together."""
    luck = np.random.default_rng(3).normal(size=(draws, 1, 1)) if draws > 1 else np.zeros((1, 1, 1))
    grid = cc.Grid(
        2025,
        4,
        range(18),
        ["foster", "home"],
        ["returned"],
        [cc.Item(name, "child_weeks", [name]) for name in ("foster", "home")],
    )
    older = np.arange(18) >= 12
    share = np.stack([np.where(older, 0.7, 1.0), np.where(older, 0.3, 0.0)], axis=-1)[None, None]
    move = np.zeros((1, 1, 18, 2, 2))
    move[..., older, 0, 1] = 0.05
    return cc.Parameters(
        grid,
        initial_stock=np.stack([np.full(18, 30.0), 9.0 * older], axis=-1)[None],
        population=np.linspace(900, 950, 4)[None, :, None] * np.ones((1, 1, 18)),
        entry_rate=0.01 * np.exp(0.1 * luck) * np.ones((1, 1, 18)),
        entry_share=share,
        exit_rate=0.25 * np.exp(-0.2 * luck)[..., None, None] * np.ones((1, 1, 18, 2, 1)),
        move_rate=move,
        unit_cost=np.array([[[700.0, 5000.0]]]),
    )


def test_set_of_arrays_gives_what_the_engine_gives_of_them() -> None:
    p = arrays()
    own = cc.from_parameters(p, "own", source="own model")
    results = cc.run(own)
    projection = cc.project(p)
    assert results.children()["value"].to_numpy() == pytest.approx(projection.stock[0].sum((1, 2)), rel=1e-12)
    assert results.costs()["value"].to_numpy() == pytest.approx(cc.cost(projection, p).spend[0].sum(1), rel=1e-12)
    assert {row.belief.source for row in own.rows} == {"own model"}
    # Ages and years that are alike are one row: entry rates of all ages, exits of each placement.
    assert len(own.select("entry_rate")) == 1
    assert len(own.select("move_rate")) == 1


def test_draws_of_arrays_go_through_together() -> None:
    p = arrays(40)
    own = cc.from_parameters(p, "own", source="own model")
    (table,) = own.ties.joints
    assert len(table.rows) == 40
    drawn = cc.run(own, draws=40).children(by_draw=True)
    last = drawn[drawn["date"] == 2029].sort_values("draw")["value"].to_numpy()
    # As many draws as rows: each row is taken once, in another order.
    assert np.sort(last) == pytest.approx(np.sort(cc.project(p).stock[:, -1].sum((1, 2))), rel=1e-9)


def test_arrays_of_a_packaged_set_run_a_packaged_scenario_with_draws_and_luck() -> None:
    england = cc.load_assumptions("england-2025")
    whole = cc.run(england, "care-review", years=3)
    parameters = {stream: whole.parameters("inaction", stream) for stream in england.streams}
    own = cc.from_parameters(parameters, "own", source="own model", template=england)
    results = cc.run(own, "care-review", years=3, draws=cc.Draws(3, seed=1, noise=True))
    central = [run.children(by_draw=False) for run in (cc.run(own, "care-review", years=3), whole)]
    assert central[0]["value"].to_numpy() == pytest.approx(central[1]["value"].to_numpy(), rel=1e-9)
    assert np.isfinite(results.compare("care-review").npv()).all()
    assert not results.summary().empty
    cc.plots.plot_children(results)


def test_scenario_on_arrays_of_a_set_is_the_scenario_on_the_set() -> None:
    whole = cc.run(TINY, EDGE)
    own = cc.from_parameters(
        {s: whole.parameters("inaction", s) for s in TINY.streams}, "own", "own model", template=TINY
    )
    results = cc.run(own, EDGE)
    assert results.compare("edge").npv() == pytest.approx(whole.compare("edge").npv(), rel=1e-9)
    assert results.costs(by=["item"])["value"].to_numpy() == pytest.approx(
        whole.costs(by=["item"])["value"].to_numpy(), rel=1e-9
    )


def test_set_of_arrays_is_saved_and_read_back(tmp_path: Path) -> None:
    steady = arrays(5).changed(population=np.full((1, 1, 1), 900.0))
    own = cc.from_parameters(steady, "own", source="own model")
    cc.save_assumptions(own, tmp_path / "own")
    assert cc.load_assumptions(tmp_path / "own").digest == own.digest


def test_streams_that_are_not_of_one_set_are_refused() -> None:
    other = arrays().changed(population=np.full((1, 1, 18), 1.0))
    with pytest.raises(CareCostError, match="another population"):
        cc.from_parameters({"a": arrays(), "b": other}, "own", source="own model")
    with pytest.raises(CareCostError, match="3 and 4 draws"):
        cc.from_parameters({"a": arrays(3), "b": arrays(4)}, "own", source="own model")
    with pytest.raises(CareCostError, match="Parameters"):
        cc.from_parameters({}, "own", source="own model")
