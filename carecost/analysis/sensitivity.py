"""Sensitivity analysis: switching value, growth of prices, and one assumption at a time (tornado)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.assumption_lines import CASHABLE, LONG_RUN, TIMES, Line, lines
from carecost.engine.grid import HAZARDS
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
    corners.ahead([plan.scaled(share) for share in shares])
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
    every = lines(assumptions, scenario)
    moves = [move for line in every for move in _moves(line)]
    npvs = dict(zip(((id(move.line), move.what) for move in moves), _npvs(run, scenario, moves), strict=True))
    tried = [Trial(line, **{what: npvs.get((id(line), what)) for what in ("low", "high", "less")}) for line in every]
    npv = float(run.compare(scenario.name, central=True).npv()[0])
    return Trials(run, scenario.name, npv, tuple(sorted(tried, key=lambda trial: -trial.effect(npv))))


@dataclass(frozen=True)
class _Move:
    """A line with other values: what of a trial it is, and the value of each member by its place."""

    line: Line
    what: str
    at: dict[int, float]

    @property
    def stays(self) -> bool:
        """Whether its values are those that are stated."""
        return all(self.at[member.place] == member.belief.value for member in self.line.members)


def _moves(line: Line) -> Iterator[_Move]:
    if not line.movable:
        return
    ends = [(member.place, member.ends) for member in line.members if member.ends is not None]
    if ends:
        yield from (_Move(line, what, {place: end[i] for place, end in ends}) for i, what in enumerate(("low", "high")))
    yield _Move(line, "less", {member.place: LESS * member.belief.value for member in line.members})


#: Moves of the set that are run together, as draws of one run.
TOGETHER = 64


def _npvs(run: Run, scenario: Scenario, moves: Sequence[_Move]) -> list[float]:
    """Give the net present saving of each move; what a lever does leaves inaction as it is."""
    found = dict.fromkeys(range(len(moves)), float(run.compare(scenario.name, central=True).npv()[0]))
    together: dict[object, list[int]] = {}
    pulled: dict[int, Scenario] = {}
    for i, move in enumerate(moves):
        if move.stays:
            continue
        if move.line.pulled:
            pulled[i] = _pulled(scenario, move.at, "times" if move.line.part == TIMES else "amount")
        elif move.line.part == CASHABLE:
            found[i] = _npv_cashed(run, scenario.name, move)
        else:
            moved = {run.assumptions.rows[place].parameter for place in move.at}
            kind = "rates" if moved & set(HAZARDS) else "prices" if moved == {"unit_cost"} else "entries"
            together.setdefault(i if run.grid.groups else kind, []).append(i)
    found |= _npvs_pulled(run, scenario.name, pulled)
    for every in together.values():
        for first in range(0, len(every), TOGETHER):
            some = every[first : first + TOGETHER]
            found |= dict(zip(some, _npvs_moved(run, scenario.name, [moves[i] for i in some]), strict=True))
    return list(found.values())


def _npvs_pulled(run: Run, name: str, pulled: Mapping[int, Scenario]) -> dict[int, float]:
    corners, before = central_corners(run), run.central[INACTION]
    plans = {i: plan.without_items(run.assumptions.uncounted) for i, plan in pulled.items()}
    corners.ahead(list(plans.values()))
    after = {i: corners.outcomes(plan)[0] for i, plan in plans.items()}
    return {i: float(run.comparison(INACTION, before, name, made).npv()[0]) for i, made in after.items()}


def _npv_cashed(run: Run, name: str, move: _Move) -> float:
    """Give the net present saving with other cashable shares of some items."""
    longs = {run.assumptions.items[place].name: value for place, value in move.at.items()}
    items = (_cashed(item, longs[item.name]) if item.name in longs else item for item in run.grid.items)
    grid = replace(run.grid, items=tuple(items))
    before, after = (
        replace(of, costs=replace(of.costs, grid=grid)) for of in (run.central[INACTION], run.central[name])
    )
    return float(run.comparison(INACTION, before, name, after).npv()[0])


def _npvs_moved(run: Run, name: str, moves: Sequence[_Move]) -> list[float]:
    """Give the net present saving with other values in some rows of the set: one for each move, as a run gives it.

    Cells, checks and kernels are those of the run: what a row covers, and whether the set can be run, does not hang on
    values within their interval. Where only prices move, so are children.
    """
    old = run.assumptions.rows
    swaps = [{id(old[i]): _put(old[i], move.line.part, value) for i, value in move.at.items()} for move in moves]
    prepared = [replace(run.prepared, layouts=run.prepared.layouts.moved(swap)) for swap in swaps]
    if all(old[place].parameter == "unit_cost" for move in moves for place in move.at):
        prices = UnitCosts.beside([UnitCosts(one, run.draws) for one in prepared])
        sides = [prices.on(run.scenarios[one], run.central[one]) for one in (INACTION, name)]
    else:
        evaluator = run.evaluator().moved(*prepared)
        sides = [evaluator.outcome(run.scenarios[one]) for one in (INACTION, name)]
    compared = run.comparison(INACTION, sides[0], name, sides[1])
    flows = np.broadcast_to(compared.net_saving(), (len(moves), run.grid.n_years))
    # One by one: many at once are summed in another order.
    return [float(compared.present_value(flow[None])[0]) for flow in flows]


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
