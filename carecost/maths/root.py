"""Where a function of one number is zero, between two at which it has opposite signs: Brent's method."""

from __future__ import annotations

from collections.abc import Callable

#: Part of the answer that is added to the tolerance: four times the rounding of a number.
RELATIVE = 4.0 * 2.0**-52


def root(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Find where a continuous function is zero.

    Parameters
    ----------
    function : callable
        Of one number.
    low, high : float
        Ends between which it changes its sign, or is zero at one of them.
    tolerance : float
        How far the answer may be from a place where the sign changes.

    Returns
    -------
    float
        Where it is zero.

    Notes
    -----
    Brent (1973), *Algorithms for Minimization without Derivatives*, chapter 4: a step by the secant or by inverse
    quadratic interpolation where it falls well within the bracket and shrinks fast, else a halving. The best value so
    far, the one before it, and the last on the other side are kept. It gives the digits of ``scipy.optimize.brentq``,
    whose import takes longer than all that is looked for here.

    Examples
    --------
    >>> round(root(lambda x: x * x - 2.0, 0.0, 2.0, 1e-9), 6)
    1.414214
    """
    before, best = low, high
    at_before, at_best = function(before), function(best)
    if at_before == 0.0:
        return before
    across, at_across = before, at_before
    last = step = best - before
    while True:  # a halving comes often enough for an end
        if at_best == 0.0:
            return best
        if (at_before < 0.0) != (at_best < 0.0):
            across, at_across = before, at_before
            last = step = best - before
        if abs(at_across) < abs(at_best):
            before, best, across = best, across, best
            at_before, at_best, at_across = at_best, at_across, at_best
        least = (tolerance + RELATIVE * abs(best)) / 2.0
        half = (across - best) / 2.0
        if abs(half) < least:
            return best
        tried = half
        if abs(last) > least and abs(at_best) < abs(at_before):
            if before == across:
                tried = -at_best * (best - before) / (at_best - at_before)
            else:
                one = (at_before - at_best) / (before - best)
                other = (at_across - at_best) / (across - best)
                tried = -at_best * (at_across * other - at_before * one) / (other * one * (at_across - at_before))
            fast = 2.0 * abs(tried) < min(abs(last), 3.0 * abs(half) - least)
            last, step = (step, tried) if fast else (half, half)
        else:
            last = step = half
        before, at_before = best, at_best
        best += step if abs(step) > least else (least if half > 0 else -least)
        at_best = function(best)
