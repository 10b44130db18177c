"""Is every number of the answer worked out right, and every number of a sentence in a table beside it?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError
from carecost.files.packaged import record
from carecost.report.answer import DASH, Answer, answer, net, net_range, screen
from carecost.report.story import Story
from carecost.results.baseline_tables import npvs
from carecost.results.tables import interval
from carecost.simulation.run import Run
from carecost.text import numbers

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def run(england: Story) -> Run:
    return england.results.run


@pytest.fixture(scope="module")
def made(run: Run) -> Answer:
    return answer(run, rivals=False)


def cells(made: Answer, label: str) -> dict[str, str]:
    (line,) = (line for line in made.lines if line.label.startswith(label))
    return {column.key: cell.value for column, cell in zip(made.columns, line.cells, strict=True)}


def test_columns_are_what_was_said_what_came_and_each_scenario(made: Answer) -> None:
    assert [c.key for c in made.columns] == ["said", "came", "inaction", "care-review", "care-review-evidenced"]
    assert [c.kind for c in made.columns][2:] == ["inaction", "claimed", "measured"]
    assert made.main == 2032


def test_what_was_said_and_what_came_are_the_record(made: Answer) -> None:
    rows = {(r["part"], r["what"], r["year"]): r["value"] for r in record("england")}
    children = cells(made, "… 2032")
    assert children["said"] == "~100,000" and children["came"] == "81,770"
    assert float(rows["said", "children in care", "2032"]) == 100_000
    assert cells(made, "Spend in")["said"] == "over £15bn" and cells(made, "Spend in")["came"] == "£14.6bn"
    assert cells(made, "Fewer than")["said"] == "30,000"
    asked = sum(float(v) for (part, what, _), v in rows.items() if (part, what) == ("said", "programme money"))
    assert cells(made, "Money for reform")["said"] == numbers.pounds(asked) == "£2.52bn"


def test_scenarios_are_means_with_the_interval_of_their_draws(run: Run, made: Answer) -> None:
    at = run.grid.dates.index(2032)
    for name in ("care-review", "care-review-evidenced"):
        compared = run.compare(name)
        assert cells(made, "Fewer than")[name] == numbers.children(compared.averted[:, at].mean())
        assert cells(made, "Net saving")[name] == net(compared.npv().mean())
    (line,) = (line for line in made.lines if line.label.startswith("Net saving"))
    assert line.cells[3].below == net_range(*interval(run.compare("care-review").npv()))
    children = run.side("inaction", run.shown["inaction"]).children[:, at]
    assert cells(made, "… 2032")["inaction"] == numbers.children(children.mean())


def test_other_baselines_are_of_the_central_run_and_a_cost_is_called_one() -> None:
    made = cc.run("england-2025", "care-review", "families-first", draws=4, years=20).run
    (line,) = (line for line in answer(made).lines if "other baselines" in line.label)
    ends = [sorted(npvs(made, name).values()) for name in ("care-review", "families-first")]
    claimed, cost = ((found[0], found[-1]) for found in ends)
    assert claimed[0] > 0 > cost[1] and "as stated" in line.label
    assert [cell.value for cell in line.cells[-2:]] == [net_range(*claimed), f"cost {net_range(*cost)}"]


def test_spend_is_in_the_scope_nearest_to_that_of_the_claim(run: Run, made: Answer) -> None:
    scoped = cc.run(cc.load_assumptions("england-2025").scoped("£10bn-like"), draws=16, years=12).run
    at = run.grid.years.index(2032)
    spend = scoped.drawn["inaction"].costs.public_spend[:, at].mean()
    assert cells(made, "Spend in 2031-32")["inaction"] == numbers.pounds(spend)


def test_every_number_of_a_sentence_is_in_a_table(made: Answer) -> None:
    shown = " ".join(
        [cell.value + " " + cell.below for line in made.lines for cell in line.cells]
        + [" ".join(row) for row in made.moved]
        + [line.label for line in made.lines]
    )
    asked = {"£46m", "£987m", "£1,257m", "£233m"}  # the sum of these is in the table
    for text in (made.head, *made.standfirst, *(f"{bold} {rest}" for bold, rest in made.why)):
        for number in re.findall(r"£?[0-9][0-9,.]*(?:bn|m|%)?(?<![.,])", text):
            known = (
                number in asked or number in shown or number.lstrip("£") in shown or number == "20" or number == "12"
            )
            assert known or number in ("2027-28", "2027", "28"), (number, text)


def test_the_first_screen_is_small(made: Answer) -> None:
    lines = screen(made, "Children in care")
    assert len(lines) <= 45 and max(map(len, lines)) <= 110


@pytest.mark.parametrize("n", [1, 4, 7])
def test_any_number_of_scenarios_is_one_table(run: Run, n: int) -> None:
    base = cc.load_scenario("child-protection-what-if")
    plans = [replace(base, name=f"plan {i}", title=f"Plan {i}", claim=False) for i in range(n)]
    made = answer(cc.run("england-2025", *plans, years=8).run, rivals=False)
    lines = screen(made, "many")
    text = "\n".join(lines)
    assert all(re.search(rf"Plan\s+{i}", text) for i in range(n)) and max(map(len, lines)) <= 110


def test_a_set_without_a_record_has_what_there_is() -> None:
    made = answer(cc.run(SETS / "tiny", SETS / "edge.toml").run)
    assert [c.key for c in made.columns] == ["inaction", "edge"] and not made.moved
    assert "are projected for" in made.head and not any(DASH in cells(made, "Children in care").values() for _ in [0])


def test_dates_are_those_asked_for_or_refused(run: Run) -> None:
    made = answer(run, at=(2030, 2027), rivals=False)
    assert [line.label for line in made.lines[:2]] == [
        "Children in care, 31 March 2027",
        "… 2030",
    ] and made.main == 2027
    with pytest.raises(InputError, match=r"no 31 March 2090 in the run.*2026 to 2037"):
        answer(run, at=(2090,))


def test_pounds_of_others_are_said_and_the_claim_beside_its_mean(run: Run, made: Answer) -> None:
    money = next(line for line in made.lines if line.label == "Money for reform, four years")
    assert [cell.below for cell in money.cells[:2]] == ["of 2021-22", "2023–2029, cash"]
    last = run.grid.dates.index(2035)
    central, drawn = (run.compare("care-review", central=alone).averted[:, last].mean() for alone in (True, False))
    assert f"in the mean of draws {drawn / central:.0%} of it comes true" in made.mind[0]


def test_packaged_set_that_was_changed_is_said_to_be(made: Answer) -> None:
    dearer = cc.load_assumptions("england-2025").replace("unit_cost", item="children's home", value=9000)
    (first, *_) = answer(cc.run(dearer, years=2).run, rivals=False).mind
    assert first == "The assumptions are not those that ship as england-2025: a row differs."
    assert not any("that ship as" in said for said in made.mind)


def test_short_run_says_of_how_many_years_its_money_is() -> None:
    made = answer(cc.run("england-2025", "care-review", years=4).run, rivals=False)
    (money,) = (line for line in made.lines if line.label == "Money for reform, two years")
    assert money.cells[0].below == "four years of 2021-22"
    assert any(line.label == "Net saving in 4 years" for line in made.lines)


def test_effect_of_ones_own_is_said_and_several_reforms_are_named() -> None:
    given = cc.load_scenario("care-review").given("child protection", -0.05)
    made = answer(cc.run("england-2025", given, "families-first", years=8).run, rivals=False)
    assert made.columns[3].title == "Reform, as claimed, with an effect of yours"
    assert made.standfirst[0].startswith("“Reform, as claimed, with an effect of yours” would pay")
    assert any("Families First" in sentence for sentence in made.standfirst)
    assert any("Its effects, some of them yours" in rest for _, rest in made.why)


def test_central_runs_have_no_ranges() -> None:
    made = answer(cc.run("england-2025", "care-review", years=10).run, rivals=False)
    assert not any(" to " in cell.below for line in made.lines for cell in line.cells)
    assert not any("four chances in five" in text for text in made.mind)


def test_costs_are_words_and_no_signs(run: Run, made: Answer) -> None:
    assert cells(made, "Net saving")["care-review-evidenced"].startswith("cost £")
    text = "\n".join(screen(made, "x"))
    assert numbers.MINUS not in text and np.isfinite(made.main)


def test_an_interval_whose_ends_are_written_alike_is_not_written() -> None:
    results = cc.run("england-2025", "do-minimum", years=8, draws=cc.Draws(4))
    made = answer(results.run, rivals=False)
    written = [cell.below for line in made.lines for cell in line.cells]
    assert any(" to " in below for below in written)
    assert not [below for below in written if len(set(below.split(" to "))) < below.count(" to ") + 1]
