"""Rules that forecast children in care from a history up to an origin; a function each, in one registry.

A rule sees the history up to the origin and nothing of what came later: :func:`carecost.analysis.backtest.backtest`
gives it no more. It answers with a mean or with a sample. Constants of a rule were fitted once, on the years that its
``seen`` names; what is estimated at the origin needs no such year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import ArrayLike

from carecost._typing import Array
from carecost.estimation.history import History, next_stock
from carecost.maths.counter_random import GOLDEN, key_of, mixed, uniform

#: Forecasts a rule by history, horizons and luck: (area, horizon), or with draws (area, horizon, draw) [children].
Forecast = Callable[[History, tuple[int, ...], "Luck"], ArrayLike]


@dataclass(frozen=True)
class Luck:
    """Normal numbers that are a function of what they are for, and of nothing drawn before.

    Parameters
    ----------
    key : str
        Rule and origin.
    draws : int
        Draws of a sample.
    seed : int
        Seed.
    """

    key: str
    draws: int
    seed: int = 0

    def normals(self, what: str, *shape: int) -> Array:
        """Draw standard normal numbers.

        Parameters
        ----------
        what : str
            What they are for; another name gives other numbers.
        *shape : int
            Axes before that of draws.

        Returns
        -------
        ndarray of shape (*shape, draw)
            Independent standard normal numbers.

        Examples
        --------
        >>> Luck("ours/2020", 3).normals("entries", 2).shape
        (2, 3)
        """
        n = int(np.prod(shape, dtype=int)) * self.draws
        bits = mixed(key_of(f"{self.seed}/{self.key}/{what}") + np.arange(n, dtype=np.uint64) * GOLDEN)
        # Mid-points of the steps of a uniform number, so that neither end is ever met.
        return np.asarray(scipy.special.ndtri(uniform(bits) + 2.0**-54)).reshape(*shape, self.draws)

    def around(self, centre: Array, sd: Array) -> Array:
        """Spread a forecast out log-normally, with the same evenly placed quantiles in every area.

        Parameters
        ----------
        centre : ndarray of shape (area, horizon)
            Medians [children].
        sd : ndarray of shape (area, horizon)
            Standard deviations of logs.

        Returns
        -------
        ndarray of shape (area, horizon, draw)
            A sample without chance in it, from the lowest quantile to the highest [children].

        Examples
        --------
        >>> Luck("ours/2020", 3).around(np.array([[100.0]]), np.array([[0.1]])).round(1).tolist()
        [[[90.8, 100.0, 110.2]]]
        """
        points = scipy.special.ndtri((np.arange(self.draws) + 0.5) / self.draws)
        return np.asarray(centre[..., None] * np.exp(sd[..., None] * points))


@dataclass(frozen=True)
class Rule:
    """A rule of forecasting, and what it asks of a history.

    Parameters
    ----------
    forecast : callable
        From history up to the origin, horizons and :class:`Luck` to (area, horizon) or (area, horizon, draw).
    needs : mapping of str to int
        Latest years that each series must be known for at the origin.
    seen : int, optional
        Last year of the data on which its constants were fitted; none where it has no constants.
    words : str
        What it does, in a sentence.
    origin : int, optional
        The only origin that it can be made from, if there is but one.
    """

    forecast: Forecast
    needs: Mapping[str, int] = field(default_factory=dict)
    seen: int | None = None
    words: str = ""
    origin: int | None = None

    def lacks(self, history: History) -> str:
        """Say why a rule cannot be made of a history up to an origin; empty where it can."""
        if self.origin not in (None, history.years[-1]):
            return f"begins on 31 March {self.origin}"
        for series, years in self.needs.items():
            if history.known(series) < years:
                return f"needs {series} of {years} years up to it, and {history.known(series)} are known"
        return ""


#: The rules by what they are for and by name, in the order in which tables show them.
MODELS: dict[str, dict[str, Rule]] = {"one area": {}, "several areas": {}}
ONE, SEVERAL = MODELS
#: Last year of the data on which the constants below were fitted.
FITTED = 2019
BOTH = (ONE, SEVERAL)


def rule(
    name: str, words: str, of: Sequence[str] = BOTH, seen: int | None = None, **needs: int
) -> Callable[[Forecast], Forecast]:
    """Enter a function as a rule under a name; ``needs`` are the years of each series that it must have."""

    def enter(function: Forecast) -> Forecast:
        for kind in of:
            # Among areas every rule has the width of the pooled law of areas, whose constants were fitted.
            MODELS[kind][name] = Rule(function, needs, FITTED if kind == SEVERAL else seen, words)
        return function

    return enter


def models_for(history: History) -> dict[str, Rule]:
    """Give the rules for a history of one area or of several."""
    return MODELS[ONE if len(history.areas) == 1 else SEVERAL]


# What rules are made of


def _stock(history: History) -> Array:
    """Give the stock at the origin: (area, 1)."""
    return np.asarray(history.stock)[:, -1:]


def _growth(history: History, years: int) -> Array:
    """Give yearly log growth of the stock over the latest years: (area, 1)."""
    stock = np.asarray(history.stock)
    return np.asarray(np.log(stock[:, -1:] / stock[:, [-1 - years]]) / years)


#: Growth of one year goes on at this share of the year before; fitted on England and its areas to 2019.
DAMPING = 0.6
#: Variance of yearly log growth of an area: a common part, and one that falls with its children; fitted to 2019.
WALK, LUCK = 0.057**2, 1.01


def damped(horizons: Sequence[int], share: float) -> Array:
    """Sum a year's growth over horizons when each year keeps a share of the one before: (horizon,).

    Examples
    --------
    >>> damped((1, 2, 3), 0.5).tolist()
    [0.5, 0.75, 0.875]
    """
    return np.array([sum(share**k for k in range(1, h + 1)) for h in horizons])


def walk_sd(history: History, horizons: Sequence[int]) -> Array:
    """Give the standard deviation of log stock over horizons, as a random walk: (area, horizon).

    Of one area from the years of its own record up to the origin; of several from the pooled law of areas, whose
    constants were fitted to 2019: a common variance a year and the luck of small numbers.
    """
    if len(history.areas) > 1:
        variance = WALK + LUCK / _stock(history)
    else:
        variance = np.square(np.diff(np.log(np.asarray(history.stock)))).mean(1, keepdims=True)
    return np.asarray(np.sqrt(variance * np.array(horizons)))


def _walking(centre: Callable[[History, tuple[int, ...]], Array]) -> Forecast:
    """Make a rule of a centre: spread out as a random walk, so that rules differ by their centre alone."""

    def forecast(history: History, horizons: tuple[int, ...], luck: Luck) -> Array:
        return luck.around(centre(history, horizons), walk_sd(history, horizons))

    return forecast


def _flow(stock: Array, entries: Array, hazard: Array, horizons: tuple[int, ...]) -> Array:
    """Carry stock on by the entries and the hazard of each year ahead.

    stock (area, 1 or draw), entries and hazard (year ahead, area, 1 or draw); gives (area, horizon, draw).
    """
    at = [stock]
    for entering, leaving in zip(entries, hazard, strict=True):
        at.append(next_stock(at[-1], entering, leaving))
    return np.stack([np.asarray(np.broadcast_arrays(at[h], at[-1])[0]) for h in horizons], axis=1)


#: Years over which the growth of the population is averaged.
GROWTH_YEARS = 5


def population_ahead(history: History, years: int) -> Array:
    """Go on with the population as it grew over the latest five years, or as many as are known.

    Returns
    -------
    ndarray of shape (year ahead, area)
        Relative to the year up to the origin; ones where not two years are known.
    """
    known = min(history.known("population"), GROWTH_YEARS + 1)
    growth = np.zeros(len(history.areas))
    if known > 1:
        population = np.asarray(history.population)
        growth = np.log(population[:, -1] / population[:, -known]) / (known - 1)
    return np.exp(np.arange(1, years + 1)[:, None] * growth)


def _entries(history: History, years: int) -> tuple[Array, Array]:
    """Give entry rates of the latest years, (area, year), and what makes children of today of them, (area,).

    They are rates a child where the population is known for all these years, and else numbers of starts.
    """
    if history.known("population") >= years:
        return history.rates()[0][:, -years:], np.asarray(history.population)[:, -1]
    return np.asarray(history.started)[:, -years:], np.ones(len(history.areas))


def _mean_rates(history: History, years: int) -> tuple[Array, Array, Array]:
    """Give entries a year at the mean rate of the latest years (area,), the mean hazard (area,) and stock (area, 1)."""
    rate, children = _entries(history, years)
    return rate.mean(1) * children, history.rates()[1][:, -years:].mean(1), _stock(history)


def _held(history: History, horizons: tuple[int, ...], years: int = 1) -> Array:
    """Hold the mean rates of the latest years: (area, horizon)."""
    entries, hazard, stock = _mean_rates(history, years)
    n = max(horizons)
    ahead = entries * population_ahead(history, n)  # (year ahead, area)
    leaving = np.broadcast_to(hazard, ahead.shape)
    return _flow(stock, ahead[..., None], leaving[..., None], horizons)[..., 0]


# Rules for one area and for several


@rule("no change", "As many children as at the origin")
@_walking
def _no_change(history: History, horizons: tuple[int, ...]) -> Array:
    return np.repeat(_stock(history), len(horizons), 1)


def _drifting(years: int) -> Callable[[History, tuple[int, ...]], Array]:
    def centre(history: History, horizons: tuple[int, ...]) -> Array:
        n = years or len(history.years) - 1
        return np.asarray(_stock(history) * np.exp(_growth(history, n) * np.array(horizons)))

    return centre


for _years in (3, 5):
    rule(f"drift, {_years} years", f"Growth of the latest {_years} years goes on", stock=_years + 1)(
        _walking(_drifting(_years))
    )
rule("drift, whole record", "Growth from the first year of the record goes on", stock=6)(_walking(_drifting(0)))


@rule(
    "damped drift",
    "Growth of the latest year of all areas together goes on, each year 0.6 of the one before",
    seen=FITTED,
    stock=2,
)
@_walking
def _damped_drift(history: History, horizons: tuple[int, ...]) -> Array:
    return np.asarray(_stock(history) * np.exp(_growth(history.total(), 1) * damped(horizons, DAMPING)))


def _holding(years: int) -> Callable[[History, tuple[int, ...]], Array]:
    return lambda history, horizons: _held(history, horizons, years)


rule("held flows", "The entry rate and the hazard of the latest year are held", stock=2, started=1)(
    _walking(_holding(1))
)
for _years in (2, 3):
    rule(
        f"mean rates, {_years} years",
        f"The mean entry rate and hazard of the latest {_years} years are held",
        stock=_years + 1,
        started=_years,
    )(_walking(_holding(_years)))


# Rules for one area


@rule(
    "held flows and drift",
    "The mean of held flows and of the drift of the whole record",
    of=[ONE],
    stock=6,
    started=1,
)
@_walking
def _held_and_drift(history: History, horizons: tuple[int, ...]) -> Array:
    return (_held(history, horizons) + _drifting(0)(history, horizons)) / 2


@rule(
    "rate trends, damped",
    "The latest change of each rate goes on, each year half of the one before",
    of=[ONE],
    seen=FITTED,
    stock=3,
    started=2,
)
@_walking
def _rate_trends(history: History, horizons: tuple[int, ...]) -> Array:
    entries, hazard, stock = _mean_rates(history, 1)
    n = max(horizons)
    going_on = damped(range(1, n + 1), 0.5)[:, None]
    changes = [np.log(rate[:, -1] / rate[:, -2]) for rate in (_entries(history, 2)[0], history.rates()[1])]
    ahead = entries * population_ahead(history, n) * np.exp(going_on * changes[0])
    return _flow(stock, ahead[..., None], (hazard * np.exp(going_on * changes[1]))[..., None], horizons)[..., 0]


@dataclass(frozen=True)
class Walks:
    """How the rates of one area have walked.

    Parameters
    ----------
    entry_sd, hazard_sd : float
        Root mean square of yearly changes of log entry rate and of log hazard.
    correlation : float
        Of these changes, about zero.
    drift_sd : float
        Standard error of the mean change of log entries: what the record cannot tell from no drift.
    changes : int
        Yearly changes that were seen.
    """

    entry_sd: float
    hazard_sd: float
    correlation: float
    drift_sd: float
    changes: int


def walks(history: History) -> Walks:
    """Estimate the random walks of log entry rate and log hazard from a record, about means of zero.

    Where the population is not known all along, entries are taken in number.

    Parameters
    ----------
    history : History
        One area, up to the origin.

    Returns
    -------
    Walks
        Yearly standard deviations, their correlation, and the standard error of a lasting drift of entries.

    Examples
    --------
    >>> history = History(range(2020, 2025), ["here"], [[100, 102, 101, 103, 104]], started=[[40, 41, 40, 42, 41]])
    >>> walks(history).changes
    3
    """
    known = min(history.known("started"), len(history.years) - 1)
    pair = [_entries(history, known)[0][0], history.rates()[1][0, -known:]]
    changes = np.diff(np.log(np.stack(pair)))  # (rate, year)
    (entry, both), (_, leaving) = changes @ changes.T / changes.shape[1]
    return Walks(
        entry_sd=float(np.sqrt(entry)),
        hazard_sd=float(np.sqrt(leaving)),
        correlation=float(both / np.sqrt(entry * leaving)) if entry * leaving > 0 else 0.0,
        drift_sd=float(np.sqrt(entry / changes.shape[1])),
        changes=changes.shape[1],
    )


def wandering(history: History, horizons: tuple[int, ...], luck: Luck, found: Walks) -> Array:
    """Let the rates of one area walk from where they are, with one lasting drift of entries a draw.

    Parameters
    ----------
    history : History
        One area, up to the origin.
    horizons : tuple of int
        Years ahead.
    luck : Luck
        Numbers for the draws.
    found : Walks
        Sizes of the walks and of the drift.

    Returns
    -------
    ndarray of shape (area, horizon, draw)
        Children in care; about held flows [children].
    """
    entries, hazard, stock = _mean_rates(history, 1)
    n = max(horizons)
    one, other = luck.normals("entry rate", n), luck.normals("hazard", n)  # (year ahead, draw)
    r = found.correlation
    entry_walk = found.entry_sd * np.cumsum(one, 0)
    hazard_walk = found.hazard_sd * np.cumsum(r * one + np.sqrt(1 - r * r) * other, 0)
    drift = found.drift_sd * luck.normals("drift") * np.arange(1, n + 1)[:, None]
    ahead = entries * population_ahead(history, n) * np.exp(entry_walk + drift)
    return _flow(stock, ahead[:, None], (hazard * np.exp(hazard_walk))[:, None], horizons)


@rule(
    "random walks of rates",
    "Held flows, whose rates walk at random as they did up to the origin",
    of=[ONE],
    stock=7,
    started=6,
)
def _random_walks(history: History, horizons: tuple[int, ...], luck: Luck) -> Array:
    found = walks(history)
    return wandering(
        history, horizons, luck, Walks(found.entry_sd, found.hazard_sd, found.correlation, 0.0, found.changes)
    )


# Rules for the areas of a country


def _regional(history: History, series: Array) -> Array:
    """Sum a series over the areas of each area's region: (area, ...)."""
    regions = np.array(history.regions)
    return np.stack([series[regions == region].sum(0) for region in history.regions])


