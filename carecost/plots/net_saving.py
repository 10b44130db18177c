"""Spending and saving in each year, and the running net saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from carecost import _labels
from carecost._guard import guarded
from carecost._typing import Array
from carecost.maths.monte_carlo import ends
from carecost.plots import _figure
from carecost.results.summary import mean_payback
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.saving import Saving
    from carecost.simulation.comparison import Comparison


#: Inches of the chart: two panels, one above the other.
SIZE = (8.4, 7.8)

#: Width of a bar [years].
_WIDTH = 0.72


@guarded(saving=_figure.SAVING, ax=_figure.AX, title=_figure.TITLE_RULE)
def plot_net_saving(saving: Saving, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the cashable saving less reform spend: each year above, the discounted running total below.

    Parameters
    ----------
    saving : Saving
        What ``results.compare()`` gave.
    ax : Axes, optional
        Where to draw; a new figure by default. Its place is cut in two.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        The upper axes: bars of cashable saving and of reform spend (below zero), and a line of their net, in units of
        money written above them. The running total is in the axes made next (``ax.figure.axes[-1]``).

    Raises
    ------
    InputError
        If it is none, as a bare comparison is not: it has no central run.

    See Also
    --------
    carecost.Saving.by_year : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
    >>> len(plot_net_saving(results.compare("care-review")).containers)
    2
    """
    drawn = saving.drawn
    upper, lower = _figure.split(_figure.axes(ax, SIZE))
    years = list(saving.grid.years)
    above = _each_year(upper, drawn)
    below = _running_total(lower, drawn)
    for panel in (upper, lower):
        _figure.make_room(panel, years[0], years[-1], before=0.6)
    _figure.years(lower, years, _labels.financial_year, most=6)
    upper.tick_params(axis="x", which="both", length=0, labelbottom=False)
    _annotate(upper, lower, saving, (above, below))
    return _figure.finished(upper, title, (upper, lower))


def _each_year(ax: Axes, drawn: Comparison) -> numbers.Scale:
    """Draw bars of saving and of spending, and their net."""
    years = np.array(drawn.grid.years)
    cash, reform, net = (a.mean(0) for a in (drawn.cashable_saving(), drawn.reform_spend(), drawn.net_saving()))
    scale = numbers.money_scale(*cash, *reform, *net)
    # Where both go the same way, the saving stands beyond the spending.
    base = np.where((cash < 0) == (reform > 0), -reform, 0.0)
    unit = scale.divisor
    plain: dict[str, Any] = {"width": _WIDTH, "edgecolor": "white", "linewidth": 0.5, "zorder": 2}
    ax.bar(years, cash / unit, bottom=base / unit, color=_figure.BLUE, label="Cashable saving", **plain)
    ax.bar(years, -reform / unit, color=_figure.ORANGE, hatch="////", label="Reform spend", **plain)
    diamonds: dict[str, Any] = {"marker": "D", "markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.8}
    ax.plot(years, net / unit, color=_figure.INK, linewidth=0, label="Net", zorder=3, **diamonds)
    _figure.dress(ax, numbers.plain)
    ax.axhline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.spines["bottom"].set_visible(False)
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, -0.14 * high), high)  # room for words below zero
    return scale


def _running_total(ax: Axes, comparison: Comparison) -> numbers.Scale:
    """Draw the running total, its interval and the year that pays back."""
    years = list(comparison.grid.years)
    drawn = _cumulative(comparison)  # (draw, year)
    line, (low, high) = drawn.mean(0), np.quantile(drawn, ends(), axis=0)
    scale = numbers.money_scale(*line, *low, *high)
    seen = _figure.look(0)
    ax.plot(years, line / scale.divisor, color=seen.colour, linewidth=2.4, label="Running total", zorder=2.5)
    if len(drawn) > 1:
        _figure.band(ax, years, (low / scale.divisor).tolist(), (high / scale.divisor).tolist(), seen)
    _figure.dress(ax, numbers.plain)
    ax.axhline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    _payback(ax, comparison)
    return scale


def _cumulative(comparison: Comparison) -> Array:
    """Add up the discounted net saving: (draw, year) [GBP]."""
    return np.asarray(np.cumsum(comparison.net_saving() * comparison.factors, axis=1))


def _payback(ax: Axes, drawn: Comparison) -> None:
    """Mark the year from which the discounted running total stays above zero."""
    year, years = mean_payback(drawn, discounted=True), drawn.grid.years
    if np.isnan(year):
        return
    ax.axvline(year, color=_figure.PINK, linewidth=1.3, linestyle=(0, (3, 2)), zorder=2.1, label="Payback")
    # On the side with more room for it; a narrow figure has room on the right alone.
    early = _figure.is_narrow(ax) or year < (years[0] + years[-1]) / 2
    text = f"Pays back in {_labels.financial_year(year)}"
    label = ax.annotate(text, (year, 1), (5 if early else -5, -3), ("data", "axes fraction"), "offset points")
    label.set(fontsize=_figure.TEXT, color=_figure.PINK, fontweight="bold", verticalalignment="top")
    label.set_horizontalalignment("left" if early else "right")


