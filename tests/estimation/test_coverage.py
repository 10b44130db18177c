"""Do intervals hold the truth as often as they say? A small version of benchmarks/coverage.py, and its table."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import carecost as cc
from benchmarks import coverage
from benchmarks.lives import Seen, follow

ROOT = Path(__file__).resolve().parents[2]
#: A test fails by chance less often than this, a comparison.
CHANCE = 1e-4


def batches(case: coverage.Case, horizons: tuple[int, ...]) -> NDArray[Any]:
    """Which intervals hold the truth: (council, kind, horizon)."""
    parts = [coverage.batch(case, number, horizons) for number in range(-(-case.councils // coverage.BATCH))]
    ends, happened = (np.concatenate([getattr(part, name) for part in parts]) for name in ("ends", "happened"))
    return np.asarray((ends[..., 0] <= happened[:, None]) & (happened[:, None] <= ends[..., 1]))


def within_chance(covered: int, n: int, share: float = 0.95) -> bool:
    """Whether so many of n are what a share gives, within exact binomial limits."""
    return bool(min(stats.binom.cdf(covered, n, share), stats.binom.sf(covered - 1, n, share)) > CHANCE / 2)


def test_intervals_of_four_years_cover() -> None:
    inside = batches(coverage.Case(1000, 7, 60, draws=39, seed=5), (1, 4))
    assert all(within_chance(int(n), 60) for n in inside[:, 0].sum(0))


@pytest.mark.slow
@pytest.mark.parametrize("size", [100, 1000])
@pytest.mark.parametrize("history", [1, 7])
def test_intervals_cover_and_need_both_parts(size: int, history: int) -> None:
    inside = batches(coverage.Case(size, history, 200, draws=79, seed=6), (1, 10)).sum(0)
    assert all(within_chance(int(n), 200) for n in inside[0])
    assert inside[1, 0] < 180 and inside[2, 1] < 185  # parameters alone at one year, noise alone at ten


# The councils


@pytest.fixture(scope="module")
def seen() -> Seen:
    return follow(coverage.truth(100), 50, 6, np.random.default_rng(1))


def test_what_councils_count_adds_up(seen: Seen) -> None:
    change = np.diff(seen.stock.sum(2), axis=1)
    moved = seen.moves.sum((2, 3)) - seen.moves.sum((2, 4))
    left = seen.exits.sum((2, 4)) + seen.aged_out
    np.testing.assert_array_equal(change, seen.entries.sum(2) + moved - left)
    assert (seen.at_birthday[..., 1:] == 0).all() and (seen.stock[:, :, :16, 3] == 0).all()


def test_councils_are_what_the_engine_expects_on_average(seen: Seen) -> None:
    """Two programs that share no code, from the same truth."""
    truth = coverage.truth(100)
    entries = truth.even + truth.at_birthday
    p = cc.Parameters(
        coverage.grid(2025, 24),
        np.zeros((1, 18, 4)),
        np.ones((1, 1, 1)),
        entries.sum(-1)[None, None],
        (entries / entries.sum(-1, keepdims=True))[None, None],
        (truth.at_birthday.sum(-1) / entries.sum(-1))[None, None],
        exit_rate=truth.exit_rate[None, None],
        move_rate=truth.move_rate[None, None],
    )
    expected = cc.project(p)
    pairs = {
        "stock": (seen.stock.mean(1), expected.stock[0, -1]),
        "child_years": (seen.child_years.mean(1), expected.child_years[0, -1]),
        "exits": (seen.exits.mean(1), expected.exits[0, -1]),
        "moves": (seen.moves.mean(1), expected.moves[0, -1]),
        "aged_out": (seen.aged_out.mean(1), expected.aged_out[0, -1].sum(0)),
    }
    for name, (mine, theirs) in pairs.items():
        total = mine.reshape(50, -1).sum(1)
        assert abs(total.mean() - theirs.sum()) < 4 * total.std(ddof=1) / np.sqrt(50), name


def test_years_may_vary_by_more_than_chance() -> None:
    entries = follow(coverage.truth(1000), 25, 10, np.random.default_rng(1), varying=0.2).entries.sum((2, 3))
    assert entries.var() / entries.mean() ** 2 == pytest.approx(0.04 + 1 / entries.mean(), rel=0.25)


# The table


def table() -> list[dict[str, str]]:
    with (ROOT / "benchmarks" / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_holds_what_was_promised() -> None:
    rows = [r for r in table() if (r["interval"], r["history"], r["entries_sd"]) == ("both", "7", "0.0")]
    assert {(r["children"], r["horizon"]) for r in rows} == {
        (s, h) for s in ("100", "1000") for h in ("1", "2", "4", "10")
    }
    assert all(int(r["councils"]) >= 200 and 0.92 <= float(r["coverage"]) <= 0.98 for r in rows)


def said(row: dict[str, str]) -> str:
    """Coverage, its error and the mean width, as the page writes them."""
    share, error, width = (float(row[name]) for name in ("coverage", "error", "width"))
    return f"{100 * share:.1f} ± {100 * error:.1f}, {width:.0f}"


def test_the_page_says_what_the_table_says() -> None:
    page = (ROOT / "docs" / "explanation" / "coverage.md").read_text(encoding="utf-8")
    made = {tuple(r[c] for c in coverage.COLUMNS): said(r) for r in table()}
    lines = re.findall(r"^\| ([\d,]+) \| (\d+) \| (\d+) \| (.+) \|$", page, re.MULTILINE)
    assert len(lines) == 16
    for children, history, horizon, cells in lines:
        key = (children.replace(",", ""), history, "0.0", "estimated", horizon)
        assert cells.split(" | ") == [made[*key, kind] for kind in coverage.KINDS]
    for luck in ("estimated", "none"):
        cells = re.findall(rf"^\| {luck} \| (.+) \|$", page, re.MULTILINE)[0].split(" | ")
        assert cells == [made["1000", "7", "0.1", luck, str(h), "both"] for h in coverage.HORIZONS]


def test_the_page_says_what_cells_cover() -> None:
    page = (ROOT / "docs" / "explanation" / "coverage.md").read_text(encoding="utf-8")
    with (ROOT / "benchmarks" / "coverage_cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    said = re.findall(r"^\| ([\d,]+) \| (\d+) \| (exits|moves|entries|shares) \| (.+) \|$", page, re.MULTILINE)
    assert len(said) == 16
    for children, history, rate, cells in said:
        key = (children.replace(",", ""), history, rate)
        made = {r["events"]: r for r in rows if (r["children"], r["history"], r["rate"]) == key}
        shown = [
            f"{100 * float(made[n]['coverage']):.0f} ({made[n]['cells']})" if n in made else ""
            for n in ["0", "1", "5", "20"]
        ]
        assert [cell.strip() for cell in cells.split("|")] == shown, key


def test_ranks_of_true_rates_of_cells_are_those_of_their_draws() -> None:
    """A small run: whatever the kind, most of the cells with events hold the truth about nine times in ten."""
    for below, events in coverage.cell_ranks(coverage.Case(1000, 7, 12, draws=99, seed=4)).values():
        assert below.shape == (12, len(events)) and below.min() >= 0 and below.max() <= 1
        many = below[:, events >= 20]
        assert 0.8 < ((many >= 0.05) & (many <= 0.95)).mean() <= 1.0
