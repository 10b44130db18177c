"""How many children would there be if each were followed, from exact birth date to exact event?

A second opinion on the engine, written from the meaning of the model and sharing no code with it:

- `simulate` follows children one by one through continuous time. Events are counted as they happen.
- `expected` is its limit without luck: many classes of children who share a birthday, carried from one
  change of rates to the next by exact matrix exponentials.

Time runs within a year, from 31 March (0) to 31 March (1). A child's birthday is a point `u` of the year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

Array = NDArray[Any]

OUT = -1  # the "placement" of a child who has left for good
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Phasing:
    """How does leaving depend on time in care? A child begins in phase 0 and goes through K phases in order."""

    onward: tuple[float, ...]  # rate out of each phase, 0 for the last, a child-year in care
    factor: Array  # (K, A, P) on the rates of all reasons; 1 outside care
    share: Array  # (K, A, P) of initial_stock
    in_care: tuple[bool, ...]  # of each placement: one that comes in from outside care begins in phase 0


@dataclass(frozen=True)
class World:
    """What is there, what comes in, and how fast do things happen? (Plain arrays, no draw axis.)

    Years Y, ages A, placements P, reasons R. Placements are named by their index.
    """

    ages: tuple[int, ...]
    leave_age: tuple[int, ...]  # of each placement, at most last age + 1
    then: tuple[int | None, ...]  # of each placement: where its leavers go on that birthday
    reason_to: tuple[int | None, ...]  # of each reason: where it leads, if not out
    initial_stock: Array  # (A, P) children on the base date
    entries: Array  # (Y, A, P) a year: population x entry rate x share
    beta: Array  # (Y, A) share of `entries` that comes on the birthday
    extra: Array  # (Y, A, P) further entries a year, always even over the year
    exit_rate: Array  # (Y, A, P, R) a child-year
    move_rate: Array  # (Y, A, P, P) a child-year, diagonal ignored
    phasing: Phasing | None = None  # followed by `simulate` alone
    sent: Array | None = None  # (Y, P) share of the arrivals at each placement that is sent on
    sent_to: tuple[int | None, ...] = ()  # of each placement: where, if anywhere

    def __post_init__(self) -> None:
        """Has every array its full shape?"""
        y, a, p, r = self.exit_rate.shape
        names = ("initial_stock", "entries", "beta", "extra", "move_rate")
        shapes = ((a, p), (y, a, p), (y, a), (y, a, p), (y, a, p, p))
        wrong = [n for n, shape in zip(names, shapes, strict=True) if getattr(self, n).shape != shape]
        lengths = (len(self.ages), len(self.leave_age), len(self.then), len(self.reason_to))
        if wrong or lengths != (a, p, p, r):
            raise ValueError(f"shapes do not agree with exit_rate {self.exit_rate.shape}: {wrong or lengths}")
        if max(self.leave_age) > self.ages[-1] + 1:
            raise ValueError("a leave_age lies beyond the birthday after the last age")

    @property
    def leaves(self) -> Array:
        """Who leaves on the next birthday? ndarray of bool, shape (A, P)."""
        return np.asarray(np.greater_equal.outer(np.array(self.ages) + 1, self.leave_age))

    @property
    def even(self) -> Array:
        """How many come evenly over the year? ndarray of shape (Y, A, P)."""
        return np.asarray(self.entries * (1 - self.beta[..., None]) + self.extra)

    @property
    def on_birthday(self) -> Array:
        """How many come on the birthday itself? ndarray of shape (Y, A, P)."""
        return self.entries * self.beta[..., None]

    @property
    def rates(self) -> Array:
        """How fast does each event come: the reasons, then the moves? ndarray of shape (Y, A, P, R + P)."""
        moves = self.move_rate * ~np.eye(len(self.leave_age), dtype=bool)
        return np.concatenate([self.exit_rate, moves], axis=-1)

    @property
    def destination(self) -> Array:
        """Where does each event of `rates` lead? ndarray of int, shape (R + P,)."""
        return np.array([_or_out(to) for to in self.reason_to] + list(range(len(self.leave_age))))

    def clocks(self, y: int) -> Array:
        """How fast do the events of `rates` and the next phase come, summed up? (K, A, P, R + P + 1), by year."""
        rates, n = self.rates[y], len(self.reason_to)
        if self.phasing is None:
            return np.cumsum(np.concatenate([rates, 0 * rates[..., :1]], axis=-1), axis=-1)[None]
        speed = np.repeat(rates[None], len(self.phasing.onward), axis=0)
        speed[..., :n] *= self.phasing.factor[..., None]
        onward = np.multiply.outer(self.phasing.onward, np.ones(rates.shape[:1])[:, None] * self.phasing.in_care)
        return np.cumsum(np.concatenate([speed, onward[..., None]], axis=-1), axis=-1)


@dataclass(frozen=True)
class Counts:
    """What was counted? (Ages as the design counts them: birthdays by the new age, the rest at the event.)"""

    stock: Array  # (Y + 1, A, P)
    entries: Array  # (Y, A, P)
    birthdays: Array  # (Y, A, P) those who turn that age there and stay
    aged_out: Array  # (Y, A, P) by the last age lived
    child_years: Array  # (Y, A, P)
    exits: Array  # (Y, A, P, R)
    moves: Array  # (Y, A, P, P)
    phases: Array  # (Y + 1, K, A, P) the stock by phase


CHILD = np.dtype([("phase", int), ("age", int), ("place", int), ("birthday", float), ("now", float), ("weight", float)])


def simulate(world: World, children_per_unit: float, rng: np.random.Generator) -> Counts:
    """What happens if every child is followed through exact dates?

    Each child stands for about 1 / `children_per_unit` real ones, so that counts are estimates of expected
    counts. The relative standard error of a count n is about 1 / sqrt(n * children_per_unit), or less.
    """
    shape, events_shape = world.initial_stock.shape, world.rates.shape[1:]
    phased = world.initial_stock[None] if world.phasing is None else world.initial_stock * world.phasing.share
    children, _ = _spread(phased, children_per_unit, rng)
    stock, years, phases = [_count(children, shape)], [], [_by_phase(children, phased.shape)]
    for y in range(len(world.entries)):
        arrivals = _arrivals(world, y, children_per_unit, rng)
        tally = {name: np.zeros(shape) for name in ("birthdays", "aged_out", "child_years")}
        tally |= {"entries": _count(arrivals, shape), "events": np.zeros(events_shape)}
        children["now"] = 0
        children = _live_year(np.concatenate([children, arrivals]), world, y, tally, rng)
        stock.append(_count(children, shape))
        phases.append(_by_phase(children, phased.shape))
        years.append(tally)
    flows = {name: np.stack([tally[name] for tally in years]) for name in years[0]}
    exits, moves = np.split(flows.pop("events"), [len(world.reason_to)], axis=-1)
    return Counts(stock=np.stack(stock), exits=exits, moves=moves, phases=np.stack(phases), **flows)


def _spread(cells: Array, per_unit: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Who are the children of each (phase, age, placement), or (age, placement)? With a second uniform number for each.

    Birthday and second number form a randomly shifted lattice in every cell: each is uniform on (0, 1], the
    pairs are uniform on the square, and they are more even than independent draws would be.
    """
    size = np.ceil(cells.ravel() * per_unit).astype(int)
    cell = np.repeat(np.arange(size.size), size)
    k = np.arange(cell.size) - (np.cumsum(size) - size)[cell]  # 0, 1, 2, ... within each cell
    shift = rng.random((2, size.size))[:, cell]
    children = np.zeros(cell.size, CHILD)
    *phase, children["age"], children["place"] = np.unravel_index(cell, cells.shape)
    children["phase"] = phase[0] if phase else 0  # all who come begin in the first
    children["birthday"] = 1 - (k / size[cell] + shift[0]) % 1
    children["weight"] = cells.ravel()[cell] / size[cell]
    return children, 1 - (k * GOLDEN + shift[1]) % 1


