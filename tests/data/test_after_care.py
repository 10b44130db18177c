"""Are children after care where the record says, do as many come back, and is nobody free at the door?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

import carecost as cc
from tests.data.published import PUBLISHED, ceased, rows
from tests.laws.test_laws import identity_gap

NAME = "england-2025-after-care"
LEAVERS = ("staying put", "care leaver", "adviser only")


@pytest.fixture(scope="module")
def after() -> cc.Assumptions:
    return cc.load_assumptions(NAME)


@pytest.fixture(scope="module")
def run(after: cc.Assumptions) -> cc.Results:
    return cc.run(after, years=3)


def rate(after: cc.Assumptions, origin: str, to: str | None = None, age: int = 5) -> float:
    """Sum the hazards of moving from a state at an age, to one state or to any."""
    return sum(
        row.belief.value
        for row in after.rows
        if row.parameter == "move_rate"
        and row.where.placements == (origin,)
        and (to is None or row.where.to == (to,))
        and (row.where.ages is None or age in row.where.ages)
    )


def test_inaction_keeps_the_published_starts_to_the_child() -> None:
    """Entries and those who come back, by age, are the starts of england-2025: rates of 2024-25, ten digits written."""
    names = ("england-2025-after-care", "england-2025")
    held = (cc.under(cc.load_assumptions(name), "mix-held") for name in names)
    mine, plain = (cc.run(one, years=1).projection("inaction") for one in held)
    care = list(mine.grid.in_care)
    outside = [i for i in range(len(mine.grid.placements)) if i not in care]
    came = mine.moves[0, 0][:, outside][:, :, care].sum((1, 2))
    starts = mine.entries[0, 0][:, care].sum(1) + came
    wanted = plain.entries[0, 0][:, list(plain.grid.in_care)].sum(1)
    np.testing.assert_allclose(starts[:18], wanted, atol=1e-5)
    assert came.sum() > 1_000 and starts[18:].sum() == 0


def test_children_returned_home_come_back_as_published(after: cc.Assumptions) -> None:
    """12% after 3 months, 20% after a year, 35% after 6 years: the chain of two steps, exactly."""
    settling = rate(after, "home, lately", "home")
    lately, home = rate(after, "home, lately") - settling, rate(after, "home")
    q = np.array([[-lately - settling, settling, lately], [0, -home, home], [0, 0, 0]])
    figures = {
        r["figure"]: float(r["value"])
        for r in rows(PUBLISHED / "after_care.csv")
        if r["figure"].startswith("returned home")
    }
    for words, years in (("3 months", 0.25), ("1 year", 1.0), ("6 years", 6.0)):
        wanted = figures[f"returned home: back in care within {words}"] / 100
        assert expm(q * years)[0, 2] == pytest.approx(wanted, abs=1e-5)


def test_orders_fail_as_published(after: cc.Assumptions) -> None:
    assert 1 - np.exp(-5 * rate(after, "special guardianship")) == pytest.approx(0.059, abs=1e-5)
    assert 1 - np.exp(-12 * rate(after, "adopted")) == pytest.approx(0.032, abs=1e-5)


def test_a_third_of_those_aged_19_and_20_stay_with_their_carers(after: cc.Assumptions) -> None:
    leaving = rate(after, "staying put", age=18)
    times = np.linspace(1, 3, 20_001)
    assert np.trapezoid(np.exp(-leaving * times), times) / 2 == pytest.approx(0.33, abs=1e-5)


def test_young_people_after_care_are_near_the_published_number(run: cc.Results) -> None:
    """38,190 aged 19 to 21 in 2025, some of whom left before 18: the leavers at 18 of three years are 4.5% fewer."""
    there = run.children(by=["placement", "age"], in_care=False).query("date == 2025 and quantile == 'central'")
    some = there[there["placement"].isin(LEAVERS) & there["age"].isin([19, 20, 21])]["value"].sum()
    wanted = next(float(r["young_people"]) for r in rows(PUBLISHED / "care_leavers.csv") if r["year"] == "2025")
    assert some / wanted - 1 == pytest.approx(-0.045, abs=0.002)
    left = sum(ceased(y, "Age on ceasing", "18 years and over") for y in (2022, 2023, 2024))
    assert some == pytest.approx(left, rel=1e-3)


def test_the_money_is_that_of_england_2025(after: cc.Assumptions) -> None:
    """What was booked at the door is spent while they are there: the same pounds in 2024-25."""
    plain = cc.load_assumptions("england-2025")

    def spent(a: cc.Assumptions, item: str, volume: float) -> float:
        return volume * next(r.belief.value for r in a.rows if r.parameter == "unit_cost" and r.where.items == (item,))

    def exits(reason: str) -> float:
        return ceased(2025, "Reason episode ceased", reason)

    stock = cc.run(after, years=1).projection("inaction")
    assert stock.child_years.sum() > 0
    whole = spent(plain, "special guardianship support", exits("Special guardianship order"))
    a_year = spent(after, "guardianship support", 365 / 7)
    assert whole / a_year == pytest.approx(38_700, rel=0.01)  # children under special guardianship in 2024-25
    saved = exits("Adopted") * (spent(plain, "adoption services", 1) - spent(after, "adoption services", 1))
    assert saved == pytest.approx(50e6 * (1 - 4_074 / 19_575), rel=1e-6)


def test_leaving_care_is_not_free(after: cc.Assumptions) -> None:
    more = cc.load_scenario("kinship-to-guardianship-what-if")
    results = cc.run(after, more, years=10)
    spend = results.costs(by=["item"]).query("quantile == 'central' and year == 2035")
    by_scenario = spend.set_index(["scenario", "item"])["value"].unstack("scenario")
    more_of = by_scenario[more.name] - by_scenario["inaction"]
    assert 0 < more_of["guardianship support"] < -more_of.drop("guardianship support").sum()


def test_nobody_is_lost_on_the_way_out(run: cc.Results) -> None:
    for stream in ("other", "uasc"):
        assert identity_gap(run.parameters("inaction", stream=stream), run.projection("inaction", stream=stream)) < 1e-6


def test_support_of_returns_home_costs_and_a_number_of_ones_own_brings_children(after: cc.Assumptions) -> None:
    paid = cc.load_scenario("reunification-support")
    works = paid.given("support of returns home", -0.2)
    alone, with_it = (cc.run(after, s, years=10).compare(paid.name) for s in (paid, works))
    assert alone.npv()[0] < 0 and alone.averted[0, -1] == 0
    assert with_it.averted[0, -1] > 0 and with_it.npv()[0] > alone.npv()[0]
