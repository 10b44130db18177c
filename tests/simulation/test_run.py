"""Does the whole path keep its promises? Luck, blocks, threads, replay, replacement, kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.engine.kernels import Kernels
from carecost.engine.project import project_streams
from carecost.simulation.effects import apply
from carecost.simulation.sampler import Sampler

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


@pytest.fixture(scope="module")
def edge() -> cc.Scenario:
    return cc.load_scenario(SETS / "edge.toml")


@pytest.fixture(scope="module")
def results(tiny: cc.Assumptions, edge: cc.Scenario) -> cc.Results:
    return cc.run(tiny, edge, draws=cc.Draws(100, seed=2))


@pytest.mark.parametrize("way", [{"block": 7}, {"threads": 1}, {"block": 1000, "threads": 3}])
def test_nothing_depends_on_blocks_or_threads(
    tiny: cc.Assumptions, edge: cc.Scenario, results: cc.Results, way: dict[str, int]
) -> None:
    again = cc.run(tiny, edge, draws=cc.Draws(100, seed=2), **way)  # type: ignore[arg-type]
    for name in ("inaction", "edge"):
        np.testing.assert_array_equal(again.run.drawn[name].stock, results.run.drawn[name].stock)
        np.testing.assert_array_equal(again.run.drawn[name].costs.spend, results.run.drawn[name].costs.spend)


def test_a_lever_more_changes_no_other_number(tiny: cc.Assumptions, edge: cc.Scenario, results: cc.Results) -> None:
    more = cc.Scenario("more", [cc.Lever("m", [cc.Change("exit_rate", "scale", cc.Interval(0.1, 0.05, 0.2))])])
    again = cc.run(tiny, edge, more, edge + more, draws=cc.Draws(100, seed=2))
    np.testing.assert_array_equal(again.run.drawn["inaction"].stock, results.run.drawn["inaction"].stock)
    np.testing.assert_array_equal(again.compare("edge").npv(), results.compare("edge").npv())


def test_common_luck_makes_a_difference_sharper(tiny: cc.Assumptions, edge: cc.Scenario, results: cc.Results) -> None:
    other = cc.run(tiny, edge, draws=cc.Draws(100, seed=3))
    common = results.compare("edge").averted[:, -1].var()
    mine, theirs = results.compare("edge").baseline.children[:, -1], other.compare("edge").scenario.children[:, -1]
    assert common < 0.5 * (mine - theirs).var()
    ratio = results.compare("edge").common_luck()
    assert ratio == pytest.approx(common / (mine - theirs).var(), rel=0.5) and ratio < 0.5
    with pytest.raises(cc.CareCostError, match="nothing varies over draws"):
        cc.run(tiny, edge).compare("edge").common_luck()


@pytest.mark.parametrize("years", [1, 2, 6])
def test_a_short_run_is_the_start_of_a_long_one(
    tiny: cc.Assumptions, edge: cc.Scenario, results: cc.Results, years: int
) -> None:
    short = cc.run(tiny, edge, years=years, draws=cc.Draws(100, seed=2))
    for name in ("inaction", "edge"):
        both = results.run.drawn[name].stock[:, :, : years + 1]
        np.testing.assert_allclose(short.run.drawn[name].stock, both, rtol=1e-12)


def test_an_empty_scenario_is_inaction_bit_for_bit(tiny: cc.Assumptions) -> None:
    results = cc.run(tiny, cc.Scenario("nothing"), draws=cc.Draws(20))
    assert not results.compare("nothing").averted.any()
    assert not results.compare("nothing").npv().any()


def test_every_uncertain_quantity_moves_some_output(tiny: cc.Assumptions, edge: cc.Scenario) -> None:
    before = cc.run(tiny, edge).run.central
    for row in tiny.rows:
        if row.belief.certain:
            continue
        where = {k.rstrip("s"): v[0] for k, v in vars(row.where).items() if v and row.kind == "value"}
        moved = tiny.replace(row.name if row.kind != "value" else row.parameter, row.belief.high, **where)
        after = cc.run(moved, edge).run.central
        assert any((after[n].costs.spend != before[n].costs.spend).any() for n in before), row.quantity


def test_replace_makes_a_new_set(tiny: cc.Assumptions, edge: cc.Scenario) -> None:
    dear = tiny.replace("unit_cost", item="home", value=14000)
    assert tiny.select("unit_cost", item="home")[0].belief.value == 7000
    assert dear.select("unit_cost", item="home")[0].belief.value == 14000

    def spend(a: cc.Assumptions) -> float:
        table = cc.run(a).costs(by=["item"])
        return float(table.query("item == 'home' and year == 2026 and quantile == 'central'")["value"].iloc[0])

    assert spend(dear) == pytest.approx(2 * spend(tiny), rel=1e-12)
    with pytest.raises(cc.CareCostError, match="digest is"):
        a, b = cc.run(tiny, edge).compare("edge"), cc.run(dear, edge).compare("edge")
        cc.Comparison(a.baseline, b.scenario, a.discount, a.programme_start)


def test_saved_sets_scenarios_and_results_come_back_the_same(
    tiny: cc.Assumptions, edge: cc.Scenario, results: cc.Results, tmp_path: Path
) -> None:
    assert cc.load_assumptions(cc.save_assumptions(tiny, tmp_path / "a")) == tiny
    assert cc.load_scenario(cc.save_scenario(edge, tmp_path / "s.toml")) == edge
    again = cc.Results.load(results.save(tmp_path / "r"))
    np.testing.assert_array_equal(again.compare("edge").npv(), results.compare("edge").npv())
    (tmp_path / "r" / "children.csv").write_text("altered")
    with pytest.raises(cc.CareCostError, match=r"children.csv: was altered"):
        cc.Results.load(tmp_path / "r")
    with pytest.raises(cc.CareCostError, match="is not a manifest"):
        cc.Results.load(tmp_path / "a")


@pytest.mark.parametrize("name", ["england-2025", "care-review-2022"])
def test_packaged_sets_come_back_the_same(name: str, tmp_path: Path) -> None:
    packaged = cc.load_assumptions(name)
    assert cc.load_assumptions(cc.save_assumptions(packaged, tmp_path)) == packaged


def test_no_more_kernels_than_distinct_rates() -> None:
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    results = cc.run(england, review, years=10)
    kernels, sampler, seen = Kernels(), Sampler(cc.Draws()), set()
    from carecost.engine.kernels import rates

    for scenario in (cc.Scenario("inaction"), review):
        streams = [
            apply(scenario, results.run.prepared.layouts.parameters(s, sampler), s, sampler, results.run.calendar)
            for s in england.streams
        ]
        project_streams(streams, kernels)
        for p in streams:
            q = rates(p)
            seen |= {q[:, y, a].tobytes() for y in range(q.shape[1]) for a in range(q.shape[2])}
    assert 0 < kernels.computed <= len(seen)  # none for ages in which nobody is


def test_tables_agree_with_arrays(results: cc.Results) -> None:
    run = results.run
    children = results.children(by_draw=True).query("scenario == 'edge' and date == 2031 and draw == 5")["value"]
    assert children.iloc[0] == pytest.approx(run.drawn["edge"].stock[5, :, -1, list(run.grid.in_care)].sum(), rel=1e-12)
    by_age = results.children(by=["age"]).query("scenario == 'edge' and date == 2031")["value"].sum()
    central = results.children().query("scenario == 'edge' and date == 2031 and quantile == 'central'")["value"].iloc[0]
    assert by_age == pytest.approx(central, rel=1e-12)
    projected = results.projection("edge").children[0, -1]
    assert projected == pytest.approx(central, rel=1e-12)
    entries = results.flows("entries", by=["stream"]).query("quantile == 'central' and year == 2026")
    assert entries.query("scenario == 'inaction'")["value"].sum() == pytest.approx(0.002 * 3e5 + 0.0002 * 2e5)
    cash, real = results.costs(basis="cash"), results.costs()
    factor = run.assumptions.deflator.factor(2025, [2031])[0]
    pick = "scenario == 'edge' and year == 2031 and quantile == 'central'"
    assert cash.query(pick)["value"].iloc[0] == pytest.approx(real.query(pick)["value"].iloc[0] * factor)
    assert set(real["price_year"]) == {2025} and (cash["price_year"] == cash["year"]).all()


def test_projection_keeps_streams_apart_and_sums_them(results: cc.Results) -> None:
    other, uasc = results.projection("edge", "other"), results.projection("edge", "uasc")
    both = results.projection("edge")
    for field in ("stock", "exits", "moves", "aged_out"):
        np.testing.assert_allclose(getattr(both, field), getattr(other, field) + getattr(uasc, field))
    assert results.projection("edge", draw=slice(0, 3)).stock.shape[0] == 3
    assert results.parameters("edge", "uasc").grid is results.run.grid


def test_to_dict_is_plain_data(results: cc.Results) -> None:
    import json

    data = json.loads(json.dumps(results.to_dict(), allow_nan=False))
    assert set(data) == {"provenance", "children", "costs", "comparisons"}
    assert data["comparisons"]["edge"]["summary"][0]["unit"] == "children"


def test_a_scope_counts_less_money_and_the_same_children() -> None:
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    scoped = england.scoped("children looked after")
    whole, part = cc.run(england, review, years=3), cc.run(scoped, review, years=3)
    np.testing.assert_array_equal(whole.run.central["care-review"].stock, part.run.central["care-review"].stock)
    groups = set(part.costs(by=["group"])["group"])
    assert groups < set(whole.costs(by=["group"])["group"]) and "youth justice" not in groups
    assert england.scoped("all") is england
    with pytest.raises(cc.CareCostError, match="Did you mean 'children looked after'"):
        england.scoped("looked after")
