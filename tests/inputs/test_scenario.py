"""Do scenarios add, shift, scale and take numbers of one's own, and keep what is drawn?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import InputError
from carecost.inputs.scenario import elsewhere, one_set
from carecost.text.describe import scenario_text


def test_delayed_shifts_every_change_and_keeps_its_luck() -> None:
    lever = cc.Lever(
        "a", [cc.Change("exit_rate", "scale", 0.1, start=2, full=4), cc.Change("entry_rate", "scale", -0.1)]
    )
    plan = cc.Scenario("plan", [lever])
    late = plan.delayed(2)
    assert [c.weight(4) for _, c in late.changes] == [plan.changes[0][1].weight(2), 1.0]
    assert [name for name, _ in late.changes] == [name for name, _ in plan.changes]
    with pytest.raises(cc.CareCostError, match="Programme years start at 1"):
        plan.delayed(-1)


def test_scaled_takes_a_share_of_effects_and_keeps_the_spending() -> None:
    spend = cc.Change("unit_cost", "add", 5.0, price_year=2022)
    plan = cc.Scenario("plan", [cc.Lever("a", [cc.Change("exit_rate", "scale", 0.1), spend])])
    shares = [c.share for _, c in plan.scaled(0.5).changes]
    assert shares == [0.5, 1.0]


def test_scenarios_add_in_order_and_a_lever_twice_is_refused() -> None:
    a, b = (cc.Scenario(n, [cc.Lever(n, [cc.Change("exit_rate", "scale", 0.1)])], claim=n == "b") for n in "ab")
    both = a + b
    assert [lever.name for lever in both.levers] == ["a", "b"] and both.claim
    with pytest.raises(cc.CareCostError, match="lever 'a' is there twice"):
        a + a


def test_changes_alike_in_a_lever_have_luck_of_their_own() -> None:
    change = cc.Change("exit_rate", "scale", 0.1)
    assert len(set(cc.Lever("a", [change, change]).quantities)) == 2


def effect(amount: float = 0.1, **fields: object) -> cc.Change:
    return cc.Change("exit_rate", "scale", amount, **fields)  # type: ignore[arg-type]


SPEND = cc.Change("unit_cost", "add", 5.0, price_year=2022)


def test_partial_takes_a_share_of_effects_and_of_spending() -> None:
    few = cc.Scenario("plan", [cc.Lever("a", [effect(), SPEND])]).partial(0.25)
    assert [c.share for _, c in few.changes] == [0.25, 0.25]
    assert few.name == "plan, in 25.0% of England" and few.title == few.name
    with pytest.raises(InputError, match=r"share is -0.1.*Give a share from 0 to 1"):
        few.partial(-0.1)


def test_shares_of_scaled_and_partial_multiply() -> None:
    plan = cc.Scenario("plan", [cc.Lever("a", [effect(), SPEND])])
    assert [c.share for _, c in plan.scaled(0.5).partial(0.5).changes] == [0.25, 0.5]
    assert [c.share for _, c in plan.scaled(2.0).changes] == [2.0, 1.0]


def test_given_takes_an_amount_of_ones_own_as_an_assumption() -> None:
    part = cc.load_scenario("child-protection")
    mine = part.given("child protection", cc.Interval(-0.05, -0.1, 0.0))
    lever = mine.levers[0]
    assert lever.acts and lever.basis == "assumed" and lever.quality == "E" and not mine.claim
    with pytest.raises(cc.CareCostError, match=r"'child protecton'.*Did you mean 'child protection'"):
        part.given("child protecton", -0.05)
    with pytest.raises(cc.CareCostError, match=r"has 2 effects, not one"):
        cc.load_scenario("foster-carers").given("foster carers", 0.1)
    assert cc.load_scenario("care-review").given("child protection", -0.05).claim


def test_given_leaves_the_order_of_levers_and_the_rest_of_them() -> None:
    plan = cc.Scenario("plan", [cc.Lever(name, [effect(), SPEND], basis="claimed") for name in "abc"])
    mine = plan.given("b", 0.3)
    assert [lever.name for lever in mine.levers] == ["a", "b", "c"]
    assert (mine.levers[0], mine.levers[2]) == (plan.levers[0], plan.levers[2])
    assert [c.amount.value for c in mine.levers[1].changes] == [0.3, 5.0]
    assert mine.claim and not cc.Scenario("one", [plan.levers[1]]).given("b", 0.3).claim


def test_changes_with_one_luck_are_one_quantity_and_have_one_amount() -> None:
    carers = cc.load_scenario("foster-carers")
    named = {name for name, c in carers.changes if not c.amount.certain and not c.programme_spend}
    assert named == {"lever foster carers: shift"}
    share, move = (c for _, c in carers.changes if c.operation == "divert")
    with pytest.raises(cc.CareCostError, match=r"changes with luck 'x' have different amounts"):
        cc.Lever("a", [
            cc.Change("exit_rate", "scale", 0.1, luck="x"), cc.Change("move_rate", "scale", 0.2, luck="x"),
        ])  # fmt: skip
    assert share.amount == move.amount


def test_a_claim_is_a_claim_where_a_lever_that_acts_is_claimed() -> None:
    assert cc.Scenario("x", [cc.Lever("a", [effect()], basis="claimed")]).claim
    assert not cc.Scenario("x", [cc.Lever("a", [effect(0.0)], basis="claimed")]).claim
    assert not cc.Scenario("x", [cc.Lever("a", [SPEND], basis="claimed")]).claim
    assert cc.Scenario("x", [], claim=True).claim


def test_a_basis_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"lever 'a': unknown basis 'claim'.*Did you mean 'claimed'"):
        cc.Lever("a", [], basis="claim")
    with pytest.raises(InputError, match=r"evidence 'm': unknown basis 'measures'.*Did you mean 'measured'"):
        cc.Evidence("m", 1.0, "share", "measures", "trial", "source")


def test_without_items_leaves_out_changes_of_them_alone_and_keeps_what_is_drawn() -> None:
    both = effect().where  # of no item in particular
    prices = [
        cc.Change("unit_cost", "scale", 0.1, items=["home", "secure"]),
        cc.Change("unit_cost", "scale", 0.2, items=["secure"]),
        cc.Change("unit_cost", "scale", 0.3, items=["home"]),
    ]
    plan = cc.Scenario("plan", [cc.Lever("a", [*prices, effect(where=both)])])
    left = plan.without_items(["secure"])
    assert [c.where.items for _, c in left.changes] == [("home",), ("home",), None]
    names = [name for name, _ in plan.changes]
    assert [name for name, _ in left.changes] == [names[0], names[2], names[3]]
    assert plan.without_items([]) is plan


def test_one_set_is_the_set_of_all_that_name_one() -> None:
    a, b, either = cc.Scenario("a", made_for="x"), cc.Scenario("b", made_for="y"), cc.Scenario("c")
    assert [one_set(s) for s in ([a, either], [a, a], [a, b], [either], [])] == ["x", "x", "", "", ""]
    assert (a + either).made_for == "x" and (a + b).made_for == ""


HOME = "england-2025-after-care"


def test_elsewhere_takes_areas_and_scopes_of_a_set_for_the_set() -> None:
    plan = cc.Scenario("plan", made_for="england-2025")
    assert not elsewhere(plan, cc.load_assumptions("england-2025/North East").name)
    assert not elsewhere(plan, cc.load_assumptions("england-2025").scoped("children looked after").name)
    assert elsewhere(plan, HOME) == f"plan is made for england-2025, and this is {HOME}"


def spending(name: str, amount: float = 5.0, line: str = "") -> cc.Lever:
    """Make a lever that spends an amount each year."""
    change = cc.Change("unit_cost", "add", amount, price_year=2025, items=["reform programme"])
    return cc.Lever(name, [change], line=line)


def test_a_line_of_money_that_two_scenarios_share_is_counted_once() -> None:
    fund, alone = spending("fund", line="fund"), spending("other")
    first, second = cc.Scenario("first", [fund, alone]), cc.Scenario("second", [spending("the fund", line="fund")])
    assert [lever.name for lever in (first + second).levers] == ["fund", "other"]
    assert [lever.name for lever in (second + first).levers] == ["the fund", "other"]


def test_a_line_of_money_in_different_amounts_is_refused_in_words() -> None:
    first = cc.Scenario("first", [spending("fund", line="fund")])
    second = cc.Scenario("second", [spending("half of the fund", 2.5, line="fund")])
    with pytest.raises(
        cc.CareCostError, match=r"'fund' is in 'fund' and 'half of the fund', in different amounts.*spent once"
    ):
        first + second


def test_a_line_of_money_shifted_in_one_of_two_is_refused() -> None:
    plan = cc.Scenario("plan", [spending("fund", line="fund")])
    later = cc.Scenario("later", [cc.Lever("late fund", plan.delayed(1).levers[0].changes, line="fund")])
    with pytest.raises(cc.CareCostError, match="in different amounts"):
        plan + later


def test_a_lever_without_a_line_is_pulled_once_and_not_merged() -> None:
    plan = cc.Scenario("plan", [spending("fund")])
    with pytest.raises(cc.CareCostError, match="lever 'fund' is there twice"):
        plan + plan


@pytest.mark.parametrize(
    ("paid_by", "message"),
    [
        (
            ("grand",),
            r"scenario 'plan', lever 'help', paid_by: unknown lever of spending 'grand'. Did you mean 'grant'",
        ),
        (("other",), "unknown lever of spending 'other'"),
        (("none stated", "grant"), "'none stated' stands beside other names"),
    ],
)
def test_paid_by_what_does_not_spend_is_refused_with_the_nearest_name(paid_by: tuple[str, ...], message: str) -> None:
    help_ = cc.Lever("help", [cc.Change("entry_rate", "scale", -0.1)], paid_by=paid_by)
    other = cc.Lever("other", [cc.Change("exit_rate", "scale", 0.1)])
    plan = cc.Scenario("plan", [spending("grant"), help_, other])
    with pytest.raises(cc.CareCostError, match=message):
        cc.run(cc.load_assumptions("england-2025"), plan, years=4)


def test_paid_by_goes_with_the_lever_that_is_shifted_scaled_or_given() -> None:
    help_ = cc.Lever("help", [cc.Change("entry_rate", "scale", -0.1)], paid_by="grant")
    plan = cc.Scenario("plan", [spending("grant"), help_])
    assert help_.paid_by == ("grant",)
    for other in (plan.delayed(1), plan.scaled(0.5), plan.partial(0.5), plan.given("help", -0.2)):
        assert other.levers[1].paid_by == ("grant",)


def test_paid_by_and_line_come_back_from_a_file(tmp_path: Path) -> None:
    help_ = cc.Lever("help", [cc.Change("entry_rate", "scale", -0.1)], "x", "E", paid_by=["grant", "fund"])
    none = cc.Lever("more", [cc.Change("entry_rate", "scale", -0.1)], "x", "E", paid_by=["none stated"])
    levers = [
        replace(spending(name, line=line), source="x", quality="E") for name, line in (("grant", "g"), ("fund", ""))
    ]
    plan = cc.Scenario("plan", [*levers, help_, none])
    assert cc.load_scenario(cc.save_scenario(plan, tmp_path / "plan.toml")) == plan


@pytest.mark.parametrize("text", ['"none stated"', '["none stated"]'])
def test_paid_by_in_a_file_is_a_name_or_a_list(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(
        f'[scenario]\nname = "plan"\n\n[[lever]]\nname = "a"\nsource = "x"\nquality = "E"\npaid_by = {text}\n'
    )
    assert cc.load_scenario(file).levers[0].paid_by == ("none stated",)


def test_paid_by_in_a_file_that_names_nothing_of_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    text = '[scenario]\nname = "plan"\nparts = ["family-help-programme"]\n\n[[lever]]\nname = "a"\nsource = "x"\n'
    file.write_text(text + 'quality = "E"\npaid_by = ["family help program"]\n')
    with pytest.raises(cc.CareCostError, match=r"plan.toml.*paid_by.*Did you mean 'family help programme'"):
        cc.load_scenario(file)


def test_describe_says_what_pays_and_which_money_is_shared() -> None:
    text = " ".join(scenario_text(cc.load_scenario("family-help+families-first")).split())
    assert "paid by: family help programme, family help in the long run" in text
    assert "line of money, counted once where scenarios share it: transformation fund, in Families First" in text


def test_levers_of_one_luck_are_drawn_under_it_and_called_by_their_own_names() -> None:
    carers = cc.load_scenario("foster-carers")
    money = next(lever for lever in carers.levers if lever.luck == "cost of the programme")
    assert set(money.quantities) == {"luck: cost of the programme"} and len(money.quantities) == len(money.changes)
    assert len(set(money.labels)) == len(money.changes)
    assert all(label.startswith(f"lever {money.name}: ") for label in money.labels)
    alone = replace(money, luck="")
    assert alone.quantities == alone.labels == money.labels


def test_later_is_for_entries_and_leaves_what_is_stated() -> None:
    fewer, out = cc.Change("entry_rate", "scale", -0.1), cc.Change("exit_rate", "scale", 0.1)
    stated = cc.Change("entry_rate", "scale", -0.2, later_share=0.9, later_years=3)
    plan = cc.Scenario("plan", [cc.Lever("a", [fewer, SPEND, stated], luck="x"), cc.Lever("b", [out])], claim=True)
    later = plan.later(0.4)
    assert later.name == "plan, 40% come within 1 year" and plan.later(0.5, 2).name == "plan, 50% come within 2 years"
    first = cc.Change("entry_rate", "scale", -0.1, later_share=0.4)
    kept = replace(plan.levers[0], changes=(first, SPEND, stated))
    assert later == replace(plan, name=later.name, title=later.name, levers=(kept, plan.levers[1]))
    assert [name for name, _ in later.changes] == [name for name, _ in plan.changes]
    for share, years in ((-0.1, 1), (1.1, 1), (0.5, 0), (0.5, 1.5)):
        with pytest.raises(cc.CareCostError, match=r"Scenario\.later\(\)"):
            plan.later(share, years)  # type: ignore[arg-type]
