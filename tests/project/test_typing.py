"""Do the types tell users the truth? Mypy checks this file as it checks theirs: strictly, and nothing is ignored."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import assert_type, get_args

import numpy as np
import pytest

import carecost as cc
from carecost._typing import Array
from carecost.engine.grid import AXES, CapacityGroup, Grid, Parameter, Placement
from carecost.engine.items import DRIVERS, Driver, Item
from carecost.inputs.belief import ROW_KINDS, RowKind
from carecost.inputs.change import SHAPES, Operation, Shape
from carecost.inputs.scenario import BASES, Basis, Lever, Scenario
from carecost.maths import distributions
from carecost.maths.distributions import Distribution
from carecost.money.discounting import TIMINGS, Timing
from carecost.simulation import effects
from tests.project import snippets

DECLARED = (
    *(Grid, Item, CapacityGroup, Lever, Scenario, cc.Selector, cc.Parameters, cc.Option, cc.Appraisal, cc.Amounts),
    *(cc.Counts, cc.History, cc.money.Bought),
)


def test_lists_and_ranges_are_taken_and_tuples_are_kept() -> None:
    homes = cc.Item("homes", driver="child_weeks", placements=["home"], ages=range(10, 18), cashable=0.5)
    places = cc.CapacityGroup("carers", ["foster"], next="home")
    grid = cc.Grid(
        2025, 2, range(18), ["home", cc.Placement("foster")], reasons=["out"], items=[homes], groups=[places]
    )
    assert assert_type(grid.ages, tuple[int, ...]) == tuple(range(18))
    assert assert_type(grid.placements, tuple[Placement, ...]) == (cc.Placement("home"), cc.Placement("foster"))
    assert assert_type(grid.reasons, tuple[cc.Reason, ...]) == (cc.Reason("out"),)
    assert assert_type(grid.items, tuple[Item, ...]) == (homes,)
    assert assert_type(grid.groups, tuple[CapacityGroup, ...]) == (places,)
    assert assert_type(homes.placements, tuple[str, ...]) + places.placements == ("home", "foster")
    assert assert_type(homes.ages, tuple[int, ...]) == tuple(range(10, 18))
    change = cc.Change("exit_rate", "scale", 0.1, placements=["home"])
    plan = cc.Scenario("plan", [cc.Lever("lever", [change], evidence=[])])
    assert assert_type(plan.levers, tuple[Lever, ...])[0].changes == (change,)


@pytest.mark.parametrize("kind", DECLARED)
def test_what_a_class_declares_to_take_is_what_it_takes(kind: type) -> None:
    """Its fields make the function that runs; the declaration beside them is for type checkers alone."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    (declared,) = (node for node in ast.walk(body) if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    names = [argument.arg for argument in declared.args.args[1:]]
    run = inspect.signature(kind).parameters
    assert names == list(run)
    may_lack = [name for name, one in run.items() if one.default is not inspect.Parameter.empty]
    assert names[len(names) - len(declared.args.defaults) :] == may_lack


def test_arrays_are_arrays_to_the_checker() -> None:
    one = np.ones((1, 1, 1))
    grid = cc.Grid(2025, 1, range(2), [cc.Placement("foster", leave_age=2)], items=[cc.Item("carers", "child_weeks")])
    p = cc.Parameters(grid, np.ones((1, 2, 1)), one, one, [[[[1.0]]]], unit_cost=[[[700.0]]])
    for array in (assert_type(p.exit_rate, Array), assert_type(p.unit_cost, Array), assert_type(p.population, Array)):
        assert array.shape[0] == 1
    projection = cc.project(p)
    assert_type(projection.stock, Array)
    assert_type(cc.cost(projection, p).spend, Array)
    assert assert_type(cc.Option("a", 1.0, [1.0, 2.0]).effect, Array).tolist() == [1.0, 2.0]
    assert assert_type(cc.appraise([1.0], [2.0]).npv, Array) == 1.0


def test_names_that_a_checker_takes_are_those_that_there_are() -> None:
    assert get_args(Parameter) == tuple(AXES)
    assert get_args(Operation) == (*effects.OPERATIONS, "divert")
    assert get_args(Shape) == tuple(SHAPES)
    assert get_args(Driver) == DRIVERS
    assert set(get_args(Distribution)) == {"", *distributions.NAMES, distributions.DIRICHLET}
    assert get_args(Basis) == tuple(BASES)
    assert get_args(Timing) == tuple(TIMINGS)
    assert get_args(RowKind) == ROW_KINDS


def test_snippets_that_are_checked_are_those_of_the_pages() -> None:
    assert snippets.FILE.read_text(encoding="utf-8") == snippets.snippets(), "python -m tests.project.snippets"
