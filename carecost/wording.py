"""How do we write a number? Children, pounds, shares and years, the same in every chart, page and table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MINUS = "−"
NONE = "none"
NEVER = "not within the horizon"
CLAIM = "effects as claimed, not evidenced"
INTERVAL = "90% interval: parameter uncertainty, as stated in the set; luck of small numbers not included"
NO_INTERVAL = "central run only; no interval was drawn"
#: Plain words for the parameters.
PARAMETERS = {
    "initial_stock": "Children at the start",
    "population": "Children in the population",
    "entry_rate": "Entries to care",
    "entry_share": "Placement on entry",
    "entry_at_birthday": "Entries on the birthday",
    "extra_entries": "Extra entries",
    "exit_rate": "Leaving a placement for good",
    "move_rate": "Moves between placements",
    "unit_cost": "Unit costs",
}


@dataclass(frozen=True)
class Scale:
    """A unit of money and its decimals.

    Parameters
    ----------
    divisor : float
        Pounds in one unit.
    ending : str
        bn, m or nothing.
    decimals : int
        Decimals shown; negative ones round to tens and hundreds.
    """

    divisor: float
    ending: str
    decimals: int

    @property
    def unit(self) -> str:
        """The unit, for an axis."""
        return f"£{self.ending}"


def money_scale(*amounts: float) -> Scale:
    """Choose the unit in which some amounts are shown together: three figures of the largest.

    Parameters
    ----------
    *amounts : float
        What is shown [GBP].

    Returns
    -------
    Scale
        Unit and decimals.

    Examples
    --------
    >>> money_scale(12e6, -3e9).unit
    '£bn'
    """
    largest = max((abs(a) for a in amounts if a == a), default=0.0)
    if largest >= 999.5e6:
        return Scale(1e9, "bn", 1 if largest >= 9.995e9 else 2)
    if largest >= 1e6:
        return Scale(1e6, "m", 0 if largest >= 99.95e6 else 1)
    return Scale(1.0, "", -2 if largest >= 9_995 else 0)


def pounds(amount: float, scale: Scale | None = None) -> str:
    """Write an amount of money.

    Parameters
    ----------
    amount : float
        How much [GBP].
    scale : Scale, optional
        Unit; chosen for the amount by default.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> pounds(15.63e9), pounds(-233e6), pounds(30411.76)
    ('£15.6bn', '−£233m', '£30,400')
    """
    scale = scale or money_scale(amount)
    rounded = round(amount / scale.divisor, scale.decimals)
    return f"{_sign(rounded)}£{abs(rounded):,.{max(scale.decimals, 0)}f}{scale.ending}"


def children(count: float) -> str:
    """Write a number of children: to the hundred from 10,000 on, to the ten from 1,000 on.

    Parameters
    ----------
    count : float
        How many [children].

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> children(95_123.4), children(-1_234.5), children(56.7)
    ('95,100', '−1,230', '57')
    """
    size = abs(count)
    rounded = round(count, -2 if size >= 9_995 else -1 if size >= 999.5 else 0)
    return f"{_sign(rounded)}{abs(rounded):,.0f}"


def percent(share: float) -> str:
    """Write a share: to the whole per cent from 10% on, with one decimal below.

    Parameters
    ----------
    share : float
        Share, where 1 is the whole.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> percent(0.1393), percent(0.034), percent(0)
    ('14%', '3.4%', '0%')
    """
    rounded = round(share * 100, 0 if abs(share) >= 0.0995 or not share else 1)
    return f"{_sign(rounded)}{abs(rounded):.{0 if abs(rounded) >= 10 or not rounded else 1}f}%"


def number(value: float) -> str:
    """Write a plain number: whole from 100 on, else to three figures.

    Parameters
    ----------
    value : float
        What to write.

    Returns
    -------
    str
        For people, without trailing zeros.

    Examples
    --------
    >>> number(81770), number(0.0023456), number(12.0)
    ('81,770', '0.00235', '12')
    """
    size = abs(value)
    if size >= 100:
        return f"{_sign(value)}{size:,.0f}"
    figures = f"{size:.3g}"
    return _sign(value) + (f"{size:.10f}".rstrip("0") if "e" in figures else figures)


def plain(value: float) -> str:
    """Write a round number of an axis, with all of its figures.

    Parameters
    ----------
    value : float
        What to write.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> plain(-2.5), plain(20000.0)
    ('−2.5', '20,000')
    """
    return f"{_sign(round(value, 9))}{abs(round(value, 9)):,.10g}"


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

    Examples
    --------
    >>> financial_year(2025)
    '2024-25'
    """
    return f"{int(year) - 1}-{int(year) % 100:02d}"


def amount(value: float, unit: str) -> str:
    """Write a value as its unit asks: pounds, per cent or a number; precise enough to check against its source.

    Parameters
    ----------
    value : float
        What to write.
    unit : str
        Its unit, as in the set.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> amount(1.257e9, "GBP per year"), amount(0.75, "share"), amount(0.0155, "per year")
    ('£1.257bn', '75%', '1.55%')
    """
    if unit.startswith("GBP"):
        scale = money_scale(value) if abs(value) >= 1e6 else Scale(1.0, "", 0)
        size = abs(value) / scale.divisor
        shown = f"{size:.4g}" if scale.ending else f"{size:,.0f}" if size >= 100 or size == int(size) else f"{size:.2f}"
        return f"{_sign(value)}£{shown}{scale.ending}"
    if unit in ("share", "per year"):
        return f"{number(value * 100)}%"
    return number(value)


def unit_words(unit: str, price_year: int | None = None) -> str:
    """Write a unit, with the year of its prices.

    Parameters
    ----------
    unit : str
        As in the set.
    price_year : int, optional
        Financial year of the pounds.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> unit_words("GBP per child-week", 2025)
    '£ per child-week, 2024-25 prices'
    """
    words = {"GBP": "£", "per year": "a year", "multiplier": "times"}.get(unit, unit.replace("GBP", "£"))
    return words if price_year is None else f"{words}, {financial_year(price_year)} prices"


def span(low: float | None, high: float | None, unit: str) -> str:
    """Write the interval of a value, or that there is none.

    Parameters
    ----------
    low, high : float or None
        Interval.
    unit : str
        Unit, as in the set.

    Returns
    -------
    str
        Such as "£650 to £760".

    Examples
    --------
    >>> span(650, 760, "GBP per child-week"), span(None, None, "share")
    ('£650 to £760', 'none')
    """
    if low is None or high is None:
        return NONE
    return f"{amount(low, unit)} to {amount(high, unit)}"


def claim(sources: Iterable[str]) -> str:
    """Say that effects are claimed, and by whom where the sources say that it is the Review.

    Parameters
    ----------
    sources : iterable of str
        Sources of the levers.

    Returns
    -------
    str
        A sentence without its full stop.

    Examples
    --------
    >>> claim(["Independent Review of Children's Social Care (2022)"])
    'Effects as claimed by the Review, not evidenced'
    """
    by = " by the Review" if any("Review" in s for s in sources) else ""
    return f"Effects as claimed{by}, not evidenced"


def sentence(words: str) -> str:
    """Make a sentence of some words: a capital in front, a full stop behind.

    Parameters
    ----------
    words : str
        Words.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> sentence("effects as claimed")
    'Effects as claimed.'
    """
    return f"{words[:1].upper()}{words[1:]}."


def _sign(value: float) -> str:
    return MINUS if value < 0 else ""
