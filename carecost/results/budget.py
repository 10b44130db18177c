"""The budget table: spending from year to year by demand, mix, price and savings; income, net, chance to exceed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from carecost._guard import (
    Refused,
    calendar_year,
    flag,
    guarded,
    instance,
    labels,
    number,
    one_of,
    opened,
    optional,
    take,
    text,
)
from carecost._labels import INACTION, financial_year
from carecost._typing import Array, LockedAgain
from carecost.analysis.budget_steps import RECEIVER, Bridge, bridge, known_income, met, shares, streamed
from carecost.engine.grid import Grid
from carecost.engine.items import PLACED_DRIVERS, PUBLIC, WEEKS, Item
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.maths.monte_carlo import LEVEL
from carecost.money import vintages
from carecost.money.prices import CASH, REAL, PriceBase
from carecost.results import tables
from carecost.simulation.run import Run
from carecost.text import numbers

#: Steps from one year's spending to the next, in order, and where they lead.
STEPS = ("opening", "demand", "mix", "price", "savings", "programme")
CLOSING, INCOME, NET = "closing", "income", "net"
#: What a year's budget also tells: levels of what the steps change.
SAVED, PROGRAMME = "saved in the year", "programme in the year"
#: What a stated budget may be of.
OF = (NET, CLOSING)
#: Columns that lines can be grouped by, and where an item covers several placements, or none.
BY = ("placement", "provider", "item", "group", "account", "payer")
SEVERAL, NO_PLACEMENT, NOT_TOLD = "several placements", "no placement", "not told apart"
#: What a line tells, and its unit.
MEASURES = {"weeks": "child-weeks", "price": "GBP per child-week", "before": "GBP", "saving": "GBP", "spend": "GBP"}
UNKNOWN = (
    "Who pays the income of section 251, the NHS among them, is not published. What the NHS and the schools' high "
    "needs budget pay directly for these children is unknown: it is neither in spending nor in income."
)
_MADE = "Use Results.budget(…), which gives it"
_STATED = "Give pounds, 0 or more, by year, such as {2027: 52e6, 2028: 54e6}, or one amount for every year"


def stated_budget(value: Any) -> Any:
    """Take an amount for every year, or amounts by calendar year (a rule of the guard)."""
    if not isinstance(value, Mapping):
        try:
            return number(0)(value)
        except Refused:
            raise Refused("", _STATED) from None
    if not value:
        raise Refused("names no year", _STATED)
    return {calendar_year(year): number(0)(amount) for year, amount in value.items()}


@opened
@dataclass(frozen=True, eq=False)
class Budget(LockedAgain):
    """Budget of a scenario: opening, demand, mix, price, savings, programme, closing, income and net, year by year.

    Parameters
    ----------
    run : Run
        The run that it comes from.
    scenario : str
        Whose budget.
    by : tuple of str
        What its lines are told apart by.
    basis : str
        ``real`` or ``cash``.
    account : tuple of str
        Whose spending; empty for the whole public purse.
    stated : mapping of int to float, optional
        Budgets that were stated, by year, or one amount for every year [GBP of the basis].
    of : str
        What they are of: ``net``, or ``closing`` for spending before income.

    See Also
    --------
    Results.budget : Makes it.
    Results.price_volume_mix : Price, volume and mix of any two years.

    Notes
    -----
    The steps of every year sum to its closing in each draw: what inaction spends by demand (time in care, or what else
    an item follows), mix and price, less what is saved in cash beyond the year before, with the programme's own
    spending. Closing less income is net.

    Examples
    --------
    >>> import carecost as cc
    >>> budget = cc.run("england-2025", "care-review", years=5).budget()
    >>> budget.table()["step"].tolist()[:3]
    ['closing', 'income: section 251', 'income: Home Office: unaccompanied children']
    """

    run: Run
    scenario: str
    by: tuple[str, ...] = ("placement", "provider")
    basis: Literal["real", "cash"] = "real"
    account: tuple[str, ...] = ()
    stated: Mapping[int, float] | None = None
    of: Literal["net", "closing"] = "net"

    def __post_init__(self) -> None:
        take(self, run=instance(Run, words=_MADE), scenario=text, by=labels, basis=one_of((REAL, CASH)), account=labels)
        take(self, stated=optional(stated_budget), of=one_of(OF))
        problems = [unknown("column to group by", name, BY, "budget") for name in self.by if name not in BY]
        problems += [unknown("account", name, PUBLIC, "budget") for name in self.account if name not in PUBLIC]
        if self.scenario not in self.run.scenarios:
            problems.append(unknown("scenario", self.scenario, self.run.scenarios, "budget"))
        years = self.run.grid.years
        given: Any = self.stated
        stated = given if isinstance(given, Mapping) else {} if given is None else dict.fromkeys(years, given)
        object.__setattr__(self, "stated", stated)
        problems += [unknown("year", y, map(str, years), "budget") for y in stated if y not in years]
        refuse(problems, UnknownNameError)

    # What it is made of

    @cached_property
    def _factor(self) -> Array:
        """What pounds of the price year are multiplied with: (year,)."""
        years = self.run.grid.years
        if self.basis == REAL:
            return np.ones(len(years))
        return self.run.assumptions.deflator.factor(self.run.assumptions.price_year, years)

    @cached_property
    def _bridges(self) -> tuple[Bridge, Bridge]:
        """Draws, and the central run; the same where there are no draws."""
        central = bridge(self.run, self.scenario, self._factor, self.account or None, central=True)
        if self.run.draws.central:
            return central, central
        return bridge(self.run, self.scenario, self._factor, self.account or None), central

    def _levels(self, central: bool) -> dict[str, Array]:
        """Give every row of a year by name, each (draw, year) [GBP]; nan where a year has none."""
        made = self._bridges[central]
        closing = made.closing.sum(-1)
        rows: dict[str, Array] = {}
        for name, step in made.steps().items():
            rows[name] = np.full(closing.shape, np.nan)
            rows[name][:, 1:] = step.sum(-1)
        rows[CLOSING] = closing
        income = self._income(central)
        rows |= income
        rows[NET] = closing - np.sum(list(income.values()), axis=0)
        rows[SAVED] = made.saving.sum(-1)
        rows[PROGRAMME] = made.programme.sum(-1)
        return rows

    def _income(self, central: bool) -> dict[str, Array]:
        """Give income by whose money it is, each (draw, year) [GBP]."""
        made = self._bridges[central]
        outcome = (self.run.central if central else self.run.shown)[self.scenario]
        known = known_income()
        share = np.nan_to_num(shares(made.items, known))
        found: dict[str, Array] = {}
        for row in known:
            if row.stream:
                flow = np.zeros((1, 1))
                if met(row, made.items, self.run.grid):
                    flow = streamed(self.run, outcome, row, self._factor)
                found[f"{INCOME}: {row.name}"] = np.broadcast_to(flow, made.closing.shape[:2])
            else:
                found.setdefault(f"{INCOME}: {row.name}", made.closing @ share)
        return found

    # Tables

    @guarded(by_draw=flag, level=tables.COVERAGE)
    def table(self, by_draw: bool = False, level: float = LEVEL) -> pd.DataFrame:
        """Give the steps of every year in order, with income and net.

        Parameters
        ----------
        by_draw : bool
            One row a draw instead of one a quantile.
        level : float
            Coverage of the interval [probability].

        Returns
        -------
        DataFrame
            Columns scenario, year, step, quantile (central, mean; 0.1, 0.5, 0.9 as numbers) or draw, value, mean_error
            (where there are draws), unit, price_year, basis, deflator. The first year has no opening: nothing is
            projected before it. The steps of a year sum to its closing, the closing less income is net, in every draw,
            in the mean and in the central run; quantiles do not add up.

        See Also
        --------
        lines : Weeks and price of every placement.

        Examples
        --------
        >>> import carecost as cc
        >>> rows = cc.run("england-2025", "care-review", years=3).budget().table()
        >>> year = rows[rows["year"] == 2027].set_index("step")["value"]
        >>> bool(abs(year["opening":"programme"].sum() - year["closing"]) < 1.0)
        True
        """
        drawn, central = self._levels(False), self._levels(True)
        axes: dict[str, Sequence[object]] = {"year": self.run.grid.years, "step": list(drawn)}
        stacked = [np.stack(list(of.values()), axis=-1) for of in (drawn, central)]
        frame = tables.tidy(stacked[0], stacked[1], axes, None if by_draw else level)
        frame = frame[frame["value"].notna()].reset_index(drop=True)
        frame.insert(0, "scenario", self.scenario)
        return tables.priced(frame, self.price_base)

    @guarded(by_draw=flag, level=tables.COVERAGE)
    def lines(self, by_draw: bool = False, level: float = LEVEL) -> pd.DataFrame:
        """Give weeks, price and spending of every line in every year.

        Parameters
        ----------
        by_draw : bool
            One row a draw instead of one a quantile.
        level : float
            Coverage of the interval [probability].

        Returns
        -------
        DataFrame
            Columns scenario, year, those of ``by``, measure, quantile or draw, value, mean_error (where there are
            draws), unit, price_year, basis, deflator. Measures are weeks and price (of lines whose items follow time in
            placements; price is spending over weeks), before (spending without the scenario), saving (in cash), and
            spend, which is what is left of it, with the programme's.

        See Also
        --------
        table : The steps of every year.

        Examples
        --------
        >>> import carecost as cc
        >>> rows = cc.run("england-2025", years=2).budget().lines()
        >>> rows.loc[rows["placement"] == "foster agency", "provider"].iloc[0]
        'private and voluntary'
        """
        (drawn, keys), (central, _) = (self._lines(which) for which in (False, True))
        names = list(MEASURES)
        axes: dict[str, Sequence[object]] = {"year": self.run.grid.years, "_line": range(len(keys)), "measure": names}
        frame = tables.tidy(drawn, central, axes, None if by_draw else level)
        frame = frame[frame["value"].notna()].reset_index(drop=True)
        place = list(frame.columns).index("_line")
        for n, name in reversed(list(enumerate(self.by))):
            frame.insert(place, name, [keys[i][n] for i in frame["_line"]])
        frame = frame.drop(columns="_line")
        frame.insert(0, "scenario", self.scenario)
        return tables.priced(frame, self.price_base).assign(unit=frame["measure"].map(MEASURES))

    def _lines(self, central: bool) -> tuple[Array, list[tuple[str, ...]]]:
        """Give the measures of every line, (draw, year, line, measure), and the labels of each line."""
        made, grid = self._bridges[central], self.run.grid
        told = [_labels(item, grid) for item in made.items]
        keys = list(dict.fromkeys(tuple(of[name] for name in self.by) for of in told))
        members = [[i for i, of in enumerate(told) if tuple(of[name] for name in self.by) == key] for key in keys]
        years = (self.run.central if central else self.run.shown)[INACTION].child_years.sum(
            1
        )  # (draw, year, placement)
        out = np.full((*made.closing.shape[:2], len(keys), len(MEASURES)), np.nan)
        for n, member in enumerate(members):
            before, saving = made.before[..., member].sum(-1), made.saving[..., member].sum(-1)
            out[..., n, 2], out[..., n, 3], out[..., n, 4] = before, saving, made.closing[..., member].sum(-1)
            places = _placed([made.items[i] for i in member], grid)
            if places:
                weeks = years[..., places].sum(-1) * WEEKS
                out[..., n, 0] = weeks
                out[..., n, 1] = np.divide(before, weeks, out=np.full(weeks.shape, np.nan), where=weeks > 0)
        return out, keys

    @property
    def price_base(self) -> PriceBase:
        """Prices of every amount."""
        if self.basis == REAL:
            return self.run.provenance.price_base
        return PriceBase(CASH, None, self.run.assumptions.deflator.vintage)

    def chance(self) -> pd.DataFrame:
        """Give the chance that each stated budget is exceeded.

        Returns
        -------
        DataFrame
            A row a year that has a budget: year, budget, of (net, or closing for spending before income), mean,
            chance (share of draws above it), excess (mean of what is above it, nothing where it is kept) [GBP], unit,
            price_year, basis, deflator.

        Raises
        ------
        InputError
            If no budget was stated, or there are no draws.

        See Also
        --------
        Results.budget : Takes the budget.

        Examples
        --------
        >>> import carecost as cc
        >>> results = cc.run("england-2025", years=2, draws=20)
        >>> results.budget(budget={2027: 1e9}).chance()["chance"].tolist()
        [1.0]
        """
        problems = []
        if not self.stated:
            problems.append(Problem("no budget was stated", "budget", _STATED.replace("Give", "Give budget=, ")))
        if self.run.draws.central:
            problems.append(Problem("the run has no draws, and so no chances", "budget", "Run with draws=500, say"))
        refuse(problems, InputError)
        levels, stated = self._levels(False)[self.of], self.stated or {}
        rows = []
        for year in sorted(stated):
            amount, came = stated[year], levels[:, self.run.grid.index("years", year)]
            rows.append(
                {
                    "year": year,
                    "budget": amount,
                    "of": self.of,
                    "mean": came.mean(),
                    "chance": float((came > amount).mean()),
                    "excess": float(np.maximum(came - amount, 0.0).mean()),
                }
            )
        return tables.priced(pd.DataFrame(rows), self.price_base)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of it, in sentences: what is unknown, what has no share of income, who is told apart."""
        items = self._bridges[True].items
        known, run = known_income(), self.run
        first = financial_year(run.grid.years[0])
        told = [
            f"The first year projected, {first}, is where the steps begin.",
            "What is saved is what becomes cash, as in every comparison; the rest of what a scenario avoids is not yet "
            "out of the budget.",
            UNKNOWN,
        ]
        if run.scenarios[self.scenario].claim:
            told.insert(0, f"{run.scenarios[self.scenario].heading}: {numbers.CLAIM}.")
        lacking = dict.fromkeys(x.group for x, s in zip(items, shares(items, known), strict=True) if np.isnan(s))
        if lacking:
            told.append(f"No income is known of {', '.join(lacking)}: none is taken.")
        streams = [row for row in known if row.stream]
        for row in streams:
            lost = row.stream not in run.assumptions.streams
            what = f"{row.note} (grade {row.quality})"
            if lost:
                what = f"not counted, as the set has no stream {row.stream!r}"
            elif not met(row, items, run.grid):
                what = f"not counted, as no spending of a {RECEIVER} on them is"
            told.append(f"{row.name}: {what}.")
        if others := [x for x in items if x.account != RECEIVER]:
            accounts = " and ".join(dict.fromkeys(x.account for x in others))
            told.append(
                f"Spending of {accounts} is in it ({', '.join(x.name for x in others)}), and what the Home Office pays "
                f'is taken off: account="{RECEIVER}" gives the budget of councils alone.'
            )
        grades = ", ".join(sorted({row.quality for row in known if not row.stream}))
        told.append(f"Income of section 251: England's share of each line, last year published (grades {grades}).")
        apart = [row["placement"] for row in vintages.rows("providers") if row["placement"] in _names(run.grid)]
        named = ", ".join(apart) or "no placement"
        told.append(f"The set tells the provider of {named}; of others it does not.")
        return tuple(told)

    def _screen(self) -> list[tuple[str, str]]:
        """Say the steps of each year in a line, then what to know."""
        drawn, years = self._levels(False), self.run.grid.years
        scale = numbers.money_scale(*np.abs(drawn[CLOSING].mean(0)))
        rows = [
            (
                "budget",
                f"{self.scenario}, {self.price_base.words}; {', '.join(self.account) or 'the whole public purse'}",
            )
        ]
        income = drawn[CLOSING] - drawn[NET]
        short = {name: drawn[name] for name in (*STEPS, CLOSING)} | {INCOME: income, NET: drawn[NET]}
        for y, year in enumerate(years):
            means = {name: float(v[:, y].mean()) for name, v in short.items()}
            parts = [f"{name} {numbers.pounds(v, scale)}" for name, v in means.items() if not np.isnan(v)]
            rows.append((financial_year(year), "; ".join(parts)))
        if self.stated and not self.run.draws.central:
            for row in self.chance().to_dict("records"):
                chance = numbers.chance(row["chance"])
                said = f"{self.of} above {numbers.pounds(row['budget'], scale)}: {chance}"
                rows.append((f"chance, {financial_year(row['year'])}", said))
        return rows


def _names(grid: Grid) -> set[str]:
    return {name for p in grid.placements for name in (p.name, p.of)}


def _labels(item: Item, grid: Grid) -> dict[str, str]:
    """Say of an item what lines can be told apart by."""
    provider = {row["placement"]: row["provider"] for row in vintages.rows("providers")}
    if item.driver not in PLACED_DRIVERS:
        placement = NO_PLACEMENT
    else:
        placement = item.placements[0] if len(item.placements) == 1 else SEVERAL
    return {
        "placement": placement,
        "provider": provider.get(placement, NOT_TOLD) if placement not in (SEVERAL, NO_PLACEMENT) else "",
        **{name: getattr(item, "name" if name == "item" else name) for name in ("item", "group", "account", "payer")},
    }


def _placed(items: Sequence[Item], grid: Grid) -> list[int]:
    """Find the placements whose weeks the items of a line follow, all of them; none where any follows anything else."""
    plain = all(x.driver in PLACED_DRIVERS and not x.ages and not x.streams for x in items)
    if not plain:
        return []
    names = {name for x in items for name in (x.placements or [p.name for p in grid.placements])}
    return [i for i, p in enumerate(grid.placements) if {p.name, p.of} & names]
