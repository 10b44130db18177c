"""Value of information: expected loss, EVPI, EVPPI by regression on draws, and first-order Sobol indices from the same.

The expected value of partial perfect information (EVPPI) of some quantities is what it would be worth to know them
before an option is chosen [1]_. The mean net benefit given those quantities is found by regression of the drawn net
benefit on their drawn values [2]_: no further run is needed. The part of a variance that the same regression explains
is the first-order Sobol index of the quantities [3]_.

References
----------
.. [1] Briggs, A., Claxton, K., Sculpher, M. (2006). Decision modelling for health economic evaluation. Oxford.
.. [2] Strong, M., Oakley, J. E., Brennan, A. (2014). Estimating multiparameter partial expected value of perfect
   information from a probabilistic sensitivity analysis sample. Medical Decision Making, 34(3), 311-326.
.. [3] Saltelli, A. and others (2008). Global sensitivity analysis: the primer. Wiley.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy
from numpy.polynomial import legendre

from carecost._typing import Array
from carecost.errors import InputError, Problem

#: Draws from which a regression can be told from chance.
FEWEST = 50
#: Columns that follow another this closely are one: a rank correlation.
SAME = 0.9999
#: Components up to which many quantities of a group are taken, those that vary most first.
MOST = 8
#: Draws for each coefficient of a regression, at least.
FOR_EACH = 4
#: Samples of the coefficients from which the error of an EVPPI is taken, and draws that each is looked at in, at most.
SAMPLES, LOOKED_AT = 300, 2_000


def expected_loss(benefit: Array) -> tuple[Array, Array]:
    """Find what it costs on average to choose an option that is not the best: mean over draws, and its error.

    Parameters
    ----------
    benefit : ndarray of shape (draw, ..., option)
        Net benefit.

    Returns
    -------
    tuple of ndarray of shape (..., option)
        Expected loss of each option, and its Monte Carlo standard error. The least of the losses is the EVPI.

    Examples
    --------
    >>> expected_loss(np.array([[0.0, 1.0], [0.0, -3.0]]))[0].tolist()
    [0.5, 1.5]
    """
    loss = benefit.max(-1, keepdims=True) - benefit
    return np.asarray(loss.mean(0)), np.asarray(loss.std(0, ddof=1) / np.sqrt(len(loss)))


@dataclass(frozen=True)
class Worth:
    """What it would be worth to know some quantities before an option is chosen.

    Attributes
    ----------
    evppi, error : float
        Expected value of partial perfect information, and its standard error: of the regression, and of chance among
        the draws.
    chance : float
        Share of draws in which, those quantities known, another option is better than the one that is best now
        [probability].
    explained, explained_error : float
        Part of the variance of the net benefit over the best option's that they explain, of the option that competes
        most closely; and its error [share].
    """

    evppi: float
    error: float
    chance: float
    explained: float
    explained_error: float


def evppi(benefit: Array, inputs: Array) -> Worth:
    """Estimate the expected value of partial perfect information of some quantities by regression.

    Parameters
    ----------
    benefit : ndarray of shape (draw, option)
        Net benefit of each option.
    inputs : ndarray of shape (draw, quantity)
        The quantities, all known together.

    Returns
    -------
    Worth
        What knowing them is worth; exactly zero where no value of them, among those drawn, changes what is best.

    Raises
    ------
    InputError
        If there are too few draws.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> p1, p2 = rng.normal(1, 1, 4000), rng.normal(0, 2, 4000)
    >>> found = evppi(np.stack([0 * p1, p1 - p2], axis=1), p1[:, None])
    >>> abs(found.evppi - 0.0833) < 4 * found.error
    True
    """
    best = int(benefit.mean(0).argmax())
    others = [i for i in range(benefit.shape[1]) if i != best]
    gain = benefit[:, others] - benefit[:, [best]]  # (draw, other): above zero the other is better
    made = regress(gain, inputs)
    fitted = made.fitted
    # With the quantities known the best option is taken in each draw; without, the one that is best on average.
    better = np.maximum(fitted.max(1), 0.0)
    rng = np.random.default_rng(np.random.SeedSequence((len(gain), made.basis.shape[1])))
    noise = rng.standard_normal((SAMPLES, *made.coefficients.shape)) @ made.spread
    some = slice(None, None, -(-len(fitted) // LOOKED_AT))
    tried = fitted[some] + np.einsum("dp,spo->sdo", made.basis[some], noise)
    # The options' means are as sure as the draws are, whatever is known: they are taken off in each sample.
    worths = np.maximum(tried.max(2), 0.0).mean(1) - np.maximum(tried.mean(1).max(1), 0.0)
    error = np.hypot(worths.std(), better.std(ddof=1) / np.sqrt(len(better)) if better.any() else 0.0)
    close = int(gain.mean(0).argmax())
    return Worth(float(better.mean()), float(error), float((better > 0).mean()), *made.explained(close))


@dataclass(frozen=True, eq=False)
class Regression:
    """Regression of some outputs on some quantities, with the terms that foretell best what was left out.

    Attributes
    ----------
    basis : ndarray of shape (draw, term)
        Orthonormal columns.
    outputs : ndarray of shape (draw, output)
        What was regressed.
    coefficients : ndarray of shape (term, output)
        Of the columns.
    left_out : ndarray of shape (draw, output)
        Error of each draw as foretold by all others.
    """

    basis: Array
    outputs: Array
    coefficients: Array
    left_out: Array

    @property
    def fitted(self) -> Array:
        """Mean of each output given the quantities: (draw, output)."""
        return np.asarray(self.basis @ self.coefficients)

    @property
    def spread(self) -> Array:
        """Cholesky factor of what coefficients vary by together: (output, output)."""
        rest = self.outputs - self.fitted
        free = max(len(rest) - self.basis.shape[1], 1)
        scale = np.sqrt((rest**2).sum(0) / free)
        shape = rest / np.where(scale > 0, scale, 1.0)
        likeness = shape.T @ shape / free + 1e-12 * np.eye(rest.shape[1])
        return np.asarray(np.linalg.cholesky(likeness).T * scale)

    def explained(self, output: int) -> tuple[float, float]:
        """Give the share of the variance of an output that is foretold, and its standard error.

        It is of what was left out, so that chance explains nothing on average; it may be slightly below zero.
        """
        missed, all_of_it = (
            self.left_out[:, output] ** 2,
            (self.outputs[:, output] - self.outputs[:, output].mean()) ** 2,
        )
        if not all_of_it.any():
            return 0.0, 0.0
        share = 1.0 - missed.sum() / all_of_it.sum()
        # A ratio of two means: its error by linearisation.
        apart = missed - (1.0 - share) * all_of_it
        return float(share), float(apart.std(ddof=1) / np.sqrt(len(apart)) / all_of_it.mean())


def regress(outputs: Array, inputs: Array) -> Regression:
    """Regress outputs on quantities: of several sets of terms, the one that foretells best what is left out.

    Parameters
    ----------
    outputs : ndarray of shape (draw, output)
        What may follow from the quantities.
    inputs : ndarray of shape (draw, quantity)
        Their values.

    Returns
    -------
    Regression
        With terms of the values (linear, products) and of their ranks (Legendre polynomials), as far as they help; a
        constant alone where nothing does.

    Raises
    ------
    InputError
        If there are fewer than fifty draws.
    """
    n = len(outputs)
    if n < FEWEST:
        raise InputError(
            Problem(f"there are {n} draws", "regression on draws", f"Run with {FEWEST} or more, better 1,000")
        )
    scale = outputs.std(0)
    scale = np.where(scale > 0, scale, 1.0)
    found: tuple[float, Regression] | None = None
    for terms in _candidates(_components(inputs)):
        if found is not None and terms.shape[1] * FOR_EACH > n:
            break
        basis = _orthonormal(terms)
        coefficients = basis.T @ outputs
        # The error of a draw that was left out, from the fit with it: e / (1 - h), h its leverage.
        leverage = np.minimum((basis**2).sum(1), 1.0 - 1e-9)
        left_out = (outputs - basis @ coefficients) / (1.0 - leverage)[:, None]
        missed = float(((left_out / scale) ** 2).sum())
        if found is None or missed < found[0]:
            found = missed, Regression(basis, outputs, coefficients, left_out)
    assert found is not None
    return found[1]


def _components(inputs: Array) -> Array:
    """Give the quantities that vary, each once, to mean 0 and variance 1; the principal ones of very many."""
    varying = inputs[:, inputs.std(0) > 1e-14 * np.maximum(np.abs(inputs).max(0), 1e-300)]
    kept: list[int] = []
    ranks = scipy.stats.rankdata(varying, axis=0)
    ranks = (ranks - ranks.mean(0)) / np.where(ranks.std(0) > 0, ranks.std(0), 1.0)
    for i in range(varying.shape[1]):
        # What follows another wholly, as amounts of one luck do, tells nothing more.
        if not kept or np.abs(ranks[:, kept].T @ ranks[:, i] / len(ranks)).max() < SAME:
            kept.append(i)
    chosen = varying[:, kept]
    scaled = (chosen - chosen.mean(0)) / chosen.std(0) if kept else chosen
    if scaled.shape[1] <= MOST:
        return np.asarray(scaled)
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(left[:, :MOST] * np.sqrt(len(left))) if size[0] > 0 else scaled[:, :0]


def _candidates(values: Array) -> Iterator[Array]:
    """Give sets of terms, each larger than the one before: (draw, term)."""
    n, k = values.shape
    one = np.ones((n, 1))
    yield one
    if not k:
        return
    linear = np.hstack([one, values])
    yield linear
    u = 2.0 * (scipy.stats.rankdata(values, axis=0) - 0.5) / n - 1.0  # ranks from -1 to 1
    curved = [legendre.legval(u, np.eye(9)[degree]) for degree in range(9)]
    bent = np.hstack([linear, *curved[2:4]])
    yield bent
    pairs = [values[:, [i]] * values[:, [j]] for i, j in combinations(range(k), 2)]
    products = np.hstack([linear, *pairs, values**2])
    yield products
    yield np.hstack([products, *curved[2:5]])
    twists = [
        curved[a][:, [i]] * curved[b][:, [j]] for i, j in combinations(range(k), 2) for a, b in ((1, 2), (2, 1), (2, 2))
    ]
    yield np.hstack([products, *curved[1:7]])
    yield np.hstack([products, *curved[1:9], *twists])


def _orthonormal(terms: Array) -> Array:
    """Give orthonormal columns that span the terms: (draw, column)."""
    size = np.sqrt((terms**2).sum(0))
    left, strength, _ = np.linalg.svd(terms / np.where(size > 0, size, 1.0), full_matrices=False)
    return np.asarray(left[:, strength > 1e-8 * strength[0]])
