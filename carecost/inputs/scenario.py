"""Scenarios, levers and their evidence: named lists of what might be done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from carecost._frames import frame
from carecost._guard import (
    LONGEST,
    flag,
    guarded,
    labels,
    number,
    opened,
    optional,
    several_of,
    share,
    take,
    text,
    texts,
    whole,
)
from carecost._shown import figures
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.change import PROGRAMME, Change, Interval, an_amount, as_interval, replace_change

if TYPE_CHECKING:
    from carecost._frames import DataFrame

#: What an effect rests on.
Basis = Literal["measured", "claimed", "bound", "assumed"]
BASES: dict[str, str] = {
    "measured": "a study with a comparison",
    "claimed": "the word of those who propose it",
    "bound": "an upper bound on what could be had, not a forecast",
    "assumed": "the assumption of whoever wrote it",
}


#: Columns of a scenario in rows.
COLUMNS = (
    *("lever", "basis", "quality", "parameter", "operation", "where", "amount", "low", "high", "level"),
    *("distribution", "unit", "price_year", "times", "times_of", "share", "start", "full", "end", "lag", "half_life"),
    *("shape", "from_placements", "to_placement", "luck", "loading", "paid_by", "line", "source", "note"),
)


#: What a lever says of its payment where nobody said what its effects cost.
NONE_STATED = "none stated"
#: Source of an effect that the user gave in place of the stated one, and what its scenario's title says of it.
GIVEN = "given by the user"
_WITH_GIVEN = ", with an effect of yours"


@opened
@dataclass(frozen=True)
class Evidence:
    """Evidence of what a lever does: a figure that somebody found or claimed.

    Parameters
    ----------
    measure : str
        What was measured, of whom, and when.
    value : float
        The figure.
    unit : str
        Its unit.
    basis : str
        What it rests on: measured, claimed, bound or assumed.
    design, source : str
        How it was found; by whom.
    low, high : float, optional
        Its interval.
    note : str
        What to know.
    amount, amount_low, amount_high : float, optional
        The same as an amount of the lever's effect, in the unit of its change, where it can be put so.

    Raises
    ------
    InputError
        If the basis is none of these.

    See Also
    --------
    Lever : Holds what is known of it.

    Examples
    --------
    >>> Evidence("re-entry in a year", -0.1, "share", "measured", "trial, 400 families", "University").basis
    'measured'
    """

    measure: str
    value: float
    unit: str
    basis: Basis
    design: str
    source: str
    low: float | None = None
    high: float | None = None
    note: str = ""
    amount: float | None = None
    amount_low: float | None = None
    amount_high: float | None = None

    def __post_init__(self) -> None:
        ends = dict.fromkeys(("low", "high", "amount", "amount_low", "amount_high"), optional(number()))
        words = texts("measure", "unit", "basis", "design", "source", "note")
        take(self, value=number(), **ends, **words)
        _known_basis(self.basis, f"evidence {self.measure!r}")


@opened
@dataclass(frozen=True)
class Lever:
    """Lever of a scenario: something that can be done, with its effects and its spending.

    Parameters
    ----------
    name : str
        Name.
    changes : Change or iterable of Change
        Its effects and its spending.
    source, quality, note : str
        Whose word, how good (A to E), what to know.
    basis : str
        What its effects rest on: measured, claimed, bound or assumed.
    evidence : Evidence or iterable of Evidence
        What is known of it, to be read beside its amounts.
    paid_by : iterable of str
        Names of the levers of spending that pay for its effects, or ``"none stated"`` where nobody said what they
        cost; empty where all the spending of the scenario does.
    line : str
        Line of money that other scenarios may hold too, such as a part of a fund; it is counted once where they are
        stacked.
    luck : str
        Levers with the same word here have one luck: all that is uncertain in them is at its low end, or at its high
        end, together, each by its own interval (correlation 1); apart from all else where it is empty.
    loading : float
        Correlation with that luck, in normal scores, above 0 and up to 1: what is uncertain in two levers of one luck
        has the product of their loadings as correlation, so do two amounts of one lever; 1 is one luck.

    Raises
    ------
    InputError
        If the basis is none of these, changes that are drawn together have different amounts, or a loading is none
        that can be, or of no luck.

    See Also
    --------
    Change : One effect on one parameter.
    Scenario : Levers in order.

    Examples
    --------
    >>> help_ = Lever("family help", [Change("entry_rate", "scale", -0.05)], basis="claimed")
    >>> help_.acts, help_.quantities
    (True, ('lever family help: scale entry_rate, from year 1',))
    """

    name: str
    changes: tuple[Change, ...]
    source: str = ""
    quality: str = ""
    note: str = ""
    basis: Basis = "assumed"
    evidence: tuple[Evidence, ...] = ()
    paid_by: tuple[str, ...] = ()
    line: str = ""
    luck: str = ""
    loading: float = 1.0

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            name: str,
            changes: Change | Iterable[Change],
            source: str = ...,
            quality: str = ...,
            note: str = ...,
            basis: Basis = ...,
            evidence: Iterable[Evidence] = ...,
            paid_by: Iterable[str] = ...,
            line: str = ...,
            luck: str = ...,
            loading: float = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        done = several_of(Change, words="Give changes: carecost.Change")
        known = several_of(Evidence, words="Give what is known: carecost.Evidence")
        take(self, changes=done, evidence=known, **texts("name", "source", "quality", "note", "basis", "line", "luck"))
        take(self, paid_by=labels, loading=number(above=0, most=1))
        _known_basis(self.basis, f"lever {self.name!r}")
        if self.loading != 1.0 and not self.luck:
            remedy = "Name the luck that it follows, the same word in each lever that is to be correlated"
            raise InputError(Problem(f"loading is {self.loading:g} of no luck", f"lever {self.name!r}", remedy))
        refuse(_unlike_amounts(self))

    @property
    def effects(self) -> tuple[Change, ...]:
        """Changes that are not spending."""
        return tuple(c for c in self.changes if not c.programme_spend)

    @property
    def spends(self) -> bool:
        """Whether it spends: money that is not known to be nothing."""
        return any(c.programme_spend and not c.idle for c in self.changes)

    @property
    def acts(self) -> bool:
        """Whether it does more than spend: an effect that is not known to change nothing."""
        return any(not c.idle for c in self.effects)

    @property
    def drawn_as(self) -> tuple[str, ...]:
        """What its changes are drawn as, within the lever; changes with the same luck are one quantity."""
        names = [c.luck or c.quantity for c in self.changes]
        # Two that are alike, and have no word for their luck, are told apart by their number.
        return tuple(
            n if c.luck or names.count(n) == 1 else f"{n}, #{names[: i + 1].count(n)}"
            for i, (n, c) in enumerate(zip(names, self.changes, strict=True))
        )

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names under which its changes are drawn; the same lever has the same luck in every scenario."""
        one = self.luck and self.loading == 1.0
        return (f"luck: {self.luck}",) * len(self.changes) if one else self.labels

    @property
    def labels(self) -> tuple[str, ...]:
        """What its changes are called in messages and tables."""
        return tuple(f"lever {self.name}: {name}" for name in self.drawn_as)


