"""Sampler of quantities: uniform numbers, correlated where stated, made into values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import scipy

from carecost._guard import unguarded
from carecost._typing import Array
from carecost.errors import InputError, Problem, nearest
from carecost.inputs.belief import Assumption, Belief
from carecost.inputs.change import Interval
from carecost.inputs.dependence import Ties
from carecost.inputs.year_path import YearPath
from carecost.maths import distributions
from carecost.maths.monte_carlo import Draws
from carecost.money.discounting import wandering_path

#: Behind the guard: what is drawn was checked with the set.
agreed = unguarded(distributions.agreed)
quantiles = unguarded(distributions.quantiles)
shares = unguarded(distributions.shares)

#: Jitter of exactly 0 in the first slice would be an infinite normal quantile.
_TINY = 1e-12


class Factor(NamedTuple):
    """A common factor that a quantity follows beside its own luck: a one-factor Gaussian copula.

    Attributes
    ----------
    name : str
        Name under which the factor is drawn.
    loading : float
        Correlation with it, in normal scores.
    """

    name: str
    loading: float


class Quantity(NamedTuple):
    """A number that is drawn: several may have one name, and so one luck, each with an interval of its own.

    Attributes
    ----------
    name : str
        Name under which it is drawn.
    what : hashable
        What tells it from others of the name.
    """

    name: str
    what: Hashable = ()


def of_belief(name: str, belief: Belief | Interval, factor: Factor | None = None) -> Quantity:
    """Give the quantity of a belief: what is made of its luck hangs on its numbers alone."""
    return Quantity(name, (belief.value, belief.low, belief.high, belief.level, belief.shape, factor))


def of_year(path: YearPath, year: int) -> Quantity:
    """Give the quantity of one year of a path."""
    return Quantity(f"{path.quantity}, {year}", (path.name, path.sd, path.half_life, path.from_year))


class Columns:
    """Values of named quantities in every draw, each made once and kept for all blocks.

    Parameters
    ----------
    draws : Draws
        All draws; those that were made elsewhere have their values in a table.
    ties : Ties, optional
        What moves together; nothing by default.
    labels : mapping of Quantity to str, optional
        Column of each quantity in the table of the draws; a quantity that is not here has none.
    """

    def __init__(self, draws: Draws, ties: Ties | None = None, labels: Mapping[Quantity, str] | None = None) -> None:
        self.draws, self.ties, self.labels = draws, ties or Ties(), labels or {}
        self._kept: dict[Hashable, Array] = {}

    def drawn(self, name: str, belief: Belief | Interval) -> bool:
        """Say whether a quantity differs between draws."""
        return not belief.certain or name in self.ties.joint

    def value(
        self, name: str, belief: Belief | Interval, least: float, most: float, factor: Factor | None = None
    ) -> Array:
        """Give the values of a quantity: (draw,)."""

        def make() -> Array:
            given = self._given(of_belief(name, belief, factor), least, most)
            if given is not None:
                return given
            if name in self.ties.joint:
                return self._row(name)
            b, u = belief, self.uniforms(name, factor)
            try:
                return quantiles(u, b.value, b.low, b.high, b.level, b.shape, least, most)
            except InputError as error:
                raise InputError(Problem(p.what, p.where or name, p.remedy) for p in error.problems) from None

        return self._once((name, belief, least, most, factor), make)

    def shares(self, rows: Sequence[Assumption]) -> Array:
        """Give shares that are drawn together: (draw, share)."""

        def make() -> Array:
            given = [self._given(of_belief(row.quantity, row.belief), 0.0, 1.0) for row in rows]
            found = [column for column in given if column is not None]
            if len(found) == len(rows):
                return np.stack(found, axis=1)
            if found:
                lost = next(row.quantity for row, column in zip(rows, given, strict=True) if column is None)
                remedy = "Give all shares of one whole, or none"
                raise InputError(Problem(f"has no column of {lost!r}", "draws given", remedy))
            u = np.stack([self.uniforms(row.quantity) for row in rows], axis=1)
            return shares(u, [row.belief.value for row in rows], concentration(rows))

        return self._once(tuple(row.quantity for row in rows), make)

    def path(self, path: YearPath, years: Sequence[int]) -> Array:
        """Give a path in some years, zero up to its first: (draw, year)."""

        def make() -> Array:
            later = range(path.from_year + 1, max(*years, path.from_year) + 1)
            out = np.zeros((self.draws.n, len(years)))
            if later:
                shocks = [scipy.special.ndtri(self.draws.uniforms(f"{path.quantity}, {year}")) for year in later]
                followed = wandering_path(np.stack(shocks, axis=1), path.sd, path.half_life)
                for i, year in enumerate(years):
                    if year in later:
                        given = self._given(of_year(path, year), -np.inf, np.inf)
                        out[:, i] = followed[:, year - later[0]] if given is None else given
            return out

        return self._once((path, tuple(years)), make)

    def _given(self, quantity: Quantity, least: float, most: float) -> Array | None:
        """Give the column of a quantity in the table of the draws; None where it is to be drawn."""
        table = self.draws.table
        if table is None:
            return None
        label = self.labels.get(quantity)
        if label not in table.names:
            if table.rest:
                return None
            near = nearest(quantity.name, table.names)
            remedy = f"{near}; or give a seed, Draws.given(…, seed=1), and what has no column is drawn as always"
            raise InputError(Problem("is drawn in this run, and has no column", label or quantity.name, remedy))
        assert label is not None
        column = table.column(label)
        odd = np.flatnonzero((column < least) | (column > most))
        if len(odd):
            bounds = f"{least:g} or more" if most == np.inf else f"a number from {least:g} to {most:g}"
            what = f"is {column[odd[0]]:.6g} in draw {odd[0]}"
            raise InputError(Problem(what, f"draws given, column {label!r}", f"Give {bounds}"))
        return column

    def uniforms(self, name: str, factor: Factor | None = None) -> Array:
        """Give the uniform numbers of a quantity, those of a group tied: (draw,)."""
        if factor is None and name in self.ties.loading:
            row = self.ties.loading[name]
            factor = Factor(f"correlation: {row.group}", row.loading)
        if factor is not None:
            scores = factor.loading * self._scores(factor.name)
            if abs(factor.loading) < 1.0:
                scores = scores + np.sqrt(1.0 - factor.loading**2) * self._scores(name)
            return _sliced(scores)
        if name in self.ties.matrix:
            matrix = self.ties.matrix[name]
            at = matrix.quantities.index(name)
            weights = np.linalg.cholesky(np.array(matrix.rows))[at, : at + 1]
            own = [self._scores(member) for member in matrix.quantities[: at + 1]]
            return _sliced(np.sum([w * z for w, z in zip(weights, own, strict=True)], axis=0))
        return self.draws.uniforms(name)

    def scores(self, names: Sequence[str]) -> Array:
        """Give standard normal scores of names that are no beliefs, each with luck of its own: (draw, name)."""
        return self._once(("scores", *names), lambda: np.stack([self._scores(name) for name in names], axis=1))

    def _scores(self, name: str) -> Array:
        return np.asarray(scipy.special.ndtri(self.draws.uniforms(name)))

    def _row(self, name: str) -> Array:
        table = self.ties.joint[name]
        at = table.quantities.index(name)
        column = np.array([row[at] for row in table.rows])
        chosen = self.draws.uniforms(f"joint: {table.name}") * len(column)
        return np.asarray(column[np.minimum(chosen.astype(int), len(column) - 1)])

    def _once(self, key: Hashable, make: Callable[[], Array]) -> Array:
        """Keep what was made; two threads that make it at once make the same."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


