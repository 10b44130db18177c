"""Single ages within the published bands: a least-squares fit of cohorts to four years of stocks and flows.

The release gives five age bands. From 31 March 2021 the published starts and the published hazards of each year are run
through single ages by the engine, and what is not published (how starts and the 2021 stock lie inside their bands, at
what age unaccompanied children come) is fitted so that the stocks by band, the unaccompanied stocks and the children
leaving at 18 of 2022 to 2025 come back. Hazards by band are the same for both streams. Fitted to fewer years, the same
rule shows what could be known then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

import carecost as cc
from data.rules.sources import population, published
from data.rules.sources.proportional_fitting import band_of, by_band, smooth_rates, tilt
from data.rules.sources.published import BANDS, UASC

Array = NDArray[np.float64]
FIRST, LAST = 2021, published.CHILDREN
#: Last year whose unaccompanied children are published by age and by placement.
DETAILED = published.UNACCOMPANIED
#: Name, first guess and scale of what is fitted. The scale is how far from the guess costs as much as 1% of a stock.
FITTED: dict[str, tuple[float, float]] = {
    "share of unaccompanied starts under 16": (0.18, 0.1),
    "share of those aged 15": (0.6, 0.15),
    "share aged 17 of unaccompanied starts at 16-17": (0.6, 0.2),
    "share aged 17 of other starts at 16-17": (0.45, 0.1),
    "share of starts under one at birth": (0.76, 0.05),
    "share aged 17 of the unaccompanied stock of 2021 at 16-17": (0.65, 0.1),
    "share aged 17 of the other stock of 2021 at 16-17": (0.52, 0.05),
    "tilt of starts at 1-4": (0.0, 0.1),
    "tilt of starts at 5-9": (0.0, 0.1),
    "tilt of starts at 10-15": (0.0, 0.1),
    "tilt of the 2021 stock at 1-4": (0.0, 0.1),
    "tilt of the 2021 stock at 5-9": (0.0, 0.1),
    "tilt of the 2021 stock at 10-15": (0.0, 0.1),
}
#: Ages 12, 13 and 14 of unaccompanied children under 15.
_YOUNGER = np.array([0.125, 0.25, 0.625])
#: Relative miss (for the share, points) that costs one.
_TOLERANCE_BANDS, _TOLERANCE_UASC, _TOLERANCE_UASC_LAST, _TOLERANCE_SHARE = 0.01, 0.03, 0.005, 0.02


@dataclass(frozen=True)
class Cohorts:
    """What the run of the cohorts gives, by single age.

    Attributes
    ----------
    stock, starts : dict of (str, int) to ndarray of shape (age,)
        By stream and year: stock on 31 March, from 2021; starts of the year, from 2022.
    checks : dict
        By year: fitted over published for bands, all children, leaving at 18 and unaccompanied children.
    fitted : dict of str to float
        What was fitted.
    """

    stock: Mapping[tuple[str, int], Array]
    starts: Mapping[tuple[str, int], Array]
    checks: Mapping[int, Mapping[str, float]]
    fitted: Mapping[str, float]


def hazard(year: int) -> Array:
    """Give the hazard before 18 by band: exits of the year over the mean of the two 31 March stocks."""
    return np.array(
        [
            published.ceased_before_18(year, b) / ((published.stock(year - 1, b) + published.stock(year, b)) / 2)
            for b in BANDS
        ]
    )


def residual(year: int) -> float:
    """Give the part of the stock's change that starts and ceased do not explain."""
    now, before = (published.figure("time_series", "stock", year=y) for y in (year, year - 1))
    flows = [published.figure("time_series", c, year=year) for c in ("started", "ceased")]
    return now - before - flows[0] + flows[1]


def uasc_under_16(year: int) -> float:
    """Give the share under 16 of unaccompanied children: 2022 stands for 2021, and the last published for later."""
    at = min(max(year, 2022), DETAILED)
    young, total = (
        published.figure("uasc_stock", "children", year=at, by="Age group", characteristic=c)
        for c in ("Under 16 years", "Total")
    )
    return young / total


def uasc_by_band(year: int) -> Array:
    """Give the unaccompanied stock by band: 10 to 15, and 16 and over."""
    young = uasc_under_16(year)
    return np.array([0.0, 0.0, 0.0, young, 1.0 - young]) * published.uasc_stock(year)


