"""How does a stock of people move between states in a year? Exact integrals of constant rates, on plain arrays.

Everything here works on any number of states and any leading (batch) axes. Row vectors multiply generators from the
left: ``x @ expm(Q * t)``.

The year is solved in two birthday classes. A class has its birthday at the point u of every year, so it lives u of the
year at one age and 1 - u at the next. The two points are the nodes of the two-point Gauss-Legendre rule on (0, 1), so
that the average over birthdays spread evenly is exact for cubics.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Points of the year at which the two classes have their birthday [years].
BIRTHDAYS: tuple[float, float] = (0.5 - np.sqrt(3.0) / 6.0, 0.5 + np.sqrt(3.0) / 6.0)
#: Weight of each class.
WEIGHT = 0.5
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
    out = np.array(np.broadcast_to(move, np.broadcast_shapes(move.shape, (*leave.shape, 1))), dtype=float)
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
    With E(t) the exponential, I(t) its integral and L(t) the integral of that, E(2t) = E E, I(2t) = I + E I and
    L(2t) = L + t I + E L [1]_. For a short time L is a power series, I = t + Q L and E = 1 + Q I, so that
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
    # In one memory layout: libraries multiply transposed matrices in another order, which rounds differently.
    rates = np.ascontiguousarray(rates)
    norm = np.abs(rates).sum(-1).max(-1, initial=0.0) * span
    # Each matrix is scaled by its own norm, so that its result never depends on its neighbours in the batch.
    halvings = np.maximum(np.frexp(norm / REACH)[1], 0)
    time = np.ldexp(span, -halvings)[..., None, None]
    unit = np.eye(rates.shape[-1])
    linger = _series(rates * time, unit) * time**2
    stay = time * unit + rates @ linger
    move = unit + rates @ stay
    for done in range(int(halvings.max(initial=0))):
        left = halvings > done
        e, i, t = move[left], stay[left], time[left]
        linger[left] += t * i + e @ linger[left]
        stay[left] = i + e @ i
        move[left] = e @ e
        time[left] = 2.0 * t
    return Kernel(move, stay, linger)


def _series(scaled: Array, unit: Array) -> Array:
    """Sum scaled^k / (k + 2)! over k < TERMS + 1, four powers at a time (Paterson and Stockmeyer)."""
    powers = [unit, scaled, scaled @ scaled]
    powers.append(powers[2] @ scaled)
    fourth = powers[2] @ powers[2]
    factor = [1.0 / float(np.prod(np.arange(1.0, k + 3.0))) for k in range(16)]
    total = np.zeros_like(scaled)
    for start in range(TERMS // 4 * 4, -1, -4):
        chunk = sum(factor[start + j] * powers[j] for j in range(4))
        total = total @ fourth + chunk if start + 4 <= TERMS else np.asarray(chunk)
    return total


def spans(rates: Array) -> Array:
    """Stack the kernels of both spans of a birthday class as ``[[move, stay], [stay, linger]]``.

    Parameters
    ----------
    rates : ndarray of shape (..., state, state)
        Generator [per person-year].

    Returns
    -------
    ndarray of shape (2, ..., 2 * state, 2 * state)
        For the span before an early birthday (and after a late one), and the other. A row ``[start, entrants]`` times
        this is ``[end, time lived]``: one product instead of four.
    """
    blocks = []
    for span in BIRTHDAYS:
        k = kernel(rates, span)
        blocks.append(
            np.concatenate([np.concatenate([k.move, k.stay], -1), np.concatenate([k.stay, k.linger], -1)], -2)
        )
    return np.stack(blocks)


class Lived(NamedTuple):
    """What a span did: who is there at its end, and the time lived in it.

    Attributes
    ----------
    end : ndarray of shape (..., state)
        People at the end of the span.
    time : ndarray of shape (..., state)
        Person-years lived in it.
    """

    end: Array
    time: Array


def live(start: Array, entrants: Array, block: Array) -> Lived:
    """Let people live through a span.

    Parameters
    ----------
    start : ndarray of shape (..., state)
        People at the start.
    entrants : ndarray of shape (..., state)
        People entering, evenly, per year.
    block : ndarray of shape (..., 2 * state, 2 * state)
        One span of :func:`spans`. Its leading axes broadcast with those of the people.

    Returns
    -------
    Lived
        People at the end, and person-years.
    """
    n = start.shape[-1]
    out = _times(np.concatenate(np.broadcast_arrays(start, entrants), -1), block)
    return Lived(out[..., :n], out[..., n:])


def _times(rows: Array, matrices: Array) -> Array:
    """Multiply each row vector by its matrix."""
    return np.asarray((np.ascontiguousarray(rows)[..., None, :] @ matrices)[..., 0, :])


class Year(NamedTuple):
    """What happened in a year, summed over birthday classes.

    Attributes
    ----------
    stock : ndarray of shape (class, draw, age, state)
        People at the year's end, by class.
    time : ndarray of shape (draw, age, state)
        Person-years lived.
    reached : ndarray of shape (draw, age, state)
        People in each state when they reached the birthday that ends this age.
    """

    stock: Array
    time: Array
    reached: Array


def year(
    stock: Array,
    even: Array,
    at_birthday: Array,
    blocks: Array,
    turn: Array,
) -> Year:
    """Advance a stock by one year.

    Parameters
    ----------
    stock : ndarray of shape (class, draw, age, state)
        People at the start of the year, by birthday class and age.
    even : ndarray of shape (draw, age, state)
        People who enter at this age, evenly over the year.
    at_birthday : ndarray of shape (draw, age, state)
        People who enter on the birthday that begins this age.
    blocks : ndarray of shape (2, draw, age, 2 * state, 2 * state)
        :func:`spans` of the generator of each age.
    turn : ndarray of shape (age, state, state)
        Where those of this age and state are after the birthday that ends it; a row of zeros leaves [0 or 1].

    Returns
    -------
    Year
        Stock at the end, person-years, and who reached each birthday.
    """
    time = np.zeros(np.broadcast_shapes(stock.shape[1:], even.shape))
    reached = np.zeros_like(time)
    ends = []
    shape = time.shape
    inflow = WEIGHT * np.broadcast_to(even, shape)
    arrivals = WEIGHT * np.broadcast_to(at_birthday, shape)
    for c in (0, 1):
        before = live(np.broadcast_to(stock[c], shape), inflow, blocks[c])
        turned = arrivals.copy()
        turned[:, 1:] += _times(before.end[:, :-1], turn[:-1])
        after = live(turned, inflow, blocks[1 - c])
        time += before.time + after.time
        reached += before.end
        ends.append(after.end)
    return Year(np.stack(ends), time, reached)
