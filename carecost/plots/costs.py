"""How does spending look? The groups of one scenario, one on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.money import discounting
from carecost.plots import lettering, style
from carecost.simulation.comparison import REFORM
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results


#: Areas that can be told apart; smaller groups are drawn together.
MOST = 6


REST = "all other"


#: Neighbours differ in grey; orange is kept for reform, as in the other charts.
BODY, PALER = (style.BLUE, style.TURQUOISE, style.PINK, style.PURPLE, style.GREY, style.ORANGE), "#BFBFBF"


def plot_costs(results: Results, scenario: str, ax: Axes | None = None, by: str = "group") -> Axes:
    """Draw a scenario's spending in each year, in constant prices, as areas that add up.

    Parameters
    ----------
    results : Results
        What a run gave.
    scenario : str
        Which scenario.
    ax : Axes, optional
        Where to draw; a new figure by default.
    by : str
        item, group, account, payer, gross_net or kind. The five largest are drawn apart when there are over six.

    Returns
    -------
    Axes
        One area a group, labelled with its name; the largest at the bottom. The social ledger is left out.

    Raises
    ------
    UnknownNameError
        If the scenario or the column is not known.
    InputError
        If a group is below zero in some year: areas cannot show that.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
    >>> len(plot_costs(results, "inaction").collections)
    6
    """
    if scenario not in results.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, results.scenarios))
    spend = _spend(results, scenario, by)
    ax = style.axes(ax)
    scale = numbers.money_scale(float(spend.sum(axis=1).max()))
    years = spend.index.tolist()
    heights = spend.to_numpy().T / scale.divisor
    colours = [_colour(i, str(name)) for i, name in enumerate(spend.columns)]
    ax.stackplot(years, heights, labels=list(spend.columns), colors=colours, edgecolor="white", linewidth=1.2)
    style.dress(ax, numbers.plain)
    ax.set_ylim(0, 1.1 * float(heights.sum(axis=0).max()))
    lettering.make_room(ax, years[0], years[-1])
    style.years(ax, years, discounting.financial_year, most=6)
    _words(ax, results, scenario, spend, scale)
    return ax


def _spend(results: Results, scenario: str, by: str) -> pd.DataFrame:
    """Lay out the central spend of the public purse: a row a year, a column a group, the largest first."""
    frame = results.costs(by=list(dict.fromkeys([by, "account"])))
    chosen = frame[(frame["scenario"] == scenario) & (frame["quantile"] == "central") & (frame["account"] != "social")]
    wide = chosen.pivot_table(index="year", columns=by, values="value", aggfunc="sum").sort_index()
    refuse(
        [
            Problem(f"spend of {name!r} is below zero in some year", "plot_costs", "Group by another column")
            for name in wide.columns[(wide < 0).any()]
        ],
        InputError,
    )
    return _joined(wide.loc[:, (wide > 0).any()])


def _joined(wide: pd.DataFrame) -> pd.DataFrame:
    """Put the largest group first, small ones together, and spending on reform on top of all."""
    kept = wide.drop(columns=REFORM, errors="ignore")
    kept = kept[kept.sum().sort_values(ascending=False, kind="stable").index]
    top = wide[[name for name in wide.columns if name == REFORM]]
    room = MOST - top.shape[1]
    if kept.shape[1] > room:
        rest = kept.iloc[:, room - 1 :].sum(axis=1)
        kept = kept.iloc[:, : room - 1].assign(**{REST: rest})
    return kept.join(top)


def _colour(i: int, name: str) -> str:
    return {REST: PALER, REFORM: style.ORANGE}.get(name, BODY[i % len(BODY)])


def _words(ax: Axes, results: Results, scenario: str, spend: pd.DataFrame, scale: numbers.Scale) -> None:
    total = spend.sum(axis=1)
    (first, start), (last, end) = ((int(total.index[i]), float(total.iloc[i])) for i in (0, -1))
    verb = "rises" if end > start else "falls" if end < start else "stays"
    title = (
        f"{scenario}: spend {verb} from {numbers.pounds(start, scale)} in {discounting.financial_year(first)} "
        f"to {numbers.pounds(end, scale)} in {discounting.financial_year(last)}"
    )
    run = results.run
    prices = discounting.financial_year(run.assumptions.price_year)
    lettering.settle(ax)
    lettering.head(ax, title, f"Spend of the public purse, {scale.unit} a year, {prices} prices")
    claim = f"{scenario}: {numbers.CLAIM}." if run.scenarios[scenario].claim else ""
    lettering.note(ax, [f"Central run; no interval is shown. Assumptions: {run.assumptions.name}."], claim)
    tops = spend.cumsum(axis=1)
    labels = []
    for name, height in spend.iloc[-1].items():
        top = tops[name]
        if height > 0:
            words = f"{name}, {numbers.pounds(float(height), scale)}"
            labels.append(lettering.EndLabel((float(top.iloc[-1]) - float(height) / 2) / scale.divisor, (words,)))
        else:
            _gone(ax, spend[name], top / scale.divisor, scale)
    lettering.end_labels(ax, last, labels)


def _gone(ax: Axes, area: pd.Series[float], top: pd.Series[float], scale: numbers.Scale) -> None:
    """Name an area that has gone by the last year, above its highest year."""
    peak = int(area.index[int(area.argmax())])
    words = f"{area.name}, {numbers.pounds(float(area.max()), scale)} in {discounting.financial_year(peak)}"
    lettering.put(ax, words, peak, float(top.loc[peak]), lift=4)
