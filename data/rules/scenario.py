"""What did the Review say would happen? Its programme and its claims, as a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules import solve
from rules.files import toml_value
from rules.words import read

#: Programme spending by programme year [GBP], in prices taken as 2021-22.
SPEND = (46e6, 987e6, 1257e6, 233e6)
#: How far the interval of a claimed effect goes beyond the claim.
BEYOND = 1.2


def files() -> dict[str, str]:
    """Write the scenario."""
    words = read("care-review")
    head = {"name": "care-review", "title": words["title"], "claim": True, "note": words["note"]}
    family, networks = solve.effects()
    levers = {
        "family help": [_effect(family)],
        "family networks and kinship": [_effect(networks)],
        "reform programme": [_spending(year, amount) for year, amount in enumerate(SPEND, start=1)],
    }
    parts = ["[scenario]\n" + _table(head), *(_lever(name, words[name], changes) for name, changes in levers.items())]
    return {"care-review.toml": "\n".join(parts)}


def _table(values: Mapping[str, Any], indent: str = "") -> str:
    return "".join(f"{indent}{k} = {toml_value(v)}\n" for k, v in values.items())


def _lever(name: str, words: Mapping[str, str], changes: list[dict[str, Any]]) -> str:
    head = {"name": name, "source": words["source"], "quality": "E", "note": words["note"]}
    return "[[lever]]\n" + _table(head) + "".join("\n  [[lever.change]]\n" + _table(c, "  ") for c in changes)


def _effect(amount: float) -> dict[str, Any]:
    return {
        "parameter": "entry_rate",
        "operation": "scale",
        "amount": amount,
        "low": round(amount * BEYOND, 6),
        "high": 0.0,
        "level": 1.0,
        "distribution": "triangular",
        "unit": "share",
        "start": solve.START,
        "full": solve.FULL,
        "streams": ["other"],
    }


def _spending(year: int, amount: float) -> dict[str, Any]:
    return {
        "parameter": "unit_cost",
        "operation": "add",
        "amount": amount,
        "unit": "GBP per year",
        "price_year": 2022,
        "items": ["reform programme"],
        "start": year,
        "full": year,
        "end": year,
    }
