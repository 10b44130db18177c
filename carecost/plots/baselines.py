"""The same question under each baseline: children in care and in homes, spend, and what the scenario saves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from carecost import _labels
from carecost._guard import frame, guarded, optional
from carecost.errors import InputError, Problem
from carecost.files.baselines import AXES
from carecost.files.packaged import published_forecasts
from carecost.plots import _figure
from carecost.plots.history import looks
from carecost.results.baseline_tables import IN_CARE, IN_HOMES, NPV, SPEND
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results

#: Inches of the chart: four panels, two by two.
SIZE = (10.4, 8.6)

#: Columns that are drawn from.
_COLUMNS = ("axis", "baseline", "default", "scenario", "what", "year", "quantile", "value")

#: Panels that are lines over years, each with what others forecast of the same thing.
_LINES = (IN_CARE, IN_HOMES, SPEND)


@guarded(results=_figure.RESULTS, ax=_figure.AX, table=optional(frame), title=_figure.TITLE_RULE)
def plot_baselines(
    results: Results, ax: Axes | None = None, table: pd.DataFrame | None = None, title: str | None = None
) -> Axes:
    """Draw children in care, children in homes, spend and the net present saving under each baseline.

    Parameters
    ----------
    results : Results
        What a run gave, on a set that states its baselines.
    ax : Axes, optional
        Where to draw; a new figure by default. Its place is cut in four.
    table : DataFrame, optional
        What ``results.baselines()`` gave, where it is known; it is asked for otherwise.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        The panel of children in care: a line for each baseline, in the colour of its axis, the default in
        black; crosses are what others forecast. Children in homes, spend, and dots of net present saving follow.

    Raises
    ------
    InputError
        If the table holds nothing of a scenario or of inaction.

    See Also
    --------
    carecost.Results.baselines : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "care-review", years=6)
    >>> len(plot_baselines(results).figure.axes)
    4
    """
    rows = results.baselines() if table is None else table
    lost = [column for column in _COLUMNS if column not in rows]
    if lost:
        raise InputError(Problem(f"it has no columns {', '.join(lost)}", "table", "Give results.baselines()"))
    rows = rows[rows["quantile"] == _figure.leads(set(rows["quantile"].astype(str)))]
    missing = [what for what in _LINES if what not in set(rows["what"])]
    if missing:
        raise InputError(Problem(f"it has no rows of {', '.join(missing)}", "table", "Give results.baselines()"))
    panels = _figure.tiles(_figure.axes(ax, SIZE), 4, 2)
    for panel, what in zip(panels, _LINES, strict=False):
        _draw_lines(panel, rows[rows["what"] == what], what)
    _draw_dots(panels[3], rows[rows["what"] == NPV], results)
    _annotate(panels, results, rows)
    return _figure.finished(panels[0], title, panels)


def _colour(axis: str) -> str:
    return str(_figure.COLOURS[AXES.index(axis) % len(_figure.COLOURS)])


def _draw_lines(ax: Axes, rows: pd.DataFrame, what: str) -> None:
    """Draw a line a baseline, the default last and thick, and what others forecast."""
    divisor = 1e9 if what == SPEND else 1.0
    for name, line in rows[~rows["default"]].groupby("baseline", sort=False):
        thin: dict[str, Any] = {"color": _colour(str(line["axis"].iloc[0])), "linewidth": 1.3, "zorder": 2.2}
        ax.plot(line["year"], line["value"] / divisor, label=str(name), **thin)
    of_default = rows[rows["default"]].drop_duplicates("year")
    thick: dict[str, Any] = {"color": _figure.INK, "linewidth": 2.6, "label": "default", "zorder": 2.6}
    ax.plot(of_default["year"], of_default["value"] / divisor, **thick)
    last = int(rows["year"].max())
    for forecast in published_forecasts():
        if forecast["what"] == what and int(forecast["year"]) <= last:
            at, value = int(forecast["year"]), float(forecast["value"]) / divisor
            ax.plot(
                [at], [value], marker="x", color=_figure.GREY, markersize=7, linewidth=0, label="_forecast", zorder=3
            )
            _figure.put(ax, f"  {forecast['who']}", at, value)
    _figure.dress(ax, numbers.plain if what == SPEND else numbers.children)
    ax.set_ylim(0, 1.08 * max(float(ax.dataLim.y1), float((rows["value"] / divisor).max())))
    years = sorted(set(rows["year"]))
    _figure.years(ax, years, _labels.financial_year if what == SPEND else str, most=5)


def _draw_dots(ax: Axes, rows: pd.DataFrame, results: Results) -> None:
    """Draw a dot a baseline and scenario, the axes below each other."""
    names = list(dict.fromkeys(rows["baseline"]))
    scale, seen_as = numbers.money_scale(*rows["value"]), looks(results)
    for scenario, dots in rows.groupby("scenario", sort=False):
        values = dots.set_index("baseline")["value"].reindex(names) / scale.divisor
        own = dots.set_index("baseline")["default"].reindex(names)
        name = str(scenario)
        ax.plot(
            values,
            range(len(names)),
            marker="o",
            color=seen_as[name].colour,
            linewidth=0,
            markersize=5,
            label=results.run.scenarios[name].heading,
        )
        ax.plot(
            values[own], np.flatnonzero(own), marker="s", color=_figure.INK, linewidth=0, markersize=6, label="_own"
        )
    ax.set_yticks(range(len(names)), [_words(name) for name in names])
    _key(ax, [_colour(axis) for axis in rows.drop_duplicates("baseline").set_index("baseline")["axis"][names]])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.axvline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.grid(axis="x", color=_figure.PALE, linewidth=0.8)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=20, labelsize=_figure.SMALL, labelcolor=_figure.INK)
    if len(set(rows["scenario"])) > 1:
        ax.legend(loc="best", frameon=False, fontsize=_figure.SMALL)


def _key(ax: Axes, colours: Sequence[str]) -> None:
    """Draw beside each name the colour that its line has in the other panels."""
    plain = {"arrowstyle": "-", "linewidth": 2.2, "shrinkA": 0, "shrinkB": 4}
    for row, colour in enumerate(colours):
        stroke = ax.annotate(
            "", (0, row), (-16, 0), ax.get_yaxis_transform(), "offset points", {**plain, "color": colour}
        )
        stroke.set_annotation_clip(False)


def _words(name: object) -> str:
    """Write the name of a baseline as words: their titles are too long for a chart."""
    return re.sub(r"(?<!\d)-|-(?!\d)", " ", str(name))


def _annotate(panels: Sequence[Axes], results: Results, rows: pd.DataFrame) -> None:
    """Write the finding, the unit of each panel, and the notes."""
    run = results.run
    _figure.settle(panels[0])
    prices = f"{_labels.financial_year(run.assumptions.price_year)} prices"
    last = rows[(rows["what"] == IN_CARE) & (rows["year"] == rows["year"].max())]
    low, high = (last.loc[pick] for pick in (last["value"].idxmin(), last["value"].idxmax()))
    finding = (
        f"Children in care, March {int(low['year'])}: {numbers.children(float(low['value']))} "
        f"({_words(low['baseline'])}) to {numbers.children(float(high['value']))} ({_words(high['baseline'])})"
    )
    _figure.head(panels[0], finding, "Children in care without reform")
    scale = numbers.money_scale(*rows.loc[rows["what"] == NPV, "value"], 1e9)
    for panel, words in zip(
        panels[1:],
        ("Children in homes", f"Spend, £bn a year, {prices}", f"Net present saving, {scale.unit}, {prices}"),
        strict=True,
    ):
        _figure.head(panel, "", words)
    lead = "Means" if "mean" in set(rows["quantile"]) else "Central runs"
    _figure.note(
        panels[2],
        [
            f"{lead}; one thing changed at a time, all else as in the default (black, squares). Colours of lines: as "
            "beside the names. Crosses: what others forecast."
        ],
    )
