"""How much faster could a compiled engine be? The method fused into one loop over draws, in numba.

Not part of the package, which needs no compiler. Run with ``python -m benchmarks.compiled``; ``speed.py`` prints the
ratio. Rates must be the same in every year, as they are under inaction on the packaged sets.
"""

from __future__ import annotations

import time

import numpy as np
from numba import njit

import carecost as cc
from carecost.engine.age_cohorts import project_sums
from carecost.engine.kernels import birthdays, leaving_at, rates
from carecost.maths.birthday_classes import BIRTHDAYS, WEIGHT
from carecost.maths.expm import REACH, TERMS


@njit(cache=True)
def times(a, b, out):
    """Multiply square matrices."""
    n = a.shape[0]
    for i in range(n):
        out[i] = 0.0
        for k in range(n):
            for j in range(n):
                out[i, j] += a[i, k] * b[k, j]


@njit(cache=True)
def integrals(q, span, factor, out):
    """Fill the exponential of a generator and its first two integrals: series, scaling and doubling."""
    n = q.shape[0]
    move, stay, linger = out[0], out[1], out[2]
    norm = 0.0
    for i in range(n):
        norm = max(norm, np.abs(q[i]).sum() * span)
    halvings = max(int(np.ceil(np.log2(norm / REACH))), 0) if norm > 0 else 0
    t = span / 2.0**halvings
    scaled, spare = q * t, np.zeros((n, n))
    linger[:] = factor[-1] * scaled
    for k in range(len(factor) - 2, -1, -1):
        if k < len(factor) - 2:
            times(linger, scaled, spare)
            linger[:] = spare
        for i in range(n):
            linger[i, i] += factor[k]
    linger *= t * t
    times(q, linger, stay)
    for i in range(n):
        stay[i, i] += t
    times(q, stay, move)
    for i in range(n):
        move[i, i] += 1.0
    for _ in range(halvings):
        times(move, linger, spare)
        linger += t * stay + spare
        times(move, stay, spare)
        stay += spare
        times(move, move, spare)
        move[:] = spare
        t *= 2.0


@njit(cache=True)
def onto(row, matrix, out):
    """Add a row times a matrix to another row."""
    for i in range(len(row)):
        for j in range(len(out)):
            out[j] += row[i] * matrix[i, j]


@njit(cache=True)
def fused(start, starts, share, born, extra, q, band, stays, leaving, goes, spans, factor):
    """Project all draws, one after the other: stock (draw, date, state), time and aged out (draw, year, state)."""
    draws, years, ages = starts.shape
    n, bands = start.shape[2], band.max() + 1
    stock, time_, aged = np.zeros((draws, years + 1, n)), np.zeros((draws, years, n)), np.zeros((draws, years, n))
    kernel = np.zeros((bands, 2, 3, n, n))
    there, turned, even, on = (np.zeros((ages, n)), np.zeros((ages, n)), np.zeros((ages, n)), np.zeros((ages, n)))
    sums, reached = np.zeros((3, bands, n)), np.zeros(n)
    for d in range(draws):
        for a in range(ages):
            if a == 0 or band[a] != band[a - 1]:
                for s in range(2):
                    integrals(q[min(d, len(q) - 1), a], spans[s], factor, kernel[band[a], s])
        for c in range(2):
            there[:] = start[min(d, len(start) - 1)]
            for a in range(ages):
                stock[d, 0] += there[a]
            for y in range(years):
                sums[:] = 0.0
                turned[:] = 0.0
                for a in range(ages):
                    k, b = kernel[band[a]], band[a]
                    for j in range(n):
                        by_rate = starts[d, y, a] * share[min(d, len(share) - 1), min(y, share.shape[1] - 1), a, j]
                        on[a, j] = by_rate * born[a]
                        even[a, j] = by_rate - on[a, j] + extra[a, j]
                    reached[:] = 0.0
                    onto(there[a], k[c, 0], reached)
                    onto(even[a], k[c, 1], reached)
                    sums[0, b] += there[a]
                    sums[2, b] += even[a]
                    turned[a] += on[a]
                    for j in range(n):
                        aged[d, y, j] += reached[j] * leaving[a, j]
                        if a + 1 < ages:
                            turned[a + 1, j] += reached[j] * stays[a, j]
                    for g in range(len(goes)):
                        if goes[g, 0] == a:
                            turned[a + 1, goes[g, 2]] += reached[goes[g, 1]]
                for a in range(ages):
                    k = kernel[band[a]]
                    sums[1, band[a]] += turned[a]
                    there[a] = 0.0
                    onto(turned[a], k[1 - c, 0], there[a])
                    onto(even[a], k[1 - c, 1], there[a])
                    stock[d, y + 1] += there[a]
                for b in range(bands):
                    onto(sums[0, b], kernel[b, c, 1], time_[d, y])
                    onto(sums[2, b], kernel[b, c, 2], time_[d, y])
                    onto(sums[1, b], kernel[b, 1 - c, 1], time_[d, y])
                    onto(sums[2, b], kernel[b, 1 - c, 2], time_[d, y])
    return stock, time_, aged


