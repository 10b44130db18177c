"""The track record agrees with the published figures, splits errors exactly, and grows by rows alone."""

from __future__ import annotations

import importlib.util
import sys
from itertools import pairwise
from types import ModuleType

import pytest

from tests.data.published import FINDINGS, PUBLISHED, ROOT, published, rows

PROJECTED, SPLIT, BASELINES, FAN, HELD = (
    rows(FINDINGS / f"record_{name}.csv") for name in ("projections", "price_volume", "baselines", "fan", "coverage")
)
SCORES = rows(FINDINGS / "forecast_scores.csv")


@pytest.fixture(scope="module")
def page() -> ModuleType:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        spec = importlib.util.spec_from_file_location("record_page", ROOT / "docs" / "record.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "docs"))
    return module


def test_projections_end_at_what_was_published_and_meet_what_came() -> None:
    said = {(r["publication"], r["year"], float(r["value"])) for r in rows(PUBLISHED / "published_projections.csv")}
    ends = [r for r in PROJECTED if r["date"] == r["for"]]
    assert {r["source"] for r in ends} >= {"Care Review May 2022", "CCN/Newton Nov 2021", "CCN/IMPOWER Nov 2024"}
    assert {r["source"] for r in ends} >= {"SMF Fostering the Future 2021"}
    for row in ends:
        assert (row["source"], row["for"], float(row["said"])) in said
    for row in PROJECTED:
        if row["what"] == "children in care" and row["came"]:
            assert float(row["came"]) == published("time_series", "stock", year=int(row["date"]))


@pytest.mark.parametrize("row", SPLIT, ids=lambda r: f"{r['who']}-{r['read_as']}")
def test_volume_and_price_sum_to_the_error_and_fewer_children_cost_less(row: dict[str, str]) -> None:
    said, came, volume, price = (float(row[key]) for key in ("said", "came", "volume", "price"))
    assert volume + price == pytest.approx(came - said, abs=0.02)  # each is rounded to £0.01bn
    each_said, each_came = float(row["said_a_child"]), float(row["came_a_child"])
    assert (price > 0) == (each_came > each_said)
    (count,) = [
        r for r in PROJECTED if (r["who"], r["what"], r["date"]) == (row["who"], "children in care", row["year"])
    ]
    assert (volume < 0) == (float(count["came"]) < float(count["said"]))


def test_every_packaged_baseline_has_rows_and_says_how_or_why_not() -> None:
    names = {path.stem for path in (ROOT / "carecost" / "data" / "baselines").glob("*.toml")}
    assert {row["baseline"] for row in BASELINES} == names
    for row in BASELINES:
        assert row["how"].startswith("not said" if not row["said"] else "engine with ages")
        if row["what"] == "children in care":
            assert float(row["came"]) == published("time_series", "stock", year=int(row["date"]))


def test_central_children_are_those_of_the_packaged_set_of_2022() -> None:
    (held,) = [
        r for r in rows(FINDINGS / "backtest.csv") if (r["measure"], r["what"]) == ("children on 31 March", "all")
    ]
    for row in BASELINES:
        if row["baseline"] == "entries-held" and row["what"] == "children in care":
            assert float(row["said"]) == pytest.approx(float(held[f"run_{row['date']}"]), abs=5)


def test_bands_lie_within_each_other_and_what_came_is_as_published() -> None:
    for row in FAN[1:]:
        ends = [float(row[f"{end}_{band}"]) for end, band in
                (("low", 95), ("low", 80), ("low", 50), ("high", 50), ("high", 80), ("high", 95))]  # fmt: skip
        assert ends == sorted(ends) and ends[0] < float(row["said"]) < ends[-1]
        if row["came"]:
            assert float(row["came"]) == published("stock_by_age", "children", year=int(row["date"]), age_band="Total")
    widths = [float(row["high_80"]) - float(row["low_80"]) for row in FAN]
    assert widths == sorted(widths) and widths[0] == 0


def test_shares_within_bands_are_those_of_the_scores() -> None:
    scored = {(r["model"], r["years_ahead"]): r for r in SCORES}
    for row in HELD:
        of = scored[row["model"], row["years_ahead"]]
        assert (row["within_80"], row["windows"], row["independent"]) == (
            of["within_80"],
            of["windows"],
            of["independent"],
        )
        assert float(row["within_50"]) <= float(row["within_80"]) <= float(row["within_95"])


def test_a_year_more_in_the_tables_is_a_row_more_on_the_page(page: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_a_year(name: str) -> list[dict[str, str]]:
        found = list(rows(FINDINGS / f"record_{name}.csv"))
        if name == "projections":
            last = max(
                i for i, r in enumerate(found) if r["who"] == "the Review" and r["what"] == page.CHILDREN and r["came"]
            )
            found.insert(
                last + 1, {**found[last], "date": "2026", "said": "88530", "came": "80000", "error_percent": "+10.7"}
            )
        if name == "fan":
            found = [{**row, "came": "80000"} if row["date"] == "2026" else row for row in found]
        return found

    def table() -> list[str]:
        text = page.page().partition("## Year by year")[2].partition("```")[0]
        return [line for line in text.splitlines() if line.startswith("| 20")]

    before = table()
    monkeypatch.setattr(page, "findings", with_a_year)
    after = table()
    assert after[:-1] == before and after[-1].startswith("| 2026 | 80,000 | 88,530 |") and after[-1].endswith("| yes |")


def test_spend_on_homes_by_provider_is_that_of_section_251_in_real_terms() -> None:
    found = rows(FINDINGS / "homes_by_provider.csv")
    line = "3.1.1 Residential care"
    for name, column in (("councils' own", "own"), ("private", "private")):
        mine = [row for row in found if row["provider"] == name]
        first, last = mine[0]["financial_year"], mine[-1]["financial_year"]
        real = {}
        for row in mine:
            year = row["financial_year"]
            index = published("gdp_deflator", "index_2024_25_100", financial_year=year)
            real[year] = 100 * published("s251_lines", column, financial_year=year, line=line) / index / 1e6
            assert float(row["gbp_m_2024_25_prices"]) == pytest.approx(real[year], abs=0.05)
        # chained, the yearly rates give the whole rise, to their three digits
        steps = [(int(row["financial_year"][:4]), row["real_growth_a_year_percent"]) for row in mine]
        chained = 1.0
        for (before, _), (now, rate) in pairwise(steps):
            chained *= (1 + float(rate) / 100) ** (now - before)
        assert chained == pytest.approx(real[last] / real[first], rel=5e-3)
    totals: dict[str, float] = {}
    for row in found:
        totals[row["financial_year"]] = totals.get(row["financial_year"], 0) + float(row["share_percent"])
    assert all(total == pytest.approx(100, abs=0.2) for total in totals.values())
