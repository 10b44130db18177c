"""Make a set of assumptions of a council's own return: its counts, pooled towards a public set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost._guard import opened
from carecost._typing import Array
from carecost.engine.grid import Grid, Selector
from carecost.engine.parameters import Parameters
from carecost.errors import CareCostError, InputError, Problem, nearest, refuse
from carecost.estimation.lexis import Occurrence
from carecost.estimation.pooled import FOUND, Pooled, towards
from carecost.files.load import load_assumptions
from carecost.files.readers.history import load_history
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import UNITS, Assumption, Belief, Note
from carecost.inputs.dependence import JointDraws, Ties
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.maths.partial_pooling import Chance, pooled_rates, spread, tree
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler

if TYPE_CHECKING:
    import pandas as pd

    from carecost.files.readers.ssda903 import SSDA903

#: First ages of the bands that share rates of leaving and moving.
BANDS = (0, 1, 5, 10, 13, 16, 17)
#: Where a child counts at an age at which its placement is not used in the public set.
FALLBACK = "other"
#: Digits of a drawn rate, and decimals of a drawn share, as written.
DIGITS, DECIMALS = 6, 10
#: A rate whose own numbers weigh at least this much is the council's own; one that weighs less is modelled.
OWN = 0.5
#: Counts below this may tell of one child.
SMALL = 5


@dataclass(frozen=True)
class Bearing:
    """How much a council's own numbers bear in one kind of rate.

    Parameters
    ----------
    stream, kind : str
        Whose rates, of what.
    counted, expected : float
        Events counted, and those that the public set's rates give.
    ratio : float
        Level used, over that of the public set.
    own_level, own_pattern : float
        Weight of the council's own numbers in the level, and in how parts compare [share].
    trend, p : float
        Growth a year over the years counted [per year], and how likely chance alone is to give as much.
    used : str
        Which years the level is of.
    """

    stream: str
    kind: str
    counted: float
    expected: float
    ratio: float
    own_level: float
    own_pattern: float
    trend: float
    p: float
    used: str


@opened
@dataclass(frozen=True, eq=False)
class OwnRates:
    """Rates of a council's own return, and the set that is made of them.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    bearings : tuple of Bearing
        How much own numbers bear, a row a stream and kind of rate.

    See Also
    --------
    SSDA903.estimate : Makes it.

    Examples
    --------
    >>> import carecost as cc, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     own = cc.read_ssda903(cc.synthetic_return(300, years=2, seed=1).save(folder))
    >>> own.estimate(draws=10).bearings[0].kind
    'entries'
    """

    assumptions: Assumptions
    bearings: tuple[Bearing, ...]

    def bearing(self, suppress: bool = False) -> pd.DataFrame:
        """Tell how much own numbers bear, as a table.

        Parameters
        ----------
        suppress : bool
            Whether counts are rounded to the nearest 5, and those from 1 to 4 written as missing.

        Returns
        -------
        DataFrame
            Columns of :class:`Bearing`.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = cc.read_ssda903(cc.synthetic_return(300, years=2, seed=1).save(folder))
        >>> len(own.estimate(draws=10).bearing())
        8
        """
        import pandas as pd

        frame = pd.DataFrame([vars(row) for row in self.bearings])
        if suppress:
            small = frame["counted"] < SMALL
            frame["counted"] = np.where(small, np.nan, 5 * np.round(frame["counted"] / 5))
            frame.loc[small, ["ratio", "trend", "p"]] = np.nan
        return frame

    def _screen(self) -> list[tuple[str, str]]:
        """Say how much own numbers bear."""
        return [
            (f"{b.stream}, {b.kind}", f"{b.ratio:.2f} times the public level, own weight {b.own_level:.0%}")
            for b in self.bearings
        ]


def estimate_own(
    own: SSDA903,
    authority: str | None,
    template: Assumptions | str,
    population: float | Sequence[float] | None,
    draws: int,
    seed: int,
    suppress: bool,
) -> OwnRates:
    """Estimate the rates of a return, and make a set of it: see :meth:`SSDA903.estimate`."""
    public = _public(template, authority)
    grid = public.grid()
    layouts = Layouts(public, grid)
    sampler = Sampler(Draws(0))
    rates = {s: layouts.parameters(s, sampler) for s in public.streams}
    counts = _folded(own, public, grid)
    if suppress:
        counts = _suppressed(counts, public, rates)
    share = _part(own, public, rates, population, authority)
    people = _People(public, rates[public.streams[0]], share, population, own.base_year)
    luck = Draws(draws, seed)
    rows: list[Assumption] = []
    joints: list[JointDraws] = []
    bearings: list[Bearing] = []
    for i, stream in enumerate(public.streams):
        of = _Stream(stream, i, counts, rates[stream], people, grid, public, own.years)
        made = of.rows(luck)
        rows += made[0]
        joints += made[1]
        bearings += of.bearings
    return OwnRates(_set(own, public, authority, rows, joints, people, share, bearings, suppress), tuple(bearings))


def _public(template: Assumptions | str, authority: str | None) -> Assumptions:
    """Load the public set, or its part for an area."""
    if isinstance(template, Assumptions):
        if authority is not None and authority not in (template.area, template.name):
            what = f"authority is {authority!r} beside a set that was given"
            raise InputError(Problem(what, "to_assumptions()", "Give the name of the set as template, or its area alone"))
        return template
    return load_assumptions(template if authority is None else f"{template}/{authority}")


def _part(
    own: SSDA903,
    public: Assumptions,
    rates: dict[str, Parameters],
    population: float | Sequence[float] | None,
    authority: str | None,
) -> float:
    """Give the area's part of the public set: all of it for an authority, else by children in care."""
    if authority is not None or public.area:
        return 1.0
    there = sum(float(np.asarray(p.initial_stock).sum()) for p in rates.values())
    here = float(own.counts.stock[:, -1].sum()) or float(own.counts.child_years.sum()) / len(own.years)
    return here / there


