"""Counter-based random numbers (SplitMix64): each number is a function of its key, and of nothing drawn before it."""

from __future__ import annotations

import hashlib

import numpy as np
import scipy
from numpy.typing import NDArray

from carecost._typing import Array

Bits = NDArray[np.uint64]

#: The odd number nearest to 2**64 over the golden ratio: states of a sequence are so far apart.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32, _11 = (np.uint64(n) for n in (30, 27, 31, 32, 11))
_LOW = np.uint64(0xFFFFFFFF)


#: Means above which the quantile of a Poisson number is looked for from the incomplete gamma function, not from zero.
LARGE = 50.0


#: No count with a mean of at most :data:`LARGE` is as large, for any uniform number below one.
MOST = 160


def mixed(state: Bits) -> Bits:
    """Mix 64-bit states into random ones: the output function of SplitMix64 [1]_.

    Parameters
    ----------
    state : ndarray of uint64
        States. Those of one sequence are a key plus 0, 1, 2 ... times :data:`GOLDEN`.

    Returns
    -------
    ndarray of uint64
        Random bits, one number a state.

    References
    ----------
    .. [1] Steele, G. L., Lea, D., Flood, C. H. (2014). Fast splittable pseudorandom number generators. OOPSLA '14,
       453-472.

    Examples
    --------
    The first numbers of the sequence that begins at 0.

    >>> [hex(x) for x in mixed(np.arange(2, dtype=np.uint64) * GOLDEN)]
    ['0xe220a8397b1dcdaf', '0x6e789e6aa1b965f4']
    """
    z: Bits = state + GOLDEN
    z ^= z >> _30
    z *= _FIRST
    z ^= z >> _27
    z *= _SECOND
    z ^= z >> _31
    return z


def key_of(text: str) -> Bits:
    """Make a key of a text: (1,).

    Examples
    --------
    >>> bool(key_of("all") == key_of("all")), bool(key_of("all") == key_of("some"))
    (True, False)
    """
    return np.frombuffer(hashlib.sha256(text.encode()).digest()[:8], dtype="<u8").astype(np.uint64)


def uniform(bits: Bits) -> Array:
    """Make one uniform number in [0, 1) of all 64 bits, in steps of 2**-53."""
    return np.asarray((bits >> _11) * 2.0**-53)


def two_uniforms(bits: Bits) -> tuple[Array, Array]:
    """Make two uniform numbers in (0, 1) of the upper and the lower 32 bits: mid-points of steps of 2**-32.

    Examples
    --------
    >>> [float(u[0]) for u in two_uniforms(np.array([1 << 63], dtype=np.uint64))]
    [0.5000000001164153, 1.1641532182693481e-10]
    """
    upper = (bits >> _32).astype(np.float64)
    lower = (bits & _LOW).astype(np.float64)
    for part in (upper, lower):
        part += 0.5
        part *= 2.0**-32
    return upper, lower


def poisson(at: Array, mean: Array) -> NDArray[np.int64]:
    """Give quantiles of Poisson numbers: with the same uniform number, a larger mean never gives a smaller count.

    Parameters
    ----------
    at : ndarray
        Uniform numbers in [0, 1) [probability].
    mean : ndarray of the same shape
        Means, zero or more.

    Returns
    -------
    ndarray of int of the same shape
        The least count whose distribution function is above the uniform number.

    Examples
    --------
    >>> poisson(np.array([0.1, 0.5, 0.99]), np.array([2.0, 2.0, 2.0])).tolist()
    [0, 2, 6]
    """
    u, mu = np.asarray(at, dtype=float).ravel(), np.asarray(mean, dtype=float).ravel()
    count = np.zeros(u.shape, dtype=np.int64)
    small = np.flatnonzero(mu <= LARGE)
    large = np.flatnonzero(mu > LARGE) if small.size < u.size else small[:0]
    if large.size:
        count[large] = _far(u[large], mu[large])
    active, u, mu = (small, u[small], mu[small]) if large.size else (None, u, mu)
    chance = np.exp(-mu)
    below, here = chance.copy(), np.zeros(u.shape, dtype=np.int64)
    for k in range(1, MOST):
        more = u >= below
        left = int(np.count_nonzero(more))
        if not left:
            break
        here += more
        if 2 * left < u.size:  # few are still looked for: go on with these alone
            _put(count, active, here)
            active = np.flatnonzero(more) if active is None else active[more]
            u, mu, chance, below, here = (a[more] for a in (u, mu, chance, below, here))
        chance *= mu
        chance /= k
        below += chance
    _put(count, active, here)
    return count.reshape(np.shape(at))


def _put(count: NDArray[np.int64], active: NDArray[np.intp] | None, here: NDArray[np.int64]) -> None:
    count[slice(None) if active is None else active] = here


def _far(u: Array, mu: Array) -> NDArray[np.int64]:
    """Find quantiles for large means by the inverse of the distribution function, and mend the last step."""
    found = np.maximum(np.ceil(scipy.special.pdtrik(np.maximum(u, 1e-300), mu)), 0.0)
    for _ in range(2):
        found += scipy.special.pdtr(found, mu) <= u
        found -= (found > 0) & (scipy.special.pdtr(found - 1.0, mu) > u)
    return np.asarray(found, dtype=np.int64)
