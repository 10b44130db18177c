"""Scenario projections of children in care, their placements and cost; public names are imported when asked for."""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING

from carecost._version import __version__ as __version__

if TYPE_CHECKING:  # what type checkers and editors see; a test holds it to the tables below
    from carecost import maths as stockflow  # noqa: F401
    from carecost import money as money
    from carecost import plots as plots
    from carecost.analysis.calibration import Free as Free
    from carecost.analysis.calibration import Target as Target
    from carecost.engine.costs import Costs as Costs
    from carecost.engine.costs import cost as cost
    from carecost.engine.grid import CapacityGroup as CapacityGroup
    from carecost.engine.grid import Grid as Grid
    from carecost.engine.grid import Placement as Placement
    from carecost.engine.grid import Reason as Reason
    from carecost.engine.grid import Selector as Selector
    from carecost.engine.items import Cashable as Cashable
    from carecost.engine.items import Item as Item
    from carecost.engine.parameters import Parameters as Parameters
    from carecost.engine.project import project as project
    from carecost.engine.projection import Capacity as Capacity
    from carecost.engine.projection import Projection as Projection
    from carecost.errors import CareCostError as CareCostError
    from carecost.estimation.counts import Counts as Counts
    from carecost.estimation.history import History as History
    from carecost.estimation.rates import Estimates as Estimates
    from carecost.estimation.rates import estimate as estimate
    from carecost.files.baselines import under as under
    from carecost.files.load import area as area
    from carecost.files.load import areas as areas
    from carecost.files.load import load_assumptions as load_assumptions
    from carecost.files.load import load_scenario as load_scenario
    from carecost.files.readers.history import load_history as load_history
    from carecost.files.readers.ssda903 import SSDA903 as SSDA903
    from carecost.files.readers.ssda903 import OwnRates as OwnRates
    from carecost.files.readers.ssda903 import read_ssda903 as read_ssda903
    from carecost.files.readers.ssda903_synthetic import SyntheticReturn as SyntheticReturn
    from carecost.files.readers.ssda903_synthetic import synthetic_return as synthetic_return
    from carecost.files.save import save_assumptions as save_assumptions
    from carecost.files.save import save_scenario as save_scenario
    from carecost.files.set_of_arrays import from_parameters as from_parameters
    from carecost.files.social_ledger import social_value as social_value
    from carecost.files.social_ledger import social_values as social_values
    from carecost.files.social_ledger import with_social_ledger as with_social_ledger
    from carecost.inputs.assumptions import Assumptions as Assumptions
    from carecost.inputs.belief import Assumption as Assumption
    from carecost.inputs.belief import Belief as Belief
    from carecost.inputs.change import Change as Change
    from carecost.inputs.change import Interval as Interval
    from carecost.inputs.dependence import CorrelationMatrix as CorrelationMatrix
    from carecost.inputs.dependence import JointDraws as JointDraws
    from carecost.inputs.dependence import Loading as Loading
    from carecost.inputs.dependence import Ties as Ties
    from carecost.inputs.phases import Phase as Phase
    from carecost.inputs.phases import Phases as Phases
    from carecost.inputs.phases import PhaseShare as PhaseShare
    from carecost.inputs.price_spread import PriceSpread as PriceSpread
    from carecost.inputs.scenario import Evidence as Evidence
    from carecost.inputs.scenario import Lever as Lever
    from carecost.inputs.scenario import Scenario as Scenario
    from carecost.inputs.year_path import YearPath as YearPath
    from carecost.maths import distributions as distributions
    from carecost.maths.monte_carlo import Draws as Draws
    from carecost.money import decomposition as decomposition
    from carecost.money import prices as prices
    from carecost.money import vintages as vintages
    from carecost.money.appraisal import Appraisal as Appraisal
    from carecost.money.appraisal import appraise as appraise
    from carecost.money.cost_effectiveness import Option as Option
    from carecost.money.optimism_bias import Optimism as Optimism
    from carecost.money.optimism_bias import optimism_bias as optimism_bias
    from carecost.money.prices import Amounts as Amounts
    from carecost.money.prices import PriceBase as PriceBase
    from carecost.results import assumptions_log as quality  # noqa: F401
    from carecost.results.appraisal_tables import IcerTable as IcerTable
    from carecost.results.appraisal_tables import NetBenefit as NetBenefit
    from carecost.results.appraisal_tables import SavingAppraisal as SavingAppraisal
    from carecost.results.appraisal_tables import icer_table as icer_table
    from carecost.results.appraisal_tables import net_benefit as net_benefit
    from carecost.results.areas import AreaResults as AreaResults
    from carecost.results.areas import run_areas as run_areas
    from carecost.results.authorities import AuthorityResults as AuthorityResults
    from carecost.results.authorities import authorities as authorities
    from carecost.results.authorities import run_authorities as run_authorities
    from carecost.results.backtest import Backtest as Backtest
    from carecost.results.backtest import backtest as backtest
    from carecost.results.backtest import backtest_models as backtest_models
    from carecost.results.budget import Budget as Budget
    from carecost.results.calibration import Calibration as Calibration
    from carecost.results.calibration import FittedMode as FittedMode
    from carecost.results.calibration import Identifiability as Identifiability
    from carecost.results.calibration import calibrate as calibrate
    from carecost.results.decision_tables import ScenarioOptions as ScenarioOptions
    from carecost.results.information_tables import evppi as evppi
    from carecost.results.listings import scenarios as scenarios
    from carecost.results.listings import sets as sets
    from carecost.results.price_tables import present_value as present_value
    from carecost.results.price_tables import spending_history as spending_history
    from carecost.results.results import Results as Results
    from carecost.results.results import run as run
    from carecost.results.saving import Saving as Saving
    from carecost.results.what_if import Response as Response
    from carecost.results.what_if import Setting as Setting
    from carecost.simulation.comparison import Comparison as Comparison

