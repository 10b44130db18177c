"""What would a council have counted, had we known the truth? Children followed one by one, many councils at once.

Nothing here is the engine's: birthdays and events happen at exact times. All children are independent of each other,
so they are followed side by side, each from entry to exit, in steps that end with the next event, birthday or
31 March. Counting begins after 18 years, when all who were there at first have come of age: from then on the stock is
an exact draw from the steady state.

``python -m benchmarks.lives`` says beside what these councils cost how long the engine's own lives take: milliseconds
of processor time a draw, for authorities of some sizes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from carecost._labels import INACTION
from carecost.engine.age_cohorts import project_sums
from carecost.engine.parameters import Parameters
from carecost.engine.projection import Projection
from carecost.engine.stochastic import Luck
from carecost.simulation.effects import apply

Array = NDArray[Any]

ADULT = 18
CHILD = np.dtype(
    [("council", int), ("year", int), ("age", int), ("place", int), ("to_march", float), ("to_turn", float)]
)


@dataclass(frozen=True)
class Truth:
    """How things are: 18 single ages A, placements P, reasons R; the same every year."""

    even: Array  # (A, P) entries a year at any moment of the age
    at_birthday: Array  # (A, P) entries a year on the birthday that begins the age
    exit_rate: Array  # (A, P, R) a child-year
    move_rate: Array  # (A, P, P) a child-year, diagonal zero


@dataclass(frozen=True)
class Seen:
    """What was counted: councils C, years Y, all of whole children but for child-years."""

    stock: Array  # (C, Y + 1, A, P)
    entries: Array  # (C, Y, A, P)
    at_birthday: Array  # (C, Y, A)
    exits: Array  # (C, Y, A, P, R)
    moves: Array  # (C, Y, A, P, P)
    aged_out: Array  # (C, Y, P)
    child_years: Array  # (C, Y, A, P)


def follow(truth: Truth, councils: int, years: int, rng: np.random.Generator, varying: float = 0.0) -> Seen:
    """What do so many councils count in so many years?

    `varying` is the standard deviation of the factor that multiplies all entries of a year, apart from chance.
    """
    ages, places, reasons = truth.exit_rate.shape
    shape = (councils, ADULT + years, ages, places)
    tables = {
        "stock": np.zeros((councils, ADULT + years + 1, ages, places)),
        "events": np.zeros((*shape, reasons + places)),
        "aged_out": np.zeros(shape),
        "child_years": np.zeros(shape),
    }
    luck = np.ones(shape[:2]) if varying == 0 else rng.gamma(varying**-2, varying**2, shape[:2])
    luck = luck[..., None, None]
    born = _entrants(luck * truth.at_birthday, shape, True, rng)
    entered = _entrants(luck * truth.even, shape, False, rng)
    children = np.concatenate([born, entered])
    tables["entries"] = _table(children, shape)
    at_birthday = _table(born, shape).sum(-1)
    hazards = np.cumsum(np.concatenate([truth.exit_rate, truth.move_rate], -1), -1)
    while children.size:
        children = _step(children, hazards, reasons, tables, rng)
    late = {name: table[:, ADULT:] for name, table in tables.items()}
    exits, moves = np.split(late.pop("events"), [reasons], -1)
    aged_out = late.pop("aged_out").sum(2)
    return Seen(at_birthday=at_birthday[:, ADULT:], exits=exits, moves=moves, aged_out=aged_out, **late)


def _entrants(yearly: Array, shape: tuple[int, ...], on_birthday: bool, rng: np.random.Generator) -> Array:
    """Who comes, when, and how far from the next birthday?"""
    number = rng.poisson(np.broadcast_to(yearly, shape)).ravel()
    children = np.zeros(number.sum(), CHILD)
    where = np.unravel_index(np.repeat(np.arange(number.size), number), shape)
    for name, values in zip(("council", "year", "age", "place"), where, strict=True):
        children[name] = values
    children["to_march"] = rng.random(children.size)
    children["to_turn"] = 1.0 if on_birthday else rng.random(children.size)
    return children


def _step(children: Array, hazards: Array, reasons: int, tables: dict[str, Array], rng: np.random.Generator) -> Array:
    """Who is left after everybody's next event, birthday or 31 March, whichever is first?"""
    clock = hazards[children["age"], children["place"]]
    wait = np.full(children.size, np.inf)
    np.divide(rng.standard_exponential(children.size), clock[:, -1], out=wait, where=clock[:, -1] > 0)
    step = np.minimum(np.minimum(wait, children["to_turn"]), children["to_march"])
    tables["child_years"] += _table(children, tables["child_years"].shape, step)
    event, turn = wait == step, children["to_turn"] == step
    march = ~event & (children["to_march"] == step)
    children["to_turn"] -= step
    children["to_march"] -= step
    there = np.ones(children.size, bool)
    there[event] = _events(children, event, clock, reasons, tables, rng)
    there &= ~_turned(children, turn & ~event, tables)
    children["year"][march & there] += 1
    children["to_march"][march & there] = 1.0
    arrived = children[march & there]
    tables["stock"] += _table(arrived, tables["stock"].shape)
    there &= children["year"] < tables["child_years"].shape[1]
    return children[there]


