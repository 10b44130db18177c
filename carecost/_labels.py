"""Labels that every room uses: the scenario without changes, and financial years."""

from __future__ import annotations

INACTION = "inaction"


def plainly(scenario: str) -> str:
    """Name what a scenario is compared with in a sentence: inaction is no reform.

    Examples
    --------
    >>> plainly("inaction"), plainly("care-review")
    ('no reform', 'care-review')
    """
    return "no reform" if scenario == INACTION else scenario


def financial_year(year: float) -> str:
    """Write the financial year that ends on 31 March of a year.

    Parameters
    ----------
    year : float
        Calendar year of its end.

    Returns
    -------
    str
        Such as 2024-25.

    See Also
    --------
    carecost.money.PriceBase : Says the year of its prices so.

    Examples
    --------
    >>> financial_year(2025)
    '2024-25'
    """
    return f"{int(year) - 1}-{int(year) % 100:02d}"
