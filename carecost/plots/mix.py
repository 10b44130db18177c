"""Where children in care live: residential, foster and all other placements, three panels on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from carecost._guard import flag, guarded
from carecost._typing import Array
from carecost.plots import _figure
from carecost.plots.history import AHEAD, looks
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.engine.grid import Grid
    from carecost.results.results import Results

#: Panels, and the groups of placements in each; all other groups in care are in the last.
PANELS = {"Residential care": ("residential",), "Foster families": ("fostering", "kinship")}
REST = "Everywhere else"

#: Inches of the chart: three panels beside each other, and below each other.
SIZE, TALL = (9.6, 4.2), (6.4, 9.0)


@guarded(results=_figure.RESULTS, ax=_figure.AX, shares=flag, stacked=flag, bare=flag, title=_figure.TITLE_RULE)
def plot_mix(
    results: Results,
    ax: Axes | None = None,
    shares: bool = False,
    stacked: bool = False,
    bare: bool = False,
    title: str | None = None,
) -> Axes:
    """Draw children in residential care, in foster families (kinship too) and elsewhere, under each scenario.

    Parameters
    ----------
    results : Results
        What a run gave.
    ax : Axes, optional
        Where to draw; a new figure by default. Its place is cut in three.
    shares : bool
        Shares of all children in care instead of their number.
    stacked : bool
        Panels below each other, as on a phone.
    bare : bool
        Without title and names of lines, for a page that has them as text.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        The first panel; the others follow in the figure. Each spans as many children, so that slopes compare.

    See Also
    --------
    carecost.Results.children : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "care-review", years=10)
    >>> [panel.get_title(loc="left") for panel in plot_mix(results).figure.axes][1]
    'Foster families'
    """
    run = results.run
    dates = [date for date in run.grid.dates if date <= run.grid.base_year + AHEAD]
    panels = _three(_figure.axes(ax, TALL if stacked else SIZE), stacked)
    seen = looks(results)
    lines = {name: _counts(run.grid, run.shown[name].stock, len(dates), shares) for name in seen}
    span = 1.15 * max(float(np.ptp([line[i] for line in lines.values()])) for i in range(3)) or 1.0
    write = numbers.percent if shares else numbers.children
    tails: list[list[_figure.EndLabel]] = []
    for i, (panel, of) in enumerate(zip(panels, (*PANELS, REST), strict=True)):
        tails.append([])
        for name, look in seen.items():
            line = lines[name][i]
            panel.plot(dates, line, color=look.colour, linestyle=look.line, linewidth=2.0, label=name)
            tails[-1].append(_figure.EndLabel(float(line[-1]), (write(float(line[-1])),), look.colour))
        values = np.array([line[i] for line in lines.values()])
        middle = (float(values.max()) + float(values.min())) / 2
        low = max(0.0, middle - span / 2)
        _figure.dress(panel, write)
        panel.set_ylim(low, low + span)
        _figure.make_room(panel, dates[0], dates[-1])
        _figure.years(panel, dates, str, most=3)
        heading = panel.set_title(of, loc="left", pad=6, y=1.0)
        heading.set(fontsize=_figure.TEXT, fontweight="bold", color=_figure.INK, parse_math=False)
    if len(seen) > 1 and not bare:
        flattest = min(range(3), key=lambda i: np.ptp([line[i] for line in lines.values()]))
        _figure.key(panels[flattest], [run.scenarios[name].heading for name in seen], below=True)
    _figure.settle(panels[0])
    for panel, ends in zip(panels, tails, strict=True):
        _figure.end_labels(panel, dates[-1], ends, settled=True)
    return _figure.finished(panels[0], finding(results) if title is None and not bare else title, panels, apart=True)


def _three(ax: Axes, stacked: bool) -> tuple[Axes, Axes, Axes]:
    """Cut the place of some axes in three, beside or below each other."""
    figure: Figure | SubFigure = ax.get_figure(root=False) or Figure()
    slot = ax.get_subplotspec()
    if slot is not None:
        parts = slot.subgridspec(3, 1, hspace=0.16) if stacked else slot.subgridspec(1, 3, wspace=0.1)
        ax.set_subplotspec(parts[0])
        return ax, figure.add_subplot(parts[1]), figure.add_subplot(parts[2])
    place = ax.get_position()
    if stacked:
        height = place.height * 0.26
        ax.set_position((place.x0, place.y1 - height, place.width, height))
        lower = (figure.add_axes((place.x0, place.y0 + k * place.height * 0.37, place.width, height)) for k in (1, 0))
        return ax, *lower  # type: ignore[return-value]
    width = place.width * 0.27
    ax.set_position((place.x0, place.y0, width, place.height))
    others = (figure.add_axes((place.x0 + k * place.width * 0.365, place.y0, width, place.height)) for k in (1, 2))
    return ax, *others  # type: ignore[return-value]


def _counts(grid: Grid, stock: Array, n: int, shares: bool) -> list[Array]:
    """Give the mean number (or share) of children in each panel on each date: (date,)."""
    care = {p.group for p in grid.placements if p.in_care}
    chosen = list(PANELS.values())
    groups = [*chosen, tuple(care - {name for names in chosen for name in names})]
    masks = np.array([[float(p.in_care and p.group in names) for p in grid.placements] for names in groups])
    counted = np.einsum("dstp,kp->kt", stock[:, :, :n], masks) / len(stock)
    return list(counted / counted.sum(0) if shares else counted)


def finding(results: Results) -> str:
    """Say which group moves most under inaction, in a sentence without its full stop.

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
    n = min(len(run.grid.dates), AHEAD + 1)
    counts = _counts(run.grid, run.shown["inaction"].stock, n, False)
    changes = {name: float(line[-1] - line[0]) for name, line in zip((*PANELS, REST), counts, strict=True)}
    most = max(changes, key=lambda name: abs(changes[name]))
    verb = "rise" if changes[most] > 0 else "fall"
    by = numbers.children(abs(changes[most]))
    where = "elsewhere" if most == REST else f"in {most[0].lower()}{most[1:]}"
    return f"Without reform, children {where} {verb} most: by {by} in {n - 1} years"
