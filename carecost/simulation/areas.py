"""Areas that share the rates of a country: each a sum of two runs of the whole, everybody and those there at first.

With rates of leaving and moving shared, children are linear in the stock of the base date and in entries. An area has
a part of the one and a part of the other, so its children are ``entries x everybody + (stock - entries) x those there
on the base date``. Its prices are its own, and are put on its volumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from carecost._typing import Array
from carecost.engine.costs import Costs, priced
from carecost.engine.grid import Grid
from carecost.engine.items import OUTCOMES
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.blocks import Key, Progress, Workers, drawn, share_of_draws
from carecost.simulation.evaluator import Evaluator, Outcome
from carecost.simulation.prepare import Prepared, prepare, provenance
from carecost.simulation.response import PLACES, Answer, Corner, UnitCosts, corner, weighted
from carecost.simulation.run import THREADS, Run

#: Distributions that are the same, but for the scale, when value and interval are multiplied.
SCALABLE = ("normal", "lognormal", "uniform", "triangular", "fixed")

#: Why areas are run one by one.
LUCK = "the luck of small numbers is each area's own"
RATES = "{change} of the rate of entry: it differs by area, so that what is averted hangs on the area"
SHAPES = "{quantity} is drawn from a {shape}, which is another distribution in a part of the whole"


class Part(NamedTuple):
    """What part of a whole an area has: of the stock on the base date, of entries, and of the population [share]."""

    stock: float
    entries: float
    population: float


def faults(whole: Assumptions, plans: Sequence[Scenario], draws: Draws) -> list[str]:
    """Say why areas cannot be made of two runs of the whole; nothing where they can.

    Parameters
    ----------
    whole : Assumptions
        The set.
    plans : sequence of Scenario
        What might be done.
    draws : Draws
        The luck.
    """
    found = [PLACES] if whole.grid().groups else []
    found += [LUCK] if draws.noise else []
    behind = [] if whole.background is None else [whole.background]
    for name, change in (named for plan in (*behind, *plans) for named in plan.changes):
        if change.parameter == "entry_rate" and change.operation not in ("scale", "divert") and not change.idle:
            found.append(RATES.format(change=name))
    for row in whole.rows:
        counts = row.parameter in ("initial_stock", "extra_entries", "population", "entry_rate")
        if counts and row.kind == "value" and not row.belief.certain and row.belief.shape not in SCALABLE:
            found.append(SHAPES.format(quantity=row.quantity, shape=row.belief.shape))
    return found


def _parted(prepared: Prepared, draws: Draws, block: slice | None) -> dict[Key, Outcome]:
    """Evaluate every scenario for everybody (False), and for those there on the base date alone (True)."""
    every = Evaluator(prepared, draws, block)
    there = every.staying()
    outcomes: dict[Key, Outcome] = {}
    for name, scenario in prepared.scenarios.items():
        outcomes[name, False] = every.outcome(scenario)
        outcomes[name, True] = there.outcome(scenario)
    return outcomes


class _Two(NamedTuple):
    """A scenario in the whole: everybody, and those there on the base date."""

    every: Corner
    there: Corner


class Whole:
    """Runs of the whole that areas are made of.

    Parameters
    ----------
    prepared : Prepared
        The set of the whole, and scenarios.
    draws : Draws
        The luck, without that of small numbers.
    threads, block, progress, executor
        As in :func:`carecost.simulation.run.run`.
    """

    def __init__(
        self,
        prepared: Prepared,
        draws: Draws,
        threads: int = THREADS,
        block: int | None = None,
        progress: Progress | None = None,
        executor: Workers | None = None,
    ) -> None:
        self.prepared, self.draws = prepared, draws
        self._own = self._made(prepared, threads, block, progress, executor)
        self._latest: tuple[tuple[Scenario, ...], dict[str, tuple[_Two, _Two]]] = ((), {})

    def _made(
        self,
        prepared: Prepared,
        threads: int = THREADS,
        block: int | None = None,
        progress: Progress | None = None,
        executor: Workers | None = None,
    ) -> dict[str, tuple[_Two, _Two]]:
        """Run scenarios: central, and of all draws, by name."""
        draws, grid = self.draws, prepared.grid
        central = _parted(prepared, draws, None)
        size = block or share_of_draws(prepared, draws, threads)
        every = central if draws.central else drawn(prepared, draws, threads, size, progress, executor, _parted)

        def two(of: Mapping[Key, Outcome], name: str) -> _Two:
            return _Two(corner(of[name, False], grid), corner(of[name, True], grid))

        return {name: (two(central, name), two(every, name)) for name in prepared.scenarios}

    def also(self, plans: Sequence[Scenario]) -> dict[str, tuple[_Two, _Two]]:
        """Run more scenarios; the latest are kept, since one area after the other asks for the same."""
        asked = tuple(plans)
        if self._latest[0] != asked:
            wanted = replace(self.prepared, scenarios={plan.name: plan for plan in plans})
            self._latest = asked, self._made(wanted)
        return self._latest[1]

    def area(self, assumptions: Assumptions, scenarios: Sequence[Scenario], part: Part) -> Run:
        """Give the run of an area.

        Parameters
        ----------
        assumptions : Assumptions
            The set of the area.
        scenarios : sequence of Scenario
            Those of the whole.
        part : Part
            What the area has of the whole.
        """
        calendar, years = self.prepared.calendar, self.prepared.layouts.grid.n_years
        prepared = prepare(assumptions, scenarios, years, calendar.programme_start, self.prepared.assumptions)
        run = AreaRun(prepared, self.draws, provenance(prepared, self.draws), {}, {}, {}, whole=self, part=part)
        central, drawn = run.answers(self._own, list(prepared.scenarios.values()))
        run.central.update(central)
        run.drawn.update(drawn)
        run.shown.update(drawn)
        return run


@dataclass(frozen=True, eq=False)
class _Mix:
    """How an outcome of an area is made of those of the whole."""

    two: _Two
    part: Part
    grid: Grid

    def array(self, name: str) -> Array:
        """Give an array of the area."""
        every, there = getattr(self.two.every, name), getattr(self.two.there, name)
        stock, entries, _ = self.part
        if name != "volume":
            return weighted([(entries, every), (stock - entries, there)])
        weights = np.array(list(self._of_items()))  # (item, 2)
        out = every * weights[:, 0]
        out += there * weights[:, 1]
        return np.asarray(out)

    def _of_items(self) -> Iterator[tuple[float, float]]:
        """Give what the volume of each item takes of everybody, and of those there on the base date."""
        stock, entries, population = self.part
        # What is paid once a year is paid once here too; what follows outcomes is counted when prices are put on.
        of = {"year": (1.0, 0.0), "population": (population, 0.0), OUTCOMES: (0.0, 0.0)}
        for item in self.grid.items:
            yield of.get(item.driver, (entries, stock - entries))


@dataclass(frozen=True, eq=False)
class AreaRun(Run):
    """A run of an area that is made of runs of the whole.

    Attributes
    ----------
    whole : Whole
        Runs of the whole.
    part : Part
        What the area has of it.
    """

    whole: Whole = field(kw_only=True)
    part: Part = field(kw_only=True)

    def answers(
        self, made: Mapping[str, tuple[_Two, _Two]], plans: Sequence[Scenario]
    ) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
        """Make outcomes of the area of those of the whole: central, and of all draws."""
        central: dict[str, Outcome] = {}
        every: dict[str, Outcome] = {}
        for plan in plans:
            for of, two, block in zip((central, every), made[plan.name], (None, slice(0, self.draws.n)), strict=True):
                block = None if self.draws.central else block
                of[plan.name] = Answer(_Mix(two, self.part, self.grid), partial(self._costs, plan, block))
        return central, every

    def _costs(self, plan: Scenario, block: slice | None, volume: Array) -> Costs:
        prices = self.once(("unit costs",), lambda: UnitCosts(self.prepared, self.draws))
        return priced(self.grid, volume, prices.of(plan, {}, block), f"scenario {plan.name!r}")

    def also(self, plans: Sequence[Scenario]) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
        """Run more scenarios: in the whole, once for all areas, wherever that is exact."""
        if not plans or faults(self.whole.prepared.assumptions, plans, self.draws):
            return super().also(plans)
        return self.answers(self.whole.also(plans), plans)