def bands(year: int) -> Array:
    """Give the stock by band."""
    return np.array([published.stock(year, b) for b in BANDS])


def _starts(year: int, given: Mapping[str, float]) -> tuple[Array, Array]:
    unaccompanied = np.zeros(18)
    count = published.started(year, UASC, UASC)
    young, late = given["share of unaccompanied starts under 16"], given["share of those aged 15"]
    unaccompanied[12:16] = count * young * np.append(_YOUNGER * (1 - late), late)
    last = given["share aged 17 of unaccompanied starts at 16-17"]
    unaccompanied[16:] = count * (1 - young) * np.array([1 - last, last])
    all_starts = np.array([published.started(year, "Age on starting", b) for b in BANDS])
    other = smooth_rates(all_starts - by_band(unaccompanied), population.mid_year(year - 1))
    for band, name in ((1, "1-4"), (2, "5-9"), (3, "10-15")):
        tilt(other, band, given[f"tilt of starts at {name}"])
    _split(other, given["share aged 17 of other starts at 16-17"])
    return other, unaccompanied


def _split(values: Array, older: float) -> None:
    values[16:] = values[16:].sum() * np.array([1 - older, older])


def _first_stock(given: Mapping[str, float]) -> tuple[Array, Array]:
    unaccompanied, by = np.zeros(18), uasc_by_band(2021)
    unaccompanied[12:16] = by[3] * np.append(_YOUNGER * 0.45, 0.55)
    unaccompanied[16] = by[4]
    _split(unaccompanied, given["share aged 17 of the unaccompanied stock of 2021 at 16-17"])
    other = smooth_rates(bands(2021) - by, np.ones(18))
    for band, name in ((1, "1-4"), (2, "5-9"), (3, "10-15")):
        tilt(other, band, given[f"tilt of the 2021 stock at {name}"])
    _split(other, given["share aged 17 of the other stock of 2021 at 16-17"])
    return other, unaccompanied


def extra_by_age(starts: Array, born: float, count: float) -> Array:
    """Spread the residual over ages as the starts that are not at birth."""
    even = starts.copy()
    even[0] *= 1 - born
    return count * even / even.sum()


def _project(stock: Array, starts: Array, births: Array, rates: Array) -> tuple[Array, Array]:
    """Run one stream for each draw; give stocks (draw, date, age) and those who leave at 18 (draw, year)."""
    years = starts.shape[1]
    none = np.zeros((1, years, 18, 1))
    done = cc.project(
        cc.Parameters(
            grid=cc.Grid(base_year=0, n_years=years, ages=range(18), placements=["care"], reasons=["out"]),
            initial_stock=stock[..., None],
            population=np.ones((1, years, 18)),
            entry_rate=starts,
            entry_share=none + 1,
            entry_at_birthday=np.divide(births, starts, out=np.zeros_like(starts), where=starts > 0),
            exit_rate=rates[None, :, :, None, None],
            move_rate=none[..., None],
        )
    )
    return done.stock[..., 0], done.aged_out[..., 0].sum(2)


def _run(values: Array, years: range) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    """Run both streams for each row of values (draw, fitted); give stocks, starts and those who leave at 18."""
    given = [dict(zip(FITTED, row, strict=True)) for row in values]
    rates = np.array([hazard(y)[band_of] for y in years])
    stocks, starts, left = {}, {}, {}
    yearly = np.array([[_starts(y, one) for y in years] for one in given])  # (draw, year, stream, age)
    first = np.array([_first_stock(one) for one in given])  # (draw, stream, age)
    for at, name in enumerate(("other", "uasc")):
        total = starts[name] = yearly[:, :, at]
        born = np.zeros_like(total)
        if name == "other":
            share = np.array([one["share of starts under one at birth"] for one in given])
            extra = [
                [extra_by_age(s, at_birth, residual(y)) for s, y in zip(rows, years, strict=True)]
                for rows, at_birth in zip(total, share, strict=True)
            ]
            born[..., 0] = share[:, None] * total[..., 0]
            total = total + np.array(extra)
        stocks[name], left[name] = _project(first[:, at], total, born, rates)
    return stocks, starts, left