class _People:
    """Children of the area by year and age, before its base year and after."""

    def __init__(
        self,
        public: Assumptions,
        p: Parameters,
        share: float,
        population: float | Sequence[float] | None,
        base_year: int,
    ) -> None:
        path = np.asarray(p.population)[0]  # (year or 1, age)
        self.first = public.base_year + 1
        scale: Any = share
        if population is not None:
            given = np.asarray(population, dtype=float)
            if given.ndim > 1 or (given.ndim == 1 and len(given) != path.shape[1]) or not np.isfinite(given).all():
                what = f"population has {given.size} numbers"
                remedy = f"Give one, or one for each of the {path.shape[1]} ages"
                raise InputError(Problem(what, "to_assumptions()", remedy))
            if (given <= 0).any():
                raise InputError(Problem("population is not above zero", "to_assumptions()", "Give children"))
            scale = given / (path[0].sum() if given.ndim == 0 else path[0])
        self.path = path * scale
        self.base_year = base_year
        last = public.base_year + public.years
        self.years = range(base_year + 1, max(last, base_year + public.years) + 1)
        self.carried_back = base_year < public.base_year

    def of(self, year: int) -> Array:
        """Give the children of a year; before the public set begins, those of its first year."""
        return np.asarray(self.path[min(max(year - self.first, 0), len(self.path) - 1)])

    def known(self, years: Iterable[int]) -> list[int]:
        """Give the years that the path reaches."""
        return [y for y in years if y - self.first < len(self.path) or len(self.path) == 1]


@dataclass(frozen=True)
class _Counts:
    """Counts in the placements and reasons of the public set: (stream, year, age, placement, ...)."""

    stock: Array
    entries: Array
    lived: Array
    exits: Array
    moves: Array
    age_at_entry: Array
    moved_over: float


