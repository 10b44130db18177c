"""Backtests over rolling origins: what rules would have said, and proper scores of it beside what came.

The continuous ranked probability score is that of a sample, by its definition [1]_: the mean distance of the sample
from what came, less half the mean distance within the sample. The mean absolute scaled error has the mean absolute
one-year change up to the origin below it [2]_.

References
----------
.. [1] Gneiting, T., Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
   American Statistical Association 102, 359-378.
.. [2] Hyndman, R. J., Koehler, A. B. (2006). Another look at measures of forecast accuracy. International Journal of
   Forecasting 22, 679-688.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from carecost._typing import Array, Indices, Mask, ReadOnly
from carecost.analysis.forecast_rules import Luck, Rule
from carecost.errors import InputError, Problem, refuse
from carecost.estimation.history import History

#: Bands whose coverage is scored [per cent], and the quantiles that a backtest keeps.
BANDS = (50, 80, 95)
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
#: Scores over windows and areas, with their units.
SCORES = {
    "bias": "%",
    "mae": "children",
    "mape": "%",
    "wape": "%",
    "mase": "ratio",
    "crps": "children",
    **{f"coverage_{band}": "share" for band in BANDS},
}


@dataclass(frozen=True, eq=False)
class Backtested(ReadOnly):
    """Forecasts of rules at origins, and what came; NaN where nothing had come yet.

    Parameters
    ----------
    models : tuple of str
        Names of the rules.
    areas : tuple of str
        Names of the areas.
    origins, horizons : tuple of int
        Years of the origins; years ahead.
    seen : tuple of int
        For each rule the last year its constants were fitted on, 0 where it has none.
    central, crps : ndarray of shape (model, origin, horizon, area)
        Median of a sample, or the mean that was given; its score [children].
    quantiles : ndarray of shape (model, origin, horizon, area, quantile)
        At :data:`QUANTILES`; NaN where a mean was given [children].
    came : ndarray of shape (origin, horizon, area)
        What came [children].
    change : ndarray of shape (origin, area)
        Mean absolute one-year change up to the origin [children].
    """

    models: tuple[str, ...]
    areas: tuple[str, ...]
    origins: tuple[int, ...]
    horizons: tuple[int, ...]
    seen: tuple[int, ...]
    central: Array
    crps: Array
    quantiles: Array
    came: Array
    change: Array

    def each(self) -> dict[str, Array]:
        """Score every forecast by itself: by score, (model, origin, horizon, area)."""
        error = self.central - self.came
        scaled = np.divide(
            np.abs(error), self.change[:, None], out=np.full(error.shape, np.nan), where=self.change[:, None] > 0
        )
        return {
            "error": error,
            "absolute_error": np.abs(error),
            "percentage_error": 100 * error / self.came,
            "scaled_error": scaled,
            "crps": self.crps,
            **{f"covered_{band}": self.covered(band) for band in BANDS},
        }

    def covered(self, band: int) -> Array:
        """Say whether what came lay within a band: 1 or 0, NaN where there is no band or nothing came."""
        low = QUANTILES.index(round((1 - band / 100) / 2, 6))
        below, above = self.quantiles[..., low], self.quantiles[..., -1 - low]
        inside = ((below <= self.came) & (self.came <= above)).astype(float)
        return np.where(np.isnan(below) | np.isnan(self.came), np.nan, inside)

    def scores(self, origins: Sequence[int] | None = None) -> dict[str, Array]:
        """Score rules over origins and areas: by score, (model, horizon).

        Parameters
        ----------
        origins : sequence of int, optional
            Numbers of the origins to score; all by default.

        Returns
        -------
        dict of str to ndarray of shape (model, horizon)
            In the units of :data:`SCORES`.
        """
        chosen = list(range(len(self.origins)) if origins is None else origins)
        each = {name: values[:, chosen] for name, values in self.each().items()}
        came = np.where(np.isnan(each["error"]), np.nan, self.came[chosen])
        over = (1, 3)  # origins and areas
        total = np.nansum(came, over)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "bias": 100 * np.nansum(each["error"], over) / total,
                "mae": _mean(each["absolute_error"]),
                "mape": _mean(np.abs(each["percentage_error"])),
                "wape": 100 * np.nansum(each["absolute_error"], over) / total,
                "mase": _mean(each["scaled_error"]),
                "crps": _mean(each["crps"]),
                **{f"coverage_{band}": _mean(each[f"covered_{band}"]) for band in BANDS},
            }

    def spread(self) -> dict[str, Array]:
        """Give the standard deviation of each score over origins, NaN with fewer than two: (model, horizon)."""
        by_origin = [self.scores([i]) for i in range(len(self.origins))]
        found = {}
        for name in SCORES:
            values = np.stack([scores[name] for scores in by_origin])
            n = (~np.isnan(values)).sum(0)
            mean = np.nansum(values, 0) / np.maximum(n, 1)
            squares = np.nansum(np.square(values - mean), 0)
            found[name] = np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)
        return found

    def windows(self) -> tuple[Indices, Indices]:
        """Count windows by horizon: the origins with something to be scored on, and how many do not overlap.

        Returns
        -------
        origins, independent : ndarray of shape (horizon,)
            Of the origins with a target, all; and the most whose years from origin to target are not shared.
        """
        there = self._there()
        return there.sum(0), np.array([self._apart(there[:, i], h) for i, h in enumerate(self.horizons)])

    def since(self, year: int) -> Backtested:
        """Keep the windows that end in a year or later, and the origins and horizons that have any."""
        kept = self._there() & (np.add.outer(np.array(self.origins), np.array(self.horizons)) >= year)
        o, h = np.flatnonzero(kept.any(1)), np.flatnonzero(kept.any(0))
        here = kept[np.ix_(o, h)][..., None]

        def cut(values: Array) -> Array:
            return values[:, o][:, :, h]

        return replace(
            self,
            origins=tuple(self.origins[i] for i in o),
            horizons=tuple(self.horizons[i] for i in h),
            central=cut(self.central),
            crps=np.where(here, cut(self.crps), np.nan),
            quantiles=cut(self.quantiles),
            came=np.where(here, self.came[o][:, h], np.nan),
            change=self.change[o],
        )

    def _there(self) -> Mask:
        """Say where something came: (origin, horizon)."""
        return np.asarray(np.isfinite(self.came[..., 0]))

    def _apart(self, there: Mask, horizon: int) -> int:
        """Count windows that follow each other, from the first on."""
        last, n = -np.inf, 0
        for origin in sorted(o for o, is_there in zip(self.origins, there, strict=True) if is_there):
            if origin >= last + horizon:
                last, n = origin, n + 1
        return n

    def unseen(self) -> Indices:
        """Count origins whose target came after the years that a rule's constants were fitted on: (model, horizon)."""
        there = self._there()
        target = np.add.outer(np.array(self.origins), np.array(self.horizons))
        return np.stack([(there & (target > seen)).sum(0) for seen in self.seen])


