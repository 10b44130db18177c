"""Change: one effect of a lever on one parameter, phased in over programme years."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from carecost._frames import frame
from carecost._guard import (
    LONGEST,
    Rule,
    calendar_year,
    checked,
    guarded,
    instance,
    labels,
    number,
    opened,
    optional,
    price_year,
    share,
    take,
    text,
    texts,
    unguarded,
    whole,
)
from carecost._typing import unannotated
from carecost.engine.grid import AREA_WIDE, AXES, Parameter, Selector
from carecost.engine.items import COUNTED
from carecost.errors import Problem, refuse, unknown
from carecost.inputs.edits import plural
from carecost.maths.distributions import Distribution, fault

if TYPE_CHECKING:
    from carecost._frames import DataFrame

#: What a change does with its amount.
Operation = Literal["scale", "add", "replace", "divert"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


#: Ways from start to full.
Shape = Literal["linear", "front", "back", "s-curve", "step"]


#: Registry: share of the amount in effect once a share of the way from start to full is gone.
SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda gone: gone,
    "front": lambda gone: 1.0 - (1.0 - gone) ** 2,
    "back": lambda gone: gone**2,
    "s-curve": lambda gone: gone**2 * (3.0 - 2.0 * gone),
    "step": lambda gone: 1.0 if gone >= 1.0 else 0.0,
}


#: Columns of a change year by year.
RAMP = ("year", "weight", "amount", "low", "high", "unit", "price_year")


#: Selectors that a parameter may have.
_SELECTORS = ("streams", "ages", "placements", "to", "reasons", "items", "groups")


@opened
@dataclass(frozen=True)
class Interval:
    """Amount of a change with its interval and distribution.

    Parameters
    ----------
    value : float
        Central value, in the unit that the change states.
    low, high : float, optional
        Interval; a certain amount without it.
    level : float
        Coverage of the interval [probability].
    distribution : str
        One of normal (the default), lognormal, uniform, triangular, pert, beta, gamma and fixed.

    Raises
    ------
    InputError
        If the interval does not fit the distribution.

    See Also
    --------
    Change : Takes it as its amount.
    Belief : The same of a value of a set, with its source.

    Examples
    --------
    >>> Interval(-0.05, -0.09, -0.01).shape
    'normal'
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.9
    distribution: Distribution = ""

    def __post_init__(self) -> None:
        take(self, value=number(), low=optional(number()), high=optional(number()), level=number(), distribution=text)
        problem = unguarded(fault)(self.value, self.low, self.high, self.level, self.shape)
        refuse([] if problem is None else [problem])

    @property
    @unannotated
    def shape(self) -> Distribution:
        """Name of its distribution, the default one resolved."""
        return self.distribution or ("fixed" if self.low is None else "normal")

    @property
    def certain(self) -> bool:
        """Whether it is taken as known: it has no interval, or one of no width."""
        return self.low is None or self.low == self.high or self.distribution == "fixed"


def an_amount(value: Any) -> Any:
    """Take an amount with or without its interval (a rule of the guard)."""
    return value if isinstance(value, Interval) else number()(value)


#: Rule of programme years: 1 is the first.
PROGRAMME = whole(-LONGEST, LONGEST, example="1 for the first year of the programme")


#: Rules of a change.
_RULES: dict[str, Rule] = {
    "amount": an_amount,
    "start": PROGRAMME,
    "full": optional(PROGRAMME),
    "end": optional(PROGRAMME),
    "lag": PROGRAMME,
    "half_life": optional(number()),
    "from_placements": labels,
    "to_placement": optional(text),
    "price_year": optional(price_year),
    "year_one": optional(calendar_year),
    "times": optional(an_amount),
    "share": number(0, hint="a share, so 0.4 for 40%"),
    "later_share": share(),
    "later_years": whole(1, LONGEST, example="1 for the year that follows"),
    "where": optional(instance(Selector, words="Give a Selector, or the labels by name")),
    **texts("parameter", "operation", "shape", "unit", "times_of", "luck"),
}


