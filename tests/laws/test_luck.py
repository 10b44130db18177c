"""Is the luck of small numbers right in every level, and do the identities hold in every draw?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

import carecost as cc
from carecost.engine import stochastic
from carecost.engine.age_cohorts import project_sums
from carecost.engine.projection import Projection
from carecost.engine.stochastic import Lives, Luck, simulate
from tests.reference.histories import histories, parts_of, world_of
from tests.reference.strategies import parameter_sets
from tests.reference.worlds import parameters_of

Array = NDArray[np.float64]

YEARS = [1, 2, 4, 10]


def small(p: cc.Parameters, factor: float) -> cc.Parameters:
    """The same world with fewer children, or more."""
    extra = {name: factor * np.asarray(array) for name, array in p.extra_entries.items()}
    stock, people = factor * np.asarray(p.initial_stock), factor * np.asarray(p.population)
    return p.changed(initial_stock=stock, population=people, extra_entries=extra)


def gap(sums: Projection) -> Array:
    """By how much do stock and flows of each placement miss their identity? (draw, year, placement)."""
    grid, reasons = sums.grid, range(len(sums.grid.reasons))
    entries, aged_out, stock = (sums.over_ages(name) for name in ("entries", "aged_out", "stock"))
    change = entries - aged_out - sums.exits_for(reasons)
    for r, reason in enumerate(grid.reasons):
        if reason.to is not None:
            change[..., grid.index("placements", reason.to)] += sums.exits_for([r]).sum(-1)
    for i, placement in enumerate(grid.placements):
        moves = sums.moves_to([i])
        change -= moves
        change[..., i] += moves.sum(-1)
        if placement.then is not None:
            change[..., grid.index("placements", placement.then)] += aged_out[..., i]
    return np.asarray(stock[:, :-1] + change - stock[:, 1:])


# Identities


@given(parameter_sets(), st.integers(0, 2**31), st.sampled_from([0.001, 0.02]))
@settings(deadline=None, max_examples=40)
def test_stock_and_flows_whole_children_add_up_exactly_in_every_draw(p: cc.Parameters, seed: int, f: float) -> None:
    p = small(p, f)
    lucky = simulate(p, seed, "all", range(p.n_draws))
    assert (gap(lucky) == 0).all()
    time = lucky.over_ages("child_years")
    for array in (lucky.stock, lucky.entries, lucky.aged_out):
        assert (array == np.round(array)).all() and array.min(initial=0) >= 0
    assert time.min(initial=0) >= 0
    there = lucky.over_ages("stock").sum(-1)
    came = lucky.over_ages("entries").sum(-1)
    assert (time.sum(-1) <= there[:, :-1] + came).all()


@given(parameter_sets(), st.integers(0, 2**31))
@settings(deadline=None, max_examples=15)
def test_stock_and_flows_enlarged_lives_add_up_in_every_draw(p: cc.Parameters, seed: int) -> None:
    lucky = simulate(p, seed, "all", range(p.n_draws))
    most = 1.0 + lucky.stock.max() + lucky.entries.max()
    # No nearer than the expected run, whose own identity is held elsewhere.
    assert np.abs(gap(lucky)).max() <= np.abs(gap(lucky.expected)).max() + 1e-11 * most
    for array in (lucky.stock, lucky.entries, lucky.aged_out, lucky.child_years):
        assert array.min() > -1e-9 * most


def test_time_lived_is_that_of_the_same_children() -> None:
    """Who is there on both dates and nobody comes or goes: time is exactly the stock."""
    grid = cc.Grid(2025, 3, range(18), ["foster"], ["home"])
    one = np.ones((1, 1, 1))
    stock = np.zeros((1, 18, 1))
    stock[0, 5] = 7.0
    p = cc.Parameters(grid, stock, one, 0 * one, np.ones((1, 1, 1, 1)), exit_rate=np.zeros((1, 1, 18, 1, 1)))
    lucky = simulate(p, 1, "all", range(4))
    assert (lucky.stock == 7).all() and (lucky.child_years == 7).all()


# Laws of luck


@given(parameter_sets(), st.integers(0, 2**31))
@settings(deadline=None, max_examples=15)
def test_a_change_from_a_year_leaves_earlier_years_bit_for_bit(p: cc.Parameters, seed: int) -> None:
    years = len(p.grid.years)
    p, at = small(p, 0.02), years - 1
    later = np.where(np.arange(years) >= at, 1.3, 1.0)[:, None]
    exits = np.asarray(p.exit_rate) * later[..., None, None]
    rate = np.asarray(p.entry_rate) * later
    before, after = (
        simulate(q, seed, "all", range(p.n_draws)) for q in (p, p.changed(exit_rate=exits, entry_rate=rate))
    )
    np.testing.assert_array_equal(before.stock[:, : at + 1], after.stock[:, : at + 1])
    for name in ("entries", "aged_out", "child_years"):
        np.testing.assert_array_equal(getattr(before, name)[:, :at], getattr(after, name)[:, :at])
    for r in range(len(p.grid.reasons)):
        np.testing.assert_array_equal(before.exits_for([r])[:, :at], after.exits_for([r])[:, :at])
    for i in range(len(p.grid.placements)):
        np.testing.assert_array_equal(before.moves_to([i])[:, :at], after.moves_to([i])[:, :at])


@given(parameter_sets(), st.integers(0, 2**31))
@settings(deadline=None, max_examples=15)
def test_rates_alone_change_nobody_who_enters(p: cc.Parameters, seed: int) -> None:
    p = small(p, 0.02)
    faster = p.changed(exit_rate=2.0 * np.asarray(p.exit_rate), move_rate=0.5 * np.asarray(p.move_rate))
    before, after = (simulate(q, seed, "all", range(p.n_draws)) for q in (p, faster))
    np.testing.assert_array_equal(before.entries, after.entries)
    np.testing.assert_array_equal(before.stock[:, 0], after.stock[:, 0])


def test_no_number_depends_on_blocks_or_on_how_many_are_followed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    p = parameters_of(world_of(60))
    rng = np.random.default_rng(1)
    p = p.changed(exit_rate=np.asarray(p.exit_rate) * rng.uniform(0.5, 1.5, (30, 1, 1, 1, 1)))
    whole = simulate(p, 5, "all", range(30))
    part = simulate(_draws(p, slice(11, 17)), 5, "all", range(11, 17))
    monkeypatch.setattr(stochastic, "AT_ONCE", 50)
    bitwise = simulate(p, 5, "all", range(30))
    for name in ("stock", "entries", "aged_out", "child_years", "events"):
        rows = 1 if name == "events" else 0
        np.testing.assert_array_equal(getattr(whole, name), getattr(bitwise, name))
        np.testing.assert_array_equal(np.take(getattr(whole, name), range(11, 17), rows), getattr(part, name))


def _draws(p: cc.Parameters, rows: slice) -> cc.Parameters:
    return p.changed(exit_rate=np.asarray(p.exit_rate)[rows])


def test_a_step_or_band_in_which_nothing_differs_changes_no_life() -> None:
    from carecost.engine.piecewise import stepped

    p = parameters_of(world_of(60))
    p = p.changed(exit_rate=np.asarray(p.exit_rate)[:, :1], move_rate=np.asarray(p.move_rate)[:, :1])
    cut = stepped(p.exit_rate).split(1, np.arange(10), np.arange(21))
    before, after = (simulate(q, 5, "all", range(20)) for q in (p, p.changed(exit_rate=cut)))
    for name in ("stock", "entries", "aged_out", "child_years"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


@pytest.mark.parametrize("change", ["fewer", "more", "elsewhere"])
def test_a_scenario_that_changes_entries_is_the_same_followed_alone_or_beside_inaction(change: str) -> None:
    p = parameters_of(world_of(100))
    rate = np.array(p.entry_rate)
    rate[:, 3:, 4:9] *= {"fewer": 0.7, "more": 1.4, "elsewhere": 0.0}[change]
    extra = {"extra": 2.0 * np.asarray(p.extra_entries["extra"])} if change == "elsewhere" else p.extra_entries
    scenario = p.changed(entry_rate=rate, extra_entries=extra)
    luck = Luck(3, range(25))
    luck.simulate([p], ["all"])
    (beside,), alone = luck.simulate([scenario], ["all"]), simulate(scenario, 3, "all", range(25))
    for name in ("stock", "entries", "aged_out", "child_years", "events"):
        np.testing.assert_array_equal(getattr(beside, name), getattr(alone, name))


def test_a_child_keeps_its_life_when_others_come() -> None:
    """With the same children and some more, no transition happens less often, and nobody's time is shorter."""
    p = parameters_of(world_of(100))
    more = p.changed(entry_rate=1.2 * np.asarray(p.entry_rate))
    before, after = (simulate(q, 3, "all", range(25)) for q in (p, more))
    assert (after.events >= before.events).all() and (after.stock >= before.stock).all()
    assert (after.child_years >= before.child_years).all() and after.events.sum() > before.events.sum()


