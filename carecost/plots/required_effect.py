"""Net present saving over the amount of an effect, with what studies found marked on it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from carecost import _labels
from carecost._guard import guarded, number, optional, text, whole
from carecost.analysis.required_effect import Curve, curve
from carecost.inputs.scenario import Evidence
from carecost.plots import _figure
from carecost.results import effect_tables
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results
    from carecost.simulation.run import Run

#: Letters of the name of a study beside its mark in a narrow figure.
_FEW = 24

#: Height of the place of a study, as a share of the height of the curve.
_PLACE = 0.13


@guarded(
    results=_figure.RESULTS,
    scenario=text,
    lever=text,
    ax=_figure.AX,
    place=optional(whole(0)),
    most=optional(number(above=0)),
    title=_figure.TITLE_RULE,
)
def plot_required_effect(
    results: Results,
    scenario: str,
    lever: str,
    ax: Axes | None = None,
    place: int | None = None,
    most: float | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the net present saving over the amount of one effect, alone, less the money that pays for it.

    Parameters
    ----------
    results : Results
        What a run gave.
    scenario, lever : str
        Names.
    ax : Axes, optional
        Where to draw; a new figure by default.
    place : int, optional
        Which of the lever's changes, from 0; its only effect by default.
    most : float, optional
        How far from no effect, in the unit of the change.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A line over the amount of the effect in per cent; the amount at which it pays for its money, where it does; and
        a mark for each study whose finding can be put as an amount, with its interval.

    Raises
    ------
    UnknownNameError
        If the scenario or lever is not known.
    InputError
        If the lever has no effect, or several and none is named.

    See Also
    --------
    carecost.Results.effect_curve : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run("england-2025", "family-help", years=10)
    >>> plot_required_effect(results, "family-help", "family help").get_lines()[0].get_label()
    'Net present saving'
    """
    run = results.run
    made = curve(run, scenario, lever, place, most)
    known = effect_tables.studies(run, scenario, made)
    ax = _figure.axes(ax)
    scale = numbers.money_scale(*made.npv)
    ax.plot(made.amounts * 100, made.npv / scale.divisor, color=_figure.BLUE, linewidth=2.4, label="Net present saving")
    _figure.dress(ax, numbers.plain)
    ax.axhline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{numbers.plain(value)}%"))
    # What saves more is to the right, whichever sign it has.
    ax.set_xlim(made.amounts[0] * 100, made.amounts[-1] * 100)
    _figure.settle(ax)
    _mark(ax, made, known)
    _annotate(ax, run, scenario, made, scale)
    return _figure.finished(ax, title)


def _mark(ax: Axes, made: Curve, known: list[Evidence]) -> None:
    """Mark what would be needed, and what each study found, from the top down."""
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + (high - low) * _PLACE * (len(known) + 1))
    needed = made.worth.needed
    if needed:
        ax.axvline(needed * 100, color=_figure.PINK, linewidth=1.3, linestyle=(0, (3, 2)), zorder=2.1, label="Needed")
    left, right = ax.get_xlim()
    for i, study in enumerate(known):
        assert study.amount is not None
        at, y = study.amount * 100, high + (high - low) * _PLACE * (i + 0.3)
        if study.amount_low is not None and study.amount_high is not None:
            ends = [
                min(max(x * 100, min(left, right)), max(left, right)) for x in (study.amount_low, study.amount_high)
            ]
            ax.plot(ends, [y, y], color=_figure.INK, linewidth=1.2, label="_interval")
        mark: dict[str, Any] = {"marker": "D", "markersize": 6, "color": _figure.ORANGE, "linewidth": 0}
        # One beyond the amounts that are drawn stands at their end, and says where it is.
        found, at = at, min(max(at, min(left, right)), max(left, right))
        ax.plot([at], [y], label=f"_{study.measure}", clip_on=False, **mark)
        share = abs(at - left) / abs(right - left)
        inside = share < 0.5
        basis = f" ({study.basis})" if found == at else f" ({study.basis}; at {numbers.plain(found)}%)"
        room = _figure.letters(ax, _figure.SMALL, max(share, 1 - share)) - len(basis)
        name = textwrap.shorten(study.measure, _FEW if _figure.is_narrow(ax) else room, placeholder=" …")
        label = ax.annotate(f"{name}{basis}", (at, y), (6 if inside else -6, 5), textcoords="offset points")
        label.set(fontsize=_figure.SMALL, color=_figure.INK, verticalalignment="bottom", parse_math=False)
        label.set_bbox({"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.0})
        label.set_horizontalalignment("left" if inside else "right")


def _annotate(ax: Axes, run: Run, scenario: str, made: Curve, scale: numbers.Scale) -> None:
    """Write the finding, the unit and the notes."""
    worth = made.worth
    prices = f"{_labels.financial_year(run.assumptions.price_year)} prices"
    _figure.settle(ax)
    effect = effect_tables.effect_of(worth)
    _figure.head(
        ax,
        f"{worth.lever}: {effect_tables.finding(worth)}",
        f"Net present saving, {scale.unit}, {prices}, over: {effect}",
    )
    less = "" if worth.money is None else f", less its money ({numbers.pounds(worth.money)}, present value)"
    _figure.note(
        ax,
        [
            f"The effect alone, in full, against no reform{less}; central run, no interval. Diamonds: findings that "
            "can be put as an amount of this effect, with their intervals; their height says nothing.",
            f"Assumptions: {run.assumptions.name}.",
        ],
        warning=f"{run.scenarios[scenario].heading}: {numbers.CLAIM}." if run.scenarios[scenario].claim else "",
    )
