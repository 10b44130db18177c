"""Do a few answers become the scenario that they say, and is every wrong one said with the nearest name?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import carecost as cc
from carecost.files.new_scenario import KINDS, QUESTIONS, _amounts, made, taken
from carecost.files.save import scenario_file
from carecost.inputs.scenario import BASES, NONE_STATED

WORD = {"source": "somebody, 2026", "grade": "E", "basis": "assumed"}


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


def scenario(england: cc.Assumptions, **texts: str) -> cc.Scenario:
    return made(taken({"name": "mine"} | WORD | {k.replace("_", "-"): v for k, v in texts.items()}, england), england)


def test_effect_with_its_cost_is_two_levers(england: cc.Assumptions) -> None:
    told = scenario(
        england,
        what="Entries",
        on="ages 10 to 17, streams other",
        amount="−5% (−9% to −1%)",
        to="2035-36",
        cost="£60m",
        prices="2025",
        full="2031",
        **{"from": "2029"},
    )
    paid, effect = told.levers
    (money,), (change,) = paid.changes, effect.changes
    assert effect.paid_by == (paid.name,)
    assert (money.amount.value, money.unit, money.price_year) == (60e6, "GBP per year", 2025)
    assert (money.start, money.full, money.end) == (2, 2, 9)
    assert (change.parameter, change.amount) == ("entry_rate", cc.Interval(-0.05, -0.09, -0.01))
    assert (change.start, change.full, change.end) == (2, 4, 9)
    assert (change.where.ages, change.where.streams) == (tuple(range(10, 18)), ("other",))


def test_effect_whose_cost_nobody_stated_says_so(england: cc.Assumptions) -> None:
    (lever,) = scenario(england, what="price", on="items secure", amount="10%", **{"from": "1"}).levers
    assert lever.paid_by == (NONE_STATED,)
    assert lever.changes[0].where.items == ("secure",)


def test_claim_is_a_claim(england: cc.Assumptions) -> None:
    told = scenario(england, what="leaving", on="all", amount="2%", basis="claimed", **{"from": "2028"})
    assert told.claim


@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(sorted(BASES)),
    st.sampled_from("ABCDE"),
    st.integers(1, 90),
    st.integers(2028, 2040),
    st.booleans(),
)
def test_any_answers_make_a_scenario_that_files_keep(
    what: str, basis: str, grade: str, per_cent: int, year: int, paid: bool
) -> None:
    england = cc.load_assumptions("england-2025")
    answers = {"what": what, "basis": basis, "grade": grade, "from": str(year)}
    answers["amount"] = f"{per_cent}m" if what == "spending" else f"{per_cent}%"
    if what == "mix":
        answers |= {"out-of": "children's home", "into": "foster in-house"}
    if what != "spending":
        answers["on"] = "items secure; children's home" if what == "price" else "all"
        answers |= {"cost": "1.5bn"} if paid else {}
    if paid or what == "spending":
        answers["prices"] = "2025"
    told = scenario(england, **answers)
    assert scenario_file(told)
    assert len(told.levers) == (2 if paid and what != "spending" else 1)
    amount = told.levers[-1].changes[0].amount.value
    assert amount == pytest.approx(per_cent * 1e6 if what == "spending" else per_cent / 100)
    assert {lever.basis for lever in told.levers} == {basis}


def test_every_fault_is_said_at_once_with_its_option(england: cc.Assumptions) -> None:
    with pytest.raises(cc.CareCostError) as caught:
        taken({"name": "x", "what": "price", "on": "item secur", "amount": "-5", "from": "2020", "into": "x"}, england)
    said = {problem.where: str(problem) for problem in caught.value.problems}
    assert set(said) == {"--into", "--on", "--amount", "--from", "--source", "--grade", "--basis"}
    assert "Did you mean 'secure'?" in said["--on"]
    assert "Leave it out" in said["--into"]
    assert "Write per cent" in said["--amount"]
    assert "before the programme's first year, 2028" in said["--from"]
    assert "is missing" in said["--source"]


WRONG: list[tuple[dict[str, str], str]] = [
    ({"what": "entrys"}, "Did you mean 'entries'"),
    ({"on": "agess 3"}, "unknown choice 'agess'"),
    ({"on": "ages 10-5"}, "does not rise"),
    ({"on": "ages 30"}, "no age 30"),
    ({"on": "streams uascs"}, "Did you mean 'uasc'"),
    ({"on": "streams"}, "names none"),
    ({"amount": "-5% (-9%)"}, "gives 2 numbers"),
    ({"amount": "-5 pounds"}, "is no share"),
    ({"amount": "-120%"}, "no share that can be taken"),
    ({"amount": "-5% (-4% to -1%)"}, "-0.05"),
    ({"from": "next year"}, "is no year"),
    ({"from": "2029", "full": "2028"}, "before the year from which it acts"),
    ({"cost": "5%"}, "is no amount of money"),
    ({"cost": "5m"}, "--prices: is missing"),
    ({"cost": "5m", "prices": "1066"}, "is no year of prices"),
    ({"grade": "F"}, "unknown grade 'F'"),
    ({"basis": "claim"}, "Did you mean 'claimed'"),
    ({"name": "a\nb"}, "signs of no text"),
    ({"what": "price", "on": "all"}, "no item is named"),
    ({"what": "mix", "out-of": "childrens home", "into": "x"}, "Did you mean 'children's home'"),
    ({"what": "mix", "out-of": "secure", "into": "Secure"}, "'secure' is the placement that they are taken out of"),
    ({"on": "ages 10 to 17, ages 3"}, "ages are named twice. Name all of them at once"),
    ({"on": "stream other, streams uasc"}, 'at once: "streams other; uasc"'),
    ({"name": "Inaction"}, "is what every run has already. Give it a name of its own"),
    ({"from": "29"}, "'29' would be the programme's year 29, 2056: the set ends in 20"),
    ({"to": "999"}, "would be the programme's year 999"),
]


@pytest.mark.parametrize(("answers", "words"), WRONG)
def test_wrong_answer_is_said(england: cc.Assumptions, answers: dict[str, str], words: str) -> None:
    right = {"name": "x", "what": "entries", "on": "all", "amount": "-5%", "from": "2029"} | WORD
    with pytest.raises(cc.CareCostError) as caught:
        made(taken(right | answers, england), england)
    assert words in str(caught.value)


NO_NUMBER = ["5,5", "0,5", "1,0000", "12,34", "1,00", "1.000.000", "1e999", "٥", "５", "--5", ""]


@pytest.mark.parametrize("number", NO_NUMBER)
@pytest.mark.parametrize(("what", "unit"), [("entries", "%"), ("spending", "m")])
def test_what_is_no_plain_number_is_refused_and_never_another(
    england: cc.Assumptions, number: str, what: str, unit: str
) -> None:
    """A comma for the point, as much of Europe writes it, is not passed over: 1,5m is no 15m."""
    answers = {"name": "x", "what": what, "amount": number + unit, "from": "2029", "prices": "2025"} | WORD
    answers |= {"on": "all"} if what == "entries" else {}
    with pytest.raises(cc.CareCostError, match=r"--amount: .* (is no share|is no amount of money|is missing)"):
        taken(answers if what == "spending" else {k: v for k, v in answers.items() if k != "prices"}, england)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_commas_between_thousands_change_nothing(whole: int, hundredths: int) -> None:
    text = f"{whole}.{hundredths:02d}"
    assert _amounts(f"{whole:,}.{hundredths:02d}m") == _amounts(f"{text}m") == [(float(text), "m")]


def test_money_needs_an_item_of_reform_in_the_set(england: cc.Assumptions) -> None:
    answers: dict[str, Any] = {"name": "x", "what": "entries", "on": "all", "amount": "-5%", "from": "2029"}
    found = taken(answers | WORD | {"cost": "5m", "prices": "2025"}, england)
    bare = replace(england, items=tuple(item for item in england.items if item.group != "reform"))
    with pytest.raises(cc.CareCostError, match="has no item of group reform for money to go to"):
        made(found, bare)


def test_names_of_questions_are_each_there_once() -> None:
    names = [question.name for question in QUESTIONS]
    assert len(set(names)) == len(names)