#: Share by which an area's gap to its region closes a year; and its share of unaccompanied children to England's.
TO_REGION, TO_ENGLAND = 1 - 0.968, 1 - 0.79


def _reverting(history: History, horizons: tuple[int, ...], apart: bool) -> Array:
    """Move the number per child slowly to the region's, unaccompanied children apart or not: (area, horizon)."""
    population = np.asarray(history.population)[:, -1:]
    uasc = np.asarray(history.uasc) if apart else np.zeros(np.shape(history.stock))
    settled = np.asarray(history.stock) - uasc
    n, h = settled[:, -1:], np.array(horizons)
    gap = np.log(n / population) - np.log(_regional(history, n) / _regional(history, population))
    gap -= gap.mean()
    growth = np.log(settled[:, -1].sum() / settled[:, -2].sum())
    ahead = n * np.exp(-(1 - (1 - TO_REGION) ** h) * gap + damped(horizons, DAMPING) * growth)
    if not apart:
        return np.asarray(ahead)
    return np.asarray(ahead + uasc_of_areas(history, horizons))


rule(
    "reverting to the region",
    "The number per child moves to that of the region by 3.2% of the gap a year; England's growth, damped",
    of=[SEVERAL],
    stock=2,
    population=1,
)(_walking(lambda history, horizons: _reverting(history, horizons, apart=False)))
rule(
    "reverting, unaccompanied apart",
    "The same for all but unaccompanied children, who move to their share by population by 21% a year",
    of=[SEVERAL],
    stock=2,
    uasc=2,
    population=1,
)(_walking(lambda history, horizons: _reverting(history, horizons, apart=True)))

