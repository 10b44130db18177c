"""Labelled arrays hold the arrays, under the right labels and units, whatever axes they share; tables keep columns."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import carecost as cc
from carecost._frames import dataset, frame

SETS = Path(__file__).parents[1] / "data" / "sets"
pytest.importorskip("xarray")


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"), years=3, draws=4)


def test_table_without_rows_has_its_columns() -> None:
    assert list(frame([], ["a", "b"])) == ["a", "b"] and frame([], ["a"]).empty


def test_array_with_one_place_is_spread_over_all_labels() -> None:
    made = dataset({"x": (("year", "age"), [[1.0], [2.0]], {"unit": "share"})}, {"age": (15, 16, 17)}, {"why": "test"})
    assert made.x.sel(age=17).values.tolist() == [1.0, 2.0] and made.x.attrs == {"unit": "share"}
    assert made.year.values.tolist() == [0, 1] and made.attrs == {"why": "test"}


def test_projection_and_parameters_are_labelled_as_the_grid_is(results: cc.Results) -> None:
    projection, grid = results.projection("edge"), results.run.grid
    made = projection.to_xarray()
    for name in ("stock", "entries", "aged_out", "birthdays", "exits", "moves", "child_years"):
        np.testing.assert_array_equal(made[name].values, getattr(projection, name))
        assert made[name].attrs["unit"].startswith("child")
    home = grid.index("placements", "home")
    got = made.stock.sel(date=2027, age=16, placement="home").values
    np.testing.assert_array_equal(got, projection.stock[:, grid.dates.index(2027), 1, home])
    parameters = results.parameters("edge", results.run.assumptions.streams[0])
    spread = parameters.to_xarray()
    for name in ("exit_rate", "move_rate", "unit_cost", "entry_share"):
        wanted = np.broadcast_to(np.asarray(getattr(parameters, name)), spread[name].shape)
        np.testing.assert_array_equal(spread[name].values, wanted)
    assert spread.population.dims == ("draw", "year", "age") and len(spread.population.year) == 3


def test_extra_entries_and_capacity_have_axes_of_their_own() -> None:
    ones, halves = np.ones((1, 1, 1, 2)), np.full((1, 1, 1, 2), 0.5)
    carers = cc.CapacityGroup("carers", ["foster"], next="home")
    grid = cc.Grid(2025, 2, range(18), ["foster", "home"], groups=[carers])
    p = cc.Parameters(
        grid,
        np.zeros((1, 18, 2)),
        np.full((1, 1, 1), 1e5),
        np.full((1, 1, 1), 1e-4),
        halves,
        extra_entries={"more": ones, "less": 0 * ones},
        capacity=np.full((1, 2, 1), 1e6),
    )
    assert p.to_xarray().extra_entries.sel(line="more", year=2027).values.tolist() == [[[1.0, 1.0]] * 18]
    assert p.to_xarray().capacity.sel(group="carers").values.tolist() == [[1e6, 1e6]]
    made = cc.project(p).to_xarray()
    assert made.extra_entries.sel(line="less").sum() == 0 and made.occupancy.dims == ("draw", "year", "group")


def test_results_hold_every_scenario_and_say_where_they_are_from(results: cc.Results) -> None:
    made = results.to_xarray()
    assert made.scenario.values.tolist() == ["inaction", "edge"] and len(made.draw) == 4
    children = made.stock.where(made.in_care, 0.0).sum(["stream", "placement"])
    wanted = results.children(by_draw=True).pivot(index=["scenario", "draw"], columns="date", values="value")
    got = [children.sel(scenario=s, draw=d).values for s, d in wanted.index]
    np.testing.assert_allclose(got, wanted.to_numpy(), rtol=1e-12)
    np.testing.assert_array_equal(made.npv.sel(scenario="edge").values, results.compare("edge").npv())
    by_item = made.spend.sel(scenario="edge").groupby("item_group").sum()
    assert set(by_item.item_group.values) == {item.group for item in results.run.grid.items}
    assert made.attrs["digest"] == results.provenance.digest and made.attrs["run"] == "draws"
    assert results.to_xarray(central=True).attrs["run"] == "central"
    np.testing.assert_array_equal(
        results.run.central["edge"].costs.to_xarray().spend.values, results.run.central["edge"].costs.spend
    )


def test_without_xarray_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch, results: cc.Results) -> None:
    real = importlib.import_module

    def lacking(name: str, package: str | None = None) -> Any:
        if name == "xarray":
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", lacking)
    with pytest.raises(cc.CareCostError, match=r"pip install 'carecost\[xarray\]'"):
        results.to_xarray()


def test_sums_over_ages_have_no_labels_for_ages(results: cc.Results) -> None:
    from carecost.engine.age_cohorts import project_sums

    stream = results.run.assumptions.streams[0]
    with pytest.raises(cc.CareCostError, match="has no ages"):
        project_sums(results.parameters("edge", stream)).to_xarray()
