"""Net present saving over two settings, and the line along which a scenario breaks even."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.ticker import FuncFormatter

from carecost import _labels
from carecost._guard import guarded, optional, text
from carecost.plots import _figure
from carecost.results import two_way
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results

#: From cost to saving, by way of white.
_COLOURS = LinearSegmentedColormap.from_list("cost to saving", [_figure.ORANGE, "#FFFFFF", _figure.BLUE])


@guarded(
    results=_figure.RESULTS,
    scenario=text,
    scale=optional(two_way.multipliers_by_name),
    prices=optional(two_way.multipliers_by_name),
    entries=optional(two_way.multipliers),
    ax=_figure.AX,
    title=_figure.TITLE_RULE,
)
def plot_two_way(
    results: Results,
    scenario: str,
    scale: Mapping[str, Sequence[float]] | None = None,
    prices: Mapping[str, Sequence[float]] | None = None,
    entries: Sequence[float] | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the net present saving over two settings, with the line along which it is zero.

    Parameters
    ----------
    results : Results
        What a run gave.
    scenario : str
        Name.
    scale, prices : mapping of str to sequence of float, optional
        Multipliers by lever and by item, as in :meth:`carecost.Results.two_way`.
    entries : sequence of float, optional
        Multipliers of the rates of entry. Of all these exactly two are given.
    ax : Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A cell a pair of settings with its mean over draws (the central run where there are none), and the line of
        thresholds where it crosses.

    Raises
    ------
    UnknownNameError
        If the scenario, a lever or an item is not known.
    InputError
        If there are not two settings.

    See Also
    --------
    carecost.Results.two_way : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "family-help", years=6)
    >>> ax = plot_two_way(results, "family-help", scale={"family help": [0, 1]}, entries=[0.9, 1.1])
    >>> ax.get_title(loc="left").split(": ")[1]
    'saves money in 0 of 4 cells'
    """
    first, second = two_way.axes_of(scale, prices, entries)
    rows = two_way.rows(results.run, scenario, first, second)
    shown = "mean" if "mean" in set(rows["quantile"]) else "central"
    rows = rows[rows["quantile"] == shown]
    npv = rows["value"].to_numpy().reshape(len(first.values), len(second.values))
    ax = _figure.axes(ax)
    money = numbers.money_scale(*npv.ravel())
    most = max(float(np.abs(npv).max()), 1.0) / money.divisor
    x, y = second.values, first.values
    ax.pcolormesh(x, y, npv / money.divisor, cmap=_COLOURS, norm=TwoSlopeNorm(0.0, -most, most), shading="nearest")
    for (i, j), value in np.ndenumerate(npv / money.divisor):
        written = ax.text(x[j], y[i], f"{value:,.1f}".replace("-", "\u2212"), ha="center", va="center")
        written.set(color="#FFFFFF" if value > most / 2 else _figure.INK, fontsize=_figure.SMALL)
    line = rows.drop_duplicates("first_value")
    crossed = bool(line["threshold"].notna().any())
    ax.plot(line["threshold"], line["first_value"], color=_figure.PINK, linewidth=2.4, marker="o", label="Breaks even")
    _figure.dress(ax, numbers.plain)
    for axis, setting in ((ax.xaxis, second), (ax.yaxis, first)):
        axis.set_ticks(setting.values)
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.grid(visible=False)
    _figure.settle(ax)
    plan, saves = results.run.scenarios[scenario], int((npv > 0).sum())
    prices_of = f"{_labels.financial_year(results.run.assumptions.price_year)} prices"
    _figure.head(
        ax,
        f"{plan.heading}: saves money in {saves} of {npv.size} cells",
        f"Net present saving, {money.unit}, {prices_of}, {'mean of draws' if shown == 'mean' else 'central run'}. "
        f"Multipliers across: {second.words}; upwards: {first.words}",
    )
    _figure.note(
        ax,
        [
            "Line: the settings at which it breaks even."
            if crossed
            else "It breaks even between no two of these settings.",
            f"Assumptions: {results.run.assumptions.name}.",
        ],
        warning=f"{plan.heading}: {numbers.CLAIM}." if plan.claim else "",
    )
    return _figure.finished(ax, title)
