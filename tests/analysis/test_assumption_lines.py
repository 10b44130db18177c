"""Lines of assumptions: every row and amount is in one line, and lines are few enough to be read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import carecost as cc
from carecost.analysis.assumption_lines import CASHABLE, EFFECT, LONG_RUN, SPENDING, TIMES, WHOLE, lines

SETS = Path(__file__).parents[1] / "data" / "sets"
NOTHING = cc.Scenario("nothing")


@pytest.mark.parametrize("name", ["tiny", "england-2025", "england-2025-after-care"])
def test_every_row_of_a_set_is_in_exactly_one_line(name: str) -> None:
    made = cc.load_assumptions(SETS / name if name == "tiny" else name)
    found = lines(made, NOTHING)
    rows = Counter(m.place for line in found if line.part not in (LONG_RUN, CASHABLE) for m in line.members
                   if isinstance(m.thing, cc.Assumption))  # fmt: skip
    assert set(rows) == set(range(len(made.rows))) and set(rows.values()) == {1}
    assert len(found) < len(made.rows) or name == "tiny"


def test_every_amount_of_a_scenario_is_in_a_line_of_its_lever() -> None:
    made, plan = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    of_levers = [line for line in lines(made, plan) if line.pulled]
    amounts = [m.place for line in of_levers if line.part in (EFFECT, SPENDING) for m in line.members]
    assert sorted(amounts) == list(range(len(plan.changes)))
    assert {EFFECT, SPENDING} <= {line.part for line in of_levers} <= {EFFECT, SPENDING, TIMES}


def test_levers_of_one_luck_have_a_line_each_of_all_that_is_drawn_together() -> None:
    def lever(name: str, n: int, luck: str) -> cc.Lever:
        amount = {"unit": "GBP per year", "price_year": 2025, "items": ["programme"]}
        costs = [cc.Change("unit_cost", "add", cc.Interval(3.0 + i, 2.0, 9.0), start=i + 1, **amount) for i in range(n)]
        return cc.Lever(name, costs, source=name, quality="E", luck=luck)

    levers = [lever("a", 2, "cost"), lever("b", 3, "cost"), lever("c", 2, "")]
    found = [line for line in lines(cc.load_assumptions(SETS / "tiny"), cc.Scenario("plan", levers)) if line.pulled]
    assert [[m.place for m in line.members] for line in found] == [[0, 1], [2, 3, 4], [5], [6]]
    assert [line.belief.source for line in found] == ["a", "b", "c", "c"]


def test_members_of_a_line_share_source_and_grade() -> None:
    made, plan = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    assert len({lever.source for lever in plan.levers if lever.luck == "cost of the programme"}) > 1
    for line in lines(made, plan):
        told = {(m.belief.source, m.belief.quality) for m in line.members}
        assert len(told) == 1, line.part


def test_shares_of_one_whole_are_not_moved_alone() -> None:
    shares = [line for line in lines(cc.load_assumptions("england-2025"), NOTHING) if line.part == "entry_share"]
    assert shares and all(not line.movable and line.remark == WHOLE for line in shares)
