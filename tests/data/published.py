"""What was published, and what do the built tables say? Look-ups that know nothing of the rules of the build."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED, BUILT, FINDINGS = ROOT / "data" / "published", ROOT / "carecost" / "data", ROOT / "data" / "findings"
SETS = tuple(sorted(p.parent.name for p in BUILT.glob("*/set.toml")))
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
#: Groups of items that are groups of section 251; all others are children looked after.
WIDER = {
    "safeguarding": "Safeguarding",
    "family support": "Family support",
    "early years": "Sure Start and under fives",
    "young people": "Services for young people",
    "youth justice": "Youth justice",
    "other children's services": "Other children and families services",
}
TOTAL, LOOKED_AFTER = "Total children and young people (excluding CERA)", "Children looked after"


@cache
def rows(path: Path) -> tuple[dict[str, str], ...]:
    """Rows of a CSV file."""
    with open(path, encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def published(name: str, column: str, **where: str | int) -> float:
    """The one published figure that meets every condition."""
    found = [r for r in rows(PUBLISHED / f"{name}.csv") if all(r[k] == str(v) for k, v in where.items())]
    assert len(found) == 1, (name, where)
    return float(found[0][column])


def ceased(year: int, by: str, which: str) -> float:
    """Children who ceased in a year."""
    return published("flows", "children", year=year, flow="ceased", by=by, characteristic=which)


def ceased_before_18(year: int, band: str) -> float:
    """Children of a band who ceased before their 18th birthday."""
    if band == "16 years and over":
        return ceased(year, "Age on ceasing", "16 years") + ceased(year, "Age on ceasing", "17 years")
    return ceased(year, "Age on ceasing", band)


def spent(group: str, year: str = "2024-25") -> float:
    """Section 251 group [GBP]."""
    return published("s251_groups", "gbp", financial_year=year, group=group)


def table(of: str, name: str) -> tuple[dict[str, str], ...]:
    """Rows of a built table, or of that of its base."""
    own = BUILT / of / f"{name}.csv"
    base = tomllib.loads((BUILT / of / "set.toml").read_text(encoding="utf-8"))["set"].get("base", of)
    return rows(own if own.exists() else BUILT / base / f"{name}.csv")


def stock(of: str, **where: object) -> float:
    """Children of the base date that meet every condition."""
    keep = [
        float(r["value"])
        for r in table(of, "initial_stock")
        if all(r[k] == v if isinstance(v, str) else r[k] in v for k, v in where.items())  # type: ignore[operator]
    ]
    return float(np.sum(keep))


def ages(text: str) -> list[int]:
    """Ages of a cell; all when it is blank."""
    found: list[int] = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        first, _, last = part.replace(" to ", "-").partition("-")
        found += range(int(first), int(last or first) + 1)
    return found or list(range(18))


def children(mid_year: int) -> np.ndarray:
    """Single ages of mid-2024: the mid-2023 cohorts a year older, births as in mid-2023, scaled to the total."""
    assert mid_year == 2024
    young = [float(r["population"]) for r in rows(PUBLISHED / "population_mid2023.csv")][:18]
    cohort = np.array([young[0], *young[:17]])
    return cohort * published("population_totals", "population_0_17", mid_year=mid_year) / cohort.sum()


def volume(item: dict[str, str]) -> float:
    """Driver of an item in 2024-25, worked out from the published tables alone."""
    if item["driver"] == "population":
        return float(children(2024)[ages(item["ages"])].sum())
    if item["driver"] == "child_weeks":
        return _weeks(item)
    if item["driver"] == "exits":
        reason = {"adopted": "Adopted", "guardianship": "Special guardianship order"}[item["reasons"]]
        return ceased(2025, "Reason episode ceased", reason)
    return ceased(2025, "Age on ceasing", "18 years and over") if item["driver"] == "aged_out" else 1.0


def _weeks(item: dict[str, str]) -> float:
    """Mean of the two stocks in weeks; the shares inside fostering and homes are those of the built 2025 stock."""
    if item["streams"] == "uasc":
        both = [published("time_series", "uasc", year=y) for y in (2024, 2025)]
        return float(np.mean(both)) * 365 / 7
    found = 0.0
    for category, placements in CATEGORIES.items():
        chosen = [p for p in placements if p in item["placements"].split("; ")]
        if chosen:
            both = [published("stock_by_placement", "children", year=y, placement=category) for y in (2024, 2025)]
            share = stock("england-2025", placement=tuple(chosen)) / stock("england-2025", placement=placements)
            found += float(np.mean(both)) * share * 365 / 7
    return found