@opened
@dataclass(frozen=True)
class Scenario:
    """Scenario: a named list of levers, applied in order; the empty list is inaction.

    Parameters
    ----------
    name : str
        Name.
    levers : Lever or iterable of Lever
        Levers in order.
    title, note : str
        Long name; what to know.
    claim : bool
        Whether its effects are claimed and not evidenced: always where a lever that acts has claimed effects.
    made_for : str
        Name of the set that it was written for; empty where it is for any. It runs on every set that has what it
        names.
    short : str
        A short title, for the head of a column.

    Raises
    ------
    InputError
        If two levers have the same name.

    See Also
    --------
    load_scenario : Read one, packaged or of your own.
    run : Project it beside inaction.

    Examples
    --------
    >>> Scenario("both", [Lever("a", [])]).delayed(2).name
    'both, 2 years later'
    """

    name: str
    levers: tuple[Lever, ...] = ()
    title: str = ""
    note: str = ""
    claim: bool = False
    made_for: str = ""
    short: str = ""

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            name: str,
            levers: Lever | Iterable[Lever] = ...,
            title: str = ...,
            note: str = ...,
            claim: bool = ...,
            made_for: str = ...,
            short: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        levers = several_of(Lever, words="Give levers: carecost.Lever")
        take(self, levers=levers, claim=flag, **texts("name", "title", "note", "made_for", "short"))
        object.__setattr__(self, "title", self.title or self.name)
        # A claim is a claim whatever the file says; a file may call one what no lever calls so.
        claimed = any(lever.acts and lever.basis == "claimed" for lever in self.levers)
        object.__setattr__(self, "claim", self.claim or claimed)
        refuse(_lines_twice(self))
        names = [lever.name for lever in self.levers]
        for twice in sorted({n for n in names if names.count(n) > 1}):
            remedy = "A lever is pulled once: leave one out, or rename it to stack both in the order given"
            raise InputError(Problem(f"lever {twice!r} is there twice", f"scenario {self.name!r}", remedy))

    def _screen(self) -> list[tuple[str, str]]:
        """Say what is done: a line a lever, with what it changes, how much, when, and what it rests on."""
        rows = [("name", f"{self.name}: {self.title}" if self.title != self.name else self.name)]
        rows += [("claim", "effects as claimed, not evidenced")] if self.claim else []
        rows += [("made for", self.made_for)] if self.made_for else []
        for lever in self.levers:
            told = []
            for change in lever.changes:
                a = change.amount
                within = "" if a.certain else f" ({figures(a.low)} to {figures(a.high)})"
                told.append(f"{change.quantity}: {figures(a.value)}{within}")
            basis = f"{lever.basis}, grade {lever.quality or 'none'}"
            rows.append((lever.name, f"{basis}; " + "; ".join(told) if told else basis))
        return rows

    def table(self) -> DataFrame:
        """Give every change of the scenario as a row, before any run.

        Returns
        -------
        DataFrame
            Columns lever, basis, quality; parameter, operation, where (cells), amount, low, high, level, distribution,
            unit, price_year, times, times_of, share; start, full, end, lag (programme years), half_life, shape;
            from_placements, to_placement; luck, loading, paid_by, line; source, note.

        See Also
        --------
        Change.by_year : The ramp of one change.

        Examples
        --------
        >>> help_ = Lever("help", [Change("entry_rate", "scale", Interval(-0.05, -0.09, -0.01), full=3)])
        >>> Scenario("plan", [help_]).table()[["lever", "amount", "low", "start", "full"]].to_numpy().tolist()
        [['help', -0.05, -0.09, 1, 3]]
        """
        rows = (_told(lever, change) for lever in self.levers for change in lever.changes)
        return frame(rows, COLUMNS)

    @property
    def heading(self) -> str:
        """What stands over its column or beside its line: its short title, or else its title, or else its name."""
        return self.short or self.title or self.name

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        """All changes in order, each with the name under which it is drawn."""
        return tuple(pair for lever in self.levers for pair in zip(lever.quantities, lever.changes, strict=True))

    def __add__(self, other: Scenario) -> Scenario:
        """Put the levers of two scenarios one after the other; a line of money that both hold is counted once."""
        title, claim = f"{self.title} + {other.title}", self.claim or other.claim
        levers = counted_once(self.levers + other.levers)
        return Scenario(f"{self.name} + {other.name}", levers, title, "", claim, one_set((self, other)))

    @guarded(years=PROGRAMME)
    def delayed(self, years: int) -> Scenario:
        """Shift every change by some years, spending included.

        Parameters
        ----------
        years : int
            Years later; below zero earlier.

        Returns
        -------
        Scenario
            The same levers, drawn as before, under a name that says so.

        Raises
        ------
        InputError
            If that would put a change before programme year 1.

        See Also
        --------
        Scenario.scaled : Less of the effect.

        Examples
        --------
        >>> late = Scenario("plan", [Lever("a", [Change("exit_rate", "scale", 0.1)])]).delayed(1)
        >>> late.name, late.levers[0].changes[0].weight(1)
        ('plan, 1 year later', 0.0)
        """
        # By the lag and not the start: the start is in the name under which a change is drawn.
        suffix = f", {years} year{'' if years == 1 else 's'} later"
        return self._changed(suffix, lambda c: replace_change(c, lag=c.lag + years))

    @guarded(share=number(0, hint="a share, so 0.4 for 40%"))
    def scaled(self, share: float) -> Scenario:
        """Take a share of every effect; the programme's spending stays.

        Parameters
        ----------
        share : float
            Share of each effect; above 1 is more than was stated [share].

        Returns
        -------
        Scenario
            The same levers, drawn as before, under a name that says so.

        See Also
        --------
        Scenario.partial : Less of the spending too.

        Examples
        --------
        >>> half = Scenario("plan", [Lever("a", [Change("exit_rate", "scale", 0.1)])]).scaled(0.5)
        >>> half.name, half.levers[0].changes[0].share
        ('plan, 0.5 of the effect', 0.5)
        """
        return self._changed(
            f", {share:g} of the effect",
            lambda c: c if c.programme_spend else replace_change(c, share=c.share * share),
        )

    @guarded(share=share(), years=whole(1, LONGEST, example="2"))
    def later(self, share: float, years: int = 1) -> Scenario:
        """Let a share of those whom it keeps from entering care come later all the same.

        Parameters
        ----------
        share : float
            Share of them [share].
        years : int
            Years over which they come, evenly, from the one that follows on.

        Returns
        -------
        Scenario
            The same levers under a name that says so; a change of entries that states such a share keeps its own.

        See Also
        --------
        Change : Its ``later_share`` and ``later_years``.

        Examples
        --------
        >>> fewer = Scenario("plan", [Lever("a", [Change("entry_rate", "scale", -0.1)])]).later(0.5, 2)
        >>> fewer.name, fewer.levers[0].changes[0].later_share
        ('plan, 50% come within 2 years', 0.5)
        """

        def come(change: Change) -> Change:
            if change.parameter != "entry_rate" or change.later_share:
                return change
            return replace_change(change, later_share=share, later_years=years)

        return self._changed(f", {share:.0%} come within {years} year{'' if years == 1 else 's'}", come)

    @guarded(share=number())
    def partial(self, share: float) -> Scenario:
        """Roll it out to a share of authorities: that share of every effect and of all spending.

        Parameters
        ----------
        share : float
            Share of the country, from 0 to 1 [share].

        Returns
        -------
        Scenario
            The same levers, drawn as before, under a name that says so.

        Raises
        ------
        InputError
            If the share is not between 0 and 1.

        See Also
        --------
        Scenario.scaled : Less of the effect at all of the spending.

        Examples
        --------
        >>> Scenario("pathfinders", []).partial(12 / 153).name
        'pathfinders, in 7.8% of England'
        """
        if not 0.0 <= share <= 1.0:
            raise InputError(Problem(f"share is {share:g}", f"scenario {self.name!r}", "Give a share from 0 to 1"))
        suffix = f", in {share:.1%} of England"
        return self._changed(suffix, lambda c: replace_change(c, share=c.share * share))

    @guarded(lever=text, amount=an_amount)
    def given(self, lever: str, amount: Interval | float) -> Scenario:
        """Replace the amount of a lever's effect by one of your own.

        Parameters
        ----------
        lever : str
            Name of a lever with one effect.
        amount : Interval or float
            The amount at full effect, in the unit that the lever states.

        Returns
        -------
        Scenario
            The same under the same name; the lever's effect is now assumed, grade E.

        Raises
        ------
        UnknownNameError
            If there is no such lever.
        InputError
            If it has no effect, or more than one.

        See Also
        --------
        Assumptions.replace : The same for a value of a set.

        Examples
        --------
        >>> plan = Scenario("plan", [Lever("a", [Change("exit_rate", "scale", 0.1)], basis="claimed")])
        >>> mine = plan.given("a", Interval(0.02, 0.0, 0.04))
        >>> mine.levers[0].basis, mine.claim
        ('assumed', False)
        """
        names = [one.name for one in self.levers]
        if lever not in names:
            raise UnknownNameError(unknown("lever", lever, names, f"scenario {self.name!r}"))
        position = names.index(lever)
        stated = self.levers[position]
        if len(stated.effects) != 1:
            remedy = "Write a scenario file with the amounts wanted"
            what = f"lever {lever!r} has {len(stated.effects)} effects, not one"
            raise InputError(Problem(what, f"scenario {self.name!r}", remedy))
        changes = (c if c.programme_spend else replace_change(c, amount=as_interval(amount)) for c in stated.changes)
        given = replace(stated, changes=tuple(changes), basis="assumed", quality="E", source=GIVEN)
        before, after = self.levers[:position], self.levers[position + 1 :]
        # What was called a claim as a whole stays one while anything else in it acts.
        others_act = any(one.acts for one in (*before, *after))
        said = {
            part: text if not text or text.endswith(_WITH_GIVEN) else f"{text}{_WITH_GIVEN}"
            for part, text in (("title", self.title), ("short", self.short))
        }
        return replace(self, levers=(*before, given, *after), claim=self.claim and others_act, **said)

    @guarded(names=labels)
    def without_items(self, names: Collection[str]) -> Scenario:
        """Leave out what acts on some items, as a scope does that does not count them; what is drawn stays the same.

        Parameters
        ----------
        names : collection of str
            Items that are left out.

        Returns
        -------
        Scenario
            The same levers without changes of these items alone.

        See Also
        --------
        Assumptions.scoped : A set that does not count some items.

        Examples
        --------
        >>> dearer = Change("unit_cost", "scale", 0.1, items=["home", "secure"])
        >>> fewer = Scenario("plan", [Lever("prices", [dearer])]).without_items(["secure"])
        >>> fewer.levers[0].changes[0].where.items
        ('home',)
        """
        if not names:
            return self
        levers = []
        for lever in self.levers:
            kept = []
            for name, change in zip(lever.drawn_as, lever.changes, strict=True):
                items = change.where.items
                if items is None or not set(items) & set(names):
                    kept.append(change)
                elif rest := tuple(item for item in items if item not in names):
                    # Its name holds its items: it keeps the old one, so that it is drawn as before.
                    selector = replace(change.where, items=rest)
                    kept.append(replace_change(change, where=selector, luck=name))
            levers.append(replace(lever, changes=tuple(kept)))
        return replace(self, levers=tuple(levers))

    def _changed(self, suffix: str, change: Callable[[Change], Change]) -> Scenario:
        """Change every change; the suffix of its names says how."""
        levers = tuple(replace(lever, changes=tuple(map(change, lever.changes))) for lever in self.levers)
        short = self.short and self.short + suffix
        return replace(self, name=self.name + suffix, title=self.title + suffix, short=short, levers=levers)


