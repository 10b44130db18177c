"""Rates of one stream of a council's own return, pooled towards a public set, as rows and joint draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from carecost._typing import Array
from carecost.engine.grid import Grid, Parameter, Selector
from carecost.engine.parameters import Parameters
from carecost.errors import CareCostError, InputError, Problem
from carecost.estimation.lexis import ADULT
from carecost.estimation.pooled import FOUND, Pooled, towards
from carecost.files.load import load_assumptions
from carecost.files.own_counts import Counted
from carecost.files.readers.history import load_history
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import UNITS, Assumption, Belief
from carecost.inputs.dependence import JointDraws
from carecost.maths.monte_carlo import Draws
from carecost.maths.partial_pooling import Chance, pooled_rates, split_rates, spread, tree

#: First ages of the bands that share rates of leaving and moving; from 18 on nobody is in care.
BANDS = (0, 1, 5, 10, 13, 16, 17, 18)
#: Digits of a drawn rate, and decimals of a drawn share, as written.
DIGITS, DECIMALS = 6, 10
#: How many entries under one the public share of those at birth is worth; assumed, as no area's share is published.
BORN = 10.0
#: A rate whose own numbers weigh at least this much is the council's own; one that weighs less is modelled.
OWN = 0.5


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


@cache
def _children_of_england() -> dict[int, float]:
    """Give the children of England by year, as far as they are published: of year `y` those of 30 June `y`-1."""
    h = load_history("england")
    assert h.population is not None
    return {y: float(n) for y, n in zip(h.years, np.asarray(h.population)[0], strict=True) if np.isfinite(n)}


def earlier(public: Assumptions, year: int) -> float:
    """Give England's children of a year before a public set begins, over those of its first year.

    Parameters
    ----------
    public : Assumptions
        The set, of England or a part of it.
    year : int
        A year before its first; before 2013, as in 2013.

    Returns
    -------
    float
        A share: how many there were for each child of the first year.
    """
    known = _children_of_england()
    whole = public
    if public.area:
        try:
            whole = load_assumptions(public.name.partition(",")[0])
        except CareCostError:  # a set of one's own: as in the last published year
            return known[min(max(year, min(known)), max(known))] / known[max(known)]
    first = min(r.where.years[0] for r in whole.select("population") if r.kind == "value" and r.where.years)
    rows = [r for r in whole.select("population", year=first) if r.kind == "value"]
    return known[min(max(year, min(known)), max(known))] / sum(r.belief.value for r in rows)


class People:
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
        self.before = cache(lambda year: earlier(public, year))
        part = f"yearly amounts are {share:.4%} of its own, as children in care are"
        same = f"population and {part}, so as many are in care a head"
        self.told = same if population is None else f"the population was given; {part}"
        self.base_year = base_year
        ends = base_year + public.years if len(path) == 1 else public.base_year + len(path)
        self.years = range(base_year + 1, ends + 1)
        self.carried_back = base_year < public.base_year

    def of(self, year: int) -> Array:
        """Give the children of a year; before the public set begins, its first year moved back as England's."""
        if year < self.first:
            return np.asarray(self.path[0] * self.before(year))
        return np.asarray(self.path[min(year - self.first, len(self.path) - 1)])


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


