"""The budget in words and files: what is read of a stated one, what is printed, what a kept run makes again."""

from __future__ import annotations

from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import InputError
from carecost.report.budget import budget_text, budgets, files, made_again, parsed

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"), years=6, draws=4)


@pytest.mark.parametrize("words", ["2027", "2027=much", "=3", "2027=1e6,", "2027:1e6"])
def test_what_is_no_budget_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(InputError, match=r"is no budget of a year.*2027=52000000"):
        parsed(words)
    assert parsed(None) == {}


def test_a_year_that_is_stated_twice_is_refused_with_all_that_is_wrong_beside_it() -> None:
    with pytest.raises(InputError, match=r"'2027=2' is a second budget of 2027(.|\n)*one a year(.|\n)*'much' is no"):
        parsed("2027=1,2027=2,much")


def test_a_page_has_every_step_once_with_range_and_chance(results: cc.Results) -> None:
    (one,) = budgets(results, {2027: 1.0})
    lines = budget_text(one).splitlines()
    names = [line[:40].split("  ")[0].strip() for line in lines]
    for name in ("opening", "demand", "mix", "price", "savings", "programme", "closing", "net", "saved in the year"):
        assert names.count(name) == 1
    at = names.index("net")
    assert "four chances in five, from" in lines[at + 1] and "chance that it is exceeded" in lines[at + 4]
    assert "2030-31" in lines[1] and len(one.notes) > 4


def test_a_kept_run_makes_its_budgets_again(results: cc.Results, tmp_path: Path) -> None:
    made = files(budgets(results, {2027: 1e6, 2028: 2e6}))
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    again = made_again(results, tmp_path, made)
    assert {f"{name}.csv" for name in again} == set(made)
    assert again["budget_chance"]["budget"].tolist() == [1e6, 2e6]
    assert made_again(results, tmp_path, ["children.csv"]) == {}
