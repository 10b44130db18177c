"""Limited places: who goes elsewhere when capacity groups fill, followed as a difference beside an unlimited run."""

from __future__ import annotations

from collections.abc import Sequence

from carecost.engine.age_cohorts import project_sums
from carecost.engine.kernels import Kernels
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Projection


def project_together(streams: Sequence[Parameters], kernels: Kernels | None = None) -> list[Projection]:
    shared = kernels or Kernels()
    return limited(streams, [project_sums(p, shared) for p in streams], shared)


def limited(streams: Sequence[Parameters], free: Sequence[Projection], kernels: Kernels) -> list[Projection]:
    grid = streams[0].grid
    if not grid.groups:
        return list(free)
    raise NotImplementedError


def sharing(streams: Sequence[Parameters]) -> list[list[int]]:
    """Say which streams (by index) go together: all that share places, each by itself where there is no limit."""
    each = list(range(len(streams)))
    return [each] if streams[0].grid.groups else [[i] for i in each]
