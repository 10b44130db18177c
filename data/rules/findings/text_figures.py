"""Figures that the words of the sets name, and the report printed after a build."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from data.rules.costs import section_251
from data.rules.findings import solve_review
from data.rules.rates import cohorts, exits, moves, stock
from data.rules.rates.base_case import STREAMS, base_case
from data.rules.sources import population, published
from data.rules.sources.notes import percent, signed, thousands
from data.rules.sources.proportional_fitting import by_band
from data.rules.sources.published import CHILDREN
from data.rules.sources.stream import run_stream


def england_2025() -> dict[str, str]:
    """Give the figures that the words of england-2025 name."""
    fitted, base, carried = cohorts.cohorts(CHILDREN), base_case(CHILDREN), stock.shares(CHILDREN)
    reasons = exits.counts(CHILDREN)
    ahead = population.path(range(CHILDREN + 1, CHILDREN + 11))
    return {
        **_misses(),
        "kinship": percent(carried.kinship),
        "agency": percent(carried.agency),
        "secure": percent(carried.secure),
        "young": percent(fitted.fitted["share of unaccompanied starts under 16"], 0),
        "seventeen": percent(fitted.fitted["share aged 17 of unaccompanied starts at 16-17"], 0),
        "hazard": f"{cohorts.hazard(CHILDREN)[4]:.3f}",
        "named": thousands(sum(reasons.values()) - reasons["other"]),
        "unnamed": thousands(reasons["other"]),
        "moves": thousands(yearly_moves(), 100),
        "mix": f"{100 * max(moves.worst(s) for s in base.streams.values()):.2f} points",
        "born": percent(base.born, 0),
        "migration": thousands(population.implied_migration(), 1000),
        "population": f"{ahead[CHILDREN + 10].sum() / 1e6:.1f} million",
        "residential": " to ".join(percent(x) for x in _ends(list(residential_ratios().values()))),
        "balance": f"{section_251.balance_ratio():.4f}",
        **_ages_16_17(),
        **_cashable(),
        "uasc_ceased": thousands(uasc_ceased()),
    }


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def _misses() -> dict[str, str]:
    checks = cohorts.cohorts(CHILDREN).checks.values()

    def worst(names: list[str]) -> str:
        return percent(max(abs(c[n] - 1) for c in checks for n in names))

    return {
        "worst_total": worst(["all children"]),
        "worst_band": worst(list(published.BANDS)),
        "worst_18": worst(["leaving at 18"]),
    }


def _ages_16_17() -> dict[str, str]:
    rate = cohorts.hazard(CHILDREN)[4]
    found = cohorts.cohorts(CHILDREN).stock
    mean = sum((found[s, CHILDREN - 1] + found[s, CHILDREN]) / 2 for s in STREAMS)
    return {f"exits_{age}": thousands(rate * float(np.asarray(mean)[age])) for age in (16, 17)}


def _cashable() -> dict[str, str]:
    cared = [
        x
        for x in section_251.lines()
        if x.driver != "population" and x.group not in ("support at home", "reform", "levies")
    ]
    total = sum(x.spend for x in cared)
    names = ("cash_short", "cash_long")
    return {name: percent(sum(x.spend * x.cash[i] for x in cared) / total, 0) for i, name in enumerate(names)}


def uasc_ceased() -> float:
    """Give the unaccompanied children who cease in the last year in the run of the cohorts."""
    fitted = cohorts.cohorts(CHILDREN)
    change = fitted.checks[CHILDREN]["unaccompanied"] * published.uasc_stock(CHILDREN)
    change -= fitted.checks[CHILDREN - 1]["unaccompanied"] * published.uasc_stock(CHILDREN - 1)
    return float(fitted.starts["uasc", CHILDREN].sum() - change)


def yearly_moves() -> float:
    """Give the moves of the first projected year."""
    return float(sum(run_stream(s, 1).moves.sum() for s in base_case(CHILDREN).streams.values()))


def residential_ratios() -> dict[int, float]:
    """Give the residential estimate over the published line, where both are known."""
    found = {}
    for year in (2022, 2023, 2024):
        estimate = published.per_week(year, section_251.RESIDENTIAL) * sum(section_251.residential_weeks(year).values())
        found[year] = estimate / published.line(year, "3.1.1 Residential care")
    return found


def held(start: float, years: int) -> float:
    """Give children in care some years after 31 March 2022 with the rates of 2021-22 held."""
    return float(solve_review.path(0.0, last=solve_review.BASE + years, start=solve_review.Start(start)).children[-1])


def care_review_2022() -> dict[str, str]:
    """Give the figures that the words of care-review-2022 name."""
    growth, price = solve_review.entry_growth(), solve_review.price_growth()
    run = solve_review.path(growth)
    unit = (1 + price) ** 3 / solve_review.real(2025)
    at_2025 = solve_review.spend(run)[2] * unit / 1e9
    family, networks = solve_review.effects()
    a_child = sum(solve_review.lines()[name][0] for name in ("safeguarding", solve_review.OUTSIDE))
    rest = a_child * population.total(2021) / 1e9
    return {
        "rest": f"{rest:.2f}",
        "entry": percent(growth, 2),
        "price": percent(price, 2),
        "cash": percent(solve_review.price_growth(cash=True), 2),
        "real": f"{15 * solve_review.real(2032):.1f}",
        **{f"from_{name}": _solved(start) for name, start in solve_review.starts().items()},
        "family": percent(family),
        "networks": percent(networks),
        "path_2025": thousands(run.children[3]),
        "path_cost": f"{at_2025:.1f}",
        "path_volume": signed(run.children[3] / run.children[0] - 1),
        "path_unit": percent(unit - 1, 0),
        "path_growth": percent(at_2025 / 10 - 1, 0),
        **_came(),
        "held_2025": thousands(held(82_090.0, 3)),
        "held_2032": thousands(held(82_090.0, 10)),
        "care_year": thousands(1430 * 365 / 7, 100),
    }


def _solved(start: solve_review.Start) -> str:
    """Write what is solved from a starting point."""
    real, cash = (percent(solve_review.price_growth(cash, start), 2) for cash in (False, True))
    entries = percent(solve_review.entry_growth(start), 2)
    return f"entry rates {entries}, unit costs {real} (15bn real) or {cash} (15bn cash)"


def _came() -> dict[str, str]:
    """Give what came of volume, price and spend from 2021-22 to 2024-25."""

    def change(of: Callable[[int], float]) -> float:
        return of(2025) / of(2022) - 1

    return {
        "came_volume": signed(change(lambda y: published.stock(y, "Total"))),
        "came_unit": percent(change(lambda y: published.per_week(y, "CLA all")), 0),
        "came_growth": percent(
            change(lambda y: published.group(y, "Total children and young people (excluding CERA)")), 0
        ),
    }


def text() -> str:
    """Write the report."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "england-2025"
    for name, value in england_2025().items():
        yield f"  {name:14} {value}"
    yield "  single ages, run over published:"
    for year, ratios in cohorts.cohorts(CHILDREN).checks.items():
        yield f"    {year}  " + "  ".join(f"{k} {v:.3f}" for k, v in ratios.items())
    yield "  fitted:"
    for name, value in cohorts.cohorts(CHILDREN).fitted.items():
        yield f"    {name}: {value:.3f}"
    for stream in STREAMS:
        stocks = run_stream(base_case(2025).streams[stream], 20).stock[0].sum((1, 2))
        yield f"  {stream}: " + " ".join(f"{y} {stocks[y - 2025]:,.0f}" for y in (2025, 2026, 2030, 2035, 2045))
        bands = by_band(run_stream(base_case(2025).streams[stream], 1).stock[0, 1].sum(1, keepdims=True))[:, 0]
        yield f"    by band in 2026: {bands.round()}"
    yield "  2024-25 spend (GBP m), driver, unit cost:"
    for x in section_251.lines():
        yield f"    {x.name:30} {x.spend / 1e6:10,.1f}  {x.driver:12} {x.unit_cost:12,.1f}"
    yield "care-review-2022"
    for name, value in care_review_2022().items():
        yield f"  {name:14} {value}"
    run, done = solve_review.path(solve_review.entry_growth()), solve_review.reformed()
    yield "  children in care:       " + " ".join(f"{n:,.0f}" for n in run.children)
    yield "  with the effects:       " + " ".join(f"{n:,.0f}" for n in done.children)
