"""Grid and Parameters in, Projection and Costs out: stock and flows by age and placement, and what they cost.

Knows no belief and no scenario. May import maths, money and what lies below. Public.
"""

from carecost.engine.costs import Costs, cost
from carecost.engine.grid import CapacityGroup, Grid, Placement, Reason, Selector
from carecost.engine.items import Cashable, Item
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters
from carecost.engine.project import project, project_streams
from carecost.engine.projection import Capacity, Projection

__all__ = [
    "Capacity",
    "CapacityGroup",
    "Cashable",
    "Costs",
    "Grid",
    "Item",
    "Kernels",
    "Parameters",
    "Placement",
    "Projection",
    "Reason",
    "Selector",
    "cost",
    "project",
    "project_streams",
]
