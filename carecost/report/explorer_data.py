"""What the explorer is made of: means and draws of a scenario at a few settings, as plain numbers and words."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from carecost import _labels
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.sensitivity import switching_value
from carecost.analysis.surface import (
    Block,
    Spending,
    Surface,
    first_years,
    growths,
    priced_by_factor,
    steadied,
    surface,
)
from carecost.errors import CareCostError, InputError, Problem, UnknownNameError, refuse, unknown
from carecost.files.baselines import AXES, Baseline, baselines, under
from carecost.files.load import load_assumptions, load_scenario
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws, ends
from carecost.money.discounting import discount_factors, growth_path
from carecost.simulation.comparison import REFORM, follows_care
from carecost.simulation.layout import Layouts
from carecost.simulation.run import Run
from carecost.simulation.run import run as run_simulation

#: Draws from which settings are worked out where a run has more.
FEW = 50
#: Years after the one of the run in which the programme may start, unless others are asked for.
LATER = (0, 1, 2)
#: Sliders: least, most and step. Claims are no more than whole; the rest is wider than anything that was published.
CLAIM, LEVEL, PRICE, CASH, SUSTAINED = (
    (0.0, 1.0, 0.01),
    (0.8, 1.2, 0.005),
    (0.5, 1.5, 0.01),
    (0.0, 2.0, 0.02),
    (0.0, 1.0, 0.01),
)


def payload(
    run: Run, starts: Sequence[int] | None = None, backgrounds: Sequence[str] | None = None, few: int = FEW
) -> dict[str, Any]:
    """Work out what the page is made of.

    Parameters
    ----------
    run : Run
        A run with at least one scenario beside inaction.
    starts : sequence of int, optional
        Years of start.
    backgrounds : sequence of str, optional
        Baselines that can be chosen; every packaged one by default.
    few : int
        Draws from which settings are worked out where the run has more.

    Returns
    -------
    dict
        Plain numbers and words; arrays as base64 of little-endian numbers.
    """
    plans = [plan for name, plan in run.scenarios.items() if name != INACTION]
    if not plans:
        raise InputError(Problem("the run has no scenario beside inaction", "explorer()", "Run it with one"))
    every = baselines()
    refuse(
        [unknown("baseline", name, every, "explorer()") for name in backgrounds or () if name not in every],
        UnknownNameError,
    )
    own, assumptions, grid = run.calendar.programme_start, run.assumptions, run.grid
    if starts is None:
        latest = max((run.first_year(plan) or own for plan in plans), default=own)
        starts = [own + later for later in LATER if latest + later <= grid.years[-1]]
    later = sorted({start - own for start in starts} | {0})
    made = _Cases(run, plans, few)
    made.as_it_is()
    for years in later:
        if years:
            made.later(years)
    others = made.under_others(backgrounds)
    p, by_factor, rows = run.provenance, priced_by_factor(run), growths(run)
    chosen = {item: i for i, row in enumerate(rows) for item in row.where.items or ()}
    return {
        "title": assumptions.title or assumptions.name,
        "set": assumptions.name.partition(", ")[0],
        "cite": f"carecost {p.version}, {assumptions.name} ({p.digest})",
        "draws": 0 if run.draws.central else run.draws.n,
        "few": 0 if run.draws.central else made.few.draws.n,
        "seed": run.draws.seed,
        "given": run.draws.table is not None,
        "prices": f"prices of {_labels.financial_year(assumptions.price_year)}",
        "years": list(grid.years),
        "dates": list(grid.dates),
        "factors": discount_factors(grid.n_years, assumptions.discount).tolist(),
        "own": own,
        "later": later,
        "own_start": f", start={own}" if own != assumptions.programme_start else "",
        "load": _load_words(assumptions),
        "background": assumptions.name.partition(", ")[2],
        "scenarios": {plan.name: _plan(run, plan.name) for plan in plans},
        "items": [
            {
                "name": item.name,
                "group": item.group,
                "cashable": asdict(item.cashable),
                "reform": item.group == REFORM,
                "growth": chosen.get(item.name, -1),
                "priced": item.name in by_factor and follows_care(item, grid),
            }
            for item in grid.items
            if item.public
        ],
        "growths": [_growth(run, i) for i in range(len(rows))],
        "sliders": {"claim": CLAIM, "entries": LEVEL, "price": PRICE, "cash": CASH, "sustained": SUSTAINED},
        "largest": _largest(run, by_factor),
        "baselines": _stated(assumptions, others),
        "inaction": made.inaction,
        "cases": made.cases,
        "bands": made.bands,
        "left_out": False,
    }


@dataclass
class _Cases:
    """The surfaces of all scenarios at all that can be chosen, made of few draws and moved to the means of all.

    Attributes
    ----------
    run : Run
        The run whose means are known.
    plans : list of Scenario
        Its scenarios.
    most : int
        Draws at most of what is run for the page.
    cases, inaction : list of dict
        What was made: a case a scenario and choice; inaction, which several cases share.
    bands : dict
        What each draw has beside the mean, by scenario.
    """

    run: Run
    plans: list[Scenario]
    most: int
    cases: list[dict[str, Any]] = field(default_factory=list)
    inaction: list[dict[str, Any]] = field(default_factory=list)
    bands: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def few(self) -> Run:
        """The run itself, or one of fewer draws."""
        run = self.run
        if run.draws.central or run.draws.table is not None or run.draws.n <= self.most:
            return run
        return self._again(run.assumptions)

    @cached_property
    def own(self) -> dict[str, Surface]:
        """Each scenario as it is, over few draws."""
        return {plan.name: surface(self.few, plan.name, whole=False, spread=True) for plan in self.plans}

    @cached_property
    def all(self) -> dict[str, Surface]:
        """Each scenario as it is, over all draws."""
        if self.few is self.run:
            return self.own
        return {plan.name: surface(self.run, plan.name, whole=False, spread=True) for plan in self.plans}

    def _again(self, assumptions: Assumptions, later: int = 0) -> Run:
        """Run the scenarios on a set with few draws."""
        luck, start = self.run.draws, self.run.calendar.programme_start + later
        if luck.table is None:
            luck = Draws(min(luck.n, self.most), luck.seed)
        return run_simulation(assumptions, self.plans, self.run.grid.n_years, replace(luck, noise=False), start)

    def as_it_is(self) -> None:
        """Make the case of each scenario as it is, with every setting and what each draw has beside the mean."""
        for plan in self.plans:
            made = surface(self.few, plan.name, spread=True)
            if made.spread is not None:
                self.bands[plan.name] = _bands(made)
            self._add(self.few, made, self.all[plan.name], {"later": 0})

    def later(self, years: int) -> None:
        """Make the case of each scenario some years later: programme year 1 is, or it is delayed."""
        if years < 0:
            return self._anchor(self._again(self.run.assumptions, years), {"later": years})
        run, plans = self.few, [replace(plan.delayed(years), name=plan.name) for plan in self.plans]
        central, drawn = run.also(plans)
        prepared = replace(run.prepared, scenarios={INACTION: run.scenarios[INACTION], **{p.name: p for p in plans}})
        known = [{INACTION: of[INACTION]} | more for of, more in ((run.central, central), (run.drawn, drawn))]
        return self._anchor(Run(prepared, run.draws, run.provenance, known[0], known[1], known[1]), {"later": years})

    def under_others(self, names: Sequence[str] | None) -> list[Baseline]:
        """Make the cases of baselines that are not the set's own."""
        assumptions, few, found = self.run.assumptions, self.few, []
        for one in baselines().values() if assumptions.baselines else ():
            if one.lacks or one.name in assumptions.baselines or (names is not None and one.name not in names):
                continue
            try:
                changed = under(assumptions, one.name)
            except InputError:  # under a population of its own, another cannot be put
                continue
            if _prices_alone(assumptions, changed):
                layouts = Layouts(changed, few.prepared.layouts.grid)
                run = replace(few, prepared=replace(few.prepared, assumptions=changed, layouts=layouts), _known={})
            else:
                run = self._again(changed)
            found.append(one)
            self._anchor(run, {"background": one.name})
        return found

    def _anchor(self, run: Run, about: Mapping[str, Any]) -> None:
        for plan in self.plans:
            made = surface(run, plan.name, whole=False, spread=True)
            self._add(run, made, made, about)

    def _add(self, run: Run, made: Surface, as_it_is: Surface, about: Mapping[str, Any]) -> None:
        """Write a case."""
        name, far = made.scenario.name, _ends(as_it_is)
        if self.few is not self.run:
            made = steadied(made, self.own[name], self.all[name])
            if far and as_it_is is not self.all[name]:
                far = _in_proportion(far, _ends(self.own[name]) or far, _ends(self.all[name]) or far)
        before = {
            "children": _single(made.children[0]),
            "items": [
                {"drawn": _single(i.drawn.before), "known": i.growth_known and _single(i.growth_known.before)}
                for i in made.items
            ],
        }
        if before not in self.inaction:
            self.inaction.append(before)
        rows = [_growth(run, i) for i in range(len(growths(run)))]
        same = rows == [_growth(self.run, i) for i in range(len(growths(self.run)))]
        self.cases.append(
            {
                "scenario": name,
                "later": 0,
                "background": "",
                **about,
                "axes": [{"name": a.name, "nodes": list(a.nodes), "why": a.why} for a in made.axes],
                "first": first_years(run, made.scenario),
                "inaction": self.inaction.index(before),
                "children": _or_none(made.children[1]),
                "items": [
                    {
                        "drawn": _spending(item.drawn),
                        "known": item.growth_known and _spending(item.growth_known),
                        "carried": item.carried and _single(item.carried),
                    }
                    for item in made.items
                ],
                "carried": list(made.carried),
                "growths": None if same else rows,
                "ends": far,
            }
        )