def _folded(own: SSDA903, public: Assumptions, grid: Grid) -> _Counts:
    """Put counts under the labels of the public set."""
    c = own.counts
    by_stream = _streams(public)
    names = {"placement": list(own.placements), "reason": list(own.reasons)}
    known = {"placement": [p.name for p in grid.placements], "reason": [r.name for r in grid.reasons]}
    used = {
        "placement": (c.entries + c.child_years).sum((0, 1, 2)) > 0,
        "reason": c.exits.sum((0, 1, 2, 3)) > 0,
    }
    problems = []
    to: dict[str, np.ndarray[Any, Any]] = {}
    for kind in names:
        needed = [FALLBACK] if kind == "placement" else []
        lacking = [n for n, there in zip(names[kind], used[kind], strict=True) if there and n not in known[kind]]
        for name in dict.fromkeys([*lacking, *(n for n in needed if n not in known[kind])]):
            problems.append(
                Problem(f"the public set has no {kind} {name!r}", public.name, nearest(name, known[kind]))
            )
        # One row for each label of the return, one column for each of the public set.
        matrix = np.array([[float(n == k) for k in known[kind]] for n in names[kind]])
        to[kind] = matrix
    refuse(problems)
    place, reason = to["placement"], to["reason"]

    def placed(array: Array, axis: int) -> Array:
        return np.moveaxis(np.tensordot(array, place, (axis, 0)), -1, axis)

    s = np.array([[float(i == k) for i in range(c.stock.shape[0])] for k in range(c.stock.shape[0])])
    s = s if by_stream else np.ones((1, len(s)))

    def summed(array: Array) -> Array:
        return np.tensordot(s, array, (1, 0))

    stock, entries, lived = (summed(placed(a, 3)) for a in (c.stock, c.entries, c.child_years))
    exits = summed(np.tensordot(placed(c.exits, 3), reason, (4, 0)))
    moves = summed(placed(placed(c.moves, 3), 4))
    closed = ~grid.opened[: stock.shape[2]]  # (age, placement)
    other = grid.index("placements", FALLBACK)
    moved = float(stock[:, -1][:, closed].sum())
    for array in (stock, entries, lived, exits):
        for a, p in np.argwhere(closed):
            array[:, :, a, other] += array[:, :, a, p]
            array[:, :, a, p] = 0.0
    for a, p in np.argwhere(closed):
        moves[:, :, a, other] += moves[:, :, a, p]
        moves[:, :, a, p] = 0.0
        moves[:, :, a, :, other] += moves[:, :, a, :, p]
        moves[:, :, a, :, p] = 0.0
    moves[..., np.arange(place.shape[1]), np.arange(place.shape[1])] = 0.0
    return _Counts(stock[:, -1], entries, lived, exits, moves, summed(c.age_at_entry), moved)


def _streams(public: Assumptions) -> bool:
    """Say whether the public set has the streams of a return; one stream alone takes both.

    Raises
    ------
    InputError
        If it has others.
    """
    from carecost.files.readers.ssda903 import STREAMS

    if len(public.streams) == 1:
        return False
    if public.streams != STREAMS:
        what = f"the public set has the streams {', '.join(public.streams)}"
        raise InputError(Problem(what, public.name, f"Give one with {' and '.join(STREAMS)}, in this order, or with one"))
    return True


@cache
def worth_of_levels() -> dict[str, float]:
    """Give how many events of its own the public level is worth: by how much 148 authorities' levels differ.

    Returns
    -------
    dict of str to float
        By stream and kind, one over the variance of the levels relative to England's, in the last year of the packaged
        history in which it is known.

    Examples
    --------
    >>> 1 < worth_of_levels()["other, entries"] < 100
    True
    """
    h = load_history("authorities")
    started, stock, uasc, people = (np.asarray(a) for a in (h.started, h.stock, h.uasc, h.population))
    last = -1
    left = stock[:, last - 1] + started[:, last] - stock[:, last]
    lived = (stock[:, last - 1] + stock[:, last]) / 2
    measured = {
        "other, entries": (started[:, last], people[:, last]),
        "other, exits": (np.clip(left, 0, None), lived),
        "uasc, entries": (uasc[:, last], people[:, last]),
    }
    out = {}
    for name, (events, exposure) in measured.items():
        there = np.isfinite(events) & np.isfinite(exposure) & (exposure > 0)
        found = spread(events[there], exposure[there], np.zeros(there.sum(), dtype=np.intp))
        out[name] = 1.0 / max(found.variance, found.error)
    return out | {"uasc, exits": out["other, exits"]}


def _worth(index: int, kind: str) -> float:
    return worth_of_levels()[f"{'uasc' if index == 1 else 'other'}, {kind}"]


