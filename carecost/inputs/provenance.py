"""Provenance: digests and labels that two results must share to be compared."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from carecost._shown import exact, self_showing
from carecost.errors import ComparisonError, Problem, refuse
from carecost.money.prices import REAL, PriceBase


@self_showing
@dataclass(frozen=True)
class Provenance:
    """Provenance of a result: what it was made from, the scenario apart.

    Parameters
    ----------
    assumptions : str
        Name of the set.
    digest : str
        Digest of everything in it.
    draws, seed : int
        Number of draws (0: central alone) and seed.
    noise : bool
        Whether levels hold the luck of small numbers.
    base_year, years, programme_start, price_year : int
        First date, horizon, calendar year of programme year 1, year of constant prices.
    deflator, discount : str
        Vintages.
    version : str
        Version of the package.
    baseline : str
        Baselines of the set, one an axis, joined by " + "; empty where it states none.
    given : str
        Draws that were made elsewhere: of how many quantities, with their digest; empty where all are by seed.

    See Also
    --------
    licence : Whether two results may be compared.

    Examples
    --------
    >>> made = Provenance("mine", "0f", 0, 1, False, 2025, 20, 2028, 2025, "hmt-2026-03", "flat 2%", "0.1.0")
    >>> made.price_base.words
    'prices of 2024-25, deflator hmt-2026-03'
    """

    assumptions: str
    digest: str
    draws: int
    seed: int
    noise: bool
    base_year: int
    years: int
    programme_start: int
    price_year: int
    deflator: str
    discount: str
    version: str
    baseline: str = ""
    given: str = ""

    @property
    def price_base(self) -> PriceBase:
        """Prices of every amount of the result."""
        return PriceBase(REAL, self.price_year, self.deflator)

    def as_dict(self) -> dict[str, Any]:
        """List the fields by name.

        Returns
        -------
        dict
            Name and value of each field, in order.

        Examples
        --------
        >>> made = Provenance("mine", "0f", 0, 1, False, 2025, 20, 2028, 2025, "hmt-2026-03", "flat 2%", "0.1.0")
        >>> list(made.as_dict())[:3]
        ['assumptions', 'digest', 'draws']
        """
        return asdict(self)


def digest(thing: object) -> str:
    """Digest frozen data: the same for equal contents, on any machine.

    Parameters
    ----------
    thing : object
        Frozen dataclasses, tuples, text and plain numbers; what they are made of is written out exactly.

    Returns
    -------
    str
        Sixteen hexadecimal digits.

    See Also
    --------
    Provenance : Holds the digest of a set.

    Examples
    --------
    >>> digest((1.0, "a")) == digest((1.0, "a"))
    True
    """
    # Of the text, which is exact for frozen data; hash() has another seed in every process.
    return hashlib.sha256(exact(thing).encode()).hexdigest()[:16]


def licence(a: Provenance, b: Provenance) -> None:
    """Refuse to compare results that differ in more than the scenario.

    Parameters
    ----------
    a, b : Provenance
        What the two were made from.

    Raises
    ------
    ComparisonError
        With every difference.

    Examples
    --------
    >>> made = Provenance("mine", "0f", 0, 1, False, 2025, 20, 2028, 2025, "hmt-2026-03", "flat 2%", "0.1.0")
    >>> licence(made, made)
    """
    mine, theirs = a.as_dict(), b.as_dict()
    refuse(
        [
            Problem(
                f"{name} is {mine[name]!r} in one result and {theirs[name]!r} in the other",
                "compare",
                "Run both alike",
            )
            for name in mine
            if mine[name] != theirs[name]
        ],
        ComparisonError,
    )
