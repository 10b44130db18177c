"""Sustained spending: effects of a scenario that last beyond the money that pays for them, and the money carried on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from carecost.engine.grid import Selector
from carecost.errors import UnknownNameError, unknown
from carecost.inputs.change import Change
from carecost.inputs.scenario import NONE_STATED, Lever, Scenario
from carecost.simulation.run import Run

#: Share of an effect that fades (``half_life``) below which it is taken to have ended.
FADED = 0.01


@dataclass(frozen=True)
class Payment:
    """Payment of a lever that acts: what pays for its effects, and how long each of the two lasts.

    Parameters
    ----------
    lever : str
        Name of the lever.
    paid_by : tuple of str
        Names of the levers whose spending pays for it; empty where no cost was stated.
    effect : tuple of int
        First and last projected year in which it has an effect. An effect that goes on ends with the projection.
    paid : tuple of int or None
        First and last projected year in which what pays for it spends; None where nothing does.

    See Also
    --------
    payments : Payment of each lever of a scenario.

    Examples
    --------
    >>> Payment("help", ("grant",), (2029, 2045), (2028, 2031)).outlives
    True
    """

    lever: str
    paid_by: tuple[str, ...]
    effect: tuple[int, int]
    paid: tuple[int, int] | None

    @property
    def stated(self) -> bool:
        """Whether a cost was stated: without one there is no ratio of benefits to it."""
        return self.paid is not None

    @property
    def outlives(self) -> bool:
        """Whether the effect lasts beyond what pays for it."""
        return self.paid is not None and self.effect[1] > self.paid[1]


def payments(run: Run, scenario: str) -> tuple[Payment, ...]:
    """Find what pays for the effects of each lever of a scenario.

    Parameters
    ----------
    run : Run
        A run that holds it: years, and the calendar of the programme.
    scenario : str
        Its name.

    Returns
    -------
    tuple of Payment
        One for each lever that acts in a projected year, in order.

    Raises
    ------
    UnknownNameError
        If the run has no such scenario.

    See Also
    --------
    sustained : The scenario with its spending carried on.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> made = run(load_assumptions("england-2025"), [load_scenario("foster-carers")], 10)
    >>> [(payment.lever, payment.effect, payment.paid) for payment in payments(made, "foster-carers")]
    [('foster carers', (2028, 2035), (2028, 2030))]
    """
    plan = _planned(run, scenario)
    spending = {lever.name: years for lever in plan.levers if (years := _spent_in(run, lever))}
    found = []
    for lever in plan.levers:
        acting = _acts_in(run, lever)
        if not acting:
            continue
        paying = tuple(name for name in lever.paid_by or spending if name in spending and name != NONE_STATED)
        spent = sorted({year for name in paying for year in spending[name]})
        paid = (spent[0], spent[-1]) if spent else None
        found.append(Payment(lever.name, paying, (acting[0], acting[-1]), paid))
    return tuple(found)


def outliving(run: Run, scenario: str) -> tuple[Payment, ...]:
    """Find the levers of a scenario whose effects last beyond what pays for them.

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.

    Returns
    -------
    tuple of Payment
        In order. Levers whose cost was not stated are not among them: nothing was paid that could end.

    See Also
    --------
    payments : What pays for each lever.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> made = run(load_assumptions("england-2025"), [load_scenario("care-review-four-years")], 10)
    >>> [payment.lever for payment in outliving(made, "care-review-four-years")]
    ['family help', 'foster carers']
    """
    return tuple(payment for payment in payments(run, scenario) if payment.outlives)


def sustained(run: Run, scenario: str) -> Scenario:
    r"""Carry the spending of a scenario on for as long as the effects last that it pays for.

    A lever of spending that pays for an effect which outlives its money spends, from the year after its last to the end
    of the effect, the mean of what it spent a year:

    .. math:: m = \frac{1}{|Y|} \sum_{y \in Y} s_y

    where :math:`Y` are the years in which it spent and :math:`s_y` is its spending in year :math:`y`, in constant
    prices. An amount for each unit of a driver (a child-week, an exit) is carried on as such an amount, and follows its
    driver.

    Parameters
    ----------
    run : Run
        A run that holds it: years, calendar, and the price year of the amounts.
    scenario : str
        Its name.

    Returns
    -------
    Scenario
        The same levers, and after them one for each that is carried on, without an interval; ``run.outcome`` runs it.
        The scenario itself where no effect outlives what pays for it, or its spending is carried on already.

    Raises
    ------
    UnknownNameError
        If the run has no such scenario.

    See Also
    --------
    outliving : The effects that last beyond what pays for them.

    Notes
    -----
    Two effects that the same lever pays for carry it on once, to the end of the later. The years in :math:`Y` are those
    that are projected.

    Examples
    --------
    >>> from carecost.files.load import load_assumptions, load_scenario
    >>> from carecost.simulation.run import run
    >>> made = run(load_assumptions("care-review-2022"), [load_scenario("foster-carers")], 12)
    >>> carried = sustained(made, "foster-carers").levers[-1]
    >>> carried.name, [round(change.amount.value / 1e6, 2) for change in carried.changes]
    ('foster carer recruitment, sustained', [15.95])
    """
    plan = _planned(run, scenario)
    ends: dict[str, int] = {}
    for payment in outliving(run, scenario):
        for name in payment.paid_by:
            ends[name] = max(ends.get(name, 0), payment.effect[1])
    carried = []
    already = {lever.name for lever in plan.levers}
    for lever in plan.levers:
        name = f"{lever.name}, sustained"
        if name in already:
            continue
        last = max(_spent_in(run, lever), default=0)
        if lever.name in ends and last < ends[lever.name]:
            changes = tuple(_carried_on(run, lever, last + 1, ends[lever.name]))
            note = f"The mean of what {lever.name} spent a year, carried on to the end of the effects that it pays for."
            carried.append(Lever(name, changes, lever.source, "E", note))
    if not carried:
        return plan
    name, title = f"{plan.name}, sustained", f"{plan.title}, spending sustained"
    return replace(plan, name=name, title=title, levers=(*plan.levers, *carried))


def _planned(run: Run, scenario: str) -> Scenario:
    if scenario not in run.scenarios:
        raise UnknownNameError(unknown("scenario", scenario, run.scenarios))
    return run.scenarios[scenario]


def _acting_years(run: Run, changes: Iterable[Change]) -> list[int]:
    """Give the projected years in which any of some changes has an effect, rising."""
    found = set()
    for change in changes:
        if not change.idle:
            first = run.calendar.begin(change)
            found |= {year for year in run.grid.years if abs(change.weight(year - first + 1)) > _least(change)}
    return sorted(found)


def _least(change: Change) -> float:
    """Give the weight from which a change acts; one that fades never ends by itself."""
    return 0.0 if change.half_life is None else FADED


def _acts_in(run: Run, lever: Lever) -> list[int]:
    return _acting_years(run, lever.effects)


def _spent_in(run: Run, lever: Lever) -> list[int]:
    return _acting_years(run, (change for change in lever.changes if change.programme_spend))


def _carried_on(run: Run, lever: Lever, first: int, last: int) -> Iterator[Change]:
    """Give the changes with which a lever goes on spending, one for each choice of items that it spends on."""
    spent_in = _spent_in(run, lever)
    totals: dict[Selector, float] = {}
    for change in lever.changes:
        if change.programme_spend and not change.idle:
            begin = run.calendar.begin(change)
            weights = (change.weight(year - begin + 1) for year in spent_in)
            totals[change.where] = totals.get(change.where, 0.0) + sum(weights) * _unit(run, change)
    # A projection that ends with the effect says nothing of later years: the change ends with it.
    span = last - first + 1
    for where, total in totals.items():
        mean, prices = total / len(spent_in), run.calendar.price_year
        yield Change("unit_cost", "add", mean, 1, end=span, price_year=prices, year_one=first, where=where)


def _unit(run: Run, change: Change) -> float:
    """Give what a change spends at full weight, in constant prices of the run [GBP per unit of driver]."""
    times = 1.0 if change.times is None else change.times.value
    assert change.price_year is not None  # money without it is refused
    deflator = float(run.calendar.deflator.factor(change.price_year, [run.calendar.price_year])[0])
    return change.amount.value * times * change.share * deflator