class Sampler:
    """Values of named quantities, for one block of the draws or for the central run.

    Parameters
    ----------
    draws : Draws
        All draws.
    block : slice, optional
        The draws wanted; the central run when not given.
    columns : Columns, optional
        Values to share with other blocks of the same draws.
    """

    def __init__(self, draws: Draws, block: slice | None = None, columns: Columns | None = None) -> None:
        self.draws, self.block = draws, block
        self.columns = columns or Columns(draws)

    def drawn(self, name: str, belief: Belief | Interval) -> bool:
        """Say whether a quantity has several values here."""
        return self.block is not None and self.columns.drawn(name, belief)

    def value(
        self,
        name: str,
        belief: Belief | Interval,
        least: float = -np.inf,
        most: float = np.inf,
        factor: Factor | None = None,
    ) -> Array:
        """Give the values of a quantity: (draw,), of length 1 when it is certain or the run is central."""
        if not self.drawn(name, belief):
            return np.array([belief.value])
        return self.columns.value(name, belief, least, most, factor)[self.block]

    def shares(self, rows: Sequence[Assumption]) -> Array:
        """Give shares that are drawn together: (draw, share), of length 1 when the run is central."""
        if self.block is None:
            return np.array([[row.belief.value for row in rows]])
        return self.columns.shares(rows)[self.block]

    def path(self, path: YearPath, years: Sequence[int]) -> Array:
        """Give a path: (draw, year), zero and of length 1 when the run is central."""
        if self.block is None:
            return np.zeros((1, len(years)))
        return self.columns.path(path, years)[self.block]


def concentration(rows: Sequence[Assumption]) -> float:
    """Find the concentration of shares that are drawn together.

    Raises
    ------
    InputError
        If their intervals disagree.
    """
    stated = [row.belief for row in rows]
    return agreed([(b.low, b.value, b.high, b.level) for b in stated if b.low is not None and b.high is not None])


def _sliced(scores: Array) -> Array:
    """Turn normal scores into uniform numbers, one in each slice, so that the margins are those of the hypercube."""
    n = len(scores)
    slices = np.empty(n)
    slices[np.argsort(scores, kind="stable")] = np.arange(n)
    within = np.maximum(scipy.special.ndtr(scores) * n % 1.0, _TINY)
    return np.asarray((slices + within) / n)
