"""The same question under each baseline, one axis at a time, in rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from carecost._labels import INACTION
from carecost._typing import Array
from carecost.errors import InputError, Problem
from carecost.files.baselines import Baseline, baselines, under
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import LEVEL, Draws
from carecost.results.tables import CHILDREN, tidy
from carecost.simulation.blocks import Progress
from carecost.simulation.evaluator import Evaluator, Outcome
from carecost.simulation.prepare import prepare
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


def rows(run: Run, central: bool = True, level: float = LEVEL, progress: Progress | None = None) -> pd.DataFrame:
    """Ask the same question under each baseline; see :meth:`carecost.Results.baselines`."""
    own = _stating(run)
    tried = [one for one in baselines().values() if not one.lacks]
    found = []
    for i, one in enumerate(tried, start=1):
        default = one.name in own.baselines
        about = {"axis": one.axis, "baseline": one.name, "title": one.title, "default": default}
        if not central:
            made = run if default else _under(run, one)
            told = _told(made, made.drawn, made.central, level)
        else:
            outcomes = run.central if default else _central(run)[one.name]
            told = _told(run, outcomes, outcomes, level)
        found += [about | row for row in told]
        if progress is not None:
            progress(i, len(tried))
    frame = pd.DataFrame(found)
    return frame.assign(price_year=frame["unit"].map({"GBP": own.price_year}).astype("Int64"))


def npvs(run: Run, scenario: str) -> dict[str, float]:
    """Give the net present saving of a scenario under each baseline, the set's own too, in the central run [GBP].

    Parameters
    ----------
    run : Run
        A run that holds it.
    scenario : str
        Its name.

    Returns
    -------
    dict of str to float
        By name of the baseline.

    Raises
    ------
    InputError
        If the set states no baselines.
    """
    own, others = dict.fromkeys(_stating(run).baselines, run.central), _central(run)
    return {name: float(_npvs(run, scenario, outcomes)[0, 0]) for name, outcomes in (own | others).items()}


def _stating(run: Run) -> Assumptions:
    """Give the set of a run that states its baselines."""
    if not run.assumptions.baselines:
        what = f"{run.assumptions.name!r} states no baselines"
        raise InputError(Problem(what, "baselines()", "Run england-2025, or a set that has it as its base"))
    return run.assumptions


def _central(run: Run) -> dict[str, dict[str, Outcome]]:
    """Run every scenario under each other baseline, central: outcomes by baseline and scenario."""
    return run.once(("central run under each baseline",), lambda: _side_by_side(run))


def _side_by_side(run: Run) -> dict[str, dict[str, Outcome]]:
    own = run.assumptions
    names = [one.name for one in baselines().values() if not one.lacks and one.name not in own.baselines]
    plans, start = _plans(run), run.calendar.programme_start
    prepared = [prepare(under(own, name), plans, run.grid.n_years, start, own) for name in names]
    together = Evaluator.beside([Evaluator(one, Draws()) for one in prepared])
    every = {name: together.outcome(plan) for name, plan in prepared[0].scenarios.items()}
    return {name: {scenario: outcome.draw(i) for scenario, outcome in every.items()} for i, name in enumerate(names)}


def _under(run: Run, one: Baseline) -> Run:
    """Run the same scenarios on the set under another baseline, with draws."""
    luck = replace(run.draws, noise=False)
    return model_run(
        under(run.assumptions, one.name), _plans(run), run.grid.n_years, luck, run.calendar.programme_start
    )


def _plans(run: Run) -> list[Scenario]:
    return [plan for name, plan in run.scenarios.items() if name != INACTION]


def _told(
    run: Run, outcomes: Mapping[str, Outcome], one_run: Mapping[str, Outcome], level: float
) -> Iterator[dict[str, object]]:
    """Say what comes of inaction in each year, and what each scenario saves in all: a row a quantile."""
    grid = run.grid
    homes = np.array([float(p.group == HOMES and p.in_care) for p in grid.placements])
    measures: list[tuple[str, str, Sequence[int], Callable[[Mapping[str, Outcome]], Array], str]] = [
        (INACTION, IN_CARE, grid.dates, lambda of: of[INACTION].in_care(grid)[0], CHILDREN),
        (INACTION, IN_HOMES, grid.dates, lambda of: (of[INACTION].stock @ homes).sum(1), CHILDREN),
        (INACTION, SPEND, grid.years, lambda of: of[INACTION].costs.public_spend, "GBP"),
    ]
    for name in run.scenarios:
        if name != INACTION:
            measures.append((name, NPV, grid.years[-1:], partial(_npvs, run, name), "GBP"))
    for scenario, what, years, measure, unit in measures:
        for row in tidy(measure(outcomes), measure(one_run), {"year": list(years)}, level).to_dict("records"):
            yield {"scenario": scenario, "what": what, **{str(k): v for k, v in row.items()}, "unit": unit}


def _npvs(run: Run, scenario: str, outcomes: Mapping[str, Outcome]) -> Array:
    """Give the net present saving as a column: (draw, 1)."""
    return run.comparison(INACTION, outcomes[INACTION], scenario, outcomes[scenario]).npv()[:, None]