def project(p: cc.Parameters) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Project parameters: stock, time lived and those who age out, summed over ages."""
    q = rates(p)
    assert q.shape[1] == 1, "rates differ between years"
    grid = p.grid
    shape = (len(grid.years), len(grid.ages))
    changes = (q[:, 0, 1:] != q[:, 0, :-1]).any((0, 2, 3))
    band = np.concatenate([[0], np.cumsum(changes)])
    starts = WEIGHT * np.asarray(p.population) * np.asarray(p.entry_rate)
    extra = sum((np.asarray(e)[0, 0] for e in p.extra_entries.values()), np.zeros((shape[1], len(grid.placements))))
    rules = birthdays(grid)
    return fused(
        WEIGHT * np.asarray(p.initial_stock),
        np.ascontiguousarray(np.broadcast_to(starts, (p.n_draws, *shape))),
        np.asarray(p.entry_share),
        np.ascontiguousarray(np.broadcast_to(np.asarray(p.entry_at_birthday)[0, 0], shape[1:])),
        WEIGHT * np.broadcast_to(extra, (shape[1], len(grid.placements))),
        np.ascontiguousarray(q[:, 0]),
        band,
        rules.stays,
        leaving_at(grid).astype(float),
        np.array(rules.goes, dtype=np.int64).reshape(-1, 3),
        np.array(BIRTHDAYS),
        1.0 / np.cumprod(np.arange(1.0, TERMS + 3.0))[1:],
    )


def largest_gap(p: cc.Parameters) -> float:
    """Largest relative difference to ``carecost.project``."""
    mine, theirs = project(p), cc.project(p).sums
    pairs = zip(mine, (theirs.over_ages(n) for n in ("stock", "child_years", "aged_out")), strict=True)
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


def ratio(p: cc.Parameters, repeats: int = 9) -> tuple[float, float, float]:
    """Seconds of the package's projection and of the compiled one, one thread each, and their ratio; at their best."""
    project_sums(p), project(p)
    found: list[tuple[float, float]] = []
    for _ in range(repeats):
        begin = time.process_time()
        project_sums(p)
        middle = time.process_time()
        project(p)
        found.append((middle - begin, time.process_time() - middle))
    ours, compiled = (min(column) for column in zip(*found, strict=True))
    return ours, compiled, ours / compiled


def main() -> None:
    """Print gap and ratio for each stream of england-2025."""
    run = cc.run(cc.load_assumptions("england-2025"), years=20, draws=cc.Draws(128)).run
    for stream, p in run.parameters("inaction", slice(0, 128)).items():
        ours, compiled, times_as_long = ratio(p)
        print(f"{stream}: {ours * 1e3:.1f} ms, compiled {compiled * 1e3:.1f} ms, ratio {times_as_long:.2f}, ", end="")
        print(f"largest gap {largest_gap(p):.1e}")


if __name__ == "__main__":
    main()
