"""Tornado of the net present saving: a bar for each assumption, from its low to its high end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from carecost import _labels
from carecost._guard import guarded, text, whole
from carecost.analysis.sensitivity import Trial
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.plots import _figure
from carecost.results import assumptions_log
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results

#: Bars that are drawn.
MOST = 12

#: Inches of the chart.
SIZE = (8.4, 7.4)


#: Share of the width that is kept for the names of bars, and height of a bar.
_NAMES, _HEIGHT = 0.42, 0.5


@guarded(log=_figure.LOG, ax=_figure.AX, most=whole(1), title=_figure.TITLE_RULE)
def plot_sensitivity(
    log: assumptions_log.AssumptionsLog, ax: Axes | None = None, most: int = MOST, title: str | None = None
) -> Axes:
    """Draw the net present saving from the low to the high end of each assumption that has an interval.

    Parameters
    ----------
    log : AssumptionsLog
        What :func:`carecost.results.assumptions_log.assumptions_log` gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    most : int
        Bars that are drawn: those with the greatest distance between their ends.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        Bars in two parts, labelled "Low end" and "High end", each from the central net present saving to the one at
        that end, in units of money written above; the greatest first.

    Raises
    ------
    InputError
        If no assumption has an interval.

    See Also
    --------
    plot_tornado : The same from a run.
    carecost.quality.assumptions_log : The log that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> log = cc.quality.assumptions_log(cc.load_assumptions("england-2022"), cc.load_scenario("family-help"))
    >>> len(plot_sensitivity(log, most=5).containers[0])
    5
    """
    bars = [trial for trial in log.trials if trial.swing is not None]
    if not bars:
        remedy = "Give low and high to the values that are not known"
        raise InputError(Problem("no assumption has an interval", log.run.assumptions.name, remedy))
    bars = sorted(bars, key=lambda trial: -float(trial.swing or 0.0))[:most]
    ax = _figure.axes(ax, SIZE)
    scale = _draw(ax, log.npv, bars)
    _dress(ax, len(bars))
    _annotate(ax, log, bars, scale)
    return _figure.finished(ax, title)


@guarded(results=_figure.RESULTS, scenario=text, ax=_figure.AX, most=whole(1), title=_figure.TITLE_RULE)
def plot_tornado(
    results: Results, scenario: str, ax: Axes | None = None, most: int = MOST, title: str | None = None
) -> Axes:
    """Draw a tornado of a scenario of a run: its net present saving with each assumption at its ends, one at a time.

    Parameters
    ----------
    results : Results
        What a run gave; its set, years and start are used, and central values.
    scenario : str
        Name of a scenario of the run.
    ax : Axes, optional
        Where to draw; a new figure by default.
    most : int
        Bars that are drawn: those with the greatest distance between their ends.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        As :func:`plot_sensitivity` draws it.

    Raises
    ------
    UnknownNameError
        If the scenario is not known.
    InputError
        If no assumption has an interval.

    See Also
    --------
    plot_sensitivity : The same of a log that was made before.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2022", "family-help", years=3)
    >>> len(plot_tornado(results, "family-help", most=5).containers[0])
    5
    """
    run = results.run
    if scenario not in run.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, run.scenarios, "plot_tornado()"))
    about = run.grid.n_years, run.calendar.programme_start
    log = assumptions_log.assumptions_log(run.assumptions, run.scenarios[scenario], *about)
    return plot_sensitivity(log, ax, most, title)


def _draw(ax: Axes, npv: float, bars: list[Trial]) -> numbers.Scale:
    """Draw both parts of every bar, and the central run."""
    lows, highs = ([float(x or 0.0) for x in end] for end in ((t.low for t in bars), (t.high for t in bars)))
    scale = numbers.money_scale(npv, *lows, *highs)
    centre, rows = npv / scale.divisor, list(range(len(bars)))
    for ends, label, colour, hatch in (
        (lows, "Low end", _figure.ORANGE, "////"),
        (highs, "High end", _figure.BLUE, ""),
    ):
        widths = [x / scale.divisor - centre for x in ends]
        ax.barh(
            rows,
            widths,
            _HEIGHT,
            centre,
            label=label,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.5,
            zorder=2,
        )
    ax.axvline(centre, color=_figure.INK, linewidth=1.2, zorder=2.5, label="Central run")
    return scale


def _dress(ax: Axes, n: int) -> None:
    """Put the greatest bar at the top, keep room for names to the left, and write money below."""
    _figure.dress(ax, numbers.plain)
    ax.set_ylim(n - 0.4, -0.75)
    low, high = ax.get_xlim()
    ax.set_xlim(low - (high - low) * _NAMES / (1 - _NAMES), high)
    marks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ax.set_xticks([x for x in marks if low <= x <= high])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.plain(value)))
    ax.set_yticks([])
    ax.grid(axis="x", color=_figure.PALE, linewidth=0.8)
    ax.spines["bottom"].set_bounds(low, high)


def _annotate(ax: Axes, log: assumptions_log.AssumptionsLog, bars: list[Trial], scale: numbers.Scale) -> None:
    """Write the finding, the unit, the notes and the name of each bar."""
    run = log.run
    prices = f"{_labels.financial_year(run.assumptions.price_year)} prices"
    years = f"{_labels.financial_year(run.grid.years[0])} to {_labels.financial_year(run.grid.years[-1])}"
    _figure.settle(ax)
    _figure.head(ax, _title(log, bars[0], scale), f"Net present saving, {years}, {scale.unit}, {prices}")
    others = sum(trial.swing is not None for trial in log.trials) - len(bars)
    _figure.note(
        ax,
        [
            "Bars: one assumption at its low end (hatched, orange) or its high end (blue), all others central. Line: "
            f"central run, {numbers.pounds(log.npv, scale)}.",
            f"Ends are those of the stated intervals, 90% or bounds. {others} more assumptions have an interval; those "
            "without one are in the log.",
            f"Public purse, against no reform. Assumptions: {run.assumptions.name}.",
        ],
        warning=f"{run.scenarios[log.scenario].heading}: {numbers.CLAIM}." if run.scenarios[log.scenario].claim else "",
    )
    for row, trial in enumerate(bars):
        _name(ax, row, trial)


def _title(log: assumptions_log.AssumptionsLog, most: Trial, scale: numbers.Scale) -> str:
    """Say the finding: what moves the net present saving most, and between which ends."""
    ends = sorted(float(x) for x in (most.low, most.high) if x is not None)
    low, high = (numbers.pounds(x, scale) for x in ends)
    heading = log.run.scenarios[log.scenario].heading
    return f"{heading}: the net present saving moves most with {_short(most)}, from {low} to {high}"


def _short(trial: Trial) -> str:
    """Name an assumption in few words: a lever by its name, a row by what it selects."""
    line = trial.line
    thing = line.members[0].thing
    if isinstance(thing, tuple):
        return thing[0].name
    return assumptions_log.said(line) if len(line.members) > 1 else _plain(assumptions_log.said(line))


def _plain(name: str) -> str:
    """Put what tells rows apart first, without saying what kind of label it is: "home: unit costs"."""
    what, _, selection = name.partition(": ")
    names = [part.partition(" ")[2] for part in selection.split("; ")]
    return f"{', '.join(names)}: {what.lower()}" if selection else what


def _name(ax: Axes, row: int, trial: Trial) -> None:
    """Write an assumption and its ends to the left of its bar."""
    line = trial.line
    name = _short(trial)
    below = f"{assumptions_log.interval(line)}" + (f", grade {line.belief.quality}" if line.belief.quality else "")
    for words, size, colour, side, lift in (
        (name[:1].upper() + name[1:], _figure.TEXT, _figure.INK, "bottom", 1),
        (below, _figure.SMALL, _figure.GREY, "top", -1),
    ):
        shown = _figure.cut(ax, words, size, _NAMES)
        label = ax.annotate(shown, (0, row), (0, lift), ("axes fraction", "data"), "offset points")
        label.set(fontsize=size, color=colour, verticalalignment=side, parse_math=False)
