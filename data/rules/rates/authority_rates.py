"""Stock, entries and exits of each authority, as multiples of England's: fitted to its margins, pooled.

England's table by stream, single age and placement is fitted to an authority's published margins by proportional
fitting, so that what is kept of an authority is a factor an age band, a placement and a stream. Rates are pooled:
an authority towards its statistical neighbours, these towards their region, the region towards England.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from data.rules.rates import entries, exits
from data.rules.rates.base_case import STREAMS, published_flows
from data.rules.rates.stock import FULL
from data.rules.sources import authorities as tables
from data.rules.sources import population
from data.rules.sources.proportional_fitting import band_of, by_band

Array = NDArray[np.float64]
YEAR = 2025
OTHER, UASC = range(2)
#: The release's placement of each packaged one, by its place in :data:`data.rules.sources.authorities.PLACEMENTS`.
_LONG = {
    "Foster placements": "fostering",
    "Independent and semi-independent living arrangements/supported accommodation": "supported accommodation",
    "Other placements": "other",
    "Other residential settings": "other residential",
    "Placed for adoption": "placed for adoption",
    "Placed with parents or other person with parental responsibility": "with parents",
    "Residential schools": "residential schools",
    "Secure homes and children's homes": "homes",
}
placement_of = np.array([tables.PLACEMENTS.index(_LONG[FULL[p]]) for p in FULL])
#: Bands in which an unaccompanied child starts: 10 to 15, 16 and over.
UASC_BANDS = (3, 4)


@dataclass(frozen=True)
class Pooled:
    """Rates relative to England's, pooled.

    Attributes
    ----------
    level : ndarray of shape (authority, ...)
        Rate over England's, pooled.
    own : ndarray of shape (authority, ...)
        Weight of the authority's own number.
    """

    level: Array
    own: Array


@dataclass(frozen=True)
class Flows:
    """Starts and exits of a year, with transfers between authorities apart [children].

    Attributes
    ----------
    started : ndarray of shape (authority, stream, band)
        As published, the streams fitted.
    came, went : ndarray of shape (authority, stream, band)
        Those who came from another authority (shared by rule), and those who went to one.
    ceased : ndarray of shape (authority, band)
        Before 18, those who went included.
    """

    started: Array
    came: Array
    went: Array
    ceased: Array


def _seed() -> Array:
    """Give England's stock by stream, single age and packaged placement."""
    streams = published_flows(YEAR).streams
    return np.stack([streams[s].stock for s in STREAMS])


@cache
def stock() -> tuple[Array, list[Array]]:
    """Fit England's stock to each authority's ages, placements and unaccompanied children.

    Returns
    -------
    ndarray of shape (authority, stream, age, placement), list of ndarray
        Children; and factors by stream (authority, stream), band (authority, band), placement (authority, published).
    """
    seed = _seed()
    coarse = np.zeros((2, len(tables.AGES), len(tables.PLACEMENTS)))
    np.add.at(coarse, np.ix_(range(2), band_of, placement_of), seed)
    uasc, whole = tables.unaccompanied("stock"), tables.total("stock total")
    margins = [
        (np.stack([whole - uasc, uasc], axis=1), (0,)),
        (tables.fitted("placement"), (2,)),
        (tables.fitted("stock"), (1,)),
    ]
    _, factors = tables.raked(coarse, margins)
    by_stream, by_placement, by_age = factors
    cells = by_stream[:, :, None, None] * by_age[:, None, band_of, None] * by_placement[:, None, None, placement_of]
    return seed * cells, [by_stream, by_age, by_placement]


@cache
def flows() -> Flows:
    """Fit starts to streams and bands, and put transfers apart.

    Who went is published; unaccompanied children are taken to be the first to go. Who came is not: they are shared over
    the authorities as the unaccompanied children who started and did not go on are, so that as many came as went.
    """
    count = entries.starts(YEAR)
    seed = np.stack([by_band(count[s]) for s in STREAMS])
    uasc, whole = tables.unaccompanied("started"), tables.fitted("started")
    started, _ = tables.raked(seed, [(np.stack([whole.sum(1) - uasc, uasc], axis=1), (0,)), (whole, (1,))])
    by_age = tables.fitted("ceased")
    ceased = np.concatenate([by_age[:, :4], by_age[:, 4:6].sum(1, keepdims=True)], axis=1)
    gone = tables.total("ceased to another authority")
    theirs = np.minimum(gone, tables.unaccompanied("ceased"))
    # By age as all who ceased before 18, of the ages at which such children are in care.
    went = np.zeros_like(started)
    went[:, UASC, 3:] = theirs[:, None] * _share(ceased[:, 3:])
    went[:, OTHER] = (gone - theirs)[:, None] * _share(ceased)
    stayed = np.maximum(started[:, UASC] - went[:, UASC], 0.0)
    came = np.zeros_like(started)
    came[:, UASC] = went[:, UASC].sum() * stayed / stayed.sum()
    came[:, OTHER] = went[:, OTHER].sum() * started[:, OTHER] / started[:, OTHER].sum()
    return Flows(started, came, went, ceased)


def _share(values: Array) -> Array:
    total = values.sum(1, keepdims=True)
    return np.divide(values, total, out=np.zeros_like(values), where=total > 0)


@cache
def people() -> Array:
    """Give the share of each authority in England's children of an age in mid-2024: (authority, age).

    Cohorts of mid-2023 a year older, fitted to each authority's number of children and to England's single ages.
    """
    known = tables.people()
    older = np.concatenate([known[:, :1], known[:, :17]], axis=1)
    wanted, ages = tables.total("population 0-17"), population.mid_year(YEAR - 1)
    for _ in range(100):
        older *= (wanted / older.sum(1))[:, None]
        older *= (ages / older.sum(0))[None]
    return np.asarray(older / older.sum(0))


