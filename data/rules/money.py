"""What is a pound worth, by whose word? The deflator and the discount schedules, dated."""

from __future__ import annotations

from rules.files import csv_text
from rules.published import table

DEFLATOR, DISCOUNT = "hmt-2026-03", "green-book-2026-02"
_FIRST = 2006


def files() -> dict[str, str]:
    """Write deflators.csv (financial year 2024-25 is 2025, no gaps) and discount_rates.csv."""
    index = []
    for row in table("gdp_deflator"):
        year = int(row["financial_year"][:4]) + 1
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
        for schedule in ("standard", "health", "sensitivity")
        for row in table("discount_schedule")
    ]
    return {
        "deflators.csv": csv_text(("vintage", "year", "index", "status", "source"), index),
        "discount_rates.csv": csv_text(("vintage", "schedule", "year_from", "year_to", "rate", "source"), rates),
    }
