"""Is each row of the baselines what a run under that baseline gives?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError
from carecost.files.baselines import AXES, baselines
from carecost.results.baseline_tables import IN_CARE, IN_HOMES, NPV, SPEND, known
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> Results:
    return cc.run("england-2025", "care-review", years=4)


@pytest.mark.parametrize("name", ["prices-flat", "mix-trend", "population-flat"])
def test_rows_are_what_a_run_under_the_baseline_gives(results: Results, name: str) -> None:
    rows = results.baselines()
    mine = rows[(rows["baseline"] == name) & (rows["quantile"] == "central")]
    other = cc.run("england-2025", "care-review", years=4, background=name)
    run = other.run
    inaction = run.central["inaction"]
    children = mine[mine["what"] == IN_CARE].set_index("year")["value"]
    np.testing.assert_allclose(children, inaction.in_care(run.grid)[0][0], rtol=1e-12)
    spend = mine[mine["what"] == SPEND].set_index("year")["value"]
    np.testing.assert_allclose(spend, inaction.costs.public_spend[0], rtol=1e-12)
    homes = [p.group == "residential" and p.in_care for p in run.grid.placements]
    in_homes = mine[mine["what"] == IN_HOMES].set_index("year")["value"]
    np.testing.assert_allclose(in_homes, inaction.stock[0][:, :, homes].sum((0, 2)), rtol=1e-12)
    (npv,) = mine[mine["what"] == NPV]["value"]
    assert npv == pytest.approx(other.compare("care-review").npv()[0], rel=1e-12)


def test_every_axis_and_baseline_is_there_once_and_one_of_each_is_the_default(results: Results) -> None:
    rows = results.baselines()
    assert rows["axis"].unique().tolist() == list(AXES)
    assert set(rows["baseline"]) == {one.name for one in baselines().values() if not one.lacks}
    defaults = rows[rows["default"]].drop_duplicates("baseline")
    assert sorted(defaults["axis"]) == sorted(AXES)
    assert set(defaults["baseline"]) == set(results.run.assumptions.baselines)
    assert rows[rows["unit"] == "GBP"]["price_year"].unique().tolist() == [2025]


def test_draws_are_asked_for() -> None:
    drawn = cc.run("england-2025", years=2, draws=4).baselines(central=False, level=0.5)
    assert {"central", "mean", "0.25", "0.5", "0.75"} == set(drawn["quantile"].astype(str))


def test_a_set_that_states_no_baselines_is_refused_in_words() -> None:
    with pytest.raises(InputError, match=r"states no baselines.*Run england-2025"):
        cc.run(SETS / "tiny").baselines()


def test_known_baselines_are_a_table() -> None:
    assert list(known()["name"]) == list(baselines()) and set(known()["quality"]) <= set("ABCDE")
