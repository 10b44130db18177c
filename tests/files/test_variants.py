"""Variants of scenarios are made from the words of the command: later, smaller, elsewhere, with other amounts."""

from __future__ import annotations

from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.variants import pulled

EDGE = str(Path(__file__).parents[1] / "data" / "sets" / "edge.toml")


def test_variants_come_after_their_scenario_in_order() -> None:
    edge, protection = cc.load_scenario(EDGE), cc.load_scenario("child-protection")
    made = pulled([EDGE, "child-protection"], delay=2, scale=0.5, roll_out="12/153")
    assert made == [
        each
        for scenario in (edge, protection)
        for each in (scenario, scenario.delayed(2), scenario.scaled(0.5), scenario.partial(12 / 153))
    ]


def test_no_variant_wanted_gives_the_scenarios_alone() -> None:
    assert pulled([EDGE]) == [cc.load_scenario(EDGE)]
    assert pulled([]) == []


@pytest.mark.parametrize(
    ("effect", "amount"),
    [("edge of care=-0.2", cc.Interval(-0.2)), ("edge of care = -0.2, -0.4, 0", cc.Interval(-0.2, -0.4, 0))],
)
def test_effect_of_ones_own_replaces_the_amount_of_its_lever(effect: str, amount: cc.Interval) -> None:
    (made,) = pulled([EDGE], [effect])
    assert made == cc.load_scenario(EDGE).given("edge of care", amount)
    assert made.levers[0].changes[0].amount == amount
    # Its title says so, once, however often one is given.
    assert made.title == f"{cc.load_scenario(EDGE).title}, with an effect of yours"
    assert made.given("edge of care", -0.1).title == made.title and made.levers[0].source == "given by the user"


def test_effect_acts_on_every_scenario_with_the_lever_and_on_no_other() -> None:
    edge, protection = cc.load_scenario(EDGE), cc.load_scenario("child-protection")
    made = pulled([EDGE, "child-protection", EDGE], ["edge of care=-0.2"])
    given = edge.given("edge of care", -0.2)
    assert made == [given, protection, given]


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ("edge of car=-0.2", "--effect edge of car=-0.2: unknown lever 'edge of car'. Did you mean 'edge of care'?"),
        ("-0.2", "--effect -0.2: unknown lever ''"),
        ("edge of care=few", "--effect edge of care=few: 'few' is not an amount. Write LEVER=AMOUNT"),
        ("edge of care=-0.2,-0.4", "'-0.2,-0.4' is not an amount"),
        ("edge of care=-1.2", "--effect edge of care=-1.2, change of 'entry_rate': scales by -1.2, below nothing"),
    ],
)
def test_effect_that_cannot_be_used_is_said_with_the_word_of_the_command(effect: str, words: str) -> None:
    with pytest.raises(CareCostError) as error:
        pulled([EDGE], [effect])
    assert words in str(error.value)


@pytest.mark.parametrize("share", ["all", "1/0", "1/2/3", ""])
def test_roll_out_that_is_no_share_is_refused(share: str) -> None:
    with pytest.raises(CareCostError, match=r"--roll-out: .* is not a share. Give a share such as 0.25, or 12/153"):
        pulled([EDGE], roll_out=share)


def test_roll_out_above_the_whole_is_refused() -> None:
    with pytest.raises(CareCostError, match=r"share is 1\.5"):
        pulled([EDGE], roll_out="1.5")
