"""Who provides a placement, where the name of a placement tells it."""

from __future__ import annotations

from data.rules.sources.published import CLA24
from data.rules.sources.write import csv_text

_COLUMNS = ("placement", "provider", "source", "note")
_SOURCE = f"foster_by_provider.csv: {CLA24}"


def files() -> dict[str, str]:
    """Write the table."""
    rows = [
        {
            "placement": "foster in-house",
            "provider": "own",
            "source": _SOURCE,
            "note": "carers of a local authority, this one's or another's",
        },
        {
            "placement": "foster agency",
            "provider": "private and voluntary",
            "source": _SOURCE,
            "note": "carers of an independent agency",
        },
    ]
    return {"providers.csv": csv_text(_COLUMNS, rows)}
