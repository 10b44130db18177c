"""Does the published record agree with itself, figure by figure? One data file a case, with its citation."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import carecost as cc
from tests.data.published import published, rows, spent, table

FILES = (Path(__file__).parent / "cases").glob("*.toml")
CASES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES}
FIGURES = Path(__file__).parents[2] / "data" / "published"


def of_kind(kind: str) -> list[Any]:
    """Cases of one kind, named."""
    return [pytest.param(case, id=name) for name, case in CASES.items() if case["kind"] == kind]


def financial(year: int) -> str:
    """Year 2025 as 2024-25."""
    return f"{year - 1}-{year % 100:02d}"


@pytest.mark.parametrize("case", of_kind("rate"))
def test_rates_are_counts_over_the_population_of_the_mid_year_before(case: dict[str, Any]) -> None:
    lines = rows(FIGURES / f"{case['table']}.csv")
    assert len(lines) == case["areas"] * len(case["years"])
    differ = []
    for line in lines:
        people, printed = float(line["population_0_17"]), int(line["rate_per_10000"])
        rate = 1e4 * float(line["children"]) / people
        assert abs(rate - printed) <= case["tolerance"] + 1e4 * case["count_rounded_to"] / 2 / people, line
        if round(rate) != printed:
            differ.append([line["area"], int(line["year"])])
    assert differ == case["not_from_rounded_counts"]


@pytest.mark.parametrize("case", of_kind("rate"))
def test_the_run_gives_the_national_rates(case: dict[str, Any]) -> None:
    children = cc.run(cc.load_assumptions(case["run"]["set"])).children()
    stock = dict(zip(children["date"], children["value"], strict=True))
    for year, printed in case["run"]["rates"].items():
        people = published(case["table"], "population_0_17", year=year, area="England")
        assert published(case["table"], "rate_per_10000", year=year, area="England") == printed
        assert round(1e4 * stock[int(year)] / people) == printed


@pytest.mark.parametrize("case", of_kind("stock and flows"))
def test_stock_and_flows_leave_a_residual_that_is_never_zero(case: dict[str, Any]) -> None:
    years = range(case["first"], case["first"] + len(case["residual"]))

    def figure(column: str, year: int) -> float:
        return published(case["table"], column, year=year)

    found = [figure("stock", y) - figure("stock", y - 1) - figure("started", y) + figure("ceased", y) for y in years]
    np.testing.assert_allclose(found, case["residual"], rtol=0, atol=case["tolerance"])
    assert (min(found), max(found)) == (case["least"], case["most"])
    assert years[-1] == max(int(r["year"]) for r in rows(FIGURES / f"{case['table']}.csv"))


@pytest.mark.parametrize("case", of_kind("stock and flows"))
def test_the_sets_carry_the_residual_as_entries_of_their_own(case: dict[str, Any]) -> None:
    for name, periods in case["carried"].items():
        for years, of in periods.items():
            carried = sum(float(r["value"]) for r in table(name, "extra_entries") if r["years"] == years)
            assert carried == pytest.approx(case["residual"][of - case["first"]], abs=1e-4), (name, years)


def a_week(gbp: float, children: float, step: int) -> int:
    """Pounds a week, rounded as the tool does."""
    return step * round(gbp / children / 365 * 7 / step)


@pytest.mark.parametrize("case", of_kind("pounds a week"))
def test_pounds_a_week_come_back_from_spend_and_first_counts(case: dict[str, Any]) -> None:
    agree = []
    for year, children in case["first_published"].items():
        assert str(children) in {r["children"] for r in rows(FIGURES / "stock_vintages.csv") if r["year"] == year}
        when = financial(int(year))
        printed = published("unit_costs_lait", "value", financial_year=when, item=case["item"])
        agree.append(a_week(spent(case["group"], when), children, case["rounded_to"]) == printed)
    assert sum(agree) == case["agree"]
    assert not agree[list(case["first_published"]).index(str(case["fails"]["year"]))]


@pytest.mark.parametrize("case", of_kind("pounds a week"))
def test_the_year_that_fails_has_a_total_above_its_lines(case: dict[str, Any]) -> None:
    fails = case["fails"]
    when, children = financial(fails["year"]), case["first_published"][str(fails["year"])]
    lines = {r["line"]: float(r["total"]) for r in rows(FIGURES / "s251_lines.csv") if r["financial_year"] == when}
    total = lines.pop(fails["total"])
    assert total == spent(case["group"], when)
    assert total - sum(lines.values()) == pytest.approx(fails["total_above_lines_gbp"], abs=1)
    assert a_week(total, children, case["rounded_to"]) == fails["from_total"]
    assert a_week(sum(lines.values()), children, case["rounded_to"]) == fails["from_lines"]
    assert published("unit_costs_lait", "value", financial_year=when, item=case["item"]) == fails["from_lines"]


@pytest.mark.parametrize("case", of_kind("cash growth"))
def test_growth_of_a_line_in_cash(case: dict[str, Any]) -> None:
    first, last = (
        published("s251_lines", "total", financial_year=case[k], line=case["line"]) for k in ("from_year", "to_year")
    )
    assert last / first - 1 == pytest.approx(case["growth"], abs=case["tolerance"])


@pytest.mark.parametrize("case", of_kind("price and volume"))
def test_spend_splits_into_inflation_volume_and_price(case: dict[str, Any]) -> None:
    years = (case["from_year"], case["to_year"])
    first = published(
        "s251_lines", "total", financial_year=financial(years[0]), line="3.1.11 Total Children Looked After"
    )
    cash = np.array([first, spent("Children looked after", financial(years[1]))])
    children = np.array([published("time_series", "stock", year=y) for y in years])
    np.testing.assert_array_equal(children, [case["children_from"], case["children_to"]])
    real = cash / cc.load_assumptions("england-2025").deflator.factor(years[1], years)
    price = real / children
    parts = {
        "inflation": real[0] - cash[0],
        "volume": np.diff(children)[0] * price.mean(),
        "price": np.diff(price)[0] * children.mean(),
    }
    assert sum(parts.values()) == pytest.approx(cash[1] - cash[0], rel=1e-12)
    np.testing.assert_allclose(price, [case["pounds_a_child_from"], case["pounds_a_child_to"]], atol=0.5, rtol=0)
    np.testing.assert_allclose(cash / 1e6, [case["cash_from"], case["cash_to"]], atol=case["tolerance"], rtol=0)
    for name, gbp in parts.items():
        assert gbp / 1e6 == pytest.approx(case[name], abs=case["tolerance"]), name
