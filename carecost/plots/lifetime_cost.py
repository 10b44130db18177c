"""What one child who enters care costs in each year that follows, by what is paid for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from carecost import _labels
from carecost._guard import guarded, optional, text, whole
from carecost.errors import Problem, UnknownNameError, refuse, unknown
from carecost.plots import _figure
from carecost.results import lifetime_tables
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results


@guarded(results=_figure.RESULTS, age=whole(0), placement=optional(text), ax=_figure.AX, title=_figure.TITLE_RULE)
def plot_lifetime_cost(
    results: Results, age: int, placement: str | None = None, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw what one child who enters at an age costs in each year that follows, and the part that becomes cash.

    Parameters
    ----------
    results : Results
        What a run gave.
    age : int
        Age on entry.
    placement : str, optional
        First placement; the mix of those who enter at that age by default.
    ax : Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        Bars of the gross cost by years since the entry, and a line of the part that becomes cash.

    Raises
    ------
    UnknownNameError
        If nobody enters at that age or in that placement.
    InputError
        If places run out.

    See Also
    --------
    carecost.Results.lifetime_cost : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> plot_lifetime_cost(cc.run("england-2025", years=3), 12).get_xlabel()
    'Years since entry'
    """
    by = ["age"] if placement is None else ["age", "placement"]
    rows = lifetime_tables.rows(results.run, by)
    refuse(_strangers("age", age, sorted(set(rows["age"]))), UnknownNameError)
    rows = rows[rows["age"] == age]
    if placement is not None:
        refuse(_strangers("placement", placement, list(dict.fromkeys(rows["placement"]))), UnknownNameError)
        rows = rows[rows["placement"] == placement]
    rows = rows[rows["years_since_entry"] <= max(rows["years_since_entry"][rows["gross"] > 0], default=0)]
    ax = _figure.axes(ax)
    gross, cash, years = (rows[name].to_numpy() for name in ("gross", "cashable", "years_since_entry"))
    scale = numbers.money_scale(*gross)
    ax.bar(years, gross / scale.divisor, color=_figure.BLUE, width=0.7, label="Gross")
    ax.plot(years, cash / scale.divisor, color=_figure.ORANGE, marker="o", markersize=4, label="What becomes cash")
    _figure.dress(ax, numbers.plain)
    ax.set_xlabel("Years since entry")
    ax.set_xticks(np.arange(len(years)))
    ax.legend(frameon=False)
    present = float(rows["gross_discounted"].sum())
    where = "" if placement is None else f" in {placement!r}"
    prices = f"{_labels.financial_year(results.run.assumptions.price_year)} prices"
    _figure.settle(ax)
    title = f"One child who enters at {age}{where} costs {numbers.pounds(present)}, present value"
    _figure.head(ax, title, f"Expected public spend in each year, {scale.unit}, {prices}")
    said = "Central run of inaction, no interval. Cash: by the clock of a programme that starts in the year of entry."
    _figure.note(ax, [said, f"Assumptions: {results.run.assumptions.name}."])
    return _figure.finished(ax, title)


def _strangers(kind: str, name: object, known: Sequence[object]) -> list[Problem]:
    return [] if name in known else [unknown(kind, str(name), map(str, known), "plot_lifetime_cost()")]
