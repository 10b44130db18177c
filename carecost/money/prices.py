"""Price bases: amounts with the prices that they are in; mixed ones are refused, history is restated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import (
    array,
    guarded,
    instance,
    mapping_of,
    opened,
    optional,
    price_year,
    take,
    text,
    texts,
    wholes,
)
from carecost._labels import financial_year
from carecost._typing import Array, LockedAgain
from carecost.errors import ComparisonError, InputError, Problem, refuse
from carecost.money.discounting import A_RATE, YEARS, Deflator, Schedule, Timing, discount_factors

REAL, CASH = "real", "cash"


@opened
@dataclass(frozen=True)
class PriceBase:
    """Price base of some amounts: real pounds of one price year, or cash.

    Parameters
    ----------
    basis : str
        ``real``: pounds of one price year. ``cash``: pounds of each year.
    price_year : int, optional
        Year of real pounds; cash has none.
    deflator : str
        Vintage by which they were made real, or made cash; empty where nothing was converted.

    Raises
    ------
    InputError
        If the basis is neither, real pounds lack a year, or cash has one.

    See Also
    --------
    Amounts : Money with its price base.

    Examples
    --------
    >>> PriceBase("real", 2025, "hmt-2026-03").words
    'prices of 2024-25, deflator hmt-2026-03'
    """

    basis: str
    price_year: int | None = None
    deflator: str = ""

    def __post_init__(self) -> None:
        take(self, price_year=optional(price_year), **texts("basis", "deflator"))
        where, remedy = "price base", "Give real and a price year, or cash and none"
        if self.basis not in (REAL, CASH):
            raise InputError(Problem(f"basis is {self.basis!r}", where, "Give real or cash"))
        if (self.basis == REAL) != (self.price_year is not None):
            raise InputError(Problem(f"basis is {self.basis} and price year {self.price_year}", where, remedy))

    @property
    def words(self) -> str:
        """The base in words, with the vintage."""
        prices = "cash" if self.price_year is None else f"prices of {financial_year(self.price_year)}"
        return prices + (f", deflator {self.deflator}" if self.deflator else "")


@guarded(
    bases=mapping_of(instance(PriceBase, words="Give price bases: carecost.PriceBase"), "Give price bases by name"),
    where=text,
)
def one_base(bases: Mapping[str, PriceBase], where: str) -> PriceBase:
    """Check that several amounts share one price base, and give it.

    Parameters
    ----------
    bases : mapping of str to PriceBase
        What each amount is called, and its base; at least one.
    where : str
        What is done with them, for the message.

    Returns
    -------
    PriceBase
        The base they share.

    Raises
    ------
    ComparisonError
        If they are not in the same prices; with every one that differs from the first.

    See Also
    --------
    restate : Bring cash into the prices of one year.

    Examples
    --------
    >>> one_base({"spend": PriceBase("cash"), "grant": PriceBase("cash")}, "a sum").basis
    'cash'
    """
    if not bases:
        raise InputError(Problem("there are no amounts", where, "Give at least one"))
    (first, base), *others = bases.items()
    remedy = "Restate them in the prices of one year, by one deflator: carecost.money.prices.restate"
    mixed = [(name, other) for name, other in others if other != base]
    refuse(
        [Problem(f"{name} is in {b.words} and {first} in {base.words}", where, remedy) for name, b in mixed],
        ComparisonError,
    )
    return base


@guarded(base=instance(PriceBase, words="Give a price base: carecost.PriceBase"), where=text)
def must_be_real(base: PriceBase, where: str) -> None:
    """Refuse cash where a real rate is used: it would discount inflation twice.

    Parameters
    ----------
    base : PriceBase
        Prices of the amounts.
    where : str
        What is done with them, for the message.

    Raises
    ------
    ComparisonError
        If they are cash.

    See Also
    --------
    restate : Bring cash into the prices of one year.

    Examples
    --------
    >>> must_be_real(PriceBase("real", 2025), "present value")
    """
    if base.basis != REAL:
        remedy = (
            "Present values are of real pounds: restate them, carecost.money.prices.restate, or ask for basis='real'"
        )
        raise ComparisonError(Problem(f"amounts are in {base.words}", where, remedy))


@opened
@dataclass(frozen=True, eq=False)
class Amounts(LockedAgain):
    """Money by year, with its price base; sums and differences of different prices or years are refused.

    Parameters
    ----------
    values : array_like of shape (..., year)
        How much [GBP].
    years : sequence of int
        Financial years, 2025 for 2024-25.
    base : PriceBase
        Prices.

    Raises
    ------
    InputError
        If the last axis is not the years.

    See Also
    --------
    restate : Amounts from cash, in the prices of one year.

    Examples
    --------
    >>> real = Amounts([1.0, 2.0], (2025, 2026), PriceBase("real", 2025))
    >>> (real - real).values
    array([0., 0.])
    """

    values: Array
    years: tuple[int, ...]
    base: PriceBase

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(self, values: ArrayLike, years: Iterable[int], base: PriceBase) -> None: ...

    def __post_init__(self) -> None:
        base = instance(PriceBase, words="Give their prices: carecost.PriceBase")
        take(self, values=array("...", "year"), years=wholes, base=base)
        values = np.array(self.values)  # a copy: the caller's array stays writeable
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        if values.shape[-1:] != (len(self.years),):
            remedy = f"The last axis must hold {len(self.years)} years"
            raise InputError(Problem(f"amounts have shape {values.shape}", "amounts", remedy))

    def __add__(self, other: Amounts) -> Amounts:
        if not isinstance(other, Amounts):
            return NotImplemented
        base = self._with(other, "a sum")
        return Amounts(self.values + other.values, self.years, base)

    def __sub__(self, other: Amounts) -> Amounts:
        if not isinstance(other, Amounts):
            return NotImplemented
        base = self._with(other, "a difference")
        return Amounts(self.values - other.values, self.years, base)

    @guarded(rate=A_RATE, timing=text)
    def present_value(self, rate: float | Schedule, timing: Timing = "base year") -> Array:
        """Discount real amounts to the first year.

        Parameters
        ----------
        rate : float or Schedule
            Real discount rate [share per year].
        timing : str
            As in :func:`carecost.money.discounting.discount_factors`.

        Returns
        -------
        ndarray of shape (...)
            Present value [GBP].

        Raises
        ------
        ComparisonError
            If they are cash.

        See Also
        --------
        present_value : The same of a table of costs by year.

        Examples
        --------
        >>> real = Amounts([10.0, 11.0], (2025, 2026), PriceBase("real", 2025))
        >>> float(real.present_value(0.1))
        20.0
        """
        # A real rate takes no inflation out: on cash it would be left in.
        must_be_real(self.base, "present value")
        elapsed = np.subtract(self.years, min(self.years))
        return np.asarray(self.values @ discount_factors(elapsed, rate, timing))

    def _with(self, other: Amounts, where: str) -> PriceBase:
        """Price base that two amounts of the same years share."""
        if self.years != other.years:
            what = f"the years are {self.years} and {other.years}"
            raise ComparisonError(Problem(what, where, "Give both for the same years"))
        return one_base({"the first": self.base, "the second": other.base}, where)


@guarded(
    values=array("...", "year"),
    years=YEARS,
    price_year=price_year,
    deflator=instance(Deflator, words="Give a deflator: carecost.money.deflator(…)"),
)
def restate(values: ArrayLike, years: ArrayLike, price_year: int, deflator: Deflator) -> Amounts:
    """Restate cash in the prices of one year.

    Parameters
    ----------
    values : array_like of shape (..., year)
        Cash [GBP of each year].
    years : array_like of int
        Financial years, 2025 for 2024-25.
    price_year : int
        Year whose prices are wanted.
    deflator : Deflator
        Index, of a named vintage.

    Returns
    -------
    Amounts
        Real pounds, with the vintage in their base.

    Raises
    ------
    InputError
        If a year is before the first of the index.

    See Also
    --------
    carecost.money.vintages.deflator : Packaged deflators by vintage.

    Examples
    --------
    >>> spend = restate([100.0, 105.0], [2024, 2025], 2025, Deflator("example", 2024, (100.0, 105.0), 2025))
    >>> spend.values, spend.base.words
    (array([105., 105.]), 'prices of 2024-25, deflator example')
    """
    wanted = np.atleast_1d(np.asarray(years, dtype=int))
    # Cash of year y over P_y / P_price_year, the deflator's index of both.
    if np.shape(values)[-1] != len(wanted):
        what = f"values have shape {np.shape(values)} for {len(wanted)} years"
        raise InputError(Problem(what, "restate()", "Give shape (..., year)"))
    real = np.asarray(values, dtype=float) / deflator.factor(price_year, wanted)
    return Amounts(real, tuple(wanted.tolist()), PriceBase(REAL, price_year, deflator.vintage))
