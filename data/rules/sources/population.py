"""Child population by single age: cohort-component projection from mid-2023, scaled to revised totals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.rules.sources.published import figure, table

Array = NDArray[np.float64]
AGES = range(18)
#: Net migration of children a year, all ages 0-17 together: assumed (words/notes.toml, `population`).
MIGRATION = {"low": 0.0, "central": 40_000.0, "high": 90_000.0}
#: Births relative to the last count of children aged 0.
BIRTHS = {"low": 0.95, "central": 1.0, "high": 1.05}


def total(mid_year: int) -> float:
    """Published children aged 0 to 17."""
    return figure("population_totals", "population_0_17", mid_year=mid_year)


def _mid2023() -> Array:
    counts = [float(r["population"]) for r in table("population_mid2023")]
    return np.asarray(counts) * total(2023) / sum(counts[:18])


def mid_year(year: int) -> Array:
    """Give single ages 0 to 17 from mid-2021 on, scaled to the published total of the year.

    Before mid-2023 the same cohorts are taken back (children aged 2 to 19 in mid-2023 were 0 to 17 in mid-2021); after
    it they are older by a year each year, with births at the mid-2023 count of age 0.
    """
    known = _mid2023()
    older = year - 2023
    if older <= 0:
        found = known[-older : 18 - older]
    else:
        found = np.concatenate([np.repeat(known[:1], older), known[: 18 - older]])
    return np.asarray(found * total(year) / found.sum())


def path(years: range, variant: str = "central") -> dict[int, Array]:
    """Age the mid-year before the first year's forward: year `y` holds mid-year `y-1`.

    Each year the cohorts move up one age, births come in at age 0, and net migration is added in proportion to
    the children there are. Births are held at the last count of age 0 (of mid-2023, or of the mid-year before it).
    """
    base = years[0] - 2
    births = mid_year(min(base, 2023))[0] * BIRTHS[variant]
    now, found = mid_year(base), {}
    for year in years:
        moved = np.concatenate([[births], now[:-1]])  # no deaths: they are within net migration
        now = moved * (1.0 + MIGRATION[variant] / moved.sum())
        found[year] = now
    return found


def spread(years: range) -> tuple[float, float]:
    """Give the yearly growth of the low and the high path relative to the central one."""
    last, n = years[-1], len(years)
    centre = path(years)[last].sum()
    low, high = (path(years, v)[last].sum() for v in ("low", "high"))
    return float((low / centre) ** (1 / n) - 1), float((high / centre) ** (1 / n) - 1)


def implied_migration() -> float:
    """Net change of 2023-24 that births and ageing do not explain."""
    known = _mid2023()
    return float(total(2024) - known[:17].sum() - known[0])