def _arrivals(world: World, y: int, per_unit: float, rng: np.random.Generator) -> Array:
    """Who comes in year `y`, and when?"""
    even, moment = _spread(world.even[y], per_unit, rng)
    even["now"] = moment
    on_birthday, _ = _spread(world.on_birthday[y], per_unit, rng)
    on_birthday["now"] = on_birthday["birthday"]
    return _sent_on(np.concatenate([even, on_birthday]), world, y, rng)


def _sent_on(arrivals: Array, world: World, y: int, rng: np.random.Generator) -> Array:
    """Where does each who comes find a place, asking at one door after the other?"""
    asking = np.arange(arrivals.size if world.sent is not None else 0)
    while asking.size:
        there = arrivals["place"][asking]
        asking = asking[rng.random(asking.size) < world.sent[y, there]]
        arrivals["place"][asking] = np.array([_or_out(to) for to in world.sent_to])[arrivals["place"][asking]]
    return arrivals


def redirected(world: World) -> World:
    """What comes in once some are sent on? The same world, with entries where they end up."""
    if world.sent is None:
        return world
    entries, extra = world.entries.copy(), world.extra.copy()
    for coming in (entries, extra):
        waiting, coming[:] = coming.copy(), 0.0
        while waiting.any():
            going = waiting * world.sent[:, None]
            coming += waiting - going
            waiting = np.zeros_like(going)
            for place, to in enumerate(world.sent_to):
                if to is not None:
                    waiting[..., to] += going[..., place]
    return replace(world, entries=entries, extra=extra, sent=None, sent_to=())


