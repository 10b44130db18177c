"""The GDP deflator, discount schedules, optimism bias and social values, each with its vintage."""

from __future__ import annotations

from collections.abc import Mapping

from carecost.money.discounting import Deflator
from data.rules.sources.published import table
from data.rules.sources.write import csv_text

DEFLATOR, DISCOUNT, OPTIMISM = "hmt-2026-03", "green-book-2026-02", "mott-macdonald-2002"
_FIRST = 2006
_BIAS = ("category", "capex_upper", "duration_upper", "source", "note")
_VALUES = (
    "name",
    "use",
    "of",
    "value",
    "low",
    "high",
    "unit",
    "price_year",
    "source",
    "source_year",
    "quality",
    "note",
    "is_not",
)
#: Schedules, each a column of the transcribed table.
SCHEDULES = ("standard", "health", "sensitivity")


def deflator() -> Deflator:
    """Give the deflator: financial year 2024-25 is 2025, no gaps."""
    rows = [row for row in table("gdp_deflator") if _year(row) >= _FIRST]
    outturn = max(_year(row) for row in rows if row["status"] == "outturn")
    return Deflator(
        DEFLATOR, _FIRST, tuple(float(row["index_2024_25_100"]) for row in rows), outturn, rows[0]["source"]
    )


def _year(row: Mapping[str, str]) -> int:
    return int(row["financial_year"][:4]) + 1


def files() -> dict[str, str]:
    """Write each table of money as transcribed, with its vintage."""
    index = []
    for row in table("gdp_deflator"):
        year = _year(row)
        if year >= _FIRST:
            index.append(
                {
                    "vintage": DEFLATOR,
                    "year": year,
                    "index": float(row["index_2024_25_100"]),
                    "status": "outturn" if row["status"] == "outturn" else "forecast",
                    "source": row["source"],
                }
            )
    rates = [
        {
            "vintage": DISCOUNT,
            "schedule": schedule,
            "year_from": int(row["year_from"]),
            "year_to": int(row["year_to"]) if row["year_to"] else None,
            "rate": float(row[schedule]),
            "source": row["source"],
        }
        for schedule in SCHEDULES
        for row in table("discount_schedule")
    ]
    return {
        "deflators.csv": csv_text(("vintage", "year", "index", "status", "source"), index),
        "discount_rates.csv": csv_text(("vintage", "schedule", "year_from", "year_to", "rate", "source"), rates),
        "optimism_bias.csv": csv_text(
            ("vintage", *_BIAS), [{"vintage": OPTIMISM, **row} for row in table("optimism_bias")]
        ),
        "social_values.csv": csv_text(_VALUES, [{k: row[k] for k in _VALUES} for row in table("social_values")]),
    }
