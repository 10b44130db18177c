"""Calibration: nonlinear least squares of multipliers to targets from many starts, every local optimum kept.

A free parameter is a multiplier on named cells (searched in its logarithm), or the rate of a growth. What the set gives
at each value is its central run: all draws of a batch are runs at other values, side by side. The modes are the local
optima found; the curvature at one gives the joint uncertainty (Laplace's approximation), and the singular values of
the scaled Jacobian say which combinations the targets do not hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

import numpy as np
import scipy
from numpy.typing import NDArray

from carecost._guard import (
    Refused,
    calendar_year,
    number,
    one_of,
    opened,
    optional,
    price_year,
    several_by,
    take,
    texts,
)
from carecost._labels import INACTION, financial_year
from carecost._typing import Array, LockedAgain, ReadOnly, locked_property
from carecost.engine.age_cohorts import project_ages, project_sums
from carecost.engine.capacity import limited
from carecost.engine.costs import cost_streams
from carecost.engine.grid import AXES, SELECTED, Selector
from carecost.engine.kernels import Kernels
from carecost.engine.projection import Projection
from carecost.errors import InputError, Problem, nearest, refuse, unknown
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import ADJUSTMENT_UNIT, QUALITIES, Assumption, Belief
from carecost.inputs.change import Interval
from carecost.inputs.dependence import JointDraws
from carecost.inputs.year_path import YearPath
from carecost.maths.monte_carlo import Draws
from carecost.simulation.evaluator import MOST_RATES, Evaluator
from carecost.simulation.prepare import Prepared, prepare
from carecost.simulation.sampler import Columns, Factor

#: What a target may be of.
Quantity = Literal["children", "entries", "exits", "aged_out", "child_years", "spend"]
QUANTITIES: tuple[str, ...] = get_args(Quantity)
#: Selectors of each; of the others ages, placements and streams.
_SELECTORS = {"exits": ("ages", "placements", "streams", "reasons"), "spend": ("items",)}
_OF_CHILDREN = ("ages", "placements", "streams")

#: Bounds of the search where none are stated: of a multiplier [ratio], of a growth [per year].
MULTIPLIER, GROWTH = (0.1, 10.0), (-0.2, 0.2)
#: An exact target is met when what is missed is at most this share of it; its weight in the search.
EXACT = 1e-6
#: Step of the central differences, in logarithms: errors of about its square, 1e-8.
STEP = 1e-4
#: A singular value below this share of the largest is that of a flat direction: well above the errors of the slopes.
FLAT = 1e-5
#: A second mode cannot be told from the best where its misfit is less than this above: the 95% point of chi-squared
#: with one degree of freedom.
CLOSE = 3.841
#: Two solutions are one mode when they differ by less than this share of the bounds in every free parameter.
SAME = 1e-3
#: Runs that go side by side.
TOGETHER = 64


@opened
@dataclass(frozen=True)
class Target:
    """A figure that a calibrated set is to give.

    Parameters
    ----------
    what : str
        ``children`` on 31 March; the flows ``entries``, ``exits``, ``aged_out`` and ``child_years``, or ``spend``, of a
        financial year.
    year : int
        The date or year: 2030 is 31 March 2030, or 2029-30.
    value : float
        The figure [children, child-years, or GBP in constant prices].
    se : float, optional
        Its standard error, in the unit of the value. Without it and a tolerance the figure is to be met exactly.
    tolerance : float, optional
        How far off it is still met; it weighs as a standard error of ``tolerance / sqrt(3)``, that of an even spread.
    ages, placements, streams, reasons, items : optional
        Labels, one or several: of which children; reasons of exits; items of spend. All placements in care, or all
        public spend, where none is named.
    price_year : int, optional
        Financial year of the pounds; that of the set by default.
    source, quality : str
        Whose figure, and how good (A to E).

    Raises
    ------
    InputError
        If it is none of these, has a selector that does not fit, or both a standard error and a tolerance.

    See Also
    --------
    calibrate : Meets it.

    Examples
    --------
    >>> Target("children", 2030, 95_000).words
    'children, 31 March 2030'
    >>> Target("spend", 2026, 3.1e9, se=1e8, items="children's home").words
    "spend, 2025-26, items=children's home"
    """

    what: Quantity
    year: int
    value: float
    se: float | None = None
    tolerance: float | None = None
    ages: Any = None
    placements: Any = None
    streams: Any = None
    reasons: Any = None
    items: Any = None
    price_year: int | None = None
    source: str = ""
    quality: str = ""

    def __post_init__(self) -> None:
        named = {axis: SELECTED[axis] for axis in ("ages", "placements", "streams", "reasons", "items")}
        width = dict.fromkeys(("se", "tolerance"), optional(number(above=0)))
        words = texts("source", "quality")
        year = {"year": calendar_year, "price_year": optional(price_year)}
        take(self, what=one_of(QUANTITIES), value=number(0), **width, **year, **named, **words)
        refuse(list(self._faults()))

    def _faults(self) -> Iterator[Problem]:
        where = f"target of {self.what} in {self.year}"
        known = _SELECTORS.get(self.what, _OF_CHILDREN)
        for axis in ("ages", "placements", "streams", "reasons", "items"):
            if getattr(self, axis) is not None and axis not in known:
                yield Problem(f"{axis} are named, which {self.what} has not", where, f"It has {', '.join(known)}")
        if self.se is not None and self.tolerance is not None:
            yield Problem("has a standard error and a tolerance", where, "Give one of the two")
        if self.price_year is not None and self.what != "spend":
            yield Problem("has a price_year, and is no money", where, "Leave it out")
        if self.quality and self.quality not in QUALITIES:
            yield unknown("quality", self.quality, QUALITIES, where)

    @property
    def words(self) -> str:
        """What it is of."""
        when = f"31 March {self.year}" if self.what == "children" else financial_year(self.year)
        where = Selector(**{axis: getattr(self, axis) for axis in _SELECTORS.get(self.what, _OF_CHILDREN)}).text()
        return f"{self.what}, {when}{where and f', {where}'}"

    @property
    def sd(self) -> float:
        """Standard deviation that it stands for, in the unit of the value; 0 where it is exact."""
        return self.se or (self.tolerance or 0.0) / math.sqrt(3.0)


@opened
@dataclass(frozen=True)
class Free:
    """A parameter that calibration may change: a multiplier on named cells, or a growth or adjustment of the set.

    Parameters
    ----------
    what : str
        A parameter, such as ``entry_rate``, ``exit_rate`` or ``unit_cost``: a multiplier on all its cells, or on those
        named. Or the name of a growth (its rate a year is fitted) or of an adjustment (its multiplier is).
    low, high : float, optional
        Bounds of the search. By default a multiplier is between 0.1 and 10, a growth between -0.2 and 0.2 a year.
    prior : float, optional
        Standard deviation of what is believed of it beforehand, about what the set has: of the logarithm of a
        multiplier (0.1 is about a tenth), of the rate of a growth. None by default: all within the bounds is alike.
    streams, years, ages, placements, to, reasons, items, groups : optional
        Cells, as in :class:`Selector`; of a parameter only.

    Raises
    ------
    InputError
        If the bounds do not rise, or a label is none.

    See Also
    --------
    calibrate : Fits it.

    Examples
    --------
    >>> Free("entry_rate", ages="10 to 17").words
    'entry_rate, ages=10-17'
    >>> Free("drift of entries", low=-0.05, high=0.05).words
    'drift of entries'
    """

    what: str
    low: float | None = None
    high: float | None = None
    prior: float | None = None
    streams: Any = None
    years: Any = None
    ages: Any = None
    placements: Any = None
    to: Any = None
    reasons: Any = None
    items: Any = None
    groups: Any = None

    def __post_init__(self) -> None:
        ends = dict.fromkeys(("low", "high"), optional(number()))
        take(self, **SELECTED, **ends, prior=optional(number(above=0)), **texts("what"))
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise InputError(
                Problem(f"bounds {self.low:g} and {self.high:g} do not rise", self.words, "Give low < high")
            )

    @property
    def where(self) -> Selector:
        """Cells named."""
        return Selector(**{field.name: getattr(self, field.name) for field in fields(Selector)})

    @property
    def words(self) -> str:
        """What it is."""
        return f"{self.what}{(text := self.where.text()) and f', {text}'}"


def a_free(value: Any) -> Free:
    """Take a free parameter, or the name of one (a rule of the guard)."""
    if isinstance(value, str):
        return Free(value)
    if not isinstance(value, Free):
        raise Refused(
            "", 'Give names or carecost.Free(…), as in ["entry_rate", carecost.Free("exit_rate", reasons="home")]'
        )
    return value


def a_target(value: Any) -> Target:
    """Take a target (a rule of the guard)."""
    if not isinstance(value, Target):
        raise Refused("", 'Give targets: carecost.Target("children", 2030, 95_000)')
    return value


#: Rules of the door.
TARGETS, FREE = several_by(a_target), several_by(a_free)


@dataclass(frozen=True)
class Unknown:
    """A free parameter, found in a set: the row that stands for it, and where it is searched.

    Attributes
    ----------
    words : str
        What it is.
    row : Assumption
        The row of the set with it; its value is that of the set as it is.
    new : bool
        Whether the row is added.
    low, high : float
        Bounds, in its own unit.
    prior : float or None
        Standard deviation beforehand, on the scale of the search.
    """

    words: str
    row: Assumption
    new: bool
    low: float
    high: float
    prior: float | None

    @property
    def log(self) -> bool:
        """Whether it is searched in its logarithm."""
        return self.row.kind == "adjustment"

    def inside(self, value: Any) -> Any:
        """Turn values into those of the search."""
        return np.log(value) if self.log else np.asarray(value, dtype=float)

    def outside(self, x: Any) -> Any:
        """Turn values of the search into its own unit."""
        return np.exp(x) if self.log else np.asarray(x, dtype=float)


def unknowns(assumptions: Assumptions, free: Sequence[Free]) -> list[Unknown]:
    """Find the free parameters in a set.

    Raises
    ------
    CareCostError
        With each that it has not, or that is named twice, and with bounds that leave out what the set has.
    """
    rows = {row.name: row for row in assumptions.rows if row.kind != "value"}
    rows |= {row.quantity: row for row in rows.values()}
    problems: list[Problem] = []
    found: list[Unknown] = []
    for one in free:
        try:
            found.append(_unknown(assumptions, one, rows))
        except InputError as error:
            problems += error.problems
    names = [one.row.quantity for one in found]
    twice = [one.words for one in found if names.count(one.row.quantity) > 1]
    problems += [Problem("is free twice", f"free {words!r}", "Name it once") for words in dict.fromkeys(twice)]
    if not free:
        problems.append(Problem("nothing is free", "calibrate()", 'Name what may change, such as free=["entry_rate"]'))
    refuse(list(dict.fromkeys(problems)))
    return found


def _unknown(assumptions: Assumptions, free: Free, rows: Mapping[str, Assumption]) -> Unknown:
    where = f"free {free.words!r}"
    if free.what in rows:
        row, new = rows[free.what], False
        if free.where != Selector():
            raise InputError(
                Problem("names cells of a growth or adjustment", where, "It has cells of its own: leave them out")
            )
    elif free.what in AXES:
        if free.what in ("entry_share", "entry_at_birthday"):
            remedy = "Free the rates of entry, or of moving, instead"
            raise InputError(Problem("is a share, and a multiplied share is none", where, remedy))
        cells = {field.name: getattr(free.where, field.name) for field in fields(Selector)}
        if not assumptions.select(free.what, **{axis: of for axis, of in cells.items() if of is not None}):
            raise InputError(Problem("has no cells in this set", where, f"Name cells that {free.what} has"))
        belief = Belief(1.0, unit=ADJUSTMENT_UNIT, source="the set", quality="E")
        name = f"calibrated {free.words}"
        names = {row.name for row in rows.values()}
        while name in names:  # a set that was calibrated before keeps what was fitted then
            name = f"{name}, again"
        row, new = Assumption(free.what, free.where, belief, name=name, kind="adjustment"), True  # type: ignore[arg-type]
    else:
        known = [*AXES, *(row.name for row in rows.values())]
        remedy = nearest(free.what, list(dict.fromkeys(known)))
        raise InputError(Problem(f"{free.what!r} is no parameter, growth or adjustment", "calibrate(), free", remedy))
    low, high = MULTIPLIER if row.kind == "adjustment" else GROWTH
    low, high = low if free.low is None else free.low, high if free.high is None else free.high
    if row.kind == "adjustment" and low <= 0:
        raise InputError(Problem(f"its low is {low:g}", where, "Give a multiplier above 0"))
    if not low < row.belief.value < high:
        what = f"what the set has, {row.belief.value:g}, is not between {low:g} and {high:g}"
        raise InputError(Problem(what, where, "Give bounds around it"))
    return Unknown(free.words, row, new, low, high, free.prior)


class _Tried(Columns):
    """Columns that give tried values of some quantities, and central values of all others."""

    def __init__(self, draws: Draws, tried: Mapping[str, Array]) -> None:
        super().__init__(draws)
        self.tried = tried

    def drawn(self, name: str, belief: Belief | Interval) -> bool:
        """Say whether a quantity is tried."""
        return name in self.tried

    def value(
        self, name: str, belief: Belief | Interval, least: float, most: float, factor: Factor | None = None
    ) -> Array:
        """Give the values that are tried, or the central value."""
        return self.tried[name] if name in self.tried else np.array([belief.value])

    def shares(self, rows: Sequence[Assumption]) -> Array:
        """Give central shares."""
        return np.array([[row.belief.value for row in rows]])

    def path(self, path: YearPath, years: Sequence[int]) -> Array:
        """Give a path that does not wander."""
        return np.zeros((1, len(years)))


class Model(LockedAgain):
    """What a set gives at values of its free parameters: the targets, in the order in which they are stated.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    targets : sequence of Target
        What it is to give.
    free : sequence of Unknown
        What may change.
    """

    def __init__(self, assumptions: Assumptions, targets: Sequence[Target], free: Sequence[Unknown]) -> None:
        self.assumptions, self.targets, self.free = assumptions, tuple(targets), tuple(free)
        refuse(_target_faults(assumptions, targets))
        years = max(target.year for target in targets) - assumptions.base_year
        rows = (*assumptions.rows, *(one.row for one in free if one.new))
        self.prepared: Prepared = prepare(replace(assumptions, rows=rows), years=max(years, 1))
        self._kernels = Kernels()
        self.runs = 0

    @locked_property
    def wanted(self) -> Array:
        """Figures of the targets, money in the prices of the set: (target,)."""
        return np.array([target.value * self._restated(target) for target in self.targets])

    @locked_property
    def sd(self) -> Array:
        """Standard deviations of the targets, 0 where exact: (target,)."""
        return np.array([target.sd * self._restated(target) for target in self.targets])

    @locked_property
    def weight(self) -> Array:
        """What a miss is divided by: (target,)."""
        return np.where(self.sd > 0, self.sd, EXACT * np.maximum(np.abs(self.wanted), 1.0))

    @locked_property
    def bounds(self) -> Array:
        """Bounds of the search: (2, free)."""
        low, high = (
            [float(one.inside(end)) for one, end in zip(self.free, ends, strict=True)]
            for ends in zip(*((one.low, one.high) for one in self.free), strict=True)
        )
        return np.array([low, high])

    @locked_property
    def own(self) -> Array:
        """What the set has, on the scale of the search: (free,)."""
        return np.array([float(one.inside(one.row.belief.value)) for one in self.free])

    @locked_property
    def prior(self) -> Array:
        """One over the standard deviations beforehand, 0 where none is stated: (free,)."""
        return np.array([0.0 if one.prior is None else 1.0 / one.prior for one in self.free])

    def _restated(self, target: Target) -> float:
        if target.price_year in (None, self.assumptions.price_year):
            return 1.0
        return float(self.assumptions.deflator.factor(target.price_year, [self.assumptions.price_year])[0])

    def outside(self, x: Array) -> Array:
        """Turn values of the search into their own units: (..., free)."""
        return np.stack([one.outside(x[..., i]) for i, one in enumerate(self.free)], axis=-1)

    def at(self, x: Array) -> Array:
        """Run the set at each row of values of the search: (run, target)."""
        return np.concatenate([self._at(x[i : i + TOGETHER]) for i in range(0, len(x), TOGETHER)])

    def _at(self, x: Array) -> Array:
        draws = Draws(len(x))
        values = self.outside(x)
        columns = _Tried(draws, {one.row.quantity: values[:, i] for i, one in enumerate(self.free)})
        layouts = self.prepared.layouts.read_by(columns)
        evaluator = Evaluator(replace(self.prepared, layouts=layouts), draws, slice(0, len(x)))
        parameters = evaluator.parameters(self.prepared.scenarios[INACTION])
        if self._kernels.computed > MOST_RATES:
            self._kernels = Kernels()
        # Ages apart are kept only where a target names some.
        one_by_one = project_ages if any(target.ages for target in self.targets) else project_sums
        streams = list(parameters.values())
        made = limited(streams, [one_by_one(p, self._kernels) for p in streams], self._kernels)
        projections = dict(zip(parameters, made, strict=True))
        self.runs += len(x)
        spend = None
        if any(target.what == "spend" for target in self.targets):
            costs = cost_streams(list(parameters), made, streams)
            spend = costs.spend, np.array([float(item.public) for item in costs.grid.items])
        out = [self._read(target, projections, spend) for target in self.targets]
        return np.stack([np.broadcast_to(column, len(x)) for column in out], axis=1)

    def _read(self, target: Target, projections: Mapping[str, Projection], spend: tuple[Array, Array] | None) -> Array:
        """Read a target off the runs: (run,)."""
        grid = self.prepared.grid
        at = target.year - grid.base_year - (target.what != "children")
        if spend is not None and target.what == "spend":
            chosen = spend[1] if target.items is None else np.isin([item.name for item in grid.items], target.items)
            return np.asarray(spend[0][:, at] @ chosen.astype(float))
        # Of a placement with phases of time in care, all phases.
        named = [p.of or p.name for p in grid.placements]
        inside = (
            [p.in_care for p in grid.placements] if target.placements is None else np.isin(named, target.placements)
        )
        ages = target.ages or ()
        total = np.zeros(1)
        for stream, projection in projections.items():
            if target.streams is not None and stream not in target.streams:
                continue
            if target.what == "exits":
                reasons = (
                    range(len(grid.reasons)) if target.reasons is None else grid.indices("reasons", target.reasons)
                )
                flow = projection.exits_for(reasons, ages)
            else:
                flow = projection.over_ages("stock" if target.what == "children" else target.what, ages)
            total = total + flow[:, at] @ np.asarray(inside, dtype=float)
        return total

    def forget(self) -> None:
        """Let go of what runs shared, which is large."""
        self._kernels = Kernels()

    def misses(self, given: Array, x: Array) -> Array:
        """Weigh what is missed, and how far a prior is left: (..., target and free)."""
        return np.concatenate([(given - self.wanted) / self.weight, (x - self.own) * self.prior], axis=-1)

    def slopes(self, x: Array) -> tuple[Array, Array]:
        """Give the targets at x (target,), and their derivatives by central differences (target, free): one batch."""
        k = len(self.free)
        step = np.diag(np.full(k, STEP) * np.where([one.log for one in self.free], 1.0, 0.1))
        given = self.at(np.concatenate([x[None], x + step, x - step]))
        return given[0], np.asarray((given[1 : k + 1] - given[k + 1 :]).T / (2 * np.diag(step)))


def _target_faults(assumptions: Assumptions, targets: Sequence[Target]) -> list[Problem]:
    if not targets:
        return [
            Problem("there are no targets", "calibrate()", 'Give some: [carecost.Target("children", 2030, 95_000)]')
        ]
    found = []
    labels = assumptions.labels
    for target in targets:
        where = f"target {target.words!r}"
        for axis in ("ages", "placements", "streams", "reasons", "items"):
            for label in getattr(target, axis) or ():
                if label not in labels[axis]:
                    found.append(unknown(axis.removesuffix("s"), label, labels[axis], where))
        first = assumptions.base_year + 1
        if target.year < first:
            what = f"is before the first projected year, {first}"
            found.append(Problem(what, where, "The stock of the base date is given: give later dates and years"))
    words = [target.words for target in targets]
    twice = dict.fromkeys(one for one in words if words.count(one) > 1)
    return found + [Problem("is there twice", f"target {one!r}", "Keep one") for one in twice]


@dataclass(frozen=True, eq=False)
class Mode(ReadOnly):
    """A local optimum of the misfit.

    Attributes
    ----------
    x : ndarray of shape (free,)
        Values, on the scale of the search.
    given : ndarray of shape (target,)
        What the set gives there.
    slopes : ndarray of shape (target, free)
        Derivatives of that by x.
    misfit : float
        Sum of squared misses over their standard deviations, priors included: twice the negative log-posterior.
    starts : int
        How many starts ended here.
    valley : bool
        Whether the misfit is flat around it: solutions that a line without worse misfit joins are one mode.
    done : bool
        Whether the search ended there, and did not run out of steps.
    """

    x: Array
    given: Array
    slopes: Array
    misfit: float
    starts: int = 1
    valley: bool = False
    done: bool = True


def scaled(model: Model, mode: Mode) -> Array:
    """Give the scaled Jacobian: % by which each target changes for 1% (of a growth: 1 point a year): (target, free)."""
    size = np.maximum(np.maximum(np.abs(mode.given), np.abs(model.wanted)), model.weight)
    return np.asarray(mode.slopes / size[:, None])


def singular(matrix: Array) -> tuple[Array, Array, int]:
    """Give singular values (free,), right singular vectors (free, free) and the rank."""
    k = matrix.shape[1]
    _, found, vectors = np.linalg.svd(np.concatenate([matrix, np.zeros((k, k))]), full_matrices=False)
    return found, vectors, int((found > FLAT * max(found[0], 1e-12)).sum()) if found[0] > 0 else 0


def loose(model: Model, mode: Mode) -> Array:
    """Give the directions that neither targets nor priors hold: (direction, free)."""
    held = np.concatenate([scaled(model, mode), np.diag(model.prior)])
    _, vectors, rank = singular(held)
    return vectors[rank:]


def precision_root(model: Model, mode: Mode) -> Array:
    """Give the Jacobian of the weighted misses: (target and free, free)."""
    return np.concatenate([mode.slopes / model.weight[:, None], np.diag(model.prior)])


def covariance(model: Model, mode: Mode) -> Array:
    """Give the covariance of x by the curvature at a mode, the inverse of J'J: (free, free); NaN where it is flat."""
    k = len(model.free)
    if len(loose(model, mode)):
        return np.full((k, k), np.nan)
    _, s, vectors = np.linalg.svd(precision_root(model, mode), full_matrices=False)
    return np.asarray((vectors.T / s**2) @ vectors)