#: Share by which three-year mean rates are moved to the region's, and what is left of a shock a year later.
TO_REGION_RATES, SHOCK = 0.3, 0.5


#: Of our own rule: what is left of a shock a year later, and the weight of the rule that moves numbers beside the one
#: that moves rates. Chosen on targets 2017 to 2020, all horizons pooled, of shocks 0 to 0.85 and weights 0.25 to 1.
OWN_SHOCK, OF_NUMBERS = 0.7, 0.75


#: Years before the latest whose rates a mean is made of, and those of which three are known of five.
LATEST, TWO_MISSING = (0, 1, 2), (0, 3, 4)


def _shrunken(history: History, horizons: tuple[int, ...], shock: float, back: Sequence[int] = LATEST) -> Array:
    """Hold mean rates of some years moved to the region's, with what is left of the latest deviation: (area, horizon).

    Rates are taken as deviations of logs from England's, and the sum is scaled to England's damped growth.
    """
    by_region: dict[str, list[str]] = {}
    for area, name in zip(history.areas, history.regions, strict=True):
        by_region.setdefault(name, []).append(area)
    of_region = {name: history.only(areas).total().rates() for name, areas in by_region.items()}
    england = history.total().rates()
    n, years = max(horizons), [-1 - b for b in back]
    ahead = []
    for i, own in enumerate(history.rates()):
        whole = np.log(england[i][:, years])
        deviation = np.log(own[:, years]) - whole  # (area, year), the latest first
        region = np.concatenate([np.log(of_region[r][i][:, years]) - whole for r in history.regions])
        mean = (1 - TO_REGION_RATES) * deviation.mean(1) + TO_REGION_RATES * region.mean(1)
        left = np.power(shock, np.arange(1, n + 1))[:, None] if shock else np.zeros((n, 1))
        ahead.append(np.exp(whole[:, 0] + mean + left * (deviation[:, 0] - mean)))  # (year ahead, area)
    entries = ahead[0] * np.asarray(history.population)[:, -1]
    found = _flow(_stock(history), entries[..., None], ahead[1][..., None], horizons)[..., 0]
    return _summing(found, _stock(history).sum() * np.exp(damped(horizons, DAMPING) * _growth(history.total(), 1)[0]))


