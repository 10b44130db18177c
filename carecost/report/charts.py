"""Charts of the page: file name, size and caption of each, drawn only when somebody looks.

A chart holds a function that draws; none is called here, so that to list charts costs no drawing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from carecost.results import effect_tables
from carecost.text import numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from carecost.analysis.required_effect import Worth
    from carecost.inputs.scenario import Scenario
    from carecost.plots._figure import Draw
    from carecost.results.results import Results
    from carecost.results.saving import Saving
    from carecost.simulation.run import Run

    #: Gives the table of a chart's numbers, worked out when it is asked for.
    Data = Callable[[], pd.DataFrame]


@dataclass(frozen=True)
class Chart:
    """A chart that can be drawn.

    Parameters
    ----------
    name : str
        Its file, without the ending.
    draw : callable
        Draws on the Axes that it is given.
    size : tuple of float
        Width and height [inches].
    words : str
        What it shows, in words: caption, and text for those who do not see it.
    data : callable
        Gives the table of its numbers.
    """

    name: str
    draw: Draw
    size: tuple[float, float]
    words: str
    data: Data

    @cached_property
    def figure(self) -> Any:
        """The chart, drawn once and saved in each format."""
        from carecost.plots._figure import drawn

        return drawn(self.draw, self.size)


def children_chart(results: Results, finding: str, claim: bool, data: Data) -> Chart:
    """Describe the chart of children in care under every scenario.

    Parameters
    ----------
    results : Results
        What a run gave.
    finding : str
        What it shows.
    claim : bool
        Whether the effects of some scenario are as claimed, not evidenced.
    data : callable
        Gives the table of its numbers.

    Returns
    -------
    Chart
        Children in care on 31 March of each year.
    """
    from carecost.plots import _figure, children

    words, draw = _with_claim(finding, claim), partial(children.plot_children, results)
    return Chart("children", draw, _figure.SIZE, words, data)


def capacity_chart(results: Results, scenario: str, alone: bool, data: Data) -> Chart:
    """Describe the chart of occupancy and places of each capacity group in one scenario.

    Parameters
    ----------
    results : Results
        What a run gave, on a set with capacity groups.
    scenario : str
        Name.
    alone : bool
        Whether it is the only scenario of the run, so that the file need not name it.
    data : callable
        Gives the table of its numbers.

    Returns
    -------
    Chart
        Mean number of children in the year beside the places.
    """
    from carecost.plots import _figure, capacity

    draw = partial(capacity.plot_capacity, results, scenario=scenario)
    finding = f"{capacity.finding(results, scenario)}."
    return Chart(_file("capacity", "" if alone else scenario), draw, _figure.SIZE, finding, data)


def net_saving_chart(saving: Saving, finding: str, claim: bool, alone: bool) -> Chart:
    """Describe the chart of a scenario's net saving in each year, and of its discounted running total.

    Parameters
    ----------
    saving : Saving
        The scenario against inaction.
    finding : str
        What it shows.
    claim : bool
        Whether the effects are as claimed, not evidenced.
    alone : bool
        Whether it is the only scenario of the run but inaction, so that the file need not name it.

    Returns
    -------
    Chart
        Cashable saving, reform spend, and their net.
    """
    from carecost.plots import net_saving

    file = _file("net-saving", "" if alone else saving.scenario.name)
    draw = partial(net_saving.plot_net_saving, saving)
    return Chart(file, draw, net_saving.SIZE, _with_claim(finding, claim), saving.by_year)


def lever_chart(results: Results, plan: Scenario, finding: str, alone: bool, data: Data) -> Chart:
    """Describe the waterfall of a scenario's net present saving by lever.

    Parameters
    ----------
    results : Results
        What a run gave.
    plan : Scenario
        A scenario of it with two or more levers.
    finding : str
        What it shows.
    alone : bool
        Whether it is the only scenario of the run but inaction, so that the file need not name it.
    data : callable
        Gives the table of its numbers.

    Returns
    -------
    Chart
        Net present saving, each lever added to those above it.
    """
    from carecost.plots import attribution

    draw = partial(attribution.plot_attribution, results, plan.name, "npv")
    file = _file("attribution", "" if alone else plan.name)
    return Chart(file, draw, attribution.size(len(plan.levers)), _with_claim(finding, plan.claim), data)


def effect_chart(run: Run, plan: Scenario, worth: Worth) -> Chart:
    """Describe the chart of the net present saving over the amount of one effect.

    Parameters
    ----------
    run : Run
        A run that holds the scenario.
    plan : Scenario
        The scenario.
    worth : Worth
        The effect.

    Returns
    -------
    Chart
        The curve, with what studies found marked on it.
    """
    from carecost.plots import _figure, required_effect
    from carecost.results.results import Results

    draw = partial(required_effect.plot_required_effect, Results(run), plan.name, worth.lever, place=worth.place)
    finding = numbers.sentence(f"{worth.lever}: {effect_tables.finding(worth)}")
    data = partial(Results(run).effect_curve, plan.name, worth.lever, worth.place)
    return Chart(_file("effect", f"{plan.name} {worth.lever}"), draw, _figure.SIZE, finding, data)


def _with_claim(finding: str, claim: bool) -> str:
    return f"{finding} {numbers.sentence(numbers.CLAIM)}" if claim else finding


def _file(kind: str, scenario: str) -> str:
    """Name a file: letters, digits and hyphens only."""
    plain = re.sub(r"[^a-z0-9]+", "-", scenario.lower()).strip("-")
    return f"{kind}-{plain}" if scenario else kind
