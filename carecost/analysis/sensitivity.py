"""Sensitivity analysis: switching value, growth of prices, and one assumption at a time (tornado)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.assumption_lines import CASHABLE, LONG_RUN, TIMES, Line, lines
from carecost.engine.items import Cashable, Item
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief
from carecost.inputs.change import Interval, replace_change
from carecost.inputs.scenario import Scenario
from carecost.maths.root import root
from carecost.simulation.response import UnitCosts, central_corners
from carecost.simulation.run import Run
from carecost.simulation.run import run as model_run

#: A switching value is looked for up to this share of the claimed effect.
MOST_SHARE = 3.0


def switching_value(run: Run, scenario: str, baseline: str = INACTION) -> float | None:
    """Find the share of a scenario's effects at which the central net present saving is zero; its spending stays.

    Parameters
    ----------
    run : Run
        A run that holds both.
    scenario, baseline : str
        Names.

    Returns
    -------
    float or None
        The share; None when no share up to ``MOST_SHARE`` (or to the whole of a rate) gives zero.
    """
    return run.once(("switching value", scenario, baseline), lambda: _switching_value(run, scenario, baseline))


def _switching_value(run: Run, scenario: str, baseline: str) -> float | None:
    plan, before = run.scenarios[scenario], run.central[baseline]

    corners = central_corners(run)
    if not corners.faults(plan):  # else it is run at every share, and corners are of no use
        corners.prepare(plan)

    def npv(share: float) -> float:
        after, _ = corners.outcomes(plan.scaled(share))
        return float(run.comparison(baseline, before, scenario, after, run.central[INACTION]).npv()[0])

    top = _most(plan)
    shares = np.unique([0.0, min(0.5, top), min(1.0, top), top])
    values = [npv(share) for share in shares]
    for a, b, left, right in zip(shares, shares[1:], values, values[1:], strict=False):
        if left == 0:
            return None if a == 0 else float(a)
        if (left < 0) != (right < 0):
            return root(npv, float(a), float(b), 1e-6)
    return None


def growth_paths(run: Run) -> dict[str, Array]:
    """Give the public spend under inaction without real growth of prices, as stated, and if growth never faded.

    Parameters
    ----------
    run : Run
        A run; its set, years and prices are used.

    Returns
    -------
    dict of str to ndarray of shape (year,)
        Spend of the central run [GBP, constant prices], by what is said of real growth.
    """
    return run.once(("growth paths",), lambda: _growth_paths(run))


def _growth_paths(run: Run) -> dict[str, Array]:
    inaction = run.scenarios[INACTION]

    def spend(change: Callable[[Assumption], Assumption]) -> Array:
        growing = (row for row in run.assumptions.rows if row.kind == "growth" and row.parameter == "unit_cost")
        layouts = run.prepared.layouts.moved({id(row): change(row) for row in growing})
        # Prices alone differ: nobody is projected again.
        moved = run.evaluator().moved(replace(run.prepared, layouts=layouts))
        return np.asarray(moved.outcome(inaction).costs.public_spend[0])

    return {
        "no real growth of prices": spend(lambda row: replace(row, belief=_known(row, 0.0), long_run=0.0)),
        "the stated growth": np.asarray(run.central[INACTION].costs.public_spend[0]),
        "growth that never fades": spend(lambda row: replace(row, fade_years=None)),
    }


def _known(row: Assumption, value: float) -> Belief:
    return replace(row.belief, value=value, low=None, high=None)


def _most(plan: Scenario) -> float:
    """Find the largest share at which no rate would fall below zero."""
    taken = [(c.operation, c.amount.value * c.share) for _, c in plan.changes]
    falls = [-x for operation, x in taken if operation == "scale" and x < 0]
    shares = [x for operation, x in taken if operation == "divert" and x > 0]
    return min([MOST_SHARE, *(1.0 / x for x in falls + shares)])


#: The trial that every line can be put to, with or without an interval: its values a tenth less.
LESS = 0.9


@dataclass(frozen=True)
class Trial:
    """A line of assumptions, and what the central net present saving becomes when it is moved.

    Parameters
    ----------
    line : Line
        What is moved.
    low, high : float, optional
        Net present saving with all of the line at its low end, at its high end [GBP]; None without an interval.
    less : float, optional
        Net present saving with its values a tenth less [GBP]; None where it cannot be moved alone.
    """

    line: Line
    low: float | None = None
    high: float | None = None
    less: float | None = None

    @property
    def swing(self) -> float | None:
        """Distance of the net present saving between its two ends [GBP]."""
        return None if self.low is None or self.high is None else abs(self.high - self.low)

    def effect(self, npv: float) -> float:
        """Give the greatest distance of any of its results from the central net present saving [GBP]."""
        tried = [x for x in (self.low, self.high, self.less) if x is not None]
        return max((abs(x - npv) for x in tried), default=0.0)


@dataclass(frozen=True, eq=False)
class Trials:
    """What the net present saving becomes, one assumption at a time.

    Parameters
    ----------
    run : Run
        The central run.
    scenario : str
        What is compared with inaction.
    npv : float
        Net present saving of the central run [GBP].
    trials : tuple of Trial
        The greatest effect first.
    """

    run: Run
    scenario: str
    npv: float
    trials: tuple[Trial, ...]


def one_by_one(
    assumptions: Assumptions, scenario: Scenario, years: int | None = None, start: int | None = None
) -> Trials:
    """Run a scenario against inaction again and again, each time with one line moved and all others central.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    scenario : Scenario
        What is compared with inaction.
    years, start : int, optional
        Projected years; calendar year of programme year 1; the set's own by default.

    Returns
    -------
    Trials
        Every row of the set and every amount of the scenario, in lines.

    Raises
    ------
    InputError
        If the set or the scenario cannot be run.
    """
    run = model_run(assumptions, (scenario,), years, start=start)
    npv = float(run.compare(scenario.name, central=True).npv()[0])
    for plan in run.scenarios.values():
        run.evaluator().outcome(plan)  # so that streams that a line leaves as they are are not projected again
    tried = [_tried(line, run, scenario) for line in lines(assumptions, scenario)]
    return Trials(run, scenario.name, npv, tuple(sorted(tried, key=lambda trial: -trial.effect(npv))))


def _tried(line: Line, run: Run, scenario: Scenario) -> Trial:
    if not line.movable:
        return Trial(line)
    ends = [member.ends for member in line.members if member.ends is not None]
    low, high = (_npv(line, [end[i] for end in ends], run, scenario) if ends else None for i in (0, 1))
    return Trial(line, low, high, _npv(line, [LESS * m.belief.value for m in line.members], run, scenario))


def _npv(line: Line, values: Sequence[float], run: Run, scenario: Scenario) -> float:
    """Run again with other values in a line; what a lever does leaves inaction as it is."""
    at = {member.place: value for member, value in zip(line.members, values, strict=True)}
    a = run.assumptions
    if all(value == member.belief.value for member, value in zip(line.members, values, strict=True)):
        return float(run.compare(scenario.name, central=True).npv()[0])
    if not line.pulled:
        return _npv_moved(run, line.part, at, scenario.name)
    pulled = _pulled(scenario, at, "times" if line.part == TIMES else "amount").without_items(a.uncounted)
    after, _ = central_corners(run).outcomes(pulled)
    saving = run.comparison(INACTION, run.central[INACTION], scenario.name, after)
    return float(saving.npv()[0])


def _npv_moved(run: Run, part: str, at: dict[int, float], name: str) -> float:
    """Give the net present saving with other values in some rows of the set, or in cashable shares of some items.

    Cells, checks and kernels are those of the run: what a row covers, and whether the set can be run, does not hang on
    values within their interval. Where only prices move, so are children.
    """
    before, after = (run.central[one] for one in (INACTION, name))
    if part == CASHABLE:
        longs = {run.assumptions.items[i].name: value for i, value in at.items()}
        items = (_cashed(item, longs[item.name]) if item.name in longs else item for item in run.grid.items)
        grid = replace(run.grid, items=tuple(items))
        before, after = (replace(one, costs=replace(one.costs, grid=grid)) for one in (before, after))
    else:
        old = run.assumptions.rows
        swap = {id(old[i]): _put(old[i], part, value) for i, value in at.items()}
        prepared = replace(run.prepared, layouts=run.prepared.layouts.moved(swap))
        if all(old[i].parameter == "unit_cost" for i in at):
            prices = UnitCosts(prepared, run.draws)
            before, after = (prices.on(run.scenarios[one], run.central[one]) for one in (INACTION, name))
        else:
            evaluator = run.evaluator().moved(prepared)
            before, after = (evaluator.outcome(run.scenarios[one]) for one in (INACTION, name))
    return float(run.comparison(INACTION, before, name, after).npv()[0])


def _put(row: Assumption, part: str, value: float) -> Assumption:
    if part == LONG_RUN:
        return replace(row, long_run=value)
    return replace(row, belief=replace(row.belief, value=value, low=None, high=None, distribution=""))


def _cashed(item: Item, long: float) -> Item:
    """Scale both cashable shares so that the later one has a value."""
    c = item.cashable
    return replace(item, cashable=Cashable(c.short * (long / c.long if c.long else LESS), long, c.years))


def _pulled(scenario: Scenario, at: dict[int, float], what: str) -> Scenario:
    """Give the scenario with other amounts in some of its changes, counted through all levers."""
    levers, first = [], 0
    for lever in scenario.levers:
        changes = tuple(
            replace_change(c, **{what: Interval(at[first + i])}) if first + i in at else c
            for i, c in enumerate(lever.changes)
        )
        levers.append(replace(lever, changes=changes))
        first += len(changes)
    return replace(scenario, levers=tuple(levers))
