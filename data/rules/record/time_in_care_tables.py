"""Findings on time in care: durations by number of phases, and the answer to a fall in entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from data.rules.rates import time_in_care
from data.rules.sets import england, england_2025_phases
from data.rules.sources.published import BANDS
from data.rules.sources.write import csv_text

Array = NDArray[np.float64]
#: The fall in entries from 2025-26, and the years after which children are counted.
FALL, YEARS = 0.10, (0, 1, 2, 5, 10, 20)
FLOWS = ("entries", "exits", "aged_out")


def tables() -> dict[str, str]:
    """Write both tables, and the flows of the first year."""
    runs = {of.NAME: _run(of.NAME) for of in (england, england_2025_phases)}
    fewer = ("set", "years_from_2025", "inaction", "ten_percent_fewer_entries", "fewer_children", "fewer_percent")
    flows = ("flow", "ages", england.NAME, england_2025_phases.NAME, "difference_percent")
    return {
        "time_in_care.csv": csv_text(("left_by", "published", *_NAMES.values()), _durations()),
        "fewer_entries.csv": csv_text(fewer, (row for name, run in runs.items() for row in _fewer(name, run))),
        "first_year.csv": csv_text(flows, _first_year(*runs.values())),
    }


_NAMES = {1: "without_phases", 2: "two_phases", 3: "three_phases"}


def _durations() -> Iterator[dict[str, object]]:
    """Compare the shares of those who start who have left by a time [percent]."""
    fits = {name: time_in_care.fitted(n).left for n, name in _NAMES.items()}
    for when, value in time_in_care.observed().items():
        yield {"left_by": when, "published": value, **{name: f"{of[when]:.1f}" for name, of in fits.items()}}


def _run(name: str) -> cc.Results:
    """Run a set as it is built now, with entries as they are and with fewer."""
    less = cc.Scenario("fewer", [cc.Lever("fewer", [cc.Change("entry_rate", "scale", -FALL)])])
    with TemporaryDirectory() as folder:
        for of in (england, england_2025_phases):
            place = Path(folder) / of.NAME
            place.mkdir()
            for file, text in of.files().items():
                (place / file).write_text(text, encoding="utf-8")
        return cc.run(cc.load_assumptions(Path(folder) / name), less, years=max(YEARS), start=england.YEAR + 1)


def _fewer(name: str, results: cc.Results) -> Iterator[dict[str, object]]:
    """Count children in care with and without a fall in entries, to ten."""
    a, b = (results.projection(scenario).children[0] for scenario in ("inaction", "fewer"))
    for t in YEARS:
        now, then = _ten(a[t]), _ten(b[t])
        row = {"set": name, "years_from_2025": t, "inaction": now, "ten_percent_fewer_entries": then}
        yield row | {"fewer_children": now - then, "fewer_percent": f"{100 * (1 - b[t] / a[t]):.1f}"}


def _first_year(*runs: cc.Results) -> Iterator[dict[str, object]]:
    """Compare the flows of 2025-26 under inaction by band."""
    projections = [run.projection("inaction") for run in runs]
    for flow in FLOWS:
        by_age = [_care(p, flow) for p in projections]
        for name, (first, last) in ({"all": (0, 17)} | BANDS).items():
            plain, phased = (float(x[first : last + 1].sum()) for x in by_age)
            if plain:
                error = f"{100 * (phased / plain - 1):+.1f}"
                row = {"flow": flow, "ages": name, england.NAME: round(plain), england_2025_phases.NAME: round(phased)}
                yield row | {"difference_percent": error}


def _care(p: cc.Projection, flow: str) -> Array:
    found: Array = getattr(p, flow)[0, 0][:, list(p.grid.in_care)]
    return np.asarray(found.reshape(len(found), -1).sum(1))


def _ten(children: float) -> int:
    return round(children / 10) * 10
