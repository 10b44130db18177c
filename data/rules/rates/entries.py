"""Entry rates by single age, placement on entry, and the residual of stock and flows as extra entries."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from data.rules.rates.cohorts import LAST, cohorts, extra_by_age, residual
from data.rules.rates.stock import FULL, profile, uasc_by_placement
from data.rules.sources import population, published
from data.rules.sources.proportional_fitting import fit
from data.rules.sources.published import figure

Array = NDArray[np.float64]
#: Placements on entry as published, with the packaged placements each is split into.
_ENTRY = {
    "1. Total foster placements": ("kinship foster", "foster in-house", "foster agency"),
    "3. Total placed with parents or other person with parental responsibility": ("with parents",),
    "4. Total secure homes and children's homes": ("children's home", "secure"),
    "5. Total independent and semi-independent living arrangements/ supported accommodation": (
        "supported accommodation",
    ),
    "6. Total other residential settings": ("other residential",),
    "7. Total residential schools": ("residential school",),
    "8. Total other placements": ("other",),
}
#: A child who has just come in is likelier than one in care to be in these: weights on the age profiles.
_ON_ENTRY = {"other residential": {0: 3.0}}


def starts(year: int, last_known: int = LAST) -> dict[str, Array]:
    """Give each stream's starts by single age, as the years up to `last_known` show them."""
    return {s: cohorts(last_known).starts[s, year] for s in ("other", "uasc")}


def rates(count: Mapping[str, Array], year: int) -> dict[str, Array]:
    """Give starts per child of the age in the population of the mid-year before."""
    people = population.mid_year(year - 1)
    return {s: found / people for s, found in count.items()}


def on_entry(year: int) -> dict[str, float]:
    """Give the share of starts by packaged placement; for a later year (2025) that of the last published."""
    at = min(year, published.ENTERED)

    def detail(name: str) -> float:
        return figure("started_by_placement", "children", year=at, placement=name)

    kin = detail("1a.1 Total foster placements inside council boundary with relative or friend") + detail(
        "1b.1 Total foster placements outside council boundary with relative or friend"
    )
    found = {names[0]: detail(k) for k, names in _ENTRY.items() if len(names) == 1}
    foster, homes = (detail(k) for k, names in _ENTRY.items() if len(names) > 1)
    stock = uasc_by_placement(year)
    in_house = stock["foster in-house"] / (stock["foster in-house"] + stock["foster agency"])
    secure = detail("4b. Secure home placement outside the council boundary")
    found |= {
        "kinship foster": kin,
        "foster in-house": (foster - kin) * in_house,
        "foster agency": (foster - kin) * (1 - in_house),
        "secure": secure,
        "children's home": homes - secure,
        "placed for adoption": 0.0,
    }
    return {p: found[p] / sum(found.values()) for p in FULL}


def entry_table(count: Mapping[str, Array], year: int) -> dict[str, Array]:
    """Fit starts by single age and placement on entry, both streams at once.

    Starts by age and stream are the rows; the published placement on entry the columns. The seeds are the age profiles
    of the stock, and for unaccompanied children also their placements on 31 March. No child enters placed for adoption.
    """
    uasc = uasc_by_placement(year)
    here = np.array([uasc[p] for p in FULL])
    seeds = {"other": profile("other"), "uasc": (profile("uasc") > 0) * here / here.sum()}
    for name, weights in _ON_ENTRY.items():
        for age, weight in weights.items():
            seeds["other"][age, list(FULL).index(name)] *= weight
    seeds = {s: seed * (np.array(list(FULL)) != "placed for adoption") for s, seed in seeds.items()}
    # rows are ages of both streams, (36,): the published placement on entry is of all children together
    rows = np.concatenate([count[s] for s in seeds])
    share = on_entry(year)
    columns = np.array([share[p] for p in FULL]) * rows.sum()
    both = fit(np.concatenate(list(seeds.values())) * (rows > 0)[:, None], rows, columns)
    return {"other": both[:18], "uasc": both[18:]}


def entry_share(count: Mapping[str, Array], year: int) -> dict[str, Array]:
    """Give the placement on entry by single age; ages without entries get zeros."""
    found = {}
    for stream, table in entry_table(count, year).items():
        total = table.sum(1, keepdims=True)
        found[stream] = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    return found


def extra(year: int, count: Array, share: Array, born: float) -> Array:
    """Spread the residual of stock and flows over starts after birth, by age and placement on entry."""
    return extra_by_age(count, born, residual(year))[:, None] * share