def _title(saving: Saving, scale: numbers.Scale) -> str:
    """Say the finding."""
    drawn = saving.drawn
    npv, year = float(drawn.npv().mean()), mean_payback(drawn, discounted=True)
    last = _labels.financial_year(drawn.grid.years[-1])
    back = f"does not pay back by {last}" if np.isnan(year) else f"pays back in {_labels.financial_year(year)}"
    kind = "saving" if npv >= 0 else "cost"
    worth = f"net present {kind} of {numbers.pounds(abs(npv), scale)}"
    when = "" if np.isnan(year) else f" by {last}"
    return f"{_heading(saving, drawn.scenario.name)}: {back}; {worth}{when}"


def _heading(saving: Saving, name: str) -> str:
    plan = saving.run.scenarios.get(name)
    return name if plan is None else plan.heading


def _annotate(upper: Axes, lower: Axes, saving: Saving, scales: tuple[numbers.Scale, numbers.Scale]) -> None:
    """Write the finding, the units, the notes and what each shape is."""
    comparison, first = saving.drawn, _labels.financial_year(saving.grid.years[0])
    prices = f"{_labels.financial_year(saving.scenario.provenance.price_year)} prices"
    _figure.settle(upper)
    _figure.head(upper, _title(saving, scales[1]), f"Each year, {scales[0].unit}, {prices}; diamonds are the net")
    total = f"Running total of the net since {first}, discounted, {scales[1].unit}, {prices}"
    _figure.head(lower, "", total)
    _note(lower, saving)
    _name_bars(upper, comparison, scales[0])
    _name_total(lower, saving, scales[1])


def _name_bars(ax: Axes, drawn: Comparison, scale: numbers.Scale) -> None:
    """Name the bars beside their last."""
    years, cash, reform = drawn.grid.years, drawn.cashable_saving().mean(0), drawn.reform_spend().mean(0)
    last = f"{numbers.pounds(float(cash[-1]))} in {_labels.financial_year(years[-1])}"
    named = [_figure.EndLabel(float(cash[-1]) / scale.divisor, ("Cashable saving", last))]
    spent = np.flatnonzero(reform)
    if len(spent):
        between = "\n" if _figure.is_narrow(ax) else " "
        words = f"Reform spend:{between}{numbers.pounds(float(reform.sum()))} in all"
        _figure.put(ax, words, years[spent[-1]] + 0.5, 0, -5)
    _figure.end_labels(ax, years[-1] + _WIDTH / 2, named if cash.any() else [])


def _name_total(ax: Axes, saving: Saving, scale: numbers.Scale) -> None:
    """Say where the running total ends; the bars were named, and all is settled."""
    drawn = saving.npv()
    npv = float(drawn.mean())
    lines = ["Net present saving", numbers.pounds(npv, scale)]
    if len(drawn) > 1:
        low, high = (numbers.pounds(float(q), scale) for q in np.quantile(drawn, ends()))
        lines.append(f"({low} to {high})")
    label = _figure.EndLabel(npv / scale.divisor, tuple(lines), _figure.BLUE)
    _figure.end_labels(ax, saving.grid.years[-1], [label], settled=True)


def _note(ax: Axes, saving: Saving) -> None:
    """Say what the band is, whose money it is, and at which rates."""
    run, drawn, name = saving.run, saving.run.draws.n > 1, saving.scenario.name
    end = f"; {run.draws.n:,} draws." if drawn else "."
    _figure.note(
        ax,
        [
            f"Bars and line: mean. Band: {numbers.INTERVAL}. {_share_paid(saving)}"
            if drawn
            else f"Line: {numbers.no_interval(run.draws.n)}.",
            f"Public purse, against {_heading(saving, saving.baseline.name).lower()}. Cashable saving: price effects "
            f"and the cashable share of volume effects. Discount rates: {run.assumptions.discount.name}.",
            f"Assumptions: {run.assumptions.name}{end}",
        ],
        warning=f"{_heading(saving, name)}: {numbers.CLAIM}." if run.scenarios[name].claim else "",
    )


def _share_paid(saving: Saving) -> str:
    """Say in what share of the draws it pays back."""
    paid = float(np.isfinite(saving.payback_year(discounted=True)).mean())
    holds = "the claims hold to" if saving.run.scenarios[saving.scenario.name].claim else "effects are"
    return f"It pays back in {numbers.chance(paid)} of runs in which {holds} within the stated range."