@dataclass(frozen=True)
class Limit:
    """Which placements share how many places each year, and where are those sent who find none?"""

    placements: tuple[int, ...]
    to: int
    places: tuple[float, ...]


def crowded(world: World, limits: tuple[Limit, ...], steps_per_year: int = 60, rounds: int = 12) -> World:
    """How many must be sent on? Found by trying: each year is run with none and with all of a group's arrivals sent on.

    The time lived in a group is a straight line between the two, so the share is where the line meets the places.
    """
    y_all, n = world.entries.shape[0], len(world.leave_age)
    to = {place: limit.to for limit in limits for place in limit.placements}
    tried = replace(world, sent=np.zeros((y_all, n)), sent_to=tuple(to.get(p) for p in range(n)))

    def lived(y: int, limit: Limit, share: float) -> float:
        tried.sent[y, list(limit.placements)] = share
        first = {name: getattr(tried, name)[: y + 1] for name in ("entries", "beta", "extra", "exit_rate", "move_rate")}
        counts = expected(replace(tried, sent=tried.sent[: y + 1], **first), steps_per_year)
        return float(counts.child_years[y][:, list(limit.placements)].sum())

    for y in range(y_all):
        for _ in range(rounds if len(limits) > 1 else 1):
            for limit in limits:
                most, least = lived(y, limit, 0.0), lived(y, limit, 1.0)
                share = (most - limit.places[y]) / (most - least) if most > limit.places[y] else 0.0
                tried.sent[y, list(limit.placements)] = min(share, 1.0)
    return tried


def _live_year(children: Array, world: World, y: int, tally: dict[str, Array], rng: np.random.Generator) -> Array:
    """Who is there at the end of the year, and what happened on the way?"""
    waiting = children["now"] < children["birthday"]  # all but those who came on their birthday or after it
    before, after = children[waiting], children[~waiting]
    before = _turn(_live(before, before["birthday"], world, y, tally, rng), world, tally)
    children = np.concatenate([before, after])
    return _live(children, np.ones(children.size), world, y, tally, rng)


