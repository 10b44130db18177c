"""How does luck move what is counted? Many histories of one world, each child followed by itself.

Unlike `oracle.simulate`, where birthdays and arrivals are spread evenly so that means are sharp, children here are
independent of each other and entries are Poisson numbers: variances and covariances are those of whole children.
It shares no code with the engine: years go one by one, and every wait is drawn anew.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.reference.oracle import OUT, World

Array = NDArray[Any]

CHILD = np.dtype([("history", int), ("age", int), ("place", int), ("birthday", float), ("now", float)])


def histories(world: World, n: int, rng: np.random.Generator, batch: int = 500) -> dict[str, Array]:
    """What is counted in n histories, over all ages? Arrays of shape (history, date or year, placement, ...)."""
    parts = [_batch(world, min(batch, n - first), rng) for first in range(0, n, batch)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def parts_of(world: World, n: int) -> list[World]:
    """What worlds of fewer children add up to a world?

    Children are independent of each other and entries Poisson: so histories of the parts add up to one of the whole,
    and their covariances to its own, which are known n times as well from as many whole histories.
    """
    upto = [np.floor(i * np.asarray(world.initial_stock) / n) for i in range(n + 1)]
    stocks = [after - before for before, after in pairwise(upto)]
    return [replace(world, initial_stock=s, entries=world.entries / n, extra=world.extra / n) for s in stocks]


def _batch(world: World, n: int, rng: np.random.Generator) -> dict[str, Array]:
    years, _, places, _ = world.move_rate.shape
    out = {
        "stock": np.zeros((n, years + 1, places)),
        "entries": np.zeros((n, years, places)),
        "aged_out": np.zeros((n, years, places)),
        "child_years": np.zeros((n, years, places)),
        "events": np.zeros((n, years, places, world.rates.shape[-1])),
    }
    children = _children(np.broadcast_to(world.initial_stock, (n, *world.initial_stock.shape)).astype(int), rng)
    _add(out["stock"][:, 0], children)
    for y in range(years):
        even, born = (
            _children(rng.poisson(mean[y], (n, *mean[y].shape)), rng) for mean in (world.even, world.on_birthday)
        )
        even["now"], born["now"] = rng.random(even.size), born["birthday"]
        for coming in (even, born):
            _add(out["entries"][:, y], coming)
        children["now"] = 0.0
        children = _year(np.concatenate([children, even, born]), world, y, out, rng)
        _add(out["stock"][:, y + 1], children)
    out["exits"], out["moves"] = np.split(out.pop("events"), [len(world.reason_to)], axis=-1)
    return out


def _children(number: Array, rng: np.random.Generator) -> Array:
    """Who are the children of each history, age and placement?"""
    children = np.zeros(number.sum(), CHILD)
    where = np.unravel_index(np.repeat(np.arange(number.size), number.ravel()), number.shape)
    for name, values in zip(("history", "age", "place"), where, strict=True):
        children[name] = values
    children["birthday"] = rng.random(children.size)
    return children


def _year(children: Array, world: World, y: int, out: dict[str, Array], rng: np.random.Generator) -> Array:
    """Who is there at the end of the year?"""
    then = np.array([OUT if to is None else to for to in world.then])
    clocks, done = np.cumsum(world.rates[y], axis=-1), []
    while children.size:
        clock = clocks[children["age"], children["place"]]
        wait = np.full(children.size, np.inf)
        np.divide(rng.standard_exponential(children.size), clock[:, -1], out=wait, where=clock[:, -1] > 0)
        until = np.where(children["now"] < children["birthday"], children["birthday"], 1.0)
        end = np.minimum(children["now"] + wait, until)
        _add(out["child_years"][:, y], children, end - children["now"])
        happens = end < until
        turns = ~happens & (until < 1.0)
        children["now"] = end
        event = np.argmax((rng.random(children.size) * clock[:, -1])[:, None] < clock, axis=1)
        cells = tuple(children[name][happens] for name in ("history", "place"))
        np.add.at(out["events"][:, y], (*cells, event[happens]), 1.0)
        children["place"][happens] = world.destination[event[happens]]
        leaves = turns & world.leaves[children["age"], children["place"]]
        _add(out["aged_out"][:, y], children[leaves])
        children["place"][leaves] = then[children["place"][leaves]]
        children["age"][turns] += 1
        ended = ~happens & ~turns
        done.append(children[ended & (children["place"] != OUT)])
        children = children[~ended & (children["place"] != OUT)]
    return np.concatenate(done)


def _add(table: Array, children: Array, weight: Array | float = 1.0) -> None:
    np.add.at(table, (children["history"], children["place"]), weight)


def world_of(size: int, years: int = 10, seed: int = 1) -> World:
    """What world has `then`, `to`, moves, entries on birthdays, and rates that change every year?

    Ages 0 to 20; foster, kin and home until 18, guardianship (outside care by its way in) until 18, leavers from 18;
    so many whole children on the base date, and entries that keep their number about level.
    """
    rng = np.random.default_rng(seed)
    ages, places = np.arange(21), 5
    opened = np.stack([ages < 18] * 4 + [ages >= 18], axis=-1)
    weight = rng.uniform(0.2, 1.0, (21, places)) * opened * np.array([1.0, 0.5, 0.4, 0.5, 0.3])
    total = np.cumsum(np.append(0.0, size * weight.ravel() / weight.sum()))
    stock = np.diff(np.floor(total + 0.5)).reshape(21, places)
    exit_rate = rng.uniform(0.05, 0.5, (years, 21, places, 2)) * opened[..., None]
    exit_rate[..., 1] *= (np.arange(places) < 3) * (ages < 18)[:, None]  # to guardianship
    exit_rate[:, :, 2] *= 3.0
    move_rate = rng.uniform(0.0, 0.3, (years, 21, places, places)) * opened[..., None] * opened[:, None]
    move_rate *= ~np.eye(places, dtype=bool)
    entries = rng.uniform(0.5, 1.5, (years, 21, places)) * weight
    entries *= 0.55 * size / entries.sum((1, 2), keepdims=True)
    beta = np.where(ages == 0, 0.6, 0.1) * np.ones((years, 1))
    return World(
        ages=tuple(range(21)),
        leave_age=(18, 18, 18, 18, 21),
        then=(4, None, 4, None, None),
        reason_to=(None, 3),
        initial_stock=stock,
        entries=entries,
        beta=beta,
        extra=0.05 * entries,
        exit_rate=exit_rate,
        move_rate=move_rate,
    )
