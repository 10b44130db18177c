"""Numbers in words: children, pounds, shares and years, the same in every chart, page and table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: The minus sign, which is longer than a hyphen.
MINUS = "−"
#: What stands where there is no value.
NONE = "none"
#: A payback that does not come.
NEVER = "not within the horizon"
#: Beside every effect that is taken at its word.
CLAIM = "effects as claimed, not evidenced"
#: What an interval holds: without the luck of small numbers, with it, and where there is none.
LEVEL_WORDS = "80% interval"
_HOLDS = f"{LEVEL_WORDS} (four chances in five): parameter uncertainty, as stated in the set"
INTERVAL = f"{_HOLDS}; luck of small numbers not included"
INTERVAL_WITH_LUCK = f"{_HOLDS}, and the luck of small numbers"
NO_INTERVAL = "central run only; no interval was drawn"
#: Beside a saving part of which is extra cost.
EXTRA = (
    "Part of it is extra cost, of which a cashable share is taken as of a saving: with all of both as cash, the net "
    "present saving is {}."
)


def interval(noise: bool) -> str:
    """Say what an interval of levels holds.

    Parameters
    ----------
    noise : bool
        Whether it holds the luck of small numbers.

    Returns
    -------
    str
        A sentence without its full stop.

    Examples
    --------
    >>> interval(True)
    '80% interval (four chances in five): parameter uncertainty, as stated in the set, and the luck of small numbers'
    """
    return INTERVAL_WITH_LUCK if noise else INTERVAL


def no_interval(draws: int) -> str:
    """Say why there is no interval: the central run alone, or a single draw.

    Examples
    --------
    >>> no_interval(0), no_interval(1)
    ('central run only; no interval was drawn', 'a single draw, one of many that may be; no interval')
    """
    return "a single draw, one of many that may be; no interval" if draws == 1 else NO_INTERVAL


def drawn(draws: int, seed: int) -> str:
    """Say how many draws numbers are of.

    Examples
    --------
    >>> drawn(1000, 7), drawn(0, 7)
    ('1,000 draws, seed 7', 'central run only; no interval was drawn')
    """
    return f"{draws:,} draws, seed {seed}" if draws > 1 else no_interval(draws)


@dataclass(frozen=True)
class Scale:
    """Unit in which amounts of money are shown, and its decimals.

    Parameters
    ----------
    divisor : float
        Pounds in one unit.
    ending : str
        What follows the number: bn, m or nothing.
    decimals : int
        Decimals shown; negative ones round to tens and hundreds.

    See Also
    --------
    money_scale : Choose it.

    Examples
    --------
    >>> Scale(1e6, "m", 1).unit
    '£m'
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
    # Limits lie where rounding would give one figure more: 999.5m is shown as £1.00bn. (Not a number is not itself.)
    largest = max((abs(a) for a in amounts if a == a), default=0.0)
    if largest >= 999.5e6:
        return Scale(1e9, "bn", 1 if largest >= 9.995e9 else 2)
    if largest >= 1e6:
        return Scale(1e6, "m", 0 if largest >= 99.95e6 else 1 if largest >= 9.995e6 else 2)
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


def children(count: float, like: float | None = None) -> str:
    """Write a number of children: to the hundred from 10,000 on, to the ten from 1,000 on.

    Parameters
    ----------
    count : float
        How many [children].
    like : float, optional
        Number that says how to round, where several stand together.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> children(95_123.4), children(-1_234.5), children(56.7)
    ('95,100', '−1,230', '57')
    """
    # The digits that are kept hang on the size, before rounding: 9,995 and 999.5 are where a figure is gained.
    size = abs(count if like is None else like)
    rounded = round(count, -2 if size >= 9_995 else -1 if size >= 999.5 else 0)
    return f"{_sign(rounded)}{abs(rounded):,.0f}"


def span(low: str, high: str) -> str:
    """Write an interval of two ends that are written; nothing where they are written alike.

    Parameters
    ----------
    low, high : str
        Its ends.

    Returns
    -------
    str
        What to write.

    Examples
    --------
    >>> span("95,100", "98,300"), span("0", "0")
    ('95,100 to 98,300', '')
    """
    return "" if low == high else f"{low} to {high}"


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


def chance(share: float) -> str:
    """Write a share of draws: never as certain, which no number of draws can show.

    Parameters
    ----------
    share : float
        Share of draws, where 1 is all of them.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> chance(0.72), chance(1.0), chance(0.0)
    ('72%', 'over 99%', 'under 1%')
    """
    return "over 99%" if share > 0.99 else "under 1%" if share < 0.01 else percent(share)


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
    return _sign(value) + (f"{float(figures):.15f}".rstrip("0").rstrip(".") if "e" in figures else figures)


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
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _sign(value: float) -> str:
    """Sign that is shown: a minus, or nothing."""
    return MINUS if value < 0 else ""
