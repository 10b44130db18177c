"""Latin hypercube sampling by name, or draws that were made elsewhere; Monte Carlo error of means and quantiles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carecost._guard import Refused, flag, guarded, instance, numeric, opened, optional, take, text, whole
from carecost._typing import Array, LockedAgain, read_only
from carecost.errors import InputError, Problem, refuse

#: Most draws of one run.
MOST_DRAWS = 1_000_000_000

#: How a provenance says that what has no column in a table of draws was drawn by the seed.
REST = ", the rest by seed"

#: Level of every interval where no other is asked for: four chances in five, which a record of decades can check.
LEVEL = 0.8


def ends(level: float = LEVEL) -> tuple[float, float]:
    """Give the quantiles that bound an interval with equal chances outside on both sides.

    Parameters
    ----------
    level : float
        Coverage [probability].

    Returns
    -------
    tuple of float
        Lower and upper quantile [probability].

    See Also
    --------
    quantile_error : Error of such an end, from draws.

    Examples
    --------
    >>> ends(0.9)
    (0.05, 0.95)
    """
    # Rounded so that an end is called by the number that people write: 0.1, and not 0.09999999999999998.
    return round((1.0 - level) / 2.0, 10), round((1.0 + level) / 2.0, 10)


def mean_error(values: Array) -> Array:
    """Estimate the Monte Carlo standard error of a mean over draws.

    Parameters
    ----------
    values : ndarray of shape (draw, ...)
        Draws, two or more.

    Returns
    -------
    ndarray of shape (...)
        Standard error, in the unit of the values. It is that of independent draws, and so an upper bound: a Latin
        hypercube does better.

    See Also
    --------
    quantile_error : The same of a quantile.

    Examples
    --------
    >>> float(mean_error(np.array([1.0, 2.0, 3.0, 4.0])).round(4))
    0.6455
    """
    # s / sqrt(n), with the n - 1 of a sample in s.
    return np.asarray(values.std(0, ddof=1) / np.sqrt(len(values)))


def quantile_error(values: Array, q: float) -> float:
    """Estimate the Monte Carlo standard error of a quantile, from the order statistics on both sides of it.

    Parameters
    ----------
    values : ndarray of shape (draw,)
        Draws.
    q : float
        Which quantile [probability].

    Returns
    -------
    float
        Standard error, in the unit of the values.

    See Also
    --------
    mean_error : The same of a mean.

    Examples
    --------
    >>> round(quantile_error(np.arange(101.0), 0.5), 3)
    4.975
    """
    # The share of draws below the true quantile is binomial, with this standard error; half of what the values
    # differ across it on both sides is one standard error of the quantile, without an estimate of a density.
    rank_error = np.sqrt(q * (1.0 - q) / len(values))
    low, high = np.quantile(values, [max(0.0, q - rank_error), min(1.0, q + rank_error)])
    return float(high - low) / 2.0


@dataclass(frozen=True, eq=False)
class DrawTable(LockedAgain):
    """Joint draws that were made elsewhere: a column for each quantity.

    Two are equal where their digests are: names, values to the last bit, and what they are for.

    Attributes
    ----------
    names : tuple of str
        Quantities.
    values : ndarray of shape (draw, quantity)
        Each in the unit of its quantity.
    rest : bool
        Whether quantities without a column are drawn as always, from the seed.
    of : str
        Digest of the set that they are draws for, once a run has taken them: no other set may have them.
    """

    names: tuple[str, ...]
    values: Array = field(repr=False)
    rest: bool = False
    of: str = ""

    @property
    def digest(self) -> str:
        """Digest of names and values: the same for equal tables, on any machine."""
        told = hashlib.sha256("\n".join(self.names).encode())
        told.update(np.ascontiguousarray(self.values, dtype="<f8").tobytes())
        return told.hexdigest()[:16]

    @property
    def words(self) -> str:
        """Say in a few words what was given, for a provenance."""
        return f"{len(self.names)} quantities ({self.digest}){REST if self.rest else ''}"

    def column(self, name: str) -> Array:
        """Give the draws of a quantity: (draw,)."""
        return self.values[:, self.names.index(name)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DrawTable) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, bool, str]:
        return self.digest, self.rest, self.of


def draw_table(value: Any) -> dict[str, Array]:
    """Take a table of draws (a rule of the guard): a DataFrame, or a mapping from names to numbers."""
    remedy = "Give a DataFrame with a column for each quantity, such as results.inputs(), or a dict of arrays"
    if isinstance(value, Mapping):
        columns = dict(value)
    elif hasattr(value, "columns") and hasattr(value, "groupby"):
        twice = sorted({str(name) for name in value.columns[value.columns.duplicated()]})
        if twice:
            raise Refused(f"has two columns {twice[0]!r}", remedy)
        columns = {name: value[name] for name in value.columns}
    else:
        raise Refused("", remedy)
    if not columns or not all(isinstance(name, str) for name in columns):
        raise Refused("has no columns" if not columns else "has columns without a name", remedy)
    return {name: numeric(column, "Give numbers in every column") for name, column in columns.items()}


@opened
@dataclass(frozen=True)
class Draws:
    """Latin hypercube sample of the uncertain quantities: how many joint draws, from which seed.

    Parameters
    ----------
    n : int
        Number of draws; 0 is the central run alone.
    seed : int
        Seed; the same seed and name give the same numbers.
    noise : bool
        Whether levels also hold the luck of small numbers: Poisson entries, and for each child a life of its own.
        Differences between scenarios are without it.
    table : DrawTable, optional
        Draws that were made elsewhere; see :meth:`given`.

    Raises
    ------
    InputError
        If ``n`` or ``seed`` is no whole number of 0 or more, or ``noise`` is neither True nor False.

    See Also
    --------
    run : Take the draws of a run.
    Draws.given : Draws that you made.

    Notes
    -----
    Each quantity has its own permutation and its own jitter, seeded by the pair (seed, digest of its name). Adding a
    quantity changes no other, and nothing depends on blocks or threads [1]_.

    References
    ----------
    .. [1] McKay, M. D., Beckman, R. J., Conover, W. J. (1979). A comparison of three methods for selecting
       values of input variables. Technometrics, 21(2), 239-245.

    Examples
    --------
    >>> Draws(4, seed=1).uniforms("entry level").round(3)
    array([0.61 , 0.767, 0.316, 0.178])
    """

    n: int = 0
    seed: int = 1
    noise: bool = False
    table: DrawTable | None = None

    def __post_init__(self) -> None:
        made = optional(instance(DrawTable, words="Use carecost.Draws.given(…), which takes draws that you made"))
        take(self, n=whole(0, MOST_DRAWS), seed=whole(0), noise=flag, table=made)
        if self.table is not None and len(self.table.values) != self.n:
            what = f"n is {self.n}, and the table has {len(self.table.values)} draws"
            raise InputError(Problem(what, "Draws", "Leave n to carecost.Draws.given(…)"))

    @classmethod
    @guarded(table=draw_table, seed=optional(whole(0)), noise=flag)
    def given(cls, table: Any, seed: int | None = None, noise: bool = False) -> Draws:
        """Take draws that you made, such as a sample of SALib's or a posterior: a column for each quantity.

        Parameters
        ----------
        table : DataFrame or mapping of str to array_like
            One row a draw, one column a quantity, called as :meth:`Results.inputs` calls it, each in the unit of its
            belief. Intervals, correlations and joint draws of these quantities are then not used.
        seed : int, optional
            Where it is given, quantities without a column are drawn as always, from this seed; where it is not, a run
            asks for a column of every one.
        noise : bool
            Whether levels also hold the luck of small numbers.

        Returns
        -------
        Draws
            As many as the table has rows.

        Raises
        ------
        InputError
            If a column has no name, is there twice, or holds what is no finite number; and, once they are run, if a
            column is no quantity of the run, or a quantity has no column.

        See Also
        --------
        Results.inputs : What a run drew; a run of these draws is the same to the last bit.

        Examples
        --------
        >>> import numpy as np
        >>> made = Draws.given({"adjustment: entry level": np.array([0.9, 1.0, 1.1])}, seed=1)
        >>> made.n, made.table.names
        (3, ('adjustment: entry level',))
        """
        where, remedy = "Draws.given()", "Give as many numbers in every column, one a draw"
        sizes = {name: column.shape for name, column in table.items()}
        first = next(iter(sizes.values()))
        wrong = [name for name, shape in sizes.items() if shape != first or len(shape) != 1]
        refuse([Problem(f"column {name!r} has shape {sizes[name]}", where, remedy) for name in wrong])
        values = np.stack(list(table.values()), axis=1)  # (draw, quantity)
        odd = [name for name, column in table.items() if not np.isfinite(column).all()]
        remedy = "Give a finite number in every draw: nothing is filled in"
        refuse([Problem(f"column {name!r} has what is missing or not finite", where, remedy) for name in odd])
        if not len(values):
            raise InputError(Problem("the table has no rows", where, "Give one row a draw"))
        made = DrawTable(tuple(table), read_only(values), rest=seed is not None)
        return cls(len(values), 1 if seed is None else seed, noise, made)

    @property
    def central(self) -> bool:
        """Whether this is the central run alone, without draws."""
        return self.n == 0

    @guarded(name=text)
    def uniforms(self, name: str) -> NDArray[np.float64]:
        """Draw the uniform numbers of a quantity: stratified, in random order.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        ndarray of shape (draw,)
            One number in each of n equal slices of (0, 1), in random order [probability].

        See Also
        --------
        carecost.maths.distributions.quantiles : Values of a quantity from its uniform numbers.

        Examples
        --------
        >>> sorted(int(4 * u) for u in Draws(4).uniforms("entry level"))
        [0, 1, 2, 3]
        """
        # A generator of its own for each name, from a digest that is the same on every machine (hash() is not).
        digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((int(self.seed), digest))))
        slices = rng.permutation(self.n)  # (draw,): which slice of (0, 1) each draw falls in
        # Jitter of exactly 0 in the first slice would be an infinite normal quantile.
        jitter = np.maximum(rng.random(self.n), 1e-12)
        return (slices + jitter) / max(self.n, 1)
