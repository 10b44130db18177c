"""Latin hypercube sampling by name; Monte Carlo error of a mean and of a quantile."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.errors import InputError, Problem


def mean_error(values: Array) -> Array:
    """Give the Monte Carlo standard error of a mean over draws (the first axis).

    It is that of independent draws, and so an upper bound: a Latin hypercube does better.

    Examples
    --------
    >>> float(mean_error(np.array([1.0, 2.0, 3.0, 4.0])).round(4))
    0.6455
    """
    return np.asarray(values.std(0, ddof=1) / np.sqrt(len(values)))


def quantile_error(values: Array, q: float) -> float:
    """Give the Monte Carlo standard error of a quantile, from the order statistics on both sides of it.

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
    """
    reach = np.sqrt(q * (1.0 - q) / len(values))
    low, high = np.quantile(values, [max(0.0, q - reach), min(1.0, q + reach)])
    return float(high - low) / 2.0


@dataclass(frozen=True)
class Draws:
    """How many joint samples of the uncertain quantities, and which.

    Parameters
    ----------
    n : int
        Number of draws; 0 is the central run alone.
    seed : int
        Seed; the same seed and name give the same numbers.
    noise : bool
        Whether levels also hold the luck of small numbers: whole children, Poisson entries and multinomial fates.
        Differences between scenarios are without it.

    Raises
    ------
    InputError
        If ``n`` or ``seed`` is negative.

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
        for name in ("n", "seed"):
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or value < 0:
                raise InputError(Problem(f"{name} is {value!r}", "Draws", "Give a whole number, 0 or more"))

    @property
    def central(self) -> bool:
        """Whether this is the central run alone."""
        return self.n == 0

    def uniforms(self, name: str) -> NDArray[np.float64]:
        """Draw the uniform numbers of a quantity.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        ndarray of shape (draw,)
            One number in each of n equal slices of (0, 1), in random order [probability].
        """
        digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((int(self.seed), digest))))
        order = rng.permutation(self.n)
        # Jitter of exactly 0 in the first slice would be an infinite normal quantile.
        jitter = np.maximum(rng.random(self.n), 1e-12)
        return (order + jitter) / max(self.n, 1)