class StreamRates:
    """Rates of one stream."""

    def __init__(
        self,
        name: str,
        index: int,
        counts: Counted,
        rates: Parameters,
        people: People,
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
        self.span = f"{years[0]} to {years[-1]}" if len(years) > 1 else f"{years[0]}"

    def _of(self, array: Array) -> Array:
        """Give the counts of this stream: (year, age, ...), ages of the return padded to those of the grid."""
        own = array[self.index]
        out = np.zeros((own.shape[0], len(self.ages), *own.shape[2:]))
        out[:, : own.shape[1]] = own
        return out

    def _banded(self, array: Array) -> Array:
        """Sum over ages of a band: (year, band, ...)."""
        return np.asarray(np.add.reduceat(array, self.starts, axis=1))

    def _first(self, array: Any) -> Array:
        """Give a parameter's central values of the first year: (age, ...)."""
        return np.asarray(np.asarray(array)[0, 0], dtype=float)

    def _note(self, kind: str, pooled: Pooled) -> None:
        pattern = pooled.pattern()
        finest = pattern[max(pattern)] if pattern else 1.0
        used = f"{self.years[-1]}" if pooled.trend.p < FOUND else self.span
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
                drawn = (
                    np.array([_exact_shares(row, kept) for row in drawn])
                    if kind == "placement on entry"
                    else _rounded(drawn)
                )
                table = tuple(map(tuple, np.broadcast_to(drawn, (luck.n, len(new))).tolist()))
                joints.append(JointDraws(f"own {kind}, {self.name}", tuple(r.quantity for r in new), table))
        rows += self._at_birthday()
        return rows, joints

    def _row(self, cell: tuple[Parameter, dict[str, Any]], value: float, kind: str, own: float) -> Assumption:
        parameter, where = cell
        note = (
            "counted in the own return; nothing is published to pool it with"
            if kind == "moves"
            else (
                f"{own:.0%} own level, the rest the public set's"
                if kind in ("entries", "exits")
                else f"{own:.0%} own, the rest the public set's"
            )
        )
        return self._believed(parameter, where, value, "B" if own >= OWN else "D", note)

    def _believed(
        self, parameter: Parameter, where: dict[str, Any], value: float, quality: str, note: str
    ) -> Assumption:
        streams = (self.name,) if self.several else None
        belief = Belief(
            value,
            unit=UNITS[parameter],
            source="own return (SSDA903)",
            source_year=self.span,
            quality=quality,
            note=note,
        )
        return Assumption(parameter, Selector(streams=streams, **where), belief)

    def _stock(self) -> Iterator[Assumption]:
        """Children in care on the base date."""
        cells = np.argwhere(self.counts.stock[self.index] > 0)
        if not len(cells):  # nobody was there: one cell says so
            a = int(np.flatnonzero(self.grid.opened.any(1))[0])
            cells = np.array([[a, int(np.flatnonzero(self.grid.opened[a] & self.care)[0])]])
        for a, p in cells:
            where = {"ages": (self.grid.ages[a],), "placements": (self.places[p],)}
            n = float(np.round(self.counts.stock[self.index][a, p], 6))
            note = "in care on 31 March of the last return"
            grade, note = ("D", f"{note}; counts from 1 to 4 suppressed") if self.counts.hidden else ("A", note)
            row = self._believed("initial_stock", where, n, grade, note)
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
        labels = [
            [self.places[p] for p in places],
            [f"{self.places[p]}, band {b}" for b, p in zip(bands, places, strict=True)],
        ]
        levels = tree("entry_share", by_band[there], expected[there], labels)
        own = float((expected.sum() / (expected.sum() + levels[1].strength)) if expected.sum() else 0.0)
        whole = float(events.sum())
        self.bearings.append(
            Bearing(
                self.name,
                "placement on entry",
                whole,
                whole,
                1.0,
                own,
                own,
                0.0,
                1.0,
                self.span,
            )
        )
        at = np.argwhere(base > 0)
        index = {(int(b), int(p)): i for i, (b, p) in enumerate(zip(bands, places, strict=True))}
        of = np.array([index[int(self.band[a]), int(p)] for a, p in at], dtype=int)
        cells = [("entry_share", {"ages": (self.grid.ages[a],), "placements": (self.places[p],)}) for a, p in at]
        ages = at[:, 0] if len(at) else np.zeros(0, int)

        def values(chance: Chance) -> Array:
            whole_ratio = np.ones(1)
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
        for b in reversed(range(len(base) - 1)):  # a band in which nobody is in the public set: as the next one
            if self.grid.ages[self.starts[b]] < ADULT and time[:, b].any() and not base[b].any():
                base[b] = base[b + 1]
                expected[:, b] = time[:, b][..., None] * base[b]
        # What happens here and never in the public set is set beside a rate of its band and reason, or else of few.
        lacking = (base <= 0) & (events.sum(0) > 0) & (all_time > 0)
        if lacking.any():
            found = np.divide(
                events.sum((0, 2)),
                time.sum((0, 2))[:, None],
                out=np.zeros(events.shape[1:2] + events.shape[3:]),
                where=time.sum((0, 2))[:, None] > 0,
            )
            base = np.where(lacking, found[:, None], base)
            expected = np.where(lacking, time[..., None] * base, expected)
        opened = np.array([self.grid.opened[s] for s in self.starts])  # (band, placement)
        can = (base > 0) & (self.care & opened)[..., None]
        bands, places, reasons = np.nonzero(can)
        named = [self.reasons[r] for r in reasons]
        banded = [f"{n}, band {b}" for n, b in zip(named, bands, strict=True)]
        placed = [f"{n}, {self.places[p]}" for n, p in zip(banded, places, strict=True)]
        pooled = towards(
            "exits", events[:, can], expected[:, can], [named, banded, placed], _worth(self.index, "exits")
        )
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
        self.bearings.append(Bearing(self.name, "moves", n, n, 1.0, 1.0, 1.0, 0.0, 1.0, self.span))
        cells = [
            ("move_rate", {"ages": self.band_ages[b], "placements": (self.places[i],), "to": (self.places[j],)})
            for b, i, j in zip(bands, origins, ends, strict=True)
        ]
        return cells, lambda chance: pooled_rates(levels, chance)

    def _at_birthday(self) -> Iterator[Assumption]:
        """Share of entries under one that are at birth: the one that gives the mean age at entry."""
        n = float(self.counts.infants[self.index])
        public = float(self._first(self.rates.entry_at_birthday)[0])
        if self.grid.ages[0] == 0 and (public > 0 or n > 0):
            # Entries that are not at birth are even over the year in the engine: their mean age is a half.
            own = 1.0 - 2.0 * float(self.counts.age_at_entry[self.index]) / n if n else 0.0
            weight = n / (n + BORN)
            value = min(max(weight * own + (1.0 - weight) * public, 0.0), 1.0)
            if value > 0:
                note = f"the share that gives the mean age at entry of those under one; {weight:.0%} own"
                yield self._believed("entry_at_birthday", {"ages": (0,)}, float(np.round(value, 6)), "D", note)
        for a in self.ages[1:]:
            left = float(self._first(self.rates.entry_at_birthday)[a])
            if left > 0:
                yield self._believed(
                    "entry_at_birthday", {"ages": (self.grid.ages[a],)}, left, "D", "as in the public set"
                )


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