def _prices_alone(own: Assumptions, other: Assumptions) -> bool:
    """Say whether two sets differ in prices alone, so that children need no run."""

    def stated(one: Assumptions) -> set[Any]:
        behind = () if one.background is None else one.background.levers
        return {*one.rows, *one.paths, *(change for lever in behind for change in lever.changes)}

    return {thing.parameter for thing in stated(own) ^ stated(other)} <= {"unit_cost"}


def _ends(made: Surface) -> dict[str, Any] | None:
    """Give how far the ends of the interval are from the mean, of a scenario as it is."""
    if made.spread is None:
        return None

    def last(block: Block, n: int) -> Array:
        return np.asarray(block.values.reshape(-1, *block.values.shape[block.values.ndim - n :])[-1])

    def both(values: Array) -> list[Any]:
        return [np.quantile(values, end, axis=-1).tolist() for end in ends()]

    cost = sum(last(block, 1) for item in made.items if item.spread for block in item.spread)
    before, more = (last(block, 2) for block in made.spread)
    return {"npv": both(-np.asarray(cost)), "before": both(before), "after": both(before + more)}


def _in_proportion(ends: Mapping[str, Any], few: Mapping[str, Any], many: Mapping[str, Any]) -> dict[str, Any]:
    """Move ends of few draws as those of the scenario as it is move from few draws to many."""

    def moved(values: Any, a: Any, b: Any) -> list[Any]:
        values, a, b = map(np.asarray, (values, a, b))
        times = np.divide(b, a, out=np.ones(a.shape), where=np.abs(a) > 1e-9)
        return list((values * times).tolist())

    return {name: moved(values, few[name], many[name]) for name, values in ends.items()}


