"""Flow of birthdays: how people who turn an age over a year pass to the next age, by exact integrals of constant rates.

Everything here works on any number of states and draws. Row vectors multiply generators from the left:
``x @ expm(Q * t)``.

A birthday falls at the same point u of every year. Those who turn an age in a year are carried as a *flow*: people per
unit of u, as coefficients of the Legendre polynomials on (0, 1),

    f(u) = F_0 P_0(u) + F_1 P_1(u) + F_2 P_2(u),     P_0 = 1,  P_1 = 2u - 1,  P_2 = 6u^2 - 6u + 1

so that F_0 is their number. What decays fast lies between a birthday and the end of the year, and is integrated
exactly. With phi(t) the integral of expm(Q s) over s from 0 to t, and phi_j the functions of
:func:`carecost.maths.expm.phi_functions` of Q over a whole year, all that a year needs is

    M_k = int P_k(u) expm(Q (1 - u)) du:   M_0 = phi_1,  M_1 = 2 phi_2 - phi_1,  M_2 = phi_1 - 6 phi_2 + 12 phi_3, ...
    V_k = int P_k(u) phi(1 - u) du:        the same one order up (phi_2, 2 phi_3 - phi_2, ...)
    Y_k = int P_k(u) phi(u) du = (-1)^k V_k
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.maths.expm import at_once, phi_functions, phi_into

#: The last of the phi functions that are needed: V_3 is made of phi_2 to phi_5.
ORDER = 5


#: Outflow on both sides of a border from which the rest of a layer, beyond P_3, is counted [per year].
REST = 1.0


#: Outflow on both sides of a border beyond which a layer is taken whole, from a matrix of twice the states [per year].
WHOLE = 12.0


#: P_k in powers of u times 1/m!: as u^m integrates to m! phi_{m+1}, M_k is the sum of these times phi_{m+1}.
_LEGENDRE = np.array(
    [
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [-1.0, 2.0, 0.0, 0.0, 0.0],
        [1.0, -6.0, 12.0, 0.0, 0.0],
        [-1.0, 12.0, -60.0, 120.0, 0.0],
        [1.0, -20.0, 180.0, -840.0, 1680.0],
    ]
)


class YearKernel(NamedTuple):
    """What a year at one set of rates does to rows of people.

    Parameters
    ----------
    rates : ndarray of shape (draw, state, state)
        Generator Q [per person-year].
    phi : ndarray of shape (draw, 6, state, state)
        The functions phi_0 = expm(Q) to phi_5.
    onward : ndarray of shape (draw, 2, 2 * state, state)
        ``[expm(Q) over (2k + 1) Y_k]`` for k of 1 and 2.
    after : ndarray of shape (draw, 2 * state, state)
        ``[V_1 over V_2]``.

    See Also
    --------
    year_kernel : Makes it.

    Examples
    --------
    >>> kernel = year_kernel(np.array([[[-0.5, 0.5], [0.0, 0.0]]]))
    >>> kernel.phi[0, 0].round(3)
    array([[0.607, 0.393],
           [0.   , 1.   ]])
    """

    rates: Array
    phi: Array
    onward: Array
    after: Array

    @property
    def outflows(self) -> Array:
        """Rate of leaving and moving from each state: (draw, state) [per person-year]."""
        return np.asarray(-np.einsum("dii->di", self.rates))

    def layer(self) -> Array:
        """Work out the time that a unit of layer lives after a birthday within the same rates, as a matrix.

        Returns
        -------
        ndarray of shape (draw, state, state)
            Time beyond that of its three coefficients [years squared].

        See Also
        --------
        layer_across : Across a birthday at which rates change.

        Examples
        --------
        >>> bool(abs(year_kernel(np.array([[[-1.0]]])).layer()).max() < 1e-4)
        True
        """
        return _time_within(self, np.eye(self.rates.shape[-1])[None])

    def rows(self, first: int, last: int) -> Array:
        """Give phi functions one above the other.

        Parameters
        ----------
        first, last : int
            Numbers of the first and the last function.

        Returns
        -------
        ndarray of shape (draw, functions * state, state)
            The functions.

        See Also
        --------
        year_kernel : Makes the kernels.

        Examples
        --------
        >>> year_kernel(np.array([[[0.0]]])).rows(0, 2).tolist()
        [[[1.0], [1.0], [0.5]]]
        """
        n = self.phi.shape[-1]
        return self.phi[:, first : last + 1].reshape(-1, (last + 1 - first) * n, n)

    def part(self, draws: slice | NDArray[np.bool_]) -> YearKernel:
        """Take some draws, where there is more than one.

        Parameters
        ----------
        draws : slice or ndarray of bool of shape (draw,)
            Which.

        Returns
        -------
        YearKernel
            Those draws; the kernel itself where it has one for all.

        See Also
        --------
        year_kernel : Makes the kernels.

        Examples
        --------
        >>> year_kernel(np.zeros((5, 1, 1))).part(slice(2, 4)).rates.shape
        (2, 1, 1)
        """
        return self if len(self.rates) == 1 else YearKernel(*(array[draws] for array in self))


def year_kernel(rates: Array) -> YearKernel:
    """Make the kernel of a year.

    Parameters
    ----------
    rates : ndarray of shape (draw, state, state)
        Generator [per person-year].

    Returns
    -------
    YearKernel
        Its phi functions and what is made of them.

    See Also
    --------
    kernel : Over any span.

    Examples
    --------
    >>> kernel = year_kernel(np.array([[[-0.5]]]))
    >>> kernel.phi[0, :3, 0, 0].round(6)
    array([0.606531, 0.786939, 0.426123])
    """
    draws, n = rates.shape[:2]
    shapes = (draws, ORDER + 1, n, n), (draws, 2, 2 * n, n), (draws, 2 * n, n)
    out = YearKernel(rates, *map(np.empty, shapes))
    phi_into(np.ascontiguousarray(rates), out.phi)
    for first in range(0, draws, count := at_once(n)):
        _fill(YearKernel(*(array[first : first + count] for array in out)))
    return out


def side_by_side(kernels: Sequence[YearKernel], draws: int) -> YearKernel:
    """Put the kernels of some years side by side, as draws of one: all years of the first draw, then of the next.

    Parameters
    ----------
    kernels : sequence of YearKernel
        One a year, each of one draw or of all.
    draws : int
        Number of draws.

    Returns
    -------
    YearKernel
        Of draws times years.

    Examples
    --------
    >>> still, leaving = (year_kernel(np.array([[[rate]]])) for rate in (0.0, -1.0))
    >>> side_by_side([still, leaving], 1).rates.ravel().tolist()
    [0.0, -1.0]
    """

    def joined(arrays: Sequence[Array]) -> Array:
        shape = arrays[0].shape[1:]
        each = [a if len(a) == draws else np.broadcast_to(a, (draws, *shape)) for a in arrays]
        return np.stack(each, axis=1).reshape(-1, *shape)

    return YearKernel(*map(joined, zip(*kernels, strict=True)))


def _fill(kernel: YearKernel) -> None:
    """Work out what is made of the phi functions of a few draws, in place."""
    _, phi, onward, after = kernel
    draws, n = phi.shape[0], phi.shape[-1]
    # V_1 and V_2, each the weights of phi_2 to phi_4.
    v = after.reshape(draws, 2, n * n)
    np.matmul(_LEGENDRE[1:3, :3], phi[:, 2:5].reshape(draws, 3, n * n), out=v)
    onward[:, :, :n] = phi[:, :1]
    np.multiply(v.reshape(draws, 2, n, n), np.array([-3.0, 5.0])[:, None, None], out=onward[:, :, n:])


def layer_across(before: YearKernel, after: YearKernel, passes: Array) -> Array:
    """Give the time that a layer lives after a birthday, beyond its three coefficients, as a matrix.

    Parameters
    ----------
    before, after : YearKernel
        Of the age that ends and of the age that begins.
    passes : ndarray of shape (state before, state after)
        1 where the birthday leads from one state to another, else 0.

    Returns
    -------
    ndarray of shape (draw, state before, state after)
        Time of a unit of layer [years squared].

    See Also
    --------
    carecost.maths.birthday_flow.time_of_layers : The same of given layers, with the algebra.
    meet_new_rates : When rates change.

    Examples
    --------
    >>> slow, fast = year_kernel(np.array([[[-1.0]]])), year_kernel(np.array([[[-4.0]]]))
    >>> float(abs(layer_across(slow, fast, np.ones((1, 1)))).max()) < 1e-4
    True
    """
    return time_of_layers(before, after, passes, np.eye(len(passes))[None])


def time_of_layers(before: YearKernel, after: YearKernel, passes: Array, layers: Array) -> Array:
    """Give the time that layers live after a birthday, beyond their three coefficients.

    Parameters
    ----------
    before, after : YearKernel
        Of the age that ends and of the age that begins.
    passes : ndarray of shape (state before, state after)
        1 where the birthday leads from one state to another, else 0.
    layers : ndarray of shape (draw, row, state before)
        Layers g.

    Returns
    -------
    ndarray of shape (draw, row, state after)
        Time [years].

    See Also
    --------
    layer_across : As a matrix, for many rows.

    Notes
    -----
    A sudden change adds g phi(u) to the flow of the next birthday. Three coefficients miss the Legendre terms from the
    fourth on; after the birthday they live

        sum of (2k + 1) g Y_k J V'_k over k from 3.

    Where rates are the same on both sides and J changes nothing, int phi(u) phi(1 - u) du = phi_2 - 2 phi_3, so that
    the sum is known from its first three terms. Else the term of k = 3 is taken whole. The rest matters only where
    outflows h and h' are large on both sides, and is taken state by state from the closed form of one state,

        int phi(u) phi'(1 - u) du = (1 - e_1(h) - e_1(h') + e(h, h')) / (h h'),

    with e_1(h) = (1 - exp(-h)) / h and e(h, h') = (exp(-h') - exp(-h)) / (h - h'). Above WHOLE, which no packaged set
    reaches, the integral is exact: phi_2 of [[Q, J], [0, Q']] has it in its upper right corner. Each draw is by itself.

    Examples
    --------
    >>> slow, fast = year_kernel(np.array([[[-1.0]]])), year_kernel(np.array([[[-4.0]]]))
    >>> float(abs(time_of_layers(slow, fast, np.ones((1, 1)), np.ones((1, 1, 1)))).max()) < 1e-4
    True
    """
    draws = max(len(before.rates), len(after.rates), len(layers))
    layers = np.broadcast_to(layers, (draws, *layers.shape[1:]))
    same = np.zeros(draws, dtype=bool)
    if np.array_equal(passes, np.eye(len(passes))):
        same[:] = (before.rates == after.rates).all((1, 2))
        if same.all():
            return _time_within(before, layers)
    out = np.asarray(_by_v(_by_v(-7.0 * layers, before) @ passes, after))
    start, end = np.nonzero(passes)
    h, k = np.broadcast_arrays(before.outflows[:, start], after.outflows[:, end])
    both = np.minimum(h, k)
    fast = np.flatnonzero(both.max(0, initial=0.0) > REST)
    lived = layers[..., start[fast]] * _rest(h[:, fast], k[:, fast])[:, None]
    for i, to in enumerate(end[fast].tolist()):
        out[..., to] += lived[..., i]
    if same.any():
        out[same] = _time_within(before.part(same), layers[same])
    beyond = np.broadcast_to((both > WHOLE).any(1), draws)
    if beyond.any():
        out[beyond] = layers[beyond] @ _whole_layer(before.part(beyond), after.part(beyond), passes)
    return out


def _time_within(kernel: YearKernel, layers: Array) -> Array:
    """Give the time that layers live after a birthday within the same rates: (draw, row, state)."""
    n = layers.shape[-1]
    tilted = np.concatenate([layers @ kernel.onward[:, k, n:] for k in range(2)], axis=-1)
    out = np.concatenate([layers, -2.0 * layers], axis=-1) @ kernel.rows(2, 3)
    return np.asarray(out - layers @ kernel.phi[:, 2] @ kernel.phi[:, 2] - tilted @ kernel.after)


def _by_v(rows: Array, kernel: YearKernel) -> Array:
    """Multiply rows with V_3: (draw, row, state)."""
    weighted = [weight * rows for weight in _LEGENDRE[3, :4]]
    return np.asarray(np.concatenate(weighted, axis=-1) @ kernel.rows(2, ORDER))


def _whole_layer(before: YearKernel, after: YearKernel, passes: Array) -> Array:
    n, m = passes.shape
    both = np.zeros((max(len(before.rates), len(after.rates)), n + m, n + m))
    both[:, :n, :n], both[:, :n, n:], both[:, n:, n:] = before.rates, passes, after.rates
    out = np.array(phi_functions(both, 2)[:, 2, :n, n:])
    for j in range(3):
        out -= (2 * j + 1) * (-1) ** j * (_v(before.phi, j) @ (passes @ _v(after.phi, j)))
    return out


def _v(phi: Array, k: int) -> Array:
    """Give V_k, for k up to 3."""
    return np.asarray(sum(weight * phi[:, m + 2] for m, weight in enumerate(_LEGENDRE[k, : k + 1])))


def _rest(h: Array, k: Array) -> Array:
    """Give int phi(u) phi'(1 - u) du of single states with outflows h and k, less its Legendre terms up to P_3."""
    both = np.minimum(h, k) > REST
    # Where they are small the rest is below 1e-8 of the whole: any number above REST keeps the formula from failing.
    h, k = np.where(both, h, 2.0), np.where(both, k, 2.0)
    apart = np.abs(h - k)
    joined = np.exp(-np.minimum(h, k)) * np.where(apart > 0, -np.expm1(-apart) / np.where(apart > 0, apart, 1.0), 1.0)
    phi = [_scalar_phi(x) for x in (h, k)]
    whole = (1.0 - phi[0][1] - phi[1][1] + joined) / (h * k)
    for j in range(4):
        v = [sum(w * p[m + 2] for m, w in enumerate(_LEGENDRE[j, : j + 1])) for p in phi]
        whole -= (2 * j + 1) * (-1) ** j * v[0] * v[1]
    return np.where(both, whole, 0.0)


def _scalar_phi(h: Array) -> list[Array]:
    """Give phi_0 to phi_5 of -h, for h above REST."""
    found, factor = [np.exp(-h)], 1.0
    for j in range(ORDER):
        factor = factor / j if j else 1.0
        found.append((factor - found[-1]) / h)
    return found


class Onward(NamedTuple):
    """What a change of rates at the turn of a year does to those who turned an age in the year before it.

    Attributes
    ----------
    time : ndarray of shape (draw, row, state)
        Time lived before the next birthday.
    flow : ndarray of shape (draw, row, 3, state)
        Flow of that birthday.
    jump : ndarray of shape (draw, row, state)
        The layer g that arises.
    """

    time: Array
    flow: Array
    jump: Array


def meet_new_rates(
    old: YearKernel, new: YearKernel, flow: Array, entrants: tuple[Array, Array], time_after: Array
) -> Onward:
    """Carry rows of people from their birthday at the old rates to the next at the new ones.

    Parameters
    ----------
    old, new : YearKernel
        Rates until the end of the year, and from then on.
    flow : ndarray of shape (draw, row, 3, state)
        Those who turned the age, as coefficients.
    entrants : tuple of ndarray of shape (draw, row, state)
        Even entrants of the age in the year of the birthday, and in the next.
    time_after : ndarray of shape (draw, row, state)
        Time that all of them lived between the birthday and the end of the year.

    Returns
    -------
    Onward
        Time before the next birthday, its flow, and the layer.

    See Also
    --------
    layer_across : Across a birthday.

    Notes
    -----
    With s(u) the stock at the turn of the year by birthday and S_j = int P_j s its first three moments (S_0 the stock),
    what the old rates would do is exact, and the difference is that of the moments:

        time   = F_0 phi_1 + e (phi_2 - phi_3) + e' phi'_3 - time_after + sum of (2j + 1) S_j (Y'_j - Y_j)
        F_k'   = F_k expm(Q) + (2k + 1) (e' Y'_k - e Y_k) + (2k + 1) sum of (2j + 1) S_j (N'_jk - N_jk),  k = 1, 2
        F_0'   = S_0 + time Q' + e' / 2
        g      = e' - e + s(0) (Q' - Q),      s(0) = (F_0 - F_1 + F_2) expm(Q) + e phi_1

    where N_jk = int P_j P_k expm(Q u) du. s(u) is not smooth only just before the end of the year, where nobody meets a
    birthday soon. No kernel of two sets of rates is needed.

    Examples
    --------
    Ten children who turn an age evenly over a year, and whom nobody leaves:

    >>> still, flow = year_kernel(np.zeros((1, 1, 1))), np.array([[[[10.0], [0.0], [0.0]]]])
    >>> nobody, time_after = np.zeros((1, 1, 1)), np.full((1, 1, 1), 5.0)
    >>> meet_new_rates(still, still, flow, (nobody, nobody), time_after).time.tolist()
    [[[5.0]]]
    """
    even, even_next = entrants
    draws, rows, n = even.shape
    flow = np.broadcast_to(flow, (draws, rows, 3, n))
    people = np.concatenate([flow, even[:, :, None]], axis=2)
    first, then = (kernel.rows(1, ORDER)[:, None] for kernel in (old, new))
    moments = np.empty((draws, rows, 3, n))
    moments[:, :, 0] = stock = flow[:, :, 0] + 0.5 * even + time_after @ old.rates
    moments[:, :, 1:] = _weighted(_STOCK, people) @ first
    met = _weighted(_CHANGE, moments)
    differs = (met + _weighted(_COMING, even_next[:, :, None])) @ then - met @ first
    time = np.concatenate([flow[:, :, 0], even, -even], axis=-1) @ old.rows(1, 3) - time_after + differs[:, :, 0]
    out = np.empty((draws, rows, 3, n))
    out[:, :, 0] = stock + time @ new.rates + 0.5 * even_next
    tilted = np.concatenate([flow[:, :, 1:], np.broadcast_to(-even[:, :, None], (draws, rows, 2, n))], axis=-1)
    out[:, :, 1:] = (tilted.swapaxes(1, 2) @ old.onward).swapaxes(1, 2) + differs[:, :, 1:]
    at_turn = np.concatenate([flow[:, :, 0] - flow[:, :, 1] + flow[:, :, 2], even], axis=-1) @ old.rows(0, 1)
    return Onward(time, out, even_next - even + at_turn @ new.rates - at_turn @ old.rates)


def _weighted(weights: Array, rows: Array) -> Array:
    """Sum kinds of people with weights, those of phi_1 to phi_5 side by side: (draw, row, sum, 5 * state)."""
    draws, count, _, n = rows.shape
    return np.asarray(np.matmul(weights, rows)).reshape(draws, count, -1, ORDER * n)


def _shifted(j: int) -> Array:
    """Give the weights of phi_1 to phi_5 in V_j, for j up to 2."""
    return np.concatenate([[0.0], _LEGENDRE[j, : ORDER - 1]])


def _products() -> Array:
    """Give the Legendre coefficients of P_j P_k: (j, k, l)."""
    out, unit = np.zeros((3, 3, 5)), np.eye(3)
    for j in range(3):
        for k in range(3):
            product = legendre.legmul(unit[j], unit[k])
            out[j, k, : len(product)] = product
    return out


def _weights() -> tuple[Array, Array, Array]:
    """Give the weights of phi_1 to phi_5 in what meets new rates, as (row x function, kind of people).

    In the moments S_1 and S_2 of the stock, of F_0, F_1, F_2 and e; in the time and the flow that a change of rates
    makes, of S_0, S_1 and S_2; and in the same of those who enter evenly after it.
    """
    product, sign = _products(), (-1.0) ** np.arange(5)
    turned = np.einsum("jkl,l,lm->kmj", product, sign, _LEGENDRE)  # N_jk
    stock, change, coming = np.zeros((2, ORDER, 4)), np.zeros((3, ORDER, 3)), np.zeros((3, ORDER, 1))
    stock[:, :, :3] = np.einsum("jil,lm->jmi", product, _LEGENDRE)[1:]  # int P_j P_i expm(Q (1 - u)) du
    coming[0, 2] = 1.0  # phi_3
    for j in range(3):
        change[0, :, j] = (2 * j + 1) * sign[j] * _shifted(j)
        change[1:, :, j] = np.array([[3.0], [5.0]]) * (2 * j + 1) * turned[1:, :, j]
    for k in (1, 2):
        stock[k - 1, :, 3] = _shifted(k)
        coming[k, :, 0] = (2 * k + 1) * sign[k] * _shifted(k)
    return stock.reshape(2 * ORDER, 4), change.reshape(3 * ORDER, 3), coming.reshape(3 * ORDER, 1)


_STOCK, _CHANGE, _COMING = _weights()