def _mean(values: Array) -> Array:
    """Average over origins and areas; NaN where there is nothing: (model, horizon)."""
    n = (~np.isnan(values)).sum((1, 3))
    return np.where(n > 0, np.nansum(values, (1, 3)) / np.maximum(n, 1), np.nan)


def crps(sample: Array, came: Array) -> Array:
    """Give the continuous ranked probability score of a sample.

    Parameters
    ----------
    sample : ndarray of shape (..., draw)
        Equally likely values.
    came : ndarray of shape (...)
        What came.

    Returns
    -------
    ndarray of shape (...)
        ``mean|x - y| - mean|x - x'| / 2``, in the unit of the values; of one draw the absolute error.

    Examples
    --------
    >>> float(crps(np.array([1.0, 3.0]), np.array(2.0)))
    0.5
    """
    x = np.sort(sample, axis=-1)
    n = x.shape[-1]
    # The mean distance within a sample, from its order statistics: each is above i and below n - 1 - i others.
    weights = (2.0 * np.arange(1, n + 1) - n - 1) / n**2
    return np.asarray(np.abs(x - came[..., None]).mean(-1) - (x * weights).sum(-1))


def possible(history: History, rules: Mapping[str, Rule], horizons: Sequence[int]) -> list[int]:
    """List the years at which every rule can be made and something later is there to be scored on."""
    return [
        origin
        for origin in history.years[: -min(horizons)]
        if not any(rule.lacks(past) for past in [history.until(origin)] for rule in rules.values())
    ]


