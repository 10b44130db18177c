"""Can every part of the Review be pulled alone, together, later, smaller, or with a number of one's own?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.cli import main
from carecost.files.packaged import packaged_assumptions, packaged_scenarios, past_sets
from carecost.files.variants import pulled
from carecost.report.write import table_text, write_summary
from carecost.simulation.prepare import prepare

PARTS = ("family-help", "family-networks", "child-protection", "care-market", "foster-carers")
PARTS += ("residential-recovery", "workforce", "programme-lines")
#: Scenarios that act before the first year of the set, or on places that it does not limit.
PAST = {"stable-homes"}


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


def test_care_review_is_the_sum_of_its_parts() -> None:
    whole = cc.load_scenario("care-review")
    assert whole.levers == cc.load_scenario("+".join(PARTS)).levers
    spending = {lever.name for lever in whole.levers if any(c.programme_spend for c in lever.changes)}
    evidenced = cc.load_scenario("care-review-evidenced")
    assert spending <= {lever.name for lever in evidenced.levers}
    four = cc.load_scenario("care-review-four-years")
    runs_on = {"family help in the long run"}
    assert {lever.name for lever in whole.levers} - {lever.name for lever in four.levers} == runs_on
    assert [(one.name, one.changes) for one in four.levers] == [
        (one.name, one.changes) for one in whole.levers if one.name not in runs_on
    ]


@pytest.mark.parametrize("start", [2024, 2026])
def test_the_programme_spends_what_the_review_set_out_by_programme_year(start: int) -> None:
    review = cc.load_assumptions("care-review-2022")
    whole, four = (cc.load_scenario(name) for name in ("care-review", "care-review-four-years"))
    results = cc.run(review, whole, four, years=14, start=start)
    before = [0.0] * (start - 2023)
    for scenario, then in ((whole, 1000.0), (four, 0.0)):
        expected = ([*before, 46.0, 987.0, 1257.0, 233.0] + [then] * 14)[:14]
        spend = results.compare(scenario.name).reform_spend()[0] / 1e6
        np.testing.assert_allclose(spend, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["family-help", "family-help-evidenced", "care-review-evidenced"])
def test_family_help_in_the_long_run_goes_with_family_help_and_has_its_own_interval(name: str) -> None:
    (lever,) = (one for one in cc.load_scenario(name).levers if one.name == "family help in the long run")
    (change,) = lever.changes
    assert (change.amount.value, change.amount.low, change.amount.high) == (1e9, 5e8, 1.2e9)
    assert (change.start, change.end, change.price_year, change.year_one) == (5, None, 2022, None)
    assert lever.quality == "E"


def test_conferences_begin_with_the_other_claims() -> None:
    claims = [c for _, c in cc.load_scenario("family-help").changes if c.parameter == "entry_rate"]
    conferences = [c for _, c in cc.load_scenario("family-group-conferences").changes]
    assert {c.start for c in conferences} == {c.start for c in claims} == {2}


@pytest.mark.parametrize(
    ("name", "lever"),
    [
        ("family-networks", "family networks and kinship"),
        ("family-group-conferences", "family group conferences"),
        ("null-trials", "multisystemic therapy"),
    ],
)
def test_where_nobody_said_what_it_costs_the_lever_says_so(name: str, lever: str) -> None:
    (found,) = (one for one in cc.load_scenario(name).levers if one.name == lever)
    assert found.paid_by == ("none stated",)


def test_families_first_spends_what_of_it_is_new(england: cc.Assumptions) -> None:
    """270m a year three times, 300m of the Transformation Fund, 547m: 1.657bn of the 2.4bn, in cash of the years."""
    spend = sum(c.amount.value for _, c in cc.load_scenario("families-first").changes if c.programme_spend)
    assert spend == pytest.approx(3 * 270e6 + 300e6 + 547e6, abs=1.0)
    whole = 3 * 523e6 + 300e6 + 547e6
    assert whole == pytest.approx(2.4e9, rel=0.01)


def test_money_that_two_scenarios_share_is_counted_once() -> None:
    first, review, places = (cc.load_scenario(n) for n in ("families-first", "spending-review-2025", "foster-places"))

    def money(scenario: cc.Scenario) -> float:
        return sum(c.amount.value for _, c in scenario.changes if c.programme_spend)

    assert money(review) == pytest.approx(555e6 + 560e6)
    assert money(first + review) == pytest.approx(money(first) + 555e6 + 560e6 - 300e6)
    assert money(review + first) == pytest.approx(money(first + review))
    assert money(review + places) == pytest.approx(555e6 + 560e6 + 88e6 - 25e6)
    both = cc.load_scenario("foster-places+regional-care-cooperatives+deprivation-of-liberty-placements")
    assert money(both) == pytest.approx(88e6 + 53e6)
    zones = cc.load_scenario("kinship-zones")
    least = cc.load_scenario("do-minimum")
    parts = money(first) + money(review) + money(places) + money(zones) - 300e6 - 25e6
    assert money(least) == pytest.approx(parts)
    assert not any(lever.acts for lever in least.levers)


def test_each_trial_of_the_null_trials_draws_from_its_published_interval(england: cc.Assumptions) -> None:
    scenario = cc.load_scenario("null-trials")
    by_name = {lever.name: lever for lever in scenario.levers}
    assert all(lever.basis == "measured" for lever in scenario.levers)
    ends = {"multisystemic therapy": (1.25, 0.77, 2.05), "social workers in schools": (1.055, 0.955, 1.166)}
    for name, published in ends.items():
        amount = by_name[name].effects[0].amount
        assert (amount.value, amount.low, amount.high) == pytest.approx([x - 1 for x in published])
        assert amount.level == 0.95
        assert "Leans to more" in by_name[name].note
    assert "81% of the chance" in by_name["multisystemic therapy"].note  # p = 0.37 on two sides: 1 - 0.37 / 2


def test_a_scenario_that_runs_on_no_set_of_2025_says_so_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cc.load_scenario("stable-homes").made_for == "england-2022"
    assert main(["list"]) == 0
    head = "Scenarios made for england-2022, and over before the current sets begin:\n  stable-homes "
    assert head in capsys.readouterr().out


@pytest.mark.parametrize("name", [n for n in packaged_assumptions() if n not in past_sets()])
def test_scenarios_that_are_made_for_no_set_run_on_any_current_one(name: str) -> None:
    made = cc.load_assumptions(name)
    every = [cc.load_scenario(one) for one in packaged_scenarios()]
    prepare(made, [one for one in every if one.made_for in ("", name)])


def test_the_current_sets_are_those_of_2025() -> None:
    assert past_sets() == [name for name in packaged_assumptions() if not name.startswith("england-2025")]


#: Groups of placements: the same in every set.
GROUPS = {
    "fostering": {"foster in-house", "foster agency"},
    "kinship": {"kinship foster"},
    "residential": {"children's home", "secure", "other residential", "residential school", "unregistered home"},
    "semi-independent": {"supported accommodation"},
    "with parents or adopters": {"with parents", "placed for adoption"},
    "other": {"other"},
}


@pytest.mark.parametrize("name", packaged_assumptions())
def test_groups_of_placements_mean_the_same_in_every_set(name: str) -> None:
    for placement in cc.load_assumptions(name).placements:
        if placement.in_care:
            assert placement.name in GROUPS[placement.group]
        else:
            assert placement.group == "outside care"


@pytest.mark.parametrize("name", [n for n in packaged_assumptions() if n.startswith("england-2025")])
def test_programme_year_one_of_the_sets_of_2025_is_2027_28(name: str) -> None:
    assert cc.load_assumptions(name).programme_start == 2028


@pytest.mark.parametrize("name", sorted(set(packaged_scenarios()) - PAST))
def test_each_part_runs_alone_and_changes_nothing_before_its_start(name: str, england: cc.Assumptions) -> None:
    scenario = cc.load_scenario(name)
    if scenario.made_for:
        england = cc.load_assumptions(scenario.made_for)
    results = cc.run(england, scenario, years=8)
    acting = [c for _, c in scenario.changes if c.amount.value or not c.amount.certain]
    begin = min([(c.year_one or england.programme_start) + c.start + c.lag - 1 for c in acting], default=9999)
    base, done = results.run.central["inaction"], results.run.central[name]
    early = [i for i, year in enumerate(results.run.grid.years) if year < begin]
    np.testing.assert_array_equal(
        done.stock[:, :, [0, *[i + 1 for i in early]]], base.stock[:, :, [0, *[i + 1 for i in early]]]
    )
    np.testing.assert_array_equal(done.costs.spend[:, early], base.costs.spend[:, early])
    for lever in scenario.levers:
        assert lever.source and lever.quality in "ABCDE" and lever.basis in ("measured", "claimed", "bound", "assumed")


def test_a_part_for_which_nothing_was_found_does_nothing(england: cc.Assumptions) -> None:
    for name in ("child-protection", "care-market", "residential-recovery"):
        results = cc.run(england, cc.load_scenario(name), years=8)
        np.testing.assert_array_equal(results.run.central[name].stock, results.run.central["inaction"].stock)
        assert results.compare(name).npv()[0] == 0


def test_claim_and_measurements_of_family_help_stand_side_by_side() -> None:
    for name in ("family-help", "family-help-evidenced"):
        known = next(lever.evidence for lever in cc.load_scenario(name).levers if lever.evidence)
        assert [abs(e.value) for e in known][:3] == [3.4, 0.8, 0.0]
        assert [e.basis for e in known][:3] == ["claimed", "measured", "measured"]


def test_the_measured_effect_is_between_nothing_and_a_quarter_of_the_claim() -> None:
    """4,000 children (0.8 in 100 of 500,000) against 17,000, solved in the same way."""
    review = cc.load_assumptions("care-review-2022")
    change = next(c for _, c in cc.load_scenario("family-help-evidenced").changes if c.parameter == "entry_rate")
    most = cc.load_scenario("family-help-evidenced").given("family help", change.amount.low or 0.0)
    results = cc.run(review, most, years=10)
    fewer = results.children().query("quantile == 'central' and date == 2032").set_index("scenario")["value"]
    assert fewer["inaction"] - fewer["family-help-evidenced"] == pytest.approx(4_000, abs=1)
    assert change.amount.high == 0.0


def test_the_foster_carers_take_as_many_children_as_the_carers_of_2025_would() -> None:
    """9,000 carers at 42,015 filled places for 56,345 carers."""
    results = cc.run(cc.load_assumptions("care-review-2022"), cc.load_scenario("foster-carers"), years=10)
    there = results.children(by=["placement"]).query("placement == 'foster in-house' and date == 2032")
    there = there.query("quantile == 'central'").set_index("scenario")["value"]
    assert there["foster-carers"] - there["inaction"] == pytest.approx(9_000 * 42_015 / 56_345, abs=1)


def test_a_price_alone_is_a_saving_and_moves_no_child(england: cc.Assumptions) -> None:
    results = cc.run(england, cc.load_scenario("care-market-bound"), years=8)
    bound, base = (results.run.central[n] for n in ("care-market-bound", "inaction"))
    np.testing.assert_array_equal(bound.stock, base.stock)
    saving = results.compare("care-market-bound")
    assert saving.npv()[0] > 0 and not saving.volume_effect.any()


def test_a_levy_is_income_to_the_treasury(england: cc.Assumptions) -> None:
    results = cc.run(england, cc.load_scenario("windfall-levy"), years=4)
    rows = results.costs(by=["payer"]).query("scenario == 'windfall-levy' and quantile == 'central' and value < 0")
    assert rows["payer"].tolist() == ["central government (HM Treasury)"] and rows["year"].tolist() == [2029]


def test_a_share_of_england_takes_a_share_of_spending_too(england: cc.Assumptions) -> None:
    whole = cc.load_scenario("programme-lines")
    few = whole.partial(12 / 153)
    results = cc.run(england, whole, few, years=6)
    spend = [results.compare(s.name).reform_spend().sum() for s in (whole, few)]
    assert spend[1] == pytest.approx(spend[0] * 12 / 153)
    with pytest.raises(cc.CareCostError, match=r"share is 1.2.*Give a share from 0 to 1"):
        whole.partial(1.2)


def test_entries_for_a_point_of_child_poverty(england: cc.Assumptions) -> None:
    """5 entries for 100,000 children under 16 and a point, in full from the third year."""
    base, poor = (
        cc.run(a, years=3, start=2026).run.central["inaction"]
        for a in (england, england.against(cc.load_scenario("child-poverty")))
    )
    more = poor.entries[0, :, 2].sum() - base.entries[0, :, 2].sum()
    people = cc.run(england, years=3, start=2026).parameters("inaction", stream="other").population[0, 2, :16].sum()
    assert more == pytest.approx(5e-5 * people, rel=1e-9)


def test_dated_programmes_keep_their_years(england: cc.Assumptions) -> None:
    first = cc.load_scenario("families-first")
    early, late = (cc.run(england, first, years=6, start=start) for start in (2026, 2028))
    spend = [r.compare("families-first").reform_spend()[0].round(2) for r in (early, late)]
    np.testing.assert_array_equal(*spend)
    assert (spend[0] > 0).tolist() == [False, True, True, True, False, False]
    with pytest.raises(cc.CareCostError, match=r"acts in 2024, which is past.*earlier base year"):
        cc.run(england, cc.load_scenario("stable-homes"))
    idle = cc.run(england, first, years=1)
    said = "no part acts before 2026-27, and the run ends in 2025-26: it is inaction here"
    assert idle.run.idle("families-first") == said
    assert "no part acts" in repr(idle) and (idle.compare("families-first").reform_spend() == 0).all()


def test_a_lever_is_pulled_once(england: cc.Assumptions) -> None:
    with pytest.raises(cc.CareCostError, match=r"lever 'family help' is there twice.*pulled once.*rename"):
        cc.load_scenario("family-help+family-help-evidenced")


def test_parts_of_a_file_of_ones_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[scenario]\nname = "mine"\nparts = ["workforce", "beside.toml"]\n', encoding="utf-8")
    beside = tmp_path / "beside.toml"
    text = cc.save_scenario(replace(cc.load_scenario("child-protection-what-if"), name="beside"), beside)
    assert text.exists()
    assert [lever.name for lever in cc.load_scenario(mine).levers][-1] == "child protection"
    mine.write_text('[scenario]\nname = "mine"\nparts = ["workforse", "mine.toml"]\n', encoding="utf-8")
    with pytest.raises(cc.CareCostError, match=r"(?s)workforse.*Did you mean 'workforce'.*is a part of itself"):
        cc.load_scenario(mine)


def test_variants_that_a_command_asks_for() -> None:
    made = pulled(["child-protection"], ["child protection=-0.05,-0.1,0"], delay=2, scale=0.5, roll_out="12/153")
    assert [s.name for s in made] == [
        "child-protection",
        "child-protection, 2 years later",
        "child-protection, 0.5 of the effect",
        "child-protection, in 7.8% of England",
    ]
    assert all(s.levers[0].changes[0].amount == cc.Interval(-0.05, -0.1, 0.0) for s in made)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--effect", "child protecton=-0.05"], "Did you mean 'child protection'"),
        (["--effect", "child protection=much"], "'much' is not an amount.*LEVER=AMOUNT"),
        (["--roll-out", "most"], "'most' is not a share.*12/153"),
        (["--delay", "-2"], "--delay -2: start is 2 and lag is -2.*Programme years start at 1"),
        (["--scale", "-0.5"], "--scale -0.5: share is -0.5.*so 0.4 for 40%"),
        (["--delay", "3", "--years", "2"], "--delay is 3.*begin in 2031, after the last.*the last is 2027"),
        (["--processes", "0", "--draws", "0"], "--processes is 0. Give 1 to 61"),
    ],
)
def test_a_flag_that_cannot_be_used(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "england-2025", "child-protection", *flags]) == 2
    assert re.search(message, " ".join(capsys.readouterr().err.split()))


def test_list_names_everything_packaged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in [*packaged_assumptions(), *packaged_scenarios()])


def test_a_saving_says_what_it_rests_on(england: cc.Assumptions) -> None:
    from carecost.analysis.evidence_base import footing
    from carecost.report.story import story

    mixed = cc.load_scenario("family-help-evidenced+foster-carers")
    results = cc.run(england, mixed, cc.load_scenario("foster-carers"), cc.load_scenario("programme-lines"), years=8)
    parts = footing(results.run, mixed.name)
    assert list(parts) == ["measured", "claimed"]
    whole = results.compare(mixed.name).cashable_saving().sum()
    assert sum(parts.values()) == pytest.approx(whole, rel=1e-12)
    against = story(results).against
    assert "on effects that are measured" in against[mixed.name].footing
    assert against["foster-carers"].footing == "All of the cashable saving rests on effects that are claimed."
    assert against["programme-lines"].footing == ""


ALLOWANCE, HOME = "kinship-allowance", "england-2025-after-care"


def test_what_a_scenario_is_made_for_goes_wherever_it_goes(tmp_path: Path) -> None:
    one = cc.load_scenario(ALLOWANCE)
    assert one.made_for == HOME
    assert cc.load_scenario(cc.save_scenario(one, tmp_path / "one.toml")) == one
    for other in (one.delayed(2), one.scaled(0.5), one.partial(0.5), cc.load_scenario(f"families-first+{ALLOWANCE}")):
        assert other.made_for == HOME
    both = cc.load_scenario(f"{ALLOWANCE}+foster-carers-capacity")
    assert both.made_for == "", "no set is right for both"
    whole = tmp_path / "whole.toml"
    whole.write_text(f'[scenario]\nname = "whole"\nparts = ["families-first", "{ALLOWANCE}"]\n', encoding="utf-8")
    assert cc.load_scenario(whole).made_for == HOME
    results = cc.run(cc.load_assumptions(HOME), one, years=3)
    assert cc.Results.load(results.save(tmp_path / "run")).run.scenarios[ALLOWANCE] == one


def test_a_scenario_on_a_set_that_lacks_what_it_names_says_where_it_belongs(england: cc.Assumptions) -> None:
    lost, remedy = f"is made for {HOME}, and this is england-2025", f". Run carecost compare {HOME} "
    for scenario in (cc.load_scenario(ALLOWANCE), cc.load_scenario(ALLOWANCE).delayed(1)):
        with pytest.raises(cc.CareCostError, match="unknown item 'guardianship support'") as error:
            cc.run(england, scenario, years=3)
        first = str(error.value.problems[0])
        assert lost in first and first.endswith(remedy + ALLOWANCE)
    with pytest.raises(cc.CareCostError) as error:
        cc.run(england, cc.load_scenario(f"{ALLOWANCE}+staying-to-25-what-if"), years=3)
    assert str(error.value).count(HOME) == 2, "once for all the faults, with its command"
    assert str(error.value.problems[0]).endswith(f"{remedy}'{ALLOWANCE} + staying-to-25-what-if'")
    known = [line.partition("Known: ")[2] for line in str(error.value).splitlines() if "Known: '" in line]
    assert len(set(known)) == len(known) and "Known: as above" in str(error.value), "a long list is not said twice"
    with pytest.raises(cc.CareCostError, match="acts in 2025, which is past") as error:
        cc.run(cc.load_assumptions(HOME), cc.load_scenario(ALLOWANCE), years=3, start=2025)
    assert "made for" not in str(error.value)


def test_a_scenario_runs_on_any_set_that_has_what_it_names_and_says_so(england: cc.Assumptions, tmp_path: Path) -> None:
    """It acts on england-2025 too, where guardianship costs nothing: that is said beside the numbers."""
    what_if = cc.load_scenario("kinship-to-guardianship-what-if")
    there, here = (cc.run(made, what_if, years=3) for made in (england, cc.load_assumptions(HOME)))
    warning = f"{what_if.name} is made for {HOME}, and this is england-2025"
    for results, told in ((there, True), (here, False)):
        page = write_summary(results, tmp_path).read_text(encoding="utf-8")
        assert (warning in " ".join(table_text(results).split())) is told
        assert (warning in page) is told
        assert f"Made for {HOME}." in page
    mine = replace(cc.load_assumptions(HOME), name="mine")
    cc.run(mine, cc.load_scenario(ALLOWANCE), years=3)


def test_list_and_describe_say_what_a_scenario_is_made_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list"])
    parts = {part.partition("\n")[0]: part for part in capsys.readouterr().out.split("\n\n")}
    assert f"  {ALLOWANCE}  " in parts[f"Scenarios made for {HOME}:"]
    assert "  foster-carers-capacity  " in parts["Scenarios made for england-2025-capacity:"]
    main(["describe", ALLOWANCE])
    assert f"\nMade for: {HOME}\n" in capsys.readouterr().out
