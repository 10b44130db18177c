"""Scenario projections of children in care, their placements and their cost. What may I use?"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from carecost import distributions, money, plots, stockflow
    from carecost.assumptions import Assumption, Assumptions, Belief
    from carecost.comparison import Comparison
    from carecost.cost_items import Cashable, Item
    from carecost.costs import Costs, cost
    from carecost.draws import Draws
    from carecost.errors import CareCostError
    from carecost.grid import Grid, Placement, Reason, Selector
    from carecost.load import load_assumptions, load_scenario
    from carecost.parameters import Parameters
    from carecost.projection import Projection, project
    from carecost.results import Results, run
    from carecost.save import save_assumptions, save_scenario
    from carecost.scenarios import Change, Interval, Lever, Scenario

_WHERE = {
    "assumptions": ("Assumption", "Assumptions", "Belief"),
    "comparison": ("Comparison",),
    "cost_items": ("Cashable", "Item"),
    "costs": ("Costs", "cost"),
    "draws": ("Draws",),
    "errors": ("CareCostError",),
    "grid": ("Grid", "Placement", "Reason", "Selector"),
    "load": ("load_assumptions", "load_scenario"),
    "parameters": ("Parameters",),
    "projection": ("Projection", "project"),
    "results": ("Results", "run"),
    "save": ("save_assumptions", "save_scenario"),
    "scenarios": ("Change", "Interval", "Lever", "Scenario"),
}
_MODULES = ("distributions", "money", "plots", "stockflow")
_HOME = {name: module for module, names in _WHERE.items() for name in names}

__all__ = sorted([*_HOME, *_MODULES, "__version__"])  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"carecost.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(f"carecost.{_HOME[name]}"), name)
    raise AttributeError(f"module 'carecost' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
