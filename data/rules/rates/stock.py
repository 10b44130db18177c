"""Stock on 31 March by single age and placement: proportional fitting of age profiles to published margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.rules.rates.cohorts import DETAILED, LAST, cohorts
from data.rules.sources import published
from data.rules.sources.proportional_fitting import fit
from data.rules.sources.published import figure

Array = NDArray[np.float64]

FOSTER = "Foster placements"
HOMES = "Secure homes and children's homes"
SUPPORTED = "Independent and semi-independent living arrangements/supported accommodation"
OTHER = "Other placements"
RESIDENTIAL = "Other residential settings"
SCHOOLS = "Residential schools"
PARENTS = "Placed with parents or other person with parental responsibility"
ADOPTION = "Placed for adoption"
PUBLISHED = (FOSTER, HOMES, SUPPORTED, OTHER, RESIDENTIAL, SCHOOLS, PARENTS, ADOPTION)

#: Each packaged placement and the published category it is part of.
FULL = {
    "kinship foster": FOSTER,
    "foster in-house": FOSTER,
    "foster agency": FOSTER,
    "children's home": HOMES,
    "secure": HOMES,
    "other residential": RESIDENTIAL,
    "residential school": SCHOOLS,
    "supported accommodation": SUPPORTED,
    "with parents": PARENTS,
    "placed for adoption": ADOPTION,
    "other": OTHER,
}
#: Age bands of the stated profiles, and the weight of each placement in them: zeros are structural.
PROFILE_AGES = (0, 1, 5, 8, 10, 12, 14, 16, 17)
PROFILES: dict[str, Sequence[float]] = {
    "kinship foster": (1.2, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.5, 0.4),
    "foster in-house": (1.3, 1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.6, 0.5),
    "foster agency": (0.6, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0, 0.7, 0.6),
    "children's home": (0.003, 0.006, 0.05, 0.25, 0.6, 1.0, 1.2, 1.2, 0.9),
    "secure": (0, 0, 0, 0, 0.05, 0.5, 1.5, 1.5, 1.0),
    "other residential": (5.0, 0.5, 0.1, 0.2, 0.3, 0.6, 1.0, 1.5, 1.5),
    "residential school": (0, 0, 0.1, 0.5, 1.0, 1.2, 1.2, 1.0, 0.8),
    "supported accommodation": (0, 0, 0, 0, 0, 0, 0, 0.45, 1.0),
    "with parents": (1.0, 1.3, 1.2, 1.0, 1.0, 0.9, 0.9, 0.7, 0.6),
    "placed for adoption": (0.35, 1.2, 0.3, 0.05, 0, 0, 0, 0, 0),
    "other": (0.2, 0.15, 0.15, 0.2, 0.3, 0.6, 1.0, 2.0, 2.5),
}
#: Placements an unaccompanied child may be in; kinship foster care is taken as none.
UASC_PLACEMENTS = ("foster in-house", "foster agency", "children's home", "supported accommodation", "other")


@dataclass(frozen=True)
class Shares:
    """Shares that are published for some other year only, carried to the year wanted.

    Attributes
    ----------
    kinship, agency : float
        Of fostering.
    secure : float
        Of secure homes and children's homes.
    homes : float
        Residential care homes in other residential settings.
    """

    kinship: float
    agency: float
    secure: float
    homes: float


def shares(year: int) -> Shares:
    """Give the shares of the year: of 2022 before it, of the last published (2024) after it."""
    at = min(max(year, 2022), published.SHARED)

    def detail(name: str) -> float:
        return figure("placement_detail", "children", year=at, placement=name)

    agency = sum(fostered_by(at, p) for p in ("Private provision", "Voluntary/third sector provision"))
    foster = detail("1. Total foster placements")
    kin = sum(
        detail(f"1{w}.1 Total foster placements {side} council boundary with relative or friend")
        for w, side in (("a", "inside"), ("b", "outside"))
    )
    secure = sum(
        detail(f"4{w} Secure home placement {side} the council boundary")
        for w, side in (("a", "inside"), ("b", "outside"))
    )
    return Shares(
        kin / foster,
        agency / foster,
        secure / detail("4. Total secure homes and children's homes"),
        detail("6a Residential care homes") / detail("6. Total other residential settings"),
    )


def fostered_by(year: int, provider: str) -> float:
    """Give fostered children by provider."""
    where = ("2a. Foster placements (inside council boundary)", "3a. Foster placements (outside council boundary)")
    return sum(figure("foster_by_provider", "children", year=year, placement=w, provider=provider) for w in where)


def split(year: int, placement: str) -> float:
    """Give the share that a packaged placement has of its published category."""
    carried = shares(year)
    return {
        "kinship foster": carried.kinship,
        "foster in-house": 1 - carried.kinship - carried.agency,
        "foster agency": carried.agency,
        "children's home": 1 - carried.secure,
        "secure": carried.secure,
    }.get(placement, 1.0)


def by_placement(year: int) -> dict[str, float]:
    """Give all children by packaged placement on 31 March."""
    return {
        name: split(year, name) * figure("stock_by_placement", "children", year=year, placement=category)
        for name, category in FULL.items()
    }


def _uasc_categories(year: int) -> dict[str, float]:
    """Give the unaccompanied stock by published category.

    Published from 2022 on. For a year that is not (2025) the last shares are carried, but between supported
    accommodation and other placements: their split is moved as it moved for all children (other placements halved as
    homes registered).
    """
    at = min(max(year, 2022), DETAILED)
    names = {
        FOSTER: "1. Foster placements",
        HOMES: "2. Secure homes and children's homes",
        SUPPORTED: "3. Independent and semi-independent living arrangements/ supported accommodation",
        OTHER: "4. Other placements",
    }
    found = {k: figure("uasc_stock", "children", year=at, by="Placements", characteristic=v) for k, v in names.items()}
    pool = found[SUPPORTED] + found[OTHER]

    def share(y: int) -> float:
        both = [figure("stock_by_placement", "children", year=y, placement=c) for c in (SUPPORTED, OTHER)]
        return both[1] / sum(both)

    # share of other placements in the pool of the two, moved in proportion to the same share of all children
    other = found[OTHER] / pool * share(year) / share(at)
    found |= {OTHER: pool * other, SUPPORTED: pool * (1 - other)}
    scale = published.uasc_stock(year) / sum(found.values())
    return {k: v * scale for k, v in found.items()}


def uasc_by_placement(year: int) -> dict[str, float]:
    """Give the unaccompanied stock by packaged placement; no kinship foster care and no secure home."""
    categories = _uasc_categories(year)
    carried = shares(year)
    found = dict.fromkeys(FULL, 0.0)
    in_house = (1 - carried.kinship - carried.agency) / (1 - carried.kinship)
    found["foster in-house"] = categories[FOSTER] * in_house
    found["foster agency"] = categories[FOSTER] * (1 - in_house)
    found["children's home"] = categories[HOMES]
    found["supported accommodation"] = categories[SUPPORTED]
    found["other"] = categories[OTHER]
    return found


def profile(stream: str) -> Array:
    """Give the stated seed by single age and placement; zeros are structural."""
    bands = np.searchsorted(PROFILE_AGES, np.arange(18), side="right") - 1
    seed = np.array([PROFILES[p] for p in FULL]).T[bands]
    if stream == "uasc":
        seed = seed * np.array([p in UASC_PLACEMENTS for p in FULL])
        seed[:12] = 0.0
    return seed


def joint(year: int, last_known: int = LAST) -> dict[str, Array]:
    """Fit each stream's stock by single age and placement to its margins.

    The published margins by placement come back exactly. Those by age are rounded to ten and sum to 10 less; they are
    scaled to the same total, which moves no band by more than its rounding. Single ages are those of the cohorts that
    were fitted to the years up to `last_known`.
    """
    everyone, uasc = by_placement(year), uasc_by_placement(year)
    columns = {
        "uasc": np.array([uasc[p] for p in FULL]),
        "other": np.array([everyone[p] - uasc[p] for p in FULL]),
    }
    found = {}
    for stream, wanted in columns.items():
        rows = cohorts(last_known).stock[stream, year]
        seed = profile(stream) * rows[:, None]
        found[stream] = fit(seed, rows * wanted.sum() / rows.sum(), wanted)
    return found
