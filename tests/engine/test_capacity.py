"""Do places that run out send the right children elsewhere? By hand, by the laws, and against children one by one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

import carecost as cc
from carecost.engine import stochastic
from carecost.engine.age_cohorts import project_sums
from carecost.engine.capacity import project_together
from carecost.engine.kernels import Kernels
from carecost.engine.project import project_streams
from carecost.errors import CareCostError, InputError
from carecost.report.write import write_summary
from carecost.text.describe import assumptions_text
from tests.laws.test_laws import identity_gap
from tests.reference.oracle import Limit, World, crowded, expected, redirected, simulate
from tests.reference.strategies import floats
from tests.reference.test_oracle import every_rule_world
from tests.reference.worlds import parameters_of

FAR = 1e12
GROUPS = (
    cc.CapacityGroup("carers", ["foster"], next="home"),
    cc.CapacityGroup("homes", ["home"], next="other"),
)


# A case to follow by hand


def by_hand(carers: tuple[float, float], homes: tuple[float, float]) -> cc.Projection:
    """100 children with carers and 10 in homes, all aged 5; 24 come in each year, all to carers; nobody leaves."""
    grid = cc.Grid(2025, 2, range(18), ["foster", "home", "other"], groups=GROUPS)
    stock, entry_rate = np.zeros((1, 18, 3)), np.zeros((1, 1, 18))
    stock[0, 5] = 100, 10, 0
    entry_rate[0, 0, 5] = 24 / 1000
    return cc.project(
        cc.Parameters(
            grid,
            initial_stock=stock,
            population=np.full((1, 1, 1), 1000.0),
            entry_rate=entry_rate,
            entry_share=np.array([1.0, 0.0, 0.0])[None, None, None],
            capacity=np.array([carers, homes]).T[None],
        )
    )


def test_a_year_that_binds_and_one_that_does_not_by_hand() -> None:
    run = by_hand(carers=(106, 130), homes=(14, 40))
    found = run.capacity
    assert found is not None
    # Those who come are there for half of the year on average, so with all 24 arrivals carers would have
    #   100 + 24 x 1/2 = 112 child-years in 2025-26, where 106 can be had.
    # Sending all 24 on would take 12 off. It takes (112 - 106) / 12 = a half: 12 children go on to homes.
    # Homes: 10 + 12 x 1/2 = 16, where 14 can be had. Sending those 12 on would take 6 off: (16 - 14) / 6 = a third,
    #   4 children, go on to `other`, the last resort. They would have lived 4 x 1/2 = 2 child-years in homes: unmet.
    np.testing.assert_allclose(found.share[0, 0], [1 / 2, 1 / 3], rtol=1e-12)
    np.testing.assert_allclose(found.redirected[0, 0], [12, 4], rtol=1e-12)
    np.testing.assert_allclose(found.occupancy[0, 0], [106, 14], rtol=1e-12)
    np.testing.assert_allclose(found.unmet[0, 0], [0, 2], atol=1e-12)
    np.testing.assert_allclose(run.stock[0, 1].sum(0), [112, 18, 4], rtol=1e-12)
    # 2026-27: there are 130 places with carers and 40 in homes. Carers have 112 + 24 x 1/2 = 124, homes 18: nobody is
    # sent on, and the 4 stay where they are.
    np.testing.assert_allclose(found.share[0, 1], 0)
    np.testing.assert_allclose(found.occupancy[0, 1], [124, 18], rtol=1e-12)
    np.testing.assert_allclose(found.unmet[0, 1], 0)
    np.testing.assert_allclose(run.stock[0, 2].sum(0), [136, 18, 4], rtol=1e-12)


def test_nobody_is_evicted_from_a_group_that_is_too_full_at_the_start() -> None:
    run = by_hand(carers=(80, 80), homes=(400, 400))
    found = run.capacity
    assert found is not None
    # 100 are there and 80 can be had: all 24 arrivals of each year go to homes, and the 100 stay.
    np.testing.assert_allclose(found.share[0], [[1, 0], [1, 0]])
    np.testing.assert_allclose(found.occupancy[0], [[100, 10 + 12], [100, 34 + 12]], rtol=1e-12)
    np.testing.assert_allclose(run.stock[0, 2].sum(0), [100, 58, 0], rtol=1e-12)


def test_streams_share_the_places() -> None:
    p = tight(np.random.default_rng(3), draws=1)
    half = p.changed(initial_stock=np.asarray(p.initial_stock) / 2, entry_rate=np.asarray(p.entry_rate) / 2)
    whole, parts = cc.project(p), project_streams([half, half])
    assert whole.capacity is not None and parts[0].capacity is parts[1].capacity
    assert whole.capacity.share.max() > 0
    np.testing.assert_allclose(parts[0].capacity.share, whole.capacity.share, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(parts[0].stock + parts[1].stock, whole.stock, rtol=1e-12)


def test_streams_with_different_places_are_refused() -> None:
    p = tight(np.random.default_rng(3), draws=1)
    with pytest.raises(InputError, match="different places"):
        project_streams([p, p.changed(capacity=np.asarray(p.capacity) + 1)])


# The laws


def grid_of(years: int, groups: tuple[cc.CapacityGroup, ...] = GROUPS) -> cc.Grid:
    placements = [*("foster", "home", "other"), cc.Placement("leaver", in_care=False, leave_age=21)]
    placements[0] = cc.Placement("foster", then="leaver")
    return cc.Grid(2025, years, range(12, 21), placements, ["out"], groups=groups)


def tight(rng: np.random.Generator, draws: int, years: int = 4) -> cc.Parameters:
    """A world in which places are few, with birthdays, moves and draws."""
    grid = grid_of(years)
    opened = np.array([[grid.open(i, age) for i in range(4)] for age in grid.ages], dtype=float)
    share = np.array([0.6, 0.2, 0.2, 0.0]) * opened + np.array([0, 0, 0, 1.0]) * (1 - opened[:, :1])
    return cc.Parameters(
        grid,
        initial_stock=rng.uniform(20, 100, (draws, 9, 4)) * opened,
        population=np.full((1, years, 9), 1e4),
        entry_rate=rng.uniform(1e-3, 8e-3, (draws, 1, 9)),
        entry_share=share[None, None],
        entry_at_birthday=rng.uniform(0, 0.5, (1, 1, 9)),
        exit_rate=rng.uniform(0.1, 0.5, (draws, 1, 9, 4, 1)),
        move_rate=rng.uniform(0, 0.2, (draws, 1, 9, 4, 4)) * opened[:, None, :],
        capacity=rng.uniform(100, 500, (draws, years, 2)),
    )


@st.composite
def crowds(draw: st.DrawFn) -> cc.Parameters:
    """Worlds with two groups, in either order of the table, and places from none to many.

    Rates do not depend on age, so that sending a child on never lets it live longer in the group that sends it.
    """
    years, d = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    groups = draw(st.permutations(GROUPS))
    grid = grid_of(years, tuple(groups))
    opened = np.array([[grid.open(i, age) for i in range(4)] for age in grid.ages], dtype=float)
    share = (draw(floats((9, 4), 1.0)) + 1e-3) * opened
    share /= share.sum(-1, keepdims=True)
    few = st.floats(0, 400, allow_subnormal=False)
    return cc.Parameters(
        grid,
        initial_stock=draw(floats((d, 9, 4), 60.0)) * opened,
        population=np.full((1, years, 1), 1e4),
        entry_rate=draw(floats((d, 1, 9), 0.01)) + 1e-4,
        entry_share=share[None, None],
        entry_at_birthday=draw(floats((1, 1, 9), 1.0)),
        extra_entries={"extra": draw(floats((1, 1, 9, 4), 5.0)) * opened},
        exit_rate=np.broadcast_to(draw(floats((d, 1, 1, 4, 1), 3.0)), (d, 1, 9, 4, 1)).copy(),
        move_rate=np.broadcast_to(draw(floats((1, 1, 1, 4, 4), 2.0)), (1, 1, 9, 4, 4)) * opened[:, None, :],
        capacity=draw(hnp.arrays(float, (draw(st.sampled_from([1, d])), years, 2), elements=few)),
    )


def held(p: cc.Parameters) -> tuple[cc.Projection, cc.Capacity]:
    run = cc.project(p)
    assert run.capacity is not None
    return run, run.capacity


def unlimited(p: cc.Parameters) -> cc.Parameters:
    """The same world without groups."""
    names = [n for n in cc.Parameters.__dataclass_fields__ if n not in ("grid", "capacity", "unit_cost")]
    return cc.Parameters(replace(p.grid, groups=()), **{n: getattr(p, n) for n in names})


@given(crowds())
@settings(deadline=None, max_examples=60)
def test_a_group_is_over_its_places_only_when_all_its_arrivals_are_sent_on(p: cc.Parameters) -> None:
    _, found = held(p)
    assert found.share.min() >= 0 and found.share.max() <= 1
    assert found.unmet.min() >= 0 and found.redirected.min() >= 0
    within = found.occupancy <= found.places * (1 + 1e-9) + 1e-7
    assert np.all(within | (found.share == 1.0))
    # Full exactly where some, and not all, are sent on.
    some = (found.share > 0) & (found.share < 1)
    np.testing.assert_allclose(found.occupancy[some], found.places[some], rtol=1e-9, atol=1e-7)


@given(crowds())
@settings(deadline=None, max_examples=40)
def test_occupancy_is_the_time_lived_and_children_are_conserved(p: cc.Parameters) -> None:
    run, found = held(p)
    for g, group in enumerate(p.grid.groups):
        time = run.child_years[..., p.grid.indices("placements", group.placements)].sum((2, 3))
        np.testing.assert_allclose(found.occupancy[:, :, g], time, rtol=1e-9, atol=1e-7)
    assert identity_gap(p, run) < 1e-9
    free = cc.project(unlimited(p))
    np.testing.assert_allclose(run.entries.sum(-1), free.entries.sum(-1), rtol=1e-12, atol=1e-9)
    for array in (run.stock, run.entries, run.child_years):
        assert array.min() > -1e-9 * (1 + array.max())


@given(crowds())
@settings(deadline=None, max_examples=40)
def test_arrivals_that_are_sent_on_add_up(p: cc.Parameters) -> None:
    run, found = held(p)
    free = cc.project(unlimited(p))
    carers, homes = (p.grid.index("groups", name) for name in ("carers", "homes"))
    sent = found.redirected
    more = (run.entries - free.entries).sum(2)
    np.testing.assert_allclose(more[..., 0], -sent[..., carers], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(more[..., 1], sent[..., carers] - sent[..., homes], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(more[..., 2], sent[..., homes], rtol=1e-9, atol=1e-7)
    assert np.all(found.unmet[..., carers] == 0)


@given(crowds())
@settings(deadline=None, max_examples=30)
def test_far_places_change_nothing_bit_for_bit(p: cc.Parameters) -> None:
    run, found = held(p.changed(capacity=np.full((1, 1, 2), FAR)))
    free = cc.project(unlimited(p))
    assert not found.share.any() and not found.unmet.any()
    for name in ("stock", "entries", "child_years", "aged_out", "exits", "moves"):
        np.testing.assert_array_equal(getattr(run, name), getattr(free, name))


@given(crowds())
@settings(deadline=None, max_examples=30)
def test_places_for_exactly_those_who_would_be_there_redirect_nobody(p: cc.Parameters) -> None:
    _, free = held(p.changed(capacity=np.full((1, 1, 2), FAR)))
    _, found = held(p.changed(capacity=free.occupancy))
    assert not found.share.any()
    np.testing.assert_array_equal(found.occupancy, free.occupancy)


def test_draws_do_not_depend_on_their_neighbours() -> None:
    p = tight(np.random.default_rng(5), draws=9)
    whole = cc.project(p)
    assert whole.capacity is not None and (whole.capacity.share > 0).any((0, 1)).all()
    names = ("initial_stock", "entry_rate", "exit_rate", "move_rate", "capacity")
    for rows in ([0], [4], [2, 7], list(range(9))):
        some = cc.project(p.changed(**{n: np.asarray(getattr(p, n))[rows] for n in names}))
        assert some.capacity is not None
        np.testing.assert_array_equal(some.stock, whole.stock[rows])
        for name, array in some.capacity.arrays().items():
            np.testing.assert_array_equal(array, getattr(whole.capacity, name)[rows], err_msg=name)


def test_places_of_a_later_year_leave_earlier_years_bit_for_bit() -> None:
    p = tight(np.random.default_rng(6), draws=2)
    more = np.asarray(p.capacity).copy()
    more[:, 2:] += 50
    a, b = cc.project(p), cc.project(p.changed(capacity=more))
    np.testing.assert_array_equal(a.stock[:, :3], b.stock[:, :3])
    assert not np.array_equal(a.stock[:, 3], b.stock[:, 3])


def test_streams_without_groups_go_age_by_age_as_before() -> None:
    p = unlimited(tight(np.random.default_rng(7), draws=3))
    (mine,), theirs = project_together([p], Kernels()), project_sums(p, Kernels())
    assert mine.capacity is None
    for name in ("stock", "entries", "aged_out", "child_years"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))


# Children followed one by one


def crowded_world() -> tuple[World, cc.Parameters]:
    """The world that uses every rule, with places for fewer than would come in three of four years."""
    world = every_rule_world()
    world = replace(world, leave_age=(8, 8, 10))  # those sent on are taken as long
    free = expected(world, 60).child_years.sum(1)
    limit = Limit((0,), 1, tuple(float(x) for x in free[:, 0] * [0.95, 0.85, 2.0, 0.9]))
    p = parameters_of(world)
    group = cc.CapacityGroup("first", ["p0"], next="p1")
    names = [n for n in cc.Parameters.__dataclass_fields__ if n not in ("grid", "capacity", "unit_cost")]
    limited = cc.Parameters(
        replace(p.grid, groups=(group,)),
        **{n: getattr(p, n) for n in names},
        capacity=np.array(limit.places)[None, :, None],
    )
    return crowded(world, (limit,), 100), limited


def test_shares_and_stock_agree_with_the_oracle_that_finds_them_by_trying() -> None:
    world, p = crowded_world()
    mine, found = held(p)
    truth = expected(redirected(world), 200)
    assert world.sent is not None
    # Half of the arrivals of a year are B: what the oracle's 100 classes miss of the time lived is a thousandth of it.
    np.testing.assert_allclose(found.share[0, :, 0], world.sent[:, 0], atol=1e-3)
    assert (world.sent[[0, 1, 3], 0] > 0.05).all() and world.sent[2, 0] == 0
    assert abs(mine.stock[0].sum() / truth.stock.sum() - 1) < 1e-3
    for name in ("stock", "entries", "child_years", "aged_out"):
        a, b = getattr(mine, name)[0], getattr(truth, name)
        assert np.abs(a - b).max() < 0.02 * b.max(), name


def test_two_groups_in_a_row_agree_with_the_oracle() -> None:
    rng = np.random.default_rng(2)
    p = tight(rng, draws=1, years=3)
    stock, rates = np.asarray(p.initial_stock)[0], np.asarray(p.exit_rate)[0]
    y, (a, n) = 3, stock.shape
    world = World(
        ages=p.grid.ages,
        leave_age=(18, 18, 18, 21),
        then=(3, None, None, None),
        reason_to=(None,),
        initial_stock=stock,
        entries=np.broadcast_to(p.entries()[0], (y, a, n)).copy(),
        beta=np.broadcast_to(np.asarray(p.entry_at_birthday)[0], (y, a)).copy(),
        extra=np.zeros((y, a, n)),
        exit_rate=np.broadcast_to(rates, (y, a, n, 1)).copy(),
        move_rate=np.broadcast_to(np.asarray(p.move_rate)[0], (y, a, n, n)).copy(),
    )
    free = expected(world, 60).child_years.sum(1)
    places = free[:, :2] * [[0.95, 1.02], [0.9, 1.0], [0.9, 0.99]]
    limits = (Limit((0,), 1, tuple(places[:, 0])), Limit((1,), 2, tuple(places[:, 1])))
    found_by_trying = crowded(world, limits, 60)
    _, found = held(p.changed(capacity=places[None]))
    assert found_by_trying.sent is not None and (found.share[0] > 0).all()
    np.testing.assert_allclose(found.share[0], found_by_trying.sent[:, :2], atol=0.01)


def test_children_sent_on_one_by_one_agree_within_their_luck() -> None:
    world, p = crowded_world()
    mine, found = held(p)
    one_by_one = replace(world, sent=np.pad(found.share[0], ((0, 0), (0, 2))))
    lucky = simulate(one_by_one, 100.0, np.random.default_rng(1))
    assert abs(mine.stock[0].sum() / lucky.stock.sum() - 1) < 2e-3
    by_place = mine.stock[0].sum((0, 1)) / lucky.stock.sum((0, 1)) - 1
    assert np.abs(by_place).max() < 5e-3
    time = lucky.child_years[:, :, 0].sum(1)
    np.testing.assert_allclose(time, found.occupancy[0, :, 0], rtol=3e-3)


def test_luck_of_small_numbers_fills_the_places_on_average() -> None:
    p = tight(np.random.default_rng(8), draws=1, years=2)
    n = 400
    many = p.changed(**{k: np.repeat(np.asarray(getattr(p, k)), n, 0) for k in ("initial_stock", "capacity")})
    _, found = held(p)
    lucky = stochastic.simulate(many, 3, "all", range(n))
    # A mean of Poisson-like counts of some 500 child-years: standard error below sqrt(500 / 400) = 1.1.
    time = lucky.child_years[:, :, :, 0].sum(2).mean(0)
    np.testing.assert_allclose(time, found.occupancy[0, :, 0], atol=5)
    one = stochastic.variance(p)
    assert one.shape == (1, 3) and np.all(one > -1e-9)


def test_occupancy_with_luck_is_the_time_that_those_followed_lived_in_the_group() -> None:
    draws = range(60)
    p = crowded_world()[1]
    groups = [p.grid.indices("placements", group.placements) for group in p.grid.groups]
    twice = stochastic.simulate_streams([p, p], 3, ["one", "other"], draws)
    for streams in (twice, stochastic.simulate_streams([p], 3, ["one"], draws)):
        for lives in streams:
            assert lives.capacity is not None and lives.capacity.share.any()
            for g, rows in enumerate(groups):
                lived = sum(mine.over_ages("child_years")[..., rows].sum(-1) for mine in streams)
                np.testing.assert_allclose(lives.capacity.occupancy[..., g], lived, rtol=1e-13)
            assert (lives.capacity.occupancy.std(0) > 0).all()
            assert {len(array) for array in lives.capacity.arrays().values()} == {len(draws)}


# Sets


SETS = Path(__file__).parents[1] / "data" / "sets"
HEAD = "group,years,value,low,high,unit,source,quality"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "tiny"
    shutil.copytree(SETS / "tiny", there)
    write(there, "capacity_groups", "group,placements,next", "carers,foster,home")
    write(there, "capacity", HEAD, "carers,,800,700,900,places,made up,E")
    return there


def write(folder: Path, table: str, *lines: str) -> None:
    (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def said(folder: Path) -> str:
    with pytest.raises(CareCostError) as caught:
        cc.load_assumptions(folder)
    return str(caught.value)


def more_places(amount: float = 50.0, **rest: object) -> cc.Scenario:
    change = cc.Change("capacity", "add", cc.Interval(amount, 0.0, 2 * amount), groups=["carers"], **rest)
    return cc.Scenario("places", [cc.Lever("places", [change])])


def test_a_set_with_places_runs_and_writes_what_it_read(folder: Path, tmp_path: Path) -> None:
    tiny = cc.load_assumptions(folder)
    results = cc.run(tiny, cc.load_scenario(SETS / "edge.toml"), draws=cc.Draws(30, seed=1))
    table = results.capacity()
    amounts = ("places", "occupancy", "share", "redirected", "unmet")
    about = ("scenario", "year", "group", "quantile")
    assert table.columns.tolist() == [*about, *amounts, *(f"{amount}_error" for amount in amounts)]
    central = table[(table["scenario"] == "inaction") & (table["quantile"] == "central")]
    assert (central["redirected"] > 0).any() and set(central["places"]) == {800.0}
    saved = cc.save_assumptions(tiny, tmp_path / "again")
    again = cc.load_assumptions(saved)
    assert (again.groups, again.rows) == (tiny.groups, tiny.rows)
    there = results.save(tmp_path / "out")
    assert cc.Results.load(there).capacity().equals(table)
    one = results.capacity(by_draw=True)
    assert len(one) == 2 * 6 * 30 and "draw" in one


def test_a_set_without_places_has_no_table(tmp_path: Path) -> None:
    results = cc.run(cc.load_assumptions(SETS / "tiny"), years=2)
    assert results.capacity().empty and "capacity" not in results.tables()
    assert results.run.central["inaction"].capacity is None


@pytest.mark.parametrize("how", [{"block": 7}, {"threads": 1}, {"block": 1}])
def test_no_result_depends_on_blocks_or_threads(folder: Path, how: dict[str, int]) -> None:
    tiny, scenario = cc.load_assumptions(folder), more_places()
    a, b = (cc.run(tiny, scenario, draws=cc.Draws(20, seed=2), **x) for x in ({}, how))
    for name in ("inaction", "places"):
        x, y = a.run.drawn[name], b.run.drawn[name]
        np.testing.assert_array_equal(x.stock, y.stock)
        np.testing.assert_array_equal(x.costs.spend, y.costs.spend)
        for what, array in x.capacity.arrays().items():
            np.testing.assert_array_equal(array, y.capacity.arrays()[what], err_msg=what)


def test_scenarios_share_their_luck_and_a_lever_leaves_inaction_alone(folder: Path) -> None:
    tiny = cc.load_assumptions(folder)
    nothing = cc.Scenario("nothing", [cc.Lever("n", [cc.Change("capacity", "add", 0.0)])])
    late = replace(more_places(start=3), name="late")
    results = cc.run(tiny, nothing, more_places(), late, draws=cc.Draws(20, seed=2))
    alone = cc.run(tiny, draws=cc.Draws(20, seed=2)).run.drawn["inaction"]
    drawn = results.run.drawn
    np.testing.assert_array_equal(drawn["inaction"].stock, alone.stock)
    np.testing.assert_array_equal(drawn["nothing"].stock, alone.stock)
    np.testing.assert_array_equal(drawn["late"].stock[:, :, :3], alone.stock[:, :, :3])
    more = drawn["places"].capacity.places - drawn["inaction"].capacity.places
    assert np.ptp(more, axis=1).max() < 1e-9 and np.ptp(more[:, 0]) > 1
    there = {name: drawn[name].capacity.occupancy.sum((1, 2)) for name in ("inaction", "places")}
    gained = more[:, 0, 0] > 0  # the low end of a normal amount goes below nothing
    assert gained.sum() > 15 and np.all(there["places"][gained] >= there["inaction"][gained] - 1e-9)


def test_a_lever_of_places_saves_the_mix(folder: Path) -> None:
    tiny = cc.load_assumptions(folder)
    few, enough, far = (cc.run(tiny, more_places(x)).compare("places").central for x in (5, 400, 4000))
    assert 0 < few.gross_saving().sum() < enough.gross_saving().sum()
    np.testing.assert_array_equal(enough.gross_saving(), far.gross_saving())
    assert few.averted[:, -1] == pytest.approx(0, abs=1e-9)  # both placements are left at the same rates


def test_places_may_grow_and_wander(folder: Path) -> None:
    growth = (folder / "growth.csv").read_text(encoding="utf-8").splitlines()
    growth[0] += ",groups"
    growth += ["fewer carers,capacity,,,,,,2025,-0.1,-0.15,-0.05,,normal,0,9,per year,made up,2025,E,,carers"]
    write(folder, "growth", *growth)
    write(
        folder,
        "paths",
        "name,parameter,groups,kind,sd,from_year,unit,source,quality",
        "carers come and go,capacity,carers,random walk,0.02,2025,multiplier,made up,E",
    )
    results = cc.run(cc.load_assumptions(folder), draws=cc.Draws(40, seed=1))
    places = results.run.central["inaction"].capacity.places[0, :, 0]
    assert places[0] == pytest.approx(720) and np.all(np.diff(places) < 0)
    assert np.ptp(results.run.drawn["inaction"].capacity.places[:, 5, 0]) > 50


def test_levers_of_places_are_attributed_with_others(folder: Path) -> None:
    tiny = cc.load_assumptions(folder)
    both = more_places() + cc.load_scenario(SETS / "edge.toml")
    results = cc.run(tiny, both)
    rows = results.attribution(both.name)
    npv = rows[rows["measure"] == "npv"].set_index(["method", "lever"])["value"]
    whole = npv.loc["whole"].iloc[0]
    assert whole == pytest.approx(results.compare(both.name).central.npv()[0], rel=1e-9)
    assert npv.loc["shapley"].sum() == pytest.approx(whole, rel=1e-9)
    alone = cc.run(tiny, more_places()).compare("places").central.npv()[0]
    assert npv.loc["alone", "places"] == pytest.approx(alone, rel=1e-9) and alone > 0


def test_phases_and_places_go_together(folder: Path) -> None:
    write(folder, "phases", "phase,exit_factor,rate,unit,source,quality", *PHASES)
    write(
        folder,
        "phase_shares",
        "phase,value,unit,source,quality",
        "new,0.25,share,made up,E",
        "old,0.75,share,made up,E",
    )
    results = cc.run(cc.load_assumptions(folder))
    found = results.run.central["inaction"].capacity
    assert found is not None
    assert (found.redirected > 0).any()
    run = results.projection("inaction")
    rows = run.grid.indices("placements", ["foster"])
    np.testing.assert_allclose(run.child_years[0][..., rows].sum((1, 2)), found.occupancy[0, :, 0], rtol=1e-9)
    assert not run.entries[..., run.grid.index("placements", "home, old")].any()


PHASES = ("new,4,1,per child-year,made up,E", "old,1,,per child-year,made up,E")


# Faults


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["carers,foser,home"], "unknown placement 'foser'. Did you mean 'foster'?"),
        (["carers,foster,hom"], "unknown placement 'hom'. Did you mean 'home'?"),
        (["carers,foster,"], "has nowhere to send those for whom it has no place"),
        (["carers,foster,foster"], "sends on to 'foster', which is its own"),
        (["carers,foster,home", "homes,home,foster"], "the order goes in a circle: 'carers' -> 'homes' -> 'carers'"),
        (["carers,foster,home", "more,foster,home"], "'foster' is in group 'carers' too"),
        (["carers,foster,home", "carers,home,foster"], "'carers' is there twice"),
        (["carers,foster,at home"], "out of care or into it"),
        (["carers,,home"], "placements"),
    ],
)
def test_groups_that_cannot_be_are_refused_with_a_remedy(folder: Path, groups: list[str], message: str) -> None:
    write(folder, "capacity_groups", "group,placements,next", *groups)
    assert message in said(folder)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["carers,,-1,,,places,made up,E"], "is negative: -1"),
        (["carers,2026-2028,800,,,places,made up,E"], "group 'carers' has no places for years 2029-2031"),
        (["carers,,800,,,children,made up,E"], "The unit of capacity is 'places'"),
        (["homes,,800,,,places,made up,E"], "unknown group 'homes'"),
        (["carers,,800,,,places,made up,E", "carers,2026,700,,,places,made up,E"], "covers cells of capacity"),
    ],
)
def test_places_that_cannot_be_are_refused(folder: Path, rows: list[str], message: str) -> None:
    write(folder, "capacity", HEAD, *rows)
    assert message in said(folder)


def test_places_without_groups_and_groups_without_places_are_refused(folder: Path) -> None:
    (folder / "capacity_groups.csv").unlink()
    assert "capacity_groups.csv: is missing" in said(folder)
    write(folder, "capacity_groups", "group,placements,next", "carers,foster,home")
    (folder / "capacity.csv").unlink()
    assert "capacity.csv: is missing" in said(folder)


def test_a_group_must_send_on_to_a_placement_that_is_open_as_long() -> None:
    placements = ["foster", cc.Placement("nursery", leave_age=6), cc.Placement("hostel", from_age=16)]
    with pytest.raises(InputError, match="sends on to 'hostel', which opens at 16"):
        cc.Grid(2025, 1, range(18), placements, groups=[cc.CapacityGroup("carers", "foster", next="hostel")])
    with pytest.raises(InputError, match="closed from 6"):
        cc.Grid(2025, 1, range(18), placements, groups=[cc.CapacityGroup("carers", "foster", next="nursery")])


def test_a_change_of_places_needs_a_set_that_has_them(folder: Path) -> None:
    with pytest.raises(InputError, match="the set has no limit to them"):
        cc.run(cc.load_assumptions(SETS / "tiny"), more_places())
    with pytest.raises(InputError, match="below zero"):
        cc.run(cc.load_assumptions(folder), cc.Scenario("x", [cc.Lever("x", [cc.Change("capacity", "add", -900)])]))
    with pytest.raises(InputError, match="has no selector 'placements'"):
        cc.Change("capacity", "scale", 0.1, placements=["foster"])


# The packaged set


@pytest.fixture(scope="module")
def england() -> cc.Results:
    names = ("foster-carers-capacity", "foster-carers")
    return cc.run(mix_held("england-2025-capacity"), *map(cc.load_scenario, names))


def mix_held(name: str) -> cc.Assumptions:
    """A packaged set with the mix of 2024-25: councils' own carers run out first, and homes do not."""
    return cc.under(cc.load_assumptions(name), "mix-held")


