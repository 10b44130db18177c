"""Do the 2022 sets give the record back? Tables of what was published, what they give, and the error."""

from __future__ import annotations

from collections.abc import Iterator

from rules import backtest, costs, england_2022, reconcile, staying
from rules.files import csv_text
from rules.words import signed


def tables() -> dict[str, str]:
    """Write what the 2022 sets give beside what was published, the drivers of spend, and what time in care changes."""
    record = england_2022.done()
    lines = [*reconcile.children(record), *reconcile.spend(record.by_group(england_2022.PRICES))]
    return {
        "reconciliation.csv": reconcile.table(lines),
        "backtest.csv": reconcile.table(list(backtest.lines())),
        "drivers.csv": csv_text(("item", "driver", "published", "run", "error_percent"), _drivers()),
        **staying.tables(),
    }


def _drivers() -> Iterator[dict[str, object]]:
    """Compare the drivers of england-2025, from published stocks and flows, with those of the run from 2022."""
    volume = england_2022.volumes()
    for x in costs.lines():
        if x.group not in ("support at home", "reform", "levies"):
            error = signed(volume[x.name] / x.volume - 1).removesuffix("%")
            row = {"item": x.name, "driver": x.driver, "error_percent": error}
            yield row | {"published": round(x.volume), "run": round(volume[x.name])}
