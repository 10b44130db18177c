"""Moves between placements that hold the mix: the smallest rates, by non-negative least squares.

Nothing is published on moves by origin and destination. Moves are constant within a band and a stream. They are
the non-negative rates with the least sum of squares, each weighted by the children it applies to, that keep the mix
of placements of each band where it was on the base date (or lead it in a year to where it was published a year later)
while children enter, age and leave; the engine itself says whether they do, and the wanted net flows are corrected
until they do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from data.rules.sources.proportional_fitting import band_of, by_band
from data.rules.sources.stream import Stream, run_stream

Array = NDArray[np.float64]
#: Years over which the mix is held, and corrections made.
HORIZON, ROUNDS = 10, 60
#: Where a child placed for adoption comes from.
INTO_ADOPTION = ("kinship foster", "foster in-house", "foster agency", "foster")
#: Weight of the wanted flows against the smallness of the moves.
_FIRM = 1e4
#: How strongly an error of a band's mix is corrected: about one over the years a child is in the band.
_GAIN = np.array([1.0, 0.4, 0.3, 0.3, 0.6])


def allowed(placements: Sequence[str], stock: Array) -> Array:
    """Say which moves may happen for a stock by band: (band, from, to).

    Nobody moves to a placement with no children of the band; a child is placed for adoption from foster care only and
    leaves by adoption only.
    """
    there = stock > 0
    ways = there[:, :, None] & there[:, None, :] & ~np.eye(len(placements), dtype=bool)
    if "placed for adoption" in placements:
        at = list(placements).index("placed for adoption")
        ways[:, at, :] = False
        ways[:, [p not in INTO_ADOPTION for p in placements], at] = False
    return ways


def smallest(net: Array, stock: Array, ways: Array) -> Array:
    """Find the smallest rates that give a net flow into each placement.

    Parameters
    ----------
    net : ndarray of shape (placement,)
        Wanted flow in less flow out; sums to zero [children per year].
    stock : ndarray of shape (placement,)
        Children who may move.
    ways : ndarray of bool of shape (placement, to)
        Moves that may happen.

    Returns
    -------
    ndarray of shape (placement, to)
        Rates [per child-year].
    """
    origin, to = np.nonzero(ways)
    if not len(origin):
        return np.zeros(ways.shape)
    # unknown x = rate * root(children), one a way, so that |x|^2 = sum of children * rate^2; flow = root * x
    root = np.sqrt(stock[origin])
    flow = np.zeros((len(stock), len(origin)))
    flow[to, np.arange(len(origin))] += root
    flow[origin, np.arange(len(origin))] -= root
    scale = max(stock.sum(), 1.0)
    # the wanted net flows weigh _FIRM times as much as the smallness of x: least norm among those that give the flows
    system = np.concatenate([flow * (_FIRM / scale), np.eye(len(origin)) / np.sqrt(scale)])
    wanted = np.concatenate([net * (_FIRM / scale), np.zeros(len(origin))])
    found = nnls(system, wanted)[0]
    rates = np.zeros(ways.shape)
    rates[origin, to] = found / root
    return rates


def hold(stream: Stream) -> Array:
    """Give the moves that hold the mix of each band: (age, placement, to)."""
    return _lead(stream, stream.stock, _GAIN, HORIZON)


def carry(stream: Stream, target: Array) -> Array:
    """Give the moves of one year that carry the mix of each band to that of a later stock: (age, placement, to)."""
    return _lead(stream, target, np.ones(len(_GAIN)), 1)


def _lead(stream: Stream, target: Array, gain: Array, years: int) -> Array:
    """Find moves with which the mean mix of the years ahead is the mix of a stock."""
    base = by_band((stream.stock + target) / 2)
    ways = allowed(stream.placements, base)
    size, mix = base.sum(1, keepdims=True), _mix(target)
    net = np.zeros_like(base)
    rates = np.zeros((len(base), *ways.shape[1:]))
    for _ in range(ROUNDS):
        error = mix - _mean_mix(stream.but(move_rate=rates[None, band_of]), years)
        net += size * error * gain[:, None]  # (band, placement)
        # what comes in must go out again: a band's net flows sum to zero
        net -= mix * net.sum(1, keepdims=True)
        rates = np.stack([smallest(n, b, w) for n, b, w in zip(net, base, ways, strict=True)])
    return np.where(rates < 1e-7, 0.0, rates)[band_of]


def _mix(stock: Array) -> Array:
    """Give the share of each placement in each band of a stock by single age."""
    found = by_band(stock)
    size = found.sum(1, keepdims=True)
    return np.divide(found, size, out=np.zeros_like(found), where=size > 0)


def _mean_mix(stream: Stream, years: int) -> Array:
    return _mix(run_stream(stream, years).stock[0, 1:].mean(0))


def worst(stream: Stream, target: Array | None = None) -> float:
    """Give the largest error of a band's mix: over the horizon, or after a year that leads to a target [share]."""
    if target is None:
        return float(np.abs(_mean_mix(stream, HORIZON) - _mix(stream.stock)).max())
    return float(np.abs(_mean_mix(stream, 1) - _mix(target)).max())
