"""The appraisal of a scenario adds up over accounts, payers and social value, and reaches the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

import carecost as cc
from carecost.analysis.business_case import BusinessCase
from carecost.engine.costs import Costs
from carecost.engine.items import PUBLIC
from carecost.errors import InputError
from carecost.inputs.provenance import Provenance
from carecost.money.discounting import Schedule
from carecost.money.optimism_bias import optimism_bias
from carecost.report.write import write_summary
from carecost.results.results import Results
from carecost.simulation.comparison import Comparison, Side
from tests.report.reading import Page

matplotlib.use("Agg")
settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")

SETS = Path(__file__).parents[1] / "data" / "sets"
PROVENANCE = Provenance("x", "0", 0, 1, False, 2025, 3, 2026, 2025, "d", "s", "0")
DRAWS, YEARS = 2, 3


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Two outcomes of items in any account, by any payer, resources and transfers, one of them social."""
    accounts = draw(st.lists(st.sampled_from(PUBLIC), min_size=1, max_size=4))
    made = [("care", "social", "", "harm"), *((f"i{i}", a, "", f"g{i}") for i, a in enumerate(accounts))]
    items = [
        cc.Item(
            name,
            "year",
            account=account,
            payer=draw(st.sampled_from(["a", "b", "c"])),
            group=draw(st.sampled_from(["reform", group])) if account != "social" else group,
            kind=draw(st.sampled_from(["resource", "transfer"])) if account != "social" else "resource",
            cashable=draw(st.floats(0, 1)),
        )
        for name, account, _, group in made
    ]
    grid = cc.Grid(2025, YEARS, range(18), ["foster"], items=items)

    def side(name: str) -> Side:
        shape = (DRAWS, YEARS, len(items))
        volume, price = (draw(arrays(float, shape, elements=st.floats(0, most))) for most in (1e3, 1e4))
        years = draw(arrays(float, (DRAWS, YEARS), elements=st.floats(1, 1e3)))
        costs = Costs(grid, volume, price, volume * price)
        return Side(name, PROVENANCE, costs, np.ones((DRAWS, YEARS + 1)), years)

    rate = draw(st.floats(0, 0.1))
    return Comparison(side("inaction"), side("reform"), Schedule("flat", (np.inf,), (rate,)), 2026)


def near(a: object, b: object, size: float) -> None:
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-11 * (1 + size))  # type: ignore[arg-type]


def size(c: Comparison) -> float:
    """How large the amounts are that are summed, for the rounding of a difference."""
    a, b = c.baseline.costs, c.scenario.costs
    # Price and volume effects cross the two: prices of one times volumes of the other, which may cancel.
    return float(((np.abs(a.unit_cost) + np.abs(b.unit_cost)) * (a.volume + b.volume)).sum())


@given(comparisons())
def test_accounts_and_payers_sum_to_the_public_purse(c: Comparison) -> None:
    case = BusinessCase(c)
    for parts in (case.accounts, case.payers):
        for value in ("npv", "pv_costs", "pv_benefits", "cumulative"):
            near(sum(getattr(p, value) for p in parts.values()), getattr(case.purse, value), size(c))
    near(case.purse.npv, c.npv(), size(c))
    assert "social" not in case.accounts


def bridge(case: BusinessCase) -> np.ndarray:
    """Social value by another way: from the budget."""
    social = sum(v for name, v in case.social.items() if name.startswith("social: "))
    return np.asarray(case.purse.npv - case.transfers - case.prices_alone + case.not_cash + social)


@given(comparisons())
def test_social_value_is_the_budget_without_transfers_and_prices_and_with_what_is_not_cash(c: Comparison) -> None:
    near(BusinessCase(c).npsv, bridge(BusinessCase(c)), size(c))
    near(BusinessCase(c).npsv, c.npsv(), size(c))


@given(comparisons())
def test_transfers_change_a_budget_and_never_social_value(c: Comparison) -> None:
    grid = c.grid
    mask = np.array([item.kind == "transfer" for item in grid.items])
    after = c.scenario.costs
    more = replace(after, volume=after.volume + 7 * mask, spend=(after.volume + 7 * mask) * after.unit_cost)
    np.testing.assert_array_equal(replace(c, scenario=replace(c.scenario, costs=more)).npsv(), c.npsv())


@given(comparisons(), st.floats(0, 2), st.floats(0, 1))
def test_optimism_is_one_uplift_on_the_programme_alone(c: Comparison, share: float, mitigated: float) -> None:
    bias, plain = optimism_bias(share, mitigated), BusinessCase(c)
    if bias.uplift and c.reform_spend().min() < 0:
        with pytest.raises(InputError, match="is below the baseline's in 20"):
            BusinessCase(c, bias)
        return
    case = BusinessCase(c, bias)
    near(plain.purse.npv - case.purse.npv, share * (1 - mitigated) * plain.purse.pv_costs, size(c))
    near(case.purse.pv_optimism_bias, plain.purse.npv - case.purse.npv, size(c))
    np.testing.assert_array_equal(plain.purse.pv_benefits, case.purse.pv_benefits)
    near(sum(p.npv for p in case.payers.values()), case.purse.npv, size(c))
    near(case.npsv, bridge(case), size(c))


@given(comparisons())
def test_there_is_one_payback(c: Comparison) -> None:
    case = BusinessCase(c)
    np.testing.assert_array_equal(case.payback(), c.payback_year())
    np.testing.assert_array_equal(case.payback(discounted=True), c.payback_year(discounted=True))


# Page


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.with_social_ledger(cc.load_assumptions(SETS / "tiny")), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, edge.scaled(0.5), draws=cc.Draws(60, seed=1))


def test_the_page_has_the_business_case(results: Results, tmp_path: Path) -> None:
    page = Page(write_summary(results, tmp_path).read_text(encoding="utf-8")).words
    for words in (
        "As a business case",
        "of which department",
        "Net present social value",
        "Optimism bias: none",
        "Chance that it has paid back by 2030-31",
        "not measured",
    ):
        assert words in page
    alone = write_summary(cc.run(cc.load_assumptions(SETS / "tiny")), tmp_path / "alone").read_text(encoding="utf-8")
    assert "As a business case" not in alone