def pooled(events: Array, expected: Array) -> Pooled:
    """Pool ratios of events to what is expected at England's rates: gamma-Poisson shrinkage over neighbours and region.

    A ratio is pulled towards that of the ten statistical neighbours, theirs towards the region's, the region's towards
    England's. How much one is worth is the variance of ratios about the ratio above, beyond chance: a moment estimator.

    Parameters
    ----------
    events, expected : ndarray of shape (authority,)
        Counted, and expected.
    """
    near, regions = tables.neighbours(), np.array(tables.regions())
    names = sorted(set(regions))
    at = np.array([names.index(r) for r in regions])
    in_region = [np.bincount(at, x, len(names)) for x in (events, expected)]
    whole = events.sum() / expected.sum()
    region, _ = _towards(*in_region, np.full(len(names), whole))
    nearby, _ = _towards(events[near].sum(1), expected[near].sum(1), region[at])
    level, own = _towards(events, expected, nearby)
    # As many events as were counted, over all.
    return Pooled(level * events.sum() / (level * expected).sum(), own)


def _towards(events: Array, expected: Array, above: Array) -> tuple[Array, Array]:
    """Pull ratios towards those above them; give them, and the weight of their own."""
    mean = expected * above
    weight = 1.0 / (1.0 + mean) ** 2
    variance = (weight * ((events - mean) ** 2 - mean)).sum() / (weight * mean**2).sum()
    strength = 1.0 / max(variance, 1e-4)
    return (events + strength) / (expected + strength / above), mean / (mean + strength)


@dataclass(frozen=True)
class Rates:
    """What an authority's rates are multiples of England's by.

    Attributes
    ----------
    entry : ndarray of shape (authority, stream, band)
        Entry rates, without those who came from another authority.
    leaving : ndarray of shape (authority, stream, band)
        All reasons but going to another authority.
    going : ndarray of shape (authority, stream, band)
        Going to another authority.
    own_entry, own_leaving : ndarray of shape (authority,)
        Weight of its own numbers, over bands.
    """

    entry: Array
    leaving: Array
    going: Array
    own_entry: Array
    own_leaving: Array


@cache
def rates() -> Rates:
    """Work out rates relative to England's set, which holds the same events."""
    known, count = flows(), entries.starts(YEAR)
    share = people()
    own = known.started - known.came
    # What England's rates would give on the authority's children.
    at_england = np.stack([by_band((share * count[s]).T).T for s in STREAMS], axis=1)
    entry = np.zeros_like(own)
    weights = np.zeros((own.shape[0], len(tables.AGES)))
    for band in range(len(tables.AGES)):
        found = pooled(own[:, OTHER, band], at_england[:, OTHER, band])
        entry[:, OTHER, band], weights[:, band] = found.level, found.own
    for band in UASC_BANDS:  # where they arrive is geography: nobody's rate says anything of another's
        entry[:, UASC, band] = own[:, UASC, band] / at_england[:, UASC, band]
    leaving, going, own_leaving = _leaving(known)
    total = own[:, OTHER].sum(0)
    return Rates(entry, leaving, going, weights @ total / total.sum(), own_leaving)


def _leaving(known: Flows) -> tuple[Array, Array, Array]:
    """Give levels of leaving and of going to another authority, over England's, and the weight of its own.

    England's set shares transfers over both streams by age; here they are nearly all of unaccompanied children. So that
    starts need not make up for it, the others leave as often over England as they do in its set.
    """
    case = published_flows(YEAR)
    table, mean = case.exits, exits.mean_stock(YEAR)
    gone = list(exits.REASONS).index("other authority")
    now, _ = stock()
    england = _seed()
    lived = np.zeros((len(now), 2, 5))
    going, alone = np.zeros_like(lived), []
    waiting, placed = list(exits.REASONS).index("adopted"), list(FULL).index("placed for adoption")
    for i, stream in enumerate(STREAMS):
        ends = np.stack([by_band(x.sum(1)) for x in now[:, i]])
        lived[:, i] = ends * np.divide(mean[stream], by_band(england[i].sum(1)), out=np.zeros(5), where=ends.sum(0) > 0)
        rate = table.rates[stream]
        at_home = rate.sum(1) - rate[:, gone] - rate[:, waiting]
        going[:, i] = np.divide(
            known.went[:, i],
            lived[:, i] * rate[:, gone],
            out=np.zeros_like(lived[:, i]),
            where=lived[:, i] * rate[:, gone] > 0,
        )
        alone.append(lived[:, i] * at_home)
    alone[OTHER] += table.adopted * np.stack([by_band(x[:, placed]) for x in now[:, OTHER]])
    expected = alone[OTHER] + alone[UASC]
    left = known.ceased - known.went.sum(1)
    level, weights = np.zeros_like(expected), np.zeros_like(expected)
    for band in range(5):
        found = pooled(np.maximum(left[:, band], 0.0), expected[:, band])
        level[:, band], weights[:, band] = found.level, found.own
    adopted = exits.counts(YEAR)["adopted"]  # fitted apart from the table
    others = table.table["other"].sum() + adopted - known.went[:, OTHER].sum()
    both = np.stack([level * others / (level * alone[OTHER]).sum(), level], axis=1)
    return both, going, weights @ left.sum(0) / left.sum()


def ceased_at_18() -> Array:
    """Give those who ceased at 18 and over."""
    return tables.fitted("ceased")[:, 6]
