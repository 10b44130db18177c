"""What do all charts share? Colours, lines, bands, years and a grid that stay clear in print and in grey.

The colours are the categorical palette of the Government Analysis Function [1]_, in an order whose neighbours also
differ in grey; lines and hatches differ as well.

References
----------
.. [1] Government Analysis Function. Data visualisation: colours in charts. Open Government Licence v3.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, MaxNLocator

BLUE, TURQUOISE, PINK, ORANGE, GREY, PURPLE = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"


COLOURS = (BLUE, ORANGE, PINK, TURQUOISE, GREY, PURPLE)


LINES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (6, 2, 1, 2)), (0, (1, 1.4)), (0, (10, 3)), (0, (4, 1, 1, 1, 1, 1)))


INK, PALE = "#0B0C0C", "#D9D9D9"


#: Inches of a chart that stands alone.
SIZE = (8.4, 5.4)


#: Points of the letters of titles, labels and notes.
TITLE, TEXT, SMALL = 13.5, 10.5, 9.0


#: Opacity of one or two bands, and of more.
BAND, FAINT = 0.2, 0.1


@dataclass(frozen=True)
class Look:
    """How one series is drawn.

    Parameters
    ----------
    colour : str
        Colour.
    line : str or tuple
        Pattern of its line.
    """

    colour: str
    line: Any


def look(i: int) -> Look:
    """Give the look of a series by its number; colours and patterns come round again together.

    Parameters
    ----------
    i : int
        Number of the series, from 0.

    Returns
    -------
    Look
        Colour and line.

    Examples
    --------
    >>> look(0).colour
    '#12436D'
    """
    return Look(COLOURS[i % len(COLOURS)], LINES[i % len(LINES)])


def axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """Give the axes to draw on: those given, or those of a new figure of pyplot.

    Parameters
    ----------
    ax : Axes or None
        Given axes; pyplot is not touched where there are any.
    size : tuple of float
        Width and height of a new figure [inches].

    Returns
    -------
    Axes
        Axes without decoration.
    """
    if ax is not None:
        return ax
    from matplotlib import pyplot

    made: Axes = pyplot.figure(figsize=size, layout="constrained").add_subplot()
    return made


def split(ax: Axes) -> tuple[Axes, Axes]:
    """Cut the place of some axes in two, one above the other with the same years.

    Parameters
    ----------
    ax : Axes
        Axes in a grid of subplots or at a place of their own.

    Returns
    -------
    tuple of Axes
        The given axes, now above; new ones below.
    """
    figure: Figure | SubFigure = ax.get_figure(root=False) or Figure()
    slot = ax.get_subplotspec()
    if slot is not None:
        halves = slot.subgridspec(2, 1, hspace=0.08)
        ax.set_subplotspec(halves[0])
        return ax, figure.add_subplot(halves[1], sharex=ax)
    place = ax.get_position()
    height = place.height * 0.4
    ax.set_position((place.x0, place.y1 - height, place.width, height))
    return ax, figure.add_axes((place.x0, place.y0, place.width, height), sharex=ax)


def dress(ax: Axes, write: Callable[[float], str]) -> None:
    """Leave axes with what a reader needs: a pale grid, one line below, numbers in words.

    Parameters
    ----------
    ax : Axes
        Axes.
    write : callable
        Writes a number of the y axis.
    """
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(GREY)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    ax.grid(visible=False, axis="x")
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=TEXT, labelcolor=INK, color=GREY, length=4)
    ax.tick_params(axis="y", length=0)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def years(ax: Axes, known: Sequence[int], write: Callable[[int], str], most: int = 7) -> None:
    """Mark whole years, and name as many as there is room for: all, or round ones.

    Parameters
    ----------
    ax : Axes
        Axes.
    known : sequence of int
        Years or dates.
    write : callable
        Writes a year.
    most : int
        Names that there is room for.
    """
    step = next(s for s in (1, 2, 5, 10, 20, 50) if len(known) <= s * most or s == 50)
    named = [y for y in known if y % step == 0] or list(known[:1])
    ax.set_xticks(named, [write(y) for y in named])
    ax.set_xticks(list(known), minor=True)
    ax.tick_params(axis="x", which="minor", length=2, color=GREY)


def band(
    ax: Axes, x: Sequence[int], low: Sequence[float], high: Sequence[float], seen: Look, depth: float = BAND
) -> None:
    """Shade an interval, with thin edges that also show in grey.

    Parameters
    ----------
    ax : Axes
        Axes.
    x : sequence of int
        Years.
    low, high : sequence of float
        Interval in each year.
    seen : Look
        Look of the series.
    depth : float
        Opacity.
    """
    ax.fill_between(x, low, high, color=seen.colour, alpha=depth, linewidth=0, zorder=1.5)
    for edge in (low, high):
        ax.plot(x, edge, color=seen.colour, linewidth=0.7, linestyle=seen.line, alpha=0.8, zorder=1.6, label="_edge")
