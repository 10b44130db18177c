"""The story: results are asked once for each thing, here and nowhere else in the room."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.report import write
from carecost.report.headline import summary_row
from carecost.report.story import Story, story
from carecost.results.results import Results
from carecost.results.saving import Saving
from carecost.text import numbers
from tests.report.reading import SETS, edge, inaction_alone, two_scenarios

ROOM = Path(write.__file__).parent


class Asked(Results):
    """Results that count what is asked of them, by the module that asks and by what it asks for."""

    def __init__(self, results: Results) -> None:
        super().__init__(results.run)
        self._asked: Counter[tuple[str, str]] = Counter()

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_"):
            self._asked[sys._getframe(1).f_globals["__name__"], name] += 1
        return super().__getattribute__(name)

    def compare(self, scenario: str, baseline: str = "inaction") -> Saving:
        self._asked["", f"compare {scenario} with {baseline}"] += 1
        return super().compare(scenario, baseline)


def asked_by_story(results: Asked) -> dict[str, int]:
    return {name: times for (module, name), times in results._asked.items() if module == "carecost.report.story"}


def test_story_asks_for_each_comparison_and_table_once() -> None:
    results = Asked(two_scenarios())
    told = story(results)
    comparisons = {name: times for (module, name), times in results._asked.items() if not module}
    assert comparisons == {f"compare {name} with inaction": 1 for name in told.against} and len(comparisons) == 2
    assert asked_by_story(results) == {"run": 1, "children": 1, "compare": 2}


def test_story_of_inaction_alone_asks_for_children_once() -> None:
    results = Asked(inaction_alone())
    story(results)
    assert asked_by_story(results) == {"run": 1, "children": 1}


def test_page_pictures_and_table_of_a_story_ask_for_nothing_more(tmp_path: Path) -> None:
    """Charts are drawn from the results that the story holds: those are asked by the room of plots."""
    results = Asked(two_scenarios())
    told = story(results)
    assert told.answer.lines  # worked out once, when it is asked for
    results._asked.clear()
    write.write_summary(told, tmp_path)
    write.save_charts(told, tmp_path)
    write.table_text(told)
    write.rates_text(told, [0.02])
    assert {module.rpartition(".")[0] for module, _ in results._asked} == {"carecost.plots"}


def test_table_of_the_terminal_lists_no_charts_and_works_out_nothing_for_the_page_alone() -> None:
    told = story(two_scenarios())
    assert "Payback" in write.table_text(told)
    assert not {"charts", "lever_charts"} & vars(told).keys()
    assert not {"attribution", "appraisal", "present_values"} & vars(told.against["edge"]).keys()


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_only_the_story_asks_results_for_anything(path: Path) -> None:
    """By the text: no other module reads an attribute of what is called results, or makes a comparison."""
    of_a_run = ("story", "answer", "regions", "workbook", "authority", "explorer", "budget")
    if path.stem in of_a_run:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    of_results = [
        ast.unparse(node)
        for node in read
        if (isinstance(node.value, ast.Name) and node.value.id == "results")
        or (isinstance(node.value, ast.Attribute) and node.value.attr == "results")
        or node.attr in ("compare", "_run")
    ]
    assert of_results == []


@pytest.mark.parametrize("path", sorted(ROOM.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_sections_take_the_story_alone(path: Path) -> None:
    """Public functions that give markup are functions of a story."""
    if path.stem == "html":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        if not function.name.startswith("_") and ast.unparse(function.returns or ast.Constant(None)) == "Html":
            assert [ast.unparse(a.annotation) for a in function.args.args if a.annotation] == ["Story"], function.name


def test_story_of_a_story_is_itself(told: Story) -> None:
    assert story(told) is told


def test_story_is_frozen(told: Story) -> None:
    with pytest.raises(AttributeError):
        told.children = ""  # type: ignore[misc]


def test_story_holds_what_the_results_give(results: Results, told: Story) -> None:
    assert tuple(told.spending) == results.scenarios and list(told.against) == ["edge"]
    of, saving = told.against["edge"], results.compare("edge")
    np.testing.assert_array_equal(of.saving.npv(), saving.npv())
    assert len(of.rows) == len(saving.summary()) and of.moves
    assert sum(of.evidence_base.values()) == pytest.approx(results.compare("edge").central.cashable_saving().sum())  # type: ignore[union-attr]
    frame = results.costs(by_draw=True).query("scenario == 'edge'").pivot_table("value", "draw", "year")
    np.testing.assert_allclose(told.spending["edge"].public, frame, rtol=1e-12)
    assert of.appraisal.table().equals(results.appraisal("edge").table())
    for timing, rows in of.present_values.items():
        assert rows.equals(results.npv_by_rate(timing=timing).drop(columns="scenario"))


def test_children_of_the_story_are_those_at_the_end(results: Results, told: Story) -> None:
    frame = results.children()
    rows = frame[frame["date"] == 2031].set_index(["scenario", "quantile"])["value"]
    for name in ("inaction", "edge"):
        mean, low, high = (numbers.children(rows[name, q]) for q in ("mean", 0.1, 0.9))
        heading = results.run.scenarios[name].heading
        assert f"{heading} {mean} (80% interval {low} to {high})" in told.children


def test_inaction_alone_is_told_as_the_mean_of_what_is_shown() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    results = cc.run(tiny, draws=cc.Draws(40, seed=1, noise=True))
    shown = results.run.shown["inaction"]
    children, spend = results.children(by_draw=True).query("date == 2031")["value"], shown.costs.public_spend[:, -1]
    for row, values in zip(story(results).inaction, (children, spend / 1e9), strict=True):
        unit = "children" if "Children" in row.what else "£bn"
        wanted = summary_row("", values.mean(), *np.quantile(values, (0.1, 0.9)), unit)
        assert (row.value, row.interval) == (wanted.value, wanted.interval)


def test_attribution_is_there_for_two_levers_that_move_something(told: Story) -> None:
    assert list(told.against["edge"].attribution) == ["averted", "npv"]
    tiny = cc.load_assumptions(SETS / "tiny")
    one = story(cc.run(tiny, edge(levers=edge().levers[:1]), years=2))
    assert one.against["edge"].attribution == {}
