"""Assumptions of a set and a scenario grouped into lines, few enough to be read and moved one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from carecost.engine.items import Item
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief
from carecost.inputs.change import Change
from carecost.inputs.dependence import Loading
from carecost.inputs.price_spread import PriceSpread
from carecost.inputs.scenario import Lever, Scenario
from carecost.inputs.year_path import YearPath
from carecost.maths.distributions import DIRICHLET

#: What a line is about, where it is not the rows of a parameter, a growth or an adjustment.
LONG_RUN, CASHABLE, EFFECT, SPENDING, TIMES = "long run", "cashable share", "effect", "spending", "times"


PATH, LOADING, SPREADS = "path", "correlation", "spread of prices"


#: More rows with an interval than this, of one parameter, source, grade and note, stand in one line.
MANY = 12


#: Chances of the low and the high end of joint draws.
ENDS = (0.05, 0.95)


WHOLE = "shares of one whole: none moves alone"


SPREAD = "moves draws, not the central run"


TOGETHER = "drawn apart, moved together: further than chance would move them"


Pull: TypeAlias = tuple[Lever, Change]


Thing: TypeAlias = Assumption | Item | Pull | YearPath | Loading | PriceSpread


Ends: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Member:
    """One number of a line.

    Parameters
    ----------
    place : int
        Where it is: in the rows, items, paths or loadings of the set, or in the changes of the scenario.
    thing : Assumption, Item, (Lever, Change), YearPath or Loading
        What states it.
    belief : Belief
        Value, unit, source, grade and note.
    ends : tuple of float, optional
        Low and high; None without an interval.
    """

    place: int
    thing: Thing
    belief: Belief
    ends: Ends | None = None


@dataclass(frozen=True)
class Line:
    """Assumptions that are moved as one.

    Parameters
    ----------
    part : str
        A parameter, growth or adjustment; long run (of a growth), cashable share, effect, spending or times (of a
        lever), path or correlation.
    members : tuple of Member
        One, or several: of a lever what is drawn together; else what shares parameter, source, grade and note.
    remark : str
        Why it cannot be moved alone, or that it is moved further than chance would.
    """

    part: str
    members: tuple[Member, ...]
    remark: str = ""

    @property
    def belief(self) -> Belief:
        """What is believed of the first; source, grade and note are those of all."""
        return self.members[0].belief

    @property
    def movable(self) -> bool:
        """Whether it can be moved alone in a central run."""
        return self.remark not in (WHOLE, SPREAD)

    @property
    def pulled(self) -> bool:
        """Whether it is of a lever, and not of the set."""
        return self.part in (EFFECT, SPENDING, TIMES)

    @property
    def uncertain(self) -> bool:
        """Whether it has an interval."""
        return self.members[0].ends is not None


def lines(assumptions: Assumptions, scenario: Scenario) -> list[Line]:
    """List what a set and a scenario rest on.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    scenario : Scenario
        The scenario.

    Returns
    -------
    list of Line
        Rows, long runs of growth, cashable shares, amounts of levers, paths, spreads of prices and correlations;
        nothing is left out.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> england = load_assumptions("england-2025")
    >>> len(england.rows), len(lines(england, load_scenario("care-review")))
    (1343, 85)
    """
    return [
        *_rows(assumptions),
        *_grouped(LONG_RUN, _long_runs(assumptions), lambda row: (row.long_run, row.fade_years)),
        *_grouped(CASHABLE, _stated(assumptions.items, lambda item: item.cashable.long)),
        *_pulls(scenario),
        *_grouped(PATH, _stated(assumptions.paths, lambda path: path.sd), lambda path: path.name, SPREAD),
        *_grouped(SPREADS, _stated(assumptions.spreads, lambda row: row.sd), lambda row: row.quantity, SPREAD),
        *_grouped(LOADING, _stated(assumptions.ties.loadings, lambda row: row.loading), lambda row: row.group, SPREAD),
    ]


def unsaid(found: Iterable[Line]) -> list[str]:
    """List what lines do not say: those without a source, a grade or a note.

    Parameters
    ----------
    found : iterable of Line
        Lines.

    Returns
    -------
    list of str
        What is missing, of what; empty when every line says all three.
    """
    return [
        f"{line.part}: {name_of(line.members[0].thing)}: no {what}"
        for line in found
        for what, said in (("source", line.belief.source), ("grade", line.belief.quality), ("note", line.belief.note))
        if not said.strip()
    ]


def name_of(thing: Thing) -> str:
    """Give the name under which something is drawn, or its own."""
    if isinstance(thing, tuple):
        lever, change = thing
        return f"lever {lever.name}: {change.luck or change.quantity}"
    return thing.name if isinstance(thing, Item) else thing.quantity


def _rows(assumptions: Assumptions) -> Iterator[Line]:
    """Put rows of one source and note in a line; those with an interval stand alone unless they are many."""
    groups: dict[tuple[object, ...], list[Member]] = {}
    for place, row in enumerate(assumptions.rows):
        member = Member(place, row, row.belief, _ends(row, assumptions))
        b = row.belief
        alike = (_part(row), row.parameter, row.name, b.source, b.quality, b.note, b.unit, _fixed(row))
        groups.setdefault((*alike, member.ends is None), []).append(member)
    for members in groups.values():
        row, unsure = assumptions.rows[members[0].place], members[0].ends is not None
        if _fixed(row):
            yield Line(_part(row), tuple(members), WHOLE)
        elif unsure and len(members) <= MANY:
            yield from (Line(_part(row), (member,)) for member in members)
        else:
            yield Line(_part(row), tuple(members), TOGETHER if unsure else "")


def _part(row: Assumption) -> str:
    return row.parameter if row.kind == "value" else row.kind


def _fixed(row: Assumption) -> bool:
    """Say whether a row cannot be moved alone."""
    return row.kind == "value" and (row.parameter == "entry_share" or row.belief.shape == DIRICHLET)


def _ends(row: Assumption, assumptions: Assumptions) -> Ends | None:
    """Give the low and high end of a row: as stated, or of its joint draws."""
    table = assumptions.ties.joint.get(row.quantity)
    if table is not None:
        column = [draw[table.quantities.index(row.quantity)] for draw in table.rows]
        low, high = np.quantile(column, ENDS)
        return float(low), float(high)
    b = row.belief
    return None if b.certain or b.low is None or b.high is None else (b.low, b.high)


def _long_runs(assumptions: Assumptions) -> Iterator[Member]:
    for place, row in enumerate(assumptions.rows):
        if row.long_run is not None and row.fade_years is not None:
            known = replace(row.belief, value=row.long_run, low=None, high=None, distribution="")
            yield Member(place, row, known)


def _stated(things: Iterable[Item | YearPath | Loading | PriceSpread], value: Callable[..., float]) -> Iterator[Member]:
    """Take numbers that are not rows as beliefs without an interval, on the word of what they belong to."""
    for place, x in enumerate(things):
        unit = "" if isinstance(x, Loading) else "share"
        when = x.source_year if isinstance(x, YearPath | PriceSpread) else ""
        known = Belief(value(x), unit=unit, source=x.source, source_year=when, quality=x.quality, note=x.note)
        yield Member(place, x, known)


def _grouped(
    part: str, found: Iterable[Member], more: Callable[..., object] = lambda _: None, remark: str = ""
) -> Iterator[Line]:
    """Put together what has the same source, grade and note."""
    groups: dict[object, list[Member]] = {}
    for member in found:
        b = member.belief
        groups.setdefault((b.source, b.quality, b.note, more(member.thing)), []).append(member)
    yield from (Line(part, tuple(members), remark) for members in groups.values())


def _pulls(scenario: Scenario) -> Iterator[Line]:
    """Put together the changes of a lever that are drawn together, and its certain spending.

    Levers of one luck stay apart: each has a source, grade and note of its own.
    """
    groups: dict[tuple[str, str, str], list[Member]] = {}
    pulled = [(lever, change) for lever in scenario.levers for change in lever.changes]
    for place, ((name, change), (lever, _)) in enumerate(zip(scenario.changes, pulled, strict=True)):
        spent = change.programme_spend
        amount = _pull(place, lever, change)
        # Money without intervals is one line a lever, and so is money that is drawn together.
        one = f"lever {lever.name}" if spent and (amount.ends is None or lever.luck) else name
        groups.setdefault((SPENDING if spent else EFFECT, lever.name, one), []).append(amount)
        if change.times is not None and not change.times.certain:
            groups.setdefault((TIMES, lever.name, name), []).append(_pull(place, lever, change, times=True))
    for (part, *_), members in groups.items():
        shares = any(c.parameter == "entry_share" and c.operation != "divert" for _, c in _changes(members))
        yield Line(part, tuple(members), WHOLE if shares else "")


def _changes(members: Iterable[Member]) -> Iterator[Pull]:
    return (member.thing for member in members if isinstance(member.thing, tuple))


def _pull(place: int, lever: Lever, change: Change, times: bool = False) -> Member:
    """Take the amount of a change, or how often it is taken, as a belief."""
    a = change.times if times and change.times is not None else change.amount
    unit = "share" if change.operation in ("scale", "divert") else change.unit
    belief = Belief(
        a.value,
        a.low,
        a.high,
        a.level,
        a.shape,
        unit=change.times_of if times else unit,
        price_year=None if times else change.price_year,
        source=lever.source,
        quality=lever.quality,
        note=lever.note,
    )
    known = a.certain or a.low is None or a.high is None
    return Member(place, (lever, change), belief, None if known else (float(a.low or 0), float(a.high or 0)))
