"""Are total indices by a design of their own those of closed forms, and of the runs that are said?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.sobol_indices import indices

SETS = Path(__file__).parents[1] / "data" / "sets"
#: First-order and total indices of the Ishigami function with a = 7, b = 0.1, in closed form.
FIRST = (0.31390519114781, 0.44241114479004, 0.0)
TOTAL = (0.55758885520996, 0.44241114479004, 0.24368366406215)


def ishigami(x: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])
    return out


def test_indices_of_the_ishigami_function() -> None:
    a, b = (np.stack([np.pi * (2 * cc.Draws(4096, seed=s).uniforms(f"x{j}") - 1) for j in range(3)], 1) for s in (1, 2))
    mixed = []
    for j in range(3):
        one = a.copy()
        one[:, j] = b[:, j]
        mixed.append(ishigami(one))
    made = indices(ishigami(a), ishigami(b), np.stack(mixed))
    # 4,096 draws of a Latin hypercube: within three standard errors, which are those of the estimator.
    for got, error, exact in ((made.first, made.first_error, FIRST), (made.total, made.total_error, TOTAL)):
        assert (np.abs(got - exact) < 3 * error + 1e-9).all() and (error < 0.03).all()
    assert made.runs == 5 * 4096


def test_a_result_that_does_not_vary_is_refused() -> None:
    with pytest.raises(cc.CareCostError, match="same in all draws"):
        indices(np.ones(8), np.ones(8), np.ones((2, 8)))


@pytest.fixture(scope="module")
def results() -> cc.Results:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, years=3, draws=64)


def test_totals_of_a_run_say_what_was_run_and_sum_to_one_where_nothing_interacts(results: cc.Results) -> None:
    name = "unit_cost: items=home"
    rest = [one for one in results.inputs().columns if one != name]
    made = results.sobol({"home": [name], "rest": rest}, of="spend", totals=64).set_index("group")
    assert (made["runs"] == 4 * 64).all()
    assert made["total"].sum() == pytest.approx(1.0, abs=4 * np.hypot(*made["total_error"]))
    assert (np.abs(made["first"] - made["total"]) < 4 * (made["first_error"] + made["total_error"])).all()


def test_design_needs_seeds_a_power_of_two_and_whole_groups(results: cc.Results) -> None:
    given = cc.run(
        results.run.assumptions,
        years=3,
        draws=cc.Draws.given(cc.run(results.run.assumptions, years=3, draws=64).inputs()),
    )
    for one, more, words in (
        (given, {"of": "spend", "totals": 64}, "the draws of the run were given"),
        (results, {"of": "spend", "totals": 48}, "Give a power of two, such as 64"),
        (results, {"of": "spend", "groups": ["unit_cost: items=hom"]}, "Did you mean 'unit_cost: items=home'"),
        (results, {"of": "spent"}, "Did you mean 'spend'"),
        (results, {"scenario": "x"}, "unknown scenario"),
    ):
        with pytest.raises(cc.CareCostError) as error:
            one.sobol(**more)
        assert words in str(error.value)