def counted_once(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """Put levers one after the other, and keep a line of money that several hold once.

    Parameters
    ----------
    levers : iterable of Lever
        Levers in order.

    Returns
    -------
    tuple of Lever
        The same, without those whose line of money is there before, in the same amounts. Of two that differ both are
        kept, and a scenario of them is refused.

    Examples
    --------
    >>> fund = Lever("fund", [Change("unit_cost", "add", 1e6, price_year=2027)], line="fund")
    >>> counted_once([fund, Lever("other", []), fund]) == (fund, Lever("other", []))
    True
    """
    kept: list[Lever] = []
    for lever in levers:
        if not any(lever.line and lever.line == one.line and lever.changes == one.changes for one in kept):
            kept.append(lever)
    return tuple(kept)


def _lines_twice(scenario: Scenario) -> list[Problem]:
    """Find lines of money that two levers hold."""
    lines = [lever.line for lever in scenario.levers if lever.line]
    remedy = "A line of money is spent once: leave one out, or give both the same amounts"
    problems = []
    for line in dict.fromkeys(line for line in lines if lines.count(line) > 1):
        held = [lever for lever in scenario.levers if lever.line == line]
        how = "in the same amounts" if held[0].changes == held[1].changes else "in different amounts"
        names = " and ".join(repr(lever.name) for lever in held)
        problems.append(Problem(f"line of money {line!r} is in {names}, {how}", f"scenario {scenario.name!r}", remedy))
    return problems


def payment_faults(scenario: Scenario) -> list[Problem]:
    """Find levers that say they are paid by what is no lever of spending of the scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario, whole: a lever may be paid by any other.

    Returns
    -------
    list of Problem
        One for each name that cannot be used, with the nearest that can.

    Examples
    --------
    >>> lever = Lever("help", [Change("entry_rate", "scale", -0.1)], paid_by=["grant"])
    >>> [problem.what for problem in payment_faults(Scenario("plan", [lever]))]
    ["unknown lever of spending 'grant'"]
    """
    spending = [lever.name for lever in scenario.levers if any(c.programme_spend for c in lever.changes)]
    problems = []
    for lever in scenario.levers:
        where = f"scenario {scenario.name!r}, lever {lever.name!r}, paid_by"
        if NONE_STATED in lever.paid_by and len(lever.paid_by) > 1:
            remedy = f"Name levers of spending, or give {NONE_STATED!r} alone"
            problems.append(Problem(f"{NONE_STATED!r} stands beside other names", where, remedy))
        unknown_names = [name for name in lever.paid_by if name not in (NONE_STATED, *spending)]
        problems += [unknown("lever of spending", name, [*spending, NONE_STATED], where) for name in unknown_names]
    return problems


def one_set(scenarios: Iterable[Scenario]) -> str:
    """Name the set that some scenarios together are made for.

    Parameters
    ----------
    scenarios : iterable of Scenario
        What is put together.

    Returns
    -------
    str
        Name of the set; empty where it is any, or where they differ.

    Examples
    --------
    >>> one_set([Scenario("a", made_for="england-2025-after-care"), Scenario("b")])
    'england-2025-after-care'
    """
    named = {scenario.made_for for scenario in scenarios} - {""}
    return named.pop() if len(named) == 1 else ""


def elsewhere(scenario: Scenario, name: str) -> str:
    """Say that a scenario is made for another set than the one of this name.

    Parameters
    ----------
    scenario : Scenario
        What is to be run.
    name : str
        Name of the set that it is to be run on.

    Returns
    -------
    str
        A sentence without its full stop; empty where it is made for this set, or for any.

    Examples
    --------
    >>> elsewhere(Scenario("allowance", made_for="england-2025-after-care"), "england-2025")
    'allowance is made for england-2025-after-care, and this is england-2025'
    """
    # Areas, scopes and backgrounds of a set add to its name after a comma.
    if scenario.made_for in ("", name, name.partition(", ")[0]):
        return ""
    return f"{scenario.name} is made for {scenario.made_for}, and this is {name}"


def _known_basis(basis: str, where: str) -> None:
    """Refuse a basis that is none."""
    refuse([] if basis in BASES else [unknown("basis", basis, BASES, where)])


def _told(lever: Lever, c: Change) -> dict[str, object]:
    """Give a change of a lever as a row of a table."""
    about = {name: getattr(lever, name) for name in ("basis", "quality", "luck", "loading", "line", "source", "note")}
    names = ("parameter", "operation", "unit", "price_year", "times_of", "share", "start", "full", "end", "lag")
    return {
        "lever": lever.name,
        **about,
        **{name: getattr(c, name) for name in (*names, "half_life", "shape", "to_placement")},
        "where": c.where.text(),
        "amount": c.amount.value,
        "low": c.amount.low,
        "high": c.amount.high,
        "level": None if c.amount.certain else c.amount.level,
        "distribution": c.amount.shape,
        "times": None if c.times is None else c.times.value,
        "from_placements": ", ".join(c.from_placements),
        "paid_by": ", ".join(lever.paid_by),
    }


def _unlike_amounts(lever: Lever) -> list[Problem]:
    """Find changes that are drawn together and have different amounts."""
    remedy = "What is drawn together has one amount with one interval"
    shared = dict.fromkeys(c.luck for c in lever.changes if c.luck)
    return [
        Problem(f"changes with luck {luck!r} have different amounts", f"lever {lever.name!r}", remedy)
        for luck in shared
        if len({c.amount for c in lever.changes if c.luck == luck}) > 1
    ]
