"""Budget: steps lead from opening to closing exactly, savings are those of a comparison, income and chances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carecost as cc
from carecost.errors import CareCostError, InputError
from carecost.results.budget import NET, PROGRAMME, SAVED, STEPS

YEARS = 5
SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run("england-2025/Rutland", "family-networks", years=4, draws=cc.Draws(6, noise=True))


@pytest.fixture(scope="module")
def plain() -> cc.Results:
    return cc.run("england-2025", "care-review", "family-networks", years=YEARS, draws=8)


def by_step(budget: cc.Budget) -> dict[str, np.ndarray]:
    """Give each row of a budget by year and draw: (draw, year)."""
    rows = budget.table(by_draw=True)
    return {
        str(step): of.pivot_table("value", "draw", "year").to_numpy() for step, of in rows.groupby("step", sort=False)
    }


@pytest.mark.parametrize("basis", ["real", "cash"])
@pytest.mark.parametrize("account", [None, "local authority"])
def test_steps_lead_from_opening_to_closing_in_every_draw(results: cc.Results, basis: str, account: str | None) -> None:
    rows = by_step(results.budget(basis=basis, account=account))
    closing = rows["closing"]
    assert rows["opening"] == pytest.approx(closing[:, :-1], rel=1e-15)
    assert np.abs(sum(rows[step] for step in STEPS) / closing[:, 1:] - 1).max() < 1e-9


@settings(max_examples=6)
@given(
    st.floats(-0.9, 1.0),
    st.floats(0.3, 2.0),
    st.integers(2, 6),
    st.sampled_from(["entry_rate", "exit_rate", "unit_cost"]),
)
def test_steps_sum_whatever_the_change_and_horizon(amount: float, price: float, years: int, parameter: str) -> None:
    tiny = cc.load_assumptions(SETS / "tiny").scale("unit_cost", price)
    plan = cc.Scenario("x", [cc.Lever("x", [cc.Change(parameter, "scale", cc.Interval(amount), start=1)])])
    budget = cc.run(tiny, plan, years=years, draws=3).budget()
    rows = by_step(budget)
    assert np.abs(sum(rows[step] for step in STEPS) / rows["closing"][:, 1:] - 1).max() < 1e-9
    saving = budget.run.compare("x").cashable_saving()
    assert rows[SAVED] == pytest.approx(saving, abs=1e-9 * np.abs(rows["closing"]).max())


def test_savings_are_those_that_compare_gives(plain: cc.Results) -> None:
    for name in plain.scenarios[1:]:
        saving, rows = plain.compare(name), by_step(plain.budget(scenario=name))
        assert rows[SAVED] == pytest.approx(saving.cashable_saving(), abs=1e-3)
        assert rows[PROGRAMME] == pytest.approx(saving.reform_spend(), abs=1e-3)
        assert np.cumsum(-rows["savings"], axis=1) + rows[SAVED][:, :1] == pytest.approx(rows[SAVED][:, 1:], abs=1e-3)
        own = plain.run.drawn["inaction"].public_spend - saving.net_saving()
        assert rows["closing"] == pytest.approx(own, rel=1e-12)
        chosen = plain.budget(scenario=name, account="local authority")
        at_home = saving.net_saving(lambda item: item.account == "local authority")
        spend = plain.run.drawn["inaction"].costs.spend @ np.array(
            [float(item.account == "local authority") for item in plain.run.grid.items]
        )
        assert by_step(chosen)["closing"] == pytest.approx(spend - at_home, rel=1e-12)


def test_the_budget_of_inaction_is_what_it_spends_with_the_luck_of_small_numbers(results: cc.Results) -> None:
    rows = by_step(results.budget(scenario="inaction"))
    assert rows["closing"] == pytest.approx(results.run.shown["inaction"].public_spend, rel=1e-12)
    assert not rows["savings"].any()


def test_steps_are_the_price_volume_mix_of_the_two_years(results: cc.Results) -> None:
    rows = by_step(results.budget(scenario="inaction"))
    parts = results.price_volume_mix("inaction", since=2028, year=2029, by=[], by_draw=True)
    for step, part in (("demand", "volume"), ("mix", "mix"), ("price", "price")):
        assert rows[step][:, 2] == pytest.approx(parts.loc[parts["part"] == part, "value"].to_numpy())


def test_cash_raises_prices_alone(plain: cc.Results) -> None:
    real, cash = (by_step(plain.budget(basis=basis)) for basis in ("real", "cash"))
    england = plain.run.assumptions
    factor = england.deflator.factor(england.price_year, plain.run.grid.years)
    assert cash["closing"] == pytest.approx(real["closing"] * factor, rel=1e-12)
    assert cash["demand"] == pytest.approx(real["demand"] * factor[:-1], rel=1e-9)
    assert (cash["price"] > real["price"]).all()


# Income


def test_income_and_net(results: cc.Results) -> None:
    rows = by_step(results.budget())
    income = {name: values for name, values in rows.items() if name.startswith("income")}
    assert len(income) == 3 and all((values >= 0).all() and values.any() for values in income.values())
    assert rows[NET] == pytest.approx(rows["closing"] - sum(income.values()), rel=1e-12)


def test_what_the_home_office_pays_follows_unaccompanied_children(plain: cc.Results) -> None:
    rows = by_step(plain.budget(scenario="inaction", basis="cash"))
    run = plain.run
    years = run.drawn["inaction"].child_years[:, run.assumptions.streams.index("uasc")].sum(-1)
    assert rows["income: Home Office: unaccompanied children"] == pytest.approx(years * 114 * 365, rel=1e-9)


def test_a_set_without_the_stream_has_no_income_of_the_home_office_and_says_so() -> None:
    budget = cc.run("care-review-2022", years=2).budget()
    rows = by_step(budget)
    if "uasc" not in budget.run.assumptions.streams:
        assert not rows["income: Home Office: unaccompanied children"].any()
        assert any("no stream 'uasc'" in note for note in budget.notes)


HOME_OFFICE = ("income: Home Office: unaccompanied children", "income: Home Office: leavers who came unaccompanied")


@pytest.mark.parametrize(
    ("account", "has"), [("local authority", True), (["NHS", "local authority"], True), ("central government", False)]
)
def test_income_is_taken_only_from_spending_of_those_who_receive_it(plain: cc.Results, account: str, has: bool) -> None:
    """A grant of the Home Office to a council makes nobody else's spending less."""
    budget = plain.budget(account=account)
    rows, whole = by_step(budget), by_step(plain.budget())
    for name in HOME_OFFICE:
        assert rows[name] == pytest.approx(whole[name] if has else 0.0 * whole[name])
    if not has:
        assert rows[NET] == pytest.approx(rows["closing"])
        assert sum("not counted, as no spending of a local authority on them is" in note for note in budget.notes) == 2


