"""Places and distance by region, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from carecost._guard import guarded
from carecost.plots import _figure
from carecost.plots.history import looks
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.areas import AreaResults


#: What is drawn, as the figures of regions call it.
MEASURES = ("places in children's homes", "placed over 20 miles from home and outside the boundary of the authority")

#: Inches of the chart: two panels need more room than one.
SIZE = (9.6, 5.8)


@guarded(found=_figure.AREAS, ax=_figure.AX, title=_figure.TITLE_RULE)
def plot_regions(found: AreaResults, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the places in children's homes of each region against its children, and how many are placed far away.

    Parameters
    ----------
    found : AreaResults
        What a run of every area gave.
    ax : Axes, optional
        Where to draw; a new figure by default. Its right half becomes axes of its own.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        The left panel: places for 100 children looked after, the region with the fewest on top, with a line where the
        whole country's children in homes are. The right panel is the last axes of the figure: the share placed over
        20 miles away and outside the boundary, with a line at that of the whole country.

    See Also
    --------
    carecost.AreaResults.regions : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> by_area = cc.run_areas(cc.load_assumptions("england-2025"), years=1)
    >>> [label.get_text() for label in plot_regions(by_area).get_yticklabels()][0]
    'London'
    """
    table = found.regions()
    whole, rows = table.iloc[-1], table.iloc[:-1].sort_values("home_places_per_100", kind="stable")
    left, right = _beside(_figure.axes(ax, SIZE))
    need = 100 * float(whole["estimated_in_homes"]) / _children(whole)
    _bars(
        left, rows["home_places_per_100"].tolist(), _figure.BLUE, need, f"{need:.1f} per 100 live in\na home in England"
    )
    far = (100 * rows["over_20_miles"]).tolist()
    mean = 100 * float(whole["over_20_miles"])
    _bars(right, far, _figure.ORANGE, mean, f"England {mean:.0f}%")
    names = rows["area"].tolist()
    left.set_yticks(range(len(names)), names)
    right.set_yticks(range(len(names)), [""] * len(names))
    _annotate(left, right, rows, found)
    return _figure.finished(left, title, (left, right))


#: Inches of small multiples, and how many stand beside each other.
SMALL, ACROSS = (9.6, 7.6), 3


