"""Assumptions, changes and levers in words, precise enough to check against the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from carecost import _labels
from carecost.engine.grid import Selector, spell
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.inputs.assumptions import Assumptions
    from carecost.inputs.belief import Assumption
    from carecost.inputs.change import Change
    from carecost.inputs.dependence import CorrelationMatrix
    from carecost.inputs.phases import Phases
    from carecost.inputs.scenario import Evidence
    from carecost.inputs.year_path import YearPath


#: Plain words for the parameters.
PARAMETERS = {
    "initial_stock": "Children at the start",
    "population": "Children in the population",
    "entry_rate": "Entries to care",
    "entry_share": "Placement on entry",
    "entry_at_birthday": "Entries on the birthday",
    "extra_entries": "Extra entries",
    "exit_rate": "Exits by reason",
    "move_rate": "Moves between placements",
    "unit_cost": "Unit costs",
    "capacity": "Places",
}


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
    sign = numbers.MINUS if value < 0 else ""
    if unit.startswith("GBP"):
        scale = numbers.money_scale(value) if abs(value) >= 1e6 else numbers.Scale(1.0, "", 0)
        size = abs(value) / scale.divisor
        shown = f"{size:.4g}" if scale.ending else f"{size:,.0f}" if size >= 100 or size == int(size) else f"{size:.2f}"
        return f"{sign}£{shown}{scale.ending}"
    if unit in ("share", "per year") or unit.startswith("share of"):
        return f"{numbers.number(value * 100)}%"
    return numbers.number(value)


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
    return words if price_year is None else f"{words}, {_labels.financial_year(price_year)} prices"


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
        return numbers.NONE
    return f"{amount(low, unit)} to {amount(high, unit)}"


def interval_of(low: float | None, high: float | None, level: float, unit: str, certain: bool) -> str:
    """Write an interval with its level; none where a value is taken as known.

    Parameters
    ----------
    low, high : float or None
        Interval.
    level : float
        Coverage [probability]; 1 means bounds.
    unit : str
        Unit, as in the set.
    certain : bool
        Whether the value is taken as known.

    Returns
    -------
    str
        For people.

    See Also
    --------
    span : Without the level.

    Examples
    --------
    >>> interval_of(0.5, 0.75, 1.0, "share", False)
    '50% to 75% (bounds)'
    """
    if certain:
        return numbers.NONE
    kind = "bounds" if level == 1 else numbers.percent(level)
    return f"{span(low, high, unit)} ({kind})"


def where_of(where: Selector) -> str:
    """Write a selection: which cells are meant.

    Parameters
    ----------
    where : Selector
        A selection.

    Returns
    -------
    str
        For people; empty for all cells.

    Examples
    --------
    >>> where_of(Selector(ages=range(10, 18), placements=["foster", "home"]))
    'ages 10-17; placements foster, home'
    """
    parts = []
    for name in where.__dataclass_fields__:
        labels = getattr(where, name)
        if labels is not None:
            axis = name.removesuffix("s") if len(labels) == 1 else name
            parts.append(f"{axis} {spell(labels) if name in ('ages', 'years') else ', '.join(labels)}")
    return "; ".join(parts)


def assumption(row: Assumption) -> tuple[str, str, str]:
    """Write an assumption: which cells it is about, its value and its interval.

    Parameters
    ----------
    row : Assumption
        What is assumed.

    Returns
    -------
    tuple of str
        Cells, value, interval.

    See Also
    --------
    change_of : The same of a change of a lever.

    Examples
    --------
    >>> from carecost.inputs.belief import Assumption, Belief
    >>> belief = Belief(700.0, 650.0, 760.0, unit="GBP per child-week")
    >>> assumption(Assumption("unit_cost", Selector(items=["foster"]), belief))
    ('item foster', '£700', '£650 to £760 (90%)')
    """
    b = row.belief
    selection = where_of(row.where)
    cells = "; ".join(part for part in (row.name, selection) if part) or "all"
    if row.kind != "value":
        cells = f"{row.name}: {PARAMETERS[row.parameter].lower()}" + (f"; {selection}" if selection else "")
    value = amount(b.value, b.unit)
    if row.fade_years is not None:
        held = f", held for {row.hold_years} years, then" if row.hold_years else ","
        value += f"{held} fading to {amount(row.long_run or 0.0, b.unit)} in {row.fade_years} years"
    return cells, value, interval_of(b.low, b.high, b.level, b.unit, b.certain)


def come_later(change: Change) -> str:
    """Say how many of those whom a change keeps from entering care come later all the same.

    Parameters
    ----------
    change : Change
        A change.

    Returns
    -------
    str
        For people; empty where nobody does.

    Examples
    --------
    >>> from carecost.inputs.change import Change
    >>> come_later(Change("entry_rate", "scale", -0.1, later_share=0.5))
    '50% of those averted come within 1 year'
    """
    if not change.later_share:
        return ""
    years = f"{change.later_years} year{'' if change.later_years == 1 else 's'}"
    return f"{numbers.percent(change.later_share)} of those averted come within {years}"


def change_of(change: Change, begin: int, outcomes: Container[str] = ()) -> tuple[str, str, str, str]:
    """Write a change of a lever: what changes, how much, how surely, when.

    Parameters
    ----------
    change : Change
        A change of a lever.
    begin : int
        Calendar year of programme year 1.
    outcomes : container of str
        Names of items that are counted and not paid for.

    Returns
    -------
    tuple of str
        What changes, how much, how surely, when.

    See Also
    --------
    assumption : The same of an assumption of a set.

    Examples
    --------
    >>> from carecost.inputs.change import Change, Interval
    >>> change_of(Change("entry_rate", "scale", Interval(-0.05, -0.09, -0.01), start=1, full=3), 2028)
    ('Entries to care', '−5%', '−9% to −1% (90%)', 'from 2027-28, in full from 2029-30')
    """
    selection = where_of(change.where)
    changed = f"{PARAMETERS[change.parameter]}{f' ({selection})' if selection else ''}"
    if change.where.items and all(name in outcomes for name in change.where.items):
        changed = f"How many {'; '.join(change.where.items)}"
    if change.operation == "divert":
        changed += f": share moved from {', '.join(change.from_placements)} to {change.to_placement}"
    # A change by scale or divert is a share, whatever its file says.
    unit = "share" if change.operation in ("scale", "divert") else change.unit
    sign = "+" if change.operation in ("scale", "add") and change.amount.value > 0 else ""
    how_much = f"{sign}{amount(change.amount.value, unit)}"
    if unit != "share":
        how_much += f" {unit_words(unit, change.price_year).removeprefix('£ ')}"
    if change.times is not None:
        how_much += f" x {numbers.number(change.times.value)} {change.times_of}"
    how_much = f"set to {how_much}" if change.operation == "replace" else how_much
    if change.share != 1.0:
        how_much += f", {numbers.percent(change.share)} of it taken"
    how_much += f"; {later}" if (later := come_later(change)) else ""
    a = change.amount
    return changed, how_much, interval_of(a.low, a.high, a.level, unit, a.certain), _when(change, begin)


def evidence_line(evidence: Evidence) -> str:
    """Write the evidence for a lever in one line: what somebody found or claimed.

    Parameters
    ----------
    evidence : Evidence
        A figure with its source.

    Returns
    -------
    str
        What was measured, the figure, what it rests on, and on whose word.

    Examples
    --------
    >>> from carecost.inputs.scenario import Evidence
    >>> evidence_line(Evidence("re-entry in a year", -4.0, "in 100", "measured", "trial", "University"))
    're-entry in a year: −4 in 100; measured, trial; University'
    """
    e = evidence
    interval = "" if e.low is None else f" ({numbers.number(e.low)} to {numbers.number(float(e.high or 0))})"
    # Where there is no figure, the unit says so.
    figure = e.unit if e.unit.startswith(numbers.NONE) else f"{numbers.number(e.value)} {e.unit}{interval}"
    note = f" — {e.note}" if e.note else ""
    return f"{e.measure}: {figure}; {e.basis}, {e.design}; {e.source}{note}"


def tied(assumptions: Assumptions) -> Iterator[tuple[str, str, str]]:
    """Write the dependence, the paths over years and the phases of time in care of a set.

    Parameters
    ----------
    assumptions : Assumptions
        The set.

    Yields
    ------
    tuple of str
        Which group, table or path; what is stated of it; on whose word.

    Examples
    --------
    >>> from carecost import load_assumptions
    >>> next(tied(load_assumptions("england-2025-phases")))[0]
    'Path walk of entries with exits'
    """
    ties = assumptions.ties
    for group in dict.fromkeys(row.group for row in ties.loadings):
        rows = [row for row in ties.loadings if row.group == group]
        members = "; ".join(f"{row.quantity} ({row.loading:g})" for row in rows)
        sources = dict.fromkeys(_on_whose_word(row.source, row.quality, row.note) for row in rows)
        yield f"Correlation group {group}", f"loadings on what is common to them: {members}", " | ".join(sources)
    for matrix in ties.matrices:
        yield f"Correlation group {matrix.name}", f"correlations of normal scores: {_pairs(matrix)}", ""
    for table in ties.joints:
        yield (
            f"Joint draws {table.name}",
            f"{len(table.rows):,} equally likely rows of {'; '.join(table.quantities)}",
            "",
        )
    for path in assumptions.paths:
        source = f"{path.source} ({path.source_year})" if path.source_year else path.source
        yield f"Path {path.name}", path_of(path), _on_whose_word(source, path.quality, path.note)
    for spread in assumptions.spreads:
        source = f"{spread.source} ({spread.source_year})" if spread.source_year else spread.source
        said = f"prices of single placements are lognormal with a standard deviation of {spread.sd:g} in logs"
        about = _on_whose_word(source, spread.quality, spread.note)
        yield f"Spread of prices of {'; '.join(spread.items)}", f"{said}; with the luck of small numbers alone", about
    yield from _phases(assumptions.phases)


def path_of(path: YearPath) -> str:
    """Write a path over years: what it multiplies, and how far it wanders.

    Parameters
    ----------
    path : YearPath
        A path over years.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> from carecost.inputs.year_path import YearPath
    >>> walk = YearPath("pay", "unit_cost", Selector(), "random walk", 0.02, from_year=2025)
    >>> path_of(walk).partition("; ")[0]
    'unit costs times exp(path), 1 in the middle'
    """
    selection = where_of(path.where)
    parameter = f"{PARAMETERS[path.parameter].lower()}{f' ({selection})' if selection else ''}"
    spread = f"standard deviation {numbers.number(path.sd * 100)}%"
    if path.half_life is None:
        process = f"{path.kind}, {spread} after one year, growing with the square root of the years"
    else:
        process = f"{path.kind}, {spread} in the long run, half-life {numbers.number(path.half_life)} years"
    lines = "" if path.axis is None else f"; one path for each of {path.axis}"
    begins = _labels.financial_year(path.from_year)
    return f"{parameter} times exp(path), 1 in the middle; {process}; from {begins}{lines}"


def order_of(assumptions: Assumptions) -> str:
    """Write where each capacity group sends the arrivals for whom it has no place.

    Parameters
    ----------
    assumptions : Assumptions
        The set.

    Returns
    -------
    str
        For people; empty where no places run out.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions
    >>> order_of(load_assumptions("england-2025-capacity")).partition(";")[0]
    'foster in-house: when full, arrivals go to foster agency'
    """
    inside = {name for group in assumptions.groups for name in group.placements}
    lines = []
    for group in assumptions.groups:
        named = "" if group.placements == (group.name,) else f" ({', '.join(group.placements)})"
        last = "" if group.next in inside else ", the last resort, which takes everybody"
        lines.append(f"{group.name}{named}: when full, arrivals go to {group.next}{last}")
    return "; ".join(lines)


def _when(change: Change, begin: int) -> str:
    """Write the financial years of a change, whose programme year 1 is ``begin``."""
    start, full = (_labels.financial_year(begin + y + change.lag - 1) for y in (change.start, change.full))
    words = f"from {start}" + (f", in full from {full}" if full != start else "")
    if change.end is not None:
        end = _labels.financial_year(begin + change.end + change.lag - 1)
        words = f"in {start} only" if end == start else f"{words}, until {end}"
    if change.half_life is not None:
        words += f", then halving every {numbers.number(change.half_life)} years"
    return words


def _phases(phases: Phases) -> Iterator[tuple[str, str, str]]:
    """Write the phases of time in care, and on whose word their shares are."""
    for row in phases.rows:
        onward = f"; goes on at {numbers.number(row.rate)} a year" if row.rate else ""
        exits = f"leaves {numbers.number(row.exit_factor)} times as readily as at factor 1{onward}"
        yield f"Phase of time in care {row.name}", exits, _on_whose_word(row.source, row.quality, row.note)
    for (source, quality, note), n in Counter((x.source, x.quality, x.note) for x in phases.shares).items():
        yield "Shares of the phases on the base date", f"{n:,} rows", _on_whose_word(source, quality, note)


def _pairs(matrix: CorrelationMatrix) -> str:
    """Write each pair of a correlation matrix once."""
    names = matrix.quantities
    pairs = ((i, j) for j in range(len(names)) for i in range(j))
    return "; ".join(f"{names[i]} with {names[j]} ({matrix.rows[i][j]:g})" for i, j in pairs)


def _on_whose_word(source: str, quality: str, note: str) -> str:
    """Write grade, source and note, as far as they are stated."""
    return "; ".join(filter(None, (quality, source, note)))
