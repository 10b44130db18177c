"""How does it look who pays first and who saves later? The net saving of each payer in each year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.money import discounting
from carecost.plots import lettering, style
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.appraisal_tables import SavingAppraisal


#: Payers that can be told apart.
MOST = 6


#: How each payer is drawn: colours whose neighbours differ in grey, and a hatch.
LOOKS = (
    (style.BLUE, ""),
    (style.ORANGE, "////"),
    (style.TURQUOISE, "...."),
    (style.PINK, ""),
    (style.PURPLE, "xx"),
    (style.GREY, ""),
)


def plot_payers(appraisal: SavingAppraisal, ax: Axes | None = None) -> Axes:
    """Draw the net saving of each payer in each year, central run, undiscounted: below zero a payer pays.

    Parameters
    ----------
    appraisal : SavingAppraisal
        What ``results.appraisal()`` or ``saving.appraisal()`` gave.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        A bar a payer and year, one on the other, in units of money written above them; a diamond for their sum. Payers
        for whom nothing changes are left out.

    Raises
    ------
    InputError
        If there are more payers than can be told apart.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
    >>> axes = plot_payers(results.appraisal("care-review"))
    >>> [bars.get_label() for bars in axes.containers]
    ['local authority', 'central government (DfE)']
    """
    flows = _flows(appraisal)
    ax = style.axes(ax)
    total = np.sum([*flows.values(), np.zeros(len(appraisal.years))], axis=0)
    scale = numbers.money_scale(*total, *(v for flow in flows.values() for v in flow))
    _bars(ax, appraisal.years, {payer: flow / scale.divisor for payer, flow in flows.items()})
    diamonds: dict[str, Any] = {"marker": "D", "markersize": 5, "markeredgecolor": "white", "linewidth": 0, "zorder": 3}
    ax.plot(appraisal.years, total / scale.divisor, color=style.INK, label="all payers", **diamonds)
    style.dress(ax, numbers.plain)
    ax.use_sticky_edges = False  # a bar of nothing on top of another would hold the edge there
    ax.margins(y=0.08)
    ax.axhline(0, color=style.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.spines["bottom"].set_visible(False)
    style.years(ax, appraisal.years, discounting.financial_year)
    ax.legend(loc="best", frameon=False, fontsize=style.TEXT)
    _words(ax, appraisal, scale)
    return ax


def _flows(appraisal: SavingAppraisal) -> dict[str, Array]:
    """Give the yearly net saving of each payer for whom something changes."""
    parts = appraisal.central.payers
    flows = {payer: (np.asarray(part.benefits) - part.costs)[0] for payer, part in parts.items()}
    changed = {payer: flow for payer, flow in flows.items() if flow.any()}
    if len(changed) > MOST:
        remedy = f"Draw at most {MOST}: give items that are paid together one payer"
        raise InputError(Problem(f"there are {len(changed)} payers", "plot_payers", remedy))
    return changed


def _bars(ax: Axes, years: tuple[int, ...], flows: dict[str, Array]) -> None:
    """Draw what is saved above zero and what is paid below it."""
    above, below = np.zeros(len(years)), np.zeros(len(years))
    for (payer, flow), (colour, hatch) in zip(flows.items(), LOOKS, strict=False):
        start = np.where(flow >= 0, above, below)
        plain: dict[str, Any] = {"width": 0.72, "edgecolor": "white", "linewidth": 0.5, "zorder": 2}
        ax.bar(years, flow, bottom=start, color=colour, hatch=hatch, label=payer, **plain)
        above, below = above + np.maximum(flow, 0), below + np.minimum(flow, 0)


def sentence(appraisal: SavingAppraisal) -> str:
    """Say who pays and who saves, in present values of the central run.

    Parameters
    ----------
    appraisal : SavingAppraisal
        An appraisal.

    Returns
    -------
    str
        Without a full stop.
    """
    worth = {payer: float(part.npv[0]) for payer, part in appraisal.central.payers.items()}
    scale = numbers.money_scale(*worth.values())
    ranked = sorted((value, payer) for payer, value in worth.items() if value)
    said = [
        f"{payer} {'pays' if value < 0 else 'saves'} {numbers.pounds(abs(value), scale)}" for value, payer in ranked
    ]
    return f"{appraisal.name}: {', '.join(said) or 'nobody pays or saves'} (present value)"


def _words(ax: Axes, appraisal: SavingAppraisal, scale: numbers.Scale) -> None:
    prices = discounting.financial_year(appraisal.base.price_year or 0)
    lettering.settle(ax)
    unit = f"Net saving of each payer, {scale.unit} a year, {prices} prices, undiscounted; below zero it pays"
    lettering.head(ax, sentence(appraisal), f"{unit}. Diamonds are all payers")
    lettering.note(
        ax,
        [
            f"Central run, against {appraisal.baseline}: cashable saving less reform spend. No interval is shown. "
            f"Present values by {appraisal.central.comparison.discount.name}. "
            f"Optimism bias: {appraisal.central.optimism.words}.",
        ],
        f"{appraisal.name}: {numbers.CLAIM}." if appraisal.claim else "",
    )
