"""Are the packaged sets what the published figures give?"""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED, BUILT = ROOT / "data" / "published", ROOT / "carecost" / "data"
SETS = ("england-2025", "care-review-2022")
BANDS = {
    "Under 1 year": range(1),
    "1 to 4 years": range(1, 5),
    "5 to 9 years": range(5, 10),
    "10 to 15 years": range(10, 16),
    "16 years and over": range(16, 18),
}
CATEGORIES = {
    "Foster placements": ("kinship foster", "foster in-house", "foster agency"),
    "Secure homes and children's homes": ("children's home", "secure"),
    "Independent and semi-independent living arrangements/supported accommodation": ("supported accommodation",),
    "Other placements": ("other",),
    "Other residential settings": ("other residential",),
    "Residential schools": ("residential school",),
    "Placed with parents or other person with parental responsibility": ("with parents",),
    "Placed for adoption": ("placed for adoption",),
}


@cache
def rows(path: Path) -> tuple[dict[str, str], ...]:
    with open(path, encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def published(name: str, column: str, **where: str) -> float:
    found = [r for r in rows(PUBLISHED / f"{name}.csv") if all(r[k] == v for k, v in where.items())]
    assert len(found) == 1, (name, where)
    return float(found[0][column])


def table(of: str, name: str) -> tuple[dict[str, str], ...]:
    return rows(BUILT / of / f"{name}.csv")


def stock(of: str, **where: object) -> float:
    """Children of the base date that meet every condition."""
    keep = [
        float(r["value"])
        for r in table(of, "initial_stock")
        if all(r[k] == v if isinstance(v, str) else r[k] in v for k, v in where.items())  # type: ignore[operator]
    ]
    return float(np.sum(keep))


def ages(text: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found or list(range(18))


def test_the_committed_sets_are_what_the_build_gives() -> None:
    command = [sys.executable, "-W", "error", str(ROOT / "data" / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_placement_margin_comes_back(category: str) -> None:
    wanted = published("stock_by_placement", "children", year="2025", placement=category)
    assert stock("england-2025", placement=CATEGORIES[category]) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("band", BANDS)
def test_the_age_margin_comes_back_within_its_rounding(band: str) -> None:
    wanted = published("stock_by_age", "children", year="2025", age_band=band)
    assert stock("england-2025", age=tuple(map(str, BANDS[band]))) == pytest.approx(wanted, abs=5)


@pytest.mark.parametrize(
    ("name", "total", "uasc"), [("england-2025", 81_770, 6_540), ("care-review-2022", 80_000, 5_680 * 80_000 / 82_080)]
)
def test_totals_and_streams_come_back(name: str, total: float, uasc: float) -> None:
    assert stock(name) == pytest.approx(total, abs=1e-4)
    assert stock(name, stream="uasc") == pytest.approx(uasc, abs=0.1)


def test_structural_zeros_hold() -> None:
    assert stock("england-2025", placement="supported accommodation", age=tuple(map(str, range(16)))) == 0
    assert stock("england-2025", placement="placed for adoption", age=tuple(map(str, range(10, 18)))) == 0
    assert stock("england-2025", stream="uasc", placement="kinship foster") == 0
    assert stock("england-2025", placement="supported at home") == 0


@pytest.mark.parametrize("name", SETS)
def test_entry_shares_sum_to_one_wherever_children_enter(name: str) -> None:
    total: dict[tuple[str, str], float] = defaultdict(float)
    for row in table(name, "entry_share"):
        total[row["streams"], row["ages"]] += float(row["value"])
    entered = {(r["streams"], r["ages"]) for r in table(name, "entry_rate")}
    assert set(total) == entered
    np.testing.assert_allclose(list(total.values()), 1.0, atol=1e-9)


def test_starts_come_back_from_the_rates() -> None:
    """Starts of the other stream under one: rate times the scaled population of mid-2024."""
    people = {r["age"]: float(r["population"]) for r in rows(PUBLISHED / "population_mid2023.csv")}
    young = [float(people[str(a)]) for a in range(18)]
    cohort = np.array([young[0], *young[:17]])
    cohort *= published("population_totals", "population_0_17", mid_year="2024") / cohort.sum()
    starts = sum(float(r["value"]) * cohort[int(r["ages"])] for r in table("england-2025", "entry_rate"))
    assert starts == pytest.approx(32_270, abs=15)


def test_the_hazard_at_16_and_17_is_exits_before_18_over_the_mean_stock() -> None:
    exits = sum(
        published("flows", "children", year="2025", flow="ceased", by="Age on ceasing", characteristic=a)
        for a in ("16 years", "17 years")
    )
    band = "16 years and over"
    mean = np.mean([published("stock_by_age", "children", year=y, age_band=band) for y in ("2024", "2025")])
    for stream in ("other", "uasc"):
        of = [r for r in table("england-2025", "exit_rate") if r["streams"] == stream and ages(r["ages"])[0] == 16]
        assert sum(float(r["value"]) for r in of) == pytest.approx(exits / mean, rel=1e-6)


def test_spend_of_2024_25_comes_back_by_group_and_in_total() -> None:
    """Unit costs times the drivers of 2024-25, worked out here from the published tables alone."""
    spend: dict[str, float] = defaultdict(float)
    price = {r["item"]: float(r["value"]) for r in table("england-2025", "unit_cost")}
    for item in table("england-2025", "items"):
        spend[item["group"]] += price[item["item"]] * _volume(item)
    groups = {g: published("s251_groups", "gbp", financial_year="2024-25", group=n) for g, n in WIDER.items()}
    for group, wanted in groups.items():
        assert spend[group] == pytest.approx(wanted, rel=1e-8)
    cared = sum(v for k, v in spend.items() if k not in {*WIDER, "support at home", "reform"})
    assert cared == pytest.approx(8_955_421_269, rel=1e-8)
    assert sum(spend.values()) == pytest.approx(16_012_355_892, rel=1e-8)


WIDER = {
    "safeguarding": "Safeguarding",
    "family support": "Family support",
    "early years": "Sure Start and under fives",
    "young people": "Services for young people",
    "youth justice": "Youth justice",
    "other children's services": "Other children and families services",
}


def _volume(item: dict[str, str]) -> float:
    if item["driver"] == "population":
        young = [float(r["population"]) for r in rows(PUBLISHED / "population_mid2023.csv")][:18]
        cohort = np.array([young[0], *young[:17]])
        cohort *= published("population_totals", "population_0_17", mid_year="2024") / cohort.sum()
        return float(cohort[ages(item["ages"])].sum())
    if item["driver"] == "child_weeks":
        return _weeks(item)
    ceased = {"adopted": "Adopted", "guardianship": "Special guardianship order"}
    if item["driver"] == "exits":
        reason = ceased[item["reasons"]]
        return published(
            "flows", "children", year="2025", flow="ceased", by="Reason episode ceased", characteristic=reason
        )
    at_18 = {"by": "Age on ceasing", "characteristic": "18 years and over"}
    return published("flows", "children", year="2025", flow="ceased", **at_18) if item["driver"] == "aged_out" else 1.0


def _weeks(item: dict[str, str]) -> float:
    """Mean of the two stocks in weeks; the shares inside fostering and homes are those of the built 2025 stock."""
    if item["streams"] == "uasc":
        both = [published("time_series", "uasc", year=y) for y in ("2024", "2025")]
        return float(np.mean(both)) * 365 / 7
    found = 0.0
    for category, placements in CATEGORIES.items():
        chosen = [p for p in placements if p in item["placements"].split("; ")]
        if chosen:
            both = [published("stock_by_placement", "children", year=y, placement=category) for y in ("2024", "2025")]
            share = stock("england-2025", placement=tuple(chosen)) / stock("england-2025", placement=placements)
            found += float(np.mean(both)) * share * 365 / 7
    return found


@pytest.mark.parametrize("name", SETS)
def test_what_is_graded_a_or_b_is_a_published_figure(name: str) -> None:
    known = {
        value
        for path in sorted(PUBLISHED.glob("*.csv"))
        for row in rows(path)
        for key, text in row.items()
        if (value := _number(text)) is not None and key not in {"year", "age"}
    }
    graded = [
        (path.name, row)
        for path in sorted((BUILT / name).glob("*.csv"))
        for row in rows(path)
        if row.get("quality") in {"A", "B"} and "value" in row
    ]
    assert graded
    assert [(file, row["value"]) for file, row in graded if float(row["value"]) not in known] == []


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@pytest.mark.parametrize("name", SETS)
def test_every_belief_has_a_source_a_grade_and_a_published_table_where_it_names_one(name: str) -> None:
    tables = {p.name for p in PUBLISHED.glob("*.csv")}
    for path in sorted((BUILT / name).glob("*.csv")):
        for row in rows(path):
            if "value" not in row:
                continue
            assert row["source"], path.name
            assert row["quality"] in set("ABCDE"), path.name
            named = {w.rstrip(":,") for w in row["source"].split() if w.rstrip(":,").endswith(".csv")}
            assert named <= tables, (path.name, named)


@pytest.mark.parametrize("name", SETS)
def test_sets_say_what_they_do_not_know(name: str) -> None:
    words = tomllib.loads((BUILT / name / "set.toml").read_text(encoding="utf-8"))
    assert words["set"]["inaction"]
    assert words["gap"] and words["contradiction"] and words["left_out"]
    assert all(g["asked"] and g["published"] and g["rule"] for g in words["gap"])
    assert "{" not in str([*(g["rule"] for g in words["gap"]), words["set"]["inaction"], words["set"]["scope"]])


def test_the_deflator_has_no_gaps_and_the_schedule_starts_now() -> None:
    years = [int(r["year"]) for r in rows(BUILT / "money" / "deflators.csv")]
    assert years == list(range(years[0], years[0] + len(years)))
    rates = rows(BUILT / "money" / "discount_rates.csv")
    assert {r["schedule"]: r["rate"] for r in rates if r["year_from"] == "0"} == {
        "standard": "0.035",
        "health": "0.015",
        "lower": "0.03",
    }


def test_the_programme_sums_to_what_the_review_listed() -> None:
    scenario = tomllib.loads((BUILT / "scenarios" / "care-review.toml").read_text(encoding="utf-8"))
    spending = [c["amount"] for lever in scenario["lever"] for c in lever["change"] if c["parameter"] == "unit_cost"]
    assert spending == [46e6, 987e6, 1257e6, 233e6]
    assert scenario["scenario"]["claim"] is True
