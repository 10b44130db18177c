"""Preparing a run: what a scenario may not be on a set is refused, with every fault and the set it is made for."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

import carecost as cc
from carecost.simulation.prepare import prepare

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")


def plan(name: str = "plan", **change: object) -> cc.Scenario:
    fields = {"parameter": "entry_rate", "operation": "scale", "amount": -0.1} | change
    return cc.Scenario(name, [cc.Lever("lever", [cc.Change(**fields)])])  # type: ignore[arg-type]


def test_inaction_comes_first_whatever_is_asked_for() -> None:
    assert list(prepare(TINY, [plan("b"), plan("a")]).scenarios) == ["inaction", "b", "a"]
    assert prepare(TINY).scenarios["inaction"].title == "No reform"


def test_years_and_start_are_those_asked_for_or_those_of_the_set() -> None:
    asked, own = prepare(TINY, years=2, start=2027), prepare(TINY)
    assert (asked.grid.n_years, asked.calendar.programme_start) == (2, 2027)
    assert (own.grid.n_years, own.calendar.programme_start) == (TINY.years, TINY.programme_start)


def test_start_after_the_last_year_is_refused_and_in_it_is_not() -> None:
    last = TINY.base_year + 2
    assert prepare(TINY, years=2, start=last).calendar.programme_start == last
    with pytest.raises(cc.CareCostError, match=rf"start is {last + 1}, after the last.*up to {last}, or more"):
        prepare(TINY, years=2, start=last + 1)


def test_every_fault_of_a_scenario_is_said_at_once() -> None:
    bad = cc.Scenario("bad", [
        cc.Lever("one", [cc.Change("entry_rate", "scale", -0.1, ages=[40])]),
        cc.Lever("two", [cc.Change("unit_cost", "add", 1.0, items=["hom"], unit="GBP per year", price_year=2025)]),
    ])  # fmt: skip
    with pytest.raises(cc.CareCostError) as caught:
        prepare(TINY, [bad])
    assert len(caught.value.problems) == 2
    assert "unknown age '40'" in str(caught.value) and "Did you mean 'home'" in str(caught.value)


def test_same_name_twice_is_refused_and_an_inaction_of_ones_own_too() -> None:
    with pytest.raises(cc.CareCostError, match="scenario 'plan' is there twice"):
        prepare(TINY, [plan(), plan()])
    with pytest.raises(cc.CareCostError, match="scenario 'inaction' is there twice"):
        prepare(TINY, [plan("inaction")])


def test_scenario_of_another_set_names_the_command_that_runs_it() -> None:
    with pytest.raises(cc.CareCostError, match=r"Run carecost compare england-2025-after-care staying-close-what-if"):
        prepare(cc.load_assumptions("england-2025"), [cc.load_scenario("staying-close-what-if")])


def test_scenario_on_a_scope_leaves_out_what_is_not_counted() -> None:
    scoped = replace(TINY, uncounted=("programme",), items=tuple(i for i in TINY.items if i.name != "programme"),
                     rows=tuple(r for r in TINY.rows if r.where.items != ("programme",)))  # fmt: skip
    spends = plan("spends", parameter="unit_cost", operation="add", amount=1e6, items=["programme"], price_year=2025)
    assert prepare(scoped, [spends]).scenarios["spends"].changes == ()


def test_what_is_prepared_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        prepare(TINY).scenarios = {}  # type: ignore[misc]
