"""Spending by group, net saving by payer, and the price, volume and mix of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from carecost import _labels
from carecost._guard import frame, guarded, text
from carecost._typing import Array
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.plots import _figure
from carecost.results.price_tables import price_base
from carecost.simulation.comparison import REFORM
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.appraisal_tables import SavingAppraisal
    from carecost.results.results import Results


# Spending by group

#: Areas that can be told apart; smaller groups are drawn together, under this name.
MOST_GROUPS, REST = 6, "all other"

#: Colours of areas whose neighbours differ in grey, orange last: it is kept for reform, as in the other charts.
GROUP_COLOURS = (_figure.BLUE, _figure.TURQUOISE, _figure.PINK, _figure.PURPLE, _figure.GREY, _figure.ORANGE)
REST_COLOUR = "#BFBFBF"


@guarded(results=_figure.RESULTS, scenario=text, ax=_figure.AX, by=text, title=_figure.TITLE_RULE)
def plot_costs(
    results: Results, scenario: str, ax: Axes | None = None, by: str = "group", title: str | None = None
) -> Axes:
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
        One of item, group, account, payer, gross_net, kind. The five largest are drawn apart when there are over six.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

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

    See Also
    --------
    carecost.Results.costs : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), years=3)
    >>> len(plot_costs(results, "inaction").collections)
    6
    """
    if scenario not in results.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, results.scenarios))
    spend = _spend_by_group(results, scenario, by)
    ax = _figure.axes(ax)
    scale = numbers.money_scale(float(spend.sum(axis=1).max()))
    years = spend.index.tolist()
    heights = spend.to_numpy().T / scale.divisor
    colours = [_group_colour(i, str(name)) for i, name in enumerate(spend.columns)]
    ax.stackplot(years, heights, labels=list(spend.columns), colors=colours, edgecolor="white", linewidth=1.2)
    _figure.dress(ax, numbers.plain)
    ax.set_ylim(0, 1.1 * float(heights.sum(axis=0).max()))
    _figure.make_room(ax, years[0], years[-1])
    _figure.years(ax, years, _labels.financial_year, most=6)
    _annotate_costs(ax, results, scenario, spend, scale)
    return _figure.finished(ax, title)


def _spend_by_group(results: Results, scenario: str, by: str) -> pd.DataFrame:
    """Lay out the spend of the public purse: a row a year, a column a group, the largest first."""
    frame = results.costs(by=list(dict.fromkeys([by, "account"])))
    leads = _figure.leads(set(frame["quantile"].astype(str)))
    rows = frame[(frame["scenario"] == scenario) & (frame["quantile"] == leads) & (frame["account"] != "social")]
    wide = rows.pivot_table(index="year", columns=by, values="value", aggfunc="sum").sort_index()
    refuse(
        [
            Problem(f"spend of {name!r} is below zero in some year", "plot_costs", "Group by another column")
            for name in wide.columns[(wide < 0).any()]
        ],
        InputError,
    )
    return _small_together(wide.loc[:, (wide > 0).any()])


def _small_together(wide: pd.DataFrame) -> pd.DataFrame:
    """Put the largest group first, small ones together, and spending on reform on top of all."""
    services = wide.drop(columns=REFORM, errors="ignore")
    services = services[services.sum().sort_values(ascending=False, kind="stable").index]
    reform = wide[[name for name in wide.columns if name == REFORM]]
    room = MOST_GROUPS - reform.shape[1]
    if services.shape[1] > room:
        rest = services.iloc[:, room - 1 :].sum(axis=1)
        services = services.iloc[:, : room - 1].assign(**{REST: rest})
    return services.join(reform)


def _group_colour(i: int, name: str) -> str:
    """Give the colour of an area: grey for the rest, orange for reform, by its number for all others."""
    return {REST: REST_COLOUR, REFORM: _figure.ORANGE}.get(name, GROUP_COLOURS[i % len(GROUP_COLOURS)])


