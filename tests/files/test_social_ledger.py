"""Does nothing sit in two ledgers? Social values beside budgets, never in them; optimism bias named; a do-minimum."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.cli import main
from carecost.engine.items import ACCOUNTS, OUTCOMES, SOCIAL
from carecost.errors import CareCostError, ComparisonError, InputError, UnknownNameError
from carecost.files.packaged import packaged_assumptions
from carecost.report.write import table_text
from carecost.results.results import Results
from tests.data.published import PUBLISHED

SETS = Path(__file__).parents[1] / "data" / "sets"
LINE = "poor outcomes of children who need a social worker"
CENTRAL = "quantile == 'central'"


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


@pytest.fixture(scope="module")
def pair(tiny: cc.Assumptions) -> tuple[Results, Results]:
    """The same run without and with the social ledger."""
    edge = cc.load_scenario(SETS / "edge.toml")
    return tuple(cc.run(of, edge, draws=cc.Draws(30, seed=1)) for of in (tiny, cc.with_social_ledger(tiny)))  # type: ignore[return-value]


@pytest.mark.parametrize("name", packaged_assumptions())
def test_every_item_has_one_account_and_one_payer_and_no_packaged_set_has_a_social_ledger(name: str) -> None:
    items = cc.load_assumptions(name).items
    assert len({i.name for i in items}) == len(items)
    for item in items:
        assert item.account in ACCOUNTS and item.account != SOCIAL
        kinds = ("share", "count") if item.account == OUTCOMES else ("resource", "transfer")
        assert item.payer and item.gross_net in ("gross", "net") and item.kind in kinds


@pytest.mark.parametrize("account", ["", "budget", "NHS; courts"])
def test_an_item_without_one_account_is_refused(account: str) -> None:
    with pytest.raises(InputError, match="unknown account"):
        cc.Item("care", "child_years", account=account)


def test_the_ledger_changes_no_budget(pair: tuple[Results, Results]) -> None:
    plain, social = pair
    np.testing.assert_array_equal(plain.compare("edge").npv(), social.compare("edge").npv())
    for by in ([], ["payer"], ["group"], ["item"]):
        pd.testing.assert_frame_equal(plain.costs(by=by), social.costs(by=by))
    for table in ("summary", "savings", "payers", "options", "net_benefit", "npv_by_rate", "draws"):
        pd.testing.assert_frame_equal(plain.tables()[table], social.tables()[table])
    a, b = (r.compare("edge").average_cost_of_care() for r in pair)
    assert a == b


def test_the_table_says_social_value_only_with_a_ledger_and_apart_from_the_saving(
    pair: tuple[Results, Results],
) -> None:
    plain, social = (table_text(results) for results in pair)
    assert "social" not in plain
    said = " ".join(social.partition("Net present social value: ")[2].split())
    assert "It is no budget, and not to be added to the saving." in said
    saving = pair[1].compare("edge")
    assert "(80% interval " in said
    values = [float(saving.npsv().mean()), *np.quantile(saving.npsv(), (0.1, 0.9))]
    shown = [
        float(number.replace("£", "")) * {"bn": 1e9, "m": 1e6}[unit]
        for number, unit in re.findall(r"(-?£[\d.]+)(bn|m)", said)[:3]
    ]
    assert shown == pytest.approx(values, rel=0.05)  # three digits at most are shown


def test_the_social_account_is_shown_by_itself(pair: tuple[Results, Results]) -> None:
    rows = pair[1].costs(by=["account"])
    social = rows[rows["account"] == SOCIAL]
    years = pair[1].run.central["inaction"]
    price = 14_000 * float(pair[1].run.assumptions.deflator.factor(2022, 2025)[0])
    lived = years.child_years.sum(1).sum(-1)[0]
    found = social.query(f"scenario == 'inaction' and {CENTRAL}")["value"]
    np.testing.assert_allclose(found, price * lived, rtol=1e-12)


def test_social_value_names_its_parts(pair: tuple[Results, Results]) -> None:
    plain, social = (r.compare("edge") for r in pair)
    parts = social.social_parts()
    assert list(parts) == ["programme", "public services", f"social: {LINE}"]
    np.testing.assert_allclose(social.npsv(), sum(social.present_value(flow) for flow in parts.values()), rtol=1e-12)
    with pytest.raises(ComparisonError, match=r"no social ledger.*with_social_ledger"):
        plain.npsv()
    rows = plain.appraisal().table()
    assert not rows["what"].str.startswith("npsv").any()


def test_a_child_supported_at_home_needs_a_social_worker_too(tiny: cc.Assumptions) -> None:
    (line,) = [i for i in cc.with_social_ledger(tiny).items if i.account == SOCIAL]
    assert line.placements == ("foster", "home", "at home")
    assert line.cashable.share(99) == 0 and "not a budget" in line.note


def test_the_ledger_of_england_is_far_below_the_total_that_was_published() -> None:
    england = cc.with_social_ledger(cc.load_assumptions("england-2025"))
    rows = cc.run(england, years=3).costs(by=["account"]).query(f"account == 'social' and {CENTRAL}")
    (check,) = [v for v in cc.social_values() if v.use == "check"]
    assert check.belief.value == 23e9
    assert 0 < rows["value"].max() < check.belief.value / 10


def test_two_social_ledgers_are_refused(tiny: cc.Assumptions) -> None:
    with pytest.raises(ComparisonError, match=r"there is a social ledger already.*Keep one ledger"):
        cc.with_social_ledger(cc.with_social_ledger(tiny))


def test_a_social_value_pays_for_no_placement(tiny: cc.Assumptions) -> None:
    unpaid = replace(tiny, items=tuple(i for i in tiny.items if i.name != "home"))
    unpaid = replace(unpaid, rows=tuple(r for r in tiny.rows if r.where.items != ("home",)))
    with pytest.raises(CareCostError, match="no item pays for placement 'home'"):
        cc.with_social_ledger(unpaid)


def test_social_values_are_as_transcribed_and_a_wellby_is_a_price_only() -> None:
    with (PUBLISHED / "social_values.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert {v.name: v.belief.value for v in cc.social_values()} == {n: float(r["value"]) for n, r in rows.items()}
    wellby = cc.social_value("WELLBY")
    assert (wellby.use, wellby.belief.value, wellby.belief.quality) == ("price", 13_000, "E")
    for value in cc.social_values():
        assert value.belief.source and value.belief.price_year and value.is_not.startswith("not ")
    with pytest.raises(UnknownNameError, match="Did you mean 'WELLBY'"):
        cc.social_value("WELBY")


def test_doing_the_minimum_spends_what_is_announced_and_changes_no_child() -> None:
    names = ("do-minimum", "families-first", "spending-review-2025", "foster-places", "kinship-zones")
    results = cc.run(cc.load_assumptions("england-2025"), *map(cc.load_scenario, names), years=6)
    least, *announced = (results.compare(n) for n in names)
    assert not least.averted.any() and least.npv()[0] < 0
    # Each pound once: 150m of the Transformation Fund and 12.5m of capital are in two of them, in 2027 and in 2028.
    twice = [162.5e6 / results.run.calendar.deflator.factor(2025, [year])[0] for year in (2027, 2028)]
    spend = sum(one.reform_spend()[0] for one in announced) - [0.0, *twice, 0.0, 0.0, 0.0]
    np.testing.assert_allclose(least.reform_spend()[0], spend, rtol=1e-9)
    assert least.cashable_saving().sum() == 0


def test_the_command_puts_the_ledger_beside_the_budget_and_can_be_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o"
    words = ["compare", str(SETS / "tiny"), str(SETS / "edge.toml"), "--draws", "8", "--social", "--out", str(out)]
    assert main([*words, "--quiet"]) == 0
    rows = pd.read_csv(out / "appraisal.csv")
    assert f"social: {LINE}" in set(rows.loc[rows["what"] == "npsv, part", "of"])
    assert (out / "payers.csv").is_file() and (out / "options.csv").is_file() and (out / "net_benefit.csv").is_file()
    assert main(["replay", str(out)]) == 0
    assert "the same numbers" in capsys.readouterr().out
