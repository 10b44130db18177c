"""Does the run from 31 March 2022 give the published record to 2025 back, and what would 2022 have said of it?"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.engine.projection import Projection, together
from tests.data.published import (
    BANDS,
    CATEGORIES,
    FINDINGS,
    LOOKED_AFTER,
    ROOT,
    TOTAL,
    WIDER,
    ceased,
    ceased_before_18,
    published,
    rows,
    spent,
    table,
    volume,
)

YEARS = (2023, 2024, 2025)
RECORD, BACKTEST = "england-2022", "england-2022-backtest"
NAMES = dict(zip(BANDS, ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and 17"), strict=True))


@pytest.fixture(scope="module")
def record() -> cc.Results:
    return cc.run(cc.load_assumptions(RECORD))


@pytest.fixture(scope="module")
def flows(record: cc.Results) -> Projection:
    return together(list(record.run.projections("inaction").values()))


def at_ages(array: np.ndarray, band: str) -> float:
    """Children of a band in an array of (age, placement)."""
    return float(array[list(BANDS[band])].sum())


@pytest.mark.parametrize("year", YEARS)
def test_all_children_come_back_within_1_per_cent(flows: Projection, year: int) -> None:
    wanted = published("stock_by_age", "children", year=year, age_band="Total")
    assert flows.stock[0, year - 2022].sum() == pytest.approx(wanted, rel=0.01)


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("year", YEARS)
def test_age_bands_come_back_within_3_per_cent(flows: Projection, year: int, band: str) -> None:
    wanted = published("stock_by_age", "children", year=year, age_band=band)
    assert at_ages(flows.stock[0, year - 2022], band) == pytest.approx(wanted, rel=0.03)


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("year", YEARS)
def test_exits_before_18_come_back_within_3_per_cent(flows: Projection, year: int, band: str) -> None:
    left = flows.exits[0, year - 2023].sum(-1)
    assert at_ages(left, band) == pytest.approx(ceased_before_18(year, band), rel=0.03)


@pytest.mark.parametrize("year", YEARS)
def test_those_leaving_at_18_come_back_within_3_per_cent(flows: Projection, year: int) -> None:
    wanted = ceased(year, "Age on ceasing", "18 years and over")
    assert flows.aged_out[0, year - 2023].sum() == pytest.approx(wanted, rel=0.03)


@pytest.mark.parametrize("year", YEARS)
def test_starts_are_the_published_ones_and_the_residual_is_carried(flows: Projection, year: int) -> None:
    """Starts by band sum to ten less or more than their total."""
    extra = sum(x[0, year - 2023].sum() for x in flows.extra_entries.values())
    wanted = published("time_series", "started", year=year)
    assert flows.entries[0, year - 2023].sum() - extra == pytest.approx(wanted, abs=15)
    stocks = [published("time_series", "stock", year=y) for y in (year - 1, year)]
    residual = stocks[1] - stocks[0] - wanted + published("time_series", "ceased", year=year)
    assert extra == pytest.approx(residual, abs=1e-3)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("year", YEARS)
def test_placements_are_led_to_the_published_ones(flows: Projection, year: int, category: str) -> None:
    """Put in by the moves, not explained: the mix is met, so what is left is the error of the number of children."""
    names = [p.name for p in flows.grid.placements]
    found = flows.stock[0, year - 2022][:, [names.index(p) for p in CATEGORIES[category]]].sum()
    wanted = published("stock_by_placement", "children", year=year, placement=category)
    assert found == pytest.approx(wanted, rel=0.03)


def spend_2025(record: cc.Results, prices: str) -> dict[str, float]:
    """Spend of 2024-25 by group [GBP]: drivers of the run at the unit costs of a set."""
    price = {r["item"]: float(r["value"]) for r in table(prices, "unit_cost")}
    costs, found = record.run.central["inaction"].costs, dict.fromkeys([*WIDER, LOOKED_AFTER], 0.0)
    for i, item in enumerate(record.run.grid.items):
        group = item.group if item.group in WIDER else LOOKED_AFTER
        found[group] += price[item.name] * float(costs.volume[0, 2025 - 2023, i])
    return found


def test_spend_of_2024_25_comes_back_at_the_unit_costs_of_england_2025(record: cc.Results) -> None:
    """Not by construction: those unit costs are spend over drivers that no run has touched."""
    spend = spend_2025(record, "england-2025")
    assert sum(spend.values()) == pytest.approx(spent(TOTAL), rel=0.01) == pytest.approx(16.0e9, rel=0.01)
    assert spend[LOOKED_AFTER] == pytest.approx(spent(LOOKED_AFTER), rel=0.01) == pytest.approx(8.955e9, rel=0.01)
    for group, name in WIDER.items():
        assert spend[group] == pytest.approx(spent(name), rel=0.02)


def test_spend_of_2024_25_comes_back_at_its_own_unit_costs_by_construction(record: cc.Results) -> None:
    spend = spend_2025(record, RECORD)
    assert spend[LOOKED_AFTER] == pytest.approx(spent(LOOKED_AFTER), rel=1e-7)
    assert sum(spend.values()) == pytest.approx(spent(TOTAL), rel=1e-7)
    run = record.costs(basis="cash")
    assert run[run["year"] == 2025]["value"].sum() == pytest.approx(spent(TOTAL), rel=1e-7)


def test_unit_costs_of_the_two_sets_differ_only_by_the_driver(record: cc.Results) -> None:
    """The same spend over two estimates of one driver, which agree within 4% (the large ones within 3%)."""
    costs, price = record.run.central["inaction"].costs, {}
    for name in (RECORD, "england-2025"):
        price[name] = {r["item"]: float(r["value"]) for r in table(name, "unit_cost")}
    for i, item in enumerate(table("england-2025", "items")):
        assert record.run.grid.items[i].name == item["item"]
        if item["group"] in ("support at home", "reform", "levies"):
            continue
        spend = price["england-2025"][item["item"]] * volume(item)
        assert price[RECORD][item["item"]] * costs.volume[0, 2, i] == pytest.approx(spend, rel=1e-7)
        ratio = price[RECORD][item["item"]] / price["england-2025"][item["item"]]
        assert ratio == pytest.approx(1, abs=0.04 if spend < 250e6 else 0.03), item["item"]


def test_the_record_runs_on_with_the_rates_of_2024_25() -> None:
    """After 2025 it is england-2025 from its own stock of that date."""
    on = cc.run(cc.load_assumptions(RECORD), years=10).children()
    ahead = cc.run(cc.load_assumptions("england-2025"), years=7).children()
    mine, theirs = (dict(zip(t["date"], t["value"], strict=True)) for t in (on, ahead))
    assert mine[2032] == pytest.approx(theirs[2032], rel=0.01)


# The tables that the README quotes.


def finding(name: str, measure: str, what: str) -> dict[str, str]:
    found = [r for r in rows(FINDINGS / f"{name}.csv") if (r["measure"], r["what"]) == (measure, what)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("name", "of"), [("reconciliation", RECORD), ("backtest", BACKTEST)])
def test_the_tables_are_what_the_packaged_sets_give(name: str, of: str) -> None:
    ran = together(list(cc.run(cc.load_assumptions(of)).run.projections("inaction").values()))
    for year in YEARS:
        stock, left = ran.stock[0, year - 2022], ran.aged_out[0, year - 2023]
        found = {("children on 31 March", "all"): stock.sum(), ("leaving at 18", "all"): left.sum()}
        found |= {("children on 31 March", NAMES[band]): at_ages(stock, band) for band in BANDS}
        for key, value in found.items():
            row = finding(name, *key)
            assert float(row[f"run_{year}"]) == pytest.approx(value, abs=0.51), (key, year)
            error = 100 * (value / float(row[f"published_{year}"]) - 1)
            assert float(row[f"error_percent_{year}"]) == pytest.approx(error, abs=0.0501)


def test_the_backtest_states_its_errors_whatever_they_are() -> None:
    """The total is near because errors cancel; parts, and spend, are not."""
    every = defaultdict(list)
    for row in rows(FINDINGS / "backtest.csv"):
        every[row["measure"]].append(abs(float(row["error_percent_2025"])))
    assert set(every) == {r["measure"] for r in rows(FINDINGS / "reconciliation.csv")}
    assert float(finding("backtest", "children on 31 March", "all")["error_percent_2025"]) < 3
    assert max(every["leaving before 18"]) > 10


#: Tables in which nothing after 31 March 2022 may matter to the backtest.
LATER = (
    *("flows", "stock_by_age", "stock_by_placement", "time_series", "uasc_stock", "placement_detail"),
    *("foster_by_provider", "started_by_placement", "s251_groups", "s251_lines", "unit_costs_lait"),
)


def test_the_backtest_knows_nothing_that_came_after(tmp_path: Path) -> None:
    """Every later figure is made a tenth greater; the tables of the set stay as they are."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))
    for name in LATER:
        _raise_later(tmp_path / "data" / "published" / f"{name}.csv")
    command = [sys.executable, "-m", "data.build", "--only", BACKTEST]  # the copy's rules: it is the working folder
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    built = sorted((tmp_path / "carecost" / "data" / BACKTEST).glob("*.csv"))
    assert len(built) > 10
    for path in built:
        before, after = rows(ROOT / path.relative_to(tmp_path)), rows(path)
        values = [[float(r["value"]) for r in found if "value" in r] for found in (before, after)]
        np.testing.assert_allclose(*values, rtol=1e-6, err_msg=path.name)
        assert [r | {"value": ""} for r in before] == [r | {"value": ""} for r in after]


def _raise_later(path: Path) -> None:
    lines = [dict(r) for r in rows(path)]
    of = "financial_year" if "financial_year" in lines[0] else "year"
    for line in lines:
        if (line[of] > "2021-22") if of == "financial_year" else (int(line[of]) > 2022):
            for key, text in line.items():
                if key != of and text.replace(".", "").isdigit():
                    line[key] = str(round(float(text) * 1.1))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
