"""Look up the transcribed tables of `data/published`, one figure at a time.

The sets of another base date are built from the tables of its release, which stand before these (`data/release`): the
environment variable of :data:`RELEASE` names their folder, for the whole of a process, because rules keep what they
read. The years to which the tables go, and no other, say what the last year is.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

TABLES = Path(__file__).resolve().parents[2] / "published"
#: Tables of later releases, a folder a year, as `data/update.py` writes them.
RELEASES = TABLES.parent / "releases"
#: Environment variable with the folder of a release whose tables stand before those of the project.
RELEASE = "CARECOST_RELEASE"

LAIT = "DfE, Local Authority Interactive Tool, April 2026"
S251 = "DfE, section 251 outturn, gross"
ONS = "ONS mid-year population estimates"
HMT = "HM Treasury, GDP deflators, March 2026"

#: Age bands of the release, youngest first, with the first and last age of each.
BANDS = {
    "Under 1 year": (0, 0),
    "1 to 4 years": (1, 4),
    "5 to 9 years": (5, 9),
    "10 to 15 years": (10, 15),
    "16 years and over": (16, 17),
}
UASC = "Unaccompanied asylum-seeking children"

#: Whether that is so.
RELEASED = RELEASE in os.environ


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Read a transcribed table, that of the release where there is one."""
    own = Path(os.environ.get(RELEASE, TABLES)) / f"{name}.csv"
    with open(own if own.exists() else TABLES / f"{name}.csv", encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def newest(name: str) -> tuple[dict[str, str], ...]:
    """Read a table of the record by its latest release (`data/releases`), which sets of an older base date do not."""
    folders = sorted(path for path in RELEASES.glob("[0-9]*") if (path / f"{name}.csv").exists())
    if not folders:
        return table(name)
    with open(folders[-1] / f"{name}.csv", encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def newest_figure(name: str, column: str, **where: str | int) -> float:
    """Look up the one figure of the latest release that meets every condition; anything but one is an error."""
    return _one(newest(name), name, column, where)


@cache
def last(name: str, column: str = "year", **where: str) -> int:
    """Give the last year of a table, or of some of its rows; 2024-25 is 2025."""
    found = (row[column] for row in table(name) if all(row[k] == v for k, v in where.items()))
    return max(int(text[:4]) + (len(text) == 7) for text in found)


@cache
def last_whole(name: str) -> int:
    """Give the last year of which a table has as many rows as of any: a release may bring some of them first."""
    rows = Counter(row["year"] for row in table(name))
    return max(int(year) for year, count in rows.items() if count == max(rows.values()))


@cache
def figure(name: str, column: str, **where: str | int) -> float:
    """Look up the one figure that meets every condition; anything but one is an error."""
    return _one(table(name), name, column, where)


def _one(rows: Iterable[dict[str, str]], name: str, column: str, where: Mapping[str, str | int]) -> float:
    found = [r for r in rows if all(r[k] == str(v) for k, v in where.items())]
    if len(found) != 1:
        raise LookupError(f"{name}.csv: {len(found)} rows where {where}")
    return float(found[0][column])


def stock(year: int, band: str) -> float:
    """Children looked after on 31 March by age band ("Total" for all)."""
    return figure("stock_by_age", "children", year=year, age_band=band)


def started(year: int, by: str, which: str) -> float:
    """Starts of the year by a characteristic."""
    return figure("flows", "children", year=year, flow="started", by=by, characteristic=which)


def ceased(year: int, by: str, which: str) -> float:
    """Children who ceased in the year by a characteristic."""
    return figure("flows", "children", year=year, flow="ceased", by=by, characteristic=which)


def ceased_before_18(year: int, band: str) -> float:
    """Children of a band who ceased before their 18th birthday."""
    if band == "16 years and over":
        return ceased(year, "Age on ceasing", "16 years") + ceased(year, "Age on ceasing", "17 years")
    return ceased(year, "Age on ceasing", band)


def uasc_stock(year: int) -> float:
    """Unaccompanied children looked after on 31 March."""
    return figure("time_series", "uasc", year=year)


def financial(year: int) -> str:
    """Write a year of the project (2025) as the record does (2024-25)."""
    return f"{year - 1}-{year % 100:02d}"


def deflator(year: int) -> float:
    """GDP deflator of a financial year, 2024-25 = 100."""
    return figure("gdp_deflator", "index_2024_25_100", financial_year=financial(year))


def per_week(year: int, item: str) -> float:
    """Pounds a week of the Local Authority Interactive Tool, cash."""
    return figure("unit_costs_lait", "value", financial_year=financial(year), item=item)


def group(year: int, name: str) -> float:
    """Section 251 group total, gross, cash."""
    return figure("s251_groups", "gbp", financial_year=financial(year), group=name)


def line(year: int, name: str) -> float:
    """Section 251 line total, gross, cash."""
    return figure("s251_lines", "total", financial_year=financial(year), line=name)


#: Last 31 March whose children are published, and last financial year whose unit costs can be had.
CHILDREN = last("stock_by_age")
PRICED = min(
    last("s251_groups", "financial_year"),
    last("unit_costs_lait", "financial_year"),
    last("care_leavers"),
    last("service_unit_costs", item="Social work, safeguarding and commissioning per child in need at 31 March"),
    last("service_unit_costs", item="Family support services gross, per child in need at 31 March"),
)
#: Last financial year whose section 251 lines are published.
LINES = last("s251_lines", "financial_year")
#: Last years whose children are published in detail: shares of fostering and of homes; placement on entry; those who
#: are unaccompanied.
SHARED = min(last_whole("placement_detail"), last_whole("foster_by_provider"))
ENTERED, UNACCOMPANIED = last_whole("started_by_placement"), last_whole("uasc_stock")
_CLA = "DfE, Children looked after in England including adoptions, {} release"
CLA, CLA24 = _CLA.format(financial(CHILDREN)), _CLA.format(financial(SHARED))