def _events(
    children: Array, event: Array, clock: Array, reasons: int, tables: dict[str, Array], rng: np.random.Generator
) -> Array:
    """What happened to those with an event, and who of them is still there? (Those who moved are elsewhere.)"""
    mine, clocks = children[event], clock[event]
    kind = np.argmax((rng.random(mine.size) * clocks[:, -1])[:, None] < clocks, axis=1)
    shape = tables["events"].shape
    cell = np.ravel_multi_index((mine["council"], mine["year"], mine["age"], mine["place"], kind), shape)
    tables["events"] += np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    moved = kind >= reasons
    children["place"][event] = np.where(moved, kind - reasons, mine["place"])
    return moved


def _turned(children: Array, turn: Array, tables: dict[str, Array]) -> Array:
    """Who came of age? (The others who had their birthday are a year older.)"""
    leaves = turn & (children["age"] == ADULT - 1)
    tables["aged_out"] += _table(children[leaves], tables["aged_out"].shape)
    children["age"][turn & ~leaves] += 1
    children["to_turn"][turn] = 1.0
    return leaves


def _table(children: Array, shape: tuple[int, ...], weight: Array | None = None) -> Array:
    """How many are in each cell of (council, year, age, placement)?"""
    cell = np.ravel_multi_index(tuple(children[n] for n in ("council", "year", "age", "place")), shape)
    return np.bincount(cell, weight, minlength=int(np.prod(shape))).reshape(shape).astype(float)


#: What is timed: a region scaled to so many children, over so many years; a scenario that changes entries alone, and
#: one that changes moves in three years.
REGION, SIZES, SPAN, DRAWS = "england-2025/North East", (30, 100, 1_000, 6_000), 20, 128
SCENARIOS = ("family-networks", "care-review")


def main() -> None:
    """Print milliseconds a draw: of inaction, of a scenario after it, and of both."""
    print(f"{REGION} scaled, {SPAN} years, {DRAWS} draws, least of 5; ms of processor time a draw, all streams")
    print(f"{'children':>9} {'inaction':>9} " + " ".join(f"{'+ ' + name:>17} {'both':>6}" for name in SCENARIOS))
    run = cc.run(cc.load_assumptions(REGION), *map(cc.load_scenario, SCENARIOS), years=SPAN, draws=cc.Draws(DRAWS)).run
    evaluator, prepared = run.evaluator(slice(0, DRAWS)), run.prepared
    base = evaluator.parameters(prepared.scenarios[INACTION])
    for size in SIZES:
        factor = size / sum(float(np.asarray(p.initial_stock)[0].sum()) for p in base.values())
        scaled = {name: _scaled(p, factor) for name, p in base.items()}
        made = [
            [apply(scenario, p, s, evaluator.sampler, prepared.calendar) for s, p in scaled.items()]
            for scenario in prepared.scenarios.values()
        ]
        expected = [[project_sums(p) for p in streams] for streams in made]
        took = np.min([_timed(made, list(base), expected) for _ in range(5)], axis=0)
        after = " ".join(f"{t:>17.2f} {took[0] + t:>6.2f}" for t in took[1:])
        print(f"{size:>9,} {took[0]:>9.2f} {after}", flush=True)


def _scaled(p: Parameters, factor: float) -> Parameters:
    """Give a stream so many times its children."""
    extra = {key: factor * np.asarray(array) for key, array in p.extra_entries.items()}
    stock, people = factor * np.asarray(p.initial_stock), factor * np.asarray(p.population)
    return p.changed(initial_stock=stock, population=people, extra_entries=extra)


def _timed(made: list[list[Parameters]], names: list[str], expected: list[list[Projection]]) -> list[float]:
    """Give the time of each scenario, one after the other as in a run [ms a draw]."""
    luck, took = Luck(1, range(DRAWS)), []
    for streams, sums in zip(made, expected, strict=True):
        began = time.process_time()
        luck.simulate(streams, names, sums)
        took.append(1e3 * (time.process_time() - began) / DRAWS)
    return took


if __name__ == "__main__":
    main()
