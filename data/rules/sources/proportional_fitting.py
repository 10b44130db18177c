"""Iterative proportional fitting of a table to its margins, and single ages from band totals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.rules.sources.published import BANDS

Array = NDArray[np.float64]
#: Index of the band of each age.
band_of = np.repeat(np.arange(len(BANDS)), [last - first + 1 for first, last in BANDS.values()])
_MIDDLES = [3.0, 7.5, 13.0, 17.0]


def by_band(values: Array) -> Array:
    """Sum single ages (the first axis) to the published bands."""
    return np.stack([values[band_of == b].sum(0) for b in range(len(BANDS))])


def fit(seed: Array, rows: Array, columns: Array) -> Array:
    """Fit a table to its margins by iterative proportional fitting (raking); zeros of the seed stay zero.

    The margins must have the same total. The last step is on the columns; rows then hold to 12 figures. What
    is fitted has the odds ratios of the seed: of all tables with these margins it is the nearest in relative entropy.

    Parameters
    ----------
    seed : ndarray of shape (row, column)
        Not negative.
    rows, columns : ndarray of shape (row,), (column,)
        Margins.
    """
    if abs(rows.sum() - columns.sum()) > 1e-6 * rows.sum():
        raise ValueError(f"margins sum to {rows.sum()} and {columns.sum()}")
    found = np.array(seed, dtype=float)
    for _ in range(20_000):
        found *= _ratio(rows, found.sum(1))[:, None]
        found *= _ratio(columns, found.sum(0))[None, :]
        if np.abs(found.sum(1) - rows).max() < 1e-12 * rows.sum():
            return found
    raise ValueError("the zeros do not allow these margins: " + str((found.sum(1) - rows).round(1)))


def _ratio(wanted: Array, found: Array) -> Array:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


def smooth_rates(totals: Array, population: Array) -> Array:
    """Spread band totals over single ages by a log-linear rate through the band middles.

    Age 0 is its own band. Each band is scaled so that its total comes back.
    """
    # log rate, straight between the middles of the bands and level outside them: no rate is ever below zero
    rates = totals[1:] / by_band(population)[1:]
    found = np.exp(np.interp(np.arange(18) + 0.5, _MIDDLES, np.log(rates))) * population
    for band in range(len(totals)):
        inside = band_of == band
        found[inside] *= totals[band] / found[inside].sum()
    return found


def tilt(values: Array, band: int, slope: float) -> None:
    """Tilt a band of single ages in place, its total kept."""
    inside = np.flatnonzero(band_of == band)
    tilted = values[inside] * np.exp(slope * (inside - inside.mean()))
    values[inside] = tilted * values[inside].sum() / tilted.sum()
