"""What is put into the explorer: does it give, put together, what runs made afresh give at the same settings?"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import carecost as cc
from carecost.maths.monte_carlo import ends
from carecost.report.explorer import page
from carecost.report.explorer_data import payload
from tests.report.settings import DRAWS, EXACT, YEARS, at_random, fresh, published, worked_out

#: What is interpolated from runs at 0, a half and the whole of a claim, as a share of what the whole claim changes:
#: 1.3e-5 is the largest measured over twelve years, at a quarter of the claim on foster carers.
BETWEEN = 5e-5


def test_published_case_is_that_of_the_run(explored: cc.Results, data: dict[str, Any]) -> None:
    for scenario in data["scenarios"]:
        npv, children = worked_out(data, published(data, scenario=scenario))
        saving = explored.compare(scenario)
        assert npv == pytest.approx(saving.npv().mean(), rel=EXACT)
        assert children == pytest.approx(saving.scenario.children.mean(0), rel=2e-7)


@pytest.mark.parametrize("chosen", [{}, {"start": 2029}, {"background": "mix-held"}, {"background": "prices-flat"}])
def test_any_exact_setting_is_that_of_a_run_made_afresh(data: dict[str, Any], chosen: dict[str, Any]) -> None:
    scenario = list(data["scenarios"])[len(chosen)]
    setting = at_random(data, random.Random(len(str(chosen))), scenario, **chosen)
    (npv, children), run = worked_out(data, setting), fresh(data, setting)
    wanted, scale = float(run.npv().mean()), abs(worked_out(data, published(data, scenario=scenario))[0])
    assert npv == pytest.approx(wanted, abs=EXACT * max(scale, abs(wanted)))
    assert children == pytest.approx(run.scenario.children.mean(0), rel=1e-6)


def test_published_case_is_the_mean_of_all_draws_though_few_are_used() -> None:
    results = cc.run("england-2025", "family-help", years=YEARS, draws=DRAWS)
    data = payload(results.run, [], [], few=2)
    prices, growth = {"children's home": 1.2}, {"growth of residential prices": 0.02}
    for setting in (published(data), published(data, prices=prices, growth=growth, cash=1.5, sustained=0.5)):
        npv, children = worked_out(data, setting)
        run = fresh(data, setting)
        assert npv == pytest.approx(run.npv().mean(), rel=EXACT)
        assert children == pytest.approx(run.scenario.children.mean(0), rel=EXACT)
    assert data["few"] == 2
    low, high = data["cases"][0]["ends"]["npv"]
    saved = results.compare("family-help").npv()
    assert [low, high] == pytest.approx(np.quantile(saved, ends()) - saved.mean(), rel=EXACT)


def test_setting_is_that_of_the_response(explored: cc.Results, data: dict[str, Any]) -> None:
    scale, prices = {"family help": 0.3}, {"children's home": 1.1}
    setting = published(data, scenario="care-review-evidenced", claims=scale, prices=prices, entries=0.97)
    saving = explored.what_if("care-review-evidenced").at(scale=scale, prices=prices, entries=0.97)
    assert worked_out(data, setting)[0] == pytest.approx(saving.npv().mean(), rel=EXACT)


def test_what_is_interpolated_is_said_and_near() -> None:
    results = cc.run("england-2025", "foster-carers", years=12)
    data = payload(results.run, [], [])
    axis = data["cases"][0]["axes"][1]
    assert axis["nodes"] == [0.0, 0.5, 1.0]
    assert "foster carers" in page(data).split("Interpolated")[1].split("</li>")[0]
    whole = results.compare("foster-carers")
    for share in (0.25, 0.75):
        setting = published(data, claims={"foster carers": share})
        saving = results.what_if("foster-carers").at(scale=setting["claims"])
        change = float(abs(whole.npv().mean() - worked_out(data, published(data, claims={"foster carers": 0.0}))[0]))
        assert worked_out(data, setting)[0] == pytest.approx(saving.npv().mean(), abs=BETWEEN * change)
