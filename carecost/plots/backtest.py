"""How far rules of forecasting erred by years ahead, one line a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from carecost._guard import guarded, labels, one_of, optional
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.plots import _figure

if TYPE_CHECKING:
    from carecost.results.backtest import Backtest

#: Scores that can be drawn, lower being better, with what the axis says.
SCORES = {
    "wape": "Absolute errors as a share of children in care, per cent",
    "mape": "Mean absolute error, per cent",
    "mae": "Mean absolute error, children",
    "mase": "Mean absolute error over the mean absolute change of one year",
    "crps": "Continuous ranked probability score, children",
}
#: Lines that are named and coloured where none are asked for; the others are thin and grey.
NAMED = 5
#: Always among the named, where they are in the backtest: what carecost says, and the plainest rule.
ALWAYS = ("ours", "no change")


@guarded(found=_figure.BACKTEST, ax=_figure.AX, score=one_of(SCORES), models=optional(labels), title=_figure.TITLE_RULE)
def plot_backtest(
    found: Backtest,
    ax: Axes | None = None,
    score: str = "wape",
    models: Sequence[str] | None = None,
    title: str | None = None,
) -> Axes:
    """Draw a score of each model by years ahead, from zero up.

    Parameters
    ----------
    found : Backtest
        What a backtest gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    score : str
        One of wape, mape, mae, mase, crps.
    models : str or sequence of str, optional
        Which are named and coloured, all others being grey; by default ``ours``, ``no change`` and those that err
        least.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        One line a model, labelled with its name.

    Raises
    ------
    UnknownNameError
        If a model is not in the backtest.

    See Also
    --------
    carecost.Backtest.scores : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> found = cc.backtest("england", ["held flows", "no change"], origins=range(2011, 2021), horizons=[1, 3, 5])
    >>> [line.get_label() for line in plot_backtest(found).get_lines()[:2]]
    ['held flows', 'no change']
    """
    chosen = models or ()
    refuse([unknown("model", n, found.models) for n in chosen if n not in found.models], UnknownNameError)
    rows = found.scores(score)
    wide = rows.pivot_table(index="horizon", columns="model", values="value").reindex(columns=list(found.models))
    best = wide.div(wide.min(axis=1), axis=0).mean().sort_values(kind="stable").index.tolist()
    named = list(chosen) or _named(best)
    ax = _figure.axes(ax)
    horizons = wide.index.tolist()
    # Named lines come first, the best on top of the list, so that a legend of the user's own would read in that order.
    for i, name in enumerate(named):
        seen = _figure.look(i)
        ax.plot(horizons, wide[name], color=seen.colour, linestyle=seen.line, linewidth=2.2, label=name, zorder=2.5)
    for name in (n for n in found.models if n not in named):
        ax.plot(horizons, wide[name], color=_figure.PALE, linewidth=1.2, label=f"_{name}", zorder=1.5)
    _figure.dress(ax, lambda value: f"{value:,.3g}" if value < 1000 else f"{value:,.0f}")
    ax.set_ylim(0, 1.06 * float(wide.to_numpy().max()))
    _figure.make_room(ax, horizons[0], horizons[-1], 0.2)
    ax.set_xticks(horizons, [f"{h} year{'s' if h > 1 else ''}" if h == horizons[0] else str(h) for h in horizons])
    _annotate(ax, found, rows, wide, named, score)
    return _figure.finished(ax, title)


def _named(best: Sequence[str]) -> list[str]:
    """Choose the lines that are named: the best, and those that always are."""
    kept = [name for name in best if name in ALWAYS]
    rest = [name for name in best if name not in ALWAYS]
    return [name for name in best if name in {*kept, *rest[: NAMED - len(kept)]}]


def _annotate(
    ax: Axes, found: Backtest, rows: pd.DataFrame, wide: pd.DataFrame, named: Sequence[str], score: str
) -> None:
    """Write the finding, the unit, the windows and the name of each line at its end."""
    _figure.settle(ax)
    first, last = int(wide.index[0]), int(wide.index[-1])
    _figure.head(ax, _title(wide), f"{SCORES[score]}, by years ahead")
    counts = rows.groupby("horizon")[["origins", "independent"]].first().astype(int).to_dict()
    areas, origins = len(found.found.areas), found.found.origins
    ends = [f"{counts['origins'][h]} at {h} ({counts['independent'][h]} without overlap)" for h in (first, last)]
    what = f"{areas} area{'s' if areas > 1 else ''}; origins 31 March {origins[0]} to {origins[-1]}"
    others = " Lines that are not named: the other models." if len(named) < len(found.models) else ""
    _figure.note(ax, [f"{what}: {', '.join(ends)}.", f"Nothing from after an origin was used.{others}"])
    labels = [
        _figure.EndLabel(float(wide[name].iloc[-1]), (f"{name} {wide[name].iloc[-1]:,.3g}",), _figure.look(i).colour)
        for i, name in enumerate(named)
    ]
    _figure.end_labels(ax, last, labels)


def _title(wide: pd.DataFrame) -> str:
    """Say which model errs least at the shortest and at the longest horizon."""
    ends = {int(h): str(wide.loc[h].idxmin()) for h in (wide.index[0], wide.index[-1])}
    if len(wide.columns) == 1:
        return f"Errors of {wide.columns[0]}"
    if len(set(ends.values())) == 1:
        return f"Least error: {next(iter(ends.values()))}, " + " and ".join(f"at {h}" for h in ends) + _years(max(ends))
    return "Least error: " + ", ".join(f"{name} at {h}{_years(h)}" for h, name in ends.items())


def _years(horizon: int) -> str:
    return " year" if horizon == 1 else " years"
