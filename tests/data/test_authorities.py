"""Do the authorities give England's published figures back, each rounded cell to within its rounding?"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from carecost.files.authorities import Authority, known_authorities
from data.rules.rates import authority_rates
from data.rules.sets import authorities as made
from data.rules.sources import authorities as sources
from tests.data.published import ROOT

#: Published counts of England are rounded to ten.
ROUNDING = 5.0
EVERY = known_authorities("england-2025").all
#: Columns of the packaged table and of the published one, by what they are of.
BANDS = {f"aged {x}": f"stock {x}" for x in sources.AGES}
PLACED = {f"in {x}": f"stock {x}" for x in sources.PLACEMENTS}
REST = {
    "children": "stock total",
    "unaccompanied": "stock unaccompanied",
    "started": "started total",
    "unaccompanied who started": "started unaccompanied",
    "ceased": "ceased total",
    "ceased at 18": "ceased 18 and over",
    "went to another authority": "ceased to another authority",
    "children aged 0 to 17": "population 0-17",
}


@cache
def published() -> dict[str, dict[str, str]]:
    with (ROOT / "data" / "published" / "authorities.csv").open(encoding="utf-8", newline="") as file:
        return {row["la_number"] or row["area"]: row for row in csv.DictReader(file)}


def summed(column: str) -> float:
    return sum(one.figures[column] for one in EVERY)


@pytest.mark.parametrize(("ours", "theirs"), [*BANDS.items(), *PLACED.items(), *REST.items()])
def test_authorities_sum_to_england_within_its_rounding(ours: str, theirs: str) -> None:
    england = float(published()["England"][theirs])
    # Unaccompanied children of the City of London, all of them suppressed, are no more than it has children: four.
    assert summed(ours) == pytest.approx(england, rel=0, abs=ROUNDING)


@pytest.mark.parametrize(("ours", "theirs"), [*BANDS.items(), *PLACED.items(), *REST.items()])
def test_what_is_published_of_an_authority_stays_as_it_is(ours: str, theirs: str) -> None:
    for one in EVERY:
        text = published()[one.number][theirs]
        if text not in ("c", "z"):
            assert one.figures[ours] == pytest.approx(float(text), rel=1e-7, abs=1e-6), one.name


def test_what_is_suppressed_is_fitted_within_the_total() -> None:
    for names in (BANDS, PLACED):
        for one in EVERY:
            assert sum(one.figures[k] for k in names) == pytest.approx(one.figures["children"], rel=1e-6, abs=1e-4)
            assert min(one.figures[k] for k in names) >= 0


def test_as_many_come_from_other_authorities_as_go_to_them() -> None:
    assert summed("came from another authority") == pytest.approx(summed("went to another authority"), rel=1e-6)
    kent = next(one for one in EVERY if one.name == "Kent")
    assert kent.figures["went to another authority"] == 2343
    assert all(one.figures["came from another authority"] <= one.figures["started"] + 1e-6 for one in EVERY)


def test_fitted_stock_has_the_margins_of_every_authority() -> None:
    stock, _ = authority_rates.stock()
    uasc = stock[:, authority_rates.UASC].sum((1, 2))
    ages = np.stack([authority_rates.by_band(x) for x in stock.sum((1, 3))])
    np.testing.assert_allclose(ages, sources.fitted("stock"), atol=1e-6)
    # Two of the City of London and Rutland are off: no unaccompanied child is under ten, or in what they publish.
    assert (np.abs(uasc - sources.unaccompanied("stock")) > 0.01).sum() <= 2


def test_cohorts_are_england_s_and_sum_to_each_authority_s_children() -> None:
    share = authority_rates.people()
    np.testing.assert_allclose(share.sum(0), 1.0, rtol=1e-9)
    children = share @ made.population.mid_year(2024)
    np.testing.assert_allclose(children, sources.total("population 0-17"), rtol=1e-6)


def test_spend_of_the_base_year_is_within_one_per_cent_of_england_s() -> None:
    """Wandsworth and Middlesbrough are in neither: at England's prices they are a line apart."""
    money, prices = made._money(), made._prices()
    own = dict.fromkeys(made.FOSTERING, "fostering") | dict.fromkeys(made.HOMES, "residential")
    unpublished = np.isnan(sources.spend("children looked after"))
    modelled = missing = 0.0
    for line in money.lines:
        named = f"price: {line.name}"
        price = prices.get(named, prices["price: level"] * prices.get(f"price: {own.get(line.name)}", 1.0))
        by = line.spend * money.volume[line.name] * price
        modelled += by[~unpublished].sum()
        missing += by[unpublished].sum()
    england = sum(line.spend for line in money.lines)
    assert modelled == pytest.approx(england, rel=0.01)
    assert 0 < missing < 0.01 * england


@pytest.mark.parametrize("column", ["children looked after", *made.GROUPS])
def test_published_groups_of_authorities_sum_to_england_s(column: str) -> None:
    (line,) = [r for r in made.table("authority_spend") if r["area"] == "England"]
    assert np.nansum(sources.spend(column)) == pytest.approx(float(line[column]), rel=1e-4)


def ratio(pick: Callable[[Authority], float]) -> list[float]:
    return [pick(one) for one in EVERY if one.known]


def test_pooling_gives_small_authorities_less_of_their_own() -> None:
    children = ratio(lambda one: one.figures["children"])
    for weight in ("weight of own starts", "weight of own exits"):
        own = ratio(lambda one, w=weight: one.figures[w])  # type: ignore[misc]
        assert 0 <= min(own) and max(own) < 1
        assert np.corrcoef(np.argsort(np.argsort(children)), np.argsort(np.argsort(own)))[0, 1] > 0.85


def test_pooled_rates_recover_what_is_known() -> None:
    """Ratios drawn about those of neighbours with a known spread; pooled ones err less than raw ones."""
    rng, (near, n) = np.random.default_rng(1), (sources.neighbours(), len(sources.numbers()))
    assert near.shape == (n, 10)
    expected = rng.uniform(5, 200, n)
    truth = rng.gamma(1 / 0.09, 0.09, n)
    events = rng.poisson(truth * expected).astype(float)
    found = authority_rates.pooled(events, expected)
    raw = events / expected
    assert np.sqrt(np.mean((found.level - truth) ** 2)) < 0.9 * np.sqrt(np.mean((raw - truth) ** 2))
    assert (found.level * expected).sum() == pytest.approx(events.sum(), rel=1e-9)
