"""Local authorities in the order of one measure, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from carecost._guard import guarded, labels, one_of, optional, text
from carecost._labels import INACTION
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.plots import _figure
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.authorities import AuthorityResults

#: Inches of the chart.
SIZE = (9.6, 5.2)
#: Authorities named at each end of the order, where none are asked for.
ENDS = 3


@dataclass(frozen=True)
class Measure:
    """What authorities are put in order by.

    Parameters
    ----------
    column : str
        Column of the summary.
    relative : str
        Column that it is over; empty where it stands alone.
    change : bool
        Whether one is taken off, so that it is a change.
    words : str
        What it is, with its unit.
    write : callable
        Writes one value.
    scale : float
        What values are multiplied by before they are drawn.
    """

    column: str
    relative: str
    change: bool
    words: str
    write: Callable[[float], str]
    scale: float = 1.0

    def of(self, rows: pd.DataFrame, end: str = "") -> pd.Series:
        """Give the measure, or an end of its interval."""
        column = f"{self.column}{end}"
        values = rows[column if column in rows else self.column]
        if self.relative:
            values = values / rows[self.relative]
        return (values - 1 if self.change else values) * self.scale


MEASURES = {
    "change": Measure(
        "children_ahead", "children", True, "Change in children in care, per cent", lambda v: f"{v:+.0f}%", 100.0
    ),
    "rate": Measure("rate", "", False, "Children in care per 10,000 aged 0 to 17", lambda v: f"{v:.0f}"),
    "saving": Measure(
        "saving", "children", False, "Net present saving for each child in care at the start, £ thousand", lambda v: f"£{v:,.0f}k", 1e-3
    ),
}


@guarded(
    found=_figure.AUTHORITIES,
    measure=one_of(MEASURES),
    scenario=optional(text),
    named=optional(labels),
    ax=_figure.AX,
)
def plot_authorities(
    found: AuthorityResults,
    measure: str = "change",
    scenario: str | None = None,
    named: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw every authority in the order of a measure, from the least to the most, with its 80% interval.

    Parameters
    ----------
    found : AuthorityResults
        What a run of authorities gave.
    measure : str
        ``change`` in children in care by the last date, ``rate`` of the base date, or net present ``saving``.
    scenario : str, optional
        Which; inaction by default, and the first other one for a saving.
    named : sequence of str, optional
        Authorities to name; the three at each end by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        A dot an authority, its interval behind it.

    Raises
    ------
    UnknownNameError
        If a scenario or an authority is not in the run.

    Examples
    --------
    >>> import carecost as cc
    >>> found = cc.run_authorities("england-2025", years=1, authorities=["Kent", "Leeds"])
    >>> plot_authorities(found).get_ylabel()
    ''
    """
    others = [name for name in found.scenarios if name != INACTION]
    chosen = scenario or (others[0] if measure == "saving" and others else INACTION)
    wanted = list(named or ())
    known = others if measure == "saving" else found.scenarios
    refuse(
        [unknown("scenario", chosen, known)] * (chosen not in known)
        + [unknown("authority", name, found.runs) for name in wanted if name not in found.runs],
        UnknownNameError,
    )
    how = MEASURES[measure]
    rows = found.summary().query("scenario == @chosen").copy()
    rows["value"], rows["low"], rows["high"] = how.of(rows), how.of(rows, "_low"), how.of(rows, "_high")
    rows = rows.sort_values("value", kind="stable").reset_index(drop=True)
    ax = _figure.axes(ax, SIZE)
    ranks = range(1, len(rows) + 1)
    ax.vlines(ranks, rows["low"], rows["high"], color=_figure.BLUE, alpha=0.3, linewidth=2, zorder=2)
    ax.plot(ranks, rows["value"], "o", color=_figure.BLUE, markersize=3.2, zorder=2.5, label=measure)
    _figure.dress(ax, how.write)
    ax.set_xlim(0, len(rows) + 1)
    ax.set_xticks([1, len(rows)], ["least", "most"])
    if how.change or measure == "saving":
        ax.axhline(0, color=_figure.GREY, linewidth=1.2, zorder=2.2)
    _annotate(ax, found, rows, how, chosen, wanted)
    return ax


def _annotate(
    ax: Axes, found: AuthorityResults, rows: pd.DataFrame, how: Measure, scenario: str, wanted: Sequence[str]
) -> None:
    """Write the finding, the unit, what is behind, and the names."""
    middle = rows["value"].median()
    above = int((rows["value"] > 0).sum())
    base, last = found.dates[0], found.dates[-1]
    finding = f"{rows['authority'].iloc[0]} {how.write(rows['value'].iloc[0])}, {rows['authority'].iloc[-1]} "
    finding += f"{how.write(rows['value'].iloc[-1])}; half lie above {how.write(middle)}"
    if how.change or how.column == "saving":
        finding = f"Above nil in {above} of {len(rows)}: from {finding}"
    _figure.settle(ax)
    when = f"31 March {base}" if how.column == "rate" else f"{base} to {last}, {scenario}"
    _figure.head(ax, finding, f"{how.words}; {when}")
    with_band = not rows["low"].equals(rows["value"])
    claimed = scenario != INACTION and found.claims.get(scenario, False)
    _figure.note(
        ax,
        [
            f"Dots: {'means; lines: 80% interval, without the luck of small numbers' if with_band else 'central run'}. "
            "Each authority with rates of its own; names are few."
        ],
        warning=f"{scenario}: {numbers.CLAIM}." if claimed else "",
    )
    few = [*rows["authority"].iloc[:ENDS], *rows["authority"].iloc[-ENDS:]] if not wanted else wanted
    for at, row in rows.iterrows():
        if row["authority"] in few:
            right = int(str(at)) > len(rows) / 2
            written = ax.annotate(
                row["authority"],
                (int(str(at)) + 1, row["value"]),
                (-6 if right else 6, 0),
                textcoords="offset points",
                ha="right" if right else "left",
                va="center",
            )
            written.set(fontsize=_figure.SMALL, color=_figure.INK, parse_math=False)
