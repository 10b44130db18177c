"""The same question under each baseline, one axis at a time, in rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.files.baselines import Baseline, baselines, under
from carecost.maths.monte_carlo import LEVEL
from carecost.results.tables import CHILDREN, tidy
from carecost.simulation.blocks import Progress
from carecost.simulation.run import Run
from carecost.simulation.run import run as model_run

#: Group of placements whose children are in homes.
HOMES = "residential"

#: What is told of inaction and of each other scenario, and the unit.
IN_CARE, IN_HOMES, SPEND, NPV = "children in care", "children in homes", "public spend", "net present saving"


def known() -> pd.DataFrame:
    """List the packaged baselines: name, axis, title, source, quality and note."""
    rows = [
        {"name": b.name, "axis": b.axis, "title": b.title, "source": b.source, "quality": b.quality, "note": b.note}
        for b in baselines().values()
    ]
    return pd.DataFrame(rows)


def rows(run: Run, draws: bool = False, level: float = LEVEL, progress: Progress | None = None) -> pd.DataFrame:
    """Ask the same question under each baseline; see :meth:`carecost.Results.baselines`."""
    own = run.assumptions
    if not own.baselines:
        what = f"{own.name!r} states no baselines"
        raise InputError(Problem(what, "baselines()", "Run england-2025, or a set that has it as its base"))
    tried = [one for one in baselines().values() if not one.lacks]
    found = []
    for i, one in enumerate(tried, start=1):
        default = one.name in own.baselines
        made = run if default else _under(run, one, draws)
        about = {"axis": one.axis, "baseline": one.name, "title": one.title, "default": default}
        found += [about | row for row in _told(made, draws, level)]
        if progress is not None:
            progress(i, len(tried))
    frame = pd.DataFrame(found)
    return frame.assign(price_year=frame["unit"].map({"GBP": own.price_year}).astype("Int64"))


def _under(run: Run, one: Baseline, draws: bool) -> Run:
    """Run the same scenarios on the set under another baseline."""
    made = under(run.assumptions, one.name)
    plans = [plan for name, plan in run.scenarios.items() if name != INACTION]
    luck = replace(run.draws, noise=False) if draws else None
    return model_run(made, plans, run.grid.n_years, luck, run.calendar.programme_start)


def _told(made: Run, draws: bool, level: float) -> Iterator[dict[str, object]]:
    """Say what comes of inaction in each year, and what each scenario saves in all: a row a quantile."""
    grid = made.grid
    homes = np.array([float(p.group == HOMES and p.in_care) for p in grid.placements])
    outcomes = made.drawn if draws else made.central
    before, central = outcomes[INACTION], made.central[INACTION]
    lines: list[tuple[str, str, Sequence[int], Array, Array, str]] = [
        (INACTION, IN_CARE, grid.dates, before.in_care(grid)[0], central.in_care(grid)[0], CHILDREN),
        (INACTION, IN_HOMES, grid.dates, (before.stock @ homes).sum(1), (central.stock @ homes).sum(1), CHILDREN),
        (INACTION, SPEND, grid.years, before.costs.public_spend, central.costs.public_spend, "GBP"),
    ]
    for name in made.scenarios:
        if name != INACTION:
            npv = made.compare(name, central=not draws).npv()[:, None]
            one_run = made.compare(name, central=True).npv()[:, None]
            lines.append((name, NPV, grid.years[-1:], npv, one_run, "GBP"))
    for scenario, what, years, values, one_run, unit in lines:
        for row in tidy(values, one_run, {"year": list(years)}, level).to_dict("records"):
            yield {"scenario": scenario, "what": what, **{str(k): v for k, v in row.items()}, "unit": unit}
