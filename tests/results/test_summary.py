"""Every row of the summary is worked out again from the arrays of the run, or from a run of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carecost as cc
from carecost.analysis.sensitivity import switching_value
from carecost.analysis.sustained import sustained
from carecost.report import headline
from carecost.results import summary
from carecost.results.results import Results
from carecost.simulation.evaluator import Outcome
from carecost.text import numbers

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
#: With the luck of small numbers, which no row of a summary holds.
DRAWS = cc.Draws(48, seed=3, noise=True)
#: Green Book, standard: 3.5% a year over the six years.
FACTORS = 1.035 ** -np.arange(6.0)
#: Items of the set, and whether a placement is in care.
REFORM, CARE = 3, np.array([1.0, 1.0, 0.0])

PRESENT, PRICES = "£bn, 2024-25 prices, present value", "£bn, 2024-25 prices"
SPAN = "2025-26 to 2030-31"
NPV = "Net present saving to the public purse (cashable)"
FULL = "Net present saving if every claim came true in full"
CASH = "Net present saving if all of the gross saving were cash"
KEPT = "Net present saving with spending sustained for as long as its effects last"
BACK = "Net present saving if half of the children averted came into care within two years"
WORTH = "Net present saving if a child-year averted saved the Review's £30,400"
PAID = ("Payback year, undiscounted", "Payback year, discounted")
CHANCE = "Runs with a net present saving above zero, of runs in which {} within the stated range"
RATIO = "Benefit-cost ratio, ratio of means"
SWITCH = "Switching value: share of the effects at which the net present saving is zero"
EACH = "Cashable saving for each child-year of care averted, by the levers that avert"
AVERAGE = "Average cost of a child-year of care, baseline"
REVIEW = "The Review's own: £517m / 17,000 children, prices of 2021-22 assumed"
COURTS = "Care proceedings averted, if as many entries averted as others had led to them, in no total above"


def mixed(**rest: Any) -> cc.Scenario:
    """Fewer entries and more foster homes, each with an interval; the money is uncertain and lasts three years."""
    fewer = cc.Change("entry_rate", "scale", cc.Interval(-0.25, -0.4, -0.05), start=2, full=3, streams=["other"])
    move = cc.Change(
        "entry_share", "divert", cc.Interval(0.2, 0.05, 0.3), from_placements="home", to_placement="foster"
    )
    money = cc.Interval(4e6, 3e6, 6e6, level=1.0, distribution="triangular")
    cost = cc.Change("unit_cost", "add", money, unit="GBP per year", price_year=2025, items=["programme"], end=3)
    levers = [cc.Lever("fewer", [fewer]), cc.Lever("carers", [move]), cc.Lever("cost", [cost])]
    return cc.Scenario("mixed", levers, **rest)


@cache
def ran(draws: int = DRAWS.n) -> Results:
    """Run both scenarios once; they are of the same luck as any other run of these draws."""
    return cc.run(TINY, EDGE, mixed(), draws=replace(DRAWS, n=draws, noise=bool(draws)))


def own(plan: cc.Scenario) -> cc.Saving:
    """Run a scenario alone with the same draws."""
    return cc.run(TINY, plan, draws=replace(DRAWS, noise=False)).compare(plan.name)


def rows(results: Results, scenario: str, **level: float) -> dict[str, dict[str, Any]]:
    """Rows by name, each name once."""
    made = summary.rows(results.run, scenario, "inaction", **level)
    assert all(list(row) == list(summary.COLUMNS) for row in made)
    assert len({row["what"] for row in made}) == len(made)
    return {row["what"]: row for row in made}


def prices(year: int) -> float:
    """What a pound of a financial year is in pounds of 2024-25."""
    index = cc.money.deflator("hmt-2026-03")
    return float(index.factor(year, [2025])[0])


def amounts(results: Results, name: str, central: bool) -> dict[str, tuple[np.ndarray, str]]:
    """Rows that are arrays over draws, by hand from stocks, entries and spending: values of shape (draw,), and unit."""
    run = results.run
    outcomes = run.central if central else run.drawn
    before, after = outcomes["inaction"], outcomes[name]

    def children(of: Outcome) -> np.ndarray:
        return np.asarray((of.stock[:, :, -1] @ CARE).sum(1))

    def spend(of: Outcome) -> np.ndarray:
        return np.asarray(of.costs.spend)

    reform = spend(after)[..., REFORM] - spend(before)[..., REFORM]
    gross = np.delete(spend(before) - spend(after), REFORM, axis=-1).sum(-1)
    compared = run.compare(name, central=central)
    cash = compared.cashable_saving()  # held against its definition in tests/simulation/test_comparison.py
    fewer = ((before.child_years - after.child_years) @ CARE).sum(1)  # (draw, year)
    entries = ((before.entries - after.entries) @ CARE).sum((1, 2))
    return {
        "Children in care, 31 March 2031, inaction": (children(before), "children"),
        f"Children in care, 31 March 2031, {name}": (children(after), "children"),
        "Fewer children in care, 31 March 2031": (children(before) - children(after), "children"),
        "Spend in 2030-31, inaction": (spend(before)[:, -1].sum(-1) / 1e9, PRICES),
        f"Spend in 2030-31, {name}": (spend(after)[:, -1].sum(-1) / 1e9, PRICES),
        f"Reform spend, {SPAN}": (reform.sum(1) / 1e9, PRICES),
        f"Gross saving, {SPAN}": (gross.sum(1) / 1e9, PRICES),
        f"Cashable saving, {SPAN}": (cash.sum(1) / 1e9, PRICES),
        NPV: ((cash - reform) @ FACTORS / 1e9, PRESENT),
        CASH: ((gross - reform) @ FACTORS / 1e9, PRESENT),
        WORTH: ((fewer * summary.comparator("review saving").value * prices(2022) - reform) @ FACTORS / 1e9, PRESENT),
        COURTS: (entries * summary.comparator("care proceedings").value * prices(2021) / 1e9, PRICES),
    }


def held(row: dict[str, Any], values: np.ndarray, level: float) -> None:
    """Hold mean, interval and error of a row against draws."""
    low, high = np.quantile(values, ((1 - level) / 2, (1 + level) / 2))
    wanted = [values.mean(), low, high, values.std(ddof=1) / np.sqrt(len(values))]
    got = [row[column] for column in ("mean", "low", "high", "mean_error")]
    # Beside what single draws are: a mean of no difference is rounding about zero.
    np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12 * max(1.0, float(np.abs(values).max())))


# Every row, from the arrays


def test_rows_are_these_in_this_order() -> None:
    inside = [f"Children in care, 31 March 2031, {name}" for name in ("inaction", "edge")]
    spent = [f"Spend in 2030-31, {name}" for name in ("inaction", "edge")]
    flows = [f"{what}, {SPAN}" for what in ("Reform spend", "Gross saving", "Cashable saving")]
    claims, effects = (CHANCE.format(words) for words in ("the claims hold to", "effects are"))
    wanted = [*inside, "Fewer children in care, 31 March 2031", *spent, *flows, NPV, FULL, CASH, KEPT, BACK, WORTH]
    wanted += [*PAID, claims, RATIO, SWITCH, EACH, AVERAGE, REVIEW, COURTS]
    assert list(rows(ran(), "edge")) == wanted
    # What no claim makes has no row of claims come true, nor of their children come back.
    plain = [what.replace(", edge", ", mixed") for what in wanted if what not in (FULL, BACK)]
    assert list(rows(ran(), "mixed")) == [effects if what == claims else what for what in plain]


@pytest.mark.parametrize("name", ["edge", "mixed"])
@pytest.mark.parametrize("level", [0.8, 0.5, 0.9, 0.95])
def test_rows_of_amounts_are_mean_and_quantiles_of_the_draws_with_the_central_run_beside(
    name: str, level: float
) -> None:
    made = rows(ran(), name, level=level)
    central = amounts(ran(), name, central=True)
    for what, (values, unit) in amounts(ran(), name, central=False).items():
        assert len(values) == DRAWS.n and made[what]["unit"] == unit, what
        held(made[what], values, level)
        assert made[what]["central"] == pytest.approx(float(central[what][0][0]), rel=1e-9, abs=1e-12), what


@settings(max_examples=20)
@given(
    level=st.integers(1, 100).map(lambda x: x / 100),
    n=st.integers(2, 24),
    seed=st.integers(0, 10**6),
    fall=st.floats(0.05, 0.6),
)
def test_mean_and_interval_are_of_the_same_draws_as_the_arrays(level: float, n: int, seed: int, fall: float) -> None:
    """Whatever the draws and the level: rows and the table of years are of the arrays that the saving gives."""
    change = cc.Change("entry_rate", "scale", cc.Interval(-fall, -1.5 * fall, 0.1 * fall), start=1)
    plan = cc.Scenario("plan", [cc.Lever("help", [change], basis="claimed")])
    saving = cc.run(TINY, plan, years=2, draws=cc.Draws(n, seed=seed)).compare("plan")
    made = saving.summary(level=level).set_index("what")
    for what, values in {
        "Children in care, 31 March 2027, plan": saving.scenario.children[:, -1],
        "Fewer children in care, 31 March 2027": saving.averted[:, -1],
        "Cashable saving, 2025-26 to 2026-27": saving.cashable_saving().sum(1) / 1e9,
        NPV: saving.npv() / 1e9,
    }.items():
        assert len(values) == n
        held(made.loc[what].to_dict(), values, level)
    shown = saving.by_year(level=level).query("what == 'net saving' and quantile == 'mean'")["value"]
    np.testing.assert_allclose(shown, saving.net_saving().mean(0), rtol=1e-12)
    assert made.loc[FULL, "central"] == saving.central.npv()[0] * 1e-9


def test_the_level_moves_the_ends_and_nothing_else() -> None:
    wide, narrow = (rows(ran(), "edge", level=level) for level in (0.9, 0.5))
    for what, row in wide.items():
        other = narrow[what]
        np.testing.assert_equal(  # nan is equal to nan
            [row[c] for c in ("mean", "mean_error", "central")], [other[c] for c in ("mean", "mean_error", "central")]
        )
        if row["mean_error"] is not None:
            assert row["low"] <= other["low"] <= other["high"] <= row["high"]
    assert wide[NPV]["low"] < narrow[NPV]["low"] and narrow[NPV]["high"] < wide[NPV]["high"]


def test_a_summary_against_another_scenario_is_of_the_two() -> None:
    run = ran().run
    made = {row["what"]: row for row in summary.rows(run, "edge", "mixed")}
    held(made[NPV], run.compare("edge", "mixed").npv() / 1e9, 0.8)
    last = [(run.drawn[name].stock[:, :, -1] @ CARE).sum(1) for name in ("mixed", "edge")]
    held(made["Children in care, 31 March 2031, mixed"], last[0], 0.8)
    held(made["Fewer children in care, 31 March 2031"], last[0] - last[1], 0.8)


# Years of payback


@pytest.mark.parametrize("name", ["edge", "mixed"])
@pytest.mark.parametrize("discounted", [False, True])
def test_payback_is_of_the_mean_path_with_the_interval_of_the_draws(name: str, discounted: bool) -> None:
    saving = ran().compare(name)
    flow = saving.net_saving() * (FACTORS if discounted else 1.0)

    def back(path: np.ndarray) -> float:
        total = np.cumsum(path)
        return next((2026.0 + i for i in range(6) if (total[i:] >= 0).all()), np.inf)

    row = rows(ran(), name)[PAID[discounted]]
    assert row["unit"] == "financial year ending" and row["mean_error"] is None
    assert row["mean"] == back(flow.mean(0))
    assert row["central"] == back(saving.central.net_saving()[0] * (FACTORS if discounted else 1.0))
    each = np.sort([back(path) for path in flow])
    # Years are ranks: the year of a draw, and none between two. Of 48 the fifth and the forty-fourth.
    ends = [each[int(np.ceil(q * len(each))) - 1] for q in (0.1, 0.9)]
    np.testing.assert_array_equal([row["low"], row["high"]], np.where(np.isinf(ends), np.nan, ends))
    assert summary.mean_payback(saving.drawn, discounted) == row["mean"]


def test_payback_of_the_mean_path_is_not_that_of_the_central_run_nor_a_mean_of_years() -> None:
    help_ = cc.Lever("help", [cc.Change("entry_rate", "scale", cc.Interval(-0.5, -0.6, -0.1), start=1)])
    saved = float(cc.run(TINY, cc.Scenario("help", [help_])).compare("help").cashable_saving().sum())
    money = cc.Interval(0.2 * saved, 0.19 * saved, 1.2 * saved, level=1.0, distribution="triangular")
    cost = cc.Change("unit_cost", "add", money, unit="GBP per year", price_year=2025, items=["programme"], end=1)
    results = cc.run(TINY, cc.Scenario("skewed", [help_, cc.Lever("cost", [cost])]), draws=DRAWS)
    row, saving = rows(results, "skewed")[PAID[0]], results.compare("skewed")
    total = np.cumsum(saving.net_saving().mean(0))
    assert row["mean"] == 2026 + int((total < 0).sum()) and (np.diff(total) > 0)[1:].all()
    assert row["central"] == saving.central.payback_year()[0] < row["mean"]
    assert row["mean"] != saving.payback_year().mean()


def test_payback_of_the_mean_path_is_none_where_the_mean_never_pays_back() -> None:
    costly = cc.Change("unit_cost", "add", 9e9, unit="GBP per year", price_year=2025, items=["programme"])
    plan = cc.Scenario("costly", [*EDGE.levers[:1], cc.Lever("cost", [costly])])
    made = rows(cc.run(TINY, plan, draws=DRAWS), "costly")
    for what in PAID:
        assert all(np.isnan(made[what][c]) for c in ("mean", "low", "high", "central"))
        assert headline.summary_row(what, made[what]["mean"], None, None, made[what]["unit"]).value == numbers.NEVER


# What would be if


def test_every_claim_come_true_is_the_central_run_alone_and_only_of_a_claim() -> None:
    row = rows(ran(), "edge")[FULL]
    assert row["central"] * 1e9 == pytest.approx(ran().compare("edge").central.npv()[0], rel=1e-12)
    assert row["unit"] == PRESENT
    assert [row[c] for c in ("mean", "low", "high", "mean_error")] == [None] * 4
    certain = cc.run(TINY, EDGE)
    assert certain.compare("edge").npv()[0] == pytest.approx(row["central"] * 1e9, rel=1e-12)
    assert FULL not in rows(cc.run(TINY, replace(EDGE, claim=False)), "edge")
    assert FULL in rows(cc.run(TINY, mixed(claim=True)), "mixed")


@pytest.mark.parametrize("name", ["edge", "mixed"])
def test_sustained_is_an_own_run_of_the_sustained_scenario(name: str) -> None:
    saving = own(sustained(ran().run, name))
    row = rows(ran(), name)[KEPT]
    held(row, saving.npv() / 1e9, 0.8)
    assert row["central"] * 1e9 == pytest.approx(saving.central.npv()[0], rel=1e-12)
    assert row["mean"] < rows(ran(), name)[NPV]["mean"]  # money that goes on is more money


def test_sustained_has_no_row_where_the_money_lasts_as_long_as_the_effect() -> None:
    cost = replace(EDGE.levers[1], changes=[cc.Change("unit_cost", "add", 3e6, unit="GBP per year", price_year=2022,
                                                      items=["programme"])])  # fmt: skip
    results = cc.run(TINY, replace(EDGE, levers=(EDGE.levers[0], cost)))
    assert KEPT not in rows(results, "edge")
    assert summary.variants(results.run, "edge", "inaction").sustained is None


def test_half_come_back_is_an_own_run_in_which_they_come_later() -> None:
    for plan, results in ((EDGE, ran()), (mixed(claim=True), cc.run(TINY, mixed(claim=True), draws=DRAWS))):
        saving = own(plan.later(0.5, 2))
        made = rows(results, plan.name)
        variant = summary.variants(results.run, plan.name, "inaction").back
        assert variant is not None
        np.testing.assert_allclose(variant.drawn.npv(), saving.npv(), rtol=1e-12)
        held(made[BACK], saving.npv() / 1e9, 0.8)
        assert made[BACK]["central"] * 1e9 == pytest.approx(saving.central.npv()[0], rel=1e-12)
        assert made[BACK]["mean"] < made[NPV]["mean"]


def test_what_says_who_comes_later_keeps_its_word_where_half_come_back() -> None:
    stated = replace(EDGE.levers[0].changes[0], later_share=0.9, later_years=1)
    plan = replace(EDGE, levers=(replace(EDGE.levers[0], changes=(stated,)), EDGE.levers[1]))
    made = rows(cc.run(TINY, plan, draws=DRAWS), "edge")
    assert made[BACK]["mean"] == pytest.approx(made[NPV]["mean"], rel=1e-12)
    assert made[NPV]["mean"] < rows(ran(), "edge")[NPV]["mean"]


def test_a_claim_that_averts_nobody_has_no_row_of_who_is_averted() -> None:
    cheaper = cc.Change("unit_cost", "scale", cc.Interval(-0.1, -0.2, 0.0), items=["home"])
    plan = cc.Scenario("cheaper", [cc.Lever("price", [cheaper], basis="claimed")])
    results = cc.run(TINY, plan, draws=DRAWS)
    made = rows(results, "cheaper")
    assert {FULL, REVIEW} < set(made) and not {BACK, WORTH, EACH, COURTS} & set(made)
    found = summary.variants(results.run, "cheaper", "inaction")
    assert (found.sustained, found.back, found.averting) == (None, None, None)


def test_savings_of_a_child_year_are_of_the_levers_that_avert_alone() -> None:
    plan = mixed()
    alone = own(cc.Scenario("alone", plan.levers[:1]))
    row = rows(ran(), "mixed")[EACH]
    assert row["unit"] == summary.PER_CHILD_YEAR
    assert row["mean"] == pytest.approx(alone.saving_per_child_year(), rel=1e-12)
    assert row["central"] == pytest.approx(alone.central.saving_per_child_year(), rel=1e-12)
    cash, years = alone.cashable_saving().sum(1).mean(), alone.averted_child_years.sum(1).mean()
    assert row["mean"] == pytest.approx(cash / years, rel=1e-9)
    # Homes that become foster homes save, and avert nobody: with them the saving of a child-year would be larger.
    assert row["mean"] < ran().compare("mixed").saving_per_child_year()
    whole = ran().compare("edge")
    assert rows(ran(), "edge")[EACH]["mean"] == pytest.approx(whole.saving_per_child_year(), rel=1e-12)


def test_variants_are_worked_out_once_and_change_nothing_in_the_run() -> None:
    results = ran()
    before = results.compare("edge").npv().copy()
    first = summary.variants(results.run, "edge", "inaction")
    assert summary.variants(results.run, "edge", "inaction") is first
    np.testing.assert_array_equal(results.compare("edge").npv(), before)
    assert set(results.scenarios) == {"inaction", "edge", "mixed"}


# Ratios and chances


def test_ratios_are_of_the_means_of_the_same_draws_with_the_central_run_beside() -> None:
    saving, made = ran().compare("mixed"), rows(ran(), "mixed")
    worth = {c: (s.cashable_saving() @ FACTORS, s.reform_spend() @ FACTORS) for c, s in (
        ("mean", saving.drawn), ("central", saving.central)
    )}  # fmt: skip
    for column, (saved, spent) in worth.items():
        assert made[RATIO][column] == pytest.approx(saved.mean() / spent.mean(), rel=1e-9)
    for column, outcomes in (("mean", ran().run.drawn), ("central", ran().run.central)):
        of = outcomes["inaction"]
        paid = of.costs.spend[..., :2].sum((1, 2)).mean()  # foster and home follow time in care
        years = (of.child_years @ CARE).sum((1, 2)).mean()
        assert made[AVERAGE][column] == pytest.approx(paid / years, rel=1e-9)
    for what in (RATIO, AVERAGE, EACH, REVIEW, SWITCH):
        assert [made[what][c] for c in ("low", "high", "mean_error")] == [None] * 3
    assert made[SWITCH]["central"] == switching_value(ran().run, "mixed", "inaction") and made[SWITCH]["mean"] is None
    assert made[SWITCH]["unit"] == summary.EFFECT


@pytest.mark.parametrize(("name", "holds"), [("edge", "the claims hold to"), ("mixed", "effects are")])
def test_the_chance_is_of_the_draws_and_says_of_which(name: str, holds: str) -> None:
    row = rows(ran(), name)[CHANCE.format(holds)]
    assert row["mean"] == (ran().compare(name).npv() > 0).mean()
    assert row["unit"] == summary.CHANCE
    assert [row[c] for c in ("low", "high", "mean_error", "central")] == [None] * 4


@given(st.floats(0.0, 1.0))
def test_a_chance_is_never_said_to_be_certain(share: float) -> None:
    said = numbers.chance(share)
    assert said not in ("100%", "0%", "0.0%")
    assert (said == "over 99%") == (share > 0.99) and (said == "under 1%") == (share < 0.01)


@pytest.mark.parametrize(("amount", "share", "said"), [(-0.2, 1.0, "over 99%"), (0.2, 0.0, "under 1%")])
def test_what_every_draw_says_is_still_not_certain(amount: float, share: float, said: str) -> None:
    plan = cc.Scenario("sure", [cc.Lever("l", [cc.Change("unit_cost", "scale", amount, items=["home"])])])
    saving = cc.run(TINY, plan, draws=DRAWS).compare("sure")
    assert rows(cc.run(TINY, plan, draws=DRAWS), "sure")[CHANCE.format("effects are")]["mean"] == share
    (row,) = [row for row in headline.summary(saving) if row.unit == "of draws"]
    assert (row.value, row.interval) == (said, "")


@pytest.mark.parametrize(("name", "ratio"), [("family-networks", False), ("family-help", True)])
def test_there_is_a_ratio_only_where_a_cost_was_stated(name: str, ratio: bool) -> None:
    results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario(name), years=6, draws=cc.Draws(4, seed=1))
    saving = results.compare(name)
    assert summary.cost_stated(results.run, name) is ratio
    row = rows(results, name)[RATIO]
    table = saving.appraisal().table()
    of_case = table[table["what"] == "benefit-cost ratio"]
    assert len(of_case) > 0
    if not ratio:
        assert saving.bcr() is None and row["mean"] is None and row["central"] is None
        assert of_case[["central", "mean"]].isna().all(axis=None)
        assert headline.summary_row(RATIO, row["mean"], None, None, row["unit"]).value == numbers.NONE
        return
    assert saving.bcr() == saving.drawn.bcr() == row["mean"] is not None
    assert row["central"] == saving.central.bcr()
    assert of_case["mean"].iloc[0] == pytest.approx(saving.bcr(), rel=1e-12)


def test_a_scenario_of_spending_alone_has_its_ratio() -> None:
    """Nothing acts whose cost nobody stated: what was spent saved nothing."""
    results = cc.run(TINY, cc.Scenario("spend", EDGE.levers[1:]))
    assert summary.cost_stated(results.run, "spend")
    assert rows(results, "spend")[RATIO]["central"] == 0.0


# Without draws


def test_without_draws_there_is_the_central_run_and_no_mean() -> None:
    made, drawn = rows(ran(0), "edge"), rows(ran(), "edge")
    assert list(made) == list(drawn)
    for what, row in made.items():
        assert [row[c] for c in ("mean", "low", "high", "mean_error")] == [None] * 4, what
        assert row["unit"] == drawn[what]["unit"]
        if row["central"] is None:
            assert row["unit"] == summary.CHANCE
        else:
            assert row["central"] == pytest.approx(drawn[what]["central"], rel=1e-12)


# Published figures beside


def test_comparators_are_their_published_parts() -> None:
    review, year, courts = (summary.comparator(f"{x}") for x in ("review saving", "review year of care",
                                                                 "care proceedings"))  # fmt: skip
    assert review.value == pytest.approx(517e6 / 17_000, rel=1e-9) and review.measure == "the Review's £30,400"
    assert year.value == pytest.approx(1_430 * 365 / 7, rel=1e-9)
    assert courts.value == pytest.approx(1.2e9 / 28_470, rel=1e-9)
    assert [c.price_year for c in (review, year, courts)] == [2022, 2022, 2021]
    assert [c.quality for c in (review, year, courts)] == ["E", "A", "E"]
    assert all(c.source and c.note and c.unit for c in (review, year, courts))
    assert courts.restated(ran().run) == pytest.approx(courts.value * prices(2021), rel=1e-12) and prices(2021) > 1.0
    assert rows(ran(), "edge")[REVIEW]["central"] == review.value  # as it was published, in its own prices


def test_what_averts_no_entries_has_no_proceedings() -> None:
    out = cc.Change("exit_rate", "scale", cc.Interval(0.2, 0.1, 0.3), start=1)
    made = rows(cc.run(TINY, cc.Scenario("out", [cc.Lever("home", [out])]), draws=DRAWS), "out")
    assert COURTS not in made and EACH in made


def test_against_another_scenario_there_is_no_row_of_which_one_side_alone_is_varied() -> None:
    plan = mixed(claim=True)
    results = cc.run(TINY, plan, plan.scaled(0.9), draws=cc.Draws(6, seed=1))
    alone = {row["what"] for row in results.compare("mixed").summary().to_dict("records")}
    assert {BACK, EACH, WORTH} <= alone
    for baseline in ("mixed", "mixed, 0.9 of the effect"):
        rows = results.compare("mixed", baseline).summary().set_index("what")
        assert not {BACK, EACH, WORTH, KEPT, COURTS} & set(rows.index)
        if baseline == "mixed":  # a scenario against itself changes nothing
            money = rows[rows["unit"].isin([PRESENT, PRICES]) & ~rows.index.str.startswith("Spend in")]
            assert not money[["mean", "low", "high", "central"]].fillna(0.0).to_numpy().any()


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (slice(6, 9), "takes none of the draws. The run has 6: give a slice such as slice\\(0, 6\\)"),
        (slice(2, 0), "takes none of the draws"),
        (slice(0, 5, 0), "Give a slice of the draws"),
        (slice("a"), "Give a slice of the draws"),  # type: ignore[misc]
        (slice(0, 1.5), "Give a slice of the draws"),  # type: ignore[misc]
    ],
)
def test_a_projection_of_draws_that_are_not_there_is_refused(draw: slice, said: str) -> None:
    results = cc.run(TINY, draws=cc.Draws(6, seed=1))
    assert len(results.projection("inaction", "other", draw=slice(4, 9)).stock) == 2
    with pytest.raises(cc.CareCostError, match=said):
        results.projection("inaction", "other", draw=draw)
