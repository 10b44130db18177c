"""The evidence base of a saving: its parts by basis sum to the whole, and outcomes alone are told from money."""

from __future__ import annotations

from pathlib import Path

import pytest

import carecost as cc
from carecost.analysis.evidence_base import footing, outcomes_alone, unmoved

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")


def lever(name: str, basis: str, amount: float) -> cc.Lever:
    change = cc.Change("entry_rate", "scale", amount)
    return cc.Lever(name, [change], source="made up", quality="E", basis=basis)


def test_footing_of_levers_on_several_bases_sums_to_the_cashable_saving() -> None:
    levers = [lever("a", "claimed", -0.1), lever("b", "measured", -0.05), lever("c", "assumed", 0.02)]
    plan = cc.Scenario("mixed", levers)
    results = cc.run(TINY, plan)
    parts = footing(results.run, "mixed")
    assert set(parts) == {"claimed", "measured", "assumed"} and parts["assumed"] < 0
    whole = results.run.compare("mixed", central=True).cashable_saving().sum()
    assert sum(parts.values()) == pytest.approx(whole, rel=1e-9)


def test_footing_of_one_basis_is_the_whole_and_of_no_effect_is_empty() -> None:
    plan = cc.Scenario("one", [lever("a", "claimed", -0.1)])
    spends = cc.Scenario("idle", [lever("nothing", "claimed", 0.0)])
    run = cc.run(TINY, plan, spends).run
    assert list(footing(run, "one")) == ["claimed"]
    assert footing(run, "idle") == {} and not outcomes_alone(run, "idle")


def test_unmoved_says_whether_children_or_public_money_differ() -> None:
    plan = cc.Scenario("one", [lever("a", "claimed", -0.1)])
    run = cc.run(TINY, plan, cc.Scenario("nothing")).run
    assert unmoved(run.compare("nothing"), None) and not unmoved(run.compare("one"))


def test_scenario_of_outcomes_alone_is_told_from_one_of_money() -> None:
    after = cc.load_assumptions("england-2025-after-care")
    run = cc.run(after, cc.load_scenario("care-leaver-missions"), cc.load_scenario("family-help"), years=6).run
    assert outcomes_alone(run, "care-leaver-missions") and not outcomes_alone(run, "family-help")
    assert footing(run, "care-leaver-missions") == {}
