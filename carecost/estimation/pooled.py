"""Rates of a small area pooled towards known ones, by how much its own numbers bear: empirical Bayes on ratios.

What was counted is set against what the known rates would have given at the same exposure. The ratio of the two is
estimated as a rate is: the whole first, pulled towards one; then part by part, each pulled towards its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv, stdtr

from carecost._typing import Array
from carecost.maths.partial_pooling import JEFFREYS, Chance, Level, split_rates, spread, tree


class Trend(NamedTuple):
    """Whether a yearly number rises or falls beyond chance, beside what is expected of it.

    Attributes
    ----------
    rate : float
        Growth a year, in logs.
    p : float
        Probability of one as large, either way, were there none; 1 with fewer than three years.
    """

    rate: float
    p: float


#: A trend is taken as one below this probability.
FOUND = 0.05


def trend(events: Array, expected: Array) -> Trend:
    """Test for a trend over years: log-linear Poisson regression, with the variance that the years show.

    Parameters
    ----------
    events, expected : ndarray of shape (year,)
        Counted, and expected without a trend, up to a factor.

    Returns
    -------
    Trend
        Its rate, and how likely chance alone is to give one as large (t distribution, two degrees fewer than years).

    Examples
    --------
    >>> found = trend(np.array([100.0, 121.0, 144.0, 169.0]), np.ones(4))
    >>> round(found.rate, 2), found.p < 0.05
    (0.17, True)
    """
    n = len(events)
    if n < 3 or events.sum() <= 0 or (expected <= 0).any():
        return Trend(0.0, 1.0)
    time = np.arange(n) - (n - 1) / 2
    rate = 0.0
    for _ in range(50):  # Newton's method on the slope, the level solved for at each step
        mean = expected * np.exp(np.clip(rate * time, -30, 30))
        mean *= events.sum() / mean.sum()
        centred = time - (mean @ time) / mean.sum()
        information = float(mean @ centred**2)
        step = float(centred @ (events - mean)) / max(information, 1e-12)
        rate += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-10:
            break
    # Years vary by more than chance: the variance of a year over its mean, never below that of a Poisson number.
    dispersion = max(1.0, float(((events - mean) ** 2 / mean).sum()) / (n - 2))
    z = abs(rate) * np.sqrt(information / dispersion)
    return Trend(rate, float(2 * stdtr(n - 2, -z)))


class Pooled(NamedTuple):
    """Ratios of what was counted to what known rates would give, cell by cell.

    Attributes
    ----------
    levels : tuple of Level
        The tree; exposure is the number expected at the known rates.
    whole : tuple of float
        Counted and expected, from which the ratio of the whole is estimated: all years, or the last where there is a
        trend.
    worth : float
        How many events of its own the known level is worth.
    dispersion : float
        Variance of the whole number over that of a Poisson number.
    trend : Trend
        Of the whole number over the years.
    """

    levels: tuple[Level, ...]
    whole: tuple[float, float]
    worth: float
    dispersion: float
    trend: Trend

    @property
    def weight(self) -> float:
        """Weight of the area's own level beside the known one, from 0 to 1."""
        own = self.whole[1] / self.dispersion
        return own / (own + self.worth)

    @property
    def ratio(self) -> float:
        """Mean of the ratio of the whole."""
        return float(self._whole(None)[0])

    def pattern(self) -> dict[int, float]:
        """Weight of the area's own parts beside their groups, level by level below the whole, by number expected."""
        out = {}
        for i, level in enumerate(self.levels[1:], start=1):
            expected = level.exposure
            own = expected / (expected + level.strength)
            out[i] = float((own * expected).sum() / max(expected.sum(), 1e-12))
        return out

    def _whole(self, chance: Chance) -> Array:
        """Ratio of the whole: gamma(counted + worth) over expected + worth, (draw,)."""
        counted, expected = (n / self.dispersion for n in self.whole)
        shape = counted + self.worth
        if chance is None:
            return np.array([shape / (expected + self.worth)])
        return np.asarray(gammaincinv(shape, chance(self.levels[0].names[0])) / (expected + self.worth))

    def ratios(self, chance: Chance) -> Array:
        """Draw the ratio of every cell, or give the means: (draw, cell)."""
        return split_rates(self.levels, self._whole(chance), chance)


def towards(prefix: str, events: Array, expected: Array, labels: Sequence[Sequence[str]], worth: float) -> Pooled:
    """Estimate the ratios of counts to what known rates give, pooled towards one.

    Parameters
    ----------
    prefix : str
        Name of the whole.
    events, expected : ndarray of shape (year, cell)
        Counted, and what the known rates give at the exposure of each year.
    labels : sequence of sequence of str
        For each level the group of each cell, as in :func:`carecost.maths.partial_pooling.tree`.
    worth : float
        How many events of its own the known level is worth: one over the variance of areas' levels relative to theirs.

    Returns
    -------
    Pooled
        The posterior of the ratios.

    Notes
    -----
    Where the number has a trend over the years (:func:`trend`), the level is that of the last year; how parts compare
    is that of all years. Where years vary by more than chance, the level is less sure by as much.

    Examples
    --------
    Twice as many as expected, of which the known level is worth a tenth:

    >>> found = towards("exits", np.array([[200.0]]), np.array([[100.0]]), [["home"]], worth=10.0)
    >>> round(found.ratio, 3), round(found.weight, 2)
    (1.909, 0.91)
    """
    by_year, expected_by_year = events.sum(1), expected.sum(1)
    found = trend(by_year, expected_by_year)
    dispersion = 1.0
    if len(by_year) > 1 and by_year.sum() > 0 and found.p >= FOUND:
        beyond = max(0.0, spread(by_year, expected_by_year, np.zeros(len(by_year), dtype=np.intp)).variance)
        at_ratio = expected_by_year * by_year.sum() / max(expected_by_year.sum(), 1e-12)
        dispersion += beyond * float((at_ratio**2).sum() / max(at_ratio.sum(), JEFFREYS))
    last = slice(-1, None) if found.p < FOUND else slice(None)
    whole = float(by_year[last].sum()), float(expected_by_year[last].sum())
    levels = tree(prefix, events.sum(0), expected.sum(0), labels)
    return Pooled(levels, whole, worth, dispersion, found)
