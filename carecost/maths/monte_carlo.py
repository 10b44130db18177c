"""Latin hypercube sampling by name; Monte Carlo error of a mean and of a quantile."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carecost._guard import flag, guarded, opened, take, text, whole
from carecost._typing import Array

#: Most draws of one run.
MOST_DRAWS = 1_000_000_000

#: Level of every interval where no other is asked for: four chances in five, which a record of decades can check.
LEVEL = 0.8


def ends(level: float = LEVEL) -> tuple[float, float]:
    """Give the quantiles that bound an interval with equal chances outside on both sides.

    Parameters
    ----------
    level : float
        Coverage [probability].

    Returns
    -------
    tuple of float
        Lower and upper quantile [probability].

    See Also
    --------
    quantile_error : Error of such an end, from draws.

    Examples
    --------
    >>> ends(0.9)
    (0.05, 0.95)
    """
    # Rounded so that an end is called by the number that people write: 0.1, and not 0.09999999999999998.
    return round((1.0 - level) / 2.0, 10), round((1.0 + level) / 2.0, 10)


def mean_error(values: Array) -> Array:
    """Estimate the Monte Carlo standard error of a mean over draws.

    Parameters
    ----------
    values : ndarray of shape (draw, ...)
        Draws, two or more.

    Returns
    -------
    ndarray of shape (...)
        Standard error, in the unit of the values. It is that of independent draws, and so an upper bound: a Latin
        hypercube does better.

    See Also
    --------
    quantile_error : The same of a quantile.

    Examples
    --------
    >>> float(mean_error(np.array([1.0, 2.0, 3.0, 4.0])).round(4))
    0.6455
    """
    # s / sqrt(n), with the n - 1 of a sample in s.
    return np.asarray(values.std(0, ddof=1) / np.sqrt(len(values)))


def quantile_error(values: Array, q: float) -> float:
    """Estimate the Monte Carlo standard error of a quantile, from the order statistics on both sides of it.

    Parameters
    ----------
    values : ndarray of shape (draw,)
        Draws.
    q : float
        Which quantile [probability].

    Returns
    -------
    float
        Standard error, in the unit of the values.

    See Also
    --------
    mean_error : The same of a mean.

    Examples
    --------
    >>> round(quantile_error(np.arange(101.0), 0.5), 3)
    4.975
    """
    # The share of draws below the true quantile is binomial, with this standard error; half of what the values
    # differ across it on both sides is one standard error of the quantile, without an estimate of a density.
    rank_error = np.sqrt(q * (1.0 - q) / len(values))
    low, high = np.quantile(values, [max(0.0, q - rank_error), min(1.0, q + rank_error)])
    return float(high - low) / 2.0


@opened
@dataclass(frozen=True)
class Draws:
    """Latin hypercube sample of the uncertain quantities: how many joint draws, from which seed.

    Parameters
    ----------
    n : int
        Number of draws; 0 is the central run alone.
    seed : int
        Seed; the same seed and name give the same numbers.
    noise : bool
        Whether levels also hold the luck of small numbers: Poisson entries, and for each child a life of its own.
        Differences between scenarios are without it.

    Raises
    ------
    InputError
        If ``n`` or ``seed`` is no whole number of 0 or more, or ``noise`` is neither True nor False.

    See Also
    --------
    run : Take the draws of a run.

    Notes
    -----
    Each quantity has its own permutation and its own jitter, seeded by the pair (seed, digest of its name). Adding a
    quantity changes no other, and nothing depends on blocks or threads [1]_.

    References
    ----------
    .. [1] McKay, M. D., Beckman, R. J., Conover, W. J. (1979). A comparison of three methods for selecting
       values of input variables. Technometrics, 21(2), 239-245.

    Examples
    --------
    >>> Draws(4, seed=1).uniforms("entry level").round(3)
    array([0.61 , 0.767, 0.316, 0.178])
    """

    n: int = 0
    seed: int = 1
    noise: bool = False

    def __post_init__(self) -> None:
        take(self, n=whole(0, MOST_DRAWS), seed=whole(0), noise=flag)

    @property
    def central(self) -> bool:
        """Whether this is the central run alone, without draws."""
        return self.n == 0

    @guarded(name=text)
    def uniforms(self, name: str) -> NDArray[np.float64]:
        """Draw the uniform numbers of a quantity: stratified, in random order.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        ndarray of shape (draw,)
            One number in each of n equal slices of (0, 1), in random order [probability].

        See Also
        --------
        carecost.maths.distributions.quantiles : Values of a quantity from its uniform numbers.

        Examples
        --------
        >>> sorted(int(4 * u) for u in Draws(4).uniforms("entry level"))
        [0, 1, 2, 3]
        """
        # A generator of its own for each name, from a digest that is the same on every machine (hash() is not).
        digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((int(self.seed), digest))))
        slices = rng.permutation(self.n)  # (draw,): which slice of (0, 1) each draw falls in
        # Jitter of exactly 0 in the first slice would be an infinite normal quantile.
        jitter = np.maximum(rng.random(self.n), 1e-12)
        return (slices + jitter) / max(self.n, 1)