def test_share_of_income_is_of_what_local_authorities_spend() -> None:
    england = cc.load_assumptions("england-2025")
    items = tuple(replace(x, account="NHS") if x.name == "children's home" else x for x in england.items)
    own, moved = (by_step(cc.run(s, years=1).budget()) for s in (england, replace(england, items=items)))
    home = cc.run(england, years=1).costs(by=["item"]).query("item == \"children's home\" and quantile == 'central'")
    less = own["income: section 251"] - moved["income: section 251"]
    assert less == pytest.approx(home["value"].to_numpy()[None] * 187.9 / 3145.9, rel=1e-3)


def test_grant_for_leavers_is_counted_where_leaving_care_is() -> None:
    """The Review's own case pays for no leavers: their grant would make the net too small."""
    review = cc.run("care-review-2022", years=2).budget()
    rows = by_step(review)
    assert rows[HOME_OFFICE[0]].all() and not rows[HOME_OFFICE[1]].any()
    assert any("leavers who came unaccompanied: not counted" in note for note in review.notes)
    after = by_step(cc.run("england-2025-after-care", years=1).budget())
    assert after[HOME_OFFICE[1]].all()  # paid for by what follows time in their placements


def test_what_is_not_known_is_said(plain: cc.Results) -> None:
    said = " ".join(plain.budget().notes)
    assert 'account="local authority" gives the budget of councils alone' in said
    assert "of councils alone" not in " ".join(plain.budget(account="local authority").notes)
    assert "high needs" in said and "NHS" in said and "unknown" in said
    assert "as claimed, not evidenced" in said


# Lines


