"""What others forecast of England, in the words of our own tables, from their publications as transcribed."""

from __future__ import annotations

from data.rules.sources.published import table
from data.rules.sources.write import csv_text

_COLUMNS = ("who", "what", "made", "year", "value", "unit", "source", "how_seen")
#: Publication and measure as transcribed: who it is, what it is of, its unit, and what one of its units is.
_CHOSEN = {
    ("Care Review May 2022", "children in care", 2032): ("the Review", "children in care", "children", 1.0),
    ("CCN/Newton Nov 2021", "children in care", 2025): ("CCN/Newton", "children in care", "children", 1.0),
    ("CCN/IMPOWER Nov 2024", "children in care", 2030): ("CCN/IMPOWER", "children in care", "children", 1.0),
    ("CCN/IMPOWER Nov 2024", "children in residential/children's homes", 2030): (
        "CCN/IMPOWER",
        "children in homes",
        "children",
        1.0,
    ),
}


def files() -> dict[str, str]:
    """Write the table; money is left out, because none of it has a price year and a scope that ours has."""
    rows = []
    for row in table("published_projections"):
        year = int(float(row["year"])) if row["year"] else 0
        chosen = _CHOSEN.get((row["publication"], row["measure"], year))
        if chosen is not None:
            who, what, unit, times = chosen
            rows.append(
                {
                    "who": who,
                    "what": what,
                    "made": int(row["publication"][-4:]),
                    "year": year,
                    "value": float(row["value"]) * times,
                    "unit": unit,
                    "source": row["publication"],
                    "how_seen": row["how_seen"],
                }
            )
    return {"forecasts.csv": csv_text(_COLUMNS, rows)}
