"""A made-up release of the year to 31 March 2026: the tables of 2025 with other numbers, in published layouts."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.data.published import PUBLISHED, rows

YEARS = range(2022, 2027)
BASE = ("time_period", "time_identifier", "geographic_level", "country_code", "country_name")
PLACE = (*BASE, "region_code", "region_name", "old_la_code", "la_name", "new_la_code")
NATIONAL = ("Reporting year", "National", "E92000001", "England")
#: What 2026 has over 2025.
LESS = 0.98


def table(name: str, **where: str) -> list[dict[str, str]]:
    """Rows of a transcribed table."""
    return [row for row in rows(PUBLISHED / f"{name}.csv") if all(row[k] == v for k, v in where.items())]


def ten(value: float) -> int:
    """Round to ten, as counts are."""
    return round(value / 10) * 10


def grown(counts: dict[str, float]) -> dict[str, int]:
    """Counts a year later, whose parts sum to their total."""
    made = {key: ten(value * LESS) for key, value in counts.items()}
    parts = {key: value for key, value in made.items() if key != "Total"}
    if "Total" in made:
        made["Total"] = sum(parts.values())
    return made


def with_a_year(name: str, keys: Sequence[str], column: str = "children") -> list[tuple[int, tuple[str, ...], int]]:
    """Rows of a table from 2022 to 2026; the years that it does not have are its last, a little less each year."""
    found = [(int(r["year"]), tuple(r[k] for k in keys), ten(float(r[column]))) for r in table(name)]
    for year in range(max(year for year, _, _ in found) + 1, YEARS[-1] + 1):
        latest = {key: value for before, key, value in found if before == year - 1}
        for groups in dict.fromkeys(key[:-1] for key in latest):
            inside = {key[-1]: float(value) for key, value in latest.items() if key[:-1] == groups}
            found += [(year, (*groups, label), value) for label, value in grown(inside).items()]
    return [row for row in found if row[0] in YEARS]


def write(path: Path, columns: Iterable[str], lines: Iterable[Iterable[object]], mark: bool = False) -> None:
    """Write a CSV file, with a byte-order mark or without."""
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as out:
        csv.writer(out).writerows([tuple(columns), *lines])


def children_looked_after(folder: Path, count: str = "children_count", of: str = "population_type") -> None:
    """Write the files of children looked after in the layout of 2024-25, or with the columns of before."""
    groups = (*BASE, "cla_group", "characteristic", count, "percentage")

    def grouped(year: int, group: str, label: str, value: object) -> tuple[object, ...]:
        return (year, *NATIONAL, group, label, value, "")

    ages = [
        grouped(y, "Age group", k[0].replace("Total", "Total children"), n)
        for y, k, n in with_a_year("stock_by_age", ["age_band"])
    ]
    placed = [
        grouped(y, "Placement", f"{i % 9 + 1}. Total {k[0][0].lower()}{k[0][1:]}".replace("/", "/ "), n)
        for i, (y, k, n) in enumerate(with_a_year("stock_by_placement", ["placement"]))
        if k[0] != "Total"
    ]
    write(folder / "a.csv", groups, [*ages, *placed, grouped(2026, "Gender", "Male", "c")], mark=True)
    for name, kind in (("b", "ceased"), ("c", "started")):
        found = with_a_year("flows", ["flow", "by", "characteristic"])
        lines = [grouped(y, k[1], k[2], n) for y, k, n in found if k[0] == kind]
        if kind == "ceased":
            lines = [line for line in lines if not (line[0] == 2026 and str(line[-3]).endswith("with current carers"))]
            lines.append(grouped(2026, "Reason episode ceased", "Moved to a lighthouse", 10))
        write(folder / f"{name}.csv", groups, lines)
    uasc = [grouped(y, k[0], k[1], n) for y, k, n in with_a_year("uasc_stock", ["by", "characteristic"])]
    write(folder / "d.csv", groups, uasc)
    numbers(folder, count, of)


def numbers(folder: Path, count: str, of: str) -> None:
    """Write numbers and rates; a stock of 2024 is revised by ten, and children 0 to 17 of mid-2025 are there."""
    total = {y: n for y, k, n in with_a_year("stock_by_age", ["age_band"]) if k[0] == "Total"}
    flow = {
        (y, k[0]): n
        for y, k, n in with_a_year("flows", ["flow", "by", "characteristic"])
        if k[1:] in (("Age on starting", "Total"), ("Age on ceasing", "Total"))
    }
    young = {int(r["year"]): float(r["population_0_17"]) for r in table("rates_by_region", area="England")}
    young[2026] = 12_150_000.0
    lines = []
    for year in YEARS:
        for label, value in (
            ("looked after on 31 March", total[year] + 10 * (year == 2024)),
            ("starting to be looked after", flow[year, "started"]),
            ("ceasing to be looked after", flow[year, "ceased"]),
        ):
            place = (year, *NATIONAL, "", "", "", "", "")
            lines.append((*place, f"Children {label} each year", f"{young[year]:,.0f}", f"{value:,}", 67))
    label = lines[0][10]
    for row in table("rates_by_region"):
        years = [row["year"], *(["2026"] if row["year"] == "2025" else [])]
        for year in years if row["area"] != "England" and row["year"] >= "2022" else []:
            place = (year, "Reporting year", "Regional", "E92000001", "England", "E12", row["area"], "", "", "")
            lines.append((*place, label, row["population_0_17"], row["children"], row["rate_per_10000"]))
    here = ("Local authority", "E92000001", "England", "E", "South West", 1, "Here", "E")
    lines.append((2026, "Reporting year", *here, label, "x", "c", "z"))
    write(folder / "e.csv", (*PLACE, of, "population_estimate", count, "rate_per_10000"), lines)


def tool(folder: Path, last: str = "2025-26") -> None:
    """Write indicators of the interactive tool to a financial year, whose spend is a tenth more than before."""
    from data.release.tables import GROUPS, PER_WEEK

    codes = {name: code for code, name in (GROUPS | PER_WEEK).items()}
    found = [(codes[r["group"]], r["financial_year"], float(r["gbp"])) for r in table("s251_groups")]
    found += [(codes[r["item"]], r["financial_year"], float(r["value"])) for r in table("unit_costs_lait")]
    found += [("NoCareLeavers", r["year"], float(r["young_people"])) for r in table("care_leavers")]
    work = "Social work, safeguarding and commissioning per child in need at 31 March"
    found += [("SWFinance", r["year"], float(r["value"])) for r in table("service_unit_costs", item=work)]
    more = [
        (code, last if "-" in year else "2026", round(value * 1.1))
        for code, year, value in found
        if year in ("2024-25", "2025")
    ]
    lines = [("England", code, f"{year} (OT)" if "-" in year else year, value) for code, year, value in [*found, *more]]
    write(folder / "tool.csv", ("LA and Regions", "Short Desc", "Years", "Values"), lines)
    need = [
        (r["year"], r["children_at_31_march"], r["episodes_started"], r["episodes_ended"])
        for r in table("children_in_need")
    ]
    need.append(("2026", "400000", "395000", "350000"))
    columns = (*BASE, "category", "At31_episodes", "Started_episodes", "Ended_episodes")
    write(folder / "need.csv", columns, [(y, *NATIONAL, "Children in Need", *counts) for y, *counts in need])
