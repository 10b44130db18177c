"""Do the types tell users the truth? Mypy checks this file as it checks theirs: strictly, and nothing is ignored."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import assert_type

import pytest

import carecost as cc
from carecost.engine.grid import CapacityGroup, Grid, Placement
from carecost.engine.items import Item
from carecost.inputs.scenario import Lever, Scenario

DECLARED = (Grid, Item, CapacityGroup, Lever, Scenario)


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