def _bands(made: Surface) -> dict[str, Any]:
    """Write what each draw has beside the mean."""
    assert made.spread is not None
    return {
        "children": [_whole_numbers(block) for block in made.spread],
        "items": [[_whole_numbers(block) for block in item.spread or ()] for item in made.items],
    }


def _stated(assumptions: Assumptions, others: Sequence[Baseline]) -> list[dict[str, Any]]:
    """Say which baselines can be chosen, the set's own first on each axis; no axis has its own alone."""
    every = baselines()
    own = [every[name] for name in assumptions.baselines if name in every]
    axes = {one.axis for one in others}
    listed = sorted([*own, *others], key=lambda one: AXES.index(one.axis))
    shown = [one for one in listed if one.axis in axes]
    return [{"name": one.name, "axis": one.axis, "title": one.title, "own": one in own} for one in shown]


def _plan(run: Run, name: str) -> dict[str, Any]:
    plan = run.scenarios[name]
    try:
        packaged = load_scenario(name) == plan
    except CareCostError:
        packaged = False
    even = switching_value(run, name) if any(lever.effects for lever in plan.levers) else None
    dated = any(change.year_one is not None for _, change in plan.changes)
    return {"title": plan.title or name, "claim": plan.claim, "packaged": packaged, "dated": dated, "even": even}