def uncertain(model: Model) -> bool:
    """Say whether anything stated leaves the parameters uncertain: a width of a target, or a prior."""
    return bool((model.sd > 0).any() or (model.prior > 0).any())


def draws_of(model: Model, mode: Mode, n: int, seed: int) -> Array:
    """Draw from the Gaussian at a mode, within the bounds: (draw, free), in the units of the parameters.

    Raises
    ------
    InputError
        If less than one in eight lies within the bounds.
    """
    _, s, vectors = np.linalg.svd(precision_root(model, mode), full_matrices=False)
    for times in (1, 8):
        luck = Draws(n * times, seed=seed)
        uniforms = [luck.uniforms(f"calibration, direction {i}") for i in range(len(s))]
        scores = scipy.special.ndtri(np.stack(uniforms, axis=1))
        x = mode.x + (scores / s) @ vectors
        inside = ((x >= model.bounds[0]) & (x <= model.bounds[1])).all(1)
        if inside.sum() >= n:
            return model.outside(x[inside][:n])
    what = f"of the joint draws about the mode {inside.mean():.0%} lie within the bounds"
    raise InputError(Problem(what, "calibrate()", "Widen the bounds, give narrower targets, or state a prior"))


def search(model: Model, starts: int, seed: int) -> list[Mode]:
    """Minimise the misfit from what the set has and a Latin hypercube over the bounds; give every mode, best first."""
    low, high = model.bounds
    luck = Draws(max(starts, 1), seed=seed)
    cube = np.stack([luck.uniforms(f"calibration, start of {one.row.quantity}") for one in model.free], axis=1)
    first = [model.own, *(low + cube[: starts - 1] * (high - low))]
    solutions: list[Mode] = []
    for x in first:
        solutions.append(_descend(model, x, [mode for mode in solutions if mode.done and not mode.valley]))
    # Where a search ran out of steps is no optimum, and is given only where there is no other.
    modes = _modes(model, [mode for mode in solutions if mode.done] or solutions)
    model.forget()
    return modes


