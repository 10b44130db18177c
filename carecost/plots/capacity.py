"""Occupancy of each capacity group against its places, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from carecost import _labels
from carecost._guard import guarded, text
from carecost._labels import INACTION
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.plots import _figure
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results


#: Pattern of the line of places: groups are told apart by colour, places from children by pattern.
PLACES = (0, (2, 1.6))


@guarded(results=_figure.RESULTS, ax=_figure.AX, scenario=text, title=_figure.TITLE_RULE)
def plot_capacity(results: Results, ax: Axes | None = None, scenario: str = INACTION, title: str | None = None) -> Axes:
    """Draw how full the capacity groups are in one scenario.

    Parameters
    ----------
    results : Results
        What a run gave, on a set with capacity groups.
    ax : Axes, optional
        Where to draw; a new figure by default.
    scenario : str
        Which; inaction by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        For each group a line of the mean number of children in the central run, labelled with the group's name, with a
        dot in each year in which some arrivals were sent on, and a broken line of its places; the interval of the
        children is shaded.

    Raises
    ------
    InputError
        If the set has no capacity groups.
    UnknownNameError
        If the scenario is not in the run.

    See Also
    --------
    carecost.Results.capacity : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025-capacity"), years=4)
    >>> [line.get_label() for line in plot_capacity(results).get_lines() if not line.get_label().startswith("_")]
    ['foster in-house', 'foster agency', "children's home"]
    """
    if scenario not in results.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, results.scenarios))
    frame = results.capacity()
    frame = frame[frame["scenario"] == scenario]
    if frame.empty:
        remedy = "Take a set with capacity_groups.csv, such as england-2025-capacity"
        raise InputError(Problem("the set has no limit to its places", "plot_capacity", remedy))
    ax = _figure.axes(ax)
    groups = {name: rows for name, rows in frame.groupby("group", sort=False)}
    for i, (name, rows) in enumerate(groups.items()):
        _line(ax, str(name), rows, _figure.look(i))
    _figure.dress(ax, numbers.children)
    years = list(results.run.grid.years)
    ax.set_ylim(0, 1.06 * float(frame[["places", "occupancy"]].to_numpy().max()))
    _figure.make_room(ax, years[0], years[-1])
    _figure.years(ax, years, _labels.financial_year, most=6)
    _annotate(ax, results, scenario, {str(name): _at(rows, _leading(rows)) for name, rows in groups.items()})
    return _figure.finished(ax, title)


def _at(rows: pd.DataFrame, quantile: str) -> pd.DataFrame:
    """Keep the rows of one quantile."""
    return rows[rows["quantile"].astype(str) == quantile]


def _leading(rows: pd.DataFrame) -> str:
    """Name the quantile that a line shows."""
    return _figure.leads(set(rows["quantile"].astype(str)))


def _line(ax: Axes, name: str, rows: pd.DataFrame, seen: _figure.Look) -> None:
    """Draw one group: children, places, dots where it sent some on, and the interval."""
    middle, low, high = (_at(rows, quantile) for quantile in (_leading(rows), _figure.LOW, _figure.HIGH))
    years = middle["year"].tolist()
    plain: dict[str, Any] = {"color": seen.colour, "zorder": 2.5}
    ax.plot(years, middle["places"], linestyle=PLACES, linewidth=1.6, label=f"_places, {name}", **plain)
    ax.plot(years, middle["occupancy"], linewidth=2.4, label=name, **plain)
    full = middle[middle["redirected"] > 0]
    ax.plot(full["year"], full["occupancy"], linewidth=0, marker="o", markersize=6, label=f"_full, {name}", **plain)
    if not low.empty:
        _figure.band(ax, years, low["occupancy"].tolist(), high["occupancy"].tolist(), seen, _figure.FAINT)


def _annotate(ax: Axes, results: Results, scenario: str, groups: dict[str, pd.DataFrame]) -> None:
    """Write the finding, the unit, the notes and the name of each line at its end."""
    drawn, run = results.run.draws.n > 1, results.run
    _figure.settle(ax)
    _figure.head(ax, finding(results, scenario), "Mean number of children in the year, and places (broken lines)")
    lines = "mean" if drawn else "central run"
    what = f"Lines: {lines}. Dots: years in which a full group sent some of its arrivals on."
    _figure.note(
        ax,
        [
            f"{what} Bands: {numbers.interval(run.draws.noise)}." if drawn else what,
            f"Assumptions: {run.assumptions.name}" + (f"; {run.draws.n:,} draws." if drawn else "."),
        ],
        warning=f"{run.scenarios[scenario].heading}: {numbers.CLAIM}." if run.scenarios[scenario].claim else "",
    )
    labels = [_label(i, name, rows) for i, (name, rows) in enumerate(groups.items())]
    _figure.end_labels(ax, int(run.grid.years[-1]), labels)


def finding(results: Results, scenario: str = INACTION) -> str:
    """Say which group runs out of places first, and what that comes to; or that none does.

    Parameters
    ----------
    results : Results
        What a run gave, on a set with capacity groups.
    scenario : str
        Which; inaction by default.

    Returns
    -------
    str
        A sentence without its full stop.
    """
    every = results.capacity()
    frame = _at(every, _leading(every))
    groups = {str(name): rows for name, rows in frame[frame["scenario"] == scenario].groupby("group", sort=False)}
    full = {name: rows[rows["redirected"] > 0] for name, rows in groups.items()}
    short = {name: rows for name, rows in full.items() if not rows.empty}
    if not short:
        return f"Under {scenario} no group runs out of places"
    first = min(short, key=lambda name: int(short[name]["year"].iloc[0]))
    years = when(short[first]["year"].tolist(), results.run.grid.years[-1])
    sent = numbers.children(float(short[first]["redirected"].sum()))
    unmet = sum(float(rows["unmet"].sum()) for rows in groups.values())
    ends = f"; {numbers.children(unmet)} child-years unmet" if unmet > 0 else ""
    return f"Under {scenario}, {first} is full {years}: {sent} arrivals sent on in all{ends}"


def when(years: Sequence[int], last: int) -> str:
    """Say in which years something is so: all, or some, of those from the first to the last of them.

    Parameters
    ----------
    years : sequence of int
        Years, in order.
    last : int
        The last year that was looked at; what is still so then has no end.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> when([2028, 2029, 2030], 2045), when([2028, 2030], 2030)
    ('from 2027-28 to 2029-30', 'in 2 years from 2027-28')
    """
    first, end = (_labels.financial_year(int(years[i])) for i in (0, -1))
    if len(years) == 1:
        return f"in {first}"
    gaps = "" if years[-1] - years[0] == len(years) - 1 else f"in {len(years)} years "
    return f"{gaps}from {first}" + ("" if years[-1] == last else f" to {end}")


def _label(i: int, name: str, rows: pd.DataFrame) -> _figure.EndLabel:
    """Name a group, with its children and places in the last year."""
    end = rows.iloc[-1]
    children, places = (numbers.children(float(end[key])) for key in ("occupancy", "places"))
    return _figure.EndLabel(float(end["occupancy"]), (name, f"{children} of {places} places"), _figure.look(i).colour)
