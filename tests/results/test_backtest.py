"""Backtests as rows: the tables agree with each other and with what was measured before; faults are said in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.errors import CareCostError, InputError, UnknownNameError

FACTS = Path(cc.__file__).parents[2] / "shared" / "facts"


@pytest.fixture(scope="module")
def england() -> cc.Backtest:
    return cc.backtest("england", origins=range(2000, 2025), horizons=[1, 3, 5, 8, 10])


@pytest.fixture(scope="module")
def areas() -> cc.Backtest:
    return cc.backtest("authorities", origins=range(2017, 2022), horizons=range(1, 6))


def by_model(frame: pd.DataFrame, value: str = "value") -> pd.DataFrame:
    return frame.pivot_table(index="model", columns="horizon", values=value)


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        # Worked out before, apart from this code: yearly origins 2000 to 2024, mean absolute errors in per cent.
        ("no change", [1.8, 4.8, 7.5, 12.2, 15.5]),
        ("drift, 5 years", [1.7, 5.1, 7.8, 10.4, 13.0]),
        ("drift, whole record", [1.6, 4.1, 6.0, 7.4, 8.7]),
    ],
)
def test_rules_of_stock_alone_err_as_was_measured_before(england: cc.Backtest, model: str, wanted: list[float]) -> None:
    assert by_model(england.scores("mape")).loc[model].round(1).tolist() == wanted


def test_held_flows_win_to_three_years_and_the_windows_are_said(england: cc.Backtest) -> None:
    errors = by_model(england.scores("mape"))
    for plain in ("no change", "drift, 5 years", "drift, whole record"):
        assert (errors.loc["held flows", [1, 3]] < errors.loc[plain, [1, 3]]).all()
    counts = england.scores("mape").groupby("horizon")[["origins", "independent"]].first()
    assert counts.to_numpy().tolist() == [[25, 25], [23, 8], [21, 5], [18, 3], [16, 2]]


def test_areas_gain_over_the_random_walk_what_was_hoped_for(areas: cc.Backtest) -> None:
    """The aim, on targets 2021 and 2022: at least 9% over one to five years, 3% at one; 80% bands cover 78 to 88%.

    "ours" was chosen on outturns to 2020; what is packaged for 2025 lacks two years.
    """
    late = areas.since(2021)
    gain = by_model(late.gain(), "gain")
    for name in ("ours", "ours, two years missing"):
        assert gain.loc[name, "all"] >= 9 and gain.loc[name, 1] >= 3 and gain.loc[name, 5] > 10
    covered = by_model(late.scores("coverage_80"))
    for name in ("ours", "ours, two years missing"):
        assert covered.loc[name].between(0.78, 0.88).all()


def test_england_s_held_flows_were_better_for_areas_on_what_had_come_by_2020() -> None:
    """What was chosen by: targets 2017 to 2020."""
    past = cc.load_history("authorities").until(2020)
    rules = ["no change", "shrunken and reverting", "ours"]
    gain = by_model(cc.backtest(past, rules, origins=range(2016, 2020), horizons=range(1, 5)).gain(), "gain")
    assert gain.loc["ours", "all"] > gain.loc["shrunken and reverting", "all"] > 0


def test_drifts_of_areas_err_more_than_no_change(areas: cc.Backtest) -> None:
    assert by_model(areas.gain(), "gain").loc["drift, 3 years", "all"] < 0


def test_errors_of_the_random_walk_of_areas_are_as_was_measured_before() -> None:
    """Targets of 2020 to 2022, of which those of five years ahead have origins from 2015 on."""
    rules = ["no change", "shrunken and reverting"]
    found = cc.backtest("authorities", rules, origins=range(2015, 2022), horizons=range(1, 6)).since(2020)
    wape = by_model(found.scores("wape"))
    assert wape.loc["no change"].round(1).tolist() == [5.2, 7.9, 10.8, 13.9, 16.3]
    # Said before of the mean of the two rules: a gain of 10 to 12, of 3 to 4 at one year.
    gain = by_model(found.gain(), "gain").loc["shrunken and reverting"]
    assert 10 <= gain["all"] <= 12 and 3 <= gain[1] <= 4


def test_windows_that_end_before_a_year_are_left_out(areas: cc.Backtest) -> None:
    late = areas.since(2021)
    assert late.found.origins == (2017, 2018, 2019, 2020, 2021)
    whole = areas.forecasts()
    pd.testing.assert_frame_equal(late.forecasts(), whole[whole["date"] >= 2021].reset_index(drop=True))
    assert late.scores("wape").groupby("horizon")["origins"].first().tolist() == [2, 2, 2, 2, 1]
    assert (late.table()["origin"] + late.table()["horizon"]).min() == 2021
    with pytest.raises(InputError, match="no window ends in 2023 or later"):
        areas.since(2023)


def test_table_forecasts_and_scores_agree(areas: cc.Backtest) -> None:
    table, forecasts, scores = areas.table(), areas.forecasts(), areas.scores()
    assert list(table.columns) == ["model", "area", "origin", "horizon", "score", "value"]
    assert not table.duplicated(["model", "area", "origin", "horizon", "score"]).any()
    errors = table[table["score"] == "absolute_error"]
    assert len(errors) == len(forecasts) == len(areas.models) * 148 * (5 + 4 + 3 + 2 + 1)
    mean = errors.groupby(["model", "horizon"])["value"].mean()
    mae = scores[scores["score"] == "mae"].set_index(["model", "horizon"])["value"]
    pd.testing.assert_series_equal(mean.sort_index(), mae.sort_index())
    inside = forecasts["came"].between(forecasts["0.1"], forecasts["0.9"]).astype(float)
    covered = table[table["score"] == "covered_80"]["value"]
    assert inside.tolist() == covered.tolist()
    assert (forecasts["central"] - forecasts["0.5"]).abs().max() < 1e-9


def test_gain_over_all_horizons_is_of_every_window(areas: cc.Backtest) -> None:
    table = areas.table()
    summed = table[table["score"] == "crps"].groupby("model")["value"].sum()
    found = areas.gain("held flows").query("horizon == 'all'").set_index("model")["gain"]
    pd.testing.assert_series_equal(
        found.sort_index(), 100 * (1 - summed / summed["held flows"]), check_names=False, rtol=1e-9
    )


def test_functions_and_sets_are_models_too() -> None:
    def same(history: cc.History, horizons: tuple[int, ...], luck: object) -> list[float]:
        return [float(np.asarray(history.stock)[0, -1])] * len(horizons)

    past = cc.load_assumptions("england-2022-backtest")
    found = cc.backtest("england", [same, past, "no change"], origins=2022, horizons=[1, 3])
    assert found.models == ("same", "england-2022-backtest", "no change")
    said = found.forecasts().pivot_table(index="model", columns="horizon", values="central")
    # The median of an even number of quantiles is between the two in the middle, whose mean is a hair above it.
    np.testing.assert_allclose(said.loc["same"], said.loc["no change"], rtol=1e-7)
    run = cc.run(past, years=3).children().set_index("date")["value"]
    np.testing.assert_allclose(said.loc[past.name], [run[2023], run[2025]], rtol=1e-12)
    covered = found.scores("coverage_80").groupby("model")["value"].count().to_dict()
    assert covered == {"same": 0, past.name: 0, "no change": 2}, "a mean has no bands"
    named = cc.backtest("england", {"mine": same, "theirs": "held flows"}, origins=2022, horizons=1)
    assert named.models == ("mine", "theirs")


def test_a_set_with_intervals_is_scored_by_its_draws() -> None:
    certain = cc.load_assumptions("england-2022-backtest")
    past = certain.replace("entry_rate", 0.01, low=0.008, high=0.012, stream="other", age=0)
    found = cc.backtest("england", past, origins=2022, horizons=[1, 2], draws=40, seed=3).forecasts()
    draws = cc.run(past, years=2, draws=cc.Draws(40, seed=3)).children(by_draw=True)
    wanted = [np.quantile(draws[draws["date"] == date]["value"], 0.9) for date in (2023, 2024)]
    np.testing.assert_allclose(found["0.9"], wanted, rtol=1e-12)


def test_histories_are_taken_as_names_files_tables_and_objects(tmp_path: Path) -> None:
    history = cc.load_history("england")
    frame = pd.DataFrame({"year": history.years, "stock": np.asarray(history.stock)[0]})
    file = tmp_path / "mine.csv"
    frame.to_csv(file, index=False)
    found = [
        cc.backtest(given, "no change", origins=2010, horizons=2).found.central.item()
        for given in ("england", history, frame, file, str(file))
    ]
    assert len(set(found)) == 1


def test_models_and_origins_left_out_are_all_that_can_be_made() -> None:
    history = cc.load_history("england")
    bare = cc.History(history.years, history.areas, history.stock)
    found = cc.backtest(bare, horizons=1)
    assert "held flows" not in found.models and "drift, whole record" in found.models
    assert found.found.origins == tuple(range(1999, 2025)), "five years of growth are needed, and one to be scored on"


def test_repr_is_a_line_and_html_a_table(england: cc.Backtest) -> None:
    assert repr(england) == "Backtest(england: 12 models, 1 area, 25 origins 2000 to 2024, horizons 1, 3, 5, 8, 10)"
    assert england._repr_html_().count("<tr") == 1 + 12 * 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models": "held flow"}, "unknown model 'held flow'. Did you mean 'held flows'"),
        ({"models": ["ours", "reverting to the region"]}, "'reverting to the region' is for several areas. Known: 'no"),
        ({"models": ["ours", "ours"]}, "models holds 'ours' twice"),
        ({"models": []}, "models is empty"),
        ({"models": [3]}, "Give names of models, functions, sets"),
        ({"models": 3}, "Give names of models, functions, sets"),
        ({"horizons": [0, 1]}, "horizons are 0, 1. Give years ahead, from 1 on"),
        ({"horizons": []}, "horizons are none"),
        ({"origins": "x"}, "origins is 'x'. Give whole numbers"),
        ({"draws": 1}, "draws is 1"),
        ({"history": 3}, 'history is 3. Give a history: "england", "authorities"'),
        ({"history": "englnd"}, "unknown history 'englnd'. Did you mean 'england'"),
        ({"origins": 2025}, "origin 2025 has nothing to be scored on. Give origins from 1994 to 2024"),
        ({"horizons": 40}, "no origin from which every model can be made"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_words(given: dict[str, object], said: str) -> None:
    with pytest.raises(CareCostError) as caught:
        cc.backtest(**{"history": "england"} | given)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_set_at_another_origin_or_for_areas_is_refused() -> None:
    past = cc.load_assumptions("england-2022-backtest")
    with pytest.raises(InputError, match="begins on 31 March 2022"):
        cc.backtest("england", past, origins=2021, horizons=1)
    history = cc.History([2021, 2022, 2023], ["a", "b"], [[1, 1, 1], [1, 1, 1]])
    with pytest.raises(InputError, match="is a set of one area"):
        cc.backtest(history, past, origins=2022, horizons=1)


def test_names_that_are_not_there_are_refused(england: cc.Backtest) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'ours'"):
        england.gain("our")
    with pytest.raises(InputError, match="Did you mean 'wape'"):
        england.scores("wap")


def test_models_are_listed_with_what_they_need() -> None:
    listed = cc.backtest_models().set_index(["history", "model"])
    assert listed.loc[("several areas", "ours"), "seen"] == 2019
    assert listed.loc[("one area", "ours"), "needs"] == "stock 7, started 6" and listed["what"].str.len().min() > 10


@pytest.mark.skipif(not FACTS.is_dir(), reason="the folder of official figures is not here")
def test_files_as_published_give_what_the_packaged_histories_give() -> None:
    for file, name in (
        ("authority_panel_2011_2022.csv", "authorities"),
        ("cla_england_timeseries_1994_2025.csv", "england"),
    ):
        given = [cc.backtest(h, "no change", origins=2018, horizons=2).found.crps for h in (FACTS / file, name)]
        np.testing.assert_allclose(*given, rtol=1e-12)
