"""What did the run give? Children, costs and comparisons as tables, with the arrays behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from carecost import model, tables
from carecost.assumptions import Assumptions
from carecost.comparison import Comparison
from carecost.draws import Draws
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.parameters import Parameters
from carecost.projection import Projection, together
from carecost.scenarios import INACTION, Scenario

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
#: The Review's own saving for a child not in care: £517m / 17,000 in a year.
REVIEW_SAVING = 517e6 / 17_000
#: A switching value is looked for up to this share of the claimed effect.
MOST_SHARE = 3.0


def run(
    assumptions: Assumptions,
    *scenarios: Scenario,
    years: int | None = None,
    draws: Draws | None = None,
    start: int | None = None,
    threads: int = 2,
    progress: model.Progress | None = None,
    block: int = model.BLOCK,
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
        Threads, and draws that go through at once; no result depends on them.
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
    return Results(model.run(assumptions, scenarios, years, draws, start, threads, progress, block))


class Results:
    """What a run gave.

    Parameters
    ----------
    run : model.Run
        Arrays of the run.
    """

    def __init__(self, run: model.Run) -> None:
        self._run = run

    @property
    def run(self) -> model.Run:
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
            Any of placement, group, stream, in_care; and age (central run only).
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
        if "age" in by:
            return self._children_by_age([b for b in by if b != "age"], in_care)
        frames = []
        for name in self.scenarios:
            arrays = []
            for outcome in (self._run.drawn[name], self._run.central[name]):
                stock = np.moveaxis(outcome.stock, 1, 2)
                arrays.append(stock.reshape(*stock.shape[:2], -1))
            frames.append(self._rows(name, arrays, ("date", self._run.grid.dates), self._cells(), by, draws, in_care))
        return self._joined(frames, tables.CHILDREN)

    def flows(self, flow: str, by: Sequence[str] = (), draws: bool = False, in_care: bool = True) -> pd.DataFrame:
        """Flows in each year: entries, exits, aged_out [children] or child_years [child-years].

        Parameters
        ----------
        flow : str
            Which.
        by, draws, in_care
            As in :meth:`children`, without age.

        Returns
        -------
        DataFrame
            scenario, year, the columns of ``by``, quantile or draw, value, unit.

        Raises
        ------
        UnknownNameError
            If the flow or a column is not known.
        """
        if flow not in model.FLOWS:
            raise UnknownNameError(unknown("flow", flow, model.FLOWS))
        frames = []
        for name in self.scenarios:
            arrays = []
            for outcome in (self._run.drawn[name], self._run.central[name]):
                amount = np.moveaxis(outcome.flows[flow], 1, 2)
                arrays.append(amount.reshape(*amount.shape[:2], -1))
            frames.append(self._rows(name, arrays, ("year", self._run.grid.years), self._cells(), by, draws, in_care))
        return self._joined(frames, "child-years" if flow == "child_years" else tables.CHILDREN)

    def costs(
        self, by: Sequence[str] = (), basis: Literal["real", "cash"] = "real", draws: bool = False
    ) -> pd.DataFrame:
        """Spend in each year.

        Parameters
        ----------
        by : sequence of str
            Any of item, group, account, payer, gross_net, kind.
        basis : str
            ``real`` (pounds of the price year) or ``cash`` (for showing only).
        draws : bool
            One row a draw instead of one a quantile.

        Returns
        -------
        DataFrame
            scenario, year, the columns of ``by``, quantile or draw, value, unit, price_year.

        Raises
        ------
        UnknownNameError
            If a column is not known.
        InputError
            If the basis is neither.
        """
        if basis not in ("real", "cash"):
            raise InputError(Problem(f"basis is {basis!r}", "costs", "Give real or cash"))
        grid, labels = self._run.grid, tables.item_labels(self._run.grid)
        price_year = self._run.assumptions.price_year
        factor = self._run.assumptions.deflator.factor(price_year, grid.years) if basis == "cash" else np.ones(len(grid.years))
        frames = []
        for name in self.scenarios:
            arrays, kept = [], {}
            for outcome in (self._run.drawn[name], self._run.central[name]):
                array, kept = tables.grouped(outcome.costs.spend * factor[:, None], labels, by, list(labels))
                arrays.append(array)
            frame = tables.rows_of(arrays[0], arrays[1], ("year", grid.years), kept, draws)
            frame.insert(0, "scenario", name)
            frames.append(frame)
        joined = self._joined(frames, "GBP")
        return joined.assign(price_year=price_year if basis == "real" else "cash")

    def parameters(self, scenario: str, stream: str | None = None) -> Parameters:
        """Parameters of the central run of a scenario; name the stream where there are several.

        Raises
        ------
        UnknownNameError
            If the scenario or stream is not known, or the stream is not named.
        """
        streams = self._run.parameters(scenario)
        return streams[self._stream(stream)]

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
        drawn = self._run.compare(scenario, baseline)
        return Saving(
            drawn.baseline, drawn.scenario, drawn.discount, drawn.programme_start,
            central=self._run.compare(scenario, baseline, central=True), results=self,
        )

    def switching_value(self, scenario: str, baseline: str = INACTION) -> float | None:
        """Share of a scenario's effects at which the central net present saving is zero; its spending stays.

        Parameters
        ----------
        scenario, baseline : str
            Names.

        Returns
        -------
        float or None
            The share; None when no share up to ``MOST_SHARE`` (or to the whole of a rate) gives zero.
        """
        inaction = self._run.central[baseline]
        plan = self._run.scenarios[scenario]

        def npv(share: float) -> float:
            there = self._run.outcome(plan.scaled(share))
            side = self._run.side
            c = Comparison(
                side(baseline, inaction), side(scenario, there), self._run.assumptions.discount,
                self._run.calendar.programme_start,
            )
            return float(c.npv()[0])

        top = _most(plan)
        shares = np.unique([0.0, min(0.5, top), min(1.0, top), top])
        values = [npv(s) for s in shares]
        for a, b, left, right in zip(shares, shares[1:], values, values[1:], strict=False):
            if left == 0 or (left < 0) != (right < 0):
                return float(brentq(npv, a, b, xtol=1e-6)) if left else float(a)
        return None

    def save(self, folder: str | Path) -> Path:
        """Write the tables, the manifest and the run's inputs to a folder."""
        from carecost.save import save_results

        return save_results(self, folder)

    def to_dict(self) -> dict[str, Any]:
        """Give the headline tables and the provenance as plain data for JSON."""
        children, costs = self.children(), self.costs(by=["group"])
        return {
            "provenance": self._run.provenance.as_dict(),
            "children": children.to_dict("records"),
            "costs": costs.to_dict("records"),
            "comparisons": {
                name: self.compare(name).to_dict() for name in self.scenarios if name != INACTION
            },
        }

    def _stream(self, stream: str | None) -> str:
        streams = self._run.assumptions.streams
        if stream is None and len(streams) == 1:
            return streams[0]
        if stream not in streams:
            raise UnknownNameError(unknown("stream", stream, streams))
        return stream

    def _cells(self) -> dict[str, list[str]]:
        """Labels of each (stream, placement) cell."""
        rows = [(s, p) for s in self._run.assumptions.streams for p in self._run.grid.placements]
        return {
            "stream": [s for s, _ in rows],
            "placement": [p.name for _, p in rows],
            "group": [p.group for _, p in rows],
            "in_care": ["yes" if p.in_care else "no" for _, p in rows],
        }

    def _rows(
        self,
        name: str,
        arrays: list[Array],
        time: tuple[str, Sequence[int]],
        labels: dict[str, list[str]],
        by: Sequence[str],
        draws: bool,
        in_care: bool,
    ) -> pd.DataFrame:
        keep = [i for i, care in enumerate(labels["in_care"]) if care == "yes" or not in_care]
        chosen = {k: [v[i] for i in keep] for k, v in labels.items()}
        summed = [tables.grouped(a[..., keep], chosen, by, list(labels)) for a in arrays]
        frame = tables.rows_of(summed[0][0], summed[1][0], time, summed[0][1], draws)
        frame.insert(0, "scenario", name)
        return frame

    def _children_by_age(self, by: Sequence[str], in_care: bool) -> pd.DataFrame:
        frames = []
        for name in self.scenarios:
            stock = np.stack([p.stock for p in self._run.projections(name).values()], axis=2)
            for a, age in enumerate(self._run.grid.ages):
                flat = stock[:, :, :, a].reshape(*stock.shape[:2], -1)
                frame = self._rows(name, [flat, flat], ("date", self._run.grid.dates), self._cells(), by, False, in_care)
                frame.insert(2, "age", age)
                frames.append(frame)
        return self._joined(frames, tables.CHILDREN)

    def _joined(self, frames: list[pd.DataFrame], unit: str) -> pd.DataFrame:
        import pandas as pd

        return pd.concat(frames, ignore_index=True).assign(unit=unit)


