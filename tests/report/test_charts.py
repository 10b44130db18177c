"""Charts of a story: which there are, what files they go to, and that listing them draws none."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

import carecost as cc
from carecost.report.story import Story, story
from carecost.text import numbers
from tests.report.reading import SETS, edge, inaction_alone, run, two_scenarios


def names(told: Story) -> list[str]:
    return [chart.name for chart in (*told.charts, *told.lever_charts.values())]


def test_files_of_one_scenario_do_not_name_it(told: Story) -> None:
    assert names(told) == ["children", "net-saving", "attribution"]


def test_files_of_several_scenarios_name_them() -> None:
    later = ("edge", "edge-1-year-later")
    assert names(story(two_scenarios())) == [
        "children",
        *(f"net-saving-{name}" for name in later),
        *(f"attribution-{name}" for name in later),
    ]


def test_inaction_alone_has_the_chart_of_children_only() -> None:
    assert names(story(inaction_alone())) == ["children"]


def test_scenario_that_moves_nothing_has_no_chart_of_its_own() -> None:
    idle = cc.Scenario("idle", [cc.Lever(name, [cc.Change("entry_rate", "scale", 0.0)]) for name in ("a", "b")])
    told = story(cc.run(cc.load_assumptions(SETS / "tiny"), idle, years=3))
    assert not told.against["idle"].moves and names(told) == ["children"]


def test_places_that_run_out_are_drawn_for_every_scenario() -> None:
    limited = cc.load_assumptions("england-2025-capacity")
    plan = cc.load_scenario("foster-carers-capacity")
    told = story(cc.run(limited, plan, years=3))
    assert names(told)[:3] == ["children", "capacity-inaction", "capacity-foster-carers-capacity"]
    assert names(story(cc.run(limited, years=2))) == ["children", "capacity"]


def test_charts_are_listed_without_drawing_and_drawn_on_the_axes_given(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = story(told.results)
    with monkeypatch.context() as forbidden:
        forbidden.setattr(Figure, "add_subplot", None)
        every = (*fresh.charts, *fresh.lever_charts.values())
    for chart in every:
        axes = Figure(figsize=chart.size).add_subplot()
        chart.draw(axes)
        assert axes.has_data() or axes.figure.axes[-1].has_data(), chart.name


def test_words_of_a_chart_say_that_a_claim_is_a_claim(told: Story) -> None:
    claim = numbers.sentence(numbers.CLAIM)
    assert all(chart.words.endswith(claim) for chart in (*told.charts, *told.lever_charts.values()))
    plain = story(run(0, claim=False, levers=edge().levers))
    assert not any(claim in chart.words for chart in (*plain.charts, *plain.lever_charts.values()))