def _annotate_costs(ax: Axes, results: Results, scenario: str, spend: pd.DataFrame, scale: numbers.Scale) -> None:
    """Write the finding, the unit, the notes and the name of each area at its end."""
    total = spend.sum(axis=1)
    (first, start), (last, end) = ((int(total.index[i]), float(total.iloc[i])) for i in (0, -1))
    verb = "rises" if end > start else "falls" if end < start else "stays"
    title = (
        f"{results.run.scenarios[scenario].heading}: spend {verb} from {numbers.pounds(start, scale)} in "
        f"{_labels.financial_year(first)} "
        f"to {numbers.pounds(end, scale)} in {_labels.financial_year(last)}"
    )
    run = results.run
    shown = "Mean" if run.draws.n > 1 else "Central run"
    prices = _labels.financial_year(run.assumptions.price_year)
    _figure.settle(ax)
    _figure.head(ax, title, f"Spend of the public purse, {scale.unit} a year, {prices} prices")
    claim = f"{run.scenarios[scenario].heading}: {numbers.CLAIM}." if run.scenarios[scenario].claim else ""
    _figure.note(ax, [f"{shown}; no interval is shown. Assumptions: {run.assumptions.name}."], claim)
    tops = spend.cumsum(axis=1)
    labels = []
    for name, height in spend.iloc[-1].items():
        top = tops[name]
        if height > 0:
            label = f"{name}, {numbers.pounds(float(height), scale)}"
            labels.append(_figure.EndLabel((float(top.iloc[-1]) - float(height) / 2) / scale.divisor, (label,)))
        else:
            _name_faded(ax, spend[name], top / scale.divisor, scale)
    _figure.end_labels(ax, last, labels)


def _name_faded(ax: Axes, area: pd.Series[float], top: pd.Series[float], scale: numbers.Scale) -> None:
    """Name an area that has gone by the last year, above its highest year."""
    peak = int(area.index[int(area.argmax())])
    label = f"{area.name}, {numbers.pounds(float(area.max()), scale)} in {_labels.financial_year(peak)}"
    _figure.put(ax, label, peak, float(top.loc[peak]), lift=4)


# Net saving by payer

#: Payers that can be told apart.
MOST_PAYERS = 6

#: How each payer is drawn: colours whose neighbours differ in grey, and a hatch.
PAYER_LOOKS = (
    (_figure.BLUE, ""),
    (_figure.ORANGE, "////"),
    (_figure.TURQUOISE, "...."),
    (_figure.PINK, ""),
    (_figure.PURPLE, "xx"),
    (_figure.GREY, ""),
)


