"""Phase-type durations in care: a phase left fast and one left slowly, fitted to the published shares.

A child begins in the phase "new", goes on to "settled" at a constant rate, and leaves at its age's hazard times the
factor of its phase. The hazards of an age hold for all its children together: the factors are scaled, for each stream,
age and placement, so that their mean over the children of the base date is one. The starts of the base year, repeated
for ever and run through the ages, sustain a number of new children of each age: so many are new on the base date, and
all others settled. Placements differ as they do in that run. The cohort whose durations are compared is everyone who
starts in the base year, followed until they leave, on their 18th birthday too, as the published synthetic cohort does.
For the fit, placements are pooled, adoption apart; the shares of the base date are then found with all placements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.optimize import brentq, least_squares

from data.rules.rates.base_case import base_case
from data.rules.sources import published
from data.rules.sources.stream import Stream

Array = NDArray[np.float64]
YEAR, ADOPTION = 2025, "placed for adoption"
NEW, SETTLED = "new", "settled"
#: Steps of a year: fortnights. When the published shares are given, in steps.
STEPS = 26
WHEN = {
    "2 weeks": 1,
    "8 weeks": 4,
    "6 months": 13,
    "1 year": 26,
    "2 years": 52,
    "3 years": 78,
    "5 years": 130,
    "10 years": 260,
}
#: A phase lasts a week or more: shorter ones are children who leave as they come.
_FASTEST = np.log(52.0)
#: Where the search starts, by the number of phases: near its end, so that a build is quick.
_GUESS = {2: (1.0, 6.5), 3: (50.0, 0.5, 40.0, 5.5)}
_CLOSE, _ROUNDS = 1e-8, 200


@dataclass(frozen=True)
class Pool:
    """Children of one stream by age, in some placements.

    Attributes
    ----------
    starts : ndarray of shape (age, placement)
        Starts of a year, those not counted included.
    born : ndarray of shape (age,)
        Share of them on the birthday that begins the age.
    hazard : ndarray of shape (age, placement)
        All reasons together.
    moves : ndarray of shape (age, placement, to)
        Between placements; nothing on the diagonal.
    stock : ndarray of shape (age, placement)
        On the base date.
    """

    starts: Array
    born: Array
    hazard: Array
    moves: Array
    stock: Array


@dataclass(frozen=True)
class Fit:
    """What phases there are.

    Attributes
    ----------
    rates : tuple of float
        Of going on to the next phase [per child-year].
    factors : tuple of float
        How readily children leave, the last phase 1.
    left : dict of str to float
        Share of those who start who have left by a time [percent].
    """

    rates: tuple[float, ...]
    factors: tuple[float, ...]
    left: dict[str, float]


def observed() -> dict[str, float]:
    """Give the published shares of those who start who have left by a time [percent]."""
    measure = "share of entrants who have left by"
    return {when: published.figure("time_in_care", "value", measure=measure, population=when) for when in WHEN}


@cache
def pools() -> dict[str, Pool]:
    """Give the streams of the set with all placements."""
    found = {}
    for name, x in base_case(YEAR).streams.items():
        starts = (x.population[0] * x.entry_rate[0])[:, None] * x.entry_share[0]
        born = x.at_birthday[0] * starts.sum(1) / np.maximum((starts + x.extra[0]).sum(1), 1e-12)
        apart = 1 - np.eye(len(x.placements))
        found[name] = Pool(starts + x.extra[0], born, x.exit_rate[0], x.move_rate[0] * apart, x.stock)
    return found


@cache
def pooled() -> dict[str, Pool]:
    """Give the streams with two placements: placed for adoption, and all others together."""
    return {name: _together(pool, base_case(YEAR).streams[name]) for name, pool in pools().items()}


def _together(pool: Pool, stream: Stream) -> Pool:
    adoption = np.array(stream.placements) == ADOPTION
    sides = np.stack([~adoption, adoption], axis=-1).astype(float)
    there = stream.stock * ~adoption
    size = there.sum(1)
    into = np.divide(there * pool.moves[:, :, adoption].sum(-1), size[:, None], where=size[:, None] > 0, out=0 * there)
    moves = np.zeros((18, 2, 2))
    moves[:, 0, 1] = into.sum(1)
    hazard = np.stack([pool.hazard[:, ~adoption][:, 0], pool.hazard[:, adoption][:, 0]], axis=-1)
    return Pool(pool.starts @ sides, pool.born, hazard, moves, stream.stock @ sides)


def through_the_ages(pool: Pool, rates: Sequence[float], factors: Sequence[float]) -> tuple[Array, Array]:
    """Run the starts of a year, repeated for ever, through the ages.

    Returns
    -------
    generators : ndarray of shape (age, state, state)
        States are placements within phases.
    shares : ndarray of shape (phase, age, placement)
        Share of each phase among the children of the base date; nan where there are none.
    """
    k, n = len(factors), pool.starts.shape[1]
    people, generators, shares = np.zeros(k * n), [], []
    for age in range(len(pool.starts)):
        people[:n] += pool.starts[age] * pool.born[age]
        come = np.zeros(k * n)
        come[:n] = pool.starts[age] * (1 - pool.born[age])
        # fixed point: factors are over their mean on the base date, which depends on the shares that they give
        mean = np.full(n, np.mean(factors))
        for _ in range(_ROUNDS):
            q = _generator(pool, age, rates, np.divide.outer(np.array(factors), mean))
            end, lived = _year(people, come, q)
            share = _shares(lived.reshape(k, n), pool.stock[age])
            before, mean = mean, np.where(np.isnan(share[0]), mean, np.array(factors) @ share)
            if np.abs(mean - before).max() < _CLOSE:
                break
        people = end
        generators.append(q)
        shares.append(share)
    return np.array(generators), np.stack(shares, axis=1)


def _shares(run: Array, stock: Array) -> Array:
    """Share a stock by placement among the phases, with as many outside the last as in a run of (phase, placement).

    Placements differ as in the run: the odds of not being in the last phase are multiplied by one number for all.
    """
    there = run.sum(0) > 1e-9
    share = np.divide(run, run.sum(0), out=np.full(run.shape, np.nan), where=there)
    both, wanted = there & (stock > 0), run[:-1].sum()
    if len(run) == 1 or not both.any():
        return share

    def weighted(log: float) -> Array:
        found = share * np.array([1.0] * (len(run) - 1) + [np.exp(log)])[:, None]
        return np.asarray(found / found.sum(0))

    def miss(log: float) -> float:
        return float((weighted(log)[:-1, both] * stock[both]).sum() - wanted)

    return weighted(float(brentq(miss, -8.0, 8.0, xtol=1e-12)))


def _generator(pool: Pool, age: int, rates: Sequence[float], factor: Array) -> Array:
    # states in order (phase, placement): moves happen within a phase, a phase goes on within a placement
    k, n = factor.shape
    q = np.kron(np.eye(k), pool.moves[age])
    for phase, rate in enumerate(rates):
        q += rate * np.kron(np.eye(k, k=1) * (np.arange(k) == phase)[:, None], np.eye(n))
    return q - np.diag(q.sum(1) + (pool.hazard[age] * factor).ravel())


def _year(people: Array, come: Array, q: Array) -> tuple[Array, Array]:
    """Who is there after a year, and the time lived: people, and those who come evenly over it."""
    # One exponential gives all (Van Loan): the row [people, 1, 0] times exp of [[q, 0, 1], [come, 0, 0], [0, 0, 0]]
    # holds the people at the end of the year and, in its last n columns, the integral of people over the year.
    n = len(people)
    big = np.zeros((2 * n + 1, 2 * n + 1))
    big[:n, :n], big[n, :n], big[:n, n + 1 :] = q, come, np.eye(n)
    out = np.concatenate([people, [1.0], np.zeros(n)]) @ expm(big)
    return out[:n], out[n + 1 :]


def left(pool: Pool, generators: Array) -> Array:
    """Count those who start in a year who are still there after each step up to ten years: (step,)."""
    n, last = pool.starts.shape[1], max(WHEN.values())
    weight = np.full(STEPS + 1, 1 / STEPS)
    weight[[0, -1]] /= 2  # birthdays lie evenly over the year
    # (birthday within the year, age, state); the last row is of those who come in on a birthday
    people = np.zeros((STEPS + 2, len(pool.starts), generators.shape[-1]))
    people[:-1, :, :n] = weight[:, None, None] * pool.starts * (1 - pool.born)[:, None]
    people[-1, :, :n] = pool.starts * pool.born[:, None]
    birthday = np.array([*range(STEPS + 1), STEPS])
    step = expm(generators / STEPS)
    found = [people.sum()]
    people = _turn(people, birthday == 0)
    for t in range(1, last + 1):
        people = np.matmul(people.transpose(1, 0, 2), step).transpose(1, 0, 2)
        people = _turn(people, (birthday <= t) & ((t - birthday) % STEPS == 0))
        found.append(people.sum())
    return np.array(found)


def _turn(people: Array, whose: NDArray[np.bool_]) -> Array:
    """Turn a year older those whose birthday it is; at 18 they leave."""
    out = people.copy()
    out[whose, 1:], out[whose, 0] = people[whose, :-1], 0
    return out


def durations(rates: Sequence[float], factors: Sequence[float], among: dict[str, Pool] | None = None) -> Array:
    """Give the share of those who start who have left by each published time [percent]."""
    among = pooled() if among is None else among
    there = sum(left(pool, through_the_ages(pool, rates, factors)[0]) for pool in among.values())
    at = np.asarray(there)
    return np.asarray(100 * (1 - at[list(WHEN.values())] / at[0]))


@cache
def fitted(phases: int) -> Fit:
    """Fit a number of phases to the published shares, each weighing the same; one phase has nothing to fit."""
    wanted = np.array(list(observed().values()))

    def parts(x: Array) -> tuple[list[float], list[float]]:
        return list(np.exp(x[: phases - 1])), [*np.exp(x[phases - 1 :]), 1.0]

    x = np.log(_GUESS.get(phases, ()))
    if phases > 1:
        bounds = (np.full(len(x), -3.0), np.array([_FASTEST] * (phases - 1) + [6.0] * (phases - 1)))
        x = least_squares(lambda x: durations(*parts(x)) - wanted, x, bounds=bounds, diff_step=1e-4, ftol=1e-6).x
    rates, factors = parts(x)
    # As they are written: what follows is made from these.
    rates, factors = [float(f"{r:.4g}") for r in rates], [float(f"{f:.4g}") for f in factors]
    return Fit(tuple(rates), tuple(factors), dict(zip(WHEN, durations(rates, factors), strict=True)))


def base_shares(fit: Fit) -> dict[str, Array]:
    """Give the shares of the phases on the base date by stream: (phase, age, placement); nan where nobody is."""
    return {name: through_the_ages(pool, fit.rates, fit.factors)[1] for name, pool in pools().items()}
