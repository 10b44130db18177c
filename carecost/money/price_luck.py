"""Luck of prices: the mean price of a few placements, each a draw from one lognormal distribution of prices."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import array, guarded, number
from carecost._typing import Array
from carecost.errors import InputError, Problem


@guarded(scores=array(), sd=number(above=0, most=5), placements=array())
def mean_price_factor(scores: ArrayLike, sd: float, placements: ArrayLike) -> Array:
    r"""Give the mean price of some placements over that of very many, by the moments of a sum of lognormals.

    Prices of single placements are lognormal with a standard deviation ``sd`` of their logarithms. The mean of n of
    them has the same mean, and 1/n of their squared coefficient of variation; it is taken to be lognormal too [1]_:

    .. math:: f = \exp(s z - s^2 / 2), \quad s^2 = \ln(1 + (e^{\sigma^2} - 1) / \max(n, 1)).

    Its mean is one, whatever n. Of one placement it is the distribution itself; part of a placement is one.

    Parameters
    ----------
    scores : array_like of shape (...)
        Standard normal scores, the luck.
    sd : float
        Standard deviation of the logarithm of a placement's price [in logs].
    placements : array_like of shape (...)
        How many placements there are, zero or more; such as the children who are there on average.

    Returns
    -------
    ndarray of shape (...)
        What the price is multiplied with [ratio].

    Raises
    ------
    InputError
        If what is given is no number, or ``sd`` is not above zero or beyond 5.

    See Also
    --------
    carecost.PriceSpread : The row of a set that says how far prices of placements spread.

    References
    ----------
    .. [1] Fenton, L. F. (1960). The sum of log-normal probability distributions in scatter transmission systems. IRE
       Transactions on Communications Systems, 8(1), 57-67.

    Examples
    --------
    >>> mean_price_factor([1.0, 1.0], 0.5, [1.0, 100.0]).round(3)
    array([1.455, 1.053])
    """
    luck, n = np.asarray(scores, dtype=float), np.asarray(placements, dtype=float)
    try:
        np.broadcast_shapes(luck.shape, n.shape)
    except ValueError:
        what = f"scores and placements have shapes {luck.shape} and {n.shape}"
        raise InputError(Problem(what, "mean_price_factor()", "Give as many of each, or one of either")) from None
    variance = np.log1p(np.expm1(sd**2) / np.maximum(n, 1.0))
    return np.asarray(np.exp(np.sqrt(variance) * luck - variance / 2.0))
