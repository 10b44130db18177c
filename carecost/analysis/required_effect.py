"""Required effects: what a little of an effect is worth, and how much of it would pay for its money.

A place for an effect stands at zero because no study found one. What it would be worth, and what one would have to
believe, can be worked out all the same: each effect is run alone against inaction, in the central run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.engine.items import OUTCOMES
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.inputs.change import Change, Interval, replace_change
from carecost.inputs.scenario import NONE_STATED, Lever, Scenario
from carecost.maths.root import root
from carecost.simulation.comparison import Comparison
from carecost.simulation.response import central_corners
from carecost.simulation.run import Run

#: How much of an effect is tried: one per cent, or one point where the amount is a share of its own.
STEP = 0.01
#: Points of a curve.
POINTS = 13
#: The largest effect that is looked at: half of what was is fewer, or half as much again.
MOST = 0.5


@dataclass(frozen=True)
class Worth:
    """What one per cent (or one point) of an effect is worth, alone and in the central run.

    Parameters
    ----------
    lever : str
        Name of the lever.
    place : int
        Which of the lever's changes it is, from 0.
    change : Change
        The change, as it is stated.
    step : float
        The amount that was tried, in the direction in which it saves.
    fewer : float
        Fewer children in care on the last date [children].
    cashable, gross : float
        Saving over all years [GBP, constant prices].
    npv : float
        Net present saving, its money apart [GBP].
    money : float or None
        Present value of what pays for the lever [GBP]; None where nobody stated a cost.
    needed : float or None
        The amount at which it saves what its money costs; None where no amount up to :data:`MOST` does, or no cost was
        stated.
    """

    lever: str
    place: int
    change: Change
    step: float
    fewer: float
    cashable: float
    gross: float
    npv: float
    money: float | None
    needed: float | None


@dataclass(frozen=True, eq=False)
class Curve:
    """Net present saving over the amount of an effect, alone and in the central run.

    Parameters
    ----------
    worth : Worth
        The effect.
    amounts : ndarray of shape (point,)
        Amounts at full effect, in the unit of the change.
    npv : ndarray of shape (point,)
        Net present saving, less the money that pays for it where a cost was stated [GBP].
    """

    worth: Worth
    amounts: Array
    npv: Array


def worths(run: Run, scenario: str, levers: Sequence[str] = ()) -> tuple[Worth, ...]:
    """Say what a little of each effect is worth.

    Parameters
    ----------
    run : Run
        A run that holds the scenario.
    scenario : str
        Its name.
    levers : sequence of str
        Which levers; by default those with a place for an effect, at zero.

    Returns
    -------
    tuple of Worth
        One for each effect, in order; effects on outcomes that are counted and not paid for are left out.

    Raises
    ------
    UnknownNameError
        If there is no such scenario or lever.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> made = run(load_assumptions("england-2025"), [load_scenario("child-protection")], 6)
    >>> [(worth.lever, worth.step) for worth in worths(made, "child-protection")]
    [('child protection', -0.01)]
    """
    plan = _planned(run, scenario, levers)
    return run.once(("worths", scenario, *levers), lambda: _worths(run, plan, levers))


def curve(run: Run, scenario: str, lever: str, place: int | None = None, most: float | None = None) -> Curve:
    """Follow the net present saving over the amount of an effect.

    Parameters
    ----------
    run : Run
        A run that holds the scenario.
    scenario, lever : str
        Names.
    place : int, optional
        Which of the lever's changes, from 0; the lever's only effect by default.
    most : float, optional
        How far from zero; by default a third beyond what is stated or needed, and a tenth at least.

    Returns
    -------
    Curve
        From no effect (or from a finding that leans the other way) on, in the direction in which it saves.

    Raises
    ------
    UnknownNameError
        If there is no such scenario or lever.
    InputError
        If the lever has no effect on what is paid for, or several and ``place`` names none of them.
    """
    found = worths(run, scenario, (lever,))
    where = f"lever {lever!r}"
    if not found:
        raise InputError(Problem("it has no effect on children or money", where, "Give a lever that may act"))
    places = [worth.place for worth in found]
    if place is None and len(places) > 1:
        raise InputError(Problem(f"it has {len(places)} effects", where, f"Give place, one of {places}"))
    if place is not None and place not in places:
        raise InputError(Problem(f"place is {place}", where, f"Give one of {places}"))
    worth = found[places.index(places[0] if place is None else place)]
    stated = abs(worth.change.amount.value)
    far = most if most is not None else min(MOST, max(0.1, 4 / 3 * max(stated, abs(worth.needed or 0.0))))
    plan, sign = run.scenarios[scenario], np.sign(worth.step)
    own = next(one for one in plan.levers if one.name == lever)
    # What a study found may lean the other way: the curve goes as far back.
    back = max((-sign * known.amount for known in own.evidence if known.amount is not None), default=0.0)
    amounts = sign * np.linspace(-min(max(back, 0.0), MOST), far, POINTS)
    alone = _Alone(run, plan, own, worth.place)
    npv = np.array([alone.npv(float(amount)) for amount in amounts]) - (worth.money or 0.0)
    return Curve(worth, amounts, npv)


def _planned(run: Run, scenario: str, levers: Sequence[str]) -> Scenario:
    if scenario not in run.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, run.scenarios))
    plan = run.scenarios[scenario]
    names = [lever.name for lever in plan.levers]
    refuse([unknown("lever", name, names) for name in levers if name not in names], UnknownNameError)
    return plan


def _worths(run: Run, plan: Scenario, levers: Sequence[str]) -> tuple[Worth, ...]:
    found = []
    for lever in plan.levers:
        for place, change in enumerate(lever.changes):
            wanted = lever.name in levers if levers else change.idle
            if wanted and not change.programme_spend and not change.counted and _paid_for(run, change):
                found.append(_Alone(run, plan, lever, place))
    # All that is tried is run together.
    central_corners(run).prepare(*(one.plan(step) for one in found for step in one.steps))
    return tuple(map(_worth, found))


def _paid_for(run: Run, change: Change) -> bool:
    """Say whether a change acts on children or on prices, and not on outcomes that are in no budget alone."""
    items = change.where.items
    return items is None or any(item.public for item in run.grid.items if item.name in items)


def _worth(alone: _Alone) -> Worth:
    step = max(alone.steps, key=alone.npv)
    made, money = alone.at(step), _money(alone.run, alone.whole, alone.lever)
    needed = None if money is None else _needed(lambda x: alone.npv(x) - money, float(np.sign(step)))
    return Worth(
        lever=alone.lever.name,
        place=alone.place,
        change=alone.change,
        step=float(step),
        fewer=float(made.averted[0, -1]),
        cashable=float(made.cashable_saving().sum()),
        gross=float(made.gross_saving().sum()),
        npv=_npv(made),
        money=money,
        needed=needed,
    )


def _npv(comparison: Comparison) -> float:
    return float(comparison.npv()[0])


def _needed(net: Callable[[float], float], sign: float) -> float | None:
    """Find the amount at which the net present saving is zero."""
    if net(0.0) >= 0:
        return 0.0
    if net(sign * MOST) <= 0:
        return None
    return root(lambda size: net(sign * size), 0.0, MOST, 1e-6) * sign


class _Alone:
    """One effect of a lever alone against inaction, at any amount: by the clock of the whole scenario.

    Parameters
    ----------
    run : Run
        The run.
    whole : Scenario
        A scenario of it.
    lever : Lever
        One of its levers.
    place : int
        Which of the lever's changes.
    """

    def __init__(self, run: Run, whole: Scenario, lever: Lever, place: int) -> None:
        self.run, self.whole, self.lever, self.place = run, whole, lever, place
        self.change = lever.changes[place]
        self._known: dict[float, Comparison] = {}

    @property
    def steps(self) -> tuple[float, ...]:
        """What is tried first: one per cent more or less, or one point."""
        return (STEP,) if self.change.operation == "divert" else (STEP, -STEP)

    def plan(self, amount: float) -> Scenario:
        """Give the scenario of the effect alone, with an amount of one's own."""
        change = replace_change(self.change, amount=Interval(amount))
        return _only(self.whole, replace(self.lever, changes=(change,), paid_by=()))

    def at(self, amount: float) -> Comparison:
        """Compare it with inaction."""
        if amount not in self._known:
            self._known[amount] = _against(self.run, self.whole, self.plan(amount))
        return self._known[amount]

    def npv(self, amount: float) -> float:
        """Give its net present saving [GBP]: a straight line on each side of zero, but for rates of leaving."""
        step = STEP if amount > 0 else -STEP
        if amount in (0.0, step) or abs(amount) > 1.0 or not self._straight(step):
            return _npv(self.at(amount))
        at_zero = _npv(self.at(0.0))
        return at_zero + (_npv(self.at(step)) - at_zero) * (amount / step)

    @cached_property
    def _of_prices(self) -> bool:
        """Say whether it acts on prices alone, of things that are paid for and not counted."""
        items = self.change.where.items
        counted = {item.name for item in self.run.grid.items if item.account == OUTCOMES}
        return self.change.parameter == "unit_cost" and items is not None and not counted & set(items)

    def _straight(self, step: float) -> bool:
        """Say whether money is linear in the amount, from nothing to a step and beyond."""
        return self._of_prices or not central_corners(self.run).faults(self.plan(step))


def _only(plan: Scenario, *levers: Lever) -> Scenario:
    return replace(plan, name=f"{plan.name}, {levers[0].name} alone", levers=levers, claim=False)


def _against(run: Run, plan: Scenario, only: Scenario) -> Comparison:
    # One clock a scenario: that of all of it, or of what is tried where all else stands at zero.
    first = min((year for year in map(run.first_year, (plan, only)) if year is not None), default=None)
    corners = central_corners(run)
    corners.prepare(only)
    after, _ = corners.outcomes(only)
    return run.comparison(INACTION, run.central[INACTION], only.name, after, None, first)


def _money(run: Run, plan: Scenario, lever: Lever) -> float | None:
    """Give the present value of what pays for a lever; None where nobody stated it."""
    if NONE_STATED in lever.paid_by:
        return None
    paying = [one for one in plan.levers if one.spends and (not lever.paid_by or one.name in lever.paid_by)]
    if not paying:
        return None
    spending = [replace(one, changes=tuple(c for c in one.changes if c.programme_spend), paid_by=()) for one in paying]
    made = _against(run, plan, _only(plan, *spending))
    return float(made.present_value(made.reform_spend())[0])