def test_weeks_times_price_is_spending_and_lines_sum_to_it(results: cc.Results) -> None:
    budget = results.budget(by=["placement", "provider"])
    lines = budget.lines(by_draw=True).set_index(["measure", "draw", "year", "placement", "provider"])["value"]
    known = lines["price"].index
    assert (lines["weeks"] * lines["price"])[known].to_numpy() == pytest.approx(
        lines["before"][known].to_numpy(), rel=1e-12
    )
    spent = lines["spend"].groupby(["draw", "year"]).sum().unstack().to_numpy()
    assert spent == pytest.approx(by_step(budget)["closing"], rel=1e-12)
    providers = {p for _, _, p, v in lines["price"].index}, {v for _, _, p, v in lines["price"].index}
    assert {"foster agency", "foster in-house", "kinship foster"} <= providers[0]
    assert {"own", "private and voluntary", "not told apart"} == providers[1]


def test_a_placement_that_two_items_follow_has_its_weeks_once(plain: cc.Results) -> None:
    lines = plain.budget().lines()
    here = lines[(lines["placement"] == "kinship foster") & (lines["measure"] == "weeks") & (lines["year"] == 2026)]
    weeks = plain.flows("child_years", by=["placement"])
    wanted = weeks[(weeks["placement"] == "kinship foster") & (weeks["year"] == 2026)]
    wanted = wanted[wanted["scenario"] == "inaction"]
    assert here["value"].to_numpy() == pytest.approx(wanted["value"].to_numpy() * 365 / 7)


# Chances


def test_the_chance_to_exceed_is_a_share_of_draws_and_falls_as_the_budget_grows(plain: cc.Results) -> None:
    net = by_step(plain.budget())[NET][:, 2]
    year = plain.run.grid.years[2]
    found = [plain.budget(budget={year: amount}).chance().iloc[0] for amount in np.quantile(net, [0, 0.25, 0.6, 1])]
    chances = [row["chance"] for row in found]
    assert chances == sorted(chances, reverse=True) and chances[-1] == 0.0
    for row in found:
        assert row["chance"] == (net > row["budget"]).mean()
        assert row["excess"] == pytest.approx(np.maximum(net - row["budget"], 0).mean())
    every = plain.budget(budget=1e9, of="closing").chance()
    assert every["year"].tolist() == list(plain.run.grid.years) and set(every["of"]) == {"closing"}


def test_without_draws_there_is_no_chance() -> None:
    budget = cc.run("england-2025", years=2).budget(budget=1e9)
    with pytest.raises(InputError, match=r"has no draws.*Run with draws=500"):
        budget.chance()
    with pytest.raises(InputError, match=r"no budget was stated.*pounds, 0 or more, by year"):
        cc.run("england-2025", years=2, draws=2).budget().chance()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"budget": {2027: -1.0}}, r"-1.*number of 0 or more"),
        ({"by": ["placements"]}, r"column to group by 'placements'.*placement"),
        ({"account": "local authorities"}, r"account 'local authorities'.*local authority"),
        ({"scenario": "care-reviews"}, r"scenario 'care-reviews'.*care-review"),
        ({"budget": {2050: 1e9}}, r"year .2050.*2030"),
        ({"budget": {}}, r"names no year.*2027: 52e6"),
        ({"budget": "much"}, r"pounds, 0 or more, by year"),
        ({"budget": -1.0}, r"-1.*pounds, 0 or more, by year"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_remedy(
    plain: cc.Results, given: dict[str, object], said: str
) -> None:
    with pytest.raises(CareCostError, match=said):
        plain.budget(**given)  # type: ignore[arg-type]


def test_every_fault_is_said_at_once(plain: cc.Results) -> None:
    with pytest.raises(CareCostError) as caught:
        plain.budget(by=["placements"], account="social", scenario="none")
    assert len(caught.value.problems) == 3


def test_a_budget_shows_itself_year_by_year(plain: cc.Results) -> None:
    said = repr(plain.budget(budget=1e9))
    assert "2026-27" in said and "opening £" in said and "chance, 2026-27" in said
    assert "<table>" in plain.budget()._repr_html_()  # type: ignore[attr-defined]


def test_a_set_of_few_items_has_a_budget_too(plain: cc.Results) -> None:
    scoped = replace(plain.run.assumptions, record="").scoped("children looked after")
    rows = by_step(cc.run(scoped, "care-review", years=3).budget())
    assert np.abs(sum(rows[step] for step in STEPS) / rows["closing"][:, 1:] - 1).max() < 1e-9
