"""Spend on residential care by who provides the place: councils' own homes, private, other public and voluntary ones.

Section 251 tells the spend of line 3.1.1 by provider. Children are published by provider for all placements together
and by placement for all providers together, so pounds a week in own and private homes cannot be told apart: growth of
price stays that of the whole line, and what is here is spend.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.rules.sources import published
from data.rules.sources.notes import signed
from data.rules.sources.published import deflator
from data.rules.sources.write import csv_text

LINE = "3.1.1 Residential care"
PROVIDERS = {"own": "councils' own", "private": "private", "other_public": "other public", "voluntary": "voluntary"}
COLUMNS = ("provider", "financial_year", "gbp_m_2024_25_prices", "share_percent", "real_growth_a_year_percent")


def tables() -> dict[str, str]:
    """Write spend by provider and year in prices of 2024-25, its share, and yearly growth since the row above."""
    return {"homes_by_provider.csv": csv_text(COLUMNS, _rows())}


def _rows() -> Iterator[dict[str, object]]:
    lines = [row for row in published.table("s251_lines") if row["line"] == LINE]
    for key, name in PROVIDERS.items():
        before: tuple[int, float] | None = None
        for row in lines:
            year = int(row["financial_year"][:4]) + 1
            real = 100 * float(row[key]) / deflator(year)
            # From the year in the row above, which need not be the one before.
            yearly = None if before is None else (real / before[1]) ** (1 / (year - before[0])) - 1
            yield {
                "provider": name,
                "financial_year": row["financial_year"],
                "gbp_m_2024_25_prices": f"{real / 1e6:.1f}",
                "share_percent": f"{100 * float(row[key]) / float(row['total']):.1f}",
                "real_growth_a_year_percent": "" if yearly is None else signed(yearly).removesuffix("%"),
            }
            before = year, real