class _Stream:
    """Rates of one stream."""

    def __init__(
        self,
        name: str,
        index: int,
        counts: _Counts,
        rates: Parameters,
        people: _People,
        grid: Grid,
        public: Assumptions,
        years: Sequence[int],
    ) -> None:
        self.name, self.index, self.counts, self.rates, self.people = name, index, counts, rates, people
        self.grid, self.years = grid, years
        self.several = len(public.streams) > 1
        self.ages = np.arange(len(grid.ages))
        self.starts = [i for i, a in enumerate(grid.ages) if a in BANDS or i == 0]
        self.band = np.searchsorted(self.starts, self.ages, side="right") - 1
        ends = [*(i - 1 for i in self.starts[1:]), len(grid.ages) - 1]
        self.band_ages = [tuple(grid.ages[i] for i in range(a, b + 1)) for a, b in zip(self.starts, ends, strict=True)]
        self.care = np.array([p.in_care for p in grid.placements])
        self.places = [p.name for p in grid.placements]
        self.reasons = [r.name for r in grid.reasons]
        self.bearings: list[Bearing] = []

    def _of(self, array: Array) -> Array:
        """Give the counts of this stream: (year, age, ...), ages of the return padded to those of the grid."""
        own = array[self.index]
        out = np.zeros((own.shape[0], len(self.ages), *own.shape[2:]))
        out[:, : own.shape[1]] = own
        return out

    def _banded(self, array: Array) -> Array:
        """Sum over ages of a band: (year, band, ...)."""
        return np.add.reduceat(array, self.starts, axis=1)

    def _first(self, array: Any) -> Array:
        """Give a parameter's central values of the first year: (age, ...)."""
        return np.asarray(array)[0, 0]

    def _note(self, kind: str, pooled: Pooled) -> None:
        pattern = pooled.pattern()
        finest = pattern[max(pattern)] if pattern else 1.0
        used = f"{self.years[-1]}" if pooled.trend.p < FOUND else f"{self.years[0]} to {self.years[-1]}"
        counted = float(pooled.levels[0].events[0])
        expected = float(pooled.levels[0].exposure[0])
        self.bearings.append(
            Bearing(
                self.name,
                kind,
                counted,
                expected,
                pooled.ratio,
                pooled.weight,
                finest,
                float(np.expm1(pooled.trend.rate)),
                pooled.trend.p,
                used,
            )
        )

    def rows(self, luck: Draws) -> tuple[list[Assumption], list[JointDraws]]:
        """Make the rows of the stream and their joint draws."""
        rows = [*self._stock()]
        joints = []
        for kind, made in (
            ("entries", self._entries),
            ("placement on entry", self._shares),
            ("exits", self._exits),
            ("moves", self._moves),
        ):
            cells, values = made()
            central = values(None)[0]
            keep = [i for i, value in enumerate(central) if value > 0]
            if kind == "placement on entry":
                central = _exact_shares(central, cells)
            grade = self.bearings[-1].own_level
            new = [self._row(cells[i], float(central[i]), kind, grade) for i in keep]
            rows += new
            if luck.n >= 2 and new:
                drawn = values(lambda name: luck.uniforms(f"own return: {self.name}, {name}"))[:, keep]
                kept = [cells[i] for i in keep]
                drawn = np.array([_exact_shares(row, kept) for row in drawn]) if kind == "placement on entry" else _rounded(drawn)
                table = tuple(map(tuple, np.broadcast_to(drawn, (luck.n, len(new))).tolist()))
                joints.append(JointDraws(f"own {kind}, {self.name}", tuple(r.quantity for r in new), table))
        rows += self._at_birthday()
        return rows, joints

    def _row(self, cell: tuple[str, dict[str, Any]], value: float, kind: str, own: float) -> Assumption:
        parameter, where = cell
        note = "counted in the own return; nothing is published to pool it with" if kind == "moves" else (
            f"{own:.0%} own level, the rest the public set's" if kind in ("entries", "exits") else
            f"{own:.0%} own, the rest the public set's"
        )
        return self._believed(parameter, where, value, "B" if own >= OWN else "D", note)

    def _believed(self, parameter: str, where: dict[str, Any], value: float, quality: str, note: str) -> Assumption:
        years = f"{self.years[0]} to {self.years[-1]}" if len(self.years) > 1 else f"{self.years[0]}"
        streams = (self.name,) if self.several else None
        belief = Belief(
            value, unit=UNITS[parameter], source="own return (SSDA903)", source_year=years, quality=quality, note=note
        )
        return Assumption(parameter, Selector(streams=streams, **where), belief)

    def _stock(self) -> Iterator[Assumption]:
        """Children in care on the base date."""
        for a, p in np.argwhere(self.counts.stock[self.index] > 0):
            where = {"ages": (self.grid.ages[a],), "placements": (self.places[p],)}
            n = float(np.round(self.counts.stock[self.index][a, p], 6))
            row = self._believed("initial_stock", where, n, "A", "in care on 31 March of the last return")
            yield replace(row, belief=replace(row.belief, source_year=str(self.years[-1])))

    def _entries(self) -> tuple[list[Any], Any]:
        """Entries per child of each age, beside those of the public set."""
        rate = self._first(self.rates.entry_rate)
        people = np.stack([self.people.of(y) for y in self.years])  # (year, age)
        events = self._of(self.counts.entries).sum(-1)
        # An age at which nobody enters in the public set, and somebody does here, has the rate of its neighbours.
        base = np.where((rate <= 0) & (events.sum(0) > 0), max(float(rate[rate > 0].min(initial=1e-6)), 1e-9), rate)
        at = np.flatnonzero(base > 0)
        expected = (base * people)[:, at]
        labels = [[f"band {self.band[a]}" for a in at], [f"age {self.grid.ages[a]}" for a in at]]
        pooled = towards("entries", events[:, at], expected, labels, _worth(self.index, "entries"))
        self._note("entries", pooled)
        cells = [("entry_rate", {"ages": (self.grid.ages[a],)}) for a in at]
        return cells, lambda chance: pooled.ratios(chance) * base[at]

    def _shares(self) -> tuple[list[Any], Any]:
        """Placement on entry at each age."""
        share = self._first(self.rates.entry_share)  # (age, placement)
        rate = self._first(self.rates.entry_rate)
        events = self._of(self.counts.entries).sum(0)  # (age, placement)
        by_band = self._banded(events[None])[0]
        open_ages = (rate > 0) | (events.sum(-1) > 0)
        # Where the public set has none at an age and the band has some here, a small share stands for it.
        base = np.where((share <= 0) & (by_band[self.band] > 0) & self.grid.opened, 1e-4, share) * open_ages[:, None]
        total = base.sum(-1, keepdims=True)
        base = np.divide(base, total, out=np.zeros_like(base), where=total > 0)
        expected = self._banded((base * events.sum(-1, keepdims=True))[None])[0]
        # A band without own entries has the shares of the public set: cells that can be are those of some age in it.
        there = self._banded(base[None])[0] > 0
        bands, places = np.nonzero(there)
        labels = [[self.places[p] for p in places], [f"{self.places[p]}, band {b}" for b, p in zip(bands, places, strict=True)]]
        levels = tree("entry_share", by_band[there], expected[there], labels)
        own = float((expected.sum() / (expected.sum() + levels[1].strength)) if expected.sum() else 0.0)
        whole = float(events.sum())
        self.bearings.append(
            Bearing(self.name, "placement on entry", whole, whole, 1.0, own, own, 0.0, 1.0, f"{self.years[0]} to {self.years[-1]}")
        )
        at = np.argwhere(base > 0)
        index = {(int(b), int(p)): i for i, (b, p) in enumerate(zip(bands, places, strict=True))}
        of = np.array([index[int(self.band[a]), int(p)] for a, p in at], dtype=int)
        cells = [
            ("entry_share", {"ages": (self.grid.ages[a],), "placements": (self.places[p],)}) for a, p in at
        ]
        ages = at[:, 0] if len(at) else np.zeros(0, int)

        def values(chance: Chance) -> Array:
            whole_ratio = np.ones(1)
            from carecost.maths.partial_pooling import split_rates

            if not len(at):
                return np.zeros((1, 0))
            ratios = split_rates(levels, whole_ratio, chance)[:, of]
            parts = ratios * base[at[:, 0], at[:, 1]]
            sums = np.zeros((len(parts), len(self.ages)))
            for a in np.unique(ages):
                sums[:, a] = parts[:, ages == a].sum(-1)
            return np.asarray(parts / sums[:, ages])

        return cells, values

    def _exits(self) -> tuple[list[Any], Any]:
        """Hazards of leaving, by band, placement and reason."""
        public = self._first(self.rates.exit_rate)  # (age, placement, reason)
        lived = self._of(self.counts.lived)  # (year, age, placement)
        events = self._banded(self._of(self.counts.exits))  # (year, band, placement, reason)
        time = self._banded(lived)  # (year, band, placement)
        expected = self._banded(lived[..., None] * public)
        plain = np.add.reduceat(public, self.starts, axis=0) / np.diff([*self.starts, len(self.ages)])[:, None, None]
        all_time = time.sum(0)[..., None]
        base = np.divide(expected.sum(0), all_time, out=plain.copy(), where=all_time > 0)
        # What happens here and never in the public set is set beside a rate of its band and reason, or else of few.
        lacking = (base <= 0) & (events.sum(0) > 0) & (all_time > 0)
        if lacking.any():
            found = np.divide(events.sum((0, 2)), time.sum((0, 2))[:, None], out=np.zeros(events.shape[1:2] + events.shape[3:]), where=time.sum((0, 2))[:, None] > 0)
            base = np.where(lacking, found[:, None], base)
            expected = np.where(lacking, time[..., None] * base, expected)
        opened = np.array([self.grid.opened[s] for s in self.starts])  # (band, placement)
        can = (base > 0) & (self.care & opened)[..., None]
        bands, places, reasons = np.nonzero(can)
        named = [self.reasons[r] for r in reasons]
        banded = [f"{n}, band {b}" for n, b in zip(named, bands, strict=True)]
        placed = [f"{n}, {self.places[p]}" for n, p in zip(banded, places, strict=True)]
        pooled = towards("exits", events[:, can], expected[:, can], [named, banded, placed], _worth(self.index, "exits"))
        self._note("exits", pooled)
        cells = [
            ("exit_rate", {"ages": self.band_ages[b], "placements": (self.places[p],), "reasons": (self.reasons[r],)})
            for b, p, r in zip(bands, places, reasons, strict=True)
        ]
        return cells, lambda chance: pooled.ratios(chance) * base[can]

    def _moves(self) -> tuple[list[Any], Any]:
        """Hazards of moving, by band and pair of placements: own counts alone, as moves are not published."""
        events = self._banded(self._of(self.counts.moves)).sum(0)  # (band, placement, to)
        time = self._banded(self._of(self.counts.lived)).sum(0)  # (band, placement)
        seen = events.sum(0) > 0
        opened = np.array([self.grid.opened[s] for s in self.starts])  # (band, placement)
        can = seen & opened[:, :, None] & opened[:, None, :] & (time > 0)[..., None] & self.care[:, None] & self.care
        bands, origins, ends = np.nonzero(can)
        names = [f"{self.places[i]} to {self.places[j]}" for i, j in zip(origins, ends, strict=True)]
        banded = [f"{n}, band {b}" for n, b in zip(names, bands, strict=True)]
        lived = np.broadcast_to(time[..., None], can.shape)[can]
        levels = tree("moves", events[can], lived, [names, banded])
        n = float(events.sum())
        self.bearings.append(
            Bearing(self.name, "moves", n, n, 1.0, 1.0, 1.0, 0.0, 1.0, f"{self.years[0]} to {self.years[-1]}")
        )
        cells = [
            ("move_rate", {"ages": self.band_ages[b], "placements": (self.places[i],), "to": (self.places[j],)})
            for b, i, j in zip(bands, origins, ends, strict=True)
        ]
        return cells, lambda chance: pooled_rates(levels, chance)

    def _at_birthday(self) -> Iterator[Assumption]:
        """Share of entries under one that are at birth: the one that gives the mean age at entry."""
        n = float(self._of(self.counts.entries)[:, 0].sum())
        public = float(self._first(self.rates.entry_at_birthday)[0])
        if self.grid.ages[0] == 0 and (public > 0 or n > 0):
            # Entries that are not at birth are even over the year: their mean age is a half. Pooled as so many entries
            # as the public share is worth: those of one year of a small area.
            own = 1.0 - 2.0 * float(self.counts.age_at_entry[self.index].sum()) / n if n else 0.0
            weight = n / (n + 10.0)
            value = min(max(weight * own + (1.0 - weight) * public, 0.0), 1.0)
            if value > 0:
                note = f"the share that gives the mean age at entry of those under one; {weight:.0%} own"
                yield self._believed("entry_at_birthday", {"ages": (0,)}, float(np.round(value, 6)), "D", note)
        for a in self.ages[1:]:
            left = float(self._first(self.rates.entry_at_birthday)[a])
            if left > 0:
                yield self._believed("entry_at_birthday", {"ages": (self.grid.ages[a],)}, left, "D", "as in the public set")


