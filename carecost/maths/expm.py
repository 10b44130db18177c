"""Matrix exponential of a generator and its repeated integrals (phi functions), batched."""

from __future__ import annotations

from functools import cache
from math import factorial
from typing import NamedTuple

import numpy as np

from carecost._typing import Array

#: The power series is used for norms up to REACH, with powers up to POWER of the matrix at hand, as a polynomial in the
#: highest of them (Paterson and Stockmeyer); beyond, the matrix is halved.
REACH, POWER = 4.0, 4


#: Numbers of the matrices that go through series and doublings at once: 128 of a dozen states. Fewer spend more time on
#: calls, more are out of cache.
AT_ONCE = 128 * 12**2


class Kernel(NamedTuple):
    """Integrals of ``expm(Q t)`` over a time span.

    Parameters
    ----------
    move : ndarray of shape (..., state, state)
        ``expm(Q span)``: where those there at the start are at the end [share].
    stay : ndarray of shape (..., state, state)
        Its integral from 0 to span: time lived by those there at the start; where even entrants are at the end [years].
    linger : ndarray of shape (..., state, state)
        The integral of ``stay``: time lived by even entrants [years squared].

    See Also
    --------
    kernel : Makes it.

    Examples
    --------
    >>> kernel(np.array([[0.0]]), 2.0)
    Kernel(move=array([[1.]]), stay=array([[2.]]), linger=array([[2.]]))
    """

    move: Array
    stay: Array
    linger: Array


def generator(leave: Array, move: Array) -> Array:
    """Build the generator from the rates of leaving altogether and of moving.

    Parameters
    ----------
    leave : ndarray of shape (..., state)
        Rate of leaving all states [per person-year].
    move : ndarray of shape (..., state, state)
        Rate of moving from row to column; the diagonal is ignored [per person-year].

    Returns
    -------
    ndarray of shape (..., state, state)
        Off the diagonal ``move``; on it minus the sum of all ways out [per person-year].

    See Also
    --------
    kernel : What comes of it over a span.

    Examples
    --------
    >>> generator(np.array([0.1, 0.5]), np.array([[0.0, 0.2], [0.0, 0.0]])).round(3)
    array([[-0.3,  0.2],
           [ 0. , -0.5]])
    """
    shape = np.broadcast_shapes(move.shape, (*leave.shape, 1))
    # In one memory layout: sums of others round differently.
    out = np.array(np.broadcast_to(move, shape), dtype=float, order="C")
    diagonal = np.arange(out.shape[-1])
    out[..., diagonal, diagonal] = 0.0
    out[..., diagonal, diagonal] = -(out.sum(-1) + leave)
    return out


def kernel(rates: Array, span: float) -> Kernel:
    """Integrate ``expm(rates * t)`` once and twice over a span, by series, scaling and doubling.

    Parameters
    ----------
    rates : ndarray of shape (..., state, state)
        Generator [per person-year].
    span : float
        Length of time [years].

    Returns
    -------
    Kernel
        The exponential and its first two integrals.

    See Also
    --------
    phi_functions : The same of any order, over a span of one.

    Examples
    --------
    >>> k = kernel(np.array([[-0.5]]), 1.0)
    >>> round(float(k.move[0, 0]), 6), round(float(k.stay[0, 0]), 6)
    (0.606531, 0.786939)
    """
    phi = phi_functions(np.asarray(rates) * span, 2)
    return Kernel(phi[..., 0, :, :], span * phi[..., 1, :, :], span**2 * phi[..., 2, :, :])


def phi_functions(matrices: Array, order: int) -> Array:
    """Give the exponential of matrices and its repeated integrals, ``phi_j = sum of matrix^m / (m + j)!``.

    Parameters
    ----------
    matrices : ndarray of shape (..., state, state)
        Such as a generator times a span.
    order : int
        The last j, from 0.

    Returns
    -------
    ndarray of shape (..., order + 1, state, state)
        The first is phi_0 = expm(matrix); then phi_j is the integral of (1 - t)^(j - 1) / (j - 1)! expm(matrix t) over
        t from 0 to 1.

    See Also
    --------
    kernel : Uses them.

    Notes
    -----
    A matrix A of norm above REACH is halved until it is below, and the functions are doubled back [1]_, [2]_:

        phi_j(2A) = 2^-j (phi_j(A) phi_0(A) + sum of phi_i(A) / (j - i)! over i from 1 to j)

    Of a small matrix the last one is a power series, and the others follow from phi_j = phi_{j+1} A + 1/j!, so that
    flows and stocks agree by construction. Each matrix is scaled by its own norm and goes through products of its own,
    so that its result never depends on its neighbours in the batch.

    References
    ----------
    .. [1] Van Loan, C. F. (1978). Computing integrals involving the matrix exponential. IEEE Transactions on
       Automatic Control, 23(3), 395-404.
    .. [2] Skaflestad, B. and Wright, W. M. (2009). The scaling and modified squaring method for matrix functions
       related to the exponential. Applied Numerical Mathematics, 59(3-4), 783-799.

    Examples
    --------
    >>> phi_functions(np.array([[-0.5]]), 2)[:, 0, 0].round(6)
    array([0.606531, 0.786939, 0.426123])
    """
    # In one memory layout: libraries multiply transposed matrices in another order, which rounds differently.
    flat = np.ascontiguousarray(matrices, dtype=float).reshape(-1, *matrices.shape[-2:])
    n = flat.shape[-1]
    out = np.empty((len(flat), order + 1, n, n))
    phi_into(flat, out)
    return out.reshape(*matrices.shape[:-2], order + 1, n, n)


