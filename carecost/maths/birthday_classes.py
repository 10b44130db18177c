"""One year of a stock in two birthday classes (Gauss-Legendre nodes): exact integrals of constant rates.

Everything here works on any number of states and any leading (batch) axes. Row vectors multiply generators from the
left: ``x @ expm(Q * t)``.

The year is solved in two birthday classes. A class has its birthday at the point u of every year, so it lives u of the
year at one age and 1 - u at the next. The two points are the nodes of the two-point Gauss-Legendre rule on (0, 1), so
that the average over birthdays spread evenly is exact for cubics.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array

#: Points of the year at which the two classes have their birthday [years].
BIRTHDAYS: tuple[float, float] = (0.5 - sqrt(3.0) / 6.0, 0.5 + sqrt(3.0) / 6.0)


# The series is cut after TERMS terms for norms up to REACH.
TERMS, REACH = 13, 0.5


#: Weight of each class.
WEIGHT = 0.5


class Span(NamedTuple):
    """What a span does to people.

    Attributes
    ----------
    stack : ndarray of shape (..., 3 * state, state)
        The kernels ``move``, ``stay`` and ``linger``, one above the other.
    states : ndarray of shape (state,), optional
        States (by index) that it is of, where the others are closed; all by default.
    """

    stack: Array
    states: NDArray[np.int_] | None = None

    @property
    def end(self) -> Array:
        """Where a row ``[there at the start | entering evenly, per year]`` is at the end: (..., 2 * state, state)."""
        return self.stack[..., : 2 * self.stack.shape[-1], :]

    @property
    def time(self) -> Array:
        """The time that such a row lives: (..., 2 * state, state)."""
        return self.stack[..., self.stack.shape[-1] :, :]

    def parts(self) -> tuple[Array, Array, Array, NDArray[np.int_]]:
        """Give ``move``, ``stay`` and ``linger``, and the states that they are of."""
        states = np.arange(self.stack.shape[-1]) if self.states is None else self.states
        return *parts(self.stack), states

    def carry(self, rows: Array, out: Array) -> None:
        """Carry rows of all states through the span: who is there at the end, and the time lived, side by side."""
        n = rows.shape[-1] // 2
        if self.states is None:
            np.matmul(rows, self.end, out=out[..., :n])
            np.matmul(rows, self.time, out=out[..., n:])
            return
        few = np.take(rows, np.concatenate([self.states, n + self.states]), axis=-1)
        out[...] = 0.0
        out[..., self.states] = np.matmul(few, self.end)
        out[..., n + self.states] = np.matmul(few, self.time)

    def whole(self, states: int) -> Array:
        """Give ``[[move, stay], [stay, linger]]`` with all states, closed ones zero: (..., 2 * state, 2 * state)."""
        few = np.arange(states) if self.states is None else self.states
        both, out = np.concatenate([few, states + few]), np.zeros((*self.stack.shape[:-2], 2 * states, 2 * states))
        out[..., both[:, None], few], out[..., both[:, None], states + few] = self.end, self.time
        return out


class Band(NamedTuple):
    """Ages that share rates.

    Attributes
    ----------
    ages : slice
        Where they are on the age axis.
    spans : tuple of Span
        The shorter and the longer span of a birthday class at those rates.
    """

    ages: slice
    spans: tuple[Span, Span]


def spans(rates: Array, states: NDArray[np.int_] | None = None) -> tuple[Span, Span]:
    """Give the spans of a birthday class: before an early birthday (and after a late one), and the other.

    Parameters
    ----------
    rates : ndarray of shape (..., state, state)
        Generator [per person-year].
    states : ndarray of shape (state,), optional
        States (by index) that it is between, where others are closed; all by default.

    Returns
    -------
    tuple of Span
        The shorter and the longer span.
    """
    early, late = (stacked(rates, span) for span in BIRTHDAYS)
    return Span(early, states), Span(late, states)


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


class Birthdays(NamedTuple):
    """What a birthday does.

    Attributes
    ----------
    stays : ndarray of shape (age, state)
        1 where people stay in their state on the birthday that ends this age, else 0.
    goes : tuple of (int, int, int)
        Age, state and next state (by index) of those who go on to another.
    """

    stays: Array
    goes: tuple[tuple[int, int, int], ...] = ()


def year(
    stock: Array,
    entries: Array,
    at_birthday: tuple[NDArray[np.int_], Array],
    bands: Sequence[Band],
    birthdays: Birthdays,
) -> Year:
    """Advance a stock by one year.

    Parameters
    ----------
    stock : ndarray of shape (class, draw, age, state)
        People at the start of the year, by birthday class and age.
    entries : ndarray of shape (draw, age, state)
        People who enter at this age; evenly over the year, but for those on a birthday.
    at_birthday : tuple of ndarray of shape (some,) and (draw, some, state)
        Ages (by index), and those of the entrants who enter on the birthday that begins each.
    bands : sequence of Band
        Rates of each age.
    birthdays : Birthdays
        Who stays and who goes on when an age ends; the others leave.

    Returns
    -------
    Year
        Stock at the end, person-years, and who reached each birthday.
    """
    n = stock.shape[-1]
    people = np.empty((*stock.shape[:-1], 2 * n))
    people[..., :n] = stock
    born = WEIGHT * at_birthday[1]
    np.multiply(entries, WEIGHT, out=people[0, ..., n:])
    people[0, :, at_birthday[0], n:] -= np.moveaxis(born, 1, 0)
    people[1, ..., n:] = people[0, ..., n:]
    before = _through(people, bands, (0, 1))
    at_end, turned = before[..., :n], people[..., :n]
    turned[:, :, 0] = 0.0
    np.multiply(at_end[:, :, :-1], birthdays.stays[:-1], out=turned[:, :, 1:])
    turned[:, :, at_birthday[0]] += born
    for age, state, to in birthdays.goes:
        turned[:, :, age + 1, to] += at_end[:, :, age, state]
    after = _through(people, bands, (1, 0))
    lived = before[..., n:] + after[..., n:]
    return Year(after[..., :n], lived[0] + lived[1], at_end[0] + at_end[1])


def _through(people: Array, bands: Sequence[Band], span: tuple[int, int]) -> Array:
    """Carry both classes of people and entrants through a span each: where they end, and the time they lived."""
    out = np.empty_like(people)
    for ages, pair in bands:
        for c in (0, 1):
            pair[span[c]].carry(people[c][:, ages], out[c][:, ages])
    return out


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