def _rounded(values: Array) -> Array:
    """Round to so many digits."""
    size = np.where(values > 0, np.floor(np.log10(np.maximum(values, 1e-300))), 0)
    scale = 10.0 ** (DIGITS - 1 - size)
    return np.asarray(np.round(values * scale) / scale)


def _exact_shares(shares: Array, cells: Sequence[tuple[str, dict[str, Any]]]) -> Array:
    """Round shares so that those of each age sum to one; the largest takes what is left."""
    out = np.round(shares, DECIMALS)
    ages = np.array([where["ages"][0] for _, where in cells])
    for age in np.unique(ages):
        at = np.flatnonzero(ages == age)
        big = at[out[at].argmax()]
        out[big] = 1.0 - (out[at].sum() - out[big])
    return np.asarray(out)


def _set(
    own: SSDA903,
    public: Assumptions,
    authority: str | None,
    rows: list[Assumption],
    joints: list[JointDraws],
    people: _People,
    share: float,
    bearings: Sequence[Bearing],
    suppress: bool,
) -> Assumptions:
    """Put the set together: own rows in place of the public set's, all else as there."""
    base = own.base_year
    replaced = ("initial_stock", "entry_rate", "entry_share", "entry_at_birthday", "exit_rate", "move_rate")
    outside = {p.name for p in public.placements if not p.in_care}

    def kept(row: Assumption) -> bool:
        if row.parameter == "extra_entries" or (row.parameter == "population" and row.kind == "value"):
            return False
        if row.kind == "value" and row.parameter in replaced:
            return row.where.placements is not None and set(row.where.placements) <= outside
        return True

    left = [_from(row, base) for row in public.rows if kept(row)]
    if share != 1.0:  # what is paid once a year for the whole is paid in parts
        yearly = {item.name for item in public.items if item.driver == "year"}
        left = [_times(row, share) if set(row.where.items or ()) <= yearly and row.where.items and row.kind == "value" else row for row in left]
    where = authority or public.area or "own area"
    names = {row.quantity for row in [*rows, *left]}
    ties = public.ties.without([n for n in _tied(public.ties) if n not in names])
    ties = Ties(ties.loadings, ties.matrices, (*ties.joints, *joints))
    last = max(people.years)
    people_rows, years = _population(public, people)
    background = None if public.background is None else _later(public.background, base)
    start = max(public.programme_start, base + 2)
    return replace(
        public,
        name=f"{where}, own return",
        title=f"{where}, from its own return to 31 March {base}",
        base_year=base,
        years=min(public.years, years),
        programme_start=start,
        rows=(*rows, *people_rows, *left),
        ties=ties,
        paths=tuple(replace(path, from_year=base) if path.parameter in ("entry_rate", "exit_rate", "move_rate") else path for path in public.paths),
        background=background,
        notes=(*_notes(own, public, people, share, authority, bearings, suppress), *(n for n in public.notes if n.kind == "left_out")),
        scope=f"{where}'s part of: {public.scope}",
        inaction=f"Children come in, move and leave at the rates of the own return, {own.years[0]} to {base}, pooled towards {public.title or public.name}. {public.inaction}",
        area=where,
        portion=public.portion * share,
        record="",
    ) if last else public