# In law


Levels = dict[str, Array]


def levels_of(stock: Array, flows: dict[str, Array]) -> Levels:
    """What is compared, at years 1, 2, 4 and 10: (history, level and year)."""
    at = [y - 1 for y in YEARS]
    out = {"children": stock[:, YEARS].sum(-1), "home": stock[:, YEARS, 2]}
    for name in ("entries", "aged_out", "child_years"):
        out[name] = flows[name][:, at].sum(-1)
    out["exits"], out["to guardianship"] = flows["exits"][:, at].sum((-2, -1)), flows["exits"][:, at][..., 1].sum(-1)
    out["moves"], out["moves to home"] = flows["moves"][:, at].sum((-2, -1)), flows["moves"][:, at][..., 2].sum(-1)
    out["home, time"] = flows["child_years"][:, at, 2]
    return out


def lives_as_flows(lucky: Lives) -> tuple[Array, dict[str, Array]]:
    flows = {name: lucky.over_ages(name) for name in ("entries", "aged_out", "child_years")}
    n = len(lucky.grid.placements)
    flows["exits"] = np.stack([lucky.exits_for([r]) for r in range(len(lucky.grid.reasons))], axis=-1)
    flows["moves"] = np.stack([lucky.moves_to([i]) for i in range(n)], axis=-1)
    return lucky.over_ages("stock"), flows


