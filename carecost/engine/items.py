"""Cost items: the driver of each, who pays, and the cashable share of a change in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any, Literal, get_args

from carecost._guard import checked, instance, labels, opened, selected, share, take, texts, whole
from carecost.errors import Problem, refuse, unknown

Driver = Literal[
    "child_weeks", "child_years", "entries", "exits", "moves", "aged_out", "population", "year", "outcomes"
]


Account = Literal["local authority", "central government", "NHS", "courts", "social", "outcomes"]


DRIVERS: tuple[str, ...] = get_args(Driver)

#: Drivers of items whose price is that of time in placements.
PLACED_DRIVERS = ("child_weeks", "child_years")


ACCOUNTS: tuple[str, ...] = get_args(Account)


SOCIAL = "social"


#: Account of what is counted and not paid for; and driver of what a counted outcome is worth.
OUTCOMES: Literal["outcomes"] = "outcomes"


#: Accounts of the public purse.
PUBLIC: tuple[str, ...] = tuple(name for name in ACCOUNTS if name not in (SOCIAL, OUTCOMES))


KINDS = ("resource", "transfer")


#: Kinds of outcome: what each of those whom the driver counts has or has not; what may be more than one for each.
SHARE, COUNT = "share", "count"


OUTCOME_KINDS = (SHARE, COUNT)


GROSS_NET = ("gross", "net")


#: Unit of a unit cost, by driver.
UNITS: dict[str, str] = {
    "child_weeks": "GBP per child-week",
    "child_years": "GBP per child-year",
    "entries": "GBP per entry",
    "exits": "GBP per exit",
    "moves": "GBP per move",
    "aged_out": "GBP per leaver",
    "population": "GBP per child",
    "year": "GBP per year",
    "outcomes": "GBP per outcome",
}


#: Unit of the level of an outcome that is a share, by driver; a share of others has no meaning.
SHARE_UNITS: dict[str, str] = {
    "child_years": "share of child-years",
    "entries": "share of entries",
    "exits": "share of exits",
    "moves": "share of moves",
    "aged_out": "share of leavers",
    "population": "share of children",
}


#: How units of levels begin: they are of a number, and have no price year.
COUNTED = (f"{OUTCOMES} per ", "share of ")


#: Weeks in a child-year, so that published pounds a week multiply back.
WEEKS = 365.0 / 7.0


#: Drivers of the whole area, counted once and not once a stream.
AREA_DRIVERS = ("population", "year")


#: Selectors that each driver has.
SELECTORS: dict[str, tuple[str, ...]] = {
    "child_weeks": ("placements", "ages"),
    "child_years": ("placements", "ages"),
    "entries": ("placements", "ages"),
    "exits": ("placements", "ages", "reasons"),
    "moves": ("placements", "ages", "to"),
    "aged_out": ("placements", "ages"),
    "population": ("ages",),
    "year": (),
    "outcomes": (),
}


@opened
@dataclass(frozen=True)
class Cashable:
    """Share of a volume effect that becomes cash, rising in a straight line.

    Parameters
    ----------
    short : float
        Share in the first year of the programme [0 to 1].
    long : float
        Share from ``years`` later on [0 to 1].
    years : int
        Years from the first share to the second.

    See Also
    --------
    Item : Has one.
    Comparison.cashable_saving : What becomes cash of a saving.

    Examples
    --------
    >>> Cashable(short=0.2, long=0.8, years=3).long
    0.8
    """

    short: float = 1.0
    long: float = 1.0
    years: int = 0

    def __post_init__(self) -> None:
        take(self, short=share(), long=share(), years=whole(0, example="10"))

    def share(self, elapsed: int) -> float:
        """Give the share after some whole years of programme.

        Parameters
        ----------
        elapsed : int
            Years since the first of the programme.

        Returns
        -------
        float
            Share [0 to 1].

        See Also
        --------
        Comparison.cashable_share : The share of each item in each year.

        Examples
        --------
        >>> Cashable(0.2, 0.8, 3).share(1)
        0.4
        """
        if type(elapsed) is not int:
            elapsed = checked(elapsed, whole(), "elapsed", "Cashable.share()")
        reached = 1.0 if self.years == 0 else min(1.0, max(0, elapsed) / self.years)
        return round(self.short + (self.long - self.short) * reached, 12)


def _cashable(value: Any) -> Cashable:
    """Take what is cashable, or one share for all years (a rule of the guard)."""
    if isinstance(value, Cashable):
        return value
    one = share()(value)
    return Cashable(one, one)


@opened
@dataclass(frozen=True)
class Item:
    """A thing paid for.

    Parameters
    ----------
    name : str
        Name of the item.
    driver : str
        The flow or stock-time it follows: child_weeks, child_years, entries, exits, moves (by origin; ``to`` for
        destination), aged_out, population, year, or outcomes (those that its group counts).
    placements, ages, reasons, to, streams : str or iterable of str; of int or bands as text for ages
        What the driver is summed over, one label or several; empty means all.
    group : str
        Group in tables; ``"reform"`` marks spending on a programme.
    account : str
        Ledger it belongs to: local authority, central government, NHS, courts (public purse), or social; or
        ``"outcomes"``, for what is counted: its unit cost is then outcomes per unit of driver, and no money.
    payer : str
        Who pays; the account when empty.
    gross_net : str
        Whether its unit cost is gross or net of income.
    kind : str
        ``"resource"``, or ``"transfer"`` for money that changes hands without a resource being used. An outcome is a
        ``"share"``, whose level is from 0 to 1, or a ``"count"``, of which there may be more than one for each unit of
        the driver. Resource when empty; of an outcome, count.
    cashable : Cashable or float
        Share of a volume effect that becomes cash.
    source, quality, note : str
        Whose word the row is, how good it is (A to E), and what to know about it.

    Raises
    ------
    InputError
        If a driver, account, kind, share or selector is not one that can be used.

    See Also
    --------
    Grid : Takes items.
    cost : What each costs.

    Examples
    --------
    >>> Item("foster", driver="child_weeks", placements=["foster"]).unit
    'GBP per child-week'
    """

    name: str
    driver: Driver
    placements: tuple[str, ...] = ()
    ages: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    group: str = ""
    account: str = "local authority"
    payer: str = ""
    gross_net: str = "gross"
    kind: str = ""
    cashable: Cashable = field(default_factory=Cashable)
    source: str = ""
    quality: str = ""
    note: str = ""

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            name: str,
            driver: Driver,
            placements: Iterable[str] = ...,
            ages: int | str | Iterable[int] = ...,
            reasons: Iterable[str] = ...,
            to: Iterable[str] = ...,
            streams: Iterable[str] = ...,
            group: str = ...,
            account: str = ...,
            payer: str = ...,
            gross_net: str = ...,
            kind: str = ...,
            cashable: Cashable | float = ...,
            source: str = ...,
            quality: str = ...,
            note: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        names = ("name", "driver", "group", "account", "payer", "gross_net", "kind", "source", "quality", "note")
        several = dict.fromkeys(("placements", "reasons", "to", "streams"), labels)
        take(self, ages=selected, cashable=_cashable, **several, **texts(*names))
        object.__setattr__(self, "kind", self.kind or (COUNT if self.account == OUTCOMES else KINDS[0]))
        object.__setattr__(self, "group", self.group or self.name)
        object.__setattr__(self, "payer", self.payer or self.account)
        refuse(list(_faults(self)))

    @property
    def public(self) -> bool:
        """Whether it is in the public purse, and not in the social ledger or a count of outcomes."""
        return self.account in PUBLIC

    @property
    def unit(self) -> str:
        """Unit of its unit cost."""
        unit = UNITS[self.driver]
        if self.kind == SHARE:
            return SHARE_UNITS[self.driver]
        return unit.replace("GBP", OUTCOMES) if self.account == OUTCOMES else unit

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and most that its unit cost, or its level, may be: a level is never below zero, a share at most one.

        Examples
        --------
        >>> Item("two loving relationships", "aged_out", account="outcomes", kind="share").bounds
        (0.0, 1.0)
        """
        if self.account != OUTCOMES:
            return -inf, inf
        return 0.0, 1.0 if self.kind == SHARE else inf

    def follows(self, other: Item) -> bool:
        """Say whether this item follows the outcomes that another counts.

        Parameters
        ----------
        other : Item
            The other item.

        Returns
        -------
        bool
            Whether the other is an outcome of the group that this one follows.

        See Also
        --------
        Results.outcomes : What is counted.

        Examples
        --------
        >>> homeless = Item("homeless", "child_years", account="outcomes")
        >>> Item("a year of it", "outcomes", group="homeless", account="social").follows(homeless)
        True
        """
        checked(other, instance(Item, words="Give a cost item: carecost.Item"), "other", "Item.follows()")
        return self.driver == OUTCOMES and other.account == OUTCOMES and other.group == self.group