def phi_into(matrices: Array, out: Array) -> None:
    """Write the phi functions of matrices, (matrix, state, state), to memory of (matrix, order + 1, state, state)."""
    n, order = matrices.shape[-1], out.shape[1] - 1
    norm = np.abs(matrices).sum(-1).max(-1, initial=0.0)
    halvings = np.maximum(np.frexp(norm / REACH)[1], 0)
    # Those that are doubled often come first, so that a doubling is of the first few.
    by_halvings = np.argsort(-halvings, kind="stable")
    count = at_once(n)
    room = _room(min(count, len(matrices)), order, n)
    for first in range(0, len(matrices), count):
        some = by_halvings[first : first + count]
        out[some] = _phi(matrices[some], halvings[some], order, room.of(len(some)))


def at_once(states: int) -> int:
    """Give how many matrices to work on at once."""
    return max(AT_ONCE // max(states**2, 1), 1)


class _Room(NamedTuple):
    """Memory for what is made on the way, for some matrices: new memory for each few costs as much as their products.

    Attributes
    ----------
    small : ndarray of shape (matrix, state, state)
        The matrices, halved.
    here, other, tall : ndarray of shape (matrix, order + 1, state, state)
        Functions before and after a doubling, and products.
    powers : ndarray of shape (matrix, POWER, state, state)
        Powers from the first.
    blocks : ndarray of shape (matrix, block, state, state)
        Blocks of the series.
    """

    small: Array
    here: Array
    other: Array
    tall: Array
    powers: Array
    blocks: Array

    def of(self, count: int) -> _Room:
        """Take what a number of matrices needs."""
        return _Room(*(array[:count] for array in self))


def _room(count: int, order: int, n: int) -> _Room:
    each = (1, order + 1, order + 1, order + 1, POWER, len(_coefficients(order)))
    small, *others = (np.empty((count, k, n, n)) for k in each)
    return _Room(small[:, 0], *others)


def _phi(matrices: Array, halvings: Array, order: int, room: _Room) -> Array:
    """Give the phi functions of a few matrices, those with the most halvings first, in the room for them."""
    n = matrices.shape[-1]
    span = np.ldexp(1.0, -halvings)
    small, here, other = np.multiply(matrices, span[:, None, None], out=room.small), room.here, room.other
    _series(small, order, here[:, order], room)
    for j in range(order - 1, -1, -1):
        np.matmul(here[:, j + 1], small, out=here[:, j])
        _diagonal(here[:, j])[...] += 1.0 / factorial(j)
    weights, halved = _doubling(order)
    for done in range(int(halvings.max(initial=0))):
        m = int((halvings > done).sum())
        a, b = here[:m], other[:m]
        # Of each matrix all functions side by side: (function, state x state).
        np.matmul(weights, a[:, 1:].reshape(m, order, n * n), out=b[:, 1:].reshape(m, order, n * n))
        tall = room.tall[:m]
        np.matmul(a.reshape(m, -1, n), a[:, 0], out=tall.reshape(m, -1, n))
        tall *= halved[:, None, None]
        b[:, 1:] += tall[:, 1:]
        b[:, 0] = tall[:, 0]
        if m < len(here):
            other[m:] = here[m:]
        here, other = other, here
    return here


@cache
def _doubling(order: int) -> tuple[Array, Array]:
    """Give what phi_i adds to phi_j of twice the matrix, (j, i) from 1, and 2^-j."""
    halved, weights = np.ldexp(1.0, -np.arange(order + 1)), np.zeros((order, order))
    for j in range(1, order + 1):
        for i in range(1, j + 1):
            weights[j - 1, i - 1] = halved[j] / factorial(j - i)
    return weights, halved


@cache
def _coefficients(order: int) -> Array:
    """Give 1 / (k + order)!, until the first left out is below rounding: (block, power below POWER)."""
    terms = POWER
    while REACH**terms * factorial(order) / factorial(terms + order) > 2.0**-56:
        terms += POWER
    return np.array([1.0 / factorial(k + order) for k in range(terms)]).reshape(-1, POWER)


def _series(matrices: Array, order: int, out: Array, room: _Room) -> None:
    """Sum matrix^k / (k + order)!, as a polynomial in the highest power at hand, from its last block."""
    n, size = matrices.shape[-1], len(matrices)
    weights, powers, blocks = _coefficients(order), room.powers, room.blocks
    powers[:, 0] = matrices
    for k in range(1, POWER):
        np.matmul(powers[:, k // 2], powers[:, (k - 1) // 2], out=powers[:, k])
    lower = powers[:, :-1].reshape(size, POWER - 1, n * n)
    np.matmul(weights[:, 1:], lower, out=blocks.reshape(size, -1, n * n))
    total = blocks[:, -1]
    _diagonal(total)[...] += weights[-1, 0]
    for block in range(len(weights) - 2, -1, -1):
        np.matmul(total, powers[:, -1], out=out)
        np.add(out, blocks[:, block], out=total)
        _diagonal(total)[...] += weights[block, 0]
    out[...] = total


def _diagonal(matrices: Array) -> Array:
    """Give the diagonals of matrices, to write to."""
    return np.asarray(np.einsum("...ii->...i", matrices))
