"""Tables of what one child who enters costs over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from carecost._typing import Array
from carecost.analysis.lifetime_cost import LifetimeCost, lifetime_cost
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.results.tables import item_labels, priced
from carecost.simulation.run import Run

#: What a child can be told apart by, and what is paid for.
WHO = ("stream", "age", "placement")
WHAT = ("item", "group", "account", "payer", "gross_net", "kind")


def rows(run: Run, by: Sequence[str]) -> pd.DataFrame:
    """Give what one child who enters costs; see :meth:`carecost.Results.lifetime_cost`."""
    known = (*WHO, *WHAT)
    refuse([unknown("column to group by", name, known) for name in by if name not in known], UnknownNameError)
    made = lifetime_cost(run)
    who, what = [name for name in by if name in WHO], [name for name in by if name in WHAT]
    cells, weights = _cells(made, who)
    items, member = _items(made, what)
    spend, time = np.nan_to_num(_flat(made.spend)), np.nan_to_num(made.child_years.reshape(-1, made.grid.n_years))
    gross = np.einsum("gc,cyi,ij->gyj", weights, spend, member)
    cashable = np.einsum("gc,cyi,yi,ij->gyj", weights, spend, made.cashable, member)
    lived = np.broadcast_to((weights @ time)[..., None], gross.shape)
    discounted = made.factors[:, None]
    index = [
        {**cell, **item, "year": year, "years_since_entry": k}
        for cell in cells
        for k, year in enumerate(made.grid.years)
        for item in items
    ]
    columns = {
        "child_years": lived,
        "gross": gross,
        "cashable": cashable,
        "gross_discounted": gross * discounted,
        "cashable_discounted": cashable * discounted,
    }
    frame = pd.DataFrame(index).assign(**{name: array.ravel() for name, array in columns.items()})
    return priced(frame[[*by, *(c for c in frame.columns if c not in by)]], run.provenance.price_base)


def _flat(spend: Array) -> Array:
    """Put streams, ages and placements on one axis: (cell, year, item)."""
    return spend.reshape(-1, *spend.shape[3:])


def _cells(made: LifetimeCost, who: Sequence[str]) -> tuple[list[dict[str, Any]], Array]:
    """Give the labels of each group of cells, and its weights: (group, cell); a mean over those who enter."""
    labels = made.streams, made.grid.ages, [p.name for p in made.grid.placements]
    every = [dict(zip(WHO, names, strict=True)) for names in _product(*labels)]
    there = np.isfinite(made.child_years[..., 0]).ravel()
    keys = [tuple(cell[name] for name in who) for cell in every]
    entries = np.where(there, made.entries.ravel(), 0.0)
    groups, weights = [], []
    for key in dict.fromkeys(k for k, here in zip(keys, there, strict=True) if here):
        mine = np.array([k == key for k in keys]) & there
        weight = np.where(mine, entries, 0.0)
        if weight.sum() == 0 and mine.sum() > 1:
            continue  # nobody enters there, and the cells differ: there is no mean
        groups.append(dict(zip(who, key, strict=True)))
        weights.append(weight / weight.sum() if weight.sum() else mine.astype(float))
    return groups, np.stack(weights)


def _product(*labels: Sequence[Any]) -> list[tuple[Any, ...]]:
    first, second, third = labels
    return [(a, b, c) for a in first for b in second for c in third]


def _items(made: LifetimeCost, what: Sequence[str]) -> tuple[list[dict[str, Any]], Array]:
    """Give the labels of each group of items, and which are in it: (item, group); of the public purse alone."""
    labels, public = item_labels(made.grid), [item.public for item in made.grid.items]
    keys = [tuple(labels[name][i] for name in what) for i in range(len(public))]
    groups = list(dict.fromkeys(key for key, counts in zip(keys, public, strict=True) if counts))
    member = [[float(counts and key == group) for group in groups] for key, counts in zip(keys, public, strict=True)]
    return [dict(zip(what, group, strict=True)) for group in groups], np.array(member).reshape(len(keys), len(groups))
