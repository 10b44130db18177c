"""Are total indices by a design of their own those of closed forms, and of the runs that are said?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.sobol_indices import Indices, indices

SETS = Path(__file__).parents[1] / "data" / "sets"
#: First-order and total indices of the Ishigami function with a = 7, b = 0.1, in closed form.
FIRST = (0.31390519114781, 0.44241114479004, 0.0)
TOTAL = (0.55758885520996, 0.44241114479004, 0.24368366406215)


def ishigami(x: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])
    return out


def design(n: int, seed: int) -> Indices:
    a, b = (
        np.stack([np.pi * (2 * cc.Draws(n, seed=s).uniforms(f"x{j}") - 1) for j in range(3)], 1)
        for s in (seed, seed + 1000)
    )
    return indices(ishigami(a), ishigami(b), np.stack([ishigami(np.where(np.arange(3) == j, b, a)) for j in range(3)]))


def test_indices_of_the_ishigami_function() -> None:
    made = design(4096, 1)
    for got, error, exact in ((made.first, made.first_error, FIRST), (made.total, made.total_error, TOTAL)):
        assert (np.abs(got - exact) < 3 * error + 1e-9).all() and (error < 0.03).all()
    assert made.runs == 5 * 4096


def test_errors_are_those_of_repeated_designs() -> None:
    many = [design(256, seed) for seed in range(60)]
    for name in ("first", "total"):
        spread = np.std([getattr(one, name) for one in many], axis=0)
        said = np.mean([getattr(one, f"{name}_error") for one in many], axis=0)
        # A Latin hypercube does no worse than the independent draws that the error is of; 60 designs: to a third.
        assert (spread < said * 4 / 3 + 1e-9).all() and (spread > said / 3).all()


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
