"""A second engine, to hold the first against: year by year, in classes of children who share a birthday.

A class has its birthday at one point u of every year, a node of a Gauss-Legendre rule on (0, 1). Two classes are what
the package once ran on; forty are the limit of very many (to 1e-13 for outflows up to 50 a year). Spans are solved by
scipy's matrix exponential of an augmented matrix. Nothing is shared with the engine but the generators, the birthday
map and the algebra of shares.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import expm

import carecost as cc
from carecost.engine.capacity_shares import Relief
from carecost.engine.kernels import birthdays, rates
from carecost.engine.piecewise import stepped
from carecost.engine.projection import Rates, common_places

Array = np.ndarray


class Span(NamedTuple):
    """Kernels of a span of each class: (class, draw, state, state)."""

    move: Array
    stay: Array
    linger: Array


def project(parameters: cc.Parameters, classes: int = 2) -> cc.Projection:
    """Project one stream in birthday classes."""
    return project_streams([parameters], classes)[0]


def project_streams(streams: list[cc.Parameters], classes: int = 2) -> list[cc.Projection]:
    """Project streams side by side; they share places where there are capacity groups."""
    grid = streams[0].grid
    draws = max(p.n_draws for p in streams)
    runs = [_Run(p, classes, draws) for p in streams]
    limits = _Limits(streams, draws) if grid.groups else None
    for year in range(len(grid.years)):
        if limits is not None:
            limits.year(year, runs)
        for run in runs:
            run.year(year)
    return [run.projection(None if limits is None else limits.capacity) for run in runs]


class _Run:
    def __init__(self, p: cc.Parameters, classes: int, draws: int) -> None:
        grid = self.grid = p.grid
        self.parameters, self.birthdays = p, birthdays(grid)
        shape = self.shape = (draws, len(grid.years), len(grid.ages), len(grid.placements))
        nodes, weights = np.polynomial.legendre.leggauss(classes)
        self.nodes, self.weights = (nodes + 1.0) / 2.0, weights[:, None, None, None] / 2.0
        share = np.broadcast_to(np.asarray(p.entry_at_birthday), shape[:3])[..., None]
        by_rate = np.broadcast_to(p.entries(), shape)
        self.extra = {name: np.broadcast_to(np.asarray(v), shape).copy() for name, v in p.extra_entries.items()}
        self.at_birthday, self.even = by_rate * share, by_rate * (1.0 - share) + sum(self.extra.values())
        start = np.broadcast_to(np.asarray(p.initial_stock), (draws, *shape[2:]))
        self.people = self.weights * start  # (class, draw, age, state)
        self.stock = np.zeros((draws, shape[1] + 1, *shape[2:]))
        self.stock[:, 0] = start
        self.child_years, self.reached = np.zeros(shape), np.zeros(shape)
        q = rates(p)
        self.q = np.broadcast_to(q, (len(q), shape[1], *q.shape[2:]))
        self.known: dict[bytes, Span] = {}

    def span(self, year: int, age: int) -> Span:
        """From the start of the year to the birthday; reversed it is from the birthday to the end."""
        q = self.q[:, year, age]
        key = q.tobytes()
        if key not in self.known:
            n = q.shape[-1]
            big = np.zeros((len(q), 3 * n, 3 * n))
            big[:, :n, :n] = q
            big[:, range(n), range(n, 2 * n)] = big[:, range(n, 2 * n), range(2 * n, 3 * n)] = 1.0
            found = np.stack([expm(big * u)[:, :n] for u in self.nodes])
            self.known[key] = Span(found[..., :n], found[..., n : 2 * n], found[..., 2 * n :])
        return self.known[key]

    def turned(self, before: Array) -> Array:
        """Those who turn the next age: (..., age, state)."""
        out = np.zeros_like(before)
        out[..., 1:, :] = (before * self.birthdays.stays)[..., :-1, :]
        for age, state, to in self.birthdays.goes:
            out[..., age + 1, to] += before[..., age, state]
        return out

    def year(self, year: int) -> None:
        even = self.weights * self.even[:, year]
        before, time = np.empty_like(self.people), np.empty_like(self.people)
        for age in range(self.shape[2]):
            before[:, :, age], time[:, :, age] = _carried(self.people[:, :, age], even[:, :, age], self.span(year, age))
        self.reached[:, year] = before.sum(0)
        turned = self.turned(before) + self.weights * self.at_birthday[:, year]
        for age in range(self.shape[2]):
            later = Span(*(kernel[::-1] for kernel in self.span(year, age)))
            self.people[:, :, age], more = _carried(turned[:, :, age], even[:, :, age], later)
            time[:, :, age] += more
        self.stock[:, year + 1], self.child_years[:, year] = self.people.sum(0), time.sum(0)

    def projection(self, capacity: cc.Capacity | None) -> cc.Projection:
        p, ages = self.parameters, range(self.shape[2])
        parts = Rates(self.child_years, stepped(p.exit_rate), stepped(p.move_rate), ages, ages)
        leave = np.array([row.leave_age for row in self.grid.placements])
        leaving = np.array(self.grid.ages)[:, None] + 1 == leave
        return cc.Projection(
            self.grid,
            [slice(age, age + 1) for age in ages],
            stock=self.stock,
            entries=self.even + self.at_birthday,
            aged_out=self.reached * leaving,
            child_years=self.child_years,
            parts=(parts,),
            capacity=capacity,
            reached=self.reached,
            extra_entries=self.extra,
        )


def _carried(people: Array, even: Array, span: Span) -> tuple[Array, Array]:
    """Where people and even entrants of each class are at the end of a span, and the time they lived."""

    def through(rows: Array, kernel: Array) -> Array:
        return (rows[:, :, None] @ kernel)[:, :, 0]

    end = through(people, span.move) + through(even, span.stay)
    return end, through(people, span.stay) + through(even, span.linger)


class _Limits:
    """Sends arrivals on, a year at a time, by looking ahead over the year."""

    def __init__(self, streams: list[cc.Parameters], draws: int) -> None:
        self.grid = streams[0].grid
        places = np.broadcast_to(common_places(streams), (draws, len(self.grid.years), len(self.grid.groups)))
        self.capacity = cc.Capacity(places, *np.zeros((4, *places.shape)))
        self.relief = Relief(self.grid)

    def year(self, year: int, runs: list[_Run]) -> None:
        kept, relief = self.capacity, self.relief
        free = np.flatnonzero(~relief.wanted.any(1))
        there, reach = np.zeros(kept.places[:, 0].shape), np.zeros(())
        for run in runs:
            stock, even, at_birthday = self._lived(run, year)
            there = there + np.einsum("cdas,cdasg->dg", run.people, stock)
            for coming, ahead in ((run.even[:, year], even), (run.at_birthday[:, year], at_birthday)):
                there = there + np.einsum("das,dasg->dg", coming[..., free], ahead[:, :, free])
                some = ahead[:, :, relief.entered]
                reach = reach + relief.reach(coming[:, None][..., relief.entered], some)[:, 0]
        there, reach = np.ascontiguousarray(there.T), np.ascontiguousarray(reach.transpose(1, 2, 0))
        share = relief.solved(there, reach, kept.places[:, year].T)
        occupancy = relief.occupied(there, reach, share)
        kept.share[:, year], kept.occupancy[:, year] = share.T, occupancy.T
        for run in runs:
            arrays = [run.even[:, year], run.at_birthday[:, year]]
            kept.redirected[:, year] += relief.send(share, arrays, relief.entered).T
            relief.send(share, [extra[:, year] for extra in run.extra.values()], relief.entered)
        for g, onto in enumerate(relief.onto):
            if onto is None and share[g].any():
                kept.unmet[:, year, g] = relief.without(there, reach, share, g) - occupancy[g]

    def _lived(self, run: _Run, year: int) -> tuple[Array, Array, Array]:
        """Time until the year's end in each group: of those there (class), of even entrants, of those on a birthday."""
        wanted, ages = self.relief.wanted, range(run.shape[2])
        spans = [run.span(year, age) for age in ages]
        turned = np.stack([s.stay[::-1] @ wanted for s in spans], axis=2)  # (class, draw, age, state, group)
        even = np.stack([s.linger[::-1] @ wanted for s in spans], axis=2)
        later = np.zeros_like(turned)
        later[:, :, :-1] = turned[:, :, 1:] * run.birthdays.stays[:-1, :, None]
        for age, state, to in run.birthdays.goes:
            later[:, :, age, state] += turned[:, :, age + 1, to]
        stock = np.stack([s.stay @ wanted + s.move @ later[:, :, a] for a, s in enumerate(spans)], axis=2)
        even = even + np.stack([s.linger @ wanted + s.stay @ later[:, :, a] for a, s in enumerate(spans)], axis=2)
        weights = run.weights[..., None]
        return stock, (weights * even).sum(0), (weights * turned).sum(0)
