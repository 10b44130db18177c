"""Results are one class: its tables, what it keeps and makes again, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import FileError, UnknownNameError
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"
SAVED = """children costs costs_cash growth_paths draws assumptions summary savings attribution npv_by_rate
appraisal payers options net_benefit"""


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, draws=cc.Draws(20, seed=1))


def test_results_have_no_class_above_them() -> None:
    assert Results.__bases__ == (object,)


def test_results_name_their_scenarios_inaction_first(results: Results) -> None:
    assert results.scenarios == ("inaction", "edge")


def test_results_tables_are_those_that_are_saved(results: Results, tmp_path: Path) -> None:
    assert list(results.tables()) == SAVED.split()
    folder = results.save(tmp_path / "kept")
    kept = {path.stem for path in folder.iterdir() if path.suffix in (".csv", ".parquet")}
    assert kept >= set(SAVED.split())


def test_results_of_inaction_alone_have_no_table_of_comparisons() -> None:
    made = cc.run(cc.load_assumptions(SETS / "tiny")).tables()
    assert list(made) == ["children", "costs", "costs_cash", "growth_paths", "draws", "assumptions"]


def test_results_loaded_again_are_the_same_to_the_bit(results: Results, tmp_path: Path) -> None:
    again = Results.load(results.save(tmp_path / "kept"))
    assert again.scenarios == results.scenarios
    np.testing.assert_array_equal(again.compare("edge").npv(), results.compare("edge").npv())
    for name, frame in results.tables().items():
        assert again.tables()[name].equals(frame), name


def test_results_of_an_altered_folder_are_refused(results: Results, tmp_path: Path) -> None:
    folder = results.save(tmp_path / "kept")
    path = folder / "children.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("inaction", "nothing", 1), encoding="utf-8")
    with pytest.raises(FileError, match=r"children\.csv"):
        Results.load(folder)


def test_results_to_dict_is_plain_data(results: Results) -> None:
    made = results.to_dict()
    assert list(made) == ["provenance", "children", "costs", "comparisons"]
    assert json.loads(json.dumps(made))["comparisons"]["edge"]["baseline"] == "inaction"
    after = cc.run(cc.load_assumptions("england-2025-after-care"), years=1).to_dict()
    assert "outcomes" in after and "capacity" not in after


def test_results_parameters_are_what_the_projection_is_made_from(results: Results) -> None:
    streams = results.run.assumptions.streams
    for name in results.scenarios:
        made = [cc.project(results.parameters(name, stream)).stock for stream in streams]
        np.testing.assert_allclose(sum(made), results.projection(name).stock, rtol=1e-12)


def test_results_projection_of_draws_is_the_run_with_ages(results: Results) -> None:
    made = results.projection("edge", draw=slice(3, 5)).stock.sum(2)  # over ages: (draw, date, placement)
    np.testing.assert_allclose(made, results.run.drawn["edge"].stock[3:5].sum(1), rtol=1e-9)


@pytest.mark.parametrize("method", ["compare", "switching_value", "appraisal", "attribution", "projection"])
def test_results_of_an_unknown_scenario_are_refused_with_the_nearest(results: Results, method: str) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        getattr(results, method)("egde")


def test_results_switching_value_against_an_unknown_baseline_is_refused(results: Results) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'inaction'"):
        results.switching_value("edge", "inactoin")


def test_results_switching_value_is_the_share_at_which_nothing_is_saved(results: Results) -> None:
    share = results.switching_value("edge")
    assert share is not None
    edge = cc.load_scenario(SETS / "edge.toml").scaled(share)
    less = cc.run(results.run.assumptions, edge).compare(edge.name)
    assert abs(less.npv()[0]) < 1e-4 * abs(results.compare("edge").central.npv()[0])


def test_results_stream_needs_a_name_where_there_are_several() -> None:
    several = cc.run(cc.load_assumptions("england-2025"), years=1)
    with pytest.raises(UnknownNameError, match="no stream is named"):
        several.parameters("inaction")
    with pytest.raises(UnknownNameError, match="unknown stream 'uasd'"):
        several.parameters("inaction", "uasd")


def test_results_growth_paths_lie_in_order_where_growth_is_above_zero(results: Results) -> None:
    frame = results.growth_paths()
    last = frame[frame["year"] == frame["year"].max()].set_index("growth")["value"]
    stated = results.run.central["inaction"].costs.public_spend[0, -1]
    assert len(last) == 3 and np.isclose(last, stated, rtol=1e-12).any()
    assert last.is_monotonic_increasing


def test_results_savings_and_summary_are_those_of_each_comparison(results: Results) -> None:
    saving = results.compare("edge")
    assert results.summary().drop(columns="scenario").equals(saving.summary())
    assert results.savings().drop(columns="scenario").equals(saving.by_year())
    assert results.npv_by_rate([0.02]).drop(columns="scenario").equals(saving.npvs([0.02]))
