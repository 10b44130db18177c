"""Findings on the 2022 sets: published and run, in sample and out of sample, and the drivers of spend."""

from __future__ import annotations

from collections.abc import Iterator

from data.rules.costs import section_251
from data.rules.findings import reconcile
from data.rules.record import forecasts, homes_by_provider, outside_checks, time_in_care_tables, track_record
from data.rules.sets import england_2022, england_2022_backtest
from data.rules.sources.notes import signed
from data.rules.sources.write import csv_text


def tables() -> dict[str, str]:
    """Write the 2022 sets and forecasts beside what was published, drivers, time in care, and what others say."""
    record = england_2022.done()
    lines = [*reconcile.children(record), *reconcile.spend(record.by_group(england_2022.PRICES))]
    return {
        "reconciliation.csv": reconcile.table(lines),
        "backtest.csv": reconcile.table(list(england_2022_backtest.lines())),
        "drivers.csv": csv_text(("item", "driver", "published", "run", "error_percent"), _drivers()),
        **time_in_care_tables.tables(),
        **forecasts.tables(),
        **outside_checks.tables(),
        **homes_by_provider.tables(),
        **track_record.tables(),
    }


def _drivers() -> Iterator[dict[str, object]]:
    """Compare the drivers of england-2025, from published stocks and flows, with those of the run from 2022."""
    volume = england_2022.volumes()
    for x in section_251.lines():
        if x.group not in ("support at home", "reform", "levies"):
            error = signed(volume[x.name] / x.volume - 1).removesuffix("%")
            row = {"item": x.name, "driver": x.driver, "error_percent": error}
            yield row | {"published": round(x.volume), "run": round(volume[x.name])}
