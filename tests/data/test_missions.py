"""Are outcomes counted in no pounds, valued once and only by their share, and do zeros say why they are zero?"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

import carecost as cc
from carecost.analysis.evidence_base import COUNTED, unmoved
from carecost.engine.grid import Selector
from carecost.engine.items import OUTCOMES, SOCIAL
from carecost.errors import CareCostError, ComparisonError
from carecost.inputs.belief import Assumption, Belief
from carecost.plots import plot_children
from carecost.report.story import story
from carecost.report.write import save_charts, table_text, write_summary
from carecost.simulation.checks import verify
from carecost.text import numbers
from carecost.text.describe import assumptions_text, scenario_text
from tests.data.published import PUBLISHED, rows

SETS = Path(__file__).parents[1] / "data" / "sets"
NAME = "england-2025-after-care"
HOMELESS = "assessed as homeless or threatened with it, aged 18 to 20"
HIGHER = "go into higher education by 19"
JOBS = "new well-paid jobs and apprenticeships for care leavers"
CENTRAL = "quantile == 'central'"


def missions(figure: str, year: str) -> float:
    (found,) = (
        float(r["value"]) for r in rows(PUBLISHED / "missions.csv") if (r["figure"], r["year"]) == (figure, year)
    )
    return found


def levels_of(assumptions: cc.Assumptions) -> list[Assumption]:
    counted = {item.name for item in assumptions.items if item.account == OUTCOMES}
    found = [r for r in assumptions.rows if r.parameter == "unit_cost" and r.kind == "value"]
    found = [r for r in found if set(r.where.items or ()) & counted]
    assert len(found) == len(counted)
    return found


def counting(level: float, worth: float | None = None, driver: str = "aged_out", kind: str = "") -> cc.Assumptions:
    """The tiny set with one outcome, and what one is worth."""
    tiny = cc.load_assumptions(SETS / "tiny")
    items = [cc.Item("study", driver, account=OUTCOMES, kind=kind, source="made up", quality="E")]
    if worth is not None:
        items.append(
            cc.Item("a degree", OUTCOMES, group="study", account=SOCIAL, cashable=0.0, source="x", quality="E")
        )
    prices = [
        Assumption("unit_cost", Selector(items=(item.name,)), Belief(value, unit=item.unit, **made_up))  # type: ignore[arg-type]
        for item, value in zip(items, (level, worth), strict=False)
    ]
    return replace(tiny, items=(*tiny.items, *items), rows=(*tiny.rows, *prices))


made_up = {"price_year": 2025, "source": "made up for tests", "source_year": "2025", "quality": "E"}


def level_of(made: cc.Assumptions) -> Assumption:
    """The row with the level of the outcome."""
    (row,) = (row for row in made.rows if row.parameter == "unit_cost" and row.where.items == ("study",))
    return row


def more(share: float) -> cc.Scenario:
    return cc.Scenario("more", [cc.Lever("more", [cc.Change("unit_cost", "scale", share, items=["study"])])])


@cache
def edge() -> cc.Scenario:
    return cc.load_scenario(SETS / "edge.toml")


@pytest.fixture(scope="module")
def after() -> cc.Assumptions:
    return cc.load_assumptions(NAME)


@pytest.fixture(scope="module")
def run(after: cc.Assumptions) -> cc.Results:
    names = ("care-leaver-missions", "care-leaver-missions-evidenced", "care-review")
    return cc.run(cc.with_social_ledger(after), *map(cc.load_scenario, names), years=6, start=2026)


def counted(results: cc.Results, scenario: str, outcome: str) -> pd.Series:
    found = results.outcomes().query(CENTRAL)
    return found[(found["scenario"] == scenario) & (found["outcome"] == outcome)].set_index("year")["value"]


@settings(max_examples=10)
@given(st.floats(0, 1), st.floats(-1, 1), st.floats(-1e5, 1e5))
def test_an_outcome_is_worth_its_change_of_share_times_those_who_leave(level: float, by: float, worth: float) -> None:
    """By hand: leavers x level x change x what one is worth, and not a pound in any budget."""
    results = cc.run(counting(level, worth), more(by), years=3)
    saving = results.compare("more")
    left = saving.scenario.costs.volume[0, :, -2]
    assert left.min() > 0
    np.testing.assert_allclose(saving.social_parts()["social: a degree"][0], -worth * level * by * left, atol=1e-6)
    np.testing.assert_allclose(counted(results, "more", "study"), left * level * (1 + by), atol=1e-9)
    assert not saving.npv().any() and not saving.gross_saving().any()


@settings(max_examples=5)
@given(st.floats(0, 1), st.floats(-1e5, 1e5))
def test_fewer_who_leave_care_is_no_loss_of_outcomes(level: float, worth: float) -> None:
    results = cc.run(counting(level, worth), edge(), years=6)
    saving = results.compare("edge")
    fewer = saving.baseline.costs.volume[..., -2] - saving.scenario.costs.volume[..., -2]
    assert fewer.max() > 0
    assert not saving.social_parts()["social: a degree"].any()


def test_outcomes_are_in_no_table_of_money() -> None:
    draws = cc.Draws(8, seed=1)
    plain, with_them = (cc.run(a, edge(), draws=draws) for a in (cc.load_assumptions(SETS / "tiny"), counting(0.3)))
    for by in ([], ["item"], ["group"], ["account"], ["payer"]):
        pd.testing.assert_frame_equal(plain.costs(by=by), with_them.costs(by=by))
    tables, others = plain.tables(), with_them.tables()
    for table in ("summary", "savings", "payers", "options", "npv_by_rate", "draws", "appraisal"):
        pd.testing.assert_frame_equal(tables[table], others[table])
    assert set(others) - set(tables) == {"outcomes"} and plain.outcomes().empty
    assert others["outcomes"]["unit"].unique().tolist() == ["outcomes"]
    assert with_them.outcomes(by_draw=True)["draw"].nunique() == 8
    with pytest.raises(ComparisonError, match="no social ledger"):
        with_them.compare("edge").npsv()


def test_describe_sets_levels_apart_with_source_and_grade(after: cc.Assumptions) -> None:
    text = assumptions_text(after)
    assert max(map(len, text.splitlines())) <= 108
    words = " ".join(text.split())
    money, levels = words.partition("levels of outcomes, counted in no pounds")[::2]
    assert not re.search("outcomes per|share of", money.partition("unit_cost [")[2])
    for row in levels_of(after):
        assert f"{row.where.items[0]}: {row.belief.value:,.6g} {row.belief.unit}" in levels
        assert f"; {row.belief.quality}; {row.belief.source}" in levels
    indexed = words.partition("Indexation:")[2].partition("Placements:")[0]
    assert "windfall levy" in indexed and HIGHER not in indexed
    assert "of whom 81,770 in care" in words
    assert "levels of outcomes" not in assumptions_text(cc.load_assumptions("england-2025"))


def test_a_change_of_outcomes_is_written_as_a_number_and_no_price(after: cc.Assumptions, tmp_path: Path) -> None:
    plan = cc.load_scenario("care-leaver-missions")
    text = write_summary(cc.run(after, plan, years=3, start=2026), tmp_path).read_text(encoding="utf-8")
    levers = text[text.index('<section id="levers"') :].split("</section>")[0]
    assert f"How many {JOBS}" in levers and "set to 3,500 outcomes per year<" in levers
    assert "Unit costs" not in levers and " prices" not in levers
    assert "going into higher education: none found; assumed" in levers
    told = scenario_text(plan)
    assert max(map(len, told.splitlines())) <= 108
    assert "homelessness (E; a place for an effect, at zero; " in told
    assert "by 3,500 outcomes per year, programme" in " ".join(told.split())
    spends = " ".join(scenario_text(cc.load_scenario("foster-carers-capacity")).split())
    assert "foster carer recruitment (D; spending only" in spends and "by 960,940 GBP per year" in spends


def test_the_page_has_a_table_of_outcomes_where_the_set_counts_them(after: cc.Assumptions, tmp_path: Path) -> None:
    """One table a scenario, a row an outcome, the first, the tenth and the last year."""
    results = cc.run(after, cc.load_scenario("care-leaver-missions"), years=12, start=2026, draws=cc.Draws(8, seed=1))
    text = write_summary(results, tmp_path).read_text(encoding="utf-8")
    assert '<a href="#outcomes">' in text
    section = text[text.index('<section id="outcomes"') :].split("</section>")[0]
    assert "Outcomes overlap and are never added" in section
    tables = section.split("<tbody>")[1:]
    for name, table in zip(results.scenarios, tables, strict=True):
        assert table.split("</tbody>")[0].count("<tr>") == 6
        rows = results.outcomes()
        rows = rows[(rows["scenario"] == name) & (rows["outcome"] == HOMELESS) & (rows["quantile"] == "mean")]
        means = rows.set_index("year")["value"]
        for year in (2026, 2035, 2037):
            assert f">{numbers.children(means[year])}<" in table
    assert "2025-26" in section and "2034-35" in section and "2036-37" in section and "2035-36" not in section
    pd.testing.assert_frame_equal(pd.DataFrame(results.to_dict()["outcomes"]), results.outcomes(), check_dtype=False)


def test_intervals_of_outcomes_are_those_of_the_table(tmp_path: Path) -> None:
    results = cc.run(counting(0.5), draws=cc.Draws(8, seed=1))
    text = write_summary(results, tmp_path).read_text(encoding="utf-8")
    rows = results.outcomes().query("year == 2026").set_index("quantile")["value"]
    mean, low, high = (numbers.children(rows[q]) for q in ("mean", 0.1, 0.9))
    assert low != high and re.search(rf">{mean}<[^>]*>{low} to {high}<", text)


def test_what_changes_no_spending_is_said_and_not_drawn(after: cc.Assumptions, tmp_path: Path) -> None:
    """Not "does not pay back", and no chart of noughts; the claim is named where there are several scenarios."""
    names = ("care-leaver-missions", "shared-care", "kinship-allowance")
    results = cc.run(after, *map(cc.load_scenario, names), years=3, start=2026, draws=cc.Draws(8, seed=1))
    # Dates and years have an element of their own, so that they are kept in one line.
    text = re.sub(
        r'<span class="one">([^<]*)</span>', r"\1", write_summary(results, tmp_path).read_text(encoding="utf-8")
    )
    titles = {name: results.run.scenarios[name].title for name in names}
    for name in names[:2]:
        said = f"{titles[name]} changes neither children in care nor public spending, 2025-26 to 2027-28."
        assert said in text
        saving = results.compare(name)
        assert unmoved(saving, saving.central)
    claim = "Effects as claimed by the Review, not evidenced. Public spending is the same, whatever share of the claim"
    assert (
        f"{titles['care-leaver-missions']}: {claim}" in text
        and "without reform spend. It does not pay back by 2027-28, discounted." in text
    )
    assert claim in " ".join(table_text(results).split())
    assert "No share of the claimed effect" not in text
    drawn = {path.name for path in save_charts(results, tmp_path)}
    assert drawn == {"children.png", "net-saving-kinship-allowance.png"}
    assert 'id="attribution"' not in text and text.count("chart-payers-") > 0
    assert "; ".join(titles.values()) + ", compared with no reform" in text
    end = numbers.children(results.children().query("date == 2028 and quantile == 'mean'")["value"].iloc[0])
    title = plot_children(results, Figure().add_subplot()).get_title(loc="left")
    assert " ".join(title.split()) == f"Children in care: {end} under each scenario by 31 March 2028"


def test_the_page_says_nothing_of_outcomes_where_the_set_counts_none(tmp_path: Path) -> None:
    results = cc.run(cc.load_assumptions(SETS / "tiny"), edge(), years=6)
    text = write_summary(results, tmp_path).read_text(encoding="utf-8")
    assert "outcome" not in text.lower() and not {"outcomes", "capacity"} & set(results.to_dict())


def test_an_outcome_of_the_whole_area_is_counted_once_and_not_once_a_stream() -> None:
    """Two streams; 0.5 outcomes a year at 100 pounds."""
    results = cc.run(counting(0.5, 100.0, driver="year"), years=2)
    assert counted(results, "inaction", "study").tolist() == [0.5, 0.5]
    social = results.costs(by=["account"]).query(f"account == 'social' and {CENTRAL}")
    assert social["value"].tolist() == [50.0, 50.0]


def test_outcomes_that_cannot_be_are_refused_with_a_remedy() -> None:
    with pytest.raises(CareCostError, match=r"an outcome that follows outcomes.*aged_out.*account social"):
        cc.Item("study", OUTCOMES, account=OUTCOMES)
    good = counting(0.5, 100.0)
    bad = replace(good, items=(*good.items[:-1], replace(good.items[-1], group="studie")))
    with pytest.raises(CareCostError, match=r"'studie'.*Did you mean 'study'"):
        verify(bad)
    level = level_of(good)
    wrong = replace(level, belief=replace(level.belief, unit="GBP per leaver"))
    with pytest.raises(CareCostError, match=r"'GBP per leaver'.*'outcomes per leaver'"):
        verify(replace(good, rows=tuple(wrong if row == level else row for row in good.rows)))


def test_a_set_with_outcomes_can_be_kept_and_a_scope_counts_them_too(after: cc.Assumptions, tmp_path: Path) -> None:
    england = cc.with_social_ledger(after)
    assert cc.load_assumptions(cc.save_assumptions(england, tmp_path / "set")) == england
    part = after.scoped(after.scopes[0].name)
    assert [i.name for i in part.items if i.account == OUTCOMES] == [
        i.name for i in after.items if i.account == OUTCOMES
    ]
    cc.run(part, cc.load_scenario("care-leaver-missions"), years=4, start=2026)


def test_the_missions_are_as_the_review_stated_them(run: cc.Results) -> None:
    doubled = missions(
        "education: the share attending university, and particularly high tariff universities, by 2026, times", "2022"
    )
    jobs = missions(
        "work: new well paid jobs and apprenticeships for care leavers each year, by 2026, at least", "2022"
    )
    base, done = (counted(run, name, HIGHER) for name in ("inaction", "care-leaver-missions"))
    assert done.loc[2028:].tolist() == pytest.approx((doubled * base.loc[2028:]).tolist())
    assert (base < done).all() and done[2026] < doubled * base[2026]
    assert counted(run, "care-leaver-missions", JOBS).loc[2028:].tolist() == [jobs] * 4
    for lever in cc.load_scenario("care-leaver-missions").levers:
        assert lever.basis == "claimed" and lever.quality == "E"


def test_levels_are_the_published_ones(run: cc.Results, after: cc.Assumptions) -> None:
    levels = {r.where.items[0]: r.belief.value for r in after.rows if r.parameter == "unit_cost" and r.where.items}
    assert (
        levels[HIGHER]
        == missions("into higher education by 19, of children in care for 12 months at 31 March 2017", "2021") / 100
    )
    left = run.flows("aged_out", by=["in_care"]).query(f"scenario == 'inaction' and {CENTRAL} and year == 2026")
    assert counted(run, "inaction", HIGHER)[2026] == pytest.approx(levels[HIGHER] * left["value"].sum())


def test_assessments_as_homeless_are_near_the_published_number(run: cc.Results) -> None:
    """The level is of 2023-24 and rose: the next published number, of 2024-25, is 4% above that of 2025-26 here."""
    published = missions(
        "care leavers aged 18 to 20 assessed as homeless or threatened with homelessness in the year", "2025"
    )
    assert counted(run, "inaction", HOMELESS)[2026] / published - 1 == pytest.approx(-0.04, abs=0.005)


def test_the_measured_effect_is_that_of_lifelong_links(run: cc.Results) -> None:
    less = missions("Lifelong Links: risk of homelessness, care leavers aged 18 to 20, change", "2024") / 100
    base, done = (counted(run, name, HOMELESS) for name in ("inaction", "care-leaver-missions-evidenced"))
    np.testing.assert_allclose(done.loc[2028:], base.loc[2028:] * (1 + less))


def test_missions_change_no_budget_and_no_child(run: cc.Results) -> None:
    against = story(run).against
    for name in ("care-leaver-missions", "care-leaver-missions-evidenced"):
        saving = run.compare(name)
        assert not saving.npv().any() and not saving.reform_spend().any() and not saving.averted.any()
        assert against[name].footing == COUNTED
    assert against["care-review"].footing != COUNTED


def test_social_value_of_the_missions_is_by_hand(run: cc.Results) -> None:
    """100,000 pounds of 2019-20 for each more who goes in; all else is a place at zero."""
    parts = run.compare("care-leaver-missions").social_parts()
    price = cc.social_value("going into higher education").belief
    assert price.value == -100_000 and price.price_year == 2020
    factor = float(run.run.assumptions.deflator.factor(2020, 2025)[0])
    gain = counted(run, "care-leaver-missions", HIGHER) - counted(run, "inaction", HIGHER)
    np.testing.assert_allclose(parts.pop("social: going into higher education")[0], 100_000 * factor * gain)
    assert len(parts) == 8 and not any(part.any() for part in parts.values())


def stated(a: cc.Assumptions, **belief: object) -> cc.Assumptions:
    """The same with the level of its outcome stated otherwise."""
    level = level_of(a)
    told = replace(level, belief=replace(level.belief, **belief))  # type: ignore[arg-type]
    return replace(a, rows=tuple(told if row == level else row for row in a.rows))


@pytest.mark.parametrize(
    ("kind", "level", "words"),
    [
        ("share", 1.01, r"is 1.01 \(share of leavers\)\. It is a share, from 0 to 1"),
        ("share", -0.01, r"is -0.01 \(share of leavers\)\. It is a share, from 0 to 1"),
        ("count", -0.01, r"is -0.01 \(outcomes per leaver\)\. It is a number, zero or more"),
    ],
)
def test_a_level_that_cannot_be_is_refused(kind: str, level: float, words: str) -> None:
    with pytest.raises(CareCostError, match=words):
        verify(counting(level, kind=kind))
    good = counting(0.5, kind=kind)
    ends = {"low": min(level, 0.0), "high": max(level, 1.0), "level": 1.0, "distribution": "triangular"}
    with pytest.raises(CareCostError, match=words):
        verify(stated(good, **ends))


@pytest.mark.parametrize("kind", ["share", "count"])
def test_levels_up_to_the_bounds_are_taken(kind: str) -> None:
    for level in (0.0, 1.0, 40.0)[: 3 if kind == "count" else 2]:
        verify(counting(level, kind=kind))
        cc.run(counting(level, kind=kind), more(-1.0), years=1)


@settings(max_examples=20)
@given(st.floats(0.01, 1), st.floats(-1, 5), st.sampled_from(["share", "count"]))
def test_a_scenario_takes_a_level_where_it_can_be_or_is_refused(level: float, by: float, kind: str) -> None:
    """Never cut off: what a scenario makes of a level is its number, or an error."""
    world, plan = counting(level, kind=kind), more(by)
    if kind == "share" and level * (1 + by) > 1 + 1e-9:
        with pytest.raises(CareCostError, match=r"scenario 'more'.*'study' is .*\(share of leavers\).*smaller change"):
            cc.run(world, plan, years=1)
        return
    if kind == "share" and level * (1 + by) > 1:
        return  # above one by rounding alone
    costs = cc.run(world, plan, years=1).run.central["more"].costs
    np.testing.assert_allclose(costs.unit_cost[..., -1], level * (1 + by), atol=1e-12)


def test_draws_beyond_the_bounds_are_refused_and_counted() -> None:
    """A normal distribution has no ends; the share of draws below zero is the chance of a score below -1.645."""
    wide = stated(counting(0.5, kind="share"), low=0.0, high=1.0, level=0.9, distribution="normal")
    verify(wide)
    cc.run(wide, years=1)  # the central run is within
    with pytest.raises(CareCostError, match=r"scenario 'inaction'.*cannot be in \d+ of 100 draws looked at") as error:
        cc.run(wide, years=1, draws=cc.Draws(100, seed=1), threads=1)
    found = int(re.search(r"in (\d+) of", str(error.value))[1])  # type: ignore[index]
    assert found == 10  # 5% at each end, and Latin hypercube


def test_added_amounts_and_arrays_of_ones_own_have_the_same_bounds() -> None:
    item = "study"
    down = cc.Change("unit_cost", "add", -0.6, unit="outcomes per leaver", items=[item])
    with pytest.raises(CareCostError, match=r"scenario 'down'.*is -0.1 \(outcomes per leaver\)"):
        cc.run(counting(0.5), cc.Scenario("down", [cc.Lever("down", [down])]), years=1)
    results = cc.run(counting(0.5, kind="share"), years=1)
    projection, parameters = (
        results.projection("inaction", stream="other"),
        results.parameters("inaction", stream="other"),
    )
    cost = np.array(parameters.unit_cost)
    cost[..., -1] = 1.5
    with pytest.raises(CareCostError, match=r"unit_cost: level of 'study' is 1.5"):
        cc.cost(projection, parameters.changed(unit_cost=cost))


def test_a_number_of_outcomes_has_no_price_year_and_is_no_spending() -> None:
    """With one, 0.2 outcomes of the prices of 2020 would be more in those of 2025."""
    unit = "share of leavers"
    up = cc.Change("unit_cost", "add", 0.2, unit=unit, items=["study"])
    assert up.counted and not up.programme_spend
    lever = cc.Lever("up", [up])
    assert lever.acts and lever.effects == (up,)
    plan = cc.Scenario("up", [lever])
    costs = cc.run(counting(0.5, kind="share"), plan, plan.scaled(0.5), years=1).run.central
    assert costs["up"].costs.unit_cost[0, 0, -1] == 0.7
    assert costs[plan.scaled(0.5).name].costs.unit_cost[0, 0, -1] == 0.6
    with pytest.raises(CareCostError, match=r"'share of leavers' with the price year 2020. Leave price_year out"):
        cc.Change("unit_cost", "add", 0.2, unit=unit, price_year=2020, items=["study"])
    money = cc.Change("unit_cost", "add", 0.2, price_year=2020, items=["study"])
    with pytest.raises(
        CareCostError, match=r"amount of money, and 'study' is counted. Give the unit 'share of leavers'"
    ):
        cc.run(counting(0.5, kind="share"), cc.Scenario("up", [cc.Lever("up", [money])]), years=1)


def test_what_is_a_share_follows_something_and_an_outcome_is_a_share_or_a_count() -> None:
    with pytest.raises(CareCostError, match=r"a share of 'year'.*Follow .*aged_out.*or give the kind 'count'"):
        cc.Item("study", "year", account=OUTCOMES, kind="share")
    with pytest.raises(CareCostError, match=r"unknown kind 'resource'.*'share', 'count'"):
        cc.Item("study", "aged_out", account=OUTCOMES, kind="resource")
    with pytest.raises(CareCostError, match=r"unknown kind 'share'.*'resource', 'transfer'"):
        cc.Item("study", "aged_out", kind="share")
    assert cc.Item("study", "aged_out", account=OUTCOMES).kind == "count"
    assert cc.Item("study", "aged_out").kind == "resource"


def test_zeros_say_why_they_are_zero(after: cc.Assumptions) -> None:
    values = [v for v in cc.social_values() if v.use == "outcome"]
    assert {v.of for v in values} == {i.group for i in after.items if i.account == OUTCOMES}
    for belief in [v.belief for v in values if v.belief.value == 0]:
        assert belief.note.startswith("zero because") and belief.quality == "E"
    for row in levels_of(after):
        if row.belief.value == 0:
            assert "zero" in row.belief.note.lower() and row.belief.quality == "E"


def test_numbers_of_ones_own(after: cc.Assumptions) -> None:
    """A level and a value for loving relationships: 30% of leavers, 1,000 pounds; the target ends it."""
    mine = cc.with_social_ledger(after).replace(
        "unit_cost", item="leave care without two loving relationships", value=0.3
    )
    mine = mine.replace("unit_cost", item="leaving care without two loving relationships", value=1_000.0)
    results = cc.run(mine, cc.load_scenario("care-leaver-missions").given("homelessness", -1.0), years=5, start=2026)
    name = "leave care without two loving relationships"
    base, done = (counted(results, s, name) for s in ("inaction", "care-leaver-missions"))
    assert base[2029] > 3_000 and done[2029] == 0
    gain = results.compare("care-leaver-missions").social_parts()[
        "social: leaving care without two loving relationships"
    ]
    np.testing.assert_allclose(gain[0, 3], 1_000 * base[2029])
    assert counted(results, "care-leaver-missions", HOMELESS)[2028] == 0


def test_shared_care_costs_some_nights_and_the_support_of_a_child_at_home(after: cc.Assumptions) -> None:
    price = {
        r.where.items[0]: r.belief
        for r in after.rows
        if r.parameter == "unit_cost" and r.kind == "value" and r.where.items
    }
    home, foster, shared = (price[n] for n in ("supported at home", "foster in-house", "shared care"))
    assert shared.value == pytest.approx(home.value + 18 / 365 * foster.value)
    assert shared.low == pytest.approx((home.low or 0) + 12 / 365 * foster.value)
    assert shared.high == pytest.approx((home.high or 0) + 24 / 365 * foster.value)


def test_shared_care_changes_nothing_until_somebody_is_in_it(after: cc.Assumptions) -> None:
    """Without the state, inaction has the same children; and its place for an effect does nothing."""

    def meets(row: Assumption) -> bool:
        return "shared care" in (*(row.where.placements or ()), *(row.where.items or ()))

    without = replace(
        after,
        placements=tuple(p for p in after.placements if p.name != "shared care"),
        items=tuple(i for i in after.items if i.name != "shared care"),
        rows=tuple(
            r
            if not meets(r)
            else replace(r, where=replace(r.where, items=tuple(i for i in r.where.items if i != "shared care")))
            for r in after.rows
            if not meets(r) or (r.kind == "growth" and r.where.items)
        ),
    )
    mine, theirs = cc.run(after, cc.load_scenario("shared-care"), years=10, start=2026), cc.run(without, years=10)
    a, b = (
        r.children(by=["placement"], in_care=False).query(f"{CENTRAL} and scenario == 'inaction'")
        for r in (mine, theirs)
    )
    assert not a.loc[a["placement"] == "shared care", "value"].any()
    a = a[a["placement"] != "shared care"]
    np.testing.assert_allclose(a["value"], b["value"], rtol=1e-12)
    np.testing.assert_array_equal(mine.compare("shared-care").npv(), 0.0)


def test_children_in_shared_care_are_not_in_care_and_half_come_in(after: cc.Assumptions) -> None:
    """One in twenty; leaving it at 4/3 a year for home and for care alike, so half come in."""
    what_if = cc.load_scenario("shared-care-what-if")
    results = cc.run(after, what_if, years=12, start=2026)
    base, done = (results.projection(s, stream="other") for s in ("inaction", what_if.name))
    shared = [p.name for p in done.grid.placements].index("shared care")
    assert shared not in done.grid.in_care
    into = done.entries[0, 3, :, shared].sum()
    fostered = [i for i, p in enumerate(done.grid.placements) if "foster" in p.name]
    rated = base.entries[0, 3] - sum(np.broadcast_to(x, base.entries.shape)[0, 3] for x in base.extra_entries.values())
    before = rated[:17, fostered].sum()  # starts that are not counted one by one have no rate to divert
    assert into == pytest.approx(0.05 * before)
    out = done.exits[0, 8, :, shared].sum(), done.moves[0, 8, :, shared].sum()
    assert out[0] == pytest.approx(out[1], rel=1e-6)
    assert results.compare(what_if.name).averted[0, -1] > 0
