"""Results: children, costs and comparisons of a run as tables, with the arrays behind them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from carecost._labels import INACTION
from carecost.analysis import sensitivity
from carecost.analysis.convergence import Convergence, convergence
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Projection, together
from carecost.errors import Problem, UnknownNameError, unknown
from carecost.files.archive import replay, save_run
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.results import attribution_tables, saving, tables
from carecost.results.decision_tables import DecisionTables
from carecost.results.price_tables import MoneyTables
from carecost.results.saving import Saving
from carecost.simulation.blocks import Progress
from carecost.simulation.run import Run
from carecost.simulation.run import run as run_simulation


def run(
    assumptions: Assumptions,
    *scenarios: Scenario,
    years: int | None = None,
    draws: Draws | None = None,
    start: int | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    block: int | None = None,
) -> Results:
    """Run inaction and some scenarios on a set of assumptions.

    Parameters
    ----------
    assumptions : Assumptions
        What is believed.
    *scenarios : Scenario
        What might be done; ``"inaction"`` is always there.
    years : int, optional
        Projected years; the set's own by default.
    draws : Draws, optional
        Joint samples; the central run alone by default.
    start : int, optional
        Calendar year of programme year 1; the set's own by default.
    threads, block : int
        Threads, and draws that go through at once (chosen by the size of the set when not given); no result depends on
        them.
    progress : callable, optional
        Called with (draws done, draws in all).

    Returns
    -------
    Results
        Tables and arrays.

    Raises
    ------
    InputError
        If the set or a scenario cannot be run; with every fault.

    Examples
    --------
    >>> import carecost as cc
    >>> england = cc.load_assumptions("england-2025")
    >>> results = cc.run(england, cc.load_scenario("care-review"), years=5)
    >>> results.children().columns.tolist()
    ['scenario', 'date', 'quantile', 'value', 'unit']
    """
    return Results(run_simulation(assumptions, scenarios, years, draws, start, threads, progress, block))


class Results(MoneyTables, DecisionTables):
    """What a run gave, with the arrays of the run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def run(self) -> Run:
        """Arrays of the run."""
        return self._run

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios; inaction first."""
        return tuple(self._run.scenarios)

    def children(self, by: Sequence[str] = (), draws: bool = False, in_care: bool = True) -> pd.DataFrame:
        """Children on 31 March of each year.

        Parameters
        ----------
        by : sequence of str
            Any of placement, phase, group, stream, in_care; and age (central run only).
        draws : bool
            One row a draw instead of one a quantile.
        in_care : bool
            Only children in care.

        Returns
        -------
        DataFrame
            scenario, date, the columns of ``by``, quantile (central, mean, 0.05, 0.5, 0.95) or draw, value, unit.

        Raises
        ------
        UnknownNameError
            If a column is not known.
        """
        return tables.children_rows(self._run, by, draws, in_care)

    def flows(self, flow: str, by: Sequence[str] = (), draws: bool = False, in_care: bool = True) -> pd.DataFrame:
        """Flows in each year.

        Parameters
        ----------
        flow : str
            entries, exits, aged_out [children] or child_years [child-years]; UnknownNameError if it is none of them.
        by, draws, in_care
            As in :meth:`children`, without age.

        Returns
        -------
        DataFrame
            scenario, year, the columns of ``by``, quantile or draw, value, unit.
        """
        return tables.flow_rows(self._run, flow, by, draws, in_care)

    def capacity(self, draws: bool = False) -> pd.DataFrame:
        """How full the capacity groups were, year by year; without rows where the set has none.

        Parameters
        ----------
        draws : bool
            One row a draw instead of one a quantile.

        Returns
        -------
        DataFrame
            scenario, year, group, quantile or draw; places and occupancy [children on average over the year], share of
            the year's arrivals sent on, redirected [children], and unmet, the time of those whom no group took
            [child-years]. Quantiles are of each column by itself.
        """
        return tables.capacity_rows(self._run, draws)

    def parameters(self, scenario: str, stream: str | None = None) -> Parameters:
        """Parameters of the central run of a scenario; a set of several streams needs the stream's name."""
        return self._run.parameters(scenario)[self._stream(stream)].spread()

    def projection(self, scenario: str, stream: str | None = None, draws: slice | None = None) -> Projection:
        """Project a scenario again, with ages: the central run, or some draws.

        Parameters
        ----------
        scenario : str
            Name.
        stream : str, optional
            One stream; all summed by default.
        draws : slice, optional
            Draws wanted; the central run by default.

        Returns
        -------
        Projection
            Stock and flows by age and placement.
        """
        projections = self._run.projections(scenario, draws)
        if stream is None:
            return together(list(projections.values()))
        return projections[self._stream(stream)]

    def compare(self, scenario: str, baseline: str = INACTION) -> Saving:
        """Compare a scenario with a baseline, draw by draw.

        Raises
        ------
        UnknownNameError
            If either is not known.
        """
        return saving.compare(self._run, scenario, baseline)

    def switching_value(self, scenario: str, baseline: str = INACTION) -> float | None:
        """Share of a scenario's effects at which the central net present saving is zero; None if there is none."""
        return sensitivity.switching_value(self._run, scenario, baseline)

    def attribution(
        self,
        scenario: str,
        draws: int | None = None,
        dates: Sequence[int] = (),
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Attribution to levers in rows; see :func:`carecost.results.attribution_tables.attribution_rows`."""
        return attribution_tables.attribution_rows(self._run, scenario, draws, dates, progress)

    def converged(self, tolerance: float = 0.05) -> Convergence:
        """Say whether more draws are needed; see :func:`carecost.analysis.convergence.convergence`."""
        return convergence(self._run, tolerance)

    def growth_paths(self) -> pd.DataFrame:
        """Public spend under inaction: prices without real growth, as stated, and if growth never faded (central)."""
        return tables.growth_rows(self._run)

    def summary(self) -> pd.DataFrame:
        """Give the summary of every scenario against inaction, one below the other.

        Returns
        -------
        DataFrame
            scenario, what, central, low, high, unit.
        """
        return saving.each(self._run, Saving.summary)

    def savings(self) -> pd.DataFrame:
        """Give yearly reform spend and savings of every scenario against inaction.

        Returns
        -------
        DataFrame
            scenario, what, year, quantile, value, unit, price_year.
        """
        return saving.each(self._run, Saving.by_year)

    def save(self, folder: str | Path) -> Path:
        """Write tables, inputs and a manifest to a folder.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        FileError
            If it cannot be written.
        """
        run = self._run
        others = [s for name, s in run.scenarios.items() if name != INACTION]
        about = {"command": sys.argv, "run": run.provenance.as_dict()}
        return save_run(folder, self.tables(), run.assumptions, others, about)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give every table that :meth:`save` writes, by name."""
        frames = tables.saved(self._run) | saving.saved(self._run) | attribution_tables.saved(self._run)
        if len(self.scenarios) > 1:
            frames["npv_by_rate"] = self.npv_by_rate()
        return frames | self.decision_tables()

    @classmethod
    def load(cls, folder: str | Path) -> Results:
        """Make saved results again from their inputs, with the same luck.

        Parameters
        ----------
        folder : str or Path
            A folder that :meth:`save` wrote.

        Returns
        -------
        Results
            The results; the same to the last bit on the same versions.

        Raises
        ------
        FileError
            If a file is missing or was altered.
        """
        return cls(replay(folder))

    def to_dict(self) -> dict[str, Any]:
        """Give the headline tables and the provenance as plain data for JSON."""
        there = {"capacity": self.capacity(), "outcomes": self.outcomes()}
        return {
            "provenance": self._run.provenance.as_dict(),
            "children": self.children().to_dict("records"),
            "costs": self.costs(by=["group"]).to_dict("records"),
            "comparisons": {name: self.compare(name).to_dict() for name in self.scenarios if name != INACTION},
            **{name: frame.to_dict("records") for name, frame in there.items() if len(frame)},
        }

    def _stream(self, stream: str | None) -> str:
        streams = self._run.assumptions.streams
        stream = streams[0] if stream is None and len(streams) == 1 else stream
        if stream not in streams:
            lost = unknown("stream", stream, streams)
            raise UnknownNameError(Problem("no stream is named", "stream", lost.remedy) if stream is None else lost)
        return stream
