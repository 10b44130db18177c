"""How does a chart become a file? SVG for a page and PNG, the same bytes for the same chart."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from carecost.plots.style import SIZE

Draw = Callable[[Axes], object]


def svg(draw: Draw, name: str, size: tuple[float, float] = SIZE) -> str:
    """Draw a chart as an SVG element to stand in a page.

    Parameters
    ----------
    draw : callable
        Draws on the axes it is given.
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


def png(draw: Draw, size: tuple[float, float] = SIZE, dpi: int = 150) -> bytes:
    """Draw a chart as a PNG file.

    Parameters
    ----------
    draw : callable
        Draws on the axes it is given.
    size : tuple of float
        Width and height [inches].
    dpi : int
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
    return _file(draw, size, "png", dpi=dpi, metadata={"Software": None})


def _file(draw: Draw, size: tuple[float, float], kind: str, salt: str = "", **options: Any) -> bytes:
    # The settings of whoever runs this must not change the file.
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": salt})
        figure, out = Figure(figsize=size, layout="constrained"), BytesIO()
        draw(figure.add_subplot())
        figure.savefig(out, format=kind, facecolor="white", **options)
    return out.getvalue()
