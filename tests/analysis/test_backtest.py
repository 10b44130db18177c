"""Scores held against a small implementation of their own, and nothing from after an origin."""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from carecost.analysis import backtest as scoring
from carecost.analysis.forecast_rules import MODELS, ONE, SEVERAL, Luck, Rule
from carecost.errors import InputError
from carecost.estimation.history import History
from carecost.files.readers.history import load_history

ENGLAND, AUTHORITIES = load_history("england"), load_history("authorities")


def test_crps_of_a_sample_is_its_definition() -> None:
    generator = np.random.default_rng(5)
    sample, came = generator.gamma(3, 30, (4, 3, 41)), generator.gamma(3, 30, (4, 3))
    found = scoring.crps(sample, came)
    for i, j in product(range(4), range(3)):
        x, y = sample[i, j].tolist(), float(came[i, j])
        within = sum(abs(a - b) for a in x for b in x) / len(x) ** 2
        assert found[i, j] == pytest.approx(sum(abs(a - y) for a in x) / len(x) - within / 2, rel=1e-12)


@pytest.mark.parametrize("came", [-1.5, 0.0, 0.4, 3.0])
def test_crps_of_a_normal_is_its_closed_form(came: float) -> None:
    n = 20_000
    sample = ndtri((np.arange(n) + 0.5) / n)
    closed = came * (2 * norm.cdf(came) - 1) + 2 * norm.pdf(came) - 1 / math.sqrt(math.pi)
    # What evenly placed quantiles leave out is in the tails, of the order of 1/n.
    assert scoring.crps(sample, np.array(came)) == pytest.approx(closed, abs=1 / n)


def test_crps_of_one_value_is_the_absolute_error() -> None:
    assert scoring.crps(np.array([[3.0]]), np.array([5.0])).tolist() == [2.0]


def small() -> History:
    generator = np.random.default_rng(2)
    stock = 100 * np.exp(np.cumsum(0.1 * generator.standard_normal((3, 12)), 1))
    return History(range(2001, 2013), ["a", "b", "c"], stock, name="small")


def spread_out(history: History, horizons: tuple[int, ...], luck: Luck) -> np.ndarray:
    """A sample around the last stock, wider as time goes on."""
    last = np.asarray(history.stock)[:, -1, None, None]
    return last * (1 + 0.05 * np.sqrt(np.array(horizons))[:, None] * luck.normals("wide", len(horizons)))


def test_scores_are_those_of_a_small_implementation() -> None:
    history, origins, horizons = small(), range(2004, 2012), (1, 3)
    rules = {
        "no change": Rule(lambda h, hs, _: np.repeat(np.asarray(h.stock)[:, -1:], len(hs), 1)),
        "wide": Rule(spread_out),
    }
    found = scoring.backtest(history, rules, origins, horizons, draws=25, seed=3)
    scores, spread = found.scores(), found.spread()
    stock = np.asarray(history.stock)
    for m, (name, rule) in enumerate(rules.items()):
        for i, h in enumerate(horizons):
            rows = []  # origin, forecast sample, came, scale
            for origin in (o for o in origins if o + h <= 2012):
                past = history.until(origin)
                hs = tuple(k for k in horizons if origin + k <= 2012)
                said = np.asarray(rule.forecast(past, hs, Luck(f"{name}/{origin}", 25, 3)))[:, hs.index(h)].reshape(
                    3, -1
                )
                for a in range(3):
                    before = stock[a, : origin - 2000]
                    scale = sum(abs(y - x) for x, y in pairwise(before)) / (len(before) - 1)
                    rows.append((origin, said[a], stock[a, origin + h - 2001], scale))
            errors = [float(np.median(s)) - y for _, s, y, _ in rows]
            came = [y for *_, y, _ in rows]
            wanted = {
                "bias": 100 * sum(errors) / sum(came),
                "mae": sum(map(abs, errors)) / len(rows),
                "mape": 100 * sum(abs(e) / y for e, y in zip(errors, came, strict=True)) / len(rows),
                "wape": 100 * sum(map(abs, errors)) / sum(came),
                "mase": sum(abs(e) / q for e, (*_, q) in zip(errors, rows, strict=True)) / len(rows),
            }
            if name == "wide":
                for band in (50, 80, 95):
                    ends = [np.percentile(s, [50 - band / 2, 50 + band / 2]) for _, s, *_ in rows]
                    inside = [low <= y <= high for (low, high), y in zip(ends, came, strict=True)]
                    wanted[f"coverage_{band}"] = sum(inside) / len(rows)
            assert {k: scores[k][m, i] for k in wanted} == pytest.approx(wanted, rel=1e-12)
            by_origin = [[abs(e) for e, (at, *_) in zip(errors, rows, strict=True) if at == o] for o in origins]
            maes = [sum(x) / len(x) for x in by_origin if x]
            assert spread["mae"][m, i] == pytest.approx(np.std(maes, ddof=1), rel=1e-12)
    assert all(np.isnan(scores[f"coverage_{band}"][0]).all() for band in (50, 80, 95))
    np.testing.assert_allclose(scores["crps"][0], scores["mae"][0], rtol=1e-12)


