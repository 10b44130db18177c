"""Are the packaged sets what the published figures give?"""

from __future__ import annotations

import math
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pytest

import carecost as cc
from tests.data.published import (
    BANDS,
    BUILT,
    CATEGORIES,
    LOOKED_AFTER,
    PUBLISHED,
    ROOT,
    SETS,
    TOTAL,
    WIDER,
    ages,
    ceased_before_18,
    children,
    published,
    rows,
    spent,
    stock,
    table,
    volume,
)


def test_the_committed_sets_are_what_the_build_gives() -> None:
    command = [sys.executable, "-W", "error", "-m", "data.build", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "year"), [("england-2025", 2025), ("england-2022", 2022), ("england-2022-backtest", 2022)]
)
@pytest.mark.parametrize("category", CATEGORIES)
def test_the_placement_margin_comes_back_exactly(name: str, year: int, category: str) -> None:
    wanted = published("stock_by_placement", "children", year=year, placement=category)
    assert stock(name, placement=CATEGORIES[category]) == pytest.approx(wanted, rel=0, abs=1e-6)


@pytest.mark.parametrize("band", BANDS)
def test_the_age_margin_comes_back_within_its_rounding(band: str) -> None:
    wanted = published("stock_by_age", "children", year=2025, age_band=band)
    assert stock("england-2025", age=tuple(map(str, BANDS[band]))) == pytest.approx(wanted, abs=5)


@pytest.mark.parametrize(
    ("name", "total", "uasc"),
    [
        ("england-2025", 81_770, 6_540),
        ("england-2022", 82_080, 5_680),
        ("england-2022-backtest", 82_080, 5_680),
        ("care-review-2022", 80_000, 5_680 * 80_000 / 82_080),
    ],
)
def test_totals_and_streams_come_back(name: str, total: float, uasc: float) -> None:
    """The total is that of the placements, which in 2022 sum to ten less than 82,090."""
    assert math.fsum(float(r["value"]) for r in table(name, "initial_stock")) == pytest.approx(total, rel=0, abs=1e-6)
    assert stock(name, stream="uasc") == pytest.approx(uasc, abs=0.1)


def test_structural_zeros_hold() -> None:
    assert stock("england-2025", placement="supported accommodation", age=tuple(map(str, range(16)))) == 0
    assert stock("england-2025", placement="placed for adoption", age=tuple(map(str, range(10, 18)))) == 0
    assert stock("england-2025", stream="uasc", placement="kinship foster") == 0
    assert stock("england-2025", placement="supported at home") == 0


@pytest.mark.parametrize("name", SETS)
def test_entry_shares_sum_to_one_wherever_children_enter(name: str) -> None:
    total: dict[tuple[str, ...], float] = defaultdict(float)
    for row in table(name, "entry_share"):
        total[row["streams"], row["years"], row["ages"]] += float(row["value"])
    entered = {(r["streams"], r["years"], r["ages"]) for r in table(name, "entry_rate")}
    assert set(total) == entered
    np.testing.assert_allclose(list(total.values()), 1.0, atol=1e-9)


def test_starts_come_back_from_the_rates() -> None:
    """Starts of both streams: rate times the scaled population of mid-2024."""
    starts = sum(float(r["value"]) * children(2024)[int(r["ages"])] for r in table("england-2025", "entry_rate"))
    assert starts == pytest.approx(32_270, abs=15)


def test_the_hazard_at_16_and_17_is_exits_before_18_over_the_mean_stock() -> None:
    band = "16 years and over"
    mean = np.mean([published("stock_by_age", "children", year=y, age_band=band) for y in (2024, 2025)])
    for stream in ("other", "uasc"):
        of = [r for r in table("england-2025", "exit_rate") if r["streams"] == stream and ages(r["ages"])[0] == 16]
        assert sum(float(r["value"]) for r in of) == pytest.approx(ceased_before_18(2025, band) / mean, rel=1e-6)


def test_spend_of_2024_25_comes_back_by_group_and_in_total() -> None:
    """Unit costs times the drivers of 2024-25, worked out here from the published tables alone."""
    spend: dict[str, float] = defaultdict(float)
    price = {r["item"]: float(r["value"]) for r in table("england-2025", "unit_cost")}
    for item in table("england-2025", "items"):
        spend[item["group"]] += price[item["item"]] * volume(item)
    for group, name in WIDER.items():
        assert spend[group] == pytest.approx(spent(name), rel=1e-8)
    cared = sum(v for k, v in spend.items() if k not in {*WIDER, "support at home", "reform"})
    assert cared == pytest.approx(spent(LOOKED_AFTER), rel=1e-8) == pytest.approx(8_955_421_269)
    assert sum(spend.values()) == pytest.approx(spent(TOTAL), rel=1e-8) == pytest.approx(16_012_355_892)


