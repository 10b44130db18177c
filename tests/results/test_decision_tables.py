"""Scenarios as options come from the same draws and name their comparator; net benefit is shared out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.with_social_ledger(cc.load_assumptions(SETS / "tiny")), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, edge.scaled(0.5), draws=cc.Draws(60, seed=1))


def test_options_come_from_the_same_draws_and_name_their_comparator(results: Results) -> None:
    made = results.options()
    assert made.comparator == "inaction"
    for option, name in zip(made.drawn, results.scenarios, strict=True):
        saving = results.compare(name)
        np.testing.assert_allclose(option.cost, -saving.npv(), rtol=1e-12)
        np.testing.assert_array_equal(option.effect, saving.averted_child_years.sum(1))
    table = made.table()
    assert set(table["against"]) == {"inaction"} and set(table["run"]) == {"central", "mean"}
    first = table.drop_duplicates("run")["comparator"]
    assert first.isna().all() and table["comparator"].notna().sum() == len(table) - 2
    assert table.set_index("name")["claim"].to_dict() == {name: name != "inaction" for name in results.scenarios}


def test_options_comparator_costs_and_does_nothing(results: Results) -> None:
    made = results.options("averted_children", comparator="edge").table().set_index(["run", "name"])
    assert made.loc[("mean", "edge"), ["cost", "effect"]].tolist() == [0.0, 0.0]
    with pytest.raises(UnknownNameError, match="Did you mean 'edge'"):
        results.options(comparator="edgy")
    with pytest.raises(UnknownNameError, match="Did you mean 'averted_children'"):
        results.options("averted_childen")
    with pytest.raises(InputError, match="has 1 options"):
        cc.run(cc.load_assumptions(SETS / "tiny")).options().table()


def test_options_chance_of_being_best_is_shared_out(results: Results) -> None:
    made = results.options(values=[0, 1e5, 1e7])
    frame = made.values_table()
    np.testing.assert_allclose(frame.groupby("value")["chance_best"].sum(), 1.0, rtol=1e-12)
    effect = {o.name: float(np.mean(o.effect)) for o in made.drawn}
    best = frame[(frame["value"] == 1e7) & frame["best"]]["name"].tolist()
    assert best == [max(effect, key=lambda name: effect[name])]


def test_options_with_optimism_bias_are_dearer(results: Results) -> None:
    plain, more = (results.options(optimism=o).central for o in (None, 0.5))
    spent = results.compare("edge").central
    added = float(spent.present_value(spent.reform_spend())[0]) / 2
    assert more[1].cost[0] - plain[1].cost[0] == pytest.approx(added, rel=1e-9)  # type: ignore[index]


def test_decision_tables_of_inaction_alone_are_none(results: Results) -> None:
    assert cc.run(cc.load_assumptions(SETS / "tiny")).decision_tables() == {}
    made = results.decision_tables()
    assert list(made) == ["appraisal", "payers", "options", "net_benefit"]
    assert set(made["appraisal"]["scenario"]) == set(results.scenarios) - {"inaction"}
    assert made["options"].equals(results.options().table())