#: Where each public name lives.
_NAMES: dict[str, tuple[str, ...]] = {
    "analysis.calibration": (
        "Free",
        "Target",
    ),
    "engine.costs": (
        "Costs",
        "cost",
    ),
    "engine.grid": (
        "CapacityGroup",
        "Grid",
        "Placement",
        "Reason",
        "Selector",
    ),
    "engine.items": (
        "Cashable",
        "Item",
    ),
    "engine.parameters": ("Parameters",),
    "engine.project": ("project",),
    "engine.projection": (
        "Capacity",
        "Projection",
    ),
    "errors": ("CareCostError",),
    "estimation.counts": ("Counts",),
    "estimation.history": ("History",),
    "estimation.rates": (
        "Estimates",
        "estimate",
    ),
    "files.baselines": ("under",),
    "files.load": (
        "area",
        "areas",
        "load_assumptions",
        "load_scenario",
    ),
    "files.readers.history": ("load_history",),
    "files.readers.ssda903": (
        "OwnRates",
        "SSDA903",
        "read_ssda903",
    ),
    "files.readers.ssda903_synthetic": (
        "SyntheticReturn",
        "synthetic_return",
    ),
    "files.save": (
        "save_assumptions",
        "save_scenario",
    ),
    "files.set_of_arrays": ("from_parameters",),
    "files.social_ledger": (
        "social_value",
        "social_values",
        "with_social_ledger",
    ),
    "inputs.assumptions": ("Assumptions",),
    "inputs.belief": (
        "Assumption",
        "Belief",
    ),
    "inputs.change": (
        "Change",
        "Interval",
    ),
    "inputs.dependence": (
        "CorrelationMatrix",
        "JointDraws",
        "Loading",
        "Ties",
    ),
    "inputs.phases": (
        "Phase",
        "PhaseShare",
        "Phases",
    ),
    "inputs.price_spread": ("PriceSpread",),
    "inputs.scenario": (
        "Evidence",
        "Lever",
        "Scenario",
    ),
    "inputs.year_path": ("YearPath",),
    "maths.monte_carlo": ("Draws",),
    "money.appraisal": (
        "Appraisal",
        "appraise",
    ),
    "money.cost_effectiveness": ("Option",),
    "money.optimism_bias": (
        "Optimism",
        "optimism_bias",
    ),
    "money.prices": (
        "Amounts",
        "PriceBase",
    ),
    "results.appraisal_tables": (
        "IcerTable",
        "NetBenefit",
        "SavingAppraisal",
        "icer_table",
        "net_benefit",
    ),
    "results.areas": (
        "AreaResults",
        "run_areas",
    ),
    "results.authorities": (
        "AuthorityResults",
        "authorities",
        "run_authorities",
    ),
    "results.backtest": (
        "Backtest",
        "backtest",
        "backtest_models",
    ),
    "results.budget": ("Budget",),
    "results.calibration": (
        "Calibration",
        "FittedMode",
        "Identifiability",
        "calibrate",
    ),
    "results.decision_tables": ("ScenarioOptions",),
    "results.information_tables": ("evppi",),
    "results.listings": (
        "scenarios",
        "sets",
    ),
    "results.price_tables": (
        "present_value",
        "spending_history",
    ),
    "results.results": (
        "Results",
        "run",
    ),
    "results.saving": ("Saving",),
    "results.what_if": (
        "Response",
        "Setting",
    ),
    "simulation.comparison": ("Comparison",),
}
#: Public modules, by the name that programs know them by.
_MODULES = {
    "decomposition": "money.decomposition",
    "distributions": "maths.distributions",
    "money": "money",
    "plots": "plots",
    "prices": "money.prices",
    "quality": "results.assumptions_log",
    "stockflow": "maths",
    "vintages": "money.vintages",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

#: Public names of before, each with the name that is meant now and the version in which the old one goes: until then it
#: works, and says so. When names may be changed is in CONTRIBUTING.md.
_RENAMED: dict[str, tuple[str, str]] = {}

__all__ = ["__version__", *_MODULES, *_HOME]


def __getattr__(name: str) -> object:
    if name in _RENAMED:
        new, goes = _RENAMED[name]
        said = f"carecost.{name} is now carecost.{new}: the old name goes in carecost {goes}"
        warnings.warn(said, FutureWarning, stacklevel=2)
        name = new
    if name in _MODULES:
        return importlib.import_module(f"carecost.{_MODULES[name]}")
    if name in _HOME:
        return getattr(importlib.import_module(f"carecost.{_HOME[name]}"), name)
    raise AttributeError(f"module 'carecost' has no attribute {name!r}")


def load_ipython_extension(shell: object) -> None:
    """Let notebooks show tables with numbers as people read them: ``%load_ext carecost``."""
    importlib.import_module("carecost.results.notebook").load(shell)


def unload_ipython_extension(shell: object) -> None:
    """Let notebooks show tables as pandas does: ``%unload_ext carecost``."""
    importlib.import_module("carecost.results.notebook").unload(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