@pytest.mark.parametrize(("history", "kind", "origin"), [(ENGLAND, ONE, 2012), (AUTHORITIES, SEVERAL, 2018)])
def test_a_changed_future_changes_no_forecast(history: History, kind: str, origin: int) -> None:
    generator = np.random.default_rng(1)
    later = np.array(history.years) > origin
    changed = {}
    for name in ("stock", "started", "uasc", "population"):
        series = np.array(getattr(history, name))
        changed[name] = np.where(later, series * generator.uniform(0.2, 5, series.shape), series)
    other = History(history.years, history.areas, **changed, regions=history.regions)
    one, two = (scoring.backtest(h, MODELS[kind], [origin], [1, 4], draws=20, seed=1) for h in (history, other))
    assert np.array_equal(one.central, two.central) and np.array_equal(one.quantiles, two.quantiles, equal_nan=True)
    assert np.array_equal(one.change, two.change)
    assert (one.came != two.came).all(), "the future did change"


def test_windows_that_do_not_overlap_are_counted() -> None:
    found = scoring.backtest(ENGLAND, {"no change": MODELS[ONE]["no change"]}, range(2000, 2025), [1, 5, 10], 2, 0)
    origins, independent = found.windows()
    assert origins.tolist() == [25, 21, 16] and independent.tolist() == [25, 5, 2]


def test_targets_after_the_years_that_constants_were_fitted_on_are_counted() -> None:
    rules = {name: MODELS[ONE][name] for name in ("no change", "damped drift")}
    found = scoring.backtest(ENGLAND, rules, range(2015, 2024), [1, 2], 2, 0)
    # Fitted to 2019: of the origins 2015 to 2023, one year ahead of 2019 and later, two of 2018 and later.
    assert found.unseen().tolist() == [[9, 9], [5, 6]]


def test_luck_is_of_seed_model_and_origin_alone() -> None:
    rules = MODELS[ONE]
    many = scoring.backtest(ENGLAND, rules, [2010, 2015], [1, 3], 30, 4)
    few = scoring.backtest(ENGLAND, {"ours": rules["ours"]}, [2015], [1, 3], 30, 4)
    assert np.array_equal(many.quantiles[-1, 1], few.quantiles[0, 0])
    other = scoring.backtest(ENGLAND, {"ours": rules["ours"]}, [2015], [1, 3], 30, 5)
    assert not np.array_equal(other.quantiles, few.quantiles)


def test_a_longer_horizon_changes_no_shorter_one() -> None:
    short, long = (scoring.backtest(ENGLAND, MODELS[ONE], [2010], hs, 50, 0) for hs in ([1, 2], [1, 2, 7]))
    np.testing.assert_allclose(long.quantiles[:, :, :2], short.quantiles, rtol=1e-12)


def test_what_cannot_be_scored_is_said_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        scoring.backtest(ENGLAND, MODELS[ONE], [1990, 1996, 2010], [1, 40], 10, 0)
    said = [str(problem) for problem in caught.value.problems]
    assert said[0] == "england: origin 1990 has nothing to be scored on. Give origins from 1994 to 2024"
    assert (
        "england, origin 1996: model 'ours' needs stock of 7 years up to it, and 3 are known. Give origins from 2000 on"
        in said
    )
    assert said[-1] == "england: horizon 40 is longer than any that had come. Give up to 29"


def test_origins_too_late_for_a_horizon_give_fewer_windows() -> None:
    rules = {"no change": MODELS[ONE]["no change"]}
    found = scoring.backtest(ENGLAND, rules, range(2015, 2025), [5], 2, 0)
    origins, _ = found.windows()
    assert origins.tolist() == [6] and np.isnan(found.central[0, -1]).all()


@pytest.mark.parametrize("given", ["x", [1.0], [[[[1.0]]]], [math.nan, 1.0], [-1.0, 1.0], [[[], []]]])
def test_forecast_that_is_no_number_of_children_is_refused(given: object) -> None:
    rule = Rule(lambda history, horizons, luck: given)  # type: ignore[arg-type,return-value]
    with pytest.raises(InputError, match="model 'mine', origin 2010: "):
        scoring.backtest(ENGLAND, {"mine": rule}, [2010], [1, 2], 10, 0)


@pytest.mark.parametrize("shape", [(2,), (2, 7), (1, 2), (1, 2, 7)])
def test_the_axis_of_a_single_area_may_be_left_out(shape: tuple[int, ...]) -> None:
    rule = Rule(lambda history, horizons, luck: np.full(shape, 60_000.0))
    found = scoring.backtest(ENGLAND, {"mine": rule}, [2010], [1, 2], 10, 0)
    assert found.central.ravel().tolist() == [60_000.0, 60_000.0]
    assert np.isnan(found.quantiles).all() == (7 not in shape)