def backtest(
    history: History, rules: Mapping[str, Rule], origins: Sequence[int], horizons: Sequence[int], draws: int, seed: int
) -> Backtested:
    """Let rules forecast from each origin with what was known there, and keep it beside what came.

    Parameters
    ----------
    history : History
        What was counted.
    rules : mapping of str to Rule
        By name.
    origins, horizons : sequence of int
        Years of the origins; years ahead.
    draws, seed : int
        Draws of a sample, and the seed of its luck.

    Returns
    -------
    Backtested
        Forecasts and what came.

    Raises
    ------
    InputError
        With every fault: an origin out of the history or with nothing after it, a rule that cannot be made there, a
        forecast that is not finite or of another shape.
    """
    origins, horizons = tuple(sorted(set(origins))), tuple(sorted(set(horizons)))
    refuse([*_misplaced(history, rules, origins, horizons)])
    stock, first = np.asarray(history.stock), history.years[0]
    shape = (len(rules), len(origins), len(horizons), len(history.areas))
    central, score = np.full(shape, np.nan), np.full(shape, np.nan)
    quantiles, came = np.full((*shape, len(QUANTILES)), np.nan), np.full(shape[1:], np.nan)
    change = np.full((len(origins), len(history.areas)), np.nan)
    for o, origin in enumerate(origins):
        past = history.until(origin)
        change[o] = np.abs(np.diff(np.asarray(past.stock))).mean(1) if len(past.years) > 1 else np.nan
        scored = tuple(h for h in horizons if origin + h <= history.years[-1])
        if not scored:
            continue  # as the counts of windows say
        at = [horizons.index(h) for h in scored]
        came[o, at] = stock[:, [origin + h - first for h in scored]].T
        for m, (name, rule) in enumerate(rules.items()):
            said = _said(rule, name, past, scored, Luck(f"{name}/{origin}", draws, seed))
            central[m, o, at] = np.median(said, axis=-1)
            score[m, o, at] = crps(said, came[o, at])
            if said.shape[-1] > 1:
                quantiles[m, o, at] = np.moveaxis(np.quantile(said, QUANTILES, axis=-1), 0, -1)
    seen = tuple(rule.seen or 0 for rule in rules.values())
    return Backtested(
        tuple(rules), tuple(history.areas), origins, horizons, seen, central, score, quantiles, came, change
    )


def _said(rule: Rule, name: str, past: History, horizons: tuple[int, ...], luck: Luck) -> Array:
    """Ask a rule: (horizon, area, draw), of one draw where it answers with a mean.

    Raises
    ------
    InputError
        If the answer has another shape, or holds what is no number of children.
    """
    areas, n = len(past.areas), len(horizons)
    where = f"model {name!r}, origin {past.years[-1]}"
    given = rule.forecast(past, horizons, luck)
    try:
        found = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        found = np.zeros(0)
    if areas == 1 and found.ndim in (1, 2) and found.shape[0] == n and found.shape != (1, n):
        found = found[None]  # one area may be left out
    if found.shape[:2] != (areas, n) or found.ndim > 3 or found.shape[2:] == (0,):
        remedy = f"Give ({areas}, {n}) means or ({areas}, {n}, draws): area, horizon, draw"
        raise InputError(Problem(f"gave {'shape ' + str(found.shape) if found.size else 'no numbers'}", where, remedy))
    if not np.isfinite(found).all() or found.min() < 0:
        area, _ = np.argwhere(~(np.isfinite(found) & (found >= 0)))[0][:2]
        remedy = "Leave this rule, origin or area out, or mend the rule"
        raise InputError(Problem(f"forecast for {past.areas[area]} is no number of children", where, remedy))
    return np.swapaxes(found[..., None] if found.ndim == 2 else found, 0, 1)


def _misplaced(
    history: History, rules: Mapping[str, Rule], origins: Sequence[int], horizons: Sequence[int]
) -> Iterator[Problem]:
    """Find origins that nothing can be said from or scored on."""
    first, last = history.years[0], history.years[-1]
    if not origins:
        yield Problem("no origin from which every model can be made", history.name, "Leave models or horizons out")
        return
    for origin in origins:
        if not first <= origin < last:
            remedy = f"Give origins from {first} to {last - 1}"
            yield Problem(f"origin {origin} has nothing to be scored on", history.name, remedy)
            continue
        for name, rule in rules.items():
            if lacks := rule.lacks(history.until(origin)):
                able = possible(history, {name: rule}, horizons)
                remedy = f"Give origins from {able[0]} on" if able else "Leave it out"
                yield Problem(f"model {name!r} {lacks}", f"{history.name}, origin {origin}", remedy)
    longest = last - min([o for o in origins if first <= o < last], default=last)
    for h in horizons:
        if h > longest > 0:
            yield Problem(f"horizon {h} is longer than any that had come", history.name, f"Give up to {longest}")