@guarded(found=_figure.AREAS, ax=_figure.AX, title=_figure.TITLE_RULE)
def plot_region_children(found: AreaResults, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw children in care in each region under each scenario: a small panel a region.

    Parameters
    ----------
    found : AreaResults
        What a run of every area gave.
    ax : Axes, optional
        Where to draw; a new figure by default. Its place is cut into panels.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        The first panel; the others follow in the figure. Each spans from nobody to its own most, so that lines compare
        as shares; the number is that of the last date without reform.

    See Also
    --------
    carecost.AreaResults.children : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> by_area = cc.run_areas(cc.load_assumptions("england-2025"), years=2)
    >>> plot_region_children(by_area).get_title(loc="left")
    'North East'
    """
    names = list(found.results)
    panels = _figure.tiles(_figure.axes(ax, SMALL), len(names), ACROSS)
    run = found.results[names[0]].run
    dates, seen = list(run.grid.dates), looks(found.results[names[0]])
    for name, panel in zip(names, panels, strict=True):
        shown = found.results[name].run.shown
        lines = {one: shown[one].in_care(run.grid)[0].mean(0) for one in seen}
        for one, look in seen.items():
            panel.plot(dates, lines[one], color=look.colour, linestyle=look.line, linewidth=2.0, label=one)
        _figure.dress(panel, numbers.children)
        panel.yaxis.set_major_locator(MaxNLocator(3))
        panel.set_ylim(0, 1.15 * max(float(line.max()) for line in lines.values()))
        _figure.make_room(panel, dates[0], dates[-1])
        _figure.years(panel, dates, str, most=3)
        heading = panel.set_title(name, loc="left", pad=5)
        heading.set(fontsize=_figure.TEXT, fontweight="bold", color=_figure.INK, parse_math=False)
    _figure.settle(panels[0])
    foot = panels[-(len(names) % ACROSS or ACROSS)]
    _figure.note(foot, ["Children in care on 31 March. Each panel from zero to its own most, so that slopes compare."])
    _figure.settle(panels[0])
    for name, panel in zip(names, panels, strict=True):
        ends = [float(found.results[name].run.shown[one].in_care(run.grid)[0].mean(0)[-1]) for one in seen]
        labels = [
            _figure.EndLabel(end, (numbers.children(end),), look.colour)
            for end, look in zip(ends, seen.values(), strict=True)
        ]
        _figure.end_labels(panel, dates[-1], labels, settled=True)
    words = [run.scenarios[one].heading for one in seen]
    handles = panels[0].get_lines()[: len(seen)]
    panels[-1].legend(
        handles, words, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=1, frameon=False, fontsize=_figure.SMALL
    )
    return _figure.finished(panels[0], title, panels, apart=True)


def _children(row: pd.Series) -> float:
    """Children looked after on the date of the places, from the two columns of the table."""
    return 100 * float(row["home_places"]) / float(row["home_places_per_100"])


def _beside(ax: Axes) -> tuple[Axes, Axes]:
    """Cut the place of some axes in two, beside each other."""
    figure: Figure | SubFigure = ax.get_figure(root=False) or Figure()
    slot = ax.get_subplotspec()
    if slot is not None:
        halves = slot.subgridspec(1, 2, wspace=0.06)
        ax.set_subplotspec(halves[0])
        return ax, figure.add_subplot(halves[1])
    place = ax.get_position()
    width = place.width * 0.48
    ax.set_position((place.x0, place.y0, width, place.height))
    return ax, figure.add_axes((place.x1 - width, place.y0, width, place.height))


def _bars(ax: Axes, values: list[float], colour: str, line: float, word: str) -> None:
    """Draw bars from the top down, each with its number, and a line to read them against."""
    ax.barh(range(len(values)), values, height=0.62, color=colour, zorder=2)
    for i, value in enumerate(values):
        _figure.put(ax, f"{value:.0f}", value + 0.02 * max(values), i)
    ax.axvline(line, color=_figure.GREY, linewidth=1.4, linestyle=_figure.LINES[1], zorder=2.2, label="_mean")
    ax.set_ylim(len(values) - 0.4, -1.5)
    ax.annotate(
        word, (line, -1.42), (4, 0), "data", "offset points", fontsize=_figure.SMALL, color=_figure.GREY, va="top"
    )
    ax.set_xlim(0, 1.12 * max(*values, line))
    for side in ("top", "right", "bottom"):
        ax.spines[side].set_visible(False)
    ax.spines["left"].set_color(_figure.GREY)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0, labelsize=_figure.TEXT, labelcolor=_figure.INK)


def _annotate(left: Axes, right: Axes, rows: pd.DataFrame, found: AreaResults) -> None:
    """Write the finding, the unit and the source of each panel."""
    few, many, far = rows.iloc[0], rows.iloc[-1], rows.iloc[rows["over_20_miles"].argmax()]
    _figure.settle(left)
    _figure.head(
        left,
        f"Places per 100 children: {few['home_places_per_100']:.0f} in {few['area']}, "
        f"{many['home_places_per_100']:.0f} in {many['area']}",
        "Places in children's homes where they stand, for 100 children looked after",
    )
    _figure.head(
        right,
        f"Placed far away: most in {far['area']}, {100 * far['over_20_miles']:.0f}%",
        "Placed over 20 miles from home and outside the boundary, per cent",
    )
    places, distance = (found.year(measure) for measure in MEASURES)
    _figure.note(
        left,
        [f"Places on 31 March {places}, Ofsted; short breaks included, whoever's children live in them."],
    )
    _figure.note(right, [f"31 March {distance}, DfE; published in whole per cent."])