@opened
@dataclass(frozen=True, init=False)
class Change:
    """Effect of a lever on one parameter, phased in over programme years.

    Parameters
    ----------
    parameter : str
        One of entry_rate, entry_share, entry_at_birthday, exit_rate, move_rate, unit_cost and capacity (or any other
        parameter but the initial stock).
    operation : str
        What it does with its amount: ``scale`` (times 1 + amount), ``add``, ``replace``, or ``divert`` (move a share
        from some placements to another, in entry_share or in the destinations of move_rate).
    amount : Interval or float
        The amount at full effect.
    start : int
        First programme year with any effect.
    full : int, optional
        First with the full effect; the same as ``start`` when not given.
    end : int, optional
        Last with any effect.
    lag : int
        Years by which all of these are shifted.
    half_life : float, optional
        After ``full``, years in which the effect halves.
    shape : str
        Way from start to full: linear, front (most of it early), back (most of it late), s-curve, or step (nothing
        before full).
    from_placements : str or iterable of str
        Of ``divert``: from these placements.
    to_placement : str, optional
        Of ``divert``: to this one.
    unit : str
        Unit of the amount.
    price_year : int, optional
        Financial year of an amount of money; a number or share of outcomes has none.
    year_one : int, optional
        Calendar year of programme year 1 for what is dated, such as a budget; the run's by default.
    times : Interval or float, optional
        How often the amount is taken, such as the children that a programme reaches in a year when the amount is what
        one costs; drawn apart from the amount.
    times_of : str
        What is counted in ``times``.
    luck : str
        Changes of a lever with the same word here are drawn together, as one quantity.
    share : float
        Share of the effect that is taken (see :meth:`Scenario.scaled`).
    later_share : float
        Of ``entry_rate``: share of those whom the change averts who come into care all the same, later [share].
    later_years : int
        Years over which they come, evenly: 1 is the year that follows, each a year older. Who is then too old to enter
        care never comes.
    where : Selector, optional
        Cells that are changed, in place of the selectors that follow.
    **selectors : str, int or sequence
        Labels of the cells that are changed, one or several, in the singular or the plural: ages (bands as text too,
        ``"10 to 17"``), placements, to, reasons, items, groups, streams; all that are not given.

    Raises
    ------
    InputError
        If the parameter, operation or years cannot be used, or an argument is not known.

    See Also
    --------
    Lever : Changes that are made together.
    Change.weight : Share of the amount that is in effect in a year.

    Examples
    --------
    >>> Change("entry_rate", "scale", Interval(-0.05, -0.09, -0.01), start=1, full=3, ages=range(10, 18)).weight(2)
    0.6666666666666666
    """

    parameter: Parameter
    operation: Operation
    amount: Interval
    start: int = 1
    full: int = 1
    end: int | None = None
    lag: int = 0
    half_life: float | None = None
    shape: Shape = "linear"
    from_placements: tuple[str, ...] = ()
    to_placement: str | None = None
    unit: str = ""
    price_year: int | None = None
    year_one: int | None = None
    times: Interval | None = None
    times_of: str = ""
    luck: str = ""
    share: float = 1.0
    later_share: float = 0.0
    later_years: int = 1
    where: Selector = field(default_factory=Selector)

    @guarded(**_RULES)
    def __init__(
        self,
        parameter: Parameter,
        operation: Operation,
        amount: Interval | float,
        start: int = 1,
        *,
        full: int | None = None,
        end: int | None = None,
        lag: int = 0,
        half_life: float | None = None,
        shape: Shape = "linear",
        from_placements: Iterable[str] = (),
        to_placement: str | None = None,
        unit: str = "",
        price_year: int | None = None,
        year_one: int | None = None,
        times: Interval | float | None = None,
        times_of: str = "",
        luck: str = "",
        share: float = 1.0,
        later_share: float = 0.0,
        later_years: int = 1,
        where: Selector | None = None,
        **selectors: Any,
    ) -> None:
        fields = type(self).__dataclass_fields__
        misspelt = [name for name in selectors if plural(name) not in _SELECTORS]
        refuse([unknown("argument of Change", name, [*fields, *_SELECTORS]) for name in misspelt])
        twice = [name for name in selectors if plural(name) != name and plural(name) in selectors]
        refuse([Problem(f"{n} and {plural(n)} are both given", "Change", "Give one of them") for n in twice])
        given = {plural(name): labels for name, labels in selectors.items()}
        chosen = {name: given[name] for name in _SELECTORS if name in given}
        stated = {
            "parameter": parameter,
            "operation": operation,
            "amount": as_interval(amount),
            "start": start,
            "full": start if full is None else full,
            "end": end,
            "lag": lag,
            "half_life": half_life,
            "shape": shape,
            "from_placements": tuple(from_placements),
            "to_placement": to_placement,
            "unit": unit,
            "price_year": price_year,
            "year_one": year_one,
            "times": None if times is None else as_interval(times),
            "times_of": times_of,
            "luck": luck,
            "share": share,
            "later_share": later_share,
            "later_years": later_years,
            "where": Selector(**chosen) if where is None else where,
        }
        for name, value in stated.items():
            object.__setattr__(self, name, value)
        refuse(_faults(self))

    def weight(self, year: int) -> float:
        """Work out the share of the amount that is in effect in a programme year: phase-in, end and decay.

        Parameters
        ----------
        year : int
            Programme year; 1 is the first.

        Returns
        -------
        float
            Share of the amount [share].

        See Also
        --------
        Scenario.delayed : Shift every change.

        Examples
        --------
        >>> fading = Change("exit_rate", "scale", 0.1, start=2, full=3, half_life=1.0)
        >>> [fading.weight(year) for year in range(1, 6)]
        [0.0, 0.5, 1.0, 0.5, 0.25]
        """
        if type(year) is not int:
            year = checked(year, whole(), "year", "Change.weight()")
        y = year - self.lag
        if y < self.start or (self.end is not None and y > self.end):
            return 0.0
        if y >= self.full:
            return 1.0 if self.half_life is None else float(0.5 ** ((y - self.full) / self.half_life))
        # The first of n years from start to full has 1 / n of the way behind it at its end, the last all of it.
        return SHAPES[self.shape]((y - self.start + 1) / (self.full - self.start + 1))

    @guarded(years=whole(1, LONGEST, example="10"))
    def by_year(self, years: int = 10) -> DataFrame:
        """Give the change year by year, before any run: its ramp, end and decay.

        Parameters
        ----------
        years : int
            Programme years.

        Returns
        -------
        DataFrame
            Columns year (of the programme), weight (share of the amount in effect), amount, low, high (the amount with
            its interval, taken as often as it is and times the weight), unit, price_year.

        See Also
        --------
        weight : The share of one year.
        Scenario.table : Every change of a scenario.

        Examples
        --------
        >>> ramp = Change("entry_rate", "scale", Interval(-0.06, -0.09, 0.0), start=1, full=3).by_year(4)
        >>> ramp["amount"].round(3).tolist()
        [-0.02, -0.04, -0.06, -0.06]
        """
        often = 1.0 if self.times is None else self.times.value
        rows = []
        for year in range(1, years + 1):
            weight, a = self.share * self.weight(year), self.amount
            taken = (None if end is None else weight * often * end for end in (a.value, a.low, a.high))
            rows.append(dict(zip(RAMP, (year, weight, *taken, self.unit, self.price_year), strict=True)))
        return frame(rows, RAMP)

    @property
    def programme_spend(self) -> bool:
        """Whether it adds money to a unit cost, and so is spending and not an effect."""
        return self.parameter == "unit_cost" and self.operation == "add" and not self.counted

    @property
    def counted(self) -> bool:
        """Whether its amount is a number or share of outcomes, and no money."""
        return self.parameter == "unit_cost" and self.unit.startswith(COUNTED)

    @property
    def idle(self) -> bool:
        """Whether it is known to change nothing: a place for a number; ``replace`` by zero is not."""
        return self.operation != "replace" and self.amount.certain and self.amount.value * self.share == 0

    @property
    def quantity(self) -> str:
        """Label that tells it from other changes of its lever."""
        selection = self.where.text()
        return f"{self.operation} {self.parameter}, from year {self.start}" + (f", {selection}" if selection else "")


