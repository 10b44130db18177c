"""Does the oracle itself tell the truth, where the truth can be had with pencil and paper?"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.reference.oracle import Counts, World, expected, simulate, stress_world

Array = NDArray[Any]

PER_UNIT = 5.0


def plain_world(n_years: int, last_age: int = 17, hazard: float = 0.0, beta: float = 0.0) -> World:
    """What is the simplest world: one placement, one reason, nobody there and nobody coming?"""
    a = last_age + 1
    return World(
        ages=tuple(range(a)),
        leave_age=(a,),
        then=(None,),
        reason_to=(None,),
        initial_stock=np.zeros((a, 1)),
        entries=np.zeros((n_years, a, 1)),
        beta=np.full((n_years, a), beta),
        extra=np.zeros((n_years, a, 1)),
        exit_rate=np.full((n_years, a, 1, 1), hazard),
        move_rate=np.zeros((n_years, a, 1, 1)),
    )


def at(shape: tuple[int, ...], cell: tuple[Any, ...], value: float) -> Array:
    """What is an array of zeros but for `value` at `cell`?"""
    array = np.zeros(shape)
    array[cell] = value
    return array


def every_rule_world(seed: int = 0, speed: float = 1.0) -> World:
    """What world uses every rule at once, with rates that differ by year, age, placement and event?

    Ages 3 to 9; placements foster (until 8, then `after`), home (until 7, then out) and after (until 10);
    reasons that lead out and into `after`; moves; entries on birthdays and extra ones at every age.
    """
    rng = np.random.default_rng(seed)
    y, a, p = 4, 7, 3
    open_ = np.arange(3, 10)[:, None] < np.array([8, 7, 10])  # (age, placement)
    exit_rate = speed * rng.uniform(0.05, 1.0, (y, a, p, 2)) * open_[..., None]
    exit_rate[:, :, 2, 1] = 0  # nobody goes from `after` to itself
    return World(
        ages=tuple(range(3, 10)),
        leave_age=(8, 7, 10),
        then=(2, None, None),
        reason_to=(None, 2),
        initial_stock=rng.uniform(500, 2000, (a, p)) * open_,
        entries=rng.uniform(100, 900, (y, a, p)) * open_,
        beta=rng.uniform(0, 1, (y, a)),
        extra=rng.uniform(100, 900, (y, a, p)) * open_,
        exit_rate=exit_rate,
        move_rate=speed * rng.uniform(0.05, 1.0, (y, a, p, p)) * open_[..., None] * open_[:, None, :],
    )


def conservation_gap(world: World, counts: Counts) -> Array:
    """How many children appear from nowhere, by year, age and placement? (The identity of the design.)"""
    n = len(world.leave_age)
    moves = counts.moves * ~np.eye(n, dtype=bool)
    change = counts.entries - counts.exits.sum(-1) + moves.sum(-2) - moves.sum(-1)
    for reason, to in enumerate(world.reason_to):
        if to is not None:
            change[..., to] += counts.exits[..., reason].sum(-1)
    change += counts.birthdays - counts.aged_out
    change[:, :-1] -= counts.birthdays[:, 1:]
    for place, then in enumerate(world.then):
        if then is not None:
            change[:, 1:, then] += counts.aged_out[:, :-1, place]
    return np.asarray(np.diff(counts.stock, axis=0) - change)


def assert_agree(simulated: Counts, exact: Counts, per_unit: float) -> None:
    """Do they agree, each count having at most about the variance of a Poisson count of children?"""
    for field in fields(Counts):
        guess, truth = getattr(simulated, field.name), getattr(exact, field.name)
        possible = truth > 1e-9
        assert np.all(guess[~possible] == 0), field.name
        z = (guess - truth)[possible] / np.sqrt(np.maximum(truth[possible], 1 / per_unit) / per_unit)
        assert np.abs(z).max() < 5, field.name
        assert np.sqrt(np.mean(z**2)) < 1.2, field.name


def both(world: World, per_unit: float = PER_UNIT) -> list[tuple[Counts, float]]:
    """What do the two solutions say, and within what relative error of a total of 10,000 children?"""
    return [(expected(world), 2e-5), (simulate(world, per_unit, np.random.default_rng(7)), 0.015)]


@pytest.mark.parametrize("world", [stress_world(), every_rule_world(), every_rule_world(speed=20.0)])
def test_children_are_conserved(world: World) -> None:
    """Is every child accounted for, in every year, age and placement?"""
    assert np.abs(conservation_gap(world, simulate(world, 1.0, np.random.default_rng(1)))).max() < 1e-7
    assert np.abs(conservation_gap(world, expected(world))).max() < 1e-7


@pytest.mark.parametrize(
    ("world", "per_unit"),
    [(stress_world(), PER_UNIT), (every_rule_world(), 20.0), (every_rule_world(seed=3, speed=10.0), 20.0)],
)
def test_following_children_tends_to_the_limit(world: World, per_unit: float) -> None:
    """Do the two solutions agree within the noise of the first?"""
    assert_agree(simulate(world, per_unit, np.random.default_rng(2)), expected(world), per_unit)


@pytest.mark.parametrize("world", [stress_world(), every_rule_world()])
def test_limit_is_accurate(world: World) -> None:
    """Do many more birthday classes change nothing that matters?"""
    coarse, fine = expected(world), expected(world, 1000)
    for field in fields(Counts):
        np.testing.assert_allclose(getattr(coarse, field.name), getattr(fine, field.name), rtol=1e-5, atol=1e-9)


def test_cohort_ages_a_year_at_a_time() -> None:
    """Does a cohort without exits gain an age a year, all of it, and leave at 18?"""
    world = replace(plain_world(n_years=5), initial_stock=at((18, 1), (14,), 1000.0))
    for counts, _ in both(world):
        for y in range(4):
            np.testing.assert_allclose(counts.stock[y, :, 0], at((18,), (14 + y,), 1000.0), atol=1e-8)
        assert counts.stock[4:].sum() == pytest.approx(0, abs=1e-8)
        np.testing.assert_allclose(counts.aged_out[:, 17, 0], [0, 0, 0, 1000, 0], atol=1e-8)
        np.testing.assert_allclose(counts.child_years.sum((1, 2)), [1000, 1000, 1000, 500, 0], atol=1)


def test_leavers_live_on() -> None:
    """Does a child who leaves on a birthday live on where it went, and count as a leaver once?"""
    world = every_rule_world()
    still = replace(world, exit_rate=0 * world.exit_rate, move_rate=0 * world.move_rate, entries=0 * world.entries)
    world = replace(still, extra=0 * world.extra, initial_stock=at((7, 3), (4, 0), 1000.0))  # seven, in foster
    for counts, _ in both(world):
        np.testing.assert_allclose(counts.aged_out[0], at((7, 3), (4, 0), 1000.0), atol=1e-8)
        np.testing.assert_allclose(counts.stock[1], at((7, 3), (5, 2), 1000.0), atol=1e-8)
        np.testing.assert_allclose(counts.birthdays[0], 0, atol=1e-8)
        np.testing.assert_allclose(counts.birthdays[1], at((7, 3), (6, 2), 1000.0), atol=1e-8)
        np.testing.assert_allclose(counts.aged_out[2], at((7, 3), (6, 2), 1000.0), atol=1e-8)


@pytest.mark.parametrize("hazard", [0.8, 6.0])
def test_steady_state_is_entries_over_hazard(hazard: float) -> None:
    """Does the stock settle at E / r when next to nobody stays to the last birthday?"""
    world = plain_world(n_years=25, last_age=24, hazard=hazard)
    world = replace(world, entries=at((25, 25, 1), (slice(None), 0), 1000.0))
    for counts, tolerance in both(world):
        assert counts.stock[-1].sum() == pytest.approx(1000 / hazard, rel=5 * tolerance)
        assert counts.child_years[-1].sum() == pytest.approx(1000 / hazard, rel=5 * tolerance)
        assert counts.exits[-1].sum() == pytest.approx(1000, rel=5 * tolerance)


def test_survival_from_birth() -> None:
    """Is the stock of each age what is left of a cohort born evenly over a year, E (1 - e^-r) e^-ra / r?"""
    hazard, age = 0.3, np.arange(18)
    world = plain_world(n_years=18, hazard=hazard, beta=1.0)
    world = replace(world, entries=at((18, 18, 1), (slice(None), 0), 10_000.0))
    truth = 10_000 * (1 - np.exp(-hazard)) * np.exp(-hazard * age) / hazard
    exact, simulated = (counts.stock[-1, :, 0] for counts, _ in both(world))
    np.testing.assert_allclose(exact, truth, rtol=1e-5)
    assert np.abs((simulated - truth) / np.sqrt(truth / PER_UNIT)).max() < 4


def test_the_last_year_before_leaving() -> None:
    """Do those aged 17 leave at 18 if they last till their birthday, N (1 - e^-r) / r of them?"""
    hazard = 0.8
    world = replace(plain_world(n_years=1, hazard=hazard), initial_stock=at((18, 1), (17,), 10_000.0))
    for counts, tolerance in both(world):
        truth = 10_000 * (1 - np.exp(-hazard)) / hazard
        assert counts.aged_out[0, 17, 0] == pytest.approx(truth, rel=tolerance)
        assert counts.exits.sum() == pytest.approx(10_000 - truth, rel=tolerance)


@pytest.mark.parametrize("name", ["entries", "extra"])
@pytest.mark.parametrize("beta", [0.0, 1.0])
def test_moment_of_entry(name: str, beta: float) -> None:
    """Do entries at age 0 come at birth where they should, and otherwise at any time of the year of age?

    At birth: all are 0 at the year's end and have lived half a year. Evenly (extra entries always): the
    birthday follows the arrival for half, 1/3 of a child-year is lived at age 0 and 1/6 at age 1.
    """
    arrivals: dict[str, Any] = {name: at((1, 18, 1), (0, 0), 10_000.0)}
    world = replace(plain_world(n_years=1, beta=beta), **arrivals)
    at_birth = name == "entries" and beta == 1
    stock, lived = ([10_000, 0], [5_000, 0]) if at_birth else ([5_000, 5_000], [10_000 / 3, 10_000 / 6])
    for counts, tolerance in both(world):
        assert counts.entries.sum() == pytest.approx(10_000)
        assert counts.entries[0, 0, 0] == pytest.approx(10_000)
        np.testing.assert_allclose(counts.stock[1, :2, 0], stock, rtol=tolerance)
        np.testing.assert_allclose(counts.birthdays[0, :2, 0], [0, stock[1]], rtol=tolerance)
        np.testing.assert_allclose(counts.child_years[0, :2, 0], lived, rtol=tolerance)


def test_rates_change_with_the_year() -> None:
    """Does a hazard that begins in the second year leave the first alone?"""
    world = replace(plain_world(n_years=2), initial_stock=at((18, 1), (3,), 10_000.0))
    world.exit_rate[1] = 0.5
    for counts, tolerance in both(world):
        assert counts.exits[0].sum() == 0
        assert counts.stock[2].sum() == pytest.approx(10_000 * np.exp(-0.5), rel=tolerance)


def test_moves_and_reasons_that_lead_somewhere() -> None:
    """Do those who take a reason with `to` live on there, and a diagonal of moves do nothing?"""
    world = every_rule_world()
    changes: dict[str, Any] = {
        name: 0 * getattr(world, name) for name in ("entries", "extra", "exit_rate", "move_rate")
    }
    world = replace(world, **changes, initial_stock=at((7, 3), (0, 0), 10_000.0))
    world.exit_rate[:, :, 0, 1] = 0.4  # foster to after
    world.move_rate[:, :, 0, 1] = 0.6  # foster to home
    world.move_rate[:, :, 0, 0] = 9.0  # foster to foster: ignored
    left = 10_000 * (1 - np.exp(-1.0))
    for counts, tolerance in both(world):
        truth = [10_000 - left, 0.6 * left, 0.4 * left]
        np.testing.assert_allclose(counts.stock[1].sum(0), truth, rtol=tolerance)
        assert counts.exits[0, :, 0, 1].sum() == pytest.approx(0.4 * left, rel=tolerance)
        assert counts.moves[0].sum() == pytest.approx(0.6 * left, rel=tolerance)


def test_shapes_are_checked() -> None:
    """Is a world whose arrays do not fit each other refused?"""
    with pytest.raises(ValueError, match="beta"):
        replace(plain_world(n_years=2), beta=np.zeros(18))
    with pytest.raises(ValueError, match="leave_age"):
        replace(plain_world(n_years=2), leave_age=(19,))
