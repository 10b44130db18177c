"""The table of regions holds what was run and published; tables of areas name the area."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.files.regions import known_regions
from tests.data.published import published

ENGLAND = cc.load_assumptions("england-2025")
KNOWN = known_regions(ENGLAND)


@pytest.fixture(scope="module")
def found() -> cc.AreaResults:
    return cc.run_areas(ENGLAND)


def test_regions_table_holds_what_was_run_and_published(found: cc.AreaResults) -> None:
    table = found.regions().set_index("area")
    assert list(table.index) == [*KNOWN.names, "England"]
    later = found.children().query("date == 2045 and quantile == 'central'").set_index("area")["value"]
    np.testing.assert_allclose(table["children_2045"].iloc[:-1], later[list(KNOWN.names)])
    for n in (2025, 2035, 2045):
        assert table[f"children_{n}"].iloc[:-1].sum() == pytest.approx(table.loc["England", f"children_{n}"])
    for name in KNOWN.names:
        rate = published("rates_by_region", "rate_per_10000", year=2025, area=name)
        assert table.loc[name, "per_10000"] == pytest.approx(rate, abs=0.5)  # published in whole numbers
    assert sorted(table["home_places_rank"].iloc[:-1]) == list(range(1, 10))
    assert table["home_places_per_100"].iloc[:-1].idxmin() == table["home_places_rank"].iloc[:-1].idxmax() == "London"
    assert table["estimated_in_homes"].iloc[:-1].sum() == pytest.approx(table.loc["England", "estimated_in_homes"])


def test_regions_of_a_short_run_have_no_later_children() -> None:
    assert list(cc.run_areas(ENGLAND, years=1).regions().filter(like="children_")) == ["children_2025"]


def test_areas_summary_names_the_area() -> None:
    found = cc.run_areas(ENGLAND, cc.load_scenario("family-help"), years=4)
    table = found.summary()
    assert list(table["area"].unique()) == list(KNOWN.names) and set(table["scenario"]) == {"family-help"}


def test_areas_tables_are_those_of_each_area_with_its_name() -> None:
    made = cc.run_areas(ENGLAND, years=2)
    for name, result in made.results.items():
        for mine, theirs in ((made.children(), result.children()), (made.costs(["group"]), result.costs(["group"]))):
            part = mine[mine["area"] == name].drop(columns="area").reset_index(drop=True)
            assert part.equals(theirs)


def test_areas_are_what_a_run_of_each_gives() -> None:
    """To rounding of the largest number."""
    draws, plan, told = cc.Draws(2, seed=4), "care-review", list[tuple[int, int]]()
    made = cc.run_areas(ENGLAND, plan, years=3, draws=draws, threads=1, progress=lambda *of: told.append(of))
    assert made.why_run == () and told[-1] == (2, 2)
    mine, alone = made.results["London"], cc.run(cc.area(ENGLAND, "London"), plan, years=3, draws=draws)
    for a, b in (
        (mine.costs(["item"], by_draw=True), alone.costs(["item"], by_draw=True)),
        (mine.children(["placement"]), alone.children(["placement"])),
        (mine.summary(), alone.summary()),
    ):
        for column in a.select_dtypes("number"):
            np.testing.assert_allclose(a[column], b[column], rtol=1e-9, atol=1e-12 * b[column].max())
        assert a.select_dtypes(exclude="number").equals(b.select_dtypes(exclude="number"))


def test_areas_of_a_scenario_that_adds_to_a_rate_of_entry_are_run() -> None:
    adds = cc.Scenario("more", [cc.Lever("more", [cc.Change("entry_rate", "add", 1e-5, streams=["other"])])])
    told: list[tuple[int, int]] = []
    found = cc.run_areas(ENGLAND, adds, years=3, draws=1, progress=lambda *of: told.append(of))
    assert len(found.why_run) == 1 and told == [(i, 9) for i in range(1, 10)]
    alone = cc.run(cc.area(ENGLAND, "London"), adds, years=3, draws=1)
    assert found.results["London"].costs().equals(alone.costs())
