"""Tidy tables give arrays back cell by cell: groups sum, quantiles are of the draws, rows say what they are of."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.maths.monte_carlo import mean_error
from carecost.money.prices import CASH, PriceBase
from carecost.results import tables
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"
AFTER = "england-2025-after-care"


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, draws=cc.Draws(40, seed=1, noise=True))


@pytest.fixture(scope="module")
def central() -> Results:
    return cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"))


# Arrays to rows


def test_summarised_without_draws_is_the_central_run_alone() -> None:
    one = np.array([[1.0, 2.0]])
    assert list(tables.summarised(one, one)) == ["central"]


def test_summarised_draws_have_mean_error_and_quantiles() -> None:
    drawn = np.arange(101.0)[:, None]
    made = tables.summarised(drawn, np.array([[7.0]]))
    assert list(made) == ["central", "mean", "mean_error", "0.1", "0.5", "0.9"]
    assert [made[k][0] for k in ("central", "mean", "0.1", "0.5", "0.9")] == [7.0, 50.0, 10.0, 50.0, 90.0]
    assert made["mean_error"][0] == pytest.approx(drawn.std(ddof=1) / np.sqrt(101))
    wide = tables.summarised(drawn, drawn[:1], level=0.9)
    assert list(wide)[3:] == ["0.05", "0.5", "0.95"]
    assert [wide[k][0] for k in ("0.05", "0.5", "0.95")] == [5.0, 50.0, 95.0]
    assert wide["mean"] == made["mean"]


@pytest.mark.parametrize("level", [None, 0.8, 0.5])
def test_tidy_rows_find_their_cells(level: float | None) -> None:
    drawn = np.random.default_rng(1).normal(size=(3, 2, 4))
    frame = tables.tidy(drawn, drawn[:1], {"year": [2026, 2027], "item": list("abcd")}, level)
    label = "quantile" if level else "draw"
    error = ["mean_error"] if level else []
    assert list(frame.columns) == ["year", "item", label, "value", *error] and len(frame) == 2 * 4 * (5 if level else 3)
    value = frame.set_index([label, "year", "item"])["value"]
    if level is None:
        assert value[2, 2027, "c"] == drawn[2, 1, 2]
    else:
        assert value["central", 2027, "c"] == drawn[0, 1, 2]
        assert value["mean", 2026, "d"] == pytest.approx(drawn[:, 0, 3].mean())
        for q in {0.8: (0.1, 0.5, 0.9), 0.5: (0.25, 0.5, 0.75)}[level]:
            assert value[q, 2027, "b"] == pytest.approx(np.quantile(drawn[:, 1, 1], q), rel=1e-12)


def test_grouped_cells_sum_in_the_order_of_their_first_appearance() -> None:
    labels = {"item": ["x", "y", "x"], "group": ["g", "g", "h"]}
    array = np.array([[1.0, 2.0, 4.0]])
    summed, names = tables.grouped(array, labels, ["item"])
    assert summed.tolist() == [[5.0, 2.0]] and names == {"item": ["x", "y"]}
    summed, names = tables.grouped(array, labels, ["item", "group"])
    assert summed.tolist() == [[1.0, 2.0, 4.0]] and names == {"item": ["x", "y", "x"], "group": ["g", "g", "h"]}
    assert tables.grouped(array, labels, [])[0].tolist() == [[7.0]]
    with pytest.raises(UnknownNameError, match="Did you mean 'group'"):
        tables.grouped(array, labels, ["gruop"])


def test_interval_counts_draws_that_never_come_as_the_last() -> None:
    years = np.array([2030.0] * 50 + [2031.0] * 41 + [np.nan] * 9)
    assert tables.interval(years) == (2030.0, 2031.0)
    low, high = tables.interval(years, level=0.9)  # nine in a hundred never come: more than five
    assert low == 2030.0 and np.isnan(high)
    low, high = tables.interval(np.where(np.arange(100) < 89, 2030.0, np.nan))
    assert low == 2030.0 and np.isnan(high)
    assert tables.interval(np.arange(101.0), scale=2.0) == (20.0, 180.0)
    assert tables.interval(np.arange(101.0), scale=2.0, level=0.9) == (10.0, 190.0)


def test_priced_rows_of_cash_have_each_year_its_own_prices() -> None:
    frame = pd.DataFrame({"year": [2026, 2027], "value": [1.0, 2.0]})
    made = tables.priced(frame, PriceBase(CASH, None, "mine"))
    assert made["price_year"].tolist() == [2026, 2027] and set(made["deflator"]) == {"mine"}


# Tables of a run


@pytest.mark.parametrize("by", [["placement"], ["stream"], ["group", "in_care"], ["age"]])
def test_children_by_labels_sum_to_all(central: Results, by: list[str]) -> None:
    parts = central.children(by=by)
    assert list(parts.columns) == ["scenario", "date", *by, "quantile", "value", "unit"]
    whole = central.children().set_index(["scenario", "date"])["value"]
    np.testing.assert_allclose(parts.groupby(["scenario", "date"])["value"].sum()[whole.index], whole, rtol=1e-12)


def test_children_outside_care_are_shown_when_asked_for(central: Results) -> None:
    inside, all_of_them = (central.children(by=["in_care"], in_care=x) for x in (True, False))
    assert set(inside["in_care"]) == {"yes"} and set(all_of_them["in_care"]) <= {"yes", "no"}
    run = cc.run(cc.load_assumptions(AFTER), years=1)
    assert set(run.children(by=["in_care"], in_care=False)["in_care"]) == {"yes", "no"}


def test_children_and_flows_of_the_run_balance(central: Results) -> None:
    """Stock at the end is stock at the beginning, those who came, less those who left and who aged out."""
    stock = central.children(by=["stream"]).pivot_table("value", ["scenario", "stream"], "date")
    flows = {
        f: central.flows(f, by=["stream"]).pivot_table("value", ["scenario", "stream"], "year")
        for f in ("entries", "exits", "aged_out")
    }
    change = stock.diff(axis=1).iloc[:, 1:]
    np.testing.assert_allclose(change, flows["entries"] - flows["exits"] - flows["aged_out"], rtol=0, atol=1e-9)


def test_flows_have_their_unit_and_refuse_unknown_names(central: Results) -> None:
    assert set(central.flows("entries")["unit"]) == {"children"}
    assert set(central.flows("child_years")["unit"]) == {"child-years"}
    with pytest.raises(UnknownNameError, match="Did you mean 'entries'"):
        central.flows("entires")


def test_levels_are_shown_with_the_luck_of_small_numbers(results: Results) -> None:
    drawn = results.children(by_draw=True).query("scenario == 'edge'").pivot_table("value", "draw", "date")
    shown = results.run.shown["edge"]
    np.testing.assert_allclose(drawn, results.run.side("edge", shown).children, rtol=1e-12)
    assert not np.allclose(drawn, results.run.side("edge", results.run.drawn["edge"]).children)


def test_tables_of_a_run_take_the_level_of_their_interval(results: Results) -> None:
    """Each end is that quantile of the very draws that the table gives when they are asked for."""
    asked = {
        "children": (results.children, "date"),
        "entries": (lambda **x: results.flows("entries", **x), "year"),
        "costs": (results.costs, "year"),
    }
    for table, time in asked.values():
        drawn = table(by_draw=True).query("scenario == 'edge'").pivot_table("value", "draw", time)
        for level, names in ((None, ("0.1", "0.9")), (0.8, ("0.1", "0.9")), (0.5, ("0.25", "0.75"))):
            shown = table(**({} if level is None else {"level": level})).query("scenario == 'edge'")
            wide = shown.pivot_table("value", time, "quantile")
            assert set(wide.columns) == {"central", "mean", float(names[0]), 0.5, float(names[1])}
            np.testing.assert_allclose(wide["mean"], drawn.mean(), rtol=1e-12)
            for name in names:
                np.testing.assert_allclose(wide[float(name)], drawn.quantile(float(name)), rtol=1e-12)


@pytest.mark.parametrize("level", [0, 1.5, -0.1])
def test_a_level_that_is_no_chance_is_refused(results: Results, level: float) -> None:
    with pytest.raises(cc.CareCostError, match=r"level is .*0\.9 for an interval of 90%"):
        results.children(level=level)
    with pytest.raises(cc.CareCostError, match=r"level is .*0\.9 for an interval of 90%"):
        results.compare("edge").summary(level=level)


def test_costs_leave_the_social_ledger_out_of_every_total() -> None:
    run = cc.run(cc.with_social_ledger(cc.load_assumptions(SETS / "tiny")))
    assert "social" in set(run.costs(by=["account"])["account"])
    total = run.costs().set_index("year")["value"]
    np.testing.assert_allclose(total, run.run.central["inaction"].costs.public_spend[0], rtol=1e-12)


def test_costs_of_an_unknown_basis_are_refused(central: Results) -> None:
    with pytest.raises(InputError, match=r"basis is 'nominal'. Known: 'real', 'cash'"):
        central.costs(basis="nominal")  # type: ignore[arg-type]


def test_capacity_and_outcomes_of_a_set_without_them_are_empty_tables(central: Results) -> None:
    capacity, outcomes = central.capacity(), central.outcomes()
    assert capacity.empty and list(capacity.columns) == ["scenario", "year", "group", "quantile", *tables.CAPACITY]
    assert outcomes.empty and list(outcomes.columns) == ["scenario", "year", "outcome", "quantile", "value", "unit"]
    assert {"capacity", "outcomes"}.isdisjoint(central.tables())


def test_occupancy_has_the_luck_of_small_numbers_and_what_has_none_has_no_interval() -> None:
    made = cc.load_assumptions("england-2025-capacity")
    plain, lucky = (cc.run(made, years=4, draws=cc.Draws(8, noise=noise)) for noise in (False, True))
    shown, expected, frame = (
        lucky.run.shown["inaction"].capacity,
        lucky.run.drawn["inaction"].capacity,
        lucky.capacity(),
    )
    assert shown is not None and expected is not None and (shown.occupancy != expected.occupancy).all()
    wanted = np.quantile(shown.occupancy, 0.9, axis=0).ravel()
    np.testing.assert_allclose(frame.loc[frame["quantile"] == 0.9, "occupancy"], wanted, rtol=1e-12)
    known = frame["quantile"].isin(["central", "mean"])
    told = list(tables.CAPACITY)
    assert frame.loc[known, told].notna().all(axis=None) and (frame.loc[known, "redirected"] > 0).any()
    assert frame.loc[~known, ["share", "redirected", "unmet"]].isna().all(axis=None)
    assert plain.capacity()[told].notna().all(axis=None)
    error = plain.capacity().query("quantile == 'mean'")["occupancy_error"]
    np.testing.assert_allclose(error, mean_error(plain.run.shown["inaction"].capacity.occupancy).ravel(), rtol=1e-12)
    assert lucky.capacity(by_draw=True).notna().all(axis=None)


def test_draws_table_holds_the_headlines_of_every_draw(results: Results) -> None:
    frame = tables.draw_rows(results.run)
    assert len(frame) == 2 * 40
    npv = frame.query("scenario == 'edge'")["npv"]
    np.testing.assert_array_equal(npv, results.compare("edge").npv())
    assert not frame.query("scenario == 'inaction'")["npv"].any()


def test_assumption_rows_are_those_of_the_set() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    frame = tables.assumption_rows(tiny)
    assert frame["quantity"].tolist() == [row.quantity for row in tiny.rows]
    certain = [row.belief.certain for row in tiny.rows]
    assert frame["level"].isna().tolist() == certain


def test_error_of_a_mean_is_a_column_of_its_own_and_quantiles_are_numbers(results: Results, central: Results) -> None:
    rows = results.children(by=["placement"])
    assert set(rows["quantile"]) == {"central", "mean", 0.1, 0.5, 0.9}
    means = rows["quantile"] == "mean"
    assert rows.loc[means, "mean_error"].notna().all() and rows.loc[~means, "mean_error"].isna().all()
    drawn = results.children(by=["placement"], by_draw=True)
    assert "mean_error" not in drawn and "mean_error" not in central.children()
    keys = ["scenario", "date", "placement"]
    spread = drawn.groupby(keys, sort=False)["value"].std(ddof=1) / np.sqrt(results.run.draws.n)
    got = rows[means].set_index(keys)["mean_error"]
    np.testing.assert_allclose(got, spread.loc[got.index], rtol=1e-9, atol=1e-12)


def test_wide_tables_have_a_column_for_each_year_and_the_same_values(results: Results) -> None:
    for ask, time, by in (
        (results.children, "date", {"by": ["placement"]}),
        (lambda **x: results.flows("exits", **x), "year", {"by": ["stream"]}),
        (results.costs, "year", {"by": ["group"]}),
        (results.costs, "year", {"by": ["group"], "basis": "cash"}),
        (lambda **x: results.compare("edge").by_year(**x), "year", {}),
    ):
        long, wide = ask(**by), ask(wide=True, **by)
        times = list(dict.fromkeys(long[time]))
        assert [c for c in wide if isinstance(c, int)] == times and "mean_error" not in wide
        assert len(wide) * len(times) == len(long)
        keys = [c for c in wide if not isinstance(c, int)]
        again = wide.melt(keys, times, time)
        merged = long.merge(again, on=[*keys, time], suffixes=("", "_wide"))
        assert len(merged) == len(long)
        np.testing.assert_array_equal(merged["value"], merged["value_wide"])
    by_draw = results.children(by_draw=True, wide=True)
    assert by_draw.groupby("scenario").size().tolist() == [results.run.draws.n] * 2


def test_records_have_none_where_nothing_is(results: Results) -> None:
    text = json.dumps(results.to_dict(), allow_nan=False)
    assert '"mean_error": null' in text and '"quantile": 0.1' in text
