"""Steps of a budget as arrays: what they sum to, item by item, and the shares and amounts of income."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.budget_steps import IN_CASH, bridge, known_income, shares, streamed
from carecost.simulation.comparison import REFORM, follows_care
from carecost.simulation.run import Run

YEARS = 4


@pytest.fixture(scope="module")
def run() -> Run:
    return cc.run("england-2025", "care-review", years=YEARS, draws=4).run


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_steps_sum_to_the_closing_of_every_item_in_every_draw(run: Run, factor: float) -> None:
    made = bridge(run, "care-review", factor ** np.arange(YEARS))
    total = sum(made.steps().values())
    spent = np.abs(made.closing).sum(-1, keepdims=True)[:, 1:]
    assert (np.abs(total - made.closing[:, 1:]) / spent).max() < 1e-12
    assert made.closing == pytest.approx(made.before - made.saving + made.programme)


def test_items_of_the_programme_have_that_step_alone(run: Run) -> None:
    made = bridge(run, "care-review", np.ones(YEARS))
    i = next(i for i, item in enumerate(made.items) if item.group == REFORM)
    assert made.programme[..., i].any() and not np.delete(made.programme, i, axis=-1).any()
    for part in (made.before, made.saving, made.demand, made.mix, made.price):
        assert not part[..., i].any()


def test_only_items_that_follow_time_in_care_have_a_mix(run: Run) -> None:
    made = bridge(run, "inaction", np.ones(YEARS), central=True)
    mixed = {item.name for i, item in enumerate(made.items) if made.mix[..., i].any()}
    assert mixed == {item.name for item in made.items if follows_care(item, run.grid)}


def test_income_of_section_251_is_that_of_the_lines(run: Run) -> None:
    """Of England in 2023-24: 472m of 8,139m on children looked after, of which 120m may be the Home Office's."""
    made, known = bridge(run, "inaction", np.ones(YEARS), central=True), known_income()
    share = shares(made.items, known)
    cared = [i for i, item in enumerate(made.items) if item.group in run.assumptions.scopes[0].groups]
    came = float(np.nansum((made.closing[0, 0] * share)[cared]) / made.closing[0, 0, cared].sum())
    assert came == pytest.approx((471.6 - 64.7 - 55.0) / 8139.3, rel=0.05)
    unknown = {item.group for item, one in zip(made.items, share, strict=True) if np.isnan(one)}
    assert unknown == {"support at home", REFORM, "levies"}


def test_a_row_of_an_item_goes_before_that_of_its_group(run: Run) -> None:
    known = known_income()
    named = {item.name: s for item, s in zip(run.grid.items, shares(run.grid.items, known), strict=True)}
    assert named["asylum seeker services"] == 0.0 and named["other looked-after services"] == pytest.approx(
        0.0937, abs=1e-4
    )


def test_an_amount_in_cash_loses_its_worth_and_another_keeps_it(run: Run) -> None:
    row = next(row for row in known_income() if row.kept == IN_CASH)
    outcome, one = run.central["inaction"], np.ones(YEARS)
    cash = run.assumptions.deflator.factor(run.assumptions.price_year, run.grid.years)
    years = outcome.child_years[:, run.assumptions.streams.index("uasc")].sum(-1)
    held = streamed(run, outcome, row, cash) / years
    assert held == pytest.approx(np.full(held.shape, row.value))
    kept = streamed(run, outcome, replace(row, kept=""), one) / years
    to_prices = run.assumptions.deflator.factor(2024, [2025])[0]
    assert kept == pytest.approx(np.full(kept.shape, row.value * to_prices))
    assert not streamed(run, outcome, replace(row, stream="none"), one).any()


def test_every_row_of_income_has_a_source_a_grade_and_a_note() -> None:
    for row in known_income():
        assert row.source and row.quality in "ABCDE" and row.note
