"""Do our intervals cover? Rates estimated from simulated histories, projected, and compared with what then happened.

Run with ``python -m benchmarks.coverage``; it writes ``benchmarks/coverage.csv``, of children in care, and
``benchmarks/coverage_cells.csv``, of the rates of single cells. ``docs/explanation/coverage.md`` says what is done and
what it shows. It takes about ten minutes on one core.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from math import ceil, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

import carecost as cc
from benchmarks.lives import Seen, Truth, follow
from carecost.engine import stochastic
from carecost.engine.age_cohorts import project_sums
from carecost.estimation.counts import Counts
from carecost.estimation.rates import estimate

Array = NDArray[Any]

BASE, LEVEL, HORIZONS = 2025, 0.95, (1, 2, 4, 10)
BEFORE = 7  # years that a council could have counted
BATCH = 25  # councils with one generator, so that nothing depends on the number of processes
KINDS = ("both", "parameters", "noise")
PLACEMENTS = ("foster", "kinship", "children's home", "supported accommodation")
REASONS = ("home", "other")
COLUMNS = ("children", "history", "entries_sd", "year_luck", "horizon", "interval")
FOUND = ("councils", "below", "above", "coverage", "error", "width", "plain_90", "mid_p_90")


@dataclass(frozen=True)
class Case:
    """What is tried?"""

    size: int  # children in care, on average
    history: int  # years counted
    councils: int = 25
    varying: float = 0.0  # true standard deviation of the factor that multiplies all entries of a year
    overdispersion: float | None = None  # what the estimator takes it for; estimated where None
    draws: int = 119  # one less than a multiple of 40, so that the ends of an interval are draws
    seed: int = 1

    @property
    def labels(self) -> tuple[Any, ...]:
        """The first columns of its rows."""
        return self.size, self.history, self.varying, "estimated" if self.overdispersion is None else "none"


#: Two hundred give a standard error of 1.5 percentage points, four hundred of 1.1.
CASES = (
    Case(100, 7, 400),
    Case(1000, 7, 300),
    Case(100, 1, 200),
    Case(1000, 1, 200),
    Case(1000, 7, 200, varying=0.1),
    Case(1000, 7, 200, varying=0.1, overdispersion=0.0),
)


def rates() -> Truth:
    """What is true? Rates of every single age, smooth but for jumps at 1 and 16, of a council with one child a year.

    Nothing here is constant within the bands that the estimator pools.
    """
    age = np.arange(18.0)
    late = 1.0 / (1.0 + np.exp(12.0 - age))  # from 0 to 1 at about 12
    old = (age >= 16).astype(float)
    entry = np.where(age == 0, 6.0, 1.2 + 1.4 * np.exp(-age / 3.0) + 1.8 * late + 1.5 * old)
    home, supported = 0.03 + 0.3 * late, 0.45 * old
    share = np.stack([0.75 - 0.35 * late, 0.22 - 0.12 * late, home, np.zeros(18)], axis=-1)
    share = share / share.sum(-1, keepdims=True) * (1.0 - supported[:, None])
    share[:, 3] = supported
    entries = entry[:, None] * share / entry.sum()
    leave = np.stack(
        [0.13 + 0.14 * np.exp(-age / 2.0) + 0.25 * old, 0.22 * np.exp(-((age - 1.0) ** 2) / 18.0) + 0.01], -1
    )
    by_place = np.array([[1.0, 1.0], [0.7, 1.6], [1.4, 0.2], [1.6, 0.1]])
    moves = np.zeros((18, 4, 4))
    moves[:, 0, 1], moves[:, 1, 0] = 0.05 * np.exp(-age / 6.0) + 0.01, 0.08
    moves[:, 0, 2], moves[:, 2, 0] = 0.01 + 0.12 * late, 0.25 - 0.1 * late
    moves[:, 1, 2], moves[:, 2, 1] = 0.005 + 0.04 * late, 0.02
    moves[:, :3, 3] = 0.3 * old[:, None]
    moves[:, 3, 2] = 0.06 * old
    at_birth = np.where(age == 0, 0.4, 0.0)[:, None]
    return Truth(entries * (1.0 - at_birth), entries * at_birth, leave[:, None] * by_place, moves)


def grid(base: int, years: int) -> cc.Grid:
    """The labels of a history or of a future."""
    return cc.Grid(base, years, range(18), PLACEMENTS, REASONS)


@cache
def truth(size: int) -> Truth:
    """What is true of a council with so many children on average? Entries in proportion."""
    one = rates()
    entries = one.even + one.at_birthday
    total = entries.sum(-1)
    steady = cc.project(
        cc.Parameters(
            grid(BASE, 18),
            initial_stock=np.zeros((1, 18, 4)),
            population=np.ones((1, 1, 1)),
            entry_rate=total[None, None],
            entry_share=(entries / total[:, None])[None, None],
            entry_at_birthday=(one.at_birthday.sum(-1) / total)[None, None],
            exit_rate=one.exit_rate[None, None],
            move_rate=one.move_rate[None, None],
        )
    ).children[0, -1]
    return Truth(one.even * size / steady, one.at_birthday * size / steady, one.exit_rate, one.move_rate)


def population(size: int) -> Array:
    """Children of each age in the population: about 70 in care for each 10,000."""
    return np.full((1, 1, 18), size * 8.0)


def counted(seen: Seen, council: int, case: Case) -> Counts:
    """What did a council count in the years up to the date from which it projects?"""
    when = slice(BEFORE - case.history, BEFORE)
    return Counts(
        grid(BASE - case.history, case.history),
        np.broadcast_to(population(case.size)[0], (case.history, 18)),
        seen.entries[council, when],
        seen.child_years[council, when],
        seen.exits[council, when],
        seen.moves[council, when],
        seen.at_birthday[council, when],
        used=used(),
        name="council",
    )


def used() -> Array:
    """At which ages is a placement used? Supported accommodation from 16."""
    out = np.ones((18, 4), bool)
    out[:16, 3] = False
    return out


class Forecast(NamedTuple):
    """What is said of children in care in some years."""

    drawn: dict[str, Array]  # all draws of a kind: (draw, horizon)
    mean: Array  # of luck alone, in closed form: (horizon,)
    sd: Array


def forecast(case: Case, counts: Counts, stock: Array, seed: int, horizons: Sequence[int] = HORIZONS) -> Forecast:
    """Project a council from what it counted, with all that is not known, and with a part of it."""
    future, found = grid(BASE, max(horizons)), estimate(counts, case.overdispersion)
    start, people = stock[None], population(case.size)
    drawn = cc.Parameters(future, start, people, **found.draw(cc.Draws(case.draws, seed), future.years))
    central = cc.Parameters(future, start, people, **found.central())
    sums = project_sums(drawn)
    both = stochastic.simulate(drawn, seed, "council", range(case.draws), sums)
    mean, sd = project_sums(central).children[0, horizons], np.sqrt(stochastic.variance(central)[0, horizons])
    return Forecast({"both": both.children[:, horizons], "parameters": sums.children[:, horizons]}, mean, sd)


def intervals(found: Forecast, level: float = LEVEL) -> Array:
    """The ends of the intervals of children in care: (kind, horizon, end).

    With n draws the ends are the k-th smallest and the k-th largest, k = (1 - level) / 2 (n + 1): had it been drawn
    with them, the truth would be as likely as any of them to have any rank. With noise alone they are so many standard
    deviations from the mean.
    """
    away = float(ndtri((1.0 + level) / 2.0)) * found.sd
    noise = np.stack([found.mean - away, found.mean + away], axis=-1)
    return np.stack([*(_ends(values, level) for values in found.drawn.values()), noise])


def _ends(values: Array, level: float) -> Array:
    """The ends of the interval of values of shape (draw, horizon): (horizon, end)."""
    k = round((1.0 - level) / 2.0 * (len(values) + 1))
    ordered = np.sort(values, axis=0)
    return np.stack([ordered[k - 1], ordered[-k]], axis=-1)


def place(found: Forecast, happened: Array, chance: Array) -> Array:
    """Where is what happened among the draws, from 0 to 1: (kind, horizon)?

    The mid-p transform: what ties with draws is put at a uniform place among them, so that whole numbers are uniform
    where the forecast is right. A whole number is spread over its own unit where luck alone is normal.
    """
    found_at = []
    for values in found.drawn.values():
        below, upto = (values < happened).sum(0), (values <= happened).sum(0)
        found_at.append((below + chance * (1 + upto - below)) / (len(values) + 1))
    return np.stack([*found_at, ndtr((happened + chance - 0.5 - found.mean) / found.sd)])


class Tried(NamedTuple):
    """What came of some councils."""

    ends: Array  # of 95% intervals: (council, kind, horizon, end)
    happened: Array  # (council, horizon)
    narrow: Array  # ends of 90% intervals
    place: Array  # (council, kind, horizon)


def batch(case: Case, number: int, horizons: Sequence[int] = HORIZONS) -> Tried:
    """Intervals of some councils, what happened, and where that was among the draws."""
    entropy = (case.seed, case.size, round(1e6 * case.varying), number)
    rng = np.random.default_rng(np.random.SeedSequence(entropy))
    councils = min(BATCH, case.councils - BATCH * number)
    seen = follow(truth(case.size), councils, BEFORE + max(horizons), rng, case.varying)
    seeds = np.random.SeedSequence((*entropy, 1)).generate_state(councils)
    happened = seen.stock[:, [BEFORE + h for h in horizons]].sum((2, 3))
    chance = np.random.default_rng(np.random.SeedSequence((*entropy, 2))).random(happened.shape)
    told = [
        forecast(case, counted(seen, i, case), seen.stock[i, BEFORE], int(seed), horizons)
        for i, seed in enumerate(seeds)
    ]
    wide, narrow = (np.stack([intervals(f, level) for f in told]) for level in (LEVEL, 0.9))
    return Tried(wide, happened, narrow, np.stack([place(*each) for each in zip(told, happened, chance, strict=True)]))


#: Events counted in a cell, on average: at least this many, and fewer than the next.
EVENTS = (0, 1, 5, 20)


def cell_ranks(case: Case) -> dict[str, tuple[Array, Array]]:
    """Where does the true rate of each cell lie among its draws, and how many events were counted there?

    By kind of rate: share of draws below the truth, (history, cell), and mean events, (cell,). The truth of a band is
    the mean of its single ages, each with the time that children lived there.
    """
    true, rng = truth(case.size), np.random.default_rng(np.random.SeedSequence((case.seed, case.size, case.history, 2)))
    seen = follow(true, case.councils, BEFORE, rng)
    entries = true.even + true.at_birthday
    found: dict[str, list[tuple[Array, Array, Array]]] = {name: [] for name in ("exits", "moves", "entries", "shares")}
    for council in range(case.councils):
        counts = counted(seen, council, case)
        drawn = estimate(counts).draw(cc.Draws(case.draws, seed=council), [BASE])
        first = [counts.grid.index("ages", band) for band in counts.bands]
        lived = np.asarray(counts.child_years).sum(0)[..., None]
        # Where nobody lived there is no mean: any age's rate will do, and the cell has no events.
        weight = np.where(np.add.reduceat(lived, first, axis=0)[counts.band_of] > 0, lived, 1.0)
        pairs = {
            "exits": (true.exit_rate, weight, drawn["exit_rate"], counts.exits),
            "moves": (true.move_rate, weight, drawn["move_rate"], counts.moves),
        }
        for name, (rate, time, draws, events) in pairs.items():
            mean = np.add.reduceat(rate * time, first, axis=0) / np.add.reduceat(time, first, axis=0)
            found[name].append(_rank(draws[:, 0, first], mean, counts.by_band(events)))
        by_age = entries.sum(1) / population(case.size)[0, 0]
        found["entries"].append(_rank(drawn["entry_rate"][:, 0], by_age, np.asarray(counts.entries).sum((0, 2))))
        shares = np.add.reduceat(entries, first, axis=0)
        shares /= shares.sum(-1, keepdims=True)
        found["shares"].append(_rank(drawn["entry_share"][:, 0, first], shares, counts.by_band(counts.entries)))
    out = {}
    for name, rows in found.items():
        below, events, rates = (np.stack(column) for column in zip(*rows, strict=True))
        cells = rates.min(0) > 0
        out[name] = below[:, cells], events.mean(0)[cells]
    return out


def _rank(draws: Array, rate: Array, events: Array) -> tuple[Array, Array, Array]:
    # A cell that is closed has no rate, whatever the truth would be there.
    return np.asarray((draws < rate).mean(0)), events, np.where(draws.max(0) > 0, rate, 0.0)


def cell_rows(case: Case) -> Iterable[tuple[Any, ...]]:
    """Coverage of 90% intervals of the rates of cells, by kind of rate and events counted in the cell."""
    for name, (below, events) in cell_ranks(case).items():
        for least, most in zip(EVENTS, (*EVENTS[1:], np.inf), strict=True):
            cells = (events >= least) & (events < most)
            if cells.any():
                low, high = ((below[:, cells] < 0.05).mean(), (below[:, cells] > 0.95).mean())
                worst = ((below[:, cells] >= 0.05) & (below[:, cells] <= 0.95)).mean(0).min()
                numbers = (f"{share:.3f}" for share in (low, high, 1.0 - low - high, worst))
                yield case.size, case.history, name, least, int(cells.sum()), case.councils, *numbers


CELL_COLUMNS = ("children", "history", "rate", "events", "cells", "councils", "below", "above", "coverage", "least")
CELL_CASES = tuple(Case(size, history, 200, draws=199) for size in (100, 1000) for history in (7, 1))


def tried(case: Case, run: Executor, horizons: Sequence[int] = HORIZONS) -> Callable[[], Tried]:
    """Start all batches of a case; what is returned waits for them."""
    started = [run.submit(batch, case, number, horizons) for number in range(ceil(case.councils / BATCH))]

    def wait() -> Tried:
        return Tried(*(np.concatenate(parts) for parts in zip(*(s.result() for s in started), strict=True)))

    return wait


def rows(case: Case, found: Tried, horizons: Sequence[int] = HORIZONS) -> Iterable[tuple[Any, ...]]:
    """Coverage and width by kind and horizon; then coverage of 90% intervals, plainly and by the mid-p transform."""
    ends, happened = found.ends, found.happened
    below, above = happened[:, None] < ends[..., 0], happened[:, None] > ends[..., 1]
    plain = ((found.narrow[..., 0] <= happened[:, None]) & (happened[:, None] <= found.narrow[..., 1])).mean(0)
    fine = ((found.place > 0.05) & (found.place < 0.95)).mean(0)
    for (k, kind), (h, horizon) in product(enumerate(KINDS), enumerate(horizons)):
        n, low, high = len(happened), int(below[:, k, h].sum()), int(above[:, k, h].sum())
        share, width = 1.0 - (low + high) / n, float((ends[:, k, h, 1] - ends[:, k, h, 0]).mean())
        error = sqrt(share * (1.0 - share) / n)
        narrow = f"{plain[k, h]:.4f}", f"{fine[k, h]:.4f}"
        yield *case.labels, horizon, kind, n, low, high, f"{share:.4f}", f"{error:.4f}", f"{width:.1f}", *narrow


def main(words: Sequence[str] | None = None) -> None:
    """Run every case and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"))
    parser.add_argument("--cells", type=Path, default=Path(__file__).with_name("coverage_cells.csv"))
    parser.add_argument("--only-cells", action="store_true")
    asked = parser.parse_args(words)
    with asked.cells.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CELL_COLUMNS)
        for case in CELL_CASES:
            writer.writerows(cell_rows(replace(case, seed=asked.seed)))
    if asked.only_cells:
        return
    cases = [replace(case, seed=asked.seed) for case in CASES]
    print(*(f"{name:>10}" for name in (*COLUMNS, *FOUND)))
    table: list[tuple[Any, ...]] = []
    with ProcessPoolExecutor(asked.processes) as pool:
        for case, wait in [(case, tried(case, pool)) for case in cases]:
            for row in rows(case, wait()):
                print(*(f"{value!s:>10}" for value in row), flush=True)
                table.append((*row, case.draws, case.seed, cc.__version__))
    with asked.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, *FOUND, "draws", "seed", "version"))
        writer.writerows(table)


if __name__ == "__main__":
    main()