def _live(
    children: Array, until: Array, world: World, y: int, tally: dict[str, Array], rng: np.random.Generator
) -> Array:
    """Who is left at `until`, when nobody's age and year change before it?

    Every round is the next event of those who have just had one.
    """
    clocks, destination, onward = world.clocks(y), np.append(world.destination, 0), world.destination.size
    care = np.zeros(world.destination.max() + 2, bool) if world.phasing is None else np.array(world.phasing.in_care)
    who = np.arange(children.size)
    while who.size:
        age, place, now, weight = (children[name][who] for name in ("age", "place", "now", "weight"))
        clock = clocks[children["phase"][who], age, place]
        wait = np.full(who.size, np.inf)
        np.divide(rng.standard_exponential(who.size), clock[:, -1], out=wait, where=clock[:, -1] > 0)
        children["now"][who] = np.minimum(now + wait, until[who])
        _add(tally["child_years"], (age, place), weight * (children["now"][who] - now))
        happens = now + wait < until[who]
        who, age, place, weight, clock = (x[happens] for x in (who, age, place, weight, clock))
        event = np.argmax((rng.random(who.size) * clock[:, -1])[:, None] < clock, axis=1)
        grows = event == onward
        _add(tally["events"], (age[~grows], place[~grows], event[~grows]), weight[~grows])
        to = np.where(grows, place, destination[event])
        begins = (to != OUT) & care[to] & ~care[place]
        children["phase"][who] = np.where(begins, 0, children["phase"][who] + grows)
        children["place"][who] = to
        who = who[to != OUT]
    return np.asarray(children[children["place"] != OUT])


def _turn(children: Array, world: World, tally: dict[str, Array]) -> Array:
    """Where does each child go on its birthday?"""
    leaving = world.leaves[children["age"], children["place"]]
    leavers, stayers = children[leaving], children[~leaving]
    _add(tally["aged_out"], (leavers["age"], leavers["place"]), leavers["weight"])
    leavers["place"] = np.array([_or_out(then) for then in world.then])[leavers["place"]]
    leavers = leavers[leavers["place"] != OUT]
    leavers["age"] += 1
    stayers["age"] += 1
    _add(tally["birthdays"], (stayers["age"], stayers["place"]), stayers["weight"])
    return np.concatenate([stayers, leavers])


def _count(children: Array, shape: tuple[int, ...]) -> Array:
    """How many children are of each age in each placement?"""
    table = np.zeros(shape)
    _add(table, (children["age"], children["place"]), children["weight"])
    return table


def _by_phase(children: Array, shape: tuple[int, ...]) -> Array:
    """How many children are of each age in each placement, by phase?"""
    table = np.zeros(shape)
    _add(table, (children["phase"], children["age"], children["place"]), children["weight"])
    return table


def _add(table: Array, where: tuple[Array, ...], weight: Array) -> None:
    """What does each cell of the table come to, with these weights added? (In place; cells may repeat.)"""
    cell = np.ravel_multi_index(where, table.shape)
    table += np.bincount(cell, weight, minlength=table.size).reshape(table.shape)


def _or_out(place: int | None) -> int:
    """Which placement is it, where None is out?"""
    return OUT if place is None else place


def expected(world: World, steps_per_year: int = 200) -> Counts:
    """What does `simulate` tend to as the children grow many?

    Children are put in `steps_per_year` classes K by the point of the year, u = (k + 1/2) / K, at which their
    birthday falls. Within a class nothing is approximated, so the error is that of the midpoint rule over u.
    It shrinks as 1 / K^2; at 200 classes it is below 2e-5 of a count for hazards near 1 a year.
    """
    if world.phasing is not None:
        raise ValueError("the limit knows no phases: follow the children")
    world = redirected(world)
    n_classes = steps_per_year
    present = np.repeat(world.initial_stock[None] / n_classes, n_classes, axis=0)  # (K, A, P)
    stock, years = [world.initial_stock], []
    for y in range(len(world.entries)):
        passage = _passages(world, y, n_classes)
        present, lived_before = _carry(present, passage)  # to the birthday
        present, birthdays, aged_out = _turn_classes(present, world)
        present = present + world.on_birthday[y] / n_classes
        present, lived_after = _carry(present, passage[::-1])  # 1 - u of class k is u of class K - 1 - k
        stock.append(present.sum(axis=0))
        years.append((birthdays, aged_out, lived_before + lived_after))
    birthdays, aged_out, child_years = (np.stack(flow) for flow in zip(*years, strict=True))
    exits, moves = np.split(child_years[..., None] * world.rates, [len(world.reason_to)], axis=-1)
    entries = world.entries + world.extra
    there = np.stack(stock)
    return Counts(there, entries, birthdays, aged_out, child_years, exits, moves, there[:, None])


