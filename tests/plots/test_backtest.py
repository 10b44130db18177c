"""The chart of a backtest shows its scores."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import carecost as cc
from carecost.errors import InputError, UnknownNameError


@pytest.fixture(scope="module")
def found() -> cc.Backtest:
    return cc.backtest("england", origins=range(2000, 2025), horizons=[1, 5, 10], draws=50)


def blank() -> object:
    return Figure(figsize=(8, 5), layout="constrained").add_subplot()


def test_lines_are_the_scores_of_their_models(found: cc.Backtest) -> None:
    ax = cc.plots.plot_backtest(found, ax=blank(), score="mape")
    table = found.scores("mape").set_index(["model", "horizon"])["value"]
    lines = {str(line.get_label()).removeprefix("_"): line for line in ax.get_lines()}
    assert set(found.models) <= set(lines)
    for model in found.models:
        np.testing.assert_allclose(lines[model].get_ydata(), [table[model, h] for h in (1, 5, 10)])
        assert list(lines[model].get_xdata()) == [1, 5, 10]


def test_ours_no_change_and_the_best_are_named_by_default(found: cc.Backtest) -> None:
    ax = cc.plots.plot_backtest(found, ax=blank())
    named = [str(line.get_label()) for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    assert len(named) == 5 and {"ours", "no change"} <= set(named)
    words = " ".join(" ".join([ax.get_title(loc="left"), *(t.get_text() for t in ax.texts)]).split())
    for said in (
        "Least error: ",
        "1 area; origins 31 March 2000 to 2024: 25 at 1 (25 without overlap), 16 at 10 (2",
        "per cent",
    ):
        assert said in words
    for name in named:
        assert name in words
    assert "Lines that are not named" in words


def test_models_and_scores_that_are_asked_for_are_shown(found: cc.Backtest) -> None:
    ax = cc.plots.plot_backtest(found, ax=blank(), score="crps", models=["held flows"])
    named = [str(line.get_label()) for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    assert named == ["held flows"]
    with pytest.raises(UnknownNameError, match="Did you mean 'ours'"):
        cc.plots.plot_backtest(found, ax=blank(), models="our")
    with pytest.raises(InputError, match="Did you mean 'wape'"):
        cc.plots.plot_backtest(found, ax=blank(), score="wap")
    with pytest.raises(InputError, match="backtest"):
        cc.plots.plot_backtest(3, ax=blank())  # type: ignore[arg-type]


def test_one_model_is_a_chart_too() -> None:
    one = cc.backtest("england", "no change", origins=[2010, 2015], horizons=[2])
    ax = cc.plots.plot_backtest(one, ax=blank())
    assert ax.get_title(loc="left") == "Errors of no change"
    assert not any("not named" in text.get_text() for text in ax.texts)