def _faults(item: Item) -> list[Problem]:
    where = f"item {item.name!r}"
    found = [
        unknown(kind, value, known, where)
        for kind, value, known in (
            ("driver", item.driver, DRIVERS),
            ("account", item.account, ACCOUNTS),
            ("kind", item.kind, OUTCOME_KINDS if item.account == OUTCOMES else KINDS),
            ("gross_net", item.gross_net, GROSS_NET),
        )
        if value not in known
    ]
    for name in ("placements", "ages", "reasons", "to"):
        if item.driver in DRIVERS and getattr(item, name) and name not in SELECTORS[item.driver]:
            has = ", ".join(SELECTORS[item.driver]) or "no selectors"
            found.append(Problem(f"driver {item.driver!r} has no selector {name!r}", where, f"It has {has}"))
    if item.kind == SHARE and item.account == OUTCOMES and item.driver in DRIVERS and item.driver not in SHARE_UNITS:
        remedy = f"Follow {', '.join(SHARE_UNITS)}, or give the kind {COUNT!r}"
        found.append(Problem(f"a share of {item.driver!r}", where, remedy))
    if item.driver == OUTCOMES and item.account == OUTCOMES:
        remedy = "Let it follow a flow or time, such as aged_out, and let an item of account social follow it"
        found.append(Problem("an outcome that follows outcomes", where, remedy))
    return found
