"""What charts share: style and palette, lettering of titles, notes and lines, and export to SVG and PNG.

The colours are the categorical palette of the Government Analysis Function [1]_, in an order whose neighbours also
differ in grey; lines and hatches differ as well.

References
----------
.. [1] Government Analysis Function. Data visualisation: colours in charts. Open Government Licence v3.0.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from carecost import _guard
from carecost._guard import Refused, Rule, instance, optional
from carecost._typing import Array
from carecost.maths.monte_carlo import ends

# Style

#: Palette; colours and line patterns of series, in the order in which they are taken; ink of text, and of the grid.
BLUE, TURQUOISE, PINK, ORANGE, GREY, PURPLE = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
COLOURS = (BLUE, ORANGE, PINK, TURQUOISE, GREY, PURPLE)
LINES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (6, 2, 1, 2)), (0, (1, 1.4)), (0, (10, 3)), (0, (4, 1, 1, 1, 1, 1)))
INK, PALE = "#0B0C0C", "#D9D9D9"

#: Inches of a chart that stands alone.
SIZE = (8.4, 5.4)

#: Name of a figure whose last line says what it is from, so that its notes need not.
CITED = "cited"

#: Inches of width below which labels need more of it, and years stand further apart.
NARROW_FIGURE = 6.0

#: Points of the letters of titles, labels and notes.
TITLE, TEXT, SMALL = 13.5, 10.5, 9.0

#: Ends of an interval, as they are named in tables of rows.
LOW, HIGH = (f"{q:g}" for q in ends())

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


def _made(kind: str, words: str) -> Rule:
    """Make the rule for a result of a class, by its name: plots load nothing of the results that they are given."""

    def rule(value: Any) -> Any:
        if kind not in [cls.__name__ for cls in type(value).__mro__]:
            raise Refused("", words)
        return value

    return rule


#: Rules of the guard: what plots draw, and where.
RESULTS = _made("Results", "Give what carecost.run(…) gave")
SAVING = _made("Saving", "Give what Results.compare(…) gave")
APPRAISAL = _made("SavingAppraisal", "Give what Results.appraisal(…) gave")
AREAS = _made("AreaResults", "Give what carecost.run_areas(…) gave")
AUTHORITIES = _made("AuthorityResults", "Give what carecost.run_authorities(…) gave")
BACKTEST = _made("Backtest", "Give what carecost.backtest(…) gave")
LOG = _made("AssumptionsLog", "Give what carecost.quality.assumptions_log(…) gave")
AX = optional(instance(Axes, words="Give Axes of matplotlib, or none for a new figure"))
TITLE_RULE = optional(_guard.text)


def leads(quantiles: Container[str]) -> str:
    """Name what a line shows of some quantiles: the mean over draws, or the central run where there are none.

    Parameters
    ----------
    quantiles : container of str
        What there is.

    Returns
    -------
    str
        ``mean`` or ``central``.
    """
    return "mean" if "mean" in quantiles else "central"


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

    own: Axes = pyplot.figure(figsize=size, layout="constrained").add_subplot()
    return own


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


def tiles(ax: Axes, count: int, across: int) -> list[Axes]:
    """Cut the place of some axes into tiles of one size, row by row.

    Parameters
    ----------
    ax : Axes
        Axes in a grid of subplots or at a place of their own.
    count, across : int
        Number of tiles; how many stand beside each other.

    Returns
    -------
    list of Axes
        The given axes first.
    """
    figure: Figure | SubFigure = ax.get_figure(root=False) or Figure()
    down, slot = -(-count // across), ax.get_subplotspec()
    spots = [divmod(i, across) for i in range(1, count)]
    if slot is not None:
        parts = slot.subgridspec(down, across, hspace=0.12, wspace=0.06)
        ax.set_subplotspec(parts[0, 0])
        return [ax, *(figure.add_subplot(parts[row, column]) for row, column in spots)]
    place = ax.get_position()
    wide, tall = place.width / across, place.height / down
    boxes = [
        (place.x0 + column * wide, place.y1 - (row + 1) * tall, 0.78 * wide, 0.66 * tall)
        for row, column in [(0, 0), *spots]
    ]
    ax.set_position(boxes[0])
    return [ax, *(figure.add_axes(box) for box in boxes[1:])]


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
    if is_narrow(ax):
        most = max(2, most // 2)
    step = next(s for s in (1, 2, 5, 10, 20, 50) if len(known) <= s * most or s == 50)
    named = [y for y in known if y % step == 0] or list(known[:1])
    ax.set_xticks(named, [write(y) for y in named])
    # One line of marks: a minor tick for each year would take longer than the rest of the chart.
    marks = Line2D(known, np.zeros(len(known)), transform=ax.get_xaxis_transform(), clip_on=False, label="_years")
    marks.set(linestyle="none", marker=TICKDOWN, markersize=2, markeredgewidth=0.6, color=GREY)
    ax.add_artist(marks)


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


def signed_stack(parts: Sequence[Array]) -> list[Array]:
    """Say where each part of a pile of bars begins: parts above zero pile up, parts below it pile down.

    Parameters
    ----------
    parts : sequence of ndarray of shape (bar,)
        Length of each part in each bar, in the order of the pile.

    Returns
    -------
    list of ndarray of shape (bar,)
        Where each part begins.

    Examples
    --------
    >>> import numpy as np
    >>> [start.tolist() for start in signed_stack([np.array([2.0]), np.array([-1.0]), np.array([3.0])])]
    [[0.0], [0.0], [2.0]]
    """
    starts: list[Array] = []
    above = below = np.zeros(1)
    for part in parts:
        starts.append(np.where(part >= 0, above, below))
        above, below = above + np.maximum(part, 0), below + np.minimum(part, 0)
    return starts


# Lettering

#: Points from one line of text to the next, and width of a letter, as shares of the size of the letters.
LEADING, LETTER, BOLD = 1.28, 0.56, 0.63

#: The same on average, for lines that are cut and not broken.
NARROW = 0.52

#: Labels at the ends of lines up to which each may have several lines of its own.
MANY = 5

#: Share of the width of the axes that is kept free for labels at the ends of lines.
ROOM = 0.3

#: The same in a narrow figure, whose letters are as large.
WIDE_ROOM = 0.42

#: Letters of a line of the names in a key.
KEY = 26


@dataclass(frozen=True)
class EndLabel:
    """Words at the end of a line.

    Parameters
    ----------
    y : float
        Where the line ends.
    lines : tuple of str
        What to write, broken where they are too long.
    colour : str
        Colour of a dot at the end; none where empty.
    """

    y: float
    lines: tuple[str, ...]
    colour: str = ""


def is_narrow(ax: Axes) -> bool:
    """Say whether a figure is as narrow as the column of a page."""
    figure = ax.get_figure(root=True)
    return figure is not None and figure.get_figwidth() < NARROW_FIGURE


def settle(ax: Axes) -> None:
    """Let a figure that lays itself out do so, so that the size of the axes is known."""
    figure = ax.get_figure(root=True)
    engine = None if figure is None else figure.get_layout_engine()
    if figure is not None and engine is not None:
        engine.execute(figure)


class _Layout(ConstrainedLayoutEngine):
    """Lays out a figure that is saved and not changed by others: no room is looked for where axes have no label."""

    def execute(self, fig: Figure) -> None:
        """Lay out the figure, with labels that are blank at a place of their own: else all ticks are measured again."""
        for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)):
            if not axis.get_label_text():
                axis.set_label_coords(0.5, 0.5)
        super().execute(fig)


def head(ax: Axes, title: str, subtitle: str) -> None:
    """Say above the axes what was found, and below that what is shown and in which unit.

    Parameters
    ----------
    ax : Axes
        Axes, settled.
    title, subtitle : str
        The finding (may be empty); the unit.
    """
    below = wrap(ax, subtitle, TEXT)
    unit = ax.annotate(below, (0, 1), (0, 9), "axes fraction", "offset points", annotation_clip=False)
    unit.set(fontsize=TEXT, color=GREY, verticalalignment="bottom", linespacing=LEADING, parse_math=False)
    if title:
        above = 15 + TEXT * LEADING * (below.count("\n") + 1)
        # Its height is given: to look for one, matplotlib measures all ticks again, each time that it draws.
        heading = ax.set_title(_balanced(ax, title), loc="left", pad=above, y=1.0)
        heading.set(fontsize=TITLE, fontweight="bold", color=INK, linespacing=LEADING, parse_math=False)


#: What is drawn for a white ground, and what stands for it on a dark one.
_ON_DARK = {
    "#000000": "#F3F2F1",
    INK: "#F3F2F1",
    GREY: "#C9CDD0",
    PALE: "#4A4F54",
    BLUE: "#7DB3E8",
    PINK: "#E48BB8",
    PURPLE: "#C3AEEA",
    "#15706A": "#5CC8BE",
    "#5B646A": "#A9B1B7",
    "#D5DEE7": "#34414D",
}


def finished(ax: Axes, title: str | None, panels: Sequence[Axes] = (), apart: bool = False) -> Axes:
    """Put a title of the reader's own in the place of the finding, and colours for a dark ground where there is one.

    Parameters
    ----------
    ax : Axes
        Axes with the title.
    title : str or None
        What stands above; the finding as it is where there is none.
    panels : sequence of Axes
        All axes of the chart, where there are several.
    apart : bool
        Whether the title of the axes is that of a panel, which stays below the one of all.

    Returns
    -------
    Axes
        The same axes.
    """
    now = ax.get_title(loc="left")
    if title and (apart or not now):
        above = ax.annotate(_balanced(ax, title), (0, 1), (0, 26), "axes fraction", "offset points")
        above.set(fontsize=TITLE, fontweight="bold", color=INK, annotation_clip=False, parse_math=False)
    elif title is not None and not apart:
        for words in ax.findobj(Text):
            if words.get_text() == now:
                words.set_text(_balanced(ax, title) if title else "")
    for panel in panels or (ax,):
        if np.dot(to_rgb(panel.get_facecolor()), (0.299, 0.587, 0.114)) < 0.5:
            _lighten(panel)
    return ax


def _lighten(ax: Axes) -> None:
    """Take the colours that stand for each other on a dark ground."""
    ax.tick_params(labelcolor=_ON_DARK[INK], color=_ON_DARK[GREY])
    for artist in ax.findobj():
        for part in ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor"):
            read, write = getattr(artist, f"get_{part}", None), getattr(artist, f"set_{part}", None)
            if read is None or write is None or artist is ax.patch:
                continue
            seen = read()
            for colour in [seen] if isinstance(seen, str | tuple) else list(seen)[:1]:
                light = None if str(colour) in ("none", "auto") else _ON_DARK.get(to_hex(colour).upper())
                if light is not None:
                    write(light)


def note(ax: Axes, sentences: Sequence[str], warning: str = "") -> None:
    """Write below the axes what a reader must know.

    Parameters
    ----------
    ax : Axes
        Axes, settled.
    sentences : sequence of str
        One line or more each.
    warning : str
        What stands before them in bold.
    """
    figure = ax.get_figure(root=True)
    if figure is not None and figure.get_label() == CITED:
        sentences = [sentence for sentence in sentences if not sentence.startswith("Assumptions:")]
    down = -(TEXT + 18)
    for text, weight, letter in ((warning, "bold", BOLD), ("\n".join(sentences), "normal", LETTER)):
        if text:
            broken = "\n".join(wrap(ax, line, SMALL, letter) for line in text.split("\n"))
            written = ax.annotate(broken, (0, 0), (0, down), "axes fraction", "offset points", annotation_clip=False)
            written.set(fontsize=SMALL, color=INK if warning == text else GREY, fontweight=weight)
            written.set(verticalalignment="top", linespacing=1.35, parse_math=False)
            down -= SMALL * 1.5 * (broken.count("\n") + 1)


def end_labels(ax: Axes, x: float, labels: Sequence[EndLabel], settled: bool = False) -> None:
    """Name lines at their ends, inside the axes, none over another.

    Parameters
    ----------
    ax : Axes
        Axes whose limits are final; their figure is settled first, unless it is.
    x : float
        Where the lines end.
    labels : sequence of EndLabel
        What to write.
    settled : bool
        Whether nothing around the axes has changed since their figure was settled.
    """
    if not settled:
        settle(ax)
    wide, tall = _points(ax)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    letters = max(8, int((right - x) / (right - left) * wide / (TEXT * LETTER)) - 1)
    texts = ["\n".join(_fitted(line, letters) for line in label.lines) for label in labels]
    line = TEXT * LEADING / tall * (high - low)  # height of a line of text, in the units of the data
    if len(labels) > MANY or sum(text.count("\n") + 1.2 for text in texts) * line > high - low:
        texts = [_one_line(label.lines, letters) for label in labels]
    heights = [line * (text.count("\n") + 1.2) for text in texts]
    middles = spread([label.y for label in labels], heights, low, high)
    for label, text, middle in zip(labels, texts, middles, strict=True):
        if label.colour:
            ax.plot([x], [label.y], marker="o", markersize=5, color=label.colour, label="_end", zorder=3)
        if abs(middle - label.y) > line:  # far from the end of its line: lead the eye there
            ends = [x, x + (right - left) * 0.018]
            ax.plot(ends, [label.y, middle], color=label.colour or GREY, linewidth=0.8, label="_lead")
        put(ax, text, x + (right - left) * 0.022, middle)


def _one_line(lines: Sequence[str], letters: int) -> str:
    """Write a name and its value in a line: what is cut is the name, and the interval goes."""
    name, value = lines[0], lines[-1].split(" (")[0] if len(lines) > 1 else ""
    return f"{textwrap.shorten(name, max(letters - len(value) - 1, 8), placeholder=' …')} {value}".strip()


def _fitted(line: str, letters: int) -> str:
    """Break a line that is too long, before its bracket if it has one."""
    parts = line.replace(" (", "\n(").split("\n") if len(line) > letters else [line]
    return "\n".join(textwrap.fill(p, letters, break_on_hyphens=False, break_long_words=False) for p in parts)


def key(ax: Axes, names: Sequence[str] = (), below: bool = False) -> None:
    """Say inside the axes which line is which, in names broken to a few words a line.

    Parameters
    ----------
    ax : Axes
        Axes with lines.
    names : sequence of str
        Names of the first lines, in order; the labels of all that have one by default.
    below : bool
        Whether it stands in the lower left; where it hides least by default.
    """
    handles, labels = ax.get_legend_handles_labels()
    if names:
        handles, labels = list(ax.get_lines()[: len(names)]), list(names)
    written = [textwrap.fill(label, KEY, break_long_words=False) for label in labels]
    loc: Any = "lower left" if below else "best"
    made = ax.legend(handles, written, loc=loc, frameon=False, fontsize=SMALL, handlelength=2.4)
    for text in made.get_texts():
        text.set(color=INK, parse_math=False)


def put(ax: Axes, text: str, x: float, y: float, lift: float = 0.0) -> None:
    """Write words from a place in the axes to the right, on a ground that hides the grid.

    Parameters
    ----------
    ax : Axes
        Axes.
    text : str
        Words.
    x, y : float
        Place, in the units of the data.
    lift : float
        Points above it; below it when negative.
    """
    ground = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.0}
    label = ax.annotate(
        text, (x, y), (0, lift), textcoords="offset points", annotation_clip=False, bbox=ground, zorder=2.4
    )
    label.set(fontsize=TEXT, color=INK, linespacing=LEADING, parse_math=False)
    label.set_verticalalignment("bottom" if lift > 0 else "top" if lift < 0 else "center")


def make_room(ax: Axes, first: float, last: float, before: float = 0.0) -> None:
    """Keep room for labels to the right of the last year.

    Parameters
    ----------
    ax : Axes
        Axes.
    first, last : float
        First and last year.
    before : float
        Room to the left of the first.
    """
    room = WIDE_ROOM if is_narrow(ax) else ROOM
    ax.set_xlim(first - before, last + (last - first + before) * room / (1 - room))
    ax.spines["bottom"].set_bounds(first - before, last + before)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move places apart until nothing overlaps, as little as will do, and keep them between two ends.

    Parameters
    ----------
    wanted : sequence of float
        Middle of each thing.
    heights : sequence of float
        Height of each.
    low, high : float
        The ends.

    Returns
    -------
    list of float
        Middles, in the given order.

    Examples
    --------
    >>> spread([5.0, 5.0], [2.0, 2.0], 0.0, 10.0)
    [4.0, 6.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    # Piles (members, middle) from below: a thing that would overlap the pile under it joins that pile, which then moves
    # to the mean of where its members want to be, and may reach the next one (pool adjacent violators).
    groups: list[tuple[list[int], float]] = []
    for i in order:
        groups.append(([i], wanted[i]))
        while len(groups) > 1 and _bottom(groups[-1], heights) < _top(groups[-2], heights):
            members = groups[-2][0] + groups[-1][0]
            groups[-2:] = [(members, _middle(members, wanted, heights))]
    middles = [0.0] * len(wanted)
    for members, middle in groups:
        tall = sum(heights[i] for i in members)
        bottom = min(max(middle - tall / 2, low), max(high - tall, low))
        for i in members:
            middles[i] = bottom + heights[i] / 2
            bottom += heights[i]
    return middles


def _middle(members: list[int], wanted: Sequence[float], heights: Sequence[float]) -> float:
    """Find the middle of a pile whose members lie nearest to where they want to be."""
    tall = sum(heights[i] for i in members)
    offsets, bottom = [], -tall / 2
    for i in members:
        offsets.append(wanted[i] - (bottom + heights[i] / 2))
        bottom += heights[i]
    return sum(offsets) / len(offsets)


def _bottom(group: tuple[list[int], float], heights: Sequence[float]) -> float:
    """Give the lower end of a pile."""
    return group[1] - sum(heights[i] for i in group[0]) / 2


def _top(group: tuple[list[int], float], heights: Sequence[float]) -> float:
    """Give the upper end of a pile."""
    return group[1] + sum(heights[i] for i in group[0]) / 2


def wrap(ax: Axes, text: str, size: float, letter: float = LETTER) -> str:
    """Break a text into lines that are about as wide as the axes.

    Parameters
    ----------
    ax : Axes
        Axes, settled.
    text : str
        Text.
    size : float
        Size of its letters [points].
    letter : float
        Width of a letter, as a share of its size.

    Returns
    -------
    str
        Text with line breaks.
    """
    letters = max(24, int(_points(ax)[0] / (size * letter)))
    return textwrap.fill(text, letters, break_long_words=False, break_on_hyphens=False)


def cut(ax: Axes, text: str, size: float, share: float) -> str:
    """Cut a text to one line that fits into a share of the width of the axes.

    Parameters
    ----------
    ax : Axes
        Axes, settled.
    text : str
        Text.
    size : float
        Size of its letters [points].
    share : float
        Share of the width.

    Returns
    -------
    str
        The text, or its first words and an ellipsis.
    """
    return textwrap.shorten(text, letters(ax, size, share), placeholder=" …")


def letters(ax: Axes, size: float, share: float) -> int:
    """Say how many letters fit into a share of the width of the axes, twelve at least.

    Parameters
    ----------
    ax : Axes
        Axes, settled.
    size : float
        Size of the letters [points].
    share : float
        Share of the width.

    Returns
    -------
    int
        Letters.
    """
    return max(12, int(share * _points(ax)[0] / (size * NARROW)))


def _balanced(ax: Axes, title: str) -> str:
    """Break a title into as few lines as will do, of like length."""
    broken = wrap(ax, title, TITLE, BOLD)
    for letters in range(max(map(len, broken.split("\n"))), 24, -1):
        tighter = textwrap.wrap(title, letters, break_long_words=False, break_on_hyphens=False)
        if len(tighter) > broken.count("\n") + 1:
            break
        broken = "\n".join(tighter)
    return broken


def _points(ax: Axes) -> tuple[float, float]:
    """Give the width and height of axes [points]."""
    figure = ax.get_figure(root=True)
    dpi = 100.0 if figure is None else figure.dpi
    return ax.bbox.width / dpi * 72, ax.bbox.height / dpi * 72


# Export

#: Points kept free around a figure that says what it is from.
EDGE = 6.0

#: Draws a chart on the axes that it is given.
Draw = Callable[[Axes], object]


def drawn(draw: Draw, size: tuple[float, float] = SIZE, citation: str = "") -> Figure:
    """Draw a chart once, to be saved in any format.

    Parameters
    ----------
    draw : callable
        Draws on the axes it is given.
    size : tuple of float
        Width and height [inches].
    citation : str
        What it is from, in a line of its own below everything; none where empty.

    Returns
    -------
    Figure
        The settings of whoever runs this do not change it.
    """
    with _own_settings():
        figure = Figure(figsize=size, layout=_Layout(), label=CITED if citation else "")
        FigureCanvasAgg(figure)  # one renderer to measure with: without it each layout makes its own
        if citation:
            _cite(figure, citation)
        ax = figure.add_subplot()
        draw(ax)
        # Laid out once: each saving of a figure that lays itself out would move it a little.
        settle(ax)
        figure.set_layout_engine(None)
    return figure


def _cite(figure: Figure, citation: str) -> None:
    """Write what a chart is from at the foot of the figure, and keep the rest above it."""
    wide, tall = (72 * inches for inches in figure.get_size_inches())
    text = textwrap.fill(citation, int((wide - 2 * EDGE) / (SMALL * LETTER)), break_on_hyphens=False)
    foot = figure.text(EDGE / wide, EDGE / tall, text, fontsize=SMALL, color=GREY, linespacing=1.35)
    foot.set(verticalalignment="bottom", parse_math=False)
    foot.set_in_layout(False)
    height = (SMALL * 1.5 * (text.count("\n") + 1) + 2 * EDGE) / tall
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(EDGE / wide, height, 1 - 2 * EDGE / wide, 1 - height - EDGE / tall))


def svg(draw: Draw | Figure, name: str, size: tuple[float, float] = SIZE) -> str:
    """Draw a chart as an SVG element to stand in a page.

    Parameters
    ----------
    draw : callable or Figure
        Draws on the axes it is given; or what :func:`drawn` gave.
    name : str
        Name that no other picture of the page has; goes into every id.
    size : tuple of float
        Width and height [inches].

    Returns
    -------
    str
        The element, with its words as text; no metadata, no address of anything outside.

    Examples
    --------
    >>> svg(lambda ax: ax.set_title("a title"), "example")[:17]
    '<svg id="example"'
    """
    text = _file(draw, size, "svg", salt=name, metadata={"Date": None}).decode()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", text).replace("xlink:href", "href")
    # The rule of matplotlib's for all lines must not reach the rest of the page.
    text = text.replace("*{", f"#{name} *{{")
    box = re.search(r'viewBox="[^"]*"', text)
    assert box is not None
    return re.sub(r"<svg[^>]*>", f'<svg id="{name}" {box.group()}>', text, count=1).strip()


def png(draw: Draw | Figure, size: tuple[float, float] = SIZE, dpi: float = 150) -> bytes:
    """Draw a chart as a PNG file.

    Parameters
    ----------
    draw : callable or Figure
        Draws on the axes it is given; or what :func:`drawn` gave.
    size : tuple of float
        Width and height [inches].
    dpi : float
        Dots in an inch.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> png(lambda ax: None)[1:4]
    b'PNG'
    """
    # Packed once over: packing harder takes longer than drawing, for a tenth of the size.
    return _file(draw, size, "png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 2})


def svg_file(figure: Figure, name: str, width: float, words: str) -> bytes:
    """Write a drawn chart as an SVG file that stands alone.

    Parameters
    ----------
    figure : Figure
        What :func:`drawn` gave.
    name : str
        What its ids are made from.
    width : float
        Width at which it is shown [mm]; the height follows.
    words : str
        What it shows, for those who do not see it.

    Returns
    -------
    bytes
        The file. Letters are shapes, so that it looks the same where their font is not; the same chart gives the same
        bytes.
    """
    text = _file(figure, SIZE, "svg", salt=name, letters="path", metadata={"Date": None}).decode()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    across, down = figure.get_size_inches()
    shown = f'width="{width:g}mm" height="{width * down / across:.4g}mm"'
    head = re.sub(r' (width|height)="[^"]*"', "", text[text.index("<svg") : text.index(">", text.index("<svg"))])
    inside = text[text.index(">", text.index("<svg")) + 1 :]
    title = f'<title id="{name}-title">{html.escape(words)}</title>'
    opening = f'{head} {shown} role="img" aria-labelledby="{name}-title">{title}'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{opening}{inside}'.encode()


@contextmanager
def _own_settings(salt: str = "", letters: str = "none") -> Iterator[None]:
    """Draw and save by the settings of matplotlib itself, whatever those of whoever runs this."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": letters, "svg.hashsalt": salt})
        yield


def _file(
    draw: Draw | Figure, size: tuple[float, float], kind: str, salt: str = "", letters: str = "none", **options: Any
) -> bytes:
    figure, out = draw if isinstance(draw, Figure) else drawn(draw, size), BytesIO()
    with _own_settings(salt, letters):
        figure.savefig(out, format=kind, facecolor="white", **options)
    return _numbered(out.getvalue(), salt) if kind == "svg" else out.getvalue()


def _numbered(svg: bytes, salt: str) -> bytes:
    """Name clips, marks and hatches by their order: matplotlib hashes bounds, whose last digits differ by drawing."""
    made = dict.fromkeys(re.findall(rb'id="([a-z][0-9a-f]{10})"', svg))
    names = {old: old[:1] + sha256(f"{salt} {i}".encode()).hexdigest()[:10].encode() for i, old in enumerate(made)}
    return re.sub(rb"\b[a-z][0-9a-f]{10}\b", lambda found: names.get(found[0], found[0]), svg)
