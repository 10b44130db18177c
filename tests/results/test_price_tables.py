"""Parts of a change in spend sum to it, and tables of money name their prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.cli import main
from carecost.errors import ComparisonError, InputError, UnknownNameError
from carecost.money.discounting import Deflator, discount_factors
from carecost.report.write import write_summary
from carecost.results.results import Results
from carecost.simulation.comparison import follows_care

SETS = Path(__file__).parents[1] / "data" / "sets"
REAL = {"price_year": 2025, "basis": "real", "deflator": "hmt-2026-03"}


@pytest.fixture(scope="module")
def results() -> Results:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    return cc.run(tiny, edge, draws=cc.Draws(30, seed=1, noise=True))


def spend(results: Results, scenario: str, **more: object) -> pd.Series:
    frame = results.costs(by_draw=True, **more)  # type: ignore[arg-type]
    return frame[frame["scenario"] == scenario].set_index(["year", "draw"])["value"]


# Price, volume, mix


def test_parts_sum_to_the_saving_of_every_draw_to_the_pound(results: Results) -> None:
    parts = results.price_volume_mix("edge", by_draw=True).pivot_table("value", "draw", "year", "sum")
    saving = results.compare("edge")
    np.testing.assert_allclose(parts, saving.reform_spend() - saving.gross_saving(), rtol=0, atol=0.005)


def test_parts_of_each_item_sum_to_its_change(results: Results) -> None:
    rows = results.price_volume_mix("edge")
    found = rows[rows["quantile"] == "central"].pivot_table("value", "year", "item", "sum")
    costs = {name: results.run.central[name].costs.spend[0] for name in ("inaction", "edge")}
    names = [item.name for item in results.run.grid.items]
    np.testing.assert_allclose(found[names], costs["edge"] - costs["inaction"], rtol=0, atol=0.005)


def test_years_of_one_scenario_split_what_is_shown(results: Results) -> None:
    """Levels are shown with the luck of small numbers, and their change is split with it."""
    rows = results.price_volume_mix("edge", since=2026, year=2029, by_draw=True)
    shown = spend(results, "edge")
    change = shown.loc[2029] - shown.loc[2026]
    np.testing.assert_allclose(rows.groupby("draw")["value"].sum(), change, rtol=0, atol=0.005)
    assert set(rows["since"]) == {2026} and set(rows["baseline"]) == {"edge"}
    assert not rows["claim"].empty and rows["claim"].all()


def test_the_volume_is_the_growth_of_all_care_at_prices_before(results: Results) -> None:
    rows = results.price_volume_mix("edge", year=2031)
    central = rows[rows["quantile"] == "central"].set_index(["item", "part"])["value"]
    sides = [results.run.side(n, results.run.central[n]) for n in ("inaction", "edge")]
    weeks = [side.child_years[0, -1] for side in sides]
    before = sides[0].costs.spend[0, -1]
    for i, item in enumerate(results.run.grid.items[:2]):
        assert central[item.name, "volume"] == pytest.approx(before[i] * (weeks[1] / weeks[0] - 1), rel=1e-12)


def test_only_what_follows_care_mixes_and_reform_is_a_line_of_its_own(results: Results) -> None:
    rows, grid = results.price_volume_mix("edge", year=2026), results.run.grid
    found = rows.groupby("item")["part"].unique().apply(set).to_dict()
    assert [follows_care(item, grid) for item in grid.items] == [True, True, False, False]
    assert found["foster"] == found["home"] == {"volume", "mix", "price"}
    assert found["support"] == {"volume", "price"}
    assert found["programme"] == {"reform spend"}
    spent = rows[(rows["part"] == "reform spend") & (rows["quantile"] == "central")]["value"].iloc[0]
    assert spent == pytest.approx(results.compare("edge").reform_spend()[0, 0]) and spent > 3e6


def test_without_columns_the_parts_of_the_whole_are_left(results: Results) -> None:
    rows = results.price_volume_mix("edge", year=2030, by=[])
    assert rows.loc[rows["quantile"] == "central", "part"].tolist() == ["volume", "mix", "price", "reform spend"]
    assert all((rows[name] == value).all() for name, value in REAL.items())


def test_the_social_ledger_is_no_part_of_public_spend() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    worth = cc.Item("worth", "child_years", placements=["at home"], account="social", group="social")
    price = tiny.select("unit_cost", item="support")[0]
    row = replace(
        price,
        where=cc.Selector(items=("worth",)),
        belief=replace(price.belief, unit=worth.unit),
    )
    run = cc.run(
        replace(tiny, items=(*tiny.items, worth), rows=(*tiny.rows, row)), cc.load_scenario(SETS / "edge.toml")
    )
    assert "worth" not in set(run.price_volume_mix("edge")["item"])


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ({"scenario": "edg"}, UnknownNameError, "Did you mean 'edge'"),
        ({"scenario": "edge", "baseline": "inactoin"}, UnknownNameError, "Did you mean 'inaction'"),
        ({"scenario": "edge", "year": 2040}, UnknownNameError, "unknown year '2040'"),
        ({"scenario": "edge", "by": ["grop"]}, UnknownNameError, "Did you mean 'group'"),
        ({"scenario": "edge", "baseline": "inaction", "since": 2026}, InputError, "Give one: another scenario"),
        ({"scenario": "edge", "since": 2030, "year": 2027}, InputError, "since is 2030 and year is 2027.*the earlier"),
        ({"scenario": "edge", "since": 2027, "year": 2027}, InputError, "since is 2027 and year is 2027.*the earlier"),
        ({"scenario": "edge", "baseline": ""}, UnknownNameError, "unknown scenario ''"),
    ],
)
def test_a_change_that_cannot_be_split_is_refused(
    results: Results, words: dict[str, object], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        results.price_volume_mix(**words)  # type: ignore[arg-type]


def test_a_table_without_draws_has_the_mean_and_the_interval_of_those_with_them(results: Results) -> None:
    named = {"year": 2029, "by": []}
    drawn = results.price_volume_mix("edge", by_draw=True, **named).pivot_table("value", "draw", "part")  # type: ignore[arg-type]
    shown = results.price_volume_mix("edge", **named).pivot_table("value", "part", "quantile")  # type: ignore[arg-type]
    assert set(shown.columns) == {"central", "mean", 0.1, 0.5, 0.9}
    np.testing.assert_allclose(shown["mean"], drawn.mean()[shown.index], rtol=1e-12)
    for q in (0.1, 0.5, 0.9):
        np.testing.assert_allclose(shown[q], drawn.quantile(float(q))[shown.index], rtol=1e-12)


# Price bases


def test_cash_is_real_spend_by_a_named_deflator(results: Results) -> None:
    own = Deflator("two per cent", 2020, tuple(1.02**i for i in range(12)), 2025)
    real = spend(results, "edge")
    cash = results.costs(basis="cash", by_draw=True, deflator=own)
    factor = 1.02 ** (real.index.get_level_values("year").to_numpy() - 2025)
    np.testing.assert_allclose(spend(results, "edge", basis="cash", deflator=own), real * factor, rtol=1e-12)
    assert set(cash["deflator"]) == {"two per cent"} and set(cash["basis"]) == {"cash"}
    assert (cash["price_year"] == cash["year"]).all()
    pd.testing.assert_frame_equal(results.costs(basis="cash"), results.costs(basis="cash", deflator="hmt-2026-03"))


def test_a_deflator_that_is_not_there_or_not_wanted_is_refused(results: Results) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'hmt-2026-03'"):
        results.costs(basis="cash", deflator="hmt-2026-30")
    with pytest.raises(InputError, match="a deflator is given for real pounds"):
        results.costs(deflator="hmt-2026-03")


def test_a_saved_table_of_cash_has_no_present_value(results: Results, tmp_path: Path) -> None:
    folder = results.save(tmp_path / "out")
    kept = {name: pd.read_csv(folder / f"{name}.csv") for name in ("costs", "costs_cash")}
    central = {name: frame[frame["quantile"] == "central"] for name, frame in kept.items()}
    with pytest.raises(ComparisonError, match=r"amounts are in cash, deflator hmt-2026-03.*basis='real'"):
        cc.present_value(central["costs_cash"])
    worth = cc.present_value(central["costs"])
    found = worth.groupby("scenario")["value"].sum()
    for name, outcome in results.run.central.items():
        public = outcome.costs.public_spend[0] @ discount_factors(6, results.run.assumptions.discount)
        assert found[name] == pytest.approx(public, rel=1e-9)


def test_mixed_prices_are_refused(results: Results) -> None:
    real = results.costs(by_draw=True)
    other = real.assign(price_year=2022)
    with pytest.raises(ComparisonError, match=r"prices of 2021-22.*prices of 2024-25"):
        cc.present_value(pd.concat([real, other]))
    with pytest.raises(ComparisonError, match="is in cash"):
        cc.present_value(pd.concat([real, results.costs(basis="cash", by_draw=True)]))
    with pytest.raises(InputError, match="the table has no basis"):
        cc.present_value(real.drop(columns="basis"))


def test_quantiles_and_gaps_have_no_present_value(results: Results) -> None:
    with pytest.raises(InputError, match=r"the table holds quantiles.*ask for by_draw=True"):
        cc.present_value(results.costs())
    drawn = results.costs(by_draw=True)
    with pytest.raises(InputError, match="lacks a year or has one twice"):
        cc.present_value(drawn.iloc[1:])
    with pytest.raises(InputError, match="lacks a year or has one twice"):
        cc.present_value(pd.concat([drawn, drawn]))


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (
            lambda t: t.assign(value=t["value"].where(t["year"] != 2028)),
            r"value of row \d+ is .*nan.*Give amounts of money",
        ),
        (lambda t: t.assign(value=np.inf), r"value of row 0 is .*inf"),
        (lambda t: t.assign(value=t["value"].astype(str)), "value of row 0 is '.*as numbers"),
        (lambda t: t.assign(value=True), "value of row 0 is a bool"),
        (lambda t: t.assign(year=t["year"] + 0.5), r"year of row 0 is .*whole years"),
        (lambda t: t.assign(year=t["year"].astype(str)), "year of row 0 is '2026'.*as numbers"),
        (lambda t: t[t["year"] != 2028], "year 2028 is in no row"),
        (lambda t: t.assign(unit="children"), "unit is 'children'.*its unit is GBP"),
        (lambda t: t.iloc[:0], "no row"),
    ],
)
def test_what_is_no_money_by_year_has_no_present_value(
    results: Results, odd: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    table = results.costs(by_draw=True)
    assert cc.present_value(table)["value"].notna().all()
    with pytest.raises(InputError, match=said):
        cc.present_value(odd(table))


def test_results_of_other_prices_are_not_compared(results: Results) -> None:
    side = results.run.side("edge", results.run.drawn["edge"])
    other = replace(side, provenance=replace(side.provenance, price_year=2022))
    with pytest.raises(ComparisonError, match="price_year is 2025 in one result and 2022"):
        cc.Comparison(side, other, results.run.assumptions.discount, 2026)


# Page and command


def test_the_page_shows_every_schedule_and_timing(results: Results, tmp_path: Path) -> None:
    page = write_summary(results, tmp_path).read_text(encoding="utf-8")
    for word in ("green-book-2026-02 health", "green-book-2026-02 sensitivity", "Base year", "Mid-year", "Year-end"):
        assert word in page
    assert "whose factor is 1" in page


def test_the_command_prints_the_rates_that_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", str(SETS / "tiny"), str(SETS / "edge.toml"), "--draws", "0", "--out", str(tmp_path / "o")]
    assert main([*words, "--discount", "health, 0.02"]) == 0
    text = capsys.readouterr().out
    lines = [line for line in text.splitlines() if line.startswith("edge, ")]
    assert [line.split("  ")[0] for line in lines] == ["edge, green-book-2026-02 health", "edge, flat 2%"]
    assert main([*words, "--discount", "helth"]) == 2
    assert "Did you mean 'health'" in capsys.readouterr().err


def test_describe_says_what_is_indexed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "england-2025"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "nothing is indexed by default" in text and "'growth of fostering prices'" in text
    assert "stay as they are, in prices of 2024-25: reform programme, windfall levy." in text
