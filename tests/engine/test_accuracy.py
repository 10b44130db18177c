"""Is the engine right for those who do not stay long? Against forty birthday classes, the limit of very many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carecost as cc
from carecost.engine.kernels import Kernels, rates
from carecost.engine.project import project_streams
from carecost.engine.projection import Projection, together
from tests.laws.test_laws import identity_gap
from tests.reference import years
from tests.reference.strategies import parameter_sets

#: Cells of this many children and more are held to the limit [children].
LARGE = 20.0


def cells(mine: np.ndarray, limit: np.ndarray) -> float:
    """Largest relative difference of cells with many children."""
    many = limit >= LARGE
    return float(np.abs(np.where(many, mine / np.where(many, limit, 1.0) - 1.0, 0.0)).max())


def gaps(mine: Projection, limit: Projection, name: str) -> tuple[float, float, float]:
    """Largest relative difference of cells, of placements and of ages."""
    a, b = getattr(mine, name), getattr(limit, name)
    return cells(a, b), cells(a.sum(2), b.sum(2)), cells(a.sum(3), b.sum(3))


def one_state(
    outflow: float, later: float | None = None, at_birthday: float = 1.0, start: float = 0.0
) -> cc.Parameters:
    """One placement for ages 0 to 5; 100 enter at each age; another rate from age 3 if given."""
    grid = cc.Grid(2025, 6, range(6), [cc.Placement("home", leave_age=6)], ["out"])
    exit_rate, one = np.full((1, 1, 6, 1, 1), outflow), np.ones((1, 1, 1))
    exit_rate[:, :, 3:] = outflow if later is None else later
    return cc.Parameters(
        grid,
        initial_stock=np.full((1, 6, 1), start),
        population=one,
        entry_rate=100.0 * one,
        entry_share=one[..., None],
        entry_at_birthday=at_birthday * one,
        exit_rate=exit_rate,
    )


def world(seed: int, scale: float, change: float = 0.0, jump: float = 1.0) -> cc.Parameters:
    """A world with `then`, `to`, entries on birthdays, jumps of rates at five ages, and a stock far from balance.

    Rates are random up to a scale; each year they change by a factor of log standard deviation `change`, and once, from
    the fourth year, by `jump`.
    """
    rng = np.random.default_rng(seed)
    n, n_years, ages = int(rng.integers(4, 7)), 8, 25
    names = [f"p{i}" for i in range(n)]
    placements = [
        cc.Placement("p0", then="p1"),
        cc.Placement("p1", in_care=False, leave_age=ages),
        *(cc.Placement(name, leave_age=int(rng.choice([10, 18]))) for name in names[2:-1]),
        cc.Placement(names[-1], in_care=False, leave_age=ages),
    ]
    grid = cc.Grid(2025, n_years, range(ages), placements, ["out", cc.Reason("to", to="p1")])
    opened = grid.opened.astype(float)
    band = np.digitize(np.arange(ages), [1, 5, 10, 16, 18])
    exits = rng.random((6, n, 2)) * scale * rng.choice([0.02, 0.2, 1.0], (6, n, 1))
    moves = rng.random((6, n, n)) * scale / n * rng.choice([0.02, 0.2, 1.0], (6, n, 1))
    factor = np.exp(change * rng.standard_normal((n_years, 6, n)))[..., None]
    factor[3:] *= jump
    exits, moves = ((rows * factor)[:, band] for rows in (exits, moves))
    exits[..., 1] *= opened[:, [1]]
    moves *= opened[:, None, :]
    entries = rng.random(ages) * 100.0 * (rng.random(ages) < 0.6) * (0.5 + rng.random((n_years, ages)))
    share = (rng.random((ages, n)) + 0.05) * opened
    return cc.Parameters(
        grid,
        initial_stock=rng.random((1, ages, n)) * 100.0 * opened,
        population=np.ones((1, 1, 1)),
        entry_rate=entries[None],
        entry_share=(share / share.sum(-1, keepdims=True))[None, None],
        entry_at_birthday=rng.random((1, 1, ages)) * (rng.random(ages) < 0.3),
        exit_rate=exits[None],
        move_rate=moves[None],
    )


def test_babies_who_stay_a_month_are_not_lost() -> None:
    """All enter at birth, 1,800 a year, and stay for 1/12 of a year: 150 are there, where two classes have 71."""
    p = one_state(12.0)
    p = p.changed(entry_rate=1800.0 * np.eye(6)[[0]][None])
    mine = cc.project(p).stock[0, -1].sum()
    assert mine == pytest.approx(1800 / 12, rel=1e-4)
    assert years.project(p, 2).stock[0, -1].sum() == pytest.approx(71.3, abs=0.1)


@pytest.mark.parametrize("outflow", [0.0, 0.5, 2.0, 7.4, 12.0, 50.0, 200.0])
@pytest.mark.parametrize("at_birthday", [0.0, 1.0])
@pytest.mark.parametrize("start", [0.0, 100.0])
def test_one_state_at_any_outflow_is_that_of_the_limit(outflow: float, at_birthday: float, start: float) -> None:
    for later in (outflow, outflow / 2):
        p = one_state(outflow, later, at_birthday, start)
        mine, limit = cc.project(p), years.project(p, 40 if outflow < 100 else 90)
        for name in ("stock", "child_years", "reached"):
            a, b = getattr(mine, name), getattr(limit, name)
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=1e-9, err_msg=name)


@pytest.mark.parametrize(
    ("scale", "change", "cell", "placement"),
    [
        # The largest outflow is twice the scale or so: 50 a year in the last rows.
        (0.5, 0.0, 5e-5, 1e-5),
        (0.5, 0.3, 3e-4, 3e-5),
        (4.0, 0.0, 3e-3, 6e-4),
        (4.0, 0.3, 4e-3, 6e-4),
        (24.0, 0.0, 1e-2, 2e-3),
        (24.0, 0.3, 1e-2, 2e-3),
    ],
)
def test_cells_of_random_worlds_are_those_of_the_limit(
    scale: float, change: float, cell: float, placement: float
) -> None:
    for seed in range(3):
        p = world(seed, scale, change)
        mine, limit = cc.project(p), years.project(p, 48)
        for name in ("stock", "child_years"):
            of_cells, of_placements, _ = gaps(mine, limit, name)
            assert of_cells < cell and of_placements < placement, (seed, name)
        assert identity_gap(p, mine) < 1e-9


@pytest.mark.parametrize("jump", [1 / 30, 1 / 3, 3.0, 30.0])
def test_rates_that_change_at_once_keep_cells_within_a_hundredth(jump: float) -> None:
    for seed in range(2):
        p = world(seed, 4.0 if jump < 1 else 4.0 / jump, jump=jump)
        mine, limit = cc.project(p), years.project(p, 48)
        assert gaps(mine, limit, "stock")[0] < 1e-2
        assert gaps(mine, limit, "child_years")[0] < 1e-2


@given(parameter_sets(), st.floats(0.3, 2.0))
@settings(max_examples=15)
def test_every_rule_is_that_of_the_limit(p: cc.Parameters, last: float) -> None:
    """`then`, `to`, entries on birthdays, extra entries, draws of one or many, and rates that change every year."""
    factor = np.linspace(1.0, last, p.grid.n_years)[:, None, None, None]
    p = p.changed(
        exit_rate=np.asarray(p.exit_rate) * factor, move_rate=np.asarray(p.move_rate) * factor
    )  # (draw, year, age, ...)
    mine, limit = cc.project(p), years.project(p, 40)
    np.testing.assert_allclose(mine.entries, limit.entries, rtol=1e-12, atol=1e-9)
    for name, within in (("stock", 5e-3), ("child_years", 2e-3), ("reached", 5e-3), ("exits", 2e-2), ("moves", 2e-2)):
        a, b = getattr(mine, name), getattr(limit, name)
        np.testing.assert_allclose(a, b, rtol=0, atol=within * (1.0 + b.max()), err_msg=name)


PACKAGED = ["england-2025", "england-2025-after-care", "england-2025-capacity", "england-2025-phases", "england-2022"]


@pytest.mark.parametrize("scenario", ["inaction", "care-review"])
@pytest.mark.parametrize("name", [*PACKAGED, "care-review-2022"])
def test_packaged_cells_are_those_of_the_limit(name: str, scenario: str) -> None:
    """Cells of 20 children and more within 0.5% at every date, placements and ages within 0.05%: all streams."""
    run = cc.run(cc.load_assumptions(name), cc.load_scenario("care-review"), years=10).run
    pairs = []
    for p in run.parameters(scenario).values():
        arrays = {n: getattr(p, n) for n in cc.Parameters.__dataclass_fields__ if n not in ("grid", "capacity")}
        free = cc.Parameters(replace(p.grid, groups=()), **arrays)
        pairs.append((cc.project(free), years.project(free, 40)))
    mine, limit = (together(list(runs)) for runs in zip(*pairs, strict=True))
    for what in ("stock", "child_years"):
        of_cells, of_placements, of_ages = gaps(mine, limit, what)
        assert of_cells < 1e-3, what  # asked: 5e-3
        assert of_placements < 1e-4 and of_ages < 1e-4, what  # asked: 5e-4
    assert mine.stock.min() > -1e-9


def test_places_that_run_out_are_those_of_the_limit() -> None:
    run = cc.run(cc.load_assumptions("england-2025-capacity"), cc.load_scenario("care-review"), years=8).run
    streams = list(run.parameters("care-review").values())
    mine, limit = project_streams(streams), years.project_streams(streams, 24)
    a, b = mine[0].capacity, limit[0].capacity
    assert a is not None and b is not None and a.share.max() > 0.05
    np.testing.assert_allclose(a.share, b.share, atol=1e-4)
    np.testing.assert_allclose(a.occupancy, b.occupancy, rtol=1e-4)
    np.testing.assert_allclose(a.redirected, b.redirected, atol=1e-3 * b.redirected.max())
    for one, other in zip(mine, limit, strict=True):
        assert gaps(one, other, "stock")[0] < 1e-3


def test_a_change_of_a_very_large_outflow_is_refused_in_words() -> None:
    p = world(0, 300.0)
    cc.project(p)  # as large as it may be, as long as it does not change
    exits = np.asarray(p.exit_rate).copy()
    exits[:, 2:] *= 5.0
    assert rates(p).min() < -365
    with pytest.raises(cc.CareCostError, match=r"(?s)age \d+, year 2028: .* goes from .* in one year.*more years"):
        cc.project(p.changed(exit_rate=exits))


def test_a_slice_of_draws_is_that_of_all_draws_bit_for_bit() -> None:
    one, other = world(1, 20.0), world(1, 20.0).changed()
    names = ("initial_stock", "exit_rate", "move_rate")
    both = one.changed(
        **{n: np.concatenate([np.asarray(getattr(one, n)), 0.7 * np.asarray(getattr(other, n))]) for n in names}
    )
    whole = cc.project(both)
    for draw in (0, 1):
        alone = cc.project(both.changed(**{n: np.asarray(getattr(both, n))[[draw]] for n in names}))
        for name in ("stock", "child_years", "reached"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(whole, name)[draw], err_msg=name)


def test_memory_layout_changes_no_digit() -> None:
    p = world(2, 4.0)
    turned = {n: np.asfortranarray(np.asarray(getattr(p, n))) for n in ("exit_rate", "move_rate", "initial_stock")}
    one, other = cc.project(p), cc.project(p.changed(**turned))
    for name in ("stock", "child_years", "reached"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_ages_in_which_nobody_is_take_no_kernel() -> None:
    p = world(3, 1.0)
    entry_rate, stock = np.asarray(p.entry_rate).copy(), np.asarray(p.initial_stock).copy()
    entry_rate[:, :, :12], stock[:, :12] = 0.0, 0.0
    some, every = Kernels(), Kernels()
    mine, limit = (
        cc.project(p.changed(entry_rate=entry_rate, initial_stock=stock), some),
        years.project(p.changed(entry_rate=entry_rate, initial_stock=stock), 40),
    )
    cc.project(p, every)
    assert some.computed < every.computed
    np.testing.assert_allclose(mine.stock, limit.stock, rtol=1e-4, atol=1e-9)
    assert not mine.stock[:, :, :12].any()