def _summing(ahead: Array, wanted: Array) -> Array:
    """Scale what areas would have so that they sum to what is wanted at each horizon: (area, horizon)."""
    return np.asarray(ahead * wanted / ahead.sum(0))


rule(
    "shrunken rates",
    "Three-year mean rates moved 30% to the region's are held; England's growth, damped",
    of=[SEVERAL],
    stock=4,
    started=3,
    population=3,
)(_walking(lambda history, horizons: _shrunken(history, horizons, shock=0.0)))
rule(
    "shrunken rates, fading shocks",
    "The same, with the latest deviation from it, of which half is left a year later",
    of=[SEVERAL],
    stock=4,
    started=3,
    population=3,
)(_walking(lambda history, horizons: _shrunken(history, horizons, shock=SHOCK)))


# What carecost itself would say


@rule(
    "ours",
    "Held flows whose rates walk at random as they did up to the origin, with one lasting drift of entries a draw; the "
    "whole population is one state of the engine",
    of=[ONE],
    stock=7,
    started=6,
)
def _ours(history: History, horizons: tuple[int, ...], luck: Luck) -> Array:
    return wandering(history, horizons, luck, walks(history))


@rule(
    "shrunken and reverting",
    "The geometric mean of the rules that move numbers and rates towards the region; England's growth, damped",
    of=[SEVERAL],
    stock=4,
    started=3,
    uasc=2,
    population=3,
)
@_walking
def _shrunken_and_reverting(history: History, horizons: tuple[int, ...]) -> Array:
    return np.sqrt(_reverting(history, horizons, apart=True) * _shrunken(history, horizons, SHOCK))


