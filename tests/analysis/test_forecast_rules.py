"""Rules of forecasting held against the equations that they are named after, worked out one area and year at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from carecost.analysis import forecast_rules as rules
from carecost.analysis.forecast_rules import MODELS, ONE, SEVERAL, Luck
from carecost.estimation.history import History, next_stock
from carecost.files.readers.history import load_history

ENGLAND, AUTHORITIES = load_history("england"), load_history("authorities")
PAST = AUTHORITIES.until(2019)
#: Three areas whose equations are worked out by hand: in different regions, with and without unaccompanied children.
SOME = [PAST.areas.index(name) for name in ("Kent", "Rutland", "Liverpool")]
H = (1, 2, 5)


def central(kind: str, name: str, history: History) -> np.ndarray:
    """Medians, (area, horizon): an even number of evenly placed quantiles has the centre between the middle two."""
    said = np.asarray(MODELS[kind][name].forecast(history, H, Luck("test", 401)))
    return np.asarray(np.median(said, -1))


def of(history: History, name: str) -> np.ndarray:
    return np.asarray(getattr(history, name))


@pytest.mark.parametrize("kind", MODELS)
def test_every_rule_says_what_it_does_and_what_it_needs(kind: str) -> None:
    history = (ENGLAND if kind == ONE else PAST).until(2018)
    for name, rule in MODELS[kind].items():
        assert rule.words and not rule.lacks(history), name
        said = np.asarray(rule.forecast(history, H, Luck(name, 7)))
        assert said.shape == (len(history.areas), 3, 7) and np.isfinite(said).all() and said.min() > 0, name
        if max(rule.needs.values(), default=0) > 1:
            assert "years up to it, and" in rule.lacks(history.until(history.years[0])), name


def test_drifts_go_on_as_the_stock_grew() -> None:
    s, past = of(ENGLAND.until(2015), "stock")[0], ENGLAND.until(2015)
    for name, years in (("drift, 3 years", 3), ("drift, 5 years", 5), ("drift, whole record", 21)):
        wanted = [s[-1] * (s[-1] / s[-1 - years]) ** (h / years) for h in H]
        np.testing.assert_allclose(central(ONE, name, past)[0], wanted, rtol=1e-12)
    growth = math.log(s[-1] / s[-2])
    wanted = [s[-1] * math.exp(growth * sum(0.6**k for k in range(1, h + 1))) for h in H]
    np.testing.assert_allclose(central(ONE, "damped drift", past)[0], wanted, rtol=1e-12)


def test_held_flows_carry_the_latest_entry_rate_and_hazard_on() -> None:
    past = ENGLAND.until(2020)
    started, young, stock = (of(past, name)[0] for name in ("started", "population", "stock"))
    hazard = past.rates()[1][0, -1]
    growth = (young[-1] / young[-6]) ** (1 / 5)
    now, wanted = float(stock[-1]), {}
    for k in range(1, 6):
        now = float(next_stock(now, started[-1] * growth**k, hazard))
        wanted[k] = now
    np.testing.assert_allclose(central(ONE, "held flows", past)[0], [wanted[h] for h in H], rtol=1e-12)


def test_entries_are_held_in_number_where_the_population_is_not_known() -> None:
    past = ENGLAND.until(2005)
    now = float(of(past, "stock")[0, -1])
    for _ in range(5):
        now = float(next_stock(now, of(past, "started")[0, -1], past.rates()[1][0, -1]))
    assert central(ONE, "held flows", past)[0, 2] == pytest.approx(now, rel=1e-12)


def test_walks_are_the_root_mean_squares_of_changes() -> None:
    past = ENGLAND.until(2010)
    entries = np.diff(np.log(of(past, "started")[0, 1:]))
    hazard = np.diff(np.log(past.rates()[1][0, 1:]))
    found = rules.walks(past)
    assert found.changes == 15
    assert found.entry_sd == pytest.approx(math.sqrt(np.mean(entries**2)), rel=1e-12)
    assert found.hazard_sd == pytest.approx(math.sqrt(np.mean(hazard**2)), rel=1e-12)
    together = np.mean(entries * hazard) / math.sqrt(np.mean(entries**2) * np.mean(hazard**2))
    assert found.correlation == pytest.approx(together, rel=1e-12)
    assert found.drift_sd == pytest.approx(found.entry_sd / math.sqrt(15), rel=1e-12)


def test_ours_is_held_flows_in_the_middle_and_as_wide_as_its_walks_make_it() -> None:
    past = ENGLAND.until(2020)
    found = rules.walks(past)
    said = np.asarray(MODELS[ONE]["ours"].forecast(past, (1,), Luck("test", 40_000)))[0, 0]
    stock, entries, hazard = float(of(past, "stock")[0, -1]), of(past, "started")[0, -1], past.rates()[1][0, -1]

    def at(e: float, h: float) -> float:
        return float(np.log(next_stock(stock, entries * math.exp(e), hazard * math.exp(h))))

    step = 1e-5  # to first order the log of the stock moves with both rates by their slopes
    by_entry, by_hazard = ((at(*move) - at(*(-x for x in move))) / (2 * step) for move in ((step, 0.0), (0.0, step)))
    e, h = math.hypot(found.entry_sd, found.drift_sd), found.hazard_sd
    together = found.correlation * found.entry_sd * h
    sd = math.sqrt((by_entry * e) ** 2 + (by_hazard * h) ** 2 + 2 * by_entry * by_hazard * together)
    # A median of 40,000 draws is known to 0.6% of a standard deviation, that to 0.4%: four times as much is allowed.
    assert np.median(np.log(said)) == pytest.approx(np.log(central(ONE, "held flows", past)[0, 0]), abs=0.025 * sd)
    assert np.log(said).std() == pytest.approx(sd, rel=0.015)


def test_reverting_is_its_equation_area_by_area() -> None:
    stock, uasc, young = (of(PAST, name) for name in ("stock", "uasc", "population"))
    settled, p = stock - uasc, young[:, -1]
    regions = np.array(PAST.regions)
    gaps = []
    for a in range(len(PAST.areas)):
        near = regions == regions[a]
        gaps.append(math.log(settled[a, -1] / p[a]) - math.log(settled[near, -1].sum() / p[near].sum()))
    growth = math.log(settled[:, -1].sum() / settled[:, -2].sum())
    found = central(SEVERAL, "reverting, unaccompanied apart", PAST)
    for a in SOME:
        gap = gaps[a] - sum(gaps) / len(gaps)
        for i, h in enumerate(H):
            d = sum(0.6**k for k in range(1, h + 1))
            n = math.exp(math.log(settled[a, -1]) - (1 - 0.968**h) * gap + d * growth)
            u = uasc[a, -1] + (1 - 0.79**h) * (uasc[:, -1].sum() * p[a] / p.sum() - uasc[a, -1])
            assert found[a, i] == pytest.approx(n + u, rel=1e-9)


def test_shrunken_rates_are_their_equation_area_by_area() -> None:
    """Deviations of log rates from England's, moved to the region's; the latest fades; the sum is scaled."""
    stock, started, young = (of(PAST, name) for name in ("stock", "started", "population"))
    regions = np.array(PAST.regions)

    def rates(members: np.ndarray, back: int) -> tuple[float, float]:
        s = [float(stock[members, -back - i].sum()) for i in (1, 2)]
        entries = float(started[members, -1 - back].sum())
        low, high = 1e-9, 5.0  # the hazard by bisection
        for _ in range(200):
            middle = (low + high) / 2
            more = s[1] * math.exp(-middle) + entries * (1 - math.exp(-middle)) / middle > s[0]
            low, high = (middle, high) if more else (low, middle)
        return math.log(entries / float(young[members, -1 - back].sum())), math.log(low)

    everybody = np.ones(len(regions), dtype=bool)
    england = [rates(everybody, back) for back in range(3)]
    ahead = np.zeros((len(regions), 5))
    for a in range(len(regions)):
        now = float(stock[a, -1])
        paths = []
        for i in (0, 1):
            own = [rates(np.arange(len(regions)) == a, back)[i] - england[back][i] for back in range(3)]
            near = [rates(regions == regions[a], back)[i] - england[back][i] for back in range(3)]
            m = 0.7 * sum(own) / 3 + 0.3 * sum(near) / 3
            paths.append([math.exp(england[0][i] + m + 0.5**k * (own[0] - m)) for k in range(1, 6)])
        for k in range(5):
            now = float(next_stock(now, paths[0][k] * young[a, -1], paths[1][k]))
            ahead[a, k] = now
    whole = stock.sum(0)
    found = central(SEVERAL, "shrunken rates, fading shocks", PAST)
    for i, h in enumerate(H):
        wanted = whole[-1] * math.exp(sum(0.6**k for k in range(1, h + 1)) * math.log(whole[-1] / whole[-2]))
        np.testing.assert_allclose(found[:, i], ahead[:, h - 1] * wanted / ahead[:, h - 1].sum(), rtol=1e-7)


def test_ours_of_areas_is_the_weighted_geometric_mean_of_both_scaled_to_england() -> None:
    both = [
        central(SEVERAL, name, PAST) for name in ("reverting, unaccompanied apart", "shrunken rates, fading shocks")
    ]
    mean = np.sqrt(both[0] * both[1])
    np.testing.assert_allclose(central(SEVERAL, "shrunken and reverting", PAST), mean, rtol=1e-12)
    # England's one state with the latest entry rate and hazard held, from the origin on.
    whole = central(ONE, "held flows", PAST.total())[0]
    of_rates = rules._shrunken(PAST, H, shock=0.7)
    of_numbers, of_rates = (x * whole / x.sum(0) for x in (both[0], of_rates))
    np.testing.assert_allclose(central(SEVERAL, "ours", PAST), of_numbers**0.75 * of_rates**0.25, rtol=1e-12)


def test_rates_of_years_that_are_not_known_are_not_looked_at() -> None:
    stock, started = of(PAST, "stock").copy(), of(PAST, "started").copy()
    started[:, -3:-1] = np.nan
    stock[:, -3] = 1.0  # between the years whose rates are known
    lacking = History(PAST.years, PAST.areas, stock, started, PAST.uasc, PAST.population, PAST.regions)
    whole = np.array([70_000.0] * 3)
    said = rules.of_areas(lacking, H, whole, rules.TWO_MISSING)
    np.testing.assert_allclose(said, rules.of_areas(PAST, H, whole, rules.TWO_MISSING), rtol=1e-12)


def test_areas_are_spread_out_by_the_pooled_law() -> None:
    said = np.asarray(MODELS[SEVERAL]["no change"].forecast(PAST, (3,), Luck("test", 4001)))[:, 0]
    for a in SOME:
        sd = math.sqrt(3 * (0.057**2 + 1.01 / of(PAST, "stock")[a, -1]))
        low, high = np.log(np.quantile(said[a], [0.158655, 0.841345]))
        # One standard deviation to each side; quantiles of 4,001 evenly placed points are as near as their steps.
        assert (high - low) / 2 == pytest.approx(sd, rel=1e-3)


def test_normals_are_normal_and_told_apart_by_what_they_are_for() -> None:
    luck = Luck("a/2020", 20_000)
    one, two = luck.normals("entries", 2), luck.normals("drift", 2)
    assert np.array_equal(one, Luck("a/2020", 20_000).normals("entries", 2))
    # Standard errors: of a mean 0.7%, of a standard deviation 0.5%, of a correlation 0.7%; four times as much each.
    assert abs(one.mean(1)).max() < 0.03 and abs(one.std(1) - 1).max() < 0.02
    assert abs(np.corrcoef(np.concatenate([one, two])) - np.eye(4)).max() < 0.03
