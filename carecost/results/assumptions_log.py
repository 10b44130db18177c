"""The log of assumptions: source, grade, interval, and what each does to the saving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from carecost._guard import calendar_year, guarded, instance, number, opened, optional, several_of, take, text
from carecost.analysis.assumption_lines import LONG_RUN, SPENDING, TIMES, Line, Thing, unsaid
from carecost.analysis.assumption_lines import lines as lines_of
from carecost.analysis.sensitivity import Trial, Trials, one_by_one
from carecost.engine.grid import Selector
from carecost.engine.items import Item
from carecost.files.load import a_scenario, a_set
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption
from carecost.inputs.scenario import Scenario
from carecost.results.results import HORIZON
from carecost.simulation.run import Run
from carecost.text import numbers, statements

#: Rows that are named one by one.
FEW = 3

#: Rule of the guard: a line of the log.
A_LINE = instance(Line, words="Give a line of the log, as carecost.quality.lines_of(…) gives them")

#: Columns of the log.
COLUMNS = (
    *("part", "assumption", "rows", "value", "low", "high", "level", "stated", "interval", "unit", "price_year"),
    *("source", "source_year", "quality", "note", "npv", "npv_low", "npv_high", "npv_tenth_less", "effect", "remark"),
)


@opened
@dataclass(frozen=True, eq=False)
class AssumptionsLog(Trials):
    """What a comparison rests on: every assumption, with what it does to the net present saving.

    Parameters
    ----------
    run : Run
        The central run of inaction and the scenario.
    scenario : str
        Name of the scenario.
    npv : float
        Its central net present saving [GBP].
    trials : tuple of Trial
        One a line of the log: the net present saving with that line at its ends, the greatest effect first.

    See Also
    --------
    assumptions_log : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> log = cc.quality.assumptions_log(cc.load_assumptions("england-2022"), cc.load_scenario("family-help"))
    >>> log.scenario
    'family-help'
    """

    def __post_init__(self) -> None:
        made = "Use carecost.quality.assumptions_log(…), which gives one"
        run, trials = instance(Run, words=made), several_of(Trial, words=made)
        take(self, run=run, scenario=text, npv=number(), trials=trials)

    def table(self) -> pd.DataFrame:
        """Give the log in rows, the greatest effect first.

        Returns
        -------
        DataFrame
            One row a line. ``part`` is the parameter, growth or adjustment, or long run, cashable share, effect,
            spending, times, path or correlation. ``assumption``, ``stated`` and ``interval`` are for people; ``value``,
            ``low`` and ``high`` are empty where the rows of a line differ. ``npv`` is the central net present saving
            [GBP, constant prices of the set]; ``npv_low`` and ``npv_high`` with the line at its ends,
            ``npv_tenth_less`` with its values a tenth less, all else central; ``effect`` is the greatest distance of
            these from ``npv``.

        See Also
        --------
        carecost.plots.plot_sensitivity : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> log = cc.quality.assumptions_log(cc.load_assumptions("england-2022"), cc.load_scenario("family-help"))
        >>> log.table()["effect"].is_monotonic_decreasing
        True
        """
        rows = [_row(trial, self.npv, self.run.calendar.programme_start) for trial in self.trials]
        return pd.DataFrame(rows, columns=list(COLUMNS))


@guarded(assumptions=a_set, scenario=a_scenario, years=HORIZON, start=optional(calendar_year))
def assumptions_log(
    assumptions: Assumptions | str | Path,
    scenario: Scenario | str | Path,
    years: int | None = None,
    start: int | None = None,
) -> AssumptionsLog:
    """Log what a scenario's net present saving rests on, by central runs with one assumption moved in each.

    Rows that share parameter, source, grade and note are one line; a quantity with an interval is a line of its own,
    unless there are more than a dozen alike, which are then moved together.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        The set, or the name or folder of it.
    scenario : Scenario, str or Path
        What is compared with inaction.
    years, start : int, optional
        Projected years; calendar year of programme year 1; the set's own by default.

    Returns
    -------
    AssumptionsLog
        Its :meth:`~AssumptionsLog.table` is the log; :func:`carecost.plots.plot_sensitivity` draws it.

    Raises
    ------
    InputError
        If the set or the scenario cannot be run.

    See Also
    --------
    unsaid_of : What has no source, grade or note.
    carecost.plots.plot_sensitivity : Draws the log.

    References
    ----------
    .. [1] HM Treasury (2015). The Aqua Book: guidance on producing quality analysis for government.

    Examples
    --------
    >>> import carecost as cc
    >>> review = cc.load_assumptions("england-2022")
    >>> log = assumptions_log(review, cc.load_scenario("family-help"))
    >>> log.table()["assumption"].iloc[0]
    'lever family help programme: spending'
    """
    done = one_by_one(a_set(assumptions), a_scenario(scenario), years, start)
    return AssumptionsLog(done.run, done.scenario, done.npv, done.trials)


@guarded(assumptions=a_set, scenario=optional(a_scenario))
def unsaid_of(assumptions: Assumptions, scenario: Scenario | None = None) -> list[str]:
    """List what has no source, no grade or no note.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    scenario : Scenario, optional
        A scenario.

    Returns
    -------
    list of str
        What is missing, of what; empty when all is said.

    See Also
    --------
    assumptions_log : What each assumption does to the saving.

    Examples
    --------
    >>> import carecost as cc
    >>> unsaid_of(cc.load_assumptions("england-2025"))
    []
    """
    return unsaid(lines_of(assumptions, scenario or Scenario("none")))


def _row(trial: Trial, npv: float, begin: int) -> dict[str, object]:
    """Give one line of the log; values are empty where the rows of the line differ."""
    line, b = trial.line, trial.line.belief
    values = {member.belief.value for member in line.members}
    ends = {member.ends for member in line.members}
    alike = len(values) == len(ends) == 1
    low, high = (ends.pop() or (None, None)) if alike else (None, None)
    return {
        "part": line.part,
        "assumption": said(line),
        "rows": len(line.members),
        "value": b.value if alike else None,
        "low": low,
        "high": high,
        "level": b.level if line.uncertain else None,
        "stated": stated_value(line, begin),
        "interval": interval(line),
        "unit": b.unit,
        "price_year": b.price_year,
        "source": b.source,
        "source_year": _years(m.belief.source_year for m in line.members),
        "quality": b.quality,
        "note": b.note,
        "npv": npv,
        "npv_low": trial.low,
        "npv_high": trial.high,
        "npv_tenth_less": trial.less,
        "effect": trial.effect(npv),
        "remark": line.remark,
    }


@guarded(line=A_LINE)
def said(line: Line) -> str:
    """Say what a line is about.

    Parameters
    ----------
    line : Line
        A line.

    Returns
    -------
    str
        For people: "Unit costs: item children's home".

    See Also
    --------
    stated_value : Its value.
    interval : Its interval.

    Examples
    --------
    >>> import carecost as cc
    >>> plan = cc.load_scenario("family-help")
    >>> said(lines_of(cc.load_assumptions("england-2022"), plan)[-1])
    'lever family help: Entries to care (stream other)'
    """
    first = line.members[0].thing
    things = [member.thing for member in line.members]
    if isinstance(first, tuple):
        return _lever(line)
    if isinstance(first, Item):
        return f"Share of a saving that is cash, in the long run: {', '.join(map(_name, things))}"
    if not isinstance(first, Assumption):
        return f"{line.part}: {', '.join(map(_name, things))}"
    if first.kind != "value":
        what = "long run of " if line.part == LONG_RUN else ""
        return what + ", ".join(map(_name, things))
    head = statements.PARAMETERS[first.parameter] + (f", {first.name}" if first.name else "")
    selection = _common([row.where for row in things if isinstance(row, Assumption)])
    return head + (f": {selection}" if selection else "")


def _name(thing: Thing) -> str:
    """Name an item, growth, path or correlation."""
    return str(getattr(thing, "name", "") or getattr(thing, "quantity", ""))


def _lever(line: Line) -> str:
    """Name the lever of a line, and what the line changes in it."""
    pulls = [member.thing for member in line.members if isinstance(member.thing, tuple)]
    what = [SPENDING] if line.part == SPENDING else dict.fromkeys(statements.change_of(c, 1)[0] for _, c in pulls)
    kind = " (how often)" if line.part == TIMES else ""
    return f"lever {pulls[0][0].name}{kind}: {', '.join(what)}"


def _common(selectors: list[Selector]) -> str:
    """Write the selection that all rows share, and how many rows there are; few items are named."""
    if len(selectors) == 1:
        return statements.where_of(selectors[0])
    by_axis = {axis: {getattr(s, axis) for s in selectors} for axis in Selector.__dataclass_fields__}
    shared = Selector(**{axis: next(iter(values)) for axis, values in by_axis.items() if len(values) == 1})
    names = dict.fromkeys(name for s in selectors for name in s.items or ())
    parts = [f"items {', '.join(names)}" if names else f"{len(selectors):,} rows", statements.where_of(shared)]
    return "; ".join(filter(None, parts))


@guarded(line=A_LINE, begin=calendar_year)
def stated_value(line: Line, begin: int) -> str:
    """Write the value of a line, or the least and the greatest of its rows.

    Parameters
    ----------
    line : Line
        A line.
    begin : int
        Calendar year of programme year 1.

    Returns
    -------
    str
        For people.

    See Also
    --------
    interval : Its interval.

    Examples
    --------
    >>> import carecost as cc
    >>> plan = cc.load_scenario("family-help")
    >>> stated_value(lines_of(cc.load_assumptions("england-2022"), plan)[-1], 2023)
    '−21.1%'
    """
    first, b = line.members[0].thing, line.belief
    if isinstance(first, tuple) and len(line.members) == 1 and line.part != TIMES:
        return statements.change_of(first[1], begin)[1]
    if isinstance(first, Assumption) and len(line.members) == 1 and line.part != LONG_RUN:
        return _with_unit(statements.assumption(first)[1], b.unit, b.price_year)
    shown = _span((member.belief.value for member in line.members), b.unit)
    return _with_unit(shown, b.unit, b.price_year) + _times(line)


def _span(values: Iterable[float], unit: str) -> str:
    """Write the least and the greatest of some values."""
    listed = list(values)
    return " to ".join(dict.fromkeys(statements.amount(v, unit) for v in (min(listed), max(listed))))


def _times(line: Line) -> str:
    """Write how often the spending of a lever is taken, where it says so."""
    changes = [member.thing[1] for member in line.members if isinstance(member.thing, tuple)]
    often = [c.times.value for c in changes if c.times is not None]
    return f" x {_span(often, '')} {changes[0].times_of}" if often and line.part == SPENDING else ""


def _with_unit(shown: str, unit: str, price_year: int | None) -> str:
    """Write the unit after a value, where the value does not say it."""
    if unit == "multiplier":
        return f"times {shown}"
    words = "" if unit == "share" else statements.unit_words(unit, price_year).removeprefix("£").strip()
    value, fading, rest = shown.partition(", fading")
    return f"{value} {words}".strip() + fading + rest


@guarded(line=A_LINE)
def interval(line: Line) -> str:
    """Write the interval of a line, or that its rows have theirs.

    Parameters
    ----------
    line : Line
        A line.

    Returns
    -------
    str
        For people: "£156 to £469 (90%)".

    See Also
    --------
    stated_value : Its value.

    Examples
    --------
    >>> import carecost as cc
    >>> plan = cc.load_scenario("family-help")
    >>> interval(lines_of(cc.load_assumptions("england-2022"), plan)[-1])
    '−25.3% to 0% (bounds)'
    """
    ends, b = line.members[0].ends, line.belief
    if ends is None:
        return numbers.NONE
    if len({member.ends for member in line.members}) > 1:
        return f"each its own ({numbers.percent(b.level)})"
    kind = "bounds" if b.level == 1 else numbers.percent(b.level)
    return f"{statements.span(*ends, b.unit)} ({kind})"


def _years(stated: Iterable[str]) -> str:
    """Write the years of the sources: each, or the first and the last of many."""
    years = list(dict.fromkeys(filter(None, stated)))
    return ", ".join(years) if len(years) <= FEW else f"{years[0]} to {years[-1]}"
