"""The set england-2025-phases, or that of a year's release: with two phases of time in care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from data.rules.findings.tables import Row
from data.rules.rates import time_in_care
from data.rules.rates.base_case import STREAMS, base_case
from data.rules.rates.time_in_care import NEW, SETTLED, Fit
from data.rules.sets import baselines, england
from data.rules.sources.notes import note
from data.rules.sources.proportional_fitting import band_of
from data.rules.sources.write import csv_text

Array = NDArray[np.float64]
KIND = "phases"
NAME = f"{england.NAME}-{KIND}"
SOURCE = "time_in_care.csv: DfE, Children looked after in England, 2023-24 release, national files"
PHASE_COLUMNS = ("phase", "exit_factor", "rate", "unit", "source", "source_year", "quality", "note")
SHARE_COLUMNS = ("streams", "ages", "placements", "phase", "value", "unit", "source", "source_year", "quality", "note")
#: Decimals of a share.
_DIGITS = 5


def files() -> dict[str, str]:
    """Write the files that differ from those of the set without."""
    fit = time_in_care.fitted(2)
    return {
        "set.toml": _words(fit),
        "phases.csv": csv_text(PHASE_COLUMNS, _phases(fit)),
        "phase_shares.csv": csv_text(SHARE_COLUMNS, _shares()),
        **baselines.background(),
    }


def _words(fit: Fit) -> str:
    return england.variant(KIND, {"rate": f"{fit.rates[0]:.2f}", "factor": f"{fit.factors[0]:.1f}", **_misses(fit)})


def _misses(fit: Fit) -> dict[str, str]:
    wanted = time_in_care.observed()
    return {f"miss_{when.replace(' ', '_')}": f"{fit.left[when] - wanted[when]:+.1f}" for when in wanted}


def _phases(fit: Fit) -> Iterator[Row]:
    about = {"unit": "per child-year", "source": SOURCE, "source_year": "2020 to 2024", "quality": "D"}
    for phase, factor, rate in zip((NEW, SETTLED), fit.factors, (*fit.rates, None), strict=True):
        yield {"phase": phase, "exit_factor": factor, "rate": rate, **about, "note": note(f"phase_{phase}")}


def _shares() -> Iterator[Row]:
    about = {"unit": "share", "source": f"solved; {SOURCE}", "source_year": str(england.YEAR), "quality": "D"}
    for stream in STREAMS:
        for (value, names), ages in _cells(written(stream)).items():
            for phase, share in ((NEW, value), (SETTLED, round(1 - value, _DIGITS))):
                key = {"streams": stream, "ages": _spelt(ages), "placements": names, "phase": phase, "value": share}
                yield {**key, **about, "note": note("phase_shares")}


@cache
def written(stream: str) -> Array:
    """Give the share of new children by age and placement; where nobody is, that of the age, or of the nearest age."""
    found = time_in_care.base_shares(time_in_care.fitted(2))[stream][0]
    stock = base_case(england.YEAR).streams[stream].stock
    there = ~np.isnan(found) & (stock > 0)
    size = (stock * there).sum(1)
    of_age = np.divide((stock * np.where(there, found, 0)).sum(1), size, out=np.zeros(18), where=size > 0)
    known = np.flatnonzero(size > 0)
    nearest = of_age[known[np.abs(np.arange(18)[:, None] - known).argmin(1)]]
    return np.asarray(np.where(there, found, nearest[:, None]).round(_DIGITS))


def _cells(shares: Array) -> Mapping[tuple[float, tuple[str, ...]], list[int]]:
    """Put together the placements of an age, and then the ages, that have the same share."""
    names, cells = base_case(england.YEAR).placements, dict[tuple[float, tuple[str, ...]], list[int]]()
    for age in range(len(band_of)):
        for value in dict.fromkeys(shares[age].tolist()):
            same = tuple(n for n, s in zip(names, shares[age].tolist(), strict=True) if s == value)
            cells.setdefault((value, same), []).append(age)
    return cells


def _spelt(ages: list[int]) -> str:
    """Write ages as bands."""
    parts: list[list[int]] = []
    for age in ages:
        if parts and age == parts[-1][-1] + 1:
            parts[-1].append(age)
        else:
            parts.append([age])
    return "; ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)
