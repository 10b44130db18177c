"""Scenario projections of children in care, their placements and their cost. What may I use?"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:  # what type checkers and editors see; __getattr__ gives the same, only when asked
    from carecost import decomposition, distributions, money, plots, prices, quality, stockflow, vintages
    from carecost.appraisal import Appraisal
    from carecost.appraisal_tables import SavingAppraisal
    from carecost.assumptions import Assumptions
    from carecost.beliefs import Assumption, Belief
    from carecost.changes import Change, Interval
    from carecost.comparison import Comparison
    from carecost.cost_items import Cashable, Item
    from carecost.costs import Costs, cost
    from carecost.counts import Counts
    from carecost.decision_tables import ScenarioOptions
    from carecost.draws import Draws
    from carecost.errors import CareCostError
    from carecost.estimation import Estimates, estimate
    from carecost.green_book import appraise
    from carecost.grid import Grid, Placement, Reason
    from carecost.ledgers import social_value, social_values, with_social_ledger
    from carecost.levers import Evidence, Lever
    from carecost.load import load_assumptions, load_scenario
    from carecost.optimism import Optimism, optimism_bias
    from carecost.option_tables import IcerTable, NetBenefit, icer_table, net_benefit
    from carecost.options import Option
    from carecost.overflow import Capacity
    from carecost.parameters import Parameters
    from carecost.paths import YearPath
    from carecost.phases import Phase, Phases, PhaseShare
    from carecost.places import CapacityGroup
    from carecost.priced import present_value, spending_history
    from carecost.prices import Amounts, PriceBase
    from carecost.projection import Projection, project
    from carecost.regional import AreaResults, run_areas
    from carecost.regions import area, areas
    from carecost.results import Results, run
    from carecost.save import save_assumptions, save_scenario
    from carecost.savings import Saving
    from carecost.scenarios import Scenario
    from carecost.selector import Selector
    from carecost.ties import CorrelationMatrix, JointDraws, Loading, Ties

_HOME = {
    "Appraisal": "appraisal",
    "Amounts": "prices",
    "AreaResults": "regional",
    "Assumption": "beliefs",
    "Assumptions": "assumptions",
    "Belief": "beliefs",
    "Capacity": "overflow",
    "CapacityGroup": "places",
    "CareCostError": "errors",
    "Cashable": "cost_items",
    "Change": "changes",
    "Comparison": "comparison",
    "CorrelationMatrix": "ties",
    "Costs": "costs",
    "Counts": "counts",
    "Draws": "draws",
    "Estimates": "estimation",
    "Evidence": "levers",
    "Grid": "grid",
    "IcerTable": "option_tables",
    "Interval": "changes",
    "Item": "cost_items",
    "JointDraws": "ties",
    "Lever": "levers",
    "Loading": "ties",
    "NetBenefit": "option_tables",
    "Optimism": "optimism",
    "Option": "options",
    "Parameters": "parameters",
    "Phase": "phases",
    "PhaseShare": "phases",
    "Phases": "phases",
    "Placement": "grid",
    "PriceBase": "prices",
    "Projection": "projection",
    "Reason": "grid",
    "Results": "results",
    "Saving": "savings",
    "SavingAppraisal": "appraisal_tables",
    "Scenario": "scenarios",
    "ScenarioOptions": "decision_tables",
    "Selector": "selector",
    "Ties": "ties",
    "YearPath": "paths",
    "appraise": "green_book",
    "area": "regions",
    "areas": "regions",
    "cost": "costs",
    "estimate": "estimation",
    "icer_table": "option_tables",
    "load_assumptions": "load",
    "load_scenario": "load",
    "net_benefit": "option_tables",
    "optimism_bias": "optimism",
    "present_value": "priced",
    "project": "projection",
    "run": "results",
    "run_areas": "regional",
    "save_assumptions": "save",
    "save_scenario": "save",
    "social_value": "ledgers",
    "social_values": "ledgers",
    "spending_history": "priced",
    "with_social_ledger": "ledgers",
}
_MODULES = ("decomposition", "distributions", "money", "plots", "prices", "quality", "stockflow", "vintages")

__all__ = [
    "Amounts",
    "Appraisal",
    "AreaResults",
    "Assumption",
    "Assumptions",
    "Belief",
    "Capacity",
    "CapacityGroup",
    "CareCostError",
    "Cashable",
    "Change",
    "Comparison",
    "CorrelationMatrix",
    "Costs",
    "Counts",
    "Draws",
    "Estimates",
    "Evidence",
    "Grid",
    "IcerTable",
    "Interval",
    "Item",
    "JointDraws",
    "Lever",
    "Loading",
    "NetBenefit",
    "Optimism",
    "Option",
    "Parameters",
    "Phase",
    "PhaseShare",
    "Phases",
    "Placement",
    "PriceBase",
    "Projection",
    "Reason",
    "Results",
    "Saving",
    "SavingAppraisal",
    "Scenario",
    "ScenarioOptions",
    "Selector",
    "Ties",
    "YearPath",
    "__version__",
    "appraise",
    "area",
    "areas",
    "cost",
    "decomposition",
    "distributions",
    "estimate",
    "icer_table",
    "load_assumptions",
    "load_scenario",
    "money",
    "net_benefit",
    "optimism_bias",
    "plots",
    "present_value",
    "prices",
    "project",
    "quality",
    "run",
    "run_areas",
    "save_assumptions",
    "save_scenario",
    "social_value",
    "social_values",
    "spending_history",
    "stockflow",
    "vintages",
    "with_social_ledger",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"carecost.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(f"carecost.{_HOME[name]}"), name)
    raise AttributeError(f"module 'carecost' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
