"""Project the stock and flows of one stream or several: the door of the engine."""

from __future__ import annotations

from collections.abc import Sequence

from carecost._guard import guarded, instance, optional
from carecost._typing import lock
from carecost.engine.age_cohorts import project_ages
from carecost.engine.capacity import limited
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Projection


@guarded(
    parameters=instance(Parameters, words="Give Parameters: carecost.Parameters"),
    kernels=optional(instance(Kernels, words="Give Kernels, or nothing")),
)
def project(parameters: Parameters, kernels: Kernels | None = None) -> Projection:
    """Project the stock and flows of one stream of children.

    Parameters
    ----------
    parameters : Parameters
        Rates, shares, population and the stock at the start.
    kernels : Kernels, optional
        Kernels to share between runs of the same draws.

    Returns
    -------
    Projection
        Stock on each date and flows in each year.

    Raises
    ------
    InputError
        If it is given something else.

    See Also
    --------
    cost : What the projection costs.
    Projection : What is projected.

    Examples
    --------
    >>> import numpy as np
    >>> from carecost.engine import Grid
    >>> grid = Grid(base_year=2025, n_years=1, ages=range(18), placements=["foster"])
    >>> one = np.ones((1, 1, 1))
    >>> p = Parameters(grid, initial_stock=np.full((1, 18, 1), 100.0), population=0 * one, entry_rate=0 * one,
    ...     entry_share=np.ones((1, 1, 1, 1)))
    >>> project(p).children.round(1)
    array([[1800., 1700.]])
    """
    projection = project_streams([parameters], kernels)[0]
    lock(projection)
    return projection


def project_streams(streams: Sequence[Parameters], kernels: Kernels | None = None) -> list[Projection]:
    """Project several streams side by side, year by year; they share places where the grid has capacity groups.

    Parameters
    ----------
    streams : sequence of Parameters
        One a stream, with the same years.
    kernels : Kernels, optional
        Kernels to share.

    Returns
    -------
    list of Projection
        One a stream, in order.
    """
    shared = kernels or Kernels()
    return limited(streams, [project_ages(p, shared) for p in streams], shared)
