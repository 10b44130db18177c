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
#: Children below which an authority is left out: a share of a few says nothing, and hides the others.
FEWEST = 20


def _percent(value: float) -> str:
    return f"{value:+.0f}%".replace("-", numbers.MINUS)


def _thousands(value: float) -> str:
    return f"{numbers.MINUS if value < 0 else ''}£{abs(value):,.0f}k"


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
    "change": Measure("children_ahead", "children", True, "Change in children in care", _percent, 100.0),
    "rate": Measure("rate", "", False, "Children in care per 10,000 aged 0 to 17", lambda v: f"{v:.0f}"),
    "saving": Measure(
        "saving", "children", False, "Net present saving for each child in care at the start", _thousands, 1e-3
    ),
}


@guarded(
    found=_figure.AUTHORITIES,
    measure=one_of(MEASURES),
    scenario=optional(text),
    named=optional(labels),
    ax=_figure.AX,
    title=_figure.TITLE_RULE,
)
def plot_authorities(
    found: AuthorityResults,
    measure: str = "change",
    scenario: str | None = None,
    named: Sequence[str] | None = None,
    ax: Axes | None = None,
    title: str | None = None,
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
        Authorities to name; the one at each end by default.
    ax : Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A dot an authority, its interval behind it; those with fewer than 20 children in care are left out.

    Raises
    ------
    UnknownNameError
        If a scenario or an authority is not in the run.

    See Also
    --------
    carecost.run_authorities : Run scenarios in every authority.

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
    rows = found.summary().query("scenario == @chosen and children >= @FEWEST").copy()
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
    return _figure.finished(ax, title)


def _annotate(
    ax: Axes, found: AuthorityResults, rows: pd.DataFrame, how: Measure, scenario: str, wanted: Sequence[str]
) -> None:
    """Write the finding, the unit, what is behind, and the names."""
    value, names = rows["value"], rows["authority"]
    above = int((value > 0).sum())
    base, last = found.dates[0], found.dates[-1]
    finding = f"from {how.write(value.iloc[0])} in {names.iloc[0]} to {how.write(value.iloc[-1])} in {names.iloc[-1]}"
    start = (
        f"Above nil in {above} of {len(rows)}" if how.column != "rate" else f"Half above {how.write(value.median())}"
    )
    finding = f"{start}; {finding}"
    _figure.settle(ax)
    when = f"31 March {base}" if how.column == "rate" else f"{base} to {last}, {scenario}"
    _figure.head(ax, finding, f"{how.words}; {when}")
    with_band = not rows["low"].equals(rows["value"])
    claimed = scenario != INACTION and found.claims.get(scenario, False)
    _figure.note(
        ax,
        [
            f"Dots: {'means; lines: 80% interval, without the luck of small numbers' if with_band else 'central run'}. "
            f"Authorities of {FEWEST} children or more."
        ],
        warning=f"{scenario}: {numbers.CLAIM}." if claimed else "",
    )
    few = list(wanted) or [rows["authority"].iloc[0], rows["authority"].iloc[-1]]
    for right in (False, True):
        side = rows[rows["authority"].isin(few) & ((rows.index >= len(rows) / 2) == right)]
        _name(ax, side, right)


def _name(ax: Axes, rows: pd.DataFrame, right: bool) -> None:
    """Name some authorities beside their dots, none over another: above the intervals, led from the dots."""
    (low, high), (_, tall) = ax.get_ylim(), ax.get_window_extent().size
    line = 1.5 * _figure.SMALL / (tall / ax.get_figure(root=True).dpi * 72) * (high - low)  # type: ignore[union-attr]
    places = _figure.spread(rows["high"].tolist(), [line] * len(rows), low, high)
    for (at, row), place in zip(rows.iterrows(), places, strict=True):
        rank = int(str(at)) + 1
        written = ax.annotate(
            f"{row['authority']} ",
            (rank, row["value"]),
            (rank + (-2 if right else 2), place + line),
            ha="right" if right else "left",
            va="bottom",
            bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.0},
            arrowprops={"arrowstyle": "-", "color": _figure.GREY, "linewidth": 0.7},
        )
        written.set(fontsize=_figure.SMALL, color=_figure.INK, parse_math=False)
