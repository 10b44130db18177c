"""Variants of scenarios by name: stacks, later starts, smaller effects, partial roll-out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from carecost.errors import CareCostError, InputError, Problem, UnknownNameError, unknown
from carecost.files.load import load_scenario
from carecost.inputs.change import Interval
from carecost.inputs.scenario import Scenario


def pulled(
    names: Sequence[str],
    effects: Sequence[str] = (),
    delay: int | None = None,
    scale: float | None = None,
    roll_out: str | None = None,
) -> list[Scenario]:
    """Load scenarios and make the variants wanted of each, beside it.

    Parameters
    ----------
    names : sequence of str
        Packaged names or files; ``a+b`` stacks two in that order.
    effects : sequence of str
        Amounts of one's own, such as ``child protection=-0.05`` or ``child protection=-0.05,-0.1,0``.
    delay : int, optional
        Also each scenario so many years later.
    scale : float, optional
        Also each with that share of its effects and all of its spending.
    roll_out : str, optional
        Also each in that share of England, such as ``0.25`` or ``12/153``.

    Returns
    -------
    list of Scenario
        Each scenario followed by its variants.

    Raises
    ------
    CareCostError
        If a name or a number cannot be used.
    """
    variants = []
    for scenario in _given([load_scenario(name) for name in names], effects):
        variants.append(scenario)
        if delay is not None:
            variants.append(_said(scenario.delayed, delay, "--delay"))
        if scale is not None:
            variants.append(_said(scenario.scaled, scale, "--scale"))
        if roll_out is not None:
            variants.append(scenario.partial(_share(roll_out)))
    return variants


def _said(make: Callable[[Any], Scenario], value: float, option: str) -> Scenario:
    """Make a variant; what cannot be made is said of the option."""
    try:
        return make(value)
    except CareCostError as error:
        problem = error.problems[0]  # the same for every change
        raise type(error)([Problem(problem.what, f"{option} {value:g}", problem.remedy)]) from None


def _given(scenarios: list[Scenario], effects: Sequence[str]) -> list[Scenario]:
    """Give levers amounts of the user's own, in every scenario that has them."""
    for effect in effects:
        lever, _, numbers = (part.strip() for part in effect.rpartition("="))
        known = [one.name for scenario in scenarios for one in scenario.levers]
        if lever not in known:
            raise UnknownNameError(unknown("lever", lever, known, f"--effect {effect}"))
        place = f"--effect {effect}"
        amount = _amount(numbers, place)
        try:
            scenarios = [s.given(lever, amount) if lever in [one.name for one in s.levers] else s for s in scenarios]
        except CareCostError as error:
            raise type(error)([Problem(p.what, f"{place}, {p.where}", p.remedy) for p in error.problems]) from None
    return scenarios


def _amount(text: str, where: str) -> Interval:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 3):
        remedy = 'Write LEVER=AMOUNT or LEVER=AMOUNT,LOW,HIGH, such as "child protection=-0.05,-0.1,0"'
        raise InputError(Problem(f"{text!r} is not an amount", where, remedy))
    low, high = numbers[1:] or (None, None)
    return Interval(numbers[0], low, high)


def _share(text: str) -> float:
    try:
        above, _, below = text.partition("/")
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        remedy = "Give a share such as 0.25, or 12/153 authorities"
        raise InputError(Problem(f"{text!r} is not a share", "--roll-out", remedy)) from None
