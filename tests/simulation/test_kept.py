"""What a run keeps of its draws is what a whole run gives; what it does not keep is refused in words."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.simulation.kept import COSTS, EVERYTHING, HEADLINE, KEEPS, Kept, NotKeptError

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
EXITS = cc.Scenario("exits", [cc.Lever("exits", [cc.Change("exit_rate", "scale", cc.Interval(0.2, 0.1, 0.3))])])


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "luck"])
def runs(request: pytest.FixtureRequest) -> dict[str, cc.Results]:
    draws = cc.Draws(12, seed=5, noise=request.param)
    return {keep: cc.run(TINY, EDGE, EXITS, draws=draws, keep=keep, block=5) for keep in KEEPS}


#: What can be asked of a run that keeps no more than its name says.
ASKED: dict[str, list[Callable[[cc.Results], pd.DataFrame]]] = {
    HEADLINE: [
        lambda r: r.children(),
        lambda r: r.flows("entries"),
        lambda r: r.flows("child_years", by_draw=True),
        lambda r: r.costs(),
        lambda r: r.costs(basis="cash", by_draw=True),
        lambda r: r.summary(),
        lambda r: r.savings(),
        lambda r: r.npv_by_rate(),
        lambda r: r.compare("exits", "edge").summary(),
        lambda r: pd.DataFrame({"error": [r.converged().error]}),
    ],
    COSTS: [
        lambda r: r.costs(["item"], by_draw=True),
        lambda r: r.appraisal("edge").by_payer(),
        lambda r: r.options().table(),
    ],
}


@pytest.mark.parametrize("keep", [HEADLINE, COSTS])
def test_what_is_kept_is_what_a_whole_run_gives(runs: dict[str, cc.Results], keep: str) -> None:
    for ask in ASKED[HEADLINE] + (ASKED[COSTS] if keep == COSTS else []):
        mine, theirs = ask(runs[keep]), ask(runs[EVERYTHING])
        pd.testing.assert_frame_equal(mine, theirs, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize(
    ("keep", "ask", "enough"),
    [
        (COSTS, lambda r: r.children(["placement"]), EVERYTHING),
        (COSTS, lambda r: r.children(in_care=False), EVERYTHING),
        (COSTS, lambda r: r.flows("exits", ["placement"]), EVERYTHING),
        (COSTS, lambda r: r.what_if("edge"), EVERYTHING),
        (HEADLINE, lambda r: r.children(["group"]), EVERYTHING),
        (HEADLINE, lambda r: r.costs(["item"]), COSTS),
        (HEADLINE, lambda r: r.appraisal("edge").by_payer(), COSTS),
        (HEADLINE, lambda r: r.price_volume_mix("edge"), COSTS),
        (HEADLINE, lambda r: r.compare("edge").volume_effect, COSTS),
        (HEADLINE, lambda r: r.compare("edge").gross_saving(lambda item: item.name == "home"), COSTS),
        (HEADLINE, lambda r: r.tables(), EVERYTHING),
    ],
)
def test_what_is_not_kept_is_refused_with_the_remedy(
    runs: dict[str, cc.Results], keep: str, ask: Callable[[cc.Results], object], enough: str
) -> None:
    with pytest.raises(NotKeptError, match=f'keeps {keep!r} .*Run it again with keep="{enough}"'):
        ask(runs[keep])


def test_headline_does_not_depend_on_blocks_and_threads() -> None:
    one, other = (
        cc.run(TINY, EDGE, draws=9, keep="headline", block=block, threads=threads).run.drawn["edge"]
        for block, threads in ((9, 1), (2, 3))
    )
    assert all(np.array_equal(a, b) for a, b in zip(one.arrays(), other.arrays(), strict=True))


def test_central_run_is_kept_whole() -> None:
    results = cc.run(TINY, EDGE, keep="headline")
    assert results.children(["placement"]).equals(cc.run(TINY, EDGE).children(["placement"]))


def test_kept_outcome_pickles_and_is_read_only(runs: dict[str, cc.Results]) -> None:
    outcome = runs[HEADLINE].run.drawn["edge"]
    again = pickle.loads(pickle.dumps(outcome))
    assert isinstance(again, Kept)
    assert all(np.array_equal(a, b) for a, b in zip(outcome.arrays(), again.arrays(), strict=True))
    with pytest.raises(ValueError, match="read-only"):
        outcome.arrays()[0][:] = 0


def test_keep_is_one_of_those_known() -> None:
    with pytest.raises(cc.CareCostError, match="'headline'"):
        cc.run(TINY, keep="headlines")  # type: ignore[arg-type]
