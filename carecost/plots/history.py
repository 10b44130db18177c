"""Children in care since 1994 and ahead: outturn solid, projections broken, what others forecast thin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from carecost._guard import flag, guarded, optional, whole
from carecost._labels import INACTION
from carecost.files.packaged import history, published_forecasts
from carecost.maths.monte_carlo import ends
from carecost.plots import _figure
from carecost.results.baseline_tables import IN_CARE
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.inputs.scenario import Scenario
    from carecost.results.results import Results

#: Colour and line of inaction, and of scenarios by what they rest on; others in the order of the palette.
CLAIMED, MEASURED = _figure.Look("#801650", (0, (4, 2.5))), _figure.Look("#15706A", (0, (1, 1.4)))
NONE = _figure.Look(_figure.BLUE, (0, (7, 3)))
OTHERS = "#5b646a"
#: Years ahead that are drawn.
AHEAD = 10


def looks(results: Results) -> dict[str, _figure.Look]:
    """Give each scenario the look of what it rests on: a claim is always plum, what was measured always green.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    dict of str to Look
        By name; inaction first.
    """
    made: dict[str, _figure.Look] = {}
    taken = 2
    for name, plan in results.run.scenarios.items():
        look = NONE if name == INACTION else CLAIMED if plan.claim else MEASURED if _measured(plan) else None
        if look is None or look in made.values():
            taken += 1
            look = _figure.look(taken)
        made[name] = look
    return made


def _measured(plan: Scenario) -> bool:
    acting = [lever.basis for lever in plan.levers if lever.acts]
    return bool(acting) and set(acting) == {"measured"}


@guarded(results=_figure.RESULTS, ax=_figure.AX, until=optional(whole(1900, 2200)), bare=flag, title=_figure.TITLE_RULE)
def plot_history(
    results: Results, ax: Axes | None = None, until: int | None = None, bare: bool = False, title: str | None = None
) -> Axes:
    """Draw children in care on 31 March: what came since 1994, what is projected, and what others forecast.

    Parameters
    ----------
    results : Results
        What a run gave. Without a record of its own (``assumptions.record``) the chart begins at the base date.
    ax : Axes, optional
        Where to draw; a new figure by default.
    until : int, optional
        Last date; ten years ahead by default.
    bare : bool
        Without title and notes, for a page that has them as text.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A solid line of outturn, a broken one for each scenario with the interval of inaction shaded, and thin ones that
        end at what others forecast.

    See Also
    --------
    carecost.load_history : The record that is drawn.
    plot_children : The years ahead alone.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "care-review", years=10)
    >>> plot_history(results).get_lines()[0].get_label()
    'outturn'
    """
    run, ax = results.run, _figure.axes(ax)
    grid = run.grid
    last = min(until or grid.base_year + AHEAD, grid.dates[-1])
    dates = [date for date in grid.dates if date <= last]
    past = (
        [row for row in history(run.assumptions.record) if row[0] <= grid.base_year] if run.assumptions.record else []
    )
    if past:
        ax.plot(*zip(*past, strict=True), color=_figure.INK, linewidth=2.6, label="outturn", zorder=2.6)
        _figure.put(ax, f"{past[0][1]:,.0f} in {past[0][0]}", past[0][0], past[0][1], -12)
    tails, many = [], len(run.scenarios) > _figure.MANY
    for name, seen in looks(results).items():
        children = run.shown[name].in_care(grid)[0][:, : len(dates)]
        mean = children.mean(0)
        ax.plot(dates, mean, color=seen.colour, linestyle=seen.line, linewidth=2.2, label=name, zorder=2.5)
        plan = run.scenarios[name]
        words = [plan.heading, numbers.children(float(mean[-1]))]
        if name == INACTION and len(children) > 1:
            low, high = np.quantile(children, ends(), axis=0)
            ax.fill_between(dates, low, high, color="#d5dee7", linewidth=0, zorder=1.2)
            spread = f" ({numbers.children(float(low[-1]))} to {numbers.children(float(high[-1]))})"
            words[1] += "" if bare else spread
        tails.append(_figure.EndLabel(float(mean[-1]), tuple(words) if many else (" ".join(words),), seen.colour))
    _others(ax, dict(past), last)
    _dress(ax, results, past, dates, tails, bare)
    return _figure.finished(ax, title)


def _others(ax: Axes, past: dict[int, float], last: int) -> None:
    """Draw what others forecast from the year in which they did: thin, with a dot at the end."""
    for forecast in published_forecasts():
        made, year, value = int(forecast["made"]), int(forecast["year"]), float(forecast["value"])
        if forecast["what"] != IN_CARE or made not in past or year > last:
            continue
        thin: dict[str, Any] = {"color": OTHERS, "linewidth": 1.1, "label": f"_{forecast['who']}", "zorder": 2}
        ax.plot([made, year], [past[made], value], **thin)
        ax.plot([year], [value], marker=".", markersize=5, **thin)
        ahead, words = max(past) < year < last, f"{forecast['who']}, {made}: {value:,.0f}"
        label = ax.annotate(words, (year, value), (5 if ahead else -5, 2), textcoords="offset points")
        label.set(fontsize=_figure.SMALL, color=OTHERS, parse_math=False)
        label.set_horizontalalignment("left" if ahead else "right")


def _dress(
    ax: Axes,
    results: Results,
    past: list[tuple[int, float]],
    dates: list[int],
    tails: list[_figure.EndLabel],
    bare: bool,
) -> None:
    """Write the finding, the axis and the notes."""
    run = results.run
    _figure.dress(ax, numbers.children)
    first = past[0][0] if past else dates[0]
    least = 0.92 * float(ax.dataLim.y0)
    low = 0.0 if least < 20_000 else 10_000.0 * (least // 10_000)
    ax.set_ylim(low, ax.get_ylim()[1])
    _figure.make_room(ax, first, dates[-1])
    _figure.years(ax, list(range(first, dates[-1] + 1)), str)
    if past:
        ax.axvline(run.grid.base_year, color=_figure.GREY, linewidth=0.8, zorder=1, label="_base")
    if not bare:
        _figure.settle(ax)
        _figure.head(ax, finding(results), subtitle(results, first, dates[-1], low))
        claimed = "; ".join(plan.heading for plan in run.scenarios.values() if plan.claim)
        _figure.note(ax, [notes(results)], warning=f"{claimed}: {numbers.CLAIM}." if claimed else "")
    _figure.end_labels(ax, dates[-1], tails)


def finding(results: Results) -> str:
    """Say what the chart shows in a sentence without its full stop.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    str
        Words for a title.
    """
    run = results.run
    past = dict(history(run.assumptions.record)) if run.assumptions.record else {}
    base = run.grid.base_year
    if len(past) > 3 and base in past:
        peak = max((year for year in past if base - 10 <= year <= base), key=lambda year: past[year])
        trend = f"have fallen since {peak}" if peak < base else f"are at a peak in {base}"
        ahead = [f for f in published_forecasts() if f["what"] == IN_CARE and int(f["year"]) >= base]
        rising = all(float(f["value"]) > past[base] for f in ahead)
        return f"Children in care {trend}" + ("; the best-known forecasts all had them rising" if rising else "")
    last = min(AHEAD, len(run.grid.dates) - 1)
    start, end = (run.shown[INACTION].in_care(run.grid)[0].mean(0)[i] for i in (0, last))
    verb = "rise" if end > start else "fall"
    return f"Without reform, children in care {verb} from {numbers.children(start)} to {numbers.children(end)}"


def subtitle(results: Results, first: int, last: int, low: float = 0.0) -> str:
    """Say what is measured, in which years, and what is shaded.

    Parameters
    ----------
    results : Results
        What a run gave.
    first, last : int
        Dates.
    low : float
        Where the axis starts.

    Returns
    -------
    str
        Words for a subtitle.
    """
    starts = f"; axis from {low:,.0f}" if low else ""
    band = "; shaded: four chances in five" if results.run.draws.n > 1 else ""
    return f"Children in care on 31 March, {first} to {last}{starts}{band}"


def notes(results: Results) -> str:
    """Say where outturn and projections come from.

    Parameters
    ----------
    results : Results
        What a run gave.

    Returns
    -------
    str
        Sentences.
    """
    run = results.run
    past = bool(run.assumptions.record)
    source = "Outturn: Department for Education. " if past else ""
    thin = " Thin: what others said, from the year in which they said it." if past else ""
    return f"{source}Projections: {run.assumptions.title or run.assumptions.name}.{thin}"
