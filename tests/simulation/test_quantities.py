"""Is what a run draws listed whole, and does a run of draws that were made elsewhere give what it should?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

import carecost as cc
from carecost.errors import InputError
from carecost.inputs.belief import Assumption
from carecost.simulation.effects import drawn_amount
from carecost.simulation.prepare import prepare
from carecost.simulation.quantities import quantities
from carecost.simulation.sampler import Sampler

SETS = Path(__file__).parents[1] / "data" / "sets"
ENGLAND = cc.load_assumptions("england-2025")
TINY, EDGE = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")


@pytest.fixture(scope="module")
def drawn() -> cc.Results:
    return cc.run(ENGLAND, "care-review", "family-networks", years=6, draws=6)


@pytest.fixture(scope="module")
def tiny() -> cc.Results:
    return cc.run(TINY, EDGE, years=3, draws=8)


def same(a: cc.Results, b: cc.Results) -> bool:
    pairs = [(a.run.drawn[name], b.run.drawn[name]) for name in a.scenarios]
    return all((x.stock == y.stock).all() and (x.costs.spend == y.costs.spend).all() for x, y in pairs)


def test_draws_given_back_give_the_run_back_bit_for_bit(drawn: cc.Results) -> None:
    table = drawn.inputs().sample(frac=1.0, axis=1, random_state=1)  # the order of columns means nothing
    again = cc.run(ENGLAND, "care-review", "family-networks", years=6, draws=cc.Draws.given(table))
    assert same(drawn, again)
    assert drawn.provenance.given == "" and again.provenance.given.startswith(f"{table.shape[1]} quantities")


def test_inputs_name_every_uncertain_quantity_once(drawn: cc.Results) -> None:
    table = drawn.inputs()
    assert table.columns.is_unique and len(table) == 6 and np.isfinite(table.to_numpy()).all()
    own = [name for name in ENGLAND.drawn_quantities if not name.startswith("path: ")]
    assert own and set(own) <= set(table.columns)
    assert (table.std() > 0).all()  # what does not vary is no quantity


def test_values_are_those_that_the_sampler_gives(tiny: cc.Results) -> None:
    (row,) = [row for row in TINY.rows if row.quantity == "unit_cost: items=home"]
    sampler = Sampler(cc.Draws(8), slice(0, 8))
    wanted = sampler.value(row.quantity, row.belief)
    np.testing.assert_array_equal(tiny.inputs()["unit_cost: items=home"], wanted)


def test_a_given_value_is_what_the_run_uses(tiny: cc.Results) -> None:
    name = "unit_cost: items=home"
    table = tiny.inputs()
    made = cc.run(TINY, EDGE, years=3, draws=cc.Draws.given(table.assign(**{name: 2 * table[name]})))
    item = [item.name for item in tiny.run.grid.items].index("home")
    before, after = (one.run.drawn["inaction"].costs.unit_cost[..., item] for one in (tiny, made))
    np.testing.assert_array_equal(after, 2 * before)


def test_given_shares_of_one_whole_are_what_the_run_uses_and_none_may_be_beyond_it() -> None:
    drawn = {"foster": (0.75, 0.68, 0.82), "home": (0.25, 0.18, 0.32)}

    def spread(row: Assumption) -> Assumption:
        if row.parameter != "entry_share":
            return row
        (place,) = row.where.placements or ("",)
        value, low, high = drawn[place]
        return replace(row, belief=replace(row.belief, value=value, low=low, high=high, distribution="dirichlet"))

    whole = replace(TINY, rows=tuple(map(spread, TINY.rows)))
    table = cc.run(whole, years=2, draws=5).inputs()
    names = [name for name in table.columns if name.startswith("entry_share")]
    groups = {drawn.group for drawn in quantities(prepare(whole, [], 2)).values() if drawn.label in names}
    assert groups == {f"shares of {names[0]} and 1 more"}
    turned = table.assign(**dict(zip(names, table[names].to_numpy()[::-1].T, strict=True)))
    one, other = (cc.run(whole, years=2, draws=cc.Draws.given(t)).run for t in (table, turned))
    assert len(names) == 2
    mix = [np.asarray(run.parameters("inaction", slice(0, 5))["other"].entry_share) for run in (one, other)]
    np.testing.assert_array_equal(mix[1], mix[0][::-1])
    with pytest.raises(InputError, match=r"is 1\.5 in draw 0\. Give a number from 0 to 1"):
        cc.run(whole, years=2, draws=cc.Draws.given(table.assign(**{names[0]: 1.5})))


def test_with_a_seed_what_has_no_column_is_drawn_as_always(tiny: cc.Results) -> None:
    some = tiny.inputs().iloc[:, :2]
    assert same(tiny, cc.run(TINY, EDGE, years=3, draws=cc.Draws.given(some, seed=1)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.assign(**{"unit_cost: items=hom": 1.0}), "is no quantity that this run draws"),
        (lambda t: t.drop(columns="unit_cost: items=home"), "has no column of 'unit_cost: items=home'"),
        (lambda t: t.assign(**{"unit_cost: items=home": np.nan}), "missing or not finite"),
        (lambda t: t.assign(**{"unit_cost: items=home": "x"}), "Give numbers in every column"),
        (lambda t: t.iloc[:0], "no rows"),
        (lambda t: t.iloc[:, :0], "no columns"),
        (lambda t: t.set_axis(range(t.shape[1]), axis=1), "columns without a name"),
        (lambda t: pd.concat([t, t.iloc[:, :1]], axis=1), "two columns"),
        (lambda t: {"a": [1.0, 2.0], "b": [1.0]}, "column 'b' has shape (1,)"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_in_words(tiny: cc.Results, change: object, words: str) -> None:
    with pytest.raises(cc.CareCostError) as error:
        cc.run(TINY, EDGE, years=3, draws=cc.Draws.given(change(tiny.inputs())))  # type: ignore[operator]
    assert words in str(error.value)


def test_a_value_that_cannot_be_is_refused_with_its_draw(tiny: cc.Results) -> None:
    name = next(name for name in tiny.inputs() if name.startswith(("exit_rate", "entry_rate", "adjustment")))
    table = tiny.inputs()
    table.loc[3, name] = -0.5
    with pytest.raises(cc.CareCostError, match=r"is -0\.5 in draw 3"):
        cc.run(TINY, EDGE, years=3, draws=cc.Draws.given(table))


def test_two_levers_of_one_name_and_other_amounts_have_a_column_each() -> None:
    def plan(name: str, low: float) -> cc.Scenario:
        change = cc.Change("entry_rate", "scale", cc.Interval(-0.1, low, 0.0, 1.0, "uniform"))
        return cc.Scenario(name, [cc.Lever("help", [change])])

    done = cc.run(TINY, plan("bold", -0.3), plan("shy", -0.15), years=3, draws=8)
    mine = done.inputs().filter(like="lever help")
    assert list(mine) == [
        "lever help: scale entry_rate, from year 1",
        "lever help: scale entry_rate, from year 1 [shy]",
    ]
    assert np.corrcoef(mine.T)[0, 1] == pytest.approx(1.0)  # the same lever has the same luck
    again = cc.run(TINY, plan("bold", -0.3), plan("shy", -0.15), years=3, draws=cc.Draws.given(done.inputs()))
    assert same(done, again)


def test_what_was_given_for_a_set_is_given_for_no_other(tiny: cc.Results) -> None:
    made = cc.run(TINY, EDGE, years=3, draws=cc.Draws.given(tiny.inputs()))
    with pytest.raises(cc.CareCostError, match="were given for another set"):
        cc.run(TINY.replace("unit_cost", item="foster", value=500.0), EDGE, years=3, draws=made.run.draws)
    with pytest.raises(cc.CareCostError, match="areas have levels of their own"):
        cc.run_areas(ENGLAND, draws=made.run.draws)


def test_draws_are_equal_where_their_tables_are() -> None:
    a, b = (cc.Draws.given({"x": [1.0, 2.0]}) for _ in range(2))
    assert a == b and hash(a) == hash(b) and a != cc.Draws.given({"x": [1.0, 3.0]}) and a != cc.Draws(2)
    assert "1 quantities" in str(a.table and a.table.words)
    with pytest.raises(ValueError, match="read-only"):
        a.table.values[0] = 3.0  # type: ignore[union-attr]


def test_results_of_given_draws_are_saved_and_made_again(tiny: cc.Results, tmp_path: Path) -> None:
    for seed in (None, 5):
        table = tiny.inputs() if seed is None else tiny.inputs().iloc[:, :2]
        done = cc.run(TINY, EDGE, years=3, draws=cc.Draws.given(table, seed=seed))
        again = cc.Results.load(done.save(tmp_path / str(seed)))
        assert same(done, again) and again.provenance == done.provenance


def test_a_run_without_draws_has_no_inputs() -> None:
    with pytest.raises(cc.CareCostError, match="the run has no draws"):
        cc.run(TINY, years=2).inputs()


def test_groups_hold_what_moves_together() -> None:
    found = quantities(prepare(ENGLAND, [cc.load_scenario("care-review")], 6))
    groups = {drawn.label: drawn.group for drawn in found.values()}
    assert groups["path: walk of entries with exits, 2026"] == groups["path: walk of exits with entries, 2030"]
    claims = [group for label, group in groups.items() if "scale entry_rate" in label]
    assert set(claims) == {"luck: claims of fewer entries"}


@pytest.mark.parametrize("loading", [1.0, 0.5])
def test_how_often_an_amount_is_taken_is_at_the_same_end_where_one_luck_moves_both(loading: float) -> None:
    amount, often = cc.Interval(3e-5, 1e-5, 5e-5), cc.Interval(10.0, 5.0, 15.0)
    change = cc.Change("entry_rate", "add", amount, times=often, times_of="children reached", streams=["other"])
    stated = {} if loading == 1.0 else {"loading": loading, "source": "me", "quality": "E"}
    lever = cc.Lever("reach", [change], luck="claims", **stated)  # type: ignore[arg-type]
    table = cc.run(TINY, cc.Scenario("plan", [lever]), years=2, draws=20).inputs()
    names = [name for name in table if "reach" in name]
    assert [name.removeprefix(names[0]) for name in names] == ["", ", times"]
    ranks = table[names].rank()
    assert (ranks[names[0]] == ranks[names[1]]).all() == (loading == 1.0)


@given(st.floats(0.05, 1.0), st.floats(0.05, 1.0))
def test_effects_of_two_levers_are_correlated_by_the_product_of_their_loadings(a: float, b: float) -> None:
    draws = cc.Draws(2000, seed=3)
    sampler = Sampler(draws, slice(0, 2000))
    amount = cc.Interval(-0.1, -0.2, 0.0, 1.0, "uniform")
    scores = []
    for name, loading in (("one", a), ("two", b)):
        lever = cc.Lever(name, [cc.Change("entry_rate", "scale", amount)], luck="claims", loading=loading)
        value = drawn_amount(lever, lever.quantities[0], lever.changes[0], sampler, None)  # type: ignore[arg-type]
        slices = np.sort(value) * 10_000 + 2_000  # its margin is that of the interval: one in each slice
        assert (np.abs(slices - np.arange(2000) - 0.5) <= 0.5 + 1e-6).all()
        scores.append(ndtri(np.clip((value + 0.2) / 0.2, 1e-9, 1 - 1e-9)))
    assert np.corrcoef(scores)[0, 1] == pytest.approx(a * b, abs=0.09)  # four standard errors of 2,000 draws


def test_a_loading_of_one_is_one_luck_and_of_no_luck_is_refused(tmp_path: Path) -> None:
    change = cc.Change("entry_rate", "scale", cc.Interval(-0.1, -0.2, 0.0))
    assert cc.Lever("a", [change], luck="x").quantities == ("luck: x",)
    half = cc.Lever("a", [change], luck="x", loading=0.5, source="me", quality="E")
    assert half.quantities == ("lever a: scale entry_rate, from year 1",)
    plan = cc.Scenario("plan", [half])
    assert cc.load_scenario(cc.save_scenario(plan, tmp_path / "plan.toml")) == plan
    for wrong, words in ((dict(loading=0.5), "of no luck"), (dict(luck="x", loading=0.0), "loading is 0")):
        with pytest.raises(cc.CareCostError, match=words):
            cc.Lever("a", [change], **wrong)  # type: ignore[arg-type]


def test_a_correlation_widens_the_spread_of_a_sum() -> None:
    amount = cc.Interval(-0.05, -0.1, 0.0, 1.0, "uniform")

    def spread(loading: float) -> float:
        levers = [
            cc.Lever(n, [cc.Change("entry_rate", "scale", amount, ages=ages)], luck="claims", loading=loading)
            for n, ages in (("young", [15]), ("old", [16, 17]))
        ]
        done = cc.run(TINY, cc.Scenario("plan", levers), years=3, draws=200)
        return float(done.compare("plan").averted[:, -1].std())

    assert spread(0.05) < spread(0.8) < spread(1.0)


def test_replacing_the_loading_keeps_the_rest() -> None:
    lever = replace(cc.load_scenario("care-review").levers[0], luck="x", loading=0.3)
    assert lever.loading == 0.3
