"""What do counts say of rates? Closed forms, years that differ, and names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import carecost as cc
from carecost import Counts, Estimates, estimate
from carecost.errors import CareCostError
from tests.estimation.councils import council, one_cell

Array = NDArray[Any]
DRAWS = cc.Draws(400, seed=3)


@cache
def found(seed: int = 0) -> Estimates:
    return estimate(council(seed), overdispersion=0.01)


# One cell: closed forms


def test_a_rate_is_a_gamma_of_half_an_event_more_than_was_counted() -> None:
    estimates = estimate(one_cell())
    assert estimates.central()["exit_rate"].item() == pytest.approx(12.5 / 40)
    drawn = np.sort(estimates.draw(DRAWS, [2026])["exit_rate"].ravel())
    middle = (np.arange(400) + 0.5) / 400
    np.testing.assert_allclose(drawn[5:-5], stats.gamma(12.5, scale=1 / 40).ppf(middle)[5:-5], rtol=0.02)
    assert drawn.mean() == pytest.approx(12.5 / 40, rel=1e-3)


def test_a_draw_is_the_quantile_of_its_uniform_number() -> None:
    drawn = estimate(one_cell()).draw(DRAWS, [2026])["exit_rate"].ravel()
    np.testing.assert_allclose(drawn, stats.gamma(12.5, scale=1 / 40).ppf(DRAWS.uniforms("exits")), rtol=1e-9)


def test_a_rate_of_no_event_is_above_zero() -> None:
    estimates = estimate(one_cell(exits=0))
    assert estimates.central()["exit_rate"].item() == pytest.approx(0.5 / 40)
    drawn = estimates.draw(DRAWS, [2026])["exit_rate"]
    assert 0 < drawn.min() and np.quantile(drawn, 0.95) == pytest.approx(
        stats.gamma(0.5, scale=1 / 40).ppf(0.95), rel=0.02
    )


def test_entries_are_per_child_of_the_population() -> None:
    assert estimate(one_cell()).central()["entry_rate"].item() == pytest.approx(30.5 / 1e4)


def test_entries_on_the_birthday_are_a_beta_and_none_where_none_were_counted() -> None:
    counts = council()
    yes, n = np.asarray(counts.at_birthday)[:, 0].sum(), np.asarray(counts.entries)[:, 0].sum()
    drawn = found().draw(DRAWS, [2026])["entry_at_birthday"]
    assert (drawn[..., 1:] == 0).all()
    posterior = stats.beta(yes + 0.5, n - yes + 0.5)
    assert drawn[..., 0].mean() == pytest.approx(posterior.mean(), rel=2e-3)
    assert drawn[..., 0].std() == pytest.approx(posterior.std(), rel=0.03)
    assert found().central()["entry_at_birthday"][0, 0, 0] == pytest.approx(posterior.mean())


# Shares


def test_shares_sum_to_one_and_are_zero_where_a_placement_is_not_used() -> None:
    counts = council()
    for arrays in (found().central(), found().draw(DRAWS, [2026])):
        share = arrays["entry_share"]
        entered = arrays["entry_rate"][:, :1] > 0
        np.testing.assert_allclose(share.sum(-1)[entered], 1.0, rtol=1e-12)
        assert (share[..., ~np.asarray(counts.used)] == 0).all()
        assert (share[..., [2, 4]] == 0).all()  # outside care, and never entered


def placed(entries: list[list[float]], bands: tuple[int, ...]) -> Counts:
    """One year of entries by age and placement."""
    n, p = len(entries), len(entries[0])
    grid = cc.Grid(2024, 1, range(n), [cc.Placement(f"p{i}", leave_age=n) for i in range(p)], ["home"])
    ones = np.ones((1, n, p))
    exits, moves = 0 * ones[..., None], np.zeros((1, n, p, p))
    return Counts(grid, np.full((1, n), 1e4), np.array([entries]), ones, exits, moves, bands=bands)


def test_shares_in_one_band_are_a_dirichlet() -> None:
    estimates = estimate(placed([[30.0, 60.0, 10.0]], (0,)))
    k = estimates.shares[1].strength
    shapes = np.array([30, 60, 10]) + k
    np.testing.assert_allclose(estimates.central()["entry_share"].ravel(), shapes / shapes.sum())
    drawn = estimates.draw(cc.Draws(4000), [2026])["entry_share"][:, 0, 0]
    expected = stats.dirichlet(shapes)
    np.testing.assert_allclose(drawn.mean(0), expected.mean(), atol=0.001)
    np.testing.assert_allclose(np.cov(drawn.T), expected.cov(), atol=1e-4)


def test_shares_of_all_bands_are_as_sure_as_all_entries() -> None:
    estimates = estimate(placed([[30.0, 60.0], [31.0, 62.0], [15.0, 30.0], [0.0, 1.0]], (0, 1, 2, 3)))
    drawn = estimates.draw(cc.Draws(2000), [2026])["entry_share"][:, 0]
    together = drawn[..., 0] @ np.array([90.0, 93, 45, 1]) / 229
    assert together.std() == pytest.approx(np.sqrt(1 / 3 * 2 / 3 / 230), rel=0.1)
    assert drawn[:, 3, 0].mean() > 0.1  # the one child of the last band says little


def test_shares_of_bands_that_differ_are_pulled_less() -> None:
    def strength(entries: list[list[float]]) -> float:
        return estimate(placed(entries, (0, 1))).shares[2].strength

    assert strength([[50, 50], [51, 49]]) > 5 * strength([[90, 10], [10, 90]])


# Years that differ


def yearly(entries: Array) -> Counts:
    counts = one_cell(years=len(entries))
    return replace(counts, entries=entries[:, None, None])


def test_yearly_entries_are_overdispersed_by_the_method_of_moments() -> None:
    n = np.array([80.0, 120, 60, 140, 100, 90, 110])
    assert estimate(yearly(n)).overdispersion == pytest.approx((n.var(ddof=1) - 100) / 100**2)
    assert estimate(yearly(np.full(7, 100.0))).overdispersion == 0
    assert estimate(yearly(n[:1])).overdispersion == 0


def test_overdispersion_is_next_to_none_for_poisson_counts_and_estimated_where_it_is() -> None:
    rng = np.random.default_rng(2)
    poisson = np.mean([estimate(yearly(n.astype(float))).overdispersion for n in rng.poisson(100, (300, 7))])
    varied = [
        estimate(yearly(rng.poisson(100 * rng.gamma(25, 0.04, 7)).astype(float))).overdispersion for _ in range(300)
    ]
    assert poisson < 0.3 / 100  # of the 1/100 that is Poisson; the floor at zero makes it 0.22 on average
    assert np.mean(varied) == pytest.approx(0.04, rel=0.2)


def test_overdispersed_entries_vary_by_year_and_widen_the_rate() -> None:
    counts = yearly(np.full(7, 100.0))
    plain, wide = (estimate(counts, overdispersion=v).draw(DRAWS, [2026, 2027])["entry_rate"] for v in (0.0, 0.04))
    assert plain.shape == (400, 1, 1) and wide.shape == (400, 2, 1)
    relative = wide / (700.5 / counts.population.sum())  # type: ignore[union-attr]
    assert relative.mean() == pytest.approx(1.0, rel=0.01)
    mean_of_seven = 0.04 / 7 + 1 / 700.5
    np.testing.assert_allclose(relative.var(0), 0.04 + mean_of_seven + 0.04 * mean_of_seven, rtol=0.1)
    covariance = np.cov(relative[:, 0, 0], relative[:, 1, 0])[0, 1]
    assert covariance == pytest.approx(mean_of_seven, abs=4 * 0.045 / np.sqrt(400))


# Draws


class Recorded(cc.Draws):
    """Draws that remember which names were asked for, and may have another luck for one of them."""

    def uniforms(self, name: str) -> Array:
        asked: list[str] = self.__dict__.setdefault("asked", [])
        asked.append(name)
        u = super().uniforms(name)
        return 1 - u if name == self.__dict__.get("other") else u


def test_every_quantity_has_a_name_of_its_own_and_moves_some_array() -> None:
    draws = Recorded(3, seed=1)
    before = found().draw(draws, [2026])
    names = list(draws.__dict__["asked"])
    assert len(names) == len(set(names)) and all(name.startswith("there, ") for name in names)
    for name in names:
        draws.__dict__["other"] = name
        after = found().draw(draws, [2026])
        moved = any((after[k] != before[k]).any() for k in before)  # type: ignore[literal-required]
        assert moved or _alone(name), name


def _alone(name: str) -> bool:
    """Whether a quantity is the only part of its group: it then is its group, whatever its own luck."""
    for levels in (found().entries, found().exits, found().moves, found().shares):
        for level in levels[1:]:
            if name in level.names:
                return int((level.parent == level.parent[level.names.index(name)]).sum()) == 1
    return False


def test_draws_do_not_depend_on_blocks() -> None:
    whole = found().draw(DRAWS, [2026, 2027])
    for block in (slice(17, 18), slice(100, 164)):
        part = found().draw(DRAWS, [2026, 2027], block)
        for name, array in part.items():
            np.testing.assert_array_equal(array, whole[name][block] if len(whole[name]) > 1 else whole[name])  # type: ignore[literal-required]


def test_more_of_one_event_changes_no_draw_of_another() -> None:
    counts = council()
    moves = np.array(counts.moves)
    moves[0, 12, 0, 1] += 5
    before, after = (estimate(c, 0.01).draw(DRAWS, [2026]) for c in (counts, replace(counts, moves=moves)))
    changed = {name for name in before if (before[name] != after[name]).any()}  # type: ignore[literal-required]
    assert changed == {"move_rate"}


# What the engine takes


@pytest.mark.parametrize("seed", range(3))
def test_the_engine_takes_what_is_estimated(seed: int) -> None:
    counts = council(seed)
    grid = replace(counts.grid, base_year=2025, n_years=3)
    stock, people = np.asarray(counts.used, dtype=float)[None], np.full((1, 1, 20), 900.0)
    stock[..., 17:, :4] = 0
    for arrays in (found(seed).central(), found(seed).draw(cc.Draws(5), grid.years)):
        projection = cc.project(cc.Parameters(grid, stock, people, **arrays))
        assert np.isfinite(projection.stock).all()


def test_events_never_seen_are_rare_in_care_and_impossible_outside_it() -> None:
    central = found().central()
    assert (central["move_rate"][0, 0, :18, 2] == 0).all()  # from guardianship
    assert (central["move_rate"][0, 0, :, :, 2] == 0).all()  # into it
    assert (central["exit_rate"][0, 0, :, 4] == 0).all()
    assert (central["entry_rate"][..., 18:] == 0).all()
    assert (central["entry_rate"][..., :18] > 0).all()  # at ten nobody came
    assert (central["move_rate"][0, 0, :16, 0, 1] > 0).all()


def test_estimates_of_one_placement_and_no_reason_are_empty_where_nothing_can_be() -> None:
    grid = cc.Grid(2024, 1, range(2), [cc.Placement("foster", leave_age=2)])
    ones, none = np.ones((1, 2, 1)), np.zeros((1, 2, 1, 1))
    arrays = estimate(Counts(grid, 100 * ones[..., 0], 3 * ones, ones, none[..., :0], none)).central()
    assert arrays["exit_rate"].shape == (1, 1, 2, 1, 0) and (arrays["move_rate"] == 0).all()


def test_history_in_which_nobody_entered_is_taken() -> None:
    counts = council()
    empty = replace(counts, entries=0 * np.array(counts.entries), at_birthday=0 * np.array(counts.at_birthday))
    estimates = estimate(empty)
    central, drawn = estimates.central(), estimates.draw(DRAWS, [2026])
    people = np.asarray(counts.population).sum(0)[:18]
    assert (central["entry_rate"][0, 0, :18] @ people).item() == pytest.approx(0.5)
    share = central["entry_share"][0, 0]
    open_to = np.asarray(counts.used)[:18] & np.array([p.in_care for p in counts.grid.placements])
    np.testing.assert_allclose(share[:18], open_to / open_to.sum(-1, keepdims=True))
    assert estimates.overdispersion == 0 and (central["entry_at_birthday"] == 0).all()
    for array in drawn.values():
        assert np.isfinite(array).all() and array.min() >= 0  # type: ignore[attr-defined]
    np.testing.assert_allclose(drawn["entry_share"][:, 0, :18].sum(-1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(drawn["exit_rate"], estimate(counts).draw(DRAWS, [2026])["exit_rate"])
    grid = replace(counts.grid, base_year=2025, n_years=2)
    p = cc.Parameters(grid, np.zeros((1, 20, 5)), np.full((1, 1, 20), 900.0), **drawn)
    assert np.isfinite(cc.project(p).stock).all()


# Faults


def test_a_rate_of_nobody_is_refused() -> None:
    counts = one_cell()
    with pytest.raises(cc.CareCostError, match="exits: nobody was there to have any"):
        estimate(replace(counts, child_years=0 * np.array(counts.child_years), exits=0 * np.array(counts.exits)))
    with pytest.raises(cc.CareCostError, match="overdispersion is -1"):
        estimate(counts, overdispersion=-1)


def counted(template: cc.Assumptions, stream: str, times: float = 1.0) -> cc.Counts:
    """What a set gives in its first year, as counts of one year, many times over."""
    p = cc.run(template, years=1).parameters("inaction", stream)
    flows = cc.project(p)
    at_birthday = np.asarray(p.entry_at_birthday)[0] * flows.entries[0].sum(-1)
    return cc.Counts(
        cc.Grid(template.base_year - 1, 1, p.grid.ages, p.grid.placements, p.grid.reasons),
        times * np.broadcast_to(np.asarray(p.population)[0], (1, len(p.grid.ages))),
        times * flows.entries[0],
        times * flows.child_years[0],
        times * flows.exits[0],
        times * flows.moves[0],
        at_birthday=times * at_birthday,
        bands=p.grid.ages,
    )


def test_rates_of_many_counts_put_into_their_set_give_it_back() -> None:
    template = cc.load_assumptions(Path(__file__).parents[1] / "data" / "sets" / "tiny")
    own = cc.estimate(counted(template, "other", 1e6)).to_assumptions(template, stream="other", draws=20)
    one, two = (cc.run(a, years=1).children(by=["stream"])["value"].to_numpy() for a in (own, template))
    assert one == pytest.approx(two, rel=1e-4)
    uasc = [row for row in own.rows if row.where.streams == ("uasc",)]
    assert uasc  # the other stream keeps its rates


def test_set_of_estimates_keeps_joint_draws_and_runs_a_packaged_scenario_with_luck() -> None:
    england = cc.load_assumptions("england-2025")
    estimates = cc.estimate(counted(england, "other"))
    own = estimates.to_assumptions(england, stream="other", draws=10)
    (table,) = own.ties.joints
    assert len(table.rows) == 10
    assert {name.partition(":")[0] for name in table.quantities} >= {
        "entry_rate",
        "entry_share",
        "exit_rate",
        "move_rate",
    }
    results = cc.run(own, "care-review", years=3, draws=cc.Draws(2, seed=1, noise=True))
    assert np.isfinite(results.compare("care-review").npv()).all()
    before = cc.run(england, years=2).children()["value"].iloc[-1]
    assert cc.run(own, years=2).children()["value"].iloc[-1] == pytest.approx(before, rel=0.01)


def test_set_of_other_labels_or_streams_is_refused() -> None:
    template = cc.load_assumptions(Path(__file__).parents[1] / "data" / "sets" / "tiny")
    estimates = cc.estimate(counted(template, "other"))
    with pytest.raises(CareCostError, match="other"):
        estimates.to_assumptions(template)
    with pytest.raises(CareCostError, match="placements counted are not those"):
        estimates.to_assumptions(cc.load_assumptions("england-2025"), stream="other")
