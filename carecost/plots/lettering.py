"""Where do the words of a chart go? Title and unit above, notes below, names at the ends of lines."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from carecost.plots.style import GREY, INK, SMALL, TEXT, TITLE

#: Points from one line of text to the next, and width of a letter, as shares of the size of the letters.
LEADING, LETTER, BOLD = 1.28, 0.56, 0.63


#: The same on average, for lines that are cut and not broken.
NARROW = 0.52


#: Share of the width of the axes that is kept free for labels at the ends of lines.
ROOM = 0.3


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


def settle(ax: Axes) -> None:
    """Let a figure that lays itself out do so, so that the size of the axes is known."""
    figure = ax.get_figure(root=True)
    engine = None if figure is None else figure.get_layout_engine()
    if figure is not None and engine is not None:
        engine.execute(figure)


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
    words = ax.annotate(below, (0, 1), (0, 9), "axes fraction", "offset points", annotation_clip=False)
    words.set(fontsize=TEXT, color=GREY, verticalalignment="bottom", linespacing=LEADING, parse_math=False)
    if title:
        above = 15 + TEXT * LEADING * (below.count("\n") + 1)
        heading = ax.set_title(_balanced(ax, title), loc="left", pad=above)
        heading.set(fontsize=TITLE, fontweight="bold", color=INK, linespacing=LEADING, parse_math=False)


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
    down = -(TEXT + 18)
    for text, weight, letter in ((warning, "bold", BOLD), ("\n".join(sentences), "normal", LETTER)):
        if text:
            broken = "\n".join(wrap(ax, line, SMALL, letter) for line in text.split("\n"))
            words = ax.annotate(broken, (0, 0), (0, down), "axes fraction", "offset points", annotation_clip=False)
            words.set(fontsize=SMALL, color=INK if warning == text else GREY, fontweight=weight)
            words.set(verticalalignment="top", linespacing=1.35, parse_math=False)
            down -= SMALL * 1.5 * (broken.count("\n") + 1)


def end_labels(ax: Axes, x: float, labels: Sequence[EndLabel]) -> None:
    """Name lines at their ends, inside the axes, none over another.

    Parameters
    ----------
    ax : Axes
        Axes whose limits are final; their figure is settled first.
    x : float
        Where the lines end.
    labels : sequence of EndLabel
        What to write.
    """
    settle(ax)
    wide, tall = _points(ax)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    letters = max(8, int((right - x) / (right - left) * wide / (TEXT * LETTER)) - 1)
    texts = ["\n".join(_fitted(line, letters) for line in label.lines) for label in labels]
    line = TEXT * LEADING / tall * (high - low)
    places = spread([b.y for b in labels], [line * (t.count("\n") + 1.2) for t in texts], low, high)
    for label, text, place in zip(labels, texts, places, strict=True):
        if label.colour:
            ax.plot([x], [label.y], marker="o", markersize=5, color=label.colour, label="_end", zorder=3)
        if abs(place - label.y) > line:
            ends = [x, x + (right - left) * 0.018]
            ax.plot(ends, [label.y, place], color=label.colour or GREY, linewidth=0.8, label="_lead")
        put(ax, text, x + (right - left) * 0.022, place)


def _fitted(line: str, letters: int) -> str:
    """Break a line that is too long, before its bracket if it has one."""
    parts = line.replace(" (", "\n(").split("\n") if len(line) > letters else [line]
    return "\n".join(textwrap.fill(p, letters, break_on_hyphens=False, break_long_words=False) for p in parts)


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
    words = ax.annotate(
        text, (x, y), (0, lift), textcoords="offset points", annotation_clip=False, bbox=ground, zorder=2.4
    )
    words.set(fontsize=TEXT, color=INK, linespacing=LEADING, parse_math=False)
    words.set_verticalalignment("bottom" if lift > 0 else "top" if lift < 0 else "center")


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
    ax.set_xlim(first - before, last + (last - first + before) * ROOM / (1 - ROOM))
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
    groups: list[tuple[list[int], float]] = []
    for i in order:
        groups.append(([i], wanted[i]))
        while len(groups) > 1 and _bottom(groups[-1], heights) < _top(groups[-2], heights):
            members = groups[-2][0] + groups[-1][0]
            groups[-2:] = [(members, _middle(members, wanted, heights))]
    placed = [0.0] * len(wanted)
    for members, middle in groups:
        tall = sum(heights[i] for i in members)
        at = min(max(middle - tall / 2, low), max(high - tall, low))
        for i in members:
            placed[i] = at + heights[i] / 2
            at += heights[i]
    return placed


def _middle(members: list[int], wanted: Sequence[float], heights: Sequence[float]) -> float:
    """Find the middle of a pile whose members lie nearest to where they want to be."""
    tall = sum(heights[i] for i in members)
    offsets, at = [], -tall / 2
    for i in members:
        offsets.append(wanted[i] - (at + heights[i] / 2))
        at += heights[i]
    return sum(offsets) / len(offsets)


def _bottom(group: tuple[list[int], float], heights: Sequence[float]) -> float:
    return group[1] - sum(heights[i] for i in group[0]) / 2


def _top(group: tuple[list[int], float], heights: Sequence[float]) -> float:
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
    letters = max(12, int(share * _points(ax)[0] / (size * NARROW)))
    return textwrap.shorten(text, letters, placeholder=" …")


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