@guarded(appraisal=_figure.APPRAISAL, ax=_figure.AX, title=_figure.TITLE_RULE)
def plot_payers(appraisal: SavingAppraisal, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the net saving of each payer in each year, undiscounted: below zero a payer pays.

    Parameters
    ----------
    appraisal : SavingAppraisal
        What ``results.appraisal()`` or ``saving.appraisal()`` gave.
    ax : Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A bar a payer and year, one on the other, in units of money written above them; a diamond for their sum. Payers
        for whom nothing changes are left out.

    Raises
    ------
    InputError
        If there are more payers than can be told apart.

    See Also
    --------
    carecost.SavingAppraisal.by_payer : The table that is drawn.

    Examples
    --------
    >>> import carecost as cc
    >>> results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=6)
    >>> axes = plot_payers(results.appraisal("care-review"))
    >>> [bars.get_label() for bars in axes.containers]
    ['local authority', 'central government (DfE)']
    """
    flows = _payer_flows(appraisal)
    ax = _figure.axes(ax)
    total = np.sum([*flows.values(), np.zeros(len(appraisal.years))], axis=0)
    scale = numbers.money_scale(*total, *(v for flow in flows.values() for v in flow))
    _payer_bars(ax, appraisal.years, {payer: flow / scale.divisor for payer, flow in flows.items()})
    diamonds: dict[str, Any] = {"marker": "D", "markersize": 5, "markeredgecolor": "white", "linewidth": 0, "zorder": 3}
    ax.plot(appraisal.years, total / scale.divisor, color=_figure.INK, label="all payers", **diamonds)
    _figure.dress(ax, numbers.plain)
    ax.use_sticky_edges = False  # a bar of nothing on top of another would hold the edge there
    ax.margins(y=0.08)
    ax.axhline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.spines["bottom"].set_visible(False)
    _figure.years(ax, appraisal.years, _labels.financial_year)
    ax.legend(loc="best", frameon=False, fontsize=_figure.TEXT)
    _annotate_payers(ax, appraisal, scale)
    return _figure.finished(ax, title)


def _payer_flows(appraisal: SavingAppraisal) -> dict[str, Array]:
    """Give the yearly net saving of each payer for whom something changes."""
    parts = appraisal.drawn.payers
    flows = {payer: (np.asarray(part.benefits) - part.costs).mean(0) for payer, part in parts.items()}
    changed = {payer: flow for payer, flow in flows.items() if flow.any()}
    if len(changed) > MOST_PAYERS:
        remedy = f"Draw at most {MOST_PAYERS}: give items that are paid together one payer"
        raise InputError(Problem(f"there are {len(changed)} payers", "plot_payers", remedy))
    return changed


def _payer_bars(ax: Axes, years: tuple[int, ...], flows: dict[str, Array]) -> None:
    """Draw what is saved above zero and what is paid below it."""
    plain: dict[str, Any] = {"width": 0.72, "edgecolor": "white", "linewidth": 0.5, "zorder": 2}
    for (payer, flow), (colour, hatch), start in zip(
        flows.items(), PAYER_LOOKS, _figure.signed_stack(list(flows.values())), strict=False
    ):
        ax.bar(years, flow, bottom=start, color=colour, hatch=hatch, label=payer, **plain)


def sentence(appraisal: SavingAppraisal, name: str = "") -> str:
    """Say who pays and who saves, in present values: means over draws, or the central run without.

    Parameters
    ----------
    appraisal : SavingAppraisal
        An appraisal.
    name : str
        What it is called; the scenario's name by default.

    Returns
    -------
    str
        Without a full stop.
    """
    worth = {payer: float(np.mean(part.npv)) for payer, part in appraisal.drawn.payers.items()}
    scale = numbers.money_scale(*worth.values())
    ranked = sorted((value, payer) for payer, value in worth.items() if value)
    clauses = [
        f"{payer} {'pays' if value < 0 else 'saves'} {numbers.pounds(abs(value), scale)}" for value, payer in ranked
    ]
    return f"{name or appraisal.name}: {', '.join(clauses) or 'nobody pays or saves'} (present value)"


def _annotate_payers(ax: Axes, appraisal: SavingAppraisal, scale: numbers.Scale) -> None:
    """Write the finding, the unit and the notes."""
    prices = _labels.financial_year(appraisal.base.price_year or 0)
    _figure.settle(ax)
    unit = f"Net saving of each payer, {scale.unit} a year, {prices} prices, undiscounted; below zero it pays"
    _figure.head(ax, sentence(appraisal), f"{unit}. Diamonds are all payers")
    _figure.note(
        ax,
        [
            f"{'Means' if appraisal.with_draws else 'Central run'}, against {_labels.plainly(appraisal.baseline)}: "
            "cashable saving less reform spend. No interval is shown. "
            f"Present values by {appraisal.central.comparison.discount.name}. "
            f"Optimism bias: {appraisal.central.optimism.words}.",
        ],
        f"{appraisal.name}: {numbers.CLAIM}." if appraisal.claim else "",
    )


# Price, volume and mix of a change

#: Items that are drawn apart; smaller ones together. The bar of all items has the first name, that of the small ones
#: the name of the rest.
MOST_ITEMS, ALL = 7, "All"

#: How each part is drawn: colours whose neighbours differ in grey, and a hatch.
PART_LOOKS = {
    "volume": (_figure.BLUE, ""),
    "mix": (_figure.TURQUOISE, "...."),
    "price": (_figure.PINK, ""),
    "reform spend": (_figure.ORANGE, "////"),
}


#: Columns that say which change a row is of.
_CHANGE_KEYS = ("scenario", "baseline", "since", "baseline_year", "year")


@guarded(table=frame, ax=_figure.AX, title=_figure.TITLE_RULE)
def plot_price_volume_mix(table: pd.DataFrame, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw why spending changed: for all and for each item the parts of the change as bars, their sum as a diamond.

    Parameters
    ----------
    table : DataFrame
        One change: what ``cc.spending_history()`` gives, or ``results.price_volume_mix()`` of one year, by one column
        such as item or group: of draws their mean is drawn.
    ax : Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        What stands above it in place of the finding; nothing where it is empty.

    Returns
    -------
    Axes
        A bar a part and item, to the right where spending is higher; the largest changes on top. Parts are called
        volume, mix, price and reform spend.

    Raises
    ------
    InputError
        If the table holds several changes, draws, or no parts.
    ComparisonError
        If its rows are in different prices.

    See Also
    --------
    carecost.Results.price_volume_mix : A table that is drawn.
    carecost.spending_history : Another.

    Examples
    --------
    >>> import carecost as cc
    >>> axes = plot_price_volume_mix(cc.spending_history())
    >>> [text.get_text() for text in axes.get_yticklabels()]
    ['All', 'all other care and services', 'fostering', 'leaving care']
    """
    base, long = price_base(table, "plot_price_volume_mix"), _one_change(table)
    wide = _parts_by_item(long)
    ax = _figure.axes(ax)
    scale = numbers.money_scale(*wide.sum(axis=1))
    _part_bars(ax, wide / scale.divisor)
    _figure.dress(ax, numbers.plain)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=_figure.PALE, linewidth=0.8)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.plain(value)))
    ax.set_yticks(range(len(wide)), list(wide.index))
    ax.axvline(0, color=_figure.GREY, linewidth=1, zorder=2.2, label="_zero")
    ax.invert_yaxis()
    low, high = ax.get_xlim()
    ax.legend(loc="lower left" if -low > high else "lower right", frameon=False, fontsize=_figure.TEXT)
    _annotate_change(ax, table, wide, scale, base.words)
    return _figure.finished(ax, title)


