"""Demographic stochasticity: whole children, with Poisson entries and multinomial fates."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from carecost._typing import Array
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Capacity, Projection, rates_by_age
from carecost.engine.year_by_year import Advance, advanced
from carecost.maths import birthday_classes

Whole = NDArray[np.int64]


#: Chances of those there at the start and of entrants, (age, state, state and out), and the time that each lives.
Fates = tuple[Array, Array, tuple[Array, Array]]


def simulate(
    parameters: Parameters, seed: int, name: str, draws: Sequence[int], kernels: Kernels | None = None
) -> Projection:
    """Follow whole children through the years, with luck of their own in every draw.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    seed : int
        Seed.
    name : str
        Name of the area and stream.
    draws : sequence of int
        Which draws these are; the luck of a draw is the same in every scenario and block.
    kernels : Kernels, optional
        Kernels to share with other runs of the same draws.

    Returns
    -------
    Projection
        Whole children in stock, entries and those who reach a birthday. Child-years, and with them exits and moves, are
        those expected of the whole children there at the start of each span.

    Notes
    -----
    Entries are Poisson; those in a placement at the start of a span meet their fates independently, so that the numbers
    are multinomial with the probabilities of :func:`carecost.maths.expm.kernel`. The stock at the start is made whole
    by systematic sampling along ages, then placements: the total and every age keep their number to within
    one child. Each year of each draw has a counter-based generator (Philox) keyed by seed, name, draw and year.
    """
    return simulate_streams([parameters], seed, [name], draws, kernels)[0]


def simulate_streams(
    streams: Sequence[Parameters],
    seed: int,
    names: Sequence[str],
    draws: Sequence[int],
    kernels: Kernels | None = None,
) -> list[Projection]:
    """Follow whole children of several streams; see :func:`simulate`.

    Parameters
    ----------
    streams, names : sequence of Parameters and of str
        Each stream and its name.
    seed, draws, kernels
        As for :func:`simulate`.

    Returns
    -------
    list of Projection
        One a stream. Where places run out, arrivals are Poisson with the expected numbers after some were sent
        elsewhere: a group is full on average, and may be a little fuller or emptier by luck.
    """
    if streams[0].grid.groups:
        runs, capacity = advanced(streams, kernels)
    else:
        runs, capacity = [Advance(p, kernels) for p in streams], None
    found = []
    for run, name in zip(runs, names, strict=True):
        lucky = _Lucky(run, seed, name, len(draws))
        for row, draw in enumerate(draws):
            lucky.follow(row, draw)
        found.append(lucky.projection(capacity))
    return found


class _Lucky:
    """Arrays of whole children, filled draw by draw."""

    def __init__(self, run: Advance, seed: int, name: str, n: int) -> None:
        self.run, self.parameters = run, run.parameters
        self._key = int.from_bytes(hashlib.sha256(f"{seed}|{name}".encode()).digest()[:16], "big")
        self.stock = np.zeros((n, *run.stock.shape[1:]))
        self.entries, self.reached, self.child_years = (np.zeros((n, *run.child_years.shape[1:])) for _ in range(3))
        self._last: tuple[int, Sequence[birthday_classes.Band], list[Fates]] | None = None

    def _generator(self, draw: int, year: int) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=self._key, counter=[0, 0, year, draw]))

    def follow(self, row: int, draw: int) -> None:
        """Follow one draw through every year."""
        rng = self._generator(draw, 0)
        whole = systematic(_of(self.run.stock, row)[0], float(rng.random()))
        self.stock[row, 0] = whole
        first = rng.binomial(whole.astype(np.int64), birthday_classes.WEIGHT)
        classes = np.stack([first, whole.astype(np.int64) - first])
        for year in range(self.child_years.shape[1]):
            classes = self._year(row, year, classes, self._generator(draw, year + 1))
            self.stock[row, year + 1] = classes.sum(0)

    def _year(self, row: int, year: int, classes: Whole, rng: np.random.Generator) -> Whole:
        fates = self._known_fates(row, year)
        even = birthday_classes.WEIGHT * _of(self.run.entries, row)[year]
        born = np.zeros(even.shape)
        born[self.run.at_birthday.ages] = birthday_classes.WEIGHT * _of(self.run.at_birthday.entries, row)[year]
        even -= born
        ends = np.empty_like(classes)
        for c in (0, 1):
            end = self._span(row, year, classes[c], even, fates[c], rng, c)
            self.reached[row, year] += end
            arrived = rng.poisson(born)
            self.entries[row, year] += arrived
            turned = arrived.astype(np.int64)
            turned[1:] += end[:-1] * self.run.birthdays.stays[:-1].astype(np.int64)
            for age, state, to in self.run.birthdays.goes:
                turned[age + 1, to] += end[age, state]
            ends[c] = self._span(row, year, turned, even, fates[1 - c], rng, 1 - c)
        return ends

    def _known_fates(self, row: int, year: int) -> list[Fates]:
        """Give the chances of a year; kept while draw and rates stay the same."""
        bands = self.run.bands[year]
        if self._last is None or self._last[0] != row or self._last[1] is not bands:
            shape = self.stock.shape[-2:]
            self._last = (row, bands, _fates(bands, row, (shape[0], shape[1])))
        return self._last[2]

    def _span(
        self,
        row: int,
        year: int,
        start: Whole,
        even: Array,
        fates: Fates,
        rng: np.random.Generator,
        span: int,
    ) -> Whole:
        """Carry whole children through a span: where they are at its end."""
        stay_fates, entry_fates, times = fates
        length = birthday_classes.BIRTHDAYS[span]
        arrived = rng.poisson(even * length)
        self.entries[row, year] += arrived
        both = rng.multinomial(start, stay_fates) + rng.multinomial(arrived, entry_fates)
        self.child_years[row, year] += (start[..., None, :] @ times[0])[:, 0] + (arrived[..., None, :] @ times[1])[:, 0]
        return np.asarray(both[..., :-1].sum(1))

    def projection(self, capacity: Capacity | None) -> Projection:
        p = self.parameters
        parts = (rates_by_age(p, self.child_years),)
        flows = (self.stock, self.entries, self.reached, self.child_years)
        return Projection(p.grid, *flows, self.run.extra_entries, parts, capacity)


def _of(array: Array, row: int) -> Array:
    """Give the draw of a row, where certain arrays have one for all."""
    return np.asarray(array[min(row, len(array) - 1)])


def _fates(bands: Sequence[birthday_classes.Band], row: int, shape: tuple[int, int]) -> list[Fates]:
    """Give, for both spans, the chances of those there at the start and of entrants, and the time each lives."""
    ages, n = shape
    out = []
    for span, length in enumerate(birthday_classes.BIRTHDAYS):
        move, entry = np.empty((ages, n, n + 1)), np.empty((ages, n, n + 1))
        lived = np.empty((2, ages, n, n))
        for band, pair in bands:
            block = _of(pair[span].whole(n), row)
            start, source = block[:n], block[n:]
            move[band, :, :n], lived[0, band] = start[:, :n], start[:, n:]
            entry[band, :, :n], lived[1, band] = source[:, :n] / length, source[:, n:] / length
        for chances in (move, entry):
            np.maximum(chances[..., :n], 0.0, out=chances[..., :n])  # a chance of -1e-18 is rounding
            chances[..., n] = np.maximum(1.0 - chances[..., :n].sum(-1), 0.0)
        out.append((move, entry, (lived[0], lived[1])))
    return out


def systematic(stock: Array, start: float) -> Array:
    """Round a table to whole numbers by systematic sampling: unbiased, with the total and every row kept to within one.

    Parameters
    ----------
    stock : ndarray of shape (age, placement)
        Children.
    start : float
        A uniform number.

    Returns
    -------
    ndarray of shape (age, placement)
        Whole children; a whole number stays as it is.

    Examples
    --------
    >>> systematic(np.array([[0.5, 0.5], [1.0, 2.0]]), 0.7)
    array([[1., 0.],
           [1., 2.]])
    """
    # Sums of fractions that should be whole are mended, so that whole tables come back whole.
    total = np.concatenate([[0.0], np.cumsum(stock.ravel())])
    near = np.round(total)
    total = np.where(np.abs(total - near) < 1e-9 * (1.0 + near), near, total)
    return np.asarray(np.diff(np.floor(total + start)).reshape(stock.shape))


def variance(parameters: Parameters) -> Array:
    """Give the variance that chance alone gives the number of children in care, without sampling.

    Parameters
    ----------
    parameters : Parameters
        What is run.

    Returns
    -------
    ndarray of shape (draw, date)
        Variance of the total [children squared].

    Notes
    -----
    Those there at the start are in care on a date independently, with chance p: variance p (1 - p) each. Those who
    entered since are Poisson. Their sum is the mean less the sum of p squared: zero at first, it settles at the mean.
    """
    (run,), _ = advanced([parameters])
    years = len(parameters.grid.years)
    care = list(parameters.grid.in_care)
    mean = run.stock[..., care].sum((-2, -1))
    still = np.zeros((len(parameters.grid.ages), len(parameters.grid.placements)))
    still[:, care] = 1.0
    out: Array = np.zeros_like(mean)
    for date in range(years + 1):
        chance = _chance(run, date, np.broadcast_to(still, run.stock[:, 0].shape))
        out[:, date] = mean[:, date] - (run.stock[:, 0] * chance**2).sum((-2, -1))
    return out


def _chance(run: Advance, date: int, wanted: Array) -> Array:
    """Give the chance that a child there at the start is in a wanted place on a date, looking back year by year."""
    classes = [wanted, wanted]
    n = wanted.shape[-1]
    for year in reversed(range(date)):
        for c in (0, 1):
            later = _back(run.bands[year], classes[c], 1 - c, n)
            turned = np.zeros_like(later)
            turned[:, :-1] = later[:, 1:] * run.birthdays.stays[:-1]
            for age, state, to in run.birthdays.goes:
                turned[:, age, state] += later[:, age + 1, to]
            classes[c] = _back(run.bands[year], turned, c, n)
    return np.asarray((classes[0] + classes[1]) / 2.0)


def _back(bands: Sequence[birthday_classes.Band], value: Array, span: int, n: int) -> Array:
    """Give the expected value at the end of a span, from each age and state at its start."""
    out = np.empty_like(value)
    for ages, pair in bands:
        out[:, ages] = np.einsum("dij,daj->dai", pair[span].whole(n)[..., :n, :n], value[:, ages])
    return out