def as_interval(amount: Interval | float) -> Interval:
    """Take a plain number as an amount without an interval.

    Parameters
    ----------
    amount : Interval or float
        An amount.

    Returns
    -------
    Interval
        The same with, or without, its interval.

    Examples
    --------
    >>> as_interval(0.1).certain
    True
    """
    return amount if isinstance(amount, Interval) else Interval(float(amount))


def _operation_faults(change: Change, where: str) -> list[Problem]:
    """Find an amount or an end that the operation cannot use."""
    problems = []
    least = change.amount.value if change.amount.low is None else change.amount.low
    if change.times is not None and change.operation not in ("add", "replace"):
        remedy = "Take add or replace: a share is not taken several times"
        problems.append(Problem(f"times with operation {change.operation!r}", where, remedy))
    if change.times is not None and not change.times_of:
        problems.append(Problem("times without times_of", where, "Say what is counted, such as children reached"))
    if change.operation == "scale" and least < -1:
        problems.append(Problem(f"scales by {least:g}, below nothing", where, "A fall of the whole is -1"))
    if change.operation == "divert":
        if change.parameter not in ("entry_share", "move_rate"):
            problems.append(
                Problem("divert moves shares between placements", where, "It works on entry_share or move_rate")
            )
        most = change.amount.value if change.amount.high is None else change.amount.high
        if least < 0 or most > 1:
            problems.append(Problem(f"diverts {least:g} to {most:g}", where, "Give a share from 0 to 1"))
        if not change.from_placements or change.to_placement is None:
            problems.append(Problem("divert without from_placements or to_placement", where, "Give both"))
    return problems