def _most(plan: Scenario) -> float:
    """Find the largest share at which no rate would fall below zero."""
    falls = [-c.amount.value for _, c in plan.changes if c.operation == "scale" and c.amount.value < 0]
    shares = [c.amount.value for _, c in plan.changes if c.operation == "divert" and c.amount.value > 0]
    return min([MOST_SHARE, *(1.0 / x for x in falls + shares)])


@dataclass(frozen=True, eq=False)
class Saving(Comparison):
    """A comparison with its central run, ready to be quoted.

    Parameters
    ----------
    central : Comparison
        The same of the central run.
    results : Results
        The run it comes from.
    """

    central: Comparison | None = None
    results: Results | None = None

    def summary(self) -> pd.DataFrame:
        """Give the table people quote.

        Returns
        -------
        DataFrame
            what, central, low, high (90% interval), unit. Parameter uncertainty only: no luck of small numbers.
        """
        import pandas as pd

        assert self.central is not None and self.results is not None
        rows = list(tables.summary_rows(self, self.central))
        plain = {"low": None, "high": None}
        chance = self.chance_of_saving() if len(self.averted) > 1 else None
        rows += [
            {"what": "Chance that the net present saving is above zero", "central": chance, **plain, "unit": "share of draws"},
            {"what": "Benefit-cost ratio, ratio of means", "central": self.bcr(), **plain, "unit": "GBP per GBP"},
            {
                "what": "Switching value: share of the effects at which the net present saving is zero",
                "central": self.results.switching_value(self.scenario.name, self.baseline.name),
                **plain,
                "unit": "share of effect",
            },
        ]
        per_year = "GBP per child-year"
        for what, value in (
            ("Cashable saving for each child-year of care averted", self.central.saving_per_child_year()),
            ("Average cost of a child-year of care, baseline", self.central.average_cost_of_care()),
            ("The Review's own: £517m / 17,000 children", REVIEW_SAVING),
        ):
            rows.append({"what": what, "central": value, **plain, "unit": per_year})
        return pd.DataFrame(rows)

    def by_year(self) -> pd.DataFrame:
        """Give reform spend, savings and net saving in each year, central and quantiles."""
        import pandas as pd

        assert self.central is not None
        frames = []
        for what in ("reform_spend", "gross_saving", "cashable_saving", "net_saving"):
            drawn, central = getattr(self, what)(), getattr(self.central, what)()
            frame = tables.tidy(drawn, central, {"year": list(self.grid.years)}, per_draw=False)
            frame.insert(0, "what", what.replace("_", " "))
            frames.append(frame)
        joined = pd.concat(frames, ignore_index=True)
        return joined.assign(unit="GBP", price_year=self.scenario.provenance.price_year)

    def to_dict(self) -> dict[str, Any]:
        """Give the summary and the years as plain data for JSON."""
        summary = self.summary()
        return {
            "baseline": self.baseline.name,
            "summary": summary.astype(object).where(summary.notna(), None).to_dict("records"),
            "by_year": self.by_year().to_dict("records"),
        }

