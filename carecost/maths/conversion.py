"""Competing rates to transition probabilities by the matrix exponential, and back by the matrix logarithm.

One minus exp(-rate) for each cause apart is wrong wherever causes compete: it lets nobody leave twice, and counts those
who would have left by two ways at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import Refused, guarded, number, numeric, shown
from carecost._typing import Array
from carecost.errors import InputError, Problem, refuse
from carecost.maths.markov_cohort import CLOSE, first, numbers, stochastic_faults

# The series is cut after TERMS terms for norms up to REACH: the first term left out is below 1e-17 of the sum.
TERMS = 15
REACH = 0.5
# Printed rates are rounded: a diagonal may miss minus the sum of its row by this share of the largest rate.
_PRINTED = 1e-8
# A rate below this share of the largest is the rounding of a logarithm, and zero.
_ROUNDING = 1e-10
# An eigenvalue nearer to zero than this is zero.
_ZERO = 1e-12
# Square roots, and steps towards each, that are taken at most; both converge after a few.
_STEPS = 60


_AXES = ("row", "column")
_INSTEAD = "Constant rates do not give this. Give rates instead, or estimate them from dated events or a shorter span"


@guarded()
def probabilities(rates: ArrayLike, span: float) -> Array:
    """Turn competing rates into transition probabilities of a span: the matrix exponential of ``rates * span``.

    Parameters
    ----------
    rates : array_like of shape (..., state, state)
        Rate of moving from row to column [per person-year]. The diagonal is zero, or minus the sum of its row.
    span : float
        Length of time [years].

    Returns
    -------
    ndarray of shape (..., state, state)
        Probability of being in the column at the end of the span for those in the row at its start; none is negative
        and rows sum to one.

    Raises
    ------
    InputError
        With every fault found.

    See Also
    --------
    rates : The way back.
    carecost.maths.expm.kernel : With the time lived, for rates that are known.

    Notes
    -----
    By uniformization [1]_: every term of the series is positive, so that a small probability is never drowned in
    rounding, nor negative.

    References
    ----------
    .. [1] Jensen, A. (1953). Markoff chains as an aid in the study of Markoff processes. Scandinavian Actuarial
       Journal, 1953(sup1), 87-91.

    Examples
    --------
    >>> probabilities([[0.0, 0.1, 0.2], [0.0, 0.0, 0.3], [0.0, 0.0, 0.0]], 1.0).round(4)
    array([[0.7408, 0.0741, 0.1851],
           [0.    , 0.7408, 0.2592],
           [0.    , 0.    , 1.    ]])
    """
    problems: list[Problem] = []
    given = _square(rates, "rates", problems)  # (..., state, state)
    _span(span, problems)
    n = given.shape[-1]
    off = np.where(np.eye(n, dtype=bool), 0.0, given)
    numbers(off, "rates", problems, _AXES)
    diagonal = np.diagonal(given, axis1=-2, axis2=-1)  # (..., state)
    outflow = off.sum(-1)
    wrong = (diagonal != 0) & ~(np.abs(diagonal + outflow) <= _PRINTED * off.max(initial=0.0))
    if wrong.any() and np.isfinite(off).all():
        what = f"the diagonal is {diagonal[wrong][0]:.10g}, the other rates of the row sum to {outflow[wrong][0]:.10g}"
        where = f"rates, {first(wrong, ('row',))}"
        problems.append(Problem(what, where, "Leave the diagonal at zero, or give minus the sum of the row"))
    refuse(problems)
    return _exponential(off * span)


def _exponential(moves: Array) -> Array:
    """Exponential of the generator Q whose rates off the diagonal these are: uniformization, scaling and squaring.

    With c the largest outflow, Q = J - c I and e^Q = e^-c e^J, where J is nowhere negative: the rates off the diagonal,
    and on it what is left of c.
    """
    n = moves.shape[-1]
    outflow = moves.sum(-1)  # (..., state)
    c = outflow.max(-1, initial=0.0)  # (...)
    # Each matrix is scaled by its own norm, so that its result never depends on its neighbours in the batch.
    halvings = np.maximum(np.frexp(c / REACH)[1], 0)
    scale = np.ldexp(1.0, -halvings)[..., None, None]
    c = c[..., None, None]
    stay = np.eye(n) * (c - outflow[..., None])
    jumps = (moves + stay) * scale  # J / 2^halvings
    total = term = np.broadcast_to(np.eye(n), moves.shape)
    for k in range(1, TERMS + 1):
        term = term @ jumps / k
        total = total + term
    result = np.asarray(total * np.exp(-c * scale))
    # e^Q is e^(Q / 2^h) squared h times; matrices that need fewer squarings are left alone.
    for squared in range(int(halvings.max(initial=0))):
        unfinished = halvings > squared
        result[unfinished] = result[unfinished] @ result[unfinished]
        # Rows sum to one but for rounding, which every squaring would double.
        result[unfinished] /= result[unfinished].sum(-1, keepdims=True)
    return result


@guarded()
def rates(probabilities: ArrayLike, span: float) -> Array:
    """Find the constant rates that give the transition probabilities of a span: the matrix logarithm over the span.

    Probabilities of a shorter cycle are ``probabilities(rates(p, 1.0), 1.0 / 12)``; cell by cell they would be wrong.

    Parameters
    ----------
    probabilities : array_like of shape (..., state, state)
        Probability of being in the column at the end of the span for those in the row at its start; rows sum to one.
    span : float
        Length of time [years].

    Returns
    -------
    ndarray of shape (..., state, state)
        Rate of moving from row to column; on the diagonal minus the sum of the others [per person-year].

    Raises
    ------
    InputError
        With every fault found, and where no constant rates give these probabilities: the matrix has no real logarithm,
        or one with negative rates.

    See Also
    --------
    probabilities : The way back.

    Notes
    -----
    The principal logarithm is given, by square roots [1]_. It is the only candidate where all the diagonal is above one
    half [2]_; elsewhere other rates may give the same probabilities.

    References
    ----------
    .. [1] Higham, N. J. (2008). Functions of Matrices. SIAM. Chapters 6 and 11.
    .. [2] Cuthbert, J. R. (1972). On uniqueness of the logarithm for Markov semi-groups. Journal of the London
       Mathematical Society, s2-4(4), 623-630.

    Examples
    --------
    >>> rates([[0.9, 0.1], [0.0, 1.0]], 1.0).round(4)
    array([[-0.1054,  0.1054],
           [ 0.    ,  0.    ]])
    """
    problems: list[Problem] = []
    given = _square(probabilities, "probabilities", problems)
    _span(span, problems)
    problems += stochastic_faults(given, "probabilities")
    refuse(problems)
    refuse(_without_logarithm(given))
    n = given.shape[-1]
    # One by one, so that no result depends on its neighbours in the batch.
    logarithm = np.array([_logarithm(one) for one in given.reshape(-1, n, n)]).reshape(given.shape)
    off = np.where(np.eye(n, dtype=bool), 0.0, logarithm)
    # Only what is as small as rounding becomes zero; the exponential below finds it if that mattered.
    off[np.abs(off) <= _ROUNDING * np.abs(logarithm).max((-1, -2), initial=0.0)[..., None, None]] = 0.0
    refuse(_negative(off / span))
    # The diagonal was not used: what comes back from the rates off it must be what was given.
    gap = np.abs(_exponential(off) - given)
    if (gap > CLOSE).any():
        raise InputError(
            Problem(f"has no exact root: its logarithm misses by {gap.max():.2g}", "probabilities", _INSTEAD)
        )
    return np.asarray((off - np.eye(n) * off.sum(-1)[..., None]) / span)


def _without_logarithm(given: Array) -> list[Problem]:
    """Find matrices without a real principal logarithm: an eigenvalue is zero, or real and negative."""
    problems = []
    eigenvalues = np.linalg.eigvals(given)  # (..., state)
    for wrong, what in (
        (np.abs(eigenvalues) < _ZERO, "has no root: an eigenvalue is 0"),
        ((np.abs(eigenvalues.imag) < _ZERO) & (eigenvalues.real <= -_ZERO), "has no root: an eigenvalue is {:.6g}"),
    ):
        if wrong.any():
            where = ", ".join(filter(None, ("probabilities", first(wrong.any(-1), ()))))
            problems.append(Problem(what.format(eigenvalues[wrong][0].real), where, _INSTEAD))
    return problems


def _negative(off: Array) -> list[Problem]:
    """Find negative rates: the process cannot be embedded in continuous time."""
    wrong = off < 0
    if not wrong.any():
        return []
    what = f"has no valid root: its logarithm has negative rates ({int(wrong.sum())}, the first {off[wrong][0]:.6g})"
    return [Problem(what, f"probabilities, {first(wrong, _AXES)}", _INSTEAD)]


def _logarithm(given: Array) -> Array:
    """Principal logarithm of one matrix: inverse scaling and squaring, (state, state)."""
    unit = np.eye(given.shape[-1])
    root, roots_taken = given, 0
    while np.abs(root - unit).sum(-1).max(initial=0.0) > REACH and roots_taken < _STEPS:
        root, roots_taken = _square_root(root), roots_taken + 1
    # log R = 2 artanh Z = 2 (Z + Z^3 / 3 + Z^5 / 5 + ...), with Z = (R - I) (R + I)^-1.
    z = (root - unit) @ np.linalg.inv(root + unit)
    z_squared, power, total = z @ z, z, np.zeros_like(given)
    for k in range(1, 2 * TERMS, 2):
        total = total + power / k
        power = power @ z_squared
    # log P = 2^roots log P^(1 / 2^roots).
    return np.asarray(np.ldexp(2.0 * total, roots_taken))


def _square_root(given: Array) -> Array:
    """Principal square root, by the iteration of Denman and Beavers."""
    root, inverse = given, np.broadcast_to(np.eye(given.shape[-1]), given.shape)
    for _ in range(_STEPS):
        last = root
        root, inverse = (root + np.linalg.inv(inverse)) / 2.0, (inverse + np.linalg.inv(root)) / 2.0
        # The error is squared by each step: a step this short was the last that mattered.
        if np.abs(root - last).max(initial=0.0) < 1e-9:
            break
    return root


def _square(value: ArrayLike, where: str, problems: list[Problem]) -> Array:
    """Read square matrices: (..., state, state)."""
    try:
        array: Array = numeric(value)
    except Refused:
        array = np.zeros(0)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        refuse([*problems, Problem(f"has shape {array.shape}", where, "Give numbers of shape (..., state, state)")])
    return array


def _span(span: float, problems: list[Problem]) -> None:
    """Find a length of time that is none."""
    try:
        number(above=0)(span)
    except Refused:
        problems.append(Problem(f"is {shown(span)}", "span", "Give a length of time above zero"))
