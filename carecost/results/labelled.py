"""Labelled arrays of a run: every scenario in one Dataset of xarray."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from carecost._frames import dataset
from carecost.engine.grid import coordinates, item_labels
from carecost.simulation.evaluator import FLOWS
from carecost.simulation.run import Run


def run_dataset(run: Run, central: bool) -> Any:
    """Give the arrays of a run; see :meth:`carecost.Results.to_xarray`."""
    outcomes = run.central if central else run.shown
    grid, names = run.grid, list(run.scenarios)
    cells = ("scenario", "draw", "stream", "year", "placement")

    def stacked(pick: Any) -> Any:
        return np.stack([pick(outcomes[name]) for name in names])

    money = ("scenario", "draw", "year", "item")
    arrays: dict[str, tuple[Sequence[str], Any, dict[str, object]]] = {
        "stock": (("scenario", "draw", "stream", "date", "placement"), stacked(lambda o: o.stock), _CHILDREN),
        **{name: (cells, stacked(lambda o, n=name: getattr(o, n)), _CHILDREN) for name in FLOWS[:-1]},
        "child_years": (cells, stacked(lambda o: o.child_years), {"unit": "child-years"}),
        "volume": (money, stacked(lambda o: o.costs.volume), {"unit": "unit of driver"}),
        "unit_cost": (money, _prices(outcomes, names), {"unit": "GBP per unit of driver"}),
        "spend": (money, stacked(lambda o: o.costs.spend), {"unit": "GBP"}),
        "npv": (
            ("scenario", "draw"),
            np.stack([run.compare(n, central=central).npv() for n in names]),
            {"unit": "GBP"},
        ),
    }
    labels: dict[str, Sequence[object]] = {**coordinates(grid), "scenario": names, "stream": run.assumptions.streams}
    beside = item_labels(grid)
    for what, values in (
        ("placement_group", [p.group for p in grid.placements]),
        ("in_care", [p.in_care for p in grid.placements]),
    ):
        beside[what] = ("placement", values)  # type: ignore[assignment]
    about = run.provenance.as_dict() | {"run": "central" if central or run.draws.central else "draws"}
    # What a file of arrays can hold: numbers and text.
    return dataset(arrays, labels, {k: int(v) if isinstance(v, bool) else v for k, v in about.items()}, beside)


_CHILDREN: dict[str, object] = {"unit": "children"}


def _prices(outcomes: Any, names: Sequence[str]) -> Any:
    """Stack unit costs, whose draw and year axes may have length 1."""
    volume = outcomes[names[0]].costs.volume
    return np.stack([np.broadcast_to(outcomes[name].costs.unit_cost, volume.shape) for name in names])
