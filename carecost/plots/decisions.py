"""Acceptability curves with their frontier, expected losses, and what it would be worth to know each quantity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from carecost import _labels
from carecost._guard import amounts, guarded, labels, number, text, whole
from carecost.errors import InputError, Problem
from carecost.plots import _figure
from carecost.results import information_tables
from carecost.results.decision_tables import DEFAULT_EFFECT
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results

#: Part of the width that the names of bars take.
_NAMES = 0.4


@guarded(
    results=_figure.RESULTS, ax=_figure.AX, values=amounts, effect=text, scenarios=labels, title=_figure.TITLE_RULE
)
def plot_ceac(
    results: Results,
    ax: Axes | None = None,
    values: Sequence[float] = information_tables.GRID,
    effect: str = DEFAULT_EFFECT,
    scenarios: Sequence[str] = (),
    title: str | None = None,
) -> Axes:
    """Draw the acceptability curve of each scenario and the frontier, over what a unit of effect is worth.

    Parameters
    ----------
    results : Results
        What a run with draws gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    values : sequence of float
        What a unit of effect may be worth [GBP per unit].
    effect : str
        As in :meth:`carecost.Results.options`.
    scenarios : sequence of str, optional
        Options; every scenario of the run by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A line a scenario: the share of draws in which it is best; marks on the line of the one that is best on average.

    Raises
    ------
    InputError
        If the run has no draws, or there is inaction alone.

    See Also
    --------
    carecost.Results.ceac : The table that is drawn.
    plot_expected_loss : What a choice costs on average.

    Examples
    --------
    >>> import carecost as cc
    >>> ax = plot_ceac(cc.run("england-2025", "family-help", years=4, draws=8))
    >>> [line.get_label() for line in ax.get_lines()]
    ['No reform', 'Family Help, with the effect the Review claimed', 'Best on average']
    """
    rows = results.ceac(values, effect, scenarios)
    ax = _figure.axes(ax)
    for i, (name, own) in enumerate(rows.groupby("name", sort=False)):
        seen: dict[str, Any] = {"color": _COLOURS[i % len(_COLOURS)], "label": _heading(results, str(name))}
        ax.plot(own["value"], own["chance_best"] * 100, linewidth=2, clip_on=False, **seen)
    best = rows[rows["best"]].drop_duplicates("value")
    ring: dict[str, Any] = {"color": _figure.INK, "markersize": 5, "fillstyle": "none", "clip_on": False}
    ax.plot(best["value"], best["chance_best"] * 100, "o", label=_BEST, **ring)
    _dress(ax, results, rows)
    ax.set_ylim(0, 100)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{numbers.plain(value)}%"))
    _figure.settle(ax)
    _figure.head(ax, _finding(results, best), f"Share of runs in which each option is best, over {_worth(rows)}")
    _notes(ax, results, "Marks: the option of the greatest mean net benefit, which is what to choose.", rows)
    return _figure.finished(ax, title)


@guarded(
    results=_figure.RESULTS, ax=_figure.AX, values=amounts, effect=text, scenarios=labels, title=_figure.TITLE_RULE
)
def plot_expected_loss(
    results: Results,
    ax: Axes | None = None,
    values: Sequence[float] = information_tables.GRID,
    effect: str = DEFAULT_EFFECT,
    scenarios: Sequence[str] = (),
    title: str | None = None,
) -> Axes:
    """Draw what it costs on average to choose each scenario and not what proves best; the lowest is the EVPI.

    Parameters
    ----------
    results : Results
        What a run with draws gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    values : sequence of float
        What a unit of effect may be worth [GBP per unit].
    effect : str
        As in :meth:`carecost.Results.options`.
    scenarios : sequence of str, optional
        Options; every scenario of the run by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A line a scenario, and the lowest of them: the expected value of perfect information.

    Raises
    ------
    InputError
        If the run has no draws, or there is inaction alone.

    See Also
    --------
    carecost.Results.ceac : The table that is drawn.
    plot_ceac : How often each is best.

    Examples
    --------
    >>> import carecost as cc
    >>> ax = plot_expected_loss(cc.run("england-2025", "family-help", years=4, draws=8))
    >>> ax.get_lines()[-1].get_label()
    'Worth of knowing everything'
    """
    rows = results.ceac(values, effect, scenarios)
    least = rows.groupby("value")["expected_loss"].min()
    ax, scale = _figure.axes(ax), numbers.money_scale(*rows["expected_loss"])
    for i, (name, own) in enumerate(rows.groupby("name", sort=False)):
        loss = own["expected_loss"] / scale.divisor
        seen: dict[str, Any] = {"color": _COLOURS[i % len(_COLOURS)], "label": _heading(results, str(name))}
        ax.plot(own["value"], loss, linewidth=2, **seen)
    ax.plot(least.index, least / scale.divisor, color=_figure.INK, linewidth=4, alpha=0.35, label=_KNOWING)
    _dress(ax, results, rows)
    at = float(least.iloc[0])
    _figure.settle(ax)
    finding = (
        f"To know all that is uncertain here would be worth {numbers.pounds(at)} at {_pounds(float(least.index[0]))}"
    )
    prices = f"{_labels.financial_year(results.run.assumptions.price_year)} prices"
    _figure.head(ax, finding, f"Expected loss, present value, {scale.unit}, {prices}, over {_worth(rows)}")
    _notes(ax, results, "Loss: what the best option of each run would have gained more, on average over runs.", rows)
    return _figure.finished(ax, title)


@guarded(
    results=_figure.RESULTS,
    ax=_figure.AX,
    most=whole(1, 50),
    value=number(least=0),
    scenarios=labels,
    title=_figure.TITLE_RULE,
)
def plot_evppi(
    results: Results,
    ax: Axes | None = None,
    most: int = 10,
    value: float = 0.0,
    scenarios: Sequence[str] = (),
    title: str | None = None,
) -> Axes:
    """Draw what it would be worth to know each group of quantities before a scenario is chosen.

    Parameters
    ----------
    results : Results
        What a run with fifty draws or more gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    most : int
        Bars, the greatest.
    value : float
        What a unit of effect is worth, as in :meth:`carecost.Results.evppi` [GBP per unit].
    scenarios : sequence of str, optional
        Options; every scenario of the run by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A bar a group with one standard error on both sides; the value of perfect information as a line.

    Raises
    ------
    InputError
        If there are fewer than fifty draws, inaction alone, or nothing that can change the choice.

    See Also
    --------
    carecost.Results.evppi : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "foster-carers", "family-networks", years=12, draws=50)
    >>> len(plot_evppi(results, most=3).containers[0]) <= 3
    True
    """
    rows = results.evppi(value=value, scenarios=scenarios)
    shown = rows[rows["evppi"] > 0].head(most)
    if shown.empty:
        what = "nothing that is uncertain can change the choice"
        raise InputError(Problem(what, "plot_evppi()", "Compare options that compete, or give another value"))
    whole_worth = results.evpi(value, scenarios=scenarios).iloc[0]
    ax, scale = _figure.axes(ax, (9.4, 5.6)), numbers.money_scale(*shown["evppi"])
    worth, error = (shown[name].to_numpy() / scale.divisor for name in ("evppi", "error"))
    at = np.arange(len(shown))
    ax.barh(at, worth, color=_figure.BLUE, height=0.62, zorder=2)
    ax.hlines(at, np.maximum(worth - error, 0.0), worth + error, color=_figure.INK, linewidth=1.2, zorder=3)
    _figure.dress(ax, numbers.plain)
    ax.set_ylim(len(shown) - 0.4, -0.75)
    right = float((worth + error).max()) * 1.05
    ax.set_xlim(-right * _NAMES / (1 - _NAMES), right)
    ax.set_xticks([x for x in ax.get_xticks() if 0 <= x <= right])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: numbers.plain(x)))
    ax.set_yticks([])
    _figure.settle(ax)
    first = shown.iloc[0]
    finding = f"To know “{first['group']}” first would be worth {numbers.pounds(float(first['evppi']))}"
    prices = f"{_labels.financial_year(results.run.assumptions.price_year)} prices"
    _figure.head(ax, finding, f"Expected value of partial perfect information, present value, {scale.unit}, {prices}")
    idle = int((rows["chance_of_change"] == 0).sum())
    said = [
        f"Choice between {'; '.join(_options(results, scenarios))}, at {_pounds(value)} a unit of effect. Best on "
        f"average: {_heading(results, whole_worth['best'])}. Lines: one standard error. To know everything: "
        f"{numbers.pounds(float(whole_worth['evpi']))}.",
        f"{idle} other groups cannot change the choice. Assumptions: {results.run.assumptions.name}.",
    ]
    _figure.note(ax, said, warning=_claim(rows))
    for row, name in enumerate(shown["group"]):
        cut = _figure.cut(ax, str(name), _figure.TEXT, 0.85 * _NAMES)
        label = ax.annotate(cut, (0, row), (0, 0), ("axes fraction", "data"), "offset points")
        label.set(fontsize=_figure.TEXT, color=_figure.INK, verticalalignment="center", parse_math=False)
    return _figure.finished(ax, title)


_COLOURS = (_figure.GREY, _figure.BLUE, _figure.ORANGE, _figure.PINK, _figure.TURQUOISE, _figure.PURPLE)
_BEST, _KNOWING = "Best on average", "Worth of knowing everything"


def _options(results: Results, scenarios: Sequence[str]) -> list[str]:
    chosen = [n for n in results.scenarios if not scenarios or n in (_labels.INACTION, *scenarios)]
    return [_heading(results, name) for name in chosen]


def _heading(results: Results, name: str) -> str:
    return results.run.scenarios[name].heading


def _finding(results: Results, best: pd.DataFrame) -> str:
    """Say which option is best on average at the least and at the greatest value, and in how many runs at the least."""
    first, last = (best.iloc[i] for i in (0, -1))
    start = f"Best on average: {_heading(results, first['name'])}"
    runs = f"in {numbers.percent(float(first['chance_best']))} of runs"
    if len(set(best["name"])) == 1:
        return f"{start}, at every value shown ({runs} at {_pounds(first['value'])})"
    turn = f"{_heading(results, last['name'])} at {_pounds(last['value'])}"
    return f"{start} at {_pounds(first['value'])} ({runs}); {turn}"


def _pounds(value: float) -> str:
    return f"£{value:,.0f}"


def _worth(rows: pd.DataFrame) -> str:
    return f"what one of the {rows['effect_unit'].iloc[0]} averted is worth"


def _claim(rows: pd.DataFrame) -> str:
    return f"Options with claimed effects: {numbers.CLAIM}." if rows["claim"].any() else ""


def _dress(ax: Axes, results: Results, rows: pd.DataFrame) -> None:
    _figure.dress(ax, numbers.plain)
    ax.set_xlim(rows["value"].min(), rows["value"].max())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _pounds(value)))
    _figure.key(ax)


def _notes(ax: Axes, results: Results, said: str, rows: pd.DataFrame) -> None:
    run = results.run
    about = f"{run.draws.n:,} runs, parameter uncertainty; against no reform, {rows['years'].iloc[0]}."
    _figure.note(ax, [f"{said} {about}", f"Assumptions: {run.assumptions.name}."], warning=_claim(rows))