class _Arrived(Exception):
    """A search came to a mode that is known."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode


def _descend(model: Model, x: Array, known: Sequence[Mode] = ()) -> Mode:
    """Go down from a start, as far as a mode that is known."""
    low, high = model.bounds
    made: dict[bytes, tuple[Array, Array]] = {}

    def at(x: Array) -> tuple[Array, Array]:
        for mode in known:
            if (np.abs(x - mode.x) < 0.1 * SAME * (high - low)).all():
                raise _Arrived(mode)
        if x.tobytes() not in made:
            made[x.tobytes()] = model.slopes(x)
        return made[x.tobytes()]

    def misses(x: Array) -> Array:
        return model.misses(at(x)[0], x)

    def jacobian(x: Array) -> Array:
        return np.concatenate([at(x)[1] / model.weight[:, None], np.diag(model.prior)])

    exact: dict[str, Any] = {"xtol": 1e-13, "ftol": 1e-13, "gtol": 1e-13, "max_nfev": 60}
    try:
        found = scipy.optimize.least_squares(misses, x, jac=jacobian, bounds=(low, high), x_scale=high - low, **exact)
    except _Arrived as arrived:
        return arrived.mode
    given, slopes = at(found.x)
    mode = Mode(found.x, given, slopes, float(2 * found.cost), done=found.status > 0)
    return replace(mode, valley=bool(len(loose(model, mode))))


def _modes(model: Model, solutions: Sequence[Mode]) -> list[Mode]:
    """Put solutions together that are the same, or joined by a valley."""
    width = model.bounds[1] - model.bounds[0]
    out: list[Mode] = []
    # Of one mode the best is kept; of a valley that which is nearest to what the set has.
    for one in sorted(solutions, key=lambda mode: mode.misfit):
        for i, other in enumerate(out):
            if (np.abs(one.x - other.x) < SAME * width).all():
                out[i] = replace(other, starts=other.starts + one.starts)
                break
            if _joined(model, one, other):
                near = min((one, other), key=lambda mode: float(np.linalg.norm((mode.x - model.own) / width)))
                out[i] = replace(near, starts=one.starts + other.starts, valley=True)
                break
        else:
            out.append(one)
    return out


def _joined(model: Model, one: Mode, other: Mode) -> bool:
    """Say whether two solutions lie in one valley: as good, flat, and with one as good between them."""
    if not (one.valley and other.valley) or abs(one.misfit - other.misfit) > 1e-3:
        return False
    width = model.bounds[1] - model.bounds[0]
    between = _descend(model, (one.x + other.x) / 2)
    gap = np.linalg.norm((one.x - other.x) / width)
    ends = [float(np.linalg.norm((between.x - end.x) / width)) for end in (one, other)]
    return abs(between.misfit - one.misfit) < 1e-3 and max(ends) < float(gap)


def met(model: Model, mode: Mode) -> NDArray[np.bool_]:
    """Say which targets are met: exactly, within the tolerance, or within 1.96 standard errors: (target,)."""
    room = [
        EXACT * max(abs(wanted), 1.0) if target.sd == 0 else 1.96 * sd if target.se else sd * math.sqrt(3.0)
        for target, wanted, sd in zip(model.targets, model.wanted, model.sd, strict=True)
    ]
    return np.abs(mode.given - model.wanted) <= np.array(room)


def out_of_reach(model: Model, mode: Mode) -> list[Problem]:
    """Find targets without a standard error that the best fit does not meet: what is nearest, and what binds."""
    at_end = [
        f"{one.words} at its {'low' if end == 0 else 'high'}, {one.low if end == 0 else one.high:g}"
        for i, one in enumerate(model.free)
        for end in (0, 1)
        if abs(mode.x[i] - model.bounds[end, i]) < SAME * (model.bounds[1, i] - model.bounds[0, i])
    ]
    binds = f" ({'; '.join(at_end)})" if at_end else ""
    remedy = (
        "Widen those bounds, free something else, or give the target a standard error"
        if at_end
        else "Free something that moves it apart from the others, or give targets standard errors"
    )
    return [
        Problem(
            f"cannot be {wanted:,.6g}: the nearest that is reached is {given:,.6g}{binds}",
            f"target {target.words!r}",
            remedy,
        )
        for target, wanted, given, ok in zip(model.targets, model.wanted, mode.given, met(model, mode), strict=True)
        if not ok and target.se is None
    ]


def calibrated(model: Model, mode: Mode, n: int, seed: int) -> Assumptions:
    """Make the set at a mode: its rows fitted, with joint draws where anything stated leaves them uncertain."""
    words = [f"{t.words} = {value:,.6g}" for t, value in zip(model.targets, model.wanted, strict=True)]
    told = "; ".join(words[:3]) + (f"; and {len(words) - 3} more" if len(words) > 3 else "")
    missed = [w for w, ok in zip(words, met(model, mode), strict=True) if not ok]
    grade = "D" if all(t.quality in ("A", "B", "C", "D") for t in model.targets) else "E"
    values = model.outside(mode.x)
    fitted, swapped = [], {}
    for one, value in zip(model.free, values, strict=True):
        note = f"fitted between {one.low:g} and {one.high:g}, all else at its central value"
        note += "" if one.new else f"; it was {one.row.belief.value:g}"
        note += f"; misses {' and '.join(missed[:3])}" if missed else ""
        belief = replace(
            one.row.belief, value=float(value), low=None, high=None, distribution="",
            source=f"calibrated to {told}", source_year="", quality=grade, note=note,
        )  # fmt: skip
        row = replace(one.row, belief=belief)
        fitted.append(row)
        if not one.new:
            swapped[id(one.row)] = row
    old = model.assumptions
    names = tuple(row.quantity for row in fitted)
    ties = old.ties.without(names)
    if uncertain(model):
        taken = {table.name for table in ties.joints}
        name = next(name for i in range(len(taken) + 1) if (name := f"calibrated {i + 1}") not in taken)
        table = JointDraws(name, names, tuple(map(tuple, draws_of(model, mode, n, seed).tolist())))
        ties = replace(ties, joints=(*ties.joints, table))
    rows = [swapped.get(id(row), row) for row in old.rows]
    rows += [row for row, one in zip(fitted, model.free, strict=True) if one.new]
    title = f"{old.title or old.name}, calibrated"
    return replace(old, rows=tuple(rows), ties=ties, title=title)


def in_words(model: Model, direction: Array) -> str:
    """Say what may change together without changing a target."""
    part = direction / direction[np.argmax(np.abs(direction))]
    named = [i for i in np.argsort(-np.abs(part), kind="stable") if abs(part[i]) > 0.05]
    if len(named) == 1:
        return f"{model.free[named[0]].words}: no target hangs on it"

    def change(i: int) -> str:
        unit = "%" if model.free[i].log else " points a year"
        return f"{model.free[i].words} by {part[i]:+.2g}{unit}"

    return f"{' with '.join(change(int(i)) for i in named)}: the targets stay as they are"