def _tied(ties: Ties) -> set[str]:
    return {name for names in ties.groups.values() for name in names} | set(ties.joint)


def _from(row: Assumption, base: int) -> Assumption:
    """Let the growth of a rate begin where the set does."""
    if row.kind == "growth" and row.parameter in ("entry_rate", "exit_rate", "move_rate"):
        return replace(row, from_year=base)
    return row


def _times(row: Assumption, share: float) -> Assumption:
    b = row.belief
    low, high = (None if end is None else end * share for end in (b.low, b.high))
    note = "; ".join(filter(None, (b.note, f"times {share:.6g} for the area")))
    return replace(row, belief=replace(b, value=b.value * share, low=low, high=high, note=note))


def _later(background: Scenario, base: int) -> Scenario:
    """Let what goes on under every scenario, and was to begin before the set does, begin with it."""
    first = base + 1
    levers = tuple(
        replace(
            lever,
            changes=tuple(
                replace(c, year_one=first) if c.year_one is not None and c.year_one < first else c for c in lever.changes
            ),
        )
        for lever in background.levers
    )
    return replace(background, levers=levers)


def _population(public: Assumptions, people: _People) -> tuple[list[Assumption], int]:
    """Write the children of every projected year, and how many years that is."""
    like = next(row for row in public.rows if row.parameter == "population" and row.kind == "value")
    known = people.known(people.years)
    rows = []
    for year in known:
        back = "; the first year of the public set, carried back" if year < people.first else ""
        for age, n in zip(public.ages, people.of(year), strict=True):
            belief = replace(
                like.belief,
                value=float(f"{n:.10g}"),
                low=None,
                high=None,
                quality="E" if back else max(like.belief.quality, "D"),
                note=f"{like.belief.note}{back}",
            )
            rows.append(Assumption("population", Selector(years=(year,), ages=(age,)), belief))
    return rows, len(known)


