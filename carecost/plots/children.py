"""Children in care over time, one line a scenario with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from carecost._guard import guarded, labels, optional
from carecost.errors import UnknownNameError, refuse, unknown
from carecost.plots import _figure
from carecost.plots.history import looks
from carecost.text import numbers

if TYPE_CHECKING:
    import pandas as pd

    from carecost.results.results import Results


#: Up to so many scenarios are named in the title.
MANY = 3


@guarded(results=_figure.RESULTS, ax=_figure.AX, scenarios=optional(labels), title=_figure.TITLE_RULE)
def plot_children(
    results: Results, ax: Axes | None = None, scenarios: Sequence[str] | None = None, title: str | None = None
) -> Axes:
    """Draw children in care on 31 March of each year, from zero up.

    Parameters
    ----------
    results : Results
        What a run gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    scenarios : str or sequence of str, optional
        Which; all by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        One line a scenario, labelled with its name: the mean over draws, its interval shaded, or the central run
        where there are no draws.

    Raises
    ------
    UnknownNameError
        If a scenario is not in the run.

    See Also
    --------
    carecost.Results.children : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
    >>> plot_children(results).get_lines()[0].get_label()
    'inaction'
    """
    names = list(scenarios or results.scenarios)
    refuse([unknown("scenario", n, results.scenarios) for n in names if n not in results.scenarios], UnknownNameError)
    ax = _figure.axes(ax)
    frame = results.children()
    lines = {name: _pivot(frame[frame["scenario"] == name]) for name in names}
    depth = _figure.BAND if len(lines) <= 2 else _figure.FAINT
    seen_as = looks(results)
    for name, line in lines.items():
        seen = seen_as[name]
        dates = line.index.tolist()
        ax.plot(
            dates,
            line[_figure.leads(line.columns)],
            color=seen.colour,
            linestyle=seen.line,
            linewidth=2.4,
            label=name,
            zorder=2.5,
        )
        if _figure.LOW in line:
            _figure.band(ax, dates, line[_figure.LOW].tolist(), line[_figure.HIGH].tolist(), seen, depth)
    _figure.dress(ax, numbers.children)
    _limits(ax, list(lines.values()))
    _annotate(ax, results, lines)
    return _figure.finished(ax, title)


def _pivot(frame: pd.DataFrame) -> pd.DataFrame:
    """Lay out one scenario: a row a date, a column a quantile."""
    named = frame.assign(quantile=frame["quantile"].astype(str))
    return named.pivot_table(index="date", columns="quantile", values="value").sort_index()


def _limits(ax: Axes, lines: list[pd.DataFrame]) -> None:
    """Start at zero, and keep room for labels to the right."""
    dates = lines[0].index.tolist()
    ax.set_ylim(0, 1.06 * max(float(line.to_numpy().max()) for line in lines))
    _figure.make_room(ax, dates[0], dates[-1])
    _figure.years(ax, dates, str)


def _annotate(ax: Axes, results: Results, lines: dict[str, pd.DataFrame]) -> None:
    """Write the finding, the unit, the notes and the name of each line at its end."""
    run, drawn = results.run, results.run.draws.n > 1
    names = {name: run.scenarios[name].heading for name in lines}
    named = lines if len(set(names.values())) < len(names) else {names[name]: line for name, line in lines.items()}
    _figure.settle(ax)
    _figure.head(ax, _title(named), "Number of children in care on 31 March of each year")
    claimed = [names[name] for name in lines if run.scenarios[name].claim]
    what = f"Lines: mean. Bands: {numbers.interval(results.run.draws.noise)}."
    _figure.note(
        ax,
        [
            what if drawn else f"Lines: {numbers.no_interval(run.draws.n)}.",
            f"Assumptions: {run.assumptions.name}" + (f"; {run.draws.n:,} draws." if drawn else "."),
        ],
        warning=f"{'; '.join(claimed)}: {numbers.CLAIM}." if claimed else "",
    )
    last = int(next(iter(lines.values())).index[-1])
    seen_as = looks(results)
    pairs = zip(lines, named.items(), strict=True)
    labels = [_label(called, line, seen_as[name].colour) for name, (called, line) in pairs]
    _figure.end_labels(ax, last, labels)


def _title(lines: dict[str, pd.DataFrame]) -> str:
    """Say the finding: every scenario's end, the least and the most where there are many, or that they are the same."""
    last = next(iter(lines.values())).index[-1]
    ends = sorted((float(line[_figure.leads(line.columns)].iloc[-1]), name) for name, line in lines.items())
    written = {numbers.children(end) for end, _ in ends}
    if len(lines) > 1 and len(written) == 1:
        finding = f"{written.pop()} under each scenario"
    elif len(lines) > MANY:
        (least, low), (most, high) = ends[0], ends[-1]
        finding = f"from {numbers.children(least)} ({low}) to {numbers.children(most)} ({high})"
    else:
        ordered = [(float(line[_figure.leads(line.columns)].iloc[-1]), name) for name, line in lines.items()]
        between = "; " if any("," in name for name in lines) else ", "
        finding = between.join(f"{numbers.children(end)} ({name})" for end, name in ordered)
    return f"Children in care: {finding} by 31 March {last}"


def _label(name: str, line: pd.DataFrame, colour: str) -> _figure.EndLabel:
    """Name a line, with its last value and interval."""
    end = line.iloc[-1]
    middle = float(end[_figure.leads(line.columns)])
    value = numbers.children(middle)
    if _figure.LOW in line:
        low, high = (numbers.children(float(end[bound])) for bound in (_figure.LOW, _figure.HIGH))
        span = numbers.span(low, high)
        value += f" ({span})" if span else ""
    return _figure.EndLabel(middle, (name, value), colour)
