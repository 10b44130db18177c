"""The evaluator of a block of draws: what is asked of it in any order is what a fresh one gives, to the bit."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.simulation.evaluator import KEPT, Evaluator, Joined, Outcome
from carecost.simulation.prepare import Prepared, prepare

SETS = Path(__file__).parents[1] / "data" / "sets"


def lever(name: str, *changes: cc.Change) -> cc.Scenario:
    return cc.Scenario(name, [cc.Lever(name, list(changes))])


ENTRIES = lever("entries", cc.Change("entry_rate", "scale", cc.Interval(-0.1, -0.2, -0.05), start=2))
EXITS = lever("exits", cc.Change("exit_rate", "scale", cc.Interval(0.2, 0.1, 0.3), streams=["uasc"]))
PRICES = lever("prices", cc.Change("unit_cost", "scale", -0.1, items=["home"]))
MANY = [ENTRIES, EXITS, PRICES, ENTRIES + EXITS, EXITS + ENTRIES, ENTRIES + PRICES, cc.Scenario("nothing")]


@pytest.fixture(scope="module")
def draws() -> cc.Draws:
    return cc.Draws(12, seed=5)


def same(a: Outcome, b: Outcome) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a.arrays(), b.arrays(), strict=True))


@pytest.mark.parametrize("name", ["tiny", "england-2025-capacity", "england-2025-phases"])
def test_outcome_does_not_depend_on_what_was_asked_before(name: str, draws: cc.Draws) -> None:
    made = cc.load_assumptions(SETS / name if name == "tiny" else name)
    scenarios = MANY if name == "tiny" else [cc.load_scenario("family-networks"), cc.load_scenario("foster-carers")]
    prepared = prepare(made, scenarios, years=4)
    block = slice(0, 4)
    alone = {s.name: Evaluator(prepared, draws, block).outcome(s) for s in scenarios}
    for order in list(permutations(scenarios))[:7]:
        shared = Evaluator(prepared, draws, block)
        assert all(same(shared.outcome(s), alone[s.name]) for s in order)


def test_scenario_of_prices_shares_the_projection_of_inaction(draws: cc.Draws) -> None:
    prepared = prepare(cc.load_assumptions(SETS / "tiny"), [PRICES])
    evaluator = Evaluator(prepared, draws, slice(0, 12))
    inaction = evaluator.outcome(prepared.scenarios["inaction"])
    before = evaluator._kernels.computed
    dearer = evaluator.outcome(PRICES)
    assert evaluator._kernels.computed == before and len(evaluator._projected) == 2  # one a stream
    np.testing.assert_array_equal(inaction.stock, dearer.stock)
    assert (inaction.costs.spend != dearer.costs.spend).any()


def test_memo_of_projections_is_bounded(draws: cc.Draws) -> None:
    prepared = prepare(cc.load_assumptions(SETS / "tiny"))
    evaluator = Evaluator(prepared, draws)
    for i in range(KEPT):
        evaluator.outcome(lever(f"lever {i}", cc.Change("entry_rate", "scale", -0.001 * i - 0.001)))
    assert len(evaluator._projected) == KEPT


def test_joined_blocks_are_all_draws(draws: cc.Draws) -> None:
    prepared = prepare(cc.load_assumptions("england-2025-capacity"), years=3)
    inaction = prepared.scenarios["inaction"]
    joined = Joined(12)
    for block in (slice(5, 12), slice(0, 5)):
        joined.put(block, Evaluator(prepared, draws, block).outcome(inaction))
    whole = Evaluator(prepared, draws, slice(0, 12)).outcome(inaction)
    assert same(joined.outcome(), whole) and len({joined.outcome(), whole, whole}) == 2  # told apart as objects
    assert whole.capacity is not None and joined.outcome().capacity is not None


def test_run_pickles_whatever_was_asked_of_it(draws: cc.Draws) -> None:
    import pickle

    results = cc.run(cc.load_assumptions(SETS / "tiny"), ENTRIES + PRICES, draws=draws)
    results.attribution(results.scenarios[-1] if hasattr(results, "scenarios") else "entries + prices")
    again = pickle.loads(pickle.dumps(results.run))
    np.testing.assert_array_equal(again.drawn["inaction"].stock, results.run.drawn["inaction"].stock)
    assert again.outcome(ENTRIES).stock.shape == results.run.outcome(ENTRIES).stock.shape


@pytest.mark.parametrize("name", ["tiny", "england-2025-phases", "england-2025"])
def test_scenarios_together_are_what_each_alone_is_to_the_bit(name: str) -> None:
    made = cc.load_assumptions(SETS / name if name == "tiny" else name)
    some = MANY if name == "tiny" else [cc.load_scenario(n) for n in ("care-review", "family-help", "foster-carers")]
    # The same change by other amounts goes through side by side, rates of leaving and moving too.
    every = [*some, *(replace(plan.scaled(0.5), name=f"{plan.name}, half") for plan in some)]
    prepared = prepare(made, every, years=4)
    together = Evaluator(prepared, cc.Draws()).outcomes(every)
    for plan, outcome in zip(every, together, strict=True):
        assert same(outcome, Evaluator(prepared, cc.Draws()).outcome(plan)), plan.name


def test_several_sets_with_other_values_are_what_each_alone_is_to_the_bit() -> None:
    made = cc.load_assumptions(SETS / "tiny")
    prepared = prepare(made, [MANY[3]])
    evaluator = Evaluator(prepared, cc.Draws())
    evaluator.outcome(MANY[3])
    values = [row for row in made.rows if row.kind == "value" and row.parameter in ("exit_rate", "entry_rate")]

    def moved(times: float) -> Prepared:
        less = {id(r): replace(r, belief=replace(r.belief, value=times * r.belief.value)) for r in values}
        return replace(prepared, layouts=prepared.layouts.moved(less))

    several = [moved(times) for times in (0.9, 1.0, 0.8)]
    every = evaluator.moved(*several).outcome(MANY[3])
    for i, one in enumerate(several):
        assert same(every.draw(i), evaluator.moved(one).outcome(MANY[3]))
        assert same(every.draw(i), Evaluator(one, cc.Draws()).outcome(MANY[3]))