def _notes(
    own: SSDA903,
    public: Assumptions,
    people: _People,
    share: float,
    authority: str | None,
    bearings: Sequence[Bearing],
    suppress: bool,
) -> Iterator[Note]:
    """Say what the set rests on."""
    named = public.title or public.name
    for b in bearings:
        if b.kind in ("entries", "exits"):
            trended = f"a trend of {b.trend:+.1%} a year (p {b.p:.2f})" if b.p < FOUND else f"no trend was found (p {b.p:.2f})"
            rule = f"{b.ratio:.2f} times the public level, of the years {b.used}: {b.own_level:.0%} own; how parts compare {b.own_pattern:.0%} own. Over the years {trended}"
            yield Note("gap", f"{b.kind}, {b.stream}", ("the own return, and the rates of the public set", rule))
    yield Note("gap", "moves between placements", ("not published", "counted in the own return alone"))
    yield Note("gap", "what is in no return: prices, items, spending, what averted children do", (f"in {named}", "as there; prices are those of its price year, whatever the year of the return"))
    if authority is None and not public.area:
        yield Note(
            "gap",
            "whose return it is",
            ("no authority was named", f"rates are pooled towards {named}; population and yearly amounts are {share:.4%} of its own, as children in care are, so the rate per head is its too"),
        )
    if people.carried_back:
        yield Note("gap", f"children aged 0 to 17 before mid-{people.first - 1}", (f"not in {named}", "those of its first year, carried back"))
    if own.missing_years:
        yield Note("gap", f"years {', '.join(map(str, own.missing_years))}", ("no return", "left out of events and exposure alike"))
    if suppress:
        yield Note("gap", "counts from 1 to 4", ("not shown", "summed with the next smallest of their group to 5 or more, and spread over both as in the public set"))


