"""Charts whose titles say what was found, and whose notes say what the interval holds; a chart a module.

Every chart takes ``ax=`` and gives the axes back; none is shown or saved. May import results and what lies below;
matplotlib is here and nowhere else. Public.
"""

from carecost.plots.attribution import plot_attribution
from carecost.plots.authorities import plot_authorities
from carecost.plots.backtest import plot_backtest
from carecost.plots.baselines import plot_baselines
from carecost.plots.capacity import plot_capacity
from carecost.plots.children import plot_children
from carecost.plots.decisions import plot_ceac, plot_evppi, plot_expected_loss
from carecost.plots.history import plot_history
from carecost.plots.lifetime_cost import plot_lifetime_cost
from carecost.plots.mix import plot_mix
from carecost.plots.net_saving import plot_net_saving
from carecost.plots.regions import plot_region_children, plot_regions
from carecost.plots.required_effect import plot_required_effect
from carecost.plots.sensitivity import plot_sensitivity, plot_tornado
from carecost.plots.spending import plot_costs, plot_payers, plot_price_volume_mix
from carecost.plots.two_way import plot_two_way

__all__ = [
    "plot_attribution",
    "plot_authorities",
    "plot_backtest",
    "plot_baselines",
    "plot_capacity",
    "plot_ceac",
    "plot_children",
    "plot_costs",
    "plot_evppi",
    "plot_expected_loss",
    "plot_history",
    "plot_lifetime_cost",
    "plot_mix",
    "plot_net_saving",
    "plot_payers",
    "plot_price_volume_mix",
    "plot_region_children",
    "plot_regions",
    "plot_required_effect",
    "plot_sensitivity",
    "plot_tornado",
    "plot_two_way",
]
