"""Do the logs of quality say all there is, and only what is so? Every row, every effect, every table."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import carecost as cc
from carecost import cli, quality
from carecost.analysis import assumption_lines
from carecost.engine.items import Cashable
from carecost.errors import InputError
from carecost.files.packaged import packaged_scenarios
from tests.data.published import PUBLISHED, ROOT, SETS, rows

matplotlib.use("Agg")
HERE = Path(__file__).parents[1] / "data" / "sets"
TINY, EDGE = cc.load_assumptions(HERE / "tiny"), cc.load_scenario(HERE / "edge.toml")


def load_logs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("logs", ROOT / "docs" / "logs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


logs = load_logs()


@pytest.fixture(scope="module")
def log() -> quality.AssumptionsLog:
    return quality.assumptions_log(TINY, EDGE)


@cache
def npv(assumptions: cc.Assumptions, scenario: cc.Scenario) -> float:
    """Net present saving of a run of its own."""
    central = cc.run(assumptions, scenario).compare(scenario.name).central
    assert central is not None
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
    others = (assumption_lines.CASHABLE, assumption_lines.LONG_RUN)
    stated = sorted(m.place for x in found if not x.pulled and x.part not in others for m in x.members)
    assert stated == list(range(len(england.rows)))
    assert len(found) < 100


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
        assert found == npv(TINY, EDGE.given("edge of care", amount))
    spending = trial(log, "spending", "programme")
    first, lever = EDGE.levers
    less = tuple(
        cc.Change(**{k: getattr(c, k) for k in c.__dataclass_fields__} | {"amount": 2.7e6}) for c in lever.changes
    )
    cheaper = replace(EDGE, levers=(first, replace(lever, changes=less)))
    assert spending.low is None and spending.less == npv(TINY, cheaper) != log.npv


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
    assert capsys.readouterr().out == log.table().to_csv(index=False)


# The chart


def test_bars_go_from_the_central_run_to_both_ends(log: quality.AssumptionsLog) -> None:
    ax = Figure(figsize=(8.4, 7.4), layout="constrained").add_subplot()
    assert cc.plots.plot_sensitivity(log, ax) is ax
    swings = sorted((t for t in log.trials if t.swing is not None), key=lambda t: -float(t.swing or 0))
    low, high = ax.containers
    assert [c.get_label() for c in (low, high)] == ["Low end", "High end"]
    for bars, ends in ((low, [t.low for t in swings]), (high, [t.high for t in swings])):
        np.testing.assert_allclose([b.get_x() + b.get_width() for b in bars], np.array(ends, dtype=float) / 1e6)
    assert low[0].get_hatch() and not high[0].get_hatch()
    said = words(ax)
    assert "edge: the net present saving moves most with edge of care" in said
    assert "£m, 2024-25 prices" in said and "effects as claimed, not evidenced" in said
    assert "Home: unit costs £6,000 to £8,200 (90%), grade E" in said


def words(ax: Axes) -> str:
    return " ".join(" ".join([ax.get_title(loc="left"), *(text.get_text() for text in ax.texts)]).split())


def test_only_the_greatest_bars_are_drawn(log: quality.AssumptionsLog) -> None:
    ax = cc.plots.plot_sensitivity(log, Figure(layout="constrained").add_subplot(), most=2)
    assert len(ax.containers[0]) == 2
    others = sum(t.swing is not None for t in log.trials) - 2
    assert f"{others} more assumptions have an interval" in words(ax)


def test_without_an_interval_there_is_no_chart() -> None:
    known = tuple(replace(r, belief=replace(r.belief, low=None, high=None)) for r in TINY.rows)
    spend = replace(EDGE, levers=EDGE.levers[1:])
    with pytest.raises(InputError, match="no assumption has an interval"):
        cc.plots.plot_sensitivity(quality.assumptions_log(replace(TINY, rows=known), spend))


# Data


def test_every_published_table_is_described_and_used() -> None:
    found = {row["file"]: row for row in logs.data_log()}
    assert set(found) == {path.stem for path in PUBLISHED.glob("*.csv")} == set(logs._described())
    for name, row in found.items():
        assert all(row[key] for key in ("what", "release", "licence", "seen", "last")), name
        assert "same" not in row["release"].split(",")[0] and "…" not in row["what"], name
        assert row["sets"] or row["rules"] or row["tests"], f"{name} is used by nothing"


def test_the_data_log_says_what_the_files_say() -> None:
    found = {row["file"]: row for row in logs.data_log()}
    assert found["time_series"]["last"] == "2025" and found["s251_groups"]["last"] == "2024-25"
    assert found["time_series"]["release"].startswith("DfE, Children looked after in England")
    assert found["time_series"]["release"].endswith("to 2020 the release of 2023-24")
    assert "england-2025" in found["flows"]["sets"] and "findings.solve_review" in found["levers"]["rules"]
    assert (
        f"{sum(r['how_seen'] == 'primary' for r in rows(PUBLISHED / 'levers.csv'))} primary" in found["levers"]["seen"]
    )
    assert logs.readers("no_such_table", "data/rules") == []
    assert not any("test_quality" in row["tests"] for row in found.values())


# Decisions and assurance


def test_every_decision_has_its_number_question_and_decision() -> None:
    found = logs.decisions_log()
    assert [row["file"] for row in found] == sorted(p.name for p in (ROOT / "docs" / "decisions").glob("*.md"))
    for row in found:
        assert int(row["file"][:4]) == int(row["number"])
        assert row["question"].endswith("?") and row["decision"]


def test_every_case_of_a_replication_is_in_the_log_with_its_result() -> None:
    cases = {path.stem for path in (ROOT / "tests" / "replication" / "cases").glob("*.toml")}
    report = "<testsuites><testsuite>{}</testsuite></testsuites>".format(
        "".join(
            f'<testcase name="test_one[{case}]"/><testcase name="test_two[{case}-standard]">{bad}</testcase>'
            for case, bad in (("two_percent", ""), ("msm_cav", "<failure/>"), ("rate_per_10000", "<skipped/>"))
        )
    )
    found = {row["case"]: row for row in logs.replications(logs.read_outcomes(report))}
    assert set(found) == cases
    assert found["two_percent"]["result"] == "passed" and found["msm_cav"]["result"] == "failed"
    assert found["rate_per_10000"]["result"] == found["price_and_volume"]["result"] == "not run here"
    assert found["two_percent"]["tolerance"] == "0.5" and all(row["citation"] for row in found.values())


def test_the_log_of_assurance_is_read_from_the_tests_and_tables() -> None:
    source = (ROOT / "tests" / "laws" / "test_laws.py").read_text(encoding="utf-8")
    assert [row["test"] for row in logs.laws()] == re.findall(r"^def (test_\w+)", source, re.MULTILINE)
    assert all(row["about"] for row in logs.checks())
    assert sum(int(row["tests"]) for row in logs.checks()) > 250
    for name in ("reconciliation", "backtest"):
        table = rows(ROOT / "data" / "findings" / f"{name}.csv")
        assert [r["measure"] for r in logs.findings(name)] == list(dict.fromkeys(r["measure"] for r in table))
    errors = [abs(float(r[k])) for r in table for k in r if k.startswith("error") and r[k]]
    worst = [abs(float(r["worst"].split()[0])) for r in logs.findings("backtest")]
    assert max(worst) == max(errors)
    councils = [int(r["councils"]) for r in rows(ROOT / "benchmarks" / "coverage.csv")]
    assert sum(int(r["councils"]) for r in logs.coverage()) == sum(councils)


def test_no_letter_of_a_cell_is_markup() -> None:
    assert logs.markdown([{"a": "x | y*\nz"}], {"a": "A"}) == "| A |\n|---|\n| x \\| y\\* z |\n"
