"""Means over draws at a few settings: do they give the run itself, and say what hangs on what?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost._labels import INACTION
from carecost.analysis.surface import ENTRIES, first_years, growths, priced_by_factor, scaled, surface
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
        names = item.drawn.after.axes
        node = tuple(0 if name == ENTRIES else -1 for name in names)
        assert item.drawn.after.values[node] == pytest.approx(plan.costs.spend[..., at].mean(0), rel=1e-12)
        bought = (plan.costs.volume * inaction.costs.unit_cost)[..., at].mean(0)
        assert item.drawn.held.values[tuple(0 if n == ENTRIES else -1 for n in item.drawn.held.axes)] == pytest.approx(
            bought, rel=1e-12
        )


def test_spending_hangs_on_what_moves_it_alone(run: Run) -> None:
    made = {item.item: item.drawn for item in surface(run, "null-trials").items}
    assert made["safeguarding"].before.axes == made["safeguarding"].held.axes == ()
    assert made["children's home"].before.axes == (ENTRIES,)
    effects = made["children's home"].after.axes
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
    assert none == pytest.approx(np.asarray(made.children[0].values[0]), rel=1e-12)
