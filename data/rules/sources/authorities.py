"""The published tables of authorities, with what is suppressed fitted within its margins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from data.rules.sources.published import table

Array = NDArray[np.float64]
#: Columns of the tables by age and by placement, without what they are of.
AGES = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")
PLACEMENTS = (
    "fostering",
    "supported accommodation",
    "other",
    "other residential",
    "placed for adoption",
    "with parents",
    "residential schools",
    "homes",
)
CEASED = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16", "17", "18 and over")
#: Suppressed; and not applicable: no figure, no child.
SUPPRESSED, NONE = "c", "z"
#: Columns that add up to a total, by the table that they are in.
TABLES = {
    "stock": [f"stock {x}" for x in AGES],
    "placement": [f"stock {x}" for x in PLACEMENTS],
    "started": [f"started {x}" for x in AGES],
    "ceased": [f"ceased {x}" for x in CEASED],
}


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Give the rows of the authorities, by number."""
    found = [row for row in table("authorities") if row["level"] == "authority"]
    return tuple(sorted(found, key=lambda row: row["la_number"]))


@cache
def numbers() -> tuple[str, ...]:
    """Give the numbers of the authorities."""
    return tuple(row["la_number"] for row in rows())


@cache
def regions() -> tuple[str, ...]:
    """Give the region of each authority; London as one."""
    at = {row["la_number"]: row["region"] for row in table("authority_spend")}
    return tuple("London" if "London" in at[n] else at[n] for n in numbers())


def england(column: str) -> float:
    """Give the published figure of England."""
    (row,) = (row for row in table("authorities") if row["level"] == "country")
    return float(row[column])


def _column(name: str) -> Array:
    """Give a column, NaN where it is suppressed: (authority,)."""
    return np.array([np.nan if r[name] == SUPPRESSED else 0.0 if r[name] == NONE else float(r[name]) for r in rows()])


@cache
def total(name: str) -> Array:
    """Give a column; what is suppressed shares what England has beyond the sum of the others, evenly: (authority,)."""
    known = _column(name)
    lacks = np.isnan(known)
    if lacks.any():
        # England's figure is rounded to ten, so what is left of it may come out below the least that is suppressed.
        left = max(england(name) - np.nansum(known), lacks.sum())
        known[lacks] = left / lacks.sum()
    return known


@cache
def unaccompanied(which: str) -> Array:
    """Give unaccompanied children of the stock, or who started or ceased; no more than there are: (authority,)."""
    return np.minimum(total(f"{which} unaccompanied"), total(f"{which} total"))


@cache
def fitted(which: str) -> Array:
    """Give a table whose columns sum to a total: (authority, column), rows exact, columns to England's rounding.

    Suppressed cells share what their row lacks of its total; between columns as England's totals, less all that is
    published, say. Both are fitted in proportion; the last step is on the rows.
    """
    columns = TABLES[which]
    whole = "stock total" if which in ("stock", "placement") else f"{which} total"
    cells = np.stack([_column(c) for c in columns], axis=1)
    lacks = np.isnan(cells)
    short = total(whole) - np.nansum(cells, axis=1)
    wanted = np.array([england(c) for c in columns]) - np.nansum(cells, axis=0)
    short = np.where(lacks.any(1), np.maximum(short, 0.0), 0.0)
    # What England's rounded columns are off by is rounding, of which each column has as much.
    wanted += (short.sum() - wanted[lacks.any(0)].sum()) / lacks.any(0).sum()
    wanted = np.where(lacks.any(0), np.maximum(wanted, 1.0), 0.0)
    part = np.where(lacks, wanted, 0.0)
    for _ in range(200):
        part *= _ratio(wanted * short.sum() / wanted.sum(), part.sum(0))
        part *= _ratio(short, part.sum(1))[:, None]
    return np.where(lacks, part, np.nan_to_num(cells))


def _ratio(wanted: Array, found: Array) -> Array:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


def raked(
    seed: Array, margins: Sequence[tuple[Array, tuple[int, ...]]], rounds: int = 400
) -> tuple[Array, list[Array]]:
    """Fit tables to several margins each by iterative proportional fitting, many tables at once.

    Parameters
    ----------
    seed : ndarray of shape (...)
        One table; its zeros stay.
    margins : sequence of (ndarray of shape (table, ...), tuple of int)
        Sums wanted, and the axes of the seed that they keep. Those of one table have one total.

    Returns
    -------
    ndarray of shape (table, ...), list of ndarray
        The tables; and for each margin the factors by which the seed is multiplied.
    """
    n = len(margins[0][0])
    found = np.repeat(seed[None], n, axis=0)
    factors = [np.ones_like(wanted) for wanted, _ in margins]
    for _ in range(rounds):
        for i, (wanted, kept) in enumerate(margins):
            away = tuple(a + 1 for a in range(seed.ndim) if a not in kept)
            ratio = _ratio(wanted, found.sum(away))
            factors[i] = factors[i] * ratio
            found = found * np.expand_dims(ratio, away)
    return found, factors


@cache
def people() -> Array:
    """Give children by single age in mid-2023, districts summed to their authority: (authority, age)."""
    codes = {row["la_code"]: i for i, row in enumerate(rows())}
    found = np.zeros((len(codes), 18))
    for row in table("population_by_district"):
        found[codes[row["upper_code"]]] += [float(row[f"age_{a}"]) for a in range(18)]
    return found


@cache
def spend(column: str) -> Array:
    """Give a column of section 251 by authority, NaN where it is missing: (authority,)."""
    at = {row["la_number"]: row[column] for row in table("authority_spend")}
    return np.array([np.nan if at[n] in ("-", "") else float(at[n]) for n in numbers()])


@cache
def neighbours() -> NDArray[np.int_]:
    """Give the ten statistical neighbours of each, nearest first, as places among the authorities: (authority, 10)."""
    at = {n: i for i, n in enumerate(numbers())}
    found = {row["la_number"]: row for row in table("authority_neighbours")}
    return np.array([[at[found[n][f"neighbour {k}"]] for k in range(1, 11)] for n in numbers()])


#: Authorities that are a part of an area of the panel.
_PANEL = {"942": "909", "943": "909", "940": "928", "941": "928", "838": "9999", "839": "9999"}


def panel_areas() -> tuple[str, ...]:
    """Give the number of the area of the panel that each authority is, or is a part of."""
    return tuple(_PANEL.get(n, n) for n in numbers())


def panel(series: str, year: int) -> Array:
    """Give a series of the panel for each authority: that of the area it is a part of: (authority,)."""
    at = {r["la_number"]: r[series] for r in table("authority_panel") if r["year"] == str(year)}
    return np.array([float(at.get(n, "nan") or "nan") for n in panel_areas()])
