"""How does a change in spending look? Price, volume and mix of each item, and their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from carecost.errors import InputError, Problem
from carecost.money import discounting
from carecost.plots import lettering, style
from carecost.results.priced import price_base
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd


#: Items that are drawn apart; smaller ones together.
MOST = 7


ALL, REST = "All", "all other"


#: How each part is drawn: colours whose neighbours differ in grey, and a hatch.
PARTS = {
    "volume": (style.BLUE, ""),
    "mix": (style.TURQUOISE, "...."),
    "price": (style.PINK, ""),
    "reform spend": (style.ORANGE, "////"),
}


_KEYS = ("scenario", "baseline", "since", "baseline_year", "year")


def plot_price_volume_mix(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw why spending changed: for all and for each item the parts of the change as bars, their sum as a diamond.

    Parameters
    ----------
    table : DataFrame
        One change: what ``cc.spending_history()`` gives, or ``results.price_volume_mix()`` of one year, whose central
        run is drawn, by one column such as item or group.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        A bar a part and item, to the right where spending is higher; the largest changes on top. Parts are called
        volume, mix, price and reform spend.

    Raises
    ------
    InputError
        If the table holds several changes, draws, or no parts.
    ComparisonError
        If its rows are in different prices.

    Examples
    --------
    >>> import carecost as cc
    >>> axes = plot_price_volume_mix(cc.spending_history())
    >>> [text.get_text() for text in axes.get_yticklabels()]
    ['All', 'all other care and services', 'fostering', 'leaving care']
    """
    base, long = price_base(table, "plot_price_volume_mix"), _one_change(table)
    wide = _ordered(long)
    ax = style.axes(ax)
    scale = numbers.money_scale(*wide.sum(axis=1))
    _bars(ax, wide / scale.divisor)
    style.dress(ax, numbers.plain)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=style.PALE, linewidth=0.8)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.plain(value)))
    ax.set_yticks(range(len(wide)), list(wide.index))
    ax.axvline(0, color=style.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.invert_yaxis()
    ax.legend(loc="lower right", frameon=False, fontsize=style.TEXT)
    _words(ax, table, wide, scale, base.words)
    return ax


def _one_change(table: pd.DataFrame) -> pd.DataFrame:
    """Give the parts of one change: item, part, value."""
    where, several = "plot_price_volume_mix", [c for c in _KEYS if c in table and len(table[c].unique()) > 1]
    if several:
        raise InputError(Problem(f"the table holds several of {', '.join(several)}", where, "Keep the rows of one"))
    if "draw" in table:
        raise InputError(Problem("the table holds draws", where, "Leave out draws=True"))
    if "part" not in table:
        kept = [c for c in PARTS if c in table]
        if not kept or "item" not in table:
            raise InputError(Problem("the table has no parts", where, "Give results.price_volume_mix or a history"))
        return table.melt("item", kept, "part").dropna()
    central = table[table["quantile"] == "central"]
    by = [c for c in ("item", "group", "account", "payer", "gross_net", "kind") if c in table]
    return central.assign(item=central[by[0]] if by else ALL)[["item", "part", "value"]]


def _ordered(long: pd.DataFrame) -> pd.DataFrame:
    """Lay out a row an item and a column a part: all, then the largest changes, then the small ones together."""
    wide = long.pivot_table(index="item", columns="part", values="value", aggfunc="sum", fill_value=0.0)
    wide = wide[[part for part in PARTS if part in wide and wide[part].any()]]
    total = wide.sum().to_frame(ALL).T
    if list(wide.index) == [ALL]:
        return total
    wide = wide.loc[wide.abs().sum(axis=1).sort_values(ascending=False, kind="stable").index]
    wide = wide[wide.ne(0.0).any(axis=1)]
    if len(wide) > MOST:
        rest = wide.iloc[MOST - 1 :].sum().to_frame(REST).T
        wide = _joined(wide.iloc[: MOST - 1], rest)
    return _joined(total, wide)


def _joined(above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([above, below])


def _bars(ax: Axes, wide: pd.DataFrame) -> None:
    """Draw the parts that add on the right of zero and those that take away on the left, and their sum."""
    rows = np.arange(len(wide))
    right, left = np.zeros(len(wide)), np.zeros(len(wide))
    for part in wide.columns:
        colour, hatch = PARTS[part]
        values = wide[part].to_numpy()
        start = np.where(values >= 0, right, left)
        plain: dict[str, Any] = {"height": 0.62, "edgecolor": "white", "linewidth": 0.6, "zorder": 2}
        ax.barh(rows, values, left=start, color=colour, hatch=hatch, label=part, **plain)
        right, left = right + np.maximum(values, 0), left + np.minimum(values, 0)
    diamonds: dict[str, Any] = {"marker": "D", "markersize": 6, "markeredgecolor": "white", "linewidth": 0}
    ax.plot(wide.sum(axis=1), rows, color=style.INK, label="sum", zorder=3, **diamonds)


def _words(ax: Axes, table: pd.DataFrame, wide: pd.DataFrame, scale: numbers.Scale, prices: str) -> None:
    """Say the finding, the unit and where the numbers are from."""
    total = {str(part): float(wide[part].iloc[0]) for part in wide}
    parts = ", ".join(f"{part} {numbers.pounds(value, scale)}" for part, value in total.items())
    change = sum(total.values())
    lettering.settle(ax)
    title = f"Spending {'rises' if change > 0 else 'falls'} by {numbers.pounds(abs(change), scale)}: {parts}"
    lettering.head(ax, title, f"{_about(table)}, {scale.unit}, {prices}; diamonds are the sum")
    said = f"Source: {'; '.join(dict.fromkeys(table['source']))}." if "source" in table else ""
    note = "Mix: a larger or smaller share of all time in care, at the prices before. Items that do not follow time in "
    claim = f"{table['scenario'].iloc[0]}: {numbers.CLAIM}." if "claim" in table and table["claim"].any() else ""
    lettering.note(ax, [note + "care have volume and price only.", *filter(None, [said])], claim)


def _about(table: pd.DataFrame) -> str:
    first = {c: table[c].iloc[0] for c in _KEYS if c in table}
    year = discounting.financial_year(first["year"])
    since = first.get("baseline_year", first.get("since"))
    whose = f"{first['scenario']}, " if "scenario" in first else ""
    if since is not None and since == since:
        return f"{whose}{discounting.financial_year(since)} to {year}"
    return f"{first['scenario']} against {first['baseline']}, {year}"
