"""Do the areas of a country sum to it, and say where places are short?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import carecost as cc
from carecost.errors import CareCostError, FileError, InputError, UnknownNameError
from carecost.files.packaged import packaged_scenarios
from carecost.files.regions import ENTRIES, POPULATION, SHARE, known_regions
from carecost.results.areas import CHILDREN, FAR, FOSTER, HOME_PLACES, YOUNG
from tests.data.published import published

ENGLAND = cc.load_assumptions("england-2025")
KNOWN = known_regions(ENGLAND)
NATIONAL = cc.areas(ENGLAND, prices="national")
#: All but what is over before the set begins, and what is for another set.
SCENARIOS = [name for name in packaged_scenarios() if name != "stable-homes" and not cc.load_scenario(name).made_for]
#: Nine sums of products of shares with all digits: rounding of the machine, a hundredfold.
ROUNDING = 1e-13


@pytest.fixture(scope="module")
def found() -> cc.AreaResults:
    return cc.run_areas(ENGLAND)


# What is known


@pytest.mark.parametrize("name", KNOWN.names)
@pytest.mark.parametrize(
    ("measure", "year", "table", "column", "asked"),
    [
        (CHILDREN, 2025, "rates_by_region", "children", {}),
        (CHILDREN, 2023, "rates_by_region", "children", {}),
        (YOUNG, 2025, "rates_by_region", "population_0_17", {}),
        (HOME_PLACES, 2023, "places_by_region", "value", {"measure": HOME_PLACES}),
        (f"filled {FOSTER}", 2025, "places_by_region", "value", {"measure": f"filled {FOSTER}"}),
        (f"approved {FOSTER}", 2025, "places_by_region", "value", {"measure": f"approved {FOSTER}"}),
        (FAR, 2025, "places_by_region", "value", {"measure": FAR}),
    ],
)
def test_a_figure_of_a_region_is_the_published_one(
    name: str, measure: str, year: int, table: str, column: str, asked: dict[str, str]
) -> None:
    assert KNOWN.value(name, measure, year) == published(table, column, year=year, area=name, **asked)


@pytest.mark.parametrize("year", [2023, 2025])
def test_published_children_sum_to_england_within_their_rounding(year: int) -> None:
    """Nine counts and their total, each rounded to ten, may differ by 50."""
    total = sum(KNOWN.value(name, CHILDREN, year) for name in KNOWN.names)
    assert total == pytest.approx(KNOWN.value("England", CHILDREN, year), abs=50)


def test_published_places_in_homes_sum_to_england() -> None:
    """They are summed over single homes, so nothing is rounded."""
    for measure in (HOME_PLACES, "children's homes", "places in secure homes"):
        total = sum(KNOWN.value(name, measure) for name in KNOWN.names)
        assert total == KNOWN.value("England", measure)


@pytest.mark.parametrize("measure", [SHARE, POPULATION, ENTRIES])
def test_shares_sum_to_one(measure: str) -> None:
    assert sum(KNOWN.value(name, measure) for name in KNOWN.names) == pytest.approx(1.0, abs=ROUNDING)


def test_every_figure_has_a_source_and_a_grade_and_what_is_derived_says_how() -> None:
    assert all(f.source and f.quality in "ABCDE" and f.unit for f in KNOWN.facts)
    assert all(f.note for f in KNOWN.facts if f.unit in ("share", "times"))


@pytest.mark.parametrize("item", ["foster agency", "children's home", "supported at home"])
def test_own_prices_have_the_mean_of_england_over_its_children(item: str) -> None:
    mean = sum(f.value * KNOWN.value(f.area, SHARE) for f in KNOWN.facts if item in f.items)
    assert mean == pytest.approx(1.0, abs=ROUNDING)


def test_own_prices_stand_to_each_other_as_published() -> None:
    def price(name: str) -> float:
        (row,) = cc.area(ENGLAND, name).select("unit_cost", item="foster in-house")
        return row.belief.value

    asked = {"item": "Fostering", "financial_year": "2024-25"}
    wanted = [published("unit_costs_by_region", "value", area=name, **asked) for name in ("London", "North East")]
    assert price("London") / price("North East") == pytest.approx(wanted[0] / wanted[1], rel=1e-12)


# The law


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    scenario=st.sampled_from(SCENARIOS),
    n=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_areas_sum_to_the_whole_in_every_draw_and_scenario(scenario: str, n: int, seed: int) -> None:
    plan, draws = cc.load_scenario(scenario), cc.Draws(n, seed=seed)
    whole = cc.run(ENGLAND, plan, years=6, draws=draws).run
    parts = [cc.run(part, plan, years=6, draws=draws).run for part in NATIONAL.values()]
    for name in whole.scenarios:
        for pick in (lambda o: o.stock, lambda o: o.costs.spend, *map(flow, ("entries", "exits", "aged_out"))):
            wanted = pick(whole.drawn[name])
            got = sum(pick(part.drawn[name]) for part in parts)
            np.testing.assert_allclose(got, wanted, rtol=ROUNDING, atol=ROUNDING * np.abs(wanted).max())


def flow(name: str):  # type: ignore[no-untyped-def]
    return lambda outcome: getattr(outcome, name)


def test_own_prices_change_the_total_only_as_far_as_children_drift_between_regions(found: cc.AreaResults) -> None:
    """On the base date they do not at all; entries differ from stock by up to 3% of a region, prices by a quarter."""
    own = found.costs().query("quantile == 'central'").groupby("year")["value"].sum()
    national = cc.run(ENGLAND).costs().query("quantile == 'central'").set_index("year")["value"]
    np.testing.assert_allclose(own, national, rtol=1e-4)


def test_stock_is_the_published_one(found: cc.AreaResults) -> None:
    first = found.children().query("date == 2025 and quantile == 'central'").set_index("area")["value"]
    for name in KNOWN.names:
        wanted = published("rates_by_region", "children", year=2025, area=name)
        assert first[name] == pytest.approx(wanted, rel=1e-9)  # the set's numbers have ten figures


def test_the_share_of_entries_brings_the_shares_of_2022_to_those_of_2025() -> None:
    record = cc.load_assumptions("england-2022")
    whole = children(record)
    names = KNOWN.names
    before = {name: published("rates_by_region", "children", year=2022, area=name) for name in names}
    for name in ("London", "South West"):
        factors = {"initial_stock": before[name] / sum(before.values())}
        factors |= dict.fromkeys(("entry_rate", "extra_entries"), KNOWN.value(name, ENTRIES))
        rows = tuple(
            replace(row, belief=replace(row.belief, value=row.belief.value * factors.get(row.parameter, 1.0)))
            if row.kind == "value"
            else row
            for row in record.rows
        )
        assert children(replace(record, rows=rows)) / whole == pytest.approx(KNOWN.value(name, SHARE), rel=1e-9)


def children(assumptions: cc.Assumptions) -> float:
    table = cc.run(assumptions, years=3).children()
    return float(table.query("date == 2025")["value"].iloc[0])


# What is an amount for the whole country


def test_an_amount_for_the_country_is_split_and_a_price_is_not() -> None:
    money = [cc.Change("unit_cost", "add", 100e6, items=["reform programme"], price_year=2025)]
    dearer = [cc.Change("unit_cost", "add", 10.0, items=["foster agency"], price_year=2025)]
    plan = cc.Scenario("plan", [cc.Lever("money", money), cc.Lever("dearer", dearer)])
    found = cc.run(cc.area(ENGLAND, "London"), plan, years=1, start=2026)
    prices = [found.run.central[name].costs.unit_cost[0, 0] for name in ("plan", "inaction")]
    added = dict(zip([item.name for item in found.run.grid.items], prices[0] - prices[1], strict=True))
    assert added["reform programme"] == pytest.approx(100e6 * KNOWN.value("London", SHARE))
    assert added["foster agency"] == pytest.approx(10.0)


def test_all_items_at_once_are_split_where_they_are_paid_by_the_year() -> None:
    plan = cc.Scenario("plan", [cc.Lever("all", [cc.Change("unit_cost", "replace", 7.0, price_year=2025)])])
    found = cc.run(cc.area(ENGLAND, "London"), plan, years=1, start=2026).run
    share = KNOWN.value("London", SHARE)
    wanted = [7.0 * (share if item.driver == "year" else 1.0) for item in found.grid.items]
    np.testing.assert_allclose(found.central["plan"].costs.unit_cost[0, 0], wanted)


def test_a_number_of_children_for_the_country_is_refused_in_an_area() -> None:
    plan = cc.Scenario("plan", [cc.Lever("more", [cc.Change("population", "add", 1_000.0)])])
    with pytest.raises(InputError, match=r"number of children for the whole country.*by scale"):
        cc.run(cc.area(ENGLAND, "London"), plan, years=1, start=2026)
    cc.run(ENGLAND, plan, years=1, start=2026)


def test_the_luck_of_small_numbers_is_each_area_s_own() -> None:
    draws = cc.Draws(40, seed=1, noise=True)
    plain = cc.Draws(40, seed=1)
    luck = []
    for name in ("East Midlands", "South West"):
        part = NATIONAL[name]
        with_luck, without = (cc.run(part, years=1, draws=d).run.shown["inaction"].stock for d in (draws, plain))
        luck.append((with_luck - without)[:, :, -1].sum((1, 2)))
    # Forty independent pairs correlate by more than 0.5 once in a thousand; the same luck by nearly one.
    assert abs(np.corrcoef(luck)[0, 1]) < 0.5


# Ways in and out


def test_an_area_has_a_name_like_a_path_and_is_saved_and_loaded_the_same(tmp_path: Path) -> None:
    made = cc.load_assumptions("england-2025/Yorkshire and The Humber")
    assert made.name == "england-2025, Yorkshire and The Humber"
    assert made == cc.area(ENGLAND, "Yorkshire and The Humber")
    again = cc.load_assumptions(cc.save_assumptions(made, tmp_path / "set"))
    assert again.digest == made.digest and again.portion == KNOWN.value("Yorkshire and The Humber", SHARE)


def test_a_scope_may_come_first_or_last() -> None:
    first = cc.area(ENGLAND.scoped("children looked after"), "London")
    last = cc.area(ENGLAND, "London").scoped("children looked after")
    a, b = (cc.run(part, years=2).costs()["value"].to_numpy() for part in (first, last))
    np.testing.assert_array_equal(a, b)


def test_gaps_of_a_region_are_named() -> None:
    asked = {note.what for note in cc.area(ENGLAND, "London").notes if note.kind == "gap"}
    assert {"entries of the region", "prices of the region", "places and distance"} <= asked


def test_joint_draws_are_scaled_as_their_rows() -> None:
    row = next(r for r in ENGLAND.rows if r.parameter == "initial_stock" and r.belief.value > 0)
    table = cc.JointDraws("pair", [row.quantity], [(100.0,), (200.0,)])
    part = cc.area(replace(ENGLAND, ties=cc.Ties(joints=(table,))), "London")
    share = KNOWN.value("London", SHARE)
    assert part.ties.joints[0].rows == ((100.0 * share,), (200.0 * share,))


@pytest.mark.parametrize(
    ("do", "kind", "words"),
    [
        (lambda: cc.load_assumptions("england-2025/North Eest"), UnknownNameError, "Did you mean 'North"),
        (lambda: cc.load_assumptions("england-2052/London"), FileError, "Did you mean 'england-2025'"),
        (lambda: cc.area(cc.load_assumptions("england-2022"), "London"), FileError, "Known: 'england-2025'"),
        (lambda: cc.area(cc.area(ENGLAND, "London"), "London"), FileError, "is the area 'London' already"),
        (lambda: cc.area(ENGLAND, "London", prices="local"), InputError, "prices is 'local'"),  # type: ignore[arg-type]
        (lambda: KNOWN.value("London", "places in a home"), UnknownNameError, "unknown figure of a region"),
        (lambda: cc.area(two_prices(), "London"), InputError, "Give each item a row of its own"),
    ],
)
def test_errors_say_what_and_how_to_mend(do, kind: type[CareCostError], words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(kind, match=words):
        do()


def two_prices() -> cc.Assumptions:
    """A set in which one row prices a thing by region and another by the country."""
    rows = [r for r in ENGLAND.rows if r.parameter != "unit_cost" or r.kind != "value"]
    (row,) = ENGLAND.select("unit_cost", item="foster agency")[:1]
    both = replace(row, where=replace(row.where, items=("foster agency", "leaving care")))
    return replace(ENGLAND, rows=(*rows, both))


def test_region_is_found_in_any_case_of_letters() -> None:
    assert cc.area("england-2025", " north  EAST") == cc.area("england-2025", "North East")
    assert cc.load_assumptions("england-2025/yorkshire and the humber").area == "Yorkshire and The Humber"
    with pytest.raises(cc.CareCostError, match="Did you mean 'North East'"):
        cc.area("england-2025", "Nort East")
