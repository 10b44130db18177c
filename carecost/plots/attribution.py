"""Waterfall of a saving by lever, down to what all levers do together."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from carecost import _labels
from carecost._guard import guarded, text, whole
from carecost.analysis.attribution import Attribution, Effects, attribution
from carecost.errors import UnknownNameError, unknown
from carecost.maths import monte_carlo
from carecost.plots import _figure
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.inputs.scenario import Lever
    from carecost.results.results import Results
    from carecost.simulation.run import Run


#: What each way of counting does, in words.
WAYS = {
    "sequence": "each lever added to those above it",
    "alone": "each lever alone, then their interaction",
    "shapley": "each lever's mean over all orders of adding them (Shapley)",
}


NOTE = (
    "Against inaction, with the same luck. What a lever adds depends on what is there: two that keep the same children "
    "out of care do less together than the sum of each alone."
)


#: Letters in a line of a lever's name.
_LETTERS = 26

#: Inches of the height of a figure for each bar, below which a wide one has no room for names of several lines.
_LINES = 0.75

#: Height of a bar.
_HEIGHT = 0.62

#: What is said of levers that do not act.
_REMARKS = {"spends": "spending only", "idle": "no effect stated"}


@dataclass(frozen=True)
class _Bar:
    """One bar: its name, how it looks, where it starts, what it adds, and the interval of that."""

    name: str
    kind: str
    start: float
    adds: float
    low: float | None
    high: float | None


def size(levers: int) -> tuple[float, float]:
    """Give the size of a chart with room for its levers.

    Parameters
    ----------
    levers : int
        How many.

    Returns
    -------
    tuple of float
        Width and height [inches].
    """
    return _figure.SIZE[0], 3.1 + 0.5 * (levers + 2)


@guarded(
    results=_figure.RESULTS,
    scenario=text,
    measure=text,
    ax=_figure.AX,
    method=text,
    draws=whole(0),
    title=_figure.TITLE_RULE,
)
def plot_attribution(
    results: Results,
    scenario: str,
    measure: str = "npv",
    ax: Axes | None = None,
    method: str = "sequence",
    draws: int = 0,
    title: str | None = None,
) -> Axes:
    """Draw which lever of a scenario did what, against inaction.

    Parameters
    ----------
    results : Results
        What a run gave.
    scenario : str
        Name.
    measure : str
        One of npv, net_saving, cashable_saving, gross_saving, reform_spend, averted or averted_child_years.
    ax : Axes, optional
        Where to draw; a new figure by default.
    method : str
        Way of counting: ``sequence``, ``alone`` (with a bar of their interaction) or ``shapley``.
    draws : int
        The first draws of the run, for intervals; 0 is the central run alone.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        One bar a lever from the top in the listed order, in units of money or children, and one of all levers; those
        without an effect or money stated are named below instead.

    Raises
    ------
    UnknownNameError
        If the scenario, measure or method is not known.
    InputError
        If the scenario has no levers, or the run fewer draws.

    See Also
    --------
    carecost.Results.attribution : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
    >>> len(plot_attribution(results, "care-review").patches)
    9
    """
    if method not in WAYS:
        raise UnknownNameError(unknown("method", method, WAYS))
    found = attribution(results.run, scenario, draws=draws)
    m = found.measure(measure)
    bars = _bars(found, results.run.scenarios[scenario].levers, method, m)
    # What has no effect stated adds nothing, and is named below.
    still = [bar.name for bar in bars if bar.kind == "idle" and not bar.adds]
    bars = [bar for bar in bars if bar.name not in still]
    ends = [x for b in bars for x in (b.start, b.start + b.adds)]
    money = found.measures[m].unit == "GBP"
    scale = numbers.money_scale(*ends) if money else numbers.Scale(1.0, found.measures[m].unit, 0)
    ax = _figure.axes(ax, size(len(found.levers) - len(still)))
    _draw(ax, bars, scale)
    _annotate(ax, results.run, found, m, method, scale, still)
    _values(ax, bars, [_written(b.adds, ends, scale, money) for b in bars], scale)
    return _figure.finished(ax, title)


def _bars(found: Attribution, levers: Sequence[Lever], method: str, m: int) -> list[_Bar]:
    """Lay the bars out, each from where the one above ends."""
    adds, drawn = _parts(found.central, method, m), found.drawn
    names, kinds = [lever.name for lever in levers], [_kind(lever) for lever in levers]
    if method == "alone":
        names, kinds = [*names, "Interaction"], [*kinds, "interaction"]
    ends: list[tuple[float | None, float | None]] = [(None, None)] * len(adds)
    if drawn is not None:
        of_draws = np.array([np.quantile(x, monte_carlo.ends()) for x in _parts(drawn, method, m)])
        ends = [(float(low), float(high)) for low, high in of_draws]
    # Each bar starts where the one above ends; that of the whole starts at zero.
    starts = [0.0, *np.cumsum([float(a[0]) for a in adds[:-1]]).tolist()[:-1], 0.0]
    rows = zip([*names, "All levers"], [*kinds, "whole"], starts, adds, ends, strict=True)
    return [_Bar(name, kind, start, float(a[0]), low, high) for name, kind, start, a, (low, high) in rows]


def _kind(lever: Lever) -> str:
    """Say whether a lever acts, only spends, or has no effect stated."""
    spends = any(change.programme_spend for change in lever.changes)
    return "acts" if lever.acts else "spends" if spends else "idle"


def _parts(effects: Effects, method: str, m: int) -> list[Any]:
    """Give what each lever adds, their interaction where it is shown, and the whole: one array of draws each."""
    parts = list(getattr(effects, method)[..., m].T)
    return [*parts, *([effects.interaction[:, m]] if method == "alone" else []), effects.whole[:, m]]


def _draw(ax: Axes, bars: Sequence[_Bar], scale: numbers.Scale) -> None:
    """Draw bars, thin lines from one to the next, and intervals."""
    unit, last = scale.divisor, len(bars) - 1
    for y, bar in enumerate(bars):
        ax.barh(y, bar.adds / unit, _HEIGHT, left=bar.start / unit, zorder=2, **_look(bar))
        end = (bar.start + bar.adds) / unit
        if y < last:
            ax.plot([end, end], [y, y + 1], color=_figure.GREY, linewidth=0.8, zorder=1.8, label="_step")
        if bar.low is not None and bar.high is not None and not np.isclose(bar.low, bar.high):
            ends = [(bar.start + bar.low) / unit, (bar.start + bar.high) / unit]
            line: dict[str, Any] = {"marker": "|", "markersize": 9, "zorder": 3}
            ax.plot(ends, [y, y], color="white", linewidth=4, label="_ground", **line)
            ax.plot(ends, [y, y], color=_figure.INK, linewidth=1.4, label="Interval", **line)
    ax.axvline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    _dress(ax, bars)


def _look(bar: _Bar) -> dict[str, Any]:
    """Give the look of a bar: grey for the whole, purple for interaction, blue where it adds, orange where it takes."""
    plain: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.5}
    if bar.kind == "whole":
        return plain | {"color": _figure.GREY}
    if bar.kind == "interaction":
        return plain | {"color": _figure.PURPLE, "hatch": "...."}
    return plain | ({"color": _figure.BLUE} if bar.adds >= 0 else {"color": _figure.ORANGE, "hatch": "////"})


def _dress(ax: Axes, bars: Sequence[_Bar]) -> None:
    """Name the bars at the side, those of levers that only spend in grey, and leave a pale grid."""
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    figure = ax.get_figure(root=True)
    wide, tall = (0.0, 0.0) if figure is None else figure.get_size_inches()
    flat = tall < min(wide, _LINES * len(bars))
    ax.set_yticks(range(len(bars)), [_name(bar, flat) for bar in bars])
    ax.set_ylim(len(bars) - 0.5, -0.5)
    ax.grid(axis="x", color=_figure.PALE, linewidth=0.8)
    ax.grid(visible=False, axis="y")
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=_figure.TEXT, labelcolor=_figure.INK, length=0)
    for label, bar in zip(ax.get_yticklabels(), bars, strict=True):
        label.set_parse_math(False)
        label.set_color("#6B6B6B" if bar.kind in _REMARKS else _figure.INK)
        label.set_fontweight("bold" if bar.kind == "whole" else "normal")
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.plain(value)))
    low, high = ax.get_xlim()
    ax.set_xlim(low - 0.02 * (high - low), high + 0.16 * (high - low))  # room for numbers beside the bars


def _name(bar: _Bar, flat: bool = False) -> str:
    """Write the name of a lever, and that it only spends or has no effect stated; in a line where it is to be flat."""
    if flat:
        name = textwrap.shorten(bar.name, 2 * _LETTERS, placeholder=" …")
        return f"{name} ({_REMARKS[bar.kind]})" if bar.kind in _REMARKS else name
    name = textwrap.fill(bar.name, _LETTERS, break_on_hyphens=False)
    return f"{name}\n({_REMARKS[bar.kind]})" if bar.kind in _REMARKS else name


def _values(ax: Axes, bars: Sequence[_Bar], texts: Sequence[str], scale: numbers.Scale) -> None:
    """Write beside each bar what it adds, beyond its interval."""
    for y, (bar, words) in enumerate(zip(bars, texts, strict=True)):
        reach = [bar.start, bar.start + bar.adds, bar.start + (bar.high or 0.0)]
        ground = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.8}
        end = (max(reach) / scale.divisor, y)
        amount = ax.annotate(words, end, (5, 0), textcoords="offset points", zorder=3, bbox=ground)
        amount.set(fontsize=_figure.TEXT, color=_figure.INK, verticalalignment="center", parse_math=False)
        amount.set_fontweight("bold" if bar.kind == "whole" else "normal")


def _written(value: float, all_of: Sequence[float], scale: numbers.Scale, money: bool) -> str:
    """Write an amount of money, or a number of children as exactly as the largest of all of them needs."""
    if value == 0:
        return "£0" if money else "0"
    return numbers.pounds(value, scale) if money else numbers.children(value, max(map(abs, all_of)))


def _annotate(
    ax: Axes, run: Run, found: Attribution, m: int, method: str, scale: numbers.Scale, still: Sequence[str]
) -> None:
    """Write the finding, the unit and what to know."""
    measure, plan = found.measures[m], run.scenarios[found.scenario]
    money = measure.unit == "GBP"
    whole, apart = float(found.central.whole[0, m]), float(found.central.alone[0, :, m].sum())
    written = [_written(x, (whole, apart), scale, money) for x in (whole, apart)]
    unit = f"{scale.unit}, {_labels.financial_year(run.assumptions.price_year)} prices" if money else measure.unit
    present = ", present value" if measure.name == "npv" else ""
    _figure.settle(ax)
    what = f"{measure.words} of {written[0]}" if money else f"{written[0]} {measure.words}"
    alone = "the levers simply add up" if written[0] == written[1] else f"the levers alone sum to {written[1]}"
    _figure.head(ax, f"{plan.heading}: {what}; {alone}", f"{numbers.sentence(WAYS[method])[:-1]}, {unit}{present}")
    without = [f"No effect stated: {', '.join(still)}."] if still else []
    sentences = [_spread(run, found), NOTE, *without, f"Assumptions: {run.assumptions.name}."]
    _figure.note(ax, sentences, warning=f"{plan.heading}: {numbers.CLAIM}." if plan.claim else "")


def _spread(run: Run, found: Attribution) -> str:
    """Say what the lines show, and of how many draws."""
    if found.drawn is None:
        return "Bars: as if every effect were as stated (the central run); no interval is shown."
    n = len(found.drawn.whole)
    which = f"all {n:,} draws" if n == run.draws.n else f"the first {n:,} of {run.draws.n:,} draws"
    return f"Bars: as if every effect were as stated (the central run). Lines: {numbers.INTERVAL}; {which}."
