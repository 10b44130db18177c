"""Means over draws at a few settings: do they give the run itself, and say what hangs on what?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost._labels import INACTION
from carecost.analysis.surface import ENTRIES, first_years, growths, priced_by_factor, scaled, steadied, surface
from carecost.simulation.run import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return cc.run("england-2025", "care-review-evidenced", "null-trials", years=4, draws=3).run


def test_last_node_of_each_claim_is_the_run_itself(run: Run) -> None:
    made = surface(run, "care-review-evidenced")
    inaction, plan = (run.drawn[name] for name in (INACTION, "care-review-evidenced"))
    assert made.children[0].values[0] == pytest.approx(inaction.in_care(run.grid)[0].mean(0), rel=1e-12)
    for item in made.items:
        at = run.grid.index("items", item.item)
        before, more, dearer = (
            block.values[tuple(0 if name == ENTRIES else -1 for name in block.axes)] for block in item.drawn
        )
        spent, had = (one.costs.spend[..., at].mean(0) for one in (plan, inaction))
        assert before == pytest.approx(had, rel=1e-12)
        assert before + more + dearer == pytest.approx(spent, rel=1e-12)
        bought = (plan.costs.volume * inaction.costs.unit_cost)[..., at].mean(0)
        assert before + more == pytest.approx(bought, rel=1e-12)


def test_draws_add_up_to_what_a_run_saves(run: Run) -> None:
    name = "care-review-evidenced"
    made = surface(run, name, whole=False, spread=True)
    apart = sum(block.values.reshape(-1, run.draws.n)[-1] for item in made.items for block in item.spread or ())
    saved = run.compare(name).npv()
    assert -apart == pytest.approx(saved - saved.mean(), rel=1e-9)
    assert made.spread is not None
    before, more = (block.values.reshape(-1, len(run.grid.dates), run.draws.n)[-1] for block in made.spread)
    inside = run.compare(name).scenario.children
    assert (before + more).T == pytest.approx(inside - inside.mean(0), abs=1e-8)


def test_means_of_few_are_moved_to_those_of_many_and_nothing_stays_nothing(run: Run) -> None:
    name = "care-review-evidenced"
    fewer = cc.run("england-2025", name, years=4, draws=2).run
    whole = surface(fewer, name)
    few, many = (surface(one, name, whole=False) for one in (fewer, run))
    made = steadied(whole, few, many)
    for one, wanted in zip(made.items, many.items, strict=True):
        for block, like in zip(one.drawn, wanted.drawn, strict=True):
            here = block.values[tuple({ENTRIES: 0}.get(axis, -1) for axis in block.axes)]
            there = like.values.reshape(-1, like.values.shape[-1])[-1]
            assert here == pytest.approx(there, rel=1e-9, abs=1e-6)
    more = made.children[1]
    none = more.values[tuple(0 for _ in more.axes)]
    assert not none.any()
    assert many.runs == 0


def test_spending_hangs_on_what_moves_it_alone(run: Run) -> None:
    made = {item.item: item.drawn for item in surface(run, "null-trials").items}
    assert made["safeguarding"].before.axes == made["safeguarding"].more.axes == ()
    assert made["children's home"].before.axes == (ENTRIES,)
    effects = made["children's home"].more.axes
    assert effects[0] == ENTRIES
    assert "social workers in schools" not in effects


def test_growth_of_an_item_to_which_a_lever_adds_cannot_be_chosen(run: Run) -> None:
    assert "reform programme" not in priced_by_factor(run)
    chosen = {item for row in growths(run) for item in row.where.items or ()}
    assert chosen <= priced_by_factor(run)
    assert "children's home" in chosen


def test_first_year_without_effects_is_that_of_the_spending(run: Run) -> None:
    plan = run.scenarios["care-review-evidenced"]
    found = first_years(run, plan)
    none = scaled(plan, {lever.name: 0.0 for lever in plan.levers if lever.effects})
    assert found[""] == run.first_year(none) == run.calendar.programme_start
    assert found["family help"] == found[""]
    assert min(year for year in found.values() if year is not None) == run.first_year(plan)


def test_scaled_to_nothing_is_inaction_in_children(run: Run) -> None:
    made = surface(run, "null-trials")
    none = made.children[1].values[0][(0,) * (made.children[1].values.ndim - 2)]
    assert none == pytest.approx(np.zeros(len(run.grid.dates)), abs=1e-7)