def _load_words(assumptions: Assumptions) -> str:
    """Say in Python how the set is had; empty where it is none that is packaged."""
    name, _, background = assumptions.name.partition(", ")
    try:
        made = load_assumptions(name)
        made = under(made, background) if background else made
    except CareCostError:
        return ""
    if made.digest != assumptions.digest:
        return ""
    return f"cc.under({name!r}, {background!r})" if background else f"cc.load_assumptions({name!r})"


def _growth(run: Run, i: int) -> dict[str, Any]:
    row = growths(run)[i]
    start = run.grid.base_year if row.from_year is None else row.from_year
    elapsed = [max(year - start, 0) for year in run.grid.years]
    belief = row.belief
    low, high = belief.low, belief.high
    span = max(abs(belief.value), 0.02 if low is None or high is None else max(high - belief.value, belief.value - low))
    return {
        "name": row.name,
        "items": list(row.where.items or ()),
        "value": belief.value,
        "elapsed": elapsed,
        "long_run": row.long_run,
        "fade": row.fade_years,
        "hold": row.hold_years,
        "path": growth_path(
            belief.value,
            belief.value if row.long_run is None else row.long_run,
            row.fade_years,
            np.array(elapsed),
            row.hold_years,
        )[0].tolist(),
        "least": round(min(belief.value - 1.5 * span, 0.0), 2),
        "most": round(belief.value + 1.5 * span, 2),
    }


def _largest(run: Run, by_factor: frozenset[str]) -> str:
    """Name the item of care on which inaction spends most: its price has a slider of its own."""
    spend = run.drawn[INACTION].costs.spend.sum((0, 1))
    found = {
        item.name: spend[i]
        for i, item in enumerate(run.grid.items)
        if item.public and item.name in by_factor and follows_care(item, run.grid)
    }
    return max(found, key=lambda name: float(found[name]), default="")


def _or_none(block: Block) -> dict[str, Any] | None:
    return _single(block) if block.values.any() else None


def _spending(of: Spending) -> dict[str, Any]:
    """Write what the scenario spends more than inaction, and what its prices make of that."""
    return {"more": _or_none(of.more), "dearer": _or_none(of.dearer)}


def _single(block: Block) -> dict[str, Any]:
    """Write a block in single precision, which holds 6e-8 of itself."""
    return {"axes": list(block.axes), "f32": _text(block.values, "<f4")}


def _whole_numbers(block: Block) -> dict[str, Any] | None:
    """Write a block as whole numbers of 16 bits, which hold 1.6e-5 of the largest."""
    largest = float(np.abs(block.values).max(initial=0.0))
    if largest == 0.0:
        return None
    step = largest / 32767
    return {"axes": list(block.axes), "step": step, "i16": _text(np.rint(block.values / step), "<i2")}


def _text(values: Array, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()