def _misses(values: Array, years: range) -> Array:
    """Give the residuals of the fit: of the figures, each a miss over its tolerance, and then of the guesses.

    A year has 5 bands, leaving at 18, the unaccompanied stock and (where published) its share under 16. The residuals
    of the guesses, (value - guess) / scale, are a ridge: fitted to one year alone there are 8 figures and 13 unknowns.
    """
    return _missed(values[None], years)[0]


def _slopes(values: Array, years: range) -> Array:
    """Give the derivatives of the residuals (residual, fitted) by forward differences, from one run of all steps."""
    step = np.sqrt(np.finfo(float).eps) * np.maximum(np.abs(values), 1e-3)
    stepped = _missed(np.concatenate([values[None], values + np.diag(step)]), years)
    return np.asarray((stepped[1:] - stepped[0]).T / step)


def _missed(values: Array, years: range) -> Array:
    """Give the residuals of each row of values: (draw, residual)."""
    stocks, _, left = _run(values, years)
    both = stocks["other"] + stocks["uasc"]
    found = []
    for i, year in enumerate(years):
        in_bands = np.apply_along_axis(by_band, 1, both[:, i + 1])
        found += list(((in_bands / bands(year) - 1) / _TOLERANCE_BANDS).T)
        at_18 = published.ceased(year, "Age on ceasing", "18 years and over")
        found.append(((left["other"][:, i] + left["uasc"][:, i]) / at_18 - 1) / _TOLERANCE_BANDS)
        uasc, width = stocks["uasc"][:, i + 1], _TOLERANCE_UASC_LAST if year == LAST else _TOLERANCE_UASC
        found.append((uasc.sum(1) / published.uasc_stock(year) - 1) / width)
        if year <= DETAILED:
            found.append((uasc[:, :16].sum(1) / uasc.sum(1) - uasc_under_16(year)) / _TOLERANCE_SHARE)
    guess, scale = np.array(list(FITTED.values())).T
    return np.concatenate([np.array(found).T, (values - guess) / scale], axis=1)


@cache
def cohorts(last_known: int = LAST) -> Cohorts:
    """Fit, run, and scale each year's single ages to the published bands of each stream.

    Parameters
    ----------
    last_known : int
        The last year whose figures are used.
    """
    years = range(FIRST + 1, last_known + 1)
    guess = np.array([g for g, _ in FITTED.values()])
    lowest = np.where([name.startswith("tilt") for name in FITTED], -0.5, 0.01)
    highest = np.where([name.startswith("tilt") for name in FITTED], 0.5, 0.99)
    exact = {"xtol": 1e-12, "ftol": 1e-12, "gtol": 1e-12}
    best = least_squares(_misses, guess, jac=_slopes, bounds=(lowest, highest), args=(years,), **exact)
    values = np.round(best.x, 5)  # the same last digits on every machine
    stocks, starts, left = ({name: rows[0] for name, rows in found.items()} for found in _run(values[None], years))
    scaled: dict[tuple[str, int], Array] = {}
    for i, year in enumerate(range(FIRST, last_known + 1)):
        uasc = uasc_by_band(year)
        for name, wanted in (("other", bands(year) - uasc), ("uasc", uasc)):
            now = stocks[name][i]  # (age,): what the fit misses of a band is scaled away within the band
            ratio = np.divide(wanted, by_band(now), out=np.zeros(len(wanted)), where=by_band(now) > 0)
            scaled[name, year] = now * ratio[band_of]
    given = {(n, y): starts[n][i] for n in starts for i, y in enumerate(years)}
    return Cohorts(scaled, given, _checks(stocks, left, years), dict(zip(FITTED, values.tolist(), strict=True)))


def _checks(stocks: dict[str, Array], left: dict[str, Array], years: range) -> dict[int, dict[str, float]]:
    found = {}
    for i, year in enumerate(years):
        both = stocks["other"][i + 1] + stocks["uasc"][i + 1]
        ratios = dict(zip(BANDS, (by_band(both) / bands(year)).tolist(), strict=True))
        ratios["all children"] = float(both.sum() / bands(year).sum())
        at_18 = published.ceased(year, "Age on ceasing", "18 years and over")
        ratios["leaving at 18"] = float((left["other"][i] + left["uasc"][i]) / at_18)
        ratios["unaccompanied"] = float(stocks["uasc"][i + 1].sum() / published.uasc_stock(year))
        found[year] = ratios
    return found