def unpublished(graded: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Rows graded A or B whose value is in none of the published tables that their source names."""
    found = []
    for row in graded:
        if row.get("quality") not in {"A", "B"} or "value" not in row:
            continue
        named = {w.rstrip(":,;") for w in row["source"].split() if w.rstrip(":,;").endswith(".csv")}
        known = {
            value
            for name in named
            for line in rows(PUBLISHED / name)
            for key, text in line.items()
            if (value := _number(text)) is not None and key not in {"year", "age"}
        }
        if float(row["value"]) not in known:
            found.append(row)
    return found


@pytest.mark.parametrize("name", SETS)
def test_what_is_graded_a_or_b_is_a_published_figure(name: str) -> None:
    assert [row for path in sorted((BUILT / name).glob("*.csv")) for row in unpublished(rows(path))] == []


def test_a_grade_without_a_published_row_is_found() -> None:
    homes = next(r for r in table("england-2025", "unit_cost") if r["item"] == "children's home")
    assert homes["quality"] == "B" and unpublished([homes]) == []
    for change in ({"value": "7386"}, {"source": "recalled"}, {"source": "time_series.csv: somebody"}):
        assert unpublished([homes | change])
    assert not unpublished([homes | {"value": "7386", "quality": "D"}])


def test_no_effect_of_a_scenario_is_graded_a_or_b() -> None:
    for path in (BUILT / "scenarios").glob("*.toml"):
        levers = tomllib.loads(path.read_text(encoding="utf-8")).get("lever", [])
        assert all(lever["quality"] in {"C", "D", "E"} for lever in levers)


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


def test_every_published_row_has_its_source() -> None:
    said = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for path in PUBLISHED.glob("*.csv"):
        assert f"| {path.stem} |" in said, path.name
        assert all(row.get("source") or row.get("vintage") or row.get("how_seen") for row in rows(path)), path.name


def words(name: str) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((BUILT / name / "set.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_sets_say_what_they_do_not_know(name: str) -> None:
    said = words(name)
    assert said["set"]["inaction"]  # type: ignore[call-overload]
    assert said["gap"] and said["contradiction"] and said["left_out"]
    assert all(g["asked"] and g["published"] and g["rule"] for g in said["gap"])
    assert "{" not in str([*(g["rule"] for g in said["gap"]), *(str(c["says"]) for c in said["contradiction"])])


def test_the_review_is_read_in_every_way_it_can_be() -> None:
    about = {c["about"]: " | ".join(c["says"]) for c in words("care-review-2022")["contradiction"]}
    every = " ".join(about)
    assert all(part in every for part in ("scope of 10bn", "real or cash", "where it starts", "what came by 2025"))
    starts = next(v for k, v in about.items() if "where it starts" in k)
    assert "80,850 on 31 March 2021" in starts and "82,090 on 31 March 2022" in starts
    came = next(v for k, v in about.items() if "what came" in k)
    assert "81,770" in came and "16.0bn" in came and "volume did not come, price did" in came


def test_the_deflator_has_no_gaps_and_the_schedule_starts_now() -> None:
    years = [int(r["year"]) for r in rows(BUILT / "money" / "deflators.csv")]
    assert years == list(range(years[0], years[0] + len(years)))
    rates = rows(BUILT / "money" / "discount_rates.csv")
    assert {r["schedule"]: r["rate"] for r in rates if r["year_from"] == "0"} == {
        "standard": "0.035",
        "health": "0.015",
        "sensitivity": "0.03",
    }


@pytest.mark.parametrize("name", ["care-review", "care-review-evidenced", "care-review-four-years"])
def test_the_programme_sums_to_what_the_review_listed(name: str) -> None:
    spent: dict[tuple[int, int | None], float] = {}
    for _, change in cc.load_scenario(name).changes:
        if change.programme_spend and change.amount.value:
            often = 1.0 if change.times is None else change.times.value
            when = (change.start, change.end)
            spent[when] = spent.get(when, 0.0) + change.amount.value * often
            assert change.full == change.start
    listed = {(1, 1): 46_000_000, (2, 2): 987_000_000, (3, 3): 1_257_000_000, (4, 4): 233_000_000}
    long_run = {} if name == "care-review-four-years" else {(5, None): 1_000_000_000}
    assert {when: round(amount) for when, amount in spent.items()} == listed | long_run


def test_the_review_claims_and_the_evidenced_version_does_not() -> None:
    assert cc.load_scenario("care-review").claim and not cc.load_scenario("care-review-evidenced").claim
    bases = {lever.basis for lever in cc.load_scenario("care-review-evidenced").levers if lever.acts}
    assert bases == {"measured"}