def of_areas(history: History, horizons: tuple[int, ...], england: Array, back: Sequence[int] = LATEST) -> Array:
    """Move numbers and rates of areas towards their region, while together they go the way of the whole.

    Parameters
    ----------
    history : History
        Several areas, up to the origin.
    horizons : tuple of int
        Years ahead.
    england : ndarray of shape (horizon,)
        Children of all areas together [children].
    back : sequence of int
        Years before the latest whose rates are known, the latest (0) first.

    Returns
    -------
    ndarray of shape (area, horizon)
        The weighted geometric mean of both rules, each scaled to the whole [children].
    """
    both = _reverting(history, horizons, apart=True), _shrunken(history, horizons, OWN_SHOCK, back)
    of_numbers, of_rates = (_summing(ahead, england) for ahead in both)
    return np.asarray(of_numbers**OF_NUMBERS * of_rates ** (1.0 - OF_NUMBERS))


def uasc_of_areas(history: History, horizons: tuple[int, ...]) -> Array:
    """Move unaccompanied children of areas to their share by population, their sum held: (area, horizon)."""
    population, u = np.asarray(history.population)[:, -1:], np.asarray(history.uasc)[:, -1:]
    left = (1 - TO_ENGLAND) ** np.array(horizons)
    return np.asarray(left * u + (1 - left) * u.sum() * population / population.sum())


@rule(
    "ours",
    "The mean of the rules that move numbers and rates towards the region, scaled to England's held flows",
    of=[SEVERAL],
    stock=4,
    started=3,
    uasc=2,
    population=3,
)
@_walking
def _ours_of_areas(history: History, horizons: tuple[int, ...]) -> Array:
    return of_areas(history, horizons, _held(history.total(), horizons)[0])


@rule(
    "ours, two years missing",
    "The same where nothing is known of the second and third year before the origin, as in the figures of 2025",
    of=[SEVERAL],
    stock=6,
    started=5,
    uasc=2,
    population=5,
)
@_walking
def _ours_with_a_gap(history: History, horizons: tuple[int, ...]) -> Array:
    return of_areas(history, horizons, _held(history.total(), horizons)[0], TWO_MISSING)
