"""Scenario projections of children in care, their placements and their cost. What may I use?"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:  # what type checkers and editors see; __getattr__ gives the same, only when asked
    from carecost import distributions, money, plots, stockflow
    from carecost.assumptions import Assumptions
    from carecost.beliefs import Assumption, Belief
    from carecost.changes import Change, Interval
    from carecost.comparison import Comparison
    from carecost.cost_items import Cashable, Item
    from carecost.costs import Costs, cost
    from carecost.draws import Draws
    from carecost.errors import CareCostError
    from carecost.grid import Grid, Placement, Reason
    from carecost.levers import Evidence, Lever
    from carecost.load import load_assumptions, load_scenario
    from carecost.parameters import Parameters
    from carecost.paths import YearPath
    from carecost.projection import Projection, project
    from carecost.results import Results, run
    from carecost.save import save_assumptions, save_scenario
    from carecost.savings import Saving
    from carecost.scenarios import Scenario
    from carecost.selector import Selector
    from carecost.ties import CorrelationMatrix, JointDraws, Loading, Ties

_HOME = {
    "Assumption": "beliefs",
    "Assumptions": "assumptions",
    "Belief": "beliefs",
    "CareCostError": "errors",
    "Cashable": "cost_items",
    "Change": "changes",
    "Comparison": "comparison",
    "CorrelationMatrix": "ties",
    "Costs": "costs",
    "Draws": "draws",
    "Evidence": "levers",
    "Grid": "grid",
    "Interval": "changes",
    "Item": "cost_items",
    "JointDraws": "ties",
    "Lever": "levers",
    "Loading": "ties",
    "Parameters": "parameters",
    "Placement": "grid",
    "Projection": "projection",
    "Reason": "grid",
    "Results": "results",
    "Saving": "savings",
    "Scenario": "scenarios",
    "Selector": "selector",
    "Ties": "ties",
    "YearPath": "paths",
    "cost": "costs",
    "load_assumptions": "load",
    "load_scenario": "load",
    "project": "projection",
    "run": "results",
    "save_assumptions": "save",
    "save_scenario": "save",
}
_MODULES = ("distributions", "money", "plots", "stockflow")

__all__ = [
    "Assumption",
    "Assumptions",
    "Belief",
    "CareCostError",
    "Cashable",
    "Change",
    "Comparison",
    "CorrelationMatrix",
    "Costs",
    "Draws",
    "Evidence",
    "Grid",
    "Interval",
    "Item",
    "JointDraws",
    "Lever",
    "Loading",
    "Parameters",
    "Placement",
    "Projection",
    "Reason",
    "Results",
    "Saving",
    "Scenario",
    "Selector",
    "Ties",
    "YearPath",
    "__version__",
    "cost",
    "distributions",
    "load_assumptions",
    "load_scenario",
    "money",
    "plots",
    "project",
    "run",
    "save_assumptions",
    "save_scenario",
    "stockflow",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"carecost.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(f"carecost.{_HOME[name]}"), name)
    raise AttributeError(f"module 'carecost' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
