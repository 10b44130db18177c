"""The log of assumptions has every row, item and change in one line, with effects that are those of reruns."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import carecost as cc
from carecost import cli
from carecost.analysis import assumption_lines
from carecost.engine.items import Cashable
from carecost.files.archive import csv_text
from carecost.files.packaged import packaged_scenarios
from carecost.results import assumptions_log as quality
from tests.data.published import SETS

matplotlib.use("Agg")
HERE = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = cc.load_assumptions(HERE / "tiny"), cc.load_scenario(HERE / "edge.toml")


@pytest.fixture(scope="module")
def log() -> quality.AssumptionsLog:
    return quality.assumptions_log(TINY, EDGE)


@cache
def npv(assumptions: cc.Assumptions, scenario: cc.Scenario) -> float:
    """Net present saving of a run of its own."""
    central = cc.run(assumptions, scenario).compare(scenario.name).central
    return float(central.npv()[0])


# Every row says whose word it is, how good it is, and why


@pytest.mark.parametrize("name", SETS)
def test_every_row_and_item_of_a_set_has_source_grade_and_note(name: str) -> None:
    assert quality.unsaid_of(cc.load_assumptions(name)) == []


@pytest.mark.parametrize("name", packaged_scenarios())
def test_every_lever_has_source_grade_and_note(name: str) -> None:
    assert quality.unsaid_of(TINY, cc.load_scenario(name)) == quality.unsaid_of(TINY)


@pytest.mark.parametrize(("field", "word"), [("source", "source"), ("quality", "grade"), ("note", "note")])
def test_one_row_item_or_lever_that_says_nothing_is_found(field: str, word: str) -> None:
    england, reform = cc.load_assumptions("england-2025"), cc.load_scenario("family-help")
    row = next(i for i, r in enumerate(england.rows) if r.quantity == "population: years=2031, ages=7")
    belief = replace(england.rows[row].belief, **{field: ""})
    silent = replace(england.rows[row], belief=belief)
    changed = replace(england, rows=(*england.rows[:row], silent, *england.rows[row + 1 :]))
    assert quality.unsaid_of(changed) == [f"population: population: years=2031, ages=7: no {word}"]
    items = (replace(england.items[0], **{field: ""}), *england.items[1:])
    name = england.items[0].name
    assert quality.unsaid_of(replace(england, items=items)) == [f"cashable share: {name}: no {word}"]
    lever = replace(reform.levers[-1], **{field: ""})
    found = quality.unsaid_of(england, replace(reform, levers=(*reform.levers[:-1], lever)))
    assert found and all(f"lever {lever.name}" in text and text.endswith(f"no {word}") for text in found)


# The log leaves nothing out


@pytest.mark.parametrize("name", SETS)
def test_every_row_item_and_change_is_in_one_line(name: str) -> None:
    england, reform = cc.load_assumptions(name), cc.load_scenario("care-review")
    found = assumption_lines.lines(england, reform)
    pulled = sorted(m.place for x in found if x.pulled and x.part != assumption_lines.TIMES for m in x.members)
    assert pulled == list(range(len(reform.changes)))
    cash = sorted(m.place for x in found if x.part == assumption_lines.CASHABLE for m in x.members)
    assert cash == list(range(len(england.items)))
    paths = sorted(m.place for x in found if x.part == assumption_lines.PATH for m in x.members)
    assert paths == list(range(len(england.paths)))
    spreads = sorted(m.place for x in found if x.part == assumption_lines.SPREADS for m in x.members)
    assert spreads == list(range(len(england.spreads)))
    named = ("CASHABLE", "LONG_RUN", "PATH", "SPREADS")
    others = [getattr(assumption_lines, name) for name in named]
    stated = sorted(m.place for x in found if not x.pulled and x.part not in others for m in x.members)
    assert stated == list(range(len(england.rows)))
    assert len(found) <= 120  # prices grow by line, rates walk: some lines more than a page of old


def test_what_stands_in_a_line_shares_parameter_source_grade_and_note() -> None:
    for line in assumption_lines.lines(cc.load_assumptions("england-2022"), cc.load_scenario("care-review")):
        assert len({(m.belief.source, m.belief.quality, m.belief.note) for m in line.members}) == 1
        rows_of_it = [m.thing for m in line.members if isinstance(m.thing, cc.Assumption)]
        assert len({row.parameter for row in rows_of_it}) <= 1


# The effects are those of reruns


def trial(log: quality.AssumptionsLog, part: str, name: str) -> quality.Trial:
    (found,) = [t for t in log.trials if t.line.part == part and name in quality.said(t.line)]
    return found


@pytest.mark.parametrize(
    ("part", "name", "where"),
    [
        ("unit_cost", "item home", {"item": "home"}),
        ("exit_rate", "returned", {"reason": "returned"}),
        ("entry_rate", "stream other", {"stream": "other"}),
        ("growth", "homes growth", {"parameter": "homes growth"}),
        ("adjustment", "entry level", {"parameter": "entry level"}),
    ],
)
def test_low_high_and_a_tenth_less_are_reruns(
    log: quality.AssumptionsLog, part: str, name: str, where: dict[str, str]
) -> None:
    got = trial(log, part, name)
    belief = got.line.belief
    assert got.low is not None and got.high is not None and belief.low is not None and belief.high is not None
    parameter = where.get("parameter", part)
    selection = {k: v for k, v in where.items() if k != "parameter"}
    values = {belief.low: got.low, belief.high: got.high, 0.9 * belief.value: got.less}
    for value, found in values.items():
        assert found == npv(TINY.replace(parameter, value, **selection), EDGE)
    assert len({got.low, got.high, log.npv}) == 3


def test_effects_of_a_lever_and_its_spending_are_reruns(log: quality.AssumptionsLog) -> None:
    effect = trial(log, "effect", "edge of care")
    for amount, found in ((-0.5, effect.low), (-0.1, effect.high), (-0.27, effect.less)):
        assert found == pytest.approx(npv(TINY, EDGE.given("edge of care", amount)), rel=1e-12)
    spending = trial(log, "spending", "programme")
    first, lever = EDGE.levers
    less = tuple(
        cc.Change(**{k: getattr(c, k) for k in c.__dataclass_fields__} | {"amount": 2.7e6}) for c in lever.changes
    )
    cheaper = replace(EDGE, levers=(first, replace(lever, changes=less)))
    assert spending.low is None and spending.less == pytest.approx(npv(TINY, cheaper), rel=1e-12) != log.npv


def test_what_is_not_a_row_is_moved_too(log: quality.AssumptionsLog) -> None:
    cash = next(t for t in log.trials if t.line.part == "cashable share")
    moved = {m.place for m in cash.line.members}
    items = tuple(
        replace(x, cashable=Cashable(0.9 * x.cashable.short, 0.9 * x.cashable.long, x.cashable.years))
        if i in moved
        else x
        for i, x in enumerate(TINY.items)
    )
    assert cash.less == pytest.approx(npv(replace(TINY, items=items), EDGE), rel=1e-12)
    run = trial(log, "long run", "homes growth")
    grown = tuple(replace(r, long_run=0.009) if r.name == "homes growth" else r for r in TINY.rows)
    assert run.less == npv(replace(TINY, rows=grown), EDGE)


def test_shares_of_one_whole_are_not_moved_and_say_why(log: quality.AssumptionsLog) -> None:
    shares = trial(log, "entry_share", "Placement on entry")
    assert (shares.low, shares.high, shares.less) == (None, None, None)
    assert "one whole" in shares.line.remark


def test_the_ends_of_joint_draws_are_their_quantiles() -> None:
    name = "unit_cost: items=support"
    draws = cc.JointDraws("support", (name,), tuple((float(x),) for x in range(100, 301)))
    tied = replace(TINY, ties=cc.Ties(joints=(draws,)))
    got = trial(quality.assumptions_log(tied, EDGE), "unit_cost", "item support")
    assert got.line.members[0].ends == (110.0, 290.0)
    assert got.low == npv(tied.replace("unit_cost", 110.0, item="support"), EDGE)


def test_many_alike_are_one_line_that_says_so() -> None:
    def widened(row: cc.Assumption) -> cc.Assumption:
        b = row.belief
        return (
            replace(row, belief=replace(b, low=0.9 * b.value, high=1.1 * b.value))
            if row.parameter == "population"
            else row
        )

    wide = replace(TINY, rows=tuple(map(widened, TINY.rows)))
    (line,) = [x for x in assumption_lines.lines(wide, EDGE) if x.part == "population"]
    assert len(line.members) > assumption_lines.MANY and line.remark == assumption_lines.TOGETHER


def test_paths_and_correlations_are_listed_and_not_moved() -> None:
    homes = cc.Selector(items=["home"])
    said = {"source": "s", "quality": "E", "note": "n"}
    path = cc.YearPath("prices", "unit_cost", homes, "random walk", 0.02, from_year=2025, **said)
    names = ("unit_cost: items=foster", "unit_cost: items=home")
    ties = cc.Ties(tuple(cc.Loading("prices", q, 0.7, **said) for q in names))
    table = quality.assumptions_log(replace(TINY, paths=(path,), ties=ties), EDGE).table()
    found = table[table["part"].isin(["path", "correlation"])]
    assert found["rows"].tolist() == [1, 2]
    assert found["npv_tenth_less"].isna().all() and set(found["remark"]) == {assumption_lines.SPREAD}


def test_the_table_is_ordered_by_effect_and_holds_what_was_stated(log: quality.AssumptionsLog) -> None:
    table = log.table()
    assert tuple(table.columns) == quality.COLUMNS
    assert table["effect"].is_monotonic_decreasing and table["effect"].iloc[0] > 0
    ends = table[["npv_low", "npv_high", "npv_tenth_less"]].sub(table["npv"], axis=0).abs().max(axis=1).fillna(0.0)
    np.testing.assert_array_equal(ends, table["effect"])
    home = table[table["assumption"] == "Unit costs: item home"].iloc[0]
    assert (home["value"], home["low"], home["high"], home["level"], home["price_year"]) == (
        7000,
        6000,
        8200,
        0.9,
        2025,
    )
    assert (home["stated"], home["interval"]) == ("£7,000 per child-week, 2024-25 prices", "£6,000 to £8,200 (90%)")
    assert (home["source"], home["source_year"], home["quality"]) == ("made up for tests", "2025", "E")


def test_the_command_prints_the_log(capsys: pytest.CaptureFixture[str], log: quality.AssumptionsLog) -> None:
    assert cli.main(["describe", str(HERE / "tiny"), "--log", str(HERE / "edge.toml")]) == 0
    assert capsys.readouterr().out == csv_text(log.table())