def test_no_group_is_full_in_the_first_year_as_the_record_shows_vacancies(england: cc.Results) -> None:
    central = england.capacity()
    central = central[central["scenario"] == "inaction"]
    first = central[central["year"] == 2026]
    assert (first["occupancy"] < first["places"]).all() and not first["redirected"].any()
    assert central.groupby("group")["redirected"].sum()["foster in-house"] > 0


def test_children_and_spend_are_those_of_england_2025_until_a_group_is_full(england: cc.Results) -> None:
    plain = cc.run(mix_held("england-2025")).run.central["inaction"]
    mine = england.run.central["inaction"]
    full = int(np.flatnonzero(mine.capacity.redirected.any(2)[0])[0])
    mix = mine.stock[..., : full + 1, :-1]  # homes that are not registered are last
    assert england.run.grid.labels("placements")[-1] == "unregistered home"
    np.testing.assert_allclose(mix, plain.stock[..., : full + 1, :], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mine.costs.public_spend[:, :full], plain.costs.public_spend[:, :full], rtol=1e-9)
    assert mine.costs.public_spend[0, full:].sum() > plain.costs.public_spend[0, full:].sum()


def test_places_relieve_the_limit_and_moving_children_without_places_fills_it(england: cc.Results) -> None:
    sent = {name: england.run.central[name].capacity.redirected.sum() for name in england.scenarios}
    assert sent["foster-carers-capacity"] == 0 < sent["inaction"] < sent["foster-carers"]
    assert england.compare("foster-carers-capacity").central.gross_saving().sum() > 0
    free = cc.run(mix_held("england-2025"), cc.load_scenario("foster-carers"))
    limited = float(england.compare("foster-carers").central.npv()[0])
    assert 0 < limited < float(free.compare("foster-carers").central.npv()[0])


def test_the_order_in_which_groups_send_on_is_said(england: cc.Results, tmp_path: Path) -> None:
    last = "children's home: when full, arrivals go to unregistered home, the last resort"
    words = " ".join(assumptions_text(england.run.assumptions).split())
    assert "foster in-house: when full, arrivals go to foster agency; " in words and last in words
    assert last in write_summary(england, tmp_path).read_text(encoding="utf-8")
    assert "Places that run out" not in assumptions_text(cc.load_assumptions("england-2025"))