# Suppression


def _suppressed(counts: _Counts, public: Assumptions, rates: dict[str, Parameters]) -> _Counts:
    """Put counts in place that cannot be traced to fewer than five children."""
    stock = np.stack([_safe(s, np.asarray(rates[n].initial_stock)[0][: len(s)]) for s, n in zip(counts.stock, public.streams, strict=True)])

    def over_years(array: Array, like: Array | None = None) -> Array:
        """Years are summed first, and given back in the shares of their totals."""
        out = np.zeros_like(array)
        for i in range(len(array)):
            total = array[i].sum(0)
            flat = total.reshape(len(total), -1)
            safe = _safe(flat, np.ones_like(flat) if like is None else like.reshape(flat.shape)).reshape(total.shape)
            by_year = array[i].reshape(array.shape[1], -1).sum(1)
            by_year = _safe_line(by_year, np.ones_like(by_year))
            out[i] = safe * (by_year / max(by_year.sum(), 1e-12)).reshape(-1, *[1] * total.ndim)
        return out

    return replace(
        counts,
        stock=stock,
        entries=over_years(counts.entries),
        lived=over_years(counts.lived),
        exits=over_years(counts.exits),
        moves=over_years(counts.moves),
    )


def _safe(values: Array, like: Array) -> Array:
    """Suppress a table of rows and columns: the sums of columns first, then the cells of each within their sum."""
    sums = _safe_line(values.sum(0), like.sum(0))
    out = np.zeros_like(values)
    for j, total in enumerate(sums):
        column = values[:, j] * (total / values[:, j].sum()) if values[:, j].sum() > 0 else like[:, j] * (total / like[:, j].sum() if like[:, j].sum() > 0 else 0.0)
        out[:, j] = _safe_line(column, like[:, j])
    return out


def _safe_line(values: Array, like: Array) -> Array:
    """Pool the cells above zero and below five with the next smallest, to five or more, and spread the sum as is likely.

    Examples
    --------
    >>> _safe_line(np.array([1.0, 20.0, 8.0]), np.array([1.0, 5.0, 3.0])).round(2).tolist()
    [2.25, 20.0, 6.75]
    """
    out = values.astype(float).copy()
    small = (values > 0) & (values < SMALL)
    if not small.any():
        return out
    order = [i for i in np.argsort(values, kind="stable") if values[i] > 0]
    pool = [i for i in order if small[i]]
    for i in order:
        if len(pool) >= 2 and values[pool].sum() >= SMALL:
            break
        if i not in pool:
            pool.append(i)
    total = values[pool].sum()
    if total < SMALL:
        out[pool] = 0.0
        return out
    weight = like[pool] + 1e-9
    out[pool] = total * weight / weight.sum()
    return out