def compare(mine: Levels, theirs: Sequence[Levels], sd: float, correlation: float) -> None:
    """Are means, standard deviations and correlations with the stock those of independent parts together?"""
    n, m = len(mine["children"]), len(theirs[0]["children"])
    for name in mine:
        a, spread = mine[name], np.sqrt(sum(_covariance(part[name], part[name]) for part in theirs))
        error = np.sqrt(a.var(0) / n + spread**2 / m)
        assert (np.abs(a.mean(0) - sum(part[name].mean(0) for part in theirs)) < 4.5 * error).all(), name
        np.testing.assert_allclose(a.std(0), spread, rtol=sd, err_msg=name)
        one, other = (_correlation(parts, name) for parts in ([mine], theirs))
        np.testing.assert_allclose(one, other, atol=correlation, err_msg=name)


def cover(mine: Levels, theirs: Levels) -> tuple[Array, Array]:
    """How often do 90% intervals of lives hold what happened to others? By the mid-p transform, and plainly.

    The transform puts a number that ties with draws at a uniform place among them, so that whole numbers have a
    coverage of exactly 90% where the law is right.
    """
    rng, fine, plain = np.random.default_rng(1), [], []
    for name in theirs:
        for year in range(len(YEARS)):
            drawn, happened = np.sort(mine[name][:, year]), theirs[name][:, year]
            below, upto = (np.searchsorted(drawn, happened, side) / len(drawn) for side in ("left", "right"))
            place = below + rng.random(len(happened)) * (upto - below)
            fine.append(((place > 0.05) & (place < 0.95)).mean())
            low, high = drawn[int(0.05 * len(drawn))], drawn[-1 - int(0.05 * len(drawn))]
            plain.append(((happened >= low) & (happened <= high)).mean())
    return np.array(fine), np.array(plain)


def _covariance(a: Array, b: Array) -> Array:
    return np.asarray(((a - a.mean(0)) * (b - b.mean(0))).mean(0))