def _price_year_faults(change: Change, where: str) -> list[Problem]:
    """Find money without the year of its prices, and a number of outcomes with one: it would be converted."""
    if change.counted and change.price_year is not None:
        what = f"{change.unit!r} with the price year {change.price_year}"
        return [Problem(what, where, "Leave price_year out: it is a number and no money")]
    if change.parameter != "unit_cost" or change.operation not in ("add", "replace") or change.counted:
        return []
    what = "an amount of money without price_year"
    return [Problem(what, where, "Give price_year, such as 2022 for 2021-22")] if change.price_year is None else []


def _faults(change: Change) -> list[Problem]:
    """Find all that is wrong with a change on its own, whatever the set it meets."""
    where = f"change of {change.parameter!r}"
    problems = []
    parameters = [name for name in AXES if name not in ("initial_stock", "extra_entries")]
    if change.parameter not in parameters:
        problems.append(unknown("parameter", change.parameter, parameters))
    if change.operation not in OPERATIONS:
        problems.append(unknown("operation", change.operation, OPERATIONS, where))
    if change.shape not in SHAPES:
        problems.append(unknown("shape", change.shape, SHAPES, where))
    if change.start + change.lag < 1:
        remedy = "Programme years start at 1: nothing before the programme is changed"
        later = f" and lag is {change.lag}" if change.lag else ""
        problems.append(Problem(f"start is {change.start}{later}", where, remedy))
    if change.full < change.start or (change.end is not None and change.end < change.full):
        years = f"start, full, end are {change.start}, {change.full}, {change.end}"
        problems.append(Problem(years, where, "They must not fall"))
    if change.half_life is not None and not change.half_life > 0:
        problems.append(Problem(f"half_life is {change.half_life}", where, "Give years above 0, or leave it out"))
    if change.later_share and (change.parameter != "entry_rate" or change.operation == "divert"):
        remedy = "Leave it out: only those kept from entering care can come later (entry_rate)"
        problems.append(Problem(f"later_share is {change.later_share:g}", where, remedy))
    problems += _operation_faults(change, where)
    problems += _price_year_faults(change, where)
    if change.parameter in AXES:
        # Prices, places and population belong to the area: they have no streams.
        area_wide = change.parameter in AREA_WIDE
        axes = AXES[change.parameter] if area_wide else ("streams", *AXES[change.parameter])
        if change.where.years is not None:
            remedy = "Say when by start, full and end, in years of the programme"
            problems.append(Problem("selects years", where, remedy))
        for name in _SELECTORS:
            if getattr(change.where, name) is not None and name not in axes:
                problems.append(
                    Problem(f"{change.parameter!r} has no selector {name!r}", where, f"It has {', '.join(axes)}")
                )
    return problems


def replace_change(change: Change, **new: Any) -> Change:
    """Copy a change with some fields replaced, and check the copy.

    Parameters
    ----------
    change : Change
        What is copied.
    **new : object
        Fields of the copy.

    Returns
    -------
    Change
        The copy.

    Raises
    ------
    InputError
        If the copy cannot be used.

    Examples
    --------
    >>> replace_change(Change("exit_rate", "scale", 0.1), lag=2).weight(2)
    0.0
    """
    fields = {name: getattr(change, name) for name in Change.__dataclass_fields__} | new
    return Change(**fields)
