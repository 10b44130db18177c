"""Spread of prices over placements: how far the price of one placement is from the mean, in logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import guarded, labels, number, numbers, opened, source_year, take, text, texts
from carecost.errors import InputError, Problem, refuse

#: Fewest prices that a spread can be told from.
FEWEST = 3
#: Largest spread that is one [in logs]: a price in six is then twenty times the median or more; pounds lie far above.
LARGEST = 3.0


@opened
@dataclass(frozen=True)
class PriceSpread:
    """Spread of the prices of single placements about the unit cost of their item, a lognormal of the same mean.

    With the luck of small numbers (``Draws(…, noise=True)``) the mean price of an item in a year is that of as many
    placements as there are children, so that a few dear ones can fall to a small area. Without it nothing changes.

    Parameters
    ----------
    items : str or iterable of str
        Cost items that follow time in placements; each has luck of its own.
    sd : float
        Standard deviation of the logarithm of a placement's price, at most 3 [in logs].
    source, source_year, quality, note : str
        Whose word, of when, how good (A to E), what to know.

    Raises
    ------
    InputError
        If no item is named, or ``sd`` is not above zero or is more than 3, as one in pounds would be.

    See Also
    --------
    carecost.Assumptions : Holds them, as ``spreads``.

    Examples
    --------
    >>> PriceSpread("children's home", 0.5).items
    ("children's home",)
    """

    items: tuple[str, ...]
    sd: float
    source: str = ""
    source_year: str = ""
    quality: str = ""
    note: str = ""

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            items: str | Iterable[str],
            sd: float,
            source: str = ...,
            source_year: str = ...,
            quality: str = ...,
            note: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        take(self, items=labels, sd=number(), source_year=source_year, **texts("source", "quality", "note"))
        problems = []
        if not self.items:
            problems.append(Problem("names no item", self.quantity, 'Name some, such as "children\'s home"'))
        if not (np.isfinite(self.sd) and self.sd > 0):
            problems.append(Problem(f"sd is {self.sd}", self.quantity, "Give a number above 0, such as 0.5"))
        elif self.sd > LARGEST:
            what = f"sd is {self.sd:g}, more than {LARGEST:g}"
            remedy = "Give that of the logarithm of prices, such as 0.5, and not pounds"
            problems.append(Problem(what, self.quantity, remedy))
        refuse(problems)

    @property
    def name(self) -> str:
        """Name, that of its items."""
        return "; ".join(self.items)

    @property
    def quantity(self) -> str:
        """What it is called in messages."""
        return f"spread of prices: {self.name}"

    @classmethod
    @guarded(items=labels, prices=numbers, source=text, quality=text)
    def fitted(cls, items: str | Iterable[str], prices: ArrayLike, source: str, quality: str = "B") -> PriceSpread:
        """Fit the spread to the prices of single placements that a council pays.

        Parameters
        ----------
        items : str or iterable of str
            Cost items.
        prices : array_like
            Weekly price of each placement, in pounds of one time [GBP a week].
        source : str
            Where they are from.
        quality : str
            How good they are (A to E).

        Returns
        -------
        PriceSpread
            With the standard deviation of the logarithms of the prices. Their mean is not used: the unit cost is what
            the set says.

        Raises
        ------
        InputError
            If there are fewer than three, one is not above zero, or all are the same.

        See Also
        --------
        carecost.Assumptions.replace : Gives the unit cost itself another value.

        Examples
        --------
        >>> round(PriceSpread.fitted("children's home", [4200, 5100, 6300, 11800], "placements of 31 March").sd, 2)
        0.45
        """
        given, where = np.asarray(prices, dtype=float), "PriceSpread.fitted()"
        problems = []
        if len(given) < FEWEST:
            problems.append(Problem(f"{len(given)} prices", where, f"Give {FEWEST} or more"))
        bad = [f"{p:g}" for p in given if not (np.isfinite(p) and p > 0)]
        if bad:
            problems.append(Problem(f"prices of {', '.join(bad)}", where, "Give pounds a week, above 0"))
        refuse(problems)
        sd = float(np.log(given).std(ddof=1))
        if sd == 0:
            raise InputError(Problem("all prices are the same", where, "Leave the spread out"))
        return cls(items, sd, source, quality=quality, note=f"of {len(given)} placements")