def _passages(world: World, y: int, n_classes: int) -> Array:
    """What becomes of (present, 1, lived) at each age by each class's birthday? (K, A, 2P + 1, 2P + 1)."""
    rates, n = world.rates[y], len(world.leave_age)
    generator = np.zeros((len(world.ages), 2 * n + 1, 2 * n + 1))
    for event, to in enumerate(world.destination):
        for place in range(n):
            generator[:, place, place] -= rates[:, place, event]
            if to != OUT:
                generator[:, place, to] += rates[:, place, event]
    generator[:, n, :n] = world.even[y] / n_classes  # the 1 brings those who come
    generator[:, :n, n + 1 :] = np.eye(n)  # presence adds up to time lived
    step, passages = expm(generator / n_classes), [expm(generator / (2 * n_classes))]
    for _ in range(n_classes - 1):
        passages.append(passages[-1] @ step)
    return np.stack(passages)


def _carry(present: Array, passage: Array) -> tuple[Array, Array]:
    """Who is present after the passage, and how much time did all classes live on the way?"""
    n = present.shape[-1]
    start = np.concatenate([present, np.ones_like(present[..., :1]), np.zeros_like(present)], axis=-1)
    end = (start[..., None, :] @ passage)[..., 0, :]
    return end[..., :n], end[..., n + 1 :].sum(axis=0)


def _turn_classes(present: Array, world: World) -> tuple[Array, Array, Array]:
    """Who is where after the birthday, and over all classes: who turned an age and stayed, and who left?"""
    leaving = np.where(world.leaves, present, 0)
    turned = np.zeros_like(present)
    turned[:, 1:] = (present - leaving)[:, :-1]
    birthdays = turned.sum(axis=0)
    for place, then in enumerate(world.then):
        if then is not None:
            turned[:, 1:, then] += leaving[:, :-1, place]
    return turned, birthdays, leaving.sum(axis=0)


def stress_world(n_years: int = 8) -> World:
    """What is hard for an engine? Hazards that jump fivefold at 16, and babies who mostly come at birth.

    Sizes are like England's, by age band (under 1, 1-4, 5-9, 10-15, 16-17), spread over single ages.
    """
    ages, foster, home, leaver = np.arange(21), 0, 1, 2
    band = np.digitize(ages, [1, 5, 10, 16, 18])  # the last is 18-20, in `leaver` only
    width = np.array([1, 4, 5, 6, 2, 3])
    in_home = np.array([0.0, 0.02, 0.05, 0.20, 0.45, 0.0])[band]  # share of those in care
    by_place = np.stack([1 - in_home, in_home, np.zeros(21)], axis=-1) * (ages < 18)[:, None]
    stock = (np.array([3630, 10030, 15110, 30930, 22060, 0]) / width)[band][:, None] * by_place
    stock[18:, leaver] = 9000
    entries = (np.array([5140, 4430, 4920, 8660, 9110, 0]) / width)[band][:, None] * by_place
    leaving = np.array([0.48, 0.25, 0.25, 0.16, 0.80, 0.0])[band]
    exit_rate = np.zeros((21, 3, 2))  # home, guardianship
    exit_rate[:, foster] = leaving[:, None] * [0.6, 0.4]
    exit_rate[:, home] = leaving[:, None] * [0.9, 0.1]
    exit_rate[18:, leaver, 0] = 0.3
    move_rate = np.zeros((21, 3, 3))
    move_rate[10:18, foster, home], move_rate[10:18, home, foster] = 0.08, 0.25
    beta = np.where(ages == 0, 0.75, 0.0)
    one_year = (entries, beta, 0 * entries, exit_rate, move_rate)
    every_year = [np.repeat(x[None], n_years, axis=0) for x in one_year]
    return World(tuple(range(21)), (18, 18, 21), (leaver, leaver, None), (None, None), stock, *every_year)