def _one_change(table: pd.DataFrame) -> pd.DataFrame:
    """Give the parts of one change: item, part, value."""
    chart, several = "plot_price_volume_mix", [c for c in _CHANGE_KEYS if c in table and len(table[c].unique()) > 1]
    if several:
        raise InputError(Problem(f"the table holds several of {', '.join(several)}", chart, "Keep the rows of one"))
    if "draw" in table:
        raise InputError(Problem("the table holds draws", chart, "Leave out by_draw=True"))
    if "part" not in table:  # a history: a row an item, a column a part
        parts = [c for c in PART_LOOKS if c in table]
        if not parts or "item" not in table:
            raise InputError(Problem("the table has no parts", chart, "Give results.price_volume_mix or a history"))
        return table.melt("item", parts, "part").dropna()
    middle = table[table["quantile"] == _figure.leads(set(table["quantile"].astype(str)))]
    by = [c for c in ("item", "group", "account", "payer", "gross_net", "kind") if c in table]
    return middle.assign(item=middle[by[0]] if by else ALL)[["item", "part", "value"]]


def _parts_by_item(long: pd.DataFrame) -> pd.DataFrame:
    """Lay out a row an item and a column a part: all, then the largest changes, then the small ones together."""
    wide = long.pivot_table(index="item", columns="part", values="value", aggfunc="sum", fill_value=0.0)
    wide = wide[[part for part in PART_LOOKS if part in wide and wide[part].any()]]
    total = wide.sum().to_frame(ALL).T
    if list(wide.index) == [ALL]:
        return total
    wide = wide.loc[wide.abs().sum(axis=1).sort_values(ascending=False, kind="stable").index]
    wide = wide[wide.ne(0.0).any(axis=1)]
    if len(wide) > MOST_ITEMS:
        rest = wide.iloc[MOST_ITEMS - 1 :].sum().to_frame(REST).T
        wide = pd.concat([wide.iloc[: MOST_ITEMS - 1], rest])
    return pd.concat([total, wide])


def _part_bars(ax: Axes, wide: pd.DataFrame) -> None:
    """Draw the parts that add on the right of zero and those that take away on the left, and their sum."""
    rows = np.arange(len(wide))
    widths = {str(part): wide[part].to_numpy() for part in wide.columns}
    plain: dict[str, Any] = {"height": 0.62, "edgecolor": "white", "linewidth": 0.6, "zorder": 2}
    for (part, values), start in zip(widths.items(), _figure.signed_stack(list(widths.values())), strict=True):
        colour, hatch = PART_LOOKS[part]
        ax.barh(rows, values, left=start, color=colour, hatch=hatch, label=part, **plain)
    diamonds: dict[str, Any] = {"marker": "D", "markersize": 6, "markeredgecolor": "white", "linewidth": 0}
    ax.plot(wide.sum(axis=1), rows, color=_figure.INK, label="sum", zorder=3, **diamonds)


def _annotate_change(ax: Axes, table: pd.DataFrame, wide: pd.DataFrame, scale: numbers.Scale, prices: str) -> None:
    """Say the finding, the unit and where the numbers are from."""
    total = {str(part): float(wide[part].iloc[0]) for part in wide}
    parts = ", ".join(f"{part} {numbers.pounds(value, scale)}" for part, value in total.items())
    change = sum(total.values())
    _figure.settle(ax)
    title = f"Spending {'rises' if change > 0 else 'falls'} by {numbers.pounds(abs(change), scale)}: {parts}"
    _figure.head(ax, title, f"{_compared(table)}, {scale.unit}, {prices}; diamonds are the sum")
    source = f"Source: {'; '.join(dict.fromkeys(table['source']))}." if "source" in table else ""
    note = "Mix: a larger or smaller share of all time in care, at the prices before. Items that do not follow time in "
    claim = f"{table['scenario'].iloc[0]}: {numbers.CLAIM}." if "claim" in table and table["claim"].any() else ""
    _figure.note(ax, [note + "care have volume and price only.", *filter(None, [source])], claim)


def _compared(table: pd.DataFrame) -> str:
    """Say what is compared: two years of a scenario or of published spending, or two scenarios in a year."""
    first = {c: table[c].iloc[0] for c in _CHANGE_KEYS if c in table}
    year = _labels.financial_year(first["year"])
    since = first.get("baseline_year", first.get("since"))
    whose = f"{first['scenario']}, " if "scenario" in first else ""
    if since is not None and since == since:  # neither absent nor nan
        return f"{whose}{_labels.financial_year(since)} to {year}"
    return f"{first['scenario']} against {_labels.plainly(first['baseline'])}, {year}"