def _correlation(parts: Sequence[Levels], name: str) -> Array:
    """The correlation of a level with the stock, of independent parts together."""
    both, own, stock = (
        sum(_covariance(part[one], part[other]) for part in parts)
        for one, other in ((name, "children"), (name, name), ("children", "children"))
    )
    return np.asarray(both / np.sqrt(own * stock))


#: Parts in which histories are followed, and lives followed at once.
PARTS, LIVES = 10, 2_000


def held_against(size: int, n: int, mine: int, sd: float, correlation: float) -> None:
    world, rng = world_of(size), np.random.default_rng(size)
    counted = (histories(part, n, rng) for part in parts_of(world, PARTS))
    theirs = [levels_of(part["stock"], part) for part in counted]
    p, blocks = parameters_of(world), [range(first, first + LIVES) for first in range(0, mine, LIVES)]
    followed = [levels_of(*lives_as_flows(simulate(p, 7, "all", block))) for block in blocks]
    ours = {name: np.concatenate([levels[name] for levels in followed]) for name in followed[0]}
    compare(ours, theirs, sd, correlation)
    fine, plain = cover(ours, {name: np.sum([part[name] for part in theirs], axis=0) for name in ours})
    # Four standard errors of the share of n histories and of the quantiles of so many lives.
    chance = 4.0 * np.sqrt(0.09 * (1.0 / n + 1.0 / mine))
    assert (np.abs(fine - 0.9) < max(0.02, chance)).all() and (plain > 0.9 - max(0.02, chance)).all()
    assert 0.88 < fine.mean() < 0.92 and plain.mean() > 0.88


@pytest.mark.parametrize("size", [30, 100])
def test_lives_are_as_lucky_as_individuals_followed_apart(size: int) -> None:
    # Of 500 histories in ten parts and 4,000 lives a standard deviation is known to 1.5%, a correlation to 0.021.
    held_against(size, 500, 4_000, 0.10, 0.10)


@pytest.mark.slow
@pytest.mark.parametrize("size", [30, 100, 1000])
def test_lives_are_as_lucky_as_many_individuals_followed_apart(size: int) -> None:
    # Of 5,000 histories in ten parts and 40,000 lives a standard deviation is known to 0.5%, a correlation to 0.007.
    held_against(size, 5_000, 40_000, 0.03, 0.02)


def test_enlarged_lives_are_as_lucky_as_whole_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    p = parameters_of(world_of(400))
    whole = levels_of(*lives_as_flows(simulate(p, 7, "all", range(1_500))))
    monkeypatch.setattr(stochastic, "WHOLE", 300.0)
    monkeypatch.setattr(stochastic, "FOLLOWED", 100.0)
    lucky = simulate(p, 8, "all", range(1_500))
    assert np.allclose(lucky.per_life, 4.0)
    # Standard deviations of 1,500 draws each: 2.6%.
    compare(levels_of(*lives_as_flows(lucky)), [whole], 0.11, 0.12)


def test_about_ninety_children_have_exits_as_lucky_as_they_are() -> None:
    """The standard deviation of exits in the first year was 0.89; it is about that of a Poisson number."""
    grid = cc.Grid(2025, 1, range(18), ["foster"], ["home"])
    one = np.ones((1, 1, 1))
    stock = np.full((1, 18, 1), 5.0)
    p = cc.Parameters(
        grid, stock, 1e4 * one, 1.4e-4 * one, np.ones((1, 1, 1, 1)), exit_rate=np.full((1, 1, 18, 1, 1), 0.25)
    )
    exits = simulate(p, 1, "all", range(4_000)).exits_for([0]).sum((1, 2))
    assert exits.std() == pytest.approx(4.4, abs=0.3)


def test_expected_run_is_the_mean_of_lives_in_a_set_with_every_rule() -> None:
    p = parameters_of(replace(world_of(100), sent=None))
    lucky, mean = simulate(p, 11, "all", range(1_500)), project_sums(p)
    for name in ("stock", "entries", "aged_out", "child_years"):
        got = lucky.over_ages(name)
        error = got.std(0, ddof=1) / np.sqrt(1_500)
        assert (np.abs(got.mean(0) - mean.over_ages(name)[0]) <= 4.5 * error + 0.002 * mean.over_ages(name)[0]).all()
