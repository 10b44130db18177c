"""Does the history of spending follow from the transcribed figures, to the pound? Worked out without the rules."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

import carecost as cc
from tests.data.published import PUBLISHED, published, rows, spent

CASE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "cases" / "spending_history.toml").read_text(encoding="utf-8")
)
SPANS = ("placement", "residential", "provider")
BASES: tuple[Literal["cash", "real"], ...] = ("cash", "real")
WEEKS = 365 / 7
TOTAL, FOSTERING, HOMES = (
    "3.1.11 Total Children Looked After",
    "3.1.2 Total fostering services",
    "3.1.1 Residential care",
)
LEAVING = "3.1.9 Leaving care support services"
PAID = ("3.1.1 ", "3.1.2 ", "3.1.5 ", "3.1.7 ", "3.1.10 ")


def year_of(year: int) -> str:
    return f"{year - 1}-{year % 100:02d}"


def line(name: str, year: int, column: str = "total") -> float:
    return published("s251_lines", column, financial_year=year_of(year), line=name)


def counted(by: str, year: int, *which: str) -> float:
    """Children on 31 March whose category begins with one of some words; all without any."""
    if year <= 2017:
        found = [r for r in rows(PUBLISHED / "stock_first_published.csv") if (r["year"], r["by"]) == (str(year), by)]
        named = [(r["category"], float(r["children"])) for r in found]
    else:
        found = [r for r in rows(PUBLISHED / f"stock_by_{by}.csv") if r["year"] == str(year)]
        named = [(r[by], float(r["children"])) for r in found if r[by] != "Total"]
    return sum(n for name, n in named if not which or name.startswith(which))


def placement(year: int) -> dict[str, tuple[float, float]]:
    """Cash spend and units of each item."""
    all_children, fostered = counted("placement", year), counted("placement", year, "Foster")
    leaving = spent("Leaving care support (within children looked after)", year_of(year)) if year > 2016 else 292092158
    leavers = published("care_leavers", "young_people", year=year)
    if year == 2025:
        price = "Fostering (gross s251 / foster placements)"
        week = published("unit_costs_lait", "value", financial_year="2024-25", item=price)
        total, fostering = spent("Children looked after"), week * fostered * WEEKS
    else:
        total, fostering = line(TOTAL, year), line(FOSTERING, year)
    found = {"fostering": (fostering, fostered * WEEKS), "leaving care": (float(leaving), leavers)}
    rest = (total - fostering - leaving, (all_children - fostered) * WEEKS)
    return found | {"all other care and services": rest}


def residential(year: int) -> dict[str, tuple[float, float]]:
    found = placement(year)
    week = published(
        "unit_costs_lait",
        "value",
        financial_year=year_of(year),
        item="Residential (gross s251 / 903 care days K1,K2,R1,S1)",
    )
    homes = (line(HOMES, year), line(HOMES, year) / week)
    spend, weeks = found["all other care and services"]
    return found | {
        "residential care": homes,
        "all other care and services": (spend - homes[0], weeks - homes[1]),
    }


def provider(year: int) -> dict[str, tuple[float, float]]:
    names = {"own": ("Own",), "private": ("Private",), "voluntary": ("Voluntary",), "other public": ("Other",)}
    lines = [
        r
        for r in rows(PUBLISHED / "s251_lines.csv")
        if r["financial_year"] == year_of(year) and r["line"].startswith(PAID)
    ]
    assert len(lines) == len(PAID)
    return {
        name: (sum(float(r[name.replace(" ", "_")]) for r in lines), counted("provider", year, *words) * WEEKS)
        for name, words in names.items()
    }


BOUGHT = {"placement": placement, "residential": residential, "provider": provider}


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("span", SPANS)
def test_parts_sum_to_the_change_to_the_pound(span: str, basis: Literal["cash", "real"]) -> None:
    table = cc.spending_history(span, basis)
    parts = table[["volume", "mix", "price"]].fillna(0).sum(axis=1)
    assert (parts == table["spend"] - table["baseline_spend"]).all()
    assert (table[["baseline_spend", "spend"]] % 1 == 0).all().all()


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("span", SPANS)
def test_every_part_follows_from_the_published_figures(span: str, basis: Literal["cash", "real"]) -> None:
    case = CASE[span]
    years = (case["from_year"], case["to_year"])
    table = cc.spending_history(span, basis).set_index("item")
    old, new = (BOUGHT[span](year) for year in years)
    assert set(table.index) == set(old)
    index = {
        y: published("gdp_deflator", "index_2024_25_100", financial_year=year_of(y)) / 100 if basis == "real" else 1.0
        for y in years
    }
    mixing = [name for name in old if name != "leaving care"]
    grown = sum(new[n][1] for n in mixing) / sum(old[n][1] for n in mixing)
    for name, row in table.iterrows():
        (spend_before, before), (spend_after, after) = old[str(name)], new[str(name)]
        first, last = spend_before / index[years[0]], spend_after / index[years[1]]
        mix = first / before * (after - before * grown) if name in mixing else 0.0
        volume = first * grown - first if name in mixing else first * (after / before - 1)
        wanted = {"baseline_spend": first, "spend": last, "volume": volume, "mix": mix}
        wanted["price"] = last - first * after / before
        found = row.fillna(0)
        for column, value in wanted.items():
            # The price takes the rounding of the others.
            least = 2 * CASE["tolerance"] if column == "price" else CASE["tolerance"]
            assert found[column] == pytest.approx(value, rel=0, abs=least), (name, column)
        assert row["units"] == pytest.approx(after, rel=1e-9)
        assert row["unit_cost"] == pytest.approx(last / after, rel=1e-8)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("span", SPANS)
def test_the_sums_are_those_that_are_printed(span: str, basis: Literal["cash", "real"]) -> None:
    table = cc.spending_history(span, basis)
    found = {part: table[part].sum() for part in ("volume", "mix", "price")}
    found["change"] = table["spend"].sum() - table["baseline_spend"].sum()
    np.testing.assert_allclose([found[k] / 1e6 for k in CASE[span][basis]], list(CASE[span][basis].values()), atol=0.05)


def test_the_whole_span_is_the_published_totals_in_cash() -> None:
    table = cc.spending_history("placement", "cash")
    assert table["baseline_spend"].sum() == line(TOTAL, 2016)
    assert table["spend"].sum() == spent("Children looked after")


@pytest.mark.parametrize("span", SPANS)
def test_real_history_names_its_vintage_and_every_row_its_source(span: str) -> None:
    real, cash = cc.spending_history(span), cc.spending_history(span, "cash")
    assert set(real["deflator"]) == {"hmt-2026-03"} and set(real["price_year"]) == {2025}
    assert set(cash["deflator"]) == {""} and cash["price_year"].isna().all()
    assert real["source"].str.contains("DfE").all()


def test_a_history_that_is_not_there_is_refused() -> None:
    with pytest.raises(cc.CareCostError, match="Did you mean 'provider'"):
        cc.spending_history("providers")
    with pytest.raises(cc.CareCostError, match="basis is 'nominal'"):
        cc.spending_history("provider", "nominal")  # type: ignore[arg-type]
