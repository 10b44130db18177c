"""Load a set from the text of its files and run it, centrally, with the package itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from data.rules.rates.exits import REASONS
from data.rules.sources.proportional_fitting import by_band

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CentralRun:
    """A central run of inaction, children in care only, both streams together.

    Attributes
    ----------
    years : tuple of int
        Projected years; stocks have the same dates (the base date is left out).
    stock, exits : ndarray of shape (year, band)
        On 31 March; leaving before 18 in the year.
    placed : dict of str to ndarray of shape (year,)
        Stock by placement.
    uasc, aged_out, started : ndarray of shape (year,)
        Unaccompanied stock; leaving at 18; starts without the residual of stock and flows.
    volume, spend : dict of str to ndarray of shape (year,)
        By item [units of the driver; GBP of the price year].
    groups : dict of str to str
        Group of each item.
    """

    years: tuple[int, ...]
    stock: Array
    exits: Array
    placed: Mapping[str, Array]
    uasc: Array
    aged_out: Array
    started: Array
    volume: Mapping[str, Array]
    spend: Mapping[str, Array]
    groups: Mapping[str, str]

    def by_group(self, year: int) -> dict[str, float]:
        """Sum spend of a year by group."""
        at, found = self.years.index(year), dict.fromkeys(self.groups.values(), 0.0)
        for item, gbp in self.spend.items():
            found[self.groups[item]] += float(gbp[at])
        return found


def load(files: Mapping[str, str]) -> cc.Assumptions:
    """Load a set from its files, as a user would."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
        return cc.load_assumptions(folder)


def run(assumptions: cc.Assumptions, years: int) -> CentralRun:
    """Run a set without draws."""
    done = cc.run(assumptions, years=years).run
    streams = done.projections("inaction")
    care = [i for i, p in enumerate(done.grid.placements) if p.in_care]
    reasons = [i for i, r in enumerate(done.grid.reasons) if r.name in REASONS]

    def total(of: str) -> Array:
        return np.asarray(sum(getattr(p, of)[0][..., care] for p in streams.values()))

    stock = total("stock")[1:]
    exits = np.asarray(sum(p.exits[0][..., care, :][..., reasons].sum(-1) for p in streams.values()))
    extra = sum(x[0].sum((1, 2)) for p in streams.values() for x in p.extra_entries.values())
    costs, items = done.central["inaction"].costs, done.grid.items
    return CentralRun(
        years=tuple(done.grid.years),
        stock=np.array([by_band(s.sum(1)) for s in stock]),
        exits=np.array([by_band(e.sum(1)) for e in exits]),
        placed={done.grid.placements[i].name: stock[:, :, at].sum(1) for at, i in enumerate(care)},
        uasc=streams["uasc"].stock[0, 1:][..., care].sum((1, 2)),
        aged_out=total("aged_out").sum((1, 2)),
        started=total("entries").sum((1, 2)) - extra,
        volume={x.name: costs.volume[0, :, i] for i, x in enumerate(items)},
        spend={x.name: costs.spend[0, :, i] for i, x in enumerate(items)},
        groups={x.name: x.group for x in items},
    )
