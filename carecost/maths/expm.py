"""Matrix exponential of a generator and its first two integrals, batched."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from carecost._typing import Array

# The series is cut after TERMS terms for norms up to REACH: the first term left out is below 1e-17 of the sum.
TERMS = 13


REACH = 0.5


class Kernel(NamedTuple):
    """Integrals of ``expm(Q t)`` over a time span.

    Attributes
    ----------
    move : ndarray of shape (..., state, state)
        ``expm(Q span)``: where those there at the start are at the end [share].
    stay : ndarray of shape (..., state, state)
        Its integral from 0 to span: time lived by those there at the start; where even entrants are at the end [years].
    linger : ndarray of shape (..., state, state)
        The integral of ``stay``: time lived by even entrants [years squared].
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

    Examples
    --------
    >>> generator(np.array([0.1, 0.0]), np.array([[0.0, 0.2], [0.0, 0.0]])).round(3)
    array([[-0.3,  0.2],
           [ 0. ,  0. ]])
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

    Notes
    -----
    With E(t) the exponential, I(t) its integral and L(t) the integral of that, E(2t) = E E, I(2t) = I + I E and
    L(2t) = L + t I + L E [1]_. For a short time L is a power series, I = t + Q L and E = 1 + Q I, so that
    flows and stocks agree by construction.

    References
    ----------
    .. [1] Van Loan, C. F. (1978). Computing integrals involving the matrix exponential. IEEE Transactions on
       Automatic Control, 23(3), 395-404.

    Examples
    --------
    >>> k = kernel(np.array([[-0.5]]), 1.0)
    >>> round(float(k.move[0, 0]), 6), round(float(k.stay[0, 0]), 6)
    (0.606531, 0.786939)
    """
    return Kernel(*parts(stacked(rates, span)))


def stacked(rates: Array, span: float) -> Array:
    """Give the kernel of a span as one array: ``move`` above ``stay`` above ``linger``, (..., 3 * state, state).

    Parameters and method are those of :func:`kernel`.
    """
    # In one memory layout: libraries multiply transposed matrices in another order, which rounds differently.
    rates = np.ascontiguousarray(rates)
    n = rates.shape[-1]
    norm = np.abs(rates).sum(-1).max(-1, initial=0.0) * span
    # Each matrix is scaled by its own norm, so that its result never depends on its neighbours in the batch.
    halvings = np.maximum(np.frexp(norm / REACH)[1], 0)
    time = np.ldexp(span, -halvings)[..., None, None]
    out = np.empty((*rates.shape[:-2], 3 * n, n))
    move, stay, linger = parts(out)
    np.multiply(_series(rates * time), time**2, out=linger)
    np.matmul(rates, linger, out=stay)
    _diagonal(stay)[...] += time[..., 0]
    np.matmul(rates, stay, out=move)
    _diagonal(move)[...] += 1.0
    for done in range(int(halvings.max(initial=0))):
        left = halvings > done
        if left.all():
            out = _doubled(out, time)
            time *= 2.0
        else:
            out[left] = _doubled(out[left], time[left])
            time[left] *= 2.0
    return out


def parts(stack: Array) -> tuple[Array, Array, Array]:
    """Give the three kernels of a stack, as views."""
    n = stack.shape[-1]
    return stack[..., :n, :], stack[..., n : 2 * n, :], stack[..., 2 * n :, :]


def _doubled(stack: Array, time: Array) -> Array:
    """Give the stack of twice the time."""
    move, stay, linger = parts(stack)
    twice = stack @ move
    _, more, most = parts(twice)
    more += stay
    most += linger
    most += time * stay
    return np.asarray(twice)


def _diagonal(matrices: Array) -> Array:
    """Give the diagonals of matrices, to write to."""
    return np.asarray(np.einsum("...ii->...i", matrices))


def _series(scaled: Array) -> Array:
    """Sum scaled^k / (k + 2)! over k up to TERMS, from the last."""
    factor = 1.0 / np.cumprod(np.arange(1.0, TERMS + 3.0))[1:]
    total, spare = np.asarray(factor[-1] * scaled), np.empty_like(scaled)
    _diagonal(total)[...] += factor[-2]
    for k in range(TERMS - 2, -1, -1):
        np.matmul(total, scaled, out=spare)
        total, spare = spare, total
        _diagonal(total)[...] += factor[k]
    return total
