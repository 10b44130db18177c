"""Markov cohort models in discrete time: traces, flows, occupancy and half-cycle weights.

Discrete time, as health economics writes it: rows of states, one a date, moved by probabilities of a cycle. Any number
of states and any leading (draw) axes. Where rates are known, :func:`carecost.maths.expm.kernel` integrates them exactly
and nothing depends on a cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._guard import Refused, guarded, numeric, shown, text, whole
from carecost._typing import Array
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown

#: Where in a cycle people are counted.
Counting = Literal["start", "end", "mid", "simpson"]


#: Probabilities of one matrix, one a cycle, or a function of the cycle's number.
Transition = ArrayLike | Callable[[int], ArrayLike]


#: Rows must sum to one this closely: the rounding of a sum of some twenty numbers.
CLOSE = 1e-9

#: Most cycles of a trace.
MOST_CYCLES = 1_000_000


_SHAPES = "(state, state), (cycle, state, state) or (draw, cycle, state, state); the cycle axis may have length 1"


@guarded()
def trace(initial: ArrayLike, transition: Transition, n_cycles: int) -> Array:
    """Trace a Markov cohort over cycles.

    Parameters
    ----------
    initial : array_like of shape (..., state)
        People in each state at the start; any total.
    transition : array_like of shape (state, state) or (..., cycle, state, state), or callable
        Probabilities of moving from row to column in a cycle; rows sum to one. One matrix for all cycles, or one a
        cycle (an axis of length ``n_cycles`` or 1; draws come before it, so one matrix a draw has shape
        (draw, 1, state, state)). A function is called with the number of the cycle, 1, 2, …, ``n_cycles``: cycle 1
        leads from row 0 of the trace to row 1.
    n_cycles : int
        Number of cycles.

    Returns
    -------
    ndarray of shape (..., n_cycles + 1, state)
        People in each state at the start (row 0) and at the end of each cycle.

    Raises
    ------
    InputError
        With every fault found: shapes, values that are not finite or are negative, rows that do not sum to one.

    See Also
    --------
    occupancy : Time in states.
    transitions : Moves between states.
    carecost.maths.conversion.probabilities : Probabilities of a cycle from rates.

    References
    ----------
    .. [1] Briggs, A., Claxton, K. & Sculpher, M. (2006). Decision Modelling for Health Economic Evaluation. Oxford.

    Examples
    --------
    >>> trace([1, 0], [[0.9, 0.1], [0.0, 1.0]], 2).round(2)
    array([[1.  , 0.  ],
           [0.9 , 0.1 ],
           [0.81, 0.19]])
    >>> trace([1, 0], lambda cycle: [[1 - 0.1 * cycle, 0.1 * cycle], [0, 1]], 2).round(2)
    array([[1.  , 0.  ],
           [0.9 , 0.1 ],
           [0.72, 0.28]])
    """
    problems: list[Problem] = []
    start = np.atleast_1d(numbers(initial, "initial", problems, ("state",)))
    try:
        n_cycles = whole(1, MOST_CYCLES)(n_cycles)
    except Refused as fault:
        refuse([*problems, Problem(f"is {shown(n_cycles)}", "n_cycles", fault.remedy)])
    moves = _matrices(transition, int(n_cycles), problems)
    problems += _shape_faults(start, moves, int(n_cycles)) + stochastic_faults(moves, "transition", ("cycle",))
    refuse(problems)
    out = np.empty((*np.broadcast_shapes(start.shape[:-1], moves.shape[:-3]), n_cycles + 1, start.shape[-1]))
    out[..., 0, :] = start
    by_cycle = np.broadcast_to(moves, (*moves.shape[:-3], n_cycles, *moves.shape[-2:]))  # (..., cycle, state, state)
    for c in range(n_cycles):
        # People are a row vector: n' = n P.
        out[..., c + 1, :] = (out[..., c, None, :] @ by_cycle[..., c, :, :])[..., 0, :]
    return out


@guarded()
def transitions(trace: ArrayLike, transition: Transition) -> Array:
    """Count the transitions of each cycle of a trace.

    They are for what is paid once a move: a cost put on a state would be averaged over the cycle.

    Parameters
    ----------
    trace : array_like of shape (..., n_cycles + 1, state)
        As :func:`trace` gives it.
    transition : array_like or callable
        The probabilities it was made with.

    Returns
    -------
    ndarray of shape (..., n_cycles, state, state)
        People who go from row to column in each cycle; those who stay are on the diagonal.

    Raises
    ------
    InputError
        If shapes or probabilities are at fault, or the trace was not made with these probabilities.

    See Also
    --------
    trace : People in states.

    Examples
    --------
    >>> moves = [[0.9, 0.1], [0.0, 1.0]]
    >>> transitions(trace([1, 0], moves, 2), moves)[:, 0, 1].round(2)
    array([0.1 , 0.09])
    """
    problems: list[Problem] = []
    rows = _rows(trace, problems)
    n = rows.shape[-2] - 1
    moves = _matrices(transition, n, problems)
    problems += _shape_faults(rows[..., 0, :], moves, n) + stochastic_faults(moves, "transition", ("cycle",))
    refuse(problems)
    flows = np.asarray(rows[..., :-1, :, None] * moves)  # (..., cycle, from, to)
    gap = np.abs(flows.sum(-2) - rows[..., 1:, :])
    if (gap > CLOSE * (1.0 + rows.max(initial=0.0))).any():
        cycle = int(np.argwhere(gap == gap.max())[0][-2]) + 1
        what = f"cycle {cycle} does not lead from its row to the next: a state misses by {gap.max():.6g}"
        refuse([Problem(what, "trace", "Give the probabilities that the trace was made with")])
    return flows


@guarded(n_cycles=whole(1, MOST_CYCLES), counting=text)
def counting_weights(n_cycles: int, counting: Counting) -> Array:
    """Weight each row of a trace when time in states is counted: half-cycle correction and its alternatives.

    Parameters
    ----------
    n_cycles : int
        Number of cycles.
    counting : {"start", "end", "mid", "simpson"}
        See :func:`occupancy`.

    Returns
    -------
    ndarray of shape (n_cycles + 1,)
        Weights, which sum to the number of cycles [cycles].

    Raises
    ------
    UnknownNameError
        If there is no such counting.
    InputError
        If Simpson's rule is asked for an odd number of cycles.

    See Also
    --------
    occupancy : Time in states, by these weights.

    Examples
    --------
    >>> counting_weights(4, "mid")
    array([0.5, 1. , 1. , 1. , 0.5])
    >>> counting_weights(4, "simpson").round(3)
    array([0.333, 1.333, 0.667, 1.333, 0.333])
    """
    countings = get_args(Counting)
    if counting not in countings:
        raise UnknownNameError(unknown("counting", counting, countings, "counting"))
    out = np.ones(n_cycles + 1)
    if counting == "simpson":
        if n_cycles % 2:
            remedy = 'Add a cycle, or count with "mid"'
            raise InputError(Problem(f"Simpson's rule needs an even number of cycles, not {n_cycles}", "trace", remedy))
        out[1::2], out[2:-1:2] = 4.0 / 3.0, 2.0 / 3.0  # 1, 4, 2, 4, ..., 4, 1, in thirds
        out[[0, -1]] = 1.0 / 3.0
    elif counting == "mid":
        out[[0, -1]] = 0.5
    else:
        out[-1 if counting == "start" else 0] = 0.0
    return out


@guarded(counting=text)
def occupancy(trace: ArrayLike, counting: Counting) -> Array:
    """Count the time that people spend in each state (person-cycles), row by row of a trace.

    Parameters
    ----------
    trace : array_like of shape (..., n_cycles + 1, state)
        As :func:`trace` gives it.
    counting : {"start", "end", "mid", "simpson"}
        Where people are counted: at the start of each cycle (all rows but the last); at its end (all but the first);
        the mean of both (the half-cycle correction, exact for straight lines); or by Simpson's rule, exact for cubics,
        which needs an even number of cycles.

    Returns
    -------
    ndarray of shape (..., n_cycles + 1, state)
        Each row of the trace times its weight; weights sum to the number of cycles [person-cycles]. Row t is at t
        cycles from the start, so it is discounted by the factor of t; the sum over rows is the time in each state.

    Raises
    ------
    InputError
        If the trace is at fault, or Simpson's rule is asked for an odd number of cycles.
    UnknownNameError
        If there is no such counting.

    See Also
    --------
    counting_weights : The weights of the rows.

    Examples
    --------
    >>> rows = trace([1, 0], [[0.9, 0.1], [0.0, 1.0]], 2)
    >>> [float(occupancy(rows, c).sum(0)[0].round(3)) for c in ("start", "end", "mid", "simpson")]
    [1.9, 1.71, 1.805, 1.803]
    """
    problems: list[Problem] = []
    rows = _rows(trace, problems)
    refuse(problems)
    return np.asarray(rows * counting_weights(rows.shape[-2] - 1, counting)[:, None])


def numbers(value: ArrayLike, where: str, problems: list[Problem], axes: tuple[str, ...] = ()) -> Array:
    """Read an array of finite numbers that are not negative; what is wrong goes to ``problems``.

    Parameters
    ----------
    value : array_like
        What was given.
    where : str
        Name of the argument, for messages.
    problems : list of Problem
        Faults found are added to it.
    axes : tuple of str
        Names of the last axes.

    Returns
    -------
    ndarray
        The numbers; ``[0.]`` where it is no array of numbers.

    Examples
    --------
    >>> problems = []
    >>> numbers([1.0, -2.0], "initial", problems, ("state",))
    array([ 1., -2.])
    >>> print(problems[0])
    initial, state 1: holds negative values (1, the first -2). Give zero or more
    """
    try:
        array: Array = numeric(value)
    except Refused:
        problems.append(Problem("is not an array of numbers", where, "Give numbers"))
        return np.zeros(1)
    for wrong, what, remedy in (
        (~np.isfinite(array), "infinite or missing", "Give numbers"),
        (array < 0, "negative", "Give zero or more"),
    ):
        if wrong.any():
            counted = f"holds {what} values ({int(wrong.sum())}, the first {array[wrong][0]:g})"
            problems.append(Problem(counted, f"{where}, {first(wrong, axes)}".rstrip(", "), remedy))
    return array


def first(wrong: NDArray[np.bool_], axes: tuple[str, ...]) -> str:
    """Locate the first fault in words: the last axes by name, those before as draws.

    Parameters
    ----------
    wrong : ndarray of bool
        What is at fault, somewhere.
    axes : tuple of str
        Names of the last axes; a cycle is counted from 1 and left out where there is one, all others from 0.

    Returns
    -------
    str
        Such as "draw 1, cycle 2, row 0".

    Examples
    --------
    >>> first(np.array([[False, False], [False, True]]), ("row",))
    'draw 1, row 1'
    """
    at = [int(i) for i in np.argwhere(wrong)[0]]
    n_draws = max(0, len(at) - len(axes))
    draws, named = at[:n_draws], at[n_draws:]
    lengths = wrong.shape[n_draws:]
    parts = [f"draw {i}" for i in draws]
    for axis, i, length in zip(axes[-len(named) :] if named else (), named, lengths, strict=True):
        if axis != "cycle" or length > 1:
            parts.append(f"{axis} {i + 1 if axis == 'cycle' else i}")
    return ", ".join(parts)


def stochastic_faults(moves: Array, where: str, axes: tuple[str, ...] = ()) -> list[Problem]:
    """Find what is wrong with transition probabilities: not finite, negative, or rows that do not sum to one.

    Parameters
    ----------
    moves : ndarray of shape (..., state, state)
        Probabilities of moving from row to column.
    where : str
        Name of the argument, for messages.
    axes : tuple of str
        Names of the axes before row and column.

    Returns
    -------
    list of Problem
        Every fault; empty where there is none.

    Examples
    --------
    >>> print(stochastic_faults(np.array([[0.5, 0.4], [0.0, 1.0]]), "transition")[0].what)
    rows do not sum to one (1 of 2, the first to 0.9)
    """
    problems: list[Problem] = []
    numbers(moves, where, problems, (*axes, "row", "column"))
    total = moves.sum(-1) if moves.ndim > 1 else np.ones(1)
    wrong = np.isfinite(total) & (np.abs(total - 1.0) > CLOSE)
    if wrong.any():
        what = f"rows do not sum to one ({int(wrong.sum())} of {wrong.size}, the first to {total[wrong][0]:.10g})"
        remedy = "Give each diagonal as the complement of its row; nothing is rescaled"
        problems.append(Problem(what, f"{where}, {first(wrong, (*axes, 'row'))}", remedy))
    return problems


def _rows(trace: ArrayLike, problems: list[Problem]) -> Array:
    """Read a trace: (..., n_cycles + 1, state)."""
    rows = numbers(trace, "trace", problems, ("row", "state"))
    if rows.ndim < 2 or rows.shape[-2] < 2:
        remedy = "Give shape (..., n_cycles + 1, state), as trace() does"
        refuse([*problems, Problem(f"has shape {rows.shape}", "trace", remedy)])
    return rows


def _matrices(transition: Transition, n: int, problems: list[Problem]) -> Array:
    """Bring probabilities to the shape (..., cycle, state, state); values are checked by the caller."""
    if not callable(transition):
        array = _array(transition, "", problems)
        return array[None] if array.ndim == 2 else array
    by_cycle = [_array(transition(cycle), f" in cycle {cycle}", problems) for cycle in range(1, n + 1)]
    shape = by_cycle[0].shape
    odd = [f"{m.shape} in cycle {c}" for c, m in enumerate(by_cycle, start=1) if m.shape != shape]
    if odd:
        what = f"has shape {shape} in cycle 1 but {odd[0]}"
        refuse([*problems, Problem(what, "transition", "Give matrices of one shape")])
    return np.stack(by_cycle, axis=-3) if len(shape) > 1 else by_cycle[0]


def _array(value: ArrayLike, in_cycle: str, problems: list[Problem]) -> Array:
    """Read the probabilities of one matrix, or of all."""
    try:
        found: Array = numeric(value)
        return found
    except Refused:
        remedy = f"Give shape {_SHAPES}"
        raise InputError([*problems, Problem(f"is not an array of numbers{in_cycle}", "transition", remedy)]) from None


def _shape_faults(start: Array, moves: Array, n: int) -> list[Problem]:
    """Find shapes that do not fit together: start (..., state), moves (..., cycle, state, state), n cycles."""
    states, remedy = start.shape[-1], f"Give shape {_SHAPES}"
    if moves.ndim < 3 or moves.shape[-2:] != (states, states):
        return [Problem(f"has shape {moves.shape} for {states} states", "transition", remedy)]
    problems = []
    if moves.shape[-3] not in (1, n):
        problems.append(Problem(f"has {moves.shape[-3]} matrices for {n} cycles", "transition", remedy))
    # Draw axes before these must broadcast: aligned from the right, equal or 1.
    of_start, of_moves = start.shape[:-1], moves.shape[:-3]
    if any(a != b and 1 not in (a, b) for a, b in zip(of_start[::-1], of_moves[::-1], strict=False)):
        what = f"draw axes {of_start} and {of_moves} do not fit"
        problems.append(Problem(what, "transition", "Give one length, or 1"))
    return problems
