"""Histories that forecasts are scored on: the country's record, and a panel of authorities."""

from __future__ import annotations

from data.rules.sources.published import newest, table
from data.rules.sources.write import csv_text

NAME = "histories"
COLUMNS = ("area", "region", "year", "stock", "started", "uasc", "population", "source")


def files() -> dict[str, str]:
    """Write both, a row an area and year; of year `y` the population is that of 30 June `y`-1, as rates have it."""
    return {"england.csv": _england(), "authorities.csv": csv_text(COLUMNS, map(_authority, table("authority_panel")))}


def _england() -> str:
    young = {int(row["mid_year"]) + 1: row["population_0_17"] for row in newest("population_totals")}
    kept = ("year", "stock", "started", "uasc", "source")
    rows = [
        {k: row[k] for k in kept} | {"population": young.get(int(row["year"]), "")} for row in newest("time_series")
    ]
    return csv_text(COLUMNS[2:], rows)


def _authority(row: dict[str, str]) -> dict[str, str]:
    return {column: row[column] for column in COLUMNS}
