"""Tables of what ships with the package: sets and scenarios, by name."""

from __future__ import annotations

import pandas as pd

from carecost._guard import guarded
from carecost._labels import financial_year
from carecost.files.packaged import packaged_regions, scenario_heads, set_heads


@guarded()
def sets() -> pd.DataFrame:
    """List the packaged sets of assumptions.

    Returns
    -------
    DataFrame
        Columns name (what :func:`load_assumptions` and :func:`run` take), title, base_year (31 March of it), years
        (ahead, unless others are asked for), prices (financial year), streams, areas (whether its areas ship too), and
        base (the set that it is like, empty where it stands alone).

    See Also
    --------
    scenarios : What may be done.
    load_assumptions : Load one.

    Examples
    --------
    >>> listed = sets().set_index("name")
    >>> str(listed.loc["england-2025", "prices"]), bool(listed.loc["england-2025", "areas"])
    ('2024-25', True)
    """
    areas = packaged_regions()
    rows = [
        {
            "name": name,
            "title": head["title"],
            "base_year": int(head["base_year"]),
            "years": int(head["years"]),
            "prices": financial_year(head["price_year"]),
            "streams": ", ".join(head["streams"]),
            "areas": name in areas,
            "base": head.get("base", ""),
        }
        for name, head in set_heads().items()
    ]
    return pd.DataFrame(rows)


@guarded()
def scenarios() -> pd.DataFrame:
    """List the packaged scenarios.

    Returns
    -------
    DataFrame
        Columns name (what :func:`load_scenario` and :func:`run` take), title, made_for (the set that it is for; empty
        where it is for any current one), levers (how many of its own) and parts (scenarios whose levers come first).

    See Also
    --------
    sets : What they are run on.
    load_scenario : Load one.

    Examples
    --------
    >>> listed = scenarios().set_index("name")
    >>> listed.loc["care-review", "parts"][:27]
    'family-help, family-network'
    """
    rows = [
        {
            "name": name,
            "title": head["title"],
            "made_for": head.get("made_for", ""),
            "levers": levers,
            "parts": ", ".join(head.get("parts", ())),
        }
        for name, (head, levers) in scenario_heads().items()
    ]
    return pd.DataFrame(rows)
